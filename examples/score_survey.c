/*
 * score_survey: means of a complex sample in a CSV file, with standard errors that take the design into account.
 *
 *     score_survey                        three real samples that come with the library
 *     score_survey FILE --vars y1,y2 …    your own; `score_survey --help` lists the options
 *
 * A mean is Σ w y / Σ w over the rows that have y; its standard error follows from the totals of the primary sampling
 * units within their strata (Taylor linearization). Below each design stand the lines that give the same figures in R.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "read_csv.h"
#include "refuse.h"

#define MOST 16 /* names in one list */

/* What a code of a by column stands for. */
typedef struct label {
    const char *by, *code, *text;
} label;

/* One survey to be scored. Lists hold names of columns, with commas between; NULL = none. */
typedef struct survey {
    const char *title, *about, *file;
    const char *weights, *strata, *clusters, *fpc, *by, *vars;
    const label *labels; /* ends with a NULL */
    int shipped;         /* 1 = the file is one of examples/data */
    int digits;
    int lonely_psu;
    double level;
} survey;

static const label nhanes_labels[] = {{"race", "1", "Hispanic"},
                                      {"race", "2", "non-Hispanic white"},
                                      {"race", "3", "non-Hispanic black"},
                                      {"race", "4", "other"},
                                      {"agecat", "1", "up to 19 years"},
                                      {"agecat", "2", "20 to 39 years"},
                                      {"agecat", "3", "40 to 59 years"},
                                      {"agecat", "4", "60 years and over"},
                                      {NULL, NULL, NULL}};
static const label school_labels[] = {
    {"stype", "E", "elementary"}, {"stype", "H", "high"}, {"stype", "M", "middle"}, {NULL, NULL, NULL}};

static const survey shipped[] = {
    {.title = "NHANES 2009-2010: people of the USA with high cholesterol (HI_CHOL: 1 = over 240 mg/dl, 0 = not)",
     .about = "A cluster sample within strata. The mean of a 0/1 variable is a share.",
     .file = "nhanes.csv",
     .weights = "WTMEC2YR",
     .strata = "SDMVSTRA",
     .clusters = "SDMVPSU",
     .by = "race,agecat",
     .vars = "HI_CHOL",
     .labels = nhanes_labels,
     .shipped = 1,
     .digits = 5},
    {.title = "California schools 2000, a sample stratified by type of school",
     .about =
         "api00, api99: performance index of the school; meals: % of pupils with subsidised meals; enroll: pupils.",
     .file = "apistrat.csv",
     .weights = "pw",
     .strata = "stype",
     .fpc = "fpc",
     .by = "stype",
     .vars = "api00,api99,meals,enroll",
     .labels = school_labels,
     .shipped = 1,
     .digits = 3},
    {.title = "California schools 2000, a sample of 15 school districts with all their schools",
     .about = "The same population, drawn in clusters: look at deff, what that costs against a simple random sample.",
     .file = "apiclus1.csv",
     .weights = "pw",
     .clusters = "dnum",
     .fpc = "fpc",
     .by = "stype",
     .vars = "api00,api99,meals,enroll",
     .labels = school_labels,
     .shipped = 1,
     .digits = 3},
};

static const char help[] =
    "Means of a survey sample with standard errors, 95 % intervals and design effects.\n"
    "\n"
    "usage: score_survey                              score the three samples in examples/data\n"
    "       score_survey FILE --vars y1,y2 [options]  score a CSV file with a header line\n"
    "\n"
    "  --vars y1,y2      columns to take the mean of; a blank cell is a missing answer\n"
    "  --weights w       column of the weights; without it: population / sample (with --fpc), or 1 for every row\n"
    "  --strata h        column of the strata; h1,h2 for two stages\n"
    "  --cluster c       column of the primary sampling units (districts, villages …); c1,c2 for two stages;\n"
    "                    without it every row is its own unit\n"
    "  --fpc f           column of the number of units in the population of the stratum, for small populations\n"
    "  --by g            also for each group of the column g; g1,g2 for each of two columns\n"
    "  --lonely RULE     a stratum with one unit: error (default), remove, certainty, adjust, average\n"
    "  --level 0.95      confidence level of the intervals\n"
    "  --digits 4        digits after the point\n"
    "  --help            this page\n"
    "\n"
    "The CSV is UTF-8 with commas between cells; blank = missing; the decimal sign is a point.\n";

/* A survey's columns, as read from its file. */
typedef struct data {
    sheet *sheet;
    char names[6][256]; /* the lists, cut into names */
    char *weights[MOST], *strata[MOST], *clusters[MOST], *fpc[MOST], *by[MOST], *vars[MOST];
    int n_weights, n_strata, n_clusters, n_fpc, n_by, n_vars;
    sipas_column weights_column, strata_column[MOST], cluster_column[MOST], fpc_column[MOST], by_column[MOST],
        var_column[MOST];
} data;

/* Cuts a list at its commas. `text` is room for the names. */
static sipas_status cut(const char *list, char text[256], char **names, int *n, sipas_error *err)
{
    *n = 0;
    if (!list) return SIPAS_OK;
    if (strlen(list) >= 256) return refuse(err, SIPAS_ERR_ARGUMENT, "the list %.200s … is too long", list);
    for (char *at = memcpy(text, list, strlen(list) + 1); at;) {
        char *comma = strchr(at, ',');
        if (comma) *comma++ = '\0';
        if (*at == '\0' || *n == MOST)
            return refuse(err, SIPAS_ERR_ARGUMENT, "%s: an empty name, or more than 16 names", list);
        names[(*n)++] = at;
        at = comma;
    }
    return SIPAS_OK;
}

/* A column of codes: as numbers where all are whole, so that 2 comes before 10; else as text. */
static sipas_status code_column(sheet *s, const char *name, sipas_column *out, sipas_error *err)
{
    const double *number;
    const char *const *text;
    sipas_status status = sheet_get_text(s, name, &text, err);
    if (status != 0) return status;
    int64_t n = sheet_count_rows(s);
    int whole = sheet_get_number(s, name, &number, NULL) == SIPAS_OK;
    for (int64_t i = 0; i < n && whole; i++) whole = number[i] == floor(number[i]) && text[i][0] != '0';
    *out = whole ? sipas_column_f64(number, n) : sipas_column_code(text, n);
    return SIPAS_OK;
}

static sipas_status code_columns(data *d, char *const *names, int n, sipas_column *out, sipas_error *err)
{
    sipas_status status = SIPAS_OK;
    for (int i = 0; i < n && status == 0; i++) status = code_column(d->sheet, names[i], &out[i], err);
    return status;
}

static sipas_status number_columns(data *d, char *const *names, int n, sipas_column *out, sipas_error *err)
{
    for (int i = 0; i < n; i++) {
        const double *number;
        sipas_status status = sheet_get_number(d->sheet, names[i], &number, err);
        if (status != 0) return status;
        out[i] = sipas_column_f64(number, sheet_count_rows(d->sheet));
    }
    return SIPAS_OK;
}

/* Reads the file and finds every column that the survey names. */
static sipas_status read_data(const survey *s, data *d, sipas_error *err)
{
    sipas_status status = s->shipped ? sheet_read_shipped(s->file, &d->sheet, err)
                                     : sheet_read(s->file, &d->sheet, err);
    if (status == 0) status = cut(s->weights, d->names[0], d->weights, &d->n_weights, err);
    if (status == 0) status = cut(s->strata, d->names[1], d->strata, &d->n_strata, err);
    if (status == 0) status = cut(s->clusters, d->names[2], d->clusters, &d->n_clusters, err);
    if (status == 0) status = cut(s->fpc, d->names[3], d->fpc, &d->n_fpc, err);
    if (status == 0) status = cut(s->by, d->names[4], d->by, &d->n_by, err);
    if (status == 0) status = cut(s->vars, d->names[5], d->vars, &d->n_vars, err);
    if (status == 0 && d->n_weights > 1)
        status = refuse(err, SIPAS_ERR_ARGUMENT, "--weights %s: one column only", s->weights);
    if (status == 0) status = number_columns(d, d->weights, d->n_weights, &d->weights_column, err);
    if (status == 0) status = code_columns(d, d->strata, d->n_strata, d->strata_column, err);
    if (status == 0) status = code_columns(d, d->clusters, d->n_clusters, d->cluster_column, err);
    if (status == 0) status = number_columns(d, d->fpc, d->n_fpc, d->fpc_column, err);
    if (status == 0) status = code_columns(d, d->by, d->n_by, d->by_column, err);
    if (status == 0) status = number_columns(d, d->vars, d->n_vars, d->var_column, err);
    return status;
}

static sipas_status make_design(const survey *s, const data *d, sipas_design **out, sipas_error *err)
{
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    opts.n_strata = d->n_strata;
    opts.n_fpc = d->n_fpc;
    opts.lonely_psu = s->lonely_psu;
    return sipas_design_new(NULL, sheet_count_rows(d->sheet), d->n_weights ? &d->weights_column : NULL,
                            d->n_strata ? d->strata_column : NULL, d->n_clusters ? d->cluster_column : NULL,
                            d->n_clusters, d->n_fpc ? d->fpc_column : NULL, &opts, out, err);
}

/* All variables, for the whole and for each by column alone, in one pass. */
static sipas_status estimate(const survey *s, data *d, const sipas_design *design, sipas_table **out, sipas_error *err)
{
    uint32_t levels[MOST + 1] = {0};
    for (int i = 0; i < d->n_by; i++) levels[i + 1] = 1u << i;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    domains.n_by = d->n_by;
    domains.by = d->by_column;
    domains.names = (const char *const *)d->by;
    domains.n_levels = d->n_by + 1;
    domains.levels = levels;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    opts.level = s->level;
    opts.deff = d->n_weights || d->n_fpc ? SIPAS_DEFF_WOR : SIPAS_DEFF_WR; /* without either N is not known */
    opts.names = (const char *const *)d->vars;
    return sipas_estimate_mean(design, d->var_column, d->n_vars, &domains, &opts, out, err);
}

/* ---------------------------------------------------------------------------------------------------------- printing */

static void print_formula(const char *argument, char *const *names, int n, const char *none)
{
    if (n == 0 && !none) return;
    printf(", %s = ~%s", argument, n == 0 ? none : "");
    for (int i = 0; i < n; i++) printf("%s%s", i ? " + " : "", names[i]);
}

/* The same in R. `nest` because units are numbered within their strata; na.rm because blanks are left out. */
static void print_r(const survey *s, const data *d)
{
    static const char *const rule[] = {"", "", "remove", "certainty", "adjust", "average"};
    if (s->lonely_psu > SIPAS_LONELY_ERROR)
        printf("  In R: options(survey.lonely.psu = \"%s\")\n", rule[s->lonely_psu]);
    printf("  In R: d <- svydesign(data = read.csv(\"%s\")", s->file);
    print_formula("ids", d->clusters, d->n_clusters, "1");
    print_formula("strata", d->strata, d->n_strata, NULL);
    print_formula("weights", d->weights, d->n_weights, NULL);
    print_formula("fpc", d->fpc, d->n_fpc, NULL);
    printf("%s)\n", d->n_strata ? ", nest = TRUE" : "");
    const int loop = d->n_vars > 1;
    const char *indent = loop ? "          " : "        ", *tilde = loop ? "" : "~", *y = loop ? "y" : d->vars[0];
    for (int i = 0; loop && i < d->n_vars; i++) printf("%s~%s", i ? ", " : "        for (y in c(", d->vars[i]);
    if (loop) printf(")) {\n");
    printf("%sprint(m <- svymean(%s%s, d, na.rm = TRUE, deff = TRUE)); print(confint(m, df = degf(d)))\n", indent,
           tilde, y);
    for (int g = 0; g < d->n_by; g++)
        printf("%sprint(svyby(%s%s, ~%s, d, svymean, na.rm = TRUE))\n", indent, tilde, y, d->by[g]);
    if (loop) printf("        }\n");
}

static sipas_status print_design(const survey *s, const sipas_design *design, sipas_error *err)
{
    sipas_table *table = NULL;
    const double *weight_sum, *kish;
    const int64_t *positive;
    sipas_status status = sipas_design_describe(design, &table, err);
    if (status == 0) status = sipas_table_get_f64(table, "weight_sum", &weight_sum, err);
    if (status == 0) status = sipas_table_get_f64(table, "kish_deff", &kish, err);
    if (status == 0) status = sipas_table_get_i64(table, "positive", &positive, err);
    if (status == 0) {
        const int64_t rows = sipas_design_count_rows(design), strata = sipas_design_count_strata(design);
        printf("  %s: %lld rows", s->file, (long long)rows);
        if (*positive < rows) printf(", %lld of them with weight 0", (long long)(rows - *positive));
        printf("; %lld primary units in %lld %s; %.0f degrees of freedom.\n",
               (long long)sipas_design_count_psus(design), (long long)strata, strata == 1 ? "stratum" : "strata",
               sipas_design_get_df(design));
        printf("  Sum of the weights %.0f; unequal weights alone cost a factor of %.2f (Kish).\n", *weight_sum, *kish);
        print_notes(stdout, table, 5);
    }
    sipas_table_free(table);
    return status;
}

/* What the code `code` of a by column stands for; NULL when no label says it. */
static const char *find_label(const label *l, const char *by, const char *code)
{
    while (l && l->by && (strcmp(l->by, by) != 0 || strcmp(l->code, code) != 0)) l++;
    return l ? l->text : NULL;
}

/*
 * "race 1 (Hispanic)" for a row of a by column, "all" for the whole. The by columns follow the column `level`, which says
 * which of them the row is about; they are found by place, since a name such as "n" may be the caller's too.
 */
static sipas_status name_group(const survey *s, const data *d, const sipas_table *table, const char *level, int64_t row,
                               char text[160], sipas_error *err)
{
    snprintf(text, 160, "all");
    if (strcmp(level, "all") == 0) return SIPAS_OK;
    int64_t position;
    sipas_column by;
    int i = 0;
    while (i < d->n_by && strcmp(d->by[i], level) != 0) i++;
    sipas_status status = sipas_table_find(table, "level", &position, err);
    if (status == 0) status = sipas_table_get_column(table, position + 1 + i, &by, err);
    if (status != 0) return status;
    char code[80];
    const char *cell = (const char *)by.data + row * by.stride;
    if (by.type == SIPAS_TYPE_CODE)
        snprintf(code, sizeof code, "%s", *(const char *const *)(const void *)cell);
    else
        snprintf(code, sizeof code, "%lld", (long long)*(const int64_t *)(const void *)cell);
    const char *meaning = find_label(s->labels, level, code);
    if (meaning)
        snprintf(text, 160, "%s %s (%s)", level, code, meaning);
    else
        snprintf(text, 160, "%s %s", level, code);
    return SIPAS_OK;
}

static sipas_status print_estimates(const survey *s, const data *d, const sipas_table *table, sipas_error *err)
{
    static const char *const figures[] = {"estimate", "se", "lower", "upper", "df", "deff"};
    const char *const headings[] = {"variable", "group", "n", "mean", "SE", "lower", "upper", "df", "deff"};
    const char *const *variable, *const *level = NULL;
    const int64_t *n;
    const double *figure[6];
    sipas_status status = sipas_table_get_code(table, "variable", &variable, err);
    if (status == 0 && d->n_by) status = sipas_table_get_code(table, "level", &level, err);
    if (status == 0) status = sipas_table_get_i64(table, "n", &n, err);
    for (int i = 0; i < 6 && status == 0; i++) status = sipas_table_get_f64(table, figures[i], &figure[i], err);
    if (status != 0) return status;

    grid *g = grid_new(headings, 9);
    for (int64_t row = 0; row < sipas_table_count_rows(table) && status == 0; row++) {
        char group[160];
        status = name_group(s, d, table, level ? level[row] : "all", row, group, err);
        if (row > 0 && strcmp(variable[row], variable[row - 1]) != 0) grid_rule(g);
        grid_text(g, variable[row]);
        grid_text(g, group);
        grid_count(g, n[row]);
        for (int i = 0; i < 4; i++) grid_number(g, figure[i][row], s->digits);
        grid_number(g, figure[4][row], 0);
        grid_number(g, figure[5][row], 3);
    }
    if (status == 0) status = grid_print(g, stdout);
    grid_free(g);
    if (status == SIPAS_ERR_MEMORY) return refuse(err, SIPAS_ERR_MEMORY, "%s: not enough memory to print", s->file);
    print_notes(stdout, table, 10);
    return status;
}

static sipas_status score(const survey *s, sipas_error *err)
{
    data *d = calloc(1, sizeof *d);
    if (!d) return refuse(err, SIPAS_ERR_MEMORY, "%s: not enough memory", s->file);
    sipas_design *design = NULL;
    sipas_table *table = NULL;
    sipas_status status = read_data(s, d, err);
    if (status == 0) status = make_design(s, d, &design, err);
    if (status == 0) status = estimate(s, d, design, &table, err);
    if (status == 0) {
        printf("%s\n", s->title);
        if (s->about) printf("  %s\n", s->about);
        status = print_design(s, design, err);
    }
    if (status == 0) {
        print_r(s, d);
        printf("  Intervals: %g %%, Student t; deff: variance over that of a simple random sample.\n", 100 * s->level);
        if (d->n_by) printf("  In a group, df counts the primary units and strata where the group occurs.\n");
        printf("\n");
        status = print_estimates(s, d, table, err);
    }
    sipas_table_free(table);
    sipas_design_free(design);
    sheet_free(d->sheet);
    free(d);
    return status;
}

/* --------------------------------------------------------------------------------------------------------- arguments */

static sipas_status read_lonely(const char *text, int *out, sipas_error *err)
{
    static const struct {
        const char *name;
        int rule;
    } rules[] = {{"error", SIPAS_LONELY_ERROR},
                 {"remove", SIPAS_LONELY_REMOVE},
                 {"certainty", SIPAS_LONELY_CERTAINTY},
                 {"adjust", SIPAS_LONELY_ADJUST},
                 {"average", SIPAS_LONELY_AVERAGE}};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (strcmp(text, rules[i].name) != 0) continue;
        *out = rules[i].rule;
        return SIPAS_OK;
    }
    return refuse(err, SIPAS_ERR_ARGUMENT, "--lonely %s: choose error, remove, certainty, adjust or average", text);
}

static sipas_status read_number(const char *option, const char *text, double low, double high, double *out,
                                sipas_error *err)
{
    char *end;
    *out = strtod(text, &end);
    if (end != text && *end == '\0' && *out >= low && *out <= high) return SIPAS_OK;
    return refuse(err, SIPAS_ERR_ARGUMENT, "%s %s: give a number from %g to %g", option, text, low, high);
}

static sipas_status read_option(const char *option, const char *value, survey *s, sipas_error *err)
{
    const struct {
        const char *name;
        const char **list;
    } lists[] = {{"--vars", &s->vars},        {"--weights", &s->weights}, {"--strata", &s->strata},
                 {"--cluster", &s->clusters}, {"--fpc", &s->fpc},         {"--by", &s->by}};
    if (!value) return refuse(err, SIPAS_ERR_ARGUMENT, "%s: a value is missing; see --help", option);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (strcmp(option, lists[i].name) != 0) continue;
        *lists[i].list = value;
        return SIPAS_OK;
    }
    double digits = 0.0;
    sipas_status status;
    if (strcmp(option, "--lonely") == 0) return read_lonely(value, &s->lonely_psu, err);
    if (strcmp(option, "--level") == 0) return read_number(option, value, 0.5, 0.9999, &s->level, err);
    if (strcmp(option, "--digits") != 0)
        return refuse(err, SIPAS_ERR_ARGUMENT, "%s: no such option; see --help", option);
    status = read_number(option, value, 0, 15, &digits, err);
    s->digits = (int)digits;
    return status;
}

static sipas_status read_arguments(int argc, char **argv, survey *s, sipas_error *err)
{
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) != 0) {
            if (s->file) return refuse(err, SIPAS_ERR_ARGUMENT, "%s: one file at a time", argv[i]);
            s->file = argv[i];
            continue;
        }
        sipas_status status = read_option(argv[i], argv[i + 1], s, err);
        if (status != 0) return status;
        i++;
    }
    if (!s->file) return refuse(err, SIPAS_ERR_ARGUMENT, "%s is missing; see --help", "the name of the CSV file");
    if (!s->vars)
        return refuse(err, SIPAS_ERR_ARGUMENT, "%s is missing: which columns shall be averaged? See --help", "--vars");
    s->title = s->file;
    return SIPAS_OK;
}

static sipas_status score_own(int argc, char **argv, sipas_error *err)
{
    survey s = {.digits = 4, .level = 0.95};
    sipas_status status = read_arguments(argc, argv, &s, err);
    if (status == 0) status = score(&s, err);
    return status;
}

static sipas_status score_shipped(sipas_error *err)
{
    printf("Real survey samples scored with libsipas %s; R's package survey gives the same figures.\n\n",
           sipas_version());
    for (size_t i = 0; i < sizeof shipped / sizeof *shipped; i++) {
        survey s = shipped[i];
        s.level = 0.95;
        sipas_status status = score(&s, err);
        if (status != 0) return status;
        printf("\n");
    }
    return SIPAS_OK;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") != 0) continue;
        fputs(help, stdout);
        return EXIT_SUCCESS;
    }
    sipas_error err = {0};
    sipas_status status = argc > 1 ? score_own(argc, argv, &err) : score_shipped(&err);
    if (status == 0) return EXIT_SUCCESS;
    /* The library counts rows from 0, whoever looks into the file counts from 1. */
    fprintf(stderr, "score_survey: %s", err.message);
    if (strncmp(err.message, "row ", 4) == 0) fprintf(stderr, " (data row %lld of the file)", (long long)err.row + 1);
    if (status == SIPAS_ERR_LONELY_PSU) fprintf(stderr, ": --lonely adjust, for example");
    fprintf(stderr, "\n");
    return EXIT_FAILURE;
}

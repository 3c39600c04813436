/*
 * score_survey: means of a complex sample in a CSV file, with standard errors that take the design into account.
 *
 *     score_survey     three real samples that come with the library; estimate.c reads a file of your own
 *
 * A mean is Σ w y / Σ w over the rows that have y; its standard error follows from the totals of the primary sampling
 * units within their strata (Taylor linearization). Below each design stand the lines that give the same figures in R.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "refuse.h"
#include "survey.h"

/* What a code of a by column stands for. */
typedef struct label {
    const char *by, *code, *text;
} label;

/* One survey to be scored, and how its figures are shown. */
typedef struct sample {
    const char *title, *about;
    survey_spec spec;
    const char *vars;    /* means of these */
    const label *labels; /* ends with a NULL */
    int digits;
} sample;

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

static const sample samples[] = {
    {.title = "NHANES 2009-2010: people of the USA with high cholesterol (HI_CHOL: 1 = over 240 mg/dl, 0 = not)",
     .about = "A cluster sample within strata. The mean of a 0/1 variable is a share.",
     .spec = {.file = "nhanes.csv",
              .shipped = 1,
              .weights = "WTMEC2YR",
              .strata = {1, {"SDMVSTRA"}},
              .ids = {1, {"SDMVPSU"}},
              .by = {1, {"1,race,agecat"}}},
     .vars = "HI_CHOL",
     .labels = nhanes_labels,
     .digits = 5},
    {.title = "California schools 2000, a sample stratified by type of school",
     .about =
         "api00, api99: performance index of the school; meals: % of pupils with subsidised meals; enroll: pupils.",
     .spec = {.file = "apistrat.csv",
              .shipped = 1,
              .weights = "pw",
              .strata = {1, {"stype"}},
              .fpc = {1, {"fpc"}},
              .by = {1, {"1,stype"}}},
     .vars = "api00+api99+meals+enroll",
     .labels = school_labels,
     .digits = 3},
    {.title = "California schools 2000, a sample of 15 school districts with all their schools",
     .about = "The same population, drawn in clusters: look at deff, what that costs against a simple random sample.",
     .spec = {.file = "apiclus1.csv",
              .shipped = 1,
              .weights = "pw",
              .ids = {1, {"dnum"}},
              .fpc = {1, {"fpc"}},
              .by = {1, {"1,stype"}}},
     .vars = "api00+api99+meals+enroll",
     .labels = school_labels,
     .digits = 3},
};

//! [estimate]
/* All variables, for the whole and for each by column alone, in one pass. */
static sipas_status estimate(survey *s, survey_columns *vars, sipas_table **out, sipas_error *err)
{
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    opts.deff = SIPAS_DEFF_WOR;
    opts.names = (const char *const *)vars->name;
    const sipas_status status = survey_measures(s, vars, err);
    return status != 0 ? status : sipas_estimate_mean(s->design, vars->column, vars->n, &s->domains, &opts, out, err);
}
//! [estimate]

/* ---------------------------------------------------------------------------------------------------------- printing */

static void print_formula(const char *argument, const survey_columns *names, const char *none)
{
    if (names->n == 0 && !none) return;
    printf(", %s = ~%s", argument, names->n == 0 ? none : "");
    for (int i = 0; i < names->n; i++) printf("%s%s", i ? " + " : "", names->name[i]);
}

/* The same in R. `nest` because units are numbered within their strata; na.rm because blanks are left out. */
static void print_r(const sample *a, const survey *s, const survey_columns *vars)
{
    printf("  In R: d <- svydesign(data = read.csv(\"%s\")", a->spec.file);
    print_formula("ids", &s->ids, "1");
    print_formula("strata", &s->strata, NULL);
    print_formula("weights", &s->weights, NULL);
    print_formula("fpc", &s->fpc, NULL);
    printf("%s)\n", s->strata.n ? ", nest = TRUE" : "");
    const int loop = vars->n > 1;
    const char *indent = loop ? "          " : "        ", *tilde = loop ? "" : "~", *y = loop ? "y" : vars->name[0];
    for (int i = 0; loop && i < vars->n; i++) printf("%s~%s", i ? ", " : "        for (y in c(", vars->name[i]);
    if (loop) printf(")) {\n");
    printf("%sprint(m <- svymean(%s%s, d, na.rm = TRUE, deff = TRUE)); print(confint(m, df = degf(d)))\n", indent,
           tilde, y);
    for (int g = 0; g < s->by.n; g++)
        printf("%sprint(svyby(%s%s, ~%s, d, svymean, na.rm = TRUE))\n", indent, tilde, y, s->by.name[g]);
    if (loop) printf("        }\n");
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
static sipas_status name_group(const sample *a, const survey *s, const sipas_table *table, const char *level,
                               int64_t row, char text[160], sipas_error *err)
{
    snprintf(text, 160, "all");
    if (strcmp(level, "all") == 0) return SIPAS_OK;
    int64_t position;
    sipas_column by;
    int i = 0;
    while (i < s->by.n && strcmp(s->by.name[i], level) != 0) i++;
    sipas_status status = sipas_table_find(table, "level", &position, err);
    if (status == 0) status = sipas_table_get_column(table, position + 1 + i, &by, err);
    if (status != 0) return status;
    char code[80];
    const char *cell = (const char *)by.data + row * by.stride;
    if (by.type == SIPAS_TYPE_CODE)
        snprintf(code, sizeof code, "%s", *(const char *const *)(const void *)cell);
    else
        snprintf(code, sizeof code, "%lld", (long long)*(const int64_t *)(const void *)cell);
    const char *meaning = find_label(a->labels, level, code);
    if (meaning)
        snprintf(text, 160, "%s %s (%s)", level, code, meaning);
    else
        snprintf(text, 160, "%s %s", level, code);
    return SIPAS_OK;
}

static sipas_status print_estimates(const sample *a, const survey *s, const sipas_table *table, sipas_error *err)
{
    static const char *const figures[] = {"estimate", "se", "lower", "upper", "df", "deff"};
    const char *const headings[] = {"variable", "group", "n", "mean", "SE", "lower", "upper", "df", "deff"};
    const char *const *variable, *const *level;
    const int64_t *n;
    const double *figure[6];
    sipas_status status = sipas_table_get_code(table, "variable", &variable, err);
    if (status == 0) status = sipas_table_get_code(table, "level", &level, err);
    if (status == 0) status = sipas_table_get_i64(table, "n", &n, err);
    for (int i = 0; i < 6 && status == 0; i++) status = sipas_table_get_f64(table, figures[i], &figure[i], err);
    if (status != 0) return status;

    grid *g = grid_new(headings, 9);
    for (int64_t row = 0; row < sipas_table_count_rows(table) && status == 0; row++) {
        char group[160];
        status = name_group(a, s, table, level[row], row, group, err);
        if (row > 0 && strcmp(variable[row], variable[row - 1]) != 0) grid_rule(g);
        grid_text(g, variable[row]);
        grid_text(g, group);
        grid_count(g, n[row]);
        for (int i = 0; i < 4; i++) grid_number(g, figure[i][row], a->digits);
        grid_number(g, figure[4][row], 0);
        grid_number(g, figure[5][row], 3);
    }
    if (status == 0) status = grid_print(g, stdout);
    grid_free(g);
    if (status == SIPAS_ERR_MEMORY)
        return refuse(err, SIPAS_ERR_MEMORY, "%s: not enough memory to print", a->spec.file);
    print_notes(stdout, table, 10);
    return status;
}

static sipas_status score(const sample *a, sipas_error *err)
{
    survey *s = malloc(sizeof *s);
    if (!s) return refuse(err, SIPAS_ERR_MEMORY, "%s: not enough memory", a->spec.file);
    survey_columns vars = {0};
    sipas_table *table = NULL;
    sipas_status status = survey_open(&a->spec, NULL, s, err);
    if (status == 0) status = survey_names(s->sheet, a->vars, &vars, err);
    if (status == 0) status = estimate(s, &vars, &table, err);
    if (status == 0) {
        printf("%s\n  %s\n", a->title, a->about);
        status = survey_describe(stdout, s, err);
    }
    if (status == 0) status = survey_tell(stdout, s, table, err);
    if (status == 0) {
        print_r(a, s, &vars);
        printf("  Intervals: 95 %%, Student t; deff: variance over that of a simple random sample.\n"
               "  In a group, df counts the primary units and strata where the group occurs.\n\n");
        status = print_estimates(a, s, table, err);
    }
    sipas_table_free(table);
    survey_names_free(&vars);
    survey_close(s);
    free(s);
    return status;
}

int main(int argc, char **argv)
{
    sipas_error err = {0};
    if (argc > 1) {
        fprintf(stderr, "score_survey %s: it takes no arguments; for a file of your own: estimate --help\n", argv[1]);
        return EXIT_FAILURE;
    }
    printf("Real survey samples scored with libsipas %s; R's package survey gives the same figures.\n\n",
           sipas_version());
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        if (score(&samples[i], &err) != 0) {
            fprintf(stderr, "score_survey: %s\n", err.message);
            return EXIT_FAILURE;
        }
        printf("\n");
    }
    return EXIT_SUCCESS;
}

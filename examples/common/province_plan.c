/*
 * Frame and quotas of a provincial round: Bình Dương's agencies, and the numbers of forms of its round of 2017, which are
 * fixed by level and class of unit.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "province.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "refuse.h"

enum { MOST_CLASSES = 8, MOST_UNITS = 200 };

/* The Z of a 95 % interval, for the margin that a quota gives. */
static const double Z = 1.959963984540054;

static const province_mode call_centre = {"call centre", 0.60, 1.00};
static const province_mode home_visit = {"home visit", 0.85, 0.40};

const province_level province_levels[PROVINCE_LEVELS] = {
    {"department", "departments", &call_centre, 4.30, 0.40},
    {"district", "districts", &call_centre, 4.20, 0.25},
    {"commune", "communes", &home_visit, 4.25, 0.25},
};

/* ------------------------------------------------------------------------------------------------------------- frame */

static sipas_status make_tree(province_round *r, sipas_error *err)
{
    static const char *const measure_name[] = {"transactions"};
    const char *const *code, *const *parent, *const *text[3];
    static const char *const names[] = {"level", "name", "class"};
    sipas_column columns[3], measure, codes, parents;
    const int64_t n = sheet_count_rows(r->agency_sheet);
    sipas_status status = sheet_get_text(r->agency_sheet, "code", &code, err);
    if (status == 0) status = sheet_get_text(r->agency_sheet, "parent", &parent, err);
    for (int i = 0; i < 3 && status == 0; i++) {
        status = sheet_get_text(r->agency_sheet, names[i], &text[i], err);
        if (status == 0) columns[i] = sipas_column_code(text[i], n);
    }
    if (status == 0) status = sheet_get_measure(r->agency_sheet, "transactions_assumed", &measure, err);
    if (status != 0) return status;
    codes = sipas_column_code(code, n);
    parents = sipas_column_code(parent, n);
    sipas_unit_opts opts = SIPAS_UNIT_OPTS_INIT;
    opts.level = &columns[0];
    opts.name = &columns[1];
    opts.unit_class = &columns[2];
    opts.n_measures = 1;
    opts.measures = &measure;
    opts.measure_names = measure_name;
    return sipas_unit_tree_new(NULL, &codes, &parents, &opts, &r->tree, err);
}

static sipas_status read_agency(const province_round *r, int64_t unit, int32_t level, province_agency *a,
                                sipas_error *err)
{
    double transactions;
    sipas_status status = sipas_unit_tree_get_measure(r->tree, unit, 0, &transactions, err);
    if (status != 0) return status;
    const int64_t parent = sipas_unit_tree_get_parent(r->tree, unit);
    *a = (province_agency){.code = sipas_unit_tree_get_code(r->tree, unit),
                           .name = sipas_unit_tree_get_name(r->tree, unit),
                           .class_name = sipas_unit_tree_get_class(r->tree, unit),
                           .level = level,
                           .transactions = (int64_t)transactions,
                           .hash = sipas_unit_tree_get_hash(r->tree, unit)};
    if (sipas_unit_tree_get_depth(r->tree, unit) > 1) a->district = sipas_unit_tree_get_name(r->tree, parent);
    return SIPAS_OK;
}

/* The agencies, level by level, in the order of the file. The province itself is none. */
static sipas_status list_agencies(province_round *r, sipas_error *err)
{
    const int64_t n = sipas_unit_tree_count(r->tree);
    r->agencies = calloc((size_t)n, sizeof *r->agencies);
    if (!r->agencies) return refuse(err, SIPAS_ERR_MEMORY, "not enough memory for the agencies");
    for (int32_t level = 0; level < PROVINCE_LEVELS; level++) {
        r->first[level] = r->n_agencies;
        for (int64_t unit = 0; unit < n; unit++) {
            if (strcmp(sipas_unit_tree_get_level(r->tree, unit), province_levels[level].level) != 0) continue;
            sipas_status status = read_agency(r, unit, level, &r->agencies[r->n_agencies++], err);
            if (status != 0) return status;
        }
    }
    r->first[PROVINCE_LEVELS] = r->n_agencies;
    return SIPAS_OK;
}

/* The levels of agencies, each with its classes; the province itself has no transactions of its own. */
static sipas_status print_frame(const sipas_table *summary, sipas_error *err)
{
    static const print_column columns[] = {
        {"level", NULL, 0}, {"class", NULL, 0}, {"units", NULL, 0}, {"sum", "transactions (assumed)", 0}};
    const char *const *level;
    int64_t rows[32], n = 0;
    sipas_status status = sipas_table_get_code(summary, "level", &level, err);
    for (int64_t i = 0; status == 0 && i < sipas_table_count_rows(summary) && n < 32; i++)
        if (strcmp(level[i], "province") != 0) rows[n++] = i;
    return status != 0 ? status : print_table(stdout, summary, columns, 4, rows, n, err);
}

sipas_status province_read(province_round *r, sipas_error *err)
{
    sipas_table *summary = NULL;
    sipas_status status = sheet_read_shipped("binhduong_agencies.csv", &r->agency_sheet, err);
    if (status == 0) status = sheet_read_shipped("binhduong2017.csv", &r->quota_sheet, err);
    if (status == 0) status = make_tree(r, err);
    if (status == 0) status = list_agencies(r, err);
    if (status == 0) status = sipas_frame_summary(NULL, r->tree, &summary, err);
    if (status == 0) {
        printf("1. The frame: %lld agencies of Bình Dương\n\n", (long long)r->n_agencies);
        printf(
            "  Found: codes, names and classes of districts and communes (2023); that a round had 17 departments.\n"
            "  Assumed: names of the departments, and every number of transactions. Put your own in their place.\n\n");
        status = print_frame(summary, err);
    }
    sipas_table_free(summary);
    return status;
}

/* ------------------------------------------------------------------------------------------------------- class table */

/* Forms per unit of each class, for one level. A line of the file may name several classes: "thị xã/thành phố". */
typedef struct class_table {
    char text[MOST_CLASSES][64];
    const char *name[MOST_CLASSES]; /* the classes … */
    double forms[MOST_CLASSES];
    int line[MOST_CLASSES]; /* … and the line each is from */
    int n, n_lines;
    const char *label[MOST_CLASSES]; /* of each line */
    int64_t units_2017[MOST_CLASSES];
} class_table;

static sipas_status add_line(class_table *t, const char *label, double forms, double units, sipas_error *err)
{
    for (const char *at = label; at;) {
        const char *slash = strchr(at, '/');
        const size_t length = slash ? (size_t)(slash - at) : strlen(at);
        if (t->n == MOST_CLASSES || length >= sizeof t->text[0])
            return refuse(err, SIPAS_ERR_VALUE, "binhduong2017.csv: too many classes, or a long name: %s", label);
        memcpy(t->text[t->n], at, length);
        t->text[t->n][length] = '\0';
        t->name[t->n] = t->text[t->n];
        t->line[t->n] = t->n_lines;
        t->forms[t->n++] = forms;
        at = slash ? slash + 1 : NULL;
    }
    t->label[t->n_lines] = label;
    t->units_2017[t->n_lines++] = (int64_t)units;
    return SIPAS_OK;
}

static sipas_status read_class_table(const province_round *r, const char *level, class_table *t, sipas_error *err)
{
    const char *const *levels, *const *classes;
    const double *units, *forms;
    memset(t, 0, sizeof *t);
    sipas_status status = sheet_get_text(r->quota_sheet, "level", &levels, err);
    if (status == 0) status = sheet_get_text(r->quota_sheet, "class", &classes, err);
    if (status == 0) status = sheet_get_number(r->quota_sheet, "units", &units, err);
    if (status == 0) status = sheet_get_number(r->quota_sheet, "forms_per_unit", &forms, err);
    for (int64_t i = 0; status == 0 && i < sheet_count_rows(r->quota_sheet); i++)
        if (classes[i] && strcmp(levels[i], level) == 0) status = add_line(t, classes[i], forms[i], units[i], err);
    return status;
}

/* Each unit gets the number of its class. `total` is checked when it is not SIPAS_ALLOCATE_NO_TOTAL. */
static sipas_status apply(const class_table *t, const char *const *unit_class, int64_t n_units, int64_t total,
                          int64_t *forms, int64_t *sum, sipas_error *err)
{
    const sipas_column unit = sipas_column_code(unit_class, n_units), class_code = sipas_column_code(t->name, t->n),
                       class_n = sipas_column_f64(t->forms, t->n);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    opts.method = SIPAS_ALLOCATE_CLASS_TABLE;
    opts.unit_class = &unit;
    opts.class_code = &class_code;
    opts.class_n = &class_n;
    sipas_table *table = NULL;
    const int64_t *n;
    *sum = 0;
    sipas_status status = sipas_allocate(NULL, total, NULL, &opts, &table, err);
    if (status == 0) status = sipas_table_get_i64(table, "n", &n, err);
    for (int64_t i = 0; status == 0 && i < n_units; i++) {
        if (forms) forms[i] = n[i];
        *sum += n[i];
    }
    sipas_table_free(table);
    return status;
}

/* The round of 2017: as many units of each class as there were then; the published total is checked. */
static sipas_status apply_2017(const class_table *t, int64_t published, int64_t *sum, sipas_error *err)
{
    const char *unit_class[MOST_UNITS] = {NULL};
    int64_t n = 0;
    for (int k = 0; k < t->n; k++)
        if (k == 0 || t->line[k] != t->line[k - 1])
            for (int64_t i = 0; i < t->units_2017[t->line[k]] && n < MOST_UNITS; i++) unit_class[n++] = t->name[k];
    return apply(t, unit_class, n, published, NULL, sum, err);
}

static sipas_status apply_2023(province_round *r, const class_table *t, int level, int64_t *sum, sipas_error *err)
{
    const char *unit_class[MOST_UNITS] = {NULL};
    int64_t forms[MOST_UNITS] = {0};
    const int64_t first = r->first[level], n = r->first[level + 1] - first;
    if (n > MOST_UNITS) return refuse(err, SIPAS_ERR_VALUE, "more than %d units of one level", (int)MOST_UNITS);
    for (int64_t i = 0; i < n; i++) unit_class[i] = r->agencies[first + i].class_name;
    sipas_status status = apply(t, unit_class, n, SIPAS_ALLOCATE_NO_TOTAL, forms, sum, err);
    for (int64_t i = 0; status == 0 && i < n; i++) r->agencies[first + i].quota = forms[i];
    return status;
}

/* Units of 2023 of the classes of one line. */
static int64_t count_line(const province_round *r, const class_table *t, int level, int line)
{
    int64_t n = 0;
    for (int64_t i = r->first[level]; i < r->first[level + 1]; i++)
        for (int k = 0; k < t->n; k++) n += t->line[k] == line && strcmp(r->agencies[i].class_name, t->name[k]) == 0;
    return n;
}

static void add_class_rows(const province_round *r, const class_table *t, int level, int64_t sum_2017, int64_t sum_2023,
                           grid *g)
{
    int64_t units_2017 = 0;
    for (int k = 0; k < t->n; k++) {
        const int line = t->line[k];
        if (k > 0 && line == t->line[k - 1]) continue;
        const int64_t each = (int64_t)t->forms[k], units_2023 = count_line(r, t, level, line);
        grid_text(g, province_levels[level].title);
        grid_text(g, t->label[line]);
        grid_count(g, each);
        grid_count(g, t->units_2017[line]);
        grid_count(g, each * t->units_2017[line]);
        grid_count(g, units_2023);
        grid_count(g, each * units_2023);
        units_2017 += t->units_2017[line];
    }
    grid_text(g, province_levels[level].title);
    grid_text(g, "all");
    grid_text(g, "");
    grid_count(g, units_2017);
    grid_count(g, sum_2017);
    grid_count(g, r->first[level + 1] - r->first[level]);
    grid_count(g, sum_2023);
}

/* Departments share the published 3,200 in equal parts; one with fewer transactions than its part is taken whole. */
static sipas_status share_departments(province_round *r, int64_t total, sipas_error *err)
{
    const char *codes[MOST_UNITS] = {NULL};
    double sizes[MOST_UNITS] = {0.0};
    const int64_t n = r->first[1];
    for (int64_t i = 0; i < n; i++) {
        codes[i] = r->agencies[i].code;
        sizes[i] = (double)r->agencies[i].transactions;
    }
    const sipas_column code = sipas_column_code(codes, n), size = sipas_column_f64(sizes, n);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    opts.method = SIPAS_ALLOCATE_EQUAL;
    opts.code = &code;
    sipas_table *table = NULL;
    const int64_t *part;
    sipas_status status = sipas_allocate(NULL, total, &size, &opts, &table, err);
    if (status == 0) status = sipas_table_get_i64(table, "n", &part, err);
    for (int64_t i = 0; status == 0 && i < n; i++) r->agencies[i].quota = part[i];
    sipas_table_free(table);
    return status;
}

static sipas_status published_forms(const province_round *r, const char *level, int64_t *sum, sipas_error *err)
{
    const char *const *levels;
    const double *forms;
    *sum = 0;
    sipas_status status = sheet_get_text(r->quota_sheet, "level", &levels, err);
    if (status == 0) status = sheet_get_number(r->quota_sheet, "forms", &forms, err);
    for (int64_t i = 0; status == 0 && i < sheet_count_rows(r->quota_sheet); i++)
        if (strcmp(levels[i], level) == 0) *sum += (int64_t)forms[i];
    return status;
}

static sipas_status plan_level(province_round *r, int level, int64_t *sum_2017, int64_t *sum_2023, grid *g,
                               sipas_error *err)
{
    class_table t;
    int64_t published;
    sipas_status status = read_class_table(r, province_levels[level].level, &t, err);
    if (status == 0) status = published_forms(r, province_levels[level].level, &published, err);
    if (status == 0) status = apply_2017(&t, published, sum_2017, err);
    if (status == 0) status = apply_2023(r, &t, level, sum_2023, err);
    if (status == 0) add_class_rows(r, &t, level, *sum_2017, *sum_2023, g);
    return status;
}

/* Reserves by the mode of the level, and as many as there are. */
static void set_reserves(province_round *r)
{
    for (int64_t i = 0; i < r->n_agencies; i++) {
        province_agency *a = &r->agencies[i];
        const int64_t left = a->transactions - a->quota;
        a->reserve = (int64_t)ceil((double)a->quota * province_levels[a->level].mode->reserve);
        if (a->reserve > left) a->reserve = left;
    }
}

static void print_totals(const province_round *r, int64_t departments, const int64_t sum_2017[],
                         const int64_t sum_2023[])
{
    char a[32], b[32];
    printf("\n  Published for 2017: 5,000 for districts and 15,800 for communes. The table gives %s and %s.\n",
           count_text(a, sum_2017[1]), count_text(b, sum_2017[2]));
    printf("  The same table on the units of 2023 gives %s and %s: seven xã have become phường or thị trấn.\n",
           count_text(a, sum_2023[1]), count_text(b, sum_2023[2]));
    printf("  Departments: %s forms as in 2017, in equal parts (assumed). Where there are fewer transactions, all:\n ",
           count_text(a, departments));
    for (int64_t i = 0, n = 0; i < r->n_agencies; i++)
        if (r->agencies[i].quota == r->agencies[i].transactions)
            printf("%s %s (%s)", n++ ? "," : "", r->agencies[i].name, count_text(a, r->agencies[i].quota));
    printf(".\n  In all: %s forms in 2017", count_text(a, departments + sum_2017[1] + sum_2017[2]));
    printf(", %s in this round.\n", count_text(a, departments + sum_2023[1] + sum_2023[2]));
}

sipas_status province_plan(province_round *r, sipas_error *err)
{
    static const char *const headings[] = {"level",      "class",      "forms each", "units 2017",
                                           "forms 2017", "units 2023", "forms 2023"};
    int64_t departments, sum_2017[PROVINCE_LEVELS] = {0}, sum_2023[PROVINCE_LEVELS] = {0};
    grid *g = grid_new(headings, 7);
    sipas_status status = published_forms(r, "province", &departments, err);
    if (status == 0) status = share_departments(r, departments, err);
    for (int level = 1; level < PROVINCE_LEVELS && status == 0; level++) {
        if (level > 1) grid_rule(g);
        status = plan_level(r, level, &sum_2017[level], &sum_2023[level], g, err);
    }
    if (status == 0) {
        set_reserves(r);
        printf("\n2. How many forms: a fixed number for each class of unit, as published for 2017\n\n");
        status = grid_print(g, stdout);
    }
    if (status == 0) print_totals(r, departments, sum_2017, sum_2023);
    grid_free(g);
    return status;
}

/* ------------------------------------------------------------------------------------------------- Slovin and Cochran */

/* Sizes of one level by one formula; `asked` also says how many to ask at the mode's response. */
static sipas_status level_sizes(const province_round *r, int level, int32_t method, int64_t *n, int64_t *asked,
                                sipas_error *err)
{
    double population[MOST_UNITS] = {0.0};
    const int64_t first = r->first[level], n_units = r->first[level + 1] - first;
    for (int64_t i = 0; i < n_units; i++) population[i] = (double)r->agencies[first + i].transactions;
    const sipas_column column = sipas_column_f64(population, n_units);
    sipas_size_opts opts = SIPAS_SIZE_OPTS_INIT;
    opts.method = method;
    opts.response = province_levels[level].mode->response;
    sipas_table *table = NULL;
    const int64_t *size = NULL, *issued = NULL;
    sipas_status status = sipas_size_proportion(NULL, &column, &opts, &table, err);
    if (status == 0) status = sipas_table_get_i64(table, "n", &size, err);
    if (status == 0) status = sipas_table_get_i64(table, "issued", &issued, err);
    for (int64_t i = 0; status == 0 && i < n_units; i++) {
        n[first + i] = size[i];
        if (asked) asked[first + i] = issued[i];
    }
    sipas_table_free(table);
    return status;
}

/* Half width, in points of 100, of the 95 % interval of a share of one half from n of N. */
static double margin(int64_t n, int64_t population)
{
    const double share_left = 1.0 - (double)n / (double)population;
    return 100.0 * Z * sqrt(0.25 / (double)n * share_left);
}

typedef struct size_row {
    int64_t units, transactions, slovin, cochran, asked, quota;
    double least, most; /* margin of the quota */
} size_row;

static void add_size(size_row *row, const province_agency *a, int64_t slovin, int64_t cochran, int64_t asked)
{
    const double m = margin(a->quota, a->transactions);
    if (row->units == 0 || m < row->least) row->least = m;
    if (row->units == 0 || m > row->most) row->most = m;
    row->units++;
    row->transactions += a->transactions;
    row->slovin += slovin;
    row->cochran += cochran;
    row->asked += asked;
    row->quota += a->quota;
}

static void print_size(grid *g, const char *code, const char *name, const size_row *row)
{
    char text[40];
    grid_text(g, code);
    grid_text(g, name);
    grid_count(g, row->transactions);
    grid_count(g, row->slovin);
    grid_count(g, row->cochran);
    grid_count(g, row->asked);
    grid_count(g, row->quota);
    if (row->units == 1)
        snprintf(text, sizeof text, "%.1f", row->most);
    else
        snprintf(text, sizeof text, "%.1f to %.1f", row->least, row->most);
    grid_right(g, text);
}

/* Departments and districts one by one, the communes in one row, and the sum. */
static void add_sizes(const province_round *r, const int64_t *slovin, const int64_t *cochran, const int64_t *asked,
                      grid *g)
{
    size_row communes = {0}, all = {0};
    for (int64_t i = 0; i < r->n_agencies; i++) {
        const province_agency *a = &r->agencies[i];
        size_row one = {0};
        add_size(&all, a, slovin[i], cochran[i], asked[i]);
        add_size(a->level == 2 ? &communes : &one, a, slovin[i], cochran[i], asked[i]);
        if (i == r->first[1] || i == r->first[2]) grid_rule(g);
        if (a->level != 2) print_size(g, a->code, a->name, &one);
    }
    print_size(g, "", "91 communes together", &communes);
    grid_rule(g);
    print_size(g, "", "all", &all);
}

sipas_status province_sizes(const province_round *r, sipas_error *err)
{
    static const char *const headings[] = {"code",    "agency", "transactions", "Slovin",
                                           "Cochran", "to ask", "quota",        "margin"};
    int64_t *n = calloc(3 * (size_t)r->n_agencies, sizeof *n);
    if (!n) return refuse(err, SIPAS_ERR_MEMORY, "not enough memory for the sizes");
    int64_t *slovin = n, *cochran = n + r->n_agencies, *asked = n + 2 * r->n_agencies;
    grid *g = grid_new(headings, 8);
    sipas_status status = SIPAS_OK;
    for (int level = 0; level < PROVINCE_LEVELS && status == 0; level++) {
        status = level_sizes(r, level, SIPAS_SIZE_YAMANE, slovin, NULL, err);
        if (status == 0) status = level_sizes(r, level, SIPAS_SIZE_COCHRAN, cochran, asked, err);
    }
    if (status == 0) {
        add_sizes(r, slovin, cochran, asked, g);
        printf(
            "\n3. What the formulas ask for: each agency on its own, a share to within 5 points (transactions assumed)\n\n"
            "  Slovin: n = N / (1 + N e²), the guidance of Decision 1383/2012; takes 2 for 1.96, knows no nonresponse.\n"
            "  Cochran: 95 %%, p = 0.5, finite population. to ask: so that Cochran's n answer, when %.0f %% do by call\n"
            "  centre and %.0f %% on home visits (assumed). margin: half width of the 95 %% interval of a share of one\n"
            "  half, in points, when all of the quota answer.\n\n",
            100 * call_centre.response, 100 * home_visit.response);
        status = grid_print(g, stdout);
    }
    grid_free(g);
    free(n);
    return status;
}

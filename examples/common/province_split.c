/*
 * One total, every method: the 6,045 people that Đồng Tháp asked in 2023, split over its 12 districts and, within them, its
 * 143 communes.
 *
 * Expected standard error of the province's mean, when district h with N_h people and standard deviation S_h gets n_h by
 * simple random sampling without replacement:
 *
 *     SE² = Σ (N_h / N)² S_h² (1 - n_h / N_h) / n_h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "province.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "print.h"
#include "refuse.h"

enum { TOTAL = 6045, METHODS = 6, MOST = 200 };

/* The methods, as the options that make them. */
static const struct {
    const char *name;
    int32_t method;
    double power;
} methods[METHODS] = {
    {"equal", SIPAS_ALLOCATE_EQUAL, 0.0},      {"proportional", SIPAS_ALLOCATE_PROPORTIONAL, 0.0},
    {"square root", SIPAS_ALLOCATE_SQRT, 0.0}, {"power 0.3", SIPAS_ALLOCATE_POWER, 0.3},
    {"Neyman", SIPAS_ALLOCATE_NEYMAN, 0.0},    {"with costs", SIPAS_ALLOCATE_COST, 0.0},
};

/* Assumed, by the urban flag: standard deviation of a person's index (points of 100), cost of an interview (đồng). */
static const double assumed_sd[] = {18.0, 24.0}, assumed_cost[] = {65000.0, 40000.0};

/* Units among which a number is split. */
typedef struct parts {
    int64_t n;
    int64_t unit[MOST];
    const char *code[MOST];
    double size[MOST], sd[MOST], cost[MOST];
    int64_t forms[METHODS][MOST];
    double exchange; /* of Neyman: the least that a move of one form would cost */
} parts;

typedef struct split {
    sheet *sheet;
    sipas_unit_tree *tree;
    sipas_table *sizes;
    const double *population;
    const int64_t *imputed;
    parts districts;
    int64_t least[METHODS][MOST], most[METHODS][MOST], sum[METHODS]; /* of the communes of each district */
    int64_t n_communes, communes[MOST];
} split;

static sipas_status make_tree(split *s, sipas_error *err)
{
    static const char *const names[] = {"code", "parent", "level", "name", "class"};
    static const char *const measure_name[] = {"population"};
    const double *urban;
    sipas_column columns[5], measure, flag;
    const int64_t n = sheet_count_rows(s->sheet);
    sipas_status status = sheet_get_measure(s->sheet, "population", &measure, err);
    for (int i = 0; i < 5 && status == 0; i++) {
        const char *const *text;
        status = sheet_get_text(s->sheet, names[i], &text, err);
        if (status == 0) columns[i] = sipas_column_code(text, n);
    }
    if (status == 0) status = sheet_get_number(s->sheet, "urban", &urban, err);
    int8_t *flags = calloc((size_t)n, 1);
    if (status == 0 && !flags) status = refuse(err, SIPAS_ERR_MEMORY, "not enough memory for the units");
    if (status == 0) {
        sipas_unit_opts opts = SIPAS_UNIT_OPTS_INIT;
        for (int64_t i = 0; i < n; i++) flags[i] = urban[i] == 1.0;
        flag = sipas_column_i8(flags, n);
        opts.level = &columns[2];
        opts.name = &columns[3];
        opts.unit_class = &columns[4];
        opts.urban = &flag;
        opts.n_measures = 1;
        opts.measures = &measure;
        opts.measure_names = measure_name;
        status = sipas_unit_tree_new(NULL, &columns[0], &columns[1], &opts, &s->tree, err);
    }
    free(flags);
    return status;
}

/* Populations of two districts and of all communes are not known: what is left is shared by number of communes, equally. */
static sipas_status read_units(split *s, sipas_error *err)
{
    sipas_status status = sheet_read_shipped("dongthap2023_units.csv", &s->sheet, err);
    if (status == 0) status = make_tree(s, err);
    if (status == 0) status = sipas_frame_impute(NULL, s->tree, 0, NULL, &s->sizes, err);
    if (status == 0) status = sipas_table_get_f64(s->sizes, "value", &s->population, err);
    if (status == 0) status = sipas_table_get_i64(s->sizes, "imputed", &s->imputed, err);
    return status;
}

static sipas_status list_children(const split *s, int64_t parent, parts *p, sipas_error *err)
{
    const int64_t *child = sipas_unit_tree_get_children(s->tree, parent, &p->n);
    if (p->n > MOST) return refuse(err, SIPAS_ERR_VALUE, "more than %d units below one", (int)MOST);
    for (int64_t i = 0; i < p->n; i++) {
        const int urban = sipas_unit_tree_get_urban(s->tree, child[i]) == 1;
        p->unit[i] = child[i];
        p->code[i] = sipas_unit_tree_get_code(s->tree, child[i]);
        p->size[i] = s->population[child[i]];
        p->sd[i] = assumed_sd[urban];
        p->cost[i] = assumed_cost[urban];
    }
    return SIPAS_OK;
}

static sipas_status allocate(parts *p, int method, int64_t total, sipas_error *err)
{
    const sipas_column size = sipas_column_f64(p->size, p->n), code = sipas_column_code(p->code, p->n),
                       sd = sipas_column_f64(p->sd, p->n), cost = sipas_column_f64(p->cost, p->n);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    opts.method = methods[method].method;
    opts.code = &code;
    if (opts.method == SIPAS_ALLOCATE_POWER) {
        opts.power_given = 1;
        opts.power = methods[method].power;
    }
    if (opts.method == SIPAS_ALLOCATE_NEYMAN || opts.method == SIPAS_ALLOCATE_COST) opts.sd = &sd;
    if (opts.method == SIPAS_ALLOCATE_COST) opts.cost = &cost;
    sipas_table *table = NULL;
    const int64_t *n;
    const char *exchange;
    sipas_status status = sipas_allocate(NULL, total, &size, &opts, &table, err);
    if (status == 0) status = sipas_table_get_i64(table, "n", &n, err);
    for (int64_t i = 0; status == 0 && i < p->n; i++) p->forms[method][i] = n[i];
    if (status == 0 && opts.method == SIPAS_ALLOCATE_NEYMAN &&
        sipas_table_find_meta(table, "exchange", &exchange, NULL) == 0)
        p->exchange = strtod(exchange, NULL);
    sipas_table_free(table);
    return status;
}

/* Within a district the same method splits its number over the communes. */
static sipas_status split_district(split *s, int64_t district, parts *communes, sipas_error *err)
{
    sipas_status status = list_children(s, s->districts.unit[district], communes, err);
    s->communes[district] = communes->n;
    s->n_communes += communes->n;
    for (int m = 0; m < METHODS && status == 0; m++) {
        status = allocate(communes, m, s->districts.forms[m][district], err);
        if (status != 0) break;
        s->least[m][district] = s->most[m][district] = communes->forms[m][0];
        for (int64_t i = 0; i < communes->n; i++) {
            const int64_t n = communes->forms[m][i];
            if (n < s->least[m][district]) s->least[m][district] = n;
            if (n > s->most[m][district]) s->most[m][district] = n;
            s->sum[m] += n;
        }
    }
    return status;
}

static sipas_status split_all(split *s, sipas_error *err)
{
    int64_t n_roots;
    const int64_t *root = sipas_unit_tree_get_children(s->tree, -1, &n_roots);
    parts *communes = malloc(sizeof *communes);
    if (!communes) return refuse(err, SIPAS_ERR_MEMORY, "not enough memory for the communes");
    sipas_status status = list_children(s, root[0], &s->districts, err);
    for (int m = 0; m < METHODS && status == 0; m++) status = allocate(&s->districts, m, TOTAL, err);
    for (int64_t i = 0; i < s->districts.n && status == 0; i++) status = split_district(s, i, communes, err);
    free(communes);
    return status;
}

/* ---------------------------------------------------------------------------------------------------------- printing */

/* Headings: those given, then the methods. */
static grid *new_grid(const char *const *first, int n)
{
    const char *headings[3 + METHODS] = {NULL};
    for (int i = 0; i < n; i++) headings[i] = first[i];
    for (int m = 0; m < METHODS; m++) headings[n + m] = methods[m].name;
    return grid_new(headings, n + METHODS);
}

static void add_people(grid *g, double people, const char *mark)
{
    char number[32], text[40];
    snprintf(text, sizeof text, "%s%s", count_text(number, llround(people)), mark);
    grid_right(g, text);
}

static void add_district(const split *s, grid *g, int64_t i)
{
    const int64_t unit = s->districts.unit[i];
    char text[96];
    snprintf(text, sizeof text, "%s (%s)", sipas_unit_tree_get_name(s->tree, unit),
             sipas_unit_tree_get_class(s->tree, unit));
    grid_text(g, text);
    grid_count(g, s->communes[i]);
}

static sipas_status print_districts(const split *s, sipas_error *err)
{
    grid *g = new_grid((const char *const[]){"district", "communes", "people"}, 3);
    double people = 0.0;
    for (int64_t i = 0; i < s->districts.n; i++) {
        add_district(s, g, i);
        add_people(g, s->districts.size[i], s->imputed[s->districts.unit[i]] ? "*" : " ");
        people += s->districts.size[i];
        for (int m = 0; m < METHODS; m++) grid_count(g, s->districts.forms[m][i]);
    }
    grid_rule(g);
    grid_text(g, "all");
    grid_count(g, s->n_communes);
    add_people(g, people, " ");
    for (int m = 0; m < METHODS; m++) {
        int64_t sum = 0;
        for (int64_t i = 0; i < s->districts.n; i++) sum += s->districts.forms[m][i];
        grid_count(g, sum);
    }
    sipas_status status = grid_print(g, stdout);
    if (status != 0) refuse(err, status, "not enough memory to print the districts");
    grid_free(g);
    return status;
}

/* What one method is worth: standard error of the province, the largest of a district, and the cost. */
static void add_worth(const split *s, int method, double *province, double *worst, double *cost)
{
    double people = 0.0, variance = 0.0;
    *worst = *cost = 0.0;
    for (int64_t i = 0; i < s->districts.n; i++) people += s->districts.size[i];
    for (int64_t i = 0; i < s->districts.n; i++) {
        const double n = (double)s->districts.forms[method][i], share = s->districts.size[i] / people;
        const double own = s->districts.sd[i] * s->districts.sd[i] * (1.0 - n / s->districts.size[i]) / n;
        variance += share * share * own;
        if (sqrt(own) > *worst) *worst = sqrt(own);
        *cost += n * s->districts.cost[i];
    }
    *province = sqrt(variance);
}

static sipas_status print_worth(const split *s, sipas_error *err)
{
    grid *g = new_grid((const char *const[]){"what it gives"}, 1);
    double worth[3][METHODS];
    static const char *const rows[] = {"expected SE of the province's mean", "largest SE of a district's mean",
                                       "cost, million đồng (assumed)"};
    for (int m = 0; m < METHODS; m++) add_worth(s, m, &worth[0][m], &worth[1][m], &worth[2][m]);
    for (int i = 0; i < 3; i++) {
        grid_text(g, rows[i]);
        for (int m = 0; m < METHODS; m++) grid_number(g, i == 2 ? worth[i][m] / 1e6 : worth[i][m], i == 2 ? 1 : 3);
    }
    printf(
        "\n  SE² = Σ (N_h / N)² S_h² (1 - n_h / N_h) / n_h, points of 100, a simple random sample in each district:\n\n");
    sipas_status status = grid_print(g, stdout);
    if (status != 0) refuse(err, status, "not enough memory to print the errors");
    grid_free(g);
    char exchange[32];
    printf(
        "\n  Neyman has the smallest SE of the province, in whole numbers too: no move of one form between districts\n"
        "  lowers it (each would raise Σ (N S)² / n, by %s at least). Of these, equal parts have the smallest worst district.\n",
        count_text(exchange, llround(s->districts.exchange)));
    return status;
}

static sipas_status print_communes(const split *s, sipas_error *err)
{
    grid *g = new_grid((const char *const[]){"district", "communes"}, 2);
    for (int64_t i = 0; i < s->districts.n; i++) {
        add_district(s, g, i);
        for (int m = 0; m < METHODS; m++) {
            char text[48];
            snprintf(text, sizeof text, s->least[m][i] == s->most[m][i] ? "%lld" : "%lld to %lld",
                     (long long)s->least[m][i], (long long)s->most[m][i]);
            grid_right(g, text);
        }
    }
    grid_rule(g);
    grid_text(g, "sum of all communes");
    grid_count(g, s->n_communes);
    for (int m = 0; m < METHODS; m++) grid_count(g, s->sum[m]);
    printf("\n  Then each district's number over its communes, by the same method: forms per commune\n\n");
    sipas_status status = grid_print(g, stdout);
    if (status != 0) refuse(err, status, "not enough memory to print the communes");
    grid_free(g);
    return status;
}

sipas_status province_split(sipas_error *err)
{
    split *s = calloc(1, sizeof *s);
    if (!s) return refuse(err, SIPAS_ERR_MEMORY, "not enough memory for the split");
    sipas_status status = read_units(s, err);
    if (status == 0) status = split_all(s, err);
    if (status == 0) {
        char sd[2][32], cost[2][32];
        printf(
            "\n9. Đồng Tháp: the 6,045 people of 2023 over 12 districts and 143 communes, by every method\n\n"
            "  Found: 6,045; the units; census population 2019 of ten districts. The split of 2023 is not published.\n"
            "  *: not published; what is left of the province, shared by number of communes. Communes: equal parts of\n"
            "  their district. Assumed: the standard deviation of a person's index (%s in thành phố, phường, thị\n"
            "  trấn, %s elsewhere) and the cost of an interview (%s and %s đồng).\n"
            "  with costs: n ~ N S / √cost, the least variance for the money.\n\n",
            count_text(sd[0], llround(assumed_sd[1])), count_text(sd[1], llround(assumed_sd[0])),
            count_text(cost[0], llround(assumed_cost[1])), count_text(cost[1], llround(assumed_cost[0])));
        status = print_districts(s, err);
    }
    if (status == 0) status = print_worth(s, err);
    if (status == 0) status = print_communes(s, err);
    sipas_table_free(s->sizes);
    sipas_unit_tree_free(s->tree);
    sheet_free(s->sheet);
    free(s);
    return status;
}

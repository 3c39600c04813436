/*
 * The plan of a national round: how many units and forms in each province, and how each stage is drawn.
 *
 * Three tiers: the structure that fits the published counts of 2024. Two tiers: no official allocation was found, so the
 * same totals are shared by rules of our own. national_print_plan() says of each part where it comes from.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "national.h"
#include "print.h"
#include "refuse.h"

/* The two cities with a double number of districts: Hà Nội and Hồ Chí Minh. */
static int is_city(const national *s, int64_t province)
{
    const char *code = sipas_unit_tree_get_code(s->tree, s->provinces[province]);
    return strcmp(code, "01") == 0 || strcmp(code, "79") == 0;
}

/* Splits a total; `out` gets the column n of the allocation. */
static sipas_status split(const national *s, int64_t total, const sipas_column *size, const sipas_allocate_opts *opts,
                          int64_t *out, sipas_error *err)
{
    sipas_table *parts = NULL;
    const int64_t *n;
    sipas_status status = sipas_allocate(s->ctx, total, size, opts, &parts, err);
    if (status == 0) status = sipas_table_get_i64(parts, "n", &n, err);
    if (status == 0) memcpy(out, n, (size_t)sipas_table_count_rows(parts) * sizeof *n);
    sipas_table_free(parts);
    return status;
}

/* Codes and populations of the provinces; with `cities` = 0 without the two cities. Returns how many. */
static int64_t provinces_by_size(const national *s, int cities, const char **code, double *population)
{
    int64_t n = 0;
    for (int64_t p = 0; p < s->n_provinces; p++) {
        if (!cities && is_city(s, p)) continue;
        code[n] = sipas_unit_tree_get_code(s->tree, s->provinces[p]);
        population[n++] = s->units.population[s->provinces[p]];
    }
    return n;
}

/* Splits a total over provinces by the square root of their population; with `cities` = 0 the two cities get none. */
static sipas_status split_by_root(const national *s, int64_t total, int cities, int64_t least, int64_t *out,
                                  sipas_error *err)
{
    size_t room = (size_t)s->n_provinces;
    const char **code = malloc(room * sizeof *code);
    double *population = malloc(room * sizeof *population);
    int64_t *part = malloc(room * sizeof *part), next = 0;
    sipas_status status = SIPAS_ERR_MEMORY;
    if (code && population && part) {
        int64_t n = provinces_by_size(s, cities, code, population);
        sipas_column codes = sipas_column_code(code, n), sizes = sipas_column_f64(population, n);
        sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
        opts.method = SIPAS_ALLOCATE_SQRT;
        opts.code = &codes;
        opts.lower_value = least;
        status = split(s, total, &sizes, &opts, part, err);
    } else {
        refuse(err, status, "not enough memory");
    }
    for (int64_t p = 0; p < s->n_provinces && status == 0; p++) out[p] = !cities && is_city(s, p) ? 0 : part[next++];
    free(code);
    free(population);
    free(part);
    return status;
}

static sipas_status plan_forms(national *s, sipas_error *err)
{
    int64_t rest = NATIONAL_FORMS;
    for (int64_t p = 0; p < s->n_provinces; p++)
        if (is_city(s, p)) rest -= NATIONAL_CITY_FORMS;
    sipas_status status = split_by_root(s, rest, 0, 0, s->forms, err);
    for (int64_t p = 0; p < s->n_provinces && status == 0; p++)
        if (is_city(s, p)) s->forms[p] = NATIONAL_CITY_FORMS;
    return status;
}

static sipas_status add_quota(national_quotas *q, double parent, const char *stratum, int64_t count, sipas_error *err)
{
    double *parents = realloc(q->parent, (size_t)(q->n + 1) * sizeof *parents);
    if (parents) q->parent = parents;
    double *counts = realloc(q->count, (size_t)(q->n + 1) * sizeof *counts);
    if (counts) q->count = counts;
    const char **strata = realloc(q->stratum, (size_t)(q->n + 1) * sizeof *strata);
    if (strata) q->stratum = strata;
    if (!parents || !counts || !strata) return refuse(err, SIPAS_ERR_MEMORY, "not enough memory");
    parents[q->n] = parent;
    counts[q->n] = (double)count;
    strata[q->n++] = stratum;
    return SIPAS_OK;
}

/* Three tiers: districts by a table of two classes; in each district one urban and one rural commune. */
static sipas_status plan_districts(national *s, sipas_error *err)
{
    static const char *const classes[] = {"city", "province"};
    static const int64_t districts[] = {6, 3};
    size_t n = (size_t)s->n_provinces;
    const char **class_of = malloc(n * sizeof *class_of);
    int64_t *part = malloc(n * sizeof *part);
    sipas_status status = SIPAS_ERR_MEMORY;
    if (class_of && part) {
        for (int64_t p = 0; p < s->n_provinces; p++) class_of[p] = classes[is_city(s, p) ? 0 : 1];
        sipas_column class_column = sipas_column_code(class_of, s->n_provinces);
        sipas_column class_code = sipas_column_code(classes, 2), class_n = sipas_column_i64(districts, 2);
        sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
        opts.method = SIPAS_ALLOCATE_CLASS_TABLE;
        opts.unit_class = &class_column;
        opts.class_code = &class_code;
        opts.class_n = &class_n;
        status = split(s, SIPAS_ALLOCATE_NO_TOTAL, NULL, &opts, part, err);
    } else {
        refuse(err, status, "not enough memory");
    }
    for (int64_t p = 0; p < s->n_provinces && status == 0; p++) s->units.n_of[s->provinces[p]] = (double)part[p];
    if (status == 0) status = add_quota(&s->quotas, NAN, "urban", 1, err);
    if (status == 0) status = add_quota(&s->quotas, NAN, "rural", 1, err);
    free(class_of);
    free(part);
    return status;
}

/* Two tiers: a province's communes over its urban and rural ones, in proportion to their numbers, two of each at least. */
static sipas_status plan_strata(national *s, int64_t province, int64_t total, sipas_error *err)
{
    static const char *const strata[] = {"urban", "rural"};
    int64_t n_children, parts[2];
    double size[2] = {0, 0}, least[2];
    const int64_t *children = sipas_unit_tree_get_children(s->tree, province, &n_children);
    for (int64_t i = 0; i < n_children; i++)
        if (!s->units.excluded[children[i]]) size[strcmp(s->units.stratum[children[i]], "rural") == 0]++;
    for (int i = 0; i < 2; i++) least[i] = size[i] < 2 ? size[i] : 2;
    sipas_column sizes = sipas_column_f64(size, 2), lower = sipas_column_f64(least, 2);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    opts.lower = &lower;
    sipas_status status = split(s, total, &sizes, &opts, parts, err);
    for (int i = 0; i < 2 && status == 0; i++)
        if (size[i] > 0) status = add_quota(&s->quotas, (double)province, strata[i], parts[i], err);
    return status;
}

static sipas_status plan_communes(national *s, sipas_error *err)
{
    int64_t *part = calloc((size_t)s->n_provinces, sizeof *part);
    if (!part) return refuse(err, SIPAS_ERR_MEMORY, "not enough memory");
    sipas_status status = split_by_root(s, NATIONAL_COMMUNES, 1, 4, part, err);
    for (int64_t p = 0; p < s->n_provinces && status == 0; p++) status = plan_strata(s, s->provinces[p], part[p], err);
    free(part);
    return status;
}

/* Villages per unit above them: 3 in a commune, 6 in a district that has no communes. */
static void plan_villages(national *s)
{
    int64_t n_children;
    for (int64_t i = 0; i < s->n_frame; i++) {
        const char *level = sipas_unit_tree_get_level(s->tree, i);
        sipas_unit_tree_get_children(s->tree, i, &n_children);
        if (n_children == 0) s->units.n_of[i] = strcmp(level, "district") == 0 ? 6 : 3;
    }
}

static sipas_draw_stage *add_stage(national *s, const char *level, int32_t method)
{
    sipas_draw_stage *stage = &s->stages[s->n_stages++];
    sipas_draw_stage_init(stage);
    stage->level = level;
    stage->method = method;
    return stage;
}

/* The stages. Their columns are set again before each draw, since the tree grows. */
static void plan_stages(national *s)
{
    add_stage(s, "province", SIPAS_DRAW_ALL);
    if (!s->two_tier) {
        sipas_draw_stage *districts = add_stage(s, "district", SIPAS_DRAW_PPS_SYSTEMATIC);
        districts->n_of = &s->n_of;
        districts->size_of = &s->size_of;
    }
    sipas_draw_stage *communes = add_stage(s, "commune", SIPAS_DRAW_SRS);
    communes->strata = SIPAS_STAGE_STRATA_COLUMN;
    communes->strata_of = &s->strata_of;
    communes->quota_parent = s->two_tier ? &s->quota_parent : NULL;
    communes->quota_stratum = &s->quota_stratum;
    communes->quota_n = &s->quota_n;
    communes->if_fewer = SIPAS_FEWER_MOVE_TAKE_ALL; /* no urban commune: two rural ones */
    add_stage(s, "village", SIPAS_DRAW_SRS)->n_of = &s->n_of;
    sipas_draw_stage *persons = add_stage(s, "person", SIPAS_DRAW_SRS);
    persons->n_of = &s->n_of;
    persons->reserve_of = &s->reserve_of;
}

sipas_status national_plan(national *s, sipas_error *err)
{
    s->forms = calloc((size_t)s->n_provinces, sizeof *s->forms);
    s->villages = calloc((size_t)s->n_provinces, sizeof *s->villages);
    if (!s->forms || !s->villages) return refuse(err, SIPAS_ERR_MEMORY, "not enough memory");
    plan_stages(s);
    plan_villages(s);
    sipas_status status = plan_forms(s, err);
    if (status == 0) status = s->two_tier ? plan_communes(s, err) : plan_districts(s, err);
    return status;
}

/* ------------------------------------------------------------------------------------------------------- printing */

/* A line of the plan: a number (0 = none), the published one (0 = none), and where the rule comes from. */
typedef struct part {
    const char *what, *rule;
    int64_t number, published;
    const char *where_from;
} part;

static sipas_status print_parts(const part *parts, size_t n, sipas_error *err)
{
    static const char *const headings[] = {"part", "rule", "number", "published", "where from"};
    grid *g = grid_new(headings, 5);
    for (size_t i = 0; i < n; i++) {
        const int64_t numbers[] = {parts[i].number, parts[i].published};
        grid_text(g, parts[i].what);
        grid_text(g, parts[i].rule);
        for (int k = 0; k < 2; k++) {
            if (numbers[k])
                grid_count(g, numbers[k]);
            else
                grid_right(g, "");
        }
        grid_text(g, parts[i].where_from);
    }
    sipas_status status = grid_print(g, stdout);
    grid_free(g);
    return status != 0 ? refuse(err, status, "not enough memory") : status;
}

static const char numbered[] = "numbered: one per 1,000 inhabitants, 6 a commune at least; simple random";
static const char equal_parts[] = "of a province: in equal parts over its villages";
static const char of_adults[] = "70 % of the inhabitants are 18 or over; simple random, reserves 50 %";

/* `first`, `city` and `rest`: units of the first stage, forms of the cities, forms of the other provinces. */
static sipas_status print_three_tiers(const national *s, int64_t first, int64_t city, int64_t rest, sipas_error *err)
{
    const part parts[] = {
        {"provinces", "all", s->n_provinces, 63, "found"},
        {"districts", "3 in each province, 6 in Hà Nội and in Hồ Chí Minh", first, NATIONAL_DISTRICTS,
         "total, Hà Nội's 6 found; rule inferred"},
        {"", "systematic by population, certainty districts first", 0, 0, "assumed"},
        {"communes", "2 in each district, one urban, one rural where both exist", 2 * first,
         NATIONAL_COMMUNES_PUBLISHED, "total found; rule inferred"},
        {"", "(less 2 for each drawn district without communes); simple random", 0, 0, "assumed"},
        {"villages", "3 in each commune, 6 in a district without communes", 6 * first, NATIONAL_VILLAGES,
         "total found; rule inferred"},
        {"", numbered, 0, 0, "assumed"},
        {"forms", "all", city + rest, NATIONAL_FORMS, "found"},
        {"", "2,700 each in Hà Nội and in Hồ Chí Minh", city, 0, "Hà Nội found; Hồ Chí Minh inferred"},
        {"", "the other provinces by square root of population", rest, 0, "assumed"},
        {"", equal_parts, 0, 0, "assumed"},
        {"persons", of_adults, 0, 0, "assumed"},
    };
    return print_parts(parts, sizeof parts / sizeof *parts, err);
}

static sipas_status print_two_tiers(const national *s, int64_t first, int64_t city, int64_t rest, sipas_error *err)
{
    const part parts[] = {
        {"provinces", "all", s->n_provinces, 34, "found"},
        {"communes", "2 x 195 as in 2024; square root of population, 4 a province at least", first, 0, "assumed"},
        {"", "urban (phường) and rural (xã, đặc khu) by their numbers, 2 of each", 0, 0, "assumed"},
        {"", "at least; simple random", 0, 0, "assumed"},
        {"villages", "3 in each commune", 3 * first, 0, "assumed"},
        {"", numbered, 0, 0, "assumed"},
        {"forms", "all, as in 2024", city + rest, 0, "assumed"},
        {"", "2,700 each in Hà Nội and in Hồ Chí Minh, as in 2024", city, 0, "assumed"},
        {"", "the other provinces by square root of population", rest, 0, "assumed"},
        {"", equal_parts, 0, 0, "assumed"},
        {"persons", of_adults, 0, 0, "assumed"},
    };
    return print_parts(parts, sizeof parts / sizeof *parts, err);
}

/* Units of the first stage that is not taken whole, as planned for a province. */
static int64_t first_units(const national *s, int64_t p)
{
    double n = 0;
    if (!s->two_tier) return (int64_t)s->units.n_of[s->provinces[p]];
    for (int64_t i = 0; i < s->quotas.n; i++)
        if (s->quotas.parent[i] == (double)s->provinces[p]) n += s->quotas.count[i];
    return (int64_t)n;
}

static sipas_status print_provinces(const national *s, sipas_error *err)
{
    const char *const headings[] = {"code",     "province", "population 2019", s->two_tier ? "communes" : "districts",
                                    "villages", "forms",    "forms a village"};
    int64_t units = 0, villages = 0, forms = 0;
    grid *g = grid_new(headings, 7);
    for (int64_t p = 0; p < s->n_provinces; p++) {
        int64_t n = first_units(s, p), n_villages = n * (s->two_tier ? 3 : 6);
        grid_text(g, sipas_unit_tree_get_code(s->tree, s->provinces[p]));
        grid_text(g, national_name(s, s->provinces[p]));
        grid_count(g, (int64_t)s->units.population[s->provinces[p]]);
        grid_count(g, n);
        grid_count(g, n_villages);
        grid_count(g, s->forms[p]);
        grid_number(g, (double)s->forms[p] / (double)n_villages, 1);
        units += n, villages += n_villages, forms += s->forms[p];
    }
    grid_rule(g);
    grid_text(g, "");
    grid_text(g, "all");
    grid_text(g, "");
    grid_count(g, units);
    grid_count(g, villages);
    grid_count(g, forms);
    grid_number(g, (double)forms / (double)villages, 1);
    sipas_status status = grid_print(g, stdout);
    grid_free(g);
    return status != 0 ? refuse(err, status, "not enough memory") : status;
}

sipas_status national_print_rules(const national *s, sipas_error *err)
{
    int64_t first = 0, city = 0, rest = 0;
    for (int64_t p = 0; p < s->n_provinces; p++) {
        first += first_units(s, p);
        *(is_city(s, p) ? &city : &rest) += s->forms[p];
    }
    printf(
        "  found: in a public source; inferred: the simplest rule that fits the published numbers; assumed: ours.\n\n");
    return s->two_tier ? print_two_tiers(s, first, city, rest, err) : print_three_tiers(s, first, city, rest, err);
}

sipas_status national_print_plan(const national *s, sipas_error *err)
{
    printf("\n2. PLAN: %s\n\n",
           s->two_tier ? "the same total for the country with two tiers" : "the national round of 2024");
    sipas_status status = national_print_rules(s, err);
    printf("\n");
    return status != 0 ? status : print_provinces(s, err);
}

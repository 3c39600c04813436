/*
 * The draw of a national round. Villages and persons are not listed anywhere: they are numbered below the communes (then
 * the villages) that are drawn, and the plan is drawn again with one stage more. Code paths of the units that were there
 * stay as they were, and with them every draw among them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "national.h"
#include "refuse.h"

static const double inhabitants_per_village = 1000; /* assumed */
static const double least_villages = 6;             /* assumed */
static const double adults_per_inhabitant = 0.70;   /* assumed */

static sipas_status no_memory(sipas_error *err)
{
    refuse(err, SIPAS_ERR_MEMORY, "not enough memory");
    return SIPAS_ERR_MEMORY;
}

/* ------------------------------------------------------------------------------------------------- a tree that grows */

/* Makes the columns as long as the tree; new cells say nothing. */
static sipas_status grow_units(national *s, sipas_error *err)
{
    national_units *u = &s->units;
    size_t n = (size_t)sipas_unit_tree_count(s->tree);
    double *population = realloc(u->population, n * sizeof *population);
    if (population) u->population = population;
    double *n_of = realloc(u->n_of, n * sizeof *n_of);
    if (n_of) u->n_of = n_of;
    double *reserve_of = realloc(u->reserve_of, n * sizeof *reserve_of);
    if (reserve_of) u->reserve_of = reserve_of;
    const char **stratum = realloc(u->stratum, n * sizeof *stratum);
    if (stratum) u->stratum = stratum;
    uint8_t *excluded = realloc(u->excluded, n);
    if (excluded) u->excluded = excluded;
    if (!population || !n_of || !reserve_of || !stratum || !excluded) return no_memory(err);
    for (size_t i = (size_t)u->n; i < n; i++) {
        population[i] = n_of[i] = reserve_of[i] = NAN;
        stratum[i] = NULL;
        excluded[i] = 0;
    }
    u->n = (int64_t)n;
    return SIPAS_OK;
}

/* Numbers units below the leaves of the tree; `count` is as long as the tree. */
static sipas_status expand(national *s, const double *count, const char *level, sipas_error *err)
{
    sipas_column counts = sipas_column_f64(count, s->units.n);
    sipas_unit_tree *grown = NULL;
    sipas_status status = sipas_frame_expand(s->ctx, s->tree, &counts, level, NULL, &grown, err);
    if (status != 0) return status;
    sipas_unit_tree_free(s->tree);
    s->tree = grown;
    return grow_units(s, err);
}

/* Draws the first stages of the plan. */
static sipas_status draw(national *s, int32_t n_stages, sipas_error *err)
{
    int64_t n = s->units.n;
    s->n_of = sipas_column_f64(s->units.n_of, n);
    s->reserve_of = sipas_column_f64(s->units.reserve_of, n);
    s->size_of = sipas_column_f64(s->units.population, n);
    s->strata_of = sipas_column_code(s->units.stratum, n);
    s->excluded = sipas_column_bool(s->units.excluded, n);
    s->quota_parent = sipas_column_f64(s->quotas.parent, s->quotas.n);
    s->quota_stratum = sipas_column_code(s->quotas.stratum, s->quotas.n);
    s->quota_n = sipas_column_f64(s->quotas.count, s->quotas.n);
    sipas_draw_plan_opts opts = SIPAS_DRAW_PLAN_OPTS_INIT;
    opts.has_seed = 1;
    opts.seed = s->seed;
    opts.excluded = &s->excluded;
    sipas_table_free(s->drawn);
    return sipas_draw_plan(s->ctx, s->tree, s->stages, n_stages, &opts, &s->drawn, err);
}

/* ------------------------------------------------------------------------------------------------------------ villages */

/* Villages below every unit drawn that has nothing below it: communes, and districts without communes. */
static sipas_status number_villages(national *s, sipas_error *err)
{
    const int64_t *unit;
    sipas_status status = sipas_table_get_i64(s->drawn, "row", &unit, err);
    double *count = status == 0 ? calloc((size_t)s->units.n, sizeof *count) : NULL;
    if (!count) return status != 0 ? status : no_memory(err);
    for (int64_t i = 0; i < sipas_table_count_rows(s->drawn); i++) {
        int64_t n_children;
        sipas_unit_tree_get_children(s->tree, unit[i], &n_children);
        if (n_children == 0)
            count[unit[i]] = fmax(least_villages, round(s->units.population[unit[i]] / inhabitants_per_village));
    }
    status = expand(s, count, "village", err);
    free(count);
    return status;
}

/* Adults of a village: an equal part of those of the unit above it, one at least. */
static double count_adults(const national *s, int64_t village)
{
    int64_t above = sipas_unit_tree_get_parent(s->tree, village), n_villages;
    sipas_unit_tree_get_children(s->tree, above, &n_villages);
    return fmax(1, round(adults_per_inhabitant * s->units.population[above] / (double)n_villages));
}

/* A run of the table's rows: villages drawn in one province. `adults` is as long. */
typedef struct villages {
    const int64_t *unit;
    const char *const *code;
    const double *adults;
    int64_t n;
} villages;

/* Forms of a province in equal whole parts over its villages, none more than it has adults; half as many reserves. */
static sipas_status share_forms(national *s, int64_t forms, const villages *in, sipas_error *err)
{
    sipas_column code = sipas_column_code(in->code, in->n), upper = sipas_column_f64(in->adults, in->n);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    opts.method = SIPAS_ALLOCATE_EQUAL;
    opts.code = &code;
    opts.upper = &upper;
    sipas_table *parts = NULL;
    const int64_t *part;
    sipas_status status = sipas_allocate(s->ctx, forms, NULL, &opts, &parts, err);
    if (status == 0) status = sipas_table_get_i64(parts, "n", &part, err);
    for (int64_t i = 0; i < in->n && status == 0; i++) {
        s->units.n_of[in->unit[i]] = (double)part[i];
        s->units.reserve_of[in->unit[i]] = fmin(ceil(0.5 * (double)part[i]), in->adults[i] - (double)part[i]);
    }
    sipas_table_free(parts);
    return status;
}

/* Shares the forms of every province. The villages of a province stand together in the table, provinces by code. */
static sipas_status share_all_forms(national *s, const villages *all, sipas_error *err)
{
    sipas_status status = SIPAS_OK;
    int64_t start = 0;
    for (int64_t p = 0; p < s->n_provinces && status == 0; p++) {
        int64_t end = start;
        while (end < all->n && national_above(s, all->unit[end], "province") == s->provinces[p]) end++;
        villages in = {all->unit + start, all->code + start, all->adults + start, end - start};
        s->villages[p] = in.n;
        start = end;
        status = share_forms(s, s->forms[p], &in, err);
    }
    return status;
}

/* Forms for every village drawn, and its adults as units of the tree. */
static sipas_status number_persons(national *s, sipas_error *err)
{
    const int64_t *unit, *stage;
    const char *const *code;
    sipas_status status = sipas_table_get_i64(s->drawn, "row", &unit, err);
    if (status == 0) status = sipas_table_get_i64(s->drawn, "stage", &stage, err);
    if (status == 0) status = sipas_table_get_code(s->drawn, "code", &code, err);
    if (status != 0) return status;
    int64_t rows = sipas_table_count_rows(s->drawn), first = 0;
    while (first < rows && stage[first] != national_stage(s, "village") + 1) first++;
    double *count = calloc((size_t)s->units.n, sizeof *count), *adults = malloc((size_t)rows * sizeof *adults);
    if (!count || !adults) status = no_memory(err);
    for (int64_t i = first; i < rows && status == 0; i++) count[unit[i]] = adults[i - first] = count_adults(s, unit[i]);
    villages all = {unit + first, code + first, adults, rows - first};
    if (status == 0) status = share_all_forms(s, &all, err);
    if (status == 0) status = expand(s, count, "person", err);
    free(count);
    free(adults);
    return status;
}

/* --------------------------------------------------------------------------------------------------- the main sample */

/* Row of the table where each unit above the persons was drawn; -1 = not drawn. NULL when there is no memory. */
static int64_t *rows_of_units(const national *s, const int64_t *unit, int64_t n)
{
    int64_t *row_of = malloc((size_t)s->units.n * sizeof *row_of);
    for (int64_t i = 0; row_of && i < s->units.n; i++) row_of[i] = -1;
    for (int64_t i = 0; row_of && i < n; i++) row_of[unit[i]] = i;
    return row_of;
}

static sipas_status make_room(national *s, size_t room, sipas_error *err)
{
    int failed = 0;
    int64_t **const units[] = {&s->person, &s->village, &s->psu, &s->ssu, &s->province};
    const char ***const texts[] = {&s->stratum, &s->province_code, &s->region};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) failed |= !(*units[i] = malloc(room * sizeof **units[i]));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) failed |= !(*texts[i] = malloc(room * sizeof **texts[i]));
    for (int i = 0; i < NATIONAL_STAGES; i++) failed |= !(s->pi[i] = malloc(room * sizeof *s->pi[i]));
    failed |= !(s->certainty = malloc(room));
    return failed ? no_memory(err) : SIPAS_OK;
}

/* What the design needs of the draw. */
typedef struct draw_columns {
    const int64_t *unit, *stage, *certainty;
    const char *const *stratum, *const *role;
    const double *pi_stage;
} draw_columns;

static sipas_status get_columns(const sipas_table *drawn, draw_columns *c, sipas_error *err)
{
    sipas_status status = sipas_table_get_i64(drawn, "row", &c->unit, err);
    if (status == 0) status = sipas_table_get_i64(drawn, "stage", &c->stage, err);
    if (status == 0) status = sipas_table_get_i64(drawn, "certainty", &c->certainty, err);
    if (status == 0) status = sipas_table_get_code(drawn, "stratum", &c->stratum, err);
    if (status == 0) status = sipas_table_get_code(drawn, "role", &c->role, err);
    if (status == 0) status = sipas_table_get_f64(drawn, "pi_stage", &c->pi_stage, err);
    return status;
}

/*
 * A person of the main sample: on the way up, the unit of each stage. The PSU is the unit of stage 2 (after the provinces,
 * which are all taken); the second-stage unit is the next one below it. A stage that passed through has π = 1.
 */
static void add_person(national *s, const draw_columns *c, const int64_t *row_of, int64_t row)
{
    int64_t i = s->n++, at = c->unit[row], below = at;
    for (int stage = 0; stage < s->n_stages; stage++) s->pi[stage][i] = 1;
    s->person[i] = at;
    s->village[i] = sipas_unit_tree_get_parent(s->tree, at);
    for (; at >= 0 && row_of[at] >= 0; at = sipas_unit_tree_get_parent(s->tree, at)) {
        int64_t drawn = row_of[at];
        s->pi[c->stage[drawn] - 1][i] = c->pi_stage[drawn];
        if (c->stage[drawn] == 2) {
            s->psu[i] = at;
            s->ssu[i] = below;
            s->certainty[i] = c->certainty[drawn] == 1;
            s->stratum[i] = c->stratum[drawn];
        }
        below = at;
    }
}

/* The main sample as rows: one per person, provinces in their order. */
static sipas_status list_persons(national *s, sipas_error *err)
{
    draw_columns c;
    sipas_status status = get_columns(s->drawn, &c, err);
    if (status != 0) return status;
    int64_t rows = sipas_table_count_rows(s->drawn), p = 0;
    int64_t *row_of = rows_of_units(s, c.unit, rows);
    status = row_of ? make_room(s, (size_t)rows, err) : no_memory(err);
    for (int64_t row = 0; row < rows && status == 0; row++) {
        if (c.stage[row] != s->n_stages || strcmp(c.role[row], "main") != 0) continue;
        add_person(s, &c, row_of, row);
        while (national_above(s, c.unit[row], "province") != s->provinces[p]) p++;
        s->province[s->n - 1] = p;
        s->province_code[s->n - 1] = sipas_unit_tree_get_code(s->tree, s->provinces[p]);
        s->region[s->n - 1] = sipas_unit_tree_get_region(s->tree, s->provinces[p]);
    }
    free(row_of);
    return status;
}

sipas_status national_draw(national *s, int with_persons, sipas_error *err)
{
    sipas_status status = draw(s, s->n_stages - 2, err);
    if (status == 0) status = number_villages(s, err);
    if (status == 0) status = draw(s, s->n_stages - 1, err);
    if (status != 0 || !with_persons) return status;
    status = number_persons(s, err);
    if (status == 0) status = draw(s, s->n_stages, err);
    if (status == 0) status = list_persons(s, err);
    return status;
}

/*
 * Drawing within one cell (a stratum, or a class of it): certainty units first, then the rest by the method, then main and
 * reserves told apart.
 *
 *   SRS                m smallest of the units' own random numbers
 *   systematic         fractional interval, in integers (Kish, Survey Sampling, 1965, §4.1)
 *   PPS systematic     points at distance X/m on the cumulated sizes (Madow, Ann. Math. Stat. 20, 1949, 333)
 *
 * The n + r units of main and reserve are one draw; the main ones are a simple random subsample of it, so that
 * π_main = π_{n+r} n / (n + r) for each unit that is not certain.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <float.h>
#include <sipas/rng.h>
#include <string.h>

#include "base/context.h"
#include "base/hash.h"
#include "select/select.h"

/* Selection decides by comparing doubles: they must not carry hidden digits. */
_Static_assert(FLT_EVAL_METHOD == 0, "doubles are evaluated as doubles");

/* What is drawn from after the certainty units are out: run->items[0 … n_units-1], m main and r reserves. */
typedef struct rest {
    int64_t n_units, main, total;
} rest;

static double number_of(const sipas__run *run, uint64_t hash, int32_t purpose)
{
    return sipas_rng_uniform(run->seed, run->programme, hash, run->stage * SIPAS__PURPOSES + (uint64_t)purpose, 0);
}

static void sort_canonically(const sipas__run *run, sipas__item *items, int64_t n)
{
    for (int64_t i = 0; i < n; i++) items[i].key = run->key(run->things, items[i].index);
    sipas__order_sort(items, items + run->capacity, n, run->tie, run->things);
}

static int compare_units(const void *things, int64_t left, int64_t right)
{
    const sipas__run *run = things;
    uint64_t a = run->key(run->things, left), b = run->key(run->things, right);

    if (a != b) return a < b ? -1 : 1;
    return run->tie ? run->tie(run->things, left, right) : 0;
}

/* Ascending by the units' own numbers; equal ones in canonical order. */
static void sort_by_number(const sipas__run *run, sipas__item *items, int64_t n, int32_t purpose)
{
    for (int64_t i = 0; i < n; i++) items[i].key = sipas__order_f64(number_of(run, run->hash[items[i].index], purpose));
    sipas__order_sort(items, items + run->capacity, n, compare_units, run);
}

/* Random number of the stratum: where a systematic draw starts. */
static double start_of(const sipas__run *run, const sipas__group *group, const sipas__cell *cell)
{
    uint64_t hash = group->hash;

    if (cell->class_name) hash = sipas__hash_child(hash ? hash : SIPAS__HASH_ROOT, cell->class_name);
    return number_of(run, hash, SIPAS__PURPOSE_DRAW);
}

/* Keeps in items[0 … total-1] every unit k for which floor(((k+1) m + R) / N) > floor((k m + R) / N). */
static void draw_systematic(sipas__item *items, int64_t n_units, int64_t total, double start)
{
    int64_t kept = 0, sum = (int64_t)(start * (double)n_units); /* < N: u is at most 1 - 2^-53 */

    for (int64_t k = 0; k < n_units; k++) {
        sum += total;
        if (sum < n_units) continue;
        sum -= n_units;
        items[kept++] = items[k];
    }
}

/*
 * Keeps in items[0 … n-1] the units in whose interval of the cumulated sizes a point (u + j) X/n falls. Sizes are below X/n,
 * so no unit holds two points; where rounding would have it otherwise, or would run off the end, the neighbour is taken.
 */
static void draw_on_line(sipas__item *items, const double *sizes, int64_t n_units, int64_t n, double start)
{
    double end = 0.0, behind;
    int64_t k = 0;

    for (int64_t i = 0; i < n_units; i++) end += sizes[i];
    behind = n_units > 0 ? sizes[0] : 0.0;
    for (int64_t j = 0; j < n; j++) {
        double point = (start + (double)j) * end / (double)n;

        while (behind <= point && n_units - k > n - j) behind += sizes[++k];
        items[j] = items[k];
        if (++k < n_units) behind += sizes[k];
    }
}

/* The whole rest of a PPS cell, in canonical order, has its sizes in run->sizes. */
static void read_sizes(const sipas__run *run, int64_t n_units)
{
    for (int64_t i = 0; i < n_units; i++) run->sizes[i] = run->size[run->items[i].index];
}

/* Moves the units that reach 1 in a draw of m from the first n_units items to the certainty units; returns what is left. */
static int64_t take_certain(const sipas__run *run, int64_t n_units, int64_t m, int64_t *sure)
{
    const sipas_column sizes = sipas_column_f64(run->sizes, n_units);
    int64_t left = 0;

    sipas__inclusion_prob(&sizes, m, run->pi);
    for (int64_t i = 0; i < n_units; i++) {
        if (run->pi[i] >= 1.0)
            run->sure[(*sure)++] = run->items[i];
        else
            run->items[left++] = run->items[i];
    }
    read_sizes(run, left);
    return left;
}

/* Draws main and reserves at once: units that reach 1 only now, and points on the line for the others. */
static void draw_pps(const sipas__run *run, const rest *from, double start)
{
    const sipas_column sizes = sipas_column_f64(run->sizes, from->n_units);
    sipas__item *certain = run->items + run->capacity; /* the half for sorting is free here */
    int64_t n_certain = 0, n_others = 0;

    sipas__inclusion_prob(&sizes, from->total, run->pi);
    for (int64_t i = 0; i < from->n_units; i++) {
        const sipas__item item = run->items[i];

        run->prob[item.index] = run->pi[i];
        if (run->pi[i] >= 1.0) {
            certain[n_certain++] = item;
        } else {
            run->items[n_others] = item;
            run->sizes[n_others++] = run->sizes[i];
        }
    }
    draw_on_line(run->items, run->sizes, n_others, from->total - n_certain, start);
    memcpy(run->items + (from->total - n_certain), certain, (size_t)n_certain * sizeof *certain);
}

/* Divides a cell into certainty units and the rest; units of size 0 fall away. */
static int64_t divide(const sipas__run *run, const sipas__cell *cell, int64_t *sure)
{
    int64_t n_units = 0;

    *sure = 0;
    for (int64_t i = 0; i < cell->n_units; i++) {
        int64_t unit = cell->units[i];

        if (run->method == SIPAS_DRAW_ALL || (run->certain && run->certain[unit]))
            run->sure[(*sure)++].index = unit;
        else if (!run->size || run->size[unit] > 0.0)
            run->items[n_units++].index = unit;
    }
    return n_units;
}

static int add_pick(sipas__run *run, const sipas__pick *pick)
{
    void *picks = run->picks;

    if (!sipas__grow(run->ctx, &picks, &run->picks_capacity, run->n_picks + 1, sizeof *run->picks)) return 0;
    run->picks = picks;
    run->picks[run->n_picks++] = *pick;
    return 1;
}

/* Certainty units in canonical order. */
static int add_certain(sipas__run *run, sipas__pick *pick, int64_t sure, int whole)
{
    sort_canonically(run, run->sure, sure);
    pick->pi = pick->pi_reserve = 1.0;
    pick->certainty = 1;
    pick->own_stratum = !whole;
    if (!whole) pick->n = pick->population = 1;
    for (int64_t i = 0; i < sure; i++) {
        pick->unit = run->sure[i].index;
        pick->order++;
        if (!add_pick(run, pick)) return 0;
    }
    return 1;
}

/* The units drawn stand in run->items, in their order of use. */
static int add_drawn(sipas__run *run, sipas__pick *pick, const rest *from)
{
    pick->own_stratum = 0;
    for (int64_t i = 0; i < from->total; i++) {
        pick->unit = run->items[i].index;
        pick->order++;
        pick->is_reserve = i >= from->main;
        pick->pi_reserve = run->size ? run->prob[pick->unit] : (double)from->total / (double)from->n_units;
        pick->pi = run->size ? pick->pi_reserve * (double)from->main / (double)from->total
                             : (double)from->main / (double)from->n_units;
        pick->certainty = from->main == from->n_units;
        if (!add_pick(run, pick)) return 0;
    }
    return 1;
}

static void draw_rest(const sipas__run *run, const sipas__group *group, const sipas__cell *cell, const rest *from)
{
    switch (run->method) {
    case SIPAS_DRAW_SRS: sort_by_number(run, run->items, from->n_units, SIPAS__PURPOSE_DRAW); return;
    case SIPAS_DRAW_SYSTEMATIC:
        sort_canonically(run, run->items, from->n_units);
        draw_systematic(run->items, from->n_units, from->total, start_of(run, group, cell));
        break;
    default: draw_pps(run, from, start_of(run, group, cell)); break; /* in canonical order already */
    }
    sort_by_number(run, run->items, from->total, SIPAS__PURPOSE_ORDER);
}

sipas_status sipas__select_cell(sipas__run *run, const sipas__group *group, const sipas__cell *cell, sipas_error *err)
{
    const int64_t wanted = run->method == SIPAS_DRAW_ALL ? cell->n_units : cell->n;
    char name[160];
    sipas__pick pick = {0};
    rest from;
    int64_t sure;

    from.n_units = divide(run, cell, &sure);
    if (sure > wanted)
        return sipas__error_set(err, SIPAS_ERR_INFEASIBLE, group->row, run->stage_index, group->name,
                                "stratum %s: %lld units are marked as certain, only %lld are wanted",
                                sipas__stratum_name(group->name, group->is_path, cell->class_name, name, sizeof name),
                                (long long)sure, (long long)wanted);
    if (run->size) {
        sort_canonically(run, run->items, from.n_units);
        read_sizes(run, from.n_units);
        from.n_units = take_certain(run, from.n_units, wanted - sure, &sure);
    }
    from.main = wanted - sure;
    from.total = from.main + cell->reserve;
    pick.group = group->number;
    pick.class_name = cell->class_name;
    pick.n = wanted;
    pick.population = cell->able;
    if (!add_certain(run, &pick, sure, cell->able == wanted)) return sipas__error_memory(err);
    pick.n = cell->able == wanted ? wanted : from.main;
    pick.population = cell->able == wanted ? wanted : from.n_units;
    if (from.total == 0) return SIPAS_OK;
    draw_rest(run, group, cell, &from);
    return add_drawn(run, &pick, &from) ? SIPAS_OK : sipas__error_memory(err);
}

/*
 * The table of methods, and what they share: numbers and orders.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "select/method.h"

#include <sipas/rng.h>

#include "base/enums.h"

const sipas__select_method *sipas__select_method_of(int32_t method)
{
    static const struct {
        const sipas__select_method *row;
    } methods[] = {
        [SIPAS_DRAW_DEFAULT] = {&sipas__select_method_srs},
        [SIPAS_DRAW_SRS] = {&sipas__select_method_srs},
        [SIPAS_DRAW_SYSTEMATIC] = {&sipas__select_method_systematic},
        [SIPAS_DRAW_PPS_SYSTEMATIC] = {&sipas__select_method_pps_systematic},
        [SIPAS_DRAW_ALL] = {&sipas__select_method_all},
    };

    SIPAS__EVERY(methods, DRAW);
    return methods[method].row;
}

double sipas__select_number(const sipas__select_run *run, uint64_t hash, int32_t purpose)
{
    return sipas_rng_uniform(run->task.seed, run->task.programme, hash,
                             run->task.stage * SIPAS__PURPOSES + (uint64_t)purpose, 0);
}

void sipas__select_sort_canonically(const sipas__select_run *run, sipas__item *items, int64_t n)
{
    for (int64_t i = 0; i < n; i++) items[i].key = run->frame.key(run->frame.things, items[i].index);
    sipas__order_sort(items, items + run->scratch.capacity, n, run->frame.tie, run->frame.things);
}

static int compare_units(const void *things, int64_t left, int64_t right)
{
    const sipas__select_run *run = things;
    uint64_t a = run->frame.key(run->frame.things, left), b = run->frame.key(run->frame.things, right);

    if (a != b) return a < b ? -1 : 1;
    return run->frame.tie ? run->frame.tie(run->frame.things, left, right) : 0;
}

void sipas__select_sort_by_number(const sipas__select_run *run, sipas__item *items, int64_t n, int32_t purpose)
{
    for (int64_t i = 0; i < n; i++)
        items[i].key = sipas__order_f64(sipas__select_number(run, run->frame.hash[items[i].index], purpose));
    sipas__order_sort(items, items + run->scratch.capacity, n, compare_units, run);
}

void sipas__select_equal_probabilities(const sipas__select_run *run, const sipas__select_rest *from, int64_t unit,
                                       double pi[2])
{
    (void)run;
    (void)unit;
    pi[0] = (double)from->main / (double)from->n_units;
    pi[1] = (double)from->total / (double)from->n_units;
}

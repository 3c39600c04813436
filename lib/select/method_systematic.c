/*
 * Systematic sampling with a fractional interval, in integers, along the canonical order (Kish, Survey Sampling, 1965, §4.1).
 * Order of use: the units' own numbers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "select/method.h"

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

static void draw(const sipas__select_run *run, const sipas__select_rest *from)
{
    sipas__item *items = run->scratch.items;

    sipas__select_sort_canonically(run, items, from->n_units);
    draw_systematic(items, from->n_units, from->total, sipas__select_number(run, from->hash, SIPAS__PURPOSE_DRAW));
    sipas__select_sort_by_number(run, items, from->total, SIPAS__PURPOSE_ORDER);
}

const sipas__select_method sipas__select_method_systematic = {
    .name = "systematic/1", .is_canonical = 1, .draw = draw, .probabilities = sipas__select_equal_probabilities};

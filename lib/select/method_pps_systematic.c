/*
 * Systematic sampling proportional to size: points at distance X/m on the sizes cumulated in canonical order (Madow, Ann. Math.
 * Stat. 20, 1949, 333). Units that reach 1 are certain. Order of use: the units' own numbers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "select/method.h"

#include <string.h>

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

/* The whole rest of a PPS cell, in canonical order, has its sizes in run->scratch.sizes. */
static void read_sizes(const sipas__select_run *run, int64_t n_units)
{
    for (int64_t i = 0; i < n_units; i++) run->scratch.sizes[i] = run->frame.size[run->scratch.items[i].index];
}

/* Moves the units that reach 1 in a draw of m from the first n_units items to the certainty units; returns what is left. */
static int64_t find_certain(const sipas__select_run *run, int64_t n_units, int64_t m, int64_t *sure)
{
    const sipas_column sizes = sipas_column_f64(run->scratch.sizes, n_units);
    int64_t left = 0;

    sipas__select_sort_canonically(run, run->scratch.items, n_units);
    read_sizes(run, n_units);
    sipas__select_inclusion_prob(&sizes, m, run->scratch.pi);
    for (int64_t i = 0; i < n_units; i++) {
        if (run->scratch.pi[i] >= 1.0)
            run->scratch.sure[(*sure)++] = run->scratch.items[i];
        else
            run->scratch.items[left++] = run->scratch.items[i];
    }
    read_sizes(run, left);
    return left;
}

/* Draws main and reserves at once: units that reach 1 only now, and points on the line for the others. */
static void draw(const sipas__select_run *run, const sipas__select_rest *from)
{
    const sipas_column sizes = sipas_column_f64(run->scratch.sizes, from->n_units);
    sipas__item *certain = run->scratch.items + run->scratch.capacity; /* the half for sorting is free here */
    const double start = sipas__select_number(run, from->hash, SIPAS__PURPOSE_DRAW);
    int64_t n_certain = 0, n_others = 0;

    sipas__select_inclusion_prob(&sizes, from->total, run->scratch.pi);
    for (int64_t i = 0; i < from->n_units; i++) {
        const sipas__item item = run->scratch.items[i];

        run->frame.prob[item.index] = run->scratch.pi[i];
        if (run->scratch.pi[i] >= 1.0) {
            certain[n_certain++] = item;
        } else {
            run->scratch.items[n_others] = item;
            run->scratch.sizes[n_others++] = run->scratch.sizes[i];
        }
    }
    draw_on_line(run->scratch.items, run->scratch.sizes, n_others, from->total - n_certain, start);
    memcpy(run->scratch.items + (from->total - n_certain), certain, (size_t)n_certain * sizeof *certain);
    sipas__select_sort_by_number(run, run->scratch.items, from->total, SIPAS__PURPOSE_ORDER);
}

static void probabilities(const sipas__select_run *run, const sipas__select_rest *from, int64_t unit, double pi[2])
{
    pi[1] = run->frame.prob[unit];
    pi[0] = pi[1] * (double)from->main / (double)from->total;
}

const sipas__select_method sipas__select_method_pps_systematic = {.name = "pps_systematic/1",
                                                                  .needs_size = 1,
                                                                  .is_canonical = 1,
                                                                  .find_certain = find_certain,
                                                                  .draw = draw,
                                                                  .probabilities = probabilities};

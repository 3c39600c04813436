/*
 * The continuous optimum over a tree. Below a place with a given total every leaf has clamp(s w, lower, upper), every unit
 * the sum of what is below it, cut to its bounds; s is found so that the sum comes to the total. It is the Kuhn-Tucker
 * condition: a unit whose sum was cut has a multiplier of its own, hence another s below it, and is solved in turn.
 *
 * Σ over the leaves as a function of s is piecewise linear and rises, so Newton with a bracket finds s in a few rounds.
 * O(units below) a round; a unit is met once for each unit above it that is cut.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/tree.h"

#include <math.h>

enum { ROUNDS = 400 };

/* Such a share of the total may be missing: roundings. */
static const double CLOSE = 1e-13;

/* The sum directly below `place` at s, and how fast it rises. Fills part, sum and rise of all that is below. */
static double sum_at(sipas__forest *f, int64_t place, double s, double *slope)
{
    const int64_t end = f->end[place];

    for (int64_t at = place; at < end; at++) f->sum[at] = f->rise[at] = 0.0;
    for (int64_t at = end - 1; at > place; at--) {
        const double least = (double)f->lower[at], most = (double)f->most[at], w = f->weight[at];
        double x = f->sum[at], rise = f->rise[at];

        if (sipas__forest_is_one(f, at)) {
            x = w > 0.0 ? s * w : 0.0;
            rise = w;
        }
        f->part[at] = x < least ? least : x > most ? most : x;
        f->sum[f->parent[at]] += f->part[at];
        if (x > least && x < most) f->rise[f->parent[at]] += rise;
    }
    *slope = f->rise[place];
    return f->sum[place];
}

/* s for the total of a place, from a first guess. */
static double search(sipas__forest *f, int64_t place, double total, double guess)
{
    double low = 0.0, high = INFINITY, s = guess, slope;

    for (int32_t round = 0; round < ROUNDS; round++) {
        const double excess = sum_at(f, place, s, &slope) - total, before = high / low;
        double next = s - excess / slope;

        if (fabs(excess) <= CLOSE * total) return s;
        if (excess > 0.0)
            high = s;
        else
            low = s;
        if (!(next > low && next < high) || (round % 4 == 3 && !(high / low < sqrt(before))))
            next = isinf(high) ? 4.0 * low : sqrt(low > 0.0 ? low : high * 0x1p-80) * sqrt(high);
        if (!(next > low && next < high)) return s;
        s = next;
    }
    return s;
}

/* What a place directly below has when all that weighs something is full. */
static double full_of(const sipas__forest *f, int64_t at)
{
    const int64_t full = !sipas__forest_is_one(f, at) ? f->full[at] : f->weight[at] > 0.0 ? f->most[at] : f->lower[at];

    return (double)(full < f->lower[at] ? f->lower[at] : full > f->most[at] ? f->most[at] : full);
}

/* Totals of the places directly below at the ends: all at their lower bounds, or what weighs something full and the rest
 * in canonical order. */
static void take_ends(sipas__forest *f, int64_t place, double total, double *x)
{
    double rest = total - (double)f->full[place];

    for (int64_t at = place + 1; at < f->end[place]; at = f->end[at]) {
        x[at] = (double)f->lower[at];
        if (total > (double)f->low[place]) {
            const double full = full_of(f, at), more = fmin(fmax(rest, 0.0), (double)f->most[at] - full);

            x[at] = full + more;
            rest -= more;
        }
        if (!sipas__forest_is_leaf(f, at)) f->pending[f->n_pending++] = at;
    }
}

/* Takes over what was found below a place; units that were cut, and those with equal shares, are problems of their own. */
static void take_over(sipas__forest *f, int64_t place, double s, double *x)
{
    for (int64_t at = place + 1; at < f->end[place];) {
        const int one = sipas__forest_is_one(f, at);

        x[at] = f->part[at];
        f->price[at] = s;
        if (!sipas__forest_is_leaf(f, at) && (one || f->part[at] != f->sum[at])) f->pending[f->n_pending++] = at;
        at = one || f->part[at] != f->sum[at] ? f->end[at] : at + 1;
    }
}

static void solve_place(sipas__forest *f, int64_t place, double *x)
{
    const double total = x[place];
    double s = f->weight[place] > 0.0 ? total / f->weight[place] : 1.0, slope;

    if (f->equal[place] && !f->ignore_equal) {
        sipas__forest_share_part(f, place, total, x);
        for (int64_t below = place + 1; below < f->end[place]; below = f->end[below])
            if (!sipas__forest_is_leaf(f, below)) f->pending[f->n_pending++] = below;
        return;
    }
    if (total <= (double)f->low[place] || total >= (double)f->full[place]) {
        take_ends(f, place, total, x);
        return;
    }
    s = search(f, place, total, s);
    (void)sum_at(f, place, s, &slope);
    f->price[place] = s;
    take_over(f, place, s, x);
}

void sipas__forest_continuous(sipas__forest *f, int64_t place, double *x)
{
    f->n_pending = 0;
    f->pending[f->n_pending++] = place;
    while (f->n_pending > 0) solve_place(f, f->pending[--f->n_pending], x);
}

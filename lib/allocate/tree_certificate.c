/*
 * The certificate of an allocation over a tree: the objective at the whole numbers, at the continuous optimum and without
 * equal shares, and the least growth when one moves from a leaf to another so that every bound still holds.
 *
 * With k multiples in a leaf,
 *
 *   hill (neyman, cost)  Σ w² / k        one more: -w² / (k (k + 1))   one less: w² / (k (k - 1))
 *   webster              Σ k² / w                  (2k + 1) / w                  -(2k - 1) / w
 *   jefferson            Σ k (k + 1) / w           (2k + 2) / w                  -2k / w
 *   adams                Σ k (k - 1) / w           2k / w                        -(2k - 2) / w
 *
 * A move keeps the bounds when every unit above the one leaf, up to the first above both, may have one less, and every
 * unit above the other one more. The objective is M-convex on numbers with nested bounds, so no move that pays proves the
 * optimum (Murota 2003, Discrete Convex Analysis, thm. 6.26). One walk upwards finds the least. O(units).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/tree.h"

#include <math.h>

#include "num/sum.h"

/* A leaf's term, and its growth by one more and by one less. */
static double term_at(const sipas__forest *f, int64_t leaf, double k)
{
    const double w = f->weight[leaf];

    if (!(w > 0.0)) return 0.0;
    switch (f->a.seats.rounding) {
    case SIPAS_ROUNDING_WEBSTER: return k * k / w;
    case SIPAS_ROUNDING_JEFFERSON: return k * (k + 1.0) / w;
    case SIPAS_ROUNDING_ADAMS: return k * (k - 1.0) / w;
    default: return w * w / k;
    }
}

static double growth_at(const sipas__forest *f, int64_t leaf, double k, int more)
{
    const double w = f->weight[leaf];

    if (!(w > 0.0)) return 0.0;
    switch (f->a.seats.rounding) {
    case SIPAS_ROUNDING_WEBSTER: return (more ? 2.0 * k + 1.0 : 1.0 - 2.0 * k) / w;
    case SIPAS_ROUNDING_JEFFERSON: return (more ? 2.0 * k + 2.0 : -2.0 * k) / w;
    case SIPAS_ROUNDING_ADAMS: return (more ? 2.0 * k : 2.0 - 2.0 * k) / w;
    default: return more ? -(w * w / (k * (k + 1.0))) : w * w / (k * (k - 1.0));
    }
}

/* Of the numbers x. */
static double objective_at(const sipas__forest *f, const double *x)
{
    sipas__sum sum = {0.0, 0.0};

    for (int64_t at = 1; at < f->n; at++)
        if (sipas__forest_is_leaf(f, at)) sipas__sum_add(&sum, term_at(f, at, x[at]));
    return sipas__sum_value(&sum);
}

/* A move whose growth is negative by roundings alone grows by nothing. */
static void note_move(sipas__forest *f, double more, double less)
{
    const double growth = more + less;

    if (!isfinite(more) || !isfinite(less)) return;
    f->exchange = fmin(f->exchange, growth < 0.0 && -growth <= 1e-15 * (fabs(more) + fabs(less)) ? 0.0 : growth);
}

/* Hands a place's least growths to the place above, and notes moves between it and those met before. `more` and `less`
 * are by place; infinite = no legal move. */
static void hand_up(sipas__forest *f, int64_t at, double *more, double *less)
{
    const int64_t above = f->parent[at], has = f->whole[at];
    const int leaf = sipas__forest_is_leaf(f, at);
    double one_more = leaf ? growth_at(f, at, (double)has, 1) : more[at];
    double one_less = leaf ? growth_at(f, at, (double)has, 0) : less[at];

    if (has >= f->most[at] || f->equal[at]) one_more = INFINITY;
    if (has <= f->lower[at] || f->equal[at]) one_less = INFINITY;
    if (leaf && has == 0 && f->weight[at] > 0.0 && sipas__allocate_needs_one(&f->a)) one_more = -INFINITY;
    if (!f->equal[above]) {
        note_move(f, one_more, less[above]);
        note_move(f, more[above], one_less);
    }
    more[above] = fmin(more[above], one_more);
    less[above] = fmin(less[above], one_less);
}

void sipas__forest_certify(sipas__forest *f)
{
    double *more = f->part, *less = f->sum;

    for (int64_t at = 0; at < f->n; at++) f->part[at] = (double)f->whole[at];
    f->objective = objective_at(f, f->part);
    f->objective_continuous = objective_at(f, f->x);
    f->bound = f->loose ? objective_at(f, f->loose) : f->objective_continuous;
    f->exchange = INFINITY;
    for (int64_t at = 0; at < f->n; at++) more[at] = less[at] = INFINITY;
    for (int64_t at = f->n - 1; at > 0; at--) hand_up(f, at, more, less);
}

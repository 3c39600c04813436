/*
 * The certificate: what the method makes least, at the whole numbers and at the continuous optimum, and the
 * least by which it grows when one moves from a unit to another within the bounds. The objectives are
 * separable and convex, so that number being ≥ 0 proves the whole numbers optimal.
 *
 *   hill (neyman, cost)  Σ w² / n        one more: -w² / (n (n + 1))   one less: w² / (n (n - 1))
 *   webster              Σ n² / w                  (2n + 1) / w                  -(2n - 1) / w
 *   jefferson            Σ n (n + 1) / w           (2n + 2) / w                  -2n / w
 *   adams                Σ n (n - 1) / w           2n / w                        -(2n - 2) / w
 *   largest remainder    Σ (n - x)²                1 + 2 (n - x)                 1 - 2 (n - x)
 *
 * It is made from n alone, by other arithmetic than the one that found n. O(units).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/allocate.h"

#include <math.h>

#include "num/sum.h"

enum { TILE = 256 };

/* A unit's term of the objective, and its growth by one more and by one less, as fractions: few of them are worth a division.
 * Units of weight zero have none. */
typedef struct term {
    double value, more, more_under, less, less_under;
} term;

static inline term term_at(const sipas__allocation *a, int64_t unit, double n)
{
    const double w = a->weight[unit], e = n - a->continuous[unit];

    switch (a->rounding) {
    case SIPAS_ROUNDING_LARGEST_REMAINDER: return (term){e * e, 1.0 + 2.0 * e, 1.0, 1.0 - 2.0 * e, 1.0};
    case SIPAS_ROUNDING_WEBSTER: return (term){n * n / w, 2.0 * n + 1.0, w, 1.0 - 2.0 * n, w};
    case SIPAS_ROUNDING_JEFFERSON: return (term){n * (n + 1.0) / w, 2.0 * n + 2.0, w, -2.0 * n, w};
    case SIPAS_ROUNDING_ADAMS: return (term){n * (n - 1.0) / w, 2.0 * n, w, 2.0 - 2.0 * n, w};
    default: return (term){w * w / n, -(w * w / n), n + 1.0, w * w / n, n - 1.0};
    }
}

/* The two least of a number of values, with their units: the best move is between different units. */
typedef struct least {
    double value[2];
    int64_t unit[2];
} least;

static void note_least(least *at, double value, int64_t unit)
{
    if (value < at->value[0]) {
        at->value[1] = at->value[0];
        at->unit[1] = at->unit[0];
        at->value[0] = value;
        at->unit[0] = unit;
    } else if (value < at->value[1]) {
        at->value[1] = value;
        at->unit[1] = unit;
    }
}

/* The move from one unit to another, its growth put right where rounding alone makes it negative. */
static double growth_of(const sipas__allocation *a, const least *more, const least *less, int one, int two)
{
    int64_t to = more->unit[one], from = less->unit[two];
    double growth = more->value[one] + less->value[two], scale = fabs(more->value[one]) + fabs(less->value[two]);

    if (to < 0 || from < 0 || to == from) return INFINITY;
    if (a->rounding == SIPAS_ROUNDING_LARGEST_REMAINDER) scale += 4.0 * (a->continuous[to] + a->continuous[from]);
    return growth < 0.0 && -growth <= 1e-15 * scale ? 0.0 : growth;
}

/* The terms of units from … to-1 at n and at x, and their moves. */
static void certify_tile(const sipas__allocation *a, int64_t from, int64_t to, sipas__sum *whole,
                         sipas__sum *continuous, least *more, least *less)
{
    double part = 0.0, part_continuous = 0.0;

    for (int64_t i = from; i < to; i++) {
        term at;

        if (a->weight[i] == 0.0) continue;
        at = term_at(a, i, (double)a->n[i]);
        part += at.value;
        part_continuous += term_at(a, i, a->continuous[i]).value;
        if (at.more < more->value[1] * at.more_under && a->n[i] < a->upper[i])
            note_least(more, at.more / at.more_under, i);
        if (at.less < less->value[1] * at.less_under && a->n[i] > a->lower[i])
            note_least(less, at.less / at.less_under, i);
    }
    sipas__sum_add(whole, part);
    sipas__sum_add(continuous, part_continuous);
}

void sipas__allocate_certify(sipas__allocation *a)
{
    least more = {{INFINITY, INFINITY}, {-1, -1}}, less = more;
    sipas__sum whole = {0.0, 0.0}, continuous = whole;

    for (int64_t from = 0; from < a->n_units; from += TILE)
        certify_tile(a, from, a->n_units - from < TILE ? a->n_units : from + TILE, &whole, &continuous, &more, &less);
    a->certified = 1;
    a->objective = sipas__sum_value(&whole);
    a->objective_continuous = sipas__sum_value(&continuous);
    a->exchange = INFINITY;
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) a->exchange = fmin(a->exchange, growth_of(a, &more, &less, i, j));
}

const char *sipas__allocate_objective(const sipas__allocation *a)
{
    if (a->opts.method == SIPAS_ALLOCATE_NEYMAN) return "sum (size sd)^2 / n";
    if (a->opts.method == SIPAS_ALLOCATE_COST) return "sum (size sd)^2 / (cost n)";
    switch (a->rounding) {
    case SIPAS_ROUNDING_WEBSTER: return "sum n^2 / w";
    case SIPAS_ROUNDING_HILL: return "sum w^2 / n";
    case SIPAS_ROUNDING_ADAMS: return "sum n (n - 1) / w";
    case SIPAS_ROUNDING_JEFFERSON: return "sum n (n + 1) / w";
    default: return "sum (n - continuous)^2";
    }
}

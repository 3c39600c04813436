/*
 * The certificate: what the method makes least, at the whole numbers and at the continuous optimum, and the
 * least by which it grows when one moves from a unit to another within the bounds. The objectives are
 * separable and convex, so that number being ≥ 0 proves the whole numbers optimal.
 *
 *   hill (neyman, cost)  Σ w² / n        m more: -m w² / (n (n + m))  m less: m w² / (n (n - m))
 *   webster              Σ n² / w                (2n + m) m / w               -(2n - m) m / w
 *   jefferson            Σ n (n + m) / w         (2n + 2m) m / w              -2n m / w
 *   adams                Σ n (n - m) / w         2n m / w                     -(2n - 2m) m / w
 *   largest remainder    Σ (n - x)²              m² + 2m (n - x)              m² - 2m (n - x)
 *
 * with m = 1, or the block of the workload rule. It is made from n alone, by other arithmetic than the one
 * that found n. O(units).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/allocate.h"

#include <math.h>

/* A unit's term of the objective, and its growth by one block more and one less, as fractions: few of them are worth a
 * division. Units of weight zero have none. */
typedef struct term {
    double value, more, more_under, less, less_under;
} term;

static inline term term_at(int32_t rounding, double w, double x, double n, double m)
{
    const double e = n - x;

    switch (rounding) {
    case SIPAS_ROUNDING_LARGEST_REMAINDER: return (term){e * e, m * (m + 2.0 * e), 1.0, m * (m - 2.0 * e), 1.0};
    case SIPAS_ROUNDING_WEBSTER: return (term){n * n / w, m * (2.0 * n + m), w, m * (m - 2.0 * n), w};
    case SIPAS_ROUNDING_JEFFERSON: return (term){n * (n + m) / w, m * (2.0 * n + 2.0 * m), w, m * -2.0 * n, w};
    case SIPAS_ROUNDING_ADAMS: return (term){n * (n - m) / w, m * 2.0 * n, w, m * (2.0 * m - 2.0 * n), w};
    default: return (term){w * w / n, -m * (w * w / n), n + m, m * (w * w / n), n - m};
    }
}

static void note_least(sipas__two_least *at, double value, int64_t unit)
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
static double growth_of(const sipas__allocation *a, const sipas__certificate *of, int one, int two)
{
    const int64_t to = of->more.unit[one], from = of->less.unit[two], block = a->block;
    double growth = of->more.value[one] + of->less.value[two];
    double scale = fabs(of->more.value[one]) + fabs(of->less.value[two]);

    if (to < 0 || from < 0 || to == from) return INFINITY;
    if (a->seats.rounding == SIPAS_ROUNDING_LARGEST_REMAINDER)
        scale += 4.0 * (double)block * (a->continuous[to] + a->continuous[from]);
    return growth < 0.0 && -growth <= 1e-15 * scale ? 0.0 : growth;
}

sipas__certificate sipas__certify_begin(void)
{
    const sipas__certificate none = {
        {0.0, 0.0}, {0.0, 0.0}, {{INFINITY, INFINITY}, {-1, -1}}, {{INFINITY, INFINITY}, {-1, -1}}};

    return none;
}

static inline void certify_by(int32_t rounding, const sipas__allocation *a, int64_t from, int64_t to,
                              sipas__certificate *of)
{
    const double *const weight = a->seats.weight, *const continuous = a->continuous, m = (double)a->block;
    const int64_t block = a->block, part_unit = a->part ? a->part_unit : -1;
    double part = 0.0, part_continuous = 0.0;

    for (int64_t i = from; i < to; i++) {
        const double w = weight[i], x = continuous[i];
        const int64_t n = a->n[i];
        term at;

        if (w == 0.0) continue;
        at = term_at(rounding, w, x, (double)n, m);
        part += at.value;
        part_continuous += term_at(rounding, w, x, x, m).value;
        if (at.more < of->more.value[1] * at.more_under && n <= a->bounds.upper[i] - block && i != part_unit)
            note_least(&of->more, at.more / at.more_under, i);
        if (at.less < of->less.value[1] * at.less_under && n >= a->bounds.lower[i] + block && i != part_unit)
            note_least(&of->less, at.less / at.less_under, i);
    }
    sipas__sum_add(&of->whole, part);
    sipas__sum_add(&of->continuous, part_continuous);
}

/* Hill by name: the compiler then leaves the others out of the loop. */
void sipas__certify_tile(const sipas__allocation *a, int64_t from, int64_t to, sipas__certificate *of)
{
    if (a->seats.rounding == SIPAS_ROUNDING_HILL)
        certify_by(SIPAS_ROUNDING_HILL, a, from, to, of);
    else
        certify_by(a->seats.rounding, a, from, to, of);
}

void sipas__certify_end(sipas__allocation *a, const sipas__certificate *of)
{
    a->objective = sipas__sum_value(&of->whole);
    a->objective_continuous = sipas__sum_value(&of->continuous);
    a->exchange = INFINITY;
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) a->exchange = fmin(a->exchange, growth_of(a, of, i, j));
}

const char *sipas__allocate_objective(const sipas__allocation *a)
{
    if (a->goal == SIPAS__GOAL_BUDGET && a->opts.method == SIPAS_ALLOCATE_COST) return "sum (size sd)^2 / n";
    if (a->goal == SIPAS__GOAL_PRECISION && a->opts.method == SIPAS_ALLOCATE_COST) return "sum cost n";
    if (a->goal == SIPAS__GOAL_PRECISION && a->opts.method == SIPAS_ALLOCATE_NEYMAN) return "sum n";
    if (a->opts.method == SIPAS_ALLOCATE_NEYMAN) return "sum (size sd)^2 / n";
    if (a->opts.method == SIPAS_ALLOCATE_COST) return "sum (size sd)^2 / (cost n)";
    if (a->opts.method == SIPAS_ALLOCATE_BANKIER) return "sum (importance^power sd / mean)^2 / n";
    switch (a->seats.rounding) {
    case SIPAS_ROUNDING_WEBSTER: return "sum n^2 / w";
    case SIPAS_ROUNDING_HILL: return "sum w^2 / n";
    case SIPAS_ROUNDING_ADAMS: return a->block > 1 ? "sum n (n - multiple) / w" : "sum n (n - 1) / w";
    case SIPAS_ROUNDING_JEFFERSON: return a->block > 1 ? "sum n (n + multiple) / w" : "sum n (n + 1) / w";
    default: return "sum (n - continuous)^2";
    }
}

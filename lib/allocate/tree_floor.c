/*
 * Precision at the units of a tree: the least number with which the optimum below a unit reaches its target.
 *
 *   V = Σ over the leaves below (N S)² (1/n - 1/N) ≤ (target × scale)²
 *
 * Numbers below a unit never fall when its total rises, so V falls with the total; and the optimum below a unit is the same
 * whatever its total is for. So a target is a lower bound on the unit's total: exactly so for neyman, where no other split
 * of a smaller total has a smaller V. V + Σ N S² is nearly proportional to 1 / total, which makes a search of few steps.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/tree.h"

#include <math.h>

#include "data/column.h"
#include "num/distributions.h"
#include "num/sum.h"

/* Where Σ N S² hides V the totals it makes likely creep: after so many of them the middle is taken. */
enum { GUESSES = 16 };

/* What roundings may take from V, as a share of T². */
static const double EXACT = 1e-12;

double sipas__forest_variance(const sipas__forest *f, int64_t leaf, int64_t n)
{
    const double size = f->size[leaf], a = size * f->sd[leaf], has = (double)n * (double)f->multiple;

    if (a == 0.0) return 0.0;
    if (n == 0) return INFINITY;
    if (f->opts.size_is_measure) return a * a / has;
    return has < size ? a * a * ((size - has) / (size * has)) : 0.0;
}

double sipas__forest_measure(const sipas__forest *f, int64_t place, double variance)
{
    return f->scale[place] > 0.0 && isfinite(variance) ? sqrt(variance) / f->scale[place] : (double)NAN;
}

/* ---- scales ---- */

static void sum_scales(sipas__forest *f)
{
    const double z = f->opts.measure == SIPAS_TARGET_MARGIN ? sipas__normal_quantile(0.5 + 0.5 * f->opts.level) : 1.0;

    for (int64_t place = f->n - 1; place >= 0; place--) {
        if (sipas__forest_is_leaf(f, place))
            f->scale[place] = f->opts.measure == SIPAS_TARGET_CV ? f->size[place] * f->mean[place] : f->size[place];
        if (place > 0) f->scale[f->parent[place]] += f->scale[place];
    }
    for (int64_t place = 0; place < f->n; place++)
        f->scale[place] = f->opts.measure == SIPAS_TARGET_SE_TOTAL ? 1.0 : fabs(f->scale[place]) / z;
}

sipas_status sipas__forest_scales(sipas__forest *f, sipas_error *err)
{
    sum_scales(f);
    for (int64_t place = 0; place < f->n; place++) f->target[place] = INFINITY;
    for (int64_t place = 1; f->opts.target && place < f->n; place++) {
        const int64_t unit = f->unit[place];

        if (!sipas__column_present(f->opts.target, unit)) continue;
        f->target[place] = sipas__column_f64(f->opts.target, unit);
        if (!(f->target[place] > 0.0))
            return sipas__forest_error(f, SIPAS_ERR_VALUE, place, err, "target is %.17g; it must be greater than 0",
                                       f->target[place]);
        if (isfinite(f->target[place]) && !(f->scale[place] > 0.0))
            return sipas__forest_error(f, SIPAS_ERR_VALUE, place, err,
                                       "a target has no meaning where the %s of the leaves below is 0",
                                       f->opts.measure == SIPAS_TARGET_CV ? "total" : "size");
    }
    return SIPAS_OK;
}

/* ---- the least number ---- */

/* V with a total below a place. */
static sipas_status variance_with(sipas__forest *f, int64_t place, int64_t total, double *variance, sipas_error *err)
{
    sipas__sum sum = {0.0, 0.0};
    sipas_status status;

    f->whole[place] = total;
    status = sipas__forest_whole(f, place, err);
    for (int64_t at = place; at < f->end[place]; at++)
        if (sipas__forest_is_leaf(f, at)) sipas__sum_add(&sum, sipas__forest_variance(f, at, f->whole[at]));
    *variance = sipas__sum_value(&sum);
    return status;
}

/* Σ N S², which V + Σ N S² ∝ 1 / total needs. */
static double correction(const sipas__forest *f, int64_t place)
{
    double sum = 0.0;

    for (int64_t at = place; at < f->end[place]; at++)
        if (sipas__forest_is_leaf(f, at) && !f->opts.size_is_measure) sum += f->size[at] * f->sd[at] * f->sd[at];
    return sum;
}

/* The total that V at another total makes likely, between the two. */
static int64_t likely(int64_t total, double variance, double limit, double fpc, int64_t low, int64_t high)
{
    const double guess = ceil((double)total * ((variance + fpc) / (limit + fpc)) - 1e-9);

    if (guess > (double)low && guess < (double)high) return (int64_t)guess;
    if (!(guess > (double)low)) return low + 1;
    return high / 2 > low ? (high < 2 * low + 1024 ? low + (high - low) / 2 : 2 * low + 512) : low + (high - low) / 2;
}

static sipas_status not_reached(const sipas__forest *f, int64_t place, double variance, sipas_error *err)
{
    return sipas__forest_error(
        f, SIPAS_ERR_INFEASIBLE, place, err, "the target %.6g is not met with its largest number %lld; it is %.6g then",
        f->target[place], (long long)(f->most[place] * f->multiple), sipas__forest_measure(f, place, variance));
}

sipas_status sipas__forest_floor(sipas__forest *f, int64_t place, sipas_error *err)
{
    const double goal = f->target[place] * f->scale[place], limit = goal * goal * (1.0 + EXACT);
    const double fpc = correction(f, place);
    int64_t low = f->lower[place], high = f->most[place], total;
    double variance;
    sipas_status status = variance_with(f, place, low, &variance, err);

    if (status < 0 || variance <= limit) return status;
    total = likely(low > 0 ? low : 1, variance, limit, fpc, low, high);
    for (int step = 0, reached = 0; high - low > 1 || !reached; step++) { /* low fails it; `reached`: high does not */
        if (high - low <= 1) total = high;
        status = variance_with(f, place, total, &variance, err);
        if (status < 0) return status;
        if (variance <= limit) {
            high = total;
            reached = 1;
        } else if (total == f->most[place]) {
            return not_reached(f, place, variance, err);
        } else {
            low = total;
        }
        if (high - low > 1)
            total = step < GUESSES ? likely(total, variance, limit, fpc, low, high) : low + (high - low) / 2;
    }
    f->lower[place] = high;
    return SIPAS_OK;
}

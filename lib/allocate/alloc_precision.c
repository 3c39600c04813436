/*
 * Allocation for a precision: the least n, or the least cost, with Σ (N S)² / n ≤ limit.
 *
 *   limit = V + Σ N S²       V the variance wanted of the estimated total, the sum the finite population
 *                            correction (none when size is a measure); that of the mean times (Σ N)²
 *
 * Kept is Σ N S² (N - n) / n ≤ V, which is the same: where V is small beside Σ N S² it would be lost in the limit.
 *
 * Least n: the exact allocation of each total is known, and its variance falls with the total, so the first
 * total that keeps the limit is the least. Least cost: see alloc_core.c.
 *
 * O(units) a split, some ten splits.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/goal.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/options.h"
#include "num/distributions.h"

void sipas_allocate_target_init(sipas_allocate_target *target)
{
    const sipas_allocate_target defaults = SIPAS_ALLOCATE_TARGET_INIT;

    if (target) *target = defaults;
}

static sipas_status bad_target(sipas_error *err, const char *name, const char *sentence)
{
    return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, name, "target: %s", sentence);
}

static sipas_status load_target(sipas_allocate_target *own, const sipas_allocate_target *target, sipas_error *err)
{
    sipas_status status = sipas__options_load(own, sizeof *own, target, "sipas_allocate_target", err);
    const double *given[] = {&own->variance, &own->se, &own->half_width, &own->cv};
    int n_given = 0;

    if (status == SIPAS_OK) status = sipas__options_enum("of", own->of, SIPAS__ENUM_OF, err);
    if (status == SIPAS_OK) status = sipas__options_level(&own->level, err);
    if (status < 0) return status;
    if (own->of == SIPAS_OF_DEFAULT) own->of = SIPAS_OF_MEAN;
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        if (!(*given[i] >= 0.0 && isfinite(*given[i])))
            return bad_target(err, "target", "variance, se, half_width and cv must be finite numbers greater than 0");
        n_given += *given[i] > 0.0;
    }
    if (n_given != 1) return bad_target(err, "target", "give one of variance, se, half_width and cv");
    if (!(own->mean >= 0.0 && isfinite(own->mean)))
        return bad_target(err, "mean", "mean must be a finite number greater than 0");
    if (own->mean > 0.0 && own->cv == 0.0) return bad_target(err, "mean", "mean is read with a cv only");
    if (own->df != 0.0 && !(own->df > 0.0)) return bad_target(err, "df", "df must be greater than 0");
    if (own->df != 0.0 && own->half_width == 0.0) return bad_target(err, "df", "df is read with a half_width only");
    return SIPAS_OK;
}

/* The variance that the target permits, and the finite population correction. */
static sipas_status find_limit(const sipas__allocation *a, const sipas_allocate_target *target, sipas__goal *goal,
                               sipas_error *err)
{
    sipas__sum size = {0.0, 0.0}, total = size, correction = size;
    double se = target->se, mean = target->mean;

    for (int64_t i = 0; i < a->n_units; i++) {
        sipas__sum_add(&size, a->size[i]);
        if (a->mean) sipas__sum_add(&total, a->size[i] * a->mean[i]);
        if (!a->opts.size_is_measure) sipas__sum_add(&correction, a->size[i] * a->sd[i] * a->sd[i]);
    }
    if (a->mean) mean = sipas__sum_value(&total) / sipas__sum_value(&size);
    if (target->cv > 0.0 && !(mean > 0.0))
        return bad_target(err, "mean", "a cv needs the mean, greater than 0, or the column mean");
    if (target->variance > 0.0) se = sqrt(target->variance);
    if (target->half_width > 0.0)
        se = target->half_width /
             -sipas__t_quantile((1.0 - target->level) / 2.0, target->df > 0.0 ? target->df : INFINITY);
    if (target->cv > 0.0) se = target->cv * mean * (target->of == SIPAS_OF_TOTAL ? sipas__sum_value(&size) : 1.0);
    if (target->of == SIPAS_OF_MEAN) se *= sipas__sum_value(&size);
    goal->limit = se * se;
    goal->correction = sipas__sum_value(&correction);
    return SIPAS_OK;
}

/* What the limit asks for where no bound stops a unit: Σ A² / w Σ w / limit. */
static double first_guess(const sipas__allocation *a, double limit)
{
    double sum = 0.0;

    for (int64_t i = 0; i < a->n_units; i++) {
        const double spread = a->size[i] * a->sd[i];

        if (spread > 0.0 && a->seats.weight[i] > 0.0) sum += spread / a->seats.weight[i] * spread;
    }
    return sum / limit * a->sum_weight / (double)a->block;
}

sipas_status sipas_allocate_precision(sipas_ctx *ctx, const sipas_column *size, const sipas_allocate_target *target,
                                      const sipas_allocate_opts *opts, sipas_table **out, sipas_error *err)
{
    sipas__allocation a;
    sipas__goal goal = {.limit = 0.0};
    sipas_allocate_target own;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!target) return sipas__error_argument(err, "target", "is NULL");
    memset(&a, 0, sizeof a);
    status = load_target(&own, target, err);
    if (status < 0) return status;
    a.goal = SIPAS__GOAL_PRECISION;
    a.default_method = SIPAS_ALLOCATE_NEYMAN;
    a.also_reads = own.cv > 0.0 && own.mean == 0.0 ? SIPAS__READS_MEAN : 0;
    status = sipas__progress(ctx, "allocate", 0, 3, err);
    if (status == SIPAS_OK) status = sipas__goal_read(&a, &goal, ctx, size, opts, err);
    if (status == SIPAS_OK) status = find_limit(&a, &own, &goal, err);
    if (status == SIPAS_OK) status = sipas__goal_search(&a, &goal, first_guess(&a, goal.limit + goal.correction), err);
    if (status == SIPAS_OK) status = sipas__goal_continuous(&a, &goal, err);
    goal.bound = goal.cost;
    if (status == SIPAS_OK && a.cost) status = sipas__goal_improve(&a, &goal, err);
    if (status == SIPAS_OK && goal.optimal) status = sipas__goal_certify(&a, &goal, err);
    if (status == SIPAS_OK) status = sipas__goal_finish(&a, &goal, out, err);
    sipas__allocate_clear(&a);
    return status;
}

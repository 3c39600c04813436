/**
 * @file estimate/quantile.h
 * One call of sipas_estimate_quantile(), as its two files share it: points and their variances, and the limits.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ESTIMATE_QUANTILE_INTERNAL_H
#define SIPAS_ESTIMATE_QUANTILE_INTERNAL_H

#include <sipas/estimate_quantile.h>

#include "estimate/distribution.h"
#include "engine/influence.h"
#include "estimate/variables.h"

/** F at the estimates of a level, by group × node; a node is a variable and a p. */
typedef struct sipas__quantile_level {
    double *se, *lower, *upper;   /* NaN = none */
    double *cdf, *cdf_se;         /* NaN = none */
    double *near, *near_variance; /* F where it is nearest to p, and its variance; with the centre p */
    double *point;                /* the value where that is */
    double *above,
        *below;   /* group × points, of the variable at hand: influence of a row above the point, and of the others */
    uint8_t *gap; /* what is to be said of the limits; by group × node */
} sipas__quantile_level;

typedef struct sipas__quantiles {
    sipas_estimate_quantile_opts opts;
    const double *probs;
    int64_t n_probs;
    int64_t
        n_points; /* where F and its variance are asked for: the estimates, and with the centre p where F is nearest to p */
    sipas__variables variables;
    uint8_t *incomplete; /* rows that lack some variable, for SIPAS_MISSING_COMPLETE; else NULL */
    sipas__estimation estimation;
    sipas__quantile_level *level;
    double t_df, t; /* the last Student quantile asked for */
} sipas__quantiles;

/** The variable's nodes of a group: limits and SE from F and its variance (estimate/quantile_limits.c). */
void sipas__quantile_limits(sipas__quantiles *quantiles, int64_t variable, int32_t level, int64_t group,
                            const sipas__ecdf *ecdf);

/** What they say in the result: a sipas__interval_rule of the state sipas__quantiles. */
void sipas__quantile_interval(const void *state, const sipas__estimation *estimation, sipas__cell *cell);

#endif

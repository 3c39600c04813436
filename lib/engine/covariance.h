/**
 * @file engine/covariance.h
 * What a covariance keeps, for those of this room who combine rows of a result.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ENGINE_COVARIANCE_H
#define SIPAS_ENGINE_COVARIANCE_H

#include <sipas/table.h>

#include "engine/variance.h"

struct sipas_cov {
    sipas_ctx *ctx;
    sipas_design *design;
    int64_t n_nodes, n_groups; /* groups over all levels reported; row = node * n_groups + group */
    sipas__entries *entries;   /* by group */
    double *se;                /* by row; NaN = none */
};

/**
 * Linearized totals of Σ coef[r] × row rows[r], one node, by last-stage unit; the caller's, to clear. One value per unit, so
 * that rows that move together leave no more rounding than their difference has. Linear in the units of the rows.
 */
sipas_status sipas__cov_combine(const sipas_cov *cov, const int64_t *rows, const double *coef, int64_t n_rows,
                                sipas__entries *entries, sipas_error *err);

/**
 * Linearized totals of row a less row b, one node, by last-stage unit, into `entries`, which has room for those of both: what
 * sipas__cov_combine() makes of two rows, by merging what is in order. O(units of both), nothing is allocated.
 */
void sipas__cov_subtract(const sipas_cov *cov, int64_t a, int64_t b, sipas__entries *entries);

/** Most units that a row has. */
int64_t sipas__cov_most_units(const sipas_cov *cov);

void sipas__cov_free(sipas_cov *cov);

#endif

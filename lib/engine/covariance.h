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

/** Room for `room` units and n_nodes values each; 0 when there is no memory, and nothing is held. */
int sipas__entries_new(sipas_ctx *ctx, int64_t room, int64_t n_nodes, sipas__entries *entries);
void sipas__entries_clear(sipas_ctx *ctx, sipas__entries *entries);

/** First-stage unit of entry i, which is a unit of the last stage. */
int64_t sipas__entries_psu(const sipas_design *design, const sipas__entries *entries, int64_t i);

/** First-stage units minus first-stage strata of the entries of one node that have an answer. */
double sipas__entries_df(const sipas_design *design, const sipas__entries *entries);

/**
 * Linearized totals of Σ coef[r] × row rows[r], one node, by last-stage unit; the caller's, to clear. One value per unit, so
 * that rows that move together leave no more rounding than their difference has. Linear in the units of the rows.
 */
sipas_status sipas__cov_combine(const sipas_cov *cov, const int64_t *rows, const double *coef, int64_t n_rows,
                                sipas__entries *entries, sipas_error *err);

void sipas__cov_free(sipas_cov *cov);

#endif

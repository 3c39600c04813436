/**
 * @file estimate_moment.h
 * Population variances, covariances and correlations of variables, with design-based standard errors.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ESTIMATE_MOMENT_H
#define SIPAS_ESTIMATE_MOMENT_H

#include "estimate.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What sipas_estimate_moment() estimates. */
enum {
    SIPAS_MOMENT_COVARIANCE =
        0,                     /**< of every two variables, and the variance of each: the lower half of their matrix */
    SIPAS_MOMENT_VARIANCE = 1, /**< of each variable */
    SIPAS_MOMENT_CORRELATION = 2 /**< of every two different variables */
};

/** The scale on which an interval is estimate ± t se. */
enum {
    SIPAS_SCALE_TRANSFORMED =
        0, /**< correlations: Fisher's z, atanh r; reliability: log(1 - alpha); variances and covariances:
                                      plain */
    SIPAS_SCALE_PLAIN = 1 /**< the estimate itself */
};

/**
 * Variances, covariances or correlations of n_y variables, for every domain of every level.
 *
 *     cov(a, b) = n/(n-1) Σ w (a - ā)(b - b̄) / Σ w,   ā = Σ w a / Σ w,   r = cov(a, b) / √(cov(a, a) cov(b, b))
 *
 * with n the rows that count: the convention of `svyvar` in R's survey. Standard errors by the delta method through means, squares
 * and products; n/(n-1) is taken as known. Sums are about the mean of each domain, so that an offset costs no digits, neither
 * of all rows nor of a domain.
 *
 * Returns the schema "moment": variable, with (the other variable), [level], `by` columns, estimate, se, lower, upper, df, n, psus,
 * deff, cv. Rows: (1,1), (2,1), (2,2), (3,1) … of the matrix, without the diagonal for correlations, then levels, then groups. One
 * row, and for correlations a variable that does not vary, gives a missing estimate (note "no_value"); the limits on Fisher's
 * scale are within [-1, 1].
 *
 * @param design the design
 * @param y n_y number columns as long as the design
 * @param n_y number of variables, 1 … 1000; at least 2 for correlations
 * @param kind SIPAS_MOMENT_
 * @param scale SIPAS_SCALE_
 * @param domains domains, or NULL for the whole
 * @param opts options, or NULL. `missing`: 0 and complete: rows that have all variables; available: of each two variables the rows
 *        that have both (means and variances too; the matrix may then be no covariance matrix)
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT a pointer is NULL; n_y out of range
 * @retval SIPAS_ERR_OPTION an unknown kind, scale or option value
 *
 * Other statuses as sipas_estimate_mean(). Two passes: O(rows × pairs × levels) time, O(units × pairs × levels) memory. Since 0.1.
 * Threads: context. Golden: test_functions.
 */
SIPAS_API sipas_status sipas_estimate_moment(const sipas_design *design, const sipas_column *y, int64_t n_y,
                                             int32_t kind, int32_t scale, const sipas_domains *domains,
                                             const sipas_estimate_opts *opts, sipas_table **out, sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif

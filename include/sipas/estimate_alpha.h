/**
 * @file estimate_alpha.h
 * Reliability of a scale of items: Cronbach's alpha, alpha without each item, and correlations of item and rest, with
 * design-based standard errors.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ESTIMATE_ALPHA_H
#define SIPAS_ESTIMATE_ALPHA_H

#include "estimate_moment.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Cronbach's alpha of K items (Cronbach 1951, Psychometrika 16:297), for every domain of every level:
 *
 *     alpha = K/(K-1) (1 - Σ V_j / V_T),   V_j the variance of item j, V_T that of the sum T of all
 *
 * alpha_deleted is alpha of the K-1 other items; item_rest the correlation of item j with T - item j (the corrected item-total
 * correlation). Standard errors by the delta method through the weighted means, squares and products, about the mean of each
 * domain. Interval of alphas on the scale log(1 - alpha), of item_rest on Fisher's, or plain.
 *
 * Returns the schema "alpha": statistic (alpha, alpha_deleted, item_rest), item (missing for alpha), [level], `by` columns, estimate,
 * se, lower, upper, df, n, psus, deff, cv. Rows: alpha, alpha_deleted of each item, item_rest of each item; then levels, then groups.
 * A missing estimate (note "no_value"): nothing varies, or, for alpha_deleted, K = 2. An item whose item_rest is below 0, its whole
 * interval too or with an alpha_deleted that is larger than alpha by a tenth, has the note "reversed", at its first row where that is
 * so: it seems to be scored against the others.
 *
 * @param design the design
 * @param y K number columns as long as the design, all scored in one direction
 * @param n_y K, 2 … 1000
 * @param scale SIPAS_SCALE_ of the intervals
 * @param domains domains, or NULL for the whole
 * @param opts options, or NULL; names: of the items. `missing`: complete cases, the rows that have all items, whether 0 or COMPLETE
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT a pointer is NULL; n_y out of range
 * @retval SIPAS_ERR_OPTION missing = AVAILABLE; an unknown scale or option value
 *
 * Other statuses as sipas_estimate_mean(). Two passes: O(rows × K × levels) time, O(units × K × levels + K² × groups) memory.
 * Since 0.1.
 * Threads: context. Golden: test_functions.
 */
SIPAS_API sipas_status sipas_estimate_alpha(const sipas_design *design, const sipas_column *y, int64_t n_y,
                                            int32_t scale, const sipas_domains *domains,
                                            const sipas_estimate_opts *opts, sipas_table **out, sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif

/**
 * @file weight.h
 * Weights: from inclusion probabilities, adjusted for who did not answer, and what their spread costs.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_WEIGHT_H
#define SIPAS_WEIGHT_H

#include "base.h"
#include "column.h"
#include "table.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Design weights: w = Π 1/π over the stages (Horvitz and Thompson 1952, JASA 47:663).
 *
 * @param inclusion_prob n_stages number columns of equal length: the inclusion probability of the row's unit of that
 *        stage within its unit of the stage above, in (0, 1]
 * @param n_stages number of stages
 * @param[out] out as many doubles as the columns have rows; the caller's. All ≥ 1
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT inclusion_prob or out is NULL, or n_stages < 1
 * @retval SIPAS_ERR_LENGTH the columns differ in length
 * @retval SIPAS_ERR_TYPE a text column
 * @retval SIPAS_ERR_MISSING a probability is missing or NaN; names stage (`column` of the error, from 0) and row
 * @retval SIPAS_ERR_VALUE a probability is not in (0, 1], or the product is too small for a double; names stage and row
 *
 * No rows give no weights and no error. Safe from any thread. O(rows × stages). Since 0.1.
 * Threads: any. Golden: test_leagues.
 */
SIPAS_API sipas_status sipas_weight_design(const sipas_column *inclusion_prob, int32_t n_stages, double *out,
                                           sipas_error *err);

/**
 * Weights adjusted for nonresponse within cells: the respondents of a cell stand for all of it. A respondent's weight
 * becomes w · Σ w (all of the cell) / Σ w (its respondents), a nonrespondent's 0; sums of weights by cell stay as they
 * are (weighting-class adjustment; Särndal, Swensson and Wretman 1992, §15.6).
 *
 * Rows of weight 0 are no part of the sample: they keep weight 0 and are not counted.
 *
 * The table follows the schema "response", one row per cell in ascending order (numbers by value, text by bytes): cell,
 * issued (rows of positive weight), responded (those that responded), rate (responded / issued), factor (what the weights
 * of respondents are multiplied by; 1/factor is the weighted response rate). A cell with rows of weight 0 only has
 * issued = 0, rate and factor missing, and a note `empty_cell`. Metadata: method, formula.
 *
 * @param ctx context or NULL
 * @param weights weights ≥ 0, e.g. of sipas_weight_design()
 * @param cell code of each row's cell: text, integer or integral float; NULL = one cell, named "all"
 * @param responded bool or integer: not 0 = responded
 * @param[out] out as many doubles as there are rows; the caller's. It may be the memory of `weights`
 * @param[out] cells the table; the caller's. NULL when it is not wanted
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT weights, responded or out is NULL
 * @retval SIPAS_ERR_LENGTH the columns differ in length
 * @retval SIPAS_ERR_TYPE a column of a type that does not fit; float cell codes that are not whole
 * @retval SIPAS_ERR_MISSING a weight, cell code or response is missing; names column and row
 * @retval SIPAS_ERR_VALUE a weight is negative or infinite; names the row. Or an adjusted weight would be infinite; names
 *         the cell
 * @retval SIPAS_ERR_TOO_FEW a cell without respondents; names the cell and its first row of positive weight. Merge it
 *         with another one
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(rows) time, O(cells) memory (plus 4 bytes a row for text codes). Since 0.1.
 * Threads: context. Golden: test_leagues.
 */
SIPAS_API sipas_status sipas_weight_response(sipas_ctx *ctx, const sipas_column *weights, const sipas_column *cell,
                                             const sipas_column *responded, double *out, sipas_table **cells,
                                             sipas_error *err);

/**
 * What unequal weights cost, over the n rows of positive weight: the design effect n Σw² / (Σw)² = 1 + CV², the
 * effective sample size (Σw)² / Σw² = n / deff, and CV², the variance of the weights (divisor n) over the square of
 * their mean (Kish 1965, Survey Sampling, §11.7; Kish 1992, J. Off. Stat. 8:183).
 *
 * It holds when the variable has nothing to do with the weights; the design effect of an estimate is another thing.
 *
 * @param weights weights ≥ 0; rows of weight 0 are left out
 * @param[out] deff the design effect, ≥ 1; may be NULL
 * @param[out] n_eff the effective sample size, ≤ n; may be NULL
 * @param[out] cv2 the squared coefficient of variation, ≥ 0; may be NULL
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT weights is NULL
 * @retval SIPAS_ERR_TYPE a text column
 * @retval SIPAS_ERR_MISSING a weight is missing or NaN; names the row
 * @retval SIPAS_ERR_VALUE a weight is negative or infinite; names the row. Or no weight is positive
 *
 * Safe from any thread. O(rows). Since 0.1.
 * Threads: any. Golden: test_leagues.
 */
SIPAS_API sipas_status sipas_weight_kish(const sipas_column *weights, double *deff, double *n_eff, double *cv2,
                                         sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif

/**
 * @file rank.h
 * League tables: ranks, and how sure they are.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_RANK_H
#define SIPAS_RANK_H

#include "base.h"
#include "table.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Options of sipas_rank_league(). */
typedef struct sipas_rank_opts {
    uint32_t struct_size;     /**< size of this struct as the caller knows it */
    int32_t ascending;        /**< 1 = the smallest value has rank 1 */
    double level;             /**< confidence level in (0, 1); 0 = 0.95 */
    const char *variable;     /**< which figure to rank, below; NULL = the last one */
    const char *domain_level; /**< value of the column `level` to rank; NULL = the only one with one `by` column */
} sipas_rank_opts;

/** Initialiser of a ::sipas_rank_opts. */
#define SIPAS_RANK_OPTS_INIT                        \
    {                                               \
        sizeof(sipas_rank_opts), 0, 0.0, NULL, NULL \
    }

/** Sets every option to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_rank_opts_init(sipas_rank_opts *opts);

/**
 * The league table of the units of one level, from a table of estimates.
 *
 * `variable` is a value of the column `node` or `variable`, in a table of categories of the column `category`, of alphas of
 * `statistic`; or that value with the further keys of a row, "y:0.25" of quantiles, "x:y" of covariances, "item_rest:q1". Of several
 * figures that it names the last is ranked; metadata name it whole.
 *
 * The rank of a unit is 1 + the number of units with a greater value; equal values share a rank. `rank_lower` and `rank_upper` hold the
 * true rank of that unit with the confidence asked for, approximately, for the tests are those of t: 1 + the number of units that are
 * better beyond doubt, and P minus the number that are worse beyond doubt, by t tests of the P-1 differences in both
 * directions (2 (P-1) one-sided hypotheses) with Holm's step-down correction (Holm 1979, Scand. J. Stat. 6:65; Mogstad,
 * Romano, Shaikh and Wilhelm 2024, REStud 91:476, §3). They are marginal: each holds for its own unit, and all of a table at once with
 * less. Differences use the covariance between the units when the table carries one (option `cov`); without it units are taken as
 * independent, which the metadata then says (`dependence`). P is the number of units that have an estimate. Golden test: ranks.tsv (PISA
 * 2018, csranks): the sets hold those of csranks, and go beyond them by at most 2 ranks at an end.
 *
 * Degrees of freedom of a difference: the smaller of the two units'; where they follow the units' domains (metadata `df_rule`
 * of the estimates is "domain" or "domain_rows") and the two are independent, those of Welch and Satterthwaite. A difference with a unit that
 * has no standard error or no degrees of freedom cannot be tested and is never beyond doubt: such a unit may have any rank,
 * with a note `no_se`. A standard error of 0 is taken at its word.
 *
 * Returns the schema "league", best rank first: unit, estimate, se, lower, upper, df, rank, rank_lower, rank_upper,
 * gap_next (≥ 0, to the next unit in the list), p_next (two-sided p-value of that difference, not corrected), equal_next
 * (1 when it cannot be told apart from the next at the level asked for; missing with p_next). se, lower, upper and df are
 * those of the estimates. Equal values stand in the order of the estimates. Units without estimate come last, without
 * rank, each with a note `no_estimate`. Rows without a code, where they are a group (SIPAS_MISSING_BY_GROUP), are no unit, with a
 * note `no_unit`. Metadata: what was ranked and how, then that of the estimates with the prefix
 * "estimate.".
 *
 * @param ctx context or NULL
 * @param estimates a table of sipas_index_estimate(), of the sipas_estimate_ family or of sipas_estimate_change() with one `by` column in
 *        the level: what has columns of the roles FIGURE, VALUE, SE, LOWER, UPPER, DF and BY
 * @param opts options, or NULL
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT estimates or out is NULL
 * @retval SIPAS_ERR_OPTION level outside (0, 1)
 * @retval SIPAS_ERR_NOT_FOUND no such variable or level, a level without exactly one `by` column (estimates of the whole have no
 *         units), several levels to choose from, or not a table of estimates
 * @retval SIPAS_ERR_TOO_FEW fewer than two units
 * @retval SIPAS_ERR_CANCELLED the progress callback asked to stop
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(P² log P), with covariance O(P² × PSUs). Since 0.1.
 * Threads: context.
 */
SIPAS_API sipas_status sipas_rank_league(sipas_ctx *ctx, const sipas_table *estimates, const sipas_rank_opts *opts,
                                         sipas_table **out, sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif

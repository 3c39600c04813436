/**
 * @file plan.h
 * What a plan buys: the precision to expect of an allocation, for the whole and for domains, and methods side by side.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_PLAN_H
#define SIPAS_PLAN_H

#include "allocate.h"
#include "base.h"
#include "column.h"
#include "estimate.h"
#include "table.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What is expected of one variable in each stratum. A frozen value struct; unused columns are NULL. */
typedef struct sipas_plan_variable {
    const char *name;         /**< its name in the result; NULL = "y1", "y2" … */
    const sipas_column *sd;   /**< S ≥ 0, standard deviation; or */
    const sipas_column *p;    /**< expected share in 0 … 1: S² = p (1 - p) N / (N - 1), and the mean is p */
    const sipas_column *mean; /**< expected mean ≥ 0; NULL = none said. Not with p */
    const sipas_column *deff; /**< design effect > 0 within the stratum, against simple random sampling; NULL = 1 */
} sipas_plan_variable;

/** Options of sipas_plan_expect(). */
typedef struct sipas_plan_opts {
    uint32_t struct_size;     /**< size of this struct as the caller knows it */
    int32_t of;               /**< SIPAS_OF_MEAN (= 0) or SIPAS_OF_TOTAL */
    int32_t size_is_measure;  /**< 1 = `size` is a measure, not a count of people: no finite population correction */
    int32_t reserved;         /**< 0 */
    double level;             /**< confidence level in (0, 1); 0 = 0.95 */
    const sipas_column *cost; /**< c > 0, cost of one interview in each stratum; NULL = none */
    const sipas_column *code; /**< codes of the strata, for messages; NULL = none */
    double
        df; /**< degrees of freedom that the standard errors of the survey will have, PSUs less strata, > 0: half-widths are
                    t se; 0 = many: z se */
} sipas_plan_opts;

/** Initialiser of a ::sipas_plan_opts. */
#define SIPAS_PLAN_OPTS_INIT                                   \
    {                                                          \
        sizeof(sipas_plan_opts), 0, 0, 0, 0.0, NULL, NULL, 0.0 \
    }

/** Sets every option to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_plan_opts_init(sipas_plan_opts *opts);

/**
 * The precision to expect of a plan: n of N in each stratum.
 *
 *     V = Σ_h N_h² deff_h (1 - n_h / N_h) S_h² / n_h   over the strata of the domain; that of the mean / (Σ N_h)²
 *
 * (Cochran 1977, Sampling Techniques, 3rd ed., eq. 5.6, times the design effect.) Every stratum lies in one group of each
 * level; the domains are made of whole strata.
 *
 * Returns the schema "expectation": variable, level (when several levels are asked for), the `by` columns, estimate (Σ N ȳ /
 * Σ N, or Σ N ȳ; missing without means), se, half_width (z se, or t se with `df`), lower, upper, cv, n, size (Σ N), fraction (n / N), cost (when
 * given). Rows as sipas_estimate_mean(): variables, levels, groups ascending. Where a stratum that varies has no sample there
 * is no se, with a note ("no_sample") that counts such strata; a group without people has a note ("empty_domain").
 * Metadata: method, formula, of, confidence, z (or df and t), n, cost.
 *
 * @param ctx context or NULL
 * @param n the plan: whole numbers ≥ 0, as the column `n` of sipas_allocate()
 * @param size N of each stratum: finite numbers ≥ 0, at least n unless `size_is_measure`
 * @param variables n_variables of them, each with sd or p
 * @param n_variables their number, ≥ 1
 * @param domains domains of strata, or NULL for the whole
 * @param opts options, or NULL
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT n, size, variables or out is NULL; no strata; a variable with both or none of sd and p, or with p
 *         and mean
 * @retval SIPAS_ERR_OPTION an option outside its range
 * @retval SIPAS_ERR_LENGTH a column has another length than n
 * @retval SIPAS_ERR_TYPE a column of a type that does not fit
 * @retval SIPAS_ERR_MISSING a number or a `by` code is missing; names the stratum
 * @retval SIPAS_ERR_VALUE a number is negative, infinite or out of its range, n above the size; names the stratum
 * @retval SIPAS_ERR_DUPLICATE a `by` column has the name of another column of the result
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(strata × variables). Since 0.1. Golden: test_plan.
 * Threads: context.
 */
SIPAS_API sipas_status sipas_plan_expect(sipas_ctx *ctx, const sipas_column *n, const sipas_column *size,
                                         const sipas_plan_variable *variables, int64_t n_variables,
                                         const sipas_domains *domains, const sipas_plan_opts *opts, sipas_table **out,
                                         sipas_error *err);

/** Options of sipas_plan_compare(). */
typedef struct sipas_plan_compare_opts {
    uint32_t struct_size;     /**< size of this struct as the caller knows it */
    int32_t of;               /**< SIPAS_OF_MEAN (= 0) or SIPAS_OF_TOTAL */
    double level;             /**< confidence level in (0, 1); 0 = 0.95 */
    const int32_t *methods;   /**< n_methods of SIPAS_ALLOCATE_; NULL = those below */
    int64_t n_methods;        /**< their number */
    const sipas_column *unit; /**< the unit that each stratum belongs to (its province …); NULL = each stratum is one */
    double df;                /**< as in sipas_plan_opts */
} sipas_plan_compare_opts;

/** Initialiser of a ::sipas_plan_compare_opts. */
#define SIPAS_PLAN_COMPARE_OPTS_INIT                                \
    {                                                               \
        sizeof(sipas_plan_compare_opts), 0, 0.0, NULL, 0, NULL, 0.0 \
    }

/** Sets every option to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_plan_compare_opts_init(sipas_plan_compare_opts *opts);

/**
 * Methods side by side: the same total, split by each method under the same rules, and what that buys.
 *
 * Every method is sipas_allocate() with `rules` as they are but for the method (a rounding in `rules` is used where the
 * method takes one), and its precision that of sipas_plan_expect() with `sd`.
 *
 * Returns the schema "comparison", one row per method in the order given (by default equal, proportional, sqrt, power where
 * power_given, kish, neyman, bankier where `mean` is given, cost where `cost` is): method, se (of the whole), half_width, cv (missing without
 * `mean`), loss (variance / that of the best row), unit_se_median, unit_se_worst, worst (the unit it belongs to), unsampled
 * (units that have no se, for want of a sample; they are not in median and worst), n_least, n_most (of a stratum), cost
 * (missing without costs). The median of an even number of units is the mean of the two in the middle. Metadata: total,
 * units, of, confidence.
 *
 * @param ctx context or NULL
 * @param total the number to split
 * @param size N of each stratum
 * @param rules options with `sd`; `method` is not read, and the class table is not compared
 * @param opts options, or NULL
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT rules, size or out is NULL; `sd` is not given; n_methods without methods
 * @retval SIPAS_ERR_OPTION an option outside its range; a method that cannot be compared
 * @retval others as sipas_allocate() and sipas_plan_expect()
 *
 * O(methods × strata). Since 0.1.
 * Threads: context. Golden: test_plan.
 */
SIPAS_API sipas_status sipas_plan_compare(sipas_ctx *ctx, int64_t total, const sipas_column *size,
                                          const sipas_allocate_opts *rules, const sipas_plan_compare_opts *opts,
                                          sipas_table **out, sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif

/**
 * @file allocate_multi.h
 * Splitting a sample over strata for several variables and several domains at once: country, regions and provinces,
 * each with targets of its own.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ALLOCATE_MULTI_H
#define SIPAS_ALLOCATE_MULTI_H

#include "base.h"
#include "column.h"
#include "table.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What is sought. */
enum {
    SIPAS_MULTI_DEFAULT = 0,    /**< = SIPAS_MULTI_LEAST_COST */
    SIPAS_MULTI_LEAST_COST = 1, /**< the least Σ c n that meets every target */
    SIPAS_MULTI_BEST_RATIO = 2  /**< with Σ c n within `budget`, the least of the largest ratio of a measure to its
                                     target: the same precision everywhere, as good as it can be */
};

/** What a target is about: V = variance of the estimated total of a variable in a domain. */
enum {
    SIPAS_TARGET_DEFAULT = 0, /**< = SIPAS_TARGET_CV */
    SIPAS_TARGET_CV = 1,      /**< √V / |total|; 0.05 = 5 % */
    SIPAS_TARGET_SE = 2,      /**< standard error of the mean, √V / Σ N */
    SIPAS_TARGET_MARGIN = 3,  /**< half width of the normal interval of the mean, z √V / Σ N */
    SIPAS_TARGET_SE_TOTAL = 4 /**< standard error of the total, √V */
};

/** Options of sipas_allocate_multi(). Columns of strata are as long as `size`; NULL = none. */
typedef struct sipas_allocate_multi_opts {
    uint32_t struct_size;          /**< size of this struct as the caller knows it */
    int32_t goal;                  /**< SIPAS_MULTI_ */
    int32_t measure;               /**< SIPAS_TARGET_ */
    int32_t with_replacement;      /**< 1 = no finite population correction, and n may be larger than N */
    int32_t n_variables;           /**< number of variables, ≥ 1 */
    int32_t n_by;                  /**< number of ways to cut the strata into domains; 0 = the whole only */
    int32_t max_iter;              /**< most Newton steps of one solution; 0 = 200 */
    int32_t reserved;              /**< 0 */
    double tol;                    /**< relative gap of the continuous optimum, 10^-12 … 10^-2; 0 = 10^-9 */
    double level;                  /**< confidence level of margins; 0 = 0.95 */
    double budget;                 /**< for SIPAS_MULTI_BEST_RATIO: most that Σ c n may be (without costs: Σ n) */
    int64_t lower_value;           /**< least n of every stratum, but not more than its upper bound; 0 = 1 */
    int64_t upper_value;           /**< largest n of every stratum; 0 = none */
    const sipas_column *code;      /**< codes of the strata, all different; they name strata and settle ties */
    const sipas_column *lower;     /**< least n of each stratum, whole ≥ 0; instead of lower_value */
    const sipas_column *upper;     /**< largest n of each stratum, whole ≥ 0 or infinite; instead of upper_value */
    const sipas_column *cost;      /**< c > 0, cost of one interview; NULL = 1 */
    const sipas_column *sd;        /**< n_variables columns: S ≥ 0 of each stratum. For a design effect, S √deff */
    const sipas_column *mean;      /**< n_variables columns: mean of each stratum, any sign; for SIPAS_TARGET_CV */
    const sipas_column *by;        /**< n_by columns: domain of each stratum; missing = in none of this cut */
    const sipas_column *target_by; /**< the targets, one row each: name of the cut; missing or "" = the whole */
    const sipas_column *target_domain; /**< code of the domain; missing or "" = every domain of the cut. NULL = all */
    const sipas_column *target;        /**< n_variables columns: the target > 0; missing or infinite = none */
    const char *const *names;          /**< names of the variables; NULL = "1", "2" … */
    const char *const *by_names;       /**< names of the cuts, not ""; NULL = "1", "2" … */
} sipas_allocate_multi_opts;

/** Initialiser of a ::sipas_allocate_multi_opts. */
#define SIPAS_ALLOCATE_MULTI_OPTS_INIT                                                                             \
    {                                                                                                              \
        sizeof(sipas_allocate_multi_opts), 0, 0, 0, 0, 0, 0, 0, 0.0, 0.0, 0.0, 0, 0, NULL, NULL, NULL, NULL, NULL, \
            NULL, NULL, NULL, NULL, NULL, NULL, NULL                                                               \
    }

/** Sets every option to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_allocate_multi_opts_init(sipas_allocate_multi_opts *opts);

/**
 * The least number (or cost) of interviews with which every domain meets its target for every variable, or the best
 * common precision for a given number.
 *
 * **Problem** (Bethel 1989, Surv. Methodol. 15:47; Chromy 1987, Proc. ASA Surv. Res. Methods 194): n minimises
 * Σ c n under lower ≤ n ≤ upper and, for each domain d and variable v with a target,
 *
 *     V = Σ_{h in d} N_h² S_hv² (1/n_h - 1/N_h) ≤ T²
 *
 * (with_replacement: without 1/N), T = target × |Σ N mean|, × Σ N, × Σ N / z or × 1, by `measure`. A stratum whose
 * S is positive in a domain with a target has at least one; no stratum has more than its size, rounded down.
 *
 * **Continuous optimum** (column `continuous`). With λ ≥ 0 for each target, n = clamp(√(Σ λ N² S² / c), lower, upper);
 * the dual in λ is smooth and concave and is maximised by Newton steps with a logarithmic barrier; the normal matrix
 * is kept as its envelope, so nested domains cost little. The bound it gives certifies the gap: metadata `gap_continuous`.
 * For SIPAS_MULTI_BEST_RATIO the common ratio is found by an outer Newton search on the least cost as a function of it.
 *
 * **Whole numbers** (column `n`) meet every target too (to 1e-12 of T²) and are found by rounding with prices
 * N² S² λ / (n (n + 1)), repair, removal of what is not needed, and exchanges of two for one. They are good, not proven
 * the best: `gap` tells how far the best could be below, from the larger of the continuous bound and the bound of
 * whole numbers at the same λ. For SIPAS_MULTI_BEST_RATIO: the continuous
 * parts rounded down, then one more after the other where the worst target gains most for its cost, then exchanges that
 * better the worst.
 *
 * Returns three tables.
 * - "allocation_multi", one row per stratum: code (when given), n, continuous, lower, upper, fraction, cost (c n),
 *   price (by how much the goal changes per unit when the bound that stops the stratum is raised: > 0 at a lower, < 0
 *   at an upper bound, 0 between them).
 * - "allocation_precision", one row per target: by, domain (both missing for the whole), variable, target, continuous
 *   and expected (the measure with the continuous and with the whole numbers), ratio (expected / target), binding (1 or
 *   0), multiplier (λ for V ≤ T² divided by T² + Σ N S²), saving (by how much the goal falls when the target is
 *   loosened by 1 %, to first order).
 * - "allocation_gain", one row per stratum and binding target of a domain it is in, where S > 0: row, code, by, domain,
 *   variable, change (of the measure by one more in the stratum; none where n is at its upper bound).
 *
 * Metadata of the first: method ("multi/1"), goal, measure, formula, total (Σ n), cost, cost_continuous, bound (of Σ c n
 * over whole numbers), gap ((cost - bound) / bound), gap_continuous, iterations, targets, binding; and for
 * SIPAS_MULTI_BEST_RATIO budget, ratio (the largest) and ratio_continuous, with gap = ratio / ratio_continuous - 1. There
 * a note "budget_left" says when the worst domain has all it can have and money is left.
 *
 * @param ctx context or NULL
 * @param size N of each stratum, finite ≥ 0
 * @param opts options; sd, target and n_variables are needed
 * @param[out] out the allocation; the caller's
 * @param[out] precision the targets; the caller's; may be NULL
 * @param[out] gain what one more buys; the caller's; may be NULL
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT out, opts or a column that is needed is NULL; no strata; no target has a value; a column
 *         and its scalar; more than 100,000 targets
 * @retval SIPAS_ERR_OPTION an option outside its range; a budget without SIPAS_MULTI_BEST_RATIO, or none with it
 * @retval SIPAS_ERR_LENGTH a column of another length
 * @retval SIPAS_ERR_TYPE a column of a type that does not fit
 * @retval SIPAS_ERR_MISSING a size, sd, mean, cost, bound or code is missing or NaN; names the stratum
 * @retval SIPAS_ERR_VALUE a size or sd is negative or infinite, a cost not positive, a bound not whole; a target not
 *         positive; a CV of a total that is 0 (names domain and variable)
 * @retval SIPAS_ERR_DUPLICATE two strata with one code, two rows of targets for one domain, two cuts with one name
 * @retval SIPAS_ERR_NOT_FOUND a target for a cut or a domain that there is not
 * @retval SIPAS_ERR_INFEASIBLE a lower bound above an upper bound (names the stratum); a target that is not met even
 *         when every stratum is at its upper bound (names domain, variable and the best that can be reached); a budget
 *         below the lower bounds
 * @retval SIPAS_ERR_CONVERGENCE max_iter steps were not enough; the message says what gap and what violation they left
 * @retval SIPAS_ERR_CANCELLED the progress callback asked to stop
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * A Newton step is O(strata × (cuts × variables)² + envelope of the matrix × its width); 15 to 40 of them. Memory: 12
 * bytes for each stratum, cut and variable, 8 for each cell of the envelope. The order of the rows changes the continuous
 * optimum by roundings only; where strata are alike, whole numbers as good may stand in others of them. Since 0.1.
 * Golden: test_allocation_multi.
 * Threads: context.
 */
SIPAS_API sipas_status sipas_allocate_multi(sipas_ctx *ctx, const sipas_column *size,
                                            const sipas_allocate_multi_opts *opts, sipas_table **out,
                                            sipas_table **precision, sipas_table **gain, sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif

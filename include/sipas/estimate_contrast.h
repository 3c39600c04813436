/**
 * @file estimate_contrast.h
 * Comparing rows of a table of estimates: contrasts and other functions of rows, all differences between groups, change
 * between two rounds.
 *
 * Any table made with the option `cov` will do: means, totals, ratios, categories, functions, moments, the index. Rows are
 * combined unit by unit before the variance is taken, so covariances are in it exactly, and what two rows have in common
 * costs no digits.
 *
 * All three calls return the schema "contrast": estimate, se, lower, upper, df, t = estimate / se, p (two-sided, of the null
 * hypothesis that the true value is 0), p_adjusted when asked for, and the columns each call names.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ESTIMATE_CONTRAST_H
#define SIPAS_ESTIMATE_CONTRAST_H

#include "estimate_function.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Degrees of freedom of a comparison. */
enum {
    SIPAS_CONTRAST_DF_DEFAULT = 0,    /**< = MINIMUM; for change between independent rounds = SATTERTHWAITE */
    SIPAS_CONTRAST_DF_MINIMUM = 1,    /**< the least of the rows compared */
    SIPAS_CONTRAST_DF_DESIGN = 2,     /**< PSUs minus strata of the whole design; of two designs the lesser */
    SIPAS_CONTRAST_DF_REGRESSION = 3, /**< PSUs minus strata, both counted where one of the rows compared has an
                                             answer, + 1 - rows compared: what a regression on the groups has, as
                                             the t tests of R's survey; not for change */
    SIPAS_CONTRAST_DF_SATTERTHWAITE =
        4,                      /**< (V1 + V2)² / (V1²/df1 + V2²/df2) (Satterthwaite 1946, Biometrics Bull. 2:110);
                                              only for change between independent rounds */
    SIPAS_CONTRAST_DF_GIVEN = 5 /**< `df_value` */
};

/** Adjustment of p-values for several comparisons. A family are: all contrasts of a call; the differences, or the changes, of
 * one variable at one level. Comparisons without a p-value do not count. */
enum {
    SIPAS_ADJUST_NONE = 0,       /**< no column p_adjusted */
    SIPAS_ADJUST_BONFERRONI = 1, /**< min(1, m p) */
    SIPAS_ADJUST_HOLM = 2        /**< step-down (Holm 1979, Scand. J. Stat. 6:65); never more than Bonferroni's */
};

/** What two rounds have in common. */
enum {
    SIPAS_OVERLAP_NONE = 0,   /**< nothing: independent samples, variances add */
    SIPAS_OVERLAP_COMMON = 1, /**< PSUs; covariance from those of both rounds */
    SIPAS_OVERLAP_JOINED = 2  /**< PSUs; the rounds as two domains of one sample, the union of their PSUs */
};

/** Options of the comparisons. */
typedef struct sipas_contrast_opts {
    uint32_t struct_size; /**< size of this struct as the caller knows it */
    int32_t df;           /**< SIPAS_CONTRAST_DF_ */
    double level;         /**< confidence level in (0, 1); 0 = 0.95. Intervals are not adjusted */
    double df_value;      /**< for SIPAS_CONTRAST_DF_GIVEN: > 0, may be infinite (normal intervals) */
    int32_t adjust;       /**< SIPAS_ADJUST_ */
    int32_t cov;          /**< 1 = keep what sipas_table_get_cov() needs; sipas_estimate_contrast() only */
    int32_t overlap;      /**< SIPAS_OVERLAP_; sipas_estimate_change() only */
    int32_t relative;     /**< 1 = relative change, after / before - 1; sipas_estimate_change() only */
} sipas_contrast_opts;

/** Initialiser of a ::sipas_contrast_opts. */
#define SIPAS_CONTRAST_OPTS_INIT                             \
    {                                                        \
        sizeof(sipas_contrast_opts), 0, 0.0, 0.0, 0, 0, 0, 0 \
    }

/** Sets every option to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_contrast_opts_init(sipas_contrast_opts *opts);

/**
 * Functions of the rows of a table: argument j is the estimate in row j. Kind 0 with coefficients is the plain contrast.
 *
 * Columns before `estimate`: contrast, the name of the function. A row without an estimate, or where the function has no value,
 * gives a missing estimate (note "no_value"), a row without a standard error a missing one (note "no_se"), no degrees
 * of freedom no interval (note "no_df").
 *
 * @param table a table of estimates made with `cov`
 * @param functions n_functions functions
 * @param n_functions number of functions
 * @param opts options, or NULL
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT a pointer is NULL; n_functions < 1; a function has no argument, an odd number of them for RATIOS, or no
 *         `call`; names the function
 * @retval SIPAS_ERR_OPTION an unknown kind or option value; an option that belongs to another call; df_value not > 0
 * @retval SIPAS_ERR_NOT_FOUND a term that is no row; the table has no covariance, or no column estimate, se or df
 * @retval SIPAS_ERR_VALUE a coefficient, scale or constant that is not finite; a derivative that central differences contradict
 * @retval SIPAS_ERR_LONELY_PSU a stratum has one PSU and the design's rule is `error`; names the stratum
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(units of the rows compared) for each function. Since 0.1.
 * Threads: context. Golden: test_functions.
 */
SIPAS_API sipas_status sipas_estimate_contrast(const sipas_table *table, const sipas_function *functions,
                                               int64_t n_functions, const sipas_contrast_opts *opts, sipas_table **out,
                                               sipas_error *err);

/**
 * All differences between the groups of a level, for each variable and level: of groups in their order, each minus those
 * behind it.
 *
 * Columns before `estimate`: those of the table that are no `by` columns (variable, level …), contrast ("stype=E - stype=H"), row
 * and other, the rows of the table compared. The whole has no groups to compare: such a table gives 0 rows.
 *
 * Parameters and statuses as sipas_estimate_contrast(). O(pairs × units of two groups). Since 0.1.
 * Threads: context. Golden: test_contrasts.
 */
SIPAS_API sipas_status sipas_estimate_pairs(const sipas_table *table, const sipas_contrast_opts *opts,
                                            sipas_table **out, sipas_error *err);

/**
 * Change between two rounds: after - before, or after / before - 1, of the rows of two tables that have the same variable, level
 * and groups.
 *
 * Columns before `estimate`: those of the table `after`, then before and after, the two estimates; behind `p`: correlation of the two
 * estimates where rounds overlap. A row of `after` that `before` lacks is a row without estimate (note "no_before"); rows that
 * only `before` has are counted in the note "no_after".
 *
 * Variance V1 + V2 - 2 C (Kish 1965, §12.4). C = 0 for SIPAS_OVERLAP_NONE. For SIPAS_OVERLAP_COMMON it comes from the n_c PSUs
 * that both rounds have in a stratum, matched by the codes of stratum and PSU,
 *
 *     C = Σ_h (1 - F_h) n_c/(n_c - 1) Σ_i (z1_hi - z̄1_h) (z2_hi - z̄2_h),   F_h = √(n_1 f_1 n_2 f_2) / n_c,
 *
 * where the means are those of the common PSUs (Tam 1984, Int. Stat. Rev. 52:211; Qualité and Tillé 2008, Survey
 * Methodology 34:173): with all PSUs common it is the covariance of two variables of one sample, with as many as two
 * independent samples have in common it is 0, with fewer, as when PSUs rotate, it has the opposite sign. One common PSU in a stratum tells
 * nothing, and none at all of a finite population not how negative it is: they count 0 (notes "one_common_psu", "rotated"). A difference whose variance comes out negative, as may be
 * when few PSUs are common, has no standard error (note "variance_negative"). Second stages count as drawn anew in each round.
 *
 * SIPAS_OVERLAP_JOINED is what a design with the rows of both rounds, one below the other, gives for the difference of the two as
 * domains: z2 - z1 per PSU over the union of the PSUs of a stratum. Numbers of PSUs of a round count as random then, so
 * variances of totals are too large unless all PSUs are common. With a finite population the union is a larger sample than either round,
 * which makes the variance far too small (0 for two halves of it): refused, unless all PSUs are common. For designs of one stage of variance (drawn with replacement at the
 * first stage, or no second one), and the rule for lonely PSUs of `after`.
 *
 * @param before,after tables of estimates; made with `cov` when rounds overlap, and then the code columns of their designs must
 *        still be in place. The df column must be there
 * @param opts options, or NULL
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT an argument is NULL; the tables differ in their first columns; overlap and PSUs without codes
 *         (designs whose units are their rows), or a design of unequal probabilities or two phases; JOINED and a design of
 *         several stages, or of finite populations where not all PSUs are common
 * @retval SIPAS_ERR_NOT_FOUND a table has no covariance, or no column estimate, se or df
 * @retval SIPAS_ERR_OPTION an unknown option value, or one that does not go with the overlap
 * @retval SIPAS_ERR_DUPLICATE a `by` column has the name of a column of the result; two PSUs of other codes have one hash, by which
 *         rounds are matched
 * @retval SIPAS_ERR_VALUE JOINED: populations of a stratum that differ, or are smaller than the PSUs drawn
 * @retval SIPAS_ERR_LONELY_PSU as sipas_estimate_mean()
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(rows × PSUs). Since 0.1.
 * Threads: context. Golden: test_contrasts.
 */
SIPAS_API sipas_status sipas_estimate_change(const sipas_table *before, const sipas_table *after,
                                             const sipas_contrast_opts *opts, sipas_table **out, sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif

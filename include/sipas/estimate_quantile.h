/**
 * @file estimate_quantile.h
 * Medians and other quantiles with confidence intervals and standard errors, for the whole and for domains.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ESTIMATE_QUANTILE_H
#define SIPAS_ESTIMATE_QUANTILE_H

#include "estimate.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Where a quantile lies when the distribution function F(x) = Σ {w : y ≤ x} / Σ w jumps over p. Rules 1 to 9 of Hyndman and
 * Fan (1996, Am. Stat. 50:361) with sums of weights C_i in place of counts, as R's survey has them. Observations are in
 * ascending order, equal ones in the order of the rows; rules 4 to 9 draw straight lines through (p_i, y_i), and stay at the
 * least and the largest value beyond their ends.
 */
enum {
    SIPAS_QUANTILE_DEFAULT = 0, /**< = SIPAS_QUANTILE_HF1 */
    SIPAS_QUANTILE_HF1 = 1,     /**< the least y with F(y) ≥ p, the inverse of F */
    SIPAS_QUANTILE_HF2 = 2,     /**< the same; where F(y) = p, halfway to the next value */
    SIPAS_QUANTILE_HF3 = 3,   /**< the same; where F(y) = p, y or the next value: the one that is an even one among the
                                     distinct values, counted from 1 */
    SIPAS_QUANTILE_HF4 = 4,   /**< p_i = C_i / C_n */
    SIPAS_QUANTILE_HF5 = 5,   /**< p_i = (C_i - w_i/2) / C_n */
    SIPAS_QUANTILE_HF6 = 6,   /**< p_i = C_i / (C_n + w_n) */
    SIPAS_QUANTILE_HF7 = 7,   /**< p_i = C_(i-1) / C_(n-1) */
    SIPAS_QUANTILE_HF8 = 8,   /**< p_i = (C_i - w_i/3) / (C_n + w_n/3) */
    SIPAS_QUANTILE_HF9 = 9,   /**< p_i = (C_i - 3w_i/8) / (C_n + w_n/4) */
    SIPAS_QUANTILE_MATH = 1,  /**< = SIPAS_QUANTILE_HF1, by its other name */
    SIPAS_QUANTILE_SCHOOL = 2 /**< = SIPAS_QUANTILE_HF2, by its other name */
};

/**
 * What the interval of F is an interval of, before its ends are carried back to the scale of y. On a scale of few values F jumps
 * over p, far from it: an interval about F at the estimate is then one of another quantile.
 */
enum {
    SIPAS_QUANTILE_CENTRE_DEFAULT = 0, /**< = SIPAS_QUANTILE_CENTRE_P */
    SIPAS_QUANTILE_CENTRE_P =
        1, /**< of p (Woodruff 1952), as a share of m = F(1 - F)/V observations, the effective sample size
                                        where F is nearest to p: at the estimate or at the value before it. Never more than the
                                        rows that have y (without an FPC; with one those over 1 - n/N); V = 0 by chance: as many */
    SIPAS_QUANTILE_CENTRE_ESTIMATE = 2 /**< of F at the estimate, with its standard error there: R's svyquantile() */
};

/** The scale on which the interval of F is made; t at the interval's degrees of freedom. */
enum {
    SIPAS_QUANTILE_INTERVAL_DEFAULT = 0, /**< = SIPAS_QUANTILE_INTERVAL_MEAN */
    SIPAS_QUANTILE_INTERVAL_MEAN = 1,    /**< on the scale of F (Wald) */
    SIPAS_QUANTILE_INTERVAL_XLOGIT = 2,  /**< on the scale log(F / (1 - F)) */
    SIPAS_QUANTILE_INTERVAL_BETA = 3, /**< Korn and Graubard (1998, Surv. Methodol. 24:193): Clopper and Pearson's with
                                              F (1 - F) / SE² · (t(n - 1) / t(df))² observations */
    SIPAS_QUANTILE_INTERVAL_ASIN = 4  /**< on the scale asin √F */
};

/** Options of sipas_estimate_quantile(). */
typedef struct sipas_estimate_quantile_opts {
    uint32_t struct_size;     /**< size of this struct as the caller knows it */
    int32_t missing;          /**< SIPAS_MISSING_AVAILABLE or SIPAS_MISSING_COMPLETE */
    double level;             /**< confidence level in (0, 1); 0 = 0.95 */
    int32_t rule;             /**< SIPAS_QUANTILE_ */
    int32_t interval;         /**< SIPAS_QUANTILE_INTERVAL_ */
    const char *const *names; /**< names of the variables in the result; NULL = "y1", "y2" … */
    int32_t centre;           /**< SIPAS_QUANTILE_CENTRE_ */
    int32_t reserved;         /**< 0 */
} sipas_estimate_quantile_opts;

/** Initialiser of a ::sipas_estimate_quantile_opts. */
#define SIPAS_ESTIMATE_QUANTILE_OPTS_INIT                              \
    {                                                                  \
        sizeof(sipas_estimate_quantile_opts), 0, 0.0, 0, 0, NULL, 0, 0 \
    }

/** Sets every option to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_estimate_quantile_opts_init(sipas_estimate_quantile_opts *opts);

/**
 * Quantiles of variables: where F(x) = Σ {w : y ≤ x} / Σ w over the rows of the domain that have y reaches p.
 *
 * The interval is Woodruff's (1952, JASA 47:635): an interval on the scale of F about p (option `centre`: about F at the
 * estimate), its ends carried back to the scale of y by the same rule as the estimate. About p, with h = t / √m: MEAN
 * p ± h √(p(1 - p)), XLOGIT expit(logit p ± h / √(p(1 - p))), ASIN sin²(asin √p ± h/2), BETA the limits of Clopper and Pearson of
 * p in m (t(n - 1)/t(df))² observations. SE = width / (2 t).
 *
 * Returns the schema "quantile": variable, quantile (the p), level (when several levels are asked for), the `by` columns,
 * estimate, se, lower, upper, df (by the design's rule), n (rows of non-zero weight
 * that have y), psus, cdf (F at the estimate), cdf_se (its standard error, that of the mean
 * of {y ≤ estimate}). Rows: variables in their order, then quantiles in theirs, then levels
 * and groups as sipas_estimate_mean() has them.
 *
 * What there is where there is little:
 * - an empty domain, or one where no row has y: a row with n = 0, all figures missing; noted
 * - a domain, or the rows in it that have y, within one PSU: no standard errors, no limits; noted ("one_psu"). A domain
 *   within one PSU under SIPAS_ONE_PSU_CONDITIONAL: those within that PSU; noted ("conditional")
 * - df ≤ 0: no SE and no limits, for there is no t to make them with; noted ("no_df")
 * - an end of the interval of F below 0 or above 1: no such limit and no SE; noted ("no_limit")
 * - F has no standard error by chance (all values equal, or PSUs alike), though not everything was taken whole: the interval
 *   is that of a simple random sample of n rows; noted ("no_spread"). Everything taken whole: the estimate is known, SE 0 and both
 *   limits the value
 * - p = 0 or 1, the least and the largest value: no SE and no limits; noted ("extreme")
 * - SIPAS_QUANTILE_CENTRE_ESTIMATE: F = 1 has no interval but under SIPAS_QUANTILE_INTERVAL_MEAN, whose limits are then the value
 *   ("no_limit", "at_largest", for they say nothing of how sure it is); all values of a domain equal: SE 0, both limits the value
 *
 * F, rounded to a double, is compared with p as it is given (0.1 is a little more than one tenth). Negative weights
 * (calibrated designs) can make F fall: its last crossing of p counts.
 *
 * @param design the design
 * @param y n_y number columns as long as the design; NaN or a cleared validity bit = missing
 * @param n_y number of variables
 * @param probs the p, each from 0 to 1, in any order: 0 is the least, 1 the largest value of the rows of non-zero weight
 * @param n_probs number of quantiles
 * @param domains domains, or NULL for the whole
 * @param opts options, or NULL
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT design, y, probs or out is NULL; n_y or n_probs < 1
 * @retval SIPAS_ERR_OPTION an unknown option value; level outside (0, 1)
 * @retval SIPAS_ERR_VALUE a p is not in 0 to 1; a variable is infinite in a row of non-zero weight
 * @retval SIPAS_ERR_LENGTH a column is not as long as the design
 * @retval SIPAS_ERR_TYPE a text variable; codes that are not text, integers or whole floats
 * @retval SIPAS_ERR_MISSING a `by` code is missing
 * @retval SIPAS_ERR_DUPLICATE a `by` column has the name of another column of the result
 * @retval SIPAS_ERR_LONELY_PSU a stratum has one PSU and the design's rule is `error`; names the stratum
 * @retval SIPAS_ERR_CANCELLED the progress callback asked to stop
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(rows × n_y × (levels + n_probs)) time; O(rows × levels) memory, one variable at a time. Whole numbers within a span of
 * 256, answers on a scale for one, are counted without sorting: O(units × n_probs) memory. Since 0.1.
 * Threads: context. Golden: test_quantiles.
 */
SIPAS_API sipas_status sipas_estimate_quantile(const sipas_design *design, const sipas_column *y, int64_t n_y,
                                               const double *probs, int64_t n_probs, const sipas_domains *domains,
                                               const sipas_estimate_quantile_opts *opts, sipas_table **out,
                                               sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif

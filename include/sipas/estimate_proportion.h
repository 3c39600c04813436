/**
 * @file estimate_proportion.h
 * Proportions and distributions with the interval methods of the field: intervals that hold near 0 and 1 and for few
 * PSUs, where estimate ± t · SE does not.
 *
 * Below, p is the estimated share, V its design-based variance, m = p(1 - p)/V the *effective sample size* (that of a
 * simple random sample with replacement of the same variance: column `n_eff`), c the critical value: Student's t with the
 * row's degrees of freedom, larger where intervals are to hold jointly (::sipas_estimate_opts, `simultaneous`); α the area
 * of t beyond ±c. Which method to trust for a small sample, with the coverage measured: \ref method.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ESTIMATE_PROPORTION_H
#define SIPAS_ESTIMATE_PROPORTION_H

#include "base.h"
#include "column.h"
#include "design.h"
#include "estimate.h"
#include "table.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Interval methods. Where R's `survey` has the method (svyciprop; from 4.5 on Wilson too), the figures are its own.
 *
 * - WALD: p ± c √V. A limit may lie outside 0-1 (note "limit_outside"). R: "mean".
 * - LOGIT: expit(logit p ± c √V / (p(1 - p))) (Korn and Graubard 1999, Analysis of Health Surveys, ch. 3).
 * - LIKELIHOOD: all π with 2m [p log(p/π) + (1 - p) log((1 - p)/(1 - π))] ≤ c² φ: the likelihood ratio scaled by the design
 *   effect (Rao and Scott 1984, Ann. Stat. 12:46). φ = mass/(n - 1) is the dispersion of R's quasi-binomial fit: mass is the
 *   weight of the n rows that have the variable when the domain's rows of non-zero weight have mean weight 1, so φ is
 *   n/(n - 1) when none is missing. These are the roots to rounding; R interpolates and is off by up to 2.7e-5.
 * - ARCSINE: sin²(asin √p ± c/(2√m)) (Anscombe 1948, Biometrika 35:246). As in R, an angle beyond 0 or 90° gives the mirror
 *   image: a limit that leaves out the bound and at worst the estimate (note "limit_mirrored"): prefer the next. R: "asin".
 * - ARCSINE_CUT: the same with angles cut at 0 and 90°, so that the limit is 0 or 1 (note "limit_cut").
 * - BETA: Clopper and Pearson's limits with an effective sample size: quantile α/2 of B(m'p, m'(1 - p) + 1) and 1 - α/2 of
 *   B(m'p + 1, m'(1 - p)), m' = m (t(rows - 1)/t(df))², both t at α/2 (Korn and Graubard 1998, Survey Methodology 24:193).
 *   As in svyciprop `rows` are all rows of the domain, of zero weight and without the variable too.
 *   df is the row's, also where the design's was given; svyciprop takes degf(design) whatever its argument df says.
 * - XLOGIT: the figures of LOGIT; R has two ways to them, and SUDAAN and SPSS are said to go this one.
 * - WILSON: all π with (p - π)² ≤ c² π(1 - π)/m (Wilson 1927, JASA 22:209).
 * - AGRESTI_COULL: q ± c √(q(1 - q)/k), k = m + c², q = (mp + c²/2)/k (Agresti and Coull 1998, Am. Stat. 52:119), cut at 0
 *   and 1 (note "limit_cut").
 * - JEFFREYS: quantiles α/2 and 1 - α/2 of B(m'p + ½, m'(1 - p) + ½), m' as for BETA (Brown, Cai and DasGupta 2001, Stat.
 *   Sci. 16:101).
 * - GOODMAN: for all K categories of a distribution at once: Wilson's limits with c = t(1 - α/(2K), df) and one m for all of
 *   them (Goodman 1965, Technometrics 7:247, who has df = ∞ and a simple random sample).
 * - QUESENBERRY_HURST: the same with c² = (K - 1) F(1 - α; K - 1, df) (Quesenberry and Hurst 1964, Technometrics 6:191).
 *
 * *At the bounds*, where no row or every row of the domain is a success, V is 0 and m undefined. WILSON, BETA, LIKELIHOOD,
 * the two ARCSINE, AGRESTI_COULL and JEFFREYS are then computed with m = n, the rows that have the variable: an interval
 * from the bound inwards that takes the sample for a simple random one (R gives NaN). WALD, LOGIT and XLOGIT have none
 * there: it is missing. Each with the note "at_bound"; never an interval of length 0.
 */
enum {
    SIPAS_INTERVAL_DEFAULT = 0,           /**< = SIPAS_INTERVAL_LOGIT, as in R */
    SIPAS_INTERVAL_WALD = 1,              /**< p ± c √V */
    SIPAS_INTERVAL_LOGIT = 2,             /**< Wald's on the scale of log odds */
    SIPAS_INTERVAL_LIKELIHOOD = 3,        /**< scaled likelihood ratio */
    SIPAS_INTERVAL_ARCSINE = 4,           /**< variance-stabilised, mirrored at the bounds */
    SIPAS_INTERVAL_BETA = 5,              /**< Korn and Graubard's Clopper-Pearson */
    SIPAS_INTERVAL_XLOGIT = 6,            /**< another name for LOGIT */
    SIPAS_INTERVAL_WILSON = 7,            /**< score */
    SIPAS_INTERVAL_AGRESTI_COULL = 8,     /**< Wald's about a shrunken centre */
    SIPAS_INTERVAL_JEFFREYS = 9,          /**< beta with a prior of ½ and ½ */
    SIPAS_INTERVAL_ARCSINE_CUT = 10,      /**< variance-stabilised, cut at the bounds */
    SIPAS_INTERVAL_GOODMAN = 11,          /**< distributions only: all categories at once */
    SIPAS_INTERVAL_QUESENBERRY_HURST = 12 /**< distributions only: all categories at once */
};

/**
 * Proportions: the share of the rows, 0-1, whose value is a success, among those that have one; Σ w 1[y ∈ success] / Σ w.
 *
 * Returns the schema "proportion": that of sipas_estimate_mean() with `n_eff` = p(1 - p)/V always there (n at the bounds),
 * and rows in the same order. Estimates and standard errors are those of sipas_estimate_mean() of the indicator. The
 * interval is missing, with a note, where the standard error is ("empty_domain", "no_value", "one_psu", "no_se"), where
 * df ≤ 0 ("no_df"), and where negative weights bring p outside 0-1 ("outside_range"; WALD still has one). A standard error
 * of 0 (below 1e-13) with 0 < p < 1, a census or a variable that makes the strata, gives the interval [p, p] with the note
 * "no_spread". The bounds: see the methods.
 *
 * Domains: df by the design's rule (PSUs less strata of the domain by default); m by the domain's own p and V; R's
 * svyciprop of a subset() has the same figures.
 *
 * @param design the design
 * @param y n_y columns as long as the design: integers, whole floats, bool, or text
 * @param n_y number of variables
 * @param success the values that are successes, for every variable: integers or whole floats (text for text variables).
 *        NULL: variables are of 0 and 1, and 1 is a success. A value that no row has is fine
 * @param method a SIPAS_INTERVAL_, not GOODMAN or QUESENBERRY_HURST
 * @param domains domains, or NULL for the whole
 * @param opts options, or NULL
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT design, y or out is NULL; n_y < 1; success holds no value
 * @retval SIPAS_ERR_OPTION an unknown method or option value; level outside (0, 1)
 * @retval SIPAS_ERR_LENGTH a column is not as long as the design
 * @retval SIPAS_ERR_TYPE a text variable with numbers as successes or the other way round; a success that is not whole
 * @retval SIPAS_ERR_MISSING a success is missing; a `by` code is missing
 * @retval SIPAS_ERR_DUPLICATE a `by` column has the name of another column of the result
 * @retval SIPAS_ERR_VALUE a value that is not whole, or not 0 or 1 where success is NULL; names variable and row
 * @retval SIPAS_ERR_LONELY_PSU a stratum has one PSU and the design's rule is `error`; names the stratum
 * @retval SIPAS_ERR_CANCELLED the progress callback asked to stop
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(rows × n_y × log successes) time, O(units × n_y) memory. Since 0.1.
 * Threads: context. Golden: test_proportion.
 */
SIPAS_API sipas_status sipas_estimate_proportion(const sipas_design *design, const sipas_column *y, int64_t n_y,
                                                 const sipas_column *success, int32_t method,
                                                 const sipas_domains *domains, const sipas_estimate_opts *opts,
                                                 sipas_table **out, sipas_error *err);

/**
 * The distribution of a variable: the share of every category, with intervals by any method, each for itself or all
 * categories at once.
 *
 * Returns the schema "proportion" with the column `category`: the values that occur in the rows, ascending, or those of the
 * option `categories`, as there. Estimates and standard errors are those of sipas_estimate_category().
 *
 * *All at once*: option `simultaneous`, with the family of the K categories of one group (not, as elsewhere, the groups of
 * a level); for SIPAS_SIMULTANEOUS_SCHEFFE the dimension is K - 1, because shares add to 1. Any method takes the larger
 * critical value: so WALD and SCHEFFE are the design-based form of Gold's intervals (1963, Ann. Math. Stat. 34:56), and each
 * category keeps its own m. GOODMAN and QUESENBERRY_HURST have a family of their own and need `simultaneous` = NONE; they
 * have one m = n/δ for all categories of a group, δ = n/(K - 1) Σ V_k/p_k over its K categories with p_k > 0, the mean
 * generalized design effect (Rao and Scott 1981, JASA 76:221). Their assumption: the covariance of the shares is δ times that
 * of a multinomial sample of n. `n_eff` is that m.
 *
 * @param design the design
 * @param y one column: text, integer or integral float
 * @param method a SIPAS_INTERVAL_
 * @param domains domains, or NULL
 * @param opts options, or NULL; names[0] names the variable
 * @param[out] out the table; the caller's
 * @param err as for sipas_estimate_proportion(); SIPAS_ERR_TOO_FEW where no row has a value
 *
 * O(rows + cells) for many categories, cells being the units × categories that have a row (rows × categories when covariances are
 * kept, or the design looks at each unit), and the rows of the table. Since 0.1.
 * Threads: context. Golden: test_proportion.
 */
SIPAS_API sipas_status sipas_estimate_distribution(const sipas_design *design, const sipas_column *y, int32_t method,
                                                   const sipas_domains *domains, const sipas_estimate_opts *opts,
                                                   sipas_table **out, sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif

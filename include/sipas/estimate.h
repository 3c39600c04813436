/**
 * @file estimate.h
 * Means, totals, ratios and shares with standard errors and intervals, for the whole and for domains, by Taylor
 * linearization.
 *
 * One pass over the rows makes totals per domain and PSU of all variables; estimates, variances, covariances and
 * intervals follow from these totals (Woodruff 1971, JASA 66:411; Binder 1983, Int. Stat. Rev. 51:279; Särndal,
 * Swensson and Wretman 1992, ch. 5). Domains are handled by zero weight, never by deletion: a stratum keeps its PSUs.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ESTIMATE_H
#define SIPAS_ESTIMATE_H

#include "base.h"
#include "column.h"
#include "design.h"
#include "table.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What to do with missing answers. */
enum {
    SIPAS_MISSING_DEFAULT = 0,   /**< = SIPAS_MISSING_AVAILABLE */
    SIPAS_MISSING_AVAILABLE = 1, /**< each variable over the rows that have it */
    SIPAS_MISSING_COMPLETE = 2,  /**< rows where any of the variables is missing count for none of them */
    SIPAS_MISSING_RESPONDENT = 3 /**< index only: each respondent's mean over the items answered comes first */
};

/** Which simple random sample a design effect is measured against. */
enum {
    SIPAS_DEFF_NONE = 0, /**< no design effects */
    SIPAS_DEFF_WOR = 1,  /**< without replacement: (1 - n/N) s²/n, N = sum of weights */
    SIPAS_DEFF_WR = 2    /**< with replacement: s²/n */
};

/**
 * How the intervals of several rows hold jointly. The family is stated where the option is; K rows of it have an interval,
 * 1 - α is the level, df the row's degrees of freedom. An interval reaches c standard errors to either side.
 */
enum {
    SIPAS_SIMULTANEOUS_NONE = 0,       /**< each interval holds for itself: c = t(1 - α/2, df) */
    SIPAS_SIMULTANEOUS_BONFERRONI = 1, /**< c = t(1 - α/(2K), df); whatever the dependence (Dunn 1961, JASA 56:52) */
    SIPAS_SIMULTANEOUS_SIDAK = 2, /**< c = t((1 + (1 - α)^(1/K))/2, df); jointly normal (Šidák 1967, JASA 62:626) */
    SIPAS_SIMULTANEOUS_SCHEFFE = 3 /**< c = √(K F(1 - α; K, df)); for every linear combination of the rows too, so wide
                                        (Scheffé 1953, Biometrika 40:87) */
};

/** What becomes of rows that lack the code of a `by` column. Rows that `where` leaves out need none. */
enum {
    SIPAS_MISSING_BY_DEFAULT = 0, /**< = SIPAS_MISSING_BY_ERROR */
    SIPAS_MISSING_BY_ERROR = 1,   /**< an error that names row and column */
    SIPAS_MISSING_BY_DROP =
        2, /**< they are in no group of the levels that cross this column, and stay in those that do not, and
                                       in the design; a note `by_missing` says how many they are. R's svyby() */
    SIPAS_MISSING_BY_GROUP =
        3 /**< they are a group of their own, behind all others; its cell in the column of codes is missing, and a
                                    note `by_missing` says how many rows it has. R's addNA() */
};

/**
 * Domains. `by` columns are crossed level by level: each level is a set of `by` columns, as a bit mask (bit i = column i);
 * 0 = the whole. Groups of a level are the combinations that occur in the rows, in ascending order (numbers by value,
 * text by bytes) or that of `orders`, the first column slowest.
 */
typedef struct sipas_domains {
    uint32_t struct_size;     /**< size of this struct as the caller knows it */
    int32_t n_by;             /**< number of `by` columns, at most 32 */
    const sipas_column *by;   /**< the columns; for missing codes see `missing_by` */
    const char *const *names; /**< their names in the result, UTF-8, none empty or NULL; NULL = "by1", "by2" … */
    int32_t n_levels;         /**< number of levels; 0 = one level that crosses all `by` columns */
    int32_t reserved;         /**< 0 */
    const uint32_t *levels;   /**< the levels */
    const sipas_column
        *where;         /**< bool or integer mask: rows with 0 or missing are out of every domain; NULL = all in */
    int32_t missing_by; /**< SIPAS_MISSING_BY_ */
    int32_t reserved2;  /**< 0 */
    const sipas_column
        *orders; /**< n_by columns: all codes of each `by` column, in the order in which its groups come. A code that no
                      row has makes no group. One of type ::SIPAS_TYPE_NONE = ascending; NULL = all ascending. Text for
                      text, numbers for numbers. A code twice is ::SIPAS_ERR_DUPLICATE, a row whose code is not among them
                      ::SIPAS_ERR_VALUE, whether `where` takes it or not */
} sipas_domains;

/** Initialiser of a ::sipas_domains: the whole. */
#define SIPAS_DOMAINS_INIT                                                 \
    {                                                                      \
        sizeof(sipas_domains), 0, NULL, NULL, 0, 0, NULL, NULL, 0, 0, NULL \
    }

/** Sets everything to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_domains_init(sipas_domains *domains);

/** Options of the estimates. */
typedef struct sipas_estimate_opts {
    uint32_t struct_size;     /**< size of this struct as the caller knows it */
    int32_t missing;          /**< SIPAS_MISSING_AVAILABLE or SIPAS_MISSING_COMPLETE */
    double level;             /**< confidence level in (0, 1); 0 = 0.95 */
    int32_t deff;             /**< SIPAS_DEFF_; costs one more pass over the rows */
    int32_t cov;              /**< 1 = keep what sipas_table_get_cov() needs */
    const char *const *names; /**< names of the variables in the result; NULL = "y1", "y2" … */
    int32_t simultaneous;     /**< SIPAS_SIMULTANEOUS_; for means, totals, ratios, functions, moments, reliability,
                                   proportions and distributions. The family of all but the last: the rows of one
                                   variable (function, statistic) and one level (all groups of the
                                   level) that have a standard error and df > 0 */
    int32_t reserved;         /**< 0 */
    const sipas_column
        *categories; /**< sipas_estimate_category() and sipas_estimate_distribution() only: all categories of the
                          variable, in the order of the rows; those that no row has are rows of estimate 0. NULL = those
                          that occur, ascending */
} sipas_estimate_opts;

/** Initialiser of a ::sipas_estimate_opts. */
#define SIPAS_ESTIMATE_OPTS_INIT                                    \
    {                                                               \
        sizeof(sipas_estimate_opts), 0, 0.0, 0, 0, NULL, 0, 0, NULL \
    }

/** Sets every option to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_estimate_opts_init(sipas_estimate_opts *opts);

/**
 * Means of variables: Σ w y / Σ w over the rows of the domain that have y.
 *
 * Returns the schema "estimate": variable, level (when several levels are asked for), the `by` columns, estimate, se,
 * lower, upper, df, n (rows of non-zero weight that have y), psus, with option `deff` also deff, n_eff = n / deff and
 * kish_deff = n Σw² / (Σw)² over those rows, cv. Rows: variables in their order, then levels in their order, then groups
 * ascending. An empty domain is a row with n = 0 and missing values. A domain that lies in one PSU has the SE of its
 * means and ratios missing (unless that PSU was taken with certainty and the domain has several units of the next stage,
 * whose error is then all there is; or the design asks for the error within the PSU, SIPAS_ONE_PSU_CONDITIONAL); with
 * df ≤ 0 the interval is missing; each with a note. Under joint probabilities or two phases an estimated variance may be
 * negative: no SE, and a note. A design effect is missing, with a note, where nothing varies, there is one row, or (SIPAS_DEFF_WOR) the weights add to no more than the rows.
 *
 * @param design the design
 * @param y n_y number columns as long as the design; NaN or a cleared validity bit = missing
 * @param n_y number of variables
 * @param domains domains, or NULL for the whole
 * @param opts options, or NULL
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT design, y or out is NULL; n_y < 1
 * @retval SIPAS_ERR_OPTION an unknown option value; level outside (0, 1)
 * @retval SIPAS_ERR_LENGTH a column is not as long as the design
 * @retval SIPAS_ERR_TYPE a text variable; codes that are not text, integers or whole floats
 * @retval SIPAS_ERR_MISSING a `by` code is missing, and `missing_by` is ERROR; no row has the codes of a level
 * @retval SIPAS_ERR_DUPLICATE a `by` column has the name of another column of the result
 * @retval SIPAS_ERR_VALUE a variable is infinite in a row of non-zero weight; names variable and row
 * @retval SIPAS_ERR_LONELY_PSU a stratum has one PSU and the design's rule is `error`; names the stratum
 * @retval SIPAS_ERR_CANCELLED the progress callback asked to stop
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(rows × n_y) time, O(units × n_y) memory. Since 0.1.
 * Threads: context. Golden: test_estimation.
 */
SIPAS_API sipas_status sipas_estimate_mean(const sipas_design *design, const sipas_column *y, int64_t n_y,
                                           const sipas_domains *domains, const sipas_estimate_opts *opts,
                                           sipas_table **out, sipas_error *err);

/** Totals of variables: Σ w y. Otherwise as sipas_estimate_mean(). Threads: context. Golden: test_estimation. */
SIPAS_API sipas_status sipas_estimate_total(const sipas_design *design, const sipas_column *y, int64_t n_y,
                                            const sipas_domains *domains, const sipas_estimate_opts *opts,
                                            sipas_table **out, sipas_error *err);

/**
 * Ratios y[i] / x[i], n_y of them: Σ w y / Σ w x over the rows that have both. A ratio whose denominator is 0 is missing,
 * with a note. Otherwise as sipas_estimate_mean().
 * Threads: context. Golden: test_estimation.
 */
SIPAS_API sipas_status sipas_estimate_ratio(const sipas_design *design, const sipas_column *y, const sipas_column *x,
                                            int64_t n_y, const sipas_domains *domains, const sipas_estimate_opts *opts,
                                            sipas_table **out, sipas_error *err);

/** What sipas_estimate_category() estimates for each category. */
enum {
    SIPAS_CATEGORY_SHARE = 0, /**< the share of the category, 0-1 */
    SIPAS_CATEGORY_TOTAL = 1  /**< the number of population members in it */
};

/**
 * Every category of a variable at once: shares (0-1) or totals. The table has a column `category` after `variable`: the
 * values that occur in the rows, ascending; or all those of the option `categories` (the levels of a scale, a factor or a
 * dictionary), in its order, as R's svymean(~factor(y)) has them: one that nobody chose has the estimate 0 and the standard
 * error 0. Missing values are out (shares are of those who have a value). Option `simultaneous` is refused:
 * sipas_estimate_distribution() has intervals that hold for all categories at once.
 *
 * @param design the design
 * @param y one column: text, integer or integral float
 * @param kind SIPAS_CATEGORY_SHARE or SIPAS_CATEGORY_TOTAL
 * @param domains domains, or NULL
 * @param opts options, or NULL; names[0] names the variable
 * @param[out] out the table; the caller's
 * @param err as for sipas_estimate_mean()
 * @retval SIPAS_ERR_TOO_FEW no row has a value, and no `categories` are given
 * @retval SIPAS_ERR_DUPLICATE a category stands twice in `categories`; names it and its place
 * @retval SIPAS_ERR_MISSING one of `categories` is missing
 * @retval SIPAS_ERR_TYPE `categories` are text and the variable is numbers, or the reverse
 * @retval SIPAS_ERR_VALUE a row has a value that is not among `categories`; names row and value. Any status of
 *         sipas_estimate_mean() too
 *
 * O(rows + cells) for many categories, cells being the units × categories that have a row (rows × categories when covariances are
 * kept, or the design looks at each unit), and the rows of the table. Since 0.1.
 * Threads: context. Golden: test_estimation.
 */
SIPAS_API sipas_status sipas_estimate_category(const sipas_design *design, const sipas_column *y, int32_t kind,
                                               const sipas_domains *domains, const sipas_estimate_opts *opts,
                                               sipas_table **out, sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif

/**
 * @file size.h
 * How many people to ask, and what a given number of answers is worth.
 *
 * Every question comes twice: `sipas_size_…` goes from the precision wanted to the number of answers, `sipas_precision_…`
 * from the number to the precision; each undoes the other.
 *
 * - one share, many units: sipas_size_proportion(), sipas_precision_proportion();
 * - any figures at once (shares, means, totals, ratios, a composite index, of the whole or of a part, and their differences
 *   between two units or two rounds): sipas_size_figures(), sipas_precision_figures();
 * - a ranking of units: sipas_size_ranking(), sipas_precision_ranking();
 * - how many at each stage: sipas_size_stages(), sipas_precision_stages();
 * - what these need to know of the last round or the frame: sipas_components_sample(), sipas_components_frame().
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_SIZE_H
#define SIPAS_SIZE_H

#include "base.h"
#include "column.h"
#include "table.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Formula of a sample size for a share: the interval whose half-length is the margin. */
enum {
    SIPAS_SIZE_DEFAULT = 0, /**< = SIPAS_SIZE_COCHRAN */
    SIPAS_SIZE_YAMANE = 1,  /**< n = N / (1 + N e²), known as Slovin's formula. It assumes z = 2 (a level of about
                                 95.45 %), a share of ½, one simple random sample without clusters, one unit and one
                                 figure, and that all answer. It says nothing about differences between units or years.
                                 Yamane, T. (1967), Statistics: An Introductory Analysis, 2nd ed., p. 886 */
    SIPAS_SIZE_COCHRAN = 2, /**< n0 = deff z² p (1 - p) / e², n = n0 / (1 + (n0 - 1) / N): p ± z SE, known as Wald's
                                 interval. Cochran, W. G. (1977), Sampling Techniques, 3rd ed., §4.4, eq. 4.1 and 4.2 */
    SIPAS_SIZE_WILSON =
        3, /**< Wilson's score interval has half-length e: n0 = deff z² (pq - 2e² + √(p²q² - 4pqe² + e²)) /
                                 (2e²), q = 1 - p, then as Cochran. For shares near 0 or 1. Valliant, R., Dever, J. A.
                                 and Kreuter, F. (2018), Practical Tools for Designing and Weighting Survey Samples, 2nd
                                 ed., §3.1; Wilson, E. B. (1927), JASA 22:209 */
    SIPAS_SIZE_LOG_ODDS =
        4 /**< the interval of the log odds, taken back to shares, has half-length e: n0 = deff z² / (pq
                                 log² x), x > 1 the root of k(1-2e)x² - 2e(1+k²)x - k(1+2e) = 0, k = q / p. Valliant,
                                 Dever and Kreuter (2018), §3.1 */
};

/** How a sample size becomes a whole number. */
enum {
    SIPAS_SIZE_ROUND_DEFAULT = 0, /**< = SIPAS_SIZE_ROUND_UP */
    SIPAS_SIZE_ROUND_UP = 1,      /**< up: the margin is kept */
    SIPAS_SIZE_ROUND_NEAREST = 2  /**< to the nearest, halves up: as published tables often do */
};

/** What every call about one-stage sizes shares. */
typedef struct sipas_size_opts {
    uint32_t struct_size; /**< size of this struct as the caller knows it */
    int32_t method;       /**< SIPAS_SIZE_; for the calls about one share */
    double margin;    /**< e, half-width of the interval, in (0, 1); 0 = 0.05, when no other target is given. For the
                                   calls about one share */
    double p;         /**< expected share in (0, 1); 0 = 0.5. Not for yamane. For the calls about one share */
    double level;     /**< confidence level in (0, 1); 0 = 0.95. Not for yamane */
    double deff;      /**< design effect > 0 against simple random sampling without replacement; 0 = 1. Not for
                                   yamane */
    double response;  /**< share of those asked who will answer, in (0, 1]; 0 = 1 */
    int64_t minimum;  /**< no unit with fewer, its population permitting; 0 = none */
    int64_t maximum;  /**< no unit with more; 0 = none */
    int64_t multiple; /**< n and issued are rounded up to a multiple of this (5 per village); 0 = 1 */
    int32_t rounding; /**< SIPAS_SIZE_ROUND_ */
    int32_t reserved; /**< 0 */
    const sipas_column *code; /**< codes of the units, for messages and the result; NULL = none */
    double
        per_household; /**< persons of the target group who are asked in a household that is visited, on average, > 0:
                                   households = issued / per_household. One adult in each: 1; all users of a service, where
                                   every second household has one: 0.5. 0 = no column of households */
    double relative_margin; /**< instead of margin: e / p, > 0. For the calls about one share */
    double cv;              /**< instead of margin: standard error / p, > 0. Cochran only */
    double se;              /**< instead of margin: standard error, > 0. Cochran only */
    double df;   /**< degrees of freedom that the standard error of a unit's figure will have, PSUs less strata, > 0:
                         intervals by t, power by noncentral t. The difference of two samples drawn apart has 2 df (df + 1)/(df + 2).
                         0 = so many that the normal distribution will do. Not for yamane */
    double psus; /**< instead of df: PSUs of a unit, > 1; df = psus - 1 */
} sipas_size_opts;

/** Initialiser of a ::sipas_size_opts. */
#define SIPAS_SIZE_OPTS_INIT                                                                                   \
    {                                                                                                          \
        sizeof(sipas_size_opts), 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0, 0, 0, 0, NULL, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0 \
    }

/** Sets every option to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_size_opts_init(sipas_size_opts *opts);

/**
 * Sample size for estimating a share, for each unit of a list.
 *
 * Returns the schema "size", one row per unit in the order given: code (when given), population, n_exact (the
 * formula's value), n (whole: at least `minimum`, at most `maximum` and the population, rounded up to the
 * multiple), issued (how many to ask so that n answer), households (with `per_household`: how many to visit), fraction
 * (n / N; 0 for an infinite population, missing for an empty one), formula.
 *
 * `issued` is n_exact, brought within minimum and maximum, divided by the response and rounded once: rounding
 * n first would inflate it twice; `households` likewise, by per_household too. Each ends at the population, and so does n;
 * such a unit has a note ("population_reached"). A minimum above a unit's population is noted too
 * ("minimum_above_population"). A value within 1e-9 (relative) of a whole number counts as that number, so that 1 / 0.05² is
 * 400.
 *
 * With few PSUs z is too small: 3 PSUs of 60 answers have t = 4.30 and not 1.96. Options df or psus take t in its place (metadata
 * df and t, no z).
 *
 * One target at most: margin (the default, 0.05), relative_margin, cv or se. A design effect multiplies n0, being measured
 * against simple random sampling without replacement; for Wilson and the log odds that is their interval with the effective
 * number of answers.
 *
 * Metadata: method ("yamane/1", "cochran/1", "wilson/1", "log_odds/1"), formula, assumes, the target (margin, relative_margin, cv
 * or se), p, z, deff, response, per_household (when given), level (not for yamane), total_n, total_issued, total_households
 * (with per_household).
 *
 * @param ctx context or NULL
 * @param population N of each unit: numbers ≥ 0, not necessarily whole; infinity = no finite population
 *        correction. NULL: one unit of infinite population
 * @param opts options, or NULL
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT out is NULL; no units
 * @retval SIPAS_ERR_OPTION an option outside its range; minimum above maximum; p, level, deff or another target than a margin
 *        given for yamane, whose formula fixes them; two targets; cv or se for an interval method; a margin of ½ or more
 *        for one, whose intervals are never so wide
 * @retval SIPAS_ERR_LENGTH `code` is not as long as `population`
 * @retval SIPAS_ERR_TYPE population is text; codes that are no codes
 * @retval SIPAS_ERR_MISSING a population or code is missing or NaN; names the unit
 * @retval SIPAS_ERR_VALUE a population is negative, or a sample size is beyond 2^53; names the unit
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(units). Since 0.1. Golden: test_size, sizes.tsv.
 * Threads: context.
 */
SIPAS_API sipas_status sipas_size_proportion(sipas_ctx *ctx, const sipas_column *population,
                                             const sipas_size_opts *opts, sipas_table **out, sipas_error *err);

/**
 * What n answers are worth for a share: the inverse of sipas_size_proportion().
 *
 * Returns the schema "precision", one row per unit: code (when given), population, n, estimate (the share expected), se,
 * margin (half the length of the interval of the method), lower and upper (its limits), cv, formula. Metadata: method, assumes,
 * p, z, deff, level (not for yamane).
 *
 * SE² = deff N/(N-1) p (1 - p) (1/n - 1/N); the intervals of Wilson and of the log odds are taken at the effective number of
 * answers p (1 - p) / SE². Yamane's SE² is (1/n - 1/N) / 4. Targets, response, minimum, maximum, multiple, rounding and
 * per_household are checked but play no part, so that one set of options serves both ways.
 *
 * @param ctx context or NULL
 * @param population as for sipas_size_proportion(); one row stands for all units
 * @param n answers of each unit, > 0 and at most its population, not necessarily whole; one row stands for all units
 * @param opts options, or NULL
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT out or n is NULL; no units
 * @retval SIPAS_ERR_VALUE n is not > 0, infinite, or above the population; names the unit
 * @retval SIPAS_ERR_OPTION SIPAS_ERR_LENGTH SIPAS_ERR_TYPE SIPAS_ERR_MISSING SIPAS_ERR_MEMORY as sipas_size_proportion()
 *
 * O(units). Since 0.1. Golden: test_size.
 * Threads: context.
 */
SIPAS_API sipas_status sipas_precision_proportion(sipas_ctx *ctx, const sipas_column *population, const sipas_column *n,
                                                  const sipas_size_opts *opts, sipas_table **out, sipas_error *err);

/** What a figure is. */
enum {
    SIPAS_FIGURE_DEFAULT = 0,    /**< = SIPAS_FIGURE_PROPORTION */
    SIPAS_FIGURE_PROPORTION = 1, /**< a share: `p` */
    SIPAS_FIGURE_MEAN = 2,       /**< a mean: `sd`, and `mean` for relative targets */
    SIPAS_FIGURE_TOTAL =
        3, /**< a population total: `sd` and `mean` of one person; N must be finite for absolute targets */
    SIPAS_FIGURE_RATIO = 4, /**< a ratio of two totals Y / X: mean and sd of y, mean_x and sd_x of x, their
                                      correlation. S² = (S_y² + R² S_x² - 2 R r S_y S_x) / x̄², R = ȳ / x̄. Cochran (1977),
                                      §6.4, eq. 6.13 */
    SIPAS_FIGURE_INDEX = 5  /**< a composite index Σ w_j m_j of item means: `weights`, `covariance` of the items, and
                                      `answered`, the share that answers each item, when not all do. S² = Σ_j Σ_k w_j w_k s_jk,
                                      each s_jj divided by the share that answers j: every item's mean is taken over those
                                      who answered it, and items are skipped independently (Woodruff 1971, JASA 66:411) */
};

/** What a figure is compared with. */
enum {
    SIPAS_COMPARE_NONE = 0, /**< nothing: it is the figure itself that is wanted */
    SIPAS_COMPARE_UNITS =
        1, /**< the same figure of another unit with as large a population, from a sample of its own */
    SIPAS_COMPARE_ROUNDS = 2 /**< the same figure of the same unit in another round, perhaps with persons in common */
};

/**
 * One figure that the survey is to give, what is expected of it, and how precise it has to be.
 *
 * *Target*: one of margin, relative_margin, cv and se. A share without any has a margin of 0.05. A comparison without any is
 * to find `difference` with `power`. Relative targets are relative to the figure, in a comparison to the difference.
 */
typedef struct sipas_size_figure {
    uint32_t struct_size; /**< size of this struct as the caller knows it; the same in all figures of a call */
    int32_t statistic;    /**< SIPAS_FIGURE_ */
    int32_t method;       /**< SIPAS_SIZE_, for a share that is not compared */
    int32_t compare;      /**< SIPAS_COMPARE_ */
    const char *name;     /**< for messages and the result; NULL = its number, from 1 */

    double p;                       /**< expected share in (0, 1); 0 = 0.5 */
    double mean;                    /**< expected mean; 0 = not known */
    double sd;                      /**< expected standard deviation between persons, ≥ 0; 0 counts with `sd_given` */
    double mean_x;                  /**< ratio: mean of x, not 0 */
    double sd_x;                    /**< ratio: standard deviation of x, ≥ 0 */
    double correlation;             /**< ratio: of y and x, in [-1, 1] */
    const sipas_column *weights;    /**< index: a weight per item */
    const sipas_column *covariance; /**< index: items × items numbers, row after row */
    const sipas_column *answered;   /**< index: share in (0, 1] that answers each item; NULL = all answer all */
    const sipas_column *p_of;       /**< instead of p, for each unit */
    const sipas_column *mean_of;    /**< instead of mean, for each unit */
    const sipas_column *sd_of;      /**< instead of sd, for each unit; for a mean or total */
    double domain;                  /**< share of the population, in (0, 1], that the figure is about (women, users of a
                                         service), when they cannot be sampled by themselves: a share P of the answers is
                                         theirs. p, mean and sd are theirs; a total is theirs too, and its variance that of
                                         a variable which is 0 outside: S² = P sd² + P (1 - P) mean². 0 = 1. Valliant, Dever
                                         and Kreuter (2018), §3.5.2 */
    double deff;                    /**< design effect of this figure, > 0; 0 = that of the options */
    double take;        /**< answers per PSU, ≥ 1, when answers are clustered: the design effect is multiplied by
                                         1 + (b - 1) δ with b = take P, at least 1 (Kish 1965, §5.4); deff is then that of the
                                         weights and the rest. 0 = not clustered */
    double homogeneity; /**< δ in [0, 1] of the figure within PSUs, for take */
    const sipas_column
        *homogeneity_of; /**< index, instead: δ_j of each item. PSU means of items are taken to be correlated as
                                             the items are: B = Σ_j Σ_k w_j w_k √(δ_j δ_k) s_jk takes the place of δ S², with b - 1
                                             answers, of an item with itself b - 1/answered (at least 0) */

    double margin;          /**< half-width of the interval, > 0 */
    double relative_margin; /**< margin / |figure|, > 0 */
    double cv;              /**< standard error / |figure|, > 0 */
    double se;              /**< standard error, > 0 */

    double difference; /**< other minus this one; not 0 where it is to be found. A share: p + difference must lie in
                                     (0, 1); 0 = the two are alike */
    double sd_other; /**< standard deviation of the other, ≥ 0; 0 = the same, unless `sd_other_given`. Not for shares */
    double power;    /**< probability in (0, 1) to find the difference, with its right sign; 0 = 0.8 */
    double ratio;    /**< answers of the other / answers here, > 0; 0 = 1 */
    double n_other; /**< answers of the other, when they are given (the last round), > 0; 0 = not given */
    double overlap; /**< rounds: share in [0, 1] of the answers here that come from persons who are in the other
                                     round too; 0 = two samples drawn independently */
    double overlap_correlation; /**< rounds: correlation between the rounds of one person's values, in (-1, 1) */
    int32_t sides;              /**< of the test: 2 or 1; 0 = 2 */
    int32_t reserved;           /**< 0 */
    int32_t sd_given;           /**< 1 = `sd` counts, even 0: persons do not differ */
    int32_t sd_other_given;     /**< 1 = `sd_other` counts, even 0 */
    double df;                  /**< degrees of freedom as in sipas_size_opts; 0 (and no psus) = those of the options */
    double psus;                /**< instead of df: PSUs of a unit, > 1 */
} sipas_size_figure;

/** Initialiser of a ::sipas_size_figure. */
#define SIPAS_SIZE_FIGURE_INIT                                                                                      \
    {                                                                                                               \
        sizeof(sipas_size_figure), 0, 0, 0, NULL, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, NULL, NULL, NULL, NULL, NULL, NULL, \
            0.0, 0.0, 0.0, 0.0, NULL, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0, 0, 0, 0.0, 0.0   \
    }

/** Sets every field to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_size_figure_init(sipas_size_figure *figure);

/**
 * The least number of answers that serves all of several figures, for each unit of a list.
 *
 * Every figure has a variance
 *
 *     V(n) = deff (a/n - c/N + k)
 *
 * with a = c = S² / P and k = 0 when it stands alone, deff times 1 + (take P - 1) δ where answers are clustered. The difference of two figures with n and r n answers, n g of them from
 * persons in both:
 *
 *     a = S_1² + S_2²/r - 2 ρ g S_1 S_2/r,   c = S_1² + S_2² - 2 ρ S_1 S_2 (the last term only where g > 0),   k = 0
 *
 * or with m answers of the other given: a = S_1², k = (S_2² - 2 ρ g S_1 S_2)/m (Tam 1984, Am. Stat. 38:288; Kish 1965, Survey
 * Sampling, §12.4). Shares have S² = N/(N-1) p (1 - p). The n that gives V(n) = V_0 is n_exact, with V_0 = (e/z)², se², (cv
 * figure)² or, for power, (difference / (z_sides + z_power))², where z_sides belongs to level and sides (Cochran 1977, §4.4
 * and 4.6; Valliant, Dever and Kreuter 2018, §3.2 and ch. 4). Power counts a difference that is found with its right sign
 * only. No pooled variance is used for shares: each has its own.
 *
 * With df (or psus) t takes the place of z, and the shift of the noncentral t that is found with the power wanted that of z_sides +
 * z_power (Lenth 1989, Appl. Stat. 38:185): df of the figure, 2 df (df + 1)/(df + 2) for the difference of two samples drawn apart (the
 * harmonic mean of Welch's estimate for equal variances: 3 from twice 3 PSUs). Answers in clusters (`take`) of which a unit has fewer than 30, without df or psus: noted ("few_psus"), for what z
 * promises is then too good.
 *
 * Returns the schema "size" as sipas_size_proportion(), with two columns more: figure (the one that needs most answers in the
 * unit: the first of equals) and, when a figure is compared, n_other (answers the other sample needs: r n, or as given).
 * minimum, maximum, multiple, response and per_household work as there. Notes as there.
 *
 * Metadata: method ("size_figures/1"), level, response, per_household (when given), figures (their number), total_n,
 * total_issued, total_households (with per_household).
 *
 * @param ctx context or NULL
 * @param population N of each unit as for sipas_size_proportion(); one row stands for all units. NULL: infinite; there are then
 *        as many units as `code`, p_of, mean_of or sd_of have rows, or one
 * @param figures n_figures of them
 * @param n_figures ≥ 1
 * @param opts options, or NULL; method, margin, relative_margin, cv, se and p belong to the figures and must be 0
 * @param[out] out the table; the caller's
 * @param err may be NULL; its column is the position of the figure to blame, its row the unit
 * @retval SIPAS_ERR_ARGUMENT out or figures is NULL; no figure; no units
 * @retval SIPAS_ERR_OPTION an option or field outside its range or where it has no use; no target or several; names figure and
 *        field
 * @retval SIPAS_ERR_LENGTH a column of units, weights, covariances or answered shares has a length that does not fit
 * @retval SIPAS_ERR_TYPE SIPAS_ERR_MISSING as for a column of numbers
 * @retval SIPAS_ERR_VALUE a population, p_of, sd_of … out of its range; the covariances are not symmetric or give the index a
 *        negative variance; a total with an absolute target in an infinite population; a size beyond 2^53; names figure
 *        and unit
 * @retval SIPAS_ERR_INFEASIBLE the answers given of the other round are too few for the target, however many are asked
 *        here; more persons in common than the other round has
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(units × figures + items²). Since 0.1. Golden: sizes.tsv.
 * Threads: context.
 */
SIPAS_API sipas_status sipas_size_figures(sipas_ctx *ctx, const sipas_column *population,
                                          const sipas_size_figure *figures, int32_t n_figures,
                                          const sipas_size_opts *opts, sipas_table **out, sipas_error *err);

/**
 * What n answers are worth for each of several figures: the inverse of sipas_size_figures().
 *
 * Returns the schema "precision", one row per unit and figure, the figures of a unit together: code (when given), figure,
 * population, n, estimate (the figure expected, in a comparison the difference; missing when it is not known), se, margin, lower,
 * upper, cv, and, when a figure is compared, power (of finding the difference; missing when it is 0) and minimum_difference (the
 * least one that is found with the figure's power, in the direction of `difference`, upwards when that is 0; for shares the
 * variance changes with it, and it is missing with a note "no_difference_found" when not even a share of 0 or 1 could be told),
 * formula. The standard error of a total in an infinite population is missing, its cv is not.
 *
 * Targets are not needed; those given are checked. Metadata: method ("precision_figures/1"), level, figures.
 *
 * @param ctx context or NULL
 * @param population as for sipas_size_figures()
 * @param n answers of each unit, > 0 and at most its population, not necessarily whole; one row stands for all units
 * @param figures,n_figures,opts as for sipas_size_figures()
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT SIPAS_ERR_OPTION SIPAS_ERR_LENGTH SIPAS_ERR_TYPE SIPAS_ERR_MISSING SIPAS_ERR_VALUE
 *        SIPAS_ERR_INFEASIBLE SIPAS_ERR_MEMORY as sipas_size_figures() and sipas_precision_proportion()
 *
 * O(units × figures + items²). Since 0.1. Golden: sizes.tsv.
 * Threads: context.
 */
SIPAS_API sipas_status sipas_precision_figures(sipas_ctx *ctx, const sipas_column *population, const sipas_column *n,
                                               const sipas_size_figure *figures, int32_t n_figures,
                                               const sipas_size_opts *opts, sipas_table **out, sipas_error *err);

/** Options of sipas_size_ranking() and sipas_precision_ranking(). */
typedef struct sipas_size_ranking_opts {
    uint32_t struct_size;           /**< size of this struct as the caller knows it */
    int32_t ascending;              /**< 1 = the smallest value is rank 1; 0 = the largest */
    const sipas_column *population; /**< N of each unit as for sipas_size_proportion(); NULL = infinite */
    const sipas_column *code;       /**< codes of the units; NULL = none */
    const sipas_column *sd_of;      /**< standard deviation between persons of each unit, > 0; or */
    double sd;            /**< that of all units, > 0. Neither: values are shares in (0, 1), sd² = v (1 - v) */
    double deff;          /**< design effect > 0; 0 = 1 */
    double level;         /**< confidence level of the rank intervals; 0 = 0.95 */
    double power;         /**< probability in (0, 1) for delta and top; 0 = 0.8 */
    double delta;         /**< target: any two units that lie at least this far apart are told apart, > 0; 0 = none */
    double width;         /**< target: mean expected width of the rank intervals, in (0, units - 1); 0 = none */
    int64_t top;          /**< target: the best so many are told apart from all others, 1 … units - 1; 0 = none */
    double response;      /**< as in sipas_size_opts */
    double per_household; /**< as in sipas_size_opts */
    int64_t minimum;      /**< as in sipas_size_opts */
    int64_t maximum;      /**< as in sipas_size_opts */
    int64_t multiple;     /**< as in sipas_size_opts */
    int32_t rounding;     /**< SIPAS_SIZE_ROUND_ */
    int32_t reserved;     /**< 0 */
    double df;            /**< degrees of freedom of one unit's standard error, as in sipas_size_opts */
    double psus;          /**< instead of df: PSUs of a unit, > 1 */
} sipas_size_ranking_opts;

/** Initialiser of a ::sipas_size_ranking_opts. */
#define SIPAS_SIZE_RANKING_OPTS_INIT                                                                                 \
    {                                                                                                                \
        sizeof(sipas_size_ranking_opts), 0, NULL, NULL, NULL, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0.0, 0.0, 0, 0, 0, 0, \
            0, 0.0, 0.0                                                                                              \
    }

/** Sets every option to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_size_ranking_opts_init(sipas_size_ranking_opts *opts);

/**
 * How many answers each unit needs before a ranking says something.
 *
 * The ranking is that of sipas_rank_league(): each unit's rank interval comes from one-sided tests of its P - 1 differences
 * with Holm's correction, 2 (P - 1) hypotheses in all. From true values v that are assumed (those of the last round) and n
 * answers in every unit, SE_i² = deff sd_i² (1/n - 1/N_i), t_ij = (v_i - v_j) / √(SE_i² + SE_j²), the units being independent and
 * their degrees of freedom many. With c_r = z(α / (2 (P - 1) - r)), the bound that Holm's test has after r rejections, the
 * least n is found that keeps *all* targets given:
 *
 * - `delta`: two units that lie delta apart are told apart with the power wanted whatever the other units are:
 *   delta / √(SE_i² + SE_j²) ≥ c_0 + z(power) for the two largest SE;
 * - `top`: each of the best `top` units has a rank interval within 1 … top: Σ P(not told apart) ≤ 1 - power over all pairs of one
 *   of them and one of the others. Of one unit the
 *   other units are tested in order of |t|, the r-th at c_(r-1); that all are passed at these bounds is enough for Holm's test,
 *   and Boole's inequality joins them: the power is at least that wanted;
 * - `width`: the mean over the units of the expected rank_upper - rank_lower = P - 1 - R_j, where R_j, the expected number of
 *   others told apart from j, solves R = Σ_i Φ(t_ij - c_R) + Φ(-t_ij - c_R), which has one solution. An approximation: it puts the
 *   expected number of rejections where Holm's test has the number itself.
 *
 * With df (or psus) every z is a t and every Φ a noncentral t, of the mean over the pairs of the degrees of freedom that Welch's test
 * will have: df (V_i + V_j)²/(V_i² + V_j²) (1 - 4 V_i V_j/(V_i + V_j)²/(df + 2)) at equal n; R is then the least solution.
 *
 * No simulation. (Mogstad, Romano, Shaikh and Wilhelm 2024, REStud 91:476, for the intervals; Holm 1979, Scand. J. Stat. 6:65.)
 *
 * Returns the schema "size", one row per unit: code (when given), population, n_exact (the same in all, but not above the
 * population), n, issued, households (with per_household), fraction, formula (of the target that binds). Notes as there.
 *
 * Metadata: df (of a difference, when given), method ("size_ranking/1"), binding ("delta", "top" or "width"), n_delta, n_top, n_width (n for each target given),
 * level, power, deff, response, total_n, total_issued, total_households (with per_household).
 *
 * @param ctx context or NULL
 * @param value assumed true value of each unit, at least two
 * @param opts options with at least one target
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT out, value or opts is NULL
 * @retval SIPAS_ERR_OPTION an option outside its range; no target
 * @retval SIPAS_ERR_LENGTH SIPAS_ERR_TYPE SIPAS_ERR_MISSING a column of another length or type, or with a missing cell
 * @retval SIPAS_ERR_VALUE a value that should be a share and is not; a standard deviation or population out of its range;
 *        names the unit; a size beyond 2^53
 * @retval SIPAS_ERR_TOO_FEW fewer than two units
 * @retval SIPAS_ERR_INFEASIBLE a target that no number of answers reaches: equal values at the edge of the top, or so many that
 *        the width cannot be
 * @retval SIPAS_ERR_CONVERGENCE R was not found (not for levels above 1/2)
 * @retval SIPAS_ERR_CANCELLED the progress callback asked to stop
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(units) for delta, O(top × units log units) for top, O(units²) for width, each some 60 times. Since 0.1. Golden:
 * test_size_ranking.
 * Threads: context.
 */
SIPAS_API sipas_status sipas_size_ranking(sipas_ctx *ctx, const sipas_column *value,
                                          const sipas_size_ranking_opts *opts, sipas_table **out, sipas_error *err);

/**
 * What n answers in each unit are worth for a ranking: the inverse of sipas_size_ranking().
 *
 * Returns the schema "precision_ranking", one row per unit in the order given: code (when given), value, n, se, rank, rank_lower
 * and rank_upper (expected limits of its rank interval), width (rank_upper - rank_lower), power_next (probability to tell it from
 * the next worse unit, c_R being its bound; missing for the worst).
 *
 * Metadata: method ("precision_ranking/1"), level, power, deff, width (the mean), delta (the least difference that any two
 * units are told apart at with the power wanted), top_power (with `top`: at least this is the probability that the best so many
 * are told apart from all others).
 *
 * @param ctx context or NULL
 * @param value assumed true value of each unit, at least two
 * @param n answers of each unit, > 0 and at most its population; one row stands for all units
 * @param opts options, or NULL; delta, width, response, per_household, minimum, maximum, multiple, rounding play no part
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT SIPAS_ERR_OPTION SIPAS_ERR_LENGTH SIPAS_ERR_TYPE SIPAS_ERR_MISSING SIPAS_ERR_VALUE
 *        SIPAS_ERR_TOO_FEW SIPAS_ERR_CANCELLED SIPAS_ERR_MEMORY as sipas_size_ranking()
 *
 * O(units²). Since 0.1. Golden: test_size_ranking.
 * Threads: context.
 */
SIPAS_API sipas_status sipas_precision_ranking(sipas_ctx *ctx, const sipas_column *value, const sipas_column *n,
                                               const sipas_size_ranking_opts *opts, sipas_table **out,
                                               sipas_error *err);

/** One stage of a multi-stage sample: PSUs first, persons last. */
typedef struct sipas_size_stage {
    uint32_t struct_size; /**< size of this struct as the caller knows it; the same in all stages of a call */
    int32_t reserved;     /**< 0 */
    const char *name;     /**< for messages and the result; NULL = its number, from 1 */
    double cost;          /**< of one unit of this stage, > 0, without the units below it */
    double
        homogeneity; /**< δ in [0, 1]: how alike the units below one unit of this stage are, as a share of variance (the
                               intraclass correlation). Not for the last stage */
    double k;        /**< variance between and within units of this stage over the unit relvariance, > 0; 0 = 1. Not
                               for the last stage */
    double relvariance; /**< instead of δ and k, in all stages or in none: v_i ≥ 0, the column `relvariance` of
                               sipas_components_frame() or sipas_components_sample() */
    double population;  /**< units of this stage in one unit of the stage above, ≥ 1; 0 = infinite */
    double n;           /**< units of this stage in one of the stage above: given, not sought; ≥ 1; 0 = sought */
    int64_t minimum;    /**< no fewer; 0 = 1, at the first stage 2 (from one PSU no variance can be estimated) */
    int64_t maximum;    /**< no more; 0 = none but the population */
    int64_t multiple;   /**< field design: a multiple of this; 0 = 1 */
} sipas_size_stage;

/** Initialiser of a ::sipas_size_stage. */
#define SIPAS_SIZE_STAGE_INIT                                                    \
    {                                                                            \
        sizeof(sipas_size_stage), 0, NULL, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0, 0 \
    }

/** Sets every field to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_size_stage_init(sipas_size_stage *stage);

/** What the variances of stages are of: relvariances, or those that δ, k and the unit relvariance stand for. */
enum {
    SIPAS_COMPONENTS_DEFAULT = 0, /**< = SIPAS_COMPONENTS_MODEL */
    SIPAS_COMPONENTS_MODEL =
        1, /**< σ_i² of a nested model, as sipas_components_sample() and intraclass correlations have them:
                                          the variance between the unit effects themselves. Units of a finite population differ
                                          also because the units in them are few, so that with N_j units at stage j in one of the
                                          stage above v_i = σ_i² + v_(i+1)/N_(i+1) */
    SIPAS_COMPONENTS_POPULATION = 2 /**< v_i, the variance between the means of the units of a finite population, as
                                          sipas_components_frame() has it */
};

/** Options of sipas_size_stages() and sipas_precision_stages(). */
typedef struct sipas_size_stages_opts {
    uint32_t struct_size; /**< size of this struct as the caller knows it */
    int32_t reserved;     /**< 0 */
    double
        relvariance; /**< unit relvariance: variance between persons over mean², > 0; 0 = 1. A share: (1 - p) / p. Not where
                               the stages have relvariances */
    double budget;        /**< cost that must not be passed, > 0; or */
    double cv;            /**< coefficient of variation that must not be passed, > 0 */
    double fixed_cost;    /**< cost that does not depend on the design, ≥ 0; part of the budget */
    double response;      /**< share of the persons asked who will answer, in (0, 1]; 0 = 1 */
    double level;         /**< confidence level of the relative margin in the metadata; 0 = 0.95 */
    double per_household; /**< as in sipas_size_opts */
    double df;            /**< degrees of freedom of the relative margin, PSUs less strata, > 0; 0 = many */
    int32_t components;   /**< SIPAS_COMPONENTS_ */
    int32_t reserved2;    /**< 0 */
} sipas_size_stages_opts;

/** Initialiser of a ::sipas_size_stages_opts. */
#define SIPAS_SIZE_STAGES_OPTS_INIT                                                     \
    {                                                                                   \
        sizeof(sipas_size_stages_opts), 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0 \
    }

/** Sets every option to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_size_stages_opts_init(sipas_size_stages_opts *opts);

/**
 * How many units at each of two or three stages: the most precise design for a budget, or the cheapest for a CV.
 *
 * With n_i units in each unit of the stage above, x_i = n_1 … n_i in all, and c_i the cost of one:
 *
 *     CV² = Σ_i v_i/x_i (1 - n_i/N_i),   cost = fixed + Σ_i c_i x_i
 *     v_i = relvariance k_i δ_i,   at the last stage relvariance k (1 - δ), k and δ of the stage before
 *
 * with σ_i² in the place of v_i, and v_i made of them, under SIPAS_COMPONENTS_MODEL, the default: it matters where populations are
 * finite (Cochran 1977, §10.4; Searle, Casella and McCulloch 1992, §1.4).
 *
 * (Hansen, Hurwitz and Madow 1953, Sample Survey Methods and Theory I, ch. 6 and 7; Cochran 1977, §10.6 and 10.8; Valliant, Dever
 * and Kreuter 2018, §9.2 and 9.3). Two answers:
 *
 * - *continuous*: the optimum over real numbers within the bounds. Without bounds x_i is proportional to √(v_i/c_i); every
 *   choice of stages that lie on a bound is solved in this way and the best feasible one taken, which is the optimum since the
 *   problem is convex in log n;
 * - *field*: the optimum over whole numbers within the bounds, multiples of `multiple`. All designs are searched, outward from
 *   the continuous one; a direction is left where a lower bound of what lies beyond, the value with a continuous number of PSUs,
 *   passes the best found. Equal designs: the cheaper one, then fewer PSUs.
 *
 * Returns the schema "stages", one row per stage: stage, name, n_exact and total_exact (continuous n_i and x_i), n and total
 * (field), issued (n, at the last stage over the response, rounded up: how many persons to ask in one unit of the stage above),
 * households (with `per_household`, at the last stage: how many to visit there, over the response and per_household, rounded up
 * once),
 * cost (of the stage in the field design), relvariance (its part of CV² there), share (of CV²).
 *
 * Metadata: method ("size_stages/2"), components ("model", "population"), formula, budget or cv_wanted, cv_exact, cost_exact, cv, cost, relative_margin (z CV; with
 * df: t CV), deff (CV² over that of a simple random sample of as many persons), designs (how many were tried).
 *
 * @param ctx context or NULL
 * @param stages n_stages of them
 * @param n_stages 2 or 3
 * @param opts options: budget or cv is needed
 * @param[out] out the table; the caller's
 * @param err may be NULL; its column is the position of the stage to blame
 * @retval SIPAS_ERR_ARGUMENT out, stages or opts is NULL; n_stages is not 2 or 3
 * @retval SIPAS_ERR_OPTION a field outside its range or where it has no use; budget and cv both or neither; n that is not
 *        whole; names the stage
 * @retval SIPAS_ERR_INFEASIBLE the budget does not pay for the fewest units; the CV is not reached with the most
 * @retval SIPAS_ERR_VALUE more than 2^53 units
 * @retval SIPAS_ERR_CONVERGENCE no best design in whole numbers after 2^22 steps: costs or variances of the stages are worlds apart, and
 *         nothing bounds them
 * @retval SIPAS_ERR_CANCELLED the progress callback asked to stop
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(designs tried), as a rule some hundreds. Since 0.1. Golden: stages.tsv.
 * Threads: context.
 */
SIPAS_API sipas_status sipas_size_stages(sipas_ctx *ctx, const sipas_size_stage *stages, int32_t n_stages,
                                         const sipas_size_stages_opts *opts, sipas_table **out, sipas_error *err);

/**
 * What a multi-stage design is worth and costs: the inverse of sipas_size_stages().
 *
 * Every stage has its n, not necessarily whole. Returns the schema "stages" without n, total and issued; n_exact is n.
 * Metadata: method ("precision_stages/2"), components, formula, cv, cost, relative_margin, deff. Fewer than 30 PSUs and no df: noted ("few_psus"),
 * here as there.
 *
 * @param ctx context or NULL
 * @param stages,n_stages as for sipas_size_stages(), each with n; minimum, maximum and multiple play no part
 * @param opts options, or NULL; budget and cv play no part
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT SIPAS_ERR_OPTION SIPAS_ERR_MEMORY as sipas_size_stages(); a stage without n, or with n above its
 *        population
 *
 * O(stages). Since 0.1. Golden: test_size_stages.
 * Threads: context.
 */
SIPAS_API sipas_status sipas_precision_stages(sipas_ctx *ctx, const sipas_size_stage *stages, int32_t n_stages,
                                              const sipas_size_stages_opts *opts, sipas_table **out, sipas_error *err);

/**
 * Variance components and intraclass correlations from the answers of the last round.
 *
 * Analysis of variance with weights: for units u of a level (PSUs, second-stage units, persons) within their parents
 *
 *     SS_l = Σ_u w_u (ȳ_u - ȳ_parent)²,   w_u and ȳ_u the sum and the mean by weight of what lies in u
 *
 * whose expectation in a nested random model is Σ_(k ≥ l) c_lk σ_k², with c_lk = Q_kl - Q_k(l-1) and Q_kl = Σ_u Σ_v w_v² / w_u over units
 * v of level k in units u of level l. The equations are solved from the persons up. With equal weights these are the estimators
 * of the unbalanced nested analysis of variance (Henderson 1953, Biometrics 9:226, method 1; Searle, Casella and McCulloch 1992,
 * Variance Components, §3.6 and 5.2), with equal units the textbook's (MSB - MSW)/n. Unbiased for every set of weights that does
 * not depend on the answers. Strata are fixed: what differs between them is in no component.
 *
 * Returns the schema "components", one row per level: stage (from 1), name ("psu", "ssu", "person"), units, variance (σ², as it
 * comes out), relvariance (σ² / mean², 0 where negative), homogeneity (σ_psu² over the sum of all, σ_ssu² over that of ssu and
 * person; missing for persons), k (the sum that the homogeneity is a share of, over the sum of all; missing for persons). Columns
 * relvariance, or homogeneity and k with the unit relvariance of the metadata, are what a ::sipas_size_stage takes.
 *
 * Notes: "negative_component" where σ² came out negative: the units are no more alike than chance has it, and relvariance and
 * homogeneity are 0. "mean_zero": nothing is relative to a mean of 0, and relvariances are missing. Metadata: method
 * ("components_sample/1"), components ("model"), formula, mean, unit_relvariance (Σ σ² / mean²), n.
 *
 * @param ctx context or NULL
 * @param y answers; a row without one is left out
 * @param weights one per row, ≥ 0; NULL = 1 each
 * @param strata one column of strata, or NULL
 * @param clusters n_stages columns of unit ids, PSUs first; ids nest in their parents
 * @param n_stages 1 or 2
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT out, y or clusters is NULL; n_stages is not 1 or 2
 * @retval SIPAS_ERR_LENGTH SIPAS_ERR_TYPE a column of another length or of a type that does not fit
 * @retval SIPAS_ERR_MISSING a weight, stratum or id is missing; names the row
 * @retval SIPAS_ERR_VALUE a weight is negative or infinite, or an answer is infinite; names the row
 * @retval SIPAS_ERR_TOO_FEW a component cannot be told: no unit of some level has two of the next
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(rows), 24 to 36 bytes a row. Since 0.1. Golden: test_components.
 * Threads: context.
 */
SIPAS_API sipas_status sipas_components_sample(sipas_ctx *ctx, const sipas_column *y, const sipas_column *weights,
                                               const sipas_column *strata, const sipas_column *clusters,
                                               int32_t n_stages, sipas_table **out, sipas_error *err);

/** How PSUs are to be drawn from a frame. */
enum {
    SIPAS_PSU_DEFAULT = 0, /**< = SIPAS_PSU_EQUAL */
    SIPAS_PSU_EQUAL = 1,   /**< with equal probability */
    SIPAS_PSU_PERSONS = 2, /**< with probability proportional to their rows of the frame */
    SIPAS_PSU_MEASURE = 3  /**< with probability proportional to `size` */
};

/** What the variance within a unit with one element counts as. */
enum {
    SIPAS_SINGLE_DEFAULT = 0, /**< = SIPAS_SINGLE_ZERO */
    SIPAS_SINGLE_ZERO = 1,    /**< nothing: such a unit is taken whole */
    SIPAS_SINGLE_MEAN = 2     /**< as that of the other units on average, as PracTools has it by default */
};

/** Options of sipas_components_frame(). */
typedef struct sipas_components_opts {
    uint32_t struct_size; /**< size of this struct as the caller knows it */
    int32_t selection;    /**< SIPAS_PSU_ */
    int32_t single;       /**< SIPAS_SINGLE_ */
    int32_t reserved;     /**< 0 */
    const sipas_column
        *size; /**< SIPAS_PSU_MEASURE: measure of size of each row's PSU, > 0, the same in all its rows */
} sipas_components_opts;

/** Initialiser of a ::sipas_components_opts. */
#define SIPAS_COMPONENTS_OPTS_INIT                   \
    {                                                \
        sizeof(sipas_components_opts), 0, 0, 0, NULL \
    }

/** Sets every option to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_components_opts_init(sipas_components_opts *opts);

/**
 * Relvariance components of the estimated total under two- or three-stage sampling, from a whole frame.
 *
 * With M PSUs of totals t_i, T their sum, p_i the probability of a PSU in one draw (1/M, or proportional to size), N_i second-stage
 * units or persons in PSU i, S² variances with n - 1 below:
 *
 *     B² = Σ p_i (t_i/p_i - T)² / T²   (equal probability: M² S_t² / T²)
 *     two stages    W² = Σ N_i² S_i² / p_i / T²            S_i² between the persons of PSU i
 *     three stages  W_2² = Σ N_i² S_2i² / p_i / T²         S_2i² between the totals of its second-stage units
 *                   W_3² = Σ N_i/p_i Σ_j Q_ij² S_3ij² / T²   Q_ij persons of unit j, S_3ij² between them
 *
 * δ_1 = B²/(B² + W²), k_1 = (B² + W²)/V, δ_2 = W_2²/(W_2² + W_3²), k_2 = (W_2² + W_3²)/V, V the unit relvariance (Hansen, Hurwitz and Madow
 * 1953, ch. 9; Valliant, Dever and Kreuter 2018, §9.2 and 9.3). Columns and rows as sipas_components_sample(), without variances.
 *
 * Metadata: method ("components_frame/1"), components ("population"), formula, selection ("equal", "persons", "measure"), mean, unit_relvariance, within_psu
 * (W² as if there were two stages), n.
 *
 * @param ctx context or NULL
 * @param y value of each person of the frame; none may be missing
 * @param clusters n_stages columns of unit ids, PSUs first; ids nest in their parents
 * @param n_stages 1 (persons within PSUs) or 2
 * @param opts options, or NULL
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT out, y or clusters is NULL; n_stages is not 1 or 2
 * @retval SIPAS_ERR_OPTION an unknown option value; size without SIPAS_PSU_MEASURE or the reverse
 * @retval SIPAS_ERR_LENGTH SIPAS_ERR_TYPE a column of another length or of a type that does not fit
 * @retval SIPAS_ERR_MISSING a value, id or size is missing; names the row
 * @retval SIPAS_ERR_VALUE the total is 0 or not finite; a size is not > 0, or differs within a PSU
 * @retval SIPAS_ERR_TOO_FEW fewer than two PSUs, or no unit with two elements
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(rows), 24 to 36 bytes a row. Since 0.1. Golden: test_components.
 * Threads: context.
 */
SIPAS_API sipas_status sipas_components_frame(sipas_ctx *ctx, const sipas_column *y, const sipas_column *clusters,
                                              int32_t n_stages, const sipas_components_opts *opts, sipas_table **out,
                                              sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif

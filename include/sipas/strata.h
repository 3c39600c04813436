/**
 * @file strata.h
 * Forming strata from a size variable: where to cut, and what the cuts are worth.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_STRATA_H
#define SIPAS_STRATA_H

#include "base.h"
#include "column.h"
#include "table.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How the boundaries are found. */
enum {
    SIPAS_STRATA_DEFAULT = 0,    /**< = SIPAS_STRATA_LAVALLEE */
    SIPAS_STRATA_CUM_ROOT_F = 1, /**< equal shares of the cumulated √f, f = the frequencies of `bins` classes of equal
                                      width (Dalenius and Hodges 1959, JASA 54:88) */
    SIPAS_STRATA_GEOMETRIC = 2,  /**< b_h = min (max / min)^(h / L), for a skewed variable > 0 (Gunning and Horgan 2004,
                                      Surv. Methodol. 30:159) */
    SIPAS_STRATA_LAVALLEE = 3, /**< the least n, or variance, by search (Lavallée and Hidiroglou 1988, Surv. Methodol.
                                      14:33; by search over the values as Kozak 2004, Stat. Transit. 6:797) */
    SIPAS_STRATA_OPTIMAL = 4   /**< the least sum over strata by dynamic programming: exact, for up to 10,000 different
                                      values (Bühler and Deutler 1975, Metrika 22:161) */
};

/** Options of sipas_strata_cut(). */
typedef struct sipas_strata_opts {
    uint32_t struct_size; /**< size of this struct as the caller knows it */
    int32_t method;       /**< SIPAS_STRATA_ */
    int32_t allocation;   /**< how the sample is split over the strata that are not taken whole: SIPAS_ALLOCATE_NEYMAN
                               (= 0), _PROPORTIONAL, _EQUAL, or _POWER (of the stratum's total of x; not for optimal) */
    int32_t take_all;     /**< 1 = the top stratum is taken whole */
    int32_t power_given;  /**< 1 = `power` counts, even 0; 0 = ½ */
    int32_t bins;         /**< classes for cum_root_f, 2 … 100,000; 0 = 15 for each stratum */
    double power;         /**< exponent for SIPAS_ALLOCATE_POWER, 0 … 10 */
    double cv; /**< the coefficient of variation wanted of the estimated total of x, > 0: the least n is sought */
    int64_t n; /**< the sample size, > 0: the least variance is sought; instead of cv */
    int64_t least_size; /**< fewest units in a stratum; 0 = 2 */
} sipas_strata_opts;

/** Initialiser of a ::sipas_strata_opts. */
#define SIPAS_STRATA_OPTS_INIT                                   \
    {                                                            \
        sizeof(sipas_strata_opts), 0, 0, 0, 0, 0, 0.0, 0.0, 0, 0 \
    }

/** Sets every option to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_strata_opts_init(sipas_strata_opts *opts);

/**
 * Cuts the units of a frame into strata by a size variable.
 *
 * A stratum holds the units with boundary of the one before < x ≤ its own boundary; units of one value are never parted.
 * The sample is split over the strata by `allocation`, no stratum getting more than its units; with `take_all` the top
 * stratum is taken whole and the others share what is left. The variance is that of the estimated total of x,
 * V = Σ N² S² (1 / n - 1 / N), S with N - 1: the variable of the survey is taken to behave as x does.
 *
 * *lavallee* makes n least for a cv, or V for an n, n and V over real numbers. Up to a million ways to cut, all are looked
 * at; beyond, each boundary in turn is moved to where the criterion is least, from several first cuts (cum_root_f, geometric,
 * equal numbers of units, equal totals), until no move of one boundary betters it. No random numbers. *optimal* makes Σ N S
 * (neyman), Σ N S² (proportional) or Σ N² S² (equal) least, that is V without the finite population correction for neyman
 * and equal, with it for proportional; with `take_all` the size of the top stratum is settled in the same way.
 * The two differ where the correction matters.
 *
 * Returns the schema "strata", one row per stratum from the smallest x: stratum (1 … L), boundary (the rule's number: a
 * class limit, a term of the geometric row, or the largest x of the stratum; missing for the last), least, most (the
 * smallest and largest x in it), size (N), total, mean, sd (S), take_all, n_exact (real number), n (whole: exact for the
 * n or cv asked, at least one in each stratum; in proportion to the size, with a note "no_spread", where no stratum varies and
 * neyman has nothing to split by). Metadata: method, allocation, strata, values (how many differ), n, cv and se
 * (of the estimated total, with whole n), n_exact, cv_exact, criterion, evaluations, take_all.
 *
 * @param ctx context or NULL
 * @param x the size variable: finite numbers ≥ 0
 * @param n_strata L, 1 … 64
 * @param opts options with `n` or `cv`
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT x or out is NULL; no units
 * @retval SIPAS_ERR_OPTION an option outside its range; both or none of n and cv; power with optimal; more values than optimal
 *         takes
 * @retval SIPAS_ERR_TYPE x is text
 * @retval SIPAS_ERR_MISSING an x is missing or NaN; names the row
 * @retval SIPAS_ERR_VALUE an x is negative or infinite, or 0 with geometric; every x is 0
 * @retval SIPAS_ERR_INFEASIBLE fewer different values than strata; the rule leaves a stratum with fewer than `least_size`
 *         units (names it); n is larger than the frame, or too small for one in each stratum
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(units + values × L × rounds); optimal O(values² × L). Since 0.1.
 * Threads: context. Golden: test_strata.
 */
SIPAS_API sipas_status sipas_strata_cut(sipas_ctx *ctx, const sipas_column *x, int64_t n_strata,
                                        const sipas_strata_opts *opts, sipas_table **out, sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif

/**
 * @file size.h
 * How many people to ask: the sample size for a share, for many units in one call.
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

/** Formula of a sample size. */
enum {
    SIPAS_SIZE_DEFAULT = 0, /**< = SIPAS_SIZE_COCHRAN */
    SIPAS_SIZE_YAMANE = 1,  /**< n = N / (1 + N e²), known as Slovin's formula. It assumes z = 2 (a level of about
                                 95.45 %), a share of ½, one simple random sample without clusters, one unit and one
                                 figure, and that all answer. It says nothing about differences between units or years.
                                 Yamane, T. (1967), Statistics: An Introductory Analysis, 2nd ed., p. 886 */
    SIPAS_SIZE_COCHRAN = 2  /**< n0 = deff z² p (1 - p) / e², n = n0 / (1 + (n0 - 1) / N). Cochran, W. G. (1977),
                                 Sampling Techniques, 3rd ed., §4.4, eq. 4.1 and 4.2 */
};

/** How a sample size becomes a whole number. */
enum {
    SIPAS_SIZE_ROUND_DEFAULT = 0, /**< = SIPAS_SIZE_ROUND_UP */
    SIPAS_SIZE_ROUND_UP = 1,      /**< up: the margin is kept */
    SIPAS_SIZE_ROUND_NEAREST = 2  /**< to the nearest, halves up: as published tables often do */
};

/** Options of sipas_size_proportion(). */
typedef struct sipas_size_opts {
    uint32_t struct_size;     /**< size of this struct as the caller knows it */
    int32_t method;           /**< SIPAS_SIZE_ */
    double margin;            /**< e, half-width of the interval, in (0, 1); 0 = 0.05 */
    double p;                 /**< expected share in (0, 1); 0 = 0.5. Not for yamane */
    double level;             /**< confidence level in (0, 1); 0 = 0.95. Not for yamane */
    double deff;              /**< design effect > 0 against simple random sampling without replacement; 0 = 1. Not for
                                   yamane */
    double response;          /**< share of those asked who will answer, in (0, 1]; 0 = 1 */
    int64_t minimum;          /**< no unit with fewer, its population permitting; 0 = none */
    int64_t maximum;          /**< no unit with more; 0 = none */
    int64_t multiple;         /**< n and issued are rounded up to a multiple of this (5 per village); 0 = 1 */
    int32_t rounding;         /**< SIPAS_SIZE_ROUND_ */
    int32_t reserved;         /**< 0 */
    const sipas_column *code; /**< codes of the units, for messages and the result; NULL = none */
} sipas_size_opts;

/** Initialiser of a ::sipas_size_opts. */
#define SIPAS_SIZE_OPTS_INIT                                                     \
    {                                                                            \
        sizeof(sipas_size_opts), 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0, 0, 0, 0, NULL \
    }

/** Sets every option to its default. O(1). Since 0.1. */
SIPAS_API void sipas_size_opts_init(sipas_size_opts *opts);

/**
 * Sample size for estimating a share to within a margin, for each unit of a list.
 *
 * Returns the schema "size", one row per unit in the order given: code (when given), population, n_exact (the
 * formula's value), n (whole: at least `minimum`, at most `maximum` and the population, rounded up to the
 * multiple), issued (how many to ask so that n answer), fraction (n / N; 0 for an infinite population,
 * missing for an empty one), formula.
 *
 * `issued` is n_exact, brought within minimum and maximum, divided by the response and rounded once: rounding
 * n first would inflate it twice. It ends at the population, and so does n; each such unit has a note
 * ("population_reached"). A minimum above a unit's population is noted too ("minimum_above_population"). A
 * value within 1e-9 (relative) of a whole number counts as that number, so that 1 / 0.05² is 400.
 *
 * Metadata: method ("yamane/1", "cochran/1"), formula, assumes, margin, p, z, deff, response, level (not for yamane), total_n,
 * total_issued.
 *
 * @param ctx context or NULL
 * @param population N of each unit: numbers ≥ 0, not necessarily whole; infinity = no finite population
 *        correction. NULL: one unit of infinite population
 * @param opts options, or NULL
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT out is NULL; no units
 * @retval SIPAS_ERR_OPTION an option outside its range; minimum above maximum; p, level or deff given for
 *        yamane, whose formula fixes them
 * @retval SIPAS_ERR_LENGTH `code` is not as long as `population`
 * @retval SIPAS_ERR_TYPE population is text; codes that are no codes
 * @retval SIPAS_ERR_MISSING a population or code is missing or NaN; names the unit
 * @retval SIPAS_ERR_VALUE a population is negative, or a sample size is beyond 2^53; names the unit
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(units). Since 0.1. Golden: test_size.
 */
SIPAS_API sipas_status sipas_size_proportion(sipas_ctx *ctx, const sipas_column *population,
                                             const sipas_size_opts *opts, sipas_table **out, sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif

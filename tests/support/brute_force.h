/**
 * @file brute_force.h
 * Estimates and variances the long way, to hold the library against: row by row, straight from the textbook's
 * formulas, with plain loops over rows, strata and units, and nothing shared with the library.
 *
 *     V(s) = Σ_h (1 - f_h) n_h/(n_h - 1) Σ_i (t_hi - t̄_h)²  +  Σ_hi f_h V(s + 1 within hi)
 *     t_hi = Σ w z over the rows of the unit
 *
 * (Särndal, Swensson and Wretman 1992, §4.3; Cochran 1977, §11.8.) z is the linearized value of a row, 0 outside the
 * domain, so that every unit and stratum counts whether the domain reaches it or not.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BRUTE_FORCE_H
#define BRUTE_FORCE_H

#include <stddef.h>
#include <stdint.h>

enum { BRUTE_STAGES = 3 };

/** A design as plain arrays of n cells; NULL = not given. Labels need to be unique within their parent only. */
typedef struct brute_design {
    size_t n;
    const double *weight;
    int n_stages;                         /**< stages with ids; 0 = rows are the units */
    const int32_t *stratum[BRUTE_STAGES]; /**< stratum of the row's unit at a stage */
    const int32_t *unit[BRUTE_STAGES];    /**< the unit */
    const double
        *population[BRUTE_STAGES]; /**< number of units in the population of the stratum; INFINITY or NULL: drawn with
                                                 replacement. Given for the first stages only, if at all */
    const uint8_t *certain;        /**< 1 = the first-stage unit was drawn with certainty */
    int32_t lonely;                /**< SIPAS_LONELY_; but for AVERAGE */
} brute_design;

/**
 * Covariance of the totals of w a and w b; with a = b the variance. NaN when a stratum has one unit, is not taken
 * whole, and the rule is `error`.
 */
double brute_covariance(const brute_design *design, const double *a, const double *b);

/** Its root for a = b. */
double brute_se(const brute_design *design, const double *z);

/**
 * Total, mean and ratio over the rows with in[i] ≠ 0 (NULL = all), weight ≠ 0 and y (and x) not NaN; `z`, n cells,
 * gets the linearized values. NaN when there is no such row.
 */
double brute_total(const brute_design *design, const uint8_t *in, const double *y, double *z);
double brute_mean(const brute_design *design, const uint8_t *in, const double *y, double *z);
double brute_ratio(const brute_design *design, const uint8_t *in, const double *y, const double *x, double *z);

/** n(y, in): the number of such rows. */
int64_t brute_count(const brute_design *design, const uint8_t *in, const double *y);

/**
 * First-stage units and strata with a row of in[i] ≠ 0 (NULL = all) and weight ≠ 0; a certainty unit is a stratum,
 * and its next stage's units (rows, when there is none) are the first-stage units.
 */
void brute_psus(const brute_design *design, const uint8_t *in, int64_t *psus, int64_t *strata);

#endif

/**
 * @file num/roots.h
 * The one root finder: a bracket goes in, a root comes out.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_NUM_ROOTS_H
#define SIPAS_NUM_ROOTS_H

#include <sipas/base.h>

/** The function whose root is sought. An infinite value counts by its sign; NaN ends the search. */
typedef double (*sipas__root_fn)(double x, void *state);

/** Two points and the function's values there, of opposite sign or one of them zero. In any order. */
typedef struct sipas__bracket {
    double x[2];
    double f[2];
} sipas__bracket;

/** When to stop: the root lies within `absolute + relative · |x|` of the x that is returned. */
typedef struct sipas__root_tolerance {
    double absolute;        /**< less than 1e-300 is raised to it */
    double relative;        /**< less than 2^-51 is raised to it */
    int32_t max_iterations; /**< most evaluations of the function */
} sipas__root_tolerance;

/**
 * Brent's method.
 *
 * @param f the function; it is not evaluated at the ends of the bracket
 * @param state handed to `f`
 * @param[in,out] bracket finite ends; on return the narrowest bracket found, also when the search failed
 * @param tolerance see there
 * @param[out] root the end of the last bracket where |f| is smaller; a point where f is 0 is returned at once
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT an end is not finite, a value is NaN, or the values have one sign
 * @retval SIPAS_ERR_VALUE `f` gave NaN; the message says where
 * @retval SIPAS_ERR_CONVERGENCE max_iterations evaluations were not enough; the message says what they reached
 *
 * Converges for every function that changes its sign, at a jump too (there to one side of the jump).
 */
sipas_status sipas__root_brent(sipas__root_fn f, void *state, sipas__bracket *bracket,
                               const sipas__root_tolerance *tolerance, double *root, sipas_error *err);

#endif

/**
 * @file estimate_function.h
 * Smooth functions of weighted totals and means, with standard errors by the delta method.
 *
 * A function f of arguments x_1 … x_m (totals, means, weights; in estimate_contrast.h: rows of a table) has the linearized
 * value Σ_j (∂f/∂x_j) z_j, z_j that of its arguments, and the variance of the total of this value under the design
 * (Woodruff 1971, JASA 66:411; Särndal, Swensson and Wretman 1992, §5.5; Wolter 2007, ch. 6).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ESTIMATE_FUNCTION_H
#define SIPAS_ESTIMATE_FUNCTION_H

#include "estimate.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Functions of x_1 … x_m with coefficients c. */
enum {
    SIPAS_FUNCTION_LINEAR = 0, /**< Σ c_j x_j: sums, differences */
    SIPAS_FUNCTION_POWER = 1,  /**< Π x_j^c_j: products, quotients (c = -1), powers, geometric means (c = 1/m) */
    SIPAS_FUNCTION_LOG = 2,    /**< Σ c_j log x_j: logarithms of such products */
    SIPAS_FUNCTION_EXP = 3,    /**< exp(Σ c_j x_j) */
    SIPAS_FUNCTION_RATIOS = 4, /**< c_1 x_1/x_2 + c_2 x_3/x_4 + …: differences and sums of ratios; m even, m/2
                                    coefficients */
    SIPAS_FUNCTION_CALL = 5    /**< `call` */
};

/**
 * A function of the caller's. Fills value and derivatives at x.
 *
 * @param user as in the ::sipas_function
 * @param n number of arguments
 * @param x the arguments
 * @param[out] value f(x)
 * @param[out] gradient n numbers, ∂f/∂x_j
 * @return 0; anything else = there is no value at x, as when `value` or a derivative is left NaN or infinite
 *
 * Called on the thread that made the call, once per domain that has rows (and 2 n times more for a check).
 */
typedef int32_t (*sipas_function_call)(void *user, int64_t n, const double *x, double *value, double *gradient);

/** A function of estimates. A frozen value struct: set it to zero first, or use the initialiser. */
typedef struct sipas_function {
    const char *name;         /**< its name in the result; NULL = "f1", "f2" … */
    int32_t kind;             /**< SIPAS_FUNCTION_ */
    int32_t check;            /**< 1 = hold the derivatives of `call` against central differences */
    int64_t n_terms;          /**< m, number of arguments */
    const int64_t *term;      /**< m numbers of arguments, from 0; one may stand several times */
    const double *coef;       /**< coefficients c; NULL = all 1 */
    double scale;             /**< the result is constant + scale × f; 0 = 1 */
    double constant;          /**< change in per cent: POWER with c = 1, -1, scale 100, constant -100 */
    sipas_function_call call; /**< for SIPAS_FUNCTION_CALL, else NULL */
    void *user;               /**< handed to `call` */
} sipas_function;

/** Initialiser of a ::sipas_function. */
#define SIPAS_FUNCTION_INIT                             \
    {                                                   \
        NULL, 0, 0, 0, NULL, NULL, 0.0, 0.0, NULL, NULL \
    }

/** What of a variable is an argument. */
enum {
    SIPAS_ARGUMENT_TOTAL = 0, /**< Σ w y */
    SIPAS_ARGUMENT_MEAN =
        1, /**< Σ w y / Σ w. What is a function of means is best given as one: a large offset of y then
                                   costs no digits */
    SIPAS_ARGUMENT_WEIGHT = 2 /**< Σ w over the rows that have y */
};

/**
 * Functions of totals, means and weights of variables, for every domain of every level in one pass.
 *
 * Returns the schema "estimate"; `variable` is the name of the function, and rows are in the order of functions, then levels,
 * then groups. n and psus count the rows that have at least one of the function's variables. A domain where an argument
 * has no rows, or the function no value (log of a total ≤ 0, division by 0), has the estimate missing, with the note
 * "no_value"; a domain that lies in one PSU has the standard error missing, whatever the function. `opts->names` names the
 * arguments, in messages. Options and the rest as sipas_estimate_mean().
 *
 * @param design the design
 * @param y n_y number columns as long as the design; one may stand several times, for several arguments
 * @param argument n_y of SIPAS_ARGUMENT_: what of y[j] is argument j; NULL = all totals
 * @param n_y number of arguments, 1 … 2048
 * @param functions n_functions functions
 * @param n_functions number of functions
 * @param domains domains, or NULL for the whole
 * @param opts options, or NULL. `missing`: available (each argument over the rows that have its variable) or complete
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT a pointer is NULL; n_y or n_functions < 1, n_y > 2048; a function has no argument, an odd number
 *         of them for RATIOS, or no `call`; names the function
 * @retval SIPAS_ERR_OPTION an unknown kind or argument; an unknown option value
 * @retval SIPAS_ERR_NOT_FOUND a term that is no argument
 * @retval SIPAS_ERR_VALUE a coefficient, scale or constant that is not finite; a derivative that central differences
 *         contradict (function, argument and domain are named)
 *
 * Other statuses as sipas_estimate_mean(). O(rows × n_y + units × arguments of all functions). Since 0.1.
 * Threads: context. Golden: test_functions.
 */
SIPAS_API sipas_status sipas_estimate_function(const sipas_design *design, const sipas_column *y,
                                               const int32_t *argument, int64_t n_y, const sipas_function *functions,
                                               int64_t n_functions, const sipas_domains *domains,
                                               const sipas_estimate_opts *opts, sipas_table **out, sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif

/**
 * @file estimate/function.h
 * Functions of estimates: what is legal, value and gradient, and the check of a gradient.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ESTIMATE_FUNCTION_H_
#define SIPAS_ESTIMATE_FUNCTION_H_

#include <sipas/estimate_function.h>

#include "base/error.h"

enum { SIPAS__MOST_NAME = 112 };

/** Name of function k: its own, or "f1", "f2" … in `buffer` of SIPAS__MOST_NAME bytes. */
const char *sipas__function_name(const sipas_function *functions, int64_t k, char *buffer);

/** Errors as sipas_estimate_function() lists, for functions of n_arguments arguments. */
sipas_status sipas__function_check(const sipas_function *functions, int64_t n_functions, int64_t n_arguments,
                                   sipas_error *err);

/** Most arguments that one of the functions has. */
int64_t sipas__function_most_terms(const sipas_function *functions, int64_t n_functions);

/** Value and gradient at x[0 … n_terms-1]; 0 and NaN everywhere when there is none. `gradient` holds n_terms numbers. */
int sipas__function_value(const sipas_function *f, const double *x, double *value, double *gradient);

/**
 * Holds the gradient at x, where there is a value, against central differences. `argument` names each of the arguments, or NULL;
 * `where` names the domain, or "". x is changed and put back; `work` holds n_terms numbers. SIPAS_ERR_VALUE.
 */
sipas_status sipas__function_check_gradient(const sipas_function *functions, int64_t k, double *x,
                                            const double *gradient, const char *const *argument, const char *where,
                                            double *work, sipas_error *err);

#endif

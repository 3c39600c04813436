/**
 * @file estimate/variables.h
 * Number columns as the variables of a pass.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ESTIMATE_VARIABLES_H
#define SIPAS_ESTIMATE_VARIABLES_H

#include "engine/moments.h"

typedef struct sipas__variables {
    sipas_ctx *ctx;
    int64_t n_vars;
    sipas_column *columns;
    char **names;
    int64_t *partner; /* a row counts for a variable only if it has the partner too; the variable itself when alone */
    double *centre; /* taken off a variable's values (times the denominator's), so that an offset costs no digits; all 0
                         unless asked for, and for denominators */
    sipas__source source;
} sipas__variables;

/**
 * Variables from y[n_y] and, for ratios, x[n_y] behind them (else NULL). `names` may be NULL: "y1", "y2" … `centred`: take
 * off each variable's first value, of a numerator the first rows' ratio times the denominator. Errors as sipas_estimate_mean() lists; on failure nothing is held.
 */
sipas_status sipas__variables_init(sipas__variables *variables, const sipas_ctx *ctx, int64_t n, const sipas_column *y,
                                   const sipas_column *x, int64_t n_y, const char *const *names, int complete,
                                   int centred, sipas_error *err);

void sipas__variables_clear(sipas__variables *variables);

#endif

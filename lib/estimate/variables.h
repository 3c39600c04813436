/**
 * @file estimate/variables.h
 * Number columns as the variables of a pass.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ESTIMATE_VARIABLES_H
#define SIPAS_ESTIMATE_VARIABLES_H

#include "engine/moments.h"

/** Where sums are centred: what is taken off the values, so that an offset costs no digits, by a rule that can be told. */
enum {
    SIPAS__ORIGIN_ZERO, /* nothing is taken off */
    SIPAS__ORIGIN_FIRST, /* of a variable its first finite value; of a numerator Σ y x / Σ x² over the rows of the first tile that have
                            both, times the denominator. 0 where there are none */
    SIPAS__ORIGIN_STATED /* given: that of other rows, with whose sums these are to be added */
};

/** An origin: the rule, and for SIPAS__ORIGIN_STATED one finite number a variable, of a numerator a ratio. */
typedef struct sipas__origin {
    int32_t rule;
    const double *at;
} sipas__origin;

/** What variables are made of: y[n_y], and for ratios x[n_y] behind them (else NULL), of n rows. */
typedef struct sipas__variables_given {
    int64_t n, n_y;
    const sipas_column *y, *x;
    const char *const *names; /* NULL: "y1", "y2" … */
    int complete;             /* a row that lacks one variable counts for none */
    sipas__origin origin;
} sipas__variables_given;

typedef struct sipas__variables {
    sipas_ctx *ctx;
    int64_t n_vars;
    sipas_column *columns;
    char **names;
    int64_t *partner; /* a row counts for a variable only if it has the partner too; the variable itself when alone */
    double *origin;   /* by variable, however it was come by; of denominators 0 */
    int32_t origin_rule; /* SIPAS__ORIGIN_ */
    sipas__source source;
} sipas__variables;

/** Errors as sipas_estimate_mean() lists; on failure nothing is held. */
sipas_status sipas__variables_init(sipas__variables *variables, const sipas_ctx *ctx,
                                   const sipas__variables_given *given, sipas_error *err);

/** Where the sums of these variables are centred, for those of other rows to be centred there too; lives as long as they. */
sipas__origin sipas__variables_origin(const sipas__variables *variables);

void sipas__variables_clear(sipas__variables *variables);

#endif

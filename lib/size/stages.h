/**
 * @file size/stages.h
 * A multi-stage design as numbers: costs, variances, bounds.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_SIZE_STAGES_H
#define SIPAS_SIZE_STAGES_H

#include <sipas/size.h>

enum { SIPAS__SIZE_STAGES = 3 };

/**
 * With x_i = n_1 … n_i: CV² = Σ a_i/x_i - b, cost = Σ c_i x_i + fixed. From v_i/x_i (1 - n_i/N_i):
 * a_i = v_i - v_(i+1)/N_(i+1), which may be negative, and b = v_1/N_1. A design of two stages has a third that costs nothing,
 * does not vary, and has n = 1.
 */
typedef struct sipas__stages {
    double v[SIPAS__SIZE_STAGES], a[SIPAS__SIZE_STAGES], c[SIPAS__SIZE_STAGES], population[SIPAS__SIZE_STAGES];
    double low[SIPAS__SIZE_STAGES], high[SIPAS__SIZE_STAGES], step[SIPAS__SIZE_STAGES];
    double b, fixed;
    double relvariance;  /* of a person: Σ v_i, or what was given */
    double budget, room; /* cost without the fixed one; CV² + b. One of them is infinite: no bound */
    double cv2;          /* the CV² of `room`, which b may swallow */
} sipas__stages;

/** CV² of a design. */
double sipas__stages_cv2(const sipas__stages *own, const double n[SIPAS__SIZE_STAGES]);

/** Its cost, with the fixed one. */
double sipas__stages_cost(const sipas__stages *own, const double n[SIPAS__SIZE_STAGES]);

/** The optimum over real numbers. False when no design within the bounds serves. */
int sipas__stages_exact(const sipas__stages *own, double n[SIPAS__SIZE_STAGES]);

/**
 * The optimum over multiples of `step`, searched from `start`. *tried counts the designs. SIPAS_ERR_INFEASIBLE,
 * SIPAS_ERR_CANCELLED.
 */
sipas_status sipas__stages_field(const sipas_ctx *ctx, const sipas__stages *own, const double start[SIPAS__SIZE_STAGES],
                                 double n[SIPAS__SIZE_STAGES], int64_t *tried, sipas_error *err);

#endif

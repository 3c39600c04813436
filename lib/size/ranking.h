/**
 * @file size/ranking.h
 * A ranking that is planned: assumed values, standard errors as a function of n, and how many differences the test of
 * lib/rank will find.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_SIZE_RANKING_H
#define SIPAS_SIZE_RANKING_H

#include <sipas/size.h>

#include "num/order.h"

/** One unit. */
typedef struct sipas__contender {
    double value;    /* assumed, larger is better */
    double variance; /* deff sd² */
    double population;
    double se2;   /* at the n looked at */
    double found; /* R_j, at the n looked at */
} sipas__contender;

typedef struct sipas__ranking {
    const sipas_ctx *ctx;
    sipas_size_ranking_opts opts;
    int64_t n;                    /* units */
    sipas__contender *unit;       /* in the order given */
    int64_t *place;               /* units, best first */
    sipas__item *items, *scratch; /* n each */
    double *t;                    /* n: differences of one unit */
    double df_unit;               /* of one unit's standard error; infinite = many */
    double df;                    /* of a difference */
} sipas__ranking;

/** Reads values, options and columns. On failure nothing is held. */
sipas_status sipas__ranking_init(sipas__ranking *own, sipas_ctx *ctx, const sipas_column *value,
                                 const sipas_size_ranking_opts *opts, sipas_error *err);

void sipas__ranking_clear(sipas__ranking *own);

/** Standard errors with n answers in every unit, or with its own. `n` infinite: none. */
void sipas__ranking_set_n(sipas__ranking *own, double n);
void sipas__ranking_set_unit_n(sipas__ranking *own, int64_t unit, double n);

/** Bound of the test after `rejected` rejections: z(α / (2 (P - 1) - rejected)), or t. */
double sipas__ranking_bound(const sipas__ranking *own, double rejected);

/** Probability that a difference of so many standard errors is found at a bound, with its sign. */
double sipas__ranking_found(const sipas__ranking *own, double bound, double t);

/** Standard errors that two units must lie apart to be told apart with the power wanted, whatever the others are. */
double sipas__ranking_need(const sipas__ranking *own);

/** (v_j - v_i) / √(SE_j² + SE_i²): > 0 where j is better. */
double sipas__ranking_t(const sipas__ranking *own, int64_t j, int64_t i);

/** √ of the sum of the two largest SE². */
double sipas__ranking_widest(const sipas__ranking *own);

/** Least difference that any two units are told apart at. */
double sipas__ranking_delta(const sipas__ranking *own);

/** Bound on the probability that the best `top` are not all told apart from all others. */
double sipas__ranking_miss(const sipas__ranking *own);

/** Finds every R_j; SIPAS_ERR_CONVERGENCE, SIPAS_ERR_CANCELLED. */
sipas_status sipas__ranking_find(sipas__ranking *own, sipas_error *err);

/** Mean of P - 1 - R_j. */
double sipas__ranking_width(const sipas__ranking *own);

#endif

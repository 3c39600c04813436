/**
 * @file allocate/goal.h
 * Allocations whose total follows from a budget or a precision.
 *
 * Two sums stand against each other: the cost Σ c n and the variance Σ A² / n, A = N S; where that has the limit, without
 * Σ N S² in both, as Σ N S² (N - n) / n. One has a limit, the other is made least. Along the path of the divisor method with w = A / √c both change one way, so the total at which the limit is met
 * is found by search; from there alloc_core.c finds the optimum, or how far it may be.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ALLOCATE_GOAL_H
#define SIPAS_ALLOCATE_GOAL_H

#include "allocate/allocate.h"

typedef struct sipas__goal {
    double limit;          /* of the cost, or of the variance */
    double cost, variance; /* of a->n; for a precision with the finite population, so that nothing large is in both */
    double correction; /* Σ N S² of a precision, 0 = none: what `limit` and `variance` are short of in Σ A² / n */
    double bound;      /* what is made least is never below this */
    double exchange;   /* the least growth of it by one change within the limit; infinite = there is none */
    int optimal;       /* 1 = the method's own aim is the goal's; 0 = only its total is sought */
    int64_t most;      /* the largest total that makes sense, in blocks */
} sipas__goal;

/** A limit that is passed by no more than this share is kept: the roundings of a sum. */
#define SIPAS__GOAL_SLACK 1e-12

/* ---- alloc_goal.c ---- */

/** Reads an allocation with a goal; every unit with a spread can have one. `goal` gets its `most`. */
sipas_status sipas__goal_read(sipas__allocation *a, sipas__goal *goal, sipas_ctx *ctx, const sipas_column *size,
                              const sipas_allocate_opts *opts, sipas_error *err);

/** Growth of the variance, and of the cost, when a unit has `to` blocks in the place of `from`. */
double sipas__goal_variance_step(const sipas__allocation *a, int64_t unit, int64_t from, int64_t to);
double sipas__goal_cost_step(const sipas__allocation *a, int64_t unit, int64_t from, int64_t to);

/** Fills in cost and variance of a->n. */
void sipas__goal_sum(const sipas__allocation *a, sipas__goal *goal);

/** Splits a total and fills in cost and variance. */
sipas_status sipas__goal_split(sipas__allocation *a, sipas__goal *goal, int64_t total, sipas_error *err);

/** Splits the largest total within the budget, or the least that keeps the variance. `guess` is where to begin. */
sipas_status sipas__goal_search(sipas__allocation *a, sipas__goal *goal, double guess, sipas_error *err);

/** The continuous optimum under the same limit, in the place of the one for the total. */
sipas_status sipas__goal_continuous(sipas__allocation *a, const sipas__goal *goal, sipas_error *err);

/** Writes the table, with what the goal has to say. */
sipas_status sipas__goal_finish(sipas__allocation *a, const sipas__goal *goal, sipas_table **out, sipas_error *err);

/* ---- alloc_core.c ---- */

/** From the path's whole numbers to the optimum; fills in cost, variance, bound. */
sipas_status sipas__goal_improve(sipas__allocation *a, sipas__goal *goal, sipas_error *err);

/* ---- alloc_swap.c ---- */

/** Fills in exchange. */
sipas_status sipas__goal_certify(const sipas__allocation *a, sipas__goal *goal, sipas_error *err);

#endif

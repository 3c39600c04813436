/**
 * @file allocate/multi.h
 * One allocation for several variables and domains on its way: strata, targets, prices, numbers.
 *
 * Target k holds Σ_h term_hk (1 / n_h - 1 / N_h) ≤ limit_k, with term_hk = N² S² / (T² + Σ N S²) and limit_k = z T² /
 * (T² + Σ N S²); z is 1, or the square of the common ratio. The finite population stands on the left, so that nothing large
 * is in both.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ALLOCATE_MULTI_INSIDE_H
#define SIPAS_ALLOCATE_MULTI_INSIDE_H

#include <sipas/allocate_multi.h>

#include "data/labels.h"
#include "data/sayings.h"
#include "data/table.h"
#include "num/skyline.h"

/** By how much of T² a target may be passed. */
#define SIPAS__MULTI_EXACT 1e-12

/** A way to cut the strata into domains; the first is the whole. */
typedef struct sipas__cut {
    const char *name; /* NULL for the whole */
    char own_name[16];
    sipas__labels of; /* domain of each stratum; of.of NULL: one domain */
    int64_t n_domains;
    double *target; /* n_domains × n_variables, as given; infinite = none */
    uint8_t *given; /* rows of targets seen: one for each domain, and at n_domains that for all */
    int32_t *id;    /* n_domains × n_variables: number of the target, -1 = none */
} sipas__cut;

/** What one target asks. */
typedef struct sipas__target {
    int32_t cut, domain, variable;
    double goal;   /* as given */
    double scale;  /* V = (measure × scale)²: |Σ N mean|, Σ N, Σ N / z or 1 */
    double square; /* T² / (T² + Σ N S²) */
    double fpc;    /* Σ N S² / (T² + Σ N S²) */
    double total;  /* T² + Σ N S² */
} sipas__target;

typedef struct sipas__multi {
    const sipas_ctx *ctx;
    sipas_allocate_multi_opts opts;
    int64_t n_strata, n_targets;
    int32_t n_cuts;
    sipas__cut *cut;
    sipas__target *target;
    const double *size;
    double *own_size, *cost, *sd; /* sd: n_variables × n_strata */
    int64_t *lower, *upper, *n;
    int32_t *rank; /* place of each stratum's code; NULL = its row */

    sipas__sayings sayings; /* for the notes of the result */
    int64_t *start;         /* terms of stratum h: start[h] up to start[h + 1], by ascending target */
    int32_t *of;            /* target of each term */
    double *term;           /* its constant */
    int64_t *within;        /* strata of target k: stratum[within[k]] up to stratum[within[k + 1]] */
    int32_t *stratum;

    double *limit, *lambda, *slack, *used; /* by target; used = Σ term (1 / n - 1 / N) */
    double *step, *trial, *trial_used;     /* work, by target */
    double *x;                             /* continuous optimum */
    sipas__skyline matrix;
    int64_t iterations;
    double cost_continuous, dual, bound; /* bound: of Σ c n over whole numbers */
    double cost_whole;
    double z, worst, rate; /* the common ratio squared; the largest with whole numbers; -d cost / d z */
    int budget_left;
} sipas__multi;

/* ---- multi_read.c, multi_cut.c, multi_order.c, multi_target.c ---- */

/** Reads everything into an all-zero struct. Whatever it returns, sipas__multi_clear() frees what it holds. */
sipas_status sipas__multi_read(sipas__multi *m, sipas_ctx *ctx, const sipas_column *size,
                               const sipas_allocate_multi_opts *opts, sipas_error *err);

/** Cuts, and what each of their domains has to reach. */
sipas_status sipas__multi_cuts(sipas__multi *m, sipas_error *err);

/** Numbers the targets. */
sipas_status sipas__multi_number(sipas__multi *m, sipas_error *err);

/** Domain of a cut that a stratum is in; negative = none. */
int32_t sipas__multi_domain(const sipas__multi *m, int32_t cut, int64_t stratum);

/** Cuts, targets and terms; size, sd and bounds have been read. */
sipas_status sipas__multi_targets(sipas__multi *m, sipas_error *err);

/** Frees what it holds. */
void sipas__multi_clear(sipas__multi *m);

/* ---- multi_label.c ---- */

/** "variable 2 in province 01" or "variable 2 in the whole"; `label` holds at least 256 bytes. */
const char *sipas__multi_label(const sipas__multi *m, int64_t target, char *label);

/** Name of a variable; `buffer` holds at least 16 bytes. */
const char *sipas__multi_variable(const sipas__multi *m, int32_t variable, char *buffer);

/* ---- multi_dual.c ---- */

/** The measure of a target where Σ term (1/n - 1/N) = spread. */
double sipas__multi_measure(const sipas__target *target, double spread);

/** That sum for every target, with the numbers `n`, or x where n is NULL. */
void sipas__multi_spread(const sipas__multi *m, const double *x, const int64_t *n, double *spread);

/** 1 / n - 1 / N of a stratum; 1 / n with replacement. */
double sipas__multi_gap(const sipas__multi *m, int64_t stratum, double n);

/** The most that used may be for a target to count as met. */
double sipas__multi_most(const sipas__multi *m, int64_t target);

/** Sets the limits for z, and where they cannot be kept names the first target. */
sipas_status sipas__multi_limits(sipas__multi *m, double z, sipas_error *err);

/** First prices: each target as if it were alone, then a few multiplicative steps. */
void sipas__multi_start(sipas__multi *m);

/** The continuous optimum at the limits, from the prices there are. */
sipas_status sipas__multi_solve(sipas__multi *m, sipas_error *err);

/** Prices of targets that do not bind become zero. */
void sipas__multi_settle(sipas__multi *m);

/* ---- multi_ratio.c ---- */

/** The least common ratio within the budget, with its continuous optimum. */
sipas_status sipas__multi_ratio(sipas__multi *m, sipas_error *err);

/** Whole numbers within the budget. */
void sipas__multi_ratio_whole(sipas__multi *m);

/* ---- multi_whole.c ---- */

/** Whole numbers that keep every limit, and their bound. */
sipas_status sipas__multi_whole(sipas__multi *m, sipas_error *err);

/** Σ c n, compensated. */
double sipas__multi_cost(const sipas__multi *m, const int64_t *n);

/** Place of a stratum among all: of its code, else its row. */
int64_t sipas__multi_rank(const sipas__multi *m, int64_t stratum);

#endif

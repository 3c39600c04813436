/**
 * @file strata/strata.h
 * Stratum boundaries on their way: the different values of the size variable with running sums, and cuts between them.
 *
 * A set of cuts is cut[0] = 0 < cut[1] < … < cut[L] = n_values: stratum h (from 0) holds values cut[h] … cut[h+1]-1.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_STRATA_STRATA_H
#define SIPAS_STRATA_STRATA_H

#include <sipas/strata.h>

#include "base/error.h"

enum { SIPAS__MOST_STRATA = 64 };

/** What is kept of a run of values besides where it lies: mean less its least value, and Σ (x - mean)². */
typedef struct sipas__run_sums {
    double off, squares;
} sipas__run_sums;

typedef struct sipas__strata {
    const sipas_ctx *ctx;
    sipas_strata_opts opts; /* defaults filled in */
    int32_t n_strata;
    int64_t n_units, n_values;
    double *value;  /* ascending, all different */
    int64_t *below; /* n_values + 1: units with a smaller value … */
    double *sum;    /* … and their Σ x */
    int64_t n_blocks;
    sipas__run_sums *from_begin, *to_end, *of_blocks; /* see strata_sums.c */
    double total;                                     /* Σ x */
    double variance;                                  /* wanted, of the estimated total; 0 = n is given */
    int64_t evaluations;
} sipas__strata;

/** A run of values: N, its least value, the mean less that, and Σ (x - mean)². */
typedef struct sipas__stratum {
    int64_t size;
    double least, off, squares;
} sipas__stratum;

/* ---- strata_values.c ---- */

/** Reads the variable into an all-zero struct; sipas__strata_clear() frees what it holds. */
sipas_status sipas__strata_read(sipas__strata *s, sipas_ctx *ctx, const sipas_column *x, int64_t n_strata,
                                const sipas_strata_opts *opts, sipas_error *err);

void sipas__strata_clear(sipas__strata *s);

/* ---- strata_sums.c ---- */

/** Makes what sipas__strata_of() reads. False: no memory. */
int sipas__strata_sum(sipas__strata *s);

/** The stratum of values from … to-1, at least one. */
sipas__stratum sipas__strata_of(const sipas__strata *s, int64_t from, int64_t to);

/** One value with its units, and two runs that lie side by side as one. */
sipas__stratum sipas__strata_value(const sipas__strata *s, int64_t value);
sipas__stratum sipas__strata_join(const sipas__stratum *low, const sipas__stratum *high);

/* ---- strata_rules.c ---- */

/** Cuts at the numbers of the rule, which go into `boundary` (L - 1 of them). A cut may leave a stratum empty. */
void sipas__strata_cum_root_f(const sipas__strata *s, const double *root, double *boundary);
void sipas__strata_geometric(const sipas__strata *s, double *boundary);

/** Cumulated √f of the classes: bins + 1 numbers. */
void sipas__strata_roots(const sipas__strata *s, double *root);

/** Numbers as cuts. */
void sipas__strata_cut_at(const sipas__strata *s, const double *boundary, int64_t *cut);

/* ---- strata_worth.c ---- */

/** The criterion: n for a variance, the variance for an n; infinite where the cuts are not permitted. The n of each stratum
 * go into `parts`, which may be NULL. */
double sipas__strata_worth(const sipas__strata *s, const int64_t *cut, double *parts);

/** S² of a stratum. */
double sipas__strata_s2(const sipas__stratum *stratum);

/** The part of a stratum in the sum that optimal makes least. */
double sipas__strata_part(const sipas__strata *s, const sipas__stratum *stratum);

/** The criterion of optimal, from the sum and the size of a top stratum that is taken whole (0 = none). */
double sipas__strata_optimal_worth(const sipas__strata *s, double sum, int64_t whole);

/* ---- strata_search.c, strata_optimal.c ---- */

/** The best cuts by search, or by dynamic programming. The criterion; infinite when there are none. */
sipas_status sipas__strata_search(sipas__strata *s, int64_t *cut, double *criterion, sipas_error *err);
sipas_status sipas__strata_optimal(sipas__strata *s, int64_t *cut, double *criterion, sipas_error *err);

#endif

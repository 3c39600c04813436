/**
 * @file estimate/variance.h
 * The one variance engine: variance of stage-nested totals of linearized values under a design.
 *
 *     V = Σ_h (1 - f_h) n_h/(n_h - 1) Σ_i (z_hi - z̄_h)²  +  Σ_hi f_h V(next stage within hi)
 *
 * (Särndal, Swensson and Wretman 1992, §4.3.2 and result 4.3.1, as estimated unbiasedly by this recursion; Cochran 1977,
 * §11.8). Units of a stratum that hold no row of the domain count with z = 0.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ESTIMATE_VARIANCE_H
#define SIPAS_ESTIMATE_VARIANCE_H

#include "data/design.h"

/** Linearized totals of the units of one stage that hold rows of a domain; ascending by stratum. */
typedef struct sipas__entries {
    int64_t n, n_nodes;
    int32_t *id;      /* the unit */
    int32_t *stratum; /* its stratum at that stage */
    double *z;        /* n × n_nodes */
} sipas__entries;

/** Totals and sums of squares about the stratum mean (over all units drawn, those not in the domain with 0). */
typedef struct sipas__stratum_sums {
    int64_t n, n_nodes;
    int32_t *stratum;
    double *total, *square; /* n × n_nodes */
} sipas__stratum_sums;

/** What the engine keeps for a design. */
typedef struct sipas__variance {
    sipas_ctx *ctx;
    const sipas_design *design;
    double *factor[SIPAS__MOST_STAGES];        /* product of the sampling fractions above a stratum */
    int64_t *parent_units[SIPAS__MOST_STAGES]; /* units under the parent of a stratum, over all its strata */
    double *parent_lonely[SIPAS__MOST_STAGES]; /* Σ factor (1 - f) over the lonely strata under a parent */
    uint8_t *lonely_met;                       /* first-stage strata with one PSU that a variance met */
} sipas__variance;

sipas_status sipas__variance_init(sipas__variance *engine, const sipas_design *design, sipas_error *err);
void sipas__variance_clear(sipas__variance *engine);

/**
 * Variances of n_nodes totals from the units of the last stage; `entries` is used up. `variance` gets NaN where the
 * rule for lonely PSUs has no answer. `work` holds 4 × n_nodes doubles.
 *
 * SIPAS_ERR_LONELY_PSU under the rule `error`; names the stratum.
 */
sipas_status sipas__variance_of_units(sipas__variance *engine, sipas__entries *entries, double *work, double *variance,
                                      sipas_error *err);

/** The same from the sums of last-stage strata, for designs of one stage whose units are the rows. */
sipas_status sipas__variance_of_strata(sipas__variance *engine, const sipas__stratum_sums *sums, double *work,
                                       double *variance, sipas_error *err);

#endif

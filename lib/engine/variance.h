/**
 * @file engine/variance.h
 * The one variance engine: variance of stage-nested totals of linearized values under a design.
 *
 *     V = Σ_h (1 - f_h) n_h/(n_h - 1) Σ_i (z_hi - z̄_h)²  +  Σ_hi f_h V(next stage within hi)
 *
 * (Särndal, Swensson and Wretman 1992, §4.3.2 and result 4.3.1, as estimated unbiasedly by this recursion; Cochran 1977,
 * §11.8). Units of a stratum that hold no row of the domain count with z = 0. Units drawn with unequal
 * probabilities π: the first sum is another quadratic form (engine/variance_pps.c), and the next stage counts π_i V_i.
 * Two phases: engine/variance_phase.c.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ENGINE_VARIANCE_H
#define SIPAS_ENGINE_VARIANCE_H

#include "engine/units.h"

/** What the engine keeps for a design. */
typedef struct sipas__variance {
    sipas_ctx *ctx;
    const sipas_design *design;
    double *factor[SIPAS__MOST_STAGES]; /* product of the sampling fractions above a stratum */
    int64_t units[SIPAS__MOST_STAGES];  /* units of a stage */
    double lonely[SIPAS__MOST_STAGES];  /* Σ factor (1 - f) over its lonely strata */
    uint8_t *lonely_met;                /* first-stage strata with one PSU that a variance met */
    double *merged, *merged_units;      /* collapsed strata: mean and sum of squares by node; units, by group */
    int64_t merged_nodes;
    double *work; /* of the climb from stage to stage */
    int64_t work_nodes;
} sipas__variance;

sipas_status sipas__variance_init(sipas__variance *engine, const sipas_design *design, sipas_error *err);

/**
 * An engine for another worker, which does not allocate: it shares what is known of the design with the first one, and has work places of its
 * own. Not for two phases and collapsed strata. False when there is no memory. Closing it tells the first what it met.
 */
int sipas__variance_share(const sipas__variance *engine, int64_t n_nodes, sipas__variance *own);
void sipas__variance_close_share(sipas__variance *engine, sipas__variance *own);
void sipas__variance_clear(sipas__variance *engine);

/**
 * Variances of n_nodes totals from the units of the last stage; `entries` is used up. `variance` gets NaN where the
 * rule for lonely PSUs has no answer.
 *
 * SIPAS_ERR_LONELY_PSU under the rule `error`; names the stratum.
 */
sipas_status sipas__variance_of_units(sipas__variance *engine, sipas__entries *entries, double *variance,
                                      sipas_error *err);

/** The stages alone, whatever a second phase adds: what sipas__variance_of_units() is in one phase. */
sipas_status sipas__variance_of_stages(sipas__variance *engine, sipas__entries *entries, double *variance,
                                       sipas_error *err);

/** Both phases (engine/variance_phase.c). */
sipas_status sipas__variance_of_phases(sipas__variance *engine, sipas__entries *entries, double *variance,
                                       sipas_error *err);

/** Unequal probabilities (engine/variance_pps.c): what stratum h adds, from its entries first … last-1. */
void sipas__variance_pps(const sipas_design *design, int64_t h, const sipas__entries *entries, int64_t first,
                         int64_t last, double *variance);

/** Joint probabilities: adds what all first-stage units bring. */
void sipas__variance_joint(const sipas_design *design, const sipas__entries *entries, double *variance);

/** Collapsed strata (engine/variance_collapse.c): open, hand over stratum by stratum, close. */
sipas_status sipas__variance_open_collapse(sipas__variance *engine, int64_t n_nodes, sipas_error *err);
int sipas__variance_is_collapsed(const sipas__variance *engine, int64_t stratum);
void sipas__variance_collapse(sipas__variance *engine, int64_t stratum, const double *total, const double *square,
                              int64_t n_nodes);
void sipas__variance_close_collapse(sipas__variance *engine, int64_t n_nodes, double *variance);

/**
 * The same where the units of the last stage are the rows, from its strata: z is the total of a stratum, `square` its sum of
 * squares about the mean over all units drawn (those not in the domain with 0), n × n_nodes; both are used up.
 */
sipas_status sipas__variance_of_strata(sipas__variance *engine, sipas__entries *strata, const double *square,
                                       double *variance, sipas_error *err);

/** The power of two that brings a figure of standard error b to the size of a, so that sums of both keep their digits. */
double sipas__variance_scale(double se_a, double se_b);

#endif

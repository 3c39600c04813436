/**
 * @file estimate/overlap.h
 * Two designs that have first-stage units in common, joined by the keys of their PSUs.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ESTIMATE_OVERLAP_H
#define SIPAS_ESTIMATE_OVERLAP_H

#include "engine/covariance.h"

/** A joined design whose rows are PSUs, and the engine for it. */
typedef struct sipas__overlap {
    sipas_ctx *ctx;
    const sipas_cov *of[2]; /* the earlier round, the later */
    sipas_design *design;   /* NULL: no PSU is common */
    char **texts;           /* codes of the joined design, which names them in messages */
    int64_t n_texts;
    sipas__variance engine;
    int32_t *unit[2];        /* unit of the joined design by PSU of a round; -1 = not in it */
    double *z[2];            /* by unit: linearized totals of a row of each round */
    sipas__entries entries;  /* room for all units, three nodes */
    int64_t n_common, n_one; /* PSUs that both rounds have; strata with one such PSU only */
    int64_t n_apart;         /* strata of a finite population where both rounds have PSUs and none in common */
    double *factor;          /* by unit of the common design: 1 - n_1 n_2 / (n_c N), of either sign; NULL = all PSUs */
    int common;              /* 1 = the common PSUs only, 0 = all of either */
} sipas__overlap;

/** Joins the designs of two covariances. Errors as sipas_estimate_change() lists; on failure nothing is held. */
sipas_status sipas__overlap_init(sipas__overlap *overlap, const sipas_cov *before, const sipas_cov *after, int common,
                                 sipas_error *err);
void sipas__overlap_clear(sipas__overlap *overlap);

/**
 * Row `before` of the first covariance times gradient[0] and row `after` of the other times gradient[1]: variances of the
 * two and of their sum, and the covariance of the two, under the joined design (over the common PSUs the covariance alone is
 * meant to be used). There must be a joined design.
 */
sipas_status sipas__overlap_rows(sipas__overlap *overlap, int64_t before, int64_t after, const double *gradient,
                                 double *variance, double *covariance, sipas_error *err);

#endif

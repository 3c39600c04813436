/**
 * @file estimate/simple.h
 * What the plain estimates share: their options, and nodes of one atom each.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ESTIMATE_SIMPLE_H
#define SIPAS_ESTIMATE_SIMPLE_H

#include "estimate/linear.h"

enum { SIPAS__SINGLE_MEAN, SIPAS__SINGLE_TOTAL, SIPAS__SINGLE_RATIO };

typedef struct sipas__single_nodes {
    sipas__nodes nodes;
    sipas__atom *atoms;
    int64_t *start;
    int32_t *term_atom;
    double *term_coef;
} sipas__single_nodes;

/** Loads and checks options. */
sipas_status sipas__estimate_options(sipas_estimate_opts *own, const sipas_estimate_opts *opts, sipas_error *err);

/** n nodes of one atom each: variable j, over variable n + j for ratios. On failure nothing is held. */
sipas_status sipas__nodes_single(const sipas_ctx *ctx, sipas__single_nodes *single, int64_t n, int32_t kind,
                                 const double *centre, sipas_error *err);
void sipas__nodes_single_clear(const sipas_ctx *ctx, sipas__single_nodes *single);

#endif

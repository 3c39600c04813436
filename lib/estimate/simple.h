/**
 * @file estimate/simple.h
 * What the plain estimates share: their options, and nodes of one atom each.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ESTIMATE_SIMPLE_H
#define SIPAS_ESTIMATE_SIMPLE_H

#include "data/codes.h"
#include "engine/estimation.h"

enum { SIPAS__SINGLE_MEAN, SIPAS__SINGLE_TOTAL, SIPAS__SINGLE_RATIO };

typedef struct sipas__single_nodes {
    sipas__nodes nodes;
    sipas__atom *atoms;
    int64_t *start;
    int32_t *term_atom;
    double *term_coef;
} sipas__single_nodes;

/** Loads and checks options, for an estimate by category that has no simultaneous intervals: to ask for them is an error. */
sipas_status sipas__estimate_options(sipas_estimate_opts *own, const sipas_estimate_opts *opts, sipas_error *err);

/** The same for one that has them, and categories that may be stated. */
sipas_status sipas__estimate_options_category(sipas_estimate_opts *own, const sipas_estimate_opts *opts,
                                              sipas_error *err);

/** The same for one that has them, and no categories. */
sipas_status sipas__estimate_options_joint(sipas_estimate_opts *own, const sipas_estimate_opts *opts, sipas_error *err);

/** What is asked with these options of a source and its nodes, over a domain. */
sipas__request sipas__estimate_request(const sipas_design *design, const sipas__domain *domain,
                                       const sipas__source *source, const sipas__nodes *nodes,
                                       const sipas_estimate_opts *own);

/** How these options want it reported, for nodes of these names (NULL = none). */
sipas__report sipas__estimate_report(const sipas_estimate_opts *own, const char *const *names);

/** n nodes of one atom each: variable j, over variable n + j for ratios. On failure nothing is held. */
sipas_status sipas__nodes_single(const sipas_ctx *ctx, sipas__single_nodes *single, int64_t n, int32_t kind,
                                 const double *centre, sipas_error *err);
void sipas__nodes_single_clear(const sipas_ctx *ctx, sipas__single_nodes *single);

/**
 * The categories of a column, as stated or (NULL) those that occur, and a source of one indicator per category. SIPAS_ERR_TOO_FEW
 * when there is none; errors of stated ones as sipas__codes_state().
 */
sipas_status sipas__category_codes(sipas__codes *codes, const sipas_design *design, const sipas_column *y,
                                   const sipas_column *categories, const char *name, sipas__source *source,
                                   sipas_error *err);

#endif

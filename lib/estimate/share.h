/**
 * @file estimate/share.h
 * What proportions and distributions share: shares as means of indicators, with intervals of their own.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ESTIMATE_SHARE_H
#define SIPAS_ESTIMATE_SHARE_H

#include "engine/estimation.h"
#include "estimate/simple.h"

/** An estimation of shares: one node per indicator. */
typedef struct sipas__shares {
    sipas_ctx *ctx;
    int32_t method; /* SIPAS_INTERVAL_ */
    int joint;      /* the categories of one group are a family, else the groups of a level */
    double confidence;
    int32_t simultaneous; /* SIPAS_SIMULTANEOUS_ */
    int32_t n_levels;
    double **rows;   /* by level and group: rows of any weight; NULL = the method does not ask */
    double **weight; /* the sum of their weights */
    double **common; /* by level and group: the effective size that all categories have; NULL = each has its own */
    sipas__single_nodes nodes;
    sipas__estimation estimation;
} sipas__shares;

/**
 * Runs an estimation of the indicators of a source, which counts plain values too; `categories`: they are those of codes, NULL = they are
 * not. `joint`: the categories of one group
 * are a family, else the groups of a level. Source, domain and `shares` stay where they are until it is cleared. On failure
 * nothing is held.
 */
sipas_status sipas__shares_init(sipas__shares *shares, const sipas_design *design, const sipas__domain *domain,
                                const sipas__source *source, const sipas__codes *categories, int32_t method,
                                const sipas_estimate_opts *own, int joint, sipas_error *err);

/** Its table, to which the front end has added its first columns; hands it out or frees it. */
sipas_status sipas__shares_report(const sipas__shares *shares, sipas_table *table, const char *const *names,
                                  sipas_table **out, sipas_error *err);

void sipas__shares_clear(sipas__shares *shares);

#endif

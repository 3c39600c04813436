/**
 * @file engine/units.h
 * Totals of units: what the variance is made of.
 *
 * Here only are they made. A front end says what a segment brings to each node, from the sums of the pass or from a walk over the
 * rows; the segments of a group then become the units of the last stage that hold rows of it, in the order of the design. What a
 * unit brings without a row in the group, such as the residuals of calibrated weights, comes in by a hook.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ENGINE_UNITS_H
#define SIPAS_ENGINE_UNITS_H

#include "engine/linear.h"

/** What a unit has for a node. */
enum {
    SIPAS__UNIT_NOTHING = 0, /* no row: as if it were not listed */
    SIPAS__UNIT_ROWS = 1,    /* rows, none with an answer */
    SIPAS__UNIT_ANSWERS = 2
};

/** Totals by unit of one stage, ascending by stratum, then unit. Units that are not here have zeros. */
typedef struct sipas__entries {
    int64_t n, n_nodes;
    int32_t *id;      /* the unit */
    int32_t *stratum; /* its stratum at that stage */
    double *z;        /* n × n_nodes */
    uint8_t *answers; /* n × n_nodes, what the unit has for the node: SIPAS__UNIT_; NULL = each has answers */
} sipas__entries;

/** Room for `room` units and n_nodes values each; 0 when there is no memory, and nothing is held. */
int sipas__entries_new(sipas_ctx *ctx, int64_t room, int64_t n_nodes, sipas__entries *entries);
void sipas__entries_clear(sipas_ctx *ctx, sipas__entries *entries);

/** First-stage unit of entry i, which is a unit of the last stage. */
int64_t sipas__entries_psu(const sipas_design *design, const sipas__entries *entries, int64_t i);

/** First-stage units minus first-stage strata of the entries of one node that have an answer. */
double sipas__entries_df(const sipas_design *design, const sipas__entries *entries);

/**
 * What units bring besides the rows of a group: adds to the totals of the units listed, and lists more of them, in the order of the
 * design; there is room for all. Called once for each group. May not allocate.
 *
 * Rows that are units must then be segments (sipas__moments_init(), by_row).
 */
typedef struct sipas__residual {
    const void *state;
    void (*add)(const void *state, int32_t level, int64_t group, sipas__entries *units);
} sipas__residual;

/** What the segments of a group bring. */
typedef struct sipas__unit_source {
    int64_t n_nodes;
    const void *state;
    /* Totals of n ≤ SIPAS__LINEAR_ROWS segments of a group, n_nodes each. */
    void (*segments)(const void *state, int32_t level, const int32_t *segment, int64_t n, double *z);
    const sipas__residual *residual; /* NULL = none */
} sipas__unit_source;

/** Units for which the longest list of a group needs room: with a residual all those of the design. */
int64_t sipas__units_most(const sipas__linear *linear, const sipas_design *design, const sipas__residual *residual);

/**
 * Lists the units of a group (its strata, where rows are the units and a segment is all of a stratum). `work` holds
 * SIPAS__LINEAR_ROWS × n_nodes numbers. O(segments of the group).
 */
void sipas__units_list(const sipas__linear *linear, int32_t level, int64_t group, const sipas__unit_source *source,
                       double *work, sipas__entries *units);

/**
 * Of the units that a list without residual has: rows of non-zero weight, and for the group's segments which of the units each is
 * of, counted from `first`; NULL where that is not wanted.
 */
void sipas__units_rows(const sipas__linear *linear, int32_t level, int64_t group, int64_t *rows, int64_t first,
                       int32_t *segment_unit);

#endif

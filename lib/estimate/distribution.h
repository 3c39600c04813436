/**
 * @file estimate/distribution.h
 * The weighted distribution of a variable in every group of a level.
 *
 * Whole numbers within a short span (answers on a scale, counts of few) are counted, without sorting a row. Everything else
 * is brought into the order of groups, and there sorted.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ESTIMATE_DISTRIBUTION_H
#define SIPAS_ESTIMATE_DISTRIBUTION_H

#include "engine/estimation.h"
#include "num/ecdf.h"

/** The variable, and what is the same for all levels. */
typedef struct sipas__distributed {
    const sipas__estimation *estimation;
    const sipas__source *source; /* of this one variable */
    int64_t node;                /* a node of the estimation that counts the rows that have the variable */
    int lines;                   /* the first and last weight of each value are wanted */
    double low;                  /* the least value; when span > 0 */
    int64_t span; /* values are whole numbers low … low + span - 1; 0 = they are not, or of a wide span */
} sipas__distributed;

/** Groups of a level; group g has n[g] distinct values from start[g] on. */
typedef struct sipas__distribution {
    sipas_ctx *ctx;
    int rising;
    int64_t n_groups;
    int64_t *start, *n;
    void *block; /* rows while they are sorted, then, in their place, steps */
    double *first, *last;
} sipas__distribution;

/**
 * Looks at the values once and fills low and span; a worker stops at the first that is not whole. SIPAS_ERR_MEMORY,
 * SIPAS_ERR_CANCELLED.
 */
sipas_status sipas__distributed_scan(sipas__distributed *variable, sipas_error *err);

/**
 * Makes the distributions of a level. O(rows), times log rows of a group below some thousand; memory: 16 bytes a row of the
 * level (`lines`: 32) and as much again of the largest group while sorting, or, counted, of each value and group.
 * SIPAS_ERR_MEMORY, SIPAS_ERR_CANCELLED; on failure nothing is held.
 */
sipas_status sipas__distribution_init(sipas__distribution *distribution, const sipas__distributed *variable,
                                      int32_t level, sipas_error *err);

/** The distribution in a group; n = 0 when it has no values. */
sipas__ecdf sipas__distribution_group(const sipas__distribution *distribution, int64_t group);

void sipas__distribution_clear(sipas__distribution *distribution);

#endif

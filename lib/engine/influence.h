/**
 * @file engine/influence.h
 * The second front end of the variance engine: row influence in streamed blocks.
 *
 * A front end whose estimates are no smooth functions of the sums of one pass (quantiles, regression, calibrated weights)
 * says what each row adds to each estimate: the influence, or linearized value, z (Deville 1999, Surv. Methodol. 25:193;
 * Demnati and Rao 2004, Surv. Methodol. 30:17). The rows stream by in tiles; what stays are the totals of w z per unit of
 * the last stage, group and level, from which the engine makes variances and covariances under any design it knows:
 *
 *     z_u = Σ_{rows of u} w z,      V as in engine/variance.h
 *
 * Where the rows are the units there is a second stream for Σ (w z - mean)² per stratum, so that no value per row is kept.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ENGINE_INFLUENCE_H
#define SIPAS_ENGINE_INFLUENCE_H

#include "engine/estimation.h"
#include "num/sum.h"

/** Rows whose influence is asked for, at one level. */
typedef struct sipas__influence_tile {
    int64_t row, n; /* rows row … row+n-1, n ≤ SIPAS__TILE */
    int32_t level;
    const int32_t *segment; /* of each row */
    const int32_t *group;   /* of each row, at the level */
} sipas__influence_tile;

/** Where influence comes from. */
typedef struct sipas__influence {
    int64_t n_nodes;
    const void *state;
    /* Fills z[k * SIPAS__TILE + i], before weighting; 0 where row i does not count for node k, NaN where the node has no
     * value. Rows of weight 0 may be anything. `work` has n_work doubles. May run on several threads at once, and may not
     * allocate. */
    void (*fill)(const void *state, const sipas__influence_tile *tile, double *z, double *work);
    int64_t n_work;
} sipas__influence;

/** Totals of one level, by segment × node. */
typedef struct sipas__influence_level {
    sipas__sum *total;  /* Σ w z */
    sipas__sum *square; /* Σ (w z - mean)² over the rows, where they are the units; else NULL */
    double *mean;       /* the mean: of the segment's stratum within the group, units without rows counting with 0 */
} sipas__influence_level;

/** What the stream left. It holds on to the estimation, whose segments, domains and engine it shares. */
typedef struct sipas__influence_totals {
    sipas_ctx *ctx; /* the estimation's */
    sipas__estimation *estimation;
    int64_t n_nodes;
    int32_t n_levels;
    sipas__influence_level *level;
    sipas__sum *totals, *squares;          /* of all levels, one behind the other */
    sipas__entries entries, squared, pair; /* work places: the units of one group */
    double *work;
    int64_t *rows;
} sipas__influence_totals;

/**
 * Streams the rows, for all levels of an estimation that sipas__estimation_open() has opened. Bitwise the same for any
 * number of threads. O(rows × levels × nodes) time, O(segments × levels × nodes) memory. SIPAS_ERR_MEMORY,
 * SIPAS_ERR_CANCELLED; on failure nothing is held.
 */
sipas_status sipas__influence_init(sipas__influence_totals *totals, sipas__estimation *estimation,
                                   const sipas__influence *influence, sipas_error *err);

/** Variances of the n_nodes estimates of a group. Errors as sipas__variance_of_units(). */
sipas_status sipas__influence_variance(sipas__influence_totals *totals, int32_t level, int64_t group, double *variance,
                                       sipas_error *err);

/**
 * Their covariance matrix, n_nodes × n_nodes. Where the rows are the units the estimation must have been asked for
 * covariances (a segment is then a row).
 */
sipas_status sipas__influence_covariance(sipas__influence_totals *totals, int32_t level, int64_t group,
                                         double *covariance, sipas_error *err);

void sipas__influence_clear(sipas__influence_totals *totals);

#endif

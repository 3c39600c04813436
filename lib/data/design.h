/**
 * @file data/design.h
 * The design as plain data: what the variance engine needs to know of a sample, and how rows are read under it.
 *
 * Stages here are *effective* stages: those that the variance needs (one more than there are FPC columns, but not more
 * than there are id columns), with certainty units already taken apart, so that stage 0 always holds the PSUs.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DATA_DESIGN_H
#define SIPAS_DATA_DESIGN_H

#include <sipas/design.h>
#include <stdatomic.h>

#include "data/coded.h"

enum { SIPAS__MOST_STAGES = 8 };

/** One effective stage: units within strata within units of the stage above. Strata and units ascend by their codes. */
typedef struct sipas__stage {
    int64_t n_strata;
    int64_t n_units;
    int32_t *stratum_parent;                 /* unit of the stage above that a stratum lies in; all 0 at stage 0 */
    int64_t *stratum_code;                   /* code of a stratum within its parent: see design_stages.c */
    int64_t *stratum_units;                  /* units drawn in a stratum, of zero weight or not */
    double *stratum_f;                       /* sampling fraction, 0 = with replacement */
    int32_t *unit_stratum;                   /* stratum of a unit; NULL when the rows are the units */
    int64_t *unit_code;                      /* code of a unit within its stratum; NULL when the rows are the units */
    int rows_are_units;                      /* the last stage, when ids end above the rows */
    int32_t *pattern_stratum, *pattern_unit; /* by pattern of the design's columns */
} sipas__stage;

struct sipas_design {
    atomic_int holds; /* covariances outlive their design */
    sipas_ctx *ctx;
    int64_t n;
    int32_t lonely_psu, df;
    double df_value;
    int32_t has_weights, n_columns_strata, n_columns_clusters, n_columns_fpc;
    sipas_column weights;
    sipas__coded strata[SIPAS__MOST_STAGES], clusters[SIPAS__MOST_STAGES];
    sipas__patterns patterns; /* of strata, ids, FPCs and certainty flags: all but the weights follows from them */
    uint8_t *certain;         /* by pattern; NULL when no unit is drawn with certainty */
    double *pattern_weight;   /* by pattern, where weights follow from FPCs; else NULL */
    int32_t n_stages;
    sipas__stage stage[SIPAS__MOST_STAGES];
    int64_t n_psus;
    /* facts about the weights */
    int64_t positive, negative;
    double weight_sum, weight_square_sum;
};

/** A tile of rows under a design. */
typedef struct sipas__design_tile {
    double weight[SIPAS__TILE];
    int32_t stratum[SIPAS__MOST_STAGES][SIPAS__TILE]; /* per effective stage */
    int32_t unit[SIPAS__MOST_STAGES][SIPAS__TILE];    /* the same; the last stage's only where rows are not the units */
} sipas__design_tile;

/** One more hold on a design; its columns may be gone by the time the hold is used, so no rows may be read then. */
sipas_design *sipas__design_ref(const sipas_design *design);

/** Reads rows row … row+n-1, n ≤ SIPAS__TILE. Any number of threads, each with a tile of its own. */
void sipas__design_read(const sipas_design *design, int64_t row, int64_t n, sipas__design_tile *tile);

/** The same, weights only. */
void sipas__design_read_weights(const sipas_design *design, int64_t row, int64_t n, double *weight);

/** Numbers the strata and units of every stage, given the patterns, for sipas_design_new(). SIPAS_ERR_MEMORY. */
sipas_status sipas__design_number_stages(sipas_design *design, sipas_error *err);

/** Level of a pattern in a column of codes; 0 where the design has no such column. */
int32_t sipas__design_level(const sipas__coded *columns, int32_t n_columns, int32_t column, int64_t pattern);

/** Fills the sampling fractions of every stage that has an FPC, for sipas_design_new(). */
sipas_status sipas__design_read_fractions(sipas_design *design, const sipas_column *fpc, sipas_error *err);

/** Looks at every weight once, for sipas_design_new(): faults by row, counts, sums. */
sipas_status sipas__design_check_weights(sipas_design *design, int calibrated, sipas_error *err);

/** Code of a first-stage unit as text, in `buffer`; NULL where it is a row and has none. */
const char *sipas__design_psu_label(const sipas_design *design, int64_t unit, char *buffer, size_t size);

/** Name of a stratum of a later stage by the PSU it lies in ("a stratum of stage 2 in PSU 15 of stratum 83"). */
void sipas__design_inner_name(const sipas_design *design, int32_t stage, int64_t stratum, char *buffer, size_t size);

/** Name of a first-stage stratum for messages ("stratum 83", "stratum 83, certainty unit 2", "the only stratum"). */
void sipas__design_stratum_name(const sipas_design *design, int64_t stratum, char *buffer, size_t size);

#endif

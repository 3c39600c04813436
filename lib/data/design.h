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

#include "data/alike.h"
#include "data/coded.h"
#include "data/domain.h"

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
    int rows_are_units;                      /* the last stage, when ids end above the rows or tell each row apart */
    int32_t *pattern_stratum, *pattern_unit; /* by pattern of the design's columns */
} sipas__stage;

/** A stratum or unit whose units were all drawn, up to rounding of a fraction given as a decimal. */
#define SIPAS__TAKEN_WHOLE (1.0 - 1e-7)

/** First-stage units drawn with unequal probabilities (data/design_pps.c). All NULL when there are none. */
typedef struct sipas__pps {
    int32_t method, form;
    double *pi;         /* by first-stage unit (row, where rows are the units) */
    int64_t *n;         /* by stratum: units with π < 1; -1 = a stratum drawn with equal probabilities after all */
    double *q, *qq;     /* by stratum: Σ (1 - π) and Σ (1 - π)² over them */
    double *square;     /* by stratum: Σ π²/n over the population, or its estimate */
    double *check;      /* JOINT: Δ_ij, j ≤ i, the lower triangle by unit */
    double *check_sum;  /* JOINT: Σ_j Δ_ij */
    int64_t certain_df; /* degrees of freedom that units with π = 1 do not have */
} sipas__pps;

/** The second phase (data/design_phase.c). Units are those of the last stage. */
typedef struct sipas__phase2 {
    int32_t kind, phase1;
    int weights_given; /* those of phase 1 */
    int64_t n_strata;
    sipas__codes strata;
    int32_t *unit_stratum; /* by unit; -1 = not in the sample of phase 2 */
    double *unit_f;        /* by unit: probability of being taken from phase 1 */
    int64_t *units;        /* by stratum: units in the sample of phase 2 */
    int64_t n_units;
    double *weights; /* by row: weight over both phases, 0 = not in phase 2 */
} sipas__phase2;

/** Collapsed strata (data/design_collapse.c): first-stage strata that the variance takes as one. */
typedef struct sipas__collapse {
    int32_t *group; /* by stratum; NULL = none is collapsed */
    int64_t n_groups;
    int64_t *units;  /* by group: units drawn */
    int32_t *strata; /* by group: how many strata it has */
    double *f;       /* by group: units drawn over units in the population */
} sipas__collapse;

/** What a design has of its own; all else is that of the design it is derived from. */
enum {
    SIPAS__OWNS_COLUMNS = 1, /* what was said of the columns once: unequal probabilities, collapsed strata */
    SIPAS__OWNS_LAYOUT = 2,  /* codes by pattern, patterns, strata and units (data/design_layout.c) */
    SIPAS__OWNS_PHASE2 = 4,
    SIPAS__OWNS_SUBSET = 8,
    SIPAS__OWNS_SAYINGS = 16
};

/**
 * A design that was read, or one derived from another (data/design_derive.c): it holds that one, shares all that it does not change,
 * and owns what it does. Nothing changes once it is made. So whatever is said of a design later is a field here that a
 * derivation fills, and none of the options that a design is read with: weights take the place of weights as phase 2 has it.
 */
struct sipas_design {
    atomic_int holds;   /* covariances and derived designs outlive their design */
    int32_t owns;       /* SIPAS__OWNS_ */
    sipas_design *base; /* held; NULL = this one was read. All that follows is taken over from it */
    sipas_ctx *ctx;
    int64_t n;
    int32_t lonely_psu, df, calibrated;
    double df_value;
    int32_t has_weights, n_columns_strata, n_columns_clusters, n_columns_fpc;
    sipas_column weights;
    sipas__coded strata[SIPAS__MOST_STAGES], clusters[SIPAS__MOST_STAGES];
    sipas__patterns patterns; /* of strata, ids, FPCs and certainty flags: all but the weights follows from them */
    int last_ids_are_rows;    /* the ids of the last stage tell every row apart, and are not in the patterns */
    uint8_t *certain;         /* by pattern; NULL when no unit is drawn with certainty */
    double *pattern_weight;   /* by pattern, where weights follow from FPCs; else NULL */
    int32_t n_stages;
    sipas__stage stage[SIPAS__MOST_STAGES];
    int64_t n_psus;
    sipas_column given_fpc[SIPAS__MOST_STAGES];
    sipas__pps pps;
    sipas__phase2 phase2;
    sipas__collapse collapse;
    int32_t one_psu;
    uint8_t *subset; /* by row: 1 = in every domain that is asked for (data/design_subset.c); NULL = all are */
    int64_t n_subset;
    sipas__sayings sayings; /* for the notes of every result */
    /* facts about the weights */
    int64_t positive, negative;
    int64_t idle_df; /* degrees of freedom of PSUs and strata without a weight */
    double weight_sum, weight_square_sum;
    double weight_most;   /* the largest */
    int32_t weight_grain; /* each is a multiple of 2^grain; at most 0 */
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

/* ---- design_layout.c ---- */

/**
 * Finds the patterns of strata, ids, FPCs and flags of certainty (NULL = none), and the codes of each. `certainty` must outlive the
 * design. SIPAS_ERR_VALUE for flags that differ within a unit; SIPAS_ERR_MEMORY, SIPAS_ERR_CANCELLED.
 */
sipas_status sipas__design_read_patterns(sipas_design *design, const sipas_column *certainty, sipas_error *err);

/** The name of a column of codes in messages: `what`, of several with its stage. */
const char *sipas__design_column_name(char *buffer, size_t size, const char *what, int32_t column, int32_t count);

/** From the patterns to strata, units and their sampling fractions. Errors as sipas_design_new() lists for `fpc`. */
sipas_status sipas__design_lay_out(sipas_design *design, sipas_error *err);

/** Gives up a layout that is another's, for one of its own, whose codes are the other's. */
void sipas__design_new_layout(sipas_design *design);
void sipas__design_clear_layout(sipas_design *design);

/* ---- design_derive.c ---- */

/** A design like `base`, that it holds, for a derivation to change; it owns nothing. NULL = no memory. O(1). */
sipas_design *sipas__design_derive(const sipas_design *base);

/* ---- design_subset.c ---- */

/** The domains of an estimate under a design, for whose subset `where` holds too. As sipas__domain_init(). */
sipas_status sipas__design_domains(const sipas_design *design, const sipas_domains *opts, sipas__domain *domain,
                                   sipas_error *err);

/* ---- the parts of a reading ---- */

/** Numbers the strata and units of every stage, given the patterns, for sipas__design_lay_out(). SIPAS_ERR_MEMORY. */
sipas_status sipas__design_number_stages(sipas_design *design, sipas_error *err);

/** Level of a pattern in a column of codes; 0 where the design has no such column. */
int32_t sipas__design_level(const sipas__coded *columns, int32_t n_columns, int32_t column, int64_t pattern);

/** Fills the sampling fractions of every stage that has an FPC, for sipas__design_lay_out(). */
sipas_status sipas__design_read_fractions(sipas_design *design, sipas_error *err);

/** Notes the ids that stand in several strata of their stage; SIPAS_ERR_VALUE with `refuse`. */
sipas_status sipas__design_check_nesting(sipas_design *design, int refuse, sipas_error *err);

/** Looks at every weight once: faults by row, counts, sums. */
sipas_status sipas__design_check_weights(sipas_design *design, sipas_error *err);

/** Counts the PSUs and strata that have no row of non-zero weight, where there is one phase. */
sipas_status sipas__design_count_idle(sipas_design *design, sipas__design_tile *tile, sipas_error *err);

/** Code of a first-stage unit as text; NULL where it is a row and has none. `buffer` holds 32 bytes, for integers. */
const char *sipas__design_psu_label(const sipas_design *design, int64_t unit, char *buffer);

/** Reads inclusion probabilities and joint ones, and makes what the variance needs of them. */
sipas_status sipas__design_read_pps(sipas_design *design, const sipas_design_opts *opts, sipas__design_tile *tile,
                                    sipas_error *err);
void sipas__design_clear_pps(sipas_design *design);

/** What is said of a second phase. */
typedef struct sipas__phase2_given {
    int32_t kind, phase1; /* SIPAS_PHASE2_, SIPAS_PHASE1_ */
    const sipas_column *sample, *strata, *fpc;
} sipas__phase2_given;

/** Reads the second phase, where there is one; from then on the weights are those over both phases. */
sipas_status sipas__design_read_phase2(sipas_design *design, const sipas__phase2_given *given, sipas__design_tile *tile,
                                       sipas_error *err);
void sipas__design_clear_phase2(sipas_design *design);

/** Degrees of freedom over both phases, from those of each: of phase 2, where phase 1 has clusters the less of both. */
double sipas__design_phase2_df(const sipas_design *design, double first, double second);

/** Finds partners for lonely first-stage strata. */
sipas_status sipas__design_collapse(sipas_design *design, const sipas_design_opts *opts, sipas__design_tile *tile,
                                    sipas_error *err);
void sipas__design_clear_collapse(sipas_design *design);

/** Inside only: a lonely unit leaves the variance missing. */
enum { SIPAS__LONELY_MISSING = 100 };

/**
 * Derives a design whose rows with a flag lie in units of certainty, and where lonely ones leave a gap. `flags` must outlive it.
 * Codes are not read again. SIPAS_ERR_MEMORY, SIPAS_ERR_CANCELLED.
 */
sipas_status sipas__design_with_certain(const sipas_design *base, const uint8_t *flags, sipas_design **out,
                                        sipas_error *err);

/** Which rows lie in units flagged as certain. */
void sipas__design_certain_rows(const sipas_design *design, int64_t row, int64_t n, uint8_t *certain);

/** Says in the metadata and notes of a result what the design has beyond strata and stages. */
void sipas__design_annotate(const sipas_design *design, sipas_table *table);

/** True when the variance needs the first-stage units one by one, even where they are the rows. */
static inline int sipas__design_needs_units(const sipas_design *design)
{
    return design->pps.method != SIPAS_PPS_NONE || design->phase2.kind != SIPAS_PHASE2_NONE;
}

/** True when every unit of every stage of variance was drawn: a standard error of 0 is then to be believed. */
int sipas__design_is_census(const sipas_design *design);

/** True when a first-stage unit was drawn with certainty, or with its whole stratum. */
int sipas__design_unit_is_certain(const sipas_design *design, int64_t unit, int64_t stratum);

/** Name of a first-stage unit for messages ("PSU 15 of stratum 83", "row 7"). */
void sipas__design_unit_name(const sipas_design *design, int64_t unit, char *buffer, size_t size);

/** Name of a stratum of a later stage by the PSU it lies in ("a stratum of stage 2 in PSU 15 of stratum 83"). */
void sipas__design_inner_name(const sipas_design *design, int32_t stage, int64_t stratum, char *buffer, size_t size);

/** Name of a first-stage stratum for messages ("stratum 83", "stratum 83, certainty unit 2", "the only stratum"). */
void sipas__design_stratum_name(const sipas_design *design, int64_t stratum, char *buffer, size_t size);

#endif

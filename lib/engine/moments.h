/**
 * @file engine/moments.h
 * The one pass over the rows: weighted sums of all variables per segment.
 *
 * A *segment* is a unit of the last stage within a cell of the domains (where rows are the units themselves: a stratum
 * within a cell). Everything that is linear in these sums needs no second look at the rows.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ENGINE_MOMENTS_H
#define SIPAS_ENGINE_MOMENTS_H

#include "data/design.h"
#include "data/domain.h"

/** Something wrong in the data that a source met; the source itself puts it in words. */
typedef struct sipas__fault {
    int64_t row; /* -1 = none */
    int64_t variable;
    double value;
} sipas__fault;

/** An item whose answers are one-byte codes, and whose scores are multiples of whole points. */
typedef struct sipas__scored {
    sipas_column column;
    double times, over;  /* score = times × points / over */
    uint8_t points[256]; /* by the code's byte; 0 where it is not scored */
    uint8_t known[256];  /* by the code's byte: 1 = scored, or rightly without a score */
    uint8_t low, span;   /* bytes low … low + span are scored, and no others */
} sipas__scored;

/** Where variables come from. */
typedef struct sipas__source {
    int64_t n_vars;
    const void *state;
    /* Fills values[v * SIPAS__TILE + i]; NaN = missing. The first fault, by row, is left in `fault`. `work` has
     * n_work doubles. May run on several threads at once, and may not allocate. */
    void (*fill)(const void *state, int64_t row, int64_t n, double *values, double *work, sipas__fault *fault);
    sipas_status (*explain)(const void *state, const sipas__fault *fault, sipas_error *err);
    int64_t n_work;
    const sipas__scored *scored; /* n_vars items for the fast path, or NULL */
    const double *centre;        /* n_vars numbers that were taken off the values; NULL = none */
    int finite;                  /* an infinite value in a row of non-zero weight is a fault */
    int complete;                /* a row that lacks one variable counts for none */
    int plain;                   /* sums of unweighted values are wanted too */
    int64_t n_sets;              /* sets of variables whose joint absence is counted */
    const uint64_t *sets;        /* n_sets × set_words words: bit v = variable v is in the set */
    int64_t set_words;
} sipas__source;

typedef struct sipas__plane_sums sipas__plane_sums;

/** The sums. Arrays by segment, or by segment × variable. */
typedef struct sipas__moments {
    sipas_ctx *ctx;
    int64_t n_segments, n_vars, n_sets;
    int by_row;    /* 1 = a segment is one row of an element design */
    int single;    /* 1 = a segment is one row, of an element design or not: nothing is added to it twice */
    int by_cell;   /* 1 = segments are numbered by cell, in no order within; 0 = by unit, then cell */
    int32_t *leaf; /* unit of the last stage; where rows are units the row (by_row) or the stratum, which is no unit */
    int32_t *cell; /* cell of the domains; in one block with the leaves */
    /* by leaf, not by segment: */
    int32_t *leaf_stratum; /* its stratum at the last stage */
    int32_t *leaf_psu;     /* its first-stage unit; -1 where rows are units and not by_row */
    int32_t *leaf_first;   /* its stratum at the first stage */
    int64_t *rows;         /* rows of non-zero weight; NULL where that follows from the weight of a single row */
    double *weight, *sum; /* Σ w, and Σ w y over the rows that have y: sipas__moments_weight(), sipas__moments_sum() */
    int64_t weight_pitch, sum_pitch; /* from one segment to the next; of single rows both lie together */
    double *weight_low, *sum_low;    /* while rows are added: what compensation adds to them; NULL at last */
    double *gone;                    /* Σ w over the rows that lack y */
    int32_t *n_gone;                 /* their number */
    int any_gone;                    /* 0 = none lacks any */
    double *plain;                   /* Σ y, or NULL */
    int64_t *silent;                 /* rows where a whole set is missing */
    double *silent_weight;
    int64_t block_pitch;          /* length of a line of `block`: see sipas__pass_pitch() */
    double *block;                /* rows added since the last compensation, in scattered data; NULL at last */
    int32_t *n_block;             /* their number, by segment */
    const sipas__patterns *pairs; /* what tells a row's segment: patterns of design and domains together */
    sipas__patterns both;         /* them, when there are domains */
    int32_t *pair_segment;        /* segment of each */
    int32_t *index_segment;       /* the same by their index (sipas__patterns_index()), or NULL */
    int32_t *row_segment;         /* segment of each row, where that is kept; else NULL */
    sipas__plane_sums *exact;     /* while rows are read, and sums made in whole numbers: these; else NULL */
} sipas__moments;

/** Σ w over the rows of a segment. O(1), as the next. */
static inline double sipas__moments_weight(const sipas__moments *m, int64_t segment)
{
    return m->weight[segment * m->weight_pitch];
}

/** Σ w y. */
static inline double sipas__moments_sum(const sipas__moments *m, int64_t segment, int64_t variable)
{
    return m->sum[segment * m->sum_pitch + variable];
}

/** Rows of non-zero weight of a segment. */
static inline int64_t sipas__moments_rows(const sipas__moments *m, int64_t segment)
{
    return m->rows ? m->rows[segment] : sipas__moments_weight(m, segment) != 0.0;
}

/** Σ w over the rows of a segment that have a variable. */
static inline double sipas__moments_present(const sipas__moments *m, int64_t segment, int64_t variable)
{
    const int64_t at = segment * m->n_vars + variable;

    if (!m->any_gone) return sipas__moments_rows(m, segment) ? sipas__moments_weight(m, segment) : 0.0;
    if (m->n_gone[at] == sipas__moments_rows(m, segment)) return 0.0;
    return sipas__moments_weight(m, segment) - m->gone[at];
}

/** Rows of non-zero weight of a segment that have a variable. */
static inline int64_t sipas__moments_count(const sipas__moments *m, int64_t segment, int64_t variable)
{
    return sipas__moments_rows(m, segment) - (m->any_gone ? m->n_gone[segment * m->n_vars + variable] : 0);
}

/** First-stage stratum of a segment. */
static inline int64_t sipas__moments_stratum(const sipas__moments *m, int64_t segment)
{
    return m->leaf_first[m->leaf[segment]];
}

/** First-stage unit of a segment; -1 where there is none to tell. */
static inline int64_t sipas__moments_psu(const sipas__moments *m, int64_t segment)
{
    return m->leaf_psu[m->leaf[segment]];
}

/** What a worker needs to read tiles; one per thread. */
typedef struct sipas__reader {
    double own_weight[SIPAS__TILE];
    const double *weight; /* of the tile's rows: the caller's memory where nothing changes them, else `own_weight` */
    int32_t segment[SIPAS__TILE];
    double *values; /* n_vars × SIPAS__TILE */
    double *work;
    uint8_t *points, *lines; /* of scored items, by item and by row */
    uint64_t *missing;       /* bits of the variables that a row lacks, by row × words */
    sipas__fault fault;
} sipas__reader;

/** Readers for `count` workers; NULL when there is no memory. */
sipas__reader *sipas__readers_new(const sipas_ctx *ctx, const sipas__source *source, int32_t count);
void sipas__readers_free(const sipas_ctx *ctx, sipas__reader *readers, int32_t count);

/** Reads the weights of a tile, 0 for rows that are out of every domain. */
void sipas__reader_weights(sipas__reader *reader, const sipas_design *design, const sipas__domain *domain, int64_t row,
                           int64_t n);

/** Reads the segments of a tile. */
void sipas__reader_segments(sipas__reader *reader, const sipas__moments *moments, int64_t row, int64_t n);

/** Keeps the segment of each of n rows, 4 bytes a row, for front ends that look at the rows often. SIPAS_ERR_MEMORY,
 * SIPAS_ERR_CANCELLED. */
sipas_status sipas__moments_keep_rows(sipas__moments *moments, int64_t n, sipas_error *err);

/** Reads the variables of a tile; for `complete`, a row that lacks one lacks all. Returns 1 when a value is not finite. */
int sipas__reader_values(sipas__reader *reader, const sipas__source *source, int64_t row, int64_t n);

/**
 * Makes the pass. `by_row`: keep a segment per row for designs whose units are the rows (needed for covariances). Designs
 * that look at each unit (unequal probabilities, two phases) have one whatever is asked: their units are then known everywhere.
 * Scored items are summed in whole numbers where the weights can be cut so (engine/moments_planes.h): exact, and bitwise the same for
 * any order of the rows. All else is bitwise the same for any number of threads: rows are cut into stretches whose number follows from the data alone, each
 * is summed by one worker in row order, and their sums are joined in the order of the rows.
 */
sipas_status sipas__moments_init(sipas__moments *moments, const sipas_design *design, const sipas__domain *domain,
                                 const sipas__source *source, int by_row, sipas_error *err);

void sipas__moments_clear(sipas__moments *m);

#endif

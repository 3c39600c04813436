/**
 * @file engine/moments_sum.h
 * The parts of the pass; for this room only.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ENGINE_MOMENTS_SUM_H
#define SIPAS_ENGINE_MOMENTS_SUM_H

#include "engine/moments.h"

/** Bytes from one item's points to the next; not a power of two, so that items do not share cache sets. */
enum { SIPAS__POINTS_PITCH = SIPAS__TILE + 64 };

/**
 * Length of a line of a block: the variables, then 1, whose sum is that of the weights; for scored items in whole groups of
 * eight.
 */
static inline int64_t sipas__pass_pitch(const sipas__source *source)
{
    return source->scored ? (source->n_vars + 1 + 7) / 8 * 8 : source->n_vars + 1;
}

/** Words of 64 bits that hold a bit per variable. */
static inline int64_t sipas__pass_words(int64_t n_vars)
{
    return (n_vars + 63) / 64;
}

/** Adds x to a compensated sum, as sipas__sum_add(), but without a branch, which would be taken at random here. */
static inline void sipas__pass_two_sum(double *high, double *low, double x)
{
    const double sum = *high + x;
    const double part = sum - *high;

    *low += (*high - (sum - part)) + (x - part);
    *high = sum;
}

/** Rows of a tile that are of one segment and follow each other. */
typedef struct sipas__run {
    int64_t first, n, segment;
} sipas__run;

/** Finds the segments there are and fills the moments' arrays that say what each is (engine/segments.c). */
sipas_status sipas__pass_number_segments(sipas__moments *m, const sipas_design *design, const sipas__domain *domain,
                                         sipas_error *err);

/** Makes room for n segments' leaves and cells. False when there is no memory. */
int sipas__pass_alloc_segments(sipas__moments *m, int64_t n);

/** Unit (stratum, where rows are units) and cell of every row. */
typedef struct sipas__row_keys {
    int64_t n;
    const int32_t *leaf, *cell;
    int64_t n_leaves, n_cells;
} sipas__row_keys;

/**
 * Numbers the segments by sorting the rows (engine/segments_sort.c): row_segment, leaf and cell, `by_cell`, and `single` where each row
 * becomes a segment of its own. SIPAS_ERR_MEMORY, SIPAS_ERR_CANCELLED.
 */
sipas_status sipas__pass_sort_rows(sipas__moments *m, const sipas__row_keys *rows, sipas_error *err);

/**
 * The items 0 … n-1, fewer than 2^31, in the order of their keys, which are below n_keys; those of one key as they are in `from` (NULL = as
 * they are). O(n + n_keys). False when there is no memory.
 */
int sipas__pass_sort(const sipas_ctx *ctx, const int32_t *key, int64_t n_keys, const int32_t *from, int64_t n,
                     int32_t *order);

/**
 * Adds rows row … row+n-1, whose weights the reader holds, to their segments. Of scored items the points are summed, to
 * become scores at the end. A fault is left in the reader. Returns 0 where the pass has to be made again, in doubles.
 */
int sipas__pass_sum_tile(const sipas__source *source, sipas__moments *m, sipas__reader *reader, int64_t row, int64_t n);

/**
 * Reads the answers of rows row … row+n-1 as points and adds them to their segments: run by run, or, where n_runs = 0, row by
 * row by the segments in the reader. What is not scored is marked as missing; returns 1 when there is any
 * (engine/moments_points.c).
 */
int sipas__pass_add_points(const sipas__source *source, sipas__moments *m, sipas__reader *reader,
                           const sipas__run *runs, int64_t n_runs, int64_t row, int64_t n);

/** Answers of n rows where they lie, or, where they lie apart, in `together`; those of the next tile are fetched. */
const uint8_t *sipas__pass_answers(const sipas__scored *item, int64_t row, int64_t n, uint8_t *together);

/** Points of n answers; returns 1 when some are not scored (these get 0). */
int sipas__pass_score(const sipas__scored *item, const uint8_t *answers, int64_t n, uint8_t *points);

/** A segment's block of plain sums goes into its compensated ones. */
void sipas__pass_fold_block(sipas__moments *m, int64_t segment);

/** Counts n rows as added to their segments' blocks, and folds those that are long. */
void sipas__pass_count_block(sipas__moments *m, const int32_t *segment, const double *weight, int64_t n);

#endif

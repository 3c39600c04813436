/**
 * @file estimate/pass_sum.h
 * The inner loops of the pass; for this room only.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ESTIMATE_PASS_SUM_H
#define SIPAS_ESTIMATE_PASS_SUM_H

#include "estimate/pass.h"

/** Lines of sums that a worker needs at a time: one per long run of a tile, or one per row of a batch. */
enum { SIPAS__PASS_SUMS = 96 };

/**
 * Adds rows row … row+n-1, whose weights the reader holds, to the segments low … high-1 they belong to. `sums` has
 * SIPAS__PASS_SUMS × n_vars doubles. A fault is left in the reader.
 */
void sipas__pass_sum_tile(const sipas__source *source, sipas__moments *m, sipas__reader *reader, double *sums,
                          int64_t row, int64_t n, int64_t low, int64_t high);

/** A segment's block of plain sums goes into its compensated ones. */
void sipas__pass_fold_block(sipas__moments *m, int64_t segment);

/** Keys of the segments of rows row … row+n-1 (estimate/pass_read.c). */
void sipas__reader_keys(sipas__reader *reader, const sipas_design *design, const sipas__domain *domain, int by_row,
                        int64_t row, int64_t n);

/** Segments of rows row … row+n-1, from those of the runs. */
void sipas__reader_spread(sipas__reader *reader, const sipas__moments *m, int64_t row, int64_t n);

#endif

/**
 * @file engine/stream.h
 * The one walk over the rows.
 *
 * Rows go by in tiles. They are cut into stretches whose number follows from the data alone, not from the threads there are: a
 * round gives each worker one stretch, which it reads in row order into sums of its own; then the sums are joined in the order
 * of the stretches. So a result is the same for any number of threads, to the last bit.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ENGINE_STREAM_H
#define SIPAS_ENGINE_STREAM_H

#include <sipas/base.h>
#include <sipas/column.h>

/** For n_sums: one worker takes all rows in their order. */
enum { SIPAS__STREAM_IN_ORDER = -1 };

/** A walk: what is done with a tile, and what with the sums of a round. */
typedef struct sipas__stream {
    const sipas_ctx *ctx;
    int64_t n;         /* rows */
    const char *doing; /* for the host's progress callback: "reading answers" */
    int64_t n_sums;    /* numbers that the sums of one worker take; many of them keep the stretches few. Or _IN_ORDER */
    void *state;
    /* Takes rows row … row+n-1, n ≤ SIPAS__TILE. Returns 0 where it met a fault: then its stretch is read no further. On several
     * threads, each with a worker's number of its own; may not allocate. */
    int (*tile)(void *state, int32_t worker, int64_t row, int64_t n);
    /* Joins the sums of workers 0 … workers-1, who had one stretch each, or reports their fault. On the calling thread, in the
     * order of the rows. NULL where there is nothing to join. */
    sipas_status (*join)(void *state, int32_t workers, sipas_error *err);
    /* set by sipas__stream_plan() */
    int32_t n_stretches, n_workers;
} sipas__stream;

/** Settles the number of stretches, and that of workers, 1 or more, for whom sums are then made. O(1). */
void sipas__stream_plan(sipas__stream *stream);

/** Walks. SIPAS_ERR_CANCELLED, or what `join` says. */
sipas_status sipas__stream_run(const sipas__stream *stream, sipas_error *err);

#endif

/**
 * @file engine/moments_planes.h
 * The pass over one-byte answers in whole numbers; for this room only.
 *
 * Where the weights of a design can be cut into planes (num/planes.h), sums of scored items are exact until they are rounded once, at
 * the end: the same for any order of the rows. Whether they can follows from the weights and the number of rows.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ENGINE_MOMENTS_PLANES_H
#define SIPAS_ENGINE_MOMENTS_PLANES_H

#include "engine/moments_sum.h"
#include "num/planes.h"

/** How the weights are cut for a source; n = 0 where sums are to be made in doubles. O(variables). */
sipas__planes sipas__pass_planes(const sipas_design *design, const sipas__source *source);

/** Sums for `count` workers, who read the segments of `m`; NULL when there is no memory. */
sipas__plane_sums *sipas__plane_sums_new(const sipas_ctx *ctx, const sipas__planes *planes, const sipas__moments *m,
                                         const sipas__source *source, int64_t n_rows, int32_t count);
void sipas__plane_sums_free(const sipas_ctx *ctx, sipas__plane_sums *sums, int32_t count);

/** The sums of one worker. */
sipas__plane_sums *sipas__plane_sums_of(sipas__plane_sums *sums, int32_t worker);

/**
 * Adds a tile, as sipas__pass_sum_tile() does. Returns 0 where a weight does not fit the planes, as when the caller's memory has changed:
 * then none of the sums is to be used.
 */
int sipas__plane_sums_add(sipas__plane_sums *sums, const sipas__source *source, sipas__reader *reader,
                          const sipas__run *runs, int64_t n_runs, int64_t row, int64_t n);

/** Whether a worker met such a weight. */
int sipas__plane_sums_fail(const sipas__plane_sums *sums, int32_t count);

/** Joins the sums of all workers and rounds them into those of `m`. SIPAS_ERR_CANCELLED. O(segments × variables × workers). */
sipas_status sipas__plane_sums_finish(sipas__plane_sums *sums, int32_t count, const sipas__source *source,
                                      sipas__moments *m, sipas_error *err);

#endif

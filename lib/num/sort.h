/**
 * @file num/sort.h
 * Stable sorting of row numbers by keys that stay where they are.
 *
 * `order` holds n row numbers in any order, each one an index into the keys; on return they are sorted, and rows of
 * equal keys stand as they stood before. So a sort by several keys is several sorts, the last key's first, and any
 * subset of the rows can be sorted. `work` is room for n more: nothing here allocates, so a worker may call it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_NUM_SORT_H
#define SIPAS_NUM_SORT_H

#include <stdint.h>

/** order = 0, 1, …, n-1. */
void sipas__sort_begin(int64_t *order, int64_t n);

/** By unsigned keys. O(n) for each byte in which the keys differ at all. */
void sipas__sort_u64(const uint64_t *key, int64_t *order, int64_t n, int64_t *work);

/** By signed keys. O(n), as above. */
void sipas__sort_i64(const int64_t *key, int64_t *order, int64_t n, int64_t *work);

/** By numbers: -0 and 0 are equal, infinities stand at the ends, NaN of any kind last and equal to each other. O(n). */
void sipas__sort_f64(const double *key, int64_t *order, int64_t n, int64_t *work);

/** < 0, 0, > 0 when row a stands before, with or after row b: a total preorder. */
typedef int (*sipas__sort_compare)(int64_t a, int64_t b, const void *state);

/** By a comparison, for text. O(n log n), O(n) when the rows are sorted already. */
void sipas__sort_by(sipas__sort_compare compare, const void *state, int64_t *order, int64_t n, int64_t *work);

#endif

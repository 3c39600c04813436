/**
 * @file base/threads.h
 * Running tasks side by side. The only part of the library that knows the system's threads.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_BASE_THREADS_H
#define SIPAS_BASE_THREADS_H

#include <sipas/base.h>

/** One task: `index` of 0 … n-1. It may not allocate and may not fail; what it has to say it leaves in `state`. */
typedef void (*sipas__task_fn)(void *state, int32_t index);

/**
 * Runs tasks 0 … n-1 (at most 1024), one thread each, the first on the caller's; returns when all are done. A task
 * whose thread cannot be started runs on the caller's.
 */
void sipas__threads_run(int32_t n, sipas__task_fn task, void *state);

/** Runs tasks 0 … n-1 on at most `threads` threads. The caller's takes part. */
void sipas__threads_share(int32_t threads, int32_t n, sipas__task_fn task, void *state);

/**
 * Rows in stretches: their number follows from the number of rows alone, so that sums over stretches, joined in their order, are
 * the same for any number of threads. At most `most` of them, of at least 2^17 rows each.
 */
int32_t sipas__stretch_count(int64_t n_rows, int32_t most);

/** First row of a stretch, a multiple of `unit`; that of the one behind the last is n_rows. */
int64_t sipas__stretch_start(int64_t n_rows, int32_t count, int32_t stretch, int64_t unit);

#endif

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

#endif

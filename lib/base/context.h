/**
 * @file base/context.h
 * Memory, progress and threads, all through the caller's context.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_BASE_CONTEXT_H
#define SIPAS_BASE_CONTEXT_H

#include <sipas/base.h>

/** One more hold on a context, for a handle that will free memory later. NULL is fine; returns its argument. */
sipas_ctx *sipas__ctx_ref(const sipas_ctx *ctx);

/** Number of worker threads a call may use, at least 1. */
int32_t sipas__ctx_threads(const sipas_ctx *ctx);

/** Zeroed memory for `count` elements of `size` bytes; NULL when there is none or the product overflows. Never NULL
 * for want of bytes: zero elements give one byte. */
void *sipas__alloc(const sipas_ctx *ctx, int64_t count, size_t size);

/** Gives memory back; NULL is fine. */
void sipas__free(const sipas_ctx *ctx, void *block);

/**
 * Makes room for at least `need` elements of `size` bytes in `*block`, which holds `*capacity`; new elements are zero.
 * Grows by doubling. False when there is no memory: block and capacity are then as before.
 */
int sipas__grow(const sipas_ctx *ctx, void **block, int64_t *capacity, int64_t need, size_t size);

/** Copy of a text; NULL when there is no memory. */
char *sipas__text_copy(const sipas_ctx *ctx, const char *text);

/** Tells the host's callback how far a task is; SIPAS_ERR_CANCELLED when it asks to stop. */
sipas_status sipas__progress(const sipas_ctx *ctx, const char *task, int64_t done, int64_t total, sipas_error *err);

/** The same within a long loop: asks at every 2^16th step, never at the first. */
sipas_status sipas__progress_within(const sipas_ctx *ctx, const char *task, int64_t done, int64_t total,
                                    sipas_error *err);

/** Between steps over n things that do not ask by themselves: asks where they are many. */
sipas_status sipas__progress_between(const sipas_ctx *ctx, const char *task, int64_t n, sipas_error *err);

/** A long task whose parts are not alike: its work is counted in steps of some ten nanoseconds or more. */
typedef struct sipas__steps {
    const sipas_ctx *ctx;
    const char *task;
    int64_t total, done;
} sipas__steps;

/** `n` more steps are done: asks as the above, once where one or more 2^16th steps are among them. */
sipas_status sipas__steps_add(sipas__steps *steps, int64_t n, sipas_error *err);

#endif

/**
 * @file failing_alloc.h
 * An allocator that fails where it is told to, and keeps count: what was taken, and whether all of it came back.
 *
 *     failing_alloc memory;
 *     sipas_ctx *ctx = failing_alloc_ctx(&memory);
 *     failing_alloc_arm(&memory, 3);     the fourth allocation from here fails
 *     …
 *     sipas_ctx_free(ctx);
 *     assert_int_equal(memory.held, 0);
 *
 * Each block carries its size and a mark, so a block given back twice, or never taken here, fails the running test.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FAILING_ALLOC_H
#define FAILING_ALLOC_H

#include <stddef.h>
#include <stdint.h>

#include <sipas/base.h>

/** Counts; read them as they are. */
typedef struct failing_alloc {
    int64_t calls;   /**< allocations asked for since the last arming */
    int64_t failed;  /**< allocations refused since the last arming */
    int64_t held;    /**< blocks taken and not yet given back */
    int64_t bytes;   /**< bytes in them */
    int64_t peak;    /**< the most bytes there ever were */
    int64_t fail_at; /**< which allocation fails, from 0; -1 = none */
} failing_alloc;

/** A ::sipas_alloc_fn; `user` is a ::failing_alloc. The memory is full of 0xA5. */
void *failing_alloc_take(void *user, size_t size);

/** The ::sipas_free_fn that goes with it. */
void failing_alloc_give(void *user, void *block);

/** Zeroes the counts and makes a context over them that fails nowhere. Fails the running test when it cannot. */
sipas_ctx *failing_alloc_ctx(failing_alloc *memory);

/** Lets allocation `fail_at` from now on (0 = the next) fail, and it only; -1 = none. */
void failing_alloc_arm(failing_alloc *memory, int64_t fail_at);

#endif

/*
 * The failing allocator.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "failing_alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Before each block. Its size keeps the block as aligned as malloc's. */
typedef struct head {
    alignas(max_align_t) size_t size;
    uint64_t mark;
} head;

#define TAKEN UINT64_C(0x74616b656e2e2e2e)
#define GIVEN UINT64_C(0x676976656e2e2e2e)

void *failing_alloc_take(void *user, size_t size)
{
    failing_alloc *memory = user;
    head *at;

    if (memory->calls++ == memory->fail_at) {
        memory->failed++;
        return NULL;
    }
    at = malloc(sizeof *at + size);
    if (!at) return NULL;
    at->size = size;
    at->mark = TAKEN;
    memset(at + 1, 0xA5, size);
    memory->held++;
    memory->bytes += (int64_t)size;
    if (memory->bytes > memory->peak) memory->peak = memory->bytes;
    return at + 1;
}

void failing_alloc_give(void *user, void *block)
{
    failing_alloc *memory = user;
    head *at = (head *)block - 1;

    if (at->mark != TAKEN) fail_msg("a block was given back that is not held");
    at->mark = GIVEN;
    memory->held--;
    memory->bytes -= (int64_t)at->size;
    free(at);
}

sipas_ctx *failing_alloc_ctx(failing_alloc *memory)
{
    sipas_ctx_opts opts = SIPAS_CTX_OPTS_INIT;
    sipas_ctx *ctx = NULL;

    memset(memory, 0, sizeof *memory);
    memory->fail_at = -1;
    opts.alloc = failing_alloc_take;
    opts.free = failing_alloc_give;
    opts.alloc_user = memory;
    if (sipas_ctx_new(&opts, &ctx, NULL) < 0) fail_msg("no context");
    return ctx;
}

void failing_alloc_arm(failing_alloc *memory, int64_t fail_at)
{
    memory->calls = 0;
    memory->failed = 0;
    memory->fail_at = fail_at;
}

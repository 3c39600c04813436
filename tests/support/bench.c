/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "bench.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

double bench_seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void *bench_need(size_t bytes)
{
    void *block = malloc(bytes);

    if (!block) {
        (void)fprintf(stderr, "no memory for %zu bytes\n", bytes);
        exit(1);
    }
    return block;
}

uint64_t bench_next(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

uint64_t bench_read(const void *block, size_t bytes)
{
    const unsigned char *at = block;
    uint64_t sum = 0, word;

    for (size_t i = 0; i + 8 <= bytes; i += 8) {
        memcpy(&word, at + i, 8);
        sum += word;
    }
    return sum;
}

void bench_keep_least(double *least, double value)
{
    if (*least == 0.0 || value < *least) *least = value;
}

void bench_check(sipas_status status, const sipas_error *err)
{
    if (status == SIPAS_OK) return;
    (void)fprintf(stderr, "%s\n", err->message);
    exit(1);
}

/* Before each block. Its size keeps the block as aligned as malloc's. */
typedef struct head {
    alignas(max_align_t) size_t size;
} head;

static void *take(void *user, size_t size)
{
    bench_memory *memory = user;
    head *at = malloc(sizeof *at + size);

    if (!at) return NULL;
    at->size = size;
    memory->bytes += (int64_t)size;
    if (memory->bytes > memory->peak) memory->peak = memory->bytes;
    return at + 1;
}

static void give(void *user, void *block)
{
    bench_memory *memory = user;
    head *at = (head *)block - 1;

    memory->bytes -= (int64_t)at->size;
    free(at);
}

sipas_ctx *bench_ctx(bench_memory *memory, int32_t threads)
{
    sipas_ctx_opts opts = SIPAS_CTX_OPTS_INIT;
    sipas_ctx *ctx;
    sipas_error err;

    opts.threads = threads;
    if (memory) {
        *memory = (bench_memory){0, 0};
        opts.alloc = take;
        opts.free = give;
        opts.alloc_user = memory;
    }
    bench_check(sipas_ctx_new(&opts, &ctx, &err), &err);
    return ctx;
}

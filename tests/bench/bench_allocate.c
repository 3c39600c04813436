/*
 * Measures sipas_allocate(): one JSON line a case, the least of several runs, one thread. `ms` is the time on
 * the wall, `cpu_ms` that of the processor; `kept_ms` is the processor's with a host that keeps its memory
 * from call to call, so that the system need not hand out fresh pages: with a million units that is half of
 * the time.
 *
 *   bench_allocate            all cases
 *   bench_allocate --quick    the same, one run each
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct bench_case {
    const char *name;
    int64_t units, total;
    int32_t method, rounding;
    int bounds; /* 0 = none but the size, 1 = lower and upper columns */
    int alike;  /* 1 = all units the same: nothing but ties */
} bench_case;

static const bench_case cases[] = {
    {"neyman_box_1e6", 1000000, 5000000, SIPAS_ALLOCATE_NEYMAN, 0, 1, 0},
    {"neyman_box_1e6_small_total", 1000000, 2500000, SIPAS_ALLOCATE_NEYMAN, 0, 1, 0},
    {"neyman_box_1e6_large_total", 1000000, 100000000, SIPAS_ALLOCATE_NEYMAN, 0, 1, 0},
    {"neyman_1e6", 1000000, 5000000, SIPAS_ALLOCATE_NEYMAN, 0, 0, 0},
    {"cost_box_1e6", 1000000, 5000000, SIPAS_ALLOCATE_COST, 0, 1, 0},
    {"neyman_ties_1e6", 1000000, 5500000, SIPAS_ALLOCATE_NEYMAN, 0, 0, 1},
    {"proportional_box_1e6", 1000000, 5000000, SIPAS_ALLOCATE_PROPORTIONAL, 0, 1, 0},
    {"webster_box_1e6", 1000000, 5000000, SIPAS_ALLOCATE_PROPORTIONAL, SIPAS_ROUNDING_WEBSTER, 1, 0},
    {"jefferson_box_1e6", 1000000, 5000000, SIPAS_ALLOCATE_PROPORTIONAL, SIPAS_ROUNDING_JEFFERSON, 1, 0},
    {"neyman_box_1e4", 10000, 50000, SIPAS_ALLOCATE_NEYMAN, 0, 1, 0},
    {"neyman_3321", 3321, 40230, SIPAS_ALLOCATE_NEYMAN, 0, 0, 0},
};

typedef struct units {
    double *size, *sd, *cost;
    int32_t *lower, *upper;
} units;

/* A host's memory that never goes back to the system: blocks are found again by their size. */
enum { KEPT = 64 };

typedef struct kept_block {
    void *memory;
    size_t size;
    int taken;
} kept_block;

typedef struct kept_memory {
    kept_block blocks[KEPT];
    int n_blocks;
} kept_memory;

static void *keep_take(void *user, size_t size)
{
    kept_memory *kept = user;
    kept_block *block = kept->blocks;

    for (; block < kept->blocks + kept->n_blocks; block++)
        if (!block->taken && block->size == size) break;
    if (block == kept->blocks + KEPT) return NULL;
    if (block == kept->blocks + kept->n_blocks) {
        block->memory = malloc(size);
        block->size = size;
        if (!block->memory) return NULL;
        kept->n_blocks++;
    }
    block->taken = 1;
    return block->memory;
}

static void keep_give(void *user, void *memory)
{
    kept_memory *kept = user;

    for (int i = 0; i < kept->n_blocks; i++)
        if (kept->blocks[i].memory == memory) kept->blocks[i].taken = 0;
}

static void free_kept(kept_memory *kept)
{
    for (int i = 0; i < kept->n_blocks; i++) free(kept->blocks[i].memory);
}

static double now_ms(clockid_t clock)
{
    struct timespec at;

    clock_gettime(clock, &at);
    return 1e3 * (double)at.tv_sec + 1e-6 * (double)at.tv_nsec;
}

static double uniform(int64_t unit, uint64_t stream)
{
    return sipas_rng_uniform(20240101, 0, (uint64_t)unit, stream, 0);
}

static units make_units(const bench_case *c)
{
    size_t n = (size_t)c->units;
    units u = {malloc(n * sizeof *u.size), malloc(n * sizeof *u.sd), malloc(n * sizeof *u.cost),
               malloc(n * sizeof *u.lower), malloc(n * sizeof *u.upper)};

    for (int64_t i = 0; i < c->units; i++) {
        u.size[i] = c->alike ? 1000.0 : floor(50.0 + 20000.0 * uniform(i, 1) * uniform(i, 2));
        u.sd[i] = c->alike ? 1.0 : exp(1.5 * (uniform(i, 3) + uniform(i, 4) - 1.0));
        u.cost[i] = 1.0 + 4.0 * uniform(i, 5);
        u.lower[i] = (int32_t)(3.0 * uniform(i, 6));
        u.upper[i] = u.lower[i] + 2 + (int32_t)(600.0 * pow(uniform(i, 7), 3.0));
    }
    return u;
}

static void free_units(units *u)
{
    free(u->size);
    free(u->sd);
    free(u->cost);
    free(u->lower);
    free(u->upper);
}

typedef struct times {
    double wall, cpu;
} times;

static times run(sipas_ctx *ctx, const bench_case *c, const units *u, char *exchange, size_t room)
{
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_column size = sipas_column_f64(u->size, c->units), sd = sipas_column_f64(u->sd, c->units);
    sipas_column cost = sipas_column_f64(u->cost, c->units), lower = sipas_column_i32(u->lower, c->units);
    sipas_column upper = sipas_column_i32(u->upper, c->units);
    sipas_table *table;
    sipas_error err;
    const char *value;
    times took = {now_ms(CLOCK_MONOTONIC), now_ms(CLOCK_THREAD_CPUTIME_ID)};

    opts.method = c->method;
    opts.rounding = c->rounding;
    opts.sd = &sd;
    opts.cost = &cost;
    opts.lower = c->bounds ? &lower : NULL;
    opts.upper = c->bounds ? &upper : NULL;
    if (sipas_allocate(ctx, c->total, &size, &opts, &table, &err) < 0) {
        fprintf(stderr, "%s: %s\n", c->name, err.message);
        exit(1);
    }
    took.wall = now_ms(CLOCK_MONOTONIC) - took.wall;
    took.cpu = now_ms(CLOCK_THREAD_CPUTIME_ID) - took.cpu;
    if (sipas_table_find_meta(table, "exchange", &value, &err) == SIPAS_OK) snprintf(exchange, room, "%s", value);
    sipas_table_free(table);
    return took;
}

static void measure(const bench_case *c, int runs)
{
    units u = make_units(c);
    kept_memory kept = {.n_blocks = 0};
    sipas_ctx_opts opts = SIPAS_CTX_OPTS_INIT;
    sipas_ctx *ctx;
    char exchange[64] = "";
    times least = {INFINITY, INFINITY};
    double least_kept = INFINITY;

    opts.alloc = keep_take;
    opts.free = keep_give;
    opts.alloc_user = &kept;
    if (sipas_ctx_new(&opts, &ctx, NULL) < 0) exit(1);
    for (int r = 0; r < runs; r++) {
        times took = run(NULL, c, &u, exchange, sizeof exchange);

        least.wall = fmin(least.wall, took.wall);
        least.cpu = fmin(least.cpu, took.cpu);
    }
    for (int r = 0; r < runs + 1; r++) least_kept = fmin(least_kept, run(ctx, c, &u, exchange, sizeof exchange).cpu);
    printf("{\"bench\": \"allocate\", \"case\": \"%s\", \"units\": %" PRId64 ", \"total\": %" PRId64
           ", \"ms\": %.3f, \"cpu_ms\": %.3f, \"kept_ms\": %.3f, \"exchange\": \"%s\"}\n",
           c->name, c->units, c->total, least.wall, least.cpu, least_kept, exchange);
    sipas_ctx_free(ctx);
    free_kept(&kept);
    free_units(&u);
}

int main(int argc, char **argv)
{
    int runs = argc > 1 && strcmp(argv[1], "--quick") == 0 ? 1 : 9;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) measure(&cases[i], runs);
    return 0;
}

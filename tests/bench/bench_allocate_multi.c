/*
 * Measures sipas_allocate_multi(): one JSON line a case, the least of several runs, one thread.
 *
 *   bench_allocate_multi            all cases
 *   bench_allocate_multi --quick    the same, one run each
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

enum { CUTS = 3, VARIABLES = 4 };

/* Strata lie in domains[0] domains of the first cut, and so on; nested, or each cut across the others. */
typedef struct bench_case {
    const char *name;
    int64_t strata;
    int32_t n_by, domains[CUTS], nested;
    double target, whole; /* CV in every domain, and in the whole (0 = none) */
    double budget;        /* 0 = the least cost */
    int costs;
} bench_case;

static const bench_case cases[] = {
    {"domains_64", 2000, 1, {64}, 1, 0.05, 0.0, 0.0, 0},
    {"domains_64_and_whole", 2000, 1, {64}, 1, 0.05, 0.005, 0.0, 0},
    {"domains_64_costs", 2000, 1, {64}, 1, 0.05, 0.005, 0.0, 1},
    {"domains_64_best_ratio", 2000, 1, {64}, 1, 0.05, 0.005, 60000.0, 0},
    {"crossed_64_16_6", 2000, 3, {64, 16, 6}, 0, 0.03, 0.005, 0.0, 0},
    {"nested_3321_34_6", 33210, 3, {3321, 34, 6}, 1, 0.1, 0.005, 0.0, 0},
};

typedef struct strata {
    double *size, *sd[VARIABLES], *mean[VARIABLES], *cost;
    int32_t *by[CUTS];
} strata;

static double now_ms(void)
{
    struct timespec at;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return 1e3 * (double)at.tv_sec + 1e-6 * (double)at.tv_nsec;
}

static double uniform(int64_t unit, uint64_t stream)
{
    return sipas_rng_uniform(20240102, 0, (uint64_t)unit, stream, 0);
}

static strata make_strata(const bench_case *c)
{
    const size_t n = (size_t)c->strata;
    strata s;

    s.size = malloc(n * sizeof *s.size);
    s.cost = malloc(n * sizeof *s.cost);
    for (int v = 0; v < VARIABLES; v++) {
        s.sd[v] = malloc(n * sizeof *s.sd[v]);
        s.mean[v] = malloc(n * sizeof *s.mean[v]);
    }
    for (int b = 0; b < CUTS; b++) s.by[b] = malloc(n * sizeof *s.by[b]);
    for (int64_t h = 0; h < c->strata; h++) {
        s.size[h] = floor(100.0 + 9900.0 * uniform(h, 1));
        s.cost[h] = 1.0 + 4.0 * uniform(h, 2);
        for (int v = 0; v < VARIABLES; v++) {
            s.mean[v][h] = 10.0 + 40.0 * uniform(h, 3 + 2 * (uint64_t)v);
            s.sd[v][h] = s.mean[v][h] * (0.3 + 1.2 * uniform(h, 4 + 2 * (uint64_t)v));
        }
        for (int b = 0; b < c->n_by; b++)
            s.by[b][h] = (int32_t)(c->nested ? h * c->domains[b] / c->strata
                                             : (int64_t)(uniform(h, 20 + (uint64_t)b) * c->domains[b]));
    }
    return s;
}

static void free_strata(strata *s)
{
    free(s->size);
    free(s->cost);
    for (int v = 0; v < VARIABLES; v++) {
        free(s->sd[v]);
        free(s->mean[v]);
    }
    for (int b = 0; b < CUTS; b++) free(s->by[b]);
}

static const char *meta(const sipas_table *table, const char *key)
{
    const char *value;

    return sipas_table_find_meta(table, key, &value, NULL) == SIPAS_OK ? value : "none";
}

static double run(const bench_case *c, const strata *s, int print)
{
    static const char *const cuts[] = {"", "1", "2", "3"};
    sipas_allocate_multi_opts opts = SIPAS_ALLOCATE_MULTI_OPTS_INIT;
    const sipas_column size = sipas_column_f64(s->size, c->strata), cost = sipas_column_f64(s->cost, c->strata);
    sipas_column sd[VARIABLES], mean[VARIABLES], by[CUTS], target[VARIABLES], target_by;
    double targets[CUTS + 1];
    sipas_table *table;
    sipas_error err;
    double took;

    targets[0] = c->whole > 0.0 ? c->whole : (double)INFINITY;
    for (int b = 0; b < c->n_by; b++) {
        by[b] = sipas_column_i32(s->by[b], c->strata);
        targets[b + 1] = b == 0 ? c->target : c->target / (2.0 * b);
    }
    target_by = sipas_column_code(cuts, c->n_by + 1);
    for (int v = 0; v < VARIABLES; v++) {
        sd[v] = sipas_column_f64(s->sd[v], c->strata);
        mean[v] = sipas_column_f64(s->mean[v], c->strata);
        target[v] = sipas_column_f64(targets, c->n_by + 1);
    }
    opts.n_variables = VARIABLES;
    opts.n_by = c->n_by;
    opts.sd = sd;
    opts.mean = mean;
    opts.by = by;
    opts.target_by = &target_by;
    opts.target = target;
    opts.cost = c->costs ? &cost : NULL;
    if (c->budget > 0.0) {
        opts.goal = SIPAS_MULTI_BEST_RATIO;
        opts.budget = c->budget;
    }
    took = now_ms();
    if (sipas_allocate_multi(NULL, &size, &opts, &table, NULL, NULL, &err) < 0) {
        fprintf(stderr, "%s: %s\n", c->name, err.message);
        exit(1);
    }
    took = now_ms() - took;
    if (print)
        printf("\"targets\": %s, \"binding\": %s, \"steps\": %s, \"cost\": %s, \"cost_continuous\": %s, \"gap\": %s, "
               "\"gap_continuous\": %s}\n",
               meta(table, "targets"), meta(table, "binding"), meta(table, "iterations"), meta(table, "cost"),
               meta(table, "cost_continuous"), meta(table, "gap"), meta(table, "gap_continuous"));
    sipas_table_free(table);
    return took;
}

int main(int argc, char **argv)
{
    const int runs = argc > 1 && strcmp(argv[1], "--quick") == 0 ? 1 : 5;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        strata s = make_strata(&cases[i]);
        double least = (double)INFINITY;

        for (int r = 0; r < runs; r++) least = fmin(least, run(&cases[i], &s, 0));
        printf("{\"bench\": \"allocate_multi\", \"case\": \"%s\", \"strata\": %" PRId64
               ", \"variables\": %d, \"cpu_ms\": "
               "%.3f, ",
               cases[i].name, cases[i].strata, VARIABLES, least);
        (void)run(&cases[i], &s, 1);
        free_strata(&s);
    }
    return 0;
}

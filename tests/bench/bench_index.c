/*
 * The index at scale: 10,000,000 rows × 39 one-byte answers, strata = provinces, PSUs = districts; estimate and SE of all
 * 51 nodes for the country, 63 provinces, 705 districts and 10,598 communes; beside a naive scalar loop that makes only the
 * sums, and beside one sequential read of the same bytes. Rows sorted by commune and scattered; whole weights and real ones; with
 * one answer in fifty "don't know"; with weights that are those of the district. Runs are interleaved; the minimum of each counts.
 *
 *     bench_index [ROWS [RUNS [CASE]]]
 *
 * One JSON line per case, or of those whose name holds CASE. Memory is the growth of the peak resident set during the call.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <sipas.h>

#include "bench.h"

enum { ITEMS = 39, PROVINCES = 63, DISTRICTS = 705, COMMUNES = 10598 };

/* What is peculiar to a case. */
typedef struct kind {
    const char *name;
    int scattered, real, missing, constant;
} kind;

static const kind kinds[] = {
    {"sorted", 0, 0, 0, 0},
    {"scattered", 1, 0, 0, 0},
    {"sorted_missing", 0, 0, 1, 0},
    {"scattered_missing", 1, 0, 1, 0},
    {"sorted_constant", 0, 1, 0, 1},
    {"sorted_real", 0, 1, 0, 0},
    {"scattered_real", 1, 1, 0, 0},
    {"sorted_real_missing", 0, 1, 1, 0},
    {"scattered_real_missing", 1, 1, 1, 0},
};

typedef struct survey {
    int64_t n;
    int8_t *answer[ITEMS];
    double *weight;
    int32_t *province, *district, *commune;
} survey;

static double peak_mib(void)
{
    struct rusage usage;

    (void)getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024.0;
}

/* 100 to 1100: whole, or with all the digits that a double has. */
static double draw_weight(const kind *k, int64_t district, uint64_t *state)
{
    const uint64_t draw = bench_next(state);

    if (k->constant) return 100.0 + (double)district / 0.7;
    return 100.0 + (k->real ? (double)(draw >> 11) / 9007199254740992.0 * 1000.0 : (double)(draw % 1000));
}

static survey make_survey(int64_t n, const kind *k)
{
    survey s = {n,
                {NULL},
                bench_need((size_t)n * 8),
                bench_need((size_t)n * 4),
                bench_need((size_t)n * 4),
                bench_need((size_t)n * 4)};
    uint64_t state = 1;

    for (int64_t i = 0; i < n; i++) {
        const int64_t commune = k->scattered ? (int64_t)(bench_next(&state) % COMMUNES) : i * COMMUNES / n;

        s.commune[i] = (int32_t)commune;
        s.district[i] = (int32_t)(commune * DISTRICTS / COMMUNES);
        s.province[i] = (int32_t)((int64_t)s.district[i] * PROVINCES / DISTRICTS);
        s.weight[i] = draw_weight(k, s.district[i], &state);
    }
    for (int j = 0; j < ITEMS; j++) {
        s.answer[j] = bench_need((size_t)n);
        for (int64_t i = 0; i < n; i++) s.answer[j][i] = (int8_t)(1 + bench_next(&state) % 5);
        for (int64_t i = 0; k->missing && i < n; i++)
            if (bench_next(&state) % 50 == 0) s.answer[j][i] = -1;
    }
    return s;
}

static void free_survey(survey *s)
{
    for (int j = 0; j < ITEMS; j++) free(s->answer[j]);
    free(s->weight);
    free(s->province);
    free(s->district);
    free(s->commune);
}

static double time_read(const survey *s, uint64_t *sink)
{
    const double start = bench_seconds();
    const size_t n = (size_t)s->n;

    for (int j = 0; j < ITEMS; j++) *sink += bench_read(s->answer[j], n);
    *sink += bench_read(s->weight, 8 * n) + bench_read(s->province, 4 * n) + bench_read(s->district, 4 * n) +
             bench_read(s->commune, 4 * n);
    return bench_seconds() - start;
}

/* What a programmer writes first: sums per commune, row by row. No variance. */
static double time_naive(const survey *s, double *sums)
{
    static const double score[6] = {0.0, 20.0, 40.0, 60.0, 80.0, 100.0};
    const double start = bench_seconds();

    memset(sums, 0, sizeof(double) * COMMUNES * ITEMS * 2);
    for (int64_t i = 0; i < s->n; i++)
        for (int j = 0; j < ITEMS; j++) {
            double *sum = sums + ((int64_t)s->commune[i] * ITEMS + j) * 2;

            if (s->answer[j][i] < 0) continue;
            sum[0] += s->weight[i] * score[s->answer[j][i]];
            sum[1] += s->weight[i];
        }
    return bench_seconds() - start;
}

/* The built-in questions, with a code for "don't know". */
static sipas_instrument *make_instrument(void)
{
    const sipas_instrument *builtin = sipas_instrument_builtin("1001/2023");
    const int64_t n = sipas_instrument_count_nodes(builtin);
    sipas_node *nodes = bench_need((size_t)n * sizeof *nodes);
    sipas_instrument *own;
    sipas_error err;

    for (int64_t i = 0; i < n; i++) {
        nodes[i] = *sipas_instrument_get_node(builtin, i);
        if (nodes[i].kind != SIPAS_NODE_ITEM) continue;
        nodes[i].n_dont_know = 1;
        nodes[i].dont_know[0] = -1;
    }
    bench_check(sipas_instrument_new(NULL, "bench", "the built-in form", nodes, n, &own, &err), &err);
    free(nodes);
    return own;
}

static double time_index(const survey *s, const sipas_instrument *instrument, int32_t threads, double *estimate)
{
    const uint32_t levels[] = {0, 1, 2, 4};
    const char *const names[] = {"province", "district", "commune"};
    const sipas_column w = sipas_column_f64(s->weight, s->n), province = sipas_column_i32(s->province, s->n);
    const sipas_column district = sipas_column_i32(s->district, s->n);
    const sipas_column by[] = {province, district, sipas_column_i32(s->commune, s->n)};
    sipas_column answers[ITEMS];
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
    sipas_ctx_opts ctx_opts = SIPAS_CTX_OPTS_INIT;
    sipas_ctx *ctx;
    sipas_design *design;
    sipas_table *table;
    sipas_error err;
    const double *values;
    const double start = bench_seconds();
    double taken;

    for (int j = 0; j < ITEMS; j++) answers[j] = sipas_column_i8(s->answer[j], s->n);
    domains.n_by = 3;
    domains.by = by;
    domains.names = names;
    domains.n_levels = 4;
    domains.levels = levels;
    opts.scoring = SIPAS_SCORING_MEAN_OVER_MAX;
    ctx_opts.threads = threads;
    bench_check(sipas_ctx_new(&ctx_opts, &ctx, &err), &err);
    bench_check(sipas_design_new(ctx, s->n, &w, &province, &district, 1, NULL, NULL, &design, &err), &err);
    bench_check(sipas_index_estimate(design, instrument, answers, &domains, &opts, &table, &err), &err);
    taken = bench_seconds() - start;
    bench_check(sipas_table_get_f64(table, "estimate", &values, &err), &err);
    *estimate = values[0];
    sipas_table_free(table);
    sipas_design_free(design);
    sipas_ctx_free(ctx);
    return taken;
}

static void bench(const kind *k, int64_t n, int runs)
{
    survey s = make_survey(n, k);
    sipas_instrument *instrument = make_instrument();
    double *sums = bench_need(sizeof(double) * COMMUNES * ITEMS * 2);
    double read = 0.0, naive = 0.0, one = 0.0, two = 0.0, estimate = 0.0, before = peak_mib(), grown = 0.0;
    uint64_t sink = 0;

    for (int i = 0; i < runs; i++) {
        bench_keep_least(&read, time_read(&s, &sink));
        bench_keep_least(&one, time_index(&s, instrument, 1, &estimate));
        if (i == 0) grown = peak_mib() - before;
        bench_keep_least(&naive, time_naive(&s, sums));
        bench_keep_least(&two, time_index(&s, instrument, 2, &estimate));
    }
    printf(
        "{\"case\": \"index_%s\", \"rows\": %lld, \"items\": %d, \"read_s\": %.4f, \"naive_s\": %.4f, "
        "\"index_1_thread_s\": %.4f, \"index_2_threads_s\": %.4f, \"index_over_read\": %.2f, \"index_over_naive\": %.2f, "
        "\"threads_ratio\": %.2f, \"extra_mib\": %.1f, \"estimate_q01\": %.6f, \"sink\": %d}\n",
        k->name, (long long)n, ITEMS, read, naive, one, two, one / read, one / naive, one / two, grown, estimate,
        (int)(sink & 1));
    (void)fflush(stdout);
    free(sums);
    sipas_instrument_free(instrument);
    free_survey(&s);
}

int main(int argc, char **argv)
{
    const int64_t rows = argc > 1 ? strtoll(argv[1], NULL, 10) : 10000000;
    const int runs = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 3;

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (argc <= 3 || strstr(kinds[i].name, argv[3])) bench(&kinds[i], rows, runs);
    return 0;
}

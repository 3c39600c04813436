/*
 * What the engine owes: domains that cross PSUs, so that every row is a cell of its own; many items in many units; and second looks
 * at the rows (design effects, element designs, quantiles) by one thread and by two, beside a plain read of the same bytes by one
 * thread and by two. Runs are interleaved; the minimum of each counts.
 *
 *     bench_engine [ROWS [RUNS [crossing|items]]]    only the domains that cross PSUs, or only the many items
 *
 * One JSON line a case.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sipas.h>

#include "bench.h"

enum { STRATA = 50, PSUS = 6120, DOMAINS = 2040, PROVINCES = 63, VARIABLES = 20 };

typedef struct survey {
    int64_t n;
    double *weight, *y[VARIABLES];
    int32_t *stratum, *psu, *domain, *province;
} survey;

static survey make_survey(int64_t n, int sorted)
{
    survey s = {.n = n,
                .weight = bench_need((size_t)n * 8),
                .stratum = bench_need((size_t)n * 4),
                .psu = bench_need((size_t)n * 4),
                .domain = bench_need((size_t)n * 4),
                .province = bench_need((size_t)n * 4)};
    uint64_t state = 1;

    for (int64_t i = 0; i < n; i++) {
        s.psu[i] = (int32_t)(sorted ? i * PSUS / n : (int64_t)(bench_next(&state) % PSUS));
        s.stratum[i] = s.psu[i] * STRATA / PSUS;
        s.domain[i] = (int32_t)(bench_next(&state) % DOMAINS);
        s.province[i] = s.psu[i] * PROVINCES / PSUS;
        s.weight[i] = 100.0 + (double)(bench_next(&state) % 1000);
    }
    for (int j = 0; j < VARIABLES; j++) {
        s.y[j] = bench_need((size_t)n * 8);
        for (int64_t i = 0; i < n; i++) s.y[j][i] = 50.0 + (double)(bench_next(&state) % 10000) / 100.0;
    }
    return s;
}

static void free_survey(survey *s)
{
    for (int j = 0; j < VARIABLES; j++) free(s->y[j]);
    free(s->weight);
    free(s->stratum);
    free(s->psu);
    free(s->domain);
    free(s->province);
}

enum { CROSSING, DEFF, ELEMENTS, ELEMENT_DEFF, MEDIANS };

/* Seconds of one case, the design apart from it but where domains cross PSUs. */
static double run(const survey *s, int what, int32_t threads)
{
    static const double half[] = {0.5};
    const sipas_column w = sipas_column_f64(s->weight, s->n), stratum = sipas_column_i32(s->stratum, s->n);
    const sipas_column psu = sipas_column_i32(s->psu, s->n);
    const sipas_column by = sipas_column_i32(what == CROSSING ? s->domain : s->province, s->n);
    const char *const name[] = {"by"};
    const int elements = what == ELEMENTS || what == ELEMENT_DEFF;
    sipas_column y[VARIABLES];
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_ctx *ctx = bench_ctx(NULL, threads);
    sipas_design *design;
    sipas_table *table;
    sipas_error err;
    double start = bench_seconds();

    for (int j = 0; j < VARIABLES; j++) y[j] = sipas_column_f64(s->y[j], s->n);
    domains.n_by = 1;
    domains.by = &by;
    domains.names = name;
    opts.deff = what == DEFF || what == ELEMENT_DEFF ? SIPAS_DEFF_WR : SIPAS_DEFF_NONE;
    bench_check(sipas_design_new(ctx, s->n, &w, &stratum, elements ? NULL : &psu, !elements, NULL, NULL, &design, &err),
                &err);
    if (what != CROSSING) start = bench_seconds();
    if (what == MEDIANS)
        bench_check(sipas_estimate_quantile(design, y, 2, half, 1, &domains, NULL, &table, &err), &err);
    else
        bench_check(sipas_estimate_mean(design, y, what == CROSSING ? 1 : VARIABLES, &domains, &opts, &table, &err),
                    &err);
    start = bench_seconds() - start;
    sipas_table_free(table);
    sipas_design_free(design);
    sipas_ctx_free(ctx);
    return start;
}

/* A plain read of all variables, by one thread or two. */
typedef struct reader {
    const survey *s;
    int first, step;
    uint64_t sink;
} reader;

static void *read_part(void *state)
{
    reader *r = state;

    for (int j = r->first; j < VARIABLES; j += r->step) r->sink += bench_read(r->s->y[j], (size_t)r->s->n * 8);
    return NULL;
}

static double time_read(const survey *s, int threads, uint64_t *sink)
{
    const double start = bench_seconds();
    reader part[2] = {{s, 0, threads, 0}, {s, 1, threads, 0}};
    pthread_t other;

    if (threads == 2 && pthread_create(&other, NULL, read_part, &part[1]) != 0) exit(EXIT_FAILURE);
    (void)read_part(&part[0]);
    if (threads == 2) (void)pthread_join(other, NULL);
    *sink += part[0].sink + part[1].sink;
    return bench_seconds() - start;
}

static void bench_crossing(int64_t n, int sorted, int runs)
{
    survey s = make_survey(n, sorted);
    double one = 0.0, two = 0.0;

    for (int i = 0; i < runs; i++) {
        bench_keep_least(&one, run(&s, CROSSING, 1));
        bench_keep_least(&two, run(&s, CROSSING, 2));
    }
    printf(
        "{\"case\": \"engine_crossing_%s\", \"rows\": %lld, \"domains\": %d, \"psus\": %d, \"design_and_mean_1_thread_s\": %.4f, "
        "\"design_and_mean_2_threads_s\": %.4f}\n",
        sorted ? "sorted" : "scattered", (long long)n, DOMAINS, PSUS, one, two);
    (void)fflush(stdout);
    free_survey(&s);
}

static void bench_looks(int64_t n, int runs)
{
    static const char *const names[] = {NULL, "deff", "elements", "elements_deff", "medians"};
    survey s = make_survey(n, 1);
    double one[MEDIANS + 1] = {0.0}, two[MEDIANS + 1] = {0.0}, read[2] = {0.0};
    uint64_t sink = 0;

    for (int i = 0; i < runs; i++) {
        for (int t = 0; t < 2; t++) bench_keep_least(&read[t], time_read(&s, t + 1, &sink));
        for (int what = DEFF; what <= MEDIANS; what++) {
            bench_keep_least(&one[what], run(&s, what, 1));
            bench_keep_least(&two[what], run(&s, what, 2));
        }
    }
    for (int what = DEFF; what <= MEDIANS; what++)
        printf(
            "{\"case\": \"engine_%s\", \"rows\": %lld, \"variables\": %d, \"one_thread_s\": %.4f, \"two_threads_s\": %.4f, "
            "\"threads_ratio\": %.2f, \"read_threads_ratio\": %.2f, \"sink\": %d}\n",
            names[what], (long long)n, what == MEDIANS ? 2 : VARIABLES, one[what], two[what], one[what] / two[what],
            read[0] / read[1], (int)(sink & 1));
    free_survey(&s);
}

/* ---- many items in many units ---- */

enum { ITEMS = 39, UNITS = 3356, PSUS_OF_UNIT = 3, PSUS_OF_STRATUM = 180 };

typedef struct answers {
    int64_t n;
    double *weight;
    int32_t *stratum, *psu, *unit;
    int8_t *item[ITEMS];
} answers;

static answers make_answers(int64_t n, int sorted)
{
    answers a = {.n = n,
                 .weight = bench_need((size_t)n * 8),
                 .stratum = bench_need((size_t)n * 4),
                 .psu = bench_need((size_t)n * 4),
                 .unit = bench_need((size_t)n * 4)};
    const int64_t psus = UNITS * PSUS_OF_UNIT;
    uint64_t state = 2;

    for (int64_t i = 0; i < n; i++) {
        a.psu[i] = (int32_t)(sorted ? i * psus / n : (int64_t)(bench_next(&state) % (uint64_t)psus));
        a.unit[i] = a.psu[i] / PSUS_OF_UNIT;
        a.stratum[i] = a.psu[i] / PSUS_OF_STRATUM;
        a.weight[i] = 100.0 + (double)(bench_next(&state) % 1000);
    }
    for (int j = 0; j < ITEMS; j++) {
        a.item[j] = bench_need((size_t)n);
        for (int64_t i = 0; i < n; i++) a.item[j][i] = (int8_t)(1 + bench_next(&state) % 5);
    }
    return a;
}

static void free_answers(answers *a)
{
    for (int j = 0; j < ITEMS; j++) free(a->item[j]);
    free(a->weight);
    free(a->stratum);
    free(a->psu);
    free(a->unit);
}

/* Seconds of the means of all items by unit, the design apart. */
static double run_items(const answers *a, int32_t threads)
{
    static const char *const name[] = {"unit"};
    const sipas_column w = sipas_column_f64(a->weight, a->n), stratum = sipas_column_i32(a->stratum, a->n);
    const sipas_column psu = sipas_column_i32(a->psu, a->n), by = sipas_column_i32(a->unit, a->n);
    sipas_column y[ITEMS];
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_ctx *ctx = bench_ctx(NULL, threads);
    sipas_design *design;
    sipas_table *table;
    sipas_error err;
    double start;

    for (int j = 0; j < ITEMS; j++) y[j] = sipas_column_i8(a->item[j], a->n);
    domains.n_by = 1;
    domains.by = &by;
    domains.names = name;
    bench_check(sipas_design_new(ctx, a->n, &w, &stratum, &psu, 1, NULL, NULL, &design, &err), &err);
    start = bench_seconds();
    bench_check(sipas_estimate_mean(design, y, ITEMS, &domains, NULL, &table, &err), &err);
    start = bench_seconds() - start;
    sipas_table_free(table);
    sipas_design_free(design);
    sipas_ctx_free(ctx);
    return start;
}

/* A plain read of all items, by one thread or two. */
typedef struct item_reader {
    const answers *a;
    int first, step;
    uint64_t sink;
} item_reader;

static void *read_items(void *state)
{
    item_reader *r = state;

    for (int j = r->first; j < ITEMS; j += r->step) r->sink += bench_read(r->a->item[j], (size_t)r->a->n);
    return NULL;
}

static double time_items(const answers *a, int threads, uint64_t *sink)
{
    const double start = bench_seconds();
    item_reader part[2] = {{a, 0, threads, 0}, {a, 1, threads, 0}};
    pthread_t other;

    if (threads == 2 && pthread_create(&other, NULL, read_items, &part[1]) != 0) exit(EXIT_FAILURE);
    (void)read_items(&part[0]);
    if (threads == 2) (void)pthread_join(other, NULL);
    *sink += part[0].sink + part[1].sink;
    return bench_seconds() - start;
}

static void bench_items(int64_t n, int sorted, int runs)
{
    answers a = make_answers(n, sorted);
    double one = 0.0, two = 0.0, read[2] = {0.0};
    uint64_t sink = 0;

    for (int i = 0; i < runs; i++) {
        for (int t = 0; t < 2; t++) bench_keep_least(&read[t], time_items(&a, t + 1, &sink));
        bench_keep_least(&one, run_items(&a, 1));
        bench_keep_least(&two, run_items(&a, 2));
    }
    printf("{\"case\": \"engine_items_%s\", \"rows\": %lld, \"items\": %d, \"units\": %d, \"one_thread_s\": %.4f, "
           "\"two_threads_s\": %.4f, \"threads_ratio\": %.2f, \"read_threads_ratio\": %.2f, \"sink\": %d}\n",
           sorted ? "sorted" : "scattered", (long long)n, ITEMS, UNITS, one, two, one / two, read[0] / read[1],
           (int)(sink & 1));
    (void)fflush(stdout);
    free_answers(&a);
}

int main(int argc, char **argv)
{
    const int64_t n = argc > 1 ? strtoll(argv[1], NULL, 10) : 1000000;
    const int runs = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5;

    const char *const only = argc > 3 ? argv[3] : "";

    for (int sorted = 0; sorted < 2; sorted++) {
        if (strcmp(only, "items") != 0) bench_crossing(n, sorted, runs);
        if (strcmp(only, "crossing") != 0) bench_items(n, sorted, runs);
    }
    if (!*only) bench_looks(n, runs);
    return 0;
}

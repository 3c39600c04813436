/*
 * From columns to standard errors: making the design and estimating, at 1,000,000 and 10,000,000 rows with 50 strata of 40
 * PSUs, rows sorted by PSU and scattered, one thread and two. Mean of one variable, beside one sequential read of the same
 * bytes; ratio, proportion and 8 means by one thread. Then the index of 39 items for 3,321 communes, 34 provinces and the
 * country, the communes being strata of three villages, so that every row of the result has a standard error. Runs are
 * interleaved; the minimum of each counts.
 *
 *     bench_estimate [ROWS [RUNS]]     ROWS instead of the two sizes
 *     bench_estimate --csv ROWS        the scattered survey as CSV, for beside_r.sh
 *
 * One JSON line per case. Memory is what the library held at most, in a run by one thread that is not timed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sipas.h>

#include "bench.h"

enum { STRATA = 50, PSUS = 40, VARIABLES = 8, ITEMS = 39, PROVINCES = 34, COMMUNES = 3321, VILLAGES = 3 };

typedef struct survey {
    int64_t n;
    double *weight, *y[VARIABLES];
    int8_t *answer;
    int32_t *stratum, *psu;
} survey;

static survey make_survey(int64_t n, int scattered)
{
    survey s = {.n = n,
                .weight = bench_need((size_t)n * 8),
                .answer = bench_need((size_t)n),
                .stratum = bench_need((size_t)n * 4),
                .psu = bench_need((size_t)n * 4)};
    uint64_t state = 1;

    for (int64_t i = 0; i < n; i++) {
        const int64_t unit = scattered ? (int64_t)(bench_next(&state) % (STRATA * PSUS)) : i * (STRATA * PSUS) / n;

        s.stratum[i] = (int32_t)(unit / PSUS);
        s.psu[i] = (int32_t)(unit % PSUS);
        s.weight[i] = 100.0 + (double)(bench_next(&state) % 1000);
        s.answer[i] = (int8_t)(1 + bench_next(&state) % 5);
    }
    for (int j = 0; j < VARIABLES; j++) {
        s.y[j] = bench_need((size_t)n * 8);
        for (int64_t i = 0; i < n; i++) s.y[j][i] = 50.0 + s.psu[i] + (double)(bench_next(&state) % 10000) / 100.0;
    }
    return s;
}

static void free_survey(survey *s)
{
    for (int j = 0; j < VARIABLES; j++) free(s->y[j]);
    free(s->weight);
    free(s->answer);
    free(s->stratum);
    free(s->psu);
}

/* What is asked of a survey. */
typedef enum question { MEAN, RATIO, PROPORTION, MEANS } question;

/* What a run found: seconds for the design and for all, the first estimate and its standard error. */
typedef struct answer {
    double design_s, s, estimate, se;
} answer;

static sipas_table *ask(const sipas_design *design, const survey *s, question what)
{
    static const int8_t good[] = {4, 5};
    sipas_column y[VARIABLES], answers = sipas_column_i8(s->answer, s->n), success = sipas_column_i8(good, 2);
    sipas_table *table = NULL;
    sipas_status status = SIPAS_OK;
    sipas_error err;

    for (int j = 0; j < VARIABLES; j++) y[j] = sipas_column_f64(s->y[j], s->n);
    switch (what) {
    case MEAN: status = sipas_estimate_mean(design, y, 1, NULL, NULL, &table, &err); break;
    case RATIO: status = sipas_estimate_ratio(design, y, y + 1, 1, NULL, NULL, &table, &err); break;
    case PROPORTION:
        status = sipas_estimate_proportion(design, &answers, 1, &success, SIPAS_INTERVAL_DEFAULT, NULL, NULL, &table,
                                           &err);
        break;
    case MEANS: status = sipas_estimate_mean(design, y, VARIABLES, NULL, NULL, &table, &err); break;
    }
    bench_check(status, &err);
    return table;
}

static answer run(const survey *s, question what, int32_t threads, bench_memory *memory)
{
    const sipas_column w = sipas_column_f64(s->weight, s->n), stratum = sipas_column_i32(s->stratum, s->n);
    const sipas_column psu = sipas_column_i32(s->psu, s->n);
    sipas_ctx *ctx = bench_ctx(memory, threads);
    sipas_design *design;
    sipas_table *table;
    sipas_error err;
    const double *estimate, *se, start = bench_seconds();
    answer a;

    bench_check(sipas_design_new(ctx, s->n, &w, &stratum, &psu, 1, NULL, NULL, &design, &err), &err);
    a.design_s = bench_seconds() - start;
    table = ask(design, s, what);
    a.s = bench_seconds() - start;
    bench_check(sipas_table_get_f64(table, "estimate", &estimate, &err), &err);
    bench_check(sipas_table_get_f64(table, "se", &se, &err), &err);
    a.estimate = estimate[0];
    a.se = se[0];
    sipas_table_free(table);
    sipas_design_free(design);
    sipas_ctx_free(ctx);
    return a;
}

/* One sequential read of what a mean looks at. */
static double time_read(const survey *s, uint64_t *sink)
{
    const double start = bench_seconds();
    const size_t n = (size_t)s->n;

    *sink += bench_read(s->weight, 8 * n) + bench_read(s->y[0], 8 * n) + bench_read(s->stratum, 4 * n) +
             bench_read(s->psu, 4 * n);
    return bench_seconds() - start;
}

static void bench(const char *order, int64_t n, int runs)
{
    survey s = make_survey(n, strcmp(order, "scattered") == 0);
    double read = 0.0, design = 0.0, one = 0.0, two = 0.0, ratio = 0.0, proportion = 0.0, means = 0.0;
    uint64_t sink = 0;
    answer a = {0.0, 0.0, 0.0, 0.0};
    bench_memory memory;

    for (int i = 0; i < runs; i++) {
        bench_keep_least(&read, time_read(&s, &sink));
        a = run(&s, MEAN, 1, NULL);
        bench_keep_least(&design, a.design_s);
        bench_keep_least(&one, a.s);
        bench_keep_least(&two, run(&s, MEAN, 2, NULL).s);
        bench_keep_least(&ratio, run(&s, RATIO, 1, NULL).s);
        bench_keep_least(&proportion, run(&s, PROPORTION, 1, NULL).s);
        bench_keep_least(&means, run(&s, MEANS, 1, NULL).s);
    }
    (void)run(&s, MEAN, 1, &memory);
    printf(
        "{\"case\": \"estimate_%s\", \"rows\": %lld, \"strata\": %d, \"psus\": %d, \"read_s\": %.5f, \"design_s\": %.5f, "
        "\"mean_1_thread_s\": %.5f, \"mean_2_threads_s\": %.5f, \"ratio_s\": %.5f, \"proportion_s\": %.5f, "
        "\"means_8_s\": %.5f, \"mean_over_read\": %.2f, \"threads_ratio\": %.2f, \"extra_mib\": %.2f, "
        "\"estimate\": %.15g, \"se\": %.15g, \"sink\": %d}\n",
        order, (long long)n, STRATA, STRATA * PSUS, read, design, one, two, ratio, proportion, means, one / read,
        one / two, (double)memory.peak / 1048576.0, a.estimate, a.se, (int)(sink & 1));
    (void)fflush(stdout);
    free_survey(&s);
}

/* ----------------------------------------------------------------------------------------------------------- index */

typedef struct answers {
    int64_t n;
    int8_t *item[ITEMS];
    double *weight;
    int32_t *province, *commune, *village;
} answers;

static answers make_answers(int64_t n, int scattered)
{
    answers s = {.n = n,
                 .weight = bench_need((size_t)n * 8),
                 .province = bench_need((size_t)n * 4),
                 .commune = bench_need((size_t)n * 4),
                 .village = bench_need((size_t)n * 4)};
    uint64_t state = 2;

    for (int64_t i = 0; i < n; i++) {
        const int64_t village = scattered ? (int64_t)(bench_next(&state) % (COMMUNES * VILLAGES))
                                          : i * (COMMUNES * VILLAGES) / n;

        s.village[i] = (int32_t)village;
        s.commune[i] = (int32_t)(village / VILLAGES);
        s.province[i] = (int32_t)((int64_t)s.commune[i] * PROVINCES / COMMUNES);
        s.weight[i] = 100.0 + (double)(bench_next(&state) % 1000);
    }
    for (int j = 0; j < ITEMS; j++) {
        s.item[j] = bench_need((size_t)n);
        for (int64_t i = 0; i < n; i++) s.item[j][i] = (int8_t)(1 + bench_next(&state) % 5);
    }
    return s;
}

static void free_answers(answers *s)
{
    for (int j = 0; j < ITEMS; j++) free(s->item[j]);
    free(s->weight);
    free(s->province);
    free(s->commune);
    free(s->village);
}

/* Seconds of design and index; counts the rows that have a standard error. */
static double time_index(const answers *s, int32_t threads, int64_t *with_se, bench_memory *memory)
{
    const uint32_t levels[] = {0, 1, 2};
    const char *const names[] = {"province", "commune"};
    const sipas_column w = sipas_column_f64(s->weight, s->n), commune = sipas_column_i32(s->commune, s->n);
    const sipas_column village = sipas_column_i32(s->village, s->n);
    const sipas_column by[] = {sipas_column_i32(s->province, s->n), commune};
    sipas_column item[ITEMS];
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
    sipas_ctx *ctx = bench_ctx(memory, threads);
    sipas_design *design;
    sipas_table *table;
    sipas_error err;
    const double *se, start = bench_seconds();
    double taken;

    for (int j = 0; j < ITEMS; j++) item[j] = sipas_column_i8(s->item[j], s->n);
    domains.n_by = 2;
    domains.by = by;
    domains.names = names;
    domains.n_levels = 3;
    domains.levels = levels;
    opts.scoring = SIPAS_SCORING_MEAN_OVER_MAX;
    bench_check(sipas_design_new(ctx, s->n, &w, &commune, &village, 1, NULL, NULL, &design, &err), &err);
    bench_check(
        sipas_index_estimate(design, sipas_instrument_builtin("1001/2023"), item, &domains, &opts, &table, &err), &err);
    taken = bench_seconds() - start;
    bench_check(sipas_table_get_f64(table, "se", &se, &err), &err);
    *with_se = 0;
    for (int64_t row = 0; row < sipas_table_count_rows(table); row++) *with_se += se[row] > 0.0;
    sipas_table_free(table);
    sipas_design_free(design);
    sipas_ctx_free(ctx);
    return taken;
}

static void bench_index(const char *order, int64_t n, int runs)
{
    answers s = make_answers(n, strcmp(order, "scattered") == 0);
    double one = 0.0, two = 0.0;
    bench_memory memory;
    int64_t rows = 0;

    for (int i = 0; i < runs; i++) {
        bench_keep_least(&two, time_index(&s, 2, &rows, NULL));
        bench_keep_least(&one, time_index(&s, 1, &rows, NULL));
    }
    (void)time_index(&s, 1, &rows, &memory);
    printf("{\"case\": \"estimate_index_%s\", \"rows\": %lld, \"items\": %d, \"units\": %d, \"psus\": %d, "
           "\"rows_with_se\": %lld, \"index_1_thread_s\": %.4f, \"index_2_threads_s\": %.4f, \"threads_ratio\": %.2f, "
           "\"extra_mib\": %.1f}\n",
           order, (long long)n, ITEMS, COMMUNES + PROVINCES + 1, COMMUNES * VILLAGES, (long long)rows, one, two,
           one / two, (double)memory.peak / 1048576.0);
    (void)fflush(stdout);
    free_answers(&s);
}

static int write_csv(int64_t n)
{
    survey s = make_survey(n, 1);

    printf("stratum,psu,weight,y\n");
    for (int64_t i = 0; i < n; i++)
        printf("%d,%d,%.17g,%.17g\n", (int)s.stratum[i], (int)s.psu[i], s.weight[i], s.y[0][i]);
    free_survey(&s);
    return 0;
}

int main(int argc, char **argv)
{
    const int csv = argc == 3 && strcmp(argv[1], "--csv") == 0;
    const int64_t given = argc > 1 ? strtoll(argv[1 + csv], NULL, 10) : 0;
    const int64_t sizes[] = {given > 0 ? given : 1000000, given > 0 ? 0 : 10000000};
    const int runs = argc > 2 && !csv ? (int)strtol(argv[2], NULL, 10) : 3;

    if (csv) return write_csv(given);
    for (int i = 0; i < 2 && sizes[i] > 0; i++) {
        bench("sorted", sizes[i], runs);
        bench("scattered", sizes[i], runs);
    }
    bench_index("sorted", sizes[0], runs);
    bench_index("scattered", sizes[0], runs);
    return 0;
}

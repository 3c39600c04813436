/*
 * Medians with Woodruff's intervals at scale: 1,000,000 rows in 2,000 PSUs, by 63 provinces; the design is made anew in every
 * run. Continuous values and answers on a scale of five, rows sorted by unit and scattered; beside the mean of the same
 * values, which needs no distribution. The minimum of the runs counts.
 *
 *     bench_estimate_quantile [ROWS [RUNS]]
 *
 * One JSON line per case.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sipas.h>

#include "bench.h"

enum { PSUS = 2000, PROVINCES = 63 };

typedef struct survey {
    int64_t n;
    double *weight, *income;
    int8_t *answer;
    int32_t *province, *psu;
} survey;

static double seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static survey make_survey(int64_t n, int scattered)
{
    survey s = {n,
                bench_need((size_t)n * 8),
                bench_need((size_t)n * 8),
                bench_need((size_t)n),
                bench_need((size_t)n * 4),
                bench_need((size_t)n * 4)};
    uint64_t state = 1;

    for (int64_t i = 0; i < n; i++) {
        const int64_t psu = scattered ? (int64_t)(bench_next(&state) % PSUS) : i * PSUS / n;
        const double u = (double)(bench_next(&state) >> 11) * 0x1p-53;

        s.psu[i] = (int32_t)psu;
        s.province[i] = (int32_t)(psu * PROVINCES / PSUS);
        s.weight[i] = 100.0 + (double)(bench_next(&state) % 1000);
        s.income[i] = 50.0 / (1.0 - 0.999 * u) + (double)(psu % 37);
        s.answer[i] = (int8_t)(1 + (int)(5.0 * u * u));
    }
    return s;
}

static void free_survey(survey *s)
{
    free(s->weight);
    free(s->income);
    free(s->answer);
    free(s->province);
    free(s->psu);
}

enum { DESIGN, MEAN, MEDIAN };

/* Seconds of a design alone, of a mean, of a median, each with its design. */
static double time_call(const survey *s, int what, const sipas_column *y, double *estimate)
{
    static const double half = 0.5;
    const sipas_column w = sipas_column_f64(s->weight, s->n), province = sipas_column_i32(s->province, s->n),
                       psu = sipas_column_i32(s->psu, s->n);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_design *design;
    sipas_table *table = NULL;
    sipas_error err;
    const double *values;
    const double start = seconds();
    double taken;

    domains.n_by = 1;
    domains.by = &province;
    bench_check(sipas_design_new(NULL, s->n, &w, &province, &psu, 1, NULL, NULL, &design, &err), &err);
    if (what == MEAN) bench_check(sipas_estimate_mean(design, y, 1, &domains, NULL, &table, &err), &err);
    if (what == MEDIAN)
        bench_check(sipas_estimate_quantile(design, y, 1, &half, 1, &domains, NULL, &table, &err), &err);
    taken = seconds() - start;
    if (table) bench_check(sipas_table_get_f64(table, "estimate", &values, &err), &err);
    if (table) *estimate = values[0];
    sipas_table_free(table);
    sipas_design_free(design);
    return taken;
}

static void bench(const char *order, const char *kind, int64_t n, int runs)
{
    survey s = make_survey(n, strcmp(order, "scattered") == 0);
    const sipas_column y = strcmp(kind, "continuous") == 0 ? sipas_column_f64(s.income, n)
                                                           : sipas_column_i8(s.answer, n);
    double least[3] = {0.0}, estimate = 0.0;

    for (int i = 0; i < runs; i++)
        for (int what = DESIGN; what <= MEDIAN; what++)
            bench_keep_least(&least[what], time_call(&s, what, &y, &estimate));
    printf("{\"case\": \"median_%s_%s\", \"rows\": %lld, \"domains\": %d, \"design_s\": %.4f, \"mean_s\": %.4f, "
           "\"median_s\": %.4f, \"median_first\": %.6f}\n",
           kind, order, (long long)n, PROVINCES, least[DESIGN], least[MEAN], least[MEDIAN], estimate);
    (void)fflush(stdout);
    free_survey(&s);
}

int main(int argc, char **argv)
{
    const int64_t rows = argc > 1 ? strtoll(argv[1], NULL, 10) : 1000000;
    const int runs = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5;

    bench("sorted", "continuous", rows, runs);
    bench("scattered", "continuous", rows, runs);
    bench("sorted", "answers", rows, runs);
    bench("scattered", "answers", rows, runs);
    return 0;
}

/*
 * Many categories beside a total by group of the same rows: what a row costs must not grow with the categories, as each has one.
 * Cases: 6,760 communes among 50,000 rows, 3,000 among 60,000, 300 in 30 groups, 40 among many rows; in clusters, in strata of rows, and
 * drawn at random. Each by all of: a total by group, totals of categories, shares with limits by logit, Wilson and Goodman, and a total by
 * group and shares with design effects. Beside them all differences between 300 groups. Runs are interleaved; the minimum of each counts.
 *
 *     bench_category [RUNS]
 *
 * One JSON line per case, with the time of each over that of the total by group.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sipas.h>

#include "bench.h"

enum { GROUPS, TOTALS, LOGIT, WILSON, GOODMAN, DEFF_GROUPS, DEFF, WAYS };

static const char *const way_names[WAYS] = {"by_group", "totals",        "logit", "wilson",
                                            "goodman",  "deff_by_group", "deff"};

/* Rows; 0 PSUs = rows are units; 0 groups = the whole. */
typedef struct shape {
    const char *name;
    int64_t n, categories, strata, psus, groups;
} shape;

static const shape shapes[] = {
    {"communes in clusters", 50000, 6760, 50, 2000, 0}, {"communes at random", 50000, 6760, 0, 0, 0},
    {"3000 in strata of rows", 60000, 3000, 20, 0, 0},  {"300 in 30 groups", 60000, 300, 50, 2000, 30},
    {"40 in clusters", 400000, 40, 50, 2000, 0},        {"40 at random", 400000, 40, 0, 0, 0},
};

typedef struct survey {
    int64_t n;
    double *weight, *one;
    int32_t *stratum, *psu, *category, *group;
} survey;

static survey make_survey(const shape *of)
{
    survey s = {.n = of->n,
                .weight = bench_need((size_t)of->n * 8),
                .one = bench_need((size_t)of->n * 8),
                .stratum = bench_need((size_t)of->n * 4),
                .psu = bench_need((size_t)of->n * 4),
                .category = bench_need((size_t)of->n * 4),
                .group = bench_need((size_t)of->n * 4)};
    const int64_t psus = of->psus ? of->psus : of->n, strata = of->strata ? of->strata : 1;
    uint64_t state = 3;

    for (int64_t i = 0; i < of->n; i++) {
        s.psu[i] = (int32_t)(bench_next(&state) % (uint64_t)psus);
        s.stratum[i] = (int32_t)(s.psu[i] % strata);
        s.weight[i] = 1.0 + (double)(bench_next(&state) % 1000) / 100.0;
        s.category[i] = (int32_t)(bench_next(&state) % (uint64_t)of->categories);
        s.group[i] = of->groups ? (int32_t)(bench_next(&state) % (uint64_t)of->groups) : 0;
        s.one[i] = 1.0;
    }
    return s;
}

static void free_survey(survey *s)
{
    free(s->weight);
    free(s->one);
    free(s->stratum);
    free(s->psu);
    free(s->category);
    free(s->group);
}

static sipas_table *ask(const sipas_design *design, const survey *s, int groups, int way)
{
    static const int32_t methods[WAYS] = {[LOGIT] = SIPAS_INTERVAL_LOGIT,
                                          [WILSON] = SIPAS_INTERVAL_WILSON,
                                          [GOODMAN] = SIPAS_INTERVAL_GOODMAN,
                                          [DEFF] = SIPAS_INTERVAL_LOGIT};
    const sipas_column one = sipas_column_f64(s->one, s->n), category = sipas_column_i32(s->category, s->n);
    const sipas_column both[] = {sipas_column_i32(s->group, s->n), category};
    const char *const names[] = {"group", "code"};
    sipas_domains by = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_table *table = NULL;
    sipas_error err;
    sipas_status status;

    by.n_by = groups ? 1 : 0;
    by.by = both;
    by.names = names;
    opts.deff = way == DEFF || way == DEFF_GROUPS ? SIPAS_DEFF_WOR : SIPAS_DEFF_NONE;
    if (way == GROUPS || way == DEFF_GROUPS) {
        by.n_by++;
        by.by = groups ? both : both + 1;
        by.names = groups ? names : names + 1;
        status = sipas_estimate_total(design, &one, 1, &by, &opts, &table, &err);
    } else if (way == TOTALS) {
        status = sipas_estimate_category(design, &category, SIPAS_CATEGORY_TOTAL, &by, &opts, &table, &err);
    } else {
        status = sipas_estimate_distribution(design, &category, methods[way], &by, &opts, &table, &err);
    }
    bench_check(status, &err);
    return table;
}

static void bench(const shape *of, int runs)
{
    survey s = make_survey(of);
    const sipas_column w = sipas_column_f64(s.weight, s.n), h = sipas_column_i32(s.stratum, s.n);
    const sipas_column u = sipas_column_i32(s.psu, s.n);
    double time[WAYS] = {0.0}, worst = 0.0;
    sipas_design *design;
    sipas_error err;

    bench_check(sipas_design_new(NULL, s.n, &w, of->strata ? &h : NULL, of->psus ? &u : NULL, of->psus ? 1 : 0, NULL,
                                 NULL, &design, &err),
                &err);
    for (int i = 0; i < runs; i++)
        for (int way = 0; way < WAYS; way++) {
            const double start = bench_seconds();

            sipas_table_free(ask(design, &s, of->groups > 0, way));
            bench_keep_least(&time[way], bench_seconds() - start);
        }
    printf("{\"case\": \"%s\", \"rows\": %lld, \"categories\": %lld, \"groups\": %lld", of->name, (long long)of->n,
           (long long)of->categories, (long long)of->groups);
    for (int way = 0; way < WAYS; way++) {
        const double ratio = time[way] / time[way >= DEFF_GROUPS ? DEFF_GROUPS : GROUPS];

        printf(", \"%s_s\": %.5f", way_names[way], time[way]);
        worst = ratio > worst ? ratio : worst;
    }
    printf(", \"worst_ratio\": %.2f}\n", worst);
    sipas_design_free(design);
    (void)fflush(stdout);
    free_survey(&s);
}

/* All differences between groups, whose units are merged pair by pair. */
static void bench_pairs(int64_t groups, int runs)
{
    const shape of = {"pairs", 60000, groups, 50, 2000, 0};
    survey s = make_survey(&of);
    const sipas_column w = sipas_column_f64(s.weight, s.n), h = sipas_column_i32(s.stratum, s.n);
    const sipas_column u = sipas_column_i32(s.psu, s.n), y = sipas_column_f64(s.weight, s.n);
    const sipas_column by = sipas_column_i32(s.category, s.n);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    double least = 0.0;
    sipas_design *design;
    sipas_table *table, *pairs;
    sipas_error err;

    domains.n_by = 1;
    domains.by = &by;
    opts.cov = 1;
    bench_check(sipas_design_new(NULL, s.n, &w, &h, &u, 1, NULL, NULL, &design, &err), &err);
    bench_check(sipas_estimate_mean(design, &y, 1, &domains, &opts, &table, &err), &err);
    for (int i = 0; i < runs; i++) {
        const double start = bench_seconds();

        bench_check(sipas_estimate_pairs(table, NULL, &pairs, &err), &err);
        bench_keep_least(&least, bench_seconds() - start);
        if (i + 1 < runs) sipas_table_free(pairs);
    }
    printf("{\"case\": \"pairs\", \"groups\": %lld, \"pairs\": %lld, \"s\": %.5f}\n", (long long)groups,
           (long long)sipas_table_count_rows(pairs), least);
    sipas_table_free(pairs);
    sipas_table_free(table);
    sipas_design_free(design);
    free_survey(&s);
}

int main(int argc, char **argv)
{
    const int runs = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 7;

    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) bench(&shapes[k], runs);
    bench_pairs(300, runs);
    return 0;
}

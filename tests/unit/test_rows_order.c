/*
 * The order of the rows: an index whose weights can be cut into planes is the same to the last bit whichever rows come first, sorted by
 * PSU or scattered, and for any number of threads; one whose weights differ too much for that is the same to rounding, and still for
 * any number of threads to the bit. Means are those of plain sums in long doubles.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sipas.h>

#include "result.h"

enum { ROWS = 280000, ITEMS = 39, STRATA = 4, PSUS = 300, GROUPS = 3 };

/* Weights: whole; one a PSU; 53 random bits within a factor of ten; within 2^30; within 2^60, which no planes hold. */
enum { WHOLE, BY_PSU, REAL, WIDE, TOO_WIDE, WEIGHTS };

typedef struct survey {
    int64_t n, step; /* answers lie `step` apart */
    int8_t *answer[ITEMS];
    double *weight;
    int32_t *stratum, *psu, *group, *kept;
} survey;

static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

static double weight_of(int kind, int64_t person, int64_t psu)
{
    const uint64_t bits = mix((uint64_t)person + 77);
    const double u = 1.0 + 9.0 * (double)(bits >> 11) / 9007199254740992.0;

    if (person % 41 == 0) return 0.0;
    switch (kind) {
    case WHOLE: return (double)(1 + bits % 900);
    case BY_PSU: return 20.0 + (double)psu / 7.0;
    case REAL: return u;
    case WIDE: return ldexp(u, (int)(bits % 31));
    default: return ldexp(u, (int)(bits % 61));
    }
}

/* Every person answers the same wherever his row lies; one in fifty answers is "don't know" where some are missing. */
static int8_t answer_of(int64_t person, int item, int missing)
{
    const uint64_t bits = mix((uint64_t)person * 64 + (uint64_t)item + 5);

    if (missing && bits % 50 == 7) return item % 2 ? -1 : 99;
    return (int8_t)(1 + bits / 64 % 5);
}

static survey survey_new(int weights, int missing, int scattered, int64_t step)
{
    survey s = {.n = ROWS, .step = step};
    int8_t *block = malloc((size_t)(ROWS * ITEMS));

    s.weight = malloc(ROWS * sizeof *s.weight);
    s.stratum = malloc(ROWS * sizeof *s.stratum);
    s.psu = malloc(ROWS * sizeof *s.psu);
    s.group = malloc(ROWS * sizeof *s.group);
    s.kept = malloc(ROWS * sizeof *s.kept);
    for (int j = 0; j < ITEMS; j++) s.answer[j] = step == 1 ? block + (int64_t)j * ROWS : block + j;
    for (int64_t i = 0; i < ROWS; i++) {
        const int64_t person = scattered ? i * 7919 % ROWS : i, psu = person * PSUS / ROWS;

        s.psu[i] = (int32_t)psu;
        s.stratum[i] = (int32_t)(psu % STRATA);
        s.group[i] = (int32_t)(mix((uint64_t)psu) % GROUPS);
        s.kept[i] = person % 10 != 3;
        s.weight[i] = weight_of(weights, person, psu);
        for (int j = 0; j < ITEMS; j++) s.answer[j][i * step] = answer_of(person, j, missing);
    }
    return s;
}

static void survey_free(survey *s)
{
    free(s->answer[0]);
    free(s->weight);
    free(s->stratum);
    free(s->psu);
    free(s->group);
    free(s->kept);
}

/* The built-in questions, with two codes for "don't know". */
static sipas_instrument *instrument_new(void)
{
    const sipas_instrument *builtin = sipas_instrument_builtin("1001/2023");
    const int64_t n = sipas_instrument_count_nodes(builtin);
    sipas_node *nodes = calloc((size_t)n, sizeof *nodes);
    sipas_instrument *own = NULL;
    sipas_error err;

    for (int64_t k = 0; k < n; k++) {
        nodes[k] = *sipas_instrument_get_node(builtin, k);
        if (nodes[k].kind != SIPAS_NODE_ITEM) continue;
        nodes[k].n_dont_know = 2;
        nodes[k].dont_know[0] = -1;
        nodes[k].dont_know[1] = 99;
    }
    check(sipas_instrument_new(NULL, "test", "the built-in form", nodes, n, &own, &err), &err);
    free(nodes);
    return own;
}

static sipas_table *estimate(const survey *s, const sipas_index_opts *opts, int where, int32_t threads)
{
    const sipas_column weight = sipas_column_f64(s->weight, s->n), strata = sipas_column_i32(s->stratum, s->n);
    const sipas_column psu = sipas_column_i32(s->psu, s->n), by = sipas_column_i32(s->group, s->n);
    const sipas_column kept = sipas_column_i32(s->kept, s->n);
    sipas_instrument *instrument = instrument_new();
    sipas_ctx_opts ctx_opts = SIPAS_CTX_OPTS_INIT;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_column answers[ITEMS];
    sipas_table *table = NULL;
    sipas_design *design;
    sipas_ctx *ctx;
    sipas_error err;

    for (int j = 0; j < ITEMS; j++) {
        answers[j] = sipas_column_i8(s->answer[j], s->n);
        answers[j].stride = s->step;
    }
    domains.n_by = 1;
    domains.by = &by;
    if (where) domains.where = &kept;
    ctx_opts.threads = threads;
    check(sipas_ctx_new(&ctx_opts, &ctx, &err), &err);
    check(sipas_design_new(ctx, s->n, &weight, &strata, &psu, 1, NULL, NULL, &design, &err), &err);
    check(sipas_index_estimate(design, instrument, answers, &domains, opts, &table, &err), &err);
    sipas_design_free(design);
    sipas_instrument_free(instrument);
    sipas_ctx_free(ctx);
    return table;
}

/* Shares of the two best levels of every item, by group, from plain sums. */
static void check_means(const survey *s, const sipas_table *table)
{
    for (int j = 0; j < ITEMS; j += 19)
        for (int g = 0; g < GROUPS; g++) {
            long double sum = 0.0L, size = 0.0L;

            for (int64_t i = 0; i < s->n; i++) {
                const int8_t answer = s->answer[j][i * s->step];

                if (s->group[i] != g || answer < 1 || answer > 5) continue;
                sum += answer >= 4 ? (long double)s->weight[i] : 0.0L;
                size += (long double)s->weight[i];
            }
            assert_true(fabsl(100.0L * sum / size / (long double)real(table, "estimate", j * GROUPS + g) - 1.0L) <
                        1e-13L);
        }
}

/* Sorted and scattered, one thread and three. */
static void check_orders(int weights, int missing, const sipas_index_opts *opts, int where, int64_t step)
{
    sipas_table *first = NULL;

    for (int scattered = 0; scattered < 2; scattered++) {
        survey s = survey_new(weights, missing, scattered, step);
        sipas_table *one = estimate(&s, opts, where, 1), *three = estimate(&s, opts, where, 3);

        check_identical(one, three);
        if (!where && opts->missing != SIPAS_MISSING_COMPLETE && !opts->scoring) check_means(&s, one);
        if (first && weights == TOO_WIDE)
            check_alike(first, one, 1e-13);
        else if (first)
            check_identical(first, one);
        if (first) sipas_table_free(one);
        if (!first) first = one;
        sipas_table_free(three);
        survey_free(&s);
    }
    sipas_table_free(first);
}

static void test_weights(void **state)
{
    sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;

    (void)state;
    for (int weights = 0; weights < WEIGHTS; weights++)
        for (int missing = 0; missing < 2; missing++) check_orders(weights, missing, &opts, 0, 1);
}

static void test_options(void **state)
{
    sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;

    (void)state;
    opts.unweighted = 1;
    opts.scoring = SIPAS_SCORING_RESCALED;
    check_orders(WHOLE, 1, &opts, 0, ITEMS);
    check_orders(REAL, 1, &opts, 1, 1);
    opts.missing = SIPAS_MISSING_COMPLETE;
    opts.scoring = SIPAS_SCORING_MEAN_OVER_MAX;
    check_orders(REAL, 1, &opts, 0, 1);
    check_orders(BY_PSU, 1, &opts, 1, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights),
        cmocka_unit_test(test_options),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

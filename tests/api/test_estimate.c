/*
 * Means, totals, ratios and categories: properties that hold whatever the data are, small cases by hand, what the
 * table says, and what is refused.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sipas.h>

#include "assert_close.h"
#include "calls.h"
#include "random_sample.h"
#include "result.h"

/* ---- properties ---- */

static const sample_design two_stages = {2, 2, 1, 0, 0, 0};

/* Rows of a sample in another order. */
static random_sample *shuffle(const random_sample *s, uint64_t seed)
{
    random_sample *t = random_sample_new(1, 0);

    t->n = s->n;
    for (size_t i = 0; i < s->n; i++) {
        const size_t step = 7, from = (i * step + (size_t)seed) % s->n;

        assert_true(s->n % step != 0);
        t->stratum[i] = s->stratum[from];
        t->psu[i] = s->psu[from];
        t->ssu[i] = s->ssu[from];
        t->tsu[i] = s->tsu[from];
        t->population[i] = s->population[from];
        t->population2[i] = s->population2[from];
        t->population3[i] = s->population3[from];
        t->population_rows[i] = s->population_rows[from];
        t->certain[i] = s->certain[from];
        t->weight[i] = s->weight[from];
        for (int v = 0; v < SAMPLE_VARIABLES; v++) t->y[v][i] = s->y[v][from];
        for (int b = 0; b < 2; b++) t->by[b][i] = s->by[b][from];
    }
    return t;
}

static sipas_table *run_sample(const random_sample *s, const sample_design *parts, int kind, int64_t n_y, int32_t deff)
{
    const int64_t n = (int64_t)s->n;
    const sipas_column y[3] = {sipas_column_f64(s->y[0], n), sipas_column_f64(s->y[1], n),
                               sipas_column_f64(s->y[2], n)};
    const sipas_column x[3] = {y[1], y[0], y[1]}, by = sipas_column_i32(s->by[1], n);
    static const uint32_t levels[] = {0, 1};
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_design *design = random_sample_open(s, parts, NULL);
    sipas_table *table;

    domains.n_by = 1;
    domains.by = &by;
    domains.n_levels = 2;
    domains.levels = levels;
    opts.deff = deff;
    opts.cov = 1;
    table = estimate(design, kind, y, x, n_y, &domains, &opts);
    sipas_design_free(design);
    return table;
}

static void test_order_of_rows(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        random_sample *s = random_sample_new(seed, 0), *t;

        while (s->n % 7 == 0) s->n--;
        t = shuffle(s, seed);
        for (int kind = MEAN; kind <= RATIO; kind++) {
            sipas_table *a = run_sample(s, &two_stages, kind, 3, 0), *b = run_sample(t, &two_stages, kind, 3, 0);

            check_alike(a, b, 1e-13);
            sipas_table_free(a);
            sipas_table_free(b);
        }
        random_sample_free(t);
        random_sample_free(s);
    }
}

static void test_scale_of_weights(void **state)
{
    (void)state;
    for (int kind = MEAN; kind <= RATIO; kind++) {
        random_sample *s = random_sample_new(3, 0);
        const double by = kind == TOTAL ? 1000.0 / 7.0 : 1.0;
        sipas_table *a = run_sample(s, &two_stages, kind, 3, SIPAS_DEFF_WR), *b;

        for (size_t i = 0; i < s->n; i++) s->weight[i] *= 1000.0 / 7.0;
        b = run_sample(s, &two_stages, kind, 3, SIPAS_DEFF_WR);
        for (int64_t row = 0; row < sipas_table_count_rows(a); row++) {
            assert_close(real(b, "estimate", row), by * real(a, "estimate", row), 1e-13);
            assert_close(real(b, "se", row), by * real(a, "se", row), 1e-13);
            assert_close(real(b, "deff", row), real(a, "deff", row), 1e-12);
        }
        sipas_table_free(a);
        sipas_table_free(b);
        random_sample_free(s);
    }
}

/* PSUs keep their places when they are numbered anew, inside strata and in any order; second-stage units likewise. */
static void test_labels(void **state)
{
    (void)state;
    for (int kind = MEAN; kind <= RATIO; kind++) {
        random_sample *s = random_sample_new(5, 0);
        sipas_table *a = run_sample(s, &two_stages, kind, 3, 0), *upwards, *anyhow;

        for (size_t i = 0; i < s->n; i++) {
            s->psu[i] = 1000 * s->stratum[i] + 10 * s->psu[i];
            s->ssu[i] = s->psu[i] + 3 * s->ssu[i];
        }
        upwards = run_sample(s, &two_stages, kind, 3, 0);
        for (size_t i = 0; i < s->n; i++) {
            s->ssu[i] = s->ssu[i] * 7919 % 1009;
            s->psu[i] = -(s->psu[i] * 31 % 1013);
            s->stratum[i] = 5 - s->stratum[i];
        }
        anyhow = run_sample(s, &two_stages, kind, 3, 0);
        check_identical(a, upwards);
        check_alike(a, anyhow, 1e-13);
        sipas_table_free(a);
        sipas_table_free(upwards);
        sipas_table_free(anyhow);
        random_sample_free(s);
    }
}

/* y + 1e9 has the SE of y, with unit totals kept and with rows streamed. y is in 1/1024, so that nothing is rounded
 * off it. */
static void test_offset(void **state)
{
    static const sample_design parts[] = {{2, 2, 1, 0, 0, 0}, {1, 0, 1, 0, 0, 0}, {0, 1, 1, 0, 0, 0}};

    (void)state;
    for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
        random_sample *s = random_sample_new(11, 0);
        sipas_table *a, *b;

        for (int v = 0; v < SAMPLE_VARIABLES; v++)
            for (size_t i = 0; i < s->n; i++) s->y[v][i] = floor(1024.0 * s->y[v][i]) / 1024.0;
        a = run_sample(s, &parts[p], MEAN, 3, SIPAS_DEFF_WR);
        for (int v = 0; v < SAMPLE_VARIABLES; v++)
            for (size_t i = 0; i < s->n; i++) s->y[v][i] += 1e9;
        b = run_sample(s, &parts[p], MEAN, 3, SIPAS_DEFF_WR);
        for (int64_t row = 0; row < sipas_table_count_rows(a); row++) {
            assert_close_scaled(real(b, "estimate", row) - 1e9, real(a, "estimate", row), 1e-6, 1.0);
            assert_close(real(b, "se", row), real(a, "se", row), 1e-9);
            assert_close(real(b, "deff", row), real(a, "deff", row), 1e-9);
            for (int64_t other = 0; other < row; other++)
                assert_close_scaled(covariance(b, row, other), covariance(a, row, other), 1e-9,
                                    real(a, "se", row) * real(a, "se", other));
        }
        sipas_table_free(a);
        sipas_table_free(b);
        random_sample_free(s);
    }
}

/* (y + 1e9 x) / x has the SE of y / x. y and x are in 1/1024, so that nothing is rounded off them. */
static void test_offset_of_a_ratio(void **state)
{
    static const sample_design parts[] = {{2, 2, 1, 0, 0, 0}, {1, 0, 1, 0, 0, 0}, {0, 1, 1, 0, 0, 0}};

    (void)state;
    for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
        random_sample *s = random_sample_new(12, 0);
        sipas_table *a, *b;

        for (int v = 0; v < SAMPLE_VARIABLES; v++)
            for (size_t i = 0; i < s->n; i++) s->y[v][i] = floor(1024.0 * s->y[v][i]) / 1024.0;
        a = run_sample(s, &parts[p], RATIO, 1, SIPAS_DEFF_WR);
        for (size_t i = 0; i < s->n; i++) s->y[0][i] += 1e9 * s->y[1][i];
        b = run_sample(s, &parts[p], RATIO, 1, SIPAS_DEFF_WR);
        for (int64_t row = 0; row < sipas_table_count_rows(a); row++) {
            assert_close_scaled(real(b, "estimate", row) - 1e9, real(a, "estimate", row), 1e-6, 1.0);
            assert_close(real(b, "se", row), real(a, "se", row), 1e-9);
            assert_close(real(b, "deff", row), real(a, "deff", row), 1e-9);
        }
        sipas_table_free(a);
        sipas_table_free(b);
        random_sample_free(s);
    }
}

/* What a simple random sample would have does not depend on the offset, of a total either. */
static void test_offset_of_a_design_effect(void **state)
{
    random_sample *s = random_sample_new(11, 0);
    sipas_table *a, *b;

    (void)state;
    for (size_t i = 0; i < s->n; i++) s->y[0][i] = floor(1024.0 * s->y[0][i]) / 1024.0;
    a = run_sample(s, &two_stages, TOTAL, 1, SIPAS_DEFF_WR);
    for (size_t i = 0; i < s->n; i++) s->y[0][i] += 1e9;
    b = run_sample(s, &two_stages, TOTAL, 1, SIPAS_DEFF_WR);
    for (int64_t row = 0; row < sipas_table_count_rows(a); row++) {
        const double se_a = real(a, "se", row), se_b = real(b, "se", row);

        assert_close(se_b * se_b / real(b, "deff", row), se_a * se_a / real(a, "deff", row), 1e-9);
    }
    sipas_table_free(a);
    sipas_table_free(b);
    random_sample_free(s);
}

/* ---- domains ---- */

/* One row: variable y over the rows of `weight` where `where` says so. */
static sipas_table *run_where(const random_sample *s, const double *weight, const uint8_t *where, int kind,
                              int variable)
{
    const int64_t n = (int64_t)s->n;
    const sipas_column w = sipas_column_f64(weight, n), strata = sipas_column_i32(s->stratum, n),
                       psu = sipas_column_i32(s->psu, n), y = sipas_column_f64(s->y[variable], n),
                       x = sipas_column_f64(s->y[1], n), mask = sipas_column_bool(where, n);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_design *design = NULL;
    sipas_table *table;
    sipas_error err;

    opts.lonely_psu = SIPAS_LONELY_REMOVE;
    if (where) domains.where = &mask;
    check(sipas_design_new(NULL, n, &w, &strata, &psu, 1, NULL, &opts, &design, &err), &err);
    table = estimate(design, kind, &y, &x, 1, &domains, NULL);
    sipas_design_free(design);
    return table;
}

/* A copy with the rows that are in, and no others. */
static random_sample *delete_rows(const random_sample *s, const uint8_t *in)
{
    random_sample *t = random_sample_new(1, 0);

    t->n = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (!in[i]) continue;
        t->stratum[t->n] = s->stratum[i];
        t->psu[t->n] = s->psu[i];
        t->weight[t->n] = s->weight[i];
        for (int v = 0; v < SAMPLE_VARIABLES; v++) t->y[v][t->n] = s->y[v][i];
        t->n++;
    }
    return t;
}

/* A domain by `where`, by a `by` column and by zero weights is one; deleting the rows of the others is another thing.
 * */
static void test_domain_is_zero_weight(void **state)
{
    int told_apart = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++)
        for (int kind = MEAN; kind <= RATIO; kind++) {
            random_sample *s = random_sample_new(seed, 0), *deleted;
            const int64_t n = (int64_t)s->n;
            uint8_t *in = calloc(s->n, 1);
            int32_t *code = calloc(s->n, sizeof *code);
            double *zeroed = calloc(s->n, sizeof *zeroed);
            const sipas_column by = sipas_column_i32(code, n), y = sipas_column_f64(s->y[0], n),
                               x = sipas_column_f64(s->y[1], n);
            const sample_design parts = {1, 0, 1, 0, SIPAS_LONELY_REMOVE, 0};
            sipas_domains domains = SIPAS_DOMAINS_INIT;
            sipas_design *design = random_sample_open(s, &parts, NULL);
            sipas_table *where, *grouped, *zero, *fewer;

            for (size_t i = 0; i < s->n; i++) {
                in[i] = (s->psu[i] + s->stratum[i]) % 3 != 0 && s->by[0][i] < 3;
                code[i] = in[i] ? 8 : 5;
                zeroed[i] = in[i] ? s->weight[i] : 0.0;
            }
            domains.n_by = 1;
            domains.by = &by;
            deleted = delete_rows(s, in);
            where = run_where(s, s->weight, in, kind, 0);
            zero = run_where(s, zeroed, NULL, kind, 0);
            fewer = run_where(deleted, deleted->weight, NULL, kind, 0);
            grouped = estimate(design, kind, &y, &x, 1, &domains, NULL);
            assert_int_equal(whole(grouped, "by1", 1), 8);
            check_rows_alike(where, 0, grouped, 1, 1e-13);
            check_rows_alike(where, 0, zero, 0, 1e-13);
            assert_close(real(fewer, "estimate", 0), real(where, "estimate", 0), 1e-13);
            told_apart += fabs(real(fewer, "se", 0) / real(where, "se", 0) - 1.0) > 0.01;
            sipas_table_free(where);
            sipas_table_free(grouped);
            sipas_table_free(zero);
            sipas_table_free(fewer);
            sipas_design_free(design);
            random_sample_free(s);
            random_sample_free(deleted);
            free(in);
            free(code);
            free(zeroed);
        }
    assert_true(told_apart >= 6);
}

/* All of a PSU's values are missing: the PSU stays in its stratum, as a domain that does not reach it. */
static void test_missing_keeps_the_psu(void **state)
{
    int told_apart = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        random_sample *s = random_sample_new(seed, 0), *deleted;
        uint8_t *there = calloc(s->n, 1);
        sipas_table *all, *where, *fewer;

        for (size_t i = 0; i < s->n; i++) there[i] = (uint8_t)!isnan(s->y[2][i]);
        deleted = delete_rows(s, there);
        all = run_where(s, s->weight, NULL, MEAN, 2);
        where = run_where(s, s->weight, there, MEAN, 2);
        fewer = run_where(deleted, deleted->weight, NULL, MEAN, 2);
        assert_close(real(all, "estimate", 0), real(where, "estimate", 0), 1e-13);
        assert_close(real(all, "se", 0), real(where, "se", 0), 1e-13);
        assert_true(whole(all, "n", 0) == whole(where, "n", 0) && whole(all, "psus", 0) == whole(where, "psus", 0));
        told_apart += fabs(real(fewer, "se", 0) / real(all, "se", 0) - 1.0) > 0.01;
        sipas_table_free(all);
        sipas_table_free(where);
        sipas_table_free(fewer);
        random_sample_free(deleted);
        random_sample_free(s);
        free(there);
    }
    assert_true(told_apart >= 3);
}

/* `complete`: a row that lacks one variable counts for none; `available`: each variable by itself. */
static void test_complete_cases(void **state)
{
    random_sample *s = random_sample_new(4, 0);
    const int64_t n = (int64_t)s->n;
    const sipas_column y[2] = {sipas_column_f64(s->y[0], n), sipas_column_f64(s->y[2], n)};
    const sample_design parts = {1, 0, 1, 0, 0, 0};
    sipas_design *design = random_sample_open(s, &parts, NULL);
    uint8_t *there = calloc(s->n, 1);
    const sipas_column mask = sipas_column_bool(there, n);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_table *available = estimate(design, MEAN, y, NULL, 2, NULL, NULL), *complete, *where;

    (void)state;
    for (size_t i = 0; i < s->n; i++) there[i] = (uint8_t)!isnan(s->y[2][i]);
    opts.missing = SIPAS_MISSING_COMPLETE;
    complete = estimate(design, MEAN, y, NULL, 2, NULL, &opts);
    domains.where = &mask;
    where = estimate(design, MEAN, y, NULL, 2, &domains, NULL);
    assert_true(whole(available, "n", 0) > whole(complete, "n", 0));
    assert_true(whole(complete, "n", 0) == whole(complete, "n", 1));
    for (int64_t row = 0; row < 2; row++) {
        assert_close(real(complete, "estimate", row), real(where, "estimate", row), 1e-13);
        assert_close(real(complete, "se", row), real(where, "se", row), 1e-13);
    }
    assert_close(real(complete, "estimate", 1), real(available, "estimate", 1), 1e-13);
    sipas_table_free(available);
    sipas_table_free(complete);
    sipas_table_free(where);
    sipas_design_free(design);
    random_sample_free(s);
    free(there);
}

/* Levels asked for in one call are what they are in calls of their own. */
static void test_levels_in_one_pass(void **state)
{
    static const uint32_t all[] = {0, 2, 1, 3};
    random_sample *s = random_sample_new(6, 0);
    const int64_t n = (int64_t)s->n;
    const sipas_column y[2] = {sipas_column_f64(s->y[0], n), sipas_column_f64(s->y[2], n)};
    const sipas_column by[2] = {sipas_column_i32(s->by[0], n), sipas_column_i32(s->by[1], n)};
    static const char *const names[] = {"region", "urban"}, *const labels[] = {"all", "urban", "region",
                                                                               "region*urban"};
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_design *design = random_sample_open(s, &two_stages, NULL);
    sipas_table *together;
    int64_t at = 0;

    (void)state;
    domains.n_by = 2;
    domains.by = by;
    domains.names = names;
    domains.n_levels = 4;
    domains.levels = all;
    together = estimate(design, MEAN, y, NULL, 2, &domains, NULL);
    for (int variable = 0; variable < 2; variable++)
        for (int level = 0; level < 4; level++) {
            sipas_table *alone;

            domains.n_levels = 1;
            domains.levels = &all[level];
            alone = estimate(design, MEAN, &y[variable], NULL, 1, &domains, NULL);
            assert_int_equal(sipas_table_find(alone, "level", &(int64_t){0}, NULL), SIPAS_ERR_NOT_FOUND);
            for (int64_t row = 0; row < sipas_table_count_rows(alone); row++, at++) {
                check_rows_alike(together, at, alone, row, 1e-13);
                assert_string_equal(text(together, "level", at), labels[level]);
                for (int b = 0; b < 2; b++) {
                    assert_int_equal(missing(together, names[b], at), !((all[level] >> b) & 1u));
                    assert_int_equal(missing(alone, names[b], row), missing(together, names[b], at));
                    if (!missing(alone, names[b], row))
                        assert_true(whole(together, names[b], at) == whole(alone, names[b], row));
                }
            }
            sipas_table_free(alone);
        }
    assert_int_equal(at, sipas_table_count_rows(together));
    sipas_table_free(together);
    sipas_design_free(design);
    random_sample_free(s);
}

/* ---- categories ---- */

/* Shares and totals of categories are means and totals of indicators; counts, shares and totals differ by constants
 * only. */
static void test_categories(void **state)
{
    for (uint64_t seed = 1; seed <= 4; seed++) {
        random_sample *s = random_sample_new(seed, 0);
        const int64_t n = (int64_t)s->n;
        double *code = calloc(s->n, sizeof *code), *indicator = calloc(3 * s->n, sizeof *indicator);
        const sipas_column y = sipas_column_f64(code, n), by = sipas_column_i32(s->by[1], n);
        const sipas_column ones[3] = {sipas_column_f64(indicator, n), sipas_column_f64(indicator + n, n),
                                      sipas_column_f64(indicator + 2 * n, n)};
        const sample_design parts = {1, 0, 1, 0, 0, 0};
        sipas_domains domains = SIPAS_DOMAINS_INIT;
        sipas_design *design = random_sample_open(s, &parts, NULL);
        sipas_table *share, *total, *mean, *sum;

        (void)state;
        for (size_t i = 0; i < s->n; i++) {
            const int kind = (int)(10.0 * s->y[0][i]) % 3;

            code[i] = isnan(s->y[2][i]) ? (double)NAN : kind == 0 ? 30.0 : kind == 1 ? 7.0 : -2.0;
            for (int c = 0; c < 3; c++)
                indicator[(size_t)c * s->n + i] = isnan(code[i]) ? (double)NAN
                                                                 : (double)(code[i] == (c == 0   ? -2.0
                                                                                        : c == 1 ? 7.0
                                                                                                 : 30.0));
        }
        domains.n_by = 1;
        domains.by = &by;
        share = category(design, &y, SIPAS_CATEGORY_SHARE, &domains, NULL);
        total = category(design, &y, SIPAS_CATEGORY_TOTAL, &domains, NULL);
        mean = estimate(design, MEAN, ones, NULL, 3, &domains, NULL);
        sum = estimate(design, TOTAL, ones, NULL, 3, &domains, NULL);
        assert_int_equal(sipas_table_count_rows(share), 6);
        for (int64_t row = 0; row < 6; row++) {
            assert_close_scaled(real(share, "estimate", row), real(mean, "estimate", row), 1e-13, 1.0);
            assert_close_scaled(real(share, "se", row), real(mean, "se", row), 1e-13, 1.0);
            assert_close_scaled(real(total, "estimate", row), real(sum, "estimate", row), 1e-13, 1.0);
            assert_close_scaled(real(total, "se", row), real(sum, "se", row), 1e-13, 1.0);
            assert_true(whole(share, "n", row) == whole(mean, "n", row));
            assert_true(whole(share, "psus", row) == whole(mean, "psus", row));
        }
        for (int64_t g = 0; g < 2; g++) {
            double shares = 0.0, totals = 0.0, people = 0.0;

            for (size_t i = 0; i < s->n; i++)
                if (s->by[1][i] == g && !isnan(code[i])) people += s->weight[i];
            for (int64_t c = 0; c < 3; c++) {
                assert_string_equal(text(share, "category", 2 * c + g), c == 0 ? "-2" : c == 1 ? "7" : "30");
                assert_string_equal(text(share, "variable", 2 * c + g), "y1");
                assert_close(real(total, "estimate", 2 * c + g), real(share, "estimate", 2 * c + g) * people, 1e-12);
                shares += real(share, "estimate", 2 * c + g);
                totals += real(total, "estimate", 2 * c + g);
            }
            assert_close(shares, 1.0, 1e-14);
            assert_close(totals, people, 1e-13);
        }
        sipas_table_free(share);
        sipas_table_free(total);
        sipas_table_free(mean);
        sipas_table_free(sum);
        sipas_design_free(design);
        random_sample_free(s);
        free(code);
        free(indicator);
    }
}

/* Under equal weights the total of a category is N times its share, and so is its SE. */
static void test_count_and_share(void **state)
{
    static const char *const answer[8] = {"yes", "no", "yes", "yes", "no", "yes", "yes", "yes"};
    static const double fpc[8] = {400, 400, 400, 400, 400, 400, 400, 400};
    const sipas_column y = sipas_column_code(answer, 8);
    sipas_design *design = open_design(8, NULL, NULL, NULL, fpc, NULL);
    sipas_table *share = category(design, &y, SIPAS_CATEGORY_SHARE, NULL, NULL),
                *total = category(design, &y, SIPAS_CATEGORY_TOTAL, NULL, NULL);

    (void)state;
    assert_string_equal(text(share, "category", 0), "no");
    assert_close(real(share, "estimate", 1), 0.75, 1e-15);
    /* Cochran 1977, eq. 3.8: (1 - f) p q / (n - 1) */
    assert_close(real(share, "se", 1), sqrt((1.0 - 8.0 / 400.0) * 0.75 * 0.25 / 7.0), 1e-13);
    for (int64_t row = 0; row < 2; row++) {
        assert_close(real(total, "estimate", row), 400.0 * real(share, "estimate", row), 1e-13);
        assert_close(real(total, "se", row), 400.0 * real(share, "se", row), 1e-13);
    }
    sipas_table_free(share);
    sipas_table_free(total);
    sipas_design_free(design);
}

static void test_categories_refused(void **state)
{
    static const double nothing[3] = {NAN, NAN, NAN}, half[3] = {1, 2.5, 3};
    sipas_column y = sipas_column_f64(nothing, 3);
    sipas_design *design = open_design(3, NULL, NULL, NULL, NULL, NULL);
    sipas_table *table = NULL;
    sipas_error err;

    (void)state;
    assert_int_equal(sipas_estimate_category(design, &y, SIPAS_CATEGORY_SHARE, NULL, NULL, &table, &err),
                     SIPAS_ERR_TOO_FEW);
    assert_string_equal(err.name, "y1");
    y = sipas_column_f64(half, 3);
    assert_int_equal(sipas_estimate_category(design, &y, SIPAS_CATEGORY_SHARE, NULL, NULL, &table, &err),
                     SIPAS_ERR_TYPE);
    assert_int_equal(err.row, 1);
    assert_int_equal(sipas_estimate_category(design, NULL, SIPAS_CATEGORY_SHARE, NULL, NULL, &table, &err),
                     SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_estimate_category(design, &y, 2, NULL, NULL, &table, &err), SIPAS_ERR_OPTION);
    assert_null(table);
    sipas_design_free(design);
}

/* ---- covariances ---- */

static void test_covariance_is_a_quadratic_form(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        static const uint32_t levels[] = {0, 1};
        random_sample *s = random_sample_new(seed, SAMPLE_LONELY);
        const int64_t n = (int64_t)s->n;
        const sipas_column y = sipas_column_f64(s->y[0], n), by = sipas_column_i32(s->by[0], n);
        const sample_design parts = {2, 2, 1, 0, SIPAS_LONELY_ADJUST, 0};
        sipas_domains domains = SIPAS_DOMAINS_INIT;
        sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
        sipas_design *design = random_sample_open(s, &parts, NULL);
        double sum = 0.0, last = 0.0;
        sipas_table *table;
        int64_t rows;

        domains.n_by = 1;
        domains.by = &by;
        domains.n_levels = 2;
        domains.levels = levels;
        opts.cov = 1;
        table = estimate(design, TOTAL, &y, NULL, 1, &domains, &opts);
        rows = sipas_table_count_rows(table);
        for (int64_t a = 0; a < rows; a++) {
            assert_close(covariance(table, a, a), real(table, "se", a) * real(table, "se", a), 1e-14);
            for (int64_t b = 1; b < rows; b++) {
                assert_true(covariance(table, a, b) == covariance(table, b, a));
                if (a > 0) sum += covariance(table, a, b);
            }
        }
        /* the whole is the sum of its groups: its variance is the sum of theirs and their covariances */
        assert_close(sum, real(table, "se", 0) * real(table, "se", 0), 1e-12);
        for (int64_t b = 1; b < rows; b++) last += covariance(table, 0, b);
        assert_close(last, real(table, "se", 0) * real(table, "se", 0), 1e-12);
        sipas_table_free(table);
        sipas_design_free(design);
        random_sample_free(s);
    }
}

/* A variable of 1e8 beside one of 1: their covariance has all its digits. */
static void test_covariance_of_unlike_sizes(void **state)
{
    random_sample *s = random_sample_new(2, 0);
    const int64_t n = (int64_t)s->n;
    double *large = calloc(s->n, sizeof *large);
    const sipas_column y[2] = {sipas_column_f64(s->y[0], n), sipas_column_f64(large, n)};
    const sample_design parts = {1, 0, 1, 0, 0, 0};
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_design *design = random_sample_open(s, &parts, NULL);
    sipas_table *table;

    (void)state;
    opts.cov = 1;
    for (int power = 20; power <= 310; power += 145) {
        for (size_t i = 0; i < s->n; i++) large[i] = ldexp(s->y[0][i], power);
        table = estimate(design, MEAN, y, NULL, 2, NULL, &opts);
        assert_close(ldexp(covariance(table, 0, 1), -power), covariance(table, 0, 0), 1e-12);
        assert_close(ldexp(covariance(table, 1, 0), -power), covariance(table, 0, 0), 1e-12);
        sipas_table_free(table);
    }
    sipas_design_free(design);
    random_sample_free(s);
    free(large);
}

static void test_covariance_refused(void **state)
{
    static const double y_of[4] = {1, 2, 4, 8};
    const sipas_column y = sipas_column_f64(y_of, 4);
    static const int64_t rows[] = {0, 1}, fine = 0;
    sipas_design *design = open_design(4, NULL, NULL, NULL, NULL, NULL);
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    const sipas_cov *cov = NULL;
    double out[2] = {7, 7};
    sipas_table *without = estimate(design, MEAN, &y, NULL, 1, NULL, NULL), *with;
    sipas_error err;

    (void)state;
    assert_int_equal(sipas_table_get_cov(without, &cov, &err), SIPAS_ERR_NOT_FOUND);
    opts.cov = 1;
    with = estimate(design, MEAN, &y, NULL, 1, NULL, &opts);
    sipas_design_free(design); /* a covariance outlives its design */
    check(sipas_table_get_cov(with, &cov, &err), &err);
    assert_int_equal(sipas_cov_get_block(cov, &fine, 1, rows, 2, out, &err), SIPAS_ERR_NOT_FOUND);
    assert_int_equal(err.row, 1);
    assert_string_equal(err.name, "column");
    assert_true(out[0] == 7 && out[1] == 7);
    assert_int_equal(sipas_cov_get_block(cov, NULL, 1, &fine, 1, out, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_cov_get_block(cov, &fine, 1, &fine, 1, NULL, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_cov_get_block(NULL, &fine, 1, &fine, 1, out, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_cov_get_block(cov, &fine, 1, &fine, 1, out, NULL), SIPAS_OK);
    /* s² / n, s² = (2.75² + 1.75² + 0.25² + 4.25²) / 3 */
    assert_close(out[0], 28.75 / 3.0 / 4.0, 1e-14);
    sipas_table_free(with);
    sipas_table_free(without);
}

/* ---- what is missing, and why ---- */

static void test_empty_domains(void **state)
{
    static const double y_of[6] = {1, 2, 3, 4, 5, 6}, weight[6] = {1, 1, 0, 1, 1, 0};
    static const int32_t group[6] = {1, 1, 2, 1, 3, 2};
    static const uint8_t nobody[6] = {0, 0, 0, 0, 0, 0};
    const sipas_column y = sipas_column_f64(y_of, 6), by = sipas_column_i32(group, 6),
                       mask = sipas_column_bool(nobody, 6);
    sipas_design *design = open_design(6, weight, NULL, NULL, NULL, NULL);

    (void)state;
    for (int kind = MEAN; kind <= RATIO; kind++) {
        sipas_domains domains = SIPAS_DOMAINS_INIT;
        sipas_table *table;

        domains.n_by = 1;
        domains.by = &by;
        table = estimate(design, kind, &y, &y, 1, &domains, NULL);
        assert_int_equal(sipas_table_count_rows(table), 3);
        for (int64_t row = 0; row < 3; row++) {
            const int empty = row == 1; /* group 2 has weights of 0 only */

            assert_int_equal(missing(table, "estimate", row), empty);
            assert_int_equal(whole(table, "n", row), row == 0 ? 3 : empty ? 0 : 1);
            assert_int_equal(find_note(table, "empty_domain", row) != NULL, empty);
        }
        assert_int_equal(missing(table, "se", 1), 1);
        assert_int_equal(missing(table, "lower", 1), 1);
        assert_int_equal(missing(table, "cv", 1), 1);
        assert_non_null(strstr(find_note(table, "empty_domain", 1), "by1=2"));
        sipas_table_free(table);

        domains = (sipas_domains)SIPAS_DOMAINS_INIT;
        domains.where = &mask;
        table = estimate(design, kind, &y, &y, 1, &domains, NULL);
        assert_int_equal(sipas_table_count_rows(table), 1);
        assert_int_equal(missing(table, "estimate", 0), 1);
        assert_int_equal(missing(table, "se", 0), 1);
        assert_int_equal(whole(table, "n", 0), 0);
        assert_int_equal(whole(table, "psus", 0), 0);
        assert_non_null(find_note(table, "empty_domain", 0));
        sipas_table_free(table);
    }
    sipas_design_free(design);
}

/* Group 1 lies in one PSU; group 2 in one PSU of each stratum; group 3 in all. */
static void test_small_domains(void **state)
{
    static const int32_t strata[12] = {1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2},
                         psu[12] = {1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2},
                         group[12] = {1, 1, 3, 2, 2, 3, 2, 3, 3, 3, 3, 3};
    static const double y_of[12] = {4, 6, 1, 3, 5, 2, 8, 3, 4, 5, 1, 2};
    const sipas_column y = sipas_column_f64(y_of, 12), by = sipas_column_i32(group, 12);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_design *design = open_design(12, NULL, strata, psu, NULL, NULL);

    (void)state;
    domains.n_by = 1;
    domains.by = &by;
    for (int kind = MEAN; kind <= RATIO; kind++) {
        sipas_table *table = estimate(design, kind, &y, &y, 1, &domains, NULL);

        /* one PSU: no SE of a mean; a total has one, because the other PSU of the stratum is known to hold nothing */
        assert_int_equal(missing(table, "se", 0), kind != TOTAL);
        assert_int_equal(missing(table, "lower", 0), 1);
        assert_int_equal(missing(table, "estimate", 0), 0);
        assert_int_equal(whole(table, "psus", 0), 1);
        assert_true(real(table, "df", 0) == 0.0);
        assert_non_null(strstr(find_note(table, kind == TOTAL ? "no_df" : "one_psu", 0), "by1=1"));
        if (kind == TOTAL) assert_close(real(table, "se", 0), 10.0, 1e-14); /* 2/1 (5² + 5²) = 100 */
        /* two PSUs in two strata: an SE, but no degrees of freedom and so no interval */
        assert_int_equal(missing(table, "se", 1), 0);
        assert_int_equal(missing(table, "lower", 1) + missing(table, "upper", 1), 2);
        assert_true(real(table, "df", 1) == 0.0);
        assert_non_null(find_note(table, "no_df", 1));
        assert_int_equal(missing(table, "lower", 2), 0);
        assert_true(real(table, "df", 2) == 2.0);
        sipas_table_free(table);
    }
    sipas_design_free(design);
}

/* The mean of group 2 above by hand: R = 16/3; z of PSU (1,2) = (8 - 2R)/3 = -8/9, of PSU (2,1) = 8/9; each stratum
 * has one more PSU with z = 0, so V = Σ_h 2 · (4/9)² · 2 = 2 · 2 · 2 · 16/81. */
static void test_small_domain_by_hand(void **state)
{
    static const int32_t strata[6] = {1, 1, 1, 2, 2, 2}, psu[6] = {1, 2, 2, 1, 1, 2};
    static const double y_of[6] = {9, 3, 5, 8, 3, 5};
    static const uint8_t in[6] = {0, 1, 1, 1, 0, 0};
    const sipas_column y = sipas_column_f64(y_of, 6), mask = sipas_column_bool(in, 6);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_design *design = open_design(6, NULL, strata, psu, NULL, NULL);
    sipas_table *table;

    (void)state;
    domains.where = &mask;
    table = estimate(design, MEAN, &y, NULL, 1, &domains, NULL);
    assert_close(real(table, "estimate", 0), 16.0 / 3.0, 1e-15);
    assert_close(real(table, "se", 0), sqrt(128.0 / 81.0), 1e-14);
    sipas_table_free(table);
    sipas_design_free(design);
}

static void test_one_row(void **state)
{
    static const double y_of[1] = {3};
    const sipas_column y = sipas_column_f64(y_of, 1);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_design *design = open_design(1, NULL, NULL, NULL, NULL, NULL);
    sipas_table *table = NULL;
    sipas_error err;

    (void)state;
    assert_int_equal(sipas_estimate_mean(design, &y, 1, NULL, NULL, &table, &err), SIPAS_ERR_LONELY_PSU);
    assert_null(table);
    assert_string_equal(err.name, "the only stratum");
    sipas_design_free(design);
    opts.lonely_psu = SIPAS_LONELY_AVERAGE;
    design = open_design(1, NULL, NULL, NULL, NULL, &opts);
    table = estimate(design, TOTAL, &y, NULL, 1, NULL, NULL);
    assert_true(real(table, "estimate", 0) == 3.0);
    assert_int_equal(missing(table, "se", 0), 1); /* there is no other stratum to take an average of */
    assert_non_null(find_note(table, "no_se", 0));
    sipas_table_free(table);
    sipas_design_free(design);
}

static void test_no_answers(void **state)
{
    static const double nothing[4] = {NAN, NAN, NAN, NAN}, some[4] = {1, 2, NAN, 3}, zeros[4] = {0, 0, 0, 0};
    const sipas_column y[2] = {sipas_column_f64(nothing, 4), sipas_column_f64(some, 4)}, x = sipas_column_f64(zeros, 4);
    sipas_design *design = open_design(4, NULL, NULL, NULL, NULL, NULL);
    sipas_table *table = estimate(design, MEAN, y, NULL, 2, NULL, NULL);

    (void)state;
    assert_int_equal(missing(table, "estimate", 0), 1);
    assert_int_equal(missing(table, "se", 0), 1);
    assert_int_equal(whole(table, "n", 0), 0);
    assert_non_null(strstr(find_note(table, "no_value", 0), "y1"));
    assert_true(real(table, "estimate", 1) == 2.0);
    sipas_table_free(table);
    table = estimate(design, RATIO, &y[1], &x, 1, NULL, NULL); /* a denominator of 0 */
    assert_int_equal(missing(table, "estimate", 0), 1);
    assert_int_equal(missing(table, "se", 0), 1);
    assert_int_equal(whole(table, "n", 0), 3);
    assert_non_null(find_note(table, "no_value", 0));
    sipas_table_free(table);
    sipas_design_free(design);
}

/* ---- lonely PSUs by hand ---- */

/* Rows are PSUs: stratum 1: 1, 3; stratum 2: 10, alone; stratum 3: 4, 8. Total 26, mean 5.2. */
static const double lonely_y[5] = {1, 3, 10, 4, 8};
static const int32_t lonely_strata[5] = {1, 1, 2, 3, 3};

static void test_lonely_by_hand(void **state)
{
    /* Strata 1 and 3 add 2 · 2 · 1² + 2 · 2 · 2² = 20 to the total's variance; to the mean's 20/25. `adjust` adds (10
     * - 26/5)² = 23.04, for the mean's z = (y - 5.2)/5, whose mean is 0, 0.96²; `adjust_zero` adds 10² and again
     * 0.96². */
    static const struct {
        int32_t rule;
        double total, mean;
    } wanted[] = {{SIPAS_LONELY_REMOVE, 20.0, 0.8},
                  {SIPAS_LONELY_CERTAINTY, 20.0, 0.8},
                  {SIPAS_LONELY_ADJUST, 43.04, 1.7216},
                  {SIPAS_LONELY_ADJUST_ZERO, 120.0, 1.7216},
                  {SIPAS_LONELY_AVERAGE, 30.0, 1.2}};
    const sipas_column y = sipas_column_f64(lonely_y, 5);

    (void)state;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        for (int32_t cov = 0; cov <= 1; cov++) {
            sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
            sipas_estimate_opts how = SIPAS_ESTIMATE_OPTS_INIT;
            sipas_design *design;
            sipas_table *total, *mean;

            opts.lonely_psu = wanted[i].rule;
            how.cov = cov;
            design = open_design(5, NULL, lonely_strata, NULL, NULL, &opts);
            total = estimate(design, TOTAL, &y, NULL, 1, NULL, &how);
            mean = estimate(design, MEAN, &y, NULL, 1, NULL, &how);
            assert_close(real(total, "se", 0), sqrt(wanted[i].total), 1e-14);
            assert_close(real(mean, "se", 0), sqrt(wanted[i].mean), 1e-14);
            assert_non_null(strstr(find_note(total, "lonely_psu", -1), "stratum 2 has one PSU"));
            sipas_table_free(total);
            sipas_table_free(mean);
            sipas_design_free(design);
        }
}

static void test_lonely_is_an_error(void **state)
{
    static const uint8_t others[5] = {1, 1, 0, 1, 1}, alone[5] = {1, 0, 1, 0, 0};
    static const double taken_whole[5] = {9, 9, 1, 9, 9};
    static const char *const names[5] = {"HN", "HN", "C\xC3\xB4n \xC4\x90\xE1\xBA\xA3o", "HUE", "HUE"};
    const sipas_column y = sipas_column_f64(lonely_y, 5), text_strata = sipas_column_code(names, 5);
    sipas_column mask = sipas_column_bool(others, 5);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_design *design = open_design(5, NULL, lonely_strata, NULL, NULL, NULL);
    sipas_table *table = NULL;
    sipas_error err;

    (void)state;
    assert_int_equal(sipas_estimate_mean(design, &y, 1, NULL, NULL, &table, &err), SIPAS_ERR_LONELY_PSU);
    assert_null(table);
    assert_string_equal(err.name, "stratum 2");
    assert_non_null(strstr(err.message, "stratum 2 has one PSU"));
    domains.where = &mask; /* a domain that does not reach it */
    table = estimate(design, MEAN, &y, NULL, 1, &domains, NULL);
    assert_true(real(table, "estimate", 0) == 4.0);
    sipas_table_free(table);
    table = NULL;
    mask = sipas_column_bool(alone, 5);
    assert_int_equal(sipas_estimate_mean(design, &y, 1, &domains, NULL, &table, &err), SIPAS_ERR_LONELY_PSU);
    sipas_design_free(design);

    design = open_design(5, NULL, lonely_strata, NULL, taken_whole, NULL); /* it is all there is */
    table = estimate(design, MEAN, &y, NULL, 1, NULL, NULL);
    assert_null(find_note(table, "lonely_psu", -1));
    sipas_table_free(table);
    sipas_design_free(design);

    design = NULL;
    table = NULL;
    check(sipas_design_new(NULL, 5, NULL, &text_strata, NULL, 0, NULL, NULL, &design, &err), &err);
    assert_int_equal(sipas_estimate_total(design, &y, 1, NULL, NULL, &table, &err), SIPAS_ERR_LONELY_PSU);
    assert_string_equal(err.name, "stratum C\xC3\xB4n \xC4\x90\xE1\xBA\xA3o");
    sipas_design_free(design);
}

/* ---- degrees of freedom and intervals ---- */

/* Half widths over SE are the quantiles of t (R's qt). */
static void test_intervals(void **state)
{
    static const int32_t strata[6] = {1, 1, 2, 2, 3, 3}, group[6] = {1, 1, 1, 1, 2, 2};
    static const double y_of[6] = {1, 2, 4, 7, 5, 5.5};
    static const struct {
        int32_t rule;
        double given, level, df[2], t[2];
    } wanted[] = {
        {SIPAS_DF_DEFAULT, 0, 0, {2, 1}, {4.302652729749462, 12.706204736174694}},
        {SIPAS_DF_DOMAIN, 0, 0.9, {2, 1}, {2.919985580353724, 6.313751514675038}},
        {SIPAS_DF_DESIGN, 0, 0.95, {3, 3}, {3.182446305283708, 3.182446305283708}},
        {SIPAS_DF_GIVEN, 10, 0.99, {10, 10}, {3.16927267261695, 3.16927267261695}},
        {SIPAS_DF_GIVEN, INFINITY, 0.95, {INFINITY, INFINITY}, {1.959963984540054, 1.959963984540054}},
    };
    const sipas_column y = sipas_column_f64(y_of, 6), by = sipas_column_i32(group, 6);
    sipas_domains domains = SIPAS_DOMAINS_INIT;

    (void)state;
    domains.n_by = 1;
    domains.by = &by;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
        sipas_estimate_opts how = SIPAS_ESTIMATE_OPTS_INIT;
        sipas_design *design;
        sipas_table *table;

        opts.df = wanted[i].rule;
        opts.df_value = wanted[i].given;
        how.level = wanted[i].level;
        design = open_design(6, NULL, strata, NULL, NULL, &opts);
        table = estimate(design, MEAN, &y, NULL, 1, &domains, &how);
        for (int64_t row = 0; row < 2; row++) {
            const double estimate_of = real(table, "estimate", row), se = real(table, "se", row);

            assert_true(real(table, "df", row) == wanted[i].df[row]);
            assert_close((real(table, "upper", row) - estimate_of) / se, wanted[i].t[row], 1e-12);
            assert_close((estimate_of - real(table, "lower", row)) / se, wanted[i].t[row], 1e-12);
            assert_close(real(table, "cv", row), se / estimate_of, 1e-14);
        }
        sipas_table_free(table);
        sipas_design_free(design);
    }
}

/* n, psus and df count rows of positive weight that have the variable; R's rule for df those that have not as well. */
static void test_what_is_counted(void **state)
{
    static const int32_t strata[10] = {1, 1, 1, 1, 2, 2, 2, 2, 3, 3}, psu[10] = {1, 1, 2, 2, 1, 1, 2, 3, 1, 2};
    static const double weight[10] = {2, 2, 2, 0, 1, 1, 0, 3, 0, 0}, y_of[10] = {5, NAN, 3, 2, 7, 8, 9, NAN, 1, 2};
    const sipas_column y = sipas_column_f64(y_of, 10);

    (void)state;
    for (int r_rule = 0; r_rule < 2; r_rule++) {
        sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
        sipas_design *design;
        sipas_table *table;

        opts.df = r_rule ? SIPAS_DF_DOMAIN_ROWS : SIPAS_DF_DEFAULT;
        design = open_design(10, weight, strata, psu, NULL, &opts);
        table = estimate(design, MEAN, &y, NULL, 1, NULL, NULL);
        assert_true(sipas_design_get_df(design) == 2.0); /* (1,1), (1,2), (2,1), (2,3) have a weight, in two strata */
        assert_int_equal(whole(table, "n", 0), 4);
        assert_int_equal(whole(table, "psus", 0), 3);              /* (1,1), (1,2), (2,1) */
        assert_true(real(table, "df", 0) == (r_rule ? 2.0 : 1.0)); /* and (2,3): 4 PSUs in 2 strata */
        assert_string_equal(meta(table, "df_rule"), r_rule ? "domain_rows" : "domain");
        assert_close(real(table, "estimate", 0), (10.0 + 6.0 + 7.0 + 8.0) / 6.0, 1e-15);
        sipas_table_free(table);
        sipas_design_free(design);
    }
}

/* ---- design effects ---- */

/* deff = V / V_srs, V_srs = (1 - n/N) s²/n for a mean, N² times that for a total; s² = n/(n-1) Σ w (y - ȳ)² / Σ w. */
static void test_design_effects(void **state)
{
    for (uint64_t seed = 1; seed <= 4; seed++)
        for (int kind = MEAN; kind <= TOTAL; kind++)
            for (int32_t reference = SIPAS_DEFF_WOR; reference <= SIPAS_DEFF_WR; reference++) {
                random_sample *s = random_sample_new(seed, 0);
                sipas_table *table = run_sample(s, &two_stages, kind, 3, reference);
                const int64_t rows = sipas_table_count_rows(table);

                (void)state;
                for (int64_t row = 0; row < rows; row++) {
                    const double *y = s->y[row / 3], se = real(table, "se", row);
                    double n = 0.0, population = 0.0, mean = 0.0, square = 0.0, srs;

                    for (int pass = 0; pass < 2; pass++)
                        for (size_t i = 0; i < s->n; i++) {
                            if (isnan(y[i]) || s->weight[i] == 0.0) continue;
                            if (row % 3 > 0 && s->by[1][i] != row % 3 - 1) continue;
                            if (pass == 1) {
                                square += s->weight[i] * (y[i] - mean / population) * (y[i] - mean / population);
                                continue;
                            }
                            n += 1.0;
                            population += s->weight[i];
                            mean += s->weight[i] * y[i];
                        }
                    srs = square / population / (n - 1.0) * (reference == SIPAS_DEFF_WOR ? 1.0 - n / population : 1.0);
                    if (kind == TOTAL) srs *= population * population;
                    assert_close(real(table, "deff", row), se * se / srs, 1e-10);
                }
                sipas_table_free(table);
                random_sample_free(s);
            }
}

static void test_design_effect_that_cannot_be(void **state)
{
    static const double weight[4] = {0.5, 0.5, 2, 1}, y_of[4] = {1, 2, 4, 8}, constant[4] = {3, 3, 3, 3};
    const sipas_column y[2] = {sipas_column_f64(y_of, 4), sipas_column_f64(constant, 4)};
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_design *design = open_design(4, weight, NULL, NULL, NULL, NULL);
    const char *reference;
    sipas_table *table;

    (void)state;
    opts.deff = SIPAS_DEFF_WOR; /* the weights add to n: all would have been drawn */
    table = estimate(design, MEAN, y, NULL, 1, NULL, &opts);
    assert_int_equal(missing(table, "deff", 0), 1);
    assert_int_equal(missing(table, "se", 0), 0);
    check(sipas_table_find_meta(table, "deff_reference", &reference, NULL), NULL);
    assert_string_equal(reference, "srs without replacement");
    assert_non_null(strstr(find_note(table, "no_deff", 0), "no more than the rows"));
    sipas_table_free(table);
    opts.deff = SIPAS_DEFF_WR;
    table = estimate(design, MEAN, y, NULL, 2, NULL, &opts);
    assert_int_equal(missing(table, "deff", 0), 0);
    assert_int_equal(missing(table, "deff", 1), 1); /* nothing varies */
    check(sipas_table_find_meta(table, "deff_reference", &reference, NULL), NULL);
    assert_string_equal(reference, "srs with replacement");
    assert_non_null(strstr(find_note(table, "no_deff", 1), "nothing varies"));
    assert_null(find_note(table, "no_deff", 0));
    sipas_table_free(table);
    table = estimate(design, MEAN, y, NULL, 1, NULL, NULL);
    assert_int_equal(sipas_table_find(table, "deff", &(int64_t){0}, NULL), SIPAS_ERR_NOT_FOUND);
    sipas_table_free(table);
    sipas_design_free(design);
}

/* ---- what the table says, and what is refused ---- */

static void test_the_table(void **state)
{
    static const char *const province[4] = {"HN", "HUE", "HN", "HUE"}, *const by_names[2] = {"province", "sex"},
                             *const names[2] = {"income", "age"};
    static const int8_t sex[4] = {1, 1, 2, 2}, age[4] = {20, 30, 50, 60};
    static const float income[4] = {1.5f, 2.5f, 4.0f, 3.0f};
    static const char *const columns[] = {"variable", "level", "province", "sex", "estimate", "se",
                                          "lower",    "upper", "df",       "n",   "psus",     "cv"};
    static const uint32_t levels[] = {1, 2};
    const sipas_column y[2] = {sipas_column_f32(income, 4), sipas_column_i8(age, 4)};
    const sipas_column by[2] = {sipas_column_code(province, 4), sipas_column_i8(sex, 4)};
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_design *design = open_design(4, NULL, NULL, NULL, NULL, NULL);
    const char *value;
    sipas_table *table;

    (void)state;
    domains.n_by = 2;
    domains.by = by;
    domains.names = by_names;
    domains.n_levels = 2;
    domains.levels = levels;
    opts.names = names;
    opts.level = 0.9;
    table = estimate(design, MEAN, y, NULL, 2, &domains, &opts);
    assert_int_equal(sipas_table_count_rows(table), 8);
    for (int64_t c = 0; c < 12; c++) assert_string_equal(sipas_table_get_field(table, c)->name, columns[c]);
    assert_int_equal(sipas_table_count_columns(table), 12);
    assert_string_equal(text(table, "variable", 3), "income");
    assert_string_equal(text(table, "variable", 4), "age");
    assert_string_equal(text(table, "level", 4), "province");
    assert_string_equal(text(table, "province", 4), "HN");
    assert_int_equal(missing(table, "province", 6), 1);
    assert_int_equal(whole(table, "sex", 7), 2);
    assert_true(real(table, "estimate", 7) == 55.0);
    assert_true(real(table, "estimate", 0) == 2.75);
    check(sipas_table_find_meta(table, "method", &value, NULL), NULL);
    assert_string_equal(value, "mean/1");
    check(sipas_table_find_meta(table, "variance", &value, NULL), NULL);
    assert_string_equal(value, "taylor/1");
    check(sipas_table_find_meta(table, "confidence", &value, NULL), NULL);
    assert_string_equal(value, "0.9");
    check(sipas_table_find_meta(table, "df_rule", &value, NULL), NULL);
    assert_string_equal(value, "domain");
    check(sipas_table_find_meta(table, "weight_sum", &value, NULL), NULL);
    assert_string_equal(value, "4");
    sipas_table_free(table);
    sipas_design_free(design);
}

/* A table outlives design, context and columns. */
static void test_a_table_outlives_all(void **state)
{
    double *y_of = calloc(4, sizeof *y_of);
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_column y = sipas_column_f64(y_of, 4);
    sipas_design *design = NULL;
    sipas_ctx *ctx = NULL;
    sipas_table *table;

    (void)state;
    for (int i = 0; i < 4; i++) y_of[i] = i * i;
    check(sipas_ctx_new(NULL, &ctx, NULL), NULL);
    check(sipas_design_new(ctx, 4, NULL, NULL, NULL, 0, NULL, NULL, &design, NULL), NULL);
    opts.cov = 1;
    table = estimate(design, MEAN, &y, NULL, 1, NULL, &opts);
    sipas_design_free(design);
    sipas_ctx_free(ctx);
    free(y_of);
    assert_true(real(table, "estimate", 0) == 3.5);
    assert_close(covariance(table, 0, 0), 49.0 / 3.0 / 4.0, 1e-14);
    sipas_table_free(table);
}

/* Calls an estimator that must refuse. */
static void refuse(const sipas_design *design, const sipas_column *y, int64_t n_y, const sipas_domains *domains,
                   const sipas_estimate_opts *opts, sipas_status status, int64_t row, const char *name,
                   const char *sentence)
{
    for (int kind = MEAN; kind <= RATIO; kind++) {
        sipas_table *table = (sipas_table *)&table;
        sipas_error err;
        const sipas_status got = kind == MEAN    ? sipas_estimate_mean(design, y, n_y, domains, opts, &table, &err)
                                 : kind == TOTAL ? sipas_estimate_total(design, y, n_y, domains, opts, &table, &err)
                                                 : sipas_estimate_ratio(design, y, y, n_y, domains, opts, &table, &err);

        assert_int_equal(got, status);
        assert_int_equal(err.status, status);
        assert_null(table);
        assert_int_equal(err.row, row);
        assert_string_equal(err.name, name);
        if (!strstr(err.message, sentence)) fail_msg("\"%s\" does not say \"%s\"", err.message, sentence);
    }
}

static void test_refused(void **state)
{
    static const double fine[4] = {1, 2, 3, 4}, infinite[4] = {1, 2, -INFINITY, INFINITY}, weight[4] = {1, 1, 0, 1};
    static const char *const texts[4] = {"1", "2", "3", "4"}, *const gap[4] = {"a", "a", NULL, "b"},
                             *const names[2] = {"q1", "q2"};
    static const uint8_t not_third[4] = {1, 1, 0, 1}, neither[4] = {1, 1, 0, 0};
    sipas_column y[2] = {sipas_column_f64(fine, 4), sipas_column_f64(infinite, 4)}, by = sipas_column_code(gap, 4),
                 mask;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_design *design = open_design(4, NULL, NULL, NULL, NULL, NULL), *zero;
    sipas_table *table = NULL;

    (void)state;
    refuse(NULL, y, 1, NULL, NULL, SIPAS_ERR_ARGUMENT, -1, "design", "NULL");
    refuse(design, NULL, 1, NULL, NULL, SIPAS_ERR_ARGUMENT, -1, "y", "NULL");
    refuse(design, y, 0, NULL, NULL, SIPAS_ERR_ARGUMENT, -1, "n_y", "less than 1");
    assert_int_equal(sipas_estimate_mean(design, y, 1, NULL, NULL, NULL, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_estimate_ratio(design, y, NULL, 1, NULL, NULL, &table, NULL), SIPAS_ERR_ARGUMENT);
    refuse(design, y, 2, NULL, NULL, SIPAS_ERR_VALUE, 2, "y2", "row 2: y2 is infinite");
    opts.names = names;
    refuse(design, y, 2, NULL, &opts, SIPAS_ERR_VALUE, 2, "q2", "row 2: q2 is infinite");
    y[1] = sipas_column_code(texts, 4);
    refuse(design, y, 2, NULL, &opts, SIPAS_ERR_TYPE, -1, "q2", "number");
    y[1] = sipas_column_f64(fine, 3);
    refuse(design, y, 2, NULL, &opts, SIPAS_ERR_LENGTH, -1, "q2", "3 rows where 4");
    opts.level = 1.0;
    refuse(design, y, 1, NULL, &opts, SIPAS_ERR_OPTION, -1, "level", "1");
    opts.level = NAN;
    refuse(design, y, 1, NULL, &opts, SIPAS_ERR_OPTION, -1, "level", "not between");
    opts.level = 0.0;
    opts.missing = SIPAS_MISSING_RESPONDENT;
    refuse(design, y, 1, NULL, &opts, SIPAS_ERR_OPTION, -1, "missing", "3");
    opts.missing = 0;
    opts.deff = 3;
    refuse(design, y, 1, NULL, &opts, SIPAS_ERR_OPTION, -1, "deff", "3");
    opts.deff = 0;
    domains.n_by = 1;
    domains.by = &by;
    refuse(design, y, 1, &domains, NULL, SIPAS_ERR_MISSING, 2, "by1", "row 2: by1 is missing");

    /* an infinite value where no one looks is none of ours: weight 0, or out by `where` */
    y[1] = sipas_column_f64(infinite, 4);
    zero = open_design(4, weight, NULL, NULL, NULL, NULL);
    refuse(zero, y, 2, NULL, NULL, SIPAS_ERR_VALUE, 3, "y2", "row 3: y2 is infinite");
    sipas_design_free(zero);
    domains = (sipas_domains)SIPAS_DOMAINS_INIT;
    domains.where = &mask;
    mask = sipas_column_bool(not_third, 4);
    refuse(design, y, 2, &domains, NULL, SIPAS_ERR_VALUE, 3, "y2", "row 3: y2 is infinite");
    mask = sipas_column_bool(neither, 4);
    table = estimate(design, MEAN, y, NULL, 2, &domains, NULL);
    assert_true(real(table, "estimate", 1) == 1.5);
    assert_close(real(table, "se", 1), real(table, "se", 0), 1e-14);
    sipas_table_free(table);
    sipas_design_free(design);
}

/* ---- reasons that are true ---- */

/* A sum beyond a double is no missing answer; a design of one stage has no second FPC. */
static void test_reasons(void **state)
{
    static const double large[4] = {1e308, 1e308, 1e308, 1.0}, weight[4] = {9, 9, 9, 9};
    static const int32_t psu[4] = {1, 1, 2, 2};
    const sipas_column y = sipas_column_f64(large, 4), w = sipas_column_f64(weight, 4), ids = sipas_column_i32(psu, 4);
    const sipas_column fpc[2] = {w, w};
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_design *design = open_design(4, weight, NULL, NULL, NULL, NULL);
    sipas_table *table = estimate(design, TOTAL, &y, NULL, 1, NULL, NULL);
    sipas_error err;

    (void)state;
    assert_true(missing(table, "estimate", 0) && missing(table, "se", 0) && whole(table, "n", 0) == 4);
    assert_non_null(strstr(find_note(table, "no_value", 0), "too large"));
    sipas_table_free(table);
    sipas_design_free(design);
    opts.n_fpc = 2;
    assert_int_equal(sipas_design_new(NULL, 4, &w, NULL, &ids, 1, fpc, &opts, &design, &err), SIPAS_ERR_OPTION);
    assert_non_null(strstr(err.message, "2 FPC columns, but the ids are those of 1 stage;"));
}

/* Two shares at their bounds: a standard error of 0 makes no interval of their difference, but in a census. */
static void test_difference_without_spread(void **state)
{
    static const int32_t group[8] = {1, 1, 1, 1, 2, 2, 2, 2}, psu[8] = {1, 2, 3, 4, 1, 2, 3, 4},
                         yes[8] = {0, 0, 0, 0, 1, 1, 1, 1};
    static const double all[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    const sipas_column y = sipas_column_i32(yes, 8), by = sipas_column_i32(group, 8);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_error err;

    (void)state;
    domains.n_by = 1;
    domains.by = &by;
    opts.cov = 1;
    for (int census = 0; census < 2; census++) {
        sipas_design *design = open_design(8, NULL, NULL, psu, census ? all : NULL, NULL);
        sipas_table *table, *pairs;

        check(sipas_estimate_proportion(design, &y, 1, NULL, 0, &domains, &opts, &table, &err), &err);
        check(sipas_estimate_pairs(table, NULL, &pairs, &err), &err);
        assert_true(real(pairs, "estimate", 0) == -1.0 && real(pairs, "se", 0) == 0.0);
        assert_int_equal(missing(pairs, "lower", 0), !census);
        assert_int_equal(missing(pairs, "upper", 0), !census);
        assert_non_null(strstr(find_note(pairs, "no_test", 0), census ? "so there is no test" : "no census"));
        sipas_table_free(pairs);
        sipas_table_free(table);
        sipas_design_free(design);
    }
}

/* ---- groups of rows that are out ---- */

/* Codes of rows outside `where` may be missing, in columns of any type: the result is that of codes that are there. */
static void test_codes_outside(void **state)
{
    enum { ROWS = 10 };
    static const double y_of[ROWS] = {1, 0, 1, 1, 0, 0, 1, 1, 0, 1}, weight[ROWS] = {2, 2, 2, 3, 3, 3, 4, 4, 4, 4};
    static const int32_t psu[ROWS] = {1, 1, 2, 3, 3, 4, 5, 5, 6, 6}, other[ROWS] = {1, 2, 1, 1, 2, 1, 2, 1, 2, 1};
    static const uint8_t in[ROWS] = {1, 1, 1, 0, 1, 1, 1, 0, 1, 1}, bits[2] = {0x77, 0x03};
    static const char *const text_of[ROWS] = {"a", "a", "b", NULL, "b", "a", "b", NULL, "a", "b"};
    static const double real_of[ROWS] = {1, 1, 2, NAN, 2, 1, 2, NAN, 1, 2};
    static const int32_t full[ROWS] = {1, 1, 2, 2, 2, 1, 2, 1, 1, 2};
    static const uint32_t levels[] = {0, 1, 2, 3};
    const sipas_column y = sipas_column_f64(y_of, ROWS), mask = sipas_column_bool(in, ROWS);
    sipas_column kinds[3] = {sipas_column_code(text_of, ROWS), sipas_column_f64(real_of, ROWS),
                             sipas_column_i32(full, ROWS)};
    sipas_column by[2] = {sipas_column_i32(full, ROWS), sipas_column_i32(other, ROWS)};
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_design *design = open_design(ROWS, weight, NULL, psu, NULL, NULL);
    sipas_table *wanted;
    sipas_error err;

    (void)state;
    domains.n_by = 2;
    domains.by = by;
    domains.n_levels = 4;
    domains.levels = levels;
    domains.where = &mask;
    wanted = estimate(design, MEAN, &y, NULL, 1, &domains, NULL);
    kinds[2].validity = bits;
    for (int k = 0; k < 3; k++) {
        sipas_table *table;

        by[0] = kinds[k];
        domains.where = &mask;
        table = estimate(design, MEAN, &y, NULL, 1, &domains, NULL);
        check_alike(table, wanted, 1e-14);
        sipas_table_free(table);
        domains.where = NULL;
        assert_int_equal(sipas_estimate_mean(design, &y, 1, &domains, NULL, &table, &err), SIPAS_ERR_MISSING);
        assert_true(err.row == 3 && strstr(err.message, "row 3: by1 is missing") && !table);
    }
    sipas_table_free(wanted);
    sipas_design_free(design);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes_outside),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_difference_without_spread),
        cmocka_unit_test(test_order_of_rows),
        cmocka_unit_test(test_scale_of_weights),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_offset),
        cmocka_unit_test(test_offset_of_a_ratio),
        cmocka_unit_test(test_offset_of_a_design_effect),
        cmocka_unit_test(test_domain_is_zero_weight),
        cmocka_unit_test(test_missing_keeps_the_psu),
        cmocka_unit_test(test_complete_cases),
        cmocka_unit_test(test_levels_in_one_pass),
        cmocka_unit_test(test_categories),
        cmocka_unit_test(test_count_and_share),
        cmocka_unit_test(test_categories_refused),
        cmocka_unit_test(test_covariance_is_a_quadratic_form),
        cmocka_unit_test(test_covariance_of_unlike_sizes),
        cmocka_unit_test(test_covariance_refused),
        cmocka_unit_test(test_empty_domains),
        cmocka_unit_test(test_small_domains),
        cmocka_unit_test(test_small_domain_by_hand),
        cmocka_unit_test(test_one_row),
        cmocka_unit_test(test_no_answers),
        cmocka_unit_test(test_lonely_by_hand),
        cmocka_unit_test(test_lonely_is_an_error),
        cmocka_unit_test(test_intervals),
        cmocka_unit_test(test_what_is_counted),
        cmocka_unit_test(test_design_effects),
        cmocka_unit_test(test_design_effect_that_cannot_be),
        cmocka_unit_test(test_the_table),
        cmocka_unit_test(test_a_table_outlives_all),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

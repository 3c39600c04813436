/*
 * Domains that cross PSUs, so that many rows are alone with their PSU in their domain: means, their standard errors and degrees of
 * freedom against the formula by hand, sorted and scattered, with gaps, at several levels; and the same bits for any number of threads.
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

#include "assert_close.h"
#include "result.h"

/* Enough rows for several stretches. */
enum { ROWS = 300000, STRATA = 10, PSUS = 900, MOST_DOMAINS = 400, SEXES = 2 };

typedef struct survey {
    int domains, gaps, scattered;
    double *weight, *y;
    int32_t *stratum, *psu, *domain, *sex;
} survey;

static void *need(size_t size)
{
    void *block = calloc(ROWS, size);

    assert_non_null(block);
    return block;
}

static void open_survey(survey *s)
{
    s->weight = need(sizeof *s->weight);
    s->y = need(sizeof *s->y);
    s->stratum = need(sizeof *s->stratum);
    s->psu = need(sizeof *s->psu);
    s->domain = need(sizeof *s->domain);
    s->sex = need(sizeof *s->sex);
    for (int64_t i = 0; i < ROWS; i++) {
        double u[5];

        for (int k = 0; k < 5; k++) u[k] = sipas_rng_uniform(11, 0, (uint64_t)i, (uint64_t)k, 0);
        s->psu[i] = (int32_t)(s->scattered ? (int64_t)(u[0] * PSUS) : i * PSUS / ROWS);
        s->stratum[i] = s->psu[i] * STRATA / PSUS;
        s->domain[i] = (int32_t)(u[1] * s->domains);
        s->sex[i] = (int32_t)(u[2] * SEXES);
        s->weight[i] = i % 101 == 0 ? 0.0 : 1.0 + 9.0 * u[3];
        s->y[i] = s->gaps && i % 7 == 0 ? NAN : 1.0 + 5.0 * u[4] + 0.01 * s->domain[i];
    }
}

static void close_survey(survey *s)
{
    free(s->weight);
    free(s->y);
    free(s->stratum);
    free(s->psu);
    free(s->domain);
    free(s->sex);
}

/* ---- by hand ---- */

typedef struct figure {
    double mean, se, df;
} figure;

/* The mean of the rows of a domain (-1 = all) and sex (-1 = both), V = Σ_h n_h/(n_h - 1) Σ (z - z̄)² with z = Σ w (y - R) / W. */
static figure by_hand(const survey *s, int32_t domain, int32_t sex)
{
    double z[PSUS] = {0.0}, in_psu[PSUS] = {0.0}, weight = 0.0, total = 0.0, variance = 0.0;
    figure f = {0.0, 0.0, 0.0};

    for (int64_t i = 0; i < ROWS; i++) {
        if ((domain >= 0 && s->domain[i] != domain) || (sex >= 0 && s->sex[i] != sex) || isnan(s->y[i])) continue;
        weight += s->weight[i];
        total += s->weight[i] * s->y[i];
        z[s->psu[i]] += s->weight[i] * s->y[i];
        in_psu[s->psu[i]] += s->weight[i];
    }
    f.mean = total / weight;
    for (int h = 0; h < STRATA; h++) {
        double mean = 0.0, squares = 0.0, n = 0.0, met = 0.0;

        for (int k = 0; k < PSUS; k++) {
            if (k * STRATA / PSUS != h) continue;
            z[k] = (z[k] - f.mean * in_psu[k]) / weight;
            mean += z[k];
            met += in_psu[k] > 0.0;
            n++;
        }
        mean /= n;
        for (int k = 0; k < PSUS; k++)
            if (k * STRATA / PSUS == h) squares += (z[k] - mean) * (z[k] - mean);
        variance += n / (n - 1.0) * squares;
        if (met > 0.0) f.df += met - 1.0;
    }
    f.se = sqrt(variance);
    return f;
}

/* ---- by the library ---- */

static sipas_table *ask(const survey *s, int32_t threads)
{
    static const uint32_t levels[] = {0, 1, 3};
    const sipas_column w = sipas_column_f64(s->weight, ROWS), stratum = sipas_column_i32(s->stratum, ROWS);
    const sipas_column psu = sipas_column_i32(s->psu, ROWS), y = sipas_column_f64(s->y, ROWS);
    const sipas_column by[] = {sipas_column_i32(s->domain, ROWS), sipas_column_i32(s->sex, ROWS)};
    sipas_ctx_opts opts = SIPAS_CTX_OPTS_INIT;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_ctx *ctx;
    sipas_design *design;
    sipas_table *table;

    opts.threads = threads;
    assert_int_equal(sipas_ctx_new(&opts, &ctx, NULL), SIPAS_OK);
    assert_int_equal(sipas_design_new(ctx, ROWS, &w, &stratum, &psu, 1, NULL, NULL, &design, NULL), SIPAS_OK);
    domains.n_by = 2;
    domains.by = by;
    domains.n_levels = 3;
    domains.levels = levels;
    assert_int_equal(sipas_estimate_mean(design, &y, 1, &domains, NULL, &table, NULL), SIPAS_OK);
    sipas_design_free(design);
    sipas_ctx_free(ctx);
    return table;
}

static const double *column(const sipas_table *table, const char *name)
{
    const double *values;

    assert_int_equal(sipas_table_get_f64(table, name, &values, NULL), SIPAS_OK);
    return values;
}

static void check_row(const survey *s, const sipas_table *table, int64_t row, int32_t domain, int32_t sex)
{
    const figure f = by_hand(s, domain, sex);

    assert_close(column(table, "estimate")[row], f.mean, 1e-12);
    assert_close(column(table, "se")[row], f.se, 1e-11);
    assert_close(column(table, "df")[row], f.df, 1e-12);
}

static void test_against_hand(void **state)
{
    (void)state;
    for (int shape = 0; shape < 8; shape++) {
        survey s = {.domains = shape & 1 ? 100 : MOST_DOMAINS, .gaps = shape >> 1 & 1, .scattered = shape >> 2 & 1};
        sipas_table *table, *many;

        open_survey(&s);
        table = ask(&s, 1);
        many = ask(&s, 3);
        assert_int_equal(sipas_table_count_rows(table), 1 + s.domains + s.domains * SEXES);
        check_row(&s, table, 0, -1, -1);
        for (int32_t d = 0; d < s.domains; d += 23) {
            check_row(&s, table, 1 + d, d, -1);
            check_row(&s, table, 1 + s.domains + d * SEXES + d % SEXES, d, d % SEXES);
        }
        check_identical(table, many);
        sipas_table_free(table);
        sipas_table_free(many);
        close_survey(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_hand)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

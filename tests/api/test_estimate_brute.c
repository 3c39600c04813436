/*
 * Estimates of random samples against brute force: designs of one to three stages, with and without strata and finite
 * population corrections, certainty units, lonely PSUs, calibrated weights; domains at several levels; every
 * covariance.
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
#include "brute_force.h"
#include "calls.h"
#include "random_sample.h"
#include "result.h"

/* Message of the note about a row or, as gaps of all variables of a group are noted once, about the group's first
 * row. */
static const char *find_gap(const sipas_table *table, const char *code, int64_t row, int64_t n_variables)
{
    const char *message = find_note(table, code, row);

    return message ? message : find_note(table, code, row % (sipas_table_count_rows(table) / n_variables));
}

enum { MOST_RESULTS = 3 * (1 + 4 + 2 + 8) };

typedef struct wanted {
    double estimate, se, *z;
    int64_t n, rows, psus, df;
} expected;

/* Who is in the group of a row of the result. */
static uint8_t *group_of(const random_sample *s, const sipas_table *table, int64_t row, const uint8_t *where)
{
    static const char *const name[2] = {"by1", "by2"};
    uint8_t *in = malloc(s->n);

    for (size_t i = 0; i < s->n; i++) {
        in[i] = !where || where[i];
        for (int b = 0; b < 2; b++)
            if (!missing(table, name[b], row) && s->by[b][i] != whole(table, name[b], row)) in[i] = 0;
    }
    return in;
}

static expected expect(const random_sample *s, const brute_design *d, int kind, int64_t v, const double *x,
                       const uint8_t *in)
{
    const double *y = s->y[v];
    expected e = {0.0, 0.0, calloc(s->n, sizeof(double)), 0, 0, 0, 0};
    uint8_t *answered = malloc(s->n);
    int64_t strata;

    for (size_t i = 0; i < s->n; i++) answered[i] = in[i] && !isnan(y[i]);
    e.n = brute_count(d, in, y);
    e.rows = brute_count(d, in, s->y[0]);
    brute_psus(d, answered, &e.psus, &strata);
    e.df = e.psus - strata;
    e.estimate = kind == RATIO   ? brute_ratio(d, in, y, x, e.z)
                 : kind == TOTAL ? brute_total(d, in, y, e.z)
                                 : brute_mean(d, in, y, e.z);
    e.se = e.n == 0 || (e.psus == 1 && kind != TOTAL) ? NAN : brute_se(d, e.z);
    free(answered);
    return e;
}

static void check_row(const sipas_table *table, int64_t row, const expected *e)
{
    const double se = real(table, "se", row), lower = real(table, "lower", row), upper = real(table, "upper", row);

    assert_int_equal(whole(table, "n", row), e->n);
    assert_int_equal(whole(table, "psus", row), e->psus);
    assert_true(real(table, "df", row) == (double)e->df);
    if (e->n == 0) {
        assert_true(isnan(real(table, "estimate", row)) && isnan(se) && isnan(lower) && isnan(upper));
        assert_non_null(find_gap(table, e->rows ? "no_value" : "empty_domain", row, SAMPLE_VARIABLES));
        return;
    }
    assert_close(real(table, "estimate", row), e->estimate, 1e-11);
    assert_close_scaled(se, e->se, 1e-10, fabs(e->estimate) * 1e-3);
    if (isnan(e->se)) assert_non_null(find_gap(table, "one_psu", row, SAMPLE_VARIABLES));
    assert_int_equal(isnan(lower) != 0, isnan(se) || e->df <= 0);
    assert_int_equal(isnan(upper) != 0, isnan(lower) != 0);
    if (!isnan(se) && e->df <= 0) assert_non_null(find_gap(table, "no_df", row, SAMPLE_VARIABLES));
    if (!isnan(lower)) assert_close_scaled(upper - e->estimate, e->estimate - lower, 1e-9, fabs(e->estimate));
}

static void check_covariances(const sipas_table *table, const brute_design *d, const expected *e, int64_t n)
{
    for (int64_t a = 0; a < n; a++)
        for (int64_t b = 0; b < n; b += 1 + (a + b) % 3) {
            const double value = covariance(table, a, b);

            if (isnan(e[a].se) || isnan(e[b].se))
                assert_true(isnan(value));
            else
                assert_close_scaled(value, brute_covariance(d, e[a].z, e[b].z), 1e-10,
                                    e[a].se * e[b].se + 1e-6 * fabs(e[a].estimate * e[b].estimate));
        }
}

/* One call, every row of its result, the long way. Returns the number of rows. */
static int64_t check_call(const random_sample *s, const sample_design *parts, int kind, int with_where, int32_t cov)
{
    static const uint32_t levels[] = {0, 1, 2, 3};
    const int64_t n = (int64_t)s->n;
    const sipas_column y[3] = {sipas_column_f64(s->y[0], n), sipas_column_f64(s->y[1], n),
                               sipas_column_f64(s->y[2], n)};
    const sipas_column x[3] = {y[1], y[1], y[1]};
    const sipas_column by[2] = {sipas_column_i32(s->by[0], n), sipas_column_i32(s->by[1], n)};
    uint8_t *where = malloc(s->n);
    const sipas_column mask = sipas_column_bool(where, n);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    const brute_design d = random_sample_brute(s, parts);
    sipas_design *design = random_sample_open(s, parts, NULL);
    expected e[MOST_RESULTS] = {{0}};
    sipas_table *table;
    int64_t rows;

    for (size_t i = 0; i < s->n; i++) where[i] = s->y[0][i] < 60.0;
    domains.n_by = 2;
    domains.by = by;
    domains.n_levels = 4;
    domains.levels = levels;
    domains.where = with_where ? &mask : NULL;
    opts.cov = cov;
    table = estimate(design, kind, y, x, 3, &domains, &opts);
    rows = sipas_table_count_rows(table);
    assert_in_range(rows, 3 * (1 + 3 + 2 + 5), MOST_RESULTS);
    for (int64_t row = 0; row < rows; row++) {
        uint8_t *in = group_of(s, table, row, with_where ? where : NULL);

        e[row] = expect(s, &d, kind, row / (rows / 3), s->y[1], in);
        check_row(table, row, &e[row]);
        free(in);
    }
    if (cov) check_covariances(table, &d, e, rows);
    for (int64_t row = 0; row < rows; row++) free(e[row].z);
    sipas_table_free(table);
    sipas_design_free(design);
    free(where);
    return rows;
}

/* Every estimator on random samples of one shape of design. */
static void check_designs(const sample_design *parts, int flags, int seeds)
{
    for (int seed = 1; seed <= seeds; seed++) {
        random_sample *s = random_sample_new((uint64_t)seed, flags);

        for (int kind = MEAN; kind <= RATIO; kind++) {
            check_call(s, parts, kind, 0, seed % 2);
            check_call(s, parts, kind, 1, (seed + 1) % 2);
        }
        random_sample_free(s);
    }
}

static void test_one_stage(void **state)
{
    static const sample_design parts[] = {
        {0, 0, 0, 0, 0, 0}, {0, 0, 1, 0, 0, 0}, {0, 1, 1, 0, 0, 0},
        {1, 0, 0, 0, 0, 0}, {1, 0, 1, 0, 0, 0}, {1, 1, 1, 0, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        check_designs(&parts[i], 0, 5);
        check_designs(&parts[i], SAMPLE_SORTED, 1);
    }
}

static void test_stages(void **state)
{
    static const sample_design parts[] = {{2, 0, 1, 0, 0, 0}, {2, 1, 1, 0, 0, 0}, {2, 2, 1, 0, 0, 0},
                                          {3, 1, 1, 0, 0, 0}, {3, 2, 1, 0, 0, 0}, {3, 3, 1, 0, 0, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        check_designs(&parts[i], 0, 5);
        check_designs(&parts[i], SAMPLE_SORTED, 1);
    }
}

static void test_certainty_units(void **state)
{
    static const sample_design parts[] = {
        {1, 0, 1, 1, 0, 0}, {1, 1, 1, 1, 0, 0}, {2, 0, 1, 1, 0, 0}, {2, 1, 1, 1, 0, 0},
        {2, 2, 1, 1, 0, 0}, {3, 2, 1, 1, 0, 0}, {3, 3, 1, 1, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) check_designs(&parts[i], SAMPLE_CERTAIN, 4);
}

static void test_lonely_psus(void **state)
{
    static const int32_t rules[] = {SIPAS_LONELY_REMOVE, SIPAS_LONELY_CERTAINTY, SIPAS_LONELY_ADJUST,
                                    SIPAS_LONELY_ADJUST_ZERO};

    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        for (int stages = 1; stages <= 3; stages += 2)
            for (int fpc = 0; fpc <= stages; fpc++) {
                const sample_design parts = {stages, fpc, 1, 0, rules[i], 0};

                check_designs(&parts, SAMPLE_LONELY, 4);
            }
}

static void test_calibrated_weights(void **state)
{
    static const sample_design parts[] = {{0, 0, 1, 0, 0, 1}, {1, 1, 1, 0, 0, 1}, {2, 2, 1, 0, 0, 1}};

    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) check_designs(&parts[i], SAMPLE_NEGATIVE, 5);
}

/* ---- certainty by flag and by FPC ---- */

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

/* Each certainty unit made a stratum of its own with an FPC of 1 gives what the flag gives. */
static void test_certainty_by_flag_and_by_fpc(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++)
        for (int fpc = 1; fpc <= 2; fpc++)
            for (int kind = MEAN; kind <= RATIO; kind++) {
                random_sample *s = random_sample_new(seed, SAMPLE_CERTAIN);
                const sample_design by_flag = {2, fpc, 1, 1, 0, 0}, by_fpc = {2, fpc, 1, 0, 0, 0};
                sipas_table *flag = run_sample(s, &by_flag, kind, 3, 0), *count;

                for (size_t i = 0; i < s->n; i++) {
                    if (!s->certain[i]) continue;
                    s->stratum[i] += 100;
                    s->population[i] = 1.0;
                }
                count = run_sample(s, &by_fpc, kind, 3, 0);
                for (int64_t row = 0; row < sipas_table_count_rows(flag); row++) {
                    assert_close(real(count, "estimate", row), real(flag, "estimate", row), 1e-13);
                    assert_close(real(count, "se", row), real(flag, "se", row), 1e-12);
                }
                sipas_table_free(flag);
                sipas_table_free(count);
                random_sample_free(s);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_stage),          cmocka_unit_test(test_stages),
        cmocka_unit_test(test_certainty_units),    cmocka_unit_test(test_lonely_psus),
        cmocka_unit_test(test_calibrated_weights), cmocka_unit_test(test_certainty_by_flag_and_by_fpc),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

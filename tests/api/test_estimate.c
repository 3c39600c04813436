/*
 * Means, totals, ratios and categories through the public interface: against brute force on random designs, against
 * published figures, and by the properties that hold whatever the data are.
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
#include "golden.h"
#include "random_sample.h"

/* ---- reading results ---- */

static void check(sipas_status status, const sipas_error *err)
{
    if (status < 0) fail_msg("%s: %s", sipas_status_name(status), err->message);
}

/* NaN = missing. */
static double real(const sipas_table *table, const char *column, int64_t row)
{
    const double *cells;
    sipas_error err;

    check(sipas_table_get_f64(table, column, &cells, &err), &err);
    return cells[row];
}

static int64_t whole(const sipas_table *table, const char *column, int64_t row)
{
    const int64_t *cells;
    sipas_error err;

    check(sipas_table_get_i64(table, column, &cells, &err), &err);
    return cells[row];
}

static const char *text(const sipas_table *table, const char *column, int64_t row)
{
    const char *const *cells;
    sipas_error err;

    check(sipas_table_get_code(table, column, &cells, &err), &err);
    return cells[row];
}

static int missing(const sipas_table *table, const char *name, int64_t row)
{
    sipas_column column;
    sipas_error err;
    int64_t at;

    check(sipas_table_find(table, name, &at, &err), &err);
    check(sipas_table_get_column(table, at, &column, &err), &err);
    return column.validity && !((column.validity[(column.offset + row) >> 3] >> ((column.offset + row) & 7)) & 1);
}

static double covariance(const sipas_table *table, int64_t a, int64_t b)
{
    const sipas_cov *cov;
    sipas_error err;
    double value;

    check(sipas_table_get_cov(table, &cov, &err), &err);
    check(sipas_cov_get_block(cov, &a, 1, &b, 1, &value, &err), &err);
    return value;
}

/* Message of the first note of a code about a row of the result (-1 = about none); NULL when there is none. */
static const char *find_note(const sipas_table *table, const char *code, int64_t row)
{
    const sipas_table *notes = sipas_table_get_notes(table);

    for (int64_t i = 0; i < sipas_table_count_rows(notes); i++) {
        const int64_t about = missing(notes, "row", i) ? -1 : whole(notes, "row", i);

        if (about == row && strcmp(text(notes, "code", i), code) == 0) return text(notes, "message", i);
    }
    return NULL;
}

/* The same for a row or, as gaps of all variables of a group are noted once, for the group's first row. */
static const char *find_gap(const sipas_table *table, const char *code, int64_t row, int64_t n_variables)
{
    const char *message = find_note(table, code, row);

    return message ? message : find_note(table, code, row % (sipas_table_count_rows(table) / n_variables));
}

/* ---- calling ---- */

enum { MEAN, TOTAL, RATIO };

static sipas_table *estimate(const sipas_design *design, int kind, const sipas_column *y, const sipas_column *x, int64_t n_y,
                             const sipas_domains *domains, const sipas_estimate_opts *opts)
{
    sipas_table *table = NULL;
    sipas_error err;

    if (kind == RATIO)
        check(sipas_estimate_ratio(design, y, x, n_y, domains, opts, &table, &err), &err);
    else if (kind == TOTAL)
        check(sipas_estimate_total(design, y, n_y, domains, opts, &table, &err), &err);
    else
        check(sipas_estimate_mean(design, y, n_y, domains, opts, &table, &err), &err);
    return table;
}

static sipas_table *category(const sipas_design *design, const sipas_column *y, int32_t kind, const sipas_domains *domains,
                             const sipas_estimate_opts *opts)
{
    sipas_table *table = NULL;
    sipas_error err;

    check(sipas_estimate_category(design, y, kind, domains, opts, &table, &err), &err);
    return table;
}

/* A design of one stage from plain arrays; NULL = not given. */
static sipas_design *open_design(int64_t n, const double *weight, const int32_t *strata, const int32_t *psu, const double *fpc,
                                 const sipas_design_opts *opts)
{
    const sipas_column w = weight ? sipas_column_f64(weight, n) : sipas_column_f64(NULL, 0);
    const sipas_column s = sipas_column_i32(strata, n), p = sipas_column_i32(psu, n), f = sipas_column_f64(fpc, n);
    sipas_design *design = NULL;
    sipas_error err;

    check(sipas_design_new(NULL, n, weight ? &w : NULL, strata ? &s : NULL, psu ? &p : NULL, psu != NULL, fpc ? &f : NULL,
                           opts, &design, &err),
          &err);
    return design;
}

/* ---- brute force ---- */

enum { MOST_RESULTS = 3 * (1 + 4 + 2 + 8) };

typedef struct expected {
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

static expected expect(const random_sample *s, const brute_design *d, int kind, int64_t v, const double *x, const uint8_t *in)
{
    const double *y = s->y[v];
    expected e = {0.0, 0.0, calloc(s->n, sizeof(double)), 0, 0, 0, 0};
    uint8_t *answered = malloc(s->n);
    int64_t strata, psus;

    for (size_t i = 0; i < s->n; i++) answered[i] = in[i] && !isnan(y[i]);
    e.n = brute_count(d, in, y);
    e.rows = brute_count(d, in, s->y[0]);
    brute_psus(d, answered, &e.psus, &strata);
    brute_psus(d, in, &psus, &strata);
    e.df = psus - strata;
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
    const sipas_column y[3] = {sipas_column_f64(s->y[0], n), sipas_column_f64(s->y[1], n), sipas_column_f64(s->y[2], n)};
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
    assert_in_range(rows, 3 * (1 + 3 + 2 + 6), MOST_RESULTS);
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
        check_designs(&parts[i], 0, 8);
        check_designs(&parts[i], SAMPLE_SORTED, 2);
    }
}

static void test_two_stages(void **state)
{
    static const sample_design parts[] = {{2, 0, 1, 0, 0, 0}, {2, 1, 1, 0, 0, 0}, {2, 2, 1, 0, 0, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        check_designs(&parts[i], 0, 15);
        check_designs(&parts[i], SAMPLE_SORTED, 2);
    }
}

static void test_certainty_units(void **state)
{
    static const sample_design parts[] = {
        {1, 0, 1, 1, 0, 0}, {1, 1, 1, 1, 0, 0}, {2, 0, 1, 1, 0, 0}, {2, 1, 1, 1, 0, 0}, {2, 2, 1, 1, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) check_designs(&parts[i], SAMPLE_CERTAIN, 12);
}

static void test_lonely_psus(void **state)
{
    static const int32_t rules[] = {SIPAS_LONELY_REMOVE, SIPAS_LONELY_CERTAINTY, SIPAS_LONELY_ADJUST,
                                    SIPAS_LONELY_ADJUST_ZERO};

    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        for (int stages = 1; stages <= 2; stages++)
            for (int fpc = 0; fpc <= stages; fpc++) {
                const sample_design parts = {stages, fpc, 1, 0, rules[i], 0};

                check_designs(&parts, SAMPLE_LONELY, 10);
            }
}

static void test_calibrated_weights(void **state)
{
    static const sample_design parts[] = {{0, 0, 1, 0, 0, 1}, {1, 1, 1, 0, 0, 1}, {2, 2, 1, 0, 0, 1}};

    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) check_designs(&parts[i], SAMPLE_NEGATIVE, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_stage),   cmocka_unit_test(test_two_stages),         cmocka_unit_test(test_certainty_units),
        cmocka_unit_test(test_lonely_psus), cmocka_unit_test(test_calibrated_weights),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

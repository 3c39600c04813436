/*
 * Functions of totals, means and weights: against row influence by brute force on random samples, both ways through the
 * engine, against the ratio of the library, the check of gradients, gaps and errors.
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

enum { ARGUMENTS = 5, FUNCTIONS = 8 };

/* Arguments: total of y0, mean of y2 (which has missing values), weight of y2, mean of y1, total of y1. */
static const int variable_of[ARGUMENTS] = {0, 2, 2, 1, 1};
static const int32_t argument[ARGUMENTS] = {SIPAS_ARGUMENT_TOTAL, SIPAS_ARGUMENT_MEAN, SIPAS_ARGUMENT_WEIGHT,
                                            SIPAS_ARGUMENT_MEAN, SIPAS_ARGUMENT_TOTAL};

/* sin(x) y, and its derivatives times `user` where these are to be wrong. */
static int32_t wave(void *user, int64_t n, const double *x, double *value, double *gradient)
{
    const double *wrong = user;

    assert_int_equal(n, 2);
    *value = sin(x[0]) * x[1];
    gradient[0] = cos(x[0]) * x[1];
    gradient[1] = sin(x[0]) * (wrong ? *wrong : 1.0);
    return 0;
}

static int32_t no_value(void *user, int64_t n, const double *x, double *value, double *gradient)
{
    (void)user;
    for (int64_t i = 0; i < n; i++) gradient[i] = x[i];
    *value = 1.0;
    return 1;
}

static const int64_t terms[FUNCTIONS][4] = {{0, 4}, {0, 4}, {0, 3}, {1, 3}, {0, 4, 2, 0}, {1, 3}, {0, 3}, {1, 2}};
static const double coefs[FUNCTIONS][4] = {{2.0, -3.0}, {1.0, -1.0}, {1.0, 0.5}, {0.1, -0.2},
                                           {1.0, -2.0}, {0},         {0.5, 0.5}, {1.0, 1e-3}};

static void make_functions(sipas_function f[FUNCTIONS])
{
    static const int32_t kinds[FUNCTIONS] = {SIPAS_FUNCTION_LINEAR, SIPAS_FUNCTION_POWER,  SIPAS_FUNCTION_LOG,
                                             SIPAS_FUNCTION_EXP,    SIPAS_FUNCTION_RATIOS, SIPAS_FUNCTION_CALL,
                                             SIPAS_FUNCTION_POWER,  SIPAS_FUNCTION_LINEAR};
    const sipas_function initial = SIPAS_FUNCTION_INIT;

    for (int k = 0; k < FUNCTIONS; k++) {
        f[k] = initial;
        f[k].kind = kinds[k];
        f[k].n_terms = k == 4 ? 4 : 2;
        f[k].term = terms[k];
        f[k].coef = coefs[k];
        f[k].check = 1;
    }
    f[0].constant = 1.0;
    f[5].call = wave;
    f[5].coef = NULL;
    f[6].scale = 100.0;
    f[6].constant = -100.0;
    f[6].name = "geometric";
}

/* The same by hand: value and derivatives by the five arguments. */
static double by_hand(int k, const double *x, double *d)
{
    memset(d, 0, ARGUMENTS * sizeof *d);
    switch (k) {
    case 0:
        d[0] = 2.0;
        d[4] = -3.0;
        return 1.0 + 2.0 * x[0] - 3.0 * x[4];
    case 1:
        d[0] = 1.0 / x[4];
        d[4] = -x[0] / (x[4] * x[4]);
        return x[0] / x[4];
    case 2:
        d[0] = 1.0 / x[0];
        d[3] = 0.5 / x[3];
        return log(x[0]) + 0.5 * log(x[3]);
    case 3:
        d[1] = 0.1 * exp(0.1 * x[1] - 0.2 * x[3]);
        d[3] = -2.0 * d[1];
        return exp(0.1 * x[1] - 0.2 * x[3]);
    case 4:
        d[0] = 1.0 / x[4] + 2.0 * x[2] / (x[0] * x[0]);
        d[4] = -x[0] / (x[4] * x[4]);
        d[2] = -2.0 / x[0];
        return x[0] / x[4] - 2.0 * x[2] / x[0];
    case 5:
        d[1] = cos(x[1]) * x[3];
        d[3] = sin(x[1]);
        return sin(x[1]) * x[3];
    case 6:
        d[0] = 50.0 * sqrt(x[3] / x[0]);
        d[3] = 50.0 * sqrt(x[0] / x[3]);
        return 100.0 * sqrt(x[0] * x[3]) - 100.0;
    default:
        d[1] = 1.0;
        d[2] = 1e-3;
        return x[1] + 1e-3 * x[2];
    }
}

static double argument_by_brute_force(const random_sample *s, const brute_design *d, const uint8_t *in, int j,
                                      double *z)
{
    const double *y = s->y[variable_of[j]];
    double *one, value;

    if (argument[j] == SIPAS_ARGUMENT_TOTAL) return brute_total(d, in, y, z);
    if (argument[j] == SIPAS_ARGUMENT_MEAN) return brute_mean(d, in, y, z);
    one = malloc(s->n * sizeof *one);
    for (size_t i = 0; i < s->n; i++) one[i] = isnan(y[i]) ? NAN : 1.0;
    value = brute_total(d, in, one, z);
    free(one);
    return value;
}

/* Value, linearized values of the rows, and n of a function in a domain. */
static double function_by_brute_force(const random_sample *s, const brute_design *d, const uint8_t *in, int k,
                                      double *z, int64_t *n, int64_t *psus)
{
    double x[ARGUMENTS], slope[ARGUMENTS], *part = malloc(s->n * sizeof *part), value;
    uint8_t *has = malloc(s->n);
    int64_t strata;

    for (int j = 0; j < ARGUMENTS; j++) x[j] = argument_by_brute_force(s, d, in, j, part);
    value = by_hand(k, x, slope);
    memset(z, 0, s->n * sizeof *z);
    for (int j = 0; j < ARGUMENTS; j++) {
        if (slope[j] == 0.0) continue;
        (void)argument_by_brute_force(s, d, in, j, part);
        for (size_t i = 0; i < s->n; i++) z[i] += slope[j] * part[i];
    }
    for (size_t i = 0; i < s->n; i++) has[i] = in[i] && (k != 7 || !isnan(s->y[2][i]));
    *n = 0;
    for (size_t i = 0; i < s->n; i++) *n += has[i] && s->weight[i] != 0.0;
    brute_psus(d, has, psus, &strata);
    free(part);
    free(has);
    return value;
}

/* ---- random samples ---- */

static uint8_t *group_of(const random_sample *s, const sipas_table *table, int64_t row, const uint8_t *where)
{
    static const char *const name[2] = {"by1", "by2"};
    uint8_t *in = malloc(s->n);

    for (size_t i = 0; i < s->n; i++) {
        in[i] = where[i];
        for (int b = 0; b < 2; b++)
            if (!missing(table, name[b], row) && s->by[b][i] != whole(table, name[b], row)) in[i] = 0;
    }
    return in;
}

static sipas_table *run(const random_sample *s, const sample_design *parts, const sipas_function *f, int64_t n_f,
                        const uint8_t *where, int32_t cov)
{
    static const uint32_t levels[] = {0, 1, 3};
    const int64_t n = (int64_t)s->n;
    const sipas_column by[2] = {sipas_column_i32(s->by[0], n), sipas_column_i32(s->by[1], n)},
                       mask = sipas_column_bool(where, n);
    sipas_column y[ARGUMENTS];
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_design *design = random_sample_open(s, parts, NULL);
    sipas_table *table;
    sipas_error err;

    for (int j = 0; j < ARGUMENTS; j++) y[j] = sipas_column_f64(s->y[variable_of[j]], n);
    domains.n_by = 2;
    domains.by = by;
    domains.n_levels = 3;
    domains.levels = levels;
    domains.where = &mask;
    opts.cov = cov;
    opts.deff = SIPAS_DEFF_WR;
    check(sipas_estimate_function(design, y, argument, ARGUMENTS, f, n_f, &domains, &opts, &table, &err), &err);
    sipas_design_free(design);
    return table;
}

static void check_sample(const random_sample *s, const sample_design *parts, int32_t cov)
{
    const brute_design d = random_sample_brute(s, parts);
    uint8_t *where = malloc(s->n);
    sipas_function f[FUNCTIONS];
    sipas_table *table, *other;
    double *z = malloc(s->n * sizeof *z);
    int64_t rows;

    for (size_t i = 0; i < s->n; i++) where[i] = s->y[0][i] < 60.0;
    make_functions(f);
    table = run(s, parts, f, FUNCTIONS, where, cov);
    other = run(s, parts, f, FUNCTIONS, where, !cov);
    rows = sipas_table_count_rows(table);
    assert_int_equal(rows % FUNCTIONS, 0);
    for (int64_t row = 0; row < rows; row++) {
        uint8_t *in = group_of(s, table, row, where);
        int64_t n, psus;
        const double value = function_by_brute_force(s, &d, in, (int)(row / (rows / FUNCTIONS)), z, &n, &psus);
        const double size = fabs(value), se = brute_se(&d, z);

        free(in);
        assert_int_equal(whole(table, "n", row), n);
        assert_int_equal(whole(table, "psus", row), psus);
        assert_close_scaled(real(table, "estimate", row), value, 1e-12, 1.0);
        assert_close_scaled(real(table, "se", row), isnan(value) || psus == 1 ? NAN : se, 1e-12, size);
        assert_close_scaled(real(other, "se", row), real(table, "se", row), 1e-12, size * 1e-2);
        assert_close(real(other, "deff", row), real(table, "deff", row), 1e-9);
    }
    assert_string_equal(text(table, "variable", 0), "f1");
    assert_string_equal(text(table, "variable", 6 * (rows / FUNCTIONS)), "geometric");
    assert_string_equal(meta(table, "method"), "function/1");
    sipas_table_free(table);
    sipas_table_free(other);
    free(where);
    free(z);
}

static void test_row_influence(void **state)
{
    static const sample_design parts[] = {{0, 0, 0, 0, 0, 0}, {0, 1, 1, 0, 0, 0}, {1, 0, 1, 0, 0, 0},
                                          {1, 1, 1, 0, 0, 0}, {2, 2, 1, 0, 0, 0}, {3, 3, 1, 0, 0, 0},
                                          {2, 1, 1, 1, 0, 0}};
    static const int flags[] = {0, 0, SAMPLE_SORTED, 0, 0, 0, SAMPLE_CERTAIN};

    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        for (uint64_t seed = 1; seed <= 4; seed++) {
            random_sample *s = random_sample_new(seed, flags[i]);

            check_sample(s, &parts[i], seed % 2);
            random_sample_free(s);
        }
}

/* PSUs numbered anew over all strata are the same PSUs. */
static void test_ids_nest(void **state)
{
    const sample_design parts = {2, 2, 1, 0, 0, 0};

    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        random_sample *s = random_sample_new(seed, 0);
        uint8_t *where = malloc(s->n);
        sipas_function f[FUNCTIONS];
        sipas_table *nested, *unique;

        memset(where, 1, s->n);
        make_functions(f);
        nested = run(s, &parts, f, FUNCTIONS, where, 1);
        for (size_t i = 0; i < s->n; i++) {
            s->psu[i] += 100 * s->stratum[i];
            s->ssu[i] += 10 * s->psu[i];
        }
        unique = run(s, &parts, f, FUNCTIONS, where, 1);
        check_identical(unique, nested);
        sipas_table_free(unique);
        sipas_table_free(nested);
        free(where);
        random_sample_free(s);
    }
}

/* ---- small data ---- */

enum { ROWS = 8 };
static const double weight[ROWS] = {3, 3, 3, 3, 3, 4, 4, 4};
static const int32_t stratum[ROWS] = {1, 1, 1, 1, 1, 2, 2, 2};
static const double y0[ROWS] = {2.8, 4.1, 6.8, 6.8, 9.2, 3.7, 6.6, 4.2};
static const double y1[ROWS] = {1, 2, NAN, 3, 5, 2, 2, 3};

typedef struct small {
    sipas_design *design;
    sipas_column y[2];
    sipas_table *table;
    sipas_error err;
} small;

static small open_small(void)
{
    small s = {0};

    s.design = open_design(ROWS, weight, stratum, NULL, NULL, NULL);
    s.y[0] = sipas_column_f64(y0, ROWS);
    s.y[1] = sipas_column_f64(y1, ROWS);
    return s;
}

static sipas_status call(small *s, const int32_t *of, const sipas_function *f, int64_t n_f,
                         const sipas_estimate_opts *opts)
{
    return sipas_estimate_function(s->design, s->y, of, 2, f, n_f, NULL, opts, &s->table, &s->err);
}

static const int64_t both[] = {0, 1};
static const double over[] = {1.0, -1.0};

/* Total over total of complete rows is the library's ratio. */
static void test_ratio(void **state)
{
    small s = open_small();
    sipas_function f = SIPAS_FUNCTION_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_table *ratio = estimate(s.design, RATIO, &s.y[0], &s.y[1], 1, NULL, NULL);

    (void)state;
    f.kind = SIPAS_FUNCTION_POWER;
    f.n_terms = 2;
    f.term = both;
    f.coef = over;
    opts.missing = SIPAS_MISSING_COMPLETE;
    check(call(&s, NULL, &f, 1, &opts), &s.err);
    check_rows_alike(s.table, 0, ratio, 0, 1e-13);
    sipas_table_free(s.table);
    sipas_table_free(ratio);
    sipas_design_free(s.design);
}

/* A mean, as a function of the mean, keeps its standard error under an offset. */
static void test_offset(void **state)
{
    static const int64_t first[] = {0};
    static const int32_t mean[] = {SIPAS_ARGUMENT_MEAN, SIPAS_ARGUMENT_MEAN};
    double moved[2][ROWS];
    small s = open_small();
    sipas_function f = SIPAS_FUNCTION_INIT;
    sipas_table *plain;

    (void)state;
    for (int i = 0; i < ROWS; i++) {
        moved[0][i] = floor(y0[i]);
        moved[1][i] = moved[0][i] + 1e9;
    }
    f.n_terms = 1;
    f.term = first;
    s.y[0] = sipas_column_f64(moved[0], ROWS);
    check(call(&s, mean, &f, 1, NULL), &s.err);
    plain = s.table;
    s.y[0] = sipas_column_f64(moved[1], ROWS);
    check(call(&s, mean, &f, 1, NULL), &s.err);
    assert_close(real(s.table, "se", 0), real(plain, "se", 0), 1e-14);
    assert_close(real(s.table, "estimate", 0), real(plain, "estimate", 0) + 1e9, 1e-15);
    sipas_table_free(s.table);
    sipas_table_free(plain);
    sipas_design_free(s.design);
}

static void test_gradient_check(void **state)
{
    static const int32_t mean[] = {SIPAS_ARGUMENT_MEAN, SIPAS_ARGUMENT_MEAN};
    static const char *const names[] = {"score", "rooms"};
    double wrong = 1.0 + 1e-4;
    small s = open_small();
    sipas_function f = SIPAS_FUNCTION_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;

    (void)state;
    f.name = "wave";
    f.kind = SIPAS_FUNCTION_CALL;
    f.call = wave;
    f.n_terms = 2;
    f.term = both;
    f.user = &wrong;
    opts.names = names;
    check(call(&s, mean, &f, 1, &opts), &s.err); /* unless asked for there is no check */
    sipas_table_free(s.table);
    f.check = 1;
    assert_int_equal(call(&s, mean, &f, 1, &opts), SIPAS_ERR_VALUE);
    assert_null(s.table);
    assert_string_equal(s.err.name, "wave");
    assert_int_equal(s.err.column, 1);
    assert_non_null(strstr(s.err.message, "function wave: its derivative by rooms is"));
    f.user = NULL;
    check(call(&s, mean, &f, 1, &opts), &s.err);
    sipas_table_free(s.table);
    sipas_design_free(s.design);
}

static void test_no_value(void **state)
{
    static const int64_t twice[] = {0, 0, 1};
    static const double minus[] = {1.0, -1.0, 0.0};
    small s = open_small();
    sipas_function f[3] = {SIPAS_FUNCTION_INIT, SIPAS_FUNCTION_INIT, SIPAS_FUNCTION_INIT};
    double zero[ROWS] = {0.0};

    (void)state;
    s.y[1] = sipas_column_f64(zero, ROWS);
    for (int k = 0; k < 3; k++) {
        f[k].n_terms = 2;
        f[k].term = both;
        f[k].coef = over;
    }
    f[0].kind = SIPAS_FUNCTION_POWER; /* over 0 */
    f[1].kind = SIPAS_FUNCTION_CALL;
    f[1].call = no_value;
    f[2].kind = SIPAS_FUNCTION_LINEAR; /* y - y: 0, with nothing in its variance */
    f[2].term = twice;
    f[2].coef = minus;
    f[2].n_terms = 3;
    check(call(&s, NULL, f, 3, NULL), &s.err);
    for (int64_t k = 0; k < 2; k++) {
        assert_true(missing(s.table, "estimate", k) && missing(s.table, "se", k));
        assert_non_null(find_note(s.table, "no_value", k));
    }
    assert_true(real(s.table, "estimate", 2) == 0.0 && real(s.table, "se", 2) == 0.0);
    sipas_table_free(s.table);
    sipas_design_free(s.design);
}

/* A product with a factor of 0 has derivatives. */
static void test_zero_factor(void **state)
{
    small s = open_small();
    double zero[ROWS] = {1.0, -1.0};
    sipas_function f = SIPAS_FUNCTION_INIT;
    double total = 0.0;

    (void)state;
    for (int i = 0; i < ROWS; i++) total += weight[i] * y0[i];
    s.y[1] = sipas_column_f64(zero, ROWS); /* total 0, standard error that of two values in the first stratum */
    f.kind = SIPAS_FUNCTION_POWER;
    f.n_terms = 2;
    f.term = both;
    check(call(&s, NULL, &f, 1, NULL), &s.err);
    assert_true(real(s.table, "estimate", 0) == 0.0);
    assert_close(real(s.table, "se", 0), total * sqrt(5.0 / 4.0 * 2.0 * 9.0), 1e-14);
    sipas_table_free(s.table);
    sipas_design_free(s.design);
}

/* The number of a stratum in place of its population is refused: it is less than the units drawn. */
static void test_strata_are_no_populations(void **state)
{
    const sipas_column w = sipas_column_f64(weight, ROWS), h = sipas_column_i32(stratum, ROWS);
    sipas_design *design = NULL;
    sipas_error err;

    (void)state;
    assert_int_equal(sipas_design_new(NULL, ROWS, &w, &h, NULL, 0, &h, NULL, &design, &err), SIPAS_ERR_VALUE);
    assert_null(design);
    if (!strstr(err.message, "stratum")) fail_msg("%s", err.message);
}

#define REFUSED(status_wanted, part, ...)                                  \
    do {                                                                   \
        s.table = (sipas_table *)(uintptr_t)&s;                            \
        assert_int_equal((__VA_ARGS__), (status_wanted));                  \
        assert_null(s.table);                                              \
        if (!strstr(s.err.message, (part))) fail_msg("%s", s.err.message); \
    } while (0)

static void test_errors(void **state)
{
    static const int64_t beyond[] = {0, 2};
    static const double infinite[] = {1.0, INFINITY};
    static const int32_t unknown[] = {0, 3};
    small s = open_small();
    sipas_function good = SIPAS_FUNCTION_INIT, f;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;

    (void)state;
    good.n_terms = 2;
    good.term = both;
    REFUSED(SIPAS_ERR_ARGUMENT, "design",
            sipas_estimate_function(NULL, s.y, NULL, 2, &good, 1, NULL, NULL, &s.table, &s.err));
    REFUSED(SIPAS_ERR_ARGUMENT,
            "y: ", sipas_estimate_function(s.design, NULL, NULL, 2, &good, 1, NULL, NULL, &s.table, &s.err));
    REFUSED(SIPAS_ERR_ARGUMENT, "n_y",
            sipas_estimate_function(s.design, s.y, NULL, 0, &good, 1, NULL, NULL, &s.table, &s.err));
    REFUSED(SIPAS_ERR_ARGUMENT, "functions", call(&s, NULL, NULL, 1, NULL));
    REFUSED(SIPAS_ERR_ARGUMENT, "n_functions", call(&s, NULL, &good, 0, NULL));
    REFUSED(SIPAS_ERR_OPTION, "argument", call(&s, unknown, &good, 1, NULL));
    assert_int_equal(sipas_estimate_function(s.design, s.y, NULL, 2, &good, 1, NULL, NULL, NULL, &s.err),
                     SIPAS_ERR_ARGUMENT);
    f = good;
    f.n_terms = 0;
    REFUSED(SIPAS_ERR_ARGUMENT, "function f1: has no arguments", call(&s, NULL, &f, 1, NULL));
    f = good;
    f.term = beyond;
    f.name = "far";
    REFUSED(SIPAS_ERR_NOT_FOUND, "function far: there is no argument 2", call(&s, NULL, &f, 1, NULL));
    f = good;
    f.kind = 6;
    REFUSED(SIPAS_ERR_OPTION, "kind", call(&s, NULL, &f, 1, NULL));
    f = good;
    f.kind = SIPAS_FUNCTION_CALL;
    REFUSED(SIPAS_ERR_ARGUMENT, "has no call", call(&s, NULL, &f, 1, NULL));
    f = good;
    f.call = no_value;
    REFUSED(SIPAS_ERR_ARGUMENT, "another kind", call(&s, NULL, &f, 1, NULL));
    f = good;
    f.kind = SIPAS_FUNCTION_RATIOS;
    f.n_terms = 1;
    REFUSED(SIPAS_ERR_ARGUMENT, "even number", call(&s, NULL, &f, 1, NULL));
    f = good;
    f.coef = infinite;
    REFUSED(SIPAS_ERR_VALUE, "coefficient", call(&s, NULL, &f, 1, NULL));
    f = good;
    f.scale = NAN;
    REFUSED(SIPAS_ERR_VALUE, "scale", call(&s, NULL, &f, 1, NULL));
    opts.missing = SIPAS_MISSING_RESPONDENT;
    REFUSED(SIPAS_ERR_OPTION, "missing", call(&s, NULL, &good, 1, &opts));
    sipas_design_free(s.design);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row_influence),
        cmocka_unit_test(test_ids_nest),
        cmocka_unit_test(test_strata_are_no_populations),
        cmocka_unit_test(test_ratio),
        cmocka_unit_test(test_offset),
        cmocka_unit_test(test_gradient_check),
        cmocka_unit_test(test_no_value),
        cmocka_unit_test(test_zero_factor),
        cmocka_unit_test(test_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

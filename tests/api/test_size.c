/*
 * Sample size: published figures, rounding, bounds, response, many units, and the sentence of every error.
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

static sipas_table *compute(const sipas_column *population, const sipas_size_opts *opts)
{
    sipas_table *table;
    sipas_error err;

    if (sipas_size_proportion(NULL, population, opts, &table, &err) < 0) fail_msg("%s", err.message);
    return table;
}

static const double *column_f64(const sipas_table *table, const char *name)
{
    const double *values;

    assert_int_equal(sipas_table_get_f64(table, name, &values, NULL), SIPAS_OK);
    return values;
}

static const int64_t *column_i64(const sipas_table *table, const char *name)
{
    const int64_t *values;

    assert_int_equal(sipas_table_get_i64(table, name, &values, NULL), SIPAS_OK);
    return values;
}

static const char *column_text(const sipas_table *table, const char *name, int64_t row)
{
    const char *const *values;

    assert_int_equal(sipas_table_get_code(table, name, &values, NULL), SIPAS_OK);
    return values[row];
}

static const char *meta(const sipas_table *table, const char *key)
{
    const char *value;

    assert_int_equal(sipas_table_find_meta(table, key, &value, NULL), SIPAS_OK);
    return value;
}

/* ---- published figures ---- */

/* The table that Vietnamese guidelines print for e = 5 %, with its limit. */
static void yamane_gives_the_printed_table(void **state)
{
    (void)state;
    const double population[] = {500, 1000, 5000, 20000, 100000, (double)INFINITY};
    const double printed[] = {222.2, 285.7, 370.4, 392.2, 398.4, 400.0};
    const int64_t whole[] = {223, 286, 371, 393, 399, 400}, nearest[] = {222, 286, 370, 392, 398, 400};
    const sipas_column sizes = sipas_column_f64(population, 6);
    sipas_size_opts opts = SIPAS_SIZE_OPTS_INIT;
    sipas_table *table;

    opts.method = SIPAS_SIZE_YAMANE;
    table = compute(&sizes, &opts);
    for (int i = 0; i < 6; i++) {
        assert_true(fabs(column_f64(table, "n_exact")[i] - printed[i]) < 0.0501); /* one decimal was printed */
        assert_int_equal(column_i64(table, "n")[i], whole[i]);
        assert_int_equal(column_i64(table, "issued")[i], whole[i]);
    }
    assert_close(column_f64(table, "n_exact")[1], 1000.0 / 3.5, 1e-15);
    assert_close(column_f64(table, "n_exact")[5], 400.0, 1e-15);
    assert_string_equal(column_text(table, "formula", 0), "n = N / (1 + N e²)");
    assert_string_equal(column_text(table, "formula", 5), "n = 1 / e²");
    assert_close(column_f64(table, "fraction")[0], 223.0 / 500.0, 0.0);
    assert_close(column_f64(table, "fraction")[5], 0.0, 0.0);
    assert_string_equal(meta(table, "method"), "yamane/1");
    assert_string_equal(meta(table, "z"), "2");
    assert_string_equal(meta(table, "total_n"), "2072");
    sipas_table_free(table);
    opts.rounding = SIPAS_SIZE_ROUND_NEAREST;
    table = compute(&sizes, &opts);
    assert_memory_equal(column_i64(table, "n"), nearest, sizeof nearest);
    sipas_table_free(table);
}

/* 384.16 with z = 1.96; PracTools and svyplan have 384.1459 with the quantile itself. */
static void cochran_gives_the_textbook_figures(void **state)
{
    (void)state;
    sipas_size_opts opts = SIPAS_SIZE_OPTS_INIT;
    sipas_table *table = compute(NULL, NULL);

    assert_int_equal(sipas_table_count_rows(table), 1);
    assert_close(column_f64(table, "n_exact")[0], 384.1458820694124, 1e-12); /* 1.959963984540054² / 0.01 */
    assert_int_equal(column_i64(table, "n")[0], 385);
    assert_true(isinf(column_f64(table, "population")[0]));
    sipas_table_free(table);
    opts.level = erf(1.96 / sqrt(2.0)); /* z = 1.96 */
    table = compute(NULL, &opts);
    assert_close(column_f64(table, "n_exact")[0], 384.16, 1e-12);
    sipas_table_free(table);
}

/* svyplan: n_prop(.3, moe = .05) 322.68; with deff = 1.5 and resp_rate = .8 606 to ask for 485. */
static void svyplan_figures_come_out(void **state)
{
    (void)state;
    sipas_size_opts opts = SIPAS_SIZE_OPTS_INIT;
    sipas_table *table;

    opts.p = 0.3;
    table = compute(NULL, &opts);
    assert_true(fabs(column_f64(table, "n_exact")[0] - 322.68) < 0.005);
    assert_int_equal(column_i64(table, "n")[0], 323);
    sipas_table_free(table);
    opts.deff = 1.5;
    opts.response = 0.8;
    table = compute(NULL, &opts);
    assert_int_equal(column_i64(table, "n")[0], 485);
    assert_int_equal(column_i64(table, "issued")[0], 606);
    sipas_table_free(table);
}

/* Cochran 1977, eq. 4.2: n0 = 400 (z = 2), N = 4,000. */
static void the_finite_population_counts(void **state)
{
    (void)state;
    const int32_t population[] = {4000, 1, 2};
    const sipas_column sizes = sipas_column_i32(population, 3);
    sipas_size_opts opts = SIPAS_SIZE_OPTS_INIT;
    sipas_table *table;

    opts.level = erf(2.0 / sqrt(2.0));
    table = compute(&sizes, &opts);
    assert_close(column_f64(table, "n_exact")[0], 400.0 / (1.0 + 399.0 / 4000.0), 1e-12);
    assert_int_equal(column_i64(table, "n")[0], 364);
    assert_close(column_f64(table, "n_exact")[1], 1.0, 1e-12);
    assert_int_equal(column_i64(table, "n")[1], 1);
    assert_int_equal(column_i64(table, "n")[2], 2);
    sipas_table_free(table);
}

/* ---- rounding and bounds ---- */

static void a_whole_value_is_not_rounded_up(void **state)
{
    (void)state;
    sipas_size_opts opts = SIPAS_SIZE_OPTS_INIT;
    const double margins[] = {0.1, 0.05, 0.04, 0.02, 0.01};
    const int64_t whole[] = {100, 400, 625, 2500, 10000};

    opts.method = SIPAS_SIZE_YAMANE;
    for (int i = 0; i < 5; i++) {
        sipas_table *table;

        opts.margin = margins[i];
        table = compute(NULL, &opts);
        assert_int_equal(column_i64(table, "n")[0], whole[i]);
        sipas_table_free(table);
    }
}

static void minimum_maximum_and_multiple_hold(void **state)
{
    (void)state;
    const double population[] = {20, 100, 1000000, 0};
    const sipas_column sizes = sipas_column_f64(population, 4);
    const char *const code[] = {"a", "b", "c", "d"};
    const sipas_column codes = sipas_column_code(code, 4);
    const int64_t n[] = {20, 90, 300, 0}, issued[] = {20, 100, 335, 0};
    const char *const *notes, *const *names;
    sipas_size_opts opts = SIPAS_SIZE_OPTS_INIT;
    sipas_table *table;
    sipas_column fraction;
    int64_t position;

    opts.minimum = 90;
    opts.maximum = 300;
    opts.multiple = 5;
    opts.response = 0.9;
    opts.code = &codes;
    table = compute(&sizes, &opts);
    assert_memory_equal(column_i64(table, "n"), n, sizeof n);
    assert_memory_equal(column_i64(table, "issued"), issued, sizeof issued);
    assert_string_equal(column_text(table, "code", 2), "c");
    assert_int_equal(sipas_table_find(table, "fraction", &position, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_column(table, position, &fraction, NULL), SIPAS_OK);
    assert_int_equal(fraction.validity[0] & 15, 7); /* missing for the empty unit */
    assert_int_equal(sipas_table_count_rows(sipas_table_get_notes(table)), 3);
    assert_int_equal(sipas_table_get_code(sipas_table_get_notes(table), "code", &notes, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_code(sipas_table_get_notes(table), "name", &names, NULL), SIPAS_OK);
    assert_string_equal(notes[0], "minimum_above_population");
    assert_string_equal(notes[1], "population_reached");
    assert_string_equal(notes[2], "minimum_above_population");
    assert_string_equal(names[2], "d");
    sipas_table_free(table);
}

static void the_design_effect_never_passes_the_population(void **state)
{
    (void)state;
    const double population[] = {50, 300, 300.7};
    const sipas_column sizes = sipas_column_f64(population, 3);
    sipas_size_opts opts = SIPAS_SIZE_OPTS_INIT;
    sipas_table *table;

    opts.deff = 1000.0;
    table = compute(&sizes, &opts);
    for (int i = 0; i < 3; i++) {
        assert_true(column_f64(table, "n_exact")[i] <= population[i]);
        assert_int_equal(column_i64(table, "n")[i], (int64_t)population[i]);
    }
    sipas_table_free(table);
}

static void many_units_in_one_call(void **state)
{
    (void)state;
    enum { UNITS = 3321 };
    float population[UNITS] = {0.0F};
    const sipas_column sizes = sipas_column_f32(population, UNITS);
    sipas_table *table;
    double total = 0.0;

    for (int i = 0; i < UNITS; i++) population[i] = (float)(100 + i);
    table = compute(&sizes, NULL);
    for (int i = 0; i < UNITS; i++) {
        total += (double)column_i64(table, "n")[i];
        if (i > 0) assert_true(column_i64(table, "n")[i] >= column_i64(table, "n")[i - 1]);
    }
    assert_close(strtod(meta(table, "total_n"), NULL), total, 0.0);
    sipas_table_free(table);
}

/* ---- errors ---- */

static void expect(const sipas_column *population, const sipas_size_opts *opts, sipas_status status, int64_t row,
                   const char *name, const char *message)
{
    sipas_table *table = (sipas_table *)&status;
    sipas_error err;

    assert_int_equal(sipas_size_proportion(NULL, population, opts, &table, &err), status);
    assert_null(table);
    assert_string_equal(err.message, message);
    assert_int_equal(err.row, row);
    assert_string_equal(err.name, name);
}

static void bad_populations_are_named(void **state)
{
    (void)state;
    double population[] = {500.0, (double)NAN, -1.0};
    const char *code[] = {"01", "02", "04"};
    sipas_column sizes = sipas_column_f64(population, 3), codes = sipas_column_code(code, 3);
    sipas_size_opts opts = SIPAS_SIZE_OPTS_INIT;

    assert_int_equal(sipas_size_proportion(NULL, &sizes, NULL, NULL, NULL), SIPAS_ERR_ARGUMENT);
    expect(&sizes, NULL, SIPAS_ERR_MISSING, 1, "", "row 1: population is missing or NaN");
    opts.code = &codes;
    expect(&sizes, &opts, SIPAS_ERR_MISSING, 1, "02", "unit 02 (row 1): population is missing or NaN");
    population[1] = 7.0;
    expect(&sizes, &opts, SIPAS_ERR_VALUE, 2, "04", "unit 04 (row 2): population is -1; it must be at least 0");
    population[2] = 8.0;
    code[0] = NULL;
    expect(&sizes, &opts, SIPAS_ERR_MISSING, 0, "code", "row 0: code is missing");
    expect(&codes, NULL, SIPAS_ERR_TYPE, -1, "population", "population: a number column is wanted, not text");
    codes.n = 2;
    expect(&sizes, &opts, SIPAS_ERR_LENGTH, -1, "code", "code: the column has 2 rows where 3 are wanted");
    sizes.n = 0;
    expect(&sizes, NULL, SIPAS_ERR_ARGUMENT, -1, "population", "population: there are no units");
    opts.code = NULL;
    opts.margin = 1e-12;
    expect(NULL, &opts, SIPAS_ERR_VALUE, 0, "", "row 0: a sample size of 9.60365e+23 is beyond 2^53");
}

static void bad_options_are_named(void **state)
{
    (void)state;
    static const struct {
        size_t offset;
        double value;
        int32_t method;
        const char *name, *message;
    } numbers[] = {
        {offsetof(sipas_size_opts, margin), 1.0, 0, "margin", "option margin: 1 is not between 0 and 1"},
        {offsetof(sipas_size_opts, margin), -0.1, 0, "margin", "option margin: -0.1 is not between 0 and 1"},
        {offsetof(sipas_size_opts, p), 1.5, 0, "p", "option p: 1.5 is not between 0 and 1"},
        {offsetof(sipas_size_opts, level), 95.0, 0, "level", "option level: 95 is not between 0 and 1"},
        {offsetof(sipas_size_opts, deff), -2.0, 0, "deff", "option deff: -2 is not a finite number greater than 0"},
        {offsetof(sipas_size_opts, response), 1.1, 0, "response",
         "option response: 1.1 is not greater than 0 and at most 1"},
        {offsetof(sipas_size_opts, p), 0.5, SIPAS_SIZE_YAMANE, "p",
         "option p: 0.5 is given, but the formula of yamane has it built in (z = 2, p = 1/2, no design effect); use cochran"},
        {offsetof(sipas_size_opts, deff), 2.0, SIPAS_SIZE_YAMANE, "deff",
         "option deff: 2 is given, but the formula of yamane has it built in (z = 2, p = 1/2, no design effect); use cochran"},
    };
    sipas_size_opts opts;

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        sipas_size_opts_init(&opts);
        opts.method = numbers[i].method;
        memcpy((char *)&opts + numbers[i].offset, &numbers[i].value, sizeof numbers[i].value);
        expect(NULL, &opts, SIPAS_ERR_OPTION, -1, numbers[i].name, numbers[i].message);
    }
    sipas_size_opts_init(&opts);
    opts.minimum = 50;
    opts.maximum = 40;
    expect(NULL, &opts, SIPAS_ERR_OPTION, -1, "minimum", "option minimum: 50 is above the maximum");
    sipas_size_opts_init(&opts);
    opts.multiple = -5;
    expect(NULL, &opts, SIPAS_ERR_OPTION, -1, "multiple", "option multiple: -5 is negative");
    sipas_size_opts_init(&opts);
    opts.method = 5;
    expect(NULL, &opts, SIPAS_ERR_OPTION, -1, "method", "option method: 5 is not one of its values (0 to 4)");
}

static void one_target_and_a_method_that_knows_it(void **state)
{
    (void)state;
    sipas_size_opts opts = SIPAS_SIZE_OPTS_INIT;
    sipas_table *table;

    opts.relative_margin = 0.1; /* of p = 1/2: the default margin */
    table = compute(NULL, &opts);
    assert_close(column_f64(table, "n_exact")[0], 384.1458820694124, 1e-12);
    assert_string_equal(meta(table, "relative_margin"), "0.10000000000000001");
    sipas_table_free(table);
    opts.cv = 0.1;
    expect(NULL, &opts, SIPAS_ERR_OPTION, -1, "cv",
           "options relative_margin and cv are both given; there is one target");
    opts.relative_margin = 0.0;
    opts.method = SIPAS_SIZE_WILSON;
    expect(NULL, &opts, SIPAS_ERR_OPTION, -1, "cv",
           "option cv: 0.1 is given, but this method is about the length of an interval; use cochran");
    opts.method = SIPAS_SIZE_YAMANE;
    expect(NULL, &opts, SIPAS_ERR_OPTION, -1, "cv",
           "option cv: 0.1 is given, but the formula of yamane has a margin only; use cochran");
    opts.cv = 0.0;
    opts.method = SIPAS_SIZE_LOG_ODDS;
    opts.margin = 0.5;
    expect(NULL, &opts, SIPAS_ERR_OPTION, -1, "margin",
           "option margin: 0.5 asks for a half-length of 1/2 or more; no interval of this method is so wide");
    opts.margin = 0.0;
    opts.per_household = -1.0;
    expect(NULL, &opts, SIPAS_ERR_OPTION, -1, "per_household",
           "option per_household: -1 is not a finite number greater than 0");
}

static void precision_of_what_cannot_be(void **state)
{
    (void)state;
    const double population[] = {100.0, 50.0}, answers[] = {60.0, 60.0}, none = 0.0;
    const sipas_column sizes = sipas_column_f64(population, 2), n = sipas_column_f64(answers, 2);
    const sipas_column zero = sipas_column_f64(&none, 1);
    sipas_error err;
    sipas_table *table = (sipas_table *)&err;

    assert_int_equal(sipas_precision_proportion(NULL, &sizes, &n, NULL, &table, &err), SIPAS_ERR_VALUE);
    assert_null(table);
    assert_string_equal(err.message, "row 1: n is 60; the population is 50");
    assert_int_equal(sipas_precision_proportion(NULL, &sizes, &zero, NULL, &table, &err), SIPAS_ERR_VALUE);
    assert_string_equal(err.message, "row 0: n is 0; it must be greater than 0");
    assert_int_equal(sipas_precision_proportion(NULL, &sizes, NULL, NULL, &table, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_precision_proportion(NULL, NULL, &n, NULL, &table, &err), SIPAS_OK);
    assert_int_equal(sipas_table_count_rows(table), 2);
    sipas_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(yamane_gives_the_printed_table),
        cmocka_unit_test(cochran_gives_the_textbook_figures),
        cmocka_unit_test(svyplan_figures_come_out),
        cmocka_unit_test(the_finite_population_counts),
        cmocka_unit_test(a_whole_value_is_not_rounded_up),
        cmocka_unit_test(minimum_maximum_and_multiple_hold),
        cmocka_unit_test(the_design_effect_never_passes_the_population),
        cmocka_unit_test(many_units_in_one_call),
        cmocka_unit_test(bad_populations_are_named),
        cmocka_unit_test(bad_options_are_named),
        cmocka_unit_test(one_target_and_a_method_that_knows_it),
        cmocka_unit_test(precision_of_what_cannot_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Rules of allocation: blocks of a workload, fixed units, units taken whole, the compromises of Kish and Bankier, and what
 * one more respondent buys; against enumeration of every allocation and against the formulas.
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

enum { FEW = 5 };

typedef struct problem {
    int64_t n_units, total, multiple;
    double size[FEW], sd[FEW], fixed[FEW];
    int64_t lower[FEW], upper[FEW];
} problem;

static int64_t below(uint64_t *seed, int64_t limit)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((*seed >> 33) % (uint64_t)limit);
}

static const int64_t *column_n(const sipas_table *table)
{
    const int64_t *n;

    assert_int_equal(sipas_table_get_i64(table, "n", &n, NULL), SIPAS_OK);
    return n;
}

static const double *column_f64(const sipas_table *table, const char *name)
{
    const double *values;

    assert_int_equal(sipas_table_get_f64(table, name, &values, NULL), SIPAS_OK);
    return values;
}

static const char *meta(const sipas_table *table, const char *key)
{
    const char *value;

    assert_int_equal(sipas_table_find_meta(table, key, &value, NULL), SIPAS_OK);
    return value;
}

static const char *note_code(const sipas_table *table, int64_t row)
{
    const char *const *codes;

    assert_true(sipas_table_count_rows(sipas_table_get_notes(table)) > row);
    assert_int_equal(sipas_table_get_code(sipas_table_get_notes(table), "code", &codes, NULL), SIPAS_OK);
    return codes[row];
}

static sipas_table *solve(int64_t total, const sipas_column *size, const sipas_allocate_opts *opts)
{
    sipas_table *table;
    sipas_error err;

    if (sipas_allocate(NULL, total, size, opts, &table, &err) < 0) fail_msg("%s", err.message);
    return table;
}

static void refuse(int64_t total, const sipas_column *size, const sipas_allocate_opts *opts, sipas_status status,
                   const char *message)
{
    sipas_table *table = (sipas_table *)&status;
    sipas_error err;

    assert_int_equal(sipas_allocate(NULL, total, size, opts, &table, &err), status);
    assert_null(table);
    assert_string_equal(err.message, message);
}

/* ---- blocks and fixed units against every allocation there is ---- */

/* The least Σ (N S)² / n over all multiples within the bounds that sum to the total; infinite when there are none. */
static double least_of_all(const problem *p, int64_t unit, int64_t rest, double sum)
{
    double least = (double)INFINITY;

    if (unit == p->n_units || unit == FEW) return rest == 0 ? sum : least;
    for (int64_t n = 0; n <= p->upper[unit] && n <= rest; n += p->multiple) {
        const double a = p->size[unit] * p->sd[unit];

        if (n < p->lower[unit] || (n == 0 && a > 0.0)) continue;
        if (!isnan(p->fixed[unit]) && (double)n != p->fixed[unit]) continue;
        least = fmin(least, least_of_all(p, unit + 1, rest - n, n ? sum + a * a / (double)n : sum));
    }
    return least;
}

static problem random_problem(uint64_t *seed)
{
    problem p = {.n_units = 1 + below(seed, FEW), .multiple = 1 + below(seed, 6)};

    for (int64_t i = 0; i < p.n_units; i++) {
        int64_t low, high, number;

        p.size[i] = (double)(1 + below(seed, 40));
        p.sd[i] = (double)below(seed, 5);
        p.lower[i] = below(seed, 3) ? 0 : below(seed, 12);
        p.upper[i] = p.lower[i] + below(seed, 30);
        low = (p.lower[i] + p.multiple - 1) / p.multiple;
        high = p.upper[i] / p.multiple;
        number = p.multiple * (low + (high > low ? below(seed, high - low + 1) : 0)); /* one that can be had */
        p.fixed[i] = below(seed, 5) ? (double)NAN : (double)number;
        p.total += number;
    }
    return p;
}

static void blocks_and_fixed_units_are_optimal(void **state)
{
    (void)state;
    uint64_t seed = 77;
    int solved = 0;

    for (int trial = 0; trial < 6000; trial++) {
        const problem p = random_problem(&seed);
        const sipas_column size = sipas_column_f64(p.size, p.n_units), sd = sipas_column_f64(p.sd, p.n_units);
        const sipas_column lower = sipas_column_i64(p.lower, p.n_units), upper = sipas_column_i64(p.upper, p.n_units);
        const sipas_column fixed = sipas_column_f64(p.fixed, p.n_units);
        sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
        sipas_table *table = NULL;
        double least = least_of_all(&p, 0, p.total, 0.0);

        if (isinf(least)) continue; /* what is not feasible is below */
        opts.method = SIPAS_ALLOCATE_NEYMAN;
        opts.size_is_measure = 1;
        opts.multiple = p.multiple;
        opts.sd = &sd;
        opts.lower = &lower;
        opts.upper = &upper;
        opts.fixed = &fixed;
        if (sipas_allocate(NULL, p.total, &size, &opts, &table, NULL) < 0) {
            assert_true(least == 0.0); /* nothing to split by */
            continue;
        }
        for (int64_t i = 0; i < p.n_units; i++) {
            assert_int_equal(column_n(table)[i] % p.multiple, 0);
            assert_true(isnan(p.fixed[i]) || (double)column_n(table)[i] == p.fixed[i]);
        }
        assert_close_scaled(strtod(meta(table, "objective"), NULL), least, 1e-12, 1e-9);
        if (strcmp(meta(table, "exchange"), "none") != 0) assert_true(strtod(meta(table, "exchange"), NULL) >= 0.0);
        solved += least > 0.0;
        sipas_table_free(table);
    }
    assert_true(solved >= 2000);
}

/* Blocks of m are the same problem with m times smaller numbers. */
static void every_rounding_works_in_blocks(void **state)
{
    (void)state;
    const double size[] = {1200.0, 777.0, 305.0, 60.0};
    const sipas_column sizes = sipas_column_f64(size, 4);

    for (int32_t rounding = SIPAS_ROUNDING_LARGEST_REMAINDER; rounding <= SIPAS_ROUNDING_JEFFERSON; rounding++) {
        sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
        sipas_table *one, *five;

        opts.rounding = rounding;
        opts.size_is_measure = 1;
        one = solve(37, &sizes, &opts);
        opts.multiple = 5;
        five = solve(185, &sizes, &opts);
        for (int i = 0; i < 4; i++) {
            assert_int_equal(column_n(five)[i], 5 * column_n(one)[i]);
            assert_close(column_f64(five, "continuous")[i], 5.0 * column_f64(one, "continuous")[i], 1e-14);
        }
        assert_true(strtod(meta(five, "exchange"), NULL) >= 0.0);
        assert_string_equal(meta(five, "multiple"), "5");
        assert_string_equal(meta(five, "total"), "185");
        sipas_table_free(one);
        sipas_table_free(five);
    }
}

static void what_a_total_leaves_over_goes_by_the_rule(void **state)
{
    (void)state;
    const double size[] = {1200.0, 777.0, 305.0, 60.0};
    const sipas_column sizes = sipas_column_f64(size, 4);
    const int64_t sums[] = {0, 185, 190, 188};
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;

    opts.multiple = 5;
    refuse(188, &sizes, &opts, SIPAS_ERR_INFEASIBLE, "the total 188 is no multiple of 5: 3 are left over");
    for (opts.remainder = SIPAS_REMAINDER_DOWN; opts.remainder <= SIPAS_REMAINDER_PART; opts.remainder++) {
        sipas_table *table = solve(188, &sizes, &opts);
        int64_t sum = 0, parts = 0;

        for (int i = 0; i < 4; i++) {
            sum += column_n(table)[i];
            parts += column_n(table)[i] % 5 != 0;
        }
        assert_int_equal(sum, sums[opts.remainder]);
        assert_int_equal(parts, opts.remainder == SIPAS_REMAINDER_PART);
        assert_string_equal(note_code(table, 0),
                            opts.remainder == SIPAS_REMAINDER_PART ? "part_block" : "total_rounded");
        sipas_table_free(table);
    }
}

static void small_units_and_blocks(void **state)
{
    (void)state;
    const double size[] = {100.0, 3.0}, sd[] = {2.0, 2.0};
    const int64_t lower[] = {6, 0}, upper[] = {9, 50};
    const sipas_column sizes = sipas_column_f64(size, 2), sds = sipas_column_f64(sd, 2);
    const sipas_column lowers = sipas_column_i64(lower, 2), uppers = sipas_column_i64(upper, 2);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_table *table;

    opts.method = SIPAS_ALLOCATE_NEYMAN;
    opts.sd = &sds;
    opts.multiple = 5;
    refuse(20, &sizes, &opts, SIPAS_ERR_INFEASIBLE, "row 1: it may have 3 at most, less than one block of 5");
    opts.remainder = SIPAS_REMAINDER_DOWN;
    table = solve(20, &sizes, &opts);
    assert_int_equal(column_n(table)[0], 20);
    assert_int_equal(column_n(table)[1], 0);
    assert_string_equal(note_code(table, 0), "no_block");
    sipas_table_free(table);
    opts.lower = &lowers;
    opts.upper = &uppers;
    refuse(20, &sizes, &opts, SIPAS_ERR_INFEASIBLE, "row 0: no multiple of 5 lies between its bounds 6 and 9");
}

/* Four are named, or as many as there is room for; names are cut between characters. */
static void units_in_conflict_are_named_and_counted(void **state)
{
    (void)state;
    enum { UNITS = 6, LONG = 60, SHOWN = 37 };
    const double size[UNITS] = {90.0, 90.0, 90.0, 90.0, 90.0, 90.0};
    const int64_t lower[UNITS] = {10, 10, 10, 10, 10, 10};
    char name[UNITS][3 * LONG + 2] = {{0}}, shown[3 * SHOWN + 1] = "", wanted[256];
    const char *code[UNITS];
    const sipas_column sizes = sipas_column_f64(size, UNITS), lowers = sipas_column_i64(lower, UNITS);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_table *table;
    sipas_error err;

    opts.lower = &lowers;
    refuse(
        50, &sizes, &opts, SIPAS_ERR_INFEASIBLE,
        "row 0: its lower bound 10 is the largest of the 6 that sum to 60, above the total 50; then row 1 10, row 2 10, "
        "row 3 10 and 2 more");
    for (int i = 0; i < SHOWN; i++) strcat(shown, "ế");
    for (int k = 0; k < UNITS; k++) {
        for (int i = 0; i < LONG; i++) strcat(name[k], "ế");
        name[k][3 * LONG] = (char)('a' + k);
        code[k] = name[k];
    }
    const sipas_column codes = sipas_column_code(code, UNITS);

    opts.code = &codes;
    (void)snprintf(wanted, sizeof wanted, "; then unit %s (row 1) 10 and 4 more", shown);
    assert_int_equal(sipas_allocate(NULL, 50, &sizes, &opts, &table, &err), SIPAS_ERR_INFEASIBLE);
    assert_non_null(strstr(err.message, wanted));
}

static void fixed_units_keep_their_number(void **state)
{
    (void)state;
    const double size[] = {100.0, 50.0, 20.0, 200.0};
    double fixed[] = {(double)NAN, 7.0, (double)NAN, (double)NAN};
    const uint8_t whole[] = {0, 0, 1, 0};
    const char *const code[] = {"a", "b", "c", "d"};
    const sipas_column sizes = sipas_column_f64(size, 4), fixeds = sipas_column_f64(fixed, 4),
                       all = sipas_column_bool(whole, 4), codes = sipas_column_code(code, 4);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_table *table;

    opts.fixed = &fixeds;
    opts.take_all = &all;
    opts.code = &codes;
    table = solve(57, &sizes, &opts);
    assert_int_equal(column_n(table)[0], 10);
    assert_int_equal(column_n(table)[1], 7);
    assert_int_equal(column_n(table)[2], 20);
    assert_int_equal(column_n(table)[3], 20);
    sipas_table_free(table);
    refuse(
        26, &sizes, &opts, SIPAS_ERR_INFEASIBLE,
        "unit c (row 2): its lower bound 20 is the largest of the 2 that sum to 27, above the total 26; then unit b (row 1) 7");
    fixed[2] = 20.0;
    refuse(57, &sizes, &opts, SIPAS_ERR_ARGUMENT, "unit c (row 2): it is fixed and taken whole; give one");
    fixed[2] = (double)NAN, fixed[1] = 51.0;
    refuse(57, &sizes, &opts, SIPAS_ERR_INFEASIBLE, "unit b (row 1): its fixed number 51 is above its size 50");
    fixed[1] = 7.5;
    refuse(57, &sizes, &opts, SIPAS_ERR_VALUE, "unit b (row 1): fixed is 7.5, not a whole number below 2^53");
    fixed[1] = 7.0, opts.lower_value = 8;
    refuse(57, &sizes, &opts, SIPAS_ERR_INFEASIBLE, "unit b (row 1): its fixed number 7 is below its lower bound 8");
    opts.lower_value = 0, opts.upper_value = 5;
    refuse(57, &sizes, &opts, SIPAS_ERR_INFEASIBLE, "unit b (row 1): its fixed number 7 is above its upper bound 5");
    opts.upper_value = 0, opts.multiple = 5;
    refuse(60, &sizes, &opts, SIPAS_ERR_INFEASIBLE, "unit b (row 1): its fixed number 7 is no multiple of 5");
    opts.multiple = -1;
    refuse(60, &sizes, &opts, SIPAS_ERR_OPTION, "option multiple: it must be from 0 to 10^9");
    opts.multiple = 0, opts.size_is_measure = 1;
    refuse(60, &sizes, &opts, SIPAS_ERR_ARGUMENT, "take_all: size is a measure, so there is no whole to take");
}

/* ---- Kish and Bankier ---- */

static void kish_lies_between_equal_and_proportional(void **state)
{
    (void)state;
    const double size[] = {900.0, 90.0, 10.0};
    const sipas_column sizes = sipas_column_f64(size, 3);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;

    opts.method = SIPAS_ALLOCATE_KISH;
    opts.kish_given = 1;
    opts.size_is_measure = 1;
    for (int step = 0; step <= 4; step++) {
        double w[3], sum = 0.0;
        sipas_table *table;

        opts.kish = 0.25 * step;
        for (int i = 0; i < 3; i++) {
            w[i] = sqrt(opts.kish * (size[i] / 1000.0) * (size[i] / 1000.0) + (1.0 - opts.kish) / 9.0);
            sum += w[i];
        }
        table = solve(600, &sizes, &opts);
        for (int i = 0; i < 3; i++) assert_close(column_f64(table, "continuous")[i], 600.0 * w[i] / sum, 1e-13);
        sipas_table_free(table);
    }
    opts.kish = 1.5;
    refuse(600, &sizes, &opts, SIPAS_ERR_OPTION, "option kish: it must be from 0 to 1");
}

static void bankier_weighs_coefficients_of_variation(void **state)
{
    (void)state;
    const double size[] = {5000.0, 800.0, 300.0}, sd[] = {12.0, 9.0, 20.0}, mean[] = {60.0, 30.0, 80.0};
    double importance[] = {4.0, 9.0, 25.0}, bad_mean[] = {60.0, 0.0, 80.0};
    const sipas_column sizes = sipas_column_f64(size, 3), sds = sipas_column_f64(sd, 3),
                       means = sipas_column_f64(mean, 3), importances = sipas_column_f64(importance, 3),
                       bad_means = sipas_column_f64(bad_mean, 3);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    double sum = 0.0, w[3];
    sipas_table *table, *neyman;

    opts.method = SIPAS_ALLOCATE_BANKIER;
    opts.sd = &sds;
    opts.mean = &means;
    opts.importance = &importances; /* power ½ */
    for (int i = 0; i < 3; i++) sum += w[i] = sqrt(importance[i]) * sd[i] / mean[i];
    table = solve(400, &sizes, &opts);
    for (int i = 0; i < 3; i++) assert_close(column_f64(table, "continuous")[i], 400.0 * w[i] / sum, 1e-13);
    assert_string_equal(meta(table, "rounding"), "exact");
    sipas_table_free(table);
    opts.importance = NULL; /* the totals, and q = 1: neyman */
    opts.power_given = 1;
    opts.power = 1.0;
    table = solve(400, &sizes, &opts);
    opts.method = SIPAS_ALLOCATE_NEYMAN;
    neyman = solve(400, &sizes, &opts);
    assert_memory_equal(column_n(table), column_n(neyman), 3 * sizeof(int64_t));
    sipas_table_free(table);
    sipas_table_free(neyman);
    opts.method = SIPAS_ALLOCATE_BANKIER;
    opts.mean = &bad_means;
    refuse(400, &sizes, &opts, SIPAS_ERR_VALUE, "row 1: mean is 0; it must be greater than 0");
    opts.mean = NULL;
    refuse(400, &sizes, &opts, SIPAS_ERR_ARGUMENT, "mean: no column is given");
}

/* ---- what one more respondent buys ---- */

static double variance(const double *size, const double *sd, const int64_t *n)
{
    double sum = 0.0;

    for (int i = 0; i < 3; i++) sum += size[i] * size[i] * sd[i] * sd[i] * (1.0 / (double)n[i] - 1.0 / size[i]);
    return sum;
}

static void gains_are_what_the_variance_falls_by(void **state)
{
    (void)state;
    const double size[] = {500.0, 80.0, 12.0}, sd[] = {12.0, 9.0, 80.0};
    const sipas_column sizes = sipas_column_f64(size, 3), sds = sipas_column_f64(sd, 3);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_table *table;
    sipas_column cells;
    int64_t at, n[3];
    double now, best = 0.0;

    opts.sd = &sds;
    opts.gains = 1;
    opts.lower_value = 12; /* the third has all its people */
    table = solve(60, &sizes, &opts);
    memcpy(n, column_n(table), sizeof n);
    now = variance(size, sd, n);
    for (int i = 0; i < 2; i++) {
        n[i]++;
        assert_close(column_f64(table, "gain")[i], now - variance(size, sd, n), 1e-9);
        best = fmax(best, column_f64(table, "gain")[i]);
        n[i]--;
    }
    assert_int_equal(sipas_table_find(table, "gain", &at, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_column(table, at, &cells, NULL), SIPAS_OK);
    assert_int_equal(cells.validity[0] & 7, 3);
    assert_close(strtod(meta(table, "gain_total"), NULL), best, 0.0);
    assert_string_equal(meta(table, "gain_unit"), "row 0");
    sipas_table_free(table);
    opts.sd = NULL;
    refuse(60, &sizes, &opts, SIPAS_ERR_ARGUMENT, "sd: no column is given");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_and_fixed_units_are_optimal),
        cmocka_unit_test(every_rounding_works_in_blocks),
        cmocka_unit_test(what_a_total_leaves_over_goes_by_the_rule),
        cmocka_unit_test(small_units_and_blocks),
        cmocka_unit_test(units_in_conflict_are_named_and_counted),
        cmocka_unit_test(fixed_units_keep_their_number),
        cmocka_unit_test(kish_lies_between_equal_and_proportional),
        cmocka_unit_test(bankier_weighs_coefficients_of_variation),
        cmocka_unit_test(gains_are_what_the_variance_falls_by),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

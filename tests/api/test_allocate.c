/*
 * Allocation: whole numbers against greedy and exhaustive search, ties, order of rows, bounds, the class
 * table, options and the sentence of every error.
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

enum { MOST = 400, FEW = 24 };

/* A problem of whole numbers, so that the test's own comparisons are exact. */
typedef struct problem {
    int64_t n_units, total;
    int32_t method, rounding;
    double size[MOST], sd[MOST], cost[MOST];
    int64_t lower[MOST], upper[MOST], code[MOST];
} problem;

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 33;
}

static int64_t below(uint64_t *seed, int64_t limit)
{
    return (int64_t)(next_random(seed) % (uint64_t)limit);
}

static sipas_table *solve(const problem *p)
{
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    const sipas_column size = sipas_column_f64(p->size, p->n_units), sd = sipas_column_f64(p->sd, p->n_units);
    const sipas_column cost = sipas_column_f64(p->cost, p->n_units), lower = sipas_column_i64(p->lower, p->n_units);
    const sipas_column upper = sipas_column_i64(p->upper, p->n_units), code = sipas_column_i64(p->code, p->n_units);
    sipas_table *table;
    sipas_error err;

    opts.method = p->method;
    opts.rounding = p->rounding;
    opts.size_is_measure = 1;
    opts.sd = &sd;
    opts.cost = &cost;
    opts.lower = &lower;
    opts.upper = &upper;
    opts.code = &code;
    if (sipas_allocate(NULL, p->total, &size, &opts, &table, &err) < 0) fail_msg("%s", err.message);
    return table;
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

/* ---- against the greedy rule, one at a time ---- */

/* w² = numerator / denominator, and d(k)² up to a factor: all whole. */
static int64_t weight_square(const problem *p, int64_t unit, int64_t *denominator)
{
    const int64_t size = (int64_t)p->size[unit], a = size * (int64_t)p->sd[unit];

    *denominator = p->method == SIPAS_ALLOCATE_COST ? (int64_t)p->cost[unit] : 1;
    switch (p->method) {
    case SIPAS_ALLOCATE_EQUAL: return 1;
    case SIPAS_ALLOCATE_SQRT: return size;
    case SIPAS_ALLOCATE_PROPORTIONAL: return size * size;
    default: return a * a;
    }
}

static int64_t divisor_square(const problem *p, int64_t k)
{
    switch (p->rounding) {
    case SIPAS_ROUNDING_WEBSTER: return (2 * k + 1) * (2 * k + 1);
    case SIPAS_ROUNDING_ADAMS: return k * k;
    case SIPAS_ROUNDING_JEFFERSON: return (k + 1) * (k + 1);
    default: return k * (k + 1);
    }
}

/* True when one more for `left` comes before one more for `right`. */
static int comes_first(const problem *p, const int64_t *n, int64_t left, int64_t right)
{
    int64_t under_left, under_right, square_left = weight_square(p, left, &under_left),
                                     square_right = weight_square(p, right, &under_right);
    int64_t d_left = divisor_square(p, n[left]), d_right = divisor_square(p, n[right]), one, two;

    if (square_left == 0 || square_right == 0) { /* weight zero comes last */
        if ((square_left == 0) != (square_right == 0)) return square_left != 0;
        return p->code[left] < p->code[right];
    }
    if ((d_left == 0) != (d_right == 0)) return d_left == 0;
    if (d_left == 0) d_left = d_right = 1;
    one = square_left * under_right * d_right;
    two = square_right * under_left * d_left;
    return one != two ? one > two : p->code[left] < p->code[right];
}

static void solve_greedily(const problem *p, int64_t *n)
{
    int64_t rest = p->total;

    for (int64_t i = 0; i < p->n_units; i++) {
        n[i] = p->lower[i];
        rest -= n[i];
    }
    for (; rest > 0; rest--) {
        int64_t best = -1;

        for (int64_t i = 0; i < p->n_units; i++)
            if (n[i] < p->upper[i] && (best < 0 || comes_first(p, n, i, best))) best = i;
        assert_true(best >= 0);
        n[best]++;
    }
}

/* Small numbers on odd trials, so that ties abound. */
static problem random_problem(uint64_t *seed, int trial)
{
    problem p = {.n_units = 1 + below(seed, trial % 40 ? FEW : MOST), .method = SIPAS_ALLOCATE_NEYMAN};
    const int64_t largest = trial % 2 ? 4 : 300, room = trial % 3 ? 5 : 40;
    int64_t sum_lower = 0, sum_upper = 0, first = below(seed, MOST);

    for (int64_t i = 0; i < p.n_units; i++) {
        p.size[i] = (double)(below(seed, 9) ? 1 + below(seed, largest) : trial % 5 ? 1 : 0);
        p.sd[i] = (double)(1 + below(seed, trial % 2 ? 2 : 20));
        p.cost[i] = (double)(1 + below(seed, 4));
        p.lower[i] = below(seed, 3);
        p.upper[i] = p.lower[i] + below(seed, room);
        p.code[i] = (first + 7 * i) % 1009; /* all different, in no order */
        sum_lower += p.lower[i];
        sum_upper += p.upper[i];
    }
    p.size[0] = p.size[0] > 0.0 ? p.size[0] : 1.0;
    p.total = sum_lower + below(seed, sum_upper - sum_lower + 1);
    return p;
}

static void check_bounds_total_and_certificate(const problem *p, const sipas_table *table)
{
    const int64_t *n = column_n(table);
    const double *x = column_f64(table, "continuous");
    int64_t sum = 0;
    double sum_x = 0.0;

    for (int64_t i = 0; i < p->n_units; i++) {
        assert_true(n[i] >= p->lower[i] && n[i] <= p->upper[i]);
        assert_true(x[i] >= (double)p->lower[i] && x[i] <= (double)p->upper[i]);
        sum += n[i];
        sum_x += x[i];
    }
    assert_int_equal(sum, p->total);
    assert_close(sum_x, (double)p->total, 1e-12);
    if (strcmp(meta(table, "exchange"), "none") != 0) assert_true(strtod(meta(table, "exchange"), NULL) >= 0.0);
}

static void agree_with_greedy(int32_t method, int32_t rounding, int trials)
{
    uint64_t seed = 20240 + (uint64_t)method * 31 + (uint64_t)rounding;

    for (int trial = 0; trial < trials; trial++) {
        problem p = random_problem(&seed, trial);
        int64_t expected[MOST] = {0};
        sipas_table *table;

        p.method = method;
        p.rounding = rounding;
        table = solve(&p);
        check_bounds_total_and_certificate(&p, table);
        solve_greedily(&p, expected);
        for (int64_t i = 0; i < p.n_units; i++)
            if (column_n(table)[i] != expected[i])
                fail_msg("method %d, rounding %d, trial %d, unit %d: %d, greedily %d", (int)method, (int)rounding,
                         trial, (int)i, (int)column_n(table)[i], (int)expected[i]);
        sipas_table_free(table);
    }
}

static void neyman_is_the_greedy_optimum(void **state)
{
    (void)state;
    agree_with_greedy(SIPAS_ALLOCATE_NEYMAN, SIPAS_ROUNDING_DEFAULT, 2000);
}

static void cost_is_the_greedy_optimum(void **state)
{
    (void)state;
    agree_with_greedy(SIPAS_ALLOCATE_COST, SIPAS_ROUNDING_DEFAULT, 2000);
}

static void divisor_methods_follow_their_rule(void **state)
{
    (void)state;
    for (int32_t rounding = SIPAS_ROUNDING_WEBSTER; rounding <= SIPAS_ROUNDING_JEFFERSON; rounding++) {
        agree_with_greedy(SIPAS_ALLOCATE_PROPORTIONAL, rounding, 1000);
        agree_with_greedy(SIPAS_ALLOCATE_SQRT, rounding, 500);
        agree_with_greedy(SIPAS_ALLOCATE_EQUAL, rounding, 300);
    }
}

/* ---- against every allocation there is ---- */

/* The least of an objective over all whole numbers within the bounds. */
static double least_of_all(const problem *p, const double *x, int64_t unit, int64_t rest, double sum)
{
    double least = (double)INFINITY;

    if (unit == p->n_units) return rest == 0 ? sum : least;
    for (int64_t n = p->lower[unit]; n <= p->upper[unit] && n <= rest; n++) {
        const double a = p->size[unit] * p->sd[unit], e = (double)n - x[unit];
        const double term = p->method == SIPAS_ALLOCATE_NEYMAN ? (a > 0.0 ? a * a / (double)n : 0.0)
                            : a > 0.0                          ? e * e
                                                               : 0.0;
        const double found = least_of_all(p, x, unit + 1, rest - n, sum + term);

        least = found < least ? found : least;
    }
    return least;
}

static void nothing_is_better_than_what_is_found(void **state)
{
    (void)state;
    uint64_t seed = 99;

    for (int trial = 0; trial < 600; trial++) {
        problem p = random_problem(&seed, trial);
        sipas_table *table;
        double least;

        p.n_units = p.n_units < 4 ? p.n_units : 4;
        p.total = 0;
        for (int64_t i = 0; i < p.n_units; i++) {
            p.lower[i] = p.lower[i] > 0 ? p.lower[i] : 1;
            p.upper[i] = p.lower[i] + below(&seed, 8);
            p.total += p.lower[i] + below(&seed, p.upper[i] - p.lower[i] + 1);
        }
        p.method = trial % 2 ? SIPAS_ALLOCATE_NEYMAN : SIPAS_ALLOCATE_PROPORTIONAL;
        for (int64_t i = 0; i < p.n_units; i++)
            if (p.method == SIPAS_ALLOCATE_PROPORTIONAL) p.sd[i] = 1.0;
        table = solve(&p);
        least = least_of_all(&p, column_f64(table, "continuous"), 0, p.total, 0.0);
        assert_close_scaled(strtod(meta(table, "objective"), NULL), least, 1e-12, 1e-3);
        assert_true(strtod(meta(table, "objective"), NULL) >=
                    strtod(meta(table, "objective_continuous"), NULL) * (1.0 - 1e-12));
        sipas_table_free(table);
    }
}

/* ---- largest remainder ---- */

/* Without bounds: whole parts, then the largest remainders of total × size / sum in whole numbers, ties by code. */
static void largest_remainder_is_exact(void **state)
{
    (void)state;
    uint64_t seed = 4711;

    for (int trial = 0; trial < 2000; trial++) {
        problem p = random_problem(&seed, trial);
        int64_t expected[MOST] = {0}, remainder[MOST] = {0}, sum = 0, rest;
        sipas_table *table;

        p.method = SIPAS_ALLOCATE_PROPORTIONAL;
        p.total = below(&seed, 500);
        for (int64_t i = 0; i < p.n_units; i++) {
            p.lower[i] = 0;
            p.upper[i] = 1000000;
            sum += (int64_t)p.size[i];
        }
        rest = p.total;
        for (int64_t i = 0; i < p.n_units; i++) {
            expected[i] = p.total * (int64_t)p.size[i] / sum;
            remainder[i] = p.total * (int64_t)p.size[i] % sum;
            rest -= expected[i];
        }
        for (; rest > 0; rest--) {
            int64_t best = 0;

            for (int64_t i = 1; i < p.n_units; i++)
                if (remainder[i] > remainder[best] || (remainder[i] == remainder[best] && p.code[i] < p.code[best]))
                    best = i;
            expected[best]++;
            remainder[best] = -1;
        }
        table = solve(&p);
        assert_memory_equal(column_n(table), expected, (size_t)p.n_units * sizeof *expected);
        sipas_table_free(table);
    }
}

static void largest_remainder_is_within_one(void **state)
{
    (void)state;
    const int32_t methods[] = {SIPAS_ALLOCATE_EQUAL, SIPAS_ALLOCATE_PROPORTIONAL, SIPAS_ALLOCATE_SQRT,
                               SIPAS_ALLOCATE_POWER};
    uint64_t seed = 5;

    for (int trial = 0; trial < 2000; trial++) {
        problem p = random_problem(&seed, trial);
        sipas_table *table;

        p.method = methods[trial % 4];
        table = solve(&p);
        check_bounds_total_and_certificate(&p, table);
        for (int64_t i = 0; i < p.n_units; i++)
            assert_true(p.size[i] == 0.0 ||
                        fabs((double)column_n(table)[i] - column_f64(table, "continuous")[i]) < 1.0 + 1e-9);
        sipas_table_free(table);
    }
}

/* ---- order of the rows ---- */

static void order_of_rows_changes_nothing(void **state)
{
    (void)state;
    uint64_t seed = 31;

    for (int trial = 0; trial < 500; trial++) {
        problem p = random_problem(&seed, 2 * trial + 1), q = p;
        int64_t place[MOST];
        sipas_table *one, *two;

        p.method = q.method = trial % 2 ? SIPAS_ALLOCATE_NEYMAN : SIPAS_ALLOCATE_PROPORTIONAL;
        for (int64_t i = 0; i < p.n_units; i++) place[i] = i;
        for (int64_t i = p.n_units - 1; i > 0; i--) {
            int64_t j = below(&seed, i + 1), kept = place[i];

            place[i] = place[j];
            place[j] = kept;
        }
        for (int64_t i = 0; i < p.n_units; i++) {
            q.size[i] = p.size[place[i]], q.sd[i] = p.sd[place[i]], q.code[i] = p.code[place[i]];
            q.lower[i] = p.lower[place[i]], q.upper[i] = p.upper[place[i]];
        }
        one = solve(&p);
        two = solve(&q);
        for (int64_t i = 0; i < p.n_units; i++) assert_int_equal(column_n(two)[i], column_n(one)[place[i]]);
        sipas_table_free(one);
        sipas_table_free(two);
    }
}

static void ties_go_to_the_smaller_code(void **state)
{
    (void)state;
    const double size[] = {50.0, 50.0, 50.0};
    const char *const code[] = {"c", "a", "b"};
    const int32_t number[] = {10, 9, 100};
    const sipas_column sizes = sipas_column_f64(size, 3), text = sipas_column_code(code, 3),
                       whole = sipas_column_i32(number, 3);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_table *table;

    assert_int_equal(sipas_allocate(NULL, 4, &sizes, NULL, &table, NULL), SIPAS_OK);
    assert_int_equal(column_n(table)[0], 2); /* no codes: the row */
    sipas_table_free(table);
    opts.code = &text;
    assert_int_equal(sipas_allocate(NULL, 4, &sizes, &opts, &table, NULL), SIPAS_OK);
    assert_int_equal(column_n(table)[1], 2);
    sipas_table_free(table);
    opts.code = &whole;
    opts.rounding = SIPAS_ROUNDING_WEBSTER;
    assert_int_equal(sipas_allocate(NULL, 4, &sizes, &opts, &table, NULL), SIPAS_OK);
    assert_int_equal(column_n(table)[1], 2); /* 9 < 10 < 100 by value */
    sipas_table_free(table);
}

/* By √N / (k + 1): the second for N = 4 and the third for N = 9 are both worth 1. */
static void ties_that_roots_hide_are_ties(void **state)
{
    (void)state;
    const double size[] = {9.0, 4.0};
    const int8_t code[] = {2, 1};
    const sipas_column sizes = sipas_column_f64(size, 2), codes = sipas_column_i8(code, 2);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_table *table;

    opts.method = SIPAS_ALLOCATE_SQRT;
    opts.rounding = SIPAS_ROUNDING_JEFFERSON;
    opts.code = &codes;
    assert_int_equal(sipas_allocate(NULL, 4, &sizes, &opts, &table, NULL), SIPAS_OK);
    assert_int_equal(column_n(table)[0], 2);
    assert_int_equal(column_n(table)[1], 2);
    sipas_table_free(table);
}

/* ---- bounds ---- */

static void size_is_an_upper_bound_unless_it_is_a_measure(void **state)
{
    (void)state;
    const double size[] = {10.0, 1.5};
    const sipas_column sizes = sipas_column_f64(size, 2);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    const int64_t *upper;
    sipas_table *table;
    sipas_column cells;

    opts.method = SIPAS_ALLOCATE_EQUAL;
    assert_int_equal(sipas_allocate(NULL, 8, &sizes, &opts, &table, NULL), SIPAS_OK);
    assert_int_equal(column_n(table)[0], 7);
    assert_int_equal(column_n(table)[1], 1);
    assert_close(column_f64(table, "fraction")[0], 0.7, 1e-15);
    assert_close(column_f64(table, "share")[0], 0.875, 0.0);
    assert_int_equal(sipas_table_get_i64(table, "upper", &upper, NULL), SIPAS_OK);
    assert_int_equal(upper[1], 1);
    sipas_table_free(table);
    opts.size_is_measure = 1;
    assert_int_equal(sipas_allocate(NULL, 8, &sizes, &opts, &table, NULL), SIPAS_OK);
    assert_int_equal(column_n(table)[1], 4);
    assert_int_equal(sipas_table_get_column(table, 4, &cells, NULL), SIPAS_OK);
    assert_string_equal(sipas_table_get_field(table, 4)->name, "upper");
    assert_int_equal(cells.validity[0] & 3, 0); /* none: missing */
    assert_string_equal(meta(table, "sum_upper"), "none");
    sipas_table_free(table);
}

static void scalar_bounds_hold_for_all(void **state)
{
    (void)state;
    const double size[] = {1000.0, 10.0, 500.0};
    const sipas_column sizes = sipas_column_f64(size, 3);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_table *table;

    opts.lower_value = 5;
    opts.upper_value = 60;
    assert_int_equal(sipas_allocate(NULL, 100, &sizes, &opts, &table, NULL), SIPAS_OK);
    assert_int_equal(column_n(table)[0], 60);
    assert_int_equal(column_n(table)[1], 5);
    assert_int_equal(column_n(table)[2], 35);
    sipas_table_free(table);
}

static void an_infinite_upper_bound_is_none(void **state)
{
    (void)state;
    const double size[] = {30.0, 30.0}, most[] = {5.0, (double)INFINITY};
    const sipas_column sizes = sipas_column_f64(size, 2), upper = sipas_column_f64(most, 2);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_table *table;

    opts.upper = &upper;
    opts.size_is_measure = 1;
    assert_int_equal(sipas_allocate(NULL, 100, &sizes, &opts, &table, NULL), SIPAS_OK);
    assert_int_equal(column_n(table)[1], 95);
    sipas_table_free(table);
}

static void neyman_gives_one_each_by_default(void **state)
{
    (void)state;
    const double size[] = {1000.0, 1.0, 1.0, 500.0}, sd[] = {9.0, 1e-3, 0.0, 5.0};
    const sipas_column sizes = sipas_column_f64(size, 4), sds = sipas_column_f64(sd, 4);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_table *table;

    opts.method = SIPAS_ALLOCATE_NEYMAN;
    opts.sd = &sds;
    assert_int_equal(sipas_allocate(NULL, 100, &sizes, &opts, &table, NULL), SIPAS_OK);
    assert_int_equal(column_n(table)[1], 1);
    assert_int_equal(column_n(table)[2], 0); /* no spread, nothing to estimate */
    sipas_table_free(table);
    opts.lower_given = 1; /* 0 on purpose */
    assert_int_equal(sipas_allocate(NULL, 2, &sizes, &opts, &table, NULL), SIPAS_OK);
    assert_int_equal(column_n(table)[0], 1);
    assert_int_equal(column_n(table)[1], 0);
    assert_int_equal(column_n(table)[3], 1);
    assert_int_equal(sipas_table_count_rows(sipas_table_get_notes(table)), 1);
    assert_string_equal(meta(table, "objective"), "inf");
    sipas_table_free(table);
}

static void what_full_units_leave_goes_to_weight_zero(void **state)
{
    (void)state;
    const double size[] = {5.0, 100.0, 100.0}, sd[] = {1.0, 0.0, 0.0};
    const char *const code[] = {"a", "c", "b"};
    const sipas_column sizes = sipas_column_f64(size, 3), sds = sipas_column_f64(sd, 3),
                       codes = sipas_column_code(code, 3);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    const char *const *notes;
    sipas_table *table;

    opts.method = SIPAS_ALLOCATE_NEYMAN;
    opts.sd = &sds;
    opts.code = &codes;
    assert_int_equal(sipas_allocate(NULL, 20, &sizes, &opts, &table, NULL), SIPAS_OK);
    assert_int_equal(column_n(table)[0], 5);
    assert_int_equal(column_n(table)[1], 0);
    assert_int_equal(column_n(table)[2], 15);
    assert_int_equal(sipas_table_get_code(sipas_table_get_notes(table), "code", &notes, NULL), SIPAS_OK);
    assert_string_equal(notes[0], "zero_weight");
    sipas_table_free(table);
}

static void a_total_of_zero_is_legal(void **state)
{
    (void)state;
    const double size[] = {5.0, 0.0};
    const sipas_column sizes = sipas_column_f64(size, 2);
    sipas_table *table;
    sipas_column share;
    int64_t position;

    assert_int_equal(sipas_allocate(NULL, 0, &sizes, NULL, &table, NULL), SIPAS_OK);
    assert_int_equal(column_n(table)[0], 0);
    assert_int_equal(sipas_table_find(table, "share", &position, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_column(table, position, &share, NULL), SIPAS_OK);
    assert_int_equal(share.validity[0] & 3, 0);
    sipas_table_free(table);
}

/* ---- many units, and numbers at the edge of doubles ---- */

static void many_units_keep_total_and_certificate(void **state)
{
    (void)state;
    enum { UNITS = 60000 };
    const int32_t roundings[] = {SIPAS_ROUNDING_LARGEST_REMAINDER, SIPAS_ROUNDING_WEBSTER, SIPAS_ROUNDING_HILL,
                                 SIPAS_ROUNDING_ADAMS, SIPAS_ROUNDING_JEFFERSON};
    double *size = calloc(UNITS, sizeof *size);
    int32_t *lower = calloc(UNITS, sizeof *lower);
    const sipas_column sizes = sipas_column_f64(size, UNITS), lowers = sipas_column_i32(lower, UNITS);
    uint64_t seed = 8;

    assert_non_null(size);
    assert_non_null(lower);
    for (int i = 0; i < UNITS; i++) {
        size[i] = (double)(1 + below(&seed, i % 2 ? 50 : 5000));
        lower[i] = (int32_t)below(&seed, 2);
    }
    for (size_t r = 0; r < sizeof roundings / sizeof *roundings; r++)
        for (int64_t total = 70000; total < 60000000; total *= 5) {
            sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
            int64_t sum = 0;
            sipas_table *table;

            opts.rounding = roundings[r];
            opts.lower = &lowers;
            assert_int_equal(sipas_allocate(NULL, total, &sizes, &opts, &table, NULL), SIPAS_OK);
            for (int i = 0; i < UNITS; i++) {
                assert_true(column_n(table)[i] >= lower[i] && column_n(table)[i] <= (int64_t)size[i]);
                sum += column_n(table)[i];
            }
            assert_int_equal(sum, total);
            assert_true(strtod(meta(table, "exchange"), NULL) >= 0.0);
            sipas_table_free(table);
        }
    free(size);
    free(lower);
}

/* Weights over a hundred orders of magnitude, bounds over ten. */
static void any_magnitude_keeps_the_promises(void **state)
{
    (void)state;
    uint64_t seed = 12;

    for (int trial = 0; trial < 4000; trial++) {
        problem p = {.n_units = 1 + below(&seed, FEW), .method = SIPAS_ALLOCATE_PROPORTIONAL};
        int64_t room = 0;
        sipas_table *table;

        for (int64_t i = 0; i < p.n_units; i++) {
            p.size[i] = pow(10.0, (double)(below(&seed, 1000) - 500) / (trial % 2 ? 10.0 : 1000.0));
            p.sd[i] = p.cost[i] = 1.0 + (double)i;
            p.code[i] = i;
            p.lower[i] = below(&seed, trial % 5 ? 5 : 100000);
            p.upper[i] = p.lower[i] + below(&seed, trial % 3 ? 4 : 1000000000);
            p.total += p.lower[i];
            room += p.upper[i] - p.lower[i];
        }
        p.total += trial % 7 ? below(&seed, room + 1) : room - below(&seed, room + 1) / 1000;
        p.rounding = 1 + trial % 6;
        if (p.rounding > SIPAS_ROUNDING_JEFFERSON) p.method = SIPAS_ALLOCATE_NEYMAN, p.rounding = 0;
        table = solve(&p);
        check_bounds_total_and_certificate(&p, table);
        sipas_table_free(table);
    }
}

static void all_alike_are_within_one(void **state)
{
    (void)state;
    enum { UNITS = 30011 };
    double *size = calloc(UNITS, sizeof *size);
    const sipas_column sizes = sipas_column_f64(size, UNITS);

    assert_non_null(size);
    for (int i = 0; i < UNITS; i++) size[i] = 0.1;
    for (int32_t rounding = SIPAS_ROUNDING_LARGEST_REMAINDER; rounding <= SIPAS_ROUNDING_JEFFERSON; rounding++) {
        sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
        sipas_table *table;

        opts.rounding = rounding;
        opts.size_is_measure = 1;
        assert_int_equal(sipas_allocate(NULL, 100000, &sizes, &opts, &table, NULL), SIPAS_OK);
        for (int i = 0; i < UNITS; i++) assert_int_equal(column_n(table)[i], i < 100000 - 3 * UNITS ? 4 : 3);
        sipas_table_free(table);
    }
    free(size);
}

/* Weights that differ by one in the last bit are no tie, and huge totals come out exactly. */
static void last_bits_decide(void **state)
{
    (void)state;
    const double size[] = {9007199254740990.0, 9007199254740991.0}, tiny[] = {1e-120, 3e-120}, huge[] = {1e139, 2e139};
    const double *const both[] = {tiny, huge};
    const sipas_column sizes = sipas_column_f64(size, 2);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_table *table;

    for (int32_t rounding = SIPAS_ROUNDING_LARGEST_REMAINDER; rounding <= SIPAS_ROUNDING_JEFFERSON; rounding++) {
        opts.rounding = rounding;
        assert_int_equal(sipas_allocate(NULL, 3, &sizes, &opts, &table, NULL), SIPAS_OK);
        assert_int_equal(column_n(table)[0], 1);
        assert_int_equal(column_n(table)[1], 2);
        sipas_table_free(table);
        assert_int_equal(sipas_allocate(NULL, 1000000000000, &sizes, &opts, &table, NULL), SIPAS_OK);
        assert_true(column_n(table)[0] == 500000000000 && column_n(table)[1] == 500000000000);
        sipas_table_free(table);
    }
    opts.rounding = SIPAS_ROUNDING_HILL;
    opts.size_is_measure = 1;
    for (int i = 0; i < 2; i++) {
        const sipas_column column = sipas_column_f64(both[i], 2);

        assert_int_equal(sipas_allocate(NULL, 12, &column, &opts, &table, NULL), SIPAS_OK);
        assert_int_equal(column_n(table)[0], i == 0 ? 3 : 4);
        sipas_table_free(table);
    }
}

/* ---- the class table ---- */

static void the_class_table_gives_each_class_its_number(void **state)
{
    (void)state;
    const char *const unit_class[] = {"xã", "phường", "xã", "thị trấn"}, *const class_code[] = {"phường", "thị trấn",
                                                                                                "xã"};
    const int16_t number[] = {200, 200, 150};
    const sipas_column of = sipas_column_code(unit_class, 4), classes = sipas_column_code(class_code, 3);
    const sipas_column numbers = sipas_column_i16(number, 3);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_table *table;

    opts.method = SIPAS_ALLOCATE_CLASS_TABLE;
    opts.unit_class = &of;
    opts.class_code = &classes;
    opts.class_n = &numbers;
    assert_int_equal(sipas_allocate(NULL, SIPAS_ALLOCATE_NO_TOTAL, NULL, &opts, &table, NULL), SIPAS_OK);
    assert_int_equal(column_n(table)[0], 150);
    assert_int_equal(column_n(table)[1], 200);
    assert_int_equal(column_n(table)[3], 200);
    assert_string_equal(meta(table, "total"), "700");
    sipas_table_free(table);
    assert_int_equal(sipas_allocate(NULL, 700, NULL, &opts, &table, NULL), SIPAS_OK);
    sipas_table_free(table);
}

/* ---- options and columns ---- */

static void columns_of_every_number_type_are_read(void **state)
{
    (void)state;
    struct row {
        char name;
        int32_t people;
        float spread;
    } rows[] = {{'a', 300, 2.0F}, {'b', 100, 6.0F}, {'c', 600, 1.0F}};
    sipas_column size = sipas_column_i32(&rows[0].people, 3), sd = sipas_column_f32(&rows[0].spread, 3);
    sipas_allocate_opts opts;
    sipas_table *table;

    size.stride = sd.stride = (int64_t)sizeof rows[0];
    sipas_allocate_opts_init(&opts);
    opts.method = SIPAS_ALLOCATE_NEYMAN;
    opts.sd = &sd;
    assert_int_equal(sipas_allocate(NULL, 30, &size, &opts, &table, NULL), SIPAS_OK);
    for (int i = 0; i < 3; i++) assert_int_equal(column_n(table)[i], 10);
    assert_string_equal(meta(table, "method"), "neyman/1");
    assert_string_equal(meta(table, "rounding"), "exact");
    sipas_table_free(table);
}

static void the_power_goes_from_equal_to_proportional(void **state)
{
    (void)state;
    const double size[] = {100.0, 400.0, 900.0};
    const double powers[] = {0.0, 0.5, 1.0};
    const int64_t expected[3][3] = {{20, 20, 20}, {10, 20, 30}, {4, 17, 39}};
    const sipas_column sizes = sipas_column_f64(size, 3);

    for (int i = 0; i < 3; i++) {
        sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
        sipas_table *table;

        opts.method = SIPAS_ALLOCATE_POWER;
        opts.power_given = 1;
        opts.power = powers[i];
        assert_int_equal(sipas_allocate(NULL, 60, &sizes, &opts, &table, NULL), SIPAS_OK);
        assert_memory_equal(column_n(table), expected[i], sizeof expected[i]);
        sipas_table_free(table);
        opts.power_given = 0; /* ½ */
        assert_int_equal(sipas_allocate(NULL, 60, &sizes, &opts, &table, NULL), SIPAS_OK);
        assert_memory_equal(column_n(table), expected[1], sizeof expected[1]);
        sipas_table_free(table);
    }
}

static int32_t cancel_at(void *user, const char *task, int64_t done, int64_t total)
{
    (void)task;
    (void)total;
    return done == *(const int64_t *)user;
}

static void progress_can_cancel(void **state)
{
    (void)state;
    const double size[] = {5.0, 6.0};
    const sipas_column sizes = sipas_column_f64(size, 2);

    for (int64_t at = 0; at < 3; at++) {
        sipas_ctx_opts ctx_opts = SIPAS_CTX_OPTS_INIT;
        sipas_table *table = (sipas_table *)&ctx_opts;
        sipas_ctx *ctx;

        ctx_opts.progress = cancel_at;
        ctx_opts.progress_user = &at;
        assert_int_equal(sipas_ctx_new(&ctx_opts, &ctx, NULL), SIPAS_OK);
        assert_int_equal(sipas_allocate(ctx, 3, &sizes, NULL, &table, NULL), SIPAS_ERR_CANCELLED);
        assert_null(table);
        sipas_ctx_free(ctx);
    }
}

/* ---- errors ---- */

/* What the failing calls are made of: three good units, of which a case spoils something. */
typedef struct good {
    double size[3], sd[3], cost[3], lower[3], upper[3];
    const char *code[3], *unit_class[3], *class_code[2];
    int32_t class_n[2];
    sipas_column sizes, sds, costs, lowers, uppers, codes, classes, table_codes, table_n;
    sipas_allocate_opts opts;
    int64_t total;
} good;

static void make_good(good *g)
{
    const good model = {.size = {100.0, 200.0, 300.0},
                        .sd = {1.0, 2.0, 3.0},
                        .cost = {1.0, 1.0, 2.0},
                        .lower = {1.0, 2.0, 3.0},
                        .upper = {50.0, 60.0, 70.0},
                        .code = {"01", "02", "04"},
                        .unit_class = {"xã", "phường", "xã"},
                        .class_code = {"phường", "xã"},
                        .class_n = {20, 15},
                        .opts = SIPAS_ALLOCATE_OPTS_INIT,
                        .total = 50};

    *g = model;
    g->sizes = sipas_column_f64(g->size, 3);
    g->sds = sipas_column_f64(g->sd, 3);
    g->costs = sipas_column_f64(g->cost, 3);
    g->lowers = sipas_column_f64(g->lower, 3);
    g->uppers = sipas_column_f64(g->upper, 3);
    g->codes = sipas_column_code(g->code, 3);
    g->classes = sipas_column_code(g->unit_class, 3);
    g->table_codes = sipas_column_code(g->class_code, 2);
    g->table_n = sipas_column_i32(g->class_n, 2);
    g->opts.method = SIPAS_ALLOCATE_COST;
    g->opts.sd = &g->sds;
    g->opts.cost = &g->costs;
    g->opts.lower = &g->lowers;
    g->opts.upper = &g->uppers;
    g->opts.code = &g->codes;
    g->opts.unit_class = &g->classes;
    g->opts.class_code = &g->table_codes;
    g->opts.class_n = &g->table_n;
}

static void expect(good *g, sipas_status status, int64_t row, const char *name, const char *message)
{
    sipas_table *table = (sipas_table *)g;
    sipas_error err;

    assert_int_equal(sipas_allocate(NULL, g->total, g->sizes.data ? &g->sizes : NULL, &g->opts, &table, &err), status);
    assert_null(table);
    assert_string_equal(err.message, message);
    assert_int_equal(err.status, status);
    assert_int_equal(err.row, row);
    assert_string_equal(err.name, name);
    make_good(g);
}

static void bad_numbers_are_named(void **state)
{
    (void)state;
    good g;
    sipas_table *table;

    make_good(&g);
    assert_int_equal(sipas_allocate(NULL, g.total, &g.sizes, &g.opts, &table, NULL), SIPAS_OK);
    sipas_table_free(table);
    g.size[1] = (double)NAN;
    expect(&g, SIPAS_ERR_MISSING, 1, "02", "unit 02 (row 1): size is missing or NaN");
    g.size[2] = -5.0;
    expect(&g, SIPAS_ERR_VALUE, 2, "04", "unit 04 (row 2): size is -5; it must be at least 0");
    g.size[0] = (double)INFINITY, g.opts.code = NULL;
    expect(&g, SIPAS_ERR_VALUE, 0, "", "row 0: size is infinite");
    g.sd[0] = (double)INFINITY;
    expect(&g, SIPAS_ERR_VALUE, 0, "01", "unit 01 (row 0): sd is infinite");
    g.sd[1] = (double)NAN;
    expect(&g, SIPAS_ERR_MISSING, 1, "02", "unit 02 (row 1): sd is missing or NaN");
    g.cost[2] = 0.0;
    expect(&g, SIPAS_ERR_VALUE, 2, "04", "unit 04 (row 2): cost is 0; it must be greater than 0");
    g.lower[1] = 1.5;
    expect(&g, SIPAS_ERR_VALUE, 1, "02", "unit 02 (row 1): lower is 1.5, not a whole number below 2^53");
    g.lower[1] = -1.0;
    expect(&g, SIPAS_ERR_VALUE, 1, "02", "unit 02 (row 1): lower is -1; it must be at least 0");
    g.upper[0] = (double)NAN;
    expect(&g, SIPAS_ERR_MISSING, 0, "01", "unit 01 (row 0): upper is missing or NaN");
    g.sd[0] = 1e200;
    expect(&g, SIPAS_ERR_VALUE, 0, "01",
           "unit 01 (row 0): its weight in the allocation is 1e+202, outside 1e-140 to 1e140");
    g.total = -1;
    expect(&g, SIPAS_ERR_VALUE, -1, "total", "total is -1; it must be from 0 to 10^12");
    memset(g.size, 0, sizeof g.size), g.opts.size_is_measure = 1;
    expect(&g, SIPAS_ERR_VALUE, -1, "sd", "size times sd is 0 for every unit: there is nothing to split 50 by");
    memset(g.size, 0, sizeof g.size), memset(g.lower, 0, sizeof g.lower), g.opts.method = SIPAS_ALLOCATE_SQRT;
    expect(&g, SIPAS_ERR_VALUE, -1, "size", "size is 0 for every unit: there is nothing to split 50 by");
}

static void bounds_that_cannot_be_kept_are_named(void **state)
{
    (void)state;
    good g;

    make_good(&g);
    g.lower[1] = 61.0;
    expect(&g, SIPAS_ERR_INFEASIBLE, 1, "02", "unit 02 (row 1): the lower bound 61 is above the upper bound 60");
    g.lower[0] = 120.0, g.upper[0] = 150.0;
    expect(&g, SIPAS_ERR_INFEASIBLE, 0, "01", "unit 01 (row 0): the lower bound 120 is above its size 100");
    g.lower[1] = 55.0;
    expect(
        &g, SIPAS_ERR_INFEASIBLE, 1, "02",
        "unit 02 (row 1): its lower bound 55 is the largest of the 3 that sum to 59, above the total 50; then unit 04 (row 2) "
        "3, unit 01 (row 0) 1");
    g.total = 200;
    expect(
        &g, SIPAS_ERR_INFEASIBLE, 0, "01",
        "unit 01 (row 0): its upper bound 50 is the smallest of the 3 (no unit gets more than its size) that sum to 180, below "
        "the total 200; then unit 02 (row 1) 60, unit 04 (row 2) 70");
    g.opts.lower = NULL, g.total = 2;
    expect(&g, SIPAS_ERR_INFEASIBLE, -1, "total",
           "the total 2 is too small: 3 units need at least one each (a lower bound of 0 has to be given)");
}

static void faults_of_the_class_table_are_named(void **state)
{
    (void)state;
    good g;

    make_good(&g);
    g.opts.method = SIPAS_ALLOCATE_CLASS_TABLE, g.unit_class[2] = "đặc khu";
    expect(&g, SIPAS_ERR_NOT_FOUND, 2, "04", "unit 04 (row 2): its class \"đặc khu\" is not in the class table");
    g.opts.method = SIPAS_ALLOCATE_CLASS_TABLE, g.class_code[0] = "xã";
    expect(&g, SIPAS_ERR_DUPLICATE, 0, "xã", "line 0 of the class table: class xã is there twice");
    g.opts.method = SIPAS_ALLOCATE_CLASS_TABLE, g.total = 49;
    expect(&g, SIPAS_ERR_INFEASIBLE, -1, "total", "the class table gives 50 in all, but the total is 49");
    g.opts.method = SIPAS_ALLOCATE_CLASS_TABLE, g.upper[1] = 19.0;
    expect(&g, SIPAS_ERR_INFEASIBLE, 1, "02",
           "unit 02 (row 1): its class \"phường\" gives 20, above its upper bound or size");
    g.opts.method = SIPAS_ALLOCATE_CLASS_TABLE, g.class_n[1] = -3;
    expect(&g, SIPAS_ERR_VALUE, 1, "xã", "unit xã (row 1): class_n is -3; it must be at least 0");
    g.opts.method = SIPAS_ALLOCATE_CLASS_TABLE, g.class_code[1] = NULL;
    expect(&g, SIPAS_ERR_MISSING, 1, "class_code", "line 1 of the class table: the class is missing");
    g.opts.method = SIPAS_ALLOCATE_CLASS_TABLE, g.unit_class[0] = NULL;
    expect(&g, SIPAS_ERR_MISSING, 0, "unit_class", "row 0: unit_class is missing");
    g.opts.method = SIPAS_ALLOCATE_CLASS_TABLE, g.opts.class_code = NULL;
    expect(&g, SIPAS_ERR_ARGUMENT, -1, "class_code", "class_code: the class table needs it");
}

static void bad_arguments_and_options_are_named(void **state)
{
    (void)state;
    good g;
    sipas_table *table;

    make_good(&g);
    assert_int_equal(sipas_allocate(NULL, 5, &g.sizes, &g.opts, NULL, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_allocate(NULL, 5, NULL, NULL, &table, NULL), SIPAS_ERR_ARGUMENT);
    g.code[2] = "01";
    expect(&g, SIPAS_ERR_DUPLICATE, 2, "01", "unit 01 (row 2): its code stands in row 0 already");
    g.code[1] = NULL;
    expect(&g, SIPAS_ERR_MISSING, 1, "code", "row 1: code is missing");
    g.opts.sd = NULL;
    expect(&g, SIPAS_ERR_ARGUMENT, -1, "sd", "sd: no column is given");
    g.costs.n = 2;
    expect(&g, SIPAS_ERR_LENGTH, -1, "cost", "cost: the column has 2 rows where 3 are wanted");
    g.sizes = g.codes;
    expect(&g, SIPAS_ERR_TYPE, -1, "size", "size: a number column is wanted, not text");
    g.opts.lower_value = 3;
    expect(&g, SIPAS_ERR_ARGUMENT, -1, "lower", "lower: give the column or lower_value, not both");
    g.opts.upper_value = 3;
    expect(&g, SIPAS_ERR_ARGUMENT, -1, "upper", "upper: give the column or upper_value, not both");
    g.opts.rounding = SIPAS_ROUNDING_WEBSTER;
    expect(&g, SIPAS_ERR_OPTION, -1, "rounding",
           "option rounding: neyman, cost, bankier and the class table have whole numbers of their own");
    g.opts.power_given = 1, g.opts.power = -1.0;
    expect(&g, SIPAS_ERR_OPTION, -1, "power", "option power: it must be from 0 to 10");
    g.opts.method = 10;
    expect(&g, SIPAS_ERR_OPTION, -1, "method", "option method: 10 is not one of its values (0 to 9)");
    g.opts.struct_size = 2;
    expect(&g, SIPAS_ERR_OPTION, -1, "sipas_allocate_opts",
           "sipas_allocate_opts: struct_size is 2; set it with the _INIT macro or the _init function");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neyman_is_the_greedy_optimum),
        cmocka_unit_test(cost_is_the_greedy_optimum),
        cmocka_unit_test(divisor_methods_follow_their_rule),
        cmocka_unit_test(nothing_is_better_than_what_is_found),
        cmocka_unit_test(largest_remainder_is_exact),
        cmocka_unit_test(largest_remainder_is_within_one),
        cmocka_unit_test(order_of_rows_changes_nothing),
        cmocka_unit_test(ties_go_to_the_smaller_code),
        cmocka_unit_test(ties_that_roots_hide_are_ties),
        cmocka_unit_test(size_is_an_upper_bound_unless_it_is_a_measure),
        cmocka_unit_test(scalar_bounds_hold_for_all),
        cmocka_unit_test(an_infinite_upper_bound_is_none),
        cmocka_unit_test(neyman_gives_one_each_by_default),
        cmocka_unit_test(what_full_units_leave_goes_to_weight_zero),
        cmocka_unit_test(a_total_of_zero_is_legal),
        cmocka_unit_test(many_units_keep_total_and_certificate),
        cmocka_unit_test(any_magnitude_keeps_the_promises),
        cmocka_unit_test(all_alike_are_within_one),
        cmocka_unit_test(last_bits_decide),
        cmocka_unit_test(the_class_table_gives_each_class_its_number),
        cmocka_unit_test(columns_of_every_number_type_are_read),
        cmocka_unit_test(the_power_goes_from_equal_to_proportional),
        cmocka_unit_test(progress_can_cancel),
        cmocka_unit_test(bad_numbers_are_named),
        cmocka_unit_test(bounds_that_cannot_be_kept_are_named),
        cmocka_unit_test(faults_of_the_class_table_are_named),
        cmocka_unit_test(bad_arguments_and_options_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

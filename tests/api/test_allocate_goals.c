/*
 * Allocation within a budget and for a precision: against every allocation there is, on the limits, and the sentence of
 * every error.
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

enum { FEW = 5, MANY = 3000 };

typedef struct problem {
    int64_t n_units, multiple;
    double limit; /* of the cost, or of Σ (N S)² / n */
    int by_cost, with_costs;
    double size[FEW], sd[FEW], cost[FEW];
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

static double meta(const sipas_table *table, const char *key)
{
    const char *value;

    assert_int_equal(sipas_table_find_meta(table, key, &value, NULL), SIPAS_OK);
    return strcmp(value, "none") == 0 ? (double)INFINITY : strtod(value, NULL);
}

/* The least cost or variance over all whole numbers within bounds and limit. */
static double least_of_all(const problem *p, int64_t unit, double limited, double made)
{
    double least = (double)INFINITY;

    if (limited > p->limit * (1.0 + 1e-13)) return least;
    if (unit == p->n_units || unit == FEW) return made;
    for (int64_t n = 0; n <= p->upper[unit]; n += p->multiple) {
        const double a = p->size[unit] * p->sd[unit], cost = (p->with_costs ? p->cost[unit] : 1.0) * (double)n;
        const double variance = a > 0.0 ? a * a / (double)n : 0.0;

        if (n < p->lower[unit] || (n == 0 && a > 0.0)) continue;
        least = fmin(least, p->by_cost ? least_of_all(p, unit + 1, limited + cost, made + variance)
                                       : least_of_all(p, unit + 1, limited + variance, made + cost));
    }
    return least;
}

static problem random_problem(uint64_t *seed, int trial)
{
    problem p = {.n_units = 1 + below(seed, FEW), .multiple = trial % 3 ? 1 : 1 + below(seed, 4)};
    double cost = 0.0, variance = 0.0;

    p.by_cost = trial % 2;
    p.with_costs = p.by_cost || trial % 4;
    for (int64_t i = 0; i < p.n_units; i++) {
        const double scale = trial % 5 ? 1.0 : 0.01 * (double)(1 + below(seed, 500)); /* costs that are not whole */
        int64_t n;

        p.size[i] = (double)(1 + below(seed, 60));
        p.sd[i] = (double)(below(seed, 8) ? 1 + below(seed, 9) : 0);
        p.cost[i] = (double)(1 + below(seed, 7)) * scale;
        p.lower[i] = p.multiple * below(seed, 3);
        p.upper[i] = p.lower[i] + p.multiple * (1 + below(seed, 12));
        n = p.upper[i] - below(seed, p.upper[i] - p.lower[i]);
        cost += p.cost[i] * (double)n;
        variance += p.size[i] * p.sd[i] * p.size[i] * p.sd[i] / (double)n;
    }
    p.size[0] = p.size[0] > 0.0 ? p.size[0] : 1.0;
    p.limit = p.by_cost ? cost * (0.9 + 0.01 * (double)below(seed, 20))
                        : variance * (0.9 + 0.01 * (double)below(seed, 20));
    return p;
}

static sipas_status solve(const problem *p, sipas_table **table, sipas_error *err)
{
    const sipas_column size = sipas_column_f64(p->size, p->n_units), sd = sipas_column_f64(p->sd, p->n_units);
    const sipas_column cost = sipas_column_f64(p->cost, p->n_units), lower = sipas_column_i64(p->lower, p->n_units);
    const sipas_column upper = sipas_column_i64(p->upper, p->n_units);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_allocate_target target = SIPAS_ALLOCATE_TARGET_INIT;

    opts.method = p->with_costs ? SIPAS_ALLOCATE_COST : SIPAS_ALLOCATE_NEYMAN;
    opts.size_is_measure = 1;
    opts.multiple = p->multiple;
    opts.sd = &sd;
    opts.cost = &cost;
    opts.lower = &lower;
    opts.upper = &upper;
    target.of = SIPAS_OF_TOTAL;
    target.variance = p->limit;
    return p->by_cost ? sipas_allocate_budget(NULL, p->limit, &size, &opts, table, err)
                      : sipas_allocate_precision(NULL, &size, &target, &opts, table, err);
}

static void whole_numbers_are_the_optimum(void **state)
{
    (void)state;
    uint64_t seed = 5150;
    int solved = 0, refused = 0;

    for (int trial = 0; trial < 6000; trial++) {
        const problem p = random_problem(&seed, trial);
        double least, made = 0.0, limited = 0.0, spread = 0.0;
        sipas_table *table;
        sipas_error err;
        sipas_status status;

        for (int64_t i = 0; i < p.n_units; i++) spread += p.sd[i];
        if (spread == 0.0) continue;
        least = least_of_all(&p, 0, 0.0, 0.0);
        status = solve(&p, &table, &err);
        if (isinf(least)) {
            assert_int_equal(status, SIPAS_ERR_INFEASIBLE);
            refused++;
            continue;
        }
        if (status < 0) fail_msg("trial %d: %s", trial, err.message);
        for (int64_t i = 0; i < p.n_units; i++) {
            const double n = (double)column_n(table)[i], a = p.size[i] * p.sd[i];
            const double cost = (p.with_costs ? p.cost[i] : 1.0) * n, variance = a > 0.0 ? a * a / n : 0.0;

            assert_true(column_n(table)[i] >= p.lower[i] && column_n(table)[i] <= p.upper[i]);
            made += p.by_cost ? variance : cost;
            limited += p.by_cost ? cost : variance;
        }
        assert_true(limited <= p.limit * (1.0 + 2e-12));
        if (fabs(made - least) > 1e-11 * least) fail_msg("trial %d: %.17g, but %.17g can be had", trial, made, least);
        assert_close(meta(table, "gap"), 0.0, 0.0);
        assert_true(meta(table, "exchange") >= 0.0);
        assert_true(meta(table, "bound") <= made * (1.0 + 1e-12));
        solved++;
        sipas_table_free(table);
    }
    assert_true(solved >= 4000);
    assert_true(refused >= 50);
}

/* A unit more or less at a limit that an allocation meets exactly. */
static void limits_are_met_to_the_last_digit(void **state)
{
    (void)state;
    const double size[] = {30.0, 20.0}, sd[] = {1.0, 1.0}, cost[] = {0.1, 0.1};
    const sipas_column sizes = sipas_column_f64(size, 2), sds = sipas_column_f64(sd, 2),
                       costs = sipas_column_f64(cost, 2);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_allocate_target target = SIPAS_ALLOCATE_TARGET_INIT;
    sipas_table *table;

    opts.sd = &sds;
    opts.cost = &costs;
    assert_int_equal(sipas_allocate_budget(NULL, 0.5, &sizes, &opts, &table, NULL), SIPAS_OK);
    assert_int_equal(column_n(table)[0] + column_n(table)[1], 5); /* 0.1 five times is not 0.5 in doubles */
    sipas_table_free(table);
    assert_int_equal(sipas_allocate_budget(NULL, 1000.0, &sizes, &opts, &table, NULL), SIPAS_OK);
    assert_int_equal(column_n(table)[0] + column_n(table)[1], 50); /* more than all cannot be bought */
    assert_close(meta(table, "gap"), 0.0, 0.0);
    sipas_table_free(table);
    target.of = SIPAS_OF_TOTAL;
    target.variance = 900.0 / 3.0 + 400.0 / 2.0 - 50.0; /* that of 3 and 2 */
    assert_int_equal(sipas_allocate_precision(NULL, &sizes, &target, &opts, &table, NULL), SIPAS_OK);
    assert_int_equal(column_n(table)[0], 3);
    assert_int_equal(column_n(table)[1], 2);
    sipas_table_free(table);
}

/* The ways to say one target. */
static void targets_are_one_and_the_same(void **state)
{
    (void)state;
    const double size[] = {3000.0, 500.0, 40.0}, sd[] = {10.0, 30.0, 25.0}, mean[] = {80.0, 70.0, 90.0};
    const sipas_column sizes = sipas_column_f64(size, 3), sds = sipas_column_f64(sd, 3),
                       means = sipas_column_f64(mean, 3);
    const double overall = (3000.0 * 80.0 + 500.0 * 70.0 + 40.0 * 90.0) / 3540.0, se = 0.6;
    sipas_allocate_target targets[7];
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    int64_t first[3] = {0, 0, 0};

    for (int i = 0; i < 7; i++) sipas_allocate_target_init(&targets[i]);
    opts.sd = &sds;
    opts.mean = &means;
    targets[0].se = se;
    targets[1].variance = se * se;
    targets[2].half_width = se * 1.959963984540054;
    targets[3].cv = se / overall;
    targets[4].cv = se / 50.0, targets[4].mean = 50.0;
    targets[5].of = SIPAS_OF_TOTAL, targets[5].se = se * 3540.0;
    targets[6].of = SIPAS_OF_TOTAL, targets[6].cv = se / overall;
    for (int i = 0; i < 7; i++) {
        sipas_table *table;
        sipas_error err;

        if (sipas_allocate_precision(NULL, &sizes, &targets[i], &opts, &table, &err) < 0) fail_msg("%s", err.message);
        if (i == 0) memcpy(first, column_n(table), sizeof first);
        assert_memory_equal(column_n(table), first, sizeof first);
        assert_close(meta(table, "limit"), 0.36 * 3540.0 * 3540.0 + 3000.0 * 100.0 + 500.0 * 900.0 + 40.0 * 625.0,
                     1e-12);
        sipas_table_free(table);
    }
}

/* Many units: the limit holds, the bound is below, and what is left to prove is less than a thousandth of a percent. */
static void many_units_keep_limit_and_bound(void **state)
{
    (void)state;
    double *size = calloc(MANY, sizeof *size), *sd = calloc(MANY, sizeof *sd), *cost = calloc(MANY, sizeof *cost);
    const sipas_column sizes = sipas_column_f64(size, MANY), sds = sipas_column_f64(sd, MANY),
                       costs = sipas_column_f64(cost, MANY);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_allocate_target target = SIPAS_ALLOCATE_TARGET_INIT;
    uint64_t seed = 3;

    assert_true(size && sd && cost);
    for (int i = 0; i < MANY; i++) {
        size[i] = (double)(20 + below(&seed, 20000));
        sd[i] = 1.0 + 0.001 * (double)below(&seed, 30000);
        cost[i] = 1.0 + 0.01 * (double)below(&seed, 900);
    }
    opts.sd = &sds;
    opts.cost = &costs;
    for (int64_t budget = 30000; budget < 3000000; budget = budget * 3 + 1) {
        sipas_table *table, *back;

        assert_int_equal(sipas_allocate_budget(NULL, (double)budget, &sizes, &opts, &table, NULL), SIPAS_OK);
        assert_true(meta(table, "cost") <= (double)budget);
        assert_true(meta(table, "gap") <= 1e-5 * meta(table, "variance"));
        assert_true(meta(table, "exchange") >= -1e-12 * meta(table, "variance"));
        opts.method = SIPAS_ALLOCATE_COST; /* and back: the cost of that variance is no more than the budget */
        opts.size_is_measure = 1;
        target.of = SIPAS_OF_TOTAL;
        target.variance = meta(table, "variance");
        assert_int_equal(sipas_allocate_precision(NULL, &sizes, &target, &opts, &back, NULL), SIPAS_OK);
        assert_true(meta(back, "variance") <= target.variance * (1.0 + 1e-12));
        assert_true(meta(back, "cost") <= (double)budget * (1.0 + 1e-6));
        assert_true(meta(back, "gap") <= 1e-5 * meta(back, "cost"));
        opts.method = SIPAS_ALLOCATE_DEFAULT;
        opts.size_is_measure = 0;
        sipas_table_free(table);
        sipas_table_free(back);
    }
    free(size);
    free(sd);
    free(cost);
}

/* ---- methods whose own aim is another one ---- */

/* Cost and variance Σ (N S)² / n of a total under a method. */
static void at_total(const sipas_column *size, const sipas_allocate_opts *opts, int64_t total, double *cost,
                     double *variance)
{
    const double *sizes = size->data, *sds = opts->sd->data, *costs = opts->cost->data;
    sipas_table *table;

    *cost = *variance = 0.0;
    assert_int_equal(sipas_allocate(NULL, total, size, opts, &table, NULL), SIPAS_OK);
    for (int64_t i = 0; i < size->n; i++) {
        const double a = sizes[i] * sds[i], n = (double)column_n(table)[i];

        *cost += costs[i] * n;
        *variance += a > 0.0 ? a * a / n : 0.0;
    }
    sipas_table_free(table);
}

static void other_methods_find_their_total(void **state)
{
    (void)state;
    const double size[] = {9000.0, 800.0, 60.0, 3000.0, 410.0}, sd[] = {10.0, 14.0, 30.0, 9.0, 20.0};
    const double cost[] = {1.0, 3.0, 5.5, 1.5, 2.0}, mean[] = {80.0, 70.0, 60.0, 90.0, 75.0};
    const sipas_column sizes = sipas_column_f64(size, 5), sds = sipas_column_f64(sd, 5),
                       costs = sipas_column_f64(cost, 5), means = sipas_column_f64(mean, 5);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_allocate_target target = SIPAS_ALLOCATE_TARGET_INIT;

    opts.sd = &sds, opts.cost = &costs, opts.mean = &means;
    opts.size_is_measure = 1;
    opts.lower_value = 2;
    target.of = SIPAS_OF_TOTAL;
    for (opts.method = SIPAS_ALLOCATE_EQUAL; opts.method <= SIPAS_ALLOCATE_BANKIER; opts.method++)
        for (opts.rounding = 0; opts.rounding <= SIPAS_ROUNDING_JEFFERSON; opts.rounding++) {
            const int own = opts.method >= SIPAS_ALLOCATE_NEYMAN && opts.method != SIPAS_ALLOCATE_KISH;
            double spent, variance;
            sipas_table *table;
            sipas_error err;
            int64_t n;

            if (opts.method == SIPAS_ALLOCATE_CLASS_TABLE || (own && opts.rounding)) continue;
            if (opts.method == SIPAS_ALLOCATE_COST) continue; /* the optimum is no split of a total */
            if (sipas_allocate_budget(NULL, 700.0, &sizes, &opts, &table, &err) < 0) fail_msg("%s", err.message);
            n = (int64_t)meta(table, "total");
            at_total(&sizes, &opts, n, &spent, &variance);
            assert_true(spent <= 700.0);
            at_total(&sizes, &opts, n + 1, &spent, &variance);
            assert_true(spent > 700.0);
            sipas_table_free(table);
            target.variance = 3e7;
            if (sipas_allocate_precision(NULL, &sizes, &target, &opts, &table, &err) < 0) fail_msg("%s", err.message);
            n = (int64_t)meta(table, "total");
            at_total(&sizes, &opts, n, &spent, &variance);
            assert_true(variance <= 3e7);
            at_total(&sizes, &opts, n - 1, &spent, &variance);
            assert_true(variance > 3e7);
            sipas_table_free(table);
        }
}

/* ---- errors ---- */

static void expect_budget(double budget, const sipas_column *size, const sipas_allocate_opts *opts, sipas_status status,
                          const char *message)
{
    sipas_table *table = (sipas_table *)&status;
    sipas_error err;

    assert_int_equal(sipas_allocate_budget(NULL, budget, size, opts, &table, &err), status);
    assert_null(table);
    assert_string_equal(err.message, message);
}

static void expect_precision(const sipas_allocate_target *target, const sipas_column *size,
                             const sipas_allocate_opts *opts, sipas_status status, const char *message)
{
    sipas_table *table = (sipas_table *)&status;
    sipas_error err;

    assert_int_equal(sipas_allocate_precision(NULL, size, target, opts, &table, &err), status);
    assert_null(table);
    assert_string_equal(err.message, message);
}

static void what_cannot_be_is_told(void **state)
{
    (void)state;
    const double size[] = {30.0, 20.0, 0.5}, sd[] = {1.0, 1.0, 1.0}, none[] = {0.0, 0.0, 0.0}, cost[] = {3.0, 1.0, 1.0};
    const sipas_column sizes = sipas_column_f64(size, 2), sds = sipas_column_f64(sd, 2),
                       costs = sipas_column_f64(cost, 2);
    const sipas_column three = sipas_column_f64(size, 3), sds3 = sipas_column_f64(sd, 3),
                       costs3 = sipas_column_f64(cost, 3), flat = sipas_column_f64(none, 2);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_allocate_target target = SIPAS_ALLOCATE_TARGET_INIT;

    opts.sd = &sds;
    opts.cost = &costs;
    expect_budget(3.5, &sizes, &opts, SIPAS_ERR_INFEASIBLE,
                  "the budget 3.5 is too small: the lower bounds, and one for each unit with a spread, cost 4");
    expect_budget(-1.0, &sizes, &opts, SIPAS_ERR_VALUE, "budget is -1; it must be a finite number, at least 0");
    opts.method = SIPAS_ALLOCATE_CLASS_TABLE;
    expect_budget(9.0, &sizes, &opts, SIPAS_ERR_OPTION,
                  "option method: the class table fixes every number, so there is no total to be found");
    opts.method = SIPAS_ALLOCATE_DEFAULT;
    opts.sd = &sds3, opts.cost = &costs3;
    expect_budget(9.0, &three, &opts, SIPAS_ERR_INFEASIBLE,
                  "row 2: it has a spread but may have no sample: no allocation has a finite variance");
    opts.sd = &flat, opts.cost = &costs;
    expect_budget(9.0, &sizes, &opts, SIPAS_ERR_VALUE, "the weight of every unit is 0: there is nothing to split by");
    opts.sd = &sds;
    expect_precision(&target, &sizes, &opts, SIPAS_ERR_OPTION, "target: give one of variance, se, half_width and cv");
    target.se = 1.0, target.cv = 0.1;
    expect_precision(&target, &sizes, &opts, SIPAS_ERR_OPTION, "target: give one of variance, se, half_width and cv");
    target.se = 0.0;
    expect_precision(&target, &sizes, &opts, SIPAS_ERR_ARGUMENT, "mean: no column is given");
    target.cv = -1.0;
    expect_precision(&target, &sizes, &opts, SIPAS_ERR_OPTION,
                     "target: variance, se, half_width and cv must be finite numbers greater than 0");
    target.cv = 0.0, target.se = 1.0, target.mean = 3.0;
    expect_precision(&target, &sizes, &opts, SIPAS_ERR_OPTION, "target: mean is read with a cv only");
    target.mean = 0.0;
    opts.method = SIPAS_ALLOCATE_DEFAULT, opts.upper_value = 2, target.se = 0.01;
    expect_precision(&target, &sizes, &opts, SIPAS_ERR_INFEASIBLE,
                     "the target cannot be met: with every unit at its upper bound the sum of (size sd)^2 / n is 650, "
                     "above 50.25");
    expect_precision(NULL, &sizes, &opts, SIPAS_ERR_ARGUMENT, "target: is NULL");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers_are_the_optimum),  cmocka_unit_test(limits_are_met_to_the_last_digit),
        cmocka_unit_test(targets_are_one_and_the_same),   cmocka_unit_test(many_units_keep_limit_and_bound),
        cmocka_unit_test(other_methods_find_their_total), cmocka_unit_test(what_cannot_be_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

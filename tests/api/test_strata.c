/*
 * Stratum boundaries: published examples of the rules, searches against every way to cut, and the sentence of every
 * error.
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

enum { FEW = 40, MANY = 20000, MOST = 8 };

static int64_t below(uint64_t *seed, int64_t limit)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((*seed >> 33) % (uint64_t)limit);
}

static const int64_t *column_i64(const sipas_table *table, const char *name)
{
    const int64_t *values;

    assert_int_equal(sipas_table_get_i64(table, name, &values, NULL), SIPAS_OK);
    return values;
}

static const double *column_f64(const sipas_table *table, const char *name)
{
    const double *values;

    assert_int_equal(sipas_table_get_f64(table, name, &values, NULL), SIPAS_OK);
    return values;
}

static double meta(const sipas_table *table, const char *key)
{
    const char *value;

    assert_int_equal(sipas_table_find_meta(table, key, &value, NULL), SIPAS_OK);
    return strtod(value, NULL);
}

static sipas_table *cut(const double *x, int64_t n, int64_t strata, const sipas_strata_opts *opts)
{
    const sipas_column column = sipas_column_f64(x, n);
    sipas_table *table;
    sipas_error err;

    if (sipas_strata_cut(NULL, &column, strata, opts, &table, &err) < 0) fail_msg("%s", err.message);
    return table;
}

/* ---- published examples ---- */

/* Cochran 1977, table 5A.11: percentage of bank loans to industry, 13,435 banks in classes of 5 %; cum √f 389.5; five
 * strata end at 5, 15, 25, 45 and 100 %. */
static void cum_root_f_of_cochran(void **state)
{
    (void)state;
    const int32_t f[] = {3464, 2516, 2157, 1581, 1142, 746, 512, 376, 265, 207, 126, 107, 82, 50, 39, 25, 16, 19, 2, 3};
    const double ends[] = {5.0, 15.0, 25.0, 45.0};
    const int64_t sizes[] = {3464, 4673, 2723, 1899, 676};
    sipas_strata_opts opts = SIPAS_STRATA_OPTS_INIT;
    double *x = calloc(13435, sizeof *x);
    int64_t at = 0;
    sipas_table *table;

    assert_non_null(x);
    for (int c = 0; c < 20; c++)
        for (int32_t i = 0; i < f[c]; i++) x[at++] = 5.0 * c + 2.5;
    x[0] = 0.0;
    x[13434] = 100.0; /* so that the classes are those of the table */
    opts.method = SIPAS_STRATA_CUM_ROOT_F;
    opts.bins = 20;
    opts.n = 500;
    table = cut(x, 13435, 5, &opts);
    for (int h = 0; h < 4; h++) assert_close(column_f64(table, "boundary")[h], ends[h], 1e-14);
    assert_memory_equal(column_i64(table, "size"), sizes, sizeof sizes);
    assert_close(meta(table, "n"), 500.0, 0.0);
    sipas_table_free(table);
    free(x);
}

/* Gunning and Horgan 2004: values from 4 to 40,000 in four strata end at 40, 400 and 4,000. */
static void geometric_of_gunning_and_horgan(void **state)
{
    (void)state;
    double x[MANY];
    sipas_strata_opts opts = SIPAS_STRATA_OPTS_INIT;
    sipas_table *table;

    for (int i = 0; i < MANY; i++) x[i] = 4.0 * pow(10.0, 4.0 * i / (MANY - 1));
    x[MANY - 1] = 40000.0;
    opts.method = SIPAS_STRATA_GEOMETRIC;
    opts.cv = 0.02;
    table = cut(x, MANY, 4, &opts);
    for (int h = 0; h < 3; h++) assert_close(column_f64(table, "boundary")[h], 4.0 * pow(10.0, h + 1), 1e-12);
    assert_true(meta(table, "cv") <= 0.02 * (1.0 + 1e-12));
    sipas_table_free(table);
}

/* ---- against every way to cut ---- */

typedef struct population {
    int64_t n;
    double x[FEW]; /* ascending */
    sipas_strata_opts opts;
    int64_t n_strata;
} population;

/* S² of units from … to-1, by definition, in 64 bits from the least of them: good to 1e-15 whatever their size. */
static double variance_of(const population *p, int64_t from, int64_t to)
{
    const long double least = p->x[from], units = (long double)(to - from);
    long double mean = 0.0L, sum = 0.0L;

    for (int64_t i = from; i < to; i++) mean += (p->x[i] - least) / units;
    for (int64_t i = from; i < to; i++) sum += (p->x[i] - least - mean) * (p->x[i] - least - mean);
    return to - from > 1 ? (double)(sum / (units - 1.0L)) : 0.0;
}

static double weight_of(const population *p, int64_t from, int64_t to)
{
    double total = 0.0;

    for (int64_t i = from; i < to; i++) total += p->x[i];
    switch (p->opts.allocation) {
    case SIPAS_ALLOCATE_PROPORTIONAL: return (double)(to - from);
    case SIPAS_ALLOCATE_EQUAL: return 1.0;
    case SIPAS_ALLOCATE_POWER: return sqrt(total);
    default: return (double)(to - from) * sqrt(variance_of(p, from, to));
    }
}

/* n and V when the strata that are not taken whole get min(s a, N). */
static void at_multiplier(const population *p, const int64_t *ends, double s, double *n, double *variance)
{
    *n = *variance = 0.0;
    for (int64_t h = 0; h < p->n_strata; h++) {
        const double size = (double)(ends[h + 1] - ends[h]), s2 = variance_of(p, ends[h], ends[h + 1]);
        double part = fmin(s * weight_of(p, ends[h], ends[h + 1]), size);

        if (p->opts.take_all && h == p->n_strata - 1) part = size;
        *n += part;
        if (s2 > 0.0) *variance += size * s2 * ((size - part) / part);
    }
}

/* The criterion by bisection for s. */
static double worth_of(const population *p, const int64_t *ends)
{
    double total = 0.0, low = 1e-40, high = 1e40, n, variance;

    for (int64_t i = 0; i < p->n; i++) total += p->x[i];
    at_multiplier(p, ends, low, &n, &variance);
    if (p->opts.n > 0 && n > (double)p->opts.n) return (double)INFINITY;
    for (int step = 0; step < 200; step++) {
        const double middle = sqrt(low) * sqrt(high);

        at_multiplier(p, ends, middle, &n, &variance);
        if (p->opts.n > 0 ? n > (double)p->opts.n : variance < p->opts.cv * total * p->opts.cv * total)
            high = middle;
        else
            low = middle;
    }
    at_multiplier(p, ends, p->opts.n > 0 ? low : high, &n, &variance);
    return p->opts.n > 0 ? variance : n;
}

/* The sum of optimal, and the criterion it makes least. */
static double optimal_of(const population *p, const int64_t *ends)
{
    const int64_t sampled = p->n_strata - p->opts.take_all;
    const double whole = p->opts.take_all ? (double)(p->n - ends[sampled]) : 0.0;
    double sum = 0.0, total = 0.0, times, left = (double)p->opts.n - whole, v;

    for (int64_t i = 0; i < p->n; i++) total += p->x[i];
    v = p->opts.cv * total * p->opts.cv * total;
    for (int64_t h = 0; h < sampled; h++) {
        const double size = (double)(ends[h + 1] - ends[h]), s2 = variance_of(p, ends[h], ends[h + 1]);

        sum += p->opts.allocation == SIPAS_ALLOCATE_PROPORTIONAL ? size * s2
               : p->opts.allocation == SIPAS_ALLOCATE_EQUAL      ? size * size * s2
                                                                 : size * sqrt(s2);
    }
    times = p->opts.allocation == SIPAS_ALLOCATE_PROPORTIONAL ? ((double)p->n - whole) * sum
            : p->opts.allocation == SIPAS_ALLOCATE_EQUAL      ? (double)sampled * sum
                                                              : sum * sum;
    if (p->opts.allocation == SIPAS_ALLOCATE_PROPORTIONAL)
        return v > 0.0      ? whole + times / (v + sum)
               : left > 0.0 ? sum * (((double)p->n - whole - left) / left)
                            : (double)INFINITY;
    return v > 0.0 ? whole + times / v : left > 0.0 ? times / left : (double)INFINITY;
}

/* The least over all cuts, from stratum h on. */
static double least_of_all(const population *p, int64_t h, int64_t *ends)
{
    double least = (double)INFINITY;

    if (h == p->n_strata - 1) {
        ends[h + 1] = p->n;
        if (p->n - ends[h] < p->opts.least_size) return least;
        if (p->opts.n > 0 && p->opts.take_all && p->n - ends[h] + h > p->opts.n) return least;
        return p->opts.method == SIPAS_STRATA_OPTIMAL ? optimal_of(p, ends) : worth_of(p, ends);
    }
    for (int64_t end = ends[h] + p->opts.least_size; end < p->n; end++) {
        if (p->x[end] == p->x[end - 1]) continue;
        ends[h + 1] = end;
        least = fmin(least, least_of_all(p, h + 1, ends));
    }
    return least;
}

static population random_population(uint64_t *seed, int trial)
{
    const int32_t allocations[] = {SIPAS_ALLOCATE_NEYMAN, SIPAS_ALLOCATE_PROPORTIONAL, SIPAS_ALLOCATE_EQUAL,
                                   SIPAS_ALLOCATE_POWER};
    population p = {.n = 12 + below(seed, 12), .n_strata = 2 + below(seed, 2), .opts = SIPAS_STRATA_OPTS_INIT};
    double at = (double)below(seed, 5);

    for (int64_t i = 0; i < p.n; i++) {
        at += below(seed, 3) ? pow((double)(1 + below(seed, 6)), 1.0 + 0.15 * (double)i / 2.0) : 0.0;
        p.x[i] = at;
    }
    p.opts.method = trial % 2 ? SIPAS_STRATA_LAVALLEE : SIPAS_STRATA_OPTIMAL;
    p.opts.allocation = allocations[below(seed, p.opts.method == SIPAS_STRATA_OPTIMAL ? 3 : 4)];
    p.opts.take_all = (int32_t)below(seed, 2);
    p.opts.least_size = 1 + below(seed, 3);
    if (trial % 3)
        p.opts.n = p.n_strata + 3 + below(seed, 4);
    else
        p.opts.cv = 0.01 * (double)(1 + below(seed, 20));
    return p;
}

/* S of each stratum and the standard error with whole n, by definition. */
static void check_spreads(const population *p, const sipas_table *table)
{
    double variance = 0.0;
    int64_t from = 0;

    for (int64_t h = 0; h < p->n_strata; h++) {
        const int64_t units = column_i64(table, "size")[h], n = column_i64(table, "n")[h];
        const double s2 = variance_of(p, from, from + units);

        assert_close(column_f64(table, "sd")[h], sqrt(s2), 1e-13);
        variance += (double)units * s2 * ((double)(units - n) / (double)n);
        from += units;
    }
    assert_close(meta(table, "se"), sqrt(variance), 1e-13);
}

/* The criterion of a population against all cuts; 0 = there are none. */
static int is_best_of_all(const population *p, int trial, double scale)
{
    const sipas_column x = sipas_column_f64(p->x, p->n);
    int64_t ends[MOST] = {0};
    const double least = least_of_all(p, 0, ends);
    sipas_table *table;
    sipas_error err;
    sipas_status status = sipas_strata_cut(NULL, &x, p->n_strata, &p->opts, &table, &err);

    if (isinf(least)) {
        assert_int_equal(status, SIPAS_ERR_INFEASIBLE);
        return 0;
    }
    if (status < 0) fail_msg("trial %d: %s", trial, err.message);
    assert_close_scaled(meta(table, "criterion"), least, 1e-9, scale);
    for (int64_t h = 0; h < p->n_strata; h++) assert_true(column_i64(table, "size")[h] >= p->opts.least_size);
    if (p->opts.cv > 0.0) assert_true(meta(table, "cv") <= p->opts.cv * (1.0 + 1e-12));
    if (p->opts.n > 0) assert_close(meta(table, "n"), (double)p->opts.n, 0.0);
    check_spreads(p, table);
    sipas_table_free(table);
    return 1;
}

static void searches_find_the_best_of_all_cuts(void **state)
{
    (void)state;
    uint64_t seed = 1959;
    int found = 0;

    for (int trial = 0; trial < 1500; trial++) {
        const population p = random_population(&seed, trial);

        found += is_best_of_all(&p, trial, 1e-6);
    }
    assert_true(found > 1200);
}

/* The same of values that lie orders of magnitude apart, that differ in their last digits only, or that are all very large or
 * very small. */
static void searches_find_the_best_at_all_magnitudes(void **state)
{
    (void)state;
    uint64_t seed = 1011;
    int found = 0;

    for (int trial = 0; trial < 1500; trial++) {
        population p = random_population(&seed, trial);
        const double power = pow(10.0, (double)(below(&seed, 25) - 12));
        const int64_t kind = below(&seed, 4);

        for (int64_t i = 0; i < p.n; i++)
            p.x[i] = kind == 0   ? p.x[i] * power
                     : kind == 1 ? p.x[i] + (i == p.n - 1 ? pow(10.0, (double)(4 + below(&seed, 9))) : 0.0)
                     : kind == 2 ? floor(p.x[i]) + 1e12
                                 : pow(10.0, 24.0 * (double)i / (double)(p.n - 1) - 12.0);
        if (kind == 2 && p.opts.cv > 0.0) p.opts.cv *= 1e-10;
        found += is_best_of_all(&p, trial, 0.0);
    }
    assert_true(found > 1000);
}

/* ---- many values ---- */

static double *skewed(int64_t n)
{
    double *x = calloc((size_t)n, sizeof *x);

    assert_non_null(x);
    for (int64_t i = 0; i < n; i++)
        x[i] = 5.0 +
               exp(2.0 * (sipas_rng_uniform(7, 0, (uint64_t)i, 1, 0) + sipas_rng_uniform(7, 0, (uint64_t)i, 2, 0) +
                          sipas_rng_uniform(7, 0, (uint64_t)i, 3, 0)));
    return x;
}

static void searching_is_no_worse_than_the_rules(void **state)
{
    (void)state;
    double *x = skewed(4000);
    sipas_strata_opts opts = SIPAS_STRATA_OPTS_INIT;

    opts.cv = 0.01;
    for (int64_t strata = 3; strata <= 6; strata++) {
        double n[SIPAS_STRATA_OPTIMAL + 1];

        for (opts.method = SIPAS_STRATA_CUM_ROOT_F; opts.method <= SIPAS_STRATA_OPTIMAL; opts.method++) {
            sipas_table *table = cut(x, 4000, strata, &opts);
            int64_t units = 0;

            n[opts.method] = meta(table, "n_exact");
            for (int64_t h = 0; h < strata; h++) units += column_i64(table, "size")[h];
            assert_int_equal(units, 4000);
            assert_true(meta(table, "cv") <= 0.01);
            assert_close(meta(table, "cv_exact"), 0.01, 1e-9);
            sipas_table_free(table);
        }
        assert_true(n[SIPAS_STRATA_LAVALLEE] <= n[SIPAS_STRATA_CUM_ROOT_F]);
        assert_true(n[SIPAS_STRATA_LAVALLEE] <= n[SIPAS_STRATA_GEOMETRIC]);
        assert_true(n[SIPAS_STRATA_LAVALLEE] <= n[SIPAS_STRATA_OPTIMAL] * (1.0 + 1e-3));
    }
    free(x);
}

static void order_of_rows_changes_nothing(void **state)
{
    (void)state;
    double *x = skewed(MANY), *y = skewed(MANY);
    sipas_strata_opts opts = SIPAS_STRATA_OPTS_INIT;
    sipas_table *one, *two;

    for (int i = 0; i < MANY; i++) y[i] = x[(i * 7919LL) % MANY];
    opts.n = 300;
    opts.take_all = 1;
    opts.allocation = SIPAS_ALLOCATE_POWER;
    one = cut(x, MANY, 4, &opts);
    two = cut(y, MANY, 4, &opts);
    assert_memory_equal(column_i64(one, "size"), column_i64(two, "size"), 4 * sizeof(int64_t));
    assert_memory_equal(column_i64(one, "n"), column_i64(two, "n"), 4 * sizeof(int64_t));
    assert_int_equal(column_i64(one, "take_all")[3], 1);
    assert_int_equal(column_i64(one, "n")[3], column_i64(one, "size")[3]);
    assert_int_equal(column_i64(one, "stratum")[0], 1);
    sipas_table_free(one);
    sipas_table_free(two);
    free(x);
    free(y);
}

static void one_stratum_and_constant_strata(void **state)
{
    (void)state;
    const double x[] = {1.0, 1.0, 1.0, 7.0, 7.0, 7.0, 7.0, 20.0, 20.0};
    sipas_strata_opts opts = SIPAS_STRATA_OPTS_INIT;
    sipas_table *table;

    opts.n = 4;
    table = cut(x, 9, 1, &opts);
    assert_close(column_f64(table, "mean")[0], 71.0 / 9.0, 1e-15);
    assert_true(isnan(column_f64(table, "boundary")[0]));
    sipas_table_free(table);
    table = cut(x, 9, 3, &opts); /* no spread is left */
    assert_int_equal(sipas_table_count_rows(sipas_table_get_notes(table)), 1);
    assert_close(meta(table, "se"), 0.0, 0.0);
    assert_close(column_f64(table, "boundary")[1], 7.0, 0.0);
    assert_close(column_f64(table, "least")[2], 20.0, 0.0);
    sipas_table_free(table);
}

/* ---- errors ---- */

static void expect(const sipas_column *x, int64_t strata, const sipas_strata_opts *opts, sipas_status status,
                   const char *message)
{
    sipas_table *table = (sipas_table *)&status;
    sipas_error err;

    assert_int_equal(sipas_strata_cut(NULL, x, strata, opts, &table, &err), status);
    assert_null(table);
    assert_string_equal(err.message, message);
}

static void faults_are_named(void **state)
{
    (void)state;
    double x[] = {1.0, 2.0, 4.0, 8.0, 16.0, 1000.0};
    const double zero[] = {0.0, 0.0};
    const sipas_column column = sipas_column_f64(x, 6), zeros = sipas_column_f64(zero, 2);
    sipas_strata_opts opts = SIPAS_STRATA_OPTS_INIT;

    expect(&column, 2, &opts, SIPAS_ERR_OPTION, "option n: give one of n and cv");
    opts.n = 4, opts.cv = 0.1;
    expect(&column, 2, &opts, SIPAS_ERR_OPTION, "option n: give one of n and cv");
    opts.cv = 0.0;
    expect(&column, 0, &opts, SIPAS_ERR_ARGUMENT, "n_strata: it must be from 1 to 64");
    expect(NULL, 2, &opts, SIPAS_ERR_ARGUMENT, "x: there are no units");
    expect(&zeros, 1, &opts, SIPAS_ERR_VALUE, "x sums to 0");
    expect(&column, 7, &opts, SIPAS_ERR_INFEASIBLE, "x has 6 different values, too few for 7 strata");
    expect(&column, 4, &opts, SIPAS_ERR_INFEASIBLE, "no 4 strata have at least 2 units each and leave enough of n");
    opts.n = 7;
    expect(&column, 2, &opts, SIPAS_ERR_INFEASIBLE, "n is 7, but there are 6 units only");
    opts.n = 1;
    expect(&column, 2, &opts, SIPAS_ERR_INFEASIBLE, "n is 1, too small for one in each of 2 strata");
    opts.n = 4, opts.method = SIPAS_STRATA_GEOMETRIC;
    expect(&column, 4, &opts, SIPAS_ERR_INFEASIBLE, "geometric leaves stratum 3 with 0 units, fewer than 2");
    opts.take_all = 1, opts.least_size = 1, opts.n = 2, x[4] = 900.0;
    expect(&column, 2, &opts, SIPAS_ERR_INFEASIBLE,
           "the top stratum has 2 units, which leaves too little of n = 2 for the others");
    x[0] = 0.0;
    expect(&column, 2, &opts, SIPAS_ERR_VALUE, "row 0: x is 0; it must be greater than 0");
    opts.method = SIPAS_STRATA_OPTIMAL, opts.allocation = SIPAS_ALLOCATE_POWER;
    expect(&column, 2, &opts, SIPAS_ERR_OPTION,
           "option allocation: optimal has no sum of its own for power; use lavallee");
    opts.allocation = SIPAS_ALLOCATE_SQRT;
    expect(&column, 2, &opts, SIPAS_ERR_OPTION, "option allocation: it must be neyman, proportional, equal or power");
    opts.allocation = 0;
    expect(&column, 1, &opts, SIPAS_ERR_OPTION, "option take_all: it needs two strata at least");
    x[3] = (double)NAN;
    expect(&column, 2, &opts, SIPAS_ERR_MISSING, "row 3: x is missing or NaN");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cum_root_f_of_cochran),
        cmocka_unit_test(geometric_of_gunning_and_horgan),
        cmocka_unit_test(searches_find_the_best_of_all_cuts),
        cmocka_unit_test(searches_find_the_best_at_all_magnitudes),
        cmocka_unit_test(searching_is_no_worse_than_the_rules),
        cmocka_unit_test(order_of_rows_changes_nothing),
        cmocka_unit_test(one_stratum_and_constant_strata),
        cmocka_unit_test(faults_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

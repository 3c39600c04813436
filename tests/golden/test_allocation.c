/*
 * Allocation against other people's figures: stratallo and exhaustive search (tests/golden/allocation.tsv),
 * PracTools and the stratallo vignette, the US House of Representatives, and the class tables of Vietnamese
 * surveys.
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
#include "golden.h"

enum { MOST = 64 };

static sipas_table *allocate(int64_t total, const sipas_column *size, const sipas_allocate_opts *opts)
{
    sipas_table *table;
    sipas_error err;

    if (sipas_allocate(NULL, total, size, opts, &table, &err) < 0) fail_msg("%s", err.message);
    return table;
}

static const int64_t *column_n(const sipas_table *table)
{
    const int64_t *n;

    assert_int_equal(sipas_table_get_i64(table, "n", &n, NULL), SIPAS_OK);
    return n;
}

static const double *continuous(const sipas_table *table)
{
    const double *x;

    assert_int_equal(sipas_table_get_f64(table, "continuous", &x, NULL), SIPAS_OK);
    return x;
}

static double meta_number(const sipas_table *table, const char *key)
{
    const char *value;

    assert_int_equal(sipas_table_find_meta(table, key, &value, NULL), SIPAS_OK);
    return strtod(value, NULL);
}

static int64_t sum_of(const sipas_table *table)
{
    int64_t sum = 0;

    for (int64_t i = 0; i < sipas_table_count_rows(table); i++) sum += column_n(table)[i];
    return sum;
}

/* Neyman (or cost) allocation of A = N S, given as sizes with S = 1. Bounds may be NULL. */
static sipas_table *optimum(int64_t total, const double *a, const double *cost, const double *lower,
                            const double *upper, size_t n)
{
    double one[MOST];
    const int64_t rows = (int64_t)n;
    const sipas_column size = sipas_column_f64(a, rows), sd = sipas_column_f64(one, rows),
                       costs = sipas_column_f64(cost, rows);
    const sipas_column lowers = sipas_column_f64(lower, rows), uppers = sipas_column_f64(upper, rows);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;

    for (size_t i = 0; i < MOST; i++) one[i] = 1.0;
    opts.method = cost ? SIPAS_ALLOCATE_COST : SIPAS_ALLOCATE_NEYMAN;
    opts.size_is_measure = 1;
    opts.sd = &sd;
    opts.cost = cost ? &costs : NULL;
    opts.lower = lower ? &lowers : NULL;
    opts.upper = upper ? &uppers : NULL;
    return allocate(total, &size, &opts);
}

/* ---- allocation.tsv ---- */

typedef struct golden_case {
    double *a, *size, *sd, *cost, *lower, *upper, *result;
    size_t n;
    double total, objective, tolerance;
} golden_case;

static golden_case read_case(const golden_table *table, size_t row)
{
    golden_case c;
    size_t n;

    c.result = golden_list(table, row, "result", &c.n);
    c.a = golden_list(table, row, "A", &n);
    c.size = golden_list(table, row, "N", &n);
    c.sd = golden_list(table, row, "S", &n);
    c.cost = golden_list(table, row, "cost", &n);
    c.lower = golden_list(table, row, "lower", &n);
    c.upper = golden_list(table, row, "upper", &n);
    c.total = golden_number(table, row, "n");
    c.objective = golden_number(table, row, "objective");
    c.tolerance = golden_number(table, row, "tolerance");
    if (!c.a) {
        c.a = malloc(c.n * sizeof *c.a);
        assert_non_null(c.a);
        for (size_t i = 0; i < c.n; i++) c.a[i] = c.size[i] * c.sd[i];
    }
    return c;
}

static void free_case(golden_case *c)
{
    double *lists[] = {c->a, c->size, c->sd, c->cost, c->lower, c->upper, c->result};

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) free(lists[i]);
}

/* Least cost for a variance V + A0 of Σ A² / n. */
static void check_least_cost(const golden_case *c, double limit)
{
    const int64_t rows = (int64_t)c->n;
    double one[MOST];
    const sipas_column size = sipas_column_f64(c->a, rows), sd = sipas_column_f64(one, rows);
    const sipas_column cost = sipas_column_f64(c->cost, rows), upper = sipas_column_f64(c->upper, rows);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_allocate_target target = SIPAS_ALLOCATE_TARGET_INIT;
    sipas_table *table;
    sipas_error err;

    for (size_t i = 0; i < MOST; i++) one[i] = 1.0;
    opts.method = SIPAS_ALLOCATE_COST;
    opts.size_is_measure = 1;
    opts.sd = &sd;
    opts.cost = &cost;
    opts.upper = &upper;
    target.of = SIPAS_OF_TOTAL;
    target.variance = limit;
    if (sipas_allocate_precision(NULL, &size, &target, &opts, &table, &err) < 0) fail_msg("%s", err.message);
    assert_all_close(continuous(table), c->result, c->n, c->tolerance);
    assert_true(meta_number(table, "variance") <= limit);
    assert_close(meta_number(table, "gap"), 0.0, 0.0);
    sipas_table_free(table);
}

static void every_golden_case_comes_out(void **state)
{
    (void)state;
    golden_table *cases = golden_read("golden/allocation.tsv");

    for (size_t row = 0; row < golden_count(cases); row++) {
        golden_case c = read_case(cases, row);
        const int whole = strcmp(golden_text(cases, row, "kind"), "integer") == 0;
        sipas_table *table;

        print_message("%s\n", golden_text(cases, row, "case"));
        if (isnan(c.total)) {
            check_least_cost(&c, golden_number(cases, row, "V") + golden_number(cases, row, "A0"));
        } else {
            table = optimum((int64_t)c.total, c.a, c.cost, c.lower, c.upper, c.n);
            for (size_t i = 0; i < c.n; i++)
                if (whole)
                    assert_close((double)column_n(table)[i], c.result[i], 0.0);
                else
                    assert_close(continuous(table)[i], c.result[i], c.tolerance);
            if (!isnan(c.objective))
                assert_close(meta_number(table, whole ? "objective" : "objective_continuous"), c.objective, 1e-9);
            assert_true(meta_number(table, "exchange") >= 0.0);
            sipas_table_free(table);
        }
        free_case(&c);
    }
    golden_free(cases);
}

/* ---- published figures ---- */

/* PracTools strAlloc, Neyman, n = 100, and the exact whole numbers, which differ from the rounded ones. */
static void practools_strata(void **state)
{
    (void)state;
    const double size[] = {215, 65, 252, 50, 149, 144};
    const double sd[] = {26787207, 10645109, 6909676, 11085034, 9817762, 44553355};
    const double expected[] = {34.6416828, 4.1619471, 10.4734873, 3.3338044, 8.7989704, 38.5901079};
    const int64_t whole[] = {35, 4, 10, 3, 9, 39};
    const sipas_column sizes = sipas_column_f64(size, 6), sds = sipas_column_f64(sd, 6);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_table *table;

    opts.method = SIPAS_ALLOCATE_NEYMAN;
    opts.sd = &sds;
    table = allocate(100, &sizes, &opts);
    assert_all_close(continuous(table), expected, 6, 1e-7); /* printed with nine figures at most */
    assert_memory_equal(column_n(table), whole, sizeof whole);
    sipas_table_free(table);
}

/* The same strata with costs per interview and a budget of 100,000: strAlloc(alloc = "totcost"), standard error of the mean
 * 1636052.8. */
static void practools_costs(void **state)
{
    (void)state;
    const double size[] = {215, 65, 252, 50, 149, 144};
    const double sd[] = {26787207, 10645109, 6909676, 11085034, 9817762, 44553355};
    const double cost[] = {1400, 200, 300, 600, 450, 1000};
    const double expected[] = {30.6054034, 9.7284736, 19.9891271, 4.4991207, 13.7116192, 40.3403013};
    const sipas_column sizes = sipas_column_f64(size, 6), sds = sipas_column_f64(sd, 6),
                       costs = sipas_column_f64(cost, 6);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_table *table;
    sipas_error err;
    double spent = 0.0, se, population = 0.0, correction = 0.0;

    opts.sd = &sds;
    opts.cost = &costs;
    if (sipas_allocate_budget(NULL, 100000.0, &sizes, &opts, &table, &err) < 0) fail_msg("%s", err.message);
    for (int i = 0; i < 6; i++) {
        assert_close(continuous(table)[i], expected[i], 2e-8);
        spent += cost[i] * (double)column_n(table)[i];
        population += size[i];
        correction += size[i] * sd[i] * sd[i];
    }
    assert_true(spent <= 100000.0);
    se = sqrt(meta_number(table, "objective_continuous") - correction) / population;
    assert_close(se, 1636052.8, 1e-7);
    assert_true(meta_number(table, "objective") >= meta_number(table, "objective_continuous"));
    assert_close(meta_number(table, "gap"), 0.0, 0.0);
    sipas_table_free(table);
}

/* The stratallo vignette: rounding the optimum (16 77 94 3 by ORIC) does not give the best whole numbers. */
static void stratallo_vignette(void **state)
{
    (void)state;
    const double size[] = {3000, 4000, 5000, 2000}, sd[] = {48, 179, 176, 16}, other_sd[] = {48, 79, 76, 16};
    const double expected[] = {15.44018058691, 76.77200902935, 94.35665914221, 3.43115124153};
    const double capped[] = {24.54545454545, 90, 70, 5.45454545455}, boxed[] = {117.28125, 400, 716.71875, 50};
    const double readme[] = {31.376147, 68.853211, 82.798165, 6.972477};
    const int64_t whole[] = {15, 77, 95, 3};
    const double upper[] = {100, 90, 70, 80}, box_lower[] = {100, 90, 500, 50}, box_upper[] = {300, 400, 800, 90};
    double a[4], other_a[4], fpc = 0.0;
    sipas_table *table;

    for (int i = 0; i < 4; i++) {
        a[i] = size[i] * sd[i];
        other_a[i] = size[i] * other_sd[i];
        fpc += size[i] * sd[i] * sd[i];
    }
    table = optimum(190, a, NULL, NULL, NULL, 4);
    assert_all_close(continuous(table), expected, 4, 1e-11);
    assert_close(meta_number(table, "objective_continuous") - fpc, 16235763578.9, 1e-11);
    assert_memory_equal(column_n(table), whole, sizeof whole);
    assert_close(meta_number(table, "objective") - fpc, 16242714410.57, 1e-12);
    sipas_table_free(table);
    table = optimum(190, a, NULL, NULL, upper, 4);
    assert_all_close(continuous(table), capped, 4, 1e-11);
    assert_close(meta_number(table, "objective_continuous") - fpc, 17501100254, 1e-10);
    sipas_table_free(table);
    table = optimum(1284, a, NULL, box_lower, box_upper, 4);
    assert_all_close(continuous(table), boxed, 4, 1e-12);
    assert_close(meta_number(table, "objective_continuous") - fpc, 2268937371.7, 1e-10);
    sipas_table_free(table);
    table = optimum(190, other_a, NULL, NULL, NULL, 4);
    assert_all_close(continuous(table), readme, 4, 1e-7);
    sipas_table_free(table);
}

/* ---- the US House ---- */

static void us_house_of_2020(void **state)
{
    (void)state;
    golden_table *states = golden_read("golden/us_house_2020.csv");
    const int64_t n = (int64_t)golden_count(states);
    double one[MOST];
    const sipas_column population = sipas_column_f64(golden_numbers(states, "apportionment_population"), n);
    const sipas_column name = sipas_column_code(golden_texts(states, "state"), n), sd = sipas_column_f64(one, n);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_table *by_hill, *by_neyman, *one_more;

    assert_int_equal(n, 50);
    for (size_t i = 0; i < MOST; i++) one[i] = 1.0;
    opts.code = &name;
    opts.rounding = SIPAS_ROUNDING_HILL;
    by_hill = allocate(435, &population, &opts);
    opts.rounding = SIPAS_ROUNDING_DEFAULT;
    opts.method = SIPAS_ALLOCATE_NEYMAN;
    opts.sd = &sd;
    by_neyman = allocate(435, &population, &opts);
    one_more = allocate(436, &population, &opts);
    for (size_t i = 0; i < 50; i++) {
        assert_close((double)column_n(by_hill)[i], golden_number(states, i, "seats"), 0.0);
        assert_close((double)column_n(by_neyman)[i], golden_number(states, i, "seats"), 0.0);
        if (column_n(one_more)[i] != column_n(by_neyman)[i]) /* missed it by 89 people */
            assert_string_equal(golden_text(states, i, "state"), "New York");
    }
    sipas_table_free(by_hill);
    sipas_table_free(by_neyman);
    sipas_table_free(one_more);
    golden_free(states);
}

/* ---- Vietnamese surveys ---- */

static sipas_table *by_class(const char *const *classes, int64_t n, const char *const *class_code,
                             const int32_t *number, int64_t n_classes)
{
    const sipas_column of = sipas_column_code(classes, n), codes = sipas_column_code(class_code, n_classes);
    const sipas_column numbers = sipas_column_i32(number, n_classes);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;

    opts.method = SIPAS_ALLOCATE_CLASS_TABLE;
    opts.unit_class = &of;
    opts.class_code = &codes;
    opts.class_n = &numbers;
    return allocate(SIPAS_ALLOCATE_NO_TOTAL, NULL, &opts);
}

/* Bình Dương 2017: 4 × 500 + 5 × 600 = 5,000 district forms, 48 × 150 + 43 × 200 = 15,800 commune forms. */
static void binh_duong_2017(void **state)
{
    (void)state;
    golden_table *rule = golden_read("../examples/data/binhduong2017.csv");
    const char *const levels[] = {"district", "commune"};
    const int64_t totals[] = {5000, 15800};

    for (size_t level = 0; level < 2; level++) {
        const char *classes[128], *codes[8];
        int32_t numbers[8];
        int64_t n = 0, n_codes = 0;
        sipas_table *table;

        for (size_t row = 0; row < golden_count(rule); row++) {
            if (strcmp(golden_text(rule, row, "level"), levels[level]) != 0) continue;
            codes[n_codes] = golden_text(rule, row, "class");
            numbers[n_codes++] = (int32_t)golden_number(rule, row, "forms_per_unit");
            for (int32_t unit = 0; unit < (int32_t)golden_number(rule, row, "units"); unit++)
                classes[n++] = golden_text(rule, row, "class");
        }
        table = by_class(classes, n, codes, numbers, n_codes);
        assert_int_equal(sum_of(table), totals[level]);
        sipas_table_free(table);
    }
    golden_free(rule);
}

/* 2024: three districts a province, six in Hà Nội and TP.HCM: 195; six villages a district: 1,170. 2015: 36
 * and 108. */
static void districts_and_villages(void **state)
{
    (void)state;
    const char *classes[63], *const codes[] = {"other", "special"};
    const int32_t districts[] = {3, 6}, villages[] = {18, 36}, communes[] = {9, 18};
    sipas_table *table;

    for (int i = 0; i < 63; i++) classes[i] = codes[i < 2];
    table = by_class(classes, 63, codes, districts, 2);
    assert_int_equal(sum_of(table), 195);
    sipas_table_free(table);
    table = by_class(classes, 63, codes, villages, 2);
    assert_int_equal(sum_of(table), 1170);
    sipas_table_free(table);
    table = by_class(classes, 10, codes, districts, 2);
    assert_int_equal(sum_of(table), 36);
    sipas_table_free(table);
    table = by_class(classes, 10, codes, communes, 2);
    assert_int_equal(sum_of(table), 108);
    sipas_table_free(table);
}

/* Hà Nội 2024: 2,700 over 6 districts, 12 communes and 36 villages. */
static void ha_noi_2024(void **state)
{
    (void)state;
    const int64_t units[] = {6, 12, 36}, each[] = {450, 225, 75};
    double size[36];

    for (int i = 0; i < 36; i++) size[i] = 1000.0 + i;
    for (int level = 0; level < 3; level++) {
        const sipas_column sizes = sipas_column_f64(size, units[level]);
        sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
        sipas_table *table;

        opts.method = SIPAS_ALLOCATE_EQUAL;
        table = allocate(2700, &sizes, &opts);
        for (int64_t i = 0; i < units[level]; i++) assert_int_equal(column_n(table)[i], each[level]);
        sipas_table_free(table);
    }
}

/* 2023: 40,230 forms, 2,700 each in Hà Nội and TP.HCM; the other 61 provinces share 34,830 by the root of
 * their population. */
static void sixty_one_provinces_2023(void **state)
{
    (void)state;
    golden_table *units = golden_read("../examples/data/vietnam2023_units.csv");
    double population[MOST], sum = 0.0;
    const char *code[MOST];
    int64_t n = 0;
    sipas_column sizes, codes;
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_table *table;

    for (size_t row = 0; row < golden_count(units); row++) {
        const char *of = golden_text(units, row, "code");

        if (strcmp(golden_text(units, row, "level"), "province") != 0 || strcmp(of, "01") == 0 || strcmp(of, "79") == 0)
            continue;
        population[n] = golden_number(units, row, "population");
        sum += sqrt(population[n]);
        code[n++] = of;
    }
    assert_int_equal(n, 61);
    sizes = sipas_column_f64(population, n);
    codes = sipas_column_code(code, n);
    opts.method = SIPAS_ALLOCATE_SQRT;
    opts.code = &codes;
    table = allocate(34830, &sizes, &opts);
    assert_int_equal(sum_of(table), 34830);
    for (int64_t i = 0; i < n; i++) {
        const double x = 34830.0 * sqrt(population[i]) / sum;

        assert_close(continuous(table)[i], x, 1e-12);
        assert_true(fabs((double)column_n(table)[i] - x) < 1.0);
    }
    sipas_table_free(table);
    golden_free(units);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_golden_case_comes_out),
        cmocka_unit_test(practools_strata),
        cmocka_unit_test(practools_costs),
        cmocka_unit_test(stratallo_vignette),
        cmocka_unit_test(us_house_of_2020),
        cmocka_unit_test(binh_duong_2017),
        cmocka_unit_test(districts_and_villages),
        cmocka_unit_test(ha_noi_2024),
        cmocka_unit_test(sixty_one_provinces_2023),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

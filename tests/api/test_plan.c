/*
 * What plans buy: a published example, the formulas over random strata and domains, methods side by side, and the sentence of
 * every error.
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

enum { STRATA = 3000, PROVINCES = 7, TYPES = 2 };

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

static const char *const *column_code(const sipas_table *table, const char *name)
{
    const char *const *values;

    assert_int_equal(sipas_table_get_code(table, name, &values, NULL), SIPAS_OK);
    return values;
}

static int64_t below(uint64_t *seed, int64_t limit)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((*seed >> 33) % (uint64_t)limit);
}

/* Cochran 1977, Sampling Techniques, §5.5 with table 5.1: 64 cities in strata of 16 and 48, S² = 53,843 and 5,581, n = 24.
 * Proportional: V = 1,882,293 of the total, standard error 1,372; equal: 1,090,827 and 1,044. */
static void cities_of_cochran(void **state)
{
    (void)state;
    const double size[] = {16.0, 48.0}, sd[] = {sqrt(53843.0), sqrt(5581.0)};
    const int64_t proportional[] = {6, 18}, equal[] = {12, 12};
    const sipas_column sizes = sipas_column_f64(size, 2), sds = sipas_column_f64(sd, 2);
    const sipas_column plans[] = {sipas_column_i64(proportional, 2), sipas_column_i64(equal, 2)};
    const double variance[] = {1882293.0, 1090827.0}, se[] = {1372.0, 1044.0};
    const sipas_plan_variable variable = {NULL, &sds, NULL, NULL, NULL};
    sipas_plan_opts opts = SIPAS_PLAN_OPTS_INIT;

    opts.of = SIPAS_OF_TOTAL;
    for (int i = 0; i < 2; i++) {
        sipas_table *table;
        double found;

        assert_int_equal(sipas_plan_expect(NULL, &plans[i], &sizes, &variable, 1, NULL, &opts, &table, NULL), SIPAS_OK);
        found = column_f64(table, "se")[0];
        assert_close(found * found, variance[i], 5e-7); /* printed without decimals */
        assert_true(fabs(found - se[i]) <= 0.5);
        assert_true(isnan(column_f64(table, "estimate")[0]));
        assert_string_equal(column_code(table, "variable")[0], "y1");
        sipas_table_free(table);
    }
}

/* ---- the formulas ---- */

typedef struct frame {
    int64_t n[STRATA], province[STRATA];
    const char *type[STRATA];
    double size[STRATA], sd[STRATA], p[STRATA], mean[STRATA], deff[STRATA], cost[STRATA];
} frame;

static frame *make_frame(void)
{
    static const char *const types[TYPES] = {"phường", "xã"};
    frame *f = calloc(1, sizeof *f);
    uint64_t seed = 64;

    assert_non_null(f);
    for (int i = 0; i < STRATA; i++) {
        f->size[i] = (double)(2 + below(&seed, 900));
        f->n[i] = 1 + below(&seed, (int64_t)f->size[i]);
        f->province[i] = 1 + below(&seed, PROVINCES);
        f->type[i] = types[below(&seed, TYPES)];
        f->sd[i] = 0.1 * (double)below(&seed, 300);
        f->p[i] = 0.01 * (double)below(&seed, 101);
        f->mean[i] = (double)below(&seed, 100);
        f->deff[i] = 0.5 + 0.01 * (double)below(&seed, 200);
        f->cost[i] = (double)(1 + below(&seed, 5));
    }
    return f;
}

typedef struct expected {
    double size, total, variance, cost;
    int64_t n;
} expected;

/* Sums over the strata of a province (0 = all) and type (NULL = both). */
static expected expect_of(const frame *f, int64_t province, const char *type, int share)
{
    expected of = {0.0, 0.0, 0.0, 0.0, 0};

    for (int i = 0; i < STRATA; i++) {
        const double size = f->size[i], n = (double)f->n[i];
        const double s2 = share ? f->p[i] * (1.0 - f->p[i]) * size / (size - 1.0) : f->sd[i] * f->sd[i] * f->deff[i];

        if ((province && f->province[i] != province) || (type && strcmp(f->type[i], type) != 0)) continue;
        of.size += size;
        of.total += size * (share ? f->p[i] : f->mean[i]);
        of.variance += size * size * s2 * (1.0 / n - 1.0 / size);
        of.cost += f->cost[i] * n;
        of.n += f->n[i];
    }
    return of;
}

static void check_row(const sipas_table *table, int64_t row, const expected *of)
{
    const double estimate = of->total / of->size, se = sqrt(of->variance) / of->size, z = 1.6448536269514722;

    assert_close(column_f64(table, "estimate")[row], estimate, 1e-12);
    assert_close(column_f64(table, "se")[row], se, 1e-12);
    assert_close(column_f64(table, "half_width")[row], z * se, 1e-12);
    assert_close(column_f64(table, "lower")[row], estimate - z * se, 1e-12);
    assert_close(column_f64(table, "upper")[row], estimate + z * se, 1e-12);
    assert_close(column_f64(table, "cv")[row], se / estimate, 1e-12);
    assert_close(column_f64(table, "size")[row], of->size, 1e-14);
    assert_close(column_f64(table, "cost")[row], of->cost, 1e-14);
    assert_close(column_f64(table, "fraction")[row], (double)of->n / of->size, 1e-14);
    assert_int_equal(column_i64(table, "n")[row], of->n);
}

static void every_level_of_every_variable(void **state)
{
    (void)state;
    frame *f = make_frame();
    const sipas_column n = sipas_column_i64(f->n, STRATA), size = sipas_column_f64(f->size, STRATA),
                       sd = sipas_column_f64(f->sd, STRATA), p = sipas_column_f64(f->p, STRATA),
                       mean = sipas_column_f64(f->mean, STRATA), deff = sipas_column_f64(f->deff, STRATA),
                       cost = sipas_column_f64(f->cost, STRATA);
    const sipas_column by[] = {sipas_column_i64(f->province, STRATA), sipas_column_code(f->type, STRATA)};
    const char *const names[] = {"province", "type"};
    const uint32_t levels[] = {0, 1, 3};
    const sipas_plan_variable variables[] = {{"index", &sd, NULL, &mean, &deff}, {"share", NULL, &p, NULL, NULL}};
    const int64_t per_variable = 1 + PROVINCES + (int64_t)PROVINCES * TYPES;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_plan_opts opts = SIPAS_PLAN_OPTS_INIT;
    sipas_table *table;
    sipas_error err;

    domains.n_by = 2, domains.by = by, domains.names = names, domains.n_levels = 3, domains.levels = levels;
    opts.level = 0.9;
    opts.cost = &cost;
    if (sipas_plan_expect(NULL, &n, &size, variables, 2, &domains, &opts, &table, &err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(sipas_table_count_rows(table), 2 * per_variable);
    for (int64_t row = 0; row < 2 * per_variable; row++) {
        const int64_t at = row % per_variable;
        const int share = row >= per_variable;
        const int64_t province = at == 0 ? 0 : column_i64(table, "province")[row];
        const char *type = at <= PROVINCES ? NULL : column_code(table, "type")[row];
        const expected of = expect_of(f, province, type, share);

        assert_string_equal(column_code(table, "variable")[row], share ? "share" : "index");
        assert_string_equal(column_code(table, "level")[row], at == 0           ? "all"
                                                              : at <= PROVINCES ? "province"
                                                                                : "province*type");
        check_row(table, row, &of);
    }
    assert_int_equal(sipas_table_count_rows(sipas_table_get_notes(table)), 0);
    sipas_table_free(table);
    free(f);
}

static void gaps_are_noted(void **state)
{
    (void)state;
    const double size[] = {100.0, 200.0, 0.0, 50.0}, sd[] = {5.0, 4.0, 3.0, 0.0};
    const int32_t n[] = {10, 0, 0, 0}, unit[] = {1, 2, 3, 4};
    const uint8_t where[] = {1, 1, 1, 1};
    const sipas_column sizes = sipas_column_f64(size, 4), sds = sipas_column_f64(sd, 4), plan = sipas_column_i32(n, 4),
                       units = sipas_column_i32(unit, 4), in = sipas_column_bool(where, 4);
    const sipas_plan_variable variable = {"y", &sds, NULL, NULL, NULL};
    const uint32_t levels[] = {1, 0};
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    const char *const *codes, *const *messages;
    sipas_table *table;

    domains.n_by = 1, domains.by = &units, domains.n_levels = 2, domains.levels = levels, domains.where = &in;
    assert_int_equal(sipas_plan_expect(NULL, &plan, &sizes, &variable, 1, &domains, NULL, &table, NULL), SIPAS_OK);
    assert_false(isnan(column_f64(table, "se")[0]));
    assert_true(isnan(column_f64(table, "se")[1]));     /* no sample */
    assert_true(isnan(column_f64(table, "se")[2]));     /* nobody there */
    assert_close(column_f64(table, "se")[3], 0.0, 0.0); /* nothing varies */
    assert_true(isnan(column_f64(table, "se")[4]));
    assert_int_equal(sipas_table_get_code(sipas_table_get_notes(table), "code", &codes, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_code(sipas_table_get_notes(table), "message", &messages, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_count_rows(sipas_table_get_notes(table)), 3);
    assert_string_equal(codes[0], "no_sample");
    assert_string_equal(codes[1], "empty_domain");
    assert_string_equal(messages[2], "y, the whole: 1 strata that vary have no sample, so there is no standard error");
    sipas_table_free(table);
}

/* ---- methods side by side ---- */

static double variance_of(const double *size, const double *sd, const int64_t *n, int64_t from, int64_t to)
{
    double sum = 0.0, population = 0.0;

    for (int64_t i = from; i < to; i++) {
        sum += size[i] * size[i] * sd[i] * sd[i] * (1.0 / (double)n[i] - 1.0 / size[i]);
        population += size[i];
    }
    return sum / (population * population);
}

static void methods_side_by_side(void **state)
{
    (void)state;
    const double size[] = {9000.0, 1000.0, 4000.0, 500.0, 2500.0, 300.0}, sd[] = {12.0, 20.0, 9.0, 15.0, 30.0, 6.0};
    const double mean[] = {80.0, 75.0, 85.0, 90.0, 60.0, 88.0}, cost[] = {1.0, 4.0, 1.0, 4.0, 2.0, 4.0};
    const char *const unit[] = {"a", "a", "b", "b", "c", "c"};
    const sipas_column sizes = sipas_column_f64(size, 6), sds = sipas_column_f64(sd, 6),
                       means = sipas_column_f64(mean, 6), costs = sipas_column_f64(cost, 6),
                       units = sipas_column_code(unit, 6);
    const int32_t methods[] = {SIPAS_ALLOCATE_EQUAL,   SIPAS_ALLOCATE_PROPORTIONAL, SIPAS_ALLOCATE_SQRT,
                               SIPAS_ALLOCATE_POWER,   SIPAS_ALLOCATE_KISH,         SIPAS_ALLOCATE_NEYMAN,
                               SIPAS_ALLOCATE_BANKIER, SIPAS_ALLOCATE_COST};
    sipas_allocate_opts rules = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_plan_compare_opts opts = SIPAS_PLAN_COMPARE_OPTS_INIT;
    sipas_table *table;
    sipas_error err;
    double best = (double)INFINITY;

    rules.sd = &sds, rules.mean = &means, rules.cost = &costs;
    rules.lower_value = 10, rules.power_given = 1, rules.power = 0.3;
    opts.unit = &units;
    if (sipas_plan_compare(NULL, 600, &sizes, &rules, &opts, &table, &err) < 0) fail_msg("%s", err.message);
    assert_int_equal(sipas_table_count_rows(table), 8);
    for (int i = 0; i < 8; i++) best = fmin(best, column_f64(table, "se")[i]);
    assert_close(best, column_f64(table, "se")[5], 0.0); /* neyman */
    for (int i = 0; i < 8; i++) {
        sipas_allocate_opts one = rules;
        sipas_table *split;
        const int64_t *n;
        double se[3], worst, spent = 0.0, overall;

        one.method = methods[i];
        assert_int_equal(sipas_allocate(NULL, 600, &sizes, &one, &split, NULL), SIPAS_OK);
        n = column_i64(split, "n");
        for (int u = 0; u < 3; u++) se[u] = sqrt(variance_of(size, sd, n, 2 * u, 2 * u + 2));
        for (int h = 0; h < 6; h++) spent += cost[h] * (double)n[h];
        worst = fmax(se[0], fmax(se[1], se[2]));
        overall = sqrt(variance_of(size, sd, n, 0, 6));
        assert_close(column_f64(table, "se")[i], overall, 1e-12);
        assert_close(column_f64(table, "loss")[i], overall * overall / (best * best), 1e-12);
        assert_close(column_f64(table, "unit_se_worst")[i], worst, 1e-12);
        assert_close(column_f64(table, "unit_se_median")[i],
                     se[0] + se[1] + se[2] - worst - fmin(se[0], fmin(se[1], se[2])), 1e-12);
        assert_string_equal(column_code(table, "worst")[i], worst == se[0] ? "a" : worst == se[1] ? "b" : "c");
        assert_close(column_f64(table, "cost")[i], spent, 1e-14);
        assert_true(column_i64(table, "n_least")[i] >= 10);
        assert_int_equal(column_i64(table, "unsampled")[i], 0);
        sipas_table_free(split);
    }
    assert_string_equal(column_code(table, "method")[4], "kish/1");
    sipas_table_free(table);
    opts.methods = methods + 4, opts.n_methods = 2, opts.unit = NULL; /* each stratum a unit */
    assert_int_equal(sipas_plan_compare(NULL, 600, &sizes, &rules, &opts, &table, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_count_rows(table), 2);
    assert_int_equal(atoi(column_code(table, "worst")[0]) < 6, 1);
    sipas_table_free(table);
}

/* ---- errors ---- */

static void expect_fault(const sipas_column *n, const sipas_column *size, const sipas_plan_variable *variable,
                         const sipas_domains *domains, const sipas_plan_opts *opts, sipas_status status,
                         const char *message)
{
    sipas_table *table = (sipas_table *)&status;
    sipas_error err;

    assert_int_equal(sipas_plan_expect(NULL, n, size, variable, 1, domains, opts, &table, &err), status);
    assert_null(table);
    assert_string_equal(err.message, message);
}

static void faults_are_named(void **state)
{
    (void)state;
    double size[] = {100.0, 200.0}, sd[] = {5.0, 4.0}, share[] = {0.5, 1.5};
    int64_t n[] = {10, 20};
    const char *const code[] = {"01", "02"}, *const name = "se";
    const sipas_column sizes = sipas_column_f64(size, 2), sds = sipas_column_f64(sd, 2), plan = sipas_column_i64(n, 2),
                       shares = sipas_column_f64(share, 2), codes = sipas_column_code(code, 2),
                       one = sipas_column_f64(sd, 1);
    sipas_plan_variable variable = {"y", &sds, NULL, NULL, NULL};
    sipas_plan_opts opts = SIPAS_PLAN_OPTS_INIT;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_table *table;
    sipas_error err;
    sipas_allocate_opts rules = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_plan_compare_opts compare = SIPAS_PLAN_COMPARE_OPTS_INIT;
    const int32_t method = SIPAS_ALLOCATE_CLASS_TABLE;

    opts.code = &codes;
    expect_fault(NULL, &sizes, &variable, NULL, &opts, SIPAS_ERR_ARGUMENT, "n: there are no strata");
    expect_fault(&plan, &sizes, NULL, NULL, &opts, SIPAS_ERR_ARGUMENT, "variables: there are none");
    n[1] = 201;
    expect_fault(&plan, &sizes, &variable, NULL, &opts, SIPAS_ERR_VALUE,
                 "unit 02 (row 1): n is 201, above its size 200");
    n[1] = -1;
    expect_fault(&plan, &sizes, &variable, NULL, &opts, SIPAS_ERR_VALUE,
                 "unit 02 (row 1): n is -1; it must be at least 0");
    n[1] = 20, variable.p = &shares;
    expect_fault(&plan, &sizes, &variable, NULL, &opts, SIPAS_ERR_ARGUMENT, "variable 0: give one of sd and p");
    variable.sd = NULL;
    expect_fault(&plan, &sizes, &variable, NULL, &opts, SIPAS_ERR_VALUE,
                 "unit 02 (row 1): p is 1.5; it must be at most 1");
    variable.mean = &sds;
    expect_fault(&plan, &sizes, &variable, NULL, &opts, SIPAS_ERR_ARGUMENT,
                 "variable 0: p is its mean, so no mean besides");
    variable = (sipas_plan_variable){"y", &one, NULL, NULL, NULL};
    expect_fault(&plan, &sizes, &variable, NULL, &opts, SIPAS_ERR_LENGTH,
                 "sd: the column has 1 rows where 2 are wanted");
    variable.sd = &sds, sd[0] = (double)NAN;
    expect_fault(&plan, &sizes, &variable, NULL, &opts, SIPAS_ERR_MISSING, "unit 01 (row 0): sd is missing or NaN");
    sd[0] = 5.0, domains.n_by = 1, domains.by = &codes, domains.names = &name;
    expect_fault(&plan, &sizes, &variable, &domains, &opts, SIPAS_ERR_DUPLICATE,
                 "by column \"se\": another column of the result has this name");
    opts.of = 3;
    expect_fault(&plan, &sizes, &variable, NULL, &opts, SIPAS_ERR_OPTION,
                 "option of: 3 is not one of its values (0 to 2)");
    assert_int_equal(sipas_plan_compare(NULL, 50, &sizes, NULL, NULL, &table, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_plan_compare(NULL, 50, &sizes, &rules, NULL, &table, &err), SIPAS_ERR_ARGUMENT);
    assert_string_equal(err.message, "sd: no column is given");
    rules.sd = &sds, compare.methods = &method, compare.n_methods = 1;
    assert_int_equal(sipas_plan_compare(NULL, 50, &sizes, &rules, &compare, &table, &err), SIPAS_ERR_OPTION);
    assert_string_equal(err.message, "option methods: 7 (at 0) cannot be compared");
    assert_int_equal(sipas_plan_compare(NULL, 301, &sizes, &rules, NULL, &table, &err), SIPAS_ERR_INFEASIBLE);
    assert_null(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cities_of_cochran), cmocka_unit_test(every_level_of_every_variable),
        cmocka_unit_test(gaps_are_noted),    cmocka_unit_test(methods_side_by_side),
        cmocka_unit_test(faults_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

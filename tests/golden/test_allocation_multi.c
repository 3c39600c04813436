/*
 * Allocation for several variables and domains against other people's figures (tests/golden/allocation_multi.tsv): scipy,
 * R2BEAT, stratallo.
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
#include "result.h"

enum { VARIABLES = 3, ROWS = 16 };

/* A case, its lists as they stand in the table, and the rows of targets. */
typedef struct golden_case {
    double *size, *sd, *mean, *cost, *lower, *upper, *cut[2], *target[3], *result, *multiplier;
    size_t n, n_targets[3], n_multipliers, n_variables, n_rows;
    const char *by[ROWS];
    double domain[ROWS], value[VARIABLES][ROWS];
    double budget, objective, tolerance;
    int with_replacement;
} golden_case;

static golden_case read_case(const golden_table *table, size_t row)
{
    golden_case c = {.n_rows = 0};
    size_t n, n_sd;

    c.size = golden_list(table, row, "N", &c.n);
    c.sd = golden_list(table, row, "S", &n_sd);
    c.mean = golden_list(table, row, "M", &n);
    c.cost = golden_list(table, row, "cost", &n);
    c.lower = golden_list(table, row, "lower", &n);
    c.upper = golden_list(table, row, "upper", &n);
    c.cut[0] = golden_list(table, row, "cut1", &n);
    c.cut[1] = golden_list(table, row, "cut2", &n);
    c.target[0] = golden_list(table, row, "target", &c.n_targets[0]);
    c.target[1] = golden_list(table, row, "target1", &c.n_targets[1]);
    c.target[2] = golden_list(table, row, "target2", &c.n_targets[2]);
    c.result = golden_list(table, row, "result", &n);
    assert_int_equal(n, c.n);
    c.multiplier = golden_list(table, row, "multiplier", &c.n_multipliers);
    c.budget = golden_number(table, row, "budget");
    c.objective = golden_number(table, row, "objective");
    c.tolerance = golden_number(table, row, "tolerance");
    c.with_replacement = strcmp(golden_text(table, row, "measure"), "se_total_wr") == 0;
    c.n_variables = n_sd / c.n;
    return c;
}

static void free_case(golden_case *c)
{
    double *lists[] = {c->size,   c->sd,        c->mean,      c->cost,      c->lower,  c->upper,     c->cut[0],
                       c->cut[1], c->target[0], c->target[1], c->target[2], c->result, c->multiplier};

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) free(lists[i]);
}

/* One row for all domains of a cut, or one for each domain. */
static void list_targets(golden_case *c)
{
    static const char *const cuts[] = {NULL, "1", "2"};

    for (int cut = 0; cut < 3; cut++) {
        const size_t n = c->n_targets[cut];
        const int by_domain = c->n_variables == 1 && n > 1;

        for (size_t i = 0; i < (by_domain ? n : n > 0); i++, c->n_rows++) {
            c->by[c->n_rows] = cuts[cut];
            c->domain[c->n_rows] = by_domain ? (double)i + 1.0 : (double)NAN;
            for (size_t v = 0; v < c->n_variables; v++) c->value[v][c->n_rows] = c->target[cut][by_domain ? i : v];
        }
    }
}

static sipas_table *solve(golden_case *c, sipas_table **precision)
{
    const int64_t n = (int64_t)c->n, rows = (int64_t)c->n_rows;
    const sipas_column size = sipas_column_f64(c->size, n), cost = sipas_column_f64(c->cost, n),
                       lower = sipas_column_f64(c->lower, n), upper = sipas_column_f64(c->upper, n),
                       by[2] = {sipas_column_f64(c->cut[0], n), sipas_column_f64(c->cut[1], n)},
                       target_by = sipas_column_code(c->by, rows), target_domain = sipas_column_f64(c->domain, rows);
    sipas_column sd[VARIABLES], mean[VARIABLES], target[VARIABLES];
    sipas_allocate_multi_opts opts = SIPAS_ALLOCATE_MULTI_OPTS_INIT;
    sipas_table *table;
    sipas_error err;

    for (size_t v = 0; v < c->n_variables; v++) {
        sd[v] = sipas_column_f64(c->sd + v * c->n, n);
        if (c->mean) mean[v] = sipas_column_f64(c->mean + v * c->n, n);
        target[v] = sipas_column_f64(c->value[v], rows);
    }
    opts.n_variables = (int32_t)c->n_variables;
    opts.n_by = (c->cut[0] != NULL) + (c->cut[1] != NULL);
    opts.measure = c->with_replacement ? SIPAS_TARGET_SE_TOTAL : SIPAS_TARGET_CV;
    opts.with_replacement = c->with_replacement;
    opts.sd = sd;
    opts.mean = c->mean ? mean : NULL;
    opts.cost = c->cost ? &cost : NULL;
    opts.lower = c->lower ? &lower : NULL;
    opts.upper = c->upper ? &upper : NULL;
    opts.by = opts.n_by > 0 ? by : NULL;
    opts.target_by = &target_by;
    opts.target_domain = &target_domain;
    opts.target = target;
    opts.tol = 1e-12;
    if (!isnan(c->budget)) {
        opts.goal = SIPAS_MULTI_BEST_RATIO;
        opts.budget = c->budget;
    }
    check(sipas_allocate_multi(NULL, &size, &opts, &table, precision, NULL, &err), &err);
    return table;
}

static void check_case(golden_case *c)
{
    sipas_table *precision, *table = solve(c, &precision);
    double largest = 0.0;

    for (size_t h = 0; h < c->n; h++) {
        const double x = real(table, "continuous", (int64_t)h);

        if (c->tolerance > 0.0)
            assert_close(x, c->result[h], c->tolerance);
        else
            assert_close(ceil(x), c->result[h], 0.0);
    }
    for (size_t k = 0; k < c->n_multipliers; k++) largest = fmax(largest, c->multiplier[k]);
    for (size_t k = 0; k < c->n_multipliers; k++) {
        assert_close_scaled(real(precision, "multiplier", (int64_t)k), c->multiplier[k], 1e-6, 1e-3 * largest);
        assert_int_equal(whole(precision, "binding", (int64_t)k), c->multiplier[k] > 0.0);
    }
    if (c->tolerance > 0.0 && !isnan(c->objective))
        assert_close(strtod(meta(table, "cost_continuous"), NULL), c->objective, 1e-9);
    sipas_table_free(table);
    sipas_table_free(precision);
}

static void every_golden_case_comes_out(void **state)
{
    (void)state;
    golden_table *cases = golden_read("golden/allocation_multi.tsv");

    for (size_t row = 0; row < golden_count(cases); row++) {
        golden_case c = read_case(cases, row);

        print_message("%s\n", golden_text(cases, row, "case"));
        list_targets(&c);
        check_case(&c);
        free_case(&c);
    }
    golden_free(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_golden_case_comes_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Functions, variances, covariances, correlations, reliability, t tests and change against R's survey: every figure of
 * golden/functions.tsv, which names its source, calls and tolerances.
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

enum { MOST = 8 };

/* A row of the table at work: its data, its design, its variables and its domain. */
typedef struct golden_row {
    const golden_table *table;
    size_t at;
    golden_table *data;
    sipas_design *design;
    sipas_column strata, weights, ids[MOST], fpc[MOST], y[MOST], by;
    char name[MOST][32];
    const char *names[MOST], *by_name;
    int32_t n_y;
} golden_row;

static const char *cell(const golden_row *g, const char *column)
{
    return golden_text(g->table, g->at, column);
}

static sipas_column numbers(golden_row *g, const char *name)
{
    return sipas_column_f64(golden_numbers(g->data, name), (int64_t)golden_count(g->data));
}

static sipas_column codes(golden_row *g, const char *name)
{
    return sipas_column_code(golden_texts(g->data, name), (int64_t)golden_count(g->data));
}

static void open_design(golden_row *g)
{
    const char *weights = cell(g, "weights"), *strata = cell(g, "strata");
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    char part[32];
    sipas_error err;
    int32_t n = 0;

    for (; strcmp(cell(g, "ids"), "1") != 0 && golden_part(cell(g, "ids"), (size_t)n, part, sizeof part); n++)
        g->ids[n] = codes(g, part);
    for (; *cell(g, "fpc") && golden_part(cell(g, "fpc"), (size_t)opts.n_fpc, part, sizeof part); opts.n_fpc++)
        g->fpc[opts.n_fpc] = numbers(g, part);
    if (*strata) g->strata = codes(g, strata);
    if (*weights) g->weights = numbers(g, weights);
    check(sipas_design_new(NULL, (int64_t)golden_count(g->data), *weights ? &g->weights : NULL,
                           *strata ? &g->strata : NULL, n ? g->ids : NULL, n, opts.n_fpc ? g->fpc : NULL, &opts,
                           &g->design, &err),
          &err);
}

static void open_row(golden_row *g, const golden_table *table, size_t at)
{
    char path[128];

    memset(g, 0, sizeof *g);
    g->table = table;
    g->at = at;
    (void)snprintf(path, sizeof path, "golden/data/%s", cell(g, "data"));
    g->data = golden_read(path);
    open_design(g);
    for (; golden_part(cell(g, "vars"), (size_t)g->n_y, g->name[g->n_y], sizeof g->name[0]) && *g->name[g->n_y];
         g->n_y++) {
        g->names[g->n_y] = g->name[g->n_y];
        g->y[g->n_y] = numbers(g, g->name[g->n_y]);
    }
    g->by_name = cell(g, "by");
    if (*g->by_name) g->by = codes(g, g->by_name);
}

static void close_row(golden_row *g)
{
    sipas_design_free(g->design);
    golden_free(g->data);
}

/* Rows of one case, kind and list of variables are one call of the library: does row `at` belong to that of g? */
static int same_call(const golden_row *g, size_t at)
{
    static const char *const columns[] = {"case", "kind", "vars", "by"};

    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        if (at >= golden_count(g->table) || strcmp(cell(g, columns[i]), golden_text(g->table, at, columns[i])) != 0)
            return 0;
    return 1;
}

/* ---- the functions ---- */

static int32_t root(void *user, int64_t n, const double *x, double *value, double *gradient)
{
    (void)user;
    (void)n;
    *value = sqrt(x[0] * x[0] + x[1] * x[2]);
    gradient[0] = x[0] / *value;
    gradient[1] = x[2] / (2.0 * *value);
    gradient[2] = x[1] / (2.0 * *value);
    return 0;
}

/* Arguments 0, 1, 2 are the totals of the three variables, 3, 4, 5 their means. */
typedef struct function_case {
    int32_t kind;
    int64_t n, term[4];
    double coef[4], scale, constant;
} function_case;

static const char *const function_names[] = {"linear", "quotient", "product",   "geometric", "log_quotient",
                                             "ratios", "change",   "exp_means", "call_means"};
static const function_case function_cases[] = {
    {SIPAS_FUNCTION_LINEAR, 2, {0, 1}, {2.0, -3.0}, 0.0, 5.0},
    {SIPAS_FUNCTION_POWER, 2, {0, 1}, {1.0, -1.0}, 0.0, 0.0},
    {SIPAS_FUNCTION_POWER, 2, {0, 1}, {1.0, 1.0}, 0.0, 0.0},
    {SIPAS_FUNCTION_POWER, 3, {0, 1, 2}, {1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0}, 0.0, 0.0},
    {SIPAS_FUNCTION_LOG, 2, {0, 1}, {1.0, -1.0}, 0.0, 0.0},
    {SIPAS_FUNCTION_RATIOS, 4, {0, 2, 1, 2}, {1.0, -1.0}, 0.0, 0.0},
    {SIPAS_FUNCTION_POWER, 2, {0, 1}, {1.0, -1.0}, 100.0, -100.0},
    {SIPAS_FUNCTION_EXP, 2, {3, 4}, {1.0 / 1000.0, -1.0 / 500.0}, 0.0, 0.0},
    {SIPAS_FUNCTION_CALL, 3, {3, 4, 5}, {0.0}, 0.0, 0.0},
};
enum { FUNCTIONS = sizeof function_cases / sizeof function_cases[0] };

static sipas_status call_function(const golden_row *g, const sipas_domains *domains, const sipas_estimate_opts *opts,
                                  sipas_table **out, sipas_error *err)
{
    static const int32_t argument[6] = {SIPAS_ARGUMENT_TOTAL, SIPAS_ARGUMENT_TOTAL, SIPAS_ARGUMENT_TOTAL,
                                        SIPAS_ARGUMENT_MEAN,  SIPAS_ARGUMENT_MEAN,  SIPAS_ARGUMENT_MEAN};
    const sipas_column y[6] = {g->y[0], g->y[1], g->y[2], g->y[0], g->y[1], g->y[2]};
    sipas_function f[FUNCTIONS];
    sipas_estimate_opts own = *opts;

    memset(f, 0, sizeof f);
    for (int k = 0; k < FUNCTIONS; k++) {
        f[k].name = function_names[k];
        f[k].kind = function_cases[k].kind;
        f[k].n_terms = function_cases[k].n;
        f[k].term = function_cases[k].term;
        f[k].coef = function_cases[k].coef;
        f[k].scale = function_cases[k].scale;
        f[k].constant = function_cases[k].constant;
        f[k].check = 1;
    }
    f[FUNCTIONS - 1].call = root;
    own.names = NULL;
    return sipas_estimate_function(g->design, y, argument, 6, f, FUNCTIONS, domains, &own, out, err);
}

/* ---- calls ---- */

static sipas_table *estimate_kind(const golden_row *g, const char *kind)
{
    static const uint32_t levels[] = {0, 1};
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    const int by = *g->by_name != '\0';
    sipas_table *table = NULL;
    sipas_error err;
    sipas_status status;

    domains.n_by = by;
    domains.by = &g->by;
    domains.names = &g->by_name;
    domains.n_levels = 1;
    domains.levels = levels + by;
    opts.names = g->names;
    opts.missing = SIPAS_MISSING_COMPLETE;
    opts.cov = 1;
    if (strcmp(kind, "covariance") == 0)
        status = sipas_estimate_moment(g->design, g->y, g->n_y, SIPAS_MOMENT_COVARIANCE, 0, &domains, &opts, &table,
                                       &err);
    else if (strcmp(kind, "correlation") == 0)
        status = sipas_estimate_moment(g->design, g->y, g->n_y, SIPAS_MOMENT_CORRELATION, 0, &domains, &opts, &table,
                                       &err);
    else if (strcmp(kind, "alpha") == 0)
        status = sipas_estimate_alpha(g->design, g->y, g->n_y, 0, &domains, &opts, &table, &err);
    else if (strcmp(kind, "function") == 0)
        status = call_function(g, &domains, &opts, &table, &err);
    else
        status = sipas_estimate_mean(g->design, g->y, g->n_y, &domains, &opts, &table, &err);
    check(status, &err);
    return table;
}

static int text_is(const sipas_table *table, const char *column, int64_t row, const char *wanted)
{
    const char *is = has_column(table, column) ? text(table, column, row) : NULL;

    return strcmp(is ? is : "", wanted) == 0;
}

static int64_t find_row(const golden_row *g, const sipas_table *table, const char *kind)
{
    const int alpha = strcmp(kind, "alpha") == 0;

    for (int64_t row = 0; row < sipas_table_count_rows(table); row++)
        if (text_is(table, alpha ? "item" : "variable", row, cell(g, "variable")) &&
            text_is(table, alpha ? "statistic" : "with", row, cell(g, "with")) &&
            text_is(table, *g->by_name ? g->by_name : "no such column", row, cell(g, "group")))
            return row;
    fail_msg("%s %s: no row for %s %s %s", cell(g, "case"), kind, cell(g, "variable"), cell(g, "with"),
             cell(g, "group"));
    return -1;
}

/* The second group against the first. */
static sipas_table *compare(const golden_row *g, const sipas_table *means, int quotient)
{
    static const int64_t rows[] = {1, 0};
    static const double minus[] = {1.0, -1.0};
    sipas_function f = SIPAS_FUNCTION_INIT;
    sipas_contrast_opts opts = SIPAS_CONTRAST_OPTS_INIT;
    sipas_table *table = NULL;
    char group[32];
    sipas_error err;

    for (int64_t row = 0; row < 2; row++) {
        assert_true(golden_part(cell(g, "group"), (size_t)row, group, sizeof group));
        assert_true(text_is(means, g->by_name, row, group));
    }
    f.n_terms = 2;
    f.term = rows;
    f.coef = minus;
    if (quotient) f.kind = SIPAS_FUNCTION_POWER;
    opts.df = SIPAS_CONTRAST_DF_REGRESSION;
    check(sipas_estimate_contrast(means, &f, 1, &opts, &table, &err), &err);
    return table;
}

static void check_figure(const golden_row *g, const sipas_table *table, int64_t row)
{
    const char *statistic = cell(g, "statistic");

    assert_close_scaled(real(table, statistic, row), golden_number(g->table, g->at, "value"),
                        golden_number(g->table, g->at, "tolerance"),
                        strcmp(statistic, "se") == 0 ? 1e-3 * fabs(real(table, "estimate", row)) : 0.0);
}

/* Every figure of a kind; returns how many. */
static size_t run_kind(const char *kind)
{
    golden_table *table = golden_read("golden/functions.tsv");
    const int contrast = strcmp(kind, "ttest") == 0, quotient = strcmp(kind, "group_quotient") == 0;
    size_t figures = 0;

    for (size_t at = golden_find(table, 0, "kind", kind); at < golden_count(table);
         at = golden_find(table, at, "kind", kind)) {
        golden_row g;
        sipas_table *result, *compared;

        open_row(&g, table, at);
        result = estimate_kind(&g, kind);
        compared = contrast || quotient ? compare(&g, result, quotient) : sipas_table_ref(result);
        for (; same_call(&g, at); at++, figures++) {
            g.at = at;
            check_figure(&g, compared, contrast || quotient ? 0 : find_row(&g, result, kind));
        }
        sipas_table_free(compared);
        sipas_table_free(result);
        close_row(&g);
    }
    golden_free(table);
    return figures;
}

static void test_covariance(void **state)
{
    (void)state;
    assert_int_equal(run_kind("covariance"), 470);
}

static void test_correlation(void **state)
{
    (void)state;
    assert_int_equal(run_kind("correlation"), 272);
}

static void test_alpha(void **state)
{
    (void)state;
    assert_int_equal(run_kind("alpha"), 450);
}

static void test_function(void **state)
{
    (void)state;
    assert_int_equal(run_kind("function"), 486);
}

static void test_ttest(void **state)
{
    (void)state;
    assert_int_equal(run_kind("ttest"), 48);
}

static void test_group_quotient(void **state)
{
    (void)state;
    assert_int_equal(run_kind("group_quotient"), 16);
}

/* ---- change ---- */

enum { PANEL = 300 };

/* The rows of one round of the panel. */
typedef struct panel_round {
    int64_t n;
    double weight[PANEL], y[PANEL];
    int32_t stratum[PANEL], psu[PANEL];
} panel_round;

static sipas_table *estimate_round(golden_table *data, double number, int total, panel_round *r)
{
    sipas_column weight, stratum, psu, y;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_design *design = NULL;
    sipas_table *table = NULL;
    sipas_error err;

    r->n = 0;
    for (size_t i = 0; i < golden_count(data); i++) {
        if (golden_number(data, i, "round") != number) continue;
        r->weight[r->n] = golden_number(data, i, "weight");
        r->y[r->n] = golden_number(data, i, "y");
        r->stratum[r->n] = (int32_t)golden_number(data, i, "stratum");
        r->psu[r->n++] = (int32_t)golden_number(data, i, "psu");
    }
    weight = sipas_column_f64(r->weight, r->n);
    stratum = sipas_column_i32(r->stratum, r->n);
    psu = sipas_column_i32(r->psu, r->n);
    y = sipas_column_f64(r->y, r->n);
    opts.cov = 1;
    check(sipas_design_new(NULL, r->n, &weight, &stratum, &psu, 1, NULL, NULL, &design, &err), &err);
    check(total ? sipas_estimate_total(design, &y, 1, NULL, &opts, &table, &err)
                : sipas_estimate_mean(design, &y, 1, NULL, &opts, &table, &err),
          &err);
    sipas_design_free(design);
    return table;
}

static size_t run_change(const char *kind, int32_t overlap)
{
    static panel_round rounds[2];
    golden_table *table = golden_read("golden/functions.tsv"), *data = golden_read("golden/data/panel.csv");
    sipas_contrast_opts opts = SIPAS_CONTRAST_OPTS_INIT;
    size_t figures = 0;

    opts.overlap = overlap;
    for (size_t at = golden_find(table, 0, "kind", kind); at < golden_count(table);
         at = golden_find(table, at + 1, "kind", kind), figures++) {
        const int total = strcmp(golden_text(table, at, "variable"), "total") == 0;
        sipas_table *before = estimate_round(data, 1.0, total, &rounds[0]);
        sipas_table *after = estimate_round(data, 2.0, total, &rounds[1]), *out = NULL;
        sipas_error err;

        check(sipas_estimate_change(before, after, &opts, &out, &err), &err);
        assert_close(real(out, golden_text(table, at, "statistic"), 0), golden_number(table, at, "value"),
                     golden_number(table, at, "tolerance"));
        sipas_table_free(out);
        sipas_table_free(before);
        sipas_table_free(after);
    }
    golden_free(table);
    golden_free(data);
    return figures;
}

static void test_change(void **state)
{
    (void)state;
    assert_int_equal(run_change("change_joined", SIPAS_OVERLAP_JOINED), 4);
    assert_int_equal(run_change("change_none", SIPAS_OVERLAP_NONE), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_covariance), cmocka_unit_test(test_correlation), cmocka_unit_test(test_alpha),
        cmocka_unit_test(test_function),   cmocka_unit_test(test_ttest),       cmocka_unit_test(test_group_quotient),
        cmocka_unit_test(test_change),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Means, totals, ratios, categories, domains, covariances, design effects and lonely PSUs against R's survey:
 * every figure of the cases of those estimators in golden/estimation.tsv, which names its source and tolerances.
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
#include "golden_design.h"

enum { MOST = 8 };

/* A case of the table: its rows, its data, its design. */
typedef struct golden_case {
    const golden_table *table;
    size_t first, last; /* rows */
    golden_table *data;
    sipas_design *design;
    sipas_column strata, weights, ids[MOST], fpc[MOST], by[MOST];
    char by_name[MOST][32];
    const char *by_names[MOST];
    int32_t n_by;
} golden_case;

static void check(sipas_status status, const sipas_error *err)
{
    if (status < 0) fail_msg("%s: %s", sipas_status_name(status), err->message);
}

static sipas_column numbers(golden_table *data, const char *name)
{
    return sipas_column_f64(golden_numbers(data, name), (int64_t)golden_count(data));
}

static sipas_column codes(golden_table *data, const char *name)
{
    return sipas_column_code(golden_texts(data, name), (int64_t)golden_count(data));
}

static int32_t lonely_rule(const char *options)
{
    char rule[32];

    if (!golden_option(options, "lonely_psu", rule, sizeof rule)) return SIPAS_LONELY_DEFAULT;
    if (strcmp(rule, "remove") == 0) return SIPAS_LONELY_REMOVE;
    if (strcmp(rule, "certainty") == 0) return SIPAS_LONELY_CERTAINTY;
    if (strcmp(rule, "average") == 0) return SIPAS_LONELY_AVERAGE;
    assert_string_equal(rule, "adjust");
    return SIPAS_LONELY_ADJUST;
}

static void open_design(golden_case *c)
{
    const char *ids = golden_text(c->table, c->first, "ids"), *strata = golden_text(c->table, c->first, "strata");
    const char *weights = golden_text(c->table, c->first, "weights"), *fpc = golden_text(c->table, c->first, "fpc");
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_error err;
    int32_t n_ids = strcmp(ids, "1") == 0 ? 0 : golden_columns(c->data, ids, c->ids, MOST, 1);

    opts.df = SIPAS_DF_DOMAIN_ROWS; /* R's */
    opts.lonely_psu = lonely_rule(golden_text(c->table, c->first, "options"));
    opts.n_fpc = golden_columns(c->data, fpc, c->fpc, MOST, 0);
    if (*strata) c->strata = codes(c->data, strata);
    if (*weights) c->weights = numbers(c->data, weights);
    check(sipas_design_new(NULL, (int64_t)golden_count(c->data), *weights ? &c->weights : NULL,
                           *strata ? &c->strata : NULL, n_ids ? c->ids : NULL, n_ids, *fpc ? c->fpc : NULL, &opts,
                           &c->design, &err),
          &err);
}

static void open_case(golden_case *c, const golden_table *table, size_t first)
{
    char path[128];

    memset(c, 0, sizeof *c);
    c->table = table;
    c->first = c->last = first;
    while (c->last < golden_count(table) &&
           strcmp(golden_text(table, c->last, "case"), golden_text(table, first, "case")) == 0)
        c->last++;
    (void)snprintf(path, sizeof path, "golden/data/%s", golden_text(table, first, "data"));
    c->data = golden_read(path);
    open_design(c);
    while (c->n_by < MOST && golden_part(golden_text(table, first, "by"), (size_t)c->n_by, c->by_name[c->n_by], 32) &&
           *c->by_name[c->n_by]) {
        c->by[c->n_by] = codes(c->data, c->by_name[c->n_by]);
        c->by_names[c->n_by] = c->by_name[c->n_by];
        c->n_by++;
    }
}

static void close_case(golden_case *c)
{
    sipas_design_free(c->design);
    golden_free(c->data);
}

/* ---- finding a figure in a result ---- */

/* True when row `row` of the result belongs to the group "stype=E;awards=No" (or to the category, for categories). */
static int in_group(const sipas_table *result, int64_t row, const char *group, int categories)
{
    char part[96];

    for (size_t i = 0; golden_part(group, i, part, sizeof part) && *part; i++) {
        char *value = strchr(part, '=');
        const char *const *cells;
        sipas_error err;

        *value++ = '\0';
        check(sipas_table_get_code(result, categories ? "category" : part, &cells, &err), &err);
        if (strcmp(cells[row], value) != 0) return 0;
    }
    return 1;
}

static int64_t find_row(const sipas_table *result, const char *variable, const char *group, int categories)
{
    const char *const *names;
    sipas_error err;

    check(sipas_table_get_code(result, "variable", &names, &err), &err);
    for (int64_t row = 0; row < sipas_table_count_rows(result); row++)
        if ((!*variable || strcmp(names[row], variable) == 0) && in_group(result, row, group, categories)) return row;
    fail_msg("no row for variable %s group %s", variable, group);
    return -1;
}

static double number(const sipas_table *result, const char *column, int64_t row)
{
    const double *cells;
    sipas_error err;

    check(sipas_table_get_f64(result, column, &cells, &err), &err);
    return cells[row];
}

static double covariance(const sipas_table *result, int64_t a, int64_t b)
{
    const sipas_cov *cov;
    sipas_error err;
    double value;

    check(sipas_table_get_cov(result, &cov, &err), &err);
    check(sipas_cov_get_block(cov, &a, 1, &b, 1, &value, &err), &err);
    return value;
}

static void check_covariance(const golden_case *c, size_t at, const sipas_table *result, int64_t row, int categories)
{
    const char *other = golden_text(c->table, at, "statistic") + strlen("cov:");
    const int by_group = *golden_text(c->table, at, "group") != '\0';
    const int64_t b = by_group ? find_row(result, "", other, categories) : find_row(result, other, "", 0);
    const double value = golden_number(c->table, at, "value");
    const double scale = value == 0.0 ? number(result, "estimate", row) * number(result, "estimate", b)
                                      : number(result, "se", row) * number(result, "se", b);

    assert_close_scaled(covariance(result, row, b), value, golden_number(c->table, at, "tolerance"), scale);
}

/* The contrast of the case. */
static void check_contrast(const golden_case *c, size_t at, const sipas_table *result)
{
    const double tolerance = golden_number(c->table, at, "tolerance");
    sipas_function contrast = SIPAS_FUNCTION_INIT;
    char list[128], part[64];
    double coef[MOST];
    int64_t row[MOST], n = 0;
    sipas_table *compared;
    sipas_error err;

    assert_true(golden_option(golden_text(c->table, at, "options"), "contrast", list, sizeof list));
    for (char *s = list; *s; s++)
        if (*s == ',') *s = ';';
    for (; n < MOST && golden_part(list, (size_t)n, part, sizeof part) && *part; n++) {
        char group[96], *value = strchr(part, ':');

        *value++ = '\0';
        (void)snprintf(group, sizeof group, "%s=%s", c->by_name[0], part);
        row[n] = find_row(result, "", group, 0);
        coef[n] = strtod(value, NULL);
    }
    contrast.n_terms = n;
    contrast.term = row;
    contrast.coef = coef;
    check(sipas_estimate_contrast(result, &contrast, 1, NULL, &compared, &err), &err);
    assert_close(number(compared, golden_text(c->table, at, "statistic"), 0), golden_number(c->table, at, "value"),
                 tolerance);
    sipas_table_free(compared);
}

static void check_figure(const golden_case *c, size_t at, const sipas_table *result, int categories)
{
    const char *statistic = golden_text(c->table, at, "statistic"), *group = golden_text(c->table, at, "group");
    const double value = golden_number(c->table, at, "value"), tolerance = golden_number(c->table, at, "tolerance");
    const int contrast = strcmp(golden_text(c->table, at, "estimator"), "mean_contrast") == 0;
    int64_t row;

    if (strcmp(statistic, "degf") == 0) {
        assert_true(sipas_design_get_df(c->design) == value);
        return;
    }
    if (isnan(value)) return; /* R leaves missing values in; this library says which rule it uses instead */
    if (contrast && !*group) {
        check_contrast(c, at, result);
        return;
    }
    if (strcmp(golden_text(c->table, at, "estimator"), "proportion_ci") == 0)
        group = ""; /* it says what a success is */
    row = find_row(result, categories ? "" : golden_text(c->table, at, "variable"), group, categories);
    if (strncmp(statistic, "cov:", 4) == 0)
        check_covariance(c, at, result, row, categories);
    else if (strcmp(statistic, "ci_lo") == 0 || strcmp(statistic, "ci_lo_root") == 0)
        assert_close(number(result, "lower", row), value, tolerance);
    else if (strcmp(statistic, "ci_hi") == 0 || strcmp(statistic, "ci_hi_root") == 0)
        assert_close(number(result, "upper", row), value, tolerance);
    else if (strncmp(statistic, "ci_", 3) == 0) /* the normal interval, from the same figures */
        assert_close(number(result, "estimate", row) + (strncmp(statistic, "ci_lo", 5) == 0 ? -1.0 : 1.0) *
                                                           1.959963984540054 * number(result, "se", row),
                     value, tolerance);
    else
        assert_close_scaled(number(result, statistic, row), value, tolerance,
                            value == 0.0 ? fabs(number(result, "estimate", row)) : 0.0);
}

/* ---- running a case ---- */

static int32_t interval_method(const char *options)
{
    static const char *const names[] = {"", "mean", "logit", "likelihood", "asin", "beta", "xlogit"};
    char method[16];

    assert_true(golden_option(options, "method", method, sizeof method));
    for (int32_t i = SIPAS_INTERVAL_WALD; i <= SIPAS_INTERVAL_XLOGIT; i++)
        if (strcmp(method, names[i]) == 0) return i;
    fail_msg("no interval method %s", method);
    return -1;
}

/* "awards=Yes": the rows with that category; a variable alone: one of 0 and 1. */
static sipas_table *run_proportion(golden_case *c, char *variable, const char *options, const sipas_estimate_opts *opts)
{
    char *value = strchr(variable, '=');
    const char *success[1];
    sipas_column y, successes;
    sipas_table *result = NULL;
    sipas_error err;

    if (value) *value = '\0';
    success[0] = value ? value + 1 : NULL;
    successes = sipas_column_code(success, 1);
    y = value ? codes(c->data, variable) : numbers(c->data, variable);
    check(sipas_estimate_proportion(c->design, &y, 1, value ? &successes : NULL, interval_method(options), NULL, opts,
                                    &result, &err),
          &err);
    return result;
}

static sipas_table *run_case(golden_case *c, int32_t cov)
{
    const char *estimator = golden_text(c->table, c->first, "estimator");
    const char *vars = golden_text(c->table, c->first, "vars"), *options = golden_text(c->table, c->first, "options");
    sipas_column y[MOST];
    char name[MOST][64], deff[16], ratio[160];
    const char *names[MOST];
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_table *result = NULL;
    sipas_error err;
    int64_t n = 0;

    while (n < MOST && golden_part(vars, (size_t)n, name[n], sizeof name[n]) && *name[n]) {
        names[n] = name[n];
        n++;
    }
    opts.names = names;
    opts.cov = cov;
    opts.missing = SIPAS_MISSING_COMPLETE;
    opts.deff = golden_option(options, "deff", deff, sizeof deff) ? SIPAS_DEFF_WR : SIPAS_DEFF_WOR;
    domains.n_by = c->n_by;
    domains.by = c->by;
    domains.names = c->by_names;
    if (strcmp(estimator, "proportions") == 0 || strcmp(estimator, "category_totals") == 0) {
        y[0] = codes(c->data, name[0]);
        check(sipas_estimate_category(
                  c->design, y, strcmp(estimator, "proportions") == 0 ? SIPAS_CATEGORY_SHARE : SIPAS_CATEGORY_TOTAL,
                  &domains, &opts, &result, &err),
              &err);
        return result;
    }
    if (strcmp(estimator, "proportion_ci") == 0) return run_proportion(c, name[0], options, &opts);
    for (int64_t i = 0; i < n; i++) y[i] = numbers(c->data, name[i]);
    if (strcmp(estimator, "ratio") == 0) {
        (void)snprintf(ratio, sizeof ratio, "%s/%s", name[0], name[1]);
        names[0] = ratio;
        check(sipas_estimate_ratio(c->design, &y[0], &y[1], 1, &domains, &opts, &result, &err), &err);
    } else if (strcmp(estimator, "total") == 0) {
        check(sipas_estimate_total(c->design, y, n, &domains, &opts, &result, &err), &err);
    } else {
        check(sipas_estimate_mean(c->design, y, n, &domains, &opts, &result, &err), &err);
    }
    return result;
}

/* The two ways through the engine: unit totals kept (for covariances), or rows streamed where they are the units. */
static void check_both_ways(golden_case *c, const sipas_table *kept)
{
    sipas_table *streamed = run_case(c, 0);
    static const char *const columns[] = {"estimate", "se", "deff", "lower", "upper"};

    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        for (int64_t row = 0; row < sipas_table_count_rows(kept); row++)
            assert_close_scaled(number(streamed, columns[i], row), number(kept, columns[i], row), 1e-12,
                                number(kept, "estimate", row) * 1e-3);
    sipas_table_free(streamed);
}

/* Runs every case of an estimator; returns how many figures were compared. */
static size_t run_estimator(const char *estimator)
{
    golden_table *table = golden_read("golden/estimation.tsv");
    size_t figures = 0;

    for (size_t at = golden_find(table, 0, "estimator", estimator); at < golden_count(table);
         at = golden_find(table, at, "estimator", estimator)) {
        const int categories = strcmp(estimator, "proportions") == 0 || strcmp(estimator, "category_totals") == 0;
        golden_case c;
        sipas_table *result;

        open_case(&c, table, at);
        result = run_case(&c, 1);
        check_both_ways(&c, result);
        for (size_t row = c.first; row < c.last; row++, figures++) check_figure(&c, row, result, categories);
        at = c.last;
        sipas_table_free(result);
        close_case(&c);
    }
    golden_free(table);
    return figures;
}

static void test_mean(void **state)
{
    (void)state;
    assert_true(run_estimator("mean") == 548);
}

static void test_total(void **state)
{
    (void)state;
    assert_true(run_estimator("total") == 319);
}

static void test_ratio(void **state)
{
    (void)state;
    assert_true(run_estimator("ratio") == 70);
}

static void test_proportions(void **state)
{
    (void)state;
    assert_true(run_estimator("proportions") == 210);
}

static void test_category_totals(void **state)
{
    (void)state;
    assert_true(run_estimator("category_totals") == 210);
}

static void test_contrast(void **state)
{
    (void)state;
    assert_true(run_estimator("mean_contrast") == 56);
}

static void test_proportion_intervals(void **state)
{
    (void)state;
    assert_true(run_estimator("proportion_ci") == 202);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_proportion_intervals),
        cmocka_unit_test(test_mean),
        cmocka_unit_test(test_total),
        cmocka_unit_test(test_ratio),
        cmocka_unit_test(test_proportions),
        cmocka_unit_test(test_category_totals),
        cmocka_unit_test(test_contrast),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Quantiles against R's survey: the cases of golden/estimation.tsv, and golden/quantiles.tsv, which has every rule, every
 * kind of interval, domains, ties, missing values and weights of 0 under four designs. Both tables name their source.
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
#include "result.h"

/* ---- estimation.tsv ---- */

static const double reference_probs[] = {0.1, 0.25, 0.5, 0.75, 0.9};
enum { REFERENCE_PROBS = 5 };

static void check_reference_row(const golden_table *table, size_t at, const sipas_table *result, double df)
{
    const char *statistic = golden_text(table, at, "statistic"), *group = golden_text(table, at, "group");
    const double value = golden_number(table, at, "value"), tolerance = golden_number(table, at, "tolerance");
    const char *column = strcmp(statistic, "ci_lo") == 0   ? "lower"
                         : strcmp(statistic, "ci_hi") == 0 ? "upper"
                                                           : statistic;

    assert_true(strncmp(group, "p=", 2) == 0);
    for (int64_t row = 0; row < REFERENCE_PROBS; row++)
        if (reference_probs[row] == strtod(group + 2, NULL)) {
            assert_close(real(result, column, row), value, tolerance);
            assert_true(real(result, "df", row) == df);
            return;
        }
    fail_msg("no quantile %s", group);
}

static void test_reference(void **state)
{
    golden_table *table = golden_read("golden/estimation.tsv");
    size_t figures = 0;

    (void)state;
    for (size_t at = golden_find(table, 0, "estimator", "quantile"); at < golden_count(table);
         at = golden_find(table, at, "estimator", "quantile")) {
        const char *id = golden_text(table, at, "case");
        char path[128];
        golden_table *data;
        sipas_design *design;
        sipas_column y;
        sipas_table *result = NULL;
        sipas_estimate_quantile_opts opts = SIPAS_ESTIMATE_QUANTILE_OPTS_INIT;
        sipas_error err;

        (void)snprintf(path, sizeof path, "golden/data/%s", golden_text(table, at, "data"));
        data = golden_read(path);
        design = golden_design(data, golden_text(table, at, "ids"), golden_text(table, at, "strata"),
                               golden_text(table, at, "weights"), golden_text(table, at, "fpc"));
        y = sipas_column_f64(golden_numbers(data, golden_text(table, at, "vars")), (int64_t)golden_count(data));
        opts.centre = SIPAS_QUANTILE_CENTRE_ESTIMATE; /* as svyquantile has it */
        check(sipas_estimate_quantile(design, &y, 1, reference_probs, REFERENCE_PROBS, NULL, &opts, &result, &err),
              &err);
        for (; at < golden_count(table) && strcmp(golden_text(table, at, "case"), id) == 0; at++, figures++)
            check_reference_row(table, at, result, sipas_design_get_df(design));
        sipas_table_free(result);
        sipas_design_free(design);
        golden_free(data);
    }
    assert_true(figures == 7 * 5 * 4);
    golden_free(table);
}

/* ---- quantiles.tsv ---- */

static const struct {
    const char *name, *ids, *fpc;
} designs[] = {{"two_stage", "psu;ssu", "N1;N2"}, {"clusters", "psu", ""}, {"rows", "1", ""}, {"rows_fpc", "1", "Nh"}};

static const char *const rule_names[] = {"", "math", "school", "hf3", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9"};
static const char *const interval_names[] = {"", "mean", "xlogit", "beta", "asin"};
static const char *const variable_names[] = {"y", "k", "m"};
static const char *const group_names[] = {"all", "a", "b", "c"};

enum { VARIABLES = 3, LEVELS_AND_GROUPS = 4 };

static int32_t index_of(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0) return (int32_t)i;
    fail_msg("unknown name %s", name);
    return -1;
}

#define INDEX_OF(names, name) index_of(names, sizeof(names) / sizeof *(names), name)

/* All variables, levels and groups in one call; the row of the result that the row of the table is about. */
static void check_row(golden_table *data, const golden_table *table, size_t at)
{
    static const uint32_t levels[] = {0, 1};
    const int64_t n = (int64_t)golden_count(data);
    const char *name = golden_text(table, at, "design");
    const double p = golden_number(table, at, "p");
    const sipas_column by = sipas_column_code(golden_texts(data, "g"), n);
    sipas_estimate_quantile_opts opts = SIPAS_ESTIMATE_QUANTILE_OPTS_INIT;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_column y[VARIABLES];
    sipas_design *design;
    sipas_table *result = NULL;
    sipas_error err;
    size_t d = 0;
    int64_t row;

    while (strcmp(designs[d].name, name) != 0) d++;
    design = golden_design(data, designs[d].ids, "h", "w", designs[d].fpc);
    for (int v = 0; v < VARIABLES; v++) y[v] = sipas_column_f64(golden_numbers(data, variable_names[v]), n);
    domains.n_by = 1;
    domains.by = &by;
    domains.n_levels = 2;
    domains.levels = levels;
    opts.rule = INDEX_OF(rule_names, golden_text(table, at, "rule"));
    opts.interval = INDEX_OF(interval_names, golden_text(table, at, "interval"));
    opts.centre = SIPAS_QUANTILE_CENTRE_ESTIMATE;
    check(sipas_estimate_quantile(design, y, VARIABLES, &p, 1, &domains, &opts, &result, &err), &err);
    row = INDEX_OF(variable_names, golden_text(table, at, "variable")) * LEVELS_AND_GROUPS +
          INDEX_OF(group_names, golden_text(table, at, "group"));
    for (size_t c = 0; c < 7; c++) {
        static const char *const columns[] = {"estimate", "se", "lower", "upper", "cdf", "cdf_se", "df"};
        const double value = golden_number(table, at, columns[c]), got = real(result, columns[c], row);

        if (isnan(value) != isnan(got))
            fail_msg("quantiles.tsv, row %zu: %s is %g, not %g", at + 1, columns[c], got, value);
        if (!isnan(value)) assert_close_scaled(got, value, 1e-9, c == 5 ? 1e-6 : 0.0);
    }
    sipas_table_free(result);
    sipas_design_free(design);
}

static void test_rules_and_intervals(void **state)
{
    golden_table *table = golden_read("golden/quantiles.tsv"), *data = golden_read("golden/data/quantile_sample.csv");

    (void)state;
    for (size_t at = 0; at < golden_count(table); at++) check_row(data, table, at);
    golden_free(data);
    golden_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference),
        cmocka_unit_test(test_rules_and_intervals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

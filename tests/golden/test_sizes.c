/*
 * Sample sizes against the figures of other programs and of textbooks: golden/sizes.tsv and golden/stages.tsv.
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
#include "golden.h"
#include "result.h"

static double number(const char *options, const char *key, double otherwise)
{
    char value[64];

    return golden_option(options, key, value, sizeof value) ? strtod(value, NULL) : otherwise;
}

static int32_t one_of(const char *options, const char *key, const char *const *names, int32_t n)
{
    char value[64];

    if (!golden_option(options, key, value, sizeof value)) return 0;
    for (int32_t i = 1; i < n; i++)
        if (strcmp(value, names[i]) == 0) return i;
    fail_msg("%s=%s is not known", key, value);
    return 0;
}

static sipas_size_figure figure_of(const char *statistic, const char *options)
{
    static const char *const methods[] = {"", "yamane", "cochran", "wilson", "log_odds"};
    static const char *const compared[] = {"", "units", "rounds"};
    sipas_size_figure figure = SIPAS_SIZE_FIGURE_INIT;
    const struct {
        const char *key;
        double *into;
    } fields[] = {{"p", &figure.p},
                  {"mean", &figure.mean},
                  {"sd", &figure.sd},
                  {"domain", &figure.domain},
                  {"margin", &figure.margin},
                  {"relative_margin", &figure.relative_margin},
                  {"cv", &figure.cv},
                  {"se", &figure.se},
                  {"difference", &figure.difference},
                  {"overlap", &figure.overlap},
                  {"overlap_correlation", &figure.overlap_correlation}};

    figure.statistic = strcmp(statistic, "share") == 0  ? SIPAS_FIGURE_PROPORTION
                       : strcmp(statistic, "mean") == 0 ? SIPAS_FIGURE_MEAN
                                                        : SIPAS_FIGURE_TOTAL;
    figure.method = one_of(options, "method", methods, 5);
    figure.compare = one_of(options, "compare", compared, 3);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) *fields[i].into = number(options, fields[i].key, 0.0);
    return figure;
}

static sipas_size_opts opts_of(const char *options)
{
    sipas_size_opts opts = SIPAS_SIZE_OPTS_INIT;
    const double z = number(options, "z", 0.0);

    opts.level = z > 0.0 ? erf(z / sqrt(2.0)) : 0.0;
    opts.deff = number(options, "deff", 0.0);
    opts.response = number(options, "response", 0.0);
    return opts;
}

/* The figure a row asks for; shares by both calls, which must agree. */
static double compute(const golden_table *cases, size_t row)
{
    const char *options = golden_text(cases, row, "options"), *column = golden_text(cases, row, "column");
    const char *statistic = golden_text(cases, row, "statistic");
    const double population = number(options, "N", INFINITY), n = number(options, "n", 0.0);
    const sipas_column people = sipas_column_f64(&population, 1), answers = sipas_column_f64(&n, 1);
    const sipas_size_figure figure = figure_of(statistic, options);
    sipas_size_opts opts = opts_of(options);
    sipas_table *table;
    sipas_error err;
    double value;

    if (strcmp(statistic, "yamane") == 0) {
        opts.method = SIPAS_SIZE_YAMANE;
        opts.margin = figure.margin;
        check(sipas_size_proportion(NULL, &people, &opts, &table, &err), &err);
    } else if (n > 0.0) {
        check(sipas_precision_figures(NULL, &people, &answers, &figure, 1, &opts, &table, &err), &err);
    } else {
        check(sipas_size_figures(NULL, &people, &figure, 1, &opts, &table, &err), &err);
    }
    if (strcmp(column, "relative") == 0)
        value = real(table, "margin", 0) / real(table, "estimate", 0);
    else
        value = strcmp(column, "n_exact") == 0 ? real(table, column, 0) : (double)whole(table, column, 0);
    sipas_table_free(table);
    return value;
}

static void every_size_comes_out(void **state)
{
    (void)state;
    golden_table *cases = golden_read("golden/sizes.tsv");

    assert_true(golden_count(cases) > 30);
    for (size_t row = 0; row < golden_count(cases); row++)
        assert_close_at(golden_text(cases, row, "case"), compute(cases, row), golden_number(cases, row, "value"),
                        golden_number(cases, row, "tolerance"), 0.0, __FILE__, __LINE__);
    golden_free(cases);
}

/* ---- stages ---- */

static double stage_figure(const golden_table *cases, size_t row)
{
    sipas_size_stage stages[3] = {SIPAS_SIZE_STAGE_INIT, SIPAS_SIZE_STAGE_INIT, SIPAS_SIZE_STAGE_INIT};
    sipas_size_stages_opts opts = SIPAS_SIZE_STAGES_OPTS_INIT;
    const char *where = golden_text(cases, row, "where"), *name = golden_text(cases, row, "name");
    const int64_t stage = (int64_t)strtol(golden_text(cases, row, "stage"), NULL, 10) - 1;
    size_t n, n_delta;
    double *cost = golden_list(cases, row, "cost", &n), *delta = golden_list(cases, row, "delta", &n_delta), value;
    sipas_table *table;
    sipas_error err;

    assert_true(n <= 3 && n_delta == n - 1);
    for (size_t i = 0; i < n; i++) {
        stages[i].cost = cost[i];
        if (i < n_delta) stages[i].homogeneity = delta[i];
    }
    free(cost);
    free(delta);
    if (golden_text(cases, row, "budget")[0])
        opts.budget = golden_number(cases, row, "budget");
    else
        opts.cv = golden_number(cases, row, "cv");
    check(sipas_size_stages(NULL, stages, (int32_t)n, &opts, &table, &err), &err);
    if (strcmp(where, "meta") == 0)
        value = strtod(meta(table, name), NULL);
    else
        value = strcmp(where, "field") == 0 ? (double)whole(table, name, stage) : real(table, name, stage);
    sipas_table_free(table);
    return value;
}

static void every_design_comes_out(void **state)
{
    (void)state;
    golden_table *cases = golden_read("golden/stages.tsv");

    assert_true(golden_count(cases) > 20);
    for (size_t row = 0; row < golden_count(cases); row++)
        assert_close_at(golden_text(cases, row, "case"), stage_figure(cases, row), golden_number(cases, row, "value"),
                        golden_number(cases, row, "tolerance"), 0.0, __FILE__, __LINE__);
    golden_free(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_comes_out),
        cmocka_unit_test(every_design_comes_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

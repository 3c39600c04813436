/*
 * Running out of memory: estimates.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <string.h>

#include "oom_survey.h"

static void run_mean(attempt *a)
{
    sipas_design *design = make_design(a);
    const sipas_column y[] = {sipas_column_f64(score, ROWS), sipas_column_i8(answer, ROWS)};
    const sipas_estimate_opts opts = estimate_opts();
    domain_parts parts;
    sipas_table *out = POISON(sipas_table, a);

    TRY_FOR(a, out, sipas_estimate_mean(design, y, 2, make_domains(&parts), &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

/* Rows without a code, left out of some levels. */
static void run_missing_by(attempt *a)
{
    static uint8_t there[(ROWS + 7) / 8];
    sipas_design *design = make_design(a);
    const sipas_column y = sipas_column_f64(score, ROWS);
    const sipas_estimate_opts opts = estimate_opts();
    domain_parts parts;
    sipas_domains domains = *make_domains(&parts);
    sipas_column by[32];
    sipas_table *out = POISON(sipas_table, a);

    memset(there, 0xDB, sizeof there);
    memcpy(by, domains.by, (size_t)domains.n_by * sizeof *by);
    by[1].validity = there;
    domains.by = by;
    domains.missing_by = SIPAS_MISSING_BY_DROP;
    TRY_FOR(a, out, sipas_estimate_mean(design, &y, 1, &domains, &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

static void run_total(attempt *a)
{
    sipas_design *design = make_simple_design(a);
    const sipas_column y = sipas_column_f64(score, ROWS);
    const sipas_estimate_opts opts = estimate_opts();
    domain_parts parts;
    sipas_table *out = POISON(sipas_table, a);

    TRY_FOR(a, out, sipas_estimate_total(design, &y, 1, make_domains(&parts), &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

static void run_ratio(attempt *a)
{
    sipas_design *design = make_design(a);
    const sipas_column y = sipas_column_f64(score, ROWS), x = sipas_column_f64(weight, ROWS);
    const sipas_estimate_opts opts = estimate_opts();
    domain_parts parts;
    sipas_table *out = POISON(sipas_table, a);

    TRY_FOR(a, out, sipas_estimate_ratio(design, &y, &x, 1, make_domains(&parts), &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

/* Stated categories and groups, of integers and of text. */
static void run_stated(attempt *a)
{
    static const int64_t codes[] = {5, 4, 3, 2, 1, 0, 9};
    static const char *words[ROWS];
    static const char *const texts[] = {"c", "b", "a"};
    sipas_design *design = make_simple_design(a);
    const sipas_column y = sipas_column_i8(answer, ROWS), by = sipas_column_code(words, ROWS);
    const sipas_column categories = sipas_column_i64(codes, 7), order = sipas_column_code(texts, 3);
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_table *out = POISON(sipas_table, a);

    for (int i = 0; i < ROWS; i++) words[i] = texts[i % 2];
    opts.categories = &categories;
    domains.n_by = 1;
    domains.by = &by;
    domains.orders = &order;
    TRY_FOR(a, out, sipas_estimate_category(design, &y, SIPAS_CATEGORY_TOTAL, &domains, &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

/* So many categories that they are made of cells: totals in clusters, and shares of rows one of which nearly has all. */
static void run_many(attempt *a, int of_rows)
{
    static const int64_t codes[] = {5, 4, 3, 2, 1, 0, 9, 8, 7, 6};
    static int8_t most[ROWS];
    sipas_design *design = of_rows ? make_simple_design(a) : make_design(a);
    const sipas_column y = sipas_column_i8(most, ROWS), categories = sipas_column_i64(codes, 10);
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    domain_parts parts;
    sipas_table *out = POISON(sipas_table, a);

    for (int i = 0; i < ROWS; i++) most[i] = (int8_t)(of_rows ? (i == 7 ? 2 : 9) : answer[i]);
    opts.categories = &categories;
    opts.deff = SIPAS_DEFF_WR;
    TRY_FOR(a, out,
            sipas_estimate_distribution(design, &y, SIPAS_INTERVAL_GOODMAN, of_rows ? NULL : make_domains(&parts),
                                        &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

static void run_many_in_clusters(attempt *a)
{
    run_many(a, 0);
}

static void run_many_of_rows(attempt *a)
{
    run_many(a, 1);
}

static void run_category(attempt *a)
{
    sipas_design *design = make_design(a);
    const sipas_column y = sipas_column_i8(answer, ROWS);
    const sipas_estimate_opts opts = estimate_opts();
    domain_parts parts;
    sipas_table *out = POISON(sipas_table, a);

    TRY_FOR(a, out,
            sipas_estimate_category(design, &y, SIPAS_CATEGORY_SHARE, make_domains(&parts), &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

static void run_proportion(attempt *a)
{
    static const int8_t high[] = {4, 5};
    sipas_design *design = make_design(a);
    const sipas_column y[] = {sipas_column_f64(score, ROWS), sipas_column_i8(answer, ROWS)},
                       success = sipas_column_i8(high, 2);
    const sipas_estimate_opts opts = estimate_opts();
    domain_parts parts;
    sipas_table *out = POISON(sipas_table, a);

    TRY_FOR(a, out,
            sipas_estimate_proportion(design, y, 2, &success, SIPAS_INTERVAL_BETA, make_domains(&parts), &opts, &out,
                                      &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

/* With rows of zero weight, which are counted apart. */
static void run_proportion_zero(attempt *a)
{
    double some[ROWS] = {0.0};
    const sipas_column w = sipas_column_f64(some, ROWS), y = sipas_column_code(province, ROWS),
                       success = sipas_column_code(province, 1);
    sipas_design *design = NULL;
    sipas_table *out = POISON(sipas_table, a);

    for (int i = 1; i < ROWS; i++) some[i] = weight[i];
    must(sipas_design_new(a->ctx, ROWS, &w, NULL, NULL, 0, NULL, NULL, &design, &a->err), &a->err);
    TRY_FOR(a, out,
            sipas_estimate_proportion(design, &y, 1, &success, SIPAS_INTERVAL_JEFFREYS, NULL, NULL, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

static void run_distribution(attempt *a)
{
    sipas_design *design = make_simple_design(a);
    const sipas_column y = sipas_column_f64(score, ROWS);
    const sipas_estimate_opts opts = estimate_opts();
    domain_parts parts;
    sipas_table *out = POISON(sipas_table, a);

    TRY_FOR(
        a, out,
        sipas_estimate_distribution(design, &y, SIPAS_INTERVAL_GOODMAN, make_domains(&parts), &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

/* Values that are sorted and values that are counted, rules with steps and with lines, rows with gaps. */
static void run_quantile(attempt *a)
{
    static const double probs[] = {0.5, 0.9};
    sipas_design *design = make_design(a);
    double gaps[ROWS];
    const sipas_column y[2] = {sipas_column_f64(gaps, ROWS), sipas_column_i8(answer, ROWS)};
    sipas_estimate_quantile_opts opts = SIPAS_ESTIMATE_QUANTILE_OPTS_INIT;
    domain_parts parts;
    sipas_table *out = POISON(sipas_table, a);

    for (int i = 0; i < ROWS; i++) gaps[i] = i % 7 == 3 ? NAN : 1.0 / (1.0 + (double)i);
    opts.missing = SIPAS_MISSING_COMPLETE;
    opts.rule = SIPAS_QUANTILE_HF8;
    TRY_FOR(a, out, sipas_estimate_quantile(design, y, 2, probs, 2, make_domains(&parts), &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

static void run_simple_quantile(attempt *a)
{
    static const double half = 0.5;
    sipas_design *design = make_simple_design(a);
    const sipas_column y = sipas_column_i8(answer, ROWS);
    sipas_table *out = POISON(sipas_table, a);

    TRY_FOR(a, out, sipas_estimate_quantile(design, &y, 1, &half, 1, NULL, NULL, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

static void estimates(void **state)
{
    (void)state;
    fail_each(run_mean);
    fail_each(run_missing_by);
    fail_each(run_total);
    fail_each(run_ratio);
    fail_each(run_quantile);
    fail_each(run_simple_quantile);
    fail_each(run_category);
    fail_each(run_stated);
    fail_each(run_many_in_clusters);
    fail_each(run_many_of_rows);
    fail_each(run_proportion);
    fail_each(run_proportion_zero);
    fail_each(run_distribution);
}

static int32_t call_product(void *user, int64_t n, const double *x, double *value, double *gradient)
{
    (void)user;
    (void)n;
    *value = x[0] * x[1];
    gradient[0] = x[1];
    gradient[1] = x[0];
    return 0;
}

static void run_function(attempt *a)
{
    static const int64_t terms[] = {0, 1};
    static const int32_t argument[] = {SIPAS_ARGUMENT_TOTAL, SIPAS_ARGUMENT_MEAN};
    sipas_design *design = make_design(a);
    const sipas_column y[] = {sipas_column_f64(score, ROWS), sipas_column_i8(answer, ROWS)};
    const sipas_estimate_opts opts = estimate_opts();
    sipas_function f[2] = {SIPAS_FUNCTION_INIT, SIPAS_FUNCTION_INIT};
    domain_parts parts;
    sipas_table *out = POISON(sipas_table, a);

    f[0].n_terms = f[1].n_terms = 2;
    f[0].term = f[1].term = terms;
    f[1].kind = SIPAS_FUNCTION_CALL;
    f[1].call = call_product;
    f[1].check = 1;
    TRY_FOR(a, out, sipas_estimate_function(design, y, argument, 2, f, 2, make_domains(&parts), &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

static void run_moments(attempt *a)
{
    sipas_design *design = make_design(a);
    const sipas_column y[] = {sipas_column_f64(score, ROWS), sipas_column_i8(answer, ROWS),
                              sipas_column_f64(weight, ROWS)};
    sipas_estimate_opts opts = estimate_opts();
    domain_parts parts;
    sipas_table *out = POISON(sipas_table, a);

    opts.missing = SIPAS_MISSING_AVAILABLE;
    TRY_FOR(
        a, out,
        sipas_estimate_moment(design, y, 3, SIPAS_MOMENT_CORRELATION, 0, make_domains(&parts), &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

static void run_alpha(attempt *a)
{
    sipas_design *design = make_simple_design(a);
    const sipas_column y[] = {sipas_column_f64(score, ROWS), sipas_column_i8(answer, ROWS),
                              sipas_column_f64(weight, ROWS)};
    sipas_estimate_opts opts = estimate_opts();
    domain_parts parts;
    sipas_table *out = POISON(sipas_table, a);

    opts.missing = SIPAS_MISSING_COMPLETE;
    TRY_FOR(a, out, sipas_estimate_alpha(design, y, 3, 0, make_domains(&parts), &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

static void functions(void **state)
{
    (void)state;
    fail_each(run_function);
    fail_each(run_moments);
    fail_each(run_alpha);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(estimates), cmocka_unit_test(functions)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

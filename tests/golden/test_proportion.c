/*
 * Intervals of proportions of whole designs and of domains against R: every row of golden/proportion.tsv, the domain once
 * one of several groups, once a mask; and of golden/joint.tsv: intervals that hold jointly, effective sample sizes. The tables
 * name their sources and tolerances.
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
#include "golden_design.h"
#include "result.h"

static const char *const methods[] = {
    "",         "wald",        "logit",   "likelihood",       "arcsine", "beta", "xlogit", "wilson", "agresti_coull",
    "jeffreys", "arcsine_cut", "goodman", "quesenberry_hurst"};

static sipas_column numbers(golden_table *data, const char *name)
{
    return sipas_column_f64(golden_numbers(data, name), (int64_t)golden_count(data));
}

static int32_t method_of(const char *name)
{
    for (int32_t i = 1; i < (int32_t)(sizeof methods / sizeof methods[0]); i++)
        if (strcmp(methods[i], name) == 0) return i;
    fail_msg("no method %s", name);
    return -1;
}

static void check_interval(const golden_table *golden, size_t at, const sipas_table *result, int64_t row)
{
    static const char *const columns[] = {"estimate", "se", "df", "lower", "upper"};
    const double tolerance = golden_number(golden, at, "tolerance");

    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        assert_close(real(result, columns[i], row), golden_number(golden, at, columns[i]), tolerance);
    assert_true(whole(result, "n", row) == (int64_t)golden_number(golden, at, "n"));
    assert_close(real(result, "n_eff", row),
                 golden_number(golden, at, "estimate") * (1.0 - golden_number(golden, at, "estimate")) /
                     (golden_number(golden, at, "se") * golden_number(golden, at, "se")),
                 1e-9);
}

/* Row of the group that is called `domain`; the whole is row 0. */
static int64_t group_row(const sipas_table *result, const char *domain)
{
    for (int64_t row = 1; row < sipas_table_count_rows(result); row++)
        if (strcmp(text(result, "g", row), domain) == 0) return row;
    return 0;
}

static void run_row(const golden_table *golden, size_t at, golden_table *data, uint8_t *mask)
{
    static const uint32_t levels[] = {0, 1};
    static const char *const g_name[] = {"g"};
    const char *domain = golden_text(golden, at, "domain"), *const *g = golden_texts(data, "g");
    const int64_t n = (int64_t)golden_count(data);
    const sipas_column by = sipas_column_code(g, n), where = sipas_column_bool(mask, n), y = numbers(data, "q");
    const int32_t method = method_of(golden_text(golden, at, "method"));
    sipas_domains groups = SIPAS_DOMAINS_INIT, masked = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_design *design = golden_design(data, golden_text(golden, at, "ids"), golden_text(golden, at, "strata"),
                                         golden_text(golden, at, "weights"), golden_text(golden, at, "fpc"));
    sipas_table *result = NULL;
    sipas_error err;
    size_t n_codes;
    double *codes = golden_list(golden, at, "success", &n_codes);
    const sipas_column success = sipas_column_f64(codes, (int64_t)n_codes);

    opts.level = golden_number(golden, at, "level");
    groups.n_by = 1;
    groups.by = &by;
    groups.names = g_name;
    groups.n_levels = 2;
    groups.levels = levels;
    check(sipas_estimate_proportion(design, &y, 1, &success, method, &groups, &opts, &result, &err), &err);
    check_interval(golden, at, result, group_row(result, domain));
    sipas_table_free(result);
    for (int64_t i = 0; i < n; i++) mask[i] = !*domain || strcmp(g[i], domain) == 0;
    masked.where = &where;
    check(sipas_estimate_proportion(design, &y, 1, &success, method, &masked, &opts, &result, &err), &err);
    check_interval(golden, at, result, 0);
    sipas_table_free(result);
    sipas_design_free(design);
    free(codes);
}

static void test_every_row(void **state)
{
    golden_table *golden = golden_read("golden/proportion.tsv"), *data = golden_read("golden/data/proportion.csv");
    uint8_t *mask = calloc(golden_count(data), 1);

    (void)state;
    assert_true(mask && golden_count(golden) == 864);
    for (size_t at = 0; at < golden_count(golden); at++) run_row(golden, at, data, mask);
    free(mask);
    golden_free(data);
    golden_free(golden);
}

/* ---- svyciprop of survey 4.5 ---- */

/* Two proportions by every method of R's survey: Wilson by 4.5, which has it, the others by 4.1-1 and 4.5 alike. */
typedef struct printed {
    int32_t method;
    double lower, upper, tolerance;
} printed;

static void check_printed(const sipas_design *design, const sipas_column *y, const sipas_column *success,
                          double estimate, const printed *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        sipas_table *result = NULL;
        sipas_error err;

        check(sipas_estimate_proportion(design, y, 1, success, rows[i].method, NULL, NULL, &result, &err), &err);
        assert_close(real(result, "estimate", 0), estimate, 1e-9);
        assert_close(real(result, "lower", 0), rows[i].lower, rows[i].tolerance);
        assert_close(real(result, "upper", 0), rows[i].upper, rows[i].tolerance);
        sipas_table_free(result);
    }
}

/* Schools that met their growth target, stratified sample: sch.wide == "Yes". R interpolates its likelihood limits. */
static void test_school_targets(void **state)
{
    static const printed rows[] = {
        {SIPAS_INTERVAL_LOGIT, 0.7745396544, 0.8708148545, 1e-9},
        {SIPAS_INTERVAL_LIKELIHOOD, 0.7764118534, 0.8724158661, 2e-5},
        {SIPAS_INTERVAL_ARCSINE, 0.7774179082, 0.8731788341, 1e-9},
        {SIPAS_INTERVAL_ARCSINE_CUT, 0.7774179082, 0.8731788341, 1e-9},
        {SIPAS_INTERVAL_BETA, 0.7741713286, 0.8734315926, 1e-9},
        {SIPAS_INTERVAL_WALD, 0.779938181, 0.8759578419, 1e-9},
        {SIPAS_INTERVAL_XLOGIT, 0.7745396547, 0.8708148549, 1e-9},
        {SIPAS_INTERVAL_WILSON, 0.7748145864, 0.8706375623, 1e-9},
    };
    static const char *const yes[] = {"Yes"};
    golden_table *data = golden_read("golden/data/apistrat.csv");
    const sipas_column y = sipas_column_code(golden_texts(data, "sch.wide"), (int64_t)golden_count(data)),
                       success = sipas_column_code(yes, 1);
    sipas_design *design = golden_design(data, "1", "stype", "pw", "fpc");

    (void)state;
    check_printed(design, &y, &success, 0.8279480114, rows, sizeof rows / sizeof rows[0]);
    sipas_design_free(design);
    golden_free(data);
}

/* Schools without English learners, a sample of districts: ell == 0, of which there are few. R mirrors the arcsine's limit. */
static void test_no_learners(void **state)
{
    static const printed rows[] = {
        {SIPAS_INTERVAL_LOGIT, 0.002304691299, 0.1777477665, 1e-8}, /* by a fit that stops early */
        {SIPAS_INTERVAL_LIKELIHOOD, 0.0006639211809, 0.1077784084, 1e-2},
        {SIPAS_INTERVAL_ARCSINE, 0.0003071927089, 0.0955767363668, 1e-9},
        {SIPAS_INTERVAL_BETA, 0.0002161468327, 0.1375077639, 1e-9},
        {SIPAS_INTERVAL_WALD, -0.0266624079578, 0.0703782549523, 1e-9},
        {SIPAS_INTERVAL_WILSON, 0.003178777238, 0.1353912851, 1e-9},
    };
    static const double zero[] = {0.0};
    golden_table *data = golden_read("golden/data/apiclus1.csv");
    const sipas_column y = numbers(data, "ell"), success = sipas_column_f64(zero, 1);
    sipas_design *design = golden_design(data, "dnum", "", "pw", "fpc");

    (void)state;
    check_printed(design, &y, &success, 0.0218579235, rows, sizeof rows / sizeof rows[0]);
    sipas_design_free(design);
    golden_free(data);
}

/* ---- golden/joint.tsv ---- */

static int32_t rule_of(const char *name)
{
    static const char *const rules[] = {"none", "bonferroni", "sidak", "scheffe"};

    for (int32_t i = 0; i < 4; i++)
        if (strcmp(rules[i], name) == 0) return i;
    fail_msg("no rule %s", name);
    return -1;
}

/* What row `at` asks for, of the whole and of the groups of g. */
static sipas_table *run_joint(const golden_table *golden, size_t at, golden_table *data, const sipas_design *design)
{
    static const uint32_t levels[] = {0, 1};
    static const char *const g_name[] = {"g"};
    static const double high[] = {4.0, 5.0};
    const char *estimator = golden_text(golden, at, "estimator"), *rule = golden_text(golden, at, "rule");
    const sipas_column by = sipas_column_code(golden_texts(data, "g"), (int64_t)golden_count(data));
    const sipas_column q = numbers(data, "q"), rare = numbers(data, "rare"), w0 = numbers(data, "w0"),
                       n2 = numbers(data, "n2"), success = sipas_column_f64(high, 2);
    sipas_domains groups = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_table *result = NULL;
    sipas_error err;
    sipas_status status;

    groups.n_by = 1;
    groups.by = &by;
    groups.names = g_name;
    groups.n_levels = 2;
    groups.levels = levels;
    opts.level = golden_number(golden, at, "level");
    if (strcmp(estimator, "deff") == 0) {
        opts.deff = strcmp(rule, "wr") == 0 ? SIPAS_DEFF_WR : SIPAS_DEFF_WOR;
        status = sipas_estimate_mean(design, &q, 1, &groups, &opts, &result, &err);
        check(status, &err);
        return result;
    }
    opts.simultaneous = rule_of(rule);
    if (strcmp(estimator, "mean") == 0)
        status = sipas_estimate_mean(design, &rare, 1, &groups, &opts, &result, &err);
    else if (strcmp(estimator, "total") == 0)
        status = sipas_estimate_total(design, &w0, 1, &groups, &opts, &result, &err);
    else if (strcmp(estimator, "ratio") == 0)
        status = sipas_estimate_ratio(design, &w0, &n2, 1, &groups, &opts, &result, &err);
    else if (strncmp(estimator, "proportion_", 11) == 0)
        status = sipas_estimate_proportion(design, &q, 1, &success, method_of(estimator + 11), &groups, &opts, &result,
                                           &err);
    else
        status = sipas_estimate_distribution(design, &q, method_of(estimator + 13), &groups, &opts, &result, &err);
    check(status, &err);
    return result;
}

/* Row of "a", "all" or, for a category of these, "a:3". */
static int64_t joint_row(const sipas_table *result, const char *group)
{
    char name[16];
    const char *category = strchr(group, ':');
    const size_t length = category ? (size_t)(category - group) : strlen(group);

    memcpy(name, group, length);
    name[length] = '\0';
    for (int64_t row = 0; row < sipas_table_count_rows(result); row++) {
        const char *g = text(result, "g", row);

        if (strcmp(g ? g : "all", name) == 0 && (!category || strcmp(text(result, "category", row), category + 1) == 0))
            return row;
    }
    fail_msg("no group %s", group);
    return -1;
}

static void check_joint(const golden_table *golden, size_t at, golden_table *data)
{
    const double estimate = golden_number(golden, at, "estimate"), tolerance = golden_number(golden, at, "tolerance");
    const int is_deff = strcmp(golden_text(golden, at, "estimator"), "deff") == 0;
    sipas_design *design = golden_design(data, golden_text(golden, at, "ids"), "h", "w",
                                         golden_text(golden, at, "fpc"));
    sipas_table *result = run_joint(golden, at, data, design);
    const int64_t row = joint_row(result, golden_text(golden, at, "group"));

    assert_close(real(result, is_deff ? "deff" : "estimate", row), estimate, tolerance);
    assert_close_scaled(real(result, is_deff ? "n_eff" : "lower", row), golden_number(golden, at, "lower"), tolerance,
                        1e-3 * fabs(estimate));
    assert_close(real(result, is_deff ? "kish_deff" : "upper", row), golden_number(golden, at, "upper"), tolerance);
    sipas_table_free(result);
    sipas_design_free(design);
}

static void test_joint(void **state)
{
    golden_table *golden = golden_read("golden/joint.tsv"), *data = golden_read("golden/data/proportion.csv");

    (void)state;
    assert_true(golden_count(golden) == 648);
    for (size_t at = 0; at < golden_count(golden); at++) check_joint(golden, at, data);
    golden_free(data);
    golden_free(golden);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_row), cmocka_unit_test(test_joint),
                                       cmocka_unit_test(test_school_targets), cmocka_unit_test(test_no_learners)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Intervals of proportions of whole designs and of domains against R: every row of golden/proportion.tsv, which names its
 * source and tolerances. The domain is once one of several groups, once a mask.
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

enum { MOST = 4 };

static const char *const methods[] = {"",     "wald",   "logit",  "likelihood",    "arcsine",
                                      "beta", "xlogit", "wilson", "agresti_coull", "jeffreys"};

static sipas_column numbers(golden_table *data, const char *name)
{
    return sipas_column_f64(golden_numbers(data, name), (int64_t)golden_count(data));
}

static int32_t list(golden_table *data, const char *cell, sipas_column *columns)
{
    char name[32];
    int32_t n = 0;

    while (n < MOST && golden_part(cell, (size_t)n, name, sizeof name) && *name) columns[n++] = numbers(data, name);
    return n;
}

static sipas_design *open_row(const golden_table *table, size_t row, golden_table *data)
{
    const char *ids = golden_text(table, row, "ids"), *strata = golden_text(table, row, "strata");
    sipas_column id[MOST], fpc[MOST], stratum, weight = numbers(data, golden_text(table, row, "weights"));
    const int32_t n_ids = strcmp(ids, "1") == 0 ? 0 : list(data, ids, id);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_design *design = NULL;
    sipas_error err;

    opts.n_fpc = list(data, golden_text(table, row, "fpc"), fpc);
    if (*strata) stratum = sipas_column_code(golden_texts(data, strata), (int64_t)golden_count(data));
    check(sipas_design_new(NULL, weight.n, &weight, *strata ? &stratum : NULL, n_ids ? id : NULL, n_ids,
                           opts.n_fpc ? fpc : NULL, &opts, &design, &err),
          &err);
    return design;
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
    sipas_design *design = open_row(golden, at, data);
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_row)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

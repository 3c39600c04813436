/*
 * Unequal probabilities, two phases, lonely PSUs and several stages against R's survey: every figure of
 * golden/designs.tsv, which names its source and tolerances.
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
#include "calls.h"
#include "golden.h"
#include "result.h"

enum { MOST = 4 };

/* A case of the table: its rows, its data, its design. */
typedef struct design_case {
    const golden_table *table;
    size_t first, last; /* rows */
    golden_table *data, *joint_file;
    double *joint;
    sipas_column strata, weights, ids[MOST], fpc[MOST], square, sample, strata2, where, y[MOST], x;
    const char *names[MOST];
    char name_of[MOST][32];
    sipas_design *design;
    int skip_df;
} design_case;

static sipas_column numbers(golden_table *data, const char *name)
{
    return sipas_column_f64(golden_numbers(data, name), (int64_t)golden_count(data));
}

static sipas_column codes(golden_table *data, const char *name)
{
    return sipas_column_code(golden_texts(data, name), (int64_t)golden_count(data));
}

/* A column of 0 and 1; the memory is the table's, whose numbers it replaces. */
static sipas_column flags(golden_table *data, const char *name)
{
    const double *values = golden_numbers(data, name);
    uint8_t *bytes = (uint8_t *)(uintptr_t)values; /* byte i is written after double i is read */

    for (size_t i = 0; i < golden_count(data); i++) bytes[i] = values[i] != 0.0;
    return sipas_column_bool(bytes, (int64_t)golden_count(data));
}

static int32_t list_columns(golden_table *data, const char *cell, sipas_column *columns, int text)
{
    char name[64];
    int32_t n = 0;

    while (n < MOST && golden_part(cell, (size_t)n, name, sizeof name) && *name) {
        columns[n] = text ? codes(data, name) : numbers(data, name);
        n++;
    }
    return n;
}

static int32_t choose(const char *options, const char *key, const char *const *values, int32_t n)
{
    char value[64];

    if (!golden_option(options, key, value, sizeof value)) return 0;
    for (int32_t i = 1; i < n; i++)
        if (strcmp(value, values[i]) == 0) return i;
    fail_msg("%s: unknown value %s", key, value);
    return 0;
}

static void read_joint(design_case *c, const char *file, sipas_design_opts *opts)
{
    char path[128], name[32];
    size_t n;

    (void)snprintf(path, sizeof path, "golden/data/%s", file);
    c->joint_file = golden_read(path);
    n = golden_count(c->joint_file);
    c->joint = malloc(n * n * sizeof *c->joint);
    assert_non_null(c->joint);
    for (size_t j = 0; j < n; j++) {
        (void)snprintf(name, sizeof name, "j%zu", j + 1);
        for (size_t i = 0; i < n; i++) c->joint[i * n + j] = golden_number(c->joint_file, i, name);
    }
    opts->joint = c->joint;
    opts->joint_order = (int64_t)n;
}

static void read_options(design_case *c, const char *options, sipas_design_opts *opts)
{
    static const char *const pps[] = {"", "brewer", "overton", "hartley_rao", "hajek", "deville", "joint"};
    static const char *const forms[] = {"", "ht", "yg"}, *const phases[] = {"", "srs", "bernoulli"};
    static const char *const rules[] = {"", "error", "remove", "certainty", "adjust", "average", "adjust_zero"};
    static const char *const drawn[] = {"", "design", "independent"};
    char value[64];

    opts->pps = choose(options, "pps", pps, 7);
    opts->pps_form = choose(options, "form", forms, 3);
    opts->phase1 = choose(options, "phase1", drawn, 3);
    opts->phase2 = choose(options, "phase2", phases, 3);
    opts->lonely_psu = choose(options, "lonely_psu", rules, 7);
    c->skip_df = golden_option(options, "df", value, sizeof value);
    if (golden_option(options, "square", value, sizeof value)) c->square = numbers(c->data, value);
    if (golden_option(options, "joint", value, sizeof value)) read_joint(c, value, opts);
    if (golden_option(options, "phase2_sample", value, sizeof value)) c->sample = flags(c->data, value);
    if (golden_option(options, "phase2_strata", value, sizeof value)) c->strata2 = codes(c->data, value);
    opts->pps_square = &c->square;
    opts->phase2_sample = &c->sample;
    opts->phase2_strata = &c->strata2;
}

static void open_case(design_case *c, const golden_table *table, size_t first)
{
    const char *ids = golden_text(table, first, "ids"), *strata = golden_text(table, first, "strata");
    const char *weights = golden_text(table, first, "weights"), *fpc = golden_text(table, first, "fpc");
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    char path[128];
    int32_t n_ids;
    sipas_error err;

    memset(c, 0, sizeof *c);
    c->table = table;
    c->first = c->last = first;
    while (c->last < golden_count(table) &&
           strcmp(golden_text(table, c->last, "case"), golden_text(table, first, "case")) == 0)
        c->last++;
    (void)snprintf(path, sizeof path, "golden/data/%s", golden_text(table, first, "data"));
    c->data = golden_read(path);
    n_ids = strcmp(ids, "1") == 0 ? 0 : list_columns(c->data, ids, c->ids, 1);
    read_options(c, golden_text(table, first, "options"), &opts);
    opts.n_fpc = list_columns(c->data, fpc, c->fpc, 0);
    if (*strata) c->strata = codes(c->data, strata);
    if (*weights) c->weights = numbers(c->data, weights);
    check(sipas_design_new(NULL, (int64_t)golden_count(c->data), *weights ? &c->weights : NULL,
                           *strata ? &c->strata : NULL, n_ids ? c->ids : NULL, n_ids, *fpc ? c->fpc : NULL, &opts,
                           &c->design, &err),
          &err);
}

static void close_case(design_case *c)
{
    sipas_design_free(c->design);
    golden_free(c->data);
    golden_free(c->joint_file);
    free(c->joint);
}

static void check_figure(const design_case *c, size_t row, const sipas_table *result, int64_t at)
{
    const double tolerance = golden_number(c->table, row, "tolerance"), se = golden_number(c->table, row, "se");

    assert_close(real(result, "estimate", at), golden_number(c->table, row, "estimate"), tolerance);
    if (isnan(se)) {
        assert_true(missing(result, "se", at));
        assert_true(find_note(result, "variance_negative", at) || find_note(result, "no_se", at));
    } else {
        assert_close_scaled(real(result, "se", at), se, tolerance, se);
    }
    if (!c->skip_df) assert_true(real(result, "df", at) == golden_number(c->table, row, "df"));
}

static size_t check_case(const golden_table *table, size_t first)
{
    const char *estimator = golden_text(table, first, "estimator"), *where = golden_text(table, first, "where");
    const int kind = strcmp(estimator, "mean") == 0 ? MEAN : strcmp(estimator, "total") == 0 ? TOTAL : RATIO;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    design_case c;
    sipas_table *result;
    int32_t n;

    print_message("%s\n", golden_text(table, first, "case"));
    open_case(&c, table, first);
    n = list_columns(c.data, golden_text(table, first, "y"), c.y, 0);
    if (kind == RATIO) c.x = numbers(c.data, golden_text(table, first, "x"));
    for (int32_t i = 0; i < n; i++) {
        (void)golden_part(golden_text(table, first, "y"), (size_t)i, c.name_of[i], sizeof c.name_of[i]);
        c.names[i] = c.name_of[i];
    }
    opts.names = c.names;
    if (*where) c.where = flags(c.data, where);
    domains.where = &c.where;
    result = estimate(c.design, kind, c.y, &c.x, n, &domains, &opts);
    for (size_t row = first; row < c.last; row++)
        for (int32_t i = 0; i < n; i++)
            if (strcmp(c.names[i], golden_text(table, row, "variable")) == 0) check_figure(&c, row, result, i);
    sipas_table_free(result);
    first = c.last;
    close_case(&c);
    return first;
}

static void test_designs(void **state)
{
    golden_table *table = golden_read("golden/designs.tsv");
    size_t cases = 0;

    (void)state;
    for (size_t row = 0; row < golden_count(table); cases++) row = check_case(table, row);
    assert_true(cases > 100);
    golden_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_designs)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Draws and estimates printed to the last bit, for the tests of the bindings to make again: one line a cell, "case column row
 * value", numbers in hexadecimal. Not a test by itself.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <sipas.h>

#include "golden.h"

static void check(sipas_status status, const sipas_error *err)
{
    if (status >= 0) return;
    (void)fprintf(stderr, "%s: %s\n", sipas_status_name(status), err->message);
    exit(EXIT_FAILURE);
}

static int present(const sipas_column *column, int64_t row)
{
    const int64_t bit = column->offset + row;

    return !column->validity || column->validity[bit / 8] >> bit % 8 & 1;
}

/* Prints a table and frees it. */
static void print(const char *name, sipas_table *table)
{
    for (int64_t i = 0; i < sipas_table_count_columns(table); i++) {
        const char *label = sipas_table_get_field(table, i)->name;
        sipas_column column;

        check(sipas_table_get_column(table, i, &column, NULL), NULL);
        for (int64_t row = 0; row < column.n; row++) {
            printf("%s\t%s\t%lld\t", name, label, (long long)row);
            if (!present(&column, row))
                printf("missing\n");
            else if (column.type == SIPAS_TYPE_F64)
                printf("%a\n", ((const double *)column.data)[row]);
            else if (column.type == SIPAS_TYPE_I64)
                printf("%lld\n", (long long)((const int64_t *)column.data)[row]);
            else
                printf("%s\n", ((const char *const *)column.data)[row]);
        }
    }
    sipas_table_free(table);
}

static void draws(void)
{
    golden_table *data = golden_read("golden/data/apistrat.csv");
    const int64_t n = (int64_t)golden_count(data);
    const sipas_column code = sipas_column_code(golden_texts(data, "snum"), n);
    const sipas_column strata = sipas_column_code(golden_texts(data, "stype"), n);
    const sipas_column size = sipas_column_f64(golden_numbers(data, "enroll"), n);
    static const int32_t methods[] = {SIPAS_DRAW_SRS, SIPAS_DRAW_SYSTEMATIC, SIPAS_DRAW_PPS_SYSTEMATIC};
    static const char *const names[] = {"srs", "systematic", "pps_systematic"};
    sipas_error err;

    for (int i = 0; i < 3; i++) {
        sipas_draw_opts opts = SIPAS_DRAW_OPTS_INIT;
        sipas_table *table;

        opts.method = methods[i];
        opts.has_seed = 1, opts.seed = 20241231, opts.programme = 7;
        opts.n = 12, opts.reserve = 3;
        opts.strata = &strata;
        if (methods[i] == SIPAS_DRAW_PPS_SYSTEMATIC) opts.size = &size;
        check(sipas_draw(NULL, &code, &opts, &table, &err), &err);
        print(names[i], table);
    }
    golden_free(data);
}

static void allocation(void)
{
    static const double size[] = {3000, 4000, 5000, 2000}, sd[] = {20, 35, 14.5, 51};
    const sipas_column n = sipas_column_f64(size, 4), s = sipas_column_f64(sd, 4);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_table *table;
    sipas_error err;

    opts.method = SIPAS_ALLOCATE_NEYMAN;
    opts.sd = &s;
    opts.lower_given = 1, opts.lower_value = 40;
    check(sipas_allocate(NULL, 333, &n, &opts, &table, &err), &err);
    print("allocate", table);
}

static sipas_design *design_of(golden_table *data)
{
    const int64_t n = (int64_t)golden_count(data);
    sipas_column w, ids[2], fpc[2];
    sipas_design *design;
    sipas_error err;

    w = sipas_column_f64(golden_numbers(data, "pw"), n);
    ids[0] = sipas_column_f64(golden_numbers(data, "dnum"), n),
    ids[1] = sipas_column_f64(golden_numbers(data, "snum"), n);
    fpc[0] = sipas_column_f64(golden_numbers(data, "fpc1"), n),
    fpc[1] = sipas_column_f64(golden_numbers(data, "fpc2"), n);
    check(sipas_design_new(NULL, n, &w, NULL, ids, 2, fpc, NULL, &design, &err), &err);
    return design;
}

static void estimates(void)
{
    golden_table *data = golden_read("golden/data/apiclus2.csv");
    const int64_t n = (int64_t)golden_count(data);
    const sipas_column y[2] = {sipas_column_f64(golden_numbers(data, "api00"), n),
                               sipas_column_f64(golden_numbers(data, "enroll"), n)};
    const sipas_column by = sipas_column_code(golden_texts(data, "stype"), n);
    static const char *const names[] = {"api00", "enroll"}, *const by_names[] = {"stype"};
    static const uint32_t levels[] = {1, 0};
    sipas_design *design = design_of(data);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_table *table;
    sipas_error err;

    domains.n_by = 1, domains.by = &by, domains.names = by_names;
    domains.n_levels = 2, domains.levels = levels;
    opts.names = names, opts.deff = SIPAS_DEFF_WOR;
    check(sipas_estimate_mean(design, y, 2, &domains, &opts, &table, &err), &err);
    print("mean", table);
    check(sipas_estimate_total(design, y, 2, NULL, &opts, &table, &err), &err);
    print("total", table);
    opts.deff = SIPAS_DEFF_NONE, opts.names = by_names;
    check(sipas_estimate_distribution(design, &by, SIPAS_INTERVAL_BETA, NULL, &opts, &table, &err), &err);
    print("distribution", table);
    sipas_design_free(design);
    golden_free(data);
}

/* Answers that need no file: answer of item j in row i is 1 + (7 i + 3 j + i j) mod 5. */
static void scores(void)
{
    enum { ROWS = 240, ITEMS = 39 };
    static int8_t answers[ITEMS][ROWS];
    static int32_t province[ROWS];
    sipas_column columns[ITEMS], by = sipas_column_i32(province, ROWS);
    static const char *const names[] = {"province"};
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
    sipas_design *design;
    sipas_table *table, *league;
    sipas_error err;

    for (int j = 0; j < ITEMS; j++) {
        for (int i = 0; i < ROWS; i++) answers[j][i] = (int8_t)(1 + (7 * i + 3 * j + i * j) % 5);
        columns[j] = sipas_column_i8(answers[j], ROWS);
    }
    for (int i = 0; i < ROWS; i++) province[i] = i / 40;
    domains.n_by = 1, domains.by = &by, domains.names = names;
    opts.cov = 1;
    check(sipas_design_new(NULL, ROWS, NULL, &by, NULL, 0, NULL, NULL, &design, &err), &err);
    check(sipas_index_estimate(design, sipas_instrument_builtin("1001/2023"), columns, &domains, &opts, &table, &err),
          &err);
    check(sipas_rank_league(NULL, table, NULL, &league, &err), &err);
    print("league", league);
    print("index", table);
    sipas_design_free(design);
}

int main(void)
{
    draws();
    allocation();
    estimates();
    scores();
    return 0;
}

/*
 * Degrees of freedom of a question that few PSUs answer: PSUs minus strata where the domain has an answer, whatever is estimated,
 * under designs of every kind. The reference needs no count: a mask of the rows that have the answer makes them all the rows there
 * are, where R's rule and ours agree.
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

#include "calls.h"
#include "result.h"
#include "small_instrument.h"

enum { PSUS = 30, TAKE = 4, ROWS = PSUS * TAKE, ANSWERING = 5 };

/* 30 PSUs in 6 strata, all of one size; PSUs 3, 4, 5 of the first stratum, 7 and 20 answer. */
typedef struct data {
    double weight[ROWS], probability[ROWS], tenth[ROWS], y[2][ROWS];
    int32_t stratum[ROWS], psu[ROWS], row[ROWS], code[ROWS], group[ROWS];
    int32_t item[SMALL_ITEMS][ROWS];
    uint8_t has[ROWS], phase2[ROWS], validity[(ROWS + 7) / 8];
} data;

static int answers(int psu)
{
    return psu == 2 || psu == 3 || psu == 4 || psu == 7 || psu == 20;
}

static void fill(data *d)
{
    memset(d, 0, sizeof *d);
    for (int i = 0; i < ROWS; i++) {
        const int psu = i / TAKE, j = i * 7919 % 101;

        d->psu[i] = psu;
        d->stratum[i] = psu / 5;
        d->row[i] = i;
        d->weight[i] = 2.0 + (double)(psu % 5);
        d->tenth[i] = 0.1;
        d->probability[i] = psu == 3 ? 1.0 : 0.5 - 0.05 * (double)(psu % 5);
        d->has[i] = (uint8_t)answers(psu);
        d->y[0][i] = d->has[i] ? (double)(j % 2) : NAN;
        d->y[1][i] = d->has[i] ? (double)j / 7.0 : NAN;
        d->code[i] = j % 3;
        d->group[i] = i % 2;
        d->phase2[i] = psu % 6 != 0;
        if (d->has[i]) d->validity[i / 8] |= (uint8_t)(1u << i % 8);
        for (int q = 0; q < SMALL_ITEMS; q++) d->item[q][i] = small_first_code(q) + j % small_levels(q);
    }
}

/* ---- designs ---- */

enum { CLUSTERS, STRATA, ELEMENTS, TWO_STAGES, COLLAPSED, PPS, PHASES, PHASE_ELEMENTS, DESIGNS };

static sipas_design *open_kind(const data *d, int kind, int32_t df)
{
    const sipas_column w = sipas_column_f64(d->weight, ROWS), h = sipas_column_i32(d->stratum, ROWS);
    const sipas_column ids[2] = {sipas_column_i32(d->psu, ROWS), sipas_column_i32(d->row, ROWS)};
    const double *fraction = kind == PPS ? d->probability : d->tenth;
    const sipas_column f[2] = {sipas_column_f64(fraction, ROWS), sipas_column_f64(d->tenth, ROWS)};
    const int with_fpc = kind == PPS || kind == TWO_STAGES;
    const sipas_column taken = sipas_column_bool(d->phase2, ROWS), own = sipas_column_i32(d->psu, ROWS);
    const int elements = kind == ELEMENTS || kind == PHASE_ELEMENTS;
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_design *design;
    sipas_error err;

    opts.df = df;
    if (kind == COLLAPSED) opts.lonely_psu = SIPAS_LONELY_COLLAPSE;
    if (kind == PPS) opts.pps = SIPAS_PPS_BREWER;
    if (kind == PHASES || kind == PHASE_ELEMENTS) {
        opts.phase2 = SIPAS_PHASE2_SRS;
        opts.phase2_sample = &taken;
    }
    check(sipas_design_new(NULL, ROWS, &w,
                           kind == CLUSTERS    ? NULL
                           : kind == COLLAPSED ? &own
                                               : &h,
                           elements ? NULL : ids,
                           elements             ? 0
                           : kind == TWO_STAGES ? 2
                                                : 1,
                           with_fpc ? f : NULL, &opts, &design, &err),
          &err);
    return design;
}

/* ---- estimates ---- */

enum {
    OF_MEAN,
    OF_TOTAL,
    OF_RATIO,
    OF_FUNCTION,
    OF_PROPORTION,
    OF_DISTRIBUTION,
    OF_CATEGORY,
    OF_VARIANCE,
    OF_CORRELATION,
    OF_ALPHA,
    OF_QUANTILE,
    OF_INDEX,
    ESTIMATES
};

/* Answers of those who answer; `masked`: everyone has an answer, and the domain says who counts. */
static sipas_table *run(const data *d, const sipas_design *design, int of, int masked)
{
    double full[2][ROWS];
    sipas_column y[2], item[SMALL_ITEMS], code = sipas_column_i32(d->code, ROWS);
    const sipas_column by = sipas_column_i32(d->group, ROWS), where = sipas_column_bool(d->has, ROWS);
    static const int64_t terms[2] = {0, 1};
    static const int32_t totals[2] = {SIPAS_ARGUMENT_TOTAL, SIPAS_ARGUMENT_MEAN};
    static const double half = 0.5, coef[2] = {1.0, 2.0};
    sipas_function f = SIPAS_FUNCTION_INIT;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    static const uint32_t levels[2] = {0, 1};
    sipas_instrument *instrument = small_instrument_new();
    sipas_table *table = NULL;
    sipas_error err;
    sipas_status status;

    for (int v = 0; v < 2; v++) {
        for (int i = 0; i < ROWS; i++) full[v][i] = masked && isnan(d->y[v][i]) ? 0.0 : d->y[v][i];
        y[v] = sipas_column_f64(full[v], ROWS);
    }
    for (int q = 0; q < SMALL_ITEMS; q++) {
        item[q] = sipas_column_i32(d->item[q], ROWS);
        if (!masked) item[q].validity = d->validity;
    }
    if (!masked) code.validity = d->validity;
    domains.n_by = 1;
    domains.by = &by;
    domains.n_levels = 2;
    domains.levels = levels;
    if (masked) domains.where = &where;
    f.kind = SIPAS_FUNCTION_LINEAR;
    f.n_terms = 2;
    f.term = terms;
    f.coef = coef;
    switch (of) {
    case OF_MEAN: status = sipas_estimate_mean(design, y, 2, &domains, NULL, &table, &err); break;
    case OF_TOTAL: status = sipas_estimate_total(design, y, 2, &domains, NULL, &table, &err); break;
    case OF_RATIO: status = sipas_estimate_ratio(design, y, y + 1, 1, &domains, NULL, &table, &err); break;
    case OF_FUNCTION:
        status = sipas_estimate_function(design, y, totals, 2, &f, 1, &domains, NULL, &table, &err);
        break;
    case OF_PROPORTION: status = sipas_estimate_proportion(design, y, 1, NULL, 0, &domains, NULL, &table, &err); break;
    case OF_DISTRIBUTION: status = sipas_estimate_distribution(design, &code, 0, &domains, NULL, &table, &err); break;
    case OF_CATEGORY:
        status = sipas_estimate_category(design, &code, SIPAS_CATEGORY_TOTAL, &domains, NULL, &table, &err);
        break;
    case OF_VARIANCE:
        status = sipas_estimate_moment(design, y, 2, SIPAS_MOMENT_VARIANCE, 0, &domains, NULL, &table, &err);
        break;
    case OF_CORRELATION:
        status = sipas_estimate_moment(design, y, 2, SIPAS_MOMENT_CORRELATION, 0, &domains, NULL, &table, &err);
        break;
    case OF_ALPHA: status = sipas_estimate_alpha(design, y, 2, 0, &domains, NULL, &table, &err); break;
    case OF_QUANTILE: status = sipas_estimate_quantile(design, y, 2, &half, 1, &domains, NULL, &table, &err); break;
    default: status = sipas_index_estimate(design, instrument, item, &domains, NULL, &table, &err); break;
    }
    sipas_instrument_free(instrument);
    check(status, &err);
    return table;
}

/* Answers missing or masked: the same degrees of freedom and the same PSUs; R's rule only looks at the mask. */
static void test_answers_count(void **state)
{
    static data d;

    (void)state;
    fill(&d);
    for (int kind = 0; kind < DESIGNS; kind++)
        for (int of = 0; of < ESTIMATES; of++) {
            sipas_design *ours = open_kind(&d, kind, SIPAS_DF_DEFAULT), *r = open_kind(&d, kind, SIPAS_DF_DOMAIN_ROWS);
            sipas_table *table = run(&d, ours, of, 0), *masked = run(&d, ours, of, 1), *rows = run(&d, r, of, 1),
                        *all = run(&d, r, of, 0);

            for (int64_t row = 0; row < sipas_table_count_rows(table); row++) {
                const double df = real(table, "df", row);

                if (df != real(masked, "df", row) || df != real(rows, "df", row))
                    fail_msg("design %d, estimate %d, row %d: df %g, masked %g, by rows %g", kind, of, (int)row, df,
                             real(masked, "df", row), real(rows, "df", row));
                assert_int_equal(whole(table, "psus", row), whole(masked, "psus", row));
                assert_int_equal(whole(table, "n", row), whole(masked, "n", row));
                assert_true(of == OF_QUANTILE ? df == real(all, "df", row) : df < real(all, "df", row));
                assert_true(isnan(real(table, "lower", row)) == isnan(real(masked, "lower", row)));
            }
            sipas_table_free(table);
            sipas_table_free(masked);
            sipas_table_free(rows);
            sipas_table_free(all);
            sipas_design_free(ours);
            sipas_design_free(r);
        }
}

/* By hand: five PSUs of 30 answer, in three of six strata. */
static void test_by_hand(void **state)
{
    static const struct {
        int kind;
        double whole, r;
    } wanted[] = {
        {CLUSTERS, 5 - 1, 30 - 1},
        {STRATA, 5 - 3, 30 - 6},
        {ELEMENTS, 5 * TAKE - 3, ROWS - 6},
        {TWO_STAGES, 5 - 3, 30 - 6},
        /* each PSU a stratum, taken in pairs 0-1, 2-3, 4-5 …: the five lie in the pairs 2-3, 4-5, 6-7, 20-21 */
        {COLLAPSED, 5 - 4, 30 - 15},
        /* PSU 3 has probability 1 */
        {PPS, 4 - 3, 29 - 6},
        /* phase 2 leaves out PSUs 0, 6, 12, 18, 24; it has one stratum, and no clusters in phase 1 that have several stages */
        {PHASES, 5 - 1, 25 - 1},
        {PHASE_ELEMENTS, 5 * TAKE - 1, 25 * TAKE - 1},
    };
    static data d;

    (void)state;
    fill(&d);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        for (int of = 0; of < ESTIMATES; of++) {
            sipas_design *ours = open_kind(&d, wanted[i].kind, 0),
                         *r = open_kind(&d, wanted[i].kind, SIPAS_DF_DOMAIN_ROWS);
            sipas_table *table = run(&d, ours, of, 0), *rows = run(&d, r, of, 0);

            if (real(table, "df", 0) != wanted[i].whole)
                fail_msg("design %d, estimate %d: df %g for %g", wanted[i].kind, of, real(table, "df", 0),
                         wanted[i].whole);
            if (of != OF_QUANTILE && real(rows, "df", 0) != wanted[i].r)
                fail_msg("design %d, estimate %d: R's df %g for %g", wanted[i].kind, of, real(rows, "df", 0),
                         wanted[i].r);
            sipas_table_free(table);
            sipas_table_free(rows);
            sipas_design_free(ours);
            sipas_design_free(r);
        }
}

/* An index node has the PSUs with an answer to any item below it, an item those of its own. */
static void test_index_nodes(void **state)
{
    static const int32_t psu[8] = {1, 1, 2, 2, 3, 3, 4, 4};
    int32_t answer[SMALL_ITEMS][8];
    static const uint8_t first[1] = {0x03}, second[1] = {0x3c}, none[1] = {0x00}; /* PSU 1; 2 and 3; nobody */
    sipas_instrument *instrument = small_instrument_new();
    sipas_design *design = open_design(8, NULL, NULL, psu, NULL, NULL);
    sipas_column item[SMALL_ITEMS];
    sipas_table *table;
    sipas_error err;

    (void)state;
    for (int q = 0; q < SMALL_ITEMS; q++) {
        for (int i = 0; i < 8; i++) answer[q][i] = small_first_code(q) + i % small_levels(q);
        item[q] = sipas_column_i32(answer[q], 8);
        item[q].validity = q == 0 ? first : q == 1 ? second : none;
    }
    check(sipas_index_estimate(design, instrument, item, NULL, NULL, &table, &err), &err);
    assert_true(real(table, "df", node_row(table, "q1", 0)) == 0.0);
    assert_true(real(table, "df", node_row(table, "q2", 0)) == 1.0);
    assert_int_equal(whole(table, "psus", node_row(table, "ALL", 0)), 3);
    assert_true(real(table, "df", node_row(table, "ALL", 0)) == 2.0);
    sipas_table_free(table);
    sipas_design_free(design);
    sipas_instrument_free(instrument);
}

/* Differences: the least of the rows, and the regression's, PSUs and strata with an answer to either + 1 - 2. */
static void test_differences(void **state)
{
    static const int32_t psu[8] = {1, 2, 3, 4, 1, 2, 3, 4}, group[8] = {1, 1, 1, 1, 2, 2, 2, 2};
    static const double y_of[8] = {1, 2, 4, NAN, 3, 7, NAN, NAN};
    const sipas_column y = sipas_column_f64(y_of, 8), by = sipas_column_i32(group, 8);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_contrast_opts how = SIPAS_CONTRAST_OPTS_INIT;
    sipas_design *design = open_design(8, NULL, NULL, psu, NULL, NULL);
    sipas_table *table, *pairs;
    sipas_error err;

    (void)state;
    domains.n_by = 1;
    domains.by = &by;
    opts.cov = 1;
    table = estimate(design, MEAN, &y, NULL, 1, &domains, &opts);
    assert_true(real(table, "df", 0) == 2.0 && real(table, "df", 1) == 1.0);
    check(sipas_estimate_pairs(table, &how, &pairs, &err), &err);
    assert_true(real(pairs, "df", 0) == 1.0);
    sipas_table_free(pairs);
    how.df = SIPAS_CONTRAST_DF_REGRESSION;
    check(sipas_estimate_pairs(table, &how, &pairs, &err), &err);
    assert_true(real(pairs, "df", 0) == 3.0 - 1.0 + 1.0 - 2.0);
    sipas_table_free(pairs);
    sipas_table_free(table);
    sipas_design_free(design);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_answers_count), cmocka_unit_test(test_by_hand),
                                       cmocka_unit_test(test_index_nodes), cmocka_unit_test(test_differences)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

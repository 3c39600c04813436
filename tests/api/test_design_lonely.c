/*
 * Few units: collapsed strata against their formula written out, errors within one PSU, PSUs taken with certainty, and PSU
 * totals as rows.
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
#include "result.h"

/* ---- collapsed strata ---- */

enum { PSUS = 12, ROWS = 24, STRATA = 6 };

/* PSUs of the strata 1 to 6: 3 1 2 1 4 1; two rows each. */
static const int32_t stratum_of[PSUS] = {1, 1, 1, 2, 3, 3, 4, 5, 5, 5, 5, 6};
static const double population_of[STRATA] = {9.0, 5.0, 7.0, 6.0, 12.0, 8.0};
static const double weight_of[STRATA] = {5.0, 5.0, 5.5, 10.5, 6.25, 24.5}; /* a row; sums 30 10 22 21 50 49 */

typedef struct rows {
    int32_t stratum[ROWS], psu[ROWS], block[ROWS];
    double weight[ROWS], fpc[ROWS], y[ROWS], x[ROWS];
    uint8_t in[ROWS];
} rows;

static rows make_rows(void)
{
    rows r = {{0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}};

    for (int i = 0; i < ROWS; i++) {
        r.stratum[i] = stratum_of[i / 2];
        r.psu[i] = i / 2;
        r.block[i] = (r.stratum[i] + 1) / 2;
        r.weight[i] = weight_of[r.stratum[i] - 1];
        r.fpc[i] = population_of[r.stratum[i] - 1];
        r.y[i] = 10.0 + 7.0 * r.stratum[i] + (i * 37) % 11;
        r.x[i] = 3.0 + (i * 17) % 5;
        r.in[i] = i % 3 != 1 && r.stratum[i] != 2;
    }
    return r;
}

/* Variance of Σ z where strata h are taken as group[h-1]; z by PSU. */
static double brute(const int *group, int with_fpc, const double *z)
{
    double variance = 0.0;

    for (int g = 1; g <= STRATA; g++) {
        double n = 0.0, of_population = 0.0, sum = 0.0, squares = 0.0;

        for (int h = 0; h < STRATA; h++)
            if (group[h] == g) of_population += population_of[h];
        for (int u = 0; u < PSUS; u++) {
            if (group[stratum_of[u] - 1] != g) continue;
            n++;
            sum += z[u];
        }
        for (int u = 0; u < PSUS; u++)
            if (group[stratum_of[u] - 1] == g) squares += (z[u] - sum / n) * (z[u] - sum / n);
        if (n > 0.0) variance += (with_fpc ? 1.0 - n / of_population : 1.0) * n / (n - 1.0) * squares;
    }
    return variance;
}

static int count_groups(const int *group)
{
    int n = 0;

    for (int g = 1; g <= STRATA; g++) {
        int met = 0;

        for (int h = 0; h < STRATA; h++) met |= group[h] == g;
        n += met;
    }
    return n;
}

static void check_collapse(int32_t rule, int32_t by, const int *group, const char *names)
{
    const rows r = make_rows();
    const sipas_column y = sipas_column_f64(r.y, ROWS), x = sipas_column_f64(r.x, ROWS);
    const sipas_column where = sipas_column_bool(r.in, ROWS), blocks = sipas_column_i32(r.block, ROWS);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_domains domains = SIPAS_DOMAINS_INIT;

    opts.lonely_psu = SIPAS_LONELY_COLLAPSE;
    opts.collapse = rule;
    opts.collapse_by = by;
    if (rule == SIPAS_COLLAPSE_GIVEN) opts.collapse_strata = &blocks;
    for (int with_fpc = 0; with_fpc <= 1; with_fpc++)
        for (int in_domain = 0; in_domain <= 1; in_domain++) {
            sipas_design *design = open_design(ROWS, r.weight, r.stratum, r.psu, with_fpc ? r.fpc : NULL, &opts);
            double z[PSUS] = {0.0}, of_y = 0.0, of_x = 0.0;
            sipas_table *table;

            domains.where = in_domain ? &where : NULL;
            for (int i = 0; i < ROWS; i++) {
                const double w = in_domain && !r.in[i] ? 0.0 : r.weight[i];

                of_y += w * r.y[i];
                of_x += w * r.x[i];
                z[r.psu[i]] += w * r.y[i];
            }
            table = estimate(design, TOTAL, &y, NULL, 1, &domains, NULL);
            assert_close(real(table, "se", 0), sqrt(brute(group, with_fpc, z)), 1e-12);
            assert_non_null(strstr(find_note(table, "collapsed", -1), names));
            if (!in_domain) assert_true(real(table, "df", 0) == PSUS - count_groups(group));
            assert_true(sipas_design_get_df(design) == PSUS - count_groups(group));
            sipas_table_free(table);
            memset(z, 0, sizeof z);
            for (int i = 0; i < ROWS; i++)
                if (!in_domain || r.in[i]) z[r.psu[i]] += r.weight[i] * (r.y[i] - of_y / of_x * r.x[i]) / of_x;
            table = estimate(design, RATIO, &y, &x, 1, &domains, NULL);
            assert_close(real(table, "se", 0), sqrt(brute(group, with_fpc, z)), 1e-12);
            sipas_table_free(table);
            sipas_design_free(design);
        }
}

static void test_collapse(void **state)
{
    static const int next[STRATA] = {1, 3, 3, 5, 5, 5}, previous[STRATA] = {1, 1, 3, 3, 5, 5};
    static const int smallest[STRATA] = {1, 2, 3, 2, 5, 2}, largest[STRATA] = {1, 5, 3, 5, 5, 5};
    static const int nearest[STRATA] = {1, 2, 3, 2, 5, 5}, lightest[STRATA] = {1, 2, 3, 2, 5, 2};

    (void)state;
    check_collapse(SIPAS_COLLAPSE_DEFAULT, 0, next, "stratum 2, stratum 3 are taken as one stratum of 3 PSUs");
    check_collapse(SIPAS_COLLAPSE_NEXT, 0, next, "stratum 2, stratum 3");
    check_collapse(SIPAS_COLLAPSE_PREVIOUS, 0, previous, "stratum 1, stratum 2");
    check_collapse(SIPAS_COLLAPSE_SMALLEST, SIPAS_COLLAPSE_BY_UNITS, smallest, "stratum 2, stratum 4, stratum 6");
    check_collapse(SIPAS_COLLAPSE_SMALLEST, SIPAS_COLLAPSE_BY_WEIGHT, lightest, "stratum 2, stratum 4, stratum 6");
    check_collapse(SIPAS_COLLAPSE_LARGEST, SIPAS_COLLAPSE_BY_UNITS, largest, "stratum 2, stratum 4, stratum 5");
    check_collapse(SIPAS_COLLAPSE_NEAREST, SIPAS_COLLAPSE_BY_WEIGHT, nearest, "stratum 2, stratum 4");
    check_collapse(SIPAS_COLLAPSE_GIVEN, 0, previous, "stratum 1, stratum 2");
}

/* Rows as PSUs go the way of streamed squares: the same as with ids. */
static void test_collapse_of_rows(void **state)
{
    static const int32_t stratum[5] = {1, 2, 2, 3, 3}, id[5] = {1, 2, 3, 4, 5};
    static const double weight[5] = {2.0, 3.0, 1.0, 4.0, 2.0},
                        value[5] = {1e9 + 1.0, 1e9 + 5.0, 1e9 + 2.0, 1e9, 1e9 + 7.0};
    const sipas_column y = sipas_column_f64(value, 5);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_design *a, *b;
    sipas_table *rows_are_units, *ids;

    (void)state;
    opts.lonely_psu = SIPAS_LONELY_COLLAPSE;
    a = open_design(5, weight, stratum, NULL, NULL, &opts);
    b = open_design(5, weight, stratum, id, NULL, &opts);
    rows_are_units = estimate(a, MEAN, &y, NULL, 1, NULL, NULL);
    ids = estimate(b, MEAN, &y, NULL, 1, NULL, NULL);
    assert_close(real(rows_are_units, "se", 0), real(ids, "se", 0), 1e-9);
    assert_true(real(rows_are_units, "se", 0) > 0.1 && real(rows_are_units, "df", 0) == 3.0);
    assert_true(real(ids, "df", 0) == 3.0);
    sipas_table_free(rows_are_units);
    sipas_table_free(ids);
    sipas_design_free(a);
    sipas_design_free(b);
}

static void test_collapse_refused(void **state)
{
    static const int32_t one[2] = {1, 1}, two[4] = {1, 1, 2, 3}, mixed[4] = {1, 2, 2, 2};
    static const double value[4] = {1.0, 2.0, 5.0, 9.0}, counts[4] = {5.0, 5.0, 1.0, 4.0};
    const sipas_column y = sipas_column_f64(value, 2), codes = sipas_column_i32(mixed, 4);
    const sipas_column strata = sipas_column_i32(two, 4), y4 = sipas_column_f64(value, 4);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_design *design;
    sipas_table *table = NULL;
    sipas_error err;

    (void)state;
    opts.lonely_psu = SIPAS_LONELY_COLLAPSE;
    design = open_design(2, NULL, one, one, NULL, &opts); /* one PSU in all */
    assert_int_equal(sipas_estimate_total(design, &y, 1, NULL, NULL, &table, &err), SIPAS_ERR_LONELY_PSU);
    assert_non_null(strstr(err.message, "finds no partner"));
    sipas_design_free(design);
    design = open_design(4, NULL, two, NULL, counts, &opts); /* stratum 2 is taken whole: 3 goes with 1 */
    table = estimate(design, TOTAL, &y4, NULL, 1, NULL, NULL);
    assert_non_null(strstr(find_note(table, "collapsed", -1), "stratum 1, stratum 3 are"));
    sipas_table_free(table);
    sipas_design_free(design);
    opts.collapse = SIPAS_COLLAPSE_GIVEN;
    assert_int_equal(sipas_design_new(NULL, 4, NULL, &strata, NULL, 0, NULL, &opts, &design, &err), SIPAS_ERR_OPTION);
    opts.collapse_strata = &codes;
    assert_int_equal(sipas_design_new(NULL, 4, NULL, &strata, NULL, 0, NULL, &opts, &design, &err), SIPAS_ERR_VALUE);
    assert_int_equal(err.row, 1);
    opts.collapse = SIPAS_COLLAPSE_NEXT;
    assert_int_equal(sipas_design_new(NULL, 4, NULL, &strata, NULL, 0, NULL, &opts, &design, &err), SIPAS_ERR_OPTION);
}

/* ---- a domain in one PSU ---- */

enum { N = 16 };

static const int32_t stratum[N] = {1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2};
static const int32_t psu[N] = {1, 1, 1, 1, 2, 2, 2, 2, 1, 1, 1, 1, 2, 2, 2, 2};
static const int32_t ssu[N] = {1, 1, 2, 3, 1, 2, 2, 3, 1, 2, 3, 4, 1, 1, 2, 2};
static const int32_t area[N] = {1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3};
static const double value[N] = {4, 6, 5, 9, 8, 3, 7, 5, 8, 2, 6, 4, 9, 5, 7, 3};

/* A design of this data, with its memory. */
typedef struct one_psu {
    double first[N], second[N], weight[N];
    uint8_t flag[N];
    sipas_design *design;
} one_psu;

/* `whole`: FPC of stratum 1's PSUs; flagged: PSU 1 of stratum 1 is certain. */
static void open_one_psu(one_psu *o, int two_stages, double whole_stratum, int flagged, int conditional)
{
    const sipas_column w = sipas_column_f64(o->weight, N), strata = sipas_column_i32(stratum, N);
    const sipas_column ids[2] = {sipas_column_i32(psu, N), sipas_column_i32(ssu, N)};
    const sipas_column fpc[2] = {sipas_column_f64(o->first, N), sipas_column_f64(o->second, N)};
    const sipas_column flags = sipas_column_bool(o->flag, N);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_error err;

    for (int i = 0; i < N; i++) {
        o->weight[i] = 1.0 + i % 4;
        o->first[i] = stratum[i] == 1 ? whole_stratum : 0.25;
        o->second[i] = 0.5;
        o->flag[i] = stratum[i] == 1 && psu[i] == 1;
    }
    opts.one_psu = conditional ? SIPAS_ONE_PSU_CONDITIONAL : 0;
    if (flagged) opts.lonely_psu = SIPAS_LONELY_REMOVE; /* PSU 2 is then alone in stratum 1 */
    opts.certainty = flagged ? &flags : NULL;
    check(sipas_design_new(NULL, N, &w, &strata, ids, two_stages ? 2 : 1, two_stages ? fpc : NULL, &opts, &o->design,
                           &err),
          &err);
}

static sipas_table *by_area(const sipas_design *design, int kind)
{
    const sipas_column y = sipas_column_f64(value, N), by = sipas_column_i32(area, N);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;

    opts.cov = 1;
    domains.n_by = 1;
    domains.by = &by;
    return estimate(design, kind, &y, NULL, 1, &domains, &opts);
}

static sipas_table *medians_by_area(const sipas_design *design)
{
    const sipas_column y = sipas_column_f64(value, N), by = sipas_column_i32(area, N);
    const double half = 0.5;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_table *table;
    sipas_error err;

    domains.n_by = 1;
    domains.by = &by;
    check(sipas_estimate_quantile(design, &y, 1, &half, 1, &domains, NULL, &table, &err), &err);
    return table;
}

/* Medians too. */
static void test_conditional_median(void **state)
{
    (void)state;
    for (int two_stages = 0; two_stages <= 1; two_stages++) {
        one_psu plain, flagged, conditional;
        sipas_table *a, *b, *c;

        open_one_psu(&plain, two_stages, 0.4, 0, 0);
        open_one_psu(&flagged, two_stages, 0.4, 1, 0);
        open_one_psu(&conditional, two_stages, 0.4, 0, 1);
        a = medians_by_area(plain.design);
        b = medians_by_area(flagged.design);
        c = medians_by_area(conditional.design);
        assert_true(missing(a, "se", 0) && missing(a, "cdf_se", 0));
        assert_true(real(c, "cdf_se", 0) > 0.0);
        for (int k = 0; k < 2; k++) {
            sipas_table *const as = k ? a : b;

            assert_close(real(c, "estimate", k), real(as, "estimate", k), 0.0);
            assert_close(real(c, "cdf_se", k), real(as, "cdf_se", k), 1e-12);
            assert_close(real(c, "df", k), real(as, "df", k), 0.0);
            assert_int_equal(missing(c, "lower", k), missing(as, "lower", k));
            assert_int_equal(missing(c, "upper", k), missing(as, "upper", k));
            if (!missing(c, "lower", k)) assert_close(real(c, "lower", k), real(as, "lower", k), 0.0);
            if (!missing(c, "upper", k)) assert_close(real(c, "upper", k), real(as, "upper", k), 0.0);
        }
        assert_null(find_note(c, "one_psu", 0));
        assert_string_equal(meta(c, "one_psu"), "conditional");
        assert_int_equal(missing(c, "cdf_se", 2), two_stages); /* one second-stage unit */
        sipas_table_free(a);
        sipas_table_free(b);
        sipas_table_free(c);
        sipas_design_free(plain.design);
        sipas_design_free(flagged.design);
        sipas_design_free(conditional.design);
    }
}

/* On request the error within the PSU: that of a design where the PSU is flagged. Area 3 is one second-stage unit. */
static void test_conditional(void **state)
{
    (void)state;
    for (int two_stages = 0; two_stages <= 1; two_stages++) {
        one_psu plain, flagged, conditional;
        sipas_table *a, *b, *c;

        open_one_psu(&plain, two_stages, 0.4, 0, 0);
        open_one_psu(&flagged, two_stages, 0.4, 1, 0);
        open_one_psu(&conditional, two_stages, 0.4, 0, 1);
        a = by_area(plain.design, MEAN);
        b = by_area(flagged.design, MEAN);
        c = by_area(conditional.design, MEAN);
        assert_true(missing(a, "se", 0) && missing(a, "se", 2));
        assert_non_null(find_note(a, "one_psu", 0));
        check_rows_alike(c, 0, b, 0, 1e-12);
        check_rows_alike(c, 1, a, 1, 1e-12);
        assert_true(real(c, "se", 0) > 0.0 && real(c, "df", 0) == (two_stages ? 2.0 : 3.0));
        assert_int_equal(whole(c, "psus", 0), two_stages ? 3 : 4);
        assert_non_null(find_note(c, "conditional", 0));
        assert_null(find_note(c, "one_psu", 0));
        assert_string_equal(meta(c, "one_psu"), "conditional");
        assert_true(isnan(covariance(c, 0, 1)) && !isnan(covariance(c, 1, 1)));
        if (two_stages) { /* one second-stage unit: nothing to tell an error from */
            assert_true(missing(c, "se", 2));
            assert_non_null(find_note(c, "one_psu", 2));
        } else {
            assert_true(real(c, "se", 2) > 0.0);
        }
        sipas_table_free(a);
        sipas_table_free(b);
        sipas_table_free(c);
        a = by_area(plain.design, TOTAL); /* a total knows that other PSUs have none: nothing changes */
        c = by_area(conditional.design, TOTAL);
        check_alike(a, c, 0.0);
        sipas_table_free(a);
        sipas_table_free(c);
        sipas_design_free(plain.design);
        sipas_design_free(flagged.design);
        sipas_design_free(conditional.design);
    }
}

/* A PSU taken with certainty, told by its FPC: the error of a domain in it is that of the second stage, as with the flag. */
static void test_one_psu_taken_whole(void **state)
{
    one_psu by_fpc, flagged;
    sipas_table *a, *b;

    (void)state;
    open_one_psu(&by_fpc, 1, 1.0, 0, 0);
    open_one_psu(&flagged, 1, 1.0, 1, 0);
    a = by_area(by_fpc.design, MEAN);
    b = by_area(flagged.design, MEAN);
    assert_close(real(a, "se", 0), real(b, "se", 0), 1e-12);
    assert_true(real(a, "se", 0) > 0.0);
    assert_null(find_note(a, "one_psu", 0));
    assert_non_null(find_note(a, "no_df", 0)); /* by the count of PSUs; the flag counts second-stage units */
    assert_true(missing(a, "lower", 0) && !missing(b, "lower", 0));
    assert_true(missing(a, "se", 2)); /* not taken whole */
    sipas_table_free(a);
    sipas_table_free(b);
    sipas_design_free(by_fpc.design);
    sipas_design_free(flagged.design);
    open_one_psu(&by_fpc, 0, 1.0, 0, 0); /* no FPC */
    a = by_area(by_fpc.design, MEAN);
    assert_true(missing(a, "se", 0));
    sipas_table_free(a);
    sipas_design_free(by_fpc.design);
}

/* ---- PSU totals as rows ---- */

/* Σ w y and Σ w of each PSU as rows of weight 1: totals as totals, means as ratios, domains as columns of their own. */
static void test_psu_totals(void **state)
{
    const rows r = make_rows();
    const sipas_column y = sipas_column_f64(r.y, ROWS), where = sipas_column_bool(r.in, ROWS);
    double of_y[PSUS] = {0.0}, of_w[PSUS] = {0.0}, one[PSUS], fpc[PSUS];
    const sipas_column totals = sipas_column_f64(of_y, PSUS), sizes = sipas_column_f64(of_w, PSUS);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_design *by_row, *by_psu;
    sipas_table *a, *b;

    (void)state;
    domains.where = &where;
    opts.lonely_psu = SIPAS_LONELY_ADJUST;
    for (int i = 0; i < ROWS; i++) {
        of_y[r.psu[i]] += r.in[i] ? r.weight[i] * r.y[i] : 0.0;
        of_w[r.psu[i]] += r.in[i] ? r.weight[i] : 0.0;
    }
    for (int u = 0; u < PSUS; u++) {
        one[u] = 1.0;
        fpc[u] = population_of[stratum_of[u] - 1];
    }
    by_row = open_design(ROWS, r.weight, r.stratum, r.psu, r.fpc, &opts);
    by_psu = open_design(PSUS, one, stratum_of, NULL, fpc, &opts);
    a = estimate(by_row, TOTAL, &y, NULL, 1, &domains, NULL);
    b = estimate(by_psu, TOTAL, &totals, NULL, 1, NULL, NULL);
    assert_close(real(b, "estimate", 0), real(a, "estimate", 0), 1e-13);
    assert_close(real(b, "se", 0), real(a, "se", 0), 1e-12);
    sipas_table_free(a);
    sipas_table_free(b);
    a = estimate(by_row, MEAN, &y, NULL, 1, &domains, NULL);
    b = estimate(by_psu, RATIO, &totals, &sizes, 1, NULL, NULL);
    assert_close(real(b, "estimate", 0), real(a, "estimate", 0), 1e-13);
    assert_close(real(b, "se", 0), real(a, "se", 0), 1e-12);
    sipas_table_free(a);
    sipas_table_free(b);
    sipas_design_free(by_row);
    sipas_design_free(by_psu);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_collapse),           cmocka_unit_test(test_collapse_of_rows),
        cmocka_unit_test(test_collapse_refused),   cmocka_unit_test(test_conditional),
        cmocka_unit_test(test_conditional_median), cmocka_unit_test(test_one_psu_taken_whole),
        cmocka_unit_test(test_psu_totals)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

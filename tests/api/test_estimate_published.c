/*
 * Means, totals and ratios against figures that others have published; each test names its source.
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

static void check_published(const sipas_table *table, int64_t row, double estimate_of, double se, double tolerance)
{
    assert_close(real(table, "estimate", row), estimate_of, tolerance);
    assert_close(real(table, "se", row), se, tolerance);
}

/* SAS/STAT documentation, PROC SURVEYMEANS, Getting Started (sample library svmgs): 40 of 4,000 students. The digits
 * are those printed there; the stratified figures have more from R, survey 4.5. */
static void test_ice_cream(void **state)
{
    static const int32_t grade[40] = {7, 7, 8, 9, 7, 7, 7, 8, 8, 7, 7, 9, 8, 7, 7, 7, 9, 8, 8, 9,
                                      9, 9, 7, 7, 7, 9, 8, 9, 7, 7, 7, 7, 9, 8, 8, 7, 9, 9, 7, 7};
    static const double spending[40] = {7, 7, 12, 10, 1, 10, 3,  20, 19, 2, 2, 15, 16, 6, 6,  6,  15, 17, 14, 8,
                                        8, 7, 3,  12, 4, 14, 18, 9,  2,  1, 4, 11, 8,  8, 10, 13, 2,  6,  11, 2};
    double y_of[40] = {0}, more[40] = {0}, simple[40], total[40];
    int32_t strata[40];
    const sipas_column y[2] = {sipas_column_f64(y_of, 40), sipas_column_f64(more, 40)};
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_design *design;
    sipas_table *table;

    (void)state;
    for (int i = 0; i < 40; i++) {
        strata[i] = grade[i];
        y_of[i] = spending[i];
        simple[i] = 4000.0;
        total[i] = grade[i] == 7 ? 1824.0 : grade[i] == 8 ? 1025.0 : 1151.0;
    }
    /* the last line of the data: 7 4  7 11  9 8  8 10  8 13  7 2  9 6  9 11  7 2  7 9 */
    strata[30] = 7, y_of[30] = 4, strata[31] = 7, y_of[31] = 11, strata[32] = 9, y_of[32] = 8, strata[33] = 8,
    y_of[33] = 10;
    strata[34] = 8, y_of[34] = 13, strata[35] = 7, y_of[35] = 2, strata[36] = 9, y_of[36] = 6, strata[37] = 9,
    y_of[37] = 11;
    strata[38] = 7, y_of[38] = 2, strata[39] = 7, y_of[39] = 9;
    for (int i = 0; i < 40; i++) more[i] = y_of[i] >= 10.0;
    design = open_design(40, NULL, NULL, NULL, simple, NULL);
    table = estimate(design, MEAN, y, NULL, 2, NULL, NULL);
    check_published(table, 0, 8.75, 0.84514, 1e-5);
    check_published(table, 1, 0.425, 0.07876, 1e-4);
    assert_close(real(table, "lower", 0), 7.04054539, 1e-9);
    assert_close(real(table, "upper", 0), 10.4594546, 1e-8);
    assert_true(real(table, "df", 0) == 39.0);
    sipas_table_free(table);
    sipas_design_free(design);
    design = open_design(40, NULL, strata, NULL, total, NULL);
    opts.deff = SIPAS_DEFF_WOR;
    table = estimate(design, MEAN, y, NULL, 1, NULL, &opts);
    check_published(table, 0, 9.141297980, 0.531799165, 1e-9);
    assert_close(real(table, "lower", 0), 8.0637705193, 1e-10);
    assert_close(real(table, "upper", 0), 10.2188254403, 1e-10);
    assert_close(real(table, "deff", 0), 0.38767, 2e-5);
    assert_true(real(table, "df", 0) == 37.0);
    sipas_table_free(table);
    sipas_design_free(design);
}

/* Stata manual, svy: variance estimation, the data set fpc; more digits from R, survey 4.5. */
static void test_stata_fpc(void **state)
{
    golden_table *data = golden_read("golden/data/fpc.csv");
    const int64_t n = (int64_t)golden_count(data);
    const sipas_column w = sipas_column_f64(golden_numbers(data, "weight"), n),
                       strata = sipas_column_f64(golden_numbers(data, "stratid"), n),
                       psu = sipas_column_f64(golden_numbers(data, "psuid"), n),
                       fpc = sipas_column_f64(golden_numbers(data, "Nh"), n),
                       x = sipas_column_f64(golden_numbers(data, "x"), n);
    sipas_error err;

    (void)state;
    for (int with = 0; with <= 1; with++) {
        sipas_design *design = NULL;
        sipas_table *table;

        check(sipas_design_new(NULL, n, &w, &strata, &psu, 1, with ? &fpc : NULL, NULL, &design, &err), &err);
        table = estimate(design, MEAN, &x, NULL, 1, NULL, NULL);
        check_published(table, 0, 5.448148118, with ? 0.6160407198 : 0.7412683268, 1e-9);
        if (with) assert_close(real(table, "lower", 0), 3.94075078, 1e-8);
        if (with) assert_close(real(table, "upper", 0), 6.95554546, 1e-8);
        assert_true(real(table, "df", 0) == 6.0);
        sipas_table_free(table);
        sipas_design_free(design);
    }
    golden_free(data);
}

/* Levy and Lemeshow, Sampling of Populations: hospitals by level of obstetric care (data set hospital of R's survey). By
 * level: T. Lumley, "Analysis of examples from UCLA" (ucla-examples.pdf of the package), section 1. */
static void test_hospitals(void **state)
{
    static const int32_t level[15] = {1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3};
    static const double births[15] = {480, 426,  342,  174,  2022, 576,  1999, 482,
                                      836, 3108, 4674, 2539, 1610, 4618, 1781};
    static const double by_level[3][4] = {{355.5, 63.56802, 14931.0, 2669.857},
                                          {1183.0, 334.01701, 117117.0, 33067.684},
                                          {3055.0, 441.67075, 51935.0, 7508.403}};
    double fpc[15];
    const sipas_column y = sipas_column_f64(births, 15), by = sipas_column_i32(level, 15);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_design *design;
    sipas_table *mean, *total;

    (void)state;
    for (int i = 0; i < 15; i++) fpc[i] = level[i] == 1 ? 42.0 : level[i] == 2 ? 99.0 : 17.0;
    design = open_design(15, NULL, level, NULL, fpc, NULL);
    mean = estimate(design, MEAN, &y, NULL, 1, NULL, NULL);
    total = estimate(design, TOTAL, &y, NULL, 1, NULL, NULL);
    check_published(mean, 0, 1164.449367, 215.2806954, 1e-9);
    check_published(total, 0, 183983.0, 34014.34988, 1e-9);
    sipas_table_free(mean);
    sipas_table_free(total);
    domains.n_by = 1;
    domains.by = &by;
    mean = estimate(design, MEAN, &y, NULL, 1, &domains, NULL);
    total = estimate(design, TOTAL, &y, NULL, 1, &domains, NULL);
    for (int64_t row = 0; row < 3; row++) {
        check_published(mean, row, by_level[row][0], by_level[row][1], 1e-7);
        check_published(total, row, by_level[row][2], by_level[row][3], 1e-7);
    }
    sipas_table_free(mean);
    sipas_table_free(total);
    sipas_design_free(design);
}

/* Lehtonen and Pahkinen, Province'91: p. 74, stratified, N = 7 and 25; p. 84, two clusters of four communes, counted as
 * SUDAAN does, N = 32. */
static void test_province_91(void **state)
{
    static const int32_t strata[8] = {1, 1, 1, 1, 2, 2, 2, 2}, cluster[8] = {2, 2, 2, 2, 8, 8, 8, 8};
    static const double ue91[8] = {4123, 666, 760, 457, 61, 262, 331, 98},
                        lab91[8] = {33786, 6016, 5919, 3022, 573, 1737, 2543, 545},
                        n_strata[8] = {7, 7, 7, 7, 25, 25, 25, 25},
                        ue91_c[8] = {666, 528, 760, 187, 129, 128, 331, 568},
                        lab91_c[8] = {6016, 3818, 5919, 1448, 927, 819, 2543, 4011},
                        n_clusters[8] = {32, 32, 32, 32, 32, 32, 32, 32}, weight[8] = {4, 4, 4, 4, 4, 4, 4, 4};
    const sipas_column y = sipas_column_f64(ue91, 8), x = sipas_column_f64(lab91, 8), yc = sipas_column_f64(ue91_c, 8),
                       xc = sipas_column_f64(lab91_c, 8);
    sipas_design *design = open_design(8, NULL, strata, NULL, n_strata, NULL);
    sipas_table *a = estimate(design, MEAN, &y, NULL, 1, NULL, NULL),
                *b = estimate(design, RATIO, &y, &x, 1, NULL, NULL);

    (void)state;
    check_published(a, 0, 475.328125, 133.7328634, 1e-9);
    check_published(b, 0, 0.1277787929, 0.003173563794, 1e-9);
    sipas_table_free(a);
    sipas_table_free(b);
    sipas_design_free(design);
    design = open_design(8, weight, NULL, cluster, n_clusters, NULL);
    a = estimate(design, TOTAL, &yc, NULL, 1, NULL, NULL);
    b = estimate(design, RATIO, &yc, &xc, 1, NULL, NULL);
    check_published(a, 0, 13188.0, 3814.888596, 1e-9);
    check_published(b, 0, 0.1292890475, 0.006295318374, 1e-9);
    sipas_table_free(a);
    sipas_table_free(b);
    sipas_design_free(design);
}

/*
 * The same population, a systematic sample taken as stratified: what Stata 9 prints for svy: total and estat effects, in UCLA's
 * "How do I analyze survey data with a systematic sample design?". Stata's DEFF is without replacement where fpc() is set,
 * and DEFT the square root of that with replacement.
 */
static void test_province_91_stata(void **state)
{
    static const int32_t strata[8] = {1, 1, 2, 2, 2, 2, 2, 2};
    static const double ue91[8] = {4123, 721, 194, 129, 239, 61, 262, 166},
                        rate[8] = {0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25};
    const sipas_column y = sipas_column_f64(ue91, 8);
    sipas_estimate_opts wor = SIPAS_ESTIMATE_OPTS_INIT, wr = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_design *design = open_design(8, NULL, strata, NULL, rate, NULL);

    (void)state;
    wor.deff = SIPAS_DEFF_WOR;
    wr.deff = SIPAS_DEFF_WR;
    sipas_table *a = estimate(design, TOTAL, &y, NULL, 1, NULL, &wor),
                *b = estimate(design, TOTAL, &y, NULL, 1, NULL, &wr);
    check_published(a, 0, 23580.0, 11801.49, 1e-6);
    assert_close(real(a, "lower", 0), -5297.209, 1e-6);
    assert_close(real(a, "upper", 0), 52457.21, 1e-6);
    assert_true(real(a, "df", 0) == 6.0);
    assert_close(real(a, "deff", 0), 0.758641, 2e-6);
    assert_close(sqrt(real(b, "deff", 0)), 0.754308, 2e-6);
    sipas_table_free(a);
    sipas_table_free(b);
    sipas_design_free(design);
}

/* Särndal, Swensson and Wretman, Model Assisted Survey Sampling, example 4.3.2: two stages out of MU284, weights from
 * N/n; the book prints the variance 5,172,234. */
static void test_mu284(void **state)
{
    static const int32_t psu[15] = {19, 45, 47, 50, 31, 19, 45, 47, 50, 31, 19, 45, 47, 50, 31},
                         ssu[15] = {1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3};
    static const double s82[15] = {41, 49, 31, 39, 49, 49, 49, 31, 41, 51, 49, 45, 35, 61, 33},
                        n1[15] = {50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50},
                        n2[15] = {5, 8, 5, 9, 7, 5, 8, 5, 9, 7, 5, 8, 5, 9, 7};
    const sipas_column ids[2] = {sipas_column_i32(psu, 15), sipas_column_i32(ssu, 15)},
                       fpc[2] = {sipas_column_f64(n1, 15), sipas_column_f64(n2, 15)}, y = sipas_column_f64(s82, 15);
    sipas_design *design = NULL;
    sipas_table *total, *mean;
    sipas_error err;

    (void)state;
    check(sipas_design_new(NULL, 15, NULL, NULL, ids, 2, fpc, NULL, &design, &err), &err);
    total = estimate(design, TOTAL, &y, NULL, 1, NULL, NULL);
    mean = estimate(design, MEAN, &y, NULL, 1, NULL, NULL);
    check_published(total, 0, 15080.0, 2274.254701, 1e-9);
    assert_true(floor(real(total, "se", 0) * real(total, "se", 0)) == 5172234.0);
    check_published(mean, 0, 44.35294118, 2.273652728, 1e-9);
    sipas_table_free(total);
    sipas_table_free(mean);
    sipas_design_free(design);
}

/* Levy and Lemeshow, section 12.2: survival in cardiac arrest, two ambulances in each of three strata. */
static void test_cardiac_arrests(void **state)
{
    golden_table *data = golden_read("golden/data/scd.csv");
    const int64_t n = (int64_t)golden_count(data);
    const sipas_column strata = sipas_column_f64(golden_numbers(data, "ESA"), n),
                       psu = sipas_column_f64(golden_numbers(data, "ambulance"), n),
                       alive = sipas_column_f64(golden_numbers(data, "alive"), n),
                       arrests = sipas_column_f64(golden_numbers(data, "arrests"), n);
    sipas_design *design = NULL;
    sipas_table *table;
    sipas_error err;

    (void)state;
    check(sipas_design_new(NULL, n, NULL, &strata, &psu, 1, NULL, NULL, &design, &err), &err);
    table = estimate(design, RATIO, &alive, &arrests, 1, NULL, NULL);
    check_published(table, 0, 0.1535063501, 0.0098073036, 1e-8);
    sipas_table_free(table);
    sipas_design_free(design);
    golden_free(data);
}

/* California schools (data set api of R's survey, T. Lumley): the figures of survey 4.5 that the software of the
 * field is compared by. */
static void test_california_schools(void **state)
{
    static const struct {
        const char *file, *strata, *id[2], *fpc[2], *weight;
        double mean, mean_se, total, total_se, ratio, ratio_se, df, deff;
    } published[] = {
        {"golden/data/apisrs.csv",
         NULL,
         {NULL, NULL},
         {"fpc", NULL},
         "pw",
         656.585,
         9.249722039,
         3621074.34,
         169519.6543,
         0.8253536546,
         0.01006882632,
         199,
         1.0},
        {"golden/data/apistrat.csv",
         "stype",
         {NULL, NULL},
         {"fpc", NULL},
         "pw",
         662.2873632,
         9.408940803,
         3687177.532,
         114641.7161,
         0.8369568869,
         0.007757103167,
         197,
         1.20445726854},
        {"golden/data/apiclus1.csv",
         NULL,
         {"dnum", NULL},
         {"fpc", NULL},
         "pw",
         644.1693989,
         23.54224069,
         3404940.135,
         932235.027,
         0.8497087417,
         0.008386297169,
         14,
         9.34586945059},
        {"golden/data/apiclus2.csv",
         NULL,
         {"dnum", "snum"},
         {"fpc1", "fpc2"},
         NULL,
         670.8118081,
         30.09902738,
         2639272.93,
         799637.7736,
         0.8197370421,
         0.01885056331,
         39,
         6.25051375571},
    };

    (void)state;
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
        golden_table *data = golden_read(published[i].file);
        const int64_t n = (int64_t)golden_count(data);
        sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
        sipas_column w = {0}, strata = {0}, ids[2] = {{0}}, fpc[2] = {{0}};
        const sipas_column api00 = sipas_column_f64(golden_numbers(data, "api00"), n),
                           enroll = sipas_column_f64(golden_numbers(data, "enroll"), n),
                           students = sipas_column_f64(golden_numbers(data, "api.stu"), n);
        sipas_design *design = NULL;
        sipas_table *mean, *total, *ratio;
        sipas_error err;
        int32_t n_ids = 0;

        if (published[i].weight) w = sipas_column_f64(golden_numbers(data, published[i].weight), n);
        if (published[i].strata) strata = sipas_column_code(golden_texts(data, published[i].strata), n);
        for (; n_ids < 2 && published[i].id[n_ids]; n_ids++)
            ids[n_ids] = sipas_column_f64(golden_numbers(data, published[i].id[n_ids]), n);
        for (int s = 0; s < 2 && published[i].fpc[s]; s++)
            fpc[s] = sipas_column_f64(golden_numbers(data, published[i].fpc[s]), n);
        check(sipas_design_new(NULL, n, published[i].weight ? &w : NULL, published[i].strata ? &strata : NULL,
                               n_ids ? ids : NULL, n_ids, fpc, NULL, &design, &err),
              &err);
        opts.deff = SIPAS_DEFF_WOR;
        mean = estimate(design, MEAN, &api00, NULL, 1, NULL, &opts);
        total = estimate(design, TOTAL, &enroll, NULL, 1, NULL, NULL);
        ratio = estimate(design, RATIO, &students, &enroll, 1, NULL, NULL);
        check_published(mean, 0, published[i].mean, published[i].mean_se, 1e-9);
        check_published(total, 0, published[i].total, published[i].total_se, 1e-9);
        check_published(ratio, 0, published[i].ratio, published[i].ratio_se, 1e-9);
        assert_close(real(mean, "deff", 0), published[i].deff, 1e-9);
        assert_true(sipas_design_get_df(design) == published[i].df);
        if (i == 2) { /* the same against simple random sampling with replacement */
            opts.deff = SIPAS_DEFF_WR;
            sipas_table_free(mean);
            mean = estimate(design, MEAN, &api00, NULL, 1, NULL, &opts);
            assert_close(real(mean, "deff", 0), 9.06974836245, 1e-9);
        }
        sipas_table_free(mean);
        sipas_table_free(total);
        sipas_table_free(ratio);
        sipas_design_free(design);
        golden_free(data);
    }
}

/* The same with districts as strata: district 413 has one school. R, survey 4.5. */
static void test_california_lonely_district(void **state)
{
    static const struct {
        int32_t rule;
        double se;
    } published[] = {{SIPAS_LONELY_REMOVE, 5.8057775782763},
                     {SIPAS_LONELY_CERTAINTY, 5.8057775782763},
                     {SIPAS_LONELY_ADJUST, 5.82805790164853},
                     {SIPAS_LONELY_AVERAGE, 6.0095507279558}};
    golden_table *data = golden_read("golden/data/apiclus1.csv");
    const int64_t n = (int64_t)golden_count(data);
    const sipas_column w = sipas_column_f64(golden_numbers(data, "pw"), n),
                       strata = sipas_column_f64(golden_numbers(data, "dnum"), n),
                       y = sipas_column_f64(golden_numbers(data, "api00"), n);

    (void)state;
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
        sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
        sipas_design *design = NULL;
        sipas_table *table;
        sipas_error err;

        opts.lonely_psu = published[i].rule;
        check(sipas_design_new(NULL, n, &w, &strata, NULL, 0, NULL, &opts, &design, &err), &err);
        table = estimate(design, MEAN, &y, NULL, 1, NULL, NULL);
        assert_close(real(table, "se", 0), published[i].se, 1e-9);
        assert_non_null(strstr(find_note(table, "lonely_psu", -1), "stratum 413"));
        sipas_table_free(table);
        sipas_design_free(design);
    }
    golden_free(data);
}

/* Lehtonen and Pahkinen, Practical Methods for Design and Analysis of Complex Surveys, p. 60 (Province'91): PPS, one
 * unit drawn with certainty and counted twice at half its weight. Figures: R, survey 4.1-1. */
static void test_certainty_three_ways(void **state)
{
    static const int32_t strata[9] = {2, 2, 1, 1, 1, 1, 1, 1, 1}, psu[9] = {1, 1, 10, 4, 7, 32, 26, 18, 13};
    static const double weight[9] = {0.5, 0.5, 1.004, 1.893, 2.173, 2.971, 4.762, 6.335, 13.730},
                        ue91[9] = {4123, 4123, 1623, 760, 767, 568, 331, 187, 129},
                        one[9] = {1, 1, INFINITY, INFINITY, INFINITY, INFINITY, INFINITY, INFINITY, INFINITY},
                        n31[9] = {1, 1, 31, 31, 31, 31, 31, 31, 31};
    static const uint8_t certain[9] = {1, 1, 0, 0, 0, 0, 0, 0, 0};
    const sipas_column y = sipas_column_f64(ue91, 9), flag = sipas_column_bool(certain, 9);

    (void)state;
    for (int way = 0; way < 4; way++) {
        sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
        sipas_design *design;
        sipas_table *total, *mean;

        if (way == 0) opts.lonely_psu = SIPAS_LONELY_CERTAINTY;
        if (way == 1) opts.certainty = &flag;
        design = open_design(9, weight, strata, psu, way == 2 ? one : way == 3 ? n31 : NULL, &opts);
        total = estimate(design, TOTAL, &y, NULL, 1, NULL, NULL);
        mean = estimate(design, MEAN, &y, NULL, 1, NULL, NULL);
        assert_close(real(total, "estimate", 0), 15077.428, 1e-12);
        assert_close(real(total, "se", 0), way == 3 ? 458.5255592 : 521.1212408, 1e-9);
        assert_close(real(mean, "estimate", 0), 445.1821188, 1e-9);
        assert_close(real(mean, "se", 0), way == 3 ? 132.39 : 150.4688158, way == 3 ? 4e-5 : 1e-9);
        sipas_table_free(total);
        sipas_table_free(mean);
        sipas_design_free(design);
    }
}

/* T. Tsuchiya's data of ten companies drawn with unequal probabilities, in the tests of R's survey 4.1-1 (deff.R). */
static void test_companies(void **state)
{
    golden_table *data = golden_read("golden/data/kigyo.csv");
    const sipas_column y = sipas_column_f64(golden_numbers(data, "uriage"), 10);
    sipas_design *design = open_design(10, golden_numbers(data, "pps_w"), NULL, NULL, NULL, NULL);
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_table *mean, *total;

    (void)state;
    opts.deff = SIPAS_DEFF_WR;
    mean = estimate(design, MEAN, &y, NULL, 1, NULL, &opts);
    total = estimate(design, TOTAL, &y, NULL, 1, NULL, &opts);
    check_published(mean, 0, 243.913669064748, 48.7521610473613, 1e-12);
    assert_close(real(mean, "deff", 0), 1.97406723050669, 1e-12);
    check_published(total, 0, 305136.0, 184964.558275963, 1e-12);
    sipas_table_free(mean);
    sipas_table_free(total);
    sipas_design_free(design);
    golden_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ice_cream),
        cmocka_unit_test(test_stata_fpc),
        cmocka_unit_test(test_hospitals),
        cmocka_unit_test(test_province_91),
        cmocka_unit_test(test_province_91_stata),
        cmocka_unit_test(test_mu284),
        cmocka_unit_test(test_cardiac_arrests),
        cmocka_unit_test(test_california_schools),
        cmocka_unit_test(test_california_lonely_district),
        cmocka_unit_test(test_certainty_three_ways),
        cmocka_unit_test(test_companies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Stages: ids of the last stage that tell every row apart, joint probabilities above a second stage, a second phase after
 * unequal probabilities; each against its formula written out or against another way to say the same.
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

/* ---- ids that tell rows apart ---- */

enum { HOUSEHOLDS = 6000 };

typedef struct households {
    int32_t stratum[HOUSEHOLDS], district[HOUSEHOLDS], village[HOUSEHOLDS], house[HOUSEHOLDS], half[HOUSEHOLDS];
    double fpc[3][HOUSEHOLDS], y[HOUSEHOLDS], x[HOUSEHOLDS];
    sipas_column ids[3], sizes[3];
} households;

static households *make_households(void)
{
    households *h = calloc(1, sizeof *h);

    assert_non_null(h);
    for (int i = 0; i < HOUSEHOLDS; i++) {
        h->stratum[i] = i / 1500;
        h->district[i] = i / 500;
        h->village[i] = i / 50;
        h->house[i] = (i * 7) % 50; /* of its village */
        h->half[i] = (i * 13) % 7 < 3;
        h->fpc[0][i] = 5.0 + h->stratum[i];
        h->fpc[1][i] = 14.0;
        h->fpc[2][i] = 80.0;
        h->y[i] = h->district[i] % 5 + h->village[i] % 3 + (i * 29) % 17;
        h->x[i] = 2.0 + (i * 31) % 5;
    }
    h->ids[0] = sipas_column_i32(h->district, HOUSEHOLDS);
    h->ids[1] = sipas_column_i32(h->village, HOUSEHOLDS);
    h->ids[2] = sipas_column_i32(h->house, HOUSEHOLDS);
    for (int s = 0; s < 3; s++) h->sizes[s] = sipas_column_f64(h->fpc[s], HOUSEHOLDS);
    return h;
}

static sipas_design *open_households(const households *h)
{
    const sipas_column strata = sipas_column_i32(h->stratum, HOUSEHOLDS);
    sipas_design *design;
    sipas_error err;

    check(sipas_design_new(NULL, HOUSEHOLDS, NULL, &strata, h->ids, 3, h->sizes, NULL, &design, &err), &err);
    return design;
}

/* Variance of Σ z by the recursion over districts, villages, houses. */
static double brute(const households *h, const double *z)
{
    double variance = 0.0;

    for (int stratum = 0; stratum < 4; stratum++) {
        const double f1 = 3.0 / (5.0 + stratum);
        double totals[3] = {0.0}, all = 0.0;

        for (int d = 0; d < 3; d++) {
            double second = 0.0, villages[10] = {0.0};
            const int first = stratum * 1500 + d * 500;

            for (int v = 0; v < 10; v++) {
                double squares = 0.0;

                for (int i = 0; i < 50; i++) villages[v] += z[first + v * 50 + i];
                for (int i = 0; i < 50; i++) squares += pow(z[first + v * 50 + i] - villages[v] / 50.0, 2.0);
                variance += f1 * (10.0 / 14.0) * (1.0 - 50.0 / 80.0) * 50.0 / 49.0 * squares;
                totals[d] += villages[v];
            }
            for (int v = 0; v < 10; v++) second += pow(villages[v] - totals[d] / 10.0, 2.0);
            variance += f1 * (1.0 - 10.0 / 14.0) * 10.0 / 9.0 * second;
            all += totals[d];
        }
        for (int d = 0; d < 3; d++) variance += (1.0 - f1) * 1.5 * pow(totals[d] - all / 3.0, 2.0);
    }
    (void)h;
    return variance;
}

/* Three ways: houses as rows; the same with covariances; house 49 of the last village given twice, so that they are not. */
static void test_houses(void **state)
{
    households *h = make_households();
    const sipas_column y = sipas_column_f64(h->y, HOUSEHOLDS), x = sipas_column_f64(h->x, HOUSEHOLDS);
    const sipas_column by = sipas_column_i32(h->half, HOUSEHOLDS);
    sipas_estimate_opts with_cov = SIPAS_ESTIMATE_OPTS_INIT, deff = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    const uint32_t levels[2] = {0, 1};
    double *z = malloc(HOUSEHOLDS * sizeof *z), of_y = 0.0, of_x = 0.0;
    sipas_design *design = open_households(h);
    sipas_table *a, *b;

    (void)state;
    with_cov.cov = 1;
    deff.deff = SIPAS_DEFF_WR;
    domains.n_by = 1;
    domains.by = &by;
    domains.n_levels = 2;
    domains.levels = levels;
    a = estimate(design, RATIO, &y, &x, 1, &domains, NULL);
    b = estimate(design, RATIO, &y, &x, 1, &domains, &with_cov);
    check_alike(a, b, 1e-12);
    for (int64_t row = 0; row < 3; row++)
        assert_close(covariance(b, row, row), real(a, "se", row) * real(a, "se", row), 1e-12);
    sipas_table_free(b);
    b = estimate(design, RATIO, &y, &x, 1, &domains, &deff);
    for (int64_t row = 0; row < 3; row++) assert_true(real(a, "se", row) == real(b, "se", row));
    sipas_table_free(b);
    for (int row = 0; row < 3; row++) { /* the whole, half 0, half 1 */
        of_y = of_x = 0.0;
        for (int i = 0; i < HOUSEHOLDS; i++) {
            const double weight = (row == 0 || h->half[i] == row - 1) * (5.0 + h->stratum[i]) / 3.0 * 1.4 * 1.6;

            z[i] = weight;
            of_y += weight * h->y[i];
            of_x += weight * h->x[i];
        }
        for (int i = 0; i < HOUSEHOLDS; i++) z[i] *= (h->y[i] - of_y / of_x * h->x[i]) / of_x;
        assert_close(real(a, "estimate", row), of_y / of_x, 1e-12);
        assert_close(real(a, "se", row), sqrt(brute(h, z)), 1e-11);
        assert_int_equal(whole(a, "psus", row), 12);
        assert_true(real(a, "df", row) == 8.0);
    }
    sipas_design_free(design);
    h->house[HOUSEHOLDS - 1] = h->house[HOUSEHOLDS - 2];
    design = open_households(h);
    b = estimate(design, RATIO, &y, &x, 1, &domains, NULL);
    assert_close(real(b, "se", 0), real(a, "se", 0), 0.01);
    assert_true(real(b, "se", 0) != real(a, "se", 0));
    sipas_table_free(a);
    a = estimate(design, RATIO, &y, &x, 1, &domains, &with_cov);
    check_alike(a, b, 1e-12);
    sipas_table_free(a);
    sipas_table_free(b);
    sipas_design_free(design);
    free(z);
    free(h);
}

/* ---- joint probabilities above a second stage ---- */

static void test_joint_above_a_second_stage(void **state)
{
    enum { ROWS = 9, PSUS = 3 };
    static const int32_t psu[ROWS] = {30, 30, 10, 10, 10, 20, 20, 20, 20}, ssu[ROWS] = {1, 2, 1, 2, 3, 1, 2, 3, 4};
    static const double first[ROWS] = {.4, .4, .5, .5, .5, .6, .6, .6, .6}, value[ROWS] = {3, 8, 4, 4, 9, 1, 7, 5, 2};
    static const double second[ROWS] = {8, 8, 5, 5, 5, 6, 6, 6, 6};
    static const double joint[PSUS * PSUS] = {.4, .15, .2, .15, .5, .28, .2, .28, .6}; /* PSUs 30, 10, 20 */
    static const int start[PSUS + 1] = {0, 2, 5, 9};
    const sipas_column ids[2] = {sipas_column_i32(psu, ROWS), sipas_column_i32(ssu, ROWS)};
    const sipas_column fpc[2] = {sipas_column_f64(first, ROWS), sipas_column_f64(second, ROWS)};
    const sipas_column y = sipas_column_f64(value, ROWS);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    double total[PSUS] = {0.0}, within = 0.0;

    (void)state;
    for (int u = 0; u < PSUS; u++) {
        const double m = start[u + 1] - start[u], of_population = second[start[u]], pi = joint[u * PSUS + u];
        double squares = 0.0;

        for (int i = start[u]; i < start[u + 1]; i++) total[u] += value[i] * of_population / m / pi;
        for (int i = start[u]; i < start[u + 1]; i++)
            squares += pow(value[i] * of_population / m / pi - total[u] / m, 2.0);
        within += pi * (1.0 - m / of_population) * m / (m - 1.0) * squares;
    }
    opts.pps = SIPAS_PPS_JOINT;
    opts.joint = joint;
    opts.joint_order = PSUS;
    for (int32_t form = SIPAS_PPS_FORM_HORVITZ_THOMPSON; form <= SIPAS_PPS_FORM_YATES_GRUNDY; form++) {
        double between = 0.0;
        sipas_design *design;
        sipas_table *table;
        sipas_error err;

        for (int u = 0; u < PSUS; u++)
            for (int v = 0; v < PSUS; v++) {
                const double pair = joint[u * PSUS + v],
                             check_of = u == v ? 1.0 - pair : 1.0 - joint[u * PSUS + u] * joint[v * PSUS + v] / pair;

                between += form == SIPAS_PPS_FORM_HORVITZ_THOMPSON ? check_of * total[u] * total[v]
                           : u == v                                ? 0.0
                                    : -0.5 * check_of * (total[u] - total[v]) * (total[u] - total[v]);
            }
        opts.pps_form = form;
        check(sipas_design_new(NULL, ROWS, NULL, NULL, ids, 2, fpc, &opts, &design, &err), &err);
        table = estimate(design, TOTAL, &y, NULL, 1, NULL, NULL);
        assert_close(real(table, "estimate", 0), total[0] + total[1] + total[2], 1e-13);
        assert_close(real(table, "se", 0), sqrt(between + within), 1e-12);
        sipas_table_free(table);
        sipas_design_free(design);
    }
}

/* ---- a second phase after unequal probabilities ---- */

static void test_phase2_after_pps(void **state)
{
    enum { N = 8 };
    static const double pi[N] = {.3, .2, .5, .45, .25, .6, .35, .4}, value[N] = {4, 2, 9, 7, 3, 8, 5, 6};
    static const int32_t group[N] = {1, 1, 2, 1, 2, 2, 1, 2};
    static const uint8_t taken[N] = {1, 1, 1, 0, 1, 1, 1, 0};
    const sipas_column fpc = sipas_column_f64(pi, N), y = sipas_column_f64(value, N);
    const sipas_column sample = sipas_column_bool(taken, N), strata = sipas_column_i32(group, N);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    double sum = 0.0, variance = 0.0;
    sipas_design *design;
    sipas_table *table;
    sipas_error err;

    (void)state;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            const double f = 0.75, one = i == j ? 1.0 - pi[i] : -(2.0 - pi[i] - pi[j]) / 2.0 / (N - 1.0);
            const double two = i == j ? 1.0 - f : group[i] == group[j] ? -(1.0 - f) / 2.0 : 0.0;

            if (!taken[i] || !taken[j]) continue;
            variance += (one + two - one * two) * value[i] / pi[i] / f * value[j] / pi[j] / f;
            if (j == i) sum += value[i] / pi[i] / f;
        }
    opts.pps = SIPAS_PPS_OVERTON;
    opts.phase2 = SIPAS_PHASE2_SRS;
    opts.phase2_sample = &sample;
    opts.phase2_strata = &strata;
    check(sipas_design_new(NULL, N, NULL, NULL, NULL, 0, &fpc, &opts, &design, &err), &err);
    table = estimate(design, TOTAL, &y, NULL, 1, NULL, NULL);
    assert_close(real(table, "estimate", 0), sum, 1e-13);
    assert_close(real(table, "se", 0), sqrt(variance), 1e-12);
    sipas_table_free(table);
    sipas_design_free(design);
    opts.pps = SIPAS_PPS_BREWER;
    assert_int_equal(sipas_design_new(NULL, N, NULL, NULL, NULL, 0, &fpc, &opts, &design, &err), SIPAS_ERR_OPTION);
    assert_string_equal(err.name, "pps");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_houses), cmocka_unit_test(test_joint_above_a_second_stage),
                                       cmocka_unit_test(test_phase2_after_pps)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Unequal probabilities: every method against its double sum written out, the matrix of joint probabilities against all
 * samples there are, units of probability 1, and what is refused.
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

enum { UNITS = 9 };

static const int32_t stratum[UNITS] = {1, 1, 1, 1, 2, 2, 2, 2, 2};
static const double pi[UNITS] = {0.31, 0.12, 0.55, 0.4, 0.2, 0.6, 0.33, 0.71, 0.08};
static const double y[UNITS] = {12.5, 3.25, 31.0, 18.0, 7.5, 22.0, 9.0, 41.0, 2.0};
static const double x[UNITS] = {4.0, 2.5, 7.0, 6.0, 3.0, 8.5, 3.5, 9.0, 1.5};
static const uint8_t in[UNITS] = {1, 1, 0, 1, 0, 1, 1, 1, 0};

static sipas_design *open_pps(int32_t method, int32_t form)
{
    const sipas_column strata = sipas_column_i32(stratum, UNITS), fpc = sipas_column_f64(pi, UNITS);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_design *design;
    sipas_error err;

    opts.pps = method;
    opts.pps_form = form;
    check(sipas_design_new(NULL, UNITS, NULL, &strata, NULL, 0, &fpc, &opts, &design, &err), &err);
    return design;
}

/* Σ over a stratum of a(π) with a(π) = 1, π, 1-π, (1-π)². */
static double stratum_sum(int32_t h, int what)
{
    double sum = 0.0;

    for (int i = 0; i < UNITS; i++)
        if (stratum[i] == h) sum += what == 0 ? 1.0 : what == 1 ? pi[i] : pow(1.0 - pi[i], what - 1);
    return sum;
}

static double check_of(int32_t method, int i, int j)
{
    const double n = stratum_sum(stratum[i], 0);
    double joint;

    if (i == j) return 1.0 - pi[i];
    if (stratum[i] != stratum[j]) return 0.0;
    joint = method == SIPAS_PPS_OVERTON
                ? pi[i] * pi[j] * (n - 1.0) / (n - (pi[i] + pi[j]) / 2.0)
                : pi[i] * pi[j] * (n - 1.0) / (n - pi[i] - pi[j] + stratum_sum(stratum[i], 1) / n);
    return (joint - pi[i] * pi[j]) / joint;
}

/* Covariance of two totals of weighted values, the long way. */
static double brute(int32_t method, int32_t form, const double *a, const double *b)
{
    double sum = 0.0;

    if (method == SIPAS_PPS_OVERTON || method == SIPAS_PPS_HARTLEY_RAO) {
        for (int i = 0; i < UNITS; i++)
            for (int j = 0; j < UNITS; j++)
                sum += form == SIPAS_PPS_FORM_YATES_GRUNDY
                           ? -0.5 * (i == j ? 0.0 : check_of(method, i, j)) * (a[i] - a[j]) * (b[i] - b[j])
                           : check_of(method, i, j) * a[i] * b[j];
        return sum;
    }
    for (int32_t h = 1; h <= 2; h++) {
        const double n = stratum_sum(h, 0), q = stratum_sum(h, 2), qq = stratum_sum(h, 3);
        const double factor = method == SIPAS_PPS_DEVILLE ? 1.0 / (1.0 - qq / (q * q)) : n / (n - 1.0);
        double of_a = 0.0, of_b = 0.0;

        for (int i = 0; i < UNITS; i++) {
            const double share = method == SIPAS_PPS_BREWER ? 1.0 / n : (1.0 - pi[i]) / q;

            if (stratum[i] != h) continue;
            of_a += share * a[i];
            of_b += share * b[i];
        }
        for (int i = 0; i < UNITS; i++)
            if (stratum[i] == h) sum += factor * (1.0 - pi[i]) * (a[i] - of_a) * (b[i] - of_b);
    }
    return sum;
}

static void check_method(int32_t method, int32_t form)
{
    const sipas_column columns[2] = {sipas_column_f64(y, UNITS), sipas_column_f64(x, UNITS)};
    const sipas_column where = sipas_column_bool(in, UNITS);
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_design *design = open_pps(method, form);

    opts.cov = 1;
    for (int with_domain = 0; with_domain <= 1; with_domain++) {
        double a[UNITS], b[UNITS], ratio[UNITS], of_y = 0.0, of_x = 0.0;
        sipas_table *table;

        domains.where = with_domain ? &where : NULL;
        for (int i = 0; i < UNITS; i++) {
            a[i] = with_domain && !in[i] ? 0.0 : y[i] / pi[i];
            b[i] = with_domain && !in[i] ? 0.0 : x[i] / pi[i];
            of_y += a[i];
            of_x += b[i];
        }
        for (int i = 0; i < UNITS; i++) ratio[i] = (a[i] - of_y / of_x * b[i]) / of_x;
        table = estimate(design, TOTAL, columns, NULL, 2, &domains, &opts);
        assert_close(real(table, "estimate", 0), of_y, 1e-14);
        if (brute(method, form, a, a) > 0.0)
            assert_close(real(table, "se", 0), sqrt(brute(method, form, a, a)), 1e-12);
        else
            assert_non_null(find_note(table, "variance_negative", 0));
        if (brute(method, form, a, a) > 0.0 && brute(method, form, b, b) > 0.0)
            assert_close(covariance(table, 0, 1), brute(method, form, a, b), 1e-11);
        assert_non_null(meta(table, "pps"));
        sipas_table_free(table);
        table = estimate(design, RATIO, columns, columns + 1, 1, &domains, NULL);
        assert_close(real(table, "se", 0), sqrt(brute(method, form, ratio, ratio)), 1e-11);
        assert_true(real(table, "df", 0) == (with_domain ? 4.0 : 7.0));
        sipas_table_free(table);
    }
    sipas_design_free(design);
}

static void test_methods(void **state)
{
    (void)state;
    for (int32_t method = SIPAS_PPS_BREWER; method <= SIPAS_PPS_DEVILLE; method++)
        check_method(method, SIPAS_PPS_FORM_DEFAULT);
    check_method(SIPAS_PPS_OVERTON, SIPAS_PPS_FORM_YATES_GRUNDY);
    check_method(SIPAS_PPS_HARTLEY_RAO, SIPAS_PPS_FORM_YATES_GRUNDY);
}

/* ---- joint probabilities: all samples of 3 of 6 units, each with a probability of its own ---- */

enum { POPULATION = 6, DRAWN = 3, SAMPLES = 20 };

static void list_samples(int sample[SAMPLES][DRAWN], double *probability)
{
    int s = 0;
    double all = 0.0;

    for (int a = 0; a < POPULATION; a++)
        for (int b = a + 1; b < POPULATION; b++)
            for (int c = b + 1; c < POPULATION; c++, s++) {
                sample[s][0] = a;
                sample[s][1] = b;
                sample[s][2] = c;
                probability[s] = 10.0 + 0.37 * s + (s % 3);
                all += probability[s];
            }
    for (s = 0; s < SAMPLES; s++) probability[s] /= all;
}

static double joint_of(int sample[SAMPLES][DRAWN], const double *probability, int i, int j)
{
    double sum = 0.0;

    for (int s = 0; s < SAMPLES; s++) {
        int has = 0;

        for (int k = 0; k < DRAWN; k++) has |= (sample[s][k] == i ? 1 : 0) | (sample[s][k] == j ? 2 : 0);
        if (has == 3) sum += probability[s];
    }
    return sum;
}

/* Total and variance of one sample; the rows come in descending order, and so does the matrix. */
static double estimate_sample(int sample[SAMPLES][DRAWN], const double *probability, int s, int32_t form,
                              const uint8_t *domain, double *variance)
{
    static const double values[POPULATION] = {3.0, 8.0, 1.0, 13.0, 5.0, 2.0};
    double matrix[DRAWN * DRAWN], weight[DRAWN], value[DRAWN];
    int32_t id[DRAWN];
    uint8_t inside[DRAWN];
    const sipas_column w = sipas_column_f64(weight, DRAWN), ids = sipas_column_i32(id, DRAWN);
    const sipas_column column = sipas_column_f64(value, DRAWN), where = sipas_column_bool(inside, DRAWN);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_design *design;
    sipas_table *table;
    sipas_error err;
    double total;

    for (int k = 0; k < DRAWN; k++) {
        const int i = sample[s][DRAWN - 1 - k];

        id[k] = 100 + i;
        value[k] = values[i];
        inside[k] = domain[i];
        for (int l = 0; l < DRAWN; l++) {
            const int j = sample[s][DRAWN - 1 - l];

            matrix[k * DRAWN + l] = joint_of(sample, probability, i, j);
        }
        weight[k] = 1.0 / matrix[k * DRAWN + k];
    }
    opts.pps = SIPAS_PPS_JOINT;
    opts.pps_form = form;
    opts.joint = matrix;
    opts.joint_order = DRAWN;
    domains.where = &where;
    check(sipas_design_new(NULL, DRAWN, &w, NULL, &ids, 1, NULL, &opts, &design, &err), &err);
    table = estimate(design, TOTAL, &column, NULL, 1, &domains, NULL);
    total = missing(table, "estimate", 0) ? 0.0 : real(table, "estimate", 0);
    *variance = missing(table, "se", 0) ? NAN : real(table, "se", 0) * real(table, "se", 0);
    if (find_note(table, "empty_domain", 0)) *variance = 0.0;
    sipas_table_free(table);
    sipas_design_free(design);
    return total;
}

/* Over all samples the estimated variances average to the true one. */
static void test_joint_is_unbiased(void **state)
{
    static const uint8_t domains[2][POPULATION] = {{1, 1, 1, 1, 1, 1}, {1, 0, 1, 1, 0, 1}};
    int sample[SAMPLES][DRAWN];
    double probability[SAMPLES];

    (void)state;
    list_samples(sample, probability);
    for (int d = 0; d < 2; d++)
        for (int32_t form = SIPAS_PPS_FORM_HORVITZ_THOMPSON; form <= SIPAS_PPS_FORM_YATES_GRUNDY; form++) {
            double mean = 0.0, square = 0.0, average = 0.0;
            int negative = 0;

            for (int s = 0; s < SAMPLES; s++) {
                double variance;
                const double total = estimate_sample(sample, probability, s, form, domains[d], &variance);

                mean += probability[s] * total;
                square += probability[s] * total * total;
                if (isnan(variance))
                    negative++;
                else
                    average += probability[s] * variance;
            }
            assert_int_equal(negative, 0);
            assert_close(average, square - mean * mean, 1e-11);
        }
}

/* ---- units of probability 1 ---- */

enum { ROWS = 14 };

/* PSU 3 has probability 1: told by its FPC, or flagged. Two rows a second-stage unit in PSU 3. */
static void test_certain_units(void **state)
{
    static const int32_t psu[ROWS] = {1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4};
    static const int32_t ssu[ROWS] = {1, 1, 2, 1, 2, 3, 1, 1, 2, 2, 1, 2, 3, 3};
    static const double first[ROWS] = {.3, .3, .3, .2, .2, .2, 1, 1, 1, 1, .5, .5, .5, .5};
    static const double second[ROWS] = {.5, .5, .5, .6, .6, .6, .25, .25, .25, .25, .75, .75, .75, .75};
    static const double value[ROWS] = {4, 6, 5, 9, 8, 3, 7, 5, 8, 2, 6, 4, 9, 5};
    double weight[ROWS] = {0};
    uint8_t flag[ROWS] = {0};
    const sipas_column ids[2] = {sipas_column_i32(psu, ROWS), sipas_column_i32(ssu, ROWS)};
    const sipas_column fpc[2] = {sipas_column_f64(first, ROWS), sipas_column_f64(second, ROWS)};
    const sipas_column w = sipas_column_f64(weight, ROWS), flags = sipas_column_bool(flag, ROWS);
    const sipas_column column = sipas_column_f64(value, ROWS);
    static const double df[2] = {2.0, 3.0}; /* flagged, its two second-stage units are PSUs */
    double se[2][6];

    (void)state;
    for (int i = 0; i < ROWS; i++) {
        weight[i] = 1.0 / (first[i] * second[i]);
        flag[i] = psu[i] == 3;
    }
    for (int flagged = 0; flagged <= 1; flagged++)
        for (int32_t method = SIPAS_PPS_BREWER; method <= SIPAS_PPS_DEVILLE; method++) {
            sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
            sipas_design *design;
            sipas_table *table;
            sipas_error err;

            opts.pps = method;
            opts.certainty = flagged ? &flags : NULL;
            check(sipas_design_new(NULL, ROWS, &w, NULL, ids, 2, fpc, &opts, &design, &err), &err);
            assert_true(sipas_design_get_df(design) == df[flagged]);
            table = estimate(design, MEAN, &column, NULL, 1, NULL, NULL);
            assert_true(real(table, "df", 0) == df[flagged]);
            se[flagged][method] = real(table, "se", 0);
            sipas_table_free(table);
            sipas_design_free(design);
        }
    for (int32_t method = SIPAS_PPS_BREWER; method <= SIPAS_PPS_DEVILLE; method++)
        assert_close(se[0][method], se[1][method], 1e-12);
}

/* ---- what is refused ---- */

static void refuse(const sipas_design_opts *opts, const double *probabilities, sipas_status status,
                   const char *sentence)
{
    const sipas_column strata = sipas_column_i32(stratum, UNITS), fpc = sipas_column_f64(probabilities, UNITS);
    sipas_design *design = (sipas_design *)&design;
    sipas_error err;

    assert_int_equal(
        sipas_design_new(NULL, UNITS, NULL, &strata, NULL, 0, probabilities ? &fpc : NULL, opts, &design, &err),
        status);
    assert_null(design);
    if (!strstr(err.message, sentence)) fail_msg("\"%s\" does not say \"%s\"", err.message, sentence);
}

static void test_refused(void **state)
{
    double matrix[UNITS * UNITS], counts[UNITS];
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;

    (void)state;
    for (int i = 0; i < UNITS; i++) {
        counts[i] = 12.0;
        for (int j = 0; j < UNITS; j++) matrix[i * UNITS + j] = i == j ? pi[i] : 0.9 * pi[i] * pi[j];
    }
    opts.pps = 7;
    refuse(&opts, pi, SIPAS_ERR_OPTION, "pps");
    opts.pps = SIPAS_PPS_BREWER;
    refuse(&opts, NULL, SIPAS_ERR_OPTION, "no inclusion probabilities");
    refuse(&opts, counts, SIPAS_ERR_VALUE, "must hold the inclusion probability");
    opts.pps_form = SIPAS_PPS_FORM_YATES_GRUNDY;
    refuse(&opts, pi, SIPAS_ERR_OPTION, "one form only");
    opts.pps_form = 0;
    opts.joint = matrix;
    refuse(&opts, pi, SIPAS_ERR_OPTION, "not SIPAS_PPS_JOINT");
    opts.pps = SIPAS_PPS_JOINT;
    opts.joint_order = UNITS - 1;
    refuse(&opts, pi, SIPAS_ERR_LENGTH, "9 PSUs");
    opts.joint_order = UNITS;
    matrix[2 * UNITS + 5] = 0.9 * pi[5];
    refuse(&opts, pi, SIPAS_ERR_VALUE, "row 2 and row 5");
    matrix[2 * UNITS + 5] = 1.1 * pi[2];
    refuse(&opts, pi, SIPAS_ERR_VALUE, "more than the smaller");
    matrix[2 * UNITS + 5] = matrix[5 * UNITS + 2] = 0.0;
    refuse(&opts, pi, SIPAS_ERR_VALUE, "cannot both be in the sample");
    matrix[2 * UNITS + 5] = matrix[5 * UNITS + 2] = NAN;
    refuse(&opts, pi, SIPAS_ERR_VALUE, "row 2 and row 5");
    matrix[2 * UNITS + 5] = matrix[5 * UNITS + 2] = 0.1;
    matrix[3 * UNITS + 3] = 0.5;
    refuse(&opts, pi, SIPAS_ERR_VALUE, "is not its inclusion probability 0.4");
    for (int i = 0; i < UNITS; i++)
        for (int j = 0; j < UNITS; j++) matrix[i * UNITS + j] = i == j ? pi[i] : pi[i] * pi[j];
    opts.pps_form = SIPAS_PPS_FORM_YATES_GRUNDY;
    refuse(&opts, pi, SIPAS_ERR_VALUE, "independently of all others");
}

/* Rows of a PSU must agree on its probability; without FPCs it is the inverse of the weight. */
static void test_probabilities_from_weights(void **state)
{
    double weight[UNITS] = {0};
    const sipas_column w = sipas_column_f64(weight, UNITS), ids = sipas_column_i32(stratum, UNITS);
    const sipas_column column = sipas_column_f64(y, UNITS);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_design *design = open_pps(SIPAS_PPS_OVERTON, 0);
    sipas_table *table = estimate(design, TOTAL, &column, NULL, 1, NULL, NULL), *same;
    sipas_error err;

    (void)state;
    sipas_design_free(design);
    opts.pps = SIPAS_PPS_OVERTON;
    for (int i = 0; i < UNITS; i++) weight[i] = 1.0 / pi[i];
    check(sipas_design_new(NULL, UNITS, &w, &ids, NULL, 0, NULL, &opts, &design, &err), &err);
    same = estimate(design, TOTAL, &column, NULL, 1, NULL, NULL);
    check_alike(table, same, 1e-13);
    sipas_table_free(table);
    sipas_table_free(same);
    sipas_design_free(design);
    assert_int_equal(sipas_design_new(NULL, UNITS, &w, NULL, &ids, 1, NULL, &opts, &design, &err), SIPAS_ERR_VALUE);
    assert_int_equal(err.row, 1);
    assert_non_null(strstr(err.message, "differs"));
    weight[3] = 0.5;
    assert_int_equal(sipas_design_new(NULL, UNITS, &w, NULL, NULL, 0, NULL, &opts, &design, &err), SIPAS_ERR_VALUE);
    assert_int_equal(err.row, 3);
    weight[3] = 0.0;
    assert_int_equal(sipas_design_new(NULL, UNITS, &w, NULL, NULL, 0, NULL, &opts, &design, &err), SIPAS_ERR_VALUE);
    assert_non_null(strstr(err.message, "row 3 has no positive weight"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_methods), cmocka_unit_test(test_joint_is_unbiased),
                                       cmocka_unit_test(test_certain_units), cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_probabilities_from_weights)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Variance components: of a frame against enumeration of all samples, of a sample by the expectation of each estimator, which a
 * quadratic form gives without any sampling; textbook cases; and the sentence of every error.
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
#include "result.h"

enum { ROWS = 18 };

static sipas_table *of_frame(const double *y, int64_t n, const int32_t *psu, const int32_t *ssu,
                             const sipas_components_opts *opts)
{
    const sipas_column values = sipas_column_f64(y, n);
    const sipas_column clusters[] = {sipas_column_i32(psu, n),
                                     ssu ? sipas_column_i32(ssu, n) : sipas_column_i32(psu, n)};
    sipas_table *table;
    sipas_error err;

    check(sipas_components_frame(NULL, &values, clusters, ssu ? 2 : 1, opts, &table, &err), &err);
    return table;
}

static sipas_table *of_sample(const double *y, const double *w, const int32_t *stratum, int64_t n, const int32_t *psu,
                              const int32_t *ssu)
{
    const sipas_column values = sipas_column_f64(y, n), weights = sipas_column_f64(w, n);
    const sipas_column strata = sipas_column_i32(stratum, n);
    const sipas_column clusters[] = {sipas_column_i32(psu, n),
                                     ssu ? sipas_column_i32(ssu, n) : sipas_column_i32(psu, n)};
    sipas_table *table;
    sipas_error err;

    check(sipas_components_sample(NULL, &values, w ? &weights : NULL, stratum ? &strata : NULL, clusters, ssu ? 2 : 1,
                                  &table, &err),
          &err);
    return table;
}

/* 3 PSUs of 3 second-stage units of 2 persons. */
static const double population[ROWS] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3};
static int32_t psu_of[ROWS], ssu_of[ROWS];

static int make_population(void **state)
{
    (void)state;
    for (int32_t i = 0; i < ROWS; i++) {
        psu_of[i] = i / 6;
        ssu_of[i] = i / 2 % 3; /* ids repeat in every PSU: they nest */
    }
    return 0;
}

/* ---- a frame ---- */

static double cv2_of_design(const sipas_table *components, const double *units, const double *n, int32_t stages)
{
    sipas_size_stage stage[3] = {SIPAS_SIZE_STAGE_INIT, SIPAS_SIZE_STAGE_INIT, SIPAS_SIZE_STAGE_INIT};
    sipas_table *table;
    sipas_size_stages_opts opts = SIPAS_SIZE_STAGES_OPTS_INIT;
    sipas_error err;
    double cv;

    for (int32_t i = 0; i < stages; i++) {
        stage[i].cost = 1.0;
        stage[i].relvariance = real(components, "relvariance", i);
        stage[i].population = units[i];
        stage[i].n = n[i];
    }
    opts.components = SIPAS_COMPONENTS_POPULATION;
    check(sipas_precision_stages(NULL, stage, stages, &opts, &table, &err), &err);
    cv = strtod(meta(table, "cv"), NULL);
    sipas_table_free(table);
    return cv * cv;
}

/* Means of all choices of two of the three numbers. */
static void pairs(const double three[3], double out[3])
{
    out[0] = (three[0] + three[1]) / 2.0;
    out[1] = (three[0] + three[2]) / 2.0;
    out[2] = (three[1] + three[2]) / 2.0;
}

/* 2 of 3 PSUs, 2 of 3 second-stage units in each, 1 of 2 persons in each: all 3 · 12² samples. */
static void three_stages_vary_as_all_samples_do(void **state)
{
    (void)state;
    const double units[] = {3, 3, 2}, n[] = {2, 2, 1};
    double psu_mean[3][12], mean = 0.0, sum = 0.0, square = 0.0;
    sipas_table *table = of_frame(population, ROWS, psu_of, ssu_of, NULL);

    for (int i = 0; i < ROWS; i++) mean += population[i] / ROWS;
    for (int p = 0; p < 3; p++)
        for (int persons = 0; persons < 4; persons++) { /* of the two units chosen, in turn */
            static const int pair[3][2] = {{0, 1}, {0, 2}, {1, 2}};

            for (int choice = 0; choice < 3; choice++) {
                const double first = population[p * 6 + pair[choice][0] * 2 + persons % 2];
                const double second = population[p * 6 + pair[choice][1] * 2 + persons / 2];

                psu_mean[p][choice * 4 + persons] = (first + second) / 2.0;
            }
        }
    for (int a = 0; a < 12; a++)
        for (int b = 0; b < 12; b++)
            for (int p = 0; p < 3; p++) { /* the PSU that is not drawn */
                const double estimate = (psu_mean[(p + 1) % 3][a] + psu_mean[(p + 2) % 3][b]) / 2.0;

                sum += estimate / 432.0;
                square += estimate * estimate / 432.0;
            }
    assert_close(sum, mean, 1e-12);
    assert_close(cv2_of_design(table, units, n, 3), (square - sum * sum) / (mean * mean), 1e-12);
    sipas_table_free(table);
}

/* 2 of 3 PSUs, 2 of 3 in each. */
static void two_stages_vary_as_all_samples_do(void **state)
{
    (void)state;
    const double y[] = {3, 1, 4, 1, 5, 9, 2, 6, 5}, units[] = {3, 3}, n[] = {2, 2};
    const int32_t psu[] = {7, 7, 7, 9, 9, 9, 8, 8, 8};
    double psu_mean[3][3], sum = 0.0, square = 0.0;
    sipas_table *table = of_frame(y, 9, psu, NULL, NULL);

    for (int p = 0; p < 3; p++) pairs(&y[p * 3], psu_mean[p]);
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++)
            for (int p = 0; p < 3; p++) {
                const double estimate = (psu_mean[(p + 1) % 3][a] + psu_mean[(p + 2) % 3][b]) / 2.0;

                sum += estimate / 27.0;
                square += estimate * estimate / 27.0;
            }
    assert_close(cv2_of_design(table, units, n, 2), (square - sum * sum) / (sum * sum), 1e-12);
    assert_close(real(table, "homogeneity", 0),
                 real(table, "relvariance", 0) / (real(table, "relvariance", 0) + real(table, "relvariance", 1)),
                 1e-14);
    assert_close(real(table, "k", 0) * strtod(meta(table, "unit_relvariance"), NULL),
                 real(table, "relvariance", 0) + real(table, "relvariance", 1), 1e-14);
    assert_true(missing(table, "homogeneity", 1));
    sipas_table_free(table);
}

/* Unequal PSUs drawn in proportion to size: B² is the variance of t/p over one draw, W² that of N y/p within, with N - 1. */
static void unequal_psus_by_definition(void **state)
{
    (void)state;
    const double y[] = {3, 1, 4, 1, 5, 9, 2, 6, 5}, measure[] = {10, 10, 10, 10, 30, 30, 5, 5, 5};
    const int32_t psu[] = {1, 1, 1, 1, 2, 2, 3, 3, 3};
    const int first[] = {0, 4, 6, 9};
    const sipas_column sizes = sipas_column_f64(measure, 9);

    for (int32_t selection = SIPAS_PSU_EQUAL; selection <= SIPAS_PSU_MEASURE; selection++) {
        const double parts[3][3] = {
            {1.0 / 3, 1.0 / 3, 1.0 / 3}, {4.0 / 9, 2.0 / 9, 3.0 / 9}, {10.0 / 45, 30.0 / 45, 5.0 / 45}};
        sipas_components_opts opts = SIPAS_COMPONENTS_OPTS_INIT;
        sipas_table *table;
        double total = 0.0, between = 0.0, within = 0.0;

        for (int i = 0; i < 9; i++) total += y[i];
        for (int p = 0; p < 3; p++) {
            const double part = parts[selection - 1][p], n = first[p + 1] - first[p];
            double t = 0.0, ss = 0.0;

            for (int i = first[p]; i < first[p + 1]; i++) t += y[i];
            for (int i = first[p]; i < first[p + 1]; i++) ss += (y[i] - t / n) * (y[i] - t / n);
            between += part * (t / part - total) * (t / part - total) / (total * total);
            within += n * n * ss / (n - 1.0) / part / (total * total);
        }
        if (selection == SIPAS_PSU_EQUAL) between *= 3.0 / 2.0;
        opts.selection = selection;
        if (selection == SIPAS_PSU_MEASURE) opts.size = &sizes;
        table = of_frame(y, 9, psu, NULL, &opts);
        assert_close(real(table, "relvariance", 0), between, 1e-13);
        assert_close(real(table, "relvariance", 1), within, 1e-13);
        assert_close(strtod(meta(table, "within_psu"), NULL), within, 1e-13);
        sipas_table_free(table);
    }
}

static void single_persons_as_told(void **state)
{
    (void)state;
    const double y[] = {3, 1, 4, 1, 5, 9};
    const int32_t psu[] = {1, 1, 1, 2, 2, 3};
    sipas_components_opts opts = SIPAS_COMPONENTS_OPTS_INIT;
    sipas_table *zero = of_frame(y, 6, psu, NULL, NULL), *mean;
    const double s1 = 7.0 / 3.0, s2 = 8.0, t2 = 23.0 * 23.0;

    assert_close(real(zero, "relvariance", 1), 3.0 * (9.0 * s1 + 4.0 * s2) / t2, 1e-13);
    sipas_table_free(zero);
    opts.single = SIPAS_SINGLE_MEAN;
    mean = of_frame(y, 6, psu, NULL, &opts);
    assert_close(real(mean, "relvariance", 1), 3.0 * (9.0 * s1 + 4.0 * s2 + (s1 + s2) / 2.0) / t2, 1e-13);
    sipas_table_free(mean);
}

/* ---- a sample ---- */

/* An unbalanced sample with weights: strata of PSUs of second-stage units of persons. */
static const int32_t s_stratum[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2};
static const int32_t s_psu[] = {1, 1, 1, 1, 2, 2, 2, 3, 3, 1, 1, 1, 1, 1, 2, 2, 2};
static const int32_t s_ssu[] = {1, 1, 2, 2, 1, 1, 2, 1, 1, 1, 1, 1, 2, 3, 1, 2, 2};
static const double s_weight[] = {1, 2, 1, 3, 2, 2, 1, 1, 4, 2, 1, 1, 3, 1, 2, 2, 1};
enum { SAMPLE = sizeof s_psu / sizeof *s_psu };

/* Groups of rows that share a value of one effect: PSUs (level 1), second-stage units (2), persons (3). */
static int same_unit(int level, int a, int b)
{
    if (s_stratum[a] != s_stratum[b]) return 0;
    if (level == 0) return 1;
    if (s_psu[a] != s_psu[b]) return 0;
    if (level == 1) return 1;
    return level == 2 ? s_ssu[a] == s_ssu[b] : a == b;
}

/*
 * An estimator of a variance is a quadratic form Q of the answers, so with independent effects of variance 1 of one level its
 * expectation is Σ Q(answers that are 1 in one unit and 0 elsewhere).
 */
static double expectation(int level, int of, int stages, int with_strata)
{
    double sum = 0.0;

    for (int unit = 0; unit < SAMPLE; unit++) {
        double y[SAMPLE];
        int first = 1;
        sipas_table *table;

        for (int i = 0; i < unit; i++) first &= !same_unit(level, i, unit);
        if (!first) continue;
        for (int i = 0; i < SAMPLE; i++) y[i] = same_unit(level, i, unit) ? 1.0 : 0.0;
        table = of_sample(y, s_weight, with_strata ? s_stratum : NULL, SAMPLE, s_psu, stages == 2 ? s_ssu : NULL);
        sum += real(table, "variance", of - 1);
        sipas_table_free(table);
    }
    return sum;
}

static void every_estimator_is_unbiased(void **state)
{
    (void)state;
    for (int of = 1; of <= 3; of++) {
        for (int level = 1; level <= 3; level++)
            assert_close_scaled(expectation(level, of, 2, 1), level == of ? 1.0 : 0.0, 1e-12, 1.0);
        assert_close_scaled(expectation(0, of, 2, 1), 0.0, 1e-12, 1.0); /* strata are in none */
    }
    for (int of = 1; of <= 2; of++) /* persons are the second level here */
        for (int level = 1; level <= 2; level++)
            assert_close_scaled(expectation(level == 2 ? 3 : 1, of, 1, 1), level == of ? 1.0 : 0.0, 1e-12, 1.0);
}

/* (MSB - MSW)/n_0, n_0 = (n - Σ n_i²/n)/(m - 1): the unweighted analysis of variance of one stratum. */
static void equal_weights_give_the_textbook(void **state)
{
    (void)state;
    const double y[] = {3, 1, 4, 1, 5, 9, 2, 6, 5};
    const int32_t psu[] = {1, 1, 1, 1, 2, 2, 3, 3, 3};
    const int first[] = {0, 4, 6, 9};
    double ssb = 0.0, ssw = 0.0, mean = 0.0, n0, msw;
    sipas_table *table = of_sample(y, NULL, NULL, 9, psu, NULL);

    for (int i = 0; i < 9; i++) mean += y[i] / 9.0;
    for (int p = 0; p < 3; p++) {
        const double n = first[p + 1] - first[p];
        double own = 0.0;

        for (int i = first[p]; i < first[p + 1]; i++) own += y[i] / n;
        for (int i = first[p]; i < first[p + 1]; i++) ssw += (y[i] - own) * (y[i] - own);
        ssb += n * (own - mean) * (own - mean);
    }
    msw = ssw / 6.0;
    n0 = (9.0 - (16.0 + 4.0 + 9.0) / 9.0) / 2.0;
    assert_close(real(table, "variance", 1), msw, 1e-13);
    assert_close(real(table, "variance", 0), (ssb / 2.0 - msw) / n0, 1e-13);
    assert_int_equal(whole(table, "units", 0), 3);
    assert_int_equal(whole(table, "units", 1), 9);
    assert_close(strtod(meta(table, "mean"), NULL), mean, 1e-14);
    sipas_table_free(table);
}

static void what_does_not_matter_does_not(void **state)
{
    (void)state;
    double y[SAMPLE], moved[SAMPLE + 2], weight[SAMPLE + 2];
    int32_t stratum[SAMPLE + 2], psu[SAMPLE + 2], ssu[SAMPLE + 2];
    sipas_table *table, *other;

    for (int i = 0; i < SAMPLE; i++) y[i] = sipas_rng_uniform(1, 0, (uint64_t)i, 0, 0) * 100.0 + s_psu[i] * 40.0;
    table = of_sample(y, s_weight, s_stratum, SAMPLE, s_psu, s_ssu);
    for (int i = 0; i < SAMPLE + 2;
         i++) { /* reversed, all weights seven times, far from 0, and two rows that do not count */
        const int from = i < SAMPLE ? SAMPLE - 1 - i : i - SAMPLE;

        moved[i] = i == SAMPLE ? (double)NAN : y[from] + 1e8;
        weight[i] = i == SAMPLE + 1 ? 0.0 : s_weight[from] * 7.0;
        stratum[i] = s_stratum[from];
        psu[i] = s_psu[from];
        ssu[i] = s_ssu[from];
    }
    other = of_sample(moved, weight, stratum, SAMPLE + 2, psu, ssu);
    for (int row = 0; row < 3; row++) {
        assert_close(real(other, "variance", row), real(table, "variance", row), 1e-6);
        assert_int_equal(whole(other, "units", row), whole(table, "units", row));
    }
    assert_close(real(table, "homogeneity", 1),
                 real(table, "variance", 1) > 0.0
                     ? real(table, "variance", 1) / (real(table, "variance", 1) + real(table, "variance", 2))
                     : 0.0,
                 1e-13);
    sipas_table_free(table);
    sipas_table_free(other);
}

static void a_negative_component_is_said(void **state)
{
    (void)state;
    const double y[] = {1, 5, 1, 5, 1, 5}; /* PSUs are alike, persons are not */
    const int32_t psu[] = {1, 1, 2, 2, 3, 3};
    sipas_table *table = of_sample(y, NULL, NULL, 6, psu, NULL);

    assert_close(real(table, "variance", 0), -4.0, 1e-13);
    assert_close(real(table, "relvariance", 0), 0.0, 0.0);
    assert_close(real(table, "homogeneity", 0), 0.0, 0.0);
    assert_string_equal(find_note(table, "negative_component", 0),
                        "the variance between psus came out as -4; it counts as 0");
    assert_close(strtod(meta(table, "unit_relvariance"), NULL), 8.0 / 9.0, 1e-13);
    sipas_table_free(table);
}

/* ---- errors ---- */

static void bad_input_is_named(void **state)
{
    (void)state;
    double y[] = {1, 2, 3, 4}, size[] = {1, 1, 2, 3};
    const int32_t psu[] = {1, 1, 2, 2}, one[] = {1, 1, 1, 1}, each[] = {1, 2, 3, 4};
    const sipas_column values = sipas_column_f64(y, 4), sizes = sipas_column_f64(size, 4);
    const sipas_column psus = sipas_column_i32(psu, 4), same = sipas_column_i32(one, 4),
                       own = sipas_column_i32(each, 4);
    const sipas_column three = sipas_column_i32(psu, 3);
    sipas_components_opts opts = SIPAS_COMPONENTS_OPTS_INIT;
    sipas_table *table = (sipas_table *)&opts;
    sipas_error err;

    assert_int_equal(sipas_components_sample(NULL, &values, NULL, NULL, &own, 1, &table, &err), SIPAS_ERR_TOO_FEW);
    assert_null(table);
    assert_string_equal(err.message, "no psu has two persons with an answer: the variance between them cannot be told");
    assert_int_equal(sipas_components_sample(NULL, &values, NULL, NULL, &same, 1, &table, &err), SIPAS_ERR_TOO_FEW);
    assert_string_equal(err.message,
                        "no stratum has two psus with an answer: the variance between them cannot be told");
    assert_int_equal(sipas_components_sample(NULL, &values, NULL, NULL, &three, 1, &table, &err), SIPAS_ERR_LENGTH);
    assert_int_equal(sipas_components_sample(NULL, &values, NULL, NULL, &psus, 3, &table, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_components_sample(NULL, NULL, NULL, NULL, &psus, 1, &table, &err), SIPAS_ERR_ARGUMENT);
    size[2] = -1.0;
    assert_int_equal(sipas_components_sample(NULL, &values, &sizes, NULL, &psus, 1, &table, &err), SIPAS_ERR_VALUE);
    assert_string_equal(err.message, "row 2: weights is -1; it must be at least 0");
    size[2] = 2.0;
    assert_int_equal(sipas_components_frame(NULL, &values, &own, 1, NULL, &table, &err), SIPAS_ERR_TOO_FEW);
    assert_string_equal(err.message, "no PSU has two persons");
    assert_int_equal(sipas_components_frame(NULL, &values, &same, 1, NULL, &table, &err), SIPAS_ERR_TOO_FEW);
    assert_string_equal(err.message, "there is one PSU only");
    opts.size = &sizes;
    assert_int_equal(sipas_components_frame(NULL, &values, &psus, 1, &opts, &table, &err), SIPAS_ERR_OPTION);
    assert_string_equal(err.message, "size and SIPAS_PSU_MEASURE go together");
    opts.selection = SIPAS_PSU_MEASURE;
    assert_int_equal(sipas_components_frame(NULL, &values, &psus, 1, &opts, &table, &err), SIPAS_ERR_VALUE);
    assert_string_equal(err.message, "row 3: size is 3, but 2 in another row of its PSU");
    y[1] = (double)NAN;
    assert_int_equal(sipas_components_frame(NULL, &values, &psus, 1, NULL, &table, &err), SIPAS_ERR_MISSING);
    assert_string_equal(err.message, "row 1: y is missing or NaN");
    y[1] = -8.0;
    assert_int_equal(sipas_components_frame(NULL, &values, &psus, 1, NULL, &table, &err), SIPAS_ERR_VALUE);
    assert_string_equal(err.message, "the total is 0; nothing is relative to it");
    assert_null(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_stages_vary_as_all_samples_do),
        cmocka_unit_test(two_stages_vary_as_all_samples_do),
        cmocka_unit_test(unequal_psus_by_definition),
        cmocka_unit_test(single_persons_as_told),
        cmocka_unit_test(every_estimator_is_unbiased),
        cmocka_unit_test(equal_weights_give_the_textbook),
        cmocka_unit_test(what_does_not_matter_does_not),
        cmocka_unit_test(a_negative_component_is_said),
        cmocka_unit_test(bad_input_is_named),
    };

    return cmocka_run_group_tests(tests, make_population, NULL);
}

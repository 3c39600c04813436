/*
 * Quantiles and areas against mpmath and closed forms, and the edges of every domain.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sipas.h>

#include "assert_close.h"
#include "num/distributions.h"
#include "num_quantiles.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

typedef double (*function)(double x, double a, double b);

static double normal_quantile(double p, double a, double b)
{
    (void)a, (void)b;
    return sipas__normal_quantile(p);
}
static double t_quantile(double p, double a, double b)
{
    (void)b;
    return sipas__t_quantile(p, a);
}
static double chisq_quantile(double p, double a, double b)
{
    (void)b;
    return sipas__chisq_quantile(p, a);
}
static double normal_area(double z, double a, double b)
{
    (void)a, (void)b;
    return z < 0 ? sipas__normal_cdf(z) : sipas__normal_upper(z);
}
static double t_area(double t, double a, double b)
{
    (void)b;
    return t < 0 ? sipas__t_cdf(t, a) : sipas__t_upper(t, a);
}

static void assert_table(const char *what, const quantile_row *row, size_t n, function quantile)
{
    for (size_t i = 0; i < n; i++)
        for (int j = 0; j < N_PROBABILITIES; j++)
            assert_close_at(what, quantile(probability[j], row[i].first, row[i].second), row[i].quantile[j], 1e-13, 0,
                            __FILE__, __LINE__);
}

static void quantiles_agree_with_mpmath(void **state)
{
    (void)state;
    assert_table("normal", normal_quantiles, COUNT(normal_quantiles), normal_quantile);
    assert_table("t", t_quantiles, COUNT(t_quantiles), t_quantile);
    assert_table("chisq", chisq_quantiles, COUNT(chisq_quantiles), chisq_quantile);
    assert_table("F", f_quantiles, COUNT(f_quantiles), sipas__f_quantile);
    assert_table("beta", beta_quantiles, COUNT(beta_quantiles), sipas__beta_quantile);
}

/* The smaller area at each quantile of the tables. The quantile is rounded to a double, which moves the area of a
 * distribution with shapes beyond 1000, or that of a beta variable near 1, more than 1e-13. */
static void assert_areas(const char *what, const quantile_row *row, size_t n, function cdf, function upper)
{
    for (size_t i = 0; i < n; i++)
        for (int j = 0; j < N_PROBABILITIES; j++) {
            double p = probability[j], x = row[i].quantile[j];

            if (fmax(row[i].first, isinf(row[i].second) ? 1 : row[i].second) > 1000 || x == 0) continue;
            if (x > 0.99 && upper == sipas__beta_upper) continue;
            assert_close_at(what,
                            p <= 0.5 ? cdf(x, row[i].first, row[i].second) : upper(x, row[i].first, row[i].second),
                            p <= 0.5 ? p : 1 - p, 2e-13, 0, __FILE__, __LINE__);
        }
}

static double chisq_cdf(double x, double a, double b)
{
    (void)b;
    return sipas__chisq_cdf(x, a);
}
static double chisq_upper(double x, double a, double b)
{
    (void)b;
    return sipas__chisq_upper(x, a);
}

static void areas_agree_with_mpmath(void **state)
{
    (void)state;
    assert_areas("normal", normal_quantiles, COUNT(normal_quantiles), normal_area, normal_area);
    assert_areas("t", t_quantiles, COUNT(t_quantiles), t_area, t_area);
    assert_areas("chisq", chisq_quantiles, COUNT(chisq_quantiles), chisq_cdf, chisq_upper);
    assert_areas("F", f_quantiles, COUNT(f_quantiles), sipas__f_cdf, sipas__f_upper);
    assert_areas("beta", beta_quantiles, COUNT(beta_quantiles), sipas__beta_cdf, sipas__beta_upper);
}

/* Distributions whose quantile is elementary. */
static void closed_forms(void **state)
{
    static const double shape[] = {1e-2, 0.3, 1, 2.5, 40, 1e4, 1e9};

    (void)state;
    for (int i = 1; i < 2000; i++) {
        double p = i < 1000 ? i / 1000.0 : pow(10, -(i - 999) / 4.0), angle = 3.14159265358979323846 * (p - 0.5);

        assert_close(sipas__chisq_quantile(p, 2), -2 * log1p(-p), 1e-13);
        assert_close(sipas__f_quantile(p, 2, 2), p / (1 - p), 1e-13);
        if (i < 1000) {
            assert_close_scaled(sipas__t_quantile(p, 1), tan(angle), 1e-13, 1e-3);
            assert_close_scaled(sipas__t_quantile(p, 2), (2 * p - 1) / sqrt(2 * p * (1 - p)), 1e-13, 1e-3);
        }
        assert_close(sipas__t_upper(1 / p, 1), atan(p) / 3.14159265358979323846, 1e-13);
        for (size_t s = 0; s < COUNT(shape); s++) {
            double x = exp(log(p) / shape[s]), tolerance = 1e-13 * fmax(1, 0.1 / shape[s]);

            if (x > 1e-300) assert_close(sipas__beta_quantile(p, shape[s], 1), x, tolerance);
            assert_close(sipas__beta_quantile(p, 1, shape[s]), -expm1(log1p(-p) / shape[s]), 1e-13);
        }
    }
}

/* F with df2 = ∞ is chi-square / df1, t² is F(1, df), t with df = ∞ is normal, 1 - beta(a, b) is beta(b, a). */
static void relatives_agree(void **state)
{
    static const double df[] = {0.5, 1, 3, 29.5, 1e3, 1e8}, p[] = {1e-12, 0.01, 0.3, 0.5, 0.75, 0.96875, 0.9990234375};

    (void)state;
    for (size_t i = 0; i < COUNT(df); i++)
        for (size_t j = 0; j < COUNT(p); j++) {
            double t = sipas__t_quantile(0.5 + p[j] / 2, df[i]);

            assert_close(sipas__f_quantile(p[j], df[i], INFINITY) * df[i], sipas__chisq_quantile(p[j], df[i]), 1e-15);
            if (j > 0) assert_close(sipas__f_quantile(p[j], 1, df[i]), t * t, 1e-13);
            assert_close(sipas__t_quantile(p[j], INFINITY), sipas__normal_quantile(p[j]), 1e-13);
            assert_close(sipas__f_quantile(p[j], df[i], 7), 1 / sipas__f_quantile(1 - p[j], 7, df[i]),
                         j > 0 ? 1e-13 : 1e-3);
            assert_close(sipas__beta_cdf(0.25, df[i], 3), sipas__beta_upper(0.75, 3, df[i]), 1e-14);
        }
}

static void t_and_normal_are_odd(void **state)
{
    (void)state;
    for (int i = 0; i <= 512; i++) {
        double p = i / 1024.0;

        assert_true(sipas__normal_quantile(p) == -sipas__normal_quantile(1 - p));
        assert_true(sipas__t_quantile(p, 7.5) == -sipas__t_quantile(1 - p, 7.5));
        assert_true(sipas__t_cdf(-i / 64.0, 3) == sipas__t_upper(i / 64.0, 3));
    }
    assert_true(sipas__normal_quantile(0.5) == 0 && sipas__t_quantile(0.5, 3) == 0);
}

/* Clopper and Pearson's limits at no and at all successes, and every other way in which a beta variable is a point. */
static void beta_shapes_at_zero_and_infinity(void **state)
{
    static const double p[] = {0, 1e-300, 0.025, 0.5, 0.975, 1};

    (void)state;
    for (size_t i = 0; i < COUNT(p); i++) {
        assert_true(sipas__beta_quantile(p[i], 0, 5) == 0);
        assert_true(sipas__beta_quantile(p[i], 3, INFINITY) == 0);
        assert_true(sipas__beta_quantile(p[i], 0, INFINITY) == 0);
        assert_true(sipas__beta_quantile(p[i], 5, 0) == 1);
        assert_true(sipas__beta_quantile(p[i], INFINITY, 3) == 1);
        assert_true(sipas__beta_quantile(p[i], INFINITY, 0) == 1);
        assert_true(sipas__beta_quantile(p[i], INFINITY, INFINITY) == 0.5);
        assert_true(sipas__beta_quantile(p[i], 0, 0) == (p[i] < 0.5 ? 0 : p[i] > 0.5 ? 1 : 0.5));
    }
    assert_true(sipas__beta_cdf(0, 0, 5) == 1 && sipas__beta_upper(0, 0, 5) == 0 && sipas__beta_cdf(-1, 0, 5) == 0);
    assert_true(sipas__beta_cdf(0.9, 5, 0) == 0 && sipas__beta_upper(0.9, 5, 0) == 1 && sipas__beta_cdf(1, 5, 0) == 1);
    assert_true(sipas__beta_cdf(0.1, 0, 0) == 0.5 && sipas__beta_upper(0.1, 0, 0) == 0.5);
    assert_true(sipas__beta_cdf(0.4, INFINITY, INFINITY) == 0 && sipas__beta_cdf(0.5, INFINITY, INFINITY) == 1);
    assert_close(sipas__beta_quantile(0.975, 1, 10), -expm1(log(0.025) / 10), 1e-14);
}

static void ends_of_the_supports(void **state)
{
    (void)state;
    assert_true(sipas__normal_quantile(0) == -INFINITY && sipas__normal_quantile(1) == INFINITY);
    assert_true(sipas__t_quantile(0, 3) == -INFINITY && sipas__t_quantile(1, 3) == INFINITY);
    assert_true(sipas__chisq_quantile(0, 3) == 0 && sipas__chisq_quantile(1, 3) == INFINITY);
    assert_true(sipas__f_quantile(0, 3, 4) == 0 && sipas__f_quantile(1, 3, 4) == INFINITY);
    assert_true(sipas__beta_quantile(0, 3, 4) == 0 && sipas__beta_quantile(1, 3, 4) == 1);
    assert_true(sipas__normal_cdf(-INFINITY) == 0 && sipas__normal_upper(-INFINITY) == 1);
    assert_true(sipas__t_cdf(INFINITY, 3) == 1 && sipas__t_upper(INFINITY, 3) == 0 && sipas__t_cdf(0, 3) == 0.5);
    assert_true(sipas__chisq_cdf(0, 3) == 0 && sipas__chisq_upper(-1, 3) == 1 && sipas__chisq_cdf(INFINITY, 3) == 1);
    assert_true(sipas__f_cdf(0, 3, 4) == 0 && sipas__f_upper(-1, 3, 4) == 1 && sipas__f_upper(INFINITY, 3, 4) == 0);
    assert_true(sipas__beta_cdf(0, 3, 4) == 0 && sipas__beta_cdf(1, 3, 4) == 1 && sipas__beta_upper(2, 3, 4) == 0);
    assert_true(sipas__beta_cdf(-0.1, 3, 4) == 0 && sipas__beta_upper(INFINITY, 3, 4) == 0);
}

/* All the mass of chi-square at ∞, of F at 1; the largest, the smallest and the closest arguments there are. */
static void infinite_and_extreme_arguments(void **state)
{
    (void)state;
    assert_true(sipas__chisq_quantile(0.5, INFINITY) == INFINITY && sipas__chisq_cdf(1e300, INFINITY) == 0);
    assert_true(sipas__chisq_upper(INFINITY, INFINITY) == 0);
    assert_close(sipas__f_quantile(0.3, INFINITY, INFINITY), 1, 1e-15);
    assert_true(sipas__f_cdf(0.999, INFINITY, INFINITY) == 0 && sipas__f_cdf(1.001, INFINITY, INFINITY) == 1);
    assert_close(sipas__chisq_quantile(0.3, 1e290), 1e290, 1e-15);
    assert_close(sipas__normal_quantile(4.9406564584124654e-324), -38.467405617144346, 1e-15); /* mpmath 1.4.1 */
    assert_true(sipas__normal_upper(37.4) > 0 && sipas__normal_upper(40) == 0);
    assert_close(sipas__t_quantile(4.9406564584124654e-324, 1), -1 / (3.14159265358979323846 * 4.9406564584124654e-324),
                 1e-13);
    assert_true(sipas__t_quantile(1e-300, 1e-3) == -INFINITY); /* beyond the range of a double */
    assert_true(sipas__chisq_quantile(1e-300, 1e-3) == 0);
    assert_true(sipas__t_upper(DBL_MAX, 10) == 0 && sipas__t_cdf(DBL_MIN, 10) == 0.5);
    assert_close(sipas__t_upper(1e300, 0.01), 0.5 * sipas__f_upper(1e300, 1, 0.01) * pow(1e300, -0.005), 1e-12);
}

static void nan_and_nonsense_give_nan(void **state)
{
    static const double bad_p[] = {NAN, -1e-300, -1, 1 + 1e-15, INFINITY, -INFINITY},
                        bad_df[] = {NAN, 0, -1, -INFINITY};

    (void)state;
    for (size_t i = 0; i < COUNT(bad_p); i++) {
        assert_true(isnan(sipas__normal_quantile(bad_p[i])) && isnan(sipas__t_quantile(bad_p[i], 3)));
        assert_true(isnan(sipas__chisq_quantile(bad_p[i], 3)) && isnan(sipas__f_quantile(bad_p[i], 3, 4)));
        assert_true(isnan(sipas__beta_quantile(bad_p[i], 3, 4)) && isnan(sipas__beta_quantile(bad_p[i], 0, 4)));
    }
    for (size_t i = 0; i < COUNT(bad_df); i++) {
        double df = bad_df[i];

        assert_true(isnan(sipas__t_quantile(0.5, df)) && isnan(sipas__t_cdf(0, df)) && isnan(sipas__t_upper(1, df)));
        assert_true(isnan(sipas__chisq_quantile(0, df)) && isnan(sipas__chisq_cdf(0, df)));
        assert_true(isnan(sipas__chisq_upper(1, df)) && isnan(sipas__f_cdf(1, df, 3)) &&
                    isnan(sipas__f_upper(1, 3, df)));
        assert_true(isnan(sipas__f_quantile(1, df, 3)) && isnan(sipas__f_quantile(0.2, 3, df)));
        if (df == 0) continue;
        assert_true(isnan(sipas__beta_quantile(0.5, df, 3)) && isnan(sipas__beta_quantile(0.5, 3, df)));
        assert_true(isnan(sipas__beta_cdf(0.5, df, 3)) && isnan(sipas__beta_upper(2, 3, df)));
    }
    assert_true(isnan(sipas__normal_cdf(NAN)) && isnan(sipas__normal_upper(NAN)) && isnan(sipas__t_cdf(NAN, 3)));
    assert_true(isnan(sipas__t_upper(NAN, 3)) && isnan(sipas__chisq_cdf(NAN, 3)) && isnan(sipas__chisq_upper(NAN, 3)));
    assert_true(isnan(sipas__f_cdf(NAN, 3, 4)) && isnan(sipas__f_upper(NAN, 3, 4)) &&
                isnan(sipas__beta_cdf(NAN, 3, 4)));
    assert_true(isnan(sipas__beta_upper(NAN, 0, 4)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_agree_with_mpmath),
        cmocka_unit_test(areas_agree_with_mpmath),
        cmocka_unit_test(closed_forms),
        cmocka_unit_test(relatives_agree),
        cmocka_unit_test(t_and_normal_are_odd),
        cmocka_unit_test(beta_shapes_at_zero_and_infinity),
        cmocka_unit_test(ends_of_the_supports),
        cmocka_unit_test(infinite_and_extreme_arguments),
        cmocka_unit_test(nan_and_nonsense_give_nan),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

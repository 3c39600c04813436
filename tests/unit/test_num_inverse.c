/*
 * Quantiles and areas undo each other over a grid with nasty parameters, agree with GSL where GSL is good, are monotone,
 * and never call GSL's error handler.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <float.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sipas.h>

#include "assert_close.h"
#include "num/distributions.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static int handler_calls;

static void count_call(const char *reason, const char *file, int line, int gsl_errno)
{
    (void)reason, (void)file, (void)line, (void)gsl_errno;
    handler_calls++;
}

static int watch_gsl(void **state)
{
    (void)state;
    handler_calls = 0;
    gsl_set_error_handler(count_call);
    return 0;
}

static int gsl_was_silent(void **state)
{
    (void)state;
    return handler_calls;
}

typedef struct distribution {
    const char *name;
    double (*quantile)(double p, double a, double b);
    double (*cdf)(double x, double a, double b);
    double (*upper)(double x, double a, double b);
    double lowest, highest; /* the ends of the support */
    int second;             /* there is a second parameter */
} distribution;

static double t_quantile(double p, double a, double b)
{
    (void)b;
    return sipas__t_quantile(p, a);
}
static double t_cdf(double x, double a, double b)
{
    (void)b;
    return sipas__t_cdf(x, a);
}
static double t_upper(double x, double a, double b)
{
    (void)b;
    return sipas__t_upper(x, a);
}
static double chisq_quantile(double p, double a, double b)
{
    (void)b;
    return sipas__chisq_quantile(p, a);
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

static const distribution all[] = {
    {"t", t_quantile, t_cdf, t_upper, -INFINITY, INFINITY, 0},
    {"chisq", chisq_quantile, chisq_cdf, chisq_upper, 0, INFINITY, 0},
    {"F", sipas__f_quantile, sipas__f_cdf, sipas__f_upper, 0, INFINITY, 1},
    {"beta", sipas__beta_quantile, sipas__beta_cdf, sipas__beta_upper, 0, 1, 1},
};

static const double parameter[] = {1e-300, 1e-20, 1e-6, 1e-3, 0.02, 0.3, 0.5,  1,    2,    3.5,  9.99,
                                   31.7,   100,   1e3,  2e4,  1e6,  3e8, 1e10, 1e13, 1e17, 1e40, 1e300};
static const double probability[] = {5e-324, 1e-300, 1e-100, 1e-15, 1e-8,  0.005,  0.025,    0.1,
                                     0.3,    0.5,    0.501,  0.9,   0.975, 0.9999, 1 - 1e-9, 1 - DBL_EPSILON / 2};

/*
 * Just below the quantile less than p lies below, just above it more. "Just" is 1e-13 of the quantile, more far out or for tiny
 * parameters; areas may err by 1e-13 themselves, far out by the rounding of their
 * logarithm.
 */
static void assert_inverse(const distribution *d, double p, double a, double b)
{
    const double x = d->quantile(p, a, b),
                 step = 1e-13 * fmax(1, -log(fmin(p, 1 - p)) / 100) * fmax(1, 0.1 / fmin(a, b));
    const double slack = 1e-13 * (1 - log(fmin(p, 1 - p)) / 10), toward = x < 0 ? -step : step;
    const double below = x * (1 - toward), above = x * (1 + toward);

    if (isnan(x)) fail_msg("%s: quantile(%g; %g, %g) is NaN", d->name, p, a, b);
    if (x < d->lowest || x > d->highest) fail_msg("%s: quantile(%g; %g, %g) = %g", d->name, p, a, b, x);
    if (fmin(a, b) < 1e-20) return; /* it came back with a number: enough */
    if (fabs(x) < DBL_MIN || isinf(x) || x >= 1 - 1e-15 || fmin(p, 1 - p) < DBL_MIN) return;
    if (p <= 0.5 ? d->cdf(below, a, b) > p * (1 + slack) : d->upper(below, a, b) < (1 - p) * (1 - slack))
        fail_msg("%s: quantile(%.17g; %g, %g) = %.17g is too large", d->name, p, a, b, x);
    if (p <= 0.5 ? d->cdf(above, a, b) < p * (1 - slack) : d->upper(above, a, b) > (1 - p) * (1 + slack))
        fail_msg("%s: quantile(%.17g; %g, %g) = %.17g is too small", d->name, p, a, b, x);
}

static void quantiles_invert_areas(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT(all); k++)
        for (size_t i = 0; i < COUNT(parameter); i++)
            for (size_t j = 0; j < (all[k].second ? COUNT(parameter) : 1); j++)
                for (size_t l = 0; l < COUNT(probability); l++)
                    assert_inverse(&all[k], probability[l], parameter[i], all[k].second ? parameter[j] : INFINITY);
}

/* Where GSL 2.7 is good to 1e-13 itself: it is not for t of 30 to 60 degrees of freedom in the tails, for beta and F with
 * shapes beyond 100, and for chi-square beyond 10^5 (1e-3 at 10^7). */
static void areas_agree_with_gsl(void **state)
{
    static const double df[] = {0.5, 1, 2.5, 4, 10, 29.5}, x[] = {1e-6, 0.01, 0.3, 0.9, 1, 1.1, 2, 3.7, 8, 25, 300};
    static const double tolerance = 2e-13;

    (void)state;
    for (size_t i = 0; i < COUNT(df); i++)
        for (size_t k = 0; k < COUNT(x); k++) {
            assert_close(sipas__t_cdf(-x[k], df[i]), gsl_cdf_tdist_P(-x[k], df[i]), tolerance);
            assert_close(sipas__t_upper(x[k], df[i]), gsl_cdf_tdist_Q(x[k], df[i]), tolerance);
            assert_close(sipas__chisq_cdf(x[k], df[i]), gsl_cdf_chisq_P(x[k], df[i]), tolerance);
            assert_close(sipas__chisq_upper(x[k], df[i]), gsl_cdf_chisq_Q(x[k], df[i]), tolerance);
            for (size_t j = 0; j < COUNT(df); j++) {
                double odds = x[k] / (1 + x[k]);

                assert_close(sipas__f_cdf(x[k], df[i], df[j]), gsl_cdf_fdist_P(x[k], df[i], df[j]), tolerance);
                assert_close(sipas__f_upper(x[k], df[i], df[j]), gsl_cdf_fdist_Q(x[k], df[i], df[j]), tolerance);
                assert_close(sipas__beta_cdf(odds, df[i], df[j]), gsl_cdf_beta_P(odds, df[i], df[j]), tolerance);
                assert_close(sipas__beta_upper(odds, df[i], df[j]), gsl_cdf_beta_Q(odds, df[i], df[j]), tolerance);
            }
        }
}

/* Over steps of 1e-10, so across the seams between the series and the quadrature too. */
static void areas_are_monotone(void **state)
{
    static const double shape[] = {0.02, 0.5, 1, 5, 37, 1e3, 1e6, 1e11};

    (void)state;
    for (size_t i = 0; i < COUNT(shape); i++)
        for (size_t j = 0; j < COUNT(shape); j++) {
            double spread = sqrt(1 / shape[i] + 1 / shape[j]), lower = 0, upper = 1;

            for (int k = -400; k <= 400; k += 5) {
                double f = exp(0.02 * k * fmin(spread, 2)), beyond = f * (1 + 1e-10 * fmin(spread, 1));
                double below = sipas__f_cdf(f, 2 * shape[i], 2 * shape[j]);
                double above = sipas__f_upper(f, 2 * shape[i], 2 * shape[j]);

                assert_true(below >= lower && above <= upper);
                assert_close_scaled(below + above, 1, 1e-15, 1);
                lower = sipas__f_cdf(beyond, 2 * shape[i], 2 * shape[j]);
                upper = sipas__f_upper(beyond, 2 * shape[i], 2 * shape[j]);
                assert_true(below <= lower * (1 + 1e-13) && above >= upper * (1 - 1e-13));
                lower *= 1 - 1e-13;
                upper *= 1 + 1e-13;
            }
        }
}

static void quantiles_are_monotone(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT(all); k++)
        for (size_t i = 3; i < COUNT(parameter); i += 2) {
            double last = all[k].lowest;

            for (int j = 0; j <= 200; j++) {
                double x = all[k].quantile(j / 200.0, parameter[i], 7.5);

                if (!(x >= last))
                    fail_msg("%s: quantile(%g; %g) = %.17g < %.17g", all[k].name, j / 200.0, parameter[i], x, last);
                last = x;
            }
        }
}

/* A quantile of t with ever more degrees of freedom goes down to the normal one without a step. */
static void t_tends_to_normal(void **state)
{
    double last = sipas__t_quantile(0.975, 1);

    (void)state;
    for (int k = 1; k <= 1000; k++) {
        double df = pow(10, k / 50.0), t = sipas__t_quantile(0.975, df);

        assert_true(t <= last * (1 + 4e-16));
        /* Cornish and Fisher: z + (z³ + z) / 4df + (5z⁵ + 16z³ + 3z) / 96df² + O(df^-3) */
        if (df > 1e5) assert_close(t, 1.95996398454005423552 + 2.37227122886449 / df + 2.82250 / (df * df), 1e-13);
        last = t;
    }
    assert_close(last, 1.95996398454005423552, 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(quantiles_invert_areas, watch_gsl, gsl_was_silent),
        cmocka_unit_test_setup_teardown(areas_agree_with_gsl, watch_gsl, gsl_was_silent),
        cmocka_unit_test_setup_teardown(areas_are_monotone, watch_gsl, gsl_was_silent),
        cmocka_unit_test_setup_teardown(quantiles_are_monotone, watch_gsl, gsl_was_silent),
        cmocka_unit_test_setup_teardown(t_tends_to_normal, watch_gsl, gsl_was_silent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

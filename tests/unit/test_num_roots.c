/*
 * Brent's root finder: roots known in closed form, bad brackets, hard functions, and how far a failed search got.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sipas.h>

#include "assert_close.h"
#include "num/roots.h"

/* A function and the number of times it was called. */
typedef struct counted {
    double (*f)(double x);
    int calls;
    double lowest, highest; /* where it was called */
} counted;

static double call(double x, void *state)
{
    counted *c = state;

    c->lowest = c->calls ? fmin(c->lowest, x) : x;
    c->highest = c->calls ? fmax(c->highest, x) : x;
    c->calls++;
    return c->f(x);
}

static sipas__bracket bracket_of(double (*f)(double), double low, double high)
{
    sipas__bracket bracket = {{low, high}, {f(low), f(high)}};

    return bracket;
}

static const sipas__root_tolerance TIGHT = {0, 0, 300};

static double half_square(double x)
{
    return x * x - 2;
}
static double cubic(double x)
{
    return (x - 1) * (x - 1) * (x - 1);
}
static double cosine(double x)
{
    return cos(x) - x;
}
static double flat(double x)
{
    return x == 0 ? 0 : x * exp(-1 / (x * x));
}
static double jump(double x)
{
    return x < 1.0 / 3 ? -1 : 1;
}
static double pole(double x)
{
    return 1 / (x - 0.3);
}
static double steep(double x)
{
    return exp(200 * x) - 1e50;
}
static double beyond(double x)
{
    return x < 0.7 ? -INFINITY : x > 0.8 ? INFINITY : x - 0.75;
}
static double has_hole(double x)
{
    return x < 0.1 ? -1 : x > 0.9 ? 1 : NAN;
}
static double tiny(double x)
{
    return x - 1e-200;
}

typedef struct known_root {
    double (*f)(double x);
    double low, high, root, rtol;
    int most_calls;
} known_root;

static void known_roots_are_found(void **state)
{
    static const known_root known[] = {
        {half_square, 0, 2, 1.41421356237309504880, 1e-15, 15},
        {half_square, 2, 0, 1.41421356237309504880, 1e-15, 15},
        {half_square, -100, -1, -1.41421356237309504880, 1e-15, 20},
        {cosine, -1, 3, 0.73908513321516064166, 1e-15, 15}, /* the Dottie number, OEIS A003957 */
        {cubic, -1, 4, 1, 1e-5, 200},                       /* triple: f is 0 to rounding on a whole interval */
        {jump, -1, 1, 1.0 / 3, 1e-15, 120},
        {pole, 0, 1, 0.3, 1e-15, 200},
        {steep, 0, 3, 0.57564627324851142100, 1e-15, 40}, /* log(1e50) / 200 = log(10) / 4 */
        {beyond, 0, 1, 0.75, 1e-15, 20},
        {tiny, -1, 2, 1e-200, 1e-15, 1000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const known_root *k = &known[i];
        const sipas__root_tolerance tolerance = {0, 0, 1000};
        sipas__bracket bracket = bracket_of(k->f, k->low, k->high);
        counted c = {k->f, 0, 0, 0};
        double root = NAN;

        assert_int_equal(sipas__root_brent(call, &c, &bracket, &tolerance, &root, NULL), SIPAS_OK);
        assert_close(root, k->root, k->rtol);
        assert_true(c.calls <= k->most_calls);
        assert_true(c.lowest >= fmin(k->low, k->high) && c.highest <= fmax(k->low, k->high));
        assert_true(root == bracket.x[0] || bracket.f[0] == 0);
        assert_true(bracket.f[0] == 0 || (bracket.f[0] > 0) != (bracket.f[1] > 0));
        assert_true(fabs(bracket.f[0]) <= fabs(bracket.f[1]) || bracket.f[0] == 0);
    }
}

static void a_root_at_an_end_needs_no_call(void **state)
{
    sipas__bracket low = {{3, 4}, {0, 1}}, high = {{3, 4}, {-1, 0}};
    counted c = {half_square, 0, 0, 0};
    double root = NAN;

    (void)state;
    assert_int_equal(sipas__root_brent(call, &c, &low, &TIGHT, &root, NULL), SIPAS_OK);
    assert_true(root == 3);
    assert_int_equal(sipas__root_brent(call, &c, &high, &TIGHT, &root, NULL), SIPAS_OK);
    assert_true(root == 4);
    assert_int_equal(c.calls, 0);
}

static void the_tolerance_is_kept(void **state)
{
    static const sipas__root_tolerance loose[] = {{1e-3, 0, 50}, {0, 1e-3, 50}, {1e-6, 1e-6, 50}};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        sipas__bracket bracket = bracket_of(flat, -1, 3);
        counted c = {flat, 0, 0, 0};
        double root = NAN;

        bracket = bracket_of(half_square, 0, 100);
        c.f = half_square;
        assert_int_equal(sipas__root_brent(call, &c, &bracket, &loose[i], &root, NULL), SIPAS_OK);
        assert_true(fabs(root - sqrt(2)) <= loose[i].absolute + loose[i].relative * root);
        assert_true(fabs(bracket.x[1] - bracket.x[0]) <= loose[i].absolute + loose[i].relative * root);
    }
}

/* f vanishes to all orders at 0: no interpolation helps, bisection must. */
static void a_flat_root_is_found(void **state)
{
    const sipas__root_tolerance tolerance = {1e-10, 0, 200};
    sipas__bracket bracket = bracket_of(flat, -1, 3);
    counted c = {flat, 0, 0, 0};
    double root = NAN;

    (void)state;
    assert_int_equal(sipas__root_brent(call, &c, &bracket, &tolerance, &root, NULL), SIPAS_OK);
    assert_true(flat(root) == 0);
    assert_true(fabs(root) < 0.04); /* exp(-1/x²) underflows there */
}

static void bad_brackets_are_refused(void **state)
{
    static const sipas__bracket bad[] = {
        {{0, 1}, {1, 2}},   {{0, 1}, {-1, -2}},  {{NAN, 1}, {-1, 1}},      {{0, NAN}, {-1, 1}},
        {{0, 1}, {NAN, 1}}, {{0, 1}, {-1, NAN}}, {{0, INFINITY}, {-1, 1}}, {{-INFINITY, 0}, {-1, 1}},
    };
    counted c = {half_square, 0, 0, 0};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        sipas__bracket bracket = bad[i];
        sipas_error err;
        double root = 77;

        assert_int_equal(sipas__root_brent(call, &c, &bracket, &TIGHT, &root, &err), SIPAS_ERR_ARGUMENT);
        assert_int_equal(err.status, SIPAS_ERR_ARGUMENT);
        assert_non_null(strstr(err.message, i < 2 ? "have one sign" : "is not finite"));
        assert_true(root == 77);
        assert_int_equal(c.calls, 0);
    }
}

static void too_few_iterations_say_what_they_reached(void **state)
{
    (void)state;
    for (int32_t most = 0; most < 6; most++) {
        const sipas__root_tolerance tolerance = {0, 0, most};
        sipas__bracket bracket = bracket_of(half_square, 0, 2);
        counted c = {half_square, 0, 0, 0};
        sipas_error err;
        double root = 77;

        assert_int_equal(sipas__root_brent(call, &c, &bracket, &tolerance, &root, &err), SIPAS_ERR_CONVERGENCE);
        assert_int_equal(err.status, SIPAS_ERR_CONVERGENCE);
        assert_non_null(strstr(err.message, "is known to lie between"));
        assert_int_equal(c.calls, most);
        assert_true(root == 77);
        assert_true(fmin(bracket.x[0], bracket.x[1]) < sqrt(2) && sqrt(2) < fmax(bracket.x[0], bracket.x[1]));
    }
}

static void a_nan_ends_the_search(void **state)
{
    sipas__bracket bracket = bracket_of(has_hole, 0, 1);
    counted c = {has_hole, 0, 0, 0};
    sipas_error err;
    double root = 77;

    (void)state;
    assert_int_equal(sipas__root_brent(call, &c, &bracket, &TIGHT, &root, &err), SIPAS_ERR_VALUE);
    assert_string_equal(err.message, "root search: the function is NaN at 0.5");
    assert_int_equal(c.calls, 1);
    assert_true(root == 77);
    assert_true(bracket.f[0] * bracket.f[1] < 0);
}

/* x³ = a over 300 orders of magnitude of a. */
static double cube_target(double x, void *state)
{
    return x * x * x - *(const double *)state;
}

static void scale_does_not_matter(void **state)
{
    (void)state;
    for (int e = -250; e <= 250; e++) {
        double a = pow(10, e), high = fmax(2 * a, 2), root = NAN;
        sipas__bracket bracket = {{0, high}, {-a, cube_target(high, &a)}};
        sipas_error err;

        assert_int_equal(
            sipas__root_brent(cube_target, &a, &bracket, &(sipas__root_tolerance){0, 1e-14, 5000}, &root, &err),
            SIPAS_OK);
        assert_close(root, cbrt(a), 1e-14);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_roots_are_found),    cmocka_unit_test(a_root_at_an_end_needs_no_call),
        cmocka_unit_test(the_tolerance_is_kept),    cmocka_unit_test(a_flat_root_is_found),
        cmocka_unit_test(bad_brackets_are_refused), cmocka_unit_test(too_few_iterations_say_what_they_reached),
        cmocka_unit_test(a_nan_ends_the_search),    cmocka_unit_test(scale_does_not_matter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Weighted distribution functions: the ends, one value, values between, weights that make it fall. The rules themselves are
 * tested by definition in tests/api/test_estimate_quantile.c.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "num/ecdf.h"

static const sipas__step steps[] = {{-2.0, 1.0}, {0.5, 4.0}, {3.0, 6.0}, {7.0, 10.0}};
static const double first[] = {1.0, 2.0, 0.5, 4.0}, last[] = {1.0, 1.0, 1.5, 4.0};

static void test_ends(void **state)
{
    const sipas__ecdf ecdf = {4, 1, steps, first, last}, one = {1, 1, steps, first, last};

    (void)state;
    for (int32_t rule = SIPAS__RULE_HF1; rule <= SIPAS__RULE_HF9; rule++) {
        assert_true(sipas__ecdf_quantile(&ecdf, rule, 0.0) == -2.0);
        assert_true(sipas__ecdf_quantile(&ecdf, rule, 1e-300) == -2.0);
        assert_true(sipas__ecdf_quantile(&ecdf, rule, 1.0) == 7.0);
        for (double p = 0.0; p <= 1.0; p += 0.125) assert_true(sipas__ecdf_quantile(&one, rule, p) == -2.0);
    }
}

static void test_function(void **state)
{
    const sipas__ecdf ecdf = {4, 1, steps, first, last};

    (void)state;
    assert_true(sipas__ecdf_at(&ecdf, -2.5) == 0.0);
    assert_true(sipas__ecdf_at(&ecdf, -2.0) == 0.1);
    assert_true(sipas__ecdf_at(&ecdf, 2.9) == 0.4);
    assert_true(sipas__ecdf_at(&ecdf, 3.0) == 0.6);
    assert_true(sipas__ecdf_at(&ecdf, 7.0) == 1.0);
    assert_true(sipas__ecdf_at(&ecdf, 8.0) == 1.0);
}

/* The quantile never falls as p grows, and F at it is no less than p under the first rule. */
static void test_monotone(void **state)
{
    const sipas__ecdf ecdf = {4, 1, steps, first, last};

    (void)state;
    for (int32_t rule = SIPAS__RULE_HF1; rule <= SIPAS__RULE_HF9; rule++) {
        double before = -2.0;

        for (int i = 0; i <= 1000; i++) {
            const double q = sipas__ecdf_quantile(&ecdf, rule, i / 1000.0);

            assert_true(q >= before);
            if (rule == SIPAS__RULE_HF1) assert_true(sipas__ecdf_at(&ecdf, q) >= i / 1000.0);
            before = q;
        }
    }
}

/* Where F falls below p again, the later crossing counts. */
static void test_falling(void **state)
{
    static const sipas__step falling[] = {{1.0, 3.0}, {2.0, 6.0}, {3.0, 4.0}, {4.0, 8.0}};
    const sipas__ecdf ecdf = {4, 0, falling, first, last};

    (void)state;
    assert_true(sipas__ecdf_quantile(&ecdf, SIPAS__RULE_HF1, 0.25) == 1.0);
    assert_true(sipas__ecdf_quantile(&ecdf, SIPAS__RULE_HF1, 0.4) == 2.0);
    assert_true(sipas__ecdf_quantile(&ecdf, SIPAS__RULE_HF1, 0.6) == 4.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_function),
        cmocka_unit_test(test_monotone),
        cmocka_unit_test(test_falling),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

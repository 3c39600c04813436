/*
 * Noncentral t against the defining integral ∫ Φ(δ - t s) f(s) ds, f the density of √(χ²/df), by mpmath 1.3 to 30 digits; and its
 * inverse against itself.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "assert_close.h"
#include "num/distributions.h"
#include "num/noncentral.h"

static const struct {
    double t, df, delta, above;
} areas[] = {
    {2.5, 3, 1, 0.17581624079951311},           {12.706204736, 1, 5, 0.30516009938265966},
    {12.706204736, 1, 16, 0.79064664692733636}, {4.30265273, 2, 4.3, 0.61429432165790555},
    {2.0, 10, 0, 0.036694017385370183},         {2.0, 10, -1.5, 0.00073474899625436454},
    {1.5, 4.5, 8, 0.99999999592204368},         {30, 2, 50, 0.93750873572734822},
    {3.2, 57, 6.1, 0.99735914203960661},        {2, 1000, 40, 1.0},
    {0.5, 5, 0.1, 0.35523576623079739},         {10, 4, 18, 0.98647196718151094},
    {-1.2, 7, 0.8, 0.96933343589248811},        {2.2, 33, 2.9, 0.75555079605171685},
};

static void test_areas(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof areas / sizeof *areas; i++)
        assert_close(1.0 + sipas__noncentral_upper(areas[i].t, areas[i].df, areas[i].delta), 1.0 + areas[i].above,
                     1e-12);
    for (double t = 0.0; t < 30.0; t += 0.7) /* δ = 0 is Student's t */
        for (double df = 0.5; df < 1e6; df *= 3.0)
            assert_true(fabs(sipas__noncentral_upper(t, df, 0.0) - sipas__t_upper(t, df)) < 1e-13);
    assert_true(sipas__noncentral_upper(2.0, INFINITY, 3.0) == sipas__normal_upper(-1.0));
    assert_true(fabs(sipas__noncentral_upper(2.0, 1e9, 3.0) - sipas__normal_upper(-1.0)) < 1e-8);
    assert_true(sipas__noncentral_upper(INFINITY, 3.0, 3.0) == 0.0 &&
                sipas__noncentral_upper(3.0, 3.0, INFINITY) == 1.0);
    assert_true(fabs(sipas__noncentral_upper(20000.0, 3.0, 30001.0) - sipas__noncentral_upper(20000.0, 3.0, 29999.0)) <
                1e-4);
    assert_true(sipas__noncentral_upper(2.0, 3.0, 1e9) == 1.0 && sipas__noncentral_upper(2.0, 3.0, -1e9) == 0.0);
    assert_true(isnan(sipas__noncentral_upper(NAN, 3.0, 1.0)) && isnan(sipas__noncentral_upper(1.0, 0.0, 1.0)));
    assert_true(isnan(sipas__noncentral_shift(1.0, 3.0, 1.0)));
}

static void test_shift(void **state)
{
    (void)state;
    for (double df = 1.0; df < 1e5; df *= 2.5)
        for (double power = 0.05; power < 1.0; power += 0.15) {
            const double t = -sipas__t_quantile(0.025, df), delta = sipas__noncentral_shift(t, df, power);

            assert_true(fabs(sipas__noncentral_upper(t, df, delta) - power) < 1e-10);
        }
    assert_true(sipas__noncentral_shift(2.0, INFINITY, 0.5) == 2.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_areas), cmocka_unit_test(test_shift)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

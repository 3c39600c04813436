/*
 * Numbers that are finite, or positive and finite: each kind of number at each place.
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

#include "num/finite.h"

enum { N = 19 };

typedef struct kind {
    double value;
    int finite, positive;
} kind;

static void test_every_kind(void **state)
{
    const kind kinds[] = {
        {1.0, 1, 1},  {DBL_MIN, 1, 1},  {DBL_MAX, 1, 1},  {4.9e-324, 1, 1},  {0.0, 1, 0},         {-0.0, 1, 0},
        {-1.0, 1, 0}, {-DBL_MAX, 1, 0}, {INFINITY, 0, 0}, {-INFINITY, 0, 0}, {(double)NAN, 0, 0}, {-(double)NAN, 0, 0},
    };

    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        for (int at = 0; at < N; at++) {
            double values[N];

            for (int i = 0; i < N; i++) values[i] = 0.5 + i;
            values[at] = kinds[k].value;
            assert_int_equal(sipas__all_finite(values, N), kinds[k].finite);
            assert_int_equal(sipas__all_positive(values, N), kinds[k].positive);
        }
    assert_true(sipas__all_finite(NULL, 0) && sipas__all_positive(NULL, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_kind)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

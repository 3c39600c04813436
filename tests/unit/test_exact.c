/*
 * Exact comparison of products of doubles, against products that whole numbers hold.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <sipas.h>

#include "allocate/allocate.h"

static int sign_of(int value)
{
    return (value > 0) - (value < 0);
}

static int compare(const double *left, int32_t n_left, const double *right, int32_t n_right)
{
    const int order = sign_of(sipas__product_compare(left, n_left, right, n_right));

    assert_int_equal(sign_of(sipas__product_compare(right, n_right, left, n_left)), -order);
    return order;
}

static void small_products_are_told_apart(void **state)
{
    (void)state;
    const double six[] = {2.0, 3.0}, also_six[] = {6.0}, seven[] = {7.0}, half[] = {0.5, 12.0};

    assert_int_equal(compare(six, 2, also_six, 1), 0);
    assert_int_equal(compare(six, 2, half, 2), 0);
    assert_int_equal(compare(six, 2, seven, 1), -1);
    assert_int_equal(compare(six, 0, also_six, 0), 0); /* the empty product is 1 */
}

/* (p + 1)(p - 1) = p² - 1, which no double tells from p² for p = 2^40. */
static void a_difference_of_one_in_many_bits_is_seen(void **state)
{
    (void)state;
    const double p = 0x1p40, square[] = {p, p, p, p, p, p}, less[] = {p + 1.0, p - 1.0, p, p, p, p};

    assert_int_equal(compare(square, 6, less, 6), 1);
    assert_true(p * p == (p + 1.0) * (p - 1.0));
}

static void seven_full_mantissas_fit(void **state)
{
    (void)state;
    const double most = 9007199254740991.0, less = 9007199254740990.0;
    const double left[] = {most, most, most, most, most, most, most},
                 right[] = {most, most, most, less, most, most, most};

    assert_int_equal(compare(left, 7, right, 7), 1);
    assert_int_equal(compare(left, 7, left, 7), 0);
}

static void magnitudes_do_not_overflow(void **state)
{
    (void)state;
    const double large[] = {DBL_MAX, DBL_MAX, DBL_MAX}, small[] = {DBL_MIN, DBL_MIN, DBL_TRUE_MIN};
    const double mixed[] = {1e300, 1e-300}, swapped[] = {1e-300, 1e300};

    assert_int_equal(compare(large, 3, small, 3), 1);
    assert_int_equal(compare(mixed, 2, swapped, 2), 0);
}

/* Products of two numbers below 2^31 against 64-bit arithmetic. */
static void random_products_agree_with_whole_numbers(void **state)
{
    (void)state;
    uint64_t seed = 7;

    for (int trial = 0; trial < 20000; trial++) {
        uint64_t f[4];
        double left[2], right[2];

        for (int i = 0; i < 4; i++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            f[i] = 1 + (seed >> 33) % (trial % 2 ? 12 : 2147483647);
        }
        for (int i = 0; i < 2; i++) {
            left[i] = (double)f[i];
            right[i] = (double)f[i + 2];
        }
        assert_int_equal(compare(left, 2, right, 2), (f[0] * f[1] > f[2] * f[3]) - (f[0] * f[1] < f[2] * f[3]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_products_are_told_apart),
        cmocka_unit_test(a_difference_of_one_in_many_bits_is_seen),
        cmocka_unit_test(seven_full_mantissas_fit),
        cmocka_unit_test(magnitudes_do_not_overflow),
        cmocka_unit_test(random_products_agree_with_whole_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

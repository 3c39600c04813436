/*
 * Compensated sums: what plain addition loses, merging of segments, infinities and NaN.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sipas.h>

#include "assert_close.h"
#include "num/sum.h"

static void an_empty_sum_is_zero(void **state)
{
    const sipas__sum empty = {0, 0};

    (void)state;
    assert_true(sipas__sum_array(NULL, 0) == 0);
    assert_true(sipas__sum_value(&empty) == 0);
}

/* Neumaier's own example, where plain and Kahan's addition both give 0. */
static void nothing_is_lost_beside_a_large_term(void **state)
{
    const double terms[] = {1, 1e100, 1, -1e100};

    (void)state;
    assert_true(sipas__sum_array(terms, 4) == 2);
}

/* n tenths: the exact sum of n copies of the double 0.1 is n * 0.1 before rounding, which one multiplication rounds. */
static void a_million_tenths_round_once(void **state)
{
    sipas__sum sum = {0, 0};
    double plain = 0;

    (void)state;
    for (int i = 0; i < 1000000; i++) {
        sipas__sum_add(&sum, 0.1);
        plain += 0.1;
    }
    assert_true(sipas__sum_value(&sum) == 1000000 * 0.1);
    assert_true(plain != 1000000 * 0.1);
}

/* Terms of many magnitudes whose exact sum is 0, before and after mixing them: within n² u² Σ|x|, u = 2^-53, which is
 * a hundred thousand times less than what plain addition leaves. */
static void the_order_hardly_matters(void **state)
{
    enum { N = 10000 };
    static double terms[N];
    double bound = 0, plain = 0;

    (void)state;
    for (int i = 0; i < N / 2; i++) {
        double u = sipas_rng_uniform(1, 0, (uint64_t)i, 0, 0);

        terms[i] = ldexp(u, (int)(80 * sipas_rng_uniform(1, 0, (uint64_t)i, 1, 0)) - 40);
        terms[N - 1 - i] = -terms[i];
        bound += 2 * terms[i] * N * N * 0x1p-106;
    }
    assert_true(fabs(sipas__sum_array(terms, N)) < bound);
    for (int i = N - 1; i > 0; i--) {
        int j = (int)((i + 1) * sipas_rng_uniform(1, 0, (uint64_t)i, 2, 0));
        double other = terms[i];

        terms[i] = terms[j];
        terms[j] = other;
    }
    for (int i = 0; i < N; i++) plain += terms[i];
    assert_true(fabs(sipas__sum_array(terms, N)) < bound);
    assert_true(fabs(plain) > 1e5 * bound);
}

/* Segments summed apart and merged in their order are as good as one sum. */
static void segments_merge(void **state)
{
    sipas__sum whole = {0, 0}, merged = {0, 0};

    (void)state;
    for (int segment = 0; segment < 100; segment++) {
        sipas__sum part = {0, 0};

        for (int i = 0; i < 1000; i++) {
            double term = sin(1000.0 * segment + i) * ldexp(1, i % 60);

            sipas__sum_add(&whole, term);
            sipas__sum_add(&part, term);
        }
        sipas__sum_merge(&merged, &part);
    }
    assert_close(sipas__sum_value(&merged), sipas__sum_value(&whole), 1e-15);
}

static void infinities_and_nan_are_as_in_plain_addition(void **state)
{
    const double up[] = {1, INFINITY, -5, INFINITY}, both[] = {INFINITY, 1, -INFINITY}, nan_term[] = {1, NAN, 2};
    const double too_large[] = {1e308, 1e308, 1};

    (void)state;
    assert_true(sipas__sum_array(up, 4) == INFINITY);
    assert_true(isnan(sipas__sum_array(both, 3)));
    assert_true(isnan(sipas__sum_array(nan_term, 3)));
    assert_true(sipas__sum_array(too_large, 3) == INFINITY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_sum_is_zero),
        cmocka_unit_test(nothing_is_lost_beside_a_large_term),
        cmocka_unit_test(a_million_tenths_round_once),
        cmocka_unit_test(the_order_hardly_matters),
        cmocka_unit_test(segments_merge),
        cmocka_unit_test(infinities_and_nan_are_as_in_plain_addition),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

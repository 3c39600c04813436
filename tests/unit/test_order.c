/*
 * Sorting in canonical order: against a plain insertion by definition, few and many items, with ties and without.
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

#include "num/order.h"

enum { MOST = 20000 };

static int greater_first(const void *things, int64_t left, int64_t right)
{
    const int64_t a = ((const int64_t *)things)[left], b = ((const int64_t *)things)[right];

    return (a < b) - (a > b);
}

static uint64_t next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* Every neighbour in order: key, then the tie function, then the place it had. And nothing lost. */
static void check_sorted(int64_t n, uint64_t keys, int with_ties)
{
    sipas__item *items = calloc(2 * MOST, sizeof *items);
    int64_t *things = calloc(MOST, sizeof *things);
    uint8_t *seen = calloc(MOST, 1);
    uint64_t state = 7;

    for (int64_t i = 0; i < n; i++) {
        items[i].key = (next(&state) % keys) << 40;
        items[i].index = i;
        things[i] = (int64_t)(next(&state) % 3);
    }
    sipas__order_sort(items, items + MOST, n, with_ties ? greater_first : NULL, things);
    for (int64_t i = 0; i < n; i++) {
        assert_int_equal(seen[items[i].index]++, 0);
        if (i == 0) continue;
        assert_true(items[i - 1].key <= items[i].key);
        if (items[i - 1].key < items[i].key) continue;
        if (with_ties) assert_true(things[items[i - 1].index] >= things[items[i].index]);
        if (!with_ties || things[items[i - 1].index] == things[items[i].index])
            assert_true(items[i - 1].index < items[i].index);
    }
    free(items);
    free(things);
    free(seen);
}

static void test_sorted_and_stable(void **state)
{
    static const int64_t sizes[] = {0, 1, 2, 15, 16, 17, 1000, 4095, 4096, MOST};

    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
        for (int ties = 0; ties < 2; ties++) {
            check_sorted(sizes[s], 5, ties);
            check_sorted(sizes[s], UINT64_C(1) << 20, ties);
        }
}

/* Keys that differ in their low bits only, but for one that lies far off, and keys of few low bits. */
static void test_low_bits(void **state)
{
    sipas__item *items = calloc(2 * MOST, sizeof *items);
    uint64_t random = 3;

    (void)state;
    for (int outlier = 0; outlier <= 1; outlier++)
        for (int shift = 0; shift <= 20; shift += 10) {
            for (int64_t i = 0; i < MOST; i++) {
                items[i].key = (UINT64_C(1) << 40) | ((next(&random) & 0x3FF) << shift);
                items[i].index = i;
            }
            if (outlier) items[77].key = UINT64_MAX;
            sipas__order_sort(items, items + MOST, MOST, NULL, NULL);
            for (int64_t i = 1; i < MOST; i++)
                assert_true(items[i - 1].key < items[i].key ||
                            (items[i - 1].key == items[i].key && items[i - 1].index < items[i].index));
            assert_int_equal(items[MOST - 1].key == UINT64_MAX, outlier);
        }
    free(items);
}

/* A key gives its number back. */
static void test_values_of_keys(void **state)
{
    static const double numbers[] = {-INFINITY, -1e300, -2.5, -1e-310, 0.0, 1e-310, 1.0, 2.5, 1e300, INFINITY};

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        assert_true(sipas__order_value(sipas__order_f64(numbers[i])) == numbers[i]);
}

static void test_keys_ascend_as_what_they_stand_for(void **state)
{
    static const double numbers[] = {-INFINITY, -1e300, -2.5, -1e-310, 0.0, 1e-310, 1.0, 2.5, 1e300, INFINITY};
    static const char *const texts[] = {"", "0", "01", "1", "10", "2", "A", "a", "đ"};

    (void)state;
    for (size_t i = 1; i < sizeof numbers / sizeof numbers[0]; i++)
        assert_true(sipas__order_f64(numbers[i - 1]) < sipas__order_f64(numbers[i]));
    assert_true(sipas__order_f64(-0.0) == sipas__order_f64(0.0));
    for (size_t i = 1; i < sizeof texts / sizeof texts[0]; i++)
        assert_true(sipas__order_text(texts[i - 1]) < sipas__order_text(texts[i]));
    assert_true(sipas__order_text("abcdefgh1") == sipas__order_text("abcdefgh2")); /* eight bytes: strcmp() decides */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sorted_and_stable),
        cmocka_unit_test(test_low_bits),
        cmocka_unit_test(test_values_of_keys),
        cmocka_unit_test(test_keys_ascend_as_what_they_stand_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

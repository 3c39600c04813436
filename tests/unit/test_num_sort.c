/*
 * Sorting of row numbers: order, stability, subsets, several keys, and the odd doubles; against qsort() with the row
 * number as the last key, which makes it stable.
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

#include "num/sort.h"

enum { MOST = 5000 };

static uint64_t bits_of(int64_t row, uint64_t stream)
{
    const uint64_t counter[4] = {(uint64_t)row, stream, 0, 0}, key[2] = {7, 0};
    uint64_t out[4];

    sipas_rng_philox(counter, key, out);
    return out[0];
}

static void assert_same_order(const int64_t *order, const int64_t *expected, int64_t n)
{
    for (int64_t i = 0; i < n; i++) assert_int_equal(order[i], expected[i]);
}

typedef struct pair {
    uint64_t key;
    int64_t row;
} pair;

static int by_key_then_row(const void *left, const void *right)
{
    const pair *a = left, *b = right;

    if (a->key != b->key) return a->key < b->key ? -1 : 1;
    return a->row < b->row ? -1 : a->row > b->row;
}

static void expected_order(const uint64_t *key, int64_t n, int64_t *order)
{
    static pair pairs[MOST];

    for (int64_t i = 0; i < n; i++) pairs[i] = (pair){key[i], i};
    qsort(pairs, (size_t)n, sizeof pairs[0], by_key_then_row);
    for (int64_t i = 0; i < n; i++) order[i] = pairs[i].row;
}

static int compare_keys(int64_t a, int64_t b, const void *state)
{
    const uint64_t *key = state;

    return key[a] < key[b] ? -1 : key[a] > key[b];
}

/* Keys of every width, many of them equal: 64 bits, 1 bit, one byte in the middle, few values far apart. */
static void radix_and_merge_agree_with_qsort(void **state)
{
    static const uint64_t mask[] = {UINT64_MAX, 1, 0xFF000000, 0x8000000000000001, 0xFFFF, 0, 0x0F0F0F0F0F0F0F0F};
    static const int64_t length[] = {0, 1, 2, 3, 15, 16, 17, 31, 32, 33, 100, 1000, MOST};
    static uint64_t key[MOST];
    static int64_t order[MOST], work[MOST], expected[MOST];

    (void)state;
    for (size_t m = 0; m < sizeof mask / sizeof mask[0]; m++)
        for (size_t l = 0; l < sizeof length / sizeof length[0]; l++) {
            int64_t n = length[l];

            for (int64_t i = 0; i < n; i++) key[i] = bits_of(i, m) & mask[m];
            expected_order(key, n, expected);
            sipas__sort_begin(order, n);
            sipas__sort_u64(key, order, n, work);
            assert_same_order(order, expected, n);
            sipas__sort_begin(order, n);
            sipas__sort_by(compare_keys, key, order, n, work);
            assert_same_order(order, expected, n);
        }
}

static void signed_keys(void **state)
{
    const int64_t key[] = {5, -1, INT64_MIN, 0, INT64_MAX, -1, 5, -300};
    const int64_t expected[] = {2, 7, 1, 5, 3, 0, 6, 4};
    int64_t order[8], work[8];

    (void)state;
    sipas__sort_begin(order, 8);
    sipas__sort_i64(key, order, 8, work);
    assert_same_order(order, expected, 8);
}

static void numbers_and_what_is_none(void **state)
{
    const double key[] = {0.0, NAN, -0.0, INFINITY, -INFINITY, 5e-324, -5e-324, -NAN, 1.5, -1e300, 1e300, 0.0};
    const int64_t expected[] = {4, 9, 6, 0, 2, 11, 5, 8, 10, 3, 1, 7};
    int64_t order[12], work[12];

    (void)state;
    sipas__sort_begin(order, 12);
    sipas__sort_f64(key, order, 12, work);
    assert_same_order(order, expected, 12);
}

static void random_numbers_come_out_ascending(void **state)
{
    static double key[MOST];
    static int64_t order[MOST], work[MOST];

    (void)state;
    for (int64_t i = 0; i < MOST; i++)
        key[i] = ldexp(sipas_rng_uniform(3, 0, (uint64_t)i, 0, 0) - 0.5, (int)(bits_of(i, 9) % 2000) - 1000);
    sipas__sort_begin(order, MOST);
    sipas__sort_f64(key, order, MOST, work);
    for (int64_t i = 1; i < MOST; i++) assert_true(key[order[i - 1]] <= key[order[i]]);
}

/* A subset of the rows, in an order of their own that equal keys keep; the others are not looked at. */
static void a_subset_keeps_its_own_order(void **state)
{
    const uint64_t key[] = {9, 1, 9, 1, 9, 1};
    const int64_t start[] = {5, 4, 1, 0}, expected[] = {5, 1, 4, 0};
    int64_t order[4], work[4];

    (void)state;
    memcpy(order, start, sizeof start);
    sipas__sort_u64(key, order, 4, work);
    assert_same_order(order, expected, 4);
    memcpy(order, start, sizeof start);
    sipas__sort_by(compare_keys, key, order, 4, work);
    assert_same_order(order, expected, 4);
}

static void the_last_key_first_sorts_by_several(void **state)
{
    static uint64_t major[MOST], minor[MOST], both[MOST];
    static int64_t order[MOST], work[MOST], expected[MOST];

    (void)state;
    for (int64_t i = 0; i < MOST; i++) {
        major[i] = bits_of(i, 20) % 63;
        minor[i] = bits_of(i, 21) % 11;
        both[i] = major[i] * 11 + minor[i];
    }
    expected_order(both, MOST, expected);
    sipas__sort_begin(order, MOST);
    sipas__sort_u64(minor, order, MOST, work);
    sipas__sort_u64(major, order, MOST, work);
    assert_same_order(order, expected, MOST);
}

typedef struct texts {
    const char *const *text;
    int64_t *calls;
} texts;

static int compare_texts(int64_t a, int64_t b, const void *state)
{
    const texts *t = state;

    ++*t->calls;
    return strcmp(t->text[a], t->text[b]);
}

static void texts_sort_by_bytes(void **state)
{
    static const char *const code[] = {"79", "01", "001", "79", "7", "\xC3\xA0", "z", "01"};
    const int64_t expected[] = {2, 1, 7, 4, 0, 3, 6, 5};
    int64_t order[8], work[8];
    int64_t calls = 0;
    const texts t = {code, &calls};

    (void)state;
    sipas__sort_begin(order, 8);
    sipas__sort_by(compare_texts, &t, order, 8, work);
    assert_same_order(order, expected, 8);
}

/* n - 1 comparisons inside the runs and one for each merge. */
static void sorted_rows_cost_little(void **state)
{
    static const char *code[MOST];
    static int64_t order[MOST], work[MOST];
    int64_t calls = 0;
    const texts t = {code, &calls};

    (void)state;
    for (int64_t i = 0; i < MOST; i++) code[i] = i < MOST / 2 ? "a" : "b";
    sipas__sort_begin(order, MOST);
    sipas__sort_by(compare_texts, &t, order, MOST, work);
    assert_true(calls < MOST + MOST / 16 + 16);
    for (int64_t i = 0; i < MOST; i++) assert_int_equal(order[i], i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(radix_and_merge_agree_with_qsort),
        cmocka_unit_test(signed_keys),
        cmocka_unit_test(numbers_and_what_is_none),
        cmocka_unit_test(random_numbers_come_out_ascending),
        cmocka_unit_test(a_subset_keeps_its_own_order),
        cmocka_unit_test(the_last_key_first_sorts_by_several),
        cmocka_unit_test(texts_sort_by_bytes),
        cmocka_unit_test(sorted_rows_cost_little),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

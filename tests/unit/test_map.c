/*
 * The two-pass map: dense numbers in ascending order of the keys, by array and by hash table, and keys made to collide.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include <sipas.h>

#include "data/map.h"
#include "failing_alloc.h"

#define LARGE (UINT64_C(1) << 62)

/* Notes keys in pieces, closes, and expects number i for the i-th of the ascending `sorted`. */
static void check_map(uint64_t range, const uint64_t *keys, int64_t n, const uint64_t *sorted, int64_t distinct)
{
    sipas__map map;
    int32_t *numbers = calloc((size_t)n, sizeof *numbers);

    assert_true(sipas__map_init(&map, NULL, range));
    for (int64_t first = 0; first < n; first += 7)
        assert_true(sipas__map_note(&map, keys + first, n - first < 7 ? n - first : 7));
    assert_true(sipas__map_close(&map));
    assert_int_equal(map.n, distinct);
    for (int64_t i = 0; i < distinct; i++) assert_true(map.keys[i] == sorted[i]);
    sipas__map_find(&map, sorted, distinct, numbers);
    for (int64_t i = 0; i < distinct; i++) assert_int_equal(numbers[i], i);
    sipas__map_find(&map, keys, n, numbers);
    for (int64_t i = 0; i < n; i++) assert_true(sorted[numbers[i]] == keys[i]);
    sipas__map_clear(&map);
    free(numbers);
}

static void test_ascending_numbers(void **state)
{
    static const uint64_t keys[] = {9, 3, 3, 0, 12, 9, 9, 1, 0};
    static const uint64_t sorted[] = {0, 1, 3, 9, 12};

    (void)state;
    check_map(13, keys, 9, sorted, 5);            /* by array */
    check_map(1 << 20, keys, 9, sorted, 5);       /* the largest array */
    check_map((1 << 20) + 1, keys, 9, sorted, 5); /* the smallest hash table */
    check_map(LARGE, keys, 9, sorted, 5);
}

static void test_ends_of_the_range(void **state)
{
    static const uint64_t keys[] = {LARGE - 1, 0, LARGE / 2, LARGE - 1, 0};
    static const uint64_t sorted[] = {0, LARGE / 2, LARGE - 1};

    (void)state;
    check_map(LARGE, keys, 5, sorted, 3);
}

/* Runs of one key cross the borders of the pieces that are noted. */
static void test_runs(void **state)
{
    uint64_t keys[100], sorted[4] = {5, 1 << 21, 1 << 22, 1 << 23};

    (void)state;
    for (int i = 0; i < 100; i++) keys[i] = sorted[3 - i / 25];
    check_map(1 << 24, keys, 100, sorted, 4);
}

/* Maps 2^17 keys that differ from bit `shift` on only; the seconds it takes. */
static double time_shifted_keys(int shift)
{
    const int64_t n = 1 << 17;
    uint64_t *keys = calloc((size_t)n, sizeof *keys), *sorted = calloc((size_t)n, sizeof *sorted);
    const clock_t start = clock();

    for (int64_t i = 0; i < n; i++) {
        sorted[i] = (uint64_t)i << shift;
        keys[i] = (uint64_t)((i * 7919) % n) << shift; /* 7919 is prime and n is a power of two: a permutation */
    }
    check_map(LARGE, keys, n, sorted, n);
    free(keys);
    free(sorted);
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

/* A hash that leaves out the high bits loses no key, but grinds to a halt: each look-up walks over all the others. */
static void test_keys_that_collide(void **state)
{
    static const int shift[] = {1, 13, 20, 32, 44};
    const double plain = time_shifted_keys(0);

    (void)state;
    for (size_t i = 0; i < sizeof shift / sizeof shift[0]; i++)
        assert_true(time_shifted_keys(shift[i]) < 20.0 * plain + 0.1);
}

static void test_unknown_keys(void **state)
{
    static const uint64_t keys[] = {4, UINT64_C(5000000000)}, unknown[] = {3, 4, 5, 4, UINT64_C(5000000001), LARGE};
    sipas__map map;
    int32_t numbers[6];

    (void)state;
    assert_true(sipas__map_init(&map, NULL, LARGE));
    assert_true(sipas__map_note(&map, keys, 2) && sipas__map_close(&map));
    sipas__map_find(&map, unknown, 6, numbers);
    for (int i = 0; i < 6; i++) assert_int_equal(numbers[i], unknown[i] == 4 ? 0 : -1);
    sipas__map_clear(&map);

    assert_true(sipas__map_init(&map, NULL, 6));
    assert_true(sipas__map_note(&map, keys, 1) && sipas__map_close(&map));
    sipas__map_find(&map, unknown, 6, numbers); /* 6 and above are beyond the range */
    for (int i = 0; i < 6; i++) assert_int_equal(numbers[i], unknown[i] == 4 ? 0 : -1);
    sipas__map_clear(&map);
}

static void test_empty(void **state)
{
    static const uint64_t key = 0;
    sipas__map map;
    int32_t number = 7;

    (void)state;
    for (int large = 0; large <= 1; large++) {
        assert_true(sipas__map_init(&map, NULL, large ? LARGE : 1));
        assert_true(sipas__map_close(&map));
        assert_int_equal(map.n, 0);
        sipas__map_find(&map, &key, 1, &number);
        assert_int_equal(number, -1);
        sipas__map_clear(&map);
        sipas__map_clear(&map); /* an empty one */
    }
}

/* Memory follows the distinct keys, not the range and not the notes. */
static void test_memory(void **state)
{
    failing_alloc memory;
    sipas_ctx *ctx = failing_alloc_ctx(&memory);
    sipas__map map;
    const int64_t before = memory.bytes;

    (void)state;
    assert_true(sipas__map_init(&map, ctx, LARGE));
    for (uint64_t i = 0; i < 100000; i++) {
        const uint64_t key = (i % 10) << 40;

        assert_true(sipas__map_note(&map, &key, 1));
    }
    assert_true(sipas__map_close(&map));
    assert_int_equal(map.n, 10);
    assert_true(memory.peak - before < INT64_C(65536));
    sipas__map_clear(&map);
    assert_int_equal(memory.bytes, before);
    sipas_ctx_free(ctx);
    assert_int_equal(memory.held, 0);
}

/* Every allocation fails once: the call says so, and all memory comes back. */
static void test_no_memory(void **state)
{
    failing_alloc memory;
    sipas_ctx *ctx = failing_alloc_ctx(&memory);
    int done = 0;

    (void)state;
    for (int large = 0; large <= 1; large++) {
        int64_t fail_at = 0;

        for (done = 0; !done; fail_at++) {
            const int64_t before = memory.held;
            sipas__map map;

            failing_alloc_arm(&memory, fail_at);
            done = sipas__map_init(&map, ctx, large ? LARGE : 4096);
            for (uint64_t key = 0; key < 4096 && done; key++) done = sipas__map_note(&map, &key, 1);
            done = done && sipas__map_close(&map);
            assert_int_equal(done, memory.failed == 0);
            sipas__map_clear(&map);
            assert_int_equal(memory.held, before);
        }
        assert_true(fail_at >= (large ? 8 : 3)); /* a large map grows, so it has more to fail */
    }
    sipas_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ascending_numbers),
        cmocka_unit_test(test_ends_of_the_range),
        cmocka_unit_test(test_runs),
        cmocka_unit_test(test_keys_that_collide),
        cmocka_unit_test(test_unknown_keys),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

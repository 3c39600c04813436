/*
 * Philox4x64-10 against Random123 and numpy, and the number in [0, 1) made from it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sipas.h>

#include "num/philox.h"

typedef struct known_block {
    uint64_t counter[4], key[2], out[4];
} known_block;

static void assert_blocks(const known_block *known, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t out[4];

        sipas_rng_philox(known[i].counter, known[i].key, out);
        for (int word = 0; word < 4; word++) assert_true(out[word] == known[i].out[word]);
    }
}

#define ONES UINT64_MAX

/* Random123, tests/kat_vectors, the three lines "philox4x64 10". */
static void random123_known_answers(void **state)
{
    static const known_block known[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b}},
        {{ONES, ONES, ONES, ONES},
         {ONES, ONES},
         {0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0}},
        {{0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89}, /* digits of π */
         {0x452821e638d01377, 0xbe5466cf34e90c6c},
         {0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6}},
    };

    (void)state;
    assert_blocks(known, sizeof known / sizeof known[0]);
}

#define FOOBAR UINT64_C(0x85944171f73967e8) /* sipas_code_hash() of "foobar" */

/*
 * numpy 2.4.6, which counts up before its first block, so that it is given counter - 1 (as 256-bit number):
 *
 *     def block(counter, key):
 *         before = (sum(w << 64 * i for i, w in enumerate(counter)) - 1) % 2**256
 *         return numpy.random.Philox(counter=before, key=key[0] | key[1] << 64).random_raw(4)
 *
 *     block((0, 1, 0, 0), (1, 0)), block((0x85944171f73967e8, 1, 0, 0), (2023, 0)), …
 */
static void numpy_agrees(void **state)
{
    static const known_block known[] = {
        {{0, 1, 0, 0}, {1, 0}, {0xbbf738c62d3516b3, 0x7faed3926853226b, 0xc175b4809d5da923, 0x7a77f6c341cec732}},
        {{FOOBAR, 1, 0, 0},
         {2023, 0},
         {0x41ff92f967b49bfa, 0xe7b008f8ed45c9a8, 0x69313bddcdffacdb, 0x62fc420fa6c95af9}},
        {{FOOBAR, 1, 1, 0},
         {2023, 0},
         {0x7b536caabf0f2f9a, 0x550042e050240d40, 0xf7798af7587529d3, 0x767268a2f62c6b60}},
        {{FOOBAR, 2, 0, 0},
         {2023, 7},
         {0xb480aa05c407951f, 0x44346ae69d6ef1d3, 0x4d81c3f213fe69c2, 0x64b2c1bffc4f3b30}},
        {{0, 0, 5, 0}, {20230214, 1}, {0x3b9f582fe7d0709d, 0x101d047c834510df, 0x6b9377fc3e7e3373, 0x7854af5cd7092a06}},
        {{ONES, ONES, ONES, 0},
         {ONES, ONES},
         {0x3680bfe7e509707f, 0xa5b84fd772833c16, 0x21ad14ce47e6426f, 0x219961fe99e12989}},
    };

    (void)state;
    assert_blocks(known, sizeof known / sizeof known[0]);
}

/* numpy 2.4.6: numpy.random.Generator(numpy.random.Philox(counter=before, key=…)).random().hex() for the six blocks
 * above. Equal to the bit. */
static void numbers_are_numpys(void **state)
{
    (void)state;
    assert_true(sipas_rng_uniform(1, 0, 0, 1, 0) == 0x1.77ee718c5a6a2p-1);
    assert_true(sipas_rng_uniform(2023, 0, FOOBAR, 1, 0) == 0x1.07fe4be59ed26p-2);
    assert_true(sipas_rng_uniform(2023, 0, FOOBAR, 1, 1) == 0x1.ed4db2aafc3cap-2);
    assert_true(sipas_rng_uniform(2023, 7, FOOBAR, 2, 0) == 0x1.6901540b880f2p-1);
    assert_true(sipas_rng_uniform(20230214, 1, 0, 0, 5) == 0x1.dcfac17f3e838p-3);
    assert_true(sipas_rng_uniform(ONES, ONES, ONES, ONES, ONES) == 0x1.b405ff3f284b8p-3);
}

static void output_may_overlay_input(void **state)
{
    uint64_t words[4] = {0, 0, 0, 0};
    const uint64_t key[2] = {0, 0};

    (void)state;
    sipas_rng_philox(words, key, words);
    assert_true(words[0] == 0x16554d9eca36314c && words[3] == 0x7e68b68aec7ba23b);
}

static void numbers_stay_below_one(void **state)
{
    (void)state;
    assert_true(sipas__rng_unit(0) == 0);
    assert_true(sipas__rng_unit(2047) == 0);
    assert_true(sipas__rng_unit(2048) == 0x1p-53);
    assert_true(sipas__rng_unit(UINT64_MAX) == 1 - 0x1p-53);
}

/* Every argument counts: a change of any one gives another number. And 100,000 numbers fill a hundred classes evenly:
 * chi-square with 99 degrees of freedom between its 0.0001 and 0.9999 quantiles. */
static void arguments_count_and_numbers_are_even(void **state)
{
    enum { N = 100000, CLASSES = 100 };
    int64_t count[CLASSES] = {0};
    const double one = sipas_rng_uniform(1, 2, 3, 4, 5);
    const double expected = (double)N / CLASSES;
    double chi_square = 0;

    (void)state;
    assert_true(one != sipas_rng_uniform(0, 2, 3, 4, 5) && one != sipas_rng_uniform(1, 0, 3, 4, 5));
    assert_true(one != sipas_rng_uniform(1, 2, 0, 4, 5) && one != sipas_rng_uniform(1, 2, 3, 0, 5));
    assert_true(one != sipas_rng_uniform(1, 2, 3, 4, 0) && one == sipas_rng_uniform(1, 2, 3, 4, 5));
    for (uint64_t unit = 0; unit < N; unit++) count[(int)(CLASSES * sipas_rng_uniform(20251001, 0, unit, 0, 0))]++;
    for (int i = 0; i < CLASSES; i++) {
        double excess = (double)count[i] - expected;

        chi_square += excess * excess / expected;
    }
    assert_true(chi_square > 54.98 && chi_square < 160.06);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random123_known_answers), cmocka_unit_test(numpy_agrees),
        cmocka_unit_test(numbers_are_numpys),      cmocka_unit_test(output_may_overlay_input),
        cmocka_unit_test(numbers_stay_below_one),  cmocka_unit_test(arguments_count_and_numbers_are_even),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

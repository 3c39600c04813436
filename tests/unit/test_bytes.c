/*
 * Weighted sums of bytes: against the definition in plain C, to the last bit, for every length and alignment; turning columns into
 * rows; bytes that are not known.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "num/bytes.c" /* to reach every variant, also those that this processor would not choose */

typedef double (*dot_fn)(const uint8_t *bytes, sipas__byte_scale scale, const double *weight, int64_t n, int *outside);
typedef void (*add_fn)(double *sums, const int32_t *line, const uint8_t *bytes, const double *weight, int64_t n,
                       int64_t pitch);

enum { ROWS = 200, PITCH = 40, LINES = 7 };

static uint8_t bytes[ROWS * PITCH + 8];
static double weight[ROWS + 8];

/* Numbers whose sums do round, so that another order of additions shows. */
static void fill(void)
{
    uint32_t state = 20241231;

    for (size_t i = 0; i < sizeof bytes; i++) {
        state = state * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(state >> 24);
    }
    for (size_t i = 0; i < sizeof weight / sizeof weight[0]; i++) {
        state = state * 1664525u + 1013904223u;
        weight[i] = 1.0 + (double)(state >> 8) / 3.0e4;
    }
}

static double dot_by_definition(const uint8_t *b, sipas__byte_scale scale, const double *w, int n, int *outside)
{
    double sum[8] = {0.0};

    for (int i = 0; i < n; i++) {
        sum[i % 8] += w[i] * (double)((b[i] - scale.shift + 256) % 256);
        *outside |= (b[i] - scale.low + 256) % 256 > scale.span;
    }
    for (int half = 4; half; half /= 2)
        for (int k = 0; k < half; k++) sum[k] += sum[k + half];
    return sum[0];
}

/* Every length, and one byte off the scale at every place of it. */
static void check_dot(dot_fn dot)
{
    const sipas__byte_scale whole = {0, 255, 0}, likert = {251, 9, 250}; /* from -5 to 4, as 1 to 10 */
    int differ = 0; /* from plain summation in order: else the order was not tested */

    for (int n = 0; n <= ROWS; n++)
        for (int shift = 0; shift < 3; shift++) {
            uint8_t codes[ROWS];
            int out = 0, wanted_out = 0;
            double wanted = dot_by_definition(bytes + shift, whole, weight + shift, n, &wanted_out);
            double found = dot(bytes + shift, whole, weight + shift, n, &out), in_order = 0.0;

            assert_memory_equal(&found, &wanted, sizeof found);
            assert_int_equal(out, 0);
            for (int i = 0; i < n; i++) in_order += weight[i + shift] * (double)bytes[i + shift];
            differ += in_order != wanted;
            for (int i = 0; i < n; i++) codes[i] = (uint8_t)(251 + bytes[i] % 10);
            wanted = dot_by_definition(codes, likert, weight, n, &wanted_out);
            found = dot(codes, likert, weight, n, &out);
            assert_memory_equal(&found, &wanted, sizeof found);
            assert_int_equal(out, 0);
            if (n == 0) continue;
            codes[(n * 7 + shift) % n] = shift ? 5 : 250;
            (void)dot(codes, likert, weight, n, &out);
            assert_int_equal(out, 1);
        }
    assert_true(differ > 0);
}

static void test_dot(void **state)
{
    (void)state;
    fill();
    check_dot(sipas__bytes_dot);
#if SIPAS__X86
    check_dot(dot_pairs);
    if (SIPAS__IS_WIDE()) check_dot(dot_fours);
#endif
}

static void check_add(add_fn add)
{
    double sums[LINES * PITCH], wanted[LINES * PITCH];
    int32_t line[ROWS];

    for (int i = 0; i < LINES * PITCH; i++) sums[i] = wanted[i] = 0.1 * i;
    for (int i = 0; i < ROWS; i++) line[i] = (i * i + 3) % LINES;
    add(sums, line, bytes, weight, ROWS, PITCH);
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < PITCH; j++) wanted[line[i] * PITCH + j] += weight[i] * (double)bytes[i * PITCH + j];
    assert_memory_equal(sums, wanted, sizeof sums);
}

static void test_add(void **state)
{
    (void)state;
    fill();
    check_add(sipas__bytes_add);
#if SIPAS__X86
    check_add(add_pairs);
    if (SIPAS__IS_WIDE()) check_add(add_fours);
#endif
}

static void test_turn(void **state)
{
    enum { COLUMNS = 24, HEIGHT = 72, TO_PITCH = 29, FROM_PITCH = 79 };
    static uint8_t from[COLUMNS * FROM_PITCH], to[HEIGHT * TO_PITCH];

    (void)state;
    for (size_t i = 0; i < sizeof from; i++) from[i] = (uint8_t)(i * 37 + i / 256);
    sipas__bytes_turn(from, FROM_PITCH, HEIGHT, COLUMNS, to, TO_PITCH);
    for (int i = 0; i < HEIGHT; i++)
        for (int j = 0; j < COLUMNS; j++) assert_int_equal(to[i * TO_PITCH + j], from[j * FROM_PITCH + i]);
}

/* One byte of each value at every place of every length, among bytes of the scale. */
static void test_any_other(void **state)
{
    static const uint8_t codes[] = {99, 255, 0};
    uint8_t many[70];

    (void)state;
    for (int n = 1; n <= (int)sizeof many; n++)
        for (int byte = 0; byte < 256; byte++) {
            const int place = (n * 31 + byte) % n, on_scale = (uint8_t)(byte - 254) <= 4;

            memset(many, 1, sizeof many);
            many[place] = (uint8_t)byte;
            assert_int_equal(sipas__bytes_any_other(many, n, 254, 4, codes, 3),
                             !on_scale && byte != 99 && byte != 255 && byte != 0);
            assert_int_equal(sipas__bytes_any_other(many, n, 254, 4, codes, 0), !on_scale);
            assert_int_equal(is_other(many[place], 254, 4, codes, 3), !on_scale && byte != 99);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dot),
        cmocka_unit_test(test_add),
        cmocka_unit_test(test_turn),
        cmocka_unit_test(test_any_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

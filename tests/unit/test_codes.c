/*
 * Columns of codes as dense levels: the same levels from text, integers and whole floats; ranges small and large;
 * missing codes, and codes that are none.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sipas.h>

#include "data/codes.h"
#include "failing_alloc.h"

enum { N = 8 };

static sipas_status init(sipas__codes *codes, const sipas_column *column, int may_miss, sipas_error *err)
{
    return sipas__codes_init(codes, NULL, column, column->n, "province", may_miss, err);
}

/* Reads a column and expects `level` for each row, and `label` for each level. */
static void check_levels_of(const sipas_column *column, int may_miss, const int32_t *level, int64_t n, int64_t n_levels,
                            const char *const *label)
{
    sipas__codes codes;
    sipas_error err;
    int32_t *read = calloc((size_t)n, sizeof *read);
    char buffer[32];

    assert_int_equal(init(&codes, column, may_miss, &err), SIPAS_OK);
    assert_int_equal(column->n, n);
    assert_int_equal(codes.n_levels, n_levels);
    assert_int_equal(sipas__codes_are_text(&codes), column->type == SIPAS_TYPE_CODE);
    for (int64_t k = 0; label && k < n_levels; k++)
        assert_string_equal(sipas__codes_label(&codes, k, buffer), label[k]);
    sipas__codes_read(&codes, 0, n, read);
    for (int64_t i = 0; i < n; i++) assert_int_equal(read[i], level[i]);
    for (int64_t i = 0; i < n; i++) { /* from any row on */
        sipas__codes_read(&codes, i, 1, read);
        assert_int_equal(read[0], level[i]);
    }
    sipas__codes_clear(&codes);
    free(read);
}

/* The same, one level for each row of the array `level`. */
#define check_levels(column, may_miss, level, n_levels, label) \
    check_levels_of((column), (may_miss), (level), (int64_t)(sizeof(level) / sizeof(level)[0]), (n_levels), (label))

/* ---- levels by value ---- */

static void test_every_type_gives_the_same_levels(void **state)
{
    static const int64_t i64[N] = {7, 2, 2, 5, 7, 2, 9, 5};
    static const int32_t i32[N] = {7, 2, 2, 5, 7, 2, 9, 5};
    static const int16_t i16[N] = {7, 2, 2, 5, 7, 2, 9, 5};
    static const int8_t i8[N] = {7, 2, 2, 5, 7, 2, 9, 5};
    static const uint8_t u8[N] = {7, 2, 2, 5, 7, 2, 9, 5};
    static const double f64[N] = {7, 2, 2, 5, 7, 2, 9, 5};
    static const float f32[N] = {7, 2, 2, 5, 7, 2, 9, 5};
    static const char *const text[N] = {"7", "2", "2", "5", "7", "2", "9", "5"};
    static const int32_t level[N] = {2, 0, 0, 1, 2, 0, 3, 1};
    static const char *const label[] = {"2", "5", "7", "9"};
    const sipas_column columns[] = {sipas_column_i64(i64, N), sipas_column_i32(i32, N),  sipas_column_i16(i16, N),
                                    sipas_column_i8(i8, N),   sipas_column_u8(u8, N),    sipas_column_f64(f64, N),
                                    sipas_column_f32(f32, N), sipas_column_code(text, N)};

    (void)state;
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) check_levels(&columns[i], 0, level, 4, label);
}

static void test_true_and_false(void **state)
{
    static const uint8_t flags[5] = {1, 0, 255, 1, 0}; /* anything but 0 is true */
    static const int32_t level[5] = {1, 0, 1, 1, 0};
    static const char *const label[] = {"0", "1"};
    const sipas_column column = sipas_column_bool(flags, 5);

    (void)state;
    check_levels(&column, 0, level, 2, label);
}

static void test_order_of_numbers_and_text(void **state)
{
    static const int32_t number[4] = {10, 9, -1, 100};
    static const char *const text[4] = {"10", "9", "-1", "100"};
    static const char *const words[5] = {"b", "", "\xC4\x91", "Z", "a"};
    static const int32_t by_value[4] = {2, 1, 0, 3}, by_bytes[4] = {1, 3, 0, 2}, word_level[5] = {3, 0, 4, 1, 2};
    static const char *const value_label[] = {"-1", "9", "10", "100"}, *const byte_label[] = {"-1", "10", "100", "9"},
                             *const word_label[] = {"", "Z", "a", "b", "\xC4\x91"};
    const sipas_column numbers = sipas_column_i32(number, 4), texts = sipas_column_code(text, 4),
                       others = sipas_column_code(words, 5);

    (void)state;
    check_levels(&numbers, 0, by_value, 4, value_label);
    check_levels(&texts, 0, by_bytes, 4, byte_label);
    check_levels(&others, 0, word_level, 5, word_label);
}

/* "1" and "01" are two texts; 1 and 1.0 are one number; 0 and -0 too. */
static void test_what_is_equal(void **state)
{
    static const char *const text[3] = {"1", "01", "1"};
    static const double number[4] = {0.0, -0.0, 1.0, 0.0};
    static const int32_t text_level[3] = {1, 0, 1}, number_level[4] = {0, 0, 1, 0};
    static const char *const text_label[] = {"01", "1"}, *const number_label[] = {"0", "1"};
    const sipas_column texts = sipas_column_code(text, 3), numbers = sipas_column_f64(number, 4);

    (void)state;
    check_levels(&texts, 0, text_level, 2, text_label);
    check_levels(&numbers, 0, number_level, 2, number_label);
}

/* Equal texts that lie at different places are one level. */
static void test_text_by_content(void **state)
{
    char first[] = "ha-noi", second[] = "ha-noi";
    const char *const text[3] = {first, "hue", second};
    static const int32_t level[3] = {0, 1, 0};
    static const char *const label[] = {"ha-noi", "hue"};
    const sipas_column column = sipas_column_code(text, 3);

    (void)state;
    check_levels(&column, 0, level, 2, label);
}

/* ---- ranges ---- */

static void test_large_and_negative_codes(void **state)
{
    static const int64_t far[6] = {INT64_C(4000000000000), -7, INT64_C(4000000000000), 0, INT64_C(-4000000000000), -7};
    static const int32_t level[6] = {3, 1, 3, 2, 0, 1};
    static const char *const label[] = {"-4000000000000", "-7", "0", "4000000000000"};
    static const int8_t near[4] = {-128, 127, -1, -128};
    static const int32_t near_level[4] = {0, 2, 1, 0};
    static const char *const near_label[] = {"-128", "-1", "127"};
    static const int64_t ends[3] = {INT64_MIN, INT64_MIN + (INT64_C(1) << 62) - 1, INT64_MIN};
    static const int32_t ends_level[3] = {0, 1, 0};
    static const char *const ends_label[] = {"-9223372036854775808", "-4611686018427387905"};
    const sipas_column columns[] = {sipas_column_i64(far, 6), sipas_column_i8(near, 4), sipas_column_i64(ends, 3)};
    const double doubles[6] = {4e12, -7, 4e12, 0, -4e12, -7};
    const sipas_column floats = sipas_column_f64(doubles, 6);

    (void)state;
    check_levels(&columns[0], 0, level, 4, label);
    check_levels(&floats, 0, level, 4, label);
    check_levels(&columns[1], 0, near_level, 3, near_label);
    check_levels(&columns[2], 0, ends_level, 2, ends_label);
}

static void test_too_wide_a_range(void **state)
{
    static const int64_t wide[2] = {INT64_MIN, INT64_MAX}, just[2] = {0, INT64_C(1) << 62};
    const sipas_column columns[] = {sipas_column_i64(wide, 2), sipas_column_i64(just, 2)};

    (void)state;
    for (int i = 0; i < 2; i++) {
        sipas__codes codes;
        sipas_error err;

        assert_int_equal(init(&codes, &columns[i], 0, &err), SIPAS_ERR_VALUE);
        assert_string_equal(err.name, "province");
        assert_non_null(strstr(err.message, "2^62"));
    }
}

/* Many levels, over several tiles, in every representation; the levels are known: rank of 37 i mod 4001. */
static void test_many_levels(void **state)
{
    enum { ROWS = 4001, STEP = 37 }; /* 4001 is prime: all residues occur once */
    static double far[ROWS];
    static char digits[ROWS][8];
    static const char *text[ROWS];
    sipas_column columns[2];

    (void)state;
    for (int i = 0; i < ROWS; i++) {
        const int rank = (int)((int64_t)i * STEP % ROWS);

        far[i] = 1e9 * rank - 1e12;
        (void)snprintf(digits[i], sizeof digits[i], "%05d", rank);
        text[i] = digits[i];
    }
    columns[0] = sipas_column_f64(far, ROWS);
    columns[1] = sipas_column_code(text, ROWS);
    for (int c = 0; c < 2; c++) {
        sipas__codes codes;
        int32_t level[SIPAS__TILE];

        assert_int_equal(init(&codes, &columns[c], 0, NULL), SIPAS_OK);
        assert_int_equal(codes.n_levels, ROWS);
        for (int64_t row = 0; row < ROWS; row += SIPAS__TILE) {
            const int64_t n = ROWS - row < SIPAS__TILE ? ROWS - row : SIPAS__TILE;

            sipas__codes_read(&codes, row, n, level);
            for (int64_t i = 0; i < n; i++) assert_int_equal(level[i], (row + i) * STEP % ROWS);
        }
        if (c == 0) assert_true(sipas__codes_value(&codes, 17) == INT64_C(17000000000) - INT64_C(1000000000000));
        sipas__codes_clear(&codes);
    }
}

static void test_strides(void **state)
{
    static const struct {
        int16_t other;
        int16_t code;
    } rows[4] = {{9, 30}, {8, 10}, {7, 20}, {6, 10}};
    static const int32_t level[4] = {2, 0, 1, 0}, backwards[4] = {0, 1, 0, 2};
    static const char *const label[] = {"10", "20", "30"};
    sipas_column column = sipas_column_i16(&rows[0].code, 4);

    (void)state;
    column.stride = sizeof rows[0];
    check_levels(&column, 0, level, 3, label);
    column.data = &rows[3].code;
    column.stride = -(int64_t)sizeof rows[0];
    check_levels(&column, 0, backwards, 3, label);
}

/* ---- missing codes ---- */

static void test_missing_is_an_error(void **state)
{
    static const int32_t number[4] = {1, 2, 3, 4};
    static const double real[4] = {1, 2, NAN, 4};
    static const char *const text[4] = {"1", "2", NULL, "4"};
    static const uint8_t valid = 0x0B; /* row 2 is not */
    sipas_column columns[] = {sipas_column_i32(number, 4), sipas_column_f64(real, 4), sipas_column_code(text, 4),
                              sipas_column_code(text, 2)};

    (void)state;
    columns[0].validity = &valid;
    for (int i = 0; i < 3; i++) {
        sipas__codes codes;
        sipas_error err;

        assert_int_equal(init(&codes, &columns[i], 0, &err), SIPAS_ERR_MISSING);
        assert_int_equal(err.row, 2);
        assert_string_equal(err.name, "province");
        assert_string_equal(err.message, "row 2: province is missing");
        assert_int_equal(codes.n_levels, 0); /* nothing is held */
    }
    columns[3].validity = &valid;
    columns[3].offset = 1; /* bits 1 and 2 */
    {
        sipas__codes codes;
        sipas_error err;

        assert_int_equal(init(&codes, &columns[3], 0, &err), SIPAS_ERR_MISSING);
        assert_int_equal(err.row, 1);
    }
}

static void test_missing_may_be(void **state)
{
    static const int32_t number[5] = {4, 1, 9, 4, 9};
    static const int64_t far[5] = {INT64_C(4000000000), 1, INT64_C(9000000000), INT64_C(4000000000),
                                   INT64_C(9000000000)};
    static const double real[5] = {4, 1, NAN, 4, NAN};
    static const char *const text[5] = {"4", "1", NULL, "4", NULL};
    static const uint8_t valid = 0x0B; /* rows 2 and 4 are not, whatever lies there */
    static const int32_t level[5] = {1, 0, SIPAS__NO_LEVEL, 1, SIPAS__NO_LEVEL};
    static const char *const label[] = {"1", "4"}, *const far_label[] = {"1", "4000000000"};
    sipas_column columns[] = {sipas_column_i32(number, 5), sipas_column_f64(real, 5), sipas_column_code(text, 5),
                              sipas_column_i64(far, 5)};

    (void)state;
    columns[0].validity = columns[3].validity = &valid;
    for (int i = 0; i < 3; i++) check_levels(&columns[i], 1, level, 2, label);
    check_levels(&columns[3], 1, level, 2, far_label);
}

static void test_nothing_but_missing(void **state)
{
    static const double real[2] = {NAN, NAN};
    static const char *const text[2] = {NULL, NULL};
    static const int32_t level[2] = {SIPAS__NO_LEVEL, SIPAS__NO_LEVEL};
    const sipas_column reals = sipas_column_f64(real, 2), texts = sipas_column_code(text, 2);

    (void)state;
    check_levels(&reals, 1, level, 0, NULL);
    check_levels(&texts, 1, level, 0, NULL);
}

/* ---- what is no code ---- */

static void test_not_whole(void **state)
{
    static const double half[3] = {1, 2, 2.5}, infinite[3] = {1, -INFINITY, 2}, beyond[3] = {9007199254740994.0, 1, 2};
    static const float narrow[3] = {1, 2, 0.25f};
    const sipas_column columns[] = {sipas_column_f64(half, 3), sipas_column_f64(infinite, 3),
                                    sipas_column_f64(beyond, 3), sipas_column_f32(narrow, 3)};
    static const int64_t row[] = {2, 1, 0, 2};
    static const char *const value[] = {"2.5", "-inf", "9007199254740994", "0.25"};

    (void)state;
    for (int i = 0; i < 4; i++)
        for (int may_miss = 0; may_miss <= 1; may_miss++) {
            sipas__codes codes;
            sipas_error err;

            assert_int_equal(init(&codes, &columns[i], may_miss, &err), SIPAS_ERR_TYPE);
            assert_int_equal(err.row, row[i]);
            assert_string_equal(err.name, "province");
            assert_non_null(strstr(err.message, value[i]));
        }
}

static void test_unfit_columns(void **state)
{
    static const int32_t number[2] = {1, 2};
    sipas_column column = sipas_column_i32(number, 2);
    sipas__codes codes;
    sipas_error err;

    (void)state;
    assert_int_equal(sipas__codes_init(&codes, NULL, &column, 3, "psu", 0, &err), SIPAS_ERR_LENGTH);
    assert_string_equal(err.name, "psu");
    assert_int_equal(sipas__codes_init(&codes, NULL, NULL, 2, "psu", 0, &err), SIPAS_ERR_ARGUMENT);
    column.type = 77;
    assert_int_equal(sipas__codes_init(&codes, NULL, &column, 2, "psu", 0, &err), SIPAS_ERR_TYPE);
}

/* Every allocation fails once, for numbers near and far and for text with more levels than the first table holds. */
static void test_no_memory(void **state)
{
    enum { ROWS = 3000 };
    static int64_t far[ROWS];
    static char digits[ROWS][8];
    static const char *text[ROWS];
    failing_alloc memory;
    sipas_ctx *ctx = failing_alloc_ctx(&memory);
    sipas_column columns[2];

    (void)state;
    for (int i = 0; i < ROWS; i++) {
        far[i] = (int64_t)i << 30;
        (void)snprintf(digits[i], sizeof digits[i], "%d", i);
        text[i] = digits[i];
    }
    columns[0] = sipas_column_i64(far, ROWS);
    columns[1] = sipas_column_code(text, ROWS);
    for (int c = 0; c < 2; c++) {
        sipas_status status = SIPAS_ERR_MEMORY;
        int64_t fail_at = 0;

        for (; status != SIPAS_OK; fail_at++) {
            sipas__codes codes;
            sipas_error err;

            failing_alloc_arm(&memory, fail_at);
            status = sipas__codes_init(&codes, ctx, &columns[c], ROWS, "province", 0, &err);
            assert_int_equal(status, memory.failed ? SIPAS_ERR_MEMORY : SIPAS_OK);
            if (status == SIPAS_OK) sipas__codes_clear(&codes);
            assert_int_equal(memory.held, 1); /* the context alone */
        }
        assert_true(fail_at > 6);
    }
    sipas_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_type_gives_the_same_levels),
        cmocka_unit_test(test_true_and_false),
        cmocka_unit_test(test_order_of_numbers_and_text),
        cmocka_unit_test(test_what_is_equal),
        cmocka_unit_test(test_text_by_content),
        cmocka_unit_test(test_large_and_negative_codes),
        cmocka_unit_test(test_too_wide_a_range),
        cmocka_unit_test(test_many_levels),
        cmocka_unit_test(test_strides),
        cmocka_unit_test(test_missing_is_an_error),
        cmocka_unit_test(test_missing_may_be),
        cmocka_unit_test(test_nothing_but_missing),
        cmocka_unit_test(test_not_whole),
        cmocka_unit_test(test_unfit_columns),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Columns: every type, forwards, backwards and out of alignment, with and without validity, and what is refused.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sipas.h>

#include "data/column.h"

/* Twelve cells hold 0 … 11, whatever the type. */
enum { N = 12 };

typedef struct all_types {
    double f64[N];
    float f32[N];
    int64_t i64[N];
    int32_t i32[N];
    int16_t i16[N];
    int8_t i8[N];
    uint8_t u8[N];
} all_types;

static void fill(all_types *cells)
{
    for (int i = 0; i < N; i++) {
        cells->f64[i] = i;
        cells->f32[i] = (float)i;
        cells->i64[i] = i;
        cells->i32[i] = i;
        cells->i16[i] = (int16_t)i;
        cells->i8[i] = (int8_t)i;
        cells->u8[i] = (uint8_t)i;
    }
}

enum { NUMBER_TYPES = 7 };

static void views_of(const all_types *cells, sipas_column *column)
{
    column[0] = sipas_column_f64(cells->f64, N);
    column[1] = sipas_column_f32(cells->f32, N);
    column[2] = sipas_column_i64(cells->i64, N);
    column[3] = sipas_column_i32(cells->i32, N);
    column[4] = sipas_column_i16(cells->i16, N);
    column[5] = sipas_column_i8(cells->i8, N);
    column[6] = sipas_column_u8(cells->u8, N);
}

/* Both readers, and the two that read one cell, must see `expected` in rows from … from+n-1; NaN = missing. */
static void check_reads(const sipas_column *column, int64_t from, int64_t n, const double *expected)
{
    double number[N];
    int64_t whole[N], fault = -1;

    sipas__column_read_f64(column, from, n, number);
    for (int64_t i = 0; i < n; i++) {
        int64_t one = -99;
        const int missing = isnan(expected[i]) != 0;

        if (missing && fault < 0) fault = from + i;
        assert_int_equal(isnan(number[i]) != 0, missing);
        assert_int_equal(sipas__column_present(column, from + i), !missing);
        assert_int_equal(sipas__column_whole(column, from + i, &one), !missing);
        if (missing) continue;
        assert_true(number[i] == expected[i]);
        assert_true(sipas__column_f64(column, from + i) == expected[i]);
        assert_true((double)one == expected[i]);
    }
    assert_int_equal(sipas__column_read_whole(column, from, n, whole), fault);
    for (int64_t i = 0; i < n; i++)
        if (!isnan(expected[i])) assert_true((double)whole[i] == expected[i]);
}

static void makers_describe_contiguous_memory(void **state)
{
    static const int32_t types[] = {SIPAS_TYPE_F64, SIPAS_TYPE_F32, SIPAS_TYPE_I64, SIPAS_TYPE_I32,
                                    SIPAS_TYPE_I16, SIPAS_TYPE_I8,  SIPAS_TYPE_U8};
    static const int64_t strides[] = {8, 4, 8, 4, 2, 1, 1};
    static const char *const texts[] = {"a", NULL};
    static const double expected[N] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    all_types cells;
    sipas_column column[NUMBER_TYPES], other;

    (void)state;
    fill(&cells);
    views_of(&cells, column);
    for (size_t k = 0; k < NUMBER_TYPES; k++) {
        assert_int_equal(column[k].type, types[k]);
        assert_int_equal(column[k].stride, strides[k]);
        assert_int_equal(column[k].n, N);
        assert_null(column[k].validity);
        assert_int_equal(column[k].offset, 0);
        assert_int_equal(column[k].reserved, 0);
        check_reads(&column[k], 0, N, expected);
        check_reads(&column[k], 5, 3, expected + 5);
    }
    other = sipas_column_bool(cells.u8, N);
    assert_int_equal(other.type, SIPAS_TYPE_BOOL);
    assert_int_equal(other.stride, 1);
    other = sipas_column_code(texts, 2);
    assert_int_equal(other.type, SIPAS_TYPE_CODE);
    assert_int_equal(other.stride, sizeof(char *));
}

static void anything_but_0_is_true(void **state)
{
    static const uint8_t bytes[] = {0, 1, 2, 255};
    static const double expected[] = {0, 1, 1, 1};
    const sipas_column column = sipas_column_bool(bytes, 4);

    (void)state;
    check_reads(&column, 0, 4, expected);
}

static void strides_may_skip_and_walk_backwards(void **state)
{
    static const double every_third[] = {0, 3, 6, 9}, backwards[N] = {11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0},
                        constant[] = {7, 7, 7};
    all_types cells;
    sipas_column column[NUMBER_TYPES];

    (void)state;
    fill(&cells);
    views_of(&cells, column);
    for (size_t k = 0; k < NUMBER_TYPES; k++) {
        sipas_column skipping = column[k], reverse = column[k], same = column[k];

        skipping.stride *= 3;
        skipping.n = 4;
        check_reads(&skipping, 0, 4, every_third);
        check_reads(&skipping, 1, 2, every_third + 1);
        reverse.data = (const char *)reverse.data + (N - 1) * reverse.stride;
        reverse.stride = -reverse.stride;
        check_reads(&reverse, 0, N, backwards);
        check_reads(&reverse, 4, 5, backwards + 4);
        same.data = (const char *)same.data + 7 * same.stride;
        same.stride = 0;
        same.n = 3;
        check_reads(&same, 0, 3, constant);
    }
}

/* An array of packed structs: every value but the first lies at an odd address. */
static void alignment_does_not_matter(void **state)
{
    static const double expected[] = {0, 1, 2};
    static const char *const words[] = {"không", "một", NULL};
    enum { SIZE = 1 + 8 + 4 + 8 + 4 + 2 + 8 };
    unsigned char bytes[3 * SIZE + 1];
    const struct {
        int32_t type;
        int64_t at;
    } field[] = {{SIPAS_TYPE_F64, 1},  {SIPAS_TYPE_F32, 9},  {SIPAS_TYPE_I64, 13},
                 {SIPAS_TYPE_I32, 21}, {SIPAS_TYPE_I16, 25}, {SIPAS_TYPE_I8, 0}};
    sipas_column column = {bytes + 27, NULL, SIZE, 3, 0, SIPAS_TYPE_CODE, 0};

    (void)state;
    for (int i = 0; i < 3; i++) {
        unsigned char *row = bytes + (size_t)i * SIZE;
        const double f64 = i;
        const float f32 = (float)i;
        const int64_t i64 = i;
        const int32_t i32 = i;
        const int16_t i16 = (int16_t)i;

        row[0] = (unsigned char)i;
        memcpy(row + 1, &f64, 8);
        memcpy(row + 9, &f32, 4);
        memcpy(row + 13, &i64, 8);
        memcpy(row + 21, &i32, 4);
        memcpy(row + 25, &i16, 2);
        memcpy(row + 27, &words[i], sizeof words[i]);
    }
    for (int64_t i = 0; i < 3; i++) assert_ptr_equal(sipas__column_text(&column, i), words[i]);
    for (size_t k = 0; k < sizeof field / sizeof field[0]; k++) {
        column.data = bytes + field[k].at;
        column.type = field[k].type;
        check_reads(&column, 0, 3, expected);
    }
}

/* An Arrow bitmap, from any bit on; what lies under a cleared bit does not matter. */
static void validity_is_read_from_its_offset(void **state)
{
    static const uint8_t bitmap[] = {0x5A, 0xC3, 0x3C, 0x99}; /* 0101 1010 1100 0011 0011 1100 1001 1001 */
    const double nan = (double)NAN;
    all_types cells;
    sipas_column column[NUMBER_TYPES];

    (void)state;
    fill(&cells);
    views_of(&cells, column);
    cells.f64[0] = nan; /* bit 0 of the map is clear: missing twice over */
    for (int64_t offset = 0; offset < 20; offset++) {
        double expected[N];

        for (int64_t i = 0; i < N; i++) {
            const int64_t bit = offset + i;

            expected[i] = (bitmap[bit / 8] >> (bit % 8)) & 1 ? (double)i : nan;
        }
        for (size_t k = 0; k < NUMBER_TYPES; k++) {
            sipas_column masked = column[k];

            if (k == 0 && !isnan(expected[0])) continue;
            masked.validity = bitmap;
            masked.offset = offset;
            check_reads(&masked, 0, N, expected);
            check_reads(&masked, 3, 6, expected + 3);
        }
    }
}

static void nan_is_missing(void **state)
{
    static const double expected[] = {1, (double)NAN, 3};
    static const double f64[] = {1, (double)NAN, 3};
    static const float f32[] = {1, NAN, 3};
    const sipas_column wide = sipas_column_f64(f64, 3), narrow = sipas_column_f32(f32, 3);

    (void)state;
    check_reads(&wide, 0, 3, expected);
    check_reads(&narrow, 0, 3, expected);
}

static void texts_are_missing_by_null_or_bit(void **state)
{
    static const char *const texts[] = {"01", NULL, "", "x"};
    static const uint8_t bitmap[] = {0x07};
    sipas_column column = sipas_column_code(texts, 4);
    char buffer[32];

    (void)state;
    assert_string_equal(sipas__column_text(&column, 0), "01");
    assert_null(sipas__column_text(&column, 1));
    assert_false(sipas__column_present(&column, 1));
    assert_string_equal(sipas__column_text(&column, 2), "");
    assert_true(sipas__column_present(&column, 3));
    assert_string_equal(sipas__column_code_text(&column, 0, buffer), "01");
    column.validity = bitmap;
    assert_null(sipas__column_text(&column, 3));
    assert_null(sipas__column_code_text(&column, 3, buffer));
    assert_false(sipas__column_present(&column, 3));
}

static void only_whole_numbers_are_whole(void **state)
{
    const double most = 9007199254740991.0;
    const struct {
        double value;
        int is_whole;
        int64_t whole;
    } cell[] = {{0.0, 1, 0},
                {-0.0, 1, 0},
                {-3.0, 1, -3},
                {2.5, -1, 0},
                {most, 1, INT64_C(9007199254740991)},
                {-most, 1, -INT64_C(9007199254740991)},
                {most + 1, -1, 0}, /* 2^53 may have been 2^53 + 1 */
                {-most - 1, -1, 0},
                {2.0 * most, -1, 0},
                {1e300, -1, 0},
                {(double)INFINITY, -1, 0},
                {-(double)INFINITY, -1, 0},
                {5e-324, -1, 0},
                {(double)NAN, 0, 0}};
    enum { CELLS = sizeof cell / sizeof cell[0] };
    double values[CELLS];
    int64_t wholes[CELLS];
    sipas_column column;
    char buffer[32];

    (void)state;
    for (size_t i = 0; i < CELLS; i++) values[i] = cell[i].value;
    column = sipas_column_f64(values, CELLS);
    for (int64_t i = 0; i < CELLS; i++) {
        int64_t whole = 0;

        assert_int_equal(sipas__column_whole(&column, i, &whole), cell[i].is_whole);
        if (cell[i].is_whole == 1) assert_true(whole == cell[i].whole);
        assert_int_equal(sipas__column_code_text(&column, i, buffer) != NULL, cell[i].is_whole == 1);
    }
    assert_int_equal(sipas__column_read_whole(&column, 0, CELLS, wholes), 3);
    assert_int_equal(sipas__column_read_whole(&column, 4, 2, wholes), -1);
    assert_true(wholes[0] == INT64_C(9007199254740991));
    assert_string_equal(sipas__column_code_text(&column, 2, buffer), "-3");
    assert_string_equal(sipas__column_code_text(&column, 1, buffer), "0");
}

static void the_first_fault_is_told_whichever_it_is(void **state)
{
    static const double values[] = {1, 2.5, 3, 4};
    static const uint8_t second_is_whole_but_third_missing[] = {0x0B}, second_missing[] = {0x0D},
                         first_missing[] = {0x0E};
    sipas_column column = sipas_column_f64(values, 4);
    int64_t wholes[4];

    (void)state;
    column.validity = second_is_whole_but_third_missing;
    assert_int_equal(sipas__column_read_whole(&column, 0, 4, wholes), 1);
    assert_int_equal(sipas__column_read_whole(&column, 2, 2, wholes), 2);
    column.validity = second_missing;
    assert_int_equal(sipas__column_read_whole(&column, 0, 4, wholes), 1);
    column.validity = first_missing;
    assert_int_equal(sipas__column_read_whole(&column, 0, 4, wholes), 0);
}

static void integers_keep_all_their_digits(void **state)
{
    static const int64_t values[] = {INT64_MAX, INT64_MIN, INT64_C(9007199254740993)};
    const sipas_column column = sipas_column_i64(values, 3);
    int64_t whole;
    char buffer[32];

    (void)state;
    for (int64_t i = 0; i < 3; i++) {
        assert_int_equal(sipas__column_whole(&column, i, &whole), 1);
        assert_true(whole == values[i]);
    }
    assert_string_equal(sipas__column_code_text(&column, 1, buffer), "-9223372036854775808");
}

static void columns_that_cannot_be_read_are_refused(void **state)
{
    static const double values[] = {1, 2};
    static const char *const texts[] = {"a", "b"};
    static const uint8_t bytes[] = {0, 1};
    const sipas_column none = {NULL, NULL, 0, 0, 0, SIPAS_TYPE_NONE, 0};
    const sipas_column number = sipas_column_f64(values, 2), text = sipas_column_code(texts, 2),
                       flag = sipas_column_bool(bytes, 2);
    sipas_column bad = number;
    sipas_error err;

    (void)state;
    assert_false(sipas__column_given(NULL));
    assert_false(sipas__column_given(&none));
    assert_true(sipas__column_given(&number));
    assert_int_equal(sipas__column_check(NULL, 2, SIPAS__NUMBERS, "w", &err), SIPAS_ERR_ARGUMENT);
    assert_string_equal(err.name, "w");
    assert_int_equal(sipas__column_check(&none, 2, SIPAS__NUMBERS, "w", &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas__column_check(&number, 3, SIPAS__NUMBERS, "w", &err), SIPAS_ERR_LENGTH);
    assert_non_null(strstr(err.message, "2 rows where 3"));
    bad.data = NULL;
    assert_int_equal(sipas__column_check(&bad, 2, SIPAS__NUMBERS, "w", &err), SIPAS_ERR_ARGUMENT);
    bad.n = 0;
    assert_int_equal(sipas__column_check(&bad, 0, SIPAS__NUMBERS, "w", &err), SIPAS_OK);
    bad = number;
    bad.type = SIPAS_TYPE_CODE + 1;
    assert_int_equal(sipas__column_check(&bad, 2, SIPAS__CODES, "w", &err), SIPAS_ERR_TYPE);
    bad.type = -1;
    assert_int_equal(sipas__column_check(&bad, 2, SIPAS__CODES, "w", &err), SIPAS_ERR_TYPE);

    assert_int_equal(sipas__column_check(&text, 2, SIPAS__NUMBERS, "w", &err), SIPAS_ERR_TYPE);
    assert_non_null(strstr(err.message, "number"));
    assert_int_equal(sipas__column_check(&number, 2, SIPAS__TEXT, "w", &err), SIPAS_ERR_TYPE);
    assert_non_null(strstr(err.message, "text"));
    assert_int_equal(sipas__column_check(&number, 2, SIPAS__FLAGS, "w", &err), SIPAS_ERR_TYPE);
    assert_int_equal(sipas__column_check(&text, 2, SIPAS__FLAGS, "w", &err), SIPAS_ERR_TYPE);
    assert_int_equal(sipas__column_check(&flag, 2, SIPAS__FLAGS, "w", &err), SIPAS_OK);
    assert_int_equal(sipas__column_check(&flag, 2, SIPAS__NUMBERS, "w", &err), SIPAS_OK);
    assert_int_equal(sipas__column_check(&number, 2, SIPAS__CODES, "w", &err), SIPAS_OK);
    assert_int_equal(sipas__column_check(&text, 2, SIPAS__CODES, "w", &err), SIPAS_OK);
    assert_int_equal(sipas__column_check(&text, 2, SIPAS__TEXT, "w", NULL), SIPAS_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makers_describe_contiguous_memory),       cmocka_unit_test(anything_but_0_is_true),
        cmocka_unit_test(strides_may_skip_and_walk_backwards),     cmocka_unit_test(alignment_does_not_matter),
        cmocka_unit_test(validity_is_read_from_its_offset),        cmocka_unit_test(nan_is_missing),
        cmocka_unit_test(texts_are_missing_by_null_or_bit),        cmocka_unit_test(only_whole_numbers_are_whole),
        cmocka_unit_test(the_first_fault_is_told_whichever_it_is), cmocka_unit_test(integers_keep_all_their_digits),
        cmocka_unit_test(columns_that_cannot_be_read_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

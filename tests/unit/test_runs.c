/*
 * Runs of equal codes: when they are kept, where they begin, how values spread over them, and how two sets of them
 * cross.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <sipas.h>

#include "data/runs.h"
#include "failing_alloc.h"

enum { ROWS = 10000 };

typedef struct record {
    int16_t before;
    int16_t code;
} record;

static int64_t i64[ROWS];
static int32_t i32[ROWS], other[ROWS];
static int16_t i16[ROWS];
static int8_t i8[ROWS];
static record records[ROWS];

/* Runs of 100, but for the first, which has 150. */
static int32_t code_of(int64_t row)
{
    return row < 150 ? 7 : (int32_t)((row - 50) / 100 % 90);
}

static void fill(void)
{
    for (int64_t i = 0; i < ROWS; i++) {
        i64[i] = code_of(i) + (INT64_C(1) << 40);
        i32[i] = code_of(i);
        i16[i] = (int16_t)code_of(i);
        i8[i] = (int8_t)code_of(i);
        records[i].code = (int16_t)code_of(i);
        records[i].before = (int16_t)i;
        other[i] = (int32_t)(i / 300);
    }
}

static sipas_column column_of_records(void)
{
    sipas_column column = sipas_column_i16(&records[0].code, ROWS);

    column.stride = sizeof records[0];
    return column;
}

static void test_where_they_begin(void **state)
{
    const sipas_column columns[] = {sipas_column_i64(i64, ROWS), sipas_column_i32(i32, ROWS),
                                    sipas_column_i16(i16, ROWS), sipas_column_i8(i8, ROWS), column_of_records()};

    (void)state;
    fill();
    for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++) {
        const sipas_column *column = &columns[c];
        sipas__runs runs;

        assert_true(sipas__runs_init(&runs, NULL, &column, 1, ROWS));
        assert_int_equal(runs.n, 100);
        assert_int_equal(runs.start[0], 0);
        assert_int_equal(runs.start[1], 150);
        assert_int_equal(runs.start[2], 250);
        assert_int_equal(runs.start[99], 9950);
        assert_int_equal(runs.start[100], ROWS);
        assert_int_equal(sipas__runs_at(&runs, 0), 0);
        assert_int_equal(sipas__runs_at(&runs, 149), 0);
        assert_int_equal(sipas__runs_at(&runs, 150), 1);
        assert_int_equal(sipas__runs_at(&runs, 9949), 98);
        assert_int_equal(sipas__runs_at(&runs, ROWS - 1), 99);
        assert_int_equal(sipas__runs_touched(&runs, 0, 0, 150), 1);
        assert_int_equal(sipas__runs_touched(&runs, 0, 149, 2), 2);
        assert_int_equal(sipas__runs_touched(&runs, 1, 150, 100), 1);
        assert_int_equal(sipas__runs_touched(&runs, 1, 249, 102), 3);
        sipas__runs_clear(&runs);
    }
}

/* Runs of several columns end where any of them changes. */
static void test_several_columns(void **state)
{
    const sipas_column a = sipas_column_i32(i32, ROWS), b = sipas_column_i32(other, ROWS);
    const sipas_column *both[2] = {&a, &b};
    sipas__runs runs;

    (void)state;
    fill();
    assert_true(sipas__runs_init(&runs, NULL, both, 2, ROWS));
    for (int64_t r = 0; r + 1 < runs.n; r++) {
        const int64_t start = runs.start[r + 1];

        assert_true(i32[start] != i32[start - 1] || other[start] != other[start - 1]);
        for (int64_t row = runs.start[r] + 1; row < start; row++)
            assert_true(i32[row] == i32[row - 1] && other[row] == other[row - 1]);
    }
    assert_int_equal(runs.n, 100 + 33); /* of the changes at 300, 600 … none falls on one at 150, 250 … */
    sipas__runs_clear(&runs);
}

static void test_spread(void **state)
{
    const sipas_column column = sipas_column_i32(i32, ROWS), *columns = &column;
    sipas__runs runs;
    int32_t values[1024];

    (void)state;
    fill();
    assert_true(sipas__runs_init(&runs, NULL, &columns, 1, ROWS));
    for (int64_t row = 0; row < ROWS; row += 311) {
        const int64_t n = ROWS - row < 1024 ? ROWS - row : 1024, first = sipas__runs_at(&runs, row);

        for (int64_t k = 0; k < sipas__runs_touched(&runs, first, row, n); k++) values[k] = i32[runs.start[first + k]];
        sipas__runs_spread(&runs, row, n, values);
        for (int64_t i = 0; i < n; i++) assert_int_equal(values[i], i32[row + i]);
    }
    sipas__runs_clear(&runs);
}

static void test_crossing(void **state)
{
    const sipas_column a = sipas_column_i32(i32, ROWS), b = sipas_column_i32(other, ROWS);
    const sipas_column *one = &a, *two = &b, *both[2] = {&a, &b};
    sipas__runs first, second, together, crossed, none = {0};

    (void)state;
    fill();
    assert_true(sipas__runs_init(&first, NULL, &one, 1, ROWS));
    assert_true(sipas__runs_init(&second, NULL, &two, 1, ROWS));
    assert_true(sipas__runs_init(&together, NULL, both, 2, ROWS));
    assert_true(sipas__runs_cross(&crossed, NULL, &first, &second));
    assert_int_equal(crossed.n, together.n);
    for (int64_t r = 0; r <= crossed.n; r++) assert_int_equal(crossed.start[r], together.start[r]);
    sipas__runs_clear(&crossed);
    assert_true(sipas__runs_cross(&crossed, NULL, &first, &first));
    assert_int_equal(crossed.n, first.n);
    sipas__runs_clear(&crossed);
    assert_true(sipas__runs_cross(&crossed, NULL, &first, &none));
    assert_int_equal(crossed.n, 0);
    sipas__runs_clear(&crossed);
    sipas__runs_clear(&first);
    sipas__runs_clear(&second);
    sipas__runs_clear(&together);
}

/* Short runs, few rows, text, single-precision floats and bitmaps are read row by row. */
static void test_not_worth_it(void **state)
{
    static float reals[ROWS];
    static const char *texts[ROWS];
    static const uint8_t valid[ROWS / 8 + 1] = {0};
    sipas_column columns[5] = {sipas_column_i32(other, ROWS), sipas_column_f32(reals, ROWS),
                               sipas_column_code(texts, ROWS), sipas_column_i32(i32, ROWS),
                               sipas_column_i32(i32, 1000)};

    (void)state;
    fill();
    for (int i = 0; i < ROWS; i++) {
        other[i] = i / 10;
        texts[i] = "a";
    }
    columns[3].validity = valid;
    for (int c = 0; c < 5; c++) {
        const sipas_column *column = &columns[c];
        sipas__runs runs;

        assert_true(sipas__runs_init(&runs, NULL, &column, 1, column->n));
        assert_int_equal(runs.n, 0);
        sipas__runs_clear(&runs);
    }
}

static void test_no_memory(void **state)
{
    const sipas_column a = sipas_column_i32(i32, ROWS), b = sipas_column_i32(other, ROWS);
    const sipas_column *one = &a, *two = &b;
    failing_alloc memory;
    sipas_ctx *ctx = failing_alloc_ctx(&memory);
    int done = 0;

    (void)state;
    fill();
    for (int64_t fail_at = 0; !done; fail_at++) {
        sipas__runs first = {0}, second = {0}, crossed = {0};

        failing_alloc_arm(&memory, fail_at);
        done = sipas__runs_init(&first, ctx, &one, 1, ROWS) && sipas__runs_init(&second, ctx, &two, 1, ROWS) &&
               sipas__runs_cross(&crossed, ctx, &first, &second);
        assert_int_equal(done, memory.failed == 0);
        sipas__runs_clear(&first);
        sipas__runs_clear(&second);
        sipas__runs_clear(&crossed);
        assert_int_equal(memory.held, 1);
    }
    sipas_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_where_they_begin), cmocka_unit_test(test_several_columns),
        cmocka_unit_test(test_spread),           cmocka_unit_test(test_crossing),
        cmocka_unit_test(test_not_worth_it),     cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Patterns of codes against a plain search: every kind of key, each way of choosing keys, runs, threads, memory that runs out.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sipas.h>

#include "base/context.h"
#include "data/patterns.h"
#include "failing_alloc.h"

enum { ROWS = 150000, COLUMNS = 3 };

static int64_t value[COLUMNS][ROWS]; /* what the keys say */
static int32_t i32[COLUMNS][ROWS];
static double f64[ROWS];

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static sipas__key whole(int column)
{
    const sipas__key key = {SIPAS__KEY_WHOLE, sipas_column_i32(i32[column], ROWS), NULL, NULL};

    return key;
}

/* Communes that say their districts and provinces; `spread` widens the range of their codes. */
static void fill_nested(int communes, int32_t spread)
{
    uint32_t state = 1;

    for (int i = 0; i < ROWS; i++) {
        const int32_t commune = (int32_t)(next_random(&state) % (uint32_t)communes);

        i32[0][i] = commune / 100;
        i32[1][i] = commune / 10;
        i32[2][i] = commune * spread - 5;
    }
    for (int c = 0; c < COLUMNS; c++)
        for (int i = 0; i < ROWS; i++) value[c][i] = i32[c][i];
}

/* Columns that say nothing of each other. */
static void fill_crossed(int32_t levels, int32_t spread)
{
    uint32_t state = 2;

    for (int c = 0; c < COLUMNS; c++)
        for (int i = 0; i < ROWS; i++)
            value[c][i] = i32[c][i] = (int32_t)(next_random(&state) % (uint32_t)levels) * spread;
}

/* Is row i of the pattern whose first row is `first`? */
static int same(int n_keys, int64_t i, int64_t first)
{
    for (int c = 0; c < n_keys; c++)
        if (value[c][i] != value[c][first]) return 0;
    return 1;
}

/* The whole contract: numbers by first appearance, rows of one pattern agree and of two do not, rows are counted. */
static int64_t check(const sipas__key *keys, int n_keys, int32_t threads)
{
    sipas_ctx_opts opts = SIPAS_CTX_OPTS_INIT;
    sipas_ctx *ctx;
    sipas__patterns p;
    int64_t *rows = calloc(ROWS, sizeof *rows), seen = 0, n;

    opts.threads = threads;
    assert_int_equal(sipas_ctx_new(&opts, &ctx, NULL), SIPAS_OK);
    assert_true(sipas__patterns_init(&p, ctx, ROWS, keys, n_keys, 1));
    for (int64_t row = 0; row < ROWS; row += 1000) {
        int32_t number[1000];

        sipas__patterns_find(&p, row, 1000, number);
        for (int i = 0; i < 1000; i++) {
            assert_in_range(number[i], 0, seen);
            if (number[i] == seen) assert_int_equal(p.row[seen++], row + i);
            assert_true(same(n_keys, row + i, p.row[number[i]]));
            rows[number[i]]++;
        }
    }
    assert_int_equal(seen, p.n);
    assert_memory_equal(rows, p.rows, (size_t)p.n * sizeof *rows);
    for (int64_t a = 1; a < p.n && a < 300; a++) assert_false(same(n_keys, p.row[a - 1], p.row[a]));
    n = p.n;
    sipas__patterns_clear(&p);
    sipas_ctx_free(ctx);
    free(rows);
    return n;
}

static void test_one_leads(void **state)
{
    const sipas__key keys[COLUMNS] = {whole(0), whole(1), whole(2)};

    (void)state;
    fill_nested(5000, 1);
    assert_int_equal(check(keys, 3, 1), 5000);
    fill_nested(5000, 400000); /* codes that spread too far for an array */
    assert_int_equal(check(keys, 3, 1), 5000);
    assert_int_equal(check(keys, 3, 2), 5000);
}

/* Codes that nest are found, and others are found out, on one thread and on several. */
static void test_nested_only(void **state)
{
    const sipas__key keys[COLUMNS] = {whole(0), whole(1), whole(2)};
    sipas_ctx_opts opts = SIPAS_CTX_OPTS_INIT;
    sipas_ctx *ctx;

    (void)state;
    for (opts.threads = 1; opts.threads <= 2; opts.threads++) {
        sipas__patterns p;

        assert_int_equal(sipas_ctx_new(&opts, &ctx, NULL), SIPAS_OK);
        fill_nested(5000, 1);
        assert_true(sipas__patterns_init_nested(&p, ctx, ROWS, keys, 3));
        assert_int_equal(p.n, 5000);
        sipas__patterns_clear(&p);
        i32[0][ROWS - 1]++; /* a commune of two provinces */
        assert_true(sipas__patterns_init_nested(&p, ctx, ROWS, keys, 3));
        assert_int_equal(p.n, 0);
        assert_false(p.cancelled);
        sipas__patterns_clear(&p);
        fill_crossed(9, 1);
        assert_true(sipas__patterns_init_nested(&p, ctx, ROWS, keys, 3));
        assert_int_equal(p.n, 0);
        sipas__patterns_clear(&p);
        sipas_ctx_free(ctx);
    }
}

static void test_crossings(void **state)
{
    const sipas__key keys[COLUMNS] = {whole(0), whole(1), whole(2)};

    (void)state;
    fill_crossed(9, 1);
    assert_int_equal(check(keys, 3, 1), 729);
    fill_crossed(9, 1000000); /* too wide for mixed radix, and none leads */
    assert_int_equal(check(keys, 3, 1), 729);
    assert_int_equal(check(keys, 3, 3), 729);
    assert_int_equal(check(keys, 1, 1), 9);
    assert_int_equal(check(keys, 0, 1), 1);
}

/* As many patterns as rows: tables grow while workers wait. */
static void test_all_different(void **state)
{
    const sipas__key keys[COLUMNS] = {whole(0), whole(1), whole(2)};

    (void)state;
    for (int i = 0; i < ROWS; i++) {
        value[0][i] = i32[0][i] = i % 7;
        value[1][i] = i32[1][i] = i * 10000;
        value[2][i] = i32[2][i] = -i;
    }
    assert_int_equal(check(keys, 3, 1), ROWS);
    assert_int_equal(check(keys, 3, 2), ROWS);
}

static void test_numbers_and_flags(void **state)
{
    static uint8_t flag[ROWS];
    sipas__key keys[COLUMNS] = {whole(0), {SIPAS__KEY_NUMBERS, sipas_column_f64(f64, ROWS), NULL, NULL}, {0}};

    (void)state;
    fill_nested(400, 1);
    for (int i = 0; i < ROWS; i++) {
        f64[i] = 100.0 / (3.0 + i32[1][i]);
        memcpy(&value[1][i], &f64[i], sizeof f64[i]);
        flag[i] = (uint8_t)(i % 1000 == 17 ? 3 : 0);
        value[2][i] = flag[i] ? 1 : 0;
    }
    keys[2].kind = SIPAS__KEY_FLAGS;
    keys[2].column = sipas_column_u8(flag, ROWS);
    assert_true(check(keys, 2, 2) == 40);
    assert_true(check(keys, 3, 2) > 40);
    keys[2].kind = SIPAS__KEY_ROWS;
    for (int i = 0; i < ROWS; i++) value[2][i] = flag[i] ? i + 1 : 0;
    assert_int_equal(check(keys, 3, 2), 40 + ROWS / 1000);
}

/* Levels of text, and patterns of two other sets. */
static void test_levels_and_patterns(void **state)
{
    static const char *const names[] = {"HN", "DN", "HCM"};
    static const char *text[ROWS];
    const sipas_column column = sipas_column_code(text, ROWS);
    sipas__codes codes;
    sipas__patterns a, b;
    sipas__key keys[2] = {{0}}, one = whole(0), two = whole(2);

    (void)state;
    fill_crossed(5, 1);
    for (int i = 0; i < ROWS; i++) {
        text[i] = names[value[1][i] % 3];
        value[1][i] %= 3;
    }
    assert_int_equal(sipas__codes_init(&codes, NULL, &column, ROWS, "text", 0, NULL), SIPAS_OK);
    keys[0] = one;
    keys[1].kind = SIPAS__KEY_LEVELS;
    keys[1].codes = &codes;
    assert_int_equal(check(keys, 2, 2), 15);
    assert_true(sipas__patterns_init(&a, NULL, ROWS, &one, 1, 0));
    assert_true(sipas__patterns_init(&b, NULL, ROWS, &two, 1, 0));
    keys[0].kind = keys[1].kind = SIPAS__KEY_PATTERNS;
    keys[0].patterns = &a;
    keys[1].patterns = &b;
    memcpy(value[1], value[2], sizeof value[1]);
    assert_int_equal(check(keys, 2, 2), 25);
    sipas__patterns_clear(&a);
    sipas__patterns_clear(&b);
    sipas__codes_clear(&codes);
}

/* Sorted rows come in runs; runs of one pattern need not lie together. */
static void test_runs(void **state)
{
    const sipas__key keys[COLUMNS] = {whole(0), whole(1), whole(2)};
    sipas__patterns p;

    (void)state;
    for (int i = 0; i < ROWS; i++)
        for (int c = 0; c < COLUMNS; c++) value[c][i] = i32[c][i] = (i / 500) % 100 / (c + 1);
    assert_int_equal(check(keys, 3, 1), 100);
    assert_int_equal(check(keys, 3, 2), 100);
    assert_true(sipas__patterns_init(&p, NULL, ROWS, keys, 3, 0));
    assert_int_equal(p.runs.n, ROWS / 500);
    sipas__patterns_clear(&p);
}

static void test_no_memory(void **state)
{
    const sipas__key keys[COLUMNS] = {whole(0), whole(1), whole(2)};
    failing_alloc memory;
    sipas_ctx *ctx = failing_alloc_ctx(&memory);
    int done = 0;

    (void)state;
    fill_crossed(20, 1000000);
    for (int64_t fail_at = 0; !done; fail_at++) {
        sipas__patterns p;

        failing_alloc_arm(&memory, fail_at);
        done = sipas__patterns_init(&p, ctx, 20000, keys, 3, 1);
        assert_int_equal(done, memory.failed == 0);
        sipas__patterns_clear(&p);
        assert_int_equal(memory.held, 1);
    }
    sipas_ctx_free(ctx);
    assert_int_equal(memory.held, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_leads),
        cmocka_unit_test(test_nested_only),
        cmocka_unit_test(test_crossings),
        cmocka_unit_test(test_all_different),
        cmocka_unit_test(test_numbers_and_flags),
        cmocka_unit_test(test_levels_and_patterns),
        cmocka_unit_test(test_runs),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

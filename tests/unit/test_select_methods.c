/*
 * The table of selection methods against what the methods do: what a row says of sizes, numbers and order is seen in draws.
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

#include "base/enums.h"
#include "select/method.h"

enum { N = 40, SEEDS = 30 };

static double size[N];
static int64_t code[N], order[N];

static sipas_status draw(int32_t method, uint64_t seed, int with_key, int64_t n, sipas_table **table)
{
    const sipas_column codes = sipas_column_i64(code, N), sizes = sipas_column_f64(size, N),
                       key = sipas_column_i64(order, N);
    sipas_draw_opts opts = SIPAS_DRAW_OPTS_INIT;

    opts.method = method;
    opts.seed = seed;
    opts.has_seed = 1;
    opts.n = n;
    if (sipas__select_method_of(method)->needs_size) opts.size = &sizes;
    if (with_key) opts.order_key = &key;
    return sipas_draw(NULL, &codes, &opts, table, NULL);
}

/* The units drawn as bits by row. */
static uint64_t drawn(int32_t method, uint64_t seed, int with_key, int64_t *n)
{
    const int64_t *row;
    uint64_t bits = 0;
    sipas_table *table;

    assert_int_equal(draw(method, seed, with_key, sipas__select_method_of(method)->takes_all ? 0 : 9, &table),
                     SIPAS_OK);
    assert_int_equal(sipas_table_get_i64(table, "row", &row, NULL), SIPAS_OK);
    *n = sipas_table_count_rows(table);
    for (int64_t i = 0; i < *n; i++) bits |= UINT64_C(1) << row[i];
    sipas_table_free(table);
    return bits;
}

static void rows_say_what_methods_do(void **state)
{
    (void)state;
    for (int i = 0; i < N; i++) {
        size[i] = (double)(10 + i % 7);
        code[i] = 1000 + i;
        order[i] = (i * 17) % N; /* another canonical order */
    }
    for (int32_t method = SIPAS_DRAW_SRS; sipas__enum_has(SIPAS__ENUM_DRAW, method); method++) {
        const sipas__select_method *row = sipas__select_method_of(method);
        sipas_table *table = NULL;
        int moved = 0;

        assert_int_equal(row->takes_all, row->draw == NULL);
        assert_int_equal(row->takes_all, row->probabilities == NULL);
        assert_int_equal(draw(method, 1, 0, 3, &table), row->takes_all ? SIPAS_ERR_OPTION : SIPAS_OK);
        sipas_table_free(table);
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            int64_t n, again;
            const uint64_t units = drawn(method, seed, 0, &n);

            if (!row->is_random) assert_int_equal(n, row->takes_all ? N : 9);
            moved |= units != drawn(method, seed, 1, &again);
        }
        /* only a method that goes along the canonical order draws other units when that is another */
        assert_int_equal(moved, row->is_canonical && !row->takes_all);
    }
}

/* "name/version", all different. */
static void names_are_their_own(void **state)
{
    (void)state;
    for (int32_t i = SIPAS_DRAW_SRS; sipas__enum_has(SIPAS__ENUM_DRAW, i); i++) {
        const char *name = sipas__select_method_of(i)->name, *version = strchr(name, '/');

        assert_non_null(version);
        assert_true(strtol(version + 1, NULL, 10) >= 1);
        for (int32_t j = SIPAS_DRAW_SRS; j < i; j++) assert_string_not_equal(name, sipas__select_method_of(j)->name);
    }
    assert_ptr_equal(sipas__select_method_of(SIPAS_DRAW_DEFAULT), sipas__select_method_of(SIPAS_DRAW_SRS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_say_what_methods_do),
        cmocka_unit_test(names_are_their_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Keys of PSUs: the hash of their code path, the same in every design and for every kind of codes; what is not one unit is never
 * taken for one.
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

#include "assert_close.h"
#include "data/psu_key.h"
#include "result.h"

enum { ROWS = 8 };

static sipas_design *open_texts(const char *const *stratum, const char *const *psu, int64_t n)
{
    const sipas_column strata = sipas_column_code(stratum, n), ids = sipas_column_code(psu, n);
    sipas_design *design = NULL;
    sipas_error err;

    check(sipas_design_new(NULL, n, NULL, stratum ? &strata : NULL, &ids, 1, NULL, NULL, &design, &err), &err);
    return design;
}

static uint64_t key_of(const sipas_design *design, int64_t unit)
{
    sipas__psu_path path;

    sipas__psu_codes(design, unit, &path);
    return sipas__psu_key(&path);
}

/* The key is the public hash of the path, whatever the codes are stored as. */
static void test_key_is_the_hash_of_the_path(void **state)
{
    static const char *const stratum[] = {"3", "3", "12"}, *const psu[] = {"7", "101", "7"};
    static const int32_t strata[] = {3, 3, 12};
    static const double ids[] = {7.0, 101.0, 7.0};
    const sipas_column numbers = sipas_column_i32(strata, 3), floats = sipas_column_f64(ids, 3);
    sipas_design *texts = open_texts(stratum, psu, 3), *values = NULL, *alone = open_texts(NULL, psu, 2);
    int64_t same[6];
    sipas_error err;

    (void)state;
    check(sipas_design_new(NULL, 3, NULL, &numbers, &floats, 1, NULL, NULL, &values, &err), &err);
    for (int64_t u = 0; u < 3; u++) {
        sipas__psu_path path;
        uint64_t hash;

        sipas__psu_codes(texts, u, &path);
        assert_true(path.depth == 2 && path.above == 1);
        check(sipas_code_hash(path.code, 2, &hash, &err), &err);
        assert_true(key_of(texts, u) == hash);
    }
    check(sipas__psu_match((const sipas_design *const[]){values, texts}, same, &err), &err);
    for (int64_t i = 0; i < 3; i++) { /* units of numbers ascend by value, of texts by bytes */
        assert_int_equal(same[i], i);
        assert_true(key_of(values, same[3 + i]) == key_of(texts, i));
    }
    check(sipas__psu_match((const sipas_design *const[]){texts, alone}, same, &err), &err);
    assert_true(same[3] == 3 && same[4] == 4); /* without strata another PSU */
    sipas_design_free(alone);
    sipas_design_free(values);
    sipas_design_free(texts);
}

/* Codes that run together are two paths with one hash: refused, by the call too, and not taken for one PSU. */
static void test_collisions_are_refused(void **state)
{
    static const char *const stratum[] = {"a\x1f"
                                          "b",
                                          "a\x1f"
                                          "b"},
                             *const psu[] = {"c", "d"}, *const stratum2[] = {"a", "a"},
                             *const psu2[] = {"b\x1f"
                                              "c",
                                              "e"};
    static const double y[] = {1.0, 2.0};
    const sipas_column value = sipas_column_f64(y, 2);
    sipas_design *one = open_texts(stratum, psu, 2), *two = open_texts(stratum2, psu2, 2);
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_contrast_opts how = SIPAS_CONTRAST_OPTS_INIT;
    sipas_table *before = NULL, *after = NULL, *change = NULL;
    int64_t same[4];
    sipas_error err;

    (void)state;
    assert_true(key_of(one, 0) == key_of(two, 0));
    assert_int_equal(sipas__psu_match((const sipas_design *const[]){one, two}, same, &err), SIPAS_ERR_DUPLICATE);
    assert_non_null(strstr(err.message, "one hash"));
    opts.cov = 1;
    how.overlap = SIPAS_OVERLAP_JOINED;
    check(sipas_estimate_mean(one, &value, 1, NULL, &opts, &before, &err), &err);
    check(sipas_estimate_mean(two, &value, 1, NULL, &opts, &after, &err), &err);
    assert_int_equal(sipas_estimate_change(before, after, &how, &change, &err), SIPAS_ERR_DUPLICATE);
    assert_null(change);
    sipas_table_free(before);
    sipas_table_free(after);
    sipas_design_free(one);
    sipas_design_free(two);
}

/* Rows of a certainty unit have no code: they are nobody else's, not even each other's. */
static void test_rows_have_no_key(void **state)
{
    static const int32_t psu[] = {1, 1, 2, 3};
    static const uint8_t flag[] = {1, 1, 0, 0};
    const sipas_column ids = sipas_column_i32(psu, 4), certain = sipas_column_bool(flag, 4);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_design *design = NULL;
    int64_t same[8];
    sipas_error err;

    (void)state;
    opts.certainty = &certain;
    check(sipas_design_new(NULL, 4, NULL, NULL, &ids, 1, NULL, &opts, &design, &err), &err);
    check(sipas__psu_match((const sipas_design *const[]){design, design}, same, &err), &err);
    for (int64_t u = 0; u < 4; u++) {
        sipas__psu_path path;

        sipas__psu_codes(design, u, &path);
        assert_int_equal(same[u], u);
        assert_int_equal(same[4 + u], path.depth > path.above ? u : 4 + u);
    }
    sipas_design_free(design);
}

/*
 * Strata within a unit of certainty stay apart when rounds are joined. The second round has twice the values of the first, so its
 * change is the first round's mean, with its standard error.
 */
static void test_strata_within_certainty_units(void **state)
{
    static const int32_t psu[ROWS] = {1, 1, 1, 1, 2, 2, 3, 3}, village[ROWS] = {1, 2, 3, 4, 1, 1, 1, 1};
    static const int32_t outer[ROWS] = {0}, inner[ROWS] = {1, 1, 2, 2, 1, 1, 1, 1};
    static const uint8_t flag[ROWS] = {1, 1, 1, 1};
    static const double y[ROWS] = {1.0, 2.0, 30.0, 40.0, 5.0, 7.0, 9.0, 8.0},
                        twice[ROWS] = {2.0, 4.0, 60.0, 80.0, 10.0, 14.0, 18.0, 16.0};
    const sipas_column ids[2] = {sipas_column_i32(psu, ROWS), sipas_column_i32(village, ROWS)};
    const sipas_column strata[2] = {sipas_column_i32(outer, ROWS), sipas_column_i32(inner, ROWS)};
    const sipas_column certain = sipas_column_bool(flag, ROWS);
    const sipas_column values[2] = {sipas_column_f64(y, ROWS), sipas_column_f64(twice, ROWS)};
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_estimate_opts how = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_contrast_opts joined = SIPAS_CONTRAST_OPTS_INIT;
    sipas_design *design = NULL;
    sipas_table *round[2] = {NULL, NULL}, *change = NULL;
    sipas_error err;

    (void)state;
    opts.certainty = &certain;
    opts.n_strata = 2;
    how.cov = 1;
    joined.overlap = SIPAS_OVERLAP_JOINED;
    check(sipas_design_new(NULL, ROWS, NULL, strata, ids, 2, NULL, &opts, &design, &err), &err);
    for (int k = 0; k < 2; k++) check(sipas_estimate_mean(design, &values[k], 1, NULL, &how, &round[k], &err), &err);
    check(sipas_estimate_change(round[0], round[1], &joined, &change, &err), &err);
    assert_close(real(change, "estimate", 0), real(round[0], "estimate", 0), 1e-14);
    assert_close(real(change, "se", 0), real(round[0], "se", 0), 1e-12);
    for (int k = 0; k < 2; k++) sipas_table_free(round[k]);
    sipas_table_free(change);
    sipas_design_free(design);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key_is_the_hash_of_the_path),
        cmocka_unit_test(test_collisions_are_refused),
        cmocka_unit_test(test_rows_have_no_key),
        cmocka_unit_test(test_strata_within_certainty_units),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Work on a frame: summary, imputed sizes, numbered units; small trees by hand and the real units of Việt Nam.
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

#include "assert_close.h"
#include "unit_table.h"

/*
 * P 100: a 30, b ?, c ?, d (out of the frame) ?. b has communes b1, b2, c has c1, d and a have none. Q ?: e ?.
 */
static const char *const code[] = {"P", "Q", "a", "b", "c", "d", "e", "b1", "b2", "c1"};
static const char *const parent[] = {"", "", "P", "P", "P", "P", "Q", "b", "b", "c"};
static const char *const level[] = {"province", "province", "district", "district", "district",
                                    "district", "district", "commune",  "commune",  "commune"};
static const char *const unit_class[] = {"", "", "quận", "huyện", "huyện", "huyện", "huyện", "xã", "xã", "phường"};
static const uint8_t urban[] = {0, 0, 1, 0, 0, 0, 0, 0, 0, 1}, said[] = {0xFC, 0x03};
static const double population[] = {100, 0, 30, 0, 0, 0, 0, 0, 0, 0};
static const uint8_t known[] = {0x05, 0x00};
enum { N = 10 };

static sipas_unit_tree *small_tree(const double *value, const uint8_t *validity)
{
    static const char *const measure_name[] = {"population"};
    sipas_column c = sipas_column_code(code, N), p = sipas_column_code(parent, N), l = sipas_column_code(level, N);
    sipas_column k = sipas_column_code(unit_class, N), u = sipas_column_bool(urban, N), m = sipas_column_f64(value, N);
    sipas_unit_opts opts = SIPAS_UNIT_OPTS_INIT;
    sipas_unit_tree *tree;

    u.validity = said;
    m.validity = validity;
    opts.level = &l;
    opts.unit_class = &k;
    opts.urban = &u;
    opts.n_measures = 1;
    opts.measures = &m;
    opts.measure_names = measure_name;
    assert_int_equal(sipas_unit_tree_new(NULL, &c, &p, &opts, &tree, NULL), SIPAS_OK);
    return tree;
}

static const char *text_at(const sipas_table *table, const char *column, int64_t row)
{
    const char *const *text;

    assert_int_equal(sipas_table_get_code(table, column, &text, NULL), SIPAS_OK);
    return text[row];
}

static int64_t whole_at(const sipas_table *table, const char *column, int64_t row)
{
    const int64_t *value;

    assert_int_equal(sipas_table_get_i64(table, column, &value, NULL), SIPAS_OK);
    return value[row];
}

static double number_at(const sipas_table *table, const char *column, int64_t row)
{
    const double *value;

    assert_int_equal(sipas_table_get_f64(table, column, &value, NULL), SIPAS_OK);
    return value[row];
}

/* Row of a summary; class NULL = all. */
static int64_t find_row(const sipas_table *table, const char *of_level, const char *of_class)
{
    for (int64_t i = 0; i < sipas_table_count_rows(table); i++) {
        const char *given = text_at(table, "class", i);

        if (strcmp(text_at(table, "level", i), of_level) != 0) continue;
        if (of_class ? given && strcmp(given, of_class) == 0 : !given) return i;
    }
    fail_msg("no row %s %s", of_level, of_class ? of_class : "all");
    return -1;
}

static void summary_counts_by_level_and_class(void **state)
{
    (void)state;
    sipas_unit_tree *tree = small_tree(population, known);
    sipas_table *table;
    int64_t row;

    assert_int_equal(sipas_frame_summary(NULL, tree, &table, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_count_rows(table), 7); /* province; district, huyện, quận; commune, phường, xã */
    assert_string_equal(text_at(table, "level", 0), "province");
    assert_string_equal(text_at(table, "level", 1), "district");
    assert_string_equal(text_at(table, "level", 6), "commune");
    row = find_row(table, "district", NULL);
    assert_int_equal(whole_at(table, "units", row), 5);
    assert_int_equal(whole_at(table, "urban", row), 1);
    assert_int_equal(whole_at(table, "rural", row), 4);
    assert_int_equal(whole_at(table, "without_next", row), 2); /* a and d; e has no sibling with communes */
    assert_string_equal(text_at(table, "measure", row), "population");
    assert_close(number_at(table, "sum", row), 30.0, 0.0);
    assert_int_equal(whole_at(table, "missing", row), 4);
    assert_int_equal(whole_at(table, "units", find_row(table, "district", "huyện")), 4);
    assert_int_equal(whole_at(table, "units", find_row(table, "commune", "xã")), 2);
    row = find_row(table, "province", NULL);
    assert_close(number_at(table, "sum", row), 100.0, 0.0);
    assert_int_equal(whole_at(table, "without_next", row), 0);
    assert_int_equal(sipas_table_count_rows(sipas_table_get_notes(table)), 2);
    assert_int_equal(whole_at(sipas_table_get_notes(table), "row", 0), 2);
    assert_int_equal(whole_at(sipas_table_get_notes(table), "row", 1), 5);
    sipas_table_free(table);
    assert_int_equal(sipas_frame_summary(NULL, NULL, &table, NULL), SIPAS_ERR_ARGUMENT);
    assert_null(table);
    assert_int_equal(sipas_frame_summary(NULL, tree, NULL, NULL), SIPAS_ERR_ARGUMENT);
    sipas_unit_tree_free(tree);
}

static void summary_does_without_classes_and_measures(void **state)
{
    (void)state;
    static const char *const one[] = {"x"}, *const none[] = {NULL};
    sipas_column c = sipas_column_code(one, 1), p = sipas_column_code(none, 1);
    sipas_unit_tree *tree;
    sipas_table *table;

    assert_int_equal(sipas_unit_tree_new(NULL, &c, &p, NULL, &tree, NULL), SIPAS_OK);
    assert_int_equal(sipas_frame_summary(NULL, tree, &table, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_count_rows(table), 1);
    assert_null(text_at(table, "measure", 0));
    assert_string_equal(text_at(table, "level", 0), "0");
    sipas_table_free(table);
    sipas_unit_tree_free(tree);
}

static void remainder_is_shared_by_children(void **state)
{
    (void)state;
    static const uint8_t out_of_frame[N] = {0, 0, 0, 0, 0, 1, 0, 0, 0, 0};
    sipas_unit_tree *tree = small_tree(population, known);
    sipas_frame_impute_opts opts = SIPAS_FRAME_IMPUTE_OPTS_INIT;
    sipas_column excluded = sipas_column_bool(out_of_frame, N);
    sipas_table *table;

    opts.excluded = &excluded;
    assert_int_equal(sipas_frame_impute(NULL, tree, 0, &opts, &table, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_count_rows(table), N);
    assert_close(number_at(table, "value", 2), 30.0, 0.0);
    assert_close(number_at(table, "value", 3), 70.0 * 2 / 3, 1e-15); /* b has 2 of the 3 communes */
    assert_close(number_at(table, "value", 4), 70.0 / 3, 1e-15);
    assert_true(isnan(number_at(table, "value", 5)));
    assert_close(number_at(table, "value", 7), 70.0 / 3, 1e-15); /* and half of b further down */
    assert_close(number_at(table, "value", 9), 70.0 / 3, 1e-15);
    assert_int_equal(whole_at(table, "imputed", 2), 0);
    assert_int_equal(whole_at(table, "imputed", 3), 1);
    assert_int_equal(whole_at(table, "imputed", 5), 0);
    assert_string_equal(text_at(table, "code", 7), "P/b/b1");
    assert_string_equal(text_at(sipas_table_get_notes(table), "code", 0), "imputed");
    sipas_table_free(table);

    opts.share = SIPAS_SHARE_EQUAL;
    opts.level = "district";
    opts.excluded = NULL;
    assert_int_equal(sipas_frame_impute(NULL, tree, 0, &opts, &table, NULL), SIPAS_OK);
    assert_close(number_at(table, "value", 3), 70.0 / 3, 1e-15);
    assert_close(number_at(table, "value", 5), 70.0 / 3, 1e-15);
    assert_true(isnan(number_at(table, "value", 7)));                          /* communes were not asked for */
    assert_int_equal(sipas_table_count_rows(sipas_table_get_notes(table)), 2); /* P imputed, e stays unknown */
    sipas_table_free(table);

    opts.share = SIPAS_SHARE_CHILDREN;
    assert_int_equal(sipas_frame_impute(NULL, tree, 0, &opts, &table, NULL), SIPAS_OK);
    assert_close(number_at(table, "value", 5), 70.0 / 4, 1e-15); /* no communes counts as one */
    sipas_table_free(table);
    sipas_unit_tree_free(tree);
}

static void impute_has_faults(void **state)
{
    (void)state;
    static const double too_much[] = {100, 0, 101, 0, 0, 0, 0, 0, 0, 0}, all[] = {100, 0, 100, 0, 0, 0, 0, 0, 0, 0};
    sipas_unit_tree *tree = small_tree(too_much, known);
    sipas_frame_impute_opts opts;
    sipas_column flags = sipas_column_bool(urban, N - 1);
    sipas_table *table;
    sipas_error err;

    sipas_frame_impute_opts_init(&opts);
    assert_int_equal(sipas_frame_impute(NULL, tree, 0, &opts, &table, &err), SIPAS_ERR_INFEASIBLE);
    assert_null(table);
    assert_int_equal(err.row, 0);
    assert_string_equal(err.name, "P");
    assert_int_equal(sipas_frame_impute(NULL, tree, 1, &opts, &table, &err), SIPAS_ERR_NOT_FOUND);
    assert_int_equal(sipas_frame_impute(NULL, NULL, 0, &opts, &table, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_frame_impute(NULL, tree, 0, &opts, NULL, &err), SIPAS_ERR_ARGUMENT);
    opts.share = 3;
    assert_int_equal(sipas_frame_impute(NULL, tree, 0, &opts, &table, &err), SIPAS_ERR_OPTION);
    opts.share = 0;
    opts.level = "village";
    assert_int_equal(sipas_frame_impute(NULL, tree, 0, &opts, &table, &err), SIPAS_ERR_NOT_FOUND);
    opts.level = NULL;
    opts.excluded = &flags;
    assert_int_equal(sipas_frame_impute(NULL, tree, 0, &opts, &table, &err), SIPAS_ERR_LENGTH);
    sipas_unit_tree_free(tree);

    tree = small_tree(all, known);
    assert_int_equal(sipas_frame_impute(NULL, tree, 0, NULL, &table, &err), SIPAS_OK);
    assert_close(number_at(table, "value", 3), 0.0, 0.0);
    assert_string_equal(text_at(sipas_table_get_notes(table), "code", 0), "nothing_left");
    sipas_table_free(table);
    sipas_unit_tree_free(tree);
}

static void expand_numbers_the_units_of_a_leaf(void **state)
{
    (void)state;
    static const int32_t counts[N] = {0, 0, 2, 0, 0, 0, 0, 12, 0, 1};
    static const uint8_t valid[] = {0xFF, 0xFD}; /* unit 9 is missing: 0 */
    sipas_unit_tree *tree = small_tree(population, known), *grown;
    sipas_column count = sipas_column_i32(counts, N);
    sipas_frame_expand_opts opts = SIPAS_FRAME_EXPAND_OPTS_INIT;
    const int64_t *child;
    int64_t n;
    double value;

    count.validity = valid;
    assert_int_equal(sipas_frame_expand(NULL, tree, &count, "village", &opts, &grown, NULL), SIPAS_OK);
    assert_int_equal(sipas_unit_tree_count(grown), N + 14);
    for (int64_t i = 0; i < N; i++) {
        assert_true(sipas_unit_tree_get_hash(grown, i) == sipas_unit_tree_get_hash(tree, i));
        assert_int_equal(sipas_unit_tree_get_urban(grown, i), sipas_unit_tree_get_urban(tree, i));
        assert_string_equal(sipas_unit_tree_get_level(grown, i), sipas_unit_tree_get_level(tree, i));
    }
    child = sipas_unit_tree_get_children(grown, 2, &n);
    assert_int_equal(n, 2);
    assert_string_equal(sipas_unit_tree_get_code(grown, child[1]), "2");
    assert_string_equal(sipas_unit_tree_get_level(grown, child[1]), "village");
    assert_int_equal(sipas_unit_tree_get_urban(grown, child[1]), 1);
    assert_null(sipas_unit_tree_get_class(grown, child[1]));
    assert_int_equal(sipas_unit_tree_get_measure(grown, child[1], 0, &value, NULL), SIPAS_ERR_MISSING);
    assert_int_equal(sipas_unit_tree_get_measure(grown, 2, 0, &value, NULL), SIPAS_OK);
    child = sipas_unit_tree_get_children(grown, 7, &n);
    assert_int_equal(n, 12);
    assert_string_equal(sipas_unit_tree_get_code(grown, child[0]), "01");
    assert_string_equal(sipas_unit_tree_get_code(grown, child[11]), "12");
    assert_null(sipas_unit_tree_get_children(grown, 9, &n));
    sipas_unit_tree_free(grown);

    sipas_frame_expand_opts_init(&opts);
    opts.width = 4;
    assert_int_equal(sipas_frame_expand(NULL, tree, &count, "village", &opts, &grown, NULL), SIPAS_OK);
    assert_string_equal(sipas_unit_tree_get_code(grown, sipas_unit_tree_get_children(grown, 2, &n)[0]), "0001");
    sipas_unit_tree_free(grown);
    sipas_unit_tree_free(tree);
}

static void expand_has_faults(void **state)
{
    (void)state;
    static const double half[N] = {0, 0, 1.5, 0, 0, 0, 0, 0, 0, 0}, minus[N] = {0, 0, 0, 0, 0, 0, -1, 0, 0, 0};
    static const double branch[N] = {0, 0, 0, 4, 0, 0, 0, 0, 0, 0};
    static const double *const wrong[] = {half, minus, branch};
    static const int64_t row[] = {2, 6, 3};
    sipas_unit_tree *tree = small_tree(population, known), *grown;
    sipas_column count = sipas_column_f64(half, N - 1), text = sipas_column_code(code, N);
    sipas_frame_expand_opts opts = SIPAS_FRAME_EXPAND_OPTS_INIT;
    sipas_error err;

    assert_int_equal(sipas_frame_expand(NULL, tree, &count, "v", NULL, &grown, &err), SIPAS_ERR_LENGTH);
    assert_null(grown);
    assert_int_equal(sipas_frame_expand(NULL, tree, &text, "v", NULL, &grown, &err), SIPAS_ERR_TYPE);
    for (int i = 0; i < 3; i++) {
        count = sipas_column_f64(wrong[i], N);
        assert_int_equal(sipas_frame_expand(NULL, tree, &count, "v", NULL, &grown, &err), SIPAS_ERR_VALUE);
        assert_int_equal(err.row, row[i]);
    }
    assert_int_equal(sipas_frame_expand(NULL, NULL, &count, "v", NULL, &grown, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_frame_expand(NULL, tree, NULL, "v", NULL, &grown, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_frame_expand(NULL, tree, &count, "", NULL, &grown, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_frame_expand(NULL, tree, &count, "v", NULL, NULL, &err), SIPAS_ERR_ARGUMENT);
    opts.width = 19;
    assert_int_equal(sipas_frame_expand(NULL, tree, &count, "v", &opts, &grown, &err), SIPAS_ERR_OPTION);
    sipas_unit_tree_free(tree);
}

/* The frame of 2023: 95 districts without a population, filled from their provinces. */
static void the_frame_of_viet_nam(void **state)
{
    (void)state;
    unit_table *units = unit_table_read("../examples/data/vietnam2023_units.csv");
    sipas_frame_impute_opts opts = SIPAS_FRAME_IMPUTE_OPTS_INIT;
    uint8_t *flags = calloc((size_t)units->n, 1);
    const char *const hoang_sa[] = {"VN", "48", "498"};
    sipas_column excluded;
    sipas_table *table;
    sipas_error err;
    int64_t row, unit, n;
    double country, sum = 0.0;
    const int64_t *province;

    assert_non_null(flags);
    assert_int_equal(sipas_frame_summary(NULL, units->tree, &table, NULL), SIPAS_OK);
    row = find_row(table, "district", NULL);
    assert_int_equal(whole_at(table, "units", row), 705);
    assert_int_equal(whole_at(table, "without_next", row), 5);
    assert_int_equal(whole_at(table, "missing", row), 95);
    assert_int_equal(whole_at(table, "units", find_row(table, "district", "quận")), 46);
    assert_int_equal(whole_at(table, "units", find_row(table, "commune", "thị trấn")), 620);
    assert_int_equal(whole_at(table, "rural", find_row(table, "commune", NULL)), 8207);
    sipas_table_free(table);

    assert_int_equal(sipas_unit_tree_find(units->tree, hoang_sa, 3, &unit, NULL), SIPAS_OK);
    flags[unit] = 1;
    excluded = sipas_column_bool(flags, units->n);
    opts.level = "district";
    opts.excluded = &excluded;
    if (sipas_frame_impute(NULL, units->tree, 0, &opts, &table, &err) < 0) fail_msg("%s", err.message);
    province = sipas_unit_tree_get_children(units->tree, sipas_unit_tree_get_children(units->tree, -1, &n)[0], &n);
    for (int64_t i = 0; i < n; i++) {
        int64_t n_districts;
        const int64_t *district = sipas_unit_tree_get_children(units->tree, province[i], &n_districts);
        double of_districts = 0.0, of_province = number_at(table, "value", province[i]);
        int64_t filled = 0;

        for (int64_t k = 0; k < n_districts; k++) {
            if (district[k] == unit) continue;
            assert_false(isnan(number_at(table, "value", district[k])));
            of_districts += number_at(table, "value", district[k]);
            filled += whole_at(table, "imputed", district[k]);
        }
        if (filled > 0) assert_close(of_districts, of_province, 1e-12);
        sum += of_province;
    }
    assert_int_equal(sipas_unit_tree_get_measure(units->tree, sipas_unit_tree_get_parent(units->tree, province[0]), 0,
                                                 &country, NULL),
                     SIPAS_OK);
    assert_close(sum, country, 1e-12);
    sipas_table_free(table);
    free(flags);
    unit_table_free(units);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(summary_counts_by_level_and_class),
        cmocka_unit_test(summary_does_without_classes_and_measures),
        cmocka_unit_test(remainder_is_shared_by_children),
        cmocka_unit_test(impute_has_faults),
        cmocka_unit_test(expand_numbers_the_units_of_a_leaf),
        cmocka_unit_test(expand_has_faults),
        cmocka_unit_test(the_frame_of_viet_nam),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

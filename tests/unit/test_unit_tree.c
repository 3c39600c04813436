/*
 * The tree of units: what it keeps, its order, its faults, and the real administrative units of Việt Nam.
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
#include "num/order.h"
#include "data/unit.h"
#include "unit_table.h"

/* A country with two provinces; district 02 of province A has no communes. */
static const char *const code[] = {"A01b", "VN", "B", "A01", "A", "A02", "A01a", "B01"};
static const char *const parent[] = {"A01", NULL, "VN", "A", "VN", "A", "A01", "B"};
static const char *const level[] = {"commune",  "country",  "province", "district",
                                    "province", "district", "commune",  "district"};
static const char *const name[] = {"beta", "Việt Nam", "", "Quận Một", NULL, "Đảo", "alpha", "Huyện"};
static const char *const unit_class[] = {"xã", "", NULL, "quận", "tỉnh", "huyện", "phường", "huyện"};
static const uint8_t urban[] = {0, 0, 0, 1, 0, 0, 1, 0};
static const uint8_t said[] = {0xE9}; /* units 0, 3, 5, 6, 7 */
static const double population[] = {10, 100, 40, 35, 60, 25, 20, 40};
static const double area[] = {1, 2, 3, 4, 5, 6, 7, 8};
static const uint8_t known[] = {0x7F}; /* all but unit 7 */
enum { N = 8 };

typedef struct fixture {
    sipas_column code, parent, level, name, unit_class, urban, measures[2];
    const char *measure_names[2];
    sipas_unit_opts opts;
} fixture;

static void fill(fixture *f)
{
    static const char *const names[] = {"population", "area"};

    f->code = sipas_column_code(code, N);
    f->parent = sipas_column_code(parent, N);
    f->level = sipas_column_code(level, N);
    f->name = sipas_column_code(name, N);
    f->unit_class = sipas_column_code(unit_class, N);
    f->urban = sipas_column_bool(urban, N);
    f->urban.validity = said;
    f->measures[0] = sipas_column_f64(population, N);
    f->measures[1] = sipas_column_f64(area, N);
    f->measures[1].validity = known;
    memcpy(f->measure_names, names, sizeof names);
    sipas_unit_opts_init(&f->opts);
    f->opts.level = &f->level;
    f->opts.name = &f->name;
    f->opts.unit_class = &f->unit_class;
    f->opts.urban = &f->urban;
    f->opts.n_measures = 2;
    f->opts.measures = f->measures;
    f->opts.measure_names = f->measure_names;
}

static void keeps_what_it_is_given(void **state)
{
    (void)state;
    fixture f;
    sipas_unit_tree *tree;
    sipas_error err;
    double value = -1.0;

    fill(&f);
    assert_int_equal(sipas_unit_tree_new(NULL, &f.code, &f.parent, &f.opts, &tree, &err), SIPAS_OK);
    assert_int_equal(sipas_unit_tree_count(tree), N);
    assert_int_equal(sipas_unit_tree_count_measures(tree), 2);
    assert_string_equal(sipas_unit_tree_get_measure_name(tree, 1), "area");
    assert_null(sipas_unit_tree_get_measure_name(tree, 2));
    assert_string_equal(sipas_unit_tree_get_code(tree, 3), "A01");
    assert_string_equal(sipas_unit_tree_get_name(tree, 1), "Việt Nam");
    assert_null(sipas_unit_tree_get_name(tree, 2)); /* "" is none */
    assert_null(sipas_unit_tree_get_name(tree, 4));
    assert_string_equal(sipas_unit_tree_get_level(tree, 7), "district");
    assert_string_equal(sipas_unit_tree_get_class(tree, 6), "phường");
    assert_null(sipas_unit_tree_get_class(tree, 1));
    assert_null(sipas_unit_tree_get_region(tree, 1));
    assert_int_equal(sipas_unit_tree_get_urban(tree, 3), 1);
    assert_int_equal(sipas_unit_tree_get_urban(tree, 0), 0);
    assert_int_equal(sipas_unit_tree_get_urban(tree, 1), -1);
    assert_int_equal(sipas_unit_tree_get_parent(tree, 0), 3);
    assert_int_equal(sipas_unit_tree_get_parent(tree, 1), -1);
    assert_int_equal(sipas_unit_tree_get_depth(tree, 1), 0);
    assert_int_equal(sipas_unit_tree_get_depth(tree, 6), 3);
    assert_int_equal(sipas_unit_tree_get_measure(tree, 5, 0, &value, &err), SIPAS_OK);
    assert_close(value, 25.0, 0.0);
    assert_int_equal(sipas_unit_tree_get_measure(tree, 7, 1, &value, &err), SIPAS_ERR_MISSING);
    assert_close(value, 25.0, 0.0); /* untouched */
    assert_int_equal(err.row, 7);
    assert_string_equal(err.name, "B01");
    assert_int_equal(sipas_unit_tree_get_measure(tree, 8, 0, &value, &err), SIPAS_ERR_NOT_FOUND);
    assert_int_equal(sipas_unit_tree_get_measure(tree, 0, 2, &value, &err), SIPAS_ERR_NOT_FOUND);
    assert_int_equal(sipas_unit_tree_get_measure(NULL, 0, 0, &value, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_unit_tree_get_measure(tree, 0, 0, NULL, NULL), SIPAS_ERR_ARGUMENT);
    sipas_unit_tree_free(tree);
}

static void answers_softly_out_of_range(void **state)
{
    (void)state;
    fixture f;
    sipas_unit_tree *tree;
    int64_t n = 7;

    fill(&f);
    assert_int_equal(sipas_unit_tree_new(NULL, &f.code, &f.parent, &f.opts, &tree, NULL), SIPAS_OK);
    for (int64_t unit = -2; unit <= N; unit += N + 2) {
        assert_null(sipas_unit_tree_get_code(tree, unit));
        assert_null(sipas_unit_tree_get_name(tree, unit));
        assert_null(sipas_unit_tree_get_level(tree, unit));
        assert_null(sipas_unit_tree_get_class(tree, unit));
        assert_null(sipas_unit_tree_get_region(tree, unit));
        assert_int_equal(sipas_unit_tree_get_urban(tree, unit), -1);
        assert_int_equal(sipas_unit_tree_get_parent(tree, unit), -1);
        assert_int_equal(sipas_unit_tree_get_depth(tree, unit), -1);
        assert_true(sipas_unit_tree_get_hash(tree, unit) == 0);
        assert_null(sipas_unit_tree_get_children(tree, unit, &n));
        assert_int_equal(n, 0);
    }
    assert_null(sipas_unit_tree_get_measure_name(tree, -1));
    assert_int_equal(sipas_unit_tree_count(NULL), 0);
    assert_int_equal(sipas_unit_tree_count_measures(NULL), 0);
    assert_null(sipas_unit_tree_get_code(NULL, 0));
    assert_null(sipas_unit_tree_get_children(NULL, -1, &n));
    sipas_unit_tree_free(tree);
    sipas_unit_tree_free(NULL);
}

static void children_come_in_canonical_order(void **state)
{
    (void)state;
    fixture f;
    sipas_unit_tree *tree;
    const int64_t *child;
    int64_t n;
    static const int64_t preorder[] = {1, 4, 3, 6, 0, 5, 2, 7};
    char path[64];

    fill(&f);
    assert_int_equal(sipas_unit_tree_new(NULL, &f.code, &f.parent, &f.opts, &tree, NULL), SIPAS_OK);
    child = sipas_unit_tree_get_children(tree, -1, &n);
    assert_int_equal(n, 1);
    assert_int_equal(child[0], 1);
    child = sipas_unit_tree_get_children(tree, 3, &n);
    assert_int_equal(n, 2);
    assert_int_equal(child[0], 6);
    assert_int_equal(child[1], 0);
    assert_null(sipas_unit_tree_get_children(tree, 5, &n));
    assert_int_equal(n, 0);
    for (int64_t i = 0; i < N; i++) {
        assert_int_equal(tree->preorder[i], preorder[i]);
        assert_int_equal(tree->position[preorder[i]], i);
    }
    assert_int_equal(tree->end[4], 6);
    assert_int_equal(tree->end[1], N);
    assert_string_equal(sipas__unit_path(tree, 0, path, sizeof path), "VN/A/A01/A01b");
    assert_int_equal(tree->longest_path, 14);
    assert_string_equal(sipas__unit_path(tree, 0, path, 14), "VN/A/A01/A01b");
    assert_string_equal(sipas__unit_path(tree, 0, path, 13), "A/A01/A01b"); /* what fits of its end */
    assert_string_equal(sipas__unit_path(tree, 0, path, 3), "");
    sipas_unit_tree_free(tree);
}

static void hash_is_that_of_the_code_path(void **state)
{
    (void)state;
    fixture f;
    sipas_unit_tree *tree;
    const char *const path[] = {"VN", "A", "A01", "A01b"};
    uint64_t hash;

    fill(&f);
    assert_int_equal(sipas_unit_tree_new(NULL, &f.code, &f.parent, &f.opts, &tree, NULL), SIPAS_OK);
    assert_int_equal(sipas_code_hash(path, 4, &hash, NULL), SIPAS_OK);
    assert_true(hash == sipas_unit_tree_get_hash(tree, 0));
    assert_int_equal(sipas_code_hash(path, 1, &hash, NULL), SIPAS_OK);
    assert_true(hash == sipas_unit_tree_get_hash(tree, 1));
    sipas_unit_tree_free(tree);
}

static void levels_default_to_depth_and_parents_may_be_rows(void **state)
{
    (void)state;
    static const int32_t codes[] = {1, 1, 2, 1, 2, 10}, rows[] = {-1, 0, 0, 1, 1, -1};
    static const uint8_t valid[] = {0x3E};
    sipas_column c = sipas_column_i32(codes, 6), r = sipas_column_i32(rows, 6);
    sipas_unit_opts opts = SIPAS_UNIT_OPTS_INIT;
    sipas_unit_tree *tree;
    sipas_error err;
    int64_t unit, n;
    const char *const one[] = {"1"}, *const two[] = {"2"}, *const deep[] = {"1", "1", "2"},
                      *const absent[] = {"1", "3"};

    r.validity = valid; /* the first is missing: a root too */
    opts.parent_row = &r;
    assert_int_equal(sipas_unit_tree_new(NULL, &c, NULL, &opts, &tree, &err), SIPAS_OK);
    assert_string_equal(sipas_unit_tree_get_level(tree, 0), "0");
    assert_string_equal(sipas_unit_tree_get_level(tree, 4), "2");
    assert_string_equal(sipas_unit_tree_get_code(tree, 5), "10");
    assert_int_equal(sipas_unit_tree_get_children(tree, -1, &n)[1], 5); /* "1" before "10" */
    assert_int_equal(sipas_unit_tree_find(tree, one, 1, &unit, &err), SIPAS_OK);
    assert_int_equal(unit, 0); /* the root, though others have the code */
    assert_int_equal(sipas_unit_tree_find(tree, two, 1, &unit, &err), SIPAS_ERR_DUPLICATE);
    assert_int_equal(sipas_unit_tree_find(tree, deep, 3, &unit, &err), SIPAS_OK);
    assert_int_equal(unit, 4);
    assert_int_equal(sipas_unit_tree_find(tree, absent, 2, &unit, &err), SIPAS_ERR_NOT_FOUND);
    assert_string_equal(err.name, "3");
    assert_int_equal(sipas_unit_tree_find(tree, absent + 1, 1, &unit, &err), SIPAS_ERR_NOT_FOUND);
    assert_int_equal(sipas_unit_tree_find(tree, deep, 0, &unit, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_unit_tree_find(tree, NULL, 1, &unit, &err), SIPAS_ERR_ARGUMENT);
    sipas_unit_tree_free(tree);
}

static void finds_a_unique_code_anywhere(void **state)
{
    (void)state;
    fixture f;
    sipas_unit_tree *tree;
    const char *const path[] = {"A01b"};
    int64_t unit;

    fill(&f);
    assert_int_equal(sipas_unit_tree_new(NULL, &f.code, &f.parent, &f.opts, &tree, NULL), SIPAS_OK);
    assert_int_equal(sipas_unit_tree_find(tree, path, 1, &unit, NULL), SIPAS_OK);
    assert_int_equal(unit, 0);
    sipas_unit_tree_free(tree);
}

/* A tree of codes and parents that must fail. */
static void expect(const char *const *codes, const char *const *parents, int64_t n, sipas_status status, int64_t row,
                   const char *word)
{
    sipas_column c = sipas_column_code(codes, n), p = sipas_column_code(parents, n);
    sipas_unit_tree *tree = (sipas_unit_tree *)&c;
    sipas_error err;

    assert_int_equal(sipas_unit_tree_new(NULL, &c, &p, NULL, &tree, &err), status);
    assert_null(tree);
    assert_int_equal(err.status, status);
    assert_int_equal(err.row, row);
    if (!strstr(err.message, word)) fail_msg("\"%s\" does not say \"%s\"", err.message, word);
}

static void faults_are_named(void **state)
{
    (void)state;
    static const char *const two[] = {"a", "a"}, *const none[] = {NULL, NULL, NULL};
    static const char *const abc[] = {"a", "b", "c"}, *const cycle[] = {NULL, "c", "b"},
                             *const self[] = {NULL, "b", NULL};
    static const char *const orphan[] = {NULL, "a", "x"}, *const empty[] = {"a", ""}, *const hole[] = {"a", NULL};
    static const char *const bad[] = {"a", "\xC3"}, *const control[] = {"a", "b\t"};
    /* Two texts with one FNV-1a-64 hash. */
    static const char *const twins[] = {"8yn0iYCKYHlIj4-BwPqk", "GReLUrM4wMqfg9yzV3KQ"};

    expect(two, none, 2, SIPAS_ERR_DUPLICATE, 1, "\"a\"");
    expect(abc, cycle, 3, SIPAS_ERR_TREE, 1, "its own ancestor");
    expect(abc, self, 3, SIPAS_ERR_TREE, 1, "\"b\"");
    expect(abc, orphan, 3, SIPAS_ERR_TREE, 2, "(x) is not there");
    expect(empty, none, 2, SIPAS_ERR_VALUE, 1, "is empty");
    expect(hole, none, 2, SIPAS_ERR_MISSING, 1, "unit 1");
    expect(bad, none, 2, SIPAS_ERR_VALUE, 1, "UTF-8");
    expect(control, none, 2, SIPAS_ERR_VALUE, 1, "control");
    expect(twins, none, 2, SIPAS_ERR_DUPLICATE, 1, "one hash");
    expect(abc, none, 0, SIPAS_ERR_ARGUMENT, -1, "no units");
}

static void rows_of_parents_have_faults_too(void **state)
{
    (void)state;
    static const char *const codes[] = {"a", "b", "b", "x", "x"};
    static const int64_t beyond[] = {-1, 0, 7, -1, -1}, twins[] = {-1, 0, 0, 1, 2};
    static const double half[] = {-1, 0, 0.5, 0, 0};
    sipas_column c = sipas_column_code(codes, 5), r = sipas_column_i64(beyond, 5);
    sipas_unit_opts opts = SIPAS_UNIT_OPTS_INIT;
    sipas_unit_tree *tree;
    sipas_error err;

    opts.parent_row = &r;
    assert_int_equal(sipas_unit_tree_new(NULL, &c, NULL, &opts, &tree, &err), SIPAS_ERR_TREE);
    assert_int_equal(err.row, 2);
    r = sipas_column_i64(twins, 5); /* two "b", each with an "x" below: the fault is theirs, not the "x"s' */
    assert_int_equal(sipas_unit_tree_new(NULL, &c, NULL, &opts, &tree, &err), SIPAS_ERR_DUPLICATE);
    assert_int_equal(err.row, 2);
    assert_string_equal(err.name, "b");
    r = sipas_column_f64(half, 5);
    assert_int_equal(sipas_unit_tree_new(NULL, &c, NULL, &opts, &tree, &err), SIPAS_ERR_TYPE);
    assert_int_equal(err.row, 2);
    assert_int_equal(sipas_unit_tree_new(NULL, &c, &c, &opts, &tree, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_unit_tree_new(NULL, &c, NULL, NULL, &tree, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_unit_tree_new(NULL, NULL, &c, NULL, &tree, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_unit_tree_new(NULL, &c, &c, NULL, NULL, &err), SIPAS_ERR_ARGUMENT);
}

static void optional_columns_are_checked(void **state)
{
    (void)state;
    static const double with_nan[] = {10, 100, 40, (double)NAN, 60, 25, 20, 40},
                        negative[] = {10, 100, 40, 1, 60, 25, -20, 40};
    static const uint8_t two[] = {0, 0, 0, 2, 0, 0, 1, 0};
    static const char *const holes[] = {"commune", "country", "", "district", "p", "d", "c", "d"};
    fixture f;
    sipas_unit_tree *tree;
    sipas_error err;

    fill(&f);
    f.measures[0] = sipas_column_f64(with_nan, N);
    assert_int_equal(sipas_unit_tree_new(NULL, &f.code, &f.parent, &f.opts, &tree, &err), SIPAS_ERR_MISSING);
    assert_string_equal(err.name, "A01");
    assert_int_equal(err.column, 0);
    f.measures[0] = sipas_column_f64(negative, N);
    assert_int_equal(sipas_unit_tree_new(NULL, &f.code, &f.parent, &f.opts, &tree, &err), SIPAS_ERR_VALUE);
    assert_int_equal(err.row, 6);
    fill(&f);
    f.urban = sipas_column_u8(two, N);
    assert_int_equal(sipas_unit_tree_new(NULL, &f.code, &f.parent, &f.opts, &tree, &err), SIPAS_ERR_VALUE);
    assert_int_equal(err.row, 3);
    fill(&f);
    f.level = sipas_column_code(holes, N);
    assert_int_equal(sipas_unit_tree_new(NULL, &f.code, &f.parent, &f.opts, &tree, &err), SIPAS_ERR_MISSING);
    assert_int_equal(err.row, 2);
    fill(&f);
    f.name.n = 7;
    assert_int_equal(sipas_unit_tree_new(NULL, &f.code, &f.parent, &f.opts, &tree, &err), SIPAS_ERR_LENGTH);
    fill(&f);
    f.unit_class = sipas_column_u8(urban, N);
    assert_int_equal(sipas_unit_tree_new(NULL, &f.code, &f.parent, &f.opts, &tree, &err), SIPAS_ERR_TYPE);
    fill(&f);
    f.opts.measure_names = NULL;
    assert_int_equal(sipas_unit_tree_new(NULL, &f.code, &f.parent, &f.opts, &tree, &err), SIPAS_ERR_ARGUMENT);
    fill(&f);
    f.opts.struct_size = 0;
    assert_int_equal(sipas_unit_tree_new(NULL, &f.code, &f.parent, &f.opts, &tree, &err), SIPAS_ERR_OPTION);
}

static void a_permutation_of_the_rows_changes_only_numbers(void **state)
{
    (void)state;
    static const int order[N] = {5, 0, 7, 3, 1, 6, 2, 4};
    const char *codes[N] = {0}, *parents[N] = {0};
    sipas_column c = sipas_column_code(codes, N), p = sipas_column_code(parents, N);
    fixture f;
    sipas_unit_tree *tree, *other;

    for (int i = 0; i < N; i++) {
        codes[i] = code[order[i]];
        parents[i] = parent[order[i]];
    }
    fill(&f);
    assert_int_equal(sipas_unit_tree_new(NULL, &f.code, &f.parent, NULL, &tree, NULL), SIPAS_OK);
    assert_int_equal(sipas_unit_tree_new(NULL, &c, &p, NULL, &other, NULL), SIPAS_OK);
    for (int64_t i = 0; i < N; i++) {
        assert_string_equal(tree->code[tree->preorder[i]], other->code[other->preorder[i]]);
        assert_true(tree->hash[tree->preorder[i]] == other->hash[other->preorder[i]]);
        assert_int_equal(tree->end[tree->preorder[i]], other->end[other->preorder[i]]);
    }
    sipas_unit_tree_free(tree);
    sipas_unit_tree_free(other);
}

/* Descending by number, for things whose keys are equal. */
static int larger_first(const void *things, int64_t left, int64_t right)
{
    assert_ptr_equal(things, code);
    return (left < right) - (left > right);
}

static void sorting_is_stable_and_complete(void **state)
{
    (void)state;
    enum { MOST = 10000, ROOM = 2 * MOST };
    sipas__item *items = calloc(ROOM, sizeof *items);

    assert_non_null(items);
    for (int64_t n = 0; n <= MOST; n += n < 70 ? 1 : 993)
        for (int with_ties = 0; with_ties < 2; with_ties++) {
            for (int64_t i = 0; i < n; i++) {
                items[i].key = (uint64_t)(i * 7919 % 1301) << (i % 3 ? 50 : 3);
                items[i].index = i;
            }
            sipas__order_sort(items, items + MOST, n, with_ties ? larger_first : NULL, code);
            for (int64_t i = 1; i < n; i++) {
                assert_true(items[i - 1].key <= items[i].key);
                if (items[i - 1].key == items[i].key)
                    assert_true(with_ties ? items[i - 1].index > items[i].index : items[i - 1].index < items[i].index);
            }
        }
    free(items);
    assert_true(sipas__order_f64(-1.0) < sipas__order_f64(-0.5));
    assert_true(sipas__order_f64(-0.0) == sipas__order_f64(0.0));
    assert_true(sipas__order_f64(-5e-324) < sipas__order_f64(0.0));
    assert_true(sipas__order_f64(0.0) < sipas__order_f64(5e-324));
    assert_true(sipas__order_f64(1.0) < sipas__order_f64((double)INFINITY));
    assert_true(sipas__order_text("") < sipas__order_text("a"));
    assert_true(sipas__order_text("a") < sipas__order_text("a "));
    assert_true(sipas__order_text("z") < sipas__order_text("\xC4\x90")); /* bytes, not letters */
    assert_true(sipas__order_text("12345678") == sipas__order_text("123456789"));
}

/* Area units of 2023: 63 provinces, 705 districts, 10,598 communes (examples/data). */
static void the_units_of_viet_nam_load(void **state)
{
    (void)state;
    unit_table *units = unit_table_read("../examples/data/vietnam2023_units.csv");
    int64_t n, count[4] = {0}, without = 0;
    const int64_t *province;
    const char *const con_dao[] = {"VN", "77", "755"};
    int64_t unit;

    for (int64_t i = 0; i < units->n; i++) count[sipas_unit_tree_get_depth(units->tree, i)]++;
    assert_int_equal(count[0], 1);
    assert_int_equal(count[1], 63);
    assert_int_equal(count[2], 705);
    assert_int_equal(count[3], 10598);
    province = sipas_unit_tree_get_children(units->tree, sipas_unit_tree_get_children(units->tree, -1, &n)[0], &n);
    assert_int_equal(n, 63);
    assert_string_equal(sipas_unit_tree_get_name(units->tree, province[0]), "Hà Nội");
    for (int64_t i = 0; i < units->n; i++)
        if (sipas_unit_tree_get_depth(units->tree, i) == 2 && !sipas_unit_tree_get_children(units->tree, i, &n))
            without++;
    assert_int_equal(without, 5);
    assert_int_equal(sipas_unit_tree_find(units->tree, con_dao, 3, &unit, NULL), SIPAS_OK);
    assert_string_equal(sipas_unit_tree_get_name(units->tree, unit), "Côn Đảo");
    unit_table_free(units);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_what_it_is_given),
        cmocka_unit_test(answers_softly_out_of_range),
        cmocka_unit_test(children_come_in_canonical_order),
        cmocka_unit_test(hash_is_that_of_the_code_path),
        cmocka_unit_test(levels_default_to_depth_and_parents_may_be_rows),
        cmocka_unit_test(finds_a_unique_code_anywhere),
        cmocka_unit_test(faults_are_named),
        cmocka_unit_test(rows_of_parents_have_faults_too),
        cmocka_unit_test(optional_columns_are_checked),
        cmocka_unit_test(a_permutation_of_the_rows_changes_only_numbers),
        cmocka_unit_test(sorting_is_stable_and_complete),
        cmocka_unit_test(the_units_of_viet_nam_load),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

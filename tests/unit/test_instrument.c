/*
 * Instruments: the built-in ones node by node, the caller's own, and everything that is refused.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <sipas.h>

#include "data/instrument.h"

/* ---- built in ---- */

typedef struct expected_factor {
    const char *code;
    int64_t n_items;
} expected_factor;

static void check_builtin(const char *id, const expected_factor *factor, int64_t n_items)
{
    static const char *const aggregates[] = {"I.A",  "I.B",  "I.C",  "I.D", "II.A", "II.B",
                                             "II.C", "II.D", "II.E", "I",   "II",   "SIPAS"};
    const sipas_instrument *instrument = sipas_instrument_builtin(id);
    int64_t item = 0;

    assert_non_null(instrument);
    assert_string_equal(sipas_instrument_get_id(instrument), id);
    assert_true(strlen(sipas_instrument_get_source(instrument)) > 50);
    assert_int_equal(sipas_instrument_count_items(instrument), n_items);
    assert_int_equal(sipas_instrument_count_nodes(instrument), n_items + 12);
    for (int64_t f = 0; f < 9; f++) {
        for (int64_t k = 0; k < factor[f].n_items; k++, item++) {
            const sipas_node *node = sipas_instrument_get_node(instrument, item);
            char code[16];

            (void)snprintf(code, sizeof code, "q%02d", (int)item + 1);
            assert_string_equal(node->code, code);
            assert_string_equal(node->parent, factor[f].code);
            assert_int_equal(node->kind, SIPAS_NODE_ITEM);
            assert_int_equal(node->type, SIPAS_ITEM_LIKERT);
            assert_int_equal(node->role, SIPAS_ROLE_SATISFACTION);
            assert_int_equal(node->levels, 5);
            assert_int_equal(node->first_code, 1);
            assert_int_equal(node->reversed, 0);
            assert_int_equal(node->n_dont_know + node->n_not_applicable, 0);
        }
    }
    assert_int_equal(item, n_items);
    for (int64_t i = 0; i < 12; i++) {
        const sipas_node *node = sipas_instrument_get_node(instrument, n_items + i);

        assert_string_equal(node->code, aggregates[i]);
        assert_int_equal(node->kind, i < 9 ? SIPAS_NODE_FACTOR : i < 11 ? SIPAS_NODE_BLOCK : SIPAS_NODE_INDEX);
        assert_int_equal(node->type | node->role | node->levels | node->first_code, 0);
    }
}

static void builtins_have_the_published_tree(void **state)
{
    static const expected_factor of_2023[9] = {{"I.A", 2},  {"I.B", 2},  {"I.C", 9},  {"I.D", 10}, {"II.A", 3},
                                               {"II.B", 4}, {"II.C", 3}, {"II.D", 3}, {"II.E", 3}};
    static const expected_factor of_2022[9] = {{"I.A", 2},  {"I.B", 2},  {"I.C", 8},  {"I.D", 2}, {"II.A", 4},
                                               {"II.B", 4}, {"II.C", 5}, {"II.D", 3}, {"II.E", 3}};

    (void)state;
    check_builtin("1001/2023", of_2023, 39);
    check_builtin("2022", of_2022, 33);
}

/* Every parent position is that of the parent's code and lies behind its children; both names are there. */
static void builtins_are_in_order(void **state)
{
    (void)state;
    assert_int_equal(sipas_instrument_count_builtin(), 2);
    for (int64_t k = 0; k < sipas_instrument_count_builtin(); k++) {
        const sipas_instrument *instrument = sipas_instrument_builtin(sipas_instrument_get_builtin_id(k));
        const int64_t n = sipas_instrument_count_nodes(instrument);

        for (int64_t i = 0; i < n; i++) {
            const sipas_node *node = sipas_instrument_get_node(instrument, i);
            const int64_t parent = sipas_instrument_get_parent(instrument, i);
            int64_t found = -1;

            assert_int_equal(sipas_instrument_find(instrument, node->code, &found, NULL), SIPAS_OK);
            assert_int_equal(found, i);
            assert_true(node->name && strlen(node->name) > 2);
            assert_true(node->name_vi && strlen(node->name_vi) > 5);
            if (i == n - 1) {
                assert_null(node->parent);
                assert_int_equal(parent, -1);
            } else {
                assert_true(parent > i);
                assert_string_equal(node->parent, sipas_instrument_get_node(instrument, parent)->code);
            }
        }
    }
}

/* A built-in instrument passes the checks that a caller's has to pass, and keeps its order. */
static void builtins_pass_their_own_checks(void **state)
{
    (void)state;
    for (int64_t k = 0; k < sipas_instrument_count_builtin(); k++) {
        const sipas_instrument *builtin = sipas_instrument_builtin(sipas_instrument_get_builtin_id(k));
        const int64_t n = sipas_instrument_count_nodes(builtin);
        sipas_instrument *copy = NULL;

        assert_int_equal(sipas_instrument_new(NULL, "copy", NULL, builtin->nodes, n, &copy, NULL), SIPAS_OK);
        assert_string_equal(sipas_instrument_get_source(copy), "");
        for (int64_t i = 0; i < n; i++) {
            assert_string_equal(copy->nodes[i].code, builtin->nodes[i].code);
            assert_string_equal(copy->nodes[i].name_vi, builtin->nodes[i].name_vi);
            assert_int_equal(copy->parent[i], builtin->parent[i]);
        }
        sipas_instrument_free(copy);
    }
}

static void unknown_builtins_are_null(void **state)
{
    (void)state;
    assert_null(sipas_instrument_builtin("1001"));
    assert_null(sipas_instrument_builtin(NULL));
    assert_null(sipas_instrument_get_builtin_id(-1));
    assert_null(sipas_instrument_get_builtin_id(2));
}

static void freeing_what_is_not_owned_does_nothing(void **state)
{
    const sipas_instrument *builtin = sipas_instrument_builtin("2022");

    (void)state;
    sipas_instrument_free(NULL);
    sipas_instrument_free((sipas_instrument *)(uintptr_t)builtin);
    assert_string_equal(sipas_instrument_get_id(builtin), "2022");
}

/* ---- the caller's ---- */

static sipas_node item(const char *code, const char *parent)
{
    sipas_node node = {code, parent, NULL, NULL, 0.0, SIPAS_NODE_ITEM, SIPAS_ITEM_LIKERT, SIPAS_ROLE_SATISFACTION,
                       5,    1,      0,    0,    0,   {0, 0, 0, 0},    {0, 0, 0, 0}};

    return node;
}

static sipas_node aggregate(const char *code, const char *parent, int32_t kind)
{
    sipas_node node = {code, parent, NULL, NULL, 0.0, kind, 0, 0, 0, 0, 0, 0, 0, {0, 0, 0, 0}, {0, 0, 0, 0}};

    return node;
}

static void check_order(const sipas_node *nodes, int64_t n, const char *const *order)
{
    sipas_instrument *instrument = NULL;
    sipas_error err;

    if (sipas_instrument_new(NULL, "own", "mine", nodes, n, &instrument, &err) < 0) fail_msg("%s", err.message);
    assert_int_equal(sipas_instrument_count_nodes(instrument), n);
    for (int64_t i = 0; i < n; i++) {
        const sipas_node *node = sipas_instrument_get_node(instrument, i);
        const int64_t parent = sipas_instrument_get_parent(instrument, i);

        assert_string_equal(node->code, order[i]);
        assert_true(i == n - 1 ? parent == -1 : parent > i);
        if (parent >= 0) assert_string_equal(node->parent, order[parent]);
    }
    sipas_instrument_free(instrument);
}

static void order_is_bottom_up_and_otherwise_as_given(void **state)
{
    const sipas_node top_down[] = {aggregate("R", NULL, SIPAS_NODE_INDEX),
                                   aggregate("B", "R", SIPAS_NODE_BLOCK),
                                   aggregate("F", "B", SIPAS_NODE_FACTOR),
                                   item("x", "F"),
                                   aggregate("G", "R", SIPAS_NODE_FACTOR),
                                   item("y", "G"),
                                   item("z", "R")};
    const char *const from_top_down[] = {"x", "y", "z", "F", "B", "G", "R"};
    const sipas_node bottom_up[] = {item("x", "F"),
                                    item("y", "G"),
                                    item("z", "R"),
                                    aggregate("F", "B", SIPAS_NODE_FACTOR),
                                    aggregate("G", "R", SIPAS_NODE_FACTOR),
                                    aggregate("B", "R", SIPAS_NODE_BLOCK),
                                    aggregate("R", NULL, SIPAS_NODE_INDEX)};
    const char *const from_bottom_up[] = {"x", "y", "z", "F", "G", "B", "R"};
    const sipas_node alone[] = {item("x", NULL)};
    const char *const from_alone[] = {"x"};

    (void)state;
    check_order(top_down, 7, from_top_down);
    check_order(bottom_up, 7, from_bottom_up);
    check_order(alone, 1, from_alone);
}

/* A chain and a comb of many nodes: no recursion, and each node in its place. */
static void deep_trees_are_no_trouble(void **state)
{
    enum { DEPTH = 20000 };
    static sipas_node nodes[DEPTH + 1];
    static char codes[DEPTH][16];
    sipas_instrument *instrument = NULL;

    (void)state;
    for (int i = 0; i < DEPTH; i++) {
        (void)snprintf(codes[i], sizeof codes[i], "n%d", i);
        nodes[i] = aggregate(codes[i], i ? codes[i - 1] : NULL, SIPAS_NODE_CRITERION);
    }
    nodes[DEPTH] = item("x", codes[DEPTH - 1]);
    assert_int_equal(sipas_instrument_new(NULL, "chain", NULL, nodes, DEPTH + 1, &instrument, NULL), SIPAS_OK);
    for (int i = 0; i <= DEPTH; i++)
        assert_string_equal(sipas_instrument_get_node(instrument, i)->code, i == 0 ? "x" : codes[DEPTH - i]);
    sipas_instrument_free(instrument);
}

static void texts_are_copied(void **state)
{
    char id[] = "own", code[] = "x", root[] = "R", parent[] = "R", name[] = "Name", name_vi[] = "Tên";
    sipas_node nodes[] = {item(code, parent), aggregate(root, NULL, SIPAS_NODE_INDEX)};
    sipas_instrument *instrument = NULL;
    const sipas_node *node;

    (void)state;
    nodes[0].name = name;
    nodes[0].name_vi = name_vi;
    nodes[0].weight = 2.5;
    nodes[0].n_not_applicable = 2;
    nodes[0].not_applicable[0] = 98;
    nodes[0].not_applicable[1] = -1;
    nodes[0].n_dont_know = 1;
    nodes[0].dont_know[0] = 99;
    assert_int_equal(sipas_instrument_new(NULL, id, NULL, nodes, 2, &instrument, NULL), SIPAS_OK);
    memset(id, '?', sizeof id - 1);
    memset(code, '?', sizeof code - 1);
    memset(root, '?', sizeof root - 1);
    memset(parent, '?', sizeof parent - 1);
    memset(name, '?', sizeof name - 1);
    memset(name_vi, '?', sizeof name_vi - 1);
    node = sipas_instrument_get_node(instrument, 0);
    assert_string_equal(sipas_instrument_get_id(instrument), "own");
    assert_string_equal(node->code, "x");
    assert_string_equal(node->parent, "R");
    assert_string_equal(node->name, "Name");
    assert_string_equal(node->name_vi, "Tên");
    assert_null(sipas_instrument_get_node(instrument, 1)->name);
    assert_true(node->weight == 2.5);
    assert_int_equal(node->not_applicable[1], -1);
    sipas_instrument_free(instrument);
}

/* ---- refusals ---- */

static void refuse(const sipas_node *nodes, int64_t n, sipas_status status, int64_t row, const char *name,
                   const char *words)
{
    sipas_instrument *instrument = (sipas_instrument *)(uintptr_t)&status;
    sipas_error err;

    assert_int_equal(sipas_instrument_new(NULL, "bad", NULL, nodes, n, &instrument, NULL), status);
    assert_null(instrument);
    assert_int_equal(sipas_instrument_new(NULL, "bad", NULL, nodes, n, &instrument, &err), status);
    assert_int_equal(err.status, status);
    assert_int_equal(err.row, row);
    assert_string_equal(err.name, name);
    if (!strstr(err.message, words)) fail_msg("\"%s\" does not say \"%s\"", err.message, words);
}

static void bad_arguments_are_refused(void **state)
{
    const sipas_node good[] = {item("x", NULL)};
    const sipas_node no_code[] = {item("x", "R"), item(NULL, "R"), aggregate("R", NULL, SIPAS_NODE_INDEX)};
    const sipas_node empty_code[] = {item("", NULL)};
    sipas_instrument *instrument = NULL;
    sipas_error err;

    (void)state;
    assert_int_equal(sipas_instrument_new(NULL, NULL, NULL, good, 1, &instrument, &err), SIPAS_ERR_ARGUMENT);
    assert_string_equal(err.name, "id");
    assert_int_equal(sipas_instrument_new(NULL, "i", NULL, NULL, 1, &instrument, &err), SIPAS_ERR_ARGUMENT);
    assert_string_equal(err.name, "nodes");
    assert_int_equal(sipas_instrument_new(NULL, "i", NULL, good, 0, &instrument, &err), SIPAS_ERR_ARGUMENT);
    assert_string_equal(err.name, "n");
    assert_int_equal(sipas_instrument_new(NULL, "i", NULL, good, 1, NULL, &err), SIPAS_ERR_ARGUMENT);
    assert_string_equal(err.name, "out");
    refuse(no_code, 3, SIPAS_ERR_ARGUMENT, 1, "code", "node 1 has no code");
    refuse(empty_code, 1, SIPAS_ERR_ARGUMENT, 0, "code", "node 0 has no code");
}

static void bad_values_are_refused(void **state)
{
    const struct {
        const char *words;
        int64_t offset;
        int32_t value, type;
    } fault[] = {
        {"kind is 0", offsetof(sipas_node, kind), 0, SIPAS_ITEM_LIKERT},
        {"kind is 6", offsetof(sipas_node, kind), 6, SIPAS_ITEM_LIKERT},
        {"type is 0", offsetof(sipas_node, type), 0, 0},
        {"type is 5", offsetof(sipas_node, type), 5, 5},
        {"role is 0", offsetof(sipas_node, role), 0, SIPAS_ITEM_LIKERT},
        {"role is 4", offsetof(sipas_node, role), 4, SIPAS_ITEM_SINGLE},
        {"levels is 1", offsetof(sipas_node, levels), 1, SIPAS_ITEM_LIKERT},
        {"levels is 101", offsetof(sipas_node, levels), 101, SIPAS_ITEM_LIKERT},
        {"levels is -2147483648", offsetof(sipas_node, levels), INT32_MIN, SIPAS_ITEM_LIKERT},
        {"levels is 3", offsetof(sipas_node, levels), 3, SIPAS_ITEM_YES_NO},
        {"first_code is 32764", offsetof(sipas_node, first_code), 32764, SIPAS_ITEM_LIKERT},
        {"first_code is -32769", offsetof(sipas_node, first_code), -32769, SIPAS_ITEM_LIKERT},
        {"reversed is 2", offsetof(sipas_node, reversed), 2, SIPAS_ITEM_LIKERT},
        {"reversed is -1", offsetof(sipas_node, reversed), -1, SIPAS_ITEM_LIKERT},
        {"n_dont_know is 5", offsetof(sipas_node, n_dont_know), 5, SIPAS_ITEM_LIKERT},
        {"n_not_applicable is -1", offsetof(sipas_node, n_not_applicable), -1, SIPAS_ITEM_LIKERT},
    };

    (void)state;
    for (size_t k = 0; k < sizeof fault / sizeof fault[0]; k++) {
        sipas_node nodes[] = {item("a", "R"), item("bad", "R"), aggregate("R", NULL, SIPAS_NODE_INDEX)};

        nodes[1].type = fault[k].type;
        memcpy((char *)&nodes[1] + fault[k].offset, &fault[k].value, sizeof fault[k].value);
        refuse(nodes, 3, SIPAS_ERR_VALUE, 1, "bad", fault[k].words);
    }
}

static void bad_weights_and_codes_are_refused(void **state)
{
    const double weights[] = {-1.0, (double)NAN, (double)INFINITY};
    sipas_node nodes[] = {item("bad", "R"), aggregate("R", NULL, SIPAS_NODE_INDEX)};

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        nodes[0].weight = weights[k];
        refuse(nodes, 2, SIPAS_ERR_VALUE, 0, "bad", "weight is");
    }
    nodes[0].weight = 0.0;
    nodes[0].n_dont_know = 1;
    nodes[0].dont_know[0] = 5;
    refuse(nodes, 2, SIPAS_ERR_VALUE, 0, "bad", "code 5 is both don't know and a valid answer");
    nodes[0].dont_know[0] = 9;
    nodes[0].n_not_applicable = 4;
    nodes[0].not_applicable[3] = 9;
    refuse(nodes, 2, SIPAS_ERR_VALUE, 0, "bad", "code 9 is both don't know and not applicable");
    nodes[0].not_applicable[3] = 1;
    refuse(nodes, 2, SIPAS_ERR_VALUE, 0, "bad", "code 1 is both not applicable and a valid answer");
    nodes[0] = item("b\xff", "R");
    refuse(nodes, 2, SIPAS_ERR_VALUE, 0, "b\xff", "is not UTF-8");
}

static void what_is_an_items_own_is_refused_elsewhere(void **state)
{
    const struct {
        const char *words;
        int64_t offset;
    } fault[] = {
        {"type is 1", offsetof(sipas_node, type)},
        {"role is 1", offsetof(sipas_node, role)},
        {"levels is 1", offsetof(sipas_node, levels)},
        {"first_code is 1", offsetof(sipas_node, first_code)},
        {"reversed is 1", offsetof(sipas_node, reversed)},
        {"n_dont_know is 1", offsetof(sipas_node, n_dont_know)},
        {"n_not_applicable is 1", offsetof(sipas_node, n_not_applicable)},
    };
    const int32_t one = 1;

    (void)state;
    for (size_t k = 0; k < sizeof fault / sizeof fault[0]; k++) {
        sipas_node nodes[] = {item("a", "R"), aggregate("R", NULL, SIPAS_NODE_INDEX)};

        memcpy((char *)&nodes[1] + fault[k].offset, &one, sizeof one);
        refuse(nodes, 2, SIPAS_ERR_VALUE, 1, "R", fault[k].words);
        refuse(nodes, 2, SIPAS_ERR_VALUE, 1, "R", "the node is no item");
    }
}

static void bad_trees_are_refused(void **state)
{
    const sipas_node twice[] = {item("x", "R"), item("y", "R"), item("x", "R"), aggregate("R", NULL, SIPAS_NODE_INDEX)};
    const sipas_node orphan[] = {item("x", "Q"), aggregate("R", NULL, SIPAS_NODE_INDEX)};
    const sipas_node two_roots[] = {item("x", "R"), aggregate("R", NULL, SIPAS_NODE_INDEX), item("y", NULL)};
    const sipas_node no_root[] = {item("x", "A"), aggregate("A", "B", SIPAS_NODE_FACTOR),
                                  aggregate("B", "A", SIPAS_NODE_FACTOR)};
    const sipas_node beside[] = {item("x", "R"), aggregate("R", NULL, SIPAS_NODE_INDEX), item("y", "A"),
                                 aggregate("A", "A", SIPAS_NODE_FACTOR)};
    const sipas_node bearing[] = {item("x", "R"), item("y", "x"), aggregate("R", NULL, SIPAS_NODE_INDEX)};
    const sipas_node barren[] = {item("x", "R"), aggregate("A", "R", SIPAS_NODE_FACTOR),
                                 aggregate("R", NULL, SIPAS_NODE_INDEX)};

    (void)state;
    refuse(twice, 4, SIPAS_ERR_DUPLICATE, 2, "x", "node \"x\" is given twice");
    refuse(orphan, 2, SIPAS_ERR_TREE, 0, "x", "its parent \"Q\" is not there");
    refuse(two_roots, 3, SIPAS_ERR_TREE, 2, "y", "neither has \"R\"");
    refuse(no_root, 3, SIPAS_ERR_TREE, 1, "A", "is its own ancestor");
    refuse(beside, 4, SIPAS_ERR_TREE, 3, "A", "is its own ancestor");
    refuse(bearing, 3, SIPAS_ERR_TREE, 0, "x", "is an item and has children");
    refuse(barren, 3, SIPAS_ERR_TREE, 1, "A", "is no item and has no children");
}

/* ---- reading ---- */

static void reading_beyond_the_end_is_harmless(void **state)
{
    const sipas_instrument *instrument = sipas_instrument_builtin("1001/2023");
    int64_t found = 77;
    sipas_error err;

    (void)state;
    assert_null(sipas_instrument_get_node(instrument, -1));
    assert_null(sipas_instrument_get_node(instrument, 51));
    assert_int_equal(sipas_instrument_get_parent(instrument, -1), -1);
    assert_int_equal(sipas_instrument_get_parent(instrument, 51), -1);
    assert_int_equal(sipas_instrument_find(instrument, "q40", &found, &err), SIPAS_ERR_NOT_FOUND);
    assert_int_equal(found, 77);
    assert_string_equal(err.name, "q40");
    assert_non_null(strstr(err.message, "q40"));
    assert_int_equal(sipas_instrument_find(NULL, "q40", &found, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_instrument_find(instrument, NULL, &found, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_instrument_find(instrument, "q01", NULL, NULL), SIPAS_ERR_ARGUMENT);
    assert_null(sipas_instrument_get_node(NULL, 0));
    assert_null(sipas_instrument_get_id(NULL));
    assert_null(sipas_instrument_get_source(NULL));
    assert_int_equal(sipas_instrument_count_nodes(NULL), 0);
    assert_int_equal(sipas_instrument_count_items(NULL), 0);
    assert_int_equal(sipas_instrument_get_parent(NULL, 0), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(builtins_have_the_published_tree),
        cmocka_unit_test(builtins_are_in_order),
        cmocka_unit_test(builtins_pass_their_own_checks),
        cmocka_unit_test(unknown_builtins_are_null),
        cmocka_unit_test(freeing_what_is_not_owned_does_nothing),
        cmocka_unit_test(order_is_bottom_up_and_otherwise_as_given),
        cmocka_unit_test(deep_trees_are_no_trouble),
        cmocka_unit_test(texts_are_copied),
        cmocka_unit_test(bad_arguments_are_refused),
        cmocka_unit_test(bad_values_are_refused),
        cmocka_unit_test(bad_weights_and_codes_are_refused),
        cmocka_unit_test(what_is_an_items_own_is_refused_elsewhere),
        cmocka_unit_test(bad_trees_are_refused),
        cmocka_unit_test(reading_beyond_the_end_is_harmless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

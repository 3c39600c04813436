/*
 * Instruments as a program meets them: walking the built-in ones, changing one into one's own, reading the errors.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sipas.h>

enum { MOST = 64 };

/* Number of items below each node, by one pass from front to back: what the order of the nodes is for. */
static void count_items_below(const sipas_instrument *instrument, int64_t *below)
{
    const int64_t n = sipas_instrument_count_nodes(instrument);

    memset(below, 0, (size_t)n * sizeof *below);
    for (int64_t i = 0; i < n; i++) {
        const int64_t parent = sipas_instrument_get_parent(instrument, i);

        if (i < sipas_instrument_count_items(instrument)) below[i] = 1;
        if (parent >= 0) below[parent] += below[i];
    }
}

static int64_t below_of(const sipas_instrument *instrument, const int64_t *below, const char *code)
{
    int64_t at = -1;

    assert_int_equal(sipas_instrument_find(instrument, code, &at, NULL), SIPAS_OK);
    return below[at];
}

/* 23 policy and 16 service criteria in the form of 2023; 14 and 19 in that of 2022. */
static void blocks_have_their_criteria(void **state)
{
    const sipas_instrument *of_2023 = sipas_instrument_builtin("1001/2023"),
                           *of_2022 = sipas_instrument_builtin("2022");
    int64_t below[MOST];

    (void)state;
    count_items_below(of_2023, below);
    assert_int_equal(below_of(of_2023, below, "I"), 23);
    assert_int_equal(below_of(of_2023, below, "II"), 16);
    assert_int_equal(below_of(of_2023, below, "I.D"), 10);
    assert_int_equal(below_of(of_2023, below, "SIPAS"), 39);
    count_items_below(of_2022, below);
    assert_int_equal(below_of(of_2022, below, "I"), 14);
    assert_int_equal(below_of(of_2022, below, "II"), 19);
    assert_int_equal(below_of(of_2022, below, "II.C"), 5);
    assert_int_equal(below_of(of_2022, below, "SIPAS"), 33);
}

/* The codes that a node declares, by hand; nothing of what is no item. */
static void answers_are_those_declared(void **state)
{
    static const int64_t likert[] = {1, 2, 3, 4, 5}, asked[] = {0, 1, 8, 98, 99};
    const sipas_instrument *form = sipas_instrument_builtin("1001/2023");
    sipas_node node = {.code = "q",
                       .kind = SIPAS_NODE_ITEM,
                       .type = SIPAS_ITEM_YES_NO,
                       .role = SIPAS_ROLE_JUDGEMENT,
                       .levels = 2,
                       .n_dont_know = 1,
                       .n_not_applicable = 2,
                       .dont_know = {8},
                       .not_applicable = {98, 99}};
    sipas_instrument *own;
    int64_t codes[108];

    (void)state;
    assert_int_equal(sipas_instrument_copy_answers(form, 0, codes), 5);
    assert_memory_equal(codes, likert, sizeof likert);
    assert_int_equal(sipas_instrument_copy_answers(form, sipas_instrument_count_items(form), codes), 0);
    assert_int_equal(sipas_instrument_copy_answers(form, -1, codes), 0);
    assert_int_equal(sipas_instrument_new(NULL, "own", NULL, &node, 1, &own, NULL), SIPAS_OK);
    assert_int_equal(sipas_instrument_copy_answers(own, 0, codes), 5);
    assert_memory_equal(codes, asked, sizeof asked);
    sipas_instrument_free(own);
}

static void built_in_instruments_can_be_listed(void **state)
{
    (void)state;
    for (int64_t i = 0; i < sipas_instrument_count_builtin(); i++) {
        const char *id = sipas_instrument_get_builtin_id(i);
        const sipas_instrument *instrument = sipas_instrument_builtin(id);

        assert_string_equal(sipas_instrument_get_id(instrument), id);
        assert_true(strlen(sipas_instrument_get_source(instrument)) > 0);
    }
}

/* A province adds two questions of its own below II.A, and weights its blocks. */
static void a_built_in_instrument_can_be_extended(void **state)
{
    const sipas_instrument *base = sipas_instrument_builtin("1001/2023");
    const int64_t n = sipas_instrument_count_nodes(base);
    sipas_node nodes[MOST];
    sipas_instrument *own = NULL;
    int64_t below[MOST], at;
    sipas_error err;

    (void)state;
    for (int64_t i = 0; i < n; i++) nodes[i] = *sipas_instrument_get_node(base, i);
    for (int64_t i = n; i < n + 2; i++) {
        nodes[i] = nodes[23]; /* q24, the first of II.A */
        nodes[i].code = i == n ? "q40" : "q41";
        nodes[i].name = "Parking";
        nodes[i].name_vi = "Chỗ để xe";
        nodes[i].n_not_applicable = 1;
        nodes[i].not_applicable[0] = 9;
    }
    assert_int_equal(sipas_instrument_find(base, "I", &at, NULL), SIPAS_OK);
    nodes[at].weight = 0.6;
    nodes[at + 1].weight = 0.4;
    if (sipas_instrument_new(NULL, "own/2025", "an example", nodes, n + 2, &own, &err) < 0) fail_msg("%s", err.message);
    count_items_below(own, below);
    assert_int_equal(sipas_instrument_count_items(own), 41);
    assert_int_equal(below_of(own, below, "II.A"), 5);
    assert_int_equal(below_of(own, below, "SIPAS"), 41);
    assert_string_equal(sipas_instrument_get_node(own, 40)->name_vi, "Chỗ để xe");
    assert_int_equal(sipas_instrument_get_node(own, 40)->not_applicable[0], 9);
    sipas_instrument_free(own);

    nodes[n + 1].code = "q40";
    assert_int_equal(sipas_instrument_new(NULL, "own/2025", NULL, nodes, n + 2, &own, &err), SIPAS_ERR_DUPLICATE);
    assert_null(own);
    assert_string_equal(err.message, "node \"q40\" is given twice");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_have_their_criteria),
        cmocka_unit_test(answers_are_those_declared),
        cmocka_unit_test(built_in_instruments_can_be_listed),
        cmocka_unit_test(a_built_in_instrument_can_be_extended),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

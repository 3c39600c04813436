/*
 * Running out of memory: contexts, instruments, trees and frames.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "oom_survey.h"

static void context_itself(void **state)
{
    failing_alloc memory = {0, 0, 0, 0, 0, 0};
    sipas_ctx_opts opts = SIPAS_CTX_OPTS_INIT;
    sipas_ctx *ctx = POISON(sipas_ctx, &memory);
    sipas_error err;

    (void)state;
    opts.alloc = failing_alloc_take;
    opts.free = failing_alloc_give;
    opts.alloc_user = &memory;
    assert_int_equal(sipas_ctx_new(&opts, &ctx, &err), SIPAS_ERR_MEMORY);
    assert_int_equal(err.status, SIPAS_ERR_MEMORY);
    assert_null(ctx);
    assert_int_equal(memory.held, 0);
    assert_int_equal(sipas_ctx_new(&opts, &ctx, &err), SIPAS_OK);
    sipas_ctx_free(ctx);
    assert_int_equal(memory.held, 0);
}

static void run_instrument(attempt *a)
{
    const sipas_instrument *builtin = sipas_instrument_builtin("2022");
    sipas_node nodes[45];
    sipas_instrument *out = POISON(sipas_instrument, a);

    for (int64_t i = 0; i < 45; i++) nodes[i] = *sipas_instrument_get_node(builtin, 44 - i);
    TRY_FOR(a, out, sipas_instrument_new(a->ctx, "own", "a test", nodes, 45, &out, &a->err));
    sipas_instrument_free(out);
}

static void instrument_new(void **state)
{
    (void)state;
    fail_each(run_instrument);
}

static void run_unit_tree(attempt *a)
{
    const sipas_column code = sipas_column_code(unit_code, UNITS), parent = sipas_column_code(unit_parent, UNITS),
                       level = sipas_column_code(unit_level, UNITS), people = sipas_column_f64(unit_people, UNITS);
    static const char *const names[] = {"people"};
    sipas_unit_opts opts = SIPAS_UNIT_OPTS_INIT;
    sipas_unit_tree *out = POISON(sipas_unit_tree, a);

    opts.level = opts.name = opts.unit_class = opts.region = &level;
    opts.measures = &people;
    opts.measure_names = names;
    opts.n_measures = 1;
    TRY_FOR(a, out, sipas_unit_tree_new(a->ctx, &code, &parent, &opts, &out, &a->err));
    sipas_unit_tree_free(out);
}

static void unit_tree_new(void **state)
{
    (void)state;
    fail_each(run_unit_tree);
}

static void run_frame_summary(attempt *a)
{
    sipas_unit_tree *tree = make_tree(a);
    sipas_table *out = POISON(sipas_table, a);

    TRY_FOR(a, out, sipas_frame_summary(a->ctx, tree, &out, &a->err));
    sipas_table_free(out);
    sipas_unit_tree_free(tree);
}

static void run_frame_impute(attempt *a)
{
    sipas_unit_tree *tree = make_tree(a);
    sipas_table *out = POISON(sipas_table, a);

    TRY_FOR(a, out, sipas_frame_impute(a->ctx, tree, 0, NULL, &out, &a->err));
    sipas_table_free(out);
    sipas_unit_tree_free(tree);
}

static void run_frame_expand(attempt *a)
{
    sipas_unit_tree *tree = make_tree(a), *out = POISON(sipas_unit_tree, a);
    const sipas_column villages = sipas_column_i64(unit_villages, UNITS);

    TRY_FOR(a, out, sipas_frame_expand(a->ctx, tree, &villages, "village", NULL, &out, &a->err));
    sipas_unit_tree_free(out);
    sipas_unit_tree_free(tree);
}

static void frames(void **state)
{
    (void)state;
    fail_each(run_frame_summary);
    fail_each(run_frame_impute);
    fail_each(run_frame_expand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(context_itself), cmocka_unit_test(instrument_new),
                                       cmocka_unit_test(unit_tree_new), cmocka_unit_test(frames)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

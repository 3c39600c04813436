/*
 * Running out of memory: draws.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "oom_survey.h"

static void run_draw(attempt *a)
{
    static const char *const groups[] = {"ward", "commune"};
    static const int64_t n[] = {2, 2};
    const sipas_column code = sipas_column_code(unit_code + 4, UNITS - 4),
                       size = sipas_column_f64(unit_people + 4, UNITS - 4),
                       class_of = sipas_column_code(unit_class + 4, UNITS - 4),
                       quota_class = sipas_column_code(groups, 2), quota_n = sipas_column_i64(n, 2);
    sipas_draw_opts opts = SIPAS_DRAW_OPTS_INIT;
    sipas_table *out = POISON(sipas_table, a);

    opts.method = SIPAS_DRAW_PPS_SYSTEMATIC;
    opts.has_seed = 1;
    opts.seed = 2023;
    opts.reserve = 1;
    opts.size = &size;
    opts.strata = &class_of;
    opts.order_key = &size;
    opts.quota_stratum = &quota_class;
    opts.quota_n = &quota_n;
    TRY_FOR(a, out, sipas_draw(a->ctx, &code, &opts, &out, &a->err));
    sipas_table_free(out);
}

static void run_draw_plan(attempt *a)
{
    sipas_unit_tree *tree = make_tree(a);
    sipas_draw_stage stages[2] = {SIPAS_DRAW_STAGE_INIT, SIPAS_DRAW_STAGE_INIT};
    sipas_draw_plan_opts opts = SIPAS_DRAW_PLAN_OPTS_INIT;
    sipas_table *out = POISON(sipas_table, a);

    stages[0].level = "province";
    stages[0].method = SIPAS_DRAW_PPS_SYSTEMATIC;
    stages[0].measure = "people";
    stages[0].n = 2;
    stages[1].level = "commune";
    stages[1].n = 1;
    stages[1].reserve = 1;
    opts.has_seed = 1;
    opts.seed = 2023;
    TRY_FOR(a, out, sipas_draw_plan(a->ctx, tree, stages, 2, &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_unit_tree_free(tree);
}

static void draws(void **state)
{
    (void)state;
    fail_each(run_draw);
    fail_each(run_draw_plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(draws)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

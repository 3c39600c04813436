/*
 * Running out of memory: splits, strata and plans.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "oom_survey.h"

static void run_allocate(attempt *a)
{
    const sipas_column people = sipas_column_f64(unit_people, UNITS), code = sipas_column_code(unit_code, UNITS);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_table *out = POISON(sipas_table, a);

    opts.code = &code;
    opts.lower_value = 2;
    TRY_FOR(a, out, sipas_allocate(a->ctx, 60, &people, &opts, &out, &a->err));
    sipas_table_free(out);
}

static void run_allocate_neyman(attempt *a)
{
    const sipas_column people = sipas_column_f64(unit_people, UNITS), sd = sipas_column_f64(score, UNITS),
                       code = sipas_column_code(unit_code, UNITS);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_table *out = POISON(sipas_table, a);

    opts.method = SIPAS_ALLOCATE_NEYMAN;
    opts.code = &code;
    opts.sd = &sd;
    TRY_FOR(a, out, sipas_allocate(a->ctx, 60, &people, &opts, &out, &a->err));
    sipas_table_free(out);
}

static void run_allocate_bankier(attempt *a)
{
    static const int8_t mean[UNITS] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
                        importance[UNITS] = {4, 3, 2, 1, 4, 3, 2, 1, 4, 3, 2, 1};
    static const int8_t fixed[UNITS] = {5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    static const uint8_t is_fixed[] = {0x01, 0x00};
    const sipas_column people = sipas_column_f64(unit_people, UNITS), sd = sipas_column_f64(score, UNITS),
                       means = sipas_column_i8(mean, UNITS), weights = sipas_column_i8(importance, UNITS),
                       code = sipas_column_code(unit_code, UNITS);
    sipas_column known = sipas_column_i8(fixed, UNITS);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_table *out = POISON(sipas_table, a);

    known.validity = is_fixed;
    opts.method = SIPAS_ALLOCATE_BANKIER;
    opts.code = &code;
    opts.sd = &sd;
    opts.mean = &means;
    opts.importance = &weights;
    opts.fixed = &known;
    opts.multiple = 5;
    opts.remainder = SIPAS_REMAINDER_PART;
    opts.gains = 1;
    TRY_FOR(a, out, sipas_allocate(a->ctx, 63, &people, &opts, &out, &a->err));
    sipas_table_free(out);
}

/* Costs such that the search for the optimum has something to do. */
static void with_costs(sipas_column *cost, sipas_allocate_opts *opts)
{
    static const double each[UNITS] = {3, 7, 5, 11, 2, 13, 4, 6, 9, 3, 8, 5};

    *cost = sipas_column_f64(each, UNITS);
    opts->cost = cost;
    opts->method = SIPAS_ALLOCATE_COST;
}

static void run_allocate_budget(attempt *a)
{
    const sipas_column people = sipas_column_f64(unit_people, UNITS), sd = sipas_column_f64(score, UNITS),
                       code = sipas_column_code(unit_code, UNITS);
    sipas_column cost;
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_table *out = POISON(sipas_table, a);

    with_costs(&cost, &opts);
    opts.code = &code;
    opts.sd = &sd;
    TRY_FOR(a, out, sipas_allocate_budget(a->ctx, 301.0, &people, &opts, &out, &a->err));
    sipas_table_free(out);
}

static void run_allocate_precision(attempt *a)
{
    const sipas_column people = sipas_column_f64(unit_people, UNITS), sd = sipas_column_f64(score, UNITS);
    sipas_column cost;
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_allocate_target target = SIPAS_ALLOCATE_TARGET_INIT;
    sipas_table *out = POISON(sipas_table, a);

    with_costs(&cost, &opts);
    opts.sd = &sd;
    target.se = 0.37;
    TRY_FOR(a, out, sipas_allocate_precision(a->ctx, &people, &target, &opts, &out, &a->err));
    sipas_table_free(out);
}

static void cut_strata(attempt *a, int32_t method)
{
    const sipas_column people = sipas_column_f64(unit_people, UNITS);
    sipas_strata_opts opts = SIPAS_STRATA_OPTS_INIT;
    sipas_table *out = POISON(sipas_table, a);

    opts.method = method;
    opts.n = 6;
    opts.least_size = 1;
    TRY_FOR(a, out, sipas_strata_cut(a->ctx, &people, 3, &opts, &out, &a->err));
    sipas_table_free(out);
}

static void run_strata_cum_root_f(attempt *a)
{
    cut_strata(a, SIPAS_STRATA_CUM_ROOT_F);
}

static void run_strata_lavallee(attempt *a)
{
    cut_strata(a, SIPAS_STRATA_LAVALLEE);
}

static void run_strata_optimal(attempt *a)
{
    cut_strata(a, SIPAS_STRATA_OPTIMAL);
}

static void run_plan_expect(attempt *a)
{
    static const int8_t n[UNITS] = {5, 4, 3, 2, 1, 5, 4, 3, 2, 1, 2, 3};
    const sipas_column people = sipas_column_i8(n, UNITS), size = sipas_column_f64(unit_people, UNITS),
                       sd = sipas_column_f64(score, UNITS), level = sipas_column_code(unit_level, UNITS);
    const uint32_t levels[] = {0, 1};
    const sipas_plan_variable variable = {"y", &sd, NULL, NULL, NULL};
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_table *out = POISON(sipas_table, a);

    domains.n_by = 1;
    domains.by = &level;
    domains.n_levels = 2;
    domains.levels = levels;
    TRY_FOR(a, out, sipas_plan_expect(a->ctx, &people, &size, &variable, 1, &domains, NULL, &out, &a->err));
    sipas_table_free(out);
}

static void run_plan_compare(attempt *a)
{
    const sipas_column size = sipas_column_f64(unit_people, UNITS), sd = sipas_column_f64(score, UNITS);
    sipas_allocate_opts rules = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_table *out = POISON(sipas_table, a);

    rules.sd = &sd;
    TRY_FOR(a, out, sipas_plan_compare(a->ctx, 60, &size, &rules, NULL, &out, &a->err));
    sipas_table_free(out);
}

static void run_allocate_classes(attempt *a)
{
    static const char *const classes[] = {"commune", "ward"};
    static const int64_t n[] = {5, 10};
    const sipas_column code = sipas_column_code(unit_code + 4, UNITS - 4),
                       class_of = sipas_column_code(unit_class + 4, UNITS - 4),
                       class_code = sipas_column_code(classes, 2), class_n = sipas_column_i64(n, 2);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_table *out = POISON(sipas_table, a);

    opts.method = SIPAS_ALLOCATE_CLASS_TABLE;
    opts.code = &code;
    opts.unit_class = &class_of;
    opts.class_code = &class_code;
    opts.class_n = &class_n;
    TRY_FOR(a, out, sipas_allocate(a->ctx, SIPAS_ALLOCATE_NO_TOTAL, NULL, &opts, &out, &a->err));
    sipas_table_free(out);
}

static void allocate_multi(attempt *a, int32_t goal)
{
    static const double target[] = {0.05, 0.08};
    static const char *const target_by[] = {NULL, "1"};
    const sipas_column people = sipas_column_i64(frame_size, ROWS), sd = sipas_column_f64(weight, ROWS),
                       mean = sipas_column_f64(score, ROWS), by = sipas_column_code(province, ROWS),
                       code = sipas_column_f64(serial, ROWS), targets = sipas_column_f64(target, 2),
                       targets_by = sipas_column_code(target_by, 2);
    sipas_allocate_multi_opts opts = SIPAS_ALLOCATE_MULTI_OPTS_INIT;
    sipas_table *out = POISON(sipas_table, a), *precision = out, *gain = out;

    opts.n_variables = opts.n_by = 1;
    opts.goal = goal;
    opts.budget = goal == SIPAS_MULTI_BEST_RATIO ? 90.0 : 0.0;
    opts.code = &code;
    opts.sd = &sd;
    opts.mean = &mean;
    opts.by = &by;
    opts.target = &targets;
    opts.target_by = &targets_by;
    TRY_FOR(a, out, sipas_allocate_multi(a->ctx, &people, &opts, &out, &precision, &gain, &a->err));
    assert_int_equal(precision == NULL, out == NULL);
    assert_int_equal(gain == NULL, out == NULL);
    sipas_table_free(out);
    sipas_table_free(precision);
    sipas_table_free(gain);
}

static void run_allocate_multi(attempt *a)
{
    allocate_multi(a, SIPAS_MULTI_LEAST_COST);
}

static void run_allocate_multi_ratio(attempt *a)
{
    allocate_multi(a, SIPAS_MULTI_BEST_RATIO);
}

/* Bounds that stop units, equal shares, a target, the table, a leaf of weight zero that has to take something. */
static void run_allocate_tree(attempt *a)
{
    static const double size[UNITS] = {0, 0, 0, 0, 150, 250, 100, 120, 80, 90, 110, 100};
    static const double sd[UNITS] = {0, 0, 0, 0, 5, 6, 0, 3, 8, 9, 1, 4};
    static const char *const levels[] = {"commune"};
    static const double most[] = {40};
    double lower[UNITS], upper[UNITS], target[UNITS];
    static const uint8_t equal[UNITS] = {0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    const sipas_column sizes = sipas_column_f64(size, UNITS), sds = sipas_column_f64(sd, UNITS),
                       lowers = sipas_column_f64(lower, UNITS), uppers = sipas_column_f64(upper, UNITS),
                       targets = sipas_column_f64(target, UNITS), equals = sipas_column_bool(equal, UNITS),
                       level = sipas_column_code(levels, 1), mosts = sipas_column_f64(most, 1);
    sipas_allocate_tree_opts opts = SIPAS_ALLOCATE_TREE_OPTS_INIT;
    sipas_unit_tree *tree = make_tree(a);
    sipas_table *out = POISON(sipas_table, a);

    for (int i = 0; i < UNITS; i++) lower[i] = upper[i] = target[i] = (double)NAN;
    lower[2] = 20.0;
    upper[3] = 15.0;
    upper[7] = upper[8] = 5.0;
    target[3] = 1.8;
    opts.method = SIPAS_ALLOCATE_NEYMAN;
    opts.measure = SIPAS_TARGET_SE;
    opts.sd = &sds;
    opts.lower = &lowers;
    opts.upper = &uppers;
    opts.target = &targets;
    opts.equal = &equals;
    opts.class_level = &level;
    opts.class_upper = &mosts;
    TRY_FOR(a, out, sipas_allocate_tree(a->ctx, 60, tree, &sizes, &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_unit_tree_free(tree);
}

static void allocations(void **state)
{
    (void)state;
    fail_each(run_allocate);
    fail_each(run_allocate_neyman);
    fail_each(run_allocate_bankier);
    fail_each(run_allocate_budget);
    fail_each(run_allocate_precision);
    fail_each(run_allocate_classes);
    fail_each(run_strata_cum_root_f);
    fail_each(run_strata_lavallee);
    fail_each(run_strata_optimal);
    fail_each(run_plan_expect);
    fail_each(run_plan_compare);
    fail_each(run_allocate_multi);
    fail_each(run_allocate_multi_ratio);
    fail_each(run_allocate_tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(allocations)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Running out of memory. For every call that allocates, its first allocation fails, then its second only, and so on until
 * none does: each time the call gives SIPAS_ERR_MEMORY and no handle, and everything that was taken comes back.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sipas.h>

#include "failing_alloc.h"

/* ---- the harness ---- */

/* One try of a call. What is built before and after it has memory enough. */
typedef struct attempt {
    failing_alloc memory;
    sipas_ctx *ctx;
    int64_t fail_at, refused;
    sipas_status status;
    sipas_error err;
} attempt;

/* Something to stand in an `out` parameter before the call, so that a forgotten NULL shows. */
#define POISON(type, a) ((type *)(uintptr_t)(a))

/* Makes the call with one allocation failing, keeps what it gave, and lets all others succeed again. */
#define TRY(a, call)                                   \
    do {                                               \
        failing_alloc_arm(&(a)->memory, (a)->fail_at); \
        (a)->status = (call);                          \
        (a)->refused = (a)->memory.failed;             \
        failing_alloc_arm(&(a)->memory, -1);           \
    } while (0)

/* The same for a call that makes a handle. */
#define TRY_FOR(a, out, call)                             \
    do {                                                  \
        TRY(a, call);                                     \
        assert_int_equal((out) == NULL, (a)->status < 0); \
        assert_ptr_not_equal((out), (a));                 \
    } while (0)

/* Set-up calls must not fail. */
static void must(sipas_status status, const sipas_error *err)
{
    if (status < 0) fail_msg("%s: %s", sipas_status_name(status), err->message);
}

static void fail_each(void (*run)(attempt *a))
{
    for (int64_t n = 0;; n++) {
        attempt a;

        memset(&a, 0, sizeof a);
        a.ctx = failing_alloc_ctx(&a.memory);
        a.fail_at = n;
        run(&a);
        sipas_ctx_free(a.ctx);
        assert_int_equal(a.memory.held, 0);
        assert_int_equal(a.memory.bytes, 0);
        if (a.refused == 0) {
            must(a.status, &a.err);
            assert_true(n > 0); /* the call does allocate */
            return;
        }
        assert_int_equal(a.status, SIPAS_ERR_MEMORY);
        assert_int_equal(a.err.status, SIPAS_ERR_MEMORY);
    }
}

/* ---- what the calls work on ---- */

enum { ROWS = 24, UNITS = 12 };

static const char *const province[ROWS] = {"HN", "HN", "HN", "HN", "HN", "HN", "HN", "HN", "LS", "LS", "LS", "LS",
                                           "LS", "LS", "LS", "LS", "AG", "AG", "AG", "AG", "AG", "AG", "AG", "AG"};
static const int32_t district[ROWS] = {1, 1, 1, 2, 2, 2, 3, 3, 1, 1, 1, 2, 2, 2, 3, 3, 1, 1, 1, 2, 2, 2, 3, 3};
static const double weight[ROWS] = {1, 2, 1, 2, 1, 2, 1, 2, 3, 1, 3, 1, 3, 1, 3, 1, 2, 2, 2, 2, 2, 2, 2, 2};
static const double score[ROWS] = {3, 4, 5, 2, 3, 1, 4, 5, 3, 3, 2, 4, 1, 5, 4, 2, 5, 5, 4, 3, 4, 5, 2, 1};
static const int8_t answer[ROWS] = {3, 4, 5, 2, 3, 1, 4, 5, 3, 3, 2, 4, 1, 5, 4, 2, 5, 5, 4, 3, 4, 5, 2, 1};
static const double serial[ROWS] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12,
                                    13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24};
static const int64_t frame_size[ROWS] = {8, 8, 8, 8, 8, 8, 8, 8, 6, 6, 6, 6, 6, 6, 6, 6, 9, 9, 9, 9, 9, 9, 9, 9};

static const char *const unit_code[UNITS] = {"VN", "HN", "LS", "AG", "a", "b", "c", "d", "e", "f", "g", "h"};
static const char *const unit_parent[UNITS] = {NULL, "VN", "VN", "VN", "HN", "HN", "LS", "LS", "LS", "AG", "AG", "AG"};
static const char *const unit_level[UNITS] = {"country", "province", "province", "province", "commune", "commune",
                                              "commune", "commune",  "commune",  "commune",  "commune", "commune"};
static const char *const unit_class[UNITS] = {NULL,      "city", "mountain", "delta",   "ward",    "ward",
                                              "commune", "ward", "commune",  "commune", "commune", "ward"};
static const double unit_people[UNITS] = {100, 40, 30, 30, 15, 25, 10, 12, 8, 9, 11, 10};
static const uint8_t people_known[] = {0x7F, 0x0D}; /* not of units 7 and 9 */
static const int64_t unit_villages[UNITS] = {0, 0, 0, 0, 3, 4, 2, 2, 2, 3, 3, 2};

static sipas_design *make_design(attempt *a)
{
    const sipas_column w = sipas_column_f64(weight, ROWS), strata = sipas_column_code(province, ROWS),
                       psu = sipas_column_i32(district, ROWS), fpc = sipas_column_i64(frame_size, ROWS);
    sipas_design *design = NULL;

    must(sipas_design_new(a->ctx, ROWS, &w, &strata, &psu, 1, &fpc, NULL, &design, &a->err), &a->err);
    return design;
}

static sipas_unit_tree *make_tree(attempt *a)
{
    const sipas_column code = sipas_column_code(unit_code, UNITS), parent = sipas_column_code(unit_parent, UNITS),
                       level = sipas_column_code(unit_level, UNITS), class_of = sipas_column_code(unit_class, UNITS);
    static const char *const names[] = {"people"};
    sipas_column people = sipas_column_f64(unit_people, UNITS);
    sipas_unit_opts opts = SIPAS_UNIT_OPTS_INIT;
    sipas_unit_tree *tree = NULL;

    people.validity = people_known;
    opts.level = &level;
    opts.unit_class = &class_of;
    opts.measures = &people;
    opts.measure_names = names;
    opts.n_measures = 1;
    must(sipas_unit_tree_new(a->ctx, &code, &parent, &opts, &tree, &a->err), &a->err);
    return tree;
}

/* Rows are the units of the only stage: a path of its own through the variance. */
static sipas_design *make_simple_design(attempt *a)
{
    const sipas_column w = sipas_column_f64(weight, ROWS), strata = sipas_column_code(province, ROWS);
    sipas_design *design = NULL;

    must(sipas_design_new(a->ctx, ROWS, &w, &strata, NULL, 0, NULL, NULL, &design, &a->err), &a->err);
    return design;
}

/* Provinces and the whole, by text and by number. */
typedef struct domain_parts {
    sipas_column by[2];
    uint32_t levels[3];
    sipas_domains domains;
} domain_parts;

static const sipas_domains *make_domains(domain_parts *parts)
{
    const sipas_domains initial = SIPAS_DOMAINS_INIT;

    parts->by[0] = sipas_column_code(province, ROWS);
    parts->by[1] = sipas_column_i32(district, ROWS);
    parts->levels[0] = 0;
    parts->levels[1] = 1;
    parts->levels[2] = 3;
    parts->domains = initial;
    parts->domains.n_by = 2;
    parts->domains.by = parts->by;
    parts->domains.n_levels = 3;
    parts->domains.levels = parts->levels;
    return &parts->domains;
}

static sipas_estimate_opts estimate_opts(void)
{
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;

    opts.deff = SIPAS_DEFF_WOR;
    opts.cov = 1;
    return opts;
}

/* ---- base and data ---- */

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

/* ---- sampling ---- */

static void run_size(attempt *a)
{
    const sipas_column people = sipas_column_f64(unit_people, UNITS), code = sipas_column_code(unit_code, UNITS);
    sipas_size_opts opts = SIPAS_SIZE_OPTS_INIT;
    sipas_table *out = POISON(sipas_table, a);

    opts.code = &code;
    TRY_FOR(a, out, sipas_size_proportion(a->ctx, &people, &opts, &out, &a->err));
    sipas_table_free(out);
}

static void run_precision(attempt *a)
{
    const sipas_column people = sipas_column_f64(unit_people, UNITS), code = sipas_column_code(unit_code, UNITS);
    const double answers = 1.0;
    const sipas_column n = sipas_column_f64(&answers, 1);
    sipas_size_opts opts = SIPAS_SIZE_OPTS_INIT;
    sipas_table *out = POISON(sipas_table, a);

    opts.code = &code;
    TRY_FOR(a, out, sipas_precision_proportion(a->ctx, &people, &n, &opts, &out, &a->err));
    sipas_table_free(out);
}

/* An index, a share and a difference, with means and shares by unit. */
static void make_figures(sipas_size_figure figures[3], const sipas_column columns[4])
{
    for (int i = 0; i < 3; i++) sipas_size_figure_init(&figures[i]);
    figures[0].statistic = SIPAS_FIGURE_INDEX;
    figures[0].weights = &columns[0];
    figures[0].covariance = &columns[1];
    figures[0].mean_of = &columns[2];
    figures[0].se = 1.0;
    figures[1].p_of = &columns[3];
    figures[2].compare = SIPAS_COMPARE_ROUNDS;
    figures[2].difference = 0.1;
}

static const double item_weight[] = {0.5, 0.5}, item_covariance[] = {4.0, 1.0, 1.0, 4.0}, one_share = 0.3,
                    one_mean = 3.0;

static void run_figures(attempt *a)
{
    const sipas_column people = sipas_column_f64(unit_people, UNITS), code = sipas_column_code(unit_code, UNITS);
    const sipas_column columns[] = {sipas_column_f64(item_weight, 2), sipas_column_f64(item_covariance, 4),
                                    sipas_column_f64(&one_mean, 1), sipas_column_f64(&one_share, 1)};
    sipas_size_figure figures[3];
    sipas_size_opts opts = SIPAS_SIZE_OPTS_INIT;
    sipas_table *out = POISON(sipas_table, a);

    make_figures(figures, columns);
    opts.code = &code;
    opts.per_household = 1.0;
    TRY_FOR(a, out, sipas_size_figures(a->ctx, &people, figures, 3, &opts, &out, &a->err));
    sipas_table_free(out);
}

static void run_precision_figures(attempt *a)
{
    const sipas_column people = sipas_column_f64(unit_people, UNITS), n = sipas_column_f64(&one_mean, 1);
    const sipas_column columns[] = {sipas_column_f64(item_weight, 2), sipas_column_f64(item_covariance, 4),
                                    sipas_column_f64(&one_mean, 1), sipas_column_f64(&one_share, 1)};
    sipas_size_figure figures[3];
    sipas_table *out = POISON(sipas_table, a);

    make_figures(figures, columns);
    TRY_FOR(a, out, sipas_precision_figures(a->ctx, &people, &n, figures, 3, NULL, &out, &a->err));
    sipas_table_free(out);
}

static void run_stages(attempt *a)
{
    sipas_size_stage stages[2] = {SIPAS_SIZE_STAGE_INIT, SIPAS_SIZE_STAGE_INIT};
    sipas_size_stages_opts opts = SIPAS_SIZE_STAGES_OPTS_INIT;
    sipas_table *out = POISON(sipas_table, a);

    stages[0].cost = 10.0;
    stages[0].homogeneity = 0.05;
    stages[1].cost = 1.0;
    opts.budget = 1000.0;
    TRY_FOR(a, out, sipas_size_stages(a->ctx, stages, 2, &opts, &out, &a->err));
    sipas_table_free(out);
}

static void run_precision_stages(attempt *a)
{
    sipas_size_stage stages[2] = {SIPAS_SIZE_STAGE_INIT, SIPAS_SIZE_STAGE_INIT};
    sipas_table *out = POISON(sipas_table, a);

    stages[0].cost = stages[1].cost = 10.0;
    stages[0].n = stages[1].n = 5.0;
    TRY_FOR(a, out, sipas_precision_stages(a->ctx, stages, 2, NULL, &out, &a->err));
    sipas_table_free(out);
}

static void run_components_sample(attempt *a)
{
    const sipas_column y = sipas_column_f64(score, ROWS), strata = sipas_column_code(province, ROWS);
    const sipas_column clusters[] = {sipas_column_i32(district, ROWS)};
    sipas_table *out = POISON(sipas_table, a);

    TRY_FOR(a, out, sipas_components_sample(a->ctx, &y, NULL, &strata, clusters, 1, &out, &a->err));
    sipas_table_free(out);
}

static void run_components_frame(attempt *a)
{
    const sipas_column y = sipas_column_f64(score, ROWS);
    const sipas_column clusters[] = {sipas_column_code(province, ROWS), sipas_column_i32(district, ROWS)};
    sipas_components_opts opts = SIPAS_COMPONENTS_OPTS_INIT;
    const sipas_column size = sipas_column_i64(frame_size, ROWS);
    sipas_table *out = POISON(sipas_table, a);

    opts.selection = SIPAS_PSU_MEASURE;
    opts.size = &size;
    TRY_FOR(a, out, sipas_components_frame(a->ctx, &y, clusters, 2, &opts, &out, &a->err));
    sipas_table_free(out);
}

static void run_ranking(attempt *a)
{
    const sipas_column value = sipas_column_f64(unit_people, UNITS), code = sipas_column_code(unit_code, UNITS);
    sipas_size_ranking_opts opts = SIPAS_SIZE_RANKING_OPTS_INIT;
    sipas_table *out = POISON(sipas_table, a);

    opts.code = &code;
    opts.sd = 1.0;
    opts.delta = 0.5;
    opts.top = 2;
    opts.width = 5.0;
    TRY_FOR(a, out, sipas_size_ranking(a->ctx, &value, &opts, &out, &a->err));
    sipas_table_free(out);
}

static void run_precision_ranking(attempt *a)
{
    const sipas_column value = sipas_column_f64(unit_people, UNITS), n = sipas_column_f64(&one_mean, 1);
    sipas_size_ranking_opts opts = SIPAS_SIZE_RANKING_OPTS_INIT;
    sipas_table *out = POISON(sipas_table, a);

    opts.sd = 1.0;
    TRY_FOR(a, out, sipas_precision_ranking(a->ctx, &value, &n, &opts, &out, &a->err));
    sipas_table_free(out);
}

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

static void size_and_allocation(void **state)
{
    (void)state;
    fail_each(run_size);
    fail_each(run_precision);
    fail_each(run_figures);
    fail_each(run_precision_figures);
    fail_each(run_stages);
    fail_each(run_precision_stages);
    fail_each(run_components_sample);
    fail_each(run_components_frame);
    fail_each(run_ranking);
    fail_each(run_precision_ranking);
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

/* ---- weights ---- */

static void run_response(attempt *a)
{
    const sipas_column w = sipas_column_f64(weight, ROWS), cell = sipas_column_code(province, ROWS),
                       responded = sipas_column_i8(answer, ROWS);
    double out[ROWS] = {0.0};
    sipas_table *cells = POISON(sipas_table, a);

    out[3] = -1.0;
    TRY_FOR(a, cells, sipas_weight_response(a->ctx, &w, &cell, &responded, out, &cells, &a->err));
    if (a->status < 0) assert_true(out[3] == -1.0); /* nothing is written */
    sipas_table_free(cells);
}

static void weight_response(void **state)
{
    (void)state;
    fail_each(run_response);
}

/* ---- estimation ---- */

static void run_design(attempt *a)
{
    const sipas_column w = sipas_column_f64(weight, ROWS), strata = sipas_column_code(province, ROWS),
                       clusters[] = {sipas_column_i32(district, ROWS), sipas_column_f64(score, ROWS)},
                       fpc[] = {sipas_column_i64(frame_size, ROWS), sipas_column_i64(frame_size, ROWS)};
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_design *out = POISON(sipas_design, a);

    opts.lonely_psu = SIPAS_LONELY_ADJUST;
    TRY_FOR(a, out, sipas_design_new(a->ctx, ROWS, &w, &strata, clusters, 2, fpc, &opts, &out, &a->err));
    sipas_design_free(out);
}

/* ---- designs of every kind, made and used ---- */

enum { JOINT, HARTLEY_RAO, PHASES, COLLAPSED, CONDITIONAL, KINDS };

/* What the options of a kind point to. */
typedef struct design_kind {
    double joint[ROWS * ROWS], probability[ROWS], square[ROWS];
    uint8_t taken[ROWS];
    int32_t first_alone[ROWS], blocks[ROWS];
    sipas_column squares, sample, strata2, given;
} design_kind;

static sipas_status make_kind(attempt *a, int kind, design_kind *k, sipas_design **out)
{
    const sipas_column strata = sipas_column_i32(kind == COLLAPSED ? k->first_alone : district, ROWS);
    const sipas_column ids = sipas_column_code(province, ROWS), fpc = sipas_column_f64(k->probability, ROWS);
    const sipas_column w = sipas_column_f64(weight, ROWS);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;

    for (int i = 0; i < ROWS; i++) {
        k->probability[i] = 0.2 + 0.03 * (i % 5);
        k->square[i] = 0.3;
        k->taken[i] = i % 3 != 0;
        k->first_alone[i] = i == 0 ? 0 : district[i];
        k->blocks[i] = 1;
        for (int j = 0; j < ROWS; j++)
            k->joint[i * ROWS + j] = (0.2 + 0.03 * (i % 5)) * (i == j ? 1.0 : 0.9 * (0.2 + 0.03 * (j % 5)));
    }
    k->squares = sipas_column_f64(k->square, ROWS);
    k->sample = sipas_column_bool(k->taken, ROWS);
    k->strata2 = sipas_column_code(province, ROWS);
    k->given = sipas_column_i32(k->blocks, ROWS);
    if (kind == JOINT) {
        opts.pps = SIPAS_PPS_JOINT;
        opts.joint = k->joint;
        opts.joint_order = ROWS;
    } else if (kind == HARTLEY_RAO) {
        opts.pps = SIPAS_PPS_HARTLEY_RAO;
        opts.pps_square = &k->squares;
    } else if (kind == PHASES) {
        opts.phase2 = SIPAS_PHASE2_SRS;
        opts.phase2_sample = &k->sample;
        opts.phase2_strata = &k->strata2;
    } else if (kind == COLLAPSED) {
        opts.lonely_psu = SIPAS_LONELY_COLLAPSE;
        opts.collapse = SIPAS_COLLAPSE_GIVEN;
        opts.collapse_strata = &k->given;
    } else {
        opts.one_psu = SIPAS_ONE_PSU_CONDITIONAL;
    }
    return sipas_design_new(a->ctx, ROWS, kind <= HARTLEY_RAO ? NULL : &w, kind == CONDITIONAL ? NULL : &strata,
                            kind == CONDITIONAL ? &ids : NULL, kind == CONDITIONAL, kind <= HARTLEY_RAO ? &fpc : NULL,
                            &opts, out, &a->err);
}

static void run_kind(attempt *a, int kind)
{
    design_kind parts;
    sipas_design *out = POISON(sipas_design, a);

    TRY_FOR(a, out, make_kind(a, kind, &parts, &out));
    sipas_design_free(out);
}

static void run_kind_mean(attempt *a, int kind)
{
    const sipas_column y = sipas_column_f64(score, ROWS);
    const sipas_estimate_opts opts = estimate_opts();
    design_kind parts;
    domain_parts by;
    sipas_design *design = NULL;
    sipas_table *out = POISON(sipas_table, a);

    must(make_kind(a, kind, &parts, &design), &a->err);
    TRY_FOR(a, out, sipas_estimate_mean(design, &y, 1, make_domains(&by), &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

#define KIND(name, kind)                      \
    static void run_##name(attempt *a)        \
    {                                         \
        run_kind(a, kind);                    \
    }                                         \
    static void run_##name##_mean(attempt *a) \
    {                                         \
        run_kind_mean(a, kind);               \
    }

KIND(joint, JOINT)
KIND(hartley_rao, HARTLEY_RAO)
KIND(phases, PHASES)
KIND(collapsed, COLLAPSED)
KIND(conditional, CONDITIONAL)

static void run_conditional_median(attempt *a)
{
    static const double half = 0.5;
    const sipas_column y = sipas_column_f64(score, ROWS);
    design_kind kind;
    domain_parts by;
    sipas_design *design = NULL;
    sipas_table *out = POISON(sipas_table, a);

    must(make_kind(a, CONDITIONAL, &kind, &design), &a->err);
    TRY_FOR(a, out, sipas_estimate_quantile(design, &y, 1, &half, 1, make_domains(&by), NULL, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

static void kinds_of_design(void **state)
{
    static void (*const runs[2 * KINDS])(attempt *) = {
        run_joint,       run_joint_mean, run_hartley_rao,    run_hartley_rao_mean, run_phases,
        run_phases_mean, run_collapsed,  run_collapsed_mean, run_conditional,      run_conditional_mean};

    (void)state;
    for (int i = 0; i < 2 * KINDS; i++) fail_each(runs[i]);
    fail_each(run_conditional_median);
}

static void run_describe(attempt *a)
{
    sipas_design *design = make_design(a);
    sipas_table *out = POISON(sipas_table, a);

    TRY_FOR(a, out, sipas_design_describe(design, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

static void designs(void **state)
{
    (void)state;
    fail_each(run_design);
    fail_each(run_describe);
}

static void run_mean(attempt *a)
{
    sipas_design *design = make_design(a);
    const sipas_column y[] = {sipas_column_f64(score, ROWS), sipas_column_i8(answer, ROWS)};
    const sipas_estimate_opts opts = estimate_opts();
    domain_parts parts;
    sipas_table *out = POISON(sipas_table, a);

    TRY_FOR(a, out, sipas_estimate_mean(design, y, 2, make_domains(&parts), &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

static void run_total(attempt *a)
{
    sipas_design *design = make_simple_design(a);
    const sipas_column y = sipas_column_f64(score, ROWS);
    const sipas_estimate_opts opts = estimate_opts();
    domain_parts parts;
    sipas_table *out = POISON(sipas_table, a);

    TRY_FOR(a, out, sipas_estimate_total(design, &y, 1, make_domains(&parts), &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

static void run_ratio(attempt *a)
{
    sipas_design *design = make_design(a);
    const sipas_column y = sipas_column_f64(score, ROWS), x = sipas_column_f64(weight, ROWS);
    const sipas_estimate_opts opts = estimate_opts();
    domain_parts parts;
    sipas_table *out = POISON(sipas_table, a);

    TRY_FOR(a, out, sipas_estimate_ratio(design, &y, &x, 1, make_domains(&parts), &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

static void run_category(attempt *a)
{
    sipas_design *design = make_design(a);
    const sipas_column y = sipas_column_i8(answer, ROWS);
    const sipas_estimate_opts opts = estimate_opts();
    domain_parts parts;
    sipas_table *out = POISON(sipas_table, a);

    TRY_FOR(a, out,
            sipas_estimate_category(design, &y, SIPAS_CATEGORY_SHARE, make_domains(&parts), &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

static void run_proportion(attempt *a)
{
    static const int8_t high[] = {4, 5};
    sipas_design *design = make_design(a);
    const sipas_column y[] = {sipas_column_f64(score, ROWS), sipas_column_i8(answer, ROWS)},
                       success = sipas_column_i8(high, 2);
    const sipas_estimate_opts opts = estimate_opts();
    domain_parts parts;
    sipas_table *out = POISON(sipas_table, a);

    TRY_FOR(a, out,
            sipas_estimate_proportion(design, y, 2, &success, SIPAS_INTERVAL_BETA, make_domains(&parts), &opts, &out,
                                      &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

/* With rows of zero weight, which are counted apart. */
static void run_proportion_zero(attempt *a)
{
    double some[ROWS] = {0.0};
    const sipas_column w = sipas_column_f64(some, ROWS), y = sipas_column_code(province, ROWS),
                       success = sipas_column_code(province, 1);
    sipas_design *design = NULL;
    sipas_table *out = POISON(sipas_table, a);

    for (int i = 1; i < ROWS; i++) some[i] = weight[i];
    must(sipas_design_new(a->ctx, ROWS, &w, NULL, NULL, 0, NULL, NULL, &design, &a->err), &a->err);
    TRY_FOR(a, out,
            sipas_estimate_proportion(design, &y, 1, &success, SIPAS_INTERVAL_JEFFREYS, NULL, NULL, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

static void run_distribution(attempt *a)
{
    sipas_design *design = make_simple_design(a);
    const sipas_column y = sipas_column_f64(score, ROWS);
    const sipas_estimate_opts opts = estimate_opts();
    domain_parts parts;
    sipas_table *out = POISON(sipas_table, a);

    TRY_FOR(
        a, out,
        sipas_estimate_distribution(design, &y, SIPAS_INTERVAL_GOODMAN, make_domains(&parts), &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

/* Values that are sorted and values that are counted, rules with steps and with lines, rows with gaps. */
static void run_quantile(attempt *a)
{
    static const double probs[] = {0.5, 0.9};
    sipas_design *design = make_design(a);
    double gaps[ROWS];
    const sipas_column y[2] = {sipas_column_f64(gaps, ROWS), sipas_column_i8(answer, ROWS)};
    sipas_estimate_quantile_opts opts = SIPAS_ESTIMATE_QUANTILE_OPTS_INIT;
    domain_parts parts;
    sipas_table *out = POISON(sipas_table, a);

    for (int i = 0; i < ROWS; i++) gaps[i] = i % 7 == 3 ? NAN : 1.0 / (1.0 + (double)i);
    opts.missing = SIPAS_MISSING_COMPLETE;
    opts.rule = SIPAS_QUANTILE_HF8;
    TRY_FOR(a, out, sipas_estimate_quantile(design, y, 2, probs, 2, make_domains(&parts), &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

static void run_simple_quantile(attempt *a)
{
    static const double half = 0.5;
    sipas_design *design = make_simple_design(a);
    const sipas_column y = sipas_column_i8(answer, ROWS);
    sipas_table *out = POISON(sipas_table, a);

    TRY_FOR(a, out, sipas_estimate_quantile(design, &y, 1, &half, 1, NULL, NULL, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

static void estimates(void **state)
{
    (void)state;
    fail_each(run_mean);
    fail_each(run_total);
    fail_each(run_ratio);
    fail_each(run_quantile);
    fail_each(run_simple_quantile);
    fail_each(run_category);
    fail_each(run_proportion);
    fail_each(run_proportion_zero);
    fail_each(run_distribution);
}

static int32_t call_product(void *user, int64_t n, const double *x, double *value, double *gradient)
{
    (void)user;
    (void)n;
    *value = x[0] * x[1];
    gradient[0] = x[1];
    gradient[1] = x[0];
    return 0;
}

static void run_function(attempt *a)
{
    static const int64_t terms[] = {0, 1};
    static const int32_t argument[] = {SIPAS_ARGUMENT_TOTAL, SIPAS_ARGUMENT_MEAN};
    sipas_design *design = make_design(a);
    const sipas_column y[] = {sipas_column_f64(score, ROWS), sipas_column_i8(answer, ROWS)};
    const sipas_estimate_opts opts = estimate_opts();
    sipas_function f[2] = {SIPAS_FUNCTION_INIT, SIPAS_FUNCTION_INIT};
    domain_parts parts;
    sipas_table *out = POISON(sipas_table, a);

    f[0].n_terms = f[1].n_terms = 2;
    f[0].term = f[1].term = terms;
    f[1].kind = SIPAS_FUNCTION_CALL;
    f[1].call = call_product;
    f[1].check = 1;
    TRY_FOR(a, out, sipas_estimate_function(design, y, argument, 2, f, 2, make_domains(&parts), &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

static void run_moments(attempt *a)
{
    sipas_design *design = make_design(a);
    const sipas_column y[] = {sipas_column_f64(score, ROWS), sipas_column_i8(answer, ROWS),
                              sipas_column_f64(weight, ROWS)};
    sipas_estimate_opts opts = estimate_opts();
    domain_parts parts;
    sipas_table *out = POISON(sipas_table, a);

    opts.missing = SIPAS_MISSING_AVAILABLE;
    TRY_FOR(
        a, out,
        sipas_estimate_moment(design, y, 3, SIPAS_MOMENT_CORRELATION, 0, make_domains(&parts), &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

static void run_alpha(attempt *a)
{
    sipas_design *design = make_simple_design(a);
    const sipas_column y[] = {sipas_column_f64(score, ROWS), sipas_column_i8(answer, ROWS),
                              sipas_column_f64(weight, ROWS)};
    sipas_estimate_opts opts = estimate_opts();
    domain_parts parts;
    sipas_table *out = POISON(sipas_table, a);

    opts.missing = SIPAS_MISSING_COMPLETE;
    TRY_FOR(a, out, sipas_estimate_alpha(design, y, 3, 0, make_domains(&parts), &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

static void functions(void **state)
{
    (void)state;
    fail_each(run_function);
    fail_each(run_moments);
    fail_each(run_alpha);
}

/* Means by province, with covariance. */
static sipas_table *make_estimates(attempt *a, const sipas_design *design)
{
    const sipas_column y = sipas_column_f64(score, ROWS), by = sipas_column_code(province, ROWS);
    const sipas_estimate_opts opts = estimate_opts();
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_table *out = NULL;

    domains.n_by = 1;
    domains.by = &by;
    must(sipas_estimate_mean(design, &y, 1, &domains, &opts, &out, &a->err), &a->err);
    return out;
}

static void run_covariance(attempt *a)
{
    static const int64_t rows[] = {0, 1, 2};
    sipas_design *design = make_design(a);
    sipas_table *table = make_estimates(a, design);
    const sipas_cov *cov = NULL;
    double block[9];

    must(sipas_table_get_cov(table, &cov, &a->err), &a->err);
    TRY(a, sipas_cov_get_block(cov, rows, 3, rows, 3, block, &a->err));
    sipas_table_free(table);
    sipas_design_free(design);
}

static void covariance(void **state)
{
    (void)state;
    fail_each(run_covariance);
}

static void run_contrast(attempt *a)
{
    static const int64_t rows[] = {0, 1};
    sipas_design *design = make_design(a);
    sipas_table *table = make_estimates(a, design), *out = POISON(sipas_table, a);
    sipas_contrast_opts opts = SIPAS_CONTRAST_OPTS_INIT;
    sipas_function f[2] = {SIPAS_FUNCTION_INIT, SIPAS_FUNCTION_INIT};

    f[0].n_terms = f[1].n_terms = 2;
    f[0].term = f[1].term = rows;
    f[1].kind = SIPAS_FUNCTION_POWER;
    opts.df = SIPAS_CONTRAST_DF_REGRESSION;
    opts.cov = 1;
    TRY_FOR(a, out, sipas_estimate_contrast(table, f, 2, &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_table_free(table);
    sipas_design_free(design);
}

static void run_pairs(attempt *a)
{
    sipas_design *design = make_design(a);
    sipas_table *table = make_estimates(a, design), *out = POISON(sipas_table, a);
    sipas_contrast_opts opts = SIPAS_CONTRAST_OPTS_INIT;

    opts.adjust = SIPAS_ADJUST_HOLM;
    TRY_FOR(a, out, sipas_estimate_pairs(table, &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_table_free(table);
    sipas_design_free(design);
}

static void run_change(attempt *a, int32_t overlap)
{
    sipas_design *design = make_design(a);
    sipas_table *before = make_estimates(a, design), *after = make_estimates(a, design), *out = POISON(sipas_table, a);
    sipas_contrast_opts opts = SIPAS_CONTRAST_OPTS_INIT;

    opts.overlap = overlap;
    TRY_FOR(a, out, sipas_estimate_change(before, after, &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_table_free(before);
    sipas_table_free(after);
    sipas_design_free(design);
}

static void run_change_common(attempt *a)
{
    run_change(a, SIPAS_OVERLAP_COMMON);
}

static void run_change_joined(attempt *a)
{
    run_change(a, SIPAS_OVERLAP_JOINED);
}

static void comparisons(void **state)
{
    (void)state;
    fail_each(run_contrast);
    fail_each(run_pairs);
    fail_each(run_change_common);
    fail_each(run_change_joined);
}

static void run_index(attempt *a)
{
    const sipas_instrument *instrument = sipas_instrument_builtin("2022");
    sipas_design *design = make_design(a);
    sipas_column answers[33];
    sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
    domain_parts parts;
    sipas_table *out = POISON(sipas_table, a);

    for (int i = 0; i < 33; i++) answers[i] = sipas_column_i8(answer, ROWS);
    opts.deff = SIPAS_DEFF_WOR;
    opts.cov = 1;
    opts.unweighted = 1;
    TRY_FOR(a, out, sipas_index_estimate(design, instrument, answers, make_domains(&parts), &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

/* The whole as a population-weighted mean of provinces, respondents' means first, a mask, rows as units. */
static void run_index_of_units(attempt *a)
{
    static const char *const codes[] = {"HN", "LS", "AG"};
    static const double people[] = {40, 30, 30};
    static const uint8_t mask[ROWS] = {1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1};
    const sipas_column code = sipas_column_code(codes, 3), population = sipas_column_f64(people, 3),
                       where = sipas_column_bool(mask, ROWS);
    const sipas_instrument *instrument = sipas_instrument_builtin("2022");
    sipas_design *design = make_simple_design(a);
    sipas_column answers[33];
    sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
    domain_parts parts;
    sipas_table *out = POISON(sipas_table, a);

    for (int i = 0; i < 33; i++) answers[i] = sipas_column_f64(score, ROWS);
    opts.missing = SIPAS_MISSING_RESPONDENT;
    opts.whole = SIPAS_WHOLE_POPULATION;
    opts.population_code = &code;
    opts.population = &population;
    opts.cov = 1;
    (void)make_domains(&parts);
    parts.domains.where = &where;
    TRY_FOR(a, out, sipas_index_estimate(design, instrument, answers, &parts.domains, &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

static void index_estimate(void **state)
{
    (void)state;
    fail_each(run_index);
    fail_each(run_index_of_units);
}

static void run_league(attempt *a)
{
    sipas_design *design = make_design(a);
    sipas_table *table = make_estimates(a, design), *out = POISON(sipas_table, a);

    TRY_FOR(a, out, sipas_rank_league(a->ctx, table, NULL, &out, &a->err));
    sipas_table_free(out);
    sipas_table_free(table);
    sipas_design_free(design);
}

static void league(void **state)
{
    (void)state;
    fail_each(run_league);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(context_itself),
        cmocka_unit_test(instrument_new),
        cmocka_unit_test(unit_tree_new),
        cmocka_unit_test(frames),
        cmocka_unit_test(size_and_allocation),
        cmocka_unit_test(draws),
        cmocka_unit_test(weight_response),
        cmocka_unit_test(designs),
        cmocka_unit_test(kinds_of_design),
        cmocka_unit_test(estimates),
        cmocka_unit_test(covariance),
        cmocka_unit_test(index_estimate),
        cmocka_unit_test(league),
        cmocka_unit_test(functions),
        cmocka_unit_test(comparisons),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

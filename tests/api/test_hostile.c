/*
 * Structs of the caller's that no caller should make: each is refused by name before anything is read by it. What is refused, and
 * where, is what the headers say.
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

#define F64(...) sipas_column_f64((const double[]){__VA_ARGS__}, sizeof((double[]){__VA_ARGS__}) / sizeof(double))
#define I64(...) sipas_column_i64((const int64_t[]){__VA_ARGS__}, sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

static void refused(sipas_status got, sipas_status wanted, const sipas_error *err, const char *sentence)
{
    assert_int_equal(got, wanted);
    assert_int_equal(err->status, wanted);
    if (!strstr(err->message, sentence)) fail_msg("\"%s\" does not say \"%s\"", err->message, sentence);
}

/* ---- columns ---- */

static sipas_status weigh(const sipas_column *w, sipas_error *err)
{
    sipas_design *design = NULL;
    const sipas_status status = sipas_design_new(NULL, w->n, w, NULL, NULL, 0, NULL, NULL, &design, err);

    sipas_design_free(design);
    return status;
}

static void test_columns(void **state)
{
    static const double weight[4] = {1, 2, 3, 4};
    static const uint8_t bits = 0xFF;
    sipas_column w = sipas_column_f64(weight, 4);
    sipas_error err;

    (void)state;
    assert_int_equal(weigh(&w, &err), SIPAS_OK);
    w.validity = &bits;
    w.offset = -64;
    refused(weigh(&w, &err), SIPAS_ERR_ARGUMENT, &err, "weights: the column's offset is negative");
    w.offset = INT64_MAX;
    refused(weigh(&w, &err), SIPAS_ERR_ARGUMENT, &err, "offset is too large");
    w.offset = 4;
    assert_int_equal(weigh(&w, &err), SIPAS_OK);
    w.reserved = 1;
    refused(weigh(&w, &err), SIPAS_ERR_ARGUMENT, &err, "reserved");
    w.reserved = 0;
    w.stride = INT64_MAX / 2;
    refused(weigh(&w, &err), SIPAS_ERR_ARGUMENT, &err, "stride");
    w.stride = INT64_MIN;
    refused(weigh(&w, &err), SIPAS_ERR_ARGUMENT, &err, "stride");
    w.stride = 0;
    assert_int_equal(weigh(&w, &err), SIPAS_OK);
    w.data = weight + 3;
    w.stride = -8;
    assert_int_equal(weigh(&w, &err), SIPAS_OK);
}

/* Counts near the end of what a number holds are refused at once, wherever they are given. */
static void test_counts(void **state)
{
    static const int64_t counts[] = {INT64_MAX, INT64_MAX / 2, INT64_C(1) << 41};
    static const double one = 1.0;
    sipas_error err;

    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        sipas_column w = sipas_column_f64(&one, counts[i]);
        sipas_design *design = NULL;
        double a, b, c;

        w.stride = 0;
        refused(weigh(&w, &err), SIPAS_ERR_ARGUMENT, &err, "2^40");
        refused(sipas_design_new(NULL, counts[i], NULL, NULL, NULL, 0, NULL, NULL, &design, &err), SIPAS_ERR_ARGUMENT,
                &err, "2^40");
        assert_null(design);
        refused(sipas_weight_kish(&w, &a, &b, &c, &err), SIPAS_ERR_ARGUMENT, &err, "2^40");
    }
}

/* ---- options ---- */

static void test_sizes_of_options(void **state)
{
    static const double one = 1.0;
    const sipas_column w = sipas_column_f64(&one, 1);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_error err;

    (void)state;
    for (uint32_t size = 4; size < sizeof opts + 16; size++) {
        unsigned char given[sizeof opts + 16] = {0};
        sipas_design *design = NULL;
        sipas_status status;

        memcpy(given, &size, sizeof size);
        status = sipas_design_new(NULL, 1, &w, NULL, NULL, 0, NULL, (const sipas_design_opts *)(const void *)given,
                                  &design, &err);
        if (size == 40 || size == 128 || (size >= sizeof opts && size % 8 == 0)) /* those of before, and of after */
            assert_int_equal(status, SIPAS_OK);
        else
            refused(status, SIPAS_ERR_OPTION, &err, "no version of it had");
        sipas_design_free(design);
    }
}

#define RESERVED(type, init, call)                                   \
    do {                                                             \
        type o = init;                                               \
        o.reserved = 1;                                              \
        refused(call, SIPAS_ERR_OPTION, &err, "option reserved: 1"); \
        assert_null(t);                                              \
    } while (0)

static void test_reserved_fields(void **state)
{
    const sipas_column size = F64(100, 200, 300), n = I64(1, 2, 3), sd = F64(1, 2, 3), y = F64(1, 2, 4),
                       two = I64(1, 1, 2);
    const sipas_plan_variable variable = {.sd = &sd};
    sipas_column answers[39];
    sipas_size_stage stages[2] = {SIPAS_SIZE_STAGE_INIT, SIPAS_SIZE_STAGE_INIT};
    sipas_design *d = NULL;
    sipas_table *t = NULL;
    sipas_error err;

    (void)state;
    for (int i = 0; i < 39; i++) answers[i] = two;
    assert_int_equal(sipas_design_new(NULL, 3, &size, NULL, NULL, 0, NULL, NULL, &d, &err), SIPAS_OK);
    RESERVED(sipas_allocate_opts, SIPAS_ALLOCATE_OPTS_INIT, sipas_allocate(NULL, 9, &size, &o, &t, &err));
    RESERVED(sipas_allocate_multi_opts, SIPAS_ALLOCATE_MULTI_OPTS_INIT,
             sipas_allocate_multi(NULL, &size, &o, &t, NULL, NULL, &err));
    RESERVED(sipas_plan_opts, SIPAS_PLAN_OPTS_INIT,
             sipas_plan_expect(NULL, &n, &size, &variable, 1, NULL, &o, &t, &err));
    RESERVED(sipas_size_opts, SIPAS_SIZE_OPTS_INIT, sipas_size_proportion(NULL, &size, &o, &t, &err));
    RESERVED(sipas_size_figure, SIPAS_SIZE_FIGURE_INIT, sipas_size_figures(NULL, &size, &o, 1, NULL, &t, &err));
    RESERVED(sipas_size_ranking_opts, SIPAS_SIZE_RANKING_OPTS_INIT, sipas_size_ranking(NULL, &size, &o, &t, &err));
    RESERVED(sipas_size_stages_opts, SIPAS_SIZE_STAGES_OPTS_INIT, sipas_size_stages(NULL, stages, 2, &o, &t, &err));
    RESERVED(sipas_components_opts, SIPAS_COMPONENTS_OPTS_INIT,
             sipas_components_frame(NULL, &y, &two, 1, &o, &t, &err));
    RESERVED(sipas_domains, SIPAS_DOMAINS_INIT, sipas_estimate_mean(d, &y, 1, &o, NULL, &t, &err));
    RESERVED(sipas_estimate_opts, SIPAS_ESTIMATE_OPTS_INIT, sipas_estimate_mean(d, &y, 1, NULL, &o, &t, &err));
    RESERVED(sipas_index_opts, SIPAS_INDEX_OPTS_INIT,
             sipas_index_estimate(d, sipas_instrument_builtin("1001/2023"), answers, NULL, &o, &t, &err));
    sipas_design_free(d);
}

/* An _init function of NULL does nothing. */
static void test_init_of_nothing(void **state)
{
    (void)state;
    sipas_allocate_opts_init(NULL);
    sipas_allocate_target_init(NULL);
    sipas_allocate_multi_opts_init(NULL);
    sipas_allocate_tree_opts_init(NULL);
    sipas_ctx_opts_init(NULL);
    sipas_design_opts_init(NULL);
    sipas_domains_init(NULL);
    sipas_estimate_opts_init(NULL);
    sipas_contrast_opts_init(NULL);
    sipas_estimate_quantile_opts_init(NULL);
    sipas_frame_impute_opts_init(NULL);
    sipas_frame_expand_opts_init(NULL);
    sipas_index_opts_init(NULL);
    sipas_plan_opts_init(NULL);
    sipas_plan_compare_opts_init(NULL);
    sipas_rank_opts_init(NULL);
    sipas_draw_opts_init(NULL);
    sipas_draw_stage_init(NULL);
    sipas_draw_plan_opts_init(NULL);
    sipas_size_opts_init(NULL);
    sipas_size_figure_init(NULL);
    sipas_size_ranking_opts_init(NULL);
    sipas_size_stage_init(NULL);
    sipas_size_stages_opts_init(NULL);
    sipas_components_opts_init(NULL);
    sipas_strata_opts_init(NULL);
    sipas_unit_opts_init(NULL);
}

/* ---- what else is given ---- */

static void test_names_of_groups(void **state)
{
    static const char *const names[] = {NULL, "", "\xff\xfe", "a\nb"};
    const sipas_column y = F64(1, 2, 4), by = I64(1, 1, 2);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_design *d = NULL;
    sipas_table *t = NULL;
    sipas_error err;

    (void)state;
    assert_int_equal(sipas_design_new(NULL, 3, &y, NULL, NULL, 0, NULL, NULL, &d, &err), SIPAS_OK);
    domains.n_by = 1;
    domains.by = &by;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        domains.names = &names[i];
        refused(sipas_estimate_mean(d, &y, 1, &domains, NULL, &t, &err), SIPAS_ERR_ARGUMENT, &err,
                "names: that of by column 1");
        assert_null(t);
    }
    sipas_design_free(d);
}

static void test_blocks_of_a_covariance(void **state)
{
    const sipas_column y = F64(1, 2, 4);
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_design *d = NULL;
    sipas_table *t = NULL;
    const sipas_cov *cov = NULL;
    const int64_t row = 0;
    double out = 7.0;
    sipas_error err;

    (void)state;
    opts.cov = 1;
    assert_int_equal(sipas_design_new(NULL, 3, &y, NULL, NULL, 0, NULL, NULL, &d, &err), SIPAS_OK);
    assert_int_equal(sipas_estimate_mean(d, &y, 1, NULL, &opts, &t, &err), SIPAS_OK);
    assert_int_equal(sipas_table_get_cov(t, &cov, &err), SIPAS_OK);
    refused(sipas_cov_get_block(cov, &row, -1, &row, 1, &out, &err), SIPAS_ERR_ARGUMENT, &err, "row");
    refused(sipas_cov_get_block(cov, &row, 1, &row, INT64_MIN, &out, &err), SIPAS_ERR_ARGUMENT, &err, "column");
    assert_true(out == 7.0);
    sipas_table_free(t);
    sipas_design_free(d);
}

/* Said of every stratum, whether one of them is lonely or not. */
static void test_partners_of_strata(void **state)
{
    const sipas_column strata = I64(1, 1, 2, 2), partners = I64(1, 2, 1, 1), fine = I64(1, 1, 1, 1);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_design *d = NULL;
    sipas_error err;

    (void)state;
    opts.lonely_psu = SIPAS_LONELY_COLLAPSE;
    opts.collapse = SIPAS_COLLAPSE_GIVEN;
    opts.collapse_strata = &partners;
    refused(sipas_design_new(NULL, 4, NULL, &strata, NULL, 0, NULL, &opts, &d, &err), SIPAS_ERR_VALUE, &err,
            "row 1: collapse_strata differs");
    opts.collapse_strata = &fine;
    assert_int_equal(sipas_design_new(NULL, 4, NULL, &strata, NULL, 0, NULL, &opts, &d, &err), SIPAS_OK);
    sipas_design_free(d);
}

/* As many as a number holds: all that are there, or too few, never a negative number of them. */
static void test_more_units_than_there_are(void **state)
{
    static const char *const codes[] = {"a", "b", "c", "d", "e"};
    const sipas_column code = sipas_column_code(codes, 5), all = I64(INT64_MAX, INT64_MAX), strata = I64(1, 1, 2, 2, 2);
    const sipas_column of = I64(1, 2);
    sipas_draw_opts opts = SIPAS_DRAW_OPTS_INIT;
    sipas_table *t = NULL;
    const char *const *role;
    sipas_error err;
    int main_units = 0;

    (void)state;
    opts.has_seed = 1;
    opts.n = 1;
    opts.reserve = INT64_MAX;
    refused(sipas_draw(NULL, &code, &opts, &t, &err), SIPAS_ERR_TOO_FEW, &err, "9223372036854775807 units");
    opts.if_fewer = SIPAS_FEWER_TAKE_ALL;
    assert_int_equal(sipas_draw(NULL, &code, &opts, &t, &err), SIPAS_OK);
    assert_int_equal(sipas_table_count_rows(t), 5);
    assert_int_equal(sipas_table_get_code(t, "role", &role, &err), SIPAS_OK);
    for (int i = 0; i < 5; i++) main_units += strcmp(role[i], "main") == 0;
    assert_int_equal(main_units, 1);
    sipas_table_free(t);
    opts.n = opts.reserve = 0;
    opts.strata = &strata;
    opts.quota_stratum = &of;
    opts.quota_n = &all;
    opts.quota_reserve = &all;
    assert_int_equal(sipas_draw(NULL, &code, &opts, &t, &err), SIPAS_OK);
    assert_int_equal(sipas_table_count_rows(t), 5);
    sipas_table_free(t);
    opts.if_fewer = SIPAS_FEWER_MOVE;
    refused(sipas_draw(NULL, &code, &opts, &t, &err), SIPAS_ERR_TOO_FEW, &err, "units");
}

/* Items that no instrument holds. */
static void test_items(void **state)
{
    sipas_node node;
    double score = 7.0;
    sipas_error err;

    (void)state;
    memset(&node, 0, sizeof node);
    node.kind = SIPAS_NODE_ITEM;
    node.type = SIPAS_ITEM_LIKERT;
    node.code = "q";
    node.role = SIPAS_ROLE_JUDGEMENT;
    node.first_code = INT32_MIN;
    node.levels = INT32_MAX;
    refused(sipas_index_score(&node, SIPAS_SCORING_DEFAULT, -5, &score, &err), SIPAS_ERR_VALUE, &err,
            "levels is 2147483647");
    node.levels = 1;
    refused(sipas_index_score(&node, SIPAS_SCORING_DEFAULT, INT32_MIN, &score, &err), SIPAS_ERR_VALUE, &err,
            "levels is 1");
    node.levels = 5;
    node.first_code = INT32_MAX - 2;
    refused(sipas_index_score(&node, SIPAS_SCORING_DEFAULT, INT32_MAX, &score, &err), SIPAS_ERR_VALUE, &err,
            "first_code is");
    node.first_code = 1;
    assert_int_equal(sipas_index_score(&node, SIPAS_SCORING_DEFAULT, 5, NULL, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_index_score(&node, SIPAS_SCORING_DEFAULT, 5, &score, &err), SIPAS_OK);
    node.code = NULL;
    refused(sipas_index_score(&node, SIPAS_SCORING_DEFAULT, INT32_MAX, &score, &err), SIPAS_ERR_ARGUMENT, &err,
            "has no code");
}

/*
 * Codes chosen against a multiplicative hash (multiples of the inverse of the golden ratio's multiplier) cost no more than others: with a
 * table that they fill in one place the design of 160,000 of them took 40 s.
 */
static void test_codes_that_would_meet(void **state)
{
    enum { CODES = 160000 };
    const uint64_t multiplier = UINT64_C(0x9E3779B97F4A7C15);
    int64_t *code = calloc(CODES, sizeof *code);
    sipas_column column = sipas_column_i64(code, CODES);
    sipas_design *d = NULL;
    uint64_t inverse = 1;
    int64_t n = 0;

    (void)state;
    for (int i = 0; i < 6; i++) inverse *= 2 - multiplier * inverse;
    for (uint64_t i = 1; n < CODES; i++)
        if (i * inverse < UINT64_C(1) << 61) code[n++] = (int64_t)(i * inverse);
    assert_int_equal(sipas_design_new(NULL, CODES, NULL, NULL, &column, 1, NULL, NULL, &d, NULL), SIPAS_OK);
    assert_int_equal(sipas_design_count_psus(d), CODES);
    sipas_design_free(d);
    free(code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_columns),
                                       cmocka_unit_test(test_counts),
                                       cmocka_unit_test(test_sizes_of_options),
                                       cmocka_unit_test(test_reserved_fields),
                                       cmocka_unit_test(test_init_of_nothing),
                                       cmocka_unit_test(test_names_of_groups),
                                       cmocka_unit_test(test_blocks_of_a_covariance),
                                       cmocka_unit_test(test_partners_of_strata),
                                       cmocka_unit_test(test_more_units_than_there_are),
                                       cmocka_unit_test(test_items),
                                       cmocka_unit_test(test_codes_that_would_meet)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

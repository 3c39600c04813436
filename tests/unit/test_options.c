/*
 * Option structs across versions: callers compiled against an older or a newer header, and unknown fields.
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

#include "base/options.h"
#include "base/sizes.h"

/* One struct as three versions of a header have it. */
typedef struct older_opts {
    uint32_t struct_size;
    int32_t first;
} older_opts;

typedef struct current_opts {
    uint32_t struct_size;
    int32_t first;
    double second;
} current_opts;

typedef struct newer_opts {
    uint32_t struct_size;
    int32_t first;
    double second;
    const char *third;
    int64_t fourth;
} newer_opts;

static void null_gives_the_defaults(void **state)
{
    current_opts own;

    (void)state;
    memset(&own, 0xA5, sizeof own);
    assert_int_equal(sipas__options_load(&own, sizeof own, NULL, "opts", NULL), SIPAS_OK);
    assert_int_equal(own.struct_size, sizeof own);
    assert_int_equal(own.first, 0);
    assert_true(own.second == 0.0);
}

static void callers_of_any_age_are_understood(void **state)
{
    const older_opts older = {sizeof older, 7};
    const current_opts current = {sizeof current, 8, 2.5};
    const newer_opts newer = {sizeof newer, 9, 3.5, NULL, 0};
    current_opts own;

    (void)state;
    memset(&own, 0xA5, sizeof own);
    assert_int_equal(sipas__options_load(&own, sizeof own, &older, "opts", NULL), SIPAS_OK);
    assert_int_equal(own.struct_size, sizeof own);
    assert_int_equal(own.first, 7);
    assert_true(own.second == 0.0);
    assert_int_equal(sipas__options_load(&own, sizeof own, &current, "opts", NULL), SIPAS_OK);
    assert_int_equal(own.first, 8);
    assert_true(own.second == 2.5);
    assert_int_equal(sipas__options_load(&own, sizeof own, &newer, "opts", NULL), SIPAS_OK);
    assert_int_equal(own.struct_size, sizeof own);
    assert_int_equal(own.first, 9);
    assert_true(own.second == 3.5);
}

static void fields_from_the_future_are_refused(void **state)
{
    newer_opts newer = {sizeof newer, 9, 3.5, NULL, 1};
    current_opts own;
    sipas_error err;

    (void)state;
    assert_int_equal(sipas__options_load(&own, sizeof own, &newer, "some_opts", &err), SIPAS_ERR_OPTION);
    assert_string_equal(err.name, "some_opts");
    assert_non_null(strstr(err.message, "byte 24"));
    newer.fourth = 0;
    newer.third = "x";
    assert_int_equal(sipas__options_load(&own, sizeof own, &newer, "some_opts", &err), SIPAS_ERR_OPTION);
}

static void struct_sizes_that_make_no_sense_are_refused(void **state)
{
    const uint32_t sizes[] = {0, 3, 65537, UINT32_MAX};
    current_opts callers = {0, 1, 1.0}, own;
    sipas_error err;

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        callers.struct_size = sizes[i];
        assert_int_equal(sipas__options_load(&own, sizeof own, &callers, "opts", &err), SIPAS_ERR_OPTION);
        assert_non_null(strstr(err.message, "_INIT"));
    }
}

/* Of a struct that is published only the sizes that it had, and those that it may yet have. */
static void only_published_sizes_are_taken(void **state)
{
    static const uint32_t had[] = {48, 56, sizeof(sipas_domains)};
    unsigned char callers[1024] = {0}, own[sizeof(sipas_domains)];

    (void)state;
    for (uint32_t size = 0; size <= 96; size++) {
        int known = size > sizeof own && size % 8 == 0;

        for (size_t i = 0; i < sizeof had / sizeof *had; i++) known |= size == had[i];
        memcpy(callers, &size, sizeof size);
        assert_int_equal(sipas__options_load(own, sizeof own, callers, "sipas_domains", NULL),
                         known ? SIPAS_OK : SIPAS_ERR_OPTION);
    }
}

/* The list itself: ascending, the last size the one of today, which the layout test holds. */
static void the_list_ascends(void **state)
{
    int structs = 0;

    (void)state;
    for (const sipas__struct_sizes *of = sipas__published_sizes; of->name; of++, structs++) {
        assert_true(of->size[0] > 0 && of->size[SIPAS__MOST_SIZES - 1] == 0);
        for (int i = 1; i < SIPAS__MOST_SIZES; i++) assert_true(of->size[i] == 0 || of->size[i] > of->size[i - 1]);
    }
    assert_true(structs > 20);
}

static void values_are_checked_by_name(void **state)
{
    sipas_error err;

    (void)state;
    assert_int_equal(sipas__options_check("scoring", 0, 0, 3, &err), SIPAS_OK);
    assert_int_equal(sipas__options_check("scoring", 3, 0, 3, &err), SIPAS_OK);
    assert_int_equal(sipas__options_check("scoring", 4, 0, 3, &err), SIPAS_ERR_OPTION);
    assert_string_equal(err.name, "scoring");
    assert_non_null(strstr(err.message, "scoring: 4"));
    assert_int_equal(sipas__options_check("scoring", -1, 0, 3, NULL), SIPAS_ERR_OPTION);
}

static void a_level_lies_between_0_and_1(void **state)
{
    const double bad[] = {1.0, -0.5, 95.0, (double)NAN, (double)INFINITY};
    double level = 0.0;

    (void)state;
    assert_int_equal(sipas__options_level(&level, NULL), SIPAS_OK);
    assert_true(level == 0.95);
    level = 0.8;
    assert_int_equal(sipas__options_level(&level, NULL), SIPAS_OK);
    assert_true(level == 0.8);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        sipas_error err;

        level = bad[i];
        assert_int_equal(sipas__options_level(&level, &err), SIPAS_ERR_OPTION);
        assert_string_equal(err.name, "level");
    }
}

/* Macro and function say the same, and every byte but the size is zero: zero is the default of every field. */
#define CHECK_INIT(type, macro, init)                              \
    do {                                                           \
        const type by_macro = macro;                               \
        type by_function, zero;                                    \
        memset(&by_function, 0xA5, sizeof by_function);            \
        init(&by_function);                                        \
        memset(&zero, 0, sizeof zero);                             \
        zero.struct_size = (uint32_t)sizeof zero;                  \
        assert_memory_equal(&by_function, &by_macro, sizeof zero); \
        assert_memory_equal(&by_function, &zero, sizeof zero);     \
    } while (0)

static void init_macro_and_function_agree(void **state)
{
    (void)state;
    CHECK_INIT(sipas_allocate_opts, SIPAS_ALLOCATE_OPTS_INIT, sipas_allocate_opts_init);
    CHECK_INIT(sipas_allocate_target, SIPAS_ALLOCATE_TARGET_INIT, sipas_allocate_target_init);
    CHECK_INIT(sipas_allocate_multi_opts, SIPAS_ALLOCATE_MULTI_OPTS_INIT, sipas_allocate_multi_opts_init);
    CHECK_INIT(sipas_allocate_tree_opts, SIPAS_ALLOCATE_TREE_OPTS_INIT, sipas_allocate_tree_opts_init);
    CHECK_INIT(sipas_contrast_opts, SIPAS_CONTRAST_OPTS_INIT, sipas_contrast_opts_init);
    CHECK_INIT(sipas_estimate_quantile_opts, SIPAS_ESTIMATE_QUANTILE_OPTS_INIT, sipas_estimate_quantile_opts_init);
    CHECK_INIT(sipas_plan_opts, SIPAS_PLAN_OPTS_INIT, sipas_plan_opts_init);
    CHECK_INIT(sipas_plan_compare_opts, SIPAS_PLAN_COMPARE_OPTS_INIT, sipas_plan_compare_opts_init);
    CHECK_INIT(sipas_strata_opts, SIPAS_STRATA_OPTS_INIT, sipas_strata_opts_init);
    CHECK_INIT(sipas_ctx_opts, SIPAS_CTX_OPTS_INIT, sipas_ctx_opts_init);
    CHECK_INIT(sipas_design_opts, SIPAS_DESIGN_OPTS_INIT, sipas_design_opts_init);
    CHECK_INIT(sipas_design_phase2_opts, SIPAS_DESIGN_PHASE2_OPTS_INIT, sipas_design_phase2_opts_init);
    CHECK_INIT(sipas_domains, SIPAS_DOMAINS_INIT, sipas_domains_init);
    CHECK_INIT(sipas_estimate_opts, SIPAS_ESTIMATE_OPTS_INIT, sipas_estimate_opts_init);
    CHECK_INIT(sipas_frame_impute_opts, SIPAS_FRAME_IMPUTE_OPTS_INIT, sipas_frame_impute_opts_init);
    CHECK_INIT(sipas_frame_expand_opts, SIPAS_FRAME_EXPAND_OPTS_INIT, sipas_frame_expand_opts_init);
    CHECK_INIT(sipas_index_opts, SIPAS_INDEX_OPTS_INIT, sipas_index_opts_init);
    CHECK_INIT(sipas_rank_opts, SIPAS_RANK_OPTS_INIT, sipas_rank_opts_init);
    CHECK_INIT(sipas_draw_opts, SIPAS_DRAW_OPTS_INIT, sipas_draw_opts_init);
    CHECK_INIT(sipas_draw_stage, SIPAS_DRAW_STAGE_INIT, sipas_draw_stage_init);
    CHECK_INIT(sipas_draw_plan_opts, SIPAS_DRAW_PLAN_OPTS_INIT, sipas_draw_plan_opts_init);
    CHECK_INIT(sipas_components_opts, SIPAS_COMPONENTS_OPTS_INIT, sipas_components_opts_init);
    CHECK_INIT(sipas_size_figure, SIPAS_SIZE_FIGURE_INIT, sipas_size_figure_init);
    CHECK_INIT(sipas_size_opts, SIPAS_SIZE_OPTS_INIT, sipas_size_opts_init);
    CHECK_INIT(sipas_size_ranking_opts, SIPAS_SIZE_RANKING_OPTS_INIT, sipas_size_ranking_opts_init);
    CHECK_INIT(sipas_size_stage, SIPAS_SIZE_STAGE_INIT, sipas_size_stage_init);
    CHECK_INIT(sipas_size_stages_opts, SIPAS_SIZE_STAGES_OPTS_INIT, sipas_size_stages_opts_init);
    CHECK_INIT(sipas_unit_opts, SIPAS_UNIT_OPTS_INIT, sipas_unit_opts_init);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(null_gives_the_defaults),
        cmocka_unit_test(callers_of_any_age_are_understood),
        cmocka_unit_test(fields_from_the_future_are_refused),
        cmocka_unit_test(struct_sizes_that_make_no_sense_are_refused),
        cmocka_unit_test(only_published_sizes_are_taken),
        cmocka_unit_test(the_list_ascends),
        cmocka_unit_test(values_are_checked_by_name),
        cmocka_unit_test(a_level_lies_between_0_and_1),
        cmocka_unit_test(init_macro_and_function_agree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Codes that differ only by blanks, case or leading zeros are noted in what is made from them: draws, trees, groups. The codes are those
 * that people write; which of them are alike is plain from reading them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <sipas.h>

/* Whether the notes have a `codes_alike` that says all of the sentence; NULL: whether they have none. Frees the table. */
static void expect_note(sipas_table *table, const char *sentence)
{
    const sipas_table *notes = sipas_table_get_notes(table);
    const char *const *code, *const *message;
    int found = 0, notes_alike = 0;

    for (int64_t i = 0; notes && i < sipas_table_count_rows(notes); i++) {
        assert_int_equal(sipas_table_get_code(notes, "code", &code, NULL), SIPAS_OK);
        assert_int_equal(sipas_table_get_code(notes, "message", &message, NULL), SIPAS_OK);
        if (strcmp(code[i], "codes_alike") != 0) continue;
        notes_alike++;
        found += sentence && strstr(message[i], sentence) != NULL;
    }
    if (sentence ? !found : notes_alike)
        fail_msg("%d notes, none says \"%s\"", notes_alike, sentence ? sentence : "nothing");
    sipas_table_free(table);
}

static sipas_table *draw(const char *const *codes, const char *const *strata, int64_t n)
{
    const sipas_column code = sipas_column_code(codes, n), stratum = sipas_column_code(strata, n);
    sipas_draw_opts opts = SIPAS_DRAW_OPTS_INIT;
    sipas_table *table = NULL;

    opts.has_seed = 1;
    opts.n = 1;
    if (strata) opts.strata = &stratum;
    assert_int_equal(sipas_draw(NULL, &code, &opts, &table, NULL), SIPAS_OK);
    return table;
}

static void test_draws(void **state)
{
    static const char *const alike[] = {"01", "1", "02", "ha noi", "Ha Noi"}, *const plain[] = {"1", "2", "3", "4",
                                                                                                "5"};
    static const char *const strata[] = {"Bắc", "BẮC", "Nam", "Nam", "Nam"};

    (void)state;
    expect_note(draw(alike, NULL, 5), "4 codes of units differ from others only by blanks, case or leading zeros");
    expect_note(draw(plain, NULL, 5), NULL);
    expect_note(draw(plain, strata, 5), "2 codes of stratum");
}

/* Units of two parents may have one code; of one parent they are alike. */
static void test_trees(void **state)
{
    static const char *const code[] = {"A", "B", "x1", "X1", "x2"};
    static const int64_t apart[] = {-1, -1, 0, 1, 1}, together[] = {-1, -1, 1, 1, 1};
    static const int64_t *const parents[] = {apart, together};

    (void)state;
    for (int i = 0; i < 2; i++) {
        const sipas_column codes = sipas_column_code(code, 5), parent = sipas_column_i64(parents[i], 5);
        sipas_unit_opts opts = SIPAS_UNIT_OPTS_INIT;
        sipas_draw_stage stage = SIPAS_DRAW_STAGE_INIT;
        sipas_draw_plan_opts how = SIPAS_DRAW_PLAN_OPTS_INIT;
        sipas_unit_tree *tree = NULL;
        sipas_table *summary = NULL, *plan = NULL;

        opts.parent_row = &parent;
        how.has_seed = 1;
        stage.n = 1;
        assert_int_equal(sipas_unit_tree_new(NULL, &codes, NULL, &opts, &tree, NULL), SIPAS_OK);
        assert_int_equal(sipas_frame_summary(NULL, tree, &summary, NULL), SIPAS_OK);
        assert_int_equal(sipas_draw_plan(NULL, tree, &stage, 1, &how, &plan, NULL), SIPAS_OK);
        expect_note(summary, i ? "\"x1\" and \"X1\"" : NULL);
        expect_note(plan, i ? "\"x1\" and \"X1\"" : NULL);
        sipas_unit_tree_free(tree);
    }
}

static void test_groups(void **state)
{
    static const char *const group[] = {"Nữ", "nữ ", "Nam", "Nam"};
    static const double y[] = {1, 2, 3, 4};
    const sipas_column by = sipas_column_code(group, 4), values = sipas_column_f64(y, 4);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_design *design = NULL;
    sipas_table *table = NULL;

    (void)state;
    domains.n_by = 1;
    domains.by = &by;
    assert_int_equal(sipas_design_new(NULL, 4, NULL, NULL, NULL, 0, NULL, NULL, &design, NULL), SIPAS_OK);
    assert_int_equal(sipas_estimate_mean(design, &values, 1, &domains, NULL, &table, NULL), SIPAS_OK);
    expect_note(table,
                "2 codes of by1 differ from others only by blanks, case or leading zeros, and are codes of their own: "
                "\"Nữ\" and \"nữ \"");
    sipas_design_free(design);
}

/* ---- every other column of codes that enters ---- */

enum { N = 8 };

static const char *const alike[N] = {"A1", "a1 ", "B", "C", "A1", "a1 ", "B", "C"};
static const char *const units[N] = {"x1", "X1", "3", "4", "5", "6", "7", "8"};
static const double ones[N] = {1, 1, 1, 1, 1, 1, 1, 1}, numbers[N] = {3, 1, 4, 1, 5, 9, 2, 6};
static const uint8_t flags[N] = {1, 1, 1, 1, 1, 1, 1, 1};

/* What holds the codes is named in the note. */
static void expect_of(sipas_status status, sipas_table **table, const char *name)
{
    char sentence[80];

    (void)snprintf(sentence, sizeof sentence, "codes of %s differ from others only by", name);
    if (status != SIPAS_OK) fail_msg("%s: %s", name, sipas_status_name(status));
    expect_note(*table, sentence);
    *table = NULL;
}

static sipas_design *plain_design(const sipas_design_opts *opts, const sipas_column *strata)
{
    sipas_design *design = NULL;

    assert_int_equal(sipas_design_new(NULL, N, NULL, strata, NULL, 0, NULL, opts, &design, NULL), SIPAS_OK);
    return design;
}

static void test_designs(void **state)
{
    static const int32_t pairs[N] = {1, 1, 2, 2, 1, 1, 2, 2};
    const sipas_column codes = sipas_column_code(alike, N), sample = sipas_column_bool(flags, N),
                       strata = sipas_column_i32(pairs, N);
    static const char *const joined[N] = {"J", "J", "j", "j", "J", "J", "j", "j"};
    const sipas_column partner = sipas_column_code(joined, N);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_design *design;
    sipas_table *table = NULL;

    (void)state;
    opts.phase2 = SIPAS_PHASE2_SRS;
    opts.phase2_sample = &sample;
    opts.phase2_strata = &codes;
    design = plain_design(&opts, NULL);
    expect_of(sipas_design_describe(design, &table, NULL), &table, "phase2_strata");
    sipas_design_free(design);
    sipas_design_opts_init(&opts);
    opts.lonely_psu = SIPAS_LONELY_COLLAPSE;
    opts.collapse = SIPAS_COLLAPSE_GIVEN;
    opts.collapse_strata = &partner;
    design = plain_design(&opts, &strata);
    expect_of(sipas_design_describe(design, &table, NULL), &table, "collapse_strata");
    sipas_design_free(design);
}

static void test_variables(void **state)
{
    static const char *const later[N] = {"A1", "a1", "B", "c", "A1", "a1", "B", "c"}, *const yes[] = {"b "};
    const sipas_column codes = sipas_column_code(alike, N), other = sipas_column_code(later, N),
                       success = sipas_column_code(yes, 1), y = sipas_column_f64(numbers, N);
    const char *const names[] = {"q"};
    sipas_design *design = plain_design(NULL, NULL);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_table *table = NULL, *before = NULL, *after = NULL;

    (void)state;
    opts.names = names;
    expect_of(sipas_estimate_category(design, &codes, SIPAS_CATEGORY_SHARE, NULL, &opts, &table, NULL), &table, "q");
    expect_of(sipas_estimate_category(design, &codes, SIPAS_CATEGORY_TOTAL, NULL, &opts, &table, NULL), &table, "q");
    expect_of(sipas_estimate_distribution(design, &codes, 0, NULL, &opts, &table, NULL), &table, "q");
    expect_of(sipas_estimate_proportion(design, &codes, 1, &success, 0, NULL, &opts, &table, NULL), &table, "q");
    assert_int_equal(sipas_estimate_proportion(design, &other, 1, &success, 0, NULL, NULL, &table, NULL), SIPAS_OK);
    expect_note(table, "4 codes of y1"); /* A1 and a1, B and the success "b " */
    domains.n_by = 1;
    domains.by = &codes;
    assert_int_equal(sipas_estimate_mean(design, &y, 1, &domains, &opts, &before, NULL), SIPAS_OK);
    domains.by = &other;
    assert_int_equal(sipas_estimate_mean(design, &y, 1, &domains, &opts, &after, NULL), SIPAS_OK);
    assert_int_equal(sipas_estimate_change(before, after, NULL, &table, NULL), SIPAS_OK);
    expect_note(table, "5 codes of by1"); /* A1, a1 and "a1 "; C and c */
    sipas_table_free(before);
    sipas_table_free(after);
    sipas_design_free(design);
}

static void test_allocations(void **state)
{
    static const char *const class[] = {"A1", "a1 ", "B", "C"};
    static const double few[] = {1, 2, 3, 4}, sizes[N] = {100, 200, 300, 400, 500, 600, 700, 800};
    const sipas_column codes = sipas_column_code(alike, N), code = sipas_column_code(units, N),
                       classes = sipas_column_code(class, 4), class_n = sipas_column_f64(few, 4),
                       size = sipas_column_f64(sizes, N), sd = sipas_column_f64(ones, N);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_allocate_multi_opts multi = SIPAS_ALLOCATE_MULTI_OPTS_INIT;
    sipas_table *table = NULL;

    (void)state;
    opts.code = &code;
    expect_of(sipas_allocate(NULL, 100, &size, &opts, &table, NULL), &table, "code");
    opts.method = SIPAS_ALLOCATE_CLASS_TABLE;
    opts.unit_class = &codes;
    opts.class_code = &classes;
    opts.class_n = &class_n;
    expect_of(sipas_allocate(NULL, SIPAS_ALLOCATE_NO_TOTAL, &size, &opts, &table, NULL), &table, "unit_class");
    multi.goal = SIPAS_MULTI_BEST_RATIO;
    multi.budget = 100;
    multi.measure = SIPAS_TARGET_SE;
    multi.n_variables = 1;
    multi.sd = &sd;
    multi.code = &code;
    multi.n_by = 1;
    multi.by = &codes;
    multi.by_names = (const char *const[]){"zone"};
    {
        static const double wanted[] = {0.1};
        const sipas_column target = sipas_column_f64(wanted, 1);

        multi.target = &target;
        expect_of(sipas_allocate_multi(NULL, &size, &multi, &table, NULL, NULL, NULL), &table, "code");
        expect_of(sipas_allocate_multi(NULL, &size, &multi, &table, NULL, NULL, NULL), &table, "zone");
    }
}

static void test_other_rooms(void **state)
{
    const sipas_column codes = sipas_column_code(alike, N), y = sipas_column_f64(numbers, N),
                       w = sipas_column_f64(ones, N), there = sipas_column_bool(flags, N);
    double out[N];
    sipas_table *table = NULL;

    (void)state;
    expect_of(sipas_weight_response(NULL, &w, &codes, &there, out, &table, NULL), &table, "cell");
    expect_of(sipas_components_sample(NULL, &y, &w, NULL, &codes, 1, &table, NULL), &table, "psu");
    expect_of(sipas_components_frame(NULL, &y, &codes, 1, NULL, &table, NULL), &table, "psu");
}

static void test_tree_columns(void **state)
{
    static const char *const code[] = {"R", "1", "2", "3", "4"}, *const level[] = {"top", "unit", "Unit", "unit",
                                                                                   "unit"};
    static const char *const class[] = {"u", "urban", "Urban ", "u", "u"}, *const stratum[] = {"x", "s1", "S1", "t",
                                                                                               "t"};
    static const int64_t parents[] = {-1, 0, 0, 0, 0};
    const sipas_column codes = sipas_column_code(code, 5), parent = sipas_column_i64(parents, 5),
                       levels = sipas_column_code(level, 5), classes = sipas_column_code(class, 5),
                       strata = sipas_column_code(stratum, 5);
    sipas_unit_opts opts = SIPAS_UNIT_OPTS_INIT;
    sipas_draw_stage stage = SIPAS_DRAW_STAGE_INIT;
    sipas_draw_plan_opts how = SIPAS_DRAW_PLAN_OPTS_INIT;
    sipas_unit_tree *tree = NULL;
    sipas_table *table = NULL;

    (void)state;
    opts.parent_row = &parent;
    opts.level = &levels;
    opts.unit_class = &classes;
    opts.region = &classes;
    assert_int_equal(sipas_unit_tree_new(NULL, &codes, NULL, &opts, &tree, NULL), SIPAS_OK);
    expect_of(sipas_frame_summary(NULL, tree, &table, NULL), &table, "level");
    expect_of(sipas_frame_summary(NULL, tree, &table, NULL), &table, "unit_class");
    expect_of(sipas_frame_summary(NULL, tree, &table, NULL), &table, "region");
    how.has_seed = 1;
    stage.n = 1;
    stage.strata = SIPAS_STAGE_STRATA_COLUMN;
    stage.strata_of = &strata;
    expect_of(sipas_draw_plan(NULL, tree, &stage, 1, &how, &table, NULL), &table, "strata_of");
    sipas_unit_tree_free(tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_draws),       cmocka_unit_test(test_trees),
                                       cmocka_unit_test(test_groups),      cmocka_unit_test(test_designs),
                                       cmocka_unit_test(test_variables),   cmocka_unit_test(test_allocations),
                                       cmocka_unit_test(test_other_rooms), cmocka_unit_test(test_tree_columns)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

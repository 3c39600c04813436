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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_draws), cmocka_unit_test(test_trees),
                                       cmocka_unit_test(test_groups)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Multi-stage draws: a small tree with a branch that lacks a level, by hand and by Monte Carlo; the national design on the real
 * units of Việt Nam; and every refusal.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sipas.h>

#include "assert_close.h"
#include "unit_table.h"

/* ---- reading a result ---- */

static const int64_t *whole(const sipas_table *table, const char *column)
{
    const int64_t *value;

    assert_int_equal(sipas_table_get_i64(table, column, &value, NULL), SIPAS_OK);
    return value;
}

static const double *numbers(const sipas_table *table, const char *column)
{
    const double *value;

    assert_int_equal(sipas_table_get_f64(table, column, &value, NULL), SIPAS_OK);
    return value;
}

static const char *const *texts(const sipas_table *table, const char *column)
{
    const char *const *value;

    assert_int_equal(sipas_table_get_code(table, column, &value, NULL), SIPAS_OK);
    return value;
}

static const char *meta(const sipas_table *table, const char *key)
{
    const char *value;

    assert_int_equal(sipas_table_find_meta(table, key, &value, NULL), SIPAS_OK);
    return value;
}

static int is_main(const sipas_table *table, int64_t row)
{
    return strcmp(texts(table, "role")[row], "main") == 0;
}

/* Units of a stage, main only or with reserves. */
static int64_t count_stage(const sipas_table *table, int64_t stage, int main_only)
{
    int64_t n = 0;

    for (int64_t i = 0; i < sipas_table_count_rows(table); i++)
        n += whole(table, "stage")[i] == stage && (!main_only || is_main(table, i));
    return n;
}

static int64_t count_notes(const sipas_table *table, const char *wanted)
{
    const sipas_table *notes = sipas_table_get_notes(table);
    int64_t n = 0;

    for (int64_t i = 0; i < sipas_table_count_rows(notes); i++) n += strcmp(texts(notes, "code")[i], wanted) == 0;
    return n;
}

static sipas_table *must_draw(const sipas_unit_tree *tree, const sipas_draw_stage *stages, int32_t n,
                              const sipas_draw_plan_opts *opts)
{
    sipas_table *table;
    sipas_error err;

    if (sipas_draw_plan(NULL, tree, stages, n, opts, &table, &err) < 0) fail_msg("%s", err.message);
    return table;
}

static void must_fail(const sipas_unit_tree *tree, const sipas_draw_stage *stages, int32_t n,
                      const sipas_draw_plan_opts *opts, sipas_status status, int32_t stage, const char *word)
{
    sipas_table *table = (sipas_table *)&status;
    sipas_error err;

    assert_int_equal(sipas_draw_plan(NULL, tree, stages, n, opts, &table, &err), status);
    assert_null(table);
    assert_int_equal(err.column, stage);
    if (!strstr(err.message, word)) fail_msg("\"%s\" does not say \"%s\"", err.message, word);
}

/* ---- a small tree ----
 *
 * Two provinces. P has districts P1 (communes a b c, c urban), P2 (communes d e) and the island P3 without communes; each commune
 * has 3 villages, the island 4. Q has one district Q1 with the communes f g.
 */

enum { UNITS = 13, VILLAGES = 7 * 3 + 4 };

static const char *const code[UNITS] = {"P", "Q", "P1", "P2", "P3", "Q1", "a", "b", "c", "d", "e", "f", "g"};
static const char *const parent[UNITS] = {"", "", "P", "P", "P", "Q", "P1", "P1", "P1", "P2", "P2", "Q1", "Q1"};
static const char *const level[UNITS] = {"province", "province", "district", "district", "district",
                                         "district", "commune",  "commune",  "commune",  "commune",
                                         "commune",  "commune",  "commune"};
static const uint8_t urban[UNITS] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1};
static const double people[UNITS] = {0, 0, 50, 30, 20, 60, 0, 0, 0, 0, 0, 0, 0};
static const int32_t n_villages[UNITS] = {0, 0, 0, 0, 4, 0, 3, 3, 3, 3, 3, 3, 3};

static sipas_unit_tree *small_tree(void)
{
    static const char *const measure_name[] = {"people"};
    sipas_column c = sipas_column_code(code, UNITS), p = sipas_column_code(parent, UNITS);
    sipas_column l = sipas_column_code(level, UNITS), u = sipas_column_bool(urban, UNITS);
    sipas_column m = sipas_column_f64(people, UNITS), k = sipas_column_i32(n_villages, UNITS);
    sipas_unit_opts opts = SIPAS_UNIT_OPTS_INIT;
    sipas_unit_tree *tree, *with_villages;

    opts.level = &l;
    opts.urban = &u;
    opts.n_measures = 1;
    opts.measures = &m;
    opts.measure_names = measure_name;
    assert_int_equal(sipas_unit_tree_new(NULL, &c, &p, &opts, &tree, NULL), SIPAS_OK);
    assert_int_equal(sipas_frame_expand(NULL, tree, &k, "village", NULL, &with_villages, NULL), SIPAS_OK);
    sipas_unit_tree_free(tree);
    return with_villages;
}

/* Provinces all; 2 districts by people; 1 urban + 1 rural commune where both are; 1 village per commune, 2 on the island. */
typedef struct small_plan {
    sipas_draw_stage stage[4];
    sipas_draw_plan_opts opts;
    const char *kind[2];
    int64_t quota[2], villages[UNITS + VILLAGES], districts[UNITS + VILLAGES];
    uint8_t has_villages[(UNITS + VILLAGES + 7) / 8], has_districts[(UNITS + VILLAGES + 7) / 8];
    sipas_column kinds, quotas, villages_of, districts_of;
} small_plan;

static void set_plan(small_plan *p, uint64_t seed)
{
    memset(p, 0, sizeof *p);
    for (int i = 0; i < 4; i++) sipas_draw_stage_init(&p->stage[i]);
    p->kind[0] = "urban";
    p->kind[1] = "rural";
    p->quota[0] = p->quota[1] = 1;
    p->kinds = sipas_column_code(p->kind, 2);
    p->quotas = sipas_column_i64(p->quota, 2);
    p->villages[4] = 2;
    p->has_villages[0] = 1 << 4;
    p->villages_of = sipas_column_i64(p->villages, UNITS + VILLAGES);
    p->villages_of.validity = p->has_villages;
    p->districts[1] = 1; /* Q has one only */
    p->has_districts[0] = 1 << 1;
    p->districts_of = sipas_column_i64(p->districts, UNITS + VILLAGES);
    p->districts_of.validity = p->has_districts;

    p->stage[0].level = "province";
    p->stage[0].method = SIPAS_DRAW_ALL;
    p->stage[1].level = "district";
    p->stage[1].method = SIPAS_DRAW_PPS_SYSTEMATIC;
    p->stage[1].measure = "people";
    p->stage[1].n = 2;
    p->stage[1].n_of = &p->districts_of;
    p->stage[2].level = "commune";
    p->stage[2].strata = SIPAS_STAGE_STRATA_URBAN;
    p->stage[2].quota_stratum = &p->kinds;
    p->stage[2].quota_n = &p->quotas;
    p->stage[2].if_fewer = SIPAS_FEWER_MOVE_TAKE_ALL;
    p->stage[3].level = "village";
    p->stage[3].n = 1;
    p->stage[3].n_of = &p->villages_of;
    sipas_draw_plan_opts_init(&p->opts);
    p->opts.has_seed = 1;
    p->opts.seed = seed;
}

static void a_small_plan_by_hand(void **state)
{
    (void)state;
    sipas_unit_tree *tree = small_tree();
    small_plan p;
    sipas_table *table;
    const int64_t *stage, *row, *above;
    int64_t seen_island = 0;

    for (uint64_t seed = 0; seed < 30; seed++) {
        set_plan(&p, seed);
        table = must_draw(tree, p.stage, 4, &p.opts);
        stage = whole(table, "stage");
        row = whole(table, "row");
        above = whole(table, "parent");
        assert_int_equal(count_stage(table, 1, 0), 2);
        assert_int_equal(count_stage(table, 2, 0), 3);
        assert_string_equal(texts(table, "code")[0], "P");
        assert_string_equal(texts(table, "stratum")[0], "all");
        assert_close(numbers(table, "pi")[0], 1.0, 0.0);
        for (int64_t i = 0; i < sipas_table_count_rows(table); i++) {
            double pi_above = 1.0;

            assert_true(is_main(table, i));
            for (int64_t k = 0; k < i; k++)
                if (row[k] == above[i]) pi_above = numbers(table, "pi")[k];
            assert_close(numbers(table, "pi")[i], pi_above * numbers(table, "pi_stage")[i], 1e-15);
            if (row[i] == 2) assert_close(numbers(table, "pi_stage")[i], 1.0, 0.0); /* P1: 2·50/100 */
            if (row[i] == 2) assert_string_equal(texts(table, "stratum")[i], "P/P1");
            if (row[i] == 3) assert_close(numbers(table, "pi")[i], 0.6, 1e-15);
            if (row[i] == 3) assert_string_equal(texts(table, "stratum")[i], "P");
            if (row[i] == 4) assert_close(numbers(table, "pi")[i], 0.4, 1e-15);
            if (row[i] == 4) seen_island++;
            if (row[i] == 6) assert_close(numbers(table, "pi")[i], 0.5, 1e-15); /* a: one of two rural ones */
            if (row[i] == 8) assert_string_equal(texts(table, "stratum")[i], "P/P1:urban");
            if (row[i] == 9) assert_close(numbers(table, "pi_stage")[i], 1.0, 1e-15); /* d: both rural ones of P2 */
            if (stage[i] == 4) assert_string_equal(texts(table, "level")[i], "village");
            if (stage[i] == 4 && above[i] == 4) { /* of the island, straight */
                assert_close(numbers(table, "pi")[i], 0.4 * 2 / 4, 1e-15);
                assert_int_equal(whole(table, "population")[i], 4);
                assert_int_equal(whole(table, "n")[i], 2);
                assert_string_equal(texts(table, "stratum")[i], "P/P3");
            }
        }
        assert_int_equal(count_stage(table, 4, 0), 6); /* 2 per district, with communes or without */
        sipas_table_free(table);
    }
    assert_in_range(seen_island, 1, 29);
    sipas_unit_tree_free(tree);
}

static void passing_through_is_noted(void **state)
{
    (void)state;
    sipas_unit_tree *tree = small_tree();
    small_plan p;

    for (uint64_t seed = 0; seed < 10; seed++) {
        int64_t island = 0;
        sipas_table *table;

        set_plan(&p, seed);
        table = must_draw(tree, p.stage, 4, &p.opts);
        for (int64_t i = 0; i < sipas_table_count_rows(table); i++) island += whole(table, "row")[i] == 4;
        assert_int_equal(count_notes(table, "passed"), island);
        sipas_table_free(table);
    }
    sipas_unit_tree_free(tree);
}

/* First-order probabilities over all stages: within 5 standard deviations. */
static void villages_are_drawn_as_often_as_pi_says(void **state)
{
    (void)state;
    enum { SEEDS = 20000, ALL = UNITS + VILLAGES };
    sipas_unit_tree *tree = small_tree();
    int64_t as_main[ALL] = {0}, at_all[ALL] = {0};
    double pi[ALL] = {0}, pi_reserve[ALL] = {0}, sum = 0.0;
    small_plan p;

    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        sipas_table *table;

        set_plan(&p, seed);
        p.stage[1].n = 1; /* one district of three, and a reserve */
        p.stage[1].reserve = 1;
        p.stage[1].if_fewer = SIPAS_FEWER_TAKE_ALL;
        p.stage[3].reserve = 1;
        table = must_draw(tree, p.stage, 4, &p.opts);
        for (int64_t i = 0; i < sipas_table_count_rows(table); i++) {
            const int64_t unit = whole(table, "row")[i];

            at_all[unit]++;
            as_main[unit] += is_main(table, i);
            pi[unit] = numbers(table, "pi")[i];
            pi_reserve[unit] = numbers(table, "pi_reserve")[i];
        }
        sipas_table_free(table);
    }
    for (int i = 0; i < ALL; i++) {
        const double sd = sqrt(SEEDS * pi[i] * (1 - pi[i])), sd_all = sqrt(SEEDS * pi_reserve[i] * (1 - pi_reserve[i]));

        if (fabs((double)as_main[i] - SEEDS * pi[i]) > 5 * sd ||
            fabs((double)at_all[i] - SEEDS * pi_reserve[i]) > 5 * sd_all)
            fail_msg("unit %d: main %lld of %g, drawn %lld of %g", i, (long long)as_main[i], SEEDS * pi[i],
                     (long long)at_all[i], SEEDS * pi_reserve[i]);
        if (i >= UNITS) sum += pi[i];
    }
    assert_close(sum, 4.0, 1e-12); /* 2 villages in each of 2 districts */
    sipas_unit_tree_free(tree);
}

static void what_lies_below_a_reserve_is_reserve(void **state)
{
    (void)state;
    sipas_unit_tree *tree = small_tree();
    small_plan p;
    sipas_table *table;
    const int64_t *row, *above;
    int64_t below = 0;

    set_plan(&p, 4);
    p.stage[1].n = 1;
    p.stage[1].reserve = 1;
    p.stage[1].if_fewer = SIPAS_FEWER_TAKE_ALL;
    table = must_draw(tree, p.stage, 4, &p.opts);
    row = whole(table, "row");
    above = whole(table, "parent");
    assert_int_equal(count_stage(table, 2, 1), 2);
    assert_int_equal(count_stage(table, 2, 0), 3);
    for (int64_t i = 0; i < sipas_table_count_rows(table); i++)
        for (int64_t k = 0; k < i; k++)
            if (row[k] == above[i] && !is_main(table, k)) {
                assert_false(is_main(table, i));
                below++;
            }
    assert_true(below > 0);
    assert_true(strstr(meta(table, "stage_2"), "district, pps_systematic/1, 2 main, 1 reserve") != NULL);
    sipas_table_free(table);
    sipas_unit_tree_free(tree);
}

/* A village's draw can be made again from the header alone. */
static void an_auditor_can_make_the_draw_again(void **state)
{
    (void)state;
    sipas_unit_tree *tree = small_tree();
    small_plan p;
    sipas_table *table;
    int64_t checked = 0;

    set_plan(&p, 77);
    p.opts.programme = 3;
    table = must_draw(tree, p.stage, 4, &p.opts);
    for (int64_t i = 0; i < sipas_table_count_rows(table); i++) {
        const int64_t above = whole(table, "parent")[i], *village;
        int64_t n, smaller = 0;
        double own;

        if (whole(table, "stage")[i] != 4) continue;
        own = sipas_rng_uniform(77, 3, sipas_unit_tree_get_hash(tree, whole(table, "row")[i]), 64, 0);
        village = sipas_unit_tree_get_children(tree, above, &n);
        for (int64_t k = 0; k < n; k++)
            smaller += sipas_rng_uniform(77, 3, sipas_unit_tree_get_hash(tree, village[k]), 64, 0) < own;
        assert_int_equal(smaller + 1, whole(table, "order")[i]);
        checked++;
    }
    assert_int_equal(checked, 6);
    assert_string_equal(meta(table, "method"), "plan/1");
    assert_string_equal(meta(table, "seed"), "77");
    assert_string_equal(meta(table, "programme"), "3");
    assert_string_equal(meta(table, "units"), "38");
    assert_int_equal(strlen(meta(table, "frame")), 16);
    sipas_table_free(table);
    sipas_unit_tree_free(tree);
}

static void stages_without_a_level_take_the_children(void **state)
{
    (void)state;
    sipas_unit_tree *tree = small_tree();
    sipas_draw_stage stage[3] = {SIPAS_DRAW_STAGE_INIT, SIPAS_DRAW_STAGE_INIT, SIPAS_DRAW_STAGE_INIT};
    sipas_draw_plan_opts opts = SIPAS_DRAW_PLAN_OPTS_INIT;
    sipas_table *table;

    opts.has_seed = 1;
    stage[0].n = 1;
    stage[1].method = SIPAS_DRAW_ALL;
    stage[2].method = SIPAS_DRAW_SYSTEMATIC;
    stage[2].n = 1;
    table = must_draw(tree, stage, 3, &opts);
    assert_int_equal(count_stage(table, 1, 1), 1);
    assert_int_equal(count_stage(table, 3, 1), count_stage(table, 2, 1));
    sipas_table_free(table);

    stage[0].level = "village"; /* straight from the whole tree: below each root, as no root is a village */
    stage[0].n = 5;
    table = must_draw(tree, stage, 1, &opts);
    assert_int_equal(count_stage(table, 1, 1), 10);
    assert_close(numbers(table, "pi")[0], 5.0 / 19, 0.0);
    assert_close(numbers(table, "pi")[9], 5.0 / 6, 0.0);
    sipas_table_free(table);

    stage[1].level = "province"; /* which lies above: every village passes */
    table = must_draw(tree, stage, 2, &opts);
    assert_int_equal(count_notes(table, "passed"), 10);
    sipas_table_free(table);
    sipas_unit_tree_free(tree);
}

static void quotas_may_name_their_parent(void **state)
{
    (void)state;
    static const int64_t parents[] = {2, 0, 0}, counts[] = {2, 0, 1};
    static const uint8_t first_only[] = {0x01};
    const char *kind[] = {"rural", "urban", NULL}; /* P1: 2 rural. Elsewhere: no urban one, 1 of the rest */
    const char *of[UNITS + VILLAGES];
    sipas_unit_tree *tree = small_tree();
    sipas_column parent_column = sipas_column_i64(parents, 3), n = sipas_column_i64(counts, 3);
    sipas_column kinds = sipas_column_code(kind, 3), strata;
    small_plan p;
    sipas_table *table;

    for (int i = 0; i < UNITS + VILLAGES; i++) of[i] = i == 12 ? "urban" : "rural";
    strata = sipas_column_code(of, UNITS + VILLAGES);
    parent_column.validity = first_only;
    set_plan(&p, 1);
    p.stage[2].quota_parent = &parent_column;
    p.stage[2].quota_stratum = &kinds;
    p.stage[2].quota_n = &n;
    p.stage[2].if_fewer = SIPAS_FEWER_ERROR;
    must_fail(tree, p.stage, 4, &p.opts, SIPAS_ERR_NOT_FOUND, 2,
              "unit P/P1/c: there is no quota for stratum P/P1:urban");
    p.stage[2].strata = SIPAS_STAGE_STRATA_COLUMN;
    p.stage[2].strata_of = &strata;
    table = must_draw(tree, p.stage, 4, &p.opts);
    for (int64_t i = 0; i < sipas_table_count_rows(table); i++) {
        if (whole(table, "stage")[i] != 3) continue;
        if (whole(table, "parent")[i] == 2) assert_string_equal(texts(table, "stratum")[i], "P/P1:rural");
        if (whole(table, "parent")[i] == 5) assert_int_equal(whole(table, "row")[i], 11);
    }
    sipas_table_free(table);
    kind[0] = "urban";
    p.stage[2].quota_parent = NULL;
    must_fail(tree, p.stage, 4, &p.opts, SIPAS_ERR_DUPLICATE, 2, "quotas 0 and 1");
    sipas_unit_tree_free(tree);
}

/* Codes with a stroke or a colon: every unit drawn has a name of its own, and every stratum too. */
static void paths_never_collide(void **state)
{
    (void)state;
    static const char *const codes[] = {"a", "a/b", "b/c", "c", "x", "x:y"};
    static const int64_t above[] = {-1, -1, 0, 1, 2, 3}; /* a > b/c > x and a/b > c > x:y */
    static const char *const strata_of[] = {"", "", "", "", "y:z", "z"};
    sipas_column c = sipas_column_code(codes, 6), p = sipas_column_i64(above, 6), s = sipas_column_code(strata_of, 6);
    sipas_unit_opts opts = SIPAS_UNIT_OPTS_INIT;
    sipas_draw_stage stage[3] = {SIPAS_DRAW_STAGE_INIT, SIPAS_DRAW_STAGE_INIT, SIPAS_DRAW_STAGE_INIT};
    sipas_draw_plan_opts plan = SIPAS_DRAW_PLAN_OPTS_INIT;
    sipas_unit_tree *tree;
    sipas_table *table;

    opts.parent_row = &p;
    assert_int_equal(sipas_unit_tree_new(NULL, &c, NULL, &opts, &tree, NULL), SIPAS_OK);
    for (int k = 0; k < 3; k++) stage[k].method = SIPAS_DRAW_ALL;
    stage[2].strata = SIPAS_STAGE_STRATA_COLUMN;
    stage[2].strata_of = &s;
    plan.has_seed = 1;
    table = must_draw(tree, stage, 3, &plan);
    assert_int_equal(sipas_table_count_rows(table), 6);
    for (int64_t i = 0; i < 6; i++) {
        static const char *const names[] = {"a", "a\\/b", "a/b\\/c", "a\\/b/c", "a/b\\/c/x", "a\\/b/c/x\\:y"};

        assert_string_equal(texts(table, "code")[i], names[whole(table, "row")[i]]);
        if (whole(table, "row")[i] == 4) assert_string_equal(texts(table, "stratum")[i], "a/b\\/c:y\\:z");
        if (whole(table, "row")[i] == 5) assert_string_equal(texts(table, "stratum")[i], "a\\/b/c:z");
    }
    sipas_table_free(table);
    sipas_unit_tree_free(tree);
}

/* P1 is out of the frame: a quota that wants something there is refused as in sipas_draw(), or noted; one of 0 is kept. */
static void quotas_of_an_excluded_parent_are_not_forgotten(void **state)
{
    (void)state;
    static const int64_t parents[] = {2, 0};
    static const uint8_t first_only[] = {0x01};
    static const uint8_t out[UNITS + VILLAGES] = {0, 0, 1};
    int64_t counts[] = {2, 1};
    sipas_unit_tree *tree = small_tree();
    sipas_column parent_column = sipas_column_i64(parents, 2), n = sipas_column_i64(counts, 2),
                 excluded = sipas_column_bool(out, UNITS + VILLAGES);
    small_plan p;
    sipas_table *table;

    parent_column.validity = first_only;
    set_plan(&p, 1);
    p.opts.excluded = &excluded;
    p.stage[2].strata = SIPAS_STAGE_STRATA_NONE;
    p.stage[2].quota_stratum = NULL;
    p.stage[2].quota_parent = &parent_column;
    p.stage[2].quota_n = &n;
    p.stage[2].if_fewer = SIPAS_FEWER_ERROR;
    must_fail(tree, p.stage, 4, &p.opts, SIPAS_ERR_TOO_FEW, 2,
              "stage 3: stratum P/P1: 2 units are wanted, but it is excluded");
    p.stage[2].if_fewer = SIPAS_FEWER_TAKE_ALL;
    table = must_draw(tree, p.stage, 4, &p.opts);
    sipas_table_free(table);
    p.stage[2].if_fewer = SIPAS_FEWER_ERROR;
    counts[0] = 0;
    table = must_draw(tree, p.stage, 4, &p.opts);
    sipas_table_free(table);
    sipas_unit_tree_free(tree);
}

/* A stage that asks for nothing is named; quotas that are all 0 draw nothing. */
static void plans_of_nothing_are_refused(void **state)
{
    (void)state;
    sipas_unit_tree *tree = small_tree();
    small_plan p;

    set_plan(&p, 1);
    p.stage[3].n = 0;
    p.stage[3].n_of = NULL;
    must_fail(tree, p.stage, 4, &p.opts, SIPAS_ERR_ARGUMENT, 3, "nothing is asked for");
    p.quota[0] = p.quota[1] = 0;
    p.stage[2].level = "district";
    must_fail(tree, &p.stage[2], 1, &p.opts, SIPAS_ERR_TOO_FEW, -1, "nothing is drawn");
    sipas_unit_tree_free(tree);
}

/* ---- refusals ---- */

static void plans_have_faults(void **state)
{
    (void)state;
    static const uint8_t no_people[UNITS + VILLAGES] = {[4] = 1};
    sipas_unit_tree *tree = small_tree();
    sipas_column flags = sipas_column_bool(no_people, UNITS + VILLAGES), short_flags = sipas_column_bool(no_people, 3);
    small_plan p;
    sipas_table *table;

    set_plan(&p, 1);
    p.opts.has_seed = 0;
    must_fail(tree, p.stage, 4, &p.opts, SIPAS_ERR_OPTION, -1, "needs a seed");
    must_fail(tree, p.stage, 4, NULL, SIPAS_ERR_OPTION, -1, "needs a seed");
    set_plan(&p, 1);
    must_fail(NULL, p.stage, 4, &p.opts, SIPAS_ERR_ARGUMENT, -1, "tree");
    must_fail(tree, NULL, 4, &p.opts, SIPAS_ERR_ARGUMENT, -1, "stages");
    must_fail(tree, p.stage, 0, &p.opts, SIPAS_ERR_ARGUMENT, -1, "n_stages");
    must_fail(tree, p.stage, 9, &p.opts, SIPAS_ERR_ARGUMENT, -1, "n_stages");
    assert_int_equal(sipas_draw_plan(NULL, tree, p.stage, 4, &p.opts, NULL, NULL), SIPAS_ERR_ARGUMENT);
    p.stage[3].level = "hamlet";
    must_fail(tree, p.stage, 4, &p.opts, SIPAS_ERR_NOT_FOUND, 3, "hamlet");
    set_plan(&p, 1);
    p.stage[1].measure = "cows";
    must_fail(tree, p.stage, 4, &p.opts, SIPAS_ERR_NOT_FOUND, 1, "cows");
    p.stage[1].measure = NULL;
    must_fail(tree, p.stage, 4, &p.opts, SIPAS_ERR_ARGUMENT, 1, "needs a size");
    set_plan(&p, 1);
    p.stage[1].size_of = &p.villages_of;
    must_fail(tree, p.stage, 4, &p.opts, SIPAS_ERR_ARGUMENT, 1, "both measure and size_of");
    p.stage[1].measure = NULL;
    must_fail(tree, p.stage, 4, &p.opts, SIPAS_ERR_MISSING, 1, "unit P/P1: its size is missing");
    set_plan(&p, 1);
    p.stage[1].n_of = NULL; /* 2 of Q's one district */
    must_fail(tree, p.stage, 4, &p.opts, SIPAS_ERR_TOO_FEW, 1, "stratum Q: 2 units are wanted, only 1");
    set_plan(&p, 1);
    p.districts[1] = -3;
    must_fail(tree, p.stage, 4, &p.opts, SIPAS_ERR_VALUE, 1, "unit Q: n_of is -3");
    set_plan(&p, 1);
    p.stage[2].if_fewer = SIPAS_FEWER_MOVE;
    p.quota[0] = 3;
    must_fail(tree, p.stage, 4, &p.opts, SIPAS_ERR_TOO_FEW, 2, "stratum P/P1: 4 units are wanted, only 3");
    set_plan(&p, 1);
    p.stage[2].strata = SIPAS_STAGE_STRATA_CLASS;
    must_fail(tree, p.stage, 4, &p.opts, SIPAS_ERR_ARGUMENT, 2, "no classes");
    p.stage[2].strata = SIPAS_STAGE_STRATA_COLUMN;
    must_fail(tree, p.stage, 4, &p.opts, SIPAS_ERR_ARGUMENT, 2, "strata_of");
    p.stage[2].strata = SIPAS_STAGE_STRATA_NONE;
    must_fail(tree, p.stage, 4, &p.opts, SIPAS_ERR_ARGUMENT, 2, "quota_stratum is given, but no strata");
    set_plan(&p, 1);
    p.stage[2].quota_n = NULL;
    must_fail(tree, p.stage, 4, &p.opts, SIPAS_ERR_ARGUMENT, 2, "without quota_n");
    set_plan(&p, 1);
    p.stage[2].struct_size -= 8;
    must_fail(tree, p.stage, 4, &p.opts, SIPAS_ERR_OPTION, 2, "struct_size");
    set_plan(&p, 1);
    p.stage[0].n_of = &p.villages_of;
    must_fail(tree, p.stage, 4, &p.opts, SIPAS_ERR_OPTION, 0, "neither n");
    set_plan(&p, 1);
    p.stage[1].certainty_of = &short_flags;
    must_fail(tree, p.stage, 4, &p.opts, SIPAS_ERR_LENGTH, 1, "certainty_of");
    p.stage[1].certainty_of = &flags;
    p.stage[1].n = 0;
    must_fail(tree, p.stage, 4, &p.opts, SIPAS_ERR_INFEASIBLE, 1, "stratum P: 1 units are marked");
    p.stage[1].n = 1;
    table = must_draw(tree, p.stage, 4, &p.opts); /* the seat of P is drawn with certainty */
    assert_int_equal(whole(table, "row")[2], 4);
    assert_close(numbers(table, "pi")[2], 1.0, 0.0);
    assert_string_equal(texts(table, "stratum")[2], "P/P3");
    sipas_table_free(table);
    sipas_unit_tree_free(tree);
}

static void a_leaf_that_no_stage_reaches_is_refused(void **state)
{
    (void)state;
    static const uint8_t island[UNITS + VILLAGES] = {[4] = 1};
    sipas_unit_tree *tree = small_tree();
    sipas_column flags = sipas_column_bool(island, UNITS + VILLAGES);
    sipas_draw_stage stage = SIPAS_DRAW_STAGE_INIT;
    sipas_draw_plan_opts opts = SIPAS_DRAW_PLAN_OPTS_INIT;
    sipas_table *table;

    opts.has_seed = 1;
    stage.level = "commune"; /* below P lie communes, but also the island's villages */
    stage.n = 2;
    must_fail(tree, &stage, 1, &opts, SIPAS_ERR_TREE, 0, "P/P3/1 lies below no commune");
    opts.excluded = &flags;
    table = must_draw(tree, &stage, 1, &opts);
    assert_int_equal(sipas_table_count_rows(table), 4);
    assert_string_equal(meta(table, "units"), "33");
    sipas_table_free(table);
    sipas_unit_tree_free(tree);
}

static void excluded_units_are_never_drawn(void **state)
{
    (void)state;
    static const uint8_t out[UNITS + VILLAGES] = {[4] = 1, [5] = 1};
    sipas_unit_tree *tree = small_tree();
    sipas_column flags = sipas_column_bool(out, UNITS + VILLAGES);
    small_plan p;
    sipas_table *table;

    set_plan(&p, 1);
    p.opts.excluded = &flags;
    must_fail(tree, p.stage, 4, &p.opts, SIPAS_ERR_TOO_FEW, 1, "stratum Q: 1 units are wanted, only 0");
    p.stage[1].if_fewer = SIPAS_FEWER_TAKE_ALL;
    table = must_draw(tree, p.stage, 4, &p.opts);
    assert_int_equal(count_stage(table, 2, 0), 2);
    for (int64_t i = 0; i < sipas_table_count_rows(table); i++) {
        assert_int_not_equal(whole(table, "row")[i], 4);
        assert_int_not_equal(whole(table, "row")[i], 5);
    }
    assert_int_equal(count_notes(table, "passed"), 0); /* Q has nothing left: it does not pass */
    assert_int_equal(count_notes(table, "taken_all"), 1);
    sipas_table_free(table);
    sipas_unit_tree_free(tree);
}

/* ---- the national design of 2023-2026 on the real units ---- */

typedef struct national {
    sipas_unit_tree *tree; /* with villages */
    int64_t n;
    double *size;
    int64_t *districts, *villages; /* to draw below each unit */
    uint8_t *excluded;
} national;

static int64_t must_find(const sipas_unit_tree *tree, const char *first, const char *second, const char *third)
{
    const char *const path[] = {first, second, third};
    int64_t unit;

    assert_int_equal(sipas_unit_tree_find(tree, path, third ? 3 : second ? 2 : 1, &unit, NULL), SIPAS_OK);
    return unit;
}

/* A district whose children are villages. */
static int is_island(const sipas_unit_tree *tree, int64_t unit)
{
    int64_t n;
    const int64_t *child = sipas_unit_tree_get_children(tree, unit, &n);

    return child && strcmp(sipas_unit_tree_get_level(tree, unit), "district") == 0 &&
           strcmp(sipas_unit_tree_get_level(tree, child[0]), "village") == 0;
}

static void set_national(national *to, const unit_table *units)
{
    const int64_t n_old = units->n;
    int64_t *count = calloc((size_t)n_old, sizeof *count), n;
    uint8_t *out = calloc((size_t)n_old, 1);
    sipas_frame_impute_opts impute = SIPAS_FRAME_IMPUTE_OPTS_INIT;
    sipas_column counts, excluded;
    sipas_table *filled;
    const double *value;
    sipas_error err;

    assert_true(count && out);
    for (int64_t i = 0; i < n_old; i++) {
        int64_t depth = sipas_unit_tree_get_depth(units->tree, i);

        if (depth == 3) count[i] = sipas_unit_tree_get_urban(units->tree, i) == 1 ? 9 : 7;
        if (depth == 2 && !sipas_unit_tree_get_children(units->tree, i, &n)) count[i] = 12;
    }
    out[must_find(units->tree, "VN", "48", "498")] = 1; /* Hoàng Sa: nobody to ask */
    excluded = sipas_column_bool(out, n_old);
    impute.level = "district";
    impute.excluded = &excluded;
    assert_int_equal(sipas_frame_impute(NULL, units->tree, 0, &impute, &filled, NULL), SIPAS_OK);
    counts = sipas_column_i64(count, n_old);
    if (sipas_frame_expand(NULL, units->tree, &counts, "village", NULL, &to->tree, &err) < 0)
        fail_msg("%s", err.message);
    to->n = sipas_unit_tree_count(to->tree);
    to->size = calloc((size_t)to->n, sizeof *to->size);
    to->districts = calloc((size_t)to->n, sizeof *to->districts);
    to->villages = calloc((size_t)to->n, sizeof *to->villages);
    to->excluded = calloc((size_t)to->n, 1);
    assert_true(to->size && to->districts && to->villages && to->excluded);
    assert_int_equal(sipas_table_get_f64(filled, "value", &value, NULL), SIPAS_OK);
    memcpy(to->size, value, (size_t)n_old * sizeof *value);
    memcpy(to->excluded, out, (size_t)n_old);
    for (int64_t i = 0; i < to->n; i++) {
        const char *of = sipas_unit_tree_get_code(to->tree, i);
        int is_province = sipas_unit_tree_get_depth(to->tree, i) == 1;

        to->districts[i] = is_province && (strcmp(of, "01") == 0 || strcmp(of, "79") == 0) ? 6 : 3;
        to->villages[i] = is_island(to->tree, i) ? 6 : 3;
    }
    sipas_table_free(filled);
    free(count);
    free(out);
}

static void free_national(national *of)
{
    sipas_unit_tree_free(of->tree);
    free(of->size);
    free(of->districts);
    free(of->villages);
    free(of->excluded);
}

static sipas_table *draw_national(const national *from, uint64_t seed)
{
    static const char *const kind[] = {"urban", "rural"};
    static const int64_t one[] = {1, 1};
    sipas_column kinds = sipas_column_code(kind, 2), quota = sipas_column_i64(one, 2);
    sipas_column size = sipas_column_f64(from->size, from->n), districts = sipas_column_i64(from->districts, from->n);
    sipas_column villages = sipas_column_i64(from->villages, from->n),
                 excluded = sipas_column_bool(from->excluded, from->n);
    sipas_draw_stage stage[4] = {SIPAS_DRAW_STAGE_INIT, SIPAS_DRAW_STAGE_INIT, SIPAS_DRAW_STAGE_INIT,
                                 SIPAS_DRAW_STAGE_INIT};
    sipas_draw_plan_opts opts = SIPAS_DRAW_PLAN_OPTS_INIT;

    opts.has_seed = 1;
    opts.seed = seed;
    opts.excluded = &excluded;
    stage[0].level = "province";
    stage[0].method = SIPAS_DRAW_ALL;
    stage[1].level = "district";
    stage[1].method = SIPAS_DRAW_PPS_SYSTEMATIC;
    stage[1].size_of = &size;
    stage[1].n_of = &districts;
    stage[2].level = "commune";
    stage[2].strata = SIPAS_STAGE_STRATA_URBAN;
    stage[2].quota_stratum = &kinds;
    stage[2].quota_n = &quota;
    stage[2].if_fewer = SIPAS_FEWER_MOVE_TAKE_ALL;
    stage[3].level = "village";
    stage[3].n_of = &villages;
    stage[3].reserve = 1;
    return must_draw(from->tree, stage, 4, &opts);
}

static void the_national_design(void **state)
{
    (void)state;
    unit_table *units = unit_table_read("../examples/data/vietnam2023_units.csv");
    national from;
    sipas_table *table;
    const int64_t *stage, *row;
    int64_t islands = 0, in_ha_noi = 0;
    double of_villages = 0.0;

    set_national(&from, units);
    table = draw_national(&from, 1001);
    stage = whole(table, "stage");
    row = whole(table, "row");
    assert_int_equal(count_stage(table, 1, 1), 63);
    assert_int_equal(count_stage(table, 2, 1), 195);
    for (int64_t i = 0; i < sipas_table_count_rows(table); i++) {
        assert_true(numbers(table, "pi")[i] > 0.0 && numbers(table, "pi")[i] <= 1.0);
        assert_true(row[i] != must_find(units->tree, "VN", "48", "498"));
        if (stage[i] == 2) islands += is_island(from.tree, row[i]);
        if (stage[i] == 2) in_ha_noi += strncmp(texts(table, "code")[i], "VN/01/", 6) == 0;
        if (stage[i] == 4 && is_main(table, i)) of_villages += 1.0 / numbers(table, "pi")[i];
    }
    assert_int_equal(in_ha_noi, 6);
    assert_int_equal(count_notes(table, "passed"), islands);
    assert_in_range(count_stage(table, 3, 1), 2 * (195 - islands) - 10, 2 * (195 - islands));
    assert_in_range(of_villages, 40000, 180000); /* of 79,000: an unbiased, if rough, count */
    sipas_table_free(table);
    free_national(&from);
    unit_table_free(units);
}

static void permuted_files_give_the_same_sample(void **state)
{
    (void)state;
    const char *const path = "../examples/data/vietnam2023_units.csv";
    unit_table *units = unit_table_read(path), *mixed;
    int64_t *order = calloc((size_t)units->n, sizeof *order);
    national from, other;
    sipas_table *a, *b;

    assert_non_null(order);
    for (int64_t i = 0; i < units->n; i++) order[i] = (i * 7919 + 13) % units->n; /* 7919 is prime to 11,367 */
    mixed = unit_table_read_in_order(path, order);
    set_national(&from, units);
    set_national(&other, mixed);
    a = draw_national(&from, 5);
    b = draw_national(&other, 5);
    assert_int_equal(sipas_table_count_rows(a), sipas_table_count_rows(b));
    for (int64_t i = 0; i < sipas_table_count_rows(a); i++) {
        assert_string_equal(texts(a, "code")[i], texts(b, "code")[i]);
        assert_string_equal(texts(a, "role")[i], texts(b, "role")[i]);
        assert_string_equal(texts(a, "stratum")[i], texts(b, "stratum")[i]);
        assert_true(numbers(a, "pi")[i] == numbers(b, "pi")[i]);
        assert_int_equal(whole(a, "population")[i], whole(b, "population")[i]);
    }
    assert_string_equal(meta(a, "frame"), meta(b, "frame"));
    sipas_table_free(a);
    sipas_table_free(b);
    free_national(&from);
    free_national(&other);
    unit_table_free(units);
    unit_table_free(mixed);
    free(order);
}

/* Expanding what was drawn and drawing again with one stage more leaves the earlier stages as they were. */
static void a_stage_may_be_added_later(void **state)
{
    (void)state;
    sipas_unit_tree *tree = small_tree(), *grown;
    small_plan p;
    sipas_draw_stage stage[5];
    sipas_table *first, *second;
    int64_t persons[UNITS + VILLAGES] = {0};
    sipas_column count = sipas_column_i64(persons, UNITS + VILLAGES);

    set_plan(&p, 12);
    p.stage[1].n_of = p.stage[3].n_of = NULL; /* columns are as long as the tree, which will grow */
    p.stage[1].if_fewer = SIPAS_FEWER_TAKE_ALL;
    first = must_draw(tree, p.stage, 4, &p.opts);
    for (int64_t i = 0; i < sipas_table_count_rows(first); i++)
        if (whole(first, "stage")[i] == 4) persons[whole(first, "row")[i]] = 50;
    assert_int_equal(sipas_frame_expand(NULL, tree, &count, "person", NULL, &grown, NULL), SIPAS_OK);
    memcpy(stage, p.stage, sizeof p.stage);
    sipas_draw_stage_init(&stage[4]);
    stage[4].level = "person";
    stage[4].method = SIPAS_DRAW_SYSTEMATIC;
    stage[4].n = 16;
    stage[4].reserve = 8;
    second = must_draw(grown, stage, 5, &p.opts);
    for (int64_t i = 0; i < sipas_table_count_rows(first); i++) {
        assert_string_equal(texts(first, "code")[i], texts(second, "code")[i]);
        assert_true(numbers(first, "pi")[i] == numbers(second, "pi")[i]);
    }
    assert_int_equal(count_stage(second, 5, 1), 16 * count_stage(first, 4, 1));
    assert_int_equal(count_stage(second, 5, 0), 24 * count_stage(first, 4, 1));
    sipas_table_free(first);
    sipas_table_free(second);
    sipas_unit_tree_free(tree);
    sipas_unit_tree_free(grown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_plan_by_hand),
        cmocka_unit_test(passing_through_is_noted),
        cmocka_unit_test(villages_are_drawn_as_often_as_pi_says),
        cmocka_unit_test(what_lies_below_a_reserve_is_reserve),
        cmocka_unit_test(an_auditor_can_make_the_draw_again),
        cmocka_unit_test(stages_without_a_level_take_the_children),
        cmocka_unit_test(quotas_may_name_their_parent),
        cmocka_unit_test(paths_never_collide),
        cmocka_unit_test(quotas_of_an_excluded_parent_are_not_forgotten),
        cmocka_unit_test(plans_of_nothing_are_refused),
        cmocka_unit_test(plans_have_faults),
        cmocka_unit_test(a_leaf_that_no_stage_reaches_is_refused),
        cmocka_unit_test(excluded_units_are_never_drawn),
        cmocka_unit_test(the_national_design),
        cmocka_unit_test(permuted_files_give_the_same_sample),
        cmocka_unit_test(a_stage_may_be_added_later),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

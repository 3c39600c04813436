/*
 * The index through the public interface: the built-in instruments, small cases by hand, the published levels, codes
 * that are no answers, and what is refused.
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
#include "calls.h"
#include "random_sample.h"
#include "result.h"
#include "small_instrument.h"

static sipas_table *index_of(const sipas_design *design, const sipas_instrument *instrument,
                             const sipas_column *answers, const sipas_domains *domains, const sipas_index_opts *opts)
{
    sipas_table *table = NULL;
    sipas_error err;

    check(sipas_index_estimate(design, instrument, answers, domains, opts, &table, &err), &err);
    return table;
}

/* ---- the built-in instruments ---- */

/* n respondents; item j has `fives[j]` answers of 5 and 4 else. */
static int8_t *make_forms(int64_t items, int64_t n, const int *fives)
{
    int8_t *answers = calloc((size_t)(items * n), 1);

    for (int64_t j = 0; j < items; j++)
        for (int64_t i = 0; i < n; i++) answers[j * n + i] = (int8_t)((i * 7 + j) % n < fives[j] ? 5 : 4);
    return answers;
}

static void check_nodes(const char *id, int items)
{
    static const char *const aggregates[] = {"I.A",  "I.B",  "I.C",  "I.D", "II.A", "II.B",
                                             "II.C", "II.D", "II.E", "I",   "II",   "SIPAS"};
    const sipas_instrument *instrument = sipas_instrument_builtin(id);
    int fives[39] = {0};
    int8_t *answers = make_forms(items, 4, fives);
    sipas_column column[39];
    sipas_design *design = open_design(4, NULL, NULL, NULL, NULL, NULL);
    sipas_table *table;
    char code[16];

    for (int64_t j = 0; j < items; j++) column[j] = sipas_column_i8(answers + 4 * j, 4);
    table = index_of(design, instrument, column, NULL, NULL);
    assert_int_equal(sipas_table_count_rows(table), items + 12);
    for (int j = 0; j < items; j++) {
        (void)snprintf(code, sizeof code, "q%02d", j + 1);
        assert_string_equal(text(table, "node", j), code);
    }
    for (int k = 0; k < 12; k++) assert_string_equal(text(table, "node", items + k), aggregates[k]);
    for (int64_t row = 0; row < items + 12; row++) { /* top2 is the default: all answers are 4 */
        assert_close(real(table, "estimate", row), 100.0, 1e-14);
        assert_true(real(table, "se", row) == 0.0);
        assert_true(whole(table, "n", row) == 4);
        assert_true(real(table, "df", row) == 3.0 && real(table, "df_design", row) == 3.0);
    }
    assert_string_equal(meta(table, "instrument"), id);
    assert_string_equal(meta(table, "scoring"), "top2");
    assert_string_equal(meta(table, "weighting"), "criterion");
    assert_string_equal(meta(table, "missing"), "available");
    assert_string_equal(meta(table, "whole"), "pooled");
    assert_string_equal(meta(table, "method"), "index/1");
    assert_true(strlen(meta(table, "source")) > 0);
    assert_int_equal(has_column(table, "deff") + has_column(table, "unweighted") + has_column(table, "level"), 0);
    sipas_table_free(table);
    sipas_design_free(design);
    free(answers);
}

static void test_nodes(void **state)
{
    (void)state;
    check_nodes("1001/2023", 39);
    check_nodes("2022", 33);
}

/* Mean ÷ max of an item with a share p of fives, else fours: (4 + p) 20. With 2,000 forms every level of two decimals
 * can be made: 83.84 = (4 + 384/2000) 20. */
static sipas_table *published_levels(const int *fives, const sipas_design *design, int8_t **answers)
{
    sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
    sipas_column column[39];

    *answers = make_forms(39, 2000, fives);
    for (int64_t j = 0; j < 39; j++) column[j] = sipas_column_i8(*answers + 2000 * j, 2000);
    opts.scoring = SIPAS_SCORING_MEAN_OVER_MAX;
    return index_of(design, sipas_instrument_builtin("1001/2023"), column, NULL, &opts);
}

/* Published for 2024: policy 83.84, services 84.09, together 83.94. */
static void test_the_index_of_2024(void **state)
{
    sipas_design *design = open_design(2000, NULL, NULL, NULL, NULL, NULL);
    sipas_table *table;
    int8_t *answers;
    int fives[39];

    (void)state;
    for (int j = 0; j < 39; j++) fives[j] = j < 23 ? 384 : 409; /* 84.09 = (4 + 409/2000) 20 */
    table = published_levels(fives, design, &answers);
    assert_close(real(table, "estimate", node_row(table, "I", 0)), 83.84, 1e-14);
    assert_close(real(table, "estimate", node_row(table, "II", 0)), 84.09, 1e-14);
    assert_close(real(table, "estimate", node_row(table, "SIPAS", 0)), 23.0 / 39.0 * 83.84 + 16.0 / 39.0 * 84.09,
                 1e-14);
    assert_true(floor(100.0 * real(table, "estimate", node_row(table, "SIPAS", 0)) + 0.5) == 8394.0);
    sipas_table_free(table);
    free(answers);
    sipas_design_free(design);
}

/* Published for 2023: the five service factors; policy = 83.84 - 1.35 (its growth to 2024); together 82.66. */
static void test_the_index_of_2023(void **state)
{
    static const double factor[5] = {83.00, 83.02, 83.12, 83.03, 82.27};
    static const char *const code[5] = {"II.A", "II.B", "II.C", "II.D", "II.E"};
    static const int items[5] = {3, 4, 3, 3, 3};
    sipas_design *design = open_design(2000, NULL, NULL, NULL, NULL, NULL);
    sipas_table *table;
    int8_t *answers;
    int fives[39], at = 23;

    (void)state;
    for (int j = 0; j < 23; j++) fives[j] = 249; /* 82.49 */
    for (int f = 0; f < 5; f++)
        for (int k = 0; k < items[f]; k++) fives[at++] = (int)floor((factor[f] / 20.0 - 4.0) * 2000.0 + 0.5);
    assert_int_equal(at, 39);
    table = published_levels(fives, design, &answers);
    for (int f = 0; f < 5; f++) assert_close(real(table, "estimate", node_row(table, code[f], 0)), factor[f], 1e-14);
    assert_close(real(table, "estimate", node_row(table, "I", 0)), 82.49, 1e-14);
    assert_true(floor(100.0 * real(table, "estimate", node_row(table, "SIPAS", 0)) + 0.5) == 8266.0);
    sipas_table_free(table);
    free(answers);
    sipas_design_free(design);
}

/* ---- by hand ---- */

/* Four questions on five levels: x, y in factor A, z in factor B, both in block I; u in factor C of block II. */
static const sipas_node hand_nodes[10] = {
    {"x", "A", NULL, NULL, 3, SIPAS_NODE_ITEM, SIPAS_ITEM_LIKERT, SIPAS_ROLE_SATISFACTION, 5, 1, 0, 0, 0, {0}, {0}},
    {"y", "A", NULL, NULL, 1, SIPAS_NODE_ITEM, SIPAS_ITEM_LIKERT, SIPAS_ROLE_SATISFACTION, 5, 1, 0, 0, 0, {0}, {0}},
    {"z", "B", NULL, NULL, 9, SIPAS_NODE_ITEM, SIPAS_ITEM_LIKERT, SIPAS_ROLE_SATISFACTION, 5, 1, 0, 0, 0, {0}, {0}},
    {"u", "C", NULL, NULL, 2, SIPAS_NODE_ITEM, SIPAS_ITEM_LIKERT, SIPAS_ROLE_SATISFACTION, 5, 1, 0, 0, 0, {0}, {0}},
    {"A", "I", NULL, NULL, 1, SIPAS_NODE_FACTOR, 0, 0, 0, 0, 0, 0, 0, {0}, {0}},
    {"B", "I", NULL, NULL, 3, SIPAS_NODE_FACTOR, 0, 0, 0, 0, 0, 0, 0, {0}, {0}},
    {"C", "II", NULL, NULL, 5, SIPAS_NODE_FACTOR, 0, 0, 0, 0, 0, 0, 0, {0}, {0}},
    {"I", "S", NULL, NULL, 0.25, SIPAS_NODE_BLOCK, 0, 0, 0, 0, 0, 0, 0, {0}, {0}},
    {"II", "S", NULL, NULL, 0.75, SIPAS_NODE_BLOCK, 0, 0, 0, 0, 0, 0, 0, {0}, {0}},
    {"S", NULL, NULL, NULL, 0, SIPAS_NODE_INDEX, 0, 0, 0, 0, 0, 0, 0, {0}, {0}},
};

/* Four respondents of weight 1, 2, 3, 4. */
static const double hand_weight[4] = {1, 2, 3, 4};
static const int8_t hand_answer[4][4] = {{5, 4, 3, 2}, {4, 4, 2, 1}, {1, 5, 5, 3}, {2, 3, 4, 5}};

static sipas_instrument *hand_instrument(int n_nodes)
{
    sipas_instrument *instrument = NULL;
    sipas_error err;

    check(sipas_instrument_new(NULL, "hand", NULL, hand_nodes, n_nodes, &instrument, &err), &err);
    return instrument;
}

static void hand_columns(sipas_column *column)
{
    for (int j = 0; j < 4; j++) column[j] = sipas_column_i8(hand_answer[j], 4);
}

/*
 * Weighted means of the levels: x (5·1 + 4·2 + 3·3 + 2·4)/10 = 3, y 22/10, z 38/10, u 40/10.
 * mean ÷ max: 60, 44, 76, 80.
 * criterion  A 52, B 76, C 80, I (60 + 44 + 76)/3 = 60, II 80, S (60 + 44 + 76 + 80)/4 = 65
 * factor     I (52 + 76)/2 = 64, S (52 + 76 + 80)/3 = 208/3
 * block      S (60 + 80)/2 = 70
 * explicit   A (3·60 + 44)/4 = 56, I (56 + 3·76)/4 = 71, S (71 + 3·80)/4 = 77.75
 * top2       x, y 3/10, z 5/10, u 7/10; rescaled (mean - 1)/4: 50, 30, 70, 75
 */
static void test_values_by_hand(void **state)
{
    static const struct {
        int32_t scoring, weighting;
        double value[10];
    } hand[] = {
        {SIPAS_SCORING_MEAN_OVER_MAX, SIPAS_WEIGHTING_CRITERION, {60, 44, 76, 80, 52, 76, 80, 60, 80, 65}},
        {SIPAS_SCORING_MEAN_OVER_MAX, SIPAS_WEIGHTING_FACTOR, {60, 44, 76, 80, 52, 76, 80, 64, 80, 208.0 / 3.0}},
        {SIPAS_SCORING_MEAN_OVER_MAX, SIPAS_WEIGHTING_BLOCK, {60, 44, 76, 80, 52, 76, 80, 60, 80, 70}},
        {SIPAS_SCORING_MEAN_OVER_MAX, SIPAS_WEIGHTING_EXPLICIT, {60, 44, 76, 80, 56, 76, 80, 71, 80, 77.75}},
        {SIPAS_SCORING_TOP2, SIPAS_WEIGHTING_CRITERION, {30, 30, 50, 70, 30, 50, 70, 110.0 / 3.0, 70, 45}},
        {SIPAS_SCORING_RESCALED, SIPAS_WEIGHTING_CRITERION, {50, 30, 70, 75, 40, 70, 75, 50, 75, 56.25}},
        {SIPAS_SCORING_DEFAULT, SIPAS_WEIGHTING_DEFAULT, {30, 30, 50, 70, 30, 50, 70, 110.0 / 3.0, 70, 45}},
    };
    sipas_instrument *instrument = hand_instrument(10);
    sipas_design *design = open_design(4, hand_weight, NULL, NULL, NULL, NULL);
    sipas_column column[4];

    (void)state;
    hand_columns(column);
    for (size_t i = 0; i < sizeof hand / sizeof hand[0]; i++) {
        sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
        sipas_table *table;

        opts.scoring = hand[i].scoring;
        opts.weighting = hand[i].weighting;
        table = index_of(design, instrument, column, NULL, &opts);
        for (int k = 0; k < 10; k++) {
            assert_string_equal(text(table, "node", k), hand_nodes[k].code);
            assert_close(real(table, "estimate", k), hand[i].value[k], 1e-14);
        }
        sipas_table_free(table);
    }
    sipas_design_free(design);
    sipas_instrument_free(instrument);
}

/*
 * SE of S under mean ÷ max and criterion: each answered all four, so S is the weighted mean of the respondents' means
 * 60, 80, 70, 55; w z = w (m - 65)/10 = -0.5, 3, 1.5, -4; V = 4/3 (0.25 + 9 + 2.25 + 16) = 110/3. Unweighted: 265/4.
 */
static void test_standard_error_by_hand(void **state)
{
    sipas_instrument *instrument = hand_instrument(10);
    sipas_design *design = open_design(4, hand_weight, NULL, NULL, NULL, NULL);
    sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
    sipas_column column[4];
    sipas_table *table;

    (void)state;
    hand_columns(column);
    opts.scoring = SIPAS_SCORING_MEAN_OVER_MAX;
    opts.unweighted = 1;
    opts.level = 0.9;
    table = index_of(design, instrument, column, NULL, &opts);
    assert_close(real(table, "se", 9), sqrt(110.0 / 3.0), 1e-14);
    assert_true(real(table, "df", 9) == 3.0);
    /* t, 95 % of 3 degrees of freedom: R's qt(.95, 3) */
    assert_close(real(table, "upper", 9) - 65.0, 2.353363434801823 * sqrt(110.0 / 3.0), 1e-12);
    assert_close(65.0 - real(table, "lower", 9), 2.353363434801823 * sqrt(110.0 / 3.0), 1e-12);
    assert_close(real(table, "unweighted", 9), 66.25, 1e-14);
    assert_close(real(table, "unweighted", 1), 55.0, 1e-14);
    assert_string_equal(meta(table, "confidence"), "0.9");
    sipas_table_free(table);
    sipas_design_free(design);
    sipas_instrument_free(instrument);
}

/*
 * Respondent 1 left out y, respondent 2 x and y, respondent 4 left out all but u (weights 1, 2, 3, 4; mean ÷ max).
 * available   x (100 + 180)/4 = 70 over 1 and 3; y 40 over 3; z (20 + 200 + 300)/6 = 260/3 over 1, 2, 3;
 *             u 80; A (70 + 40)/2 = 55; I (70 + 40 + 260/3)/3 = 590/9; S (590/3 + 80)/4
 * complete    respondent 3 alone: 60, 40, 100, 80; A 50, I 200/3, S 70
 * respondent  A: respondent 1 has 100 (x alone), 3 has 50: (100 + 150)/4 = 62.5; I: 1 (100 + 20)/2 = 60, 2 100,
 *             3 200/3: (60 + 200 + 200)/6 = 230/3; S: 1 (100 + 20 + 40)/3 = 160/3, 2 (100 + 60)/2 = 80, 3 70, 4 100:
 *             (160/3 + 160 + 210 + 400)/10
 */
static void test_missing_by_hand(void **state)
{
    static const double gaps[4][4] = {{5, NAN, 3, NAN}, {NAN, NAN, 2, NAN}, {1, 5, 5, NAN}, {2, 3, 4, 5}};
    static const struct {
        int32_t rule;
        double x, y, z, u, a, i, s;
        int n_x, n_a, n_i, n_s;
    } hand[] = {
        {SIPAS_MISSING_AVAILABLE, 70, 40, 260.0 / 3.0, 80, 55, 590.0 / 9.0, (590.0 / 3.0 + 80.0) / 4.0, 2, 2, 3, 4},
        {SIPAS_MISSING_COMPLETE, 60, 40, 100, 80, 50, 200.0 / 3.0, 70, 1, 1, 1, 1},
        {SIPAS_MISSING_RESPONDENT, 70, 40, 260.0 / 3.0, 80, 62.5, 230.0 / 3.0, (160.0 / 3.0 + 770.0) / 10.0, 2, 2, 3,
         4}};
    sipas_instrument *instrument = hand_instrument(10);
    sipas_design *design = open_design(4, hand_weight, NULL, NULL, NULL, NULL);
    sipas_column column[4];

    (void)state;
    for (int j = 0; j < 4; j++) column[j] = sipas_column_f64(gaps[j], 4);
    for (size_t r = 0; r < sizeof hand / sizeof hand[0]; r++) {
        sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
        sipas_table *table;

        opts.scoring = SIPAS_SCORING_MEAN_OVER_MAX;
        opts.missing = hand[r].rule;
        table = index_of(design, instrument, column, NULL, &opts);
        assert_close(real(table, "estimate", node_row(table, "x", 0)), hand[r].x, 1e-14);
        assert_close(real(table, "estimate", node_row(table, "y", 0)), hand[r].y, 1e-14);
        assert_close(real(table, "estimate", node_row(table, "z", 0)), hand[r].z, 1e-14);
        assert_close(real(table, "estimate", node_row(table, "u", 0)), hand[r].u, 1e-14);
        assert_close(real(table, "estimate", node_row(table, "A", 0)), hand[r].a, 1e-14);
        assert_close(real(table, "estimate", node_row(table, "I", 0)), hand[r].i, 1e-14);
        assert_close(real(table, "estimate", node_row(table, "S", 0)), hand[r].s, 1e-14);
        assert_int_equal(whole(table, "n", node_row(table, "x", 0)), hand[r].n_x);
        assert_int_equal(whole(table, "n", node_row(table, "A", 0)), hand[r].n_a);
        assert_int_equal(whole(table, "n", node_row(table, "I", 0)), hand[r].n_i);
        assert_int_equal(whole(table, "n", node_row(table, "S", 0)), hand[r].n_s);
        sipas_table_free(table);
    }
    sipas_design_free(design);
    sipas_instrument_free(instrument);
}

/* The unweighted figure: plain means of those who answered, put together by the same rule. */
static void test_unweighted(void **state)
{
    static const double gaps[4][4] = {{5, NAN, 3, NAN}, {NAN, NAN, 2, NAN}, {1, 5, 5, NAN}, {2, 3, 4, 5}};
    static const double weight[4] = {1, 2, 0, 4}; /* respondent 3 is out */
    sipas_instrument *instrument = hand_instrument(10);
    sipas_design *design = open_design(4, weight, NULL, NULL, NULL, NULL);
    sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
    sipas_column column[4];
    sipas_table *table;

    (void)state;
    for (int j = 0; j < 4; j++) column[j] = sipas_column_f64(gaps[j], 4);
    opts.scoring = SIPAS_SCORING_MEAN_OVER_MAX;
    opts.unweighted = 1;
    table = index_of(design, instrument, column, NULL, &opts);
    assert_close(real(table, "unweighted", 0), 100.0, 1e-14);
    assert_int_equal(missing(table, "unweighted", 1), 1);    /* nobody of weight answered y */
    assert_close(real(table, "unweighted", 2), 60.0, 1e-14); /* z: 20, 100 */
    assert_close(real(table, "unweighted", 3), 200.0 / 3.0, 1e-14);
    assert_int_equal(missing(table, "unweighted", 9), 1);
    assert_int_equal(missing(table, "estimate", 9), 1);
    assert_non_null(find_note(table, "no_value", 9));
    sipas_table_free(table);
    opts.missing = SIPAS_MISSING_RESPONDENT; /* 160/3, 80, 100 */
    table = index_of(design, instrument, column, NULL, &opts);
    assert_close(real(table, "unweighted", 9), (160.0 / 3.0 + 180.0) / 3.0, 1e-14);
    assert_close(real(table, "estimate", 9), (160.0 / 3.0 + 160.0 + 400.0) / 7.0, 1e-14);
    sipas_table_free(table);
    sipas_design_free(design);
    sipas_instrument_free(instrument);
}

/* One item is a tree too: its own root. */
static void test_an_item_alone(void **state)
{
    static const sipas_node alone = {
        "x", NULL, NULL, NULL, 0, SIPAS_NODE_ITEM, SIPAS_ITEM_LIKERT, SIPAS_ROLE_SATISFACTION, 5, 1, 0, 0, 0, {0}, {0}};
    sipas_instrument *instrument = NULL;
    sipas_design *design = open_design(4, hand_weight, NULL, NULL, NULL, NULL);
    sipas_column column[4];
    sipas_error err;

    (void)state;
    check(sipas_instrument_new(NULL, "alone", NULL, &alone, 1, &instrument, &err), &err);
    hand_columns(column);
    for (int32_t rule = SIPAS_MISSING_AVAILABLE; rule <= SIPAS_MISSING_RESPONDENT; rule++) {
        sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
        sipas_table *table;

        opts.scoring = SIPAS_SCORING_MEAN_OVER_MAX;
        opts.missing = rule;
        table = index_of(design, instrument, column, NULL, &opts);
        assert_int_equal(sipas_table_count_rows(table), 1);
        assert_close(real(table, "estimate", 0), 60.0, 1e-14);
        sipas_table_free(table);
    }
    sipas_design_free(design);
    sipas_instrument_free(instrument);
}

/* ---- an item is a mean; a node a mean of means ---- */

static void test_item_is_a_mean(void **state)
{
    static const uint32_t levels[] = {0, 1};
    const sample_design parts = {2, 2, 1, 0, 0, 0};

    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++)
        for (int32_t deff = SIPAS_DEFF_WOR; deff <= SIPAS_DEFF_WR; deff++) {
            random_sample *s = random_sample_new(seed, 0);
            const int64_t n = (int64_t)s->n;
            int8_t *answers = calloc(4 * s->n, 1);
            double *score = calloc(5 * s->n, sizeof *score);
            const sipas_column by = sipas_column_i32(s->by[1], n);
            sipas_instrument *instrument = hand_instrument(10);
            sipas_design *design = random_sample_open(s, &parts, NULL);
            sipas_domains domains = SIPAS_DOMAINS_INIT;
            sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
            sipas_estimate_opts mean_opts = SIPAS_ESTIMATE_OPTS_INIT;
            sipas_column column[4], y[5];
            sipas_table *nodes, *means;

            for (size_t i = 0; i < s->n; i++)
                for (size_t j = 0; j < 4; j++) {
                    answers[j * s->n + i] = (int8_t)(1 + (int)(5.0 * sipas_rng_uniform(seed, 3, i, j, 0)));
                    score[j * s->n + i] = 20.0 * answers[j * s->n + i];
                    score[4 * s->n + i] += 5.0 * answers[j * s->n + i]; /* the mean of the four */
                }
            for (int64_t j = 0; j < 4; j++) column[j] = sipas_column_i8(answers + j * n, n);
            for (int64_t j = 0; j < 5; j++) y[j] = sipas_column_f64(score + j * n, n);
            domains.n_by = 1;
            domains.by = &by;
            domains.n_levels = 2;
            domains.levels = levels;
            opts.scoring = SIPAS_SCORING_MEAN_OVER_MAX;
            opts.deff = mean_opts.deff = deff;
            nodes = index_of(design, instrument, column, &domains, &opts);
            means = estimate(design, MEAN, y, NULL, 5, &domains, &mean_opts);
            for (int64_t j = 0; j < 5; j++)
                for (int64_t g = 0; g < 3; g++) {
                    const int64_t row = (j < 4 ? j : 9) * 3 + g;

                    check_rows_alike(nodes, row, means, 3 * j + g, 1e-12);
                    assert_close(real(nodes, "se", row), real(means, "se", 3 * j + g), 1e-11);
                    assert_close(real(nodes, "deff", row), real(means, "deff", 3 * j + g), 1e-10);
                }
            sipas_table_free(nodes);
            sipas_table_free(means);
            sipas_design_free(design);
            sipas_instrument_free(instrument);
            random_sample_free(s);
            free(answers);
            free(score);
        }
}

/* The SE of a node is that of the sum of its items' shares, by their covariances. */
static void test_node_by_covariances(void **state)
{
    const sample_design parts = {1, 1, 1, 0, 0, 0};
    random_sample *s = random_sample_new(8, 0);
    const int64_t n = (int64_t)s->n;
    int16_t *answers = calloc(SMALL_ITEMS * s->n, sizeof *answers);
    sipas_instrument *instrument = small_instrument_new();
    sipas_design *design = random_sample_open(s, &parts, NULL);
    sipas_column column[SMALL_ITEMS];

    (void)state;
    for (int j = 0; j < SMALL_ITEMS; j++) {
        for (size_t i = 0; i < s->n; i++) {
            const double u = sipas_rng_uniform(8, 3, i, (uint64_t)j, 0);

            answers[(size_t)j * s->n + i] =
                (int16_t)(u < 0.15 ? -9 : small_first_code(j) + (int)((u - 0.15) / 0.85 * small_levels(j)));
        }
        column[j] = sipas_column_i16(answers + j * n, n);
    }
    for (int32_t weighting = SIPAS_WEIGHTING_CRITERION; weighting <= SIPAS_WEIGHTING_EXPLICIT; weighting++) {
        sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
        sipas_table *table;

        opts.weighting = weighting;
        opts.cov = 1;
        table = index_of(design, instrument, column, NULL, &opts);
        for (int64_t k = 0; k < SMALL_NODES; k++) {
            const double *coef = small_coef[weighting - 1][k];
            double variance = 0.0;

            for (int64_t i = 0; i < SMALL_ITEMS; i++)
                for (int64_t j = 0; j < SMALL_ITEMS; j++) variance += coef[i] * coef[j] * covariance(table, i, j);
            assert_close(real(table, "se", k), sqrt(variance), 1e-12);
            assert_close(covariance(table, k, k), variance, 1e-12);
        }
        sipas_table_free(table);
    }
    sipas_design_free(design);
    sipas_instrument_free(instrument);
    random_sample_free(s);
    free(answers);
}

/* ---- codes that are no answers ---- */

/* Don't know, not applicable, NaN and a cleared bit all leave the same estimates. */
static void test_what_is_not_scored(void **state)
{
    static const sipas_node with_codes = {
        "x", NULL, NULL, NULL,     0,   SIPAS_NODE_ITEM, SIPAS_ITEM_LIKERT, SIPAS_ROLE_SATISFACTION, 5, 1,
        0,   2,    1,    {9, 999}, {-1}};
    static const double nan_answers[6] = {5, NAN, 3, 4, NAN, 2};
    static const int8_t bytes[6] = {5, 9, 3, 4, -1, 2}, others[6] = {5, 77, 3, 4, 99, 2};
    static const int32_t words[6] = {5, 999, 3, 4, 999, 2};
    static const float floats[6] = {5, 999, 3, 4, 9, 2};
    static const uint8_t valid = 0x2D; /* rows 1 and 4 are not */
    sipas_column columns[] = {sipas_column_f64(nan_answers, 6), sipas_column_i8(bytes, 6), sipas_column_i32(words, 6),
                              sipas_column_f32(floats, 6), sipas_column_i8(others, 6)};
    sipas_instrument *instrument = NULL;
    sipas_design *design = open_design(6, NULL, NULL, NULL, NULL, NULL);
    sipas_error err;

    (void)state;
    columns[4].validity = &valid; /* whatever lies under a cleared bit is not looked at */
    check(sipas_instrument_new(NULL, "codes", NULL, &with_codes, 1, &instrument, &err), &err);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
        sipas_table *table;

        opts.scoring = SIPAS_SCORING_MEAN_OVER_MAX;
        table = index_of(design, instrument, &columns[i], NULL, &opts);
        assert_close(real(table, "estimate", 0), 70.0, 1e-14);
        assert_int_equal(whole(table, "n", 0), 4);
        assert_int_equal(whole(table, "psus", 0), 4);
        /* w z = (s - 70)/4 = 7.5, -2.5, 2.5, -7.5 and twice 0, of 6 PSUs: 6/5 · 125 */
        assert_close(real(table, "se", 0), sqrt(150.0), 1e-14);
        sipas_table_free(table);
    }
    sipas_design_free(design);
    sipas_instrument_free(instrument);
}

static void refuse_answers(const sipas_instrument *instrument, const sipas_column *columns, sipas_status status,
                           int64_t row, int32_t item, const char *name, const char *sentence)
{
    static const int32_t threads[] = {1, 4};

    for (size_t t = 0; t < 2; t++)
        for (int32_t rule = SIPAS_MISSING_AVAILABLE; rule <= SIPAS_MISSING_RESPONDENT; rule++) {
            sipas_ctx_opts ctx_opts = SIPAS_CTX_OPTS_INIT;
            sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
            sipas_ctx *ctx = NULL;
            sipas_design *design = NULL;
            sipas_table *table = (sipas_table *)&table;
            sipas_error err;

            ctx_opts.threads = threads[t];
            opts.missing = rule;
            check(sipas_ctx_new(&ctx_opts, &ctx, &err), &err);
            check(sipas_design_new(ctx, columns[0].n, NULL, NULL, NULL, 0, NULL, NULL, &design, &err), &err);
            assert_int_equal(sipas_index_estimate(design, instrument, columns, NULL, &opts, &table, &err), status);
            assert_null(table);
            assert_int_equal(err.row, row);
            assert_int_equal(err.column, item);
            assert_string_equal(err.name, name);
            if (!strstr(err.message, sentence)) fail_msg("\"%s\" does not say \"%s\"", err.message, sentence);
            sipas_design_free(design);
            sipas_ctx_free(ctx);
        }
}

/* An answer outside its scale is named by row and item, whether it is read as a byte or not; of several the first. */
static void test_answers_outside_their_scale(void **state)
{
    enum { FORMS = 5000 };
    static int8_t answers[39][FORMS];
    static double reals[FORMS];
    static int32_t words[FORMS];
    const sipas_instrument *instrument = sipas_instrument_builtin("1001/2023");
    static const struct {
        int row, item, value;
    } faults[] = {{0, 0, 0}, {4999, 38, 6}, {1023, 17, -1}, {1024, 17, 127}, {3000, 5, -128}};
    sipas_column columns[39];
    char sentence[96], name[16];

    (void)state;
    for (int j = 0; j < 39; j++) {
        for (int i = 0; i < FORMS; i++) answers[j][i] = (int8_t)(1 + (i + j) % 5);
        columns[j] = sipas_column_i8(answers[j], FORMS);
    }
    for (size_t f = 0; f < sizeof faults / sizeof faults[0]; f++) {
        const int row = faults[f].row, item = faults[f].item;
        const int8_t kept = answers[item][row];

        answers[item][row] = (int8_t)faults[f].value;
        if (row < 4999) answers[(item + 7) % 39][4999] = 33; /* later, so it is not to be named */
        (void)snprintf(sentence, sizeof sentence, "row %d: q%02d is %d, which is not an answer of its scale (1 to 5)",
                       row, item + 1, faults[f].value);
        (void)snprintf(name, sizeof name, "q%02d", item + 1);
        refuse_answers(instrument, columns, SIPAS_ERR_VALUE, row, item, name, sentence);
        answers[item][row] = kept;
        answers[(item + 7) % 39][4999] = 1;
    }
    for (int i = 0; i < FORMS; i++) reals[i] = words[i] = 3;
    reals[2500] = 2.5;
    columns[8] = sipas_column_f64(reals, FORMS);
    refuse_answers(instrument, columns, SIPAS_ERR_VALUE, 2500, 8, "q09", "row 2500: q09 is 2.5, which is not");
    reals[2500] = INFINITY;
    refuse_answers(instrument, columns, SIPAS_ERR_VALUE, 2500, 8, "q09", "row 2500: q09 is inf, which is not");
    reals[2500] = 1e300;
    refuse_answers(instrument, columns, SIPAS_ERR_VALUE, 2500, 8, "q09", "row 2500: q09 is 1e+300, which is not");
    words[77] = 1 + 256; /* not 1, though its lowest byte is */
    columns[8] = sipas_column_i32(words, FORMS);
    refuse_answers(instrument, columns, SIPAS_ERR_VALUE, 77, 8, "q09", "row 77: q09 is 257, which is not");
}

/* ---- scores ---- */

static void test_scores(void **state)
{
    static const double five[3][5] = {{0, 0, 0, 100, 100}, {20, 40, 60, 80, 100}, {0, 25, 50, 75, 100}},
                        four[3][4] = {{0, 0, 100, 100}, {25, 50, 75, 100}, {0, 100.0 / 3.0, 200.0 / 3.0, 100}},
                        three[3][3] = {{0, 100, 100}, {100.0 / 3.0, 200.0 / 3.0, 100}, {0, 50, 100}},
                        two[3][2] = {{0, 100}, {50, 100}, {0, 100}};
    static const int32_t scoring[3] = {SIPAS_SCORING_TOP2, SIPAS_SCORING_MEAN_OVER_MAX, SIPAS_SCORING_RESCALED};
    const double *const expected[4][3] = {{two[0], two[1], two[2]},
                                          {three[0], three[1], three[2]},
                                          {four[0], four[1], four[2]},
                                          {five[0], five[1], five[2]}};

    (void)state;
    for (int levels = 2; levels <= 5; levels++)
        for (int s = 0; s < 3; s++)
            for (int reversed = 0; reversed <= 1; reversed++)
                for (int first = -300; first <= 300; first += 300)
                    for (int k = 0; k < levels; k++) {
                        sipas_node node = hand_nodes[0];
                        double score = -1.0;

                        node.levels = levels;
                        node.first_code = first;
                        node.reversed = reversed;
                        assert_int_equal(sipas_index_score(&node, scoring[s], first + k, &score, NULL), SIPAS_OK);
                        assert_close(score, expected[levels - 2][s][reversed ? levels - 1 - k : k], 1e-15);
                    }
}

static void test_scores_refused(void **state)
{
    sipas_node node = hand_nodes[0];
    double score = -1.0;
    sipas_error err;

    (void)state;
    assert_int_equal(sipas_index_score(&node, 0, 6, &score, &err), SIPAS_ERR_VALUE);
    assert_string_equal(err.name, "x");
    assert_non_null(strstr(err.message, "6 is not an answer of its scale (1 to 5)"));
    assert_int_equal(sipas_index_score(&node, 0, 0, &score, &err), SIPAS_ERR_VALUE);
    assert_int_equal(sipas_index_score(&node, 4, 1, &score, &err), SIPAS_ERR_OPTION);
    assert_int_equal(sipas_index_score(NULL, 0, 1, &score, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_index_score(&node, 0, 1, NULL, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_index_score(&hand_nodes[4], 0, 1, &score, &err), SIPAS_ERR_ARGUMENT);
    node.type = SIPAS_ITEM_SINGLE;
    assert_int_equal(sipas_index_score(&node, 0, 1, &score, &err), SIPAS_ERR_TYPE);
    assert_non_null(strstr(err.message, "x is a single-choice item"));
    assert_true(score == -1.0);
}

/* ---- domains without answers ---- */

/* Group 1: nobody answers x; group 2: one PSU; group 3: weights of 0; group 4 has all. */
static void test_gaps_of_domains(void **state)
{
    static const int32_t group[9] = {1, 1, 2, 3, 3, 4, 4, 4, 4};
    static const double weight[9] = {1, 1, 1, 0, 0, 1, 1, 2, 1}, x[9] = {NAN, NAN, 3, 4, 5, 1, 2, 3, 4},
                        y[9] = {2, 3, 1, 4, 5, 5, 4, 3, 2};
    const sipas_column by = sipas_column_i32(group, 9);
    const sipas_column column[4] = {sipas_column_f64(x, 9), sipas_column_f64(y, 9), sipas_column_f64(y, 9),
                                    sipas_column_f64(y, 9)};
    sipas_instrument *instrument = hand_instrument(10);
    sipas_design *design = open_design(9, weight, NULL, NULL, NULL, NULL);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_table *table;

    (void)state;
    domains.n_by = 1;
    domains.by = &by;
    table = index_of(design, instrument, column, &domains, NULL);
    assert_int_equal(sipas_table_count_rows(table), 40);
    for (int64_t k = 0; k < 10; k++) {
        const int has_x = k == 0 || k == 4 || k == 7 || k == 9; /* x, A, I, S */

        assert_int_equal(missing(table, "estimate", 4 * k), has_x);
        assert_int_equal(find_note(table, "no_value", 4 * k) != NULL, has_x);
        assert_int_equal(whole(table, "n", 4 * k), k == 0 ? 0 : 2);
        assert_int_equal(missing(table, "estimate", 4 * k + 1), 0);
        assert_int_equal(missing(table, "se", 4 * k + 1), 1);
        assert_int_equal(missing(table, "estimate", 4 * k + 2), 1);
        assert_int_equal(whole(table, "n", 4 * k + 2), 0);
        assert_int_equal(missing(table, "lower", 4 * k + 3), 0);
    }
    assert_non_null(find_note(table, "one_psu", 1));
    assert_non_null(find_note(table, "empty_domain", 2));
    assert_non_null(strstr(find_note(table, "no_value", 0), "x"));
    assert_non_null(strstr(find_note(table, "no_value", 0), "by1=1"));
    sipas_table_free(table);
    sipas_design_free(design);
    sipas_instrument_free(instrument);
}

/* A country of which nobody is in has no value, as a mean of units neither. */
static void test_nobody_in_the_country(void **state)
{
    static const uint8_t nobody[4] = {0, 0, 0, 0};
    static const int32_t unit[4] = {1, 1, 2, 2};
    static const uint32_t levels[] = {0, 1};
    const sipas_column by = sipas_column_i32(unit, 4), mask = sipas_column_bool(nobody, 4);
    sipas_instrument *instrument = hand_instrument(10);
    sipas_design *design = open_design(4, hand_weight, NULL, NULL, NULL, NULL);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_column column[4];

    (void)state;
    hand_columns(column);
    domains.n_by = 1;
    domains.by = &by;
    domains.n_levels = 2;
    domains.levels = levels;
    domains.where = &mask;
    for (int32_t rule = SIPAS_WHOLE_POOLED; rule <= SIPAS_WHOLE_MEAN_OF_UNITS; rule++) {
        sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
        sipas_table *table;

        opts.whole = rule;
        table = index_of(design, instrument, column, &domains, &opts);
        for (int64_t row = 0; row < sipas_table_count_rows(table); row++) {
            assert_int_equal(missing(table, "estimate", row), 1);
            assert_int_equal(missing(table, "se", row), 1);
            assert_int_equal(whole(table, "n", row), 0);
        }
        sipas_table_free(table);
    }
    sipas_design_free(design);
    sipas_instrument_free(instrument);
}

/* Units of which nobody is in are not in the mean: unit 3 has weights of 0 only, unit 4 is out by `where`. */
static void test_units_without_rows(void **state)
{
    static const int32_t unit[8] = {1, 1, 2, 2, 3, 3, 4, 4}, unit_code[4] = {1, 2, 3, 4};
    static const double weight[8] = {1, 2, 3, 4, 0, 0, 5, 5}, people[4] = {3, 1, 50, 60},
                        x[8] = {5, 4, 3, 2, 1, 1, 1, 1};
    static const uint8_t in[8] = {1, 1, 1, 1, 1, 1, 0, 0};
    static const uint32_t whole_only[] = {0};
    const sipas_column by = sipas_column_i32(unit, 8), mask = sipas_column_bool(in, 8),
                       code = sipas_column_i32(unit_code, 4), population = sipas_column_f64(people, 4),
                       answers = sipas_column_f64(x, 8);
    const sipas_column column[4] = {answers, answers, answers, answers};
    sipas_instrument *instrument = hand_instrument(10);
    sipas_design *design = open_design(8, weight, NULL, NULL, NULL, NULL);
    sipas_domains domains = SIPAS_DOMAINS_INIT;

    (void)state;
    domains.n_by = 1;
    domains.by = &by;
    domains.n_levels = 1;
    domains.levels = whole_only;
    domains.where = &mask;
    for (int32_t rule = SIPAS_WHOLE_MEAN_OF_UNITS; rule <= SIPAS_WHOLE_POPULATION; rule++) {
        const double share = rule == SIPAS_WHOLE_POPULATION ? 0.75 : 0.5; /* of unit 1 */
        sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
        sipas_table *table;

        opts.scoring = SIPAS_SCORING_MEAN_OVER_MAX;
        opts.whole = rule;
        opts.population_code = &code;
        opts.population = &population;
        table = index_of(design, instrument, column, &domains, &opts);
        assert_int_equal(sipas_table_count_rows(table), 10);
        for (int64_t row = 0; row < 10; row++) {
            assert_close(real(table, "estimate", row), share * 260.0 / 3.0 + (1.0 - share) * 340.0 / 7.0, 1e-14);
            assert_int_equal(missing(table, "se", row), 0);
        }
        sipas_table_free(table);
    }
    sipas_design_free(design);
    sipas_instrument_free(instrument);
}

/* The level of the units need not be among those asked for, and is not added to the result. */
static void test_whole_without_its_units(void **state)
{
    static const int32_t unit[4] = {1, 1, 2, 2}, sex[4] = {1, 2, 1, 2};
    static const uint32_t levels[] = {0, 2};
    const sipas_column by[2] = {sipas_column_i32(unit, 4), sipas_column_i32(sex, 4)};
    sipas_instrument *instrument = hand_instrument(10);
    sipas_design *design = open_design(4, hand_weight, NULL, NULL, NULL, NULL);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
    sipas_column column[4];
    sipas_table *table;

    (void)state;
    hand_columns(column);
    domains.n_by = 2;
    domains.by = by;
    domains.n_levels = 2;
    domains.levels = levels;
    opts.scoring = SIPAS_SCORING_MEAN_OVER_MAX;
    opts.whole = SIPAS_WHOLE_MEAN_OF_UNITS;
    table = index_of(design, instrument, column, &domains, &opts);
    assert_int_equal(sipas_table_count_rows(table), 30);
    assert_string_equal(text(table, "level", 0), "all");
    assert_string_equal(text(table, "level", 1), "by2");
    /* x: unit 1 (100 + 2·80)/3, unit 2 (3·60 + 4·40)/7 */
    assert_close(real(table, "estimate", 0), (260.0 / 3.0 + 340.0 / 7.0) / 2.0, 1e-14);
    sipas_table_free(table);
    sipas_design_free(design);
    sipas_instrument_free(instrument);
}

/* Unit 1 lies in PSU 1 alone: as a mean of units the whole has an SE that lacks its share, and says so; pooled it does not. */
static void test_whole_of_a_unit_in_one_psu(void **state)
{
    static const int32_t unit[4] = {1, 1, 2, 2}, psu[4] = {1, 1, 2, 3};
    static const uint32_t levels[] = {0};
    const sipas_column by = sipas_column_i32(unit, 4);
    sipas_instrument *instrument = hand_instrument(10);
    sipas_design *design = open_design(4, hand_weight, NULL, psu, NULL, NULL);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
    sipas_column column[4];
    sipas_table *table;

    (void)state;
    hand_columns(column);
    domains.n_by = 1;
    domains.by = &by;
    domains.n_levels = 1;
    domains.levels = levels;
    table = index_of(design, instrument, column, &domains, &opts);
    assert_null(find_note(table, "whole_one_psu", 0));
    sipas_table_free(table);
    opts.whole = SIPAS_WHOLE_MEAN_OF_UNITS;
    table = index_of(design, instrument, column, &domains, &opts);
    assert_non_null(find_note(table, "whole_one_psu", 0));
    assert_non_null(strstr(find_note(table, "whole_one_psu", 0), "1 units lie in one PSU"));
    sipas_table_free(table);
    sipas_design_free(design);
    sipas_instrument_free(instrument);
}

/* ---- what is refused ---- */

static void refuse(const sipas_design *design, const sipas_instrument *instrument, const sipas_column *answers,
                   const sipas_domains *domains, const sipas_index_opts *opts, sipas_status status, const char *name,
                   const char *sentence)
{
    sipas_table *table = (sipas_table *)&table;
    sipas_error err;

    assert_int_equal(sipas_index_estimate(design, instrument, answers, domains, opts, &table, &err), status);
    assert_null(table);
    assert_string_equal(err.name, name);
    if (!strstr(err.message, sentence)) fail_msg("\"%s\" does not say \"%s\"", err.message, sentence);
}

static void test_refused(void **state)
{
    static const char *const texts[4] = {"5", "4", "3", "2"};
    static const int32_t strata[4] = {1, 1, 1, 2};
    sipas_instrument *instrument = hand_instrument(10), *choice = NULL, *weightless = NULL;
    sipas_design *design = open_design(4, hand_weight, NULL, NULL, NULL, NULL), *lonely;
    sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
    sipas_node nodes[10];
    sipas_column column[4];
    sipas_table *table = NULL;
    sipas_error err;

    (void)state;
    hand_columns(column);
    refuse(NULL, instrument, column, NULL, NULL, SIPAS_ERR_ARGUMENT, "design", "NULL");
    refuse(design, NULL, column, NULL, NULL, SIPAS_ERR_ARGUMENT, "instrument", "NULL");
    refuse(design, instrument, NULL, NULL, NULL, SIPAS_ERR_ARGUMENT, "answers", "NULL");
    assert_int_equal(sipas_index_estimate(design, instrument, column, NULL, NULL, NULL, NULL), SIPAS_ERR_ARGUMENT);
    column[2] = sipas_column_code(texts, 4);
    refuse(design, instrument, column, NULL, NULL, SIPAS_ERR_TYPE, "z", "number");
    column[2] = sipas_column_i8(hand_answer[2], 3);
    refuse(design, instrument, column, NULL, NULL, SIPAS_ERR_LENGTH, "z", "3 rows where 4");
    hand_columns(column);
    opts.scoring = 4;
    refuse(design, instrument, column, NULL, &opts, SIPAS_ERR_OPTION, "scoring", "4");
    opts.scoring = 0;
    opts.weighting = -1;
    refuse(design, instrument, column, NULL, &opts, SIPAS_ERR_OPTION, "weighting", "-1");
    opts.weighting = 0;
    opts.missing = 4;
    refuse(design, instrument, column, NULL, &opts, SIPAS_ERR_OPTION, "missing", "4");
    opts.missing = 0;
    opts.level = -0.5;
    refuse(design, instrument, column, NULL, &opts, SIPAS_ERR_OPTION, "level", "-0.5");
    opts.level = 0;
    opts.whole = 4;
    refuse(design, instrument, column, NULL, &opts, SIPAS_ERR_OPTION, "whole", "4");
    opts.whole = SIPAS_WHOLE_MEAN_OF_UNITS;
    refuse(design, instrument, column, NULL, &opts, SIPAS_ERR_ARGUMENT, "whole_by", "no by column 0");
    opts.whole = 0;

    memcpy(nodes, hand_nodes, sizeof nodes);
    nodes[1].type = SIPAS_ITEM_SINGLE;
    check(sipas_instrument_new(NULL, "choice", NULL, nodes, 10, &choice, &err), &err);
    refuse(design, choice, column, NULL, NULL, SIPAS_ERR_TYPE, "y", "y is a single-choice item");
    nodes[1].type = SIPAS_ITEM_LIKERT;
    nodes[5].weight = 0.0;
    check(sipas_instrument_new(NULL, "weightless", NULL, nodes, 10, &weightless, &err), &err);
    opts.weighting = SIPAS_WEIGHTING_EXPLICIT;
    refuse(design, weightless, column, NULL, &opts, SIPAS_ERR_OPTION, "B", "node B has no weight");
    lonely = open_design(4, hand_weight, strata, NULL, NULL, NULL);
    refuse(lonely, instrument, column, NULL, NULL, SIPAS_ERR_LONELY_PSU, "stratum 2", "stratum 2 has one PSU");
    assert_null(table);
    sipas_design_free(lonely);
    sipas_instrument_free(weightless);
    sipas_instrument_free(choice);
    sipas_design_free(design);
    sipas_instrument_free(instrument);
}

static void test_populations_refused(void **state)
{
    static const char *const province[4] = {"HN", "HUE", "HN", "HUE"}, *const units[3] = {"HN", "HUE", "HN"};
    static const double people[3] = {8, 1, 9}, negative[2] = {8, -1}, gap[2] = {8, NAN}, infinite[2] = {8, INFINITY};
    static const uint32_t levels[] = {0, 1};
    const sipas_column by = sipas_column_code(province, 4);
    sipas_column code = sipas_column_code(units, 2), population = sipas_column_f64(people, 2), column[4];
    sipas_instrument *instrument = hand_instrument(10);
    sipas_design *design = open_design(4, hand_weight, NULL, NULL, NULL, NULL);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
    sipas_table *table;

    (void)state;
    hand_columns(column);
    domains.n_by = 1;
    domains.by = &by;
    domains.n_levels = 2;
    domains.levels = levels;
    opts.whole = SIPAS_WHOLE_POPULATION;
    refuse(design, instrument, column, &domains, &opts, SIPAS_ERR_ARGUMENT, "population_code", "no column");
    opts.population_code = &code;
    refuse(design, instrument, column, &domains, &opts, SIPAS_ERR_ARGUMENT, "population", "no column");
    opts.population = &population;
    opts.scoring = SIPAS_SCORING_MEAN_OVER_MAX;
    table = index_of(design, instrument, column, &domains, &opts);
    /* x: HN (100 + 3·60)/4 = 70, HUE (2·80 + 4·40)/6 = 160/3, 8 : 1 */
    assert_close(real(table, "estimate", 0), (8.0 * 70.0 + 160.0 / 3.0) / 9.0, 1e-14);
    sipas_table_free(table);
    code.n = population.n = 3;
    refuse(design, instrument, column, &domains, &opts, SIPAS_ERR_DUPLICATE, "HN", "unit HN has two populations");
    code.n = population.n = 1;
    refuse(design, instrument, column, &domains, &opts, SIPAS_ERR_NOT_FOUND, "HUE", "unit HUE has no population");
    code.n = 2;
    refuse(design, instrument, column, &domains, &opts, SIPAS_ERR_LENGTH, "population", "1 rows where 2");
    population = sipas_column_f64(negative, 2);
    refuse(design, instrument, column, &domains, &opts, SIPAS_ERR_VALUE, "HUE", "population of unit HUE is -1");
    population = sipas_column_f64(gap, 2);
    refuse(design, instrument, column, &domains, &opts, SIPAS_ERR_VALUE, "HUE", "population of unit HUE is");
    population = sipas_column_f64(infinite, 2);
    refuse(design, instrument, column, &domains, &opts, SIPAS_ERR_VALUE, "HUE", "population of unit HUE is inf");
    opts.whole_by = 1;
    refuse(design, instrument, column, &domains, &opts, SIPAS_ERR_ARGUMENT, "whole_by", "no by column 1");
    domains.n_by = 40; /* more than there may be, told before it is used */
    refuse(design, instrument, column, &domains, &opts, SIPAS_ERR_OPTION, "n_by", "40");
    domains.n_levels = 0;
    opts.whole_by = 35;
    refuse(design, instrument, column, &domains, &opts, SIPAS_ERR_OPTION, "n_by", "40");
    sipas_design_free(design);
    sipas_instrument_free(instrument);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nodes),
        cmocka_unit_test(test_the_index_of_2024),
        cmocka_unit_test(test_the_index_of_2023),
        cmocka_unit_test(test_values_by_hand),
        cmocka_unit_test(test_standard_error_by_hand),
        cmocka_unit_test(test_missing_by_hand),
        cmocka_unit_test(test_unweighted),
        cmocka_unit_test(test_an_item_alone),
        cmocka_unit_test(test_item_is_a_mean),
        cmocka_unit_test(test_node_by_covariances),
        cmocka_unit_test(test_what_is_not_scored),
        cmocka_unit_test(test_answers_outside_their_scale),
        cmocka_unit_test(test_scores),
        cmocka_unit_test(test_scores_refused),
        cmocka_unit_test(test_gaps_of_domains),
        cmocka_unit_test(test_nobody_in_the_country),
        cmocka_unit_test(test_units_without_rows),
        cmocka_unit_test(test_whole_without_its_units),
        cmocka_unit_test(test_whole_of_a_unit_in_one_psu),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_populations_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

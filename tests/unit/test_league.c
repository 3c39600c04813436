/*
 * League tables from hand-built tables of estimates, from a design with covariance, and against the rank sets of
 * csranks for PISA 2018.
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
#include "data/column.h"
#include "data/schema.h"
#include "data/table.h"
#include "golden.h"
#include "num/distributions.h"

#define NA ((double)NAN)
#define INF ((double)INFINITY)

/* ---- tables to rank ---- */

typedef struct estimate_row {
    const char *unit; /* NULL = the row has no such by column */
    double estimate, se, df;
    const char *level, *node, *other; /* where the table has these columns */
} estimate_row;

enum { WITH_LEVEL = 1, WITH_OTHER = 2, WITH_CATEGORY = 4, NUMBERS = 8, WITH_DF_DESIGN = 16 };

/* A table as an index or estimate call makes it; parts by flags. */
static sipas_table *make_table(const estimate_row *rows, int64_t n, int flags, const char *df_rule)
{
    const sipas_schema *schema = flags & WITH_CATEGORY ? &sipas__schema_estimate : &sipas__schema_index;
    const sipas_field unit_field = {"province",     "", "", flags & NUMBERS ? SIPAS_TYPE_I64 : SIPAS_TYPE_CODE, 0,
                                    SIPAS_FIELD_BY, 0};
    const sipas_field other_field = {"urban", "", "", SIPAS_TYPE_CODE, 0, SIPAS_FIELD_BY, 0};
    sipas_table *table = sipas__table_new(NULL, n);
    const int32_t node = sipas__table_add_field(table, schema, flags & WITH_CATEGORY ? "variable" : "node");
    const int32_t category = flags & WITH_CATEGORY ? sipas__table_add_field(table, schema, "category") : -1;
    const int32_t level = flags & WITH_LEVEL ? sipas__table_add_field(table, schema, "level") : -1;
    const int32_t unit = sipas__table_add(table, &unit_field);
    const int32_t other = flags & WITH_OTHER ? sipas__table_add(table, &other_field) : -1;
    const int32_t estimate = sipas__table_add_field(table, schema, "estimate");
    const int32_t se = sipas__table_add_field(table, schema, "se");
    const int32_t lower = sipas__table_add_field(table, schema, "lower");
    const int32_t upper = sipas__table_add_field(table, schema, "upper");
    const int32_t df = sipas__table_add_field(table, schema, "df");
    const int32_t df_design = flags & WITH_DF_DESIGN ? sipas__table_add_field(table, schema, "df_design") : -1;

    for (int64_t i = 0; i < n; i++) {
        sipas__table_set_code(table, node, i, flags & WITH_CATEGORY ? "q" : rows[i].node ? rows[i].node : "SIPAS");
        sipas__table_set_code(table, category, i, rows[i].node);
        sipas__table_set_code(table, level, i, rows[i].level);
        if (flags & NUMBERS && rows[i].unit)
            sipas__table_set_i64(table, unit, i, strtoll(rows[i].unit, NULL, 10));
        else if (!(flags & NUMBERS))
            sipas__table_set_code(table, unit, i, rows[i].unit);
        sipas__table_set_code(table, other, i, rows[i].other);
        sipas__table_set_f64(table, estimate, i, rows[i].estimate);
        sipas__table_set_f64(table, se, i, rows[i].se);
        sipas__table_set_f64(table, lower, i, rows[i].estimate - 2 * rows[i].se);
        sipas__table_set_f64(table, upper, i, rows[i].estimate + 2 * rows[i].se);
        sipas__table_set_f64(table, df, i, rows[i].df);
        sipas__table_set_f64(table, df_design, i, 3.0);
    }
    sipas__table_meta(table, "scoring", "top2");
    if (df_rule) sipas__table_meta(table, "df_rule", "%s", df_rule);
    assert_int_equal(sipas__table_finish(table, &table, NULL), SIPAS_OK);
    return table;
}

/* The league as plain arrays. */
typedef struct result {
    sipas_table *table;
    int64_t n;
    const char *const *unit;
    const double *estimate, *se, *lower, *upper, *df, *gap_next, *p_next;
    const int64_t *rank, *rank_lower, *rank_upper, *equal_next;
} result;

static int present(const result *r, const char *name, int64_t row)
{
    sipas_column column;
    int64_t at;

    assert_int_equal(sipas_table_find(r->table, name, &at, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_column(r->table, at, &column, NULL), SIPAS_OK);
    return sipas__column_present(&column, row);
}

static result view(sipas_table *table)
{
    result r;

    r.table = table;
    r.n = sipas_table_count_rows(table);
    assert_int_equal(sipas_table_get_code(table, "unit", &r.unit, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_f64(table, "estimate", &r.estimate, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_f64(table, "se", &r.se, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_f64(table, "lower", &r.lower, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_f64(table, "upper", &r.upper, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_f64(table, "df", &r.df, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_f64(table, "gap_next", &r.gap_next, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_f64(table, "p_next", &r.p_next, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_i64(table, "rank", &r.rank, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_i64(table, "rank_lower", &r.rank_lower, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_i64(table, "rank_upper", &r.rank_upper, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_i64(table, "equal_next", &r.equal_next, NULL), SIPAS_OK);
    return r;
}

static result rank_rows(const estimate_row *rows, int64_t n, int flags, const char *df_rule,
                        const sipas_rank_opts *opts)
{
    sipas_table *estimates = make_table(rows, n, flags, df_rule), *out = NULL;
    sipas_error err;

    if (sipas_rank_league(NULL, estimates, opts, &out, &err) < 0) fail_msg("%s", err.message);
    sipas_table_free(estimates);
    return view(out);
}

static sipas_status refuse_rows(const estimate_row *rows, int64_t n, int flags, const sipas_rank_opts *opts,
                                sipas_error *err)
{
    sipas_table *estimates = make_table(rows, n, flags, NULL);
    sipas_table *out = estimates;
    const sipas_status status = sipas_rank_league(NULL, estimates, opts, &out, err);

    assert_null(out);
    assert_int_equal(sipas_rank_league(NULL, estimates, opts, &out, NULL), status);
    sipas_table_free(estimates);
    return status;
}

static void check_sets(const result *r, const char *const *unit, const int64_t *rank, const int64_t *lower,
                       const int64_t *upper)
{
    for (int64_t i = 0; i < r->n; i++) {
        assert_string_equal(r->unit[i], unit[i]);
        assert_int_equal(r->rank[i], rank[i]);
        assert_int_equal(r->rank_lower[i], lower[i]);
        assert_int_equal(r->rank_upper[i], upper[i]);
    }
}

/* Two-sided tails of Student's t in closed form. */
static double tail_2(double t)
{
    return 1.0 - t / sqrt(2.0 + t * t);
}

static double tail_4(double t)
{
    const double u = 1.0 + t * t / 4.0;

    return 1.0 - 0.75 * t / sqrt(u) * (1.0 - t * t / (12.0 * u));
}

/* ---- order and ranks ---- */

static const estimate_row five[] = {{"Lào Cai", 80, 1, INF, NULL, NULL, NULL},
                                    {"Sơn La", 90, 1, INF, NULL, NULL, NULL},
                                    {"Hà Giang", 80, 1, INF, NULL, NULL, NULL},
                                    {"Yên Bái", 70, 1, INF, NULL, NULL, NULL},
                                    {"Bắc Kạn", 80, 1, INF, NULL, NULL, NULL}};

static void equal_values_share_a_rank(void **state)
{
    static const char *const unit[] = {"Sơn La", "Lào Cai", "Hà Giang", "Bắc Kạn", "Yên Bái"};
    static const int64_t rank[] = {1, 2, 2, 2, 5}, lower[] = {1, 2, 2, 2, 5}, upper[] = {1, 4, 4, 4, 5};
    const result r = rank_rows(five, 5, 0, NULL, NULL);

    (void)state;
    check_sets(&r, unit, rank, lower, upper);
    assert_close(r.gap_next[0], 10.0, 0.0);
    assert_close(r.gap_next[1], 0.0, 0.0);
    assert_close(r.p_next[1], 1.0, 0.0);
    assert_int_equal(r.equal_next[0], 0);
    assert_int_equal(r.equal_next[1], 1);
    assert_false(present(&r, "gap_next", 4));
    assert_false(present(&r, "p_next", 4));
    assert_false(present(&r, "equal_next", 4));
    assert_close(r.se[0], 1.0, 0.0);
    assert_close(r.lower[0], 88.0, 0.0);
    assert_close(r.upper[4], 72.0, 0.0);
    assert_true(isinf(r.df[2]));
    sipas_table_free(r.table);
}

static void ascending_turns_the_order_round(void **state)
{
    static const char *const unit[] = {"Yên Bái", "Lào Cai", "Hà Giang", "Bắc Kạn", "Sơn La"};
    static const int64_t rank[] = {1, 2, 2, 2, 5}, lower[] = {1, 2, 2, 2, 5}, upper[] = {1, 4, 4, 4, 5};
    sipas_rank_opts opts = SIPAS_RANK_OPTS_INIT;
    result r;

    (void)state;
    opts.ascending = 1;
    r = rank_rows(five, 5, 0, NULL, &opts);
    check_sets(&r, unit, rank, lower, upper);
    assert_close(r.gap_next[0], 10.0, 0.0);
    sipas_table_free(r.table);
}

static void units_may_be_numbers(void **state)
{
    static const estimate_row rows[] = {{"-7", 1, 1, INF, NULL, NULL, NULL}, {"83", 2, 1, INF, NULL, NULL, NULL}};
    const result r = rank_rows(rows, 2, NUMBERS, NULL, NULL);

    (void)state;
    assert_string_equal(r.unit[0], "83");
    assert_string_equal(r.unit[1], "-7");
    sipas_table_free(r.table);
}

/* ---- differences ---- */

static void two_units_are_one_t_test(void **state)
{
    static const char *const unit[] = {"a", "b"};
    static const int64_t rank[] = {1, 2}, one[] = {1, 1}, two[] = {2, 2};
    estimate_row rows[] = {{"b", 8, 0.8, INF, NULL, NULL, NULL}, {"a", 10, 0.6, INF, NULL, NULL, NULL}};
    sipas_rank_opts opts = SIPAS_RANK_OPTS_INIT;
    result r = rank_rows(rows, 2, 0, NULL, NULL);

    (void)state;
    check_sets(&r, unit, rank, rank, rank);
    assert_close(r.p_next[0], 0.04550026389635842, 1e-13); /* 2 (1 - Φ(2)) */
    assert_int_equal(r.equal_next[0], 0);
    sipas_table_free(r.table);

    opts.level = 0.96;
    r = rank_rows(rows, 2, 0, NULL, &opts);
    check_sets(&r, unit, rank, one, two);
    assert_int_equal(r.equal_next[0], 1);
    sipas_table_free(r.table);

    rows[0].df = 2;
    rows[1].df = 50;
    r = rank_rows(rows, 2, 0, NULL, NULL);
    assert_close(r.p_next[0], tail_2(2.0), 1e-13); /* the smaller of the two */
    sipas_table_free(r.table);
}

static void independent_domains_have_the_df_of_satterthwaite(void **state)
{
    estimate_row rows[] = {{"b", 7, 1.5, 2, NULL, NULL, NULL}, {"a", 10, 1.5, 2, NULL, NULL, NULL}};
    const double t = 3.0 / sqrt(4.5);
    result r = rank_rows(rows, 2, 0, "domain", NULL);

    (void)state;
    assert_close(r.p_next[0], tail_4(t), 1e-12);
    sipas_table_free(r.table);
    r = rank_rows(rows, 2, 0, "design", NULL);
    assert_close(r.p_next[0], tail_2(t), 1e-12);
    sipas_table_free(r.table);
    r = rank_rows(rows, 2, WITH_DF_DESIGN, "domain", NULL); /* the design has 3: between the two */
    assert_true(r.p_next[0] > tail_4(t) && r.p_next[0] < tail_2(t));
    sipas_table_free(r.table);
    rows[0].df = INF; /* (4.5)² / (2.25² / 2) = 8 */
    r = rank_rows(rows, 2, 0, "domain", NULL);
    assert_true(r.p_next[0] < tail_4(t));
    assert_true(r.p_next[0] > 0.1572992070502851); /* 2 (1 - Φ(√2)) */
    sipas_table_free(r.table);
    rows[1].df = INF;
    r = rank_rows(rows, 2, 0, "domain", NULL);
    assert_close(r.p_next[0], 0.1572992070502851, 1e-12);
    sipas_table_free(r.table);
}

/* p-values of "mid": 0.016 and 0.028. The bounds are 2 · 0.05 / 4 and then 2 · 0.05 / 3. */
static void holm_steps_down(void **state)
{
    static const char *const unit[] = {"high", "mid", "low"};
    static const int64_t rank[] = {1, 2, 3};
    static const estimate_row rows[] = {{"mid", 0, 0, INF, NULL, NULL, NULL},
                                        {"low", -2.2, 1, INF, NULL, NULL, NULL},
                                        {"high", 2.4, 1, INF, NULL, NULL, NULL}};
    /* p-values of "mid": 0.028 and 0.036. The first is above 0.025, so the second is not looked at. */
    static const estimate_row closer[] = {{"mid", 0, 0, INF, NULL, NULL, NULL},
                                          {"low", -2.2, 1, INF, NULL, NULL, NULL},
                                          {"high", 2.1, 1, INF, NULL, NULL, NULL}};
    result r = rank_rows(rows, 3, 0, NULL, NULL);

    (void)state;
    check_sets(&r, unit, rank, rank, rank);
    sipas_table_free(r.table);
    r = rank_rows(closer, 3, 0, NULL, NULL);
    assert_string_equal(r.unit[1], "mid");
    assert_int_equal(r.rank_lower[1], 1);
    assert_int_equal(r.rank_upper[1], 3);
    assert_int_equal(r.equal_next[0], 0); /* the pair alone would be told apart */
    sipas_table_free(r.table);
}

/* ---- against the definition, every p-value and every step written out ---- */

enum { MANY = 60 };

static int ascending(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

static double plain_p(const estimate_row *a, const estimate_row *b)
{
    const double t = fabs(a->estimate - b->estimate) / sqrt(a->se * a->se + b->se * b->se);

    return isnan(t) || !(a->df > 0.0) || !(b->df > 0.0) ? 1.0 : 2.0 * sipas__t_upper(t, fmin(a->df, b->df));
}

/* The largest p-value among those that Holm's procedure finds beyond doubt; -1 when there are none. */
static double greatest_rejected(const estimate_row *rows, int64_t j, double alpha)
{
    double p[MANY], greatest = -1.0;
    size_t m = 0;

    for (int64_t i = 0; i < MANY; i++)
        if (i != j) p[m++] = plain_p(&rows[j], &rows[i]);
    qsort(p, m, sizeof *p, ascending);
    for (size_t k = 0; k < m && p[k] / 2.0 <= alpha / (double)(2 * m - k); k++) greatest = p[k];
    return greatest;
}

static void check_against_definition(const estimate_row *rows, double level)
{
    sipas_rank_opts opts = SIPAS_RANK_OPTS_INIT;
    result r;

    opts.level = level;
    r = rank_rows(rows, MANY, NUMBERS, NULL, &opts);
    for (int64_t k = 0; k < MANY; k++) {
        const int64_t j = strtoll(r.unit[k], NULL, 10);
        const double greatest = greatest_rejected(rows, j, 1.0 - level);
        int64_t better = 0, worse = 0;

        for (int64_t i = 0; i < MANY; i++) {
            if (i == j || plain_p(&rows[j], &rows[i]) > greatest) continue;
            better += rows[i].estimate > rows[j].estimate;
            worse += rows[i].estimate < rows[j].estimate;
        }
        assert_int_equal(r.rank_lower[k], 1 + better);
        assert_int_equal(r.rank_upper[k], MANY - worse);
    }
    sipas_table_free(r.table);
}

static void sets_are_those_of_the_definition(void **state)
{
    static const double df[] = {INF, 2, 5, 40}, levels_of_confidence[] = {0.95, 0.5, 0.999};
    estimate_row rows[MANY];
    char names[MANY][8];

    (void)state;
    for (uint64_t round = 0; round < 30; round++) {
        for (uint64_t i = 0; i < MANY; i++) {
            const double spread = round % 3 ? 30.0 : 3.0;

            memset(&rows[i], 0, sizeof rows[i]);
            (void)snprintf(names[i], sizeof names[i], "%d", (int)i);
            rows[i].unit = names[i];
            rows[i].estimate = spread * sipas_rng_uniform(round, 0, i, 0, 0);
            rows[i].se = 0.2 + sipas_rng_uniform(round, 0, i, 1, 0);
            rows[i].df = df[round % 2 ? i % 4 : round / 2 % 4];
            if (round % 5 == 4 && i % 10 == 3) rows[i].se = NA;
            if (round % 5 == 4 && i % 10 == 5) rows[i].df = 0.0;
        }
        check_against_definition(rows, levels_of_confidence[round % 3]);
    }
}

static void a_standard_error_of_0_is_taken_at_its_word(void **state)
{
    static const char *const unit[] = {"a", "b", "c"};
    static const int64_t rank[] = {1, 2, 2}, lower[] = {1, 2, 2}, upper[] = {1, 3, 3};
    static const estimate_row rows[] = {
        {"b", 1, 0, 5, NULL, NULL, NULL}, {"c", 1, 0, 5, NULL, NULL, NULL}, {"a", 1.001, 0, 5, NULL, NULL, NULL}};
    const result r = rank_rows(rows, 3, 0, "domain", NULL);

    (void)state;
    check_sets(&r, unit, rank, lower, upper);
    assert_close(r.p_next[0], 0.0, 0.0);
    assert_close(r.p_next[1], 1.0, 0.0);
    sipas_table_free(r.table);
}

/* ---- what is missing ---- */

static void what_cannot_be_tested_may_have_any_rank(void **state)
{
    static const char *const unit[] = {"best", "no se", "no df", "worst", "no value", "nor here"};
    static const int64_t rank[] = {1, 2, 3, 4, 0, 0}, lower[] = {1, 1, 1, 2, 0, 0}, upper[] = {3, 4, 4, 4, 0, 0};
    static const char *const codes[] = {"no_se", "no_se", "no_estimate", "no_estimate"};
    static const estimate_row rows[] = {
        {"no value", NA, NA, 5, NULL, NULL, NULL}, {"no se", 80, NA, 5, NULL, NULL, NULL},
        {"best", 90, 1, 50, NULL, NULL, NULL},     {"nor here", NA, 1, NA, NULL, NULL, NULL},
        {"worst", 70, 1, 50, NULL, NULL, NULL},    {"no df", 75, 1, 0, NULL, NULL, NULL}};
    const result r = rank_rows(rows, 6, 0, NULL, NULL);
    const sipas_table *notes = sipas_table_get_notes(r.table);
    const char *const *code, *const *name;
    const int64_t *row;

    (void)state;
    check_sets(&r, unit, rank, lower, upper);
    for (int64_t i = 0; i < 6; i++) {
        assert_int_equal(present(&r, "rank", i), i < 4);
        assert_int_equal(present(&r, "rank_lower", i), i < 4);
        assert_int_equal(present(&r, "rank_upper", i), i < 4);
        assert_int_equal(present(&r, "gap_next", i), i < 3);
        assert_false(present(&r, "p_next", i)); /* each neighbour pair has one that cannot be tested */
        assert_false(present(&r, "equal_next", i));
    }
    assert_int_equal(sipas_table_count_rows(notes), 4);
    assert_int_equal(sipas_table_get_code(notes, "code", &code, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_code(notes, "name", &name, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_i64(notes, "row", &row, NULL), SIPAS_OK);
    for (int64_t i = 0; i < 4; i++) {
        assert_string_equal(code[i], codes[i]);
        assert_string_equal(name[i], unit[i < 2 ? i + 1 : i + 2]);
        assert_int_equal(row[i], i < 2 ? i + 1 : i + 2);
    }
    sipas_table_free(r.table);
}

static void a_league_without_any_value_has_no_ranks(void **state)
{
    static const estimate_row rows[] = {{"a", NA, NA, NA, NULL, NULL, NULL}, {"b", NA, NA, NA, NULL, NULL, NULL}};
    const result r = rank_rows(rows, 2, 0, NULL, NULL);

    (void)state;
    assert_int_equal(r.n, 2);
    assert_false(present(&r, "rank", 0));
    assert_string_equal(r.unit[0], "a");
    sipas_table_free(r.table);
}

/* ---- which rows ---- */

static const estimate_row levels[] = {
    {NULL, 81, 1, INF, "all", "I", NULL},         {"x", 80, 1, INF, "province", "I", NULL},
    {"y", 82, 1, INF, "province", "I", NULL},     {NULL, 79, 1, INF, "urban", "I", "0"},
    {NULL, 84, 1, INF, "urban", "I", "1"},        {"x", 1, 1, INF, "province*urban", "I", "0"},
    {"y", 2, 1, INF, "province*urban", "I", "0"}, {NULL, 71, 1, INF, "all", "SIPAS", NULL},
    {"x", 75, 1, INF, "province", "SIPAS", NULL}, {"y", 65, 1, INF, "province", "SIPAS", NULL},
    {NULL, 60, 1, INF, "urban", "SIPAS", "0"},    {NULL, 61, 1, INF, "urban", "SIPAS", "1"}};
enum { LEVELS = sizeof levels / sizeof levels[0] };

static void variable_and_level_are_chosen(void **state)
{
    sipas_rank_opts opts = SIPAS_RANK_OPTS_INIT;
    const char *value;
    result r;

    (void)state;
    opts.domain_level = "province";
    r = rank_rows(levels, LEVELS, WITH_LEVEL | WITH_OTHER, NULL, &opts); /* the last variable */
    assert_int_equal(r.n, 2);
    assert_string_equal(r.unit[0], "x");
    assert_close(r.estimate[0], 75.0, 0.0);
    sipas_table_free(r.table);
    opts.variable = "I";
    r = rank_rows(levels, LEVELS, WITH_LEVEL | WITH_OTHER, "domain", &opts);
    assert_string_equal(r.unit[0], "y");
    assert_close(r.estimate[0], 82.0, 0.0);
    assert_int_equal(sipas_table_find_meta(r.table, "variable", &value, NULL), SIPAS_OK);
    assert_string_equal(value, "I");
    assert_int_equal(sipas_table_find_meta(r.table, "domain_level", &value, NULL), SIPAS_OK);
    assert_string_equal(value, "province");
    assert_int_equal(sipas_table_find_meta(r.table, "by", &value, NULL), SIPAS_OK);
    assert_string_equal(value, "province");
    assert_int_equal(sipas_table_find_meta(r.table, "dependence", &value, NULL), SIPAS_OK);
    assert_string_equal(value, "independent");
    assert_int_equal(sipas_table_find_meta(r.table, "estimate.scoring", &value, NULL), SIPAS_OK);
    assert_string_equal(value, "top2");
    assert_int_equal(sipas_table_find_meta(r.table, "estimate.df_rule", &value, NULL), SIPAS_OK);
    assert_string_equal(value, "domain");
    sipas_table_free(r.table);
    opts.domain_level = "urban";
    r = rank_rows(levels, LEVELS, WITH_LEVEL | WITH_OTHER, NULL, &opts);
    assert_string_equal(r.unit[0], "1");
    assert_close(r.estimate[0], 84.0, 0.0);
    sipas_table_free(r.table);
    r = rank_rows(levels, 3, WITH_LEVEL, NULL, NULL); /* "all" is no level of units: one is left */
    assert_string_equal(r.unit[0], "y");
    sipas_table_free(r.table);
    opts = (sipas_rank_opts)SIPAS_RANK_OPTS_INIT;
    opts.domain_level = "province"; /* one level only: it goes by the name of its column */
    r = rank_rows(five, 5, 0, NULL, &opts);
    assert_int_equal(r.n, 5);
    sipas_table_free(r.table);
}

static void categories_are_ranked_by_their_share(void **state)
{
    static const estimate_row rows[] = {{"x", 0.9, 0.1, INF, NULL, "no", NULL},
                                        {"y", 0.8, 0.1, INF, NULL, "no", NULL},
                                        {"x", 0.1, 0.1, INF, NULL, "yes", NULL},
                                        {"y", 0.2, 0.1, INF, NULL, "yes", NULL}};
    sipas_rank_opts opts = SIPAS_RANK_OPTS_INIT;
    const char *value;
    result r = rank_rows(rows, 4, WITH_CATEGORY, NULL, NULL);

    (void)state;
    assert_string_equal(r.unit[0], "y");
    assert_int_equal(sipas_table_find_meta(r.table, "variable", &value, NULL), SIPAS_OK);
    assert_string_equal(value, "yes");
    sipas_table_free(r.table);
    opts.variable = "no";
    r = rank_rows(rows, 4, WITH_CATEGORY, NULL, &opts);
    assert_string_equal(r.unit[0], "x");
    sipas_table_free(r.table);
}

static void what_is_not_there_is_refused_by_name(void **state)
{
    sipas_rank_opts opts = SIPAS_RANK_OPTS_INIT;
    sipas_error err;

    (void)state;
    opts.variable = "II";
    assert_int_equal(refuse_rows(levels, LEVELS, WITH_LEVEL | WITH_OTHER, &opts, &err), SIPAS_ERR_NOT_FOUND);
    assert_string_equal(err.message, "the table has no node \"II\"");
    opts.variable = NULL;
    assert_int_equal(refuse_rows(levels, LEVELS, WITH_LEVEL | WITH_OTHER, &opts, &err), SIPAS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "\"province\" and \"urban\""));
    opts.domain_level = "commune";
    assert_int_equal(refuse_rows(levels, LEVELS, WITH_LEVEL | WITH_OTHER, &opts, &err), SIPAS_ERR_NOT_FOUND);
    assert_string_equal(err.name, "commune");
    assert_int_equal(refuse_rows(five, 5, 0, &opts, &err), SIPAS_ERR_NOT_FOUND);
    opts.domain_level = "all";
    assert_int_equal(refuse_rows(levels, LEVELS, WITH_LEVEL | WITH_OTHER, &opts, &err), SIPAS_ERR_NOT_FOUND);
    assert_string_equal(err.name, "all");
    opts.variable = "I";
    opts.domain_level = "province*urban";
    assert_int_equal(refuse_rows(levels, LEVELS, WITH_LEVEL | WITH_OTHER, &opts, &err), SIPAS_ERR_NOT_FOUND);
    assert_string_equal(err.name, "province*urban");
    assert_int_equal(refuse_rows(levels, 1, WITH_LEVEL, NULL, &err), SIPAS_ERR_NOT_FOUND);
    assert_string_equal(err.name, "domain_level");
}

static void too_few_units_are_refused(void **state)
{
    sipas_error err;

    (void)state;
    assert_int_equal(refuse_rows(five, 1, 0, NULL, &err), SIPAS_ERR_TOO_FEW);
    assert_int_equal(refuse_rows(five, 0, 0, NULL, &err), SIPAS_ERR_TOO_FEW);
}

static void other_tables_are_refused(void **state)
{
    const sipas_field estimate = {"estimate", "", "", SIPAS_TYPE_I64, 0, SIPAS_FIELD_VALUE, 0};
    sipas_table *table = sipas__table_new(NULL, 3), *out = NULL;
    sipas_error err;

    (void)state;
    assert_int_equal(sipas__table_add(table, &estimate), 0);
    assert_int_equal(sipas__table_finish(table, &table, NULL), SIPAS_OK);
    assert_int_equal(sipas_rank_league(NULL, table, NULL, &out, &err), SIPAS_ERR_NOT_FOUND);
    assert_string_equal(err.name, "estimate");
    assert_null(out);
    assert_int_equal(sipas_rank_league(NULL, sipas_table_get_notes(table), NULL, &out, &err), SIPAS_ERR_NOT_FOUND);
    sipas_table_free(table);
    table = make_table(five, 5, 0, NULL);
    assert_int_equal(sipas_rank_league(NULL, table, NULL, &out, NULL), SIPAS_OK);
    sipas_table_free(table);
    table = out; /* a league has estimate, se … but no variable: it is not ranked again */
    assert_int_equal(sipas_rank_league(NULL, table, NULL, &out, &err), SIPAS_ERR_NOT_FOUND);
    sipas_table_free(table);
}

static void bad_arguments_and_options_are_refused(void **state)
{
    sipas_table *table = make_table(five, 5, 0, NULL), *out = table;
    sipas_rank_opts opts = SIPAS_RANK_OPTS_INIT;

    (void)state;
    assert_int_equal(sipas_rank_league(NULL, table, NULL, NULL, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_rank_league(NULL, NULL, NULL, &out, NULL), SIPAS_ERR_ARGUMENT);
    assert_null(out);
    opts.level = 1.0;
    assert_int_equal(sipas_rank_league(NULL, table, &opts, &out, NULL), SIPAS_ERR_OPTION);
    opts.level = NA;
    assert_int_equal(sipas_rank_league(NULL, table, &opts, &out, NULL), SIPAS_ERR_OPTION);
    opts.level = 0.0;
    opts.ascending = 2;
    assert_int_equal(sipas_rank_league(NULL, table, &opts, &out, NULL), SIPAS_ERR_OPTION);
    opts.ascending = 0;
    opts.struct_size = 0;
    assert_int_equal(sipas_rank_league(NULL, table, &opts, &out, NULL), SIPAS_ERR_OPTION);
    sipas_table_free(table);
}

static int32_t stop_at_3(void *user, const char *task, int64_t done, int64_t total)
{
    (void)user;
    assert_string_equal(task, "league");
    assert_int_equal(total, 5);
    return done == 3;
}

static void the_host_can_cancel(void **state)
{
    sipas_ctx_opts opts = SIPAS_CTX_OPTS_INIT;
    sipas_ctx *ctx = NULL;
    sipas_table *table = make_table(five, 5, 0, NULL), *out = NULL;

    (void)state;
    opts.progress = stop_at_3;
    assert_int_equal(sipas_ctx_new(&opts, &ctx, NULL), SIPAS_OK);
    assert_int_equal(sipas_rank_league(ctx, table, NULL, &out, NULL), SIPAS_ERR_CANCELLED);
    assert_null(out);
    sipas_ctx_free(ctx);
    sipas_table_free(table);
}

/* ---- with covariance ---- */

/* Units that share PSUs: the difference has the covariance in it, and the smaller of the two df. */
static void covariance_of_the_estimates_is_used(void **state)
{
    enum { N = 48 };
    double y[N] = {0.0}, variance[4];
    int32_t psu[N] = {0}, unit[N] = {0};
    const sipas_column psus = sipas_column_i32(psu, N), units = sipas_column_i32(unit, N), ys = sipas_column_f64(y, N);
    const int64_t both[] = {0, 1};
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_design *design = NULL;
    sipas_table *estimates = NULL, *out = NULL;
    const sipas_cov *cov = NULL;
    const char *value;
    const double *estimate;
    result r;
    double t;

    (void)state;
    for (int i = 0; i < N; i++) {
        psu[i] = i / 16; /* three PSUs: 2 degrees of freedom */
        unit[i] = i % 2;
        y[i] = (i * 37 % 101) / 10.0 + 3.0 * psu[i] + 0.5 * unit[i];
    }
    domains.n_by = 1;
    domains.by = &units;
    opts.cov = 1;
    assert_int_equal(sipas_design_new(NULL, N, NULL, NULL, &psus, 1, NULL, NULL, &design, NULL), SIPAS_OK);
    assert_int_equal(sipas_estimate_mean(design, &ys, 1, &domains, &opts, &estimates, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_cov(estimates, &cov, NULL), SIPAS_OK);
    assert_int_equal(sipas_cov_get_block(cov, both, 2, both, 2, variance, NULL), SIPAS_OK);
    assert_true(fabs(variance[1]) > 1e-3 * variance[0]);
    assert_int_equal(sipas_table_get_f64(estimates, "estimate", &estimate, NULL), SIPAS_OK);
    assert_int_equal(sipas_rank_league(NULL, estimates, NULL, &out, NULL), SIPAS_OK);
    r = view(out);
    t = fabs(estimate[0] - estimate[1]) / sqrt(variance[0] + variance[3] - 2.0 * variance[1]);
    assert_close(r.p_next[0], tail_2(t), 1e-9);
    assert_int_equal(sipas_table_find_meta(out, "dependence", &value, NULL), SIPAS_OK);
    assert_string_equal(value, "covariance");
    sipas_table_free(out);
    sipas_table_free(estimates);
    sipas_design_free(design);
}

/* ---- against csranks ---- */

/*
 * PISA 2018: marginal stepdown sets of csranks (bootstrap). Holm's bound stands in for the bootstrap's critical value, so
 * our sets hold those of csranks and exceed them by little: never by more than 2 ranks at an end.
 */
static void sets_hold_those_of_csranks(void **state)
{
    static const char id[] = "ranks/pisa_two-sided_marginal_stepdown";
    enum { MOST = 64 };
    golden_table *golden = golden_read("golden/ranks.tsv");
    const size_t first = golden_find(golden, 0, "case", id);
    estimate_row rows[MOST];
    size_t n = 0;
    int64_t wider = 0;
    result r;

    (void)state;
    while (first + n < golden_count(golden) && strcmp(golden_text(golden, first + n, "case"), id) == 0) {
        const estimate_row row = {golden_text(golden, first + n, "unit"),
                                  golden_number(golden, first + n, "estimate"),
                                  golden_number(golden, first + n, "se"),
                                  INF,
                                  NULL,
                                  NULL,
                                  NULL};

        assert_true(n < MOST);
        rows[n++] = row;
    }
    assert_int_equal(n, 37);
    r = rank_rows(rows, (int64_t)n, 0, NULL, NULL);
    for (int64_t i = 0; i < r.n; i++) {
        size_t at = first;
        double lower, upper;

        while (strcmp(golden_text(golden, at, "unit"), r.unit[i]) != 0) at++;
        lower = golden_number(golden, at, "lower");
        upper = golden_number(golden, at, "upper");
        assert_close((double)r.rank[i], golden_number(golden, at, "rank"), 0.0);
        assert_true((double)r.rank_lower[i] <= lower && (double)r.rank_lower[i] >= lower - 2.0);
        assert_true((double)r.rank_upper[i] >= upper && (double)r.rank_upper[i] <= upper + 2.0);
        wider += (int64_t)lower - r.rank_lower[i] + r.rank_upper[i] - (int64_t)upper;
    }
    assert_true(wider <= 37); /* on the average at most half a rank at each end */
    sipas_table_free(r.table);
    golden_free(golden);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_values_share_a_rank),
        cmocka_unit_test(ascending_turns_the_order_round),
        cmocka_unit_test(units_may_be_numbers),
        cmocka_unit_test(two_units_are_one_t_test),
        cmocka_unit_test(independent_domains_have_the_df_of_satterthwaite),
        cmocka_unit_test(holm_steps_down),
        cmocka_unit_test(sets_are_those_of_the_definition),
        cmocka_unit_test(a_standard_error_of_0_is_taken_at_its_word),
        cmocka_unit_test(what_cannot_be_tested_may_have_any_rank),
        cmocka_unit_test(a_league_without_any_value_has_no_ranks),
        cmocka_unit_test(variable_and_level_are_chosen),
        cmocka_unit_test(categories_are_ranked_by_their_share),
        cmocka_unit_test(what_is_not_there_is_refused_by_name),
        cmocka_unit_test(too_few_units_are_refused),
        cmocka_unit_test(other_tables_are_refused),
        cmocka_unit_test(bad_arguments_and_options_are_refused),
        cmocka_unit_test(the_host_can_cancel),
        cmocka_unit_test(covariance_of_the_estimates_is_used),
        cmocka_unit_test(sets_hold_those_of_csranks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

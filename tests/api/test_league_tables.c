/*
 * Leagues of every kind of table: what has units is ranked, by the values that stand in the table; what has none is refused.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sipas.h>

#include "assert_close.h"

enum { GROUPS = 3, PSUS = 6, PEOPLE = 5, ROWS = GROUPS * PSUS * PEOPLE };

static double y[ROWS], x[ROWS], z[ROWS];
static int8_t answer[ROWS];
static int32_t group[ROWS], psu[ROWS];
static const char *const names[] = {"y", "x", "z"}, *const by_names[] = {"g"};

typedef struct survey {
    sipas_column by, columns[3], answers;
    sipas_domains groups;
    sipas_estimate_opts opts;
    sipas_design *design;
} survey;

static int set_up(void **state)
{
    static survey s;
    const sipas_column clusters = sipas_column_i32(psu, ROWS);

    for (int i = 0; i < ROWS; i++) {
        group[i] = i / (PSUS * PEOPLE) + 1;
        psu[i] = i / PEOPLE;
        y[i] = i * 37 % 50 - 9.0 * group[i];
        x[i] = i * 23 % 40 + 0.5 * y[i];
        z[i] = i * 11 % 30 + 0.25 * x[i] * group[i];
        answer[i] = (int8_t)(1 + i * group[i] % 4);
    }
    s.by = sipas_column_i32(group, ROWS);
    s.columns[0] = sipas_column_f64(y, ROWS);
    s.columns[1] = sipas_column_f64(x, ROWS);
    s.columns[2] = sipas_column_f64(z, ROWS);
    s.answers = sipas_column_i8(answer, ROWS);
    sipas_domains_init(&s.groups);
    s.groups.n_by = 1;
    s.groups.by = &s.by;
    s.groups.names = by_names;
    sipas_estimate_opts_init(&s.opts);
    s.opts.names = names;
    *state = &s;
    return sipas_design_new(NULL, ROWS, NULL, NULL, &clusters, 1, NULL, NULL, &s.design, NULL);
}

static int tear_down(void **state)
{
    sipas_design_free(((survey *)*state)->design);
    return 0;
}

static const char *cell(const sipas_table *table, const char *name, int64_t row)
{
    const char *const *text;

    if (sipas_table_get_code(table, name, &text, NULL) < 0) fail_msg("no column %s", name);
    return text[row];
}

static const char *meta(const sipas_table *table, const char *key)
{
    const char *value = NULL;

    return sipas_table_find_meta(table, key, &value, NULL) < 0 ? NULL : value;
}

/* The estimates of the table whose `column` says `text`, and `other` that number or text when it is not NULL, by group. */
static void values_of(const sipas_table *table, const char *column, const char *text, const char *other, double number,
                      const char *other_text, double value[GROUPS])
{
    const double *estimate, *at = NULL;
    const int64_t *of;
    int64_t found = 0;

    assert_int_equal(sipas_table_get_f64(table, "estimate", &estimate, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_i64(table, "g", &of, NULL), SIPAS_OK);
    if (other && !other_text) assert_int_equal(sipas_table_get_f64(table, other, &at, NULL), SIPAS_OK);
    for (int64_t row = 0; row < sipas_table_count_rows(table); row++) {
        if (strcmp(cell(table, column, row), text) != 0 || (at && at[row] != number)) continue;
        if (other_text && strcmp(cell(table, other, row), other_text) != 0) continue;
        value[of[row] - 1] = estimate[row];
        found++;
    }
    assert_int_equal(found, GROUPS);
}

/* Ranks `variable` of a table, and holds the league against the values of the groups. */
static sipas_table *ranked(const sipas_table *table, const char *variable, const double value[GROUPS])
{
    sipas_rank_opts opts = SIPAS_RANK_OPTS_INIT;
    sipas_table *league = NULL;
    const double *estimate;
    const int64_t *rank, *lower, *upper;
    int seen[GROUPS] = {0};
    sipas_error err = {0};

    opts.variable = variable;
    if (sipas_rank_league(NULL, table, &opts, &league, &err) < 0) fail_msg("%s", err.message);
    assert_int_equal(sipas_table_count_rows(league), GROUPS);
    assert_int_equal(sipas_table_get_f64(league, "estimate", &estimate, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_i64(league, "rank", &rank, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_i64(league, "rank_lower", &lower, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_i64(league, "rank_upper", &upper, NULL), SIPAS_OK);
    for (int64_t k = 0; k < GROUPS; k++) {
        const int64_t unit = strtoll(cell(league, "unit", k), NULL, 10) - 1;
        int64_t better = 0;

        assert_in_range(unit, 0, GROUPS - 1);
        assert_false(seen[unit]++);
        assert_true(estimate[k] == value[unit]);
        for (int64_t i = 0; i < GROUPS; i++) better += value[i] > value[unit];
        assert_int_equal(rank[k], 1 + better);
        assert_true(lower[k] <= rank[k] && rank[k] <= upper[k]);
    }
    assert_string_equal(meta(league, "by"), "g");
    return league;
}

static void refused(const sipas_table *table, const char *variable, const char *sentence)
{
    sipas_rank_opts opts = SIPAS_RANK_OPTS_INIT;
    sipas_table *league = NULL;
    sipas_error err = {0};

    opts.variable = variable;
    assert_int_equal(sipas_rank_league(NULL, table, &opts, &league, &err), SIPAS_ERR_NOT_FOUND);
    assert_null(league);
    if (!strstr(err.message, sentence)) fail_msg("\"%s\" does not say \"%s\"", err.message, sentence);
}

static sipas_table *quantiles(survey *s, const sipas_domains *of)
{
    static const double probs[] = {0.1, 0.25, 0.75};
    sipas_estimate_quantile_opts opts = SIPAS_ESTIMATE_QUANTILE_OPTS_INIT;
    sipas_table *table = NULL;

    opts.names = names;
    assert_int_equal(sipas_estimate_quantile(s->design, s->columns, 2, probs, 3, of, &opts, &table, NULL), SIPAS_OK);
    return table;
}

/* One quantile of one variable is a figure; without a name it is the last of the table. */
static void quantiles_of_units(void **state)
{
    static const struct {
        const char *asked, *variable, *quantile;
    } cases[] = {
        {NULL, "x", "0.75"}, {"x", "x", "0.75"}, {"y", "y", "0.75"}, {"y:0.1", "y", "0.1"}, {"x:0.25", "x", "0.25"}};
    sipas_table *table = quantiles(*state, &((survey *)*state)->groups);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double value[GROUPS];
        sipas_table *league;

        values_of(table, "variable", cases[i].variable, "quantile", strtod(cases[i].quantile, NULL), NULL, value);
        league = ranked(table, cases[i].asked, value);
        assert_string_equal(meta(league, "variable"), cases[i].variable);
        assert_string_equal(meta(league, "quantile"), cases[i].quantile);
        sipas_table_free(league);
    }
    refused(table, "y:0.3", "the table has no variable \"y:0.3\"");
    refused(table, "y:0.1 ", "no variable");
    refused(table, "y:", "no variable");
    refused(table, "y:0.1:g", "no variable");
    sipas_table_free(table);
}

static void quantiles_of_the_whole_have_no_units(void **state)
{
    sipas_table *table = quantiles(*state, NULL);

    refused(table, NULL, "no level with one by column");
    refused(table, "y", "no level with one by column");
    sipas_table_free(table);
}

static void moments(void **state)
{
    survey *s = *state;
    sipas_table *table = NULL, *league;
    double value[GROUPS];

    assert_int_equal(
        sipas_estimate_moment(s->design, s->columns, 2, SIPAS_MOMENT_COVARIANCE, 0, NULL, &s->opts, &table, NULL),
        SIPAS_OK);
    refused(table, NULL, "no level with one by column");
    sipas_table_free(table);
    assert_int_equal(
        sipas_estimate_moment(s->design, s->columns, 2, SIPAS_MOMENT_COVARIANCE, 0, &s->groups, &s->opts, &table, NULL),
        SIPAS_OK);
    values_of(table, "variable", "x", "with", 0.0, "y", value);
    league = ranked(table, "x:y", value);
    assert_string_equal(meta(league, "with"), "y");
    sipas_table_free(league);
    values_of(table, "variable", "y", NULL, 0.0, NULL, value); /* there is only its variance */
    sipas_table_free(ranked(table, "y", value));
    sipas_table_free(table);
    assert_int_equal(
        sipas_estimate_moment(s->design, s->columns, 2, SIPAS_MOMENT_VARIANCE, 0, &s->groups, &s->opts, &table, NULL),
        SIPAS_OK);
    values_of(table, "variable", "y", NULL, 0.0, NULL, value);
    sipas_table_free(ranked(table, "y", value));
    sipas_table_free(table);
}

static void alphas(void **state)
{
    survey *s = *state;
    sipas_table *table = NULL;
    double value[GROUPS];

    assert_int_equal(sipas_estimate_alpha(s->design, s->columns, 3, 0, &s->groups, &s->opts, &table, NULL), SIPAS_OK);
    values_of(table, "statistic", "alpha", NULL, 0.0, NULL, value);
    sipas_table_free(ranked(table, "alpha", value));
    values_of(table, "statistic", "item_rest", "item", 0.0, "x", value);
    sipas_table_free(ranked(table, "item_rest:x", value));
    sipas_table_free(table);
}

/* The category says what is ranked, as the variable is one. */
static void shares(void **state)
{
    survey *s = *state;
    const char *const own_names[] = {"answer"};
    sipas_estimate_opts opts = s->opts;
    sipas_table *table = NULL, *league;
    double value[GROUPS];

    opts.names = own_names;
    assert_int_equal(
        sipas_estimate_category(s->design, &s->answers, SIPAS_CATEGORY_SHARE, &s->groups, &opts, &table, NULL),
        SIPAS_OK);
    values_of(table, "category", "2", NULL, 0.0, NULL, value);
    league = ranked(table, "2", value);
    assert_string_equal(meta(league, "variable"), "2");
    sipas_table_free(league);
    refused(table, "answer", "the table has no category \"answer\"");
    sipas_table_free(table);
}

/* A change has the units of its rounds; its columns before and after are no `by` columns. */
static void changes(void **state)
{
    survey *s = *state;
    sipas_table *before = NULL, *after = NULL, *change = NULL, *pairs = NULL;
    sipas_estimate_opts opts = s->opts;
    double value[GROUPS];
    sipas_error err;

    opts.cov = 1;
    assert_int_equal(sipas_estimate_mean(s->design, s->columns, 1, &s->groups, &opts, &before, NULL), SIPAS_OK);
    assert_int_equal(sipas_estimate_mean(s->design, &s->columns[1], 1, &s->groups, &opts, &after, NULL), SIPAS_OK);
    if (sipas_estimate_change(before, after, NULL, &change, &err) < 0) fail_msg("%s", err.message);
    values_of(change, "variable", "y", NULL, 0.0, NULL, value);
    sipas_table_free(ranked(change, NULL, value));
    assert_int_equal(sipas_estimate_pairs(before, NULL, &pairs, NULL), SIPAS_OK);
    refused(pairs, NULL, "no level with one by column");
    sipas_table_free(before);
    sipas_table_free(after);
    sipas_table_free(change);
    sipas_table_free(pairs);
}

/* A change of changes: what a change was is no key of its row. */
static void changes_of_changes(void **state)
{
    survey *s = *state;
    sipas_table *mean[3] = {NULL}, *change[3] = {NULL};
    const double *value[3];
    sipas_error err;

    for (int i = 0; i < 3; i++)
        assert_int_equal(sipas_estimate_mean(s->design, &s->columns[i], 1, &s->groups, &s->opts, &mean[i], NULL),
                         SIPAS_OK);
    for (int i = 0; i < 2; i++)
        if (sipas_estimate_change(mean[i], mean[i + 1], NULL, &change[i], &err) < 0) fail_msg("%s", err.message);
    if (sipas_estimate_change(change[0], change[1], NULL, &change[2], &err) < 0) fail_msg("%s", err.message);
    for (int i = 0; i < 3; i++) assert_int_equal(sipas_table_get_f64(change[i], "estimate", &value[i], NULL), SIPAS_OK);
    assert_int_equal(sipas_table_count_rows(change[2]), GROUPS);
    for (int64_t row = 0; row < GROUPS; row++) assert_close(value[2][row], value[1][row] - value[0][row], 1e-15);
    for (int i = 0; i < 3; i++) {
        sipas_table_free(mean[i]);
        sipas_table_free(change[i]);
    }
}

static void other_tables(void **state)
{
    const double people[] = {1000.0, 2000.0};
    const sipas_column population = sipas_column_f64(people, 2);
    sipas_table *table = NULL;

    assert_int_equal(sipas_size_proportion(NULL, &population, NULL, &table, NULL), SIPAS_OK);
    refused(table, NULL, "this is no table of estimates: it has no column \"estimate\" that fits");
    sipas_table_free(table);
    assert_int_equal(sipas_design_describe(((survey *)*state)->design, &table, NULL), SIPAS_OK);
    refused(table, NULL, "this is no table of estimates");
    sipas_table_free(table);
}

/* What a schema says of its columns: one estimate each, and all or nothing of what belongs to it. */
static void roles(void **state)
{
    int64_t estimates = 0;

    (void)state;
    for (int64_t i = 0; i < sipas_schema_count(); i++) {
        const sipas_schema *schema = sipas_schema_get(i);
        int count[SIPAS_FIELD_PSUS + 1] = {0};

        for (int64_t f = 0; f < schema->n_fields; f++) {
            assert_in_range(schema->fields[f].role, SIPAS_FIELD_OTHER, SIPAS_FIELD_PSUS);
            assert_int_equal(schema->fields[f].reserved, 0);
            count[schema->fields[f].role]++;
        }
        estimates += count[SIPAS_FIELD_VALUE];
        for (int32_t role = SIPAS_FIELD_VALUE; role <= SIPAS_FIELD_DF; role++)
            assert_int_equal(count[role], count[SIPAS_FIELD_VALUE]);
        assert_true(count[SIPAS_FIELD_VALUE] <= 1);
        assert_int_equal(count[SIPAS_FIELD_BY], 0); /* they are the caller's */
    }
    assert_true(estimates >= 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_of_units),
        cmocka_unit_test(quantiles_of_the_whole_have_no_units),
        cmocka_unit_test(moments),
        cmocka_unit_test(alphas),
        cmocka_unit_test(shares),
        cmocka_unit_test(changes),
        cmocka_unit_test(changes_of_changes),
        cmocka_unit_test(other_tables),
        cmocka_unit_test(roles),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}

/*
 * Rows without a code of a `by` column. Every kind of design × every estimate, with two columns that lack codes:
 *
 *     drop    a level is that of the rows that have its codes: the same call with `where`, to the last bit (R: svyby() leaves rows
 *             out whose code is NA; subset(design, !is.na(code)) is the same domain); one of several levels to rounding
 *     group   the same call with a code behind all others in place of none, to the last bit
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
#include "matrix.h"
#include "result.h"

enum { N = MATRIX_ROWS, MOST_TOLD = 20, last_number = 9999 };

static const char last_code[] = "\xC6\xA1 last";
static const uint32_t every_level[] = {0, 1, 2, 3};
static const char *const names[] = {"a", "b"};

/* The codes of `by`: numbers with a bitmap, and text with NULL; where both are there; and codes in place of none. */
typedef struct codes {
    int32_t a[N], a_filled[N];
    const char *b[N], *b_filled[N];
    uint8_t there[(N + 7) / 8];
    uint8_t inside[4][N]; /* by mask: rows that have the codes, and are in `where` */
    sipas_column by[2], filled[2], where[4], half;
} codes;

static void fill_codes(codes *c, const matrix_data *d, int with_where)
{
    memset(c, 0, sizeof *c);
    for (int i = 0; i < N; i++) {
        const int has_a = i % 5 != 2, has_b = i % 7 != 3, in = !with_where || d->half[i];

        c->a[i] = d->by[0][i];
        c->a_filled[i] = has_a ? d->by[0][i] : last_number;
        if (has_a) c->there[i / 8] = (uint8_t)(c->there[i / 8] | 1u << i % 8);
        c->b[i] = has_b ? (d->by[1][i] % 2 ? "odd" : "even") : NULL;
        c->b_filled[i] = has_b ? c->b[i] : last_code;
        for (int mask = 0; mask < 4; mask++)
            c->inside[mask][i] = (uint8_t)(in && (!(mask & 1) || has_a) && (!(mask & 2) || has_b));
    }
    c->by[0] = sipas_column_i32(c->a, N);
    c->by[0].validity = c->there;
    c->by[1] = sipas_column_code(c->b, N);
    c->filled[0] = sipas_column_i32(c->a_filled, N);
    c->filled[1] = sipas_column_code(c->b_filled, N);
    for (int mask = 0; mask < 4; mask++) c->where[mask] = sipas_column_bool(c->inside[mask], N);
}

static sipas_domains domains_of(const sipas_column *by, const sipas_column *where, const uint32_t *levels,
                                int32_t n_levels, int32_t missing_by)
{
    sipas_domains d = SIPAS_DOMAINS_INIT;

    d.n_by = 2;
    d.by = by;
    d.names = names;
    d.levels = levels;
    d.n_levels = n_levels;
    d.where = where;
    d.missing_by = missing_by;
    return d;
}

/* One combination, and what was found. */
typedef struct crossing {
    const matrix_data *data;
    const matrix_design *design;
    const matrix_call *call;
    sipas_estimate_opts opts;
    const char *what;
    long compared, refused, faults;
} crossing;

static void tell(crossing *x, const char *fault)
{
    if (!fault || x->faults++ >= MOST_TOLD) return;
    (void)fprintf(stderr, "%s × %s: %s: %s\n", x->design->name, x->call->name, x->what, fault);
}

static sipas_table *run(crossing *x, const sipas_design *design, const sipas_domains *domains, sipas_status *status)
{
    sipas_table *table = NULL;
    sipas_error err = {0};

    *status = x->call->call(x->data, design, x->call->argument, domains, &x->opts, &table, &err);
    return table;
}

/* Whether two calls are refused alike; where they are not, whether their results are the same. */
static void hold(crossing *x, const sipas_design *design, const sipas_domains *one, const sipas_domains *other)
{
    sipas_status said, expected;
    sipas_table *a = run(x, design, one, &said), *b = run(x, design, other, &expected);

    if (said != expected)
        tell(x, sipas_status_name(said));
    else if (a)
        tell(x, matrix_differ(a, b, 0.0, 0));
    x->compared += a != NULL;
    x->refused += a == NULL;
    sipas_table_free(a);
    sipas_table_free(b);
}

/* Sums of more cells are added in another order: what is left of it. */
static int close_to(const sipas_table *all, int64_t row, const char *name, const sipas_table *one, int64_t at)
{
    const double a = real(all, name, row), b = real(one, name, at);

    if (missing(all, name, row) || missing(one, name, at)) return missing(all, name, row) == missing(one, name, at);
    return a == b || fabs(a - b) <= 1e-9 * (1.0 + fabs(b));
}

/* Rows of a table, of those of one level where it has several, against the table of that level; but for the codes. */
static const char *level_differs(const sipas_table *all, const char *label, const sipas_table *one)
{
    int64_t at = 0;

    for (int64_t row = 0; row < sipas_table_count_rows(all); row++) {
        if (label && strcmp(text(all, "level", row), label) != 0) continue;
        if (at == sipas_table_count_rows(one)) return "there are too many groups";
        for (int64_t k = 0; k < sipas_table_count_columns(one); k++) {
            const sipas_field *field = sipas_table_get_field(one, k);

            if (field->type == SIPAS_TYPE_CODE || field->role == SIPAS_FIELD_BY) continue;
            if (field->type == SIPAS_TYPE_I64 ? whole(all, field->name, row) != whole(one, field->name, at)
                                              : !close_to(all, row, field->name, one, at))
                return field->name;
        }
        at++;
    }
    return at == sipas_table_count_rows(one) ? NULL : "there are too few groups";
}

/* The columns of a level alone, over the rows that have its codes. */
static sipas_domains level_alone(const codes *c, int mask)
{
    sipas_domains d = domains_of(mask == 2 ? c->by + 1 : c->by, &c->where[mask], NULL, 0, SIPAS_MISSING_BY_ERROR);

    if (mask == 2) d.names++;
    d.n_by = mask == 3 ? 2 : mask != 0;
    return d;
}

static void hold_levels(crossing *x, const sipas_design *design, const codes *c, const sipas_column *where)
{
    static const char *const label[] = {"all", "a", "b", "a*b"};
    const sipas_domains together = domains_of(c->by, where, every_level, 4, SIPAS_MISSING_BY_DROP);
    sipas_status status;
    sipas_table *all = run(x, design, &together, &status);

    x->what = "drop, levels";
    for (int mask = 0; all && mask < 4; mask++) {
        const sipas_domains alone = level_alone(c, mask);
        sipas_table *one = run(x, design, &alone, &status);

        tell(x, one ? level_differs(all, label[mask], one) : "a level alone is refused");
        x->compared++;
        sipas_table_free(one);
    }
    sipas_table_free(all);
}

/* Groups of missing codes against groups of a code of their own. */
static void hold_groups(crossing *x, const sipas_design *design, const codes *c, const sipas_column *where)
{
    const sipas_domains one = domains_of(c->by, where, every_level, 4, SIPAS_MISSING_BY_GROUP);
    const sipas_domains other = domains_of(c->filled, where, every_level, 4, SIPAS_MISSING_BY_ERROR);
    sipas_status said, expected;
    sipas_table *a = run(x, design, &one, &said), *b = run(x, design, &other, &expected);

    x->what = "group";
    if (said != expected) tell(x, sipas_status_name(said));
    if (a && b) tell(x, level_differs(a, NULL, b));
    for (int64_t row = 0; a && b && row < sipas_table_count_rows(b); row++) {
        const char *const given = text(a, "b", row), *const filled = text(b, "b", row);
        const int last_b = filled && strcmp(filled, last_code) == 0, last_a = whole(b, "a", row) == last_number;

        if (missing(a, "a", row) != (missing(b, "a", row) || last_a)) tell(x, "the cell of a missing number");
        if (missing(a, "b", row) != (missing(b, "b", row) || last_b)) tell(x, "the cell of a missing text");
        if (given && strcmp(given, filled) != 0) tell(x, "a text");
        if (!missing(a, "a", row) && whole(a, "a", row) != whole(b, "a", row)) tell(x, "a number");
    }
    x->compared += a != NULL;
    x->refused += a == NULL;
    sipas_table_free(a);
    sipas_table_free(b);
}

static void cross_call(crossing *x, const sipas_design *design, const codes *c, const sipas_column *where)
{
    const int of_units = strstr(x->call->name, "mean of units") != NULL; /* by the first column, whatever the level */

    for (int mask = 1; mask < (of_units ? 3 : 4); mask++) {
        const sipas_domains alone = level_alone(c, mask);
        sipas_domains drop = alone;

        drop.where = where;
        drop.missing_by = SIPAS_MISSING_BY_DROP;
        x->what = "drop";
        hold(x, design, &drop, &alone);
    }
    if (x->call->holds & MATRIX_TABLE || of_units) return;
    hold_levels(x, design, c, where);
    hold_groups(x, design, c, where);
}

static void test_crossings(void **state)
{
    static matrix_data data;
    static codes c;
    sipas_ctx_opts two = SIPAS_CTX_OPTS_INIT;
    sipas_ctx *ctx = NULL;
    crossing x = {0};
    sipas_error err;
    int turn = 0;

    (void)state;
    two.threads = 2;
    check(sipas_ctx_new(&two, &ctx, &err), &err);
    matrix_fill(&data, 0);
    matrix_take_away(&data, MATRIX_GAPS);
    x.data = &data;
    for (size_t k = 0; k < matrix_n_designs; k++) {
        sipas_design *design = matrix_open(&data, &matrix_designs[k], k % 2 ? ctx : NULL, NULL, NULL);

        x.design = &matrix_designs[k];
        for (size_t j = 0; j < matrix_n_calls; j++, turn++) {
            const sipas_column half = sipas_column_bool(data.half, N);
            const int with_where = turn % 2;

            x.call = &matrix_calls[j];
            sipas_estimate_opts_init(&x.opts);
            x.opts.deff = turn % 3;
            x.opts.cov = turn / 2 % 2;
            if (!strstr(x.call->name, "categories") && !strstr(x.call->name, "texts"))
                x.opts.simultaneous = turn / 3 % 4;
            x.opts.missing = turn % 5 == 0 ? SIPAS_MISSING_COMPLETE : SIPAS_MISSING_AVAILABLE;
            fill_codes(&c, &data, with_where);
            cross_call(&x, design, &c, with_where ? &half : NULL);
        }
        sipas_design_free(design);
    }
    sipas_ctx_free(ctx);
    (void)fprintf(stderr, "%ld compared, %ld refused, %ld faults\n", x.compared, x.refused, x.faults);
    assert_true(x.compared > 5000 && x.refused < x.compared / 4);
    assert_int_equal(x.faults, 0);
}

/* ---- what a user sees ---- */

static sipas_table *mean_of(const double *y, int n, const sipas_domains *domains)
{
    const sipas_column values = sipas_column_f64(y, n);
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_design *design = NULL;
    sipas_table *table = NULL;
    sipas_error err;

    opts.cov = 1;
    check(sipas_design_new(NULL, n, NULL, NULL, NULL, 0, NULL, NULL, &design, &err), &err);
    check(sipas_estimate_mean(design, &values, 1, domains, &opts, &table, &err), &err);
    sipas_design_free(design);
    return table;
}

/* Seven people, of whom two have no district. By hand: means of (1, 2), (3, 5, 7) and (4, 6); of all 4. */
static void test_notes(void **state)
{
    static const double y[] = {1, 4, 3, 5, 2, 6, 7};
    static const char *const district[] = {"01", NULL, "02", "02", "01", NULL, "02"};
    static const char *const district_name[] = {"district"};
    static const uint32_t levels[] = {0, 1};
    const sipas_column by = sipas_column_code(district, 7);
    sipas_domains d = SIPAS_DOMAINS_INIT;
    sipas_table *t;

    (void)state;
    d.n_by = 1;
    d.by = &by;
    d.names = district_name;
    d.n_levels = 2;
    d.levels = levels;
    d.missing_by = SIPAS_MISSING_BY_DROP;
    t = mean_of(y, 7, &d);
    assert_int_equal(sipas_table_count_rows(t), 3);
    assert_close(real(t, "estimate", 0), 4.0, 1e-15);
    assert_close(real(t, "estimate", 1), 1.5, 1e-15);
    assert_close(real(t, "estimate", 2), 5.0, 1e-15);
    assert_string_equal(meta(t, "missing_by"), "drop");
    assert_string_equal(find_note(t, "by_missing", -1),
                        "2 rows have no code of district, and are in no group of the levels that cross it");
    sipas_table_free(t);
    d.missing_by = SIPAS_MISSING_BY_GROUP;
    t = mean_of(y, 7, &d);
    assert_int_equal(sipas_table_count_rows(t), 4);
    assert_close(real(t, "estimate", 3), 5.0, 1e-15);
    assert_string_equal(text(t, "level", 3), "district");
    assert_true(missing(t, "district", 3));
    assert_int_equal(whole(t, "n", 3), 2);
    assert_string_equal(meta(t, "missing_by"), "group");
    assert_string_equal(find_note(t, "by_missing", -1),
                        "2 rows have no code of district, and are a group whose cell there is missing");
    sipas_table_free(t);
}

/* Who reads estimates again: the group without a code has a name in pairs, is matched in a change, and is no unit of a league. */
static void test_readers(void **state)
{
    static const double y[] = {1, 4, 3, 5, 2, 6, 7, 3}, later[] = {2, 6, 3, 5, 2, 8, 7, 1};
    static const char *const district[] = {"01", NULL, "", "02", "01", NULL, "02", ""};
    static const int32_t sex[] = {1, 1, 1, 1, 2, 2, 2, 2};
    static const char *const by_names[] = {"district", "sex"};
    static const uint32_t levels[] = {0, 3, 1};
    const sipas_column by[] = {sipas_column_code(district, 8), sipas_column_i32(sex, 8)};
    sipas_rank_opts ranked = SIPAS_RANK_OPTS_INIT;
    sipas_domains d = SIPAS_DOMAINS_INIT;
    sipas_table *before, *after, *pairs, *change, *league;
    sipas_error err;

    (void)state;
    d.n_by = 2;
    d.by = by;
    d.names = by_names;
    d.n_levels = 3;
    d.levels = levels;
    d.missing_by = SIPAS_MISSING_BY_GROUP;
    before = mean_of(y, 8, &d);
    after = mean_of(later, 8, &d);
    assert_int_equal(sipas_table_count_rows(before), 1 + 8 + 4); /* "" is a code */
    check(sipas_estimate_pairs(after, NULL, &pairs, &err), &err);
    assert_int_equal(sipas_table_count_rows(pairs), 28 + 6);
    assert_string_equal(text(pairs, "contrast", 6), "district= sex=1 - district missing sex=2");
    assert_string_equal(text(pairs, "contrast", 33), "district=02 - district missing");
    check(sipas_estimate_change(before, after, NULL, &change, &err), &err);
    assert_int_equal(sipas_table_count_rows(change), 13);
    assert_close(real(change, "estimate", 9), -1.0, 1e-15); /* "": (3 + 1) / 2 - (3 + 3) / 2 */
    assert_close(real(change, "estimate", 12), 2.0, 1e-15); /* none: (6 + 8) / 2 - (4 + 6) / 2 */
    assert_true(missing(change, "district", 12));
    assert_string_equal(meta(change, "missing_by"), "group");
    ranked.domain_level = "district";
    check(sipas_rank_league(NULL, after, &ranked, &league, &err), &err);
    assert_int_equal(sipas_table_count_rows(league), 3);
    assert_string_equal(find_note(league, "no_unit", -1),
                        "the rows without a code of district are no unit, and not ranked");
    sipas_table_free(league);
    ranked.domain_level = "district*sex";
    assert_int_equal(sipas_rank_league(NULL, after, &ranked, &league, &err), SIPAS_ERR_NOT_FOUND);
    sipas_table_free(change);
    sipas_table_free(pairs);
    sipas_table_free(after);
    sipas_table_free(before);
    d.n_by = 1;
    d.n_levels = 0;
    after = mean_of(later, 8, &d);
    check(sipas_estimate_pairs(after, NULL, &pairs, &err), &err);
    assert_string_equal(text(pairs, "contrast", 5), "district=02 - district missing");
    check(sipas_rank_league(NULL, after, NULL, &league, &err), &err);
    assert_int_equal(sipas_table_count_rows(league), 3);
    sipas_table_free(league);
    sipas_table_free(pairs);
    sipas_table_free(after);
}

/* What is refused: no code at all, an unknown rule, a set `reserved2`, missing codes where nothing was said. */
static void test_refused(void **state)
{
    static const double y[] = {1, 4, 3, 5};
    static const char *const none[] = {NULL, NULL, NULL, NULL}, *const some[] = {"01", "02", NULL, "02"};
    const sipas_column values = sipas_column_f64(y, 4), by_none = sipas_column_code(none, 4),
                       by_some = sipas_column_code(some, 4);
    sipas_domains d = SIPAS_DOMAINS_INIT;
    sipas_design *design = NULL;
    sipas_table *table = NULL;
    sipas_error err;

    (void)state;
    check(sipas_design_new(NULL, 4, NULL, NULL, NULL, 0, NULL, NULL, &design, &err), &err);
    d.n_by = 1;
    d.by = &by_some;
    assert_int_equal(sipas_estimate_mean(design, &values, 1, &d, NULL, &table, &err), SIPAS_ERR_MISSING);
    assert_string_equal(err.message, "row 2: by1 is missing");
    assert_int_equal(err.row, 2);
    d.by = &by_none;
    d.missing_by = SIPAS_MISSING_BY_DROP;
    assert_int_equal(sipas_estimate_mean(design, &values, 1, &d, NULL, &table, &err), SIPAS_ERR_MISSING);
    assert_string_equal(err.message, "by: no row has a code in every column of by1");
    d.missing_by = 4;
    assert_int_equal(sipas_estimate_mean(design, &values, 1, &d, NULL, &table, &err), SIPAS_ERR_OPTION);
    d.missing_by = 0;
    d.reserved2 = 1;
    assert_int_equal(sipas_estimate_mean(design, &values, 1, &d, NULL, &table, &err), SIPAS_ERR_OPTION);
    sipas_design_free(design);
}

/* A caller of before the rule: its struct ends where the rule begins. */
static void test_older_caller(void **state)
{
    static const double y[] = {1, 4, 3, 5};
    static const char *const some[] = {"01", "02", NULL, "02"};
    const sipas_column values = sipas_column_f64(y, 4), by = sipas_column_code(some, 4);
    sipas_domains d = SIPAS_DOMAINS_INIT;
    sipas_design *design = NULL;
    sipas_table *table = NULL;
    sipas_error err;

    (void)state;
    check(sipas_design_new(NULL, 4, NULL, NULL, NULL, 0, NULL, NULL, &design, &err), &err);
    d.struct_size = offsetof(sipas_domains, missing_by);
    d.n_by = 1;
    d.by = &by;
    d.missing_by = SIPAS_MISSING_BY_DROP; /* behind its end */
    assert_int_equal(sipas_estimate_mean(design, &values, 1, &d, NULL, &table, &err), SIPAS_ERR_MISSING);
    sipas_design_free(design);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_crossings), cmocka_unit_test(test_notes),
                                       cmocka_unit_test(test_readers), cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_older_caller)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

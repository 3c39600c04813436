/*
 * Variances, covariances, correlations and reliability: against row influence by brute force on random samples, with missing
 * answers, at several levels; offsets; intervals on other scales; gaps and errors.
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
#include "brute_force.h"
#include "calls.h"
#include "random_sample.h"
#include "result.h"

enum { ITEMS = 4, LARGEST = 400 };

/* Four variables of one scale, the last with missing values, made of those of a random sample. */
typedef struct items {
    size_t n;
    double y[ITEMS][LARGEST];
    uint8_t in[LARGEST]; /* of a domain */
} items;

static void make_items(const random_sample *s, items *a)
{
    a->n = s->n;
    assert_in_range(s->n, 10, LARGEST);
    for (size_t i = 0; i < s->n; i++) {
        a->y[0][i] = s->y[0][i];
        a->y[1][i] = 3.0 * s->y[1][i] + 0.5 * s->y[0][i];
        a->y[2][i] = 10.0 * sin((double)i) + 0.2 * s->y[0][i];
        a->y[3][i] = s->y[2][i] + 0.1 * s->y[0][i]; /* NaN where y2 is */
    }
}

/* ---- the long way ---- */

typedef struct brute_moment {
    double value;
    double *z;
} brute_moment;

static int counts(const random_sample *s, const items *a, size_t i, int complete, const double *x, const double *y)
{
    if (!a->in[i] || s->weight[i] == 0.0 || isnan(x[i]) || isnan(y[i])) return 0;
    for (int j = 0; complete && j < ITEMS; j++)
        if (isnan(a->y[j][i])) return 0;
    return 1;
}

/* n/(n-1) Σ w (x - x̄)(y - ȳ) / Σ w, and the linearized value of each row. Returns n. */
static int64_t brute_cov(const random_sample *s, const items *a, const double *x, const double *y, int complete,
                         brute_moment *m)
{
    double weight = 0.0, mean_x = 0.0, mean_y = 0.0, sum = 0.0, factor;
    int64_t n = 0;

    for (size_t i = 0; i < a->n; i++) {
        if (!counts(s, a, i, complete, x, y)) continue;
        n++;
        weight += s->weight[i];
        mean_x += s->weight[i] * x[i];
        mean_y += s->weight[i] * y[i];
    }
    mean_x /= weight;
    mean_y /= weight;
    for (size_t i = 0; i < a->n; i++)
        if (counts(s, a, i, complete, x, y)) sum += s->weight[i] * (x[i] - mean_x) * (y[i] - mean_y);
    factor = (double)n / ((double)n - 1.0);
    m->value = factor * sum / weight;
    for (size_t i = 0; i < a->n; i++) {
        m->z[i] = 0.0;
        if (counts(s, a, i, complete, x, y)) m->z[i] = (factor * (x[i] - mean_x) * (y[i] - mean_y) - m->value) / weight;
    }
    return n;
}

static brute_moment new_moment(const items *a)
{
    const brute_moment m = {NAN, calloc(a->n, sizeof(double))};

    return m;
}

/* The variances over the rows that have both. */
static void brute_correlation(const random_sample *s, const items *a, const double *x, const double *y, int complete,
                              brute_moment *m)
{
    brute_moment c = new_moment(a), vx = new_moment(a), vy = new_moment(a);
    double *both = malloc(a->n * sizeof *both), *other = malloc(a->n * sizeof *other);

    for (size_t i = 0; i < a->n; i++) {
        both[i] = isnan(y[i]) ? NAN : x[i];
        other[i] = isnan(x[i]) ? NAN : y[i];
    }
    (void)brute_cov(s, a, x, y, complete, &c);
    (void)brute_cov(s, a, both, both, complete, &vx);
    (void)brute_cov(s, a, other, other, complete, &vy);
    m->value = c.value / sqrt(vx.value * vy.value);
    for (size_t i = 0; i < a->n; i++)
        m->z[i] = c.z[i] / sqrt(vx.value * vy.value) - m->value / 2.0 * (vx.z[i] / vx.value + vy.z[i] / vy.value);
    free(c.z);
    free(vx.z);
    free(vy.z);
    free(both);
    free(other);
}

/* Sum of the items but `without`; NaN where one of all is missing. */
static void sum_items(const items *a, int without, double *sum)
{
    for (size_t i = 0; i < a->n; i++) {
        sum[i] = 0.0;
        for (int j = 0; j < ITEMS; j++) sum[i] += j == without ? 0.0 * a->y[j][i] : a->y[j][i];
    }
}

static void brute_alpha(const random_sample *s, const items *a, int without, brute_moment *m)
{
    const double k = without < 0 ? ITEMS : ITEMS - 1;
    double *sum = malloc(a->n * sizeof *sum), parts = 0.0;
    brute_moment total = new_moment(a), one = new_moment(a);
    double *z = calloc(a->n, sizeof *z);

    sum_items(a, without, sum);
    (void)brute_cov(s, a, sum, sum, 1, &total);
    for (int j = 0; j < ITEMS; j++) {
        if (j == without) continue;
        (void)brute_cov(s, a, a->y[j], a->y[j], 1, &one);
        parts += one.value;
        for (size_t i = 0; i < a->n; i++) z[i] += one.z[i];
    }
    m->value = k / (k - 1.0) * (1.0 - parts / total.value);
    for (size_t i = 0; i < a->n; i++) m->z[i] = k / (k - 1.0) * (parts / total.value * total.z[i] - z[i]) / total.value;
    free(sum);
    free(z);
    free(total.z);
    free(one.z);
}

/* ---- the library ---- */

enum { ALPHA = 3 }; /* kinds: those of SIPAS_MOMENT_, and this */

static sipas_status run_on(sipas_ctx *ctx, const random_sample *s, const sample_design *parts, const items *a, int kind,
                           const sipas_estimate_opts *opts, sipas_table **out, sipas_error *err)
{
    static const uint32_t levels[] = {0, 1, 3};
    const int64_t n = (int64_t)a->n;
    const sipas_column by[2] = {sipas_column_i32(s->by[0], n), sipas_column_i32(s->by[1], n)};
    sipas_column y[ITEMS];
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_design *design = random_sample_open(s, parts, ctx);
    sipas_status status;

    for (int j = 0; j < ITEMS; j++) y[j] = sipas_column_f64(a->y[j], n);
    domains.n_by = 2;
    domains.by = by;
    domains.n_levels = 3;
    domains.levels = levels;
    status = kind == ALPHA ? sipas_estimate_alpha(design, y, ITEMS, 0, &domains, opts, out, err)
                           : sipas_estimate_moment(design, y, ITEMS, kind, 0, &domains, opts, out, err);
    sipas_design_free(design);
    return status;
}

static sipas_status run(const random_sample *s, const sample_design *parts, const items *a, int kind,
                        const sipas_estimate_opts *opts, sipas_table **out, sipas_error *err)
{
    return run_on(NULL, s, parts, a, kind, opts, out, err);
}

static void set_domain(const random_sample *s, const sipas_table *table, int64_t row, items *a)
{
    static const char *const name[2] = {"by1", "by2"};

    for (size_t i = 0; i < a->n; i++) {
        a->in[i] = 1;
        for (int b = 0; b < 2; b++)
            if (!missing(table, name[b], row) && s->by[b][i] != whole(table, name[b], row)) a->in[i] = 0;
    }
}

static int item_of(const char *name)
{
    assert_true(name[0] == 'y' && name[1] >= '1' && name[1] <= '4');
    return name[1] - '1';
}

static int64_t expect(const random_sample *s, const items *a, const sipas_table *table, int64_t row, int kind,
                      int complete, brute_moment *m)
{
    const char *one = text(table, kind == ALPHA ? "item" : "variable", row);
    const char *of = text(table, kind == ALPHA ? "statistic" : "with", row);
    brute_moment all = new_moment(a);
    double *rest = malloc(a->n * sizeof *rest);
    int64_t n = brute_cov(s, a, a->y[0], a->y[0], 1, &all);

    if (kind == ALPHA && strcmp(of, "item_rest") == 0) {
        sum_items(a, item_of(one), rest);
        brute_correlation(s, a, a->y[item_of(one)], rest, 1, m);
    } else if (kind == ALPHA) {
        brute_alpha(s, a, one ? item_of(one) : -1, m);
    } else {
        n = brute_cov(s, a, a->y[item_of(one)], a->y[item_of(of)], complete, m);
        if (kind == SIPAS_MOMENT_CORRELATION)
            brute_correlation(s, a, a->y[item_of(one)], a->y[item_of(of)], complete, m);
    }
    free(all.z);
    free(rest);
    return n;
}

static void check_limits(const sipas_table *table, int64_t row, int kind)
{
    const double value = real(table, "estimate", row), se = real(table, "se", row);
    const double lower = real(table, "lower", row), upper = real(table, "upper", row);
    const int fisher = kind == SIPAS_MOMENT_CORRELATION ||
                       (kind == ALPHA && strcmp(text(table, "statistic", row), "item_rest") == 0);

    if (isnan(lower) || fabs(value) > 0.999999) return;
    if (fisher) { /* the same half width in z to either side, and that is t se / (1 - r²) */
        assert_close(atanh(upper) - atanh(value), atanh(value) - atanh(lower), 1e-6);
        assert_true(lower >= -1.0 && upper <= 1.0);
    } else if (kind == ALPHA) {
        assert_close((1.0 - lower) / (1.0 - value), (1.0 - value) / (1.0 - upper), 1e-9);
    } else {
        assert_close(upper - value, value - lower, 1e-9);
    }
    assert_true(se > 0.0 && lower < value && value < upper);
}

static void check_kind(const random_sample *s, const sample_design *parts, items *a, int kind, int32_t missing_rule,
                       int32_t cov)
{
    const brute_design d = random_sample_brute(s, parts);
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    const int complete = missing_rule != SIPAS_MISSING_AVAILABLE;
    sipas_table *table, *other;
    sipas_error err;

    opts.missing = missing_rule;
    opts.cov = cov;
    check(run(s, parts, a, kind, &opts, &table, &err), &err);
    opts.cov = !cov;
    check(run(s, parts, a, kind, &opts, &other, &err), &err);
    check_alike(other, table, 1e-12);
    for (int64_t row = 0; row < sipas_table_count_rows(table); row++) {
        brute_moment m = new_moment(a);
        double size;
        int64_t n;

        set_domain(s, table, row, a);
        n = expect(s, a, table, row, kind, complete, &m);
        assert_int_equal(whole(table, "n", row), n);
        size = kind == ALPHA || kind == SIPAS_MOMENT_CORRELATION ? 1.0 : fmax(fabs(m.value), 1.0);
        if (n > 3) {
            assert_close_scaled(real(table, "estimate", row), m.value, 1e-12, size);
            if (whole(table, "psus", row) > 1)
                assert_close_scaled(real(table, "se", row), brute_se(&d, m.z), 1e-12, size);
            if (whole(table, "psus", row) > 1) check_limits(table, row, kind);
        } else if (n < 2) {
            assert_true(missing(table, "estimate", row));
        }
        free(m.z);
    }
    sipas_table_free(table);
    sipas_table_free(other);
}

static void test_against_brute_force(void **state)
{
    static const sample_design parts[] = {
        {0, 0, 1, 0, 0, 0}, {0, 1, 1, 0, 0, 0}, {1, 0, 1, 0, 0, 0}, {2, 2, 1, 0, 0, 0}, {3, 3, 1, 0, 0, 0}};
    static items a;

    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        for (uint64_t seed = 1; seed <= 3; seed++) {
            random_sample *s = random_sample_new(seed, i == 2 ? SAMPLE_SORTED : 0);

            make_items(s, &a);
            for (int kind = 0; kind <= ALPHA; kind++) {
                check_kind(s, &parts[i], &a, kind, SIPAS_MISSING_DEFAULT, seed % 2);
                if (kind != ALPHA) check_kind(s, &parts[i], &a, kind, SIPAS_MISSING_AVAILABLE, seed % 2);
            }
            random_sample_free(s);
        }
}

/* The same to the last bit for any number of threads. */
static void test_threads(void **state)
{
    const sample_design parts = {2, 2, 1, 0, 0, 0};
    random_sample *s = random_sample_new(2, 0);
    sipas_ctx_opts opts = SIPAS_CTX_OPTS_INIT;
    sipas_ctx *ctx = NULL;
    static items a;
    sipas_error err;

    (void)state;
    make_items(s, &a);
    opts.threads = 3;
    check(sipas_ctx_new(&opts, &ctx, &err), &err);
    for (int kind = 0; kind <= ALPHA; kind++) {
        sipas_table *one, *three;

        check(run(s, &parts, &a, kind, NULL, &one, &err), &err);
        check(run_on(ctx, s, &parts, &a, kind, NULL, &three, &err), &err);
        check_identical(one, three);
        sipas_table_free(one);
        sipas_table_free(three);
    }
    sipas_ctx_free(ctx);
    random_sample_free(s);
}

/* ---- offsets ---- */

static void round_items(items *a)
{
    for (int j = 0; j < ITEMS; j++)
        for (size_t i = 0; i < a->n; i++) a->y[j][i] = round(64.0 * a->y[j][i]) / 64.0;
}

/* 1e9 on all rows changes nothing at any level; 1e9 × group nothing within groups. */
static void test_offsets(void **state)
{
    const sample_design parts = {1, 1, 1, 0, 0, 0};
    static items a;

    (void)state;
    for (int kind = 0; kind <= ALPHA; kind++)
        for (int by_group = 0; by_group <= 1; by_group++) {
            random_sample *s = random_sample_new(3, 0);
            sipas_table *plain, *moved;
            sipas_error err;

            make_items(s, &a);
            round_items(&a);
            check(run(s, &parts, &a, kind, NULL, &plain, &err), &err);
            for (int j = 0; j < ITEMS; j++)
                for (size_t i = 0; i < a.n; i++) a.y[j][i] += by_group ? 1e9 * (double)s->by[0][i] : 1e9;
            check(run(s, &parts, &a, kind, NULL, &moved, &err), &err);
            for (int64_t row = 0; row < sipas_table_count_rows(plain); row++) {
                const double size = fmax(fabs(real(plain, "estimate", row)), kind == ALPHA ? 1.0 : 0.1);

                if (by_group && missing(plain, "by1", row)) continue;
                assert_close_scaled(real(moved, "estimate", row), real(plain, "estimate", row), 1e-12, size);
                assert_close_scaled(real(moved, "se", row), real(plain, "se", row), 1e-12, size);
            }
            sipas_table_free(plain);
            sipas_table_free(moved);
            random_sample_free(s);
        }
}

/* ---- gaps and errors ---- */

enum { ROWS = 8 };
static const double weight[ROWS] = {3, 3, 3, 3, 3, 4, 4, 4};
static const int32_t stratum[ROWS] = {1, 1, 1, 1, 1, 2, 2, 2};
static const double values[3][ROWS] = {
    {2.8, 4.1, 6.8, 6.8, 9.2, 3.7, 6.6, 4.2}, {1, 2, 4, 3, 5, 2, 2, 3}, {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}};

static sipas_table *run_small(int alpha, int32_t scale)
{
    sipas_design *design = open_design(ROWS, weight, stratum, NULL, NULL, NULL);
    const sipas_column y[2] = {sipas_column_f64(values[0], ROWS), sipas_column_f64(values[1], ROWS)};
    sipas_table *table = NULL;
    sipas_error err;

    check(alpha ? sipas_estimate_alpha(design, y, 2, scale, NULL, NULL, &table, &err)
                : sipas_estimate_moment(design, y, 2, SIPAS_MOMENT_CORRELATION, scale, NULL, NULL, &table, &err),
          &err);
    sipas_design_free(design);
    return table;
}

/* Fisher (1921): tanh(atanh r ± t se / (1 - r²)); alpha: 1 - (1 - alpha) exp(± t se / (1 - alpha)). */
static void test_scales(void **state)
{
    (void)state;
    for (int alpha = 0; alpha <= 1; alpha++) {
        sipas_table *plain = run_small(alpha, SIPAS_SCALE_PLAIN), *other = run_small(alpha, SIPAS_SCALE_TRANSFORMED);
        const double r = real(plain, "estimate", 0), se = real(plain, "se", 0);
        const double half = 2.446911851144969 * se; /* t table, 0.975, 6 df */

        assert_close(real(plain, "lower", 0), r - half, 1e-12);
        assert_close(real(plain, "upper", 0), r + half, 1e-12);
        assert_close(real(other, "lower", 0),
                     alpha ? 1.0 - (1.0 - r) * exp(half / (1.0 - r)) : tanh(atanh(r) - half / (1.0 - r * r)), 1e-12);
        assert_close(real(other, "upper", 0),
                     alpha ? 1.0 - (1.0 - r) * exp(-half / (1.0 - r)) : tanh(atanh(r) + half / (1.0 - r * r)), 1e-12);
        assert_string_equal(meta(plain, "interval"), "plain");
        sipas_table_free(plain);
        sipas_table_free(other);
    }
}

/* Bonferroni over two groups: each interval at 97.5 %, on the scale of z. */
static void test_simultaneous(void **state)
{
    static const int32_t group[ROWS] = {1, 1, 1, 2, 2, 1, 2, 2};
    sipas_design *design = open_design(ROWS, weight, NULL, NULL, NULL, NULL);
    const sipas_column y[2] = {sipas_column_f64(values[0], ROWS), sipas_column_f64(values[1], ROWS)},
                       by = sipas_column_i32(group, ROWS);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_table *joint, *single;
    sipas_error err;

    (void)state;
    domains.n_by = 1;
    domains.by = &by;
    opts.simultaneous = SIPAS_SIMULTANEOUS_BONFERRONI;
    check(sipas_estimate_moment(design, y, 2, SIPAS_MOMENT_CORRELATION, 0, &domains, &opts, &joint, &err), &err);
    opts.simultaneous = 0;
    opts.level = 0.975;
    check(sipas_estimate_moment(design, y, 2, SIPAS_MOMENT_CORRELATION, 0, &domains, &opts, &single, &err), &err);
    for (int64_t row = 0; row < 2; row++) {
        assert_false(missing(joint, "lower", row));
        assert_close(real(joint, "lower", row), real(single, "lower", row), 1e-12);
        assert_close(real(joint, "upper", row), real(single, "upper", row), 1e-12);
    }
    sipas_table_free(joint);
    sipas_table_free(single);
    sipas_design_free(design);
}

/* Three items of one scale: none is noted; the third turned round (6 - x): it is, at its row of item_rest, and no other. */
static void test_reversed_item(void **state)
{
    static const double item[3][ROWS] = {{1, 2, 4, 3, 5, 2, 2, 3}, {2, 2, 4, 4, 5, 1, 2, 3}, {1, 3, 5, 3, 4, 2, 1, 3}};
    sipas_design *design = open_design(ROWS, weight, stratum, NULL, NULL, NULL);
    static const uint8_t few[ROWS] = {0, 0, 0, 0, 0, 1, 1, 1};
    const sipas_column where = sipas_column_bool(few, ROWS);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    double turned[ROWS];
    sipas_column y[3] = {sipas_column_f64(item[0], ROWS), sipas_column_f64(item[1], ROWS),
                         sipas_column_f64(item[2], ROWS)};
    sipas_table *table;
    sipas_error err;

    (void)state;
    check(sipas_estimate_alpha(design, y, 3, 0, NULL, NULL, &table, &err), &err);
    assert_int_equal(sipas_table_count_rows(sipas_table_get_notes(table)), 0);
    sipas_table_free(table);
    for (int i = 0; i < ROWS; i++) turned[i] = 6 - item[2][i];
    y[2] = sipas_column_f64(turned, ROWS);
    check(sipas_estimate_alpha(design, y, 3, 0, NULL, NULL, &table, &err), &err);
    assert_non_null(find_note(table, "reversed", 6));
    assert_int_equal(sipas_table_count_rows(sipas_table_get_notes(table)), 1);
    sipas_table_free(table);
    /* Of three rows in a stratum the interval is as wide as can be, and the note comes from what alpha is without the item. */
    domains.where = &where;
    check(sipas_estimate_alpha(design, y, 3, 0, &domains, NULL, &table, &err), &err);
    assert_true(real(table, "upper", 6) > 0.0 && real(table, "estimate", 6) < 0.0);
    assert_true(real(table, "estimate", 3) > real(table, "estimate", 0) + 0.1);
    assert_non_null(find_note(table, "reversed", 6));
    sipas_table_free(table);
    sipas_design_free(design);
}

/* A variable that does not vary: variance 0, no correlation. */
static void test_constant(void **state)
{
    sipas_design *design = open_design(ROWS, weight, stratum, NULL, NULL, NULL);
    const sipas_column y[2] = {sipas_column_f64(values[0], ROWS), sipas_column_f64(values[2], ROWS)};
    sipas_table *table;
    sipas_error err;

    (void)state;
    check(sipas_estimate_moment(design, y, 2, SIPAS_MOMENT_VARIANCE, 0, NULL, NULL, &table, &err), &err);
    assert_true(real(table, "estimate", 1) == 0.0 && real(table, "se", 1) == 0.0);
    sipas_table_free(table);
    check(sipas_estimate_moment(design, y, 2, SIPAS_MOMENT_CORRELATION, 0, NULL, NULL, &table, &err), &err);
    assert_true(missing(table, "estimate", 0) && missing(table, "lower", 0) && missing(table, "upper", 0));
    assert_non_null(strstr(find_note(table, "no_value", 0), "does not vary"));
    sipas_table_free(table);
    check(sipas_estimate_alpha(design, y, 2, 0, NULL, NULL, &table, &err), &err);
    assert_true(missing(table, "estimate", 1)); /* alpha of one item */
    assert_true(missing(table, "item", 0) && !missing(table, "item", 1));
    sipas_table_free(table);
    sipas_design_free(design);
}

/* Correlation of a variable and a multiple of it: 1, and no more than that. */
static void test_perfect_correlation(void **state)
{
    sipas_design *design = open_design(ROWS, weight, stratum, NULL, NULL, NULL);
    double twice[ROWS];
    sipas_column y[2] = {sipas_column_f64(values[1], ROWS), sipas_column_f64(twice, ROWS)};
    sipas_table *table;
    sipas_error err;

    (void)state;
    for (int i = 0; i < ROWS; i++) twice[i] = 7.0 - 2.0 * values[1][i];
    check(sipas_estimate_moment(design, y, 2, SIPAS_MOMENT_CORRELATION, 0, NULL, NULL, &table, &err), &err);
    assert_close(real(table, "estimate", 0), -1.0, 1e-15);
    assert_true(real(table, "estimate", 0) >= -1.0);
    assert_true(real(table, "se", 0) < 1e-14);
    assert_close(real(table, "lower", 0), -1.0, 1e-13);
    assert_close(real(table, "upper", 0), -1.0, 1e-13);
    sipas_table_free(table);
    sipas_design_free(design);
}

#define REFUSED(status_wanted, part, ...)                              \
    do {                                                               \
        out = (sipas_table *)(uintptr_t)&err;                          \
        assert_int_equal((__VA_ARGS__), (status_wanted));              \
        assert_null(out);                                              \
        if (!strstr(err.message, (part))) fail_msg("%s", err.message); \
    } while (0)

static void test_errors(void **state)
{
    sipas_design *design = open_design(ROWS, weight, stratum, NULL, NULL, NULL);
    double infinite[ROWS] = {1, 2, 3, INFINITY, 1, 1, 1, 2};
    sipas_column y[2] = {sipas_column_f64(values[0], ROWS), sipas_column_f64(infinite, ROWS)};
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_table *out;
    sipas_error err;

    (void)state;
    REFUSED(SIPAS_ERR_ARGUMENT, "design", sipas_estimate_moment(NULL, y, 2, 0, 0, NULL, NULL, &out, &err));
    REFUSED(SIPAS_ERR_ARGUMENT, "y: ", sipas_estimate_moment(design, NULL, 2, 0, 0, NULL, NULL, &out, &err));
    REFUSED(SIPAS_ERR_ARGUMENT, "n_y", sipas_estimate_moment(design, y, 1, 2, 0, NULL, NULL, &out, &err));
    REFUSED(SIPAS_ERR_ARGUMENT, "n_y", sipas_estimate_moment(design, y, 1001, 0, 0, NULL, NULL, &out, &err));
    REFUSED(SIPAS_ERR_OPTION, "kind", sipas_estimate_moment(design, y, 2, 3, 0, NULL, NULL, &out, &err));
    REFUSED(SIPAS_ERR_OPTION, "scale", sipas_estimate_moment(design, y, 2, 0, 2, NULL, NULL, &out, &err));
    REFUSED(SIPAS_ERR_VALUE, "row 3: y2 is infinite",
            sipas_estimate_moment(design, y, 2, 0, 0, NULL, NULL, &out, &err));
    REFUSED(SIPAS_ERR_ARGUMENT, "design", sipas_estimate_alpha(NULL, y, 2, 0, NULL, NULL, &out, &err));
    REFUSED(SIPAS_ERR_ARGUMENT, "n_y", sipas_estimate_alpha(design, y, 1, 0, NULL, NULL, &out, &err));
    REFUSED(SIPAS_ERR_OPTION, "scale", sipas_estimate_alpha(design, y, 2, -1, NULL, NULL, &out, &err));
    REFUSED(SIPAS_ERR_VALUE, "row 3", sipas_estimate_alpha(design, y, 2, 0, NULL, NULL, &out, &err));
    opts.missing = SIPAS_MISSING_AVAILABLE;
    REFUSED(SIPAS_ERR_OPTION, "complete cases", sipas_estimate_alpha(design, y, 2, 0, NULL, &opts, &out, &err));
    assert_int_equal(sipas_estimate_moment(design, y, 2, 0, 0, NULL, NULL, NULL, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_estimate_alpha(design, y, 2, 0, NULL, NULL, NULL, &err), SIPAS_ERR_ARGUMENT);
    sipas_design_free(design);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_brute_force),
        cmocka_unit_test(test_offsets),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_simultaneous),
        cmocka_unit_test(test_scales),
        cmocka_unit_test(test_constant),
        cmocka_unit_test(test_reversed_item),
        cmocka_unit_test(test_perfect_correlation),
        cmocka_unit_test(test_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Quantiles: against brute force by definition, against the mean of the indicator they rest on, and every edge that the
 * header states.
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

static sipas_table *quantiles(const sipas_design *design, const sipas_column *y, int64_t n_y, const double *probs,
                              int64_t n_probs, const sipas_domains *domains, const sipas_estimate_quantile_opts *opts)
{
    sipas_table *table = NULL;
    sipas_error err;

    check(sipas_estimate_quantile(design, y, n_y, probs, n_probs, domains, opts, &table, &err), &err);
    return table;
}

static const double half[] = {0.5};

/* ---- by definition ---- */

typedef struct observation {
    double y, w;
    size_t row;
} observation;

static int by_value_and_row(const void *a, const void *b)
{
    const observation *left = a, *right = b;

    if (left->y != right->y) return left->y < right->y ? -1 : 1;
    return left->row < right->row ? -1 : 1;
}

/* Observations of non-zero weight that have y, in order; their number. */
static size_t list_observations(const random_sample *s, const uint8_t *in, const double *y, observation *list)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++) {
        if (s->weight[i] == 0.0 || isnan(y[i]) || !in[i]) continue;
        list[n].y = y[i];
        list[n].w = s->weight[i];
        list[n++].row = i;
    }
    qsort(list, n, sizeof *list, by_value_and_row);
    return n;
}

/* Rules 4 to 9: straight lines through (p_i, y_i), every point spelt out. */
static double line_by_definition(const observation *o, size_t n, int rule, double p)
{
    double total = 0.0, upto = 0.0, before = 0.0, before_y = o[0].y;

    for (size_t i = 0; i < n; i++) total += o[i].w;
    for (size_t i = 0; i < n; i++) {
        const double w = o[i].w, last = o[n - 1].w, c = upto + w;
        const double at = rule == 4   ? c / total
                          : rule == 5 ? (c - w / 2.0) / total
                          : rule == 6 ? c / (total + last)
                          : rule == 7 ? upto / (total - last)
                          : rule == 8 ? (c - w / 3.0) / (total + last / 3.0)
                                      : (c - 3.0 * w / 8.0) / (total + last / 4.0);

        if (at >= p) return i == 0 ? o[0].y : before_y + (o[i].y - before_y) * (p - before) / (at - before);
        before = at;
        before_y = o[i].y;
        upto = c;
    }
    return o[n - 1].y;
}

static double quantile_by_definition(const observation *o, size_t n, int rule, double p)
{
    double total = 0.0, upto = 0.0;

    if (rule >= 4) return line_by_definition(o, n, rule, p);
    for (size_t i = 0; i < n; i++) total += o[i].w;
    for (size_t i = 0; i < n; i++) {
        upto += o[i].w;
        if ((i + 1 == n || o[i + 1].y > o[i].y) && upto / total >= p)
            return o[i].y; /* ties of F and p do not occur here */
    }
    return o[n - 1].y;
}

static int same_limit(double got, double wanted)
{
    return isnan(wanted) ? isnan(got) : fabs(got - wanted) <= 1e-9 * fabs(wanted);
}

/* One row of a result: point and limits by definition from F and its SE, under the rule and the Wald interval. */
static void check_by_definition(const random_sample *s, const sipas_table *table, int64_t row, const uint8_t *in,
                                const double *y, int rule, double p)
{
    observation *list = calloc(s->n, sizeof *list);
    const size_t n = list_observations(s, in, y, list);
    const double f = real(table, "cdf", row), se = real(table, "cdf_se", row), df = real(table, "df", row);
    double upto = 0.0, total = 0.0, t, low, high;

    assert_int_equal(whole(table, "n", row), n);
    if (n == 0) {
        assert_true(missing(table, "estimate", row) && missing(table, "cdf", row));
        free(list);
        return;
    }
    assert_close(real(table, "estimate", row), quantile_by_definition(list, n, rule, p), 1e-12);
    for (size_t i = 0; i < n; i++) {
        total += list[i].w;
        if (list[i].y <= real(table, "estimate", row)) upto += list[i].w;
    }
    assert_close(f, upto / total, 1e-12);
    if (isnan(se) || !(df > 0.0) || list[0].y == list[n - 1].y) {
        free(list);
        return;
    }
    /* t from the library itself: the width of a mean's interval over its SE */
    t = (real(table, "upper", row) - real(table, "lower", row)) / (2.0 * real(table, "se", row));
    if (!isnan(t) && real(table, "se", row) > 0.0) {
        low = f - t * se;
        high = f + t * se;
        assert_true(same_limit(real(table, "lower", row), quantile_by_definition(list, n, rule, low)));
        assert_true(same_limit(real(table, "upper", row), quantile_by_definition(list, n, rule, high)));
    }
    free(list);
}

/* Rules, designs, domains; p = .99 among the quantiles, where limits by another rule than the point's once went wrong. */
static void test_by_definition(void **state)
{
    static const double probs[] = {0.07, 0.31, 0.5, 0.87, 0.99};
    static const uint32_t levels[] = {0, 1};

    (void)state;
    for (uint64_t seed = 1; seed <= 9; seed++) {
        const int rule = (int)seed;
        random_sample *s = random_sample_new(seed, seed % 2 ? SAMPLE_SORTED : 0);
        const sample_design parts = {(int)(seed % 3), seed % 3 == 2, 1, 0, SIPAS_LONELY_ADJUST, 0};
        sipas_design *design = random_sample_open(s, &parts, NULL);
        sipas_column y[SAMPLE_VARIABLES];
        const sipas_column by = sipas_column_i32(s->by[0], (int64_t)s->n);
        sipas_domains domains = SIPAS_DOMAINS_INIT;
        sipas_estimate_quantile_opts opts = SIPAS_ESTIMATE_QUANTILE_OPTS_INIT;
        uint8_t *in = calloc(s->n, 1);
        sipas_table *table;
        int64_t per_node;

        for (int v = 0; v < SAMPLE_VARIABLES; v++) y[v] = sipas_column_f64(s->y[v], (int64_t)s->n);
        domains.n_by = 1;
        domains.by = &by;
        domains.n_levels = 2;
        domains.levels = levels;
        opts.rule = rule;
        opts.centre = SIPAS_QUANTILE_CENTRE_ESTIMATE;
        table = quantiles(design, y, SAMPLE_VARIABLES, probs, 5, &domains, &opts);
        per_node = sipas_table_count_rows(table) / (5 * SAMPLE_VARIABLES);
        for (int64_t row = 0; row < sipas_table_count_rows(table); row++) {
            const int64_t node = row / per_node, group = row % per_node;

            for (size_t i = 0; i < s->n; i++) in[i] = group == 0 || s->by[0][i] == whole(table, "by1", row);
            assert_true(real(table, "quantile", row) == probs[node % 5]);
            check_by_definition(s, table, row, in, s->y[node / 5], rule, probs[node % 5]);
        }
        sipas_table_free(table);
        free(in);
        sipas_design_free(design);
        random_sample_free(s);
    }
}

/* ---- intervals about p ---- */

/* Σ of the beta density up to x, by Simpson's rule; a, b > 1. */
static double beta_below(double x, double a, double b)
{
    enum { STEPS = 4000 };
    const double scale = exp(lgamma(a + b) - lgamma(a) - lgamma(b)), h = x / STEPS;
    double sum = 0.0;

    for (int i = 0; i <= STEPS; i++) {
        const double at = h * i, density = scale * pow(at, a - 1.0) * pow(1.0 - at, b - 1.0);

        sum += density * (i == 0 || i == STEPS ? 1.0 : i % 2 ? 4.0 : 2.0);
    }
    return sum * h / 3.0;
}

static double beta_quantile(double q, double a, double b)
{
    double low = 0.0, high = 1.0;

    for (int i = 0; i < 60; i++) {
        const double middle = (low + high) / 2.0;

        if (beta_below(middle, a, b) < q)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2.0;
}

/* Mean, its variance and t of {y ≤ point} over the rows of a domain that have y. */
static void indicator_mean(const sipas_design *design, const random_sample *s, const uint8_t *in, const double *y,
                           double point, double *f, double *variance, double *t)
{
    double *below = calloc(s->n, sizeof *below);
    const sipas_column column = sipas_column_f64(below, (int64_t)s->n), where = sipas_column_u8(in, (int64_t)s->n);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_table *table;
    sipas_error err;

    for (size_t i = 0; i < s->n; i++) below[i] = isnan(y[i]) ? NAN : (double)(y[i] <= point);
    domains.where = &where;
    check(sipas_estimate_mean(design, &column, 1, &domains, NULL, &table, &err), &err);
    *f = real(table, "estimate", 0);
    *variance = missing(table, "se", 0) ? NAN : real(table, "se", 0) * real(table, "se", 0);
    *t = missing(table, "upper", 0) ? NAN : (real(table, "upper", 0) - *f) / real(table, "se", 0);
    sipas_table_free(table);
    free(below);
}

/* Student's t that leaves a tail out, from the interval of a mean of df + 1 rows. */
static double student(double df)
{
    const int64_t n = (int64_t)df + 1;
    double *y = calloc((size_t)n, sizeof *y), t;
    const sipas_column column = sipas_column_f64(y, n);
    sipas_design *design = open_design((int)n, NULL, NULL, NULL, NULL, NULL);
    sipas_table *table;
    sipas_error err;

    for (int64_t i = 0; i < n; i++) y[i] = (double)(i % 2);
    check(sipas_estimate_mean(design, &column, 1, NULL, NULL, &table, &err), &err);
    t = (real(table, "upper", 0) - real(table, "estimate", 0)) / real(table, "se", 0);
    sipas_table_free(table);
    sipas_design_free(design);
    free(y);
    return t;
}

/* The interval of p on a scale, from its definition. */
static void interval_of_p(int32_t scale, double p, double m, double t, double rows, double df, double ends[2])
{
    const double reach = t * sqrt(p * (1.0 - p) / m), odds = log(p / (1.0 - p)), angle = asin(sqrt(p));
    const double ratio = scale == SIPAS_QUANTILE_INTERVAL_BETA ? student(rows - 1.0) / student(df) : 1.0;
    const double k = m * ratio * ratio;

    ends[0] = p - reach;
    ends[1] = p + reach;
    if (scale == SIPAS_QUANTILE_INTERVAL_XLOGIT)
        for (int i = 0; i < 2; i++)
            ends[i] = 1.0 / (1.0 + exp(-(odds + (i ? 1.0 : -1.0) * t / sqrt(m * p * (1.0 - p)))));
    if (scale == SIPAS_QUANTILE_INTERVAL_ASIN) {
        const double low = angle - t / (2.0 * sqrt(m)), high = angle + t / (2.0 * sqrt(m));

        ends[0] = low < 0.0 ? -1.0 : pow(sin(low), 2.0);
        ends[1] = high > asin(1.0) ? 2.0 : pow(sin(high), 2.0);
    }
    if (scale == SIPAS_QUANTILE_INTERVAL_BETA) {
        ends[0] = beta_quantile(0.025, k * p, k * (1.0 - p) + 1.0);
        ends[1] = beta_quantile(0.975, k * p + 1.0, k * (1.0 - p));
    }
}

/* One row: m from the mean of {y ≤ v}, v where F is nearest to p, and the ends through the rule of the estimate. */
static int check_centre(const sipas_design *design, const random_sample *s, const sipas_table *table, int64_t row,
                        const uint8_t *in, const double *y, const sipas_estimate_quantile_opts *opts, double p,
                        int with_fpc)
{
    observation *list = calloc(s->n, sizeof *list);
    const size_t n = list_observations(s, in, y, list);
    double upto = 0.0, total = 0.0, near = NAN, point = NAN, f, variance, t, ends[2];
    int done = 0;

    for (size_t i = 0; i < n; i++) total += list[i].w;
    for (size_t i = 0; i < n; i++) {
        upto += list[i].w;
        if ((i + 1 < n && list[i + 1].y == list[i].y) || i + 1 == n) continue;
        if (!(fabs(upto / total - p) >= fabs(near - p))) {
            near = upto / total;
            point = list[i].y;
        }
    }
    if (!isnan(near)) indicator_mean(design, s, in, y, point, &f, &variance, &t);
    if (!isnan(near) && variance > 1e-20 && !isnan(t) && !missing(table, "cdf_se", row)) {
        const double most = with_fpc ? (double)n / (1.0 - (double)n / total) : (double)n;
        const double m = fmin(f * (1.0 - f) / variance, most);

        assert_close(f, near, 1e-12);
        interval_of_p(opts->interval, p, m, t, (double)n, real(table, "df", row), ends);
        if (ends[0] >= 0.0)
            assert_true(same_limit(real(table, "lower", row), quantile_by_definition(list, n, opts->rule, ends[0])));
        else
            assert_true(missing(table, "lower", row) && find_note(table, "no_limit", row));
        if (ends[1] <= 1.0)
            assert_true(same_limit(real(table, "upper", row), quantile_by_definition(list, n, opts->rule, ends[1])));
        else
            assert_true(missing(table, "upper", row) && find_note(table, "no_limit", row));
        done = 1;
    }
    free(list);
    return done;
}

static void test_centre_p(void **state)
{
    static const double probs[] = {0.2, 0.5, 0.9};
    static const uint32_t levels[] = {0, 1};
    int compared = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 16; seed++) {
        random_sample *s = random_sample_new(seed, seed % 2 ? SAMPLE_SORTED : 0);
        const sample_design parts = {(int)(seed % 3), seed % 3 == 2, 1, 0, SIPAS_LONELY_ADJUST, 0};
        sipas_design *design = random_sample_open(s, &parts, NULL);
        const sipas_column by = sipas_column_i32(s->by[0], (int64_t)s->n);
        sipas_domains domains = SIPAS_DOMAINS_INIT;
        sipas_estimate_quantile_opts opts = SIPAS_ESTIMATE_QUANTILE_OPTS_INIT;
        uint8_t *in = calloc(s->n, 1);
        sipas_column y[SAMPLE_VARIABLES];
        sipas_table *table;
        int64_t per_node;

        for (int v = 0; v < SAMPLE_VARIABLES; v++) {
            y[v] = sipas_column_f64(s->y[v], (int64_t)s->n);
            for (size_t i = 0; seed % 2 == 0 && i < s->n; i++) /* a scale of five values, or what it was */
                s->y[v][i] = isnan(s->y[v][i]) ? NAN : fmod(fabs(floor(s->y[v][i])), 5.0) + 1.0;
        }
        domains.n_by = 1;
        domains.by = &by;
        domains.n_levels = 2;
        domains.levels = levels;
        opts.interval = 1 + (int32_t)(seed % 4);
        table = quantiles(design, y, SAMPLE_VARIABLES, probs, 3, &domains, &opts);
        per_node = sipas_table_count_rows(table) / (3 * SAMPLE_VARIABLES);
        for (int64_t row = 0; row < sipas_table_count_rows(table); row++) {
            const int64_t node = row / per_node, group = row % per_node;

            for (size_t i = 0; i < s->n; i++) in[i] = group == 0 || s->by[0][i] == whole(table, "by1", row);
            compared += check_centre(design, s, table, row, in, s->y[node / 3], &opts, probs[node % 3],
                                     parts.n_fpc > 0);
        }
        sipas_table_free(table);
        free(in);
        sipas_design_free(design);
        random_sample_free(s);
    }
    assert_true(compared > 200);
}

/* Coverage of the median of five-level answers with F(3) = 0.505, where an interval about F at the estimate holds 58 of 100
 * times (binomial arithmetic: it leaves 3 out whenever F(3) < 0.5). */
static void test_median_of_answers(void **state)
{
    enum { ROWS = 100, SAMPLES = 1000 };
    static const double upto[] = {0.05, 0.2, 0.505, 0.85, 1.0};
    static const int32_t centres[] = {SIPAS_QUANTILE_CENTRE_P, SIPAS_QUANTILE_CENTRE_ESTIMATE};
    static double answer[ROWS];
    const sipas_column y = sipas_column_f64(answer, ROWS);
    sipas_design *design = open_design(ROWS, NULL, NULL, NULL, NULL, NULL);
    sipas_estimate_quantile_opts opts = SIPAS_ESTIMATE_QUANTILE_OPTS_INIT;
    uint64_t seed = 7;
    int held[2] = {0, 0};

    (void)state;
    for (int sample = 0; sample < SAMPLES; sample++) {
        for (int i = 0; i < ROWS; i++) {
            double u;
            int a = 0;

            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            u = (double)(seed >> 11) * 0x1p-53;
            while (u >= upto[a]) a++;
            answer[i] = a + 1.0;
        }
        for (int c = 0; c < 2; c++) {
            sipas_table *table;

            opts.centre = centres[c];
            table = quantiles(design, &y, 1, half, 1, NULL, &opts);
            held[c] += real(table, "lower", 0) <= 3.0 && real(table, "upper", 0) >= 3.0;
            sipas_table_free(table);
        }
    }
    assert_true(held[0] >= 940);
    assert_true(held[1] <= 650);
    /* F(3) = 0.30, F(4) = 0.85: the median is 4, and nothing else is near */
    for (int i = 0; i < ROWS; i++) answer[i] = i < 5 ? 1.0 : i < 15 ? 2.0 : i < 30 ? 3.0 : i < 85 ? 4.0 : 5.0;
    for (opts.interval = 1; opts.interval <= 4; opts.interval++) {
        sipas_table *table;

        opts.centre = SIPAS_QUANTILE_CENTRE_P;
        table = quantiles(design, &y, 1, half, 1, NULL, &opts);
        assert_true(real(table, "lower", 0) == 4.0 && real(table, "upper", 0) == 4.0 && missing(table, "se", 0));
        assert_non_null(find_note(table, "one_value", 0));
        sipas_table_free(table);
    }
    sipas_design_free(design);
}

/* Everything taken whole: the quantile is known, and so are the extremes. */
static void test_census(void **state)
{
    static const double y_of[] = {3, 1, 4, 1, 5, 9}, fpc_of[] = {6, 6, 6, 6, 6, 6}, probs[] = {0.0, 0.5, 1.0};
    const sipas_column y = sipas_column_f64(y_of, 6);
    sipas_design_opts design_opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_design *design;
    sipas_table *table;

    (void)state;
    design_opts.df = SIPAS_DF_GIVEN;
    design_opts.df_value = 5.0;
    design = open_design(6, NULL, NULL, NULL, fpc_of, &design_opts);
    table = quantiles(design, &y, 1, probs, 3, NULL, NULL);
    for (int64_t row = 0; row < 3; row++) {
        assert_true(real(table, "lower", row) == real(table, "estimate", row));
        assert_true(real(table, "upper", row) == real(table, "estimate", row) && real(table, "se", row) == 0.0);
    }
    sipas_table_free(table);
    sipas_design_free(design);
}

/* ---- the engine's check ---- */

/* SE of F at the estimate is that of the mean of {y ≤ estimate}. */
static void test_cdf_is_a_mean(void **state)
{
    static const double probs[] = {0.2, 0.5, 0.9};
    static const int32_t lonely[] = {SIPAS_LONELY_REMOVE, SIPAS_LONELY_ADJUST, SIPAS_LONELY_AVERAGE};
    int compared = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        const int flags = SAMPLE_LONELY | (seed % 4 == 0 ? SAMPLE_CERTAIN : 0);
        random_sample *s = random_sample_new(seed, flags);
        const int stages = seed % 4 == 0 ? 1 + (int)(seed / 4 % 3) : (int)(seed % 4);
        const sample_design parts = {stages, seed % 2 ? (stages ? stages : 1) : 0, 1, seed % 4 == 0, lonely[seed % 3],
                                     0};
        sipas_design *design = random_sample_open(s, &parts, NULL);
        const sipas_column y = sipas_column_f64(s->y[2], (int64_t)s->n), by = sipas_column_i32(s->by[0], (int64_t)s->n);
        sipas_domains domains = SIPAS_DOMAINS_INIT;
        double *indicator = calloc(s->n, sizeof *indicator);
        const sipas_column x = sipas_column_f64(indicator, (int64_t)s->n);
        sipas_table *table;

        domains.n_by = 1;
        domains.by = &by;
        table = quantiles(design, &y, 1, probs, 3, &domains, NULL);
        for (int64_t row = 0; row < sipas_table_count_rows(table); row++) {
            const int64_t n_groups = sipas_table_count_rows(table) / 3;
            sipas_table *mean;

            if (missing(table, "estimate", row)) continue;
            for (size_t i = 0; i < s->n; i++)
                indicator[i] = isnan(s->y[2][i]) ? NAN : (double)(s->y[2][i] <= real(table, "estimate", row));
            mean = estimate(design, MEAN, &x, NULL, 1, &domains, NULL);
            assert_close(real(table, "cdf", row), real(mean, "estimate", row % n_groups), 1e-12);
            assert_int_equal(missing(table, "cdf_se", row), missing(mean, "se", row % n_groups));
            if (!missing(table, "cdf_se", row))
                assert_close_scaled(real(table, "cdf_se", row), real(mean, "se", row % n_groups), 1e-12, 1e-3);
            assert_int_equal(whole(table, "n", row), whole(mean, "n", row % n_groups));
            assert_int_equal(whole(table, "psus", row), whole(mean, "psus", row % n_groups));
            compared++;
            sipas_table_free(mean);
        }
        sipas_table_free(table);
        free(indicator);
        sipas_design_free(design);
        random_sample_free(s);
    }
    assert_true(compared > 100);
}

/* ---- the same data in other clothes ---- */

static void check_same(const sipas_table *a, const sipas_table *b)
{
    static const char *const columns[] = {"estimate", "se", "lower", "upper", "cdf", "cdf_se", "df"};

    assert_int_equal(sipas_table_count_rows(a), sipas_table_count_rows(b));
    for (int64_t row = 0; row < sipas_table_count_rows(a); row++)
        for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++) {
            assert_int_equal(missing(a, columns[c], row), missing(b, columns[c], row));
            if (!missing(a, columns[c], row))
                assert_close_scaled(real(a, columns[c], row), real(b, columns[c], row), 1e-12, 1e-9);
        }
}

enum { PEOPLE = 6000, UNITS = 60 };

typedef struct people {
    int8_t answer[PEOPLE];
    double number[PEOPLE], shifted[PEOPLE], weight[PEOPLE];
    int32_t psu[PEOPLE], stratum[PEOPLE], by[PEOPLE];
} people;

static people *make_people(int64_t times)
{
    people *p = calloc(1, sizeof *p);

    for (int64_t k = 0; k < PEOPLE; k++) {
        const int64_t i = k * times % PEOPLE;
        const double u = sipas_rng_uniform(3, 0, (uint64_t)i, 0, 0), v = sipas_rng_uniform(3, 0, (uint64_t)i, 1, 0);

        p->psu[k] = (int32_t)(i * UNITS / PEOPLE);
        p->stratum[k] = p->psu[k] / 15;
        p->by[k] = (int32_t)(i % 7);
        p->answer[k] = (int8_t)(1 + (int)(5.0 * u * (0.6 + 0.01 * (double)(p->psu[k] % 40))));
        p->number[k] = floor(4096.0 * u * v + 50.0 * (double)(p->psu[k] % 11)) / 64.0;
        p->shifted[k] = p->number[k] + 1e9; /* exact: both are multiples of 1/64 */
        p->weight[k] = 1.0 + floor(8.0 * v) / 4.0;
    }
    return p;
}

static sipas_table *people_quantiles(const people *p, const sipas_column *y, int32_t threads, int32_t rule)
{
    static const double probs[] = {0.1, 0.5, 0.75};
    static const uint32_t levels[] = {0, 1};
    const sipas_column w = sipas_column_f64(p->weight, PEOPLE), stratum = sipas_column_i32(p->stratum, PEOPLE),
                       psu = sipas_column_i32(p->psu, PEOPLE), by = sipas_column_i32(p->by, PEOPLE);
    sipas_ctx_opts ctx_opts = SIPAS_CTX_OPTS_INIT;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_quantile_opts opts = SIPAS_ESTIMATE_QUANTILE_OPTS_INIT;
    sipas_ctx *ctx = NULL;
    sipas_design *design = NULL;
    sipas_table *table;
    sipas_error err;

    ctx_opts.threads = threads;
    check(sipas_ctx_new(&ctx_opts, &ctx, &err), &err);
    check(sipas_design_new(ctx, PEOPLE, &w, &stratum, &psu, 1, NULL, NULL, &design, &err), &err);
    domains.n_by = 1;
    domains.by = &by;
    domains.n_levels = 2;
    domains.levels = levels;
    opts.rule = rule;
    table = quantiles(design, y, 1, probs, 3, &domains, &opts);
    sipas_design_free(design);
    sipas_ctx_free(ctx);
    return table;
}

/* Answers are counted; the same numbers moved off the whole ones are sorted. Threads and the order of rows change nothing. */
static void test_counted_and_sorted(void **state)
{
    people *p = make_people(1), *scattered = make_people(1001);
    double halves[PEOPLE];

    (void)state;
    for (int32_t rule = 1; rule <= 9; rule += 3) {
        const sipas_column answers = sipas_column_i8(p->answer, PEOPLE), other = sipas_column_f64(halves, PEOPLE);
        const sipas_column apart = sipas_column_i8(scattered->answer, PEOPLE);
        sipas_table *counted = people_quantiles(p, &answers, 1, rule), *sorted, *threads, *order;

        for (int i = 0; i < PEOPLE; i++) halves[i] = p->answer[i];
        sorted = people_quantiles(p, &other, 1, rule);
        check_identical(counted, sorted);
        sipas_table_free(sorted);
        for (int i = 0; i < PEOPLE; i++) halves[i] = p->answer[i] / 2.0;
        sorted = people_quantiles(p, &other, 1, rule);
        for (int64_t row = 0; row < sipas_table_count_rows(counted); row++) {
            assert_close(real(counted, "estimate", row), 2.0 * real(sorted, "estimate", row), 1e-14);
            assert_true(missing(counted, "lower", row) == missing(sorted, "lower", row));
            if (!missing(counted, "lower", row))
                assert_close(real(counted, "lower", row), 2.0 * real(sorted, "lower", row), 1e-13);
            assert_close(real(counted, "cdf_se", row), real(sorted, "cdf_se", row), 1e-12);
        }
        threads = people_quantiles(p, &answers, 3, rule);
        check_identical(counted, threads);
        order = people_quantiles(scattered, &apart, 2, rule);
        if (rule < 4)
            check_same(counted, order); /* the others look at single rows, where equal values differ in weight */
        sipas_table_free(order);
        sipas_table_free(threads);
        sipas_table_free(sorted);
        sipas_table_free(counted);
    }
    free(scattered);
    free(p);
}

/* Few values, unequal weights, p in small steps: every rule by its definition, counted and sorted. */
static void test_ties(void **state)
{
    enum { N = 11, STEPS = 197 };
    static const double weight[N] = {3, 0.5, 2, 1, 4, 0.25, 1.5, 2, 0.75, 1, 2.5};
    static const int8_t answer[N] = {2, 5, 2, 4, 1, 4, 2, 5, 4, 1, 5};
    double halves[N], probs[STEPS];
    const sipas_column y[2] = {sipas_column_i8(answer, N), sipas_column_f64(halves, N)};
    sipas_design *design = open_design(N, weight, NULL, NULL, NULL, NULL);
    sipas_estimate_quantile_opts opts = SIPAS_ESTIMATE_QUANTILE_OPTS_INIT;
    observation list[N];

    (void)state;
    for (size_t i = 0; i < N; i++) {
        halves[i] = answer[i] / 2.0;
        list[i].y = answer[i];
        list[i].w = weight[i];
        list[i].row = i;
    }
    qsort(list, N, sizeof *list, by_value_and_row);
    for (int j = 0; j < STEPS; j++) probs[j] = (j + 0.7) / (STEPS + 1.0); /* no F comes out equal to one of them */
    for (opts.rule = 1; opts.rule <= 9; opts.rule++) {
        sipas_table *table = quantiles(design, y, 2, probs, STEPS, NULL, &opts);

        for (int64_t j = 0; j < STEPS; j++) {
            const double wanted = quantile_by_definition(list, N, opts.rule, probs[j]);

            assert_close(real(table, "estimate", j), wanted, 1e-12);
            assert_close(real(table, "estimate", STEPS + j), wanted / 2.0, 1e-12);
        }
        sipas_table_free(table);
    }
    sipas_design_free(design);
}

/* A large offset moves the figures by itself and leaves SE as it is. */
static void test_offset(void **state)
{
    people *p = make_people(1);

    (void)state;
    for (int32_t rule = 1; rule <= 3; rule++) {
        const sipas_column y = sipas_column_f64(p->number, PEOPLE), far = sipas_column_f64(p->shifted, PEOPLE);
        sipas_table *a = people_quantiles(p, &y, 1, rule), *b = people_quantiles(p, &far, 1, rule);

        for (int64_t row = 0; row < sipas_table_count_rows(a); row++) {
            assert_true(real(b, "estimate", row) - 1e9 == real(a, "estimate", row));
            assert_true(real(b, "lower", row) - 1e9 == real(a, "lower", row));
            assert_true(real(b, "upper", row) - 1e9 == real(a, "upper", row));
            assert_close(real(b, "se", row), real(a, "se", row), 1e-12);
            assert_true(real(a, "se", row) > 0.0);
        }
        sipas_table_free(a);
        sipas_table_free(b);
    }
    free(p);
}

/* ---- domains and missing values ---- */

/* `where` is zero weight, and dropping a missing y keeps its PSU. */
static void test_where_and_missing(void **state)
{
    random_sample *s = random_sample_new(4, 0);
    const sample_design parts = {1, 1, 1, 0, SIPAS_LONELY_ADJUST, 0};
    sipas_design *design = random_sample_open(s, &parts, NULL), *zeroed;
    const sipas_column y = sipas_column_f64(s->y[0], (int64_t)s->n);
    uint8_t *in = calloc(s->n, 1);
    double *weight = malloc(s->n * sizeof *weight), *gaps = malloc(s->n * sizeof *gaps), *kept = s->weight;
    const sipas_column where = sipas_column_bool(in, (int64_t)s->n), z = sipas_column_f64(gaps, (int64_t)s->n);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_table *a, *b, *c;

    (void)state;
    for (size_t i = 0; i < s->n; i++) {
        in[i] = s->psu[i] != 1 && s->by[1][i] != 1; /* whole PSUs are out */
        weight[i] = in[i] ? s->weight[i] : 0.0;
        gaps[i] = in[i] ? s->y[0][i] : NAN;
    }
    domains.where = &where;
    a = quantiles(design, &y, 1, half, 1, &domains, NULL);
    s->weight = weight;
    zeroed = random_sample_open(s, &parts, NULL);
    b = quantiles(zeroed, &y, 1, half, 1, NULL, NULL);
    c = quantiles(design, &z, 1, half, 1, NULL, NULL);
    assert_true(real(a, "cdf_se", 0) > 0.0);
    check_same(a, b);
    check_same(a, c);
    s->weight = kept;
    sipas_table_free(a);
    sipas_table_free(b);
    sipas_table_free(c);
    sipas_design_free(zeroed);
    sipas_design_free(design);
    free(in);
    free(weight);
    free(gaps);
    random_sample_free(s);
}

/* Complete cases: a row that lacks one variable counts for none. */
static void test_complete_cases(void **state)
{
    random_sample *s = random_sample_new(8, 0);
    const sample_design parts = {1, 0, 1, 0, SIPAS_LONELY_ADJUST, 0};
    sipas_design *design = random_sample_open(s, &parts, NULL);
    double *both = malloc(s->n * sizeof *both);
    const sipas_column y[2] = {sipas_column_f64(s->y[0], (int64_t)s->n), sipas_column_f64(s->y[2], (int64_t)s->n)},
                       z = sipas_column_f64(both, (int64_t)s->n);
    sipas_estimate_quantile_opts opts = SIPAS_ESTIMATE_QUANTILE_OPTS_INIT;
    sipas_table *complete, *available, *wanted;

    (void)state;
    for (size_t i = 0; i < s->n; i++) both[i] = isnan(s->y[2][i]) ? NAN : s->y[0][i];
    available = quantiles(design, y, 2, half, 1, NULL, &opts);
    opts.missing = SIPAS_MISSING_COMPLETE;
    complete = quantiles(design, y, 2, half, 1, NULL, &opts);
    wanted = quantiles(design, &z, 1, half, 1, NULL, NULL);
    assert_true(real(complete, "estimate", 0) == real(wanted, "estimate", 0));
    assert_close(real(complete, "cdf_se", 0), real(wanted, "cdf_se", 0), 1e-12);
    assert_int_equal(whole(complete, "n", 0), whole(wanted, "n", 0));
    assert_true(whole(available, "n", 0) > whole(complete, "n", 0));
    assert_true(real(complete, "estimate", 1) == real(available, "estimate", 1));
    sipas_table_free(wanted);
    sipas_table_free(complete);
    sipas_table_free(available);
    sipas_design_free(design);
    free(both);
    random_sample_free(s);
}

/* ---- little to go by ---- */

enum { FEW = 12 };

static const int32_t few_psu[FEW] = {1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4};

static sipas_design *few_design(const double *weight)
{
    return open_design(FEW, weight, NULL, few_psu, NULL, NULL);
}

static void test_one_value_and_no_values(void **state)
{
    static const double y_of[FEW] = {7, 7, 3, 7, 7, 9, 7, 7, 1, 7, 7, 2};
    static const int32_t by_of[FEW] = {1, 1, 2, 1, 1, 2, 1, 1, 2, 1, 1, 2};
    double gone[FEW];
    const sipas_column y[2] = {sipas_column_f64(y_of, FEW), sipas_column_f64(gone, FEW)},
                       by = sipas_column_i32(by_of, FEW);
    sipas_design *design = few_design(NULL);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_quantile_opts opts = SIPAS_ESTIMATE_QUANTILE_OPTS_INIT;

    (void)state;
    for (int i = 0; i < FEW; i++) gone[i] = NAN;
    domains.n_by = 1;
    domains.by = &by;
    for (opts.interval = 1; opts.interval <= 4; opts.interval++)
        for (opts.rule = 1; opts.rule <= 9; opts.rule++) {
            sipas_table *table = quantiles(design, y, 2, half, 1, &domains, &opts);

            /* eight equal answers: a share of 0.5 of eight lies within 0 and 1 on every scale but, at df 3, that of F */
            assert_true(real(table, "estimate", 0) == 7.0 && missing(table, "se", 0));
            if (opts.interval == SIPAS_QUANTILE_INTERVAL_MEAN) {
                assert_non_null(find_note(table, "no_limit", 0));
            } else {
                assert_true(real(table, "lower", 0) == 7.0 && real(table, "upper", 0) == 7.0);
                assert_non_null(find_note(table, "se_floor", 0));
            }
            sipas_table_free(table);
            opts.centre = SIPAS_QUANTILE_CENTRE_ESTIMATE;
            table = quantiles(design, y, 2, half, 1, &domains, &opts);
            opts.centre = SIPAS_QUANTILE_CENTRE_DEFAULT;
            assert_true(real(table, "estimate", 0) == 7.0 && real(table, "se", 0) == 0.0);
            assert_true(real(table, "lower", 0) == 7.0 && real(table, "upper", 0) == 7.0);
            assert_null(find_note(table, "at_largest", 0));
            for (int64_t row = 2; row < 4; row++) {
                assert_int_equal(whole(table, "n", row), 0);
                assert_true(missing(table, "estimate", row) && missing(table, "se", row));
                assert_true(missing(table, "lower", row) && missing(table, "cdf", row));
                assert_non_null(find_note(table, "no_value", row));
            }
            sipas_table_free(table);
        }
    sipas_design_free(design);
}

static void test_one_psu_and_no_df(void **state)
{
    static const double y_of[FEW] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    static const int32_t one[FEW] = {1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0},
                         strata[FEW] = {1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4};
    double first[FEW];
    const sipas_column y[2] = {sipas_column_f64(y_of, FEW), sipas_column_f64(first, FEW)},
                       by = sipas_column_i32(one, FEW);
    sipas_design_opts lonely = SIPAS_DESIGN_OPTS_INIT;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_design *design = few_design(NULL);
    sipas_table *table;

    (void)state;
    for (int i = 0; i < FEW; i++) first[i] = i < 3 ? y_of[i] : NAN;
    domains.n_by = 1;
    domains.by = &by;
    table = quantiles(design, y, 2, half, 1, &domains, NULL);
    for (int64_t row = 1; row <= 3; row += 2) { /* the domain in one PSU; the domain whose y lie in one PSU */
        const int64_t at = row == 1 ? 1 : 3;

        assert_true(real(table, "estimate", at) == 2.0);
        assert_true(missing(table, "se", at) && missing(table, "lower", at) && missing(table, "cdf_se", at));
        assert_non_null(find_note(table, "one_psu", 1));
    }
    sipas_table_free(table);
    sipas_design_free(design);
    lonely.lonely_psu = SIPAS_LONELY_ADJUST;
    design = open_design(FEW, NULL, strata, few_psu, NULL, &lonely); /* four strata of one PSU: df = 0 */
    table = quantiles(design, y, 1, half, 1, NULL, NULL);
    assert_true(real(table, "estimate", 0) == 6.0 && real(table, "df", 0) == 0.0);
    assert_true(real(table, "cdf_se", 0) > 0.0);
    assert_true(missing(table, "se", 0) && missing(table, "lower", 0) && missing(table, "upper", 0));
    assert_non_null(find_note(table, "no_df", 0));
    sipas_table_free(table);
    sipas_design_free(design);
    lonely.df = SIPAS_DF_GIVEN;
    lonely.df_value = INFINITY;
    design = open_design(FEW, NULL, strata, few_psu, NULL, &lonely);
    table = quantiles(design, y, 1, half, 1, NULL, NULL);
    assert_false(missing(table, "se", 0));
    sipas_table_free(table);
    sipas_design_free(design);
}

/* p so far out that the interval of F leaves [0, 1]: that limit is missing, and the SE, and a note says so. */
static void test_extreme_p(void **state)
{
    static const double probs[] = {0.02, 0.5, 0.9, 0.99};
    static const double y_of[FEW] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    static const int32_t mixed[FEW] = {1, 2, 3, 4, 4, 3, 2, 1, 1, 2, 3, 4};
    const sipas_column y = sipas_column_f64(y_of, FEW);
    sipas_design *design = open_design(FEW, NULL, NULL, mixed, NULL, NULL);
    sipas_estimate_quantile_opts opts = SIPAS_ESTIMATE_QUANTILE_OPTS_INIT;

    (void)state;
    opts.centre = SIPAS_QUANTILE_CENTRE_ESTIMATE;
    for (opts.interval = 1; opts.interval <= 4; opts.interval++) {
        sipas_table *table = quantiles(design, &y, 1, probs, 4, NULL, &opts);

        assert_true(real(table, "estimate", 0) == 1.0 && real(table, "estimate", 3) == 12.0);
        if (opts.interval == SIPAS_QUANTILE_INTERVAL_MEAN) {
            assert_true(missing(table, "lower", 0) && missing(table, "se", 0) && !missing(table, "upper", 0));
            assert_non_null(strstr(find_note(table, "no_limit", 0), "below 0"));
            assert_true(missing(table, "upper", 2) && missing(table, "se", 2) && !missing(table, "lower", 2));
            assert_non_null(strstr(find_note(table, "no_limit", 2), "above 1"));
            assert_true(real(table, "lower", 3) == 12.0 && real(table, "upper", 3) == 12.0);
            assert_true(real(table, "se", 3) == 0.0);
            assert_non_null(find_note(table, "at_largest", 3));
        } else {
            assert_true(missing(table, "lower", 3) && missing(table, "upper", 3) && missing(table, "se", 3));
            assert_non_null(find_note(table, "no_limit", 3));
        }
        assert_false(missing(table, "se", 1));
        assert_null(find_note(table, "no_limit", 1));
        sipas_table_free(table);
    }
    sipas_design_free(design);
}

/* Negative weights of a calibrated design: F falls, and its last crossing of p counts. */
static void test_negative_weights(void **state)
{
    static const double y_of[FEW] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    static const double weight[FEW] = {3, 3, -2, 3, 1, 1, 1, 1, 1, 1, 1, 1}; /* C = 3 6 4 7 8 9 10 11 12 13 14 15 */
    static const double probs[] = {5.0 / 15.0, 0.5};
    const sipas_column y = sipas_column_f64(y_of, FEW);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_design *design;
    sipas_table *table;

    (void)state;
    opts.calibrated = 1;
    design = open_design(FEW, weight, NULL, few_psu, NULL, &opts);
    table = quantiles(design, &y, 1, probs, 2, NULL, NULL);
    assert_true(real(table, "estimate", 0) == 4.0);
    assert_true(real(table, "estimate", 1) == 5.0);
    sipas_table_free(table);
    sipas_design_free(design);
}

/* Where F equals p: 1, 2, 3, 4 with equal weights at p = 1/2 and 1/4. */
static void test_where_f_is_p(void **state)
{
    static const double y_of[4] = {1, 2, 3, 4}, probs[] = {0.25, 0.5, 0.75};
    static const double hf[10][3] = {{0},
                                     {1, 2, 3},
                                     {1.5, 2.5, 3.5},
                                     {2, 2, 4},
                                     {1, 2, 3},
                                     {1.5, 2.5, 3.5},
                                     {1.25, 2.5, 3.75},
                                     {1.75, 2.5, 3.25},
                                     {1.0 + 5.0 / 12.0, 2.5, 3.0 + 7.0 / 12.0},
                                     {1.4375, 2.5, 3.5625}};
    const sipas_column y = sipas_column_f64(y_of, 4);
    sipas_design *design = open_design(4, NULL, NULL, NULL, NULL, NULL);
    sipas_estimate_quantile_opts opts = SIPAS_ESTIMATE_QUANTILE_OPTS_INIT;

    (void)state;
    for (opts.rule = 1; opts.rule <= 9;
         opts.rule++) { /* R: quantile(1:4, probs, type = rule); type 3 by distinct values */
        sipas_table *table = quantiles(design, &y, 1, probs, 3, NULL, &opts);

        for (int64_t row = 0; row < 3; row++) assert_close(real(table, "estimate", row), hf[opts.rule][row], 1e-14);
        sipas_table_free(table);
    }
    sipas_design_free(design);
}

/* ---- what is refused ---- */

static void test_refusals(void **state)
{
    static const double bad[] = {0.5, 1.5}, nan_p[] = {NAN}, fine[] = {0.5};
    double y_of[FEW] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    double weight[FEW] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0};
    static const char *const text_of[FEW] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"};
    const sipas_column y = sipas_column_f64(y_of, FEW), text_y = sipas_column_code(text_of, FEW),
                       by = sipas_column_i32(few_psu, FEW), brief = sipas_column_f64(y_of, FEW - 1);
    static const char *const taken[] = {"cdf"};
    sipas_estimate_quantile_opts opts = SIPAS_ESTIMATE_QUANTILE_OPTS_INIT;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_design *design = few_design(weight);
    sipas_table *table = NULL;
    sipas_error err;

    (void)state;
    assert_int_equal(sipas_estimate_quantile(NULL, &y, 1, fine, 1, NULL, NULL, &table, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_estimate_quantile(design, NULL, 1, fine, 1, NULL, NULL, &table, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_estimate_quantile(design, &y, 0, fine, 1, NULL, NULL, &table, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_estimate_quantile(design, &y, 1, NULL, 1, NULL, NULL, &table, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_estimate_quantile(design, &y, 1, fine, 0, NULL, NULL, &table, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_estimate_quantile(design, &y, 1, fine, 1, NULL, NULL, NULL, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_estimate_quantile(design, &y, 1, bad, 2, NULL, NULL, &table, &err), SIPAS_ERR_VALUE);
    assert_int_equal(err.row, 1);
    assert_int_equal(sipas_estimate_quantile(design, &y, 1, nan_p, 1, NULL, NULL, &table, &err), SIPAS_ERR_VALUE);
    assert_int_equal(sipas_estimate_quantile(design, &text_y, 1, fine, 1, NULL, NULL, &table, &err), SIPAS_ERR_TYPE);
    assert_int_equal(sipas_estimate_quantile(design, &brief, 1, fine, 1, NULL, NULL, &table, &err), SIPAS_ERR_LENGTH);
    opts.rule = 10;
    assert_int_equal(sipas_estimate_quantile(design, &y, 1, fine, 1, NULL, &opts, &table, &err), SIPAS_ERR_OPTION);
    opts.rule = 0;
    opts.interval = 5;
    assert_int_equal(sipas_estimate_quantile(design, &y, 1, fine, 1, NULL, &opts, &table, &err), SIPAS_ERR_OPTION);
    domains.n_by = 1;
    domains.by = &by;
    domains.names = taken;
    assert_int_equal(sipas_estimate_quantile(design, &y, 1, fine, 1, &domains, NULL, &table, &err),
                     SIPAS_ERR_DUPLICATE);
    y_of[FEW - 1] = INFINITY; /* weight 0: as good as missing */
    check(sipas_estimate_quantile(design, &y, 1, fine, 1, NULL, NULL, &table, &err), &err);
    sipas_table_free(table);
    y_of[4] = INFINITY;
    assert_int_equal(sipas_estimate_quantile(design, &y, 1, fine, 1, NULL, NULL, &table, &err), SIPAS_ERR_VALUE);
    assert_int_equal(err.row, 4);
    assert_null(table);
    sipas_design_free(design);
}

/* p = 0 and 1: the least and the largest value of the rows of non-zero weight under every rule, without limits. */
static void test_extremes(void **state)
{
    static const double y_of[7] = {5, 9, 2, 7, -3, 99, 4}, weight[7] = {1, 2, 1, 3, 1, 0, 1}, probs[2] = {0.0, 1.0};
    static const double same[7] = {4, 4, 4, 4, 4, 4, 4};
    const sipas_column y = sipas_column_f64(y_of, 7), equal = sipas_column_f64(same, 7);
    sipas_design *design = open_design(7, weight, NULL, NULL, NULL, NULL);
    sipas_error err;

    (void)state;
    for (int32_t rule = SIPAS_QUANTILE_HF1; rule <= SIPAS_QUANTILE_HF9; rule++) {
        sipas_estimate_quantile_opts opts = SIPAS_ESTIMATE_QUANTILE_OPTS_INIT;
        sipas_table *table;

        opts.rule = rule;
        check(sipas_estimate_quantile(design, &y, 1, probs, 2, NULL, &opts, &table, &err), &err);
        assert_true(real(table, "estimate", 0) == -3.0 && real(table, "estimate", 1) == 9.0);
        for (int64_t row = 0; row < 2; row++) {
            assert_true(missing(table, "se", row) && missing(table, "lower", row) && missing(table, "upper", row));
            assert_non_null(find_note(table, "extreme", row));
        }
        sipas_table_free(table);
        check(sipas_estimate_quantile(design, &equal, 1, probs, 2, NULL, &opts, &table, &err), &err);
        assert_true(real(table, "estimate", 1) == 4.0 && missing(table, "se", 1) && missing(table, "upper", 1));
        assert_non_null(find_note(table, "extreme", 1));
        sipas_table_free(table);
        opts.centre = SIPAS_QUANTILE_CENTRE_ESTIMATE;
        check(sipas_estimate_quantile(design, &equal, 1, probs, 2, NULL, &opts, &table, &err), &err);
        assert_true(real(table, "estimate", 1) == 4.0 && real(table, "se", 1) == 0.0);
        sipas_table_free(table);
    }
    sipas_design_free(design);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_by_definition),
        cmocka_unit_test(test_centre_p),
        cmocka_unit_test(test_median_of_answers),
        cmocka_unit_test(test_census),
        cmocka_unit_test(test_cdf_is_a_mean),
        cmocka_unit_test(test_counted_and_sorted),
        cmocka_unit_test(test_ties),
        cmocka_unit_test(test_offset),
        cmocka_unit_test(test_where_and_missing),
        cmocka_unit_test(test_complete_cases),
        cmocka_unit_test(test_one_value_and_no_values),
        cmocka_unit_test(test_one_psu_and_no_df),
        cmocka_unit_test(test_extreme_p),
        cmocka_unit_test(test_negative_weights),
        cmocka_unit_test(test_where_f_is_p),
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

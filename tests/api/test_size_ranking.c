/*
 * Sizes for a ranking: two units are a plain comparison, the size undoes the precision, and what is promised of Holm's test is
 * held against that test on simulated estimates, which in turn is held against the league table.
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
#include "calls.h"
#include "result.h"

enum { UNITS = 12 };

static const double value[UNITS] = {90.1, 88.0, 87.5, 86.9, 85.0, 84.9, 84.0, 83.2, 82.8, 81.0, 79.5, 77.3};

static sipas_table *size(const double *values, int64_t n, const sipas_size_ranking_opts *opts)
{
    const sipas_column column = sipas_column_f64(values, n);
    sipas_table *table;
    sipas_error err;

    check(sipas_size_ranking(NULL, &column, opts, &table, &err), &err);
    return table;
}

static sipas_table *precision(const double *values, int64_t n, const double *answers, int64_t n_answers,
                              const sipas_size_ranking_opts *opts)
{
    const sipas_column column = sipas_column_f64(values, n), count = sipas_column_f64(answers, n_answers);
    sipas_table *table;
    sipas_error err;

    check(sipas_precision_ranking(NULL, &column, &count, opts, &table, &err), &err);
    return table;
}

static double number(const sipas_table *table, const char *key)
{
    return strtod(meta(table, key), NULL);
}

/* svyplan: power_mean(var = 200, effect = 5) is 126 per group; with two units the first step of Holm is the two-sided test. */
static void two_units_are_a_comparison(void **state)
{
    (void)state;
    const double two[] = {50.0, 40.0};
    sipas_size_ranking_opts opts = SIPAS_SIZE_RANKING_OPTS_INIT;
    sipas_size_figure figure = SIPAS_SIZE_FIGURE_INIT;
    sipas_table *table, *compared;
    sipas_error err;

    opts.sd = sqrt(200.0);
    opts.delta = 5.0;
    table = size(two, 2, &opts);
    assert_int_equal(whole(table, "n", 0), 126);
    assert_int_equal(whole(table, "n", 1), 126);
    figure.statistic = SIPAS_FIGURE_MEAN;
    figure.compare = SIPAS_COMPARE_UNITS;
    figure.sd = opts.sd;
    figure.difference = 5.0;
    check(sipas_size_figures(NULL, NULL, &figure, 1, NULL, &compared, &err), &err);
    assert_close(real(table, "n_exact", 0), real(compared, "n_exact", 0), 1e-10);
    sipas_table_free(compared);
    sipas_table_free(table);
    /* a top of one among two asks for the same test of the gap there is */
    opts.delta = 0.0;
    opts.top = 1;
    table = size(two, 2, &opts);
    figure.difference = 10.0;
    check(sipas_size_figures(NULL, NULL, &figure, 1, NULL, &compared, &err), &err);
    assert_close(real(table, "n_exact", 0), real(compared, "n_exact", 0), 1e-10);
    sipas_table_free(compared);
    sipas_table_free(table);
}

static void size_undoes_precision(void **state)
{
    (void)state;
    const double share[UNITS] = {0.91, 0.9, 0.89, 0.87, 0.86, 0.84, 0.83, 0.8, 0.78, 0.77, 0.7, 0.66};
    const double people[UNITS] = {900, 5000, 400, 800, 1000, 3000, 2500, 100000, 600, 700, 1200, 1500};
    const sipas_column population = sipas_column_f64(people, UNITS);

    for (int finite = 0; finite < 2; finite++)
        for (int64_t top = 1; top < UNITS; top += 3)
            for (double n = 60.0; n < 400.0; n += 97.0) {
                sipas_size_ranking_opts opts = SIPAS_SIZE_RANKING_OPTS_INIT;
                sipas_table *worth, *needed;
                double top_power;

                opts.population = finite ? &population : NULL;
                opts.deff = 1.5;
                opts.top = top;
                worth = precision(share, UNITS, &n, 1, &opts);
                top_power = number(worth, "top_power");
                opts.top = 0;
                opts.width = number(worth, "width");
                needed = size(share, UNITS, &opts);
                assert_close(number(needed, "n_width"), n, 1e-6);
                sipas_table_free(needed);
                opts.delta = number(worth, "delta");
                opts.width = 0.0;
                needed = size(share, UNITS, &opts);
                assert_close(number(needed, "n_delta"), n, 1e-9);
                sipas_table_free(needed);
                if (top_power > 0.001 && top_power < 0.9999) {
                    opts.delta = 0.0;
                    opts.top = top;
                    opts.power = top_power;
                    needed = size(share, UNITS, &opts);
                    assert_close(number(needed, "n_top"), n, 1e-7);
                    sipas_table_free(needed);
                }
                sipas_table_free(worth);
            }
}

/* ---- against Holm's test ---- */

/* Rank intervals by one-sided tests with Holm's correction: worse[j], better[j] are the units found so. */
static void holm(const double *estimate, const double *se, int n, double alpha, int *better, int *worse)
{
    for (int j = 0; j < n; j++) {
        int used[64] = {0};

        better[j] = worse[j] = 0;
        for (int k = 0; k < n - 1; k++) { /* the largest |t| not yet looked at */
            double most = -1.0;
            int at = -1;

            for (int i = 0; i < n; i++) {
                const double t = fabs(estimate[j] - estimate[i]) / sqrt(se[j] * se[j] + se[i] * se[i]);

                if (i == j || used[i] || t <= most) continue;
                most = t;
                at = i;
            }
            used[at] = 1;
            if (erfc(most / sqrt(2.0)) / 2.0 * (2 * (n - 1) - k) > alpha) break;
            better[j] += estimate[at] > estimate[j];
            worse[j] += estimate[at] < estimate[j];
        }
    }
}

/* A standard normal number, by Box and Muller. */
static double normal(uint64_t draw, uint64_t unit)
{
    const double u = 1.0 - sipas_rng_uniform(4711, 0, unit, draw, 0), v = sipas_rng_uniform(4711, 0, unit, draw, 1);

    return sqrt(-2.0 * log(u)) * cos(2.0 * 3.14159265358979323846 * v);
}

static void the_league_has_this_test(void **state)
{
    (void)state;
    enum { EACH = 6, ROWS = UNITS * EACH };
    double y[ROWS] = {0.0};
    int32_t unit[ROWS] = {0};
    int better[UNITS], worse[UNITS];
    const sipas_column values = sipas_column_f64(y, ROWS), units = sipas_column_i32(unit, ROWS);
    const char *const names[] = {"unit"};
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    double weight[ROWS], estimates[UNITS], se[UNITS];
    sipas_design *design;
    sipas_table *table, *league;
    sipas_error err;

    for (int i = 0; i < ROWS; i++) {
        unit[i] = i / EACH + 1;
        weight[i] = 1.0;
        y[i] = value[i / EACH] + 4.0 * normal(1, (uint64_t)i);
    }
    opts.df = SIPAS_DF_GIVEN;
    opts.df_value = INFINITY;
    domains.by = &units;
    domains.n_by = 1;
    domains.names = names;
    design = open_design(ROWS, weight, NULL, NULL, NULL, &opts);
    table = estimate(design, MEAN, &values, NULL, 1, &domains, NULL);
    check(sipas_rank_league(NULL, table, NULL, &league, &err), &err);
    for (int64_t row = 0; row < UNITS; row++) {
        estimates[row] = real(league, "estimate", row);
        se[row] = real(league, "se", row);
    }
    holm(estimates, se, UNITS, 0.05, better, worse);
    for (int64_t row = 0; row < UNITS; row++) {
        assert_int_equal(whole(league, "rank_lower", row), 1 + better[row]);
        assert_int_equal(whole(league, "rank_upper", row), UNITS - worse[row]);
    }
    sipas_table_free(league);
    sipas_table_free(table);
    sipas_design_free(design);
}

/* 4,000 rounds. */
static void promises_hold_in_simulation(void **state)
{
    (void)state;
    enum { DRAWS = 4000 };
    const int64_t top = 4;
    sipas_size_ranking_opts opts = SIPAS_SIZE_RANKING_OPTS_INIT;
    double n = 250.0, se[UNITS], lower[UNITS] = {0.0}, upper[UNITS] = {0.0}, all_top = 0.0, mean_error = 0.0;
    sipas_table *table;

    opts.sd = 12.0;
    opts.top = top;
    table = precision(value, UNITS, &n, 1, &opts);
    for (int i = 0; i < UNITS; i++) se[i] = 12.0 / sqrt(n);
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        double drawn[UNITS];
        int better[UNITS], worse[UNITS], apart = 1;

        for (int i = 0; i < UNITS; i++) drawn[i] = value[i] + se[i] * normal(draw, (uint64_t)i);
        holm(drawn, se, UNITS, 0.05, better, worse);
        for (int i = 0; i < UNITS; i++) {
            lower[i] += (1.0 + better[i]) / DRAWS;
            upper[i] += (double)(UNITS - worse[i]) / DRAWS;
            if (i < top) apart &= UNITS - worse[i] <= top;
        }
        all_top += (double)apart / DRAWS;
    }
    for (int64_t i = 0; i < UNITS; i++) {
        assert_close(real(table, "se", i), se[i], 1e-14);
        assert_true(fabs(real(table, "rank_lower", i) - lower[i]) < 0.1);
        assert_true(fabs(real(table, "rank_upper", i) - upper[i]) < 0.1);
        mean_error += (real(table, "width", i) - (upper[i] - lower[i])) / UNITS;
    }
    assert_true(fabs(mean_error) < 0.05);
    assert_true(number(table, "top_power") <= all_top + 0.02); /* a bound from below */
    sipas_table_free(table);
    /* at the size for a top of 4 the four are apart in at least 80 of 100 rounds, and not in many more */
    table = size(value, UNITS, &opts);
    n = real(table, "n_exact", 0);
    for (int i = 0; i < UNITS; i++) se[i] = 12.0 / sqrt(n);
    all_top = 0.0;
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        double drawn[UNITS];
        int better[UNITS], worse[UNITS], apart = 1;

        for (int i = 0; i < UNITS; i++) drawn[i] = value[i] + se[i] * normal(draw, (uint64_t)i);
        holm(drawn, se, UNITS, 0.05, better, worse);
        for (int i = 0; i < top; i++) apart &= UNITS - worse[i] <= top;
        all_top += (double)apart / DRAWS;
    }
    assert_true(all_top > 0.8 - 0.02 && all_top < 0.95);
    sipas_table_free(table);
}

/* Two units are the comparison of two samples, with few PSUs as with many. */
static void few_psus_are_a_t_test(void **state)
{
    (void)state;
    const double two[] = {51.0, 50.0}, n = 20.0;
    sipas_size_ranking_opts opts = SIPAS_SIZE_RANKING_OPTS_INIT;
    sipas_size_figure figure = SIPAS_SIZE_FIGURE_INIT;
    sipas_table *table, *compared;
    sipas_error err;

    opts.sd = 1.0;
    opts.psus = 4.0;
    opts.delta = 1.0;
    table = size(two, 2, &opts);
    figure.statistic = SIPAS_FIGURE_MEAN;
    figure.compare = SIPAS_COMPARE_UNITS;
    figure.sd = 1.0;
    figure.difference = 1.0;
    figure.psus = 4.0;
    check(sipas_size_figures(NULL, NULL, &figure, 1, NULL, &compared, &err), &err);
    assert_close(real(table, "n_exact", 0), real(compared, "n_exact", 0), 1e-10);
    assert_close(number(table, "df"), 2.0 * 3.0 * 4.0 / 5.0, 1e-12);
    sipas_table_free(compared);
    sipas_table_free(table);
    table = precision(two, 2, &n, 1, &opts);
    assert_true(number(table, "delta") > 1.0);
    sipas_table_free(table);
}

/* Area of Student's t above t ≥ 0: half the incomplete beta function of df/(df + t²), by its continued fraction (modified Lentz). */
static double t_above(double t, double df)
{
    const double x = df / (df + t * t), a = df / 2.0, b = 0.5;
    const int mirrored = x > (a + 1.0) / (a + b + 2.0);
    const double z = mirrored ? 1.0 - x : x, p = mirrored ? b : a, q = mirrored ? a : b;
    double c = 1.0, d = 1.0 / (1.0 - (p + q) * z / (p + 1.0)), f = d, area;

    for (int m = 1; m < 200; m++) {
        const double even = m * (q - m) * z / ((p + 2 * m - 1) * (p + 2 * m));
        const double odd = -(p + m) * (p + q + m) * z / ((p + 2 * m) * (p + 2 * m + 1));

        d = 1.0 / (1.0 + even * d);
        c = 1.0 + even / c;
        f *= c * d;
        d = 1.0 / (1.0 + odd * d);
        c = 1.0 + odd / c;
        f *= c * d;
    }
    area = exp(p * log(z) + q * log1p(-z) + lgamma(p + q) - lgamma(p) - lgamma(q)) / p * f;
    return (mirrored ? 1.0 - area : area) / 2.0;
}

/* Σ over the units of the width of their rank intervals, by Holm's test of Welch's t: variances se² scale of 2 degrees of freedom. */
static double welch_width(const double *estimate, double se, const double *scale, int n, double alpha)
{
    double width = 0.0;

    for (int j = 0; j < n; j++) {
        double p[64];
        int found = 0;

        for (int i = 0; i < n; i++) {
            const double both = scale[i] + scale[j],
                         df = 2.0 * both * both / (scale[i] * scale[i] + scale[j] * scale[j]);

            p[i] = i == j ? 2.0 : t_above(fabs(estimate[i] - estimate[j]) / (se * sqrt(both)), df);
        }
        for (int k = 0; k < n - 1; k++, found++) {
            int at = 0;

            for (int i = 1; i < n; i++)
                if (p[i] < p[at]) at = i;
            if (p[at] * (2 * (n - 1) - k) > alpha) break;
            p[at] = 2.0;
        }
        width += n - 1 - found;
    }
    return width;
}

/* Student's t of every difference by simulation, the units' variances estimated with 2 degrees of freedom each: the expected width
 * is that of 4,000 rounds within 0.25 of a rank, where the normal distribution promises 3 ranks less. */
static void few_psus_in_simulation(void **state)
{
    (void)state;
    enum { DRAWS = 4000 };
    const double n = 250.0;
    sipas_size_ranking_opts opts = SIPAS_SIZE_RANKING_OPTS_INIT;
    double width = 0.0, se = 12.0 / sqrt(n), scale[UNITS];
    sipas_table *table;

    opts.sd = 12.0;
    opts.psus = 3.0;
    table = precision(value, UNITS, &n, 1, &opts);
    assert_close(number(table, "df"), 3.0, 1e-12);
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        double drawn[UNITS];

        for (int i = 0; i < UNITS; i++) {
            const double a = normal(draw, (uint64_t)(100 + i)), b = normal(draw, (uint64_t)(200 + i));

            drawn[i] = value[i] + se * normal(draw, (uint64_t)i);
            scale[i] = (a * a + b * b) / 2.0;
        }
        width += welch_width(drawn, se, scale, UNITS, 0.05) / UNITS / DRAWS;
    }
    assert_true(fabs(number(table, "width") - width) < 0.25);
    sipas_table_free(table);
    opts.psus = 0.0;
    table = precision(value, UNITS, &n, 1, &opts);
    assert_true(number(table, "width") < width - 2.0);
    sipas_table_free(table);
}

/* ---- by definition ---- */

static double upper_area(double z)
{
    return erfc(z / sqrt(2.0)) / 2.0;
}

/* The z with an area above it, by bisection. */
static double deviate(double area)
{
    double low = 0.0, high = 40.0;

    for (int i = 0; i < 200; i++) {
        const double middle = (low + high) / 2.0;

        if (upper_area(middle) > area)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* R = Σ Φ(|t| - c_R) + Φ(-|t| - c_R); of the top every other unit, the farthest first, at its own step of Holm's test. */
static void the_equations_hold(void **state)
{
    (void)state;
    sipas_size_ranking_opts opts = SIPAS_SIZE_RANKING_OPTS_INIT;
    const double n = 140.0, se = 12.0 * sqrt(2.0 / n);
    double miss = 0.0;
    sipas_table *table;

    opts.sd = 12.0;
    opts.top = 2;
    opts.level = 0.9;
    table = precision(value, UNITS, &n, 1, &opts);
    for (int64_t j = 0; j < UNITS; j++) {
        const double found = UNITS - 1 - real(table, "width", j), c = deviate(0.1 / (2.0 * (UNITS - 1) - found));
        double sum = 0.0, better = 1.0;

        for (int i = 0; i < UNITS; i++) {
            if (i == j) continue;
            sum += upper_area(c - fabs(value[i] - value[j]) / se) + upper_area(c + fabs(value[i] - value[j]) / se);
            better += upper_area(c - (value[i] - value[j]) / se);
        }
        assert_close(found, sum, 1e-8);
        assert_close(real(table, "rank_lower", j), better, 1e-8);
        if (j + 1 < UNITS)
            assert_close(real(table, "power_next", j), upper_area(c - (value[j] - value[j + 1]) / se), 1e-8);
    }
    for (int j = 0; j < 2; j++) /* values descend, so the last unit is the farthest */
        for (int r = 0; r < UNITS - 2; r++)
            miss += upper_area((value[j] - value[UNITS - 1 - r]) / se - deviate(0.1 / (2.0 * (UNITS - 1) - r)));
    assert_close(number(table, "top_power"), fmax(1.0 - miss, 0.0), 1e-10);
    sipas_table_free(table);
    /* the same with answers enough for the bound to say something */
    opts.power = 0.9;
    table = size(value, UNITS, &opts);
    miss = 0.0;
    for (int j = 0; j < 2; j++)
        for (int r = 0; r < UNITS - 2; r++)
            miss += upper_area((value[j] - value[UNITS - 1 - r]) / (12.0 * sqrt(2.0 / real(table, "n_exact", 0))) -
                               deviate(0.1 / (2.0 * (UNITS - 1) - r)));
    assert_close(miss, 0.1, 1e-8);
    sipas_table_free(table);
}

/* ---- the shape of the result ---- */

static void the_target_that_needs_most_binds(void **state)
{
    (void)state;
    const char *const code[] = {"a", "b", "c"};
    const double three[] = {0.9, 0.8, 0.5}, people[] = {100.0, 2000.0, INFINITY};
    const sipas_column codes = sipas_column_code(code, 3), population = sipas_column_f64(people, 3);
    sipas_size_ranking_opts opts = SIPAS_SIZE_RANKING_OPTS_INIT;
    sipas_table *table;

    opts.code = &codes;
    opts.population = &population;
    opts.delta = 0.1;
    opts.top = 2;
    opts.width = 0.4;
    opts.response = 0.8;
    opts.per_household = 0.5;
    opts.multiple = 5;
    table = size(three, 3, &opts);
    assert_string_equal(meta(table, "binding"), "delta");
    assert_true(number(table, "n_delta") > number(table, "n_top"));
    assert_true(number(table, "n_delta") > number(table, "n_width"));
    assert_close(real(table, "n_exact", 0), 100.0, 0.0); /* all of them */
    assert_close(real(table, "n_exact", 2), number(table, "n_delta"), 1e-15);
    assert_int_equal(whole(table, "n", 1), (int64_t)ceil(number(table, "n_delta") / 5.0) * 5);
    assert_int_equal(whole(table, "issued", 2), (int64_t)ceil(number(table, "n_delta") / 0.8 / 5.0) * 5);
    assert_int_equal(whole(table, "households", 2), (int64_t)ceil(number(table, "n_delta") / 0.8 / 0.5));
    assert_string_equal(text(table, "code", 1), "b");
    assert_non_null(find_note(table, "population_reached", 0));
    sipas_table_free(table);
}

static void equal_units_and_the_other_order(void **state)
{
    (void)state;
    const double four[] = {3.0, 7.0, 7.0, 9.0}, n = 100.0, census[] = {50.0, 50.0, 50.0, 50.0};
    const sipas_column population = sipas_column_f64(census, 4);
    sipas_size_ranking_opts opts = SIPAS_SIZE_RANKING_OPTS_INIT;
    const int64_t descending[] = {4, 2, 2, 1}, ascending[] = {1, 2, 2, 4};
    sipas_table *table, *other;

    opts.sd = 2.0;
    table = precision(four, 4, &n, 1, &opts);
    opts.ascending = 1;
    other = precision(four, 4, &n, 1, &opts);
    for (int64_t i = 0; i < 4; i++) {
        assert_int_equal(whole(table, "rank", i), descending[i]);
        assert_int_equal(whole(other, "rank", i), ascending[i]);
        assert_close(real(other, "value", i), four[i], 0.0);
        assert_close(real(other, "rank_lower", i), 5.0 - real(table, "rank_upper", i), 1e-12);
    }
    assert_true(missing(table, "power_next", 0) && !missing(other, "power_next", 0));
    sipas_table_free(table);
    sipas_table_free(other);
    opts.population = &population; /* all were asked: what differs is known, what is equal is not told apart */
    table = precision(four, 4, census, 4, &opts);
    assert_close(real(table, "se", 0), 0.0, 0.0);
    assert_close(real(table, "rank_lower", 3), 4.0, 1e-9);
    assert_close(real(table, "width", 0), 0.0, 1e-9);
    assert_true(real(table, "width", 1) > 0.95);
    sipas_table_free(table);
}

/* ---- errors ---- */

static void expect(const double *values, int64_t n, const sipas_size_ranking_opts *opts, sipas_status status,
                   const char *message)
{
    const sipas_column column = sipas_column_f64(values, n);
    sipas_table *table = (sipas_table *)&status;
    sipas_error err;

    assert_int_equal(sipas_size_ranking(NULL, &column, opts, &table, &err), status);
    assert_null(table);
    assert_string_equal(err.message, message);
}

static void bad_input_is_named(void **state)
{
    (void)state;
    const double four[] = {0.9, 0.8, 0.8, 0.7}, alike[] = {0.5, 0.5}, beyond[] = {0.5, 1.5};
    const double n = 100.0;
    const sipas_column values = sipas_column_f64(four, 4), answers = sipas_column_f64(&n, 1);
    sipas_size_ranking_opts opts = SIPAS_SIZE_RANKING_OPTS_INIT;
    sipas_table *table;
    sipas_error err;

    expect(four, 4, &opts, SIPAS_ERR_OPTION, "a target is needed: delta, top or width");
    opts.top = 2;
    expect(four, 4, &opts, SIPAS_ERR_INFEASIBLE,
           "row 1 and row 2 have the same value: no number of answers tells the best 2 apart");
    opts.top = 4;
    expect(four, 4, &opts, SIPAS_ERR_OPTION, "option top: 4 is not 1 to 3, the units less one");
    opts.top = 0;
    opts.width = 0.1;
    expect(four, 4, &opts, SIPAS_ERR_INFEASIBLE,
           "units of equal value keep the mean width above 0.1, however many answer");
    opts.width = 3.0;
    expect(four, 4, &opts, SIPAS_ERR_OPTION, "option width: 3 is not between 0 and 3, the units less one");
    opts.width = 0.0;
    opts.delta = 0.1;
    expect(four, 1, &opts, SIPAS_ERR_TOO_FEW, "a ranking needs at least two units");
    expect(beyond, 2, &opts, SIPAS_ERR_VALUE, "row 1: the value 1.5 is no share between 0 and 1; give sd or sd_of");
    opts.delta = 1e-9;
    expect(alike, 2, &opts, SIPAS_ERR_VALUE, "row 0: a sample size of 3.92444e+18 is beyond 2^53");
    opts.delta = -1.0;
    expect(alike, 2, &opts, SIPAS_ERR_OPTION, "option delta: -1 is not a finite number greater than 0");
    opts.delta = 0.1;
    opts.sd = 1.0;
    opts.sd_of = &values;
    expect(alike, 2, &opts, SIPAS_ERR_OPTION, "option sd: 1 is given beside sd_of");
    assert_int_equal(sipas_size_ranking(NULL, &values, NULL, &table, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_precision_ranking(NULL, &values, NULL, NULL, &table, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_precision_ranking(NULL, &values, &answers, NULL, &table, &err), SIPAS_OK);
    sipas_table_free(table);
    sipas_size_ranking_opts_init(&opts);
    opts.population = &values;
    assert_int_equal(sipas_precision_ranking(NULL, &values, &answers, &opts, &table, &err), SIPAS_ERR_VALUE);
    assert_string_equal(err.message, "row 0: n is 100; the population is 0.90000000000000002");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_units_are_a_comparison),
        cmocka_unit_test(size_undoes_precision),
        cmocka_unit_test(the_league_has_this_test),
        cmocka_unit_test(promises_hold_in_simulation),
        cmocka_unit_test(few_psus_are_a_t_test),
        cmocka_unit_test(few_psus_in_simulation),
        cmocka_unit_test(the_equations_hold),
        cmocka_unit_test(the_target_that_needs_most_binds),
        cmocka_unit_test(equal_units_and_the_other_order),
        cmocka_unit_test(bad_input_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

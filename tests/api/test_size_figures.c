/*
 * Figures: the size undoes the precision, variances against enumeration of all samples, intervals against their definition, the
 * figure that binds, columns by unit, and the sentence of every error.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sipas.h>

#include "assert_close.h"
#include "result.h"

static sipas_table *size(double population, const sipas_size_figure *figures, int32_t n_figures,
                         const sipas_size_opts *opts)
{
    const sipas_column people = sipas_column_f64(&population, 1);
    sipas_table *table;
    sipas_error err;

    check(sipas_size_figures(NULL, &people, figures, n_figures, opts, &table, &err), &err);
    return table;
}

static sipas_table *precision(double population, double n, const sipas_size_figure *figures, int32_t n_figures,
                              const sipas_size_opts *opts)
{
    const sipas_column people = sipas_column_f64(&population, 1), answers = sipas_column_f64(&n, 1);
    sipas_table *table;
    sipas_error err;

    check(sipas_precision_figures(NULL, &people, &answers, figures, n_figures, opts, &table, &err), &err);
    return table;
}

/* A number in [low, high) that only the arguments decide. */
static double uniform(uint64_t draw, uint64_t what, double low, double high)
{
    return low + (high - low) * sipas_rng_uniform(20261125, 0, draw, what, 0);
}

/* ---- the size undoes the precision ---- */

static const double weight3[] = {0.5, 0.3, 0.2}, covariance3[] = {9.0, 2.0, 1.0, 2.0, 4.0, -1.0, 1.0, -1.0, 16.0};
static const double answered3[] = {1.0, 0.8, 0.5};
static sipas_column weight3_column, covariance3_column, answered3_column;

/* A figure of any kind with everything it can have. */
static sipas_size_figure any_figure(uint64_t draw)
{
    sipas_size_figure figure = SIPAS_SIZE_FIGURE_INIT;

    figure.statistic = 1 + (int32_t)(draw % 5);
    figure.compare = (int32_t)(draw / 5 % 3);
    figure.domain = draw % 2 ? uniform(draw, 1, 0.2, 1.0) : 0.0;
    figure.deff = uniform(draw, 2, 0.5, 4.0);
    if (figure.statistic == SIPAS_FIGURE_PROPORTION) {
        figure.p = uniform(draw, 3, 0.05, 0.9);
        if (!figure.compare) figure.method = draw % 3 ? (draw % 2 ? SIPAS_SIZE_WILSON : SIPAS_SIZE_LOG_ODDS) : 0;
    } else {
        figure.mean = uniform(draw, 4, 1.0, 100.0);
    }
    if (figure.statistic == SIPAS_FIGURE_INDEX) {
        figure.weights = &weight3_column;
        figure.covariance = &covariance3_column;
        figure.answered = &answered3_column;
    } else if (figure.statistic != SIPAS_FIGURE_PROPORTION) {
        figure.sd = uniform(draw, 5, 0.5, 30.0);
    }
    if (figure.statistic == SIPAS_FIGURE_RATIO) {
        figure.mean_x = uniform(draw, 6, 1.0, 9.0);
        figure.sd_x = uniform(draw, 7, 0.0, 3.0);
        figure.correlation = uniform(draw, 8, -0.9, 0.9);
    }
    if (!figure.compare) return figure;
    figure.difference = figure.statistic == SIPAS_FIGURE_PROPORTION ? 0.08 : figure.mean * 0.1;
    if (figure.statistic == SIPAS_FIGURE_TOTAL) figure.difference *= 5000.0;
    figure.sd_other = figure.statistic == SIPAS_FIGURE_PROPORTION ? 0.0 : uniform(draw, 9, 1.0, 20.0);
    figure.ratio = uniform(draw, 10, 0.5, 1.0);
    figure.sides = 1 + (int32_t)(draw % 2);
    figure.power = uniform(draw, 11, 0.5, 0.99);
    if (figure.compare == SIPAS_COMPARE_ROUNDS) {
        figure.overlap = uniform(draw, 12, 0.0, figure.ratio);
        figure.overlap_correlation = uniform(draw, 13, -0.5, 0.95);
    }
    return figure;
}

static void size_undoes_precision(void **state)
{
    (void)state;
    weight3_column = sipas_column_f64(weight3, 3);
    covariance3_column = sipas_column_f64(covariance3, 9);
    answered3_column = sipas_column_f64(answered3, 3);
    for (uint64_t draw = 0; draw < 600; draw++) {
        const int total = draw % 5 + 1 == SIPAS_FIGURE_TOTAL;
        const double population = draw % 4 == 3 || total ? uniform(draw, 14, 3000.0, 9000.0) : (double)INFINITY;
        const double n = uniform(draw, 15, 300.0, 2900.0);
        sipas_size_figure figure = any_figure(draw);
        const int interval = figure.method == SIPAS_SIZE_WILSON || figure.method == SIPAS_SIZE_LOG_ODDS;
        sipas_table *worth = precision(population, n, &figure, 1, NULL), *needed;
        const char *const columns[] = {"margin", "se", "cv"};

        for (int target = 0; target < (interval ? 1 : 3); target++) {
            const double value = real(worth, columns[target], 0);

            figure.margin = target == 0 ? value : 0.0;
            figure.se = target == 1 ? value : 0.0;
            figure.cv = target == 2 ? value : 0.0;
            needed = size(population, &figure, 1, NULL);
            assert_close(real(needed, "n_exact", 0), n, 1e-9);
            sipas_table_free(needed);
        }
        figure.margin = figure.se = figure.cv = 0.0;
        figure.relative_margin = real(worth, "margin", 0) / fabs(real(worth, "estimate", 0));
        needed = size(population, &figure, 1, NULL);
        assert_close(real(needed, "n_exact", 0), n, 1e-9);
        sipas_table_free(needed);
        figure.relative_margin = 0.0;
        if (figure.compare) { /* the power it has, and the least difference that has the power wanted */
            figure.power = real(worth, "power", 0);
            if (figure.power < 0.9999) {
                needed = size(population, &figure, 1, NULL);
                assert_close(real(needed, "n_exact", 0), n, 1e-6);
                sipas_table_free(needed);
            }
            figure = any_figure(draw);
            figure.difference = real(worth, "minimum_difference", 0);
            needed = size(population, &figure, 1, NULL);
            assert_close(real(needed, "n_exact", 0), n, 1e-9);
            sipas_table_free(needed);
        }
        sipas_table_free(worth);
    }
}

/* The short form is the figure with a table of its own. */
static void one_share_both_ways(void **state)
{
    (void)state;
    for (uint64_t draw = 0; draw < 60; draw++) {
        const double population = draw % 3 ? uniform(draw, 1, 500.0, 9000.0) : (double)INFINITY;
        const double n = uniform(draw, 2, 20.0, 490.0);
        const sipas_column people = sipas_column_f64(&population, 1), answers = sipas_column_f64(&n, 1);
        sipas_size_opts opts = SIPAS_SIZE_OPTS_INIT;
        sipas_table *worth, *needed;
        sipas_error err;

        opts.method = 1 + (int32_t)(draw % 4);
        if (opts.method != SIPAS_SIZE_YAMANE) {
            opts.p = uniform(draw, 3, 0.02, 0.98);
            opts.deff = uniform(draw, 4, 0.5, 3.0);
        }
        check(sipas_precision_proportion(NULL, &people, &answers, &opts, &worth, &err), &err);
        opts.margin = real(worth, "margin", 0);
        check(sipas_size_proportion(NULL, &people, &opts, &needed, &err), &err);
        assert_close(real(needed, "n_exact", 0), n, 1e-9);
        assert_close(real(worth, "upper", 0) - real(worth, "lower", 0), 2.0 * opts.margin, 1e-12);
        if (opts.method == SIPAS_SIZE_YAMANE)
            assert_close(opts.margin, sqrt(1.0 / n - (isinf(population) ? 0.0 : 1.0 / population)), 1e-12);
        sipas_table_free(worth);
        sipas_table_free(needed);
    }
}

/* ---- by definition ---- */

/* Wilson's limits are where |p - P| = z √(P(1-P)/n); those of the log odds are z SE = z/√(npq) from the log odds of p. */
static void limits_are_what_they_are_called(void **state)
{
    (void)state;
    const double z = 1.959963984540054;

    for (uint64_t draw = 0; draw < 50; draw++) {
        const double p = uniform(draw, 1, 0.01, 0.99), n = uniform(draw, 2, 5.0, 500.0);
        sipas_size_figure figure = SIPAS_SIZE_FIGURE_INIT;
        sipas_table *table;

        figure.p = p;
        figure.method = SIPAS_SIZE_WILSON;
        table = precision(INFINITY, n, &figure, 1, NULL);
        for (int side = 0; side < 2; side++) {
            const double limit = real(table, side ? "upper" : "lower", 0);

            assert_close(fabs(p - limit), z * sqrt(limit * (1.0 - limit) / n), 1e-9);
        }
        sipas_table_free(table);
        figure.method = SIPAS_SIZE_LOG_ODDS;
        table = precision(INFINITY, n, &figure, 1, NULL);
        for (int side = 0; side < 2; side++) {
            const double limit = real(table, side ? "upper" : "lower", 0);

            assert_close(fabs(log(limit / (1.0 - limit)) - log(p / (1.0 - p))), z / sqrt(n * p * (1.0 - p)), 1e-9);
        }
        sipas_table_free(table);
    }
}

enum { PERSONS = 7 };

/* All pairs of samples of m and r persons with exactly g in common, or independent ones (g < 0): variance of the difference. */
static double enumerate(const double *y1, const double *y2, int m, int r, int g)
{
    double sum = 0.0, square = 0.0, pairs = 0.0;

    for (unsigned a = 0; a < 1U << PERSONS; a++)
        for (unsigned b = 0; b < 1U << PERSONS; b++) {
            double mean1 = 0.0, mean2 = 0.0;

            if (__builtin_popcount(a) != m || __builtin_popcount(b) != r) continue;
            if (g >= 0 && __builtin_popcount(a & b) != g) continue;
            for (int i = 0; i < PERSONS; i++) {
                if (a >> i & 1U) mean1 += y1[i] / m;
                if (b >> i & 1U) mean2 += y2[i] / r;
            }
            sum += mean2 - mean1;
            square += (mean2 - mean1) * (mean2 - mean1);
            pairs += 1.0;
        }
    return square / pairs - sum / pairs * (sum / pairs);
}

static double covariance_of(const double *x, const double *y)
{
    double mean_x = 0.0, mean_y = 0.0, sum = 0.0;

    for (int i = 0; i < PERSONS; i++) {
        mean_x += x[i] / PERSONS;
        mean_y += y[i] / PERSONS;
    }
    for (int i = 0; i < PERSONS; i++) sum += (x[i] - mean_x) * (y[i] - mean_y);
    return sum / (PERSONS - 1);
}

static void differences_vary_as_all_samples_do(void **state)
{
    (void)state;
    const double y1[PERSONS] = {3, 1, 4, 1, 5, 9, 2}, y2[PERSONS] = {2, 7, 1, 8, 2, 8, 1};
    static const int cases[][3] = {{3, 3, 2}, {4, 3, 1}, {4, 2, 2}, {3, 4, 3}, {3, 4, -1}, {5, 5, -1}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const int m = cases[i][0], r = cases[i][1], g = cases[i][2];
        const double expected = enumerate(y1, y2, m, r, g);
        sipas_size_figure figure = SIPAS_SIZE_FIGURE_INIT;

        figure.statistic = SIPAS_FIGURE_MEAN;
        figure.compare = SIPAS_COMPARE_ROUNDS;
        figure.sd = sqrt(covariance_of(y1, y1));
        figure.sd_other = sqrt(covariance_of(y2, y2));
        if (g > 0) {
            figure.overlap = (double)g / m;
            figure.overlap_correlation = covariance_of(y1, y2) / (figure.sd * figure.sd_other);
        }
        for (int given = 0; given < 2; given++) {
            sipas_table *table;

            figure.ratio = given ? 0.0 : (double)r / m;
            figure.n_other = given ? (double)r : 0.0;
            table = precision(PERSONS, m, &figure, 1, NULL);
            assert_close(real(table, "se", 0) * real(table, "se", 0), expected, 1e-12);
            sipas_table_free(table);
        }
    }
}

/* A share is the mean of zeros and ones: the same samples, S² = N/(N-1) p (1 - p). */
static void shares_vary_as_all_samples_do(void **state)
{
    (void)state;
    const double y1[PERSONS] = {1, 0, 0, 1, 1, 0, 0}, y2[PERSONS] = {1, 1, 0, 1, 1, 1, 0};
    sipas_size_figure figure = SIPAS_SIZE_FIGURE_INIT;
    sipas_table *table;

    figure.compare = SIPAS_COMPARE_UNITS;
    figure.p = 3.0 / 7.0;
    figure.difference = 2.0 / 7.0;
    table = precision(PERSONS, 3, &figure, 1, NULL);
    assert_close(real(table, "se", 0) * real(table, "se", 0), enumerate(y1, y2, 3, 3, -1), 1e-12);
    sipas_table_free(table);
    figure.compare = SIPAS_COMPARE_NONE;
    figure.difference = 0.0;
    table = precision(PERSONS, 3, &figure, 1, NULL); /* against a census: no variance of the other */
    assert_close(real(table, "se", 0) * real(table, "se", 0), enumerate(y1, y2, 3, PERSONS, -1), 1e-12);
    sipas_table_free(table);
}

/* The index by persons: its variance is that of Σ w_j y_j. */
static void an_index_is_a_mean_of_its_sum(void **state)
{
    (void)state;
    enum { ITEMS = 3 };
    const double y[ITEMS][PERSONS] = {{3, 1, 4, 1, 5, 9, 2}, {2, 7, 1, 8, 2, 8, 1}, {1, 4, 1, 4, 2, 1, 3}};
    const double w[ITEMS] = {0.2, 0.5, 0.3};
    double s[ITEMS * ITEMS], sum[PERSONS] = {0.0}, share[ITEMS] = {1.0, 0.5, 0.25}, skipped = 0.0;
    const sipas_column weights = sipas_column_f64(w, ITEMS), covariance = sipas_column_f64(s, ITEMS * ITEMS);
    const sipas_column answered = sipas_column_f64(share, ITEMS);
    sipas_size_figure figure = SIPAS_SIZE_FIGURE_INIT;
    sipas_table *table;

    for (int j = 0; j < ITEMS; j++)
        for (int k = 0; k < ITEMS; k++) s[j * ITEMS + k] = covariance_of(y[j], y[k]);
    for (int j = 0; j < ITEMS; j++)
        for (int i = 0; i < PERSONS; i++) sum[i] += w[j] * y[j][i];
    figure.statistic = SIPAS_FIGURE_INDEX;
    figure.weights = &weights;
    figure.covariance = &covariance;
    figure.se = 0.1;
    table = size(INFINITY, &figure, 1, NULL);
    assert_close(real(table, "n_exact", 0), covariance_of(sum, sum) / 0.01, 1e-12);
    sipas_table_free(table);
    figure.answered = &answered; /* each item by those who answered it */
    for (int j = 0; j < ITEMS; j++) skipped += w[j] * w[j] * s[j * ITEMS + j] * (1.0 / share[j] - 1.0);
    table = size(INFINITY, &figure, 1, NULL);
    assert_close(real(table, "n_exact", 0), (covariance_of(sum, sum) + skipped) / 0.01, 1e-12);
    sipas_table_free(table);
}

/* Kish's 1 + (b - 1) δ, b the answers of the part in a PSU; for an index from its items. */
static void clusters_cost_answers(void **state)
{
    (void)state;
    const double alike[] = {0.02, 0.02, 0.02}, apart[] = {0.01, 0.09, 0.0}, item[] = {1.0}, one[] = {4.0},
                 half[] = {0.5};
    const double delta[] = {0.04};
    sipas_column homogeneity = sipas_column_f64(alike, 3), weight1 = sipas_column_f64(item, 1);
    sipas_column variance1 = sipas_column_f64(one, 1), half1 = sipas_column_f64(half, 1),
                 delta1 = sipas_column_f64(delta, 1);
    sipas_size_figure figure = SIPAS_SIZE_FIGURE_INIT;
    sipas_table *plain, *table;
    double n, between;

    plain = size(INFINITY, &figure, 1, NULL);
    n = real(plain, "n_exact", 0);
    sipas_table_free(plain);
    figure.take = 30.0;
    figure.homogeneity = 0.05;
    figure.deff = 1.2;
    table = size(INFINITY, &figure, 1, NULL);
    assert_close(real(table, "n_exact", 0), n * 1.2 * (1.0 + 29.0 * 0.05), 1e-12);
    sipas_table_free(table);
    figure.domain = 0.5;
    table = size(INFINITY, &figure, 1, NULL);
    assert_close(real(table, "n_exact", 0), n / 0.5 * 1.2 * (1.0 + 14.0 * 0.05), 1e-12);
    sipas_table_free(table);
    figure.domain = 0.02; /* less than one answer of the part in a PSU */
    table = size(INFINITY, &figure, 1, NULL);
    assert_close(real(table, "n_exact", 0), n / 0.02 * 1.2, 1e-12);
    sipas_table_free(table);

    sipas_size_figure_init(&figure);
    weight3_column = sipas_column_f64(weight3, 3);
    covariance3_column = sipas_column_f64(covariance3, 9);
    figure.statistic = SIPAS_FIGURE_INDEX;
    figure.weights = &weight3_column;
    figure.covariance = &covariance3_column;
    figure.se = 0.1;
    plain = size(INFINITY, &figure, 1, NULL);
    n = real(plain, "n_exact", 0);
    sipas_table_free(plain);
    figure.take = 30.0;
    figure.homogeneity_of = &homogeneity; /* all items alike: the index too */
    table = size(INFINITY, &figure, 1, NULL);
    assert_close(real(table, "n_exact", 0), n * (1.0 + 29.0 * 0.02), 1e-12);
    sipas_table_free(table);
    homogeneity = sipas_column_f64(apart, 3);
    between = 0.5 * 0.5 * 0.01 * 9.0 + 2.0 * 0.5 * 0.3 * 0.03 * 2.0 + 0.3 * 0.3 * 0.09 * 4.0;
    table = size(INFINITY, &figure, 1, NULL);
    assert_close(real(table, "n_exact", 0), n + 29.0 * between / 0.01, 1e-12);
    sipas_table_free(table);
    /* one item that half answer: n/2 answers, 15 in a PSU */
    figure.weights = &weight1;
    figure.covariance = &variance1;
    figure.answered = &half1;
    figure.homogeneity_of = &delta1;
    table = size(INFINITY, &figure, 1, NULL);
    assert_close(real(table, "n_exact", 0) / 2.0, 4.0 / 0.01 * (1.0 + 14.0 * 0.04), 1e-12);
    sipas_table_free(table);
}

/* R = Σy/Σx varies as the residuals y - R x, over x̄. */
static void a_ratio_is_a_mean_of_its_residuals(void **state)
{
    (void)state;
    const double y[PERSONS] = {3, 1, 4, 1, 5, 9, 2}, x[PERSONS] = {2, 1, 3, 2, 5, 8, 2};
    double e[PERSONS], sum_y = 0.0, sum_x = 0.0;
    sipas_size_figure figure = SIPAS_SIZE_FIGURE_INIT;
    sipas_table *table;

    for (int i = 0; i < PERSONS; i++) {
        sum_y += y[i];
        sum_x += x[i];
    }
    for (int i = 0; i < PERSONS; i++) e[i] = y[i] - sum_y / sum_x * x[i];
    figure.statistic = SIPAS_FIGURE_RATIO;
    figure.mean = sum_y / PERSONS;
    figure.mean_x = sum_x / PERSONS;
    figure.sd = sqrt(covariance_of(y, y));
    figure.sd_x = sqrt(covariance_of(x, x));
    figure.correlation = covariance_of(x, y) / (figure.sd * figure.sd_x);
    table = precision(100.0, 20.0, &figure, 1, NULL);
    assert_close(real(table, "estimate", 0), sum_y / sum_x, 1e-14);
    assert_close(real(table, "se", 0), sqrt(covariance_of(e, e) * (1.0 / 20.0 - 1.0 / 100.0)) / figure.mean_x, 1e-12);
    sipas_table_free(table);
}

/* A total is N means; the total of a part that of a variable which is 0 outside it. */
static void totals_are_means_times_the_population(void **state)
{
    (void)state;
    sipas_size_figure figures[2] = {SIPAS_SIZE_FIGURE_INIT, SIPAS_SIZE_FIGURE_INIT};
    sipas_table *table;

    for (int i = 0; i < 2; i++) {
        figures[i].statistic = i ? SIPAS_FIGURE_TOTAL : SIPAS_FIGURE_MEAN;
        figures[i].mean = 20.0;
        figures[i].sd = 12.0;
    }
    table = precision(4000.0, 250.0, figures, 2, NULL);
    assert_close(real(table, "estimate", 1), 80000.0, 1e-14);
    assert_close(real(table, "se", 1), 4000.0 * real(table, "se", 0), 1e-14);
    assert_close(real(table, "upper", 1), 4000.0 * real(table, "upper", 0), 1e-14);
    assert_close(real(table, "cv", 1), real(table, "cv", 0), 1e-14);
    sipas_table_free(table);
    figures[1].domain = 0.25;
    table = precision(4000.0, 250.0, &figures[1], 1, NULL);
    assert_close(real(table, "estimate", 0), 20000.0, 1e-14);
    assert_close(real(table, "se", 0),
                 4000.0 * sqrt((0.25 * 144.0 + 0.25 * 0.75 * 400.0) * (1.0 / 250.0 - 1.0 / 4000.0)), 1e-14);
    sipas_table_free(table);
    table = precision(INFINITY, 250.0, &figures[1], 1, NULL); /* relative precision stands without a population */
    assert_true(missing(table, "se", 0) && missing(table, "estimate", 0));
    assert_close(real(table, "cv", 0), sqrt((0.25 * 144.0 + 0.25 * 0.75 * 400.0) / 250.0) / 5.0, 1e-14);
    sipas_table_free(table);
}

/* ---- several figures, many units ---- */

static void the_figure_that_needs_most_binds(void **state)
{
    (void)state;
    const double population[] = {200.0, 1000.0, INFINITY}, shares[] = {0.5, 0.1, 0.02};
    const sipas_column people = sipas_column_f64(population, 3), p = sipas_column_f64(shares, 3);
    sipas_size_figure figures[2] = {SIPAS_SIZE_FIGURE_INIT, SIPAS_SIZE_FIGURE_INIT};
    sipas_size_opts opts = SIPAS_SIZE_OPTS_INIT;
    sipas_table *table, *alone, *worth;
    sipas_column n;
    int64_t at;
    sipas_error err;

    figures[0].name = "satisfied";
    figures[0].p_of = &p;
    figures[1].name = "waiting time";
    figures[1].statistic = SIPAS_FIGURE_MEAN;
    figures[1].sd = 10.0;
    figures[1].margin = 1.25; /* 245.9 answers: between the shares of 1/2 and 1/10 */
    check(sipas_size_figures(NULL, &people, figures, 2, &opts, &table, &err), &err);
    assert_string_equal(text(table, "figure", 0), "satisfied");
    assert_string_equal(text(table, "figure", 1), "waiting time");
    assert_string_equal(text(table, "figure", 2), "waiting time");
    for (int i = 0; i < 2; i++) {
        check(sipas_size_figures(NULL, &people, &figures[i], 1, &opts, &alone, &err), &err);
        for (int64_t unit = 0; unit < 3; unit++)
            assert_true(real(alone, "n_exact", unit) <= real(table, "n_exact", unit));
        sipas_table_free(alone);
    }
    /* at that n both keep their margins, the binding one just so */
    check(sipas_table_find(table, "n_exact", &at, &err), &err);
    check(sipas_table_get_column(table, at, &n, &err), &err);
    check(sipas_precision_figures(NULL, &people, &n, figures, 2, &opts, &worth, &err), &err);
    for (int64_t unit = 0; unit < 3; unit++) {
        assert_true(real(worth, "margin", 2 * unit) <= 0.05 * (1.0 + 1e-12));
        assert_true(real(worth, "margin", 2 * unit + 1) <= 1.25 * (1.0 + 1e-12));
        assert_close(unit ? real(worth, "margin", 2 * unit + 1) / 1.25 : real(worth, "margin", 0) / 0.05, 1.0, 1e-12);
        assert_string_equal(text(worth, "figure", 2 * unit + 1), "waiting time");
    }
    sipas_table_free(worth);
    sipas_table_free(table);
}

/* MICS: a tenth of a household is of the target group. 12 % of the share, z = 2, deff 1.5, all but 10 % answer. */
static void households_are_counted(void **state)
{
    (void)state;
    sipas_size_figure figure = SIPAS_SIZE_FIGURE_INIT;
    sipas_size_opts opts = SIPAS_SIZE_OPTS_INIT;
    sipas_table *table;
    const double n = 4.0 * 0.25 * 0.75 * 1.5 / (0.12 * 0.25 * 0.12 * 0.25);

    figure.p = 0.25;
    figure.relative_margin = 0.12;
    opts.level = erf(sqrt(2.0));
    opts.deff = 1.5;
    opts.response = 0.9;
    opts.per_household = 0.1 * 4.5;
    table = size(INFINITY, &figure, 1, &opts);
    assert_close(real(table, "n_exact", 0), n, 1e-12);
    assert_int_equal(whole(table, "n", 0), (int64_t)ceil(n));
    assert_int_equal(whole(table, "issued", 0), (int64_t)ceil(n / 0.9));
    assert_int_equal(whole(table, "households", 0), (int64_t)ceil(n / 0.9 / 0.45));
    assert_string_equal(meta(table, "total_households"), "3087");
    sipas_table_free(table);
    opts.per_household = 2.0;
    table = size(1000.0, &figure, 1, &opts); /* n / (1 + (n - 1) / 1000) / 0.9 = 617.6 */
    assert_int_equal(whole(table, "issued", 0), 618);
    assert_int_equal(whole(table, "households", 0), 309);
    sipas_table_free(table);
    opts.response = 0.5;
    table = size(500.0, &figure, 1, &opts); /* 715 would have to be asked: all are */
    assert_int_equal(whole(table, "issued", 0), 500);
    assert_int_equal(whole(table, "households", 0), 250);
    sipas_table_free(table);
}

static void the_other_sample_is_counted(void **state)
{
    (void)state;
    sipas_size_figure figure = SIPAS_SIZE_FIGURE_INIT;
    sipas_table *table;

    figure.compare = SIPAS_COMPARE_ROUNDS;
    figure.p = 0.7;
    figure.difference = 0.05;
    figure.ratio = 2.0;
    table = size(INFINITY, &figure, 1, NULL);
    assert_int_equal(whole(table, "n_other", 0), 2 * whole(table, "n", 0));
    sipas_table_free(table);
    figure.ratio = 0.0;
    figure.n_other = 5000.0;
    table = size(INFINITY, &figure, 1, NULL);
    assert_int_equal(whole(table, "n_other", 0), 5000);
    assert_true(whole(table, "n", 0) < 1248); /* what each needs when both are found */
    sipas_table_free(table);
    table = precision(INFINITY, 2.0, &figure, 1, NULL); /* nothing can be told from two answers */
    assert_true(missing(table, "minimum_difference", 0));
    assert_non_null(find_note(table, "no_difference_found", 0));
    sipas_table_free(table);
}

static void few_persons_and_none(void **state)
{
    (void)state;
    const double population[] = {0.0, 0.5, 1.0, 2.0};
    const sipas_column people = sipas_column_f64(population, 4);
    sipas_size_figure figures[2] = {SIPAS_SIZE_FIGURE_INIT, SIPAS_SIZE_FIGURE_INIT};
    sipas_table *table;
    sipas_error err;

    figures[1].statistic = SIPAS_FIGURE_MEAN;
    figures[1].sd = 1.0;
    figures[1].margin = 0.001;
    check(sipas_size_figures(NULL, &people, figures, 2, NULL, &table, &err), &err);
    for (int64_t i = 0; i < 4; i++) assert_int_equal(whole(table, "n", i), (int64_t)population[i]);
    sipas_table_free(table);
    table = precision(1.0, 1.0, figures, 2, NULL);
    assert_close(real(table, "se", 0), 0.0, 0.0);
    assert_close(real(table, "se", 1), 0.0, 0.0);
    sipas_table_free(table);
}

/* ---- errors ---- */

static void expect(const sipas_size_figure *figure, sipas_status status, const char *message)
{
    const double population[] = {1000.0, 50.0};
    const sipas_column people = sipas_column_f64(population, 2);
    sipas_table *table = (sipas_table *)&status;
    sipas_error err;

    assert_int_equal(sipas_size_figures(NULL, &people, figure, 1, NULL, &table, &err), status);
    assert_null(table);
    assert_string_equal(err.message, message);
    assert_int_equal(err.column, 0);
}

static void bad_fields_are_named(void **state)
{
    (void)state;
    static const struct {
        int32_t statistic, compare;
        size_t offset;
        double value;
        const char *message;
    } cases[] = {
        {1, 0, offsetof(sipas_size_figure, p), 1.5, "figure 1: p: 1.5 is not in (0, 1)"},
        {1, 0, offsetof(sipas_size_figure, p), (double)NAN, "figure 1: p: nan is not in (0, 1)"},
        {1, 0, offsetof(sipas_size_figure, sd), 1.0, "figure 1: sd: is given, but has no use in this figure"},
        {1, 0, offsetof(sipas_size_figure, difference), 0.1,
         "figure 1: difference: is given, but has no use in this figure"},
        {1, 1, offsetof(sipas_size_figure, overlap), 0.1, "figure 1: overlap: is given, but has no use in this figure"},
        {1, 1, offsetof(sipas_size_figure, difference), 0.6,
         "figure 1: difference: p + difference is 1.1; it must lie "
         "between 0 and 1"},
        {1, 1, 0, 0.0, "figure 1: difference: is needed for this target"},
        {1, 0, offsetof(sipas_size_figure, deff), -1.0, "figure 1: deff: -1 is not a finite number greater than 0"},
        {1, 0, offsetof(sipas_size_figure, homogeneity), 0.1, "figure 1: take: is needed beside a homogeneity"},
        {1, 0, offsetof(sipas_size_figure, take), 0.5, "figure 1: take: 0.5 is not a finite number of at least 1"},
        {1, 0, offsetof(sipas_size_figure, domain), 1.1, "figure 1: domain: 1.1 is not in (0, 1]"},
        {2, 0, 0, 0.0, "figure 1: sd: is needed for this figure"},
        {2, 0, offsetof(sipas_size_figure, sd), -1.0, "figure 1: sd: -1 is not a finite number of at least 0"},
        {2, 0, offsetof(sipas_size_figure, sd), 1.0,
         "figure 1: margin: a target is needed: margin, relative_margin, cv or se"},
        {4, 0, offsetof(sipas_size_figure, sd), 1.0, "figure 1: mean: is needed for this figure"},
        {5, 0, 0, 0.0, "figure 1: weights: is needed for this figure"},
        {6, 0, 0, 0.0, "figure 1: statistic: 6 is not one of its values (0 to 5)"},
        {1, 3, 0, 0.0, "figure 1: compare: 3 is not one of its values (0 to 2)"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sipas_size_figure figure;

        sipas_size_figure_init(&figure);
        figure.statistic = cases[i].statistic;
        figure.compare = cases[i].compare;
        if (cases[i].offset) memcpy((char *)&figure + cases[i].offset, &cases[i].value, sizeof cases[i].value);
        expect(&figure, SIPAS_ERR_OPTION, cases[i].message);
    }
}

static void bad_combinations_are_named(void **state)
{
    (void)state;
    sipas_size_figure figure = SIPAS_SIZE_FIGURE_INIT;

    figure.name = "satisfied";
    figure.margin = 0.1;
    figure.cv = 0.1;
    expect(&figure, SIPAS_ERR_OPTION, "figure satisfied: cv: is given beside margin; there is one target");
    figure.margin = 0.0;
    figure.method = SIPAS_SIZE_WILSON;
    expect(&figure, SIPAS_ERR_OPTION,
           "figure satisfied: cv: this method is about the length of an interval; use cochran");
    figure.cv = 0.0;
    figure.margin = 0.5;
    expect(&figure, SIPAS_ERR_OPTION,
           "figure satisfied: margin: 0.5 is 1/2 or more; no interval of this method is so wide");
    figure.margin = 0.0;
    figure.relative_margin = 1.0;
    expect(&figure, SIPAS_ERR_OPTION,
           "row 0: figure satisfied: the margin is 1/2 or more; no interval of this method is so wide");
    figure.method = SIPAS_SIZE_YAMANE;
    expect(&figure, SIPAS_ERR_OPTION, "figure satisfied: method: yamane stands alone: see sipas_size_proportion()");
    sipas_size_figure_init(&figure);
    figure.compare = SIPAS_COMPARE_ROUNDS;
    figure.difference = 0.1;
    figure.overlap = 0.8;
    figure.ratio = 0.5;
    expect(&figure, SIPAS_ERR_OPTION,
           "figure 1: overlap: 0.8 of the answers here are more persons than the other round has (ratio 0.5)");
    figure.ratio = 0.0;
    figure.n_other = 30.0;
    figure.overlap = 0.0;
    expect(&figure, SIPAS_ERR_INFEASIBLE,
           "row 0: figure 1: 30 answers of the other are too few, however many are asked here");
    figure.n_other = 400.0;
    figure.overlap = 1.0;
    figure.overlap_correlation = 0.5;
    figure.difference = 0.05;
    expect(&figure, SIPAS_ERR_INFEASIBLE,
           "row 0: figure 1: 1 of 438.544 answers would come from persons who are in the other "
           "round, which has 400");
    figure.power = 0.01;
    figure.n_other = 0.0;
    expect(&figure, SIPAS_ERR_OPTION, "figure 1: power: 0.01 is no more than the test has without any answers");
}

static void bad_columns_are_named(void **state)
{
    (void)state;
    const double weights[] = {0.5, 0.5}, odd[] = {1.0, 0.5, 0.4, 1.0}, negative[] = {1.0, -3.0, -3.0, 1.0};
    const double shares[] = {0.5, 1.0}, population[] = {INFINITY, 10.0};
    const sipas_column w = sipas_column_f64(weights, 2), asymmetric = sipas_column_f64(odd, 4);
    const sipas_column indefinite = sipas_column_f64(negative, 4), three = sipas_column_f64(odd, 3);
    const sipas_column p = sipas_column_f64(shares, 2), people = sipas_column_f64(population, 2);
    sipas_size_figure figure = SIPAS_SIZE_FIGURE_INIT;
    sipas_size_opts opts = SIPAS_SIZE_OPTS_INIT;
    sipas_table *table;
    sipas_error err;

    figure.statistic = SIPAS_FIGURE_INDEX;
    figure.se = 1.0;
    figure.weights = &w;
    figure.covariance = &asymmetric;
    expect(&figure, SIPAS_ERR_VALUE, "figure 1: covariance: items 1 and 2 have 0.5 one way and 0.4 the other");
    figure.covariance = &indefinite;
    expect(&figure, SIPAS_ERR_VALUE, "figure 1: covariance: the index would have the negative variance -1");
    figure.covariance = &three;
    expect(&figure, SIPAS_ERR_LENGTH, "covariance: the column has 3 rows where 4 are wanted");
    sipas_size_figure_init(&figure);
    figure.p_of = &three;
    expect(&figure, SIPAS_ERR_LENGTH, "p_of: the column has 3 rows where 2 are wanted");
    figure.p_of = &p;
    expect(&figure, SIPAS_ERR_VALUE, "row 1: p_of is 1; it must be below 1");
    sipas_size_figure_init(&figure);
    figure.statistic = SIPAS_FIGURE_TOTAL;
    figure.sd = 1.0;
    figure.margin = 1.0;
    assert_int_equal(sipas_size_figures(NULL, &people, &figure, 1, NULL, &table, &err), SIPAS_ERR_VALUE);
    assert_string_equal(err.message, "row 0: figure 1: a total has no absolute precision in an infinite population");
    opts.margin = 0.05;
    assert_int_equal(sipas_size_figures(NULL, &people, &figure, 1, &opts, &table, &err), SIPAS_ERR_OPTION);
    assert_string_equal(err.message, "option margin: 0.05 is given, but belongs to the figures");
    assert_int_equal(sipas_size_figures(NULL, &people, &figure, 0, NULL, &table, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_precision_figures(NULL, &people, NULL, &figure, 1, NULL, &table, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_precision_figures(NULL, &people, &w, &figure, 1, NULL, &table, &err), SIPAS_OK);
    sipas_table_free(table);
    assert_int_equal(sipas_precision_figures(NULL, &w, &people, &figure, 1, NULL, &table, &err), SIPAS_ERR_VALUE);
    assert_string_equal(err.message, "row 0: n is infinite");
    assert_int_equal(sipas_precision_figures(NULL, &w, &p, &figure, 1, NULL, &table, &err), SIPAS_ERR_VALUE);
    assert_string_equal(err.message, "row 1: n is 1; the population is 0.5");
}

/* S = 0 given: V = 0, so one answer does and the standard error is 0; in the other sample S_1² / n alone is left. */
static void a_spread_of_none_is_a_spread(void **state)
{
    (void)state;
    sipas_size_figure figure = SIPAS_SIZE_FIGURE_INIT;
    sipas_table *table;

    figure.statistic = SIPAS_FIGURE_MEAN;
    figure.mean = 3.0;
    figure.margin = 0.1;
    figure.sd_given = 1;
    table = size(1000.0, &figure, 1, NULL);
    assert_close(real(table, "n_exact", 0), 0.0, 0.0);
    assert_int_equal(whole(table, "n", 0), 1);
    sipas_table_free(table);
    table = precision(1000.0, 10.0, &figure, 1, NULL);
    assert_close(real(table, "se", 0), 0.0, 0.0);
    assert_close(real(table, "lower", 0), 3.0, 0.0);
    sipas_table_free(table);
    figure.sd = 2.0;
    figure.margin = 0.0;
    figure.se = 0.1;
    figure.compare = SIPAS_COMPARE_UNITS;
    figure.sd_other_given = 1;
    table = size((double)INFINITY, &figure, 1, NULL);
    assert_close(real(table, "n_exact", 0), 4.0 / 0.01, 1e-12);
    sipas_table_free(table);
}

/* A caller that was built before the last fields were appended: columns by unit count the units all the same. */
static void older_callers_are_read_whole(void **state)
{
    (void)state;
    const double p[] = {0.5, 0.1};
    const sipas_column shares = sipas_column_f64(p, 2);
    sipas_size_figure figure = SIPAS_SIZE_FIGURE_INIT;
    sipas_table *table;
    sipas_error err;

    figure.struct_size = offsetof(sipas_size_figure, sd_given);
    figure.p_of = &shares;
    check(sipas_size_figures(NULL, NULL, &figure, 1, NULL, &table, &err), &err);
    assert_int_equal(sipas_table_count_rows(table), 2);
    sipas_table_free(table);
}

/* ---- few degrees of freedom ---- */

static sipas_size_figure mean_of_two_samples(double df)
{
    sipas_size_figure figure = SIPAS_SIZE_FIGURE_INIT;

    figure.statistic = SIPAS_FIGURE_MEAN;
    figure.compare = SIPAS_COMPARE_UNITS;
    figure.sd = 1.0;
    figure.difference = 1.0;
    figure.df = df;
    return figure;
}

/* Two samples of 20 with standard deviation 1: R's power.t.test(n = 20, delta = 1, sd = 1) has the power 0.8689528 with 38 degrees of
 * freedom, in the example of its page. They are given here by rounds that have persons in common, without correlation. */
static void power_is_that_of_the_t_test(void **state)
{
    sipas_size_figure figure = mean_of_two_samples(38.0);
    sipas_size_opts opts = SIPAS_SIZE_OPTS_INIT;
    sipas_table *table;

    (void)state;
    figure.compare = SIPAS_COMPARE_ROUNDS;
    figure.overlap = 1.0;
    table = precision(INFINITY, 20.0, &figure, 1, NULL);
    assert_close(real(table, "power", 0), 0.8689528, 1e-7);
    sipas_table_free(table);
    /* the same from the options */
    figure.df = 0.0;
    opts.psus = 39.0;
    table = precision(INFINITY, 20.0, &figure, 1, &opts);
    assert_close(real(table, "power", 0), 0.8689528, 1e-7);
    sipas_table_free(table);
    /* what is found with that power is the difference, and needs that many */
    figure.power = 0.8689528;
    table = precision(INFINITY, 20.0, &figure, 1, &opts);
    assert_close(real(table, "minimum_difference", 0), 1.0, 1e-6);
    sipas_table_free(table);
    table = size(INFINITY, &figure, 1, &opts);
    assert_close(real(table, "n_exact", 0), 20.0, 1e-6);
    sipas_table_free(table);
    /* two samples apart: 2 · 19 · 20 / 21 degrees of freedom, between those of one and of both */
    figure.compare = SIPAS_COMPARE_UNITS;
    figure.overlap = 0.0;
    opts.psus = 20.0;
    table = precision(INFINITY, 20.0, &figure, 1, &opts);
    assert_true(real(table, "power", 0) < 0.8689528 && real(table, "power", 0) > 0.8669528);
    sipas_table_free(table);
}

/* Three villages of 60 answers, intraclass correlation 0.05, share 0.8: t = 4.302652729911275 with 2 degrees of freedom. */
static void margins_are_those_of_t(void **state)
{
    sipas_size_figure figure = SIPAS_SIZE_FIGURE_INIT;
    const double se = sqrt(0.8 * 0.2 * (1.0 + 59.0 * 0.05) / 180.0);
    sipas_table *table;

    (void)state;
    figure.p = 0.8;
    figure.take = 60.0;
    figure.homogeneity = 0.05;
    table = precision(INFINITY, 180.0, &figure, 1, NULL);
    assert_close(real(table, "margin", 0), 1.959963984540054 * se, 1e-9);
    assert_non_null(find_note(table, "few_psus", 0));
    sipas_table_free(table);
    figure.psus = 3.0;
    table = precision(INFINITY, 180.0, &figure, 1, NULL);
    assert_close(real(table, "margin", 0), 4.302652729911275 * se, 1e-9);
    assert_null(find_note(table, "few_psus", 0));
    sipas_table_free(table);
    /* and back */
    figure.margin = 4.302652729911275 * se;
    table = size(INFINITY, &figure, 1, NULL);
    assert_close(real(table, "n_exact", 0), 180.0, 1e-9);
    sipas_table_free(table);
}

static void df_has_its_errors(void **state)
{
    sipas_size_figure figure = mean_of_two_samples(2.0);
    sipas_size_opts opts = SIPAS_SIZE_OPTS_INIT;
    const double people = 100.0;
    const sipas_column population = sipas_column_f64(&people, 1);
    sipas_table *table = NULL;
    sipas_error err;

    (void)state;
    figure.psus = 3.0;
    assert_int_equal(sipas_size_figures(NULL, NULL, &figure, 1, NULL, &table, &err), SIPAS_ERR_OPTION);
    assert_string_equal(err.message, "figure 1: psus: is given beside df");
    figure.df = 0.0;
    figure.psus = 1.0;
    assert_int_equal(sipas_size_figures(NULL, NULL, &figure, 1, NULL, &table, &err), SIPAS_ERR_OPTION);
    assert_string_equal(err.message, "figure 1: psus: 1 is not greater than 1");
    figure.psus = 0.0;
    figure.df = -1.0;
    assert_int_equal(sipas_size_figures(NULL, NULL, &figure, 1, NULL, &table, &err), SIPAS_ERR_OPTION);
    opts.df = NAN;
    assert_int_equal(sipas_size_proportion(NULL, &population, &opts, &table, &err), SIPAS_ERR_OPTION);
    opts.df = 3.0;
    opts.method = SIPAS_SIZE_YAMANE;
    assert_int_equal(sipas_size_proportion(NULL, &population, &opts, &table, &err), SIPAS_ERR_OPTION);
    assert_null(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(power_is_that_of_the_t_test),
        cmocka_unit_test(margins_are_those_of_t),
        cmocka_unit_test(df_has_its_errors),
        cmocka_unit_test(size_undoes_precision),
        cmocka_unit_test(one_share_both_ways),
        cmocka_unit_test(limits_are_what_they_are_called),
        cmocka_unit_test(differences_vary_as_all_samples_do),
        cmocka_unit_test(shares_vary_as_all_samples_do),
        cmocka_unit_test(an_index_is_a_mean_of_its_sum),
        cmocka_unit_test(clusters_cost_answers),
        cmocka_unit_test(a_ratio_is_a_mean_of_its_residuals),
        cmocka_unit_test(totals_are_means_times_the_population),
        cmocka_unit_test(the_figure_that_needs_most_binds),
        cmocka_unit_test(households_are_counted),
        cmocka_unit_test(the_other_sample_is_counted),
        cmocka_unit_test(few_persons_and_none),
        cmocka_unit_test(a_spread_of_none_is_a_spread),
        cmocka_unit_test(older_callers_are_read_whole),
        cmocka_unit_test(bad_fields_are_named),
        cmocka_unit_test(bad_combinations_are_named),
        cmocka_unit_test(bad_columns_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

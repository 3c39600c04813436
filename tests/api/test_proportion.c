/*
 * Proportions and distributions: what each method says where the share is 0 or 1 or has no spread, what is missing and why,
 * every way to give a variable and its successes, properties of the intervals, and what is refused.
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

enum { FIRST = SIPAS_INTERVAL_WALD, LAST = SIPAS_INTERVAL_ARCSINE_CUT, ROWS = 12 };

static sipas_table *proportion(const sipas_design *design, const sipas_column *y, const sipas_column *success,
                               int32_t method, const sipas_domains *domains, const sipas_estimate_opts *opts)
{
    sipas_table *table = NULL;
    sipas_error err;

    check(sipas_estimate_proportion(design, y, 1, success, method, domains, opts, &table, &err), &err);
    return table;
}

static sipas_table *distribution(const sipas_design *design, const sipas_column *y, int32_t method,
                                 const sipas_domains *domains, const sipas_estimate_opts *opts)
{
    sipas_table *table = NULL;
    sipas_error err;

    check(sipas_estimate_distribution(design, y, method, domains, opts, &table, &err), &err);
    return table;
}

static int needs_spread(int32_t method)
{
    return method == SIPAS_INTERVAL_WALD || method == SIPAS_INTERVAL_LOGIT || method == SIPAS_INTERVAL_XLOGIT;
}

/* ---- at 0 and 1 ---- */

/* t(0.975) with 11 and with 5 degrees of freedom: tables of Student's t to 15 digits, R's qt. */
static const double t11 = 2.20098516009164, t5 = 2.57058183563631;

/* Upper limit at p = 0 of n rows, by hand. Beta and Jeffreys: R's qbeta. */
static double upper_at_zero(int32_t method, double n, double c)
{
    const double s = c * c;

    switch (method) {
    case SIPAS_INTERVAL_LIKELIHOOD: return 1.0 - exp(-s * n / (n - 1.0) / (2.0 * n));
    case SIPAS_INTERVAL_ARCSINE:
    case SIPAS_INTERVAL_ARCSINE_CUT: return pow(sin(c / (2.0 * sqrt(n))), 2.0);
    case SIPAS_INTERVAL_WILSON: return s / (n + s);
    case SIPAS_INTERVAL_AGRESTI_COULL: {
        const double k = n + s, q = s / 2.0 / k;

        return q + c * sqrt(q * (1.0 - q) / k);
    }
    case SIPAS_INTERVAL_BETA: return 1.0 - pow(0.025, 1.0 / n);
    default: return NAN;
    }
}

/* Rows as PSUs: rows - 1 = df, so that the beta methods have m' = n. qbeta(0.975, 0.5, 12.5) = 0.183173... */
static void test_bounds(void **state)
{
    static const double zero[ROWS] = {0.0}, one[ROWS] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    const sipas_column y0 = sipas_column_f64(zero, ROWS), y1 = sipas_column_f64(one, ROWS);
    static const double weight[ROWS] = {1.1, 2.3, 3.7, 1.9, 0.3, 7.1, 9.7, 1.3, 2.9, 0.7, 3.1, 5.3};
    sipas_design *design = open_design(ROWS, weight, NULL, NULL, NULL, NULL);

    (void)state;
    for (int32_t method = FIRST; method <= LAST; method++) {
        sipas_table *none = proportion(design, &y0, NULL, method, NULL, NULL),
                    *all = proportion(design, &y1, NULL, method, NULL, NULL);

        assert_true(real(none, "estimate", 0) == 0.0 && real(all, "estimate", 0) == 1.0);
        assert_true(real(none, "se", 0) == 0.0 && real(all, "se", 0) == 0.0);
        assert_true(real(none, "n_eff", 0) == ROWS && real(all, "n_eff", 0) == ROWS);
        assert_non_null(find_note(none, "at_bound", 0));
        assert_non_null(find_note(all, "at_bound", 0));
        if (needs_spread(method)) {
            assert_true(missing(none, "lower", 0) && missing(none, "upper", 0));
            assert_true(missing(all, "lower", 0) && missing(all, "upper", 0));
        } else {
            assert_true(real(none, "lower", 0) == 0.0 && real(all, "upper", 0) == 1.0);
            assert_close(real(all, "lower", 0), 1.0 - real(none, "upper", 0), 1e-14);
            assert_true(real(none, "upper", 0) > 0.05 && real(none, "upper", 0) < 0.5);
        }
        if (!needs_spread(method) && method != SIPAS_INTERVAL_JEFFREYS)
            assert_close(real(none, "upper", 0), upper_at_zero(method, ROWS, t11), 1e-12);
        sipas_table_free(none);
        sipas_table_free(all);
    }
    sipas_design_free(design);
}

/* Sums of odd weights, with answers missing here and there, leave a rounding error that must not show. */
static void test_bounds_exact(void **state)
{
    enum { MANY = 97 };
    double weight[MANY] = {0.0}, values[MANY] = {0.0};
    int32_t psu[MANY];
    const sipas_column y = sipas_column_f64(values, MANY);

    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        sipas_design *design;
        sipas_table *table;
        sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;

        for (int i = 0; i < MANY; i++) {
            weight[i] = 1.0 / (0.01 + sipas_rng_uniform(1, 2, (uint64_t)i, seed, 0));
            psu[i] = i / 7;
            values[i] = sipas_rng_uniform(1, 2, (uint64_t)i, seed, 1) < 0.2 ? NAN : 1.0;
        }
        opts.deff = SIPAS_DEFF_WR;
        design = open_design(MANY, weight, NULL, psu, NULL, NULL);
        table = proportion(design, &y, NULL, SIPAS_INTERVAL_WILSON, NULL, &opts);
        assert_true(real(table, "estimate", 0) == 1.0 && real(table, "se", 0) == 0.0 && real(table, "upper", 0) == 1.0);
        assert_true(missing(table, "deff", 0) && real(table, "n_eff", 0) == (double)whole(table, "n", 0));
        assert_non_null(find_note(table, "no_deff", 0));
        sipas_table_free(table);
        sipas_design_free(design);
    }
}

/* With clusters the beta methods carry the degrees of freedom: m' = 12 (t(11)/t(5))². */
static void test_bound_in_clusters(void **state)
{
    static const int32_t psu[ROWS] = {1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6};
    static const int8_t answer[ROWS] = {1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3};
    static const int8_t five[] = {4, 5};
    const sipas_column y = sipas_column_i8(answer, ROWS), success = sipas_column_i8(five, 2);
    sipas_design *design = open_design(ROWS, NULL, NULL, psu, NULL, NULL);
    sipas_table *table = proportion(design, &y, &success, SIPAS_INTERVAL_BETA, NULL, NULL);
    const double m = ROWS * (t11 / t5) * (t11 / t5);

    (void)state;
    assert_close(real(table, "upper", 0), 1.0 - pow(0.025, 1.0 / m), 1e-12);
    assert_true(real(table, "df", 0) == 5.0);
    sipas_table_free(table);
    table = proportion(design, &y, &success, SIPAS_INTERVAL_WILSON, NULL, NULL);
    assert_close(real(table, "upper", 0), upper_at_zero(SIPAS_INTERVAL_WILSON, ROWS, t5), 1e-12);
    sipas_table_free(table);
    sipas_design_free(design);
}

/* ---- no spread, no degrees of freedom, no rows ---- */

/* Two strata of two PSUs; groups: one PSU (1), two strata of one PSU (2), nobody (3). */
static void test_gaps(void **state)
{
    static const int32_t stratum[ROWS] = {1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2};
    static const int32_t psu[ROWS] = {1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4};
    static const int32_t group[ROWS] = {1, 1, 4, 2, 2, 4, 3, 3, 4, 2, 2, 4};
    static const double weight[ROWS] = {2, 3, 1, 1, 2, 3, 0, 0, 4, 5, 6, 2};
    static const double y_values[ROWS] = {0, 1, 1, 0, 1, 1, 1, 0, NAN, 1, 1, NAN};
    static const uint32_t levels[] = {0, 1};
    const sipas_column by = sipas_column_i32(group, ROWS), y = sipas_column_f64(y_values, ROWS);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_design *design = open_design(ROWS, weight, stratum, psu, NULL, NULL);

    (void)state;
    domains.n_by = 1;
    domains.by = &by;
    domains.n_levels = 2;
    domains.levels = levels;
    for (int32_t method = FIRST; method <= LAST; method++) {
        sipas_table *table = proportion(design, &y, NULL, method, &domains, NULL);

        assert_true(missing(table, "se", 1) && missing(table, "lower", 1) && missing(table, "n_eff", 1));
        assert_non_null(find_note(table, "one_psu", 1));
        assert_true(!missing(table, "se", 2) && missing(table, "lower", 2) && missing(table, "upper", 2));
        assert_true(real(table, "df", 2) == 0.0 && !missing(table, "n_eff", 2));
        assert_non_null(find_note(table, "no_df", 2));
        assert_true(missing(table, "estimate", 3) && whole(table, "n", 3) == 0 && missing(table, "upper", 3));
        assert_non_null(find_note(table, "empty_domain", 3));
        sipas_table_free(table);
    }
    sipas_design_free(design);
}

/* A variable that makes the strata, of equal weights within: the design fixes the share. */
static void test_no_spread(void **state)
{
    static const int32_t stratum[ROWS] = {1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2};
    static const double weight[ROWS] = {1.3, 1.3, 1.3, 1.3, 1.3, 1.3, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7};
    const sipas_column y = sipas_column_i32(stratum, ROWS), two = sipas_column_i32(&stratum[ROWS - 1], 1);
    sipas_design *design = open_design(ROWS, weight, stratum, NULL, NULL, NULL);

    (void)state;
    for (int32_t method = FIRST; method <= LAST; method++) {
        sipas_table *table = proportion(design, &y, &two, method, NULL, NULL);

        assert_close(real(table, "estimate", 0), 0.35, 1e-15);
        assert_true(real(table, "lower", 0) == real(table, "estimate", 0));
        assert_true(real(table, "upper", 0) == real(table, "estimate", 0));
        assert_true(real(table, "se", 0) <= 1e-13 && missing(table, "n_eff", 0));
        assert_non_null(find_note(table, "no_spread", 0));
        sipas_table_free(table);
    }
    sipas_design_free(design);
}

/* At p = 1 the note stands also where there is no standard error or no degree of freedom. */
static void test_bound_without_df(void **state)
{
    static const int32_t stratum[4] = {1, 1, 2, 2}, psu[4] = {1, 2, 3, 4}, group[4] = {1, 2, 2, 3};
    static const uint8_t yes[4] = {1, 1, 1, 1};
    const sipas_column by = sipas_column_i32(group, 4), y = sipas_column_bool(yes, 4);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_design *design = open_design(4, NULL, stratum, psu, NULL, NULL);
    sipas_table *table;

    (void)state;
    domains.n_by = 1;
    domains.by = &by;
    table = proportion(design, &y, NULL, SIPAS_INTERVAL_WILSON, &domains, NULL);
    assert_true(missing(table, "se", 0) && missing(table, "lower", 0));
    assert_non_null(find_note(table, "one_psu", 0));
    assert_non_null(find_note(table, "at_bound", 0));
    assert_true(real(table, "se", 1) == 0.0 && missing(table, "lower", 1) && missing(table, "upper", 1));
    assert_non_null(find_note(table, "no_df", 1));
    assert_non_null(find_note(table, "at_bound", 1));
    sipas_table_free(table);
    sipas_design_free(design);
}

static void test_all_missing(void **state)
{
    static const double nothing[ROWS] = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    const sipas_column y = sipas_column_f64(nothing, ROWS);
    sipas_design *design = open_design(ROWS, NULL, NULL, NULL, NULL, NULL);

    (void)state;
    for (int32_t method = FIRST; method <= LAST; method++) {
        sipas_table *table = proportion(design, &y, NULL, method, NULL, NULL);

        assert_true(missing(table, "estimate", 0) && missing(table, "se", 0) && missing(table, "lower", 0) &&
                    missing(table, "upper", 0) && missing(table, "n_eff", 0) && whole(table, "n", 0) == 0);
        assert_non_null(find_note(table, "no_value", 0));
        sipas_table_free(table);
    }
    sipas_design_free(design);
}

/* Calibrated weights may be negative, and so may an estimate. */
static void test_outside_range(void **state)
{
    static const double weight[6] = {-1.5, 1, 1, 1, 1, 1};
    static const int32_t hit[6] = {1, 0, 0, 0, 0, 0};
    const sipas_column y = sipas_column_i32(hit, 6), w = sipas_column_f64(weight, 6);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_design *design = NULL;
    sipas_error err;

    (void)state;
    opts.calibrated = 1;
    check(sipas_design_new(NULL, 6, &w, NULL, NULL, 0, NULL, &opts, &design, &err), &err);
    for (int32_t method = FIRST; method <= LAST; method++) {
        sipas_table *table = proportion(design, &y, NULL, method, NULL, NULL);

        assert_true(real(table, "estimate", 0) < 0.0 && missing(table, "n_eff", 0));
        assert_true(missing(table, "lower", 0) == (method != SIPAS_INTERVAL_WALD));
        assert_non_null(find_note(table, method == SIPAS_INTERVAL_WALD ? "limit_outside" : "outside_range", 0));
        sipas_table_free(table);
    }
    sipas_design_free(design);
}

/* ---- limits that leave 0-1 ---- */

/* p = 1/12, rows as PSUs: V = p(1 - p)/11, m = 11. */
static void test_limits_near_zero(void **state)
{
    static const int32_t hit[ROWS] = {1};
    const sipas_column y = sipas_column_i32(hit, ROWS);
    const double p = 1.0 / ROWS, m = 11.0, angle = asin(sqrt(p)), reach = t11 / (2.0 * sqrt(m));
    sipas_design *design = open_design(ROWS, NULL, NULL, NULL, NULL, NULL);
    sipas_table *table = proportion(design, &y, NULL, SIPAS_INTERVAL_WALD, NULL, NULL);

    (void)state;
    assert_close(real(table, "lower", 0), p - t11 * sqrt(p * (1.0 - p) / m), 1e-12);
    assert_true(real(table, "lower", 0) < 0.0);
    assert_close(real(table, "n_eff", 0), m, 1e-12);
    assert_non_null(find_note(table, "limit_outside", 0));
    sipas_table_free(table);
    table = proportion(design, &y, NULL, SIPAS_INTERVAL_ARCSINE, NULL, NULL);
    assert_true(angle < reach);
    assert_close(real(table, "lower", 0), pow(sin(reach - angle), 2.0), 1e-11);
    assert_non_null(find_note(table, "limit_mirrored", 0));
    sipas_table_free(table);
    table = proportion(design, &y, NULL, SIPAS_INTERVAL_ARCSINE_CUT, NULL, NULL);
    assert_true(real(table, "lower", 0) == 0.0);
    assert_close(real(table, "upper", 0), pow(sin(reach + angle), 2.0), 1e-12);
    assert_non_null(find_note(table, "limit_cut", 0));
    sipas_table_free(table);
    table = proportion(design, &y, NULL, SIPAS_INTERVAL_AGRESTI_COULL, NULL, NULL);
    assert_true(real(table, "lower", 0) == 0.0);
    assert_non_null(find_note(table, "limit_cut", 0));
    sipas_table_free(table);
    sipas_design_free(design);
}

/* ---- properties ---- */

/* Successes and failures change places; the level grows; the estimate lies inside; figures are those of a mean. */
static void test_properties(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        static const sample_design parts = {2, 2, 1, 0, 0, 0};
        random_sample *s = random_sample_new(seed, 0);
        const int64_t n = (int64_t)s->n;
        int32_t *hit = calloc(s->n, sizeof *hit), *miss = calloc(s->n, sizeof *miss);
        const sipas_column y = sipas_column_i32(hit, n), z = sipas_column_i32(miss, n),
                           by = sipas_column_i32(s->by[1], n);
        sipas_design *design = random_sample_open(s, &parts, NULL);
        sipas_domains domains = SIPAS_DOMAINS_INIT;
        sipas_estimate_opts wide = SIPAS_ESTIMATE_OPTS_INIT;
        sipas_table *mean;

        assert_true(hit && miss);
        for (size_t i = 0; i < s->n; i++) miss[i] = !(hit[i] = (i * 2654435761u + seed) % 7 < 2);
        wide.level = 0.99;
        domains.n_by = 1;
        domains.by = &by;
        mean = estimate(design, MEAN, &y, NULL, 1, &domains, NULL);
        for (int32_t method = FIRST; method <= LAST; method++) {
            sipas_table *a = proportion(design, &y, NULL, method, &domains, NULL),
                        *b = proportion(design, &z, NULL, method, &domains, NULL),
                        *c = proportion(design, &y, NULL, method, &domains, &wide);

            for (int64_t row = 0; row < sipas_table_count_rows(a); row++) {
                const double p = real(a, "estimate", row), lower = real(a, "lower", row), upper = real(a, "upper", row);

                assert_close(p, real(mean, "estimate", row), 1e-12);
                assert_close(real(a, "se", row), real(mean, "se", row), 1e-10);
                assert_close(real(b, "lower", row), 1.0 - upper, 1e-10);
                assert_close(real(b, "upper", row), 1.0 - lower, 1e-10);
                assert_true(method == SIPAS_INTERVAL_ARCSINE || (lower < p && p < upper)); /* mirrored: may miss it */
                assert_true(method == SIPAS_INTERVAL_WALD || (lower >= 0.0 && upper <= 1.0));
                assert_true(method == SIPAS_INTERVAL_ARCSINE || real(c, "lower", row) <= lower);
                assert_true(method == SIPAS_INTERVAL_ARCSINE || real(c, "upper", row) >= upper);
            }
            sipas_table_free(a);
            sipas_table_free(b);
            sipas_table_free(c);
        }
        sipas_table_free(mean);
        sipas_design_free(design);
        free(hit);
        free(miss);
        random_sample_free(s);
    }
}

/* Count, percent and proportion are one estimator times a constant, standard errors and limits too. */
static void test_one_estimator(void **state)
{
    static const double weight[ROWS] = {2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2};
    static const int32_t psu[ROWS] = {1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6};
    static const int32_t answer[ROWS] = {5, 4, 3, 4, 5, 1, 2, 5, 5, 4, 1, 3};
    static const int32_t high[] = {4, 5};
    double percent[ROWS], one[ROWS];
    const sipas_column y = sipas_column_i32(answer, ROWS), success = sipas_column_i32(high, 2),
                       cent = sipas_column_f64(percent, ROWS), unit = sipas_column_f64(one, ROWS);
    sipas_design *design = open_design(ROWS, weight, NULL, psu, NULL, NULL);
    sipas_table *share = proportion(design, &y, &success, SIPAS_INTERVAL_WALD, NULL, NULL), *mean, *total, *shares,
                *totals, *each;

    (void)state;
    for (int i = 0; i < ROWS; i++) {
        percent[i] = answer[i] >= 4 ? 100.0 : 0.0;
        one[i] = answer[i] >= 4 ? 1.0 : 0.0;
    }
    mean = estimate(design, MEAN, &cent, NULL, 1, NULL, NULL);
    total = estimate(design, TOTAL, &unit, NULL, 1, NULL, NULL);
    static const char *const columns[] = {"estimate", "se", "lower", "upper"};
    for (int i = 0; i < 4; i++) {
        assert_close(100.0 * real(share, columns[i], 0), real(mean, columns[i], 0), 1e-13);
        assert_close(24.0 * real(share, columns[i], 0), real(total, columns[i], 0),
                     1e-13); /* Σ w is 24 in every sample */
    }
    shares = category(design, &y, SIPAS_CATEGORY_SHARE, NULL, NULL);
    totals = category(design, &y, SIPAS_CATEGORY_TOTAL, NULL, NULL);
    each = distribution(design, &y, SIPAS_INTERVAL_WALD, NULL, NULL);
    for (int64_t row = 0; row < 5; row++)
        for (int i = 0; i < 4; i++) {
            assert_close_scaled(real(each, columns[i], row), real(shares, columns[i], row), 1e-13, 1e-3);
            assert_close_scaled(24.0 * real(each, columns[i], row), real(totals, columns[i], row), 1e-13, 1e-3);
        }
    sipas_table_free(share);
    sipas_table_free(mean);
    sipas_table_free(total);
    sipas_table_free(shares);
    sipas_table_free(totals);
    sipas_table_free(each);
    sipas_design_free(design);
}

/* Units of zero weight count in n, psus and df for nothing. */
static void test_zero_weights(void **state)
{
    static const int32_t stratum[ROWS] = {1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2};
    static const int32_t psu[ROWS] = {1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6};
    static const double weight[ROWS] = {1, 2, 3, 0, 0, 0, 1, 4, 2, 2, 1, 3};
    static const int32_t hit[ROWS] = {1, 0, 1, 1, 1, 0, 1, 0, 0, 1, 1, 0};
    const sipas_column y = sipas_column_i32(hit, ROWS);
    sipas_design *design = open_design(ROWS, weight, stratum, psu, NULL, NULL);
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_table *table;

    (void)state;
    opts.deff = SIPAS_DEFF_WR;
    table = proportion(design, &y, NULL, SIPAS_INTERVAL_LOGIT, NULL, &opts);
    assert_true(whole(table, "n", 0) == 9 && whole(table, "psus", 0) == 5 && real(table, "df", 0) == 3.0);
    assert_close(real(table, "kish_deff", 0), 9.0 * 49.0 / (19.0 * 19.0), 1e-14);
    assert_close(real(table, "unweighted", 0), 5.0 / 9.0, 1e-15);
    sipas_table_free(table);
    sipas_design_free(design);
}

/* Rows of zero weight are no part of the simple random sample that a design effect is measured against. */
static void test_deff_without_zero_weights(void **state)
{
    static const double weight[8] = {3, 2, 4, 5, 2, 3, 0, 0}, values[8] = {1, 5, 2, 4, 3, 3, 9, -40};
    const sipas_column all = sipas_column_f64(values, 8), some = sipas_column_f64(values, 6);
    sipas_design *with = open_design(8, weight, NULL, NULL, NULL, NULL),
                 *without = open_design(6, weight, NULL, NULL, NULL, NULL);

    (void)state;
    for (int kind = MEAN; kind <= TOTAL; kind++)
        for (int32_t deff = SIPAS_DEFF_WOR; deff <= SIPAS_DEFF_WR; deff++) {
            sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
            sipas_table *a, *b;

            opts.deff = deff;
            a = estimate(with, kind, &all, NULL, 1, NULL, &opts);
            b = estimate(without, kind, &some, NULL, 1, NULL, &opts);
            assert_close(pow(real(a, "se", 0), 2.0) / real(a, "deff", 0),
                         pow(real(b, "se", 0), 2.0) / real(b, "deff", 0), 1e-13);
            assert_close(real(a, "kish_deff", 0), real(b, "kish_deff", 0), 1e-14);
            assert_close(real(a, "n_eff", 0), 6.0 / real(a, "deff", 0), 1e-14);
            sipas_table_free(a);
            sipas_table_free(b);
        }
    sipas_design_free(with);
    sipas_design_free(without);
}

/* A design effect without replacement needs weights that add to more than the rows. */
static void test_deff_refused(void **state)
{
    static const double weight[4] = {1, 1, 1, 1}, values[4] = {1, 5, 2, 4};
    const sipas_column y = sipas_column_f64(values, 4);
    sipas_design *design = open_design(4, weight, NULL, NULL, NULL, NULL);
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_table *table;

    (void)state;
    opts.deff = SIPAS_DEFF_WOR;
    table = estimate(design, MEAN, &y, NULL, 1, NULL, &opts);
    assert_true(missing(table, "deff", 0) && missing(table, "n_eff", 0) && real(table, "kish_deff", 0) == 1.0);
    assert_non_null(find_note(table, "no_deff", 0));
    assert_string_equal(meta(table, "deff_reference"), "srs without replacement");
    sipas_table_free(table);
    opts.deff = SIPAS_DEFF_WR;
    table = estimate(design, MEAN, &y, NULL, 1, NULL, &opts);
    assert_close(real(table, "deff", 0), 1.0, 1e-14);
    assert_close(real(table, "n_eff", 0), 4.0, 1e-14);
    assert_string_equal(meta(table, "deff_reference"), "srs with replacement");
    sipas_table_free(table);
    sipas_design_free(design);
}

/* ---- ways to give a variable ---- */

/* One answer in every type, with and without a bitmap: the same table, to the bit. */
static void test_types(void **state)
{
    static const int8_t i8[ROWS] = {5, 4, 3, -1, 5, 1, 2, 5, 5, 4, 1, 3};
    static const char *const words[ROWS] = {"e", "d", "c", "x", "e", "a", "b", "e", "e", "d", "a", "c"};
    static const char *const high_words[] = {"d", "e", "nobody"};
    static const double high[] = {5, 4, 77};
    static const uint8_t all_valid[] = {0xff, 0xff};
    int16_t i16[ROWS];
    int32_t i32[ROWS];
    int64_t i64[ROWS];
    float f32[ROWS];
    double f64[ROWS];
    uint8_t yes[ROWS];
    const sipas_column success = sipas_column_f64(high, 3), word_success = sipas_column_code(high_words, 3);
    sipas_column y[9] = {sipas_column_i8(i8, ROWS),   sipas_column_i16(i16, ROWS),    sipas_column_i32(i32, ROWS),
                         sipas_column_i64(i64, ROWS), sipas_column_f32(f32, ROWS),    sipas_column_f64(f64, ROWS),
                         sipas_column_i8(i8, ROWS),   sipas_column_code(words, ROWS), sipas_column_bool(yes, ROWS)};
    sipas_design *design = open_design(ROWS, NULL, NULL, NULL, NULL, NULL);
    sipas_table *first = proportion(design, &y[0], &success, SIPAS_INTERVAL_BETA, NULL, NULL);

    (void)state;
    y[6].validity = all_valid;
    for (int i = 0; i < ROWS; i++) {
        i16[i] = i8[i];
        i32[i] = i8[i];
        i64[i] = i8[i];
        f32[i] = i8[i];
        f64[i] = i8[i];
        yes[i] = i8[i] >= 4;
    }
    assert_close(real(first, "estimate", 0), 0.5, 1e-15);
    for (int k = 1; k < 9; k++) {
        sipas_table *table = proportion(design, &y[k],
                                        k == 8   ? NULL
                                        : k == 7 ? &word_success
                                                 : &success,
                                        SIPAS_INTERVAL_BETA, NULL, NULL);

        check_identical(first, table);
        sipas_table_free(table);
    }
    sipas_table_free(first);
    sipas_design_free(design);
}

static void test_several_variables(void **state)
{
    static const int8_t a[ROWS] = {1, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1};
    static const int8_t b[ROWS] = {0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1};
    static const int32_t group[ROWS] = {1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2};
    static const char *const names[] = {"first", NULL};
    static const uint32_t levels[] = {0, 1};
    const sipas_column y[2] = {sipas_column_i8(a, ROWS), sipas_column_i8(b, ROWS)}, by = sipas_column_i32(group, ROWS);
    sipas_design *design = open_design(ROWS, NULL, NULL, NULL, NULL, NULL);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_table *table = NULL;
    sipas_error err;

    (void)state;
    opts.names = names;
    opts.cov = 1;
    domains.n_by = 1;
    domains.by = &by;
    domains.n_levels = 2;
    domains.levels = levels;
    check(sipas_estimate_proportion(design, y, 2, NULL, 0, &domains, &opts, &table, &err), &err);
    assert_true(sipas_table_count_rows(table) == 6);
    assert_string_equal(text(table, "variable", 0), "first");
    assert_string_equal(text(table, "variable", 3), "y2");
    assert_close(real(table, "estimate", 1), 4.0 / 6.0, 1e-15);
    assert_close(real(table, "estimate", 5), 2.0 / 6.0, 1e-15);
    assert_close(covariance(table, 1, 1), pow(real(table, "se", 1), 2.0), 1e-12);
    assert_string_equal(meta(table, "method"), "proportion/1");
    assert_string_equal(meta(table, "interval"), "logit/1");
    sipas_table_free(table);
    sipas_design_free(design);
}

/* ---- distributions ---- */

/* A simple random sample with one n_eff for all, so that Goodman's and Quesenberry-Hurst's limits are the classical ones. */
static void test_classical(void **state)
{
    static const int counts[3] = {60, 25, 15};
    int32_t answer[100] = {0};
    const sipas_column y = sipas_column_i32(answer, 100);
    /* qchisq(1 - 0.05/3, 1) and qchisq(0.95, 2), by R */
    static const double chisq[2] = {5.73113928193907, 5.99146454710798};
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_design *design;

    (void)state;
    for (int i = 0; i < 100; i++) answer[i] = i < 60 ? 1 : i < 85 ? 2 : 3;
    opts.df = SIPAS_DF_GIVEN;
    opts.df_value = INFINITY;
    design = open_design(100, NULL, NULL, NULL, NULL, &opts);
    for (int k = 0; k < 2; k++) {
        sipas_table *table = distribution(design, &y, SIPAS_INTERVAL_GOODMAN + k, NULL, NULL);

        for (int64_t row = 0; row < 3; row++) {
            const double p = counts[row] / 100.0, n = 99.0, a = chisq[k]; /* V is p(1 - p)/99 */
            const double root = sqrt(a * (a + 4.0 * n * p * (1.0 - p)));

            assert_close(real(table, "n_eff", row), n, 1e-12);
            assert_close(real(table, "lower", row), (a + 2.0 * n * p - root) / (2.0 * (n + a)), 1e-10);
            assert_close(real(table, "upper", row), (a + 2.0 * n * p + root) / (2.0 * (n + a)), 1e-10);
        }
        sipas_table_free(table);
    }
    sipas_design_free(design);
}

/* A category that a group lacks: at the bound, with the sample size of the others where it is common. */
static void test_absent_category(void **state)
{
    static const int32_t answer[ROWS] = {1, 1, 2, 2, 1, 2, 1, 2, 2, 1, 3, 3};
    static const int32_t group[ROWS] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2};
    const sipas_column y = sipas_column_i32(answer, ROWS), by = sipas_column_i32(group, ROWS);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_design *design = open_design(ROWS, NULL, NULL, NULL, NULL, NULL);

    (void)state;
    domains.n_by = 1;
    domains.by = &by;
    for (int32_t method = FIRST; method <= SIPAS_INTERVAL_QUESENBERRY_HURST; method++) {
        sipas_table *table = distribution(design, &y, method, &domains, NULL);

        assert_true(sipas_table_count_rows(table) == 6 && real(table, "estimate", 4) == 0.0);
        assert_non_null(find_note(table, "at_bound", 4));
        if (!needs_spread(method)) {
            assert_true(real(table, "lower", 4) == 0.0 && real(table, "upper", 4) > 0.1);
            assert_true(real(table, "upper", 5) == 1.0 && real(table, "lower", 5) < 1.0); /* group 2: all are 3 */
        }
        if (method >= SIPAS_INTERVAL_GOODMAN) assert_close(real(table, "n_eff", 4), real(table, "n_eff", 0), 1e-15);
        sipas_table_free(table);
    }
    sipas_design_free(design);
}

/* A census: nothing varies, and the interval is the estimate, of an absent category too. */
static void test_census(void **state)
{
    static const int32_t answer[6] = {1, 1, 2, 2, 1, 3}, group[6] = {1, 1, 1, 1, 1, 2};
    static const double all[6] = {6, 6, 6, 6, 6, 6};
    const sipas_column y = sipas_column_i32(answer, 6), by = sipas_column_i32(group, 6);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_design *design = open_design(6, NULL, NULL, NULL, all, NULL);
    sipas_table *table;

    (void)state;
    domains.n_by = 1;
    domains.by = &by;
    table = distribution(design, &y, SIPAS_INTERVAL_GOODMAN, &domains, NULL);
    for (int64_t row = 0; row < 5; row += 2) {
        assert_true(real(table, "lower", row) == real(table, "estimate", row));
        assert_true(real(table, "upper", row) == real(table, "estimate", row));
        assert_non_null(find_note(table, "no_spread", row));
    }
    sipas_table_free(table);
    sipas_design_free(design);
}

/* ---- joint intervals ---- */

/* The family are the groups that have an interval: not those that are empty, lie in one PSU or have no df. */
static void test_family(void **state)
{
    enum { N = 16 };
    static const int32_t stratum[N] = {1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2};
    static const int32_t psu[N] = {1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8};
    static const int32_t group[N] = {1, 2, 1, 2, 5, 2, 1, 3, 1, 2, 5, 2, 1, 2, 4, 4};
    static const double weight[N] = {1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 1, 3, 2, 0, 0};
    static const double values[N] = {1, 4, 2, 6, 3, 1, 7, 2, 4, 5, 3, 2, 6, 2, 1, 4};
    const sipas_column y = sipas_column_f64(values, N), by = sipas_column_i32(group, N);
    sipas_design *design = open_design(N, weight, stratum, psu, NULL, NULL);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    static const double t[2] = {4.176534846104502, 3.495405932516442}; /* qt(1 - 0.05/4, c(3, 4)) by R */
    sipas_table *table;

    (void)state;
    domains.n_by = 1;
    domains.by = &by;
    opts.simultaneous = SIPAS_SIMULTANEOUS_BONFERRONI;
    table = estimate(design, MEAN, &y, NULL, 1, &domains, &opts);
    for (int64_t row = 0; row < 2; row++) { /* two members; df 5 - 2 and 6 - 2 */
        assert_true(real(table, "df", row) == 3.0 + (double)row);
        assert_close((real(table, "upper", row) - real(table, "estimate", row)) / real(table, "se", row), t[row],
                     1e-12);
    }
    assert_true(missing(table, "se", 2) && whole(table, "n", 3) == 0);
    assert_true(real(table, "se", 4) >= 0.0 && real(table, "df", 4) == 0.0 && missing(table, "upper", 4));
    assert_string_equal(meta(table, "simultaneous"), "bonferroni");
    assert_string_equal(meta(table, "family"), "groups of one variable and level");
    sipas_table_free(table);
    sipas_design_free(design);
}

/* A family of one is an interval for itself. */
static void test_family_of_one(void **state)
{
    static const double values[ROWS] = {1, 4, 2, 6, 3, 1, 7, 2, 4, 5, 3, 2};
    const sipas_column y = sipas_column_f64(values, ROWS);
    sipas_design *design = open_design(ROWS, NULL, NULL, NULL, NULL, NULL);
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_table *alone = estimate(design, MEAN, &y, NULL, 1, NULL, NULL);

    (void)state;
    for (int32_t rule = SIPAS_SIMULTANEOUS_BONFERRONI; rule <= SIPAS_SIMULTANEOUS_SCHEFFE; rule++) {
        sipas_table *table;

        opts.simultaneous = rule;
        table = estimate(design, MEAN, &y, NULL, 1, NULL, &opts);
        assert_true(real(table, "lower", 0) == real(alone, "lower", 0));
        sipas_table_free(table);
    }
    sipas_table_free(alone);
    sipas_design_free(design);
}

/* ---- refused ---- */

typedef struct refusal {
    const sipas_column *y, *success;
    int64_t n_y;
    int32_t method;
    sipas_status status;
    const char *sentence;
} refusal;

static void test_refused(void **state)
{
    static const int32_t one_to_three[4] = {0, 1, 3, 1};
    static const int8_t bytes[4] = {0, 1, 3, 1};
    static const double half[4] = {1, 0, 0.5, 1}, no_number[1] = {NAN};
    static const char *const words[4] = {"a", "b", "a", NULL};
    const sipas_column whole_y = sipas_column_i32(one_to_three, 4), half_y = sipas_column_f64(half, 4),
                       text_y = sipas_column_code(words, 4), short_y = sipas_column_i32(one_to_three, 3),
                       byte_y = sipas_column_i8(bytes, 4), number = sipas_column_i32(&one_to_three[1], 1),
                       word = sipas_column_code(words, 1), none = sipas_column_i32(one_to_three, 0),
                       lost = sipas_column_f64(no_number, 1), part = sipas_column_f64(&half[2], 1);
    const refusal refusals[] = {
        {NULL, NULL, 1, 0, SIPAS_ERR_ARGUMENT, "y: is NULL"},
        {&whole_y, NULL, 0, 0, SIPAS_ERR_ARGUMENT, "n_y: is less than 1"},
        {&whole_y, &none, 1, 0, SIPAS_ERR_ARGUMENT, "success: holds no value"},
        {&whole_y, &number, 1, SIPAS_INTERVAL_GOODMAN, SIPAS_ERR_OPTION, "option method: 11"},
        {&whole_y, &number, 1, -1, SIPAS_ERR_OPTION, "option method: -1"},
        {&short_y, &number, 1, 0, SIPAS_ERR_LENGTH, "y1"},
        {&text_y, &number, 1, 0, SIPAS_ERR_TYPE, "y1 holds text, but the successes are numbers"},
        {&text_y, NULL, 1, 0, SIPAS_ERR_TYPE, "y1 holds text, but the successes are numbers"},
        {&whole_y, &word, 1, 0, SIPAS_ERR_TYPE, "y1 holds numbers, but the successes are text"},
        {&whole_y, &lost, 1, 0, SIPAS_ERR_MISSING, "success 0 is missing"},
        {&whole_y, &part, 1, 0, SIPAS_ERR_TYPE, "success 0 is 0.5, not a whole number"},
        {&whole_y, NULL, 1, 0, SIPAS_ERR_VALUE, "row 2: y1 is 3, which is neither 0 nor 1"},
        {&byte_y, NULL, 1, 0, SIPAS_ERR_VALUE, "row 2: y1 is 3, which is neither 0 nor 1"},
        {&half_y, &number, 1, 0, SIPAS_ERR_VALUE, "row 2: y1 is 0.5, which is not a whole number"},
    };
    sipas_design *design = open_design(4, NULL, NULL, NULL, NULL, NULL);
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_error err;
    sipas_table *table;

    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const refusal *r = &refusals[i];

        table = (sipas_table *)&err;
        assert_int_equal(
            sipas_estimate_proportion(design, r->y, r->n_y, r->success, r->method, NULL, NULL, &table, &err),
            r->status);
        assert_null(table);
        if (!strstr(err.message, r->sentence)) fail_msg("%s: not in: %s", r->sentence, err.message);
    }
    assert_int_equal(sipas_estimate_proportion(NULL, &whole_y, 1, &number, 0, NULL, NULL, &table, &err),
                     SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_estimate_proportion(design, &whole_y, 1, &number, 0, NULL, NULL, NULL, &err),
                     SIPAS_ERR_ARGUMENT);
    opts.simultaneous = 4;
    assert_int_equal(sipas_estimate_proportion(design, &whole_y, 1, &number, 0, NULL, &opts, &table, &err),
                     SIPAS_ERR_OPTION);
    opts.simultaneous = SIPAS_SIMULTANEOUS_SIDAK;
    assert_int_equal(sipas_estimate_category(design, &whole_y, 0, NULL, &opts, &table, &err), SIPAS_ERR_OPTION);
    assert_int_equal(sipas_estimate_distribution(design, &whole_y, SIPAS_INTERVAL_GOODMAN, NULL, &opts, &table, &err),
                     SIPAS_ERR_OPTION);
    assert_int_equal(sipas_estimate_distribution(design, &whole_y, 13, NULL, NULL, &table, &err), SIPAS_ERR_OPTION);
    opts.simultaneous = 0;
    opts.reserved = 1;
    assert_int_equal(sipas_estimate_mean(design, &whole_y, 1, NULL, &opts, &table, &err), SIPAS_ERR_OPTION);
    assert_int_equal(sipas_estimate_distribution(design, NULL, 0, NULL, NULL, &table, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_estimate_distribution(NULL, &whole_y, 0, NULL, NULL, &table, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_estimate_distribution(design, &whole_y, 0, NULL, NULL, NULL, &err), SIPAS_ERR_ARGUMENT);
    sipas_design_free(design);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_bounds_exact),
        cmocka_unit_test(test_bound_in_clusters),
        cmocka_unit_test(test_gaps),
        cmocka_unit_test(test_no_spread),
        cmocka_unit_test(test_bound_without_df),
        cmocka_unit_test(test_all_missing),
        cmocka_unit_test(test_outside_range),
        cmocka_unit_test(test_limits_near_zero),
        cmocka_unit_test(test_properties),
        cmocka_unit_test(test_one_estimator),
        cmocka_unit_test(test_zero_weights),
        cmocka_unit_test(test_deff_without_zero_weights),
        cmocka_unit_test(test_deff_refused),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_several_variables),
        cmocka_unit_test(test_classical),
        cmocka_unit_test(test_absent_category),
        cmocka_unit_test(test_census),
        cmocka_unit_test(test_family),
        cmocka_unit_test(test_family_of_one),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

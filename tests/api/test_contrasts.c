/*
 * Comparisons: contrasts and pairs against brute force, adjusted p-values, change between rounds that are independent or
 * share PSUs, and the same change from one design that holds the rows of both.
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

/* ---- contrasts of groups, the long way ---- */

static sipas_table *means_by(const random_sample *s, const sample_design *parts, int kind, int variable, int by,
                             int32_t cov)
{
    static const uint32_t levels[] = {1, 0};
    const int64_t n = (int64_t)s->n;
    const sipas_column y = sipas_column_f64(s->y[variable], n), x = sipas_column_f64(s->y[1], n),
                       group = sipas_column_i32(s->by[by], n);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_design *design = random_sample_open(s, parts, NULL);
    sipas_table *table;

    domains.n_by = 1;
    domains.by = &group;
    domains.n_levels = 2;
    domains.levels = levels;
    opts.cov = cov;
    table = estimate(design, kind, &y, &x, 1, &domains, &opts);
    sipas_design_free(design);
    return table;
}

/* Linearized values of a row of such a table. */
static void influence(const random_sample *s, const sample_design *parts, const sipas_table *table, int64_t row,
                      int kind, int variable, int by, double *z)
{
    const brute_design d = random_sample_brute(s, parts);
    uint8_t *in = malloc(s->n);

    for (size_t i = 0; i < s->n; i++) in[i] = missing(table, "by1", row) || s->by[by][i] == whole(table, "by1", row);
    if (kind == RATIO)
        (void)brute_ratio(&d, in, s->y[variable], s->y[1], z);
    else if (kind == TOTAL)
        (void)brute_total(&d, in, s->y[variable], z);
    else
        (void)brute_mean(&d, in, s->y[variable], z);
    free(in);
}

static double combined_se(const random_sample *s, const sample_design *parts, const sipas_table *table,
                          const int64_t *rows, const double *coef, int64_t n, int kind)
{
    const brute_design d = random_sample_brute(s, parts);
    double *z = calloc(s->n, sizeof *z), *one = malloc(s->n * sizeof *one), se;

    for (int64_t r = 0; r < n; r++) {
        influence(s, parts, table, rows[r], kind, 0, 0, one);
        for (size_t i = 0; i < s->n; i++) z[i] += coef[r] * one[i];
    }
    se = brute_se(&d, z);
    free(z);
    free(one);
    return se;
}

static void check_pairs(const random_sample *s, const sample_design *parts, const sipas_table *table, int kind)
{
    const int64_t groups = sipas_table_count_rows(table) - 1;
    static const double minus[] = {1.0, -1.0};
    sipas_table *pairs;
    sipas_error err;
    int64_t at = 0;

    check(sipas_estimate_pairs(table, NULL, &pairs, &err), &err);
    assert_int_equal(sipas_table_count_rows(pairs), groups * (groups - 1) / 2);
    for (int64_t i = 0; i < groups; i++)
        for (int64_t j = i + 1; j < groups; j++, at++) {
            const int64_t rows[2] = {i, j};
            const int gap = isnan(real(table, "se", i)) || isnan(real(table, "se", j));
            char name[64];

            (void)snprintf(name, sizeof name, "by1=%d - by1=%d", (int)whole(table, "by1", i),
                           (int)whole(table, "by1", j));
            assert_string_equal(text(pairs, "contrast", at), name);
            assert_string_equal(text(pairs, "level", at), "by1");
            assert_int_equal(whole(pairs, "row", at), i);
            assert_int_equal(whole(pairs, "other", at), j);
            assert_true(real(pairs, "df", at) == fmin(real(table, "df", i), real(table, "df", j)));
            assert_close(real(pairs, "estimate", at), real(table, "estimate", i) - real(table, "estimate", j), 0.0);
            assert_close_scaled(real(pairs, "se", at), gap ? NAN : combined_se(s, parts, table, rows, minus, 2, kind),
                                1e-12, real(table, "se", i));
        }
    sipas_table_free(pairs);
}

static void check_contrasts(const random_sample *s, const sample_design *parts, int kind)
{
    static const int64_t rows[3] = {0, 1, 3};
    static const double coef[3] = {0.5, -2.0, 1.5};
    sipas_table *table = means_by(s, parts, kind, 0, 0, 1), *out;
    const int64_t whole_row = sipas_table_count_rows(table) - 1, ratio_rows[2] = {0, whole_row};
    const double slopes[2] = {1.0 / real(table, "estimate", whole_row),
                              -real(table, "estimate", 0) / pow(real(table, "estimate", whole_row), 2.0)};
    static const double over[2] = {1.0, -1.0};
    sipas_function f[2] = {SIPAS_FUNCTION_INIT, SIPAS_FUNCTION_INIT};
    sipas_contrast_opts opts = SIPAS_CONTRAST_OPTS_INIT;
    sipas_error err;

    f[0].n_terms = 3;
    f[0].term = rows;
    f[0].coef = coef;
    f[1].name = "part of the whole";
    f[1].kind = SIPAS_FUNCTION_POWER;
    f[1].n_terms = 2;
    f[1].term = ratio_rows;
    f[1].coef = over;
    opts.cov = 1;
    check(sipas_estimate_contrast(table, f, 2, &opts, &out, &err), &err);
    if (whole_row >= 3 && !isnan(real(table, "se", 3)) && !isnan(real(table, "se", 1)))
        assert_close_scaled(real(out, "se", 0), combined_se(s, parts, table, rows, coef, 3, kind), 1e-12,
                            real(table, "se", 0));
    assert_close_scaled(real(out, "se", 1), combined_se(s, parts, table, ratio_rows, slopes, 2, kind), 1e-12, 1e-2);
    assert_string_equal(text(out, "contrast", 1), "part of the whole");
    if (!isnan(real(out, "se", 0))) {
        double variance = pow(real(out, "se", 1), 2.0);

        assert_close(covariance(out, 1, 1), variance, 1e-13);
        variance = pow(real(out, "se", 0), 2.0) + pow(real(out, "se", 1), 2.0) + 2.0 * covariance(out, 0, 1);
        opts.cov = 0;
        {
            static const int64_t two[2] = {0, 1};
            sipas_function sum = SIPAS_FUNCTION_INIT;
            sipas_table *again;

            sum.n_terms = 2;
            sum.term = two;
            check(sipas_estimate_contrast(out, &sum, 1, &opts, &again, &err), &err); /* a contrast of contrasts */
            assert_close_scaled(pow(real(again, "se", 0), 2.0), variance, 1e-12, pow(real(out, "se", 0), 2.0));
            sipas_table_free(again);
        }
    }
    check_pairs(s, parts, table, kind);
    sipas_table_free(out);
    sipas_table_free(table);
}

static void test_against_brute_force(void **state)
{
    static const sample_design parts[] = {{0, 0, 1, 0, 0, 0}, {0, 1, 1, 0, 0, 0}, {1, 0, 1, 0, 0, 0},
                                          {1, 1, 1, 0, 0, 0}, {2, 2, 1, 0, 0, 0}, {3, 3, 1, 0, 0, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        for (uint64_t seed = 1; seed <= 4; seed++) {
            random_sample *s = random_sample_new(seed, 0);

            for (int kind = MEAN; kind <= RATIO; kind++) check_contrasts(s, &parts[i], kind);
            random_sample_free(s);
        }
}

/* ---- tests and adjustments ---- */

static void test_adjustments(void **state)
{
    random_sample *s = random_sample_new(7, 0);
    const sample_design parts = {1, 0, 1, 0, 0, 0};
    sipas_table *table = means_by(s, &parts, MEAN, 0, 0, 1), *holm, *bonferroni;
    sipas_contrast_opts opts = SIPAS_CONTRAST_OPTS_INIT;
    sipas_error err;
    int64_t n, m = 0;

    (void)state;
    opts.df = SIPAS_CONTRAST_DF_DESIGN;
    opts.adjust = SIPAS_ADJUST_BONFERRONI;
    check(sipas_estimate_pairs(table, &opts, &bonferroni, &err), &err);
    opts.adjust = SIPAS_ADJUST_HOLM;
    check(sipas_estimate_pairs(table, &opts, &holm, &err), &err);
    assert_string_equal(meta(holm, "adjust"), "holm");
    n = sipas_table_count_rows(holm);
    assert_true(n >= 3);
    for (int64_t i = 0; i < n; i++) m += !missing(holm, "p", i);
    for (int64_t i = 0; i < n; i++) {
        const double p = real(holm, "p", i);
        double worst = 0.0;

        if (isnan(p)) continue;
        for (int64_t j = 0; j < n; j++) { /* Holm (1979): max over the p below it of (m - rank + 1) p */
            int64_t rank = 1;

            if (isnan(real(holm, "p", j)) || real(holm, "p", j) > p) continue;
            for (int64_t k = 0; k < n; k++) rank += real(holm, "p", k) < real(holm, "p", j);
            worst = fmax(worst, (double)(m - rank + 1) * real(holm, "p", j));
        }
        assert_close(real(holm, "p_adjusted", i), fmin(1.0, worst), 1e-15);
        assert_close(real(bonferroni, "p_adjusted", i), fmin(1.0, (double)m * p), 1e-15);
        assert_close(real(holm, "t", i), real(holm, "estimate", i) / real(holm, "se", i), 1e-15);
    }
    sipas_table_free(holm);
    sipas_table_free(bonferroni);
    sipas_table_free(table);
    random_sample_free(s);
}

/* t with 3 degrees of freedom has the area in closed form: P(|T| > t) = 1 - 2/π (atan(t/√3) + t √3 / (3 + t²)). */
static void test_p_value(void **state)
{
    random_sample *s = random_sample_new(3, 0);
    const sample_design parts = {1, 0, 1, 0, 0, 0};
    sipas_table *table = means_by(s, &parts, MEAN, 0, 1, 1), *pairs;
    sipas_contrast_opts opts = SIPAS_CONTRAST_OPTS_INIT;
    sipas_error err;
    double t, quantile;

    (void)state;
    opts.df = SIPAS_CONTRAST_DF_GIVEN;
    opts.df_value = 3.0;
    check(sipas_estimate_pairs(table, &opts, &pairs, &err), &err);
    t = fabs(real(pairs, "t", 0));
    assert_close(real(pairs, "p", 0), 1.0 - 2.0 / acos(-1.0) * (atan(t / sqrt(3.0)) + t * sqrt(3.0) / (3.0 + t * t)),
                 1e-12);
    quantile = (real(pairs, "upper", 0) - real(pairs, "estimate", 0)) / real(pairs, "se", 0);
    assert_close(quantile, 3.182446305284263, 1e-12); /* t table, 0.975, 3 df */
    assert_string_equal(meta(pairs, "df_rule"), "given");
    sipas_table_free(pairs);
    sipas_table_free(table);
    random_sample_free(s);
}

static void test_df_rules(void **state)
{
    static const int64_t rows[] = {0, 1, 1};
    random_sample *s = random_sample_new(5, 0);
    const sample_design parts = {1, 0, 1, 0, 0, 0};
    sipas_design *design = random_sample_open(s, &parts, NULL);
    sipas_table *table = means_by(s, &parts, MEAN, 0, 1, 1), *out;
    sipas_contrast_opts opts = SIPAS_CONTRAST_OPTS_INIT;
    sipas_function f = SIPAS_FUNCTION_INIT;
    const double df = sipas_design_get_df(design);
    sipas_error err;

    (void)state;
    f.n_terms = 3;
    f.term = rows;
    opts.df = SIPAS_CONTRAST_DF_DESIGN;
    check(sipas_estimate_contrast(table, &f, 1, &opts, &out, &err), &err);
    assert_true(real(out, "df", 0) == df);
    sipas_table_free(out);
    opts.df = SIPAS_CONTRAST_DF_REGRESSION;
    check(sipas_estimate_contrast(table, &f, 1, &opts, &out, &err), &err);
    assert_true(real(out, "df", 0) == df - 1.0);
    sipas_table_free(out);
    sipas_table_free(table);
    sipas_design_free(design);
    random_sample_free(s);
}

/* ---- two rounds ---- */

enum { MOST = 400 };

/* A round: rows of a random sample. SOME: in round 2 third PSUs are new, or gone where the stratum is even; one PSU of stratum 2
 * stays. */
typedef struct one_round {
    int64_t n;
    int32_t stratum[MOST], psu[MOST], group[MOST], wave[MOST];
    double weight[MOST], y[MOST], population[MOST];
} one_round;

typedef enum overlap_kind { ALL, SOME, NOTHING } overlap_kind;

/* Round 2 has the people of round 1, who think differently by now, in the PSUs that stay. */
static void make_rounds(const random_sample *s, overlap_kind kind, double population, one_round *first,
                        one_round *second)
{
    first->n = second->n = 0;
    for (size_t i = 0; i < s->n; i++) {
        const int32_t psu = s->psu[i];
        const int new_one = kind == NOTHING || (kind == SOME && psu > 1 && (psu == 3 || s->stratum[i] == 2));
        const int gone = kind == SOME && psu == 3 && s->stratum[i] % 2 == 0;
        one_round *const rounds[2] = {first, second};

        for (int r = 0; r < 2; r++) {
            one_round *to = rounds[r];
            const int64_t at = to->n;

            if (r && gone) continue;
            to->n++;
            to->stratum[at] = s->stratum[i];
            to->psu[at] = r && new_one ? psu + 50 : psu;
            to->group[at] = s->by[1][i];
            to->wave[at] = r + 1;
            to->weight[at] = r ? s->weight[i] * (1.0 + 0.1 * (double)(i % 4)) : s->weight[i];
            to->y[at] = r ? 0.7 * s->y[0][i] + 20.0 + 3.0 * sin((double)i) : s->y[0][i];
            to->population[at] = population + (double)s->stratum[i];
        }
    }
}

static sipas_design *open_round(const one_round *r, int fpc)
{
    return open_design(r->n, r->weight, r->stratum, r->psu, fpc ? r->population : NULL, NULL);
}

static sipas_table *estimate_round(sipas_design *design, const one_round *r, int kind)
{
    static const uint32_t levels[] = {0, 1};
    const sipas_column y = sipas_column_f64(r->y, r->n), group = sipas_column_i32(r->group, r->n);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;

    domains.n_by = 1;
    domains.by = &group;
    domains.n_levels = 2;
    domains.levels = levels;
    opts.cov = 1;
    return estimate(design, kind, &y, NULL, 1, &domains, &opts);
}

/* Linearized totals of the PSUs of a round. */
typedef struct psu_total {
    int32_t stratum, psu;
    double z;
} psu_total;

static int64_t psu_totals(const one_round *r, const sipas_table *table, int64_t row, int kind, psu_total *psus)
{
    int64_t n = 0;
    const double mean = real(table, "estimate", row);
    double size = 0.0;

    for (int64_t i = 0; i < r->n; i++)
        if (missing(table, "by1", row) || r->group[i] == whole(table, "by1", row)) size += r->weight[i];
    for (int64_t i = 0; i < r->n; i++) {
        const int in = missing(table, "by1", row) || r->group[i] == whole(table, "by1", row);
        const double z = kind == TOTAL ? r->y[i] : (r->y[i] - mean) / size;
        int64_t at = 0;

        while (at < n && (psus[at].stratum != r->stratum[i] || psus[at].psu != r->psu[i])) at++;
        if (at == n) {
            psus[at].stratum = r->stratum[i];
            psus[at].psu = r->psu[i];
            psus[n++].z = 0.0;
        }
        if (in) psus[at].z += r->weight[i] * z;
    }
    return n;
}

/* Σ_h (1 - n1 n2 / (n_c N)) n_c/(n_c - 1) Σ_i (z1 - z̄1) (z2 - z̄2) over the common PSUs. */
static double common_covariance(const psu_total *a, int64_t n_a, const psu_total *b, int64_t n_b, double population)
{
    double sum = 0.0;

    for (int32_t h = 1; h <= 9; h++) {
        double n = 0.0, mean_a = 0.0, mean_b = 0.0, product = 0.0, n1 = 0.0, n2 = 0.0, factor;

        for (int64_t i = 0; i < n_a; i++) n1 += a[i].stratum == h;
        for (int64_t j = 0; j < n_b; j++) n2 += b[j].stratum == h;
        for (int pass = 0; pass < 2; pass++)
            for (int64_t i = 0; i < n_a; i++)
                for (int64_t j = 0; j < n_b; j++) {
                    if (a[i].stratum != h || b[j].stratum != h || a[i].psu != b[j].psu) continue;
                    if (pass) {
                        product += (a[i].z - mean_a / n) * (b[j].z - mean_b / n);
                    } else {
                        n += 1.0;
                        mean_a += a[i].z;
                        mean_b += b[j].z;
                    }
                }
        if (n < 2.0) continue;
        factor = 1.0 - n1 * n2 / (n * (population + (double)h));
        sum += factor * n / (n - 1.0) * product;
    }
    return sum;
}

static void check_common(const one_round *first, const one_round *second, int kind, int fpc, double population)
{
    sipas_design *d1 = open_round(first, fpc), *d2 = open_round(second, fpc);
    sipas_table *before = estimate_round(d1, first, kind), *after = estimate_round(d2, second, kind), *out;
    sipas_contrast_opts opts = SIPAS_CONTRAST_OPTS_INIT;
    static psu_total a[MOST], b[MOST];
    sipas_error err;

    opts.overlap = SIPAS_OVERLAP_COMMON;
    check(sipas_estimate_change(before, after, &opts, &out, &err), &err);
    for (int64_t row = 0; row < 3; row++) {
        const int64_t n_a = psu_totals(first, before, row, kind, a), n_b = psu_totals(second, after, row, kind, b);
        const double c = common_covariance(a, n_a, b, n_b, fpc ? population : INFINITY);
        const double v1 = pow(real(before, "se", row), 2.0), v2 = pow(real(after, "se", row), 2.0);
        const double variance = v1 + v2 - 2.0 * c;

        assert_close(real(out, "before", row), real(before, "estimate", row), 0.0);
        assert_close(real(out, "after", row), real(after, "estimate", row), 0.0);
        assert_close(real(out, "estimate", row), real(after, "estimate", row) - real(before, "estimate", row), 0.0);
        assert_close_scaled(pow(real(out, "se", row), 2.0), variance < 0.0 ? NAN : variance, 1e-11, v1 + v2);
        assert_close_scaled(real(out, "correlation", row), c / sqrt(v1 * v2), 1e-10, 1.0);
        assert_true(real(out, "df", row) == fmin(real(before, "df", row), real(after, "df", row)));
    }
    assert_string_equal(meta(out, "overlap"), "common");
    sipas_table_free(out);
    sipas_table_free(before);
    sipas_table_free(after);
    sipas_design_free(d1);
    sipas_design_free(d2);
}

static void test_common_psus(void **state)
{
    static one_round first, second;

    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++)
        for (int kind = MEAN; kind <= TOTAL; kind++)
            for (int overlap = ALL; overlap <= NOTHING; overlap++)
                for (int fpc = 0; fpc <= 1; fpc++) {
                    random_sample *s = random_sample_new(seed, 0);

                    make_rounds(s, (overlap_kind)overlap, 2.0, &first, &second);
                    check_common(&first, &second, kind, fpc, 2.0);
                    random_sample_free(s);
                }
}

/* The rows of both rounds in one design, and the difference of the rounds as domains. */
static void stack(const one_round *first, const one_round *second, one_round *both)
{
    const one_round *const of[2] = {first, second};

    both->n = 0;
    for (int r = 0; r < 2; r++)
        for (int64_t i = 0; i < of[r]->n; i++) {
            const int64_t at = both->n++;

            both->stratum[at] = of[r]->stratum[i];
            both->psu[at] = of[r]->psu[i];
            both->group[at] = of[r]->group[i];
            both->wave[at] = of[r]->wave[i];
            both->weight[at] = of[r]->weight[i];
            both->y[at] = of[r]->y[i];
            both->population[at] = of[r]->population[i];
        }
}

/* Standard errors of after - before: the whole, group 0, group 1. */
static void stacked_se(const one_round *both, int kind, int fpc, int relative, double se[3])
{
    static const uint32_t levels[] = {1, 3};
    const sipas_column by[2] = {sipas_column_i32(both->wave, both->n), sipas_column_i32(both->group, both->n)},
                       y = sipas_column_f64(both->y, both->n);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_design *design = open_round(both, fpc);
    sipas_table *table, *out;
    static const int64_t rows[3][2] = {{1, 0}, {4, 2}, {5, 3}};
    static const double minus[] = {1.0, -1.0};
    sipas_error err;

    domains.n_by = 2;
    domains.by = by;
    domains.n_levels = 2;
    domains.levels = levels;
    opts.cov = 1;
    table = estimate(design, kind, &y, NULL, 1, &domains, &opts);
    for (int k = 0; k < 3; k++) {
        sipas_function f = SIPAS_FUNCTION_INIT;

        f.n_terms = 2;
        f.term = rows[k];
        f.coef = minus;
        if (relative) f.kind = SIPAS_FUNCTION_POWER;
        check(sipas_estimate_contrast(table, &f, 1, NULL, &out, &err), &err);
        se[k] = real(out, "se", 0);
        sipas_table_free(out);
    }
    sipas_table_free(table);
    sipas_design_free(design);
}

static void check_joined(const one_round *first, const one_round *second, int kind, int fpc, int relative, int all)
{
    static one_round both;
    sipas_design *d1 = open_round(first, fpc), *d2 = open_round(second, fpc);
    sipas_table *before = estimate_round(d1, first, kind), *after = estimate_round(d2, second, kind), *out;
    sipas_contrast_opts opts = SIPAS_CONTRAST_OPTS_INIT;
    double se[3];
    sipas_error err;

    stack(first, second, &both);
    stacked_se(&both, kind, fpc, relative, se);
    opts.overlap = SIPAS_OVERLAP_JOINED;
    opts.relative = relative;
    if (fpc && !all) {
        assert_int_equal(sipas_estimate_change(before, after, &opts, &out, &err), SIPAS_ERR_ARGUMENT);
        assert_null(out);
    } else {
        check(sipas_estimate_change(before, after, &opts, &out, &err), &err);
        for (int64_t row = 0; row < 3; row++) assert_close(real(out, "se", row), se[row], 1e-12);
        sipas_table_free(out);
    }
    opts.overlap = SIPAS_OVERLAP_COMMON;
    check(sipas_estimate_change(before, after, &opts, &out, &err), &err);
    for (int64_t row = 0; all && row < 3; row++) assert_close(real(out, "se", row), se[row], 1e-12);
    sipas_table_free(out);
    sipas_table_free(before);
    sipas_table_free(after);
    sipas_design_free(d1);
    sipas_design_free(d2);
}

/* The joined rule is the stacked design; and so is the common rule when every PSU is common. */
static void test_stacked_rounds(void **state)
{
    static one_round first, second;

    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++)
        for (int kind = MEAN; kind <= TOTAL; kind++)
            for (int overlap = ALL; overlap <= NOTHING; overlap++)
                for (int fpc = 0; fpc <= 1; fpc++) {
                    random_sample *s = random_sample_new(seed, 0);

                    make_rounds(s, (overlap_kind)overlap, 20.0, &first, &second);
                    check_joined(&first, &second, kind, fpc, seed % 2, overlap == ALL);
                    random_sample_free(s);
                }
}

static void check_independent(overlap_kind kind)
{
    static one_round first, second;
    random_sample *s = random_sample_new(4, 0);
    sipas_design *d1, *d2;
    sipas_table *before, *after, *out, *common;
    sipas_contrast_opts opts = SIPAS_CONTRAST_OPTS_INIT;
    sipas_error err;

    make_rounds(s, kind, 0.0, &first, &second);
    d1 = open_round(&first, 0);
    d2 = open_round(&second, 0);
    before = estimate_round(d1, &first, MEAN);
    after = estimate_round(d2, &second, MEAN);
    opts.adjust = SIPAS_ADJUST_HOLM;
    check(sipas_estimate_change(before, after, &opts, &out, &err), &err);
    opts.overlap = SIPAS_OVERLAP_COMMON;
    check(sipas_estimate_change(before, after, &opts, &common, &err), &err);
    if (kind == NOTHING) assert_non_null(find_note(common, "no_common_psu", -1));
    if (kind == SOME) assert_non_null(find_note(common, "one_common_psu", -1));
    if (kind == SOME) assert_true(real(before, "df", 0) != real(after, "df", 0));
    for (int64_t row = 0; row < 3; row++) {
        const double v1 = pow(real(before, "se", row), 2.0), v2 = pow(real(after, "se", row), 2.0);

        assert_close(pow(real(out, "se", row), 2.0), v1 + v2, 1e-14);
        if (kind == NOTHING) assert_close(real(common, "se", row), real(out, "se", row), 1e-14);
        assert_close(real(out, "df", row),
                     (v1 + v2) * (v1 + v2) / (v1 * v1 / real(before, "df", row) + v2 * v2 / real(after, "df", row)),
                     1e-13);
    }
    assert_string_equal(meta(out, "df_rule"), "satterthwaite");
    assert_close(real(out, "p_adjusted", 0), real(out, "p", 0), 0.0); /* a family of its own */
    assert_close(fmin(real(out, "p_adjusted", 1), real(out, "p_adjusted", 2)),
                 fmin(1.0, 2.0 * fmin(real(out, "p", 1), real(out, "p", 2))), 1e-15);
    sipas_table_free(common);
    sipas_table_free(out);
    sipas_table_free(before);
    sipas_table_free(after);
    sipas_design_free(d1);
    sipas_design_free(d2);
    random_sample_free(s);
}

static void test_independent_rounds(void **state)
{
    (void)state;
    check_independent(NOTHING);
    check_independent(SOME);
}

/* Codes match by what they say: text "1" is number 1. Groups that one round lacks are noted. */
static void test_matching(void **state)
{
    static one_round first, second;
    static const char *label[MOST];
    static char number[MOST][16];
    random_sample *s = random_sample_new(4, 0);
    sipas_design *d1, *d2 = NULL;
    sipas_table *before, *after, *out, *plain;
    sipas_contrast_opts opts = SIPAS_CONTRAST_OPTS_INIT;
    sipas_column weights, strata, psus;
    sipas_error err;

    (void)state;
    make_rounds(s, ALL, 0.0, &first, &second);
    for (int64_t i = 0; i < second.n; i++) {
        (void)snprintf(number[i], sizeof number[i], "%d", (int)second.psu[i]);
        label[i] = number[i];
    }
    weights = sipas_column_f64(second.weight, second.n);
    strata = sipas_column_i32(second.stratum, second.n);
    psus = sipas_column_code(label, second.n);
    check(sipas_design_new(NULL, second.n, &weights, &strata, &psus, 1, NULL, NULL, &d2, &err), &err);
    d1 = open_round(&first, 0);
    before = estimate_round(d1, &first, MEAN);
    after = estimate_round(d2, &second, MEAN);
    sipas_design_free(d2);
    opts.overlap = SIPAS_OVERLAP_COMMON;
    check(sipas_estimate_change(before, after, &opts, &out, &err), &err);
    d2 = open_round(&second, 0);
    sipas_table_free(after);
    after = estimate_round(d2, &second, MEAN);
    check(sipas_estimate_change(before, after, &opts, &plain, &err), &err);
    check_identical(out, plain);
    sipas_table_free(out);
    sipas_table_free(plain);
    sipas_table_free(after);
    for (int64_t i = 0; i < second.n; i++) second.group[i] = second.group[i] ? 5 : 0;
    after = estimate_round(d2, &second, MEAN);
    check(sipas_estimate_change(before, after, &opts, &out, &err), &err);
    assert_true(missing(out, "before", 2) && missing(out, "estimate", 2) && !missing(out, "after", 2));
    assert_int_equal(whole(out, "by1", 2), 5);
    assert_non_null(find_note(out, "no_before", 2));
    assert_non_null(strstr(find_note(out, "no_after", -1), "1 rows"));
    sipas_table_free(out);
    sipas_table_free(before);
    sipas_table_free(after);
    sipas_design_free(d1);
    sipas_design_free(d2);
    random_sample_free(s);
}

/* ---- other tables ---- */

/* Pairs stay within a category, and categories are families of their own. */
static void test_categories(void **state)
{
    random_sample *s = random_sample_new(6, 0);
    const sample_design parts = {1, 0, 1, 0, 0, 0};
    const int64_t n = (int64_t)s->n;
    const sipas_column y = sipas_column_i32(s->by[1], n), by = sipas_column_i32(s->stratum, n);
    sipas_design *design = random_sample_open(s, &parts, NULL);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_contrast_opts holm = SIPAS_CONTRAST_OPTS_INIT;
    sipas_table *table, *pairs;
    sipas_error err;
    int64_t groups;

    (void)state;
    domains.n_by = 1;
    domains.by = &by;
    opts.cov = 1;
    holm.adjust = SIPAS_ADJUST_BONFERRONI;
    table = category(design, &y, SIPAS_CATEGORY_SHARE, &domains, &opts);
    groups = sipas_table_count_rows(table) / 2;
    check(sipas_estimate_pairs(table, &holm, &pairs, &err), &err);
    assert_int_equal(sipas_table_count_rows(pairs), groups * (groups - 1));
    for (int64_t i = 0; i < sipas_table_count_rows(pairs); i++) {
        const int64_t row = whole(pairs, "row", i), other = whole(pairs, "other", i);

        assert_string_equal(text(pairs, "category", i), text(table, "category", row));
        assert_string_equal(text(pairs, "category", i), text(table, "category", other));
        assert_close(real(pairs, "p_adjusted", i), fmin(1.0, (double)(groups * (groups - 1) / 2) * real(pairs, "p", i)),
                     1e-15);
    }
    sipas_table_free(pairs);
    sipas_table_free(table);
    sipas_design_free(design);
    random_sample_free(s);
}

enum { INDEX_ITEMS = 33 };

/* Nodes of the index are told apart as variables are; a round compared with itself has not changed, for sure. */
static void test_index(void **state)
{
    const sipas_instrument *instrument = sipas_instrument_builtin("2022");
    random_sample *s = random_sample_new(6, 0);
    const sample_design parts = {1, 0, 1, 0, 0, 0};
    const int64_t n = (int64_t)s->n, n_nodes = sipas_instrument_count_nodes(instrument);
    const sipas_column by = sipas_column_i32(s->stratum, n);
    sipas_design *design = random_sample_open(s, &parts, NULL);
    sipas_column answers[INDEX_ITEMS];
    int8_t *codes = malloc(INDEX_ITEMS * s->n);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
    sipas_contrast_opts change = SIPAS_CONTRAST_OPTS_INIT;
    sipas_table *table = NULL, *out;
    sipas_error err;
    int64_t groups;

    (void)state;
    assert_int_equal(sipas_instrument_count_items(instrument), INDEX_ITEMS);
    for (int64_t i = 0; i < INDEX_ITEMS * n; i++) codes[i] = (int8_t)(1 + (i * 7 + i / 11) % 5);
    for (int j = 0; j < INDEX_ITEMS; j++) answers[j] = sipas_column_i8(codes + j * n, n);
    domains.n_by = 1;
    domains.by = &by;
    opts.cov = 1;
    check(sipas_index_estimate(design, instrument, answers, &domains, &opts, &table, &err), &err);
    groups = sipas_table_count_rows(table) / n_nodes;
    check(sipas_estimate_pairs(table, NULL, &out, &err), &err);
    assert_int_equal(sipas_table_count_rows(out), n_nodes * groups * (groups - 1) / 2);
    assert_string_equal(text(out, "node", 0), text(table, "node", 0));
    assert_close(real(out, "se", 0),
                 sqrt(covariance(table, 0, 0) + covariance(table, 1, 1) - 2.0 * covariance(table, 0, 1)), 1e-12);
    sipas_table_free(out);
    for (change.overlap = SIPAS_OVERLAP_COMMON; change.overlap <= SIPAS_OVERLAP_JOINED; change.overlap++) {
        check(sipas_estimate_change(table, table, &change, &out, &err), &err);
        for (int64_t row = 0; row < sipas_table_count_rows(out); row++) {
            const double se = real(table, "se", row);

            assert_true(real(out, "estimate", row) == 0.0);
            assert_close_scaled(real(out, "se", row), 0.0, 1e-6, se);
            if (se > 0.0) assert_close(real(out, "correlation", row), 1.0, 1e-12);
        }
        sipas_table_free(out);
    }
    sipas_table_free(table);
    sipas_design_free(design);
    free(codes);
    random_sample_free(s);
}

/* ---- errors ---- */

#define REFUSED(status_wanted, part, ...)                              \
    do {                                                               \
        out = (sipas_table *)(uintptr_t)&err;                          \
        assert_int_equal((__VA_ARGS__), (status_wanted));              \
        assert_null(out);                                              \
        if (!strstr(err.message, (part))) fail_msg("%s", err.message); \
    } while (0)

static void test_errors(void **state)
{
    static const int64_t rows[] = {0, 99};
    random_sample *s = random_sample_new(4, 0);
    const sample_design parts = {1, 0, 1, 0, 0, 0}, by_row = {0, 0, 1, 0, 0, 0}, stages = {2, 2, 1, 0, 0, 0};
    sipas_table *with = means_by(s, &parts, MEAN, 0, 1, 1), *without = means_by(s, &parts, MEAN, 0, 1, 0),
                *units = means_by(s, &by_row, MEAN, 0, 1, 1), *deep = means_by(s, &stages, MEAN, 0, 1, 1), *out;
    sipas_contrast_opts opts = SIPAS_CONTRAST_OPTS_INIT;
    sipas_function f = SIPAS_FUNCTION_INIT;
    sipas_error err;

    (void)state;
    f.n_terms = 2;
    f.term = rows;
    REFUSED(SIPAS_ERR_NOT_FOUND, "there is no argument 99", sipas_estimate_contrast(with, &f, 1, NULL, &out, &err));
    REFUSED(SIPAS_ERR_NOT_FOUND, "cov", sipas_estimate_contrast(without, &f, 1, NULL, &out, &err));
    REFUSED(SIPAS_ERR_ARGUMENT, "table", sipas_estimate_contrast(NULL, &f, 1, NULL, &out, &err));
    REFUSED(SIPAS_ERR_ARGUMENT, "table", sipas_estimate_pairs(NULL, NULL, &out, &err));
    REFUSED(SIPAS_ERR_NOT_FOUND, "estimate", sipas_estimate_pairs(sipas_table_get_notes(with), NULL, &out, &err));
    REFUSED(SIPAS_ERR_ARGUMENT, "before", sipas_estimate_change(NULL, with, NULL, &out, &err));
    REFUSED(SIPAS_ERR_ARGUMENT, "after", sipas_estimate_change(with, NULL, NULL, &out, &err));
    assert_int_equal(sipas_estimate_pairs(with, NULL, NULL, &err), SIPAS_ERR_ARGUMENT);
    opts.df = SIPAS_CONTRAST_DF_SATTERTHWAITE;
    REFUSED(SIPAS_ERR_OPTION, "df", sipas_estimate_pairs(with, &opts, &out, &err));
    opts.overlap = SIPAS_OVERLAP_COMMON;
    REFUSED(SIPAS_ERR_OPTION, "df", sipas_estimate_change(with, with, &opts, &out, &err));
    opts.df = SIPAS_CONTRAST_DF_GIVEN;
    REFUSED(SIPAS_ERR_OPTION, "df_value", sipas_estimate_change(with, with, &opts, &out, &err));
    opts.df = 0;
    REFUSED(SIPAS_ERR_OPTION, "overlap", sipas_estimate_pairs(with, &opts, &out, &err));
    REFUSED(SIPAS_ERR_NOT_FOUND, "cov", sipas_estimate_change(without, with, &opts, &out, &err));
    REFUSED(SIPAS_ERR_ARGUMENT, "after: the units of its design are its rows",
            sipas_estimate_change(with, units, &opts, &out, &err));
    opts.overlap = SIPAS_OVERLAP_JOINED;
    REFUSED(SIPAS_ERR_ARGUMENT, "before: its design has several stages",
            sipas_estimate_change(deep, with, &opts, &out, &err));
    opts.overlap = 0;
    opts.cov = 1;
    REFUSED(SIPAS_ERR_OPTION, "cov", sipas_estimate_pairs(with, &opts, &out, &err));
    opts.cov = 0;
    opts.relative = 1;
    REFUSED(SIPAS_ERR_OPTION, "relative", sipas_estimate_pairs(with, &opts, &out, &err));
    opts.relative = 0;
    check(sipas_estimate_pairs(with, &opts, &out, &err), &err);
    {
        sipas_table *pairs = out;

        REFUSED(SIPAS_ERR_ARGUMENT, "columns before", sipas_estimate_change(pairs, with, &opts, &out, &err));
        sipas_table_free(pairs);
    }
    sipas_table_free(with);
    sipas_table_free(without);
    sipas_table_free(units);
    sipas_table_free(deep);
    random_sample_free(s);
}

/* A mean with its covariance, of rows whose stratum "b" has one PSU. */
static sipas_table *mean_of_strata(const char *const *stratum, const char *const *psu, int64_t n, int32_t lonely)
{
    static const double y[] = {1.0, 4.0, 2.0, 7.0, 5.0, 3.0};
    const sipas_column strata = sipas_column_code(stratum, n), psus = sipas_column_code(psu, n),
                       values = sipas_column_f64(y, n);
    sipas_design_opts design_opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_design *design;
    sipas_table *table;
    sipas_error err;

    design_opts.lonely_psu = lonely;
    opts.cov = 1;
    check(sipas_design_new(NULL, n, NULL, &strata, &psus, 1, NULL, &design_opts, &design, &err), &err);
    check(sipas_estimate_mean(design, &values, 1, NULL, &opts, &table, &err), &err);
    sipas_design_free(design);
    return table;
}

/* A stratum of the earlier round only, whose PSU is lonely under the rule of the later one: its name is that of the codes. */
static void test_lonely_in_the_joined_design(void **state)
{
    static const char *const stratum[] = {"a", "a", "a", "a", "b", "b"}, *const psu[] = {"1", "1", "2", "2", "3", "3"};
    sipas_table *before = mean_of_strata(stratum, psu, 6, SIPAS_LONELY_REMOVE);
    sipas_table *after = mean_of_strata(stratum, psu, 4, SIPAS_LONELY_ERROR), *out;
    sipas_contrast_opts opts = SIPAS_CONTRAST_OPTS_INIT;
    sipas_error err;

    (void)state;
    opts.overlap = SIPAS_OVERLAP_JOINED;
    REFUSED(SIPAS_ERR_LONELY_PSU, "stratum b has one PSU", sipas_estimate_change(before, after, &opts, &out, &err));
    sipas_table_free(before);
    sipas_table_free(after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_brute_force),
        cmocka_unit_test(test_adjustments),
        cmocka_unit_test(test_p_value),
        cmocka_unit_test(test_df_rules),
        cmocka_unit_test(test_common_psus),
        cmocka_unit_test(test_stacked_rounds),
        cmocka_unit_test(test_independent_rounds),
        cmocka_unit_test(test_matching),
        cmocka_unit_test(test_categories),
        cmocka_unit_test(test_index),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_lonely_in_the_joined_design),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

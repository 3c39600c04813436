/*
 * The index of random samples against brute force: every node, scoring and weighting, every way with missing answers,
 * domains at several levels, covariances, and the country as a mean of its units.
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
#include "brute_force.h"
#include "random_sample.h"
#include "result.h"
#include "small_instrument.h"

/* Answers of a sample: some missing, don't know or not applicable; in group 4 of the first `by` column nobody answers
 * q4. */
typedef struct answers {
    int16_t *code[SMALL_ITEMS];
    double *score[SMALL_ITEMS]; /* NaN = not scored */
} answers;

static answers make_answers(const random_sample *s, uint64_t seed, int scoring, int gaps)
{
    answers a;

    for (int j = 0; j < SMALL_ITEMS; j++) {
        a.code[j] = calloc(s->n + 1, sizeof *a.code[j]);
        a.score[j] = calloc(s->n + 1, sizeof *a.score[j]);
        for (size_t i = 0; i < s->n; i++) {
            const double u = sipas_rng_uniform(seed, 9, i, (uint64_t)j, 0),
                         v = sipas_rng_uniform(seed, 9, i, (uint64_t)j, 1);
            const double level = 0.6 * u +
                                 0.4 * sipas_rng_uniform(seed, 9, (uint64_t)s->psu[i], 77, (uint64_t)s->stratum[i]);
            const int code = small_first_code(j) + (int)(level * small_levels(j));

            a.code[j][i] = (int16_t)code;
            a.score[j][i] = small_score(j, scoring, code);
            if (!gaps || !(v < 0.2 || (j == 3 && s->by[0][i] == 4))) continue;
            a.score[j][i] = NAN;
            a.code[j][i] = v < 0.1 ? -9 : j == 5 ? 300 : 98;
        }
    }
    return a;
}

static void free_answers(answers *a)
{
    for (int j = 0; j < SMALL_ITEMS; j++) {
        free(a->code[j]);
        free(a->score[j]);
    }
}

/* Value of a node the long way; z gets its linearized values, `answered` who answered an item of it. */
static double brute_node(const brute_design *d, const answers *a, int missing_rule, const double *coef,
                         const uint8_t *in, double *z, uint8_t *answered)
{
    double *part = calloc(d->n, sizeof *part), value = 0.0, *mean = calloc(d->n, sizeof *mean);
    uint8_t *kept = calloc(d->n, 1);

    for (size_t i = 0; i < d->n; i++) {
        int all = 1, any = 0;
        double sum = 0.0, weight = 0.0;

        z[i] = 0.0;
        for (int j = 0; j < SMALL_ITEMS; j++) {
            if (isnan(a->score[j][i])) all = 0;
            if (isnan(a->score[j][i]) || coef[j] == 0.0) continue;
            any = 1;
            sum += coef[j] * a->score[j][i];
            weight += coef[j];
        }
        kept[i] = in[i] && (all || missing_rule != SIPAS_MISSING_COMPLETE);
        answered[i] = kept[i] && any;
        mean[i] = any ? sum / weight : NAN;
    }
    if (missing_rule == SIPAS_MISSING_RESPONDENT) {
        value = brute_mean(d, kept, mean, z);
    } else {
        for (int j = 0; j < SMALL_ITEMS; j++) {
            if (coef[j] == 0.0) continue;
            value += coef[j] * brute_mean(d, kept, a->score[j], part);
            for (size_t i = 0; i < d->n; i++) z[i] += coef[j] * part[i];
        }
    }
    free(part);
    free(mean);
    free(kept);
    return value;
}

enum { MOST_ROWS = SMALL_NODES * (1 + 4 + 2) };

typedef struct line {
    double value, se, *z;
} line;

static line check_node(const random_sample *s, const brute_design *d, const answers *a, const sipas_index_opts *opts,
                       const sipas_table *table, int64_t row, int node)
{
    static const char *const by[2] = {"by1", "by2"};
    const int weighting = opts->weighting ? opts->weighting : SIPAS_WEIGHTING_CRITERION;
    uint8_t *in = malloc(s->n), *answered = malloc(s->n);
    line l = {0.0, 0.0, calloc(s->n, sizeof(double))};
    int64_t psus, strata;
    double n = 0.0;

    for (size_t i = 0; i < s->n; i++) {
        in[i] = 1;
        for (int b = 0; b < 2; b++)
            if (!missing(table, by[b], row) && s->by[b][i] != whole(table, by[b], row)) in[i] = 0;
    }
    l.value = brute_node(d, a, opts->missing, small_coef[weighting - 1][node], in, l.z, answered);
    for (size_t i = 0; i < s->n; i++) n += answered[i] && d->weight[i] != 0.0;
    brute_psus(d, answered, &psus, &strata);
    assert_true((double)whole(table, "n", row) == n);
    assert_true(whole(table, "psus", row) == psus);
    assert_true(real(table, "df", row) == (double)(psus - strata));
    l.se = isnan(l.value) || psus == 1 ? NAN : brute_se(d, l.z);
    assert_close(real(table, "estimate", row), l.value, 1e-11);
    assert_close_scaled(real(table, "se", row), l.se, 1e-10, 0.01);
    assert_string_equal(text(table, "node", row), small_nodes[node]);
    free(in);
    free(answered);
    return l;
}

static void check_index(const random_sample *s, const sample_design *parts, const sipas_index_opts *opts, int gaps)
{
    static const uint32_t levels[] = {0, 1, 2};
    const int64_t n = (int64_t)s->n;
    const sipas_column by[2] = {sipas_column_i32(s->by[0], n), sipas_column_i32(s->by[1], n)};
    const brute_design d = random_sample_brute(s, parts);
    answers a = make_answers(s, s->n, opts->scoring, gaps);
    sipas_instrument *instrument = small_instrument_new();
    sipas_design *design = random_sample_open(s, parts, NULL);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_column column[SMALL_ITEMS];
    line l[MOST_ROWS] = {{0}};
    sipas_table *table = NULL;
    sipas_error err;
    int64_t rows;

    for (int j = 0; j < SMALL_ITEMS; j++) column[j] = sipas_column_i16(a.code[j], n);
    domains.n_by = 2;
    domains.by = by;
    domains.n_levels = 3;
    domains.levels = levels;
    check(sipas_index_estimate(design, instrument, column, &domains, opts, &table, &err), &err);
    rows = sipas_table_count_rows(table);
    assert_in_range(rows, SMALL_NODES * (1 + 3 + 2), MOST_ROWS);
    for (int64_t row = 0; row < rows; row++)
        l[row] = check_node(s, &d, &a, opts, table, row, (int)(row / (rows / SMALL_NODES)));
    for (int64_t i = 0; i < rows && opts->cov; i += 2)
        for (int64_t j = i; j < rows; j += 5) {
            const double value = covariance(table, i, j);

            if (isnan(l[i].se) || isnan(l[j].se))
                assert_true(isnan(value));
            else
                assert_close_scaled(value, brute_covariance(&d, l[i].z, l[j].z), 1e-10, l[i].se * l[j].se + 1e-2);
        }
    for (int64_t row = 0; row < rows; row++) free(l[row].z);
    sipas_table_free(table);
    sipas_design_free(design);
    sipas_instrument_free(instrument);
    free_answers(&a);
}

static const sample_design designs[] = {{0, 0, 1, 0, 0, 0}, {0, 1, 1, 0, 0, 0}, {1, 0, 1, 0, 0, 0},
                                        {1, 1, 1, 0, 0, 0}, {2, 2, 1, 0, 0, 0}, {2, 2, 1, 1, 0, 0}};

static void check_all(int scoring, int weighting, int missing_rule, int gaps, uint64_t seed)
{
    for (size_t i = 0; i < sizeof designs / sizeof designs[0]; i++) {
        random_sample *s = random_sample_new(seed + i, designs[i].certainty ? SAMPLE_CERTAIN : 0);
        sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;

        opts.scoring = scoring;
        opts.weighting = weighting;
        opts.missing = missing_rule;
        opts.cov = (int32_t)((seed + i) % 2);
        check_index(s, &designs[i], &opts, gaps);
        random_sample_free(s);
    }
}

static void test_scorings(void **state)
{
    (void)state;
    for (int scoring = SIPAS_SCORING_DEFAULT; scoring <= SIPAS_SCORING_RESCALED; scoring++)
        check_all(scoring, 0, 0, 1, 10);
}

static void test_weightings(void **state)
{
    (void)state;
    for (int weighting = SIPAS_WEIGHTING_CRITERION; weighting <= SIPAS_WEIGHTING_EXPLICIT; weighting++)
        check_all(SIPAS_SCORING_RESCALED, weighting, 0, 1, 20);
}

static void test_missing_answers(void **state)
{
    (void)state;
    for (int missing_rule = SIPAS_MISSING_AVAILABLE; missing_rule <= SIPAS_MISSING_RESPONDENT; missing_rule++)
        for (int weighting = SIPAS_WEIGHTING_CRITERION; weighting <= SIPAS_WEIGHTING_EXPLICIT; weighting += 3)
            check_all(SIPAS_SCORING_MEAN_OVER_MAX, weighting, missing_rule, 1, 30 + (uint64_t)weighting);
}

/* Without gaps the three rules are one. */
static void test_no_gaps(void **state)
{
    (void)state;
    for (int missing_rule = SIPAS_MISSING_AVAILABLE; missing_rule <= SIPAS_MISSING_RESPONDENT; missing_rule++)
        check_all(SIPAS_SCORING_MEAN_OVER_MAX, SIPAS_WEIGHTING_EXPLICIT, missing_rule, 0, 40);
}

/* ---- the whole as a mean over units ---- */

/* Value and SE of the whole follow from the units' by their shares and covariances. */
static void check_whole(uint64_t seed, int whole_rule, int missing_rule)
{
    static const uint32_t levels[] = {0, 1};
    static const int32_t unit[4] = {4, 1, 3, 2};
    static const double people[4] = {40.0, 10.0, 33.0, 25.5};
    const sample_design parts = {1, 1, 1, 0, 0, 0};
    random_sample *s = random_sample_new(seed, 0);
    const int64_t n = (int64_t)s->n;
    const sipas_column by = sipas_column_i32(s->by[0], n), unit_code = sipas_column_i32(unit, 4),
                       population = sipas_column_f64(people, 4);
    answers a;
    sipas_instrument *instrument = small_instrument_new();
    sipas_design *design = random_sample_open(s, &parts, NULL);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
    sipas_column column[SMALL_ITEMS];
    sipas_table *of_units = NULL, *pooled = NULL;
    sipas_error err;
    int64_t groups;

    for (size_t i = 0; i < s->n; i++) /* all four units have answers from several PSUs */
        if (s->by[0][i] == 4 || s->y[0][i] > 56.0) s->by[0][i] = s->y[0][i] > 52.0 ? 4 : 2;
    a = make_answers(s, seed, SIPAS_SCORING_MEAN_OVER_MAX, 0);
    for (int j = 0; j < SMALL_ITEMS; j++) {
        for (size_t i = (size_t)j; i < s->n; i += 11) a.code[j][i] = -9;
        column[j] = sipas_column_i16(a.code[j], n);
    }
    domains.n_by = 1;
    domains.by = &by;
    domains.n_levels = 2;
    domains.levels = levels;
    opts.scoring = SIPAS_SCORING_MEAN_OVER_MAX;
    opts.missing = missing_rule;
    opts.cov = 1;
    opts.unweighted = 1;
    check(sipas_index_estimate(design, instrument, column, &domains, &opts, &pooled, &err), &err);
    opts.whole = whole_rule;
    opts.population_code = &unit_code;
    opts.population = &population;
    check(sipas_index_estimate(design, instrument, column, &domains, &opts, &of_units, &err), &err);
    assert_string_equal(meta(of_units, "whole"), whole_rule == SIPAS_WHOLE_POPULATION ? "population" : "mean_of_units");
    groups = sipas_table_count_rows(pooled) / SMALL_NODES;
    assert_int_equal(groups, 5);
    for (int64_t row = 0; row < sipas_table_count_rows(pooled); row += groups) {
        double value = 0.0, variance = 0.0, share[5];

        for (int64_t g = 1; g < groups; g++) {
            check_rows_alike(of_units, row + g, pooled, row + g, 0.0); /* the units themselves are what they are */
            share[g] = 0.25;
            for (int u = 0; u < 4 && whole_rule == SIPAS_WHOLE_POPULATION; u++)
                if (unit[u] == whole(pooled, "by1", row + g)) share[g] = people[u] / 108.5;
            value += share[g] * real(pooled, "estimate", row + g);
        }
        for (int64_t g = 1; g < groups; g++)
            for (int64_t h = 1; h < groups; h++) variance += share[g] * share[h] * covariance(pooled, row + g, row + h);
        assert_close(real(of_units, "estimate", row), value, 1e-13);
        assert_close(real(of_units, "se", row), sqrt(variance), 1e-11);
        assert_close(covariance(of_units, row, row), variance, 1e-11);
        assert_true(fabs(value - real(pooled, "estimate", row)) > 1e-6);
        assert_true(whole(of_units, "n", row) == whole(pooled, "n", row));
        assert_close(real(of_units, "unweighted", row), real(pooled, "unweighted", row), 1e-15);
    }
    sipas_table_free(pooled);
    sipas_table_free(of_units);
    sipas_design_free(design);
    sipas_instrument_free(instrument);
    free_answers(&a);
    random_sample_free(s);
}

static void test_whole(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++)
        for (int whole_rule = SIPAS_WHOLE_MEAN_OF_UNITS; whole_rule <= SIPAS_WHOLE_POPULATION; whole_rule++)
            check_whole(seed, whole_rule, seed % 2 ? SIPAS_MISSING_AVAILABLE : SIPAS_MISSING_RESPONDENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scorings), cmocka_unit_test(test_weightings), cmocka_unit_test(test_missing_answers),
        cmocka_unit_test(test_no_gaps),  cmocka_unit_test(test_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

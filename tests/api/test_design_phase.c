/*
 * Two phases: the estimated variance averages to the true one over all samples there are of a small population, for phases
 * of every kind; weights, degrees of freedom, and what is refused.
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
#include "result.h"

enum { POPULATION = 8, FIRST = 6 };

static const double value_of[POPULATION] = {2.0, 3.0, 20.0, 21.0, 40.0, 41.0, 60.0, 62.0};
static const uint8_t domain_of[POPULATION] = {1, 0, 1, 1, 1, 0, 1, 1};

/* What is drawn, and the running average over the samples. */
typedef struct experiment {
    int clusters; /* phase 1 draws 3 of 4 pairs of neighbours; else 6 of 8 units */
    int32_t kind; /* of phase 2 */
    int in_domain;
    double mean, square, average, probability;
} experiment;

static int bits(unsigned set)
{
    int n = 0;

    for (; set; set &= set - 1) n++;
    return n;
}

/* Estimates from phase 1 = the units of `first`, phase 2 = those of `second`. */
static double estimate_sample(const experiment *x, unsigned first, unsigned second, double *variance)
{
    int32_t pair[FIRST] = {0}, unit[FIRST] = {0}, group[FIRST] = {0};
    double y[FIRST] = {0}, size1[FIRST] = {0}, size2[FIRST] = {0}, probability[FIRST] = {0};
    uint8_t taken[FIRST] = {0}, in[FIRST] = {0};
    const sipas_column ids[2] = {sipas_column_i32(pair, FIRST), sipas_column_i32(unit, FIRST)};
    const sipas_column fpc[2] = {sipas_column_f64(size1, FIRST), sipas_column_f64(size2, FIRST)};
    const sipas_column column = sipas_column_f64(y, FIRST), sample = sipas_column_bool(taken, FIRST);
    const sipas_column strata = sipas_column_i32(group, FIRST), where = sipas_column_bool(in, FIRST);
    const sipas_column p = sipas_column_f64(probability, FIRST);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_design *design;
    sipas_table *table;
    sipas_error err;
    double total;
    int n = 0;

    for (int i = 0; i < POPULATION; i++) {
        if (!(first >> i & 1u)) continue;
        pair[n] = i / 2;
        unit[n] = i % 2;
        group[n] = n >= FIRST / 2;
        y[n] = (second >> i & 1u) ? value_of[i] : NAN; /* not asked in phase 2, not known */
        size1[n] = x->clusters ? 4.0 : POPULATION;
        size2[n] = 2.0;
        probability[n] = 0.4 + 0.1 * (n % 3);
        taken[n] = (second >> i & 1u) != 0;
        in[n++] = !x->in_domain || domain_of[i];
    }
    opts.phase2 = x->kind;
    opts.phase2_sample = &sample;
    if (x->kind == SIPAS_PHASE2_SRS && !x->clusters) opts.phase2_strata = &strata;
    if (x->kind == SIPAS_PHASE2_BERNOULLI) opts.phase2_fpc = &p;
    domains.where = &where;
    check(sipas_design_new(NULL, FIRST, NULL, NULL, x->clusters ? ids : NULL, x->clusters ? 2 : 0, fpc, &opts, &design,
                           &err),
          &err);
    table = estimate(design, TOTAL, &column, NULL, 1, &domains, NULL);
    total = missing(table, "estimate", 0) ? 0.0 : real(table, "estimate", 0);
    if (x->kind == SIPAS_PHASE2_SRS && !x->in_domain) /* units minus strata of phase 2, but at most pairs minus 1 */
        assert_true(real(table, "df", 0) == 2.0 && sipas_design_get_df(design) == 2.0);
    if (find_note(table, "empty_domain", 0))
        *variance = 0.0;
    else
        *variance = missing(table, "se", 0) ? NAN : real(table, "se", 0) * real(table, "se", 0);
    sipas_table_free(table);
    sipas_design_free(design);
    return total;
}

static void add_sample(experiment *x, unsigned first, unsigned second, double probability)
{
    double variance;
    const double total = estimate_sample(x, first, second, &variance);

    assert_false(isnan(variance)); /* the pairs differ enough for the estimate to stay positive */
    x->probability += probability;
    x->mean += probability * total;
    x->square += probability * total * total;
    x->average += probability * variance;
}

/* Probability with which phase 2 draws `second` of the rows of phase 1; 0 = it cannot. */
static double second_probability(const experiment *x, unsigned first, unsigned second)
{
    double probability = 1.0;
    int row = 0, taken[2] = {0, 0};

    if (second & ~first) return 0.0;
    for (int i = 0; i < POPULATION; i++) {
        if (!(first >> i & 1u)) continue;
        taken[row >= FIRST / 2] += (second >> i & 1u) != 0;
        if (x->kind == SIPAS_PHASE2_BERNOULLI) {
            const double p = 0.4 + 0.1 * (row % 3);

            probability *= (second >> i & 1u) ? p : 1.0 - p;
        }
        row++;
    }
    if (x->kind == SIPAS_PHASE2_BERNOULLI) return second ? probability : 0.0;
    if (x->clusters) return taken[0] + taken[1] == FIRST - 1 ? 1.0 / FIRST : 0.0; /* 5 of 6 */
    return taken[0] == 2 && taken[1] == 2 ? 1.0 / 9.0 : 0.0;                      /* 2 of 3 in each stratum */
}

static void run(experiment *x)
{
    int n_first = 0;
    double nothing = 0.0;

    for (unsigned first = 0; first < 1u << POPULATION; first++)
        n_first += bits(first) == FIRST && (!x->clusters || ((first ^ first >> 1) & 0x55u) == 0);
    for (unsigned first = 0; first < 1u << POPULATION; first++) {
        if (bits(first) != FIRST || (x->clusters && ((first ^ first >> 1) & 0x55u) != 0)) continue;
        for (unsigned second = 0; second < 1u << POPULATION; second++) {
            const double probability = second_probability(x, first, second);

            if (probability > 0.0) add_sample(x, first, second, probability / n_first);
        }
    }
    nothing = 1.0 - x->probability; /* an empty sample of phase 2: estimates 0 with variance 0 */
    assert_true(x->kind == SIPAS_PHASE2_BERNOULLI ? nothing > 0.0 && nothing < 0.05 : fabs(nothing) < 1e-12);
    assert_close(x->average, x->square - x->mean * x->mean, 1e-11);
}

static void test_unbiased(void **state)
{
    double truth = 0.0;

    (void)state;
    for (int i = 0; i < POPULATION; i++) truth += value_of[i];
    for (int clusters = 0; clusters <= 1; clusters++)
        for (int32_t kind = SIPAS_PHASE2_SRS; kind <= SIPAS_PHASE2_BERNOULLI; kind++)
            for (int in_domain = 0; in_domain <= 1; in_domain++) {
                experiment x = {clusters, kind, in_domain, 0.0, 0.0, 0.0, 0.0};

                run(&x);
                if (!in_domain) assert_close(x.mean, truth, 1e-12);
            }
}

/* ---- shapes and refusals ---- */

static const double weight[4] = {2.0, 3.0, 2.0, 3.0}, answer[4] = {1.0, 5.0, NAN, 4.0};
static const int32_t psu[4] = {1, 1, 2, 2};
static const uint8_t chosen[4] = {1, 1, 0, 1}, all[4] = {1, 1, 1, 1};

static sipas_status make(const sipas_design_opts *opts, const sipas_column *fpc, int32_t n_stages,
                         sipas_design **design, sipas_error *err)
{
    const sipas_column w = sipas_column_f64(weight, 4), ids = sipas_column_i32(psu, 4);

    *design = NULL;
    return sipas_design_new(NULL, 4, &w, NULL, n_stages ? &ids : NULL, n_stages, fpc, opts, design, err);
}

/* All of phase 1 taken: the result of one phase, but for the count of degrees of freedom. */
static void test_all_taken(void **state)
{
    static const double full[4] = {1.0, 5.0, 2.0, 4.0};
    const sipas_column y = sipas_column_f64(full, 4), sample = sipas_column_bool(all, 4);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_design *design;
    sipas_table *one, *two;
    sipas_error err;

    (void)state;
    for (int32_t n_stages = 0; n_stages <= 1; n_stages++) {
        opts.phase2 = 0;
        opts.phase2_sample = NULL;
        check(make(&opts, NULL, n_stages, &design, &err), &err);
        one = estimate(design, MEAN, &y, NULL, 1, NULL, NULL);
        sipas_design_free(design);
        opts.phase2 = SIPAS_PHASE2_SRS;
        opts.phase2_sample = &sample;
        check(make(&opts, NULL, n_stages, &design, &err), &err);
        two = estimate(design, MEAN, &y, NULL, 1, NULL, NULL);
        check_alike(one, two, 1e-13);
        assert_non_null(strstr(meta(two, "phase2"), "srs"));
        sipas_table_free(one);
        sipas_table_free(two);
        sipas_design_free(design);
    }
}

static void test_weights(void **state)
{
    const sipas_column y = sipas_column_f64(answer, 4), sample = sipas_column_bool(chosen, 4);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_design *design;
    sipas_table *table;
    sipas_error err;

    (void)state;
    opts.phase2 = SIPAS_PHASE2_SRS;
    opts.phase2_sample = &sample;
    check(make(&opts, NULL, 0, &design, &err), &err);
    table = estimate(design, TOTAL, &y, NULL, 1, NULL, NULL);
    assert_close(real(table, "estimate", 0), 4.0 / 3.0 * (2.0 * 1.0 + 3.0 * 5.0 + 3.0 * 4.0), 1e-14);
    assert_int_equal(whole(table, "n", 0), 3);
    assert_true(real(table, "df", 0) == 2.0 && sipas_design_get_df(design) == 2.0);
    sipas_table_free(table);
    sipas_design_free(design);
}

static void refuse(const sipas_design_opts *opts, const sipas_column *fpc, int32_t n_stages, sipas_status status,
                   const char *sentence)
{
    sipas_design *design;
    sipas_error err;

    assert_int_equal(make(opts, fpc, n_stages, &design, &err), status);
    assert_null(design);
    if (!strstr(err.message, sentence)) fail_msg("\"%s\" does not say \"%s\"", err.message, sentence);
}

static void test_refused(void **state)
{
    static const int32_t strata_of[4] = {1, 1, 2, 2}, mixed[4] = {1, 2, 1, 1};
    static const uint8_t only_first[4] = {1, 1, 0, 0};
    static const double few[4] = {1.5, 1.5, 1.5, 1.5}, above[4] = {0.5, 2.0, 2.0, 0.5}, wrong[4] = {0.5, 0.6, 0.5, 0.5};
    const sipas_column sample = sipas_column_bool(chosen, 4), strata = sipas_column_i32(strata_of, 4);
    const sipas_column other = sipas_column_i32(mixed, 4), half = sipas_column_bool(only_first, 4);
    const sipas_column small = sipas_column_f64(few, 4), mix = sipas_column_f64(above, 4);
    const sipas_column varies = sipas_column_f64(wrong, 4);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;

    (void)state;
    opts.phase2_sample = &sample;
    refuse(&opts, NULL, 0, SIPAS_ERR_OPTION, "SIPAS_PHASE2_NONE");
    opts.phase2 = SIPAS_PHASE2_SRS;
    opts.phase2_sample = NULL;
    refuse(&opts, NULL, 0, SIPAS_ERR_OPTION, "phase2_sample");
    opts.phase2_sample = &sample;
    refuse(&opts, NULL, 1, SIPAS_ERR_VALUE, "row 3: phase2_sample differs");
    opts.phase2_strata = &other;
    opts.phase2_sample = &half;
    refuse(&opts, NULL, 1, SIPAS_ERR_VALUE, "row 1: phase2_strata differs");
    opts.phase2_strata = &strata;
    refuse(&opts, NULL, 0, SIPAS_ERR_VALUE, "no unit of phase-2 stratum 2");
    opts.phase2_sample = &sample;
    opts.phase2_fpc = &small;
    refuse(&opts, NULL, 0, SIPAS_ERR_VALUE, "phase 1 has 1.5 units, but phase 2 has 2");
    opts.phase2_fpc = &mix;
    refuse(&opts, NULL, 0, SIPAS_ERR_VALUE, "row 1: phase2_fpc mixes");
    opts.phase2_fpc = &varies;
    refuse(&opts, NULL, 0, SIPAS_ERR_VALUE, "row 1: phase2_fpc differs");
    opts.phase2_fpc = NULL;
    opts.phase2 = SIPAS_PHASE2_BERNOULLI;
    refuse(&opts, NULL, 0, SIPAS_ERR_OPTION, "needs the probabilities");
    opts.phase2 = SIPAS_PHASE2_SRS;
    opts.lonely_psu = SIPAS_LONELY_AVERAGE;
    refuse(&opts, NULL, 0, SIPAS_ERR_OPTION, "average and collapse");
}

/* A stratum of phase 2 with one unit of several: an error that names it, or a rule. */
static void test_lonely_in_phase2(void **state)
{
    static const int32_t strata_of[4] = {1, 1, 2, 2};
    const sipas_column sample = sipas_column_bool(chosen, 4), strata = sipas_column_i32(strata_of, 4);
    const sipas_column y = sipas_column_f64(answer, 4);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    double se[SIPAS_LONELY_ADJUST_ZERO + 1] = {0.0};
    sipas_table *table = NULL;
    sipas_design *design;
    sipas_error err;

    (void)state;
    opts.phase2 = SIPAS_PHASE2_SRS;
    opts.phase2_sample = &sample;
    opts.phase2_strata = &strata;
    check(make(&opts, NULL, 0, &design, &err), &err);
    assert_int_equal(sipas_estimate_mean(design, &y, 1, NULL, NULL, &table, &err), SIPAS_ERR_LONELY_PSU);
    assert_non_null(strstr(err.message, "stratum 2 of phase 2"));
    sipas_design_free(design);
    for (int32_t rule = SIPAS_LONELY_REMOVE; rule <= SIPAS_LONELY_ADJUST_ZERO; rule++) {
        if (rule == SIPAS_LONELY_AVERAGE) continue;
        opts.lonely_psu = rule;
        check(make(&opts, NULL, 0, &design, &err), &err);
        table = estimate(design, MEAN, &y, NULL, 1, NULL, NULL);
        se[rule] = real(table, "se", 0);
        sipas_table_free(table);
        sipas_design_free(design);
    }
    assert_true(se[SIPAS_LONELY_REMOVE] == se[SIPAS_LONELY_CERTAINTY]);
    assert_true(se[SIPAS_LONELY_ADJUST] == se[SIPAS_LONELY_ADJUST_ZERO]);
}

/* ---- estimates that read the rows twice ---- */

/*
 * The rows are the units and the first of them lie outside phase 2: whatever is made of means and products is what the rows of
 * phase 2 alone give, with their number less 1 as degrees of freedom.
 */
static void test_rows_outside(void **state)
{
    enum { ROWS = 8 };
    static const double a[ROWS] = {1.0, 2.0, 3.0, 4.0, 5.0, 3.0, 2.0, 1.0};
    static const double b[ROWS] = {2.0, 2.0, 3.0, 5.0, 4.0, 3.0, 1.0, 1.0};
    static const uint8_t taken[ROWS] = {0, 1, 1, 1, 1, 1, 0, 1};
    static const int32_t half[ROWS] = {0, 0, 1, 1, 0, 0, 1, 1};
    const sipas_column y[2] = {sipas_column_f64(a, ROWS), sipas_column_f64(b, ROWS)};
    const sipas_column sample = sipas_column_bool(taken, ROWS), by = sipas_column_i32(half, ROWS);
    sipas_domains domains = SIPAS_DOMAINS_INIT, inside = SIPAS_DOMAINS_INIT;
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_design *two, *one;
    sipas_error err;

    (void)state;
    opts.phase2 = SIPAS_PHASE2_SRS;
    opts.phase2_sample = &sample;
    check(sipas_design_new(NULL, ROWS, NULL, NULL, NULL, 0, NULL, &opts, &two, &err), &err);
    check(sipas_design_new(NULL, ROWS, NULL, NULL, NULL, 0, NULL, NULL, &one, &err), &err);
    inside.where = &sample;
    for (int32_t n_by = 0; n_by <= 1; n_by++) {
        sipas_table *table[2][2]; /* statistic × design */

        domains.n_by = inside.n_by = n_by;
        domains.by = inside.by = n_by ? &by : NULL;
        check(sipas_estimate_alpha(two, y, 2, 0, &domains, NULL, &table[0][0], &err), &err);
        check(sipas_estimate_alpha(one, y, 2, 0, &inside, NULL, &table[0][1], &err), &err);
        check(sipas_estimate_moment(two, y, 2, SIPAS_MOMENT_CORRELATION, 0, &domains, NULL, &table[1][0], &err), &err);
        check(sipas_estimate_moment(one, y, 2, SIPAS_MOMENT_CORRELATION, 0, &inside, NULL, &table[1][1], &err), &err);
        for (int k = 0; k < 2; k++) {
            for (int64_t row = 0; row < sipas_table_count_rows(table[k][0]); row++) {
                assert_close(real(table[k][0], "estimate", row), real(table[k][1], "estimate", row), 1e-13);
                assert_true(real(table[k][0], "df", row) == (double)(whole(table[k][1], "n", row) - 1));
            }
            sipas_table_free(table[k][0]);
            sipas_table_free(table[k][1]);
        }
    }
    sipas_design_free(two);
    sipas_design_free(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows_outside), cmocka_unit_test(test_unbiased),
                                       cmocka_unit_test(test_all_taken),    cmocka_unit_test(test_weights),
                                       cmocka_unit_test(test_refused),      cmocka_unit_test(test_lonely_in_phase2)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The two front ends of the variance engine, held against each other: sums and gradient, and row influence in streamed
 * blocks. Means, totals, ratios, shares of categories, index nodes and means over units, under every kind of design.
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

#include "assert_close.h"
#include "engine/covariance.h"
#include "engine/influence.h"
#include "estimate/simple.h"
#include "estimate/variables.h"
#include "random_sample.h"
#include "result.h"

enum { MEANS, TOTALS, RATIOS, SHARES, INDEX, WHOLE, ESTIMANDS };

/* ---- one estimand on one sample ---- */

enum { INDEX_NODES = 2 };

typedef struct subject {
    sipas_design *design;
    sipas__domain domain;
    sipas__variables variables;
    sipas__single_nodes single;
    sipas__source source;
    sipas__nodes nodes;
    sipas__request request;
    sipas__estimation estimation; /* by sums and gradient */
    sipas_column by[2], y[SAMPLE_VARIABLES];
    const random_sample *sample;
} subject;

/* Three classes of variable 0 as indicators; all missing where variable 2 is. */
static void fill_shares(const void *state, int64_t row, int64_t n, double *values, double *work, sipas__fault *fault)
{
    const random_sample *sample = state;

    (void)work;
    (void)fault;
    for (int64_t i = 0; i < n; i++)
        for (int k = 0; k < 3; k++) {
            const double y = sample->y[0][row + i];
            const int of = y < 0.3 ? 0 : y < 1.0 ? 1 : 2;

            values[k * SIPAS__TILE + i] = isnan(sample->y[2][row + i]) ? NAN : (double)(of == k);
        }
}

static void open_nodes(subject *s, int estimand)
{
    static const int64_t start[] = {0, 3, 5};
    static const int32_t atom[] = {0, 1, 2, 2, 0};
    static const double coef[] = {0.5, 0.3, 0.2, 1.0, -1.0};
    const int kind = estimand == TOTALS   ? SIPAS__SINGLE_TOTAL
                     : estimand == RATIOS ? SIPAS__SINGLE_RATIO
                                          : SIPAS__SINGLE_MEAN;
    const sipas__variables_given given = {
        .n = s->design->n,
        .n_y = estimand == RATIOS ? 2 : 3,
        .y = s->y,
        .x = estimand == RATIOS ? s->y + 1 : NULL,
        .origin = {estimand == MEANS ? SIPAS__ORIGIN_FIRST : SIPAS__ORIGIN_ZERO, NULL}};
    sipas_error err;

    check(sipas__variables_init(&s->variables, NULL, &given, &err), &err);
    check(sipas__nodes_single(NULL, &s->single, estimand == RATIOS ? 2 : 3, kind,
                              estimand == MEANS ? s->variables.origin : NULL, &err),
          &err);
    s->nodes = s->single.nodes;
    s->source = s->variables.source;
    if (estimand == SHARES) {
        s->source.state = s->sample;
        s->source.fill = fill_shares;
    }
    if (estimand < INDEX) return;
    s->nodes.n_nodes = INDEX_NODES;
    s->nodes.start = start;
    s->nodes.term_atom = atom;
    s->nodes.term_coef = coef;
}

static void open_subject(subject *s, const random_sample *sample, const sample_design *parts, int estimand, int cov,
                         sipas_ctx *ctx)
{
    static const uint32_t levels[] = {0, 1, 3};
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_error err;

    memset(s, 0, sizeof *s);
    s->sample = sample;
    s->design = random_sample_open(sample, parts, ctx);
    for (int v = 0; v < SAMPLE_VARIABLES; v++) s->y[v] = sipas_column_f64(sample->y[v], (int64_t)sample->n);
    for (int b = 0; b < 2; b++) s->by[b] = sipas_column_i32(sample->by[b], (int64_t)sample->n);
    domains.n_by = 2;
    domains.by = s->by;
    domains.n_levels = 3;
    domains.levels = levels;
    check(sipas__domain_init(&s->domain, NULL, s->design->n, &domains, &err), &err);
    open_nodes(s, estimand);
    s->request.design = s->design;
    s->request.domain = &s->domain;
    s->request.source = &s->source;
    s->request.nodes = &s->nodes;
    s->request.whole.source = estimand == WHOLE ? 1 : -1;
    s->request.cov = cov;
    s->request.totals = estimand == TOTALS;
    check(sipas__estimation_init(&s->estimation, &s->request, &err), &err);
}

static void close_subject(subject *s)
{
    sipas__estimation_clear(&s->estimation);
    sipas__nodes_single_clear(NULL, &s->single);
    sipas__variables_clear(&s->variables);
    sipas__domain_clear(&s->domain);
    sipas_design_free(s->design);
}

/* ---- the same as influence ---- */

/* z of a row from the estimates, one row at a time: the definition, beside the gradient of sums that is tested. */
static double row_influence(const subject *s, int32_t level, int64_t group, int64_t k, const double *values)
{
    const sipas__linear_level *at = &s->estimation.linear.level[level];
    const sipas__nodes *nodes = &s->nodes;
    double z = 0.0;

    for (int64_t t = nodes->start[k]; t < nodes->start[k + 1]; t++) {
        const int32_t a = nodes->term_atom[t];
        const sipas__atom *atom = &nodes->atoms[a];
        const double y = values[(int64_t)atom->num * SIPAS__TILE];
        const double x = atom->den >= 0 ? values[(int64_t)atom->den * SIPAS__TILE] : 1.0;
        const double r = at->value[group * nodes->n_atoms + a], d = at->size[group * nodes->n_atoms + a];

        if (isnan(y) || isnan(x)) continue;
        z += nodes->term_coef[t] * (atom->den == SIPAS__DEN_NONE ? y : (y - r * x) / d);
    }
    return z;
}

static void fill_influence(const void *state, const sipas__influence_tile *tile, double *z, double *work)
{
    const subject *s = state;
    const sipas__linear_level *at = &s->estimation.linear.level[tile->level];
    sipas__fault fault = {-1, 0, 0.0};

    s->source.fill(s->source.state, tile->row, tile->n, work, NULL, &fault);
    for (int64_t k = 0; k < s->nodes.n_nodes; k++)
        for (int64_t i = 0; i < tile->n; i++) {
            const sipas__linear_level *from = &s->estimation.linear.level[at->source];
            const int64_t group = from->segment_group[tile->segment[i]];

            assert_true(tile->group[i] == at->segment_group[tile->segment[i]]);
            z[k * SIPAS__TILE + i] = (at->share ? at->share[group] : 1.0) *
                                     row_influence(s, at->source, group, k, work + i);
        }
}

static void check_both(subject *s, int cov)
{
    const sipas__influence influence = {s->nodes.n_nodes, s, fill_influence, s->source.n_vars * SIPAS__TILE};
    const int64_t n_nodes = s->nodes.n_nodes;
    sipas__influence_totals totals;
    sipas_error err;

    check(sipas__influence_init(&totals, &s->estimation, &influence, &err), &err);
    for (int32_t level = 0; level < s->domain.n_levels; level++)
        for (int64_t g = 0; g < s->domain.level[level].n_groups; g++) {
            const double *by_gradient = s->estimation.spread[level].variance + g * n_nodes;
            double variance[8], covariance[64];

            check(sipas__influence_variance(&totals, level, g, variance, &err), &err);
            for (int64_t k = 0; k < n_nodes; k++) {
                const double estimate = s->estimation.linear.level[level].estimate[g * n_nodes + k];

                if (isnan(estimate)) continue;
                if (isnan(by_gradient[k]) && s->estimation.linear.level[level].domain_psus[g] == 1)
                    continue; /* one PSU of several: it shows no standard error, so the sums leave the variance out */
                assert_true(isnan(variance[k]) == isnan(by_gradient[k]));
                if (!isnan(variance[k]))
                    assert_close_scaled(variance[k], by_gradient[k], 1e-12, 1e-4 * estimate * estimate);
            }
            if (!cov) continue;
            check(sipas__influence_covariance(&totals, level, g, covariance, &err), &err);
            for (int64_t k = 0; k < n_nodes; k++)
                if (!isnan(variance[k])) assert_true(covariance[k * n_nodes + k] == variance[k]);
        }
    sipas__influence_clear(&totals);
}

/* Every estimand, as many designs as there are ways to have one. */
static void test_both_front_ends(void **state)
{
    static const int32_t lonely[] = {SIPAS_LONELY_REMOVE, SIPAS_LONELY_CERTAINTY, SIPAS_LONELY_ADJUST,
                                     SIPAS_LONELY_AVERAGE, SIPAS_LONELY_ADJUST_ZERO};
    int n = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        const int certainty = seed % 2 == 0;
        random_sample *sample = random_sample_new(seed, SAMPLE_LONELY | (certainty ? SAMPLE_CERTAIN : SAMPLE_SORTED) |
                                                            (seed % 3 ? 0 : SAMPLE_NEGATIVE));

        for (int stages = certainty; stages <= 3; stages++)
            for (int fpc = 0; fpc <= (stages ? stages : 1); fpc++)
                for (int cov = 0; cov <= 1; cov++) {
                    const sample_design parts = {stages, fpc, 1, certainty, lonely[n++ % 5], 1};

                    for (int estimand = 0; estimand < ESTIMANDS; estimand++) {
                        subject s;

                        open_subject(&s, sample, &parts, estimand, cov, NULL);
                        check_both(&s, cov);
                        close_subject(&s);
                    }
                }
        random_sample_free(sample);
    }
}

/* Unequal probabilities, two phases and collapsed strata. */
static void test_other_designs(void **state)
{
    static const struct {
        int32_t pps, phase2, lonely;
    } design[] = {
        {SIPAS_PPS_BREWER, 0, SIPAS_LONELY_REMOVE},      {SIPAS_PPS_OVERTON, 0, SIPAS_LONELY_CERTAINTY},
        {SIPAS_PPS_HARTLEY_RAO, 0, SIPAS_LONELY_ADJUST}, {SIPAS_PPS_HAJEK, 0, SIPAS_LONELY_REMOVE},
        {SIPAS_PPS_DEVILLE, 0, SIPAS_LONELY_CERTAINTY},  {0, SIPAS_PHASE2_SRS, SIPAS_LONELY_ADJUST},
        {0, SIPAS_PHASE2_SRS, SIPAS_LONELY_CERTAINTY},   {0, 0, SIPAS_LONELY_COLLAPSE},
    };

    (void)state;
    for (uint64_t seed = 21; seed <= 26; seed++) {
        random_sample *sample = random_sample_new(seed, seed % 2 ? 0 : SAMPLE_LONELY);

        for (size_t d = 0; d < sizeof design / sizeof design[0]; d++) {
            sample->pps = design[d].pps;
            sample->phase2 = design[d].phase2;
            for (int stages = 0; stages <= 3; stages++)
                for (int cov = 0; cov <= 1; cov++) {
                    const sample_design parts = {stages, design[d].pps || seed % 3 == 0, 1, 0, design[d].lonely, 0};

                    if (stages > 1 && parts.lonely == SIPAS_LONELY_COLLAPSE) continue;
                    for (int estimand = 0; estimand < ESTIMANDS; estimand++) {
                        subject s;

                        open_subject(&s, sample, &parts, estimand, cov, NULL);
                        check_both(&s, cov);
                        close_subject(&s);
                    }
                }
        }
        random_sample_free(sample);
    }
}

/* Covariances by influence are those that a result keeps. */
static void test_covariances(void **state)
{
    random_sample *sample = random_sample_new(11, SAMPLE_LONELY);

    (void)state;
    for (int stages = 0; stages <= 2; stages++) {
        const sample_design parts = {stages, stages ? stages : 1, 1, 0, SIPAS_LONELY_ADJUST, 0};
        const sipas__influence influence = {3, NULL, fill_influence, 3 * SIPAS__TILE};
        sipas__influence with = influence;
        sipas__influence_totals totals;
        sipas_cov *cov;
        sipas_error err;
        double block[9], covariance[9];
        int64_t rows[3], per_node;
        subject s;

        open_subject(&s, sample, &parts, MEANS, 1, NULL);
        per_node = sipas__estimation_rows(&s.estimation) / 3;
        for (int64_t k = 0; k < 3; k++) rows[k] = k * per_node + 2; /* the second group of the second level */
        with.state = &s;
        check(sipas__influence_init(&totals, &s.estimation, &with, &err), &err);
        check(sipas__influence_covariance(&totals, 1, 1, covariance, &err), &err);
        check(sipas__estimation_cov(&s.estimation, &cov, &err), &err);
        check(sipas_cov_get_block(cov, rows, 3, rows, 3, block, &err), &err);
        for (int i = 0; i < 9; i++)
            assert_close_scaled(covariance[i], block[i], 1e-12, sqrt(block[i / 3 * 4] * block[i % 3 * 4]));
        sipas__cov_free(cov);
        sipas__influence_clear(&totals);
        close_subject(&s);
    }
    random_sample_free(sample);
}

/* The number of threads changes nothing. */
static void test_threads(void **state)
{
    random_sample *sample = random_sample_new(5, SAMPLE_LONELY);

    (void)state;
    for (int stages = 0; stages <= 2; stages += 2) {
        const sample_design parts = {stages, stages ? 1 : 0, 1, 0, SIPAS_LONELY_ADJUST, 0};
        double first[8] = {0.0};

        for (int32_t threads = 1; threads <= 5; threads += 2) {
            sipas__influence influence = {3, NULL, fill_influence, 3 * SIPAS__TILE};
            sipas_ctx_opts opts = SIPAS_CTX_OPTS_INIT;
            sipas__influence_totals totals;
            sipas_ctx *ctx = NULL;
            double variance[8];
            sipas_error err;
            subject s;

            opts.threads = threads;
            check(sipas_ctx_new(&opts, &ctx, &err), &err);
            open_subject(&s, sample, &parts, MEANS, 0, ctx);
            influence.state = &s;
            check(sipas__influence_init(&totals, &s.estimation, &influence, &err), &err);
            check(sipas__influence_variance(&totals, 1, 0, variance, &err), &err);
            if (threads == 1) memcpy(first, variance, sizeof first);
            for (int k = 0; k < 3; k++) assert_true(variance[k] == first[k] && variance[k] > 0.0);
            sipas__influence_clear(&totals);
            close_subject(&s);
            sipas_ctx_free(ctx);
        }
    }
    random_sample_free(sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_front_ends),
        cmocka_unit_test(test_other_designs),
        cmocka_unit_test(test_covariances),
        cmocka_unit_test(test_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * What the engine lets others do: bring in what units have without a row in the domain, as the residuals of calibrated weights are;
 * and take other values from the same sums, as replicates do. Both against plain loops over the rows.
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

#include "assert_close.h"
#include "engine/covariance.h"
#include "engine/estimation.h"
#include "estimate/simple.h"
#include "estimate/variables.h"
#include "random_sample.h"
#include "result.h"

enum { MOST_UNITS = 4096 };

/* An estimation of two variables by the groups of the first `by` column. */
typedef struct subject {
    const random_sample *sample;
    sipas_design *design;
    sipas_column y[2], by;
    sipas__domain domain;
    sipas__variables variables;
    sipas__single_nodes single;
    sipas__request request;
    sipas__estimation estimation;
    int32_t *unit; /* of the last stage, by row */
    int32_t *psu;  /* of the first */
} subject;

static void open_subject(subject *s, const random_sample *sample, const sample_design *parts, int kind,
                         const sipas__residual *residual)
{
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas__design_tile tile;
    sipas_error err;
    const int64_t n = (int64_t)sample->n;

    memset(s, 0, sizeof *s);
    s->sample = sample;
    s->design = random_sample_open(sample, parts, NULL);
    for (int v = 0; v < 2; v++) s->y[v] = sipas_column_f64(sample->y[v], n);
    s->by = sipas_column_i32(sample->by[0], n);
    domains.n_by = 1;
    domains.by = &s->by;
    check(sipas__domain_init(&s->domain, NULL, n, &domains, &err), &err);
    check(sipas__variables_init(&s->variables, NULL, n, s->y, kind == SIPAS__SINGLE_RATIO ? s->y + 1 : NULL,
                                kind == SIPAS__SINGLE_RATIO ? 1 : 2, NULL, 0, 0, &err),
          &err);
    check(sipas__nodes_single(NULL, &s->single, kind == SIPAS__SINGLE_RATIO ? 1 : 2, kind, NULL, &err), &err);
    s->unit = calloc((size_t)n, sizeof *s->unit);
    s->psu = calloc((size_t)n, sizeof *s->psu);
    for (int64_t row = 0; row < n; row += SIPAS__TILE) {
        const int64_t count = n - row < SIPAS__TILE ? n - row : SIPAS__TILE;
        const int32_t last = s->design->n_stages - 1;

        sipas__design_read(s->design, row, count, &tile);
        for (int64_t i = 0; i < count; i++) {
            const int rows_are_units = s->design->stage[last].rows_are_units;

            s->unit[row + i] = rows_are_units ? (int32_t)(row + i) : tile.unit[last][i];
            s->psu[row + i] = rows_are_units && last == 0 ? (int32_t)(row + i) : tile.unit[0][i];
        }
    }
    s->request.design = s->design;
    s->request.domain = &s->domain;
    s->request.source = &s->variables.source;
    s->request.nodes = &s->single.nodes;
    s->request.whole.source = -1;
    s->request.totals = kind == SIPAS__SINGLE_TOTAL;
    s->request.residual = residual;
    s->request.cov = residual != NULL;
}

static void close_subject(subject *s)
{
    sipas__estimation_clear(&s->estimation);
    sipas__nodes_single_clear(NULL, &s->single);
    sipas__variables_clear(&s->variables);
    sipas__domain_clear(&s->domain);
    sipas_design_free(s->design);
    free(s->unit);
    free(s->psu);
}

/* ---- residuals ---- */

/* A value of every row that counts whatever the group: two nodes, another one for each group. */
static double residual_of(int64_t row, int64_t group, int64_t k)
{
    return 0.25 + 0.01 * (double)(row % 17) - 0.1 * (double)group + 0.5 * (double)k;
}

/* All units of the design, in its order, with what the group has and the residuals of their rows. */
static void add_residuals(const void *state, int32_t level, int64_t group, sipas__entries *units)
{
    static double all[MOST_UNITS][2];
    const subject *s = state;
    const sipas__stage *last = &s->design->stage[s->design->n_stages - 1];

    (void)level;
    assert_true(last->n_units <= MOST_UNITS);
    memset(all, 0, sizeof all);
    for (int64_t i = 0; i < units->n; i++)
        for (int k = 0; k < 2; k++) all[units->id[i]][k] += units->z[2 * i + k];
    for (int64_t row = 0; row < (int64_t)s->sample->n; row++)
        for (int k = 0; k < 2; k++) all[s->unit[row]][k] += s->sample->weight[row] * residual_of(row, group, k);
    units->n = 0;
    for (int64_t u = 0; u < last->n_units; u++) {
        units->id[units->n] = (int32_t)u;
        units->stratum[units->n] = last->unit_stratum[u];
        memcpy(units->z + 2 * units->n++, all[u], sizeof all[u]);
    }
}

/* A total whose every row also brings a residual, in the group or not: Σ w (1[group] y + e) is the same variance. */
static void test_residuals(void **state)
{
    static const sample_design designs[] = {{1, 0, 1, 0, SIPAS_LONELY_ADJUST, 0},
                                            {1, 1, 1, 0, SIPAS_LONELY_REMOVE, 0},
                                            {2, 1, 1, 0, SIPAS_LONELY_ADJUST, 0},
                                            {3, 2, 1, 0, SIPAS_LONELY_ADJUST, 0},
                                            {2, 2, 1, 1, SIPAS_LONELY_CERTAINTY, 0}};
    random_sample *sample = random_sample_new(11, SAMPLE_LONELY | SAMPLE_CERTAIN);
    double *z[2] = {calloc(sample->n, sizeof **z), calloc(sample->n, sizeof **z)};

    (void)state;
    for (size_t d = 0; d < sizeof designs / sizeof designs[0]; d++) {
        const brute_design brute = random_sample_brute(sample, &designs[d]);
        sipas__residual residual;
        const sipas__linear_level *at;
        sipas_cov *cov;
        sipas_error err;
        subject s;

        open_subject(&s, sample, &designs[d], SIPAS__SINGLE_TOTAL, &residual);
        residual.state = &s;
        residual.add = add_residuals;
        check(sipas__estimation_init(&s.estimation, &s.request, &err), &err);
        check(sipas__estimation_cov(&s.estimation, &cov, &err), &err);
        at = &s.estimation.linear.level[0];
        for (int64_t g = 0; g < at->n_groups; g++) {
            const int64_t pair[] = {g, at->n_groups + g};
            double block[4];

            for (int k = 0; k < 2; k++)
                for (int64_t row = 0; row < (int64_t)sample->n; row++) {
                    const double y = sample->y[k][row];

                    z[k][row] = residual_of(row, g, k);
                    if (sample->by[0][row] == sipas__codes_value(&s.domain.by[0].codes, g) && !isnan(y)) z[k][row] += y;
                }
            check(sipas_cov_get_block(cov, pair, 2, pair, 2, block, &err), &err);
            for (int k = 0; k < 2; k++) {
                assert_close(s.estimation.spread[0].variance[2 * g + k], brute_covariance(&brute, z[k], z[k]), 1e-11);
                assert_close(block[3 * k], brute_covariance(&brute, z[k], z[k]), 1e-11);
            }
            assert_close_scaled(block[1], brute_covariance(&brute, z[0], z[1]), 1e-11, sqrt(block[0] * block[3]));
        }
        sipas__cov_free(cov);
        close_subject(&s);
    }
    free(z[0]);
    free(z[1]);
    random_sample_free(sample);
}

/* ---- replicates ---- */

/* Values with factors on the units are the estimates of a sample whose weights have the factors on them. */
static void test_factors(void **state)
{
    static const sample_design designs[] = {{1, 0, 1, 0, SIPAS_LONELY_ADJUST, 0},
                                            {2, 1, 1, 0, SIPAS_LONELY_ADJUST, 0},
                                            {0, 0, 1, 0, SIPAS_LONELY_ADJUST, 0}};
    random_sample *sample = random_sample_new(12, 0);

    (void)state;
    for (size_t d = 0; d < sizeof designs / sizeof designs[0]; d++)
        for (int kind = SIPAS__SINGLE_MEAN; kind <= SIPAS__SINGLE_RATIO; kind++) {
            double *factor, *values, *kept = sample->weight, *weighted = calloc(sample->n, sizeof *weighted);
            int64_t cells;
            sipas_error err;
            subject s, other;

            open_subject(&s, sample, &designs[d], kind, NULL);
            s.request.cov = 1;
            check(sipas__estimation_init(&s.estimation, &s.request, &err), &err);
            cells = s.estimation.linear.level[0].n_groups * s.single.nodes.n_nodes;
            factor = calloc((size_t)s.design->n_psus, sizeof *factor);
            values = calloc((size_t)cells, sizeof *values);
            check(sipas__linear_values(&s.estimation.linear, 0, NULL, values, &err), &err);
            assert_memory_equal(values, s.estimation.linear.level[0].estimate, (size_t)cells * sizeof *values);

            for (int64_t u = 0; u < s.design->n_psus; u++) factor[u] = u % 5 == 0 ? 0.0 : 0.5 + 0.25 * (double)(u % 7);
            check(sipas__linear_values(&s.estimation.linear, 0, factor, values, &err), &err);
            for (size_t row = 0; row < sample->n; row++) weighted[row] = kept[row] * factor[s.psu[row]];
            sample->weight = weighted;
            open_subject(&other, sample, &designs[d], kind, NULL);
            check(sipas__estimation_init(&other.estimation, &other.request, &err), &err);
            assert_all_close(values, other.estimation.linear.level[0].estimate, (size_t)cells, 1e-12);
            sample->weight = kept;
            close_subject(&other);
            close_subject(&s);
            free(factor);
            free(values);
            free(weighted);
        }
    random_sample_free(sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_residuals), cmocka_unit_test(test_factors)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

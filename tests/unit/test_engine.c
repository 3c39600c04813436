/*
 * What the engine lets others do: bring in what units have without a row in the domain, as the residuals of calibrated weights are;
 * and take other values from the same sums, as replicates do; and add sums of some rows to those of others, about a stated origin. All
 * against plain loops over the rows.
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
    sipas__variables_given given = {0};
    sipas__design_tile tile;
    sipas_error err;
    const int64_t n = (int64_t)sample->n;

    memset(s, 0, sizeof *s);
    s->sample = sample;
    s->design = random_sample_open(sample, parts, NULL);
    for (int v = 0; v < 2; v++) s->y[v] = sipas_column_f64(sample->y[v], n);
    s->by = sipas_column_i32(sample->by[0], n);
    given.n = n;
    given.n_y = kind == SIPAS__SINGLE_RATIO ? 1 : 2;
    given.y = s->y;
    given.x = kind == SIPAS__SINGLE_RATIO ? s->y + 1 : NULL;
    domains.n_by = 1;
    domains.by = &s->by;
    check(sipas__domain_init(&s->domain, NULL, n, &domains, &err), &err);
    check(sipas__variables_init(&s->variables, NULL, &given, &err), &err);
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

/* ---- merging ---- */

/* Sums of the rows from … from + n - 1, by the values 1 … 4 of the first `by` column and by variable. */
typedef struct shard {
    double origin[4], sum[5][4], weight[5][4], spread[4]; /* spread: Σ w |y - origin| */
} shard;

static shard sum_shard(const random_sample *sample, size_t from, size_t n, int ratio, sipas__origin origin)
{
    static const sample_design parts = {1, 0, 1, 0, SIPAS_LONELY_ADJUST, 0};
    random_sample rows = *sample;
    shard out = {{0}, {{0}}, {{0}}, {0}};
    sipas_column y[2], by;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas__variables_given given = {0};
    sipas__domain domain;
    sipas__variables variables;
    sipas__moments m;
    sipas_design *design;
    sipas_error err;

    rows.n = n;
    rows.stratum += from;
    rows.psu += from;
    rows.weight += from;
    for (int v = 0; v < 2; v++) y[v] = sipas_column_f64(sample->y[v] + from, (int64_t)n);
    by = sipas_column_i32(sample->by[0] + from, (int64_t)n);
    given.n = (int64_t)n;
    given.n_y = ratio ? 1 : 2;
    given.y = y;
    given.x = ratio ? y + 1 : NULL;
    given.origin = origin;
    domains.n_by = 1;
    domains.by = &by;
    design = random_sample_open(&rows, &parts, NULL);
    check(sipas__design_domains(design, &domains, &domain, &err), &err);
    check(sipas__variables_init(&variables, NULL, &given, &err), &err);
    check(sipas__moments_init(&m, design, &domain, &variables.source, 0, &err), &err);
    memcpy(out.origin, sipas__variables_origin(&variables).at, 2 * sizeof *out.origin);
    for (int64_t s = 0; s < m.n_segments; s++)
        for (int64_t v = 0; v < 2; v++) {
            const int64_t group = sipas__codes_value(&domain.by[0].codes, m.cell[s]);

            out.sum[group][v] += sipas__moments_sum(&m, s, v);
            out.weight[group][v] += sipas__moments_present(&m, s, v);
        }
    for (size_t i = 0; i < n; i++)
        for (int v = 0; v < 2; v++) out.spread[v] += rows.weight[i] * fabs(sample->y[v][from + i] - out.origin[v]);
    sipas__moments_clear(&m);
    sipas__variables_clear(&variables);
    sipas__domain_clear(&domain);
    sipas_design_free(design);
    return out;
}

/*
 * Two parts of the rows, cut through the PSUs, whose sums are about the origin of the whole add to its sums, and give its means; about
 * origins of their own they do not.
 */
static void test_shards(void **state)
{
    random_sample *sample = random_sample_new(13, 0);
    const sipas__origin first = {SIPAS__ORIGIN_FIRST, NULL};

    (void)state;
    for (size_t i = 0; i < sample->n; i++) sample->y[0][i] += 1e6; /* where an origin is needed */
    for (int ratio = 0; ratio < 2; ratio++) {
        const size_t n = sample->n, half = n / 2;
        const shard whole = sum_shard(sample, 0, n, ratio, first);
        const sipas__origin stated = {SIPAS__ORIGIN_STATED, whole.origin};
        const shard a = sum_shard(sample, 0, half, ratio, stated), b = sum_shard(sample, half, n - half, ratio, stated);
        const shard own = sum_shard(sample, half, n - half, ratio, first);
        int differ = 0;

        assert_memory_equal(b.origin, whole.origin, sizeof b.origin);
        for (int g = 1; g <= 4; g++)
            for (int v = 0; v < 2; v++) {
                const double sum = a.sum[g][v] + b.sum[g][v], weight = a.weight[g][v] + b.weight[g][v];

                assert_close_scaled(sum, whole.sum[g][v], 1e-14, whole.spread[v]);
                assert_close(weight, whole.weight[g][v], 1e-14);
                differ |= fabs(a.sum[g][v] + own.sum[g][v] - whole.sum[g][v]) > 1e-3 * fabs(whole.sum[g][v]);
            }
        assert_true(differ);
        for (int g = 1; g <= 4 && !ratio; g++) { /* the mean itself: Σ w y / Σ w */
            double sum = 0.0, weight = 0.0;

            for (size_t i = 0; i < n; i++) {
                sum += sample->by[0][i] == g ? sample->weight[i] * (sample->y[0][i] - 1e6) : 0.0;
                weight += sample->by[0][i] == g ? sample->weight[i] : 0.0;
            }
            assert_close(whole.origin[0] + (a.sum[g][0] + b.sum[g][0]) / (a.weight[g][0] + b.weight[g][0]),
                         1e6 + sum / weight, 1e-13);
        }
    }
    random_sample_free(sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_residuals), cmocka_unit_test(test_factors),
                                       cmocka_unit_test(test_shards)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Small samples at random, from the library's own generator, so that they are the same everywhere.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "random_sample.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MOST_ROWS = 5 * 4 * 3 * 4 };

typedef struct source {
    uint64_t seed, drawn;
} source;

static double uniform(source *s)
{
    return sipas_rng_uniform(s->seed, 0, s->drawn++, 0, 0);
}

static int between(source *s, int low, int high)
{
    return low + (int)(uniform(s) * (high - low + 1));
}

static double normal(source *s)
{
    double sum = -6.0;

    for (int i = 0; i < 12; i++) sum += uniform(s);
    return sum;
}

/* Population of a stratum of which n units were drawn. */
static double population_of(source *s, int n)
{
    const double choice = uniform(s);

    if (choice < 0.15) return (double)INFINITY;
    return choice < 0.3 ? n : n + between(s, 1, 12);
}

static random_sample *new_sample(void)
{
    random_sample *s = calloc(1, sizeof *s);

    s->stratum = calloc(MOST_ROWS, sizeof *s->stratum);
    s->psu = calloc(MOST_ROWS, sizeof *s->psu);
    s->ssu = calloc(MOST_ROWS, sizeof *s->ssu);
    s->tsu = calloc(MOST_ROWS, sizeof *s->tsu);
    s->population = calloc(MOST_ROWS, sizeof *s->population);
    s->population2 = calloc(MOST_ROWS, sizeof *s->population2);
    s->population3 = calloc(MOST_ROWS, sizeof *s->population3);
    s->population_rows = calloc(MOST_ROWS, sizeof *s->population_rows);
    s->certain = calloc(MOST_ROWS, sizeof *s->certain);
    s->probability = calloc(MOST_ROWS, sizeof *s->probability);
    s->second = calloc(MOST_ROWS, sizeof *s->second);
    s->weight = calloc(MOST_ROWS, sizeof *s->weight);
    for (int v = 0; v < SAMPLE_VARIABLES; v++) s->y[v] = calloc(MOST_ROWS, sizeof *s->y[v]);
    for (int b = 0; b < 2; b++) s->by[b] = calloc(MOST_ROWS, sizeof *s->by[b]);
    return s;
}

static void add_row(random_sample *s, source *r, int flags, double level)
{
    const size_t i = s->n++;
    const double e = normal(r);

    s->weight[i] = uniform(r) < 0.05 ? 0.0 : 0.2 + 5.0 * uniform(r);
    if (flags & SAMPLE_NEGATIVE && uniform(r) < 0.05) s->weight[i] *= -0.3;
    s->y[0][i] = 50.0 + level + 7.0 * e;
    s->y[1][i] = exp(0.3 * normal(r) + 0.02 * e);
    s->y[2][i] = uniform(r) < 0.2 ? NAN : -3.0 + level * e;
    s->by[0][i] = uniform(r) < 0.03 ? 4 : between(r, 1, 3);
    s->by[1][i] = uniform(r) < 0.4;
}

static void add_psu(random_sample *s, source *r, int flags, int stratum, int psu, double population, int certain)
{
    const int few = flags & SAMPLE_LONELY && !certain && uniform(r) < 0.3, m = few ? 1 : between(r, 2, 3);
    const double population2 = population_of(r, m), level = 6.0 * normal(r);
    const int silent = stratum == 2 && psu == 1;

    for (int ssu = 1; ssu <= m; ssu++) {
        const int rows = between(r, flags & SAMPLE_LONELY ? 1 : 2, 4);
        const double within = level + 3.0 * normal(r), population3 = population_of(r, rows > 1 ? 2 : 1);

        for (int k = 0; k < rows; k++) {
            add_row(s, r, flags, within);
            s->stratum[s->n - 1] = stratum;
            s->psu[s->n - 1] = psu;
            s->ssu[s->n - 1] = ssu;
            s->tsu[s->n - 1] = k % 2;
            s->population3[s->n - 1] = population3;
            s->population[s->n - 1] = population;
            s->population2[s->n - 1] = population2;
            s->certain[s->n - 1] = (uint8_t)certain;
            s->probability[s->n - 1] = 0.1 + 0.13 * ((3 * stratum + 2 * psu) % 7);
            s->second[s->n - 1] = (stratum + 2 * psu) % 3 != 0;
            if (silent) s->y[2][s->n - 1] = NAN;
        }
    }
}

#define SWAP(type_name, a, b)       \
    do {                            \
        const type_name kept = (a); \
        (a) = (b);                  \
        (b) = kept;                 \
    } while (0)

static void swap_rows(random_sample *s, size_t i, size_t j)
{
    SWAP(int32_t, s->stratum[i], s->stratum[j]);
    SWAP(int32_t, s->psu[i], s->psu[j]);
    SWAP(int32_t, s->ssu[i], s->ssu[j]);
    SWAP(int32_t, s->tsu[i], s->tsu[j]);
    SWAP(double, s->population[i], s->population[j]);
    SWAP(double, s->population2[i], s->population2[j]);
    SWAP(double, s->population3[i], s->population3[j]);
    SWAP(double, s->population_rows[i], s->population_rows[j]);
    SWAP(uint8_t, s->certain[i], s->certain[j]);
    SWAP(double, s->probability[i], s->probability[j]);
    SWAP(uint8_t, s->second[i], s->second[j]);
    SWAP(double, s->weight[i], s->weight[j]);
    for (int v = 0; v < SAMPLE_VARIABLES; v++) SWAP(double, s->y[v][i], s->y[v][j]);
    for (int b = 0; b < 2; b++) SWAP(int32_t, s->by[b][i], s->by[b][j]);
}

random_sample *random_sample_new(uint64_t seed, int flags)
{
    source r = {seed, 0};
    random_sample *s = new_sample();
    const int n_strata = between(&r, 3, 5);

    for (int h = 1; h <= n_strata; h++) {
        const int certain = flags & SAMPLE_CERTAIN && h <= 2, lonely = flags & SAMPLE_LONELY && uniform(&r) < 0.4;
        const int n = lonely && !certain ? 1 : between(&r, 2, 3);
        const double population = population_of(&r, n);
        const size_t first = s->n;

        for (int i = 1; i <= n; i++) add_psu(s, &r, flags, h, i, population, 0);
        if (certain) add_psu(s, &r, flags, h, 9, population, 1);
        for (size_t i = first; i < s->n; i++) s->population_rows[i] = (double)(h * (int)(s->n - first));
    }
    for (size_t i = s->n; i > 1 && !(flags & SAMPLE_SORTED); i--)
        swap_rows(s, i - 1, (size_t)(uniform(&r) * (double)i));
    return s;
}

void random_sample_free(random_sample *s)
{
    free(s->stratum);
    free(s->psu);
    free(s->ssu);
    free(s->tsu);
    free(s->population);
    free(s->population2);
    free(s->population3);
    free(s->population_rows);
    free(s->certain);
    free(s->probability);
    free(s->second);
    free(s->weight);
    for (int v = 0; v < SAMPLE_VARIABLES; v++) free(s->y[v]);
    for (int b = 0; b < 2; b++) free(s->by[b]);
    free(s);
}

sipas_design *random_sample_open(const random_sample *s, const sample_design *parts, sipas_ctx *ctx)
{
    const int64_t n = (int64_t)s->n;
    const sipas_column weight = sipas_column_f64(s->weight, n), stratum = sipas_column_i32(s->stratum, n),
                       certain = sipas_column_bool(s->certain, n);
    const sipas_column ids[3] = {sipas_column_i32(s->psu, n), sipas_column_i32(s->ssu, n), sipas_column_i32(s->tsu, n)};
    const double *const first = s->pps ? s->probability : parts->n_stages ? s->population : s->population_rows;
    const sipas_column second = sipas_column_bool(s->second, n);
    const sipas_column fpc[3] = {sipas_column_f64(first, n), sipas_column_f64(s->population2, n),
                                 sipas_column_f64(s->population3, n)};
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_design *design = NULL;
    sipas_error err;

    opts.lonely_psu = parts->lonely;
    opts.n_fpc = parts->n_fpc;
    opts.calibrated = parts->calibrated;
    opts.certainty = parts->certainty ? &certain : NULL;
    opts.pps = s->pps;
    opts.phase2 = s->phase2;
    opts.phase2_sample = s->phase2 ? &second : NULL;
    if (sipas_design_new(ctx, n, &weight, parts->strata ? &stratum : NULL, parts->n_stages ? ids : NULL,
                         parts->n_stages, parts->n_fpc ? fpc : NULL, &opts, &design, &err) < 0)
        fail_msg("%s", err.message);
    return design;
}

brute_design random_sample_brute(const random_sample *s, const sample_design *parts)
{
    brute_design d = {0};

    d.n = s->n;
    d.weight = s->weight;
    d.n_stages = parts->n_stages;
    if (parts->strata) d.stratum[0] = s->stratum;
    d.unit[0] = s->psu;
    d.unit[1] = s->ssu;
    d.unit[2] = s->tsu;
    if (parts->n_fpc > 0) d.population[0] = parts->n_stages ? s->population : s->population_rows;
    if (parts->n_fpc > 1) d.population[1] = s->population2;
    if (parts->n_fpc > 2) d.population[2] = s->population3;
    if (parts->certainty) d.certain = s->certain;
    d.lonely = parts->lonely;
    return d;
}

/*
 * The second look at the rows, once the gradient is known. Two things need it:
 *
 * - designs whose units are the rows: Σ (w z - mean)² per stratum, without ever keeping a value per row;
 * - design effects: the variance that a simple random sample of the same size would have,
 *   V_srs = N² s²_z / n (1 - n/N), s²_z = n/(n-1) Σ w (z - z̄)² / Σ w (Kish 1965, §8.2; the conventions of R's survey);
 *   and what unequal weights alone would make of it, n Σ w² / (Σ w)² (Kish 1965, §11.7; 1992, J. Off. Stat. 8:183).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <string.h>

#include "base/context.h"
#include "estimate/estimation.h"
#include "num/sum.h"

/* Sums of one level. A pair is a stratum within a group. */
typedef struct level_sums {
    int64_t n_pairs;
    int32_t *segment_pair;
    int32_t *pair_stratum;
    int64_t *group_start; /* pairs of a group: group_start[g] … group_start[g+1]-1 */
    double *total, *mean; /* pair × node */
    sipas__sum *square;   /* pair × node: Σ (w z - mean)² over the rows met */
    int64_t *rows;        /* rows of non-zero weight of a pair */
    sipas__sum *z, *zz;   /* group × node: Σ w z, Σ w z² */
    sipas__sum *ww;       /* group × node: Σ w² over the rows that have the node's first variable */
} level_sums;

static void free_sums(sipas_ctx *ctx, level_sums *sums, int32_t n_levels)
{
    for (int32_t i = 0; sums && i < n_levels; i++) {
        void *blocks[] = {sums[i].segment_pair, sums[i].pair_stratum, sums[i].group_start, sums[i].total, sums[i].mean,
                          sums[i].square,       sums[i].rows,         sums[i].z,           sums[i].zz,    sums[i].ww};

        for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) sipas__free(ctx, blocks[b]);
    }
    sipas__free(ctx, sums);
}

/* Pairs of a level, with the total of each from the first pass, and so the mean that squares are taken about. */
static int make_pairs(const sipas__estimation *e, int32_t level, level_sums *sums, double *work)
{
    const sipas__linear_level *at = &e->linear.level[level];
    const sipas__moments *m = &e->moments;
    const int64_t n_nodes = e->linear.nodes->n_nodes;
    const size_t line = (size_t)n_nodes * sizeof(double);

    sums->segment_pair = sipas__alloc(e->ctx, m->n_segments, sizeof *sums->segment_pair);
    sums->pair_stratum = sipas__alloc(e->ctx, m->n_segments, sizeof *sums->pair_stratum);
    sums->group_start = sipas__alloc(e->ctx, at->n_groups + 1, sizeof *sums->group_start);
    sums->rows = sipas__alloc(e->ctx, m->n_segments, sizeof *sums->rows);
    sums->total = sipas__alloc(e->ctx, m->n_segments, line);
    sums->mean = sipas__alloc(e->ctx, m->n_segments, line);
    sums->square = sipas__alloc(e->ctx, m->n_segments, (size_t)n_nodes * sizeof *sums->square);
    if (!sums->segment_pair || !sums->pair_stratum || !sums->group_start || !sums->rows || !sums->total ||
        !sums->mean || !sums->square)
        return 0;
    for (int64_t g = 0; g < at->n_groups; g++) {
        int32_t stratum = -1;

        sums->group_start[g] = sums->n_pairs;
        for (int64_t i = at->start[g]; i < at->start[g + 1]; i++) {
            const int64_t s = at->segments[i];

            if (m->rows[s] == 0) continue;
            if (m->stratum[s] != stratum) sums->pair_stratum[sums->n_pairs++] = stratum = m->stratum[s];
            sums->segment_pair[s] = (int32_t)(sums->n_pairs - 1);
            sums->rows[sums->n_pairs - 1] += m->rows[s];
            sipas__linear_segment(&e->linear, level, s, work);
            for (int64_t k = 0; k < n_nodes; k++) sums->total[(sums->n_pairs - 1) * n_nodes + k] += work[k];
        }
    }
    sums->group_start[at->n_groups] = sums->n_pairs;
    for (int64_t p = 0; p < sums->n_pairs; p++) {
        const double n = (double)e->request.design->stage[0].stratum_units[sums->pair_stratum[p]];

        for (int64_t k = 0; k < n_nodes; k++) sums->mean[p * n_nodes + k] = sums->total[p * n_nodes + k] / n;
    }
    return 1;
}

static int alloc_sums(const sipas__estimation *e, level_sums *sums, int by_strata, double *work)
{
    const int64_t n_nodes = e->linear.nodes->n_nodes;

    for (int32_t i = 0; i < e->linear.n_levels; i++) {
        const int64_t cells = e->linear.level[i].n_groups * n_nodes;

        sums[i].z = sipas__alloc(e->ctx, cells, sizeof *sums[i].z);
        sums[i].zz = sipas__alloc(e->ctx, cells, sizeof *sums[i].zz);
        sums[i].ww = sipas__alloc(e->ctx, cells, sizeof *sums[i].ww);
        if (!sums[i].z || !sums[i].zz || !sums[i].ww || (by_strata && !make_pairs(e, i, &sums[i], work))) return 0;
    }
    return 1;
}

/*
 * Squares of totals are taken about their mean, for their sake z is not centred as that of means and ratios is.
 * *counts is 0 where the row lacks the node's first variable.
 */
static double centre_of(const sipas__estimation *e, int32_t level, int64_t cell, int64_t k, const double *values,
                        int *counts)
{
    const sipas__linear_level *at = &e->linear.level[level];
    const sipas__nodes *nodes = e->linear.nodes;

    *counts = !isnan(values[(int64_t)nodes->atoms[nodes->term_atom[nodes->start[k]]].num * SIPAS__TILE]);
    if (!e->request.totals) return 0.0;
    return at->population[cell] > 0.0 ? at->estimate[cell] / at->population[cell] : 0.0;
}

static void add_row(const sipas__estimation *e, level_sums *sums, int by_strata, const sipas__reader *reader, int64_t i,
                    double *z)
{
    const int64_t n_nodes = e->linear.nodes->n_nodes;
    const int64_t segment = reader->segment[i];
    const double w = reader->weight[i];

    for (int32_t level = 0; level < e->linear.n_levels; level++) {
        level_sums *at = &sums[level];
        const int64_t group = e->linear.level[level].segment_group[segment] * n_nodes;

        sipas__linear_row(&e->linear, level, segment, reader->values + i, z);
        if (e->request.deff) {
            for (int64_t k = 0; k < n_nodes; k++) {
                int counts;
                const double d = z[k] - centre_of(e, level, group + k, k, reader->values + i, &counts);

                if (counts) sipas__sum_add(&at->ww[group + k], w * w);
                if (!counts && e->request.totals) continue;
                sipas__sum_add(&at->z[group + k], w * d);
                sipas__sum_add(&at->zz[group + k], w * d * d);
            }
        }
        if (by_strata) {
            const int64_t pair = at->segment_pair[segment] * n_nodes;

            for (int64_t k = 0; k < n_nodes; k++) {
                const double d = w * z[k] - at->mean[pair + k];

                sipas__sum_add(&at->square[pair + k], d * d);
            }
        }
    }
}

static sipas_status read_rows(sipas__estimation *e, level_sums *sums, int by_strata, double *z, sipas_error *err)
{
    const sipas_design *design = e->request.design;
    sipas__reader *reader = sipas__readers_new(e->ctx, e->request.source, 1);
    sipas_status status = reader ? SIPAS_OK : sipas__error_memory(err);

    for (int64_t row = 0; status == SIPAS_OK && row < design->n; row += SIPAS__TILE) {
        const int64_t n = design->n - row < SIPAS__TILE ? design->n - row : SIPAS__TILE;

        if (row % SIPAS__PROGRESS_ROWS == 0) status = sipas__progress(e->ctx, "reading residuals", row, design->n, err);
        sipas__reader_weights(reader, design, e->request.domain, row, n);
        sipas__reader_segments(reader, &e->moments, row, n);
        sipas__reader_values(reader, e->request.source, row, n);
        for (int64_t i = 0; i < n; i++)
            if (reader->weight[i] != 0.0) add_row(e, sums, by_strata, reader, i, z);
    }
    if (reader) sipas__readers_free(e->ctx, reader, 1);
    return status;
}

static sipas_status finish_strata(sipas__estimation *e, level_sums *sums, double *work, sipas_error *err)
{
    const int64_t n_nodes = e->linear.nodes->n_nodes;

    for (int32_t level = 0; level < e->linear.n_levels; level++) {
        level_sums *at = &sums[level];
        double *square = sipas__alloc(e->ctx, at->n_pairs, (size_t)n_nodes * sizeof *square);
        sipas_status status = square ? SIPAS_OK : sipas__error_memory(err);

        for (int64_t p = 0; square && p < at->n_pairs; p++) {
            const double absent =
                (double)(e->request.design->stage[0].stratum_units[at->pair_stratum[p]] - at->rows[p]);

            for (int64_t k = 0; k < n_nodes; k++) {
                const double mean = at->mean[p * n_nodes + k];

                square[p * n_nodes + k] = sipas__sum_value(&at->square[p * n_nodes + k]) + absent * mean * mean;
            }
        }
        for (int64_t g = 0; status == SIPAS_OK && g < e->linear.level[level].n_groups; g++) {
            const int64_t first = at->group_start[g];
            sipas__stratum_sums group = {at->group_start[g + 1] - first, n_nodes, at->pair_stratum + first,
                                         at->total + first * n_nodes, square + first * n_nodes};

            status = sipas__variance_of_strata(&e->variance, &group, work, e->spread[level].variance + g * n_nodes,
                                               err);
        }
        sipas__free(e->ctx, square);
        if (status < 0) return status;
    }
    return SIPAS_OK;
}

static void finish_deff(sipas__estimation *e, const level_sums *sums)
{
    const int64_t n_nodes = e->linear.nodes->n_nodes;

    for (int32_t level = 0; level < e->linear.n_levels; level++) {
        const sipas__linear_level *at = &e->linear.level[level];

        for (int64_t c = 0; c < at->n_groups * n_nodes; c++) {
            const double n = (double)at->n[c], population = at->population[c];
            const double z = sipas__sum_value(&sums[level].z[c]), zz = sipas__sum_value(&sums[level].zz[c]);
            const double s2 = (zz - z * z / population) / population * n / (n - 1.0);
            double srs = population * population * s2 / n;

            if (population > 0.0)
                e->spread[level].kish[c] = n * sipas__sum_value(&sums[level].ww[c]) / (population * population);
            if (n < 2.0 || !(population > 0.0)) continue;
            if (e->request.deff == SIPAS_DEFF_WOR) srs *= n < population ? 1.0 - n / population : NAN;
            e->spread[level].srs[c] = srs;
        }
    }
}

sipas_status sipas__estimation_rows_pass(sipas__estimation *e, sipas_error *err)
{
    const sipas_design *design = e->request.design;
    const int by_strata = design->stage[design->n_stages - 1].rows_are_units && !e->moments.by_row;
    level_sums *sums = sipas__alloc(e->ctx, e->linear.n_levels, sizeof *sums);
    double *work = sipas__alloc(e->ctx, 4 * e->linear.nodes->n_nodes + e->linear.nodes->n_atoms, sizeof *work);
    sipas_status status = SIPAS_OK;

    if (!sums || !work || !alloc_sums(e, sums, by_strata, work)) status = sipas__error_memory(err);
    if (status == SIPAS_OK) status = read_rows(e, sums, by_strata, work, err);
    if (status == SIPAS_OK && by_strata) status = finish_strata(e, sums, work, err);
    if (status == SIPAS_OK && e->request.deff) finish_deff(e, sums);
    free_sums(e->ctx, sums, e->linear.n_levels);
    sipas__free(e->ctx, work);
    return status;
}

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
#include "engine/estimation.h"
#include "num/sum.h"

/* Sums of one level. A pair is a stratum within a group. */
typedef struct level_sums {
    int64_t n_pairs;
    int32_t *segment_pair;
    int32_t *pair_stratum;
    int32_t *pair_unit;   /* a work place for the variance */
    int64_t *group_start; /* pairs of a group: group_start[g] … group_start[g+1]-1 */
    double *total;        /* pair × node */
    sipas__sum *square;   /* pair × node: Σ (w z - mean)² over the rows met */
    int64_t *rows;        /* rows of non-zero weight of a pair */
    sipas__sum *z, *zz;   /* group × node: Σ w z, Σ w z² */
    sipas__sum *ww;       /* group × node: Σ w² over the rows that have the node's first variable */
} level_sums;

static const sipas__stage *last_stage(const sipas__estimation *e)
{
    return &e->request.design->stage[e->request.design->n_stages - 1];
}

/* Units drawn in the stratum of a pair, of the domain or not. */
static double units_of_pair(const sipas__estimation *e, const level_sums *sums, int64_t pair)
{
    return (double)last_stage(e)->stratum_units[sums->pair_stratum[pair]];
}

static void free_sums(sipas_ctx *ctx, level_sums *sums, int32_t n_levels)
{
    for (int32_t i = 0; sums && i < n_levels; i++) {
        void *blocks[] = {
            sums[i].segment_pair, sums[i].pair_stratum, sums[i].pair_unit, sums[i].group_start, sums[i].total,
            sums[i].square,       sums[i].rows,         sums[i].z,         sums[i].zz,          sums[i].ww};

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
    sums->pair_unit = sipas__alloc(e->ctx, m->n_segments, sizeof *sums->pair_unit);
    sums->group_start = sipas__alloc(e->ctx, at->n_groups + 1, sizeof *sums->group_start);
    sums->rows = sipas__alloc(e->ctx, m->n_segments, sizeof *sums->rows);
    sums->total = sipas__alloc(e->ctx, m->n_segments, line);
    sums->square = sipas__alloc(e->ctx, m->n_segments, (size_t)n_nodes * sizeof *sums->square);
    if (!sums->segment_pair || !sums->pair_stratum || !sums->pair_unit || !sums->group_start || !sums->rows ||
        !sums->total || !sums->square)
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

/* Rows of a tile that follow each other, lie in one group of a level (of the units, for a mean of units) and count; and their linearized values. */
typedef struct row_block {
    int64_t first, n;
    const double *weight;
    const int32_t *segment;
    double *z; /* node × SIPAS__LINEAR_ROWS, then the atoms */
} row_block;

/* The next of them from `row` on; returns the row after. */
static int64_t next_block(const sipas__linear_level *at, const sipas__reader *reader, int64_t row, int64_t n,
                          row_block *block)
{
    while (row < n && reader->weight[row] == 0.0) row++;
    block->first = row;
    block->weight = reader->weight + row;
    block->segment = reader->segment + row;
    while (row < n && row - block->first < SIPAS__LINEAR_ROWS && reader->weight[row] != 0.0 &&
           at->segment_group[reader->segment[row]] == at->segment_group[block->segment[0]])
        row++;
    block->n = row - block->first;
    return row;
}

/*
 * Squares of totals are taken about their mean, for their sake z is not centred as that of means and ratios is; and a
 * row that lacks the variable of a total does not count.
 */
static void add_deff(const sipas__estimation *e, int32_t level, int64_t group, const double *values,
                     const row_block *block, level_sums *at)
{
    const sipas__nodes *nodes = e->linear.nodes;
    const sipas__linear_level *from = &e->linear.level[level];

    for (int64_t k = 0; k < nodes->n_nodes; k++) {
        const int64_t cell = group * nodes->n_nodes + k;
        const double *z = block->z + k * SIPAS__LINEAR_ROWS,
                     population = from->population[sipas__linear_count(from, cell)];
        const double *y = values + (int64_t)nodes->atoms[nodes->term_atom[nodes->start[k]]].num * SIPAS__TILE;
        const double centre = e->request.totals && population > 0.0 ? from->estimate[cell] / population : 0.0;
        double sum = 0.0, squares = 0.0, weights = 0.0;

        for (int64_t i = 0; i < block->n; i++) {
            const double d = z[i] - centre;

            if (isnan(y[block->first + i])) {
                if (e->request.totals) continue;
            } else {
                weights += block->weight[i] * block->weight[i];
            }
            sum += block->weight[i] * d;
            squares += block->weight[i] * d * d;
        }
        sipas__sum_add(&at->z[cell], sum);
        sipas__sum_add(&at->zz[cell], squares);
        sipas__sum_add(&at->ww[cell], weights);
    }
}

/* Adds (w z - mean)² to the pairs of a block: run by run of rows in one pair. */
static void add_squares(const sipas__estimation *e, const row_block *block, level_sums *at)
{
    const int64_t n_nodes = e->linear.nodes->n_nodes;

    for (int64_t first = 0, last; first < block->n; first = last) {
        const int64_t pair = at->segment_pair[block->segment[first]];
        const double n = units_of_pair(e, at, pair);

        last = first + 1;
        while (last < block->n && at->segment_pair[block->segment[last]] == pair) last++;
        for (int64_t k = 0; k < n_nodes; k++) {
            const double *z = block->z + k * SIPAS__LINEAR_ROWS, mean = at->total[pair * n_nodes + k] / n;
            double sum = 0.0;

            for (int64_t i = first; i < last; i++) {
                const double d = block->weight[i] * z[i] - mean;

                sum += d * d;
            }
            sipas__sum_add(&at->square[pair * n_nodes + k], sum);
        }
    }
}

static void add_rows(const sipas__estimation *e, level_sums *sums, int by_strata, const sipas__reader *reader,
                     int64_t n, double *z)
{
    row_block block;

    block.z = z;
    for (int32_t level = 0; level < e->linear.n_levels; level++) {
        const sipas__linear_level *at = &e->linear.level[level];

        for (int64_t row = 0; row < n;) {
            int64_t segment;

            row = next_block(&e->linear.level[at->source], reader, row, n, &block);
            if (block.n == 0) continue;
            segment = block.segment[0];
            sipas__linear_rows(&e->linear, level, segment, reader->values + block.first, block.n, z);
            if (e->request.deff) add_deff(e, level, at->segment_group[segment], reader->values, &block, &sums[level]);
            if (by_strata) add_squares(e, &block, &sums[level]);
        }
    }
}

/* Values of one-byte answers, which the first pass has checked, straight from a table. */
static void read_scored(const sipas__scored *item, int64_t row, int64_t n, double *values)
{
    const uint8_t *answers = (const uint8_t *)item->column.data + row * item->column.stride;
    double score[256];

    for (int byte = 0; byte < 256; byte++) score[byte] = NAN;
    for (int k = 0; k <= item->span; k++)
        score[(uint8_t)(item->low + k)] = item->times * item->points[(uint8_t)(item->low + k)] / item->over;
    for (int64_t i = 0; i < n; i++) values[i] = score[answers[i * item->column.stride]];
}

static void read_values(const sipas__source *source, sipas__reader *reader, int64_t row, int64_t n)
{
    if (!source->scored || source->complete || source->centre) {
        sipas__reader_values(reader, source, row, n);
        return;
    }
    for (int64_t v = 0; v < source->n_vars; v++)
        read_scored(&source->scored[v], row, n, reader->values + v * SIPAS__TILE);
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
        read_values(e->request.source, reader, row, n);
        add_rows(e, sums, by_strata, reader, n, z);
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
            const double n = units_of_pair(e, at, p), absent = n - (double)at->rows[p];

            for (int64_t k = 0; k < n_nodes; k++) {
                const double mean = at->total[p * n_nodes + k] / n;

                square[p * n_nodes + k] = sipas__sum_value(&at->square[p * n_nodes + k]) + absent * mean * mean;
            }
        }
        for (int64_t g = 0; status == SIPAS_OK && g < e->linear.level[level].n_groups; g++) {
            const int64_t first = at->group_start[g];
            sipas__entries group = {at->group_start[g + 1] - first, n_nodes, at->pair_unit + first,
                                    at->pair_stratum + first, at->total + first * n_nodes};

            status = sipas__variance_of_strata(&e->variance, &group, square + first * n_nodes, work,
                                               e->spread[level].variance + g * n_nodes, err);
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
            const int64_t count = sipas__linear_count(at, c);
            const double n = (double)at->n[count], population = at->population[count];
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
    double *work = sipas__alloc(e->ctx, e->linear.nodes->n_nodes + e->linear.nodes->n_atoms,
                                SIPAS__LINEAR_ROWS * sizeof *work);
    sipas_status status = SIPAS_OK;

    if (!sums || !work || !alloc_sums(e, sums, by_strata, work)) status = sipas__error_memory(err);
    if (status == SIPAS_OK) status = read_rows(e, sums, by_strata, work, err);
    if (status == SIPAS_OK && by_strata) status = finish_strata(e, sums, work, err);
    if (status == SIPAS_OK && e->request.deff) finish_deff(e, sums);
    free_sums(e->ctx, sums, e->linear.n_levels);
    sipas__free(e->ctx, work);
    return status;
}

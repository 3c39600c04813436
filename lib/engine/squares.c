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
#include "engine/stream.h"
#include "num/sum.h"

/* The strata of one level's groups, where rows are the units. A pair is a stratum within a group. */
typedef struct pairs {
    int64_t n;
    int32_t *segment_pair;
    int32_t *stratum;
    int32_t *unit;        /* a work place for the variance */
    int64_t *group_start; /* pairs of a group: group_start[g] … group_start[g+1]-1 */
    double *total;        /* pair × node */
    int64_t *rows;        /* rows of non-zero weight of a pair */
} pairs;

/* Sums of one level over the rows met. */
typedef struct level_sums {
    sipas__sum *square; /* pair × node: Σ (w z - mean)² */
    sipas__sum *z, *zz; /* group × node: Σ w z, Σ w z² */
    sipas__sum *ww;     /* group × node: Σ w² over the rows that have the node's first variable */
} level_sums;

/* The look at the rows as a client of the walk. Where there is but one stretch, it is summed into the whole at once. */
typedef struct look {
    sipas__estimation *e;
    int by_strata;
    int32_t n_workers, n_sets;
    pairs *pairs;     /* by level; NULL unless by_strata */
    level_sums *sums; /* by set × level: the whole, then each worker's where they have their own */
    level_sums *own;  /* by worker × level */
    sipas__reader *readers;
    double *z; /* by worker: linearized values of a block of rows */
    int64_t n_z;
} look;

static const sipas__stage *last_stage(const sipas__estimation *e)
{
    return &e->request.design->stage[e->request.design->n_stages - 1];
}

/* Units drawn in the stratum of a pair, of the domain or not. */
static double units_of_pair(const look *l, int32_t level, int64_t pair)
{
    return (double)last_stage(l->e)->stratum_units[l->pairs[level].stratum[pair]];
}

/* Pairs of a level, with the total of each from the first pass, and so the mean that squares are taken about. */
static int make_pairs(const sipas__estimation *e, int32_t level, pairs *p, double *work)
{
    const sipas__linear_level *at = &e->linear.level[level];
    const sipas__moments *m = &e->moments;
    const int64_t n_nodes = e->linear.nodes->n_nodes;

    p->segment_pair = sipas__alloc(e->ctx, m->n_segments, sizeof *p->segment_pair);
    p->stratum = sipas__alloc(e->ctx, m->n_segments, sizeof *p->stratum);
    p->unit = sipas__alloc(e->ctx, m->n_segments, sizeof *p->unit);
    p->group_start = sipas__alloc(e->ctx, at->n_groups + 1, sizeof *p->group_start);
    p->rows = sipas__alloc(e->ctx, m->n_segments, sizeof *p->rows);
    p->total = sipas__alloc(e->ctx, m->n_segments, (size_t)n_nodes * sizeof *p->total);
    if (!p->segment_pair || !p->stratum || !p->unit || !p->group_start || !p->rows || !p->total) return 0;
    for (int64_t g = 0; g < at->n_groups; g++) {
        sipas__entries strata = {0, n_nodes, p->unit + p->n, p->stratum + p->n, p->total + p->n * n_nodes, NULL};

        p->group_start[g] = p->n;
        sipas__estimation_units(e, level, g, work, &strata);
        sipas__units_rows(&e->linear, level, g, p->rows + p->n, p->n, p->segment_pair);
        p->n += strata.n;
    }
    p->group_start[at->n_groups] = p->n;
    return 1;
}

static int64_t count_cells(const look *l, int32_t level)
{
    return l->e->request.deff ? l->e->linear.level[level].n_groups * l->e->linear.nodes->n_nodes : 0;
}

static int64_t count_squares(const look *l, int32_t level)
{
    return l->by_strata ? l->pairs[level].n * l->e->linear.nodes->n_nodes : 0;
}

static int alloc_sums(const look *l, int32_t level, level_sums *sums)
{
    sums->z = sipas__alloc(l->e->ctx, count_cells(l, level), sizeof *sums->z);
    sums->zz = sipas__alloc(l->e->ctx, count_cells(l, level), sizeof *sums->zz);
    sums->ww = sipas__alloc(l->e->ctx, count_cells(l, level), sizeof *sums->ww);
    sums->square = sipas__alloc(l->e->ctx, count_squares(l, level), sizeof *sums->square);
    return sums->z && sums->zz && sums->ww && sums->square;
}

static void free_look(look *l)
{
    sipas_ctx *ctx = l->e->ctx;
    const int32_t n_levels = l->e->linear.n_levels;

    for (int32_t i = 0; l->pairs && i < n_levels; i++) {
        void *blocks[] = {l->pairs[i].segment_pair, l->pairs[i].stratum, l->pairs[i].unit,
                          l->pairs[i].group_start,  l->pairs[i].total,   l->pairs[i].rows};

        for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) sipas__free(ctx, blocks[b]);
    }
    for (int32_t i = 0; l->sums && i < l->n_sets * n_levels; i++) {
        sipas__free(ctx, l->sums[i].z);
        sipas__free(ctx, l->sums[i].zz);
        sipas__free(ctx, l->sums[i].ww);
        sipas__free(ctx, l->sums[i].square);
    }
    sipas__free(ctx, l->sums);
    sipas__free(ctx, l->pairs);
    sipas__free(ctx, l->z);
    if (l->readers) sipas__readers_free(ctx, l->readers, l->n_workers);
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
    while (row < n && (reader->weight[row] == 0.0 || at->segment_group[reader->segment[row]] < 0)) row++;
    block->first = row;
    block->weight = reader->weight + row;
    block->segment = reader->segment + row;
    while (row < n && row - block->first < SIPAS__LINEAR_ROWS && reader->weight[row] != 0.0 &&
           at->segment_group[reader->segment[row]] == at->segment_group[block->segment[0]])
        row++;
    block->n = row - block->first;
    return row;
}

/* Which rows count for a node: those that have its variable, or one of its set. */
static void mark_rows(const sipas__estimation *e, int64_t k, const double *values, int64_t n, uint8_t *counts)
{
    const sipas__nodes *nodes = e->linear.nodes;
    const sipas__source *source = e->request.source;
    const int32_t set = nodes->set ? nodes->set[k] : -1;
    const int32_t only = nodes->atoms[nodes->term_atom[nodes->start[k]]].num;

    memset(counts, 0, (size_t)n);
    for (int64_t v = set < 0 ? only : 0; v < (set < 0 ? only + 1 : source->n_vars); v++) {
        if (set >= 0 && !(source->sets[set * source->set_words + v / 64] >> v % 64 & 1)) continue;
        for (int64_t i = 0; i < n; i++) counts[i] = counts[i] || !isnan(values[v * SIPAS__TILE + i]);
    }
}

/*
 * Squares of totals are taken about their mean, for their sake z is not centred as that of means and ratios is; and a
 * row that lacks the variable of a total does not count.
 */
static void add_deff(const sipas__estimation *e, int32_t level, int64_t group, const double *values,
                     const row_block *block, level_sums *at)
{
    uint8_t counts[SIPAS__LINEAR_ROWS];
    const sipas__nodes *nodes = e->linear.nodes;
    const sipas__linear_level *from = &e->linear.level[level];

    for (int64_t k = 0; k < nodes->n_nodes; k++) {
        const int64_t cell = group * nodes->n_nodes + k;
        const double *z = block->z + k * SIPAS__LINEAR_ROWS,
                     population = from->population[sipas__linear_count(from, cell)];
        const double centre = e->request.totals && population > 0.0 ? from->estimate[cell] / population : 0.0;
        double sum = 0.0, squares = 0.0, weights = 0.0;

        mark_rows(e, k, values + block->first, block->n, counts);
        for (int64_t i = 0; i < block->n; i++) {
            const double d = z[i] - centre;

            if (!counts[i]) {
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
static void add_squares(const look *l, int32_t level, const row_block *block, level_sums *at)
{
    const int64_t n_nodes = l->e->linear.nodes->n_nodes;
    const pairs *p = &l->pairs[level];

    for (int64_t first = 0, last; first < block->n; first = last) {
        const int64_t pair = p->segment_pair[block->segment[first]];
        const double n = units_of_pair(l, level, pair);

        last = first + 1;
        while (last < block->n && p->segment_pair[block->segment[last]] == pair) last++;
        for (int64_t k = 0; k < n_nodes; k++) {
            const double *z = block->z + k * SIPAS__LINEAR_ROWS, mean = p->total[pair * n_nodes + k] / n;
            double sum = 0.0;

            for (int64_t i = first; i < last; i++) {
                const double d = block->weight[i] * z[i] - mean;

                sum += d * d;
            }
            sipas__sum_add(&at->square[pair * n_nodes + k], sum);
        }
    }
}

static void add_rows(const look *l, level_sums *sums, const sipas__reader *reader, int64_t n, double *z)
{
    const sipas__estimation *e = l->e;
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
            if (l->by_strata) add_squares(l, level, &block, &sums[level]);
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

static int read_tile(void *state, int32_t worker, int64_t row, int64_t n)
{
    look *l = state;
    const sipas__request *request = &l->e->request;
    sipas__reader *reader = &l->readers[worker];

    sipas__reader_weights(reader, request->design, request->domain, row, n);
    sipas__reader_segments(reader, &l->e->moments, row, n);
    read_values(request->source, reader, row, n);
    add_rows(l, l->own + (int64_t)worker * l->e->linear.n_levels, reader, n, l->z + worker * l->n_z);
    return 1;
}

/* Adds the sums of a part to the whole, and leaves zeros. */
static void join_sums(sipas__sum *whole, sipas__sum *part, int64_t n)
{
    for (int64_t i = 0; i < n; i++) sipas__sum_merge(&whole[i], &part[i]);
    memset(part, 0, (size_t)n * sizeof *part);
}

static sipas_status join_parts(void *state, int32_t workers, sipas_error *err)
{
    look *l = state;
    const int32_t n_levels = l->e->linear.n_levels;

    (void)err; /* the first pass has met every fault */
    for (int32_t i = 0; i < workers * n_levels && l->own != l->sums; i++) {
        const int32_t level = i % n_levels;
        level_sums *whole = &l->sums[level], *part = &l->own[i];

        join_sums(whole->square, part->square, count_squares(l, level));
        join_sums(whole->z, part->z, count_cells(l, level));
        join_sums(whole->zz, part->zz, count_cells(l, level));
        join_sums(whole->ww, part->ww, count_cells(l, level));
    }
    return SIPAS_OK;
}

static sipas_status finish_strata(look *l, sipas_error *err)
{
    sipas__estimation *e = l->e;
    const int64_t n_nodes = e->linear.nodes->n_nodes;

    for (int32_t level = 0; level < e->linear.n_levels; level++) {
        pairs *at = &l->pairs[level];
        double *square = sipas__alloc(e->ctx, at->n, (size_t)n_nodes * sizeof *square);
        sipas_status status = square ? SIPAS_OK : sipas__error_memory(err);

        for (int64_t p = 0; square && p < at->n; p++) {
            const double n = units_of_pair(l, level, p), absent = n - (double)at->rows[p];

            for (int64_t k = 0; k < n_nodes; k++) {
                const double mean = at->total[p * n_nodes + k] / n;

                square[p * n_nodes + k] = sipas__sum_value(&l->sums[level].square[p * n_nodes + k]) +
                                          absent * mean * mean;
            }
        }
        for (int64_t g = 0; status == SIPAS_OK && g < e->linear.level[level].n_groups; g++) {
            const int64_t first = at->group_start[g];
            sipas__entries group = {at->group_start[g + 1] - first, n_nodes, at->unit + first, at->stratum + first,
                                    at->total + first * n_nodes,    NULL};

            status = sipas__variance_of_strata(&e->variance, &group, square + first * n_nodes,
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

/* Pairs and sums: the whole's, and where there are several stretches, those of each worker. */
static int open_look(look *l, sipas__stream *stream, double *work)
{
    const sipas__estimation *e = l->e;
    const int32_t n_levels = e->linear.n_levels;

    if (l->by_strata && !(l->pairs = sipas__alloc(e->ctx, n_levels, sizeof *l->pairs))) return 0;
    for (int32_t i = 0; i < n_levels; i++) {
        if (l->by_strata && !make_pairs(e, i, &l->pairs[i], work)) return 0;
        stream->n_sums += count_squares(l, i) + 3 * count_cells(l, i);
    }
    sipas__stream_plan(stream);
    l->n_workers = stream->n_workers;
    l->n_sets = stream->n_stretches == 1 ? 1 : 1 + l->n_workers;
    l->readers = sipas__readers_new(e->ctx, e->request.source, l->n_workers);
    l->z = sipas__alloc(e->ctx, l->n_workers, (size_t)l->n_z * sizeof *l->z);
    l->sums = sipas__alloc(e->ctx, (int64_t)l->n_sets * n_levels, sizeof *l->sums);
    if (!l->readers || !l->z || !l->sums) return 0;
    l->own = l->n_sets == 1 ? l->sums : l->sums + n_levels;
    for (int32_t i = 0; i < l->n_sets * n_levels; i++)
        if (!alloc_sums(l, i % n_levels, &l->sums[i])) return 0;
    return 1;
}

sipas_status sipas__estimation_rows_pass(sipas__estimation *e, sipas_error *err)
{
    const sipas_design *design = e->request.design;
    const int64_t n_values = e->linear.nodes->n_nodes + e->linear.nodes->n_atoms;
    look l = {
        .e = e, .by_strata = last_stage(e)->rows_are_units && !e->moments.by_row, .n_z = n_values * SIPAS__LINEAR_ROWS};
    sipas__stream stream = {e->ctx, design->n, "reading residuals", 0, &l, read_tile, join_parts, 0, 0};
    double *work = sipas__alloc(e->ctx, sipas__estimation_work(e), sizeof *work);
    sipas_status status = work && open_look(&l, &stream, work) ? SIPAS_OK : sipas__error_memory(err);

    if (status == SIPAS_OK) status = sipas__stream_run(&stream, err);
    if (status == SIPAS_OK && l.by_strata) status = finish_strata(&l, err);
    if (status == SIPAS_OK && e->request.deff) finish_deff(e, l.sums);
    free_look(&l);
    sipas__free(e->ctx, work);
    return status;
}

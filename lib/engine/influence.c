/*
 * Rows stream by, linearized totals of units stay.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/influence.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "engine/stream.h"

/* What a walk adds up. */
enum { TOTALS, SQUARES };

/* The influence of rows as a client of the walk. Where there is but one stretch, it is summed into the whole at once. */
typedef struct job {
    sipas__influence_totals *totals;
    const sipas__influence *influence;
    sipas__reader *readers;
    sipas__sum *whole, *own; /* level × segment × node; own: those of each worker behind each other, or the whole */
    int64_t n_sums;
    int what;
} job;

/* Rows are the units, and a segment is more than one of them. */
static int by_strata(const sipas__estimation *e)
{
    const sipas_design *design = e->request.design;

    return design->stage[design->n_stages - 1].rows_are_units && !e->moments.by_row;
}

/* ---- the walk ---- */

/* Adds the rows of a tile to the sums of a level. */
static void add_rows(const job *j, const sipas__reader *reader, const sipas__influence_tile *tile, sipas__sum *sums)
{
    const int64_t n_nodes = j->influence->n_nodes;
    const double *mean = j->totals->level[tile->level].mean;

    for (int64_t i = 0; i < tile->n; i++) {
        const int64_t first = tile->segment[i] * n_nodes;
        const double w = reader->weight[i];

        if (w == 0.0) continue;
        for (int64_t k = 0; k < n_nodes; k++) {
            const double wz = w * reader->values[k * SIPAS__TILE + i];
            const double d = j->what == SQUARES ? wz - mean[first + k] : 0.0;

            sipas__sum_add(&sums[first + k], j->what == SQUARES ? d * d : wz);
        }
    }
}

static int read_tile(void *state, int32_t worker, int64_t row, int64_t n)
{
    job *j = state;
    const sipas__estimation *e = j->totals->estimation;
    sipas__reader *reader = &j->readers[worker];
    int32_t group[SIPAS__TILE];
    sipas__influence_tile tile = {row, n, 0, reader->segment, group};

    sipas__reader_weights(reader, e->request.design, e->request.domain, row, n);
    sipas__reader_segments(reader, &e->moments, row, n);
    for (; tile.level < e->linear.n_levels; tile.level++) {
        const int32_t *of = e->linear.level[tile.level].segment_group;

        /* sums of segments without a group are not asked for, so their rows may go by any */
        for (int64_t i = 0; i < n; i++) group[i] = of[tile.segment[i]] < 0 ? 0 : of[tile.segment[i]];
        j->influence->fill(j->influence->state, &tile, reader->values, reader->work);
        add_rows(j, reader, &tile,
                 j->own + worker * j->n_sums + tile.level * e->moments.n_segments * j->influence->n_nodes);
    }
    return 1;
}

/* Adds the sums of each worker to the whole, and leaves zeros. */
static sipas_status join_own(void *state, int32_t workers, sipas_error *err)
{
    const job *j = state;

    (void)err; /* the first pass has met every fault */
    if (j->own == j->whole) return SIPAS_OK;
    for (int32_t i = 0; i < workers; i++)
        for (int64_t k = 0; k < j->n_sums; k++) sipas__sum_merge(&j->whole[k], &j->own[i * j->n_sums + k]);
    memset(j->own, 0, (size_t)(workers * j->n_sums) * sizeof *j->own);
    return SIPAS_OK;
}

/* ---- units and strata of a group ---- */

/* Sums by segment × node as a source of units. */
typedef struct sum_source {
    const sipas__sum *sums;
    int64_t n_nodes;
} sum_source;

static void sum_segments(const void *state, int32_t level, const int32_t *segment, int64_t n, double *z)
{
    const sum_source *source = state;

    (void)level;
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < source->n_nodes; k++)
            z[i * source->n_nodes + k] = sipas__sum_value(&source->sums[segment[i] * source->n_nodes + k]);
}

/* Totals of the units of a group, or of its strata; or their squares. */
static void list_units(sipas__influence_totals *t, int32_t level, int64_t group, const sipas__sum *sums,
                       sipas__entries *units)
{
    const sipas__estimation *e = t->estimation;
    const sum_source state = {sums, t->n_nodes};
    const sipas__unit_source source = {t->n_nodes, &state, sum_segments, e->request.residual};

    sipas__units_list(&e->linear, level, group, &source, t->work, units);
}

/* The mean that squares are taken about: that of the stratum, for each of its segments. */
static void set_means(sipas__influence_totals *t)
{
    const sipas__estimation *e = t->estimation;
    const sipas_design *design = e->request.design;
    const sipas__stage *stage = &design->stage[design->n_stages - 1];
    const sipas__moments *m = &e->moments;

    for (int32_t level = 0; level < e->linear.n_levels; level++) {
        const sipas__linear_level *at = &e->linear.level[level];

        for (int64_t g = 0; g < at->n_groups; g++) {
            int64_t unit = -1, leaf = -1;

            list_units(t, level, g, t->level[level].total, &t->entries);
            for (int64_t i = at->start[g]; i < at->start[g + 1]; i++) {
                const int64_t s = at->segments[i];

                if (sipas__moments_rows(m, s) == 0) continue;
                if (m->leaf[s] != leaf) unit++;
                leaf = m->leaf[s];
                for (int64_t k = 0; k < t->n_nodes; k++)
                    t->level[level].mean[s * t->n_nodes + k] = t->entries.z[unit * t->n_nodes + k] /
                                                               (double)stage->stratum_units[leaf];
            }
        }
    }
}

/* Units of a stratum without a row in the group are off the mean as well. */
static void add_absent(sipas__influence_totals *t)
{
    const sipas_design *design = t->estimation->request.design;
    const sipas__stage *stage = &design->stage[design->n_stages - 1];

    for (int64_t u = 0; u < t->entries.n; u++) {
        const double n = (double)stage->stratum_units[t->entries.stratum[u]], absent = n - (double)t->rows[u];

        for (int64_t k = 0; k < t->n_nodes; k++) {
            const double mean = t->entries.z[u * t->n_nodes + k] / n;

            t->squared.z[u * t->n_nodes + k] += absent * mean * mean;
        }
    }
}

/* ---- making it ---- */

static int alloc_totals(sipas__influence_totals *t)
{
    const sipas__estimation *e = t->estimation;
    const int64_t cells = e->moments.n_segments * t->n_nodes;
    const int64_t most = sipas__units_most(&e->linear, e->request.design, e->request.residual);

    t->level = sipas__alloc(e->ctx, e->linear.n_levels, sizeof *t->level);
    t->totals = sipas__alloc(e->ctx, e->linear.n_levels * cells, sizeof *t->totals);
    if (by_strata(e)) t->squares = sipas__alloc(e->ctx, e->linear.n_levels * cells, sizeof *t->squares);
    if (!t->level || !t->totals || (by_strata(e) && !t->squares)) return 0;
    for (int32_t i = 0; i < e->linear.n_levels; i++) {
        t->level[i].total = t->totals + i * cells;
        if (!by_strata(e)) continue;
        t->level[i].square = t->squares + i * cells;
        t->level[i].mean = sipas__alloc(e->ctx, cells, sizeof(double));
        if (!t->level[i].mean) return 0;
    }
    t->rows = sipas__alloc(e->ctx, most, sizeof *t->rows);
    t->work = sipas__alloc(e->ctx, t->n_nodes, SIPAS__LINEAR_ROWS * sizeof *t->work);
    return sipas__entries_new(e->ctx, most, t->n_nodes, &t->entries) &&
           sipas__entries_new(e->ctx, most, t->n_nodes, &t->squared) && sipas__entries_new(e->ctx, most, 2, &t->pair) &&
           t->rows && t->work;
}

/* One walk, into the totals or the squares of all levels. */
static sipas_status walk(job *j, const sipas__stream *stream, int what, sipas__sum *whole, sipas_error *err)
{
    j->what = what;
    j->whole = whole;
    if (stream->n_stretches == 1) j->own = whole;
    return sipas__stream_run(stream, err);
}

sipas_status sipas__influence_init(sipas__influence_totals *totals, sipas__estimation *estimation,
                                   const sipas__influence *influence, sipas_error *err)
{
    const sipas_design *design = estimation->request.design;
    const int64_t n_sums = estimation->linear.n_levels * estimation->moments.n_segments * influence->n_nodes;
    sipas__source shape = {0}; /* what the readers are to have room for */
    job j = {.influence = influence, .n_sums = n_sums, .what = TOTALS};
    sipas__stream stream = {design->ctx, design->n, "reading influence", n_sums, &j, read_tile, join_own, 0, 0};
    sipas__sum *own = NULL;
    sipas_status status;
    int done;

    memset(totals, 0, sizeof *totals);
    j.totals = totals;
    totals->ctx = estimation->ctx;
    totals->estimation = estimation;
    totals->n_levels = estimation->linear.n_levels;
    totals->n_nodes = shape.n_vars = influence->n_nodes;
    shape.n_work = influence->n_work;
    sipas__stream_plan(&stream);
    j.readers = sipas__readers_new(design->ctx, &shape, stream.n_workers);
    done = j.readers && alloc_totals(totals);
    if (stream.n_stretches > 1) j.own = own = sipas__alloc(totals->ctx, stream.n_workers * n_sums, sizeof *own);
    status = done && (own || stream.n_stretches == 1) ? SIPAS_OK : sipas__error_memory(err);
    if (status == SIPAS_OK) status = walk(&j, &stream, TOTALS, totals->totals, err);
    if (status == SIPAS_OK && by_strata(estimation)) {
        set_means(totals);
        status = walk(&j, &stream, SQUARES, totals->squares, err);
    }
    sipas__free(totals->ctx, own);
    if (j.readers) sipas__readers_free(design->ctx, j.readers, stream.n_workers);
    if (status < 0) sipas__influence_clear(totals);
    return status;
}

sipas_status sipas__influence_variance(sipas__influence_totals *t, int32_t level, int64_t group, double *variance,
                                       sipas_error *err)
{
    sipas__estimation *e = t->estimation;

    list_units(t, level, group, t->level[level].total, &t->entries);
    if (!by_strata(e)) return sipas__variance_of_units(&e->variance, &t->entries, variance, err);
    list_units(t, level, group, t->level[level].square, &t->squared);
    sipas__units_rows(&e->linear, level, group, t->rows, 0, NULL);
    add_absent(t);
    return sipas__variance_of_strata(&e->variance, &t->entries, t->squared.z, variance, err);
}

/* By polarization, as engine/covariance.c has it. */
static sipas_status one_covariance(sipas__influence_totals *t, int64_t a, int64_t b, double times, double *out,
                                   sipas_error *err)
{
    double variance[2];
    sipas_status status;

    t->pair.n = t->entries.n;
    t->pair.n_nodes = 2;
    for (int64_t u = 0; u < t->entries.n; u++) {
        const double x = t->entries.z[u * t->n_nodes + a], y = times * t->entries.z[u * t->n_nodes + b];

        t->pair.id[u] = t->entries.id[u];
        t->pair.stratum[u] = t->entries.stratum[u];
        t->pair.z[2 * u] = x + y;
        t->pair.z[2 * u + 1] = x - y;
    }
    status = sipas__variance_of_units(&t->estimation->variance, &t->pair, variance, err);
    if (status == SIPAS_OK) *out = (variance[0] - variance[1]) / 4.0 / times;
    return status;
}

sipas_status sipas__influence_covariance(sipas__influence_totals *t, int32_t level, int64_t group, double *covariance,
                                         sipas_error *err)
{
    const int64_t n = t->n_nodes;
    double *variance = t->squared.z; /* not used where units are kept */
    sipas_status status = sipas__influence_variance(t, level, group, variance, err);

    for (int64_t k = 0; k < n && status == SIPAS_OK; k++) covariance[k * n + k] = variance[k];
    list_units(t, level, group, t->level[level].total, &t->entries);
    for (int64_t a = 0; a < n; a++)
        for (int64_t b = 0; b < a && status == SIPAS_OK; b++) {
            const double times = sipas__variance_scale(sqrt(covariance[a * n + a]), sqrt(covariance[b * n + b]));

            status = one_covariance(t, a, b, times, &covariance[a * n + b], err);
            covariance[b * n + a] = covariance[a * n + b];
        }
    return status;
}

void sipas__influence_clear(sipas__influence_totals *t)
{
    for (int32_t i = 0; t->level && i < t->n_levels; i++) sipas__free(t->ctx, t->level[i].mean);
    sipas__free(t->ctx, t->totals);
    sipas__free(t->ctx, t->squares);
    sipas__free(t->ctx, t->level);
    sipas__free(t->ctx, t->rows);
    sipas__free(t->ctx, t->work);
    sipas__entries_clear(t->ctx, &t->entries);
    sipas__entries_clear(t->ctx, &t->squared);
    sipas__entries_clear(t->ctx, &t->pair);
    memset(t, 0, sizeof *t);
}

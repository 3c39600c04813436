/*
 * Reading tiles of rows: weights, segments and values, as the pass and the second look at the rows need them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <string.h>

#include "base/context.h"
#include "data/column.h"
#include "engine/moments.h"
#include "engine/moments_sum.h"
#include "engine/stream.h"
#include "num/finite.h"

sipas__reader *sipas__readers_new(const sipas_ctx *ctx, const sipas__source *source, int32_t count)
{
    const int64_t pitch = sipas__pass_pitch(source), words = sipas__pass_words(source->n_vars);
    sipas__reader *readers = sipas__alloc(ctx, count, sizeof *readers);
    int done = readers != NULL;

    for (int32_t i = 0; i < count && done; i++) {
        sipas__reader *r = &readers[i];

        r->fault.row = -1;
        r->values = sipas__alloc(ctx, source->n_vars, SIPAS__TILE * sizeof(double));
        r->work = sipas__alloc(ctx, source->n_work, sizeof(double));
        r->missing = sipas__alloc(ctx, words, SIPAS__TILE * sizeof *r->missing);
        r->points = sipas__alloc(ctx, source->scored ? pitch : 0, SIPAS__POINTS_PITCH);
        r->lines = sipas__alloc(ctx, source->scored ? pitch : 0, SIPAS__TILE);
        done = r->values && r->work && r->missing && r->points && r->lines;
        if (done && source->scored) memset(r->points + source->n_vars * SIPAS__POINTS_PITCH, 1, SIPAS__POINTS_PITCH);
    }
    if (done) return readers;
    sipas__readers_free(ctx, readers, count);
    return NULL;
}

void sipas__readers_free(const sipas_ctx *ctx, sipas__reader *readers, int32_t count)
{
    for (int32_t i = 0; readers && i < count; i++) {
        sipas__free(ctx, readers[i].values);
        sipas__free(ctx, readers[i].work);
        sipas__free(ctx, readers[i].missing);
        sipas__free(ctx, readers[i].points);
        sipas__free(ctx, readers[i].lines);
    }
    sipas__free(ctx, readers);
}

void sipas__reader_weights(sipas__reader *reader, const sipas_design *design, const sipas__domain *domain, int64_t row,
                           int64_t n)
{
    const double *plain = design->has_weights ? sipas__column_plain_f64(&design->weights, row) : NULL;

    reader->weight = plain ? plain : reader->own_weight;
    if (plain && domain->where.type == SIPAS_TYPE_NONE) return;
    if (plain)
        memcpy(reader->own_weight, plain, (size_t)n * sizeof *plain);
    else
        sipas__design_read_weights(design, row, n, reader->own_weight);
    reader->weight = reader->own_weight;
    sipas__domain_where(domain, row, n, reader->own_weight);
}

void sipas__reader_segments(sipas__reader *reader, const sipas__moments *m, int64_t row, int64_t n)
{
    uint32_t index[SIPAS__TILE];

    if (m->row_segment) {
        memcpy(reader->segment, m->row_segment + row, (size_t)n * sizeof *reader->segment);
        return;
    }
    if (m->index_segment && sipas__patterns_index(m->pairs, row, n, index)) {
        for (int64_t i = 0; i < n; i++) reader->segment[i] = m->index_segment[index[i]];
        return;
    }
    sipas__patterns_find(m->pairs, row, n, reader->segment);
    for (int64_t i = 0; i < n; i++) reader->segment[i] = m->pair_segment[reader->segment[i]];
}

/* The segments of rows as a client of the walk. */
typedef struct keeper {
    const sipas__moments *moments;
    int32_t *segment;
} keeper;

static int keep_tile(void *state, int32_t worker, int64_t row, int64_t n)
{
    const keeper *k = state;

    (void)worker;
    sipas__patterns_find(k->moments->pairs, row, n, k->segment + row);
    for (int64_t i = row; i < row + n; i++) k->segment[i] = k->moments->pair_segment[k->segment[i]];
    return 1;
}

sipas_status sipas__moments_keep_rows(sipas__moments *m, int64_t n, sipas_error *err)
{
    keeper k = {m, NULL};
    sipas__stream stream = {m->ctx, n, "reading units", 0, &k, keep_tile, NULL, 0, 0};
    sipas_status status;

    if (m->row_segment) return SIPAS_OK;
    k.segment = sipas__alloc(m->ctx, n, sizeof *k.segment);
    if (!k.segment) return sipas__error_memory(err);
    sipas__stream_plan(&stream);
    status = sipas__stream_run(&stream, err);
    if (status == SIPAS_OK)
        m->row_segment = k.segment;
    else
        sipas__free(m->ctx, k.segment);
    return status;
}

/* An infinite value is a fault, or, where nobody looks, as good as missing. */
static void refuse_infinite(sipas__reader *reader, int64_t variable, int64_t row, int64_t n)
{
    double *values = reader->values + variable * SIPAS__TILE;
    sipas__fault *fault = &reader->fault;

    for (int64_t i = 0; i < n; i++) {
        if (!isinf(values[i])) continue;
        if (reader->weight[i] != 0.0 && (fault->row < 0 || row + i < fault->row)) {
            fault->row = row + i;
            fault->variable = variable;
            fault->value = values[i];
        }
        values[i] = NAN;
    }
}

/* A row that lacks one variable lacks all. */
static void take_out_incomplete(sipas__reader *reader, int64_t n_vars, int64_t n)
{
    uint8_t incomplete[SIPAS__TILE] = {0};

    for (int64_t v = 0; v < n_vars; v++)
        for (int64_t i = 0; i < n; i++)
            incomplete[i] = (uint8_t)(incomplete[i] | (isnan(reader->values[v * SIPAS__TILE + i]) != 0));
    for (int64_t v = 0; v < n_vars; v++)
        for (int64_t i = 0; i < n; i++)
            if (incomplete[i]) reader->values[v * SIPAS__TILE + i] = NAN;
}

int sipas__reader_values(sipas__reader *reader, const sipas__source *source, int64_t row, int64_t n)
{
    int odd = 0;

    source->fill(source->state, row, n, reader->values, reader->work, &reader->fault);
    for (int64_t v = 0; v < source->n_vars; v++) {
        if (sipas__all_finite(reader->values + v * SIPAS__TILE, n)) continue;
        odd = 1;
        if (source->finite) refuse_infinite(reader, v, row, n);
    }
    if (odd && source->complete) take_out_incomplete(reader, source->n_vars, n);
    return odd;
}

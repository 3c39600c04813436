/*
 * Reading tiles of rows: weights, segments and values, as the pass and the second look at the rows need them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <string.h>

#include "base/context.h"
#include "data/column.h"
#include "estimate/pass.h"
#include "estimate/pass_sum.h"

sipas__reader *sipas__readers_new(const sipas_ctx *ctx, const sipas__source *source, int32_t count)
{
    sipas__reader *readers = sipas__alloc(ctx, count, sizeof *readers);
    int done = readers != NULL;

    for (int32_t i = 0; i < count && done; i++) {
        readers[i].fault.row = -1;
        readers[i].values = sipas__alloc(ctx, source->n_vars, SIPAS__TILE * sizeof(double));
        readers[i].work = sipas__alloc(ctx, source->n_work, sizeof(double));
        done = readers[i].values && readers[i].work;
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
    }
    sipas__free(ctx, readers);
}

/* Keys of the segments of rows row … row+n-1. */
void sipas__reader_keys(sipas__reader *reader, const sipas_design *design, const sipas__domain *domain, int by_row,
                        int64_t row, int64_t n)
{
    const int32_t last = design->n_stages - 1;
    const int rows_are_units = design->stage[last].rows_are_units;

    sipas__design_read(design, row, n, &reader->tile);
    sipas__domain_read(domain, row, n, reader->cell);
    for (int64_t i = 0; i < n; i++) {
        int64_t leaf = rows_are_units ? reader->tile.stratum[last][i] : reader->tile.unit[last][i];

        if (rows_are_units && by_row) leaf = leaf * design->n + row + i;
        reader->keys[i] = (uint64_t)(leaf * domain->n_cells + reader->cell[i]);
    }
}

void sipas__reader_weights(sipas__reader *reader, const sipas_design *design, const sipas__domain *domain,
                           const sipas__moments *moments, int64_t row, int64_t n)
{
    reader->weight = reader->tile.weight;
    if (moments->runs.n == 0) {
        sipas__reader_keys(reader, design, domain, moments->by_row, row, n);
        sipas__map_find(&moments->map, reader->keys, n, reader->segment);
    } else {
        const double *plain = sipas__column_plain_f64(&design->weights, row);

        if (plain && domain->where.type == SIPAS_TYPE_NONE) {
            reader->weight = plain;
            return;
        }
        sipas__design_read_weights(design, row, n, &reader->tile);
    }
    sipas__domain_where(domain, row, n, reader->tile.weight);
}

/* Segments of rows row … row+n-1, from those of the runs. */
void sipas__reader_spread(sipas__reader *reader, const sipas__moments *m, int64_t row, int64_t n)
{
    const int64_t first = sipas__runs_at(&m->runs, row);
    const int64_t count = sipas__runs_touched(&m->runs, first, row, n);

    memcpy(reader->segment, m->run_segment + first, (size_t)count * sizeof *reader->segment);
    sipas__runs_spread(&m->runs, row, n, reader->segment);
}

void sipas__reader_rows(sipas__reader *reader, const sipas_design *design, const sipas__domain *domain,
                        const sipas__moments *moments, int64_t row, int64_t n)
{
    sipas__reader_weights(reader, design, domain, moments, row, n);
    if (moments->runs.n) sipas__reader_spread(reader, moments, row, n);
}

/* An infinite value is a fault, or, where nobody looks, as good as missing. */
static void refuse_infinite(sipas__reader *reader, const sipas__source *source, int64_t row, int64_t n)
{
    sipas__fault *fault = &reader->fault;

    for (int64_t v = 0; v < source->n_vars; v++) {
        double *values = reader->values + v * SIPAS__TILE;

        for (int64_t i = 0; i < n; i++) {
            if (!isinf(values[i])) continue;
            if (reader->weight[i] != 0.0 && (fault->row < 0 || row + i < fault->row)) {
                fault->row = row + i;
                fault->variable = v;
                fault->value = values[i];
            }
            values[i] = NAN;
        }
    }
}

void sipas__reader_values(sipas__reader *reader, const sipas__source *source, int64_t row, int64_t n)
{
    uint8_t incomplete[SIPAS__TILE] = {0};

    source->fill(source->state, row, n, reader->values, reader->work, &reader->fault);
    if (source->finite) refuse_infinite(reader, source, row, n);
    if (!source->complete) return;
    for (int64_t v = 0; v < source->n_vars; v++)
        for (int64_t i = 0; i < n; i++)
            incomplete[i] = (uint8_t)(incomplete[i] | (isnan(reader->values[v * SIPAS__TILE + i]) != 0));
    for (int64_t v = 0; v < source->n_vars; v++)
        for (int64_t i = 0; i < n; i++)
            if (incomplete[i]) reader->values[v * SIPAS__TILE + i] = NAN;
}

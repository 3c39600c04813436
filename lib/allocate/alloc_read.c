/*
 * Reading an allocation: its columns, the order of codes, and then weights and bounds, a tile of units at a time so that
 * what one step has read the next finds close by.
 *
 * O(units).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/allocate.h"

#include "base/context.h"
#include "base/enums.h"
#include "data/alike.h"
#include "data/codes.h"
#include "data/column.h"
#include "data/measure.h"
#include "data/schema.h"

/* Which columns a method reads. */
static const int32_t reads[] = {
    [SIPAS_ALLOCATE_PROPORTIONAL] = SIPAS__READS_SIZE,
    [SIPAS_ALLOCATE_SQRT] = SIPAS__READS_SIZE,
    [SIPAS_ALLOCATE_POWER] = SIPAS__READS_SIZE,
    [SIPAS_ALLOCATE_KISH] = SIPAS__READS_SIZE,
    [SIPAS_ALLOCATE_NEYMAN] = SIPAS__READS_SIZE | SIPAS__READS_SD,
    [SIPAS_ALLOCATE_COST] = SIPAS__READS_SIZE | SIPAS__READS_SD | SIPAS__READS_COST,
    [SIPAS_ALLOCATE_BANKIER] = SIPAS__READS_SD | SIPAS__READS_MEAN,
};
SIPAS__EVERY(reads, ALLOCATE);

/* The first column given tells how many units there are. */
enum { CANDIDATES = 7 };

static sipas_status count_units(sipas__allocation *a, const sipas_column *size, sipas_error *err)
{
    const sipas_allocate_opts *opts = &a->opts;
    const sipas_column *candidates[CANDIDATES] = {sipas__column_given(size) ? size : NULL,
                                                  opts->unit_class,
                                                  opts->code,
                                                  opts->lower,
                                                  opts->upper,
                                                  opts->fixed,
                                                  opts->importance};

    for (int32_t i = 0; i < CANDIDATES && a->n_units == 0; i++)
        if (candidates[i]) a->n_units = candidates[i]->n;
    if (a->n_units < 1) return sipas__error_argument(err, "size", "there are no units");
    if (a->n_units > INT32_MAX) return sipas__error_argument(err, "size", "there are more than 2^31 - 1 units");
    return SIPAS_OK;
}

/* The cells of the result, in the order of the schema. */
static sipas_status make_table(sipas__allocation *a, sipas_error *err)
{
    const sipas_schema *schema = &sipas__schema_allocation;
    int32_t unused;

    a->table = sipas__table_new(a->ctx, a->n_units);
    a->code_column = a->opts.code ? sipas__table_add_field(a->table, schema, "code") : -1;
    a->n = sipas__table_add_cells(a->table, schema, "n", &unused);
    a->fraction = sipas__table_add_cells(a->table, schema, "fraction", &a->fraction_column);
    a->continuous = sipas__table_add_cells(a->table, schema, "continuous", &unused);
    a->bounds.lower = sipas__table_add_cells(a->table, schema, "lower", &unused);
    a->bounds.upper = sipas__table_add_cells(a->table, schema, "upper", &a->upper_column);
    a->share = sipas__table_add_cells(a->table, schema, "share", &a->share_column);
    if (a->opts.gains) a->gain = sipas__table_add_cells(a->table, schema, "gain", &a->gain_column);
    return a->share && (a->gain || !a->opts.gains) ? SIPAS_OK : sipas__error_memory(err);
}

/* Places of the codes in their order; two units with one code are an error. */
static sipas_status read_ranks(sipas__allocation *a, sipas_error *err)
{
    sipas__codes codes;
    int32_t *first = NULL;
    sipas_status status = sipas__codes_init(&codes, a->ctx, a->opts.code, a->n_units, "code", 0, err);

    if (status < 0) return status;
    sipas__alike_note_codes(a->table, &codes, "code");
    status = sipas__progress_between(a->ctx, "allocate", a->n_units, err);
    a->seats.rank = sipas__alloc(a->ctx, a->n_units, sizeof *a->seats.rank);
    if (status == SIPAS_OK && !a->seats.rank) status = sipas__error_memory(err);
    for (int64_t row = 0; status == SIPAS_OK && row < a->n_units; row += SIPAS__TILE)
        sipas__codes_read(&codes, row, a->n_units - row < SIPAS__TILE ? a->n_units - row : SIPAS__TILE,
                          a->seats.rank + row);
    if (status == SIPAS_OK && codes.n_levels < a->n_units) {
        first = sipas__alloc(a->ctx, codes.n_levels, sizeof *first);
        if (!first) status = sipas__error_memory(err);
        for (int64_t row = 0; status == SIPAS_OK; row++) {
            if (first[a->seats.rank[row]])
                status = sipas__unit_error(err, SIPAS_ERR_DUPLICATE, a->opts.code, row,
                                           "its code stands in row %d already", (int)(first[a->seats.rank[row]] - 1));
            first[a->seats.rank[row]] = (int32_t)row + 1;
        }
    }
    sipas__free(a->ctx, first);
    sipas__codes_clear(&codes);
    return status;
}

/* Sizes are read where they are given; the others where the method, or what is asked besides, needs them. */
static sipas_status read_columns(sipas__allocation *a, const sipas_column *size, sipas_error *err)
{
    const sipas_allocate_opts *opts = &a->opts;
    const int bankier = opts->method == SIPAS_ALLOCATE_BANKIER, variance = opts->gains || a->goal;
    const int32_t needs = reads[opts->method] | (bankier && !opts->importance ? SIPAS__READS_SIZE : 0) |
                          (variance ? SIPAS__READS_SIZE | SIPAS__READS_SD : 0) |
                          (opts->take_all ? SIPAS__READS_SIZE : 0) | a->also_reads;
    const struct {
        const char *name;
        const sipas_column *column;
        double **owned;
        const double **view;
        int32_t wanted, may;
    } columns[] = {
        {"size", size, &a->own_size, &a->size, sipas__column_given(size) || (needs & SIPAS__READS_SIZE),
         SIPAS__MAY_BE_ZERO},
        {"sd", opts->sd, &a->own_sd, &a->sd, needs & SIPAS__READS_SD, SIPAS__MAY_BE_ZERO},
        {"cost", opts->cost, &a->own_cost, &a->cost, needs & SIPAS__READS_COST, 0},
        {"mean", opts->mean, &a->own_mean, &a->mean, needs & SIPAS__READS_MEAN, bankier ? 0 : SIPAS__MAY_BE_ZERO},
        {"importance", opts->importance, &a->own_importance, &a->importance, bankier && opts->importance,
         SIPAS__MAY_BE_ZERO},
    };
    sipas_status status = opts->code ? read_ranks(a, err) : SIPAS_OK;

    for (size_t i = 0; i < sizeof columns / sizeof *columns && status == SIPAS_OK; i++)
        if (columns[i].wanted)
            status = sipas__measure_view(a->ctx, columns[i].column, a->n_units, columns[i].name, opts->code,
                                         columns[i].may, columns[i].owned, columns[i].view, err);
    return status < 0 ? status : sipas__allocate_bounds_check(a, err);
}

/* Weights and bounds, tile by tile. */
static sipas_status read_units(sipas__allocation *a, sipas_error *err)
{
    const int by_weight = a->opts.method != SIPAS_ALLOCATE_CLASS_TABLE;
    sipas_status status = SIPAS_OK;

    if (by_weight) sipas__allocate_begin_weights(a);
    for (int64_t from = 0; from < a->n_units && status == SIPAS_OK; from += SIPAS__TILE) {
        const int64_t to = a->n_units - from < SIPAS__TILE ? a->n_units : from + SIPAS__TILE;

        if (by_weight) status = sipas__allocate_weigh(a, from, to, err);
        if (status == SIPAS_OK) status = sipas__allocate_bound(a, from, to, err);
    }
    if (status < 0 || !by_weight || a->goal) return status;
    status = sipas__allocate_check_weights(a, err);
    return status < 0 ? status : sipas__allocate_check_total(a, err);
}

sipas_status sipas__allocate_read(sipas__allocation *a, sipas_ctx *ctx, int64_t total, const sipas_column *size,
                                  const sipas_allocate_opts *opts, sipas_error *err)
{
    sipas_status status;

    a->ctx = ctx;
    status = sipas__allocate_load(a, opts, err);
    if (status == SIPAS_OK) status = count_units(a, size, err);
    if (status == SIPAS_OK) status = make_table(a, err);
    if (status == SIPAS_OK && !a->goal) status = sipas__allocate_set_total(a, total, err);
    if (status == SIPAS_OK) status = read_columns(a, size, err);
    if (status == SIPAS_OK) status = read_units(a, err);
    return status;
}

void sipas__allocate_clear(sipas__allocation *a)
{
    sipas__free(a->ctx, a->own_size);
    sipas__free(a->ctx, a->own_sd);
    sipas__free(a->ctx, a->own_cost);
    sipas__free(a->ctx, a->own_mean);
    sipas__free(a->ctx, a->own_importance);
    sipas__free(a->ctx, a->seats.rank);
    sipas_table_free(a->table);
}

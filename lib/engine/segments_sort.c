/*
 * Segments where units and cells cross, so that many rows are alone with their unit in their cell: then to look a pair up costs more
 * than all the rest. Rows are put in the order of their cells by counting (distribution counting: Knuth, TAOCP 3, §5.2,
 * algorithm D); within a cell an array with a place for every unit tells which of them were met. Segments are numbered in
 * that order: those of a cell lie next to each other, as the linear form and the variance go through them.
 *
 * Where most rows are alone, each is a segment of its own: then workers never meet in one, and nothing is to be joined.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/context.h"
#include "engine/moments.h"
#include "engine/moments_sum.h"

/* Rows from one word to the host to the next. */
enum { PROGRESS_ROWS = 1 << 18 };

/* First place of each key, n_keys + 1 of them; NULL when there is no memory. */
static int32_t *first_places(const sipas_ctx *ctx, const int32_t *key, int64_t n_keys, int64_t n)
{
    int32_t *first = sipas__alloc(ctx, n_keys + 1, sizeof *first);

    if (!first) return NULL;
    for (int64_t i = 0; i < n; i++) first[key[i] + 1]++;
    for (int64_t k = 0; k < n_keys; k++) first[k + 1] += first[k];
    return first;
}

int sipas__pass_sort(const sipas_ctx *ctx, const int32_t *key, int64_t n_keys, const int32_t *from, int64_t n,
                     int32_t *order)
{
    int32_t *next = first_places(ctx, key, n_keys, n);

    for (int64_t i = 0; next && i < n; i++) {
        const int32_t item = from ? from[i] : (int32_t)i;

        order[next[key[item]]++] = item;
    }
    sipas__free(ctx, next);
    return next != NULL;
}

/* Gives each row its place by cell, and each place its unit; `next` has the first place of each cell, and moves on. */
static sipas_status place_rows(sipas__moments *m, const sipas__row_keys *rows, int32_t *next, sipas_error *err)
{
    sipas_status status = SIPAS_OK;

    for (int64_t from = 0; from < rows->n && status == SIPAS_OK; from += PROGRESS_ROWS) {
        const int64_t to = rows->n - from < PROGRESS_ROWS ? rows->n : from + PROGRESS_ROWS;

        for (int64_t row = from; row < to; row++) {
            const int32_t place = next[rows->cell[row]]++;

            m->row_segment[row] = place;
            m->leaf[place] = rows->leaf[row];
        }
        status = sipas__progress(m->ctx, "sorting rows", to, rows->n, err);
    }
    return status;
}

/* Fills the cells of the places, and counts the pairs of cell and unit; `met` has a 0 for every unit. */
static int64_t count_pairs(sipas__moments *m, const sipas__row_keys *rows, const int32_t *end, int32_t *met)
{
    int32_t pairs = 0, place = 0;

    for (int64_t c = 0; c < rows->n_cells; c++) {
        const int32_t before = pairs;

        for (; place < end[c]; place++) {
            int32_t *last = &met[m->leaf[place]];

            m->cell[place] = (int32_t)c;
            if (*last <= before) *last = ++pairs;
        }
    }
    return pairs;
}

/* A segment per pair in place of one per row. `met` and `pair` have a 0 for every unit, and for every row. */
static void merge_places(sipas__moments *m, const sipas__row_keys *rows, const int32_t *end, int32_t *met,
                         int32_t *pair)
{
    int32_t pairs = 0, place = 0;

    for (int64_t c = 0; c < rows->n_cells; c++) {
        const int32_t before = pairs;

        for (; place < end[c]; place++) {
            const int32_t leaf = m->leaf[place];

            if (met[leaf] <= before) {
                m->leaf[pairs] = leaf;
                m->cell[pairs] = (int32_t)c;
                met[leaf] = ++pairs;
            }
            pair[place] = met[leaf] - 1;
        }
    }
    for (int64_t row = 0; row < rows->n; row++) m->row_segment[row] = pair[m->row_segment[row]];
    m->n_segments = pairs;
}

/* Each row a segment, or, where most are not alone, each pair; `end` has the place behind each cell's. */
static int choose_segments(sipas__moments *m, const sipas__row_keys *rows, const int32_t *end)
{
    int32_t *met = sipas__alloc(m->ctx, rows->n_leaves, sizeof *met), *pair = NULL;
    int done = met != NULL;

    m->single = done && 2 * count_pairs(m, rows, end, met) > rows->n;
    if (done && !m->single) {
        pair = sipas__alloc(m->ctx, rows->n, sizeof *pair);
        done = pair != NULL;
        memset(met, 0, (size_t)rows->n_leaves * sizeof *met);
        if (done) merge_places(m, rows, end, met, pair);
    }
    sipas__free(m->ctx, met);
    sipas__free(m->ctx, pair);
    return done;
}

sipas_status sipas__pass_sort_rows(sipas__moments *m, const sipas__row_keys *rows, sipas_error *err)
{
    int32_t *next = first_places(m->ctx, rows->cell, rows->n_cells, rows->n);
    sipas_status status;

    m->by_cell = 1;
    status = next && sipas__pass_alloc_segments(m, rows->n) ? place_rows(m, rows, next, err) : sipas__error_memory(err);
    if (status == SIPAS_OK && !choose_segments(m, rows, next)) status = sipas__error_memory(err);
    sipas__free(m->ctx, next);
    return status;
}

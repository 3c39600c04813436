/*
 * Runs of equal codes. A tile's changes are marked column by column in loops a compiler can vectorize, so that the search
 * costs a fraction of reading the codes row by row, and gives up early on scattered data.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/runs.h"

#include <string.h>

#include "base/context.h"
#include "data/codes.h"
#include "data/column.h"

/* Shortest mean run that is worth keeping, and fewest rows. */
enum { MEAN_RUN = 64, FEWEST_ROWS = 4096 };

static int can_run(const sipas_column *column)
{
    return sipas__column_is_whole(column) || (column->type == SIPAS_TYPE_F64 && !column->validity);
}

/* One loop for arrays, which compilers vectorize, and one for other strides. */
#define MARK(type_name)                                                                       \
    if (column->stride == (int64_t)sizeof(type_name)) {                                       \
        if (memcmp(at, at - sizeof(type_name), (size_t)n * sizeof(type_name)) == 0) return 0; \
        MARK_LOOP(type_name, (int64_t)sizeof(type_name))                                      \
    } else {                                                                                  \
        MARK_LOOP(type_name, column->stride)                                                  \
    }                                                                                         \
    break

#define MARK_LOOP(type_name, step)                             \
    for (int64_t i = 0; i < n; i++) {                          \
        type_name here, before;                                \
        memcpy(&here, at + i * (step), sizeof here);           \
        memcpy(&before, at + (i - 1) * (step), sizeof before); \
        changed[i] |= (uint8_t)(here != before);               \
    }

/* Marks rows row … row+n-1 that differ from the row before; row > 0. Returns 0 when none does, as far as it is known. */
static int mark_changes(const sipas_column *column, int64_t row, int64_t n, uint8_t *restrict changed)
{
    const char *at = (const char *)column->data + row * column->stride;

    switch (column->type) {
    case SIPAS_TYPE_F64:
    case SIPAS_TYPE_I64: MARK(int64_t);
    case SIPAS_TYPE_I32: MARK(int32_t);
    case SIPAS_TYPE_I16: MARK(int16_t);
    default: MARK(int8_t);
    }
    return 1;
}

int sipas__runs_init(sipas__runs *runs, const sipas_ctx *ctx, const sipas_column *const *columns, int32_t n_columns,
                     int64_t n_rows)
{
    int64_t capacity = 0, n = 0;
    void *start = NULL;

    memset(runs, 0, sizeof *runs);
    runs->ctx = ctx;
    for (int32_t c = 0; c < n_columns; c++)
        if (!can_run(columns[c])) return 1;
    if (n_rows < FEWEST_ROWS) return 1;
    for (int64_t row = 0; row < n_rows; row += SIPAS__TILE) {
        const int64_t count = n_rows - row < SIPAS__TILE ? n_rows - row : SIPAS__TILE;
        uint8_t changed[SIPAS__TILE] = {0};
        int any = row == 0;

        for (int32_t c = 0; c < n_columns; c++)
            any |= mark_changes(columns[c], row ? row : 1, row ? count : count - 1, row ? changed : changed + 1);
        if (!any) continue;
        if (row == 0) changed[0] = 1;
        if (!sipas__grow(ctx, &start, &capacity, n + count + 1, sizeof *runs->start)) {
            sipas__free(ctx, start);
            return 0;
        }
        for (int64_t i = 0; i < count; i++)
            if (changed[i]) ((int64_t *)start)[n++] = row + i;
        if (n > n_rows / MEAN_RUN) { /* scattered */
            sipas__free(ctx, start);
            return 1;
        }
    }
    runs->start = start;
    runs->start[n] = n_rows;
    runs->n = n;
    return 1;
}

int sipas__runs_cross(sipas__runs *runs, const sipas_ctx *ctx, const sipas__runs *a, const sipas__runs *b)
{
    memset(runs, 0, sizeof *runs);
    runs->ctx = ctx;
    if (a->n == 0 || b->n == 0) return 1;
    runs->start = sipas__alloc(ctx, a->n + b->n + 1, sizeof *runs->start);
    if (!runs->start) return 0;
    for (int64_t i = 0, j = 0; i < a->n || j < b->n;) {
        const int64_t x = a->start[i], y = b->start[j]; /* the last of each is the number of rows */

        runs->start[runs->n++] = x < y ? x : y;
        i += x <= y && i < a->n;
        j += y <= x && j < b->n;
    }
    runs->start[runs->n] = a->start[a->n];
    return 1;
}

int64_t sipas__runs_at(const sipas__runs *runs, int64_t row)
{
    int64_t low = 0, high = runs->n;

    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;

        if (runs->start[middle] <= row)
            low = middle;
        else
            high = middle;
    }
    return low;
}

int64_t sipas__runs_touched(const sipas__runs *runs, int64_t first, int64_t row, int64_t n)
{
    int64_t last = first;

    while (runs->start[last + 1] < row + n) last++;
    return last - first + 1;
}

/* From the last row back, so that no value is overwritten before it was read: run r begins at row r or later. */
void sipas__runs_spread(const sipas__runs *runs, int64_t row, int64_t n, int32_t *values)
{
    const int64_t first = sipas__runs_at(runs, row);
    int64_t end = n;

    for (int64_t run = first + sipas__runs_touched(runs, first, row, n) - 1; run >= first; run--) {
        const int64_t begin = runs->start[run] > row ? runs->start[run] - row : 0;
        const int32_t value = values[run - first];

        for (int64_t i = begin; i < end; i++) values[i] = value;
        end = begin;
    }
}

void sipas__runs_clear(sipas__runs *runs)
{
    sipas__free(runs->ctx, runs->start);
    memset(runs, 0, sizeof *runs);
}

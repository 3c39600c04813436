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

#define MARK(type_name)                                                \
    for (int64_t i = 0; i < n; i++) {                                  \
        type_name here, before;                                        \
        memcpy(&here, at + i * column->stride, sizeof here);           \
        memcpy(&before, at + (i - 1) * column->stride, sizeof before); \
        changed[i] |= (uint8_t)(here != before);                       \
    }                                                                  \
    break

/* Marks rows row … row+n-1 that differ from the row before; row > 0. Returns 0 when none does. */
static int mark_changes(const sipas_column *column, int64_t row, int64_t n, uint8_t *changed)
{
    static const int64_t size[] = {
        [SIPAS_TYPE_F64] = 8, [SIPAS_TYPE_I64] = 8, [SIPAS_TYPE_I32] = 4, [SIPAS_TYPE_I16] = 2,
        [SIPAS_TYPE_I8] = 1,  [SIPAS_TYPE_U8] = 1,  [SIPAS_TYPE_BOOL] = 1};
    const char *at = (const char *)column->data + row * column->stride;

    /* The usual case: an array that equals itself one element later. */
    if (column->stride == size[column->type] && memcmp(at, at - column->stride, (size_t)(n * column->stride)) == 0)
        return 0;
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

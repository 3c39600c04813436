/*
 * Runs of equal codes. A tile's changes are marked column by column in loops a compiler can vectorize, so that the search
 * costs a fraction of reading the codes row by row, and gives up early on scattered data.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/runs.h"

#include <string.h>

#include "base/context.h"
#include "base/threads.h"
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

/* One stretch of rows: where runs begin in it, as far as there is room. */
typedef struct stretch {
    int64_t *start;
    int64_t n, room;
} stretch;

enum { MOST_STRETCHES = 16 };

typedef struct search {
    const sipas_column *const *columns;
    int32_t n_columns, count;
    int64_t n_rows;
    stretch stretches[MOST_STRETCHES];
} search;

/* The next row that is marked, or n; eight at a time where there is none. */
static int64_t next_mark(const uint8_t *changed, int64_t i, int64_t n)
{
    for (uint64_t eight = 0; i + 8 <= n && eight == 0;) {
        memcpy(&eight, changed + i, sizeof eight);
        i += eight == 0 ? 8 : 0;
    }
    while (i < n && !changed[i]) i++;
    return i;
}

static void search_stretch(void *state, int32_t index)
{
    search *all = state;
    stretch *s = &all->stretches[index];
    const int64_t end = sipas__stretch_start(all->n_rows, all->count, index + 1, SIPAS__TILE);

    for (int64_t row = sipas__stretch_start(all->n_rows, all->count, index, SIPAS__TILE); row < end;
         row += SIPAS__TILE) {
        const int64_t n = end - row < SIPAS__TILE ? end - row : SIPAS__TILE;
        uint8_t changed[SIPAS__TILE] = {0};
        int any = row == 0;

        for (int32_t c = 0; c < all->n_columns; c++)
            any |= mark_changes(all->columns[c], row ? row : 1, row ? n : n - 1, row ? changed : changed + 1);
        if (row == 0) changed[0] = 1;
        for (int64_t i = 0; any && i < n; i++) {
            i = next_mark(changed, i, n);
            if (i == n) break;
            if (s->n == s->room) { /* scattered */
                s->n = s->room + 1;
                return;
            }
            s->start[s->n++] = row + i;
        }
    }
}

/* Room in each stretch for runs of the least mean length; the stretches' own beginnings come on top. */
static void lay_out(search *all, int64_t *start)
{
    for (int32_t i = 0; i < all->count; i++) {
        const int64_t first = sipas__stretch_start(all->n_rows, all->count, i, SIPAS__TILE);

        all->stretches[i].start = start + first / MEAN_RUN + i;
        all->stretches[i].room =
            (sipas__stretch_start(all->n_rows, all->count, i + 1, SIPAS__TILE) - first) / MEAN_RUN + 1;
    }
}

int sipas__runs_init(sipas__runs *runs, const sipas_ctx *ctx, const sipas_column *const *columns, int32_t n_columns,
                     int64_t n_rows)
{
    search all = {columns, n_columns, sipas__stretch_count(n_rows, MOST_STRETCHES), n_rows, {{0}}};
    int64_t *start, n = 0;

    memset(runs, 0, sizeof *runs);
    runs->ctx = ctx;
    for (int32_t c = 0; c < n_columns; c++)
        if (!can_run(columns[c])) return 1;
    if (n_rows < FEWEST_ROWS) return 1;
    start = sipas__alloc(ctx, n_rows / MEAN_RUN + all.count + 2, sizeof *start);
    if (!start) return 0;
    lay_out(&all, start);
    sipas__threads_share(sipas__ctx_threads(ctx), all.count, search_stretch, &all);
    for (int32_t i = 0; i < all.count; i++) {
        const stretch *s = &all.stretches[i];

        if (s->n > s->room) {
            sipas__free(ctx, start);
            return 1;
        }
        memmove(start + n, s->start, (size_t)s->n * sizeof *start);
        n += s->n;
    }
    start[n] = n_rows;
    runs->start = start;
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

/**
 * @file data/runs.h
 * Runs of equal codes: data that come sorted by unit are read run by run instead of row by row.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DATA_RUNS_H
#define SIPAS_DATA_RUNS_H

#include <sipas/base.h>
#include <sipas/column.h>

/** Rows start[r] … start[r+1]-1 agree in all columns looked at. */
typedef struct sipas__runs {
    const sipas_ctx *ctx; /* the owner's, which outlives the runs */
    int64_t n;            /* 0 = not worth it: read row by row */
    int64_t *start;       /* n + 1 */
} sipas__runs;

/**
 * Looks for runs. None are kept when a column is not of integers or doubles without validity, or when they would be short
 * (fewer than 64 rows on average). False when there is no memory.
 */
int sipas__runs_init(sipas__runs *runs, const sipas_ctx *ctx, const sipas_column *const *columns, int32_t n_columns,
                     int64_t n_rows);

/** Runs in which both agree; none when either has none. False when there is no memory. */
int sipas__runs_cross(sipas__runs *runs, const sipas_ctx *ctx, const sipas__runs *a, const sipas__runs *b);

/** The run that holds a row. O(log runs). */
int64_t sipas__runs_at(const sipas__runs *runs, int64_t row);

/** Spreads values of the runs from that of `row` on over rows row … row+n-1, in place: values[i] of row + i. */
void sipas__runs_spread(const sipas__runs *runs, int64_t row, int64_t n, int32_t *values);

/** How many runs rows row … row+n-1 touch, the first being `first` = sipas__runs_at(row). */
int64_t sipas__runs_touched(const sipas__runs *runs, int64_t first, int64_t row, int64_t n);

void sipas__runs_clear(sipas__runs *runs);

#endif

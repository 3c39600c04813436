/**
 * @file data/codes.h
 * A column of codes as dense levels 0 … n-1, in ascending order (numbers by value, text by bytes), or in one that is stated.
 *
 * Integer columns are read where they lie, a tile at a time, and cost no memory per row. Text costs one int32 per row.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DATA_CODES_H
#define SIPAS_DATA_CODES_H

#include <sipas/column.h>

#include "base/error.h"
#include "data/map.h"

/** Rows that are read at a time wherever the library walks over them. */
enum { SIPAS__TILE = 1024 };

/** A missing cell, where codes may be missing. */
enum { SIPAS__NO_LEVEL = -1 };

typedef struct sipas__codes {
    sipas_ctx *ctx;
    sipas_column column;
    int64_t n_levels;
    sipas__map map;     /* integers: value - low → level */
    int64_t low;        /* the least value */
    const char **texts; /* text: the levels, borrowed from the column, or from that which states them */
    int32_t *row_level; /* text: level of each row */
    int32_t *stated;    /* integers whose levels are stated: the stated level of each that occurs; else NULL */
    int64_t *values;    /* the same: the levels */
    int may_miss;
} sipas__codes;

/**
 * Reads a column of codes. `may_miss`: a missing cell gets SIPAS__NO_LEVEL instead of being an error.
 *
 * SIPAS_ERR_ARGUMENT, SIPAS_ERR_LENGTH, SIPAS_ERR_TYPE as sipas__column_check(); SIPAS_ERR_TYPE for a float that is not
 * whole; SIPAS_ERR_MISSING; SIPAS_ERR_MEMORY. Messages name the column and the row. O(n). On failure nothing is held.
 */
sipas_status sipas__codes_init(sipas__codes *codes, const sipas_ctx *ctx, const sipas_column *column, int64_t n,
                               const char *name, int may_miss, sipas_error *err);

/**
 * Puts the levels into the order of another column, which holds each of them once, and more that no row has: they are levels too.
 * `what` is the name of that column. On a failure the codes are as they were.
 *
 * `row_of` = NULL, or the rows to name in place of those of the column. SIPAS_ERR_TYPE for text in place of numbers or the reverse;
 * SIPAS_ERR_MISSING, SIPAS_ERR_DUPLICATE with the place; SIPAS_ERR_VALUE with the first row whose code is not among them;
 * SIPAS_ERR_MEMORY. O(rows of text + levels × log levels).
 */
sipas_status sipas__codes_state(sipas__codes *codes, const sipas_column *order, int64_t n, const int64_t *row_of,
                                const char *name, const char *what, sipas_error *err);

/**
 * Levels of rows row … row+n-1, n ≤ SIPAS__TILE. Any number of threads. The column is the caller's: rows whose codes are no longer
 * what they were get some level, or none where they may miss.
 */
void sipas__codes_read(const sipas__codes *codes, int64_t row, int64_t n, int32_t *levels);

/** True when the codes are text. */
int sipas__codes_are_text(const sipas__codes *codes);

/** The value of a level of integer codes. */
int64_t sipas__codes_value(const sipas__codes *codes, int64_t level);

/** A level as text; `buffer` holds at least 32 bytes and is used for integers. */
const char *sipas__codes_label(const sipas__codes *codes, int64_t level, char *buffer);

/** Frees what it holds. An all-zero struct is fine. */
void sipas__codes_clear(sipas__codes *codes);

#endif

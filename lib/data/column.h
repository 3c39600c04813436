/**
 * @file data/column.h
 * Reading columns, one cell or one tile at a time.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DATA_COLUMN_H
#define SIPAS_DATA_COLUMN_H

#include <sipas/base.h>
#include <sipas/column.h>

/** What a column may hold, for sipas__column_check(). */
enum {
    SIPAS__NUMBERS = 1, /* f64 f32 and every integer and bool */
    SIPAS__CODES = 2,   /* text, integers, floats (that they are whole is checked where they are read) */
    SIPAS__TEXT = 3,    /* text only */
    SIPAS__FLAGS = 4    /* bool and integers */
};

/** True when `column` stands for a column at all: not NULL and not SIPAS_TYPE_NONE. */
int sipas__column_given(const sipas_column *column);

/**
 * A column that can be read: known type, data where n > 0, n as wanted, a type that fits `kind`.
 * SIPAS_ERR_ARGUMENT, SIPAS_ERR_LENGTH, SIPAS_ERR_TYPE, each naming the column.
 */
sipas_status sipas__column_check(const sipas_column *column, int64_t n, int32_t kind, const char *name,
                                 sipas_error *err);

/** True for a column of integers without gaps: every cell is a whole number that is there. */
int sipas__column_is_whole(const sipas_column *column);

/** True when the cell is there: valid bit set, not NaN, not NULL. */
int sipas__column_present(const sipas_column *column, int64_t row);

/** The cell as double, NaN when it is missing. Not for text. */
double sipas__column_f64(const sipas_column *column, int64_t row);

/** The cells from `row` on where they lie, when that is a plain, aligned array of doubles without validity; else NULL. */
const double *sipas__column_plain_f64(const sipas_column *column, int64_t row);

/** The cell as text, NULL when it is missing. Text columns only. */
const char *sipas__column_text(const sipas_column *column, int64_t row);

/**
 * The cell as a whole number. 1 = done; 0 = missing; -1 = a float that is not whole or beyond 2^53. Not for text.
 */
int sipas__column_whole(const sipas_column *column, int64_t row, int64_t *out);

/** Least and largest of rows row … row+n-1 of an integer column without validity; n > 0. */
void sipas__column_range(const sipas_column *column, int64_t row, int64_t n, int64_t *low, int64_t *high);

/** Rows row … row+n-1 as doubles, NaN where missing. Not for text. */
void sipas__column_read_f64(const sipas_column *column, int64_t row, int64_t n, double *out);

/** The same as whole numbers; returns the first row (≥ row) that is missing or not whole, or -1 when all are fine. */
int64_t sipas__column_read_whole(const sipas_column *column, int64_t row, int64_t n, int64_t *out);

/** A code cell as text for a message or a hash: text itself, numbers in decimal. `buffer` holds at least 32 bytes.
 * NULL when missing or not whole. */
const char *sipas__column_code_text(const sipas_column *column, int64_t row, char *buffer);

/** The same for a cell that was there when it was first read: "" where the caller has changed it since. Never NULL. */
const char *sipas__column_code_again(const sipas_column *column, int64_t row, char *buffer);

#endif

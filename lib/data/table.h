/**
 * @file data/table.h
 * Building a result table.
 *
 * The builder is sticky: when memory runs out it remembers, every later call does nothing, and
 * sipas__table_finish() gives the error. So a method writes its cells without checking each one.
 *
 *     sipas_table *t = sipas__table_new(ctx, n_rows);
 *     int32_t code = sipas__table_add(t, &field_code), se = sipas__table_add(t, &field_se);
 *     for (…) { sipas__table_set_code(t, code, row, text); sipas__table_set_f64(t, se, row, value); }
 *     sipas__table_note(t, "empty_domain", name, row, "no rows in %s", name);
 *     sipas__table_meta(t, "method", "%s", "taylor");
 *     return sipas__table_finish(t, out, err);
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DATA_TABLE_H
#define SIPAS_DATA_TABLE_H

#include <sipas/table.h>

#include "base/error.h"

/** A new table of n_rows rows; NULL when there is no memory (which sipas__table_finish() then reports). */
sipas_table *sipas__table_new(const sipas_ctx *ctx, int64_t n_rows);

/**
 * Says how many columns will be added at least, once: those of a long table then lie together, in memory that the system hands out in one
 * piece. Short tables do not need it. O(1).
 */
void sipas__table_expect(sipas_table *table, int64_t n_columns);

/**
 * Adds a column; its cells are missing until set. The field's texts are copied. Returns its position; -1 when the
 * table has failed, which every setter below takes as "do nothing".
 */
int32_t sipas__table_add(sipas_table *table, const sipas_field *field);

/** Adds the field of a schema by name; a name the schema lacks is a mistake of this library. */
int32_t sipas__table_add_field(sipas_table *table, const sipas_schema *schema, const char *name);

/**
 * Adds a number field of a schema with all cells present, and hands out their memory (double or int64_t, zero) to be filled
 * in place: for tables of many rows. `column` is its position. NULL when the table has failed.
 */
void *sipas__table_add_cells(sipas_table *table, const sipas_schema *schema, const char *name, int32_t *column);

/** Makes a cell missing again. */
void sipas__table_set_missing(sipas_table *table, int32_t column, int64_t row);

/** Sets a cell. NaN leaves it missing. */
void sipas__table_set_f64(sipas_table *table, int32_t column, int64_t row, double value);
/** Sets a cell. */
void sipas__table_set_i64(sipas_table *table, int32_t column, int64_t row, int64_t value);
/** Sets a cell to a copy of a text; NULL leaves it missing. */
void sipas__table_set_code(sipas_table *table, int32_t column, int64_t row, const char *value);

/** Sets n cells from `row` on; NaN leaves a cell missing. */
void sipas__table_fill_f64(sipas_table *table, int32_t column, int64_t row, int64_t n, const double *values);
/** Sets n cells from `row` on. */
void sipas__table_fill_i64(sipas_table *table, int32_t column, int64_t row, int64_t n, const int64_t *values);
/** Sets n cells from `row` on to one text. */
void sipas__table_fill_code(sipas_table *table, int32_t column, int64_t row, int64_t n, const char *value);

/** Adds a metadata entry. */
void sipas__table_meta(sipas_table *table, const char *key, const char *format, ...) SIPAS__PRINTF(3, 4);

/** Adds a note: a stable code, the thing's name (or NULL), its row (or -1), one sentence. */
void sipas__table_note(sipas_table *table, const char *code, const char *name, int64_t row, const char *format, ...)
    SIPAS__PRINTF(5, 6);

/** Says that memory has run out. */
void sipas__table_fail(sipas_table *table);

/** Whether cells can be read back: 0 when memory has run out, which closing the table then says. */
int sipas__table_is_whole(const sipas_table *table);

/** The context of a table; NULL when it has none. */
const sipas_ctx *sipas__table_ctx(const sipas_table *table);

/** Gives a table its covariance, which it then owns and frees with `free_cov`. */
void sipas__table_set_cov(sipas_table *table, sipas_cov *cov, void (*free_cov)(sipas_cov *cov));

/** Hands the table out, or frees it and reports SIPAS_ERR_MEMORY (also when `table` is NULL). */
sipas_status sipas__table_finish(sipas_table *table, sipas_table **out, sipas_error *err);

/** The same after work that may have failed: then the table is freed, and its status returned. */
sipas_status sipas__table_close(sipas_table *table, sipas_status status, sipas_table **out, sipas_error *err);

#endif

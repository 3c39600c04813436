/**
 * @file read_csv.h
 * A CSV file with a header line, read into memory with libcsv and looked at column by column.
 *
 * The calls have the shape of the library's own: a status, the reason in a sipas_error. A blank cell is missing: NULL in a
 * column of texts, NaN in a column of numbers. So a column goes into sipas_column_code() or sipas_column_f64() as it is.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef EXAMPLES_READ_CSV_H
#define EXAMPLES_READ_CSV_H

#include <sipas.h>

/** A CSV file in memory. */
typedef struct sheet sheet;

/**
 * Reads a file: UTF-8, comma, one header line with names that differ, double quotes where needed. Blank lines are
 * skipped; a row whose cells are more or fewer than the header's is an error, as is a file without rows.
 */
sipas_status sheet_read(const char *path, sheet **out, sipas_error *err);

/** Reads one of the files in examples/data, looked for from the current directory and from the one of the examples. */
sipas_status sheet_read_shipped(const char *file, sheet **out, sipas_error *err);

/** Frees a sheet with all columns borrowed from it; NULL is fine. */
void sheet_free(sheet *s);

/** Cells that are `text` count as blank from now on. Before any column of numbers is asked for. */
void sheet_set_missing(sheet *s, const char *text);

/** Number of rows, the header not counted. */
int64_t sheet_count_rows(const sheet *s);

/** Number of columns. */
int64_t sheet_count_columns(const sheet *s);

/** Name of a column by position; NULL when out of range. */
const char *sheet_get_name(const sheet *s, int64_t column);

/** The texts of a column by name, one per row, NULL = blank; borrowed. The error lists the names that are there. */
sipas_status sheet_get_text(const sheet *s, const char *name, const char *const **out, sipas_error *err);

/** The numbers of a column by name, NaN = blank; borrowed. A cell that is no number is an error with row and column. */
sipas_status sheet_get_number(sheet *s, const char *name, const double **out, sipas_error *err);

/**
 * The same numbers as a column in which a blank is a cleared validity bit, as the measures of sipas_unit_tree_new() want
 * it: there NaN is an error. Borrowed from the sheet.
 */
sipas_status sheet_get_measure(sheet *s, const char *name, sipas_column *out, sipas_error *err);

#endif

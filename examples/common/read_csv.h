/**
 * @file read_csv.h
 * A CSV file with a header line, read into memory with libcsv and looked at column by column.
 *
 * What is read, and how codes, numbers and missing values are understood: docs/files.md. The calls have the shape of the library's
 * own: a status, the reason in a sipas_error, which names file, line and column. What is done with a file and is no error (a
 * separator that was guessed, a line that was left out) is told by note().
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef EXAMPLES_READ_CSV_H
#define EXAMPLES_READ_CSV_H

#include <sipas.h>

#include "options.h"
#include "refuse.h"

/** A CSV file in memory. */
typedef struct sheet sheet;

/** What is said about a file. All zero: a file of commas and points. */
typedef struct sheet_how {
    const char *separator; /**< one character, or "tab"; NULL = what the header shows */
    const char *decimal;   /**< "." or ","; NULL = "." */
    option_texts na;       /**< texts that stand for a missing value, in every column or, as COLUMN=TEXT, in one */
} sheet_how;

/** Reads a file; `how` may be NULL. */
sipas_status sheet_read(const char *path, const sheet_how *how, sheet **out, sipas_error *err);

/** Reads one of the files in examples/data, looked for from the current directory and from the one of the examples. */
sipas_status sheet_read_shipped(const char *file, sheet **out, sipas_error *err);

/** Frees a sheet with all columns borrowed from it; NULL is fine. */
void sheet_free(sheet *s);

/** The name of the file, as it can be printed. */
const char *sheet_get_path(const sheet *s);

/** Number of rows: lines that are neither the header nor blank. */
int64_t sheet_count_rows(const sheet *s);

/** Number of columns. */
int64_t sheet_count_columns(const sheet *s);

/** Name of a column by position, in NFC; NULL when out of range. */
const char *sheet_get_name(const sheet *s, int64_t column);

/** 1 when there is a column of this name. */
int sheet_has(const sheet *s, const char *name);

/** Line of the file where a row begins, from 1. */
long long sheet_get_line(const sheet *s, int64_t row);

/** What decimals stand behind in this file. */
char sheet_get_point(const sheet *s);

/**
 * The codes of a column by name, one per row: texts in NFC, NULL = missing; borrowed. The error lists the names that are there.
 * Two forms of Unicode of one code are noted, once.
 */
sipas_status sheet_get_text(sheet *s, const char *name, const char *const **out, sipas_error *err);

/** The same cells as they are written. */
sipas_status sheet_get_written(const sheet *s, const char *name, const char *const **out, sipas_error *err);

/**
 * The codes of a column as a column of the library's: whole numbers where every cell is one as a computer writes it, so that 2 comes
 * before 10; else texts. Two cells are one code in it exactly when their texts are the same. Borrowed.
 */
sipas_status sheet_get_code(sheet *s, const char *name, sipas_column *out, sipas_error *err);

/**
 * How many codes of a column are NA, NaN or nan while all its other cells are numbers: as numbers they would be missing, as codes they are
 * not.
 */
int64_t sheet_count_gaps(sheet *s, const char *name);

/** The numbers of a column by name, NaN = missing; borrowed. A cell that is no number is an error. */
sipas_status sheet_get_number(sheet *s, const char *name, const double **out, sipas_error *err);

/**
 * The same numbers as a column in which a missing one is a cleared validity bit, as the measures of sipas_unit_tree_new() want
 * it: there NaN is an error. Borrowed from the sheet.
 */
sipas_status sheet_get_measure(sheet *s, const char *name, sipas_column *out, sipas_error *err);

/** True when the cell of a column of numbers is missing. */
int sheet_lacks_number(const sheet *s, const char *name, int64_t row);

/** refuse() with file, line and column before the sentence; row -1 = the header, name NULL = no column. */
sipas_status sheet_refuse(const sheet *s, int64_t row, const char *name, sipas_error *err, sipas_status status,
                          const char *format, ...) EXAMPLES_FORMAT(6, 7);

/**
 * Rewrites the message of an error that speaks of rows of columns the library was given, which it counts from 0: "row 3: …" or
 * "(row 3)" become file, line and column.
 *
 * @param s the sheet
 * @param rows the row of the sheet for each row of the columns; NULL = they are the same
 * @param n rows of the columns
 * @param column name of the column that is to blame; NULL = the message says it
 * @param err the error
 */
void sheet_place(const sheet *s, const int64_t *rows, int64_t n, const char *column, sipas_error *err);

/** Notes the texts of `na` that no cell was compared with and found the same; after all columns were asked for. */
void sheet_note_unused(const sheet *s);

#endif

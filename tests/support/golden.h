/**
 * @file golden.h
 * Reader of the tables in tests/golden, for cmocka tests.
 *
 * Two kinds of file, one reader: expected figures (.tsv, split on tabs) and data (.csv, split on commas). Lines that
 * begin with # and empty lines are skipped; the first other line names the columns; no quoting. A cell that is empty or
 * NA is missing. A file, row, column or number that should be there and is not fails the running test with a sentence
 * that names it, so no caller checks.
 *
 * Everything is read once; what is returned without a remark belongs to the table.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef GOLDEN_H
#define GOLDEN_H

#include <stdbool.h>
#include <stddef.h>

/** A table of text cells. */
typedef struct golden_table golden_table;

/**
 * Reads a table. `path` is relative to the tests directory ("golden/estimation.tsv", "golden/data/apistrat.csv"):
 * TESTS_ROOT of the environment, else "tests" under the working directory. An absolute path is taken as it is.
 */
golden_table *golden_read(const char *path);

/** Frees a table and all it gave out. NULL is fine. */
void golden_free(golden_table *table);

/** Number of rows, without the header. */
size_t golden_count(const golden_table *table);

/** Text of a cell; "" when it is empty. */
const char *golden_text(const golden_table *table, size_t row, const char *column);

/** Number in a cell; NaN when it is missing. */
double golden_number(const golden_table *table, size_t row, const char *column);

/** A whole column as numbers, NaN for missing cells: golden_count() of them. Made at the first call. */
const double *golden_numbers(golden_table *table, const char *column);

/** A whole column as text, NULL for empty cells: what a text column of the library takes. Made at the first call. */
const char *const *golden_texts(golden_table *table, const char *column);

/**
 * Numbers of a cell that is a list separated by ; (allocation.tsv, pps.tsv). An empty cell gives NULL and *n = 0.
 * The caller frees the array.
 */
double *golden_list(const golden_table *table, size_t row, const char *column, size_t *n);

/** First row from `from` on whose cell in `column` is `text`; golden_count() when there is none. O(rows). */
size_t golden_find(const golden_table *table, size_t from, const char *column, const char *text);

/**
 * Row of estimation.tsv that holds one figure: its `value` and `tolerance` are for golden_number(). `variable` and
 * `group` are "" where the table leaves them empty. O(rows).
 */
size_t golden_figure(const golden_table *table, const char *id, const char *variable, const char *group,
                     const char *statistic);

/** Copies part `index` (from 0) of a list separated by ; into `out`. False when there is no such part. */
bool golden_part(const char *cell, size_t index, char *out, size_t size);

/** Copies the value of `key` in a cell of options "key=value;key=value" into `out`. False when it is not there. */
bool golden_option(const char *cell, const char *key, char *out, size_t size);

#endif

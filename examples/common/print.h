/**
 * @file print.h
 * Tables of UTF-8 text: padded by characters, not bytes, so that Vietnamese names line up.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef EXAMPLES_PRINT_H
#define EXAMPLES_PRINT_H

#include <stdio.h>

#include <sipas.h>

/** Number of characters of a UTF-8 text; combining marks count nothing. */
int text_width(const char *text);

/** Writes a text and blanks up to `width` characters: after it, or before it when `width` is negative. */
void print_padded(FILE *out, const char *text, int width);

/** A whole number as text, with commas between thousands; returns `text`. */
const char *count_text(char text[32], int64_t value);

/** A table that is filled cell by cell, row by row, and printed with columns as wide as they need. */
typedef struct grid grid;

/** An empty grid with a heading over each column; the texts are copied. NULL when there is no memory. */
grid *grid_new(const char *const *headings, int n_columns);

/** Frees a grid; NULL is fine. */
void grid_free(grid *g);

/** Adds a text; NULL or "" is an empty cell. Like the other adders it may be given NULL for the grid. */
void grid_text(grid *g, const char *text);

/** Adds a number with so many digits after the point and commas between thousands; NaN is a dash. */
void grid_number(grid *g, double value, int digits);

/** Adds a whole number with commas between thousands. */
void grid_count(grid *g, int64_t value);

/** Adds a text that is set to the right, like a number. */
void grid_right(grid *g, const char *text);

/** Adds a rule across the table below what is there. The row at hand must be full. */
void grid_rule(grid *g);

/** Prints the table, indented by two blanks. SIPAS_ERR_MEMORY when memory ran out while it was filled. */
sipas_status grid_print(const grid *g, FILE *out);

/** How one column of a sipas_table is printed. */
typedef struct print_column {
    const char *name;    /**< of the table's column */
    const char *heading; /**< NULL = the name */
    int digits;          /**< after the point, for a column of doubles */
} print_column;

/**
 * Prints rows of a table.
 *
 * @param out where to
 * @param table a table
 * @param columns n_columns of them; NULL with 0 = every column, doubles with 4 digits
 * @param n_columns their number
 * @param rows n_rows row numbers; NULL with 0 = every row
 * @param n_rows their number
 * @param err as elsewhere: a column that is not there
 */
sipas_status print_table(FILE *out, const sipas_table *table, const print_column *columns, int n_columns,
                         const int64_t *rows, int64_t n_rows, sipas_error *err);

/** Prints the notes of a table, one a line, at most `most` and then how many more there are; nothing when there are none. */
void print_notes(FILE *out, const sipas_table *table, int64_t most);

/** The same without the notes that another table has too; NULL = none. */
void print_notes_but(FILE *out, const sipas_table *table, const sipas_table *other, int64_t most);

/** Writes a text as a cell of CSV: in quotes where it must be. */
void write_csv_text(FILE *out, const char *text);

/** Writes a whole table as CSV: a header line, missing cells blank, doubles so that they read back as they were. */
sipas_status write_csv(FILE *out, const sipas_table *table, sipas_error *err);

/** What follows a rank in words: "st", "nd", "rd" or "th". */
const char *ordinal(int64_t n);

#endif

/**
 * @file sheet.h
 * What a sheet is made of: for read_csv.c, which fills it, and sheet.c, which makes columns of it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef EXAMPLES_SHEET_H
#define EXAMPLES_SHEET_H

#include "read_csv.h"

/** What is kept of a column: its cells, and its codes and numbers once they were asked for. */
typedef struct field {
    char *name;        /**< in NFC */
    const char **text; /**< cells as they are written; NULL = blank */
    char **code;       /**< cells in NFC; NULL = missing */
    int64_t *whole;    /**< the codes, where all are whole numbers */
    double *number;
    uint8_t *validity;       /**< of the numbers */
    uint8_t *whole_validity; /**< of the codes */
} field;

/** A text that stands for a missing value. */
typedef struct missing_text {
    int64_t column; /**< -1 = in every column */
    char *text;     /**< in NFC */
    char *number;   /**< as a cell would have it; NULL = it is none */
    double value;
    int64_t found; /**< cells that hold it */
} missing_text;

struct sheet {
    char *path;
    char *bytes; /**< every cell, each with its final NUL */
    field *columns;
    int64_t n_columns, n_rows;
    int64_t *line;    /**< of each row */
    int64_t header;   /**< line of the header */
    char point;       /**< what decimals stand behind */
    char separator;   /**< of the cells */
    missing_text *na; /**< n_na of them */
    int n_na;
};

/** SIPAS_ERR_MEMORY, with the name of the file. */
sipas_status sheet_no_memory(const sheet *s, sipas_error *err);

/** Takes the texts of --na; a COLUMN that is not there is an error. */
sipas_status sheet_declare_missing(sheet *s, const option_texts *na, sipas_error *err);

#endif

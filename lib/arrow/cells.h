/**
 * @file arrow/cells.h
 * Spans written out as cells of a column.
 *
 * Texts are measured, and their offsets checked, before they are written, so that those of all chunks lie in one piece.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ARROW_CELLS_H
#define SIPAS_ARROW_CELLS_H

#include "arrow/span.h"

/** Bytes before the first text, all zero: who looks at a byte may look at the three before it. */
enum { SIPAS__ARROW_BEFORE = 8 };

/** Texts that end in NUL, one after another. */
typedef struct sipas__arrow_texts {
    char *memory;
    char *bytes; /* of the first text, in `memory` */
    int64_t size, used;
} sipas__arrow_texts;

/** The values of the dictionaries that cells are read from, one dictionary after another. */
typedef struct sipas__arrow_levels {
    char *data; /* cells of the column's type; a missing value is left out */
    int64_t n, capacity;
} sipas__arrow_levels;

/** Cells in memory of their own. */
typedef struct sipas__arrow_cells {
    const sipas_ctx *ctx; /* the owner's */
    int32_t type;         /* SIPAS_TYPE_ */
    int32_t width;        /* bytes of one */
    int64_t n;
    char *data;
    uint8_t *validity;           /* not for texts, where NULL is missing */
    sipas__arrow_texts *texts;   /* the owner's */
    sipas__arrow_levels *levels; /* the owner's; NULL = not asked for */
} sipas__arrow_cells;

/** Cells, all missing. `type` is one of the types of a sipas__arrow_type. SIPAS_ERR_MEMORY. */
sipas_status sipas__arrow_cells_init(sipas__arrow_cells *cells, const sipas_ctx *ctx, int32_t type, int64_t n,
                                     sipas__arrow_texts *texts, sipas_error *err);

/** Frees what it holds but the texts. All zero is fine. */
void sipas__arrow_cells_clear(sipas__arrow_cells *cells);

/** Bytes of one cell of a type. */
int32_t sipas__arrow_cells_width(int32_t type);

/** A cell is there. Texts say so by their pointer. */
void sipas__arrow_cells_mark(sipas__arrow_cells *cells, int64_t row);

/** Bytes that the texts of a leaf will take. Rows of messages count from `row`. SIPAS_ERR_VALUE, SIPAS_ERR_MEMORY. */
sipas_status sipas__arrow_span_measure(const sipas__arrow_span *span, int64_t row, const char *name, int64_t *size,
                                       sipas_error *err);

/** Writes a leaf to the cells from `row` on. SIPAS_ERR_VALUE, SIPAS_ERR_MEMORY. */
sipas_status sipas__arrow_span_read(const sipas__arrow_span *span, sipas__arrow_cells *cells, int64_t row,
                                    const char *name, sipas_error *err);

/** The values of a dictionary as a span of their own; any row of it is any code's. */
sipas_status sipas__arrow_span_values(const sipas__arrow_span *span, sipas__arrow_span *values, const char *name,
                                      sipas_error *err);

/* The same two for one kind of type each; they are called by those above only. */
sipas_status sipas__arrow_text_measure(const sipas__arrow_span *span, int64_t row, const char *name, int64_t *size,
                                       sipas_error *err);
sipas_status sipas__arrow_text_read(const sipas__arrow_span *span, sipas__arrow_cells *cells, int64_t row,
                                    const char *name, sipas_error *err);
sipas_status sipas__arrow_time_measure(const sipas__arrow_span *span, int64_t row, const char *name, int64_t *size,
                                       sipas_error *err);
sipas_status sipas__arrow_time_read(const sipas__arrow_span *span, sipas__arrow_cells *cells, int64_t row,
                                    const char *name, sipas_error *err);
sipas_status sipas__arrow_decimal_read(const sipas__arrow_span *span, sipas__arrow_cells *cells, int64_t row,
                                       const char *name, sipas_error *err);

#endif

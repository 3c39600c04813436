/**
 * @file arrow/span.h
 * The validator: an Arrow array as a span of rows that may be read.
 *
 * A span is what is left of an array once the windows and the nulls of its parents are counted. It is made by
 * sipas__arrow_span_init() and sipas__arrow_span_enter() only, which check all that the structs say, so who reads a span needs no check but
 * those of the values in the buffers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ARROW_SPAN_H
#define SIPAS_ARROW_SPAN_H

#include <sipas/arrow.h>

#include "base/error.h"

/** What a reader does with the elements of a type. */
enum {
    SIPAS__ARROW_NUMBER,    /* read as they lie, or widened */
    SIPAS__ARROW_BOOL,      /* bits */
    SIPAS__ARROW_NULL,      /* no buffers */
    SIPAS__ARROW_TEXT,      /* offsets and bytes */
    SIPAS__ARROW_TEXT_VIEW, /* views and buffers */
    SIPAS__ARROW_DECIMAL,   /* whole numbers of 4 to 32 bytes, and a scale */
    SIPAS__ARROW_TIME       /* days or parts of a second since 1970 */
};

/** A type that is read. */
typedef struct sipas__arrow_type {
    int32_t kind;        /* SIPAS__ARROW_ */
    int32_t width;       /* bytes of an element; of an offset for texts */
    int32_t cell;        /* SIPAS_TYPE_ of the column's cells */
    int32_t n_buffers;   /* at least; exactly, but for views */
    int32_t is_index;    /* may number the values of a dictionary */
    int32_t scale;       /* decimals: places */
    int32_t is_unsigned; /* decimals: no sign */
    int64_t ticks;       /* times: of a second; 0 = days */
    int32_t zoned;       /* times: with a time zone */
} sipas__arrow_type;

/** Structs or dictionaries within each other. */
enum { SIPAS__ARROW_DEPTH = 16 };

/** The longest text that is taken for a code or a label. */
enum { SIPAS__ARROW_LONGEST_TEXT = 65535 };

/** More rows than any memory holds; below it no product of rows and bytes overflows. */
#define SIPAS__ARROW_ROWS (INT64_C(1) << 48)

/** A bitmap, and the bit of a span's first row. */
typedef struct sipas__arrow_mask {
    const uint8_t *bits;
    int64_t start;
} sipas__arrow_mask;

typedef struct sipas__arrow_span {
    const struct ArrowSchema *schema;
    const struct ArrowArray *array;
    sipas__arrow_type type; /* of a leaf */
    int64_t start;          /* element of the buffers that is the first row */
    int64_t n;
    int32_t depth;
    int32_t n_masks; /* the array's own bitmap and those of its parents */
    sipas__arrow_mask mask[SIPAS__ARROW_DEPTH + 1];
} sipas__arrow_span;

/** True when the format is that of a struct. */
int sipas__arrow_is_struct(const struct ArrowSchema *schema);

/** What a schema's own fields say: SIPAS_ERR_ARGUMENT for one that is released, SIPAS_ERR_VALUE. `name` for messages. */
sipas_status sipas__arrow_check_schema(const struct ArrowSchema *schema, const char *name, sipas_error *err);

/**
 * A span of all rows of an array; schema and array are checked against themselves and each other. SIPAS_ERR_ARGUMENT for one that is
 * released, SIPAS_ERR_VALUE. `depth` is that of the array in dictionaries within each other.
 */
sipas_status sipas__arrow_span_init(sipas__arrow_span *span, const struct ArrowSchema *schema,
                                    const struct ArrowArray *array, int32_t depth, const char *name, sipas_error *err);

/** The span becomes that of field `index` of its struct. */
sipas_status sipas__arrow_span_enter(sipas__arrow_span *span, int64_t index, const char *name, sipas_error *err);

/** The span becomes that of its leaf, through structs of one field; finds its type and checks its buffers. SIPAS_ERR_TYPE. */
sipas_status sipas__arrow_span_leaf(sipas__arrow_span *span, const char *name, sipas_error *err);

/**
 * The type of a column's cells, told from the schema alone, through structs of one field and dictionaries. SIPAS_ERR_TYPE;
 * otherwise as sipas__arrow_check_schema().
 */
sipas_status sipas__arrow_cell_of(const struct ArrowSchema *schema, const char *name, int32_t *cell, sipas_error *err);

/** The whole number of 4 or 8 bytes, as the type has it, in the second buffer of a row: an offset, a date, a time. */
int64_t sipas__arrow_span_whole(const sipas__arrow_span *span, int64_t row);

/** False when the row is null, in the array or in one of its parents. */
int sipas__arrow_span_present(const sipas__arrow_span *span, int64_t row);

/** The type of a format; 0 when it is not one that is read. A dictionary's format is that of its codes. */
int sipas__arrow_type_of(const char *format, sipas__arrow_type *type);

#endif

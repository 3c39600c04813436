/**
 * @file column.h
 * A column: a borrowed view of values that lie in the caller's memory.
 *
 * numpy views, arrays of structs and Arrow arrays all come in as they are: a start, a step in bytes, a length,
 * a type, and (optionally) an Arrow validity bitmap. Nothing is copied, so the memory must stay in place and
 * unchanged as long as the call runs, or, for the columns of a design, as long as the design lives. Values that change all the
 * same (numbers, codes that are integers) give a figure of no meaning or an error, never a read or write outside the columns;
 * a row whose code is no longer one of those that were found is then taken for some other. Memory that goes, texts among it, is
 * beyond help.
 *
 * Missing: a cleared validity bit, NaN in a float column, NULL in a text column. What a missing value means is
 * said by each function.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_COLUMN_H
#define SIPAS_COLUMN_H

#include <stddef.h>
#include <stdint.h>

#include "version.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Types of a column's elements. */
enum {
    SIPAS_TYPE_NONE = 0, /**< no column: where a column is optional, an all-zero struct stands for "none" */
    SIPAS_TYPE_F64 = 1,  /**< double */
    SIPAS_TYPE_F32 = 2,  /**< float */
    SIPAS_TYPE_I64 = 3,  /**< int64_t */
    SIPAS_TYPE_I32 = 4,  /**< int32_t */
    SIPAS_TYPE_I16 = 5,  /**< int16_t */
    SIPAS_TYPE_I8 = 6,   /**< int8_t */
    SIPAS_TYPE_U8 = 7,   /**< uint8_t */
    SIPAS_TYPE_BOOL = 8, /**< one byte, 0 = false, anything else = true */
    SIPAS_TYPE_CODE = 9  /**< const char *: a code or label, UTF-8, NUL-terminated; NULL = missing */
};

/**
 * A column. A frozen value struct: make it with the functions below or fill it by hand. Whoever reads one looks at it first: more
 * than 2^40 rows, a stride that leads out of memory, a negative offset or a reserved field that is not 0 are SIPAS_ERR_ARGUMENT.
 */
typedef struct sipas_column {
    const void *data;        /**< first element; may be NULL when n = 0 */
    const uint8_t *validity; /**< Arrow validity bitmap (bit set = present, least significant first), or NULL */
    int64_t stride;          /**< bytes from one element to the next; negative walks backwards */
    int64_t n;               /**< number of elements */
    int64_t offset;          /**< index of the first element's bit in `validity`, ≥ 0 */
    int32_t type;            /**< one of the SIPAS_TYPE_ constants */
    int32_t reserved;        /**< 0 */
} sipas_column;

/** View of `n` doubles; NaN = missing. O(1), as the other makers here. Since 0.1. Threads: any. Test: test_column. */
SIPAS_API sipas_column sipas_column_f64(const double *data, int64_t n);
/** View of `n` floats; NaN = missing. O(1). Since 0.1. Threads: any. Test: test_column. */
SIPAS_API sipas_column sipas_column_f32(const float *data, int64_t n);
/** View of `n` 64-bit integers. O(1). Since 0.1. Threads: any. Test: test_column. */
SIPAS_API sipas_column sipas_column_i64(const int64_t *data, int64_t n);
/** View of `n` 32-bit integers. O(1). Since 0.1. Threads: any. Test: test_column. */
SIPAS_API sipas_column sipas_column_i32(const int32_t *data, int64_t n);
/** View of `n` 16-bit integers. O(1). Since 0.1. Threads: any. Test: test_column. */
SIPAS_API sipas_column sipas_column_i16(const int16_t *data, int64_t n);
/** View of `n` signed bytes: Likert answers. O(1). Since 0.1. Threads: any. Test: test_column. */
SIPAS_API sipas_column sipas_column_i8(const int8_t *data, int64_t n);
/** View of `n` unsigned bytes. O(1). Since 0.1. Threads: any. Test: test_column. */
SIPAS_API sipas_column sipas_column_u8(const uint8_t *data, int64_t n);
/** View of `n` bytes that are 0 (false) or not (true). O(1). Since 0.1. Threads: any. Test: test_column. */
SIPAS_API sipas_column sipas_column_bool(const uint8_t *data, int64_t n);
/** View of `n` text codes; NULL = missing. O(1). Since 0.1. Threads: any. Test: test_column. */
SIPAS_API sipas_column sipas_column_code(const char *const *data, int64_t n);

#ifdef __cplusplus
}
#endif

#endif

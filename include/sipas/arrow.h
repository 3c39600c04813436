/**
 * @file arrow.h
 * The Arrow bridge: columns from what others hand over, and tables handed out.
 *
 * pandas, polars, pyarrow, DuckDB, R and many others export their columns by the Arrow C data interface
 * (https://arrow.apache.org/docs/format/CDataInterface.html) and the Arrow C stream interface
 * (https://arrow.apache.org/docs/format/CStreamInterface.html): three structs, which are the same in every program that
 * declares them. The interface does not say how large a buffer is. Everything else that it says is checked before the first buffer
 * is read, and what a buffer says (offsets of texts, codes of a dictionary) before it is followed, so that a producer's mistake is
 * an error with its row, not a crash.
 *
 * What is read, and as what:
 *
 * | Arrow                                   | column                                                                        |
 * |-----------------------------------------|-------------------------------------------------------------------------------|
 * | int8 to int64, uint8, float32, float64  | the same, where it lies when it is in one chunk                               |
 * | uint16, uint32, float16                 | i32, i64, f32                                                                 |
 * | uint64                                  | i64; a value of 2^63 or more is an error                                      |
 * | bool                                    | bool                                                                          |
 * | utf8, large_utf8, utf8_view             | code                                                                          |
 * | date, timestamp                         | code, as ISO 8601 writes it: "2026-03-01", "2026-03-01T07:30:00.5"; the time  |
 * |                                         | is left out at midnight; with a time zone it is UTC, in full, and ends in "Z" |
 * | decimal without decimal places          | i64; a value beyond its range is an error                                     |
 * | decimal with decimal places             | f64, the nearest to it; a value that a double cannot tell from its neighbours |
 * |                                         | (more than 15 digits, but for whole numbers up to 2^53) is an error           |
 * | dictionary of any of these              | its values, row by row; and its levels, sipas_arrow_get_levels()              |
 * | null                                    | f64, all missing                                                              |
 * | struct of one field                     | its field; a row that is null in the struct is missing                        |
 *
 * Anything else is ::SIPAS_ERR_TYPE, by its name. Null is missing. A parent's offset, length and nulls count for its fields.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ARROW_H
#define SIPAS_ARROW_H

#include "base.h"
#include "column.h"
#include "table.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE /**< the two structs are declared */

#define ARROW_FLAG_DICTIONARY_ORDERED 1 /**< the values of a dictionary have an order */
#define ARROW_FLAG_NULLABLE 2           /**< elements may be null */
#define ARROW_FLAG_MAP_KEYS_SORTED 4    /**< the keys of a map stand in ascending order */

/** A type, as the Arrow C data interface has it. */
struct ArrowSchema {
    const char *format;                          /**< the type, such as "g" for doubles */
    const char *name;                            /**< name of the field, or NULL */
    const char *metadata;                        /**< keys and values in binary form, or NULL */
    int64_t flags;                               /**< ARROW_FLAG_ bits */
    int64_t n_children;                          /**< number of fields */
    struct ArrowSchema **children;               /**< the fields */
    struct ArrowSchema *dictionary;              /**< type of the values of a dictionary, or NULL */
    void (*release)(struct ArrowSchema *schema); /**< frees what the struct holds; NULL = nothing is held */
    void *private_data;                          /**< the producer's */
};

/** Data, as the Arrow C data interface has them. */
struct ArrowArray {
    int64_t length;                            /**< elements */
    int64_t null_count;                        /**< of which null; -1 = not counted */
    int64_t offset;                            /**< elements before the first one in the buffers */
    int64_t n_buffers;                         /**< number of buffers */
    int64_t n_children;                        /**< number of fields */
    const void **buffers;                      /**< validity bitmap (or NULL), then what the type asks for */
    struct ArrowArray **children;              /**< the fields */
    struct ArrowArray *dictionary;             /**< the values of a dictionary, or NULL */
    void (*release)(struct ArrowArray *array); /**< frees what the struct holds; NULL = nothing is held */
    void *private_data;                        /**< the producer's */
};

#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE /**< the struct is declared */

/** Chunks of one type, one after another, as the Arrow C stream interface has them. */
struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *stream, struct ArrowSchema *out); /**< the type; 0 or an errno */
    int (*get_next)(struct ArrowArrayStream *stream, struct ArrowArray *out);    /**< a chunk; 0 or an errno */
    const char *(*get_last_error)(struct ArrowArrayStream *stream);              /**< what went wrong, or NULL */
    void (*release)(struct ArrowArrayStream *stream); /**< frees what the struct holds; NULL = nothing is held */
    void *private_data;                               /**< the producer's */
};

#endif

/**
 * Columns that came by Arrow, with what holds their memory. Opaque.
 *
 * A column is made ready when it is first asked for, so a frame may hold what this library does not read as long as nobody asks for
 * it. One handle belongs to one thread at a time; the columns that it lent may be read from any number of threads.
 */
typedef struct sipas_arrow sipas_arrow;

/**
 * Takes over one array.
 *
 * An array of a struct type stands for a frame, with its fields as columns; any other for one column.
 *
 * @param ctx a context, or NULL
 * @param schema its type
 * @param array its data
 * @param name what messages call it; NULL = "columns"
 * @param[out] out the columns; the caller's, to give to sipas_arrow_free()
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT an argument is NULL, or has been released already (its `release` is NULL)
 * @retval SIPAS_ERR_VALUE the structs contradict themselves or each other: a negative length or offset, more rows than any memory
 *         holds, another number of fields, a name that is not UTF-8
 * @retval SIPAS_ERR_MEMORY the allocator gave NULL
 *
 * On success both structs are moved: their `release` is NULL, and sipas_arrow_free() calls the producer's, once each. On failure both
 * stay the caller's, as they were. O(fields). Since 0.1.
 * Threads: context. Test: test_arrow.
 */
SIPAS_API sipas_status sipas_arrow_read_array(const sipas_ctx *ctx, struct ArrowSchema *schema,
                                              struct ArrowArray *array, const char *name, sipas_arrow **out,
                                              sipas_error *err);

/**
 * Takes over all chunks of a stream; otherwise as sipas_arrow_read_array().
 *
 * @param ctx a context, or NULL
 * @param stream the stream
 * @param name what messages call it; NULL = "columns"
 * @param[out] out the columns; the caller's, to give to sipas_arrow_free()
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT an argument is NULL, or the stream has been released already
 * @retval SIPAS_ERR_STREAM the stream failed; the message holds its own text. ENOMEM of the stream is ::SIPAS_ERR_MEMORY.
 * @retval SIPAS_ERR_VALUE as sipas_arrow_read_array(); `row` is the first of the chunk
 * @retval SIPAS_ERR_MEMORY the allocator gave NULL
 *
 * On success the stream is released, and its `release` is NULL. On failure it stays the caller's to release; what it had given is
 * given back. O(chunks × fields). Since 0.1.
 * Threads: context. Test: test_arrow.
 */
SIPAS_API sipas_status sipas_arrow_read_stream(const sipas_ctx *ctx, struct ArrowArrayStream *stream, const char *name,
                                               sipas_arrow **out, sipas_error *err);

/** Number of rows, over all chunks; 0 for NULL. O(1). Since 0.1. Threads: any. Test: test_arrow. */
SIPAS_API int64_t sipas_arrow_count_rows(const sipas_arrow *arrow);

/** Number of columns: the fields of a struct, else 1; 0 for NULL. O(1). Since 0.1. Threads: any. Test: test_arrow. */
SIPAS_API int64_t sipas_arrow_count_columns(const sipas_arrow *arrow);

/**
 * Name of a column.
 *
 * @param arrow columns
 * @param index 0 … sipas_arrow_count_columns()-1
 * @return borrowed, UTF-8, valid as long as `arrow`; "" when it has none; NULL when `index` is out of range. O(1). Since 0.1.
 *
 * Threads: any. Test: test_arrow.
 */
SIPAS_API const char *sipas_arrow_get_name(const sipas_arrow *arrow, int64_t index);

/**
 * Position of a column by name.
 *
 * @param arrow columns
 * @param name its name
 * @param[out] out the position
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT an argument is NULL
 * @retval SIPAS_ERR_NOT_FOUND no such column; the message lists those there are
 * @retval SIPAS_ERR_DUPLICATE two columns have the name
 *
 * O(columns). Since 0.1.
 * Threads: any. Test: test_arrow.
 */
SIPAS_API sipas_status sipas_arrow_find(const sipas_arrow *arrow, const char *name, int64_t *out, sipas_error *err);

/**
 * A column.
 *
 * @param arrow columns
 * @param index 0 … sipas_arrow_count_columns()-1
 * @param name what messages call it; NULL = its own name
 * @param[out] out a view, borrowed, valid as long as `arrow`
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT `arrow` or `out` is NULL
 * @retval SIPAS_ERR_NOT_FOUND `index` out of range
 * @retval SIPAS_ERR_TYPE a type that is not read; the message names it
 * @retval SIPAS_ERR_VALUE the structs contradict themselves or each other: a released or shorter field, a missing buffer, a number of
 *         nulls that is not that of the bitmap, structs or dictionaries within each other more than 16 deep. In `row`: offsets of texts
 *         that run backwards or are negative, a text outside its buffer, that is longer than 65535 bytes, is not UTF-8 or holds a NUL;
 *         a code of a dictionary that has no value; a number that its column cannot hold; a year outside 0000 to 9999
 * @retval SIPAS_ERR_MEMORY the allocator gave NULL
 *
 * Numbers in one chunk are lent where they lie; everything else is written out once, and kept with `arrow`. A text that is the same as
 * in another row may or may not share its memory. O(rows) the first time, O(1) after that. Since 0.1.
 * Threads: any. Test: test_arrow.
 */
SIPAS_API sipas_status sipas_arrow_get_column(sipas_arrow *arrow, int64_t index, const char *name, sipas_column *out,
                                              sipas_error *err);

/**
 * The levels of a dictionary: its values, each once, in its order, for the options `categories` and `orders` of estimates. With
 * several chunks those of the first come first, then what the others add.
 *
 * What has an order (ARROW_FLAG_DICTIONARY_ORDERED: an ordered factor, an enumeration) and what has not (the categories of pandas)
 * are taken alike: the order of a dictionary is the caller's. Values that no row has are among them; null values are not.
 *
 * @param arrow columns
 * @param index 0 … sipas_arrow_count_columns()-1
 * @param name what messages call it; NULL = its own name
 * @param[out] out a view of the type of the column, borrowed, valid as long as `arrow`; all zero (::SIPAS_TYPE_NONE) when the column
 *             is no dictionary
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT `arrow` or `out` is NULL
 * @retval SIPAS_ERR_TYPE the values are floats that are not whole: no codes. Any other status of sipas_arrow_get_column() too
 * @retval SIPAS_ERR_MEMORY the allocator gave NULL
 *
 * O(rows) where the column has not been asked for before, O(values) the first time after that, then O(1). Since 0.1.
 * Threads: any. Test: test_arrow.
 */
SIPAS_API sipas_status sipas_arrow_get_levels(sipas_arrow *arrow, int64_t index, const char *name, sipas_column *out,
                                              sipas_error *err);

/**
 * The texts of a code column, all in one piece: for hosts that must look at all of them at once (to bring them to a Unicode form, say).
 *
 * @param arrow columns
 * @param index of a column that sipas_arrow_get_column() gave
 * @param[out] bytes texts that end in NUL, one after another; every cell of the column, and every level of its dictionary, points
 *             to one of them. Borrowed
 * @param[out] size number of bytes, with the NULs
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT an argument is NULL
 * @retval SIPAS_ERR_NOT_FOUND `index` out of range, or the column has not been asked for yet
 * @retval SIPAS_ERR_TYPE the column does not hold codes
 *
 * O(1). Since 0.1.
 * Threads: any. Test: test_arrow.
 */
SIPAS_API sipas_status sipas_arrow_get_texts(const sipas_arrow *arrow, int64_t index, const char **bytes, int64_t *size,
                                             sipas_error *err);

/**
 * Releases everything that was taken over, and frees the columns. NULL is fine. O(chunks × columns). Since 0.1.
 * Threads: last. Test: test_arrow.
 */
SIPAS_API void sipas_arrow_free(sipas_arrow *arrow);

/**
 * Lends a table as a stream of one chunk, a struct of its columns.
 *
 * Columns of numbers are lent where they lie, missing cells are null, texts are utf8. Metadata of the schema are those of the table,
 * those of a field its `unit` and `meaning`. Stream and arrays hold the table, each by a reference of its own, so they may outlive the
 * caller's; they are freed with the memory functions of its context, in whatever thread releases them.
 *
 * @param table a table, or its notes
 * @param[out] out a stream; the caller's, to release or to move to a consumer
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT an argument is NULL
 * @retval SIPAS_ERR_MEMORY the allocator gave NULL
 *
 * A failure of the stream itself is ENOMEM, or EOVERFLOW for more than 2 GiB of text in a column. O(columns); texts are copied when the
 * chunk is asked for. Since 0.1.
 * Threads: context. Test: test_arrow.
 */
SIPAS_API sipas_status sipas_arrow_write_stream(const sipas_table *table, struct ArrowArrayStream *out,
                                                sipas_error *err);

/**
 * The schema of the stream of sipas_arrow_write_stream().
 *
 * @param table a table, or its notes
 * @param[out] out a schema; the caller's, to release or to move to a consumer
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT an argument is NULL
 * @retval SIPAS_ERR_MEMORY the allocator gave NULL
 *
 * O(columns + metadata). Since 0.1.
 * Threads: context. Test: test_arrow.
 */
SIPAS_API sipas_status sipas_arrow_write_schema(const sipas_table *table, struct ArrowSchema *out, sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif

/**
 * @file table.h
 * A table: what every method returns beyond a few scalars.
 *
 * Typed columns that follow a published schema, key-value metadata (method version, formula, options used), and
 * notes: warnings as data, a second table with the columns `code`, `name`, `row` and `message`. Missing cells
 * are told by a validity bitmap, never by NaN. Memory is reference counted (atomically), so a view may outlive
 * the handle it came from. A table never changes once it is returned: any number of threads may read it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_TABLE_H
#define SIPAS_TABLE_H

#include "base.h"
#include "column.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A table. Opaque. */
typedef struct sipas_table sipas_table;

/** Covariance between the rows of a table. Opaque; lives in the table it belongs to. */
typedef struct sipas_cov sipas_cov;

/**
 * What a column of a table of estimates is to a reader: leagues and comparisons go by it, not by a name or a place.
 */
enum {
    SIPAS_FIELD_OTHER = 0, /**< none of these; all columns of tables that hold no estimates */
    SIPAS_FIELD_FIGURE =
        1,               /**< what is estimated: the variable, the category, the node. Of several the last says most */
    SIPAS_FIELD_KEY = 2, /**< which one of it: the quantile, the other variable, the comparison */
    SIPAS_FIELD_LEVEL = 3, /**< the level of the domain */
    SIPAS_FIELD_BY = 4, /**< a `by` column of the caller's: the code of the group, missing where the level lacks it */
    SIPAS_FIELD_VALUE = 5,      /**< the estimate */
    SIPAS_FIELD_SE = 6,         /**< its standard error */
    SIPAS_FIELD_LOWER = 7,      /**< the lower limit of its interval */
    SIPAS_FIELD_UPPER = 8,      /**< the upper limit */
    SIPAS_FIELD_DF = 9,         /**< degrees of freedom of the interval */
    SIPAS_FIELD_DF_DESIGN = 10, /**< those of the whole design */
    SIPAS_FIELD_ROWS = 11,      /**< rows that count */
    SIPAS_FIELD_PSUS = 12       /**< first-stage units with such a row */
};

/** One column of a schema. */
typedef struct sipas_field {
    const char *name;    /**< name in the table; part of the binary interface */
    const char *unit;    /**< unit of measure: "0-100", "respondents", "probability" …; "" = none */
    const char *meaning; /**< one sentence */
    int32_t type;        /**< SIPAS_TYPE_F64, SIPAS_TYPE_I64 or SIPAS_TYPE_CODE */
    int32_t optional;    /**< 1 = there only when asked for by an option */
    int32_t role;        /**< SIPAS_FIELD_ */
    int32_t reserved;    /**< 0 */
} sipas_field;

/** The columns that one call returns, besides those that the caller names (`by` columns). */
typedef struct sipas_schema {
    const char *name;          /**< e.g. "index" */
    const sipas_field *fields; /**< n_fields of them */
    int64_t n_fields;          /**< their number */
} sipas_schema;

/**
 * Number of schemas the library knows. With sipas_schema_get() a program or a documentation tool can list them.
 *
 * @return the number. O(1). Since 0.1.
 *
 * Threads: any. Test: test_table.
 */
SIPAS_API int64_t sipas_schema_count(void);

/**
 * A schema by position.
 *
 * @param index 0 … sipas_schema_count()-1
 * @return borrowed, constant; NULL when `index` is out of range. O(1). Since 0.1.
 *
 * Threads: any. Test: test_table.
 */
SIPAS_API const sipas_schema *sipas_schema_get(int64_t index);

/** Number of rows. O(1). Since 0.1. Threads: any. Test: test_table. */
SIPAS_API int64_t sipas_table_count_rows(const sipas_table *table);

/** Number of columns. O(1). Since 0.1. Threads: any. Test: test_table. */
SIPAS_API int64_t sipas_table_count_columns(const sipas_table *table);

/**
 * Name, unit, meaning and type of a column.
 *
 * @param table a table
 * @param index 0 … columns-1
 * @return borrowed, valid as long as the table; NULL when `index` is out of range. O(1). Since 0.1.
 *
 * Threads: any. Test: test_table.
 */
SIPAS_API const sipas_field *sipas_table_get_field(const sipas_table *table, int64_t index);

/**
 * A column as a view with validity, by position.
 *
 * @param table a table
 * @param index 0 … columns-1
 * @param[out] out view of the table's memory; borrowed
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT table or out is NULL
 * @retval SIPAS_ERR_NOT_FOUND `index` out of range
 *
 * O(1). Since 0.1.
 * Threads: any. Test: test_table.
 */
SIPAS_API sipas_status sipas_table_get_column(const sipas_table *table, int64_t index, sipas_column *out,
                                              sipas_error *err);

/**
 * Position of a column by name.
 *
 * @param table a table
 * @param name its name
 * @param[out] out the position
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT an argument is NULL
 * @retval SIPAS_ERR_NOT_FOUND no such column; the message lists those there are
 *
 * O(columns). Since 0.1.
 * Threads: any. Test: test_table.
 */
SIPAS_API sipas_status sipas_table_find(const sipas_table *table, const char *name, int64_t *out, sipas_error *err);

/**
 * The doubles of a column by name; missing cells hold NaN here.
 *
 * @param table a table
 * @param name name of a SIPAS_TYPE_F64 column
 * @param[out] out borrowed, as many as the table has rows
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT an argument is NULL
 * @retval SIPAS_ERR_NOT_FOUND no such column
 * @retval SIPAS_ERR_TYPE the column holds another type
 *
 * O(columns). Since 0.1.
 * Threads: any. Test: test_table.
 */
SIPAS_API sipas_status sipas_table_get_f64(const sipas_table *table, const char *name, const double **out,
                                           sipas_error *err);

/**
 * The 64-bit integers of a column by name; missing cells hold 0 here. Otherwise as sipas_table_get_f64().
 * Threads: any. Test: test_table.
 */
SIPAS_API sipas_status sipas_table_get_i64(const sipas_table *table, const char *name, const int64_t **out,
                                           sipas_error *err);

/**
 * The texts of a column by name; missing cells hold NULL here. Otherwise as sipas_table_get_f64().
 * Threads: any. Test: test_table.
 */
SIPAS_API sipas_status sipas_table_get_code(const sipas_table *table, const char *name, const char *const **out,
                                            sipas_error *err);

/** Number of metadata entries. O(1). Since 0.1. Threads: any. Test: test_table. */
SIPAS_API int64_t sipas_table_count_meta(const sipas_table *table);

/**
 * A metadata entry by position, in the order the method wrote them.
 *
 * @param table a table
 * @param index 0 … sipas_table_count_meta()-1
 * @param[out] key borrowed
 * @param[out] value borrowed
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT an argument is NULL
 * @retval SIPAS_ERR_NOT_FOUND `index` out of range
 *
 * O(1). Since 0.1.
 * Threads: any. Test: test_table.
 */
SIPAS_API sipas_status sipas_table_get_meta(const sipas_table *table, int64_t index, const char **key,
                                            const char **value, sipas_error *err);

/**
 * A metadata value by key ("method", "formula", "scoring" …; each method's page lists its keys).
 *
 * @param table a table
 * @param key the key
 * @param[out] value borrowed
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT an argument is NULL
 * @retval SIPAS_ERR_NOT_FOUND no such key
 *
 * O(entries). Since 0.1.
 * Threads: any. Test: test_table.
 */
SIPAS_API sipas_status sipas_table_find_meta(const sipas_table *table, const char *key, const char **value,
                                             sipas_error *err);

/**
 * The notes of a table: columns `code` (text, a stable short name), `name` (text: the unit, item or stratum, may
 * be missing), `row` (row of the result or of the input, may be missing) and `message`.
 *
 * @return borrowed; a table with 0 rows when there are none, so never NULL for a table that is not NULL and is
 *         not itself a notes table. O(1). Since 0.1.
 *
 * Threads: any. Test: test_table.
 */
SIPAS_API const sipas_table *sipas_table_get_notes(const sipas_table *table);

/**
 * Takes one more hold on a table; give each hold back with sipas_table_free(). Returns its argument. O(1). Since 0.1.
 * Threads: any. Test: test_table.
 */
SIPAS_API sipas_table *sipas_table_ref(sipas_table *table);

/** Gives back one hold on a table; the last one frees it. NULL is fine. O(columns). Since 0.1. Threads: context. Test: test_table. */
SIPAS_API void sipas_table_free(sipas_table *table);

/**
 * Covariance between the rows of a table of estimates, when the call was asked for it (option `cov`).
 *
 * @param table a table of estimates
 * @param[out] out borrowed, valid as long as the table
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT an argument is NULL
 * @retval SIPAS_ERR_NOT_FOUND the table has none: the call was made without the option `cov`
 *
 * O(1). Since 0.1.
 * Threads: any. Test: test_table.
 */
SIPAS_API sipas_status sipas_table_get_cov(const sipas_table *table, const sipas_cov **out, sipas_error *err);

/**
 * A block of the covariance matrix: rows `row[0] … row[n_row-1]` by columns `column[0] … column[n_column-1]`,
 * each the number of a row of the table. It is computed on demand, so a table with many rows costs no matrix.
 *
 * @param cov a covariance
 * @param row,n_row rows wanted
 * @param column,n_column columns wanted
 * @param[out] out n_row × n_column doubles, row after row, the caller's; NaN where either row has no standard error
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT an argument is NULL
 * @retval SIPAS_ERR_NOT_FOUND a row number out of range
 * @retval SIPAS_ERR_MEMORY no memory for the work arrays
 *
 * O(n_row × n_column × PSUs). Since 0.1.
 * Threads: context. Test: test_league.
 */
SIPAS_API sipas_status sipas_cov_get_block(const sipas_cov *cov, const int64_t *row, int64_t n_row,
                                           const int64_t *column, int64_t n_column, double *out, sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif

/**
 * @file data/measure.h
 * Measures of units (populations, standard deviations, costs, bounds): checked reading, and messages that
 * name the unit.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DATA_MEASURE_H
#define SIPAS_DATA_MEASURE_H

#include <sipas/column.h>

#include "base/error.h"

/** What sipas__measure_read() lets pass, besides finite numbers > 0. */
enum { SIPAS__MAY_BE_ZERO = 1, SIPAS__MAY_BE_INFINITE = 2 };

/** Upper bound of a unit that has none. */
#define SIPAS__NO_BOUND INT64_MAX

/**
 * Fills `err` with a sentence about one unit and returns `status`. The sentence begins "unit 01 (row 3): "
 * when `code` is given and has a code there, else "row 3: "; the unit's code becomes the error's name.
 */
sipas_status sipas__unit_error(sipas_error *err, sipas_status status, const sipas_column *code, int64_t row,
                               const char *format, ...) SIPAS__PRINTF(5, 6);

/** The same beginning of a sentence, without the colon, for other uses; `label` holds at least 192 bytes. */
const char *sipas__unit_label(const sipas_column *code, int64_t row, char *label);

/**
 * Reads a number column of n rows into `out`. Errors name column and unit: SIPAS_ERR_ARGUMENT,
 * SIPAS_ERR_LENGTH, SIPAS_ERR_TYPE as sipas__column_check(); SIPAS_ERR_MISSING; SIPAS_ERR_VALUE for a
 * negative, zero or infinite value that `may` does not allow. O(n).
 */
sipas_status sipas__measure_read(const sipas_column *column, int64_t n, const char *name, const sipas_column *code,
                                 int32_t may, double *out, sipas_error *err);

/**
 * The same without a copy where the column is plain doubles already: `*view` is their memory, or that of
 * `*owned`, which is the caller's to free. SIPAS_ERR_MEMORY.
 */
sipas_status sipas__measure_view(const sipas_ctx *ctx, const sipas_column *column, int64_t n, const char *name,
                                 const sipas_column *code, int32_t may, double **owned, const double **view,
                                 sipas_error *err);

/**
 * Reads a column of whole numbers ≥ 0 into `out`; an infinite cell becomes SIPAS__NO_BOUND when `may` has
 * SIPAS__MAY_BE_INFINITE. Errors as sipas__measure_read(), and SIPAS_ERR_VALUE for a number that is not whole. O(n).
 */
sipas_status sipas__measure_read_whole(const sipas_column *column, int64_t n, const char *name,
                                       const sipas_column *code, int32_t may, int64_t *out, sipas_error *err);

/** The same for rows from … from+n-1 of a column that has been checked. O(n). */
sipas_status sipas__measure_whole_rows(const sipas_column *column, int64_t from, int64_t n, const char *name,
                                       const sipas_column *code, int32_t may, int64_t *out, sipas_error *err);

#endif

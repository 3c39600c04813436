/**
 * @file data/estimates.h
 * Reading a table of estimates, by the roles of its columns: what a row is of, and which rows belong together.
 *
 * Columns of the roles FIGURE, KEY, LEVEL and BY tell what a row is: mean of `y` at level "region" in region 3. The last
 * FIGURE says what is estimated (in a table of shares the category), the KEY columns which one of it (the 0.25 quantile of
 * `y`), the BY columns of whom: the units.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DATA_ESTIMATES_H
#define SIPAS_DATA_ESTIMATES_H

#include "data/table.h"

/** A table of estimates. */
typedef struct sipas__estimates {
    const sipas_table *table;
    int64_t n, n_columns;
    const double *estimate, *se, *df;
    const double *lower, *upper, *df_design; /* NULL where the table has none */
    const sipas_cov *cov;                    /* NULL when it was not asked for */
    int groups_missing; /* rows without a code may be a group, whose cell is missing though its level crosses the column */
    uint32_t crossed; /* then, in a table of one level: the `by` columns that it crosses, the first as bit 0 */
} sipas__estimates;

/**
 * Reads one. SIPAS_ERR_ARGUMENT: it is NULL; `name` is its parameter's. SIPAS_ERR_NOT_FOUND: no estimates in it, or no covariance
 * though it was asked for.
 */
sipas_status sipas__estimates_read(sipas__estimates *e, const sipas_table *table, const char *name, int with_cov,
                                   sipas_error *err);

/** SIPAS_FIELD_ of column `at`. */
int32_t sipas__estimates_role(const sipas__estimates *e, int64_t at);

/** The last column of a role; -1 when there is none. */
int64_t sipas__estimates_find(const sipas__estimates *e, int32_t role);

/** True when column `at` is a `by` column. */
int sipas__estimates_is_by(const sipas__estimates *e, int64_t at);

/** True when column `at` tells what a row is: FIGURE, KEY, LEVEL or BY. */
int sipas__estimates_is_key(const sipas__estimates *e, int64_t at);

/** How many `by` columns the level of a row crosses, and the last of them. */
int sipas__estimates_count_by(const sipas__estimates *e, int64_t row, int64_t *last);

/** True when rows a and b differ in no column that tells what a row is, but for `by` columns. */
int sipas__estimates_same_family(const sipas__estimates *e, int64_t a, int64_t b);

/** True when they are of the same figure: the same in all columns FIGURE and KEY. */
int sipas__estimates_same_figure(const sipas__estimates *e, int64_t a, int64_t b);

/** Label of a row's group, "stype=E awards=No", "stype missing" for rows without a code; "the whole" without one. Returns the length it would have. */
size_t sipas__estimates_label(const sipas__estimates *e, int64_t row, char *buffer, size_t size);

/** False when a cell is missing. */
int sipas__estimates_there(const sipas__estimates *e, int64_t at, int64_t row);

/** A cell as text; "" when it is missing. */
const char *sipas__estimates_text(const sipas__estimates *e, int64_t at, int64_t row, char buffer[32]);

/** Adds column `at` of a table of estimates to a result; returns its position there. */
int32_t sipas__estimates_add(const sipas__estimates *e, int64_t at, sipas_table *table);

/** Copies a cell of it. */
void sipas__estimates_copy(const sipas__estimates *e, int64_t at, int64_t row, sipas_table *table, int32_t column,
                           int64_t to);

#endif

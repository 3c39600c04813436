/**
 * @file result.h
 * Reading result tables in cmocka tests. A column, row or call that should be there and is not fails the running test
 * with a sentence that names it, so no caller checks.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RESULT_H
#define RESULT_H

#include <stdint.h>

#include <sipas.h>

/** Fails the running test, with the sentence of `err`, unless `status` is SIPAS_OK. */
void check(sipas_status status, const sipas_error *err);

/** A number; NaN when it is missing. */
double real(const sipas_table *table, const char *column, int64_t row);

/** A whole number; 0 when it is missing. */
int64_t whole(const sipas_table *table, const char *column, int64_t row);

/** A text; NULL when it is missing. */
const char *text(const sipas_table *table, const char *column, int64_t row);

/** 1 when the cell is missing. */
int missing(const sipas_table *table, const char *column, int64_t row);

/** 1 when there is such a column. */
int has_column(const sipas_table *table, const char *column);

/** A metadata value. */
const char *meta(const sipas_table *table, const char *key);

/** Covariance of two rows. */
double covariance(const sipas_table *table, int64_t a, int64_t b);

/** Message of the first note of a code about a row of the result (-1 = about none); NULL when there is none. */
const char *find_note(const sipas_table *table, const char *code, int64_t row);

/** Row of a node in an index table without levels; `group` = how many rows further down. */
int64_t node_row(const sipas_table *table, const char *node, int64_t group);

/** Fails unless two tables are the same bit for bit: columns, cells, notes. */
void check_identical(const sipas_table *a, const sipas_table *b);

/**
 * Fails unless row i of a and row j of b say the same: estimate, se, df and cv to the relative `tolerance` (where se
 * is less than 1 % of the estimate, to `tolerance` of that), the limits to `tolerance` of the estimate, n, psus. What
 * one lacks the other must lack.
 */
void check_rows_alike(const sipas_table *a, int64_t i, const sipas_table *b, int64_t j, double tolerance);

/** The same for all rows. */
void check_alike(const sipas_table *a, const sipas_table *b, double tolerance);

#endif

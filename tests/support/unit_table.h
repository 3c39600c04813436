/**
 * @file unit_table.h
 * A tree of units from a file of examples/data, for cmocka tests.
 *
 * The file has the columns code, parent, level, name, class, region, urban and population.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef UNIT_TABLE_H
#define UNIT_TABLE_H

#include <sipas.h>

#include "golden.h"

/** The file, its columns, and the tree with the measure "population". */
typedef struct unit_table {
    golden_table *file;
    int64_t n;
    sipas_unit_tree *tree;
} unit_table;

/** Reads a file (path relative to the tests directory); a fault fails the running test. */
unit_table *unit_table_read(const char *path);

/** The same with the rows in another order: row i of the tree is row order[i] of the file. NULL = as they come. */
unit_table *unit_table_read_in_order(const char *path, const int64_t *order);

/** Frees it. */
void unit_table_free(unit_table *units);

#endif

/**
 * @file golden_design.h
 * Designs as golden tables give them: by the names of the columns of a data file.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef GOLDEN_DESIGN_H
#define GOLDEN_DESIGN_H

#include <sipas.h>

#include "golden.h"

/** The columns that a cell names, at most `most`, as text or as numbers; returns how many there are. */
int32_t golden_columns(golden_table *data, const char *cell, sipas_column *columns, int32_t most, int text);

/** A design by the names of its columns; "" = none, ids "1" = the rows. A fault fails the running test. */
sipas_design *golden_design(golden_table *data, const char *ids, const char *strata, const char *weights,
                            const char *fpc);

#endif

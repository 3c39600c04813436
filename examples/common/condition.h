/**
 * @file condition.h
 * Conditions on the rows of a sheet: COLUMN=VALUE, != < <= > >=, or COLUMN alone.
 *
 * = and != compare codes, as text in NFC; the others compare numbers, whole ones exactly, whatever their length. COLUMN alone is met
 * by a number that is not 0 and by TRUE. A missing cell meets no condition. A condition that no row meets is an error.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef EXAMPLES_CONDITION_H
#define EXAMPLES_CONDITION_H

#include <stdint.h>

#include "read_csv.h"

/** Makes `met` (one byte a row) 1 where all conditions hold, else 0. `name` is that of their option, for messages. */
sipas_status conditions_apply(sheet *s, const char *name, const option_texts *conditions, uint8_t *met,
                              sipas_error *err);

#endif

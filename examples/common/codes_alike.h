/**
 * @file codes_alike.h
 * A look at the codes of a column for two that a person would take for one.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef EXAMPLES_CODES_ALIKE_H
#define EXAMPLES_CODES_ALIKE_H

#include "read_csv.h"

/** Notes codes that differ only by blanks, case or zeros before them, with the lines of two. They stay two codes. */
sipas_status codes_alike_note(sheet *s, const char *column, sipas_error *err);

#endif

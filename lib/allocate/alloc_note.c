/*
 * A note about a unit, named by its code or row.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/allocate.h"
#include "data/column.h"
#include "data/measure.h"

void sipas__allocate_note(sipas__allocation *a, const char *what, int64_t unit, const char *sentence)
{
    char buffer[32], label[192];
    const char *code = a->opts.code ? sipas__column_code_text(a->opts.code, unit, buffer) : NULL;

    sipas__table_note(a->table, what, code, unit, "%s: %s", sipas__unit_label(a->opts.code, unit, label), sentence);
}

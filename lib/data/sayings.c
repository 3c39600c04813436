/*
 * Notes that wait for their tables.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/sayings.h"

#include <string.h>

#include "base/context.h"

int sipas__sayings_add(sipas__sayings *sayings, const char *code, const char *format, ...)
{
    void *at = sayings->at;
    sipas__saying *one;
    va_list arguments;

    if (!sipas__grow(sayings->ctx, &at, &sayings->capacity, sayings->n + 1, sizeof *sayings->at)) return 0;
    sayings->at = at;
    one = &sayings->at[sayings->n++];
    (void)sipas__text_format(one->code, sizeof one->code, "%s", code);
    va_start(arguments, format);
    (void)sipas__text_vformat(one->text, sizeof one->text, format, arguments);
    va_end(arguments);
    sipas__text_cut(one->text, sizeof one->text);
    return 1;
}

int sipas__sayings_copy(const sipas__sayings *from, sipas__sayings *to)
{
    memset(to, 0, sizeof *to);
    to->ctx = from->ctx;
    if (from->n == 0) return 1;
    to->at = sipas__alloc(from->ctx, from->n, sizeof *to->at);
    if (!to->at) return 0;
    memcpy(to->at, from->at, (size_t)from->n * sizeof *to->at);
    to->n = to->capacity = from->n;
    return 1;
}

void sipas__sayings_note(const sipas__sayings *sayings, sipas_table *table)
{
    for (int64_t i = 0; i < sayings->n; i++)
        sipas__table_note(table, sayings->at[i].code, NULL, -1, "%s", sayings->at[i].text);
}

void sipas__sayings_clear(sipas__sayings *sayings)
{
    sipas__free(sayings->ctx, sayings->at);
    memset(sayings, 0, sizeof *sayings);
}

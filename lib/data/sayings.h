/**
 * @file data/sayings.h
 * What is found while something is read and belongs into the notes of every table that is made from it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DATA_SAYINGS_H
#define SIPAS_DATA_SAYINGS_H

#include "base/text.h"
#include "data/table.h"

/** One note to be: its code and its sentence, which names at most a few codes and is cut behind a character. */
typedef struct sipas__saying {
    char code[32];
    char text[320];
} sipas__saying;

/** All zero = none. */
typedef struct sipas__sayings {
    const sipas_ctx *ctx; /* the owner's */
    sipas__saying *at;
    int64_t n, capacity;
} sipas__sayings;

/** One more. False when there is no memory. */
int sipas__sayings_add(sipas__sayings *sayings, const char *code, const char *format, ...) SIPAS__PRINTF(3, 4);

/** The same ones, held apart. False when there is no memory, and nothing is held. */
int sipas__sayings_copy(const sipas__sayings *from, sipas__sayings *to);

/** Writes all of them into the notes of a table. */
void sipas__sayings_note(const sipas__sayings *sayings, sipas_table *table);

void sipas__sayings_clear(sipas__sayings *sayings);

#endif

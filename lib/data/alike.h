/**
 * @file data/alike.h
 * Codes that differ only by blanks, case or leading zeros: two codes for the library, often one for whoever wrote them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DATA_ALIKE_H
#define SIPAS_DATA_ALIKE_H

#include "data/codes.h"
#include "data/sayings.h"

/**
 * Adds a note `codes_alike` when some of n distinct texts are alike: how many, and two of them. `name` names the column. False when
 * there is no memory. O(bytes + n).
 */
int sipas__alike_look(sipas__sayings *sayings, const char *const *texts, int64_t n, const char *name);

/** The same for units of a tree, of which only those of one parent can be alike; parent[i] = -1 for a root. */
int sipas__alike_within(sipas__sayings *sayings, const char *const *texts, const int64_t *parent, int64_t n,
                        const char *name);

/** The same for a column of codes; integers are never alike. */
int sipas__alike_codes(sipas__sayings *sayings, const sipas__codes *codes, const char *name);

/** The same, into the notes of a table that is being made; when there is no memory the table fails. */
void sipas__alike_note(sipas_table *table, const char *const *texts, int64_t n, const char *name);
void sipas__alike_note_codes(sipas_table *table, const sipas__codes *codes, const char *name);

/** Whether two texts are alike. Equal ones are. */
int sipas__alike(const char *left, const char *right);

#endif

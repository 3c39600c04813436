/**
 * @file data/intern.h
 * Distinct texts, numbered in the order in which they first appear.
 *
 * A text is known by its length and its first eight bytes, which for most codes is all of it; longer ones are compared. Places in the
 * table come from a keyed hash, eight bytes at a time, so that nobody can choose texts that meet.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DATA_INTERN_H
#define SIPAS_DATA_INTERN_H

#include <stddef.h>

#include <sipas/base.h>

/** A text that was met: borrowed. */
typedef struct sipas__interned {
    uint64_t word; /* its first eight bytes */
    const char *text;
    size_t length;
} sipas__interned;

/** A place of the table: the number of a text and a part of its hash; number 0 = empty, else 1 more than the text's. */
typedef struct sipas__intern_slot {
    uint32_t part;
    int32_t number;
} sipas__intern_slot;

typedef struct sipas__intern {
    const sipas_ctx *ctx;
    sipas__interned *texts;
    int64_t n, capacity;
    sipas__intern_slot *slot;
    int64_t slots; /* a power of two */
    uint64_t salt;
} sipas__intern;

/** Texts that are read at a time. */
enum { SIPAS__INTERN_TILE = 128 };

/** False when there is no memory; sipas__intern_clear() it whatever happened. */
int sipas__intern_init(sipas__intern *set, const sipas_ctx *ctx);

/** Numbers of n ≤ SIPAS__INTERN_TILE texts; -1 for NULL. False when there is no memory, or there are 2^31 - 2 texts. */
int sipas__intern_texts(sipas__intern *set, const char *const *texts, int64_t n, int32_t *number);

/**
 * The texts ascending by bytes in `sorted`, and the place of each number there in `place`; both hold set->n. False when there is no
 * memory. O(n log n).
 */
int sipas__intern_sort(const sipas__intern *set, const char **sorted, int32_t *place);

/** Frees what it holds, not the texts. */
void sipas__intern_clear(sipas__intern *set);

#endif

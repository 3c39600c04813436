/**
 * @file data/pattern_table.h
 * From 64-bit keys to the numbers of patterns: a plain array for small ranges of keys, else open addressing.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DATA_PATTERN_TABLE_H
#define SIPAS_DATA_PATTERN_TABLE_H

#include <sipas/base.h>

typedef struct sipas__pattern_table {
    int32_t *direct;    /* key → number + 1, for small ranges */
    uint64_t *slot_key; /* else open addressing */
    int32_t *slot;      /* number + 1, 0 = free */
    int64_t slots;
    int64_t most; /* patterns that fit */
    uint64_t salt;
    uint64_t
        range; /* of the keys that the array is for; others are taken for 0: the caller's memory may have changed */
} sipas__pattern_table;

/** An empty table for keys < range; 0 = any keys. False when there is no memory. */
int sipas__pattern_table_init(sipas__pattern_table *table, const sipas_ctx *ctx, uint64_t range);

/** Makes room for twice as many patterns. False when there is no memory; the table stays as it was. */
int sipas__pattern_table_grow(sipas__pattern_table *table, const sipas_ctx *ctx);

/** The place of a key: 0 in it = not known. */
int32_t *sipas__pattern_table_place(const sipas__pattern_table *table, uint64_t key);

/** Puts a pattern at the place that was found for its key. */
void sipas__pattern_table_add(const sipas__pattern_table *table, int32_t *place, uint64_t key, int64_t number);

/** Numbers of n keys, -1 where there is none. Returns how many of these there are. */
int64_t sipas__pattern_table_find(const sipas__pattern_table *table, const uint64_t *keys, int64_t n, int32_t *number);

void sipas__pattern_table_clear(sipas__pattern_table *table, const sipas_ctx *ctx);

#endif

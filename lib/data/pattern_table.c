/*
 * Patterns by their keys.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/pattern_table.h"

#include <string.h>

#include "base/context.h"
#include "base/hash.h"

#define DIRECT_RANGE (UINT64_C(1) << 23) /* of which only the pages that hold keys are touched */

enum { FIRST_ROOM = 1024 };

int sipas__pattern_table_init(sipas__pattern_table *table, const sipas_ctx *ctx, uint64_t range)
{
    memset(table, 0, sizeof *table);
    if (range && range <= DIRECT_RANGE) {
        table->direct = sipas__alloc(ctx, (int64_t)range, sizeof *table->direct);
        table->most = INT32_MAX - 1;
        table->range = range;
        return table->direct != NULL;
    }
    table->most = FIRST_ROOM;
    table->slots = 2 * table->most;
    table->slot_key = sipas__alloc(ctx, table->slots, sizeof *table->slot_key);
    table->slot = sipas__alloc(ctx, table->slots, sizeof *table->slot);
    table->salt = sipas__hash_salt(table->slot_key);
    return table->slot_key && table->slot;
}

void sipas__pattern_table_clear(sipas__pattern_table *table, const sipas_ctx *ctx)
{
    sipas__free(ctx, table->direct);
    sipas__free(ctx, table->slot_key);
    sipas__free(ctx, table->slot);
    memset(table, 0, sizeof *table);
}

/* The place of a key, free or not (linear probing: Knuth, TAOCP 3, §6.4; salted, so that chosen keys do not meet). */
int32_t *sipas__pattern_table_place(const sipas__pattern_table *table, uint64_t key)
{
    uint64_t at;

    if (table->direct) return &table->direct[key < table->range ? key : 0];
    at = (sipas__hash_key(key, table->salt) * (uint64_t)table->slots) >> 32;
    while (table->slot[at] && table->slot_key[at] != key) at = (at + 1) & (uint64_t)(table->slots - 1);
    return &table->slot[at];
}

void sipas__pattern_table_add(const sipas__pattern_table *table, int32_t *place, uint64_t key, int64_t number)
{
    *place = (int32_t)(number + 1);
    if (!table->direct) table->slot_key[place - table->slot] = key;
}

int sipas__pattern_table_grow(sipas__pattern_table *table, const sipas_ctx *ctx)
{
    sipas__pattern_table grown = {.slots = 2 * table->slots, .most = 2 * table->most, .salt = table->salt};

    if (table->direct) return 1;
    grown.slot_key = sipas__alloc(ctx, grown.slots, sizeof *grown.slot_key);
    grown.slot = sipas__alloc(ctx, grown.slots, sizeof *grown.slot);
    if (!grown.slot_key || !grown.slot) {
        sipas__pattern_table_clear(&grown, ctx);
        return 0;
    }
    for (int64_t i = 0; i < table->slots; i++)
        if (table->slot[i])
            sipas__pattern_table_add(&grown, sipas__pattern_table_place(&grown, table->slot_key[i]), table->slot_key[i],
                                     table->slot[i] - 1);
    sipas__pattern_table_clear(table, ctx);
    *table = grown;
    return 1;
}

/* Numbers of patterns of a tile, -1 where there is none yet. Returns how many of these there are. */
int64_t sipas__pattern_table_find(const sipas__pattern_table *table, const uint64_t *keys, int64_t n, int32_t *number)
{
    int64_t unknown = 0;

    if (table->direct) {
        const int32_t *direct = table->direct;

        for (int64_t i = 0; i < n; i++) number[i] = direct[keys[i] < table->range ? keys[i] : 0] - 1;
    } else {
        for (int64_t i = 0; i < n; i++)
            number[i] = i > 0 && keys[i] == keys[i - 1] ? number[i - 1]
                                                        : *sipas__pattern_table_place(table, keys[i]) - 1;
    }
    for (int64_t i = 0; i < n; i++) unknown += number[i] < 0;
    return unknown;
}

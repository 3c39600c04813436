/**
 * @file data/map.h
 * A map from sparse keys to dense numbers 0 … n-1 in ascending order of the keys.
 *
 * Used in two passes over the rows: note every key, close, then find. Ranges up to 2^23 keys are looked up in a plain
 * array, of which only the pages that hold keys are ever touched; larger ones in a hash table whose size follows the number
 * of distinct keys.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DATA_MAP_H
#define SIPAS_DATA_MAP_H

#include <sipas/base.h>

typedef struct sipas__map {
    const sipas_ctx *ctx; /* the owner's, which outlives the map */
    int32_t *direct;      /* key → number + 1, 0 = not noted; for small ranges */
    uint64_t *slot_key;   /* key + 1, 0 = free */
    int32_t *slot_number;
    int64_t slots, used;
    uint64_t *keys; /* distinct keys; ascending after closing */
    int64_t n, capacity;
    uint64_t range, salt;
} sipas__map;

/** An empty map for keys < range (at most 2^62). False when there is no memory. */
int sipas__map_init(sipas__map *map, const sipas_ctx *ctx, uint64_t range);

/** Notes n keys; of a small range those within it. False when there is no memory. */
int sipas__map_note(sipas__map *map, const uint64_t *keys, int64_t n);

/** Numbers the keys noted. False when there is no memory, or more than 2^31-1 distinct keys. */
int sipas__map_close(sipas__map *map);

/** Numbers of n keys; -1 for a key that was never noted. */
void sipas__map_find(const sipas__map *map, const uint64_t *keys, int64_t n, int32_t *numbers);

/**
 * All of it for keys that are at hand: numbers[i] of keys[i]; the distinct keys stay in map->keys. The map is the caller's to
 * clear, whatever comes back. False when there is no memory.
 */
int sipas__map_number(sipas__map *map, const sipas_ctx *ctx, uint64_t range, const uint64_t *keys, int64_t n,
                      int32_t *numbers);

/** The same, and asks the host at times. SIPAS_ERR_MEMORY, SIPAS_ERR_CANCELLED. */
sipas_status sipas__map_number_asking(sipas__map *map, const sipas_ctx *ctx, uint64_t range, const uint64_t *keys,
                                      int64_t n, int32_t *numbers, sipas_error *err);

/** Frees what it holds. An all-zero map is fine. */
void sipas__map_clear(sipas__map *map);

#endif

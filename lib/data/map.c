/*
 * Keys to dense numbers, in two passes. Small ranges: a plain array. Large ranges: open addressing with linear
 * probing (Knuth, TAOCP 3, §6.4), at most half full, places salted so that chosen keys do not meet.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/map.h"

#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/error.h"
#include "base/hash.h"
#include "num/order.h"

#define DIRECT_RANGE (UINT64_C(1) << 23)

/* Keys that are sorted by their digits, and the share of a range from which they are met quicker than sorted: one in 16. */
enum { MANY_KEYS = 2048, KEY_SHARE = 16 };

/* Keys from one word to the host to the next. */
enum { STEP_KEYS = 1 << 16 };

int sipas__map_init(sipas__map *map, const sipas_ctx *ctx, uint64_t range)
{
    memset(map, 0, sizeof *map);
    map->ctx = ctx;
    map->range = range;
    if (range <= DIRECT_RANGE) {
        map->direct = sipas__alloc(ctx, (int64_t)range, sizeof *map->direct);
        return map->direct != NULL;
    }
    map->slots = 1024;
    map->slot_key = sipas__alloc(ctx, map->slots, sizeof *map->slot_key);
    map->slot_number = sipas__alloc(ctx, map->slots, sizeof *map->slot_number);
    map->salt = sipas__hash_salt(map->slot_key);
    return map->slot_key && map->slot_number;
}

/* The slot that holds `key`, or the free one where it belongs. */
static int64_t slot_of(const uint64_t *slot_key, int64_t slots, uint64_t salt, uint64_t key)
{
    uint64_t at = (sipas__hash_key(key, salt) * (uint64_t)slots) >> 32;

    while (slot_key[at] && slot_key[at] != key + 1) at = (at + 1) & (uint64_t)(slots - 1);
    return (int64_t)at;
}

static int double_slots(sipas__map *map)
{
    int64_t slots = 2 * map->slots;
    uint64_t *slot_key = sipas__alloc(map->ctx, slots, sizeof *slot_key);
    int32_t *slot_number = sipas__alloc(map->ctx, slots, sizeof *slot_number);

    if (!slot_key || !slot_number) {
        sipas__free(map->ctx, slot_key);
        sipas__free(map->ctx, slot_number);
        return 0;
    }
    for (int64_t i = 0; i < map->slots; i++)
        if (map->slot_key[i]) slot_key[slot_of(slot_key, slots, map->salt, map->slot_key[i] - 1)] = map->slot_key[i];
    sipas__free(map->ctx, map->slot_key);
    sipas__free(map->ctx, map->slot_number);
    map->slot_key = slot_key;
    map->slot_number = slot_number;
    map->slots = slots;
    return 1;
}

static int note_direct(sipas__map *map, const uint64_t *keys, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        void *known = map->keys;

        if (keys[i] >= map->range || map->direct[keys[i]]) continue;
        if (!sipas__grow(map->ctx, &known, &map->capacity, map->n + 1, sizeof *map->keys)) return 0;
        map->keys = known;
        map->keys[map->n++] = keys[i];
        map->direct[keys[i]] = 1;
    }
    return 1;
}

int sipas__map_note(sipas__map *map, const uint64_t *keys, int64_t n)
{
    if (map->direct) return note_direct(map, keys, n);
    for (int64_t i = 0; i < n; i++) {
        int64_t at;

        if (i > 0 && keys[i] == keys[i - 1]) continue;
        at = slot_of(map->slot_key, map->slots, map->salt, keys[i]);
        if (map->slot_key[at]) continue;
        map->slot_key[at] = keys[i] + 1;
        if (2 * ++map->used > map->slots && !double_slots(map)) return 0;
    }
    return 1;
}

static int compare_keys(const void *left, const void *right)
{
    uint64_t a, b;

    memcpy(&a, left, sizeof a);
    memcpy(&b, right, sizeof b);
    return (a > b) - (a < b);
}

/* Keys in ascending order; many by their digits. False when there is no memory. */
static int sort_keys(sipas__map *map)
{
    sipas__item *items;

    if (map->n < MANY_KEYS) {
        if (map->n > 1) qsort(map->keys, (size_t)map->n, sizeof *map->keys, compare_keys);
        return 1;
    }
    items = sipas__alloc(map->ctx, 2 * map->n, sizeof *items);
    if (!items) return 0;
    for (int64_t i = 0; i < map->n; i++) items[i].key = map->keys[i];
    sipas__order_sort(items, items + map->n, map->n, NULL, NULL);
    for (int64_t i = 0; i < map->n; i++) map->keys[i] = items[i].key;
    sipas__free(map->ctx, items);
    return 1;
}

/* The same of keys that fill much of their range: they are met in order. */
static void list_keys(sipas__map *map)
{
    int64_t n = 0;

    for (uint64_t key = 0; key < map->range; key++)
        if (map->direct[key]) map->keys[n++] = key;
}

int sipas__map_close(sipas__map *map)
{
    if (map->direct) {
        if (map->range / KEY_SHARE < (uint64_t)map->n)
            list_keys(map);
        else if (!sort_keys(map))
            return 0;
        for (int64_t i = 0; i < map->n; i++) map->direct[map->keys[i]] = (int32_t)(i + 1);
        return 1;
    }
    if (map->used > INT32_MAX - 1) return 0;
    map->keys = sipas__alloc(map->ctx, map->used, sizeof *map->keys);
    if (!map->keys) return 0;
    for (int64_t i = 0; i < map->slots; i++)
        if (map->slot_key[i]) map->keys[map->n++] = map->slot_key[i] - 1;
    if (!sort_keys(map)) return 0;
    for (int64_t i = 0; i < map->n; i++)
        map->slot_number[slot_of(map->slot_key, map->slots, map->salt, map->keys[i])] = (int32_t)i;
    return 1;
}

void sipas__map_find(const sipas__map *map, const uint64_t *keys, int64_t n, int32_t *numbers)
{
    if (map->direct) {
        for (int64_t i = 0; i < n; i++) numbers[i] = keys[i] < map->range ? map->direct[keys[i]] - 1 : -1;
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        int64_t at;

        if (i > 0 && keys[i] == keys[i - 1]) {
            numbers[i] = numbers[i - 1];
            continue;
        }
        at = slot_of(map->slot_key, map->slots, map->salt, keys[i]);
        numbers[i] = map->slot_key[at] ? map->slot_number[at] : -1;
    }
}

int sipas__map_number(sipas__map *map, const sipas_ctx *ctx, uint64_t range, const uint64_t *keys, int64_t n,
                      int32_t *numbers)
{
    if (!sipas__map_init(map, ctx, range) || !sipas__map_note(map, keys, n) || !sipas__map_close(map)) return 0;
    sipas__map_find(map, keys, n, numbers);
    return 1;
}

sipas_status sipas__map_number_asking(sipas__map *map, const sipas_ctx *ctx, uint64_t range, const uint64_t *keys,
                                      int64_t n, int32_t *numbers, sipas_error *err)
{
    sipas__steps steps = {ctx, "numbering units", 2 * n, 0};
    sipas_status status = sipas__map_init(map, ctx, range) ? SIPAS_OK : sipas__error_memory(err);

    for (int64_t at = 0; at < n && status == SIPAS_OK; at += STEP_KEYS) {
        const int64_t count = n - at < STEP_KEYS ? n - at : STEP_KEYS;

        status = sipas__map_note(map, keys + at, count) ? sipas__steps_add(&steps, count, err)
                                                        : sipas__error_memory(err);
    }
    if (status == SIPAS_OK && !sipas__map_close(map)) status = sipas__error_memory(err);
    for (int64_t at = 0; at < n && status == SIPAS_OK; at += STEP_KEYS) {
        const int64_t count = n - at < STEP_KEYS ? n - at : STEP_KEYS;

        sipas__map_find(map, keys + at, count, numbers + at);
        status = sipas__steps_add(&steps, count, err);
    }
    return status;
}

void sipas__map_clear(sipas__map *map)
{
    sipas__free(map->ctx, map->direct);
    sipas__free(map->ctx, map->slot_key);
    sipas__free(map->ctx, map->slot_number);
    sipas__free(map->ctx, map->keys);
    memset(map, 0, sizeof *map);
}

/*
 * Reading rows by their patterns.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/patterns.h"

#include <stdint.h>
#include <string.h>

#include "base/context.h"
#include "base/error.h"
#include "data/column.h"

static void widen(const int32_t *from, int64_t n, int64_t *to)
{
    for (int64_t i = 0; i < n; i++) to[i] = from[i];
}

void sipas__key_read(const sipas__key *key, int64_t row, int64_t n, int64_t *values)
{
    int32_t numbers[SIPAS__TILE];
    double reals[SIPAS__TILE];

    switch (key->kind) {
    case SIPAS__KEY_LEVELS:
        sipas__codes_read(key->codes, row, n, numbers);
        widen(numbers, n, values);
        return;
    case SIPAS__KEY_PATTERNS:
        sipas__patterns_find(key->patterns, row, n, numbers);
        widen(numbers, n, values);
        return;
    case SIPAS__KEY_NUMBERS:
        sipas__column_read_f64(&key->column, row, n, reals);
        memcpy(values, reals, (size_t)n * sizeof *values);
        return;
    case SIPAS__KEY_FLAGS:
    case SIPAS__KEY_ROWS:
        for (int64_t i = 0; i < n; i++) {
            const int set = sipas__column_whole(&key->column, row + i, &values[i]) == 1 && values[i] != 0;

            values[i] = !set ? 0 : key->kind == SIPAS__KEY_FLAGS ? 1 : row + i + 1;
        }
        return;
    default: (void)sipas__column_read_whole(&key->column, row, n, values);
    }
}

/* The common case, without detours: arrays of integers, and keys that index a plain array. */
#define ADD_INDEX(type_name)                                                                  \
    {                                                                                         \
        const type_name *value = (const type_name *)key->column.data + row;                   \
                                                                                              \
        if (first)                                                                            \
            for (int64_t i = 0; i < n; i++) index[i] = ((uint32_t)value[i] - low) << places;  \
        else                                                                                  \
            for (int64_t i = 0; i < n; i++) index[i] += ((uint32_t)value[i] - low) << places; \
        return 1;                                                                             \
    }

/*
 * Adds what a key brings to the indexes of a tile, which the first one sets; 0 where it is no plain array. All is taken modulo
 * 2^32: the sum is not.
 */
static int add_index(const sipas__key *key, int64_t row, int64_t n, uint32_t low, int places, int first,
                     uint32_t *restrict index)
{
    if (key->kind != SIPAS__KEY_WHOLE || (uintptr_t)key->column.data % sizeof(int64_t) != 0) return 0;
    if (key->column.type == SIPAS_TYPE_I64 && key->column.stride == 8) ADD_INDEX(int64_t)
    if (key->column.type == SIPAS_TYPE_I32 && key->column.stride == 4) ADD_INDEX(int32_t)
    if (key->column.type == SIPAS_TYPE_I16 && key->column.stride == 2) ADD_INDEX(int16_t)
    if (key->column.type == SIPAS_TYPE_I8 && key->column.stride == 1) ADD_INDEX(int8_t)
    return 0;
}

/* The power of two that a number below 2^32 is; -1 where it is none. */
static int binary_places(uint64_t times)
{
    int places = 0;

    while (places < 31 && UINT64_C(1) << places < times) places++;
    return UINT64_C(1) << places == times ? places : -1;
}

int sipas__patterns_index(const sipas__patterns *p, int64_t row, int64_t n, uint32_t *index)
{
    int first = 1;

    for (int32_t c = 0; c < p->n_keys; c++) {
        const int places = binary_places(p->times[c]);

        if (p->times[c] == 0) continue;
        if (places < 0 || !add_index(&p->key[c], row, n, (uint32_t)(uint64_t)p->low[c], places, first, index)) return 0;
        first = 0;
    }
    if (first) return 0;
    if (p->table.direct)
        for (int64_t i = 0; i < n; i++) index[i] = index[i] < p->table.range ? index[i] : 0;
    return 1;
}

/* Rows whose codes have changed since the patterns were found, in the caller's memory, go with the first pattern. */
static void take_known(int32_t *pattern, int64_t n)
{
    for (int64_t i = 0; i < n; i++) pattern[i] = pattern[i] > 0 ? pattern[i] : 0;
}

static int find_direct(const sipas__patterns *p, int64_t row, int64_t n, int32_t *pattern)
{
    const int32_t *direct = p->table.direct;
    uint32_t index[SIPAS__TILE];

    if (!direct || !sipas__patterns_index(p, row, n, index)) return 0;
    for (int64_t i = 0; i < n; i++) pattern[i] = direct[index[i]] - 1;
    return 1;
}

void sipas__patterns_find(const sipas__patterns *p, int64_t row, int64_t n, int32_t *pattern)
{
    uint64_t keys[SIPAS__TILE];
    int64_t values[SIPAS__TILE];

    if (p->n_keys == 0) {
        memset(pattern, 0, (size_t)n * sizeof *pattern);
        return;
    }
    if (p->runs.n) {
        const int64_t first = sipas__runs_at(&p->runs, row);

        memcpy(pattern, p->run_pattern + first, (size_t)sipas__runs_touched(&p->runs, first, row, n) * sizeof *pattern);
        sipas__runs_spread(&p->runs, row, n, pattern);
        return;
    }
    if (find_direct(p, row, n, pattern)) {
        take_known(pattern, n);
        return;
    }
    memset(keys, 0, (size_t)n * sizeof *keys);
    for (int32_t c = 0; c < p->n_keys; c++) {
        const uint64_t low = (uint64_t)p->low[c], times = p->times[c];

        if (times == 0) continue;
        sipas__key_read(&p->key[c], row, n, values);
        for (int64_t i = 0; i < n; i++) keys[i] += ((uint64_t)values[i] - low) * times;
    }
    (void)sipas__pattern_table_find(&p->table, keys, n, pattern);
    take_known(pattern, n);
}

void sipas__patterns_clear(sipas__patterns *p)
{
    sipas__free(p->ctx, p->row);
    sipas__free(p->ctx, p->rows);
    sipas__free(p->ctx, p->run_pattern);
    sipas__runs_clear(&p->runs);
    sipas__pattern_table_clear(&p->table, p->ctx);
    memset(p, 0, sizeof *p);
}

sipas_status sipas__patterns_fault(const sipas__patterns *patterns, sipas_error *err)
{
    if (!patterns->cancelled) return sipas__error_memory(err);
    return sipas__error_set(err, SIPAS_ERR_CANCELLED, SIPAS__NOWHERE, SIPAS__NOWHERE, "reading codes",
                            "reading codes: cancelled");
}

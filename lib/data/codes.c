/*
 * Columns of codes as dense levels: the one way to group rows in this library.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/codes.h"

#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/hash.h"
#include "base/text.h"
#include "data/column.h"

static sipas_status missing_code(sipas_error *err, const char *name, int64_t row)
{
    return sipas__error_set(err, SIPAS_ERR_MISSING, row, SIPAS__NOWHERE, name, "row %lld: %s is missing",
                            (long long)row, name);
}

/* What the host's callback is told. */
static const char reading[] = "reading codes";

/* ---- integers ---- */

/* Reads a tile of whole numbers. Missing cells get `present` 0 (or an error). */
static sipas_status read_tile(const sipas__codes *codes, int64_t row, int64_t n, const char *name, int64_t *values,
                              uint8_t *present, sipas_error *err)
{
    if (sipas__column_read_whole(&codes->column, row, n, values) < 0) {
        memset(present, 1, (size_t)n);
        return SIPAS_OK;
    }
    for (int64_t i = 0; i < n; i++) {
        int state = sipas__column_whole(&codes->column, row + i, &values[i]);

        if (state < 0)
            return sipas__error_set(err, SIPAS_ERR_TYPE, row + i, SIPAS__NOWHERE, name,
                                    "row %lld: %s is %.17g, not a whole number below 2^53", (long long)(row + i), name,
                                    sipas__column_f64(&codes->column, row + i));
        if (state == 0 && !codes->may_miss) return missing_code(err, name, row + i);
        present[i] = (uint8_t)state;
    }
    return SIPAS_OK;
}

static sipas_status range_of(const sipas__codes *codes, int64_t n, const char *name, int64_t *low, int64_t *high,
                             sipas_error *err)
{
    int64_t values[SIPAS__TILE];
    uint8_t present[SIPAS__TILE] = {0};

    if (n > 0 && sipas__column_is_whole(&codes->column)) {
        sipas__column_range(&codes->column, 0, n, low, high);
        return SIPAS_OK;
    }
    *low = INT64_MAX;
    *high = INT64_MIN;
    for (int64_t row = 0; row < n; row += SIPAS__TILE) {
        int64_t count = n - row < SIPAS__TILE ? n - row : SIPAS__TILE;
        sipas_status status = read_tile(codes, row, count, name, values, present, err);

        if (status == SIPAS_OK) status = sipas__progress_within(codes->ctx, reading, row, n, err);
        if (status < 0) return status;
        for (int64_t i = 0; i < count; i++) {
            if (!present[i]) continue;
            if (values[i] < *low) *low = values[i];
            if (values[i] > *high) *high = values[i];
        }
    }
    return SIPAS_OK;
}

/* Missing cells take the key behind the last value; it is never noted, so that map_find gives -1. */
static int64_t keys_of_tile(const int64_t *values, const uint8_t *present, int64_t n, int64_t low, uint64_t none,
                            uint64_t *keys, int keep_missing)
{
    int64_t count = 0;

    for (int64_t i = 0; i < n; i++) {
        if (present[i])
            keys[count++] = (uint64_t)values[i] - (uint64_t)low;
        else if (keep_missing)
            keys[count++] = none;
    }
    return count;
}

static sipas_status init_integers(sipas__codes *codes, int64_t n, const char *name, sipas_error *err)
{
    int64_t values[SIPAS__TILE], high;
    uint64_t keys[SIPAS__TILE], range;
    uint8_t present[SIPAS__TILE] = {0};
    sipas_status status = range_of(codes, n, name, &codes->low, &high, err);

    if (status < 0) return status;
    if (high < codes->low) codes->low = high = 0; /* no code at all */
    range = (uint64_t)high - (uint64_t)codes->low + 1;
    if (range > (UINT64_C(1) << 62) || range == 0)
        return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE, name,
                                "%s: the codes spread over more than 2^62 values", name);
    if (!sipas__map_init(&codes->map, codes->ctx, range)) return sipas__error_memory(err);
    for (int64_t row = 0; row < n; row += SIPAS__TILE) {
        int64_t count = n - row < SIPAS__TILE ? n - row : SIPAS__TILE;

        status = read_tile(codes, row, count, name, values, present, err);
        if (status == SIPAS_OK) status = sipas__progress_within(codes->ctx, reading, row, n, err);
        if (status < 0) return status;
        count = keys_of_tile(values, present, count, codes->low, range, keys, 0);
        if (!sipas__map_note(&codes->map, keys, count)) return sipas__error_memory(err);
    }
    if (!sipas__map_close(&codes->map)) return sipas__error_memory(err);
    codes->n_levels = codes->map.n;
    if (n > 0 && codes->n_levels == 0 && !codes->may_miss)
        return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE, name,
                                "%s: its codes changed while they were read", name);
    return SIPAS_OK;
}

/* ---- text ---- */

/* Distinct texts in order of first appearance, found again through an open-addressing table of their numbers. */
typedef struct interner {
    const sipas_ctx *ctx;
    const char **texts;
    int64_t n, capacity;
    int32_t *slot;
    int64_t slots;
    uint64_t salt;
} interner;

static int64_t text_slot(const interner *set, const char *text)
{
    uint64_t hash = sipas__hash_bytes(set->salt, text, strlen(text));
    uint64_t at = sipas__hash_key(hash, set->salt) & (uint64_t)(set->slots - 1);

    while (set->slot[at] && strcmp(set->texts[set->slot[at] - 1], text) != 0)
        at = (at + 1) & (uint64_t)(set->slots - 1);
    return (int64_t)at;
}

static int rehash(interner *set, int64_t slots)
{
    int32_t *slot = sipas__alloc(set->ctx, slots, sizeof *slot);

    if (!slot) return 0;
    sipas__free(set->ctx, set->slot);
    set->slot = slot;
    set->slots = slots;
    for (int64_t i = 0; i < set->n; i++) set->slot[text_slot(set, set->texts[i])] = (int32_t)(i + 1);
    return 1;
}

/* Number of a text, or -1 when there is no memory. */
static int32_t intern(interner *set, const char *text)
{
    int64_t at = text_slot(set, text);
    void *texts = set->texts;

    if (set->slot[at]) return set->slot[at] - 1;
    if (set->n == INT32_MAX - 1 || !sipas__grow(set->ctx, &texts, &set->capacity, set->n + 1, sizeof *set->texts))
        return -1;
    set->texts = texts;
    set->texts[set->n++] = text;
    set->slot[at] = (int32_t)set->n;
    if (2 * set->n > set->slots && !rehash(set, 2 * set->slots)) return -1;
    return (int32_t)(set->n - 1);
}

static int compare_texts(const void *left, const void *right)
{
    const char *const *a = left, *const *b = right;

    return strcmp(*a, *b);
}

/* Renumbers rows from order of appearance to ascending order. */
static int sort_levels(sipas__codes *codes, interner *set, int64_t n)
{
    const char **sorted = sipas__alloc(codes->ctx, set->n, sizeof *sorted);
    int32_t *level_of = sipas__alloc(codes->ctx, set->n, sizeof *level_of);
    int done = sorted && level_of;

    if (done) {
        for (int64_t i = 0; i < set->n; i++) sorted[i] = set->texts[i];
        if (set->n > 1) qsort(sorted, (size_t)set->n, sizeof *sorted, compare_texts);
        for (int64_t level = 0; level < set->n; level++)
            level_of[set->slot[text_slot(set, sorted[level])] - 1] = (int32_t)level;
        for (int64_t row = 0; row < n; row++)
            if (codes->row_level[row] >= 0) codes->row_level[row] = level_of[codes->row_level[row]];
        codes->texts = sorted;
        codes->n_levels = set->n;
    } else {
        sipas__free(codes->ctx, sorted);
    }
    sipas__free(codes->ctx, level_of);
    return done;
}

static sipas_status init_text(sipas__codes *codes, int64_t n, const char *name, sipas_error *err)
{
    interner set = {.ctx = codes->ctx};
    sipas_status status = SIPAS_OK;

    codes->row_level = sipas__alloc(codes->ctx, n, sizeof *codes->row_level);
    set.salt = sipas__hash_salt(codes->row_level);
    if (!codes->row_level || !rehash(&set, 1024)) {
        status = sipas__error_memory(err);
        goto done;
    }
    for (int64_t row = 0; row < n; row++) {
        const char *text = sipas__column_text(&codes->column, row);

        if ((status = sipas__progress_within(codes->ctx, reading, row, n, err)) < 0) goto done;
        if (!text && !codes->may_miss) {
            status = missing_code(err, name, row);
            goto done;
        }
        codes->row_level[row] = text ? intern(&set, text) : SIPAS__NO_LEVEL;
        if (text && codes->row_level[row] < 0) {
            status = sipas__error_memory(err);
            goto done;
        }
    }
    if (!sort_levels(codes, &set, n)) status = sipas__error_memory(err);
done:
    sipas__free(codes->ctx, set.texts);
    sipas__free(codes->ctx, set.slot);
    return status;
}

/* ---- both ---- */

sipas_status sipas__codes_init(sipas__codes *codes, const sipas_ctx *ctx, const sipas_column *column, int64_t n,
                               const char *name, int may_miss, sipas_error *err)
{
    sipas_status status;

    memset(codes, 0, sizeof *codes);
    status = sipas__column_check(column, n, SIPAS__CODES, name, err);
    if (status < 0) return status;
    codes->ctx = sipas__ctx_ref(ctx);
    codes->column = *column;
    codes->may_miss = may_miss;
    status = column->type == SIPAS_TYPE_CODE ? init_text(codes, n, name, err) : init_integers(codes, n, name, err);
    if (status < 0) sipas__codes_clear(codes);
    return status;
}

/* The common case, without detours: contiguous integers without validity, small range. */
#define READ_DIRECT(type_name)                                       \
    for (int64_t i = 0; i < n; i++) {                                \
        type_name value;                                             \
        uint64_t key;                                                \
        memcpy(&value, at + i * codes->column.stride, sizeof value); \
        key = (uint64_t)(int64_t)value - (uint64_t)low;              \
        levels[i] = key < codes->map.range ? direct[key] - 1 : -1;   \
    }                                                                \
    return

static void read_integers(const sipas__codes *codes, int64_t row, int64_t n, int32_t *levels)
{
    int64_t values[SIPAS__TILE];
    uint64_t keys[SIPAS__TILE];
    uint8_t present[SIPAS__TILE] = {0};
    const char *at = (const char *)codes->column.data + row * codes->column.stride;
    const int32_t *direct = codes->map.direct;
    const int64_t low = codes->low;

    if (direct && !codes->column.validity) {
        switch (codes->column.type) {
        case SIPAS_TYPE_I64: READ_DIRECT(int64_t);
        case SIPAS_TYPE_I32: READ_DIRECT(int32_t);
        case SIPAS_TYPE_I16: READ_DIRECT(int16_t);
        case SIPAS_TYPE_I8: READ_DIRECT(int8_t);
        case SIPAS_TYPE_U8: READ_DIRECT(uint8_t);
        default: break;
        }
    }
    (void)read_tile(codes, row, n, "", values, present, NULL); /* was read once without fault */
    (void)keys_of_tile(values, present, n, low, codes->map.range, keys, 1);
    sipas__map_find(&codes->map, keys, n, levels);
}

void sipas__codes_read(const sipas__codes *codes, int64_t row, int64_t n, int32_t *levels)
{
    if (codes->row_level) {
        memcpy(levels, codes->row_level + row, (size_t)n * sizeof *levels);
        return;
    }
    read_integers(codes, row, n, levels);
    for (int64_t i = 0; !codes->may_miss && i < n; i++)
        levels[i] = levels[i] > 0 ? levels[i] : 0; /* the caller's memory may have changed */
    for (int64_t i = 0; codes->stated && i < n; i++)
        if (levels[i] >= 0) levels[i] = codes->stated[levels[i]];
}

int sipas__codes_are_text(const sipas__codes *codes)
{
    return codes->row_level != NULL;
}

int64_t sipas__codes_value(const sipas__codes *codes, int64_t level)
{
    if (codes->values) return codes->values[level];
    return (int64_t)(codes->map.keys[level] + (uint64_t)codes->low);
}

const char *sipas__codes_label(const sipas__codes *codes, int64_t level, char *buffer)
{
    if (codes->texts) return codes->texts[level];
    (void)sipas__text_format(buffer, 32, "%lld", (long long)sipas__codes_value(codes, level));
    return buffer;
}

void sipas__codes_clear(sipas__codes *codes)
{
    sipas__map_clear(&codes->map);
    sipas__free(codes->ctx, codes->texts);
    sipas__free(codes->ctx, codes->row_level);
    sipas__free(codes->ctx, codes->stated);
    sipas__free(codes->ctx, codes->values);
    sipas_ctx_free(codes->ctx);
    memset(codes, 0, sizeof *codes);
}

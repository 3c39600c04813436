/*
 * Columns of codes as dense levels: the one way to group rows in this library.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/codes.h"

#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "data/column.h"
#include "data/intern.h"

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

/* Renumbers rows from order of appearance to ascending order. */
static int sort_levels(sipas__codes *codes, const sipas__intern *set, int64_t n)
{
    int32_t *place = sipas__alloc(codes->ctx, set->n, sizeof *place);
    int done;

    codes->texts = sipas__alloc(codes->ctx, set->n, sizeof *codes->texts);
    codes->n_levels = set->n;
    done = place && codes->texts && sipas__intern_sort(set, codes->texts, place);
    for (int64_t row = 0; done && row < n; row++)
        if (codes->row_level[row] >= 0) codes->row_level[row] = place[codes->row_level[row]];
    sipas__free(codes->ctx, place);
    return done;
}

static sipas_status init_text(sipas__codes *codes, int64_t n, const char *name, sipas_error *err)
{
    sipas__intern set;
    int done = sipas__intern_init(&set, codes->ctx);
    sipas_status status = SIPAS_OK;

    codes->row_level = sipas__alloc(codes->ctx, n, sizeof *codes->row_level);
    done = done && codes->row_level;
    for (int64_t row = 0; done && status == SIPAS_OK && row < n; row += SIPAS__INTERN_TILE) {
        const int64_t count = n - row < SIPAS__INTERN_TILE ? n - row : SIPAS__INTERN_TILE;
        const char *text[SIPAS__INTERN_TILE];

        status = sipas__progress_within(codes->ctx, reading, row, n, err);
        for (int64_t i = 0; i < count && status == SIPAS_OK; i++) {
            text[i] = sipas__column_text(&codes->column, row + i);
            if (!text[i] && !codes->may_miss) status = missing_code(err, name, row + i);
        }
        if (status == SIPAS_OK) done = sipas__intern_texts(&set, text, count, codes->row_level + row);
    }
    if (status == SIPAS_OK && done) done = sort_levels(codes, &set, n);
    if (status == SIPAS_OK && !done) status = sipas__error_memory(err);
    sipas__intern_clear(&set);
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

/*
 * Codes by pattern. Integers without gaps are told apart by their values, so that their levels are worked out over the patterns;
 * text, floats and columns with a validity bitmap are read, and checked, row by row first.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/coded.h"

#include <string.h>

#include "base/context.h"
#include "data/column.h"

sipas_status sipas__coded_init(sipas__coded *coded, const sipas_ctx *ctx, const sipas_column *column, int64_t n,
                               const char *name, int may_miss, sipas__key *key, sipas_error *err)
{
    sipas_status status = sipas__column_check(column, n, SIPAS__CODES, name, err);

    memset(coded, 0, sizeof *coded);
    if (status < 0) return status;
    coded->ctx = ctx;
    coded->column = *column;
    if (key) sipas__coded_key(coded, key);
    if (sipas__column_is_whole(column)) return SIPAS_OK;
    return sipas__codes_init(&coded->codes, ctx, column, n, name, may_miss, err);
}

sipas_status sipas__coded_order(sipas__coded *coded, const sipas_column *order, int64_t n, const char *name,
                                sipas_error *err)
{
    if (!sipas__column_given(order)) return SIPAS_OK;
    coded->order = *order;
    if (sipas__column_is_whole(&coded->column)) return SIPAS_OK;
    return sipas__codes_state(&coded->codes, order, n, NULL, name, "orders", err);
}

void sipas__coded_key(const sipas__coded *coded, sipas__key *key)
{
    const int whole = sipas__column_is_whole(&coded->column);

    memset(key, 0, sizeof *key);
    key->kind = whole ? SIPAS__KEY_WHOLE : SIPAS__KEY_LEVELS;
    key->column = coded->column;
    key->codes = whole ? NULL : &coded->codes;
}

void sipas__coded_share(const sipas__coded *from, sipas__coded *coded)
{
    memset(coded, 0, sizeof *coded);
    coded->ctx = from->ctx;
    coded->column = from->column;
    coded->order = from->order;
    if (from->column.type == SIPAS_TYPE_NONE || sipas__column_is_whole(&from->column)) return;
    coded->codes = from->codes;
    coded->shared = 1;
}

static sipas_status levels_of_values(sipas__coded *coded, const sipas__patterns *patterns, const char *name,
                                     sipas_error *err)
{
    sipas_column values;
    sipas_status status;

    coded->value = sipas__alloc(coded->ctx, patterns->n, sizeof *coded->value);
    if (!coded->value) return sipas__error_memory(err);
    for (int64_t p = 0; p < patterns->n; p++)
        (void)sipas__column_read_whole(&coded->column, patterns->row[p], 1, &coded->value[p]);
    values = sipas_column_i64(coded->value, patterns->n);
    status = sipas__codes_init(&coded->codes, coded->ctx, &values, patterns->n, name, 0, err);
    if (status == SIPAS_OK && sipas__column_given(&coded->order))
        status = sipas__codes_state(&coded->codes, &coded->order, patterns->n, patterns->row, name, "orders", err);
    for (int64_t p = 0; status == SIPAS_OK && p < patterns->n; p += SIPAS__TILE)
        sipas__codes_read(&coded->codes, p, patterns->n - p < SIPAS__TILE ? patterns->n - p : SIPAS__TILE,
                          coded->level + p);
    return status;
}

sipas_status sipas__coded_levels(sipas__coded *coded, const sipas__patterns *patterns, const char *name,
                                 sipas_error *err)
{
    coded->level = sipas__alloc(coded->ctx, patterns->n, sizeof *coded->level);
    if (!coded->level) return sipas__error_memory(err);
    if (sipas__column_is_whole(&coded->column)) return levels_of_values(coded, patterns, name, err);
    for (int64_t p = 0; p < patterns->n; p++) sipas__codes_read(&coded->codes, patterns->row[p], 1, &coded->level[p]);
    return SIPAS_OK;
}

void sipas__coded_clear(sipas__coded *coded)
{
    if (!coded->shared) sipas__codes_clear(&coded->codes);
    sipas__free(coded->ctx, coded->value);
    sipas__free(coded->ctx, coded->level);
    memset(coded, 0, sizeof *coded);
}

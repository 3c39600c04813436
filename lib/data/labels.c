/*
 * Labels: dense numbers from data/codes, with texts of their own, so that the column may go.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/labels.h"

#include <string.h>

#include "base/context.h"
#include "data/codes.h"
#include "data/column.h"
#include "num/order.h"

/* Numbers of all units; the text "" counts as missing. */
static void number_units(sipas__labels *labels, const sipas__codes *codes, int64_t n)
{
    for (int64_t i = 0; i < n; i += SIPAS__TILE)
        sipas__codes_read(codes, i, n - i < SIPAS__TILE ? n - i : SIPAS__TILE, labels->of + i);
    for (int64_t i = 0; i < n; i++)
        if (labels->of[i] >= 0 && !*labels->texts[labels->of[i]]) labels->of[i] = SIPAS__NO_LEVEL;
}

static int copy_texts(sipas__labels *labels, const sipas_ctx *ctx, const sipas__codes *codes)
{
    char number[32];

    labels->texts = sipas__alloc(ctx, codes->n_levels, sizeof *labels->texts);
    for (int64_t i = 0; labels->texts && i < codes->n_levels; i++) {
        labels->texts[i] = sipas__text_copy(ctx, sipas__codes_label(codes, i, number));
        if (!labels->texts[i]) return 0;
        labels->n_texts++;
    }
    return labels->texts != NULL;
}

sipas_status sipas__labels_read(sipas__labels *labels, const sipas_ctx *ctx, const sipas_column *column, int64_t n,
                                int32_t kind, const char *name, int may_miss, sipas_error *err)
{
    sipas__codes codes;
    sipas_status status;
    int copied;

    memset(labels, 0, sizeof *labels);
    if (!sipas__column_given(column)) return SIPAS_OK;
    status = sipas__column_check(column, n, kind, name, err);
    if (status < 0) return status;
    status = sipas__codes_init(&codes, ctx, column, n, name, may_miss, err);
    if (status < 0) return status;
    labels->of = sipas__alloc(ctx, n, sizeof *labels->of);
    copied = labels->of && copy_texts(labels, ctx, &codes);
    if (copied) number_units(labels, &codes, n);
    sipas__codes_clear(&codes);
    if (!copied) return sipas__error_memory(err);
    for (int64_t i = 0; !may_miss && i < n; i++)
        if (labels->of[i] < 0)
            return sipas__error_set(err, SIPAS_ERR_MISSING, i, SIPAS__NOWHERE, name, "row %lld: %s is missing",
                                    (long long)i, name);
    return SIPAS_OK;
}

const char *sipas__labels_get(const sipas__labels *labels, int64_t unit)
{
    return labels->of && labels->of[unit] >= 0 ? labels->texts[labels->of[unit]] : NULL;
}

int32_t sipas__labels_find(const sipas__labels *labels, const char *text)
{
    for (int64_t i = 0; i < labels->n_texts; i++)
        if (strcmp(labels->texts[i], text) == 0) return (int32_t)i;
    return -1;
}

static int compare_texts(const void *things, int64_t left, int64_t right)
{
    const sipas__labels *labels = things;

    return strcmp(labels->texts[left], labels->texts[right]);
}

/* Where `text` stands among the n items sorted by text, or -1. */
static int32_t search(const sipas__labels *labels, const sipas__item *items, int64_t n, const char *text)
{
    int64_t low = 0, high = n;

    while (low < high) {
        int64_t middle = low + (high - low) / 2;

        if (strcmp(labels->texts[items[middle].index], text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && strcmp(labels->texts[items[low].index], text) == 0 ? (int32_t)items[low].index : -1;
}

int sipas__labels_match(const sipas_ctx *ctx, const sipas__labels *from, const sipas__labels *to, int32_t *found)
{
    const int64_t n = to->n_texts;
    sipas__item *items = sipas__alloc(ctx, 2 * n, sizeof *items);

    if (!items) return 0;
    for (int64_t i = 0; i < n; i++) {
        items[i].key = sipas__order_text(to->texts[i]);
        items[i].index = i;
    }
    sipas__order_sort(items, items + n, n, compare_texts, to);
    for (int64_t i = 0; i < from->n_texts; i++) found[i] = search(to, items, n, from->texts[i]);
    sipas__free(ctx, items);
    return 1;
}

void sipas__labels_clear(const sipas_ctx *ctx, sipas__labels *labels)
{
    for (int64_t i = 0; i < labels->n_texts; i++) sipas__free(ctx, labels->texts[i]);
    sipas__free(ctx, labels->texts);
    sipas__free(ctx, labels->of);
    memset(labels, 0, sizeof *labels);
}

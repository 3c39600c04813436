/*
 * Levels in an order that is stated: both lists ascend once, and are merged.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/context.h"
#include "data/codes.h"
#include "data/column.h"

/* A code that is stated twice. `number` is by row of the order, ascending levels. */
static sipas_status stated_twice(const sipas__codes *order, const int32_t *number, int64_t n, int32_t *place,
                                 const char *what, sipas_error *err)
{
    char text[32];

    for (int64_t i = 0; i < n; i++) {
        if (place[number[i]] >= 0)
            return sipas__error_set(err, SIPAS_ERR_DUPLICATE, i, SIPAS__NOWHERE, what,
                                    "%s: %.120s stands twice, at %lld "
                                    "and %lld",
                                    what, sipas__codes_label(order, number[i], text), (long long)place[number[i]],
                                    (long long)i);
        place[number[i]] = (int32_t)i;
    }
    return SIPAS_OK;
}

/* Before, at, or behind. */
static int compare(const sipas__codes *a, int64_t i, const sipas__codes *b, int64_t j)
{
    if (a->texts) return strcmp(a->texts[i], b->texts[j]);
    return (sipas__codes_value(a, i) > sipas__codes_value(b, j)) -
           (sipas__codes_value(a, i) < sipas__codes_value(b, j));
}

/* Where each level that occurs is stated; -1 = nowhere. Returns how many are nowhere. */
static int64_t find_levels(const sipas__codes *codes, const sipas__codes *order, const int32_t *place, int32_t *stated)
{
    int64_t at = 0, lost = 0;

    for (int64_t level = 0; level < codes->n_levels; level++) {
        while (at < order->n_levels && compare(order, at, codes, level) < 0) at++;
        stated[level] = at < order->n_levels && compare(order, at, codes, level) == 0 ? place[at] : SIPAS__NO_LEVEL;
        lost += stated[level] < 0;
    }
    return lost;
}

/* The first row whose code is not stated. */
static sipas_status not_stated(const sipas__codes *codes, const int32_t *stated, int64_t n, const int64_t *row_of,
                               const char *name, const char *what, sipas_error *err)
{
    int64_t first = INT64_MAX, of = 0;
    int32_t level[SIPAS__TILE];
    char text[32];

    for (int64_t row = 0; row < n && (row_of || first == INT64_MAX); row += SIPAS__TILE) {
        const int64_t count = n - row < SIPAS__TILE ? n - row : SIPAS__TILE;

        sipas__codes_read(codes, row, count, level);
        for (int64_t i = 0; i < count; i++) {
            const int64_t there = row_of ? row_of[row + i] : row + i;

            if (level[i] < 0 || stated[level[i]] >= 0 || there >= first) continue;
            first = there;
            of = level[i];
        }
    }
    return sipas__error_set(err, SIPAS_ERR_VALUE, first, SIPAS__NOWHERE, name,
                            "row %lld: %s is %.120s, which is not among "
                            "its %s",
                            (long long)first, name, sipas__codes_label(codes, of, text), what);
}

/* The stated levels take the place of those that occur. */
static sipas_status take_over(sipas__codes *codes, const sipas_column *order, int64_t n, int32_t **stated,
                              sipas_error *err)
{
    const char **texts = NULL;
    int64_t *values = NULL;

    if (codes->texts)
        texts = sipas__alloc(codes->ctx, order->n, sizeof *texts);
    else
        values = sipas__alloc(codes->ctx, order->n, sizeof *values);
    if (!texts && !values) return sipas__error_memory(err);
    for (int64_t i = 0; i < order->n; i++)
        if (texts)
            texts[i] = sipas__column_text(order, i);
        else
            (void)sipas__column_whole(order, i, &values[i]);
    codes->n_levels = order->n;
    if (values) {
        codes->values = values;
        codes->stated = *stated;
        *stated = NULL;
        return SIPAS_OK;
    }
    sipas__free(codes->ctx, codes->texts);
    codes->texts = texts;
    for (int64_t row = 0; row < n; row++)
        if (codes->row_level[row] >= 0) codes->row_level[row] = (*stated)[codes->row_level[row]];
    return SIPAS_OK;
}

sipas_status sipas__codes_state(sipas__codes *codes, const sipas_column *order, int64_t n, const int64_t *row_of,
                                const char *name, const char *what, sipas_error *err)
{
    const int is_text = codes->column.type == SIPAS_TYPE_CODE;
    sipas__codes own = {0};
    int32_t *number = NULL, *place = NULL, *stated = NULL;
    sipas_status status = sipas__column_check(order, order->n, SIPAS__CODES, what, err);

    if (status < 0) return status;
    if ((order->type == SIPAS_TYPE_CODE) != is_text)
        return sipas__error_set(err, SIPAS_ERR_TYPE, SIPAS__NOWHERE, SIPAS__NOWHERE, what, "%s: %s, but %s holds %s",
                                what, is_text ? "numbers" : "text", name, is_text ? "text" : "numbers");
    if (order->n > INT32_MAX - 1) return sipas__error_argument(err, what, "holds more than 2^31 - 2 codes");
    if ((status = sipas__codes_init(&own, codes->ctx, order, order->n, what, 0, err)) < 0) return status;
    number = sipas__alloc(codes->ctx, order->n, sizeof *number);
    place = sipas__alloc(codes->ctx, own.n_levels, sizeof *place);
    stated = sipas__alloc(codes->ctx, codes->n_levels, sizeof *stated);
    if (!number || !place || !stated) {
        status = sipas__error_memory(err);
        goto done;
    }
    for (int64_t i = 0; i < order->n; i += SIPAS__TILE)
        sipas__codes_read(&own, i, order->n - i < SIPAS__TILE ? order->n - i : SIPAS__TILE, number + i);
    for (int64_t level = 0; level < own.n_levels; level++) place[level] = -1;
    status = stated_twice(&own, number, order->n, place, what, err);
    if (status == SIPAS_OK && find_levels(codes, &own, place, stated) > 0)
        status = not_stated(codes, stated, n, row_of, name, what, err);
    if (status == SIPAS_OK) status = take_over(codes, order, n, &stated, err);
done:
    sipas__free(codes->ctx, number);
    sipas__free(codes->ctx, place);
    sipas__free(codes->ctx, stated);
    sipas__codes_clear(&own);
    return status;
}

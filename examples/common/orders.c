/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "orders.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "refuse.h"
#include "text.h"

static sipas_status no_memory(sipas_error *err)
{
    return refuse(err, SIPAS_ERR_MEMORY, "%s", "--order: not enough memory");
}

/* The place of a column, which joins the list where it is new; its name is taken over. */
static order *place_of(orders *o, char *name)
{
    int i = 0;
    while (i < o->n && strcmp(o->of[i].column, name) != 0) i++;
    if (i < o->n)
        free(name);
    else
        o->of[o->n++].column = name;
    return &o->of[i];
}

/* COLUMN=CODE: either may hold =, so the first one that has a column before it. */
static sipas_status read_one(const sheet *s, const char *said, orders *o, sipas_error *err)
{
    const char *equals = strchr(said, '=');
    char *name = NULL;
    if (text_first_bad(said, strlen(said)) < strlen(said))
        return refuse(err, SIPAS_ERR_ARGUMENT, "--order %.60s: the text is no UTF-8", said);
    for (; equals; equals = strchr(equals + 1, '=')) {
        free(name);
        name = text_copy(said, (size_t)(equals - said));
        if (!name) return no_memory(err);
        if (sheet_has(s, name)) break;
    }
    if (!equals) {
        free(name);
        return refuse(err, SIPAS_ERR_ARGUMENT, "--order %.60s: give COLUMN=CODE, of a column that is there", said);
    }
    order *of = place_of(o, name);
    of->text[of->n] = text_nfc(equals + 1);
    if (!of->text[of->n]) return no_memory(err);
    of->n++;
    return SIPAS_OK;
}

sipas_status orders_read(const sheet *s, const option_texts *said, orders *out, sipas_error *err)
{
    sipas_status status = SIPAS_OK;
    memset(out, 0, sizeof *out);
    for (int i = 0; i < said->n && status == 0; i++) status = read_one(s, said->text[i], out, err);
    return status;
}

sipas_status orders_get(orders *o, const char *column, const sipas_column *like, sipas_column *out, sipas_error *err)
{
    int i = 0;
    memset(out, 0, sizeof *out);
    while (i < o->n && strcmp(o->of[i].column, column) != 0) i++;
    if (i == o->n) return SIPAS_OK;
    order *of = &o->of[i];
    of->used = 1;
    for (int k = 0; k < of->n && like->type != SIPAS_TYPE_CODE; k++) {
        char *end = NULL;
        errno = 0;
        of->whole[k] = strtoll(of->text[k], &end, 10);
        const int is_whole = end && end != of->text[k] && !*end && errno == 0;
        if (like->type == SIPAS_TYPE_I64 ? !is_whole : !number_read(of->text[k], '.', &of->number[k]))
            return refuse(err, SIPAS_ERR_ARGUMENT, "--order %.60s=%.60s: the column holds whole numbers", column,
                          of->text[k]);
    }
    if (like->type == SIPAS_TYPE_CODE)
        *out = sipas_column_code((const char *const *)of->text, of->n);
    else if (like->type == SIPAS_TYPE_I64)
        *out = sipas_column_i64(of->whole, of->n);
    else
        *out = sipas_column_f64(of->number, of->n);
    return SIPAS_OK;
}

sipas_status orders_check(const orders *o, sipas_error *err)
{
    for (int i = 0; i < o->n; i++)
        if (!o->of[i].used)
            return refuse(err, SIPAS_ERR_ARGUMENT, "--order %.100s: neither groups nor categories are of this column",
                          o->of[i].column);
    return SIPAS_OK;
}

void orders_free(orders *o)
{
    for (int i = 0; i < o->n; i++) {
        free(o->of[i].column);
        for (int k = 0; k < o->of[i].n; k++) free(o->of[i].text[k]);
    }
    o->n = 0;
}

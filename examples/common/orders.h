/**
 * @file orders.h
 * Codes of columns in an order that is given: "COLUMN=CODE", as often as there are codes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef EXAMPLES_ORDERS_H
#define EXAMPLES_ORDERS_H

#include <sipas.h>

#include "options.h"
#include "read_csv.h"

enum { ORDERS_MOST = 32 /**< columns, and codes of all of them */ };

/** The codes of one column. */
typedef struct order {
    char *column;
    int n;
    char *text[ORDERS_MOST]; /**< in the form NFC */
    double number[ORDERS_MOST];
    int64_t whole[ORDERS_MOST];
    int used; /**< 1 = somebody has asked for it */
} order;

/** All of them. All zero is none. */
typedef struct orders {
    int n;
    order of[ORDERS_MOST];
} orders;

/** Reads what an option says; orders_free() them whatever the status. */
sipas_status orders_read(const sheet *s, const option_texts *said, orders *out, sipas_error *err);

/**
 * The codes of a column as `like` has its own: texts, whole numbers or numbers; a column of type SIPAS_TYPE_NONE where no order is given.
 * It points into `o`.
 */
sipas_status orders_get(orders *o, const char *column, const sipas_column *like, sipas_column *out, sipas_error *err);

/** Refuses an order that nobody has asked for. */
sipas_status orders_check(const orders *o, sipas_error *err);

void orders_free(orders *o);

#endif

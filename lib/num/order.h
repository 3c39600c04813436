/**
 * @file num/order.h
 * The canonical order of units: a 64-bit key first, a comparison for ties.
 *
 * Keys are made so that they ascend as what they stand for, so nearly every comparison is one of integers; only where
 * keys are equal (long codes with one beginning) is the tie function asked.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_NUM_ORDER_H
#define SIPAS_NUM_ORDER_H

#include <sipas/base.h>

/** What is sorted: a key, and the number of the thing it belongs to. */
typedef struct sipas__item {
    uint64_t key;
    int64_t index;
} sipas__item;

/** < 0, 0 or > 0 as thing `left` comes before, is equal to, or comes after thing `right`. */
typedef int (*sipas__tie_fn)(const void *things, int64_t left, int64_t right);

/** Key of a text: its first eight bytes. Equal keys need strcmp(). */
uint64_t sipas__order_text(const char *text);

/** Key of a number that is not NaN; -0 and 0 have one key. */
uint64_t sipas__order_f64(double value);

/** The number of a key. */
double sipas__order_value(uint64_t key);

/**
 * Sorts `items` ascending by key, then by `tie` (NULL = none); what is still equal keeps its order. `scratch` holds
 * n items. O(n log n), where keys differ O(n); no memory of its own.
 */
void sipas__order_sort(sipas__item *items, sipas__item *scratch, int64_t n, sipas__tie_fn tie, const void *things);

#endif

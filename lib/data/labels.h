/**
 * @file data/labels.h
 * A column of few distinct codes (levels, classes, strata), kept: a small number per unit, and the texts.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DATA_LABELS_H
#define SIPAS_DATA_LABELS_H

#include <sipas/column.h>

#include "base/error.h"

/** Labels. All zero = no column was given. */
typedef struct sipas__labels {
    int32_t *of;  /* number of each unit's text; -1 = none; NULL when the column was not given */
    char **texts; /* n_texts of them, ascending: numbers by value, text by bytes */
    int64_t n_texts;
} sipas__labels;

/**
 * Copies what a column says. A column that is not given leaves the labels empty. "" is missing; a missing cell is an error
 * unless `may_miss`. `kind` is SIPAS__TEXT or SIPAS__CODES. Errors as sipas__codes_init(). O(n). On failure clear it.
 */
sipas_status sipas__labels_read(sipas__labels *labels, const sipas_ctx *ctx, const sipas_column *column, int64_t n,
                                int32_t kind, const char *name, int may_miss, sipas_error *err);

/** Text of a unit's label, or NULL. */
const char *sipas__labels_get(const sipas__labels *labels, int64_t unit);

/** Number of a text, or -1. O(texts). */
int32_t sipas__labels_find(const sipas__labels *labels, const char *text);

/**
 * For each text of `from` its number in `to`, or -1; `found` holds from->n_texts. False when there is no memory.
 * O((from + to) × log to).
 */
int sipas__labels_match(const sipas_ctx *ctx, const sipas__labels *from, const sipas__labels *to, int32_t *found);

/** Frees what it holds. All-zero labels are fine. */
void sipas__labels_clear(const sipas_ctx *ctx, sipas__labels *labels);

#endif

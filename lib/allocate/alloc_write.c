/*
 * From what was read to the table: the continuous optimum, the whole numbers, the certificate, and the cells
 * that are left.
 *
 * What one more respondent buys (column `gain`): the variance of the estimated total, Σ N² S² (1 / n - 1 / N),
 * falls by N² S² / (n (n + 1)), whatever the method.
 *
 * O(units) expected.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/allocate.h"

#include <math.h>

#include "base/context.h"
#include "data/column.h"
#include "data/measure.h"

enum { TILE = 1024 };

sipas_status sipas__allocate_split(sipas__allocation *a, sipas_error *err)
{
    sipas_status status;
    int32_t done = sipas__allocate_surplus(a, err);

    if (done == 0) {
        sipas__allocate_continuous(a);
        status = sipas__progress(a->ctx, "allocate", 2, 3, err);
        if (status < 0) return status;
        done = sipas__allocate_shortage(a, err);
    }
    if (done < 0) return done;
    if (done == 0) {
        status = a->seats.rounding == SIPAS_ROUNDING_LARGEST_REMAINDER ? sipas__allocate_remainder(a, err)
                                                                       : sipas__allocate_divisor(a, err);
        if (status < 0) return status;
    }
    return sipas__allocate_part(a, err);
}

/* Blocks as people. */
static void scale_tile(sipas__allocation *a, int64_t from, int64_t to)
{
    const int64_t block = a->block, most = SIPAS__NO_BOUND / block;

    for (int64_t i = from; i < to; i++) {
        a->n[i] *= block;
        a->bounds.lower[i] *= block;
        a->bounds.upper[i] = a->bounds.upper[i] > most ? SIPAS__NO_BOUND : a->bounds.upper[i] * block;
        a->continuous[i] *= (double)block;
        if (a->part > 0 && i == a->part_unit) a->n[i] += a->part;
    }
}

/* N² S² / (n (n + 1)); missing where there is nobody left to ask, or where nobody was asked and there is a spread. */
static void write_gains(sipas__allocation *a, int64_t from, int64_t to)
{
    for (int64_t i = from; i < to; i++) {
        const double n = (double)a->n[i], spread = a->size[i] * a->sd[i];

        a->gain[i] = spread == 0.0 ? 0.0 : spread / n * (spread / (n + 1.0));
        if ((n == 0.0 && spread > 0.0) || (!a->opts.size_is_measure && n + 1.0 > a->size[i]))
            sipas__table_set_missing(a->table, a->gain_column, i);
    }
}

/* The cells of a tile that are not in their places yet. The weights lie in those of `share`. */
static void write_tile(sipas__allocation *a, int64_t from, int64_t to)
{
    const double total = (double)a->total;
    const double *const size = a->size;

    if (a->gain) write_gains(a, from, to);
    if (size)
        for (int64_t i = from; i < to; i++) a->fraction[i] = (double)a->n[i] / size[i];
    for (int64_t i = from; i < to; i++) {
        a->share[i] = (double)a->n[i] / total;
        if (!size || size[i] == 0.0) sipas__table_set_missing(a->table, a->fraction_column, i);
        if (a->bounds.upper[i] == SIPAS__NO_BOUND) sipas__table_set_missing(a->table, a->upper_column, i);
    }
    for (int64_t i = from; i < to && a->total == 0; i++) sipas__table_set_missing(a->table, a->share_column, i);
}

void sipas__allocate_write(sipas__allocation *a)
{
    const int certified = a->opts.method != SIPAS_ALLOCATE_CLASS_TABLE, blocks = a->block > 1;
    sipas__certificate certificate = sipas__certify_begin();
    char buffer[32];

    a->total = a->total * a->block + a->part;
    for (int64_t from = 0; from < a->n_units; from += TILE) {
        const int64_t to = a->n_units - from < TILE ? a->n_units : from + TILE;

        if (blocks) scale_tile(a, from, to);
        if (certified) sipas__certify_tile(a, from, to, &certificate);
        write_tile(a, from, to);
    }
    if (certified) sipas__certify_end(a, &certificate);
    for (int64_t i = 0; i < a->n_units && a->opts.code; i++)
        sipas__table_set_code(a->table, a->code_column, i, sipas__column_code_text(a->opts.code, i, buffer));
}

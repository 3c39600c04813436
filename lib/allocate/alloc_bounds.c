/*
 * Bounds: reading them, and finding those that cannot be kept together before any work is done.
 *
 * The upper bound of a unit is the least of the one given and its size rounded down (unless size is a
 * measure). Where no lower bound is given, a unit that needs one has one.
 *
 * O(units).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/allocate.h"

#include <math.h>

#include "data/measure.h"

/* A tile of bounds up to BOUND_BITS cannot overflow; larger ones count as none in a sum. */
enum { TILE = 256 };
static const int64_t SUM_MAX = INT64_C(1) << 60, BOUND_BITS = (INT64_C(1) << 50) - 1;
static const double COUNT_MAX = 9007199254740992.0; /* 2^53 */

int64_t sipas__allocate_add(int64_t sum, int64_t bound)
{
    return bound > SUM_MAX || sum > SUM_MAX - bound ? SIPAS__NO_BOUND : sum + bound;
}

static sipas_status read_lower(sipas__allocation *a, sipas_error *err)
{
    if (a->opts.lower)
        return sipas__measure_read_whole(a->opts.lower, a->n_units, "lower", a->opts.code, SIPAS__MAY_BE_ZERO, a->lower,
                                         err);
    for (int64_t i = 0; i < a->n_units; i++) a->lower[i] = a->opts.lower_value;
    return SIPAS_OK;
}

static sipas_status read_upper(sipas__allocation *a, sipas_error *err)
{
    sipas_status status = SIPAS_OK;

    if (a->opts.upper)
        status = sipas__measure_read_whole(a->opts.upper, a->n_units, "upper", a->opts.code,
                                           SIPAS__MAY_BE_ZERO | SIPAS__MAY_BE_INFINITE, a->upper, err);
    else
        for (int64_t i = 0; i < a->n_units; i++)
            a->upper[i] = a->opts.upper_value ? a->opts.upper_value : SIPAS__NO_BOUND;
    return status;
}

/* Lower above upper: says which upper bound it is. */
static sipas_status crossed(const sipas__allocation *a, int64_t unit, sipas_error *err)
{
    if (a->size && !a->opts.size_is_measure && a->size[unit] < (double)a->lower[unit])
        return sipas__unit_error(err, SIPAS_ERR_INFEASIBLE, a->opts.code, unit,
                                 "the lower bound %lld is above its size %.17g", (long long)a->lower[unit],
                                 a->size[unit]);
    return sipas__unit_error(err, SIPAS_ERR_INFEASIBLE, a->opts.code, unit,
                             "the lower bound %lld is above the upper bound %lld", (long long)a->lower[unit],
                             (long long)a->upper[unit]);
}

/* Σ lower > total: names the unit with the largest. */
static sipas_status too_small(const sipas__allocation *a, sipas_error *err)
{
    int64_t largest = 0;

    for (int64_t i = 1; i < a->n_units; i++)
        if (a->lower[i] > a->lower[largest]) largest = i;
    if (a->free_lower)
        return sipas__error_set(
            err, SIPAS_ERR_INFEASIBLE, SIPAS__NOWHERE, SIPAS__NOWHERE, "total",
            "the total %lld is too small: %lld units need at least one each (a lower bound of 0 has to be "
            "given)",
            (long long)a->total, (long long)a->sum_lower);
    return sipas__unit_error(err, SIPAS_ERR_INFEASIBLE, a->opts.code, largest,
                             "its lower bound %lld is the largest of those that sum to %lld, above the total %lld",
                             (long long)a->lower[largest], (long long)a->sum_lower, (long long)a->total);
}

/* Σ upper < total: names the unit with the smallest. */
static sipas_status too_large(const sipas__allocation *a, sipas_error *err)
{
    int64_t smallest = 0;

    for (int64_t i = 1; i < a->n_units; i++)
        if (a->upper[i] < a->upper[smallest]) smallest = i;
    return sipas__unit_error(err, SIPAS_ERR_INFEASIBLE, a->opts.code, smallest,
                             "its upper bound %lld is the smallest of those%s that sum to %lld, below the total %lld",
                             (long long)a->upper[smallest],
                             a->size && !a->opts.size_is_measure ? " (no unit gets more than its size)" : "",
                             (long long)a->sum_upper, (long long)a->total);
}

/* Bounds of units from … to-1 put in order and added up. Returns the first unit whose bounds cross, or -1. */
static int64_t settle_tile(sipas__allocation *a, int64_t from, int64_t to)
{
    const int by_size = a->size && !a->opts.size_is_measure;
    const int one_each = a->weight && a->free_lower && sipas__allocate_needs_one(a);
    const double *const size = a->size, *const weight = a->weight;
    int64_t *const lower = a->lower, *const upper = a->upper, low = 0, high = 0, bits_low = 0, bits_high = 0,
                   wanting = 0;

    for (int64_t i = from; i < to; i++) {
        int64_t most = upper[i], least = lower[i];

        if (by_size && size[i] < COUNT_MAX && (int64_t)size[i] < most) most = (int64_t)size[i];
        if (one_each && most > 0 && weight[i] > 0.0) least = 1;
        upper[i] = most;
        lower[i] = least;
        if (least > most) return i;
        low += least & BOUND_BITS;
        high += most & BOUND_BITS;
        bits_low |= least;
        bits_high |= most;
        wanting += (least == 0) & (most > 0) & (!weight || weight[i] > 0.0);
    }
    a->wanting += wanting;
    a->sum_lower = sipas__allocate_add(a->sum_lower, bits_low > BOUND_BITS ? SIPAS__NO_BOUND : low);
    a->sum_upper = sipas__allocate_add(a->sum_upper, bits_high > BOUND_BITS ? SIPAS__NO_BOUND : high);
    return -1;
}

sipas_status sipas__allocate_bounds(sipas__allocation *a, sipas_error *err)
{
    sipas_status status = read_lower(a, err);

    if (status == SIPAS_OK) status = read_upper(a, err);
    if (status < 0) return status;
    for (int64_t from = 0; from < a->n_units; from += TILE) {
        int64_t fault = settle_tile(a, from, a->n_units - from < TILE ? a->n_units : from + TILE);

        if (fault >= 0) return crossed(a, fault, err);
    }
    if (a->opts.method == SIPAS_ALLOCATE_CLASS_TABLE) return SIPAS_OK;
    if (a->sum_lower > a->total) return too_small(a, err);
    return a->sum_upper < a->total ? too_large(a, err) : SIPAS_OK;
}

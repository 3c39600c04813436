/*
 * Bounds: reading them, and finding those that cannot be kept together before any work is done.
 *
 * The upper bound of a unit is the least of the one given and its size rounded down (unless size is a
 * measure). Where no lower bound is given, a unit that needs one has one. A fixed number, or the whole of a
 * unit that is taken whole, is both its bounds. With a workload rule all bounds are counted in blocks of
 * `multiple` people from here on: the lower ones rounded up, the upper ones down.
 *
 * O(units).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/allocate.h"

#include <math.h>

#include "base/text.h"
#include "data/column.h"
#include "data/measure.h"

/* A tile of bounds up to BOUND_BITS cannot overflow; larger ones count as none in a sum. */
static const int64_t SUM_MAX = INT64_C(1) << 60, BOUND_BITS = (INT64_C(1) << 50) - 1;
static const double COUNT_MAX = 9007199254740992.0; /* 2^53 */

int64_t sipas__allocate_add(int64_t sum, int64_t bound)
{
    return bound > SUM_MAX || sum > SUM_MAX - bound ? SIPAS__NO_BOUND : sum + bound;
}

/* ---- reading ---- */

sipas_status sipas__allocate_bounds_check(const sipas__allocation *a, sipas_error *err)
{
    const sipas_allocate_opts *opts = &a->opts;
    const struct {
        const sipas_column *column;
        const char *name;
        int32_t kind;
    } given[] = {{opts->lower, "lower", SIPAS__NUMBERS},
                 {opts->upper, "upper", SIPAS__NUMBERS},
                 {opts->fixed, "fixed", SIPAS__NUMBERS},
                 {opts->take_all, "take_all", SIPAS__FLAGS}};
    sipas_status status = SIPAS_OK;

    for (size_t i = 0; i < sizeof given / sizeof *given && status == SIPAS_OK; i++)
        if (given[i].column)
            status = sipas__column_check(given[i].column, a->n_units, given[i].kind, given[i].name, err);
    return status;
}

static sipas_status read_tile(sipas__allocation *a, int64_t from, int64_t n, sipas_error *err)
{
    const sipas_allocate_opts *opts = &a->opts;
    const int64_t none = opts->upper_value ? opts->upper_value : SIPAS__NO_BOUND;
    sipas_status status = SIPAS_OK;

    if (opts->lower)
        status = sipas__measure_whole_rows(opts->lower, from, n, "lower", opts->code, SIPAS__MAY_BE_ZERO,
                                           a->bounds.lower + from, err);
    else
        for (int64_t i = from; i < from + n; i++) a->bounds.lower[i] = opts->lower_value;
    if (status == SIPAS_OK && opts->upper)
        status = sipas__measure_whole_rows(opts->upper, from, n, "upper", opts->code,
                                           SIPAS__MAY_BE_ZERO | SIPAS__MAY_BE_INFINITE, a->bounds.upper + from, err);
    else
        for (int64_t i = from; i < from + n; i++) a->bounds.upper[i] = none;
    return status;
}

/* ---- settling ---- */

/* Lower above upper: says which upper bound it is. */
static sipas_status crossed(const sipas__allocation *a, int64_t unit, int64_t lower, int64_t upper, sipas_error *err)
{
    if (a->size && !a->opts.size_is_measure && a->size[unit] < (double)lower)
        return sipas__unit_error(err, SIPAS_ERR_INFEASIBLE, a->opts.code, unit,
                                 "the lower bound %lld is above its size %.17g", (long long)lower, a->size[unit]);
    return sipas__unit_error(err, SIPAS_ERR_INFEASIBLE, a->opts.code, unit,
                             "the lower bound %lld is above the upper bound %lld", (long long)lower, (long long)upper);
}

/* The number that a unit must have; -1 = it is free. */
static sipas_status read_fixed(const sipas__allocation *a, int64_t unit, int64_t *number, sipas_error *err)
{
    const sipas_allocate_opts *opts = &a->opts;
    int64_t flag = 0;

    *number = -1;
    if (opts->fixed && sipas__column_present(opts->fixed, unit)) {
        sipas_status status = sipas__measure_whole_rows(opts->fixed, unit, 1, "fixed", opts->code, SIPAS__MAY_BE_ZERO,
                                                        number, err);

        if (status < 0) return status;
    }
    if (!opts->take_all || sipas__column_whole(opts->take_all, unit, &flag) != 1 || flag == 0) return SIPAS_OK;
    if (*number >= 0)
        return sipas__unit_error(err, SIPAS_ERR_ARGUMENT, opts->code, unit, "it is fixed and taken whole; give one");
    *number = (int64_t)fmin(a->size[unit], COUNT_MAX);
    return SIPAS_OK;
}

/* A fixed number in the place of both bounds, which it must keep. */
static sipas_status fix(sipas__allocation *a, int64_t unit, sipas_error *err)
{
    int64_t number, most = a->bounds.upper[unit];
    sipas_status status = read_fixed(a, unit, &number, err);

    if (status < 0 || number < 0) return status;
    if (a->size && !a->opts.size_is_measure && a->size[unit] < (double)number)
        return sipas__unit_error(err, SIPAS_ERR_INFEASIBLE, a->opts.code, unit,
                                 "its fixed number %lld is above its size %.17g", (long long)number, a->size[unit]);
    if (number < a->bounds.lower[unit] || number > most)
        return sipas__unit_error(err, SIPAS_ERR_INFEASIBLE, a->opts.code, unit,
                                 "its fixed number %lld is %s bound %lld", (long long)number,
                                 number > most ? "above its upper" : "below its lower",
                                 (long long)(number > most ? most : a->bounds.lower[unit]));
    if (number % a->block != 0)
        return sipas__unit_error(err, SIPAS_ERR_INFEASIBLE, a->opts.code, unit,
                                 "its fixed number %lld is no multiple of %lld", (long long)number,
                                 (long long)a->block);
    a->bounds.lower[unit] = a->bounds.upper[unit] = number;
    return SIPAS_OK;
}

/* Bounds in blocks. A unit that needs one and is smaller than a block has none, under a rule that permits it. */
static sipas_status count_blocks(sipas__allocation *a, int64_t unit, sipas_error *err)
{
    const int64_t block = a->block, least = a->bounds.lower[unit], most = a->bounds.upper[unit];
    const int64_t low = least / block + (least % block > 0), high = most == SIPAS__NO_BOUND ? most : most / block;

    if (low > high)
        return sipas__unit_error(err, SIPAS_ERR_INFEASIBLE, a->opts.code, unit,
                                 "no multiple of %lld lies between its bounds %lld and %lld", (long long)block,
                                 (long long)least, (long long)most);
    a->bounds.lower[unit] = low;
    a->bounds.upper[unit] = high;
    if (high > 0 || most == 0 || !a->seats.weight || a->seats.weight[unit] == 0.0 || !sipas__allocate_needs_one(a))
        return SIPAS_OK;
    if (a->opts.remainder == SIPAS_REMAINDER_ERROR)
        return sipas__unit_error(err, SIPAS_ERR_INFEASIBLE, a->opts.code, unit,
                                 "it may have %lld at most, less than one block of %lld", (long long)most,
                                 (long long)block);
    sipas__allocate_note(a, "no_block", unit, "it is smaller than one block, so it has none");
    return SIPAS_OK;
}

/* The rules that few allocations have, one unit after the other. */
static sipas_status settle_rules(sipas__allocation *a, int64_t from, int64_t to, sipas_error *err)
{
    sipas_status status = SIPAS_OK;

    for (int64_t i = from; i < to && status == SIPAS_OK; i++) {
        if (a->opts.fixed || a->opts.take_all) status = fix(a, i, err);
        if (status == SIPAS_OK && a->block > 1) {
            if (a->size && !a->opts.size_is_measure && a->size[i] < (double)a->bounds.lower[i])
                return crossed(a, i, a->bounds.lower[i], a->bounds.upper[i], err);
            if (a->size && !a->opts.size_is_measure && a->size[i] < COUNT_MAX &&
                (int64_t)a->size[i] < a->bounds.upper[i])
                a->bounds.upper[i] = (int64_t)a->size[i];
            status = count_blocks(a, i, err);
        }
    }
    return status;
}

/* Puts the bounds of units from … to-1 in order and adds them up. Returns the first unit whose bounds cross, or -1. */
static int64_t settle_tile(sipas__allocation *a, int64_t from, int64_t to)
{
    const int by_size = a->size && !a->opts.size_is_measure && a->block == 1;
    const int one_each = a->seats.weight && (a->bounds.free_lower || a->goal) && sipas__allocate_needs_one(a);
    const double *const size = a->size, *const weight = a->seats.weight;
    int64_t *const lower = a->bounds.lower, *const upper = a->bounds.upper, low = 0, high = 0, bits_low = 0,
                   bits_high = 0, wanting = 0;

    for (int64_t i = from; i < to; i++) {
        int64_t most = upper[i], least = lower[i];

        if (by_size && size[i] < COUNT_MAX && (int64_t)size[i] < most) most = (int64_t)size[i];
        if (one_each && most > 0 && weight[i] > 0.0 && least == 0) least = 1;
        if (least > most) return i;
        upper[i] = most;
        lower[i] = least;
        low += least & BOUND_BITS;
        high += most & BOUND_BITS;
        bits_low |= least;
        bits_high |= most;
        wanting += (least == 0) & (most > 0) & (!weight || weight[i] > 0.0);
    }
    a->bounds.wanting += wanting;
    a->bounds.sum_lower = sipas__allocate_add(a->bounds.sum_lower, bits_low > BOUND_BITS ? SIPAS__NO_BOUND : low);
    a->bounds.sum_upper = sipas__allocate_add(a->bounds.sum_upper, bits_high > BOUND_BITS ? SIPAS__NO_BOUND : high);
    return -1;
}

sipas_status sipas__allocate_bound(sipas__allocation *a, int64_t from, int64_t to, sipas_error *err)
{
    sipas_status status = read_tile(a, from, to - from, err);
    int64_t fault;

    if (status == SIPAS_OK && (a->opts.fixed || a->opts.take_all || a->block > 1))
        status = settle_rules(a, from, to, err);
    if (status < 0) return status;
    fault = settle_tile(a, from, to);
    return fault < 0 ? SIPAS_OK : crossed(a, fault, a->bounds.lower[fault], a->bounds.upper[fault], err);
}

/* ---- sums ---- */

/* A number of blocks as a number of people. */
static long long people(const sipas__allocation *a, int64_t blocks)
{
    return (long long)(blocks > SUM_MAX / a->block ? SIPAS__NO_BOUND : blocks * a->block);
}

/* ---- units in conflict ---- */

/* How many are named; the others are counted. */
enum { NAMED = 4, LIST = 192, ROOM_FOR_MORE = 32 };

/* The units whose bounds leave no way out, the one that does most first, the others as text. */
typedef struct conflict {
    int64_t units, unit[NAMED];
    char others[LIST];
} conflict;

/* Takes a unit among those that are named, when it does more than one of these. */
static void rank_unit(conflict *of, const int64_t *bound, int sign, int64_t unit)
{
    int64_t place = of->units < NAMED ? of->units : NAMED;

    while (place > 0 && sign * bound[unit] > sign * bound[of->unit[place - 1]]) place--;
    for (int64_t k = NAMED - 1; k > place; k--) of->unit[k] = of->unit[k - 1];
    if (place < NAMED) of->unit[place] = unit;
    of->units++;
}

/* The units in conflict: those with the largest lower bounds (sign 1), or the smallest upper ones (sign -1). */
static conflict find_conflict(const sipas__allocation *a, const int64_t *bound, int sign)
{
    conflict of = {0};
    int64_t named, next = 1;
    size_t used = 0;

    for (int64_t i = 0; i < a->n_units; i++)
        if (sign > 0 ? bound[i] > 0 : bound[i] < SIPAS__NO_BOUND) rank_unit(&of, bound, sign, i);
    named = of.units < NAMED ? of.units : NAMED;
    for (; next < named; next++) {
        char label[LIST], entry[2 * LIST];
        const int length = sipas__text_format(entry, sizeof entry, "%s%s %lld", next == 1 ? "; then " : ", ",
                                              sipas__unit_label(a->opts.code, of.unit[next], label),
                                              people(a, bound[of.unit[next]]));

        if (used + (size_t)length >= LIST - ROOM_FOR_MORE) break; /* whole entries only */
        used += (size_t)sipas__text_format(of.others + used, LIST - used, "%s", entry);
    }
    if (of.units > next)
        (void)sipas__text_format(of.others + used, LIST - used, " and %lld more", (long long)(of.units - next));
    return of;
}

/* Σ lower > total. */
static sipas_status too_small(const sipas__allocation *a, sipas_error *err)
{
    const conflict of = find_conflict(a, a->bounds.lower, 1);

    if (a->bounds.free_lower && a->bounds.lower[of.unit[0]] == 1)
        return sipas__error_set(
            err, SIPAS_ERR_INFEASIBLE, SIPAS__NOWHERE, SIPAS__NOWHERE, "total",
            "the total %lld is too small: %lld units need at least %s each (a lower bound of 0 has to be "
            "given)",
            people(a, a->total), (long long)a->bounds.sum_lower, a->block > 1 ? "a block" : "one");
    return sipas__unit_error(err, SIPAS_ERR_INFEASIBLE, a->opts.code, of.unit[0],
                             "its lower bound %lld is the largest of the %lld that sum to %lld, above the total %lld%s",
                             people(a, a->bounds.lower[of.unit[0]]), (long long)of.units,
                             people(a, a->bounds.sum_lower), people(a, a->total), of.others);
}

/* Σ upper < total. */
static sipas_status too_large(const sipas__allocation *a, sipas_error *err)
{
    const conflict of = find_conflict(a, a->bounds.upper, -1);

    return sipas__unit_error(
        err, SIPAS_ERR_INFEASIBLE, a->opts.code, of.unit[0],
        "its upper bound %lld is the smallest of the %lld%s that sum to %lld, below the total %lld%s",
        people(a, a->bounds.upper[of.unit[0]]), (long long)of.units,
        a->size && !a->opts.size_is_measure ? " (no unit gets more than its size)" : "", people(a, a->bounds.sum_upper),
        people(a, a->total), of.others);
}

sipas_status sipas__allocate_check_total(const sipas__allocation *a, sipas_error *err)
{
    if (a->bounds.sum_lower > a->total) return too_small(a, err);
    return a->bounds.sum_upper < a->total ? too_large(a, err) : SIPAS_OK;
}

int sipas__allocate_needs_one(const sipas__allocation *a)
{
    return a->seats.rounding == SIPAS_ROUNDING_HILL || a->seats.rounding == SIPAS_ROUNDING_ADAMS;
}

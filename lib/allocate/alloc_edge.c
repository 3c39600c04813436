/*
 * Totals that leave the method little or no choice, and the part of a block that is left over.
 *
 *   surplus   every unit of positive weight is full; the rest goes to units of weight zero, smallest code first
 *   shortage  the lower bounds, and one for each unit that needs one, use up the total; what lower bounds of 0 leave too
 *             little for goes to the largest weights: the limit of w / d(k) for d(k) → 0
 *
 * O(units).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/allocate.h"

#include <math.h>

#include "base/context.h"
#include "data/column.h"
#include "data/measure.h"

/* Gives `rest` to the units of weight zero in the order of their codes. */
static sipas_status fill_zero_weights(sipas__allocation *a, int64_t rest, sipas_error *err)
{
    int32_t *by_rank = sipas__alloc(a->ctx, a->n_units, sizeof *by_rank);

    if (!by_rank) return sipas__error_memory(err);
    for (int64_t i = 0; i < a->n_units; i++) by_rank[sipas__seat_rank(&a->seats, i)] = (int32_t)i;
    for (int64_t place = 0; rest > 0; place++) {
        int64_t unit = by_rank[place], room = a->bounds.upper[unit] - a->bounds.lower[unit];

        if (a->seats.weight[unit] > 0.0 || room == 0) continue;
        if (room > rest) room = rest;
        a->n[unit] += room;
        rest -= room;
        sipas__allocate_note(a, "zero_weight", unit,
                             "its weight is 0, but every unit of positive weight has all that its upper bound permits");
    }
    sipas__free(a->ctx, by_rank);
    return SIPAS_OK;
}

int32_t sipas__allocate_surplus(sipas__allocation *a, sipas_error *err)
{
    int64_t rest = a->total;
    sipas_status status = SIPAS_OK;

    for (int64_t i = 0; i < a->n_units; i++) {
        int64_t most = a->seats.weight[i] > 0.0 ? a->bounds.upper[i] : a->bounds.lower[i];

        if (most > rest) return 0;
        rest -= most;
    }
    for (int64_t i = 0; i < a->n_units; i++)
        a->n[i] = a->seats.weight[i] > 0.0 ? a->bounds.upper[i] : a->bounds.lower[i];
    if (rest > 0) status = fill_zero_weights(a, rest, err);
    for (int64_t i = 0; i < a->n_units; i++) a->continuous[i] = (double)a->n[i];
    return status < 0 ? status : 1;
}

/* True for a unit of positive weight that may have none and may have one. */
static int in_want(const sipas__allocation *a, int64_t unit)
{
    return (a->bounds.lower[unit] == 0) & (a->bounds.upper[unit] > 0) & (a->seats.weight[unit] > 0.0);
}

int32_t sipas__allocate_shortage(sipas__allocation *a, sipas_error *err)
{
    const int64_t wanting = sipas__allocate_needs_one(a) ? a->bounds.wanting : 0, rest = a->total - a->bounds.sum_lower;
    int64_t n_seats = 0;
    sipas__seat *seats;

    if (wanting < rest) return 0;
    seats = sipas__alloc(a->ctx, wanting, sizeof *seats);
    if (!seats) return sipas__error_memory(err);
    for (int64_t i = 0; i < a->n_units; i++) {
        a->n[i] = a->bounds.lower[i];
        if (wanting > 0 && in_want(a, i)) seats[n_seats++] = (sipas__seat){INFINITY, 0, i};
    }
    sipas__seat_pick(&a->seats, seats, n_seats, rest, sipas__seat_before);
    for (int64_t i = 0; i < rest; i++) a->n[seats[i].unit] = 1;
    for (int64_t i = 0; i < a->n_units && rest < wanting; i++)
        if (in_want(a, i) && a->n[i] == 0)
            sipas__allocate_note(a, "no_sample", i, "the total is too small for one in each, so it has none");
    sipas__free(a->ctx, seats);
    return 1;
}

sipas_status sipas__allocate_part(sipas__allocation *a, sipas_error *err)
{
    const int by_remainder = a->seats.rounding == SIPAS_ROUNDING_LARGEST_REMAINDER;
    sipas__seat best = {0.0, 0, -1};

    if (a->part == 0) return SIPAS_OK;
    for (int64_t i = 0; i < a->n_units; i++) {
        const double left = a->continuous[i] - (double)a->n[i];
        const sipas__seat next = {by_remainder ? left : sipas__seat_priority(&a->seats, i, a->n[i]), a->n[i], i};
        int first = best.unit < 0;

        if (a->seats.weight[i] == 0.0 || a->n[i] >= a->bounds.upper[i]) continue;
        if (!first && by_remainder)
            first = next.priority > best.priority ||
                    (next.priority == best.priority &&
                     sipas__seat_rank(&a->seats, i) < sipas__seat_rank(&a->seats, best.unit));
        else if (!first)
            first = sipas__seat_before(&a->seats, &next, &best);
        if (first) best = next;
    }
    if (best.unit < 0)
        return sipas__error_set(err, SIPAS_ERR_INFEASIBLE, SIPAS__NOWHERE, SIPAS__NOWHERE, "total",
                                "%lld are left over, and no unit has room for them", (long long)a->part);
    a->part_unit = best.unit;
    sipas__allocate_note(a, "part_block", best.unit, "it has the part of a block that the total leaves over");
    return SIPAS_OK;
}

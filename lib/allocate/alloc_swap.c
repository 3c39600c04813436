/*
 * The certificate of a budget or a target: the least growth of what is made least when one block is added, one
 * is taken away, or one moves from a unit to another, within the bounds and the limit.
 *
 * Additions are sorted by what they add to the sum that has the limit; for each unit that can give one up, the best
 * addition that fits is the best of all up to a place in that order.
 *
 * O(units log units) time, 80 bytes a unit.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/goal.h"

#include <math.h>

#include "base/context.h"
#include "num/order.h"

/* The two best additions up to a place. */
typedef struct best {
    double limited; /* what the addition at this place adds to the limited sum */
    double growth[2];
    int64_t unit[2];
} best;

/* What one block more adds to both sums: to the one made least, and to the one that has the limit. */
static void addition(const sipas__allocation *a, int64_t unit, int64_t k, double *growth, double *limited)
{
    const double cost = sipas__goal_cost_step(a, unit, k, k + 1), fall = sipas__goal_variance_step(a, unit, k, k + 1);

    *growth = a->goal == SIPAS__GOAL_BUDGET ? fall : cost;
    *limited = a->goal == SIPAS__GOAL_BUDGET ? cost : fall;
}

/* Additions in order, each with the two best so far. Returns their number. */
static int64_t list_additions(const sipas__allocation *a, sipas__item *items, best *list)
{
    int64_t n = 0;

    for (int64_t i = 0; i < a->n_units; i++) {
        double growth, limited;

        if (a->seats.weight[i] == 0.0 || a->n[i] >= a->bounds.upper[i]) continue;
        addition(a, i, a->n[i], &growth, &limited);
        items[n++] = (sipas__item){sipas__order_f64(limited), i};
    }
    sipas__order_sort(items, items + a->n_units, n, NULL, NULL);
    for (int64_t i = 0; i < n; i++) {
        const int64_t unit = items[i].index;
        double growth;

        list[i] = i > 0 ? list[i - 1] : (best){0.0, {INFINITY, INFINITY}, {-1, -1}};
        addition(a, unit, a->n[unit], &growth, &list[i].limited);
        if (growth < list[i].growth[0]) {
            list[i].growth[1] = list[i].growth[0], list[i].unit[1] = list[i].unit[0];
            list[i].growth[0] = growth, list[i].unit[0] = unit;
        } else if (growth < list[i].growth[1]) {
            list[i].growth[1] = growth, list[i].unit[1] = unit;
        }
    }
    return n;
}

/* The best addition to another unit that fits into `room`; infinite = none does. */
static double best_within(const best *list, int64_t n, double room, int64_t other)
{
    int64_t low = 0, high = n;

    while (low < high) {
        const int64_t middle = low + (high - low) / 2;

        if (list[middle].limited <= room)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0) return INFINITY;
    return list[low - 1].growth[list[low - 1].unit[0] == other];
}

sipas_status sipas__goal_certify(const sipas__allocation *a, sipas__goal *goal, sipas_error *err)
{
    const double made = a->goal == SIPAS__GOAL_BUDGET ? goal->variance : goal->cost;
    const double room = goal->limit * (1.0 - SIPAS__GOAL_SLACK) -
                        (a->goal == SIPAS__GOAL_BUDGET ? goal->cost : goal->variance);
    sipas__item *items = sipas__alloc(a->ctx, 2 * a->n_units, sizeof *items);
    best *list = sipas__alloc(a->ctx, a->n_units, sizeof *list);
    sipas_status status = items && list ? SIPAS_OK : sipas__error_memory(err);

    if (status == SIPAS_OK) {
        const int64_t n = list_additions(a, items, list);

        goal->exchange = best_within(list, n, room, -1);
        for (int64_t i = 0; i < a->n_units; i++) {
            double growth, limited, both;

            if (a->n[i] <= a->bounds.lower[i] || (a->n[i] == 1 && a->seats.weight[i] > 0.0)) continue;
            addition(a, i, a->n[i] - 1, &growth, &limited);
            both = best_within(list, n, room + limited, i) - growth;
            if (-limited <= room) both = fmin(both, -growth); /* it may go without another in its place */
            goal->exchange = fmin(goal->exchange, both);
        }
        if (fabs(goal->exchange) <= 1e-14 * made) goal->exchange = 0.0; /* a tie, or a rounding */
    }
    sipas__free(a->ctx, items);
    sipas__free(a->ctx, list);
    return status;
}

/*
 * Whole numbers over a tree, exactly.
 *
 * A seat is one more for a leaf that has k, worth w / d(k) (alloc_seat.c). With the seats worth at least t given, a leaf has
 * a number in closed form, a unit above the sum of what is below it, cut to its bounds, and the whole a number that rises
 * as t falls. The seats between two t that enclose the total are put in their exact order (ties by place) and given one by
 * one, each passing upwards as far as no bound takes it up, until the total is there. A unit whose sum was cut is a problem
 * of its own below it, with its bound as the total.
 *
 * That this greedy rule is optimal for nested bounds is the theorem of Federgruen and Groenevelt (1986, Oper. Res. 34:909):
 * the numbers that keep nested bounds are the base of a polymatroid, at the lower bounds as well as at the upper ones.
 *
 * O(units below) for each t tried, some ten of them; a unit is met once for each unit above it that is cut.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/tree.h"

#include <math.h>

#include "base/context.h"

/* A seat's worth is clear of a limit when it differs by more than this share. */
static const double CLEAR = 1e-12;

enum { TRIES = 300 };

/* Two t that enclose the total: fewer seats than that at `high`, not fewer at `low`; and the seats of the leaves there,
 * whether or not a bound above takes them up. */
typedef struct bracket {
    double low, high;
    int64_t seats_low, seats_high;
} bracket;

static int64_t cut(int64_t number, int64_t least, int64_t most)
{
    return number < least ? least : number > most ? most : number;
}

/* ---- numbers at a price ---- */

/* Seats worth at least t of a place with a number of its own, for 1 / t. */
static int64_t seats_of(const sipas__forest *f, int64_t at, double inverse)
{
    const double q = f->weight[at] * inverse;
    double seats;

    if (!(f->weight[at] > 0.0)) return f->lower[at];
    switch (f->a.seats.rounding) {
    case SIPAS_ROUNDING_WEBSTER: seats = q + 0.5; break;
    case SIPAS_ROUNDING_ADAMS: seats = q + 1.0; break;
    case SIPAS_ROUNDING_JEFFERSON: seats = q; break;
    default: seats = 0.5 + sqrt(q * q + 0.25); break;
    }
    if (seats >= (double)f->most[at]) return f->most[at];
    return seats > (double)f->lower[at] ? (int64_t)seats : f->lower[at];
}

/* The number directly below `place` at t (given as 1 / t), and the seats of the leaves. Fills number and raw below. */
static int64_t count_at(sipas__forest *f, int64_t place, double inverse, int64_t *seats)
{
    const int64_t end = f->end[place];

    *seats = 0;
    for (int64_t at = place; at < end; at++) f->raw[at] = 0;
    for (int64_t at = end - 1; at > place; at--) {
        if (sipas__forest_is_one(f, at)) {
            f->number[at] = seats_of(f, at, inverse);
            *seats += f->number[at];
            f->raw[f->parent[at]] += f->number[at];
        } else {
            f->raw[f->parent[at]] += cut(f->raw[at], f->lower[at], f->most[at]);
        }
    }
    return f->raw[place];
}

/* Narrows the bracket until few seats are in between, or it is as narrow as doubles are. */
static void find_bracket(sipas__forest *f, int64_t place, int64_t total, bracket *at)
{
    const int64_t few = 32 + (f->end[place] - place) / 16;
    double s = f->price[place], t, step = 0.0;

    if (!(s > 0.0 && isfinite(s))) s = f->weight[place] > 0.0 ? (double)total / f->weight[place] : 1.0;
    t = 1.0 / s;
    for (int32_t i = 0; i < TRIES; i++) {
        int64_t seats;
        const int64_t count = count_at(f, place, 1.0 / t, &seats);

        if (step == 0.0)
            step = fmin(0.5, ((double)(count > total ? count - total : total - count) + 4.0) /
                                 (double)(total - f->low[place]));
        if (count >= total)
            at->low = t, at->seats_low = seats;
        else
            at->high = t, at->seats_high = seats;
        if (at->seats_low >= 0 && at->seats_high >= 0) {
            if (at->seats_low - at->seats_high <= few) return;
            t = sqrt(at->low) * sqrt(at->high);
            if (!(t > at->low && t < at->high)) return;
        } else {
            t = count >= total ? t * (1.0 + step) : t / (1.0 + step);
            step = fmin(2.0 * step, 1e6);
        }
    }
}

/* ---- seats in their order ---- */

static int compare_seats(const void *things, int64_t left, int64_t right)
{
    const sipas__forest *f = things;

    return sipas__seat_before(&f->a.seats, &f->seats[left], &f->seats[right])   ? -1
           : sipas__seat_before(&f->a.seats, &f->seats[right], &f->seats[left]) ? 1
                                                                                : 0;
}

static sipas_status add_seat(sipas__forest *f, int64_t *n_seats, int64_t at, int64_t k, sipas_error *err)
{
    if (*n_seats == f->seats_room) {
        void *seats = f->seats;
        const int grown = sipas__grow(f->ctx, &seats, &f->seats_room, *n_seats + 1, sizeof *f->seats);

        f->seats = seats;
        if (!grown) return sipas__error_memory(err);
    }
    f->seats[(*n_seats)++] = (sipas__seat){sipas__seat_priority(&f->a.seats, at, k), k, at};
    return SIPAS_OK;
}

/* True when one more for a place that has k is worth at least t. */
static int worth_at_least(const sipas__forest *f, int64_t at, int64_t k, double t)
{
    const double w = f->weight[at], had = (double)k;

    switch (f->a.seats.rounding) {
    case SIPAS_ROUNDING_WEBSTER: return w >= t * (had + 0.5);
    case SIPAS_ROUNDING_ADAMS: return w >= t * had;
    case SIPAS_ROUNDING_JEFFERSON: return w >= t * (had + 1.0);
    default: return w * w >= t * t * (had * (had + 1.0));
    }
}

/* The seats that leaves have not got yet and that are worth at least t; with t infinite those without a divisor. */
static sipas_status list_seats(sipas__forest *f, int64_t place, double t, int64_t *n_seats, sipas_error *err)
{
    sipas_status status = SIPAS_OK;

    *n_seats = 0;
    for (int64_t at = place + 1; at < f->end[place]; at = sipas__forest_is_one(f, at) ? f->end[at] : at + 1) {
        if (!sipas__forest_is_one(f, at) || !(f->weight[at] > 0.0)) continue;
        for (int64_t k = f->number[at]; status == SIPAS_OK && k < f->most[at]; k++) {
            if (isinf(t) ? k > 0 : !worth_at_least(f, at, k, t)) break;
            status = add_seat(f, n_seats, at, k, err);
        }
        if (status < 0) return status;
    }
    return status;
}

/* By worth; where doubles are too close to call the exact comparison puts neighbours right. */
static sipas_status sort_seats(sipas__forest *f, int64_t n_seats, sipas_error *err)
{
    if (f->items_room < 2 * n_seats) {
        sipas__free(f->ctx, f->items);
        f->items_room = 0;
        f->items = sipas__alloc(f->ctx, 4 * n_seats, sizeof *f->items);
        if (!f->items) return sipas__error_memory(err);
        f->items_room = 4 * n_seats;
    }
    for (int64_t i = 0; i < n_seats; i++) f->items[i] = (sipas__item){~sipas__order_f64(f->seats[i].priority), i};
    sipas__order_sort(f->items, f->items + n_seats, n_seats, compare_seats, f);
    for (int64_t i = 1; i < n_seats; i++) {
        const sipas__item item = f->items[i];
        int64_t to = i;

        for (; to > 0 && compare_seats(f, item.index, f->items[to - 1].index) < 0; to--)
            f->items[to] = f->items[to - 1];
        f->items[to] = item;
    }
    return SIPAS_OK;
}

/* Gives one seat; 1 when it reaches `place`, 0 when a bound on the way takes it up. */
static int64_t give_seat(sipas__forest *f, int64_t place, int64_t at)
{
    f->number[at]++;
    for (at = f->parent[at]; at != place; at = f->parent[at]) {
        f->raw[at]++;
        if (f->raw[at] <= f->lower[at] || f->raw[at] > f->most[at]) return 0;
    }
    f->raw[place]++;
    return 1;
}

/* Gives the listed seats until `rest` of them have reached the place. Returns the worth of the last one; 0 when there are
 * not enough. */
static double give_seats(sipas__forest *f, int64_t place, int64_t n_seats, int64_t rest)
{
    int64_t given = 0;

    while (rest > 0 && given < n_seats) rest -= give_seat(f, place, f->seats[f->items[given++].index].unit);
    return rest > 0 || given == 0 ? 0.0 : f->seats[f->items[given - 1].index].priority;
}

/* ---- one place ---- */

/* Fewer than one for each that needs one: the heaviest have one. */
static sipas_status give_ones(sipas__forest *f, int64_t place, int64_t total, sipas_error *err)
{
    int64_t n_seats;
    sipas_status status;

    for (int64_t at = place; at < f->end[place]; at++) f->raw[at] = 0;
    for (int64_t at = f->end[place] - 1; at > place; at--) {
        const int one = sipas__forest_is_one(f, at);

        if (one) f->number[at] = f->lower[at];
        f->raw[f->parent[at]] += one ? f->number[at] : cut(f->raw[at], f->lower[at], f->most[at]);
    }
    status = list_seats(f, place, INFINITY, &n_seats, err);
    if (status == SIPAS_OK) status = sort_seats(f, n_seats, err);
    if (status == SIPAS_OK) (void)give_seats(f, place, n_seats, total - f->raw[place]);
    return status;
}

static sipas_status give_by_worth(sipas__forest *f, int64_t place, int64_t total, sipas_error *err)
{
    bracket at = {0.0, INFINITY, -1, -1};
    double apart = 4.0 * CLEAR;

    find_bracket(f, place, total, &at);
    for (;;) { /* each time wider, until the last seat given is clear of both ends */
        int64_t unused, n_seats = 0, rest = total - count_at(f, place, isinf(at.high) ? 0.0 : 1.0 / at.high, &unused);
        sipas_status status = list_seats(f, place, at.low, &n_seats, err);
        double last;

        if (status == SIPAS_OK) status = sort_seats(f, n_seats, err);
        if (status < 0) return status;
        last = rest > 0 ? give_seats(f, place, n_seats, rest) : 0.0;
        if (last > at.low * (1.0 + CLEAR) && last < at.high * (1.0 - CLEAR)) return SIPAS_OK;
        at.low *= 1.0 - apart;
        at.high *= 1.0 + apart;
        apart = apart < 0.0625 ? 8.0 * apart : 0.5;
    }
}

/* What a place directly below has when all that weighs something is full. */
static int64_t full_of(const sipas__forest *f, int64_t at)
{
    const int64_t full = !sipas__forest_is_one(f, at) ? f->full[at] : f->weight[at] > 0.0 ? f->most[at] : f->lower[at];

    return cut(full, f->lower[at], f->most[at]);
}

/* Totals of the places directly below at the ends. */
static void take_ends(sipas__forest *f, int64_t place, int64_t total)
{
    int64_t rest = total - f->full[place];

    for (int64_t at = place + 1; at < f->end[place]; at = f->end[at]) {
        f->whole[at] = f->lower[at];
        if (total > f->low[place]) {
            const int64_t full = full_of(f, at), room = f->most[at] - full, more = rest < room ? rest : room;

            f->whole[at] = full + (more > 0 ? more : 0);
            rest -= more > 0 ? more : 0;
        }
        if (!sipas__forest_is_leaf(f, at)) f->pending[f->n_pending++] = at;
    }
}

/* Takes over the numbers below a place; what was cut, and what has equal shares, is a problem of its own. */
static void take_over(sipas__forest *f, int64_t place)
{
    for (int64_t at = place + 1; at < f->end[place];) {
        const int one = sipas__forest_is_one(f, at);
        int apart = one;

        f->whole[at] = one ? f->number[at] : cut(f->raw[at], f->lower[at], f->most[at]);
        if (!one) apart = f->whole[at] != f->raw[at];
        if (apart && !sipas__forest_is_leaf(f, at)) f->pending[f->n_pending++] = at;
        at = apart ? f->end[at] : at + 1;
    }
}

static sipas_status solve_place(sipas__forest *f, int64_t place, sipas_error *err)
{
    const int64_t total = f->whole[place];
    sipas_status status = SIPAS_OK;
    int64_t unused;

    if (f->equal[place]) {
        sipas__forest_share(f, place, total);
        for (int64_t at = place + 1; at < f->end[place]; at = f->end[at])
            if (!sipas__forest_is_leaf(f, at)) f->pending[f->n_pending++] = at;
        return SIPAS_OK;
    }
    if (total <= f->low[place] || total >= f->full[place]) {
        take_ends(f, place, total);
        return SIPAS_OK;
    }
    if (total < f->ones[place])
        status = give_ones(f, place, total, err);
    else if (total == f->ones[place])
        (void)count_at(f, place, 0.0, &unused);
    else
        status = give_by_worth(f, place, total, err);
    if (status == SIPAS_OK) take_over(f, place);
    return status;
}

sipas_status sipas__forest_whole(sipas__forest *f, int64_t place, sipas_error *err)
{
    sipas_status status = SIPAS_OK;

    f->n_pending = 0;
    if (!sipas__forest_is_leaf(f, place)) f->pending[f->n_pending++] = place;
    while (status == SIPAS_OK && f->n_pending > 0) status = solve_place(f, f->pending[--f->n_pending], err);
    return status;
}

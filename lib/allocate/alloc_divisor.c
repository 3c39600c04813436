/*
 * Divisor methods within bounds: of all seats (one more for a unit that has k, worth w / d(k)) those worth
 * most are given.
 *
 * With d = √(k (k + 1)) this is the exact whole-number Neyman optimum: Σ w² / n is separable and convex, and
 * falls by (w / d(k))² (Wright 2012, Am. Stat. 66:217; Friedrich, Münnich, de Vries and Wagner 2015, Comput.
 * Stat. Data Anal. 92:1).
 *
 * How many seats are worth at least t follows in closed form. From the continuous multiplier two such t are
 * found with a little less and a little more than the total; the seats worth t_high or more are given at
 * once, of those in between the first are picked (after Reitzig and Wild 2024, Math. Program. 203:187). The
 * closed form is good to some 1e-15: the worst seat picked has to lie clear of both ends, else they are moved
 * apart. So what is given is exact, whatever the rounding.
 *
 * O(units) expected: about one pass over them, with many ties some ten.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/allocate.h"

#include <math.h>
#include <string.h>

#include "base/context.h"

/* A seat's worth is clear of a limit when it differs by more than this share. */
static const double CLEAR = 1e-12;

enum { GUESSES = 3, FEW_STEPS = 3, MANY_STEPS = 40 };

/* An interval of t with the numbers of seats given at its ends: below the total at `high`, not below it at `low`. */
typedef struct bracket {
    double low, high;
    int64_t n_low, n_high;
} bracket;

/* Seats worth at least t, for q = w / t: all k with d(k) ≤ q. */
static double seats_worth(int32_t rounding, double q)
{
    switch (rounding) {
    case SIPAS_ROUNDING_WEBSTER: return q + 0.5;
    case SIPAS_ROUNDING_ADAMS: return q + 1.0;
    case SIPAS_ROUNDING_JEFFERSON: return q;
    default: return 0.5 + sqrt(q * q + 0.25);
    }
}

/* The same for a unit that may have least … most, given 1 / t. */
static int64_t seats_within(int32_t rounding, double w, double inverse, int64_t least, int64_t most)
{
    double seats = seats_worth(rounding, w * inverse);

    seats = seats < (double)most ? seats : (double)most;
    seats = seats > (double)least ? seats : (double)least;
    return w > 0.0 ? (int64_t)seats : least;
}

/* The same for unit i. */
static int64_t seats_of(const sipas__allocation *a, int64_t i, double inverse)
{
    const int64_t most = a->bounds.upper[i] < a->total ? a->bounds.upper[i] : a->total;

    return seats_within(a->seats.rounding, a->seats.weight[i], inverse, a->bounds.lower[i], most);
}

/* Seats given at t, and how fast their number falls: Σ w / t over the units between their bounds. */
static int64_t count_at(const sipas__allocation *a, double t, double *slope)
{
    const double inverse = 1.0 / t;
    double sum = 0.0;
    int64_t count = 0;

    for (int64_t i = 0; i < a->n_units && count <= 2 * SIPAS__TOTAL_MAX; i++) {
        int64_t seats = seats_of(a, i, inverse);

        if (seats > a->bounds.lower[i] && seats < a->bounds.upper[i]) sum += a->seats.weight[i];
        count += seats;
    }
    *slope = sum / t;
    return count;
}

/* The number halfway between two doubles ≥ 0, of as many as there are: 64 halvings leave none between any two. */
static double halfway(double low, double high)
{
    uint64_t one, two;

    memcpy(&one, &low, sizeof one);
    memcpy(&two, &high, sizeof two);
    one += (two - one) / 2;
    memcpy(&low, &one, sizeof low);
    return low;
}

/* The next t to try: a Newton step to `margin` seats beyond the total, on the other side of it. */
static double newton_step(double t, int64_t surplus, double slope, double margin)
{
    const double aim = (double)surplus + (surplus >= 0 ? margin : -margin);

    return slope > 0.0 ? t * (1.0 + aim / slope) : 0.0;
}

/*
 * Narrows the bracket until few seats are in between; ties can make that up to one for each unit. Newton steps go twice as far
 * beyond the total each time, so that a plateau of ties is crossed; after them the doubles in between are halved, which
 * ends whatever the weights.
 */
static void find_bracket(const sipas__allocation *a, bracket *at)
{
    const int64_t few = 256 + a->n_units / 32, many = 2 * a->n_units + 1024;
    double margin = 64.0 + (double)a->n_units / 128.0, t = a->multiplier > 0.0 ? 1.0 / a->multiplier : 1.0, slope;

    if (!(t > at->low && t < at->high)) t = 1.0;
    for (int32_t step = 0;; step++) {
        const int64_t count = count_at(a, t, &slope);
        const int open = at->low == 0.0 || isinf(at->high);

        if (count >= a->total)
            at->low = t, at->n_low = count;
        else
            at->high = t, at->n_high = count;
        if (at->n_low - at->n_high <= (step < FEW_STEPS ? few : many)) return;
        t = newton_step(t, count - a->total, slope, margin);
        margin *= 2.0;
        if (!(t > at->low && t < at->high && isfinite(t)) || step >= (open ? MANY_STEPS : FEW_STEPS))
            t = halfway(at->low, at->high);
        if (!(t > at->low && t < at->high)) return;
    }
}

/* True when one more for a unit that has k is worth at least t. */
static int worth_at_least(int32_t rounding, double w, int64_t k, double t)
{
    const double had = (double)k;

    switch (rounding) {
    case SIPAS_ROUNDING_WEBSTER: return w >= t * (had + 0.5);
    case SIPAS_ROUNDING_ADAMS: return w >= t * had;
    case SIPAS_ROUNDING_JEFFERSON: return w >= t * (had + 1.0);
    default: return w * w >= t * t * (had * (had + 1.0));
    }
}

/*
 * Gives the seats at the bracket's upper end and lists those in between, as many as there is room for. Returns how many
 * there are, and what is left of the total.
 */
static inline int64_t list_by(int32_t rounding, sipas__allocation *a, const bracket *at, sipas__seat *seats,
                              int64_t room, int64_t *rest)
{
    const double *const weight = a->seats.weight, inverse = 1.0 / at->high, low = at->low;
    const int64_t *const lower = a->bounds.lower, *const upper = a->bounds.upper, n_units = a->n_units,
                         total = a->total;
    int64_t *const n = a->n, n_seats = 0, given = 0;

    for (int64_t i = 0; i < n_units; i++) {
        const double w = weight[i];
        const int64_t most = w > 0.0 ? (upper[i] < total ? upper[i] : total) : lower[i];
        int64_t k = seats_within(rounding, w, inverse, lower[i], most);

        n[i] = k;
        given += k;
        for (; (k < most) & worth_at_least(rounding, w, k, low); k++) {
            if (n_seats < room) seats[n_seats] = (sipas__seat){sipas__seat_priority(&a->seats, i, k), k, i};
            n_seats++;
        }
    }
    *rest = total - given;
    return n_seats;
}

/* Hill, which Neyman allocation is, by name: the compiler then leaves the others out of the loop. */
static int64_t list_between(sipas__allocation *a, const bracket *at, sipas__seat *seats, int64_t room, int64_t *rest)
{
    return a->seats.rounding == SIPAS_ROUNDING_HILL ? list_by(SIPAS_ROUNDING_HILL, a, at, seats, room, rest)
                                                    : list_by(a->seats.rounding, a, at, seats, room, rest);
}

/* Picks among the seats in between. 1 = done, 0 = the bracket misses the total or is too tight to be sure, or there are more
 * seats than room: *n_seats then says how many. */
static int32_t give_between(sipas__allocation *a, const bracket *at, sipas__seat *seats, int64_t room, int64_t *n_seats)
{
    int64_t wanted = 0;
    double worst = INFINITY;

    *n_seats = list_between(a, at, seats, room, &wanted);
    if (*n_seats > room || wanted < 1 || wanted > *n_seats) return 0;
    sipas__seat_pick(&a->seats, seats, *n_seats, wanted, sipas__seat_before);
    for (int64_t i = 0; i < wanted; i++) {
        a->n[seats[i].unit]++;
        if (seats[i].priority < worst) worst = seats[i].priority;
    }
    return worst < at->high * (1.0 - CLEAR) && worst > at->low * (1.0 + CLEAR);
}

/* Seats to be listed on either side of where the total should be. */
static double margin_of(const sipas__allocation *a)
{
    return 64.0 + 4.0 * sqrt((double)a->n_units);
}

/* Seats at 1 / inverse less the continuous parts, over one run of units in every `stride`. */
static double sample_excess(const sipas__allocation *a, int64_t stride, double inverse)
{
    double more = 0.0;

    for (int64_t run = 0; run < a->n_units; run += stride * SIPAS__RUN) {
        const int64_t end = a->n_units - run < SIPAS__RUN ? a->n_units : run + SIPAS__RUN;

        for (int64_t i = run; i < end; i++) more += (double)seats_of(a, i, inverse) - a->continuous[i];
    }
    return more;
}

/*
 * A bracket guessed from one run of units in 16: by how much more seats there are at t = 1 / s than the continuous
 * parts say. False when few units are free, so that t says little.
 */
static int guess_bracket(const sipas__allocation *a, bracket *at)
{
    const int64_t stride = a->n_units >= 16384 ? 16 : 1;
    const double scale = (double)a->n_units / (double)sipas__allocate_sampled(a, stride);
    double t, slope = a->multiplier * a->free_weight, width = margin_of(a) / slope;

    if (!(width < 0.25)) return 0;
    t = 1.0 / a->multiplier;
    for (int32_t step = 0; step < GUESSES; step++) {
        t *= 1.0 + sample_excess(a, stride, 1.0 / t) * scale / slope;
    }
    at->low = t * (1.0 - width);
    at->high = t * (1.0 + width);
    return t > 0.0;
}

/* Room for the seats there are, no more; NULL when there is no memory. */
static sipas__seat *make_room(const sipas__allocation *a, sipas__seat *seats, int64_t *room, int64_t n_seats)
{
    if (n_seats <= *room) return seats;
    sipas__free(a->ctx, seats);
    *room = n_seats;
    return sipas__alloc(a->ctx, n_seats, sizeof *seats);
}

sipas_status sipas__allocate_divisor(sipas__allocation *a, sipas_error *err)
{
    const bracket none = {0.0, INFINITY, INT64_MAX / 8, 0};
    bracket at = none;
    int64_t room = 4 * (int64_t)margin_of(a), n_seats;
    double apart = 4.0 * CLEAR;
    sipas__seat *seats = sipas__alloc(a->ctx, room, sizeof *seats);
    int32_t done = seats && guess_bracket(a, &at) ? give_between(a, &at, seats, room, &n_seats) : 0;

    if (seats && !done) {
        at = none;
        find_bracket(a, &at);
    }
    for (int32_t widen = 1; seats && !done;) { /* by more than the closed form's error, which is enough */
        if (widen) {
            at.low *= 1.0 - apart;
            at.high *= 1.0 + apart;
            apart = apart < 0.0625 ? 8.0 * apart : 0.5;
        }
        done = give_between(a, &at, seats, room, &n_seats);
        widen = n_seats <= room; /* else the same again, with room for them */
        if (!done) seats = make_room(a, seats, &room, n_seats);
    }
    sipas__free(a->ctx, seats);
    return seats ? SIPAS_OK : sipas__error_memory(err);
}

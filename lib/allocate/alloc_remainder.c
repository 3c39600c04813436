/*
 * Largest remainder (Hamilton 1792, Hare-Niemeyer): each unit has the whole part of its continuous part, and
 * the largest remainders one more. That makes Σ (n - x)² least (Balinski and Young 2001, Fair Representation,
 * 2nd ed., app. A).
 *
 * Units at a bound have a whole part. Where the weights of the others are whole numbers, so are the
 * remainders of free_total w / Σ w as a division with remainder, and they are compared as such: quotient and
 * remainder of a product of two doubles are exact with fma (Dekker 1971, Numer. Math. 18:224). Elsewhere the
 * remainder is what doubles give.
 *
 * O(units) expected.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/allocate.h"

#include <math.h>

#include "base/context.h"

static const double WHOLE_MAX = 9007199254740992.0; /* 2^53 */

/* Largest remainder first; ties by code. */
static int remainder_before(const sipas__seats *s, const sipas__seat *left, const sipas__seat *right)
{
    if (left->priority != right->priority) return left->priority > right->priority;
    return sipas__seat_rank(s, left->unit) < sipas__seat_rank(s, right->unit);
}

static int is_free(const sipas__allocation *a, int64_t unit)
{
    double x = a->multiplier * a->seats.weight[unit];

    return x > (double)a->bounds.lower[unit] && x < (double)a->bounds.upper[unit];
}

/* Σ w of the free units as an exact whole number; 0 when it is none. Counts them. */
static double whole_sum(const sipas__allocation *a, int64_t *n_free)
{
    double sum = 0.0;
    int whole = 1;

    *n_free = 0;
    for (int64_t i = 0; i < a->n_units; i++) {
        if (!is_free(a, i)) continue;
        (*n_free)++;
        whole = whole && a->seats.weight[i] == floor(a->seats.weight[i]);
        sum += a->seats.weight[i];
    }
    return whole && sum <= WHOLE_MAX ? sum : 0.0;
}

/* free_total w = quotient sum + remainder, 0 ≤ remainder < sum; all whole and exact. */
static void divide(double free_total, double w, double sum, double *quotient, double *remainder)
{
    double product = free_total * w, lost = fma(free_total, w, -product), q = floor(product / sum), back, back_lost;

    for (;;) {
        back = q * sum;
        back_lost = fma(q, sum, -back);
        *remainder = (product - back) + (lost - back_lost);
        if (*remainder >= sum)
            q += 1.0;
        else if (*remainder < 0.0)
            q -= 1.0;
        else
            break;
    }
    *quotient = q;
}

/*
 * Gives each unit its whole part, and lists the remainders of the free ones. A part that passes a bound by
 * the width of a rounding is set to it. Returns what is left to give.
 */
static int64_t give_whole_parts(sipas__allocation *a, double sum, sipas__seat *seats, int64_t *n_seats)
{
    const double total = (double)a->free_total;
    int64_t rest = a->total;

    *n_seats = 0;
    for (int64_t i = 0; i < a->n_units; i++) {
        double quotient = floor(a->continuous[i]), remainder = a->continuous[i] - quotient;
        const int free_unit = is_free(a, i);

        if (free_unit && sum > 0.0) divide(total, a->seats.weight[i], sum, &quotient, &remainder);
        if (quotient < (double)a->bounds.lower[i]) quotient = (double)a->bounds.lower[i], remainder = 0.0;
        a->n[i] = quotient < (double)a->bounds.upper[i] ? (int64_t)quotient : a->bounds.upper[i];
        rest -= a->n[i];
        if (free_unit && a->n[i] < a->bounds.upper[i]) seats[(*n_seats)++] = (sipas__seat){remainder, a->n[i], i};
    }
    return rest;
}

/* One more (or one less) where n lies furthest below (above) its part: what roundings of the parts left to
 * give, if any. */
static void give_one(sipas__allocation *a, int64_t step)
{
    double furthest = -INFINITY;
    int64_t best = 0;

    for (int64_t i = 0; i < a->n_units; i++) {
        double away = (a->continuous[i] - (double)a->n[i]) * (double)step;

        if (away <= furthest || (step > 0 ? a->n[i] >= a->bounds.upper[i] : a->n[i] <= a->bounds.lower[i])) continue;
        furthest = away;
        best = i;
    }
    a->n[best] += step;
}

sipas_status sipas__allocate_remainder(sipas__allocation *a, sipas_error *err)
{
    int64_t n_seats, rest, picked;
    double sum = whole_sum(a, &n_seats);
    sipas__seat *seats = sipas__alloc(a->ctx, n_seats, sizeof *seats);

    if (!seats) return sipas__error_memory(err);
    rest = give_whole_parts(a, sum, seats, &n_seats);
    picked = rest < n_seats ? rest : n_seats;
    if (picked > 0) sipas__seat_pick(&a->seats, seats, n_seats, picked, remainder_before);
    for (int64_t i = 0; i < picked; i++) a->n[seats[i].unit]++;
    for (rest -= picked > 0 ? picked : 0; rest > 0; rest--) give_one(a, 1);
    for (; rest < 0; rest++) give_one(a, -1);
    sipas__free(a->ctx, seats);
    return SIPAS_OK;
}

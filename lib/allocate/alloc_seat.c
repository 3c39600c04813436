/*
 * Seats: one more for a unit that has k is worth w / d(k).
 *
 *   hill       d = √(k (k + 1))    Huntington 1928, Trans. AMS 30:85; for w = N S the exact Neyman optimum (Wright 2012):
 *                                  (w / d)² is what Σ w² / n falls by
 *   webster    d = k + ½
 *   adams      d = k
 *   jefferson  d = k + 1
 *
 * Which of two seats comes first is decided by doubles when they differ by more than their error, else by
 * whole-number arithmetic on squares: w² is a product of the values given, d² of k and its neighbours.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/seat.h"

#include <math.h>

/* Priorities carry at most six roundings of 2^-53. */
static const double CLOSE = 0x1p-48;

/* d(k)² as two whole numbers; for webster four times that. */
static void divisor_square(const sipas__seats *s, int64_t k, double square[2])
{
    const double had = (double)k;

    switch (s->rounding) {
    case SIPAS_ROUNDING_WEBSTER: square[0] = square[1] = 2.0 * had + 1.0; break;
    case SIPAS_ROUNDING_ADAMS: square[0] = square[1] = had; break;
    case SIPAS_ROUNDING_JEFFERSON: square[0] = square[1] = had + 1.0; break;
    default: square[0] = had, square[1] = had + 1.0; break;
    }
}

double sipas__seat_priority(const sipas__seats *s, int64_t unit, int64_t k)
{
    double square[2];

    divisor_square(s, k, square);
    if (s->rounding == SIPAS_ROUNDING_HILL) return s->weight[unit] / sqrt(square[0] * square[1]);
    return s->weight[unit] / (s->rounding == SIPAS_ROUNDING_WEBSTER ? 0.5 * square[0] : square[0]);
}

/* The same w and the same k: nearly all ties there are. */
static int alike(const sipas__seats *s, const sipas__seat *left, const sipas__seat *right)
{
    if (left->k != right->k) return 0;
    for (int32_t i = 0; i < s->n_square; i++)
        if (s->square[i][left->unit] != s->square[i][right->unit]) return 0;
    return !s->under || s->under[left->unit] == s->under[right->unit];
}

/* The square of one seat's worth times the other's divisors. Without divisors (k = 0, d = 0) the weights are
 * compared. */
static int32_t gather(const sipas__seats *s, const sipas__seat *own, const sipas__seat *other, double *factors)
{
    int32_t n = 0;

    for (int32_t i = 0; i < s->n_square; i++) factors[n++] = s->square[i][own->unit];
    if (s->under) factors[n++] = s->under[other->unit];
    if (!isinf(own->priority)) {
        divisor_square(s, other->k, factors + n);
        n += 2;
    }
    return n;
}

static int compare(const sipas__seats *s, const sipas__seat *left, const sipas__seat *right)
{
    double one[SIPAS__FACTORS], two[SIPAS__FACTORS];
    int32_t n_one, n_two;

    if (isinf(left->priority) != isinf(right->priority)) return isinf(left->priority) ? 1 : -1;
    if (fabs(left->priority - right->priority) > CLOSE * left->priority)
        return left->priority < right->priority ? -1 : 1;
    if (alike(s, left, right)) return 0;
    n_one = gather(s, left, right, one);
    n_two = gather(s, right, left, two);
    return sipas__product_compare(one, n_one, two, n_two);
}

int64_t sipas__seat_rank(const sipas__seats *s, int64_t unit)
{
    return s->rank ? s->rank[unit] : unit;
}

int sipas__seat_before(const sipas__seats *s, const sipas__seat *left, const sipas__seat *right)
{
    int order = compare(s, left, right);

    if (order != 0) return order > 0;
    if (left->unit != right->unit) return sipas__seat_rank(s, left->unit) < sipas__seat_rank(s, right->unit);
    return left->k < right->k;
}

static void swap(sipas__seat *left, sipas__seat *right)
{
    sipas__seat kept = *left;

    *left = *right;
    *right = kept;
}

/* The median of three seats, drawn with a fixed sequence of numbers. */
static sipas__seat choose_pivot(const sipas__seats *s, sipas__seat *seats, int64_t n, uint64_t *state,
                                sipas__seat_fn before)
{
    sipas__seat three[3];

    for (int32_t i = 0; i < 3; i++) {
        *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        three[i] = seats[(int64_t)((*state >> 33) % (uint64_t)n)];
    }
    if (before(s, &three[1], &three[0])) swap(&three[0], &three[1]);
    if (before(s, &three[2], &three[1])) swap(&three[1], &three[2]);
    return before(s, &three[1], &three[0]) ? three[0] : three[1];
}

void sipas__seat_pick(const sipas__seats *s, sipas__seat *seats, int64_t n, int64_t count, sipas__seat_fn before)
{
    int64_t low = 0, high = n; /* the boundary `count` lies within seats[low … high-1] */
    uint64_t state = 1;

    while (high - low > 1 && count > low && count < high) {
        sipas__seat pivot = choose_pivot(s, seats + low, high - low, &state, before);
        int64_t i = low, j = high - 1;

        while (i <= j) {
            while (before(s, &seats[i], &pivot)) i++;
            while (before(s, &pivot, &seats[j])) j--;
            if (i > j) break;
            swap(&seats[i++], &seats[j--]);
        }
        if (count <= j + 1)
            high = j + 1;
        else if (count >= i)
            low = i;
        else
            return;
    }
}

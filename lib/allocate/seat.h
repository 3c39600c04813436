/**
 * @file allocate/seat.h
 * Seats: one more for a unit that has k, worth w / d(k), and the exact order in which they are given.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ALLOCATE_SEAT_H
#define SIPAS_ALLOCATE_SEAT_H

#include <stdint.h>

#include <sipas/allocate.h>

/** What the worth of seats is made of. */
typedef struct sipas__seats {
    const double *weight;    /* w, rounded to a double; in the cells of `share` until these are written */
    const double *square[4]; /* w² exactly: the product of these … */
    int32_t n_square;
    int32_t rounding;    /* SIPAS_ROUNDING_, which says d(k); HILL where its divisors give the exact optimum */
    const double *under; /* … divided by this (NULL = 1) */
    int32_t *rank;       /* place of each unit's code, which settles ties; NULL = its row */
} sipas__seats;

/** One more for a unit that has k: what it is worth, w / d(k), rounded; for largest remainder, the remainder. */
typedef struct sipas__seat {
    double priority;
    int64_t k, unit;
} sipas__seat;

/** True when seat `left` is given before seat `right`. A total order. */
typedef int (*sipas__seat_fn)(const sipas__seats *s, const sipas__seat *left, const sipas__seat *right);

/** Place of a unit's code among all codes. */
int64_t sipas__seat_rank(const sipas__seats *s, int64_t unit);

/** w / d(k), rounded. Infinite where d(k) = 0. */
double sipas__seat_priority(const sipas__seats *s, int64_t unit, int64_t k);

/** By w / d(k), exactly; ties by code, then by k. */
int sipas__seat_before(const sipas__seats *s, const sipas__seat *left, const sipas__seat *right);

/** Puts the `count` first of n seats in front, in any order. O(n) expected. */
void sipas__seat_pick(const sipas__seats *s, sipas__seat *seats, int64_t n, int64_t count, sipas__seat_fn before);

/* ---- alloc_exact.c ---- */

/** Largest number of factors of sipas__product_compare(). */
enum { SIPAS__FACTORS = 7 };

/** < 0, 0 or > 0 as the product of the first list is less than, equal to or greater than that of the second; exact. All
 * factors are positive and finite. */
int sipas__product_compare(const double *left, int32_t n_left, const double *right, int32_t n_right);

#endif

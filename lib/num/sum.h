/**
 * @file num/sum.h
 * Compensated sums.
 *
 * s ← s + x with the rounding error of every addition collected in a second number and added at the end: the
 * error of the result is one rounding of the result, plus n²u² Σ|x|, instead of n u Σ|x| (u = 2^-53).
 * Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54 (1974), p. 39.
 *
 * The order of the additions decides the last bits, so a caller that wants the same bits for any number of
 * threads sums each segment in row order and merges the segments in their order.
 *
 * An infinite or NaN term gives what plain addition gives. O(1) a term, no memory.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_NUM_SUM_H
#define SIPAS_NUM_SUM_H

#include <math.h>
#include <stdint.h>

/** A running sum; all zero is the empty sum. */
typedef struct sipas__sum {
    double total; /**< the sum as plain addition has it */
    double carry; /**< what rounding took away from it */
} sipas__sum;

/** Adds one term. */
static inline void sipas__sum_add(sipas__sum *sum, double term)
{
    double total = sum->total + term;

    if (fabs(sum->total) >= fabs(term))
        sum->carry += (sum->total - total) + term;
    else
        sum->carry += (term - total) + sum->total;
    sum->total = total;
}

/** Adds all that another sum holds. */
static inline void sipas__sum_merge(sipas__sum *sum, const sipas__sum *other)
{
    sipas__sum_add(sum, other->total);
    sum->carry += other->carry;
}

/** The sum so far. */
static inline double sipas__sum_value(const sipas__sum *sum)
{
    return isfinite(sum->total) ? sum->total + sum->carry : sum->total;
}

/** Sum of `n` numbers in their order; 0 when there are none. */
double sipas__sum_array(const double *terms, int64_t n);

#endif

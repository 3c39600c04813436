/**
 * @file num/finite.h
 * Whether numbers are all finite, or all positive and finite, in loops that compilers vectorize.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_NUM_FINITE_H
#define SIPAS_NUM_FINITE_H

#include <stdint.h>
#include <string.h>

/** 1 when none of n numbers is NaN or infinite: an exponent of ones, and only it, carries into the sign. */
static inline int sipas__all_finite(const double *values, int64_t n)
{
    const uint64_t exponent = UINT64_C(0x7FF0000000000000), one = UINT64_C(0x0010000000000000);
    uint64_t carry = 0;

    for (int64_t i = 0; i < n; i++) {
        uint64_t bits;

        memcpy(&bits, &values[i], sizeof bits);
        carry |= (bits & exponent) + one;
    }
    return (carry >> 63) == 0;
}

/** 1 when each of n numbers is positive and finite: of their bits less 1 neither these nor what brings infinity to the sign has it. */
static inline int sipas__all_positive(const double *values, int64_t n)
{
    const uint64_t infinity = UINT64_C(0x7FF0000000000000), sign = UINT64_C(1) << 63;
    uint64_t carry = 0;

    for (int64_t i = 0; i < n; i++) {
        uint64_t bits;

        memcpy(&bits, &values[i], sizeof bits);
        carry |= (bits - 1) | (bits - 1 + (sign - (infinity - 1)));
    }
    return (carry >> 63) == 0;
}

#endif

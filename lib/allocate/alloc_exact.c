/*
 * Exact comparison of two products of positive doubles.
 *
 * Each factor is m 2^e with a whole m < 2^53. The m are multiplied in 32-bit limbs, the e added; seven
 * factors take 371 bits. Products of different binary magnitude are told apart at once, others after a shift
 * that makes the e equal. Asked only where doubles are too close to call; about 100 ns.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/seat.h"

#include <math.h>
#include <string.h>

enum { LIMBS = 12, LIMB_BITS = 32 };

/* limb[0] is the least. */
typedef struct wide {
    uint32_t limb[LIMBS];
    int64_t exponent;
} wide;

static void multiply(wide *product, uint32_t factor)
{
    uint64_t carry = 0;

    for (int32_t i = 0; i < LIMBS; i++) {
        carry += (uint64_t)product->limb[i] * factor;
        product->limb[i] = (uint32_t)carry;
        carry >>= LIMB_BITS;
    }
}

static void add_shifted(wide *sum, const wide *term)
{
    uint64_t carry = 0;

    for (int32_t i = 1; i < LIMBS; i++) {
        carry += (uint64_t)sum->limb[i] + term->limb[i - 1];
        sum->limb[i] = (uint32_t)carry;
        carry >>= LIMB_BITS;
    }
}

static wide product_of(const double *factors, int32_t n)
{
    wide product = {{1}, 0};

    for (int32_t i = 0; i < n; i++) {
        const int usable = isfinite(factors[i]) && factors[i] > 0.0; /* not so only where a column has changed since */
        int exponent;
        uint64_t mantissa = (uint64_t)ldexp(frexp(usable ? factors[i] : 0.0, &exponent), 53);
        wide high = product;

        multiply(&product, (uint32_t)mantissa);
        multiply(&high, (uint32_t)(mantissa >> LIMB_BITS));
        add_shifted(&product, &high);
        product.exponent += exponent - 53;
    }
    return product;
}

/* Number of bits of the whole number. */
static int64_t bits_of(const wide *number)
{
    int32_t top = LIMBS - 1;
    int64_t bits;

    while (top > 0 && number->limb[top] == 0) top--;
    bits = (int64_t)top * LIMB_BITS;
    for (uint32_t rest = number->limb[top]; rest; rest >>= 1) bits++;
    return bits;
}

static void shift_left(wide *number, int64_t bits)
{
    for (; bits >= LIMB_BITS; bits -= LIMB_BITS) {
        memmove(number->limb + 1, number->limb, (LIMBS - 1) * sizeof number->limb[0]);
        number->limb[0] = 0;
    }
    multiply(number, UINT32_C(1) << bits);
}

int sipas__product_compare(const double *left, int32_t n_left, const double *right, int32_t n_right)
{
    wide one = product_of(left, n_left), two = product_of(right, n_right);
    int64_t top_one = bits_of(&one) + one.exponent, top_two = bits_of(&two) + two.exponent;

    if (top_one != top_two) return top_one < top_two ? -1 : 1;
    if (one.exponent > two.exponent)
        shift_left(&one, one.exponent - two.exponent);
    else
        shift_left(&two, two.exponent - one.exponent);
    for (int32_t i = LIMBS - 1; i >= 0; i--)
        if (one.limb[i] != two.limb[i]) return one.limb[i] < two.limb[i] ? -1 : 1;
    return 0;
}

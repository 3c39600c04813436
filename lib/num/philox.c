/*
 * Philox4x64-10: ten rounds of a bijection on four 64-bit words, keyed by two.
 *
 * One round with the keys k0, k1, where hi and lo are the halves of a 128-bit product:
 *
 *     (x0, x1, x2, x3)  ←  (hi(M1 x2) ^ x1 ^ k0,  lo(M1 x2),  hi(M0 x0) ^ x3 ^ k1,  lo(M0 x0))
 *
 * and k0 += W0, k1 += W1 (mod 2^64) between two rounds. W0 is the golden ratio, W1 is √3 - 1, both × 2^64.
 * Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11, section 3.3 and table 2;
 * constants as in Random123's philox.h and in numpy.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "num/philox.h"

#define PHILOX_M0 UINT64_C(0xD2E7470EE14C6C93)
#define PHILOX_M1 UINT64_C(0xCA5A826395121157)
#define PHILOX_W0 UINT64_C(0x9E3779B97F4A7C15)
#define PHILOX_W1 UINT64_C(0xBB67AE8584CAA73B)

enum { PHILOX_ROUNDS = 10 };

/* High half of the 128-bit product, from four products of 32-bit halves: C11 has no 128-bit integer. */
static uint64_t high_product(uint64_t a, uint64_t b)
{
    uint64_t a_low = a & 0xFFFFFFFF, a_high = a >> 32;
    uint64_t b_low = b & 0xFFFFFFFF, b_high = b >> 32;
    uint64_t cross = a_high * b_low + (a_low * b_low >> 32);
    uint64_t middle = a_low * b_high + (cross & 0xFFFFFFFF);

    return a_high * b_high + (cross >> 32) + (middle >> 32);
}

void sipas_rng_philox(const uint64_t counter[4], const uint64_t key[2], uint64_t out[4])
{
    uint64_t x0 = counter[0], x1 = counter[1], x2 = counter[2], x3 = counter[3];
    uint64_t k0 = key[0], k1 = key[1];

    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        uint64_t y0 = high_product(PHILOX_M1, x2) ^ x1 ^ k0;
        uint64_t y2 = high_product(PHILOX_M0, x0) ^ x3 ^ k1;

        x1 = PHILOX_M1 * x2;
        x3 = PHILOX_M0 * x0;
        x0 = y0;
        x2 = y2;
        k0 += PHILOX_W0;
        k1 += PHILOX_W1;
    }
    out[0] = x0;
    out[1] = x1;
    out[2] = x2;
    out[3] = x3;
}

double sipas_rng_uniform(uint64_t seed, uint64_t programme, uint64_t unit, uint64_t stream, uint64_t draw)
{
    const uint64_t key[2] = {seed, programme};
    const uint64_t counter[4] = {unit, stream, draw, 0};
    uint64_t bits[4];

    sipas_rng_philox(counter, key, bits);
    return sipas__rng_unit(bits[0]);
}

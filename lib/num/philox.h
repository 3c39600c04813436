/**
 * @file num/philox.h
 * From random bits to a number: the one rule, for callers that need more than one number of a block.
 *
 * sipas_rng_philox() and sipas_rng_uniform() themselves are public: sipas/rng.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_NUM_PHILOX_H
#define SIPAS_NUM_PHILOX_H

#include <sipas/rng.h>

/** (bits >> 11) · 2^-53: a multiple of 2^-53 in [0, 1), the same on every machine. */
static inline double sipas__rng_unit(uint64_t bits)
{
    return (double)(bits >> 11) * 0x1p-53;
}

#endif

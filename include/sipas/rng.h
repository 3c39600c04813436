/**
 * @file rng.h
 * Random numbers that anyone can check: counter-based, keyed by the unit.
 *
 * Generator: Philox4x64-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
 * SC'11, table 2), the one that numpy has as `numpy.random.Philox`.
 *
 * The six words of a draw:
 *
 * | word | holds |
 * |---|---|
 * | key[0] | the seed, as given by the caller |
 * | key[1] | the programme: a number that tells surveys apart which share a seed; 0 by default |
 * | counter[0] | hash of the unit's code path, sipas_code_hash(); 0 for numbers that belong to no unit |
 * | counter[1] | the stream: which stage and purpose; each selection method's page lists its streams |
 * | counter[2] | the draw: the how-manieth number of this unit or step |
 * | counter[3] | 0 |
 *
 * A number in [0, 1) is `(out[0] >> 11) * 2^-53`.
 *
 * numpy adds one to the counter *before* it makes the first block: to have this library's block for counter c,
 * give numpy the counter c - 1 (as a 256-bit number, least significant word first).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_RNG_H
#define SIPAS_RNG_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * One block of Philox4x64-10.
 *
 * @param counter four words
 * @param key two words
 * @param[out] out four words of random bits
 *
 * O(1). Safe from any thread. Since 0.1. Known answers: Random123's kat_vectors and numpy.
 * Threads: any. Golden: test_rng.
 */
SIPAS_API void sipas_rng_philox(const uint64_t counter[4], const uint64_t key[2], uint64_t out[4]);

/**
 * The number in [0, 1) of a unit: block (unit, stream, draw, 0) under key (seed, programme), first word, top 53 bits.
 *
 * O(1). Safe from any thread. Since 0.1.
 * Threads: any. Golden: test_rng.
 */
SIPAS_API double sipas_rng_uniform(uint64_t seed, uint64_t programme, uint64_t unit, uint64_t stream, uint64_t draw);

/**
 * Hash of a unit's code path: FNV-1a, 64 bits, over the UTF-8 bytes of the codes from the root down, one byte
 * 0x1F between two codes (offset basis 0xcbf29ce484222325, prime 0x100000001b3; Fowler, Noll, Vo).
 *
 * Codes are taken byte by byte: give them in Unicode NFC, as official code lists are. Integer codes are hashed as
 * their decimal text, so integer 1 and text "01" differ.
 *
 * @param path the codes, the root's first
 * @param depth how many
 * @param[out] out the hash
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT path, one of its codes or out is NULL, or depth < 1
 * @retval SIPAS_ERR_VALUE a code is empty, not UTF-8, or holds a control character; the message names it
 *
 * O(bytes). Safe from any thread. Since 0.1.
 * Threads: any. Golden: test_hash.
 */
SIPAS_API sipas_status sipas_code_hash(const char *const *path, int64_t depth, uint64_t *out, sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif

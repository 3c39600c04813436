/**
 * @file base/hash.h
 * Hash of unit codes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_BASE_HASH_H
#define SIPAS_BASE_HASH_H

#include <sipas/base.h>

/** Hash of an empty path: the FNV offset basis. */
#define SIPAS__HASH_ROOT UINT64_C(0xcbf29ce484222325)

/** FNV-1a of n more bytes. */
uint64_t sipas__hash_bytes(uint64_t hash, const char *bytes, size_t n);

/**
 * A number that nobody outside can know, for the places of keys in tables: from where a block of memory lies, which the system chooses
 * anew for every process. No result depends on it.
 */
uint64_t sipas__hash_salt(const void *block);

/** The place of a key among 2^32, given a salt: chosen keys do not meet unless the salt is known. */
static inline uint64_t sipas__hash_key(uint64_t key, uint64_t salt)
{
    uint64_t hash = key ^ salt; /* the finalizer of splitmix64: Steele, Lea and Flood 2014, fig. 14 */

    hash = (hash ^ (hash >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    hash = (hash ^ (hash >> 27)) * UINT64_C(0x94D049BB133111EB) + salt;
    hash = (hash ^ (hash >> 31)) * UINT64_C(0x9E3779B97F4A7C15);
    return hash >> 32;
}

/** Hash of a unit from its parent's hash (SIPAS__HASH_ROOT for a root) and its own code. */
uint64_t sipas__hash_child(uint64_t parent, const char *code);

/**
 * Bytes of the UTF-8 character at `text`, which ends in NUL; 0 when there is none (overlong forms and surrogates are not
 * characters).
 */
size_t sipas__utf8_length(const char *text);

/** What is wrong with a code, as the end of a sentence ("is empty"), or NULL when nothing is. */
const char *sipas__code_fault(const char *code);

#endif

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

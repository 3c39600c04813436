/**
 * @file data/joined.h
 * Codes joined into one name: "VN/01/001", "01:urban".
 *
 * In a joined name a `\`, `/` or `:` of a code has a `\` before it, so that different codes never have one name: ("1:2", "x")
 * is `1\:2:x`, ("1", "2:x") is `1:2\:x`. Codes without the three are as they are. A column in which some names are joined has
 * all its codes written this way. Hashes of code paths are of the codes themselves: see base/hash.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DATA_JOINED_H
#define SIPAS_DATA_JOINED_H

#include <stddef.h>

/** Bytes of a code in a joined name, without an end. O(bytes). */
size_t sipas__joined_bytes(const char *code);

/**
 * Appends to a name of `used` bytes: `separator` (0 = none), and `code` as above. Cut where it does not fit into `size` bytes, as
 * snprintf() does, but never between a `\` and what it stands before; always ended. Returns the bytes the whole would have.
 */
size_t sipas__joined_append(char *name, size_t size, size_t used, char separator, const char *code);

#endif

/**
 * @file base/sizes.h
 * The sizes that structs of options have had.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_BASE_SIZES_H
#define SIPAS_BASE_SIZES_H

#include <stddef.h>
#include <stdint.h>

/** Most sizes of one struct. */
enum { SIPAS__MOST_SIZES = 16 };

/** A struct, and its sizes ascending; 0 behind the last. */
typedef struct sipas__struct_sizes {
    const char *name;
    uint32_t size[SIPAS__MOST_SIZES];
} sipas__struct_sizes;

/** Every struct that begins with its size; the last has no name. */
extern const sipas__struct_sizes sipas__published_sizes[];

#endif

/**
 * @file allocate/bounds.h
 * Bounds of the units of an allocation, and their sums.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ALLOCATE_BOUNDS_H
#define SIPAS_ALLOCATE_BOUNDS_H

#include <stdint.h>

typedef struct sipas__bounds {
    int64_t *lower, *upper;       /* cells of the result; upper: SIPAS__NO_BOUND = none */
    int64_t sum_lower, sum_upper; /* sum_upper: SIPAS__NO_BOUND when a unit has none */
    int64_t wanting;              /* units of positive weight that may have none and may have one */
    int free_lower;               /* no lower bound was given: units that need one have it */
} sipas__bounds;

#endif

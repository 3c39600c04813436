/**
 * @file data/methods.h
 * What rooms beside each other know of the methods of allocation.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DATA_METHODS_H
#define SIPAS_DATA_METHODS_H

#include <sipas/allocate.h>

/** True for the methods whose whole numbers are an exact optimum, so that a rounding has no use. */
static inline int sipas__method_is_exact(int32_t method)
{
    return method == SIPAS_ALLOCATE_NEYMAN || method == SIPAS_ALLOCATE_COST || method == SIPAS_ALLOCATE_BANKIER;
}

#endif

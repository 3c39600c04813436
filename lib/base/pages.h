/**
 * @file base/pages.h
 * Memory of the system, for contexts without an allocator of the host.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_BASE_PAGES_H
#define SIPAS_BASE_PAGES_H

#include <stddef.h>

/** `bytes` > 0 bytes, all zero, to be given to free(); NULL when there are none. */
void *sipas__pages_take(size_t bytes);

#endif

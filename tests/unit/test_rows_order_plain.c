/*
 * The same as test_rows_order with the loops that processors without AVX2, and those that are not x86-64, have: what is included
 * here takes the place of the library's objects.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define SIPAS__PLAIN_PROCESSOR

#include "num/bytes.c"
#include "num/planes.c"

#include "test_rows_order.c"

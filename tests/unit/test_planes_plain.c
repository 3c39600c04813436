/*
 * The same as test_planes with the loops that processors without AVX2, and those that are not x86-64, have.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define SIPAS__PLAIN_PROCESSOR

#include "test_planes.c"

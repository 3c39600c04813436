/*
 * The same as test_bytes with the loops of processors that are not x86-64: plain C.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define SIPAS__PLAIN_PROCESSOR

#include "test_bytes.c"

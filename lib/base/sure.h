/**
 * @file base/sure.h
 * What cannot happen, said so: ALWAYS(x) and NEVER(x) in conditions that guard against faults of the library itself, such as a
 * misspelt name of a schema.
 *
 * In builds with SIPAS_ASSERT (those under sanitizers) a fault stops the program where it is seen. In all others the condition is
 * tested, so that the code behind it recovers: the host survives. With SIPAS_COVERAGE it is a constant, so that what no input can
 * reach is not counted.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_BASE_SURE_H
#define SIPAS_BASE_SURE_H

#if defined(SIPAS_COVERAGE)
#define ALWAYS(x) ((void)sizeof(x), 1)
#define NEVER(x) ((void)sizeof(x), 0)
#elif defined(SIPAS_ASSERT)
#define ALWAYS(x) ((x) ? 1 : (__builtin_trap(), 0))
#define NEVER(x) ((x) ? (__builtin_trap(), 1) : 0)
#else
#define ALWAYS(x) (x)
#define NEVER(x) (x)
#endif

#endif

/**
 * @file version.h
 * Version of the library and of its binary interface.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_VERSION_H
#define SIPAS_VERSION_H

#include <stdint.h>

/** Marks what the shared library exports. */
#if defined(__GNUC__) || defined(__clang__)
#define SIPAS_API __attribute__((visibility("default")))
#else
#define SIPAS_API
#endif

/** Major version. */
#define SIPAS_VERSION_MAJOR 0
/** Minor version. */
#define SIPAS_VERSION_MINOR 1
/** Patch version. */
#define SIPAS_VERSION_PATCH 0
/** Number of the binary interface: the N of `libsipas.so.N`. 0 until the first stable release. */
#define SIPAS_ABI_VERSION 0

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Version of the library that is linked at run time, as "major.minor.patch".
 *
 * @return a constant string; borrowed, never NULL. O(1). Safe from any thread. Since 0.1.
 *
 * Threads: any. Test: test_base.
 */
SIPAS_API const char *sipas_version(void);

/**
 * Number of the binary interface of the library that is linked at run time.
 *
 * @return the number; equal to #SIPAS_ABI_VERSION of the headers when the two fit. O(1). Since 0.1.
 *
 * Threads: any. Test: test_base.
 */
SIPAS_API int32_t sipas_abi_version(void);

#ifdef __cplusplus
}
#endif

#endif

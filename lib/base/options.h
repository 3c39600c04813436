/**
 * @file base/options.h
 * Loading of option structs that may be older or newer than this library.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_BASE_OPTIONS_H
#define SIPAS_BASE_OPTIONS_H

#include <sipas/base.h>

#include "base/enums.h"

/**
 * Copies the caller's options into `own`, which is `size` bytes long and starts with a uint32_t struct_size. NULL gives
 * all defaults (zeros). From an older caller the smaller struct is copied; from a newer one, bytes this library
 * does not know must be zero.
 *
 * SIPAS_ERR_OPTION: struct_size is one that the struct never had (base/sizes.h), or an unknown byte is set. `name` names the struct.
 */
sipas_status sipas__options_load(void *own, size_t size, const void *callers, const char *name, sipas_error *err);

/** SIPAS_ERR_OPTION unless low ≤ value ≤ high; `field` names the option. */
sipas_status sipas__options_check(const char *field, int32_t value, int32_t low, int32_t high, sipas_error *err);

/** SIPAS_ERR_OPTION unless the enumeration `which` (base/enums.h) has the value; `field` names the option. */
sipas_status sipas__options_enum(const char *field, int32_t value, int32_t which, sipas_error *err);

/** A confidence level: 0 stands for 0.95; SIPAS_ERR_OPTION outside (0, 1) or NaN. */
sipas_status sipas__options_level(double *level, sipas_error *err);

#endif

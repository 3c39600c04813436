/**
 * @file base/error.h
 * Filling the caller's error.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_BASE_ERROR_H
#define SIPAS_BASE_ERROR_H

#include <sipas/base.h>

#include "base/sure.h"
#include "base/text.h"

/** No row, or no column, is to blame. */
enum { SIPAS__NOWHERE = -1 };

/**
 * Fills `err` (when it is not NULL) and returns `status`, so that a caller can write `return sipas__error_set(…)`.
 * `name` may be NULL. The sentence is the format with its arguments; it is cut at a whole character.
 */
sipas_status sipas__error_set(sipas_error *err, sipas_status status, int64_t row, int64_t column, const char *name,
                              const char *format, ...) SIPAS__PRINTF(6, 7);

/** SIPAS_ERR_ARGUMENT: `what` is NULL, or whatever the sentence says. */
sipas_status sipas__error_argument(sipas_error *err, const char *name, const char *sentence);

/** SIPAS_ERR_MEMORY. */
sipas_status sipas__error_memory(sipas_error *err);

/** The status of a failure, which is never SIPAS_OK: compilers and checkers see that at the call. */
static inline sipas_status sipas__error_failed(sipas_status status)
{
    return NEVER(status >= 0) ? SIPAS_ERR_ARGUMENT : status;
}

#define sipas__error_set(err, ...) sipas__error_failed((sipas__error_set)(err, __VA_ARGS__))
#define sipas__error_argument(err, name, sentence) sipas__error_failed((sipas__error_argument)(err, name, sentence))
#define sipas__error_memory(err) sipas__error_failed((sipas__error_memory)(err))

#endif

/**
 * @file base/error.h
 * Filling the caller's error.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_BASE_ERROR_H
#define SIPAS_BASE_ERROR_H

#include <sipas/base.h>

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

/* The status is said again at the call, so that compilers and checkers see that it is never SIPAS_OK. */
#define sipas__error_set(err, status, ...) ((void)(sipas__error_set)(err, status, __VA_ARGS__), (status))
#define sipas__error_argument(err, name, sentence) \
    ((void)(sipas__error_argument)(err, name, sentence), (sipas_status)SIPAS_ERR_ARGUMENT)
#define sipas__error_memory(err) ((void)(sipas__error_memory)(err), (sipas_status)SIPAS_ERR_MEMORY)

#endif

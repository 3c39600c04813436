/**
 * @file refuse.h
 * Errors of the examples' own, in the struct that the library's errors come in: so a program reports all at one place.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef EXAMPLES_REFUSE_H
#define EXAMPLES_REFUSE_H

#include <sipas.h>

#ifdef __GNUC__
#define EXAMPLES_FORMAT __attribute__((format(printf, 3, 4)))
#else
#define EXAMPLES_FORMAT
#endif

/** Writes a sentence into `err` (which may be NULL), as printf would, and returns `status`. */
sipas_status refuse(sipas_error *err, sipas_status status, const char *format, ...) EXAMPLES_FORMAT;

#endif

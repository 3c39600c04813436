/**
 * @file refuse.h
 * Errors and notes of the examples' own. Errors come in the struct of the library's: so a program reports all at one place.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef EXAMPLES_REFUSE_H
#define EXAMPLES_REFUSE_H

#include <sipas.h>

#ifdef __GNUC__
#define EXAMPLES_FORMAT(at, first) __attribute__((format(printf, at, first)))
#else
#define EXAMPLES_FORMAT(at, first)
#endif

/** Writes a sentence into `err` (which may be NULL), as printf would, and returns `status`. The sentence is UTF-8, always. */
sipas_status refuse(sipas_error *err, sipas_status status, const char *format, ...) EXAMPLES_FORMAT(3, 4);

/** Tells on standard error what was done with a file and is no error: "note: …". */
void note(const char *format, ...) EXAMPLES_FORMAT(1, 2);

#endif

/**
 * @file base/text.h
 * Text for messages, metadata and notes: what snprintf() writes in the C locale, whatever the host's locale is.
 *
 * The only part of the library that turns numbers into text or back.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_BASE_TEXT_H
#define SIPAS_BASE_TEXT_H

#include <stdarg.h>
#include <stddef.h>

#if defined(__GNUC__) || defined(__clang__)
#define SIPAS__PRINTF(format_at, first_at) __attribute__((format(printf, format_at, first_at)))
#else
#define SIPAS__PRINTF(format_at, first_at)
#endif

/**
 * As snprintf(), with a point in every number. Of the conversions it knows d, u and x, with a width, filled with blanks or zeros,
 * and the lengths l, ll and, but for d, z; e, f and g with a precision, at most 100; s with a precision; c and %. A precision may be
 * an argument (*). Returns the length that the whole text has.
 */
int sipas__text_format(char *text, size_t size, const char *format, ...) SIPAS__PRINTF(3, 4);
int sipas__text_vformat(char *text, size_t size, const char *format, va_list arguments) SIPAS__PRINTF(3, 0);

/** The fewest of 15 to 17 digits that are this number and no other: 0.1, as it was given. */
const char *sipas__text_number(double value, char buffer[32]);

/**
 * Takes away what was left of a character at the end of a buffer of `size` bytes that a text filled.
 */
void sipas__text_cut(char *text, size_t size);

#endif

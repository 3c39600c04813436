/**
 * @file text.h
 * Text as Unicode has it, with libutf8proc: is it UTF-8, is it blank, are two texts the same.
 *
 * One character may be written in several ways: ề is one code point, or e with two marks. NFC is the form in which it is as
 * short as it can be; two texts that a reader takes for the same are the same bytes in it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef EXAMPLES_TEXT_H
#define EXAMPLES_TEXT_H

#include <stddef.h>

/** Offset of the first byte of `n` that begins no character of UTF-8; n where all is UTF-8. */
size_t text_first_bad(const char *bytes, size_t n);

/** Puts a question mark for each byte that is no part of a character, in place: what is printed is UTF-8. Returns `text`. */
char *text_clean(char *text);

/** 1 when nothing but white space (Unicode's) stands there, or nothing at all. */
int text_is_blank(const char *text);

/** Where the text begins behind leading white space; *length: how long it is without trailing white space. */
const char *text_trim(const char *text, size_t *length);

/** A copy in NFC, to be freed; NULL when there is no memory. The text must be UTF-8. */
char *text_nfc(const char *text);

/** As text_fold(), and without characters that cannot be seen: what two texts that look the same have in common. */
char *text_look(const char *text);

/** A copy in NFC without white space around it and without differences of case, to be freed; NULL when there is no memory. */
char *text_fold(const char *text);

/** The last part of a text, of at most `most` bytes, from the beginning of a character on. */
const char *text_end(const char *text, size_t most);

/** A copy, to be freed; NULL when there is no memory. */
char *text_copy(const char *text, size_t length);

#endif

/**
 * @file number.h
 * Numbers as they stand in a cell: a plain decimal with sign, fraction and exponent, white space around it allowed.
 *
 * What a spreadsheet may show besides is not read but refused: thousands separators, inf, hexadecimals, per cents, digits of other
 * scripts. The locale of the machine never matters.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef EXAMPLES_NUMBER_H
#define EXAMPLES_NUMBER_H

#include <stdint.h>

/** Reads a number whose decimals stand behind `point`, '.' or ','; 1 when that is all the text holds. */
int number_read(const char *text, char point, double *out);

/** Why number_read() read nothing, and what to do, as the end of a sentence: ": …", or "" where there is nothing to add. */
const char *number_hint(const char *text, char point);

/** -1, 0 or 1: `a` before, at or after `b`, both of which number_read() reads. Whole numbers exactly, whatever their length. */
int number_compare(const char *a, const char *b, char point);

/** 1 when the text is a whole number as a computer writes it (no blanks, no +, no zero before it) that *out can hold. */
int number_is_code(const char *text, int64_t *out);

/** 1 when the text says that a number is missing: NA, NaN or nan. */
int number_is_missing(const char *text);

#endif

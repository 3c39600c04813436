/*
 * Preloaded into a test program, it gives its host a locale that writes 0,5: what the library says and computes must not change.
 * The tests themselves read what it says with strtod(), which here takes a point as well as a comma.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

static locale_t comma, point;

__attribute__((constructor)) static void take_locale(void)
{
    comma = newlocale(LC_ALL_MASK, "comma", (locale_t)0);
    point = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (comma && point && setlocale(LC_ALL, "comma") && *localeconv()->decimal_point == ',') return;
    (void)fprintf(stderr, "the locale with a decimal comma is not there\n");
    exit(EXIT_FAILURE);
}

double strtod(const char *text, char **end)
{
    char *stop;
    const double value = strtod_l(text, &stop, point);

    if (*stop == ',') return strtod_l(text, end, comma);
    if (end) *end = stop;
    return value;
}

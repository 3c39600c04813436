/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "number.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* The parts of a number in a text, none of which is copied. */
typedef struct decimal {
    const char *start, *end;      /* without the white space around it */
    const char *whole, *fraction; /* their first digits */
    size_t n_whole, n_fraction;   /* and how many there are */
    int is_negative, is_whole;    /* is_whole: neither point nor exponent */
} decimal;

static size_t count_digits(const char *text)
{
    return strspn(text, "0123456789");
}

/* Cuts a text into the parts of a number; 0 when it is none. */
static int cut(const char *text, char point, decimal *out)
{
    size_t length;
    const char *at = text_trim(text, &length);
    *out = (decimal){.start = at, .end = at + length};
    out->is_negative = *at == '-';
    if (*at == '-' || *at == '+') at++;
    out->whole = at;
    at += out->n_whole = count_digits(at);
    if (*at == point) {
        out->fraction = ++at;
        at += out->n_fraction = count_digits(at);
    }
    if (out->n_whole + out->n_fraction == 0) return 0;
    out->is_whole = at == out->end && !out->fraction;
    if (*at == 'e' || *at == 'E') {
        at++;
        if (*at == '-' || *at == '+') at++;
        const size_t digits = count_digits(at);
        if (digits == 0) return 0;
        at += digits;
    }
    return at == out->end;
}

/* strtod() knows the point only: programs that do not call setlocale() have the locale "C". */
static double value_of(const decimal *d, char point)
{
    if (point == '.' || !d->fraction) return strtod(d->start, NULL);
    char *copy = text_copy(d->start, (size_t)(d->end - d->start));
    if (!copy) return NAN;
    copy[d->fraction - 1 - d->start] = '.';
    const double value = strtod(copy, NULL);
    free(copy);
    return value;
}

int number_read(const char *text, char point, double *out)
{
    decimal d;
    if (!cut(text, point, &d)) return 0;
    const double value = value_of(&d, point);
    if (!isfinite(value)) return 0;
    *out = value;
    return 1;
}

/* 1 when a number would stand there were some characters of it taken away. */
static int reads_without(const char *text, const char *characters, char point)
{
    char *copy = text_copy(text, strlen(text)), *to = copy;
    decimal d;
    if (!copy) return 0;
    for (const char *at = text; *at; at++)
        if (!strchr(characters, *at)) *to++ = *at;
    *to = '\0';
    const int reads = cut(copy, point, &d);
    free(copy);
    return reads;
}

const char *number_hint(const char *text, char point)
{
    const char other = point == '.' ? ',' : '.';
    const char *first = strchr(text, other);
    decimal d;
    if (cut(text, point, &d)) return ": it is too large";
    if (cut(text, other, &d) && first)
        return point == '.' ? ": if its comma is a decimal comma, say --decimal ,"
                            : ": with --decimal , a point is no part of a number";
    if (reads_without(text, ",. '\xC2\xA0\xE2\x80\xAF", point)) return ": write numbers without thousands separators";
    if (reads_without(text, "%", point)) return ": write it without the sign";
    return "";
}

/* The digits of a whole number without the zeros before them. */
static size_t significant(const decimal *d, const char **digits)
{
    const size_t zeros = strspn(d->whole, "0");
    const size_t skipped = zeros < d->n_whole ? zeros : d->n_whole;
    *digits = d->whole + skipped;
    return d->n_whole - skipped;
}

/* Two whole numbers: sign, then length, then digits. */
static int compare_whole(const decimal *a, const decimal *b)
{
    const char *left, *right;
    const size_t n_left = significant(a, &left), n_right = significant(b, &right);
    const int sign_left = n_left == 0      ? 0
                          : a->is_negative ? -1
                                           : 1,
              sign_right = n_right == 0     ? 0
                           : b->is_negative ? -1
                                            : 1;
    if (sign_left != sign_right || sign_left == 0) return (sign_left > sign_right) - (sign_left < sign_right);
    const int order = n_left != n_right ? (n_left > n_right ? 1 : -1) : strncmp(left, right, n_left);
    return sign_left * ((order > 0) - (order < 0));
}

int number_compare(const char *a, const char *b, char point)
{
    decimal left, right;
    const int readable = cut(a, point, &left) && cut(b, point, &right);
    if (readable && left.is_whole && right.is_whole) return compare_whole(&left, &right);
    double x = NAN, y = NAN;
    (void)(number_read(a, point, &x) && number_read(b, point, &y));
    return (x > y) - (x < y);
}

int number_is_code(const char *text, int64_t *out)
{
    const char *digits = text + (*text == '-');
    const size_t n = count_digits(digits);
    if (n == 0 || digits[n] != '\0' || (digits[0] == '0' && (n > 1 || digits != text))) return 0;
    errno = 0;
    *out = strtoll(text, NULL, 10);
    return errno == 0;
}

int number_is_missing(const char *text)
{
    size_t length;
    const char *word = text_trim(text, &length);
    return (length == 2 && memcmp(word, "NA", 2) == 0) ||
           (length == 3 && (memcmp(word, "NaN", 3) == 0 || memcmp(word, "nan", 3) == 0));
}

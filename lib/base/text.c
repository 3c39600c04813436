/*
 * Formatting, one conversion at a time.
 *
 * A number is written by snprintf() under whatever locale the host has; all in it but digits, signs and letters is then the
 * locale's decimal point, of one byte or several, and becomes a point. (Digits are grouped, or of other scripts, on
 * request only.)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Most digits behind the point, and longest number: 309 digits before it. */
enum { MOST_DIGITS = 100, LONGEST_NUMBER = 512 };

/* Where the text goes. `length` is that of the whole text. */
typedef struct output {
    char *text;
    size_t size, length;
} output;

static void put(output *to, const char *from, size_t n)
{
    for (size_t i = 0; i < n; i++, to->length++)
        if (to->length + 1 < to->size) to->text[to->length] = from[i];
}

/* Puts a point in the place of the locale's. */
static void put_number(output *to, const char *number)
{
    static const char own[] = "0123456789+-aefin";

    while (*number) {
        const size_t plain = strspn(number, own), odd = strcspn(number + plain, own);

        put(to, number, plain);
        if (odd) put(to, ".", 1);
        number += plain + odd;
    }
}

/* One conversion, as in the format. */
typedef struct conversion {
    int zeros;     /* leading zeros up to the width */
    int width;     /* least number of characters of a whole number */
    int precision; /* -1 = none */
    char length;   /* 0, 'l', 'q' for ll, 'z' */
    char letter;
} conversion;

static void put_real(output *to, const conversion *c, double value)
{
    const int precision = c->precision < 0 ? 6 : c->precision < MOST_DIGITS ? c->precision : MOST_DIGITS;
    char number[LONGEST_NUMBER];

    if (c->letter == 'e')
        (void)snprintf(number, sizeof number, "%.*e", precision, value);
    else if (c->letter == 'f')
        (void)snprintf(number, sizeof number, "%.*f", precision, value);
    else
        (void)snprintf(number, sizeof number, "%.*g", precision, value);
    put_number(to, number);
}

static void put_whole(output *to, const conversion *c, va_list *arguments)
{
    char number[32];
    int n;

    if (c->letter == 'd') {
        const long long value = c->length == 'q'   ? va_arg(*arguments, long long)
                                : c->length == 'l' ? va_arg(*arguments, long)
                                                   : va_arg(*arguments, int);

        n = snprintf(number, sizeof number, "%lld", value);
    } else {
        const unsigned long long value = c->length == 'q'   ? va_arg(*arguments, unsigned long long)
                                         : c->length == 'l' ? va_arg(*arguments, unsigned long)
                                         : c->length == 'z' ? va_arg(*arguments, size_t)
                                                            : va_arg(*arguments, unsigned);

        n = snprintf(number, sizeof number, c->letter == 'u' ? "%llu" : "%llx", value);
    }
    for (int i = n; i < c->width; i++) put(to, c->zeros ? "0" : " ", 1);
    put(to, number, (size_t)n);
}

/* A text: its first `precision` bytes, where it has one. Width is not for texts. */
static void put_text(output *to, const conversion *c, const char *text)
{
    size_t n = 0;

    if (!text) text = "(null)";
    while (text[n] && (c->precision < 0 || n < (size_t)c->precision)) n++;
    put(to, text, n);
}

static int digits(const char **at)
{
    int value = 0;

    for (; **at >= '0' && **at <= '9'; (*at)++) value = value < 10000 ? 10 * value + (**at - '0') : value;
    return value;
}

/* Width, precision, length and letter from `at`, behind the %; returns what follows. */
static const char *read_conversion(const char *at, conversion *c, va_list *arguments)
{
    memset(c, 0, sizeof *c);
    c->precision = -1;
    c->zeros = *at == '0';
    c->width = digits(&at);
    if (*at == '.') {
        at++;
        c->precision = *at == '*' ? (at++, va_arg(*arguments, int)) : digits(&at);
    }
    if (at[0] == 'l' && at[1] == 'l')
        c->length = 'q', at += 2;
    else if (*at == 'l' || *at == 'z')
        c->length = *at++;
    c->letter = *at;
    return *at ? at + 1 : at;
}

int sipas__text_vformat(char *text, size_t size, const char *format, va_list arguments)
{
    output to = {text, size, 0};
    va_list own;

    va_copy(own, arguments);
    while (*format) {
        const size_t plain = strcspn(format, "%");
        conversion c;
        char letter;

        put(&to, format, plain);
        format += plain;
        if (!*format) break;
        format = read_conversion(format + 1, &c, &own);
        switch (c.letter) {
        case 'd':
        case 'u':
        case 'x': put_whole(&to, &c, &own); break;
        case 'e':
        case 'f':
        case 'g': put_real(&to, &c, va_arg(own, double)); break;
        case 's': put_text(&to, &c, va_arg(own, const char *)); break;
        case 'c':
            letter = (char)va_arg(own, int);
            put(&to, &letter, 1);
            break;
        default: put(&to, &c.letter, c.letter != '\0');
        }
    }
    va_end(own);
    if (size) text[to.length < size ? to.length : size - 1] = '\0';
    return (int)to.length;
}

int sipas__text_format(char *text, size_t size, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = sipas__text_vformat(text, size, format, arguments);
    va_end(arguments);
    return length;
}

/* Digits are written and read back under one locale, whichever it is. */
const char *sipas__text_number(double value, char buffer[32])
{
    int n = 15;

    for (; n < 17; n++) {
        (void)snprintf(buffer, 32, "%.*g", n, value);
        if (strtod(buffer, NULL) == value) break;
    }
    (void)sipas__text_format(buffer, 32, "%.*g", n, value);
    return buffer;
}

/* Bytes of the UTF-8 character that begins with `lead`. */
static size_t character_length(unsigned char lead)
{
    return lead < 0xC0u ? 1 : lead < 0xE0u ? 2 : lead < 0xF0u ? 3 : 4;
}

void sipas__text_cut(char *text, size_t size)
{
    const size_t length = strlen(text);
    size_t start = length;

    if (length == 0 || length + 1 < size) return;
    do {
        start--;
    } while (start > 0 && ((unsigned char)text[start] & 0xC0u) == 0x80u);
    if (length - start < character_length((unsigned char)text[start])) text[start] = '\0';
}

/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "text.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

/* The character at `text`, of at most n bytes; its length, or 0 where there is none. */
static size_t next_character(const char *text, size_t n, utf8proc_int32_t *character)
{
    const utf8proc_ssize_t length = utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)n, character);
    return length > 0 ? (size_t)length : 0;
}

size_t text_first_bad(const char *bytes, size_t n)
{
    utf8proc_int32_t character;
    size_t at = 0;
    while (at < n) {
        const size_t length = (unsigned char)bytes[at] < 0x80 ? 1 : next_character(bytes + at, n - at, &character);
        if (length == 0) return at;
        at += length;
    }
    return n;
}

char *text_clean(char *text)
{
    const size_t n = strlen(text);
    for (size_t at = text_first_bad(text, n); at < n; at += text_first_bad(text + at, n - at)) text[at] = '?';
    return text;
}

/* White space as Unicode's property has it, and the four separators of ASCII. */
static int is_space(utf8proc_int32_t c)
{
    return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

const char *text_trim(const char *text, size_t *length)
{
    const size_t n = strlen(text);
    size_t first = n, last = n;
    for (size_t at = 0; at < n;) {
        utf8proc_int32_t character = 0;
        size_t step = next_character(text + at, n - at, &character);
        if (step == 0) step = 1, character = 0xFFFD; /* no character */
        if (!is_space(character)) {
            if (first == n) first = at;
            last = at + step;
        }
        at += step;
    }
    *length = last - first;
    return text + first;
}

int text_is_blank(const char *text)
{
    size_t length;
    (void)text_trim(text, &length);
    return length == 0;
}

const char *text_end(const char *text, size_t most)
{
    const size_t n = strlen(text);
    const char *at = n > most ? text + (n - most) : text;
    while (((unsigned char)*at & 0xC0) == 0x80) at++;
    return at;
}

char *text_copy(const char *text, size_t length)
{
    char *copy = malloc(length + 1);
    if (!copy) return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

static char *map(const char *text, size_t length, utf8proc_option_t options)
{
    utf8proc_uint8_t *mapped = NULL;
    if (utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)length, &mapped, options) >= 0)
        return (char *)mapped;
    free(mapped);
    return NULL;
}

char *text_nfc(const char *text)
{
    const size_t n = strlen(text);
    size_t at = 0;
    while (at < n && (unsigned char)text[at] < 0x80) at++;
    return at == n ? text_copy(text, n) : map(text, n, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

/* Folding may leave marks in an order that is not NFC's: it is composed once more. */
static char *fold(const char *text, utf8proc_option_t more)
{
    size_t length;
    const char *start = text_trim(text, &length);
    char *folded = map(start, length, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | more);
    char *composed = folded ? text_nfc(folded) : NULL;
    free(folded);
    return composed;
}

char *text_fold(const char *text)
{
    return fold(text, 0);
}

/* Once without what cannot be seen, once more for the blanks that then stand at the ends. */
char *text_look(const char *text)
{
    char *seen = fold(text, UTF8PROC_IGNORE), *look = seen ? fold(seen, 0) : NULL;
    free(seen);
    return look;
}

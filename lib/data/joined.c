/*
 * Codes joined into one name.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/joined.h"

#include <string.h>

static int is_special(char byte)
{
    return byte == '\\' || byte == '/' || byte == ':';
}

size_t sipas__joined_bytes(const char *code)
{
    size_t bytes = 0;

    for (; *code; code++) bytes += 1 + (size_t)is_special(*code);
    return bytes;
}

size_t sipas__joined_append(char *name, size_t size, size_t used, char separator, const char *code)
{
    size_t end = used < size ? used : size - 1; /* where the name stops, when it has to be cut */
    int fits = used < size;

    if (separator) {
        fits = fits && used + 1 < size;
        if (fits) name[end++] = separator;
        used++;
    }
    for (; *code; code++) {
        const size_t bytes = 1 + (size_t)is_special(*code);

        fits = fits && used + bytes < size;
        if (fits && bytes == 2) name[end++] = '\\';
        if (fits) name[end++] = *code;
        used += bytes;
    }
    name[end] = '\0';
    return used;
}

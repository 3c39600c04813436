/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "refuse.h"

#include <stdarg.h>
#include <stdio.h>

#include "text.h"

/* A cell or an argument that is cut, or that is no UTF-8 to begin with, does not reach a terminal as it is. */
sipas_status refuse(sipas_error *err, sipas_status status, const char *format, ...)
{
    if (!err) return status;
    va_list args;
    *err = (sipas_error){.status = status, .column = -1, .row = -1};
    va_start(args, format);
    vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    text_clean(err->message);
    return status;
}

void note(const char *format, ...)
{
    char message[512];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    fprintf(stderr, "note: %s\n", text_clean(message));
}

/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "refuse.h"

#include <stdarg.h>
#include <stdio.h>

sipas_status refuse(sipas_error *err, sipas_status status, const char *format, ...)
{
    if (!err) return status;
    va_list args;
    *err = (sipas_error){.status = status, .column = -1, .row = -1};
    va_start(args, format);
    vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    return status;
}

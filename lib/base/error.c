/*
 * Status names, and the caller's error: where, which, and one sentence.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/error.h"

#include <stdarg.h>
#include <string.h>

sipas_status(sipas__error_set)(sipas_error *err, sipas_status status, int64_t row, int64_t column, const char *name,
                               const char *format, ...)
{
    va_list arguments;

    if (!err) return status;
    memset(err, 0, sizeof *err);
    err->status = status;
    err->row = row;
    err->column = (int32_t)column;
    (void)sipas__text_format(err->name, sizeof err->name, "%s", name ? name : "");
    sipas__text_cut(err->name, sizeof err->name);
    va_start(arguments, format);
    (void)sipas__text_vformat(err->message, sizeof err->message, format, arguments);
    va_end(arguments);
    sipas__text_cut(err->message, sizeof err->message);
    return status;
}

sipas_status(sipas__error_argument)(sipas_error *err, const char *name, const char *sentence)
{
    return sipas__error_set(err, SIPAS_ERR_ARGUMENT, SIPAS__NOWHERE, SIPAS__NOWHERE, name, "%s: %s", name, sentence);
}

sipas_status(sipas__error_memory)(sipas_error *err)
{
    return sipas__error_set(err, SIPAS_ERR_MEMORY, SIPAS__NOWHERE, SIPAS__NOWHERE, NULL, "out of memory");
}

const char *sipas_status_name(sipas_status status)
{
    switch (status) {
    case SIPAS_OK: return "ok";
    case SIPAS_ERR_ARGUMENT: return "argument";
    case SIPAS_ERR_OPTION: return "option";
    case SIPAS_ERR_MEMORY: return "memory";
    case SIPAS_ERR_CANCELLED: return "cancelled";
    case SIPAS_ERR_TYPE: return "type";
    case SIPAS_ERR_LENGTH: return "length";
    case SIPAS_ERR_MISSING: return "missing";
    case SIPAS_ERR_VALUE: return "value";
    case SIPAS_ERR_DUPLICATE: return "duplicate";
    case SIPAS_ERR_NOT_FOUND: return "not found";
    case SIPAS_ERR_TREE: return "tree";
    case SIPAS_ERR_INFEASIBLE: return "infeasible";
    case SIPAS_ERR_LONELY_PSU: return "lonely psu";
    case SIPAS_ERR_CONVERGENCE: return "convergence";
    case SIPAS_ERR_TOO_FEW: return "too few";
    case SIPAS_ERR_STREAM: return "stream";
    default: return "unknown status";
    }
}

/*
 * Formats of the Arrow C data interface that are read as columns.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "arrow/span.h"

static const struct {
    const char *format;
    sipas__arrow_type type;
} plain[] = {
    {"c", {.kind = SIPAS__ARROW_NUMBER, .width = 1, .cell = SIPAS_TYPE_I8, .n_buffers = 2, .is_index = 1}},
    {"C", {.kind = SIPAS__ARROW_NUMBER, .width = 1, .cell = SIPAS_TYPE_U8, .n_buffers = 2, .is_index = 1}},
    {"s", {.kind = SIPAS__ARROW_NUMBER, .width = 2, .cell = SIPAS_TYPE_I16, .n_buffers = 2, .is_index = 1}},
    {"S", {.kind = SIPAS__ARROW_NUMBER, .width = 2, .cell = SIPAS_TYPE_I32, .n_buffers = 2, .is_index = 1}},
    {"i", {.kind = SIPAS__ARROW_NUMBER, .width = 4, .cell = SIPAS_TYPE_I32, .n_buffers = 2, .is_index = 1}},
    {"I", {.kind = SIPAS__ARROW_NUMBER, .width = 4, .cell = SIPAS_TYPE_I64, .n_buffers = 2, .is_index = 1}},
    {"l", {.kind = SIPAS__ARROW_NUMBER, .width = 8, .cell = SIPAS_TYPE_I64, .n_buffers = 2, .is_index = 1}},
    {"L", {.kind = SIPAS__ARROW_NUMBER, .width = 8, .cell = SIPAS_TYPE_I64, .n_buffers = 2, .is_index = 1}},
    {"e", {.kind = SIPAS__ARROW_NUMBER, .width = 2, .cell = SIPAS_TYPE_F32, .n_buffers = 2}},
    {"f", {.kind = SIPAS__ARROW_NUMBER, .width = 4, .cell = SIPAS_TYPE_F32, .n_buffers = 2}},
    {"g", {.kind = SIPAS__ARROW_NUMBER, .width = 8, .cell = SIPAS_TYPE_F64, .n_buffers = 2}},
    {"b", {.kind = SIPAS__ARROW_BOOL, .cell = SIPAS_TYPE_BOOL, .n_buffers = 2}},
    {"n", {.kind = SIPAS__ARROW_NULL, .cell = SIPAS_TYPE_F64}},
    {"u", {.kind = SIPAS__ARROW_TEXT, .width = 4, .cell = SIPAS_TYPE_CODE, .n_buffers = 3}},
    {"U", {.kind = SIPAS__ARROW_TEXT, .width = 8, .cell = SIPAS_TYPE_CODE, .n_buffers = 3}},
    {"vu", {.kind = SIPAS__ARROW_TEXT_VIEW, .width = 16, .cell = SIPAS_TYPE_CODE, .n_buffers = 3}},
    {"tdD", {.kind = SIPAS__ARROW_TIME, .width = 4, .cell = SIPAS_TYPE_CODE, .n_buffers = 2}},
    {"tdm", {.kind = SIPAS__ARROW_TIME, .width = 8, .cell = SIPAS_TYPE_CODE, .n_buffers = 2, .ticks = 1000}},
    {"_pli128", {.kind = SIPAS__ARROW_DECIMAL, .width = 16, .cell = SIPAS_TYPE_I64, .n_buffers = 2}}, /* of polars */
    {"_plu128", {.kind = SIPAS__ARROW_DECIMAL, .width = 16, .cell = SIPAS_TYPE_I64, .n_buffers = 2, .is_unsigned = 1}},
};

/* A whole number that begins at *at, which moves behind it; 0 when there is none, or one beyond three digits. */
static int read_number(const char **at, int32_t *out)
{
    const int negative = **at == '-';
    const char *digit = *at + negative;
    int32_t value = 0, n = 0;

    for (; *digit >= '0' && *digit <= '9' && n < 4; digit++, n++) value = 10 * value + (*digit - '0');
    *at = digit;
    *out = negative ? -value : value;
    return n > 0 && n < 4;
}

/* "d:precision,scale" or "d:precision,scale,bits" */
static int decimal_of(const char *format, sipas__arrow_type *type)
{
    const char *at = format + 2;
    int32_t precision, scale, bits = 128;

    if (!read_number(&at, &precision) || *at++ != ',' || !read_number(&at, &scale)) return 0;
    if (*at == ',') {
        at++;
        if (!read_number(&at, &bits)) return 0;
    }
    if (*at || precision < 1 || precision > 76 || scale < -76 || scale > 76) return 0;
    if (bits != 32 && bits != 64 && bits != 128 && bits != 256) return 0;
    *type = (sipas__arrow_type){.kind = SIPAS__ARROW_DECIMAL, .width = bits / 8, .n_buffers = 2, .scale = scale};
    type->cell = scale > 0 ? SIPAS_TYPE_F64 : SIPAS_TYPE_I64;
    return 1;
}

/* "tsU:zone", U the unit */
static int timestamp_of(const char *format, sipas__arrow_type *type)
{
    static const struct {
        char unit;
        int64_t ticks;
    } units[] = {{'s', 1}, {'m', 1000}, {'u', 1000000}, {'n', 1000000000}};

    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (format[2] == units[i].unit && format[3] == ':') {
            *type = (sipas__arrow_type){.kind = SIPAS__ARROW_TIME, .width = 8, .cell = SIPAS_TYPE_CODE, .n_buffers = 2};
            type->ticks = units[i].ticks;
            type->zoned = format[4] != '\0';
            return 1;
        }
    return 0;
}

int sipas__arrow_type_of(const char *format, sipas__arrow_type *type)
{
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (strcmp(format, plain[i].format) == 0) {
            *type = plain[i].type;
            return 1;
        }
    if (strncmp(format, "d:", 2) == 0) return decimal_of(format, type);
    return strncmp(format, "ts", 2) == 0 && timestamp_of(format, type);
}

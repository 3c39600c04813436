/*
 * Spans as cells: numbers, flags and dictionaries here, texts, times and decimals in files of their own.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "arrow/cells.h"

#include <math.h>
#include <string.h>

#include "base/context.h"

int32_t sipas__arrow_cells_width(int32_t type)
{
    switch (type) {
    case SIPAS_TYPE_CODE: return (int32_t)sizeof(char *);
    case SIPAS_TYPE_F64:
    case SIPAS_TYPE_I64: return 8;
    case SIPAS_TYPE_F32:
    case SIPAS_TYPE_I32: return 4;
    case SIPAS_TYPE_I16: return 2;
    default: return 1;
    }
}

sipas_status sipas__arrow_cells_init(sipas__arrow_cells *cells, const sipas_ctx *ctx, int32_t type, int64_t n,
                                     sipas__arrow_texts *texts, sipas_error *err)
{
    memset(cells, 0, sizeof *cells);
    cells->ctx = ctx;
    cells->type = type;
    cells->width = sipas__arrow_cells_width(type);
    cells->n = n;
    cells->texts = texts;
    cells->data = sipas__alloc(ctx, n, (size_t)cells->width);
    if (type != SIPAS_TYPE_CODE) cells->validity = sipas__alloc(ctx, (n + 7) / 8, 1);
    if (cells->data && (cells->validity || type == SIPAS_TYPE_CODE)) return SIPAS_OK;
    sipas__arrow_cells_clear(cells);
    return sipas__error_memory(err);
}

void sipas__arrow_cells_clear(sipas__arrow_cells *cells)
{
    sipas__free(cells->ctx, cells->data);
    sipas__free(cells->ctx, cells->validity);
    memset(cells, 0, sizeof *cells);
}

void sipas__arrow_cells_mark(sipas__arrow_cells *cells, int64_t row)
{
    if (cells->validity) cells->validity[row / 8] |= (uint8_t)(1u << (row % 8));
}

static const char *element(const sipas__arrow_span *span, int64_t row)
{
    return (const char *)span->array->buffers[1] + (span->start + row) * span->type.width;
}

/* ---- numbers ---- */

/* IEEE 754 binary16: sign, 5 bits of exponent (bias 15), 10 of fraction. Every one is a float. */
static float half(uint16_t bits)
{
    const int exponent = bits >> 10 & 31;
    const float fraction = (float)(bits & 1023);
    float value;

    if (exponent == 31)
        value = bits & 1023 ? NAN : INFINITY;
    else
        value = exponent ? ldexpf(1024.0F + fraction, exponent - 25) : ldexpf(fraction, -24);
    return bits & 0x8000 ? -value : value;
}

static sipas_status too_large(int64_t row, const char *name, sipas_error *err)
{
    return sipas__error_set(err, SIPAS_ERR_VALUE, row, SIPAS__NOWHERE, name,
                            "row %lld: %s: a value of 2^63 or more, which no column holds", (long long)row, name);
}

/* An element, as the cell's type; 0 for a uint64 that is none. Formats: of the table in arrow_type.c. */
static int widen(char format, const char *from, char *to)
{
    uint64_t u64 = 0;
    uint32_t u32;
    uint16_t u16;
    int32_t i32;
    int64_t i64;
    float f32;

    switch (format) {
    case 'S':
        memcpy(&u16, from, sizeof u16);
        i32 = u16;
        memcpy(to, &i32, sizeof i32);
        return 1;
    case 'I':
        memcpy(&u32, from, sizeof u32);
        i64 = u32;
        memcpy(to, &i64, sizeof i64);
        return 1;
    case 'e':
        memcpy(&u16, from, sizeof u16);
        f32 = half(u16);
        memcpy(to, &f32, sizeof f32);
        return 1;
    default:
        memcpy(&u64, from, sizeof u64);
        memcpy(to, &u64, sizeof u64);
        return u64 <= INT64_MAX;
    }
}

static sipas_status read_numbers(const sipas__arrow_span *span, sipas__arrow_cells *cells, int64_t row,
                                 const char *name, sipas_error *err)
{
    const char format = span->schema->format[0];
    const int as_they_lie = !strchr("SIeL", format);

    if (as_they_lie && span->n > 0)
        memcpy(cells->data + row * cells->width, element(span, 0), (size_t)(span->n * cells->width));
    for (int64_t i = 0; i < span->n; i++) {
        if (!sipas__arrow_span_present(span, i)) continue;
        sipas__arrow_cells_mark(cells, row + i);
        if (as_they_lie) continue;
        if (!widen(format, element(span, i), cells->data + (row + i) * cells->width))
            return too_large(row + i, name, err);
    }
    return SIPAS_OK;
}

static void read_flags(const sipas__arrow_span *span, sipas__arrow_cells *cells, int64_t row)
{
    const uint8_t *bits = span->array->buffers[1];

    for (int64_t i = 0; i < span->n; i++) {
        const int64_t bit = span->start + i;

        if (!sipas__arrow_span_present(span, i)) continue;
        sipas__arrow_cells_mark(cells, row + i);
        cells->data[row + i] = (char)(bits[bit / 8] >> (bit % 8) & 1);
    }
}

/* ---- dictionaries ---- */

sipas_status sipas__arrow_span_values(const sipas__arrow_span *span, sipas__arrow_span *values, const char *name,
                                      sipas_error *err)
{
    sipas_status status = sipas__arrow_span_init(values, span->schema->dictionary, span->array->dictionary,
                                                 span->depth + 1, name, err);

    return status < 0 ? status : sipas__arrow_span_leaf(values, name, err);
}

/* A code of a dictionary; -1 for one that is negative or beyond int64. */
static int64_t code_at(const sipas__arrow_span *span, int64_t row)
{
    const char *at = element(span, row);
    int64_t code = 0;
    int32_t i32;
    uint32_t u32;
    int16_t i16;
    uint16_t u16;

    switch (span->schema->format[0]) {
    case 'c': return *(const signed char *)at;
    case 'C': return *(const unsigned char *)at;
    case 's': memcpy(&i16, at, sizeof i16); return i16;
    case 'S': memcpy(&u16, at, sizeof u16); return u16;
    case 'i': memcpy(&i32, at, sizeof i32); return i32;
    case 'I': memcpy(&u32, at, sizeof u32); return u32;
    default: memcpy(&code, at, sizeof code); return code < 0 ? -1 : code;
    }
}

static int is_marked(const sipas__arrow_cells *cells, int64_t row)
{
    return !cells->validity || cells->validity[row / 8] >> (row % 8) & 1;
}

static sipas_status gather(const sipas__arrow_span *span, const sipas__arrow_cells *values, sipas__arrow_cells *cells,
                           int64_t row, const char *name, sipas_error *err)
{
    for (int64_t i = 0; i < span->n; i++) {
        int64_t code;

        if (!sipas__arrow_span_present(span, i)) continue;
        code = code_at(span, i);
        if (code < 0 || code >= values->n)
            return sipas__error_set(err, SIPAS_ERR_VALUE, row + i, SIPAS__NOWHERE, name,
                                    "row %lld: %s: code %lld of a dictionary of %lld values", (long long)(row + i),
                                    name, (long long)code, (long long)values->n);
        if (!is_marked(values, code)) continue;
        sipas__arrow_cells_mark(cells, row + i);
        memcpy(cells->data + (row + i) * cells->width, values->data + code * cells->width, (size_t)cells->width);
    }
    return SIPAS_OK;
}

/* Adds the values of a dictionary to those before. */
static int keep_levels(const sipas__arrow_cells *values, sipas__arrow_levels *levels)
{
    void *data = levels->data;

    if (!sipas__grow(values->ctx, &data, &levels->capacity, levels->n + values->n + 1, (size_t)values->width)) return 0;
    levels->data = data;
    for (int64_t i = 0; i < values->n; i++) {
        const char *from = values->data + i * values->width;
        const char *text = "";

        if (values->type == SIPAS_TYPE_CODE) memcpy(&text, from, (size_t)values->width);
        if (!text || !is_marked(values, i)) continue;
        memcpy(levels->data + levels->n++ * values->width, from, (size_t)values->width);
    }
    return 1;
}

static sipas_status read_dictionary(const sipas__arrow_span *span, sipas__arrow_cells *cells, int64_t row,
                                    const char *name, sipas_error *err)
{
    sipas__arrow_span of_values;
    sipas__arrow_cells values = {0};
    sipas_status status = sipas__arrow_span_values(span, &of_values, name, err);

    if (status == SIPAS_OK)
        status = sipas__arrow_cells_init(&values, cells->ctx, cells->type, of_values.n, cells->texts, err);
    if (status == SIPAS_OK) status = sipas__arrow_span_read(&of_values, &values, 0, name, err);
    if (status == SIPAS_OK && cells->levels && !keep_levels(&values, cells->levels)) status = sipas__error_memory(err);
    if (status == SIPAS_OK) status = gather(span, &values, cells, row, name, err);
    sipas__arrow_cells_clear(&values);
    return status;
}

/* ---- all ---- */

sipas_status sipas__arrow_span_measure(const sipas__arrow_span *span, int64_t row, const char *name, int64_t *size,
                                       sipas_error *err)
{
    sipas__arrow_span values;
    sipas_status status;

    *size = 0;
    if (span->schema->dictionary) {
        status = sipas__arrow_span_values(span, &values, name, err);
        return status < 0 ? status : sipas__arrow_span_measure(&values, 0, name, size, err);
    }
    switch (span->type.kind) {
    case SIPAS__ARROW_TEXT:
    case SIPAS__ARROW_TEXT_VIEW: return sipas__arrow_text_measure(span, row, name, size, err);
    case SIPAS__ARROW_TIME: return sipas__arrow_time_measure(span, row, name, size, err);
    default: return SIPAS_OK;
    }
}

sipas_status sipas__arrow_span_read(const sipas__arrow_span *span, sipas__arrow_cells *cells, int64_t row,
                                    const char *name, sipas_error *err)
{
    if (span->schema->dictionary) return read_dictionary(span, cells, row, name, err);
    switch (span->type.kind) {
    case SIPAS__ARROW_NUMBER: return read_numbers(span, cells, row, name, err);
    case SIPAS__ARROW_BOOL: read_flags(span, cells, row); return SIPAS_OK;
    case SIPAS__ARROW_DECIMAL: return sipas__arrow_decimal_read(span, cells, row, name, err);
    case SIPAS__ARROW_TIME: return sipas__arrow_time_read(span, cells, row, name, err);
    case SIPAS__ARROW_TEXT:
    case SIPAS__ARROW_TEXT_VIEW: return sipas__arrow_text_read(span, cells, row, name, err);
    default: return SIPAS_OK; /* all missing */
    }
}

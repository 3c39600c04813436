/*
 * Checked reading of measures. The checks run over values just read, one comparison each; only where one fails is it
 * looked into.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/measure.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>

#include "base/context.h"
#include "base/text.h"
#include "data/column.h"

enum { LABEL = 192, CODE = 113, SENTENCE = 384, TILE = 1024 };

const char *sipas__unit_label(const sipas_column *code, int64_t row, char *label)
{
    char buffer[32], whole[CODE];
    const char *text = sipas__column_given(code) ? sipas__column_code_text(code, row, buffer) : NULL;

    (void)sipas__text_format(whole, sizeof whole, "%s", text ? text : "");
    sipas__text_cut(whole, sizeof whole);
    if (text)
        (void)sipas__text_format(label, LABEL, "unit %s (row %lld)", whole, (long long)row);
    else
        (void)sipas__text_format(label, LABEL, "row %lld", (long long)row);
    return label;
}

sipas_status sipas__unit_error(sipas_error *err, sipas_status status, const sipas_column *code, int64_t row,
                               const char *format, ...)
{
    char buffer[32], label[LABEL], sentence[SENTENCE];
    const char *text = sipas__column_given(code) ? sipas__column_code_text(code, row, buffer) : NULL;
    va_list arguments;

    va_start(arguments, format);
    (void)sipas__text_vformat(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    return sipas__error_set(err, status, row, SIPAS__NOWHERE, text, "%s: %s", sipas__unit_label(code, row, label),
                            sentence);
}

/* What is wrong with a value that did not pass. */
static sipas_status fault(double value, const char *name, const sipas_column *code, int64_t row, int32_t may,
                          sipas_error *err)
{
    if (isnan(value)) return sipas__unit_error(err, SIPAS_ERR_MISSING, code, row, "%s is missing or NaN", name);
    if (isinf(value)) return sipas__unit_error(err, SIPAS_ERR_VALUE, code, row, "%s is infinite", name);
    return sipas__unit_error(err, SIPAS_ERR_VALUE, code, row, "%s is %.17g; it must be %s 0", name, value,
                             may & SIPAS__MAY_BE_ZERO ? "at least" : "greater than");
}

/* The first value of rows from … to-1 that does not pass is an error. */
static sipas_status check(const double *values, int64_t from, int64_t to, const char *name, const sipas_column *code,
                          int32_t may, sipas_error *err)
{
    const double least = may & SIPAS__MAY_BE_ZERO ? 0.0 : DBL_TRUE_MIN,
                 most = may & SIPAS__MAY_BE_INFINITE ? INFINITY : DBL_MAX;

    for (int64_t i = from; i < to; i++)
        if (!(values[i] >= least && values[i] <= most)) return fault(values[i], name, code, i, may, err);
    return SIPAS_OK;
}

sipas_status sipas__measure_read(const sipas_column *column, int64_t n, const char *name, const sipas_column *code,
                                 int32_t may, double *out, sipas_error *err)
{
    sipas_status status = sipas__column_check(column, n, SIPAS__NUMBERS, name, err);

    for (int64_t row = 0; status == SIPAS_OK && row < n; row += TILE) {
        int64_t count = n - row < TILE ? n - row : TILE;

        sipas__column_read_f64(column, row, count, out + row);
        status = check(out, row, row + count, name, code, may, err);
    }
    return status;
}

sipas_status sipas__measure_view(const sipas_ctx *ctx, const sipas_column *column, int64_t n, const char *name,
                                 const sipas_column *code, int32_t may, double **owned, const double **view,
                                 sipas_error *err)
{
    sipas_status status = sipas__column_check(column, n, SIPAS__NUMBERS, name, err);

    if (status < 0) return status;
    if (column->type == SIPAS_TYPE_F64 && column->stride == (int64_t)sizeof **view && !column->validity &&
        (uintptr_t)column->data % sizeof **view == 0) {
        *view = column->data;
        return check(*view, 0, n, name, code, may, err);
    }
    *owned = sipas__alloc(ctx, n, sizeof **owned);
    if (!*owned) return sipas__error_memory(err);
    *view = *owned;
    return sipas__measure_read(column, n, name, code, may, *owned, err);
}

/* One cell of a column of whole numbers, looked into. */
static sipas_status read_one_whole(const sipas_column *column, int64_t row, const char *name, const sipas_column *code,
                                   int32_t may, int64_t *out, sipas_error *err)
{
    int state = sipas__column_whole(column, row, out);
    double value = sipas__column_f64(column, row);

    if (state == 1 && *out >= 0) return SIPAS_OK;
    if (state == -1 && value > 0.0 && isinf(value) && (may & SIPAS__MAY_BE_INFINITE)) {
        *out = SIPAS__NO_BOUND;
        return SIPAS_OK;
    }
    if (state == -1 && !isinf(value))
        return sipas__unit_error(err, SIPAS_ERR_VALUE, code, row, "%s is %.17g, not a whole number below 2^53", name,
                                 value);
    return fault(value, name, code, row, SIPAS__MAY_BE_ZERO, err);
}

sipas_status sipas__measure_whole_rows(const sipas_column *column, int64_t from, int64_t n, const char *name,
                                       const sipas_column *code, int32_t may, int64_t *out, sipas_error *err)
{
    int64_t least = 0;

    if (sipas__column_read_whole(column, from, n, out) < 0)
        for (int64_t i = 0; i < n; i++) least = out[i] < least ? out[i] : least;
    else
        least = -1;
    for (int64_t i = 0; least < 0 && i < n; i++) {
        sipas_status status = read_one_whole(column, from + i, name, code, may, &out[i], err);

        if (status < 0) return status;
    }
    return SIPAS_OK;
}

sipas_status sipas__measure_read_whole(const sipas_column *column, int64_t n, const char *name,
                                       const sipas_column *code, int32_t may, int64_t *out, sipas_error *err)
{
    sipas_status status = sipas__column_check(column, n, SIPAS__NUMBERS, name, err);

    for (int64_t row = 0; status == SIPAS_OK && row < n; row += TILE)
        status = sipas__measure_whole_rows(column, row, n - row < TILE ? n - row : TILE, name, code, may, out + row,
                                           err);
    return status;
}

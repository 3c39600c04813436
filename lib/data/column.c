/*
 * Columns: makers of views, checks, and typed reads. The tile readers have one loop per type, so that the inner
 * loops of the library see plain arrays.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/column.h"

#include <math.h>
#include <string.h>

#include "base/enums.h"
#include "base/error.h"

static const size_t type_size[] = {[SIPAS_TYPE_F64] = 8, [SIPAS_TYPE_F32] = 4,  [SIPAS_TYPE_I64] = 8,
                                   [SIPAS_TYPE_I32] = 4, [SIPAS_TYPE_I16] = 2,  [SIPAS_TYPE_I8] = 1,
                                   [SIPAS_TYPE_U8] = 1,  [SIPAS_TYPE_BOOL] = 1, [SIPAS_TYPE_CODE] = sizeof(char *)};
SIPAS__EVERY(type_size, TYPE);

static sipas_column view(const void *data, int64_t n, int32_t type)
{
    sipas_column column = {data, NULL, (int64_t)type_size[type], n, 0, type, 0};

    return column;
}

sipas_column sipas_column_f64(const double *data, int64_t n)
{
    return view(data, n, SIPAS_TYPE_F64);
}

sipas_column sipas_column_f32(const float *data, int64_t n)
{
    return view(data, n, SIPAS_TYPE_F32);
}

sipas_column sipas_column_i64(const int64_t *data, int64_t n)
{
    return view(data, n, SIPAS_TYPE_I64);
}

sipas_column sipas_column_i32(const int32_t *data, int64_t n)
{
    return view(data, n, SIPAS_TYPE_I32);
}

sipas_column sipas_column_i16(const int16_t *data, int64_t n)
{
    return view(data, n, SIPAS_TYPE_I16);
}

sipas_column sipas_column_i8(const int8_t *data, int64_t n)
{
    return view(data, n, SIPAS_TYPE_I8);
}

sipas_column sipas_column_u8(const uint8_t *data, int64_t n)
{
    return view(data, n, SIPAS_TYPE_U8);
}

sipas_column sipas_column_bool(const uint8_t *data, int64_t n)
{
    return view(data, n, SIPAS_TYPE_BOOL);
}

sipas_column sipas_column_code(const char *const *data, int64_t n)
{
    return view(data, n, SIPAS_TYPE_CODE);
}

int sipas__column_given(const sipas_column *column)
{
    return column && column->type != SIPAS_TYPE_NONE;
}

/* Most rows a column may have, far from where sums of rows and bytes overflow. */
#define MOST_ROWS (INT64_C(1) << 40)

/* Whether all cells lie in memory that can be: first and last are within what a pointer can say. */
static int reaches_too_far(const sipas_column *column)
{
    const uint64_t step = column->stride < 0 ? 0 - (uint64_t)column->stride : (uint64_t)column->stride;
    const uint64_t steps = column->n > 0 ? (uint64_t)column->n - 1 : 0, at = (uint64_t)(uintptr_t)column->data;
    uint64_t span;

    if (step && steps > (uint64_t)PTRDIFF_MAX / step) return 1;
    span = step * steps;
    return column->stride < 0 ? span > at : span > (uint64_t)UINTPTR_MAX - at - type_size[column->type];
}

/* What holds for a column of any length. */
static sipas_status check_view(const sipas_column *column, const char *name, sipas_error *err)
{
    if (column->reserved) return sipas__error_argument(err, name, "the column's reserved field is not 0");
    if (column->n > MOST_ROWS) return sipas__error_argument(err, name, "the column has more than 2^40 rows");
    if (column->offset < 0) return sipas__error_argument(err, name, "the column's offset is negative");
    if (column->offset > INT64_MAX - MOST_ROWS)
        return sipas__error_argument(err, name, "the column's offset is too large");
    if (column->n > 0 && !column->data) return sipas__error_argument(err, name, "the column's data is NULL");
    if (reaches_too_far(column)) return sipas__error_argument(err, name, "the column's stride leads out of memory");
    return SIPAS_OK;
}

sipas_status sipas__column_check(const sipas_column *column, int64_t n, int32_t kind, const char *name,
                                 sipas_error *err)
{
    sipas_status status;
    int fits;

    if (!sipas__column_given(column)) return sipas__error_argument(err, name, "no column is given");
    if (column->type == SIPAS_TYPE_NONE || !sipas__enum_has(SIPAS__ENUM_TYPE, column->type))
        return sipas__error_set(err, SIPAS_ERR_TYPE, SIPAS__NOWHERE, SIPAS__NOWHERE, name, "%s: %d is no column type",
                                name, (int)column->type);
    if (column->n != n)
        return sipas__error_set(err, SIPAS_ERR_LENGTH, SIPAS__NOWHERE, SIPAS__NOWHERE, name,
                                "%s: the column has %lld rows where %lld are wanted", name, (long long)column->n,
                                (long long)n);
    if ((status = check_view(column, name, err)) < 0) return status;
    switch (kind) {
    case SIPAS__NUMBERS: fits = column->type != SIPAS_TYPE_CODE; break;
    case SIPAS__TEXT: fits = column->type == SIPAS_TYPE_CODE; break;
    case SIPAS__FLAGS: fits = column->type >= SIPAS_TYPE_I64 && column->type <= SIPAS_TYPE_BOOL; break;
    default: fits = 1; break;
    }
    if (!fits)
        return sipas__error_set(err, SIPAS_ERR_TYPE, SIPAS__NOWHERE, SIPAS__NOWHERE, name, "%s: %s", name,
                                kind == SIPAS__TEXT      ? "a text column is wanted"
                                : kind == SIPAS__NUMBERS ? "a number column is wanted, not text"
                                                         : "a true-or-false or integer column is wanted");
    return SIPAS_OK;
}

int sipas__column_is_whole(const sipas_column *column)
{
    return column->type >= SIPAS_TYPE_I64 && column->type <= SIPAS_TYPE_BOOL && !column->validity;
}

static const void *cell(const sipas_column *column, int64_t row)
{
    return (const char *)column->data + row * column->stride;
}

static int bit_set(const sipas_column *column, int64_t row)
{
    int64_t bit = column->offset + row;

    return !column->validity || ((column->validity[bit >> 3] >> (bit & 7)) & 1);
}

/* A load that does not ask for alignment: arrays of packed structs are welcome. */
#define LOAD(type_name, from, into) \
    type_name into;                 \
    memcpy(&(into), (from), sizeof(into))

double sipas__column_f64(const sipas_column *column, int64_t row)
{
    double value;

    sipas__column_read_f64(column, row, 1, &value);
    return value;
}

const double *sipas__column_plain_f64(const sipas_column *column, int64_t row)
{
    if (column->type != SIPAS_TYPE_F64 || column->validity || column->stride != (int64_t)sizeof(double)) return NULL;
    if ((uintptr_t)column->data % _Alignof(double) != 0) return NULL;
    return (const double *)column->data + row;
}

const char *sipas__column_text(const sipas_column *column, int64_t row)
{
    const char *text;

    if (!bit_set(column, row)) return NULL;
    memcpy(&text, cell(column, row), sizeof text);
    return text;
}

int sipas__column_present(const sipas_column *column, int64_t row)
{
    if (column->type == SIPAS_TYPE_CODE) return sipas__column_text(column, row) != NULL;
    if (!bit_set(column, row)) return 0;
    return !isnan(sipas__column_f64(column, row));
}

int sipas__column_whole(const sipas_column *column, int64_t row, int64_t *out)
{
    if (!sipas__column_present(column, row)) return 0;
    return sipas__column_read_whole(column, row, 1, out) < 0 ? 1 : -1;
}

/* One loop for arrays, which compilers vectorize, and one for other strides. */
#define READ_LOOP(type_name, expression)                                 \
    if (column->stride == (int64_t)sizeof(type_name)) {                  \
        for (int64_t i = 0; i < n; i++) {                                \
            LOAD(type_name, at + i * (int64_t)sizeof(type_name), value); \
            out[i] = (expression);                                       \
        }                                                                \
    } else {                                                             \
        for (int64_t i = 0; i < n; i++, at += column->stride) {          \
            LOAD(type_name, at, value);                                  \
            out[i] = (expression);                                       \
        }                                                                \
    }                                                                    \
    break

void sipas__column_read_f64(const sipas_column *column, int64_t row, int64_t n, double *restrict out)
{
    const char *at = cell(column, row);

    switch (column->type) {
    case SIPAS_TYPE_F64: READ_LOOP(double, value);
    case SIPAS_TYPE_F32: READ_LOOP(float, (double)value);
    case SIPAS_TYPE_I64: READ_LOOP(int64_t, (double)value);
    case SIPAS_TYPE_I32: READ_LOOP(int32_t, (double)value);
    case SIPAS_TYPE_I16: READ_LOOP(int16_t, (double)value);
    case SIPAS_TYPE_I8: READ_LOOP(int8_t, (double)value);
    case SIPAS_TYPE_U8: READ_LOOP(uint8_t, (double)value);
    case SIPAS_TYPE_BOOL: READ_LOOP(uint8_t, value ? 1.0 : 0.0);
    default:
        for (int64_t i = 0; i < n; i++) out[i] = NAN;
        return;
    }
    if (column->validity)
        for (int64_t i = 0; i < n; i++)
            if (!bit_set(column, row + i)) out[i] = NAN;
}

/* A double that is a whole number, and no other one rounded: 2^53 may have been 2^53 + 1. */
static int is_whole(double value)
{
    return value > -9007199254740992.0 && value < 9007199254740992.0 && value == floor(value);
}

int64_t sipas__column_read_whole(const sipas_column *column, int64_t row, int64_t n, int64_t *restrict out)
{
    const char *at = cell(column, row);
    int64_t fault = -1;

    switch (column->type) {
    case SIPAS_TYPE_I64: READ_LOOP(int64_t, value);
    case SIPAS_TYPE_I32: READ_LOOP(int32_t, value);
    case SIPAS_TYPE_I16: READ_LOOP(int16_t, value);
    case SIPAS_TYPE_I8: READ_LOOP(int8_t, value);
    case SIPAS_TYPE_U8: READ_LOOP(uint8_t, value);
    case SIPAS_TYPE_BOOL: READ_LOOP(uint8_t, value ? 1 : 0);
    default:
        for (int64_t i = 0; i < n; i++, at += column->stride) {
            double value = NAN;

            if (column->type == SIPAS_TYPE_F64) {
                memcpy(&value, at, sizeof value);
            } else if (column->type == SIPAS_TYPE_F32) {
                LOAD(float, at, narrow);
                value = (double)narrow;
            }
            out[i] = 0;
            if (is_whole(value))
                out[i] = (int64_t)value;
            else if (fault < 0)
                fault = row + i;
        }
    }
    if (column->validity)
        for (int64_t i = 0; i < n; i++)
            if (!bit_set(column, row + i)) return fault >= 0 && fault < row + i ? fault : row + i;
    return fault;
}

#define RANGE(type_name)                                   \
    {                                                      \
        type_name least, most;                             \
                                                           \
        memcpy(&least, at, sizeof least);                  \
        most = least;                                      \
        for (int64_t i = 0; i < n; i++) {                  \
            type_name value;                               \
                                                           \
            memcpy(&value, at + i * stride, sizeof value); \
            least = value < least ? value : least;         \
            most = value > most ? value : most;            \
        }                                                  \
        *low = (int64_t)least;                             \
        *high = (int64_t)most;                             \
        return;                                            \
    }

/* One loop for arrays, which compilers vectorize, and one for other strides. */
#define RANGE_OF(type_name)                             \
    if (column->stride == (int64_t)sizeof(type_name)) { \
        const int64_t stride = sizeof(type_name);       \
        RANGE(type_name)                                \
    } else {                                            \
        const int64_t stride = column->stride;          \
        RANGE(type_name)                                \
    }

void sipas__column_range(const sipas_column *column, int64_t row, int64_t n, int64_t *low, int64_t *high)
{
    const char *at = cell(column, row);

    switch (column->type) {
    case SIPAS_TYPE_I64: RANGE_OF(int64_t)
    case SIPAS_TYPE_I32: RANGE_OF(int32_t)
    case SIPAS_TYPE_I16: RANGE_OF(int16_t)
    case SIPAS_TYPE_I8: RANGE_OF(int8_t)
    case SIPAS_TYPE_U8: RANGE_OF(uint8_t)
    default: *low = 0, *high = 1; /* bool */
    }
}

const char *sipas__column_code_text(const sipas_column *column, int64_t row, char *buffer)
{
    int64_t whole;

    if (column->type == SIPAS_TYPE_CODE) return sipas__column_text(column, row);
    if (sipas__column_whole(column, row, &whole) != 1) return NULL;
    (void)sipas__text_format(buffer, 32, "%lld", (long long)whole);
    return buffer;
}

const char *sipas__column_code_again(const sipas_column *column, int64_t row, char *buffer)
{
    const char *text = sipas__column_code_text(column, row, buffer);

    return text ? text : "";
}

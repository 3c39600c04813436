/*
 * Decimals of Arrow: whole numbers of up to 256 bits times a power of ten.
 *
 * Without decimal places they are int64, or an error. With places they are the nearest double, which must tell the number from its
 * neighbours, so that writing it with as many digits gives it back: that holds for every decimal of up to 15 digits, and for whole
 * numbers up to 2^53. Digit times 10^-places with both below 2^53 and 10^22 are exact doubles, and one division rounds correctly
 * (Clinger, How to read floating point numbers accurately, 1990).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "arrow/cells.h"

enum { LIMBS = 8, MOST_PLACES = 22 };

/* Digits without sign, in limbs of 32 bits, the least first. */
typedef struct digits {
    uint32_t limb[LIMBS];
    int negative;
} digits;

static digits digits_at(const sipas__arrow_span *span, int64_t row)
{
    const int32_t width = span->type.width;
    const char *at = (const char *)span->array->buffers[1] + (span->start + row) * width;
    digits d = {{0}, 0};
    uint64_t carry = 1;

    memcpy(d.limb, at, (size_t)width);
    d.negative = !span->type.is_unsigned && d.limb[width / 4 - 1] >> 31;
    for (int32_t i = 0; d.negative && i < width / 4; i++) { /* the two's complement, back */
        carry += (uint32_t)~d.limb[i];
        d.limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    return d;
}

/* Divides by ten; the remainder. */
static uint32_t divide(digits *d)
{
    uint64_t rest = 0;

    for (int i = LIMBS - 1; i >= 0; i--) {
        rest = rest << 32 | d->limb[i];
        d->limb[i] = (uint32_t)(rest / 10);
        rest %= 10;
    }
    return (uint32_t)rest;
}

/* The digits as one number; UINT64_MAX when they are more. */
static uint64_t low_part(const digits *d)
{
    for (int i = 2; i < LIMBS; i++)
        if (d->limb[i]) return UINT64_MAX;
    return (uint64_t)d->limb[1] << 32 | d->limb[0];
}

/* Takes zeros from the end of the places; how many places are left. */
static int32_t shorten(digits *d, int32_t places)
{
    while (places > 0) {
        digits shorter = *d;

        if (divide(&shorter)) break;
        *d = shorter;
        places--;
    }
    return places;
}

/* A number without places; 0 when int64 does not hold it. */
static int whole_of(const digits *d, int32_t zeros, int64_t *out)
{
    uint64_t value = low_part(d);
    const uint64_t most = (uint64_t)INT64_MAX + (d->negative ? 1 : 0);

    for (; value && zeros > 0; zeros--) {
        if (value > most / 10) return 0;
        value *= 10;
    }
    if (value > most) return 0;
    *out = d->negative ? -(int64_t)(value - (value > 0)) - (value > 0) : (int64_t)value;
    return 1;
}

/* A number with places; 0 when no double tells it from its neighbours. */
static int real_of(digits *d, int32_t places, double *out)
{
    double power = 1, value;
    uint64_t whole;

    places = shorten(d, places);
    whole = low_part(d);
    if (whole > (places > 0 ? UINT64_C(1000000000000000) : UINT64_C(1) << 53) || places > MOST_PLACES) return 0;
    for (int32_t i = 0; i < places; i++) power *= 10;
    value = (double)whole / power;
    *out = d->negative ? -value : value;
    return 1;
}

sipas_status sipas__arrow_decimal_read(const sipas__arrow_span *span, sipas__arrow_cells *cells, int64_t row,
                                       const char *name, sipas_error *err)
{
    for (int64_t i = 0; i < span->n; i++) {
        char *cell = cells->data + (row + i) * cells->width;
        digits d;
        int64_t whole = 0;
        double real = 0;

        if (!sipas__arrow_span_present(span, i)) continue;
        d = digits_at(span, i);
        if (span->type.scale <= 0 && !whole_of(&d, -span->type.scale, &whole))
            return sipas__error_set(err, SIPAS_ERR_VALUE, row + i, SIPAS__NOWHERE, name,
                                    "row %lld: %s: a whole number beyond 64 bits", (long long)(row + i), name);
        if (span->type.scale > 0 && !real_of(&d, span->type.scale, &real))
            return sipas__error_set(err, SIPAS_ERR_VALUE, row + i, SIPAS__NOWHERE, name,
                                    "row %lld: %s: a decimal of more digits than a double holds (15)",
                                    (long long)(row + i), name);
        sipas__arrow_cells_mark(cells, row + i);
        if (span->type.scale > 0)
            memcpy(cell, &real, sizeof real);
        else
            memcpy(cell, &whole, sizeof whole);
    }
    return SIPAS_OK;
}

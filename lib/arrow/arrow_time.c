/*
 * Dates and timestamps of Arrow as codes after ISO 8601, whose order as text is that of time. A date is the day number from
 * 1970-01-01 of the proleptic Gregorian calendar; years run from March, so that a leap day is the last of its year, in cycles of 400
 * years with 146097 days (Reingold and Dershowitz, Calendrical Calculations, ch. 2).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "arrow/cells.h"

enum { LONGEST = 32, DAYS_OF_400_YEARS = 146097, SECONDS_OF_DAY = 86400 };

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Writes a number with that many digits; behind it. */
static char *put(char *out, int64_t value, int n)
{
    for (int i = n; i-- > 0; value /= 10) out[i] = (char)('0' + value % 10);
    out[n] = '\0';
    return out + n;
}

/* Writes "2026-03-01"; 0 when the year does not have four digits. */
static int write_date(char *out, int64_t days)
{
    const int64_t from_march_0 = days + 719468; /* days from 0000-03-01 */
    const int64_t cycle = floor_div(from_march_0, DAYS_OF_400_YEARS);
    int64_t day = from_march_0 - cycle * DAYS_OF_400_YEARS, century, four, year, month;

    century = least(day / 36524, 3); /* the last of four centuries has the day of 29 February */
    day -= century * 36524;
    four = day / 1461;
    day -= four * 1461;
    year = least(day / 365, 3);
    day -= year * 365;
    month = (5 * day + 2) / 153; /* from March: 31 30 31 30 31, 31 30 31 30 31, 31 28 */
    day -= (153 * month + 2) / 5;
    year += 400 * cycle + 100 * century + 4 * four + (month >= 10);
    month = month < 10 ? month + 3 : month - 9;
    if (year < 0 || year > 9999) return 0;
    out = put(out, year, 4);
    *out++ = '-';
    out = put(out, month, 2);
    *out++ = '-';
    (void)put(out, day + 1, 2);
    return 1;
}

/* Writes "T07:30:00.5", the fraction without zeros at its end. */
static void write_time(char *out, int64_t second, int64_t part, int64_t ticks)
{
    const int64_t piece[3] = {second / 3600, second / 60 % 60, second % 60};

    for (int i = 0; i < 3; i++) {
        *out++ = i ? ':' : 'T';
        out = put(out, piece[i], 2);
    }
    if (part == 0) return;
    *out++ = '.';
    for (int64_t unit = ticks / 10; part > 0; unit /= 10) {
        out = put(out, part / unit, 1);
        part %= unit;
    }
}

/* Writes one element; 0 when its year does not have four digits. `out` holds LONGEST bytes. */
static int write_element(const sipas__arrow_type *type, int64_t value, char *out)
{
    int64_t seconds, days, part;

    if (type->ticks == 0) return write_date(out, value);
    seconds = floor_div(value, type->ticks);
    part = value - seconds * type->ticks;
    days = floor_div(seconds, SECONDS_OF_DAY);
    if (!write_date(out, days)) return 0;
    seconds -= days * SECONDS_OF_DAY;
    if (seconds || part || type->zoned) write_time(out + 10, seconds, part, type->ticks);
    if (type->zoned) memcpy(out + strlen(out), "Z", 2);
    return 1;
}

/* Runs of one value share their text, which keeps columns of dates small. */
static sipas_status walk(const sipas__arrow_span *span, sipas__arrow_cells *cells, int64_t row, const char *name,
                         int64_t *size, sipas_error *err)
{
    int64_t before = 0;
    char text[LONGEST] = "", *at = NULL;

    for (int64_t i = 0; i < span->n; i++) {
        int64_t value;

        if (!sipas__arrow_span_present(span, i)) continue;
        value = sipas__arrow_span_whole(span, i);
        if (!*text || value != before) {
            if (!write_element(&span->type, value, text))
                return sipas__error_set(err, SIPAS_ERR_VALUE, row + i, SIPAS__NOWHERE, name,
                                        "row %lld: %s: a date outside the years 0000 to 9999", (long long)(row + i),
                                        name);
            before = value;
            if (cells) {
                const int64_t length = (int64_t)strlen(text) + 1;

                if (length > cells->texts->size - cells->texts->used)
                    return sipas__error_set(err, SIPAS_ERR_VALUE, row + i, SIPAS__NOWHERE, name,
                                            "row %lld: %s: malformed Arrow: buffers that change", (long long)(row + i),
                                            name);
                at = memcpy(cells->texts->bytes + cells->texts->used, text, (size_t)length);
                cells->texts->used += length;
            }
            *size += (int64_t)strlen(text) + 1;
        }
        if (cells) memcpy(cells->data + (row + i) * cells->width, &at, sizeof at);
    }
    return SIPAS_OK;
}

sipas_status sipas__arrow_time_measure(const sipas__arrow_span *span, int64_t row, const char *name, int64_t *size,
                                       sipas_error *err)
{
    return walk(span, NULL, row, name, size, err);
}

sipas_status sipas__arrow_time_read(const sipas__arrow_span *span, sipas__arrow_cells *cells, int64_t row,
                                    const char *name, sipas_error *err)
{
    int64_t size = 0;

    return walk(span, cells, row, name, &size, err);
}

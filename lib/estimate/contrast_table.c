/*
 * Reading a table of estimates: what its rows are, and which of them belong together.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "data/column.h"
#include "data/schema.h"
#include "estimate/contrast.h"

sipas_status sipas__estimates_read(sipas__estimates *e, const sipas_table *table, const char *name, int with_cov,
                                   sipas_error *err)
{
    sipas_status status;

    memset(e, 0, sizeof *e);
    if (!table) return sipas__error_argument(err, name, "is NULL");
    e->table = table;
    e->n = sipas_table_count_rows(table);
    if ((status = sipas_table_find(table, "estimate", &e->n_keys, err)) < 0) return status;
    if ((status = sipas_table_get_f64(table, "estimate", &e->estimate, err)) < 0) return status;
    if ((status = sipas_table_get_f64(table, "se", &e->se, err)) < 0) return status;
    if ((status = sipas_table_get_f64(table, "df", &e->df, err)) < 0) return status;
    if (with_cov) return sipas_table_get_cov(table, &e->cov, err);
    return SIPAS_OK;
}

int sipas__estimates_is_by(const sipas__estimates *e, int64_t at)
{
    return strcmp(sipas_table_get_field(e->table, at)->meaning, SIPAS__BY_MEANING) == 0;
}

const char *sipas__estimates_text(const sipas__estimates *e, int64_t at, int64_t row, char buffer[32])
{
    sipas_column column;

    (void)sipas_table_get_column(e->table, at, &column, NULL);
    if (!sipas__column_present(&column, row)) return "";
    if (column.type == SIPAS_TYPE_CODE) return sipas__column_text(&column, row);
    if (column.type == SIPAS_TYPE_F64)
        (void)snprintf(buffer, 32, "%.17g", sipas__column_f64(&column, row));
    else
        return sipas__column_code_text(&column, row, buffer);
    return buffer;
}

int sipas__estimates_same_family(const sipas__estimates *e, int64_t a, int64_t b)
{
    char one[32], other[32];

    for (int64_t at = 0; at < e->n_keys; at++) {
        if (sipas__estimates_is_by(e, at)) continue;
        if (strcmp(sipas__estimates_text(e, at, a, one), sipas__estimates_text(e, at, b, other)) != 0) return 0;
    }
    return 1;
}

size_t sipas__estimates_label(const sipas__estimates *e, int64_t row, char *buffer, size_t size)
{
    size_t length = 0;

    if (size) buffer[0] = '\0';
    for (int64_t at = 0; at < e->n_keys; at++) {
        char number[32];
        const char *text = sipas__estimates_text(e, at, row, number);
        const size_t used = length < size ? length : size;

        if (!*text || !sipas__estimates_is_by(e, at)) continue;
        length += (size_t)snprintf(buffer + used, size - used, "%s%s=%s", length ? " " : "",
                                   sipas_table_get_field(e->table, at)->name, text);
    }
    if (length == 0) length = (size_t)snprintf(buffer, size, "the whole");
    return length;
}

int32_t sipas__estimates_add(const sipas__estimates *e, int64_t at, sipas_table *table)
{
    return sipas__table_add(table, sipas_table_get_field(e->table, at));
}

void sipas__estimates_copy(const sipas__estimates *e, int64_t at, int64_t row, sipas_table *table, int32_t column,
                           int64_t to)
{
    sipas_column from;
    int64_t value;

    (void)sipas_table_get_column(e->table, at, &from, NULL);
    if (!sipas__column_present(&from, row)) return;
    if (from.type == SIPAS_TYPE_CODE)
        sipas__table_set_code(table, column, to, sipas__column_text(&from, row));
    else if (from.type == SIPAS_TYPE_F64)
        sipas__table_set_f64(table, column, to, sipas__column_f64(&from, row));
    else if (sipas__column_whole(&from, row, &value) == 1)
        sipas__table_set_i64(table, column, to, value);
}

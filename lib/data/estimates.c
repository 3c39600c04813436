/*
 * Reading a table of estimates: what its rows are, and which of them belong together.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/estimates.h"

#include <string.h>

#include "base/text.h"
#include "data/column.h"

int32_t sipas__estimates_role(const sipas__estimates *e, int64_t at)
{
    return sipas_table_get_field(e->table, at)->role;
}

int64_t sipas__estimates_find(const sipas__estimates *e, int32_t role)
{
    for (int64_t at = e->n_columns; at-- > 0;)
        if (sipas__estimates_role(e, at) == role) return at;
    return -1;
}

/* The doubles of a role; NULL when there are none. */
static const double *cells(const sipas__estimates *e, int32_t role)
{
    const int64_t at = sipas__estimates_find(e, role);
    sipas_column column;

    if (at < 0) return NULL;
    (void)sipas_table_get_column(e->table, at, &column, NULL);
    return column.type == SIPAS_TYPE_F64 ? column.data : NULL;
}

/* Where rows without a code are a group: what a table of one level crosses. */
static void find_crossed(sipas__estimates *e)
{
    const char *rule;
    uint32_t bit = 1;

    if (sipas_table_find_meta(e->table, "missing_by", &rule, NULL) < 0 || strcmp(rule, "group") != 0) return;
    e->groups_missing = 1;
    for (int64_t at = 0; at < e->n_columns; at++) {
        if (!sipas__estimates_is_by(e, at)) continue;
        for (int64_t row = 0; row < e->n; row++)
            if (sipas__estimates_there(e, at, row)) e->crossed |= bit;
        bit <<= 1;
    }
}

sipas_status sipas__estimates_read(sipas__estimates *e, const sipas_table *table, const char *name, int with_cov,
                                   sipas_error *err)
{
    const char *absent = NULL;

    memset(e, 0, sizeof *e);
    if (!table) return sipas__error_argument(err, name, "is NULL");
    e->table = table;
    e->n = sipas_table_count_rows(table);
    e->n_columns = sipas_table_count_columns(table);
    e->estimate = cells(e, SIPAS_FIELD_VALUE);
    e->se = cells(e, SIPAS_FIELD_SE);
    e->lower = cells(e, SIPAS_FIELD_LOWER);
    e->upper = cells(e, SIPAS_FIELD_UPPER);
    e->df = cells(e, SIPAS_FIELD_DF);
    e->df_design = cells(e, SIPAS_FIELD_DF_DESIGN);
    if (!e->df) absent = "df";
    if (!e->se) absent = "se";
    if (!e->estimate) absent = "estimate";
    if (absent)
        return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, SIPAS__NOWHERE, SIPAS__NOWHERE, absent,
                                "this is no table of estimates: it has no column \"%s\" that fits", absent);
    find_crossed(e);
    return with_cov ? sipas_table_get_cov(table, &e->cov, err) : SIPAS_OK;
}

int sipas__estimates_is_by(const sipas__estimates *e, int64_t at)
{
    return sipas__estimates_role(e, at) == SIPAS_FIELD_BY;
}

static int is_of_figure(const sipas__estimates *e, int64_t at)
{
    const int32_t role = sipas__estimates_role(e, at);

    return role == SIPAS_FIELD_FIGURE || role == SIPAS_FIELD_KEY;
}

int sipas__estimates_is_key(const sipas__estimates *e, int64_t at)
{
    const int32_t role = sipas__estimates_role(e, at);

    return is_of_figure(e, at) || role == SIPAS_FIELD_LEVEL || role == SIPAS_FIELD_BY;
}

int sipas__estimates_there(const sipas__estimates *e, int64_t at, int64_t row)
{
    sipas_column column;

    (void)sipas_table_get_column(e->table, at, &column, NULL);
    return sipas__column_present(&column, row);
}

/* The `by` columns that the level of a row crosses, the first as bit 0: the label of a level is their names, joined by '*'. */
static uint32_t crossed_by(const sipas__estimates *e, int64_t row)
{
    const int64_t level = sipas__estimates_find(e, SIPAS_FIELD_LEVEL);
    char buffer[32];
    const char *rest = level < 0 ? "" : sipas__estimates_text(e, level, row, buffer);
    uint32_t mask = level < 0 && e->groups_missing ? e->crossed : 0, bit = 1;

    for (int64_t at = 0; at < e->n_columns; at++) {
        const char *name = sipas_table_get_field(e->table, at)->name;
        const size_t length = strlen(name);

        if (!sipas__estimates_is_by(e, at)) continue;
        if (sipas__estimates_there(e, at, row)) mask |= bit;
        if (e->groups_missing && strncmp(rest, name, length) == 0 && (rest[length] == '*' || !rest[length])) {
            mask |= bit;
            rest += length + (rest[length] == '*');
        }
        bit <<= 1;
    }
    return mask;
}

int sipas__estimates_count_by(const sipas__estimates *e, int64_t row, int64_t *last)
{
    uint32_t mask = crossed_by(e, row);
    int count = 0;

    for (int64_t at = 0; at < e->n_columns; at++) {
        if (!sipas__estimates_is_by(e, at)) continue;
        if (mask & 1u) *last = at;
        count += (int)(mask & 1u);
        mask >>= 1;
    }
    return count;
}

const char *sipas__estimates_text(const sipas__estimates *e, int64_t at, int64_t row, char buffer[32])
{
    sipas_column column;

    (void)sipas_table_get_column(e->table, at, &column, NULL);
    if (!sipas__column_present(&column, row)) return "";
    if (column.type == SIPAS_TYPE_CODE) return sipas__column_text(&column, row);
    if (column.type != SIPAS_TYPE_F64) return sipas__column_code_text(&column, row, buffer);
    return sipas__text_number(sipas__column_f64(&column, row), buffer);
}

static int same(const sipas__estimates *e, int64_t at, int64_t a, int64_t b)
{
    char one[32], other[32];

    if (sipas__estimates_there(e, at, a) != sipas__estimates_there(e, at, b)) return 0;
    return strcmp(sipas__estimates_text(e, at, a, one), sipas__estimates_text(e, at, b, other)) == 0;
}

int sipas__estimates_same_family(const sipas__estimates *e, int64_t a, int64_t b)
{
    for (int64_t at = 0; at < e->n_columns; at++)
        if (sipas__estimates_is_key(e, at) && !sipas__estimates_is_by(e, at) && !same(e, at, a, b)) return 0;
    return 1;
}

int sipas__estimates_same_figure(const sipas__estimates *e, int64_t a, int64_t b)
{
    for (int64_t at = 0; at < e->n_columns; at++)
        if (is_of_figure(e, at) && !same(e, at, a, b)) return 0;
    return 1;
}

size_t sipas__estimates_label(const sipas__estimates *e, int64_t row, char *buffer, size_t size)
{
    uint32_t mask = crossed_by(e, row);
    size_t length = 0;

    if (size) buffer[0] = '\0';
    for (int64_t at = 0; at < e->n_columns; at++) {
        const size_t used = length < size ? length : size;
        char number[32];
        int there, crossed;

        if (!sipas__estimates_is_by(e, at)) continue;
        crossed = (int)(mask & 1u);
        mask >>= 1;
        if (!crossed) continue;
        there = sipas__estimates_there(e, at, row);
        length += (size_t)sipas__text_format(buffer + used, size - used, "%s%s%s%s", length ? " " : "",
                                             sipas_table_get_field(e->table, at)->name, there ? "=" : " ",
                                             there ? sipas__estimates_text(e, at, row, number) : "missing");
    }
    if (length == 0) length = (size_t)sipas__text_format(buffer, size, "the whole");
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

/*
 * Names of the rows of a table, as R's coef() and vcov() have them. Where several codes stand in a name, a code has a stroke `\` before
 * its own `\`, `/` and `:`, as the library's joined names have (docs/dev/CONVENTIONS.md), and before a `.`, which stands between groups: so
 * that no two rows have one name.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimate.h"
#include "refuse.h"
#include "text.h"

static int is_missing(const sipas_column *c, int64_t row)
{
    const int64_t bit = c->offset + row;
    return c->validity && !(c->validity[bit / 8] >> (bit % 8) & 1);
}

/* Appends a code; `marks`: the characters that have a stroke before them. */
static void append_code(row_name *name, const char *separator, const char *code, const char *marks)
{
    size_t length = strlen(name->text);
    length += (size_t)snprintf(name->text + length, sizeof name->text - length, "%s", separator);
    for (; *code && length + 2 < sizeof name->text; code++) {
        if (strchr(marks, *code)) name->text[length++] = '\\';
        name->text[length++] = *code;
    }
    name->text[length < sizeof name->text ? length : sizeof name->text - 1] = '\0';
}

/* Appends the cell of a column, behind `separator` when something stands there; nothing where the cell is missing. */
static void append_cell(row_name *name, const char *separator, const sipas_column *c, int64_t row, const char *marks)
{
    const void *cell = (const char *)c->data + row * c->stride;
    const size_t length = strlen(name->text), room = sizeof name->text - length;
    if (is_missing(c, row)) return;
    if (!length) separator = "";
    if (c->type == SIPAS_TYPE_CODE)
        append_code(name, separator, *(const char *const *)cell, marks);
    else if (c->type == SIPAS_TYPE_I64)
        snprintf(name->text + length, room, "%s%lld", separator, (long long)*(const int64_t *)cell);
    else
        snprintf(name->text + length, room, "%s%g", separator, *(const double *)cell);
}

/* Appends a column, by name, to the names of all rows; a column that the table does not have adds nothing. */
static sipas_status append_column(row_name *names, const char *separator, const sipas_table *table, const char *column,
                                  const char *marks, sipas_error *err)
{
    int64_t position;
    sipas_column cells;
    if (sipas_table_find(table, column, &position, NULL) < 0) return SIPAS_OK;
    const sipas_status status = sipas_table_get_column(table, position, &cells, err);
    for (int64_t row = 0; row < sipas_table_count_rows(table) && status == 0; row++)
        append_cell(&names[row], separator, &cells, row, marks);
    return status;
}

/* What a row is about, but for its group: "api00", "api00:enroll", "stypeE", "alpha". */
static sipas_status name_subjects(const sipas_table *table, row_name *names, const char *marks, sipas_error *err)
{
    static const struct {
        const char *column, *separator;
    } parts[] = {{"statistic", ""}, {"item", ":"},    {"variable", ""},
                 {"with", ":"},     {"category", ""}, {"quantile", ":"}};
    sipas_status status = SIPAS_OK;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && status == 0; i++)
        status = append_column(names, parts[i].separator, table, parts[i].column, marks, err);
    return status;
}

/* Groups stand first: "E.No", and "E:api00" where there are several subjects. */
static sipas_status name_groups(const survey *s, const sipas_table *table, row_name *names, int several,
                                const char *marks, sipas_error *err)
{
    const int64_t n = sipas_table_count_rows(table);
    row_name *subjects = malloc((size_t)n * sizeof *subjects);
    if (!subjects) return refuse(err, SIPAS_ERR_MEMORY, "%s: not enough memory", s->file);
    memcpy(subjects, names, (size_t)n * sizeof *subjects);
    memset(names, 0, (size_t)n * sizeof *names);
    sipas_status status = SIPAS_OK;
    for (int i = 0; i < s->by.n && status == 0; i++)
        status = append_column(names, ".", table, s->by.name[i], marks, err);
    for (int64_t row = 0; row < n && status == 0; row++) {
        const size_t length = strlen(names[row].text);
        if (length && !several) continue;
        snprintf(names[row].text + length, sizeof names[row].text - length, "%s%.120s", length ? ":" : "",
                 subjects[row].text);
    }
    free(subjects);
    return status;
}

static int has(const sipas_table *table, const char *column)
{
    int64_t position;
    return sipas_table_find(table, column, &position, NULL) == 0;
}

sipas_status estimate_names(const survey *s, const sipas_table *table, row_name **out, sipas_error *err)
{
    *out = calloc((size_t)sipas_table_count_rows(table) + 1, sizeof **out);
    if (!*out) return refuse(err, SIPAS_ERR_MEMORY, "%s: not enough memory", s->file);
    sipas_status status = name_subjects(table, *out, "", err);
    int several = 0;
    for (int64_t row = 1; row < sipas_table_count_rows(table); row++)
        several |= strcmp((*out)[row].text, (*out)[0].text) != 0;
    const int joined = s->by.n > 1 || (s->by.n && several) || has(table, "item") || has(table, "with") ||
                       has(table, "quantile");
    const char *marks = s->by.n > 1 ? "\\/:." : "\\/:";
    if (status == 0 && joined) {
        memset(*out, 0, ((size_t)sipas_table_count_rows(table) + 1) * sizeof **out);
        status = name_subjects(table, *out, marks, err);
    }
    if (status == 0 && s->by.n) status = name_groups(s, table, *out, several, joined ? marks : "", err);
    for (int64_t row = 0; row < sipas_table_count_rows(table); row++)
        text_clean((*out)[row].text); /* long ones are cut */
    return status;
}

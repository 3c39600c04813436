/*
 * The columns of a sheet: its cells as codes and as numbers, and which of them are missing.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sheet.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "text.h"

const char *sheet_get_path(const sheet *s)
{
    return s->path;
}

int64_t sheet_count_rows(const sheet *s)
{
    return s->n_rows;
}

int64_t sheet_count_columns(const sheet *s)
{
    return s->n_columns;
}

const char *sheet_get_name(const sheet *s, int64_t column)
{
    return column >= 0 && column < s->n_columns ? s->columns[column].name : NULL;
}

long long sheet_get_line(const sheet *s, int64_t row)
{
    return row >= 0 && row < s->n_rows ? s->line[row] : s->header;
}

char sheet_get_point(const sheet *s)
{
    return s->point;
}

sipas_status sheet_refuse(const sheet *s, int64_t row, const char *name, sipas_error *err, sipas_status status,
                          const char *format, ...)
{
    char sentence[sizeof err->message];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    if (name)
        refuse(err, status, "%.100s, line %lld, column '%.60s': %s", s->path, sheet_get_line(s, row), name, sentence);
    else
        refuse(err, status, "%.100s, line %lld: %s", s->path, sheet_get_line(s, row), sentence);
    if (!err) return status;
    err->row = row;
    if (name) snprintf(err->name, sizeof err->name, "%s", name);
    text_clean(err->name);
    return status;
}

/* The row of which "row 17:", "row 17)" or "row 17 already" speaks; -1 when that is not what stands there. *behind: where the number ends. */
static int64_t read_row(const char *text, const char **behind)
{
    char *end;
    if (strncmp(text, "row ", 4) != 0) return -1;
    const long long row = strtoll(text + 4, &end, 10);
    *behind = end;
    return end > text + 4 && (*end == ':' || *end == ')' || strncmp(end, " already", 8) == 0) ? (int64_t)row : -1;
}

void sheet_place(const sheet *s, const int64_t *rows, int64_t n, const char *column, sipas_error *err)
{
    char message[2 * sizeof err->message] = "";
    size_t length = 0;
    int placed = 0;
    for (const char *at = err->message; *at;) {
        const char *behind = at;
        const int begins = at == err->message || at[-1] == '(' || at[-1] == ' ';
        const int64_t row = begins ? read_row(at, &behind) : -1;
        if (row < 0 || row >= n) {
            message[length++] = *at++;
            continue;
        }
        length += (size_t)snprintf(message + length, 32, "line %lld", sheet_get_line(s, rows ? rows[row] : row));
        if (at == err->message && column) length += (size_t)snprintf(message + length, 100, ", column '%.60s'", column);
        at = behind;
        placed = 1;
    }
    if (!placed) return;
    message[length] = '\0';
    snprintf(err->message, sizeof err->message, strncmp(message, "line ", 5) == 0 ? "%.100s, %s" : "%.100s: %s",
             s->path, message);
    text_clean(err->message);
}

/* ------------------------------------------------------------------------------------------------------- columns by name */

/* A name in NFC, as the header's are; -1 when there is no such column. */
static int64_t position(const sheet *s, const char *name)
{
    char *wanted = text_first_bad(name, strlen(name)) == strlen(name) ? text_nfc(name) : NULL;
    int64_t i = 0;
    while (i < s->n_columns && strcmp(s->columns[i].name, wanted ? wanted : name) != 0) i++;
    free(wanted);
    return i < s->n_columns ? i : -1;
}

int sheet_has(const sheet *s, const char *name)
{
    return position(s, name) >= 0;
}

/* A name that differs from the one asked for by blanks or case only; NULL when there is none. */
static const char *nearly(const sheet *s, const char *name)
{
    const char *found = NULL;
    char *wanted = text_first_bad(name, strlen(name)) == strlen(name) ? text_look(name) : NULL;
    for (int64_t i = 0; i < s->n_columns && wanted && !found; i++) {
        char *folded = text_look(s->columns[i].name);
        if (folded && strcmp(folded, wanted) == 0) found = s->columns[i].name;
        free(folded);
    }
    free(wanted);
    return found;
}

static field *find(const sheet *s, const char *name, sipas_error *err)
{
    const int64_t at = position(s, name);
    if (at >= 0) return &s->columns[at];
    char names[200] = "";
    size_t length = 0;
    const char *near = nearly(s, name);
    if (near) {
        refuse(
            err, SIPAS_ERR_NOT_FOUND,
            "%.100s: no column '%.60s', but one that is written '%.60s', with other blanks, case or signs that cannot be seen",
            s->path, name, near);
        return NULL;
    }
    for (int64_t i = 0; i < s->n_columns; i++) {
        if (!s->columns[i].name || length + strlen(s->columns[i].name) + 3 > sizeof names) continue;
        length += (size_t)snprintf(names + length, sizeof names - length, "%s%s", i ? ", " : "", s->columns[i].name);
    }
    refuse(err, SIPAS_ERR_NOT_FOUND, "%.100s: no column '%.60s'; there are %s", s->path, name, names);
    return NULL;
}

/* -------------------------------------------------------------------------------------------------------- missing values */

/* The text as a number, with the point that cells have; an option may be written with a point whatever the file has. */
static sipas_status read_missing_number(const sheet *s, missing_text *m, sipas_error *err)
{
    const char *text = m->text;
    if (!number_read(text, s->point, &m->value) && !number_read(text, '.', &m->value)) return SIPAS_OK;
    m->number = text_copy(text, strlen(text));
    if (!m->number) return sheet_no_memory(s, err);
    char *point = strpbrk(m->number, ".,");
    if (point) *point = s->point;
    return SIPAS_OK;
}

/* TEXT, or COLUMN=TEXT. */
static sipas_status declare_missing(sheet *s, const char *said, sipas_error *err)
{
    missing_text *m = &s->na[s->n_na];
    const char *text = said, *equals = strchr(said, '=');
    if (text_first_bad(said, strlen(said)) < strlen(said))
        return refuse(err, SIPAS_ERR_ARGUMENT, "--na %.60s: the text is no UTF-8", said);
    *m = (missing_text){.column = -1};
    s->n_na++;
    for (; equals && m->column < 0; equals = m->column < 0 ? strchr(equals + 1, '=') : equals) {
        char *name = text_copy(said, (size_t)(equals - said));
        if (!name) return sheet_no_memory(s, err);
        m->column = position(s, name);
        text = equals + 1;
        free(name);
    }
    if (*said == '=') text = said + 1; /* a text that holds = itself */
    if (m->column < 0 && *said != '=' && strchr(said, '='))
        return refuse(err, SIPAS_ERR_NOT_FOUND, "--na %.60s: %.100s has no column '%.*s'", said, s->path,
                      (int)(strchr(said, '=') - said), said);
    m->text = text_nfc(text);
    return m->text ? read_missing_number(s, m, err) : sheet_no_memory(s, err);
}

sipas_status sheet_declare_missing(sheet *s, const option_texts *na, sipas_error *err)
{
    sipas_status status = SIPAS_OK;
    if (na->n == 0) return SIPAS_OK;
    s->na = calloc((size_t)na->n, sizeof *s->na);
    if (!s->na) return sheet_no_memory(s, err);
    for (int i = 0; i < na->n && status == 0; i++) status = declare_missing(s, na->text[i], err);
    return status;
}

/* Is a code declared missing: exactly. */
static int is_missing_code(const sheet *s, int64_t column, const char *code)
{
    for (int i = 0; i < s->n_na; i++) {
        missing_text *m = &s->na[i];
        if ((m->column >= 0 && m->column != column) || strcmp(m->text, code) != 0) continue;
        m->found++;
        return 1;
    }
    return 0;
}

/* Is a cell of a column of numbers missing: NA, NaN, or declared; numbers as numbers. */
static int is_missing_number(const sheet *s, int64_t column, const char *cell)
{
    double value;
    const int is_number = s->n_na > 0 && number_read(cell, s->point, &value);
    for (int i = 0; i < s->n_na; i++) {
        missing_text *m = &s->na[i];
        if (m->column >= 0 && m->column != column) continue;
        if (is_number && m->number ? value != m->value || number_compare(cell, m->number, s->point) != 0
                                   : strcmp(m->text, cell) != 0)
            continue;
        m->found++;
        return 1;
    }
    return number_is_missing(cell);
}

int sheet_lacks_number(const sheet *s, const char *name, int64_t row)
{
    const int64_t column = position(s, name);
    const char *cell = s->columns[column].text[row];
    return !cell || is_missing_number(s, column, cell);
}

void sheet_note_unused(const sheet *s)
{
    for (int i = 0; i < s->n_na; i++) {
        const missing_text *m = &s->na[i];
        if (m->found > 0 || !m->text[0]) continue; /* an empty cell is missing anyway */
        note("--na %.60s: no cell of %s%.60s%s holds it", m->text, m->column < 0 ? "the columns asked for" : "column '",
             m->column < 0 ? "" : s->columns[m->column].name, m->column < 0 ? "" : "'");
    }
}

/* ---------------------------------------------------------------------------------------------------------------- codes */

/* A cell and its code, for the look at codes that two forms of Unicode make one. */
typedef struct spelling {
    const char *code, *text;
} spelling;

static int by_code(const void *left, const void *right)
{
    const spelling *a = left, *b = right;
    const int order = strcmp(a->code, b->code);
    return order ? order : strcmp(a->text, b->text);
}

/* Notes a code that stands there in two forms of Unicode. */
static sipas_status note_forms(const sheet *s, const field *c, sipas_error *err)
{
    int64_t n = 0, forms = 0;
    const char *example = NULL;
    spelling *cells = malloc((size_t)s->n_rows * sizeof *cells);
    if (!cells) return sheet_no_memory(s, err);
    for (int64_t row = 0; row < s->n_rows; row++)
        if (c->code[row]) cells[n++] = (spelling){c->code[row], c->text[row]};
    qsort(cells, (size_t)n, sizeof *cells, by_code);
    for (int64_t i = 1; i < n; i++)
        if (strcmp(cells[i].code, cells[i - 1].code) == 0 && strcmp(cells[i].text, cells[i - 1].text) != 0) {
            forms++;
            if (!example) example = cells[i].code;
        }
    if (forms > 0)
        note(
            "codes_alike: %.100s, column '%.60s': '%.60s' is written in two forms of Unicode, which are taken for one code",
            s->path, c->name, example);
    free(cells);
    return SIPAS_OK;
}

static sipas_status make_codes(sheet *s, field *c, sipas_error *err)
{
    int64_t changed = 0;
    char **code = calloc((size_t)s->n_rows, sizeof *code);
    if (!code) return sheet_no_memory(s, err);
    c->code = code;
    for (int64_t row = 0; row < s->n_rows; row++) {
        if (!c->text[row]) continue;
        code[row] = text_nfc(c->text[row]);
        if (!code[row]) return sheet_no_memory(s, err);
        changed += strcmp(code[row], c->text[row]) != 0;
    }
    if (changed > 0) {
        const sipas_status status = note_forms(s, c, err);
        if (status != 0) return status;
    }
    for (int64_t row = 0; row < s->n_rows && s->n_na > 0; row++) {
        if (!code[row] || !is_missing_code(s, c - s->columns, code[row])) continue;
        free(code[row]);
        code[row] = NULL;
    }
    return SIPAS_OK;
}

sipas_status sheet_get_text(sheet *s, const char *name, const char *const **out, sipas_error *err)
{
    field *c = find(s, name, err);
    if (!c) return SIPAS_ERR_NOT_FOUND;
    const sipas_status status = c->code ? SIPAS_OK : make_codes(s, c, err);
    if (status == 0) *out = (const char *const *)c->code;
    return status;
}

sipas_status sheet_get_written(const sheet *s, const char *name, const char *const **out, sipas_error *err)
{
    const field *c = find(s, name, err);
    if (!c) return SIPAS_ERR_NOT_FOUND;
    *out = c->text;
    return SIPAS_OK;
}

/* 1 when every code is a whole number as a computer writes it: then equal numbers are equal texts. */
static int read_whole(const sheet *s, const field *c, int64_t *whole)
{
    int64_t n = 0;
    for (int64_t row = 0; row < s->n_rows; row++) {
        whole[row] = 0;
        if (!c->code[row]) continue;
        if (!number_is_code(c->code[row], &whole[row])) return 0;
        n++;
    }
    return n > 0;
}

static uint8_t *make_validity(const sheet *s, const char *const *code)
{
    uint8_t *validity = calloc((size_t)s->n_rows / 8 + 1, 1);
    for (int64_t row = 0; row < s->n_rows && validity; row++)
        if (code[row]) validity[row / 8] |= (uint8_t)(1u << (row % 8));
    return validity;
}

sipas_status sheet_get_code(sheet *s, const char *name, sipas_column *out, sipas_error *err)
{
    const char *const *text;
    const sipas_status status = sheet_get_text(s, name, &text, err);
    if (status != 0) return status;
    field *c = find(s, name, err);
    if (!c->whole_validity) {
        c->whole = malloc((size_t)s->n_rows * sizeof *c->whole);
        c->whole_validity = make_validity(s, text);
        if (!c->whole || !c->whole_validity) return sheet_no_memory(s, err);
        if (!read_whole(s, c, c->whole)) {
            free(c->whole);
            c->whole = NULL;
        }
    }
    *out = c->whole ? sipas_column_i64(c->whole, s->n_rows) : sipas_column_code(text, s->n_rows);
    if (c->whole) out->validity = c->whole_validity;
    return SIPAS_OK;
}

/* -------------------------------------------------------------------------------------------------------------- numbers */

static sipas_status make_numbers(sheet *s, field *c, sipas_error *err)
{
    double *number = malloc((size_t)s->n_rows * sizeof *number);
    c->validity = calloc((size_t)s->n_rows / 8 + 1, 1);
    if (!number || !c->validity) {
        free(number);
        return sheet_no_memory(s, err);
    }
    for (int64_t row = 0; row < s->n_rows; row++) {
        const char *cell = c->text[row];
        number[row] = NAN;
        if (!cell || is_missing_number(s, c - s->columns, cell)) continue;
        if (number_read(cell, s->point, &number[row])) {
            c->validity[row / 8] |= (uint8_t)(1u << (row % 8));
            continue;
        }
        free(number);
        free(c->validity);
        c->validity = NULL;
        return sheet_refuse(s, row, c->name, err, SIPAS_ERR_VALUE, "'%.40s' is not a number%s", cell,
                            number_hint(cell, s->point));
    }
    c->number = number;
    return SIPAS_OK;
}

sipas_status sheet_get_number(sheet *s, const char *name, const double **out, sipas_error *err)
{
    field *c = find(s, name, err);
    if (!c) return SIPAS_ERR_NOT_FOUND;
    const sipas_status status = c->number ? SIPAS_OK : make_numbers(s, c, err);
    if (status == 0) *out = c->number;
    return status;
}

int64_t sheet_count_gaps(sheet *s, const char *name)
{
    const char *const *code;
    const double *number;
    int64_t n = 0;
    if (sheet_get_text(s, name, &code, NULL) != 0 || sheet_get_number(s, name, &number, NULL) != 0) return 0;
    for (int64_t row = 0; row < s->n_rows; row++) n += code[row] && isnan(number[row]) && number_is_missing(code[row]);
    return n;
}

sipas_status sheet_get_measure(sheet *s, const char *name, sipas_column *out, sipas_error *err)
{
    const double *number = NULL;
    const sipas_status status = sheet_get_number(s, name, &number, err);
    if (status != 0) return status;
    *out = sipas_column_f64(number, s->n_rows);
    out->validity = find(s, name, err)->validity;
    return SIPAS_OK;
}

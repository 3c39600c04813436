/*
 * Reading CSV: libcsv splits the file into cells, which are kept as text, one after the other, in one block of memory.
 * Columns are made when asked for.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "read_csv.h"

#include "refuse.h"

#include <csv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is kept of a column: its texts, and its numbers once they were asked for. */
typedef struct field {
    const char *name;
    const char **text;
    double *number;
    uint8_t *validity;
} field;

struct sheet {
    char *path;
    char *bytes; /* every cell, each with its final NUL */
    field *columns;
    int64_t n_columns, n_rows;
};

/* State of a parse. `start` holds where each cell starts in `bytes`, which moves as it grows; BLANK for a blank cell. */
#define BLANK SIZE_MAX
typedef struct parse {
    char *bytes;
    size_t *start;
    size_t n_bytes, room_bytes, n_cells, room_cells;
    int64_t n_columns, n_rows; /* n_columns: cells of the first line; -1 until it is read */
    size_t row_start;          /* first cell of the line at hand */
    const char *path;
    sipas_error *err;
    sipas_status status;
} parse;

static sipas_status no_memory(sipas_error *err)
{
    return refuse(err, SIPAS_ERR_MEMORY, "not enough memory for the file");
}

/* Makes room for `more` elements beyond n, doubling; NULL when there is no memory (the old block stays). */
static void *with_room(void *block, size_t *room, size_t n, size_t more, size_t size)
{
    if (block && n + more <= *room) return block;
    size_t wanted = *room ? 2 * *room : 1024;
    if (wanted < n + more) wanted = n + more;
    void *grown = realloc(block, wanted * size);
    if (grown) *room = wanted;
    return grown;
}

static void on_cell(void *text, size_t length, void *user)
{
    parse *p = user;
    if (p->status < 0) return;
    if (length > 0 && memchr(text, '\0', length)) {
        p->status = refuse(p->err, SIPAS_ERR_VALUE, "%s, data row %lld: a cell holds a zero byte: not a text file",
                           p->path, p->n_columns < 0 ? 0LL : (long long)p->n_rows + 1);
        return;
    }
    size_t *start = with_room(p->start, &p->room_cells, p->n_cells, 1, sizeof *start);
    if (start) p->start = start;
    char *bytes = with_room(p->bytes, &p->room_bytes, p->n_bytes, length + 1, 1);
    if (bytes) p->bytes = bytes;
    if (!start || !bytes) {
        p->status = no_memory(p->err);
        return;
    }
    start[p->n_cells++] = length == 0 ? BLANK : p->n_bytes;
    if (length == 0) return;
    memcpy(bytes + p->n_bytes, text, length);
    bytes[p->n_bytes + length] = '\0';
    p->n_bytes += length + 1;
}

static void on_line(int terminator, void *user)
{
    (void)terminator;
    parse *p = user;
    if (p->status < 0) return;
    int64_t cells = (int64_t)(p->n_cells - p->row_start);
    if (p->n_columns < 0) {
        p->n_columns = cells;
    } else if (++p->n_rows, cells != p->n_columns) {
        p->status = refuse(p->err, SIPAS_ERR_LENGTH, "%s, data row %lld: %lld cells, but the header has %lld", p->path,
                           (long long)p->n_rows, (long long)cells, (long long)p->n_columns);
    }
    p->row_start = p->n_cells;
}

static sipas_status parse_file(FILE *file, parse *p)
{
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) return no_memory(p->err);
    char block[1 << 16];
    int first = 1, bad = 0;
    while (p->status == 0 && !bad) {
        size_t n = fread(block, 1, sizeof block, file);
        if (n == 0) break;
        size_t skip = first && n >= 3 && memcmp(block, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0; /* a byte order mark */
        first = 0;
        bad = csv_parse(&parser, block + skip, n - skip, on_cell, on_line, p) != n - skip;
    }
    if (p->status == 0 && !bad) bad = csv_fini(&parser, on_cell, on_line, p) != 0;
    if (p->status == 0 && ferror(file)) {
        p->status = refuse(p->err, SIPAS_ERR_VALUE, "%s: reading the file failed", p->path);
    } else if (p->status == 0 && bad) {
        p->status = refuse(p->err, SIPAS_ERR_VALUE, "%s, data row %lld: %s", p->path, (long long)p->n_rows + 1,
                           "a double quote is missing or out of place");
    }
    csv_free(&parser);
    return p->status;
}

static const char *cell_text(const parse *p, int64_t row, int64_t col)
{
    size_t start = p->start[(row + 1) * p->n_columns + col]; /* the header is the line before row 0 */
    return start == BLANK ? NULL : p->bytes + start;
}

/* The header's names must be there and differ. */
static sipas_status check_names(const sheet *s, sipas_error *err)
{
    for (int64_t i = 0; i < s->n_columns; i++) {
        if (!s->columns[i].name)
            return refuse(err, SIPAS_ERR_MISSING, "%s: column %lld has no name in the header", s->path,
                          (long long)i + 1);
        for (int64_t j = 0; j < i; j++)
            if (strcmp(s->columns[i].name, s->columns[j].name) == 0)
                return refuse(err, SIPAS_ERR_DUPLICATE, "%s: two columns are named '%s'", s->path, s->columns[i].name);
    }
    return SIPAS_OK;
}

/* Turns the cells of a finished parse into columns; takes over the bytes. */
static sipas_status make_columns(sheet *s, parse *p)
{
    if (p->n_columns < 0 || p->n_rows == 0)
        return refuse(p->err, SIPAS_ERR_TOO_FEW, "%s: there are no rows below a header", p->path);
    s->columns = calloc((size_t)p->n_columns, sizeof *s->columns);
    if (!s->columns) return no_memory(p->err);
    s->n_columns = p->n_columns;
    s->n_rows = p->n_rows;
    for (int64_t col = 0; col < s->n_columns; col++) {
        s->columns[col].name = cell_text(p, -1, col);
        s->columns[col].text = malloc((size_t)s->n_rows * sizeof *s->columns[col].text);
        if (!s->columns[col].text) return no_memory(p->err);
        for (int64_t row = 0; row < s->n_rows; row++) s->columns[col].text[row] = cell_text(p, row, col);
    }
    s->bytes = p->bytes;
    p->bytes = NULL;
    return check_names(s, p->err);
}

static sheet *new_sheet(const char *path)
{
    const size_t size = strlen(path) + 1;
    sheet *s = calloc(1, sizeof *s);
    if (s) s->path = malloc(size);
    if (!s || !s->path) {
        free(s);
        return NULL;
    }
    memcpy(s->path, path, size);
    return s;
}

static sipas_status read_stream(const char *path, FILE *file, sheet **out, sipas_error *err)
{
    parse p = {.n_columns = -1, .path = path, .err = err};
    sheet *s = new_sheet(path);
    if (!s) return no_memory(err);
    sipas_status status = parse_file(file, &p);
    if (status == 0) status = make_columns(s, &p);
    free(p.bytes);
    free(p.start);
    if (status == 0)
        *out = s;
    else
        sheet_free(s);
    return status;
}

sipas_status sheet_read(const char *path, sheet **out, sipas_error *err)
{
    *out = NULL;
    FILE *file = fopen(path, "rb");
    if (!file) return refuse(err, SIPAS_ERR_NOT_FOUND, "%s: the file cannot be opened", path);
    sipas_status status = read_stream(path, file, out, err);
    fclose(file);
    return status;
}

sipas_status sheet_read_shipped(const char *file, sheet **out, sipas_error *err)
{
    static const char *const folders[] = {"examples/data", "data", "../data"};
    *out = NULL;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/%s", folders[i], file);
        FILE *stream = fopen(path, "rb");
        if (!stream) continue;
        sipas_status status = read_stream(path, stream, out, err);
        fclose(stream);
        return status;
    }
    return refuse(err, SIPAS_ERR_NOT_FOUND, "examples/data/%s is not there: run this from the top of the source tree",
                  file);
}

void sheet_free(sheet *s)
{
    if (!s) return;
    for (int64_t i = 0; i < s->n_columns; i++) {
        free(s->columns[i].text);
        free(s->columns[i].number);
        free(s->columns[i].validity);
    }
    free(s->columns);
    free(s->bytes);
    free(s->path);
    free(s);
}

void sheet_set_missing(sheet *s, const char *text)
{
    for (int64_t i = 0; i < s->n_columns; i++)
        for (int64_t row = 0; row < s->n_rows; row++)
            if (s->columns[i].text[row] && strcmp(s->columns[i].text[row], text) == 0) s->columns[i].text[row] = NULL;
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

static field *find(const sheet *s, const char *name, sipas_error *err)
{
    char names[256] = "";
    size_t length = 0;
    for (int64_t i = 0; i < s->n_columns; i++) {
        if (strcmp(s->columns[i].name, name) == 0) return &s->columns[i];
        if (length + strlen(s->columns[i].name) + 3 > sizeof names) continue;
        length += (size_t)snprintf(names + length, sizeof names - length, "%s%s", i ? ", " : "", s->columns[i].name);
    }
    refuse(err, SIPAS_ERR_NOT_FOUND, "%s: no column '%s'; there are %s", s->path, name, names);
    return NULL;
}

sipas_status sheet_get_text(const sheet *s, const char *name, const char *const **out, sipas_error *err)
{
    const field *c = find(s, name, err);
    if (!c) return SIPAS_ERR_NOT_FOUND;
    *out = c->text;
    return SIPAS_OK;
}

/* A plain decimal number and nothing else: strtod alone would also take "nan", "inf" and hexadecimals. */
static int read_number(const char *text, double *out)
{
    char *end;
    if (strspn(text, "+-.0123456789eE") != strlen(text)) return 0;
    *out = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*out);
}

sipas_status sheet_get_number(sheet *s, const char *name, const double **out, sipas_error *err)
{
    field *c = find(s, name, err);
    if (!c) return SIPAS_ERR_NOT_FOUND;
    if (!c->number) {
        double *number = malloc((size_t)s->n_rows * sizeof *number);
        if (!number) return no_memory(err);
        for (int64_t row = 0; row < s->n_rows; row++) {
            number[row] = NAN;
            if (!c->text[row] || read_number(c->text[row], &number[row])) continue;
            sipas_status status = refuse(err, SIPAS_ERR_VALUE,
                                         "%s, data row %lld, column '%s': '%.40s' is not a number", s->path,
                                         (long long)row + 1, name, c->text[row]);
            if (err) {
                err->row = row;
                snprintf(err->name, sizeof err->name, "%s", name);
            }
            free(number);
            return status;
        }
        c->number = number;
    }
    *out = c->number;
    return SIPAS_OK;
}

sipas_status sheet_get_measure(sheet *s, const char *name, sipas_column *out, sipas_error *err)
{
    const double *number = NULL;
    sipas_status status = sheet_get_number(s, name, &number, err);
    if (status != 0) return status;
    field *c = find(s, name, err);
    if (!c->validity) {
        c->validity = calloc((size_t)s->n_rows / 8 + 1, 1);
        if (!c->validity) return no_memory(err);
        for (int64_t row = 0; row < s->n_rows; row++)
            if (c->text[row]) c->validity[row / 8] |= (uint8_t)(1u << (row % 8));
    }
    *out = sipas_column_f64(number, s->n_rows);
    out->validity = c->validity;
    return SIPAS_OK;
}

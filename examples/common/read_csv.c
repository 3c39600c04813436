/*
 * Reading CSV after RFC 4180: libcsv splits the file into cells, which are kept as text, one after the other, in one block of
 * memory. It is fed line by line, so that what is wrong is told with the line it stands in. What people's files have besides (another
 * separator, a line sep=, empty columns at the end, a line of HXL tags) is settled here, and noted.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "read_csv.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "read_bytes.h"
#include "sheet.h"
#include "text.h"

enum { MOST_PATH = 100 /* bytes of a file's name that messages show: the last ones tell most */ };

/* State of a parse. `start` holds where each cell starts in `bytes`, which moves as it grows; BLANK for a blank cell. */
#define BLANK SIZE_MAX
typedef struct parse {
    char *bytes;
    size_t *start;
    int64_t *line; /* where each row begins */
    size_t n_bytes, room_bytes, n_cells, room_cells, room_lines;
    int64_t n_columns, n_rows; /* n_columns: cells of the header; -1 until it is read */
    size_t row_start;          /* first cell of the row at hand */
    int64_t line_now, line_row, header;
    int64_t n_empty, first_empty, n_trailing; /* empty lines; those of them behind the last row so far */
    int within;                               /* a row has begun and not ended */
    char separator;
    const char *path;
    sipas_error *err;
    sipas_status status;
} parse;

static sipas_status no_memory(const char *path, sipas_error *err)
{
    return refuse(err, SIPAS_ERR_MEMORY, "%.100s: not enough memory for the file", path);
}

sipas_status sheet_no_memory(const sheet *s, sipas_error *err)
{
    return no_memory(s->path, err);
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

/* ------------------------------------------------------------------------------------------------ cells and rows */

static void on_cell(void *text, size_t length, void *user)
{
    parse *p = user;
    if (p->status < 0) return;
    size_t *start = with_room(p->start, &p->room_cells, p->n_cells, 1, sizeof *start);
    if (start) p->start = start;
    char *bytes = with_room(p->bytes, &p->room_bytes, p->n_bytes, length + 1, 1);
    if (bytes) p->bytes = bytes;
    if (!start || !bytes) {
        p->status = no_memory(p->path, p->err);
        return;
    }
    if (length > 0) memcpy(bytes + p->n_bytes, text, length);
    bytes[p->n_bytes + length] = '\0';
    const int blank = text_is_blank(bytes + p->n_bytes);
    start[p->n_cells++] = blank ? BLANK : p->n_bytes;
    if (!blank) p->n_bytes += length + 1;
}

static void on_row(int terminator, void *user)
{
    (void)terminator;
    parse *p = user;
    if (p->status < 0) return;
    const int64_t cells = (int64_t)(p->n_cells - p->row_start);
    p->within = 0;
    p->n_trailing = 0;
    p->row_start = p->n_cells;
    if (p->n_columns < 0) {
        p->n_columns = cells;
        p->header = p->line_row;
        return;
    }
    int64_t *line = with_room(p->line, &p->room_lines, (size_t)p->n_rows, 1, sizeof *line);
    if (line) p->line = line;
    if (!line) {
        p->status = no_memory(p->path, p->err);
        return;
    }
    line[p->n_rows++] = p->line_row;
    if (cells == p->n_columns) return;
    p->status = refuse(p->err, SIPAS_ERR_LENGTH, "%.100s, line %lld: %lld %s, but the header has %lld%s", p->path,
                       (long long)p->line_row, (long long)cells, cells == 1 ? "cell" : "cells", (long long)p->n_columns,
                       cells > p->n_columns ? "; a text with a separator in it needs double quotes"
                       : cells == 1         ? "; is there another separator? --separator says it"
                                            : "");
}

/* The end of the line that begins at `at`: behind \n, \r\n or \r. */
static const char *end_of_line(const char *at, const char *end)
{
    while (at < end && *at != '\n' && *at != '\r') at++;
    if (at < end && *at == '\r' && at + 1 < end && at[1] == '\n') at++;
    return at < end ? at + 1 : end;
}

/* A quote that is wrong; `at_end`: one is open where the file ends. */
static sipas_status bad_quote(parse *p, int at_end)
{
    const long long row = (long long)p->line_row, now = (long long)p->line_now;
    if (at_end)
        return refuse(p->err, SIPAS_ERR_VALUE,
                      "%.100s, line %lld: a double quote is opened in the row that begins there and never closed",
                      p->path, row);
    if (row < now)
        return refuse(
            p->err, SIPAS_ERR_VALUE,
            "%.100s, line %lld: a double quote is opened in the row that begins there and not closed where its cell ends; it was "
            "noticed in line %lld",
            p->path, row, now);
    return refuse(
        p->err, SIPAS_ERR_VALUE,
        "%.100s, line %lld: a double quote is out of place: a cell is quoted as a whole, without blanks around the quotes, and "
        "has \"\" for a quote inside",
        p->path, row);
}

/* Nothing around a cell is taken away: a code may begin with a blank. */
static int no_space(unsigned char byte)
{
    (void)byte;
    return 0;
}

/* An empty line is no row. */
static void skip_empty(parse *p)
{
    p->within = 0;
    if (p->n_empty++ == 0) p->first_empty = p->line_now;
    p->n_trailing++;
}

static void parse_lines(struct csv_parser *parser, const char *at, const char *end, parse *p)
{
    int bad = 0;
    while (at < end && p->status == 0 && !bad) {
        const char *next = end_of_line(at, end);
        p->line_now++;
        if (!p->within) p->line_row = p->line_now;
        p->within = 1;
        bad = csv_parse(parser, at, (size_t)(next - at), on_cell, on_row, p) != (size_t)(next - at);
        if ((*at == '\n' || *at == '\r') && p->line_row == p->line_now) skip_empty(p);
        at = next;
    }
    const int ended = !bad;
    if (p->status == 0 && ended) bad = csv_fini(parser, on_cell, on_row, p) != 0;
    if (p->status == 0 && bad)
        p->status = csv_error(parser) == CSV_EPARSE ? bad_quote(p, ended) : no_memory(p->path, p->err);
}

static sipas_status parse_text(const char *text, size_t n, parse *p)
{
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) return no_memory(p->path, p->err);
    csv_set_delim(&parser, (unsigned char)p->separator);
    csv_set_space_func(&parser, no_space);
    parse_lines(&parser, text, text + n, p);
    csv_free(&parser);
    return p->status;
}

/* ---------------------------------------------------------------------------------------------------- the separator */

/* The character that an option or a line sep= names; 0 when it cannot be one. */
static char separator_of(const char *word)
{
    if (strcmp(word, "tab") == 0 || strcmp(word, "\\t") == 0) return '\t';
    return word[0] > 0 && !word[1] && !strchr("\"\n\r", word[0]) ? word[0] : '\0';
}

/* A first line "sep=;", as Excel writes and obeys it: its length, or 0; with a separator '?' where sep= stands there, but names none. */
static size_t find_sep_line(const char *text, size_t n, char *separator)
{
    const int quoted = *text == '"';
    const char *at = text + quoted;
    if ((at[0] | 32) != 's' || (at[1] | 32) != 'e' || (at[2] | 32) != 'p' || at[3] != '=') return 0;
    const char word[2] = {at[4] == '\r' || at[4] == '\n' ? '\0' : at[4], '\0'};
    const char *behind = at + 5;
    *separator = at[4] == '\0' || at[4] == '\r' || at[4] == '\n' ? '?' : '\0';
    if (!separator_of(word) || (quoted && *behind++ != '"') || (*behind && *behind != '\r' && *behind != '\n'))
        return 0;
    *separator = word[0];
    return (size_t)(end_of_line(text, text + n) - text);
}

/* The separator that a header shows: a comma if there is one outside quotes, else a semicolon or a tab. */
static sipas_status guess_separator(const char *text, parse *p)
{
    int within = 0, semicolons = 0, tabs = 0;
    while (*text == '\n' || *text == '\r') text++;
    for (; *text && (within || (*text != '\n' && *text != '\r')); text++) {
        if (*text == '"') within = !within;
        if (within) continue;
        if (*text == ',') return SIPAS_OK;
        semicolons += *text == ';';
        tabs += *text == '\t';
    }
    if (semicolons && tabs)
        return refuse(
            p->err, SIPAS_ERR_VALUE,
            "%.100s, line %lld: the header has no comma, but semicolons and tabs: say --separator ';' or --separator tab",
            p->path, (long long)p->line_now + 1);
    if (!semicolons && !tabs) return SIPAS_OK;
    p->separator = semicolons ? ';' : '\t';
    note("%.100s: the header has no comma; cells are separated by %s", p->path, semicolons ? "semicolons" : "tabs");
    return SIPAS_OK;
}

/* Settles the separator; *skip: bytes of a line sep=, which is no part of the table. */
static sipas_status find_separator(const char *text, size_t n, const sheet_how *how, parse *p, size_t *skip)
{
    char said = '\0';
    *skip = find_sep_line(text, n, &said);
    if (*skip == 0 && said)
        return refuse(p->err, SIPAS_ERR_VALUE,
                      "%.100s, line 1: sep= names no separator; write sep=; or delete the line", p->path);
    p->line_now = *skip > 0;
    p->separator = said ? said : ',';
    if (how->separator) {
        p->separator = separator_of(how->separator);
        if (p->separator) return SIPAS_OK;
        return refuse(p->err, SIPAS_ERR_ARGUMENT, "--separator %.60s: give one character, or tab", how->separator);
    }
    return said ? SIPAS_OK : guess_separator(text, p);
}

/* ----------------------------------------------------------------------------------------------------------- the table */

static const char *cell_text(const parse *p, int64_t row, int64_t col)
{
    const size_t start = p->start[(row + 1) * p->n_columns + col]; /* the header is the row before row 0 */
    return start == BLANK ? NULL : p->bytes + start;
}

/* A line of HXL tags, as the humanitarian data exchange has it below the header: each cell that is not blank begins with #. */
static int is_hxl(const parse *p)
{
    int tags = 0;
    for (int64_t col = 0; col < p->n_columns && p->n_rows > 0; col++) {
        const char *cell = cell_text(p, 0, col);
        if (cell && *cell != '#') return 0;
        tags += cell != NULL;
    }
    return tags > 0;
}

/* How many columns have a name, but for those at the end; these must be empty. */
static sipas_status count_named(const parse *p, int64_t first_row, int64_t *n)
{
    *n = p->n_columns;
    while (*n > 0 && !cell_text(p, -1, *n - 1)) --*n;
    for (int64_t row = first_row; row < p->n_rows; row++)
        for (int64_t col = *n; col < p->n_columns; col++)
            if (cell_text(p, row, col))
                return refuse(
                    p->err, SIPAS_ERR_MISSING,
                    "%.100s, line %lld: column %lld has no name in the header, but a cell here holds '%.40s'; give the "
                    "column a name",
                    p->path, (long long)p->line[row], (long long)col + 1, cell_text(p, row, col));
    if (*n < p->n_columns)
        note("%.100s: %lld %s at the end, without a name and empty, left out", p->path, (long long)(p->n_columns - *n),
             p->n_columns - *n == 1 ? "column" : "columns");
    return SIPAS_OK;
}

/* The header's names must be there and differ. */
static sipas_status read_names(sheet *s, const parse *p, sipas_error *err)
{
    for (int64_t col = 0; col < s->n_columns; col++) {
        const char *name = cell_text(p, -1, col);
        if (!name)
            return refuse(err, SIPAS_ERR_MISSING,
                          "%.100s, line %lld: column %lld has no name in the header; give it one", s->path,
                          (long long)s->header, (long long)col + 1);
        s->columns[col].name = text_nfc(name);
        if (!s->columns[col].name) return sheet_no_memory(s, err);
        for (int64_t other = 0; other < col; other++)
            if (strcmp(s->columns[col].name, s->columns[other].name) == 0)
                return refuse(err, SIPAS_ERR_DUPLICATE,
                              "%.100s, line %lld: columns %lld and %lld are both named '%.60s'; rename one", s->path,
                              (long long)s->header, (long long)other + 1, (long long)col + 1, s->columns[col].name);
    }
    return SIPAS_OK;
}

static sipas_status read_columns(sheet *s, const parse *p, int64_t first_row, sipas_error *err)
{
    for (int64_t col = 0; col < s->n_columns; col++) {
        const char **text = malloc((size_t)s->n_rows * sizeof *text);
        s->columns[col].text = text;
        if (!text) return sheet_no_memory(s, err);
        for (int64_t row = 0; row < s->n_rows; row++) text[row] = cell_text(p, row + first_row, col);
    }
    return SIPAS_OK;
}

/* Turns the cells of a finished parse into columns; takes over the bytes. */
static sipas_status make_sheet(sheet *s, parse *p)
{
    const int64_t first_row = is_hxl(p);
    if (p->n_columns < 0 || p->n_rows - first_row == 0)
        return refuse(p->err, SIPAS_ERR_TOO_FEW, "%.100s: there are no rows below a header", p->path);
    if (p->n_empty > p->n_trailing)
        note("%.100s, line %lld: %lld empty %s left out", p->path, (long long)p->first_empty,
             (long long)(p->n_empty - p->n_trailing), p->n_empty - p->n_trailing == 1 ? "line is" : "lines are");
    if (first_row) note("%.100s, line %lld: a line of HXL tags is left out", p->path, (long long)p->line[0]);
    int64_t named;
    sipas_status status = count_named(p, first_row, &named);
    if (status != 0) return status;
    if (named == 0) return refuse(p->err, SIPAS_ERR_MISSING, "%.100s: the header holds no name", p->path);
    s->columns = calloc((size_t)named, sizeof *s->columns);
    s->line = malloc((size_t)p->n_rows * sizeof *s->line);
    if (!s->columns || !s->line) return sheet_no_memory(s, p->err);
    s->n_columns = named;
    s->n_rows = p->n_rows - first_row;
    s->header = p->header;
    s->separator = p->separator;
    memcpy(s->line, p->line + first_row, (size_t)s->n_rows * sizeof *s->line);
    status = read_columns(s, p, first_row, p->err);
    if (status == 0) status = read_names(s, p, p->err);
    s->bytes = p->bytes;
    p->bytes = NULL;
    return status;
}

static sipas_status read_table(const char *text, size_t n, const sheet_how *how, sheet *s, sipas_error *err)
{
    parse p = {.n_columns = -1, .path = s->path, .err = err};
    size_t skip;
    sipas_status status = find_separator(text, n, how, &p, &skip);
    if (status == 0) status = parse_text(text + skip, n - skip, &p);
    if (status == 0) status = make_sheet(s, &p);
    if (status == 0) status = sheet_declare_missing(s, &how->na, err);
    free(p.bytes);
    free(p.start);
    free(p.line);
    return status;
}

static sipas_status new_sheet(const char *path, const sheet_how *how, sheet **out, sipas_error *err)
{
    const char *decimal = how->decimal ? how->decimal : ".";
    *out = NULL;
    if (strcmp(decimal, ".") != 0 && strcmp(decimal, ",") != 0)
        return refuse(err, SIPAS_ERR_ARGUMENT, "--decimal %.60s: give . or ,", decimal);
    sheet *s = calloc(1, sizeof *s);
    if (s) s->path = text_copy(text_end(path, MOST_PATH), strlen(text_end(path, MOST_PATH)));
    if (!s || !s->path) {
        free(s);
        return no_memory(path, err);
    }
    text_clean(s->path);
    s->point = *decimal;
    *out = s;
    return SIPAS_OK;
}

static sipas_status read_stream(const char *path, FILE *file, const sheet_how *how, sheet **out, sipas_error *err)
{
    static const sheet_how usual = {0};
    char *bytes = NULL;
    size_t n;
    sheet *s = NULL;
    if (!how) how = &usual;
    sipas_status status = new_sheet(path, how, &s, err);
    if (status == 0 && s) status = bytes_read(s->path, file, &bytes, &n, err);
    if (status == 0 && s) status = read_table(bytes, n, how, s, err);
    free(bytes);
    if (status == 0)
        *out = s;
    else
        sheet_free(s);
    return status;
}

sipas_status sheet_read(const char *path, const sheet_how *how, sheet **out, sipas_error *err)
{
    *out = NULL;
    FILE *file = fopen(path, "rb");
    if (!file) return refuse(err, SIPAS_ERR_NOT_FOUND, "%s: the file cannot be opened", text_end(path, 200));
    sipas_status status = read_stream(path, file, how, out, err);
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
        sipas_status status = read_stream(file, stream, NULL, out, err);
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
        field *c = &s->columns[i];
        for (int64_t row = 0; row < s->n_rows && c->code; row++) free(c->code[row]);
        free(c->name);
        free(c->text);
        free(c->code);
        free(c->whole);
        free(c->number);
        free(c->validity);
        free(c->whole_validity);
    }
    for (int i = 0; i < s->n_na; i++) {
        free(s->na[i].text);
        free(s->na[i].number);
    }
    free(s->na);
    free(s->columns);
    free(s->line);
    free(s->bytes);
    free(s->path);
    free(s);
}

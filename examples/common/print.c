/*
 * Printing tables. A grid keeps its cells as text, with the side they are set to; widths are known once it is full.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "print.h"

#include <csv.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A cell. A rule stands as one cell with `rule` set, between full rows. */
typedef struct cell {
    char *text;
    int right, rule;
} cell;

struct grid {
    cell *cells; /* the headings come first */
    size_t n, room;
    int n_columns, failed;
};

int text_width(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;
    int width = 0;
    for (; *c; c++) {
        if ((*c & 0xC0) == 0x80) continue;                                                     /* inside a character */
        if ((c[0] == 0xCC && c[1]) || (c[0] == 0xCD && c[1] >= 0x80 && c[1] < 0xB0)) continue; /* U+0300 … U+036F */
        width++;
    }
    return width;
}

void print_padded(FILE *out, const char *text, int width)
{
    int blanks = (width < 0 ? -width : width) - text_width(text);
    if (blanks < 0) blanks = 0;
    if (width < 0)
        fprintf(out, "%*s%s", blanks, "", text);
    else
        fprintf(out, "%s%*s", text, blanks, "");
}

static void add(grid *g, const char *text, int right, int rule)
{
    if (!g || g->failed) return;
    if (g->n == g->room) {
        size_t room = g->room ? 2 * g->room : 64;
        cell *grown = realloc(g->cells, room * sizeof *grown);
        if (!grown) {
            g->failed = 1;
            return;
        }
        g->cells = grown;
        g->room = room;
    }
    const size_t size = strlen(text) + 1;
    cell *c = &g->cells[g->n];
    c->text = malloc(size);
    if (!c->text) {
        g->failed = 1;
        return;
    }
    memcpy(c->text, text, size);
    c->right = right;
    c->rule = rule;
    g->n++;
}

grid *grid_new(const char *const *headings, int n_columns)
{
    grid *g = calloc(1, sizeof *g);
    if (!g) return NULL;
    g->n_columns = n_columns;
    for (int i = 0; i < n_columns; i++) add(g, headings[i] ? headings[i] : "", 0, 0);
    return g;
}

void grid_free(grid *g)
{
    if (!g) return;
    for (size_t i = 0; i < g->n; i++) free(g->cells[i].text);
    free(g->cells);
    free(g);
}

void grid_text(grid *g, const char *text)
{
    add(g, text ? text : "", 0, 0);
}

void grid_right(grid *g, const char *text)
{
    add(g, text ? text : "", 1, 0);
}

void grid_rule(grid *g)
{
    add(g, "", 0, 1);
}

/* Puts commas between the thousands of a number in plain digits. */
static void group_thousands(const char *plain, char *text)
{
    const size_t sign = plain[0] == '-', whole = strspn(plain + sign, "0123456789");
    size_t n = 0;
    for (size_t i = 0; plain[i]; i++) {
        const size_t left = whole + sign - i; /* digits of the whole part that are still to come */
        if (i > sign && i < sign + whole && left % 3 == 0) text[n++] = ',';
        text[n++] = plain[i];
    }
    text[n] = '\0';
}

const char *count_text(char text[32], int64_t value)
{
    char plain[24];
    snprintf(plain, sizeof plain, "%" PRId64, value);
    group_thousands(plain, text);
    return text;
}

void grid_number(grid *g, double value, int digits)
{
    char plain[400], text[540];
    if (isnan(value)) {
        add(g, "-", 1, 0);
        return;
    }
    snprintf(plain, sizeof plain, "%.*f", digits, value);
    group_thousands(plain, text);
    add(g, text, 1, 0);
}

void grid_count(grid *g, int64_t value)
{
    char text[32];
    add(g, count_text(text, value), 1, 0);
}

/* Widths of the columns, and on which side each heading stands: where the first cell below it does. */
static void measure(const grid *g, int *widths, int *right)
{
    int col = 0, row = 0;
    for (size_t i = 0; i < g->n; i++) {
        if (g->cells[i].rule) continue;
        int width = text_width(g->cells[i].text);
        if (width > widths[col]) widths[col] = width;
        if (row == 1) right[col] = g->cells[i].right;
        if (++col == g->n_columns) col = 0, row++;
    }
}

static void rule(FILE *out, const int *widths, int n_columns)
{
    fputs("  ", out);
    for (int col = 0; col < n_columns; col++) {
        for (int i = 0; i < widths[col]; i++) fputc('-', out);
        fputs(col + 1 < n_columns ? "  " : "\n", out);
    }
}

sipas_status grid_print(const grid *g, FILE *out)
{
    int *widths = g && !g->failed ? calloc(2 * (size_t)g->n_columns, sizeof *widths) : NULL;
    if (!widths) return SIPAS_ERR_MEMORY;
    int *right = widths + g->n_columns;
    measure(g, widths, right);
    int col = 0, row = 0;
    for (size_t i = 0; i < g->n; i++) {
        const cell *c = &g->cells[i];
        if (c->rule) {
            rule(out, widths, g->n_columns);
            continue;
        }
        int last = col + 1 == g->n_columns, to_right = row == 0 ? right[col] : c->right;
        fputs("  ", out);
        print_padded(out, c->text, to_right ? -widths[col] : last ? 0 : widths[col]);
        if (!last) {
            col++;
            continue;
        }
        fputc('\n', out);
        if (row++ == 0) rule(out, widths, g->n_columns);
        col = 0;
    }
    free(widths);
    return SIPAS_OK;
}

/* ------------------------------------------------------------------------------------------- tables of the library */

static int is_missing(const sipas_column *c, int64_t row)
{
    int64_t bit = c->offset + row;
    return c->validity && !(c->validity[bit / 8] >> (bit % 8) & 1);
}

static const void *element(const sipas_column *c, int64_t row)
{
    return (const char *)c->data + row * c->stride;
}

static void add_element(grid *g, const sipas_column *c, int64_t row, int digits)
{
    int text = c->type == SIPAS_TYPE_CODE;
    if (is_missing(c, row))
        add(g, text ? "" : "-", !text, 0);
    else if (text)
        grid_text(g, *(const char *const *)element(c, row));
    else if (c->type == SIPAS_TYPE_I64)
        grid_count(g, *(const int64_t *)element(c, row));
    else
        grid_number(g, *(const double *)element(c, row), digits);
}

/* Finds the columns and starts the grid with their headings. */
static sipas_status start(const sipas_table *table, const print_column *columns, int n, sipas_column *views,
                          int *digits, grid **out, sipas_error *err)
{
    const char **headings = malloc((size_t)n * sizeof *headings);
    sipas_status status = headings ? SIPAS_OK : SIPAS_ERR_MEMORY;
    for (int i = 0; i < n && status == 0; i++) {
        int64_t position = i;
        if (columns) status = sipas_table_find(table, columns[i].name, &position, err);
        if (status == 0) status = sipas_table_get_column(table, position, &views[i], err);
        if (status != 0) break;
        headings[i] = columns && columns[i].heading ? columns[i].heading : sipas_table_get_field(table, position)->name;
        digits[i] = columns ? columns[i].digits : 4;
    }
    *out = status == 0 ? grid_new(headings, n) : NULL;
    free(headings);
    return status != 0 ? status : *out ? SIPAS_OK : SIPAS_ERR_MEMORY;
}

sipas_status print_table(FILE *out, const sipas_table *table, const print_column *columns, int n_columns,
                         const int64_t *rows, int64_t n_rows, sipas_error *err)
{
    int n = columns ? n_columns : (int)sipas_table_count_columns(table);
    if (!rows) n_rows = sipas_table_count_rows(table);
    grid *g = NULL;
    sipas_column *views = malloc((size_t)n * sizeof *views);
    int *digits = malloc((size_t)n * sizeof *digits);
    sipas_status status = views && digits ? start(table, columns, n, views, digits, &g, err) : SIPAS_ERR_MEMORY;
    for (int64_t i = 0; i < n_rows && status == 0; i++)
        for (int col = 0; col < n; col++) add_element(g, &views[col], rows ? rows[i] : i, digits[col]);
    if (status == 0) status = grid_print(g, out);
    if (status == SIPAS_ERR_MEMORY && err) {
        *err =
            (sipas_error){.status = status, .column = -1, .row = -1, .message = "not enough memory to print a table"};
    }
    grid_free(g);
    free(views);
    free(digits);
    return status;
}

/* The notes of a table: how many, 0 when they cannot be had. */
static int64_t get_notes(const sipas_table *table, const char *const **code, const char *const **message)
{
    const sipas_table *notes = sipas_table_get_notes(table);
    if (sipas_table_get_code(notes, "code", code, NULL) < 0 ||
        sipas_table_get_code(notes, "message", message, NULL) < 0)
        return 0;
    return sipas_table_count_rows(notes);
}

static int has_note(const sipas_table *table, const char *wanted)
{
    const char *const *code, *const *message;
    int64_t i = table ? get_notes(table, &code, &message) : 0;
    while (i > 0 && strcmp(message[i - 1], wanted) != 0) i--;
    return i > 0;
}

void print_notes_but(FILE *out, const sipas_table *table, const sipas_table *other, int64_t most)
{
    const char *const *code, *const *message;
    const int64_t n = get_notes(table, &code, &message);
    int64_t printed = 0, more = 0;
    for (int64_t i = 0; i < n; i++) {
        if (has_note(other, message[i])) continue;
        if (printed == most) {
            more++;
            continue;
        }
        fprintf(out, "  note (%s): %s\n", code[i], message[i]);
        printed++;
    }
    if (more > 0) fprintf(out, "  … and %" PRId64 " more notes\n", more);
}

void print_notes(FILE *out, const sipas_table *table, int64_t most)
{
    print_notes_but(out, table, NULL, most);
}

void write_csv_text(FILE *out, const char *text)
{
    if (strpbrk(text, ",\"\r\n"))
        csv_fwrite(out, text, strlen(text));
    else
        fputs(text, out);
}

static void write_element(FILE *out, const sipas_column *c, int64_t row)
{
    if (is_missing(c, row)) return;
    if (c->type == SIPAS_TYPE_I64) {
        fprintf(out, "%" PRId64, *(const int64_t *)element(c, row));
    } else if (c->type == SIPAS_TYPE_F64) {
        fprintf(out, "%.17g", *(const double *)element(c, row));
    } else {
        write_csv_text(out, *(const char *const *)element(c, row));
    }
}

sipas_status write_csv(FILE *out, const sipas_table *table, sipas_error *err)
{
    int64_t n_columns = sipas_table_count_columns(table);
    for (int64_t col = 0; col < n_columns; col++) {
        write_csv_text(out, sipas_table_get_field(table, col)->name);
        fputc(col + 1 < n_columns ? ',' : '\n', out);
    }
    for (int64_t row = 0; row < sipas_table_count_rows(table); row++) {
        for (int64_t col = 0; col < n_columns; col++) {
            sipas_column c;
            sipas_status status = sipas_table_get_column(table, col, &c, err);
            if (status != 0) return status;
            write_element(out, &c, row);
            fputc(col + 1 < n_columns ? ',' : '\n', out);
        }
    }
    return SIPAS_OK;
}

const char *ordinal(int64_t n)
{
    if (n % 100 >= 11 && n % 100 <= 13) return "th";
    return n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" : n % 10 == 3 ? "rd" : "th";
}

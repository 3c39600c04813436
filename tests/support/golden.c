/*
 * Reader of the tables in tests/golden.
 *
 * The file is held as one block whose separators are overwritten with NUL, so a cell is a pointer into it. Cost:
 * O(size of the file) to read, O(columns) to find a column by name.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "golden.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct golden_table {
    char *path;          /* as it was opened, for messages */
    char *text;          /* the whole file */
    char **names;        /* n_columns names */
    char **cells;        /* n_rows × n_columns cells, row by row */
    size_t *lines;       /* line number of each row, from 1 */
    double **numbers;    /* per column: golden_numbers() made so far, or NULL */
    const char ***texts; /* per column: golden_texts() made so far, or NULL */
    size_t n_rows;
    size_t n_columns;
};

static void *allocate(size_t n, size_t size)
{
    void *memory = calloc(n ? n : 1, size);
    if (!memory) fail_msg("golden: out of memory");
    return memory;
}

static char *full_path(const char *path)
{
    const char *root = path[0] == '/' ? NULL : getenv("TESTS_ROOT");
    if (path[0] == '/')
        root = "";
    else if (!root || !root[0])
        root = "tests";
    const size_t size = strlen(root) + strlen(path) + 2;
    char *full = allocate(size, 1);
    (void)snprintf(full, size, "%s%s%s", root, root[0] ? "/" : "", path);
    return full;
}

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) fail_msg("%s: %s (TESTS_ROOT is to name the tests directory)", path, strerror(errno));
    char *text = NULL;
    size_t length = 0, size = 0;
    do {
        if (size - length < 2) {
            size = size ? 2 * size : 1 << 16;
            char *larger = realloc(text, size);
            if (!larger) fail_msg("%s: out of memory", path);
            text = larger;
        }
        length += fread(text + length, 1, size - length - 1, file);
    } while (!feof(file) && !ferror(file));
    if (ferror(file)) fail_msg("%s: cannot be read", path);
    (void)fclose(file);
    text[length] = '\0';
    if (strlen(text) != length) fail_msg("%s: has a NUL byte", path);
    return text;
}

/* Ends the line that begins at `line` and returns the next one, or NULL at the end of the text. */
static char *cut_line(char *line)
{
    char *end = strchr(line, '\n');
    if (!end) return NULL;
    *end = '\0';
    return end[1] ? end + 1 : NULL;
}

static size_t count_of(const char *text, char wanted)
{
    size_t n = 0;
    for (; *text; text++) n += *text == wanted;
    return n;
}

static void split(char *line, char separator, char **cells)
{
    for (size_t i = 0;; i++) {
        cells[i] = line;
        line = strchr(line, separator);
        if (!line) return;
        *line++ = '\0';
    }
}

golden_table *golden_read(const char *path)
{
    golden_table *table = allocate(1, sizeof *table);
    table->path = full_path(path);
    table->text = read_file(table->path);

    const size_t length = strlen(path);
    const bool csv = length > 4 && strcmp(path + length - 4, ".csv") == 0;
    const char separator = csv ? ',' : '\t';
    if (csv && strchr(table->text, '"')) fail_msg("%s: quoted cells are not read here", table->path);

    const size_t n_lines = count_of(table->text, '\n') + 1;
    table->lines = allocate(n_lines, sizeof *table->lines);

    size_t number = 0;
    for (char *line = table->text, *next; line; line = next) {
        next = cut_line(line);
        number++;
        if (line[0] == '#' || line[0] == '\0') continue;
        const size_t n = count_of(line, separator) + 1;
        if (!table->names) {
            table->n_columns = n;
            table->names = allocate(n, sizeof *table->names);
            table->cells = allocate(n_lines * n, sizeof *table->cells);
            split(line, separator, table->names);
            continue;
        }
        if (n != table->n_columns)
            fail_msg("%s: line %zu has %zu cells, not %zu", table->path, number, n, table->n_columns);
        split(line, separator, table->cells + table->n_rows * n);
        table->lines[table->n_rows++] = number;
    }
    if (!table->names) fail_msg("%s: no header line", table->path);
    table->numbers = allocate(table->n_columns, sizeof *table->numbers);
    table->texts = allocate(table->n_columns, sizeof *table->texts);
    return table;
}

void golden_free(golden_table *table)
{
    if (!table) return;
    for (size_t column = 0; column < table->n_columns; column++) {
        free(table->numbers[column]);
        free(table->texts[column]);
    }
    free(table->numbers);
    free(table->texts);
    free(table->lines);
    free(table->cells);
    free(table->names);
    free(table->text);
    free(table->path);
    free(table);
}

size_t golden_count(const golden_table *table)
{
    return table->n_rows;
}

static size_t column_of(const golden_table *table, const char *name)
{
    for (size_t column = 0; column < table->n_columns; column++)
        if (strcmp(table->names[column], name) == 0) return column;
    fail_msg("%s: no column \"%s\"", table->path, name);
    return 0;
}

static const char *cell_of(const golden_table *table, size_t row, size_t column)
{
    if (row >= table->n_rows) fail_msg("%s: no row %zu of %zu", table->path, row, table->n_rows);
    return table->cells[row * table->n_columns + column];
}

const char *golden_text(const golden_table *table, size_t row, const char *column)
{
    return cell_of(table, row, column_of(table, column));
}

/* The number that `text` begins with; it must end at `stop` or at the end of the text. */
static double parse_number(const golden_table *table, size_t row, size_t column, const char *text, char stop)
{
    const size_t length = strcspn(text, (const char[]){stop, '\0'});
    if (length == 0 || (length == 2 && memcmp(text, "NA", 2) == 0)) return (double)NAN;
    char *end;
    const double number = strtod(text, &end);
    if (end != text + length)
        fail_msg("%s: line %zu, column \"%s\": \"%.*s\" is not a number", table->path, table->lines[row],
                 table->names[column], (int)length, text);
    return number;
}

static double number_of(const golden_table *table, size_t row, size_t column)
{
    return parse_number(table, row, column, cell_of(table, row, column), '\0');
}

double golden_number(const golden_table *table, size_t row, const char *column)
{
    return number_of(table, row, column_of(table, column));
}

const double *golden_numbers(golden_table *table, const char *column)
{
    const size_t c = column_of(table, column);
    if (!table->numbers[c]) {
        table->numbers[c] = allocate(table->n_rows, sizeof **table->numbers);
        for (size_t row = 0; row < table->n_rows; row++) table->numbers[c][row] = number_of(table, row, c);
    }
    return table->numbers[c];
}

const char *const *golden_texts(golden_table *table, const char *column)
{
    const size_t c = column_of(table, column);
    if (!table->texts[c]) {
        table->texts[c] = allocate(table->n_rows, sizeof **table->texts);
        for (size_t row = 0; row < table->n_rows; row++) {
            const char *text = cell_of(table, row, c);
            table->texts[c][row] = text[0] ? text : NULL;
        }
    }
    return table->texts[c];
}

double *golden_list(const golden_table *table, size_t row, const char *column, size_t *n)
{
    const size_t c = column_of(table, column);
    const char *text = cell_of(table, row, c);
    *n = text[0] ? count_of(text, ';') + 1 : 0;
    if (*n == 0) return NULL;
    double *list = allocate(*n, sizeof *list);
    for (size_t i = 0; i < *n; i++) {
        list[i] = parse_number(table, row, c, text, ';');
        text += strcspn(text, ";") + 1;
    }
    return list;
}

size_t golden_find(const golden_table *table, size_t from, const char *column, const char *text)
{
    const size_t c = column_of(table, column);
    size_t row = from;
    while (row < table->n_rows && strcmp(cell_of(table, row, c), text) != 0) row++;
    return row;
}

size_t golden_figure(const golden_table *table, const char *id, const char *variable, const char *group,
                     const char *statistic)
{
    const size_t columns[] = {column_of(table, "statistic"), column_of(table, "group"), column_of(table, "variable"),
                              column_of(table, "case")};
    const char *const wanted[] = {statistic, group, variable, id};
    for (size_t row = 0; row < table->n_rows; row++) {
        size_t same = 0;
        while (same < 4 && strcmp(cell_of(table, row, columns[same]), wanted[same]) == 0) same++;
        if (same == 4) return row;
    }
    fail_msg("%s: no row for case \"%s\", variable \"%s\", group \"%s\", statistic \"%s\"", table->path, id, variable,
             group, statistic);
    return 0;
}

static void copy_part(const char *part, size_t length, char *out, size_t size)
{
    if (length >= size) fail_msg("golden: \"%.*s\" is longer than %zu bytes", (int)length, part, size);
    memcpy(out, part, length);
    out[length] = '\0';
}

bool golden_part(const char *cell, size_t index, char *out, size_t size)
{
    if (!cell[0]) return false;
    for (; index > 0; index--) {
        cell = strchr(cell, ';');
        if (!cell) return false;
        cell++;
    }
    copy_part(cell, strcspn(cell, ";"), out, size);
    return true;
}

bool golden_option(const char *cell, const char *key, char *out, size_t size)
{
    const size_t length = strlen(key);
    for (; cell; cell = strchr(cell, ';')) {
        cell += *cell == ';';
        if (strncmp(cell, key, length) == 0 && cell[length] == '=') {
            copy_part(cell + length + 1, strcspn(cell + length + 1, ";"), out, size);
            return true;
        }
    }
    return false;
}

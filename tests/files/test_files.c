/*
 * Every file of this folder is read, or refused as its name says. What INDEX.tsv lists is asked for as examples/estimate asks, and the
 * figure, or the reason of the refusal, is the one that the line has. Any other file has a column y of numbers and a column want with
 * what they are. Whatever is told is UTF-8.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "estimate.h"
#include "text.h"

enum { FIELDS = 9, MOST_WORDS = 40, ROOM = 4096 };

/* A line of the index. */
typedef struct expectation {
    char line[ROOM];
    char *file, *what, *of, *options, *row, *figure, *value, *note;
} expectation;

/* What came of it. */
typedef struct outcome {
    sipas_status status;
    sipas_error err;
    sipas_table *table;
    char told[ROOM]; /* on standard error */
} outcome;

static const char folder[] = "tests/files";

static int complain(const expectation *e, const outcome *o, const char *what)
{
    fprintf(stdout, "%s %s %s %s %s %s: %s; status %d: %s; told: %s\n", e->file, e->what, e->of, e->options, e->row,
            e->figure, what, (int)o->status, o->err.message, o->told);
    return 1;
}

/* ------------------------------------------------------------------------------------------------------------ the index */

static int cut(expectation *e)
{
    char *field[FIELDS] = {NULL};
    int n = 0;
    e->line[strcspn(e->line, "\n")] = '\0';
    if (e->line[0] == '#' || strncmp(e->line, "file\t", 5) == 0) return 0;
    for (char *at = e->line; at && n < FIELDS; at = strchr(at, '\t') ? strchr(at, '\t') + 1 : NULL) field[n++] = at;
    assert_int_equal(n, FIELDS);
    for (int i = 1; i < FIELDS; i++) field[i][-1] = '\0';
    e->file = field[0], e->what = field[1], e->of = field[2], e->options = field[3], e->row = field[4];
    e->figure = field[5], e->value = field[6], e->note = field[7];
    return 1;
}

/* The words of the options, cut in place; a blank within a word is written ␣. */
static int cut_words(char *text, char **word)
{
    static const char blank[] = "\xE2\x90\xA3";
    int n = 0;
    for (char *at = strtok(text, " "); at; at = strtok(NULL, " ")) {
        for (char *mark = strstr(at, blank); mark; mark = strstr(mark, blank)) {
            *mark = ' ';
            memmove(mark + 1, mark + 3, strlen(mark + 3) + 1);
        }
        word[n++] = at;
    }
    return n;
}

/* --------------------------------------------------------------------------------------------------------------- running */

static sipas_status answer(const request *r, survey *s, outcome *o)
{
    o->status = survey_open(&r->survey, NULL, s, &o->err);
    if (o->status == 0) o->status = estimate_ask(r, s, &o->table, &o->err);
    if (o->status != 0) survey_error(s, &o->err);
    survey_close(s);
    return o->status;
}

static void run(const expectation *e, outcome *o)
{
    static char share[] = "proportion", mean[] = "mean";
    char path[512], options[ROOM], of[256], *argv[MOST_WORDS];
    request r;
    survey *s = malloc(sizeof *s);
    assert_non_null(s);
    memset(o, 0, sizeof *o);
    snprintf(path, sizeof path, "%s/%s", folder, e->file);
    snprintf(options, sizeof options, "%s", e->options);
    snprintf(of, sizeof of, "%s", e->of);
    argv[0] = argv[1] = path;
    argv[2] = strcmp(e->what, "share") == 0 ? share : mean;
    argv[3] = of;
    const int argc = 4 + cut_words(options, argv + 4);
    o->status = estimate_read(argc, argv, &r, &o->err);
    if (o->status == 0) answer(&r, s, o);
    free(s);
}

/* Runs with standard error in a file, and reads what was written there. */
static void run_and_listen(const expectation *e, outcome *o)
{
    FILE *heard = tmpfile();
    assert_non_null(heard);
    fflush(stderr);
    const int before = dup(STDERR_FILENO);
    dup2(fileno(heard), STDERR_FILENO);
    run(e, o);
    fflush(stderr);
    dup2(before, STDERR_FILENO);
    close(before);
    rewind(heard);
    o->told[fread(o->told, 1, sizeof o->told - 1, heard)] = '\0';
    fclose(heard);
}

/* ------------------------------------------------------------------------------------------------------------- comparing */

/* The row that a line is about; -1 when there is none. */
static int64_t find_row(const expectation *e, const sipas_table *table)
{
    char column[64] = "";
    const char *equals = strchr(e->row, '=');
    int64_t position;
    sipas_column c;
    if (!equals) return 0;
    memcpy(column, e->row, (size_t)(equals - e->row));
    if (sipas_table_find(table, column, &position, NULL) < 0 || sipas_table_get_column(table, position, &c, NULL) < 0)
        return -1;
    for (int64_t row = 0; row < c.n; row++) {
        char text[64];
        const void *cell = (const char *)c.data + row * c.stride;
        if (c.type == SIPAS_TYPE_CODE)
            snprintf(text, sizeof text, "%s", *(const char *const *)cell ? *(const char *const *)cell : "");
        else
            snprintf(text, sizeof text, "%lld", (long long)*(const int64_t *)cell);
        if (strcmp(text, equals + 1) == 0) return row;
    }
    return -1;
}

static int check_figure(const expectation *e, const outcome *o)
{
    const int64_t row = find_row(e, o->table);
    const double wanted = strtod(e->value, NULL), *number;
    const int64_t *whole;
    double got = NAN;
    if (strcmp(e->figure, "rows") == 0)
        got = (double)sipas_table_count_rows(o->table);
    else if (row < 0)
        return complain(e, o, "there is no such row");
    else if (sipas_table_get_f64(o->table, e->figure, &number, NULL) == 0)
        got = number[row];
    else if (sipas_table_get_i64(o->table, e->figure, &whole, NULL) == 0)
        got = (double)whole[row];
    if (fabs(got - wanted) <= 1e-12 * fabs(wanted)) return 0;
    printf("%.17g for %.17g: ", got, wanted);
    return complain(e, o, "another figure");
}

/* The file's name begins with the status, and the reason holds each text of `value`. */
static int check_refusal(const expectation *e, const outcome *o)
{
    char value[ROOM], status[64];
    snprintf(status, sizeof status, "%s", sipas_status_name(o->status));
    for (char *blank = strchr(status, ' '); blank; blank = strchr(blank, ' ')) *blank = '_';
    if (strncmp(e->file, status, strlen(status)) != 0 || e->file[strlen(status)] != '-') return complain(e, o, status);
    snprintf(value, sizeof value, "%s", e->value);
    for (char *at = value, *next; at; at = next) {
        next = strstr(at, "; ");
        if (next) *next = '\0', next += 2;
        if (!strstr(o->err.message, at)) return complain(e, o, at);
    }
    return 0;
}

static int check_line(const expectation *e)
{
    outcome o;
    int bad = 0;
    run_and_listen(e, &o);
    const int refused = strcmp(e->figure, "refused") == 0;
    if (text_first_bad(o.err.message, strlen(o.err.message)) < strlen(o.err.message) ||
        text_first_bad(o.told, strlen(o.told)) < strlen(o.told))
        bad = complain(e, &o, "what is told is no UTF-8");
    else if ((o.status != 0) != refused)
        bad = complain(e, &o, refused ? "not refused" : "refused");
    else
        bad = refused ? check_refusal(e, &o) : check_figure(e, &o);
    if (!bad && strcmp(e->note, "yes") == 0 && !strstr(o.told, "note: ")) bad = complain(e, &o, "nothing is noted");
    if (!bad && strcmp(e->note, "no") == 0 && o.told[0]) bad = complain(e, &o, "something is noted");
    sipas_table_free(o.table);
    return bad;
}

/* ------------------------------------------------------------------------------------------------ files without a line */

/* 1 when the number is the one that `want` has. */
static int is_wanted(const double *y, const char *const *want, int64_t row)
{
    return strcmp(want[row], "missing") == 0 ? isnan(y[row]) : y[row] == strtod(want[row], NULL);
}

static int check_numbers(const char *file)
{
    char path[512];
    const double *y;
    const char *const *want;
    expectation e = {
        .file = path, .what = path, .of = path, .options = path, .row = path, .figure = path, .value = path};
    outcome o = {0};
    sheet *s = NULL;
    int bad = 0;
    snprintf(path, sizeof path, "%s/%s", folder, file);
    o.status = sheet_read(path, NULL, &s, &o.err);
    if (o.status == 0) o.status = sheet_get_number(s, "y", &y, &o.err);
    const int refused = strncmp(file, "ok-", 3) != 0;
    snprintf(path, sizeof path, "%s", file);
    e.value = path + strlen(path);
    if ((o.status != 0) != refused)
        bad = complain(&e, &o, refused ? "not refused" : "refused");
    else if (refused)
        bad = check_refusal(&e, &o);
    else if (sheet_get_text(s, "want", &want, &o.err) != 0)
        bad = complain(&e, &o, "no column want");
    else
        for (int64_t row = 0; row < sheet_count_rows(s); row++)
            if (!is_wanted(y, want, row)) bad = complain(&e, &o, want[row]);
    sheet_free(s);
    return bad;
}

/* 1 when a line of the index begins with the name. */
static int is_indexed(const char *index, const char *file)
{
    const size_t length = strlen(file);
    for (const char *at = index; at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL)
        if (strncmp(at, file, length) == 0 && at[length] == '\t') return 1;
    return 0;
}

static void test_numbers(void **state)
{
    (void)state;
    char path[512];
    int n = 0, bad = 0;
    char *index = calloc(1, 1 << 18);
    assert_non_null(index);
    snprintf(path, sizeof path, "%s/INDEX.tsv", folder);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_in_range(fread(index, 1, (1 << 18) - 1, file), 1, (1 << 18) - 2);
    fclose(file);
    DIR *files = opendir(folder);
    assert_non_null(files);
    for (struct dirent *entry = readdir(files); entry; entry = readdir(files)) {
        const char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".csv") != 0 || is_indexed(index, entry->d_name)) continue;
        bad += check_numbers(entry->d_name);
        n++;
    }
    closedir(files);
    free(index);
    assert_int_equal(bad, 0);
    assert_true(n >= 40);
}

static void test_index(void **state)
{
    (void)state;
    char path[512];
    int n = 0, bad = 0;
    expectation *e = malloc(sizeof *e);
    snprintf(path, sizeof path, "%s/INDEX.tsv", folder);
    FILE *index = fopen(path, "r");
    assert_non_null(e);
    assert_non_null(index);
    while (fgets(e->line, sizeof e->line, index)) {
        if (!cut(e)) continue;
        n++;
        bad += check_line(e);
    }
    fclose(index);
    free(e);
    assert_int_equal(bad, 0);
    assert_true(n >= 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_index), cmocka_unit_test(test_numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

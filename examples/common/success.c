/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "success.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "text.h"

enum { MOST = 64 };

/* A value that counts. */
typedef struct value {
    char *text, *code, *folded; /* as given, in NFC, folded */
    char *cell;                 /* as a cell would have it, where it is a number; else NULL */
    double number;
    int64_t found;
} value;

/* A text of the column and what is known of it: a survey's answers are few texts, many times. */
typedef struct answer {
    const char *code;
    int which; /* the value it is; -1 = none */
    int alike; /* by number only */
} answer;

/* A column as it is compared. */
typedef struct task {
    sheet *sheet;
    const char *column;
    const char *const *written, *const *code;
    const double *number; /* NULL = text */
    int n_values, n_answers;
    value values[MOST];
    answer answers[MOST];
    int64_t folded, gaps, alike; /* cells: not as the value is written; NA as a text; the same by number only */
    const char *first_alike;
    double *out;
} task;

static sipas_status no_memory(const task *t, sipas_error *err)
{
    return refuse(err, SIPAS_ERR_MEMORY, "--success for column '%.60s': not enough memory", t->column);
}

/* ------------------------------------------------------------------------------------------------------------ comparing */

static int is_value(const task *t, const char *cell, const value *v)
{
    const char point = sheet_get_point(t->sheet);
    double x;
    return v->cell && number_read(cell, point, &x) && x == v->number && number_compare(cell, v->cell, point) == 0;
}

static int find_number(const task *t, const char *cell)
{
    for (int k = 0; k < t->n_values; k++)
        if (is_value(t, cell, &t->values[k])) return k;
    return -1;
}

/* The value that a text is, by its folded form; -2 when there is no memory. */
static int find_text(const task *t, const char *code)
{
    int k = 0;
    for (; k < t->n_values; k++)
        if (strcmp(code, t->values[k].code) == 0) return k;
    char *folded = text_fold(code);
    if (!folded) return -2;
    for (k = 0; k < t->n_values; k++)
        if (strcmp(folded, t->values[k].folded) == 0) break;
    free(folded);
    return k < t->n_values ? k : -1;
}

/* The same, remembered. */
static answer look_up(task *t, const char *code)
{
    for (int i = 0; i < t->n_answers; i++)
        if (strcmp(t->answers[i].code, code) == 0) return t->answers[i];
    answer a = {code, find_text(t, code), 0};
    if (a.which == -1) a.alike = find_number(t, code) >= 0;
    if (t->n_answers < MOST) t->answers[t->n_answers++] = a;
    return a;
}

static sipas_status compare_texts(task *t, sipas_error *err)
{
    for (int64_t row = 0; row < sheet_count_rows(t->sheet); row++) {
        t->out[row] = NAN;
        if (!t->code[row]) continue;
        const answer a = look_up(t, t->code[row]);
        if (a.which == -2) return no_memory(t, err);
        t->out[row] = a.which >= 0;
        t->gaps += a.which < 0 && number_is_missing(t->code[row]);
        t->alike += a.alike;
        if (a.alike && !t->first_alike) t->first_alike = t->code[row];
        if (a.which < 0) continue;
        t->values[a.which].found++;
        t->folded += strcmp(t->written[row], t->values[a.which].text) != 0;
    }
    return SIPAS_OK;
}

static void compare_numbers(task *t)
{
    for (int64_t row = 0; row < sheet_count_rows(t->sheet); row++) {
        t->out[row] = NAN;
        if (isnan(t->number[row])) continue;
        const int which = find_number(t, t->written[row]);
        t->out[row] = which >= 0;
        if (which >= 0) t->values[which].found++;
    }
}

static sipas_status compare(task *t, sipas_error *err)
{
    t->folded = t->gaps = t->alike = t->n_answers = 0;
    for (int k = 0; k < t->n_values; k++) t->values[k].found = 0;
    if (!t->number) return compare_texts(t, err);
    compare_numbers(t);
    return SIPAS_OK;
}

/* ------------------------------------------------------------------------------------------------------------ the values */

static sipas_status add_value(task *t, const char *text, size_t length, sipas_error *err)
{
    value *v = &t->values[t->n_values];
    if (t->n_values == MOST) return refuse(err, SIPAS_ERR_ARGUMENT, "--success: more than %d values", MOST);
    v->text = text_copy(text, length);
    if (!v->text) return no_memory(t, err);
    t->n_values++;
    v->code = text_nfc(v->text);
    v->folded = text_fold(v->text);
    if (!v->code || !v->folded) return no_memory(t, err);
    if (!number_read(v->text, sheet_get_point(t->sheet), &v->number) && !number_read(v->text, '.', &v->number))
        return SIPAS_OK;
    v->cell = text_copy(text, length);
    if (!v->cell) return no_memory(t, err);
    char *point = strpbrk(v->cell, ".,");
    if (point) *point = sheet_get_point(t->sheet);
    return SIPAS_OK;
}

static void free_value(value *v)
{
    free(v->text);
    free(v->code);
    free(v->folded);
    free(v->cell);
    *v = (value){0};
}

/* "4+5" is two values, unless one of them would be empty. */
static int can_split(const char *text)
{
    return strchr(text, '+') && text[0] != '+' && text[strlen(text) - 1] != '+' && !strstr(text, "++");
}

/* Texts with + that the column does not hold as a whole are split. *changed: there were some. */
static sipas_status split_values(task *t, int *changed, sipas_error *err)
{
    sipas_status status = SIPAS_OK;
    *changed = 0;
    for (int k = 0; k < t->n_values && status == 0; k++) {
        double number;
        if (t->values[k].found > 0 || !can_split(t->values[k].text) || number_read(t->values[k].text, '.', &number))
            continue;
        value whole = t->values[k];
        t->values[k] = t->values[--t->n_values];
        t->values[t->n_values] = (value){0};
        k--;
        *changed = 1;
        for (const char *at = whole.text; at && status == 0;) {
            const size_t length = strcspn(at, "+");
            status = add_value(t, at, length, err);
            at = at[length] ? at + length + 1 : NULL;
        }
        free_value(&whole);
    }
    return status;
}

/* -------------------------------------------------------------------------------------------------------------- telling */

/* The first texts that the column holds, each once. */
static void list_answers(const task *t, char *list, size_t size)
{
    const char *seen[12];
    int n = 0;
    size_t length = 0;
    *list = '\0';
    for (int64_t row = 0; row < sheet_count_rows(t->sheet) && n < 12; row++) {
        int i = 0;
        if (!(t->number ? !isnan(t->number[row]) : t->code[row] != NULL)) continue;
        while (i < n && strcmp(seen[i], t->written[row]) != 0) i++;
        if (i < n || length + 45 > size) continue;
        seen[n++] = t->written[row];
        length += (size_t)snprintf(list + length, size - length, "%s'%.36s'", n > 1 ? ", " : "", t->written[row]);
    }
}

/* 4 and then 4.0: the first one has the cells of both. */
static int is_said_before(const task *t, int at)
{
    for (int k = 0; k < at; k++)
        if (t->number ? is_value(t, t->values[k].cell ? t->values[k].cell : "", &t->values[at])
                      : strcmp(t->values[k].folded, t->values[at].folded) == 0)
            return 1;
    return 0;
}

static sipas_status check_found(const task *t, sipas_error *err)
{
    int64_t found = 0;
    char list[200];
    for (int k = 0; k < t->n_values; k++) found += t->values[k].found > 0;
    if (found == 0) {
        list_answers(t, list, sizeof list);
        return refuse(err, SIPAS_ERR_NOT_FOUND,
                      "--success %.40s%s: no cell of column '%.60s' of %s holds %s; it holds %s", t->values[0].text,
                      t->n_values > 1 ? " and the others" : "", t->column, sheet_get_path(t->sheet),
                      t->n_values > 1 ? "any of them" : "it", *list ? list : "nothing");
    }
    for (int k = 0; k < t->n_values; k++)
        if (t->values[k].found == 0 && !is_said_before(t, k))
            note("--success %.60s: no cell of column '%.60s' holds it", t->values[k].text, t->column);
    return SIPAS_OK;
}

static void tell(const task *t)
{
    if (t->folded > 0)
        note(
            "--success: %lld %s of column '%.60s' hold%s a success only when blanks around it, case and the form of Unicode do not "
            "count",
            (long long)t->folded, t->folded == 1 ? "cell" : "cells", t->column, t->folded == 1 ? "s" : "");
    if (t->gaps > 0)
        note(
            "--success: column '%.60s' holds texts, so NA is one of them, in %lld %s, and no success; --na NA declares it missing",
            t->column, (long long)t->gaps, t->gaps == 1 ? "row" : "rows");
    if (t->alike > 0)
        note(
            "--success: column '%.60s' holds texts, so %lld %s like '%.20s' %s no success, though the number is the same; declare "
            "what is no number missing with --na",
            t->column, (long long)t->alike, t->alike == 1 ? "cell" : "cells", t->first_alike,
            t->alike == 1 ? "is" : "are");
}

/* ---------------------------------------------------------------------------------------------------------------- whole */

static sipas_status open_task(task *t, const option_texts *success, sipas_error *err)
{
    sipas_status status = sheet_get_written(t->sheet, t->column, &t->written, err);
    if (status == 0) status = sheet_get_text(t->sheet, t->column, &t->code, err);
    if (status != 0) return status;
    if (sheet_get_number(t->sheet, t->column, &t->number, NULL) != 0) t->number = NULL;
    t->out = malloc((size_t)sheet_count_rows(t->sheet) * sizeof *t->out);
    if (!t->out) return no_memory(t, err);
    for (int k = 0; k < success->n && status == 0; k++)
        status = add_value(t, success->text[k], strlen(success->text[k]), err);
    return status;
}

sipas_status success_read(sheet *s, const char *column, const option_texts *success, double **out, sipas_error *err)
{
    int changed = 0;
    *out = NULL;
    task *t = calloc(1, sizeof *t);
    if (!t) return refuse(err, SIPAS_ERR_MEMORY, "--success: not enough memory");
    t->sheet = s;
    t->column = column;
    sipas_status status = open_task(t, success, err);
    if (status == 0) status = compare(t, err);
    if (status == 0) status = split_values(t, &changed, err);
    if (status == 0 && changed) status = compare(t, err);
    if (status == 0) status = check_found(t, err);
    if (status == 0) tell(t);
    for (int k = 0; k < t->n_values; k++) free_value(&t->values[k]);
    *out = t->out;
    free(t);
    return status;
}

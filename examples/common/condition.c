/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "condition.h"

#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "text.h"

/* A condition, cut. */
typedef struct condition {
    const char *option, *text; /* as it was given */
    char *column;
    char sign[3];      /* "" = the column alone */
    const char *value; /* within text */
    char *code;        /* the value in NFC */
} condition;

static sipas_status no_memory(const condition *c, sipas_error *err)
{
    return refuse(err, SIPAS_ERR_MEMORY, "%s %.100s: not enough memory", c->option, c->text);
}

/* ------------------------------------------------------------------------------------------------------------- reading */

/* Cuts at the last sign before which the name of a column stands, for names may hold signs; else at the first one. */
static sipas_status cut(const sheet *s, condition *c, sipas_error *err)
{
    const char *sign = strpbrk(c->text, "=!<>");
    c->column = text_copy(c->text, strlen(c->text));
    if (!c->column) return no_memory(c, err);
    if (!sign || sheet_has(s, c->column)) return SIPAS_OK;
    for (const char *at = sign; at; at = strpbrk(at + 1, "=!<>")) {
        c->column[at - c->text] = '\0';
        if (sheet_has(s, c->column)) sign = at;
        c->column[at - c->text] = *at;
    }
    c->column[sign - c->text] = '\0';
    c->sign[0] = sign[0];
    if (sign[1] == '=') c->sign[1] = '=';
    c->value = sign + strlen(c->sign);
    if (strcmp(c->sign, "!") == 0 || !*c->value || !*c->column)
        return refuse(err, SIPAS_ERR_ARGUMENT,
                      "%s %.100s: give COLUMN, or COLUMN=VALUE with = != < <= > or >=", c->option, c->text);
    c->code = text_nfc(c->value);
    return c->code ? SIPAS_OK : no_memory(c, err);
}

/* --------------------------------------------------------------------------------------- what no row meets, and why */

/* Is this the value, but for blanks, case, or the form of a number? */
static int is_nearly(const condition *c, const char *cell, char point)
{
    double x, y;
    if (number_read(cell, point, &x) && number_read(c->value, point, &y) && number_compare(cell, c->value, point) == 0)
        return 1;
    char *left = text_look(cell), *right = text_look(c->value);
    const int same = left && right && strcmp(left, right) == 0;
    free(left);
    free(right);
    return same;
}

static sipas_status none_meets(const sheet *s, const condition *c, const char *const *text, sipas_error *err)
{
    int64_t nearly = 0, first = -1;
    for (int64_t row = 0; row < sheet_count_rows(s) && c->sign[0] == '='; row++) {
        if (!text[row] || !is_nearly(c, text[row], sheet_get_point(s))) continue;
        if (nearly++ == 0) first = row;
    }
    if (nearly > 0)
        return sheet_refuse(
            s, first, c->column, err, SIPAS_ERR_NOT_FOUND,
            "%s %.60s: no row holds that as it is written; %lld %s but for blanks, case or the form of a "
            "number: here '%.40s'",
            c->option, c->text, (long long)nearly, nearly == 1 ? "cell does" : "cells do", text[first]);
    return refuse(err, SIPAS_ERR_NOT_FOUND, "%s %.100s: no row of %s holds that in column '%.60s'", c->option, c->text,
                  sheet_get_path(s), c->column);
}

/* ------------------------------------------------------------------------------------------------------------ applying */

/* = and !=. Cells NA are codes here: that is told, for who has them as missing sees them counted. */
static sipas_status apply_code(sheet *s, const condition *c, uint8_t *met, int64_t *n_met, sipas_error *err)
{
    const char *const *text;
    const int differs = c->sign[0] == '!';
    int64_t gaps = 0;
    const sipas_status status = sheet_get_text(s, c->column, &text, err);
    if (status != 0) return status;
    for (int64_t row = 0; row < sheet_count_rows(s); row++) {
        const int holds = text[row] && (strcmp(text[row], c->code) == 0) != differs;
        *n_met += holds;
        gaps += holds && differs && number_is_missing(text[row]);
        if (!holds) met[row] = 0;
    }
    if (gaps > 0)
        note("%s %.60s: NA in column '%.60s' is a code like any other, in %lld %s; --na NA declares it missing",
             c->option, c->text, c->column, (long long)gaps, gaps == 1 ? "row" : "rows");
    return *n_met > 0 ? SIPAS_OK : none_meets(s, c, text, err);
}

/* < <= > >= */
static sipas_status apply_number(sheet *s, const condition *c, uint8_t *met, int64_t *n_met, sipas_error *err)
{
    const char *const *text;
    const double *number;
    double value;
    const char point = sheet_get_point(s);
    char *bound = text_copy(c->value, strlen(c->value)), *dot = bound ? strchr(bound, '.') : NULL;
    if (!bound) return no_memory(c, err);
    if (dot) *dot = point; /* on a command line a point will do */
    sipas_status status = SIPAS_OK;
    if (!number_read(bound, point, &value))
        status = refuse(err, SIPAS_ERR_ARGUMENT, "%s %.100s: give a number behind %s", c->option, c->text, c->sign);
    if (status == 0) status = sheet_get_number(s, c->column, &number, err);
    if (status == 0) status = sheet_get_written(s, c->column, &text, err);
    for (int64_t row = 0; row < sheet_count_rows(s) && status == 0; row++) {
        int holds = 0;
        if (text[row] && number[row] == number[row]) {
            const int order = number_compare(text[row], bound, point);
            holds = order == 0 ? c->sign[1] == '=' : (order < 0) == (c->sign[0] == '<');
        }
        *n_met += holds;
        if (!holds) met[row] = 0;
    }
    free(bound);
    return status != 0 || *n_met > 0 ? status : none_meets(s, c, text, err);
}

/* A column of yes and no. */
static sipas_status apply_flag(sheet *s, const condition *c, uint8_t *met, int64_t *n_met, sipas_error *err)
{
    const char *const *text;
    const sipas_status status = sheet_get_text(s, c->column, &text, err);
    if (status != 0) return status;
    for (int64_t row = 0; row < sheet_count_rows(s); row++) {
        double number = 0.0;
        if (text[row] && !number_is_missing(text[row]) && !number_read(text[row], sheet_get_point(s), &number)) {
            char *word = text_fold(text[row]);
            if (!word) return no_memory(c, err);
            const int yes = strcmp(word, "true") == 0, no = strcmp(word, "false") == 0;
            free(word);
            if (!yes && !no)
                return sheet_refuse(s, row, c->column, err, SIPAS_ERR_VALUE,
                                    "'%.40s' is neither a number nor TRUE or FALSE: give %s %.60s=VALUE", text[row],
                                    c->option, c->column);
            number = yes;
        }
        *n_met += number != 0.0;
        if (number == 0.0) met[row] = 0;
    }
    return *n_met > 0 ? SIPAS_OK : none_meets(s, c, text, err);
}

static sipas_status apply(sheet *s, const char *name, const char *text, uint8_t *met, sipas_error *err)
{
    condition c = {.option = name, .text = text};
    int64_t n_met = 0;
    sipas_status status = cut(s, &c, err);
    if (status == 0) {
        if (!c.code)
            status = apply_flag(s, &c, met, &n_met, err);
        else if (c.sign[0] == '=' || c.sign[0] == '!')
            status = apply_code(s, &c, met, &n_met, err);
        else
            status = apply_number(s, &c, met, &n_met, err);
    }
    free(c.column);
    free(c.code);
    return status;
}

sipas_status conditions_apply(sheet *s, const char *name, const option_texts *conditions, uint8_t *met,
                              sipas_error *err)
{
    const int64_t n = sheet_count_rows(s);
    memset(met, 1, (size_t)n);
    for (int i = 0; i < conditions->n; i++) {
        const sipas_status status = apply(s, name, conditions->text[i], met, err);
        if (status != 0) return status;
    }
    if (memchr(met, 1, (size_t)n)) return SIPAS_OK;
    return refuse(err, SIPAS_ERR_NOT_FOUND, "%s %.60s and %s %.60s: no row of %s meets all the conditions", name,
                  conditions->text[0], name, conditions->text[conditions->n - 1], sheet_get_path(s));
}

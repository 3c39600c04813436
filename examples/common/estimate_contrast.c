/*
 * Comparisons of the rows of a table: "E=1,H=-1" is the sum of rows times numbers, "E/H" the quotient of two rows, and
 * --pairs is every difference between groups.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimate.h"
#include "number.h"
#include "refuse.h"
#include "text.h"

enum { MOST_TERMS = 64 };

/* A contrast as the library wants it. */
typedef struct contrast {
    int64_t term[MOST_TERMS];
    double coef[MOST_TERMS];
    sipas_function function;
    char *text;
} contrast;

/* The row that is called by the first `length` characters of a name; -1 when there is none. */
static int64_t find_row(const row_name *names, int64_t n, const char *name, size_t length)
{
    for (int64_t row = 0; row < n; row++)
        if (strlen(names[row].text) == length && strncmp(names[row].text, name, length) == 0) return row;
    return -1;
}

static sipas_status no_row(const row_name *names, int64_t n, const char *text, size_t length, sipas_error *err)
{
    char list[200] = "";
    size_t used = 0;
    for (int64_t row = 0; row < n && used + 40 < sizeof list; row++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%.30s", row ? ", " : "", names[row].text);
    return refuse(err, SIPAS_ERR_ARGUMENT, "--contrast: no row '%.*s'; there are %s", (int)length, text, list);
}

/* Two names with a stroke between: names may hold strokes too, so each of them is tried. */
static int read_quotient(const char *text, const row_name *names, int64_t n, contrast *c)
{
    for (const char *stroke = strchr(text, '/'); stroke; stroke = strchr(stroke + 1, '/')) {
        c->term[0] = find_row(names, n, text, (size_t)(stroke - text));
        c->term[1] = find_row(names, n, stroke + 1, strlen(stroke + 1));
        if (c->term[0] < 0 || c->term[1] < 0) continue;
        c->coef[0] = 1.0;
        c->coef[1] = -1.0;
        c->function.kind = SIPAS_FUNCTION_POWER;
        c->function.n_terms = 2;
        return 1;
    }
    return 0;
}

/* NAME=NUMBER with commas between. */
static sipas_status read_sum(const char *text, const row_name *names, int64_t n, contrast *c, sipas_error *err)
{
    c->function.kind = SIPAS_FUNCTION_LINEAR;
    for (const char *at = text; at;) {
        const char *comma = strchr(at, ','), *equals = strchr(at, '=');
        const int64_t m = c->function.n_terms;
        char number[64] = "";
        if (m == MOST_TERMS) return refuse(err, SIPAS_ERR_ARGUMENT, "--contrast: more than %d terms", MOST_TERMS);
        if (!equals || (comma && equals > comma))
            return refuse(err, SIPAS_ERR_ARGUMENT, "--contrast %.100s: give ROW=NUMBER,ROW=NUMBER … or ROW/ROW", text);
        c->term[m] = find_row(names, n, at, (size_t)(equals - at));
        if (c->term[m] < 0) return no_row(names, n, at, (size_t)(equals - at), err);
        const size_t length = strcspn(equals + 1, ",");
        if (length < sizeof number) memcpy(number, equals + 1, length);
        if (!number_read(number, '.', &c->coef[m]))
            return refuse(err, SIPAS_ERR_ARGUMENT, "--contrast %.100s: '%.20s' is not a number", text, equals + 1);
        c->function.n_terms++;
        at = comma ? comma + 1 : NULL;
    }
    return SIPAS_OK;
}

static sipas_status read_contrasts(const request *r, const row_name *names, int64_t n, contrast *c, sipas_error *err)
{
    sipas_status status = SIPAS_OK;
    for (int i = 0; i < r->contrasts.n && status == 0; i++) {
        c[i].text = text_nfc(r->contrasts.text[i]); /* as codes of files are */
        if (!c[i].text) return refuse(err, SIPAS_ERR_MEMORY, "--contrast: not enough memory");
        c[i].function = (sipas_function)SIPAS_FUNCTION_INIT;
        c[i].function.name = c[i].text;
        c[i].function.term = c[i].term;
        c[i].function.coef = c[i].coef;
        if (!read_quotient(c[i].text, names, n, &c[i])) status = read_sum(c[i].text, names, n, &c[i], err);
    }
    return status;
}

static sipas_status ask_contrasts(const request *r, const survey *s, const sipas_table *table,
                                  const sipas_contrast_opts *opts, sipas_table **out, sipas_error *err)
{
    enum { MOST = sizeof r->contrasts.text / sizeof *r->contrasts.text };
    sipas_function functions[MOST];
    row_name *names = NULL;
    contrast *c = calloc(MOST, sizeof *c);
    if (!c) return refuse(err, SIPAS_ERR_MEMORY, "%s: not enough memory", s->file);
    sipas_status status = estimate_names(s, table, &names, err);
    if (status == 0) status = read_contrasts(r, names, sipas_table_count_rows(table), c, err);
    for (int i = 0; i < r->contrasts.n && status == 0; i++) functions[i] = c[i].function;
    if (status == 0) status = sipas_estimate_contrast(table, functions, r->contrasts.n, opts, out, err);
    for (int i = 0; i < r->contrasts.n; i++) free(c[i].text);
    free(names);
    free(c);
    return status;
}

sipas_status estimate_compare(const request *r, const survey *s, const sipas_table *table, sipas_table **contrasts,
                              sipas_table **pairs, sipas_error *err)
{
    sipas_contrast_opts opts = SIPAS_CONTRAST_OPTS_INIT;
    sipas_status status = SIPAS_OK;
    opts.level = r->level;
    opts.adjust = r->adjust;
    if (r->contrasts.n) status = ask_contrasts(r, s, table, &opts, contrasts, err);
    if (status == 0 && r->pairs) status = sipas_estimate_pairs(table, &opts, pairs, err);
    return status;
}

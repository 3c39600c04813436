/*
 * A row of totals among the units of a frame would be planned as one more unit, as large as all others together. It is known by a name
 * such as "Tổng cộng", or by a size that is the sum of all others; it is noted, not left out.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "text.h"

/* As they are written below or above a list of units, without case and without blanks and marks around them. */
static const char *const totals[] = {"tổng",      "tổng cộng",      "tổng số",       "cộng",           "toàn quốc",
                                     "cả nước",   "toàn tỉnh",      "cả tỉnh",       "toàn thành phố", "toàn huyện",
                                     "toàn xã",   "tong cong",      "tong so",       "toan quoc",      "ca nuoc",
                                     "toan tinh", "total",          "totals",        "grand total",    "subtotal",
                                     "sum",       "national total", "whole country", "all units"};
static const char *const beginnings[] = {"tổng cộng ", "tổng số ", "tong cong ", "grand total "};

/* One blank for each stretch of them, none and no marks at the ends; in place. */
static const char *strip(char *text)
{
    static const char marks[] = " .:*-()";
    char *to = text;
    for (const char *at = text; *at; at++)
        if (*at != ' ' || (to > text && to[-1] != ' ')) *to++ = *at;
    while (to > text && strchr(marks, to[-1])) to--;
    *to = '\0';
    return text + strspn(text, marks);
}

static int is_total(const char *cell)
{
    int found = 0;
    const char first = cell[strspn(cell, " *-(")];
    if (!first || !strchr("tcgswnaTCGSWNA", first)) return 0; /* most cells need no closer look */
    char *folded = text_fold(cell);
    const char *word = folded ? strip(folded) : "";
    for (size_t i = 0; i < sizeof totals / sizeof *totals && !found; i++) found = strcmp(word, totals[i]) == 0;
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings && !found; i++)
        found = strncmp(word, beginnings[i], strlen(beginnings[i])) == 0;
    free(folded);
    return found;
}

/* The cell of a unit that names it a total and that no other unit has; NULL when there is none. */
static const char *find_name(const plan_frame *f, int64_t unit)
{
    for (int64_t col = 0; col < sheet_count_columns(f->sheet); col++) {
        const char *const *text;
        int64_t n = 0;
        if (sheet_get_written(f->sheet, sheet_get_name(f->sheet, col), &text, NULL) != 0) continue;
        const char *cell = text[f->row[unit]];
        if (!cell || !is_total(cell)) continue;
        for (int64_t i = 0; i < f->n; i++) n += text[f->row[i]] && strcmp(text[f->row[i]], cell) == 0;
        if (n == 1) return cell;
    }
    return NULL;
}

static int is_sum(const plan_frame *f, int64_t unit)
{
    double others = 0.0;
    for (int64_t i = 0; i < f->n; i++)
        if (i != unit && !isnan(f->size[i])) others += f->size[i];
    return others > 0.0 && fabs(others - f->size[unit]) <= 1e-9 * others;
}

void plan_note_totals(const plan_frame *f)
{
    int64_t largest = 0, named = 0;
    for (int64_t i = 0; i < f->n; i++) {
        const char *name = find_name(f, i);
        if (f->size && f->size[i] > f->size[largest]) largest = i;
        if (!name) continue;
        named++;
        note("line %lld: '%.40s' looks like a total, not a unit%s; --where leaves it out",
             sheet_get_line(f->sheet, f->row[i]), name,
             f->size && is_sum(f, i) ? ", and its size is the sum of all others" : "");
    }
    if (named == 0 && f->size && f->n >= 4 && is_sum(f, largest))
        note("line %lld: its size is the sum of all others: is it a total, not a unit? --where leaves it out",
             sheet_get_line(f->sheet, f->row[largest]));
}

/*
 * The different codes of a column are found with a hash table, brought to a plain form each (no blanks around, one case, no zeros
 * before a number), and sorted: those with one plain form stand side by side. O(rows) and a sort of the different codes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "codes_alike.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

/* A code that stands first in a row, and its plain form. */
typedef struct distinct {
    int64_t row;
    char *plain;
} distinct;

static sipas_status no_memory(const char *column, sipas_error *err)
{
    return refuse(err, SIPAS_ERR_MEMORY, "not enough memory for the codes of column '%.60s'", column);
}

/* FNV-1a. */
static uint64_t hash_of(const char *text)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (; *text; text++) hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return hash ^ hash >> 32;
}

/* Rows in which a code stands for the first time, in their order; *n of them. `rows` has room for all. */
static int find_distinct(const char *const *code, int64_t n_rows, distinct *rows, int64_t *n)
{
    size_t size = 64;
    while (size < 2 * (size_t)n_rows) size *= 2;
    int64_t *slot = malloc(size * sizeof *slot);
    if (!slot) return 0;
    for (size_t i = 0; i < size; i++) slot[i] = -1;
    *n = 0;
    for (int64_t row = 0; row < n_rows; row++) {
        if (!code[row]) continue;
        size_t at = (size_t)hash_of(code[row]) & (size - 1);
        while (slot[at] >= 0 && strcmp(code[slot[at]], code[row]) != 0) at = (at + 1) & (size - 1);
        if (slot[at] >= 0) continue;
        slot[at] = row;
        rows[(*n)++] = (distinct){row, NULL};
    }
    free(slot);
    return 1;
}

/* " 007a" and "7A" are one in it. */
static char *plain_form(const char *code)
{
    char *plain = text_look(code);
    if (!plain) return NULL;
    const size_t zeros = strspn(plain, "0");
    const char *rest = plain + zeros;
    const size_t skipped = zeros > 0 && !(*rest >= '0' && *rest <= '9') ? zeros - 1 : zeros; /* a lone zero stays */
    memmove(plain, plain + skipped, strlen(plain + skipped) + 1);
    return plain;
}

static int by_plain_form(const void *left, const void *right)
{
    const distinct *a = left, *b = right;
    const int order = strcmp(a->plain, b->plain);
    return order ? order : (a->row > b->row) - (a->row < b->row);
}

static sipas_status tell(sheet *s, const char *column, const char *const *code, distinct *rows, int64_t n,
                         sipas_error *err)
{
    int64_t alike = 0, first = -1;
    for (int64_t i = 0; i < n; i++) {
        rows[i].plain = plain_form(code[rows[i].row]);
        if (!rows[i].plain) return no_memory(column, err);
    }
    qsort(rows, (size_t)n, sizeof *rows, by_plain_form);
    for (int64_t i = 1; i < n; i++)
        if (strcmp(rows[i].plain, rows[i - 1].plain) == 0 && alike++ == 0) first = i - 1;
    if (alike == 0) return SIPAS_OK;
    note(
        "codes_alike: column '%.60s': '%.40s' (line %lld) and '%.40s' (line %lld) differ only by blanks, case or zeros before them, "
        "and are two codes; there %s %lld such %s",
        column, code[rows[first].row], sheet_get_line(s, rows[first].row), code[rows[first + 1].row],
        sheet_get_line(s, rows[first + 1].row), alike == 1 ? "is" : "are", (long long)alike,
        alike == 1 ? "pair" : "pairs");
    return SIPAS_OK;
}

sipas_status codes_alike_note(sheet *s, const char *column, sipas_error *err)
{
    const char *const *code;
    sipas_column whole;
    int64_t n = 0;
    sipas_status status = sheet_get_code(s, column, &whole, err);
    if (status != 0 || whole.type != SIPAS_TYPE_CODE) return status; /* whole numbers as a computer writes them */
    status = sheet_get_text(s, column, &code, err);
    if (status != 0) return status;
    distinct *rows = calloc((size_t)sheet_count_rows(s) + 1, sizeof *rows);
    if (!rows || !find_distinct(code, sheet_count_rows(s), rows, &n))
        status = no_memory(column, err);
    else
        status = tell(s, column, code, rows, n, err);
    for (int64_t i = 0; i < n; i++) free(rows[i].plain);
    free(rows);
    return status;
}

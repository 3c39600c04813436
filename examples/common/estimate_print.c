/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "estimate.h"

#include <math.h>
#include <string.h>

#include "print.h"
#include "refuse.h"

enum { COLUMNS = 64, FIGURES = 6 /* digits that the smallest estimate shows */ };

/* True for columns on the scale of the estimate. */
static int is_scaled(const char *name)
{
    static const char *const names[] = {"estimate", "se", "lower", "upper"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0) return 1;
    return 0;
}

/* Digits after the point that leave the smallest estimate (but for 0) with enough figures; 6 at most. */
static int count_digits(const request *r, const sipas_table *table)
{
    const double *estimate;
    double least = INFINITY;
    if (r->digits >= 0) return (int)r->digits;
    if (sipas_table_get_f64(table, "estimate", &estimate, NULL) < 0) return FIGURES;
    for (int64_t row = 0; row < sipas_table_count_rows(table); row++)
        if (fabs(estimate[row]) > 0 && fabs(estimate[row]) < least) least = fabs(estimate[row]);
    if (isinf(least)) return 0;
    const int digits = FIGURES - 1 - (int)floor(log10(least));
    return digits < 0 ? 0 : digits > FIGURES ? FIGURES : digits;
}

/* Digits of a column that is not on the scale of the estimate: none where all numbers are whole. */
static int other_digits(const sipas_table *table, const char *name)
{
    const double *number;
    if (sipas_table_get_f64(table, name, &number, NULL) < 0) return 0;
    for (int64_t row = 0; row < sipas_table_count_rows(table); row++)
        if (!isnan(number[row]) && number[row] != floor(number[row])) return 4;
    return 0;
}

static void print_meta(const sipas_table *table)
{
    for (int64_t i = 0; i < sipas_table_count_meta(table); i++) {
        const char *key, *value;
        if (sipas_table_get_meta(table, i, &key, &value, NULL) == 0) printf("  %s: %s\n", key, value);
    }
}

/* Notes where they do not disturb the figures. */
static void print_notes_of(const request *r, const sipas_table *table)
{
    print_notes(r->csv ? stderr : stdout, table, 20);
}

sipas_status estimate_print(const request *r, const survey *s, const sipas_table *table, sipas_error *err)
{
    print_column columns[COLUMNS];
    const int n = (int)sipas_table_count_columns(table);
    sipas_status status;
    if (r->csv) {
        status = write_csv(stdout, table, err);
        print_notes_of(r, table);
        return status;
    }
    if (n > COLUMNS) return refuse(err, SIPAS_ERR_ARGUMENT, "more than %d columns to print: --csv", COLUMNS);
    const int digits = count_digits(r, table);
    for (int i = 0; i < n; i++) {
        const char *name = sipas_table_get_field(table, i)->name;
        columns[i] = (print_column){name, NULL, is_scaled(name) ? digits : other_digits(table, name)};
    }
    status = survey_describe(stdout, &r->survey, s, err);
    if (status != 0) return status;
    printf("\n");
    status = print_table(stdout, table, columns, n, NULL, 0, err);
    if (status != 0) return status;
    printf("\n");
    print_notes_of(r, table);
    print_meta(table);
    return SIPAS_OK;
}

/* ------------------------------------------------------------------------------------------------- names of rows */

/* Appends the text of a cell. */
static void append_cell(char name[256], const sipas_column *c, int64_t row)
{
    const char *cell = (const char *)c->data + row * c->stride;
    const size_t length = strlen(name);
    if (c->type == SIPAS_TYPE_CODE)
        snprintf(name + length, 256 - length, "%s", *(const char *const *)(const void *)cell);
    else
        snprintf(name + length, 256 - length, "%lld", (long long)*(const int64_t *)(const void *)cell);
}

static void append_text(char name[256], const char *text)
{
    const size_t length = strlen(name);
    snprintf(name + length, 256 - length, "%s", text);
}

static int is_missing(const sipas_column *c, int64_t row)
{
    const int64_t bit = c->offset + row;
    return c->validity && !(c->validity[bit / 8] >> (bit % 8) & 1);
}

/* Appends the cells of the by columns that the row is about, with points between. */
static sipas_status append_groups(const survey *s, const sipas_table *table, int64_t row, char name[256],
                                  sipas_error *err)
{
    for (int i = 0; i < s->by.n; i++) {
        int64_t position;
        sipas_column column;
        sipas_status status = sipas_table_find(table, s->by.name[i], &position, err);
        if (status == 0) status = sipas_table_get_column(table, position, &column, err);
        if (status != 0) return status;
        if (is_missing(&column, row)) continue;
        if (*name) append_text(name, ".");
        append_cell(name, &column, row);
    }
    return SIPAS_OK;
}

/* True when the table speaks of one variable and one category. */
static int is_single(const char *const *variable, const sipas_column *category, int64_t n)
{
    for (int64_t row = 0; row < n; row++)
        if (category->data || strcmp(variable[row], variable[0]) != 0) return 0;
    return 1;
}

sipas_status estimate_row_name(const survey *s, const sipas_table *table, int64_t row, char name[256], sipas_error *err)
{
    const char *const *variable;
    sipas_column category = {0};
    int64_t position;
    name[0] = '\0';
    sipas_status status = sipas_table_get_code(table, "variable", &variable, err);
    if (status == 0) status = append_groups(s, table, row, name, err);
    if (status != 0) return status;
    if (sipas_table_find(table, "category", &position, NULL) == 0)
        status = sipas_table_get_column(table, position, &category, err);
    if (status != 0 || (*name && is_single(variable, &category, sipas_table_count_rows(table)))) return status;
    if (*name) append_text(name, ":");
    append_text(name, variable[row]);
    if (category.data) append_cell(name, &category, row);
    return SIPAS_OK;
}

/* ----------------------------------------------------------------------------------------------------- covariances */

/* Row `row` of the matrix: one call a row, so that no matrix is held. */
static sipas_status cov_row(const sipas_cov *cov, int64_t row, int64_t n, double *out, sipas_error *err)
{
    for (int64_t i = 0; i < n; i++) {
        const sipas_status status = sipas_cov_get_block(cov, &row, 1, &i, 1, &out[i], err);
        if (status != 0) return status;
    }
    return SIPAS_OK;
}

sipas_status estimate_print_cov(const request *r, const survey *s, const sipas_table *table, sipas_error *err)
{
    enum { MOST_ROWS = 200 };
    const int64_t n = sipas_table_count_rows(table);
    const sipas_cov *cov;
    double value[MOST_ROWS];
    char name[256];
    if (n > MOST_ROWS) return refuse(err, SIPAS_ERR_ARGUMENT, "--cov: %d rows at most", MOST_ROWS);
    sipas_status status = sipas_table_get_cov(table, &cov, err);
    if (status != 0) return status;
    printf(r->csv ? "\nrow" : "\n  Covariances, row by row:\n");
    for (int64_t i = 0; i < n && r->csv && status == 0; i++) {
        status = estimate_row_name(s, table, i, name, err);
        printf(",%s%s", name, i + 1 < n ? "" : "\n");
    }
    for (int64_t row = 0; row < n && status == 0; row++) {
        status = estimate_row_name(s, table, row, name, err);
        if (status == 0) status = cov_row(cov, row, n, value, err);
        if (status != 0) break;
        printf(r->csv ? "%s" : "  %-20s", name);
        for (int64_t i = 0; i < n; i++) {
            if (!r->csv)
                printf(" %14.7g", value[i]);
            else if (isnan(value[i]))
                printf(",");
            else
                printf(",%.17g", value[i]);
        }
        printf("\n");
    }
    return status;
}

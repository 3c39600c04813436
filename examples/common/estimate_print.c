/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "estimate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "refuse.h"

enum { COLUMNS = 64, MOST_NOTES = 20, FIGURES = 6 /* digits that the smallest estimate shows */ };

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

static sipas_status print_one(const request *r, const sipas_table *table, sipas_error *err)
{
    print_column columns[COLUMNS];
    const int n = (int)sipas_table_count_columns(table);
    sipas_status status;
    if (r->csv) {
        status = write_csv(stdout, table, err);
        print_notes(stderr, table, MOST_NOTES);
        return status;
    }
    if (n > COLUMNS) return refuse(err, SIPAS_ERR_ARGUMENT, "more than %d columns to print: --csv", COLUMNS);
    const int digits = count_digits(r, table);
    for (int i = 0; i < n; i++) {
        const char *name = sipas_table_get_field(table, i)->name;
        columns[i] = (print_column){name, NULL, is_scaled(name) ? digits : other_digits(table, name)};
    }
    status = print_table(stdout, table, columns, n, NULL, 0, err);
    if (status != 0) return status;
    printf("\n");
    print_notes(stdout, table, MOST_NOTES);
    print_meta(table);
    return SIPAS_OK;
}

sipas_status estimate_print(const request *r, const survey *s, const sipas_table *table, sipas_error *err)
{
    sipas_status status = r->csv ? SIPAS_OK : survey_describe(stdout, s, err);
    if (status == 0) status = survey_tell(r->csv ? stderr : stdout, s, table, err);
    if (status != 0) return status;
    if (!r->csv) printf("\n");
    return print_one(r, table, err);
}

sipas_status estimate_print_more(const request *r, const sipas_table *table, sipas_error *err)
{
    printf("\n");
    return print_one(r, table, err);
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

static void print_cov_row(const request *r, const char *name, const double *value, int64_t n)
{
    if (r->csv)
        write_csv_text(stdout, name);
    else
        printf("  %-20s", name);
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

sipas_status estimate_print_cov(const request *r, const survey *s, const sipas_table *table, sipas_error *err)
{
    const int64_t n = sipas_table_count_rows(table);
    const sipas_cov *cov;
    row_name *names = NULL;
    double *value = malloc((size_t)n * sizeof *value);
    if (!value) return refuse(err, SIPAS_ERR_MEMORY, "%s: not enough memory", s->file);
    sipas_status status = sipas_table_get_cov(table, &cov, err);
    if (status == 0) status = estimate_names(s, table, &names, err);
    if (status == 0) printf(r->csv ? "\nrow" : "\n  Covariances, row by row:\n");
    for (int64_t i = 0; i < n && r->csv && status == 0; i++) {
        printf(",");
        write_csv_text(stdout, names[i].text);
    }
    if (r->csv && status == 0) printf("\n");
    for (int64_t row = 0; row < n && status == 0; row++) {
        status = cov_row(cov, row, n, value, err);
        if (status == 0) print_cov_row(r, names[row].text, value, n);
    }
    free(names);
    free(value);
    return status;
}

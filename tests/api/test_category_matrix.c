/*
 * Many categories, made of cells, against the same as a variable each: every kind of design × domain × missing answers × kind of
 * estimate × design effect. A result that keeps its covariances is made the second way, so both are at hand; and what few are, which
 * the library makes that way too. One category has most of the rows, some have one, some a PSU of their own, some none.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sipas.h>

#include "matrix.h"
#include "result.h"

enum { CATEGORIES = 44, MOST_TOLD = 30, TOTAL = -1, SHARE = -2 };

static const int32_t methods[] = {
    TOTAL, SHARE, SIPAS_INTERVAL_LOGIT, SIPAS_INTERVAL_BETA, SIPAS_INTERVAL_WILSON, SIPAS_INTERVAL_GOODMAN};

static sipas_status estimate(const sipas_design *design, const sipas_column *y, int32_t method,
                             const sipas_domains *domains, const sipas_estimate_opts *opts, sipas_table **out,
                             sipas_error *err)
{
    if (method < 0)
        return sipas_estimate_category(design, y, method == TOTAL ? SIPAS_CATEGORY_TOTAL : SIPAS_CATEGORY_SHARE,
                                       domains, opts, out, err);
    return sipas_estimate_distribution(design, y, method, domains, opts, out, err);
}

/* Categories by row: a heavy one; one by PSU; one of a PSU and every row of it in one half; and single ones. */
static void fill_categories(const matrix_data *data, int turn, int32_t *category)
{
    for (int i = 0; i < MATRIX_ROWS; i++) {
        const int32_t at = data->row[i];

        category[i] = at % 3 == turn % 3 ? 0 : at % 5 == 0 ? 1 + data->psu[i] % 4 : at % 7 == 0 ? 5 : 6 + at % 36;
        if (turn % 4 == 3) category[i] = 40 - category[i] % 3; /* few that occur */
        if (turn % 4 == 2 && data->psu[i] == 2) category[i] = 43;
    }
}

static long compare(const matrix_design *kind, const sipas_design *design, const matrix_data *data, int domain,
                    int turn)
{
    static const int64_t up_to[CATEGORIES] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14,
                                              15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
                                              30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43};
    static int32_t category[MATRIX_ROWS];
    const sipas_column categories = sipas_column_i64(up_to, CATEGORIES);
    const int32_t method = methods[turn % (int)(sizeof methods / sizeof *methods)];
    sipas_column y, by[2], where;
    sipas_domains domains;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_table *cells = NULL, *variables = NULL;
    sipas_error err = {0}, other = {0};
    sipas_status a, b;
    const char *fault = NULL;

    fill_categories(data, turn / 3, category);
    y = sipas_column_i32(category, MATRIX_ROWS);
    if (data->gaps) y.validity = data->validity;
    matrix_domain(data, domain, &domains, by, &where);
    opts.deff = turn / 2 % 3;
    opts.categories = &categories;
    a = estimate(design, &y, method, &domains, &opts, &cells, &err);
    opts.cov = 1;
    b = estimate(design, &y, method, &domains, &opts, &variables, &other);
    if (a != b)
        fault = err.message;
    else if (a < 0)
        fault = strcmp(err.message, other.message) == 0 ? NULL : err.message;
    else
        fault = matrix_differ(variables, cells, 1e-13, 0);
    if (fault) (void)fprintf(stderr, "%s × domain %d × method %d: %s\n", kind->name, domain, (int)method, fault);
    sipas_table_free(cells);
    sipas_table_free(variables);
    return fault != NULL;
}

static void test_cells_and_variables(void **state)
{
    static matrix_data data;
    long faults = 0, turn = 0;

    (void)state;
    for (int missing = 0; missing < MATRIX_MISSING_KINDS; missing++) {
        if (missing == MATRIX_COMPLETE) continue;
        matrix_fill(&data, 0);
        matrix_take_away(&data, missing);
        for (size_t k = 0; k < matrix_n_designs; k++) {
            sipas_design *design = matrix_open(&data, &matrix_designs[k], NULL, NULL, NULL);

            for (int domain = 0; domain < MATRIX_DOMAIN_KINDS; domain++)
                for (int again = 0; again < 3 && faults < MOST_TOLD; again++)
                    faults += compare(&matrix_designs[k], design, &data, domain, (int)turn++);
            turn++;
            sipas_design_free(design);
        }
    }
    assert_int_equal(faults, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cells_and_variables)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

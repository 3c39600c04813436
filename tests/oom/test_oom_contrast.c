/*
 * Running out of memory: covariances and comparisons.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "oom_survey.h"

/* Means by province, with covariance. */
static void run_covariance(attempt *a)
{
    static const int64_t rows[] = {0, 1, 2};
    sipas_design *design = make_design(a);
    sipas_table *table = make_estimates(a, design);
    const sipas_cov *cov = NULL;
    double block[9];

    must(sipas_table_get_cov(table, &cov, &a->err), &a->err);
    TRY(a, sipas_cov_get_block(cov, rows, 3, rows, 3, block, &a->err));
    sipas_table_free(table);
    sipas_design_free(design);
}

static void covariance(void **state)
{
    (void)state;
    fail_each(run_covariance);
}

static void run_contrast(attempt *a)
{
    static const int64_t rows[] = {0, 1};
    sipas_design *design = make_design(a);
    sipas_table *table = make_estimates(a, design), *out = POISON(sipas_table, a);
    sipas_contrast_opts opts = SIPAS_CONTRAST_OPTS_INIT;
    sipas_function f[2] = {SIPAS_FUNCTION_INIT, SIPAS_FUNCTION_INIT};

    f[0].n_terms = f[1].n_terms = 2;
    f[0].term = f[1].term = rows;
    f[1].kind = SIPAS_FUNCTION_POWER;
    opts.df = SIPAS_CONTRAST_DF_REGRESSION;
    opts.cov = 1;
    TRY_FOR(a, out, sipas_estimate_contrast(table, f, 2, &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_table_free(table);
    sipas_design_free(design);
}

static void run_pairs(attempt *a)
{
    sipas_design *design = make_design(a);
    sipas_table *table = make_estimates(a, design), *out = POISON(sipas_table, a);
    sipas_contrast_opts opts = SIPAS_CONTRAST_OPTS_INIT;

    opts.adjust = SIPAS_ADJUST_HOLM;
    TRY_FOR(a, out, sipas_estimate_pairs(table, &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_table_free(table);
    sipas_design_free(design);
}

static void run_change(attempt *a, int32_t overlap)
{
    sipas_design *design = make_design(a);
    sipas_table *before = make_estimates(a, design), *after = make_estimates(a, design), *out = POISON(sipas_table, a);
    sipas_contrast_opts opts = SIPAS_CONTRAST_OPTS_INIT;

    opts.overlap = overlap;
    TRY_FOR(a, out, sipas_estimate_change(before, after, &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_table_free(before);
    sipas_table_free(after);
    sipas_design_free(design);
}

static void run_change_common(attempt *a)
{
    run_change(a, SIPAS_OVERLAP_COMMON);
}

static void run_change_joined(attempt *a)
{
    run_change(a, SIPAS_OVERLAP_JOINED);
}

static void comparisons(void **state)
{
    (void)state;
    fail_each(run_contrast);
    fail_each(run_pairs);
    fail_each(run_change_common);
    fail_each(run_change_joined);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(covariance), cmocka_unit_test(comparisons)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Calling the library in cmocka tests.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "calls.h"

#include "result.h"

sipas_table *estimate(const sipas_design *design, int kind, const sipas_column *y, const sipas_column *x, int64_t n_y,
                      const sipas_domains *domains, const sipas_estimate_opts *opts)
{
    sipas_table *table = NULL;
    sipas_error err;

    if (kind == RATIO)
        check(sipas_estimate_ratio(design, y, x, n_y, domains, opts, &table, &err), &err);
    else if (kind == TOTAL)
        check(sipas_estimate_total(design, y, n_y, domains, opts, &table, &err), &err);
    else
        check(sipas_estimate_mean(design, y, n_y, domains, opts, &table, &err), &err);
    return table;
}

sipas_table *category(const sipas_design *design, const sipas_column *y, int32_t kind, const sipas_domains *domains,
                      const sipas_estimate_opts *opts)
{
    sipas_table *table = NULL;
    sipas_error err;

    check(sipas_estimate_category(design, y, kind, domains, opts, &table, &err), &err);
    return table;
}

sipas_design *open_design(int64_t n, const double *weight, const int32_t *strata, const int32_t *psu, const double *fpc,
                          const sipas_design_opts *opts)
{
    const sipas_column w = weight ? sipas_column_f64(weight, n) : sipas_column_f64(NULL, 0);
    const sipas_column s = sipas_column_i32(strata, n), p = sipas_column_i32(psu, n), f = sipas_column_f64(fpc, n);
    sipas_design *design = NULL;
    sipas_error err;

    check(sipas_design_new(NULL, n, weight ? &w : NULL, strata ? &s : NULL, psu ? &p : NULL, psu != NULL,
                           fpc ? &f : NULL, opts, &design, &err),
          &err);
    return design;
}

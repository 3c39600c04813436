/**
 * @file calls.h
 * Calling the library in cmocka tests: a call that fails fails the running test with the library's sentence.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CALLS_H
#define CALLS_H

#include <stdint.h>

#include <sipas.h>

/** Estimators, for estimate(). */
enum { MEAN, TOTAL, RATIO };

/** An estimate of n_y variables; `x` (denominators) for RATIO only. */
sipas_table *estimate(const sipas_design *design, int kind, const sipas_column *y, const sipas_column *x, int64_t n_y,
                      const sipas_domains *domains, const sipas_estimate_opts *opts);

/** Shares or totals of categories. */
sipas_table *category(const sipas_design *design, const sipas_column *y, int32_t kind, const sipas_domains *domains,
                      const sipas_estimate_opts *opts);

/** A design of one stage from plain arrays; NULL = not given. */
sipas_design *open_design(int64_t n, const double *weight, const int32_t *strata, const int32_t *psu, const double *fpc,
                          const sipas_design_opts *opts);

#endif

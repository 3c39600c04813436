/**
 * @file estimate/contrast.h
 * What comparisons share: reading a table of estimates, tests and their adjustment, the table of the result.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ESTIMATE_CONTRAST_H_
#define SIPAS_ESTIMATE_CONTRAST_H_

#include <sipas/estimate_contrast.h>

#include "data/table.h"
#include "engine/covariance.h"

/** A table of estimates. Columns before `estimate` tell what a row is. */
typedef struct sipas__estimates {
    const sipas_table *table;
    int64_t n;
    int64_t n_keys; /* position of `estimate` */
    const double *estimate, *se, *df;
    const sipas_cov *cov; /* NULL when it was not asked for */
} sipas__estimates;

/** Reads one. SIPAS_ERR_ARGUMENT, SIPAS_ERR_NOT_FOUND; `name` is its parameter's. */
sipas_status sipas__estimates_read(sipas__estimates *e, const sipas_table *table, const char *name, int with_cov,
                                   sipas_error *err);

/** True when column `at` is a `by` column. */
int sipas__estimates_is_by(const sipas__estimates *e, int64_t at);

/** True when rows a and b differ in no column before `estimate` that is not a `by` column. */
int sipas__estimates_same_family(const sipas__estimates *e, int64_t a, int64_t b);

/** Label of a row's group, "stype=E awards=No"; "the whole" without one. Returns the length it would have. */
size_t sipas__estimates_label(const sipas__estimates *e, int64_t row, char *buffer, size_t size);

/** A cell as text; "" when it is missing. */
const char *sipas__estimates_text(const sipas__estimates *e, int64_t at, int64_t row, char buffer[32]);

/** Adds column `at` of a table of estimates to a result; returns its position there. */
int32_t sipas__estimates_add(const sipas__estimates *e, int64_t at, sipas_table *table);

/** Copies a cell of it. */
void sipas__estimates_copy(const sipas__estimates *e, int64_t at, int64_t row, sipas_table *table, int32_t column,
                           int64_t to);

/** A comparison: NaN where there is none. Those of one family follow each other. */
typedef struct sipas__test {
    double estimate, se, df;
    int64_t family;
} sipas__test;

/** Loads and checks options. */
sipas_status sipas__contrast_options(sipas_contrast_opts *own, const sipas_contrast_opts *opts, sipas_error *err);

/**
 * Writes the columns estimate … p_adjusted of n tests into a table, notes where one has no value, standard error or df, and the
 * metadata confidence, df_rule and adjust. `names` may be NULL.
 */
sipas_status sipas__tests_write(const sipas_ctx *ctx, const sipas__test *tests, int64_t n, const char *const *names,
                                const sipas_contrast_opts *own, sipas_table *table, sipas_error *err);

#endif

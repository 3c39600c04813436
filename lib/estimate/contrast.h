/**
 * @file estimate/contrast.h
 * What comparisons share: tests and their adjustment, the table of the result.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ESTIMATE_CONTRAST_H_
#define SIPAS_ESTIMATE_CONTRAST_H_

#include <sipas/estimate_contrast.h>

#include "data/estimates.h"
#include "engine/covariance.h"

/** A comparison: NaN where there is none. Those of one family follow each other. */
typedef struct sipas__test {
    double estimate, se, df;
    double negative;    /* a variance below 0, which leaves `se` missing; 0 = none */
    double independent; /* then the standard error without a covariance of two rounds; 0 = there is none */
    int64_t family;
} sipas__test;

/** Loads and checks options. */
sipas_status sipas__contrast_options(sipas_contrast_opts *own, const sipas_contrast_opts *opts, sipas_error *err);

/**
 * Writes the columns estimate … p_adjusted of n tests into a table, notes where one has no value, standard error or df, and the
 * metadata confidence, df_rule and adjust. `names` may be NULL. `census`: a standard error of 0 is believed.
 */
sipas_status sipas__tests_write(const sipas_ctx *ctx, const sipas__test *tests, int64_t n, const char *const *names,
                                const sipas_contrast_opts *own, int census, sipas_table *table, sipas_error *err);

#endif

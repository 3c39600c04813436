/**
 * @file estimate/interval.h
 * Confidence limits of a share under a complex design.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ESTIMATE_INTERVAL_H
#define SIPAS_ESTIMATE_INTERVAL_H

#include <sipas/base.h>

#include "engine/estimation.h"

/** A standard error of a share up to this is what summing leaves of 0. */
#define SIPAS__NO_SPREAD 1e-13

/** A share and what its limits need. NaN where there is none. */
typedef struct sipas__share {
    double estimate, se;
    double n_eff; /* effective sample size */
    double n;     /* rows that have the variable */
    double rows;  /* rows of the domain, of any weight */
    double mass;  /* rows of non-zero weight times the share of their weight that has the variable; n when all have */
    double df;
    sipas__critical critical;
    int32_t bound; /* -1: no row is a success, 1: every row is one, 0: some are */
} sipas__share;

/** Its limits; both NaN where the method has none. */
typedef struct sipas__limits {
    double lower, upper;
    const sipas__remark *remark; /* NULL = nothing to say */
} sipas__limits;

/** Limits by a method (a SIPAS_INTERVAL_ that stands for one); the share has a standard error and df > 0. */
sipas__limits sipas__interval_share(int32_t method, const sipas__share *share);

/** Name, version and formula of a method for metadata. */
const char *sipas__interval_name(int32_t method);
const char *sipas__interval_formula(int32_t method);

#endif

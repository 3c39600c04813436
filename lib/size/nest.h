/**
 * @file size/nest.h
 * Units nested in units, row by row: strata, PSUs, second-stage units.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_SIZE_NEST_H
#define SIPAS_SIZE_NEST_H

#include <sipas/base.h>
#include <sipas/column.h>

#include "data/sayings.h"
#include "num/sum.h"

enum { SIPAS__NEST_LEVELS = 3 };

/** Level 0 holds strata (one when there are none), level 1 PSUs, level 2 second-stage units. */
typedef struct sipas__nest {
    const sipas_ctx *ctx;
    int64_t n_rows;
    int32_t n_levels; /* 2 or 3 */
    int64_t n_units[SIPAS__NEST_LEVELS];
    int32_t *of_row[SIPAS__NEST_LEVELS]; /* unit of each row */
    int32_t *parent[SIPAS__NEST_LEVELS]; /* of each unit, in the level above; NULL at level 0 */
    sipas__sayings sayings;              /* for the notes of the result */
    sipas__sum *sums;                    /* work place: one for each unit of the largest level */
} sipas__nest;

/** Reads strata (may be NULL) and n_stages cluster columns. Errors as sipas__codes_init(). On failure nothing is held. */
sipas_status sipas__nest_init(sipas__nest *nest, const sipas_ctx *ctx, int64_t n_rows, const sipas_column *strata,
                              const sipas_column *clusters, int32_t n_stages, sipas_error *err);

/** For each of n_units the sum of the values whose unit, of[i], it is. */
void sipas__nest_sum(const sipas__nest *nest, const int32_t *of, int64_t n, int64_t n_units, const double *values,
                     double *out);

/** For each unit of a level the sum of its rows' values. */
void sipas__nest_sum_rows(const sipas__nest *nest, int32_t level, const double *values, double *out);

/** For each unit of the level above the sum of its units' values. */
void sipas__nest_sum_units(const sipas__nest *nest, int32_t level, const double *values, double *out);

void sipas__nest_clear(sipas__nest *nest);

/** Checks the arguments that both calls about components have. */
sipas_status sipas__components_check(const sipas_column *y, const sipas_column *clusters, int32_t n_stages,
                                     sipas_error *err);

#endif

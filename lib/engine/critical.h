/**
 * @file engine/critical.h
 * Critical values: how many standard errors an interval reaches, alone or as one of a family that holds jointly.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ENGINE_CRITICAL_H
#define SIPAS_ENGINE_CRITICAL_H

#include <stdint.h>

/** Whose intervals hold jointly. */
typedef enum sipas__family {
    SIPAS__FAMILY_GROUPS, /* the groups of one level, for one node */
    SIPAS__FAMILY_NODES   /* the nodes, for one group; they add to 1 */
} sipas__family;

/** A critical value in both its forms; NaN where there are no degrees of freedom. */
typedef struct sipas__critical {
    double quantile; /* standard errors to either side */
    double alpha;    /* area of Student's t beyond them, both tails together */
} sipas__critical;

/**
 * The critical value of one interval.
 *
 * @param rule a SIPAS_SIMULTANEOUS_
 * @param members number of intervals in the family
 * @param dimension of the space that their estimates span: `members`, or one less where they add to a constant
 * @param df degrees of freedom of the interval
 * @param level the confidence level
 */
sipas__critical sipas__critical_value(int32_t rule, int64_t members, int64_t dimension, double df, double level);

/** Name of a rule for metadata. */
const char *sipas__critical_name(int32_t rule);

#endif

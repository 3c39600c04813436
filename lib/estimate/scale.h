/**
 * @file estimate/scale.h
 * Intervals on another scale: limits g⁻¹(g(estimate) ± t |g'(estimate)| se).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ESTIMATE_SCALE_H
#define SIPAS_ESTIMATE_SCALE_H

#include "data/table.h"

enum {
    SIPAS__SCALE_FISHER, /* g = atanh */
    SIPAS__SCALE_LOG     /* g = log(1 - x) */
};

/** Writes the limits of n rows from `first` on anew, from estimate, se and df. A row without an interval keeps none. */
void sipas__scale_rows(sipas_table *table, int64_t first, int64_t n, int32_t scale, double level);

#endif

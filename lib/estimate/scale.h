/**
 * @file estimate/scale.h
 * Intervals on another scale: limits g⁻¹(g(estimate) ± t |g'(estimate)| se).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ESTIMATE_SCALE_H
#define SIPAS_ESTIMATE_SCALE_H

#include "engine/estimation.h"

/** Scales; g = atanh, and g = log(1 - x). */
enum { SIPAS__SCALE_FISHER, SIPAS__SCALE_LOG };

/** The limits of a cell on a scale; the plain ones at its end, such as r = 1, and NaN without a standard error or df. */
void sipas__scale_limits(int32_t scale, sipas__cell *cell);

#endif

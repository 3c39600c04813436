/*
 * Intervals on another scale.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "estimate/scale.h"

#include <math.h>

static double forward(int32_t scale, double x)
{
    return scale == SIPAS__SCALE_FISHER ? atanh(x) : log1p(-x);
}

static double back(int32_t scale, double g)
{
    return scale == SIPAS__SCALE_FISHER ? tanh(g) : -expm1(g);
}

static double slope(int32_t scale, double x)
{
    return scale == SIPAS__SCALE_FISHER ? 1.0 / ((1.0 - x) * (1.0 + x)) : 1.0 / (1.0 - x);
}

void sipas__scale_limits(int32_t scale, sipas__cell *cell)
{
    const double g = forward(scale, cell->estimate);
    const double half = cell->critical.quantile * slope(scale, cell->estimate) * cell->se;
    const double below = back(scale, g - half), above = back(scale, g + half);

    cell->lower = cell->estimate - cell->critical.quantile * cell->se;
    cell->upper = cell->estimate + cell->critical.quantile * cell->se;
    if (!isfinite(g) || !isfinite(half)) return;
    cell->lower = fmin(below, above);
    cell->upper = fmax(below, above);
}

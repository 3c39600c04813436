/*
 * Intervals on another scale.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "estimate/scale.h"

#include <math.h>

#include "num/distributions.h"

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

void sipas__scale_rows(sipas_table *table, int64_t first, int64_t n, int32_t scale, double level)
{
    const double *estimate = NULL, *se = NULL, *df = NULL;
    int64_t lower = -1, upper = -1;
    double known = -1.0, t = NAN;

    if (!sipas__table_holds(table)) return;
    (void)sipas_table_get_f64(table, "estimate", &estimate, NULL);
    (void)sipas_table_get_f64(table, "se", &se, NULL);
    (void)sipas_table_get_f64(table, "df", &df, NULL);
    (void)sipas_table_find(table, "lower", &lower, NULL);
    (void)sipas_table_find(table, "upper", &upper, NULL);
    for (int64_t row = first; row < first + n; row++) {
        double g, half;

        if (isnan(estimate[row]) || isnan(se[row]) || !(df[row] > 0.0)) continue;
        if (df[row] != known) {
            known = df[row];
            t = -sipas__t_quantile((1.0 - level) / 2.0, known);
        }
        g = forward(scale, estimate[row]);
        half = t * slope(scale, estimate[row]) * se[row];
        if (!isfinite(g) || !isfinite(half)) continue; /* the end of the scale: the plain limits stand */
        sipas__table_set_f64(table, (int32_t)lower, row,
                             back(scale, scale == SIPAS__SCALE_FISHER ? g - half : g + half));
        sipas__table_set_f64(table, (int32_t)upper, row,
                             back(scale, scale == SIPAS__SCALE_FISHER ? g + half : g - half));
    }
}

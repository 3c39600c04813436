/*
 * Limits of shares.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "num/share_limits.h"

#include <math.h>

void sipas__share_wilson(double p, double ratio, double limits[2])
{
    const double far = p + ratio / 2.0 + sqrt(ratio * (p * (1.0 - p) + ratio / 4.0));

    limits[0] = far > 0.0 ? fmin(p * p / far, p) : 0.0; /* but for rounding they hold p */
    limits[1] = fmax(far / (1.0 + ratio), p);
}

static double expit(double x)
{
    return x < 0.0 ? exp(x) / (1.0 + exp(x)) : 1.0 / (1.0 + exp(-x));
}

void sipas__share_logit(double p, double reach, double limits[2])
{
    const double centre = log(p) - log1p(-p);

    limits[0] = fmin(expit(centre - reach), p);
    limits[1] = fmax(expit(centre + reach), p);
}

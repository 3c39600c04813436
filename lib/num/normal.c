/*
 * The normal distribution.
 *
 * Areas are GSL's, which are W. J. Cody's ("Rational Chebyshev approximations for the error function", Math. Comp. 23
 * (1969), p. 631): good to the last digits in both tails; an area below the smallest normal double comes out as 0. The
 * quantile is found by Newton's method, from Hastings' approximation, on the logarithm of the smaller tail, or near
 * 0 on the area between 0 and z. Both are concave, so it converges from either side.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <gsl/gsl_cdf.h>
#include <math.h>

#include "num/distributions.h"

static const double SQRT_HALF = 0.70710678118654752440;
static const double SQRT_2PI = 2.50662827463100050242;
static const double LOG_SQRT_2PI = 0.91893853320467274178;
static const double FAR = 37; /* beyond, the asymptotic series of Mills' ratio is exact in four terms */

enum { NEWTON_STEPS = 4 }; /* errors 5e-2, 1e-3, 2e-7, 1e-14, 0 */

double sipas__normal_cdf(double z)
{
    return isnan(z) ? z : gsl_cdf_ugaussian_P(z);
}

double sipas__normal_upper(double z)
{
    return isnan(z) ? z : gsl_cdf_ugaussian_Q(z);
}

static double density(double z)
{
    return exp(-0.5 * z * z) / SQRT_2PI;
}

/* The area above z over the density at z. DLMF 7.12.1. */
static double mills_ratio(double z)
{
    const double r = 1 / (z * z);

    if (z < FAR) return gsl_cdf_ugaussian_Q(z) / density(z);
    return (1 - r * (1 - 3 * r * (1 - 5 * r * (1 - 7 * r)))) / z;
}

/* z > 0 with the area `middle` < ¼ between 0 and z. */
static double near_quantile(double middle)
{
    double z = middle * SQRT_2PI;

    for (int i = 0; i < NEWTON_STEPS; i++) z -= (0.5 * erf(z * SQRT_HALF) - middle) / density(z);
    return z;
}

/* z > 0 with the area `tail` ≤ ¼ above it. Start: Abramowitz and Stegun, 26.2.23, good to 4.5e-4. */
static double far_quantile(double tail)
{
    const double log_tail = log(tail), t = sqrt(-2 * log_tail);
    double z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));

    for (int i = 0; i < NEWTON_STEPS; i++) {
        double ratio = mills_ratio(z);

        z += (log(ratio) - 0.5 * z * z - LOG_SQRT_2PI - log_tail) * ratio;
    }
    return z;
}

double sipas__normal_quantile(double p)
{
    const double middle = fabs(p - 0.5), tail = p < 0.5 ? p : 1 - p;

    if (!(p >= 0 && p <= 1)) return NAN;
    if (tail == 0) return p > 0.5 ? INFINITY : -INFINITY;
    if (middle == 0) return 0;
    return copysign(middle < 0.25 ? near_quantile(middle) : far_quantile(tail), p - 0.5);
}

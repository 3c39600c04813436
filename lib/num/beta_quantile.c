/*
 * Inverse of the beta distribution: the root in log F of log(area) - log(area sought).
 *
 * The logarithm of either area is a concave monotone function of log F, because the density of log F is log-concave
 * (Prékopa 1973); far out it is straight, so no tail is too small and no scale too odd for Brent's method. log F is
 * the difference of the logarithms of two gamma variables: the search starts where it would be if that were normal.
 *
 * 2 to 10 evaluations of the areas.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "num/beta_tails.h"
#include "num/distributions.h"
#include "num/roots.h"

typedef struct target {
    const sipas__beta *beta;
    double log_area;
    int upper;
    double slope; /* of the last difference that was asked for, without its sign */
} target;

static double difference(double log_f, void *state)
{
    target *sought = state;
    sipas__tails tails = sipas__beta_tails(sought->beta, log_f, -expm1(-fabs(log_f)));
    double log_area = sought->upper ? tails.upper : tails.lower;

    sought->slope = exp(tails.density - log_area);
    return log_area - sought->log_area;
}

/* Mean and variance of log X for a gamma variable X of shape a and mean 1: digamma(a) - log a and trigamma(a), by the
 * first terms of their asymptotic series one step up. */
static double rough_mean(double a)
{
    return log1p(1 / a) - 1 / a - 0.5 / (a + 1);
}

static double rough_variance(double a)
{
    return 1 / (a * a) + 1 / (a + 1) + 0.5 / ((a + 1) * (a + 1));
}

static double within_reach(double log_f)
{
    return fmin(fmax(log_f, -SIPAS__FARTHEST_LOG_F), SIPAS__FARTHEST_LOG_F);
}

/*
 * Two points on either side of the root; false when it lies beyond reach, which x[1] then is the end of.
 *
 * Newton's step from a point where the area is too large goes beyond the root of a concave function; from one where it
 * is too small it falls short, so it is made half as long again. Doubled until the sign changes.
 */
static int find_bracket(target *sought, double start, sipas__bracket *bracket)
{
    const double away = sought->upper ? 1 : -1; /* the way to smaller areas */
    double *x = bracket->x, *f = bracket->f, step;

    x[0] = within_reach(start);
    f[0] = difference(x[0], sought);
    step = (f[0] < 0 ? 1.5 : 1) * f[0] / sought->slope;
    step = away * copysign(fmin(fmax(fabs(step), 1e-15), SIPAS__FARTHEST_LOG_F), f[0]);
    for (;;) {
        x[1] = within_reach(x[0] + step);
        f[1] = difference(x[1], sought);
        if ((f[0] >= 0 && f[1] <= 0) || (f[0] <= 0 && f[1] >= 0)) return 1;
        if (fabs(x[1]) >= SIPAS__FARTHEST_LOG_F) return 0;
        x[0] = x[1];
        f[0] = f[1];
        step *= 2;
    }
}

double sipas__beta_log_f(const sipas__beta *beta, double log_area, int upper)
{
    static const sipas__root_tolerance tolerance = {1e-15, 0, 200};
    const double z = sipas__normal_quantile(exp(log_area));
    const double spread = sqrt(rough_variance(beta->a) + rough_variance(beta->b));
    const double start = rough_mean(beta->a) - rough_mean(beta->b) + (upper ? -z : z) * spread;
    target sought = {beta, log_area, upper, 1};
    sipas__bracket bracket = {{start, start}, {0, 0}};
    double root = NAN;

    if (!find_bracket(&sought, start, &bracket)) return bracket.x[1];
    (void)sipas__root_brent(difference, &sought, &bracket, &tolerance, &root, NULL);
    return root;
}

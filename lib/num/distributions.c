/*
 * Student's t, chi-square, F and beta: each a beta variable X of shapes a, b in another dress, by the odds of X over
 * those of its mean, F = (X / (1 - X)) / (a / b).
 *
 *     F of df1, df2:   a = df1/2, b = df2/2, F itself
 *     t of df:         a = 1/2,   b = df/2,  F = t²; the area above F is both tails of t
 *     chi-square:      a = df/2,  b = ∞,     F = χ² / df
 *
 * Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", 2nd edition (1995), chapters 25, 27 and 28.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "num/distributions.h"

#include <float.h>
#include <math.h>

#include "num/beta_tails.h"

static double area_at(sipas__beta beta, double log_f, double excess, int upper)
{
    const sipas__tails tails = sipas__beta_tails(&beta, log_f, excess);

    return exp(upper ? tails.upper : tails.lower);
}

static double log_ratio(double over, double under, double difference)
{
    const double ratio = over / under;

    if (fabs(difference) < 0.5 * under) return log1p(difference / under);
    return ratio > DBL_MIN && ratio < INFINITY ? log(ratio) : log(over) - log(under);
}

/* Area at F = over / under; their difference is an argument because it is often exact where F is not. */
static double area(sipas__beta beta, double over, double under, double difference, int upper)
{
    if (isnan(difference)) return NAN;
    if (over <= 0) return upper ? 1 : 0;
    if (under <= 0 || isinf(over)) return upper ? 0 : 1;
    return area_at(beta, log_ratio(over, under, difference), fabs(difference) / fmax(over, under), upper);
}

/* F with the area p below it. */
static double f_at(sipas__beta beta, double p)
{
    if (p == 0 || p == 1) return p == 0 ? 0 : INFINITY;
    return exp(p <= 0.5 ? sipas__beta_log_f(&beta, log(p), 0) : sipas__beta_log_f(&beta, log(1 - p), 1));
}

static int is_probability(double p)
{
    return p >= 0 && p <= 1;
}

double sipas__f_cdf(double f, double df1, double df2)
{
    return df1 > 0 && df2 > 0 ? area(sipas__beta_init(0.5 * df1, 0.5 * df2), f, 1, f - 1, 0) : NAN;
}

double sipas__f_upper(double f, double df1, double df2)
{
    return df1 > 0 && df2 > 0 ? area(sipas__beta_init(0.5 * df1, 0.5 * df2), f, 1, f - 1, 1) : NAN;
}

double sipas__f_quantile(double p, double df1, double df2)
{
    return is_probability(p) && df1 > 0 && df2 > 0 ? f_at(sipas__beta_init(0.5 * df1, 0.5 * df2), p) : NAN;
}

static double chisq_area(double x, double df, int upper)
{
    if (!(df > 0) || isnan(x)) return NAN;
    if (isinf(x) || isinf(df)) return (x == INFINITY) == (upper != 0) ? 0 : 1;
    return area(sipas__beta_init(0.5 * df, INFINITY), x, df, x - df, upper);
}

double sipas__chisq_cdf(double x, double df)
{
    return chisq_area(x, df, 0);
}

double sipas__chisq_upper(double x, double df)
{
    return chisq_area(x, df, 1);
}

double sipas__chisq_quantile(double p, double df)
{
    if (!is_probability(p) || !(df > 0)) return NAN;
    if (p == 0) return 0;
    return df * f_at(sipas__beta_init(0.5 * df, INFINITY), p);
}

/* Both tails beyond ±t (outside = 1), or the area between them (0); 0 < t < ∞. The excess of t² is e (2 - e), with
 * e that of t. */
static double t_area(double t, double df, int outside)
{
    const double e = fabs(t - 1) / fmax(t, 1);

    return area_at(sipas__beta_init(0.5, 0.5 * df), 2 * log(t), e * (2 - e), outside);
}

double sipas__t_upper(double t, double df)
{
    if (isnan(t) || !(df > 0)) return NAN;
    if (t == 0) return 0.5;
    if (isinf(t)) return t > 0 ? 0 : 1;
    return t > 0 ? 0.5 * t_area(t, df, 1) : 0.5 + 0.5 * t_area(-t, df, 0);
}

double sipas__t_cdf(double t, double df)
{
    return sipas__t_upper(-t, df);
}

double sipas__t_quantile(double p, double df)
{
    const double middle = fabs(p - 0.5);
    sipas__beta beta;
    double log_f;

    if (!is_probability(p) || !(df > 0)) return NAN;
    if (middle == 0) return 0;
    if (p == 0 || p == 1) return p == 0 ? -INFINITY : INFINITY;
    beta = sipas__beta_init(0.5, 0.5 * df);
    if (middle < 0.25)
        log_f = sipas__beta_log_f(&beta, log(2 * middle), 0);
    else
        log_f = sipas__beta_log_f(&beta, log(2 * (p < 0.5 ? p : 1 - p)), 1);
    return copysign(exp(0.5 * log_f), p - 0.5);
}

/* True when a shape of 0 or ∞ has shrunk the variable to the points `low` and `high`, with half the mass each. */
static int is_points(double a, double b, double *low, double *high)
{
    const int at_0 = a == 0 || isinf(b), at_1 = b == 0 || isinf(a);

    *low = at_0 ? 0 : 1;
    *high = at_1 ? 1 : 0;
    if (isinf(a) && isinf(b)) *low = *high = 0.5;
    return at_0 || at_1;
}

static double beta_area(double x, double a, double b, int upper)
{
    const sipas__beta beta = sipas__beta_init(a, b);
    double low, high;

    if (isnan(x) || !(a >= 0 && b >= 0)) return NAN;
    if (x < 0) return upper ? 1 : 0;
    if (x >= 1) return upper ? 0 : 1;
    if (is_points(a, b, &low, &high)) return upper ? 0.5 * ((x < low) + (x < high)) : 0.5 * ((x >= low) + (x >= high));
    return area(beta, beta.b * x, beta.a * (1 - x), fma(beta.b, x, -beta.a * (1 - x)), upper);
}

double sipas__beta_cdf(double x, double a, double b)
{
    return beta_area(x, a, b, 0);
}

double sipas__beta_upper(double x, double a, double b)
{
    return beta_area(x, a, b, 1);
}

/* X = aF / (b + aF) */
double sipas__beta_quantile(double p, double a, double b)
{
    double low, high, f;
    sipas__beta beta;

    if (!is_probability(p) || !(a >= 0 && b >= 0)) return NAN;
    if (is_points(a, b, &low, &high)) return p < 0.5 ? low : p > 0.5 ? high : 0.5 * (low + high);
    if (p == 0 || p == 1) return p;
    beta = sipas__beta_init(a, b);
    f = f_at(beta, p);
    return f > 1 ? beta.a / (beta.a + beta.b / f) : beta.a * f / (beta.b + beta.a * f);
}

/**
 * @file num/distributions.h
 * Areas and quantiles of the normal, Student's t, chi-square, F and beta distributions.
 *
 * `cdf` is the area below a point, `upper` the area above it (its small values keep their digits), `quantile` the
 * point with the area p below it. Quantiles are good to 1e-13 relative for every p and every parameter; areas too, in
 * both tails. For a small upper tail of an unsymmetric distribution p = 1 - q is as exact as the subtraction is.
 *
 * Common to all: a NaN argument gives NaN; so does p outside [0, 1], a degree of freedom that is not > 0, a negative
 * shape. Degrees of freedom need not be whole and may be infinite; those, and shapes, beyond [1e-100, 1e100] count as
 * the nearer end. p = 0 and p = 1 give the ends of the support. Nothing here fails, allocates, or keeps state.
 *
 * Cost: an area about 5 µs, a quantile about 50 µs (normal: a tenth of that): callers that need one for many rows of
 * equal degrees of freedom keep it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_NUM_DISTRIBUTIONS_H
#define SIPAS_NUM_DISTRIBUTIONS_H

double sipas__normal_cdf(double z);
double sipas__normal_upper(double z);
double sipas__normal_quantile(double p);

/** Student's t with df > 0 degrees of freedom; df = ∞ is the normal distribution. */
double sipas__t_cdf(double t, double df);
double sipas__t_upper(double t, double df);
double sipas__t_quantile(double p, double df);

/** Chi-square; 0 is the lower end, and df = ∞ has all its mass at infinity. */
double sipas__chisq_cdf(double x, double df);
double sipas__chisq_upper(double x, double df);
double sipas__chisq_quantile(double p, double df);

/** F with df1 above and df2 below; df2 = ∞ is chi-square / df1, both infinite the point 1. */
double sipas__f_cdf(double f, double df1, double df2);
double sipas__f_upper(double f, double df1, double df2);
double sipas__f_quantile(double p, double df1, double df2);

/**
 * Beta with shapes a, b ≥ 0. a = 0 < b (or a < b = ∞) is the point 0 and a > 0 = b the point 1, which is what limits
 * of Clopper-Pearson type need at 0 and n; there every p, 0 and 1 too, has that point as quantile. Both 0: half at
 * either end. Both infinite: the point ½.
 */
double sipas__beta_cdf(double x, double a, double b);
double sipas__beta_upper(double x, double a, double b);
double sipas__beta_quantile(double p, double a, double b);

#endif

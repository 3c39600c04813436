/**
 * @file num/distributions.h
 * Areas and quantiles of the normal, Student's t, chi-square, F and beta distributions.
 *
 * `cdf` is the area below a point, `upper` the area above it (its small values keep their digits), `quantile` the
 * point with the area p below it.
 *
 * Accuracy, measured against mpmath: relative errors up to 1e-14 for parameters of 0.5 and more and areas down to 1e-4,
 * up to 1e-13 for parameters of 0.1 and more and areas down to 1e-100; farther out up to 1e-15 |log area| of an area and
 * 1e-15 |log quantile| of a quantile; for smaller parameters up to 1e-14 / parameter of a quantile. Near 1 a p is as
 * exact as its distance from 1; with t and the normal distribution ask for the tail on the left instead.
 *
 * Common to all: a NaN argument gives NaN; so does p outside [0, 1], a degree of freedom that is not > 0, a negative
 * shape. Degrees of freedom need not be whole and may be infinite; those, and shapes, beyond [1e-40, 1e40] count as
 * the nearer end. p = 0 and p = 1 give the ends of the support, and a quantile too large or too small for a double is
 * ∞ or 0. Nothing here fails, allocates, or keeps state.
 *
 * Cost: an area 0.2 to 5 µs, a quantile 1 to 40 µs; a caller that needs one for many rows of equal degrees of freedom
 * keeps it.
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

/**
 * @file num/beta_tails.h
 * Tails of the beta distribution and their inverse, to full relative accuracy for shapes of any size.
 *
 * The beta family holds Student's t, F and chi-square too, so this is the one place where tail areas are made;
 * num/distributions.h dresses it up. The point is told by F, its odds X / (1 - X) over a / b, the odds of the mean.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_NUM_BETA_TAILS_H
#define SIPAS_NUM_BETA_TAILS_H

/** A beta variable X of shapes a and b, with what depends on them only. */
typedef struct sipas__beta {
    double a, b;
    double log_front; /**< ½ log(ab / 2πn) + Δ(n) - Δ(a) - Δ(b), n = a + b, Δ the error of Stirling's formula */
} sipas__beta;

/** Natural logarithms of the areas below and above a point, and of the density of log F there. */
typedef struct sipas__tails {
    double lower, upper, density;
} sipas__tails;

/** |log F| at which sipas__beta_log_f() stops looking: √F too is then out of the range of a double. */
#define SIPAS__FARTHEST_LOG_F 1500.0

/** The variable of shapes a > 0 and b > 0, infinity included; both are moved into [1e-40, 1e40]. */
sipas__beta sipas__beta_init(double a, double b);

/**
 * Tails at a point.
 *
 * @param beta the variable
 * @param log_f log F, finite; F itself may overflow
 * @param excess |F - 1| / max(F, 1), in [0, 1]: given beside log F because it can often be had without rounding
 */
sipas__tails sipas__beta_tails(const sipas__beta *beta, double log_f, double excess);

/**
 * log F of the point with a given area above (upper = 1) or below it (0).
 *
 * @param beta the variable
 * @param log_area logarithm of the area, finite; the area is at most about ½, or digits are lost
 * @param upper which area
 * @return log F to about 1e-15; ±SIPAS__FARTHEST_LOG_F when it is farther out than that
 */
double sipas__beta_log_f(const sipas__beta *beta, double log_area, int upper);

#endif

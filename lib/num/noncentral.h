/**
 * @file num/noncentral.h
 * Noncentral t: the power of a test that divides by an estimated standard error.
 *
 * T = (Z + δ)/S, Z standard normal, S² an independent chi-square over its df degrees of freedom.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_NUM_NONCENTRAL_H
#define SIPAS_NUM_NONCENTRAL_H

/**
 * P(T > t); df = ∞: that of the normal distribution about δ. Absolute error below 1e-12. NaN for a NaN or df that is not > 0.
 * O(|δ|) terms, 1 to 5 µs.
 */
double sipas__noncentral_upper(double t, double df, double delta);

/** The δ at which P(T > t) = power, 0 < power < 1; t ≥ 0. df = ∞: t + z(power). Some 20 areas. */
double sipas__noncentral_shift(double t, double df, double power);

#endif

/**
 * @file num/share_limits.h
 * Limits of an interval for a share that are not the share plus or minus a multiple of its standard error.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_NUM_SHARE_LIMITS_H
#define SIPAS_NUM_SHARE_LIMITS_H

/**
 * Wilson's limits: all π with (p - π)² ≤ ratio π(1 - π), ratio = c²/n; 0 ≤ p ≤ 1 (Wilson 1927, JASA 22:209). The lower one is had
 * from the product of the roots, p²/(1 + ratio), so that a small one keeps its digits.
 */
void sipas__share_wilson(double p, double ratio, double limits[2]);

/** Limits on the scale of log odds: expit(logit p ± reach), 0 < p < 1. */
void sipas__share_logit(double p, double reach, double limits[2]);

#endif

/*
 * Intervals of a share whose length is not a multiple of the standard error: how long they are with n effective answers, and
 * how many answers a length needs.
 *
 *   wilson    (p + z²/2n ± z √(pq/n + z²/4n²)) / (1 + z²/n)
 *   log odds  p/q exp(±z/√(npq)), taken back to shares
 *
 * Solved for a half-length e (Valliant, Dever and Kreuter 2018, §3.1):
 *
 *   wilson    n = z² (pq - 2e² + √(p²q² - 4pqe² + e²)) / (2e²)
 *   log odds  n = z² / (pq log² x), x > 1 with k(1-2e)x² - 2e(1+k²)x - k(1+2e) = 0, k = q/p
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "num/share_limits.h"
#include "size/size.h"

static double wilson_n(double z, double p, double e)
{
    const double pq = p * (1.0 - p), e2 = e * e;

    return z * z * (pq - 2.0 * e2 + sqrt(pq * pq + e2 * (1.0 - 4.0 * pq))) / (2.0 * e2);
}

static double log_odds_n(double z, double p, double e)
{
    const double q = 1.0 - p, k = q / p, b = e * (1.0 + k * k);
    const double x = (b + sqrt(b * b + k * k * (1.0 - 2.0 * e) * (1.0 + 2.0 * e))) / (k * (1.0 - 2.0 * e));

    return z * z / (p * q * log(x) * log(x));
}

double sipas__size_interval_n(int32_t method, double z, double p, double e)
{
    return method == SIPAS_SIZE_WILSON ? wilson_n(z, p, e) : log_odds_n(z, p, e);
}

void sipas__size_interval(int32_t method, double z, double p, double variance, double limits[2])
{
    const double pq = p * (1.0 - p), se = sqrt(variance);

    if (method == SIPAS_SIZE_WILSON) { /* 1/n = V / pq */
        sipas__share_wilson(p, z * z * variance / pq, limits);
    } else if (method == SIPAS_SIZE_LOG_ODDS) { /* SE of the log odds = SE / pq */
        sipas__share_logit(p, z * se / pq, limits);
    } else {
        limits[0] = p - z * se;
        limits[1] = p + z * se;
    }
}

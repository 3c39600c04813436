/*
 * Inverting weighted distribution functions.
 *
 * Under the rules with straight lines a distinct value x_k is the quantile of every p from a_k, the p_i of its first
 * observation, to b_k, that of its last; from b_k to a_(k+1) the line climbs to the next value. With p_i = (C_i - α w_i) / D
 *
 *     a_k = (upto_(k-1) + (1 - α) first_k) / D,     b_k = (upto_k - α last_k) / D
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "num/ecdf.h"

#include <math.h>

/* α, and D = W + beyond · w_n, of the rules from HF4 on. */
static const struct line_rule {
    double alpha, beyond;
} line_rules[] = {{0.0, 0.0}, {0.5, 0.0}, {0.0, 1.0}, {1.0, -1.0}, {1.0 / 3.0, 1.0 / 3.0}, {0.375, 0.25}};

/* b_k; without D where the rule has steps. */
static double end_of(const sipas__ecdf *ecdf, int64_t k, double alpha)
{
    return alpha == 0.0 ? ecdf->step[k].upto : ecdf->step[k].upto - alpha * ecdf->last[k];
}

/* The first value from which on b_k ≥ p for good; n when there is none. `whole` is D. */
static int64_t find_reach(const sipas__ecdf *ecdf, double alpha, double whole, double p)
{
    int64_t low = 0, high = ecdf->n;

    if (!ecdf->rising) {
        while (high > 0 && end_of(ecdf, high - 1, alpha) / whole >= p) high--;
        return high;
    }
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;

        if (end_of(ecdf, middle, alpha) / whole >= p)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static double step_quantile(const sipas__ecdf *ecdf, int32_t rule, double p)
{
    const double whole = ecdf->step[ecdf->n - 1].upto;
    const int64_t k = find_reach(ecdf, 0.0, whole, p);

    if (k + 1 >= ecdf->n) return ecdf->step[ecdf->n - 1].value;
    if (rule == SIPAS__RULE_HF1 || ecdf->step[k].upto / whole > p) return ecdf->step[k].value;
    if (rule == SIPAS__RULE_HF2) return ecdf->step[k].value + (ecdf->step[k + 1].value - ecdf->step[k].value) / 2.0;
    return ecdf->step[k % 2 == 1 ? k : k + 1].value; /* counted from 1, an odd k is even */
}

static double line_quantile(const sipas__ecdf *ecdf, int32_t rule, double p)
{
    const struct line_rule *line = &line_rules[rule - SIPAS__RULE_HF4];
    const int64_t end = ecdf->n - 1;
    const double whole = ecdf->step[end].upto + line->beyond * ecdf->last[end];
    const int64_t k = find_reach(ecdf, line->alpha, whole, p);
    double from, to;

    if (k == 0) return ecdf->step[0].value;
    if (k > end) return ecdf->step[end].value;
    from = end_of(ecdf, k - 1, line->alpha) / whole;
    to = (ecdf->step[k - 1].upto + (1.0 - line->alpha) * ecdf->first[k]) / whole;
    if (!(p < to)) return ecdf->step[k].value;
    return ecdf->step[k - 1].value + (ecdf->step[k].value - ecdf->step[k - 1].value) * ((p - from) / (to - from));
}

double sipas__ecdf_quantile(const sipas__ecdf *ecdf, int32_t rule, double p)
{
    return rule < SIPAS__RULE_HF4 ? step_quantile(ecdf, rule, p) : line_quantile(ecdf, rule, p);
}

double sipas__ecdf_nearest(const sipas__ecdf *ecdf, double p, double *value)
{
    const double whole = ecdf->step[ecdf->n - 1].upto;
    const int64_t reach = find_reach(ecdf, 0.0, whole, p);
    double nearest = NAN;

    *value = NAN;
    for (int64_t k = reach < ecdf->n ? reach : ecdf->n - 1; k >= 0 && k >= reach - 1; k--) {
        const double f = ecdf->step[k].upto / whole;

        if (!(f > 0.0 && f < 1.0) || fabs(f - p) >= fabs(nearest - p)) continue;
        nearest = f;
        *value = ecdf->step[k].value;
    }
    return nearest;
}

double sipas__ecdf_at(const sipas__ecdf *ecdf, double x)
{
    int64_t low = 0, high = ecdf->n; /* values before `low` are ≤ x, from `high` on they are > x */

    while (low < high) {
        const int64_t middle = low + (high - low) / 2;

        if (ecdf->step[middle].value <= x)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? 0.0 : low == ecdf->n ? 1.0 : ecdf->step[low - 1].upto / ecdf->step[ecdf->n - 1].upto;
}

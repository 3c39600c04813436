/*
 * Boundaries by rule.
 *
 *   cum √f      classes of equal width from the least to the largest value; boundaries where the cumulated √f is nearest to
 *               h / L of its sum (Dalenius and Hodges 1959, JASA 54:88; Cochran 1977, §5A.7)
 *   geometric   b_h = min (max / min)^(h / L) (Gunning and Horgan 2004, Surv. Methodol. 30:159)
 *
 * O(values + bins).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "strata/strata.h"

#include <math.h>

/* Upper limit of a class. */
static double class_limit(const sipas__strata *s, int64_t bin)
{
    const double low = s->value[0], high = s->value[s->n_values - 1];

    return bin == s->opts.bins - 1 ? high : low + (high - low) * (double)(bin + 1) / (double)s->opts.bins;
}

void sipas__strata_roots(const sipas__strata *s, double *root)
{
    int64_t at = 0;

    root[0] = 0.0;
    for (int64_t bin = 0; bin < s->opts.bins; bin++) {
        const double limit = class_limit(s, bin);
        const int64_t first = at;

        while (at < s->n_values && s->value[at] <= limit) at++;
        root[bin + 1] = root[bin] + sqrt((double)(s->below[at] - s->below[first]));
    }
}

void sipas__strata_cum_root_f(const sipas__strata *s, const double *root, double *boundary)
{
    const double sum = root[s->opts.bins];
    int64_t bin = 1;

    for (int32_t h = 1; h < s->n_strata; h++) {
        const double wanted = sum * (double)h / (double)s->n_strata;

        while (bin < s->opts.bins && root[bin] < wanted) bin++;
        if (bin > 1 && wanted - root[bin - 1] <= root[bin] - wanted)
            boundary[h - 1] = class_limit(s, bin - 2);
        else
            boundary[h - 1] = class_limit(s, bin - 1);
    }
}

void sipas__strata_geometric(const sipas__strata *s, double *boundary)
{
    const double low = s->value[0], ratio = s->value[s->n_values - 1] / low;

    for (int32_t h = 1; h < s->n_strata; h++) boundary[h - 1] = low * pow(ratio, (double)h / (double)s->n_strata);
}

void sipas__strata_cut_at(const sipas__strata *s, const double *boundary, int64_t *cut)
{
    int64_t at = 0;

    cut[0] = 0;
    for (int32_t h = 1; h < s->n_strata; h++) {
        while (at < s->n_values && s->value[at] <= boundary[h - 1]) at++;
        cut[h] = at;
    }
    cut[s->n_strata] = s->n_values;
}

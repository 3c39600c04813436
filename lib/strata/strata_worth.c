/*
 * What cuts are worth: the n that a variance asks for, or the variance that an n gives, over real numbers.
 *
 *   n_h = min(s a_h, N_h),   V = Σ N_h² S_h² (1 / n_h - 1 / N_h) = Σ N_h S_h² (N_h - n_h) / n_h
 *
 * with a_h the allocation's weight. s follows in closed form from the strata that are not taken whole; one that s would give
 * more than its units is taken whole, and s again from the others: at most L rounds.
 *
 * O(L²), in practice O(L).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "strata/strata.h"

#include <math.h>

#include <sipas/allocate.h>

/* Stratum by stratum: N, a, A² = N² S², and N S²; full = taken whole. */
typedef struct shares {
    int32_t n_strata;
    double size[SIPAS__MOST_STRATA], weight[SIPAS__MOST_STRATA], spread[SIPAS__MOST_STRATA],
        correction[SIPAS__MOST_STRATA];
    int full[SIPAS__MOST_STRATA];
} shares;

double sipas__strata_s2(const sipas__stratum *stratum)
{
    return stratum->size > 1 ? stratum->squares / ((double)stratum->size - 1.0) : 0.0;
}

static double weight_of(const sipas__strata *s, const sipas__stratum *h, double spread)
{
    const double total = (double)h->size * (h->least + h->off);

    switch (s->opts.allocation) {
    case SIPAS_ALLOCATE_PROPORTIONAL: return (double)h->size;
    case SIPAS_ALLOCATE_EQUAL: return 1.0;
    case SIPAS_ALLOCATE_POWER: return total > 0.0 ? pow(total, s->opts.power) : 0.0;
    default: return sqrt(spread);
    }
}

/* False when a stratum is too small, or the top one leaves less than one for each of the others. */
static int fill(const sipas__strata *s, const int64_t *cut, shares *of)
{
    of->n_strata = s->n_strata;
    for (int32_t h = 0; h < s->n_strata; h++) {
        sipas__stratum at;
        double size, s2;

        if (cut[h + 1] <= cut[h]) return 0;
        at = sipas__strata_of(s, cut[h], cut[h + 1]);
        size = (double)at.size;
        s2 = sipas__strata_s2(&at);
        if (at.size < s->opts.least_size) return 0;
        of->size[h] = size;
        of->spread[h] = size * size * s2;
        of->correction[h] = size * s2;
        of->weight[h] = weight_of(s, &at, of->spread[h]);
        of->full[h] = s->opts.take_all && h == s->n_strata - 1;
    }
    return !s->opts.take_all || s->opts.n == 0 ||
           of->size[s->n_strata - 1] + (double)s->n_strata - 1.0 <= (double)s->opts.n;
}

/* One s for the strata that are not full: for a variance, or for an n. Infinite where nothing will do. */
static double multiplier(const sipas__strata *s, const shares *of)
{
    double need = 0.0, weights = 0.0, corrections = 0.0, left = (double)s->opts.n;

    for (int32_t h = 0; h < of->n_strata; h++) {
        if (of->full[h]) {
            left -= of->size[h];
            continue;
        }
        if (of->spread[h] > 0.0) need += of->spread[h] / of->weight[h];
        weights += of->weight[h];
        corrections += of->correction[h];
    }
    if (s->variance > 0.0) return need > 0.0 ? need / (s->variance + corrections) : 0.0;
    return left > 0.0 ? weights > 0.0 ? left / weights : 0.0 : left < 0.0 ? -1.0 : 0.0;
}

double sipas__strata_worth(const sipas__strata *s, const int64_t *cut, double *parts)
{
    shares of;
    double times, n = 0.0, variance = 0.0;
    int again = 1;

    if (!fill(s, cut, &of)) return INFINITY;
    for (times = 0.0; again;) {
        times = multiplier(s, &of);
        if (times < 0.0) return INFINITY; /* the strata taken whole are more than n */
        again = 0;
        for (int32_t h = 0; h < of.n_strata; h++)
            if (!of.full[h] && times * of.weight[h] > of.size[h]) of.full[h] = again = 1;
    }
    for (int32_t h = 0; h < of.n_strata; h++) {
        const double part = of.full[h] ? of.size[h] : times * of.weight[h];

        if (parts) parts[h] = part;
        n += part;
        if (!of.full[h] && of.spread[h] > 0.0) variance += of.correction[h] * ((of.size[h] - part) / part);
    }
    return s->variance > 0.0 ? n : variance;
}

double sipas__strata_part(const sipas__strata *s, const sipas__stratum *stratum)
{
    const double size = (double)stratum->size, s2 = sipas__strata_s2(stratum);

    if (stratum->size < s->opts.least_size) return INFINITY;
    switch (s->opts.allocation) {
    case SIPAS_ALLOCATE_PROPORTIONAL: return size * s2;
    case SIPAS_ALLOCATE_EQUAL: return size * size * s2;
    default: return size * sqrt(s2);
    }
}

double sipas__strata_optimal_worth(const sipas__strata *s, double sum, int64_t whole)
{
    const double sampled = (double)(s->n_units - whole), strata = (double)(s->n_strata - s->opts.take_all);
    const double wanted = s->variance, left = (double)(s->opts.n - whole);
    double times; /* V = times / n, or times / n - sum = sum (sampled - n) / n for proportional */

    switch (s->opts.allocation) {
    case SIPAS_ALLOCATE_PROPORTIONAL: times = sampled * sum; break;
    case SIPAS_ALLOCATE_EQUAL: times = strata * sum; break;
    default: times = sum * sum; break;
    }
    if (isinf(sum) || (s->opts.n > 0 && left < strata)) return INFINITY;
    if (s->opts.allocation == SIPAS_ALLOCATE_PROPORTIONAL)
        return wanted > 0.0 ? (double)whole + times / (wanted + sum) : sum * ((sampled - left) / left);
    return wanted > 0.0 ? (double)whole + times / wanted : times / left;
}

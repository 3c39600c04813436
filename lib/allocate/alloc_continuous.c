/*
 * The continuous optimum: x = clamp(s w, lower, upper) with Σ x = total.
 *
 * It minimises Σ w² / x, and also Σ x² / w, within the bounds; for neyman it is what RNABOX finds
 * (Wesołowski, Wieczorkowski and Wójciak 2024, Surv. Methodol. 50:487; the form x = clamp(s w) is the
 * Kuhn-Tucker condition, Stenger and Gabler 2005, Metrika 61:137). Σ clamp(s w) rises with s and is linear
 * between the bounds' w: a bracketed Newton search finds s. With many units it is done on every 256th, then
 * on every 16th, and two to four Newton steps over all of them are enough; if what they miss of the total is
 * more than roundings, the search is done over all units too. A Newton step takes s from the units that no
 * bound stops: what the others leave over Σ w, with a compensated sum.
 *
 * O(units) a round. Newton needs a few; a bracket that does not shrink is cut by orders of magnitude.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/allocate.h"

#include <math.h>

#include "num/sum.h"

enum { ROUNDS = 400, WIDEST = 256, SAMPLE = 16, LEAST_SAMPLE = 512, STEPS = 3, TILE = 256 };

/* A search stops when so small a share of the total is missing: in samples, and over all units. */
static const double NEAR = 1e-6, CLOSE = 1e-13;

/* What Σ x may miss of the total: roundings. */
static const double EXACT = 1e-12;

/* Σ clamp(s w) over every `stride`-th unit, and how fast it rises. Without branches: where units lie is hard
 * to foretell. */
static double sum_at(const sipas__allocation *a, int64_t stride, double s, double *slope)
{
    double sum = 0.0, rise = 0.0;

    for (int64_t i = 0; i < a->n_units; i += stride) {
        double w = a->weight[i], x = s * w, lower = (double)a->lower[i], upper = (double)a->upper[i];
        double y = x < upper ? x : upper;

        rise += w * (double)((x > lower) & (x < upper));
        sum += y > lower ? y : lower;
    }
    *slope = rise;
    return sum;
}

/* Between low and high by orders of magnitude; from an end that is still open, far out. */
static double middle(double low, double high)
{
    if (isinf(high)) return low * 0x1p40;
    return sqrt(low > 0.0 ? low : high * 0x1p-80) * sqrt(high);
}

/* The s for every `stride`-th unit and a total, from a first guess; for a sample it may be none, then it is
 * some number. */
static double search(const sipas__allocation *a, int64_t stride, double total, double guess, double near)
{
    double low = 0.0, high = INFINITY, s = guess, slope;

    for (int32_t round = 0; round < ROUNDS; round++) {
        double excess = sum_at(a, stride, s, &slope) - total, before = high / low, newton = s - excess / slope;

        if (excess >= 0.0)
            high = s;
        else
            low = s;
        if (fabs(excess) <= near * total || !(low < high * (1.0 - 0x1p-50))) return s;
        s = newton;
        if (s > low && s < high && (round % 4 != 3 || high / low < sqrt(before))) continue;
        s = middle(low, high);
        if (!(s > low && s < high)) return guess;
    }
    return s;
}

/* s again from the units between their bounds: what the others leave over Σ w, compensated from tile to tile. */
static void finish(sipas__allocation *a, double s)
{
    sipas__sum sum = {0.0, 0.0};
    int64_t rest = a->total;

    a->cut = s;
    for (int64_t tile = 0; tile < a->n_units; tile += TILE) {
        const int64_t end = a->n_units - tile < TILE ? a->n_units : tile + TILE;
        double part = 0.0;

        for (int64_t i = tile; i < end; i++) {
            const double w = a->weight[i], x = s * w;
            const int over = x >= (double)a->upper[i], under = x <= (double)a->lower[i];

            rest -= over ? a->upper[i] : under ? a->lower[i] : 0;
            part += w * (double)(1 - (over | under));
        }
        sipas__sum_add(&sum, part);
    }
    a->free_weight = sipas__sum_value(&sum);
    a->free_total = rest;
    a->multiplier = a->free_weight > 0.0 && rest > 0 ? (double)rest / a->free_weight
                                                     : s; /* s: the bounds take it all */
}

/* Writes x; how much of the total it misses. */
static double write_parts(sipas__allocation *a)
{
    double sum = 0.0;

    for (int64_t i = 0; i < a->n_units; i++) {
        double x = a->multiplier * a->weight[i], lower = (double)a->lower[i], upper = (double)a->upper[i];
        double y = x < upper ? x : upper;

        a->continuous[i] = y > lower ? y : lower;
        sum += a->continuous[i];
    }
    return fabs(sum - (double)a->total);
}

/* s for every `stride`-th unit and their part of the total. */
static double search_sample(const sipas__allocation *a, int64_t stride, double guess)
{
    const int64_t sampled = (a->n_units + stride - 1) / stride;

    return search(a, stride, (double)a->total * (double)sampled / (double)a->n_units, guess, NEAR);
}

void sipas__allocate_continuous(sipas__allocation *a)
{
    const double total = (double)a->total;
    double s = total / a->sum_weight, missing = INFINITY;

    for (int64_t stride = WIDEST; stride > 1; stride /= SAMPLE)
        if (a->n_units / stride >= LEAST_SAMPLE) s = search_sample(a, stride, s);
    finish(a, s);
    for (int32_t step = 0; step < STEPS && missing > EXACT * total; step++) {
        finish(a, a->multiplier);
        missing = write_parts(a);
    }
    if (missing > EXACT * total) {
        finish(a, search(a, 1, total, s, CLOSE));
        if (write_parts(a) > EXACT * total) {
            a->multiplier = a->cut; /* where Σ clamp(s w) is nearly flat a step overshoots: the search's own s */
            (void)write_parts(a);
        }
    }
    if (a->rounding == SIPAS_ROUNDING_LARGEST_REMAINDER)
        finish(a, a->multiplier); /* it asks who is free to the last bit */
}

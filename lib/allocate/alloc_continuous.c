/*
 * The continuous optimum: x = clamp(s w, lower, upper) with Σ x = total.
 *
 * It minimises Σ w² / x, and also Σ x² / w, within the bounds; for neyman it is what RNABOX finds
 * (Wesołowski, Wieczorkowski and Wójciak 2024, Surv. Methodol. 50:487; the form x = clamp(s w) is the
 * Kuhn-Tucker condition, Stenger and Gabler 2005, Metrika 61:137). Σ clamp(s w) rises with s and is linear
 * between the bounds' w: a bracketed Newton search finds s. With many units it is done on one run of 64 in
 * 256, then on one in 16. Of all units most are then free, or stopped by one bound, at every s nearby: one look lists
 * the others, and Newton goes on with these. If what its s misses of the total is more than roundings, a few steps over all
 * units follow, and at last the search is done over all of them too. A Newton step takes s from the units that no bound
 * stops: what the others leave over Σ w, with compensated sums.
 *
 * O(units) a round. Newton needs a few; a bracket that does not shrink is cut by orders of magnitude.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/allocate.h"

#include <math.h>

#include "num/sum.h"

enum { ROUNDS = 400, WIDEST = 256, SAMPLE = 16, LEAST_SAMPLE = 512, NARROW = 16, STEPS = 4, TILE = 256 };

/* How far from a sample's s that of all units is looked for, as a share. */
static const double NEARBY = 1.0 / 64.0;

/* A search stops when so small a share of the total is missing: in samples, and over all units. */
static const double NEAR = 1e-6, CLOSE = 1e-13;

/* What Σ x may miss of the total, and what Newton reaches when it has found which units are free. */
static const double EXACT = 1e-12, REACHED = 1e-14;

/* Σ clamp(s w) over one run of units in every `stride`, and how fast it rises. Without branches: where units
 * lie is hard to foretell. */
static double sum_at(const sipas__allocation *a, int64_t stride, double s, double *slope)
{
    double sum = 0.0, rise = 0.0;

    for (int64_t run = 0; run < a->n_units; run += stride * SIPAS__RUN) {
        const int64_t end = a->n_units - run < SIPAS__RUN ? a->n_units : run + SIPAS__RUN;

        for (int64_t i = run; i < end; i++) {
            double w = a->seats.weight[i], x = s * w, lower = (double)a->bounds.lower[i],
                   upper = (double)a->bounds.upper[i];
            double y = x < upper ? x : upper;

            rise += w * (double)((x > lower) & (x < upper));
            sum += y > lower ? y : lower;
        }
    }
    *slope = rise;
    return sum;
}

int64_t sipas__allocate_sampled(const sipas__allocation *a, int64_t stride)
{
    const int64_t period = stride * SIPAS__RUN, rest = a->n_units % period;

    return a->n_units / period * SIPAS__RUN + (rest < SIPAS__RUN ? rest : SIPAS__RUN);
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

/* The units that no bound stops: their Σ w, and what the others leave them. */
typedef struct free_part {
    double weight;
    int64_t total;
} free_part;

/* Newton's s; where the bounds take it all, the same s. */
static double next_multiplier(free_part part, double s)
{
    return part.weight > 0.0 && part.total > 0 ? (double)part.total / part.weight : s;
}

/* Lists in `open` the units that are not on one side at all s from `least` to `most`; the others make up `part`. */
static int64_t list_open(const sipas__allocation *a, double least, double most, int64_t *open, free_part *part)
{
    sipas__sum weights = {0.0, 0.0};
    int64_t n_open = 0;

    for (int64_t tile = 0; tile < a->n_units; tile += TILE) {
        const int64_t end = a->n_units - tile < TILE ? a->n_units : tile + TILE;
        free_part of_tile = {0.0, 0};

        for (int64_t i = tile; i < end; i++) {
            const int64_t low = a->bounds.lower[i], high = a->bounds.upper[i];
            const double w = a->seats.weight[i], lower = (double)low, upper = (double)high;
            const int64_t over = least * w >= upper, under = (most * w <= lower) & !over;
            const int64_t loose = (least * w > lower) & (most * w < upper);

            open[n_open] = i;
            n_open += !(over | under | loose);
            of_tile.total -= (high & -over) + (low & -under);
            of_tile.weight += w * (double)loose;
        }
        part->total += of_tile.total;
        sipas__sum_add(&weights, of_tile.weight);
    }
    part->weight = sipas__sum_value(&weights);
    return n_open;
}

/* s from the units whose side is not clear near a first guess; the guess itself where it is not to be found nearby. */
static double narrow(sipas__allocation *a, double guess)
{
    const double least = guess * (1.0 - NEARBY), most = guess * (1.0 + NEARBY);
    free_part clear = {0.0, a->total};
    int64_t *open = a->n; /* not used for anything else yet */
    const int64_t n_open = list_open(a, least, most, open, &clear);
    double s = guess;

    for (int32_t step = 0; step < NARROW && s >= least && s <= most; step++) {
        free_part part = clear;
        const double before = s;

        for (int64_t j = 0; j < n_open; j++) {
            const int64_t i = open[j];
            const double x = s * a->seats.weight[i];

            if (x >= (double)a->bounds.upper[i])
                part.total -= a->bounds.upper[i];
            else if (x <= (double)a->bounds.lower[i])
                part.total -= a->bounds.lower[i];
            else
                part.weight += a->seats.weight[i];
        }
        s = next_multiplier(part, s);
        if (s == before) break;
    }
    return s >= least && s <= most ? s : guess;
}

/* Writes x = clamp(s w) and takes note of which units are free. Returns what Σ x misses of the total. */
static double place(sipas__allocation *a, double s)
{
    sipas__sum weights = {0.0, 0.0}, parts = {0.0, 0.0};
    free_part whole = {0.0, a->total};

    for (int64_t tile = 0; tile < a->n_units; tile += TILE) {
        const int64_t end = a->n_units - tile < TILE ? a->n_units : tile + TILE;
        free_part of_tile = {0.0, 0};
        double part = 0.0;

        for (int64_t i = tile; i < end; i++) {
            const int64_t low = a->bounds.lower[i], high = a->bounds.upper[i];
            const double w = a->seats.weight[i], x = s * w, lower = (double)low, upper = (double)high;
            const int64_t over = x >= upper, under = (x <= lower) & !over;
            const double y = x < upper ? x : upper, z = y > lower ? y : lower;

            of_tile.total -= (high & -over) + (low & -under);
            of_tile.weight += w * (double)(1 - (over | under));
            part += z;
            a->continuous[i] = z;
        }
        whole.total += of_tile.total;
        sipas__sum_add(&weights, of_tile.weight);
        sipas__sum_add(&parts, part);
    }
    a->multiplier = s;
    a->free_weight = sipas__sum_value(&weights);
    a->free_total = whole.total;
    return fabs(sipas__sum_value(&parts) - (double)a->total);
}

/* The s that Newton makes of what place() has noted. */
static double next_place(const sipas__allocation *a)
{
    const free_part part = {a->free_weight, a->free_total};

    return next_multiplier(part, a->multiplier);
}

/* s for a sample and its part of the total. */
static double search_sample(const sipas__allocation *a, int64_t stride, double guess)
{
    const double part = (double)sipas__allocate_sampled(a, stride) / (double)a->n_units;

    return search(a, stride, (double)a->total * part, guess, NEAR);
}

void sipas__allocate_continuous(sipas__allocation *a)
{
    const double total = (double)a->total;
    double s = total / a->sum_weight, missing;

    for (int64_t stride = WIDEST; stride > 1; stride /= SAMPLE)
        if (a->n_units / stride >= LEAST_SAMPLE) s = search_sample(a, stride, s);
    s = narrow(a, s);
    missing = place(a, s);
    for (int32_t step = 0; step < STEPS && missing > REACHED * total; step++) missing = place(a, next_place(a));
    if (missing <= EXACT * total) return;
    s = search(a, 1, total, s, CLOSE);
    (void)place(a, s);
    if (place(a, next_place(a)) > EXACT * total)
        (void)place(a, s); /* where Σ clamp(s w) is nearly flat a step overshoots: the search's own s */
}

/*
 * The best cuts by search.
 *
 * Few ways to cut: all of them, in order. Many: from each of four first sets of cuts, every cut in turn goes to the place
 * between its neighbours where the criterion is least, until none moves. A place is looked for at every value where there
 * are few between the neighbours, else in steps that are halved from a quarter of their distance down to one.
 *
 * O(L) an evaluation.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "strata/strata.h"

#include <math.h>
#include <string.h>

#include "base/context.h"

enum { ALL = 1000000, LOOK_AT_ALL = 256, ROUNDS = 1000, STARTS = 4 };

static double evaluate(sipas__strata *s, const int64_t *cut)
{
    s->evaluations++;
    return sipas__strata_worth(s, cut, NULL);
}

/* Ways to choose L - 1 cuts among n_values - 1 places; more than ALL counts as one more. */
static int64_t count_ways(const sipas__strata *s)
{
    double ways = 1.0;

    for (int32_t h = 1; h < s->n_strata; h++) ways *= (double)(s->n_values - h) / (double)h;
    return ways < (double)ALL + 1.0 ? (int64_t)(ways + 0.5) : ALL + 1;
}

/* The next set of cuts in order; 0 when there is none. */
static int next_cuts(const sipas__strata *s, int64_t *cut)
{
    int32_t h = s->n_strata - 1;

    while (h > 0 && cut[h] + 1 == cut[h + 1]) h--;
    if (h < 1) return 0;
    cut[h]++;
    for (int32_t i = h + 1; i < s->n_strata; i++) cut[i] = cut[i - 1] + 1;
    return 1;
}

static void look_at_all(sipas__strata *s, int64_t *best, double *criterion)
{
    int64_t cut[SIPAS__MOST_STRATA + 1];

    for (int32_t h = 0; h < s->n_strata; h++) cut[h] = h;
    cut[s->n_strata] = s->n_values;
    do {
        const double worth = evaluate(s, cut);

        if (worth < *criterion) {
            *criterion = worth;
            memcpy(best, cut, sizeof cut);
        }
    } while (next_cuts(s, cut));
}

/* Tries cut h at a place; true when that is better, and kept. */
static int try_place(sipas__strata *s, int64_t *cut, int32_t h, int64_t place, double *worth)
{
    const int64_t had = cut[h];
    double found;

    if (place <= cut[h - 1] || place >= cut[h + 1]) return 0;
    cut[h] = place;
    found = evaluate(s, cut);
    if (found < *worth) {
        *worth = found;
        return 1;
    }
    cut[h] = had;
    return 0;
}

/* Moves one cut to the best place found; true when it moved. */
static int move_cut(sipas__strata *s, int64_t *cut, int32_t h, double *worth)
{
    const int64_t room = cut[h + 1] - cut[h - 1];
    int moved = 0;

    if (room <= LOOK_AT_ALL) {
        for (int64_t place = cut[h - 1] + 1; place < cut[h + 1]; place++)
            moved |= place != cut[h] && try_place(s, cut, h, place, worth);
        return moved;
    }
    for (int64_t step = room / 4; step > 0; step /= 2)
        while (try_place(s, cut, h, cut[h] + step, worth) || try_place(s, cut, h, cut[h] - step, worth)) moved = 1;
    return moved;
}

static void descend(sipas__strata *s, int64_t *cut, int64_t *best, double *criterion)
{
    double worth = evaluate(s, cut);
    int moved = 1;

    for (int32_t round = 0; round < ROUNDS && moved; round++) {
        moved = 0;
        for (int32_t h = 1; h < s->n_strata; h++) moved |= move_cut(s, cut, h, &worth);
    }
    if (worth < *criterion) {
        *criterion = worth;
        memcpy(best, cut, (SIPAS__MOST_STRATA + 1) * sizeof *best);
    }
}

/* Cuts moved apart, so that no stratum is without a value. */
static void spread_out(const sipas__strata *s, int64_t *cut)
{
    for (int32_t h = 1; h < s->n_strata; h++)
        if (cut[h] <= cut[h - 1]) cut[h] = cut[h - 1] + 1;
    for (int32_t h = s->n_strata - 1; h > 0; h--)
        if (cut[h] >= cut[h + 1]) cut[h] = cut[h + 1] - 1;
}

/* Equal numbers of units, or equal totals, in each stratum. */
static void even_cuts(const sipas__strata *s, int by_total, int64_t *cut)
{
    int64_t at = 0;

    cut[0] = 0;
    for (int32_t h = 1; h < s->n_strata; h++) {
        const double share = (double)h / (double)s->n_strata;

        for (; at < s->n_values; at++) {
            if (by_total ? s->sum[at + 1] >= share * s->total : (double)s->below[at + 1] >= share * (double)s->n_units)
                break;
        }
        cut[h] = at;
    }
    cut[s->n_strata] = s->n_values;
}

static sipas_status descend_from_all(sipas__strata *s, int64_t *best, double *criterion, sipas_error *err)
{
    double boundary[SIPAS__MOST_STRATA], *root = sipas__alloc(s->ctx, s->opts.bins + 1, sizeof *root);
    sipas_status status = root ? SIPAS_OK : sipas__error_memory(err);

    for (int32_t start = 0; start < STARTS && status == SIPAS_OK; start++) {
        int64_t cut[SIPAS__MOST_STRATA + 1] = {0};

        if (start == 0) {
            sipas__strata_roots(s, root);
            sipas__strata_cum_root_f(s, root, boundary);
            sipas__strata_cut_at(s, boundary, cut);
        } else if (start == 1 && s->value[0] > 0.0) {
            sipas__strata_geometric(s, boundary);
            sipas__strata_cut_at(s, boundary, cut);
        } else {
            even_cuts(s, start == 3, cut);
        }
        spread_out(s, cut);
        descend(s, cut, best, criterion);
        status = sipas__progress(s->ctx, "strata", start + 1, STARTS, err);
    }
    sipas__free(s->ctx, root);
    return status;
}

sipas_status sipas__strata_search(sipas__strata *s, int64_t *cut, double *criterion, sipas_error *err)
{
    *criterion = INFINITY;
    if (count_ways(s) > ALL) return descend_from_all(s, cut, criterion, err);
    look_at_all(s, cut, criterion);
    return SIPAS_OK;
}

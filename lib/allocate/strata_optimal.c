/*
 * The best cuts by dynamic programming: the least sum over the first h strata of the first j values is the least,
 * over where stratum h begins, of that of h - 1 strata and the part of stratum h (Bühler and Deutler 1975, Metrika
 * 22:161). With a top stratum that is taken whole, where it begins is the value with the best criterion.
 *
 * O(values² × L) time, O(values × L) memory.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/strata.h"

#include <math.h>

#include "base/context.h"

enum { MOST_VALUES = 10000 };

/* least[j]: the least sum of `strata` strata over the first j values; from[strata × (D + 1) + j]: where the last begins. */
static void add_stratum(const sipas__strata *s, int32_t strata, const double *before, double *least, int32_t *from)
{
    for (int64_t j = 0; j <= s->n_values; j++) {
        least[j] = INFINITY;
        for (int64_t i = strata - 1; i < j; i++) {
            double sum;

            if (!(before[i] < least[j])) continue;
            sum = before[i] + sipas__strata_part(s, i, j);
            if (sum < least[j]) least[j] = sum, from[j] = (int32_t)i;
        }
    }
}

/* Where the sampled strata end, and the criterion. */
static int64_t choose_end(const sipas__strata *s, const double *least, double *criterion)
{
    int64_t end = s->n_values;

    *criterion = sipas__strata_optimal_worth(s, least[end], 0);
    if (!s->opts.take_all) return end;
    *criterion = INFINITY;
    for (int64_t j = 1; j < s->n_values; j++) {
        const int64_t whole = s->n_units - s->below[j];
        const double worth = sipas__strata_optimal_worth(s, least[j], whole);

        if (whole >= s->opts.least_size && worth < *criterion) *criterion = worth, end = j;
    }
    return end;
}

sipas_status sipas__strata_optimal(sipas__strata *s, int64_t *cut, double *criterion, sipas_error *err)
{
    const int32_t sampled = s->n_strata - s->opts.take_all;
    const int64_t cells = s->n_values + 1;
    double *least, *before = NULL;
    int32_t *from;
    sipas_status status = SIPAS_OK;

    if (s->n_values > MOST_VALUES)
        return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "method",
                                "x has %lld different values; optimal takes %d at most, lavallee any number",
                                (long long)s->n_values, (int)MOST_VALUES);
    least = sipas__alloc(s->ctx, 2 * cells, sizeof *least);
    from = sipas__alloc(s->ctx, (sampled + 1) * cells, sizeof *from);
    if (!least || !from) status = sipas__error_memory(err);
    if (status == SIPAS_OK) {
        before = least + cells;
        for (int64_t j = 0; j < cells; j++) before[j] = j == 0 ? 0.0 : INFINITY;
        for (int32_t h = 1; h <= sampled && status == SIPAS_OK; h++) {
            add_stratum(s, h, before, h % 2 ? least : least + cells, from + h * cells);
            before = h % 2 ? least : least + cells;
            status = sipas__progress(s->ctx, "strata", h, sampled, err);
        }
    }
    if (status == SIPAS_OK) {
        cut[sampled] = choose_end(s, before, criterion);
        cut[s->n_strata] = s->n_values;
        for (int32_t h = sampled; h > 0 && !isinf(*criterion); h--) cut[h - 1] = from[h * cells + cut[h]];
        s->evaluations = s->n_values * (s->n_values - 1) / 2 * sampled;
    }
    sipas__free(s->ctx, least);
    sipas__free(s->ctx, from);
    return status;
}

/*
 * The best cuts by dynamic programming: the least sum over the first h strata of the first j values is the least,
 * over where stratum h begins, of that of h - 1 strata and the part of stratum h (Bühler and Deutler 1975, Metrika
 * 22:161). With a top stratum that is taken whole, where it begins is the value with the best criterion.
 *
 * Strata that end with one value are made by taking in the values before it one by one, for all numbers of strata at once.
 *
 * O(values² × L) time, O(values × L) memory.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "strata/strata.h"

#include <math.h>

#include "base/context.h"

enum { MOST_VALUES = 10000 };

enum { LOOKS = 64 };

/* The least sum of the first strata over the first values, and where the last of them begins. */
typedef struct best {
    double sum;
    int64_t from;
} best;

/* The best of up to `strata` strata over the first j values; row[h] of every shorter row is known. */
static void add_row(const sipas__strata *s, int32_t strata, int64_t j, best *rows)
{
    const int64_t width = strata + 1;
    best *row = rows + j * width;
    sipas__stratum run = {0};

    for (int32_t h = 0; h <= strata; h++) row[h] = (best){INFINITY, 0};
    for (int64_t i = j - 1; i >= 0; i--) { /* the last stratum begins with value i */
        const sipas__stratum value = sipas__strata_value(s, i);
        const best *before = rows + i * width;
        double part;

        run = i == j - 1 ? value : sipas__strata_join(&value, &run);
        part = sipas__strata_part(s, &run);
        for (int32_t h = 1; h <= strata; h++)
            if (before[h - 1].sum + part <= row[h].sum) row[h] = (best){before[h - 1].sum + part, i};
    }
}

/* Where the sampled strata end, and the criterion. `row` holds the best of `sampled` strata up to each end. */
static int64_t choose_end(const sipas__strata *s, const best *rows, int32_t sampled, double *criterion)
{
    const int64_t width = sampled + 1;
    int64_t end = s->n_values;

    *criterion = sipas__strata_optimal_worth(s, rows[end * width + sampled].sum, 0);
    if (!s->opts.take_all) return end;
    *criterion = INFINITY;
    for (int64_t j = 1; j < s->n_values; j++) {
        const int64_t whole = s->n_units - s->below[j];
        const double worth = sipas__strata_optimal_worth(s, rows[j * width + sampled].sum, whole);

        if (whole >= s->opts.least_size && worth < *criterion) *criterion = worth, end = j;
    }
    return end;
}

sipas_status sipas__strata_optimal(sipas__strata *s, int64_t *cut, double *criterion, sipas_error *err)
{
    const int32_t sampled = s->n_strata - s->opts.take_all;
    best *rows;
    sipas_status status = SIPAS_OK;

    if (s->n_values > MOST_VALUES)
        return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "method",
                                "x has %lld different values; optimal takes %d at most, lavallee any number",
                                (long long)s->n_values, (int)MOST_VALUES);
    rows = sipas__alloc(s->ctx, (s->n_values + 1) * (sampled + 1), sizeof *rows);
    if (!rows) return sipas__error_memory(err);
    for (int64_t j = 0; j <= s->n_values && status == SIPAS_OK; j++) {
        add_row(s, sampled, j, rows);
        if (j == 0) rows[0].sum = 0.0;
        if (j % LOOKS == 0) status = sipas__progress(s->ctx, "strata", j, s->n_values, err);
    }
    if (status == SIPAS_OK) {
        cut[sampled] = choose_end(s, rows, sampled, criterion);
        cut[s->n_strata] = s->n_values;
        for (int32_t h = sampled; h > 0 && !isinf(*criterion); h--) cut[h - 1] = rows[cut[h] * (sampled + 1) + h].from;
        s->evaluations = s->n_values * (s->n_values - 1) / 2 * sampled;
    }
    sipas__free(s->ctx, rows);
    return status;
}

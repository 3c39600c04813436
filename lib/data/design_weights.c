/*
 * The weights of a design: what may stand there, and their sums.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <float.h>
#include <math.h>

#include "base/context.h"
#include "base/threads.h"
#include "data/column.h"
#include "data/design.h"
#include "num/finite.h"
#include "num/planes.h"
#include "num/sum.h"

/* Names the first weight that cannot be one. */
static sipas_status blame_weight(const sipas_design *design, const double *weight, int64_t row, int64_t n,
                                 sipas_error *err)
{
    for (int64_t i = 0; i < n; i++) {
        const double w = weight[i];

        if (isnan(w)) {
            const int there = design->has_weights && !design->weights.validity;

            return sipas__error_set(err, SIPAS_ERR_MISSING, row + i, SIPAS__NOWHERE, "weight", "row %lld: weight is %s",
                                    (long long)(row + i), there ? "NaN" : "missing");
        }
        if (isinf(w) || (w < 0.0 && !design->calibrated))
            return sipas__error_set(err, SIPAS_ERR_VALUE, row + i, SIPAS__NOWHERE, "weight", "row %lld: weight is %s",
                                    (long long)(row + i), isinf(w) ? "infinite" : "negative");
    }
    return SIPAS_OK;
}

/* Counts and sums of a tile of weights, in four lanes, and the largest of each. */
typedef struct weight_sums {
    double sum[4], square[4], most[4];
    int64_t positive, zero;
} weight_sums;

static weight_sums sum_weights(const double *weight, int64_t n)
{
    weight_sums t = {{0.0}, {0.0}, {0.0}, 0, 0};

    for (int64_t i = 0; i + 4 <= n; i += 4)
        for (int lane = 0; lane < 4; lane++) {
            t.sum[lane] += weight[i + lane];
            t.square[lane] += weight[i + lane] * weight[i + lane];
            t.most[lane] = weight[i + lane] > t.most[lane] ? weight[i + lane] : t.most[lane];
        }
    for (int64_t i = n & ~INT64_C(3); i < n; i++) {
        t.sum[0] += weight[i];
        t.square[0] += weight[i] * weight[i];
        t.most[0] = weight[i] > t.most[0] ? weight[i] : t.most[0];
    }
    if (sipas__all_positive(weight, n)) {
        t.positive = n; /* the usual case */
        return t;
    }
    for (int64_t i = 0; i < n; i++) {
        t.positive += weight[i] > 0.0 && weight[i] <= DBL_MAX;
        t.zero += weight[i] == 0.0;
    }
    return t;
}

/* What one stretch of rows says. */
typedef struct stretch {
    sipas__sum sum, squares;
    int64_t positive, negative;
    int64_t odd; /* first row of a tile that needs a closer look; -1 = none */
    int32_t grain;
    double most;
} stretch;

enum { MOST_STRETCHES = 16 };

typedef struct look {
    const sipas_design *design;
    int32_t count;
    stretch stretches[MOST_STRETCHES];
} look;

/* Weights of a tile: where they lie, or in `own`. */
static const double *read_tile(const sipas_design *design, int64_t row, int64_t n, double *own)
{
    const double *plain = design->has_weights ? sipas__column_plain_f64(&design->weights, row) : NULL;

    if (!plain) sipas__design_read_weights(design, row, n, own);
    return plain ? plain : own;
}

static int64_t tile_rows(int64_t row, int64_t end)
{
    return end - row < SIPAS__TILE ? end - row : SIPAS__TILE;
}

static void look_at_stretch(void *state, int32_t index)
{
    look *all = state;
    stretch *s = &all->stretches[index];
    const int64_t n = all->design->n;
    const int64_t end = sipas__stretch_start(n, all->count, index + 1, SIPAS__TILE);
    double own[SIPAS__TILE];

    s->odd = -1;
    for (int64_t row = sipas__stretch_start(n, all->count, index, SIPAS__TILE); row < end; row += SIPAS__TILE) {
        const int64_t count = tile_rows(row, end);
        const double *weight = read_tile(all->design, row, count, own);
        const weight_sums t = sum_weights(weight, count);

        if (t.positive + t.zero != count && s->odd < 0) s->odd = row;
        s->grain = sipas__planes_grain(weight, count, s->grain);
        for (int lane = 0; lane < 4; lane++) s->most = fmax(s->most, t.most[lane]);
        s->positive += t.positive;
        s->negative += count - t.positive - t.zero;
        sipas__sum_add(&s->sum, (t.sum[0] + t.sum[1]) + (t.sum[2] + t.sum[3]));
        sipas__sum_add(&s->squares, (t.square[0] + t.square[1]) + (t.square[2] + t.square[3]));
    }
}

/* The first weight that cannot be one, from a row on. */
static sipas_status find_fault(const sipas_design *design, int64_t from, sipas_error *err)
{
    double own[SIPAS__TILE];

    for (int64_t row = from; row < design->n; row += SIPAS__TILE) {
        const int64_t n = tile_rows(row, design->n);
        sipas_status status = blame_weight(design, read_tile(design, row, n, own), row, n, err);

        if (status < 0) return status;
    }
    return SIPAS_OK;
}

sipas_status sipas__design_check_weights(sipas_design *design, sipas_error *err)
{
    look all = {0};
    sipas__sum sum = {0.0, 0.0}, squares = {0.0, 0.0};

    design->weight_grain = 0;
    design->weight_most = 0.0;
    all.design = design;
    all.count = sipas__stretch_count(design->n, MOST_STRETCHES);
    sipas__threads_share(sipas__ctx_threads(design->ctx), all.count, look_at_stretch, &all);
    for (int32_t i = 0; i < all.count; i++) {
        const stretch *s = &all.stretches[i];
        sipas_status status = s->odd < 0 ? SIPAS_OK : find_fault(design, s->odd, err);

        if (status < 0) return status;
        design->positive += s->positive;
        design->negative += s->negative;
        design->weight_grain = s->grain < design->weight_grain ? s->grain : design->weight_grain;
        design->weight_most = fmax(design->weight_most, s->most);
        sipas__sum_merge(&sum, &s->sum);
        sipas__sum_merge(&squares, &s->squares);
    }
    design->weight_sum = sipas__sum_value(&sum);
    design->weight_square_sum = sipas__sum_value(&squares);
    if (design->positive) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE, "weight",
                            "no row has a positive weight");
}

/* ---- who counts ---- */

/* PSUs less strata (collapsed ones as one) that have a flag; under unequal probabilities those of π = 1 do not count. */
static int64_t count_flagged(const sipas_design *design, const uint8_t *psus, uint8_t *strata, const int32_t *stratum)
{
    int64_t df = 0;

    for (int64_t u = 0; u < design->n_psus; u++) {
        const int64_t h = design->collapse.group ? design->collapse.group[stratum[u]] : stratum[u];

        if (!psus[u] || (design->pps.method != SIPAS_PPS_NONE && design->pps.pi[u] >= SIPAS__TAKEN_WHOLE)) continue;
        df += 1 - !strata[h];
        strata[h] = 1;
    }
    return df;
}

sipas_status sipas__design_count_idle(sipas_design *design, sipas__design_tile *tile, sipas_error *err)
{
    const int64_t n_strata = design->stage[0].n_strata;
    uint8_t *psus, *strata;
    int32_t *stratum;

    if (design->positive + design->negative == design->n) return SIPAS_OK;
    psus = sipas__alloc(design->ctx, design->n_psus, 1);
    strata = sipas__alloc(design->ctx, n_strata, 1);
    stratum = sipas__alloc(design->ctx, design->n_psus, sizeof *stratum);
    for (int64_t row = 0; psus && strata && stratum && row < design->n; row += SIPAS__TILE) {
        const int64_t n = tile_rows(row, design->n);

        sipas__design_read(design, row, n, tile);
        for (int64_t i = 0; i < n; i++) {
            const int64_t u = design->stage[0].rows_are_units ? row + i : tile->unit[0][i];

            stratum[u] = tile->stratum[0][i];
            psus[u] |= tile->weight[i] != 0.0;
        }
    }
    if (psus && strata && stratum) {
        const int64_t here = count_flagged(design, psus, strata, stratum);

        for (int64_t u = 0; u < design->n_psus; u++) psus[u] = 1;
        for (int64_t h = 0; h < n_strata; h++) strata[h] = 0;
        design->idle_df = count_flagged(design, psus, strata, stratum) - here;
    }
    sipas__free(design->ctx, psus);
    sipas__free(design->ctx, strata);
    sipas__free(design->ctx, stratum);
    return psus && strata && stratum ? SIPAS_OK : sipas__error_memory(err);
}

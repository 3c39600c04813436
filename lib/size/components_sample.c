/*
 * Variance components by weighted analysis of variance.
 *
 *     SS_l = Σ_u w_u (ȳ_u - ȳ_parent)²,   E SS_l = Σ_(k ≥ l) (Q_kl - Q_k(l-1)) σ_k²,   Q_kl = Σ_u Σ_v w_v² / w_u
 *
 * over units u of level l and units v of level k in them: a mean ȳ_u has Σ_v w_v²/w_u² of σ_k², and Σ_u w_u (ȳ_u - ȳ_parent)² is
 * Σ_u w_u ȳ_u² - Σ_parent w ȳ². Levels: 0 strata (fixed), then PSUs, second-stage units, persons. Answers are taken about their
 * mean, so that a large offset costs no digits.
 *
 * O(rows).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "base/context.h"
#include "base/error.h"
#include "data/column.h"
#include "data/measure.h"
#include "data/schema.h"
#include "data/table.h"
#include "num/sum.h"
#include "size/nest.h"
#include <sipas/size.h>

enum { MOST = SIPAS__NEST_LEVELS + 1 }; /* strata, PSUs, second-stage units, persons */

typedef struct anova {
    const sipas_ctx *ctx;
    sipas__nest nest;
    double *y, *w, *row;                          /* per row; y about the mean, 0 where left out; a work place */
    double *weight[MOST - 1], *mean_of[MOST - 1]; /* per unit: Σ w and the mean */
    double *square[MOST - 1];                     /* per unit: Σ w² of what is looked at */
    int32_t last;                                 /* level of the persons */
    double mean, total_weight;
    int64_t units[MOST];
    double ss[MOST], q[MOST][MOST], variance[MOST];
} anova;

/* ---- reading ---- */

static sipas_status read_rows(anova *own, const sipas_column *y, const sipas_column *weights, sipas_error *err)
{
    const int64_t n = own->nest.n_rows;
    sipas_status status = sipas__column_check(y, n, SIPAS__NUMBERS, "y", err);
    sipas__sum sum = {0.0, 0.0}, weight = {0.0, 0.0};

    if (status != SIPAS_OK) return status;
    own->y = sipas__alloc(own->ctx, n, 3 * sizeof *own->y);
    if (!own->y) return sipas__error_memory(err);
    own->w = own->y + n;
    own->row = own->w + n;
    sipas__column_read_f64(y, 0, n, own->y);
    for (int64_t i = 0; i < n; i++) own->w[i] = 1.0;
    if (sipas__column_given(weights))
        status = sipas__measure_read(weights, n, "weights", NULL, SIPAS__MAY_BE_ZERO, own->w, err);
    for (int64_t i = 0; status == SIPAS_OK && i < n; i++) {
        if (isinf(own->y[i])) return sipas__unit_error(err, SIPAS_ERR_VALUE, NULL, i, "y is infinite");
        if (isnan(own->y[i])) own->y[i] = own->w[i] = 0.0;
        sipas__sum_add(&sum, own->w[i] * own->y[i]);
        sipas__sum_add(&weight, own->w[i]);
        own->units[own->last] += own->w[i] > 0.0;
    }
    own->total_weight = sipas__sum_value(&weight);
    own->mean = sipas__sum_value(&sum) / own->total_weight;
    for (int64_t i = 0; status == SIPAS_OK && i < n; i++) own->y[i] -= own->mean;
    return status;
}

static sipas_status make_units(anova *own, sipas_error *err)
{
    for (int32_t l = 0; l < own->last; l++) {
        own->weight[l] = sipas__alloc(own->ctx, own->nest.n_units[l], sizeof *own->weight[l]);
        own->mean_of[l] = sipas__alloc(own->ctx, own->nest.n_units[l], sizeof *own->mean_of[l]);
        own->square[l] = sipas__alloc(own->ctx, own->nest.n_units[l], sizeof *own->square[l]);
        if (!own->weight[l] || !own->mean_of[l] || !own->square[l]) return sipas__error_memory(err);
    }
    return SIPAS_OK;
}

/* ---- sums ---- */

/* Σ w and the mean of every unit. */
static void sum_units(anova *own)
{
    const sipas__nest *nest = &own->nest;

    for (int64_t i = 0; i < nest->n_rows; i++) own->row[i] = own->w[i] * own->y[i];
    for (int32_t l = 0; l < own->last; l++) {
        sipas__nest_sum_rows(nest, l, own->w, own->weight[l]);
        sipas__nest_sum_rows(nest, l, own->row, own->mean_of[l]);
        for (int64_t u = 0; u < nest->n_units[l]; u++) {
            own->units[l] += own->weight[l][u] > 0.0;
            if (own->weight[l][u] > 0.0) own->mean_of[l][u] /= own->weight[l][u];
        }
    }
}

static void sum_squares(anova *own)
{
    const sipas__nest *nest = &own->nest;
    const int32_t deepest = own->last - 1;
    sipas__sum sum = {0.0, 0.0};

    for (int64_t i = 0; i < nest->n_rows; i++) {
        const double gap = own->y[i] - own->mean_of[deepest][nest->of_row[deepest][i]];

        sipas__sum_add(&sum, own->w[i] * gap * gap);
    }
    own->ss[own->last] = sipas__sum_value(&sum);
    for (int32_t l = deepest; l > 0; l--) {
        sum = (sipas__sum){0.0, 0.0};
        for (int64_t u = 0; u < nest->n_units[l]; u++) {
            const double gap = own->mean_of[l][u] - own->mean_of[l - 1][nest->parent[l][u]];

            sipas__sum_add(&sum, own->weight[l][u] * gap * gap);
        }
        own->ss[l] = sipas__sum_value(&sum);
    }
}

/* Q_kl for one k: Σ w² of the units of level k, carried up level by level. */
static void sum_weights(anova *own, int32_t k)
{
    const sipas__nest *nest = &own->nest;

    own->q[k][k] = own->total_weight;
    if (k == own->last) {
        for (int64_t i = 0; i < nest->n_rows; i++) own->row[i] = own->w[i] * own->w[i];
        sipas__nest_sum_rows(nest, k - 1, own->row, own->square[k - 1]);
    } else {
        for (int64_t u = 0; u < nest->n_units[k]; u++) own->square[k][u] = own->weight[k][u] * own->weight[k][u];
        sipas__nest_sum_units(nest, k, own->square[k], own->square[k - 1]);
    }
    for (int32_t l = k - 1; l >= 0; l--) {
        sipas__sum sum = {0.0, 0.0};

        for (int64_t u = 0; u < nest->n_units[l]; u++)
            if (own->weight[l][u] > 0.0) sipas__sum_add(&sum, own->square[l][u] / own->weight[l][u]);
        own->q[k][l] = sipas__sum_value(&sum);
        if (l > 0) sipas__nest_sum_units(nest, l, own->square[l], own->square[l - 1]);
    }
}

/* ---- solving ---- */

static const char *const names[] = {"stratum", "psu", "ssu", "person"};

static const char *level_name(const anova *own, int32_t level)
{
    return level == own->last ? names[3] : names[level];
}

static sipas_status solve(anova *own, sipas_error *err)
{
    for (int32_t l = own->last; l > 0; l--) {
        const double own_share = own->q[l][l] - own->q[l][l - 1];
        double rest = own->ss[l];

        if (!(own_share > 1e-12 * own->total_weight))
            return sipas__error_set(err, SIPAS_ERR_TOO_FEW, SIPAS__NOWHERE, SIPAS__NOWHERE, level_name(own, l),
                                    "no %s has two %ss with an answer: the variance between them cannot be told",
                                    l == 1 ? names[0] : names[l - 1], level_name(own, l));
        for (int32_t k = l + 1; k <= own->last; k++) rest -= (own->q[k][l] - own->q[k][l - 1]) * own->variance[k];
        own->variance[l] = rest / own_share;
    }
    return SIPAS_OK;
}

/* ---- the table ---- */

static sipas_table *write_table(const anova *own)
{
    const sipas_schema *schema = &sipas__schema_components;
    sipas_table *table = sipas__table_new(own->ctx, own->last);
    const int32_t stage = sipas__table_add_field(table, schema, "stage");
    const int32_t name = sipas__table_add_field(table, schema, "name");
    const int32_t units = sipas__table_add_field(table, schema, "units");
    const int32_t variance = sipas__table_add_field(table, schema, "variance");
    const int32_t relvariance = sipas__table_add_field(table, schema, "relvariance");
    const int32_t homogeneity = sipas__table_add_field(table, schema, "homogeneity");
    const int32_t k = sipas__table_add_field(table, schema, "k");
    double all = 0.0, below = 0.0;

    for (int32_t l = 1; l <= own->last; l++) all += fmax(own->variance[l], 0.0);
    for (int32_t l = own->last; l > 0; l--) {
        const double part = fmax(own->variance[l], 0.0);
        const int64_t row = l - 1;

        below += part;
        sipas__table_set_i64(table, stage, row, l);
        sipas__table_set_code(table, name, row, level_name(own, l));
        sipas__table_set_i64(table, units, row, own->units[l]);
        sipas__table_set_f64(table, variance, row, own->variance[l]);
        if (own->mean != 0.0) sipas__table_set_f64(table, relvariance, row, part / (own->mean * own->mean));
        if (l < own->last && all > 0.0) {
            sipas__table_set_f64(table, homogeneity, row, below > 0.0 ? part / below : 0.0);
            sipas__table_set_f64(table, k, row, below / all);
        }
        if (own->variance[l] < 0.0)
            sipas__table_note(table, "negative_component", level_name(own, l), row,
                              "the variance between %ss came out as %g; it counts as 0", level_name(own, l),
                              own->variance[l]);
    }
    if (own->mean == 0.0) sipas__table_note(table, "mean_zero", NULL, -1, "the mean is 0; nothing is relative to it");
    sipas__sayings_note(&own->nest.sayings, table);
    sipas__table_meta(table, "method", "components_sample/1");
    sipas__table_meta(table, "components", "model");
    sipas__table_meta(table, "formula", "SS_l = Σ w_u (ȳ_u - ȳ_parent)², E SS_l = Σ_k (Q_kl - Q_k(l-1)) σ_k²");
    sipas__table_meta(table, "mean", "%.17g", own->mean);
    if (own->mean != 0.0) sipas__table_meta(table, "unit_relvariance", "%.17g", all / (own->mean * own->mean));
    sipas__table_meta(table, "n", "%lld", (long long)own->units[own->last]);
    return table;
}

static void clear(anova *own)
{
    for (int32_t l = 0; l < MOST - 1; l++) {
        sipas__free(own->ctx, own->weight[l]);
        sipas__free(own->ctx, own->mean_of[l]);
        sipas__free(own->ctx, own->square[l]);
    }
    sipas__free(own->ctx, own->y);
    sipas__nest_clear(&own->nest);
}

sipas_status sipas_components_sample(sipas_ctx *ctx, const sipas_column *y, const sipas_column *weights,
                                     const sipas_column *strata, const sipas_column *clusters, int32_t n_stages,
                                     sipas_table **out, sipas_error *err)
{
    anova own = {.ctx = ctx};
    sipas_table *table = NULL;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    status = sipas__components_check(y, clusters, n_stages, err);
    if (status == SIPAS_OK) status = sipas__nest_init(&own.nest, ctx, y->n, strata, clusters, n_stages, err);
    if (status != SIPAS_OK) return status;
    own.last = n_stages + 1;
    status = read_rows(&own, y, weights, err);
    if (status == SIPAS_OK && !(own.total_weight > 0.0))
        status = sipas__error_set(err, SIPAS_ERR_TOO_FEW, SIPAS__NOWHERE, SIPAS__NOWHERE, "y",
                                  "no row has an answer and a positive weight");
    if (status == SIPAS_OK) status = make_units(&own, err);
    if (status == SIPAS_OK) {
        sum_units(&own);
        sum_squares(&own);
        for (int32_t k = 1; k <= own.last; k++) sum_weights(&own, k);
        status = solve(&own, err);
    }
    if (status == SIPAS_OK) table = write_table(&own);
    clear(&own);
    return status != SIPAS_OK ? status : sipas__table_finish(table, out, err);
}

/*
 * Relvariance components of an estimated total under multi-stage sampling, from a whole frame (Hansen, Hurwitz and Madow 1953,
 * ch. 9; Valliant, Dever and Kreuter 2018, §9.2 and 9.3). The formulas are in the header.
 *
 * O(rows).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "base/context.h"
#include "base/options.h"
#include "data/column.h"
#include "data/measure.h"
#include "data/schema.h"
#include "data/table.h"
#include "num/sum.h"
#include "size/nest.h"
#include <sipas/size.h>

void sipas_components_opts_init(sipas_components_opts *opts)
{
    const sipas_components_opts defaults = SIPAS_COMPONENTS_OPTS_INIT;

    if (opts) *opts = defaults;
}

/* The units of a level: their elements (persons), and sum, and variance of y between these. */
typedef struct level {
    double *count, *total, *variance;
    double *children, *spread; /* PSUs over second-stage units: their number, and variance of their totals */
} level;

typedef struct frame {
    const sipas_ctx *ctx;
    sipas_components_opts opts;
    sipas__nest nest;
    double *y, *row; /* per row: values, and a work place */
    double *size;    /* per row; NULL but for SIPAS_PSU_MEASURE */
    double *p;       /* per PSU */
    level at[3];     /* 1 PSUs, 2 second-stage units */
    double total, mean, unit_relvariance;
    double between, within, within2, within3; /* B², W², W_2², W_3² */
} frame;

/* ---- reading ---- */

static sipas_status read_opts(frame *own, const sipas_components_opts *opts, sipas_error *err)
{
    sipas_status status = sipas__options_load(&own->opts, sizeof own->opts, opts, "sipas_components_opts", err);
    int given;

    if (status == SIPAS_OK) status = sipas__options_check("reserved", own->opts.reserved, 0, 0, err);
    if (status == SIPAS_OK) status = sipas__options_enum("selection", own->opts.selection, SIPAS__ENUM_PSU, err);
    if (status == SIPAS_OK) status = sipas__options_enum("single", own->opts.single, SIPAS__ENUM_SINGLE, err);
    if (status != SIPAS_OK) return status;
    if (own->opts.selection == SIPAS_PSU_DEFAULT) own->opts.selection = SIPAS_PSU_EQUAL;
    given = sipas__column_given(own->opts.size);
    if (given == (own->opts.selection == SIPAS_PSU_MEASURE)) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "size",
                            "size and SIPAS_PSU_MEASURE go together");
}

/* Values of any sign, none missing; sizes > 0. */
static sipas_status read_rows(frame *own, const sipas_column *y, sipas_error *err)
{
    const int64_t n = own->nest.n_rows;
    sipas_status status = sipas__column_check(y, n, SIPAS__NUMBERS, "y", err);

    if (status != SIPAS_OK) return status;
    own->y = sipas__alloc(own->ctx, n, 2 * sizeof *own->y);
    if (own->opts.selection == SIPAS_PSU_MEASURE) own->size = sipas__alloc(own->ctx, n, sizeof *own->size);
    if (!own->y || (own->opts.selection == SIPAS_PSU_MEASURE && !own->size)) return sipas__error_memory(err);
    own->row = own->y + n;
    sipas__column_read_f64(y, 0, n, own->y);
    for (int64_t i = 0; i < n; i++) {
        if (isnan(own->y[i])) return sipas__unit_error(err, SIPAS_ERR_MISSING, NULL, i, "y is missing or NaN");
        if (isinf(own->y[i])) return sipas__unit_error(err, SIPAS_ERR_VALUE, NULL, i, "y is infinite");
    }
    return own->size ? sipas__measure_read(own->opts.size, n, "size", NULL, 0, own->size, err) : SIPAS_OK;
}

static sipas_status make_levels(frame *own, sipas_error *err)
{
    for (int32_t l = 1; l < own->nest.n_levels; l++) {
        const int64_t n = own->nest.n_units[l];
        level *at = &own->at[l];

        at->count = sipas__alloc(own->ctx, n, 5 * sizeof *at->count);
        if (!at->count) return sipas__error_memory(err);
        at->total = at->count + n;
        at->variance = at->total + n;
        at->children = at->variance + n;
        at->spread = at->children + n;
    }
    own->p = sipas__alloc(own->ctx, own->nest.n_units[1], sizeof *own->p);
    return own->p ? SIPAS_OK : sipas__error_memory(err);
}

/* Probability of each PSU in one draw. */
static sipas_status find_probabilities(frame *own, sipas_error *err)
{
    const int64_t psus = own->nest.n_units[1];
    double sum;

    if (own->opts.selection == SIPAS_PSU_EQUAL)
        for (int64_t u = 0; u < psus; u++) own->p[u] = 1.0;
    if (own->opts.selection == SIPAS_PSU_PERSONS)
        for (int64_t u = 0; u < psus; u++) own->p[u] = own->at[1].count[u];
    for (int64_t i = 0; own->size && i < own->nest.n_rows; i++) {
        double *p = &own->p[own->nest.of_row[1][i]];

        if (*p != 0.0 && *p != own->size[i])
            return sipas__unit_error(err, SIPAS_ERR_VALUE, NULL, i,
                                     "size is %.17g, but %.17g in another row of its PSU", own->size[i], *p);
        *p = own->size[i];
    }
    sum = sipas__sum_array(own->p, psus);
    for (int64_t u = 0; u < psus; u++) own->p[u] /= sum;
    return SIPAS_OK;
}

/* ---- sums ---- */

/*
 * Σ gap² / (n - 1) of every unit from the gaps to its mean in own->row, n_items of them. A mean is rounded, so the gaps are
 * taken once more about what they leave over: values of 10^12 that differ by one keep their variance.
 */
static void square_gaps(frame *own, const int32_t *of, int64_t n_items, const double *n, double *variance,
                        int64_t n_units)
{
    sipas__nest_sum(&own->nest, of, n_items, n_units, own->row, variance);
    for (int64_t i = 0; i < n_items; i++) {
        const double gap = own->row[i] - variance[of[i]] / n[of[i]];

        own->row[i] = gap * gap;
    }
    sipas__nest_sum(&own->nest, of, n_items, n_units, own->row, variance);
    for (int64_t u = 0; u < n_units; u++) variance[u] = n[u] > 1.0 ? variance[u] / (n[u] - 1.0) : (double)NAN;
}

/* Counts, totals and variances of the units of a level. */
static void sum_level(frame *own, int32_t l)
{
    const int32_t *of = own->nest.of_row[l];
    level *at = &own->at[l];

    for (int64_t i = 0; i < own->nest.n_rows; i++) own->row[i] = 1.0;
    sipas__nest_sum_rows(&own->nest, l, own->row, at->count);
    sipas__nest_sum_rows(&own->nest, l, own->y, at->total);
    for (int64_t i = 0; i < own->nest.n_rows; i++) own->row[i] = own->y[i] - at->total[of[i]] / at->count[of[i]];
    square_gaps(own, of, own->nest.n_rows, at->count, at->variance, own->nest.n_units[l]);
}

/* Number of second-stage units of each PSU, and variance of their totals. */
static void sum_children(frame *own)
{
    const int32_t *parent = own->nest.parent[2];
    const level *below = &own->at[2];
    level *at = &own->at[1];

    for (int64_t u = 0; u < own->nest.n_units[2]; u++) own->row[u] = 1.0;
    sipas__nest_sum_units(&own->nest, 2, own->row, at->children);
    for (int64_t u = 0; u < own->nest.n_units[2]; u++)
        own->row[u] = below->total[u] - at->total[parent[u]] / at->children[parent[u]];
    square_gaps(own, parent, own->nest.n_units[2], at->children, at->spread, own->nest.n_units[1]);
}

/* Variances of units with one element, which are NaN so far. False when no unit has two. */
static int fill_single(const frame *own, double *variance, int64_t n)
{
    sipas__sum sum = {0.0, 0.0};
    int64_t known = 0;

    for (int64_t u = 0; u < n; u++)
        if (!isnan(variance[u])) {
            sipas__sum_add(&sum, variance[u]);
            known++;
        }
    for (int64_t u = 0; u < n; u++)
        if (isnan(variance[u]))
            variance[u] = own->opts.single == SIPAS_SINGLE_MEAN ? sipas__sum_value(&sum) / (double)known : 0.0;
    return known > 0;
}

static double variance_of_all(frame *own)
{
    const double n = (double)own->nest.n_rows, count[] = {n};
    double variance;

    for (int64_t i = 0; i < own->nest.n_rows; i++) own->row[i] = own->y[i] - own->mean;
    square_gaps(own, own->nest.of_row[0], own->nest.n_rows, count, &variance, 1); /* one stratum holds all rows */
    return variance;
}

static sipas_status sum_all(frame *own, sipas_error *err)
{
    const sipas__nest *nest = &own->nest;
    const char *lacks = NULL;

    for (int32_t l = 1; l < nest->n_levels; l++) sum_level(own, l);
    if (nest->n_levels == 3) sum_children(own);
    if (!fill_single(own, own->at[1].variance, nest->n_units[1])) lacks = "PSU has two persons";
    if (nest->n_levels == 3 && !fill_single(own, own->at[1].spread, nest->n_units[1]))
        lacks = "PSU has two second-stage units";
    if (nest->n_levels == 3 && !fill_single(own, own->at[2].variance, nest->n_units[2]))
        lacks = "second-stage unit has two persons";
    if (nest->n_units[1] < 2)
        return sipas__error_set(err, SIPAS_ERR_TOO_FEW, SIPAS__NOWHERE, SIPAS__NOWHERE, "psu", "there is one PSU only");
    if (lacks) return sipas__error_set(err, SIPAS_ERR_TOO_FEW, SIPAS__NOWHERE, SIPAS__NOWHERE, "psu", "no %s", lacks);
    own->total = sipas__sum_array(own->at[1].total, nest->n_units[1]);
    if (own->total == 0.0 || !isfinite(own->total))
        return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE, "y",
                                "the total is %g; nothing is relative to it", own->total);
    own->mean = own->total / (double)nest->n_rows;
    own->unit_relvariance = variance_of_all(own) / (own->mean * own->mean);
    return SIPAS_OK;
}

static void find_components(frame *own)
{
    const sipas__nest *nest = &own->nest;
    const level *psu = &own->at[1], *ssu = &own->at[2];
    const double t2 = own->total * own->total, m = (double)nest->n_units[1];
    sipas__sum between = {0.0, 0.0}, within = {0.0, 0.0}, within2 = {0.0, 0.0}, within3 = {0.0, 0.0};

    for (int64_t u = 0; u < nest->n_units[1]; u++) {
        const double p = own->p[u], gap = psu->total[u] / p - own->total;

        sipas__sum_add(&between, p * gap * gap);
        sipas__sum_add(&within, psu->count[u] * psu->count[u] * psu->variance[u] / p);
        if (nest->n_levels == 3) sipas__sum_add(&within2, psu->children[u] * psu->children[u] * psu->spread[u] / p);
    }
    for (int64_t u = 0; nest->n_levels == 3 && u < nest->n_units[2]; u++) {
        const int32_t parent = nest->parent[2][u];

        sipas__sum_add(&within3,
                       psu->children[parent] / own->p[parent] * ssu->count[u] * ssu->count[u] * ssu->variance[u]);
    }
    own->between = sipas__sum_value(&between) / t2;
    if (own->opts.selection == SIPAS_PSU_EQUAL)
        own->between *= m / (m - 1.0); /* S² with M - 1: drawn without replacement */
    own->within = sipas__sum_value(&within) / t2;
    own->within2 = sipas__sum_value(&within2) / t2;
    own->within3 = sipas__sum_value(&within3) / t2;
}

/* ---- the table ---- */

/* relvariance of a stage; homogeneity and k from it and what lies within, or none for the persons. */
typedef struct component {
    const char *name;
    int64_t units;
    double relvariance, within;
} component;

static sipas_table *write_table(const frame *own)
{
    const sipas_schema *schema = &sipas__schema_components;
    const int three = own->nest.n_levels == 3;
    const component rows[] = {
        {"psu", own->nest.n_units[1], own->between, own->within},
        {"ssu", own->nest.n_units[2], own->within2, own->within3},
        {"person", own->nest.n_rows, three ? own->within3 : own->within, NAN},
    };
    sipas_table *table = sipas__table_new(own->ctx, three ? 3 : 2);
    const int32_t stage = sipas__table_add_field(table, schema, "stage");
    const int32_t name = sipas__table_add_field(table, schema, "name");
    const int32_t units = sipas__table_add_field(table, schema, "units");
    const int32_t relvariance = sipas__table_add_field(table, schema, "relvariance");
    const int32_t homogeneity = sipas__table_add_field(table, schema, "homogeneity");
    const int32_t k = sipas__table_add_field(table, schema, "k");

    for (int64_t row = 0; row < (three ? 3 : 2); row++) {
        const component *of = &rows[!three && row == 1 ? 2 : row];
        const double both = of->relvariance + of->within;

        sipas__table_set_i64(table, stage, row, row + 1);
        sipas__table_set_code(table, name, row, of->name);
        sipas__table_set_i64(table, units, row, of->units);
        sipas__table_set_f64(table, relvariance, row, of->relvariance);
        sipas__table_set_f64(table, homogeneity, row, both > 0.0 ? of->relvariance / both : (double)NAN);
        sipas__table_set_f64(table, k, row, own->unit_relvariance > 0.0 ? both / own->unit_relvariance : (double)NAN);
    }
    sipas__sayings_note(&own->nest.sayings, table);
    sipas__table_meta(table, "method", "components_frame/1");
    sipas__table_meta(table, "components", "population");
    sipas__table_meta(
        table, "formula",
        three ? "B² = Σ p_i (t_i/p_i - T)² / T², W_2² = Σ N_i² S_2i² / p_i / T², W_3² = Σ N_i/p_i Σ_j Q_ij² S_3ij² / T²"
              : "B² = Σ p_i (t_i/p_i - T)² / T², W² = Σ N_i² S_i² / p_i / T²");
    sipas__table_meta(table, "selection", "%s", sipas__enum_word(SIPAS__ENUM_PSU, own->opts.selection));
    sipas__table_meta(table, "mean", "%.17g", own->mean);
    sipas__table_meta(table, "unit_relvariance", "%.17g", own->unit_relvariance);
    sipas__table_meta(table, "within_psu", "%.17g", own->within);
    sipas__table_meta(table, "n", "%lld", (long long)own->nest.n_rows);
    return table;
}

static void clear(frame *own)
{
    sipas__free(own->ctx, own->at[1].count);
    sipas__free(own->ctx, own->at[2].count);
    sipas__free(own->ctx, own->p);
    sipas__free(own->ctx, own->size);
    sipas__free(own->ctx, own->y);
    sipas__nest_clear(&own->nest);
}

sipas_status sipas_components_frame(sipas_ctx *ctx, const sipas_column *y, const sipas_column *clusters,
                                    int32_t n_stages, const sipas_components_opts *opts, sipas_table **out,
                                    sipas_error *err)
{
    frame own = {.ctx = ctx};
    sipas_table *table = NULL;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    status = sipas__components_check(y, clusters, n_stages, err);
    if (status == SIPAS_OK) status = read_opts(&own, opts, err);
    if (status == SIPAS_OK) status = sipas__nest_init(&own.nest, ctx, y->n, NULL, clusters, n_stages, err);
    if (status != SIPAS_OK) return status;
    status = read_rows(&own, y, err);
    if (status == SIPAS_OK) status = make_levels(&own, err);
    if (status == SIPAS_OK) status = sum_all(&own, err);
    if (status == SIPAS_OK) status = find_probabilities(&own, err);
    if (status == SIPAS_OK) {
        find_components(&own);
        table = write_table(&own);
    }
    clear(&own);
    return status != SIPAS_OK ? status : sipas__table_finish(table, out, err);
}

/*
 * What n answers are worth for a list of figures, and one share as the short form of it.
 *
 * The power of a comparison counts a difference found with its right sign: Φ(|d| / SE - z_test), with few degrees of freedom the area
 * of the noncentral t about |d| / SE. The least difference that is found with power 1 - β is z_find SE, z_test + z_β of them with many;
 * for shares SE depends on it, and the root of d = z_find SE(d) is sought.
 *
 * O(units × figures).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "base/context.h"
#include "data/column.h"
#include "data/measure.h"
#include "data/schema.h"
#include "data/table.h"
#include "num/noncentral.h"
#include "num/roots.h"
#include "size/size.h"

/* What one call works on, with the columns of its table. */
typedef struct precision_run {
    const sipas_ctx *ctx;
    const sipas_size_opts *own;
    sipas__figure *figures;
    int32_t n_figures;
    int64_t n_units;
    double *population, *n;
    sipas_table *table;
    int32_t code_at, figure_at, population_at, n_at, estimate, se, margin, lower, upper, cv, power, minimum, formula;
} precision_run;

/* ---- the least difference between shares ---- */

/* d = direction · x: how far z SE(d) is from |d|. */
typedef struct least_search {
    sipas__figure figure;
    int64_t unit;
    double population, n, direction;
} least_search;

static double least_gap(double x, void *state)
{
    least_search *search = state;
    sipas__size_model model;

    search->figure.own.difference = search->direction * x;
    model = sipas__size_model_of(&search->figure, search->unit, search->population);
    return x - search->figure.z_find * sqrt(sipas__size_variance(&model, search->n));
}

/* NaN where not even the farthest share could be told. */
static sipas_status least_share_difference(const sipas__figure *figure, int64_t unit, double population, double n,
                                           double *out, sipas_error *err)
{
    const sipas__root_tolerance tolerance = {1e-15, 1e-14, 200};
    least_search search = {*figure, unit, population, n, figure->own.difference < 0.0 ? -1.0 : 1.0};
    const double p = figure->p ? figure->p[unit] : figure->own.p, farthest = search.direction > 0.0 ? 1.0 - p : p;
    sipas__bracket bracket = {{0.0, farthest}, {least_gap(0.0, &search), least_gap(farthest, &search)}};

    *out = NAN;
    if (bracket.f[0] >= 0.0) *out = 0.0;
    if (bracket.f[0] >= 0.0 || bracket.f[1] < 0.0) return SIPAS_OK;
    return sipas__root_brent(least_gap, &search, &bracket, &tolerance, out, err);
}

/* ---- one cell of the table ---- */

static sipas_status write_comparison(precision_run *run, const sipas__figure *figure, int64_t unit, int64_t row,
                                     const sipas__size_model *model, double se, sipas_error *err)
{
    double least = figure->z_find * se;
    char label[192];

    if (model->estimate != 0.0)
        sipas__table_set_f64(
            run->table, run->power, row,
            se > 0.0 ? sipas__noncentral_upper(figure->z_test, figure->df, fabs(model->estimate) * model->scale / se)
                     : 1.0);
    if (figure->own.statistic == SIPAS_FIGURE_PROPORTION) {
        sipas_status status = least_share_difference(figure, unit, run->population[unit], run->n[unit], &least, err);

        if (status != SIPAS_OK) return status;
        if (isnan(least))
            sipas__table_note(run->table, "no_difference_found", figure->name, row,
                              "%s: figure %.64s: %g answers are too few to tell any share from this one",
                              sipas__unit_label(run->own->code, unit, label), figure->name, run->n[unit]);
    }
    sipas__table_set_f64(run->table, run->minimum, row, least >= 0.0 ? least : (double)NAN);
    return SIPAS_OK;
}

static void write_interval(precision_run *run, const sipas__figure *figure, int64_t row, const sipas__size_model *model,
                           double variance)
{
    const double se = sqrt(variance) * model->scale, estimate = model->estimate * model->scale;
    double limits[2];

    sipas__size_interval(figure->own.method, figure->z, model->estimate, variance, limits);
    sipas__table_set_f64(run->table, run->cv, row,
                         estimate != 0.0 ? sqrt(variance) / fabs(model->estimate) : (double)NAN);
    if (isinf(model->scale)) return;
    sipas__table_set_f64(run->table, run->estimate, row, estimate);
    sipas__table_set_f64(run->table, run->se, row, se);
    sipas__table_set_f64(run->table, run->margin, row,
                         isnan(estimate) ? figure->z * se : (limits[1] - limits[0]) / 2.0 * model->scale);
    sipas__table_set_f64(run->table, run->lower, row, limits[0] * model->scale);
    sipas__table_set_f64(run->table, run->upper, row, limits[1] * model->scale);
}

static sipas_status write_row(precision_run *run, int64_t unit, int32_t k, sipas_error *err)
{
    const sipas__figure *figure = &run->figures[k];
    const sipas__size_model model = sipas__size_model_of(figure, unit, run->population[unit]);
    const double variance = sipas__size_variance(&model, run->n[unit]);
    const int64_t row = unit * run->n_figures + k;
    char buffer[32];

    if (figure->own.n_other > 0.0 && run->n[unit] * figure->own.overlap > figure->own.n_other)
        return sipas__unit_error(
            err, SIPAS_ERR_INFEASIBLE, run->own->code, unit,
            "figure %.64s: %g of %g answers come from persons who are in the other round, which has "
            "%g",
            figure->name, figure->own.overlap, run->n[unit], figure->own.n_other);
    if (run->own->code)
        sipas__table_set_code(run->table, run->code_at, row, sipas__column_code_text(run->own->code, unit, buffer));
    if (run->figure_at >= 0) sipas__table_set_code(run->table, run->figure_at, row, figure->name);
    sipas__table_set_f64(run->table, run->population_at, row, run->population[unit]);
    sipas__table_set_f64(run->table, run->n_at, row, run->n[unit]);
    sipas__table_set_code(run->table, run->formula, row, sipas__precision_formula(figure));
    write_interval(run, figure, row, &model, variance);
    sipas__size_note_few(run->table, figure, run->own->code, unit, row, run->n[unit]);
    if (figure->own.compare == SIPAS_COMPARE_NONE) return SIPAS_OK;
    return write_comparison(run, figure, unit, row, &model, sqrt(variance) * model.scale, err);
}

static void begin_table(precision_run *run, int compared)
{
    const sipas_schema *schema = &sipas__schema_precision;
    sipas_table *table = sipas__table_new(run->ctx, run->n_units * run->n_figures);

    run->table = table;
    run->code_at = run->own->code ? sipas__table_add_field(table, schema, "code") : -1;
    run->figure_at = run->figures[0].index >= 0 ? sipas__table_add_field(table, schema, "figure") : -1;
    run->population_at = sipas__table_add_field(table, schema, "population");
    run->n_at = sipas__table_add_field(table, schema, "n");
    run->estimate = sipas__table_add_field(table, schema, "estimate");
    run->se = sipas__table_add_field(table, schema, "se");
    run->margin = sipas__table_add_field(table, schema, "margin");
    run->lower = sipas__table_add_field(table, schema, "lower");
    run->upper = sipas__table_add_field(table, schema, "upper");
    run->cv = sipas__table_add_field(table, schema, "cv");
    run->power = compared ? sipas__table_add_field(table, schema, "power") : -1;
    run->minimum = compared ? sipas__table_add_field(table, schema, "minimum_difference") : -1;
    run->formula = sipas__table_add_field(table, schema, "formula");
}

static sipas_status write_rows(precision_run *run, const sipas_column *population, const sipas_column *n,
                               sipas_error *err)
{
    sipas_status status;
    int compared = 0;

    for (int32_t k = 0; k < run->n_figures; k++) compared |= run->figures[k].own.compare != SIPAS_COMPARE_NONE;
    run->population = sipas__alloc(run->ctx, run->n_units, 2 * sizeof *run->population);
    if (!run->population) return sipas__error_memory(err);
    run->n = run->population + run->n_units;
    status = sipas__size_read_units(population, n, run->n_units, run->own->code, run->population, run->n, err);
    if (status == SIPAS_OK) begin_table(run, compared);
    for (int64_t i = 0; status == SIPAS_OK && i < run->n_units; i++)
        for (int32_t k = 0; status == SIPAS_OK && k < run->n_figures; k++) {
            status = write_row(run, i, k, err);
            if (status != SIPAS_OK && err) err->column = run->figures[k].index;
        }
    sipas__free(run->ctx, run->population);
    if (status != SIPAS_OK) sipas_table_free(run->table);
    return status;
}

/* ---- the calls ---- */

sipas_status sipas_precision_proportion(sipas_ctx *ctx, const sipas_column *population, const sipas_column *n,
                                        const sipas_size_opts *opts, sipas_table **out, sipas_error *err)
{
    sipas_size_opts own;
    sipas__figure figure;
    precision_run run = {.ctx = ctx, .own = &own, .figures = &figure, .n_figures = 1};
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!n) return sipas__error_argument(err, "n", "is NULL");
    status = sipas__size_load_opts(opts, &own, err);
    if (status == SIPAS_OK) status = sipas__figure_from_opts(&own, &figure, err);
    if (status != SIPAS_OK) return status;
    run.n_units = population && population->n != 1 ? population->n : n->n;
    if (run.n_units < 1) return sipas__error_argument(err, "population", "there are no units");
    if (own.code) status = sipas__size_check_codes(own.code, run.n_units, err);
    if (status == SIPAS_OK) status = write_rows(&run, population, n, err);
    if (status != SIPAS_OK) return status;
    sipas__share_meta(run.table, &figure, sipas__precision_formula(&figure));
    sipas__table_meta(run.table, "p", "%.17g", figure.own.p);
    sipas__size_meta_df(run.table, figure.df, figure.z);
    sipas__table_meta(run.table, "deff", "%.17g", figure.own.deff);
    if (figure.own.method != SIPAS_SIZE_YAMANE) sipas__table_meta(run.table, "level", "%.17g", own.level);
    return sipas__table_finish(run.table, out, err);
}

sipas_status sipas_precision_figures(sipas_ctx *ctx, const sipas_column *population, const sipas_column *n,
                                     const sipas_size_figure *figures, int32_t n_figures, const sipas_size_opts *opts,
                                     sipas_table **out, sipas_error *err)
{
    sipas_size_opts own;
    sipas__figures all = {.ctx = ctx, .own = &own, .n = n_figures};
    precision_run run = {.ctx = ctx, .own = &own, .n_figures = n_figures};
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!n) return sipas__error_argument(err, "n", "is NULL");
    if (!figures) return sipas__error_argument(err, "figures", "is NULL");
    if (n_figures < 1) return sipas__error_argument(err, "figures", "there are none");
    status = sipas__size_load_opts(opts, &own, err);
    if (status == SIPAS_OK) status = sipas__figures_open(&all, population, n, figures, err);
    if (status != SIPAS_OK) return status;
    run.n_units = all.n_units;
    run.figures = all.figure;
    status = write_rows(&run, population, n, err);
    sipas__figures_clear(ctx, run.figures, n_figures);
    if (status != SIPAS_OK) return status;
    sipas__table_meta(run.table, "method", "precision_figures/1");
    sipas__table_meta(run.table, "level", "%.17g", own.level);
    sipas__table_meta(run.table, "figures", "%d", (int)n_figures);
    return sipas__table_finish(run.table, out, err);
}

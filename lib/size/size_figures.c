/*
 * How many answers serve a list of figures, and one share as the short form of it. For each unit every figure's variance is
 * solved for n; the largest n binds.
 *
 * O(units × figures).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "base/context.h"
#include "base/options.h"
#include "data/column.h"
#include "data/measure.h"
#include "data/table.h"
#include "size/size.h"

/* What one call works on. */
typedef struct size_run {
    const sipas_ctx *ctx;
    const sipas_size_opts *own;
    sipas__figure *figures;
    int32_t n_figures;
    int64_t n_units;
    double *population;
    sipas__size_table to;
} size_run;

/* n of one figure in one unit. */
static sipas_status solve(const size_run *run, const sipas__figure *figure, int64_t unit, double *n, sipas_error *err)
{
    const sipas__size_model model = sipas__size_model_of(figure, unit, run->population[unit]);
    const int relative = figure->target == SIPAS__TARGET_CV || figure->target == SIPAS__TARGET_RELATIVE_MARGIN;
    double target;

    if (isinf(model.scale) && (!relative || figure->own.compare != SIPAS_COMPARE_NONE))
        return sipas__unit_error(err, SIPAS_ERR_VALUE, run->own->code, unit,
                                 "figure %.64s: a total has no absolute precision in an infinite population",
                                 figure->name);
    target = sipas__size_target(figure, &model);
    if (relative && isnan(model.estimate))
        return sipas__unit_error(err, SIPAS_ERR_VALUE, run->own->code, unit,
                                 "figure %.64s: the mean is 0; nothing is relative to it", figure->name);
    if (isnan(target))
        return sipas__unit_error(err, SIPAS_ERR_OPTION, run->own->code, unit,
                                 "figure %.64s: the margin is 1/2 or more; no interval of this method is so wide",
                                 figure->name);
    *n = sipas__size_solve(&model, target);
    if (isinf(*n) && model.k > 0.0)
        return sipas__unit_error(err, SIPAS_ERR_INFEASIBLE, run->own->code, unit,
                                 "figure %.64s: %g answers of the other are too few, however many are asked here",
                                 figure->name, figure->own.n_other);
    if (figure->own.n_other > 0.0 && *n * figure->own.overlap > figure->own.n_other)
        return sipas__unit_error(
            err, SIPAS_ERR_INFEASIBLE, run->own->code, unit,
            "figure %.64s: %g of %g answers would come from persons who are in the other round, which "
            "has %g",
            figure->name, figure->own.overlap, *n, figure->own.n_other);
    return SIPAS_OK;
}

/* Answers that the other samples need when n are taken here. */
static double other_answers(const size_run *run, const sipas__size_unit *unit)
{
    double most = 0.0;

    for (int32_t k = 0; k < run->n_figures; k++) {
        const sipas_size_figure *own = &run->figures[k].own;

        if (own->compare == SIPAS_COMPARE_NONE) continue;
        most = fmax(most, own->n_other > 0.0
                              ? own->n_other
                              : sipas__size_whole(unit->n * own->ratio, SIPAS_SIZE_ROUND_UP, run->own->multiple));
    }
    return fmin(sipas__size_whole(most, SIPAS_SIZE_ROUND_UP, 1), floor(unit->population));
}

static sipas_status write_unit(size_run *run, int64_t row, sipas_error *err)
{
    const sipas__size_rule rule = sipas__size_rule_of(run->own);
    const sipas__figure *binding = &run->figures[0];
    sipas__size_unit unit;
    sipas_status status;
    double most = 0.0;

    for (int32_t k = 0; k < run->n_figures; k++) {
        double n = 0.0;

        status = solve(run, &run->figures[k], row, &n, err);
        if (status != SIPAS_OK) {
            if (err) err->column = run->figures[k].index;
            return status;
        }
        if (n > most) binding = &run->figures[k];
        most = fmax(most, n);
    }
    unit = sipas__size_unit_of(&rule, most, run->population[row]);
    status = sipas__size_table_write(&run->to, &rule, row, &unit, sipas__figure_formula(binding, run->population[row]),
                                     err);
    if (status != SIPAS_OK) return status;
    if (run->to.figure >= 0) sipas__table_set_code(run->to.table, run->to.figure, row, binding->name);
    sipas__size_note_few(run->to.table, binding, run->own->code, row, row, unit.n);
    if (run->to.n_other >= 0) {
        const double other = other_answers(run, &unit);

        if (other > SIPAS__LARGEST_SIZE)
            return sipas__unit_error(err, SIPAS_ERR_VALUE, run->own->code, row, "a sample size of %g is beyond 2^53",
                                     other);
        sipas__table_set_i64(run->to.table, run->to.n_other, row, (int64_t)other);
    }
    return SIPAS_OK;
}

/* All units; on failure nothing is held but what the caller gave. */
static sipas_status write_units(size_run *run, const sipas_column *population, int32_t columns, sipas_error *err)
{
    sipas_status status;

    run->population = sipas__alloc(run->ctx, run->n_units, sizeof *run->population);
    if (!run->population) return sipas__error_memory(err);
    status = sipas__size_read_units(population, NULL, run->n_units, run->own->code, run->population, NULL, err);
    if (status == SIPAS_OK) {
        if (run->own->per_household > 0.0) columns |= SIPAS__SIZE_HOUSEHOLDS;
        sipas__size_table_begin(&run->to, run->ctx, run->n_units, run->own->code, columns);
        for (int64_t i = 0; status == SIPAS_OK && i < run->n_units; i++) status = write_unit(run, i, err);
    }
    sipas__free(run->ctx, run->population);
    if (status != SIPAS_OK) sipas_table_free(run->to.table);
    return status;
}

/* ---- one share ---- */

static void write_share_meta(const size_run *run)
{
    static const char *const targets[] = {[SIPAS__TARGET_MARGIN] = "margin",
                                          [SIPAS__TARGET_RELATIVE_MARGIN] = "relative_margin",
                                          [SIPAS__TARGET_CV] = "cv",
                                          [SIPAS__TARGET_SE] = "se"};
    const sipas__figure *figure = run->figures;
    sipas_table *table = run->to.table;

    sipas__share_meta(table, figure, sipas__figure_formula(figure, 0.0));
    sipas__table_meta(table, targets[figure->target], "%.17g", figure->value);
    sipas__table_meta(table, "p", "%.17g", figure->own.p);
    sipas__size_meta_df(table, figure->df, figure->z);
    sipas__table_meta(table, "deff", "%.17g", figure->own.deff);
    sipas__table_meta(table, "response", "%.17g", run->own->response);
    if (run->own->per_household > 0.0) sipas__table_meta(table, "per_household", "%.17g", run->own->per_household);
    if (figure->own.method != SIPAS_SIZE_YAMANE) sipas__table_meta(table, "level", "%.17g", run->own->level);
    sipas__size_table_totals(&run->to);
}

sipas_status sipas_size_proportion(sipas_ctx *ctx, const sipas_column *population, const sipas_size_opts *opts,
                                   sipas_table **out, sipas_error *err)
{
    sipas_size_opts own;
    sipas__figure figure;
    size_run run = {.ctx = ctx, .own = &own, .figures = &figure, .n_figures = 1, .n_units = 1};
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    status = sipas__size_load_opts(opts, &own, err);
    if (status == SIPAS_OK) status = sipas__figure_from_opts(&own, &figure, err);
    if (status != SIPAS_OK) return status;
    if (population) run.n_units = population->n;
    if (run.n_units < 1) return sipas__error_argument(err, "population", "there are no units");
    if (own.code) status = sipas__size_check_codes(own.code, run.n_units, err);
    if (status == SIPAS_OK) status = write_units(&run, population, 0, err);
    if (status != SIPAS_OK) return status;
    write_share_meta(&run);
    return sipas__table_finish(run.to.table, out, err);
}

/* ---- many figures ---- */

sipas_status sipas_size_figures(sipas_ctx *ctx, const sipas_column *population, const sipas_size_figure *figures,
                                int32_t n_figures, const sipas_size_opts *opts, sipas_table **out, sipas_error *err)
{
    sipas_size_opts own;
    sipas__figures all = {.ctx = ctx, .own = &own, .n = n_figures, .need_target = 1};
    size_run run = {.ctx = ctx, .own = &own, .n_figures = n_figures};
    int32_t columns = SIPAS__SIZE_FIGURE;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!figures) return sipas__error_argument(err, "figures", "is NULL");
    if (n_figures < 1) return sipas__error_argument(err, "figures", "there are none");
    status = sipas__size_load_opts(opts, &own, err);
    if (status == SIPAS_OK) status = sipas__figures_open(&all, population, NULL, figures, err);
    if (status != SIPAS_OK) return status;
    run.n_units = all.n_units;
    run.figures = all.figure;
    for (int32_t k = 0; k < n_figures; k++)
        if (run.figures[k].own.compare != SIPAS_COMPARE_NONE) columns |= SIPAS__SIZE_OTHER;
    status = write_units(&run, population, columns, err);
    sipas__figures_clear(ctx, run.figures, n_figures);
    if (status != SIPAS_OK) return status;
    sipas__table_meta(run.to.table, "method", "size_figures/1");
    sipas__table_meta(run.to.table, "level", "%.17g", own.level);
    sipas__table_meta(run.to.table, "response", "%.17g", own.response);
    if (own.per_household > 0.0) sipas__table_meta(run.to.table, "per_household", "%.17g", own.per_household);
    sipas__table_meta(run.to.table, "figures", "%d", (int)n_figures);
    sipas__size_table_totals(&run.to);
    return sipas__table_finish(run.to.table, out, err);
}

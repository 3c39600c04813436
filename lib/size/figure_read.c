/*
 * Reading the figures of a call, with their columns.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/context.h"
#include "base/options.h"
#include "base/text.h"
#include "data/column.h"
#include "data/measure.h"
#include "size/size.h"

void sipas_size_figure_init(sipas_size_figure *figure)
{
    const sipas_size_figure defaults = SIPAS_SIZE_FIGURE_INIT;

    if (figure) *figure = defaults;
}

/* ---- columns ---- */

static sipas_status read_one(const sipas__figures *all, const sipas_column *column, const char *name, int32_t may,
                             double **out, sipas_error *err)
{
    if (!sipas__column_given(column)) return SIPAS_OK;
    *out = sipas__alloc(all->ctx, all->n_units, sizeof **out);
    if (!*out) return sipas__error_memory(err);
    return sipas__size_read(column, all->n_units, name, all->own->code, may, *out, err);
}

/* Per-unit values: shares in (0, 1), standard deviations ≥ 0, means of any sign. */
static sipas_status read_columns(const sipas__figures *all, sipas__figure *figure, sipas_error *err)
{
    const sipas_size_figure *own = &figure->own;
    sipas_status status = read_one(all, own->p_of, "p_of", 0, &figure->p, err);

    if (status == SIPAS_OK) status = read_one(all, own->mean_of, "mean_of", SIPAS__ANY_NUMBER, &figure->mean, err);
    if (status == SIPAS_OK) status = read_one(all, own->sd_of, "sd_of", SIPAS__MAY_BE_ZERO, &figure->s2_of, err);
    for (int64_t i = 0; status == SIPAS_OK && i < all->n_units; i++) {
        if (figure->p && figure->p[i] >= 1.0)
            status = sipas__unit_error(err, SIPAS_ERR_VALUE, all->own->code, i, "p_of is %.17g; it must be below 1",
                                       figure->p[i]);
        if (figure->s2_of) figure->s2_of[i] *= figure->s2_of[i];
    }
    return status;
}

/* A share and its other must both be shares. */
static sipas_status check_other_share(const sipas__figure *figure, int64_t n_units, const sipas_column *code,
                                      sipas_error *err)
{
    if (figure->own.statistic != SIPAS_FIGURE_PROPORTION) return SIPAS_OK;
    for (int64_t i = 0; i < (figure->p ? n_units : 1); i++) {
        const double other = (figure->p ? figure->p[i] : figure->own.p) + figure->own.difference;

        if (other > 0.0 && other < 1.0) continue;
        if (figure->p)
            return sipas__unit_error(err, SIPAS_ERR_VALUE, code, i,
                                     "p_of + difference is %g; it must lie between 0 and 1", other);
        return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, "difference",
                                   "p + difference is %g; it must lie between 0 and 1", other);
    }
    return SIPAS_OK;
}

static sipas_status read_figure(const sipas__figures *all, const void *callers, sipas__figure *figure, sipas_error *err)
{
    sipas_status status = sipas__options_load(&figure->own, sizeof figure->own, callers, "sipas_size_figure", err);

    if (status == SIPAS_OK) status = sipas__options_check("reserved", figure->own.reserved, 0, 0, err);
    if (status != SIPAS_OK) return status;
    (void)sipas__text_format(figure->number, sizeof figure->number, "%d", (int)figure->index + 1);
    figure->name = figure->own.name ? figure->own.name : figure->number;
    status = sipas__figure_check(figure, all->own, all->need_target, err);
    if (status == SIPAS_OK) status = read_columns(all, figure, err);
    if (status == SIPAS_OK) status = check_other_share(figure, all->n_units, all->own->code, err);
    return status != SIPAS_OK ? status : sipas__figure_variance(all->ctx, figure, err);
}

/* What belongs to the figures must not stand in the options. */
static sipas_status check_opts(const sipas_size_opts *own, sipas_error *err)
{
    const struct {
        const char *name;
        double value;
    } fields[] = {{"method", own->method}, {"margin", own->margin},
                  {"p", own->p},           {"relative_margin", own->relative_margin},
                  {"cv", own->cv},         {"se", own->se}};

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].value != 0.0)
            return sipas__size_bad_option(err, fields[i].name, "is given, but belongs to the figures", fields[i].value);
    return SIPAS_OK;
}

static sipas_status read_figures(const sipas__figures *all, const sipas_size_figure *figures, sipas_error *err)
{
    const uint32_t step = figures[0].struct_size;
    sipas_status status = SIPAS_OK;

    for (int32_t k = 0; status == SIPAS_OK && k < all->n; k++) {
        const char *callers = (const char *)figures + (size_t)k * step;
        uint32_t size;

        memcpy(&size, callers, sizeof size);
        all->figure[k].index = k;
        status = size == step
                     ? read_figure(all, callers, &all->figure[k], err)
                     : sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, k, "struct_size",
                                        "figure %d: its struct_size differs from the first figure's", (int)k + 1);
        if (status != SIPAS_OK && err) err->column = k;
    }
    return status;
}

/* Units that the columns of a call are about: the first column that is given says, unless it stands for all. */
static int64_t count_units(const sipas_column *population, const sipas_column *n, const sipas_size_figure *figures,
                           const sipas_size_opts *own)
{
    enum { COLUMNS = 6 };
    const sipas_column *columns[COLUMNS] = {population, n, own->code, NULL, NULL, NULL};
    int64_t units = 1;

    if (figures[0].struct_size >= offsetof(sipas_size_figure, domain)) {
        columns[3] = figures[0].p_of;
        columns[4] = figures[0].mean_of;
        columns[5] = figures[0].sd_of;
    }
    for (int i = 0; i < COLUMNS && units == 1; i++)
        if (columns[i] && sipas__column_given(columns[i])) units = columns[i]->n;
    return units;
}

sipas_status sipas__figures_open(sipas__figures *to, const sipas_column *population, const sipas_column *n,
                                 const sipas_size_figure *figures, sipas_error *err)
{
    sipas_size_opts *own = to->own;
    sipas_status status = check_opts(own, err);

    if (status == SIPAS_OK) status = sipas__options_level(&own->level, err);
    if (status == SIPAS_OK) status = sipas__size_load_number("deff", &own->deff, 1.0, INFINITY, 0, err);
    if (status != SIPAS_OK) return status;
    to->n_units = count_units(population, n, figures, own);
    if (to->n_units < 1) return sipas__error_argument(err, "population", "there are no units");
    if (own->code) status = sipas__size_check_codes(own->code, to->n_units, err);
    if (status != SIPAS_OK) return status;
    to->figure = sipas__alloc(to->ctx, to->n, sizeof *to->figure);
    if (!to->figure) return sipas__error_memory(err);
    status = read_figures(to, figures, err);
    if (status != SIPAS_OK) sipas__figures_clear(to->ctx, to->figure, to->n);
    return status;
}

void sipas__figures_clear(const sipas_ctx *ctx, sipas__figure *figures, int32_t n_figures)
{
    for (int32_t k = 0; figures && k < n_figures; k++) {
        sipas__free(ctx, figures[k].p);
        sipas__free(ctx, figures[k].mean);
        sipas__free(ctx, figures[k].s2_of);
    }
    sipas__free(ctx, figures);
}

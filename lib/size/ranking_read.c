/*
 * Reading a ranking that is planned.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "base/context.h"
#include "base/options.h"
#include "data/column.h"
#include "data/measure.h"
#include "size/ranking.h"
#include "size/size.h"

void sipas_size_ranking_opts_init(sipas_size_ranking_opts *opts)
{
    const sipas_size_ranking_opts defaults = SIPAS_SIZE_RANKING_OPTS_INIT;

    if (opts) *opts = defaults;
}

static sipas_status load_opts(sipas__ranking *own, const sipas_size_ranking_opts *opts, sipas_error *err)
{
    sipas_size_ranking_opts *to = &own->opts;
    sipas_status status = sipas__options_load(to, sizeof *to, opts, "sipas_size_ranking_opts", err);

    if (status == SIPAS_OK) status = sipas__options_check("reserved", to->reserved, 0, 0, err);
    if (status == SIPAS_OK) status = sipas__options_check("ascending", to->ascending, 0, 1, err);
    if (status == SIPAS_OK) status = sipas__options_level(&to->level, err);
    if (status == SIPAS_OK) status = sipas__size_load_number("deff", &to->deff, 1.0, INFINITY, 0, err);
    if (status == SIPAS_OK) status = sipas__size_load_number("power", &to->power, 0.8, 1.0, 0, err);
    if (status == SIPAS_OK) status = sipas__size_load_number("response", &to->response, 1.0, 1.0, 1, err);
    if (status == SIPAS_OK && to->sd != 0.0) status = sipas__size_load_number("sd", &to->sd, 0.0, INFINITY, 0, err);
    if (status == SIPAS_OK && to->delta != 0.0)
        status = sipas__size_load_number("delta", &to->delta, 0.0, INFINITY, 0, err);
    if (status == SIPAS_OK && to->per_household != 0.0)
        status = sipas__size_load_number("per_household", &to->per_household, 0.0, INFINITY, 0, err);
    if (status == SIPAS_OK)
        status = sipas__size_load_counts(to->minimum, to->maximum, &to->multiple, &to->rounding, err);
    if (status != SIPAS_OK) return status;
    if (!sipas__column_given(to->code)) to->code = NULL;
    if (to->sd != 0.0 && sipas__column_given(to->sd_of))
        return sipas__size_bad_option(err, "sd", "is given beside sd_of", to->sd);
    if (to->top < 0 || to->top > own->n - 1)
        return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "top",
                                "option top: %lld is not 1 to %lld, the units less one", (long long)to->top,
                                (long long)(own->n - 1));
    if (to->width != 0.0 && !(to->width > 0.0 && to->width < (double)(own->n - 1)))
        return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "width",
                                "option width: %g is not between 0 and %lld, the units less one", to->width,
                                (long long)(own->n - 1));
    return sipas__size_load_df(to->df, to->psus, &own->df_unit, err);
}

/* One column of numbers > 0 into a field of the units; `work` holds one number per unit. */
static sipas_status read_populations(sipas__ranking *own, double *work, sipas_error *err)
{
    sipas_status status = SIPAS_OK;
    const int given = sipas__column_given(own->opts.population);

    if (given)
        status = sipas__size_read(own->opts.population, own->n, "population", own->opts.code, SIPAS__MAY_BE_INFINITE,
                                  work, err);
    for (int64_t i = 0; status == SIPAS_OK && i < own->n; i++) own->unit[i].population = given ? work[i] : INFINITY;
    return status;
}

/* sd² of each unit: from the column, the option, or its share. */
static sipas_status read_variances(sipas__ranking *own, double *work, sipas_error *err)
{
    const int by_unit = sipas__column_given(own->opts.sd_of), shares = !by_unit && own->opts.sd == 0.0;
    sipas_status status = SIPAS_OK;

    if (by_unit) status = sipas__size_read(own->opts.sd_of, own->n, "sd_of", own->opts.code, 0, work, err);
    for (int64_t i = 0; status == SIPAS_OK && i < own->n; i++) {
        sipas__contender *unit = &own->unit[i];
        const double sd = by_unit ? work[i] : own->opts.sd, v = unit->value;

        if (shares && !(v > 0.0 && v < 1.0))
            return sipas__unit_error(err, SIPAS_ERR_VALUE, own->opts.code, i,
                                     "the value %.17g is no share between 0 and 1; give sd or sd_of", v);
        unit->variance = own->opts.deff * (shares ? v * (1.0 - v) : sd * sd);
        if (shares && unit->population > 1.0 && isfinite(unit->population))
            unit->variance *= unit->population / (unit->population - 1.0);
    }
    return status;
}

/* Degrees of freedom of a difference, from variances at equal n: their mean over the pairs. O(units²). */
static void find_df(sipas__ranking *own)
{
    double sum = 0.0;

    own->df = own->df_unit;
    if (isinf(own->df)) return;
    for (int64_t i = 0; i < own->n; i++)
        for (int64_t j = 0; j < i; j++)
            sum += sipas__size_welch(own->df_unit, own->unit[i].variance, own->unit[j].variance);
    own->df = sum / ((double)own->n * (double)(own->n - 1) / 2.0);
}

/* Best first; equal values in the order given. */
static void order_units(sipas__ranking *own)
{
    for (int64_t i = 0; i < own->n; i++) {
        if (own->opts.ascending) own->unit[i].value = -own->unit[i].value;
        own->items[i].index = i;
        own->items[i].key = sipas__order_f64(-own->unit[i].value);
    }
    sipas__order_sort(own->items, own->scratch, own->n, NULL, NULL);
    for (int64_t i = 0; i < own->n; i++) own->place[i] = own->items[i].index;
}

sipas_status sipas__ranking_init(sipas__ranking *own, sipas_ctx *ctx, const sipas_column *value,
                                 const sipas_size_ranking_opts *opts, sipas_error *err)
{
    double *work = NULL;
    sipas_status status;

    *own = (sipas__ranking){.ctx = ctx, .n = value->n};
    if (own->n < 2)
        return sipas__error_set(err, SIPAS_ERR_TOO_FEW, SIPAS__NOWHERE, SIPAS__NOWHERE, "value",
                                "a ranking needs at least two units");
    status = load_opts(own, opts, err);
    if (status == SIPAS_OK && own->opts.code) status = sipas__size_check_codes(own->opts.code, own->n, err);
    if (status != SIPAS_OK) return status;
    own->unit = sipas__alloc(ctx, own->n, sizeof *own->unit);
    own->place = sipas__alloc(ctx, own->n, sizeof *own->place);
    own->items = sipas__alloc(ctx, own->n, sizeof *own->items);
    own->scratch = sipas__alloc(ctx, own->n, sizeof *own->scratch);
    own->t = sipas__alloc(ctx, own->n, sizeof *own->t);
    work = sipas__alloc(ctx, own->n, sizeof *work);
    if (!own->unit || !own->place || !own->items || !own->scratch || !own->t || !work)
        status = sipas__error_memory(err);
    if (status == SIPAS_OK)
        status = sipas__size_read(value, own->n, "value", own->opts.code, SIPAS__ANY_NUMBER, work, err);
    for (int64_t i = 0; status == SIPAS_OK && i < own->n; i++) own->unit[i].value = work[i];
    if (status == SIPAS_OK) status = read_populations(own, work, err);
    if (status == SIPAS_OK) status = read_variances(own, work, err);
    if (status == SIPAS_OK) find_df(own);
    if (status == SIPAS_OK) order_units(own);
    sipas__free(ctx, work);
    if (status != SIPAS_OK) sipas__ranking_clear(own);
    return status;
}

void sipas__ranking_clear(sipas__ranking *own)
{
    sipas__free(own->ctx, own->unit);
    sipas__free(own->ctx, own->place);
    sipas__free(own->ctx, own->items);
    sipas__free(own->ctx, own->scratch);
    sipas__free(own->ctx, own->t);
}

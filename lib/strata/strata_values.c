/*
 * The different values of a size variable, with running counts and sums.
 *
 * O(units) where values differ in their digits, O(units log units) at most.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "strata/strata.h"

#include <math.h>

#include <sipas/allocate.h>

#include "base/context.h"
#include "base/options.h"
#include "data/measure.h"
#include "num/order.h"
#include "num/sum.h"

enum { MOST_BINS = 100000, BINS_EACH = 15 };

void sipas_strata_opts_init(sipas_strata_opts *opts)
{
    const sipas_strata_opts defaults = SIPAS_STRATA_OPTS_INIT;

    if (opts) *opts = defaults;
}

static sipas_status bad_option(sipas_error *err, const char *field, const char *sentence)
{
    return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, field, "option %s: %s", field,
                            sentence);
}

static sipas_status check_allocation(sipas_strata_opts *own, sipas_error *err)
{
    if (own->allocation == SIPAS_ALLOCATE_DEFAULT) own->allocation = SIPAS_ALLOCATE_NEYMAN;
    if (own->allocation != SIPAS_ALLOCATE_NEYMAN && own->allocation != SIPAS_ALLOCATE_PROPORTIONAL &&
        own->allocation != SIPAS_ALLOCATE_EQUAL && own->allocation != SIPAS_ALLOCATE_POWER)
        return bad_option(err, "allocation", "it must be neyman, proportional, equal or power");
    if (own->allocation == SIPAS_ALLOCATE_POWER && own->method == SIPAS_STRATA_OPTIMAL)
        return bad_option(err, "allocation", "optimal has no sum of its own for power; use lavallee");
    if (!own->power_given) own->power = 0.5;
    if (!(own->power >= 0.0 && own->power <= 10.0)) return bad_option(err, "power", "it must be from 0 to 10");
    return SIPAS_OK;
}

static sipas_status load_options(sipas__strata *s, const sipas_strata_opts *opts, sipas_error *err)
{
    sipas_strata_opts *own = &s->opts;
    sipas_status status = sipas__options_load(own, sizeof *own, opts, "sipas_strata_opts", err);

    if (status == SIPAS_OK) status = sipas__options_enum("method", own->method, SIPAS__ENUM_STRATA, err);
    if (status == SIPAS_OK) status = sipas__options_check("take_all", own->take_all, 0, 1, err);
    if (status == SIPAS_OK) status = sipas__options_check("power_given", own->power_given, 0, 1, err);
    if (status < 0) return status;
    if (own->method == SIPAS_STRATA_DEFAULT) own->method = SIPAS_STRATA_LAVALLEE;
    status = check_allocation(own, err);
    if (status < 0) return status;
    if (own->bins == 0) own->bins = BINS_EACH * s->n_strata;
    if (own->bins < 2 || own->bins > MOST_BINS) return bad_option(err, "bins", "it must be from 2 to 100,000");
    if (!(own->cv >= 0.0 && isfinite(own->cv))) return bad_option(err, "cv", "it must be a finite number above 0");
    if (own->n < 0) return bad_option(err, "n", "it must not be negative");
    if ((own->n > 0) == (own->cv > 0.0)) return bad_option(err, "n", "give one of n and cv");
    if (own->least_size < 0) return bad_option(err, "least_size", "it must not be negative");
    if (own->least_size == 0) own->least_size = 2;
    if (own->take_all && s->n_strata < 2) return bad_option(err, "take_all", "it needs two strata at least");
    return SIPAS_OK;
}

/* Counts and sums from the sorted values. */
static sipas_status run_up(sipas__strata *s, const sipas__item *items, const double *x, sipas_error *err)
{
    sipas__sum sum = {0.0, 0.0};
    int64_t at = -1;

    for (int64_t i = 0; i < s->n_units; i++) s->n_values += i == 0 || items[i].key != items[i - 1].key;
    s->value = sipas__alloc(s->ctx, s->n_values, sizeof *s->value);
    s->below = sipas__alloc(s->ctx, s->n_values + 1, sizeof *s->below);
    s->sum = sipas__alloc(s->ctx, s->n_values + 1, sizeof *s->sum);
    if (!s->value || !s->below || !s->sum) return sipas__error_memory(err);
    for (int64_t i = 0; i < s->n_units; i++) {
        if (i == 0 || items[i].key != items[i - 1].key) s->value[++at] = x[items[i].index] + 0.0;
        sipas__sum_add(&sum, x[items[i].index]);
        s->below[at + 1] = i + 1;
        s->sum[at + 1] = sipas__sum_value(&sum);
    }
    return sipas__strata_sum(s) ? SIPAS_OK : sipas__error_memory(err);
}

static sipas_status sort_values(sipas__strata *s, const double *x, sipas_error *err)
{
    sipas__item *items = sipas__alloc(s->ctx, 2 * s->n_units, sizeof *items);
    sipas_status status = items ? SIPAS_OK : sipas__error_memory(err);

    s->total = sipas__sum_array(x, s->n_units);
    if (status == SIPAS_OK) {
        for (int64_t i = 0; i < s->n_units; i++) items[i] = (sipas__item){sipas__order_f64(x[i]), i};
        sipas__order_sort(items, items + s->n_units, s->n_units, NULL, NULL);
        status = run_up(s, items, x, err);
    }
    sipas__free(s->ctx, items);
    return status;
}

/* What the values themselves do not permit. */
static sipas_status check_values(sipas__strata *s, sipas_error *err)
{
    if (!(s->total > 0.0) || !isfinite(s->total))
        return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE, "x", "x sums to %g", s->total);
    if (s->n_values < s->n_strata)
        return sipas__error_set(err, SIPAS_ERR_INFEASIBLE, SIPAS__NOWHERE, SIPAS__NOWHERE, "x",
                                "x has %lld different values, too few for %d strata", (long long)s->n_values,
                                (int)s->n_strata);
    if (s->opts.n > s->n_units)
        return sipas__error_set(err, SIPAS_ERR_INFEASIBLE, SIPAS__NOWHERE, SIPAS__NOWHERE, "n",
                                "n is %lld, but there are %lld units only", (long long)s->opts.n,
                                (long long)s->n_units);
    if (s->opts.n > 0 && s->opts.n < s->n_strata)
        return sipas__error_set(err, SIPAS_ERR_INFEASIBLE, SIPAS__NOWHERE, SIPAS__NOWHERE, "n",
                                "n is %lld, too small for one in each of %d strata", (long long)s->opts.n,
                                (int)s->n_strata);
    s->variance = s->opts.cv * s->total * (s->opts.cv * s->total);
    if (!isfinite(s->total * s->total * (double)s->n_units) || (s->opts.cv > 0.0 && !(s->variance > 0.0)))
        return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE, "x",
                                "x sums to %g, whose square is no number of this machine; take another unit", s->total);
    return SIPAS_OK;
}

sipas_status sipas__strata_read(sipas__strata *s, sipas_ctx *ctx, const sipas_column *x, int64_t n_strata,
                                const sipas_strata_opts *opts, sipas_error *err)
{
    double *own = NULL;
    const double *values = NULL;
    sipas_status status;

    s->ctx = ctx;
    if (n_strata < 1 || n_strata > SIPAS__MOST_STRATA)
        return sipas__error_argument(err, "n_strata", "it must be from 1 to 64");
    s->n_strata = (int32_t)n_strata;
    status = load_options(s, opts, err);
    if (status < 0) return status;
    if (!x || x->n < 1) return sipas__error_argument(err, "x", "there are no units");
    s->n_units = x->n;
    status = sipas__measure_view(ctx, x, x->n, "x", NULL,
                                 s->opts.method == SIPAS_STRATA_GEOMETRIC ? 0 : SIPAS__MAY_BE_ZERO, &own, &values, err);
    if (status == SIPAS_OK) status = sort_values(s, values, err);
    if (status == SIPAS_OK) status = check_values(s, err);
    sipas__free(ctx, own);
    return status;
}

void sipas__strata_clear(sipas__strata *s)
{
    sipas__free(s->ctx, s->value);
    sipas__free(s->ctx, s->below);
    sipas__free(s->ctx, s->sum);
    sipas__free(s->ctx, s->from_begin);
    sipas__free(s->ctx, s->to_end);
    sipas__free(s->ctx, s->of_blocks);
}

/*
 * Reading an allocation for several variables: options, strata and their bounds.
 *
 * O(strata × variables).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/multi.h"

#include <math.h>

#include "base/context.h"
#include "base/options.h"
#include "base/text.h"
#include "data/alike.h"
#include "data/codes.h"
#include "data/column.h"
#include "data/measure.h"

enum { VARIABLES_MAX = 1000, CUTS_MAX = 1000, STEPS = 200 };

static const double TOLERANCE = 1e-9;

void sipas_allocate_multi_opts_init(sipas_allocate_multi_opts *opts)
{
    const sipas_allocate_multi_opts defaults = SIPAS_ALLOCATE_MULTI_OPTS_INIT;

    if (opts) *opts = defaults;
}

/* ---- options ---- */

static sipas_status bad_option(sipas_error *err, const char *field, const char *sentence)
{
    return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, field, "option %s: %s", field,
                            sentence);
}

static void drop_empty_columns(sipas_allocate_multi_opts *own)
{
    const sipas_column **columns[] = {&own->code, &own->lower, &own->upper,     &own->cost,          &own->sd,
                                      &own->mean, &own->by,    &own->target_by, &own->target_domain, &own->target};

    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (!sipas__column_given(*columns[i])) *columns[i] = NULL;
}

static sipas_status check_numbers(sipas_allocate_multi_opts *own, sipas_error *err)
{
    if (own->goal == SIPAS_MULTI_DEFAULT) own->goal = SIPAS_MULTI_LEAST_COST;
    if (own->measure == SIPAS_TARGET_DEFAULT) own->measure = SIPAS_TARGET_CV;
    if (own->max_iter == 0) own->max_iter = STEPS;
    if (own->tol == 0.0) own->tol = TOLERANCE;
    if (own->reserved != 0) return bad_option(err, "reserved", "it must be 0");
    if (own->max_iter < 0) return bad_option(err, "max_iter", "it must not be negative");
    if (!(own->tol >= 1e-12 && own->tol <= 1e-2)) return bad_option(err, "tol", "it must be from 1e-12 to 1e-2");
    if (own->lower_value < 0) return bad_option(err, "lower_value", "it must not be negative");
    if (own->upper_value < 0) return bad_option(err, "upper_value", "it must not be negative");
    if (own->goal == SIPAS_MULTI_LEAST_COST && own->budget != 0.0)
        return bad_option(err, "budget", "it is for the goal of the best ratio only");
    if (own->goal == SIPAS_MULTI_BEST_RATIO && !(own->budget > 0.0 && isfinite(own->budget)))
        return bad_option(err, "budget", "the goal of the best ratio needs a finite number > 0");
    return sipas__options_level(&own->level, err);
}

static sipas_status check_columns(const sipas_allocate_multi_opts *own, sipas_error *err)
{
    if (!own->sd) return sipas__error_argument(err, "sd", "no column is given");
    if (!own->target) return sipas__error_argument(err, "target", "no column is given");
    if (own->n_by > 0 && !own->by) return sipas__error_argument(err, "by", "n_by columns are counted, none is given");
    if (own->measure == SIPAS_TARGET_CV && !own->mean)
        return sipas__error_argument(err, "mean", "a CV needs the means of the strata");
    if (own->lower && own->lower_value)
        return sipas__error_argument(err, "lower", "give the column or lower_value, not both");
    if (own->upper && own->upper_value)
        return sipas__error_argument(err, "upper", "give the column or upper_value, not both");
    return SIPAS_OK;
}

static sipas_status load_options(sipas__multi *m, const sipas_allocate_multi_opts *opts, sipas_error *err)
{
    sipas_allocate_multi_opts *own = &m->opts;
    sipas_status status;

    if (!opts) return sipas__error_argument(err, "opts", "is NULL");
    status = sipas__options_load(own, sizeof *own, opts, "sipas_allocate_multi_opts", err);
    if (status == SIPAS_OK) status = sipas__options_check("reserved", own->reserved, 0, 0, err);
    if (status == SIPAS_OK) status = sipas__options_enum("goal", own->goal, SIPAS__ENUM_MULTI, err);
    if (status == SIPAS_OK) status = sipas__options_enum("measure", own->measure, SIPAS__ENUM_TARGET, err);
    if (status == SIPAS_OK) status = sipas__options_check("with_replacement", own->with_replacement, 0, 1, err);
    if (status == SIPAS_OK) status = sipas__options_check("n_variables", own->n_variables, 1, VARIABLES_MAX, err);
    if (status == SIPAS_OK) status = sipas__options_check("n_by", own->n_by, 0, CUTS_MAX, err);
    if (status == SIPAS_OK) status = check_numbers(own, err);
    if (status < 0) return status;
    drop_empty_columns(own);
    return check_columns(own, err);
}

/* ---- strata ---- */

/* Places of the codes in their order; two strata with one code are an error. */
static sipas_status read_ranks(sipas__multi *m, sipas_error *err)
{
    sipas__labels labels;
    int32_t *first = NULL;
    sipas_status status = sipas__labels_read(&labels, m->ctx, m->opts.code, m->n_strata, SIPAS__CODES, "code", 0, err);

    if (status == SIPAS_OK &&
        !sipas__alike_look(&m->sayings, (const char *const *)labels.texts, labels.n_texts, "code"))
        status = sipas__error_memory(err);
    if (status == SIPAS_OK) first = sipas__alloc(m->ctx, labels.n_texts, sizeof *first);
    if (status == SIPAS_OK && !first) status = sipas__error_memory(err);
    for (int64_t h = 0; status == SIPAS_OK && h < m->n_strata; h++) {
        if (first[labels.of[h]])
            status = sipas__unit_error(err, SIPAS_ERR_DUPLICATE, m->opts.code, h, "its code stands in row %d already",
                                       (int)(first[labels.of[h]] - 1));
        first[labels.of[h]] = (int32_t)h + 1;
    }
    if (status == SIPAS_OK) {
        m->rank = labels.of;
        labels.of = NULL;
    }
    sipas__free(m->ctx, first);
    sipas__labels_clear(m->ctx, &labels);
    return status;
}

static sipas_status read_costs(sipas__multi *m, sipas_error *err)
{
    if (m->opts.cost) return sipas__measure_read(m->opts.cost, m->n_strata, "cost", m->opts.code, 0, m->cost, err);
    for (int64_t h = 0; h < m->n_strata; h++) m->cost[h] = 1.0;
    return SIPAS_OK;
}

static sipas_status read_bounds(sipas__multi *m, sipas_error *err)
{
    const sipas_allocate_multi_opts *opts = &m->opts;
    const int64_t least = opts->lower_value > 0 ? opts->lower_value : 1;
    sipas_status status = SIPAS_OK;

    for (int64_t h = 0; h < m->n_strata; h++) {
        m->lower[h] = least;
        m->upper[h] = opts->upper_value > 0 ? opts->upper_value : SIPAS__NO_BOUND;
    }
    if (opts->lower)
        status = sipas__measure_read_whole(opts->lower, m->n_strata, "lower", opts->code, SIPAS__MAY_BE_ZERO, m->lower,
                                           err);
    if (status == SIPAS_OK && opts->upper)
        status = sipas__measure_read_whole(opts->upper, m->n_strata, "upper", opts->code,
                                           SIPAS__MAY_BE_ZERO | SIPAS__MAY_BE_INFINITE, m->upper, err);
    for (int64_t h = 0; status == SIPAS_OK && h < m->n_strata; h++) {
        const double whole = floor(m->size[h]);

        if (!opts->with_replacement && whole < 0x1p53 && (int64_t)whole < m->upper[h]) m->upper[h] = (int64_t)whole;
        if (!opts->lower && m->lower[h] > m->upper[h]) m->lower[h] = m->upper[h];
        if (m->lower[h] > m->upper[h])
            status = sipas__unit_error(err, SIPAS_ERR_INFEASIBLE, opts->code, h,
                                       "the lower bound %lld is above the upper bound %lld%s", (long long)m->lower[h],
                                       (long long)m->upper[h],
                                       (double)m->upper[h] == whole ? " (no stratum gets more than its size)" : "");
    }
    return status;
}

static sipas_status make_arrays(sipas__multi *m, sipas_error *err)
{
    m->cost = sipas__alloc(m->ctx, m->n_strata, sizeof *m->cost);
    m->sd = sipas__alloc(m->ctx, m->n_strata * m->opts.n_variables, sizeof *m->sd);
    m->lower = sipas__alloc(m->ctx, m->n_strata, sizeof *m->lower);
    m->upper = sipas__alloc(m->ctx, m->n_strata, sizeof *m->upper);
    m->n = sipas__alloc(m->ctx, m->n_strata, sizeof *m->n);
    m->x = sipas__alloc(m->ctx, m->n_strata, sizeof *m->x);
    return m->cost && m->sd && m->lower && m->upper && m->n && m->x ? SIPAS_OK : sipas__error_memory(err);
}

static sipas_status read_sds(sipas__multi *m, sipas_error *err)
{
    sipas_status status = SIPAS_OK;

    for (int32_t v = 0; status == SIPAS_OK && v < m->opts.n_variables; v++) {
        char buffer[16], name[64];

        (void)sipas__text_format(name, sizeof name, "sd of %.48s", sipas__multi_variable(m, v, buffer));
        status = sipas__measure_read(&m->opts.sd[v], m->n_strata, name, m->opts.code, SIPAS__MAY_BE_ZERO,
                                     m->sd + v * m->n_strata, err);
    }
    return status;
}

sipas_status sipas__multi_read(sipas__multi *m, sipas_ctx *ctx, const sipas_column *size,
                               const sipas_allocate_multi_opts *opts, sipas_error *err)
{
    sipas_status status;

    m->sayings.ctx = m->ctx = ctx;
    status = load_options(m, opts, err);
    if (status < 0) return status;
    if (!sipas__column_given(size)) return sipas__error_argument(err, "size", "no column is given");
    m->n_strata = size->n;
    if (m->n_strata < 1) return sipas__error_argument(err, "size", "there are no strata");
    if (m->n_strata > INT32_MAX) return sipas__error_argument(err, "size", "there are more than 2^31 - 1 strata");
    status = make_arrays(m, err);
    if (status == SIPAS_OK && m->opts.code) status = read_ranks(m, err);
    if (status == SIPAS_OK)
        status = sipas__measure_view(ctx, size, m->n_strata, "size", m->opts.code, SIPAS__MAY_BE_ZERO, &m->own_size,
                                     &m->size, err);
    if (status == SIPAS_OK) status = read_costs(m, err);
    if (status == SIPAS_OK) status = read_sds(m, err);
    if (status == SIPAS_OK) status = read_bounds(m, err);
    if (status == SIPAS_OK) status = sipas__multi_targets(m, err);
    return status;
}

void sipas__multi_clear(sipas__multi *m)
{
    void *const blocks[] = {m->target, m->own_size, m->cost,  m->sd,         m->lower, m->upper,  m->n,
                            m->rank,   m->start,    m->of,    m->term,       m->limit, m->lambda, m->slack,
                            m->used,   m->step,     m->trial, m->trial_used, m->x,     m->within, m->stratum};

    for (int32_t c = 0; m->cut && c < m->n_cuts; c++) {
        sipas__labels_clear(m->ctx, &m->cut[c].of);
        sipas__free(m->ctx, m->cut[c].target);
        sipas__free(m->ctx, m->cut[c].given);
        sipas__free(m->ctx, m->cut[c].id);
    }
    sipas__free(m->ctx, m->cut);
    sipas__sayings_clear(&m->sayings);
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) sipas__free(m->ctx, blocks[i]);
    sipas__skyline_clear(&m->matrix, m->ctx);
}

int64_t sipas__multi_rank(const sipas__multi *m, int64_t stratum)
{
    return m->rank ? m->rank[stratum] : stratum;
}

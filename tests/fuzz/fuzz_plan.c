/*
 * Sizes, precision, allocation of every kind, strata, plans, components.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "fuzz.h"

/* A case at work: its context, the number of units, and room for the answer. */
typedef struct plan {
    fuzz *f;
    sipas_ctx *ctx;
    int64_t n;
    sipas_error err;
} plan;

static const sipas_column *numbers(plan *p)
{
    return fuzz_column_of(p->f, p->n, FUZZ_NUMBERS);
}

static const sipas_column *maybe(plan *p, int kind, uint64_t often)
{
    return fuzz_column_or_null(p->f, p->n, kind, often);
}

static int64_t count(plan *p)
{
    if (p->f->hostile && fuzz_once_in(p->f, 20)) return (int64_t)(UINT64_C(1) << fuzz_below(p->f, 63)) - 1;
    return (int64_t)fuzz_below(p->f, 60);
}

static sipas_size_opts size_opts(plan *p)
{
    sipas_size_opts o = SIPAS_SIZE_OPTS_INIT;
    fuzz *f = p->f;

    o.method = fuzz_option(f, 4);
    o.margin = fuzz_once_in(f, 2) ? 0.05 : fuzz_number(f) / 50.0;
    o.p = fuzz_once_in(f, 2) ? 0.0 : fuzz_number(f) / 45.0;
    o.level = fuzz_once_in(f, 3) ? fuzz_number(f) / 41.0 : 0.0;
    o.deff = fuzz_once_in(f, 3) ? fuzz_number(f) : 0.0;
    o.response = fuzz_once_in(f, 3) ? fuzz_number(f) / 40.0 : 0.0;
    o.minimum = fuzz_once_in(f, 4) ? count(p) : 0;
    o.maximum = fuzz_once_in(f, 4) ? count(p) : 0;
    o.multiple = fuzz_once_in(f, 4) ? count(p) : 0;
    o.rounding = fuzz_option(f, 2);
    o.code = maybe(p, FUZZ_CODES, 3);
    o.per_household = fuzz_once_in(f, 4) ? fuzz_number(f) : 0.0;
    if (fuzz_once_in(f, 4)) o.relative_margin = fuzz_number(f) / 40.0, o.margin = 0.0;
    return o;
}

static void sizes(plan *p)
{
    sipas_size_opts o = size_opts(p);
    sipas_size_figure figure = SIPAS_SIZE_FIGURE_INIT;
    sipas_table *table = NULL;
    sipas_status status = sipas_size_proportion(p->ctx, numbers(p), &o, &table, &p->err);

    fuzz_check_table(p->f, "size_proportion", status, &p->err, table);
    table = NULL;
    status = sipas_precision_proportion(p->ctx, numbers(p), numbers(p), &o, &table, &p->err);
    fuzz_check_table(p->f, "precision_proportion", status, &p->err, table);
    figure.statistic = fuzz_option(p->f, 5);
    figure.method = fuzz_option(p->f, 4);
    figure.compare = fuzz_option(p->f, 2);
    figure.p = fuzz_number(p->f) / 41.0;
    figure.mean = fuzz_number(p->f);
    figure.sd = fuzz_number(p->f);
    figure.margin = fuzz_number(p->f) / 20.0;
    figure.deff = fuzz_once_in(p->f, 2) ? fuzz_number(p->f) : 0.0;
    figure.take = fuzz_once_in(p->f, 3) ? fuzz_number(p->f) : 0.0;
    figure.homogeneity = fuzz_once_in(p->f, 3) ? fuzz_number(p->f) / 41.0 : 0.0;
    figure.difference = fuzz_once_in(p->f, 3) ? fuzz_number(p->f) / 41.0 : 0.0;
    figure.power = fuzz_once_in(p->f, 3) ? fuzz_number(p->f) / 41.0 : 0.0;
    o.margin = o.relative_margin = o.p = 0.0;
    o.method = 0;
    table = NULL;
    status = sipas_size_figures(p->ctx, numbers(p), &figure, 1, &o, &table, &p->err);
    fuzz_check_table(p->f, "size_figures", status, &p->err, table);
    table = NULL;
    status = sipas_precision_figures(p->ctx, numbers(p), numbers(p), &figure, 1, &o, &table, &p->err);
    fuzz_check_table(p->f, "precision_figures", status, &p->err, table);
}

static void rankings(plan *p)
{
    sipas_size_ranking_opts o = SIPAS_SIZE_RANKING_OPTS_INIT;
    sipas_table *table = NULL;
    sipas_status status;

    o.ascending = fuzz_option(p->f, 1);
    o.sd = fuzz_number(p->f);
    o.power = fuzz_once_in(p->f, 2) ? fuzz_number(p->f) / 41.0 : 0.0;
    o.delta = fuzz_once_in(p->f, 2) ? fuzz_number(p->f) : 0.0;
    o.width = fuzz_once_in(p->f, 3) ? fuzz_number(p->f) : 0.0;
    o.top = fuzz_once_in(p->f, 3) ? count(p) : 0;
    status = sipas_size_ranking(p->ctx, numbers(p), &o, &table, &p->err);
    fuzz_check_table(p->f, "size_ranking", status, &p->err, table);
    table = NULL;
    status = sipas_precision_ranking(p->ctx, numbers(p), numbers(p), &o, &table, &p->err);
    fuzz_check_table(p->f, "precision_ranking", status, &p->err, table);
}

static void stages(plan *p)
{
    const int32_t n_stages = 1 + (int32_t)fuzz_below(p->f, 4);
    sipas_size_stages_opts o = SIPAS_SIZE_STAGES_OPTS_INIT;
    sipas_size_stage stage[4];
    sipas_table *table = NULL;
    sipas_status status;

    for (int i = 0; i < 4; i++) {
        sipas_size_stage_init(&stage[i]);
        stage[i].cost = fuzz_number(p->f);
        stage[i].homogeneity = i + 1 < n_stages ? fuzz_number(p->f) / 41.0 : 0.0;
        stage[i].population = fuzz_once_in(p->f, 2) ? fuzz_number(p->f) * 10.0 : 0.0;
        stage[i].n = fuzz_once_in(p->f, 2) ? fuzz_number(p->f) : 0.0;
        stage[i].multiple = fuzz_once_in(p->f, 4) ? count(p) : 0;
        stage[i].minimum = fuzz_once_in(p->f, 4) ? count(p) : 0;
        stage[i].maximum = fuzz_once_in(p->f, 4) ? count(p) : 0;
    }
    o.relvariance = fuzz_number(p->f);
    o.budget = fuzz_once_in(p->f, 2) ? fuzz_number(p->f) * 100.0 : 0.0;
    o.cv = fuzz_once_in(p->f, 2) ? fuzz_number(p->f) / 100.0 : 0.0;
    status = sipas_size_stages(p->ctx, stage, n_stages, &o, &table, &p->err);
    fuzz_check_table(p->f, "size_stages", status, &p->err, table);
    table = NULL;
    status = sipas_precision_stages(p->ctx, stage, n_stages, &o, &table, &p->err);
    fuzz_check_table(p->f, "precision_stages", status, &p->err, table);
}

static sipas_allocate_opts allocate_opts(plan *p)
{
    sipas_allocate_opts o = SIPAS_ALLOCATE_OPTS_INIT;
    fuzz *f = p->f;

    o.method = fuzz_option(f, SIPAS_ALLOCATE_BANKIER);
    o.rounding = fuzz_option(f, 2);
    o.size_is_measure = fuzz_option(f, 1);
    o.power_given = fuzz_option(f, 1), o.power = fuzz_number(f) / 40.0;
    o.kish_given = fuzz_option(f, 1), o.kish = fuzz_number(f) / 40.0;
    o.lower_given = fuzz_option(f, 1), o.lower_value = (int64_t)fuzz_below(f, 4);
    o.upper_value = fuzz_once_in(f, 4) ? count(p) : 0;
    o.remainder = fuzz_option(f, 3);
    o.gains = fuzz_option(f, 1);
    o.multiple = fuzz_once_in(f, 6) ? (int64_t)fuzz_below(f, 5) : 0;
    o.lower = maybe(p, FUZZ_NUMBERS, 8), o.upper = maybe(p, FUZZ_NUMBERS, 8), o.fixed = maybe(p, FUZZ_NUMBERS, 8);
    o.take_all = maybe(p, FUZZ_FLAGS, 8), o.code = maybe(p, FUZZ_CODES, 4);
    o.sd = maybe(p, FUZZ_NUMBERS, 2), o.mean = maybe(p, FUZZ_NUMBERS, 2), o.cost = maybe(p, FUZZ_NUMBERS, 2);
    o.importance = maybe(p, FUZZ_NUMBERS, 4);
    return o;
}

static void allocations(plan *p)
{
    const sipas_allocate_opts o = allocate_opts(p);
    sipas_allocate_target target = SIPAS_ALLOCATE_TARGET_INIT;
    sipas_plan_compare_opts compare = SIPAS_PLAN_COMPARE_OPTS_INIT;
    sipas_table *table = NULL;
    sipas_status status = sipas_allocate(p->ctx, count(p), numbers(p), &o, &table, &p->err);

    fuzz_check_table(p->f, "allocate", status, &p->err, table);
    table = NULL;
    status = sipas_allocate_budget(p->ctx, fuzz_number(p->f) * 20.0, numbers(p), &o, &table, &p->err);
    fuzz_check_table(p->f, "allocate_budget", status, &p->err, table);
    target.of = fuzz_option(p->f, SIPAS_OF_TOTAL);
    target.se = fuzz_number(p->f) / 10.0;
    table = NULL;
    status = sipas_allocate_precision(p->ctx, numbers(p), &target, &o, &table, &p->err);
    fuzz_check_table(p->f, "allocate_precision", status, &p->err, table);
    table = NULL;
    status = sipas_plan_compare(p->ctx, count(p), numbers(p), &o, &compare, &table, &p->err);
    fuzz_check_table(p->f, "plan_compare", status, &p->err, table);
}

static void boundaries(plan *p)
{
    sipas_strata_opts o = SIPAS_STRATA_OPTS_INIT;
    sipas_table *table = NULL;
    sipas_status status;

    o.method = fuzz_option(p->f, 4);
    o.n = fuzz_once_in(p->f, 2) ? count(p) : 0;
    o.cv = fuzz_once_in(p->f, 2) ? fuzz_number(p->f) / 100.0 : 0.0;
    status = sipas_strata_cut(p->ctx, numbers(p), 1 + (int64_t)fuzz_below(p->f, 4), &o, &table, &p->err);
    fuzz_check_table(p->f, "strata_cut", status, &p->err, table);
}

static void components(plan *p)
{
    sipas_components_opts o = SIPAS_COMPONENTS_OPTS_INIT;
    sipas_column clusters[2] = {fuzz_column(p->f, p->n, FUZZ_CODES), fuzz_column(p->f, p->n, FUZZ_CODES)};
    sipas_table *table = NULL;
    sipas_status status;

    o.selection = fuzz_option(p->f, 2);
    o.single = fuzz_option(p->f, 2);
    o.size = maybe(p, FUZZ_NUMBERS, 3);
    status = sipas_components_frame(p->ctx, numbers(p), clusters, 1 + (int32_t)fuzz_below(p->f, 2), &o, &table,
                                    &p->err);
    fuzz_check_table(p->f, "components_frame", status, &p->err, table);
    table = NULL;
    status = sipas_components_sample(p->ctx, numbers(p), maybe(p, FUZZ_NUMBERS, 2), maybe(p, FUZZ_CODES, 2), clusters,
                                     1 + (int32_t)fuzz_below(p->f, 2), &table, &p->err);
    fuzz_check_table(p->f, "components_sample", status, &p->err, table);
}

void fuzz_one(fuzz *f)
{
    static void (*const calls[])(plan *) = {sizes, rankings, stages, allocations, boundaries, components};
    plan p = {f,
              fuzz_ctx(f),
              f->hostile && fuzz_once_in(f, 50) ? 0 : 1 + (int64_t)fuzz_below(f, fuzz_once_in(f, 4) ? 60 : 8),
              {0}};

    calls[fuzz_below(f, 6)](&p);
    sipas_ctx_free(p.ctx);
}

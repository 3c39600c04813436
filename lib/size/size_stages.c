/*
 * How many units at each stage, and what a multi-stage design is worth: the calls and their table.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "base/enums.h"
#include "data/schema.h"
#include "data/table.h"
#include "num/distributions.h"
#include "num/fpc.h"
#include "size/size.h"
#include "size/stages_plan.h"

static const char formula[] = "CV² = Σ v_i/x_i (1 - n_i/N_i), cost = fixed + Σ c_i x_i, x_i = n_1 … n_i";

/* Columns that both tables have: the exact numbers, and what the design `n` comes to, stage by stage. */
static void write_stages(sipas_table *table, const sipas__stages_plan *plan, const double *exact, const double *n)
{
    const sipas_schema *schema = &sipas__schema_stages;
    const int32_t stage = sipas__table_add_field(table, schema, "stage");
    const int32_t name = sipas__table_add_field(table, schema, "name");
    const int32_t n_exact = sipas__table_add_field(table, schema, "n_exact");
    const int32_t total_exact = sipas__table_add_field(table, schema, "total_exact");
    const int32_t cost = sipas__table_add_field(table, schema, "cost");
    const int32_t relvariance = sipas__table_add_field(table, schema, "relvariance");
    const int32_t share = sipas__table_add_field(table, schema, "share");
    const double cv2 = sipas__stages_cv2(&plan->own, n);
    double x_exact = 1.0, x = 1.0;

    for (int32_t i = 0; i < plan->n_stages && i < SIPAS__SIZE_STAGES; i++) {
        const double part = plan->own.v[i] / x * sipas__fpc_gap(n[i], plan->own.population[i]);

        x_exact *= exact[i];
        x *= n[i];
        sipas__table_set_i64(table, stage, i, i + 1);
        sipas__table_set_code(table, name, i, sipas__stage_name(plan, i));
        sipas__table_set_f64(table, n_exact, i, exact[i]);
        sipas__table_set_f64(table, total_exact, i, x_exact);
        sipas__table_set_f64(table, cost, i, plan->own.c[i] * x);
        sipas__table_set_f64(table, relvariance, i, part);
        sipas__table_set_f64(table, share, i, cv2 > 0.0 ? part / cv2 : (double)NAN);
    }
}

/* Households to visit for n persons in one unit of the stage above the last. */
static void write_households(sipas_table *table, int32_t column, const sipas__stages_plan *plan, double n)
{
    const int32_t last = plan->n_stages - 1;
    const double asked = fmin(n / plan->opts.response, floor(plan->own.population[last]));

    for (int32_t i = 0; i < last; i++) sipas__table_set_missing(table, column, i);
    sipas__table_set_i64(table, column, last,
                         (int64_t)sipas__size_whole(asked / plan->opts.per_household, SIPAS_SIZE_ROUND_UP, 1));
}

/* Whole numbers of the field design. */
static void write_field(sipas_table *table, const sipas__stages_plan *plan, const double *n)
{
    const sipas_schema *schema = &sipas__schema_stages;
    const int32_t at = sipas__table_add_field(table, schema, "n"),
                  total = sipas__table_add_field(table, schema, "total");
    const int32_t issued = sipas__table_add_field(table, schema, "issued");
    const int32_t households = plan->opts.per_household > 0.0 ? sipas__table_add_field(table, schema, "households")
                                                              : -1;
    double x = 1.0;

    for (int32_t i = 0; i < plan->n_stages; i++) {
        const double asked = i == plan->n_stages - 1
                                 ? sipas__size_whole(n[i] / plan->opts.response, SIPAS_SIZE_ROUND_UP, 1)
                                 : n[i];

        x *= n[i];
        sipas__table_set_i64(table, at, i, (int64_t)n[i]);
        sipas__table_set_i64(table, total, i, (int64_t)x);
        sipas__table_set_i64(table, issued, i, (int64_t)fmin(asked, floor(plan->own.population[i])));
    }
    if (households >= 0) write_households(table, households, plan, n[plan->n_stages - 1]);
}

static void write_meta(sipas_table *table, const sipas__stages_plan *plan, const double *n)
{
    const double cv2 = sipas__stages_cv2(&plan->own, n), df = plan->opts.df > 0.0 ? plan->opts.df : INFINITY;
    const double z = -sipas__t_quantile((1.0 - plan->opts.level) / 2.0, df);
    double x = 1.0;

    for (int i = 0; i < SIPAS__SIZE_STAGES; i++) x *= n[i];
    sipas__table_meta(table, "components", "%s", sipas__enum_word(SIPAS__ENUM_COMPONENTS, plan->opts.components));
    sipas__table_meta(table, "cv", "%.17g", sqrt(cv2));
    sipas__table_meta(table, "cost", "%.17g", sipas__stages_cost(&plan->own, n));
    sipas__table_meta(table, "relative_margin", "%.17g", z * sqrt(cv2));
    if (isfinite(df)) sipas__table_meta(table, "df", "%.17g", df);
    if (isinf(df) && n[0] < SIPAS__FEW_PSUS)
        sipas__table_note(table, "few_psus", NULL, -1,
                          "%g PSUs are few: the relative margin takes them for many; give df, PSUs less strata", n[0]);
    if (plan->own.relvariance > 0.0) sipas__table_meta(table, "deff", "%.17g", cv2 * x / plan->own.relvariance);
}

/* ---- the calls ---- */

/* What keeps every design from serving. */
static sipas_status infeasible(const sipas__stages_plan *plan, sipas_error *err)
{
    const sipas__stages *own = &plan->own;

    if (isfinite(own->budget))
        return sipas__error_set(err, SIPAS_ERR_INFEASIBLE, SIPAS__NOWHERE, SIPAS__NOWHERE, "budget",
                                "the budget %g does not pay for the fewest units, which cost %g", plan->opts.budget,
                                sipas__stages_cost(own, own->low));
    return sipas__error_set(err, SIPAS_ERR_INFEASIBLE, SIPAS__NOWHERE, SIPAS__NOWHERE, "cv",
                            "a cv of %g is not reached with the most units, which have %g", plan->opts.cv,
                            sqrt(sipas__stages_cv2(own, own->high)));
}

static sipas_status find_design(const sipas_ctx *ctx, const sipas__stages_plan *plan, double *exact, double *n,
                                int64_t *tried, sipas_error *err)
{
    double x = 1.0, visits = 1.0;
    sipas_status status;

    if (!sipas__stages_exact(&plan->own, exact)) return infeasible(plan, err);
    status = sipas__stages_field(ctx, &plan->own, exact, n, tried, err);
    if (status != SIPAS_OK) return status;
    for (int i = 0; i < SIPAS__SIZE_STAGES; i++) x *= n[i];
    if (plan->opts.per_household > 0.0) visits = fmax(1.0 / plan->opts.per_household, 1.0);
    if (x / plan->opts.response * visits <= SIPAS__LARGEST_SIZE) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE, "stages", "%g units are beyond 2^53",
                            x);
}

sipas_status sipas_size_stages(sipas_ctx *ctx, const sipas_size_stage *stages, int32_t n_stages,
                               const sipas_size_stages_opts *opts, sipas_table **out, sipas_error *err)
{
    sipas__stages_plan plan;
    double exact[SIPAS__SIZE_STAGES], n[SIPAS__SIZE_STAGES];
    int64_t tried = 0;
    sipas_table *table;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!stages) return sipas__error_argument(err, "stages", "is NULL");
    if (!opts) return sipas__error_argument(err, "opts", "is NULL; a budget or a cv is needed");
    if (n_stages < 2 || n_stages > SIPAS__SIZE_STAGES) return sipas__error_argument(err, "n_stages", "is not 2 or 3");
    status = sipas__stages_read(&plan, stages, n_stages, opts, 1, err);
    if (status == SIPAS_OK) status = find_design(ctx, &plan, exact, n, &tried, err);
    if (status != SIPAS_OK) return status;
    table = sipas__table_new(ctx, n_stages);
    write_stages(table, &plan, exact, n);
    write_field(table, &plan, n);
    sipas__table_meta(table, "method", "size_stages/2");
    sipas__table_meta(table, "formula", "%s", formula);
    sipas__table_meta(table, plan.opts.budget > 0.0 ? "budget" : "cv_wanted", "%.17g",
                      plan.opts.budget > 0.0 ? plan.opts.budget : plan.opts.cv);
    sipas__table_meta(table, "cv_exact", "%.17g", sqrt(sipas__stages_cv2(&plan.own, exact)));
    sipas__table_meta(table, "cost_exact", "%.17g", sipas__stages_cost(&plan.own, exact));
    write_meta(table, &plan, n);
    sipas__table_meta(table, "designs", "%lld", (long long)tried);
    return sipas__table_finish(table, out, err);
}

sipas_status sipas_precision_stages(sipas_ctx *ctx, const sipas_size_stage *stages, int32_t n_stages,
                                    const sipas_size_stages_opts *opts, sipas_table **out, sipas_error *err)
{
    sipas__stages_plan plan;
    double n[SIPAS__SIZE_STAGES];
    sipas_table *table;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!stages) return sipas__error_argument(err, "stages", "is NULL");
    if (n_stages < 2 || n_stages > SIPAS__SIZE_STAGES) return sipas__error_argument(err, "n_stages", "is not 2 or 3");
    status = sipas__stages_read(&plan, stages, n_stages, opts, 0, err);
    if (status != SIPAS_OK) return status;
    for (int32_t i = 0; i < SIPAS__SIZE_STAGES; i++) n[i] = i < n_stages ? plan.given[i].n : 1.0;
    table = sipas__table_new(ctx, n_stages);
    write_stages(table, &plan, n, n);
    sipas__table_meta(table, "method", "precision_stages/2");
    sipas__table_meta(table, "formula", "%s", formula);
    write_meta(table, &plan, n);
    return sipas__table_finish(table, out, err);
}

/*
 * Allocation within a budget: the least Σ (N S)² / n with Σ c n ≤ budget.
 *
 * O(units) a split, some ten splits; see alloc_goal.c, alloc_core.c.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/goal.h"

#include <math.h>
#include <string.h>

#include "base/context.h"

/* The total that the budget pays for where no bound stops a unit: C Σ w / Σ c w. */
static double first_guess(const sipas__allocation *a, double budget)
{
    double cost = 0.0;

    for (int64_t i = 0; i < a->n_units; i++) cost += a->cost[i] * a->seats.weight[i];
    return budget * a->sum_weight / (cost * (double)a->block);
}

sipas_status sipas_allocate_budget(sipas_ctx *ctx, double budget, const sipas_column *size,
                                   const sipas_allocate_opts *opts, sipas_table **out, sipas_error *err)
{
    sipas__allocation a;
    sipas__goal goal = {.limit = budget};
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    memset(&a, 0, sizeof a);
    a.goal = SIPAS__GOAL_BUDGET;
    a.default_method = SIPAS_ALLOCATE_COST;
    a.also_reads = SIPAS__READS_COST;
    if (!(budget >= 0.0 && isfinite(budget)))
        return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE, "budget",
                                "budget is %g; it must be a finite number, at least 0", budget);
    status = sipas__progress(ctx, "allocate", 0, 3, err);
    if (status == SIPAS_OK) status = sipas__goal_read(&a, &goal, ctx, size, opts, err);
    if (status == SIPAS_OK) status = sipas__goal_search(&a, &goal, first_guess(&a, budget), err);
    if (status == SIPAS_OK) status = sipas__goal_continuous(&a, &goal, err);
    if (status == SIPAS_OK && goal.optimal) status = sipas__goal_improve(&a, &goal, err);
    if (status == SIPAS_OK && goal.optimal) status = sipas__goal_certify(&a, &goal, err);
    if (status == SIPAS_OK) status = sipas__goal_finish(&a, &goal, out, err);
    sipas__allocate_clear(&a);
    return status;
}

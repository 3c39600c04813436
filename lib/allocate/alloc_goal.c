/*
 * What budgets and precision targets have in common: the search along the path of totals, the continuous
 * optimum under the same limit, and the table.
 *
 * Along the path the cost is nearly linear in the total, and so is 1 / variance: a secant between a total
 * that is too small and one that is not meets the limit after a few splits; every third guess is the middle.
 *
 * O(units) a split, some ten splits.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/goal.h"

#include <math.h>

#include "base/context.h"
#include "data/measure.h"
#include "num/fpc.h"
#include "num/roots.h"

enum { TILE = 256, ROOT_ROUNDS = 400, WIDENINGS = 13 };

/* ---- reading ---- */

/* No sample of a unit with a spread that may have none gives a finite variance. */
static sipas_status check_room(const sipas__allocation *a, sipas__goal *goal, sipas_error *err)
{
    int64_t most = 0;

    for (int64_t i = 0; i < a->n_units; i++) {
        if (a->sd[i] > 0.0 && a->size[i] > 0.0 && a->bounds.upper[i] == 0)
            return sipas__unit_error(err, SIPAS_ERR_INFEASIBLE, a->opts.code, i,
                                     "it has a spread but may have no sample: no allocation has a finite variance");
        most = sipas__allocate_add(most, a->seats.weight[i] > 0.0 ? a->bounds.upper[i] : a->bounds.lower[i]);
    }
    goal->most = most < SIPAS__TOTAL_MAX / a->block ? most : SIPAS__TOTAL_MAX / a->block;
    if (a->bounds.sum_lower > goal->most)
        return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE, "lower",
                                "the lower bounds sum to more than 10^12");
    return SIPAS_OK;
}

sipas_status sipas__goal_read(sipas__allocation *a, sipas__goal *goal, sipas_ctx *ctx, const sipas_column *size,
                              const sipas_allocate_opts *opts, sipas_error *err)
{
    sipas_status status = sipas__allocate_read(a, ctx, 0, size, opts, err);

    if (status < 0) return status;
    if (a->opts.method == SIPAS_ALLOCATE_CLASS_TABLE)
        return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "method",
                                "option method: the class table fixes every number, so there is no total to be found");
    if (!(a->sum_weight > 0.0))
        return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE, "sd",
                                "the weight of every unit is 0: there is nothing to split by");
    goal->optimal = a->opts.method == SIPAS_ALLOCATE_COST ||
                    (a->goal == SIPAS__GOAL_PRECISION && a->opts.method == SIPAS_ALLOCATE_NEYMAN);
    return check_room(a, goal, err);
}

/* ---- the two sums ---- */

/* A precision counts the finite population; under a budget it is the same for all numbers, and left out. */
static int is_finite(const sipas__allocation *a)
{
    return a->goal == SIPAS__GOAL_PRECISION && !a->opts.size_is_measure;
}

/* Variance of a unit that has n. */
static double variance_of(const sipas__allocation *a, int64_t unit, double n)
{
    const double sd = a->sd[unit], spread = a->size[unit] * sd;

    if (is_finite(a)) return sipas__fpc_total(n, a->size[unit], sd * sd);
    return spread > 0.0 ? spread / n * spread : 0.0;
}

double sipas__goal_variance_step(const sipas__allocation *a, int64_t unit, int64_t from, int64_t to)
{
    const double spread = a->size[unit] * a->sd[unit], block = (double)a->block;

    if (!(spread > 0.0)) return 0.0;
    return spread / ((double)from * block) * (spread / (double)to) * (double)(from - to);
}

double sipas__goal_cost_step(const sipas__allocation *a, int64_t unit, int64_t from, int64_t to)
{
    const double more = (double)(to - from) * (double)a->block;

    return a->cost ? a->cost[unit] * more : more;
}

void sipas__goal_sum(const sipas__allocation *a, sipas__goal *goal)
{
    sipas__sum cost = {0.0, 0.0}, variance = cost;

    for (int64_t i = 0; i < a->n_units; i++) {
        sipas__sum_add(&cost, sipas__goal_cost_step(a, i, 0, a->n[i]));
        sipas__sum_add(&variance, variance_of(a, i, (double)a->n[i] * (double)a->block));
    }
    goal->cost = sipas__sum_value(&cost);
    goal->variance = sipas__sum_value(&variance);
}

sipas_status sipas__goal_split(sipas__allocation *a, sipas__goal *goal, int64_t total, sipas_error *err)
{
    sipas_status status;

    a->total = total;
    status = sipas__allocate_split(a, err);
    if (status == SIPAS_OK) sipas__goal_sum(a, goal);
    return status;
}

/* ---- the search ---- */

/* A total with the sum that has the limit, as a number that is nearly linear in the total. */
typedef struct point {
    int64_t total;
    double at;
} point;

/* Tries a total. *less = it is on the side of the smaller totals: within the budget, or short of the precision. */
static sipas_status try_total(sipas__allocation *a, sipas__goal *goal, int64_t total, point *made, int *less,
                              sipas_error *err)
{
    const double limit = goal->limit * (1.0 + SIPAS__GOAL_SLACK);
    sipas_status status = sipas__goal_split(a, goal, total, err);
    const int budget = a->goal == SIPAS__GOAL_BUDGET;

    made->total = total;
    made->at = budget ? goal->cost : 1.0 / (goal->variance + goal->correction);
    *less = budget ? goal->cost <= limit : goal->variance > limit;
    return status;
}

static int64_t clip(double guess, int64_t low, int64_t high)
{
    if (!(guess > (double)low)) return low;
    return guess < (double)high ? (int64_t)guess : high;
}

/* The limit cannot be kept at all. */
static sipas_status out_of_reach(const sipas__allocation *a, const sipas__goal *goal, sipas_error *err)
{
    if (a->goal == SIPAS__GOAL_BUDGET)
        return sipas__error_set(err, SIPAS_ERR_INFEASIBLE, SIPAS__NOWHERE, SIPAS__NOWHERE, "budget",
                                "the budget %.17g is too small: the lower bounds, and one for each unit with a spread, "
                                "cost %.17g",
                                goal->limit, goal->cost);
    return sipas__error_set(
        err, SIPAS_ERR_INFEASIBLE, SIPAS__NOWHERE, SIPAS__NOWHERE, "target",
        "the target cannot be met: with every unit at its upper bound the sum of (size sd)^2 / n is "
        "%.17g, above %.17g",
        goal->variance + goal->correction, goal->limit + goal->correction);
}

sipas_status sipas__goal_search(sipas__allocation *a, sipas__goal *goal, double guess, sipas_error *err)
{
    const double target = a->goal == SIPAS__GOAL_BUDGET ? goal->limit : 1.0 / (goal->limit + goal->correction);
    point low, high = {0, 0.0}, now;
    int less, open = 1, budget = a->goal == SIPAS__GOAL_BUDGET;
    sipas_status status = try_total(a, goal, a->bounds.sum_lower, &low, &less, err);

    if (status < 0 || !less) return status < 0 || !budget ? status : out_of_reach(a, goal, err);
    for (int32_t step = 1; status == SIPAS_OK && (open ? low.total < goal->most : high.total - low.total > 1); step++) {
        double next = guess;

        if (!open)
            next = (double)low.total + (double)(high.total - low.total) * (target - low.at) / (high.at - low.at);
        else if (guess <= (double)low.total)
            next = 2.0 * (double)low.total + 1.0;
        if (!open && step % 3 == 0) next = 0.5 * ((double)low.total + (double)high.total);
        status = try_total(a, goal, clip(next, low.total + 1, open ? goal->most : high.total - 1), &now, &less, err);
        if (less)
            low = now;
        else
            high = now, open = 0;
    }
    if (status < 0) return status;
    if (open && !budget) return out_of_reach(a, goal, err);
    if (a->total == (budget ? low.total : high.total)) return SIPAS_OK;
    return sipas__goal_split(a, goal, budget ? low.total : high.total, err);
}

/* ---- the continuous optimum ---- */

typedef struct limited {
    const sipas__allocation *a;
    const sipas__goal *goal;
} limited;

/* What x = clamp(s w) misses of the limit, for log s. */
static double missing_at(double log_s, void *state)
{
    const sipas__allocation *a = ((limited *)state)->a;
    const sipas__goal *goal = ((limited *)state)->goal;
    const double s = exp(log_s), block = (double)a->block;
    sipas__sum sum = {0.0, 0.0};

    for (int64_t tile = 0; tile < a->n_units; tile += TILE) {
        const int64_t end = a->n_units - tile < TILE ? a->n_units : tile + TILE;
        double part = 0.0;

        for (int64_t i = tile; i < end; i++) {
            const double x = s * a->seats.weight[i],
                         n = block * fmax(fmin(x, (double)a->bounds.upper[i]), (double)a->bounds.lower[i]);

            part += a->goal == SIPAS__GOAL_BUDGET ? a->cost[i] * n : variance_of(a, i, n);
        }
        sipas__sum_add(&sum, part);
    }
    return sipas__sum_value(&sum) / goal->limit - 1.0;
}

sipas_status sipas__goal_continuous(sipas__allocation *a, const sipas__goal *goal, sipas_error *err)
{
    const sipas__root_tolerance tolerance = {1e-16, 1e-16, ROOT_ROUNDS};
    const double rising = a->goal == SIPAS__GOAL_BUDGET ? 1.0 : -1.0;
    limited state = {a, goal};
    sipas__bracket at;
    double root = log(a->multiplier > 0.0 ? a->multiplier : 1.0);
    sipas_status status = SIPAS_OK;

    for (int side = 0; side < 2; side++) {
        const double way = side == 0 ? -1.0 : 1.0;

        at.x[side] = root + 0.01 * way;
        at.f[side] = missing_at(at.x[side], &state);
        for (int32_t step = 0; at.f[side] * rising * way < 0.0 && step < WIDENINGS; step++) {
            at.x[side] = root + ldexp(0.1, step) * way;
            at.f[side] = missing_at(at.x[side], &state);
        }
    }
    if (at.f[0] * at.f[1] <= 0.0) /* else the bounds stop every unit before the limit does */
        status = sipas__root_brent(missing_at, &state, &at, &tolerance, &root, err);
    else
        root = rising * at.f[1] < 0.0 ? at.x[1] : at.x[0];
    if (status < 0) return status;
    a->multiplier = exp(root);
    for (int64_t i = 0; i < a->n_units; i++)
        a->continuous[i] = fmax(fmin(a->multiplier * a->seats.weight[i], (double)a->bounds.upper[i]),
                                (double)a->bounds.lower[i]);
    return SIPAS_OK;
}

/* ---- the table ---- */

/* What is made least, at the continuous optimum, in people. */
static double made_by_parts(const sipas__allocation *a)
{
    const int by_cost = a->goal == SIPAS__GOAL_BUDGET;
    sipas__sum sum = {0.0, 0.0};

    for (int64_t i = 0; i < a->n_units; i++) {
        const double x = a->continuous[i], spread = a->size[i] * a->sd[i];

        if (!by_cost)
            sipas__sum_add(&sum, a->cost ? a->cost[i] * x : x);
        else if (spread > 0.0)
            sipas__sum_add(&sum, spread / x * spread);
    }
    return sipas__sum_value(&sum);
}

sipas_status sipas__goal_finish(sipas__allocation *a, const sipas__goal *goal, sipas_table **out, sipas_error *err)
{
    const double made = a->goal == SIPAS__GOAL_BUDGET ? goal->variance : goal->cost;
    const double gap = made > goal->bound ? made - goal->bound : 0.0;
    sipas_table *table = a->table;

    sipas__allocate_write(a);
    if (goal->optimal) { /* in the place of those for a fixed total */
        a->objective = made;
        a->objective_continuous = made_by_parts(a);
        a->exchange = goal->exchange;
    }
    sipas__allocate_meta(a);
    sipas__table_meta(table, "limit", "%.17g", goal->limit + goal->correction);
    sipas__table_meta(table, "cost", "%.17g", goal->cost);
    sipas__table_meta(table, "variance", "%.17g", goal->variance + goal->correction);
    if (goal->optimal) {
        sipas__table_meta(table, "bound", "%.17g", made - gap);
        sipas__table_meta(table, "gap", "%.17g", gap <= 1e-12 * made ? 0.0 : gap);
    }
    return sipas__table_finish(sipas_table_ref(table), out, err);
}

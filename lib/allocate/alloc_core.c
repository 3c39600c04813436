/*
 * From the whole numbers on the path to the optimum under a budget, or at least cost: a separable convex
 * knapsack problem, min Σ u(k) with Σ v(k) ≤ limit.
 *
 * With the multiplier μ of the limit, the path's whole numbers k° make Σ u + μ Σ v least, so that
 * Σ u(k°) - μ slack is below every solution, and every other k of a unit has a penalty
 * p(k) = u(k) - u(k°) + μ (v(k) - v(k°)) ≥ 0. Only changes whose penalties sum to less than what is still to
 * gain can better the best solution found. Units are taken by their least penalty, and of all combinations
 * of changes those that no other beats in both sums are kept (Nemhauser and Ullmann 1969, Manage. Sci. 15:494;
 * the core of Balas and Zemel 1980, Oper. Res. 28:1130). When no unit is left whose penalty is small enough, the
 * best is the optimum; when room runs out before, what was left out tells how far it may be.
 *
 * O(units) and the combinations kept: at most STATES for each of the units looked at.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/goal.h"

#include <math.h>

#include "base/context.h"
#include "num/order.h"

enum { NODES = 1 << 20, CHANGES = 32 };
static const int64_t STATES = 2048;

/* One change, and the combination it was added to. */
typedef struct node {
    int32_t parent, unit;
    int64_t k;
} node;

/* A combination: slack left, growth of Σ u, its last change. */
typedef struct combination {
    double slack, growth;
    int32_t last;
} combination;

/* Sorted by falling slack, and so by falling growth. */
typedef struct front {
    combination *at;
    int64_t n;
} front;

typedef struct core {
    sipas__allocation *a;
    int by_cost; /* 1 = the cost has the limit, and the variance is made least; 0 = the other way round */
    double multiplier, slack, tolerance;
    double best; /* the least growth of Σ u so far, ≤ 0 */
    int32_t best_node;
    double cut; /* the least penalty of what was left out */
    node *nodes;
    int64_t n_nodes, room; /* nodes there is memory for */
    int out_of_memory;
    front base, now, spare;
} core;

/* u(k) - u(k°) and v(k) - v(k°). */
static double u_step(const core *c, int64_t unit, int64_t k)
{
    const int64_t had = c->a->n[unit];

    return c->by_cost ? sipas__goal_variance_step(c->a, unit, had, k) : sipas__goal_cost_step(c->a, unit, had, k);
}

static double v_step(const core *c, int64_t unit, int64_t k)
{
    const int64_t had = c->a->n[unit];

    return c->by_cost ? sipas__goal_cost_step(c->a, unit, had, k) : sipas__goal_variance_step(c->a, unit, had, k);
}

/* What a combination must stay below to better the best. */
static double window(const core *c)
{
    return c->multiplier * c->slack + c->best;
}

/* Penalty of k in the place of k°; infinite outside the bounds. */
static double penalty_of(const core *c, int64_t unit, int64_t k)
{
    const sipas__allocation *a = c->a;
    double p;

    if (k < a->bounds.lower[unit] || k > a->bounds.upper[unit] || (k == 0 && a->seats.weight[unit] > 0.0))
        return INFINITY;
    p = u_step(c, unit, k) + c->multiplier * v_step(c, unit, k);
    return p > 0.0 ? p : 0.0;
}

/* Fall of the variance for a unit of cost, by the last block a unit has (step 0) or the next (step 1). */
static double worth(const sipas__allocation *a, int64_t unit, int step)
{
    const int64_t k = a->n[unit] + step;

    return -sipas__goal_variance_step(a, unit, k - 1, k) / sipas__goal_cost_step(a, unit, k - 1, k);
}

/* The multiplier of the limit: worth of the next block under a budget, of the last one for a target. 0 = every unit is
 * full, or has no more than it must. */
static double find_multiplier(const core *c)
{
    const sipas__allocation *a = c->a;
    double best = c->by_cost ? 0.0 : INFINITY;

    for (int64_t i = 0; i < a->n_units; i++) {
        if (a->seats.weight[i] == 0.0) continue;
        if (c->by_cost && a->n[i] < a->bounds.upper[i]) best = fmax(best, worth(a, i, 1));
        if (!c->by_cost && a->n[i] > a->bounds.lower[i]) best = fmin(best, worth(a, i, 0));
    }
    return c->by_cost ? best : 1.0 / best;
}

static int tie_by_code(const void *things, int64_t left, int64_t right)
{
    const sipas__allocation *a = things;
    const int64_t one = sipas__seat_rank(&a->seats, left), two = sipas__seat_rank(&a->seats, right);

    return (one > two) - (one < two);
}

/* Units whose least penalty lies within the window, by that penalty. */
static int64_t list_units(const core *c, sipas__item *items)
{
    const double limit = window(c);
    int64_t n = 0;

    for (int64_t i = 0; i < c->a->n_units; i++) {
        const double p = fmin(penalty_of(c, i, c->a->n[i] + 1), penalty_of(c, i, c->a->n[i] - 1));

        if (c->a->seats.weight[i] > 0.0 && p < limit) items[n++] = (sipas__item){sipas__order_f64(p), i};
    }
    return n;
}

/* A combination that is kept: it may be the best. */
static void keep(core *c, combination made)
{
    c->now.at[c->now.n++] = made;
    if (made.slack >= -c->tolerance && made.growth < c->best) c->best = made.growth, c->best_node = made.last;
}

/* The combinations so far, and those of the base with one change more, in order; what another beats is left out. */
static void merge_change(core *c, int64_t unit, int64_t k)
{
    const double dv = v_step(c, unit, k), du = u_step(c, unit, k);
    const front old = c->now;
    double least = INFINITY;
    int64_t i = 0, j = 0;

    c->now = c->spare;
    c->spare = old;
    c->now.n = 0;
    while (i < old.n || j < c->base.n) {
        combination next = {-INFINITY, INFINITY, 0};
        int changed = 0;

        if (j < c->base.n) {
            next = (combination){c->base.at[j].slack - dv, c->base.at[j].growth + du, c->base.at[j].last};
            changed = i == old.n || next.slack > old.at[i].slack ||
                      (next.slack == old.at[i].slack && next.growth < old.at[i].growth);
        }
        if (changed)
            j++;
        else
            next = old.at[i++];
        if (!(next.growth < least)) continue;
        if (changed) {
            if (next.growth + c->multiplier * (c->slack - next.slack) >= window(c)) continue;
            c->nodes[c->n_nodes] = (node){next.last, (int32_t)unit, k};
            next.last = (int32_t)c->n_nodes++;
        }
        least = next.growth;
        keep(c, next);
    }
}

/* Leaves the combinations of least penalty, when there are too many. */
static void thin(core *c, sipas__item *items, sipas__item *scratch)
{
    int64_t kept = 0;
    uint64_t limit;

    if (c->now.n <= STATES) return;
    for (int64_t i = 0; i < c->now.n; i++) {
        const double p = c->now.at[i].growth + c->multiplier * (c->slack - c->now.at[i].slack);

        items[i] = (sipas__item){sipas__order_f64(p), i};
    }
    sipas__order_sort(items, scratch, c->now.n, NULL, NULL);
    limit = items[STATES].key;
    c->cut = fmin(c->cut, c->now.at[items[STATES].index].growth +
                              c->multiplier * (c->slack - c->now.at[items[STATES].index].slack));
    for (int64_t i = 0; i < c->now.n; i++) {
        const double p = c->now.at[i].growth + c->multiplier * (c->slack - c->now.at[i].slack);

        if (sipas__order_f64(p) < limit) c->now.at[kept++] = c->now.at[i];
    }
    c->now.n = kept;
}

/* Room for one node more for each combination. */
static int make_nodes(core *c)
{
    void *nodes = c->nodes;
    const int64_t need = c->n_nodes + c->base.n;

    if (need > NODES) return 0;
    c->out_of_memory = !sipas__grow(c->a->ctx, &nodes, &c->room, need, sizeof *c->nodes);
    c->nodes = nodes;
    return !c->out_of_memory;
}

/* Adds the changes of a unit. False when there is no room left. */
static int add_unit(core *c, int64_t unit, sipas__item *items)
{
    const int64_t had = c->a->n[unit];
    int done = 1;

    for (int64_t i = 0; i < c->now.n; i++) c->base.at[i] = c->now.at[i];
    c->base.n = c->now.n;
    for (int64_t way = -1; way <= 1 && done; way += 2)
        for (int64_t step = 1; done; step++) {
            const double p = penalty_of(c, unit, had + way * step);

            if (!(p < window(c))) break;
            if (step > CHANGES / 2) {
                c->cut = fmin(c->cut, p);
                break;
            }
            done = make_nodes(c);
            if (done) merge_change(c, unit, had + way * step);
            if (done) thin(c, items, items + 2 * STATES);
        }
    return done;
}

static void search(core *c, const sipas__item *units, int64_t n_units, sipas__item *items)
{
    c->now.at[0] = (combination){c->slack, 0.0, -1};
    c->now.n = 1;
    for (int64_t i = 0; i < n_units; i++) {
        const int64_t unit = units[i].index;
        const double p = fmin(penalty_of(c, unit, c->a->n[unit] + 1), penalty_of(c, unit, c->a->n[unit] - 1));

        if (p >= window(c)) return;
        if (!add_unit(c, unit, items)) {
            c->cut = fmin(c->cut, p);
            return;
        }
    }
}

/* Memory for the search. */
static sipas_status make_room(core *c, sipas__item **items, sipas_error *err)
{
    const sipas_ctx *ctx = c->a->ctx;

    *items = sipas__alloc(ctx, 4 * STATES, sizeof **items);
    c->base.at = sipas__alloc(ctx, 2 * STATES, sizeof *c->base.at);
    c->now.at = sipas__alloc(ctx, 2 * STATES, sizeof *c->now.at);
    c->spare.at = sipas__alloc(ctx, 2 * STATES, sizeof *c->spare.at);
    return *items && c->base.at && c->now.at && c->spare.at ? SIPAS_OK : sipas__error_memory(err);
}

/* The search, and the best of it written into the allocation. */
static sipas_status run(core *c, sipas_error *err)
{
    const sipas_ctx *ctx = c->a->ctx;
    sipas__item *units = sipas__alloc(ctx, 2 * c->a->n_units, sizeof *units), *items = NULL;
    sipas_status status = units ? make_room(c, &items, err) : sipas__error_memory(err);

    if (status == SIPAS_OK) {
        const int64_t n_units = list_units(c, units);

        sipas__order_sort(units, units + c->a->n_units, n_units, tie_by_code, c->a);
        search(c, units, n_units, items);
        if (c->out_of_memory) status = sipas__error_memory(err);
        for (int32_t at = status == SIPAS_OK && c->best < 0.0 ? c->best_node : -1; at >= 0; at = c->nodes[at].parent) {
            c->a->total += c->nodes[at].k - c->a->n[c->nodes[at].unit];
            c->a->n[c->nodes[at].unit] = c->nodes[at].k;
        }
    }
    sipas__free(ctx, units);
    sipas__free(ctx, items);
    sipas__free(ctx, c->nodes);
    sipas__free(ctx, c->base.at);
    sipas__free(ctx, c->now.at);
    sipas__free(ctx, c->spare.at);
    return status;
}

sipas_status sipas__goal_improve(sipas__allocation *a, sipas__goal *goal, sipas_error *err)
{
    core c = {.a = a, .by_cost = a->goal == SIPAS__GOAL_BUDGET, .best_node = -1, .cut = INFINITY};
    const double made = c.by_cost ? goal->variance : goal->cost;
    sipas_status status = SIPAS_OK;

    c.multiplier = find_multiplier(&c);
    c.slack = fmax(goal->limit - (c.by_cost ? goal->cost : goal->variance), 0.0);
    c.tolerance = SIPAS__GOAL_SLACK * goal->limit;
    if (c.multiplier > 0.0 && c.slack > 0.0) status = run(&c, err);
    goal->bound = made + fmin(c.best, c.cut - c.multiplier * c.slack);
    if (status == SIPAS_OK) sipas__goal_sum(a, goal);
    return status;
}

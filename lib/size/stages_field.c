/*
 * The optimum multi-stage design over whole numbers.
 *
 * Given n_2 and n_3 a PSU costs p = c_1 + c_2 n_2 + c_3 n_2 n_3 and adds 1/q to 1/CV², q = a_1 + a_2/n_2 + a_3/(n_2 n_3), so that the best
 * n_1 is known: the most the budget pays for, or the fewest that reach the CV. What is searched is (n_2, n_3). With n_1 a real
 * number the value is p q / budget (or p q / room), which is quasi-convex in n_2 and in n_3: posynomial, so convex in their
 * logarithms, where a_1, a_2 ≥ 0, and decreasing in n_2 where a_1 < 0. So it is a lower bound from which a search that goes
 * outward from the continuous optimum knows when to turn: once the bound has passed the best design found and does not fall. Where
 * a_2 < 0 no such form is known; there n_2 is searched downward to its bound, and upward until p a_1 alone passes the
 * best.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "base/context.h"
#include "base/error.h"
#include "num/fpc.h"
#include "size/stages.h"

/* Most steps of a search: designs that people can carry out take some thousands. */
enum { K = SIPAS__SIZE_STAGES, MOST_STEPS = 1 << 22 };

typedef struct field_search {
    const sipas_ctx *ctx;
    const sipas__stages *own;
    int by_budget;
    double best, best_other; /* value of the best design, and what decides between equals: cost or CV² */
    double n[K];
    int64_t tried, steps;
} field_search;

/* A number within 1e-9 of a whole one is that one. */
static double round_down(double value, double step)
{
    return floor(value / step * (1.0 + 1e-12) + 1e-12) * step;
}

static double round_up(double value, double step)
{
    return ceil(value / step * (1.0 - 1e-12) - 1e-12) * step;
}

static double psu_cost(const sipas__stages *own, double n2, double n3)
{
    return own->c[0] + own->c[1] * n2 + own->c[2] * n2 * n3;
}

static double psu_variance(const sipas__stages *own, double n2, double n3)
{
    return own->a[0] + own->a[1] / n2 + own->a[2] / (n2 * n3);
}

/* What the stages below the first may add to q = n_1 (CV² + b) with the most PSUs, a_1 taken off: n_1 CV² - v_1 (1 - n_1/N_1) +
 * v_2/N_2. */
static double most_room(const sipas__stages *own)
{
    const double n = own->high[0], population = own->population[0];

    return n * own->cv2 - own->v[0] * n * sipas__fpc_gap(n, population) + own->v[1] / own->population[1];
}

/* What no design with these n_2 and n_3, whatever its n_1, can be better than. */
static double bound(const field_search *search, double n2, double n3)
{
    const sipas__stages *own = search->own;
    const double p = psu_cost(own, n2, n3), q = psu_variance(own, n2, n3);

    return search->by_budget ? fmax(p * q / own->budget, q / own->high[0]) : fmax(p * q / own->room, p * own->low[0]);
}

/* n_3 where p q is least within [low, high]. */
static double best_n3(const sipas__stages *own, double n2, double low, double high)
{
    const double r = own->a[0] + own->a[1] / n2, s = own->a[2] / n2;
    const double best = r > 0.0 && own->c[2] > 0.0 ? sqrt((own->c[0] + own->c[1] * n2) * s / (own->c[2] * n2 * r))
                                                   : high;

    return fmin(fmax(best, low), high);
}

/* The same whatever n_3 is too; q / high_1 is least at the highest n_3, p at the lowest. */
static double bound_n2(const field_search *search, double n2)
{
    const sipas__stages *own = search->own;
    const double low = own->low[2], high = own->high[2], n3 = best_n3(own, n2, low, high);
    const double p_least = psu_cost(own, n2, low), q_least = psu_variance(own, n2, high);
    const double target = search->by_budget ? own->budget : own->room;
    double pq;

    if (own->a[1] < 0.0)
        return fmax(p_least * fmax(own->a[0], 0.0) / target, search->by_budget ? 0.0 : p_least * own->low[0]);
    pq = isinf(n3) ? INFINITY : psu_cost(own, n2, n3) * psu_variance(own, n2, n3);
    if (isinf(pq)) pq = 0.0; /* no a_1, no bound: the other term ends the search */
    return fmax(pq / target, search->by_budget ? q_least / own->high[0] : p_least * own->low[0]);
}

/* n_1, or one step more where its rounding down by 1e-12 would pass the CV: that much may be far more than a small CV². */
static double enough_psus(const sipas__stages *own, double n1, double n2, double n3)
{
    const double n[K] = {n1, n2, n3};

    return sipas__stages_cv2(own, n) <= own->cv2 * (1.0 + 1e-9) ? n1 : n1 + own->step[0];
}

/* The best n_1, and whether the design betters what was found. */
static void try_design(field_search *search, double n2, double n3)
{
    const sipas__stages *own = search->own;
    const double p = psu_cost(own, n2, n3), q = psu_variance(own, n2, n3);
    double n1, value, other;

    search->tried++;
    if (search->by_budget)
        n1 = fmin(round_down(own->budget / p, own->step[0]), own->high[0]);
    else
        n1 = enough_psus(own, fmax(round_up(q / own->room, own->step[0]), own->low[0]), n2, n3);
    if (n1 < own->low[0] || n1 > own->high[0]) return;
    value = search->by_budget ? q / n1 : n1 * p;
    other = search->by_budget ? n1 * p : q / n1;
    if (value > search->best * (1.0 + 1e-12)) return;
    if (value > search->best * (1.0 - 1e-12)) {
        if (other > search->best_other * (1.0 + 1e-12)) return;
        if (other > search->best_other * (1.0 - 1e-12) && n1 >= search->n[0]) return;
    }
    search->best = value;
    search->best_other = other;
    search->n[0] = n1;
    search->n[1] = n2;
    search->n[2] = n3;
}

/* Searching further in a direction is of no use: the bound has passed the best design and does not fall. */
static int no_use(const field_search *search, double value, double before)
{
    return value > search->best * (1.0 + 1e-9) && value >= before;
}

/* All n_3 that are worth a try with this n_2. */
static void search_n3(field_search *search, double n2)
{
    const sipas__stages *own = search->own;
    const double step = own->step[2];
    double low = own->low[2], high = own->high[2], start, before;

    if (search->by_budget && own->c[2] > 0.0)
        high = fmin(high,
                    round_down((own->budget / own->low[0] - own->c[0] - own->c[1] * n2) / (own->c[2] * n2), step));
    if (!search->by_budget && isfinite(own->high[0])) {
        const double rest = most_room(own) - own->a[1] / n2;

        if (own->a[2] > 0.0 && !(rest > 0.0)) return;
        if (own->a[2] > 0.0) low = fmax(low, round_up(own->a[2] / (n2 * rest), step));
    }
    if (low > high) return;
    start = best_n3(own, n2, low, high);
    start = isinf(start) ? low : fmin(fmax(round_down(start, step), low), high);
    for (int direction = 1; direction >= -1; direction -= 2) {
        before = NAN;
        for (int64_t k = direction > 0 ? 0 : 1; search->steps++ < MOST_STEPS; k++) {
            const double n3 = start + direction * (double)k * step, value = bound(search, n2, n3);

            if (n3 < low || n3 > high || no_use(search, value, before)) break;
            before = value;
            try_design(search, n2, n3);
        }
    }
}

/* n_2 from the first that the budget or the number of PSUs allows to the last. */
static int range_n2(const field_search *search, double *low, double *high)
{
    const sipas__stages *own = search->own;
    const double step = own->step[1];

    *low = own->low[1];
    *high = own->high[1];
    if (search->by_budget)
        *high = fmin(*high,
                     round_down((own->budget / own->low[0] - own->c[0]) / (own->c[1] + own->c[2] * own->low[2]), step));
    if (!search->by_budget && isfinite(own->high[0])) {
        const double rest = most_room(own), below = own->a[1] + own->a[2] / own->high[2];

        if (below > 0.0 && !(rest > 0.0)) return 0;
        if (below > 0.0) *low = fmax(*low, round_up(below / rest, step));
    }
    return *low <= *high;
}

/* All n_2 that are worth a try, upward or downward from one. */
static sipas_status search_n2(field_search *search, double from, int direction, double low, double high,
                              sipas_error *err)
{
    double before = NAN;

    for (int64_t k = direction > 0 ? 0 : 1;; k++) {
        const double n2 = from + direction * (double)k * search->own->step[1];
        sipas_status status;
        double value;

        if (n2 < low || n2 > high) return SIPAS_OK;
        value = bound_n2(search, n2);
        if (no_use(search, value, before)) return SIPAS_OK;
        before = value;
        search_n3(search, n2);
        if (search->steps++ >= MOST_STEPS)
            return sipas__error_set(
                err, SIPAS_ERR_CONVERGENCE, SIPAS__NOWHERE, SIPAS__NOWHERE, "stages",
                "stages: no best design in whole numbers after %d steps, up to %g units of stage 2; "
                "bound the stages with maximum",
                (int)MOST_STEPS, n2);
        status = sipas__progress(search->ctx, "stages", search->tried, search->tried + 1, err);
        if (status != SIPAS_OK) return status;
    }
}

sipas_status sipas__stages_field(const sipas_ctx *ctx, const sipas__stages *own, const double start[K], double n[K],
                                 int64_t *tried, sipas_error *err)
{
    field_search search = {.ctx = ctx, .own = own, .by_budget = isfinite(own->budget), .best = INFINITY};
    double low, high;

    search.best_other = INFINITY;
    if (range_n2(&search, &low, &high)) {
        const double from = fmin(fmax(round_down(start[1], own->step[1]), low), high);

        for (int direction = 1; direction >= -1; direction -= 2) {
            sipas_status status = search_n2(&search, from, direction, low, high, err);

            if (status != SIPAS_OK) return status;
        }
    }
    *tried = search.tried;
    if (isinf(search.best))
        return sipas__error_set(err, SIPAS_ERR_INFEASIBLE, SIPAS__NOWHERE, SIPAS__NOWHERE,
                                search.by_budget ? "budget" : "cv",
                                "no design of whole numbers within the bounds serves");
    for (int i = 0; i < K; i++) n[i] = search.n[i];
    return SIPAS_OK;
}

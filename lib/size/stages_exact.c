/*
 * The optimum multi-stage design over real numbers: minimise Σ a_i/x_i for Σ c_i x_i ≤ budget, or Σ c_i x_i for Σ a_i/x_i ≤ room.
 *
 * Each n_i = x_i/x_(i-1) is free or lies on one of its bounds. Stages on a bound are tied to the last free stage above, x_i =
 * m_i s; with A = Σ a_i/m_i and C = Σ c_i m_i of a group so tied, the groups have s proportional to √(A/C) (Cauchy-Schwarz; Cochran
 * 1977, §5.5, for strata, §10.6 for stages). Stages above the first free one are numbers. All 3^K choices are tried; in log n the
 * problem is convex where every a_i ≥ 0, so the best feasible choice is the optimum, and where a_i < 0 the optimum has
 * n_(i+1) at its upper bound, which is among the choices.
 *
 * O(3^K K).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "num/fpc.h"
#include "size/stages.h"

enum { K = SIPAS__SIZE_STAGES, FREE = 0, LOW = 1, HIGH = 2 };

/* Of n_1 as a real number near all PSUs there are, as a share of b. */
static const double ROUNDINGS = 8 * 0x1p-53;

double sipas__stages_cv2(const sipas__stages *own, const double n[K])
{
    double x = 1.0, sum = 0.0;

    for (int i = 0; i < K; i++) {
        sum += own->v[i] / x * sipas__fpc_gap(n[i], own->population[i]);
        x *= n[i];
    }
    return sum;
}

double sipas__stages_cost(const sipas__stages *own, const double n[K])
{
    double x = 1.0, sum = own->fixed;

    for (int i = 0; i < K; i++) {
        x *= n[i];
        sum += own->c[i] * x;
    }
    return sum;
}

/* Groups of tied stages; group 0 holds the stages above the first free one, with s = 1. */
typedef struct groups {
    int n, of[K];
    double m[K];
    double a[K + 1], c[K + 1];
} groups;

/* False when a bound is infinite. */
static int tie_stages(const sipas__stages *own, const int state[K], groups *to)
{
    *to = (groups){.n = 1};
    for (int i = 0; i < K; i++) {
        const double bound = state[i] == HIGH ? own->high[i] : own->low[i];

        if (state[i] == FREE) {
            to->of[i] = to->n++;
            to->m[i] = 1.0;
        } else {
            if (isinf(bound)) return 0;
            to->of[i] = i > 0 ? to->of[i - 1] : 0;
            to->m[i] = bound * (i > 0 ? to->m[i - 1] : 1.0);
        }
        to->a[to->of[i]] += own->a[i] / to->m[i];
        to->c[to->of[i]] += own->c[i] * to->m[i];
    }
    return 1;
}

/* The best design for a choice of bounds; false when there is none, or it breaks another bound. */
static int solve(const sipas__stages *own, const int state[K], double n[K])
{
    const double slack = 1e-9;
    double root_sum = 0.0, factor, above = 1.0;
    groups tied;

    if (!tie_stages(own, state, &tied)) return 0;
    for (int g = 1; g < tied.n; g++) {
        if (!(tied.a[g] > 0.0)) return 0;
        root_sum += sqrt(tied.a[g] * tied.c[g]);
    }
    factor = isfinite(own->budget) ? (own->budget - tied.c[0]) / root_sum : root_sum / (own->room - tied.a[0]);
    if (tied.n > 1 && !(factor > 0.0 && isfinite(factor))) return 0;
    for (int i = 0; i < K; i++) {
        const int g = tied.of[i];
        const double x = tied.m[i] * (g > 0 ? factor * sqrt(tied.a[g] / tied.c[g]) : 1.0);

        n[i] = x / above;
        above = x;
        if (n[i] < own->low[i] * (1.0 - slack) || n[i] > own->high[i] * (1.0 + slack)) return 0;
        n[i] = fmin(fmax(n[i], own->low[i]), own->high[i]);
    }
    return sipas__stages_cost(own, n) - own->fixed <= own->budget * (1.0 + slack) &&
           sipas__stages_cv2(own, n) <= own->cv2 * (1.0 + slack) + ROUNDINGS * own->b;
}

int sipas__stages_exact(const sipas__stages *own, double n[K])
{
    double best = INFINITY;
    int found = 0;

    for (int choice = 0; choice < 27; choice++) {
        const int state[K] = {choice / 9, choice / 3 % 3, choice % 3};
        double tried[K], value;

        if (!solve(own, state, tried)) continue;
        value = isfinite(own->budget) ? sipas__stages_cv2(own, tried) : sipas__stages_cost(own, tried);
        if (found && value >= best * (1.0 - 1e-12)) continue;
        best = value;
        found = 1;
        for (int i = 0; i < K; i++) n[i] = tried[i];
    }
    return found;
}

/*
 * The best common ratio for a budget: the least z with which Σ c n stays within it, when every target's V may be z T².
 *
 * The least cost C(z) falls with z, and -C'(z) = Σ λ T² / (T² + Σ N S²). It is nearly linear in 1 / z, so Newton steps
 * in 1 / z find C(z) = budget in a few solutions, each beginning at the prices of the one before; a bracket catches a
 * step that leaves it. With one variable and domains that do not meet it is the equal precision of Wesołowski and
 * Wieczorkowski (2017, Comm. Statist. Theory Methods 46:2212), and with upper bounds that of Wójciak's RDCA.
 *
 * Whole numbers: the continuous parts rounded down, then one more after the other where the worst target gains most for
 * the cost, then exchanges that make the worst better.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/multi.h"

#include <math.h>

#include "base/context.h"
#include "num/sum.h"

enum { SEARCH_STEPS = 100, EXCHANGES = 400, BEST = 8 };

/* The bracket's last width, and the least share of the mean price that a search begins with. */
static const double NARROW = 1e-14, LEAST = 1e-3;

/* How near to the least ratio there is a search goes. */
static const double AT_LEAST = 1e-6;

/* What an exchange may cost in looks at strata. */
static const int64_t WORK = 4000000;

/* z at which a target's V is what it is. */
static double ratio_square(const sipas__target *of, double used)
{
    return fmax(0.0, used / of->square);
}

/* The largest of them with the bounds as numbers, and their cost. */
static double worst_at(sipas__multi *m, const int64_t *n, double *cost)
{
    double worst = 0.0;

    *cost = sipas__multi_cost(m, n);
    sipas__multi_spread(m, NULL, n, m->used);
    for (int64_t k = 0; k < m->n_targets; k++) worst = fmax(worst, m->used[k] / m->target[k].square);
    return worst;
}

static double falling(const sipas__multi *m)
{
    double rate = 0.0;

    for (int64_t k = 0; k < m->n_targets; k++) rate += m->lambda[k] * m->target[k].square;
    return rate;
}

/* A step in 1 / z, kept within the bracket. */
static double next_z(double z, double excess, double rate, double low, double high)
{
    const double next = 1.0 / (1.0 / z - excess / (rate * z * z));

    if (next > low && next < high && isfinite(next)) return next;
    return low > 0.0 ? sqrt(low) * sqrt(high) : 0.0625 * high;
}

/* All units at a bound: nothing is left to choose. */
static void take_bounds(sipas__multi *m, const int64_t *n, double z)
{
    for (int64_t h = 0; h < m->n_strata; h++) m->x[h] = (double)n[h];
    for (int64_t k = 0; k < m->n_targets; k++) m->lambda[k] = 0.0;
    sipas__multi_spread(m, NULL, n, m->used);
    m->cost_continuous = m->dual = sipas__multi_cost(m, n);
    m->z = z;
}

/* Prices that had fallen to nothing may be wanted at the next ratio. */
static void lift(sipas__multi *m)
{
    double sum = 0.0;

    for (int64_t k = 0; k < m->n_targets; k++) sum += m->lambda[k];
    for (int64_t k = 0; k < m->n_targets; k++) m->lambda[k] = fmax(m->lambda[k], LEAST * sum / (double)m->n_targets);
}

/*
 * The least ratio there is costs less than the budget. The search stopped a little above it, at z (1 + AT_LEAST): with that
 * much more each target is at it, and the strata of those that make it so have all they can have.
 */
static void fill_worst(sipas__multi *m, double least)
{
    const double limit = least * (1.0 - AT_LEAST);
    sipas__sum cost = {0.0, 0.0};

    sipas__multi_spread(m, NULL, m->upper, m->trial);
    for (int64_t h = 0; h < m->n_strata; h++) m->x[h] = fmin((double)m->upper[h], m->x[h] * (1.0 + 2.0 * AT_LEAST));
    for (int64_t k = 0; k < m->n_targets; k++)
        for (int64_t i = m->within[k]; m->trial[k] >= limit * m->target[k].square && i < m->within[k + 1]; i++)
            m->x[m->stratum[i]] = (double)m->upper[m->stratum[i]];
    for (int64_t h = 0; h < m->n_strata; h++) sipas__sum_add(&cost, m->cost[h] * m->x[h]);
    m->cost_continuous = sipas__sum_value(&cost);
    m->budget_left = 1;
    m->z = least;
}

static sipas_status search(sipas__multi *m, double least, double high, sipas_error *err)
{
    const double budget = m->opts.budget;
    const double tol = m->opts.tol;
    double low = least, z = fmin(fmax(1.0, 1.01 * least), 0.99 * high);

    if (z <= least) z = sqrt(least) * sqrt(high);
    for (int32_t step = 0; step < SEARCH_STEPS; step++) {
        sipas_status status = sipas__multi_limits(m, z, err);
        double excess;

        if (status == SIPAS_OK && step == 0) sipas__multi_start(m);
        if (step > 0) lift(m);
        m->opts.tol = z <= least * (1.0 + 2.0 * AT_LEAST) ? fmax(tol, 1e-9)
                                                          : tol; /* there only the cost's side counts */
        if (status == SIPAS_OK) status = sipas__multi_solve(m, err);
        m->opts.tol = tol;
        if (status < 0) return status;
        excess = m->cost_continuous - budget;
        m->rate = falling(m);
        if (fabs(excess) <= 4.0 * tol * budget || high - low <= NARROW * high) return SIPAS_OK;
        if (excess > 0.0)
            low = z;
        else
            high = z;
        if (excess < 0.0 && least > 0.0 && z <= least * (1.0 + 2.0 * AT_LEAST)) {
            fill_worst(m, least);
            return SIPAS_OK;
        }
        if (excess < 0.0 && least > 0.0 && z <= 1.01 * least && m->rate * (z - least) < -excess)
            z = least * (1.0 + AT_LEAST); /* even at its slope there is money left at the least ratio */
        else
            z = fmax(next_z(z, excess, m->rate, low, high), least * (1.0 + AT_LEAST));
    }
    return sipas__error_set(err, SIPAS_ERR_CONVERGENCE, SIPAS__NOWHERE, SIPAS__NOWHERE, "budget",
                            "no common ratio after %d solutions: at the ratio %.9g the cost is %.9g of the budget",
                            (int)SEARCH_STEPS, sqrt(m->z), m->cost_continuous / budget);
}

sipas_status sipas__multi_ratio(sipas__multi *m, sipas_error *err)
{
    double cost_lower, cost_most, high, least;

    for (int64_t h = 0; h < m->n_strata; h++) /* the most that is of use */
        m->n[h] = m->start[h + 1] > m->start[h] ? m->upper[h] : m->lower[h];
    high = worst_at(m, m->lower, &cost_lower);
    least = worst_at(m, m->n, &cost_most);
    if (m->opts.budget < cost_lower)
        return sipas__error_set(err, SIPAS_ERR_INFEASIBLE, SIPAS__NOWHERE, SIPAS__NOWHERE, "budget",
                                "the budget %.17g is below %.17g, the cost of the lower bounds", m->opts.budget,
                                cost_lower);
    if (!(high > least)) { /* more than the lower bounds betters nothing */
        take_bounds(m, m->lower, high);
        m->budget_left = m->opts.budget > cost_lower;
        return SIPAS_OK;
    }
    if (m->opts.budget >= cost_most) {
        take_bounds(m, m->n, least);
        m->budget_left = m->opts.budget > cost_most;
        return SIPAS_OK;
    }
    return search(m, least, high, err);
}

/* ---- whole numbers ---- */

static void change(sipas__multi *m, int64_t h, int64_t by)
{
    const double less = -(double)by / ((double)(m->n[h] + by) * (double)m->n[h]);

    for (int64_t i = m->start[h]; i < m->start[h + 1]; i++) m->trial_used[m->of[i]] += m->term[i] * less;
    m->n[h] += by;
}

static double term_of(const sipas__multi *m, int64_t h, int64_t k)
{
    int64_t at = m->start[h];

    while (m->of[at] != k) at++;
    return m->term[at];
}

static int64_t worst_target(const sipas__multi *m)
{
    double worst = -1.0;
    int64_t found = 0;

    for (int64_t k = 0; k < m->n_targets; k++) {
        const double z = ratio_square(&m->target[k], m->trial_used[k]);

        if (z > worst) worst = z, found = k;
    }
    return found;
}

/* The stratum in which one more helps target k most for its cost; -1 = none that can have one for `left`. */
static int64_t best_stratum(const sipas__multi *m, int64_t k, double left)
{
    double best_gain = 0.0;
    int64_t best = -1;

    for (int64_t i = m->within[k]; i < m->within[k + 1]; i++) {
        const int64_t h = m->stratum[i];
        const double n = (double)m->n[h], gain = term_of(m, h, k) / (n * (n + 1.0) * m->cost[h]);

        if (m->n[h] >= m->upper[h] || m->cost[h] > left) continue;
        if (gain > best_gain ||
            (gain == best_gain && best >= 0 && sipas__multi_rank(m, h) < sipas__multi_rank(m, best)))
            best = h, best_gain = gain;
    }
    return best;
}

/* The worst ratio after one less in `from`, one more in `to`; the caller has made neither. */
static int betters(sipas__multi *m, int64_t from, int64_t to, double worst)
{
    int better = 1;

    change(m, to, 1);
    change(m, from, -1);
    for (int64_t i = m->start[from]; better && i < m->start[from + 1]; i++)
        better = ratio_square(&m->target[m->of[i]], m->trial_used[m->of[i]]) < worst;
    for (int64_t i = m->start[to]; better && i < m->start[to + 1]; i++)
        better = ratio_square(&m->target[m->of[i]], m->trial_used[m->of[i]]) < worst;
    if (better) return 1;
    change(m, from, 1);
    change(m, to, -1);
    return 0;
}

/* One respondent moved so that the worst target is better and none becomes as bad. */
static int exchange(sipas__multi *m, double *left)
{
    const int64_t k = worst_target(m), to = best_stratum(m, k, INFINITY);
    const double worst = ratio_square(&m->target[k], m->trial_used[k]);

    for (int64_t from = 0; to >= 0 && from < m->n_strata; from++) {
        if (from == to || m->n[from] <= m->lower[from] || m->cost[to] > *left + m->cost[from]) continue;
        if (!betters(m, from, to, worst)) continue;
        *left += m->cost[from] - m->cost[to];
        return 1;
    }
    return 0;
}

/* Until the worst target can have no more, or nothing is left that buys one. */
static void spend(sipas__multi *m, double *left)
{
    for (;;) {
        const int64_t h = best_stratum(m, worst_target(m), *left);

        if (h < 0) return;
        change(m, h, 1);
        *left -= m->cost[h];
    }
}

void sipas__multi_ratio_whole(sipas__multi *m)
{
    double left;

    for (int64_t h = 0; h < m->n_strata; h++) {
        m->n[h] = (int64_t)floor(m->x[h] * (1.0 + 1e-12));
        if (m->n[h] < m->lower[h]) m->n[h] = m->lower[h];
        if (m->n[h] > m->upper[h]) m->n[h] = m->upper[h];
    }
    while (sipas__multi_cost(m, m->n) > m->opts.budget) { /* a part that roundings raised to a whole number */
        int64_t h = 0;

        while (h < m->n_strata && (m->n[h] == m->lower[h] || (double)m->n[h] < m->x[h])) h++;
        if (h == m->n_strata) break;
        m->n[h]--;
    }
    left = (m->opts.budget - sipas__multi_cost(m, m->n)) * (1.0 + 1e-14);
    sipas__multi_spread(m, NULL, m->n, m->trial_used);
    spend(m, &left);
    for (int64_t i = 0; i < EXCHANGES && i * m->n_strata < WORK; i++)
        if (!exchange(m, &left)) break;
    sipas__multi_spread(m, NULL, m->n, m->trial_used);
    m->cost_whole = sipas__multi_cost(m, m->n);
    m->worst = 0.0;
    for (int64_t k = 0; k < m->n_targets; k++) m->worst = fmax(m->worst, m->trial_used[k] / m->target[k].square);
}

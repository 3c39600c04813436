/*
 * The continuous optimum: the dual of  min Σ c n,  Σ_h term_hk (1 / n_h - 1 / N_h) ≤ limit_k,  lower ≤ n ≤ upper.
 *
 *   n_h(λ) = clamp(√(q_h / c_h), lower_h, upper_h),   q_h = Σ_k λ_k term_hk
 *   dual   g(λ) = Σ_h (c_h n_h + q_h (1 / n_h - 1 / N_h)) - Σ_k λ_k limit_k
 *          its gradient: used - limit,  used_k = Σ_h term_hk (1 / n_h - 1 / N_h)
 *
 * g is smooth and concave (Bethel 1989, Surv. Methodol. 15:47, and Chromy 1987 solve for the same λ by multiplicative
 * steps, which converge linearly). Here: Newton on g + μ Σ log λ with μ → 0, the slacks s carried along as in primal-dual
 * interior point methods (Wright 1997, Primal-Dual Interior-Point Methods, ch. 5):
 *
 *   (M + diag(s / λ)) dλ = used - limit + μ / λ,    M_kl = Σ_h free term_hk term_hl / (2 c_h n_h³)
 *
 * A step is kept when the slope of the concave g + μ Σ log λ along it has not turned steep the other way; so each is
 * an ascent, and the search cannot run away. The sum Σ λ (limit - used) is the duality gap.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/multi.h"

#include <math.h>

#include "base/context.h"
#include "num/fpc.h"
#include "num/sum.h"

enum { FIRST_STEPS = 12, HALVINGS = 60 };

/* A share of the way to the boundary, how much steeper the slope may turn, and how much a limit may be passed. */
static const double TO_BOUNDARY = 0.995, TURNED = 0.9, VIOLATION = 1e-10, ROUNDING = 1e-14, PIVOT = 1e-14;

double sipas__multi_measure(const sipas__target *target, double spread)
{
    return spread > 0.0 ? sqrt(spread * target->total) / target->scale : 0.0;
}

double sipas__multi_gap(const sipas__multi *m, int64_t stratum, double n)
{
    return m->opts.with_replacement ? 1.0 / n : sipas__fpc_gap(n, m->size[stratum]);
}

static double number_of(const double *x, const int64_t *n, int64_t h)
{
    return n ? (double)n[h] : x ? x[h] : 0.0;
}

void sipas__multi_spread(const sipas__multi *m, const double *x, const int64_t *n, double *spread)
{
    for (int64_t k = 0; k < m->n_targets; k++) {
        sipas__sum sum = {0.0, 0.0};

        for (int64_t i = m->within[k]; i < m->within[k + 1]; i++) {
            const int64_t h = m->stratum[i];
            const double gap = sipas__multi_gap(m, h, number_of(x, n, h));
            int64_t at = m->start[h];

            while (m->of[at] != k) at++;
            sipas__sum_add(&sum, m->term[at] * gap);
        }
        spread[k] = sipas__sum_value(&sum);
    }
}

double sipas__multi_most(const sipas__multi *m, int64_t target)
{
    return m->limit[target] * (1.0 + SIPAS__MULTI_EXACT);
}

/* ---- the strata's answer to prices ---- */

/* x and used at the prices `lambda`. */
static void respond(sipas__multi *m, const double *lambda, double *used)
{
    for (int64_t k = 0; k < m->n_targets; k++) used[k] = 0.0;
    for (int64_t h = 0; h < m->n_strata; h++) {
        const double lower = (double)m->lower[h], upper = (double)m->upper[h];
        double q = 0.0, x;

        for (int64_t i = m->start[h]; i < m->start[h + 1]; i++) q += lambda[m->of[i]] * m->term[i];
        x = sqrt(q / m->cost[h]);
        x = x < upper ? x : upper;
        m->x[h] = x > lower ? x : lower;
        q = sipas__multi_gap(m, h, m->x[h]);
        for (int64_t i = m->start[h]; i < m->start[h + 1]; i++) used[m->of[i]] += m->term[i] * q;
    }
}

/* M of the strata between their bounds. */
static void make_normal_matrix(sipas__multi *m)
{
    sipas__skyline_zero(&m->matrix);
    for (int64_t h = 0; h < m->n_strata; h++) {
        const double x = m->x[h], share = 0.5 / (m->cost[h] * x * x * x);

        if (x <= (double)m->lower[h] || x >= (double)m->upper[h]) continue;
        for (int64_t i = m->start[h]; i < m->start[h + 1]; i++) {
            const double part = share * m->term[i];
            double *row = sipas__skyline_at(&m->matrix, m->of[i], m->of[m->start[h]]);

            for (int64_t j = m->start[h]; j <= i; j++) row[m->of[j] - m->of[m->start[h]]] += part * m->term[j];
        }
    }
}

static double cost_of(const sipas__multi *m)
{
    sipas__sum sum = {0.0, 0.0};

    for (int64_t h = 0; h < m->n_strata; h++) sipas__sum_add(&sum, m->cost[h] * m->x[h]);
    return sipas__sum_value(&sum);
}

/* ---- limits ---- */

sipas_status sipas__multi_limits(sipas__multi *m, double z, sipas_error *err)
{
    char label[256];

    m->z = z;
    sipas__multi_spread(m, NULL, m->upper, m->trial);
    for (int64_t k = 0; k < m->n_targets; k++) {
        const sipas__target *of = &m->target[k];

        m->limit[k] = z * of->square;
        if (m->trial[k] > sipas__multi_most(m, k))
            return sipas__error_set(
                err, SIPAS_ERR_INFEASIBLE, SIPAS__NOWHERE, of->variable, sipas__multi_label(m, k, label),
                "%s: the target %.6g cannot be met; with every stratum at its upper bound it is %.6g", label, of->goal,
                sipas__multi_measure(of, m->trial[k]));
    }
    return SIPAS_OK;
}

/* The limit of Σ term / n: about 1. */
static double whole_limit(const sipas__multi *m, int64_t k)
{
    return m->limit[k] + m->target[k].fpc;
}

void sipas__multi_start(sipas__multi *m)
{
    for (int64_t k = 0; k < m->n_targets; k++) m->lambda[k] = 0.0;
    for (int64_t h = 0; h < m->n_strata; h++)
        for (int64_t i = m->start[h]; i < m->start[h + 1]; i++) m->lambda[m->of[i]] += sqrt(m->cost[h] * m->term[i]);
    for (int64_t k = 0; k < m->n_targets; k++) {
        m->lambda[k] = m->lambda[k] * m->lambda[k] / (whole_limit(m, k) * whole_limit(m, k));
        if (!(m->lambda[k] > 0.0)) m->lambda[k] = 1.0; /* no stratum varies: any price will fall to nothing */
    }
    for (int32_t step = 0; step < FIRST_STEPS; step++) {
        respond(m, m->lambda, m->used);
        for (int64_t k = 0; k < m->n_targets; k++)
            m->lambda[k] *= fmax(0.1, fmin(10.0, (m->used[k] + m->target[k].fpc) / whole_limit(m, k)));
    }
}

/* ---- Newton ---- */

/* Where the search is. */
typedef struct progress {
    double products;  /* Σ λ s */
    double gap;       /* relative, of a solution put right for its violation */
    double violation; /* the largest (used - limit) / (z T²), roundings apart */
} progress;

static progress look(sipas__multi *m)
{
    progress at = {0.0, 0.0, 0.0};
    sipas__sum gap = {0.0, 0.0};
    double over = 0.0;

    m->cost_continuous = cost_of(m);
    for (int64_t k = 0; k < m->n_targets; k++) {
        at.products += m->lambda[k] * m->slack[k];
        sipas__sum_add(&gap, m->lambda[k] * (m->limit[k] - m->used[k]));
        over = fmax(over, (m->used[k] - m->limit[k]) / whole_limit(m, k));
        at.violation = fmax(at.violation, (m->used[k] - m->limit[k] - ROUNDING) / (m->z * m->target[k].square));
    }
    m->dual = m->cost_continuous - sipas__sum_value(&gap);
    at.gap = fabs(sipas__sum_value(&gap)) / m->cost_continuous + over;
    return at;
}

/* The direction dλ in m->step; returns how steeply g + μ Σ log λ rises along it. */
static double direct(sipas__multi *m, double mu)
{
    double slope = 0.0;

    make_normal_matrix(m);
    for (int64_t k = 0; k < m->n_targets; k++) {
        *sipas__skyline_at(&m->matrix, k, k) += m->slack[k] / m->lambda[k];
        m->step[k] = m->used[k] - m->limit[k] + mu / m->lambda[k];
        m->trial[k] = m->step[k];
    }
    sipas__skyline_factor(&m->matrix, PIVOT);
    sipas__skyline_solve(&m->matrix, m->step);
    for (int64_t k = 0; k < m->n_targets; k++) slope += m->step[k] * m->trial[k];
    return slope;
}

/* The longest step, at most 1, that keeps prices and slacks positive. ds = (μ - s dλ) / λ - s. */
static double longest(const sipas__multi *m, double mu)
{
    double most = 1.0;

    for (int64_t k = 0; k < m->n_targets; k++) {
        const double lambda = m->lambda[k], s = m->slack[k], change = (mu - s * m->step[k]) / lambda - s;

        if (m->step[k] < 0.0) most = fmin(most, -TO_BOUNDARY * lambda / m->step[k]);
        if (change < 0.0) most = fmin(most, -TO_BOUNDARY * s / change);
    }
    return most;
}

/* Goes along the direction; returns the part of it that was gone. */
static double advance(sipas__multi *m, double mu, double slope)
{
    double part = longest(m, mu);

    for (int32_t half = 0; half < HALVINGS; half++) {
        double turned = 0.0;

        for (int64_t k = 0; k < m->n_targets; k++) m->trial[k] = m->lambda[k] + part * m->step[k];
        respond(m, m->trial, m->trial_used);
        for (int64_t k = 0; k < m->n_targets; k++)
            turned += m->step[k] * (m->trial_used[k] - m->limit[k] + mu / m->trial[k]);
        if (turned >= -TURNED * slope || half == HALVINGS - 1) break;
        part *= 0.5;
    }
    for (int64_t k = 0; k < m->n_targets; k++) {
        const double lambda = m->lambda[k], s = m->slack[k];

        m->slack[k] = s + part * ((mu - s * m->step[k]) / lambda - s);
        m->lambda[k] = m->trial[k];
        m->used[k] = m->trial_used[k];
    }
    return part;
}

static sipas_status not_converged(const sipas__multi *m, const progress *at, sipas_error *err)
{
    return sipas__error_set(err, SIPAS_ERR_CONVERGENCE, SIPAS__NOWHERE, SIPAS__NOWHERE, "max_iter",
                            "no optimum after %d Newton steps: the relative gap is %.3g (tol %.3g), the largest target "
                            "is passed by %.3g of its variance",
                            (int)m->opts.max_iter, at->gap, m->opts.tol, at->violation);
}

sipas_status sipas__multi_solve(sipas__multi *m, sipas_error *err)
{
    const double n = (double)m->n_targets;
    double share = 0.1; /* μ of the next step as a share of the present one */
    progress at;

    respond(m, m->lambda, m->used);
    for (int64_t k = 0; k < m->n_targets; k++) m->slack[k] = fmax(m->limit[k] - m->used[k], 0.01 * whole_limit(m, k));
    for (int32_t step = 0;; step++) {
        sipas_status status = SIPAS_OK;
        double mu, part;

        at = look(m);
        if (at.gap <= m->opts.tol && at.violation <= VIOLATION) return SIPAS_OK;
        if (step == m->opts.max_iter) return not_converged(m, &at, err);
        if (step % 16 == 15) status = sipas__progress(m->ctx, "allocate_multi", step, m->opts.max_iter, err);
        if (status < 0) return status;
        m->iterations++;
        mu = share * at.products / n;
        part = advance(m, mu, direct(m, mu));
        share = part > 0.9 ? 0.02 : part > 0.5 ? 0.1 : 0.5;
    }
}

void sipas__multi_settle(sipas__multi *m)
{
    double sum = 0.0;

    for (int64_t k = 0; k < m->n_targets; k++) sum += m->lambda[k];
    sum = fmax(sum, m->cost_continuous);
    for (int64_t k = 0; k < m->n_targets; k++) /* of price and slack the larger share is the real one */
        if (m->lambda[k] < sum * (m->limit[k] - m->used[k]) / whole_limit(m, k)) m->lambda[k] = 0.0;
}

/*
 * Noncentral t by incomplete beta functions, for t ≥ 0 with x = t²/(df + t²), λ = δ²/2:
 *
 *     P(T ≤ t) = Φ(-δ) + ½ Σ_j [P_j I_x(j + ½, df/2) + Q_j I_x(j + 1, df/2)]
 *     P_j = e^-λ λ^j / j!,   Q_j = δ/√2 · e^-λ λ^j / Γ(j + 3/2)
 *
 * (Lenth 1989, Appl. Stat. 38:185, AS 243). The sum is taken from the largest weights outwards, j = ⌊λ⌋, so that e^-λ does not
 * underflow (Benton and Krishnamoorthy 2003, Comput. Stat. Data Anal. 43:249), with
 *
 *     I_x(a + 1, b) = I_x(a, b) - x^a (1 - x)^b Γ(a + b) / (Γ(a + 1) Γ(b)).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "num/noncentral.h"

#include <math.h>
#include <stdint.h>

#include "num/distributions.h"
#include "num/roots.h"

/* Weights below this are left out; a sum has no more terms than this. */
static const double NOTHING = 1e-18;
enum { MOST_TERMS = 1000000 };

/* Beyond this δ the normal part of T = (Z + δ)/S is nothing beside it: T = δ/S to 1e-9. */
static const double FAR = 30000.0;

/* Both series at one j: weights, incomplete beta functions, and what these lose to the next. */
typedef struct term {
    double p, q, i_p, i_q, step_p, step_q;
} term;

/* I_x(a, b) with y = 1 - x, each with all its digits. */
static double beta_area(double x, double y, double a, double b)
{
    return x < 0.5 ? sipas__beta_cdf(x, a, b) : sipas__beta_upper(y, b, a);
}

/* What Stirling's formula leaves of log Γ, for x of 50 and more. */
static double stirling_rest(double x)
{
    return (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / 1260.0 / (x * x)) / (x * x)) / x;
}

/* log Γ(a + b)/Γ(b), which the difference of two logarithms does not tell where b is large. */
static double log_rising(double a, double b)
{
    if (b < 50.0) return lgamma(a + b) - lgamma(b);
    return (b - 0.5) * log1p(a / b) + a * (log(a + b) - 1.0) + stirling_rest(a + b) - stirling_rest(b);
}

/* x^a y^b Γ(a + b) / (Γ(a + 1) Γ(b)); t2 = t²/df, y = 1/(1 + t2) */
static double beta_step(double x, double t2, double a, double b)
{
    return exp(a * log(x) - b * log1p(t2) + log_rising(a, b) - lgamma(a + 1.0));
}

static term first_term(double x, double t2, double b, double lambda, double delta, double j)
{
    const double y = 1.0 / (1.0 + t2);
    const double of_lambda = lambda > 0.0 ? j * log(lambda) - lambda : 0.0;
    term t;

    t.p = exp(of_lambda - lgamma(j + 1.0));
    t.q = delta / sqrt(2.0) * exp(of_lambda - lgamma(j + 1.5));
    t.i_p = beta_area(x, y, j + 0.5, b);
    t.i_q = beta_area(x, y, j + 1.0, b);
    t.step_p = beta_step(x, t2, j + 0.5, b);
    t.step_q = beta_step(x, t2, j + 1.0, b);
    return t;
}

/* From j to j + 1. */
static void climb(term *t, double x, double b, double lambda, double j)
{
    t->i_p -= t->step_p;
    t->i_q -= t->step_q;
    t->step_p *= x * (j + 0.5 + b) / (j + 1.5);
    t->step_q *= x * (j + 1.0 + b) / (j + 2.0);
    t->p *= lambda / (j + 1.0);
    t->q *= lambda / (j + 1.5);
}

/* From j to j - 1. */
static void descend(term *t, double x, double b, double lambda, double j)
{
    t->step_p *= (j + 0.5) / (x * (j - 0.5 + b));
    t->step_q *= (j + 1.0) / (x * (j + b));
    t->i_p += t->step_p;
    t->i_q += t->step_q;
    t->p *= j / lambda;
    t->q *= (j + 0.5) / lambda;
}

/* ½ Σ_j …: P(0 < T ≤ t). */
static double positive_area(double t, double df, double delta)
{
    const double t2 = t * t / df, x = t2 / (1.0 + t2), b = df / 2.0, lambda = delta * delta / 2.0;
    const int64_t middle = (int64_t)lambda;
    const term start = first_term(x, t2, b, lambda, delta, (double)middle);
    term now = start;
    double sum = start.p * start.i_p + start.q * start.i_q;

    for (int64_t j = middle; j < middle + MOST_TERMS; j++) {
        climb(&now, x, b, lambda, (double)j);
        sum += now.p * now.i_p + now.q * now.i_q;
        if (now.p * now.i_p + fabs(now.q) * now.i_q <= NOTHING) break;
    }
    now = start;
    for (int64_t j = middle; j > 0; j--) {
        descend(&now, x, b, lambda, (double)j);
        sum += now.p * now.i_p + now.q * now.i_q;
        if (now.p + fabs(now.q) <= NOTHING) break;
    }
    return sum / 2.0;
}

double sipas__noncentral_upper(double t, double df, double delta)
{
    double above;

    if (isnan(t) || isnan(delta) || !(df > 0.0)) return NAN;
    if (isinf(df)) return sipas__normal_upper(t - delta);
    if (isinf(t)) return t > 0.0 ? 0.0 : 1.0;
    if (isinf(delta)) return delta > 0.0 ? 1.0 : 0.0;
    if (t < 0.0) return 1.0 - sipas__noncentral_upper(-t, df, -delta);
    if (t == 0.0) return sipas__normal_upper(-delta);
    if (delta > FAR) return sipas__chisq_cdf(delta / t * (delta / t) * df, df);
    if (delta < -FAR) return 0.0;
    above = sipas__normal_upper(-delta) - positive_area(t, df, delta);
    return fmin(fmax(above, 0.0), 1.0);
}

/* ---- its inverse ---- */

typedef struct shift_search {
    double t, df, power;
} shift_search;

static double gap(double delta, void *state)
{
    const shift_search *s = state;

    return sipas__noncentral_upper(s->t, s->df, delta) - s->power;
}

double sipas__noncentral_shift(double t, double df, double power)
{
    static const sipas__root_tolerance tolerance = {1e-12, 1e-13, 200};
    shift_search search = {t, df, power};
    const double z = sipas__normal_quantile(power);
    sipas__bracket bracket;
    double reach = 1.0, delta;

    if (isnan(t) || !(df > 0.0) || !(power > 0.0 && power < 1.0)) return NAN;
    if (isinf(df)) return t + z;
    bracket.x[0] = bracket.x[1] = t + z;
    bracket.f[0] = bracket.f[1] = gap(t + z, &search);
    while (bracket.f[0] > 0.0 && reach < 1e6) {
        bracket.x[0] = t + z - reach;
        bracket.f[0] = gap(bracket.x[0], &search);
        reach *= 2.0;
    }
    while (bracket.f[1] < 0.0 && reach < 1e6) {
        bracket.x[1] = t + z + reach;
        bracket.f[1] = gap(bracket.x[1], &search);
        reach *= 2.0;
    }
    return sipas__root_brent(gap, &search, &bracket, &tolerance, &delta, NULL) < 0 ? NAN : delta;
}

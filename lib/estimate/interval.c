/*
 * Confidence limits of a share. p̂ the estimate, V its design-based variance, c the critical value of Student's t with the
 * design's degrees of freedom, α the area beyond it, m = p̂(1 - p̂)/V the effective sample size.
 *
 *   wald           p̂ ± c √V
 *   logit          expit(logit p̂ ± c √V / (p̂(1 - p̂)))           Korn and Graubard 1999, Analysis of Health Surveys, ch. 3
 *   likelihood     all p with 2m [p̂ log(p̂/p) + (1 - p̂) log((1 - p̂)/(1 - p))] ≤ c² φ
 *                                                                 scaled by Rao and Scott 1984, Ann. Stat. 12:46
 *   arcsine        sin²(asin √p̂ ± c / (2√m))                      Anscombe 1948, Biometrika 35:246
 *   wilson         all p with (p̂ - p)² ≤ c² p(1 - p)/m            Wilson 1927, JASA 22:209
 *   beta           B(α/2; m'p̂, m'(1 - p̂) + 1), B(1 - α/2; m'p̂ + 1, m'(1 - p̂))
 *                                                                 Korn and Graubard 1998, Survey Methodology 24:193
 *   agresti_coull  p̃ ± c √(p̃(1 - p̃)/m̃), m̃ = m + c², p̃ = (m p̂ + c²/2)/m̃
 *                                                                 Agresti and Coull 1998, Am. Stat. 52:119
 *   jeffreys       B(α/2; m'p̂ + ½, m'(1 - p̂) + ½), B(1 - α/2; the same)
 *                                                                 Brown, Cai and DasGupta 2001, Stat. Sci. 16:101
 *
 * B(q; a, b) is the quantile of the beta distribution and m' = m (t(rows - 1)/t(df))² (both t at α/2): the beta methods have
 * no place for c, so the degrees of freedom enter through the sample size. φ = mass/(n - 1) is the dispersion of the
 * quasi-binomial fit that R's survey profiles: n the rows that have the variable, mass their weight when the
 * domain's rows of non-zero weight have mean weight 1; n/(n - 1) when none is missing. Effective sizes in these formulas: Dean and
 * Pagano 2015, J. Surv. Stat. Methodol. 3:484; Franco, Little, Louis and Slud 2019, same journal 7:334.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "estimate/interval.h"

#include <math.h>
#include <sipas/estimate_proportion.h>

#include "base/enums.h"
#include "num/distributions.h"
#include "num/roots.h"
#include "num/share_limits.h"

static const sipas__remark at_bound = {
    "at_bound",
    "no row or every row is a success, so the standard error is 0 and says nothing: the interval is that of a "
    "simple random sample of n rows"};
static const sipas__remark at_bound_common = {
    "at_bound",
    "no row or every row is a success, so the standard error is 0 and says nothing: the interval has the effective "
    "sample size of all categories"};
static const sipas__remark no_interval_at_bound = {
    "at_bound",
    "no row or every row is a success, so the standard error is 0 and this method has no interval; wilson, beta, "
    "likelihood, arcsine, agresti_coull and jeffreys have one"};
static const sipas__remark no_spread = {
    "no_spread",
    "the standard error is 0: the design fixes the share (a census, or a stratum variable), and the interval is "
    "the estimate"};
static const sipas__remark outside_range = {"outside_range",
                                            "the estimate is not between 0 and 1, so there is no interval"};
static const sipas__remark limit_outside = {"limit_outside", "a limit is below 0 or above 1"};
static const sipas__remark limit_cut = {"limit_cut", "a limit below 0 or above 1 is set to that"};
static const sipas__remark limit_mirrored = {
    "limit_mirrored",
    "the interval on the scale of angles passes 0 or 1 and its limit is the mirror image, as in R's survey; "
    "arcsine_cut sets it to 0 or 1"};

static sipas__limits symmetric(double centre, double reach)
{
    const sipas__limits limits = {centre - reach, centre + reach, NULL};

    return limits;
}

static int leaves_range(const sipas__limits *limits)
{
    return limits->lower < 0.0 || limits->upper > 1.0;
}

static sipas__limits wald(const sipas__share *s)
{
    sipas__limits limits = symmetric(s->estimate, s->critical.quantile * s->se);

    if (leaves_range(&limits)) limits.remark = &limit_outside;
    return limits;
}

static sipas__limits logit(const sipas__share *s)
{
    double ends[2];
    sipas__limits limits = {0.0, 0.0, NULL};

    sipas__share_logit(s->estimate, s->critical.quantile * s->se / (s->estimate * (1.0 - s->estimate)), ends);
    limits.lower = ends[0];
    limits.upper = ends[1];
    return limits;
}

/* ---- likelihood ---- */

typedef struct deviance_state {
    double p, n_eff, bound;
} deviance_state;

/* Scaled deviance of p + x, less the bound: in terms of the distance, which keeps its digits near p. */
static double deviance(double x, void *state)
{
    const deviance_state *s = state;

    return -2.0 * s->n_eff * (s->p * log1p(x / s->p) + (1.0 - s->p) * log1p(-x / (1.0 - s->p))) - s->bound;
}

/* The bracket holds a change of sign, and Brent's method needs at most about 60² steps for the digits of a double. */
static double likelihood_root(deviance_state *state, double end)
{
    static const sipas__root_tolerance tolerance = {0.0, 0.0, 10000};
    sipas__bracket bracket = {{0.0, end}, {-state->bound, INFINITY}};
    double root;

    return sipas__root_brent(deviance, state, &bracket, &tolerance, &root, NULL) < 0 ? NAN : root;
}

static sipas__limits likelihood(const sipas__share *s)
{
    deviance_state state = {s->estimate, s->n_eff,
                            s->critical.quantile * s->critical.quantile * s->mass / (s->n - 1.0)};
    const double least = -expm1(-state.bound / (2.0 * s->n_eff));
    sipas__limits limits = {s->bound > 0 ? 1.0 - least : 0.0, s->bound < 0 ? least : 1.0, NULL};

    if (s->bound) return limits;
    limits.lower = s->estimate + likelihood_root(&state, -s->estimate);
    limits.upper = s->estimate + likelihood_root(&state, 1.0 - s->estimate);
    return limits;
}

/* ---- arcsine ---- */

static double square_sine(double angle)
{
    return sin(angle) * sin(angle);
}

static sipas__limits arcsine(const sipas__share *s, int cut)
{
    static const double right_angle = 1.57079632679489661923;
    const double angle = asin(sqrt(s->estimate)), reach = s->critical.quantile / (2.0 * sqrt(s->n_eff));
    const int below = angle - reach<0.0, above = angle + reach> right_angle;
    sipas__limits limits = {square_sine(angle - reach), square_sine(angle + reach), NULL};

    if (s->bound) cut = 1;
    if (cut && below) limits.lower = 0.0;
    if (cut && above) limits.upper = 1.0;
    if (below || above) limits.remark = cut ? &limit_cut : &limit_mirrored;
    return limits;
}

/* ---- score ---- */

static sipas__limits wilson(const sipas__share *s)
{
    double ends[2];
    sipas__limits limits = {0.0, 1.0, NULL};

    sipas__share_wilson(s->estimate, s->critical.quantile * s->critical.quantile / s->n_eff, ends);
    if (s->bound >= 0) limits.lower = ends[0];
    if (s->bound <= 0) limits.upper = ends[1];
    return limits;
}

static sipas__limits agresti_coull(const sipas__share *s)
{
    const double square = s->critical.quantile * s->critical.quantile, n = s->n_eff + square;
    const double p = (s->n_eff * s->estimate + square / 2.0) / n;
    sipas__limits limits = symmetric(p, s->critical.quantile * sqrt(p * (1.0 - p) / n));

    if (!leaves_range(&limits)) return limits;
    limits.lower = fmax(limits.lower, 0.0);
    limits.upper = fmin(limits.upper, 1.0);
    limits.remark = &limit_cut;
    return limits;
}

/* ---- beta ---- */

/* The effective sample size that carries the degrees of freedom: m'. */
static double beta_size(const sipas__share *s)
{
    const double wanted = s->critical.quantile, rows = -sipas__t_quantile(s->critical.alpha / 2.0, s->rows - 1.0);

    return s->n_eff * (rows / wanted) * (rows / wanted);
}

/* The quantile with α/2 above it is 1 less that of the mirror image, which keeps the digits of α. */
static sipas__limits beta_limits(const sipas__share *s, double below, double above)
{
    const double n = beta_size(s), x = n * s->estimate, y = n * (1.0 - s->estimate), tail = s->critical.alpha / 2.0;
    sipas__limits limits = {sipas__beta_quantile(tail, x + below, y + above),
                            1.0 - sipas__beta_quantile(tail, y + below, x + above), NULL};

    if (s->bound < 0) limits.lower = 0.0;
    if (s->bound > 0) limits.upper = 1.0;
    return limits;
}

/* ---- all of them ---- */

static sipas__limits apply(int32_t method, const sipas__share *s)
{
    switch (method) {
    case SIPAS_INTERVAL_WALD: return wald(s);
    case SIPAS_INTERVAL_LIKELIHOOD: return likelihood(s);
    case SIPAS_INTERVAL_ARCSINE: return arcsine(s, 0);
    case SIPAS_INTERVAL_ARCSINE_CUT: return arcsine(s, 1);
    case SIPAS_INTERVAL_BETA: return beta_limits(s, 0.0, 1.0);
    case SIPAS_INTERVAL_JEFFREYS: return beta_limits(s, 0.5, 0.5);
    case SIPAS_INTERVAL_AGRESTI_COULL: return agresti_coull(s);
    case SIPAS_INTERVAL_WILSON:
    case SIPAS_INTERVAL_GOODMAN:
    case SIPAS_INTERVAL_QUESENBERRY_HURST: return wilson(s);
    default: return logit(s);
    }
}

sipas__limits sipas__interval_share(int32_t method, const sipas__share *s)
{
    const int needs_spread = method == SIPAS_INTERVAL_WALD || method == SIPAS_INTERVAL_LOGIT ||
                             method == SIPAS_INTERVAL_XLOGIT;
    sipas__limits limits = {NAN, NAN, NULL};

    if (s->se <= SIPAS__NO_SPREAD && (!s->bound || isinf(s->n_eff))) {
        limits.lower = limits.upper = s->estimate;
        limits.remark = &no_spread;
        return limits;
    }
    if (s->bound) {
        limits.remark = &no_interval_at_bound;
        if (needs_spread) return limits;
        limits = apply(method, s);
        limits.remark = method >= SIPAS_INTERVAL_GOODMAN ? &at_bound_common : &at_bound;
        return limits;
    }
    if (method != SIPAS_INTERVAL_WALD && !(s->estimate > 0.0 && s->estimate < 1.0)) {
        limits.remark = &outside_range;
        return limits;
    }
    return apply(method, s);
}

static const char *const formulas[] = {
    [SIPAS_INTERVAL_WALD] = "p ± c se",
    [SIPAS_INTERVAL_LOGIT] = "expit(logit(p) ± c se / (p (1 - p)))",
    [SIPAS_INTERVAL_XLOGIT] = "expit(logit(p) ± c se / (p (1 - p)))",
    [SIPAS_INTERVAL_LIKELIHOOD] =
        "2 n_eff (p log(p / limit) + (1 - p) log((1 - p) / (1 - limit))) = c² φ, φ = n / (n - 1)",
    [SIPAS_INTERVAL_ARCSINE] = "sin²(asin(√p) ± c / (2 √n_eff)), mirrored at 0 and 1",
    [SIPAS_INTERVAL_ARCSINE_CUT] = "sin²(asin(√p) ± c / (2 √n_eff)), cut at 0 and 1",
    [SIPAS_INTERVAL_BETA] = "beta quantiles of (m p, m (1 - p) + 1) and (m p + 1, m (1 - p)), m = n_eff "
                            "(t(rows - 1) / t(df))²",
    [SIPAS_INTERVAL_WILSON] = "(p - limit)² = c² limit (1 - limit) / n_eff",
    [SIPAS_INTERVAL_AGRESTI_COULL] = "q ± c √(q (1 - q) / m), m = n_eff + c², q = (n_eff p + c²/2) / m",
    [SIPAS_INTERVAL_JEFFREYS] = "beta quantiles of (m p + 1/2, m (1 - p) + 1/2), m = n_eff (t(rows - 1) / t(df))²",
    [SIPAS_INTERVAL_GOODMAN] = "(p - limit)² = t(1 - α/(2K), df)² limit (1 - limit) / n_eff, n_eff common",
    [SIPAS_INTERVAL_QUESENBERRY_HURST] = "(p - limit)² = (K - 1) F(1 - α; K - 1, df) limit "
                                         "(1 - limit) / n_eff, n_eff common",
};
SIPAS__EVERY(formulas, INTERVAL);

const char *sipas__interval_name(int32_t method)
{
    return sipas__enum_word(SIPAS__ENUM_INTERVAL, method);
}

const char *sipas__interval_formula(int32_t method)
{
    return formulas[method];
}

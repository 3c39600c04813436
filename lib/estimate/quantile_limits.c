/*
 * Woodruff's interval: from an interval on the scale of F to one of the quantile.
 *
 * Woodruff (1952, JASA 47:635): q lies within the limits when F(q) is no further from p than a share p of m observations may be
 * off, m the effective sample size of F near p. About F at the estimate, as R's survey does: the option `centre`; other scales
 * than that of F: Dorfman and Valliant (1993, Proc. ASA Surv. Res. Methods, 866). The ends go through the rule that made the
 * estimate, so that the limits are quantiles themselves.
 *
 * On a scale of few values F at the estimate may lie far from p (F(3) = 0.45, F(4) = 0.99: the median is 4), and so does then its
 * variance: m is taken where F is nearest to p, at the estimate or at the value before it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "base/context.h"
#include "estimate/interval.h"
#include "estimate/quantile.h"
#include "num/distributions.h"

/* What there is to say of limits. */
enum { NO_GAP, AT_LARGEST, NO_LOWER, NO_UPPER, NEITHER, NO_INTERVAL, EXTREME, FLOOR, ONE_VALUE, KNOWN, UNKNOWN, GAPS };

static const sipas__remark remarks[GAPS] = {
    [NO_GAP] = {NULL, NULL},
    [AT_LARGEST] =
        {"at_largest",
         "the estimate is the largest value, where F is 1 and its standard error 0; the limits say nothing of how sure it is"},
    [NO_LOWER] = {"no_limit", "the interval of F reaches below 0, so there is no lower limit and no standard error"},
    [NO_UPPER] = {"no_limit", "the interval of F reaches above 1, so there is no upper limit and no standard error"},
    [NEITHER] = {"no_limit",
                 "the interval of F reaches from below 0 to above 1, so there are no limits and no standard error"},
    [NO_INTERVAL] = {"no_limit", "the estimate is the largest value, where F is 1 and has no interval of this kind"},
    [EXTREME] = {"extreme",
                 "the least or the largest value of the sample says nothing of how far it is from that of the "
                 "population: no standard error and no limits"},
    [FLOOR] =
        {"se_floor",
         "F has the standard error 0 by chance (all values are equal, or the PSUs are alike): the interval is that of a "
         "simple random sample of n rows"},
    [KNOWN] = {NULL, NULL}, /* a census */
    [UNKNOWN] = {"no_limit",
                 "the variance of F near p is negative or not known, so there are no limits and no standard error"},
    [ONE_VALUE] = {"one_value", "both limits are one value, so their width is no standard error: there is none"},
};

/* An interval of F; NaN where the scale has none. */
typedef struct cdf_interval {
    double low, high;
} cdf_interval;

/* Of a share f of `size` observations. */
static cdf_interval beta_interval(double f, double size, double tail, double n, double df)
{
    const double ratio = sipas__t_quantile(tail, n - 1.0) / sipas__t_quantile(tail, df);
    const double effective = size * ratio * ratio;
    const cdf_interval ends = {sipas__beta_quantile(tail, effective * f, effective * (1.0 - f) + 1.0),
                               sipas__beta_quantile(1.0 - tail, effective * f + 1.0, effective * (1.0 - f))};

    return ends;
}

static cdf_interval find_interval(const sipas__quantiles *q, double f, double variance, double n, double df, double t)
{
    const double tail = (1.0 - q->opts.level) / 2.0, reach = t * sqrt(variance), spread = f * (1.0 - f);
    cdf_interval ends = {f - reach, f + reach};

    if (q->opts.interval <= SIPAS_QUANTILE_INTERVAL_MEAN) return ends;
    if (!(spread > 0.0)) {
        ends.low = ends.high = NAN;
    } else if (variance == 0.0) {
        ends.low = ends.high = f;
    } else if (q->opts.interval == SIPAS_QUANTILE_INTERVAL_BETA) {
        ends = beta_interval(f, spread / variance, tail, n, df);
    } else if (q->opts.interval == SIPAS_QUANTILE_INTERVAL_XLOGIT) {
        const double at = log(f / (1.0 - f));

        ends.low = 1.0 / (1.0 + exp(reach / spread - at));
        ends.high = 1.0 / (1.0 + exp(-reach / spread - at));
    } else {
        const double quarter = asin(1.0), low = asin(sqrt(f)) - reach / (2.0 * sqrt(spread)),
                     high = asin(sqrt(f)) + reach / (2.0 * sqrt(spread));

        ends.low = low < 0.0 ? -1.0 : sin(low) * sin(low);
        ends.high = high > quarter ? 2.0 : sin(high) * sin(high);
    }
    return ends;
}

/* Student quantiles cost more than all the rest, and groups often share their degrees of freedom. */
static double student(sipas__quantiles *q, double df)
{
    if (q->t_df != df) {
        q->t = -sipas__t_quantile((1.0 - q->opts.level) / 2.0, df);
        q->t_df = df;
    }
    return q->t;
}

/* An m that no chance can make larger than that of a simple random sample of the same rows. */
static double most_size(const sipas_design *design, double n, double population)
{
    return design->n_columns_fpc > 0 && population > n ? n / (1.0 - n / population) : n;
}

/* The interval about p, and what there is to say of it. */
static cdf_interval interval_of_p(const sipas__quantiles *q, int32_t level, int64_t cell, double df, double t,
                                  uint8_t *gap)
{
    const sipas__linear_level *at = &q->estimation.linear.level[level];
    const sipas__quantile_level *own = &q->level[level];
    const int64_t count = sipas__linear_count(at, cell), n_nodes = q->estimation.linear.nodes->n_nodes;
    const double p = q->probs[cell % n_nodes % q->n_probs], n = (double)at->n[count], f = own->near[cell];
    const double most = most_size(q->estimation.request.design, n, at->population[count]);
    const int by_chance = isnan(f) || sqrt(own->near_variance[cell]) <= SIPAS__NO_SPREAD;

    if (by_chance &&
        sipas__linear_is_census(&q->estimation.linear, q->estimation.request.design, level, cell / n_nodes)) {
        *gap = KNOWN;
        return (cdf_interval){p, p};
    }
    *gap = by_chance ? FLOOR : NO_GAP;
    if (!by_chance && !(own->near_variance[cell] > 0.0)) return (cdf_interval){NAN, NAN};
    return find_interval(q, p, p * (1.0 - p) / (by_chance ? n : fmin(f * (1.0 - f) / own->near_variance[cell], most)),
                         n, df, t);
}

/* `from`: the estimation that the variance is from. */
static void set_limits(sipas__quantiles *q, const sipas__estimation *from, int32_t level, int64_t cell, double df,
                       const sipas__ecdf *ecdf)
{
    const sipas__linear_level *at = &q->estimation.linear.level[level], *by = &from->linear.level[level];
    sipas__quantile_level *own = &q->level[level];
    const double variance = q->estimation.spread[level].variance[cell], f = own->cdf[cell];
    const int of_p = q->opts.centre == SIPAS_QUANTILE_CENTRE_P;
    uint8_t gap = NO_GAP;
    cdf_interval ends;
    double t;

    own->se[cell] = own->lower[cell] = own->upper[cell] = own->cdf_se[cell] = NAN;
    if (by->psus[sipas__linear_count(by, cell)] == 1 && !(by->whole[cell] && variance > 0.0)) return;
    if (isnan(variance) || isnan(at->estimate[cell])) return;
    own->cdf_se[cell] = sqrt(variance);
    if (!of_p && ecdf->n == 1) own->se[cell] = 0.0;
    if (!(df > 0.0)) return;
    if (!of_p && ecdf->n == 1) {
        own->lower[cell] = own->upper[cell] = at->estimate[cell];
        return;
    }
    t = student(q, df);
    ends = of_p ? interval_of_p(q, level, cell, df, t, &gap)
                : find_interval(q, f, variance, (double)at->n[sipas__linear_count(at, cell)], df, t);
    if (ends.low >= 0.0) own->lower[cell] = sipas__ecdf_quantile(ecdf, q->opts.rule, ends.low);
    if (ends.high <= 1.0) own->upper[cell] = sipas__ecdf_quantile(ecdf, q->opts.rule, ends.high);
    own->se[cell] = (own->upper[cell] - own->lower[cell]) / (2.0 * t);
    own->gap[cell] = (uint8_t)(isnan(ends.low) || isnan(ends.high)      ? (of_p ? UNKNOWN : NO_INTERVAL)
                               : !(ends.low >= 0.0 || ends.high <= 1.0) ? NEITHER
                               : !(ends.low >= 0.0)                     ? NO_LOWER
                               : !(ends.high <= 1.0)                    ? NO_UPPER
                               : !of_p && f == 1.0                      ? AT_LARGEST
                                                                        : gap);
    if (!of_p || gap == KNOWN || own->se[cell] != 0.0) return;
    own->se[cell] = NAN;
    if (own->gap[cell] == NO_GAP) own->gap[cell] = ONE_VALUE;
}

/* Minimum and maximum: known of a census; about F at the estimate also, as well as the mean is, where all values are equal. */
static void set_extreme(sipas__quantile_level *own, int64_t cell, int of_p)
{
    if (isnan(own->cdf_se[cell]) || own->gap[cell] == KNOWN) return; /* told elsewhere; nothing to tell */
    if (!of_p && own->lower[cell] == own->upper[cell] && own->gap[cell] == NO_GAP) return;
    own->se[cell] = own->lower[cell] = own->upper[cell] = NAN;
    own->gap[cell] = EXTREME;
}

void sipas__quantile_limits(sipas__quantiles *q, int64_t variable, int32_t level, int64_t group,
                            const sipas__ecdf *ecdf)
{
    const int64_t first = group * q->estimation.linear.nodes->n_nodes + variable * q->n_probs;
    const sipas__estimation *conditional = sipas__conditional_of(&q->estimation, level, group);
    const sipas__estimation *from = conditional ? conditional : &q->estimation;
    const double df = sipas__estimation_df(from, level, first);

    for (int64_t j = 0; j < q->n_probs; j++) {
        set_limits(q, from, level, first + j, df, ecdf);
        if (q->probs[j] == 0.0 || q->probs[j] == 1.0)
            set_extreme(&q->level[level], first + j, q->opts.centre == SIPAS_QUANTILE_CENTRE_P);
    }
}

void sipas__quantile_interval(const void *state, const sipas__estimation *e, sipas__cell *cell)
{
    const sipas__quantiles *q = state;
    const sipas__quantile_level *own = &q->level[cell->level];
    const int64_t at = cell->group * e->linear.nodes->n_nodes + cell->node;

    cell->se = own->se[at];
    cell->lower = own->lower[at];
    cell->upper = own->upper[at];
    cell->n_eff = NAN;
    cell->remark = own->gap[at] == NO_GAP ? NULL : &remarks[own->gap[at]];
}

/*
 * What the rank intervals of lib/rank will show of assumed true values, by the normal distribution of every difference; where
 * there are few degrees of freedom, by the noncentral t: Φ(t - c) below is then the area of T above c.
 *
 * Of unit j the P - 1 differences t_ij are tested with Holm's correction over 2 (P - 1) one-sided hypotheses: the k-th smallest
 * p-value at α / (2 (P - 1) - (k - 1)), c_(k-1) as a normal deviate.
 *
 * - A pair alone: c_0, the first step, holds whatever the others are.
 * - All of a set: if p_(i) ≤ α_i for an order of the set fixed beforehand, α_i ascending, then the k-th smallest of all p-values
 *   is at most max_(i ≤ k) p_(i) ≤ α_k, so Holm's test rejects the whole set. Hence P(not all) ≤ Σ Φ(c_(i-1) - t_i); descending t is
 *   the order that makes this smallest.
 * - Expected number R: the solution of R = G(R) = Σ Φ(t_i - c_R) + Φ(-t_i - c_R). dc/dR = -m(c)/(2 (P - 1) - R), m Mills' ratio, so that
 *   0 ≤ G' ≤ (φ(t - c) + φ(t + c)) m(c) < 1 where c > 0, that is for every level above 1/2: there is one solution, and
 *   iteration from R = 0 climbs to it. (With few degrees of freedom: to the least one.)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "base/context.h"
#include "base/error.h"
#include "num/distributions.h"
#include "num/noncentral.h"
#include "num/fpc.h"
#include "num/sum.h"
#include "size/ranking.h"

enum { MOST_STEPS = 20000 };

/* Beyond this many deviates from its bound a test is decided: Φ(-8) < 1e-15. */
static const double DECIDED = 8.0;

void sipas__ranking_set_unit_n(sipas__ranking *own, int64_t unit, double n)
{
    sipas__contender *to = &own->unit[unit];

    to->se2 = to->variance * sipas__fpc_gap(n, to->population);
}

void sipas__ranking_set_n(sipas__ranking *own, double n)
{
    for (int64_t i = 0; i < own->n; i++) sipas__ranking_set_unit_n(own, i, n);
}

double sipas__ranking_bound(const sipas__ranking *own, double rejected)
{
    return -sipas__t_quantile((1.0 - own->opts.level) / (2.0 * (double)(own->n - 1) - rejected), own->df);
}

double sipas__ranking_found(const sipas__ranking *own, double bound, double t)
{
    return sipas__noncentral_upper(bound, own->df, t);
}

double sipas__ranking_need(const sipas__ranking *own)
{
    return sipas__noncentral_shift(sipas__ranking_bound(own, 0.0), own->df, own->opts.power);
}

double sipas__ranking_t(const sipas__ranking *own, int64_t j, int64_t i)
{
    const double gap = own->unit[j].value - own->unit[i].value;

    return gap == 0.0 ? 0.0 : gap / sqrt(own->unit[j].se2 + own->unit[i].se2);
}

double sipas__ranking_widest(const sipas__ranking *own)
{
    double first = 0.0, second = 0.0;

    for (int64_t i = 0; i < own->n; i++) {
        const double se2 = own->unit[i].se2;

        if (se2 > first) {
            second = first;
            first = se2;
        } else if (se2 > second) {
            second = se2;
        }
    }
    return sqrt(first + second);
}

double sipas__ranking_delta(const sipas__ranking *own)
{
    return sipas__ranking_need(own) * sipas__ranking_widest(own);
}

/* Σ Φ(c_(r-1) - t) over the units below the top, those that are farthest first. */
static double miss_of(const sipas__ranking *own, int64_t j)
{
    const int64_t others = own->n - own->opts.top;
    sipas__sum sum = {0.0, 0.0};

    for (int64_t k = 0; k < others; k++) {
        own->items[k].index = own->place[own->opts.top + k];
        own->items[k].key = sipas__order_f64(-sipas__ranking_t(own, j, own->items[k].index));
    }
    sipas__order_sort(own->items, own->scratch, others, NULL, NULL);
    for (int64_t k = 0; k < others; k++) {
        const double t = sipas__ranking_t(own, j, own->items[k].index);

        sipas__sum_add(&sum, sipas__ranking_found(own, -sipas__ranking_bound(own, (double)k), -t));
    }
    return sipas__sum_value(&sum);
}

double sipas__ranking_miss(const sipas__ranking *own)
{
    sipas__sum sum = {0.0, 0.0};

    for (int64_t k = 0; k < own->opts.top; k++) sipas__sum_add(&sum, miss_of(own, own->place[k]));
    return sipas__sum_value(&sum);
}

/* |t| of unit j with every other, those that are decided at every bound set apart; returns how many are left. */
static int64_t read_differences(const sipas__ranking *own, int64_t j, double widest_bound, double *decided)
{
    int64_t left = 0;

    *decided = 0.0;
    for (int64_t i = 0; i < own->n; i++) {
        const double t = fabs(sipas__ranking_t(own, j, i));

        if (i == j) continue;
        if (isinf(own->df) && t > widest_bound + DECIDED)
            *decided += 1.0;
        else
            own->t[left++] = t;
    }
    return left;
}

/* Σ Φ(|t| - c) + Φ(-|t| - c). */
static double expected_rejections(const sipas__ranking *own, int64_t left, double decided, double c)
{
    sipas__sum sum = {decided, 0.0};

    for (int64_t i = 0; i < left; i++) {
        sipas__sum_add(&sum, sipas__ranking_found(own, c, own->t[i]));
        if (own->t[i] < DECIDED) sipas__sum_add(&sum, sipas__ranking_found(own, c, -own->t[i]));
    }
    return fmin(sipas__sum_value(&sum), (double)(own->n - 1));
}

/*
 * R = G(R) from below. Two steps and Aitken's extrapolation, which is kept only where it still lies below its image; otherwise
 * the plain step.
 */
static sipas_status find_fixed_point(sipas__ranking *own, int64_t j, sipas_error *err)
{
    const double tolerance = 1e-10 * (double)own->n;
    double decided, r0 = 0.0, r1, r2;
    const int64_t left = read_differences(own, j, sipas__ranking_bound(own, 0.0), &decided);

    r1 = expected_rejections(own, left, decided, sipas__ranking_bound(own, r0));
    for (int32_t step = 0; r1 - r0 > tolerance; step++) {
        double bend, ahead;

        if (step == MOST_STEPS)
            return sipas__error_set(
                err, SIPAS_ERR_CONVERGENCE, j, SIPAS__NOWHERE, "ranking",
                "row %lld: the expected number of differences found still rises by %g after %d steps", (long long)j,
                r1 - r0, MOST_STEPS);
        r2 = expected_rejections(own, left, decided, sipas__ranking_bound(own, r1));
        bend = r2 - 2.0 * r1 + r0;
        ahead = bend < 0.0 ? r2 - (r2 - r1) * (r2 - r1) / bend : r2;
        r0 = r1;
        r1 = r2;
        if (ahead > r2 && ahead < (double)(own->n - 1)) {
            const double image = expected_rejections(own, left, decided, sipas__ranking_bound(own, ahead));

            if (image >= ahead) {
                r0 = ahead;
                r1 = image;
            }
        }
    }
    own->unit[j].found = r1;
    return SIPAS_OK;
}

sipas_status sipas__ranking_find(sipas__ranking *own, sipas_error *err)
{
    for (int64_t j = 0; j < own->n; j++) {
        sipas_status status = sipas__progress(own->ctx, "ranking", j, own->n, err);

        if (status == SIPAS_OK) status = find_fixed_point(own, j, err);
        if (status < 0) return status;
    }
    return SIPAS_OK;
}

double sipas__ranking_width(const sipas__ranking *own)
{
    sipas__sum sum = {0.0, 0.0};

    for (int64_t j = 0; j < own->n; j++) sipas__sum_add(&sum, (double)(own->n - 1) - own->unit[j].found);
    return sipas__sum_value(&sum) / (double)own->n;
}

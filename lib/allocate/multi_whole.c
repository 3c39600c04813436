/*
 * Whole numbers that keep every limit, at little more than the continuous cost.
 *
 * At the prices λ the least of c n + q / n over whole numbers is at the largest n with n (n - 1) ≤ q / c; summed up, less
 * Σ λ limit, that is a bound for every whole solution, and no worse than the dual. From these numbers (and, a second time,
 * from the continuous optimum rounded up) one more is given where a limit is passed, what is not needed is taken back,
 * dearest first by cost over price, and one more is tried wherever it lets more than its cost be taken back.
 *
 * O(strata × (terms + candidates × terms)) a round, few rounds.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/multi.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "num/order.h"
#include "num/sum.h"

enum { CANDIDATES = 64, ROUNDS = 8 };

/* A solution under work: used follows n. */
typedef struct whole {
    const sipas__multi *m;
    int64_t *n;
    double *used, *q;
    sipas__item *items; /* 2 × strata */
} whole;

double sipas__multi_cost(const sipas__multi *m, const int64_t *n)
{
    sipas__sum sum = {0.0, 0.0};

    for (int64_t h = 0; h < m->n_strata; h++) sipas__sum_add(&sum, m->cost[h] * (double)n[h]);
    return sipas__sum_value(&sum);
}

/* ---- one more, one less ---- */

static void change(whole *w, int64_t h, int64_t by)
{
    const sipas__multi *m = w->m;
    const double had = (double)w->n[h], has = (double)(w->n[h] + by), less = -(double)by / (had * has);

    for (int64_t i = m->start[h]; i < m->start[h + 1]; i++) w->used[m->of[i]] += m->term[i] * less;
    w->n[h] += by;
}

static int may_drop(const whole *w, int64_t h)
{
    const sipas__multi *m = w->m;
    const double n = (double)w->n[h], more = 1.0 / (n * (n - 1.0));

    if (w->n[h] <= m->lower[h]) return 0;
    for (int64_t i = m->start[h]; i < m->start[h + 1]; i++)
        if (w->used[m->of[i]] + m->term[i] * more > sipas__multi_most(m, m->of[i])) return 0;
    return 1;
}

/* By how much one more brings the limits that are passed nearer, for its cost. */
static double relief(const whole *w, int64_t h)
{
    const sipas__multi *m = w->m;
    const double n = (double)w->n[h], less = 1.0 / (n * (n + 1.0));
    double sum = 0.0;

    for (int64_t i = m->start[h]; i < m->start[h + 1]; i++) {
        const int32_t k = m->of[i];
        const double over = w->used[k] - m->limit[k];

        if (over > 0.0) sum += fmin(over, m->term[i] * less) / (m->limit[k] + m->target[k].fpc);
    }
    return sum / m->cost[h];
}

/* Gives one more after the other until every limit holds; each can only help the others. */
static void repair(whole *w)
{
    const sipas__multi *m = w->m;

    for (int64_t k = 0; k < m->n_targets; k++)
        while (w->used[k] > sipas__multi_most(m, k)) {
            double best_relief = 0.0;
            int64_t best = -1;

            for (int64_t i = m->within[k]; i < m->within[k + 1]; i++) {
                const int64_t h = m->stratum[i];
                const double found = w->n[h] < m->upper[h] ? relief(w, h) : 0.0;

                if (found > best_relief ||
                    (best >= 0 && found == best_relief && sipas__multi_rank(m, h) < sipas__multi_rank(m, best)))
                    best = h, best_relief = found;
            }
            if (best < 0) break; /* all at their upper bounds: roundings */
            change(w, best, 1);
        }
}

/* ---- taking back ---- */

static int compare_ranks(const void *things, int64_t left, int64_t right)
{
    const sipas__multi *m = things;
    const int64_t one = sipas__multi_rank(m, left), two = sipas__multi_rank(m, right);

    return one < two ? -1 : one > two;
}

/* Strata by what one less is worth at the prices, over its cost; the least first. */
static int64_t sort_by_worth(whole *w)
{
    const sipas__multi *m = w->m;
    int64_t count = 0;

    for (int64_t h = 0; h < m->n_strata; h++) {
        const double n = (double)w->n[h];

        if (w->n[h] <= m->lower[h]) continue;
        w->items[count].key = sipas__order_f64(w->q[h] / (n * (n - 1.0) * m->cost[h]));
        w->items[count++].index = h;
    }
    sipas__order_sort(w->items, w->items + m->n_strata, count, compare_ranks, m);
    return count;
}

static void take_back(whole *w)
{
    int dropped = 1;

    while (dropped) {
        const int64_t count = sort_by_worth(w);

        dropped = 0;
        for (int64_t i = 0; i < count; i++)
            if (may_drop(w, w->items[i].index)) {
                change(w, w->items[i].index, -1);
                dropped = 1;
            }
    }
}

/* ---- exchanges ---- */

/* The target of a stratum with the fewest strata. */
static int64_t narrowest(const sipas__multi *m, int64_t h)
{
    int64_t best = m->of[m->start[h]];

    for (int64_t i = m->start[h] + 1; i < m->start[h + 1]; i++) {
        const int64_t k = m->of[i];

        if (m->within[k + 1] - m->within[k] < m->within[best + 1] - m->within[best]) best = k;
    }
    return best;
}

/* One more in h, if that lets more than its cost be taken back among the strata that follow it in its narrowest target. */
static int exchange(whole *w, int64_t h)
{
    const sipas__multi *m = w->m;
    const int64_t k = narrowest(m, h), from = m->within[k], count = m->within[k + 1] - from;
    const int64_t candidates = count < CANDIDATES ? count : CANDIDATES;
    int64_t dropped[CANDIDATES], n_dropped = 0;
    double saved = 0.0;

    change(w, h, 1);
    for (int64_t i = 0; i < candidates; i++) {
        const int64_t other = m->stratum[from + (h + i) % count];

        if (other == h || !may_drop(w, other)) continue;
        change(w, other, -1);
        saved += m->cost[other];
        dropped[n_dropped++] = other;
    }
    if (saved > m->cost[h] * (1.0 + 1e-12)) return 1;
    while (n_dropped > 0) change(w, dropped[--n_dropped], 1);
    change(w, h, -1);
    return 0;
}

static void improve(whole *w)
{
    const sipas__multi *m = w->m;
    int better = 1;

    for (int32_t round = 0; better && round < ROUNDS; round++) {
        better = 0;
        for (int64_t h = 0; h < m->n_strata; h++)
            if (m->start[h + 1] > m->start[h] && w->n[h] < m->upper[h]) better |= exchange(w, h);
        take_back(w);
    }
}

/* From numbers of any kind to numbers that keep every limit; roundings of `used` are put right at the end. */
static void settle(whole *w)
{
    sipas__multi_spread(w->m, NULL, w->n, w->used);
    repair(w);
    take_back(w);
    improve(w);
    sipas__multi_spread(w->m, NULL, w->n, w->used);
    repair(w);
}

/* ---- the whole ---- */

static int64_t within_bounds(const sipas__multi *m, int64_t h, double n)
{
    if (!(n < (double)m->upper[h])) return m->upper[h];
    return n > (double)m->lower[h] ? (int64_t)n : m->lower[h];
}

/* The whole numbers that are best at the prices, and their bound. */
static void price_numbers(sipas__multi *m, const double *q, int64_t *n)
{
    sipas__sum sum = {0.0, 0.0};
    int alike = 1;

    for (int64_t h = 0; h < m->n_strata; h++) {
        n[h] = within_bounds(m, h, 0.5 + sqrt(q[h] / m->cost[h] + 0.25));
        sipas__sum_add(&sum, m->cost[h] * (double)n[h]);
        if (q[h] > 0.0) sipas__sum_add(&sum, q[h] * sipas__multi_gap(m, h, (double)n[h]));
        alike = alike && m->cost[h] == m->cost[0];
    }
    for (int64_t k = 0; k < m->n_targets; k++) sipas__sum_add(&sum, -m->lambda[k] * m->limit[k]);
    m->bound = fmax(m->dual, sipas__sum_value(&sum));
    if (alike) m->bound = m->cost[0] * ceil(m->bound / m->cost[0] * (1.0 - 1e-9));
}

sipas_status sipas__multi_whole(sipas__multi *m, sipas_error *err)
{
    whole w = {m, m->n, m->trial_used, sipas__alloc(m->ctx, m->n_strata, sizeof *w.q),
               sipas__alloc(m->ctx, 2 * m->n_strata, sizeof *w.items)};
    int64_t *other = sipas__alloc(m->ctx, m->n_strata, sizeof *other);
    sipas_status status = w.q && w.items && other ? SIPAS_OK : sipas__error_memory(err);

    if (status == SIPAS_OK) {
        for (int64_t h = 0; h < m->n_strata; h++) {
            for (int64_t i = m->start[h]; i < m->start[h + 1]; i++) w.q[h] += m->lambda[m->of[i]] * m->term[i];
            other[h] = within_bounds(m, h, ceil(m->x[h] * (1.0 - 1e-12)));
        }
        price_numbers(m, w.q, m->n);
        settle(&w);
        w.n = other;
        settle(&w);
        if (sipas__multi_cost(m, other) < sipas__multi_cost(m, m->n))
            memcpy(m->n, other, (size_t)m->n_strata * sizeof *other);
        m->cost_whole = sipas__multi_cost(m, m->n);
    }
    sipas__free(m->ctx, other);
    sipas__free(m->ctx, w.items);
    sipas__free(m->ctx, w.q);
    return status;
}

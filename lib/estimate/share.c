/*
 * Shares: means of 0/1 indicators, and from each mean and its variance an effective sample size and an interval.
 *
 *     m = p(1 - p) / V                      one share for itself (Kish 1965, §8.2, with replacement)
 *     m = n / δ, δ = n/(K - 1) Σ V_k/p_k    all K categories together: the mean of the generalized design effects (Rao and
 *                                           Scott 1981, JASA 76:221, eq. 3.9)
 *
 * That no row or every row is a success is told by unweighted counts, which are exact.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "estimate/share.h"

#include <math.h>
#include <sipas/estimate_proportion.h>
#include <string.h>

#include "base/context.h"
#include "engine/stream.h"
#include "data/schema.h"
#include "estimate/interval.h"
#include "num/sum.h"

static const sipas__remark at_bound = {"at_bound", "no row or every row is a success"};

static int is_common(int32_t method)
{
    return method == SIPAS_INTERVAL_GOODMAN || method == SIPAS_INTERVAL_QUESENBERRY_HURST;
}

/* ---- rows and weights of the domains ---- */

static int alloc_domains(sipas__shares *s, const sipas__domain *domain)
{
    s->n_levels = domain->n_levels;
    s->rows = sipas__alloc(s->ctx, domain->n_levels, sizeof *s->rows);
    s->weight = sipas__alloc(s->ctx, domain->n_levels, sizeof *s->weight);
    for (int32_t k = 0; s->rows && s->weight && k < domain->n_levels; k++) {
        s->rows[k] = sipas__alloc(s->ctx, domain->level[k].n_groups, sizeof *s->rows[k]);
        s->weight[k] = sipas__alloc(s->ctx, domain->level[k].n_groups, sizeof *s->weight[k]);
        if (!s->rows[k] || !s->weight[k]) return 0;
    }
    return s->rows && s->weight;
}

/* Rows of non-zero weight, and the weights, from the pass. */
static void sum_domains(sipas__shares *s)
{
    const sipas__moments *m = &s->estimation.moments;

    for (int32_t k = 0; k < s->n_levels; k++) {
        const sipas__linear_level *at = &s->estimation.linear.level[k];

        for (int64_t g = 0; g < at->n_groups; g++) {
            sipas__sum weight = {0.0, 0.0};

            for (int64_t i = at->start[g]; i < at->start[g + 1]; i++)
                sipas__sum_add(&weight, sipas__moments_weight(m, at->segments[i]));
            s->rows[k][g] = (double)at->domain_rows[g];
            s->weight[k][g] = sipas__sum_value(&weight);
        }
    }
}

/* Rows of zero weight as a client of the walk. */
typedef struct zero_counter {
    sipas__shares *shares;
    const sipas_design *design;
    const sipas__domain *domain;
} zero_counter;

static int count_tile(void *state, int32_t worker, int64_t row, int64_t n)
{
    const zero_counter *z = state;
    int32_t cell[SIPAS__TILE];
    double in[SIPAS__TILE];

    (void)worker;
    sipas__design_read_weights(z->design, row, n, in);
    for (int64_t i = 0; i < n; i++) in[i] = in[i] == 0.0;
    sipas__domain_where(z->domain, row, n, in);
    sipas__domain_read(z->domain, row, n, cell);
    for (int64_t i = 0; i < n; i++)
        for (int32_t k = 0; in[i] != 0.0 && k < z->domain->n_levels; k++) {
            const int32_t group = z->domain->level[k].cell_group[cell[i]];

            if (group >= 0) z->shares->rows[k][group] += 1.0;
        }
    return 1;
}

/* svyciprop counts rows of zero weight where it asks for the rows of a domain; the pass does not. */
static sipas_status count_zero(sipas__shares *s, const sipas_design *design, const sipas__domain *domain,
                               sipas_error *err)
{
    zero_counter z = {s, design, domain};
    sipas__stream stream = {.ctx = s->ctx,
                            .n = design->n,
                            .doing = "counting rows of zero weight",
                            .n_sums = SIPAS__STREAM_IN_ORDER,
                            .state = &z,
                            .tile = count_tile};

    sipas__stream_plan(&stream);
    return sipas__stream_run(&stream, err);
}

static sipas_status describe_domains(sipas__shares *s, const sipas_design *design, const sipas__domain *domain,
                                     sipas_error *err)
{
    if (!alloc_domains(s, domain)) return sipas__error_memory(err);
    sum_domains(s);
    return design->positive + design->negative < design->n ? count_zero(s, design, domain, err) : SIPAS_OK;
}

/* ---- effective sample sizes ---- */

/* Infinite where every standard error is 0 by the design. */
static double common_size(const sipas__estimation *e, int32_t level, int64_t group)
{
    const sipas__linear_level *at = &e->linear.level[level];
    const int64_t n_nodes = e->linear.nodes->n_nodes, first = group * n_nodes;
    double sum = 0.0, most = 0.0;
    int64_t there = 0;

    for (int64_t k = first; k < first + n_nodes; k++) {
        const double variance = e->spread[level].variance[k];

        if (at->plain[k] == 0.0) continue;
        there++;
        sum += variance / at->estimate[k];
        most = variance > most ? variance : most;
    }
    if (there < 2) return (double)at->n[sipas__linear_count(at, first)];
    return sqrt(most) > SIPAS__NO_SPREAD ? (double)(there - 1) / sum : INFINITY;
}

/* That of every group, once for all its categories. */
static int size_groups(sipas__shares *s)
{
    const sipas__estimation *e = &s->estimation;

    s->n_levels = e->linear.n_levels;
    s->common = sipas__alloc(s->ctx, s->n_levels, sizeof *s->common);
    for (int32_t k = 0; s->common && k < s->n_levels; k++) {
        s->common[k] = sipas__alloc(s->ctx, e->linear.level[k].n_groups, sizeof *s->common[k]);
        if (!s->common[k]) return 0;
        for (int64_t g = 0; g < e->linear.level[k].n_groups; g++) s->common[k][g] = common_size(e, k, g);
    }
    return s->common != NULL;
}

/* NaN where the standard error is 0 by the design. */
static double own_size(const sipas__cell *cell, int32_t bound, double n)
{
    const double size = cell->estimate * (1.0 - cell->estimate) / (cell->se * cell->se);

    return bound ? n : cell->se > SIPAS__NO_SPREAD && size > 0.0 ? size : NAN;
}

static void limits(const void *state, const sipas__estimation *e, sipas__cell *cell)
{
    const sipas__shares *s = state;
    const sipas__linear_level *at = &e->linear.level[cell->level];
    const int64_t i = cell->group * e->linear.nodes->n_nodes + cell->node;
    sipas__share share = {.df = cell->df, .critical = cell->critical};
    sipas__limits found;

    cell->lower = cell->upper = cell->n_eff = NAN;
    if (isnan(cell->estimate)) return;
    share.bound = at->plain[i] == 0.0 ? -1 : at->plain[i] == 1.0;
    if (share.bound) {
        cell->remark = &at_bound;
        cell->estimate = share.bound > 0;
        cell->deff = NAN;
        if (cell->se > 0.0) cell->se = 0.0; /* what rounding left of it */
    }
    if (isnan(cell->se)) return;
    share.n_eff = s->common ? s->common[cell->level][cell->group]
                            : own_size(cell, share.bound, (double)at->n[sipas__linear_count(at, i)]);
    cell->n_eff = isinf(share.n_eff) ? NAN : share.n_eff;
    if (!(cell->df > 0.0)) return;
    share.estimate = cell->estimate;
    share.se = cell->se;
    share.n = (double)at->n[sipas__linear_count(at, i)];
    if (s->rows) {
        share.rows = s->rows[cell->level][cell->group];
        share.mass = (double)at->domain_rows[cell->group] * at->population[sipas__linear_count(at, i)] /
                     s->weight[cell->level][cell->group];
    }
    found = sipas__interval_share(s->method, &share);
    cell->lower = found.lower;
    cell->upper = found.upper;
    if (found.remark) cell->remark = found.remark;
}

/* ---- running ---- */

static int32_t family_rule(int32_t method, int32_t asked)
{
    if (method == SIPAS_INTERVAL_GOODMAN) return SIPAS_SIMULTANEOUS_BONFERRONI;
    return method == SIPAS_INTERVAL_QUESENBERRY_HURST ? SIPAS_SIMULTANEOUS_SCHEFFE : asked;
}

sipas_status sipas__shares_init(sipas__shares *s, const sipas_design *design, const sipas__domain *domain,
                                const sipas__source *source, const sipas__codes *categories, int32_t method,
                                const sipas_estimate_opts *own, int joint, sipas_error *err)
{
    const int asks_rows = method == SIPAS_INTERVAL_BETA || method == SIPAS_INTERVAL_JEFFREYS ||
                          method == SIPAS_INTERVAL_LIKELIHOOD;
    sipas__request request = sipas__estimate_request(design, domain, source, &s->nodes.nodes, own);
    sipas_status status;

    memset(s, 0, sizeof *s);
    s->ctx = sipas__ctx_ref(design->ctx);
    s->method = method;
    s->joint = joint;
    s->confidence = own->level;
    s->simultaneous = family_rule(method, own->simultaneous);
    request.categories = categories;
    status = sipas__nodes_single(s->ctx, &s->nodes, source->n_vars, SIPAS__SINGLE_MEAN, NULL, err);
    if (status == SIPAS_OK) status = sipas__estimation_init(&s->estimation, &request, err);
    if (status == SIPAS_OK && asks_rows) status = describe_domains(s, design, domain, err);
    if (status == SIPAS_OK && is_common(method) && !size_groups(s)) status = sipas__error_memory(err);
    if (status < 0) sipas__shares_clear(s);
    return status;
}

sipas_status sipas__shares_report(const sipas__shares *s, sipas_table *table, const char *const *names,
                                  sipas_table **out, sipas_error *err)
{
    const sipas__interval_rule rule = {s, limits};
    const sipas__report report = {s->confidence, s->simultaneous, s->joint ? SIPAS__FAMILY_NODES : SIPAS__FAMILY_GROUPS,
                                  &rule,         names,           NULL};
    sipas_status status;

    sipas__table_meta(table, "interval", "%s/1", sipas__interval_name(s->method));
    sipas__table_meta(table, "interval_formula", "%s", sipas__interval_formula(s->method));
    status = sipas__estimation_report(&s->estimation, &report, table, &sipas__schema_proportion, err);
    return sipas__table_close(table, status, out, err);
}

void sipas__shares_clear(sipas__shares *s)
{
    for (int32_t k = 0; s->rows && s->weight && k < s->n_levels; k++) {
        sipas__free(s->ctx, s->rows[k]);
        sipas__free(s->ctx, s->weight[k]);
    }
    for (int32_t k = 0; s->common && k < s->n_levels; k++) sipas__free(s->ctx, s->common[k]);
    sipas__free(s->ctx, s->rows);
    sipas__free(s->ctx, s->weight);
    sipas__free(s->ctx, s->common);
    sipas__estimation_clear(&s->estimation);
    sipas__nodes_single_clear(s->ctx, &s->nodes);
    sipas_ctx_free(s->ctx);
    memset(s, 0, sizeof *s);
}

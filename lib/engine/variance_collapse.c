/*
 * Strata that are taken as one (data/design_collapse.c): their totals and sums of squares about their means are joined
 * into those of the whole, by the rule for pooling means (Chan, Golub and LeVeque 1983, Am. Stat. 37:242), which loses
 * no digits.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/context.h"
#include "engine/variance.h"

int sipas__variance_is_collapsed(const sipas__variance *engine, int64_t stratum)
{
    const sipas__collapse *c = &engine->design->collapse;

    return c->group && c->strata[c->group[stratum]] > 1;
}

sipas_status sipas__variance_open_collapse(sipas__variance *engine, int64_t n_nodes, sipas_error *err)
{
    const int64_t n = engine->design->collapse.n_groups;

    if (!engine->design->collapse.group) return SIPAS_OK;
    if (n_nodes > engine->merged_nodes) {
        sipas__free(engine->ctx, engine->merged);
        engine->merged = sipas__alloc(engine->ctx, n, (size_t)(2 * n_nodes) * sizeof *engine->merged);
        engine->merged_nodes = engine->merged ? n_nodes : 0;
        if (!engine->merged) return sipas__error_memory(err);
    }
    if (!engine->merged_units) engine->merged_units = sipas__alloc(engine->ctx, n, sizeof *engine->merged_units);
    if (!engine->merged_units) return sipas__error_memory(err);
    memset(engine->merged_units, 0, (size_t)n * sizeof *engine->merged_units);
    memset(engine->merged, 0, (size_t)(n * 2 * engine->merged_nodes) * sizeof *engine->merged);
    return SIPAS_OK;
}

/* Pools n more units of mean total/n and sum of squares `square` into a group. */
static void pool(sipas__variance *engine, int64_t group, double n, const double *total, const double *square,
                 int64_t n_nodes)
{
    double *mean = engine->merged + group * 2 * engine->merged_nodes, *squares = mean + engine->merged_nodes;
    const double before = engine->merged_units[group], all = before + n;

    for (int64_t k = 0; k < n_nodes; k++) {
        const double d = (total ? total[k] / n : 0.0) - mean[k];

        mean[k] += d * n / all;
        squares[k] += (square ? square[k] : 0.0) + d * d * before * n / all;
    }
    engine->merged_units[group] = all;
}

void sipas__variance_collapse(sipas__variance *engine, int64_t stratum, const double *total, const double *square,
                              int64_t n_nodes)
{
    pool(engine, engine->design->collapse.group[stratum], (double)engine->design->stage[0].stratum_units[stratum],
         total, square, n_nodes);
}

void sipas__variance_close_collapse(sipas__variance *engine, int64_t n_nodes, double *variance)
{
    const sipas__collapse *c = &engine->design->collapse;

    if (!c->group) return;
    for (int64_t g = 0; g < c->n_groups; g++) {
        const double n = (double)c->units[g], absent = n - engine->merged_units[g];
        const double *squares = engine->merged + g * 2 * engine->merged_nodes + engine->merged_nodes;

        if (engine->merged_units[g] == 0.0) continue;
        if (absent > 0.0) pool(engine, g, absent, NULL, NULL, n_nodes); /* strata the domain does not reach: z = 0 */
        for (int64_t k = 0; k < n_nodes; k++) variance[k] += (1.0 - c->f[g]) * n / (n - 1.0) * squares[k];
    }
}

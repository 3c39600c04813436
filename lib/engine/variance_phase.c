/*
 * Two phases (Särndal, Swensson and Wretman 1992, result 9.3.1): with z the totals of phase-2 units weighted over both
 * phases, Δ1 and Δ2 the checks 1 - π_i π_j / π_ij of each phase, the double expansion estimator has
 *
 *     V = Σ_ij (Δ1_ij + Δ2_ij - Δ1_ij Δ2_ij) z_i z_j          R's survey: twophase(method = "full")
 *
 * The first sum is the variance of phase 1 as if all of it were in the domain "taken in phase 2". Phase 2 is simple
 * random within strata g: Δ2 is 1 - f on the diagonal and -(1 - f)/(n - 1) off it, so the last sum over the pairs of g
 * is the variance of phase 1 once more, of z cut down to g. Each unit is in one g: the cost is that of one variance.
 * Bernoulli sampling has Δ2 = 0 off the diagonal.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "engine/variance.h"

/* Inclusion probability in phase 1 of the unit of entry i. */
static double phase1_probability(const sipas__variance *engine, const sipas__entries *e, int64_t i)
{
    const sipas_design *design = engine->design;
    const int32_t last = design->n_stages - 1;
    const int64_t h = e->stratum[i];

    if (last == 0 && design->pps.method != SIPAS_PPS_NONE) return design->pps.pi[e->id[i]];
    return engine->factor[last][h] * design->stage[last].stratum_f[h];
}

/* Σ_ij Δ1_ij z_i z_j; `e` is used up. */
static sipas_status phase1_variance(sipas__variance *engine, sipas__entries *e, double *variance, sipas_error *err)
{
    if (engine->design->phase2.phase1 != SIPAS_PHASE1_INDEPENDENT)
        return sipas__variance_of_stages(engine, e, variance, err);
    memset(variance, 0, (size_t)e->n_nodes * sizeof *variance);
    for (int64_t i = 0; i < e->n; i++) {
        const double q = 1.0 - phase1_probability(engine, e, i), *z = e->z + i * e->n_nodes;

        for (int64_t k = 0; k < e->n_nodes; k++) variance[k] += q * z[k] * z[k];
    }
    return SIPAS_OK;
}

/* Entries of one stratum of phase 2, and its sums. */
typedef struct phase_work {
    sipas__entries part;
    double *total, *own, *variance; /* by node: Σ z, Σ (1 - π1) z², phase 1's variance of the part */
    int64_t *start;                 /* by stratum: its entries in `order` */
    int32_t *order;
} phase_work;

static void free_work(const sipas_ctx *ctx, phase_work *w)
{
    void *blocks[] = {w->part.id, w->part.stratum, w->part.z, w->total, w->start, w->order};

    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) sipas__free(ctx, blocks[b]);
}

static int alloc_work(const sipas__variance *engine, const sipas__entries *e, phase_work *w)
{
    memset(w, 0, sizeof *w);
    w->part.id = sipas__alloc(engine->ctx, e->n, sizeof *w->part.id);
    w->part.stratum = sipas__alloc(engine->ctx, e->n, sizeof *w->part.stratum);
    w->part.z = sipas__alloc(engine->ctx, e->n, (size_t)e->n_nodes * sizeof *w->part.z);
    w->total = sipas__alloc(engine->ctx, 3 * e->n_nodes, sizeof *w->total);
    w->start = sipas__alloc(engine->ctx, engine->design->phase2.n_strata + 2, sizeof *w->start);
    w->order = sipas__alloc(engine->ctx, e->n, sizeof *w->order);
    if (!w->part.id || !w->part.stratum || !w->part.z || !w->total || !w->start || !w->order) return 0;
    w->own = w->total + e->n_nodes;
    w->variance = w->own + e->n_nodes;
    return 1;
}

/* Lists the entries by stratum of phase 2, in their order. */
static void list_entries(const sipas__phase2 *phase, const sipas__entries *e, phase_work *w)
{
    for (int64_t i = 0; i < e->n; i++) w->start[phase->unit_stratum[e->id[i]] + 2]++;
    for (int64_t g = 0; g < phase->n_strata; g++) w->start[g + 2] += w->start[g + 1];
    for (int64_t i = 0; i < e->n; i++) w->order[w->start[phase->unit_stratum[e->id[i]] + 1]++] = (int32_t)i;
}

/* Copies the entries of stratum g; sums Σ z and Σ (1 - π1) z². */
static void cut_part(const sipas__variance *engine, const sipas__entries *e, int64_t g, phase_work *w)
{
    const int64_t n_nodes = e->n_nodes;

    w->part.n = 0;
    w->part.n_nodes = n_nodes;
    memset(w->total, 0, (size_t)(2 * n_nodes) * sizeof *w->total);
    for (int64_t at = w->start[g]; at < w->start[g + 1]; at++) {
        const int64_t i = w->order[at];
        const double q = 1.0 - phase1_probability(engine, e, i), *z = e->z + i * n_nodes;

        w->part.id[w->part.n] = e->id[i];
        w->part.stratum[w->part.n] = e->stratum[i];
        memcpy(w->part.z + w->part.n * n_nodes, z, (size_t)n_nodes * sizeof *z);
        w->part.n++;
        for (int64_t k = 0; k < n_nodes; k++) {
            w->total[k] += z[k];
            w->own[k] += q * z[k] * z[k];
        }
    }
}

/* Σ (z - Σz/n)² over the n units of a stratum of phase 2. */
static double squares_about_mean(const phase_work *w, double n, int64_t k)
{
    const double mean = w->total[k] / n;
    double sum = (n - (double)w->part.n) * mean * mean;

    for (int64_t i = 0; i < w->part.n; i++) {
        const double d = w->part.z[i * w->part.n_nodes + k] - mean;

        sum += d * d;
    }
    return sum;
}

static sipas_status lonely_in_phase2(const sipas_design *design, int64_t g, const phase_work *w, double q,
                                     double *variance, sipas_error *err)
{
    char label[32];
    const char *name = design->phase2.strata.n_levels ? sipas__codes_label(&design->phase2.strata, g, label) : "1";

    switch (design->lonely_psu) {
    case SIPAS_LONELY_REMOVE:
    case SIPAS_LONELY_CERTAINTY: return SIPAS_OK;
    case SIPAS_LONELY_ADJUST:
    case SIPAS_LONELY_ADJUST_ZERO:
        for (int64_t k = 0; k < w->part.n_nodes; k++) variance[k] += q * (w->total[k] * w->total[k] - w->own[k]);
        return SIPAS_OK;
    default: break;
    }
    return sipas__error_set(err, SIPAS_ERR_LONELY_PSU, g, SIPAS__NOWHERE, name,
                            "stratum %s of phase 2 has one unit; choose a rule with the option lonely_psu", name);
}

/* What a stratum of phase 2 adds: its own variance, less the pairs that both phases count. */
static sipas_status add_stratum(sipas__variance *engine, int64_t g, phase_work *w, double *variance, sipas_error *err)
{
    const sipas__phase2 *phase = &engine->design->phase2;
    const double n = (double)phase->units[g], q = 1.0 - phase->unit_f[w->part.id[0]];
    sipas_status status;

    if (1.0 - q >= SIPAS__TAKEN_WHOLE) return SIPAS_OK;
    if (phase->units[g] == 1) return lonely_in_phase2(engine->design, g, w, q, variance, err);
    for (int64_t k = 0; k < w->part.n_nodes; k++)
        variance[k] += q * (n / (n - 1.0) * squares_about_mean(w, n, k) - w->own[k]);
    status = phase1_variance(engine, &w->part, w->variance, err);
    for (int64_t k = 0; k < w->part.n_nodes; k++) variance[k] += q / (n - 1.0) * (w->variance[k] - w->own[k]);
    return status;
}

static void add_bernoulli(const sipas__variance *engine, const sipas__entries *e, double *variance)
{
    for (int64_t i = 0; i < e->n; i++) {
        const double q = 1.0 - engine->design->phase2.unit_f[e->id[i]];
        const double factor = q * phase1_probability(engine, e, i);

        for (int64_t k = 0; k < e->n_nodes; k++)
            variance[k] += factor * e->z[i * e->n_nodes + k] * e->z[i * e->n_nodes + k];
    }
}

sipas_status sipas__variance_of_phases(sipas__variance *engine, sipas__entries *e, double *variance, sipas_error *err)
{
    const sipas__phase2 *phase = &engine->design->phase2;
    double *second = NULL;
    phase_work w = {0};
    sipas_status status = SIPAS_OK;

    second = sipas__alloc(engine->ctx, e->n_nodes, sizeof *second);
    if (!second || !alloc_work(engine, e, &w)) status = sipas__error_memory(err);
    if (status == SIPAS_OK && phase->kind == SIPAS_PHASE2_BERNOULLI) {
        add_bernoulli(engine, e, second);
    } else if (status == SIPAS_OK) {
        list_entries(phase, e, &w);
        for (int64_t g = 0; g < phase->n_strata && status == SIPAS_OK; g++) {
            if (w.start[g] == w.start[g + 1]) continue;
            cut_part(engine, e, g, &w);
            status = add_stratum(engine, g, &w, second, err);
        }
    }
    if (status == SIPAS_OK) status = phase1_variance(engine, e, variance, err);
    for (int64_t k = 0; status == SIPAS_OK && k < e->n_nodes; k++) variance[k] += second[k];
    sipas__free(engine->ctx, second);
    free_work(engine->ctx, &w);
    return status;
}

/*
 * Variance of stage-nested totals, from the last stage up.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/variance.h"

#include <math.h>
#include <string.h>

#include "base/context.h"

/* First-stage strata of unequal probabilities. */
static int is_pps(const sipas_design *design, int32_t s, int64_t h)
{
    return s == 0 && design->pps.method != SIPAS_PPS_NONE && design->pps.n[h] >= 0;
}

/* 1 - f of a stratum with one unit that is not taken whole; 0 = it is not lonely. */
static double lonely_share(const sipas_design *design, int32_t s, int64_t h)
{
    const sipas__stage *stage = &design->stage[s];

    if (is_pps(design, s, h)) return design->pps.n[h] == 1 ? design->pps.q[h] : 0.0;
    if (stage->stratum_units[h] != 1 || stage->stratum_f[h] >= SIPAS__TAKEN_WHOLE) return 0.0;
    return 1.0 - stage->stratum_f[h];
}

/* Probability with which a unit of stage s was drawn from its stratum. */
static double unit_fraction(const sipas_design *design, int32_t s, int32_t unit, int32_t stratum)
{
    return is_pps(design, s, stratum) ? design->pps.pi[unit] : design->stage[s].stratum_f[stratum];
}

sipas_status sipas__variance_init(sipas__variance *engine, const sipas_design *design, sipas_error *err)
{
    memset(engine, 0, sizeof *engine);
    engine->ctx = sipas__ctx_ref(design->ctx);
    engine->design = design;
    engine->lonely_met = sipas__alloc(engine->ctx, design->stage[0].n_strata, 1);
    if (!engine->lonely_met) goto fail;
    for (int32_t s = 0; s < design->n_stages; s++) {
        const sipas__stage *stage = &design->stage[s], *above = s ? &design->stage[s - 1] : NULL;

        engine->factor[s] = sipas__alloc(engine->ctx, stage->n_strata, sizeof *engine->factor[s]);
        if (!engine->factor[s]) goto fail;
        for (int64_t h = 0; h < stage->n_strata; h++) {
            const int32_t parent = stage->stratum_parent[h];
            const int32_t up = above ? above->unit_stratum[parent] : 0;

            engine->units[s] += stage->stratum_units[h];
            engine->factor[s][h] = above ? engine->factor[s - 1][up] * unit_fraction(design, s - 1, parent, up) : 1.0;
            engine->lonely[s] += engine->factor[s][h] * lonely_share(design, s, h);
        }
    }
    return SIPAS_OK;
fail:
    sipas__variance_clear(engine);
    return sipas__error_memory(err);
}

void sipas__variance_clear(sipas__variance *engine)
{
    for (int32_t s = 0; s < SIPAS__MOST_STAGES; s++) sipas__free(engine->ctx, engine->factor[s]);
    sipas__free(engine->ctx, engine->lonely_met);
    sipas__free(engine->ctx, engine->merged);
    sipas__free(engine->ctx, engine->merged_units);
    sipas__free(engine->ctx, engine->work);
    sipas_ctx_free(engine->ctx);
    memset(engine, 0, sizeof *engine);
}

/* The strata of one parent unit (at the first stage: of the whole design), as they are met one after the other. */
typedef struct parent_state {
    int64_t visited, lonely;
    double *known; /* variance from strata that are not lonely */
} parent_state;

/* All of a stage. */
typedef struct stage_state {
    parent_state parent;
    double *mean; /* mean over its units */
    double
        unmet; /* Σ factor (1 - f) over the lonely strata that were not met, because the domain does not reach them */
} stage_state;

static sipas_status lonely_stratum(sipas__variance *engine, int32_t s, int64_t h, const double *z, int64_t n_nodes,
                                   stage_state *state, double *variance, sipas_error *err)
{
    const sipas_design *design = engine->design;
    const double factor = engine->factor[s][h] * lonely_share(design, s, h);
    char name[192];

    if (s == 0) engine->lonely_met[h] = 1;
    switch (design->lonely_psu) {
    case SIPAS_LONELY_ADJUST:
        for (int64_t k = 0; k < n_nodes; k++) variance[k] += factor * (z[k] - state->mean[k]) * (z[k] - state->mean[k]);
        state->unmet -= factor;
        return SIPAS_OK;
    case SIPAS_LONELY_ADJUST_ZERO:
        for (int64_t k = 0; k < n_nodes; k++) variance[k] += factor * z[k] * z[k];
        return SIPAS_OK;
    case SIPAS_LONELY_AVERAGE: state->parent.lonely++; return SIPAS_OK;
    case SIPAS_LONELY_REMOVE:
    case SIPAS_LONELY_CERTAINTY: return SIPAS_OK;
    case SIPAS__LONELY_MISSING:
        for (int64_t k = 0; k < n_nodes; k++) variance[k] = NAN;
        return SIPAS_OK;
    default: break;
    }
    if (s == 0)
        sipas__design_stratum_name(design, h, name, sizeof name);
    else
        sipas__design_inner_name(design, s, h, name, sizeof name);
    return sipas__error_set(err, SIPAS_ERR_LONELY_PSU, h, s > 0 ? s : SIPAS__NOWHERE, name,
                            design->lonely_psu == SIPAS_LONELY_COLLAPSE
                                ? "%s has one %s, and collapse finds no partner for it; choose another rule with the "
                                  "option lonely_psu"
                                : "%s has one %s; choose a rule with the option lonely_psu",
                            name, s == 0 ? "PSU" : "unit");
}

/* Adds what one stratum brings, from its total and its sum of squares about the mean. */
static sipas_status add_stratum(sipas__variance *engine, int32_t s, int64_t h, const double *total,
                                const double *square, int64_t n_nodes, stage_state *state, double *variance,
                                sipas_error *err)
{
    const sipas__stage *stage = &engine->design->stage[s];
    const double n = (double)stage->stratum_units[h], f = stage->stratum_f[h];
    double factor;

    state->parent.visited++;
    if (f >= SIPAS__TAKEN_WHOLE || engine->factor[s][h] == 0.0) return SIPAS_OK;
    if (s == 0 && sipas__variance_is_collapsed(engine, h)) {
        sipas__variance_collapse(engine, h, total, square, n_nodes);
        return SIPAS_OK;
    }
    if (stage->stratum_units[h] == 1) return lonely_stratum(engine, s, h, total, n_nodes, state, variance, err);
    factor = engine->factor[s][h] * (1.0 - f) * n / (n - 1.0);
    for (int64_t k = 0; k < n_nodes; k++) {
        variance[k] += factor * square[k];
        state->parent.known[k] += factor * square[k];
    }
    return SIPAS_OK;
}

/* The same for a stratum of unequal probabilities, from its entries first … last-1; `square` is a work place. */
static sipas_status add_pps_stratum(sipas__variance *engine, const sipas__entries *e, int64_t first, int64_t last,
                                    double *square, stage_state *state, double *variance, sipas_error *err)
{
    const sipas__pps *pps = &engine->design->pps;
    const int64_t h = e->stratum[first];

    state->parent.visited++;
    if (pps->n[h] == 0) return SIPAS_OK;
    if (pps->n[h] == 1) {
        for (int64_t i = first; i < last; i++)
            if (pps->pi[e->id[i]] < SIPAS__TAKEN_WHOLE)
                return lonely_stratum(engine, 0, h, e->z + i * e->n_nodes, e->n_nodes, state, variance, err);
        return SIPAS_OK; /* the domain does not reach it */
    }
    sipas__variance_pps(engine->design, h, e, first, last, square);
    for (int64_t k = 0; k < e->n_nodes; k++) {
        variance[k] += square[k];
        state->parent.known[k] += square[k];
    }
    return SIPAS_OK;
}

/* The rule `average`: each lonely stratum counts as much as the others on average. */
static void close_parent(const parent_state *parent, int64_t n_nodes, double *variance)
{
    const int64_t ok = parent->visited - parent->lonely;

    if (parent->lonely == 0) return;
    for (int64_t k = 0; k < n_nodes; k++)
        variance[k] += ok ? parent->known[k] * (double)parent->lonely / (double)ok : NAN;
}

static void open_parent(parent_state *parent, int64_t n_nodes)
{
    parent->visited = parent->lonely = 0;
    memset(parent->known, 0, (size_t)n_nodes * sizeof(double));
}

/* The rule `adjust`: the mean that lonely strata are centred on. */
static void open_stage(const sipas__variance *engine, int32_t s, const sipas__entries *e, stage_state *state)
{
    memset(state->mean, 0, (size_t)e->n_nodes * sizeof *state->mean);
    state->unmet = 0.0;
    if (engine->design->lonely_psu != SIPAS_LONELY_ADJUST) return;
    state->unmet = engine->lonely[s];
    for (int64_t i = 0; i < e->n; i++)
        for (int64_t k = 0; k < e->n_nodes; k++) state->mean[k] += e->z[i * e->n_nodes + k] / (double)engine->units[s];
}

/* A lonely stratum that the domain does not reach has z = 0, which is off the mean as well (by nothing for means and
 * ratios, whose z add to 0). */
static void close_stage(const stage_state *state, int64_t n_nodes, double *variance)
{
    for (int64_t k = 0; k < n_nodes; k++) variance[k] += fmax(state->unmet, 0.0) * state->mean[k] * state->mean[k];
}

static int64_t same_stratum(const sipas__entries *e, int64_t first)
{
    int64_t last = first;

    while (last < e->n && e->stratum[last] == e->stratum[first]) last++;
    return last;
}

/* Total and sum of squares about the mean of n_z totals of one node. */
static void sum_totals(const double *z, int64_t n_z, double n, double *total, double *square)
{
    double sum = 0.0, squares = 0.0;

    for (int64_t i = 0; i < n_z; i++) sum += z[i];
    for (int64_t i = 0; i < n_z; i++) {
        const double d = z[i] - sum / n;

        squares += d * d;
    }
    *total = sum;
    *square = squares + (n - (double)n_z) * (sum / n) * (sum / n);
}

/* The same of all nodes, from the entries first … last-1; absent units count with 0. */
static void sum_stratum(const sipas__entries *e, int64_t first, int64_t last, double n, double *total, double *square)
{
    const int64_t n_nodes = e->n_nodes;

    if (n_nodes == 1) {
        sum_totals(e->z + first, last - first, n, total, square);
        return;
    }
    memset(total, 0, (size_t)n_nodes * sizeof(double));
    memset(square, 0, (size_t)n_nodes * sizeof(double));
    for (int64_t i = first; i < last; i++)
        for (int64_t k = 0; k < n_nodes; k++) total[k] += e->z[i * n_nodes + k];
    for (int64_t i = first; i < last; i++)
        for (int64_t k = 0; k < n_nodes; k++) {
            const double d = e->z[i * n_nodes + k] - total[k] / n;

            square[k] += d * d;
        }
    for (int64_t k = 0; k < n_nodes; k++) square[k] += (n - (double)(last - first)) * (total[k] / n) * (total[k] / n);
}

/* Entry `at` becomes the unit `up` of the stage above, still empty; it lies before the entries that are yet to come. */
static void open_unit(sipas__entries *e, int64_t at, int32_t up)
{
    e->id[at] = up;
    memset(e->z + at * e->n_nodes, 0, (size_t)e->n_nodes * sizeof *e->z);
}

/*
 * One stage: adds its variance and joins its units into those of the stage above, in place. With `squares` an entry is
 * no unit but a stratum, whose sum of squares is known.
 */
static sipas_status climb(sipas__variance *engine, int32_t s, sipas__entries *e, const double *squares,
                          double *variance, sipas_error *err)
{
    const sipas__stage *stage = &engine->design->stage[s];
    const int64_t n_nodes = e->n_nodes;
    double *total = engine->work, *square = total + n_nodes;
    stage_state state = {{0, 0, total + 2 * n_nodes}, total + 3 * n_nodes, 0.0};
    int64_t n_up = 0;
    int32_t up = -1;

    if (s == 0 && engine->design->pps.method == SIPAS_PPS_JOINT) {
        sipas__variance_joint(engine->design, e, variance);
        return SIPAS_OK;
    }
    open_stage(engine, s, e, &state);
    for (int64_t first = 0, last; first < e->n; first = last) {
        const int64_t h = e->stratum[first];
        sipas_status status;

        last = squares ? first + 1 : same_stratum(e, first);
        if (squares) {
            memcpy(total, e->z + first * n_nodes, (size_t)n_nodes * sizeof *total);
            memcpy(square, squares + first * n_nodes, (size_t)n_nodes * sizeof *square);
        } else {
            sum_stratum(e, first, last, (double)stage->stratum_units[h], total, square);
        }
        if (stage->stratum_parent[h] != up) {
            if (up >= 0) close_parent(&state.parent, n_nodes, variance);
            up = stage->stratum_parent[h];
            open_parent(&state.parent, n_nodes);
            if (s > 0) open_unit(e, n_up++, up);
        }
        status = is_pps(engine->design, s, h)
                     ? add_pps_stratum(engine, e, first, last, square, &state, variance, err)
                     : add_stratum(engine, s, h, total, square, n_nodes, &state, variance, err);
        if (status < 0) return status;
        for (int64_t k = 0; s > 0 && k < n_nodes; k++) e->z[(n_up - 1) * n_nodes + k] += total[k];
    }
    if (up >= 0) close_parent(&state.parent, n_nodes, variance);
    close_stage(&state, n_nodes, variance);
    e->n = n_up;
    for (int64_t i = 0; i < n_up; i++) e->stratum[i] = engine->design->stage[s - 1].unit_stratum[e->id[i]];
    return SIPAS_OK;
}

/* Work for so many nodes. */
static int grow_work(sipas__variance *engine, int64_t n_nodes)
{
    if (engine->work && engine->work_nodes >= n_nodes) return 1;
    sipas__free(engine->ctx, engine->work);
    engine->work = sipas__alloc(engine->ctx, 4 * n_nodes, sizeof *engine->work);
    engine->work_nodes = n_nodes;
    return engine->work != NULL;
}

int sipas__variance_share(const sipas__variance *engine, int64_t n_nodes, sipas__variance *own)
{
    *own = *engine;
    own->work = NULL;
    own->lonely_met = sipas__alloc(engine->ctx, engine->design->stage[0].n_strata, 1);
    if (own->lonely_met && grow_work(own, n_nodes)) return 1;
    sipas__free(engine->ctx, own->lonely_met);
    memset(own, 0, sizeof *own);
    return 0;
}

void sipas__variance_close_share(sipas__variance *engine, sipas__variance *own)
{
    if (!own->ctx) return;
    for (int64_t h = 0; h < engine->design->stage[0].n_strata; h++) engine->lonely_met[h] |= own->lonely_met[h];
    sipas__free(engine->ctx, own->lonely_met);
    sipas__free(engine->ctx, own->work);
}

static sipas_status climb_stages(sipas__variance *engine, sipas__entries *e, const double *squares, double *variance,
                                 sipas_error *err)
{
    const int32_t last = engine->design->n_stages - 1;
    sipas_status status = sipas__variance_open_collapse(engine, e->n_nodes, err);

    if (status == SIPAS_OK && !grow_work(engine, e->n_nodes)) status = sipas__error_memory(err);
    memset(variance, 0, (size_t)e->n_nodes * sizeof *variance);
    for (int32_t s = last; s >= 0 && status == SIPAS_OK; s--)
        status = climb(engine, s, e, s == last ? squares : NULL, variance, err);
    if (status == SIPAS_OK) sipas__variance_close_collapse(engine, e->n_nodes, variance);
    return status;
}

sipas_status sipas__variance_of_stages(sipas__variance *engine, sipas__entries *entries, double *variance,
                                       sipas_error *err)
{
    return climb_stages(engine, entries, NULL, variance, err);
}

sipas_status sipas__variance_of_units(sipas__variance *engine, sipas__entries *entries, double *variance,
                                      sipas_error *err)
{
    if (engine->design->phase2.kind != SIPAS_PHASE2_NONE)
        return sipas__variance_of_phases(engine, entries, variance, err);
    return sipas__variance_of_stages(engine, entries, variance, err);
}

sipas_status sipas__variance_of_strata(sipas__variance *engine, sipas__entries *strata, const double *square,
                                       double *variance, sipas_error *err)
{
    return climb_stages(engine, strata, square, variance, err);
}

double sipas__variance_scale(double se_a, double se_b)
{
    int a, b;

    if (!(se_a > 0.0) || !(se_b > 0.0)) return 1.0;
    (void)frexp(se_a, &a);
    (void)frexp(se_b, &b);
    return ldexp(1.0, a - b > 1000 ? 1000 : a - b < -1000 ? -1000 : a - b);
}

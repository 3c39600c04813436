/*
 * One estimation: the pass, the estimates, then group by group the variance.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/estimation.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/threads.h"

int sipas__estimation_alloc_spread(sipas__estimation *e)
{
    const int64_t n_nodes = e->linear.nodes->n_nodes;

    e->spread = sipas__alloc(e->ctx, e->linear.n_levels, sizeof *e->spread);
    if (!e->spread) return 0;
    for (int32_t i = 0; i < e->linear.n_levels; i++) {
        const int64_t cells = e->linear.level[i].n_groups * n_nodes;

        e->spread[i].variance = sipas__alloc(e->ctx, cells, sizeof(double));
        if (!e->spread[i].variance) return 0;
        for (int64_t c = 0; c < cells; c++) e->spread[i].variance[c] = NAN;
        if (!e->request.deff) continue;
        e->spread[i].srs = sipas__alloc(e->ctx, cells, sizeof(double));
        if (!e->spread[i].srs) return 0;
        for (int64_t c = 0; c < cells; c++) e->spread[i].srs[c] = NAN;
        e->spread[i].kish = sipas__alloc(e->ctx, cells, sizeof(double));
        if (!e->spread[i].kish) return 0;
        for (int64_t c = 0; c < cells; c++) e->spread[i].kish[c] = NAN;
    }
    return 1;
}

/* The linear form as a source of units; `work` is what sipas__linear_segments() needs. */
typedef struct linear_source {
    const sipas__linear *linear;
    double *work;
} linear_source;

static void linear_segments(const void *state, int32_t level, const int32_t *segment, int64_t n, double *z)
{
    const linear_source *source = state;

    sipas__linear_segments(source->linear, level, segment, n, z, source->work);
}

int64_t sipas__estimation_work(const sipas__estimation *e)
{
    return (e->linear.nodes->n_nodes + e->linear.nodes->n_atoms) * SIPAS__LINEAR_ROWS;
}

void sipas__estimation_units(const sipas__estimation *e, int32_t level, int64_t group, double *work,
                             sipas__entries *units)
{
    const int64_t n_nodes = e->linear.nodes->n_nodes;
    const linear_source linear = {&e->linear, work + n_nodes * SIPAS__LINEAR_ROWS};
    const sipas__unit_source source = {n_nodes, &linear, linear_segments, e->request.residual};

    sipas__units_list(&e->linear, level, group, &source, work, units);
}

/*
 * A mean whose domain lies in one of several PSUs of a stratum has no standard error, so there is nothing to work out: most groups
 * of the finest level are such. (A lonely PSU has to be met all the same, for the rule to be told.)
 */
static int lies_in_one_psu(const sipas__estimation *e, int32_t level, int64_t g)
{
    const sipas_design *design = e->request.design;
    const sipas__linear_level *at = &e->linear.level[level];
    int64_t i = at->start[g];

    if (e->request.totals || e->request.residual || design->n_stages > 1 || sipas__design_needs_units(design) ||
        at->domain_psus[g] != 1)
        return 0;
    while (sipas__moments_rows(&e->moments, at->segments[i]) == 0) i++;
    return design->stage[0].stratum_units[sipas__moments_stratum(&e->moments, at->segments[i])] > 1;
}

/* Variances of groups first … last-1 of a level, shared out among workers. Each has its work places. */
typedef struct variance_worker {
    sipas__variance engine; /* of all but the first */
    sipas__entries units;
    double *work;
    sipas_status status;
    sipas_error err;
} variance_worker;

typedef struct variance_job {
    sipas__estimation *e;
    int32_t level, workers;
    int64_t first, last;
    variance_worker *worker;
} variance_job;

static void take_groups(void *state, int32_t index)
{
    const variance_job *job = state;
    sipas__estimation *e = job->e;
    const sipas__linear_level *at = &e->linear.level[job->level];
    const int64_t last = sipas__linear_share(at, job->first, job->last, index + 1, job->workers);
    variance_worker *own = &job->worker[index];
    sipas__variance *engine = index ? &own->engine : &e->variance;

    for (int64_t g = sipas__linear_share(at, job->first, job->last, index, job->workers); g < last; g++) {
        if (lies_in_one_psu(e, job->level, g)) continue;
        sipas__estimation_units(e, job->level, g, own->work, &own->units);
        own->status = sipas__variance_of_units(
            engine, &own->units, e->spread[job->level].variance + g * e->linear.nodes->n_nodes, &own->err);
        if (own->status < 0) return;
    }
}

/* Several workers where nothing but the units of a group is needed for it: what the host brings, and engines that allocate, are for one. */
static int32_t count_workers(const sipas__estimation *e)
{
    const sipas_design *design = e->request.design;

    if (e->request.residual || design->phase2.kind != SIPAS_PHASE2_NONE || design->collapse.group) return 1;
    return sipas__linear_workers(&e->linear, e->linear.nodes->n_nodes);
}

static int open_workers(variance_job *job)
{
    sipas__estimation *e = job->e;
    const int64_t n_nodes = e->linear.nodes->n_nodes;
    const int64_t most = sipas__units_most(&e->linear, e->request.design, e->request.residual);
    int done;

    job->workers = count_workers(e);
    job->worker = sipas__alloc(e->ctx, job->workers, sizeof *job->worker);
    done = job->worker != NULL;
    for (int32_t i = 0; done && i < job->workers; i++) {
        variance_worker *own = &job->worker[i];

        own->work = sipas__alloc(e->ctx, sipas__estimation_work(e), sizeof *own->work);
        done = own->work && sipas__entries_new(e->ctx, most, n_nodes, &own->units) &&
               (i == 0 || sipas__variance_share(&e->variance, n_nodes, &own->engine));
    }
    return done;
}

static void close_workers(variance_job *job)
{
    sipas__estimation *e = job->e;

    for (int32_t i = 0; job->worker && i < job->workers; i++) {
        sipas__free(e->ctx, job->worker[i].work);
        sipas__entries_clear(e->ctx, &job->worker[i].units);
        if (i > 0) sipas__variance_close_share(&e->variance, &job->worker[i].engine);
    }
    sipas__free(e->ctx, job->worker);
}

/* What the worker says that had the earliest groups of those who met an error. */
static sipas_status first_error(const variance_job *job, sipas_error *err)
{
    for (int32_t i = 0; i < job->workers; i++) {
        if (job->worker[i].status >= 0) continue;
        if (err) *err = job->worker[i].err;
        return job->worker[i].status;
    }
    return SIPAS_OK;
}

static sipas_status variances_from_units(sipas__estimation *e, sipas_error *err)
{
    const int64_t n_nodes = e->linear.nodes->n_nodes;
    sipas__steps steps = {e->ctx, "variances", e->linear.n_levels * e->moments.n_segments * n_nodes, 0};
    variance_job job = {.e = e};
    sipas_status status = open_workers(&job) ? SIPAS_OK : sipas__error_memory(err);

    for (; job.level < e->linear.n_levels && status == SIPAS_OK; job.level++) {
        const sipas__linear_level *at = &e->linear.level[job.level];

        for (job.first = 0; job.first < at->n_groups && status == SIPAS_OK; job.first = job.last) {
            job.last = sipas__linear_round(at, job.first, n_nodes, job.workers);
            sipas__threads_run(job.workers, take_groups, &job);
            status = first_error(&job, err);
            if (status == SIPAS_OK)
                status = sipas__steps_add(&steps, (at->start[job.last] - at->start[job.first]) * n_nodes, err);
        }
    }
    close_workers(&job);
    return status;
}

sipas_status sipas__estimation_open(sipas__estimation *e, const sipas__request *request, sipas_error *err)
{
    const sipas_design *design = request->design;
    sipas_status status;

    memset(e, 0, sizeof *e);
    e->ctx = sipas__ctx_ref(design->ctx);
    e->request = *request;
    if (e->request.n_levels == 0) e->request.n_levels = request->domain->n_levels;
    status = sipas__moments_init(&e->moments, design, request->domain, request->source, request->cov, err);
    if (status < 0) goto fail;
    status = sipas__linear_init(&e->linear, design, request->domain, &e->moments, request->nodes, &request->whole, err);
    if (status < 0) goto fail;
    if ((status = sipas__variance_init(&e->variance, design, err)) < 0) goto fail;
    if (!sipas__estimation_alloc_spread(e)) {
        status = sipas__error_memory(err);
        goto fail;
    }
    return SIPAS_OK;
fail:
    sipas__estimation_clear(e);
    return status;
}

sipas_status sipas__estimation_init(sipas__estimation *e, const sipas__request *request, sipas_error *err)
{
    const sipas_design *design = request->design;
    const int rows_are_units = design->stage[design->n_stages - 1].rows_are_units;
    sipas_status status;

    if (sipas__categories_fit(request)) return sipas__categories_init(e, request, err);
    status = sipas__estimation_open(e, request, err);

    if (status < 0) return status;
    if (!rows_are_units || e->moments.by_row) status = variances_from_units(e, err);
    if (status == SIPAS_OK && ((rows_are_units && !e->moments.by_row) || request->deff != SIPAS_DEFF_NONE))
        status = sipas__estimation_rows_pass(e, err);
    if (status == SIPAS_OK) status = sipas__estimation_conditional(e, err);
    if (status < 0) sipas__estimation_clear(e);
    return status;
}

void sipas__estimation_clear(sipas__estimation *e)
{
    for (int32_t i = 0; e->spread && i < e->linear.n_levels; i++) {
        sipas__free(e->ctx, e->spread[i].variance);
        sipas__free(e->ctx, e->spread[i].srs);
        sipas__free(e->ctx, e->spread[i].kish);
    }
    sipas__free(e->ctx, e->spread);
    sipas__conditional_clear(e);
    sipas__variance_clear(&e->variance);
    sipas__linear_clear(&e->linear);
    sipas__moments_clear(&e->moments);
    sipas_ctx_free(e->ctx);
    memset(e, 0, sizeof *e);
}

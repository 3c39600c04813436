/*
 * One pass over the rows: numbering the segments, then summing them, a tile at a time.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/moments.h"

#include <string.h>

#include "base/context.h"
#include "base/threads.h"
#include "engine/moments_planes.h"
#include "engine/moments_sum.h"
#include "engine/stream.h"

/* The pass as a client of the walk. Where there is but one stretch, it is summed into the whole at once. */
typedef struct pass {
    const sipas_design *design;
    const sipas__domain *domain;
    const sipas__source *source;
    sipas__moments *whole, *parts; /* parts: by worker, or the whole */
    sipas__plane_sums *exact;      /* by worker, where sums are made in whole numbers; else NULL */
    sipas__reader *readers;
} pass;

static int sum_tile(void *state, int32_t worker, int64_t row, int64_t n)
{
    pass *job = state;
    sipas__reader *reader = &job->readers[worker];

    sipas__reader_weights(reader, job->design, job->domain, row, n);
    return sipas__pass_sum_tile(job->source, &job->parts[worker], reader, row, n) && reader->fault.row < 0;
}

/* ---- sums of a part ---- */

/* Whether rows go straight into the sums: nothing is added to them twice, so nothing is to be compensated. */
static int goes_straight(const sipas__moments *m, const sipas__source *source)
{
    return m->single && !source->scored;
}

/* What is needed while rows are added only. */
static int alloc_work(sipas__moments *m, const sipas__source *source)
{
    const int64_t n = m->n_segments;

    if (m->exact || goes_straight(m, source)) return 1;
    m->weight_low = sipas__alloc(m->ctx, n, sizeof *m->weight_low);
    m->sum_low = sipas__alloc(m->ctx, n, (size_t)m->n_vars * sizeof *m->sum_low);
    m->block_pitch = sipas__pass_pitch(source);
    m->block = sipas__alloc(m->ctx, n, (size_t)m->block_pitch * sizeof *m->block);
    m->n_block = sipas__alloc(m->ctx, n, sizeof *m->n_block);
    return m->weight_low && m->sum_low && m->block && m->n_block;
}

static void free_work(sipas__moments *m)
{
    sipas__free(m->ctx, m->weight_low);
    sipas__free(m->ctx, m->sum_low);
    sipas__free(m->ctx, m->block);
    sipas__free(m->ctx, m->n_block);
    m->weight_low = m->sum_low = m->block = NULL;
    m->n_block = NULL;
}

/* Where rows go straight into the sums, the weight lies behind those of its row: one place in memory is looked for, not two. */
static int alloc_lines(sipas__moments *m, const sipas__source *source)
{
    const int64_t n = m->n_segments;

    if (goes_straight(m, source)) {
        m->sum_pitch = m->weight_pitch = m->n_vars + 1;
        m->sum = sipas__alloc(m->ctx, n, (size_t)m->sum_pitch * sizeof *m->sum);
        if (m->sum) m->weight = m->sum + m->n_vars;
        return m->sum != NULL;
    }
    m->sum_pitch = m->n_vars;
    m->weight_pitch = 1;
    m->sum = sipas__alloc(m->ctx, n, (size_t)m->n_vars * sizeof *m->sum);
    m->weight = sipas__alloc(m->ctx, n, sizeof *m->weight);
    m->rows = sipas__alloc(m->ctx, n, sizeof *m->rows);
    return m->sum && m->weight && m->rows;
}

static int alloc_sums(sipas__moments *m, const sipas__source *source)
{
    const int64_t n = m->n_segments;
    const size_t line = (size_t)m->n_vars * sizeof(double);

    m->gone = sipas__alloc(m->ctx, n, line);
    m->n_gone = sipas__alloc(m->ctx, n, (size_t)m->n_vars * sizeof *m->n_gone);
    m->silent = sipas__alloc(m->ctx, n, (size_t)m->n_sets * sizeof *m->silent);
    m->silent_weight = sipas__alloc(m->ctx, n, (size_t)m->n_sets * sizeof *m->silent_weight);
    if (source->plain) m->plain = sipas__alloc(m->ctx, n, line);
    return alloc_lines(m, source) && alloc_work(m, source) && m->gone && m->n_gone && m->silent && m->silent_weight &&
           (m->plain || !source->plain);
}

/* None yet. */
static void clear_sums(sipas__moments *m)
{
    m->rows = m->silent = NULL;
    m->weight = m->sum = m->gone = m->plain = m->silent_weight = NULL;
    m->n_gone = NULL;
    m->weight_low = m->sum_low = m->block = NULL;
    m->n_block = NULL;
}

static void free_sums(sipas__moments *m)
{
    double *weight = m->weight_pitch == 1 ? m->weight : NULL; /* else a part of the sums */
    void *blocks[] = {m->rows, weight, m->sum, m->gone, m->n_gone, m->plain, m->silent, m->silent_weight};

    free_work(m);
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) sipas__free(m->ctx, blocks[i]);
}

/* Adds the sums of one segment of a part to the whole, and leaves zeros. */
static void join_segment(sipas__moments *m, sipas__moments *part, int64_t s)
{
    const int64_t first = s * m->n_vars, set = s * m->n_sets;

    sipas__pass_fold_block(part, s);
    m->rows[s] += part->rows[s];
    sipas__pass_two_sum(&m->weight[s], &m->weight_low[s], part->weight[s]);
    m->weight_low[s] += part->weight_low[s];
    part->rows[s] = 0;
    part->weight[s] = part->weight_low[s] = 0.0;
    for (int64_t v = first; v < first + m->n_vars; v++) {
        sipas__pass_two_sum(&m->sum[v], &m->sum_low[v], part->sum[v]);
        m->sum_low[v] += part->sum_low[v];
        part->sum[v] = part->sum_low[v] = 0.0;
    }
    for (int64_t v = first; m->plain && v < first + m->n_vars; v++) {
        m->plain[v] += part->plain[v];
        part->plain[v] = 0.0;
    }
    for (int64_t v = first; part->any_gone && v < first + m->n_vars; v++) {
        m->gone[v] += part->gone[v];
        m->n_gone[v] += part->n_gone[v];
        part->gone[v] = 0.0;
        part->n_gone[v] = 0;
    }
    for (int64_t k = set; part->any_gone && k < set + m->n_sets; k++) {
        m->silent[k] += part->silent[k];
        m->silent_weight[k] += part->silent_weight[k];
        part->silent[k] = 0;
        part->silent_weight[k] = 0.0;
    }
}

/* Segments are shared out among threads where they are many: each is joined, or finished, by itself. */
typedef struct segment_job {
    sipas__moments *whole, *parts;
    int32_t n_parts, n_threads;
    const sipas__source *source;
} segment_job;

/* Sums for which another thread is asked. */
enum { SUMS_PER_THREAD = 1 << 15 };

static void share_segments(segment_job *job, sipas__task_fn task, int64_t n_sums)
{
    const int64_t most = 1 + n_sums / SUMS_PER_THREAD;
    const int32_t threads = sipas__ctx_threads(job->whole->ctx);

    job->n_threads = threads < most ? threads : (int32_t)most;
    sipas__threads_run(job->n_threads, task, job);
}

static int64_t first_segment(const segment_job *job, int32_t index)
{
    return job->whole->n_segments * index / job->n_threads;
}

static void join_segments(void *state, int32_t index)
{
    const segment_job *job = state;

    for (int32_t i = 0; i < job->n_parts; i++) {
        sipas__moments *part = &job->parts[i];

        for (int64_t s = first_segment(job, index); s < first_segment(job, index + 1); s++)
            if (part->rows[s] || part->n_block[s]) join_segment(job->whole, part, s);
    }
}

static void finish_segments(void *state, int32_t index)
{
    const segment_job *job = state;
    sipas__moments *m = job->whole;
    const sipas__source *source = job->source;

    for (int64_t s = first_segment(job, index); s < first_segment(job, index + 1); s++) {
        double *sum = m->sum + s * m->n_vars, *low = m->sum_low + s * m->n_vars;

        if (m->n_block[s]) sipas__pass_fold_block(m, s);
        m->weight[s] += m->weight_low[s];
        if (m->rows[s] == 0) continue;
        for (int64_t v = 0; v < m->n_vars; v++) {
            const double times = source->scored ? source->scored[v].times : 1.0;
            const double over = source->scored ? source->scored[v].over : 1.0;
            double *plain = m->plain ? &m->plain[s * m->n_vars + v] : NULL;

            sum[v] = times * (sum[v] + low[v]) / over;
            if (plain) *plain = times * *plain / over;
        }
    }
}

static void finish_sums(sipas__moments *m, const sipas__source *source)
{
    segment_job job = {m, NULL, 0, 0, source};

    if (!goes_straight(m, source)) share_segments(&job, finish_segments, m->n_segments * (m->n_vars + 1));
    free_work(m);
}

/* ---- making it ---- */

/* The fault of the earliest row, whichever worker met it. */
static const sipas__fault *first_fault(const sipas__reader *readers, int32_t count)
{
    const sipas__fault *first = NULL;

    for (int32_t i = 0; i < count; i++) {
        const sipas__fault *fault = &readers[i].fault;

        if (fault->row < 0) continue;
        if (!first || fault->row < first->row || (fault->row == first->row && fault->variable < first->variable))
            first = fault;
    }
    return first;
}

static sipas_status join_parts(void *state, int32_t workers, sipas_error *err)
{
    pass *job = state;
    const sipas__fault *fault = first_fault(job->readers, workers);
    segment_job parts = {job->whole, job->parts, workers, 0, job->source};

    if (fault) return job->source->explain(job->source->state, fault, err);
    if (job->exact || job->parts == job->whole) return SIPAS_OK;
    if (!job->whole->single)
        share_segments(&parts, join_segments, workers * job->whole->n_segments * (job->whole->n_vars + 1));
    for (int32_t i = 0; i < workers; i++) {
        job->whole->any_gone |= job->parts[i].any_gone;
        job->parts[i].any_gone = 0;
    }
    return SIPAS_OK;
}

/* Sums of each worker, in whole numbers too; where segments are single rows, the whole's, in which workers do not meet. */
static int alloc_parts(pass *job, int32_t workers)
{
    sipas__moments *whole = job->whole;
    int done = 1;

    job->parts = sipas__alloc(whole->ctx, workers, sizeof *job->parts);
    for (int32_t i = 0; job->parts && done && i < workers; i++) {
        job->parts[i] = *whole;
        job->parts[i].exact = sipas__plane_sums_of(job->exact, i);
        if (whole->single || job->exact) continue;
        clear_sums(&job->parts[i]);
        done = alloc_sums(&job->parts[i], job->source);
    }
    return job->parts && done;
}

static void free_parts(pass *job, int32_t workers)
{
    const sipas__moments *whole = job->whole;

    if (!job->parts || job->parts == whole) return;
    for (int32_t i = 0; i < workers && !whole->single && !job->exact; i++)
        if (job->parts[i].n_segments) free_sums(&job->parts[i]);
    sipas__free(whole->ctx, job->parts);
}

static int alloc_pass(pass *job, const sipas__stream *stream, const sipas__planes *planes)
{
    sipas__moments *m = job->whole;
    const int32_t workers = stream->n_workers;

    job->readers = sipas__readers_new(m->ctx, job->source, workers);
    if (planes->n) job->exact = sipas__plane_sums_new(m->ctx, planes, m, job->source, job->design->n, workers);
    if (!job->readers || (planes->n && !job->exact)) return 0;
    m->exact = job->exact;
    return alloc_sums(m, job->source) && (stream->n_stretches == 1 || alloc_parts(job, workers));
}

static void free_pass(pass *job, const sipas__stream *stream)
{
    const sipas_ctx *ctx = job->whole->ctx;

    free_parts(job, stream->n_workers);
    sipas__plane_sums_free(ctx, job->exact, stream->n_workers);
    if (job->readers) sipas__readers_free(ctx, job->readers, stream->n_workers);
    job->whole->exact = NULL;
}

/* `misfit` becomes 1 where a weight did not fit the planes: then there are no sums. */
static sipas_status make_pass(sipas__moments *m, const sipas_design *design, const sipas__domain *domain,
                              const sipas__source *source, sipas__planes planes, int *misfit, sipas_error *err)
{
    pass job = {design, domain, source, m, m, NULL, NULL};
    const int64_t n_sums = m->single ? 0 : m->n_segments * m->n_vars;
    sipas__stream stream = {design->ctx, design->n, "reading answers", n_sums, &job, sum_tile, join_parts, 0, 0};
    sipas_status status;

    sipas__stream_plan(&stream);
    status = alloc_pass(&job, &stream, &planes) ? sipas__stream_run(&stream, err) : sipas__error_memory(err);
    *misfit = job.exact && sipas__plane_sums_fail(job.exact, stream.n_workers);
    if (status == SIPAS_OK && !job.exact)
        finish_sums(m, source);
    else if (status == SIPAS_OK && !*misfit)
        status = sipas__plane_sums_finish(job.exact, stream.n_workers, source, m, err);
    free_pass(&job, &stream);
    return status;
}

/* In whole numbers where that can be; in doubles where it cannot, or where the caller's weights are no longer what they were. */
static sipas_status sum_rows(sipas__moments *m, const sipas_design *design, const sipas__domain *domain,
                             const sipas__source *source, sipas_error *err)
{
    const sipas__planes none = {0, 0};
    int misfit;
    sipas_status status = make_pass(m, design, domain, source, sipas__pass_planes(design, source), &misfit, err);

    if (status < 0 || !misfit) return status;
    free_sums(m);
    clear_sums(m);
    return make_pass(m, design, domain, source, none, &misfit, err);
}

sipas_status sipas__moments_init(sipas__moments *moments, const sipas_design *design, const sipas__domain *domain,
                                 const sipas__source *source, int by_row, sipas_error *err)
{
    sipas_status status;

    memset(moments, 0, sizeof *moments);
    moments->ctx = sipas__ctx_ref(design->ctx);
    moments->n_vars = source->n_vars;
    moments->n_sets = source->n_sets;
    moments->by_row = (by_row || sipas__design_needs_units(design)) &&
                      design->stage[design->n_stages - 1].rows_are_units;
    status = sipas__pass_number_segments(moments, design, domain, err);
    if (status == SIPAS_OK) status = sum_rows(moments, design, domain, source, err);
    if (status < 0) sipas__moments_clear(moments);
    return status;
}

void sipas__moments_clear(sipas__moments *m)
{
    void *blocks[] = {m->leaf,         m->leaf_stratum,  m->leaf_psu,   m->leaf_first,
                      m->pair_segment, m->index_segment, m->row_segment};

    free_sums(m);
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) sipas__free(m->ctx, blocks[i]);
    sipas__patterns_clear(&m->both);
    sipas_ctx_free(m->ctx);
    memset(m, 0, sizeof *m);
}

/*
 * One pass over the rows: numbering the segments, then summing them, a tile at a time.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/moments.h"

#include <string.h>

#include "base/context.h"
#include "engine/moments_sum.h"
#include "engine/stream.h"

/* The pass as a client of the walk. Where there is but one stretch, it is summed into the whole at once. */
typedef struct pass {
    const sipas_design *design;
    const sipas__domain *domain;
    const sipas__source *source;
    sipas__moments *whole, *parts; /* parts: by worker, or the whole */
    sipas__reader *readers;
} pass;

static int sum_tile(void *state, int32_t worker, int64_t row, int64_t n)
{
    pass *job = state;
    sipas__reader *reader = &job->readers[worker];

    sipas__reader_weights(reader, job->design, job->domain, row, n);
    sipas__pass_sum_tile(job->source, &job->parts[worker], reader, row, n);
    return reader->fault.row < 0;
}

/* ---- sums of a part ---- */

static int alloc_sums(sipas__moments *m, const sipas__source *source)
{
    const int64_t n = m->n_segments;
    const size_t line = (size_t)m->n_vars * sizeof(double);

    m->rows = sipas__alloc(m->ctx, n, sizeof *m->rows);
    m->weight = sipas__alloc(m->ctx, n, sizeof *m->weight);
    m->weight_low = sipas__alloc(m->ctx, n, sizeof *m->weight_low);
    m->sum = sipas__alloc(m->ctx, n, line);
    m->sum_low = sipas__alloc(m->ctx, n, line);
    m->block_pitch = sipas__pass_pitch(source);
    m->block = sipas__alloc(m->ctx, n, (size_t)m->block_pitch * sizeof *m->block);
    m->n_block = sipas__alloc(m->ctx, n, sizeof *m->n_block);
    m->gone = sipas__alloc(m->ctx, n, line);
    m->n_gone = sipas__alloc(m->ctx, n, (size_t)m->n_vars * sizeof *m->n_gone);
    m->silent = sipas__alloc(m->ctx, n, (size_t)m->n_sets * sizeof *m->silent);
    m->silent_weight = sipas__alloc(m->ctx, n, (size_t)m->n_sets * sizeof *m->silent_weight);
    if (source->plain) m->plain = sipas__alloc(m->ctx, n, line);
    return m->rows && m->weight && m->weight_low && m->sum && m->sum_low && m->block && m->n_block && m->gone &&
           m->n_gone && m->silent && m->silent_weight && (m->plain || !source->plain);
}

static void free_sums(sipas__moments *m)
{
    void *blocks[] = {m->rows, m->weight, m->weight_low, m->sum,    m->sum_low,       m->block,
                      m->gone, m->n_gone, m->plain,      m->silent, m->silent_weight, m->n_block};

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

static void join_part(sipas__moments *m, sipas__moments *part)
{
    for (int64_t s = 0; s < m->n_segments; s++)
        if (part->rows[s] || part->n_block[s]) join_segment(m, part, s);
    m->any_gone |= part->any_gone;
    part->any_gone = 0;
}

static void finish_sums(sipas__moments *m, const sipas__source *source)
{
    for (int64_t s = 0; s < m->n_segments; s++) {
        double *sum = m->sum + s * m->n_vars, *low = m->sum_low + s * m->n_vars;

        if (m->n_block[s]) sipas__pass_fold_block(m, s);
        if (m->rows[s] == 0) continue;
        for (int64_t v = 0; v < m->n_vars; v++) {
            const double times = source->scored ? source->scored[v].times : 1.0;
            const double over = source->scored ? source->scored[v].over : 1.0;
            double *plain = m->plain ? &m->plain[s * m->n_vars + v] : NULL;

            sum[v] = times * (sum[v] + low[v]) / over;
            low[v] = 0.0;
            if (plain) *plain = times * *plain / over;
        }
    }
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

    if (fault) return job->source->explain(job->source->state, fault, err);
    for (int32_t i = 0; i < workers && job->parts != job->whole; i++) join_part(job->whole, &job->parts[i]);
    return SIPAS_OK;
}

static sipas_status make_pass(sipas__moments *m, const sipas_design *design, const sipas__domain *domain,
                              const sipas__source *source, sipas_error *err)
{
    pass job = {design, domain, source, m, m, NULL};
    sipas__stream stream = {
        design->ctx, design->n, "reading answers", m->n_segments * m->n_vars, &job, sum_tile, join_parts, 0, 0};
    sipas_status status;
    int done;

    sipas__stream_plan(&stream);
    if (stream.n_stretches > 1) job.parts = sipas__alloc(m->ctx, stream.n_workers, sizeof *job.parts);
    job.readers = sipas__readers_new(design->ctx, source, stream.n_workers);
    done = alloc_sums(m, source) && job.parts && job.readers;
    for (int32_t i = 0; i < stream.n_workers && done && job.parts != m; i++) {
        job.parts[i] = *m;
        job.parts[i].plain = NULL;
        done = alloc_sums(&job.parts[i], source);
    }
    status = done ? sipas__stream_run(&stream, err) : sipas__error_memory(err);
    if (status == SIPAS_OK) finish_sums(m, source);
    for (int32_t i = 0; i < stream.n_workers && job.parts && job.parts != m; i++)
        if (job.parts[i].ctx == m->ctx && job.parts[i].n_segments) free_sums(&job.parts[i]);
    if (job.parts != m) sipas__free(m->ctx, job.parts);
    if (job.readers) sipas__readers_free(design->ctx, job.readers, stream.n_workers);
    return status;
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
    if (status == SIPAS_OK) status = make_pass(moments, design, domain, source, err);
    if (status < 0) sipas__moments_clear(moments);
    return status;
}

void sipas__moments_clear(sipas__moments *m)
{
    void *blocks[] = {m->leaf, m->stratum, m->psu, m->cell, m->pair_segment, m->index_segment, m->row_segment};

    free_sums(m);
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) sipas__free(m->ctx, blocks[i]);
    sipas__patterns_clear(&m->both);
    sipas_ctx_free(m->ctx);
    memset(m, 0, sizeof *m);
}

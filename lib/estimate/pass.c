/*
 * One pass over the rows, a tile at a time: numbering the segments, then summing them.
 *
 * Each segment is summed by one worker in row order, so a result does not depend on the number of threads.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "estimate/pass.h"

#include <stdatomic.h>
#include <string.h>

#include "base/context.h"
#include "base/threads.h"
#include "estimate/pass_sum.h"

/* One worker's view of the pass: it sums the segments first … last-1. */
typedef struct worker {
    const sipas_design *design;
    const sipas__domain *domain;
    const sipas__source *source;
    sipas__moments *moments;
    sipas__reader *readers;
    int32_t count;
    atomic_int cancelled;
    sipas_error *err;
} worker;

static void sum_share(void *state, int32_t index)
{
    worker *job = state;
    sipas__reader *reader = &job->readers[index];
    const int64_t n = job->design->n;
    const int64_t low = job->moments->n_segments * index / job->count;
    const int64_t high = job->moments->n_segments * (index + 1) / job->count;
    double *sums = reader->work + job->source->n_work - SIPAS__PASS_SUMS * job->source->n_vars;

    for (int64_t row = 0; row < n && !atomic_load(&job->cancelled); row += SIPAS__TILE) {
        const int64_t count = n - row < SIPAS__TILE ? n - row : SIPAS__TILE;

        if (index == 0 && row % SIPAS__PROGRESS_ROWS == 0 &&
            sipas__progress(job->design->ctx, "reading answers", row, n, job->err) < 0)
            atomic_store(&job->cancelled, 1);
        sipas__reader_weights(reader, job->design, job->domain, job->moments, row, count);
        sipas__pass_sum_tile(job->source, job->moments, reader, sums, row, count, low, high);
        if (reader->fault.row >= 0) return;
    }
}

/* ---- making it ---- */

/* Notes every segment there is: run by run where rows of one segment follow each other, else row by row. */
static sipas_status note_segments(sipas__moments *m, const sipas_design *design, const sipas__domain *domain,
                                  sipas__reader *reader, sipas_error *err)
{
    int64_t ends[2] = {0, design->n};
    const sipas__runs one = {m->ctx, 1, ends}; /* without domains all rows are in one cell */

    if (!m->by_row && !sipas__runs_cross(&m->runs, m->ctx, &design->runs, domain->n_by ? &domain->runs : &one))
        return sipas__error_memory(err);
    for (int64_t r = 0; r < m->runs.n; r++) {
        sipas__reader_keys(reader, design, domain, 0, m->runs.start[r], 1);
        if (!sipas__map_note(&m->map, reader->keys, 1)) return sipas__error_memory(err);
    }
    for (int64_t row = 0; m->runs.n == 0 && row < design->n; row += SIPAS__TILE) {
        const int64_t n = design->n - row < SIPAS__TILE ? design->n - row : SIPAS__TILE;

        sipas__reader_keys(reader, design, domain, m->by_row, row, n);
        if (!sipas__map_note(&m->map, reader->keys, n)) return sipas__error_memory(err);
    }
    if (!sipas__map_close(&m->map)) return sipas__error_memory(err);
    if (m->runs.n == 0) return SIPAS_OK;
    m->run_segment = sipas__alloc(m->ctx, m->runs.n, sizeof *m->run_segment);
    if (!m->run_segment) return sipas__error_memory(err);
    for (int64_t r = 0; r < m->runs.n; r++) {
        sipas__reader_keys(reader, design, domain, 0, m->runs.start[r], 1);
        sipas__map_find(&m->map, reader->keys, 1, &m->run_segment[r]);
    }
    return SIPAS_OK;
}

static sipas_status number_segments(sipas__moments *m, const sipas_design *design, const sipas__domain *domain,
                                    sipas__reader *reader, sipas_error *err)
{
    const int32_t last = design->n_stages - 1;
    const sipas__stage *stage = &design->stage[last];
    int64_t leaves = stage->rows_are_units ? stage->n_strata * (m->by_row ? design->n : 1) : stage->n_units;
    const int64_t n_cells = domain->n_cells;
    sipas_status status;

    if (!sipas__map_init(&m->map, m->ctx, (uint64_t)(leaves * n_cells))) return sipas__error_memory(err);
    status = note_segments(m, design, domain, reader, err);
    if (status < 0) return status;
    m->n_segments = m->map.n;
    m->leaf = sipas__alloc(m->ctx, m->n_segments, sizeof *m->leaf);
    m->cell = sipas__alloc(m->ctx, m->n_segments, sizeof *m->cell);
    m->stratum = sipas__alloc(m->ctx, m->n_segments, sizeof *m->stratum);
    m->psu = sipas__alloc(m->ctx, m->n_segments, sizeof *m->psu);
    if (!m->leaf || !m->cell || !m->stratum || !m->psu) return sipas__error_memory(err);
    for (int64_t s = 0; s < m->n_segments; s++) {
        const int64_t leaf = (int64_t)(m->map.keys[s] / (uint64_t)n_cells);

        m->cell[s] = (int32_t)(m->map.keys[s] % (uint64_t)n_cells);
        m->leaf[s] = (int32_t)(m->by_row ? leaf % design->n : leaf);
        if (stage->rows_are_units) {
            m->stratum[s] = (int32_t)(m->by_row ? leaf / design->n : leaf);
            m->psu[s] = m->by_row ? m->leaf[s] : -1;
            continue;
        }
        m->stratum[s] = stage->unit_stratum[m->leaf[s]];
        m->psu[s] = m->leaf[s];
        for (int32_t up = last; up > 0; up--)
            m->psu[s] = design->stage[up].stratum_parent[design->stage[up].unit_stratum[m->psu[s]]];
    }
    return SIPAS_OK;
}

static int alloc_sums(sipas__moments *m, const sipas__source *source)
{
    const int64_t n = m->n_segments;
    const size_t line = (size_t)m->n_vars * sizeof(double);

    m->rows = sipas__alloc(m->ctx, n, sizeof *m->rows);
    m->weight = sipas__alloc(m->ctx, n, sizeof *m->weight);
    m->weight_low = sipas__alloc(m->ctx, n, sizeof *m->weight_low);
    m->sum = sipas__alloc(m->ctx, n, line);
    m->sum_low = sipas__alloc(m->ctx, n, line);
    m->block = sipas__alloc(m->ctx, n, line);
    m->n_block = sipas__alloc(m->ctx, n, sizeof *m->n_block);
    m->gone = sipas__alloc(m->ctx, n, line);
    m->n_gone = sipas__alloc(m->ctx, n, (size_t)m->n_vars * sizeof *m->n_gone);
    m->silent = sipas__alloc(m->ctx, n, (size_t)m->n_sets * sizeof *m->silent);
    m->silent_weight = sipas__alloc(m->ctx, n, (size_t)m->n_sets * sizeof *m->silent_weight);
    if (source->plain) m->plain = sipas__alloc(m->ctx, n, line);
    return m->rows && m->weight && m->weight_low && m->sum && m->sum_low && m->block && m->n_block && m->gone &&
           m->n_gone && m->silent && m->silent_weight && (m->plain || !source->plain);
}

static void finish_sums(sipas__moments *m)
{
    for (int64_t s = 0; s < m->n_segments; s++)
        if (m->n_block[s]) sipas__pass_fold_block(m, s);
    for (int64_t i = 0; i < m->n_segments * m->n_vars; i++) {
        const double sum = m->sum[i] + m->sum_low[i];

        m->sum_low[i] = 0.0;
        m->sum[i] = sum;
    }
}

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

sipas_status sipas__moments_init(sipas__moments *moments, const sipas_design *design, const sipas__domain *domain,
                                 const sipas__source *given, int by_row, sipas_error *err)
{
    sipas__source source = *given;
    int32_t count = sipas__ctx_threads(design->ctx);
    sipas__reader *readers = NULL;
    const sipas__fault *fault;
    sipas_status status;
    worker job;

    memset(moments, 0, sizeof *moments);
    moments->ctx = sipas__ctx_ref(design->ctx);
    moments->n_vars = source.n_vars;
    moments->n_sets = source.n_sets;
    moments->by_row = by_row && design->stage[design->n_stages - 1].rows_are_units;
    source.n_work += SIPAS__PASS_SUMS * source.n_vars;
    readers = sipas__readers_new(design->ctx, &source, count);
    if (!readers) {
        status = sipas__error_memory(err);
        goto fail;
    }
    if ((status = number_segments(moments, design, domain, &readers[0], err)) < 0) goto fail;
    if (!alloc_sums(moments, &source)) {
        status = sipas__error_memory(err);
        goto fail;
    }
    job.design = design;
    job.domain = domain;
    job.source = &source;
    job.moments = moments;
    job.readers = readers;
    job.count = count;
    atomic_init(&job.cancelled, 0);
    job.err = err;
    sipas__threads_run(count, sum_share, &job);
    if (atomic_load(&job.cancelled)) {
        status = SIPAS_ERR_CANCELLED;
        goto fail;
    }
    fault = first_fault(readers, count);
    if (fault) {
        status = source.explain(source.state, fault, err);
        goto fail;
    }
    finish_sums(moments);
    sipas__readers_free(design->ctx, readers, count);
    return SIPAS_OK;
fail:
    sipas__readers_free(design->ctx, readers, count);
    sipas__moments_clear(moments);
    return status;
}

void sipas__moments_clear(sipas__moments *m)
{
    void *blocks[] = {m->leaf,    m->stratum, m->psu,  m->cell,   m->rows,  m->weight, m->weight_low,    m->sum,
                      m->sum_low, m->block,   m->gone, m->n_gone, m->plain, m->silent, m->silent_weight, m->n_block};

    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) sipas__free(m->ctx, blocks[i]);
    sipas__map_clear(&m->map);
    sipas__runs_clear(&m->runs);
    sipas__free(m->ctx, m->run_segment);
    sipas_ctx_free(m->ctx);
    memset(m, 0, sizeof *m);
}

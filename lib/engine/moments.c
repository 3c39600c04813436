/*
 * One pass over the rows: numbering the segments, then summing them, a tile at a time.
 *
 * The rows are cut into stretches whose number follows from the data, not from the number of threads. A round gives each worker
 * one stretch and arrays of its own to sum it in, in row order; then the sums are joined in the order of the stretches.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/moments.h"

#include <stdatomic.h>
#include <string.h>

#include "base/context.h"
#include "base/threads.h"
#include "engine/moments_sum.h"

/* Most stretches, and most sums that are kept more than once for their sake. */
enum { MOST_STRETCHES = 8, MOST_SUMS = 1 << 22 };

typedef struct pass {
    const sipas_design *design;
    const sipas__domain *domain;
    const sipas__source *source;
    sipas__moments *parts; /* by worker */
    sipas__reader *readers;
    int32_t n_stretches, first, workers; /* stretches first … first+workers-1 are a round */
    atomic_int cancelled;
    sipas_error *err;
} pass;

static int64_t stretch_start(const pass *job, int32_t stretch)
{
    return sipas__stretch_start(job->design->n, job->n_stretches, stretch, SIPAS__TILE);
}

/* Rows that a round has been through, as far as the first worker can tell. */
static int tell_progress(pass *job, int64_t row)
{
    const int64_t start = stretch_start(job, job->first), end = stretch_start(job, job->first + job->workers);
    const int64_t done = start + (row - start) * job->workers;

    return sipas__progress(job->design->ctx, "reading answers", done < end ? done : end, job->design->n, job->err);
}

static void sum_stretch(void *state, int32_t index)
{
    pass *job = state;
    sipas__reader *reader = &job->readers[index];
    const int64_t start = stretch_start(job, job->first + index), end = stretch_start(job, job->first + index + 1);

    for (int64_t row = start; row < end && !atomic_load(&job->cancelled); row += SIPAS__TILE) {
        const int64_t n = end - row < SIPAS__TILE ? end - row : SIPAS__TILE;

        if (index == 0 && (row - start) % SIPAS__PROGRESS_ROWS == 0 && tell_progress(job, row) < 0)
            atomic_store(&job->cancelled, 1);
        sipas__reader_weights(reader, job->design, job->domain, row, n);
        sipas__pass_sum_tile(job->source, &job->parts[index], reader, row, n);
        if (reader->fault.row >= 0) return;
    }
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

static int32_t count_stretches(const sipas__moments *m, int64_t n)
{
    int32_t count = sipas__stretch_count(n, MOST_STRETCHES);

    while (count > 1 && count * m->n_segments * m->n_vars > MOST_SUMS) count--;
    return count;
}

/* One round after the other. Where there is but one stretch, it is summed into the whole at once. */
static sipas_status run_rounds(pass *job, sipas__moments *m)
{
    const int32_t workers = job->workers;

    for (job->first = 0; job->first < job->n_stretches; job->first += workers) {
        const sipas__fault *fault;

        job->workers = job->n_stretches - job->first < workers ? job->n_stretches - job->first : workers;
        sipas__threads_run(job->workers, sum_stretch, job);
        if (atomic_load(&job->cancelled)) return SIPAS_ERR_CANCELLED;
        fault = first_fault(job->readers, job->workers);
        if (fault) return job->source->explain(job->source->state, fault, job->err);
        for (int32_t i = 0; i < job->workers && job->parts != m; i++) join_part(m, &job->parts[i]);
    }
    return SIPAS_OK;
}

static sipas_status make_pass(sipas__moments *m, const sipas_design *design, const sipas__domain *domain,
                              const sipas__source *source, sipas_error *err)
{
    const int32_t n_stretches = count_stretches(m, design->n), threads = sipas__ctx_threads(design->ctx);
    const int32_t workers = threads < n_stretches ? threads : n_stretches;
    sipas__moments *parts = n_stretches > 1 ? sipas__alloc(m->ctx, workers, sizeof *parts) : m;
    sipas__reader *readers = sipas__readers_new(design->ctx, source, workers);
    pass job = {design, domain, source, parts, readers, n_stretches, 0, workers, 0, err};
    int done = alloc_sums(m, source) && parts && readers;
    sipas_status status;

    for (int32_t i = 0; i < workers && done && parts != m; i++) {
        parts[i] = *m;
        parts[i].plain = NULL;
        done = alloc_sums(&parts[i], source);
    }
    status = done ? run_rounds(&job, m) : sipas__error_memory(err);
    if (status == SIPAS_OK) finish_sums(m, source);
    for (int32_t i = 0; i < workers && parts && parts != m; i++)
        if (parts[i].ctx == m->ctx && parts[i].n_segments) free_sums(&parts[i]);
    if (parts != m) sipas__free(m->ctx, parts);
    if (readers) sipas__readers_free(design->ctx, readers, workers);
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

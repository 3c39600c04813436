/*
 * Distributions in groups: by counting where values are few, else by sorting.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "estimate/distribution.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "engine/stream.h"
#include "num/order.h"
#include "num/sum.h"

/* Values that are counted rather than sorted lie within this span. */
enum { WIDEST_SPAN = 256 };

/* One value in one group, while counting. */
typedef struct tally {
    sipas__sum weight;
    double first, last;
    int64_t rows;
} tally;

/* What a stream of rows goes into. */
typedef struct maker {
    const sipas__distributed *variable;
    sipas__distribution *into;
    int32_t level;
    int64_t n_tallies;
    tally *tallies; /* group × value */
    tally *own;     /* the same by worker, where there are several stretches; else `tallies` */
    sipas__reader *readers;
    sipas__item *scratch; /* as many items as the largest group has */
    int64_t *at;          /* where the next item of a group goes: key of the value, and the bits of the weight */
    int64_t n_items;
} maker;

/* ---- streaming ---- */

static void count_rows(const maker *m, tally *tallies, const int32_t *group, const sipas__reader *reader, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const double w = reader->weight[i], y = reader->values[i];
        tally *t;

        if (w == 0.0 || isnan(y) || group[i] < 0) continue;
        if (!(y >= m->variable->low && y - m->variable->low < (double)m->variable->span)) continue;
        t = &tallies[group[i] * m->variable->span + (int64_t)(y - m->variable->low)];
        if (t->rows++ == 0) t->first = w;
        t->last = w;
        sipas__sum_add(&t->weight, w);
    }
}

/* Where the room of a group ends. There may be more items than the pass has counted: the caller's memory may have changed. */
static int64_t items_end(const maker *m, int64_t group)
{
    return group + 1 < m->into->n_groups ? m->into->start[group + 1] : m->n_items;
}

static void gather_rows(const maker *m, const int32_t *group, const sipas__reader *reader, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const double w = reader->weight[i], y = reader->values[i];
        sipas__item *item;

        if (w == 0.0 || isnan(y) || group[i] < 0) continue;
        if (m->at[group[i]] == items_end(m, group[i])) continue;
        item = (sipas__item *)m->into->block + m->at[group[i]]++;
        item->key = sipas__order_f64(y);
        memcpy(&item->index, &w, sizeof w);
    }
}

static int read_tile(void *state, int32_t worker, int64_t row, int64_t n)
{
    const maker *m = state;
    const sipas__estimation *e = m->variable->estimation;
    const int32_t *of = e->linear.level[m->level].segment_group;
    sipas__reader *reader = &m->readers[worker];
    int32_t group[SIPAS__TILE];

    sipas__reader_weights(reader, e->request.design, e->request.domain, row, n);
    sipas__reader_segments(reader, &e->moments, row, n);
    sipas__reader_values(reader, m->variable->source, row, n);
    for (int64_t i = 0; i < n; i++) group[i] = of[reader->segment[i]];
    if (m->tallies)
        count_rows(m, m->own + worker * m->n_tallies, group, reader, n);
    else
        gather_rows(m, group, reader, n);
    return 1;
}

/* Adds the counts of each worker to the whole, in the order of the rows, and leaves zeros. */
static sipas_status join_own(void *state, int32_t workers, sipas_error *err)
{
    const maker *m = state;

    (void)err; /* the pass has met every fault */
    if (m->own == m->tallies) return SIPAS_OK;
    for (int32_t i = 0; i < workers; i++)
        for (int64_t k = 0; k < m->n_tallies; k++) {
            tally *whole = &m->tallies[k], *part = &m->own[i * m->n_tallies + k];

            if (part->rows == 0) continue;
            if (whole->rows == 0) whole->first = part->first;
            whole->last = part->last;
            whole->rows += part->rows;
            sipas__sum_merge(&whole->weight, &part->weight);
        }
    memset(m->own, 0, (size_t)(workers * m->n_tallies) * sizeof *m->own);
    return SIPAS_OK;
}

static sipas_status stream(maker *m, sipas_error *err)
{
    const sipas__estimation *e = m->variable->estimation;
    sipas__stream stream = {
        e->ctx, e->request.design->n, "reading values", SIPAS__STREAM_IN_ORDER, m, read_tile, join_own, 0, 0};
    sipas_status status = SIPAS_OK;

    if (m->tallies) stream.n_sums = m->n_tallies;
    sipas__stream_plan(&stream);
    m->own = m->tallies;
    if (stream.n_stretches > 1) m->own = sipas__alloc(e->ctx, stream.n_workers * m->n_tallies, sizeof *m->own);
    m->readers = sipas__readers_new(e->ctx, m->variable->source, stream.n_workers);
    if (!m->readers || (stream.n_stretches > 1 && !m->own)) status = sipas__error_memory(err);
    if (status == SIPAS_OK) status = sipas__stream_run(&stream, err);
    if (m->own != m->tallies) sipas__free(e->ctx, m->own);
    if (m->readers) sipas__readers_free(e->ctx, m->readers, stream.n_workers);
    return status;
}

/* The span of the values: what each worker met of it. */
typedef struct extent {
    double low, high;
    int whole; /* whole numbers, not far apart */
} extent;

typedef struct scanner {
    const sipas__source *source;
    sipas__reader *readers;
    extent *extents;
} scanner;

static int scan_tile(void *state, int32_t worker, int64_t row, int64_t n)
{
    const scanner *s = state;
    sipas__reader *reader = &s->readers[worker];
    extent *own = &s->extents[worker];

    sipas__reader_values(reader, s->source, row, n);
    for (int64_t i = 0; i < n && own->whole; i++) {
        const double y = reader->values[i];

        if (isnan(y)) continue;
        own->low = y < own->low ? y : own->low;
        own->high = y > own->high ? y : own->high;
        own->whole = y == floor(y) && own->high - own->low < WIDEST_SPAN;
    }
    return own->whole;
}

sipas_status sipas__distributed_scan(sipas__distributed *v, sipas_error *err)
{
    const sipas__estimation *e = v->estimation;
    scanner s = {v->source, NULL, NULL};
    sipas__stream stream = {e->ctx, e->request.design->n, "reading values", 0, &s, scan_tile, NULL, 0, 0};
    extent all = {INFINITY, -INFINITY, 1};
    sipas_status status = SIPAS_OK;

    v->span = 0;
    sipas__stream_plan(&stream);
    s.readers = sipas__readers_new(e->ctx, v->source, stream.n_workers);
    s.extents = sipas__alloc(e->ctx, stream.n_workers, sizeof *s.extents);
    for (int32_t i = 0; s.extents && i < stream.n_workers; i++) s.extents[i] = all;
    if (!s.readers || !s.extents) status = sipas__error_memory(err);
    if (status == SIPAS_OK) status = sipas__stream_run(&stream, err);
    for (int32_t i = 0; status == SIPAS_OK && i < stream.n_workers; i++) {
        all.low = fmin(all.low, s.extents[i].low);
        all.high = fmax(all.high, s.extents[i].high);
        all.whole &= s.extents[i].whole;
    }
    sipas__free(e->ctx, s.extents);
    if (s.readers) sipas__readers_free(e->ctx, s.readers, stream.n_workers);
    if (!all.whole || !(all.low <= all.high) || all.high - all.low >= WIDEST_SPAN) return status;
    v->low = all.low;
    v->span = (int64_t)(all.high - all.low) + 1;
    return status;
}

/* ---- counted ---- */

static int alloc_lines(sipas__distribution *d, int64_t n, int lines)
{
    if (!lines) return 1;
    d->first = sipas__alloc(d->ctx, n, sizeof *d->first);
    d->last = sipas__alloc(d->ctx, n, sizeof *d->last);
    return d->first && d->last;
}

static void set_step(const sipas__distribution *d, int64_t at, double value, double upto, double first, double last)
{
    sipas__step *step = d->block;

    step[at].value = value;
    step[at].upto = upto;
    if (!d->first) return;
    d->first[at] = first;
    d->last[at] = last;
}

static void finish_counts(const maker *m)
{
    sipas__distribution *d = m->into;
    const int64_t span = m->variable->span;

    for (int64_t g = 0; g < d->n_groups; g++) {
        sipas__sum upto = {0.0, 0.0};

        d->start[g] = g * span;
        for (int64_t v = 0; v < span; v++) {
            const tally *t = &m->tallies[g * span + v];

            if (t->rows == 0) continue;
            sipas__sum_merge(&upto, &t->weight);
            set_step(d, d->start[g] + d->n[g]++, m->variable->low + (double)v, sipas__sum_value(&upto), t->first,
                     t->last);
        }
    }
}

/* ---- sorted ---- */

static double weight_of(const sipas__item *item)
{
    double w;

    memcpy(&w, &item->index, sizeof w);
    return w;
}

/*
 * Sorts a group and puts its steps in the place of its items: no more steps than items, and each is written when the items
 * it is made of have been read.
 */
static void finish_group(const maker *m, int64_t g, int64_t n)
{
    sipas__distribution *d = m->into;
    const sipas__item *items = (const sipas__item *)d->block + d->start[g];
    sipas__sum upto = {0.0, 0.0};

    sipas__order_sort((sipas__item *)d->block + d->start[g], m->scratch, n, NULL, NULL);
    for (int64_t i = 0; i < n;) {
        const uint64_t key = items[i].key;
        const double first = weight_of(&items[i]);
        double last = first;

        for (; i < n && items[i].key == key; i++) {
            last = weight_of(&items[i]);
            sipas__sum_add(&upto, last);
        }
        set_step(d, d->start[g] + d->n[g]++, sipas__order_value(key), sipas__sum_value(&upto), first, last);
    }
}

/* ---- making it ---- */

_Static_assert(sizeof(sipas__item) == sizeof(sipas__step), "steps take the place of items");

/* Room to count in, or to sort in: where the items of each group start follows from how many rows have the variable. */
static int alloc_maker(maker *m)
{
    const sipas__estimation *e = m->variable->estimation;
    const sipas__linear_level *at = &e->linear.level[m->level];
    sipas__distribution *d = m->into;
    const int64_t span = m->variable->span;
    int64_t rows = 0, most = 0;

    m->at = sipas__alloc(e->ctx, d->n_groups, sizeof *m->at);
    if (!m->at) return 0;
    for (int64_t g = 0; g < d->n_groups; g++) {
        const int64_t n = at->n[sipas__linear_count(at, g * e->linear.nodes->n_nodes + m->variable->node)];

        d->start[g] = m->at[g] = rows;
        rows += n;
        if (n > most) most = n;
    }
    if (span && d->n_groups * span <= rows + WIDEST_SPAN) {
        m->n_tallies = d->n_groups * span;
        m->tallies = sipas__alloc(e->ctx, m->n_tallies, sizeof *m->tallies);
        d->block = sipas__alloc(e->ctx, d->n_groups * span, sizeof(sipas__step));
        return m->tallies && d->block && alloc_lines(d, d->n_groups * span, m->variable->lines);
    }
    m->n_items = rows;
    d->block = sipas__alloc(e->ctx, rows, sizeof(sipas__item));
    m->scratch = sipas__alloc(e->ctx, most, sizeof *m->scratch);
    return d->block && m->scratch && alloc_lines(d, rows, m->variable->lines);
}

sipas_status sipas__distribution_init(sipas__distribution *d, const sipas__distributed *variable, int32_t level,
                                      sipas_error *err)
{
    const sipas__estimation *e = variable->estimation;
    maker m = {.variable = variable, .into = d, .level = level};
    sipas_status status = SIPAS_OK;

    memset(d, 0, sizeof *d);
    d->ctx = sipas__ctx_ref(e->ctx);
    d->rising = e->request.design->negative == 0;
    d->n_groups = e->linear.level[level].n_groups;
    d->start = sipas__alloc(d->ctx, d->n_groups, sizeof *d->start);
    d->n = sipas__alloc(d->ctx, d->n_groups, sizeof *d->n);
    if (!d->start || !d->n || !alloc_maker(&m)) status = sipas__error_memory(err);
    if (status == SIPAS_OK) status = stream(&m, err);
    if (status == SIPAS_OK && m.tallies) finish_counts(&m);
    for (int64_t g = 0; status == SIPAS_OK && !m.tallies && g < d->n_groups; g++)
        finish_group(&m, g, m.at[g] - d->start[g]);
    sipas__free(d->ctx, m.at);
    sipas__free(d->ctx, m.tallies);
    sipas__free(d->ctx, m.scratch);
    if (status < 0) sipas__distribution_clear(d);
    return status;
}

sipas__ecdf sipas__distribution_group(const sipas__distribution *d, int64_t group)
{
    const int64_t start = d->start[group];
    const sipas__ecdf ecdf = {d->n[group], d->rising, (const sipas__step *)d->block + start,
                              d->first ? d->first + start : NULL, d->last ? d->last + start : NULL};

    return ecdf;
}

void sipas__distribution_clear(sipas__distribution *d)
{
    sipas_ctx *ctx = d->ctx;
    void *blocks[] = {d->start, d->n, d->block, d->first, d->last};

    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) sipas__free(ctx, blocks[b]);
    sipas_ctx_free(ctx);
    memset(d, 0, sizeof *d);
}

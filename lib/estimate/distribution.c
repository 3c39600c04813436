/*
 * Distributions in groups: by counting where values are few, else by sorting.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "estimate/distribution.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
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
    tally *tallies;       /* group × value */
    sipas__item *scratch; /* as many items as the largest group has */
    int64_t *at;          /* where the next item of a group goes: key of the value, and the bits of the weight */
} maker;

/* ---- streaming ---- */

static void count_rows(const maker *m, const int32_t *group, const sipas__reader *reader, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const double w = reader->weight[i], y = reader->values[i];
        tally *t;

        if (w == 0.0 || isnan(y)) continue;
        t = &m->tallies[group[i] * m->variable->span + (int64_t)(y - m->variable->low)];
        if (t->rows++ == 0) t->first = w;
        t->last = w;
        sipas__sum_add(&t->weight, w);
    }
}

static void gather_rows(const maker *m, const int32_t *group, const sipas__reader *reader, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const double w = reader->weight[i], y = reader->values[i];
        sipas__item *item;

        if (w == 0.0 || isnan(y)) continue;
        item = (sipas__item *)m->into->block + m->at[group[i]]++;
        item->key = sipas__order_f64(y);
        memcpy(&item->index, &w, sizeof w);
    }
}

static sipas_status stream(const maker *m, sipas_error *err)
{
    const sipas__estimation *e = m->variable->estimation;
    const sipas_design *design = e->request.design;
    const int32_t *of = e->linear.level[m->level].segment_group;
    sipas__reader *reader = sipas__readers_new(e->ctx, m->variable->source, 1);
    sipas_status status = reader ? SIPAS_OK : sipas__error_memory(err);
    int32_t group[SIPAS__TILE];

    for (int64_t row = 0; status == SIPAS_OK && row < design->n; row += SIPAS__TILE) {
        const int64_t n = design->n - row < SIPAS__TILE ? design->n - row : SIPAS__TILE;

        if (row % SIPAS__PROGRESS_ROWS == 0) status = sipas__progress(e->ctx, "reading values", row, design->n, err);
        sipas__reader_weights(reader, design, e->request.domain, row, n);
        sipas__reader_segments(reader, &e->moments, row, n);
        sipas__reader_values(reader, m->variable->source, row, n);
        for (int64_t i = 0; i < n; i++) group[i] = of[reader->segment[i]];
        (m->tallies ? count_rows : gather_rows)(m, group, reader, n);
    }
    if (reader) sipas__readers_free(e->ctx, reader, 1);
    return status;
}

int sipas__distributed_scan(sipas__distributed *v)
{
    const sipas__estimation *e = v->estimation;
    const int64_t n = e->request.design->n;
    sipas__reader *reader = sipas__readers_new(e->ctx, v->source, 1);
    double low = INFINITY, high = -INFINITY;
    int whole = 1;

    v->span = 0;
    if (!reader) return 0;
    for (int64_t row = 0; whole && row < n; row += SIPAS__TILE) {
        const int64_t count = n - row < SIPAS__TILE ? n - row : SIPAS__TILE;

        sipas__reader_values(reader, v->source, row, count);
        for (int64_t i = 0; i < count && whole; i++) {
            const double y = reader->values[i];

            if (isnan(y)) continue;
            low = y < low ? y : low;
            high = y > high ? y : high;
            whole = y == floor(y) && high - low < WIDEST_SPAN;
        }
    }
    sipas__readers_free(e->ctx, reader, 1);
    if (!whole || !(low <= high)) return 1;
    v->low = low;
    v->span = (int64_t)(high - low) + 1;
    return 1;
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
        m->tallies = sipas__alloc(e->ctx, d->n_groups * span, sizeof *m->tallies);
        d->block = sipas__alloc(e->ctx, d->n_groups * span, sizeof(sipas__step));
        return m->tallies && d->block && alloc_lines(d, d->n_groups * span, m->variable->lines);
    }
    d->block = sipas__alloc(e->ctx, rows, sizeof(sipas__item));
    m->scratch = sipas__alloc(e->ctx, most, sizeof *m->scratch);
    return d->block && m->scratch && alloc_lines(d, rows, m->variable->lines);
}

sipas_status sipas__distribution_init(sipas__distribution *d, const sipas__distributed *variable, int32_t level,
                                      sipas_error *err)
{
    const sipas__estimation *e = variable->estimation;
    maker m = {variable, d, level, NULL, NULL, NULL};
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

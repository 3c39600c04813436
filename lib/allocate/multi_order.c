/*
 * The numbers of the targets, so that the envelope of the normal matrix stays small.
 *
 * A row of that matrix begins with the first target it shares a stratum with. So the domains of the finest cut come in the
 * order of the coarser domains they lie in, and every other domain comes right behind the last fine one that it meets. When
 * the cuts are nested (communes, provinces, regions) that is the order of a tree from the leaves upwards, and the factor
 * of the matrix fills next to nothing; when they cross, the coarser ones come last.
 *
 * O(strata × cuts + domains × cuts).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/multi.h"

#include <math.h>

#include "base/context.h"
#include "num/order.h"

enum { TARGETS_MAX = 100000, CUT_BITS = 16 };

/* Work: a place in the order for every domain of the finest cut, and what is sorted. */
typedef struct numbering {
    int32_t *by_size;  /* cuts, that with the most domains first */
    int64_t *position; /* of each domain of the finest cut */
    int64_t *first;    /* a stratum of each of them; -1 = none */
    int64_t *behind;   /* of each domain: the last position among its strata, from 1 */
    int64_t *offset;   /* of each cut in `behind` */
    int64_t n_domains;
    sipas__item *items; /* 2 × n_domains */
} numbering;

int32_t sipas__multi_domain(const sipas__multi *m, int32_t cut, int64_t stratum)
{
    return m->cut[cut].of.of ? m->cut[cut].of.of[stratum] : 0;
}

static void sort_cuts(const sipas__multi *m, numbering *by)
{
    for (int32_t c = 0; c < m->n_cuts; c++) {
        int32_t to = c;

        for (; to > 0 && m->cut[by->by_size[to - 1]].n_domains < m->cut[c].n_domains; to--)
            by->by_size[to] = by->by_size[to - 1];
        by->by_size[to] = c;
        by->offset[c] = by->n_domains;
        by->n_domains += m->cut[c].n_domains;
    }
}

/* Domains of the finest cut by the coarsest domain that their first stratum is in, then the next coarsest, and so on. */
static void sort_finest(const sipas__multi *m, numbering *by)
{
    const int32_t finest = by->by_size[0];
    const int64_t n = m->cut[finest].n_domains;

    for (int64_t d = 0; d < n; d++) by->first[d] = -1;
    for (int64_t h = m->n_strata - 1; h >= 0; h--) {
        const int32_t d = sipas__multi_domain(m, finest, h);

        if (d >= 0) by->first[d] = h;
    }
    for (int64_t d = 0; d < n; d++) by->items[d].index = d;
    for (int32_t i = 1; i < m->n_cuts; i++) {
        for (int64_t d = 0; d < n; d++) {
            const int64_t h = by->first[by->items[d].index];

            by->items[d].key = h < 0 ? 0 : (uint64_t)(sipas__multi_domain(m, by->by_size[i], h) + 1);
        }
        sipas__order_sort(by->items, by->items + by->n_domains, n, NULL, NULL);
    }
    for (int64_t place = 0; place < n; place++) by->position[by->items[place].index] = place + 1;
}

/* All domains, each behind the fine ones that it meets; of those behind the same, the finer cut first. */
static void sort_domains(const sipas__multi *m, numbering *by)
{
    for (int64_t h = 0; h < m->n_strata; h++) {
        const int32_t fine = sipas__multi_domain(m, by->by_size[0], h);

        for (int32_t c = 0; fine >= 0 && c < m->n_cuts; c++) {
            const int32_t d = sipas__multi_domain(m, c, h);

            if (d >= 0 && by->behind[by->offset[c] + d] < by->position[fine])
                by->behind[by->offset[c] + d] = by->position[fine];
        }
    }
    for (int32_t i = 0; i < m->n_cuts; i++) {
        const int32_t c = by->by_size[i];

        for (int64_t d = 0; d < m->cut[c].n_domains; d++) {
            const int64_t at = by->offset[c] + d;

            by->items[at] = (sipas__item){(uint64_t)by->behind[at] << CUT_BITS | (uint64_t)i, at};
        }
    }
    sipas__order_sort(by->items, by->items + by->n_domains, by->n_domains, NULL, NULL);
}

static int32_t cut_at(const sipas__multi *m, const numbering *by, int64_t at)
{
    int32_t c = 0;

    while (c + 1 < m->n_cuts && by->offset[c + 1] <= at) c++;
    return c;
}

static void give_numbers(sipas__multi *m, const numbering *by)
{
    const int32_t n_variables = m->opts.n_variables;

    m->n_targets = 0;
    for (int64_t i = 0; i < by->n_domains; i++) {
        const int64_t at = by->items[i].index;
        const int32_t c = cut_at(m, by, at);
        const int64_t domain = at - by->offset[c], from = domain * n_variables;

        for (int32_t v = 0; v < n_variables; v++) {
            m->cut[c].id[from + v] = -1;
            if (!isfinite(m->cut[c].target[from + v])) continue;
            m->target[m->n_targets] = (sipas__target){.cut = c, .goal = m->cut[c].target[from + v]};
            m->target[m->n_targets].domain = (int32_t)domain;
            m->target[m->n_targets].variable = v;
            m->cut[c].id[from + v] = (int32_t)m->n_targets++;
        }
    }
}

static sipas_status count_targets(sipas__multi *m, int64_t *n_domains, sipas_error *err)
{
    *n_domains = 0;
    for (int32_t c = 0; c < m->n_cuts; c++) {
        *n_domains += m->cut[c].n_domains;
        for (int64_t i = 0; i < m->cut[c].n_domains * m->opts.n_variables; i++)
            m->n_targets += isfinite(m->cut[c].target[i]);
    }
    if (m->n_targets == 0) return sipas__error_argument(err, "target", "no target has a value");
    if (m->n_targets > TARGETS_MAX) return sipas__error_argument(err, "target", "there are more than 100000 targets");
    m->target = sipas__alloc(m->ctx, m->n_targets, sizeof *m->target);
    return m->target ? SIPAS_OK : sipas__error_memory(err);
}

sipas_status sipas__multi_number(sipas__multi *m, sipas_error *err)
{
    numbering by = {.n_domains = 0};
    int64_t n_domains;
    sipas_status status = count_targets(m, &n_domains, err);

    if (status < 0) return status;
    by.by_size = sipas__alloc(m->ctx, m->n_cuts, sizeof *by.by_size);
    by.offset = sipas__alloc(m->ctx, m->n_cuts, sizeof *by.offset);
    by.position = sipas__alloc(m->ctx, n_domains, sizeof *by.position);
    by.first = sipas__alloc(m->ctx, n_domains, sizeof *by.first);
    by.behind = sipas__alloc(m->ctx, n_domains, sizeof *by.behind);
    by.items = sipas__alloc(m->ctx, 2 * n_domains, sizeof *by.items);
    if (by.by_size && by.offset && by.position && by.first && by.behind && by.items) {
        sort_cuts(m, &by);
        sort_finest(m, &by);
        sort_domains(m, &by);
        give_numbers(m, &by);
    } else {
        status = sipas__error_memory(err);
    }
    sipas__free(m->ctx, by.by_size);
    sipas__free(m->ctx, by.offset);
    sipas__free(m->ctx, by.position);
    sipas__free(m->ctx, by.first);
    sipas__free(m->ctx, by.behind);
    sipas__free(m->ctx, by.items);
    return status;
}

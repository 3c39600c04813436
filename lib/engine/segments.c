/*
 * Segments: which there are, and which one a row belongs to.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/context.h"
#include "data/map.h"
#include "engine/moments.h"
#include "engine/moments_sum.h"

/* Longest array of segments by index: 1 MiB. */
enum { MOST_INDEXED = 1 << 18 };

/* Patterns of design and domains together: what decides a row's segment. */
static int find_pairs(sipas__moments *m, const sipas_design *design, const sipas__domain *domain)
{
    const sipas__key keys[2] = {{SIPAS__KEY_PATTERNS, {0}, NULL, &design->patterns},
                                {SIPAS__KEY_PATTERNS, {0}, NULL, &domain->patterns}};

    m->pairs = &design->patterns;
    if (domain->n_by == 0) return 1;
    m->pairs = &m->both;
    return sipas__patterns_init(&m->both, m->ctx, design->n, keys, 2, 0);
}

static int alloc_segments(sipas__moments *m)
{
    m->leaf = sipas__alloc(m->ctx, m->n_segments, sizeof *m->leaf);
    m->cell = sipas__alloc(m->ctx, m->n_segments, sizeof *m->cell);
    m->stratum = sipas__alloc(m->ctx, m->n_segments, sizeof *m->stratum);
    m->psu = sipas__alloc(m->ctx, m->n_segments, sizeof *m->psu);
    return m->leaf && m->cell && m->stratum && m->psu;
}

/* Last-stage unit (stratum, where rows are units) and cell of each pair. */
static void read_pairs(const sipas__moments *m, const sipas_design *design, const sipas__domain *domain, int32_t *leaf,
                       int32_t *cell)
{
    const sipas__stage *stage = &design->stage[design->n_stages - 1];
    const int32_t *leaf_of = stage->rows_are_units ? stage->pattern_stratum : stage->pattern_unit;

    for (int64_t p = 0; p < m->pairs->n; p++) {
        int32_t pattern;

        sipas__patterns_find(&design->patterns, m->pairs->row[p], 1, &pattern);
        leaf[p] = leaf_of[pattern];
        sipas__domain_read(domain, m->pairs->row[p], 1, &cell[p]);
    }
}

/* Where patterns are looked up in a plain array that is not long, segments can be as well. */
static int index_segments(sipas__moments *m)
{
    const sipas__pattern_table *table = &m->pairs->table;
    const int64_t range = (int64_t)m->pairs->range;

    if (!table->direct || range > MOST_INDEXED || m->pairs->n_keys == 0) return 1;
    m->index_segment = sipas__alloc(m->ctx, range, sizeof *m->index_segment);
    if (!m->index_segment) return 0;
    for (int64_t i = 0; i < range; i++)
        if (table->direct[i]) m->index_segment[i] = m->pair_segment[table->direct[i] - 1];
    return 1;
}

/* Segments by unit, then cell. */
static int number_pairs(sipas__moments *m, const sipas_design *design, const sipas__domain *domain, const int32_t *leaf,
                        const int32_t *cell)
{
    const sipas__stage *stage = &design->stage[design->n_stages - 1];
    const int64_t leaves = stage->rows_are_units ? stage->n_strata : stage->n_units;
    uint64_t *keys = sipas__alloc(m->ctx, m->pairs->n, sizeof *keys);
    sipas__map map = {0};
    int done = keys != NULL;

    for (int64_t p = 0; done && p < m->pairs->n; p++) keys[p] = (uint64_t)(leaf[p] * domain->n_cells + cell[p]);
    if (done)
        done = sipas__map_number(&map, m->ctx, (uint64_t)(leaves * domain->n_cells), keys, m->pairs->n,
                                 m->pair_segment);
    m->n_segments = map.n;
    sipas__map_clear(&map);
    sipas__free(m->ctx, keys);
    if (!done || !alloc_segments(m)) return 0;
    for (int64_t p = 0; p < m->pairs->n; p++) {
        m->leaf[m->pair_segment[p]] = leaf[p];
        m->cell[m->pair_segment[p]] = cell[p];
    }
    return index_segments(m);
}

/* A segment per row: by stratum, then row. */
static int number_rows(sipas__moments *m, const sipas_design *design, const int32_t *leaf, const int32_t *cell)
{
    const sipas__stage *stage = &design->stage[design->n_stages - 1];
    const int64_t n = design->n, n_strata = stage->n_strata;
    int64_t *next = sipas__alloc(m->ctx, n_strata + 1, sizeof *next);

    m->n_segments = n;
    m->row_segment = sipas__alloc(m->ctx, n, sizeof *m->row_segment);
    if (!next || !m->row_segment || !alloc_segments(m)) {
        sipas__free(m->ctx, next);
        return 0;
    }
    for (int64_t h = 0; h < n_strata; h++) next[h + 1] = next[h] + stage->stratum_units[h];
    for (int64_t row = 0; row < n; row += SIPAS__TILE) {
        const int64_t count = n - row < SIPAS__TILE ? n - row : SIPAS__TILE;
        int32_t pair[SIPAS__TILE];

        sipas__patterns_find(m->pairs, row, count, pair);
        for (int64_t i = 0; i < count; i++) {
            const int64_t place = next[leaf[pair[i]]]++;
            const int32_t s = (int32_t)(place < n ? place : n - 1); /* codes may have changed in the caller's memory */

            m->row_segment[row + i] = s;
            m->leaf[s] = (int32_t)(row + i);
            m->stratum[s] = leaf[pair[i]];
            m->cell[s] = cell[pair[i]];
        }
    }
    sipas__free(m->ctx, next);
    return 1;
}

/* Strata and first-stage units of the segments. */
static void climb_up(sipas__moments *m, const sipas_design *design)
{
    const int32_t last = design->n_stages - 1;
    const sipas__stage *stage = &design->stage[last];

    for (int64_t s = 0; s < m->n_segments; s++) {
        if (!m->by_row) m->stratum[s] = stage->rows_are_units ? m->leaf[s] : stage->unit_stratum[m->leaf[s]];
        m->psu[s] = last == 0 && stage->rows_are_units && !m->by_row ? -1 : m->leaf[s];
        for (int32_t up = last; up > 0; up--) {
            const int32_t stratum = up == last ? m->stratum[s] : design->stage[up].unit_stratum[m->psu[s]];

            m->psu[s] = design->stage[up].stratum_parent[stratum];
        }
    }
}

sipas_status sipas__pass_number_segments(sipas__moments *m, const sipas_design *design, const sipas__domain *domain,
                                         sipas_error *err)
{
    int32_t *leaf = NULL, *cell = NULL;
    int done = find_pairs(m, design, domain);

    if (done) {
        leaf = sipas__alloc(m->ctx, m->pairs->n, sizeof *leaf);
        cell = sipas__alloc(m->ctx, m->pairs->n, sizeof *cell);
        m->pair_segment = sipas__alloc(m->ctx, m->pairs->n, sizeof *m->pair_segment);
        done = leaf && cell && m->pair_segment;
    }
    if (done) {
        read_pairs(m, design, domain, leaf, cell);
        done = m->by_row ? number_rows(m, design, leaf, cell) : number_pairs(m, design, domain, leaf, cell);
    }
    if (done) climb_up(m, design);
    sipas__free(m->ctx, leaf);
    sipas__free(m->ctx, cell);
    return done ? SIPAS_OK : sipas__patterns_fault(m->pairs ? m->pairs : &m->both, err);
}

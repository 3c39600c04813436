/*
 * Segments: which there are, and which one a row belongs to.
 *
 * Where codes nest, or the pairs of units and cells are few, what decides a row's segment is looked up: the patterns of design and
 * domains together. Else rows are sorted (engine/segments_sort.c).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/context.h"
#include "engine/moments.h"
#include "engine/moments_sum.h"
#include "engine/stream.h"

/* Longest array of segments by index: 1 MiB. */
enum { MOST_INDEXED = 1 << 18 };

/* Fewest rows to a pair of patterns for which pairs are looked up. */
enum { ROWS_TO_PAIR = 8 };

/* Units of the last stage; where rows are the units, its strata. */
static int64_t count_leaves(const sipas_design *design)
{
    const sipas__stage *stage = &design->stage[design->n_stages - 1];

    return stage->rows_are_units ? stage->n_strata : stage->n_units;
}

/* ---- pairs ---- */

/*
 * Patterns of design and domains together: what decides a row's segment. There are none (n = 0) where so many rows would have
 * one of their own that sorting is quicker.
 */
static int find_pairs(sipas__moments *m, const sipas_design *design, const sipas__domain *domain)
{
    const sipas__patterns *units = &design->patterns, *cells = &domain->patterns;
    const sipas__key keys[2] = {{SIPAS__KEY_PATTERNS, {0}, NULL, units}, {SIPAS__KEY_PATTERNS, {0}, NULL, cells}};
    const int64_t few = design->n / ROWS_TO_PAIR;

    m->pairs = units;
    if (domain->n_by == 0) return 1;
    m->pairs = &m->both;
    if ((units->runs.n && cells->runs.n) || cells->n <= few / units->n || design->n > INT32_MAX)
        return sipas__patterns_init(&m->both, m->ctx, design->n, keys, 2, 0);
    if (units->n > few || cells->n > few) return 1;
    return sipas__patterns_init_nested(&m->both, m->ctx, design->n, keys, 2);
}

/* Last-stage unit (stratum, where rows are units) and cell of each pair. */
static void read_pairs(const sipas__moments *m, const sipas_design *design, const sipas__domain *domain, int32_t *leaf,
                       int32_t *cell)
{
    const sipas__stage *stage = &design->stage[design->n_stages - 1];
    const int32_t *leaf_of = stage->rows_are_units ? stage->pattern_stratum : stage->pattern_unit;

    for (int64_t p = 0; p < m->pairs->n; p++) {
        int32_t pattern = (int32_t)p;

        if (m->pairs != &design->patterns) {
            sipas__patterns_find(&design->patterns, m->pairs->row[p], 1, &pattern);
            sipas__domain_read(domain, m->pairs->row[p], 1, &cell[p]);
        }
        leaf[p] = leaf_of[pattern];
    }
}

int sipas__pass_alloc_segments(sipas__moments *m, int64_t n)
{
    m->n_segments = n;
    m->leaf = sipas__alloc(m->ctx, 2 * n, sizeof *m->leaf);
    m->cell = m->leaf ? m->leaf + n : NULL;
    return m->leaf != NULL;
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

/* Segments by unit, then cell, from the pairs in that order. */
static int number_sorted(sipas__moments *m, const int32_t *leaf, const int32_t *cell, const int32_t *order)
{
    int64_t n = 0;

    for (int64_t i = 0; i < m->pairs->n; i++) {
        const int32_t p = order[i], last = i ? order[i - 1] : -1;

        n += last < 0 || leaf[p] != leaf[last] || cell[p] != cell[last];
        m->pair_segment[p] = (int32_t)(n - 1);
    }
    if (!sipas__pass_alloc_segments(m, n)) return 0;
    for (int64_t p = 0; p < m->pairs->n; p++) {
        m->leaf[m->pair_segment[p]] = leaf[p];
        m->cell[m->pair_segment[p]] = cell[p];
    }
    return index_segments(m);
}

static int number_pairs(sipas__moments *m, const sipas_design *design, const sipas__domain *domain)
{
    const int64_t n = m->pairs->n;
    int32_t *leaf = sipas__alloc(m->ctx, n, sizeof *leaf), *cell = sipas__alloc(m->ctx, n, sizeof *cell);
    int32_t *by_cell = sipas__alloc(m->ctx, n, sizeof *by_cell), *order = sipas__alloc(m->ctx, n, sizeof *order);
    int done;

    m->pair_segment = sipas__alloc(m->ctx, n, sizeof *m->pair_segment);
    done = leaf && cell && by_cell && order && m->pair_segment;
    if (done) {
        read_pairs(m, design, domain, leaf, cell);
        done = sipas__pass_sort(m->ctx, cell, domain->n_cells, NULL, n, by_cell) &&
               sipas__pass_sort(m->ctx, leaf, count_leaves(design), by_cell, n, order) &&
               number_sorted(m, leaf, cell, order);
    }
    sipas__free(m->ctx, leaf);
    sipas__free(m->ctx, cell);
    sipas__free(m->ctx, by_cell);
    sipas__free(m->ctx, order);
    return done;
}

/* ---- rows ---- */

/* Unit (stratum) and cell of each row as a client of the walk. */
typedef struct key_reader {
    const sipas_design *design;
    const sipas__domain *domain;
    const int32_t *leaf_of;
    int32_t *leaf, *cell;
} key_reader;

static int read_keys(void *state, int32_t worker, int64_t row, int64_t n)
{
    const key_reader *k = state;
    int32_t *leaf = k->leaf + row;

    (void)worker;
    sipas__patterns_find(&k->design->patterns, row, n, leaf);
    for (int64_t i = 0; i < n; i++) leaf[i] = k->leaf_of[leaf[i]];
    sipas__domain_read(k->domain, row, n, k->cell + row);
    return 1;
}

/* A segment per row of an element design: by stratum, then row. */
static int number_elements(sipas__moments *m, const sipas_design *design, const int32_t *leaf, const int32_t *cell)
{
    const int64_t n = design->n;
    int32_t *order = sipas__alloc(m->ctx, n, sizeof *order);
    int done;

    m->single = 1;
    m->leaf_stratum = sipas__alloc(m->ctx, n, sizeof *m->leaf_stratum);
    done = order && m->leaf_stratum && sipas__pass_alloc_segments(m, n) &&
           sipas__pass_sort(m->ctx, leaf, count_leaves(design), NULL, n, order);
    for (int64_t s = 0; done && s < n; s++) {
        const int32_t row = order[s];

        m->row_segment[row] = (int32_t)s;
        m->leaf[s] = row;
        m->leaf_stratum[row] = leaf[row];
        m->cell[s] = cell[row];
    }
    sipas__free(m->ctx, order);
    return done;
}

static sipas_status number_rows(sipas__moments *m, const sipas_design *design, const sipas__domain *domain,
                                sipas_error *err)
{
    const sipas__stage *stage = &design->stage[design->n_stages - 1];
    const int64_t n = design->n;
    key_reader keys = {design, domain, stage->rows_are_units ? stage->pattern_stratum : stage->pattern_unit, NULL,
                       NULL};
    sipas__stream stream = {m->ctx, n, "reading units", 0, &keys, read_keys, NULL, 0, 0};
    sipas_status status = SIPAS_OK;

    keys.leaf = sipas__alloc(m->ctx, 2 * n,
                             sizeof *keys.leaf); /* one long block: the system hands it out in large pages */
    keys.cell = keys.leaf ? keys.leaf + n : NULL;
    m->row_segment = sipas__alloc(m->ctx, n, sizeof *m->row_segment);
    if (!keys.leaf || !m->row_segment) status = sipas__error_memory(err);
    sipas__stream_plan(&stream);
    if (status == SIPAS_OK) status = sipas__stream_run(&stream, err);
    if (status == SIPAS_OK && !m->by_row) {
        const sipas__row_keys rows = {n, keys.leaf, keys.cell, count_leaves(design), domain->n_cells};

        status = sipas__pass_sort_rows(m, &rows, err);
    } else if (status == SIPAS_OK && !number_elements(m, design, keys.leaf, keys.cell)) {
        status = sipas__error_memory(err);
    }
    sipas__free(m->ctx, keys.leaf);
    return status;
}

/* ---- what a leaf is ---- */

/* Strata and first-stage units of the leaves: of the rows, where each is a segment of an element design. */
static int climb_up(sipas__moments *m, const sipas_design *design)
{
    const int32_t last = design->n_stages - 1;
    const sipas__stage *stage = &design->stage[last], *first = &design->stage[0];
    const int64_t n = m->by_row ? design->n : count_leaves(design);

    if (!m->leaf_stratum) m->leaf_stratum = sipas__alloc(m->ctx, n, sizeof *m->leaf_stratum);
    m->leaf_psu = sipas__alloc(m->ctx, n, sizeof *m->leaf_psu);
    m->leaf_first = sipas__alloc(m->ctx, n, sizeof *m->leaf_first);
    if (!m->leaf_stratum || !m->leaf_psu || !m->leaf_first) return 0;
    for (int64_t i = 0; i < n; i++) {
        int32_t psu = last == 0 && stage->rows_are_units && !m->by_row ? -1 : (int32_t)i;

        if (!m->by_row) m->leaf_stratum[i] = stage->rows_are_units ? (int32_t)i : stage->unit_stratum[i];
        for (int32_t up = last; up > 0; up--)
            psu =
                design->stage[up].stratum_parent[up == last ? m->leaf_stratum[i] : design->stage[up].unit_stratum[psu]];
        m->leaf_psu[i] = psu;
        m->leaf_first[i] = psu >= 0 && first->unit_stratum ? first->unit_stratum[psu] : m->leaf_stratum[i];
    }
    return 1;
}

sipas_status sipas__pass_number_segments(sipas__moments *m, const sipas_design *design, const sipas__domain *domain,
                                         sipas_error *err)
{
    sipas_status status = SIPAS_OK;

    m->pairs = &design->patterns;
    if (!m->by_row && !find_pairs(m, design, domain)) return sipas__patterns_fault(m->pairs, err);
    if (m->by_row || m->pairs->n == 0)
        status = number_rows(m, design, domain, err);
    else if (!number_pairs(m, design, domain))
        status = sipas__error_memory(err);
    if (status == SIPAS_OK && !climb_up(m, design)) status = sipas__error_memory(err);
    return status;
}

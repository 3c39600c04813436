/*
 * Which segments a group has, in the order of their units.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/context.h"
#include "engine/linear.h"
#include "engine/moments_sum.h"

/* ---- segments numbered by cell ---- */

/* Leaves that segments are of. */
static int64_t count_leaves(const sipas__moments *m)
{
    int32_t most = -1;

    for (int64_t s = 0; s < m->n_segments; s++) most = m->leaf[s] > most ? m->leaf[s] : most;
    return (int64_t)most + 1;
}

/* True when the segments of every group lie in the order of their units. */
static int are_in_order(const sipas__moments *m, const sipas__linear_level *level)
{
    for (int64_t g = 0; g < level->n_groups; g++)
        for (int64_t i = level->start[g] + 1; i < level->start[g + 1]; i++)
            if (m->leaf[level->segments[i - 1]] > m->leaf[level->segments[i]]) return 0;
    return 1;
}

/* Number of the lowest bit that is set. */
static int lowest_bit(uint64_t word)
{
#if defined(__GNUC__)
    return __builtin_ctzll(word);
#else
    int bit = 0;

    while (!(word >> bit & 1)) bit++;
    return bit;
#endif
}

/* Work places for sorting a group: a bit for each leaf met; by leaf the first of its segments, by segment the next; 0 = none. */
typedef struct group_sorter {
    uint64_t *met;
    int32_t *first, *next;
    int32_t *order;
} group_sorter;

/* Puts the segments of a group in the order of their units, those of a unit as they are. */
static void sort_group(const sipas__moments *m, int32_t *segments, int64_t n, int64_t n_words, group_sorter *sorter)
{
    int64_t at = 0;

    for (int64_t i = n - 1; i >= 0; i--) {
        const int32_t leaf = m->leaf[segments[i]];

        sorter->next[i] = sorter->first[leaf];
        sorter->first[leaf] = (int32_t)(i + 1);
        sorter->met[leaf / 64] |= UINT64_C(1) << leaf % 64;
    }
    for (int64_t w = 0; w < n_words; w++)
        for (; sorter->met[w]; sorter->met[w] &= sorter->met[w] - 1) {
            int32_t *first = &sorter->first[64 * w + lowest_bit(sorter->met[w])];

            for (int32_t i = *first; i > 0; i = sorter->next[i - 1]) sorter->order[at++] = segments[i - 1];
            *first = 0;
        }
    memcpy(segments, sorter->order, (size_t)n * sizeof *segments);
}

/* Sorts each group by itself: all that is touched stays in the near caches. */
static int sort_groups(const sipas__moments *m, sipas__linear_level *level, int64_t n_leaves)
{
    const int64_t n_words = (n_leaves + 63) / 64;
    group_sorter sorter;
    int64_t most = 0;
    int done;

    for (int64_t g = 0; g < level->n_groups; g++)
        most = level->start[g + 1] - level->start[g] > most ? level->start[g + 1] - level->start[g] : most;
    sorter.met = sipas__alloc(m->ctx, n_words, sizeof *sorter.met);
    sorter.first = sipas__alloc(m->ctx, n_leaves, sizeof *sorter.first);
    sorter.next = sipas__alloc(m->ctx, most, sizeof *sorter.next);
    sorter.order = sipas__alloc(m->ctx, most, sizeof *sorter.order);
    done = sorter.met && sorter.first && sorter.next && sorter.order;
    for (int64_t g = 0; done && g < level->n_groups; g++)
        sort_group(m, level->segments + level->start[g], level->start[g + 1] - level->start[g], n_words, &sorter);
    sipas__free(m->ctx, sorter.met);
    sipas__free(m->ctx, sorter.first);
    sipas__free(m->ctx, sorter.next);
    sipas__free(m->ctx, sorter.order);
    return done;
}

/* ---- any segments ---- */

/* Lists the segments of each group in the order given (NULL = as they are numbered). False when there is no memory. */
static int list_groups(const sipas__moments *m, sipas__linear_level *level, const int32_t *order)
{
    int64_t *next = sipas__alloc(m->ctx, level->n_groups + 1, sizeof *next);

    if (!next) return 0;
    memcpy(next, level->start, (size_t)level->n_groups * sizeof *next);
    for (int64_t i = 0; i < m->n_segments; i++) {
        const int32_t s = order ? order[i] : (int32_t)i, g = level->segment_group[s];

        if (g >= 0) level->segments[next[g]++] = s;
    }
    sipas__free(m->ctx, next);
    return 1;
}

/* Sorts all segments by unit, then by group. */
static int sort_all(const sipas__moments *m, sipas__linear_level *level, int64_t n_leaves)
{
    int32_t *order = sipas__alloc(m->ctx, m->n_segments, sizeof *order);
    const int done = order && sipas__pass_sort(m->ctx, m->leaf, n_leaves, NULL, m->n_segments, order) &&
                     list_groups(m, level, order);

    sipas__free(m->ctx, order);
    return done;
}

/* True when the groups of a level are the cells, in their order. */
static int are_cells(const sipas__domain *domain, const sipas__domain_level *groups)
{
    int64_t c = 0;

    if (groups->n_groups != domain->n_cells) return 0;
    while (c < domain->n_cells && groups->cell_group[c] == c) c++;
    return c == domain->n_cells;
}

/* Groups that are the cells of segments which are numbered by them. */
static void list_cells(const sipas__moments *m, sipas__linear_level *level)
{
    int64_t s = 0;

    for (int64_t g = 0; g < level->n_groups; g++) {
        level->start[g] = s;
        for (; s < m->n_segments && m->cell[s] == g; s++) level->segments[s] = (int32_t)s;
    }
    level->start[level->n_groups] = s;
}

/* The groups of the segments, and how many each has. */
static void find_groups(const sipas__moments *m, sipas__linear_level *level, const sipas__domain_level *groups,
                        const sipas__domain_level *units)
{
    for (int64_t s = 0; s < m->n_segments; s++) {
        const int none = units && units->cell_group[m->cell[s]] < 0;

        level->segment_group[s] = none ? SIPAS__NO_LEVEL : groups->cell_group[m->cell[s]];
        if (level->segment_group[s] >= 0) level->start[level->segment_group[s] + 1]++;
    }
    for (int64_t g = 0; g < level->n_groups; g++) level->start[g + 1] += level->start[g];
}

int sipas__linear_list(const sipas__linear *linear, sipas__linear_level *level, const sipas__domain *domain,
                       const sipas__domain_level *units)
{
    const sipas__moments *m = linear->moments;
    const sipas__domain_level *groups = &domain->level[level->own];
    const int cells = m->by_cell && !units && are_cells(domain, groups);
    int64_t n_leaves;

    level->n_groups = groups->n_groups;
    level->segment_group = cells ? m->cell : sipas__alloc(linear->ctx, m->n_segments, sizeof *level->segment_group);
    level->segments = sipas__alloc(linear->ctx, m->n_segments, sizeof *level->segments);
    level->start = sipas__alloc(linear->ctx, level->n_groups + 1, sizeof *level->start);
    if (!level->segment_group || !level->segments || !level->start) return 0;
    if (cells) {
        list_cells(m, level);
    } else {
        find_groups(m, level, groups, units);
        if (!list_groups(m, level, NULL)) return 0;
    }
    if (!m->by_cell || are_in_order(m, level)) return 1;
    n_leaves = count_leaves(m);
    return level->n_groups * (n_leaves / 64) <= m->n_segments ? sort_groups(m, level, n_leaves)
                                                              : sort_all(m, level, n_leaves);
}

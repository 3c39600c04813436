/*
 * Degrees of freedom of a domain: PSUs minus strata, both where it has an answer that enters the figure; an item that few PSUs
 * answer has few, however many rows the domain has (Korn and Graubard 1999, §5.2). R's survey counts them where the domain
 * has a row.
 *
 * What first-stage units minus strata do not tell is counted here: collapsed strata count once. A unit of inclusion
 * probability 1 is a stratum of its own. In two phases the same count over the units and strata of phase 2, and where
 * phase 1 has clusters no more than that of phase 1.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/context.h"
#include "engine/linear.h"

/* Work places: the number of the count that met a stratum last. */
typedef struct counter {
    const sipas__linear *linear;
    const sipas_design *design;
    const sipas__linear_level *level;
    int64_t number;
    int64_t *seen, *seen2; /* by stratum of the first stage (collapsed ones as one), and of phase 2 */
} counter;

/* Rows of a segment that count: for a node, or (-1) of the domain. */
static int64_t rows_of(const counter *c, int64_t segment, int64_t node)
{
    double weight;

    if (node < 0 || c->level->alike) return sipas__moments_rows(c->linear->moments, segment);
    return sipas__linear_node_rows(c->linear, segment, node, &weight);
}

/* Counts a stratum that was not met in this count before. */
static int64_t is_new(int64_t *seen, int64_t stratum, int64_t number)
{
    const int64_t met = seen[stratum] == number;

    seen[stratum] = number;
    return !met;
}

/* Under unequal probabilities a unit with probability 1 adds no degree of freedom. */
static int is_certain(const sipas_design *design, int64_t psu)
{
    return design->pps.method != SIPAS_PPS_NONE && design->pps.pi[psu] >= SIPAS__TAKEN_WHOLE;
}

/* First-stage units minus strata. */
static double first_phase(const counter *c, int64_t g, int64_t node)
{
    const sipas__moments *m = c->linear->moments;
    const int32_t *group = c->design->collapse.group;
    int64_t psu = -1, df = 0;

    for (int64_t i = c->level->start[g]; i < c->level->start[g + 1]; i++) {
        const int64_t s = c->level->segments[i], rows = rows_of(c, s, node), own = sipas__moments_psu(m, s);
        const int64_t h = sipas__moments_stratum(m, s);

        if (rows == 0) continue;
        if (own >= 0 && (own == psu || is_certain(c->design, own))) continue;
        df += own < 0 ? rows : 1;
        psu = own;
        df -= is_new(c->seen, group ? group[h] : h, c->number);
    }
    return (double)df;
}

/* Units of phase 2 minus its strata; a unit outside phase 2 has weight 0, so no row of it counts. */
static double second_phase(const counter *c, int64_t g, int64_t node)
{
    const sipas__moments *m = c->linear->moments;
    int64_t unit = -1, df = 0;

    for (int64_t i = c->level->start[g]; i < c->level->start[g + 1]; i++) {
        const int64_t s = c->level->segments[i];

        if (m->leaf[s] == unit || rows_of(c, s, node) == 0) continue;
        unit = m->leaf[s];
        if (c->design->phase2.unit_stratum[unit] < 0) continue;
        df += 1 - is_new(c->seen2, c->design->phase2.unit_stratum[unit], c->number);
    }
    return (double)df;
}

static double count(counter *c, int64_t g, int64_t node)
{
    double first;

    c->number++;
    first = first_phase(c, g, node);
    if (c->design->phase2.kind == SIPAS_PHASE2_NONE) return first;
    return sipas__design_phase2_df(c->design, first, second_phase(c, g, node));
}

int sipas__linear_count_df(const sipas__linear *linear, const sipas_design *design, sipas__linear_level *level)
{
    counter c = {linear, design, level, 0, NULL, NULL};
    const int64_t per_group = level->alike ? 1 : level->n_nodes;
    int done;

    c.seen = sipas__alloc(linear->ctx, design->stage[0].n_strata, sizeof *c.seen);
    c.seen2 = sipas__alloc(linear->ctx, design->phase2.n_strata, sizeof *c.seen2);
    done = c.seen && c.seen2;
    for (int64_t g = 0; done && g < level->n_groups; g++) {
        level->domain_df[g] = count(&c, g, -1);
        for (int64_t k = 0; k < per_group; k++)
            level->df[g * per_group + k] = level->alike ? level->domain_df[g] : count(&c, g, k);
    }
    sipas__free(linear->ctx, c.seen);
    sipas__free(linear->ctx, c.seen2);
    return done;
}

/* Every stage above a segment, from the last: its stratum, then the unit that this lies in, and so on. */
static int is_taken_whole(const sipas_design *design, const sipas__moments *m, int64_t segment)
{
    const int64_t psu = sipas__moments_psu(m, segment);
    int32_t h = m->leaf_stratum[m->leaf[segment]];

    for (int32_t s = design->n_stages - 1; s >= 0; s--) {
        const sipas__stage *stage = &design->stage[s];

        if (s == 0 && design->pps.method != SIPAS_PPS_NONE && psu >= 0 && design->pps.n[h] >= 0)
            return design->pps.pi[psu] >= SIPAS__TAKEN_WHOLE;
        if (stage->stratum_f[h] < SIPAS__TAKEN_WHOLE) return 0;
        if (s > 0) h = design->stage[s - 1].unit_stratum[stage->stratum_parent[h]];
    }
    return design->phase2.kind == SIPAS_PHASE2_NONE || design->phase2.unit_f[m->leaf[segment]] >= SIPAS__TAKEN_WHOLE;
}

int sipas__linear_is_census(const sipas__linear *linear, const sipas_design *design, int32_t level, int64_t group)
{
    const sipas__moments *m = linear->moments;
    const sipas__linear_level *at = &linear->level[level];

    for (int64_t i = at->start[group]; i < at->start[group + 1]; i++)
        if (sipas__moments_rows(m, at->segments[i]) > 0 && !is_taken_whole(design, m, at->segments[i])) return 0;
    return 1;
}

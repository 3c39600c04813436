/*
 * Degrees of freedom of a domain: PSUs minus strata, both where the domain has a row of positive weight (Korn and Graubard
 * 1999, §5.2). Collapsed strata count once. A unit of inclusion probability 1 is a stratum of its own. In two phases the
 * same count over the units and strata of phase 2, and where phase 1 has clusters no more than that of phase 1.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/context.h"
#include "engine/linear.h"

/* Counts a stratum that was not met in this group before; `seen` holds the last group that met it. */
static int64_t is_new(int64_t *seen, int64_t stratum, int64_t g)
{
    const int64_t met = seen[stratum] == g + 1;

    seen[stratum] = g + 1;
    return !met;
}

/* Under unequal probabilities a unit with probability 1 adds no degree of freedom. */
static int is_certain(const sipas_design *design, int32_t psu)
{
    return design->pps.method != SIPAS_PPS_NONE && design->pps.pi[psu] >= SIPAS__TAKEN_WHOLE;
}

/* First-stage units minus strata. */
static double first_phase(const sipas_design *design, const sipas__moments *m, const sipas__linear_level *level,
                          int64_t g, int64_t *seen)
{
    const sipas__stage *first = &design->stage[0];
    int64_t psu = -1, df = 0;

    for (int64_t i = level->start[g]; i < level->start[g + 1]; i++) {
        const int64_t s = level->segments[i];
        const int64_t h = m->psu[s] >= 0 && first->unit_stratum ? first->unit_stratum[m->psu[s]] : m->stratum[s];

        if (m->rows[s] == 0) continue;
        if (m->psu[s] >= 0 && (m->psu[s] == psu || is_certain(design, m->psu[s]))) continue;
        df += m->psu[s] < 0 ? m->rows[s] : 1;
        psu = m->psu[s];
        df -= is_new(seen, design->collapse.group ? design->collapse.group[h] : h, g);
    }
    return (double)df;
}

/* Units of phase 2 minus its strata. */
static double second_phase(const sipas_design *design, const sipas__moments *m, const sipas__linear_level *level,
                           int64_t g, int64_t *seen)
{
    int64_t unit = -1, df = 0;

    for (int64_t i = level->start[g]; i < level->start[g + 1]; i++) {
        const int64_t s = level->segments[i];

        if (m->rows[s] == 0 || m->leaf[s] == unit) continue;
        unit = m->leaf[s];
        df += 1 - is_new(seen, design->phase2.unit_stratum[unit], g);
    }
    return (double)df;
}

int sipas__linear_count_df(const sipas__linear *linear, const sipas_design *design, sipas__linear_level *level)
{
    const sipas__moments *m = linear->moments;
    int64_t *seen = sipas__alloc(linear->ctx, design->stage[0].n_strata, sizeof *seen);
    int64_t *seen2 = sipas__alloc(linear->ctx, design->phase2.n_strata, sizeof *seen2);

    level->domain_df = sipas__alloc(linear->ctx, level->n_groups, sizeof *level->domain_df);
    for (int64_t g = 0; seen && seen2 && level->domain_df && g < level->n_groups; g++) {
        level->domain_df[g] = first_phase(design, m, level, g, seen);
        if (design->phase2.kind == SIPAS_PHASE2_NONE) continue;
        level->domain_df[g] = sipas__design_phase2_df(design, level->domain_df[g],
                                                      second_phase(design, m, level, g, seen2));
    }
    sipas__free(linear->ctx, seen);
    sipas__free(linear->ctx, seen2);
    return seen && seen2 && level->domain_df;
}

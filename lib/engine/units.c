/*
 * From segments to units.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/units.h"

#include <string.h>

#include "base/context.h"

int sipas__entries_new(sipas_ctx *ctx, int64_t room, int64_t n_nodes, sipas__entries *entries)
{
    memset(entries, 0, sizeof *entries);
    entries->n_nodes = n_nodes;
    entries->id = sipas__alloc(ctx, room, sizeof *entries->id);
    entries->stratum = sipas__alloc(ctx, room, sizeof *entries->stratum);
    entries->z = sipas__alloc(ctx, room, (size_t)n_nodes * sizeof *entries->z);
    if (entries->id && entries->stratum && entries->z) return 1;
    sipas__entries_clear(ctx, entries);
    return 0;
}

void sipas__entries_clear(sipas_ctx *ctx, sipas__entries *entries)
{
    sipas__free(ctx, entries->id);
    sipas__free(ctx, entries->stratum);
    sipas__free(ctx, entries->z);
    sipas__free(ctx, entries->answers);
    memset(entries, 0, sizeof *entries);
}

int64_t sipas__entries_psu(const sipas_design *design, const sipas__entries *entries, int64_t i)
{
    int64_t unit = entries->id[i], h = entries->stratum[i];

    for (int32_t s = design->n_stages - 1; s > 0; s--) {
        unit = design->stage[s].stratum_parent[h];
        h = design->stage[s - 1].unit_stratum[unit];
    }
    return unit;
}

/* Entries are in the order of their units, so equal ones follow each other. */
double sipas__entries_df(const sipas_design *design, const sipas__entries *entries)
{
    const int32_t *stratum_of = design->stage[0].unit_stratum;
    int64_t psu = -1, stratum = -1, psus = 0, strata = 0;

    for (int64_t i = 0; i < entries->n; i++) {
        const int64_t unit = sipas__entries_psu(design, entries, i);
        const int64_t h = stratum_of ? stratum_of[unit] : entries->stratum[i];

        if (entries->answers && entries->answers[i] != SIPAS__UNIT_ANSWERS) continue;
        psus += unit != psu;
        strata += h != stratum;
        psu = unit;
        stratum = h;
    }
    return (double)(psus - strata);
}

int64_t sipas__units_most(const sipas__linear *linear, const sipas_design *design, const sipas__residual *residual)
{
    int64_t most = residual ? design->stage[design->n_stages - 1].n_units : 1;

    for (int32_t i = 0; i < linear->n_levels && !residual; i++)
        for (int64_t g = 0; g < linear->level[i].n_groups; g++) {
            const int64_t n = linear->level[i].start[g + 1] - linear->level[i].start[g];

            if (n > most) most = n;
        }
    return most;
}

/* The next segments of a group from place `at` on that have rows; returns the place after. */
static int64_t next_segments(const sipas__moments *m, const sipas__linear_level *level, int64_t at, int64_t end,
                             int32_t *segment, int64_t *n)
{
    for (*n = 0; at < end && *n < SIPAS__LINEAR_ROWS; at++) {
        segment[*n] = level->segments[at];
        *n += sipas__moments_rows(m, level->segments[at]) != 0;
    }
    return at;
}

/* Adds segments, whose totals are in z, to the units listed, or lists theirs. */
static void add_segments(const sipas__moments *m, const int32_t *segment, int64_t n, const double *z,
                         sipas__entries *units)
{
    const int64_t n_nodes = units->n_nodes;
    int64_t at = units->n - 1; /* the last unit listed */

    for (int64_t i = 0; i < n; i++) {
        const int32_t leaf = m->leaf[segment[i]];

        if (at >= 0 && units->id[at] == leaf) {
            for (int64_t k = 0; k < n_nodes; k++) units->z[at * n_nodes + k] += z[i * n_nodes + k];
            continue;
        }
        units->id[++at] = leaf;
        units->stratum[at] = m->leaf_stratum[leaf];
        memcpy(units->z + at * n_nodes, z + i * n_nodes, (size_t)n_nodes * sizeof *z);
    }
    units->n = at + 1;
}

/* The same where there is one node. */
static void add_single_segments(const sipas__moments *m, const int32_t *segment, int64_t n, const double *z,
                                sipas__entries *units)
{
    int32_t last = units->n > 0 ? units->id[units->n - 1] : -1;
    double *to = units->z;
    int64_t at = units->n - 1;

    for (int64_t i = 0; i < n; i++) {
        const int32_t leaf = m->leaf[segment[i]];

        if (leaf == last) {
            to[at] += z[i];
            continue;
        }
        to[++at] = z[i];
        units->id[at] = last = leaf;
        units->stratum[at] = m->leaf_stratum[leaf];
    }
    units->n = at + 1;
}

void sipas__units_list(const sipas__linear *linear, int32_t level, int64_t group, const sipas__unit_source *source,
                       double *work, sipas__entries *units)
{
    const sipas__linear_level *at = &linear->level[level];
    const int64_t end = at->start[group + 1];

    units->n = 0;
    units->n_nodes = source->n_nodes;
    for (int64_t i = at->start[group]; i < end;) {
        int32_t segment[SIPAS__LINEAR_ROWS];
        int64_t n;

        i = next_segments(linear->moments, at, i, end, segment, &n);
        source->segments(source->state, level, segment, n, work);
        if (source->n_nodes == 1)
            add_single_segments(linear->moments, segment, n, work, units);
        else
            add_segments(linear->moments, segment, n, work, units);
    }
    if (source->residual) source->residual->add(source->residual->state, level, group, units);
}

void sipas__units_rows(const sipas__linear *linear, int32_t level, int64_t group, int64_t *rows, int64_t first,
                       int32_t *segment_unit)
{
    const sipas__linear_level *at = &linear->level[level];
    const sipas__moments *m = linear->moments;
    int64_t unit = -1, leaf = -1;

    for (int64_t i = at->start[group]; i < at->start[group + 1]; i++) {
        const int64_t s = at->segments[i], count = sipas__moments_rows(m, s);

        if (count == 0) continue;
        if (m->leaf[s] != leaf) rows[++unit] = 0;
        rows[unit] += count;
        leaf = m->leaf[s];
        if (segment_unit) segment_unit[s] = (int32_t)(first + unit);
    }
}

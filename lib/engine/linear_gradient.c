/*
 * The gradient: what segments, or rows, bring to the error of each node.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <string.h>

#include "engine/linear_atoms.h"

/* ---- segments ---- */

/* Segments of one group of the level whose atoms give the gradient. */
typedef struct gradient {
    const sipas__linear *linear;
    const sipas__linear_level *from;
    int64_t group;
    double share;
} gradient;

/* Linearized atom of n segments. */
static void atom_segments(const gradient *at, int64_t a, const int32_t *segment, int64_t n, double *z)
{
    const sipas__nodes *nodes = at->linear->nodes;
    const sipas__moments *m = at->linear->moments;
    const sipas__atom *atom = &nodes->atoms[a];
    const double value = at->from->value[at->group * nodes->n_atoms + a];
    const double size = at->from->size[at->group * nodes->n_atoms + a];

    if (sipas__atom_is_total(atom)) {
        for (int64_t i = 0; i < n; i++) z[i] = sipas__atom_numerator(m, segment[i], atom);
    } else if (atom->den == SIPAS__DEN_PRESENT && !m->any_gone) {
        for (int64_t i = 0; i < n; i++)
            z[i] = (sipas__moments_sum(m, segment[i], atom->num) - value * sipas__moments_weight(m, segment[i])) / size;
    } else {
        for (int64_t i = 0; i < n; i++) {
            const double d = sipas__atom_denominator(m, segment[i], atom);

            z[i] = (sipas__atom_numerator(m, segment[i], atom) - value * d) / size;
        }
    }
}

/* Nodes from the linearized atoms, which lie SIPAS__LINEAR_ROWS apart. */
static void combine_segments(const gradient *at, const double *atoms, int64_t n, double *z)
{
    const sipas__nodes *nodes = at->linear->nodes;
    const double *coef = at->from->coef ? at->from->coef + at->group * nodes->start[nodes->n_nodes] : nodes->term_coef;

    for (int64_t k = 0; k < nodes->n_nodes; k++) {
        const int64_t only = nodes->start[k];
        double sum[SIPAS__LINEAR_ROWS] = {0.0};

        if (nodes->start[k + 1] == only + 1) {
            const double *atom = atoms + (int64_t)nodes->term_atom[only] * SIPAS__LINEAR_ROWS;

            for (int64_t i = 0; i < n; i++) z[i * nodes->n_nodes + k] = at->share * (0.0 + coef[only] * atom[i]);
            continue;
        }
        for (int64_t t = only; t < nodes->start[k + 1]; t++) {
            const double *atom = atoms + (int64_t)nodes->term_atom[t] * SIPAS__LINEAR_ROWS;

            for (int64_t i = 0; i < n; i++) sum[i] += coef[t] * atom[i];
        }
        for (int64_t i = 0; i < n; i++) z[i * nodes->n_nodes + k] = at->share * sum[i];
    }
}

void sipas__linear_segments(const sipas__linear *linear, int32_t level, const int32_t *segment, int64_t n, double *z,
                            double *work)
{
    const sipas__nodes *nodes = linear->nodes;
    const sipas__linear_level *own = &linear->level[level], *from = &linear->level[own->source];
    const int64_t first_atom = sipas__atoms_first(nodes, own->source),
                  last_atom = sipas__atoms_last(nodes, own->source);

    for (int64_t first = 0, last; first < n; first = last) {
        const int64_t g = from->segment_group[segment[first]];
        const gradient at = {linear, from, g, own->share ? own->share[g] : 1.0};

        last = first + 1;
        while (last < n && from->segment_group[segment[last]] == g) last++;
        for (int64_t a = first_atom; a < last_atom; a++)
            atom_segments(&at, a, segment + first, last - first, work + (a - first_atom) * SIPAS__LINEAR_ROWS);
        combine_segments(&at, work, last - first, z + first * nodes->n_nodes);
    }
}

/* ---- rows ---- */

/* Linearized atom of n rows; those that lack the variable have 0. */
static void atom_rows(const sipas__atom *atom, double value, double size, const double *values, int64_t n, double *z)
{
    const double *y = values + (int64_t)atom->num * SIPAS__TILE;

    if (atom->den == SIPAS__DEN_NONE) {
        for (int64_t i = 0; i < n; i++) z[i] = isnan(y[i]) ? 0.0 : y[i];
    } else if (atom->den == SIPAS__DEN_WEIGHT) {
        for (int64_t i = 0; i < n; i++) z[i] = isnan(y[i]) ? 0.0 : 1.0;
    } else if (atom->den == SIPAS__DEN_PRESENT) {
        for (int64_t i = 0; i < n; i++) z[i] = isnan(y[i]) ? 0.0 : (y[i] - value) / size;
    } else {
        const double *x = values + (int64_t)atom->den * SIPAS__TILE;

        for (int64_t i = 0; i < n; i++) z[i] = isnan(y[i]) ? 0.0 : (y[i] - value * x[i]) / size;
    }
}

void sipas__linear_rows(const sipas__linear *linear, int32_t level, int64_t segment, const double *values, int64_t n,
                        double *z)
{
    const sipas__nodes *nodes = linear->nodes;
    const sipas__linear_level *at = &linear->level[level], *from = &linear->level[at->source];
    const int64_t g = from->segment_group[segment];
    const double *value = from->value + g * nodes->n_atoms, *size = from->size + g * nodes->n_atoms;
    const int64_t first = sipas__atoms_first(nodes, at->source), last = sipas__atoms_last(nodes, at->source);
    const double *coef = from->coef ? from->coef + g * nodes->start[nodes->n_nodes] : nodes->term_coef;
    const double share = at->share ? at->share[g] : 1.0;
    double *all = z + nodes->n_nodes * SIPAS__LINEAR_ROWS, *atoms = all + first * SIPAS__LINEAR_ROWS;

    for (int64_t a = first; a < last; a++)
        atom_rows(&nodes->atoms[a], value[a], size[a], values, n, all + a * SIPAS__LINEAR_ROWS);
    for (int64_t k = 0; k < nodes->n_nodes; k++) {
        const int64_t only = nodes->start[k];
        double sum[SIPAS__LINEAR_ROWS] = {0.0};

        if (nodes->start[k + 1] == only + 1) {
            const double *in = atoms + (int64_t)nodes->term_atom[only] * SIPAS__LINEAR_ROWS;

            for (int64_t i = 0; i < n; i++) z[k * SIPAS__LINEAR_ROWS + i] = share * coef[only] * in[i];
            continue;
        }
        for (int64_t t = nodes->start[k]; t < nodes->start[k + 1]; t++) {
            const double times = share * coef[t];
            const double *in = atoms + (int64_t)nodes->term_atom[t] * SIPAS__LINEAR_ROWS;

            for (int64_t i = 0; i < SIPAS__LINEAR_ROWS; i++) sum[i] += times * in[i];
        }
        memcpy(z + k * SIPAS__LINEAR_ROWS, sum, (size_t)n * sizeof *sum);
    }
}

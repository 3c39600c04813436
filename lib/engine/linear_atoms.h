/**
 * @file engine/linear_atoms.h
 * Atoms of segments, for those of this room who sum them and those who linearize them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ENGINE_LINEAR_ATOMS_H
#define SIPAS_ENGINE_LINEAR_ATOMS_H

#include "engine/linear.h"

/** An atom that is no quotient. */
static inline int sipas__atom_is_total(const sipas__atom *atom)
{
    return atom->den == SIPAS__DEN_NONE || atom->den == SIPAS__DEN_WEIGHT;
}

/** The atoms of a level, first … last-1; all of them unless levels have their own. */
static inline int64_t sipas__atoms_first(const sipas__nodes *nodes, int32_t level)
{
    return level * nodes->level_atoms;
}

static inline int64_t sipas__atoms_last(const sipas__nodes *nodes, int32_t level)
{
    return nodes->level_atoms ? (level + 1) * nodes->level_atoms : nodes->n_atoms;
}

static inline double sipas__atom_numerator(const sipas__moments *m, int64_t segment, const sipas__atom *atom)
{
    if (atom->den == SIPAS__DEN_WEIGHT) return sipas__moments_present(m, segment, atom->num);
    return sipas__moments_sum(m, segment, atom->num);
}

static inline double sipas__atom_denominator(const sipas__moments *m, int64_t segment, const sipas__atom *atom)
{
    if (sipas__atom_is_total(atom)) return 0.0;
    if (atom->den == SIPAS__DEN_PRESENT) return sipas__moments_present(m, segment, atom->num);
    return sipas__moments_sum(m, segment, atom->den);
}

#endif

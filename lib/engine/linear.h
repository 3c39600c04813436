/**
 * @file engine/linear.h
 * From sums to estimates, and the linearized value of every segment.
 *
 * An *atom* is a total N or a quotient N/D of two sums; a *node* is a linear combination of atoms. For a domain d with
 * R = N_d/D_d the linearized total of a segment is Σ_a c_a (N_seg - R_a D_seg) / D_d,a (Woodruff 1971; Särndal, Swensson and
 * Wretman 1992, eq. 5.6.9): means, ratios, totals, index nodes all share it. Where a node is any smooth function of its
 * atoms, c_a is its derivative by atom a at the values of the domain.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ENGINE_LINEAR_H
#define SIPAS_ENGINE_LINEAR_H

#include "engine/moments.h"

/** Denominators that are no variable. */
enum {
    SIPAS__DEN_PRESENT = -1, /* the weight of those who have the numerator: a mean */
    SIPAS__DEN_NONE = -2,    /* no denominator: a total */
    SIPAS__DEN_WEIGHT = -3   /* no quotient at all: the total weight of those who have the numerator */
};

typedef struct sipas__atom {
    int32_t num, den; /* variables; den may be one of the above */
} sipas__atom;

/** Where functions of atoms are evaluated: one group of one level. */
typedef struct sipas__point {
    int32_t level;
    int64_t group;
    const double *value; /* by atom (of the level), the centre put back; NaN = none */
    const int64_t *n;    /* by node: rows that count for it */
} sipas__point;

typedef struct sipas__nodes {
    int64_t n_atoms;
    const sipas__atom *atoms;
    int64_t n_nodes;
    const int64_t *start; /* n_nodes + 1: terms of node k are start[k] … start[k+1]-1 */
    const int32_t *term_atom;
    const double *term_coef;
    const int32_t *set;   /* set of variables that says who counts for a node; -1 or NULL: its first atom's numerator */
    const double *centre; /* by variable, as in the source; NULL = none */
    /* Nodes that are functions of their atoms, in place of term_coef: fills the value of every node and, by term, its
     * derivative by the term's atom; NaN = it has none there. On the calling thread, once per group that has rows. */
    sipas_status (*evaluate)(const void *state, const sipas__point *point, double *estimate, double *coef,
                             sipas_error *err);
    const void *state;
    int64_t
        level_atoms; /* 0, or atoms of one level: level i has atoms of its own, from i * level_atoms on, and term_atom
                          * counts from there */
} sipas__nodes;

/** Estimates of one level. Arrays by group, group × atom, group × node. */
typedef struct sipas__linear_level {
    int64_t n_groups;
    int32_t *
        segment_group; /* SIPAS__NO_LEVEL = in none, and not listed below; where groups are cells, the segments' cells */
    int64_t *start;    /* n_groups + 1 */
    int32_t *segments; /* segments by group, ascending within */
    int32_t own;       /* this level */
    int32_t source;    /* the level whose atoms give the gradient: this one, or that of the units of a mean of units */
    double *share;     /* by group of `source`, adding to 1 over those that have rows; NULL = 1 */
    double *value, *size; /* group × atom: R (centred) and D */
    double *coef;         /* group × term: derivatives; NULL = term_coef holds in every group */
    double *plain_value;  /* group × atom: the unweighted mean of the numerator's variable */
    double *estimate, *population, *plain;
    int64_t *n, *psus;
    double *df; /* degrees of freedom: PSUs minus strata, both where the domain has an answer to the node */
    int64_t *domain_rows, *domain_psus;
    double *domain_df; /* by group: the same, where the domain has a row */
    uint8_t *whole;    /* group × node: it lies in one PSU, and that was taken with certainty */
    int64_t n_nodes;
    int alike; /* 1 = the counts `n`, `population`, `psus` and `df` are the same for all nodes, and kept once per group */
} sipas__linear_level;

/** Where the counts of a cell (group × n_nodes + node) are. */
static inline int64_t sipas__linear_count(const sipas__linear_level *level, int64_t cell)
{
    return level->alike ? cell / level->n_nodes : cell;
}

typedef struct sipas__linear {
    sipas_ctx *ctx;
    const sipas__nodes *nodes;
    const sipas__moments *moments;
    int32_t n_levels;
    sipas__linear_level *level;
} sipas__linear;

/** A mean over units in place of the pooled figure: for every level without `by` columns. */
typedef struct sipas__whole {
    int32_t source;     /* level of the units; < 0: pooled */
    const double *size; /* what each of its groups counts for; NULL = the same */
} sipas__whole;

sipas_status sipas__linear_init(sipas__linear *linear, const sipas_design *design, const sipas__domain *domain,
                                const sipas__moments *moments, const sipas__nodes *nodes, const sipas__whole *whole,
                                sipas_error *err);

/**
 * The estimates of a level, group × node, when each first-stage unit counts `factor` times, by unit; NULL = once, as the estimates
 * of the level are. What replicates are made of: the sums are there, and nothing is linearized. Needs units that segments know
 * (where rows are the units: by_row). A mean over units keeps its shares. O(segments × atoms). SIPAS_ERR_MEMORY, or what
 * `evaluate` says.
 */
sipas_status sipas__linear_values(const sipas__linear *linear, int32_t level, const double *factor, double *estimate,
                                  sipas_error *err);

/**
 * Groups of a level, shared out among workers by their segments. Workers that are worth while, where a segment brings so many sums; the
 * group behind those that are taken from `first` on before the host is asked; of these the first group of worker `index`.
 */
int32_t sipas__linear_workers(const sipas__linear *linear, int64_t per_segment);
int64_t sipas__linear_round(const sipas__linear_level *level, int64_t first, int64_t per_segment, int32_t workers);
int64_t sipas__linear_share(const sipas__linear_level *level, int64_t first, int64_t last, int32_t index,
                            int32_t workers);

/**
 * Lists the segments of a level's groups in the order of their units (engine/linear_lists.c). Those whose rows lack a code of the level,
 * or of the one of its units (`units`, or NULL), are in no group. False when there is no memory.
 */
int sipas__linear_list(const sipas__linear *linear, sipas__linear_level *level, const sipas__domain *domain,
                       const sipas__domain_level *units);

/**
 * Counts the degrees of freedom of a level where they are more than first-stage units minus strata (engine/freedom.c): collapsed
 * strata, unequal probabilities, two phases. False when there is no memory.
 */
int sipas__linear_count_df(const sipas__linear *linear, const sipas_design *design, sipas__linear_level *level);

/**
 * True where a group is known without error: every unit of it, at every stage and in both phases, is of a stratum that was taken
 * whole (engine/freedom.c). O(segments of the group × stages).
 */
int sipas__linear_is_census(const sipas__linear *linear, const sipas_design *design, int32_t level, int64_t group);

/** Rows of a segment that count for node k, and their weight. */
int64_t sipas__linear_node_rows(const sipas__linear *linear, int64_t segment, int64_t k, double *weight);

/** Segments or rows that are linearized at a time: what is made of them stays in the nearest cache. */
enum { SIPAS__LINEAR_ROWS = 32 };

/**
 * Linearized totals of n ≤ SIPAS__LINEAR_ROWS segments, z[i * n_nodes + k], at a level; NaN where an atom has no size. `work` has room
 * for n_atoms × SIPAS__LINEAR_ROWS numbers.
 */
void sipas__linear_segments(const sipas__linear *linear, int32_t level, const int32_t *segment, int64_t n, double *z,
                            double *work);

/**
 * The same for n ≤ SIPAS__LINEAR_ROWS rows (before weighting) of one group of the level, which have the variables
 * values[v * SIPAS__TILE + i]; z[k * SIPAS__LINEAR_ROWS + i] for node k.
 */
void sipas__linear_rows(const sipas__linear *linear, int32_t level, int64_t segment, const double *values, int64_t n,
                        double *z);

void sipas__linear_clear(sipas__linear *linear);

#endif

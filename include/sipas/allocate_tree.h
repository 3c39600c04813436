/**
 * @file allocate_tree.h
 * Splitting a sample over a tree of units of any depth, with bounds at every unit of every level.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ALLOCATE_TREE_H
#define SIPAS_ALLOCATE_TREE_H

#include "allocate.h"
#include "allocate_multi.h"
#include "base.h"
#include "column.h"
#include "table.h"
#include "unit.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Options of sipas_allocate_tree(). Columns of units have one cell per unit of the tree, in its numbering; NULL = none. A
 * *leaf* is a unit without units below it, at whatever level.
 */
typedef struct sipas_allocate_tree_opts {
    uint32_t struct_size;    /**< size of this struct as the caller knows it */
    int32_t method;          /**< SIPAS_ALLOCATE_EQUAL … _COST, of the leaves */
    int32_t rounding;        /**< SIPAS_ROUNDING_WEBSTER (default) … _JEFFERSON; not for neyman and cost */
    int32_t size_is_measure; /**< 1 = a leaf may get more than its size, and there is no finite population correction */
    int32_t power_given;     /**< 1 = `power` counts, even 0; 0 = ½ */
    int32_t lower_given;     /**< 1 = `lower_value` counts, even 0 */
    int32_t measure;         /**< SIPAS_TARGET_: what `target` is about */
    int32_t reserved;        /**< 0 */
    double power;            /**< exponent for SIPAS_ALLOCATE_POWER, 0 … 10 */
    double level;            /**< confidence level of margins; 0 = 0.95 */
    int64_t lower_value;     /**< least number of every leaf, ≥ 0; 0 = none */
    int64_t upper_value;     /**< largest number of every leaf, ≥ 0; 0 = none */
    int64_t multiple;        /**< every leaf gets a multiple of this (the workload of an interviewer); 0 = 1 */
    const sipas_column *lower;       /**< least number of units, whole ≥ 0; missing = none */
    const sipas_column *upper;       /**< largest number of units, whole ≥ 0; missing = none */
    const sipas_column *equal;       /**< flag: the units directly below get equal shares */
    const sipas_column *target;      /**< precision that a unit must reach, > 0; missing or infinite = none */
    const sipas_column *sd;          /**< S ≥ 0 of leaves; for neyman, cost and targets */
    const sipas_column *mean;        /**< mean of leaves; for targets that are a CV */
    const sipas_column *cost;        /**< c > 0 of leaves; for cost */
    const sipas_column *class_level; /**< a table of bounds: level; missing or NULL = all … */
    const sipas_column *class_code;  /**< … class; missing or NULL = all … */
    const sipas_column *class_lower; /**< … least number of such a unit, missing or NULL = none … */
    const sipas_column *class_upper; /**< … and largest; the same as the least: a fixed number */
} sipas_allocate_tree_opts;

/** Initialiser of a ::sipas_allocate_tree_opts. */
#define SIPAS_ALLOCATE_TREE_OPTS_INIT                                                                                 \
    {                                                                                                                 \
        sizeof(sipas_allocate_tree_opts), 0, 0, 0, 0, 0, 0, 0, 0.0, 0.0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, \
            NULL, NULL, NULL, NULL, NULL                                                                              \
    }

/** Sets every option to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_allocate_tree_opts_init(sipas_allocate_tree_opts *opts);

/**
 * Splits `total` over the leaves of a tree (villages) so that every unit above them (communes, districts, provinces)
 * keeps its bounds, in one optimum over all levels.
 *
 * **Bounds.** lower ≤ n ≤ upper at every unit, where n of a unit is the sum over the leaves below it. Several that apply
 * to a unit (its column, the table, the values for all leaves, its size) all hold. None is ever dropped: bounds that
 * cannot be kept together are an error that names the unit and what stands against it. As in sipas_allocate(), under
 * neyman, cost, hill and adams a leaf whose weight is not zero has at least one, unless a lower bound, even 0, is given
 * for it; a leaf never gets more than its size (rounded down) unless `size_is_measure`.
 *
 * **Optimum.** The objective is that of sipas_allocate(): Σ (N S)² / n for neyman, and so on, over the leaves. Bounds
 * on the units of a tree are nested, so the whole numbers that make a separable convex objective least are found
 * exactly: the next one goes to the largest w / d(k) among the leaves none of whose units above is full (Federgruen
 * and Groenevelt 1986, Oper. Res. 34:909; Hochbaum 1994, Math. Oper. Res. 19:390). It is done by prices: at a price each
 * leaf has its number, each unit above it the sum, cut to its bounds; a unit that is cut is a problem of its own below it.
 * Ties go to the smaller code, first of the highest units that differ (canonical order of the tree; the codes as text, by
 * bytes); the order of the rows changes nothing. What is left when every leaf with a weight is full goes to leaves of
 * weight zero, in canonical order, with a note ("zero_weight").
 *
 * **Precision.** A target at a unit is met: it becomes the least number with which the optimum below the unit reaches it,
 * V = Σ (N S)² (1/n - 1/N) over its leaves. For neyman that is exact; for the other methods it is the least number at
 * which their own split reaches it.
 *
 * **Equal shares.** Units directly below a flagged unit get the same number, as nearly as whole numbers and their own
 * bounds allow, the first in canonical order one more. The numbers are then no longer proven the best; `gap` says how far
 * they can be from it.
 *
 * **Multiples.** With `multiple` m, n = m k in every leaf, and the k are optimal. A lower bound is raised and an upper bound
 * lowered to the next multiple; `total` must be one.
 *
 * Returns the schema "allocation_tree", one row per unit in the tree's numbering: code (path), level, n, continuous,
 * lower and upper (the narrowest that hold: of the unit and what is below it; missing = none), held ("lower" or "upper"
 * when the continuous part is stopped there), share (n / total; missing when total is 0), fraction (n / Σ size of the
 * leaves below; missing without size), target, precision (the measure with n; missing without sd or mean, where a leaf
 * that varies has none, and for a CV of a total of 0).
 *
 * Metadata: method ("neyman/1" …), rounding, formula, total, leaves, multiple, and the certificate: objective_formula,
 * objective, objective_continuous, bound (of the objective, without equal shares too) and gap ((objective - bound) /
 * bound; both not for adams and jefferson), exchange (the least growth of the objective when one, or one multiple, moves from a leaf to another so that every
 * bound still holds; ≥ 0 proves the optimum; "none" when no move is legal; moves in or out of a unit with equal shares
 * are not counted). In the objectives n and x count multiples.
 *
 * @param ctx context or NULL
 * @param total the number to split, 0 … 10^12; SIPAS_ALLOCATE_NO_TOTAL = the least that all lower bounds and targets permit
 * @param tree the units
 * @param size N of each unit, read at leaves: finite ≥ 0. May be NULL for SIPAS_ALLOCATE_EQUAL without targets
 * @param opts options, or NULL
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT out or tree is NULL; a column that the method or the targets need is not given
 * @retval SIPAS_ERR_OPTION an option outside its range; rounding given for neyman or cost; largest remainder; the class table
 *         as a method
 * @retval SIPAS_ERR_LENGTH a column has another length than the tree
 * @retval SIPAS_ERR_TYPE a column of a type that does not fit
 * @retval SIPAS_ERR_MISSING a size, sd, mean or cost of a leaf is missing or NaN; names the unit
 * @retval SIPAS_ERR_VALUE total is negative, beyond 10^12 or no multiple; a size, sd, cost or target outside its range, a
 *         bound negative or not whole, a weight too large; every weight is zero; names the unit
 * @retval SIPAS_ERR_NOT_FOUND no unit is of the level and class of a row of the table
 * @retval SIPAS_ERR_INFEASIBLE bounds, or a total, that cannot be kept; a target that is not met even when all below is at its
 *         upper bounds. Names the unit, and the one below it with the largest (smallest) bound
 * @retval SIPAS_ERR_CANCELLED the progress callback asked to stop
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(units × depth) expected, and as much again some ten times for each level of units with a target. Memory: some 200
 * bytes a unit. Since 0.1.
 * Threads: context. Golden: test_allocate_tree.
 */
SIPAS_API sipas_status sipas_allocate_tree(sipas_ctx *ctx, int64_t total, const sipas_unit_tree *tree,
                                           const sipas_column *size, const sipas_allocate_tree_opts *opts,
                                           sipas_table **out, sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif

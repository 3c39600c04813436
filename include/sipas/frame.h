/**
 * @file frame.h
 * Work on a sampling frame before anything is drawn: look at it, fill the sizes it lacks, number the units it does
 * not list.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_FRAME_H
#define SIPAS_FRAME_H

#include "base.h"
#include "column.h"
#include "table.h"
#include "unit.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * What a frame holds, level by level and class by class.
 *
 * One row per level, class and measure (schema "frame"): columns level; class (missing = all classes of the level together,
 * the first row of the level); units; urban and rural (units whose flag says so); without_next (units without a unit of the
 * usual next level below them although a sibling of their level has one: an island district without communes); measure
 * (missing when the tree has none); sum (of the known values); missing (units whose value is not known).
 *
 * Levels come by their least depth, then by name; classes by name; measures as in the tree. The usual next level of a level
 * is the one that most children of its units have (ties: the first by name).
 *
 * Notes: `without_next` for each such unit, `row` being the unit. Metadata: units, levels, roots.
 *
 * @param ctx context or NULL
 * @param tree a tree
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT tree or out is NULL
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(units × measures). Since 0.1.
 * Threads: context. Test: test_frame.
 */
SIPAS_API sipas_status sipas_frame_summary(sipas_ctx *ctx, const sipas_unit_tree *tree, sipas_table **out,
                                           sipas_error *err);

/** How a parent's remainder is shared among its children without a value. */
enum {
    SIPAS_SHARE_DEFAULT = 0,  /**< = SIPAS_SHARE_CHILDREN */
    SIPAS_SHARE_CHILDREN = 1, /**< in proportion to the number of their own children; one without any counts as 1 */
    SIPAS_SHARE_EQUAL = 2     /**< in equal parts */
};

/** Options of sipas_frame_impute(). */
typedef struct sipas_frame_impute_opts {
    uint32_t struct_size; /**< size of this struct as the caller knows it */
    int32_t share;        /**< SIPAS_SHARE_ */
    const char *level;    /**< fill units of this level only; NULL = every level, from the top down */
    const sipas_column
        *excluded; /**< bool, one per unit of the tree: out of the frame. Such a unit and what lies below it
                                       get no value, and are not counted as children; a known value still counts as part of
                                       the parent's. A missing cell counts as false. NULL = none */
} sipas_frame_impute_opts;

/** Initialiser of a ::sipas_frame_impute_opts. */
#define SIPAS_FRAME_IMPUTE_OPTS_INIT                   \
    {                                                  \
        sizeof(sipas_frame_impute_opts), 0, NULL, NULL \
    }

/** Sets every option to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_frame_impute_opts_init(sipas_frame_impute_opts *opts);

/**
 * Fills the values that a measure lacks from what the parents have left.
 *
 * For a parent with value X, children K with known values x and children M without:
 *
 *     x_i = (X - Σ_{k in K} x_k) · c_i / Σ_{j in M} c_j        i in M
 *
 * with c_i = the number of children of i that are not excluded (at least 1), or 1 under SIPAS_SHARE_EQUAL. Parents come
 * before their children, so a filled value is shared out further down. A parent without a value fills nothing. Values are
 * not rounded. The tree stays as it is.
 *
 * The table has one row per unit of the tree, in unit order (schema "frame_impute"), so that its column `value` can be given
 * to sipas_draw_plan() as a measure of size: row, code (path), level, value (missing where it stays unknown), imputed (0/1).
 *
 * Notes: `imputed` for each parent that filled a child, `nothing_left` when its remainder is 0, `not_imputed` for each
 * unit of the wanted level that stays unknown and is not excluded. Metadata: method ("frame_impute/1"), measure, share, level,
 * imputed (how many).
 *
 * @param ctx context or NULL
 * @param tree a tree
 * @param measure 0 … measures-1
 * @param opts options, or NULL
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT tree or out is NULL
 * @retval SIPAS_ERR_OPTION an unknown share rule
 * @retval SIPAS_ERR_NOT_FOUND no such measure, or no unit of the level
 * @retval SIPAS_ERR_LENGTH `excluded` has another length than the tree has units
 * @retval SIPAS_ERR_TYPE `excluded` is neither bool nor integer
 * @retval SIPAS_ERR_INFEASIBLE the known children add up to more than their parent (by more than 1e-9 of it); names the parent
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(units). Since 0.1.
 * Threads: context. Golden: test_draw_plan.
 */
SIPAS_API sipas_status sipas_frame_impute(sipas_ctx *ctx, const sipas_unit_tree *tree, int64_t measure,
                                          const sipas_frame_impute_opts *opts, sipas_table **out, sipas_error *err);

/** Options of sipas_frame_expand(). */
typedef struct sipas_frame_expand_opts {
    uint32_t struct_size; /**< size of this struct as the caller knows it */
    int32_t width;        /**< least number of digits of the new codes; 0 = as many as the parent's count has */
} sipas_frame_expand_opts;

/** Initialiser of a ::sipas_frame_expand_opts. */
#define SIPAS_FRAME_EXPAND_OPTS_INIT       \
    {                                      \
        sizeof(sipas_frame_expand_opts), 0 \
    }

/** Sets every option to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_frame_expand_opts_init(sipas_frame_expand_opts *opts);

/**
 * A new tree with numbered units below the leaves of an old one: villages of a commune, persons of a list, of which only the
 * number is known.
 *
 * A leaf with count k gets the children "1" … "k", padded with zeros to the digits of k (or to `width`, so that a later count
 * keeps the codes). Units 0 … N-1 keep their numbers; the new ones follow, parent by parent in unit order. A new unit has its
 * parent's region and urban flag, no name, no class, and no known measure. Since paths of old units stay, so do their hashes
 * and every draw among them: draw villages, expand those drawn by persons, and draw again with one stage more.
 *
 * @param ctx context or NULL; the new tree's
 * @param tree the old tree
 * @param count whole numbers ≥ 0, one per unit of the tree; missing = 0
 * @param level level of the new units
 * @param opts options, or NULL
 * @param[out] out the new tree; the caller's, to give to sipas_unit_tree_free()
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT tree, count, level or out is NULL, or level is ""
 * @retval SIPAS_ERR_OPTION width is not 0 … 18
 * @retval SIPAS_ERR_LENGTH `count` has another length than the tree has units
 * @retval SIPAS_ERR_TYPE `count` is text
 * @retval SIPAS_ERR_VALUE a count is negative or not whole, or not 0 for a unit that has children; names the unit
 * @retval SIPAS_ERR_DUPLICATE two paths of the new tree with one hash
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(units × log units), units of the new tree. Since 0.1.
 * Threads: context. Golden: test_draw_plan.
 */
SIPAS_API sipas_status sipas_frame_expand(sipas_ctx *ctx, const sipas_unit_tree *tree, const sipas_column *count,
                                          const char *level, const sipas_frame_expand_opts *opts, sipas_unit_tree **out,
                                          sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif

/**
 * @file unit.h
 * A tree of units of any depth: country → province → district → commune → village, province → commune,
 * or agencies. The levels are data, and a branch may lack one.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_UNIT_H
#define SIPAS_UNIT_H

#include "base.h"
#include "column.h"
#include "table.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A tree of units. Opaque, immutable: any number of threads may read it. */
typedef struct sipas_unit_tree sipas_unit_tree;

/**
 * Optional columns of sipas_unit_tree_new(); each as long as `code`, or SIPAS_TYPE_NONE for "none".
 */
typedef struct sipas_unit_opts {
    uint32_t struct_size;             /**< size of this struct as the caller knows it */
    int32_t n_measures;               /**< number of measures of size */
    const sipas_column *parent_row;   /**< instead of `parent`: row of the parent, -1 or missing = a root; then codes
                                           need only be unique within their parent */
    const sipas_column *level;        /**< level of each unit as text ("province"); default: its depth, "0", "1" … */
    const sipas_column *name;         /**< name, text; here and below "" is the same as missing: the unit has none */
    const sipas_column *unit_class;   /**< class, text: "huyện", "phường" … */
    const sipas_column *region;       /**< region, text */
    const sipas_column *urban;        /**< urban flag: bool or integer 0/1; missing = not said */
    const sipas_column *measures;     /**< n_measures number columns: sizes ≥ 0, missing = not known */
    const char *const *measure_names; /**< their names, n_measures of them */
} sipas_unit_opts;

/** Initialiser of a ::sipas_unit_opts. */
#define SIPAS_UNIT_OPTS_INIT                                                       \
    {                                                                              \
        sizeof(sipas_unit_opts), 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL \
    }

/** Sets every option to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_unit_opts_init(sipas_unit_opts *opts);

/**
 * Builds a tree from one row per unit. Everything is copied; the columns may go afterwards.
 *
 * Units keep the number of their row. Children of a unit are listed in ascending byte order of their codes
 * ("canonical order"), so the order of the rows changes nothing but the numbers.
 *
 * @param ctx context or NULL
 * @param code code of each unit: text, integer or integral float; unique over the tree (but see `parent_row`)
 * @param parent code of the parent; missing or "" = a root. NULL when `opts->parent_row` is given
 * @param opts optional columns, or NULL
 * @param[out] out the tree; the caller's, to give to sipas_unit_tree_free()
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT code or out is NULL, no units, neither or both of parent and parent_row given, or measures
 *         counted but not given
 * @retval SIPAS_ERR_OPTION struct_size was not set, or a field this library does not know is
 * @retval SIPAS_ERR_LENGTH a column has another length than `code`
 * @retval SIPAS_ERR_TYPE a column of a type that does not fit
 * @retval SIPAS_ERR_MISSING a code or level is missing, or a measure is NaN (a cleared validity bit is "not known")
 * @retval SIPAS_ERR_VALUE a code is empty, not UTF-8 or has a control character; a measure is negative or infinite;
 *         urban is neither 0 nor 1
 * @retval SIPAS_ERR_DUPLICATE two units with one code, or two code paths with one hash
 * @retval SIPAS_ERR_TREE a unit whose parent is not there (orphan), or that is its own ancestor (cycle)
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * Every message names the unit. O(units × log units). Since 0.1.
 * Threads: context. Golden: test_allocate_tree.
 */
SIPAS_API sipas_status sipas_unit_tree_new(sipas_ctx *ctx, const sipas_column *code, const sipas_column *parent,
                                           const sipas_unit_opts *opts, sipas_unit_tree **out, sipas_error *err);

/** Frees a tree; NULL is fine. O(measures). Since 0.1. Threads: last. Test: test_unit_tree. */
SIPAS_API void sipas_unit_tree_free(sipas_unit_tree *tree);

/** Number of units. O(1). Since 0.1. Threads: any. Test: test_unit_tree. */
SIPAS_API int64_t sipas_unit_tree_count(const sipas_unit_tree *tree);

/** Number of measures of size. O(1). Since 0.1. Threads: any. Test: test_unit_tree. */
SIPAS_API int64_t sipas_unit_tree_count_measures(const sipas_unit_tree *tree);

/** Name of a measure; NULL when out of range. O(1). Since 0.1. Threads: any. Test: test_unit_tree. */
SIPAS_API const char *sipas_unit_tree_get_measure_name(const sipas_unit_tree *tree, int64_t measure);

/** Code of a unit; NULL when `unit` is out of range. Borrowed. O(1). Since 0.1. Threads: any. Test: test_unit_tree. */
SIPAS_API const char *sipas_unit_tree_get_code(const sipas_unit_tree *tree, int64_t unit);

/**
 * Name of a unit; NULL when it has none or `unit` is out of range. Borrowed. O(1). Since 0.1.
 * Threads: any. Test: test_unit_tree.
 */
SIPAS_API const char *sipas_unit_tree_get_name(const sipas_unit_tree *tree, int64_t unit);

/**
 * Level of a unit as text; NULL when `unit` is out of range. Borrowed. O(1). Since 0.1.
 * Threads: any. Test: test_unit_tree.
 */
SIPAS_API const char *sipas_unit_tree_get_level(const sipas_unit_tree *tree, int64_t unit);

/**
 * Class of a unit; NULL when it has none or `unit` is out of range. Borrowed. O(1). Since 0.1.
 * Threads: any. Test: test_unit_tree.
 */
SIPAS_API const char *sipas_unit_tree_get_class(const sipas_unit_tree *tree, int64_t unit);

/**
 * Region of a unit; NULL when it has none or `unit` is out of range. Borrowed. O(1). Since 0.1.
 * Threads: any. Test: test_unit_tree.
 */
SIPAS_API const char *sipas_unit_tree_get_region(const sipas_unit_tree *tree, int64_t unit);

/**
 * Urban flag of a unit: 1, 0, or -1 when not said or out of range. O(1). Since 0.1.
 * Threads: any. Test: test_unit_tree.
 */
SIPAS_API int32_t sipas_unit_tree_get_urban(const sipas_unit_tree *tree, int64_t unit);

/**
 * Parent of a unit; -1 for a root or when `unit` is out of range. O(1). Since 0.1.
 * Threads: any. Test: test_unit_tree.
 */
SIPAS_API int64_t sipas_unit_tree_get_parent(const sipas_unit_tree *tree, int64_t unit);

/** Depth of a unit: 0 for a root; -1 when out of range. O(1). Since 0.1. Threads: any. Test: test_unit_tree. */
SIPAS_API int64_t sipas_unit_tree_get_depth(const sipas_unit_tree *tree, int64_t unit);

/**
 * Hash of a unit's code path (sipas_code_hash()), the unit's word in every draw; 0 when out of range. O(1). Since 0.1.
 * Threads: any. Test: test_unit_tree.
 */
SIPAS_API uint64_t sipas_unit_tree_get_hash(const sipas_unit_tree *tree, int64_t unit);

/**
 * A measure of size of a unit.
 *
 * @param tree a tree
 * @param unit the unit
 * @param measure 0 … measures-1
 * @param[out] out the value; untouched when it is not known
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT tree or out is NULL
 * @retval SIPAS_ERR_NOT_FOUND unit or measure out of range
 * @retval SIPAS_ERR_MISSING the unit's measure is not known; the message names the unit
 *
 * O(1). Since 0.1.
 * Threads: any. Test: test_unit_tree.
 */
SIPAS_API sipas_status sipas_unit_tree_get_measure(const sipas_unit_tree *tree, int64_t unit, int64_t measure,
                                                   double *out, sipas_error *err);

/**
 * Children of a unit in canonical order; of the whole tree (its roots) with `unit` = -1.
 *
 * @param tree a tree
 * @param unit the unit, or -1
 * @param[out] n how many
 * @return borrowed array of n units; NULL with n = 0 when there are none or `unit` is out of range. O(1). Since 0.1.
 *
 * Threads: any. Test: test_unit_tree.
 */
SIPAS_API const int64_t *sipas_unit_tree_get_children(const sipas_unit_tree *tree, int64_t unit, int64_t *n);

/**
 * Finds a unit by its code path, e.g. {"VN", "01", "001"}. A path of one code that is no root's finds a unit anywhere
 * when that code is unique over the tree.
 *
 * @param tree a tree
 * @param path codes from a root down
 * @param depth how many
 * @param[out] out the unit
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT an argument is NULL or depth < 1
 * @retval SIPAS_ERR_NOT_FOUND no such unit; the message names the code
 * @retval SIPAS_ERR_DUPLICATE a path of one code that no root but several other units have
 *
 * O(depth × log units). Since 0.1.
 * Threads: any. Test: test_unit_tree.
 */
SIPAS_API sipas_status sipas_unit_tree_find(const sipas_unit_tree *tree, const char *const *path, int64_t depth,
                                            int64_t *out, sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif

/**
 * @file select.h
 * Drawing units: inclusion probabilities, one-stage draws from a list, multi-stage draws from a tree, with reserves.
 *
 * A draw is a pure function of (seed, programme, codes, sizes) and of what the options say. The order of the rows, the number
 * of threads and the machine change nothing. Selection decides by `+ - × ÷ <` and integers.
 *
 * ## Random numbers
 *
 * Every number is sipas_rng_uniform(seed, programme, unit, stream, 0), and anyone can make it (rng.h). The stream is
 * 16 × stage + purpose; the stage is an option of sipas_draw() (0 by default) and counts from 1 in sipas_draw_plan().
 *
 * | purpose | `unit` is the hash of | used for |
 * |---|---|---|
 * | 0 | the unit's code path | SRS: the units with the smallest numbers are drawn, in that order |
 * | 0 | the path of the stratum | systematic and PPS systematic: the random start of the stratum |
 * | 1 | the unit's code path | systematic and PPS systematic: the order of use of the units drawn |
 *
 * Code path of a unit: in sipas_draw() its code alone, in sipas_draw_plan() the codes from the root down. Path of a stratum: in
 * sipas_draw() the codes {stratum, class}, in sipas_draw_plan() the codes of the parent and then the stratum's name, each
 * left out where there is none; the empty path has the hash 0. Equal numbers are ordered by code.
 *
 * ## Methods
 *
 * *Canonical order*: by `order_key` where it is given, then by code (ascending bytes).
 *
 * - `srs/1`, simple random sampling without replacement: the m units of smallest number. π = m/N.
 * - `systematic/1`, fractional interval N/m (Kish 1965, §4.1): R = floor(u N); unit k = 0 … N-1 of the canonical order is
 *   drawn when floor(((k + 1) m + R) / N) > floor((k m + R) / N), in integers. π = m/N exactly.
 * - `pps_systematic/1` (Madow 1949): sizes x are cumulated in canonical order; the unit is drawn in whose interval
 *   [X_{k-1}, X_k) one of the points (u + j) X_N / m, j = 0 … m-1, falls. π = m x / X_N. A unit of size 0 is never drawn (note
 *   `zero_size`).
 * - `all/1`: every unit, π = 1.
 *
 * *Certainty.* Units that the caller marks, and under PPS units with n x / Σx ≥ 1 (taken out one after the other until none is
 * left, as sipas_inclusion_prob()), are drawn first, with π = 1; they count towards n. The rest of n is drawn from the rest.
 *
 * *Reserves.* n + reserve units are drawn at once, by the method; the main sample is a simple random subsample of them, told
 * by the numbers above. With c certainty units, which are always main, m = n - c and r reserves:
 *
 *     π_reserve = π of a draw of m + r units from the rest        (main or reserve)
 *     π         = π_reserve · m / (m + r)                         (main)
 *
 * Certainty is told by n, not by n + r: a unit with π_reserve = 1 only because of the reserves may be a reserve.
 * Reserves are to be used in their order.
 *
 * *Strata in the result.* A certainty unit is its own stratum of one unit, named by its path, unless all units of its stratum
 * are taken. Names that join codes ("01:urban" of stratum and class, "VN/01/001") have a `\` before every `\`, `/` and `:` of a
 * code, so that different strata and units never have one name; where some of a column's names are joined, all are written
 * so. `n` and `population` are counted without such units: what a finite population correction needs.
 *
 * ## Quotas
 *
 * A quota table (columns of one length, one row per quota) says how many units to draw where. A row names a group (a stratum
 * in sipas_draw(), a parent in sipas_draw_plan()), or, with a missing cell or without the column, means every group that no
 * row names. Within its group it names a class, or, with a missing cell or without the column, means all units of the classes
 * that no row of the group names, taken together. A unit whose class has no row is an error, so no unit is left out of the
 * frame unnoticed: give 0 for a class of which none shall be drawn (note `zero_quota`).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_SELECT_H
#define SIPAS_SELECT_H

#include "base.h"
#include "column.h"
#include "table.h"
#include "unit.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Inclusion probabilities proportional to size: π_k = n x_k / Σ x. Units for which that is 1 or more get π = 1, and the rest of
 * n is shared by the rest, again until none is left (Tillé 2006, §2.10).
 *
 * @param size sizes ≥ 0, numbers
 * @param n sample size, 0 … number of units of positive size
 * @param[out] out as many doubles as `size` has rows, the caller's; they add up to n
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT size or out is NULL, or n is negative
 * @retval SIPAS_ERR_TYPE `size` is text
 * @retval SIPAS_ERR_MISSING a size is missing or NaN; names the row
 * @retval SIPAS_ERR_VALUE a size is negative or above 1e280; names the row
 * @retval SIPAS_ERR_TOO_FEW fewer units of positive size than n
 *
 * O(rows × passes); at most one pass more than there are certainty units. On failure `out` is untouched. Since 0.1.
 * Golden: pps.tsv, pps/pik_*.
 * Threads: any.
 */
SIPAS_API sipas_status sipas_inclusion_prob(const sipas_column *size, int64_t n, double *out, sipas_error *err);

/** How units are drawn within a stratum. */
enum {
    SIPAS_DRAW_DEFAULT = 0,        /**< = SIPAS_DRAW_SRS */
    SIPAS_DRAW_SRS = 1,            /**< simple random sampling without replacement */
    SIPAS_DRAW_SYSTEMATIC = 2,     /**< every (N/n)-th in canonical order, fractional interval, random start */
    SIPAS_DRAW_PPS_SYSTEMATIC = 3, /**< systematic on cumulated sizes */
    SIPAS_DRAW_ALL = 4             /**< every unit; n and quotas must not be given */
};

/** What to do where fewer units are there than asked for. */
enum {
    SIPAS_FEWER_DEFAULT = 0,  /**< = SIPAS_FEWER_ERROR */
    SIPAS_FEWER_ERROR = 1,    /**< an error that names the stratum; also when only the reserves lack */
    SIPAS_FEWER_TAKE_ALL = 2, /**< take all that are there (π = 1), and as many reserves as are left; noted */
    SIPAS_FEWER_MOVE = 3,     /**< what a class lacks is asked of the other classes of the group that have a quota above
                                       0, one unit at a time of the class with most units left (ties: the first in ascending
                                       order of classes), then the reserves likewise; an error when the group as a whole
                                       lacks */
    SIPAS_FEWER_MOVE_TAKE_ALL = 4 /**< the same, and all are taken when the group as a whole lacks; noted */
};

/** Options of sipas_draw(). Columns are as long as `code`, quota columns as long as each other; NULL = none. */
typedef struct sipas_draw_opts {
    uint32_t struct_size;              /**< size of this struct as the caller knows it */
    int32_t method;                    /**< SIPAS_DRAW_ */
    int32_t has_seed;                  /**< 1 = `seed` is given; there is no default seed */
    int32_t if_fewer;                  /**< SIPAS_FEWER_ */
    uint64_t seed;                     /**< the seed */
    uint64_t programme;                /**< tells surveys apart that share a seed; 0 by default */
    int64_t stage;                     /**< 0 … 2^58, for the streams; 0 by default */
    int64_t n;                         /**< units to draw in every stratum (and class), where no quotas are given */
    int64_t reserve;                   /**< reserves to draw besides, likewise */
    const sipas_column *size;          /**< measure of size ≥ 0; for PPS, and only there */
    const sipas_column *order_key;     /**< number or text: canonical order; NULL = by code */
    const sipas_column *strata;        /**< stratum, a code; NULL = one stratum */
    const sipas_column *unit_class;    /**< class within the stratum, a code; NULL = one class */
    const sipas_column *certainty;     /**< bool: drawn with certainty; missing = false */
    const sipas_column *excluded;      /**< bool: out of the frame; missing = false */
    const sipas_column *quota_stratum; /**< quota table: stratum, a code */
    const sipas_column *quota_class;   /**< quota table: class, a code */
    const sipas_column *quota_n;       /**< quota table: units to draw, whole numbers ≥ 0 */
    const sipas_column *quota_reserve; /**< quota table: reserves; NULL or missing = `reserve` */
} sipas_draw_opts;

/** Initialiser of a ::sipas_draw_opts. */
#define SIPAS_DRAW_OPTS_INIT                                                                                        \
    {                                                                                                               \
        sizeof(sipas_draw_opts), 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL \
    }

/** Sets every option to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_draw_opts_init(sipas_draw_opts *opts);

/**
 * Draws a one-stage sample from a list, stratum by stratum where strata are given.
 *
 * One row per unit drawn (schema "draw"), strata in ascending order, within them classes, within them by order: row, code,
 * stratum ("all" without strata; "stratum:class" with classes), pi, pi_reserve, n, population, certainty (1 where pi = 1),
 * order (1 … in its stratum and class; main first), role ("main" or "reserve").
 *
 * Notes: `zero_size`, `zero_quota`, `taken_all`, `moved`, `empty` (nothing to take under SIPAS_DRAW_ALL), `excluded` (every
 * unit of a stratum is, and no quota of its own asks for any). Metadata: method ("srs/1" …), seed, programme, stage, units (of the
 * frame), main, reserve, strata, frame: FNV-1a-64 in hexadecimal over the units that are not excluded, in ascending order
 * of their code hashes: eight bytes of the hash and, under PPS, eight of the size (IEEE 754), least significant byte first.
 *
 * @param ctx context or NULL
 * @param code code of each unit: text, integer or integral float; unique
 * @param opts options; a seed must be there
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT code or out is NULL, no units, a size column missing under PPS or given without it, n
 *         or reserve negative, quota columns without quota_n, nothing asked for
 * @retval SIPAS_ERR_OPTION no seed, an unknown value, stage out of range, n or quotas under SIPAS_DRAW_ALL
 * @retval SIPAS_ERR_LENGTH a column has another length than `code`, or a quota column than quota_n
 * @retval SIPAS_ERR_TYPE a column of a type that does not fit
 * @retval SIPAS_ERR_MISSING a code, stratum, class, order key, quota or (under PPS) size is missing or NaN
 * @retval SIPAS_ERR_VALUE a code is empty, not UTF-8 or has a control character; a stratum or class likewise; a size is
 *         negative or above 1e280; a quota is negative or not whole
 * @retval SIPAS_ERR_DUPLICATE two units with one code or hash; two quotas for one class of a stratum
 * @retval SIPAS_ERR_NOT_FOUND a stratum or class without a quota, or a quota for a stratum that is not there
 * @retval SIPAS_ERR_TOO_FEW fewer units than asked for, under SIPAS_FEWER_ERROR or SIPAS_FEWER_MOVE: also where all units of
 *         a stratum are excluded for which there is a quota, names stratum and class; or no unit at all is drawn
 * @retval SIPAS_ERR_INFEASIBLE more certainty units than asked for
 * @retval SIPAS_ERR_CANCELLED the progress callback asked to stop
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(rows × log rows). Since 0.1.
 * Threads: context. Golden: test_select.
 */
SIPAS_API sipas_status sipas_draw(sipas_ctx *ctx, const sipas_column *code, const sipas_draw_opts *opts,
                                  sipas_table **out, sipas_error *err);

/** What divides the units below one parent into strata. */
enum {
    SIPAS_STAGE_STRATA_NONE = 0,  /**< nothing: the parent is the stratum */
    SIPAS_STAGE_STRATA_CLASS = 1, /**< the tree's class */
    SIPAS_STAGE_STRATA_URBAN = 2, /**< the tree's urban flag: strata "urban" and "rural" */
    SIPAS_STAGE_STRATA_COLUMN = 3 /**< the column `strata_of` */
};

/**
 * One stage of a plan. Columns `…_of` have one cell per unit of the tree; quota columns are as long as each other; NULL = none.
 * Make each with #SIPAS_DRAW_STAGE_INIT and set what differs.
 */
typedef struct sipas_draw_stage {
    uint32_t struct_size;     /**< size of this struct as the caller knows it; the same in all stages of a plan */
    int32_t method;           /**< SIPAS_DRAW_ */
    int32_t if_fewer;         /**< SIPAS_FEWER_; the group is the parent, the classes are its strata */
    int32_t strata;           /**< SIPAS_STAGE_STRATA_ */
    const char *level;        /**< level drawn; NULL = the children of the units drawn before, whatever they are */
    int64_t n;                /**< units to draw below each parent, or in each of its strata */
    int64_t reserve;          /**< reserves to draw besides, likewise */
    const sipas_column *n_of; /**< instead of n, read at the parent; missing = n */
    const sipas_column *reserve_of;    /**< instead of reserve, read at the parent; missing = reserve */
    const sipas_column *strata_of;     /**< SIPAS_STAGE_STRATA_COLUMN: stratum within the parent, a code */
    const char *measure;               /**< PPS: name of the tree's measure of size, or */
    const sipas_column *size_of;       /**< PPS: sizes ≥ 0, such as the column `value` of sipas_frame_impute() */
    const sipas_column *order_key_of;  /**< canonical order: number or text; NULL = by code */
    const sipas_column *certainty_of;  /**< bool: drawn with certainty; missing = false */
    const sipas_column *quota_parent;  /**< quota table: unit number of the parent; missing = every other parent */
    const sipas_column *quota_stratum; /**< quota table: stratum, a code */
    const sipas_column *quota_n;       /**< quota table: units to draw, whole numbers ≥ 0 */
    const sipas_column *quota_reserve; /**< quota table: reserves; NULL or missing = reserve or reserve_of */
} sipas_draw_stage;

/** Initialiser of a ::sipas_draw_stage. */
#define SIPAS_DRAW_STAGE_INIT                                                                                      \
    {                                                                                                              \
        sizeof(sipas_draw_stage), 0, 0, 0, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, \
            NULL                                                                                                   \
    }

/** Sets every field to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_draw_stage_init(sipas_draw_stage *stage);

/** Options of sipas_draw_plan(). */
typedef struct sipas_draw_plan_opts {
    uint32_t struct_size; /**< size of this struct as the caller knows it */
    int32_t has_seed;     /**< 1 = `seed` is given; there is no default seed */
    uint64_t seed;        /**< the seed */
    uint64_t programme;   /**< tells surveys apart that share a seed; 0 by default */
    const sipas_column
        *excluded; /**< bool, one per unit of the tree: out of the frame, with what lies below; missing = false */
} sipas_draw_plan_opts;

/** Initialiser of a ::sipas_draw_plan_opts. */
#define SIPAS_DRAW_PLAN_OPTS_INIT                   \
    {                                               \
        sizeof(sipas_draw_plan_opts), 0, 0, 0, NULL \
    }

/** Sets every option to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_draw_plan_opts_init(sipas_draw_plan_opts *opts);

/**
 * Draws a multi-stage sample from a tree.
 *
 * The first stage draws among the units of its level in the whole tree where a root has that level (or the stage names none), else
 * below each root. Each later stage draws below every unit that the stage before left: main units and reserves alike, so that
 * a reserve comes with its own sample. The units drawn are the highest of the stage's level below the parent. *A parent
 * that has none of them passes through*: it is left to the next stage as it is, with π = 1 for this stage (note `passed`;
 * after the last stage it stands for itself). So a district without communes is drawn from by the stage of villages,
 * with n read at the district. A leaf beside such units, which no stage could reach, is an error: mark it excluded.
 *
 * One row per unit drawn, of every stage (schema "plan"); stage by stage, in canonical order of the parents, then strata, then
 * order: stage (1 …), level, row (unit number), code (path, "VN/01/001"), parent (unit number of the parent it was drawn below,
 * missing for the whole tree), stratum (path of the parent, with ":stratum" where there are strata; "all" for the whole tree),
 * pi_stage, pi (product over the stages so far), pi_reserve (the same product for main or reserve), n and population (in its
 * stratum, for finite population corrections), certainty (1 where pi_stage = 1), order (1 … in its stratum; main first),
 * role ("main"; "reserve" for a reserve and all that is drawn below one).
 *
 * Notes as for sipas_draw(), and `passed`; `row` is the parent. Metadata: method ("plan/1"), seed, programme, stages, units,
 * frame (FNV-1a-64 in hexadecimal over the units that are not excluded, in ascending order of their hashes: eight bytes of the
 * hash, then eight for each PPS stage with the unit's size, NaN as 0x7ff8000000000000, least significant byte first),
 * and for stage k: `stage_k` = level, method, main units, reserves, in words.
 *
 * @param ctx context or NULL
 * @param tree a tree
 * @param stages the plan, n_stages structs of equal struct_size
 * @param n_stages 1 … 8
 * @param opts options; a seed must be there
 * @param[out] out the table; the caller's
 * @param err may be NULL; `column` is the stage, from 0; `row` the unit
 * @retval SIPAS_ERR_ARGUMENT tree, stages or out is NULL, n_stages out of range, a column that the stage's method needs is missing
 *         or one it cannot use is given, n or reserve negative, a stage that asks for nothing
 * @retval SIPAS_ERR_OPTION no seed, an unknown value, n or quotas under SIPAS_DRAW_ALL
 * @retval SIPAS_ERR_LENGTH a column has another length than the tree has units, or a quota column than quota_n
 * @retval SIPAS_ERR_TYPE a column of a type that does not fit
 * @retval SIPAS_ERR_MISSING the class, urban flag, stratum, order key or (under PPS) size of a unit is missing
 * @retval SIPAS_ERR_VALUE a size is negative or above 1e280; n, reserve or a quota is negative or not whole; names the unit
 * @retval SIPAS_ERR_DUPLICATE two quotas for one stratum of a parent
 * @retval SIPAS_ERR_NOT_FOUND a level or measure that the tree does not have; a stratum without a quota; a quota for a
 *         unit that is not there
 * @retval SIPAS_ERR_TREE a leaf that no unit of the stage's level covers; names it
 * @retval SIPAS_ERR_TOO_FEW fewer units than asked for, under SIPAS_FEWER_ERROR or SIPAS_FEWER_MOVE, names parent and stratum;
 *         a quota for a parent that is excluded; or no unit at all is drawn
 * @retval SIPAS_ERR_INFEASIBLE more certainty units than asked for; names the parent
 * @retval SIPAS_ERR_CANCELLED the progress callback asked to stop
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(units × stages + drawn from × log). Since 0.1.
 * Threads: context. Golden: test_draw_plan.
 */
SIPAS_API sipas_status sipas_draw_plan(sipas_ctx *ctx, const sipas_unit_tree *tree, const sipas_draw_stage *stages,
                                       int32_t n_stages, const sipas_draw_plan_opts *opts, sipas_table **out,
                                       sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif

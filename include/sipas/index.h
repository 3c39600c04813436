/**
 * @file index.h
 * The index over the question tree: scores of items, aggregates, and the variance of every node.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_INDEX_H
#define SIPAS_INDEX_H

#include "base.h"
#include "column.h"
#include "design.h"
#include "estimate.h"
#include "instrument.h"
#include "table.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Score of an answer k on a scale of K levels, k = 1 the worst; all 0-100. Yes/no items and boxes are plain shares under every
 * rule: 100 for yes or ticked, 0 for no or not.
 */
enum {
    SIPAS_SCORING_DEFAULT = 0,       /**< = SIPAS_SCORING_TOP2 */
    SIPAS_SCORING_TOP2 = 1,          /**< 100 when k ≥ K-1, else 0 (for K = 2: 100 when k = 2) */
    SIPAS_SCORING_MEAN_OVER_MAX = 2, /**< 100 k / K */
    SIPAS_SCORING_RESCALED = 3       /**< 100 (k-1) / (K-1) */
};

/** How items are averaged on the way up. */
enum {
    SIPAS_WEIGHTING_DEFAULT = 0,   /**< = SIPAS_WEIGHTING_CRITERION */
    SIPAS_WEIGHTING_CRITERION = 1, /**< every node: the plain mean of the criteria below it. The rule that fits the
                                        published figures of 2023 and 2024; an inference, no official text says it */
    SIPAS_WEIGHTING_FACTOR = 2, /**< blocks and index: the plain mean of the factors below; a factor: of its criteria */
    SIPAS_WEIGHTING_BLOCK = 3,  /**< index: the plain mean of the blocks; a block or factor: of its criteria */
    SIPAS_WEIGHTING_EXPLICIT = 4 /**< every node: the mean of its children with the instrument's `weight`s */
};

/** How the row of the whole (level 0) is made. */
enum {
    SIPAS_WHOLE_DEFAULT = 0,       /**< = SIPAS_WHOLE_POOLED */
    SIPAS_WHOLE_POOLED = 1,        /**< all rows by their weights */
    SIPAS_WHOLE_MEAN_OF_UNITS = 2, /**< plain mean over the groups of column `whole_by` */
    SIPAS_WHOLE_POPULATION = 3     /**< mean over these groups with the shares of `population` */
};

/** Options of sipas_index_estimate(). */
typedef struct sipas_index_opts {
    uint32_t struct_size; /**< size of this struct as the caller knows it */
    int32_t scoring;      /**< SIPAS_SCORING_ */
    int32_t weighting;    /**< SIPAS_WEIGHTING_ */
    int32_t missing;      /**< SIPAS_MISSING_ */
    double level;         /**< confidence level in (0, 1); 0 = 0.95 */
    int32_t deff;         /**< SIPAS_DEFF_; costs one more pass over the rows */
    int32_t cov;          /**< 1 = keep what sipas_table_get_cov() needs */
    int32_t unweighted;   /**< 1 = also the unweighted figure, as the ministry publishes it */
    int32_t whole;        /**< SIPAS_WHOLE_ */
    int32_t whole_by;     /**< which `by` column holds the units for SIPAS_WHOLE_MEAN_OF_UNITS and _POPULATION */
    int32_t reserved;     /**< 0 */
    const sipas_column *population_code; /**< for SIPAS_WHOLE_POPULATION: codes of the units, as in that `by` column */
    const sipas_column *population;      /**< their populations, > 0 */
} sipas_index_opts;

/** Initialiser of a ::sipas_index_opts. */
#define SIPAS_INDEX_OPTS_INIT                                                \
    {                                                                        \
        sizeof(sipas_index_opts), 0, 0, 0, 0.0, 0, 0, 0, 0, 0, 0, NULL, NULL \
    }

/** Sets every option to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_index_opts_init(sipas_index_opts *opts);

/**
 * Estimates every node of an instrument, for every group of every level asked for, in one pass over the rows.
 *
 * An item's value is the ratio Σ w s / Σ w over those who answered it, s the score; a node's value is the mean of items
 * that `weighting` says. The variance is that of the linearized tree under the design (Woodruff 1971; Särndal, Swensson
 * and Wretman 1992, §5.5). A node without any answered item in a domain is missing; with `available` a node one of whose
 * items has no answers at all in the domain is missing too, with a note.
 *
 * Returns the schema "index": node, level (when several are asked for), the `by` columns, estimate (0-100), se, lower,
 * upper, df (by the design's rule), df_design, n (rows of non-zero weight in the domain that answered at least one item of
 * the node), psus, deff and unweighted (on request). Rows: nodes in the instrument's order, then levels in their
 * order, then groups ascending. Metadata: instrument, source, scoring, weighting, missing, whole, method, formula.
 *
 * @param design the design
 * @param instrument the instrument
 * @param answers one column per item, in the instrument's order, as long as the design. int8 columns are read where they
 *        lie; other integer and integral float columns are accepted. Answers in one byte are summed as whole points, others as
 *        scores: the same answers in another type can differ in the last bit
 * @param domains domains, or NULL for the whole
 * @param opts options, or NULL
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT design, instrument, answers or out is NULL; whole_by out of range
 * @retval SIPAS_ERR_OPTION an unknown option value; `explicit` with an instrument that lacks a weight; level outside (0, 1)
 * @retval SIPAS_ERR_LENGTH a column is not as long as the design
 * @retval SIPAS_ERR_TYPE a text answer column; items that cannot be scored (single choice)
 * @retval SIPAS_ERR_VALUE an answer outside its scale; names row and item
 * @retval SIPAS_ERR_MISSING a `by` code is missing
 * @retval SIPAS_ERR_DUPLICATE a `by` column has the name of another column of the result, or a unit two populations
 * @retval SIPAS_ERR_NOT_FOUND a unit has no population
 * @retval SIPAS_ERR_LONELY_PSU a stratum has one PSU and the design's rule is `error`; names the stratum
 * @retval SIPAS_ERR_CANCELLED the progress callback asked to stop
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(rows × items) time, O(PSUs × items) memory. Since 0.1.
 * Threads: context. Golden: test_index_brute.
 */
SIPAS_API sipas_status sipas_index_estimate(const sipas_design *design, const sipas_instrument *instrument,
                                            const sipas_column *answers, const sipas_domains *domains,
                                            const sipas_index_opts *opts, sipas_table **out, sipas_error *err);

/**
 * Score of one answer, 0-100.
 *
 * @param node an item
 * @param scoring SIPAS_SCORING_
 * @param answer the answer's code
 * @param[out] score the score
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT node or score is NULL, or the node is no item or has no code
 * @retval SIPAS_ERR_OPTION unknown scoring
 * @retval SIPAS_ERR_TYPE a single-choice item: its levels have no order
 * @retval SIPAS_ERR_VALUE an answer that is not a valid code of the item; a number of the node that no instrument may have
 *
 * O(1). Since 0.1. Source of the three rules: the ministry's and the provinces' published practice, and the
 * usual top-two-box and rescaled mean of customer surveys.
 * Threads: any. Golden: test_index.
 */
SIPAS_API sipas_status sipas_index_score(const sipas_node *node, int32_t scoring, int32_t answer, double *score,
                                         sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif

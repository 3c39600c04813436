/**
 * @file design.h
 * The design of a sample: weights, strata, stages, finite population corrections, and the rules for what the data
 * alone do not settle.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DESIGN_H
#define SIPAS_DESIGN_H

#include "base.h"
#include "column.h"
#include "table.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What to do with a stratum that has one PSU (a "lonely" PSU) and is not taken whole. */
enum {
    SIPAS_LONELY_DEFAULT = 0,    /**< = SIPAS_LONELY_ERROR */
    SIPAS_LONELY_ERROR = 1,      /**< an error that names the stratum */
    SIPAS_LONELY_REMOVE = 2,     /**< the stratum adds nothing to the variance */
    SIPAS_LONELY_CERTAINTY = 3,  /**< the PSU counts as drawn with certainty: nothing from this stage, the next stages
                                      as they stand */
    SIPAS_LONELY_ADJUST = 4,     /**< centred on the mean over the PSUs of all strata */
    SIPAS_LONELY_AVERAGE = 5,    /**< counts as much as the average of the other strata */
    SIPAS_LONELY_ADJUST_ZERO = 6 /**< centred on zero: what R's survey does for totals under "adjust" */
};

/** Which degrees of freedom an interval uses. */
enum {
    SIPAS_DF_DEFAULT = 0, /**< = SIPAS_DF_DOMAIN */
    SIPAS_DF_DOMAIN = 1,  /**< PSUs minus strata, both counted where the domain has a row of positive weight */
    SIPAS_DF_DESIGN = 2,  /**< PSUs minus strata of the whole design */
    SIPAS_DF_GIVEN = 3    /**< `df_value` */
};

/** Options of sipas_design_new(). */
typedef struct sipas_design_opts {
    uint32_t struct_size; /**< size of this struct as the caller knows it */
    int32_t lonely_psu;   /**< SIPAS_LONELY_ */
    int32_t df;           /**< SIPAS_DF_ */
    int32_t calibrated;   /**< 1 = weights are calibrated: a negative one is legal, and noted */
    double df_value;      /**< for SIPAS_DF_GIVEN: > 0, may be infinite (normal intervals) */
    int32_t n_strata;     /**< number of strata columns, one per stage from the first; 0 = 1 when `strata` is given */
    int32_t n_fpc; /**< number of FPC columns, one per stage from the first; 0 = one per stage when `fpc` is given */
    const sipas_column *certainty; /**< bool: rows whose first-stage unit was drawn with certainty (inclusion
                                        probability 1). Such a unit is its own stratum and its next stage's units (its
                                        rows, when there is no next stage) are the PSUs; the columns of that next stage
                                        say their stratum and FPC. NULL = none */
} sipas_design_opts;

/** Initialiser of a ::sipas_design_opts. */
#define SIPAS_DESIGN_OPTS_INIT                              \
    {                                                       \
        sizeof(sipas_design_opts), 0, 0, 0, 0.0, 0, 0, NULL \
    }

/** Sets every option to its default. O(1). Since 0.1. */
SIPAS_API void sipas_design_opts_init(sipas_design_opts *opts);

/** A design. Opaque, immutable; it borrows the memory of its columns, which must outlive it. */
typedef struct sipas_design sipas_design;

/**
 * Reads a design.
 *
 * Ids nest in their parents: PSU 1 of stratum 1 and PSU 1 of stratum 2 are two PSUs. Codes may be text, integers or
 * integral floats, and match by value. Integer code columns are never copied; text codes are turned into one 32-bit
 * integer per row.
 *
 * An FPC column whose values are all ≤ 1 holds sampling fractions, otherwise population counts (of units of that stage
 * within their stratum or parent unit). It must be constant within stratum and parent; an infinite count means "with
 * replacement". A stage beyond the last FPC column is taken as drawn with replacement, so that the stages below it add
 * nothing of their own.
 *
 * @param ctx context or NULL
 * @param n number of rows
 * @param weights weight of each row: ≥ 0 (but see `calibrated`); 0 = out of every domain. NULL: the product over the
 *        stages of N/n when `fpc` is given, else 1 with a note
 * @param strata `opts->n_strata` columns, the first stage's first; NULL = one stratum
 * @param clusters n_stages columns of unit ids, the first stage's (PSU) first; NULL with n_stages = 0: each row is a PSU
 * @param n_stages number of stages with ids
 * @param fpc `opts->n_fpc` columns; NULL = with replacement
 * @param opts options, or NULL
 * @param[out] out the design; the caller's, to give to sipas_design_free()
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT out is NULL, n < 1, n_stages < 0 or > 8, clusters NULL with n_stages > 0
 * @retval SIPAS_ERR_OPTION an unknown option value; df_value not > 0
 * @retval SIPAS_ERR_LENGTH a column has another length than n
 * @retval SIPAS_ERR_TYPE a column of a type that does not fit; float codes that are not whole
 * @retval SIPAS_ERR_MISSING a weight, code or FPC is missing or NaN; names column and row
 * @retval SIPAS_ERR_VALUE a weight is infinite, or negative and not calibrated; no weight is positive; an FPC ≤ 0, mixed
 *         fractions and counts, not constant in its stratum, or a count below the number of units drawn; an infinite FPC
 *         where weights are to be made from it; certainty flags that differ within a first-stage unit
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * A stratum with one PSU is no error here: it depends on what is estimated. O(n) and O(units) memory (plus 4 bytes a row
 * and column for text codes). Since 0.1.
 */
SIPAS_API sipas_status sipas_design_new(sipas_ctx *ctx, int64_t n, const sipas_column *weights,
                                        const sipas_column *strata, const sipas_column *clusters, int32_t n_stages,
                                        const sipas_column *fpc, const sipas_design_opts *opts, sipas_design **out,
                                        sipas_error *err);

/** Frees a design; NULL is fine. Since 0.1. */
SIPAS_API void sipas_design_free(sipas_design *design);

/** Number of rows. O(1). Since 0.1. */
SIPAS_API int64_t sipas_design_count_rows(const sipas_design *design);

/** Number of first-stage strata, a certainty unit counting as one. O(1). Since 0.1. */
SIPAS_API int64_t sipas_design_count_strata(const sipas_design *design);

/** Number of PSUs. O(1). Since 0.1. */
SIPAS_API int64_t sipas_design_count_psus(const sipas_design *design);

/** Design degrees of freedom: PSUs minus strata. O(1). Since 0.1. */
SIPAS_API double sipas_design_get_df(const sipas_design *design);

/**
 * A summary of the design as a table with one row: columns rows, positive, strata, psus, df, weight_sum, kish_deff,
 * n_eff (schema "design"); its notes say what was assumed (weights of 1, negative weights, lonely PSUs).
 *
 * @param design a design
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT an argument is NULL
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(strata). Since 0.1.
 */
SIPAS_API sipas_status sipas_design_describe(const sipas_design *design, sipas_table **out, sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif

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
    SIPAS_LONELY_DEFAULT = 0,   /**< = SIPAS_LONELY_ERROR */
    SIPAS_LONELY_ERROR = 1,     /**< an error that names the stratum */
    SIPAS_LONELY_REMOVE = 2,    /**< the stratum adds nothing to the variance */
    SIPAS_LONELY_CERTAINTY = 3, /**< the PSU counts as drawn with certainty: nothing from this stage, the next stages
                                      as they stand */
    SIPAS_LONELY_ADJUST = 4,    /**< centred on the mean over the PSUs of all strata, in later stages over all units of
                                      the stage; for means and ratios that is R's "adjust" */
    SIPAS_LONELY_AVERAGE = 5,   /**< counts as much as the average of the other strata */
    SIPAS_LONELY_ADJUST_ZERO = 6, /**< centred on zero: what R's survey does for totals under "adjust" */
    SIPAS_LONELY_COLLAPSE = 7     /**< a first-stage stratum is taken together with a partner that `collapse` names; the
                                    notes of every result say which strata were. In later stages an error */
};

/**
 * Which stratum is the partner of a lonely one under SIPAS_LONELY_COLLAPSE. Lonely strata look for one in the order of
 * their codes, unless an earlier one has taken them; strata that are taken whole (FPC = 1) are nobody's partner. Of
 * strata that fit as well the first by code is taken.
 */
enum {
    SIPAS_COLLAPSE_DEFAULT = 0,  /**< = SIPAS_COLLAPSE_NEXT */
    SIPAS_COLLAPSE_NEXT = 1,     /**< the next by code; for the last one the one before */
    SIPAS_COLLAPSE_PREVIOUS = 2, /**< the one before by code; for the first one the next */
    SIPAS_COLLAPSE_NEAREST = 3,  /**< the nearest in size */
    SIPAS_COLLAPSE_SMALLEST = 4, /**< the smallest */
    SIPAS_COLLAPSE_LARGEST = 5,  /**< the largest */
    SIPAS_COLLAPSE_GIVEN = 6     /**< all strata that have the code of the lonely one in `collapse_strata` */
};

/** What the size of a stratum is for SIPAS_COLLAPSE_NEAREST, _SMALLEST and _LARGEST. */
enum {
    SIPAS_COLLAPSE_BY_DEFAULT = 0, /**< = SIPAS_COLLAPSE_BY_WEIGHT */
    SIPAS_COLLAPSE_BY_WEIGHT = 1,  /**< the sum of its weights */
    SIPAS_COLLAPSE_BY_UNITS = 2    /**< its number of PSUs in the sample */
};

/**
 * How the PSUs of a stratum were drawn when not with equal probabilities: what stands for their joint inclusion
 * probabilities π_ij. With n PSUs, q_i = 1 - π_i and z_i the weighted total of a PSU:
 *
 * A PSU with π = 1 is a stratum of its own under all of them but SIPAS_PPS_JOINT, where the matrix says the same.
 */
enum {
    SIPAS_PPS_NONE = 0,    /**< equal probabilities */
    SIPAS_PPS_BREWER = 1,  /**< n/(n-1) Σ q (z - mean z)²; R's survey: pps = "brewer" */
    SIPAS_PPS_OVERTON = 2, /**< π_ij = π_i π_j (n-1) / (n - (π_i + π_j)/2) (Overton 1985; Stehman and Overton 1994);
                                    R's survey: pps = "overton" */
    SIPAS_PPS_HARTLEY_RAO =
        3, /**< π_ij = π_i π_j (n-1) / (n - π_i - π_j + Σ_U π²/n) (Hartley and Rao 1962), Σ_U π²/n from
                                    `pps_square` or estimated by Σ_s π/n; R's survey: pps = HR() */
    SIPAS_PPS_HAJEK = 4,   /**< n/(n-1) Σ q (z - A)², A = Σ q z / Σ q (Hájek 1964) */
    SIPAS_PPS_DEVILLE = 5, /**< Σ q (z - A)² / (1 - Σ (q/Σq)²) (Deville 1999, Proc. Statistics Canada 99) */
    SIPAS_PPS_JOINT = 6    /**< the matrix `joint`; R's survey: pps = ppsmat() */
};

/** The form of the variance where there are joint probabilities, Δ_ij = 1 - π_i π_j / π_ij. */
enum {
    SIPAS_PPS_FORM_DEFAULT = 0,          /**< = SIPAS_PPS_FORM_HORVITZ_THOMPSON */
    SIPAS_PPS_FORM_HORVITZ_THOMPSON = 1, /**< Σ_i Σ_j Δ_ij z_i z_j, Δ_ii = 1 - π_i; R's survey: variance = "HT" */
    SIPAS_PPS_FORM_YATES_GRUNDY = 2 /**< -½ Σ_i Σ_j Δ_ij (z_i - z_j)², for samples of fixed size; R's survey: "YG" */
};

/** How the second phase was drawn. */
enum {
    SIPAS_PHASE2_NONE = 0,     /**< there is one phase */
    SIPAS_PHASE2_SRS = 1,      /**< simple random sampling within the strata of phase 2 */
    SIPAS_PHASE2_BERNOULLI = 2 /**< each unit by itself, with the probability in `phase2_fpc` */
};

/** How the units of phase 1 were drawn, where there are two phases. */
enum {
    SIPAS_PHASE1_DEFAULT = 0, /**< = SIPAS_PHASE1_DESIGN */
    SIPAS_PHASE1_DESIGN = 1,  /**< as strata, clusters, FPCs and `pps` say; without FPCs with replacement */
    SIPAS_PHASE1_INDEPENDENT =
        2 /**< each by itself with the probability in `fpc` (none: ≈ 0, an infinite population): what
                                      R's survey takes where phase 1 has no FPC. One stage only */
};

/** Whether the code of a unit may stand in several strata of its stage, within one unit of the stage above. */
enum {
    SIPAS_NEST_DEFAULT = 0, /**< = SIPAS_NEST_YES */
    SIPAS_NEST_YES = 1,     /**< it may, and is a unit of its own in each; the notes of every result say how many do */
    SIPAS_NEST_NO = 2 /**< it may not: codes are those of units wherever they stand, as R's svydesign() has it unless
                                 nest = TRUE, and one that stands in two strata is an error */
};

/** What a mean, ratio, share or quantile gets whose domain lies in one PSU. */
enum {
    SIPAS_ONE_PSU_DEFAULT = 0,    /**< = SIPAS_ONE_PSU_MISSING */
    SIPAS_ONE_PSU_MISSING = 1,    /**< no standard error, with a note */
    SIPAS_ONE_PSU_CONDITIONAL = 2 /**< a standard error *within that PSU*: it is taken as a stratum and its next stage's
                                       units (its rows, without a next stage) as the PSUs, as if it were flagged in
                                       `certainty`; metadata "one_psu" and a note say so */
};

/**
 * Which degrees of freedom an interval uses. A row counts when its weight is not 0; an *answer* is a cell that is not missing and
 * enters the figure: of a ratio, a covariance or complete cases a row that has all of them, of a function or a node of the
 * index a row that has any.
 */
enum {
    SIPAS_DF_DEFAULT = 0, /**< = SIPAS_DF_DOMAIN */
    SIPAS_DF_DOMAIN = 1,  /**< PSUs minus strata, both counted where the domain has an answer: with R's survey
                                  degf(subset(design, domain & !is.na(y))). The one for questions that few PSUs answer */
    SIPAS_DF_DESIGN = 2,  /**< PSUs minus strata of the whole design */
    SIPAS_DF_GIVEN = 3,   /**< `df_value` */
    SIPAS_DF_DOMAIN_ROWS =
        4 /**< PSUs minus strata, both counted where the domain has a row, with an answer or not: what
                                  R's survey takes, degf(subset(design, domain)). Of quantiles R drops the rows without an
                                  answer first, so those count as under SIPAS_DF_DOMAIN */
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
    const sipas_column *certainty;       /**< bool: rows whose first-stage unit was drawn with certainty (inclusion
                                        probability 1). Such a unit is its own stratum and its next stage's units (its
                                        rows, when there is no next stage) are the PSUs; the columns of that next stage
                                        say their stratum and FPC. NULL = none */
    int32_t collapse;                    /**< SIPAS_COLLAPSE_, for SIPAS_LONELY_COLLAPSE */
    int32_t collapse_by;                 /**< SIPAS_COLLAPSE_BY_ */
    const sipas_column *collapse_strata; /**< codes, constant within a stratum, for SIPAS_COLLAPSE_GIVEN */
    int32_t pps;                    /**< SIPAS_PPS_, for the first stage. The first FPC column then holds the inclusion
                                         probability of the row's PSU; without FPCs that is 1/weight */
    int32_t pps_form;               /**< SIPAS_PPS_FORM_; for OVERTON, HARTLEY_RAO and JOINT only */
    const sipas_column *pps_square; /**< Σ π²/n over the population, constant within a stratum; NULL = Σ π/n over the
                                         sample */
    const double *joint; /**< joint_order × joint_order joint inclusion probabilities, row by row, the PSUs in
                                         the order of their first rows; on the diagonal π. Copied */
    int64_t joint_order; /**< number of PSUs of the sample */
    int32_t one_psu;     /**< SIPAS_ONE_PSU_ */
    int32_t reserved;    /**< 0 */
    int32_t phase1;      /**< SIPAS_PHASE1_ */
    int32_t phase2;      /**< SIPAS_PHASE2_ */
    const sipas_column *phase2_sample; /**< bool: the rows in the sample of phase 2. All other arguments speak of
                                             phase 1, and all its rows are given; those not in phase 2 need no answers */
    const sipas_column *phase2_strata; /**< codes of the strata of phase 2; NULL = one */
    const sipas_column *phase2_fpc;    /**< fraction of phase 1 taken, or number of units in phase 1, constant within a
                                             stratum of phase 2 (BERNOULLI: probability of the unit); NULL = counted */
    int32_t nest;                      /**< SIPAS_NEST_ */
    int32_t reserved2;                 /**< 0 */
} sipas_design_opts;

/** Initialiser of a ::sipas_design_opts. */
#define SIPAS_DESIGN_OPTS_INIT                                                                                        \
    {                                                                                                                 \
        sizeof(sipas_design_opts), 0, 0, 0, 0.0, 0, 0, NULL, 0, 0, NULL, 0, 0, NULL, NULL, 0, 0, 0, 0, 0, NULL, NULL, \
            NULL, 0, 0                                                                                                \
    }

/** Sets every option to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_design_opts_init(sipas_design_opts *opts);

/** A design. Opaque, immutable; it borrows the memory of its columns, which must outlive it. */
typedef struct sipas_design sipas_design;

/**
 * Reads a design.
 *
 * Ids nest in their parents: PSU 1 of stratum 1 and PSU 1 of stratum 2 are two PSUs, with a note `nested`, or under
 * SIPAS_NEST_NO an error. Two text codes of one column that differ only by blanks, case or leading zeros are two codes, with a
 * note `codes_alike`. Notes of the design are notes of every result. Codes may be text, integers or
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
 * @retval SIPAS_ERR_ARGUMENT out is NULL, n < 1 or > 2^40 (without clusters ≥ 2^31 - 1), n_stages < 0 or > 8, clusters NULL with n_stages > 0
 * @retval SIPAS_ERR_OPTION an unknown option value; df_value not > 0; options that do not go together: pps without fpc
 *         and weights, pps_form for a method of one form, joint or pps_square without its method, JOINT with certainty;
 *         collapse with pps; two phases with certainty, AVERAGE, COLLAPSE, YATES_GRUNDY, BREWER, HAJEK or DEVILLE;
 *         CONDITIONAL with pps or two phases
 * @retval SIPAS_ERR_LENGTH a column has another length than n; joint_order is not the number of PSUs
 * @retval SIPAS_ERR_TYPE a column of a type that does not fit; float codes that are not whole
 * @retval SIPAS_ERR_MISSING a weight, code or FPC is missing or NaN; names column and row
 * @retval SIPAS_ERR_VALUE a weight is infinite, or negative and not calibrated; no weight is positive; an FPC ≤ 0, mixed
 *         fractions and counts, not constant in its stratum, or a count below the number of units drawn; an infinite FPC
 *         where weights are to be made from it; certainty flags that differ within a first-stage unit
 *         Unequal probabilities: a first FPC column with values above 1, a weight below 1 where π follows from it, rows of
 *         one PSU that differ in π; a joint probability that is not positive, not symmetric, above one of its π, or not
 *         π on the diagonal (names the units; row and column are those of the matrix); with YATES_GRUNDY a unit that is
 *         independent of all others. Two phases: a flag or stratum that differs within a unit, a stratum without a unit
 *         in phase 2, a `phase2_fpc` that is not positive, mixed, not constant in its stratum or below the units taken.
 *         `collapse_strata` that differs within a stratum. Under SIPAS_NEST_NO a unit in two strata of its stage (names it and
 *         both; `column` is the stage, from 0)
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * A stratum with one PSU is no error here: it depends on what is estimated. Columns that options point to and the matrix are
 * read here and need not outlive the call, but for `certainty` and `phase2_strata`.
 *
 * Rows may be PSUs with their totals Σ w y and Σ w instead of respondents: weights of 1, no clusters; then a total is the
 * total of Σ w y and a mean the ratio of Σ w y to Σ w, with the same standard errors under one stage.
 *
 * O(n) and O(units) memory (plus 4 bytes a row and column for text codes; with joint probabilities 4 bytes × PSUs²; with
 * two phases 8 bytes a row). Since 0.1.
 * Threads: context. Golden: test_designs.
 */
SIPAS_API sipas_status sipas_design_new(sipas_ctx *ctx, int64_t n, const sipas_column *weights,
                                        const sipas_column *strata, const sipas_column *clusters, int32_t n_stages,
                                        const sipas_column *fpc, const sipas_design_opts *opts, sipas_design **out,
                                        sipas_error *err);

/**
 * The part of a design for which a condition holds, as R's subset(): every estimate under it is the one under `design` whose
 * `where` holds where both conditions do, to the last bit. Strata, PSUs, stages and populations stay those of all rows, as it is all
 * that were drawn; so do the counts and degrees of freedom that are said of the design itself. A subset of a subset is what lies
 * in both. Results have the metadata "subset", as "120 of 400 rows".
 *
 * @param design a design, read or derived. What is derived holds it, so it may be freed before; its columns must outlive both
 * @param where bool or integer mask, one cell a row: rows with 0 or missing are out. Read here, need not outlive the call. That no
 *        row is in is no error here: estimates are missing then, as they are with such a `where`
 * @param[out] out the subset; the caller's, to give to sipas_design_free()
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT out, design or where is NULL
 * @retval SIPAS_ERR_LENGTH where has another length than the design
 * @retval SIPAS_ERR_TYPE where is text or a float
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(rows); one byte a row. Since 0.1.
 * Threads: context. Test: test_design_derived.
 * R survey 4.2: subset.survey.design. Lumley, T. (2010), Complex Surveys, §2.4.
 */
SIPAS_API sipas_status sipas_design_subset(const sipas_design *design, const sipas_column *where, sipas_design **out,
                                           sipas_error *err);

/** Options of sipas_design_phase2(). */
typedef struct sipas_design_phase2_opts {
    uint32_t struct_size;       /**< size of this struct as the caller knows it */
    int32_t method;             /**< SIPAS_PHASE2_; 0 = SIPAS_PHASE2_SRS */
    int32_t phase1;             /**< SIPAS_PHASE1_ */
    int32_t reserved;           /**< 0 */
    const sipas_column *strata; /**< codes of the strata of phase 2; NULL = one */
    const sipas_column *fpc; /**< fraction of phase 1 taken, or number of units in phase 1, constant within a stratum of
                                     phase 2 (BERNOULLI: probability of the unit); NULL = counted */
} sipas_design_phase2_opts;

/** Initialiser of a ::sipas_design_phase2_opts. */
#define SIPAS_DESIGN_PHASE2_OPTS_INIT                         \
    {                                                         \
        sizeof(sipas_design_phase2_opts), 0, 0, 0, NULL, NULL \
    }

/** Sets every option to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_design_phase2_opts_init(sipas_design_phase2_opts *opts);

/**
 * A design of two phases from that of the first: what sipas_design_new() makes of the same columns with `phase2_sample`,
 * `phase2_strata`, `phase2_fpc`, `phase2` and `phase1`, to the last bit, without reading the codes of phase 1 again. Messages
 * call the columns by those names.
 *
 * A unit of phase 2 is a unit of the last stage for which the design has ids. Weights are those of phase 1 over the
 * probability of being taken from it, 0 for units that were not. Where the design is a subset, so is the result.
 *
 * @param design the design of phase 1, all of its rows, whether they are in phase 2 or not. What is derived holds it, so it
 *        may be freed before; its columns must outlive both
 * @param sample bool or integer mask, one cell a row: the rows in the sample of phase 2. Read here, need not outlive the call;
 *        nor need `opts->fpc`; `opts->strata` must outlive the result
 * @param opts options, or NULL
 * @param[out] out the design of both phases; the caller's, to give to sipas_design_free()
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT out, design or sample is NULL; the design has two phases already
 * @retval SIPAS_ERR_OPTION an unknown option value; BERNOULLI without fpc; INDEPENDENT with several stages or pps; a design with
 *         certainty, AVERAGE, COLLAPSE, CONDITIONAL, BREWER, HAJEK, DEVILLE or YATES_GRUNDY
 * @retval SIPAS_ERR_LENGTH a column has another length than the design
 * @retval SIPAS_ERR_TYPE a column of a type that does not fit; float codes that are not whole
 * @retval SIPAS_ERR_MISSING a flag, code or fpc is missing or NaN; names column and row
 * @retval SIPAS_ERR_VALUE a flag or stratum that differs within a unit, a stratum without a unit in phase 2, an fpc that is not
 *         positive, mixed, not constant in its stratum or below the units taken; no weight is positive
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(rows) and O(units) memory, 8 bytes a row. Since 0.1.
 * Threads: context. Test: test_design_derived.
 * Särndal, C.-E., Swensson, B. and Wretman, J. (1992), Model Assisted Survey Sampling, §9.3.
 */
SIPAS_API sipas_status sipas_design_phase2(const sipas_design *design, const sipas_column *sample,
                                           const sipas_design_phase2_opts *opts, sipas_design **out, sipas_error *err);

/** Frees a design; NULL is fine. O(stages). Since 0.1. Threads: last. Test: test_design. */
SIPAS_API void sipas_design_free(sipas_design *design);

/** Number of rows. O(1). Since 0.1. Threads: any. Test: test_design. */
SIPAS_API int64_t sipas_design_count_rows(const sipas_design *design);

/** Number of first-stage strata, a certainty unit counting as one. O(1). Since 0.1. Threads: any. Test: test_design. */
SIPAS_API int64_t sipas_design_count_strata(const sipas_design *design);

/** Number of PSUs. O(1). Since 0.1. Threads: any. Test: test_design. */
SIPAS_API int64_t sipas_design_count_psus(const sipas_design *design);

/**
 * Design degrees of freedom: PSUs minus strata; collapsed strata count once, a PSU of inclusion probability 1 is a stratum of
 * its own, and PSUs without a row of non-zero weight do not count. In two phases units minus strata of phase 2, where phase 1 has several stages no more than its PSUs minus
 * strata. O(1). Since 0.1.
 * Threads: any. Test: test_design.
 */
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
 * Threads: context. Test: test_design.
 */
SIPAS_API sipas_status sipas_design_describe(const sipas_design *design, sipas_table **out, sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif

/**
 * @file matrix.h
 * Every kind of design, every estimate, every kind of domain and of missing answers, as tables of a few words each; and what
 * must hold of any result. Small data, for tests that cross them all.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef MATRIX_H
#define MATRIX_H

#include <stddef.h>
#include <stdint.h>

#include <sipas.h>

enum { MATRIX_ROWS = 72, MATRIX_PSUS = 9, MATRIX_ITEMS = 6 };

/** Rows: 3 strata × 3 PSUs × 2 × 2 × 2. Cells are told missing by NaN and by one bitmap for codes and answers. */
typedef struct matrix_data {
    int32_t stratum[MATRIX_ROWS], psu[MATRIX_ROWS], ssu[MATRIX_ROWS], tsu[MATRIX_ROWS], row[MATRIX_ROWS];
    int32_t lonely[MATRIX_ROWS];     /**< strata, the last PSU one of its own */
    int32_t lonely_ssu[MATRIX_ROWS]; /**< second-stage units, the first PSU of which has one */
    int32_t partner[MATRIX_ROWS];    /**< of collapsed strata */
    int32_t phase2_stratum[MATRIX_ROWS];
    double weight[5][MATRIX_ROWS]; /**< by MATRIX_WEIGHT_ less 1 */
    double fraction[4][MATRIX_ROWS], census[MATRIX_ROWS], probability[MATRIX_ROWS], chance[MATRIX_ROWS];
    uint8_t certain[MATRIX_ROWS], taken_row[MATRIX_ROWS], taken_psu[MATRIX_ROWS], taken_ssu[MATRIX_ROWS];
    double joint[MATRIX_PSUS * MATRIX_PSUS], joint_rows[MATRIX_ROWS * MATRIX_ROWS];
    double y[3][MATRIX_ROWS]; /**< 0, 1: any numbers; 2: positive */
    int32_t code[MATRIX_ROWS], binary[MATRIX_ROWS];
    int8_t item[MATRIX_ITEMS][MATRIX_ROWS]; /**< 1 … 5; no gaps, `validity` tells them */
    const char *text[MATRIX_ROWS];
    int32_t by[2][MATRIX_ROWS], by_psu[MATRIX_ROWS];
    uint8_t half[MATRIX_ROWS], in_psu[MATRIX_ROWS], nobody[MATRIX_ROWS];
    uint8_t validity[(MATRIX_ROWS + 7) / 8];
    int32_t gaps; /**< 1 = there are some */
} matrix_data;

/** How the weights are. */
enum {
    MATRIX_WEIGHT_NONE,
    MATRIX_WEIGHT_PLAIN,
    MATRIX_WEIGHT_NEGATIVE, /**< calibrated */
    MATRIX_WEIGHT_ZERO_ROWS,
    MATRIX_WEIGHT_ZERO_PSU,
    MATRIX_WEIGHT_ZERO_STRATUM
};

/** A design. */
typedef struct matrix_design {
    const char *name;
    int32_t weights;               /**< MATRIX_WEIGHT_ */
    int32_t strata;                /**< 0, 1, or 2: with a stratum of one PSU; and of the next stages, n_strata */
    int32_t n_strata;              /**< columns of strata, when more than one */
    int32_t ids;                   /**< stages with ids */
    int32_t rows_last;             /**< 1 = the ids of the last stage are the rows */
    int32_t lonely_ssu;            /**< 1 = a PSU has one unit of the second stage */
    int32_t fpc;                   /**< stages with FPC */
    int32_t census;                /**< 1 = a stratum is taken whole */
    int32_t certainty;             /**< 1 = two PSUs drawn with certainty */
    sipas_design_opts opts;        /**< the rest, but for columns */
    int32_t phase2_strata, chance; /**< 1 = with them */
} matrix_design;

extern const matrix_design matrix_designs[];
extern const size_t matrix_n_designs;

/** What answers are missing. */
enum {
    MATRIX_ALL_THERE,
    MATRIX_GAPS,     /**< here and there */
    MATRIX_COMPLETE, /**< the same, only complete cases */
    MATRIX_PSU_GONE, /**< and all of a PSU */
    MATRIX_ONE_PSU,  /**< all but one PSU */
    MATRIX_ALL_GONE,
    MATRIX_MISSING_KINDS
};

/** What domains there are. */
enum {
    MATRIX_WHOLE,
    MATRIX_BY,
    MATRIX_WHERE,
    MATRIX_BY_WHERE, /**< one group of `by` has no row */
    MATRIX_LEVELS,
    MATRIX_BY_PSU, /**< each in one PSU */
    MATRIX_IN_PSU, /**< where: rows of one PSU */
    MATRIX_EMPTY,  /**< where: no row */
    MATRIX_DOMAIN_KINDS
};

/** What is allowed of the result of an estimate. */
enum {
    MATRIX_SHARE = 1,       /**< estimates in 0-1 */
    MATRIX_CORRELATION = 2, /**< in -1-1 */
    MATRIX_BOUNDED = 4,     /**< and the limits as well */
    MATRIX_AROUND = 8,      /**< the interval holds the estimate */
    MATRIX_TABLE = 16,      /**< made of another table */
    MATRIX_BY_ROWS = 32,    /**< limits count rows of zero weight */
    MATRIX_MIRRORED = 64,   /**< limits may change places */
    MATRIX_IN_ORDER = 128,  /**< ties are broken by the order of the rows */
    MATRIX_OF_DESIGN = 256, /**< limits have the degrees of freedom of the design */
    MATRIX_OUTSIDE =
        512 /**< the other result is of a design without weights outside the domain, whose PSUs it does not count */
};

/** An estimate. */
typedef struct matrix_call {
    const char *name;
    sipas_status (*call)(const matrix_data *data, const sipas_design *design, int32_t argument,
                         const sipas_domains *domains, const sipas_estimate_opts *opts, sipas_table **out,
                         sipas_error *err);
    int32_t argument, holds;
} matrix_call;

extern const matrix_call matrix_calls[];
extern const size_t matrix_n_calls;

/** Fills the data; the rows in their order, or in another. */
void matrix_fill(matrix_data *data, int shuffled);

/** Makes answers missing, after matrix_fill(). */
void matrix_take_away(matrix_data *data, int missing);

/**
 * Opens a design; `inside` (NULL = all rows): the weights of the others are 0, and stand in `weight`, which must outlive it. A fault
 * fails the running test.
 */
sipas_design *matrix_open(const matrix_data *data, const matrix_design *design, sipas_ctx *ctx, const uint8_t *inside,
                          double *weight);

/** Sets up domains of a kind; `by` has room for 2 columns, `where` for one. */
void matrix_domain(const matrix_data *data, int kind, sipas_domains *domains, sipas_column *by, sipas_column *where);

/** What is wrong with a result, as a sentence; NULL = nothing. */
const char *matrix_audit(const sipas_table *table, const matrix_design *design, int holds);

/** In what two results differ by more than `tolerance` of their estimates, as a sentence; NULL = in nothing. 0: in no bit. */
const char *matrix_differ(const sipas_table *a, const sipas_table *b, double tolerance, int holds);

#endif

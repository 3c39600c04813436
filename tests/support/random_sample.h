/**
 * @file random_sample.h
 * Small samples at random, with everything a design can have, for tests that hold two ways of computing against each
 * other.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RANDOM_SAMPLE_H
#define RANDOM_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include <sipas.h>

#include "brute_force.h"

/** What a sample is to have. */
enum {
    SAMPLE_LONELY = 1,  /**< strata with one PSU, and units with one unit of the next stage */
    SAMPLE_CERTAIN = 2, /**< two first-stage units drawn with certainty */
    SAMPLE_SORTED = 4,  /**< rows in the order of the units; otherwise shuffled */
    SAMPLE_NEGATIVE = 8 /**< a few negative weights, as calibration makes them */
};

enum { SAMPLE_VARIABLES = 3 };

/**
 * A sample of n rows. Ids are unique within their parent only. Variable 0 is complete; variable 1 is complete and
 * positive; variable 2 has missing values, among them all of one PSU. A few weights are 0.
 */
typedef struct random_sample {
    size_t n;
    int32_t *stratum, *psu, *ssu, *tsu;
    double *population, *population2,
        *population3;        /* PSUs in the stratum, second-stage units in the PSU, third-stage units in
                                                       these; some infinite, some all taken */
    double *population_rows; /* rows in the stratum, where rows are the units; in stratum 1 all are taken */
    uint8_t *certain;
    double *probability; /* of the PSU, for unequal probabilities */
    uint8_t *second;     /* in the second phase: whole PSUs */
    double *weight;
    double *y[SAMPLE_VARIABLES];
    int32_t *by[2]; /* four groups, and two; the fourth group lies in few PSUs */
    int32_t pps;    /* SIPAS_PPS_, 0 at first: then designs have `probability` as their first FPC, and no certainty */
    int32_t phase2; /* SIPAS_PHASE2_, 0 at first: then designs have the rows of `second`, and no certainty */
} random_sample;

/** Makes a sample. The same seed and flags give the same sample. */
random_sample *random_sample_new(uint64_t seed, int flags);

void random_sample_free(random_sample *sample);

/** Which of its parts a design uses. */
typedef struct sample_design {
    int n_stages;   /**< 0 to 3 id columns */
    int n_fpc;      /**< 0 to 3 FPC columns, not more than max(n_stages, 1) */
    int strata;     /**< 1 = with strata; without them PSUs of one number are one PSU, and there can be no FPC */
    int certainty;  /**< 1 = with certainty flags (n_stages > 0) */
    int32_t lonely; /**< SIPAS_LONELY_ */
    int calibrated; /**< 1 = negative weights are legal */
} sample_design;

/** The design in the library; a fault fails the running test. */
sipas_design *random_sample_open(const random_sample *sample, const sample_design *parts, sipas_ctx *ctx);

/** The same design for brute force. */
brute_design random_sample_brute(const random_sample *sample, const sample_design *parts);

#endif

/**
 * @file allocate/allocate.h
 * One allocation on its way: what was read, the continuous optimum, the whole numbers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ALLOCATE_ALLOCATE_H
#define SIPAS_ALLOCATE_ALLOCATE_H

#include <sipas/allocate.h>

#include "allocate/bounds.h"
#include "allocate/seat.h"
#include "data/table.h"
#include "num/sum.h"

/** The largest total: its products with doubles keep their whole part. */
#define SIPAS__TOTAL_MAX INT64_C(1000000000000)

/** What an allocation is to keep to. */
enum { SIPAS__GOAL_TOTAL = 0, SIPAS__GOAL_BUDGET = 1, SIPAS__GOAL_PRECISION = 2 };

/** Columns that a method, or a goal besides, reads. */
enum { SIPAS__READS_SIZE = 1, SIPAS__READS_SD = 2, SIPAS__READS_COST = 4, SIPAS__READS_MEAN = 8 };

/** The two least of a number of values, with their units: the best move is between different units. */
typedef struct sipas__two_least {
    double value[2];
    int64_t unit[2];
} sipas__two_least;

/** What the certificate is made of: sums of the objective, and the best moves. */
typedef struct sipas__certificate {
    sipas__sum whole, continuous;
    sipas__two_least more, less;
} sipas__certificate;

typedef struct sipas__allocation {
    const sipas_ctx *ctx;
    sipas_allocate_opts opts; /* defaults filled in; columns that are not given are NULL */
    int32_t goal;             /* SIPAS__GOAL_; set before reading, as the next two */
    int32_t default_method;   /* 0 = proportional */
    int32_t also_reads;       /* SIPAS__READS_ */
    int64_t n_units;
    int64_t total;           /* in blocks, as n and the bounds, until they are written */
    int64_t block;           /* people in a block: the workload rule's multiple; 1 = none */
    int64_t part, part_unit; /* the part of a block that the total leaves over (0 = none), and who has it */

    const double *size, *sd, *cost, *mean, *importance;               /* as given; NULL = none */
    double *own_size, *own_sd, *own_cost, *own_mean, *own_importance; /* memory, where it had to copy */
    sipas__seats seats;           /* weights, and the order of what is given by them */
    sipas__bounds bounds;         /* in blocks, until they are written */
    double sum_weight;            /* Σ w */
    double kish_size, kish_equal; /* k / (Σ N)² and (1 - k) / H² */

    /* Cells of the result. */
    sipas_table *table;
    int64_t *n;
    double *fraction, *continuous, *share, *gain;
    int32_t code_column, fraction_column, upper_column, share_column, gain_column;

    double multiplier;  /* s of clamp(s w, lower, upper); units with lower < s w < upper are free */
    double free_weight; /* Σ w of the free units … */
    int64_t free_total; /* … and what is left for them */

    double objective, objective_continuous, exchange; /* exchange: infinite when no move is legal */
} sipas__allocation;

/* ---- alloc_options.c ---- */

/** Loads and checks the options. */
sipas_status sipas__allocate_load(sipas__allocation *a, const sipas_allocate_opts *opts, sipas_error *err);

/** The total in blocks; what is left over goes the way of the rule. */
sipas_status sipas__allocate_set_total(sipas__allocation *a, int64_t total, sipas_error *err);

/* ---- alloc_read.c ---- */

/**
 * Reads options and columns into an allocation that is all zero but for its goal, and makes the table of the result.
 * Without a goal the total is set and checked too. Whatever it returns, sipas__allocate_clear() frees what it holds.
 */
sipas_status sipas__allocate_read(sipas__allocation *a, sipas_ctx *ctx, int64_t total, const sipas_column *size,
                                  const sipas_allocate_opts *opts, sipas_error *err);

/** Frees what it holds; of the table one hold. */
void sipas__allocate_clear(sipas__allocation *a);

/* ---- alloc_weight.c ---- */

/** What the weights of all units have in common. */
void sipas__allocate_begin_weights(sipas__allocation *a);

/** Weights of units from … to-1. */
sipas_status sipas__allocate_weigh(sipas__allocation *a, int64_t from, int64_t to, sipas_error *err);

/** An error when every weight is 0 and there is something to split. */
sipas_status sipas__allocate_check_weights(const sipas__allocation *a, sipas_error *err);

/* ---- alloc_bounds.c ---- */

/** Checks the columns of bounds. */
sipas_status sipas__allocate_bounds_check(const sipas__allocation *a, sipas_error *err);

/** Reads the bounds of units from … to-1, whose weights are known, and checks that each unit's can be kept. */
sipas_status sipas__allocate_bound(sipas__allocation *a, int64_t from, int64_t to, sipas_error *err);

/** An error when the sums of the bounds do not leave room for the total. */
sipas_status sipas__allocate_check_total(const sipas__allocation *a, sipas_error *err);

/** True when the divisors begin with d(0) = 0, so that a unit of positive weight needs one if it may have any. */
int sipas__allocate_needs_one(const sipas__allocation *a);

/** sum + bound; SIPAS__NO_BOUND when either is that, or when it is beyond 2^60. */
int64_t sipas__allocate_add(int64_t sum, int64_t bound);

/* ---- alloc_continuous.c ---- */

/** clamp(s w, lower, upper) with the total given, which the bounds of the units of positive weight can keep. */
void sipas__allocate_continuous(sipas__allocation *a);

/** Samples of units are runs of this many, one in every `stride` runs, so that they lie close in memory. */
enum { SIPAS__RUN = 64 };

/** Number of units in such a sample. */
int64_t sipas__allocate_sampled(const sipas__allocation *a, int64_t stride);

/* ---- alloc_note.c ---- */

/** Adds a note about a unit: what, and a sentence. */
void sipas__allocate_note(sipas__allocation *a, const char *what, int64_t unit, const char *sentence);

/* ---- alloc_class.c, alloc_edge.c, alloc_remainder.c, alloc_divisor.c ---- */

/** The class table: n of each unit's class. */
sipas_status sipas__allocate_class(sipas__allocation *a, sipas_error *err);

/**
 * A total that fills every unit of positive weight: the rest goes to the others, and `continuous` is n. 1 =
 * done, with notes, 0 = no such total, negative = a status.
 */
int32_t sipas__allocate_surplus(sipas__allocation *a, sipas_error *err);

/** A total that the lower bounds and one for each unit that needs one use up. Returns as
 * sipas__allocate_surplus(). */
int32_t sipas__allocate_shortage(sipas__allocation *a, sipas_error *err);

/** Finds the unit for the part of a block: the one whose next block would be given first. */
sipas_status sipas__allocate_part(sipas__allocation *a, sipas_error *err);

/** Largest remainder of the continuous optimum. */
sipas_status sipas__allocate_remainder(sipas__allocation *a, sipas_error *err);

/** A divisor method within bounds. */
sipas_status sipas__allocate_divisor(sipas__allocation *a, sipas_error *err);

/* ---- alloc_certificate.c ---- */

/** An empty certificate. */
sipas__certificate sipas__certify_begin(void);

/** Adds units from … to-1, n and bounds in people. */
void sipas__certify_tile(const sipas__allocation *a, int64_t from, int64_t to, sipas__certificate *of);

/** Fills in objective, objective_continuous and exchange. */
void sipas__certify_end(sipas__allocation *a, const sipas__certificate *of);

/** The objective's formula, for the metadata. */
const char *sipas__allocate_objective(const sipas__allocation *a);

/* ---- alloc_write.c ---- */

/** Continuous optimum and whole numbers for the total. */
sipas_status sipas__allocate_split(sipas__allocation *a, sipas_error *err);

/** Blocks as people, the remaining cells, and the certificate. */
void sipas__allocate_write(sipas__allocation *a);

/* ---- allocate.c ---- */

/** Metadata that every allocation has. */
void sipas__allocate_meta(const sipas__allocation *a);

#endif

/**
 * @file allocate/tree.h
 * One allocation over a tree on its way.
 *
 * Units are handled by their *place*: place 0 is the whole, then come the units in canonical preorder. So the units below
 * a place are those up to its end, and a walk backwards meets every unit before the one above it. Numbers are counted in
 * multiples.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ALLOCATE_TREE_INSIDE_H
#define SIPAS_ALLOCATE_TREE_INSIDE_H

#include <sipas/allocate_tree.h>

#include "allocate/allocate.h"
#include "data/unit.h"
#include "num/order.h"

typedef struct sipas__forest {
    const sipas_ctx *ctx;
    const sipas_unit_tree *units;
    sipas_allocate_tree_opts opts;
    sipas__allocation a; /* for the comparison of seats: weight and its factors by place, the rank is the place */
    int64_t n, multiple, total, n_leaves;

    int64_t *unit, *parent, *end;
    uint8_t *equal, *bounded; /* bounded: a lower bound was given */
    double *size, *sd, *cost, *mean, *weight, *target, *scale;
    int64_t *lower, *upper;     /* that hold at the place, with what is below it; SIPAS__NO_BOUND = none */
    int64_t *most;              /* upper, but not above the total */
    int64_t *low, *ones, *full; /* Σ over the places directly below: lower bounds; with an infinite price; with none */

    int64_t *number, *raw;       /* work: a leaf's number, and the sum before it is cut to the bounds */
    double *part, *sum, *rise;   /* the same for continuous parts; how fast they rise */
    double *price;               /* s below the place */
    int64_t *pending, n_pending; /* places whose insides are still to be solved */
    sipas__seat *seats;
    sipas__item *items;
    int64_t seats_room, items_room;

    int64_t *whole;    /* n by place */
    double *x, *loose; /* continuous; without equal shares (NULL: the same) */
    int ignore_equal;  /* while `loose` is made */
    double objective, objective_continuous, bound, exchange;
} sipas__forest;

/** True for a unit without units below. */
static inline int sipas__forest_is_leaf(const sipas__forest *f, int64_t place)
{
    return f->end[place] == place + 1;
}

/** True for a place that has a number of its own at a price: a leaf, or a unit with equal shares. */
static inline int sipas__forest_is_one(const sipas__forest *f, int64_t place)
{
    return f->end[place] == place + 1 || (f->equal[place] && !f->ignore_equal);
}

/* ---- tree_read.c ---- */

/** Reads options and columns into an all-zero struct. sipas__forest_clear() frees what it holds. */
sipas_status sipas__forest_read(sipas__forest *f, sipas_ctx *ctx, int64_t total, const sipas_unit_tree *tree,
                                const sipas_column *size, const sipas_allocate_tree_opts *opts, sipas_error *err);

/** Frees what it holds. */
void sipas__forest_clear(sipas__forest *f);

/** "unit VN/01 (row 3)" or "the whole"; `label` holds SIPAS__FOREST_LABEL bytes. */
const char *sipas__forest_label(const sipas__forest *f, int64_t place, char *label);

enum { SIPAS__FOREST_LABEL = 192 };

/** Fills `err` with "unit …: sentence". */
sipas_status sipas__forest_error(const sipas__forest *f, sipas_status status, int64_t place, sipas_error *err,
                                 const char *format, ...) SIPAS__PRINTF(5, 6);

/* ---- tree_bounds.c ---- */

/** Reads the bounds, gathers them from below, and meets the targets. */
sipas_status sipas__forest_bounds(sipas__forest *f, sipas_error *err);

/* ---- tree_floor.c ---- */

/** The least number at which a place reaches its target becomes its lower bound; what is below it is settled. */
sipas_status sipas__forest_floor(sipas__forest *f, int64_t place, sipas_error *err);

/** Scales of the targets: T = target × scale. */
sipas_status sipas__forest_scales(sipas__forest *f, sipas_error *err);

/** The measure at a place for the variance of its total. */
double sipas__forest_measure(const sipas__forest *f, int64_t place, double variance);

/** (N S)² (1/n - 1/N) of a leaf with n multiples; infinite when it varies and has none. */
double sipas__forest_variance(const sipas__forest *f, int64_t leaf, int64_t n);

/* ---- tree_equal.c ---- */

/** Equal shares of `total` for the places directly below, into f->whole. */
void sipas__forest_share(sipas__forest *f, int64_t place, int64_t total);

/** The same without whole numbers, into `x`. */
void sipas__forest_share_part(sipas__forest *f, int64_t place, double total, double *x);

/* ---- tree_continuous.c ---- */

/** The continuous optimum below a place with the total x[place], into `x`. */
void sipas__forest_continuous(sipas__forest *f, int64_t place, double *x);

/* ---- tree_whole.c ---- */

/** The whole numbers below a place with the total f->whole[place]. */
sipas_status sipas__forest_whole(sipas__forest *f, int64_t place, sipas_error *err);

/* ---- tree_certificate.c ---- */

/** Fills in objective, objective_continuous, bound and exchange. */
void sipas__forest_certify(sipas__forest *f);

#endif

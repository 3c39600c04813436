/**
 * @file estimate/products.h
 * Products of variables about the means of their domains, as the variables of a pass: for all that is made of variances and
 * covariances.
 *
 * A domain's own mean is known after a first pass only, and rows belong to one domain of each level. So there is a set of
 * products for each level, centred at the mean of the row's group there, and a node takes those of the level at hand. What is
 * made of them must not depend on where variables are centred.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ESTIMATE_PRODUCTS_H
#define SIPAS_ESTIMATE_PRODUCTS_H

#include "engine/linear.h"
#include "estimate/variables.h"

/** x_a x_b, or x_a alone when b < 0, over the rows that have x_with too (< 0: no such condition). Column n_columns is the sum of all. */
typedef struct sipas__product {
    int32_t a, b, with;
} sipas__product;

/** Value of node k and its derivatives at the means x of its products, n rows; NaN = it has none there. */
typedef void (*sipas__moment_fn)(const void *state, int64_t k, double n, const double *x, double *value,
                                 double *gradient);

typedef struct sipas__products {
    sipas_ctx *ctx;
    const sipas__domain *domain;
    sipas__variables variables;
    int64_t n_columns;
    double **centre; /* by level: group × column */
    int32_t n_levels;
    /* filled by the front end */
    int64_t n_products;
    sipas__product *product;
    int64_t n_nodes, *start; /* terms of node k: start[k] … start[k+1]-1 */
    int32_t *term;           /* products */
    sipas__moment_fn moment;
    const void *state;
    /* made from it */
    double *x;
    sipas__atom *atoms;
    sipas__source source;
    sipas__nodes nodes;
} sipas__products;

/**
 * Reads the variables and, in a first pass, their means by group. `domain` must outlive it. Errors as sipas__variables_init() and
 * of a pass; on failure nothing is held.
 */
sipas_status sipas__products_init(sipas__products *products, const sipas_design *design, const sipas__domain *domain,
                                  const sipas__variables_given *given, sipas_error *err);

/** Room for products, nodes and terms, which the front end then fills. SIPAS_ERR_MEMORY. */
sipas_status sipas__products_room(sipas__products *products, int64_t n_products, int64_t n_nodes, int64_t n_terms,
                                  sipas_error *err);

/** Makes source and nodes of what the front end has filled. SIPAS_ERR_MEMORY. */
sipas_status sipas__products_close(sipas__products *products, sipas_error *err);

/** square - mean², and 0 where that is no more than rounding: of values about their mean it is nearly all of the square. */
double sipas__product_variance(double square, double mean);

/** A correlation, and ±1 where it differs from that by no more than rounding. */
double sipas__product_correlation(double r);

void sipas__products_clear(sipas__products *products);

#endif

/**
 * @file index/aggregate.h
 * How nodes are made of items.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_INDEX_AGGREGATE_H
#define SIPAS_INDEX_AGGREGATE_H

#include <sipas/index.h>

/**
 * Weight of every item in every node: coef[node × n_items + item], each node's adding to 1.
 *
 * SIPAS_ERR_OPTION: weighting `explicit` with a node that has no weight; names it. O(nodes²).
 */
sipas_status sipas__aggregate(const sipas_instrument *instrument, int32_t weighting, double *coef, sipas_error *err);

#endif

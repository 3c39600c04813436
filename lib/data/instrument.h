/**
 * @file data/instrument.h
 * The instrument as the rooms above see it: nodes in an order that a single pass from front to back can aggregate.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DATA_INSTRUMENT_H
#define SIPAS_DATA_INSTRUMENT_H

#include <sipas/instrument.h>

/**
 * Items come first, then the other nodes, each after its children, the root last: `parent[i] > i` for every node but
 * the root, whose parent is -1.
 */
struct sipas_instrument {
    const char *id;
    const char *source; /* "" when none was given */
    int64_t n_nodes, n_items;
    const sipas_node *nodes;
    const int64_t *parent;
    sipas_ctx *ctx;
    char *texts; /* NULL for a built-in instrument: nothing of it is to be freed */
};

/** The numbers of a node are within their ranges; SIPAS_ERR_VALUE names the first that is not. i: its place, for the error. */
sipas_status sipas__node_check(const sipas_node *node, int64_t i, sipas_error *err);

/** The built-in instruments, and how many they are. */
extern const sipas_instrument sipas__instrument_builtins[];
extern const int64_t sipas__instrument_n_builtins;

#endif

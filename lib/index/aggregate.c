/*
 * Aggregation over the question tree. A node is the plain mean of certain nodes below it, its parts: criteria, factors or
 * blocks, as the weighting says; under `explicit`, the weighted mean of its children.
 *
 * A criterion is a node of that kind, or an item that has no criterion above it. Where a branch lacks the kind asked for,
 * its criteria stand in.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "index/aggregate.h"

#include <string.h>

#include "base/error.h"

static int is_criterion(const sipas_instrument *instrument, int64_t node)
{
    const int64_t parent = sipas_instrument_get_parent(instrument, node);
    const int32_t kind = sipas_instrument_get_node(instrument, node)->kind;

    if (kind == SIPAS_NODE_CRITERION) return 1;
    if (kind != SIPAS_NODE_ITEM) return 0;
    return parent < 0 || sipas_instrument_get_node(instrument, parent)->kind != SIPAS_NODE_CRITERION;
}

/* Which kind of node a node of this kind is the mean of. */
static int32_t part_kind(int32_t weighting, int32_t kind)
{
    if (kind == SIPAS_NODE_CRITERION) return SIPAS_NODE_ITEM;
    if (weighting == SIPAS_WEIGHTING_FACTOR && kind > SIPAS_NODE_FACTOR) return SIPAS_NODE_FACTOR;
    if (weighting == SIPAS_WEIGHTING_BLOCK && kind > SIPAS_NODE_BLOCK) return SIPAS_NODE_BLOCK;
    return SIPAS_NODE_CRITERION;
}

static int can_be_part(const sipas_instrument *instrument, int64_t node, int32_t kind)
{
    return sipas_instrument_get_node(instrument, node)->kind == kind ||
           (kind != SIPAS_NODE_ITEM && is_criterion(instrument, node));
}

/* True when `part` is the first node of the kind on a way down from `node`. */
static int is_part(const sipas_instrument *instrument, int64_t part, int64_t node, int32_t kind)
{
    if (!can_be_part(instrument, part, kind)) return 0;
    for (int64_t up = sipas_instrument_get_parent(instrument, part); up >= 0;
         up = sipas_instrument_get_parent(instrument, up)) {
        if (up == node) return 1;
        if (can_be_part(instrument, up, kind)) return 0;
    }
    return 0;
}

static sipas_status add_parts(const sipas_instrument *instrument, int32_t weighting, int64_t node, double *coef,
                              sipas_error *err)
{
    const int64_t n_items = sipas_instrument_count_items(instrument);
    const int32_t kind = part_kind(weighting, sipas_instrument_get_node(instrument, node)->kind);
    double total = 0.0;

    for (int64_t part = 0; part < node; part++) {
        double weight = 1.0;

        if (weighting == SIPAS_WEIGHTING_EXPLICIT) {
            if (sipas_instrument_get_parent(instrument, part) != node) continue;
            weight = sipas_instrument_get_node(instrument, part)->weight;
            if (!(weight > 0.0))
                return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, (int32_t)part,
                                        sipas_instrument_get_node(instrument, part)->code,
                                        "weighting explicit: node %s has no weight",
                                        sipas_instrument_get_node(instrument, part)->code);
        } else if (!is_part(instrument, part, node, kind)) {
            continue;
        }
        total += weight;
        for (int64_t j = 0; j < n_items; j++) coef[node * n_items + j] += weight * coef[part * n_items + j];
    }
    for (int64_t j = 0; j < n_items; j++) coef[node * n_items + j] /= total;
    return SIPAS_OK;
}

sipas_status sipas__aggregate(const sipas_instrument *instrument, int32_t weighting, double *coef, sipas_error *err)
{
    const int64_t n_items = sipas_instrument_count_items(instrument);
    const int64_t n_nodes = sipas_instrument_count_nodes(instrument);

    memset(coef, 0, (size_t)(n_nodes * n_items) * sizeof *coef);
    for (int64_t j = 0; j < n_items; j++) coef[j * n_items + j] = 1.0;
    for (int64_t node = n_items; node < n_nodes; node++) {
        sipas_status status = add_parts(instrument, weighting, node, coef, err);

        if (status < 0) return status;
    }
    return SIPAS_OK;
}

/**
 * @file data/unit.h
 * The tree of units from within: arrays by unit number, and the canonical preorder.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DATA_UNIT_H
#define SIPAS_DATA_UNIT_H

#include <sipas/unit.h>

#include "data/labels.h"
#include "data/sayings.h"

struct sipas_unit_tree {
    sipas_ctx *ctx;
    int64_t n, n_measures;
    const char **code, **name; /* in `bytes`; name NULL when the column was not given, its cells NULL where none */
    char *code_bytes, *name_bytes;
    sipas__labels level, unit_class, region; /* level always there */
    int8_t *urban;                           /* 1, 0, -1; NULL when the column was not given */
    double *measure;                         /* n_measures × n, NaN = not known */
    char **measure_name;
    int64_t *parent, *depth;
    uint64_t *hash;
    int64_t *by_code; /* units in ascending byte order of their codes */
    int64_t
        *child_start; /* children of unit u: child[child_start[u + 1]] up to child[child_start[u + 2]]; roots at 0 */
    int64_t *child;
    int64_t *preorder;      /* units, each before its children, children in canonical order */
    int64_t *position;      /* of a unit in the preorder */
    int64_t *end;           /* position behind the last unit of a unit's subtree */
    sipas__sayings sayings; /* for the notes of what is made from it */
    int64_t longest_path;   /* bytes of the longest code path as text, with its NUL */
};

/** True when `unit` is one. */
int sipas__unit_exists(const sipas_unit_tree *tree, int64_t unit);

/**
 * Code path of a unit as text for people, "VN/01/001", joined as data/joined.h says; when it does not fit into `size` bytes, as many of its last codes
 * as fit. Returns `buffer`. tree->longest_path bytes are always enough.
 */
const char *sipas__unit_path(const sipas_unit_tree *tree, int64_t unit, char *buffer, size_t size);

#endif

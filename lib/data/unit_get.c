/*
 * Reading the tree of units: plain look-ups in its arrays, and binary search for codes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/unit.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "data/joined.h"

enum { SHOWN_PATH = 160 };

int sipas__unit_exists(const sipas_unit_tree *tree, int64_t unit)
{
    return tree && unit >= 0 && unit < tree->n;
}

int64_t sipas_unit_tree_count(const sipas_unit_tree *tree)
{
    return tree ? tree->n : 0;
}

int64_t sipas_unit_tree_count_measures(const sipas_unit_tree *tree)
{
    return tree ? tree->n_measures : 0;
}

const char *sipas_unit_tree_get_measure_name(const sipas_unit_tree *tree, int64_t measure)
{
    return tree && measure >= 0 && measure < tree->n_measures ? tree->measure_name[measure] : NULL;
}

const char *sipas_unit_tree_get_code(const sipas_unit_tree *tree, int64_t unit)
{
    return sipas__unit_exists(tree, unit) ? tree->code[unit] : NULL;
}

const char *sipas_unit_tree_get_name(const sipas_unit_tree *tree, int64_t unit)
{
    return sipas__unit_exists(tree, unit) && tree->name ? tree->name[unit] : NULL;
}

const char *sipas_unit_tree_get_level(const sipas_unit_tree *tree, int64_t unit)
{
    return sipas__unit_exists(tree, unit) ? sipas__labels_get(&tree->level, unit) : NULL;
}

const char *sipas_unit_tree_get_class(const sipas_unit_tree *tree, int64_t unit)
{
    return sipas__unit_exists(tree, unit) ? sipas__labels_get(&tree->unit_class, unit) : NULL;
}

const char *sipas_unit_tree_get_region(const sipas_unit_tree *tree, int64_t unit)
{
    return sipas__unit_exists(tree, unit) ? sipas__labels_get(&tree->region, unit) : NULL;
}

int32_t sipas_unit_tree_get_urban(const sipas_unit_tree *tree, int64_t unit)
{
    return sipas__unit_exists(tree, unit) && tree->urban ? tree->urban[unit] : -1;
}

int64_t sipas_unit_tree_get_parent(const sipas_unit_tree *tree, int64_t unit)
{
    return sipas__unit_exists(tree, unit) ? tree->parent[unit] : -1;
}

int64_t sipas_unit_tree_get_depth(const sipas_unit_tree *tree, int64_t unit)
{
    return sipas__unit_exists(tree, unit) ? tree->depth[unit] : -1;
}

uint64_t sipas_unit_tree_get_hash(const sipas_unit_tree *tree, int64_t unit)
{
    return sipas__unit_exists(tree, unit) ? tree->hash[unit] : 0;
}

sipas_status sipas_unit_tree_get_measure(const sipas_unit_tree *tree, int64_t unit, int64_t measure, double *out,
                                         sipas_error *err)
{
    char path[SHOWN_PATH];
    double value;

    if (!tree) return sipas__error_argument(err, "tree", "is NULL");
    if (!out) return sipas__error_argument(err, "out", "is NULL");
    if (!sipas__unit_exists(tree, unit))
        return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, unit, SIPAS__NOWHERE, NULL, "the tree has no unit %lld",
                                (long long)unit);
    if (measure < 0 || measure >= tree->n_measures)
        return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, SIPAS__NOWHERE, measure, NULL, "the tree has no measure %lld",
                                (long long)measure);
    value = tree->measure[measure * tree->n + unit];
    if (isnan(value))
        return sipas__error_set(err, SIPAS_ERR_MISSING, unit, measure, tree->code[unit],
                                "unit %lld (\"%s\"): %s is not known", (long long)unit,
                                sipas__unit_path(tree, unit, path, sizeof path), tree->measure_name[measure]);
    *out = value;
    return SIPAS_OK;
}

const int64_t *sipas_unit_tree_get_children(const sipas_unit_tree *tree, int64_t unit, int64_t *n)
{
    int64_t start, count = 0;

    if (tree && (unit == -1 || sipas__unit_exists(tree, unit))) {
        start = tree->child_start[unit + 1];
        count = tree->child_start[unit + 2] - start;
        if (n) *n = count;
        return count ? tree->child + start : NULL;
    }
    if (n) *n = 0;
    return NULL;
}

/* First of n units, ascending by code, whose code is not below `code`. */
static int64_t lower_bound(const sipas_unit_tree *tree, const int64_t *units, int64_t n, const char *code)
{
    int64_t low = 0;

    while (low < n) {
        int64_t middle = low + (n - low) / 2;

        if (strcmp(tree->code[units[middle]], code) < 0)
            low = middle + 1;
        else
            n = middle;
    }
    return low;
}

static int64_t find_child(const sipas_unit_tree *tree, int64_t parent, const char *code)
{
    const int64_t *child = tree->child + tree->child_start[parent + 1];
    int64_t n = tree->child_start[parent + 2] - tree->child_start[parent + 1];
    int64_t at = lower_bound(tree, child, n, code);

    return at < n && strcmp(tree->code[child[at]], code) == 0 ? child[at] : -1;
}

/* A path of one code that is no root's. */
static sipas_status find_anywhere(const sipas_unit_tree *tree, const char *code, int64_t *out, sipas_error *err)
{
    int64_t at = lower_bound(tree, tree->by_code, tree->n, code);

    if (at == tree->n || strcmp(tree->code[tree->by_code[at]], code) != 0)
        return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, SIPAS__NOWHERE, SIPAS__NOWHERE, code,
                                "no unit has the code \"%s\"", code);
    if (at + 1 < tree->n && strcmp(tree->code[tree->by_code[at + 1]], code) == 0)
        return sipas__error_set(err, SIPAS_ERR_DUPLICATE, SIPAS__NOWHERE, SIPAS__NOWHERE, code,
                                "several units have the code \"%s\"; give the whole path", code);
    *out = tree->by_code[at];
    return SIPAS_OK;
}

sipas_status sipas_unit_tree_find(const sipas_unit_tree *tree, const char *const *path, int64_t depth, int64_t *out,
                                  sipas_error *err)
{
    int64_t unit = -1;

    if (!tree) return sipas__error_argument(err, "tree", "is NULL");
    if (!path) return sipas__error_argument(err, "path", "is NULL");
    if (!out) return sipas__error_argument(err, "out", "is NULL");
    if (depth < 1) return sipas__error_argument(err, "depth", "is less than 1");
    for (int64_t i = 0; i < depth; i++)
        if (!path[i]) return sipas__error_argument(err, "path", "holds a NULL code");
    for (int64_t i = 0; i < depth; i++) {
        unit = find_child(tree, unit, path[i]);
        if (unit >= 0) continue;
        if (depth == 1) return find_anywhere(tree, path[0], out, err);
        return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, SIPAS__NOWHERE, SIPAS__NOWHERE, path[i],
                                "code %lld of the path (\"%s\") is not there", (long long)i, path[i]);
    }
    *out = unit;
    return SIPAS_OK;
}

const char *sipas__unit_path(const sipas_unit_tree *tree, int64_t unit, char *buffer, size_t size)
{
    size_t at = size - 1;

    buffer[at] = '\0';
    for (; unit >= 0; unit = tree->parent[unit]) {
        const size_t length = sipas__joined_bytes(tree->code[unit]), separator = buffer[at] ? 1 : 0;

        if (length + separator > at) break;
        at -= length + separator;
        (void)sipas__joined_append(buffer + at, size - at, 0, 0, tree->code[unit]);
        if (separator) buffer[at + length] = '/';
    }
    memmove(buffer, buffer + at, size - at);
    return buffer;
}

/*
 * Keys of first-stage units: a path of codes, hashed; equal keys are held against their paths.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/psu_key.h"

#include <string.h>

#include "base/context.h"
#include "base/hash.h"
#include "num/order.h"

static void add_code(sipas__psu_path *path, const sipas__coded *columns, int32_t n_columns, int32_t column,
                     int64_t level)
{
    const int32_t at = path->depth++;

    path->code[at] = column < n_columns ? sipas__codes_label(&columns[column].codes, level, path->text[at]) : "";
}

void sipas__psu_codes(const sipas_design *design, int64_t unit, sipas__psu_path *path)
{
    const sipas__stage *first = &design->stage[0];
    const int32_t n_strata = design->n_columns_strata;
    const int64_t here = n_strata ? design->strata[0].codes.n_levels : 1;
    const int64_t n_units = design->clusters[0].codes.n_levels;
    int64_t stratum = first->stratum_code[first->unit_stratum[unit]];
    const char *own;

    path->depth = 0;
    if (stratum < here) {
        add_code(path, design->strata, n_strata, 0, stratum);
    } else { /* a unit of certainty: see stratum_code() in design_stages.c */
        const int64_t n_inner = n_strata > 1 ? design->strata[1].codes.n_levels : 1;
        const int64_t inner = (stratum - here) % n_inner;

        stratum = (stratum - here) / n_inner;
        add_code(path, design->strata, n_strata, 0, stratum / n_units);
        add_code(path, design->clusters, design->n_columns_clusters, 0, stratum % n_units);
        if (n_strata > 1) add_code(path, design->strata, n_strata, 1, inner);
    }
    path->above = path->depth;
    own = sipas__design_psu_label(design, unit, path->text[path->depth]);
    if (own) path->code[path->depth++] = own;
}

uint64_t sipas__psu_key(const sipas__psu_path *path)
{
    static const char separator = 0x1F;
    uint64_t hash = SIPAS__HASH_ROOT;

    for (int32_t i = 0; i < path->depth; i++) {
        if (i > 0) hash = sipas__hash_bytes(hash, &separator, 1);
        hash = sipas__hash_bytes(hash, path->code[i], strlen(path->code[i]));
    }
    return hash;
}

int sipas__psu_same(const sipas__psu_path *left, const sipas__psu_path *right)
{
    if (left->depth != right->depth || left->above != right->above || left->above == left->depth) return 0;
    for (int32_t i = 0; i < left->depth; i++)
        if (strcmp(left->code[i], right->code[i]) != 0) return 0;
    return 1;
}

/* Unit i of both lists. */
static void path_of(const sipas_design *const design[2], int64_t i, sipas__psu_path *path)
{
    const int second = i >= design[0]->n_psus;

    sipas__psu_codes(design[second], second ? i - design[0]->n_psus : i, path);
}

static sipas_status refuse(const sipas_design *const design[2], int64_t left, int64_t right, sipas_error *err)
{
    sipas__psu_path paths[2];

    path_of(design, left, &paths[0]);
    path_of(design, right, &paths[1]);
    return sipas__error_set(
        err, SIPAS_ERR_DUPLICATE, SIPAS__NOWHERE, SIPAS__NOWHERE, paths[1].code[paths[1].depth - 1],
        "PSU %.60s of stratum %.60s and PSU %.60s of stratum %.60s have codes with one hash, by which "
        "they cannot be told apart",
        paths[0].code[paths[0].depth - 1], paths[0].code[0], paths[1].code[paths[1].depth - 1], paths[1].code[0]);
}

sipas_status sipas__psu_match(const sipas_design *const design[2], int64_t *same, sipas_error *err)
{
    const sipas_ctx *ctx = design[0]->ctx;
    const int64_t n = design[0]->n_psus + design[1]->n_psus;
    sipas__item *items = sipas__alloc(ctx, 2 * n, sizeof *items);
    sipas__psu_path first, path;
    sipas_status status = SIPAS_OK;
    int64_t n_items = 0;

    if (!items) return sipas__error_memory(err);
    for (int64_t i = 0; i < n; i++) {
        path_of(design, i, &path);
        same[i] = i;
        if (path.depth == path.above) continue;
        items[n_items].key = sipas__psu_key(&path);
        items[n_items++].index = i;
    }
    sipas__order_sort(items, items + n, n_items, NULL, NULL); /* units of one key keep their order */
    for (int64_t at = 1, head = 0; at < n_items && status == SIPAS_OK; at++) {
        if (items[at].key != items[head].key) {
            head = at;
            continue;
        }
        path_of(design, items[head].index, &first);
        path_of(design, items[at].index, &path);
        if (sipas__psu_same(&first, &path))
            same[items[at].index] = items[head].index;
        else
            status = refuse(design, items[head].index, items[at].index, err);
    }
    sipas__free(ctx, items);
    return status;
}

/*
 * Values that a measure lacks, filled from what the parents have left: x_i = (X - Σ known) c_i / Σ_missing c_j, c_i = number
 * of children (or 1), parents before children.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas/frame.h>

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/error.h"
#include "base/options.h"
#include "data/column.h"
#include "data/schema.h"
#include "data/table.h"
#include "data/unit.h"
#include "num/sum.h"

enum { SHOWN_PATH = 160 };

/* Known children may add up to this much more than their parent: rounding. */
#define SLACK 1e-9

typedef struct filling {
    const sipas_unit_tree *tree;
    int64_t measure;
    sipas_frame_impute_opts opts;
    int32_t level; /* number of the wanted level, or -1 */
    double *value;
    uint8_t *imputed, *excluded;
} filling;

void sipas_frame_impute_opts_init(sipas_frame_impute_opts *opts)
{
    const sipas_frame_impute_opts initial = SIPAS_FRAME_IMPUTE_OPTS_INIT;

    if (opts) *opts = initial;
}

static int is_wanted(const filling *own, int64_t unit)
{
    return !own->excluded[unit] && (own->level < 0 || own->tree->level.of[unit] == own->level);
}

/* c_i: its children that are not excluded, at least 1; or 1. */
static double share_of(const filling *own, int64_t unit)
{
    const sipas_unit_tree *tree = own->tree;
    double n = 0.0;

    if (own->opts.share == SIPAS_SHARE_EQUAL) return 1.0;
    for (int64_t i = tree->child_start[unit + 1]; i < tree->child_start[unit + 2]; i++)
        if (!own->excluded[tree->child[i]]) n += 1.0;
    return n > 0.0 ? n : 1.0;
}

static sipas_status read_excluded(const filling *own, sipas_error *err)
{
    const sipas_unit_tree *tree = own->tree;
    sipas_status status;

    if (!sipas__column_given(own->opts.excluded)) return SIPAS_OK;
    status = sipas__column_check(own->opts.excluded, tree->n, SIPAS__FLAGS, "excluded", err);
    if (status < 0) return status;
    for (int64_t i = 0; i < tree->n; i++) {
        const int64_t unit = tree->preorder[i];
        int64_t flag = 0;

        if (tree->parent[unit] >= 0 && own->excluded[tree->parent[unit]])
            own->excluded[unit] = 1;
        else
            own->excluded[unit] = sipas__column_whole(own->opts.excluded, unit, &flag) == 1 && flag != 0;
    }
    return SIPAS_OK;
}

/* Fills the children of one parent. Σ known counts excluded children too: they are part of X. */
static sipas_status fill_children(const filling *own, int64_t parent, sipas_error *err)
{
    const sipas_unit_tree *tree = own->tree;
    const int64_t *child = tree->child + tree->child_start[parent + 1];
    const int64_t n = tree->child_start[parent + 2] - tree->child_start[parent + 1];
    const double whole = own->value[parent];
    sipas__sum known = {0};
    double shares = 0.0, left;
    char path[SHOWN_PATH];

    for (int64_t i = 0; i < n; i++) {
        if (!isnan(own->value[child[i]]))
            sipas__sum_add(&known, own->value[child[i]]);
        else if (is_wanted(own, child[i]))
            shares += share_of(own, child[i]);
    }
    if (shares == 0.0 || isnan(whole)) return SIPAS_OK;
    left = whole - sipas__sum_value(&known);
    if (left < -SLACK * whole || isnan(left) || isinf(left))
        return sipas__error_set(err, SIPAS_ERR_INFEASIBLE, parent, own->measure, tree->code[parent],
                                "unit %s: %s is %.17g, but the known values below it add up to %.17g",
                                sipas__unit_path(tree, parent, path, sizeof path), tree->measure_name[own->measure],
                                whole, sipas__sum_value(&known));
    if (left < 0.0) left = 0.0;
    for (int64_t i = 0; i < n; i++) {
        if (!isnan(own->value[child[i]]) || !is_wanted(own, child[i])) continue;
        own->value[child[i]] = left * share_of(own, child[i]) / shares;
        own->imputed[child[i]] = 1;
    }
    return SIPAS_OK;
}

static void note_parent(const filling *own, int64_t parent, sipas_table *table)
{
    const sipas_unit_tree *tree = own->tree;
    const int64_t *child = tree->child + tree->child_start[parent + 1];
    const int64_t n = tree->child_start[parent + 2] - tree->child_start[parent + 1];
    int64_t filled = 0;
    double sum = 0.0;
    char path[SHOWN_PATH];

    for (int64_t i = 0; i < n; i++) {
        if (!own->imputed[child[i]]) continue;
        filled++;
        sum += own->value[child[i]];
    }
    if (filled == 0) return;
    sipas__unit_path(tree, parent, path, sizeof path);
    if (sum > 0.0)
        sipas__table_note(table, "imputed", tree->code[parent], parent,
                          "unit %s: %lld of %lld children share a remainder of %.15g", path, (long long)filled,
                          (long long)n, sum);
    else
        sipas__table_note(table, "nothing_left", tree->code[parent], parent,
                          "unit %s: %lld of %lld children get 0, for nothing is left", path, (long long)filled,
                          (long long)n);
}

static void write_notes(const filling *own, sipas_table *table)
{
    const sipas_unit_tree *tree = own->tree;
    int64_t filled = 0;
    char path[SHOWN_PATH];

    for (int64_t i = 0; i < tree->n; i++) {
        const int64_t unit = tree->preorder[i];

        filled += own->imputed[unit];
        if (is_wanted(own, unit) && isnan(own->value[unit]))
            sipas__table_note(table, "not_imputed", tree->code[unit], unit, "unit %s: %s stays unknown",
                              sipas__unit_path(tree, unit, path, sizeof path), tree->measure_name[own->measure]);
        note_parent(own, unit, table);
    }
    sipas__table_meta(table, "method", "frame_impute/1");
    sipas__table_meta(table, "measure", "%s", tree->measure_name[own->measure]);
    sipas__table_meta(table, "share", "%s", own->opts.share == SIPAS_SHARE_EQUAL ? "equal" : "children");
    sipas__table_meta(table, "level", "%s", own->opts.level ? own->opts.level : "all");
    sipas__table_meta(table, "imputed", "%lld", (long long)filled);
}

static sipas_status write_table(const filling *own, const sipas_ctx *ctx, sipas_table **out, sipas_error *err)
{
    const sipas_unit_tree *tree = own->tree;
    const sipas_schema *schema = &sipas__schema_frame_impute;
    char *path = sipas__alloc(ctx, tree->longest_path, 1);
    sipas_table *table = path ? sipas__table_new(ctx, tree->n) : NULL;
    int32_t row = sipas__table_add_field(table, schema, "row"), code = sipas__table_add_field(table, schema, "code");
    int32_t level = sipas__table_add_field(table, schema, "level"),
            value = sipas__table_add_field(table, schema, "value");
    int32_t imputed = sipas__table_add_field(table, schema, "imputed");

    for (int64_t i = 0; table && i < tree->n; i++) {
        sipas__table_set_i64(table, row, i, i);
        sipas__table_set_code(table, code, i, sipas__unit_path(tree, i, path, (size_t)tree->longest_path));
        sipas__table_set_code(table, level, i, sipas__labels_get(&tree->level, i));
        sipas__table_set_f64(table, value, i, own->value[i]);
        sipas__table_set_i64(table, imputed, i, own->imputed[i]);
    }
    write_notes(own, table);
    sipas__free(ctx, path);
    return sipas__table_finish(table, out, err);
}

static sipas_status load(filling *own, const sipas_frame_impute_opts *opts, sipas_error *err)
{
    const sipas_unit_tree *tree = own->tree;
    sipas_status status = sipas__options_load(&own->opts, sizeof own->opts, opts, "sipas_frame_impute_opts", err);

    if (status == SIPAS_OK) status = sipas__options_enum("share", own->opts.share, SIPAS__ENUM_SHARE, err);
    if (status < 0) return status;
    if (own->measure < 0 || own->measure >= tree->n_measures)
        return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, SIPAS__NOWHERE, own->measure, NULL,
                                "the tree has no measure %lld", (long long)own->measure);
    own->level = own->opts.level ? sipas__labels_find(&tree->level, own->opts.level) : -1;
    if (own->opts.level && own->level < 0)
        return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, SIPAS__NOWHERE, SIPAS__NOWHERE, own->opts.level,
                                "the tree has no level \"%s\"", own->opts.level);
    return SIPAS_OK;
}

sipas_status sipas_frame_impute(sipas_ctx *ctx, const sipas_unit_tree *tree, int64_t measure,
                                const sipas_frame_impute_opts *opts, sipas_table **out, sipas_error *err)
{
    filling own = {0};
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!tree) return sipas__error_argument(err, "tree", "is NULL");
    own.tree = tree;
    own.measure = measure;
    status = load(&own, opts, err);
    if (status < 0) return status;
    own.value = sipas__alloc(ctx, tree->n, sizeof *own.value);
    own.imputed = sipas__alloc(ctx, tree->n, 1);
    own.excluded = sipas__alloc(ctx, tree->n, 1);
    status = own.value && own.imputed && own.excluded ? read_excluded(&own, err) : sipas__error_memory(err);
    if (status < 0) goto done;
    memcpy(own.value, tree->measure + measure * tree->n, (size_t)tree->n * sizeof *own.value);
    for (int64_t i = 0; i < tree->n && status == SIPAS_OK; i++) status = fill_children(&own, tree->preorder[i], err);
    if (status < 0) goto done;
    status = write_table(&own, ctx, out, err);
done:
    sipas__free(ctx, own.value);
    sipas__free(ctx, own.imputed);
    sipas__free(ctx, own.excluded);
    return status;
}

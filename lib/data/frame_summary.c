/*
 * What a frame holds: counts and sums by level and class, and the units that lack the level which their siblings have.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas/frame.h>

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/error.h"
#include "num/order.h"
#include "data/schema.h"
#include "data/table.h"
#include "data/unit.h"
#include "num/sum.h"

enum { SHOWN_PATH = 160 };

/* Counts of the units of one level and class; class 0 = all together, class c + 1 = class c of the tree. */
typedef struct cell {
    int64_t units, urban, rural, without_next;
} cell;

typedef struct summary {
    const sipas_ctx *ctx;
    const sipas_unit_tree *tree;
    int64_t n_levels, n_classes; /* classes with the one for all */
    cell *cells;                 /* n_levels × n_classes */
    sipas__sum *sum;             /* n_levels × n_classes × measures */
    int64_t *missing;
    int32_t *next;         /* usual next level of each level, or -1 */
    uint8_t *lacks;        /* units without it though a sibling has it */
    sipas__item *by_depth; /* levels by least depth, then name; twice n_levels */
} summary;

static int64_t cell_at(const summary *own, int64_t level, int64_t unit_class)
{
    return level * own->n_classes + unit_class;
}

/* The usual next level: what most children are. `count` holds n_levels². */
static void find_next(const summary *own, int64_t *count)
{
    const sipas_unit_tree *tree = own->tree;

    for (int64_t i = 0; i < tree->n; i++)
        if (tree->parent[i] >= 0) count[tree->level.of[tree->parent[i]] * own->n_levels + tree->level.of[i]]++;
    for (int64_t i = 0; i < own->n_levels; i++) {
        const int64_t *of = count + i * own->n_levels;

        own->next[i] = -1;
        for (int32_t k = 0; k < own->n_levels; k++)
            if (of[k] > 0 && (own->next[i] < 0 || of[k] > of[own->next[i]])) own->next[i] = k;
    }
}

static int has_next(const summary *own, int64_t unit)
{
    const sipas_unit_tree *tree = own->tree;
    const int32_t next = own->next[tree->level.of[unit]];

    for (int64_t i = tree->child_start[unit + 1]; next >= 0 && i < tree->child_start[unit + 2]; i++)
        if (tree->level.of[tree->child[i]] == next) return 1;
    return 0;
}

/* Marks, among the children of one parent, those that lack what a sibling of their level has. `seen` holds n_levels. */
static void mark_lacking(const summary *own, int64_t parent, uint8_t *seen)
{
    const sipas_unit_tree *tree = own->tree;
    const int64_t *child = tree->child + tree->child_start[parent + 1];
    const int64_t n = tree->child_start[parent + 2] - tree->child_start[parent + 1];

    for (int64_t i = 0; i < n; i++) {
        own->lacks[child[i]] = !has_next(own, child[i]);
        if (!own->lacks[child[i]]) seen[tree->level.of[child[i]]] = 1;
    }
    for (int64_t i = 0; i < n; i++)
        if (!seen[tree->level.of[child[i]]]) own->lacks[child[i]] = 0;
    for (int64_t i = 0; i < n; i++) seen[tree->level.of[child[i]]] = 0;
}

static void count_unit(const summary *own, int64_t unit, int64_t unit_class)
{
    const sipas_unit_tree *tree = own->tree;
    const int64_t at = cell_at(own, tree->level.of[unit], unit_class);

    own->cells[at].units++;
    own->cells[at].urban += tree->urban && tree->urban[unit] == 1;
    own->cells[at].rural += tree->urban && tree->urban[unit] == 0;
    own->cells[at].without_next += own->lacks[unit];
    for (int64_t m = 0; m < tree->n_measures; m++) {
        const double value = tree->measure[m * tree->n + unit];

        if (isnan(value))
            own->missing[at * tree->n_measures + m]++;
        else
            sipas__sum_add(&own->sum[at * tree->n_measures + m], value);
    }
}

/* Levels by least depth; those of one depth stay in the order of their names. */
static void order_levels(const summary *own)
{
    const sipas_unit_tree *tree = own->tree;

    for (int64_t i = 0; i < own->n_levels; i++) {
        own->by_depth[i].key = UINT64_MAX;
        own->by_depth[i].index = i;
    }
    for (int64_t i = 0; i < tree->n; i++) {
        sipas__item *item = &own->by_depth[tree->level.of[i]];

        if ((uint64_t)tree->depth[i] < item->key) item->key = (uint64_t)tree->depth[i];
    }
    sipas__order_sort(own->by_depth, own->by_depth + own->n_levels, own->n_levels, NULL, NULL);
}

static int64_t count_rows(const summary *own)
{
    int64_t n = 0;

    for (int64_t i = 0; i < own->n_levels * own->n_classes; i++) n += own->cells[i].units > 0;
    return n * (own->tree->n_measures > 0 ? own->tree->n_measures : 1);
}

static void write_notes(const summary *own, sipas_table *table)
{
    const sipas_unit_tree *tree = own->tree;
    char path[SHOWN_PATH];

    for (int64_t i = 0; i < tree->n; i++) {
        const int64_t unit = tree->preorder[i];

        if (!own->lacks[unit]) continue;
        sipas__table_note(table, "without_next", tree->code[unit], unit,
                          "%s %s has no %s below it, though a sibling has", tree->level.texts[tree->level.of[unit]],
                          sipas__unit_path(tree, unit, path, sizeof path),
                          tree->level.texts[own->next[tree->level.of[unit]]]);
    }
    sipas__table_meta(table, "units", "%lld", (long long)tree->n);
    sipas__table_meta(table, "levels", "%lld", (long long)own->n_levels);
    sipas__table_meta(table, "roots", "%lld", (long long)tree->child_start[1]);
}

static sipas_status write_table(const summary *own, sipas_table **out, sipas_error *err)
{
    const sipas_unit_tree *tree = own->tree;
    const sipas_schema *schema = &sipas__schema_frame;
    const int64_t n_measures = tree->n_measures > 0 ? tree->n_measures : 1;
    sipas_table *table = sipas__table_new(own->ctx, count_rows(own));
    int32_t level = sipas__table_add_field(table, schema, "level"),
            of_class = sipas__table_add_field(table, schema, "class");
    int32_t units = sipas__table_add_field(table, schema, "units"),
            urban = sipas__table_add_field(table, schema, "urban");
    int32_t rural = sipas__table_add_field(table, schema, "rural");
    int32_t lacking = sipas__table_add_field(table, schema, "without_next");
    int32_t measure = sipas__table_add_field(table, schema, "measure"),
            sum = sipas__table_add_field(table, schema, "sum");
    int32_t missing = sipas__table_add_field(table, schema, "missing");
    int64_t row = 0;

    for (int64_t i = 0; i < own->n_levels * own->n_classes; i++) {
        const int64_t at_level = own->by_depth[i / own->n_classes].index, at_class = i % own->n_classes;
        const int64_t at = cell_at(own, at_level, at_class);

        for (int64_t m = 0; m < n_measures && own->cells[at].units > 0; m++, row++) {
            sipas__table_set_code(table, level, row, tree->level.texts[at_level]);
            if (at_class > 0) sipas__table_set_code(table, of_class, row, tree->unit_class.texts[at_class - 1]);
            sipas__table_set_i64(table, units, row, own->cells[at].units);
            sipas__table_set_i64(table, urban, row, own->cells[at].urban);
            sipas__table_set_i64(table, rural, row, own->cells[at].rural);
            sipas__table_set_i64(table, lacking, row, own->cells[at].without_next);
            if (m >= tree->n_measures) continue;
            sipas__table_set_code(table, measure, row, tree->measure_name[m]);
            sipas__table_set_f64(table, sum, row, sipas__sum_value(&own->sum[at * tree->n_measures + m]));
            sipas__table_set_i64(table, missing, row, own->missing[at * tree->n_measures + m]);
        }
    }
    write_notes(own, table);
    sipas__sayings_note(&own->tree->sayings, table);
    return sipas__table_finish(table, out, err);
}

sipas_status sipas_frame_summary(sipas_ctx *ctx, const sipas_unit_tree *tree, sipas_table **out, sipas_error *err)
{
    summary own = {0};
    int64_t *count;
    uint8_t *seen;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!tree) return sipas__error_argument(err, "tree", "is NULL");
    own.ctx = ctx;
    own.tree = tree;
    own.n_levels = tree->level.n_texts;
    own.n_classes = tree->unit_class.n_texts + 1;
    count = sipas__alloc(ctx, own.n_levels * own.n_levels, sizeof *count);
    seen = sipas__alloc(ctx, own.n_levels, 1);
    own.cells = sipas__alloc(ctx, own.n_levels * own.n_classes, sizeof *own.cells);
    own.sum = sipas__alloc(ctx, own.n_levels * own.n_classes * tree->n_measures, sizeof *own.sum);
    own.missing = sipas__alloc(ctx, own.n_levels * own.n_classes * tree->n_measures, sizeof *own.missing);
    own.next = sipas__alloc(ctx, own.n_levels, sizeof *own.next);
    own.lacks = sipas__alloc(ctx, tree->n, 1);
    own.by_depth = sipas__alloc(ctx, 2 * own.n_levels, sizeof *own.by_depth);
    if (count && seen && own.cells && own.sum && own.missing && own.next && own.lacks && own.by_depth) {
        find_next(&own, count);
        for (int64_t i = -1; i < tree->n; i++) mark_lacking(&own, i, seen);
        for (int64_t i = 0; i < tree->n; i++) {
            count_unit(&own, tree->preorder[i], 0);
            if (tree->unit_class.of && tree->unit_class.of[tree->preorder[i]] >= 0)
                count_unit(&own, tree->preorder[i], tree->unit_class.of[tree->preorder[i]] + 1);
        }
        order_levels(&own);
        status = write_table(&own, out, err);
    } else {
        status = sipas__error_memory(err);
    }
    sipas__free(ctx, count);
    sipas__free(ctx, seen);
    sipas__free(ctx, own.cells);
    sipas__free(ctx, own.sum);
    sipas__free(ctx, own.missing);
    sipas__free(ctx, own.next);
    sipas__free(ctx, own.lacks);
    sipas__free(ctx, own.by_depth);
    return status;
}

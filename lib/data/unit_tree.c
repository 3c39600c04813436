/*
 * Building the tree of units: every text copied once, parents resolved by binary search over the codes, children bucketed
 * in code order, and a preorder that finds cycles on the way (what it does not reach hangs on one).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/unit.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/options.h"
#include "data/alike.h"
#include "data/column.h"
#include "data/joined.h"
#include "num/order.h"

enum { SHOWN_PATH = 160 };

void sipas_unit_opts_init(sipas_unit_opts *opts)
{
    const sipas_unit_opts initial = SIPAS_UNIT_OPTS_INIT;

    if (opts) *opts = initial;
}

void sipas_unit_tree_free(sipas_unit_tree *tree)
{
    sipas_ctx *ctx;

    if (!tree) return;
    ctx = tree->ctx;
    sipas__labels_clear(ctx, &tree->level);
    sipas__labels_clear(ctx, &tree->unit_class);
    sipas__labels_clear(ctx, &tree->region);
    for (int64_t i = 0; tree->measure_name && i < tree->n_measures; i++) sipas__free(ctx, tree->measure_name[i]);
    sipas__free(ctx, tree->measure_name);
    sipas__free(ctx, tree->measure);
    sipas__free(ctx, tree->code);
    sipas__free(ctx, tree->code_bytes);
    sipas__free(ctx, tree->name);
    sipas__free(ctx, tree->name_bytes);
    sipas__free(ctx, tree->urban);
    sipas__free(ctx, tree->parent);
    sipas__free(ctx, tree->depth);
    sipas__free(ctx, tree->hash);
    sipas__free(ctx, tree->by_code);
    sipas__free(ctx, tree->child_start);
    sipas__free(ctx, tree->child);
    sipas__free(ctx, tree->preorder);
    sipas__free(ctx, tree->position);
    sipas__free(ctx, tree->end);
    sipas__sayings_clear(&tree->sayings);
    sipas__free(ctx, tree);
    sipas_ctx_free(ctx);
}

/* ---- texts ---- */

/* Copies a column's texts; cells that are missing or "" become NULL. */
static int copy_texts(const sipas_ctx *ctx, const sipas_column *column, int64_t n, const char ***texts, char **bytes)
{
    char number[32];
    size_t used = 0;

    for (int64_t i = 0; i < n; i++) {
        const char *text = sipas__column_code_text(column, i, number);

        if (text) used += strlen(text) + 1;
    }
    *texts = sipas__alloc(ctx, n, sizeof **texts);
    *bytes = sipas__alloc(ctx, (int64_t)used, 1);
    if (!*texts || !*bytes) return 0;
    used = 0;
    for (int64_t i = 0; i < n; i++) {
        const char *text = sipas__column_code_text(column, i, number);
        size_t length;

        if (!text || !*text) continue;
        length = strlen(text) + 1;
        (*texts)[i] = memcpy(*bytes + used, text, length);
        used += length;
    }
    return 1;
}

/* What the host's callback is told. */
static const char building[] = "unit tree";

static sipas_status check_codes(const sipas_ctx *ctx, const sipas_column *code, int64_t n, sipas_error *err)
{
    char number[32];

    for (int64_t i = 0; i < n; i++) {
        const char *text = sipas__column_code_text(code, i, number);
        const char *fault = text ? sipas__code_fault(text) : NULL;
        const sipas_status status = sipas__progress_within(ctx, building, i, n, err);

        if (status < 0) return status;
        if (!text && sipas__column_present(code, i))
            return sipas__error_set(err, SIPAS_ERR_TYPE, i, SIPAS__NOWHERE, "code",
                                    "unit %lld: its code %.17g is not a whole number below 2^53", (long long)i,
                                    sipas__column_f64(code, i));
        if (!text)
            return sipas__error_set(err, SIPAS_ERR_MISSING, i, SIPAS__NOWHERE, "code", "unit %lld: its code is missing",
                                    (long long)i);
        if (fault)
            return sipas__error_set(err, SIPAS_ERR_VALUE, i, SIPAS__NOWHERE, text, "unit %lld: its code \"%s\" %s",
                                    (long long)i, text, fault);
    }
    return SIPAS_OK;
}

static sipas_status read_texts(sipas_unit_tree *tree, const sipas_column *code, const sipas_unit_opts *opts,
                               sipas_error *err)
{
    sipas_status status = check_codes(tree->ctx, code, tree->n, err);

    if (status < 0) return status;
    if (!copy_texts(tree->ctx, code, tree->n, &tree->code, &tree->code_bytes)) return sipas__error_memory(err);
    if ((status = sipas__progress_between(tree->ctx, building, tree->n, err)) < 0) return status;
    if (sipas__column_given(opts->name)) {
        status = sipas__column_check(opts->name, tree->n, SIPAS__TEXT, "name", err);
        if (status < 0) return status;
        if (!copy_texts(tree->ctx, opts->name, tree->n, &tree->name, &tree->name_bytes))
            return sipas__error_memory(err);
    }
    status = sipas__labels_read(&tree->level, tree->ctx, opts->level, tree->n, SIPAS__TEXT, "level", 1, err);
    if (status < 0) return status;
    for (int64_t i = 0; tree->level.of && i < tree->n; i++)
        if (tree->level.of[i] < 0)
            return sipas__error_set(err, SIPAS_ERR_MISSING, i, SIPAS__NOWHERE, tree->code[i],
                                    "unit %lld (code \"%s\"): its level is missing", (long long)i, tree->code[i]);
    status = sipas__labels_read(&tree->unit_class, tree->ctx, opts->unit_class, tree->n, SIPAS__TEXT, "unit_class", 1,
                                err);
    if (status < 0) return status;
    return sipas__labels_read(&tree->region, tree->ctx, opts->region, tree->n, SIPAS__TEXT, "region", 1, err);
}

/* ---- numbers ---- */

static sipas_status read_urban(sipas_unit_tree *tree, const sipas_column *urban, sipas_error *err)
{
    sipas_status status;

    if (!sipas__column_given(urban)) return SIPAS_OK;
    status = sipas__column_check(urban, tree->n, SIPAS__FLAGS, "urban", err);
    if (status < 0) return status;
    tree->urban = sipas__alloc(tree->ctx, tree->n, sizeof *tree->urban);
    if (!tree->urban) return sipas__error_memory(err);
    for (int64_t i = 0; i < tree->n; i++) {
        int64_t value = -1;

        if (sipas__column_whole(urban, i, &value) == 1 && value != 0 && value != 1)
            return sipas__error_set(err, SIPAS_ERR_VALUE, i, SIPAS__NOWHERE, tree->code[i],
                                    "unit %lld (code \"%s\"): urban is %lld, neither 0 nor 1", (long long)i,
                                    tree->code[i], (long long)value);
        tree->urban[i] = (int8_t)(sipas__column_present(urban, i) ? value : -1);
    }
    return SIPAS_OK;
}

/* True when the validity bitmap says that a cell is missing. */
static int is_masked(const sipas_column *column, int64_t row)
{
    int64_t bit = column->offset + row;

    return column->validity && !((column->validity[bit >> 3] >> (bit & 7)) & 1);
}

static sipas_status read_measure(sipas_unit_tree *tree, const sipas_column *column, int64_t measure, sipas_error *err)
{
    const char *name = tree->measure_name[measure];
    double *value = tree->measure + measure * tree->n;
    sipas_status status = sipas__column_check(column, tree->n, SIPAS__NUMBERS, name, err);

    if (status < 0) return status;
    sipas__column_read_f64(column, 0, tree->n, value);
    for (int64_t i = 0; i < tree->n; i++) {
        if (isnan(value[i]) && !is_masked(column, i))
            return sipas__error_set(
                err, SIPAS_ERR_MISSING, i, measure, tree->code[i],
                "unit %lld (code \"%s\"): %s is NaN; clear the cell's validity bit where it is not known", (long long)i,
                tree->code[i], name);
        if (value[i] < 0.0 || isinf(value[i]))
            return sipas__error_set(err, SIPAS_ERR_VALUE, i, measure, tree->code[i],
                                    "unit %lld (code \"%s\"): %s is %g", (long long)i, tree->code[i], name, value[i]);
    }
    return SIPAS_OK;
}

static sipas_status read_measures(sipas_unit_tree *tree, const sipas_unit_opts *opts, sipas_error *err)
{
    if (opts->n_measures < 0) return sipas__error_argument(err, "n_measures", "is negative");
    if (opts->n_measures == 0) return SIPAS_OK;
    if (!opts->measures || !opts->measure_names)
        return sipas__error_argument(err, !opts->measures ? "measures" : "measure_names",
                                     "is NULL, but n_measures is not 0");
    tree->measure = sipas__alloc(tree->ctx, tree->n * opts->n_measures, sizeof *tree->measure);
    tree->measure_name = sipas__alloc(tree->ctx, opts->n_measures, sizeof *tree->measure_name);
    if (!tree->measure || !tree->measure_name) return sipas__error_memory(err);
    tree->n_measures = opts->n_measures;
    for (int32_t m = 0; m < opts->n_measures; m++) {
        sipas_status status;

        if (!opts->measure_names[m]) return sipas__error_argument(err, "measure_names", "holds a NULL name");
        tree->measure_name[m] = sipas__text_copy(tree->ctx, opts->measure_names[m]);
        if (!tree->measure_name[m]) return sipas__error_memory(err);
        status = read_measure(tree, &opts->measures[m], m, err);
        if (status < 0) return status;
    }
    return SIPAS_OK;
}

/* ---- the tree ---- */

static int compare_codes(const void *things, int64_t left, int64_t right)
{
    const sipas_unit_tree *tree = things;

    return strcmp(tree->code[left], tree->code[right]);
}

/* Units by code. `items` holds 2 n. */
static void sort_by_code(sipas_unit_tree *tree, sipas__item *items)
{
    for (int64_t i = 0; i < tree->n; i++) {
        items[i].key = sipas__order_text(tree->code[i]);
        items[i].index = i;
    }
    sipas__order_sort(items, items + tree->n, tree->n, compare_codes, tree);
    for (int64_t i = 0; i < tree->n; i++) tree->by_code[i] = items[i].index;
}

static sipas_status duplicate(const sipas_unit_tree *tree, int64_t a, int64_t b, const char *code, sipas_error *err)
{
    const int64_t first = a < b ? a : b, second = a < b ? b : a;

    return sipas__error_set(err, SIPAS_ERR_DUPLICATE, second, SIPAS__NOWHERE, tree->code[second],
                            "units %lld and %lld have one code: \"%s\"", (long long)first, (long long)second, code);
}

/* First place in by_code whose code is not below `code`. */
static int64_t lower_bound(const sipas_unit_tree *tree, const char *code)
{
    int64_t low = 0, high = tree->n;

    while (low < high) {
        int64_t middle = low + (high - low) / 2;

        if (strcmp(tree->code[tree->by_code[middle]], code) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static sipas_status orphan(const sipas_unit_tree *tree, int64_t unit, const char *parent, sipas_error *err)
{
    return sipas__error_set(err, SIPAS_ERR_TREE, unit, SIPAS__NOWHERE, tree->code[unit],
                            "unit %lld (code \"%s\"): its parent (%s) is not there", (long long)unit, tree->code[unit],
                            parent);
}

static sipas_status parents_by_code(sipas_unit_tree *tree, const sipas_column *parent, sipas_error *err)
{
    char number[32];

    for (int64_t i = 1; i < tree->n; i++)
        if (compare_codes(tree, tree->by_code[i - 1], tree->by_code[i]) == 0)
            return duplicate(tree, tree->by_code[i - 1], tree->by_code[i], tree->code[tree->by_code[i]], err);
    for (int64_t i = 0; i < tree->n; i++) {
        const char *code = sipas__column_code_text(parent, i, number);
        const sipas_status status = sipas__progress_within(tree->ctx, building, i, tree->n, err);
        int64_t at;

        if (status < 0) return status;
        tree->parent[i] = -1;
        if (!code && sipas__column_present(parent, i))
            return sipas__error_set(
                err, SIPAS_ERR_TYPE, i, SIPAS__NOWHERE, "parent",
                "unit %lld (code \"%s\"): the code of its parent, %.17g, is not a whole number below 2^53",
                (long long)i, tree->code[i], sipas__column_f64(parent, i));
        if (!code || !*code) continue;
        if (i > 0 && tree->parent[i - 1] >= 0 && strcmp(tree->code[tree->parent[i - 1]], code) == 0) {
            tree->parent[i] = tree->parent[i - 1]; /* rows often come parent by parent */
            continue;
        }
        at = lower_bound(tree, code);
        if (at == tree->n || strcmp(tree->code[tree->by_code[at]], code) != 0) return orphan(tree, i, code, err);
        tree->parent[i] = tree->by_code[at];
    }
    return SIPAS_OK;
}

static sipas_status parents_by_row(sipas_unit_tree *tree, const sipas_column *parent_row, sipas_error *err)
{
    char number[32];

    for (int64_t i = 0; i < tree->n; i++) {
        int64_t row = -1;

        if (sipas__column_whole(parent_row, i, &row) < 0)
            return sipas__error_set(err, SIPAS_ERR_TYPE, i, SIPAS__NOWHERE, "parent_row",
                                    "unit %lld (code \"%s\"): the row of its parent, %.17g, is not a whole number",
                                    (long long)i, tree->code[i], sipas__column_f64(parent_row, i));
        if (!sipas__column_present(parent_row, i)) row = -1;
        if (row < -1 || row >= tree->n) {
            (void)sipas__text_format(number, sizeof number, "row %lld", (long long)row);
            return orphan(tree, i, number, err);
        }
        tree->parent[i] = row;
    }
    return SIPAS_OK;
}

/* Children into buckets by parent, in code order because the units come in code order. */
static void bucket_children(sipas_unit_tree *tree)
{
    int64_t *start = tree->child_start;

    for (int64_t i = 0; i < tree->n; i++) start[tree->parent[i] + 2]++;
    for (int64_t i = 1; i < tree->n + 2; i++) start[i] += start[i - 1];
    for (int64_t i = 0; i < tree->n; i++) {
        int64_t unit = tree->by_code[i];

        tree->child[start[tree->parent[unit] + 1]++] = unit;
    }
    for (int64_t i = tree->n + 1; i > 0; i--) start[i] = start[i - 1]; /* filling moved each start to its end */
    start[0] = 0;
}

/* Any unit that hangs on a cycle leads into it when its parents are followed long enough. */
static sipas_status cycle(const sipas_unit_tree *tree, sipas_error *err)
{
    int64_t unit = 0, least;

    while (tree->depth[unit] >= 0) unit++;
    for (int64_t i = 0; i < tree->n; i++) unit = tree->parent[unit];
    least = unit;
    for (int64_t next = tree->parent[unit]; next != unit; next = tree->parent[next])
        if (next < least) least = next;
    return sipas__error_set(err, SIPAS_ERR_TREE, least, SIPAS__NOWHERE, tree->code[least],
                            "unit %lld (code \"%s\") is its own ancestor", (long long)least, tree->code[least]);
}

/* Preorder, depth and hash. A unit is put behind its parent and the subtrees of its elder siblings. */
static sipas_status walk(sipas_unit_tree *tree, int64_t *next_child, sipas_error *err)
{
    const int64_t *start = tree->child_start;
    int64_t unit = -1, reached = 0;

    for (int64_t i = 0; i < tree->n; i++) tree->depth[i] = -1;
    for (int64_t i = 0; i <= tree->n; i++) next_child[i] = start[i];
    for (;;) {
        if (next_child[unit + 1] < start[unit + 2]) {
            int64_t child = tree->child[next_child[unit + 1]++];
            const sipas_status status = sipas__progress_within(tree->ctx, building, reached, tree->n, err);

            if (status < 0) return status;
            tree->depth[child] = unit < 0 ? 0 : tree->depth[unit] + 1;
            tree->hash[child] = sipas__hash_child(unit < 0 ? SIPAS__HASH_ROOT : tree->hash[unit], tree->code[child]);
            tree->position[child] = reached;
            tree->preorder[reached++] = child;
            unit = child;
        } else if (unit >= 0) {
            tree->end[unit] = reached;
            unit = tree->parent[unit];
        } else {
            return reached == tree->n ? SIPAS_OK : cycle(tree, err);
        }
    }
}

/* Codes unique within their parent, and no two paths with one hash. */
static sipas_status check_unique(const sipas_unit_tree *tree, sipas__item *items, sipas_error *err)
{
    char first[SHOWN_PATH], second[SHOWN_PATH];

    for (int64_t i = 0; i < tree->n; i++) {
        items[i].key = tree->hash[tree->preorder[i]];
        items[i].index = tree->preorder[i];
    }
    sipas__order_sort(items, items + tree->n, tree->n, NULL, NULL);
    for (int64_t i = 1; i < tree->n; i++) {
        const sipas_status status = sipas__progress_within(tree->ctx, building, i, tree->n, err);
        int64_t a = items[i - 1].index, b = items[i].index;

        if (status < 0) return status;
        if (items[i - 1].key != items[i].key) continue;
        sipas__unit_path(tree, a, first, sizeof first);
        sipas__unit_path(tree, b, second, sizeof second);
        while (a >= 0 && b >= 0 && tree->parent[a] != tree->parent[b] && compare_codes(tree, a, b) == 0) {
            a = tree->parent[a]; /* one path: the fault lies with the first ancestors that differ */
            b = tree->parent[b];
        }
        if (a >= 0 && b >= 0 && tree->parent[a] == tree->parent[b] && compare_codes(tree, a, b) == 0)
            return duplicate(tree, a, b, sipas__unit_path(tree, b, second, sizeof second), err);
        a = items[i - 1].index;
        b = items[i].index;
        return sipas__error_set(err, SIPAS_ERR_DUPLICATE, b, SIPAS__NOWHERE, tree->code[b],
                                "units %lld (\"%s\") and %lld (\"%s\") have one hash; change one of the codes",
                                (long long)a, first, (long long)b, second);
    }
    return SIPAS_OK;
}

/* Without a level column the level is the depth: "0", "1" … */
static sipas_status levels_from_depth(sipas_unit_tree *tree, sipas_error *err)
{
    const sipas_column depth = sipas_column_i64(tree->depth, tree->n);

    if (tree->level.of) return SIPAS_OK;
    return sipas__labels_read(&tree->level, tree->ctx, &depth, tree->n, SIPAS__CODES, "level", 0, err);
}

static int64_t longest_path(const sipas_unit_tree *tree, int64_t *length)
{
    int64_t longest = 1;

    for (int64_t i = 0; i < tree->n; i++) {
        int64_t unit = tree->preorder[i], parent = tree->parent[unit];

        length[unit] = (parent < 0 ? 0 : length[parent] + 1) + (int64_t)sipas__joined_bytes(tree->code[unit]);
        if (length[unit] + 1 > longest) longest = length[unit] + 1;
    }
    return longest;
}

static sipas_status link_units(sipas_unit_tree *tree, const sipas_column *parent, const sipas_column *parent_row,
                               sipas_error *err)
{
    const sipas_ctx *ctx = tree->ctx;
    const int64_t n = tree->n;
    sipas__item *items = sipas__alloc(ctx, 2 * n, sizeof *items);
    int64_t *work = sipas__alloc(ctx, n + 1, sizeof *work);
    sipas_status status;

    tree->parent = sipas__alloc(ctx, n, sizeof *tree->parent);
    tree->hash = sipas__alloc(ctx, n, sizeof *tree->hash);
    tree->by_code = sipas__alloc(ctx, n, sizeof *tree->by_code);
    tree->child_start = sipas__alloc(ctx, n + 2, sizeof *tree->child_start);
    tree->child = sipas__alloc(ctx, n, sizeof *tree->child);
    tree->preorder = sipas__alloc(ctx, n, sizeof *tree->preorder);
    tree->position = sipas__alloc(ctx, n, sizeof *tree->position);
    tree->end = sipas__alloc(ctx, n, sizeof *tree->end);
    tree->depth = sipas__alloc(ctx, n, sizeof *tree->depth);
    if (!items || !work || !tree->parent || !tree->hash || !tree->by_code || !tree->child_start || !tree->child ||
        !tree->preorder || !tree->position || !tree->end || !tree->depth) {
        status = sipas__error_memory(err);
        goto done;
    }
    sort_by_code(tree, items);
    if ((status = sipas__progress_between(ctx, building, n, err)) < 0) goto done;
    status = parent ? parents_by_code(tree, parent, err) : parents_by_row(tree, parent_row, err);
    if (status < 0) goto done;
    bucket_children(tree);
    if ((status = sipas__progress_between(ctx, building, n, err)) < 0) goto done;
    status = walk(tree, work, err);
    if (status < 0) goto done;
    tree->longest_path = longest_path(tree, work);
    if ((status = sipas__progress_between(ctx, building, n, err)) < 0) goto done;
    status = check_unique(tree, items, err);
    if (status < 0) goto done;
    status = levels_from_depth(tree, err);
done:
    sipas__free(ctx, items);
    sipas__free(ctx, work);
    return status;
}

/* Codes, levels, classes and regions that may be meant to be one. */
static int look_alike(sipas_unit_tree *tree, int32_t type_of_code)
{
    const struct {
        const sipas__labels *labels;
        const char *name;
    } columns[] = {{&tree->level, "level"}, {&tree->unit_class, "unit_class"}, {&tree->region, "region"}};
    int done = type_of_code != SIPAS_TYPE_CODE ||
               sipas__alike_within(&tree->sayings, tree->code, tree->parent, tree->n, "units");

    for (size_t i = 0; done && i < sizeof columns / sizeof *columns; i++)
        done = sipas__alike_look(&tree->sayings, (const char *const *)columns[i].labels->texts,
                                 columns[i].labels->n_texts, columns[i].name);
    return done;
}

sipas_status sipas_unit_tree_new(sipas_ctx *ctx, const sipas_column *code, const sipas_column *parent,
                                 const sipas_unit_opts *opts, sipas_unit_tree **out, sipas_error *err)
{
    sipas_unit_opts own;
    sipas_unit_tree *tree;
    sipas_status status;
    int by_code = sipas__column_given(parent);

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    status = sipas__options_load(&own, sizeof own, opts, "sipas_unit_opts", err);
    if (status < 0) return status;
    if (!sipas__column_given(code)) return sipas__error_argument(err, "code", "no column is given");
    if (code->n < 1) return sipas__error_argument(err, "code", "there are no units");
    if (by_code == sipas__column_given(own.parent_row))
        return sipas__error_argument(
            err, "parent", by_code ? "both parent and parent_row are given" : "neither parent nor parent_row is given");
    status = sipas__column_check(code, code->n, SIPAS__CODES, "code", err);
    if (status < 0) return status;
    status = sipas__column_check(by_code ? parent : own.parent_row, code->n, by_code ? SIPAS__CODES : SIPAS__NUMBERS,
                                 by_code ? "parent" : "parent_row", err);
    if (status < 0) return status;

    tree = sipas__alloc(ctx, 1, sizeof *tree);
    if (!tree) return sipas__error_memory(err);
    tree->ctx = sipas__ctx_ref(ctx);
    tree->n = code->n;
    status = read_texts(tree, code, &own, err);
    if (status < 0) goto fail;
    status = read_urban(tree, own.urban, err);
    if (status < 0) goto fail;
    status = read_measures(tree, &own, err);
    if (status < 0) goto fail;
    status = link_units(tree, by_code ? parent : NULL, own.parent_row, err);
    if (status < 0) goto fail;
    tree->sayings.ctx = tree->ctx;
    if ((status = sipas__progress_between(ctx, building, tree->n, err)) < 0) goto fail;
    if (!look_alike(tree, code->type)) {
        status = sipas__error_memory(err);
        goto fail;
    }
    *out = tree;
    return SIPAS_OK;
fail:
    sipas_unit_tree_free(tree);
    return status;
}

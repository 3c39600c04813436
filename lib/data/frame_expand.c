/*
 * A tree with numbered units below the leaves of another: the columns of the new tree are laid out and the tree is built as
 * any other.
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
#include "data/unit.h"

enum { SHOWN_PATH = 160, MOST_DIGITS = 18, CODE_BYTES = 24 };

/* Columns of the new tree. */
typedef struct layout {
    const sipas_ctx *ctx;
    const sipas_unit_tree *tree;
    int64_t n; /* units of the new tree */
    int64_t *parent, *urban;
    const char **code, **level, **name, **unit_class, **region;
    char *new_codes; /* CODE_BYTES each */
    double *measure;
    sipas_column *measures;
    uint8_t *known; /* validity bits of the measures, a bitmap for each */
} layout;

void sipas_frame_expand_opts_init(sipas_frame_expand_opts *opts)
{
    const sipas_frame_expand_opts initial = SIPAS_FRAME_EXPAND_OPTS_INIT;

    if (opts) *opts = initial;
}

/* Count of a unit; SIPAS_ERR_VALUE names it. */
static sipas_status count_of(const sipas_unit_tree *tree, const sipas_column *count, int64_t unit, int64_t *out,
                             sipas_error *err)
{
    char path[SHOWN_PATH];
    int state = sipas__column_whole(count, unit, out);

    if (state == 0) *out = 0;
    if (state < 0 || *out < 0)
        return sipas__error_set(err, SIPAS_ERR_VALUE, unit, SIPAS__NOWHERE, tree->code[unit],
                                "unit %s: its count is %.17g, not a whole number of 0 or more",
                                sipas__unit_path(tree, unit, path, sizeof path), sipas__column_f64(count, unit));
    if (*out > 0 && tree->child_start[unit + 1] < tree->child_start[unit + 2])
        return sipas__error_set(err, SIPAS_ERR_VALUE, unit, SIPAS__NOWHERE, tree->code[unit],
                                "unit %s: its count is %lld, but it has children already",
                                sipas__unit_path(tree, unit, path, sizeof path), (long long)*out);
    return SIPAS_OK;
}

static sipas_status count_units(const sipas_unit_tree *tree, const sipas_column *count, int64_t *total,
                                sipas_error *err)
{
    sipas_status status = sipas__column_check(count, tree->n, SIPAS__NUMBERS, "count", err);

    *total = tree->n;
    for (int64_t i = 0; i < tree->n && status == SIPAS_OK; i++) {
        int64_t k;

        status = count_of(tree, count, i, &k, err);
        if (status == SIPAS_OK && k > INT64_MAX / 64 - *total) status = sipas__error_memory(err);
        if (status == SIPAS_OK) *total += k;
    }
    return status;
}

static int reserve(layout *own)
{
    const int64_t n = own->n, n_measures = own->tree->n_measures;

    own->parent = sipas__alloc(own->ctx, n, sizeof *own->parent);
    own->urban = sipas__alloc(own->ctx, n, sizeof *own->urban);
    own->code = sipas__alloc(own->ctx, n, sizeof *own->code);
    own->level = sipas__alloc(own->ctx, n, sizeof *own->level);
    own->name = sipas__alloc(own->ctx, n, sizeof *own->name);
    own->unit_class = sipas__alloc(own->ctx, n, sizeof *own->unit_class);
    own->region = sipas__alloc(own->ctx, n, sizeof *own->region);
    own->new_codes = sipas__alloc(own->ctx, n - own->tree->n, CODE_BYTES);
    own->measure = sipas__alloc(own->ctx, n * n_measures, sizeof *own->measure);
    own->measures = sipas__alloc(own->ctx, n_measures, sizeof *own->measures);
    own->known = sipas__alloc(own->ctx, (n + 7) / 8 * n_measures, 1);
    return own->parent && own->urban && own->code && own->level && own->name && own->unit_class && own->region &&
           own->new_codes && own->measure && own->measures && own->known;
}

static void clear(layout *own)
{
    sipas__free(own->ctx, own->parent);
    sipas__free(own->ctx, own->urban);
    sipas__free(own->ctx, (void *)own->code);
    sipas__free(own->ctx, (void *)own->level);
    sipas__free(own->ctx, (void *)own->name);
    sipas__free(own->ctx, (void *)own->unit_class);
    sipas__free(own->ctx, (void *)own->region);
    sipas__free(own->ctx, own->new_codes);
    sipas__free(own->ctx, own->measure);
    sipas__free(own->ctx, own->measures);
    sipas__free(own->ctx, own->known);
}

static void copy_old(const layout *own)
{
    const sipas_unit_tree *tree = own->tree;
    const int64_t bitmap = (own->n + 7) / 8;

    for (int64_t i = 0; i < tree->n; i++) {
        own->parent[i] = tree->parent[i];
        own->urban[i] = tree->urban ? tree->urban[i] : -1;
        own->code[i] = tree->code[i];
        own->level[i] = sipas__labels_get(&tree->level, i);
        own->name[i] = tree->name ? tree->name[i] : NULL;
        own->unit_class[i] = sipas__labels_get(&tree->unit_class, i);
        own->region[i] = sipas__labels_get(&tree->region, i);
    }
    for (int64_t m = 0; m < tree->n_measures; m++) {
        for (int64_t i = 0; i < tree->n; i++) {
            own->measure[m * own->n + i] = tree->measure[m * tree->n + i];
            if (!isnan(tree->measure[m * tree->n + i])) own->known[m * bitmap + i / 8] |= (uint8_t)(1u << (i % 8));
        }
        own->measures[m] = sipas_column_f64(own->measure + m * own->n, own->n);
        own->measures[m].validity = own->known + m * bitmap;
    }
}

/* "007": `number` in at least `width` digits. */
static void write_code(char *code, int64_t number, int width)
{
    code[width] = '\0';
    for (; width > 0; number /= 10) code[--width] = (char)('0' + number % 10);
}

static int digits_of(int64_t number)
{
    int digits = 1;

    for (; number > 9; number /= 10) digits++;
    return digits;
}

static void number_new(const layout *own, const sipas_column *count, const char *level, int32_t least_width)
{
    const sipas_unit_tree *tree = own->tree;
    int64_t at = tree->n;

    for (int64_t i = 0; i < tree->n; i++) {
        int64_t k = 0;
        int width;

        (void)count_of(tree, count, i, &k, NULL); /* was read once without fault */
        width = digits_of(k) > least_width ? digits_of(k) : least_width;
        for (int64_t number = 1; number <= k; number++, at++) {
            char *code = own->new_codes + (at - tree->n) * CODE_BYTES;

            write_code(code, number, width);
            own->code[at] = code;
            own->parent[at] = i;
            own->urban[at] = own->urban[i];
            own->level[at] = level;
            own->region[at] = own->region[i];
        }
    }
}

/* An urban flag of -1 is "not said": a cleared validity bit. */
static sipas_column urban_column(const layout *own, uint8_t *said)
{
    sipas_column column = sipas_column_i64(own->urban, own->n);

    for (int64_t i = 0; i < own->n; i++)
        if (own->urban[i] >= 0) said[i / 8] |= (uint8_t)(1u << (i % 8));
    column.validity = said;
    return column;
}

static sipas_status build(const layout *own, sipas_ctx *ctx, sipas_unit_tree **out, sipas_error *err)
{
    const sipas_unit_tree *tree = own->tree;
    const sipas_column code = sipas_column_code(own->code, own->n), parent = sipas_column_i64(own->parent, own->n);
    const sipas_column level = sipas_column_code(own->level, own->n), name = sipas_column_code(own->name, own->n);
    const sipas_column unit_class = sipas_column_code(own->unit_class, own->n),
                       region = sipas_column_code(own->region, own->n);
    uint8_t *said = sipas__alloc(ctx, (own->n + 7) / 8, 1);
    sipas_unit_opts opts = SIPAS_UNIT_OPTS_INIT;
    sipas_column urban;
    sipas_status status;

    if (!said) return sipas__error_memory(err);
    urban = urban_column(own, said);
    opts.parent_row = &parent;
    opts.level = &level;
    opts.name = tree->name ? &name : NULL;
    opts.unit_class = tree->unit_class.of ? &unit_class : NULL;
    opts.region = tree->region.of ? &region : NULL;
    opts.urban = tree->urban ? &urban : NULL;
    opts.n_measures = (int32_t)tree->n_measures;
    opts.measures = own->measures;
    opts.measure_names = (const char *const *)tree->measure_name;
    status = sipas_unit_tree_new(ctx, &code, NULL, &opts, out, err);
    sipas__free(ctx, said);
    return status;
}

sipas_status sipas_frame_expand(sipas_ctx *ctx, const sipas_unit_tree *tree, const sipas_column *count,
                                const char *level, const sipas_frame_expand_opts *opts, sipas_unit_tree **out,
                                sipas_error *err)
{
    sipas_frame_expand_opts own;
    layout to = {0};
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!tree) return sipas__error_argument(err, "tree", "is NULL");
    if (!level || !*level) return sipas__error_argument(err, "level", level ? "is empty" : "is NULL");
    status = sipas__options_load(&own, sizeof own, opts, "sipas_frame_expand_opts", err);
    if (status == SIPAS_OK) status = sipas__options_check("width", own.width, 0, MOST_DIGITS, err);
    if (status == SIPAS_OK) status = count_units(tree, count, &to.n, err);
    if (status < 0) return status;
    to.ctx = ctx;
    to.tree = tree;
    if (reserve(&to)) {
        copy_old(&to);
        number_new(&to, count, level, own.width);
        status = build(&to, ctx, out, err);
    } else {
        status = sipas__error_memory(err);
    }
    clear(&to);
    return status;
}

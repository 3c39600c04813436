/*
 * Allocation over a tree: the call. Reads, settles bounds and targets, the continuous optimum, the whole numbers, certifies,
 * and writes the table.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/tree.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/enums.h"
#include "data/measure.h"
#include "data/schema.h"
#include "data/table.h"

enum { STAGES = 4 };

static const char *const formulas[] = {
    [SIPAS_ALLOCATE_EQUAL] = "w = 1",         [SIPAS_ALLOCATE_PROPORTIONAL] = "w = size",
    [SIPAS_ALLOCATE_SQRT] = "w = sqrt(size)", [SIPAS_ALLOCATE_POWER] = "w = size^power",
    [SIPAS_ALLOCATE_NEYMAN] = "w = size sd",  [SIPAS_ALLOCATE_COST] = "w = size sd / sqrt(cost)",
};
SIPAS__UP_TO(formulas, SIPAS_ALLOCATE_COST);

static const char *const objectives[] = {
    [SIPAS_ROUNDING_WEBSTER] = "sum n^2 / w",
    [SIPAS_ROUNDING_HILL] = "sum w^2 / n",
    [SIPAS_ROUNDING_ADAMS] = "sum n (n - 1) / w",
    [SIPAS_ROUNDING_JEFFERSON] = "sum n (n + 1) / w",
};
SIPAS__EVERY(objectives, ROUNDING);

static int has_equal(const sipas__forest *f)
{
    for (int64_t at = 1; at < f->n; at++)
        if (f->equal[at]) return 1;
    return 0;
}

/* Bounds and sums again as if there were no equal shares: only the sums at the ends differ. */
static sipas_status loosen(sipas__forest *f, sipas_error *err)
{
    int64_t *full = f->raw;

    f->loose = sipas__alloc(f->ctx, f->n, sizeof *f->loose);
    if (!f->loose) return sipas__error_memory(err);
    f->ignore_equal = 1;
    for (int64_t at = 0; at < f->n; at++) full[at] = 0;
    for (int64_t at = f->n - 1; at >= 0; at--) {
        const int leaf = sipas__forest_is_leaf(f, at);
        int64_t most = leaf ? (f->weight[at] > 0.0 ? f->most[at] : f->lower[at]) : full[at];

        if (!leaf) f->full[at] = full[at];
        if (at == 0) break;
        most = most < f->lower[at] ? f->lower[at] : most > f->most[at] ? f->most[at] : most;
        full[f->parent[at]] = sipas__allocate_add(full[f->parent[at]], most);
    }
    f->loose[0] = (double)f->total;
    sipas__forest_continuous(f, 0, f->loose);
    f->ignore_equal = 0;
    return SIPAS_OK;
}

static sipas_status split(sipas__forest *f, sipas_error *err)
{
    sipas_status status;

    f->x[0] = (double)f->total;
    f->whole[0] = f->total;
    f->a.total = f->total;
    f->most[0] = f->lower[0] = f->upper[0] = f->total;
    sipas__forest_continuous(f, 0, f->x);
    status = sipas__progress(f->ctx, "allocate_tree", 2, STAGES, err);
    if (status == SIPAS_OK) status = sipas__forest_whole(f, 0, err);
    if (status == SIPAS_OK) status = sipas__progress(f->ctx, "allocate_tree", 3, STAGES, err);
    if (status == SIPAS_OK && has_equal(f)) status = loosen(f, err);
    if (status == SIPAS_OK) sipas__forest_certify(f);
    return status;
}

/* ---- the table ---- */

/* Sums over the leaves: of sizes into f->rise, of variances into f->sum. */
static void sum_leaves(sipas__forest *f)
{
    for (int64_t at = 0; at < f->n; at++)
        if (!sipas__forest_is_leaf(f, at)) f->rise[at] = f->sum[at] = 0.0;
    for (int64_t at = f->n - 1; at > 0; at--) {
        if (sipas__forest_is_leaf(f, at)) {
            f->rise[at] = f->size[at];
            f->sum[at] = sipas__forest_variance(f, at, f->whole[at]);
        }
        f->rise[f->parent[at]] += f->rise[at];
        f->sum[f->parent[at]] += f->sum[at];
    }
}

enum { CODE, LEVEL, N, CONTINUOUS, LOWER, UPPER, HELD, SHARE, FRACTION, TARGET, PRECISION, COLUMNS };

/* Which bound stops the continuous part; NULL = none. */
static const char *held_by(const sipas__forest *f, int64_t at)
{
    const double x = f->x[at], near = 1e-12 * x;

    if (x <= (double)f->lower[at] + near) return "lower";
    return x >= (double)f->upper[at] - near ? "upper" : NULL;
}

static void write_place(const sipas__forest *f, sipas_table *table, const int32_t *column, int64_t at, char *path)
{
    const int64_t row = f->unit[at], m = f->multiple;
    const int rated = f->opts.sd && (f->opts.measure != SIPAS_TARGET_CV || f->opts.mean);

    sipas__table_set_code(table, column[CODE], row,
                          sipas__unit_path(f->units, row, path, (size_t)f->units->longest_path));
    sipas__table_set_code(table, column[LEVEL], row, sipas__labels_get(&f->units->level, row));
    sipas__table_set_i64(table, column[N], row, f->whole[at] * m);
    sipas__table_set_f64(table, column[CONTINUOUS], row, f->x[at] * (double)m);
    sipas__table_set_i64(table, column[LOWER], row, f->lower[at] * m);
    if (f->upper[at] != SIPAS__NO_BOUND) sipas__table_set_i64(table, column[UPPER], row, f->upper[at] * m);
    sipas__table_set_code(table, column[HELD], row, held_by(f, at));
    if (f->total > 0) sipas__table_set_f64(table, column[SHARE], row, (double)f->whole[at] / (double)f->total);
    if (f->rise[at] > 0.0) sipas__table_set_f64(table, column[FRACTION], row, (double)(f->whole[at] * m) / f->rise[at]);
    if (isfinite(f->target[at])) sipas__table_set_f64(table, column[TARGET], row, f->target[at]);
    if (rated) sipas__table_set_f64(table, column[PRECISION], row, sipas__forest_measure(f, at, f->sum[at]));
}

static void write_notes(const sipas__forest *f, sipas_table *table)
{
    for (int64_t at = 1; at < f->n; at++) {
        char label[SIPAS__FOREST_LABEL];
        const int64_t row = f->unit[at];

        if (!sipas__forest_is_leaf(f, at)) continue;
        if (!(f->weight[at] > 0.0) && f->whole[at] > f->lower[at])
            sipas__table_note(table, "zero_weight", f->units->code[row], row,
                              "%s: its weight is 0, but the bounds leave no other unit to take its number",
                              sipas__forest_label(f, at, label));
        if (f->weight[at] > 0.0 && f->whole[at] == 0 && f->most[at] > 0 && sipas__allocate_needs_one(&f->a))
            sipas__table_note(table, "no_sample", f->units->code[row], row,
                              "%s: the numbers above it are too small for one in each, so it has none",
                              sipas__forest_label(f, at, label));
    }
}

static void write_meta(const sipas__forest *f, sipas_table *table)
{
    const int bounded = f->a.seats.rounding == SIPAS_ROUNDING_HILL || f->a.seats.rounding == SIPAS_ROUNDING_WEBSTER;

    sipas__table_meta(table, "method", "%s/1", sipas__enum_word(SIPAS__ENUM_ALLOCATE, f->opts.method));
    sipas__table_meta(table, "rounding", "%s",
                      f->opts.method >= SIPAS_ALLOCATE_NEYMAN
                          ? "exact"
                          : sipas__enum_word(SIPAS__ENUM_ROUNDING, f->a.seats.rounding));
    sipas__table_meta(table, "formula", "%s", formulas[f->opts.method]);
    if (f->opts.method == SIPAS_ALLOCATE_POWER) sipas__table_meta(table, "power", "%.17g", f->opts.power);
    sipas__table_meta(table, "total", "%lld", (long long)(f->total * f->multiple));
    sipas__table_meta(table, "leaves", "%lld", (long long)f->n_leaves);
    sipas__table_meta(table, "multiple", "%lld", (long long)f->multiple);
    sipas__table_meta(table, "objective_formula", "%s", objectives[f->a.seats.rounding]);
    sipas__table_meta(table, "objective", "%.17g", f->objective);
    sipas__table_meta(table, "objective_continuous", "%.17g", f->objective_continuous);
    if (bounded) { /* for adams and jefferson clamp(s w) is not the optimum of the objective */
        sipas__table_meta(table, "bound", "%.17g", f->bound);
        sipas__table_meta(table, "gap", "%.3g", f->bound > 0.0 ? (f->objective - f->bound) / f->bound : 0.0);
    }
    if (isinf(f->exchange))
        sipas__table_meta(table, "exchange", "none");
    else
        sipas__table_meta(table, "exchange", "%.17g", f->exchange);
}

static sipas_status write_table(sipas__forest *f, sipas_table **out, sipas_error *err)
{
    static const char *const names[COLUMNS] = {"code", "level", "n",        "continuous", "lower",    "upper",
                                               "held", "share", "fraction", "target",     "precision"};
    sipas_table *table = sipas__table_new(f->ctx, f->n - 1);
    char *path = sipas__alloc(f->ctx, f->units->longest_path, 1);
    int32_t column[COLUMNS];

    if (!path) {
        sipas_table_free(table);
        return sipas__error_memory(err);
    }
    for (int32_t i = 0; i < COLUMNS; i++)
        column[i] = sipas__table_add_field(table, &sipas__schema_allocation_tree, names[i]);
    sum_leaves(f);
    for (int64_t at = 1; at < f->n; at++) write_place(f, table, column, at, path);
    sipas__free(f->ctx, path);
    write_notes(f, table);
    write_meta(f, table);
    sipas__sayings_note(&f->units->sayings, table);
    return sipas__table_finish(table, out, err);
}

/* ---- the call ---- */

sipas_status sipas_allocate_tree(sipas_ctx *ctx, int64_t total, const sipas_unit_tree *tree, const sipas_column *size,
                                 const sipas_allocate_tree_opts *opts, sipas_table **out, sipas_error *err)
{
    sipas__forest f;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    memset(&f, 0, sizeof f);
    status = sipas__progress(ctx, "allocate_tree", 0, STAGES, err);
    if (status == SIPAS_OK) status = sipas__forest_read(&f, ctx, total, tree, size, opts, err);
    if (status == SIPAS_OK) status = sipas__forest_bounds(&f, err);
    if (status == SIPAS_OK) status = sipas__progress(ctx, "allocate_tree", 1, STAGES, err);
    if (status == SIPAS_OK) status = split(&f, err);
    if (status == SIPAS_OK) status = write_table(&f, out, err);
    sipas__forest_clear(&f);
    return status;
}

/*
 * Bounds over a tree: reading those of every unit, in multiples, and gathering them from the leaves upwards, so that what
 * cannot be kept together is found before any work is done.
 *
 *   lower = max(own, Σ lower directly below),   upper = min(own, Σ upper directly below)
 *
 * On the way every place gets the sums directly below it at its ends: with all at their lower bounds, at an infinite price
 * (one for those that need one), and at none (all that weigh something full).
 *
 * O(units × rows of the table).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/tree.h"

#include <math.h>

#include "base/context.h"
#include "data/column.h"
#include "data/measure.h"

static const double COUNT_MAX = 9007199254740992.0; /* 2^53 */

/* ---- own bounds ---- */

/* A bound of a unit or a row of the table: whole ≥ 0. 1 = there, 0 = missing (or infinite), -1 = no such number. */
static int32_t bound_at(const sipas_column *column, int64_t row, int64_t *bound)
{
    double value;

    if (!column || !sipas__column_present(column, row)) return 0;
    value = sipas__column_f64(column, row);
    if (value > COUNT_MAX) return 0;
    *bound = (int64_t)value;
    return value >= 0.0 && value == floor(value) ? 1 : -1;
}

static void bound_below(sipas__forest *f, int64_t place, int64_t bound)
{
    f->bounded[place] = 1;
    if (bound > f->lower[place]) f->lower[place] = bound;
}

static void bound_above(sipas__forest *f, int64_t place, int64_t bound)
{
    if (bound < f->upper[place]) f->upper[place] = bound;
}

static sipas_status read_unit(sipas__forest *f, int64_t place, sipas_error *err)
{
    const int64_t unit = f->unit[place];
    int64_t bound = 0;
    int32_t there = bound_at(f->opts.lower, unit, &bound);

    if (there < 0)
        return sipas__forest_error(f, SIPAS_ERR_VALUE, place, err, "lower is %.17g; it must be a whole number >= 0",
                                   sipas__column_f64(f->opts.lower, unit));
    if (there) bound_below(f, place, bound);
    there = bound_at(f->opts.upper, unit, &bound);
    if (there < 0)
        return sipas__forest_error(f, SIPAS_ERR_VALUE, place, err, "upper is %.17g; it must be a whole number >= 0",
                                   sipas__column_f64(f->opts.upper, unit));
    if (there) bound_above(f, place, bound);
    if (!sipas__forest_is_leaf(f, place)) return SIPAS_OK;
    if (f->opts.lower_given || f->opts.lower_value) bound_below(f, place, f->opts.lower_value);
    if (f->opts.upper_value) bound_above(f, place, f->opts.upper_value);
    return SIPAS_OK;
}

/* ---- the table ---- */

/* One row of the table: numbers of level and class, -1 = all, -2 = no unit has it. */
typedef struct class_row {
    int64_t lower, upper;
    int32_t level, unit_class, has_lower, has_upper;
} class_row;

static int32_t label_number(const sipas__labels *labels, const sipas_column *column, int64_t row, char *buffer)
{
    const char *text = column ? sipas__column_code_text(column, row, buffer) : NULL;
    int32_t found;

    if (!text || !*text) return -1;
    found = sipas__labels_find(labels, text);
    return found < 0 ? -2 : found;
}

static sipas_status read_class_row(const sipas__forest *f, int64_t row, class_row *out, sipas_error *err)
{
    char buffer[32];

    out->level = label_number(&f->units->level, f->opts.class_level, row, buffer);
    out->unit_class = label_number(&f->units->unit_class, f->opts.class_code, row, buffer);
    out->has_lower = bound_at(f->opts.class_lower, row, &out->lower);
    out->has_upper = bound_at(f->opts.class_upper, row, &out->upper);
    if (out->has_lower >= 0 && out->has_upper >= 0) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_VALUE, row, SIPAS__NOWHERE,
                            out->has_lower < 0 ? "class_lower" : "class_upper",
                            "row %lld of the class table: its bound is not a whole number >= 0", (long long)row);
}

static sipas_status apply_class_row(sipas__forest *f, int64_t row, sipas_error *err)
{
    class_row of;
    sipas_status status = read_class_row(f, row, &of, err);
    int found = 0;

    for (int64_t place = 1; status == SIPAS_OK && place < f->n; place++) {
        const int64_t unit = f->unit[place];
        const int32_t unit_class = f->units->unit_class.of ? f->units->unit_class.of[unit] : -1;

        if (of.level != -1 && f->units->level.of[unit] != of.level) continue;
        if (of.unit_class != -1 && unit_class != of.unit_class) continue;
        if (of.has_lower) bound_below(f, place, of.lower);
        if (of.has_upper) bound_above(f, place, of.upper);
        found = 1;
    }
    if (status < 0 || found) return status;
    return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, row, SIPAS__NOWHERE, "class_code",
                            "row %lld of the class table: no unit is of its level and class", (long long)row);
}

static sipas_status apply_table(sipas__forest *f, sipas_error *err)
{
    const struct {
        const sipas_column *column;
        int32_t kind;
        const char *name;
    } columns[] = {{f->opts.class_level, SIPAS__CODES, "class_level"},
                   {f->opts.class_code, SIPAS__CODES, "class_code"},
                   {f->opts.class_lower, SIPAS__NUMBERS, "class_lower"},
                   {f->opts.class_upper, SIPAS__NUMBERS, "class_upper"}};
    sipas_status status = SIPAS_OK;
    int64_t rows = -1;

    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        if (!columns[i].column) continue;
        if (rows < 0) rows = columns[i].column->n;
        status = sipas__column_check(columns[i].column, rows, columns[i].kind, columns[i].name, err);
        if (status < 0) return status;
    }
    for (int64_t row = 0; status == SIPAS_OK && row < rows; row++) status = apply_class_row(f, row, err);
    return status;
}

/* ---- multiples, sizes ---- */

static sipas_status crossed(const sipas__forest *f, int64_t place, int64_t least, int64_t most, int by_size,
                            sipas_error *err)
{
    if (f->multiple > 1 && least <= most)
        return sipas__forest_error(f, SIPAS_ERR_INFEASIBLE, place, err,
                                   "no multiple of %lld lies between its bounds %lld and %lld", (long long)f->multiple,
                                   (long long)least, (long long)most);
    return sipas__forest_error(f, SIPAS_ERR_INFEASIBLE, place, err, "the lower bound %lld is above %s %lld",
                               (long long)least, by_size ? "its size" : "the upper bound", (long long)most);
}

/* Own bounds in multiples; a leaf's size is an upper bound, and one that needs one has it. */
static sipas_status settle_unit(sipas__forest *f, int64_t place, sipas_error *err)
{
    const int64_t m = f->multiple, least = f->lower[place];
    const int leaf = sipas__forest_is_leaf(f, place);
    int64_t most = f->upper[place];
    int by_size = 0;

    if (leaf && f->a.size && !f->opts.size_is_measure && f->size[place] < COUNT_MAX && (int64_t)f->size[place] < most) {
        most = (int64_t)f->size[place];
        by_size = 1;
    }
    f->lower[place] = (least + m - 1) / m;
    f->upper[place] = most == SIPAS__NO_BOUND ? most : most / m;
    if (leaf && !f->bounded[place] && f->upper[place] > 0 && f->weight[place] > 0.0 && sipas__allocate_needs_one(&f->a))
        f->lower[place] = 1;
    return f->lower[place] > f->upper[place] ? crossed(f, place, least, most, by_size, err) : SIPAS_OK;
}

/* ---- from below ---- */

/* Σ upper directly below. */
static int64_t sum_upper(const sipas__forest *f, int64_t place)
{
    int64_t sum = 0;

    for (int64_t below = place + 1; below < f->end[place]; below = f->end[below])
        sum = sipas__allocate_add(sum, f->upper[below]);
    return sum;
}

/* The place directly below with the largest lower, or smallest upper, bound; below a root that only passes on the bounds of
 * what is below it, one of these. */
static int64_t extreme(const sipas__forest *f, int64_t place, int largest)
{
    int64_t best = place + 1;

    if (place == 0 && f->end[1] == f->n && !sipas__forest_is_leaf(f, 1) &&
        (largest ? f->low[1] == f->lower[1] : sum_upper(f, 1) == f->upper[1]))
        return extreme(f, 1, largest);

    for (int64_t below = place + 1; below < f->end[place]; below = f->end[below])
        if (largest ? f->lower[below] > f->lower[best] : f->upper[below] < f->upper[best]) best = below;
    return best;
}

/* Sums from below against a place's own bounds. */
static sipas_status meet(const sipas__forest *f, int64_t place, int64_t least, int64_t most, sipas_error *err)
{
    const int64_t m = f->multiple;
    const int whole = place == 0 && f->total != SIPAS_ALLOCATE_NO_TOTAL;
    char label[SIPAS__FOREST_LABEL];
    int64_t at;

    if (least > f->upper[place]) {
        at = extreme(f, place, 1);
        return sipas__forest_error(
            f, SIPAS_ERR_INFEASIBLE, place, err,
            "%s %lld is below %lld, the sum of the lower bounds below; the largest is %lld of %s%s",
            whole ? "the total" : "its upper bound", (long long)(f->upper[place] * m), (long long)(least * m),
            (long long)(f->lower[at] * m), sipas__forest_label(f, at, label),
            f->bounded[at] || f->lower[at] != 1 ? "" : " (a lower bound of 0 has to be given)");
    }
    if (most < f->lower[place]) {
        at = extreme(f, place, 0);
        return sipas__forest_error(
            f, SIPAS_ERR_INFEASIBLE, place, err,
            "%s %lld is above %lld, the sum of the upper bounds below; the smallest is %lld of %s",
            whole ? "the total" : "its lower bound", (long long)(f->lower[place] * m), (long long)(most * m),
            (long long)(f->upper[at] * m), sipas__forest_label(f, at, label));
    }
    return SIPAS_OK;
}

static int64_t cut(int64_t number, int64_t least, int64_t most)
{
    return number < least ? least : number > most ? most : number;
}

/* A place's part of the sums of the place above. For one that has a number of its own: at its ends. */
static void pass_up(sipas__forest *f, int64_t place, int64_t limit)
{
    const int64_t above = f->parent[place];
    int64_t ones, full;

    f->most[place] = f->upper[place] < limit ? f->upper[place] : limit;
    if (sipas__forest_is_one(f, place)) {
        ones = f->weight[place] > 0.0 && sipas__allocate_needs_one(&f->a) ? 1 : 0;
        full = f->weight[place] > 0.0 ? f->most[place] : f->lower[place];
    } else {
        ones = f->ones[place];
        full = f->full[place];
    }
    f->low[above] = sipas__allocate_add(f->low[above], f->lower[place]);
    f->ones[above] = sipas__allocate_add(f->ones[above], cut(ones, f->lower[place], f->most[place]));
    f->full[above] = sipas__allocate_add(f->full[above], cut(full, f->lower[place], f->most[place]));
}

static sipas_status gather(sipas__forest *f, sipas_error *err)
{
    const int64_t limit = f->total == SIPAS_ALLOCATE_NO_TOTAL ? SIPAS__TOTAL_MAX : f->total;

    for (int64_t place = f->n - 1; place >= 0; place--) {
        sipas_status status = SIPAS_OK;

        if (!sipas__forest_is_leaf(f, place)) {
            const int64_t most = sum_upper(f, place);

            status = meet(f, place, f->low[place], most, err);
            if (f->low[place] > f->lower[place]) f->lower[place] = f->low[place];
            if (most < f->upper[place]) f->upper[place] = most;
        }
        f->most[place] = f->upper[place] < limit ? f->upper[place] : limit;
        if (status == SIPAS_OK && isfinite(f->target[place]) && f->lower[place] <= limit)
            status = sipas__forest_floor(f, place, err);
        if (status < 0) return status;
        if (place > 0) pass_up(f, place, limit);
    }
    return SIPAS_OK;
}

sipas_status sipas__forest_bounds(sipas__forest *f, sipas_error *err)
{
    sipas_status status = SIPAS_OK;

    for (int64_t place = 0; place < f->n; place++) f->upper[place] = SIPAS__NO_BOUND;
    for (int64_t place = 1; status == SIPAS_OK && place < f->n; place++) status = read_unit(f, place, err);
    if (status == SIPAS_OK) status = apply_table(f, err);
    for (int64_t place = 1; status == SIPAS_OK && place < f->n; place++) status = settle_unit(f, place, err);
    if (status == SIPAS_OK) status = sipas__forest_scales(f, err);
    if (status < 0) return status;
    if (f->total != SIPAS_ALLOCATE_NO_TOTAL) f->lower[0] = f->upper[0] = f->total;
    status = gather(f, err);
    if (status < 0 || f->total != SIPAS_ALLOCATE_NO_TOTAL) return status;
    f->total = f->lower[0];
    if (f->total <= SIPAS__TOTAL_MAX / f->multiple) return SIPAS_OK;
    return sipas__forest_error(f, SIPAS_ERR_INFEASIBLE, 0, err, "the lower bounds sum to more than 10^12");
}

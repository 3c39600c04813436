/*
 * Reading an allocation over a tree: options, the places, and the weights of the leaves.
 *
 * A unit with equal shares takes part in the level above like one leaf, with the weight that makes its objective as a
 * function of its total the same, but for bounds below it: with weights W_c directly below, each having a share of t / m,
 *
 *   Σ w² / n:   Σ m W_c² / t = W² / t,   W = √(m Σ W_c²)          Σ n² / w:   W = m² / Σ (1 / W_c)
 *
 * O(units).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/tree.h"

#include <math.h>
#include <stdarg.h>

#include "base/context.h"
#include "base/options.h"
#include "base/text.h"
#include "data/column.h"

enum { SENTENCE = 384 };

void sipas_allocate_tree_opts_init(sipas_allocate_tree_opts *opts)
{
    const sipas_allocate_tree_opts defaults = SIPAS_ALLOCATE_TREE_OPTS_INIT;

    if (opts) *opts = defaults;
}

/* ---- messages ---- */

const char *sipas__forest_label(const sipas__forest *f, int64_t place, char *label)
{
    char path[SIPAS__FOREST_LABEL - 48];

    if (place == 0)
        (void)sipas__text_format(label, SIPAS__FOREST_LABEL, "the whole");
    else
        (void)sipas__text_format(label, SIPAS__FOREST_LABEL, "unit %s (row %lld)",
                                 sipas__unit_path(f->units, f->unit[place], path, sizeof path),
                                 (long long)f->unit[place]);
    return label;
}

sipas_status sipas__forest_error(const sipas__forest *f, sipas_status status, int64_t place, sipas_error *err,
                                 const char *format, ...)
{
    char label[SIPAS__FOREST_LABEL], sentence[SENTENCE];
    va_list arguments;

    va_start(arguments, format);
    (void)sipas__text_vformat(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    return sipas__error_set(err, status, place > 0 ? f->unit[place] : SIPAS__NOWHERE, SIPAS__NOWHERE,
                            place > 0 ? f->units->code[f->unit[place]] : "total", "%s: %s",
                            sipas__forest_label(f, place, label), sentence);
}

/* ---- options ---- */

static sipas_status bad_option(sipas_error *err, const char *field, const char *sentence)
{
    return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, field, "option %s: %s", field,
                            sentence);
}

static sipas_status check_flags(const sipas_allocate_tree_opts *own, sipas_error *err)
{
    sipas_status status = sipas__options_check("method", own->method, 0, SIPAS_ALLOCATE_COST, err);

    if (status == SIPAS_OK) status = sipas__options_enum("rounding", own->rounding, SIPAS__ENUM_ROUNDING, err);
    if (status == SIPAS_OK) status = sipas__options_check("size_is_measure", own->size_is_measure, 0, 1, err);
    if (status == SIPAS_OK) status = sipas__options_check("power_given", own->power_given, 0, 1, err);
    if (status == SIPAS_OK) status = sipas__options_check("lower_given", own->lower_given, 0, 1, err);
    if (status == SIPAS_OK) status = sipas__options_enum("measure", own->measure, SIPAS__ENUM_TARGET, err);
    return status;
}

static sipas_status check_numbers(sipas_allocate_tree_opts *own, sipas_error *err)
{
    if (own->reserved != 0) return bad_option(err, "reserved", "it must be 0");
    if (!own->power_given) own->power = 0.5;
    if (!(own->power >= 0.0 && own->power <= 10.0)) return bad_option(err, "power", "it must be from 0 to 10");
    if (own->lower_value < 0) return bad_option(err, "lower_value", "it must not be negative");
    if (own->upper_value < 0) return bad_option(err, "upper_value", "it must not be negative");
    if (own->multiple < 0 || own->multiple > 1000000)
        return bad_option(err, "multiple", "it must be from 0 to 1000000");
    return sipas__options_level(&own->level, err);
}

static void drop_empty_columns(sipas_allocate_tree_opts *own)
{
    const sipas_column **columns[] = {&own->lower,      &own->upper,       &own->equal,      &own->target,
                                      &own->sd,         &own->mean,        &own->cost,       &own->class_level,
                                      &own->class_code, &own->class_lower, &own->class_upper};

    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (!sipas__column_given(*columns[i])) *columns[i] = NULL;
}

static sipas_status check_columns(const sipas__forest *f, const sipas_column *size, sipas_error *err)
{
    const sipas_allocate_tree_opts *own = &f->opts;
    const struct {
        const sipas_column *column;
        int32_t kind;
        const char *name;
    } columns[] = {{size, SIPAS__NUMBERS, "size"},          {own->lower, SIPAS__NUMBERS, "lower"},
                   {own->upper, SIPAS__NUMBERS, "upper"},   {own->equal, SIPAS__FLAGS, "equal"},
                   {own->target, SIPAS__NUMBERS, "target"}, {own->sd, SIPAS__NUMBERS, "sd"},
                   {own->mean, SIPAS__NUMBERS, "mean"},     {own->cost, SIPAS__NUMBERS, "cost"}};

    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (sipas__column_given(columns[i].column)) {
            sipas_status status = sipas__column_check(columns[i].column, f->units->n, columns[i].kind, columns[i].name,
                                                      err);

            if (status < 0) return status;
        }
    if (!sipas__column_given(size) && (own->method != SIPAS_ALLOCATE_EQUAL || own->target))
        return sipas__error_argument(err, "size", "no column is given");
    if (!own->sd && (own->method >= SIPAS_ALLOCATE_NEYMAN || own->target))
        return sipas__error_argument(err, "sd", "the method or the targets need it");
    if (!own->cost && own->method == SIPAS_ALLOCATE_COST)
        return sipas__error_argument(err, "cost", "the method needs it");
    if (!own->mean && own->target && own->measure == SIPAS_TARGET_CV)
        return sipas__error_argument(err, "mean", "targets that are a CV need it");
    return SIPAS_OK;
}

static sipas_status load_options(sipas__forest *f, const sipas_allocate_tree_opts *opts, const sipas_column *size,
                                 sipas_error *err)
{
    sipas_allocate_tree_opts *own = &f->opts;
    sipas_status status = sipas__options_load(own, sizeof *own, opts, "sipas_allocate_tree_opts", err);

    if (status == SIPAS_OK) status = sipas__options_check("reserved", own->reserved, 0, 0, err);
    if (status == SIPAS_OK) status = check_flags(own, err);
    if (status == SIPAS_OK) status = check_numbers(own, err);
    if (status < 0) return status;
    drop_empty_columns(own);
    if (own->method == SIPAS_ALLOCATE_DEFAULT) own->method = SIPAS_ALLOCATE_PROPORTIONAL;
    if (own->measure == SIPAS_TARGET_DEFAULT) own->measure = SIPAS_TARGET_CV;
    if (own->method >= SIPAS_ALLOCATE_NEYMAN && own->rounding != SIPAS_ROUNDING_DEFAULT)
        return bad_option(err, "rounding", "neyman and cost have whole numbers of their own");
    if (own->rounding == SIPAS_ROUNDING_LARGEST_REMAINDER)
        return bad_option(err, "rounding", "largest remainder has no optimum over a tree; take a divisor method");
    if (own->rounding == SIPAS_ROUNDING_DEFAULT) own->rounding = SIPAS_ROUNDING_WEBSTER;
    f->multiple = own->multiple > 0 ? own->multiple : 1;
    return check_columns(f, size, err);
}

static sipas_status check_total(sipas__forest *f, int64_t total, sipas_error *err)
{
    f->total = total;
    if (total == SIPAS_ALLOCATE_NO_TOTAL) return SIPAS_OK;
    if (total < 0 || total > SIPAS__TOTAL_MAX)
        return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE, "total",
                                "total is %lld; it must be from 0 to 10^12", (long long)total);
    if (total % f->multiple != 0)
        return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE, "total",
                                "total is %lld, which is no multiple of %lld", (long long)total,
                                (long long)f->multiple);
    f->total = total / f->multiple;
    return SIPAS_OK;
}

/* ---- places ---- */

static sipas_status make_arrays(sipas__forest *f, sipas_error *err)
{
    int64_t **const whole[] = {&f->unit, &f->parent, &f->end,    &f->lower, &f->upper,   &f->most, &f->low,
                               &f->ones, &f->full,   &f->number, &f->raw,   &f->pending, &f->whole};
    double **const real[] = {&f->size,  &f->sd,   &f->cost, &f->mean, &f->weight, &f->target,
                             &f->scale, &f->part, &f->sum,  &f->rise, &f->price,  &f->x};

    f->n = f->units->n + 1;
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        *whole[i] = sipas__alloc(f->ctx, f->n, sizeof **whole[i]);
        if (!*whole[i]) return sipas__error_memory(err);
    }
    for (size_t i = 0; i < sizeof real / sizeof *real; i++) {
        *real[i] = sipas__alloc(f->ctx, f->n, sizeof **real[i]);
        if (!*real[i]) return sipas__error_memory(err);
    }
    f->equal = sipas__alloc(f->ctx, f->n, sizeof *f->equal);
    f->bounded = sipas__alloc(f->ctx, f->n, sizeof *f->bounded);
    return f->equal && f->bounded ? SIPAS_OK : sipas__error_memory(err);
}

static void lay_out(sipas__forest *f)
{
    const sipas_unit_tree *units = f->units;

    f->unit[0] = f->parent[0] = -1;
    f->end[0] = f->n;
    for (int64_t place = 1; place < f->n; place++) {
        const int64_t unit = units->preorder[place - 1], above = units->parent[unit];

        f->unit[place] = unit;
        f->parent[place] = above < 0 ? 0 : units->position[above] + 1;
        f->end[place] = units->end[unit] + 1;
        f->n_leaves += sipas__forest_is_leaf(f, place);
        f->equal[place] = f->opts.equal && !sipas__forest_is_leaf(f, place) &&
                          sipas__column_present(f->opts.equal, unit) && sipas__column_f64(f->opts.equal, unit) != 0.0;
    }
}

/* ---- numbers of the leaves ---- */

/* What a leaf's number must be. */
enum { MAY_BE_ZERO = 1, ANY_SIGN = 2 };

static sipas_status read_leaves(const sipas__forest *f, const sipas_column *column, const char *name, int32_t may,
                                double *out, sipas_error *err)
{
    for (int64_t place = 1; place < f->n && sipas__column_given(column); place++) {
        double value;

        if (!sipas__forest_is_leaf(f, place)) continue;
        value = sipas__column_f64(column, f->unit[place]);
        if (isnan(value)) return sipas__forest_error(f, SIPAS_ERR_MISSING, place, err, "%s is missing or NaN", name);
        if (isinf(value)) return sipas__forest_error(f, SIPAS_ERR_VALUE, place, err, "%s is infinite", name);
        if (!(may & ANY_SIGN) && !(value > 0.0 || (value == 0.0 && (may & MAY_BE_ZERO))))
            return sipas__forest_error(f, SIPAS_ERR_VALUE, place, err, "%s is %.17g; it must be %s 0", name, value,
                                       may & MAY_BE_ZERO ? "at least" : "greater than");
        out[place] = value;
    }
    return SIPAS_OK;
}

static double weight_of(const sipas__forest *f, int64_t place)
{
    switch (f->opts.method) {
    case SIPAS_ALLOCATE_PROPORTIONAL: return f->size[place];
    case SIPAS_ALLOCATE_SQRT: return sqrt(f->size[place]);
    case SIPAS_ALLOCATE_POWER: return f->size[place] > 0.0 ? pow(f->size[place], f->opts.power) : 0.0;
    case SIPAS_ALLOCATE_NEYMAN: return f->size[place] * f->sd[place];
    case SIPAS_ALLOCATE_COST: return f->size[place] * f->sd[place] / sqrt(f->cost[place]);
    default: return 1.0;
    }
}

/* Sums of weights from below; units with equal shares have their own. `part` and `sum` are free here. */
static void gather_weights(sipas__forest *f)
{
    const int hill = f->a.seats.rounding == SIPAS_ROUNDING_HILL;

    for (int64_t place = f->n - 1; place > 0; place--) {
        const int64_t above = f->parent[place];
        double w;

        if (f->equal[place] && f->rise[place] > 0.0)
            f->weight[place] = hill ? sqrt(f->rise[place] * f->sum[place])
                                    : f->rise[place] * f->rise[place] / f->sum[place];
        w = f->weight[place];
        if (!f->equal[above]) f->weight[above] += w;
        if (!f->equal[above] || w == 0.0) continue;
        f->rise[above] += 1.0; /* how many weigh something */
        f->sum[above] += hill ? w * w : 1.0 / w;
    }
}

/* The factors of w², by place; a unit with equal shares has its weight among them. */
static void set_squares(sipas__forest *f)
{
    const double *size = f->size, *sd = f->sd, *weight = f->weight;
    const double *squares[SIPAS_ALLOCATE_COST + 1][4] = {
        [SIPAS_ALLOCATE_EQUAL] = {weight, weight},
        [SIPAS_ALLOCATE_PROPORTIONAL] = {size, size},
        [SIPAS_ALLOCATE_SQRT] = {size},
        [SIPAS_ALLOCATE_POWER] = {weight, weight},
        [SIPAS_ALLOCATE_NEYMAN] = {size, size, sd, sd},
        [SIPAS_ALLOCATE_COST] = {size, size, sd, sd},
    };

    for (int32_t i = 0; i < 4; i++) {
        f->a.seats.square[i] = squares[f->opts.method][i];
        if (f->a.seats.square[i]) f->a.seats.n_square = i + 1;
    }
    f->a.seats.under = f->opts.method == SIPAS_ALLOCATE_COST ? f->cost : NULL;
    f->a.seats.weight = weight;
    f->a.n_units = f->n;
    for (int64_t place = 1; place < f->n; place++) {
        if (!f->equal[place]) continue;
        f->size[place] = f->opts.method == SIPAS_ALLOCATE_SQRT ? weight[place] * weight[place] : weight[place];
        f->sd[place] = f->cost[place] = 1.0;
    }
}

static sipas_status make_weights(sipas__forest *f, sipas_error *err)
{
    double sum = 0.0;

    f->a.seats.rounding = f->opts.method >= SIPAS_ALLOCATE_NEYMAN ? SIPAS_ROUNDING_HILL : f->opts.rounding;
    for (int64_t place = 1; place < f->n; place++) {
        double w;

        if (!sipas__forest_is_leaf(f, place)) continue;
        w = f->weight[place] = weight_of(f, place);
        sum += w;
        if (!(w >= 1e-140 && w <= 1e140) &&
            (w != 0.0 || (f->size[place] > 0.0 && f->opts.method < SIPAS_ALLOCATE_NEYMAN)))
            return sipas__forest_error(f, SIPAS_ERR_VALUE, place, err,
                                       "its weight in the allocation is %g, outside 1e-140 to 1e140", w);
    }
    if (!(sum > 0.0) && f->total != 0)
        return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE,
                                f->opts.method >= SIPAS_ALLOCATE_NEYMAN ? "sd" : "size",
                                "the weight of every leaf is 0: there is nothing to split by");
    gather_weights(f);
    set_squares(f);
    return SIPAS_OK;
}

sipas_status sipas__forest_read(sipas__forest *f, sipas_ctx *ctx, int64_t total, const sipas_unit_tree *tree,
                                const sipas_column *size, const sipas_allocate_tree_opts *opts, sipas_error *err)
{
    sipas_status status;

    f->ctx = ctx;
    f->a.ctx = ctx;
    if (!tree) return sipas__error_argument(err, "tree", "is NULL");
    f->units = tree;
    status = load_options(f, opts, size, err);
    if (status == SIPAS_OK) status = check_total(f, total, err);
    if (status == SIPAS_OK) status = make_arrays(f, err);
    if (status < 0) return status;
    lay_out(f);
    f->a.size = sipas__column_given(size) ? f->size : NULL;
    status = read_leaves(f, size, "size", MAY_BE_ZERO, f->size, err);
    if (status == SIPAS_OK) status = read_leaves(f, f->opts.sd, "sd", MAY_BE_ZERO, f->sd, err);
    if (status == SIPAS_OK) status = read_leaves(f, f->opts.cost, "cost", 0, f->cost, err);
    if (status == SIPAS_OK) status = read_leaves(f, f->opts.mean, "mean", ANY_SIGN, f->mean, err);
    if (status == SIPAS_OK) status = make_weights(f, err);
    return status;
}

void sipas__forest_clear(sipas__forest *f)
{
    void *const blocks[] = {f->unit, f->parent, f->end,    f->lower,   f->upper, f->most, f->low,  f->ones,
                            f->full, f->number, f->raw,    f->pending, f->whole, f->size, f->sd,   f->cost,
                            f->mean, f->weight, f->target, f->scale,   f->part,  f->sum,  f->rise, f->price,
                            f->x,    f->loose,  f->equal,  f->bounded, f->seats, f->items};

    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) sipas__free(f->ctx, blocks[i]);
}

/*
 * Reading an allocation: options, columns, weights and the order of codes.
 *
 *   w = 1, N, √N, N^power, N S or N S / √c
 *
 * Beside w as a double stand the factors of w² as they were given, for exact comparisons.
 *
 * O(units).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/allocate.h"

#include <math.h>

#include "base/context.h"
#include "base/options.h"
#include "data/codes.h"
#include "data/column.h"
#include "data/measure.h"
#include "data/schema.h"

void sipas_allocate_opts_init(sipas_allocate_opts *opts)
{
    const sipas_allocate_opts defaults = SIPAS_ALLOCATE_OPTS_INIT;

    *opts = defaults;
}

/* ---- options ---- */

static sipas_status bad_option(sipas_error *err, const char *field, const char *sentence)
{
    return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, field, "option %s: %s", field,
                            sentence);
}

static sipas_status check_flags(const sipas_allocate_opts *own, sipas_error *err)
{
    sipas_status status = sipas__options_check("method", own->method, 0, SIPAS_ALLOCATE_CLASS_TABLE, err);

    if (status == SIPAS_OK) status = sipas__options_check("rounding", own->rounding, 0, SIPAS_ROUNDING_JEFFERSON, err);
    if (status == SIPAS_OK) status = sipas__options_check("size_is_measure", own->size_is_measure, 0, 1, err);
    if (status == SIPAS_OK) status = sipas__options_check("power_given", own->power_given, 0, 1, err);
    if (status == SIPAS_OK) status = sipas__options_check("lower_given", own->lower_given, 0, 1, err);
    return status;
}

static void drop_empty_columns(sipas_allocate_opts *own)
{
    const sipas_column **columns[] = {&own->lower, &own->upper,      &own->code,       &own->sd,
                                      &own->cost,  &own->unit_class, &own->class_code, &own->class_n};

    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (!sipas__column_given(*columns[i])) *columns[i] = NULL;
}

static sipas_status load_options(sipas__allocation *a, const sipas_allocate_opts *opts, sipas_error *err)
{
    sipas_allocate_opts *own = &a->opts;
    sipas_status status = sipas__options_load(own, sizeof *own, opts, "sipas_allocate_opts", err);

    if (status == SIPAS_OK) status = check_flags(own, err);
    if (status < 0) return status;
    drop_empty_columns(own);
    if (own->method == SIPAS_ALLOCATE_DEFAULT) own->method = SIPAS_ALLOCATE_PROPORTIONAL;
    if (own->method >= SIPAS_ALLOCATE_NEYMAN && own->rounding != SIPAS_ROUNDING_DEFAULT)
        return bad_option(err, "rounding", "neyman, cost and the class table have whole numbers of their own");
    if (own->rounding == SIPAS_ROUNDING_DEFAULT) own->rounding = SIPAS_ROUNDING_LARGEST_REMAINDER;
    a->rounding = own->method == SIPAS_ALLOCATE_NEYMAN || own->method == SIPAS_ALLOCATE_COST ? SIPAS_ROUNDING_HILL
                                                                                             : own->rounding;
    if (!own->power_given) own->power = 0.5;
    if (!(own->power >= 0.0 && own->power <= 10.0)) return bad_option(err, "power", "it must be from 0 to 10");
    if (own->lower_value < 0) return bad_option(err, "lower_value", "it must not be negative");
    if (own->upper_value < 0) return bad_option(err, "upper_value", "it must not be negative");
    if (own->lower && (own->lower_given || own->lower_value))
        return sipas__error_argument(err, "lower", "give the column or lower_value, not both");
    if (own->upper && own->upper_value)
        return sipas__error_argument(err, "upper", "give the column or upper_value, not both");
    a->free_lower = !own->lower && !own->lower_given && own->lower_value == 0;
    return SIPAS_OK;
}

static sipas_status check_total(sipas__allocation *a, int64_t total, sipas_error *err)
{
    a->total = total;
    if (total >= 0 && total <= SIPAS__TOTAL_MAX) return SIPAS_OK;
    if (total == SIPAS_ALLOCATE_NO_TOTAL && a->opts.method == SIPAS_ALLOCATE_CLASS_TABLE) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE, "total",
                            "total is %lld; it must be from 0 to 10^12", (long long)total);
}

/* ---- columns ---- */

/* The first column given tells how many units there are. */
static sipas_status count_units(sipas__allocation *a, const sipas_column *size, sipas_error *err)
{
    const sipas_column *first = sipas__column_given(size) ? size
                                : a->opts.unit_class      ? a->opts.unit_class
                                : a->opts.code            ? a->opts.code
                                : a->opts.lower           ? a->opts.lower
                                                          : a->opts.upper;

    a->n_units = first ? first->n : 0;
    if (a->n_units < 1) return sipas__error_argument(err, "size", "there are no units");
    if (a->n_units > INT32_MAX) return sipas__error_argument(err, "size", "there are more than 2^31 - 1 units");
    return SIPAS_OK;
}

/* The cells of the result, in the order of the schema. */
static sipas_status make_table(sipas__allocation *a, sipas_error *err)
{
    const sipas_schema *schema = &sipas__schema_allocation;
    int32_t unused;

    a->table = sipas__table_new(a->ctx, a->n_units);
    a->code_column = a->opts.code ? sipas__table_add_field(a->table, schema, "code") : -1;
    a->n = sipas__table_add_cells(a->table, schema, "n", &unused);
    a->fraction = sipas__table_add_cells(a->table, schema, "fraction", &a->fraction_column);
    a->continuous = sipas__table_add_cells(a->table, schema, "continuous", &unused);
    a->lower = sipas__table_add_cells(a->table, schema, "lower", &unused);
    a->upper = sipas__table_add_cells(a->table, schema, "upper", &a->upper_column);
    a->share = sipas__table_add_cells(a->table, schema, "share", &a->share_column);
    return a->share ? SIPAS_OK : sipas__error_memory(err);
}

static sipas_status read_measure(const sipas__allocation *a, const sipas_column *column, const char *name, int32_t may,
                                 double **owned, const double **view, sipas_error *err)
{
    return sipas__measure_view(a->ctx, column, a->n_units, name, a->opts.code, may, owned, view, err);
}

/* Places of the codes in their order; two units with one code are an error. */
static sipas_status read_ranks(sipas__allocation *a, sipas_error *err)
{
    sipas__codes codes;
    int32_t *first = NULL;
    sipas_status status = sipas__codes_init(&codes, a->ctx, a->opts.code, a->n_units, "code", 0, err);

    if (status < 0) return status;
    a->rank = sipas__alloc(a->ctx, a->n_units, sizeof *a->rank);
    if (!a->rank) status = sipas__error_memory(err);
    for (int64_t row = 0; status == SIPAS_OK && row < a->n_units; row += SIPAS__TILE)
        sipas__codes_read(&codes, row, a->n_units - row < SIPAS__TILE ? a->n_units - row : SIPAS__TILE, a->rank + row);
    if (status == SIPAS_OK && codes.n_levels < a->n_units) {
        first = sipas__alloc(a->ctx, codes.n_levels, sizeof *first);
        if (!first) status = sipas__error_memory(err);
        for (int64_t row = 0; status == SIPAS_OK; row++) {
            if (first[a->rank[row]])
                status = sipas__unit_error(err, SIPAS_ERR_DUPLICATE, a->opts.code, row,
                                           "its code stands in row %d already", (int)(first[a->rank[row]] - 1));
            first[a->rank[row]] = (int32_t)row + 1;
        }
    }
    sipas__free(a->ctx, first);
    sipas__codes_clear(&codes);
    return status;
}

static sipas_status read_columns(sipas__allocation *a, const sipas_column *size, sipas_error *err)
{
    const int32_t method = a->opts.method;
    sipas_status status = SIPAS_OK;

    if (a->opts.code) status = read_ranks(a, err);
    if (status == SIPAS_OK &&
        (sipas__column_given(size) || (method != SIPAS_ALLOCATE_EQUAL && method != SIPAS_ALLOCATE_CLASS_TABLE)))
        status = read_measure(a, size, "size", SIPAS__MAY_BE_ZERO, &a->own_size, &a->size, err);
    if (status == SIPAS_OK && (method == SIPAS_ALLOCATE_NEYMAN || method == SIPAS_ALLOCATE_COST))
        status = read_measure(a, a->opts.sd, "sd", SIPAS__MAY_BE_ZERO, &a->own_sd, &a->sd, err);
    if (status == SIPAS_OK && method == SIPAS_ALLOCATE_COST)
        status = read_measure(a, a->opts.cost, "cost", 0, &a->own_cost, &a->cost, err);
    return status;
}

/* ---- weights ---- */

/* The factors of w². */
static void set_squares(sipas__allocation *a)
{
    const double *size = a->size, *sd = a->sd, *weight = a->weight;
    const double *squares[SIPAS_ALLOCATE_CLASS_TABLE + 1][4] = {
        [SIPAS_ALLOCATE_PROPORTIONAL] = {size, size}, [SIPAS_ALLOCATE_SQRT] = {size},
        [SIPAS_ALLOCATE_POWER] = {weight, weight},    [SIPAS_ALLOCATE_NEYMAN] = {size, size, sd, sd},
        [SIPAS_ALLOCATE_COST] = {size, size, sd, sd},
    };

    for (int32_t i = 0; i < 4; i++) {
        a->square[i] = squares[a->opts.method][i];
        if (a->square[i]) a->n_square = i + 1;
    }
    a->under = a->cost;
}

static double weight_of(const sipas__allocation *a, int64_t unit)
{
    switch (a->opts.method) {
    case SIPAS_ALLOCATE_SQRT: return sqrt(a->size[unit]);
    case SIPAS_ALLOCATE_POWER: return a->size[unit] > 0.0 ? pow(a->size[unit], a->opts.power) : 0.0;
    case SIPAS_ALLOCATE_NEYMAN: return a->size[unit] * a->sd[unit];
    case SIPAS_ALLOCATE_COST: return a->size[unit] * a->sd[unit] / sqrt(a->cost[unit]);
    default: return 1.0;
    }
}

/* A weight's square must be a number that a double holds well. */
static sipas_status bad_weight(const sipas__allocation *a, int64_t unit, sipas_error *err)
{
    return sipas__unit_error(err, SIPAS_ERR_VALUE, a->opts.code, unit,
                             "its weight in the allocation is %g, outside 1e-140 to 1e140", a->weight[unit]);
}

/* The weights of proportional are the sizes; the others are made, in cells that are written last. */
static sipas_status make_weights(sipas__allocation *a, sipas_error *err)
{
    const int made = a->opts.method != SIPAS_ALLOCATE_PROPORTIONAL;

    a->weight = made ? a->share : a->size;
    a->sum_weight = 0.0;
    for (int64_t i = 0; i < a->n_units; i++) {
        double w = made ? weight_of(a, i) : a->size[i];

        if (made) a->share[i] = w;
        if (!(w >= 1e-140 && w <= 1e140) && (w != 0.0 || (a->size[i] > 0.0 && (!a->sd || a->sd[i] > 0.0))))
            return bad_weight(a, i, err);
        a->sum_weight += w;
    }
    set_squares(a);
    if (a->sum_weight > 0.0 || a->total <= 0) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE, a->sd ? "sd" : "size",
                            "%s is 0 for every unit: there is nothing to split %lld by",
                            a->sd ? "size times sd" : "size", (long long)a->total);
}

/* ---- the whole ---- */

sipas_status sipas__allocate_read(sipas__allocation *a, sipas_ctx *ctx, int64_t total, const sipas_column *size,
                                  const sipas_allocate_opts *opts, sipas_error *err)
{
    sipas_status status;

    a->ctx = ctx;
    status = load_options(a, opts, err);
    if (status == SIPAS_OK) status = check_total(a, total, err);
    if (status == SIPAS_OK) status = count_units(a, size, err);
    if (status == SIPAS_OK) status = make_table(a, err);
    if (status == SIPAS_OK) status = read_columns(a, size, err);
    if (status == SIPAS_OK && a->opts.method != SIPAS_ALLOCATE_CLASS_TABLE) status = make_weights(a, err);
    if (status == SIPAS_OK) status = sipas__allocate_bounds(a, err);
    return status;
}

void sipas__allocate_clear(sipas__allocation *a)
{
    sipas__free(a->ctx, a->own_size);
    sipas__free(a->ctx, a->own_sd);
    sipas__free(a->ctx, a->own_cost);
    sipas__free(a->ctx, a->rank);
    sipas_table_free(a->table);
}

int64_t sipas__allocate_rank(const sipas__allocation *a, int64_t unit)
{
    return a->rank ? a->rank[unit] : unit;
}

int sipas__allocate_needs_one(const sipas__allocation *a)
{
    return a->rounding == SIPAS_ROUNDING_HILL || a->rounding == SIPAS_ROUNDING_ADAMS;
}

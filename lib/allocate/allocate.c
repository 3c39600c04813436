/*
 * Allocation: the call. Reads, settles the continuous optimum and the whole numbers, certifies, and writes the table.
 *
 * O(units) expected.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/allocate.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "data/column.h"
#include "data/measure.h"
#include "data/schema.h"

enum { STAGES = 3 };

static const char *const method_names[] = {
    [SIPAS_ALLOCATE_EQUAL] = "equal",
    [SIPAS_ALLOCATE_PROPORTIONAL] = "proportional",
    [SIPAS_ALLOCATE_SQRT] = "sqrt",
    [SIPAS_ALLOCATE_POWER] = "power",
    [SIPAS_ALLOCATE_NEYMAN] = "neyman",
    [SIPAS_ALLOCATE_COST] = "cost",
    [SIPAS_ALLOCATE_CLASS_TABLE] = "class_table",
};

static const char *const formulas[] = {
    [SIPAS_ALLOCATE_EQUAL] = "w = 1",
    [SIPAS_ALLOCATE_PROPORTIONAL] = "w = size",
    [SIPAS_ALLOCATE_SQRT] = "w = sqrt(size)",
    [SIPAS_ALLOCATE_POWER] = "w = size^power",
    [SIPAS_ALLOCATE_NEYMAN] = "w = size sd",
    [SIPAS_ALLOCATE_COST] = "w = size sd / sqrt(cost)",
    [SIPAS_ALLOCATE_CLASS_TABLE] = "n = number of the class",
};

static const char *const rounding_names[] = {
    [SIPAS_ROUNDING_LARGEST_REMAINDER] = "largest_remainder",
    [SIPAS_ROUNDING_WEBSTER] = "webster",
    [SIPAS_ROUNDING_HILL] = "hill",
    [SIPAS_ROUNDING_ADAMS] = "adams",
    [SIPAS_ROUNDING_JEFFERSON] = "jefferson",
};

static const char *rounding_name(const sipas__allocation *a)
{
    if (a->opts.method == SIPAS_ALLOCATE_CLASS_TABLE) return "none";
    if (a->opts.method >= SIPAS_ALLOCATE_NEYMAN) return "exact";
    return rounding_names[a->rounding];
}

/* Continuous optimum, then whole numbers. */
static sipas_status split(sipas__allocation *a, sipas_error *err)
{
    sipas_status status;
    int32_t done;

    if (a->opts.method == SIPAS_ALLOCATE_CLASS_TABLE) return sipas__allocate_class(a, err);
    done = sipas__allocate_surplus(a, err);
    if (done == 0) {
        sipas__allocate_continuous(a);
        status = sipas__progress(a->ctx, "allocate", 2, STAGES, err);
        if (status < 0) return status;
        done = sipas__allocate_shortage(a, err);
    }
    if (done < 0) return done;
    if (done == 0) {
        status = a->rounding == SIPAS_ROUNDING_LARGEST_REMAINDER ? sipas__allocate_remainder(a, err)
                                                                 : sipas__allocate_divisor(a, err);
        if (status < 0) return status;
    }
    sipas__allocate_certify(a);
    return SIPAS_OK;
}

/* What is left to write: n, continuous and the bounds are in their places. */
static void write_rows(sipas__allocation *a)
{
    const double whole = (double)a->total;
    char buffer[32];

    for (int64_t i = 0; i < a->n_units; i++) {
        a->share[i] = (double)a->n[i] / whole;
        if (a->size) a->fraction[i] = (double)a->n[i] / a->size[i];
        if (!a->size || a->size[i] == 0.0) sipas__table_set_missing(a->table, a->fraction_column, i);
        if (a->upper[i] == SIPAS__NO_BOUND) sipas__table_set_missing(a->table, a->upper_column, i);
    }
    for (int64_t i = 0; i < a->n_units && a->total == 0; i++) sipas__table_set_missing(a->table, a->share_column, i);
    for (int64_t i = 0; i < a->n_units && a->opts.code; i++)
        sipas__table_set_code(a->table, a->code_column, i, sipas__column_code_text(a->opts.code, i, buffer));
}

static void write_meta(const sipas__allocation *a)
{
    sipas_table *table = a->table;

    sipas__table_meta(table, "method", "%s/1", method_names[a->opts.method]);
    sipas__table_meta(table, "rounding", "%s", rounding_name(a));
    sipas__table_meta(table, "formula", "%s", formulas[a->opts.method]);
    if (a->opts.method == SIPAS_ALLOCATE_POWER) sipas__table_meta(table, "power", "%.17g", a->opts.power);
    sipas__table_meta(table, "total", "%lld", (long long)a->total);
    sipas__table_meta(table, "sum_lower", "%lld", (long long)a->sum_lower);
    if (a->sum_upper == SIPAS__NO_BOUND)
        sipas__table_meta(table, "sum_upper", "none");
    else
        sipas__table_meta(table, "sum_upper", "%lld", (long long)a->sum_upper);
    if (!a->certified) return;
    sipas__table_meta(table, "objective_formula", "%s", sipas__allocate_objective(a));
    sipas__table_meta(table, "objective", "%.17g", a->objective);
    sipas__table_meta(table, "objective_continuous", "%.17g", a->objective_continuous);
    if (isinf(a->exchange))
        sipas__table_meta(table, "exchange", "none");
    else
        sipas__table_meta(table, "exchange", "%.17g", a->exchange);
}

sipas_status sipas_allocate(sipas_ctx *ctx, int64_t total, const sipas_column *size, const sipas_allocate_opts *opts,
                            sipas_table **out, sipas_error *err)
{
    sipas__allocation a;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    memset(&a, 0, sizeof a);
    status = sipas__progress(ctx, "allocate", 0, STAGES, err);
    if (status == SIPAS_OK) status = sipas__allocate_read(&a, ctx, total, size, opts, err);
    if (status == SIPAS_OK) status = sipas__progress(ctx, "allocate", 1, STAGES, err);
    if (status == SIPAS_OK) status = split(&a, err);
    if (status == SIPAS_OK) {
        write_rows(&a);
        write_meta(&a);
        status = sipas__table_finish(sipas_table_ref(a.table), out, err);
    }
    sipas__allocate_clear(&a);
    return status;
}

/*
 * Allocation of a fixed total: the call, and what every allocation says about itself.
 *
 * O(units) expected.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/allocate.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/enums.h"
#include "data/measure.h"
#include "data/methods.h"

enum { STAGES = 3 };

static const char *const formulas[] = {
    [SIPAS_ALLOCATE_EQUAL] = "w = 1",
    [SIPAS_ALLOCATE_PROPORTIONAL] = "w = size",
    [SIPAS_ALLOCATE_SQRT] = "w = sqrt(size)",
    [SIPAS_ALLOCATE_POWER] = "w = size^power",
    [SIPAS_ALLOCATE_NEYMAN] = "w = size sd",
    [SIPAS_ALLOCATE_COST] = "w = size sd / sqrt(cost)",
    [SIPAS_ALLOCATE_CLASS_TABLE] = "n = number of the class",
    [SIPAS_ALLOCATE_KISH] = "w = sqrt(kish (size / sum size)^2 + (1 - kish) / units^2)",
    [SIPAS_ALLOCATE_BANKIER] = "w = importance^power sd / mean",
};
SIPAS__EVERY(formulas, ALLOCATE);

static const char *const goal_names[] = {
    [SIPAS__GOAL_TOTAL] = "total",
    [SIPAS__GOAL_BUDGET] = "budget",
    [SIPAS__GOAL_PRECISION] = "precision",
};

static const char *rounding_name(const sipas__allocation *a)
{
    if (a->opts.method == SIPAS_ALLOCATE_CLASS_TABLE) return "none";
    if (sipas__method_is_exact(a->opts.method)) return "exact";
    return sipas__enum_word(SIPAS__ENUM_ROUNDING, a->seats.rounding);
}

static void meta_sum(sipas_table *table, const char *key, int64_t sum, int64_t block)
{
    if (sum == SIPAS__NO_BOUND || sum > SIPAS__NO_BOUND / block)
        sipas__table_meta(table, key, "none");
    else
        sipas__table_meta(table, key, "%lld", (long long)(sum * block));
}

/* What one more in all buys, and where. */
static void meta_gain(const sipas__allocation *a)
{
    char label[192];
    double best = -1.0;
    int64_t unit = -1;

    for (int64_t i = 0; i < a->n_units; i++)
        if (a->n[i] < a->bounds.upper[i] && a->gain[i] > best) best = a->gain[i], unit = i;
    if (unit < 0) {
        sipas__table_meta(a->table, "gain_total", "none");
        return;
    }
    sipas__table_meta(a->table, "gain_total", "%.17g", best);
    sipas__table_meta(a->table, "gain_unit", "%s", sipas__unit_label(a->opts.code, unit, label));
}

void sipas__allocate_meta(const sipas__allocation *a)
{
    const int32_t method = a->opts.method;
    sipas_table *table = a->table;

    sipas__table_meta(table, "method", "%s/1", sipas__enum_word(SIPAS__ENUM_ALLOCATE, method));
    sipas__table_meta(table, "rounding", "%s", rounding_name(a));
    sipas__table_meta(table, "formula", "%s", formulas[method]);
    if (method == SIPAS_ALLOCATE_POWER || method == SIPAS_ALLOCATE_BANKIER)
        sipas__table_meta(table, "power", "%.17g", a->opts.power);
    if (method == SIPAS_ALLOCATE_KISH) sipas__table_meta(table, "kish", "%.17g", a->opts.kish);
    sipas__table_meta(table, "total", "%lld", (long long)a->total);
    if (a->block > 1) sipas__table_meta(table, "multiple", "%lld", (long long)a->block);
    sipas__table_meta(table, "goal", "%s", goal_names[a->goal]);
    meta_sum(table, "sum_lower", a->bounds.sum_lower, a->block);
    meta_sum(table, "sum_upper", a->bounds.sum_upper, a->block);
    if (a->gain) meta_gain(a);
    if (method == SIPAS_ALLOCATE_CLASS_TABLE) return;
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
    if (status == SIPAS_OK)
        status = a.opts.method == SIPAS_ALLOCATE_CLASS_TABLE ? sipas__allocate_class(&a, err)
                                                             : sipas__allocate_split(&a, err);
    if (status == SIPAS_OK) {
        sipas__allocate_write(&a);
        sipas__allocate_meta(&a);
        status = sipas__table_finish(sipas_table_ref(a.table), out, err);
    }
    sipas__allocate_clear(&a);
    return status;
}

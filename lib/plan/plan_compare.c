/*
 * Methods side by side: one total, split by each method under the same rules, and the precision that follows.
 *
 * O(methods × strata), and the units sorted once for each method.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas/plan.h>

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/options.h"
#include "data/column.h"
#include "data/schema.h"
#include "data/table.h"
#include "data/methods.h"
#include "num/order.h"

enum { MOST_METHODS = 16 };

typedef struct comparison {
    sipas_ctx *ctx;
    sipas_plan_compare_opts opts;
    sipas_allocate_opts rules;
    const sipas_column *size;
    sipas_column unit;
    int64_t *row; /* numbers of the rows, where units have no codes */
    int32_t methods[MOST_METHODS];
    int64_t n_methods, total, n_units;
    sipas__item *items; /* SE of the units, to be sorted */
    int64_t room;
    double variance[MOST_METHODS];
    sipas_table *table;
    int32_t column[16]; /* of the schema's fields */
} comparison;

/* The fields of the schema, in their order. */
enum { METHOD, SE, HALF_WIDTH, CV, LOSS, UNIT_MEDIAN, UNIT_WORST, WORST, UNSAMPLED, N_LEAST, N_MOST, COST, FIELDS };

void sipas_plan_compare_opts_init(sipas_plan_compare_opts *opts)
{
    const sipas_plan_compare_opts defaults = SIPAS_PLAN_COMPARE_OPTS_INIT;

    if (opts) *opts = defaults;
}

static sipas_status load_methods(comparison *c, sipas_error *err)
{
    const struct {
        int32_t method;
        int wanted;
    } usual[] = {{SIPAS_ALLOCATE_EQUAL, 1},
                 {SIPAS_ALLOCATE_PROPORTIONAL, 1},
                 {SIPAS_ALLOCATE_SQRT, 1},
                 {SIPAS_ALLOCATE_POWER, c->rules.power_given},
                 {SIPAS_ALLOCATE_KISH, 1},
                 {SIPAS_ALLOCATE_NEYMAN, 1},
                 {SIPAS_ALLOCATE_BANKIER, sipas__column_given(c->rules.mean)},
                 {SIPAS_ALLOCATE_COST, sipas__column_given(c->rules.cost)}};

    if (c->opts.n_methods < 0 || c->opts.n_methods > MOST_METHODS)
        return sipas__error_argument(err, "n_methods", "it must be from 0 to 16");
    if (!c->opts.methods) {
        if (c->opts.n_methods > 0) return sipas__error_argument(err, "methods", "is NULL though n_methods is not 0");
        for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
            if (usual[i].wanted) c->methods[c->n_methods++] = usual[i].method;
        return SIPAS_OK;
    }
    if (c->opts.n_methods == 0) return sipas__error_argument(err, "n_methods", "there are no methods");
    c->n_methods = c->opts.n_methods;
    for (int64_t i = 0; i < c->n_methods; i++) {
        c->methods[i] = c->opts.methods[i];
        if (!sipas__enum_has(SIPAS__ENUM_ALLOCATE, c->methods[i]) || c->methods[i] == SIPAS_ALLOCATE_DEFAULT ||
            c->methods[i] == SIPAS_ALLOCATE_CLASS_TABLE)
            return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, i, "methods",
                                    "option methods: %d (at %lld) cannot be compared", (int)c->methods[i],
                                    (long long)i);
    }
    return SIPAS_OK;
}

/* The units: codes given, or those of the strata, or the rows. */
static sipas_status load_units(comparison *c, sipas_error *err)
{
    const int64_t n = c->size->n;

    c->items = sipas__alloc(c->ctx, 2 * n, sizeof *c->items);
    c->room = n;
    if (!c->items) return sipas__error_memory(err);
    if (sipas__column_given(c->opts.unit)) {
        c->unit = *c->opts.unit;
    } else if (sipas__column_given(c->rules.code)) {
        c->unit = *c->rules.code;
    } else {
        c->row = sipas__alloc(c->ctx, n, sizeof *c->row);
        if (!c->row) return sipas__error_memory(err);
        for (int64_t i = 0; i < n; i++) c->row[i] = i;
        c->unit = sipas_column_i64(c->row, n);
    }
    return SIPAS_OK;
}

static sipas_status load(comparison *c, const sipas_allocate_opts *rules, const sipas_plan_compare_opts *opts,
                         sipas_error *err)
{
    sipas_status status = sipas__options_load(&c->opts, sizeof c->opts, opts, "sipas_plan_compare_opts", err);

    if (status == SIPAS_OK) status = sipas__options_load(&c->rules, sizeof c->rules, rules, "sipas_allocate_opts", err);
    if (status == SIPAS_OK) status = sipas__options_enum("of", c->opts.of, SIPAS__ENUM_OF, err);
    if (status < 0) return status;
    if (!sipas__column_given(c->size) || c->size->n < 1)
        return sipas__error_argument(err, "size", "there are no strata");
    if (!sipas__column_given(c->rules.sd)) return sipas__error_argument(err, "sd", "no column is given");
    status = load_methods(c, err);
    return status < 0 ? status : load_units(c, err);
}

/* ---- one method ---- */

static sipas_status allocate(const comparison *c, int32_t method, sipas_table **out, sipas_error *err)
{
    sipas_allocate_opts opts = c->rules;

    opts.struct_size = sizeof opts;
    opts.method = method;
    if (sipas__method_is_exact(method)) opts.rounding = SIPAS_ROUNDING_DEFAULT;
    return sipas_allocate(c->ctx, c->total, c->size, &opts, out, err);
}

/* Precision of the whole (row 0) and of each unit. */
static sipas_status expect(const comparison *c, const sipas_table *split, sipas_table **out, sipas_error *err)
{
    const uint32_t levels[] = {0, 1};
    const char *const name = "the unit";
    const sipas_plan_variable variable = {"y", c->rules.sd, NULL, c->rules.mean, NULL};
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_plan_opts opts = SIPAS_PLAN_OPTS_INIT;
    const int64_t *n;
    sipas_column column;

    (void)sipas_table_get_i64(split, "n", &n, NULL);
    column = sipas_column_i64(n, c->size->n);
    domains.n_by = 1;
    domains.by = &c->unit;
    domains.names = &name;
    domains.n_levels = 2;
    domains.levels = levels;
    opts.of = c->opts.of;
    opts.size_is_measure = c->rules.size_is_measure;
    opts.level = c->opts.level;
    opts.df = c->opts.df;
    opts.cost = c->rules.cost;
    opts.code = c->rules.code;
    return sipas_plan_expect(c->ctx, &column, c->size, &variable, 1, &domains, &opts, out, err);
}

/* Name of the unit in a row of the expectation. */
static const char *unit_name(const sipas_table *expected, int64_t row, char *buffer)
{
    sipas_column units;
    int64_t at = 0;

    (void)sipas_table_find(expected, "the unit", &at, NULL);
    (void)sipas_table_get_column(expected, at, &units, NULL);
    return sipas__column_code_text(&units, row, buffer);
}

/* Median and worst of the units' SE. */
static void write_units(comparison *c, int64_t row, const sipas_table *expected)
{
    const int64_t units = sipas_table_count_rows(expected) - 1;
    const double *se;
    char buffer[32];
    int64_t n = 0;

    (void)sipas_table_get_f64(expected, "se", &se, NULL);
    c->n_units = units;
    for (int64_t i = 1; i <= units; i++)
        if (!isnan(se[i])) c->items[n++] = (sipas__item){sipas__order_f64(se[i]), i};
    sipas__table_set_i64(c->table, c->column[UNSAMPLED], row, units - n);
    if (n == 0) return;
    sipas__order_sort(c->items, c->items + c->room, n, NULL, NULL);
    sipas__table_set_f64(c->table, c->column[UNIT_MEDIAN], row,
                         0.5 * (se[c->items[(n - 1) / 2].index] + se[c->items[n / 2].index]));
    sipas__table_set_f64(c->table, c->column[UNIT_WORST], row, se[c->items[n - 1].index]);
    sipas__table_set_code(c->table, c->column[WORST], row, unit_name(expected, c->items[n - 1].index, buffer));
}

static void write_row(comparison *c, int64_t row, const sipas_table *split, const sipas_table *expected)
{
    const struct {
        int32_t field;
        const char *name;
    } copied[] = {{SE, "se"}, {HALF_WIDTH, "half_width"}, {CV, "cv"}, {COST, "cost"}};
    const char *method;
    const int64_t *n;
    const double *value;
    int64_t least, most;

    (void)sipas_table_find_meta(split, "method", &method, NULL);
    sipas__table_set_code(c->table, c->column[METHOD], row, method);
    for (size_t i = 0; i < sizeof copied / sizeof *copied; i++)
        if (sipas_table_get_f64(expected, copied[i].name, &value, NULL) == SIPAS_OK)
            sipas__table_set_f64(c->table, c->column[copied[i].field], row, value[0]);
    (void)sipas_table_get_f64(expected, "se", &value, NULL);
    c->variance[row] = value[0] * value[0];
    (void)sipas_table_get_i64(split, "n", &n, NULL);
    least = most = n[0];
    for (int64_t i = 1; i < c->size->n; i++) {
        if (n[i] < least) least = n[i];
        if (n[i] > most) most = n[i];
    }
    sipas__table_set_i64(c->table, c->column[N_LEAST], row, least);
    sipas__table_set_i64(c->table, c->column[N_MOST], row, most);
    write_units(c, row, expected);
}

static sipas_status compare_all(comparison *c, sipas_error *err)
{
    sipas_status status = SIPAS_OK;

    c->table = sipas__table_new(c->ctx, c->n_methods);
    for (int32_t i = 0; i < FIELDS; i++) c->column[i] = sipas__table_add(c->table, &sipas__schema_comparison.fields[i]);
    for (int64_t i = 0; i < c->n_methods && status == SIPAS_OK; i++) {
        sipas_table *split = NULL, *expected = NULL;

        status = allocate(c, c->methods[i], &split, err);
        if (status == SIPAS_OK) status = expect(c, split, &expected, err);
        if (status == SIPAS_OK) write_row(c, i, split, expected);
        sipas_table_free(split);
        sipas_table_free(expected);
    }
    return status;
}

static void write_losses(const comparison *c)
{
    double best = INFINITY;

    for (int64_t i = 0; i < c->n_methods; i++) best = fmin(best, c->variance[i]);
    for (int64_t i = 0; i < c->n_methods && best > 0.0; i++)
        sipas__table_set_f64(c->table, c->column[LOSS], i, c->variance[i] / best);
    sipas__table_meta(c->table, "method", "comparison/1");
    sipas__table_meta(c->table, "total", "%lld", (long long)c->total);
    sipas__table_meta(c->table, "units", "%lld", (long long)c->n_units);
    sipas__table_meta(c->table, "of", "%s", c->opts.of == SIPAS_OF_TOTAL ? "total" : "mean");
    sipas__table_meta(c->table, "confidence", "%.15g", c->opts.level == 0.0 ? 0.95 : c->opts.level);
}

sipas_status sipas_plan_compare(sipas_ctx *ctx, int64_t total, const sipas_column *size,
                                const sipas_allocate_opts *rules, const sipas_plan_compare_opts *opts,
                                sipas_table **out, sipas_error *err)
{
    comparison c;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!rules) return sipas__error_argument(err, "rules", "is NULL");
    memset(&c, 0, sizeof c);
    c.ctx = ctx;
    c.size = size;
    c.total = total;
    status = load(&c, rules, opts, err);
    if (status == SIPAS_OK) status = compare_all(&c, err);
    if (status == SIPAS_OK) {
        write_losses(&c);
        status = sipas__table_finish(sipas_table_ref(c.table), out, err);
    }
    sipas__free(ctx, c.row);
    sipas__free(ctx, c.items);
    sipas_table_free(c.table);
    return status;
}

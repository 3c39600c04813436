/*
 * What a plan buys.
 *
 *   V = Σ N² deff (1 - n / N) S² / n   over the strata of a group; that of the mean / (Σ N)²
 *
 * (Cochran 1977, eq. 5.6.) Strata are summed up to the cells of all `by` columns crossed, and cells to the groups of each
 * level.
 *
 * O(strata × variables).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas/plan.h>

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/options.h"
#include "base/text.h"
#include "data/column.h"
#include "data/domain.h"
#include "data/measure.h"
#include "data/schema.h"
#include "data/table.h"
#include "num/distributions.h"
#include "num/fpc.h"
#include "num/sum.h"

enum { LABEL = 256 };

/* The sums of a cell or a group. `blind`: strata that vary and have no sample. */
typedef struct sums {
    sipas__sum size, total, variance, cost;
    int64_t n, blind;
} sums;

/* The columns of one variable. */
typedef struct variable {
    const double *sd, *p, *mean, *deff;
    double *own[4];
} variable;

typedef struct plan {
    const sipas_ctx *ctx;
    sipas_plan_opts opts;
    int64_t n_strata;
    int64_t *n;
    const double *size, *cost;
    double *own_size, *own_cost;
    double z;
    sipas__domain domain;
    sums *cell, *group;
    sipas_table *table;
    sipas__domain_columns groups;
    int32_t variable, estimate, se, half_width, lower, upper, cv, n_column, size_column, fraction, cost_column;
} plan;

void sipas_plan_opts_init(sipas_plan_opts *opts)
{
    const sipas_plan_opts defaults = SIPAS_PLAN_OPTS_INIT;

    if (opts) *opts = defaults;
}

/* ---- reading ---- */

static sipas_status load_options(plan *p, const sipas_plan_opts *opts, sipas_error *err)
{
    sipas_status status = sipas__options_load(&p->opts, sizeof p->opts, opts, "sipas_plan_opts", err);

    if (status == SIPAS_OK) status = sipas__options_check("reserved", p->opts.reserved, 0, 0, err);
    if (status == SIPAS_OK) status = sipas__options_enum("of", p->opts.of, SIPAS__ENUM_OF, err);
    if (status == SIPAS_OK) status = sipas__options_check("size_is_measure", p->opts.size_is_measure, 0, 1, err);
    if (status == SIPAS_OK) status = sipas__options_level(&p->opts.level, err);
    if (status < 0) return status;
    if (p->opts.of == SIPAS_OF_DEFAULT) p->opts.of = SIPAS_OF_MEAN;
    if (!sipas__column_given(p->opts.cost)) p->opts.cost = NULL;
    if (!sipas__column_given(p->opts.code)) p->opts.code = NULL;
    if (p->opts.df != 0.0 && !(p->opts.df > 0.0))
        return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "df",
                                "option df: %g is not greater than 0", p->opts.df);
    if (p->opts.df == 0.0) p->opts.df = INFINITY;
    p->z = -sipas__t_quantile((1.0 - p->opts.level) / 2.0, p->opts.df);
    return SIPAS_OK;
}

static sipas_status read_strata(plan *p, const sipas_column *n, const sipas_column *size, sipas_error *err)
{
    const sipas_column *code = p->opts.code;
    sipas_status status = SIPAS_OK;

    if (!sipas__column_given(n) || n->n < 1) return sipas__error_argument(err, "n", "there are no strata");
    p->n_strata = n->n;
    if (code) status = sipas__column_check(code, p->n_strata, SIPAS__CODES, "code", err);
    p->n = sipas__alloc(p->ctx, p->n_strata, sizeof *p->n);
    if (status == SIPAS_OK && !p->n) status = sipas__error_memory(err);
    if (status == SIPAS_OK)
        status = sipas__measure_read_whole(n, p->n_strata, "n", code, SIPAS__MAY_BE_ZERO, p->n, err);
    if (status == SIPAS_OK)
        status = sipas__measure_view(p->ctx, size, p->n_strata, "size", code, SIPAS__MAY_BE_ZERO, &p->own_size,
                                     &p->size, err);
    if (status == SIPAS_OK && p->opts.cost)
        status = sipas__measure_view(p->ctx, p->opts.cost, p->n_strata, "cost", code, 0, &p->own_cost, &p->cost, err);
    for (int64_t i = 0; status == SIPAS_OK && !p->opts.size_is_measure && i < p->n_strata; i++)
        if ((double)p->n[i] > p->size[i])
            status = sipas__unit_error(err, SIPAS_ERR_VALUE, code, i, "n is %lld, above its size %.17g",
                                       (long long)p->n[i], p->size[i]);
    return status;
}

static sipas_status check_variable(const sipas_plan_variable *of, int64_t k, sipas_error *err)
{
    const int has_sd = sipas__column_given(of->sd), has_p = sipas__column_given(of->p);
    const char *fault = has_sd == has_p                          ? "give one of sd and p"
                        : has_p && sipas__column_given(of->mean) ? "p is its mean, so no mean besides"
                                                                 : NULL;

    if (!fault) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_ARGUMENT, SIPAS__NOWHERE, k, of->name, "variable %lld: %s", (long long)k,
                            fault);
}

static sipas_status read_variable(const plan *p, const sipas_plan_variable *of, int64_t k, variable *v,
                                  sipas_error *err)
{
    const struct {
        const sipas_column *column;
        const char *name;
        int32_t may;
        const double **view;
    } columns[] = {{of->sd, "sd", SIPAS__MAY_BE_ZERO, &v->sd},
                   {of->p, "p", SIPAS__MAY_BE_ZERO, &v->p},
                   {of->mean, "mean", SIPAS__MAY_BE_ZERO, &v->mean},
                   {of->deff, "deff", 0, &v->deff}};
    sipas_status status = check_variable(of, k, err);

    for (size_t i = 0; i < sizeof columns / sizeof *columns && status == SIPAS_OK; i++)
        if (sipas__column_given(columns[i].column))
            status = sipas__measure_view(p->ctx, columns[i].column, p->n_strata, columns[i].name, p->opts.code,
                                         columns[i].may, &v->own[i], columns[i].view, err);
    for (int64_t i = 0; v->p && status == SIPAS_OK && i < p->n_strata; i++)
        if (v->p[i] > 1.0)
            status = sipas__unit_error(err, SIPAS_ERR_VALUE, p->opts.code, i, "p is %.17g; it must be at most 1",
                                       v->p[i]);
    if (v->p) v->mean = v->p;
    return status;
}

/* ---- sums ---- */

/* deff S² of a stratum. */
static double spread_of(const plan *p, const variable *v, int64_t i)
{
    const double size = p->size[i], deff = v->deff ? v->deff[i] : 1.0;
    double s2;

    if (v->sd) return deff * v->sd[i] * v->sd[i];
    s2 = v->p[i] * (1.0 - v->p[i]);
    if (p->opts.size_is_measure) return deff * s2;
    return size > 1.0 ? deff * s2 * (size / (size - 1.0)) : 0.0;
}

static void add_stratum(const plan *p, const variable *v, int64_t i, sums *to)
{
    const double size = p->size[i], n = (double)p->n[i], spread = spread_of(p, v, i);

    sipas__sum_add(&to->size, size);
    if (v->mean) sipas__sum_add(&to->total, size * v->mean[i]);
    if (p->cost) sipas__sum_add(&to->cost, p->cost[i] * n);
    to->n += p->n[i];
    if (size == 0.0 || spread == 0.0) return;
    if (p->n[i] == 0)
        to->blind++;
    else
        sipas__sum_add(&to->variance,
                       p->opts.size_is_measure ? size * (spread / n) * size : sipas__fpc_total(n, size, spread));
}

static void sum_cells(const plan *p, const variable *v)
{
    int32_t cell[SIPAS__TILE];
    double in[SIPAS__TILE];

    memset(p->cell, 0, (size_t)p->domain.n_cells * sizeof *p->cell);
    for (int64_t row = 0; row < p->n_strata; row += SIPAS__TILE) {
        const int64_t n = p->n_strata - row < SIPAS__TILE ? p->n_strata - row : SIPAS__TILE;

        sipas__domain_read(&p->domain, row, n, cell);
        for (int64_t i = 0; i < n; i++) in[i] = 1.0;
        sipas__domain_where(&p->domain, row, n, in);
        for (int64_t i = 0; i < n; i++)
            if (in[i] > 0.0) add_stratum(p, v, row + i, &p->cell[cell[i]]);
    }
}

static void sum_groups(const plan *p, const sipas__domain_level *level)
{
    memset(p->group, 0, (size_t)level->n_groups * sizeof *p->group);
    for (int64_t c = 0; c < p->domain.n_cells; c++) {
        const sums *from = &p->cell[c];
        sums *to = &p->group[level->cell_group[c]];

        if (level->cell_group[c] < 0) continue;
        sipas__sum_merge(&to->size, &from->size);
        sipas__sum_merge(&to->total, &from->total);
        sipas__sum_merge(&to->variance, &from->variance);
        sipas__sum_merge(&to->cost, &from->cost);
        to->n += from->n;
        to->blind += from->blind;
    }
}

/* ---- the table ---- */

static void begin_table(plan *p, int64_t n_variables)
{
    const sipas_schema *schema = &sipas__schema_expectation;
    int64_t rows = 0;

    for (int32_t i = 0; i < p->domain.n_levels; i++) rows += p->domain.level[i].n_groups;
    p->table = sipas__table_new(p->ctx, rows * n_variables);
    p->variable = sipas__table_add_field(p->table, schema, "variable");
    sipas__domain_add_columns(&p->domain, p->table, schema, p->domain.n_levels > 1, &p->groups);
    p->estimate = sipas__table_add_field(p->table, schema, "estimate");
    p->se = sipas__table_add_field(p->table, schema, "se");
    p->half_width = sipas__table_add_field(p->table, schema, "half_width");
    p->lower = sipas__table_add_field(p->table, schema, "lower");
    p->upper = sipas__table_add_field(p->table, schema, "upper");
    p->cv = sipas__table_add_field(p->table, schema, "cv");
    p->n_column = sipas__table_add_field(p->table, schema, "n");
    p->size_column = sipas__table_add_field(p->table, schema, "size");
    p->fraction = sipas__table_add_field(p->table, schema, "fraction");
    p->cost_column = p->cost ? sipas__table_add_field(p->table, schema, "cost") : -1;
}

static void note_group(const plan *p, int32_t level, int64_t g, int64_t row, const char *name)
{
    const sums *of = &p->group[g];
    char group[LABEL];

    sipas__domain_group_label(&p->domain, level, g, group, sizeof group);
    if (!*group) (void)sipas__text_format(group, sizeof group, "the whole");
    if (!(sipas__sum_value(&of->size) > 0.0))
        sipas__table_note(p->table, "empty_domain", group, row, "%s: there is nobody in it", group);
    else if (of->blind > 0)
        sipas__table_note(p->table, "no_sample", group, row,
                          "%s, %s: %lld strata that vary have no sample, so there is no standard error", name, group,
                          (long long)of->blind);
}

static void write_group(const plan *p, const variable *v, int64_t row, const sums *of)
{
    const double size = sipas__sum_value(&of->size), per = p->opts.of == SIPAS_OF_TOTAL ? 1.0 : size;
    const double estimate = v->mean ? sipas__sum_value(&of->total) / per : NAN;
    const double se = of->blind == 0 && size > 0.0 ? sqrt(fmax(sipas__sum_value(&of->variance), 0.0)) / per : NAN;

    sipas__table_set_f64(p->table, p->estimate, row, estimate);
    sipas__table_set_f64(p->table, p->se, row, se);
    sipas__table_set_f64(p->table, p->half_width, row, p->z * se);
    sipas__table_set_f64(p->table, p->lower, row, estimate - p->z * se);
    sipas__table_set_f64(p->table, p->upper, row, estimate + p->z * se);
    if (estimate != 0.0) sipas__table_set_f64(p->table, p->cv, row, se / fabs(estimate));
    sipas__table_set_i64(p->table, p->n_column, row, of->n);
    sipas__table_set_f64(p->table, p->size_column, row, size);
    sipas__table_set_f64(p->table, p->fraction, row, size > 0.0 ? (double)of->n / size : NAN);
    sipas__table_set_f64(p->table, p->cost_column, row, sipas__sum_value(&of->cost));
}

/* All levels of one variable. Returns the row after the last. */
static int64_t write_variable(const plan *p, const variable *v, const char *name, int64_t row)
{
    sum_cells(p, v);
    for (int32_t level = 0; level < p->domain.n_levels; level++) {
        const int64_t n_groups = p->domain.level[level].n_groups;

        sum_groups(p, &p->domain.level[level]);
        sipas__domain_write_groups(&p->domain, p->table, &p->groups, row, level);
        sipas__table_fill_code(p->table, p->variable, row, n_groups, name);
        for (int64_t g = 0; g < n_groups; g++) {
            write_group(p, v, row + g, &p->group[g]);
            note_group(p, level, g, row + g, name);
        }
        row += n_groups;
    }
    return row;
}

static sipas_status write_variables(plan *p, const sipas_plan_variable *variables, int64_t n_variables,
                                    sipas_error *err)
{
    sipas_status status = SIPAS_OK;
    int64_t row = 0;

    for (int64_t k = 0; k < n_variables && status == SIPAS_OK; k++) {
        variable v = {NULL, NULL, NULL, NULL, {NULL, NULL, NULL, NULL}};
        char name[32];

        (void)sipas__text_format(name, sizeof name, "y%lld", (long long)k + 1);
        status = read_variable(p, &variables[k], k, &v, err);
        if (status == SIPAS_OK) row = write_variable(p, &v, variables[k].name ? variables[k].name : name, row);
        for (int i = 0; i < 4; i++) sipas__free(p->ctx, v.own[i]);
    }
    return status;
}

static void write_meta(const plan *p)
{
    sipas__sum cost = {0.0, 0.0};
    int64_t n = 0;

    for (int64_t i = 0; i < p->n_strata; i++) {
        n += p->n[i];
        if (p->cost) sipas__sum_add(&cost, p->cost[i] * (double)p->n[i]);
    }
    sipas__table_meta(p->table, "method", "expectation/1");
    sipas__table_meta(p->table, "formula", "V = sum size^2 deff (1/n - 1/size) sd^2%s",
                      p->opts.of == SIPAS_OF_TOTAL ? "" : " / (sum size)^2");
    sipas__table_meta(p->table, "of", "%s", p->opts.of == SIPAS_OF_TOTAL ? "total" : "mean");
    sipas__table_meta(p->table, "confidence", "%.15g", p->opts.level);
    if (isfinite(p->opts.df)) sipas__table_meta(p->table, "df", "%.17g", p->opts.df);
    sipas__table_meta(p->table, isfinite(p->opts.df) ? "t" : "z", "%.17g", p->z);
    sipas__table_meta(p->table, "n", "%lld", (long long)n);
    sipas__domain_note(&p->domain, p->table);
    if (p->cost) sipas__table_meta(p->table, "cost", "%.17g", sipas__sum_value(&cost));
}

static sipas_status make_room(plan *p, sipas_error *err)
{
    int64_t most = 1;

    for (int32_t i = 0; i < p->domain.n_levels; i++)
        if (p->domain.level[i].n_groups > most) most = p->domain.level[i].n_groups;
    p->cell = sipas__alloc(p->ctx, p->domain.n_cells, sizeof *p->cell);
    p->group = sipas__alloc(p->ctx, most, sizeof *p->group);
    return p->cell && p->group ? SIPAS_OK : sipas__error_memory(err);
}

static void clear(plan *p)
{
    sipas__free(p->ctx, p->n);
    sipas__free(p->ctx, p->own_size);
    sipas__free(p->ctx, p->own_cost);
    sipas__free(p->ctx, p->cell);
    sipas__free(p->ctx, p->group);
    sipas__domain_clear(&p->domain);
    sipas_table_free(p->table);
}

sipas_status sipas_plan_expect(sipas_ctx *ctx, const sipas_column *n, const sipas_column *size,
                               const sipas_plan_variable *variables, int64_t n_variables, const sipas_domains *domains,
                               const sipas_plan_opts *opts, sipas_table **out, sipas_error *err)
{
    plan p;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!variables || n_variables < 1) return sipas__error_argument(err, "variables", "there are none");
    memset(&p, 0, sizeof p);
    p.ctx = ctx;
    status = load_options(&p, opts, err);
    if (status == SIPAS_OK) status = read_strata(&p, n, size, err);
    if (status == SIPAS_OK) status = sipas__domain_init(&p.domain, ctx, p.n_strata, domains, err);
    if (status == SIPAS_OK) status = sipas__domain_check_names(&p.domain, &sipas__schema_expectation, err);
    if (status == SIPAS_OK) status = make_room(&p, err);
    if (status == SIPAS_OK) {
        begin_table(&p, n_variables);
        status = write_variables(&p, variables, n_variables, err);
    }
    if (status == SIPAS_OK) {
        write_meta(&p);
        status = sipas__table_finish(sipas_table_ref(p.table), out, err);
    }
    clear(&p);
    return status;
}

/*
 * Allocation for several variables and domains: the call. Reads, finds the continuous optimum and the whole numbers, and
 * writes the three tables.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/multi.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/enums.h"
#include "data/column.h"
#include "data/measure.h"
#include "data/schema.h"

static const char *const formulas[] = {
    [SIPAS_TARGET_CV] = "sqrt(V) / |sum size mean|",
    [SIPAS_TARGET_SE] = "sqrt(V) / sum size",
    [SIPAS_TARGET_MARGIN] = "z sqrt(V) / sum size",
    [SIPAS_TARGET_SE_TOTAL] = "sqrt(V)",
};
SIPAS__EVERY(formulas, TARGET);

static int by_ratio(const sipas__multi *m)
{
    return m->opts.goal == SIPAS_MULTI_BEST_RATIO;
}

static sipas_status find(sipas__multi *m, sipas_error *err)
{
    sipas_status status;

    if (by_ratio(m)) {
        status = sipas__multi_ratio(m, err);
        if (status < 0) return status;
        sipas__multi_settle(m);
        sipas__multi_ratio_whole(m);
        return SIPAS_OK;
    }
    status = sipas__multi_limits(m, 1.0, err);
    if (status < 0) return status;
    sipas__multi_start(m);
    status = sipas__multi_solve(m, err);
    if (status < 0) return status;
    sipas__multi_settle(m);
    return sipas__multi_whole(m, err);
}

/* ---- the strata ---- */

/* What a change of the least cost means for the goal: d ratio = d z / (2 ratio), d z = d cost / rate. */
static double per_cost(const sipas__multi *m)
{
    if (!by_ratio(m)) return 1.0;
    return m->rate > 0.0 && m->z > 0.0 ? 1.0 / (m->rate * 2.0 * sqrt(m->z)) : 0.0;
}

/* c - Σ λ term / n²: none between the bounds. */
static double price_of(const sipas__multi *m, int64_t h)
{
    double price = m->cost[h];

    if (m->x[h] > (double)m->lower[h] && m->x[h] < (double)m->upper[h]) return 0.0;
    for (int64_t i = m->start[h]; i < m->start[h + 1]; i++)
        price -= m->lambda[m->of[i]] * m->term[i] / (m->x[h] * m->x[h]);
    return price * per_cost(m);
}

static void write_strata(const sipas__multi *m, sipas_table *table)
{
    const sipas_schema *schema = &sipas__schema_allocation_multi;
    const int32_t code = m->opts.code ? sipas__table_add_field(table, schema, "code") : -1;
    int32_t unused, upper_column, fraction_column;
    int64_t *n = sipas__table_add_cells(table, schema, "n", &unused);
    double *continuous = sipas__table_add_cells(table, schema, "continuous", &unused);
    int64_t *lower = sipas__table_add_cells(table, schema, "lower", &unused);
    int64_t *upper = sipas__table_add_cells(table, schema, "upper", &upper_column);
    double *fraction = sipas__table_add_cells(table, schema, "fraction", &fraction_column);
    double *cost = sipas__table_add_cells(table, schema, "cost", &unused);
    double *price = sipas__table_add_cells(table, schema, "price", &unused);
    char buffer[32];

    if (!price) return; /* no memory: the table knows */
    for (int64_t h = 0; h < m->n_strata; h++) {
        n[h] = m->n[h];
        continuous[h] = m->x[h];
        lower[h] = m->lower[h];
        upper[h] = m->upper[h];
        fraction[h] = (double)m->n[h] / m->size[h];
        cost[h] = m->cost[h] * (double)m->n[h];
        price[h] = price_of(m, h);
        if (m->upper[h] == SIPAS__NO_BOUND) sipas__table_set_missing(table, upper_column, h);
        if (m->size[h] == 0.0) sipas__table_set_missing(table, fraction_column, h);
        if (m->opts.code) sipas__table_set_code(table, code, h, sipas__column_code_text(m->opts.code, h, buffer));
    }
}

static int64_t count_binding(const sipas__multi *m)
{
    int64_t count = 0;

    for (int64_t k = 0; k < m->n_targets; k++) count += m->lambda[k] > 0.0;
    return count;
}

static void write_meta(const sipas__multi *m, sipas_table *table)
{
    int64_t total = 0;

    for (int64_t h = 0; h < m->n_strata; h++) total += m->n[h];
    sipas__sayings_note(&m->sayings, table);
    sipas__table_meta(table, "method", "multi/1");
    sipas__table_meta(table, "goal", "%s", by_ratio(m) ? "best_ratio" : "least_cost");
    sipas__table_meta(table, "measure", "%s", sipas__enum_word(SIPAS__ENUM_TARGET, m->opts.measure));
    sipas__table_meta(table, "formula", "%s, V = sum size^2 sd^2 %s", formulas[m->opts.measure],
                      m->opts.with_replacement ? "/ n" : "(1/n - 1/size)");
    if (m->opts.measure == SIPAS_TARGET_MARGIN) sipas__table_meta(table, "level", "%.17g", m->opts.level);
    sipas__table_meta(table, "total", "%lld", (long long)total);
    sipas__table_meta(table, "cost", "%.17g", m->cost_whole);
    sipas__table_meta(table, "cost_continuous", "%.17g", m->cost_continuous);
    if (by_ratio(m)) {
        sipas__table_meta(table, "budget", "%.17g", m->opts.budget);
        sipas__table_meta(table, "ratio", "%.17g", sqrt(m->worst));
        sipas__table_meta(table, "ratio_continuous", "%.17g", sqrt(m->z));
        sipas__table_meta(table, "gap", "%.3g", m->z > 0.0 ? sqrt(m->worst / m->z) - 1.0 : 0.0);
    } else {
        sipas__table_meta(table, "bound", "%.17g", m->bound);
        sipas__table_meta(table, "gap", "%.3g", (m->cost_whole - m->bound) / m->bound);
    }
    sipas__table_meta(table, "gap_continuous", "%.3g", fmax(0.0, m->cost_continuous - m->dual) / m->cost_continuous);
    sipas__table_meta(table, "iterations", "%lld", (long long)m->iterations);
    sipas__table_meta(table, "targets", "%lld", (long long)m->n_targets);
    sipas__table_meta(table, "binding", "%lld", (long long)count_binding(m));
    if (m->budget_left)
        sipas__table_note(table, "budget_left", NULL, -1,
                          "the worst domain has all that its upper bounds permit, at a cost of %.17g; the rest of the "
                          "budget betters others only",
                          m->cost_continuous);
}

/* ---- the targets ---- */

/* The targets in the order of the cuts, domains and variables; `visit` for each. */
typedef void (*target_fn)(const sipas__multi *m, int64_t target, sipas_table *table, const int32_t *column,
                          int64_t *row);

static void each_target(const sipas__multi *m, target_fn visit, sipas_table *table, const int32_t *column)
{
    int64_t row = 0;

    for (int32_t c = 0; c < m->n_cuts; c++)
        for (int64_t i = 0; i < m->cut[c].n_domains * m->opts.n_variables; i++)
            if (m->cut[c].id[i] >= 0) visit(m, m->cut[c].id[i], table, column, &row);
}

enum { BY, DOMAIN, VARIABLE, TARGET, CONTINUOUS, EXPECTED, RATIO, BINDING, MULTIPLIER, SAVING, PRECISION_COLUMNS };

/* by, domain and variable of a row; `column` is where the first of the three stands. */
static void write_names(const sipas__multi *m, int64_t k, sipas_table *table, const int32_t *column, int64_t row)
{
    const sipas__target *of = &m->target[k];
    const sipas__cut *cut = &m->cut[of->cut];
    char buffer[16];

    sipas__table_set_code(table, column[0], row, cut->name);
    sipas__table_set_code(table, column[1], row, cut->name ? cut->of.texts[of->domain] : NULL);
    sipas__table_set_code(table, column[2], row, sipas__multi_variable(m, of->variable, buffer));
}

static void write_target(const sipas__multi *m, int64_t k, sipas_table *table, const int32_t *column, int64_t *row)
{
    const sipas__target *of = &m->target[k];
    const double expected = sipas__multi_measure(of, m->trial_used[k]);

    write_names(m, k, table, column + BY, *row);
    sipas__table_set_f64(table, column[TARGET], *row, of->goal);
    sipas__table_set_f64(table, column[CONTINUOUS], *row, sipas__multi_measure(of, m->trial[k]));
    sipas__table_set_f64(table, column[EXPECTED], *row, expected);
    sipas__table_set_f64(table, column[RATIO], *row, expected / of->goal);
    sipas__table_set_i64(table, column[BINDING], *row, m->lambda[k] > 0.0);
    sipas__table_set_f64(table, column[MULTIPLIER], *row, m->lambda[k]);
    sipas__table_set_f64(table, column[SAVING], *row, 0.02 * m->lambda[k] * of->square * m->z * per_cost(m));
    (*row)++;
}

static sipas_table *write_precision(const sipas__multi *m)
{
    static const char *const names[] = {"by",       "domain", "variable", "target",     "continuous",
                                        "expected", "ratio",  "binding",  "multiplier", "saving"};
    sipas_table *table = sipas__table_new(m->ctx, m->n_targets);
    int32_t column[PRECISION_COLUMNS];

    for (int32_t i = 0; i < PRECISION_COLUMNS; i++)
        column[i] = sipas__table_add_field(table, &sipas__schema_allocation_precision, names[i]);
    each_target(m, write_target, table, column);
    return table;
}

/* ---- what one more buys ---- */

enum { ROW, CODE, GAIN_BY, GAIN_DOMAIN, GAIN_VARIABLE, CHANGE, GAIN_COLUMNS };

/* By how much the measure falls when its spread falls by `less`: √a - √b = (a - b) / (√a + √b). */
static double fall_of(const sipas__target *of, double spread, double less)
{
    const double now = sipas__multi_measure(of, spread), then = sipas__multi_measure(of, spread - less);

    return less < spread ? less / spread * (now / (now + then)) * now : now;
}

static void write_gains(const sipas__multi *m, int64_t k, sipas_table *table, const int32_t *column, int64_t *row)
{
    const sipas__target *of = &m->target[k];
    const double now = m->trial_used[k];

    for (int64_t i = m->within[k]; m->lambda[k] > 0.0 && i < m->within[k + 1]; i++, (*row)++) {
        const int64_t h = m->stratum[i];
        const double n = (double)m->n[h];
        int64_t at = m->start[h];
        char buffer[32];

        while (m->of[at] != k) at++;
        sipas__table_set_i64(table, column[ROW], *row, h);
        if (m->opts.code)
            sipas__table_set_code(table, column[CODE], *row, sipas__column_code_text(m->opts.code, h, buffer));
        write_names(m, k, table, column + GAIN_BY, *row);
        if (m->n[h] < m->upper[h])
            sipas__table_set_f64(table, column[CHANGE], *row, -fall_of(of, now, m->term[at] / (n * (n + 1.0))));
    }
}

static sipas_table *write_gain(const sipas__multi *m)
{
    static const char *const names[] = {"row", "code", "by", "domain", "variable", "change"};
    int32_t column[GAIN_COLUMNS];
    sipas_table *table;
    int64_t rows = 0;

    for (int64_t k = 0; k < m->n_targets; k++)
        if (m->lambda[k] > 0.0) rows += m->within[k + 1] - m->within[k];
    table = sipas__table_new(m->ctx, rows);
    for (int32_t i = 0; i < GAIN_COLUMNS; i++)
        column[i] = i == CODE && !m->opts.code
                        ? -1
                        : sipas__table_add_field(table, &sipas__schema_allocation_gain, names[i]);
    each_target(m, write_gains, table, column);
    return table;
}

/* ---- the call ---- */

/* The tables that are wanted, all or none. */
static sipas_status write_tables(const sipas__multi *m, sipas_table **out, sipas_table **precision, sipas_table **gain,
                                 sipas_error *err)
{
    sipas_table *strata = sipas__table_new(m->ctx, m->n_strata);
    sipas_status status;

    write_strata(m, strata);
    write_meta(m, strata);
    sipas__multi_spread(m, m->x, NULL, m->trial);
    sipas__multi_spread(m, NULL, m->n, m->trial_used);
    status = sipas__table_finish(strata, out, err);
    if (status == SIPAS_OK && precision) status = sipas__table_finish(write_precision(m), precision, err);
    if (status == SIPAS_OK && gain) status = sipas__table_finish(write_gain(m), gain, err);
    if (status == SIPAS_OK) return status;
    if (precision) {
        sipas_table_free(*precision);
        *precision = NULL;
    }
    sipas_table_free(*out);
    *out = NULL;
    return status;
}

sipas_status sipas_allocate_multi(sipas_ctx *ctx, const sipas_column *size, const sipas_allocate_multi_opts *opts,
                                  sipas_table **out, sipas_table **precision, sipas_table **gain, sipas_error *err)
{
    sipas__multi m;
    sipas_status status;

    if (precision) *precision = NULL;
    if (gain) *gain = NULL;
    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    memset(&m, 0, sizeof m);
    status = sipas__progress(ctx, "allocate_multi", 0, 1, err);
    if (status == SIPAS_OK) status = sipas__multi_read(&m, ctx, size, opts, err);
    if (status == SIPAS_OK) status = find(&m, err);
    if (status == SIPAS_OK) status = write_tables(&m, out, precision, gain, err);
    sipas__multi_clear(&m);
    return status;
}

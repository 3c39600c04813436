/*
 * Quantiles: distributions of all groups of all levels, points by a rule, the variance of F at the points by row influence
 *
 *     z_i = ({y_i ≤ q} - F(q)) / Σ w
 *
 * and limits by Woodruff's way (estimate/quantile_limits.c). One variable at a time, so that the memory is that of one.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "estimate/quantile.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/options.h"
#include "base/text.h"
#include "data/column.h"
#include "data/schema.h"
#include "estimate/simple.h"

void sipas_estimate_quantile_opts_init(sipas_estimate_quantile_opts *opts)
{
    const sipas_estimate_quantile_opts initial = SIPAS_ESTIMATE_QUANTILE_OPTS_INIT;

    if (opts) *opts = initial;
}

/* The numbers of the rules are those of the literature, inside and outside. */
_Static_assert((int)SIPAS_QUANTILE_HF1 == (int)SIPAS__RULE_HF1 && (int)SIPAS_QUANTILE_HF4 == (int)SIPAS__RULE_HF4 &&
                   (int)SIPAS_QUANTILE_HF9 == (int)SIPAS__RULE_HF9,
               "rules have two numbers");

static sipas_status load_options(sipas_estimate_quantile_opts *own, const sipas_estimate_quantile_opts *opts,
                                 sipas_error *err)
{
    sipas_status status = sipas__options_load(own, sizeof *own, opts, "sipas_estimate_quantile_opts", err);

    if (status < 0) return status;
    if ((status = sipas__options_check("missing", own->missing, 0, SIPAS_MISSING_COMPLETE, err)) < 0) return status;
    if ((status = sipas__options_enum("rule", own->rule, SIPAS__ENUM_QUANTILE, err)) < 0) return status;
    if ((status = sipas__options_enum("interval", own->interval, SIPAS__ENUM_QUANTILE_INTERVAL, err)) < 0)
        return status;
    if ((status = sipas__options_enum("centre", own->centre, SIPAS__ENUM_QUANTILE_CENTRE, err)) < 0) return status;
    if ((status = sipas__options_check("reserved", own->reserved, 0, 0, err)) < 0) return status;
    if (own->centre == SIPAS_QUANTILE_CENTRE_DEFAULT) own->centre = SIPAS_QUANTILE_CENTRE_P;
    if (own->rule == SIPAS_QUANTILE_DEFAULT) own->rule = SIPAS_QUANTILE_HF1;
    if (own->interval == SIPAS_QUANTILE_INTERVAL_DEFAULT) own->interval = SIPAS_QUANTILE_INTERVAL_MEAN;
    return sipas__options_level(&own->level, err);
}

static sipas_status check_probs(const double *probs, int64_t n_probs, sipas_error *err)
{
    if (!probs) return sipas__error_argument(err, "probs", "is NULL");
    if (n_probs < 1) return sipas__error_argument(err, "n_probs", "is less than 1");
    for (int64_t j = 0; j < n_probs; j++)
        if (!(probs[j] >= 0.0 && probs[j] <= 1.0))
            return sipas__error_set(err, SIPAS_ERR_VALUE, j, SIPAS__NOWHERE, "probs",
                                    "probs: %.15g at %lld is not in 0 to 1", probs[j], (long long)j);
    return SIPAS_OK;
}

/* ---- one variable as a source ---- */

typedef struct one_variable {
    const sipas__quantiles *quantiles;
    int64_t variable;
    sipas__source source;
} one_variable;

static void fill_values(const void *state, int64_t row, int64_t n, double *values, double *work, sipas__fault *fault)
{
    const one_variable *one = state;
    const uint8_t *incomplete = one->quantiles->incomplete;

    (void)work;
    (void)fault; /* infinite values were found by the pass */
    sipas__column_read_f64(&one->quantiles->variables.columns[one->variable], row, n, values);
    for (int64_t i = 0; incomplete && i < n; i++)
        if (incomplete[row + i]) values[i] = NAN;
}

/* Rows that lack some variable, once for all of them. */
static sipas_status mark_incomplete(sipas__quantiles *q, sipas_error *err)
{
    const int64_t n = q->estimation.request.design->n;

    if (q->opts.missing != SIPAS_MISSING_COMPLETE || q->variables.n_vars == 1) return SIPAS_OK;
    q->incomplete = sipas__alloc(q->estimation.ctx, n, 1);
    if (!q->incomplete) return sipas__error_memory(err);
    for (int64_t v = 0; v < q->variables.n_vars; v++)
        for (int64_t row = 0; row < n; row++)
            if (!sipas__column_present(&q->variables.columns[v], row)) q->incomplete[row] = 1;
    return SIPAS_OK;
}

/* ---- influence ---- */

static void fill_influence(const void *state, const sipas__influence_tile *tile, double *z, double *work)
{
    const one_variable *one = state;
    const sipas__quantiles *q = one->quantiles;
    const sipas__quantile_level *own = &q->level[tile->level];
    const int64_t n_nodes = q->estimation.linear.nodes->n_nodes, first = one->variable * q->n_probs;
    const double *estimate = q->estimation.linear.level[tile->level].estimate + first;

    fill_values(one, tile->row, tile->n, work, NULL, NULL);
    for (int64_t j = 0; j < q->n_points; j++) {
        const double *point = j < q->n_probs ? estimate + j : own->point + first + j - q->n_probs;

        for (int64_t i = 0; i < tile->n; i++) {
            const int64_t cell = tile->group[i] * q->n_points + j;

            z[j * SIPAS__TILE + i] = isnan(work[i])                               ? 0.0
                                     : work[i] <= point[tile->group[i] * n_nodes] ? own->below[cell]
                                                                                  : own->above[cell];
        }
    }
}

/* What a row at or below a point adds to F there, and one above it. */
static void set_point(sipas__quantiles *q, int32_t level, int64_t group, int64_t j, double f, double total)
{
    q->level[level].below[group * q->n_points + j] = (1.0 - f) / total;
    q->level[level].above[group * q->n_points + j] = -f / total;
}

/* Points of a group and F there. */
static void set_points(sipas__quantiles *q, int64_t variable, int32_t level, int64_t group, const sipas__ecdf *ecdf)
{
    sipas__linear_level *at = &q->estimation.linear.level[level];
    sipas__quantile_level *own = &q->level[level];
    const double total = ecdf->n ? ecdf->step[ecdf->n - 1].upto : 0.0;

    for (int64_t j = 0; j < q->n_probs; j++) {
        const int64_t cell = group * q->estimation.linear.nodes->n_nodes + variable * q->n_probs + j;
        double f = NAN;

        at->estimate[cell] = NAN;
        if (total > 0.0) {
            at->estimate[cell] = sipas__ecdf_quantile(ecdf, q->opts.rule, q->probs[j]);
            f = sipas__ecdf_at(ecdf, at->estimate[cell]);
        }
        own->cdf[cell] = f;
        set_point(q, level, group, j, f, total);
        if (q->n_points == q->n_probs) continue;
        own->near[cell] = total > 0.0 ? sipas__ecdf_nearest(ecdf, q->probs[j], &own->point[cell]) : NAN;
        set_point(q, level, group, q->n_probs + j, own->near[cell], total);
    }
}

/* Variances of F under an estimation's design: of all groups, or of those that take theirs from it (conditional.c). */
static sipas_status find_variances(sipas__quantiles *q, sipas__estimation *e, const one_variable *one, sipas_error *err)
{
    const sipas__influence influence = {q->n_points, one, fill_influence, SIPAS__TILE};
    const size_t size = (size_t)q->n_probs * sizeof(double);
    sipas__influence_totals totals;
    double *variance = sipas__alloc(e->ctx, q->n_points, sizeof *variance);
    sipas_status status = variance ? sipas__influence_init(&totals, e, &influence, err) : sipas__error_memory(err);

    if (status < 0) {
        sipas__free(e->ctx, variance);
        return status;
    }
    for (int32_t level = 0; level < e->linear.n_levels; level++)
        for (int64_t g = 0; g < e->linear.level[level].n_groups && status == SIPAS_OK; g++) {
            const int64_t first = g * e->linear.nodes->n_nodes + one->variable * q->n_probs;

            if (e != &q->estimation && sipas__conditional_of(&q->estimation, level, g) != e) continue;
            status = sipas__influence_variance(&totals, level, g, variance, err);
            memcpy(q->estimation.spread[level].variance + first, variance, size);
            if (q->n_points > q->n_probs) memcpy(q->level[level].near_variance + first, variance + q->n_probs, size);
        }
    sipas__influence_clear(&totals);
    sipas__free(e->ctx, variance);
    return status;
}

static sipas_status estimate_variable(sipas__quantiles *q, int64_t variable, sipas_error *err)
{
    sipas__estimation *e = &q->estimation;
    one_variable one = {q, variable, {0}};
    sipas__distributed distributed = {e, &one.source, variable * q->n_probs, q->opts.rule >= SIPAS_QUANTILE_HF4, 0.0,
                                      0};
    sipas__distribution *levels = sipas__alloc(e->ctx, e->linear.n_levels, sizeof *levels);
    sipas_status status = SIPAS_OK;

    one.source.n_vars = 1;
    one.source.state = &one;
    one.source.fill = fill_values;
    if (!levels) status = sipas__error_memory(err);
    if (status == SIPAS_OK) status = sipas__distributed_scan(&distributed, err);
    for (int32_t level = 0; level < e->linear.n_levels && status == SIPAS_OK; level++) {
        status = sipas__distribution_init(&levels[level], &distributed, level, err);
        for (int64_t g = 0; g < levels[level].n_groups; g++) {
            const sipas__ecdf ecdf = sipas__distribution_group(&levels[level], g);

            set_points(q, variable, level, g, &ecdf);
        }
    }
    if (status == SIPAS_OK) status = find_variances(q, e, &one, err);
    if (status == SIPAS_OK && sipas__conditional_made(e))
        status = find_variances(q, sipas__conditional_made(e), &one, err);
    for (int32_t level = 0; level < e->linear.n_levels && status == SIPAS_OK; level++)
        for (int64_t g = 0; g < levels[level].n_groups; g++) {
            const sipas__ecdf ecdf = sipas__distribution_group(&levels[level], g);

            sipas__quantile_limits(q, variable, level, g, &ecdf);
        }
    for (int32_t level = 0; levels && level < e->linear.n_levels; level++) sipas__distribution_clear(&levels[level]);
    sipas__free(e->ctx, levels);
    return status;
}

/* ---- the table ---- */

/* Names of the nodes, for notes: "income p=0.5". */
static char **make_node_names(const sipas__quantiles *q)
{
    const int64_t n = q->variables.n_vars * q->n_probs;
    char **names = sipas__alloc(q->estimation.ctx, n, sizeof *names), text[192];

    for (int64_t k = 0; names && k < n; k++) {
        (void)sipas__text_format(text, sizeof text, "%s p=%.15g", q->variables.names[k / q->n_probs],
                                 q->probs[k % q->n_probs]);
        names[k] = sipas__text_copy(q->estimation.ctx, text);
    }
    return names;
}

static void write_cdf(const sipas__quantiles *q, sipas_table *table)
{
    const sipas__estimation *e = &q->estimation;
    const int64_t n_nodes = e->linear.nodes->n_nodes, per_node = sipas__estimation_rows(e) / n_nodes;
    const int32_t cdf = sipas__table_add_field(table, &sipas__schema_quantile, "cdf");
    const int32_t cdf_se = sipas__table_add_field(table, &sipas__schema_quantile, "cdf_se");
    int64_t first = 0;

    for (int32_t level = 0; level < e->linear.n_levels; level++) {
        for (int64_t g = 0; g < e->linear.level[level].n_groups; g++)
            for (int64_t k = 0; k < n_nodes; k++) {
                sipas__table_set_f64(table, cdf, k * per_node + first + g, q->level[level].cdf[g * n_nodes + k]);
                sipas__table_set_f64(table, cdf_se, k * per_node + first + g, q->level[level].cdf_se[g * n_nodes + k]);
            }
        first += e->linear.level[level].n_groups;
    }
}

static sipas_status write_table(const sipas__quantiles *q, sipas_table **out, sipas_error *err)
{
    const sipas__estimation *e = &q->estimation;
    const int64_t n_rows = sipas__estimation_rows(e), n_nodes = e->linear.nodes->n_nodes, per_node = n_rows / n_nodes;
    const sipas__interval_rule rule = {q, sipas__quantile_interval};
    char **names = make_node_names(q);
    const sipas__report report = {.confidence = q->opts.level, .rule = &rule, .names = (const char *const *)names};
    sipas_table *table = sipas__table_new(e->ctx, n_rows);
    const int32_t variable = sipas__table_add_field(table, &sipas__schema_quantile, "variable");
    const int32_t quantile = sipas__table_add_field(table, &sipas__schema_quantile, "quantile");
    sipas_status status = names ? SIPAS_OK : sipas__error_memory(err);

    for (int64_t k = 0; k < n_nodes; k++) {
        sipas__table_fill_code(table, variable, k * per_node, per_node, q->variables.names[k / q->n_probs]);
        for (int64_t row = 0; row < per_node; row++)
            sipas__table_set_f64(table, quantile, k * per_node + row, q->probs[k % q->n_probs]);
        if (names && !names[k]) status = sipas__error_memory(err);
    }
    sipas__table_meta(table, "method", "quantile/2");
    sipas__table_meta(table, "formula", "F(q) = p, F(x) = sum(w 1[y <= x]) / sum(w)");
    sipas__table_meta(table, "rule", "hf%d", (int)q->opts.rule);
    sipas__table_meta(table, "interval", "woodruff, %s",
                      sipas__enum_word(SIPAS__ENUM_QUANTILE_INTERVAL, q->opts.interval));
    sipas__table_meta(table, "centre", "%s", sipas__enum_word(SIPAS__ENUM_QUANTILE_CENTRE, q->opts.centre));
    if (status == SIPAS_OK) status = sipas__estimation_report(e, &report, table, &sipas__schema_quantile, err);
    if (status == SIPAS_OK) write_cdf(q, table);
    for (int64_t k = 0; names && k < n_nodes; k++) sipas__free(e->ctx, names[k]);
    sipas__free(e->ctx, names);
    return sipas__table_close(table, status, out, err);
}

/* ---- the call ---- */

static int alloc_levels(sipas__quantiles *q)
{
    sipas__estimation *e = &q->estimation;

    q->level = sipas__alloc(e->ctx, e->linear.n_levels, sizeof *q->level);
    if (!q->level) return 0;
    for (int32_t i = 0; i < e->linear.n_levels; i++) {
        const int64_t n_groups = e->linear.level[i].n_groups, cells = n_groups * e->linear.nodes->n_nodes;
        sipas__quantile_level *own = &q->level[i];
        double **blocks[] = {&own->se,     &own->lower, &own->upper,         &own->cdf,
                             &own->cdf_se, &own->near,  &own->near_variance, &own->point};

        own->above = sipas__alloc(e->ctx, n_groups * q->n_points, sizeof *own->above);
        own->below = sipas__alloc(e->ctx, n_groups * q->n_points, sizeof *own->below);
        own->gap = sipas__alloc(e->ctx, cells, 1);
        if (!own->above || !own->below || !own->gap) return 0;
        for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) {
            *blocks[b] = sipas__alloc(e->ctx, cells, sizeof(double));
            if (!*blocks[b]) return 0;
        }
    }
    return 1;
}

static void clear(sipas__quantiles *q)
{
    for (int32_t i = 0; q->level && i < q->estimation.linear.n_levels; i++) {
        const sipas__quantile_level *own = &q->level[i];
        void *blocks[] = {own->se,   own->lower,         own->upper, own->cdf,   own->cdf_se, own->gap,
                          own->near, own->near_variance, own->point, own->above, own->below};

        for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) sipas__free(q->estimation.ctx, blocks[b]);
    }
    sipas__free(q->estimation.ctx, q->level);
    sipas__free(q->estimation.ctx, q->incomplete);
    sipas__estimation_clear(&q->estimation);
    sipas__variables_clear(&q->variables);
}

static sipas_status estimate_all(sipas__quantiles *q, const sipas__request *request, sipas_table **out,
                                 sipas_error *err)
{
    sipas_status status = sipas__estimation_open(&q->estimation, request, err);

    if (status == SIPAS_OK && !alloc_levels(q)) status = sipas__error_memory(err);
    if (status == SIPAS_OK) status = sipas__moments_keep_rows(&q->estimation.moments, request->design->n, err);
    if (status == SIPAS_OK) status = sipas__estimation_conditional(&q->estimation, err);
    if (status == SIPAS_OK) status = mark_incomplete(q, err);
    for (int64_t v = 0; v < q->variables.n_vars && status == SIPAS_OK; v++) status = estimate_variable(q, v, err);
    return status == SIPAS_OK ? write_table(q, out, err) : status;
}

sipas_status sipas_estimate_quantile(const sipas_design *design, const sipas_column *y, int64_t n_y,
                                     const double *probs, int64_t n_probs, const sipas_domains *domains,
                                     const sipas_estimate_quantile_opts *opts, sipas_table **out, sipas_error *err)
{
    sipas__quantiles q = {0};
    sipas__domain domain = {0};
    sipas__single_nodes nodes = {0};
    sipas__request request = {0};
    sipas__variables_given given = {.n_y = n_y, .y = y};
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!design) return sipas__error_argument(err, "design", "is NULL");
    if (!y) return sipas__error_argument(err, "y", "is NULL");
    if (n_y < 1) return sipas__error_argument(err, "n_y", "is less than 1");
    if ((status = check_probs(probs, n_probs, err)) < 0) return status;
    if ((status = load_options(&q.opts, opts, err)) < 0) return status;
    if ((status = sipas__design_domains(design, domains, &domain, err)) < 0) return status;
    q.probs = probs;
    q.n_probs = n_probs;
    q.n_points = q.opts.centre == SIPAS_QUANTILE_CENTRE_P ? 2 * n_probs : n_probs;
    given.n = design->n;
    given.names = q.opts.names;
    given.complete = q.opts.missing == SIPAS_MISSING_COMPLETE;
    status = sipas__variables_init(&q.variables, design->ctx, &given, err);
    if (status == SIPAS_OK)
        status = sipas__nodes_single(design->ctx, &nodes, n_y * n_probs, SIPAS__SINGLE_MEAN, NULL, err);
    if (status == SIPAS_OK) {
        for (int64_t k = 0; k < n_y * n_probs; k++) nodes.atoms[k].num = (int32_t)(k / n_probs);
        request.design = design;
        request.domain = &domain;
        request.source = &q.variables.source;
        request.nodes = &nodes.nodes;
        request.whole.source = -1;
        request.answers_only = 1;
        status = estimate_all(&q, &request, out, err);
    }
    clear(&q);
    sipas__nodes_single_clear(design->ctx, &nodes);
    sipas__domain_clear(&domain);
    return status;
}

/*
 * Products of variables about the means of their domains.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "estimate/products.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "estimate/simple.h"

/* Less of a square than rounding leaves of a constant whose mean is not quite it. */
#define NOTHING 1e-12

double sipas__product_variance(double square, double mean)
{
    const double v = square - mean * mean;

    return v > NOTHING * square ? v : 0.0;
}

double sipas__product_correlation(double r)
{
    return 1.0 - fabs(r) > NOTHING ? r : copysign(1.0, r);
}

/* ---- the means ---- */

static int keep_means(sipas__products *p, const sipas__linear *linear)
{
    p->centre = sipas__alloc(p->ctx, linear->n_levels, sizeof *p->centre);
    if (!p->centre) return 0;
    p->n_levels = linear->n_levels;
    for (int32_t i = 0; i < p->n_levels; i++) {
        const int64_t n = linear->level[i].n_groups * p->n_columns;

        p->centre[i] = sipas__alloc(p->ctx, n, sizeof **p->centre);
        if (!p->centre[i]) return 0;
        for (int64_t c = 0; c < n; c++)
            p->centre[i][c] = isnan(linear->level[i].value[c]) ? 0.0 : linear->level[i].value[c];
    }
    return 1;
}

static sipas_status find_means(sipas__products *p, const sipas_design *design, sipas_error *err)
{
    sipas__single_nodes nodes;
    sipas__moments moments = {0};
    sipas__linear linear = {0};
    sipas_status status = sipas__nodes_single(p->ctx, &nodes, p->n_columns, SIPAS__SINGLE_MEAN, NULL, err);

    if (status < 0) return status;
    status = sipas__moments_init(&moments, design, p->domain, &p->variables.source, 0, err);
    if (status == SIPAS_OK) status = sipas__linear_init(&linear, design, p->domain, &moments, &nodes.nodes, NULL, err);
    if (status == SIPAS_OK && !keep_means(p, &linear)) status = sipas__error_memory(err);
    sipas__linear_clear(&linear);
    sipas__moments_clear(&moments);
    sipas__nodes_single_clear(p->ctx, &nodes);
    return status;
}

sipas_status sipas__products_init(sipas__products *p, const sipas_design *design, const sipas__domain *domain,
                                  const sipas__variables_given *given, sipas_error *err)
{
    sipas_status status;

    memset(p, 0, sizeof *p);
    p->ctx = sipas__ctx_ref(design->ctx);
    p->domain = domain;
    p->n_columns = given->n_y;
    status = sipas__variables_init(&p->variables, p->ctx, given, err);
    if (status == SIPAS_OK) status = find_means(p, design, err);
    if (status < 0) sipas__products_clear(p);
    return status;
}

void sipas__products_clear(sipas__products *p)
{
    void *blocks[] = {p->product, p->start, p->term, p->x, p->atoms};

    for (int32_t i = 0; i < p->n_levels; i++) sipas__free(p->ctx, p->centre[i]);
    sipas__free(p->ctx, p->centre);
    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) sipas__free(p->ctx, blocks[b]);
    sipas__variables_clear(&p->variables);
    sipas_ctx_free(p->ctx);
    memset(p, 0, sizeof *p);
}

/* ---- the rows ---- */

/* Columns about the mean of the group at a level, and behind them their sum. */
static void centre_columns(const sipas__products *p, int32_t level, const int32_t *cell, int64_t n,
                           const double *columns, double *x)
{
    const int32_t *group = p->domain->level[level].cell_group;
    double *sum = x + p->n_columns * SIPAS__TILE;

    memset(sum, 0, (size_t)n * sizeof *sum);
    for (int64_t j = 0; j < p->n_columns; j++)
        for (int64_t i = 0; i < n; i++) {
            const int64_t g = group[cell[i]] < 0 ? 0 : group[cell[i]]; /* in none: its sums are not asked for */
            const double d = columns[j * SIPAS__TILE + i] - p->centre[level][g * p->n_columns + j];

            x[j * SIPAS__TILE + i] = d;
            sum[i] += d;
        }
}

static void multiply(const sipas__product *product, int64_t n, const double *x, double *out)
{
    const double *a = x + (int64_t)product->a * SIPAS__TILE;

    memcpy(out, a, (size_t)n * sizeof *out);
    if (product->b >= 0)
        for (int64_t i = 0; i < n; i++) out[i] *= x[(int64_t)product->b * SIPAS__TILE + i];
    if (product->with >= 0)
        for (int64_t i = 0; i < n; i++)
            if (isnan(x[(int64_t)product->with * SIPAS__TILE + i])) out[i] = NAN;
}

static void fill(const void *state, int64_t row, int64_t n, double *values, double *work, sipas__fault *fault)
{
    const sipas__products *p = state;
    double *columns = work, *x = work + p->n_columns * SIPAS__TILE;
    int32_t cell[SIPAS__TILE];

    p->variables.source.fill(p->variables.source.state, row, n, columns, NULL, fault);
    sipas__domain_read(p->domain, row, n, cell);
    for (int32_t level = 0; level < p->n_levels; level++) {
        centre_columns(p, level, cell, n, columns, x);
        for (int64_t k = 0; k < p->n_products; k++)
            multiply(&p->product[k], n, x, values + (level * p->n_products + k) * SIPAS__TILE);
    }
}

/* Infinite values were found in the first pass. */
static sipas_status explain(const void *state, const sipas__fault *fault, sipas_error *err)
{
    const sipas__products *p = state;

    return p->variables.source.explain(p->variables.source.state, fault, err);
}

/* ---- the nodes ---- */

static sipas_status evaluate(const void *state, const sipas__point *point, double *estimate, double *coef,
                             sipas_error *err)
{
    const sipas__products *p = state;

    (void)err;
    for (int64_t k = 0; k < p->n_nodes; k++) {
        const int64_t n_terms = p->start[k + 1] - p->start[k];

        for (int64_t t = 0; t < n_terms; t++) p->x[t] = point->value[p->term[p->start[k] + t]];
        p->moment(p->state, k, (double)point->n[k], p->x, &estimate[k], coef + p->start[k]);
    }
    return SIPAS_OK;
}

sipas_status sipas__products_room(sipas__products *p, int64_t n_products, int64_t n_nodes, int64_t n_terms,
                                  sipas_error *err)
{
    p->n_products = n_products;
    p->n_nodes = n_nodes;
    p->product = sipas__alloc(p->ctx, n_products, sizeof *p->product);
    p->start = sipas__alloc(p->ctx, n_nodes + 1, sizeof *p->start);
    p->term = sipas__alloc(p->ctx, n_terms, sizeof *p->term);
    return p->product && p->start && p->term ? SIPAS_OK : sipas__error_memory(err);
}

sipas_status sipas__products_close(sipas__products *p, sipas_error *err)
{
    const int64_t n_vars = p->n_levels * p->n_products;

    p->x = sipas__alloc(p->ctx, p->start[p->n_nodes], sizeof *p->x);
    p->atoms = sipas__alloc(p->ctx, n_vars, sizeof *p->atoms);
    if (!p->x || !p->atoms) return sipas__error_memory(err);
    for (int64_t v = 0; v < n_vars; v++) {
        p->atoms[v].num = (int32_t)v;
        p->atoms[v].den = SIPAS__DEN_PRESENT;
    }
    p->source.n_vars = n_vars;
    p->source.state = p;
    p->source.fill = fill;
    p->source.explain = explain;
    p->source.n_work = (2 * p->n_columns + 1) * SIPAS__TILE;
    p->source.complete = p->variables.source.complete;
    p->nodes.n_atoms = n_vars;
    p->nodes.atoms = p->atoms;
    p->nodes.n_nodes = p->n_nodes;
    p->nodes.start = p->start;
    p->nodes.term_atom = p->term;
    p->nodes.level_atoms = p->n_products;
    p->nodes.evaluate = evaluate;
    p->nodes.state = p;
    return SIPAS_OK;
}

/*
 * Variances, covariances and correlations: means of products about the means of the domain, and what is made of them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas/estimate_moment.h>

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/options.h"
#include "data/schema.h"
#include "engine/estimation.h"
#include "estimate/products.h"
#include "estimate/scale.h"
#include "estimate/simple.h"

enum { MOST_VARIABLES = 1000 };

/* ---- one moment ---- */

/* n/(n-1) (q - m²); what does not vary has a standard error of 0 */
static void variance(double n, const double *x, double *value, double *gradient)
{
    const double v = sipas__product_variance(x[1], x[0]), factor = v > 0.0 ? n / (n - 1.0) : 0.0;

    *value = factor * v;
    gradient[0] = -2.0 * factor * x[0];
    gradient[1] = factor;
}

/* n/(n-1) (q_ab - m_a m_b) */
static void covariance(double n, const double *x, double *value, double *gradient)
{
    const double factor = n / (n - 1.0);

    *value = factor * (x[2] - x[0] * x[1]);
    gradient[0] = -factor * x[1];
    gradient[1] = -factor * x[0];
    gradient[2] = factor;
}

/* c/√(v_a v_b), c = q_ab - m_a m_b, v = q - m² */
static void correlation(const double *x, double *value, double *gradient)
{
    const double va = sipas__product_variance(x[3], x[0]), vb = sipas__product_variance(x[4], x[1]);
    const double c = x[2] - x[0] * x[1];
    const double root = sqrt(va) * sqrt(vb), r = c / root;

    if (!(va > 0.0) || !(vb > 0.0)) return;
    *value = sipas__product_correlation(r);
    if (fabs(*value) == 1.0) { /* a straight line whatever the rows: the gradient is 0 */
        memset(gradient, 0, 5 * sizeof *gradient);
        return;
    }
    gradient[0] = r * x[0] / va - x[1] / root;
    gradient[1] = r * x[1] / vb - x[0] / root;
    gradient[2] = 1.0 / root;
    gradient[3] = -r / (2.0 * va);
    gradient[4] = -r / (2.0 * vb);
}

static void moment(const void *state, int64_t k, double n, const double *x, double *value, double *gradient)
{
    const sipas__products *p = state;
    const int64_t n_terms = p->start[k + 1] - p->start[k];

    *value = NAN;
    for (int64_t t = 0; t < n_terms; t++) gradient[t] = NAN;
    if (!(n > 1.0)) return;
    if (n_terms == 2)
        variance(n, x, value, gradient);
    else if (n_terms == 3)
        covariance(n, x, value, gradient);
    else
        correlation(x, value, gradient);
}

/* ---- which products ---- */

static int is_asked(int32_t kind, int64_t a, int64_t b)
{
    return kind == SIPAS_MOMENT_COVARIANCE || (a == b) == (kind == SIPAS_MOMENT_VARIANCE);
}

static int64_t count_nodes(int32_t kind, int64_t n_y)
{
    return kind == SIPAS_MOMENT_COVARIANCE ? n_y * (n_y + 1) / 2
           : kind == SIPAS_MOMENT_VARIANCE ? n_y
                                           : n_y * (n_y - 1) / 2;
}

/* What is noted of the products so far. */
typedef struct layout {
    sipas__products *p;
    int complete;
    int32_t *shared; /* by a × (n_y + 1) + b + 1: number + 1 of the product, for those that any node may use */
} layout;

/* A product for a node; under complete cases one serves all nodes. */
static void need(layout *l, int64_t k, int64_t a, int64_t b, int64_t with)
{
    sipas__products *p = l->p;
    int32_t own = 0, *number = l->complete || with < 0 ? &l->shared[a * (p->n_columns + 1) + b + 1] : &own;

    if (*number == 0) {
        const sipas__product product = {(int32_t)a, (int32_t)b, l->complete ? -1 : (int32_t)with};

        p->product[p->n_products++] = product;
        *number = (int32_t)p->n_products;
    }
    p->term[p->start[k + 1]++] = *number - 1;
}

/* Products of the pair (a, b), over the rows that have both. */
static void lay_pair(layout *l, int32_t kind, int64_t k, int64_t a, int64_t b)
{
    l->p->start[k + 1] = l->p->start[k];
    if (a == b) {
        need(l, k, a, -1, -1);
        need(l, k, a, a, -1);
        return;
    }
    need(l, k, a, -1, b);
    need(l, k, b, -1, a);
    need(l, k, a, b, -1);
    if (kind != SIPAS_MOMENT_CORRELATION) return;
    need(l, k, a, a, b);
    need(l, k, b, b, a);
}

static sipas_status lay_out(sipas__products *p, int32_t kind, sipas_error *err)
{
    const int64_t n_nodes = count_nodes(kind, p->n_columns);
    layout l = {p, p->variables.source.complete, NULL};
    sipas_status status = sipas__products_room(p, 5 * n_nodes, n_nodes, 5 * n_nodes, err);

    if (status < 0) return status;
    p->n_products = 0;
    l.shared = sipas__alloc(p->ctx, p->n_columns * (p->n_columns + 1), sizeof *l.shared);
    if (!l.shared) return sipas__error_memory(err);
    for (int64_t a = 0, k = 0; a < p->n_columns; a++)
        for (int64_t b = 0; b <= a; b++)
            if (is_asked(kind, a, b)) lay_pair(&l, kind, k++, a, b);
    sipas__free(p->ctx, l.shared);
    p->moment = moment;
    p->state = p;
    return sipas__products_close(p, err);
}

/* ---- the table ---- */

static void fisher_limits(const void *state, const sipas__estimation *estimation, sipas__cell *cell)
{
    (void)state;
    (void)estimation;
    sipas__scale_limits(SIPAS__SCALE_FISHER, cell);
}

static const sipas__interval_rule fisher_rule = {NULL, fisher_limits};

static void write_meta(sipas_table *table, int32_t kind, int fisher, int complete)
{
    static const char *const formula[] = {
        [SIPAS_MOMENT_COVARIANCE] = "n/(n-1) sum(w (a - mean a)(b - mean b)) / sum(w)",
        [SIPAS_MOMENT_VARIANCE] = "n/(n-1) sum(w (y - mean)^2) / sum(w)",
        [SIPAS_MOMENT_CORRELATION] = "cov(a, b) / sqrt(var a var b)",
    };

    SIPAS__EVERY(formula, MOMENT);
    sipas__table_meta(table, "method", "%s/1", sipas__enum_word(SIPAS__ENUM_MOMENT, kind));
    sipas__table_meta(table, "formula", "%s", formula[kind]);
    sipas__table_meta(table, "missing", "%s", complete ? "complete" : "available");
    sipas__table_meta(table, "interval", "%s", fisher ? "fisher_z" : "plain");
}

static sipas_status write_table(const sipas__estimation *estimation, const sipas__products *p, int32_t kind,
                                sipas__report *report, sipas_table **out, sipas_error *err)
{
    const int64_t n_rows = sipas__estimation_rows(estimation), per_node = n_rows / p->n_nodes;
    sipas_table *table = sipas__table_new(estimation->ctx, n_rows);
    const int32_t variable = sipas__table_add_field(table, &sipas__schema_moment, "variable");
    const int32_t with = sipas__table_add_field(table, &sipas__schema_moment, "with");
    const char **names = sipas__alloc(p->ctx, p->n_nodes, sizeof *names);
    sipas_status status = names ? SIPAS_OK : sipas__error_memory(err);

    for (int64_t a = 0, k = 0; names && a < p->n_columns; a++)
        for (int64_t b = 0; b <= a; b++) {
            if (!is_asked(kind, a, b)) continue;
            names[k] = p->variables.names[a];
            sipas__table_fill_code(table, variable, k * per_node, per_node, p->variables.names[a]);
            sipas__table_fill_code(table, with, k++ * per_node, per_node, p->variables.names[b]);
        }
    report->names = names;
    report->no_value = "no estimate, because there are fewer than two rows or a variable does not vary";
    write_meta(table, kind, report->rule != NULL, p->variables.source.complete);
    if (status == SIPAS_OK) status = sipas__estimation_report(estimation, report, table, &sipas__schema_moment, err);
    sipas__free(p->ctx, names);
    return sipas__table_close(table, status, out, err);
}

/* ---- the call ---- */

static sipas_status check_arguments(const sipas_design *design, const sipas_column *y, int64_t n_y, int32_t kind,
                                    int32_t scale, sipas_error *err)
{
    sipas_status status = sipas__options_enum("kind", kind, SIPAS__ENUM_MOMENT, err);

    if (status < 0) return status;
    if ((status = sipas__options_enum("scale", scale, SIPAS__ENUM_SCALE, err)) < 0) return status;
    if (!design) return sipas__error_argument(err, "design", "is NULL");
    if (!y) return sipas__error_argument(err, "y", "is NULL");
    if (n_y < (kind == SIPAS_MOMENT_CORRELATION ? 2 : 1))
        return sipas__error_argument(err, "n_y", "is too small: a correlation is of two variables");
    return n_y > MOST_VARIABLES ? sipas__error_argument(err, "n_y", "is more than 1000") : SIPAS_OK;
}

sipas_status sipas_estimate_moment(const sipas_design *design, const sipas_column *y, int64_t n_y, int32_t kind,
                                   int32_t scale, const sipas_domains *domains, const sipas_estimate_opts *opts,
                                   sipas_table **out, sipas_error *err)
{
    sipas_estimate_opts own;
    sipas__domain domain = {0};
    sipas__variables_given given = {.n_y = n_y, .y = y, .origin = {SIPAS__ORIGIN_FIRST, NULL}};
    sipas__products products = {0};
    sipas__estimation estimation = {0};
    sipas__request request;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if ((status = check_arguments(design, y, n_y, kind, scale, err)) < 0) return status;
    if ((status = sipas__estimate_options_joint(&own, opts, err)) < 0) return status;
    if ((status = sipas__design_domains(design, domains, &domain, err)) < 0) return status;
    given.n = design->n;
    given.names = own.names;
    given.complete = own.missing != SIPAS_MISSING_AVAILABLE;
    status = sipas__products_init(&products, design, &domain, &given, err);
    if (status == SIPAS_OK) status = lay_out(&products, kind, err);
    if (status == SIPAS_OK) {
        request = sipas__estimate_request(design, &domain, &products.source, &products.nodes, &own);
        status = sipas__estimation_init(&estimation, &request, err);
    }
    if (status == SIPAS_OK) {
        sipas__report report = sipas__estimate_report(&own, NULL);

        if (kind == SIPAS_MOMENT_CORRELATION && scale == SIPAS_SCALE_TRANSFORMED) report.rule = &fisher_rule;
        status = write_table(&estimation, &products, kind, &report, out, err);
    }
    sipas__estimation_clear(&estimation);
    sipas__products_clear(&products);
    sipas__domain_clear(&domain);
    return status;
}

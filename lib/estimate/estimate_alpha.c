/*
 * Cronbach's alpha and what goes with it. For items x_j with sum T, of the means m_j, of squares q_j and of products with the
 * sum t_j, about the mean of the domain:
 *
 *     V_j = q_j - m_j²,   C_j = t_j - m_j M,   M = Σ m_j,   V_T = Σ C_j = Σ t_j - M²
 *
 * Variance of T without item d: V_T - 2 C_d + V_d; its covariance with item d: C_d - V_d. Nothing but 3 K products is needed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas/estimate_alpha.h>

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/options.h"
#include "data/column.h"
#include "data/schema.h"
#include "engine/estimation.h"
#include "estimate/products.h"
#include "estimate/scale.h"
#include "estimate/simple.h"

enum { MOST_ITEMS = 1000 };

/* What a node is: alpha of all, alpha without item d, correlation of item d and the rest. */
enum { ALPHA, DELETED, REST };

/* Sums over the items, for all or without item `d` (-1: all). */
typedef struct item_sums {
    double items, total; /* Σ V_j and the variance of the sum */
    double mean;         /* M of those that count */
} item_sums;

static item_sums sum_items(int64_t n, int64_t d, const double *x)
{
    const double *m = x, *q = x + n, *t = x + 2 * n;
    item_sums s = {0.0, 0.0, 0.0};

    for (int64_t j = 0; j < n; j++) {
        s.items += j == d ? 0.0 : sipas__product_variance(q[j], m[j]);
        s.mean += j == d ? 0.0 : m[j];
        s.total += j == d ? 0.0 : t[j];
    }
    if (d >= 0) s.total += q[d] - t[d]; /* Σ_{j≠d} x_j (T - x_d) = Σ_{j≠d} x_j T - x_d T + x_d² */
    s.total = sipas__product_variance(s.total, s.mean);
    return s;
}

/* Adds `by_items` times the gradient of s.items and `by_total` times that of s.total. */
static void add_gradient(int64_t n, int64_t d, const double *x, const item_sums *s, double by_items, double by_total,
                         double *gradient)
{
    double *m = gradient, *q = gradient + n, *t = gradient + 2 * n;

    for (int64_t j = 0; j < n; j++) {
        if (j == d) {
            q[j] += by_total;
            t[j] -= by_total;
            continue;
        }
        m[j] += -2.0 * x[j] * by_items - 2.0 * s->mean * by_total;
        q[j] += by_items;
        t[j] += by_total;
    }
}

static void alpha(int64_t n, int64_t d, const double *x, double *value, double *gradient)
{
    const item_sums s = sum_items(n, d, x);
    const double items = (double)(d < 0 ? n : n - 1), factor = items / (items - 1.0);

    if (!(s.total > 0.0) || items < 2.0) return;
    *value = factor * (1.0 - s.items / s.total);
    memset(gradient, 0, (size_t)(3 * n) * sizeof *gradient);
    add_gradient(n, d, x, &s, -factor / s.total, factor * s.items / s.total / s.total, gradient);
}

/* (C_d - V_d) / √(V_d V_rest) */
static void item_rest(int64_t n, int64_t d, const double *x, double *value, double *gradient)
{
    const item_sums s = sum_items(n, d, x);
    const double m = x[d], v = sipas__product_variance(x[n + d], m), c = x[2 * n + d] - x[n + d] - m * s.mean;
    const double root = sqrt(v) * sqrt(s.total), r = c / root;

    if (!(v > 0.0) || !(s.total > 0.0)) return;
    *value = sipas__product_correlation(r);
    memset(gradient, 0, (size_t)(3 * n) * sizeof *gradient);
    if (fabs(*value) == 1.0) return; /* a straight line whatever the rows */
    add_gradient(n, d, x, &s, 0.0, -r / (2.0 * s.total), gradient);
    for (int64_t j = 0; j < n; j++) gradient[j] += j == d ? -s.mean / root + r * m / v : -m / root;
    gradient[n + d] += -1.0 / root - r / (2.0 * v);
    gradient[2 * n + d] += 1.0 / root;
}

static void moment(const void *state, int64_t k, double rows, const double *x, double *value, double *gradient)
{
    const sipas__products *p = state;
    const int64_t n = p->n_columns;

    *value = NAN;
    for (int64_t t = 0; t < 3 * n; t++) gradient[t] = NAN;
    if (!(rows > 1.0)) return;
    if (k <= n)
        alpha(n, k - 1, x, value, gradient);
    else
        item_rest(n, k - 1 - n, x, value, gradient);
}

static sipas_status lay_out(sipas__products *p, sipas_error *err)
{
    const int64_t n = p->n_columns, n_nodes = 2 * n + 1;
    sipas_status status = sipas__products_room(p, 3 * n, n_nodes, 3 * n * n_nodes, err);

    if (status < 0) return status;
    for (int64_t j = 0; j < n; j++) {
        const sipas__product mean = {(int32_t)j, -1, -1}, square = {(int32_t)j, (int32_t)j, -1},
                             total = {(int32_t)j, (int32_t)n, -1};

        p->product[j] = mean;
        p->product[n + j] = square;
        p->product[2 * n + j] = total;
    }
    for (int64_t k = 0; k < n_nodes; k++) {
        p->start[k + 1] = 3 * n * (k + 1);
        for (int64_t t = 0; t < 3 * n; t++) p->term[p->start[k] + t] = (int32_t)t;
    }
    p->moment = moment;
    p->state = p;
    return sipas__products_close(p, err);
}

/* ---- the table ---- */

static void write_names(const sipas__products *p, sipas_table *table, int64_t per_node, const char **names)
{
    static const char *const statistic[] = {"alpha", "alpha_deleted", "item_rest"};
    const int32_t of = sipas__table_add_field(table, &sipas__schema_alpha, "statistic");
    const int32_t item = sipas__table_add_field(table, &sipas__schema_alpha, "item");

    for (int64_t k = 0; k < p->n_nodes; k++) {
        const int kind = k == 0 ? ALPHA : k <= p->n_columns ? DELETED : REST;
        const char *name = kind == ALPHA ? NULL : p->variables.names[(k - 1) % p->n_columns];

        names[k] = name ? name : statistic[ALPHA];
        sipas__table_fill_code(table, of, k * per_node, per_node, statistic[kind]);
        if (name) sipas__table_fill_code(table, item, k * per_node, per_node, name);
    }
}

/* Correlations on Fisher's scale, reliabilities on that of log(1 - alpha). */
static void scaled_limits(const void *state, const sipas__estimation *estimation, sipas__cell *cell)
{
    (void)state;
    sipas__scale_limits(cell->node > estimation->linear.nodes->n_nodes / 2 ? SIPAS__SCALE_FISHER : SIPAS__SCALE_LOG,
                        cell);
}

static const sipas__interval_rule scaled_rule = {NULL, scaled_limits};

/*
 * Whether item j of a group is correlated with the rest below 0, beyond doubt (its whole interval) or with an effect (alpha is larger
 * by a tenth without the item). What is missing is NaN, which is below nothing.
 */
static int runs_against(const sipas_column *estimate, const sipas_column *upper, int64_t rest, int64_t alone,
                        int64_t all)
{
    const double gain = sipas__column_f64(estimate, alone) - sipas__column_f64(estimate, all);

    return sipas__column_f64(estimate, rest) < 0.0 && (sipas__column_f64(upper, rest) < 0.0 || gain > 0.1);
}

/* Items that run against the others, in the first group where that is so. */
static void note_reversed(const sipas__products *p, sipas_table *table, int64_t per_node)
{
    sipas_column estimate, upper;
    int64_t column = -1;

    if (!sipas__table_is_whole(table)) return;
    (void)sipas_table_find(table, "estimate", &column, NULL);
    (void)sipas_table_get_column(table, column, &estimate, NULL);
    (void)sipas_table_find(table, "upper", &column, NULL);
    (void)sipas_table_get_column(table, column, &upper, NULL);
    for (int64_t j = 0; j < p->n_columns; j++) {
        const int64_t rest = (1 + p->n_columns + j) * per_node, alone = (1 + j) * per_node;
        int64_t group = 0, row;

        while (group < per_node && !runs_against(&estimate, &upper, rest + group, alone + group, group)) group++;
        if (group == per_node) continue;
        row = rest + group;
        sipas__table_note(
            table, "reversed", p->variables.names[j], row,
            "item %s runs against the others, whose sum it is correlated with below 0: is its scale turned round?",
            p->variables.names[j]);
    }
}

static sipas_status write_table(const sipas__estimation *estimation, const sipas__products *p, int32_t scale,
                                const sipas_estimate_opts *own, sipas_table **out, sipas_error *err)
{
    const int64_t n_rows = sipas__estimation_rows(estimation), per_node = n_rows / p->n_nodes;
    sipas_table *table = sipas__table_new(estimation->ctx, n_rows);
    const char **names = sipas__alloc(p->ctx, p->n_nodes, sizeof *names);
    sipas__report report = sipas__estimate_report(own, names);
    sipas_status status = names ? SIPAS_OK : sipas__error_memory(err);

    if (scale == SIPAS_SCALE_TRANSFORMED) report.rule = &scaled_rule;
    report.no_value = "no estimate, because there are too few rows or items, or nothing varies";
    if (names) write_names(p, table, per_node, names);
    sipas__table_meta(table, "method", "alpha/1");
    sipas__table_meta(table, "formula", "K/(K-1) (1 - sum(var items) / var(sum of items))");
    sipas__table_meta(table, "missing", "complete");
    sipas__table_meta(table, "interval", "%s", report.rule ? "log(1-alpha); item_rest: fisher_z" : "plain");
    if (status == SIPAS_OK) status = sipas__estimation_report(estimation, &report, table, &sipas__schema_alpha, err);
    if (status == SIPAS_OK) note_reversed(p, table, per_node);
    sipas__free(p->ctx, names);
    return sipas__table_close(table, status, out, err);
}

/* ---- the call ---- */

static sipas_status check_arguments(const sipas_design *design, const sipas_column *y, int64_t n_y, int32_t scale,
                                    const sipas_estimate_opts *own, sipas_error *err)
{
    if (!design) return sipas__error_argument(err, "design", "is NULL");
    if (!y) return sipas__error_argument(err, "y", "is NULL");
    if (n_y < 2 || n_y > MOST_ITEMS) return sipas__error_argument(err, "n_y", "is not 2 to 1000");
    if (own->missing == SIPAS_MISSING_AVAILABLE)
        return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "missing",
                                "missing: the sum of the items needs complete cases");
    return sipas__options_enum("scale", scale, SIPAS__ENUM_SCALE, err);
}

sipas_status sipas_estimate_alpha(const sipas_design *design, const sipas_column *y, int64_t n_y, int32_t scale,
                                  const sipas_domains *domains, const sipas_estimate_opts *opts, sipas_table **out,
                                  sipas_error *err)
{
    sipas_estimate_opts own;
    sipas__domain domain = {0};
    sipas__variables_given given = {.n_y = n_y, .y = y, .complete = 1, .origin = {SIPAS__ORIGIN_FIRST, NULL}};
    sipas__products products = {0};
    sipas__estimation estimation = {0};
    sipas__request request;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if ((status = sipas__estimate_options_joint(&own, opts, err)) < 0) return status;
    if ((status = check_arguments(design, y, n_y, scale, &own, err)) < 0) return status;
    if ((status = sipas__design_domains(design, domains, &domain, err)) < 0) return status;
    given.n = design->n;
    given.names = own.names;
    status = sipas__products_init(&products, design, &domain, &given, err);
    if (status == SIPAS_OK) status = lay_out(&products, err);
    if (status == SIPAS_OK) {
        request = sipas__estimate_request(design, &domain, &products.source, &products.nodes, &own);
        status = sipas__estimation_init(&estimation, &request, err);
    }
    if (status == SIPAS_OK) status = write_table(&estimation, &products, scale, &own, out, err);
    sipas__estimation_clear(&estimation);
    sipas__products_clear(&products);
    sipas__domain_clear(&domain);
    return status;
}

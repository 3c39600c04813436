/*
 * Means, totals and ratios: each variable (or pair) an atom, each atom a node.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas/estimate.h>
#include <string.h>

#include "base/context.h"
#include "base/options.h"
#include "data/column.h"
#include "data/schema.h"
#include "engine/estimation.h"
#include "estimate/simple.h"
#include "estimate/variables.h"

void sipas_estimate_opts_init(sipas_estimate_opts *opts)
{
    const sipas_estimate_opts initial = SIPAS_ESTIMATE_OPTS_INIT;

    if (opts) *opts = initial;
}

sipas_status sipas__estimate_options_category(sipas_estimate_opts *own, const sipas_estimate_opts *opts,
                                              sipas_error *err)
{
    sipas_status status = sipas__options_load(own, sizeof *own, opts, "sipas_estimate_opts", err);

    if (status < 0) return status;
    if ((status = sipas__options_check("missing", own->missing, 0, SIPAS_MISSING_COMPLETE, err)) < 0) return status;
    if ((status = sipas__options_enum("deff", own->deff, SIPAS__ENUM_DEFF, err)) < 0) return status;
    if ((status = sipas__options_check("cov", own->cov, 0, 1, err)) < 0) return status;
    status = sipas__options_enum("simultaneous", own->simultaneous, SIPAS__ENUM_SIMULTANEOUS, err);
    if (status < 0) return status;
    if ((status = sipas__options_check("reserved", own->reserved, 0, 0, err)) < 0) return status;
    return sipas__options_level(&own->level, err);
}

sipas_status sipas__estimate_options_joint(sipas_estimate_opts *own, const sipas_estimate_opts *opts, sipas_error *err)
{
    const sipas_status status = sipas__estimate_options_category(own, opts, err);

    if (status < 0 || !sipas__column_given(own->categories)) return status;
    return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "categories",
                            "option categories: this estimate has none");
}

sipas__request sipas__estimate_request(const sipas_design *design, const sipas__domain *domain,
                                       const sipas__source *source, const sipas__nodes *nodes,
                                       const sipas_estimate_opts *own)
{
    sipas__request request = {0};

    request.design = design;
    request.domain = domain;
    request.source = source;
    request.nodes = nodes;
    request.whole.source = -1;
    request.deff = own->deff;
    request.cov = own->cov;
    return request;
}

sipas__report sipas__estimate_report(const sipas_estimate_opts *own, const char *const *names)
{
    sipas__report report = {.confidence = own->level, .simultaneous = own->simultaneous, .names = names};

    return report;
}

sipas_status sipas__estimate_options(sipas_estimate_opts *own, const sipas_estimate_opts *opts, sipas_error *err)
{
    const sipas_status status = sipas__estimate_options_category(own, opts, err);

    if (status < 0 || own->simultaneous == SIPAS_SIMULTANEOUS_NONE) return status;
    return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "simultaneous",
                            "option simultaneous: this estimate has no simultaneous intervals");
}

sipas_status sipas__nodes_single(const sipas_ctx *ctx, sipas__single_nodes *single, int64_t n, int32_t kind,
                                 const double *centre, sipas_error *err)
{
    memset(single, 0, sizeof *single);
    single->atoms = sipas__alloc(ctx, n, sizeof *single->atoms);
    single->start = sipas__alloc(ctx, n + 1, sizeof *single->start);
    single->term_atom = sipas__alloc(ctx, n, sizeof *single->term_atom);
    single->term_coef = sipas__alloc(ctx, n, sizeof *single->term_coef);
    if (!single->atoms || !single->start || !single->term_atom || !single->term_coef) {
        sipas__nodes_single_clear(ctx, single);
        return sipas__error_memory(err);
    }
    for (int64_t j = 0; j < n; j++) {
        single->atoms[j].num = (int32_t)j;
        single->atoms[j].den = kind == SIPAS__SINGLE_MEAN    ? SIPAS__DEN_PRESENT
                               : kind == SIPAS__SINGLE_TOTAL ? SIPAS__DEN_NONE
                                                             : (int32_t)(n + j);
        single->start[j + 1] = j + 1;
        single->term_atom[j] = (int32_t)j;
        single->term_coef[j] = 1.0;
    }
    single->nodes.n_atoms = single->nodes.n_nodes = n;
    single->nodes.atoms = single->atoms;
    single->nodes.start = single->start;
    single->nodes.term_atom = single->term_atom;
    single->nodes.term_coef = single->term_coef;
    single->nodes.centre = centre;
    return SIPAS_OK;
}

void sipas__nodes_single_clear(const sipas_ctx *ctx, sipas__single_nodes *single)
{
    sipas__free(ctx, single->atoms);
    sipas__free(ctx, single->start);
    sipas__free(ctx, single->term_atom);
    sipas__free(ctx, single->term_coef);
    memset(single, 0, sizeof *single);
}

typedef struct simple_kind {
    int32_t kind;
    const char *method, *formula;
} simple_kind;

static const simple_kind kind_mean = {SIPAS__SINGLE_MEAN, "mean/1", "sum(w y) / sum(w)"};
static const simple_kind kind_total = {SIPAS__SINGLE_TOTAL, "total/1", "sum(w y)"};
static const simple_kind kind_ratio = {SIPAS__SINGLE_RATIO, "ratio/1", "sum(w y) / sum(w x)"};

static sipas_status write_table(const sipas__estimation *estimation, const sipas__report *report,
                                const simple_kind *kind, sipas_table **out, sipas_error *err)
{
    const int64_t n_rows = sipas__estimation_rows(estimation), n = estimation->linear.nodes->n_nodes;
    sipas_table *table = sipas__table_new(estimation->ctx, n_rows);
    const int32_t variable = sipas__table_add_field(table, &sipas__schema_estimate, "variable");
    sipas_status status;

    for (int64_t j = 0; j < n; j++)
        sipas__table_fill_code(table, variable, j * (n_rows / n), n_rows / n, report->names[j]);
    sipas__table_meta(table, "method", "%s", kind->method);
    sipas__table_meta(table, "formula", "%s", kind->formula);
    status = sipas__estimation_report(estimation, report, table, &sipas__schema_estimate, err);
    return sipas__table_close(table, status, out, err);
}

/* `given`: the columns and their number. */
static sipas_status estimate(const sipas_design *design, sipas__variables_given given, const sipas_domains *domains,
                             const sipas_estimate_opts *opts, const simple_kind *kind, sipas_table **out,
                             sipas_error *err)
{
    sipas_estimate_opts own;
    sipas__domain domain = {0};
    sipas__variables variables = {0};
    sipas__single_nodes nodes = {0};
    sipas__estimation estimation = {0};
    sipas__request request;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!design) return sipas__error_argument(err, "design", "is NULL");
    if (!given.y || (kind->kind == SIPAS__SINGLE_RATIO && !given.x))
        return sipas__error_argument(err, given.y ? "x" : "y", "is NULL");
    if (given.n_y < 1) return sipas__error_argument(err, "n_y", "is less than 1");
    if ((status = sipas__estimate_options_joint(&own, opts, err)) < 0) return status;
    if ((status = sipas__design_domains(design, domains, &domain, err)) < 0) return status;
    given.n = design->n;
    given.names = own.names;
    given.complete = own.missing == SIPAS_MISSING_COMPLETE;
    given.origin.rule = kind->kind == SIPAS__SINGLE_TOTAL ? SIPAS__ORIGIN_ZERO : SIPAS__ORIGIN_FIRST;
    status = sipas__variables_init(&variables, design->ctx, &given, err);
    if (status == SIPAS_OK)
        status = sipas__nodes_single(design->ctx, &nodes, given.n_y, kind->kind, variables.origin, err);
    if (status == SIPAS_OK) {
        request = sipas__estimate_request(design, &domain, &variables.source, &nodes.nodes, &own);
        request.totals = kind->kind == SIPAS__SINGLE_TOTAL;
        status = sipas__estimation_init(&estimation, &request, err);
    }
    if (status == SIPAS_OK) {
        const sipas__report report = sipas__estimate_report(&own, (const char *const *)variables.names);

        status = write_table(&estimation, &report, kind, out, err);
    }
    sipas__estimation_clear(&estimation);
    sipas__nodes_single_clear(design->ctx, &nodes);
    sipas__variables_clear(&variables);
    sipas__domain_clear(&domain);
    return status;
}

sipas_status sipas_estimate_mean(const sipas_design *design, const sipas_column *y, int64_t n_y,
                                 const sipas_domains *domains, const sipas_estimate_opts *opts, sipas_table **out,
                                 sipas_error *err)
{
    const sipas__variables_given given = {.n_y = n_y, .y = y};

    return estimate(design, given, domains, opts, &kind_mean, out, err);
}

sipas_status sipas_estimate_total(const sipas_design *design, const sipas_column *y, int64_t n_y,
                                  const sipas_domains *domains, const sipas_estimate_opts *opts, sipas_table **out,
                                  sipas_error *err)
{
    const sipas__variables_given given = {.n_y = n_y, .y = y};

    return estimate(design, given, domains, opts, &kind_total, out, err);
}

sipas_status sipas_estimate_ratio(const sipas_design *design, const sipas_column *y, const sipas_column *x, int64_t n_y,
                                  const sipas_domains *domains, const sipas_estimate_opts *opts, sipas_table **out,
                                  sipas_error *err)
{
    const sipas__variables_given given = {.n_y = n_y, .y = y, .x = x};

    return estimate(design, given, domains, opts, &kind_ratio, out, err);
}

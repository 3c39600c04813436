/*
 * Functions of totals, means and weights: arguments are the atoms, functions the nodes, and the gradient is taken at the
 * values of each domain.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <sipas/estimate_function.h>
#include <string.h>

#include "base/context.h"
#include "base/options.h"
#include "data/schema.h"
#include "engine/estimation.h"
#include "estimate/function.h"
#include "estimate/simple.h"
#include "estimate/variables.h"

/* As many as the bits that the pass has for the variables of a row. */
enum { MOST_ARGUMENTS = 2048 };

/* The call, and the arrays that nodes and sets are laid out in. */
typedef struct functions {
    sipas_ctx *ctx;
    const sipas_function *functions;
    int64_t n_functions, n_arguments;
    const sipas__domain *domain;
    sipas__variables variables;
    sipas__atom *atoms;
    int64_t *start;
    int32_t *term_atom, *set;
    uint64_t *sets;
    double *x, *work;
    sipas__nodes nodes;
} functions;

static sipas_status evaluate(const void *state, const sipas__point *point, double *estimate, double *coef,
                             sipas_error *err)
{
    const functions *all = state;

    for (int64_t k = 0; k < all->n_functions; k++) {
        const sipas_function *f = &all->functions[k];
        double *gradient = coef + all->start[k];
        sipas_status status;
        char where[256];

        for (int64_t i = 0; i < f->n_terms; i++) all->x[i] = point->value[f->term[i]];
        if (!sipas__function_value(f, all->x, &estimate[k], gradient) || !f->check) continue;
        sipas__domain_group_label(all->domain, point->level, point->group, where, sizeof where);
        status = sipas__function_check_gradient(all->functions, k, all->x, gradient,
                                                (const char *const *)all->variables.names, where, all->work, err);
        if (status < 0) return status;
    }
    return SIPAS_OK;
}

static void clear(functions *all)
{
    void *blocks[] = {all->atoms, all->start, all->term_atom, all->set, all->sets, all->x, all->work};

    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) sipas__free(all->ctx, blocks[b]);
    sipas__variables_clear(&all->variables);
}

/* Who counts for a function: whoever has one of its variables. Complete rows have all of them. */
static void lay_sets(functions *all, int complete)
{
    sipas__source *source = &all->variables.source;

    source->set_words = (all->n_arguments + 63) / 64;
    for (int64_t k = 0; k < all->n_functions; k++) {
        const sipas_function *f = &all->functions[k];
        int several = 0;

        for (int64_t i = 0; i < f->n_terms; i++) several |= f->term[i] != f->term[0];
        all->set[k] = -1;
        if (!several || complete) continue;
        all->set[k] = (int32_t)source->n_sets++;
        for (int64_t i = 0; i < f->n_terms; i++)
            all->sets[all->set[k] * source->set_words + (f->term[i] >> 6)] |= UINT64_C(1) << (f->term[i] & 63);
    }
    source->sets = all->sets;
}

static sipas_status lay_out(functions *all, const int32_t *argument, int complete, sipas_error *err)
{
    int64_t n_terms = 0;
    const int64_t most = sipas__function_most_terms(all->functions, all->n_functions);

    for (int64_t k = 0; k < all->n_functions; k++) n_terms += all->functions[k].n_terms;
    all->atoms = sipas__alloc(all->ctx, all->n_arguments, sizeof *all->atoms);
    all->start = sipas__alloc(all->ctx, all->n_functions + 1, sizeof *all->start);
    all->term_atom = sipas__alloc(all->ctx, n_terms, sizeof *all->term_atom);
    all->set = sipas__alloc(all->ctx, all->n_functions, sizeof *all->set);
    all->sets = sipas__alloc(all->ctx, all->n_functions * ((all->n_arguments + 63) / 64), sizeof *all->sets);
    all->x = sipas__alloc(all->ctx, most, sizeof *all->x);
    all->work = sipas__alloc(all->ctx, most, sizeof *all->work);
    if (!all->atoms || !all->start || !all->term_atom || !all->set || !all->sets || !all->x || !all->work)
        return sipas__error_memory(err);
    for (int64_t j = 0; j < all->n_arguments; j++) {
        const int32_t of = argument ? argument[j] : SIPAS_ARGUMENT_TOTAL;

        all->atoms[j].num = (int32_t)j;
        all->atoms[j].den = of == SIPAS_ARGUMENT_MEAN    ? SIPAS__DEN_PRESENT
                            : of == SIPAS_ARGUMENT_TOTAL ? SIPAS__DEN_NONE
                                                         : SIPAS__DEN_WEIGHT;
        if (of != SIPAS_ARGUMENT_MEAN) all->variables.origin[j] = 0.0;
    }
    for (int64_t k = 0; k < all->n_functions; k++) {
        const sipas_function *f = &all->functions[k];

        all->start[k + 1] = all->start[k] + f->n_terms;
        for (int64_t i = 0; i < f->n_terms; i++) all->term_atom[all->start[k] + i] = (int32_t)f->term[i];
    }
    lay_sets(all, complete);
    all->nodes.n_atoms = all->n_arguments;
    all->nodes.atoms = all->atoms;
    all->nodes.n_nodes = all->n_functions;
    all->nodes.start = all->start;
    all->nodes.term_atom = all->term_atom;
    all->nodes.set = all->set;
    all->nodes.centre = all->variables.origin;
    all->nodes.evaluate = evaluate;
    all->nodes.state = all;
    return SIPAS_OK;
}

static sipas_status write_table(const sipas__estimation *estimation, const functions *all,
                                const sipas_estimate_opts *opts, sipas_table **out, sipas_error *err)
{
    const int64_t n_rows = sipas__estimation_rows(estimation), n = all->n_functions;
    sipas_table *table = sipas__table_new(estimation->ctx, n_rows);
    const int32_t variable = sipas__table_add_field(table, &sipas__schema_estimate, "variable");
    char(*own)[SIPAS__MOST_NAME] = sipas__alloc(all->ctx, n, sizeof *own);
    const char **names = sipas__alloc(all->ctx, n, sizeof *names);
    sipas__report report = sipas__estimate_report(opts, names);
    sipas_status status = own && names ? SIPAS_OK : sipas__error_memory(err);

    report.no_value = "no estimate, because an argument has no rows or the function has no value there";
    for (int64_t k = 0; status == SIPAS_OK && k < n; k++) {
        names[k] = sipas__function_name(all->functions, k, own[k]);
        sipas__table_fill_code(table, variable, k * (n_rows / n), n_rows / n, names[k]);
    }
    sipas__table_meta(table, "method", "function/1");
    sipas__table_meta(table, "formula", "f(totals, means, weights)");
    if (status == SIPAS_OK) status = sipas__estimation_report(estimation, &report, table, &sipas__schema_estimate, err);
    sipas__free(all->ctx, names);
    sipas__free(all->ctx, own);
    return sipas__table_close(table, status, out, err);
}

static sipas_status check_arguments(const sipas_design *design, const sipas_column *y, const int32_t *argument,
                                    int64_t n_y, sipas_error *err)
{
    if (!design) return sipas__error_argument(err, "design", "is NULL");
    if (!y) return sipas__error_argument(err, "y", "is NULL");
    if (n_y < 1 || n_y > MOST_ARGUMENTS) return sipas__error_argument(err, "n_y", "is not 1 to 2048");
    for (int64_t j = 0; argument && j < n_y; j++) {
        sipas_status status = sipas__options_enum("argument", argument[j], SIPAS__ENUM_ARGUMENT, err);

        if (status < 0) return status;
    }
    return SIPAS_OK;
}

sipas_status sipas_estimate_function(const sipas_design *design, const sipas_column *y, const int32_t *argument,
                                     int64_t n_y, const sipas_function *given, int64_t n_functions,
                                     const sipas_domains *domains, const sipas_estimate_opts *opts, sipas_table **out,
                                     sipas_error *err)
{
    sipas_estimate_opts own;
    sipas__domain domain = {0};
    functions all = {0};
    sipas__estimation estimation = {0};
    sipas__request request;
    sipas__variables_given given_y = {.n_y = n_y, .y = y, .origin = {SIPAS__ORIGIN_FIRST, NULL}};
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if ((status = check_arguments(design, y, argument, n_y, err)) < 0) return status;
    if ((status = sipas__function_check(given, n_functions, n_y, err)) < 0) return status;
    if ((status = sipas__estimate_options_joint(&own, opts, err)) < 0) return status;
    if ((status = sipas__design_domains(design, domains, &domain, err)) < 0) return status;
    all.ctx = design->ctx;
    all.functions = given;
    all.n_functions = n_functions;
    all.n_arguments = n_y;
    all.domain = &domain;
    given_y.n = design->n;
    given_y.names = own.names;
    given_y.complete = own.missing == SIPAS_MISSING_COMPLETE;
    status = sipas__variables_init(&all.variables, design->ctx, &given_y, err);
    if (status == SIPAS_OK) status = lay_out(&all, argument, given_y.complete, err);
    if (status == SIPAS_OK) {
        request = sipas__estimate_request(design, &domain, &all.variables.source, &all.nodes, &own);
        status = sipas__estimation_init(&estimation, &request, err);
    }
    if (status == SIPAS_OK) status = write_table(&estimation, &all, &own, out, err);
    sipas__estimation_clear(&estimation);
    clear(&all);
    sipas__domain_clear(&domain);
    return status;
}

/*
 * Every kind of design × every estimate × every kind of domain × every kind of missing answers (of the rarer ones every other
 * combination), from tables. Each call is done or
 * refused for a reason that is documented, and a result passes the audit. Beside it, by turns: the same bits with two threads; the
 * same figures for the rows in another order; for a domain, the same as for weights of 0 outside it.
 *
 * A line of code that is covered is not a combination that was tried: this is where combinations are.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sipas.h>

#include "matrix.h"
#include "result.h"

enum { MOST_TOLD = 40 };

/* Every so many combinations are called a second time; the sanitizers look at each call anyway, and take their time. */
#ifdef __SANITIZE_ADDRESS__
enum { AGAIN = 12 };
#else
enum { AGAIN = 2 };
#endif

static const char *const missing_names[] = {"none missing",    "gaps",       "complete cases", "a PSU missing",
                                            "one PSU answers", "all missing"};
static const char *const domain_names[] = {"whole", "by", "where", "by, where", "levels", "by PSU", "one PSU", "empty"};

/* One combination, and what was found. */
typedef struct crossing {
    const matrix_design *design;
    const matrix_call *call;
    int missing, domain;
    long calls, refused, faults;
} crossing;

static void tell(crossing *x, const char *check, const char *fault)
{
    if (!fault || x->faults++ >= MOST_TOLD) return;
    (void)fprintf(stderr, "%s × %s × %s × %s: %s: %s\n", x->design->name, x->call->name, domain_names[x->domain],
                  missing_names[x->missing], check, fault);
}

/* Reasons to refuse that the headers give. */
static int may_refuse(const crossing *x, sipas_status status)
{
    const sipas_design_opts *o = &x->design->opts;
    const int lonely = o->lonely_psu == SIPAS_LONELY_ERROR || o->lonely_psu == SIPAS_LONELY_DEFAULT;
    const int lacks_pairs = x->design->strata == 2 || x->design->lonely_ssu || x->design->n_strata > 1;
    const int overlaps = strstr(x->call->name, "common") || strstr(x->call->name, "joined");

    switch (status) {
    case SIPAS_ERR_LONELY_PSU: return (lonely && lacks_pairs) || (overlaps && x->design->certainty);
    case SIPAS_ERR_TOO_FEW: return x->missing == MATRIX_ALL_GONE || strstr(x->call->name, "league") != NULL;
    case SIPAS_ERR_NOT_FOUND: return strstr(x->call->name, "league") != NULL; /* no level with one by column */
    case SIPAS_ERR_ARGUMENT:
        return (overlaps && (x->design->ids != 1 || o->pps || o->phase2)) || strstr(x->call->name, "mean of units");
    default: return 0;
    }
}

static sipas_table *run(crossing *x, const matrix_data *data, const sipas_design *design, int masked, int turn)
{
    sipas_domains domains;
    sipas_column by[2], where;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_table *table = NULL;
    sipas_error err = {0};
    sipas_status status;

    matrix_domain(data, x->domain, &domains, by, &where);
    if (!masked) domains.where = NULL;
    opts.missing = x->missing == MATRIX_COMPLETE ? SIPAS_MISSING_COMPLETE : SIPAS_MISSING_AVAILABLE;
    opts.deff = turn % 3;
    opts.cov = turn % 2;
    if (!strstr(x->call->name, "categories") && !strstr(x->call->name, "texts")) opts.simultaneous = turn % 4;
    status = x->call->call(data, design, x->call->argument, &domains, &opts, &table, &err);
    x->calls++;
    if (status == SIPAS_OK && table) return table;
    x->refused++;
    if (status == SIPAS_OK || table) tell(x, "status", "a status and a table that do not go together");
    if (status > 0 || !may_refuse(x, status)) tell(x, sipas_status_name(status), err.message);
    if (status != err.status || !err.message[0]) tell(x, "status", "the error does not say what the call returned");
    sipas_table_free(table);
    return NULL;
}

/* All that a design is opened as. */
typedef struct opened {
    const matrix_data *data, *shuffled;
    sipas_design *design, *threads, *other;
    sipas_design *outside[MATRIX_DOMAIN_KINDS]; /* weights 0 outside the domain */
    double weight[MATRIX_DOMAIN_KINDS][MATRIX_ROWS];
} opened;

/* The second call and what it is held against. */
static void compare(crossing *x, const opened *o, const sipas_table *table, int kind, int turn)
{
    static const char *const check[] = {"threads", "order of rows", "weights of 0"};
    const sipas_design *design = kind == 0 ? o->threads : kind == 1 ? o->other : o->outside[x->domain];
    sipas_table *again;

    if (!design || (kind == 1 && (x->call->holds & MATRIX_IN_ORDER))) return;
    again = run(x, kind == 1 ? o->shuffled : o->data, design, kind != 2, turn);
    if (!again)
        tell(x, check[kind], "is refused");
    else
        tell(x, check[kind],
             matrix_differ(table, again, kind == 0 ? 0.0 : 1e-12, kind == 2 ? x->call->holds | MATRIX_OUTSIDE : 0));
    sipas_table_free(again);
}

static void cross_design(crossing *x, const opened *o)
{
    int turn = (int)(x->design - matrix_designs) + x->missing;

    for (size_t c = 0; c < matrix_n_calls; c++, turn++) {
        x->call = &matrix_calls[c];
        for (x->domain = 0; x->domain < MATRIX_DOMAIN_KINDS; x->domain++, turn++) {
            sipas_table *table;

            if (x->missing > MATRIX_GAPS && turn % 2) continue; /* half of them, each with every other */
            table = run(x, o->data, o->design, 1, turn);
            if (!table) continue;
            tell(x, "audit", matrix_audit(table, x->design, x->call->holds));
            if (turn / 2 % AGAIN == 0) compare(x, o, table, turn / 2 / AGAIN % 3, turn);
            sipas_table_free(table);
        }
    }
}

/* Some row in the domain has a weight. */
static int has_weight(const double *weight, const uint8_t *inside)
{
    for (int i = 0; i < MATRIX_ROWS; i++)
        if (inside[i] && weight[i] != 0.0) return 1;
    return 0;
}

/* Weights of 0 outside a domain are those of a design with weights; where they say how units were drawn, it is another one. */
static void open_outside(const crossing *x, opened *o)
{
    for (int kind = 0; kind < MATRIX_DOMAIN_KINDS; kind++) {
        sipas_domains domains;
        sipas_column by[2], where;

        o->outside[kind] = NULL;
        matrix_domain(o->data, kind, &domains, by, &where);
        if (!domains.where || kind == MATRIX_EMPTY || x->design->weights == MATRIX_WEIGHT_NONE ||
            x->design->opts.df == SIPAS_DF_DESIGN || x->design->opts.collapse == SIPAS_COLLAPSE_NEAREST ||
            !has_weight(o->data->weight[x->design->weights - 1], where.data))
            continue;
        o->outside[kind] = matrix_open(o->data, x->design, NULL, where.data, o->weight[kind]);
    }
}

static void close_all(opened *o)
{
    for (int kind = 0; kind < MATRIX_DOMAIN_KINDS; kind++) sipas_design_free(o->outside[kind]);
    sipas_design_free(o->design);
    sipas_design_free(o->threads);
    sipas_design_free(o->other);
}

static void test_crossings(void **state)
{
    static matrix_data data, shuffled;
    static opened o = {&data, &shuffled, NULL, NULL, NULL, {NULL}, {{0}}};
    sipas_ctx_opts two = SIPAS_CTX_OPTS_INIT;
    sipas_ctx *ctx = NULL;
    crossing x = {0};
    sipas_error err;

    (void)state;
    two.threads = 2;
    check(sipas_ctx_new(&two, &ctx, &err), &err);
    for (x.missing = 0; x.missing < MATRIX_MISSING_KINDS; x.missing++) {
        matrix_fill(&data, 0);
        matrix_fill(&shuffled, 1);
        matrix_take_away(&data, x.missing);
        matrix_take_away(&shuffled, x.missing);
        for (size_t k = 0; k < matrix_n_designs; k++) {
            x.design = &matrix_designs[k];
            o.design = matrix_open(&data, x.design, NULL, NULL, NULL);
            o.threads = matrix_open(&data, x.design, ctx, NULL, NULL);
            o.other = matrix_open(&shuffled, x.design, NULL, NULL, NULL);
            open_outside(&x, &o);
            cross_design(&x, &o);
            close_all(&o);
        }
    }
    sipas_ctx_free(ctx);
    (void)fprintf(stderr, "%ld calls, %ld refused, %ld faults\n", x.calls, x.refused, x.faults);
    assert_true(x.calls > 100000 && x.refused < x.calls / 8);
    assert_int_equal(x.faults, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_crossings)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Functions of the rows of a table, and all differences between groups: rows are combined unit by unit, then the engine
 * takes the variance.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas/estimate_contrast.h>

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "data/schema.h"
#include "estimate/contrast.h"
#include "estimate/function.h"

/* A call at work. */
typedef struct comparison {
    sipas_ctx *ctx;
    sipas__estimates e;
    sipas_contrast_opts opts;
    sipas__variance engine;
} comparison;

static sipas_status refuse(const char *name, sipas_error *err)
{
    return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, name,
                            "option %s does not belong to this call", name);
}

static sipas_status open_comparison(comparison *c, const sipas_table *table, const sipas_contrast_opts *opts,
                                    sipas_error *err)
{
    sipas_status status = sipas__contrast_options(&c->opts, opts, err);

    if (status < 0) return status;
    if (c->opts.overlap) return refuse("overlap", err);
    if (c->opts.relative) return refuse("relative", err);
    if (c->opts.df == SIPAS_CONTRAST_DF_SATTERTHWAITE) return refuse("df", err);
    if (c->opts.df == SIPAS_CONTRAST_DF_DEFAULT) c->opts.df = SIPAS_CONTRAST_DF_MINIMUM;
    if ((status = sipas__estimates_read(&c->e, table, "table", 1, err)) < 0) return status;
    c->ctx = c->e.cov->ctx;
    return sipas__variance_init(&c->engine, c->e.cov->design, err);
}

/* A standard error that is less of the rows it is made of than this is what rounding leaves of 0. */
#define NOTHING 1e-14

/* Variance of Σ gradient × row; NaN where a row that counts has none. */
static sipas_status variance_of(comparison *c, const int64_t *rows, const double *gradient, int64_t n, double *variance,
                                sipas_error *err)
{
    sipas__entries entries;
    double size = 0.0;
    sipas_status status;

    *variance = NAN;
    for (int64_t i = 0; i < n; i++) {
        if (isnan(gradient[i]) || isnan(c->e.se[rows[i]])) return SIPAS_OK;
        size += fabs(gradient[i] * c->e.estimate[rows[i]]);
    }
    status = sipas__cov_combine(c->e.cov, rows, gradient, n, &entries, err);
    if (status < 0) return status;
    status = sipas__variance_of_units(&c->engine, &entries, variance, err);
    if (status == SIPAS_OK && fabs(*variance) < NOTHING * size * (NOTHING * size)) *variance = 0.0;
    sipas__entries_clear(c->ctx, &entries);
    return status;
}

/* The same of row a less row b, in `units`. */
static sipas_status variance_of_difference(comparison *c, int64_t a, int64_t b, sipas__entries *units, double *variance,
                                           sipas_error *err)
{
    *variance = NAN;
    if (isnan(c->e.se[a]) || isnan(c->e.se[b])) return SIPAS_OK;
    sipas__cov_subtract(c->e.cov, a, b, units);
    return sipas__variance_of_units(&c->engine, units, variance, err);
}

static void set_variance(sipas__test *test, double variance)
{
    test->se = variance < 0.0 ? NAN : sqrt(variance);
    test->negative = variance < 0.0 ? variance : 0.0;
}

/* Those of a regression on n groups, over the rows of all of them. */
static sipas_status regression_df(const comparison *c, const int64_t *rows, const double *gradient, int64_t n,
                                  double *df, sipas_error *err)
{
    sipas__entries entries;
    sipas_status status = sipas__cov_combine(c->e.cov, rows, gradient, n, &entries, err);
    int64_t different = 0;

    if (status < 0) return status;
    for (int64_t i = 0; i < n; i++) {
        int again = 0;

        for (int64_t j = 0; j < i; j++) again |= rows[j] == rows[i];
        different += !again;
    }
    *df = sipas__entries_df(c->e.cov->design, &entries) + 1.0 - (double)different;
    sipas__entries_clear(c->ctx, &entries);
    return SIPAS_OK;
}

static sipas_status degrees_of_freedom(const comparison *c, const int64_t *rows, const double *gradient, int64_t n,
                                       double *df, sipas_error *err)
{
    if (c->opts.df == SIPAS_CONTRAST_DF_REGRESSION) return regression_df(c, rows, gradient, n, df, err);
    *df = c->opts.df == SIPAS_CONTRAST_DF_GIVEN    ? c->opts.df_value
          : c->opts.df == SIPAS_CONTRAST_DF_DESIGN ? sipas_design_get_df(c->e.cov->design)
                                                   : INFINITY;
    for (int64_t i = 0; c->opts.df == SIPAS_CONTRAST_DF_MINIMUM && i < n; i++)
        if (!(c->e.df[rows[i]] >= *df)) *df = c->e.df[rows[i]];
    return SIPAS_OK;
}

/* ---- functions of rows ---- */

/* Values and gradients of all functions, behind one another in `gradient`; `names` gets their names. */
static sipas_status evaluate(const comparison *c, const sipas_function *functions, int64_t n_functions, double *work,
                             sipas__test *tests, double *gradient, sipas_error *err)
{
    const int64_t most = sipas__function_most_terms(functions, n_functions);

    for (int64_t k = 0; k < n_functions; gradient += functions[k].n_terms, k++) {
        const sipas_function *f = &functions[k];
        sipas_status status;

        for (int64_t i = 0; i < f->n_terms; i++) work[i] = c->e.estimate[f->term[i]];
        if (!sipas__function_value(f, work, &tests[k].estimate, gradient) || !f->check) continue;
        status = sipas__function_check_gradient(functions, k, work, gradient, NULL, "", work + most, err);
        if (status < 0) return status;
    }
    return SIPAS_OK;
}

static sipas_status test_functions(comparison *c, const sipas_function *functions, int64_t n_functions,
                                   const double *gradient, sipas__test *tests, sipas_error *err)
{
    for (int64_t k = 0; k < n_functions; gradient += functions[k].n_terms, k++) {
        const sipas_function *f = &functions[k];
        double variance;
        sipas_status status = variance_of(c, f->term, gradient, f->n_terms, &variance, err);

        if (status < 0) return status;
        set_variance(&tests[k], variance);
        if ((status = degrees_of_freedom(c, f->term, gradient, f->n_terms, &tests[k].df, err)) < 0) return status;
    }
    return SIPAS_OK;
}

/* Lays the units of one function into their places among those of all. */
static void scatter(const sipas__entries *one, int64_t k, sipas__entries *all)
{
    int64_t at = 0;

    for (int64_t i = 0; i < one->n; i++) {
        while (all->stratum[at] != one->stratum[i] || all->id[at] != one->id[i]) at++;
        all->z[at * all->n_nodes + k] = one->z[i];
        all->answers[at * all->n_nodes + k] = one->answers[i];
    }
}

/* The covariance of the contrasts: one group, the contrasts its nodes. */
static sipas_status keep_cov(const comparison *c, const sipas_function *functions, int64_t n_functions,
                             const double *gradient, const sipas__test *tests, sipas_table *table, sipas_error *err)
{
    const sipas_cov *from = c->e.cov;
    sipas_cov *cov = sipas__alloc(c->ctx, 1, sizeof *cov);
    int64_t *rows = sipas__alloc(c->ctx, c->e.n, sizeof *rows);
    double *ones = sipas__alloc(c->ctx, c->e.n, sizeof *ones);
    sipas__entries units = {0};
    sipas_status status = cov && rows && ones ? SIPAS_OK : sipas__error_memory(err);

    for (int64_t i = 0; status == SIPAS_OK && i < c->e.n; i++) rows[i] = i;
    if (status == SIPAS_OK) status = sipas__cov_combine(from, rows, ones, from->n_groups, &units, err);
    if (cov) {
        cov->ctx = c->ctx;
        cov->design = sipas__design_ref(from->design);
        cov->n_nodes = n_functions;
        cov->n_groups = 1;
        cov->entries = sipas__alloc(c->ctx, 1, sizeof *cov->entries);
        cov->se = sipas__alloc(c->ctx, n_functions, sizeof *cov->se);
        if (status == SIPAS_OK &&
            (!cov->entries || !cov->se || !sipas__entries_new(c->ctx, units.n, n_functions, cov->entries)))
            status = sipas__error_memory(err);
        if (status == SIPAS_OK) cov->entries->answers = sipas__alloc(c->ctx, units.n, (size_t)n_functions);
        if (status == SIPAS_OK && !cov->entries->answers) status = sipas__error_memory(err);
    }
    for (int64_t i = 0; status == SIPAS_OK && i < units.n; i++) {
        cov->entries->id[i] = units.id[i];
        cov->entries->stratum[i] = units.stratum[i];
        cov->entries->n = units.n;
    }
    for (int64_t k = 0; status == SIPAS_OK && k < n_functions; gradient += functions[k].n_terms, k++) {
        sipas__entries one = {0};

        cov->se[k] = tests[k].se;
        if (isnan(tests[k].se)) continue;
        status = sipas__cov_combine(from, functions[k].term, gradient, functions[k].n_terms, &one, err);
        if (status == SIPAS_OK) scatter(&one, k, cov->entries);
        sipas__entries_clear(c->ctx, &one);
    }
    sipas__entries_clear(c->ctx, &units);
    sipas__free(c->ctx, rows);
    sipas__free(c->ctx, ones);
    if (status == SIPAS_OK)
        sipas__table_set_cov(table, cov, sipas__cov_free);
    else
        sipas__cov_free(cov);
    return status;
}

static sipas_status write_contrasts(const comparison *c, const sipas_function *functions, int64_t n,
                                    const double *gradient, const sipas__test *tests, sipas_table **out,
                                    sipas_error *err)
{
    sipas_table *table = sipas__table_new(c->ctx, n);
    const int32_t contrast = sipas__table_add_field(table, &sipas__schema_contrast, "contrast");
    char(*own)[SIPAS__MOST_NAME] = sipas__alloc(c->ctx, n, sizeof *own);
    const char **names = sipas__alloc(c->ctx, n, sizeof *names);
    sipas_status status = own && names ? SIPAS_OK : sipas__error_memory(err);

    for (int64_t k = 0; status == SIPAS_OK && k < n; k++) {
        names[k] = sipas__function_name(functions, k, own[k]);
        sipas__table_set_code(table, contrast, k, names[k]);
    }
    sipas__table_meta(table, "method", "contrast/1");
    sipas__table_meta(table, "formula", "f(rows)");
    if (status == SIPAS_OK)
        status = sipas__tests_write(c->ctx, tests, n, names, &c->opts, sipas__design_is_census(c->e.cov->design), table,
                                    err);
    if (status == SIPAS_OK && c->opts.cov) status = keep_cov(c, functions, n, gradient, tests, table, err);
    sipas__free(c->ctx, names);
    sipas__free(c->ctx, own);
    return sipas__table_close(table, status, out, err);
}

sipas_status sipas_estimate_contrast(const sipas_table *table, const sipas_function *functions, int64_t n_functions,
                                     const sipas_contrast_opts *opts, sipas_table **out, sipas_error *err)
{
    comparison c = {0};
    sipas__test *tests = NULL;
    double *gradient = NULL, *work = NULL;
    int64_t n_terms = 0;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if ((status = open_comparison(&c, table, opts, err)) < 0) goto done;
    if ((status = sipas__function_check(functions, n_functions, c.e.n, err)) < 0) goto done;
    for (int64_t k = 0; k < n_functions; k++) n_terms += functions[k].n_terms;
    tests = sipas__alloc(c.ctx, n_functions, sizeof *tests);
    gradient = sipas__alloc(c.ctx, n_terms, sizeof *gradient);
    work = sipas__alloc(c.ctx, 2 * sipas__function_most_terms(functions, n_functions), sizeof *work);
    if (!tests || !gradient || !work) {
        status = sipas__error_memory(err);
        goto done;
    }
    if ((status = evaluate(&c, functions, n_functions, work, tests, gradient, err)) < 0) goto done;
    if ((status = test_functions(&c, functions, n_functions, gradient, tests, err)) < 0) goto done;
    status = write_contrasts(&c, functions, n_functions, gradient, tests, out, err);
done:
    sipas__free(c.ctx, tests);
    sipas__free(c.ctx, gradient);
    sipas__free(c.ctx, work);
    sipas__variance_clear(&c.engine);
    return status;
}

/* ---- all pairs ---- */

/* First row behind the family of row `first`. */
static int64_t end_of_family(const sipas__estimates *e, int64_t first)
{
    int64_t last = first + 1;

    while (last < e->n && sipas__estimates_same_family(e, first, last)) last++;
    return last;
}

typedef struct pair {
    int64_t row[2];
} pair;

static int64_t count_pairs(const sipas__estimates *e)
{
    int64_t pairs = 0;

    for (int64_t first = 0, last; first < e->n; first = last) {
        last = end_of_family(e, first);
        pairs += (last - first) * (last - first - 1) / 2;
    }
    return pairs;
}

/* `units` has room for those of two rows. */
static sipas_status test_pairs(comparison *c, pair *pairs, sipas__test *tests, sipas__entries *units, sipas_error *err)
{
    static const double minus[2] = {1.0, -1.0};
    int64_t at = 0;

    for (int64_t first = 0, last; first < c->e.n; first = last) {
        last = end_of_family(&c->e, first);
        for (int64_t i = first; i < last; i++)
            for (int64_t j = i + 1; j < last; j++, at++) {
                double variance;
                sipas_status status;

                pairs[at].row[0] = i;
                pairs[at].row[1] = j;
                if ((status = variance_of_difference(c, i, j, units, &variance, err)) < 0) return status;
                tests[at].estimate = c->e.estimate[i] - c->e.estimate[j];
                set_variance(&tests[at], variance);
                tests[at].family = first;
                status = degrees_of_freedom(c, pairs[at].row, minus, 2, &tests[at].df, err);
                if (status < 0) return status;
            }
    }
    return SIPAS_OK;
}

/* "stype=E - stype=H" */
static void set_name(const comparison *c, const pair *p, sipas_table *table, int32_t column, int64_t row)
{
    char text[512];
    size_t length = sipas__estimates_label(&c->e, p->row[0], text, sizeof text);

    if (length < sizeof text) length += (size_t)sipas__text_format(text + length, sizeof text - length, " - ");
    if (length < sizeof text) length += sipas__estimates_label(&c->e, p->row[1], text + length, sizeof text - length);
    if (length >= sizeof text) sipas__text_cut(text, sizeof text);
    sipas__table_set_code(table, column, row, text);
}

static sipas_status write_pairs(const comparison *c, const pair *pairs, const sipas__test *tests, int64_t n,
                                sipas_table **out, sipas_error *err)
{
    sipas_table *table = sipas__table_new(c->ctx, n);
    int32_t contrast, row, other;
    sipas_status status;

    for (int64_t at = 0; at < c->e.n_columns; at++) {
        int32_t column;

        if (!sipas__estimates_is_key(&c->e, at) || sipas__estimates_is_by(&c->e, at)) continue;
        column = sipas__estimates_add(&c->e, at, table);
        for (int64_t i = 0; i < n; i++) sipas__estimates_copy(&c->e, at, pairs[i].row[0], table, column, i);
    }
    contrast = sipas__table_add_field(table, &sipas__schema_contrast, "contrast");
    row = sipas__table_add_field(table, &sipas__schema_contrast, "row");
    other = sipas__table_add_field(table, &sipas__schema_contrast, "other");
    for (int64_t i = 0; i < n; i++) {
        set_name(c, &pairs[i], table, contrast, i);
        sipas__table_set_i64(table, row, i, pairs[i].row[0]);
        sipas__table_set_i64(table, other, i, pairs[i].row[1]);
    }
    sipas__table_meta(table, "method", "pairs/1");
    sipas__table_meta(table, "formula", "row - other");
    if ((status = sipas__tests_write(c->ctx, tests, n, NULL, &c->opts, sipas__design_is_census(c->e.cov->design), table,
                                     err)) < 0) {
        sipas_table_free(table);
        return status;
    }
    return sipas__table_finish(table, out, err);
}

sipas_status sipas_estimate_pairs(const sipas_table *table, const sipas_contrast_opts *opts, sipas_table **out,
                                  sipas_error *err)
{
    comparison c = {0};
    sipas__test *tests = NULL;
    pair *pairs = NULL;
    sipas__entries units = {0};
    int64_t n = 0;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    status = open_comparison(&c, table, opts, err);
    if (status == SIPAS_OK && c.opts.cov) status = refuse("cov", err);
    if (status == SIPAS_OK) {
        n = count_pairs(&c.e);
        tests = sipas__alloc(c.ctx, n, sizeof *tests);
        pairs = sipas__alloc(c.ctx, n, sizeof *pairs);
        status = tests && pairs && sipas__entries_new(c.ctx, 2 * sipas__cov_most_units(c.e.cov), 1, &units)
                     ? test_pairs(&c, pairs, tests, &units, err)
                     : sipas__error_memory(err);
    }
    if (status == SIPAS_OK) status = write_pairs(&c, pairs, tests, n, out, err);
    sipas__entries_clear(c.ctx, &units);
    sipas__free(c.ctx, tests);
    sipas__free(c.ctx, pairs);
    sipas__variance_clear(&c.engine);
    return status;
}

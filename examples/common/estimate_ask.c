/*
 * One function for each thing that can be estimated, and the table that names them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "estimate.h"

#include <stdlib.h>
#include <string.h>

#include "refuse.h"

/* What the estimators share. `names` must live as long as the call. */
static sipas_estimate_opts make_opts(const request *r, const char *const *names)
{
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    opts.missing = r->missing;
    opts.level = r->level;
    opts.deff = r->deff;
    opts.cov = r->cov || r->pairs || r->contrasts.n > 0;
    opts.simultaneous = r->simultaneous;
    opts.names = names;
    return opts;
}

static sipas_status ask_mean(const request *r, survey *s, sipas_table **out, sipas_error *err)
{
    survey_columns y;
    sipas_status status = survey_names(r->vars, &y, err);
    if (status == 0) status = survey_measures(s, &y, err);
    if (status == 0) {
        const sipas_estimate_opts opts = make_opts(r, y.name);
        status = strcmp(r->verb, "total") == 0
                     ? sipas_estimate_total(s->design, y.column, y.n, &s->domains, &opts, out, err)
                     : sipas_estimate_mean(s->design, y.column, y.n, &s->domains, &opts, out, err);
    }
    survey_names_free(&y);
    return status;
}

/* Cuts each "a/b" of y at its stroke: y keeps the numerators, x gets the denominators, in the memory of y. */
static sipas_status cut_ratios(survey_columns *y, survey_columns *x, sipas_error *err)
{
    memset(x, 0, sizeof *x);
    for (x->n = 0; x->n < y->n; x->n++) {
        char *stroke = strchr(y->name[x->n], '/');
        if (!stroke || stroke == y->name[x->n] || !stroke[1])
            return refuse(err, SIPAS_ERR_ARGUMENT, "ratio %.100s: give numerator/denominator", y->name[x->n]);
        *stroke = '\0';
        x->name[x->n] = stroke + 1;
    }
    return SIPAS_OK;
}

static sipas_status ask_ratio(const request *r, survey *s, sipas_table **out, sipas_error *err)
{
    survey_columns names, y = {0}, x = {0};
    sipas_status status = survey_names(r->vars, &names, err);
    if (status == 0) status = survey_names(r->vars, &y, err);
    if (status == 0) status = cut_ratios(&y, &x, err);
    if (status == 0) status = survey_measures(s, &y, err);
    if (status == 0) status = survey_measures(s, &x, err);
    if (status == 0) {
        const sipas_estimate_opts opts = make_opts(r, names.name);
        status = sipas_estimate_ratio(s->design, y.column, x.column, y.n, &s->domains, &opts, out, err);
    }
    survey_names_free(&names);
    survey_names_free(&y);
    return status;
}

static sipas_status ask_moment(const request *r, survey *s, sipas_table **out, sipas_error *err)
{
    static const choice kinds[] = {{"variance", SIPAS_MOMENT_VARIANCE},
                                   {"covariance", SIPAS_MOMENT_COVARIANCE},
                                   {"correlation", SIPAS_MOMENT_CORRELATION},
                                   {"alpha", 0},
                                   {NULL, 0}};
    static const choice scales[] = {{"transformed", SIPAS_SCALE_TRANSFORMED}, {"plain", SIPAS_SCALE_PLAIN}, {NULL, 0}};
    survey_columns y;
    int32_t kind, scale = SIPAS_SCALE_TRANSFORMED;
    sipas_status status = survey_names(r->vars, &y, err);
    if (status == 0) status = survey_measures(s, &y, err);
    if (status == 0) status = choose("estimate", r->verb, kinds, &kind, err);
    if (status == 0 && r->method) status = choose("--method", r->method, scales, &scale, err);
    if (status == 0) {
        const sipas_estimate_opts opts = make_opts(r, y.name);
        status = strcmp(r->verb, "alpha") == 0
                     ? sipas_estimate_alpha(s->design, y.column, y.n, scale, &s->domains, &opts, out, err)
                     : sipas_estimate_moment(s->design, y.column, y.n, kind, scale, &s->domains, &opts, out, err);
    }
    survey_names_free(&y);
    return status;
}

/* Names of interval methods: R's, then the others. */
static const choice interval_methods[] = {{"logit", SIPAS_INTERVAL_LOGIT},
                                          {"likelihood", SIPAS_INTERVAL_LIKELIHOOD},
                                          {"asin", SIPAS_INTERVAL_ARCSINE},
                                          {"asin-cut", SIPAS_INTERVAL_ARCSINE_CUT},
                                          {"beta", SIPAS_INTERVAL_BETA},
                                          {"mean", SIPAS_INTERVAL_WALD},
                                          {"xlogit", SIPAS_INTERVAL_XLOGIT},
                                          {"wilson", SIPAS_INTERVAL_WILSON},
                                          {"agresti-coull", SIPAS_INTERVAL_AGRESTI_COULL},
                                          {"jeffreys", SIPAS_INTERVAL_JEFFREYS},
                                          {"goodman", SIPAS_INTERVAL_GOODMAN},
                                          {"quesenberry-hurst", SIPAS_INTERVAL_QUESENBERRY_HURST},
                                          {NULL, 0}};

/* The successes as a column of the type that y has. `number` is room for SURVEY_MOST. */
static sipas_status make_success(const survey_columns *y, const survey_columns *success, double *number,
                                 sipas_column *out, sipas_error *err)
{
    *out = sipas_column_code(success->name, success->n);
    if (y->column[0].type == SIPAS_TYPE_CODE) return SIPAS_OK;
    for (int i = 0; i < success->n; i++) {
        char *end;
        number[i] = strtod(success->name[i], &end);
        if (*end)
            return refuse(err, SIPAS_ERR_ARGUMENT, "--success %.60s: '%s' holds numbers", success->name[i], y->name[0]);
    }
    *out = sipas_column_f64(number, success->n);
    return SIPAS_OK;
}

static sipas_status ask_proportion(const request *r, survey *s, sipas_table **out, sipas_error *err)
{
    survey_columns y, success = {0};
    sipas_column successes;
    double number[SURVEY_MOST];
    int32_t method = SIPAS_INTERVAL_DEFAULT;
    sipas_status status = survey_names(r->vars, &y, err);
    if (status == 0) status = survey_codes(s, &y, err);
    if (status == 0) status = survey_names(r->success, &success, err);
    if (status == 0) status = make_success(&y, &success, number, &successes, err);
    if (status == 0 && r->method) status = choose("--method", r->method, interval_methods, &method, err);
    if (status == 0) {
        const sipas_estimate_opts opts = make_opts(r, y.name);
        status = sipas_estimate_proportion(s->design, y.column, y.n, r->success ? &successes : NULL, method,
                                           &s->domains, &opts, out, err);
    }
    survey_names_free(&y);
    survey_names_free(&success);
    return status;
}

static sipas_status ask_distribution(const request *r, survey *s, sipas_table **out, sipas_error *err)
{
    survey_columns y;
    int32_t method = SIPAS_INTERVAL_DEFAULT;
    sipas_status status = survey_names(r->vars, &y, err);
    if (status == 0 && y.n > 1)
        status = refuse(err, SIPAS_ERR_ARGUMENT, "%s %.100s: one column at a time", r->verb, r->vars);
    if (status == 0) status = survey_codes(s, &y, err);
    if (status == 0 && r->method) status = choose("--method", r->method, interval_methods, &method, err);
    if (status == 0) {
        const sipas_estimate_opts opts = make_opts(r, y.name);
        status = strcmp(r->verb, "count") == 0
                     ? sipas_estimate_category(s->design, y.column, SIPAS_CATEGORY_TOTAL, &s->domains, &opts, out, err)
                     : sipas_estimate_distribution(s->design, y.column, method, &s->domains, &opts, out, err);
    }
    survey_names_free(&y);
    return status;
}

static const struct {
    const char *verb;
    sipas_status (*ask)(const request *r, survey *s, sipas_table **out, sipas_error *err);
} verbs[] = {{"mean", ask_mean},
             {"total", ask_mean},
             {"ratio", ask_ratio},
             {"proportion", ask_proportion},
             {"distribution", ask_distribution},
             {"count", ask_distribution},
             {"variance", ask_moment},
             {"covariance", ask_moment},
             {"correlation", ask_moment},
             {"alpha", ask_moment}};

sipas_status estimate_ask(const request *r, survey *s, sipas_table **out, sipas_error *err)
{
    *out = NULL;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(r->verb, verbs[i].verb) == 0) return verbs[i].ask(r, s, out, err);
    return refuse(err, SIPAS_ERR_ARGUMENT, "%.60s: there is no such estimate; see --help", r->verb);
}

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
    opts.cov = r->cov || r->pairs || r->rank || r->unit || r->contrasts.n > 0;
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

/* Reads "0.25+0.5"; commas will do as well. */
static sipas_status read_probs(const char *text, double *probs, int64_t *n, sipas_error *err)
{
    *n = 0;
    for (const char *at = text; at;) {
        char *end;
        if (*n == SURVEY_MOST) return refuse(err, SIPAS_ERR_ARGUMENT, "--probs: more than %d", SURVEY_MOST);
        probs[*n] = strtod(at, &end);
        if (end == at || (*end && *end != '+' && *end != ',') || !(probs[*n] > 0.0 && probs[*n] < 1.0))
            return refuse(err, SIPAS_ERR_ARGUMENT, "--probs %.100s: give numbers between 0 and 1", text);
        ++*n;
        at = *end ? end + 1 : NULL;
    }
    return SIPAS_OK;
}

static sipas_status ask_quantile(const request *r, survey *s, sipas_table **out, sipas_error *err)
{
    static const choice rules[] = {
        {"math", SIPAS_QUANTILE_MATH}, {"school", SIPAS_QUANTILE_SCHOOL}, {"hf1", SIPAS_QUANTILE_HF1},
        {"hf2", SIPAS_QUANTILE_HF2},   {"hf3", SIPAS_QUANTILE_HF3},       {"hf4", SIPAS_QUANTILE_HF4},
        {"hf5", SIPAS_QUANTILE_HF5},   {"hf6", SIPAS_QUANTILE_HF6},       {"hf7", SIPAS_QUANTILE_HF7},
        {"hf8", SIPAS_QUANTILE_HF8},   {"hf9", SIPAS_QUANTILE_HF9},       {NULL, 0}};
    static const choice intervals[] = {{"mean", SIPAS_QUANTILE_INTERVAL_MEAN},
                                       {"xlogit", SIPAS_QUANTILE_INTERVAL_XLOGIT},
                                       {"beta", SIPAS_QUANTILE_INTERVAL_BETA},
                                       {"asin", SIPAS_QUANTILE_INTERVAL_ASIN},
                                       {NULL, 0}};
    survey_columns y;
    double probs[SURVEY_MOST];
    int64_t n_probs;
    sipas_estimate_quantile_opts opts = SIPAS_ESTIMATE_QUANTILE_OPTS_INIT;
    sipas_status status = survey_names(r->vars, &y, err);
    if (status == 0) status = survey_measures(s, &y, err);
    if (status == 0) status = read_probs(r->probs ? r->probs : "0.5", probs, &n_probs, err);
    if (status == 0 && r->qrule) status = choose("--qrule", r->qrule, rules, &opts.rule, err);
    if (status == 0 && r->method) status = choose("--method", r->method, intervals, &opts.interval, err);
    opts.missing = r->missing;
    opts.level = r->level;
    opts.names = y.name;
    if (status == 0)
        status = sipas_estimate_quantile(s->design, y.column, y.n, probs, n_probs, &s->domains, &opts, out, err);
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
             {"alpha", ask_moment},
             {"quantile", ask_quantile}};

sipas_status estimate_ask(const request *r, survey *s, sipas_table **out, sipas_error *err)
{
    *out = NULL;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(r->verb, verbs[i].verb) == 0) return verbs[i].ask(r, s, out, err);
    return refuse(err, SIPAS_ERR_ARGUMENT, "%.60s: there is no such estimate; see --help", r->verb);
}

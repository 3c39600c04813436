/*
 * One function for each thing that can be estimated, and the table that names them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "estimate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "refuse.h"
#include "success.h"
#include "text.h"

/* What the estimators share. `y` must live as long as the call. */
static sipas_estimate_opts make_opts(const request *r, const survey_columns *y)
{
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    opts.missing = r->missing;
    opts.level = r->level;
    opts.deff = r->deff;
    opts.cov = r->cov || r->pairs || r->rank || r->unit || r->contrasts.n > 0;
    opts.simultaneous = r->simultaneous;
    opts.names = (const char *const *)y->name;
    return opts;
}

static sipas_status ask_mean(const request *r, survey *s, sipas_table **out, sipas_error *err)
{
    survey_columns y;
    sipas_status status = survey_names(s->sheet, r->vars, &y, err);
    if (status == 0) status = survey_measures(s, &y, err);
    if (status == 0) {
        const sipas_estimate_opts opts = make_opts(r, &y);
        status = strcmp(r->verb, "total") == 0
                     ? sipas_estimate_total(s->design, y.column, y.n, &s->domains, &opts, out, err)
                     : sipas_estimate_mean(s->design, y.column, y.n, &s->domains, &opts, out, err);
    }
    survey_names_free(&y);
    return status;
}

/* The stroke of "a/b": names may hold strokes too, so the first one that has a column before and behind it; else the first. */
static char *find_stroke(const sheet *s, char *ratio)
{
    for (char *stroke = strchr(ratio, '/'); stroke; stroke = strchr(stroke + 1, '/')) {
        *stroke = '\0';
        const int fits = sheet_has(s, ratio) && sheet_has(s, stroke + 1);
        *stroke = '/';
        if (fits) return stroke;
    }
    return strchr(ratio, '/');
}

/* Cuts each "a/b" of a list at its stroke: y gets the numerators, x the denominators. */
static sipas_status cut_ratios(const sheet *s, const survey_columns *names, survey_columns *y, survey_columns *x,
                               sipas_error *err)
{
    for (int i = 0; i < names->n; i++) {
        const char *stroke = find_stroke(s, names->name[i]);
        if (!stroke || stroke == names->name[i] || !stroke[1])
            return refuse(err, SIPAS_ERR_ARGUMENT, "ratio %.100s: give numerator/denominator", names->name[i]);
        y->name[i] = text_copy(names->name[i], (size_t)(stroke - names->name[i]));
        x->name[i] = text_copy(stroke + 1, strlen(stroke + 1));
        y->n = x->n = i + 1;
        if (!y->name[i] || !x->name[i]) return refuse(err, SIPAS_ERR_MEMORY, "ratio: not enough memory");
    }
    return SIPAS_OK;
}

static sipas_status ask_ratio(const request *r, survey *s, sipas_table **out, sipas_error *err)
{
    survey_columns names, y = {0}, x = {0};
    sipas_status status = survey_names(s->sheet, r->vars, &names, err);
    if (status == 0) status = cut_ratios(s->sheet, &names, &y, &x, err);
    if (status == 0) status = survey_measures(s, &y, err);
    if (status == 0) status = survey_measures(s, &x, err);
    if (status == 0) {
        const sipas_estimate_opts opts = make_opts(r, &names);
        status = sipas_estimate_ratio(s->design, y.column, x.column, y.n, &s->domains, &opts, out, err);
    }
    survey_names_free(&names);
    survey_names_free(&y);
    survey_names_free(&x);
    return status;
}

static sipas_status ask_moment(const request *r, survey *s, sipas_table **out, sipas_error *err)
{
    const int alpha = strcmp(r->verb, "alpha") == 0;
    survey_columns y;
    int32_t kind = SIPAS_MOMENT_COVARIANCE, scale = SIPAS_SCALE_TRANSFORMED;
    sipas_status status = survey_names(s->sheet, r->vars, &y, err);
    if (status == 0) status = survey_measures(s, &y, err);
    if (status == 0 && !alpha) status = choose("estimate", r->verb, moment_words, &kind, err);
    if (status == 0 && r->method) status = choose("--method", r->method, scale_words, &scale, err);
    if (status == 0) {
        const sipas_estimate_opts opts = make_opts(r, &y);
        status = alpha ? sipas_estimate_alpha(s->design, y.column, y.n, scale, &s->domains, &opts, out, err)
                       : sipas_estimate_moment(s->design, y.column, y.n, kind, scale, &s->domains, &opts, out, err);
    }
    survey_names_free(&y);
    return status;
}

/* Columns of 1 for a success and 0 for none, in place of those of y: `indicator` is theirs, to be freed. */
static sipas_status read_successes(const request *r, survey *s, survey_columns *y, double **indicator, sipas_error *err)
{
    if (r->success.n == 0) return survey_measures(s, y, err);
    for (int i = 0; i < y->n; i++) {
        const sipas_status status = success_read(s->sheet, y->name[i], &r->success, &indicator[i], err);
        if (status != 0) return status;
        y->column[i] = sipas_column_f64(indicator[i], sheet_count_rows(s->sheet));
    }
    return SIPAS_OK;
}

static sipas_status ask_proportion(const request *r, survey *s, sipas_table **out, sipas_error *err)
{
    survey_columns y;
    double *indicator[SURVEY_MOST] = {NULL};
    int32_t method = SIPAS_INTERVAL_DEFAULT;
    sipas_status status = survey_names(s->sheet, r->vars, &y, err);
    if (status == 0) status = read_successes(r, s, &y, indicator, err);
    if (status == 0 && r->method) status = choose("--method", r->method, interval_words, &method, err);
    if (status == 0) {
        const sipas_estimate_opts opts = make_opts(r, &y);
        status = sipas_estimate_proportion(s->design, y.column, y.n, NULL, method, &s->domains, &opts, out, err);
    }
    for (int i = 0; i < SURVEY_MOST; i++) free(indicator[i]);
    survey_names_free(&y);
    return status;
}

/*
 * The column of a distribution. Answers that are whole numbers but for gaps written NA are numbers, in which NA is missing, as it is for a
 * mean of them; anything else is codes.
 */
static sipas_status read_categories(survey *s, survey_columns *y, sipas_error *err)
{
    const double *number;
    const int64_t gaps = sheet_count_gaps(s->sheet, y->name[0]);
    if (gaps == 0) return survey_codes(s, y, err);
    const sipas_status status = sheet_get_number(s->sheet, y->name[0], &number, err);
    if (status != 0) return status;
    for (int64_t row = 0; row < sheet_count_rows(s->sheet); row++)
        if (!isnan(number[row]) && (number[row] != floor(number[row]) || fabs(number[row]) > 1e15))
            return survey_codes(s, y, err);
    note("column '%.60s' holds whole numbers, so NA is missing, in %lld %s", y->name[0], (long long)gaps,
         gaps == 1 ? "row" : "rows");
    y->column[0] = sipas_column_f64(number, sheet_count_rows(s->sheet));
    return SIPAS_OK;
}

static sipas_status ask_distribution(const request *r, survey *s, sipas_table **out, sipas_error *err)
{
    survey_columns y;
    int32_t method = SIPAS_INTERVAL_DEFAULT;
    sipas_status status = survey_names(s->sheet, r->vars, &y, err);
    if (status == 0 && y.n > 1)
        status = refuse(err, SIPAS_ERR_ARGUMENT, "%s %.100s: one column at a time", r->verb, r->vars);
    if (status == 0) status = read_categories(s, &y, err);
    if (status == 0 && r->method) status = choose("--method", r->method, interval_words, &method, err);
    sipas_column categories;
    if (status == 0) status = orders_get(&s->orders, y.name[0], &y.column[0], &categories, err);
    if (status == 0) status = orders_check(&s->orders, err);
    if (status == 0) {
        sipas_estimate_opts opts = make_opts(r, &y);
        opts.categories = &categories;
        status = strcmp(r->verb, "count") == 0
                     ? sipas_estimate_category(s->design, y.column, SIPAS_CATEGORY_TOTAL, &s->domains, &opts, out, err)
                     : sipas_estimate_distribution(s->design, y.column, method, &s->domains, &opts, out, err);
    }
    survey_names_free(&y);
    return status;
}

/* Reads "0.25+0.5"; commas will do as well. */
static sipas_status read_probs(const option_texts *texts, double *probs, int64_t *n, sipas_error *err)
{
    *n = 0;
    if (texts->n == 0) probs[(*n)++] = 0.5;
    for (int i = 0; i < texts->n; i++)
        for (const char *at = texts->text[i]; at;) {
            char word[32] = "";
            const size_t length = strcspn(at, "+,");
            if (*n == SURVEY_MOST) return refuse(err, SIPAS_ERR_ARGUMENT, "--probs: more than %d", SURVEY_MOST);
            if (length < sizeof word) memcpy(word, at, length);
            if (!number_read(word, '.', &probs[*n]) || !(probs[*n] >= 0.0 && probs[*n] <= 1.0))
                return refuse(err, SIPAS_ERR_ARGUMENT, "--probs %.100s: give numbers from 0 to 1", texts->text[i]);
            ++*n;
            at = at[length] ? at + length + 1 : NULL;
        }
    return SIPAS_OK;
}

static sipas_status ask_quantile(const request *r, survey *s, sipas_table **out, sipas_error *err)
{
    survey_columns y;
    double probs[SURVEY_MOST];
    int64_t n_probs;
    sipas_estimate_quantile_opts opts = SIPAS_ESTIMATE_QUANTILE_OPTS_INIT;
    sipas_status status = survey_names(s->sheet, r->vars, &y, err);
    if (status == 0) status = survey_measures(s, &y, err);
    if (status == 0) status = read_probs(&r->probs, probs, &n_probs, err);
    if (status == 0 && r->qrule) status = choose("--qrule", r->qrule, quantile_words, &opts.rule, err);
    if (status == 0 && r->centre) status = choose("--centre", r->centre, quantile_centre_words, &opts.centre, err);
    if (status == 0 && r->method) status = choose("--method", r->method, quantile_interval_words, &opts.interval, err);
    opts.missing = r->missing;
    opts.level = r->level;
    opts.names = (const char *const *)y.name;
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
    const int distribution = strcmp(r->verb, "distribution") == 0 || strcmp(r->verb, "count") == 0;
    const sipas_status status = distribution ? SIPAS_OK : orders_check(&s->orders, err);
    *out = NULL;
    if (status != 0) return status;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(r->verb, verbs[i].verb) == 0) return verbs[i].ask(r, s, out, err);
    return refuse(err, SIPAS_ERR_ARGUMENT, "%.60s: there is no such estimate; see --help", r->verb);
}

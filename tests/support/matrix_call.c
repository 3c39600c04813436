/*
 * Estimates of every kind.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>

#include "matrix.h"

/* What all calls take. */
#define TAKES                                                                                         \
    const matrix_data *d, const sipas_design *design, int32_t argument, const sipas_domains *domains, \
        const sipas_estimate_opts *opts, sipas_table **out, sipas_error *err

static sipas_column numbers(const matrix_data *d, int v)
{
    return sipas_column_f64(d->y[v], MATRIX_ROWS);
}

static sipas_column with_gaps(const matrix_data *d, sipas_column column)
{
    if (d->gaps) column.validity = d->validity;
    return column;
}

static sipas_column codes(const matrix_data *d, const int32_t *of)
{
    return with_gaps(d, sipas_column_i32(of, MATRIX_ROWS));
}

static sipas_status mean(TAKES)
{
    const sipas_column y[2] = {numbers(d, 0), numbers(d, 1)};

    (void)argument;
    return sipas_estimate_mean(design, y, 2, domains, opts, out, err);
}

static sipas_status total(TAKES)
{
    const sipas_column y[2] = {numbers(d, 0), numbers(d, 2)};

    (void)argument;
    return sipas_estimate_total(design, y, 2, domains, opts, out, err);
}

static sipas_status ratio(TAKES)
{
    const sipas_column y[2] = {numbers(d, 0), numbers(d, 1)}, x[2] = {numbers(d, 2), numbers(d, 0)};

    (void)argument;
    return sipas_estimate_ratio(design, y, x, 2, domains, opts, out, err);
}

static sipas_status category(TAKES)
{
    const sipas_column y = codes(d, d->code);

    return sipas_estimate_category(design, &y, argument, domains, opts, out, err);
}

static sipas_status text_category(TAKES)
{
    const sipas_column y = with_gaps(d, sipas_column_code(d->text, MATRIX_ROWS));

    return sipas_estimate_category(design, &y, argument, domains, opts, out, err);
}

static sipas_status proportion(TAKES)
{
    const sipas_column y = codes(d, d->binary);

    return sipas_estimate_proportion(design, &y, 1, NULL, argument, domains, opts, out, err);
}

static sipas_status answers_proportion(TAKES)
{
    static const int32_t top[2] = {4, 5};
    const sipas_column y[2] = {with_gaps(d, sipas_column_i8(d->item[0], MATRIX_ROWS)),
                               with_gaps(d, sipas_column_i8(d->item[1], MATRIX_ROWS))};
    const sipas_column success = sipas_column_i32(top, 2);

    return sipas_estimate_proportion(design, y, 2, &success, argument, domains, opts, out, err);
}

static sipas_status distribution(TAKES)
{
    const sipas_column y = codes(d, d->code);
    sipas_estimate_opts own = *opts;

    if (argument >= SIPAS_INTERVAL_GOODMAN) own.simultaneous = SIPAS_SIMULTANEOUS_NONE;
    return sipas_estimate_distribution(design, &y, argument, domains, &own, out, err);
}

/* The rule in the tens, the interval in the ones. */
static sipas_status quantile(TAKES)
{
    static const double probs[3] = {0.1, 0.5, 0.75};
    const sipas_column y[2] = {numbers(d, 0), codes(d, d->code)};
    sipas_estimate_quantile_opts own = SIPAS_ESTIMATE_QUANTILE_OPTS_INIT;

    own.missing = opts->missing;
    own.rule = argument / 10;
    own.interval = argument % 10;
    return sipas_estimate_quantile(design, y, 2, probs, 3, domains, &own, out, err);
}

static sipas_status function(TAKES)
{
    static const int32_t of[3] = {SIPAS_ARGUMENT_TOTAL, SIPAS_ARGUMENT_MEAN, SIPAS_ARGUMENT_WEIGHT};
    static const int64_t term[4] = {0, 2, 1, 2};
    static const double coef[4] = {1.0, -1.0, 2.0, 1.0};
    const sipas_column y[3] = {numbers(d, 0), numbers(d, 1), numbers(d, 2)};
    sipas_function f[2] = {SIPAS_FUNCTION_INIT, SIPAS_FUNCTION_INIT};

    for (int k = 0; k < 2; k++) {
        f[k].kind = k ? SIPAS_FUNCTION_LINEAR : argument;
        f[k].n_terms = k ? 1 : argument == SIPAS_FUNCTION_RATIOS ? 4 : 2;
        f[k].term = term + 2 * k;
        f[k].coef = argument == SIPAS_FUNCTION_RATIOS && !k ? NULL : coef;
    }
    return sipas_estimate_function(design, y, of, 3, f, 2, domains, opts, out, err);
}

static sipas_status moment(TAKES)
{
    const sipas_column y[3] = {numbers(d, 0), numbers(d, 1), numbers(d, 2)};

    return sipas_estimate_moment(design, y, 3, argument, 0, domains, opts, out, err);
}

static sipas_status alpha(TAKES)
{
    sipas_column y[4];
    sipas_estimate_opts own = *opts;

    for (int q = 0; q < 4; q++) y[q] = with_gaps(d, sipas_column_i8(d->item[q], MATRIX_ROWS));
    own.missing = SIPAS_MISSING_COMPLETE;
    return sipas_estimate_alpha(design, y, 4, argument, domains, &own, out, err);
}

static sipas_instrument *questions(void)
{
    static const char *const code[] = {"q1", "q2", "q3", "q4", "q5", "q6", "A", "B", "ALL"};
    sipas_node node[9] = {{0}};
    sipas_instrument *instrument = NULL;

    for (int k = 0; k < 9; k++) {
        node[k].code = node[k].name = code[k];
        node[k].parent = k < 3 ? "A" : k < 6 ? "B" : k < 8 ? "ALL" : NULL;
        node[k].weight = 1.0 + k;
        node[k].kind = k < 6 ? SIPAS_NODE_ITEM : k < 8 ? SIPAS_NODE_FACTOR : SIPAS_NODE_INDEX;
        node[k].levels = k < 6 ? 5 : 0;
        node[k].first_code = k < 6;
        if (k < 6) node[k].type = SIPAS_ITEM_LIKERT, node[k].role = SIPAS_ROLE_SATISFACTION;
    }
    (void)sipas_instrument_new(NULL, "matrix", "by formula", node, 9, &instrument, NULL);
    return instrument;
}

/* How missing answers are met, or a mean of units. Only some items lack answers. */
enum { INDEX_AVAILABLE, INDEX_COMPLETE, INDEX_RESPONDENT, INDEX_OF_UNITS, INDEX_WIDE };

static sipas_status index_of(TAKES)
{
    sipas_column item[MATRIX_ITEMS];
    int32_t wide[MATRIX_ITEMS][MATRIX_ROWS];
    sipas_index_opts own = SIPAS_INDEX_OPTS_INIT;
    sipas_domains units = *domains;
    sipas_instrument *instrument = questions();
    sipas_status status;

    for (int q = 0; q < MATRIX_ITEMS; q++) {
        for (int i = 0; i < MATRIX_ROWS; i++) wide[q][i] = d->item[q][i];
        item[q] = argument == INDEX_WIDE ? sipas_column_i32(wide[q], MATRIX_ROWS)
                                         : sipas_column_i8(d->item[q], MATRIX_ROWS);
        if (q % 2) item[q] = with_gaps(d, item[q]);
    }
    own.missing = argument == INDEX_COMPLETE     ? SIPAS_MISSING_COMPLETE
                  : argument == INDEX_RESPONDENT ? SIPAS_MISSING_RESPONDENT
                                                 : SIPAS_MISSING_AVAILABLE;
    if (argument == INDEX_OF_UNITS && units.n_by > 0) {
        static const uint32_t levels[2] = {0, 1};

        own.whole = SIPAS_WHOLE_MEAN_OF_UNITS;
        units.n_levels = 2;
        units.levels = levels;
    }
    own.deff = opts->deff;
    own.cov = opts->cov;
    own.unweighted = 1;
    status = sipas_index_estimate(design, instrument, item, &units, &own, out, err);
    sipas_instrument_free(instrument);
    return status;
}

/* ---- made of the rows of another ---- */

/* Estimates with covariance: means, shares of categories, or the index. */
static sipas_status source(const matrix_data *d, const sipas_design *design, int32_t argument,
                           const sipas_domains *domains, sipas_table **out, sipas_error *err)
{
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;

    opts.cov = 1;
    return argument == 0   ? mean(d, design, 0, domains, &opts, out, err)
           : argument == 1 ? category(d, design, SIPAS_CATEGORY_SHARE, domains, &opts, out, err)
                           : index_of(d, design, INDEX_AVAILABLE, domains, &opts, out, err);
}

static sipas_status contrast(TAKES)
{
    sipas_table *table = NULL;
    sipas_status status = source(d, design, argument % 10, domains, &table, err);
    sipas_contrast_opts own = SIPAS_CONTRAST_OPTS_INIT;

    (void)opts;
    own.cov = 1;
    own.df = argument / 10;
    if (status == SIPAS_OK) {
        const int64_t term[2] = {0, sipas_table_count_rows(table) - 1};
        static const double coef[2] = {1.0, -1.0};
        sipas_function f[2] = {SIPAS_FUNCTION_INIT, SIPAS_FUNCTION_INIT};

        f[0].n_terms = 2;
        f[1].n_terms = 1;
        f[0].term = f[1].term = term;
        f[0].coef = coef;
        status = sipas_estimate_contrast(table, f, 2, &own, out, err);
    }
    sipas_table_free(table);
    return status;
}

static sipas_status pairs(TAKES)
{
    sipas_table *table = NULL;
    sipas_status status = source(d, design, argument % 10, domains, &table, err);
    sipas_contrast_opts own = SIPAS_CONTRAST_OPTS_INIT;

    (void)opts;
    own.adjust = SIPAS_ADJUST_HOLM;
    own.df = argument / 10;
    if (status == SIPAS_OK) status = sipas_estimate_pairs(table, &own, out, err);
    sipas_table_free(table);
    return status;
}

/* From the means of one set of variables to those of another, of the same rows. */
static sipas_status change(TAKES)
{
    const sipas_column y[2] = {numbers(d, 0), numbers(d, 1)};
    sipas_estimate_opts own = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_contrast_opts how = SIPAS_CONTRAST_OPTS_INIT;
    sipas_table *before = NULL, *after = NULL;
    sipas_status status;

    (void)opts;
    own.cov = 1;
    how.overlap = argument % 10;
    how.relative = argument >= 10;
    status = sipas_estimate_mean(design, y, 1, domains, &own, &before, err);
    if (status == SIPAS_OK) status = sipas_estimate_mean(design, y + 1, 1, domains, &own, &after, err);
    if (status == SIPAS_OK) status = sipas_estimate_change(before, after, &how, out, err);
    sipas_table_free(before);
    sipas_table_free(after);
    return status;
}

static sipas_status league(TAKES)
{
    sipas_table *table = NULL;
    sipas_rank_opts own = SIPAS_RANK_OPTS_INIT;
    sipas_status status = source(d, design, argument, domains, &table, err);

    (void)opts;
    if (domains->n_levels) own.domain_level = "by1";
    if (status == SIPAS_OK) status = sipas_rank_league(NULL, table, &own, out, err);
    sipas_table_free(table);
    return status;
}

#define METHOD(name, of, holds)                        \
    {"proportion, " name, proportion, of, holds},      \
    {                                                  \
        "distribution, " name, distribution, of, holds \
    }

enum {
    INSIDE = MATRIX_SHARE | MATRIX_BOUNDED | MATRIX_AROUND,
    BY_ROWS = INSIDE | MATRIX_BY_ROWS,
};

const matrix_call matrix_calls[] = {
    {"mean", mean, 0, MATRIX_AROUND},
    {"total", total, 0, MATRIX_AROUND},
    {"ratio", ratio, 0, MATRIX_AROUND},
    {"shares of categories", category, SIPAS_CATEGORY_SHARE, MATRIX_SHARE | MATRIX_AROUND},
    {"totals of categories", category, SIPAS_CATEGORY_TOTAL, MATRIX_AROUND},
    {"totals of texts", text_category, SIPAS_CATEGORY_TOTAL, MATRIX_AROUND},
    METHOD("wald", SIPAS_INTERVAL_WALD, MATRIX_SHARE | MATRIX_AROUND),
    METHOD("logit", SIPAS_INTERVAL_LOGIT, INSIDE),
    METHOD("likelihood", SIPAS_INTERVAL_LIKELIHOOD, BY_ROWS),
    METHOD("arcsine", SIPAS_INTERVAL_ARCSINE, MATRIX_SHARE | MATRIX_BOUNDED | MATRIX_MIRRORED),
    METHOD("beta", SIPAS_INTERVAL_BETA, BY_ROWS),
    METHOD("xlogit", SIPAS_INTERVAL_XLOGIT, INSIDE),
    METHOD("wilson", SIPAS_INTERVAL_WILSON, INSIDE),
    METHOD("agresti-coull", SIPAS_INTERVAL_AGRESTI_COULL, INSIDE),
    METHOD("jeffreys", SIPAS_INTERVAL_JEFFREYS, MATRIX_SHARE | MATRIX_BOUNDED | MATRIX_BY_ROWS),
    METHOD("arcsine, cut", SIPAS_INTERVAL_ARCSINE_CUT, INSIDE),
    {"distribution, goodman", distribution, SIPAS_INTERVAL_GOODMAN, INSIDE},
    {"distribution, quesenberry-hurst", distribution, SIPAS_INTERVAL_QUESENBERRY_HURST, INSIDE},
    {"proportion of answers", answers_proportion, SIPAS_INTERVAL_WILSON, INSIDE},
    {"quantile", quantile, 0, 0},
    {"quantile, hf2, beta", quantile, 10 * SIPAS_QUANTILE_HF2 + SIPAS_QUANTILE_INTERVAL_BETA, 0},
    {"quantile, hf6, xlogit", quantile, 10 * SIPAS_QUANTILE_HF6 + SIPAS_QUANTILE_INTERVAL_XLOGIT, MATRIX_IN_ORDER},
    {"quantile, hf8, asin", quantile, 10 * SIPAS_QUANTILE_HF8 + SIPAS_QUANTILE_INTERVAL_ASIN, MATRIX_IN_ORDER},
    {"function, linear", function, SIPAS_FUNCTION_LINEAR, MATRIX_AROUND},
    {"function, power", function, SIPAS_FUNCTION_POWER, MATRIX_AROUND},
    {"function, ratios", function, SIPAS_FUNCTION_RATIOS, MATRIX_AROUND},
    {"covariance", moment, SIPAS_MOMENT_COVARIANCE, MATRIX_AROUND},
    {"variance", moment, SIPAS_MOMENT_VARIANCE, MATRIX_AROUND},
    {"correlation", moment, SIPAS_MOMENT_CORRELATION, MATRIX_CORRELATION | MATRIX_BOUNDED | MATRIX_AROUND},
    {"alpha", alpha, SIPAS_SCALE_TRANSFORMED, MATRIX_AROUND},
    {"alpha, plain", alpha, SIPAS_SCALE_PLAIN, MATRIX_AROUND},
    {"index", index_of, INDEX_AVAILABLE, MATRIX_AROUND},
    {"index, complete", index_of, INDEX_COMPLETE, MATRIX_AROUND},
    {"index, respondent", index_of, INDEX_RESPONDENT, MATRIX_AROUND},
    {"index, mean of units", index_of, INDEX_OF_UNITS, MATRIX_AROUND},
    {"index, wide answers", index_of, INDEX_WIDE, MATRIX_AROUND},
    {"contrast", contrast, 0, MATRIX_TABLE | MATRIX_AROUND},
    {"contrast of shares, regression", contrast, 10 * SIPAS_CONTRAST_DF_REGRESSION + 1, MATRIX_TABLE | MATRIX_AROUND},
    {"contrast of nodes, design", contrast, 10 * SIPAS_CONTRAST_DF_DESIGN + 2,
     MATRIX_TABLE | MATRIX_AROUND | MATRIX_OF_DESIGN},
    {"pairs", pairs, 0, MATRIX_TABLE | MATRIX_AROUND},
    {"pairs of shares, regression", pairs, 10 * SIPAS_CONTRAST_DF_REGRESSION + 1, MATRIX_TABLE | MATRIX_AROUND},
    {"change", change, SIPAS_OVERLAP_NONE, MATRIX_TABLE | MATRIX_AROUND},
    {"change, common", change, SIPAS_OVERLAP_COMMON, MATRIX_TABLE | MATRIX_AROUND},
    {"change, joined", change, SIPAS_OVERLAP_JOINED, MATRIX_TABLE | MATRIX_AROUND},
    {"change, relative", change, 10, MATRIX_TABLE | MATRIX_AROUND},
    {"league", league, 0, MATRIX_TABLE | MATRIX_AROUND | MATRIX_IN_ORDER},
    {"league of nodes", league, 2, MATRIX_TABLE | MATRIX_AROUND | MATRIX_IN_ORDER},
};

const size_t matrix_n_calls = sizeof matrix_calls / sizeof matrix_calls[0];

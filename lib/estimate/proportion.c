/*
 * Proportions: variables as indicators of their successes.
 *
 * One-byte answers go the fast way of the pass as points of 0 and 1; other numbers are looked up in the sorted successes,
 * text is compared.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas/estimate_proportion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/options.h"
#include "base/text.h"
#include "data/alike.h"
#include "data/column.h"
#include "data/schema.h"
#include "estimate/share.h"

/* Variables and what counts as a success. */
typedef struct indicators {
    sipas_ctx *ctx;
    int64_t n_vars;
    sipas_column *columns;
    char **names;
    int64_t n_successes; /* 0 = values are 0 and 1 */
    int64_t *codes;      /* of numbers: ascending */
    const char **texts;  /* of text: borrowed; NULL = numbers */
    sipas__scored *scored;
    sipas__source source;
    sipas__sayings sayings; /* for the notes */
} indicators;

/* ---- reading ---- */

static void note_fault(sipas__fault *fault, int64_t row, int64_t variable, double value)
{
    if (fault->row >= 0 && fault->row <= row) return;
    fault->row = row;
    fault->variable = variable;
    fault->value = value;
}

static int compare_codes(const void *a, const void *b)
{
    int64_t x, y;

    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

/* 1 or 0; NaN for a value that is neither where only these are known. */
static double indicate(const indicators *v, int64_t code)
{
    if (v->n_successes == 0) return code == 0 || code == 1 ? (double)code : NAN;
    return bsearch(&code, v->codes, (size_t)v->n_successes, sizeof code, compare_codes) != NULL;
}

static double indicate_text(const indicators *v, const char *text)
{
    if (!text) return NAN;
    for (int64_t k = 0; k < v->n_successes; k++)
        if (strcmp(text, v->texts[k]) == 0) return 1.0;
    return 0.0;
}

static double indicate_cell(const indicators *v, int64_t j, int64_t row, sipas__fault *fault)
{
    int64_t code;
    const int state = sipas__column_whole(&v->columns[j], row, &code);
    const double value = state == 1 ? indicate(v, code) : NAN;

    if (state != 0 && isnan(value)) note_fault(fault, row, j, sipas__column_f64(&v->columns[j], row));
    return value;
}

static void fill(const void *state, int64_t row, int64_t n, double *values, double *work, sipas__fault *fault)
{
    const indicators *v = state;
    int64_t codes[SIPAS__TILE];

    (void)work;
    for (int64_t j = 0; j < v->n_vars; j++) {
        const sipas_column *column = &v->columns[j];
        double *out = values + j * SIPAS__TILE;
        int look = 1; /* cell by cell */

        if (v->texts) {
            for (int64_t i = 0; i < n; i++) out[i] = indicate_text(v, sipas__column_text(column, row + i));
            continue;
        }
        if (sipas__column_read_whole(column, row, n, codes) < 0) {
            look = 0;
            for (int64_t i = 0; i < n; i++) look |= isnan(out[i] = indicate(v, codes[i])) != 0;
        }
        for (int64_t i = 0; look && i < n; i++) out[i] = indicate_cell(v, j, row + i, fault);
    }
}

static sipas_status explain(const void *state, const sipas__fault *fault, sipas_error *err)
{
    const indicators *v = state;
    const char *name = v->names[fault->variable];

    return sipas__error_set(err, SIPAS_ERR_VALUE, fault->row, fault->variable, name,
                            "row %lld: %s is %.17g, which is %s", (long long)fault->row, name, fault->value,
                            v->n_successes ? "not a whole number" : "neither 0 nor 1, and no successes are given");
}

/* ---- preparing ---- */

static sipas_status read_success(indicators *v, int64_t k, const sipas_column *success, sipas_error *err)
{
    int64_t code = 0;
    int state;

    if (!sipas__column_present(success, k))
        return sipas__error_set(err, SIPAS_ERR_MISSING, k, SIPAS__NOWHERE, "success", "success %lld is missing",
                                (long long)k);
    if (v->texts) {
        v->texts[k] = sipas__column_text(success, k);
        return SIPAS_OK;
    }
    state = sipas__column_whole(success, k, &code);
    v->codes[k] = code;
    if (state == 1) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_TYPE, k, SIPAS__NOWHERE, "success",
                            "success %lld is %.17g, not a whole number", (long long)k, sipas__column_f64(success, k));
}

static sipas_status read_successes(indicators *v, const sipas_column *success, sipas_error *err)
{
    sipas_status status;

    if (!success) return SIPAS_OK;
    if ((status = sipas__column_check(success, success->n, SIPAS__CODES, "success", err)) < 0) return status;
    if (success->n < 1) return sipas__error_argument(err, "success", "holds no value");
    if (success->type == SIPAS_TYPE_CODE)
        v->texts = sipas__alloc(v->ctx, success->n, sizeof *v->texts);
    else
        v->codes = sipas__alloc(v->ctx, success->n, sizeof *v->codes);
    if (!v->texts && !v->codes) return sipas__error_memory(err);
    v->n_successes = success->n;
    for (int64_t k = 0; k < success->n; k++)
        if ((status = read_success(v, k, success, err)) < 0) return status;
    if (v->codes) qsort(v->codes, (size_t)v->n_successes, sizeof *v->codes, compare_codes);
    return SIPAS_OK;
}

/* A success is one point; every byte is known, or 0 and 1 only. */
static void set_points(const indicators *v, const sipas_column *y, sipas__scored *scored)
{
    scored->column = *y;
    scored->times = scored->over = 1.0;
    scored->low = v->n_successes ? (uint8_t)INT8_MIN : 0;
    scored->span = v->n_successes ? UINT8_MAX : 1;
    for (int code = INT8_MIN; !v->texts && code <= INT8_MAX; code++) {
        const double value = indicate(v, code);

        scored->known[(uint8_t)code] = (uint8_t)(isnan(value) == 0);
        scored->points[(uint8_t)code] = (uint8_t)(value == 1.0);
    }
}

static sipas_status take_column(indicators *v, int64_t j, int64_t n, const sipas_column *y, const char *name,
                                sipas_error *err)
{
    char own[32];
    sipas_status status;

    (void)sipas__text_format(own, sizeof own, "y%lld", (long long)j + 1);
    v->names[j] = sipas__text_copy(v->ctx, name ? name : own);
    if (!v->names[j]) return sipas__error_memory(err);
    if ((status = sipas__column_check(y, n, SIPAS__CODES, v->names[j], err)) < 0) return status;
    if ((y->type == SIPAS_TYPE_CODE) != (v->texts != NULL))
        return sipas__error_set(err, SIPAS_ERR_TYPE, SIPAS__NOWHERE, j, v->names[j],
                                v->texts ? "%s holds numbers, but the successes are text"
                                         : "%s holds text, but the successes are numbers",
                                v->names[j]);
    v->columns[j] = *y;
    set_points(v, y, &v->scored[j]);
    return SIPAS_OK;
}

/* Texts of a variable and of the successes that may be meant to be one, "Yes" and "yes ". */
static sipas_status look_alike(indicators *v, int64_t j, int64_t n, sipas_error *err)
{
    sipas__codes codes;
    const char **texts = NULL;
    sipas_status status = sipas__codes_init(&codes, v->ctx, &v->columns[j], n, v->names[j], 1, err);
    int64_t all;

    if (status < 0) return status;
    texts = sipas__alloc(v->ctx, codes.n_levels + v->n_successes, sizeof *texts);
    if (texts) {
        for (all = 0; all < codes.n_levels; all++) texts[all] = codes.texts[all];
        for (int64_t k = 0; k < v->n_successes; k++) {
            int64_t at = 0;

            while (at < all && strcmp(texts[at], v->texts[k]) != 0) at++;
            if (at == all) texts[all++] = v->texts[k];
        }
    }
    if (!texts || !sipas__alike_look(&v->sayings, texts, all, v->names[j])) status = sipas__error_memory(err);
    sipas__free(v->ctx, texts);
    sipas__codes_clear(&codes);
    return status;
}

static void indicators_clear(indicators *v)
{
    sipas__sayings_clear(&v->sayings);
    for (int64_t j = 0; v->names && j < v->n_vars; j++) sipas__free(v->ctx, v->names[j]);
    sipas__free(v->ctx, v->columns);
    sipas__free(v->ctx, v->names);
    sipas__free(v->ctx, v->codes);
    sipas__free(v->ctx, v->texts);
    sipas__free(v->ctx, v->scored);
    sipas_ctx_free(v->ctx);
    memset(v, 0, sizeof *v);
}

static sipas_status indicators_init(indicators *v, const sipas_design *design, const sipas_column *y, int64_t n_y,
                                    const sipas_column *success, const sipas_estimate_opts *own, sipas_error *err)
{
    sipas_status status;
    int bytes = 1;

    memset(v, 0, sizeof *v);
    v->sayings.ctx = v->ctx = sipas__ctx_ref(design->ctx);
    v->n_vars = n_y;
    v->columns = sipas__alloc(v->ctx, n_y, sizeof *v->columns);
    v->names = sipas__alloc(v->ctx, n_y, sizeof *v->names);
    v->scored = sipas__alloc(v->ctx, n_y, sizeof *v->scored);
    status = v->columns && v->names && v->scored ? read_successes(v, success, err) : sipas__error_memory(err);
    for (int64_t j = 0; status == SIPAS_OK && j < n_y; j++) {
        status = take_column(v, j, design->n, &y[j], own->names ? own->names[j] : NULL, err);
        if (status == SIPAS_OK && v->texts) status = look_alike(v, j, design->n, err);
        bytes &= y[j].type == SIPAS_TYPE_I8 && !y[j].validity;
    }
    if (status < 0) {
        indicators_clear(v);
        return status;
    }
    v->source.n_vars = n_y;
    v->source.state = v;
    v->source.fill = fill;
    v->source.explain = explain;
    v->source.complete = own->missing == SIPAS_MISSING_COMPLETE;
    v->source.plain = 1;
    if (bytes) v->source.scored = v->scored;
    return SIPAS_OK;
}

/* ---- the call ---- */

static sipas_status write_table(const sipas__shares *shares, const indicators *v, sipas_table **out, sipas_error *err)
{
    const int64_t n_rows = sipas__estimation_rows(&shares->estimation), each = n_rows / v->n_vars;
    sipas_table *table = sipas__table_new(v->ctx, n_rows);
    const int32_t variable = sipas__table_add_field(table, &sipas__schema_proportion, "variable");

    for (int64_t j = 0; j < v->n_vars; j++) sipas__table_fill_code(table, variable, j * each, each, v->names[j]);
    sipas__sayings_note(&v->sayings, table);
    sipas__table_meta(table, "method", "proportion/1");
    sipas__table_meta(table, "formula", "sum(w 1[y in success]) / sum(w)");
    return sipas__shares_report(shares, table, (const char *const *)v->names, out, err);
}

sipas_status sipas_estimate_proportion(const sipas_design *design, const sipas_column *y, int64_t n_y,
                                       const sipas_column *success, int32_t method, const sipas_domains *domains,
                                       const sipas_estimate_opts *opts, sipas_table **out, sipas_error *err)
{
    sipas_estimate_opts own;
    sipas__domain domain = {0};
    indicators variables = {0};
    sipas__shares shares = {0};
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!design) return sipas__error_argument(err, "design", "is NULL");
    if (!y) return sipas__error_argument(err, "y", "is NULL");
    if (n_y < 1) return sipas__error_argument(err, "n_y", "is less than 1");
    status = sipas__options_check("method", method, SIPAS_INTERVAL_DEFAULT, SIPAS_INTERVAL_ARCSINE_CUT, err);
    if (status < 0) return status;
    if (method == SIPAS_INTERVAL_DEFAULT) method = SIPAS_INTERVAL_LOGIT;
    if ((status = sipas__estimate_options_joint(&own, opts, err)) < 0) return status;
    if ((status = sipas__design_domains(design, domains, &domain, err)) < 0) return status;
    status = indicators_init(&variables, design, y, n_y, sipas__column_given(success) ? success : NULL, &own, err);
    if (status == SIPAS_OK)
        status = sipas__shares_init(&shares, design, &domain, &variables.source, NULL, method, &own, 0, err);
    if (status == SIPAS_OK) status = write_table(&shares, &variables, out, err);
    sipas__shares_clear(&shares);
    indicators_clear(&variables);
    sipas__domain_clear(&domain);
    return status;
}

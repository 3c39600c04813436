/*
 * Number columns as variables: missing cells, infinite values, pairs of a ratio, the origin of their sums.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "estimate/variables.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "data/column.h"

static void read_centred(const sipas_column *column, int64_t row, int64_t n, double centre, double *restrict out)
{
    const double *plain = sipas__column_plain_f64(column, row);

    if (!plain) {
        sipas__column_read_f64(column, row, n, out);
        plain = out;
    }
    for (int64_t i = 0; i < n; i++) out[i] = plain[i] - centre;
}

static void fill(const void *state, int64_t row, int64_t n, double *values, double *work, sipas__fault *fault)
{
    const sipas__variables *v = state;

    (void)work;
    (void)fault; /* infinite values are found by the pass, which knows the weights */
    for (int64_t j = 0; j < v->n_vars; j++) {
        const double centre = v->partner[j] == j ? v->origin[j] : 0.0;

        read_centred(&v->columns[j], row, n, centre, values + j * SIPAS__TILE);
    }
    for (int64_t j = 0; j < v->n_vars; j++) {
        double *out = values + j * SIPAS__TILE, *other = values + v->partner[j] * SIPAS__TILE;

        if (v->partner[j] == j) continue;
        for (int64_t i = 0; i < n; i++)
            if (isnan(other[i]) && !isinf(out[i])) out[i] = NAN;
        for (int64_t i = 0; v->origin[j] != 0.0 && i < n; i++)
            if (isfinite(other[i])) out[i] = fma(-v->origin[j], other[i], out[i]);
    }
}

static sipas_status explain(const void *state, const sipas__fault *fault, sipas_error *err)
{
    const sipas__variables *v = state;

    return sipas__error_set(err, SIPAS_ERR_VALUE, fault->row, fault->variable, v->names[fault->variable],
                            "row %lld: %s is infinite", (long long)fault->row, v->names[fault->variable]);
}

/* ---- the origin ---- */

static double first_value(const sipas_column *column)
{
    for (int64_t row = 0; row < column->n; row++) {
        double value = sipas__column_f64(column, row);

        if (isfinite(value)) return value;
    }
    return 0.0;
}

/* Σ y x / Σ x² over the first rows: near the ratio, and never so large that r x would hide y. */
static double first_ratio(const sipas_column *y, const sipas_column *x)
{
    double yx = 0.0, xx = 0.0, ratio;

    for (int64_t row = 0; row < y->n && row < SIPAS__TILE; row++) {
        const double numerator = sipas__column_f64(y, row), denominator = sipas__column_f64(x, row);

        if (!isfinite(numerator) || !isfinite(denominator)) continue;
        yx += numerator * denominator;
        xx += denominator * denominator;
    }
    ratio = yx / xx;
    return isfinite(ratio) ? ratio : 0.0;
}

static void place_origin(sipas__variables *v, const sipas__variables_given *given)
{
    v->origin_rule = given->origin.rule;
    for (int64_t j = 0; j < given->n_y; j++) {
        if (v->origin_rule == SIPAS__ORIGIN_STATED) v->origin[j] = given->origin.at[j];
        if (v->origin_rule == SIPAS__ORIGIN_FIRST)
            v->origin[j] = given->x ? first_ratio(&given->y[j], &given->x[j]) : first_value(&given->y[j]);
    }
}

sipas__origin sipas__variables_origin(const sipas__variables *v)
{
    const sipas__origin origin = {SIPAS__ORIGIN_STATED, v->origin};

    return origin;
}

/* ---- reading ---- */

static sipas_status take_column(sipas__variables *v, int64_t j, const sipas__variables_given *given, sipas_error *err)
{
    const int below = j >= given->n_y; /* a denominator */
    const int64_t of = below ? j - given->n_y : j;
    const sipas_column *column = below ? &given->x[of] : &given->y[of];
    char own[32], name[160];
    sipas_status status;

    (void)sipas__text_format(own, sizeof own, "y%lld", (long long)of + 1);
    (void)sipas__text_format(name, sizeof name, "%s%s", below ? "denominator of " : "",
                             given->names && given->names[of] ? given->names[of] : own);
    v->partner[j] = !given->x ? j : below ? of : j + given->n_y;
    if ((status = sipas__column_check(column, given->n, SIPAS__NUMBERS, name, err)) < 0) return status;
    v->columns[j] = *column;
    v->names[j] = sipas__text_copy(v->ctx, name);
    return v->names[j] ? SIPAS_OK : sipas__error_memory(err);
}

sipas_status sipas__variables_init(sipas__variables *v, const sipas_ctx *ctx, const sipas__variables_given *given,
                                   sipas_error *err)
{
    sipas_status status = SIPAS_OK;

    memset(v, 0, sizeof *v);
    v->ctx = sipas__ctx_ref(ctx);
    v->n_vars = given->x ? 2 * given->n_y : given->n_y;
    v->columns = sipas__alloc(ctx, v->n_vars, sizeof *v->columns);
    v->names = sipas__alloc(ctx, v->n_vars, sizeof *v->names);
    v->partner = sipas__alloc(ctx, v->n_vars, sizeof *v->partner);
    v->origin = sipas__alloc(ctx, v->n_vars, sizeof *v->origin);
    if (!v->columns || !v->names || !v->partner || !v->origin) status = sipas__error_memory(err);
    for (int64_t j = 0; j < v->n_vars && status == SIPAS_OK; j++) status = take_column(v, j, given, err);
    if (status < 0) {
        sipas__variables_clear(v);
        return status;
    }
    place_origin(v, given);
    v->source.n_vars = v->n_vars;
    v->source.state = v;
    v->source.fill = fill;
    v->source.explain = explain;
    v->source.centre = v->origin;
    v->source.complete = given->complete;
    v->source.finite = 1;
    return SIPAS_OK;
}

void sipas__variables_clear(sipas__variables *v)
{
    for (int64_t j = 0; v->names && j < v->n_vars; j++) sipas__free(v->ctx, v->names[j]);
    sipas__free(v->ctx, v->columns);
    sipas__free(v->ctx, v->names);
    sipas__free(v->ctx, v->partner);
    sipas__free(v->ctx, v->origin);
    sipas_ctx_free(v->ctx);
    memset(v, 0, sizeof *v);
}

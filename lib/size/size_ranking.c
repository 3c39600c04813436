/*
 * How many answers a ranking needs: for each target the least n, found as the root of a function of log n.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "data/measure.h"
#include "base/text.h"
#include "data/table.h"
#include "num/roots.h"
#include "size/ranking.h"
#include "size/size.h"

enum { DELTA, TOP, WIDTH, TARGETS };

static const struct {
    const char *name, *formula;
} targets[] = {
    [DELTA] = {"delta", "delta / √(SE_i² + SE_j²) = z(α/2(P-1)) + z(power)"},
    [TOP] = {"top", "Σ Φ(c_r - t_ij) = 1 - power over the pairs of the top and the others"},
    [WIDTH] = {"width", "mean of P - 1 - R_j = width, R_j = Σ Φ(t_ij - c_R) + Φ(-t_ij - c_R)"},
};

/* The search for one target. An error inside the function is kept: the root finder sees NaN. */
typedef struct target_search {
    sipas__ranking *ranking;
    int target;
    sipas_status status;
    sipas_error *err;
} target_search;

/* How far the target is kept with n answers everywhere: > 0 where it is. */
static double margin_at(target_search *search, double n)
{
    sipas__ranking *own = search->ranking;

    sipas__ranking_set_n(own, n);
    if (search->target == DELTA) {
        const double widest = sipas__ranking_widest(own), need = sipas__ranking_need(own);

        return widest > 0.0 ? own->opts.delta / widest - need : (double)INFINITY;
    }
    if (search->target == TOP) return 1.0 - own->opts.power - sipas__ranking_miss(own);
    search->status = sipas__ranking_find(own, search->err);
    return search->status < 0 ? (double)NAN : own->opts.width - sipas__ranking_width(own);
}

static double margin_of_log(double log_n, void *state)
{
    return margin_at(state, exp(log_n));
}

/* The units at the edge of the top, where they are equal. */
static sipas_status unreachable(const target_search *search, sipas_error *err)
{
    const sipas__ranking *own = search->ranking;
    char first[192], second[192];

    if (search->target == TOP) {
        const int64_t last = own->place[own->opts.top - 1], next = own->place[own->opts.top];

        return sipas__error_set(err, SIPAS_ERR_INFEASIBLE, next, SIPAS__NOWHERE, "top",
                                "%.96s and %.96s have the same value: no number of answers tells the best %lld apart",
                                sipas__unit_label(own->opts.code, last, first),
                                sipas__unit_label(own->opts.code, next, second), (long long)own->opts.top);
    }
    return sipas__error_set(err, SIPAS_ERR_INFEASIBLE, SIPAS__NOWHERE, SIPAS__NOWHERE, targets[search->target].name,
                            "units of equal value keep the mean width above %g, however many answer", own->opts.width);
}

/* Where to begin: the n with which the best and the worst unit are two bounds apart. */
static double first_guess(const sipas__ranking *own)
{
    const sipas__contender *best = &own->unit[own->place[0]], *worst = &own->unit[own->place[own->n - 1]];
    const double t = (best->value - worst->value) / (2.0 * sipas__ranking_bound(own, 0.0));
    const double n = (best->variance + worst->variance) / (t * t);

    return n > 1.0 && n < 1e9 ? n : 1.0;
}

/* A bracket of log n by doubling or halving. False: `*n` is at its end, and nothing is left to find. */
static int bracket(target_search *search, sipas__bracket *found, double *n)
{
    const double log2 = log(2.0), first = first_guess(search->ranking);
    double x = log(first), f = margin_at(search, first), next_x, next_f;
    const double step = f >= 0.0 ? -log2 : log2;

    while (search->status == SIPAS_OK) {
        next_x = x + step;
        *n = exp(next_x);
        if (*n < 1e-6 || *n > 1e300) return 0;
        next_f = margin_at(search, *n);
        if (search->status == SIPAS_OK && (next_f >= 0.0) != (f >= 0.0)) {
            *found = (sipas__bracket){{x, next_x}, {f, next_f}};
            return 1;
        }
        x = next_x;
        f = next_f;
    }
    return 0;
}

static sipas_status solve(sipas__ranking *own, int target, double *n, sipas_error *err)
{
    const sipas__root_tolerance tolerance = {1e-11, 0.0, 200};
    target_search search = {own, target, SIPAS_OK, err};
    sipas__bracket found;
    double log_n;
    const double limit = margin_at(&search, INFINITY);
    sipas_status status;

    if (search.status < 0) return search.status;
    if (!(limit >= 0.0)) return unreachable(&search, err);
    if (!bracket(&search, &found, n)) return search.status;
    status = sipas__root_brent(margin_of_log, &search, &found, &tolerance, &log_n, err);
    if (search.status < 0) return search.status;
    if (status != SIPAS_OK) return status;
    /* the end of the last bracket that keeps the target: it matters where the function jumps */
    *n = exp(found.f[0] >= 0.0 ? found.x[0] : found.f[1] >= 0.0 ? found.x[1] : log_n);
    return SIPAS_OK;
}

/* n of every target given, and the one that binds. */
static sipas_status solve_all(sipas__ranking *own, double n[TARGETS], int *binding, sipas_error *err)
{
    const int given[TARGETS] = {own->opts.delta != 0.0, own->opts.top != 0, own->opts.width != 0.0};

    *binding = -1;
    for (int i = 0; i < TARGETS; i++) {
        sipas_status status;

        n[i] = NAN;
        if (!given[i]) continue;
        status = solve(own, i, &n[i], err);
        if (status != SIPAS_OK) return status;
        if (*binding < 0 || n[i] > n[*binding]) *binding = i;
    }
    if (*binding >= 0) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "delta",
                            "a target is needed: delta, top or width");
}

/* ---- the table ---- */

static sipas_size_opts rule_opts(const sipas_size_ranking_opts *opts)
{
    sipas_size_opts own = SIPAS_SIZE_OPTS_INIT;

    own.response = opts->response;
    own.per_household = opts->per_household;
    own.minimum = opts->minimum;
    own.maximum = opts->maximum;
    own.multiple = opts->multiple;
    own.rounding = opts->rounding;
    return own;
}

static void write_meta(sipas_table *table, const sipas__ranking *own, const double n[TARGETS], int binding)
{
    sipas__table_meta(table, "method", "size_ranking/1");
    sipas__table_meta(table, "binding", "%s", targets[binding].name);
    for (int i = 0; i < TARGETS; i++) {
        char key[16];

        (void)sipas__text_format(key, sizeof key, "n_%s", targets[i].name);
        if (!isnan(n[i])) sipas__table_meta(table, key, "%.17g", n[i]);
    }
    sipas__table_meta(table, "level", "%.17g", own->opts.level);
    sipas__table_meta(table, "power", "%.17g", own->opts.power);
    sipas__table_meta(table, "deff", "%.17g", own->opts.deff);
    sipas__table_meta(table, "response", "%.17g", own->opts.response);
    if (isfinite(own->df)) sipas__table_meta(table, "df", "%.17g", own->df);
}

static sipas_status write_table(const sipas__ranking *own, const double n[TARGETS], int binding, sipas_table **out,
                                sipas_error *err)
{
    const sipas_size_opts opts = rule_opts(&own->opts);
    const sipas__size_rule rule = sipas__size_rule_of(&opts);
    sipas__size_table to;
    sipas_status status = SIPAS_OK;

    sipas__size_table_begin(&to, own->ctx, own->n, own->opts.code,
                            own->opts.per_household > 0.0 ? SIPAS__SIZE_HOUSEHOLDS : 0);
    for (int64_t i = 0; status == SIPAS_OK && i < own->n; i++) {
        const double population = own->unit[i].population;
        const sipas__size_unit unit = sipas__size_unit_of(&rule, fmin(n[binding], population), population);

        status = sipas__size_table_write(&to, &rule, i, &unit, targets[binding].formula, err);
    }
    if (status != SIPAS_OK) {
        sipas_table_free(to.table);
        return status;
    }
    write_meta(to.table, own, n, binding);
    sipas__size_table_totals(&to);
    return sipas__table_finish(to.table, out, err);
}

sipas_status sipas_size_ranking(sipas_ctx *ctx, const sipas_column *value, const sipas_size_ranking_opts *opts,
                                sipas_table **out, sipas_error *err)
{
    sipas__ranking own;
    double n[TARGETS];
    int binding;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!value) return sipas__error_argument(err, "value", "is NULL");
    if (!opts) return sipas__error_argument(err, "opts", "is NULL; a target is needed: delta, top or width");
    status = sipas__ranking_init(&own, ctx, value, opts, err);
    if (status != SIPAS_OK) return status;
    status = solve_all(&own, n, &binding, err);
    if (status == SIPAS_OK) status = write_table(&own, n, binding, out, err);
    sipas__ranking_clear(&own);
    return status;
}

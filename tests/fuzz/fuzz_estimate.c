/*
 * Designs of every kind, every estimator over random domains, and what compares the rows of their tables.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "fuzz.h"

enum { MOST_Y = 4 };

/* A function that at times has no value. */
static int32_t product(void *user, int64_t n, const double *x, double *value, double *gradient)
{
    fuzz *f = user;

    *value = 1.0;
    for (int64_t i = 0; i < n; i++) *value *= x[i];
    for (int64_t i = 0; i < n; i++) gradient[i] = x[i] != 0.0 ? *value / x[i] : 0.0;
    return fuzz_once_in(f, 50);
}

static const sipas_column *columns(fuzz *f, int64_t n, int64_t count, int kind)
{
    sipas_column *all = fuzz_room(f, (size_t)count * sizeof *all);

    for (int64_t i = 0; i < count; i++) all[i] = fuzz_column(f, n, kind);
    return all;
}

static double *joint_matrix(fuzz *f, int64_t order)
{
    double *joint = fuzz_room(f, (size_t)(order * order) * sizeof *joint);

    for (int64_t i = 0; i < order * order; i++) joint[i] = i % (order + 1) ? 0.25 : 0.5;
    if (fuzz_once_in(f, 4)) joint[fuzz_below(f, (uint64_t)(order * order))] = fuzz_number(f);
    return joint;
}

static void more_of_the_design(fuzz *f, int64_t n, int32_t n_stages, sipas_design_opts *o)
{
    o->lonely_psu = f->hostile ? fuzz_option(f, SIPAS_LONELY_COLLAPSE) : 2 + (int32_t)fuzz_below(f, 6);
    o->df = fuzz_option(f, SIPAS_DF_DOMAIN_ROWS);
    o->df_value = fuzz_number(f);
    o->calibrated = fuzz_option(f, 1);
    o->collapse = fuzz_option(f, SIPAS_COLLAPSE_GIVEN);
    if (o->collapse == SIPAS_COLLAPSE_GIVEN) o->collapse_strata = fuzz_column_of(f, n, FUZZ_CODES);
    o->collapse_by = fuzz_option(f, SIPAS_COLLAPSE_BY_UNITS);
    if (fuzz_once_in(f, 8)) o->one_psu = fuzz_option(f, SIPAS_ONE_PSU_CONDITIONAL);
    if (fuzz_once_in(f, 4)) o->n_strata = fuzz_option(f, 3);
    if (fuzz_once_in(f, 5)) o->n_fpc = fuzz_option(f, 3);
    if (n_stages) o->certainty = fuzz_column_or_null(f, n, FUZZ_FLAGS, 8);
    if (fuzz_once_in(f, 6)) {
        o->pps = fuzz_option(f, SIPAS_PPS_JOINT);
        o->pps_form = fuzz_option(f, SIPAS_PPS_FORM_YATES_GRUNDY);
        o->pps_square = fuzz_column_or_null(f, n, FUZZ_NUMBERS, 4);
        if (o->pps == SIPAS_PPS_JOINT) o->joint_order = 1 + (int64_t)fuzz_below(f, 8);
        if (o->pps == SIPAS_PPS_JOINT) o->joint = joint_matrix(f, o->joint_order);
    }
    if (fuzz_once_in(f, 6)) {
        o->phase2 = fuzz_option(f, SIPAS_PHASE2_BERNOULLI);
        o->phase1 = fuzz_option(f, SIPAS_PHASE1_INDEPENDENT);
        o->phase2_sample = fuzz_column_of(f, n, FUZZ_FLAGS);
        o->phase2_strata = fuzz_column_or_null(f, n, FUZZ_CODES, 2);
        o->phase2_fpc = fuzz_column_or_null(f, n, FUZZ_NUMBERS, 3);
    }
}

static sipas_design *open_design(fuzz *f, int64_t n)
{
    const int32_t n_stages = (int32_t)fuzz_below(f, 4);
    sipas_design_opts o = SIPAS_DESIGN_OPTS_INIT;
    sipas_design *design = NULL;
    sipas_ctx *ctx = fuzz_ctx(f);
    sipas_error err;
    sipas_status status;

    more_of_the_design(f, n, n_stages, &o);
    status = sipas_design_new(ctx, n, fuzz_column_or_null(f, n, FUZZ_NUMBERS, 2),
                              fuzz_once_in(f, 3) ? NULL : columns(f, n, 8, FUZZ_CODES),
                              n_stages ? columns(f, n, n_stages, FUZZ_CODES) : NULL, n_stages,
                              fuzz_once_in(f, 3) ? columns(f, n, 8, FUZZ_NUMBERS) : NULL, &o, &design, &err);
    fuzz_check(f, "design_new", status, &err);
    if (status < 0 && design) fuzz_finding(f, "a handle on failure", err.message);
    sipas_ctx_free(ctx);
    return status < 0 ? NULL : design;
}

static const sipas_domains *some_domains(fuzz *f, int64_t n)
{
    sipas_domains *d = fuzz_room(f, sizeof *d);
    uint32_t *levels = fuzz_room(f, 4 * sizeof *levels);

    if (fuzz_once_in(f, 3)) return NULL;
    sipas_domains_init(d);
    d->n_by = (int32_t)fuzz_below(f, 4);
    d->by = columns(f, n, d->n_by, FUZZ_CODES);
    for (int i = 0; i < 4; i++) levels[i] = (uint32_t)fuzz_below(f, UINT64_C(1) << d->n_by);
    if (f->hostile && fuzz_once_in(f, 30)) levels[0] = UINT32_MAX;
    d->levels = levels;
    d->n_levels = d->n_by ? (int32_t)fuzz_below(f, 5) : 0;
    if (f->hostile && fuzz_once_in(f, 50)) d->n_levels = -1;
    d->where = fuzz_column_or_null(f, n, FUZZ_FLAGS, 5);
    if (d->n_by > 0 && fuzz_once_in(f, 5)) d->orders = columns(f, (int64_t)fuzz_below(f, 12), d->n_by, FUZZ_CODES);
    return d;
}

static void some_functions(fuzz *f, sipas_function functions[2], int64_t n_of)
{
    for (int i = 0; i < 2; i++) {
        const sipas_function empty = SIPAS_FUNCTION_INIT;
        int64_t *term = fuzz_room(f, 4 * sizeof *term);
        double *coef = fuzz_room(f, 4 * sizeof *coef);

        functions[i] = empty;
        for (int t = 0; t < 4; t++) {
            term[t] = (int64_t)fuzz_below(f, (uint64_t)n_of);
            if (f->hostile && fuzz_once_in(f, 30)) term[t] = (int64_t)fuzz_below(f, 300) - 100;
            coef[t] = fuzz_number(f);
        }
        functions[i].kind = fuzz_option(f, SIPAS_FUNCTION_CALL);
        functions[i].n_terms = 1 + (int64_t)fuzz_below(f, 3);
        functions[i].term = term;
        functions[i].coef = fuzz_once_in(f, 2) ? coef : NULL;
        functions[i].call = product;
        functions[i].user = f;
        functions[i].check = fuzz_option(f, 1);
        if (fuzz_once_in(f, 2)) functions[i].scale = fuzz_number(f);
    }
}

/* What compares the rows of a table. */
static void compare(fuzz *f, const sipas_table *table)
{
    const int64_t n = sipas_table_count_rows(table);
    sipas_contrast_opts o = SIPAS_CONTRAST_OPTS_INIT;
    sipas_rank_opts rank = SIPAS_RANK_OPTS_INIT;
    sipas_function functions[2];
    const sipas_cov *cov = NULL;
    sipas_table *out = NULL;
    sipas_error err;
    sipas_status status;

    o.df = fuzz_option(f, SIPAS_CONTRAST_DF_SATTERTHWAITE);
    o.df_value = fuzz_number(f);
    o.adjust = fuzz_option(f, SIPAS_ADJUST_HOLM);
    o.cov = fuzz_option(f, 1);
    o.overlap = fuzz_option(f, SIPAS_OVERLAP_JOINED);
    o.relative = fuzz_option(f, 1);
    rank.ascending = fuzz_option(f, 1);
    status = sipas_rank_league(NULL, table, &rank, &out, &err);
    fuzz_check_table(f, "league", status, &err, out);
    out = NULL;
    status = n < 40 ? sipas_estimate_pairs(table, &o, &out, &err) : SIPAS_ERR_ARGUMENT;
    if (n < 40) fuzz_check_table(f, "pairs", status, &err, out);
    out = NULL;
    status = sipas_estimate_change(table, table, &o, &out, &err);
    fuzz_check_table(f, "change", status, &err, out);
    some_functions(f, functions, n);
    out = NULL;
    status = sipas_estimate_contrast(table, functions, 1 + (int64_t)fuzz_below(f, 2), &o, &out, &err);
    fuzz_check_table(f, "contrast", status, &err, out);
    if (n > 0 && sipas_table_get_cov(table, &cov, &err) >= 0) {
        const int64_t rows[3] = {0, n - 1, (int64_t)fuzz_below(f, (uint64_t)n + (f->hostile ? 2 : 0))};
        double block[9];

        status = sipas_cov_get_block(cov, rows, f->hostile && fuzz_once_in(f, 20) ? -1 : 3, rows, 3, block, &err);
        fuzz_check(f, "cov_get_block", status, &err);
    }
}

/* One estimate. */
static void ask(fuzz *f, const sipas_design *design, int64_t n)
{
    static const char *const calls[] = {"mean",         "total",    "ratio",  "category", "proportion",
                                        "distribution", "quantile", "moment", "alpha",    "function"};
    const int what = (int)fuzz_below(f, 10);
    const int of_codes = what == 3 || what == 4 || what == 5;
    const int64_t n_y = f->hostile && fuzz_once_in(f, 60) ? 0 : 1 + (int64_t)fuzz_below(f, MOST_Y);
    const sipas_column *y = columns(f, n, MOST_Y, of_codes ? FUZZ_CODES : FUZZ_NUMBERS);
    const sipas_domains *domains = some_domains(f, n);
    sipas_estimate_opts o = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_estimate_quantile_opts q = SIPAS_ESTIMATE_QUANTILE_OPTS_INIT;
    sipas_function functions[2];
    int32_t *argument = fuzz_room(f, MOST_Y * sizeof *argument);
    double *probs = fuzz_room(f, 3 * sizeof *probs);
    sipas_table *table = NULL;
    sipas_error err;
    sipas_status status = SIPAS_OK;

    o.missing = q.missing = fuzz_option(f, SIPAS_MISSING_COMPLETE);
    o.level = fuzz_once_in(f, 3) ? 0.5 + fuzz_number(f) / 100.0 : 0.0;
    o.deff = fuzz_option(f, SIPAS_DEFF_WR);
    o.cov = fuzz_option(f, 1);
    if (fuzz_once_in(f, 4) && what != 3) o.simultaneous = fuzz_option(f, SIPAS_SIMULTANEOUS_SCHEFFE);
    if ((what == 3 || what == 5) && fuzz_once_in(f, 3))
        o.categories = fuzz_column_of(f, (int64_t)fuzz_below(f, 12), FUZZ_CODES);
    q.rule = fuzz_option(f, SIPAS_QUANTILE_HF9);
    q.interval = fuzz_option(f, SIPAS_QUANTILE_INTERVAL_ASIN);
    for (int i = 0; i < 3; i++) probs[i] = f->hostile ? fuzz_number(f) : (double)fuzz_below(f, 101) / 100.0;
    for (int i = 0; i < MOST_Y; i++) argument[i] = fuzz_option(f, SIPAS_ARGUMENT_WEIGHT);
    switch (what) {
    case 0: status = sipas_estimate_mean(design, y, n_y, domains, &o, &table, &err); break;
    case 1: status = sipas_estimate_total(design, y, n_y, domains, &o, &table, &err); break;
    case 2:
        status = sipas_estimate_ratio(design, y, columns(f, n, MOST_Y, FUZZ_NUMBERS), n_y, domains, &o, &table, &err);
        break;
    case 3:
        status = sipas_estimate_category(design, y, fuzz_option(f, SIPAS_CATEGORY_TOTAL), domains, &o, &table, &err);
        break;
    case 4:
        status = sipas_estimate_proportion(design, y, n_y, fuzz_column_of(f, 1 + (int64_t)fuzz_below(f, 3), FUZZ_CODES),
                                           fuzz_option(f, SIPAS_INTERVAL_ARCSINE_CUT), domains, &o, &table, &err);
        break;
    case 5:
        status = sipas_estimate_distribution(design, y, fuzz_option(f, SIPAS_INTERVAL_QUESENBERRY_HURST), domains, &o,
                                             &table, &err);
        break;
    case 6:
        status = sipas_estimate_quantile(design, y, n_y, probs, 1 + (int64_t)fuzz_below(f, 3), domains, &q, &table,
                                         &err);
        break;
    case 7:
        status = sipas_estimate_moment(design, y, n_y, fuzz_option(f, SIPAS_MOMENT_CORRELATION), fuzz_option(f, 1),
                                       domains, &o, &table, &err);
        break;
    case 8: status = sipas_estimate_alpha(design, y, n_y, fuzz_option(f, 1), domains, &o, &table, &err); break;
    default:
        some_functions(f, functions, n_y > 0 ? n_y : 1);
        status = sipas_estimate_function(design, y, argument, n_y, functions, 1 + (int64_t)fuzz_below(f, 2), domains,
                                         &o, &table, &err);
    }
    fuzz_check(f, calls[what], status, &err);
    if (status < 0 && table) fuzz_finding(f, "a handle on failure", err.message);
    if (status < 0) return;
    f->mirrored = 0;
    fuzz_audit(f, table);
    compare(f, table);
    sipas_table_free(table);
}

void fuzz_one(fuzz *f)
{
    const int64_t n = f->hostile && fuzz_once_in(f, 50) ? 0 : 1 + (int64_t)fuzz_below(f, fuzz_once_in(f, 4) ? 120 : 14);
    sipas_design *design = open_design(f, n);
    sipas_table *table = NULL;
    sipas_error err;
    sipas_status status;

    if (!design) return;
    status = sipas_design_describe(design, &table, &err);
    fuzz_check_table(f, "design_describe", status, &err, table);
    for (uint64_t i = fuzz_below(f, 4) + 1; i > 0; i--) ask(f, design, n);
    sipas_design_free(design);
}

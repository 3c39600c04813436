/*
 * Cutting a frame into strata: the call, the whole numbers, and the table.
 *
 * O(units) besides the rule or the search.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "strata/strata.h"

#include <math.h>
#include <string.h>

#include <sipas/allocate.h>

#include "base/context.h"
#include "base/enums.h"
#include "data/schema.h"
#include "data/table.h"
#include "num/fpc.h"
#include "num/sum.h"

/* The strata as they come out. */
typedef struct result {
    double boundary[SIPAS__MOST_STRATA], total[SIPAS__MOST_STRATA], mean[SIPAS__MOST_STRATA], sd[SIPAS__MOST_STRATA],
        size[SIPAS__MOST_STRATA], parts[SIPAS__MOST_STRATA];
    int64_t cut[SIPAS__MOST_STRATA + 1], n[SIPAS__MOST_STRATA];
    double criterion, se; /* se: of the estimated total, with whole n */
} result;

/* The fields of the schema, in their order. */
enum { STRATUM, BOUNDARY, LEAST, MOST, SIZE, TOTAL, MEAN, SD, TAKE_ALL, N_EXACT, N, FIELDS };

/* ---- cuts ---- */

static sipas_status cut_by_rule(sipas__strata *s, result *r, sipas_error *err)
{
    if (s->opts.method == SIPAS_STRATA_GEOMETRIC) {
        sipas__strata_geometric(s, r->boundary);
    } else {
        double *root = sipas__alloc(s->ctx, s->opts.bins + 1, sizeof *root);

        if (!root) return sipas__error_memory(err);
        sipas__strata_roots(s, root);
        sipas__strata_cum_root_f(s, root, r->boundary);
        sipas__free(s->ctx, root);
    }
    sipas__strata_cut_at(s, r->boundary, r->cut);
    for (int32_t h = 0; h < s->n_strata; h++) {
        const int64_t size = s->below[r->cut[h + 1]] - s->below[r->cut[h]];

        if (size < s->opts.least_size || size < 1)
            return sipas__error_set(err, SIPAS_ERR_INFEASIBLE, SIPAS__NOWHERE, SIPAS__NOWHERE,
                                    sipas__enum_word(SIPAS__ENUM_STRATA, s->opts.method),
                                    "%s leaves stratum %d with %lld units, fewer than %lld",
                                    sipas__enum_word(SIPAS__ENUM_STRATA, s->opts.method), (int)h + 1, (long long)size,
                                    (long long)(s->opts.least_size > 1 ? s->opts.least_size : 1));
    }
    r->criterion = sipas__strata_worth(s, r->cut, NULL);
    s->evaluations = 1;
    if (!isinf(r->criterion)) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_INFEASIBLE, SIPAS__NOWHERE, SIPAS__NOWHERE, "n",
                            "the top stratum has %lld units, which leaves too little of n = %lld for the others",
                            (long long)(s->n_units - s->below[r->cut[s->n_strata - 1]]), (long long)s->opts.n);
}

static sipas_status find_cuts(sipas__strata *s, result *r, sipas_error *err)
{
    sipas_status status;

    switch (s->opts.method) {
    case SIPAS_STRATA_LAVALLEE: status = sipas__strata_search(s, r->cut, &r->criterion, err); break;
    case SIPAS_STRATA_OPTIMAL: status = sipas__strata_optimal(s, r->cut, &r->criterion, err); break;
    default: return cut_by_rule(s, r, err);
    }
    if (status < 0) return status;
    if (isinf(r->criterion))
        return sipas__error_set(err, SIPAS_ERR_INFEASIBLE, SIPAS__NOWHERE, SIPAS__NOWHERE, "n_strata",
                                "no %d strata have at least %lld units each and leave enough of n", (int)s->n_strata,
                                (long long)s->opts.least_size);
    for (int32_t h = 0; h + 1 < s->n_strata; h++) r->boundary[h] = s->value[r->cut[h + 1] - 1];
    return SIPAS_OK;
}

/* N, total, mean and S of each stratum. */
static void describe(const sipas__strata *s, result *r)
{
    for (int32_t h = 0; h < s->n_strata; h++) {
        const int64_t from = r->cut[h], to = r->cut[h + 1];
        const sipas__stratum stratum = sipas__strata_of(s, from, to);
        sipas__sum total = {0.0, 0.0};

        r->size[h] = (double)stratum.size;
        for (int64_t i = from; i < to; i++)
            sipas__sum_add(&total, s->value[i] * (double)(s->below[i + 1] - s->below[i]));
        r->total[h] = sipas__sum_value(&total);
        r->mean[h] = r->total[h] / r->size[h];
        r->sd[h] = sqrt(sipas__strata_s2(&stratum));
    }
}

/* ---- whole numbers ---- */

/* Standard error of the estimated total with whole n. */
static double standard_error(const sipas__strata *s, const result *r)
{
    sipas__sum variance = {0.0, 0.0};

    for (int32_t h = 0; h < s->n_strata; h++)
        sipas__sum_add(&variance, sipas__fpc_total((double)r->n[h], r->size[h], r->sd[h] * r->sd[h]));
    return sqrt(sipas__sum_value(&variance));
}

/* Splits a total over the strata: at least one each, the top one whole when asked. */
static sipas_status split(const sipas__strata *s, result *r, int64_t total, sipas_error *err)
{
    const int64_t strata = s->n_strata;
    double ones[SIPAS__MOST_STRATA], whole[SIPAS__MOST_STRATA], spread = 0.0;
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    const sipas_column totals = sipas_column_f64(r->total, strata), sizes = sipas_column_f64(r->size, strata),
                       sd = sipas_column_f64(r->sd, strata), one = sipas_column_f64(ones, strata),
                       fixed = sipas_column_f64(whole, strata);
    const sipas_column *by = &sizes;
    const int64_t *n;
    sipas_table *table;
    sipas_status status;

    for (int32_t h = 0; h < strata; h++) {
        const int is_whole = s->opts.take_all && h == strata - 1;

        ones[h] = 1.0;
        whole[h] = is_whole ? r->size[h] : NAN;
        spread += r->size[h] * r->sd[h];
    }
    opts.method = s->opts.allocation;
    if (opts.method == SIPAS_ALLOCATE_NEYMAN && spread == 0.0) opts.method = SIPAS_ALLOCATE_PROPORTIONAL;
    if (opts.method == SIPAS_ALLOCATE_POWER) by = &totals;
    if (opts.method == SIPAS_ALLOCATE_EQUAL) by = &one;
    opts.power_given = 1;
    opts.power = s->opts.power;
    opts.size_is_measure = 1;
    opts.lower_value = 1;
    opts.upper = &sizes;
    opts.fixed = &fixed;
    opts.sd = &sd;
    status = sipas_allocate((sipas_ctx *)(uintptr_t)s->ctx, total, by, &opts, &table, err);
    if (status < 0) return status;
    (void)sipas_table_get_i64(table, "n", &n, NULL);
    memcpy(r->n, n, (size_t)strata * sizeof *n);
    sipas_table_free(table);
    r->se = standard_error(s, r);
    return SIPAS_OK;
}

/* The n asked, or the least that keeps the cv: from the real number upwards. */
static sipas_status make_whole(const sipas__strata *s, result *r, sipas_error *err)
{
    const double limit = s->opts.cv * s->total * (1.0 + 1e-12);
    double sum = 0.0;
    int64_t least = 0, n = s->opts.n;
    sipas_status status;

    (void)sipas__strata_worth(s, r->cut, r->parts);
    if (n > 0) return split(s, r, n, err);
    for (int32_t h = 0; h < s->n_strata; h++) {
        sum += r->parts[h];
        least += s->opts.take_all && h == s->n_strata - 1 ? (int64_t)r->size[h] : 1;
    }
    n = (int64_t)ceil(sum * (1.0 - 1e-12));
    if (n < least) n = least;
    do {
        status = split(s, r, n++, err);
    } while (status == SIPAS_OK && r->se > limit && n <= s->n_units);
    return status;
}

/* ---- the table ---- */

static void write_meta(const sipas__strata *s, const result *r, sipas_table *table)
{
    double n_exact = 0.0, variance = 0.0, spread_in_all = 0.0;
    int64_t n = 0;

    for (int32_t h = 0; h < s->n_strata; h++) {
        n += r->n[h];
        n_exact += r->parts[h];
        spread_in_all += r->size[h] * r->sd[h];
        if (r->sd[h] > 0.0) variance += sipas__fpc_total(r->parts[h], r->size[h], r->sd[h] * r->sd[h]);
    }
    if (s->opts.allocation == SIPAS_ALLOCATE_NEYMAN && spread_in_all == 0.0)
        sipas__table_note(table, "no_spread", NULL, SIPAS__NOWHERE,
                          "no stratum varies, so neyman has nothing to split by: n is in proportion to the size");
    sipas__table_meta(table, "method", "%s/1", sipas__enum_word(SIPAS__ENUM_STRATA, s->opts.method));
    sipas__table_meta(table, "allocation", "%s", sipas__enum_word(SIPAS__ENUM_ALLOCATE, s->opts.allocation));
    if (s->opts.allocation == SIPAS_ALLOCATE_POWER) sipas__table_meta(table, "power", "%.17g", s->opts.power);
    if (s->opts.method == SIPAS_STRATA_CUM_ROOT_F) sipas__table_meta(table, "bins", "%d", (int)s->opts.bins);
    sipas__table_meta(table, "take_all", "%d", (int)s->opts.take_all);
    sipas__table_meta(table, "strata", "%d", (int)s->n_strata);
    sipas__table_meta(table, "values", "%lld", (long long)s->n_values);
    sipas__table_meta(table, "n", "%lld", (long long)n);
    sipas__table_meta(table, "n_exact", "%.17g", n_exact);
    sipas__table_meta(table, "se", "%.17g", r->se);
    sipas__table_meta(table, "cv", "%.17g", r->se / s->total);
    sipas__table_meta(table, "cv_exact", "%.17g", sqrt(variance) / s->total);
    sipas__table_meta(table, "criterion", "%.17g", r->criterion);
    sipas__table_meta(table, "evaluations", "%lld", (long long)s->evaluations);
}

static sipas_status write_table(const sipas__strata *s, const result *r, sipas_table **out, sipas_error *err)
{
    const sipas_schema *schema = &sipas__schema_strata;
    sipas_table *table = sipas__table_new(s->ctx, s->n_strata);
    int32_t column[FIELDS];

    for (int32_t i = 0; i < FIELDS; i++) column[i] = sipas__table_add(table, &schema->fields[i]);
    for (int32_t h = 0; h < s->n_strata; h++) {
        const int last = h == s->n_strata - 1;

        sipas__table_set_i64(table, column[STRATUM], h, h + 1);
        sipas__table_set_f64(table, column[BOUNDARY], h, last ? NAN : r->boundary[h]);
        sipas__table_set_f64(table, column[LEAST], h, s->value[r->cut[h]]);
        sipas__table_set_f64(table, column[MOST], h, s->value[r->cut[h + 1] - 1]);
        sipas__table_set_i64(table, column[SIZE], h, (int64_t)r->size[h]);
        sipas__table_set_f64(table, column[TOTAL], h, r->total[h]);
        sipas__table_set_f64(table, column[MEAN], h, r->mean[h]);
        sipas__table_set_f64(table, column[SD], h, r->sd[h]);
        sipas__table_set_i64(table, column[TAKE_ALL], h, last && s->opts.take_all);
        sipas__table_set_f64(table, column[N_EXACT], h, r->parts[h]);
        sipas__table_set_i64(table, column[N], h, r->n[h]);
    }
    write_meta(s, r, table);
    return sipas__table_finish(table, out, err);
}

sipas_status sipas_strata_cut(sipas_ctx *ctx, const sipas_column *x, int64_t n_strata, const sipas_strata_opts *opts,
                              sipas_table **out, sipas_error *err)
{
    sipas__strata s;
    result r;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    memset(&s, 0, sizeof s);
    memset(&r, 0, sizeof r);
    status = sipas__strata_read(&s, ctx, x, n_strata, opts, err);
    if (status == SIPAS_OK) status = find_cuts(&s, &r, err);
    if (status == SIPAS_OK) {
        describe(&s, &r);
        status = make_whole(&s, &r, err);
    }
    if (status == SIPAS_OK) status = write_table(&s, &r, out, err);
    sipas__strata_clear(&s);
    return status;
}

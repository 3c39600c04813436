/*
 * What n answers in each unit are worth for a ranking.
 *
 * O(units²).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "base/context.h"
#include "data/column.h"
#include "data/measure.h"
#include "data/schema.h"
#include "data/table.h"
#include "num/sum.h"
#include "size/ranking.h"
#include "size/size.h"

/* Answers of every unit, and the standard errors they give. */
static sipas_status read_answers(sipas__ranking *own, const sipas_column *n, double *answers, sipas_error *err)
{
    sipas_status status = sipas__size_read(n, own->n, "n", own->opts.code, 0, answers, err);

    for (int64_t i = 0; status == SIPAS_OK && i < own->n; i++) {
        if (answers[i] > own->unit[i].population)
            return sipas__unit_error(err, SIPAS_ERR_VALUE, own->opts.code, i, "n is %.17g; the population is %.17g",
                                     answers[i], own->unit[i].population);
        sipas__ranking_set_unit_n(own, i, answers[i]);
    }
    return status;
}

/* Expected number of units that are found better (or worse, sign -1) than j. */
static double expected(const sipas__ranking *own, int64_t j, double sign, double c)
{
    sipas__sum sum = {0.0, 0.0};

    for (int64_t i = 0; i < own->n; i++)
        if (i != j) sipas__sum_add(&sum, sipas__ranking_found(own, c, sign * sipas__ranking_t(own, i, j)));
    return sipas__sum_value(&sum);
}

static sipas_table *write_rows(const sipas__ranking *own, const double *answers)
{
    const sipas_schema *schema = &sipas__schema_precision_ranking;
    sipas_table *table = sipas__table_new(own->ctx, own->n);
    const int32_t code = own->opts.code ? sipas__table_add_field(table, schema, "code") : -1;
    const int32_t value = sipas__table_add_field(table, schema, "value");
    const int32_t n = sipas__table_add_field(table, schema, "n");
    const int32_t se = sipas__table_add_field(table, schema, "se");
    const int32_t rank = sipas__table_add_field(table, schema, "rank");
    const int32_t lower = sipas__table_add_field(table, schema, "rank_lower");
    const int32_t upper = sipas__table_add_field(table, schema, "rank_upper");
    const int32_t width = sipas__table_add_field(table, schema, "width");
    const int32_t power_next = sipas__table_add_field(table, schema, "power_next");
    int64_t place_of_equal = 0;

    for (int64_t k = 0; k < own->n; k++) {
        const int64_t j = own->place[k];
        const double c = sipas__ranking_bound(own, own->unit[j].found);
        const double best = 1.0 + expected(own, j, 1.0, c), worst = (double)own->n - expected(own, j, -1.0, c);
        char buffer[32];

        if (k == 0 || own->unit[j].value != own->unit[own->place[k - 1]].value) place_of_equal = k + 1;
        if (own->opts.code) sipas__table_set_code(table, code, j, sipas__column_code_text(own->opts.code, j, buffer));
        sipas__table_set_f64(table, value, j, own->opts.ascending ? -own->unit[j].value : own->unit[j].value);
        sipas__table_set_f64(table, n, j, answers[j]);
        sipas__table_set_f64(table, se, j, sqrt(own->unit[j].se2));
        sipas__table_set_i64(table, rank, j, place_of_equal);
        sipas__table_set_f64(table, lower, j, best);
        sipas__table_set_f64(table, upper, j, worst);
        sipas__table_set_f64(table, width, j, worst - best);
        if (k + 1 < own->n)
            sipas__table_set_f64(table, power_next, j,
                                 sipas__ranking_found(own, c, sipas__ranking_t(own, j, own->place[k + 1])));
    }
    return table;
}

static void write_meta(sipas_table *table, const sipas__ranking *own)
{
    sipas__table_meta(table, "method", "precision_ranking/1");
    sipas__table_meta(table, "level", "%.17g", own->opts.level);
    sipas__table_meta(table, "power", "%.17g", own->opts.power);
    sipas__table_meta(table, "deff", "%.17g", own->opts.deff);
    sipas__table_meta(table, "width", "%.17g", sipas__ranking_width(own));
    sipas__table_meta(table, "delta", "%.17g", sipas__ranking_delta(own));
    if (isfinite(own->df)) sipas__table_meta(table, "df", "%.17g", own->df);
    if (own->opts.top > 0) sipas__table_meta(table, "top_power", "%.17g", fmax(1.0 - sipas__ranking_miss(own), 0.0));
}

sipas_status sipas_precision_ranking(sipas_ctx *ctx, const sipas_column *value, const sipas_column *n,
                                     const sipas_size_ranking_opts *opts, sipas_table **out, sipas_error *err)
{
    sipas__ranking own;
    sipas_table *table = NULL;
    double *answers;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!value) return sipas__error_argument(err, "value", "is NULL");
    if (!n) return sipas__error_argument(err, "n", "is NULL");
    status = sipas__ranking_init(&own, ctx, value, opts, err);
    if (status != SIPAS_OK) return status;
    answers = sipas__alloc(ctx, own.n, sizeof *answers);
    status = answers ? read_answers(&own, n, answers, err) : sipas__error_memory(err);
    if (status == SIPAS_OK) status = sipas__ranking_find(&own, err);
    if (status == SIPAS_OK) {
        table = write_rows(&own, answers);
        write_meta(table, &own);
    }
    sipas__free(ctx, answers);
    sipas__ranking_clear(&own);
    return status != SIPAS_OK ? status : sipas__table_finish(table, out, err);
}

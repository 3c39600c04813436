/*
 * Every category of a variable at once: one indicator per category.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <sipas/estimate.h>
#include <string.h>

#include "base/context.h"
#include "base/options.h"
#include "data/alike.h"
#include "data/column.h"
#include "data/schema.h"
#include "engine/estimation.h"
#include "estimate/simple.h"

/* Indicators of the levels of a column of codes; all missing where the code is. */
static void fill(const void *state, int64_t row, int64_t n, double *values, double *work, sipas__fault *fault)
{
    const sipas__codes *codes = state;
    int32_t level[SIPAS__TILE];

    (void)work;
    (void)fault;
    sipas__codes_read(codes, row, n, level);
    for (int64_t c = 0; c < codes->n_levels; c++)
        for (int64_t i = 0; i < n; i++) values[c * SIPAS__TILE + i] = level[i] < 0 ? NAN : (double)(level[i] == c);
}

static sipas_status explain(const void *state, const sipas__fault *fault, sipas_error *err)
{
    (void)state;
    return sipas__error_set(err, SIPAS_ERR_VALUE, fault->row, SIPAS__NOWHERE, NULL, "row %lld", (long long)fault->row);
}

sipas_status sipas__category_codes(sipas__codes *codes, const sipas_design *design, const sipas_column *y,
                                   const sipas_column *categories, const char *name, sipas__source *source,
                                   sipas_error *err)
{
    sipas_status status = sipas__codes_init(codes, design->ctx, y, design->n, name, 1, err);

    if (status < 0) return status;
    if (sipas__column_given(categories)) {
        status = sipas__codes_state(codes, categories, design->n, NULL, name, "categories", err);
        if (status < 0) sipas__codes_clear(codes);
        if (status < 0) return status;
    }
    source->n_vars = codes->n_levels;
    source->state = codes;
    source->fill = fill;
    source->explain = explain;
    if (codes->n_levels > 0) return SIPAS_OK;
    sipas__codes_clear(codes);
    return sipas__error_set(err, SIPAS_ERR_TOO_FEW, SIPAS__NOWHERE, SIPAS__NOWHERE, name, "%s has no value in any row",
                            name);
}

static sipas_status write_table(const sipas__estimation *estimation, const sipas__report *report,
                                const sipas__codes *codes, const char *name, int32_t kind, sipas_table **out,
                                sipas_error *err)
{
    const int64_t n_rows = sipas__estimation_rows(estimation);
    sipas_table *table = sipas__table_new(estimation->ctx, n_rows);
    const int32_t variable = sipas__table_add_field(table, &sipas__schema_estimate, "variable");
    const int32_t category = sipas__table_add_field(table, &sipas__schema_estimate, "category");
    sipas_status status;

    for (int64_t row = 0; row < n_rows; row++) {
        char text[32];

        sipas__table_set_code(table, variable, row, name);
        sipas__table_set_code(table, category, row, sipas__codes_label(codes, row / (n_rows / codes->n_levels), text));
    }
    sipas__alike_note_codes(table, codes, name);
    sipas__table_meta(table, "method", "%s", kind == SIPAS_CATEGORY_TOTAL ? "category_total/1" : "category_share/1");
    sipas__table_meta(table, "formula", "%s",
                      kind == SIPAS_CATEGORY_TOTAL ? "sum(w 1[y = k])" : "sum(w 1[y = k]) / sum(w)");
    status = sipas__estimation_report(estimation, report, table, &sipas__schema_estimate, err);
    return sipas__table_close(table, status, out, err);
}

sipas_status sipas_estimate_category(const sipas_design *design, const sipas_column *y, int32_t kind,
                                     const sipas_domains *domains, const sipas_estimate_opts *opts, sipas_table **out,
                                     sipas_error *err)
{
    sipas_estimate_opts own;
    sipas__domain domain = {0};
    sipas__codes codes = {0};
    sipas__single_nodes nodes = {0};
    sipas__estimation estimation = {0};
    sipas__request request;
    sipas__source source = {0};
    const char *name;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!design) return sipas__error_argument(err, "design", "is NULL");
    if ((status = sipas__options_enum("kind", kind, SIPAS__ENUM_CATEGORY, err)) < 0) return status;
    if ((status = sipas__estimate_options(&own, opts, err)) < 0) return status;
    name = own.names && own.names[0] ? own.names[0] : "y1";
    if ((status = sipas__category_codes(&codes, design, y, own.categories, name, &source, err)) < 0) return status;
    status = sipas__design_domains(design, domains, &domain, err);
    if (status == SIPAS_OK)
        status = sipas__nodes_single(design->ctx, &nodes, codes.n_levels,
                                     kind == SIPAS_CATEGORY_TOTAL ? SIPAS__SINGLE_TOTAL : SIPAS__SINGLE_MEAN, NULL,
                                     err);
    if (status == SIPAS_OK) {
        source.complete = own.missing == SIPAS_MISSING_COMPLETE;
        request = sipas__estimate_request(design, &domain, &source, &nodes.nodes, &own);
        request.totals = kind == SIPAS_CATEGORY_TOTAL;
        request.categories = &codes;
        status = sipas__estimation_init(&estimation, &request, err);
    }
    if (status == SIPAS_OK) {
        const sipas__report report = sipas__estimate_report(&own, NULL);

        status = write_table(&estimation, &report, &codes, name, kind, out, err);
    }
    sipas__estimation_clear(&estimation);
    sipas__nodes_single_clear(design->ctx, &nodes);
    sipas__domain_clear(&domain);
    sipas__codes_clear(&codes);
    return status;
}

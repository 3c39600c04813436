/*
 * Distributions: every category's share, with intervals for each or for all at once.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas/estimate_proportion.h>

#include <string.h>

#include "base/context.h"
#include "base/options.h"
#include "data/alike.h"
#include "data/schema.h"
#include "estimate/share.h"

static sipas_status check_method(int32_t *method, const sipas_estimate_opts *own, sipas_error *err)
{
    const sipas_status status = sipas__options_enum("method", *method, SIPAS__ENUM_INTERVAL, err);

    if (status < 0) return status;
    if (*method == SIPAS_INTERVAL_DEFAULT) *method = SIPAS_INTERVAL_LOGIT;
    if (*method < SIPAS_INTERVAL_GOODMAN || own->simultaneous == SIPAS_SIMULTANEOUS_NONE) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "simultaneous",
                            "option simultaneous: goodman and quesenberry_hurst are simultaneous by themselves");
}

static sipas_status write_table(const sipas__shares *shares, const sipas__codes *codes, const char *name,
                                sipas_table **out, sipas_error *err)
{
    const int64_t n_rows = sipas__estimation_rows(&shares->estimation), each = n_rows / codes->n_levels;
    sipas_table *table = sipas__table_new(shares->ctx, n_rows);
    const int32_t variable = sipas__table_add_field(table, &sipas__schema_proportion, "variable");
    const int32_t category = sipas__table_add_field(table, &sipas__schema_proportion, "category");

    sipas__table_fill_code(table, variable, 0, n_rows, name);
    for (int64_t c = 0; c < codes->n_levels; c++) {
        char text[32];

        sipas__table_fill_code(table, category, c * each, each, sipas__codes_label(codes, c, text));
    }
    sipas__alike_note_codes(table, codes, name);
    sipas__table_meta(table, "method", "distribution/1");
    sipas__table_meta(table, "formula", "sum(w 1[y = k]) / sum(w)");
    return sipas__shares_report(shares, table, NULL, out, err);
}

sipas_status sipas_estimate_distribution(const sipas_design *design, const sipas_column *y, int32_t method,
                                         const sipas_domains *domains, const sipas_estimate_opts *opts,
                                         sipas_table **out, sipas_error *err)
{
    sipas_estimate_opts own;
    sipas__domain domain = {0};
    sipas__codes codes = {0};
    sipas__shares shares = {0};
    sipas__source source = {0};
    const char *name;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!design) return sipas__error_argument(err, "design", "is NULL");
    if ((status = sipas__estimate_options_category(&own, opts, err)) < 0) return status;
    if ((status = check_method(&method, &own, err)) < 0) return status;
    name = own.names && own.names[0] ? own.names[0] : "y1";
    if ((status = sipas__category_codes(&codes, design, y, own.categories, name, &source, err)) < 0) return status;
    source.complete = own.missing == SIPAS_MISSING_COMPLETE;
    source.plain = 1;
    status = sipas__design_domains(design, domains, &domain, err);
    if (status == SIPAS_OK)
        status = sipas__shares_init(&shares, design, &domain, &source, &codes, method, &own, 1, err);
    if (status == SIPAS_OK) status = write_table(&shares, &codes, name, out, err);
    sipas__shares_clear(&shares);
    sipas__domain_clear(&domain);
    sipas__codes_clear(&codes);
    return status;
}

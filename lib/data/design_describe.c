/*
 * What a design says of itself: counts, names of its strata, a summary with what was assumed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>

#include "data/design.h"
#include "data/schema.h"
#include "data/table.h"

int64_t sipas_design_count_rows(const sipas_design *design)
{
    return design ? design->n : 0;
}

int64_t sipas_design_count_strata(const sipas_design *design)
{
    return design ? design->stage[0].n_strata : 0;
}

int64_t sipas_design_count_psus(const sipas_design *design)
{
    return design ? design->n_psus : 0;
}

double sipas_design_get_df(const sipas_design *design)
{
    return design ? (double)(design->n_psus - design->stage[0].n_strata) : 0.0;
}

void sipas__design_stratum_name(const sipas_design *design, int64_t stratum, char *buffer, size_t size)
{
    int64_t code = design->stage[0].stratum_code[stratum];
    const int64_t here = design->n_columns_strata ? design->strata[0].codes.n_levels : 1;
    char text[32];
    const char *unit = NULL;

    if (code >= here) { /* a certainty unit: see stratum_code() in design_stages.c */
        const int64_t next = design->n_columns_strata > 1 ? design->strata[1].codes.n_levels : 1;
        const int64_t n_units = design->clusters[0].codes.n_levels;

        code = (code - here) / next;
        unit = sipas__codes_label(&design->clusters[0].codes, code % n_units, text);
        code /= n_units;
    }
    if (design->n_columns_strata) {
        char label[32];

        (void)snprintf(buffer, size, "stratum %s%s%s", sipas__codes_label(&design->strata[0].codes, code, label),
                       unit ? ", certainty unit " : "", unit ? unit : "");
    } else {
        (void)snprintf(buffer, size, "%s%s", unit ? "certainty unit " : "the only stratum", unit ? unit : "");
    }
}

const char *sipas__design_psu_label(const sipas_design *design, int64_t unit, char *buffer, size_t size)
{
    const sipas__stage *first = &design->stage[0];
    const int64_t n_levels = design->n_columns_clusters ? design->clusters[0].codes.n_levels : 0;
    char text[32];
    const char *label;
    int64_t code;

    if (first->rows_are_units) return NULL;
    code = first->unit_code[unit];
    if (code < n_levels)
        label = sipas__codes_label(&design->clusters[0].codes, code, text);
    else if (design->n_columns_clusters > 1) /* next-stage units of a certainty unit: see unit_code() */
        label = sipas__codes_label(&design->clusters[1].codes, code - n_levels, text);
    else
        return NULL;
    (void)snprintf(buffer, size, "%s", label);
    return buffer;
}

void sipas__design_inner_name(const sipas_design *design, int32_t stage, int64_t stratum, char *buffer, size_t size)
{
    const sipas__stage *first = &design->stage[0];
    char outer[96], text[96];
    int64_t unit = design->stage[stage].stratum_parent[stratum];

    for (int32_t s = stage - 1; s > 0; s--) unit = design->stage[s].stratum_parent[design->stage[s].unit_stratum[unit]];
    sipas__design_stratum_name(design, first->unit_stratum[unit], outer, sizeof outer);
    if (!sipas__design_psu_label(design, unit, text, sizeof text))
        (void)snprintf(text, sizeof text, "row %lld",
                       (long long)first->unit_code[unit] - (long long)design->clusters[0].codes.n_levels);
    (void)snprintf(buffer, size, "a stratum of stage %d in PSU %s of %s", (int)stage + 1, text, outer);
}

static void note_assumptions(const sipas_design *design, sipas_table *table)
{
    char name[96];

    if (!design->has_weights && design->n_columns_fpc == 0)
        sipas__table_note(table, "weights_one", NULL, -1, "no weights and no fpc: every weight is taken as 1");
    if (!design->has_weights && design->n_columns_fpc > 0)
        sipas__table_note(table, "weights_from_fpc", NULL, -1,
                          "no weights: the product of N/n over %d stage(s) is used", (int)design->n_columns_fpc);
    if (design->negative)
        sipas__table_note(table, "weights_negative", NULL, -1, "%lld calibrated weights are negative",
                          (long long)design->negative);
    for (int64_t h = 0; h < design->stage[0].n_strata; h++) {
        if (design->stage[0].stratum_units[h] != 1 || design->stage[0].stratum_f[h] >= 1.0) continue;
        sipas__design_stratum_name(design, h, name, sizeof name);
        sipas__table_note(table, "lonely_psu", name, -1, "%s has one PSU", name);
    }
}

sipas_status sipas_design_describe(const sipas_design *design, sipas_table **out, sipas_error *err)
{
    const sipas_schema *schema = &sipas__schema_design;
    sipas_table *table;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!design) return sipas__error_argument(err, "design", "is NULL");
    table = sipas__table_new(design->ctx, 1);
    sipas__table_set_i64(table, sipas__table_add_field(table, schema, "rows"), 0, design->n);
    sipas__table_set_i64(table, sipas__table_add_field(table, schema, "positive"), 0, design->positive);
    sipas__table_set_i64(table, sipas__table_add_field(table, schema, "strata"), 0, design->stage[0].n_strata);
    sipas__table_set_i64(table, sipas__table_add_field(table, schema, "psus"), 0, design->n_psus);
    sipas__table_set_f64(table, sipas__table_add_field(table, schema, "df"), 0, sipas_design_get_df(design));
    sipas__table_set_f64(table, sipas__table_add_field(table, schema, "weight_sum"), 0, design->weight_sum);
    sipas__table_set_f64(table, sipas__table_add_field(table, schema, "kish_deff"), 0,
                         (double)design->positive * design->weight_square_sum /
                             (design->weight_sum * design->weight_sum));
    sipas__table_set_f64(table, sipas__table_add_field(table, schema, "n_eff"), 0,
                         design->weight_sum * design->weight_sum / design->weight_square_sum);
    note_assumptions(design, table);
    return sipas__table_finish(table, out, err);
}

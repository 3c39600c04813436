/*
 * What a design says of itself: counts, names of its strata, a summary with what was assumed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <string.h>

#include "data/design.h"
#include "base/enums.h"
#include "base/text.h"
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
    double df;

    if (!design) return 0.0;
    df = (double)(design->n_psus - design->stage[0].n_strata - design->pps.certain_df);
    if (design->collapse.group) df = (double)(design->n_psus - design->collapse.n_groups);
    df -= (double)design->idle_df;
    if (design->phase2.kind == SIPAS_PHASE2_NONE) return df;
    return sipas__design_phase2_df(design, df, (double)(design->phase2.n_units - design->phase2.n_strata));
}

int sipas__design_is_census(const sipas_design *design)
{
    if (design->phase2.kind != SIPAS_PHASE2_NONE) return 0;
    if (design->pps.method != SIPAS_PPS_NONE)
        for (int64_t u = 0; u < design->n_psus; u++)
            if (design->pps.pi[u] < SIPAS__TAKEN_WHOLE) return 0;
    for (int32_t s = design->pps.method != SIPAS_PPS_NONE; s < design->n_stages; s++)
        for (int64_t h = 0; h < design->stage[s].n_strata; h++)
            if (design->stage[s].stratum_f[h] < SIPAS__TAKEN_WHOLE) return 0;
    return 1;
}

double sipas__design_phase2_df(const sipas_design *design, double first, double second)
{
    return design->n_stages > 1 ? fmin(first, second) : second;
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

        (void)sipas__text_format(buffer, size, "stratum %s%s%s",
                                 sipas__codes_label(&design->strata[0].codes, code, label),
                                 unit ? ", certainty unit " : "", unit ? unit : "");
    } else {
        (void)sipas__text_format(buffer, size, "%s%s", unit ? "certainty unit " : "the only stratum", unit ? unit : "");
    }
}

const char *sipas__design_psu_label(const sipas_design *design, int64_t unit, char *buffer)
{
    const sipas__stage *first = &design->stage[0];
    int64_t code, n_levels;

    if (first->rows_are_units) return NULL;
    code = first->unit_code[unit];
    n_levels = design->clusters[0].codes.n_levels;
    if (code < n_levels) return sipas__codes_label(&design->clusters[0].codes, code, buffer);
    if (design->n_columns_clusters == 1) return NULL;
    /* next-stage units of a certainty unit: see unit_code() */
    return sipas__codes_label(&design->clusters[1].codes, code - n_levels, buffer);
}

/* The same, or the row. */
static const char *unit_label(const sipas_design *design, int64_t unit, char *buffer)
{
    const sipas__stage *first = &design->stage[0];
    const char *label = sipas__design_psu_label(design, unit, buffer);
    int64_t row = unit;

    if (label) return label;
    if (!first->rows_are_units) row = first->unit_code[unit] - design->clusters[0].codes.n_levels;
    (void)sipas__text_format(buffer, 32, "row %lld", (long long)row);
    return buffer;
}

void sipas__design_unit_name(const sipas_design *design, int64_t unit, char *buffer, size_t size)
{
    const sipas__stage *first = &design->stage[0];
    char text[32], outer[96] = "";
    const char *label = unit_label(design, unit, text);

    if (!first->rows_are_units && design->n_columns_strata) {
        memcpy(outer, " of ", 5);
        sipas__design_stratum_name(design, first->unit_stratum[unit], outer + 4, sizeof outer - 4);
    }
    (void)sipas__text_format(buffer, size, "%s%s%s", label == text && strncmp(text, "row ", 4) == 0 ? "" : "PSU ",
                             label, outer);
}

void sipas__design_inner_name(const sipas_design *design, int32_t stage, int64_t stratum, char *buffer, size_t size)
{
    char outer[96], text[32];
    int64_t unit = design->stage[stage].stratum_parent[stratum];

    for (int32_t s = stage - 1; s > 0; s--) unit = design->stage[s].stratum_parent[design->stage[s].unit_stratum[unit]];
    sipas__design_stratum_name(design, design->stage[0].unit_stratum[unit], outer, sizeof outer);
    (void)sipas__text_format(buffer, size, "a stratum of stage %d in PSU %s of %s", (int)stage + 1,
                             unit_label(design, unit, text), outer);
}

/* Which strata are taken as one: a note a group. */
static void note_collapsed(const sipas_design *design, sipas_table *table)
{
    const sipas__collapse *c = &design->collapse;

    for (int64_t g = 0; c->group && g < c->n_groups; g++) {
        char names[240] = "", name[96];
        size_t used = 0;

        for (int64_t h = 0; c->strata[g] > 1 && h < design->stage[0].n_strata; h++) {
            if (c->group[h] != g || used >= sizeof names) continue;
            sipas__design_stratum_name(design, h, name, sizeof name);
            used += (size_t)sipas__text_format(names + used, sizeof names - used, "%s%s", used ? ", " : "", name);
        }
        sipas__text_cut(names, sizeof names);
        if (used)
            sipas__table_note(table, "collapsed", names, -1, "%s are taken as one stratum of %lld PSUs%s", names,
                              (long long)c->units[g], used >= sizeof names ? " (and more strata)" : "");
    }
}

void sipas__design_annotate(const sipas_design *design, sipas_table *table)
{
    const int paired = design->pps.method == SIPAS_PPS_OVERTON || design->pps.method == SIPAS_PPS_HARTLEY_RAO ||
                       design->pps.method == SIPAS_PPS_JOINT;

    if (design->pps.method)
        sipas__table_meta(table, "pps", "%s", sipas__enum_word(SIPAS__ENUM_PPS, design->pps.method));
    if (paired) sipas__table_meta(table, "pps_form", "%s", sipas__enum_word(SIPAS__ENUM_PPS_FORM, design->pps.form));
    if (design->phase2.kind)
        sipas__table_meta(table, "phase2", "%s%s, %lld units in %lld strata",
                          design->phase2.phase1 == SIPAS_PHASE1_INDEPENDENT ? "of an independent phase 1: " : "",
                          design->phase2.kind == SIPAS_PHASE2_SRS ? "srs" : "bernoulli",
                          (long long)design->phase2.n_units, (long long)design->phase2.n_strata);
    if (design->subset)
        sipas__table_meta(table, "subset", "%lld of %lld rows", (long long)design->n_subset, (long long)design->n);
    if (design->one_psu == SIPAS_ONE_PSU_CONDITIONAL) sipas__table_meta(table, "one_psu", "conditional");
    sipas__sayings_note(&design->sayings, table);
    note_collapsed(design, table);
}

static void note_assumptions(const sipas_design *design, sipas_table *table)
{
    const int given = design->phase2.kind ? design->phase2.weights_given : design->has_weights;
    char name[96];

    if (!given && design->n_columns_fpc == 0)
        sipas__table_note(table, "weights_one", NULL, -1, "no weights and no fpc: every weight is taken as 1");
    if (!given && design->n_columns_fpc > 0)
        sipas__table_note(table, "weights_from_fpc", NULL, -1,
                          "no weights: the product of N/n over %d stage(s) is used", (int)design->n_columns_fpc);
    if (design->negative)
        sipas__table_note(table, "weights_negative", NULL, -1, "%lld calibrated weights are negative",
                          (long long)design->negative);
    for (int64_t h = 0; h < design->stage[0].n_strata; h++) {
        if (design->stage[0].stratum_units[h] != 1 || design->stage[0].stratum_f[h] >= 1.0) continue;
        if (design->pps.n && design->pps.n[h] == 0) continue; /* its unit has probability 1 */
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
    sipas__design_annotate(design, table);
    return sipas__table_finish(table, out, err);
}

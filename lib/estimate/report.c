/*
 * From an estimation to the columns of its table: groups, intervals, degrees of freedom, notes.
 *
 * Interval: estimate ± t(df) · SE, df = PSUs - strata (of the domain by default; Korn and Graubard 1999, §5.2).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "estimate/estimation.h"
#include "num/distributions.h"

enum { LONGEST_LABEL = 256 };

/* Positions of the columns; -1 = not there. */
typedef struct report_columns {
    int32_t level, by[SIPAS__MOST_BY];
    int32_t estimate, se, lower, upper, df, df_design, n, psus, deff, cv, unweighted;
} report_columns;

static int32_t add_if_known(sipas_table *table, const sipas_schema *schema, const char *name, int wanted)
{
    for (int64_t i = 0; wanted && i < schema->n_fields; i++)
        if (strcmp(schema->fields[i].name, name) == 0) return sipas__table_add_field(table, schema, name);
    return -1;
}

static void add_columns(const sipas__estimation *e, sipas_table *table, const sipas_schema *schema, report_columns *c)
{
    const sipas__domain *domain = e->request.domain;

    c->level = add_if_known(table, schema, "level", e->request.n_levels > 1);
    for (int32_t i = 0; i < domain->n_by; i++) {
        const sipas_field field = {domain->name[i], "", "code of the group",
                                   sipas__codes_are_text(&domain->by[i]) ? SIPAS_TYPE_CODE : SIPAS_TYPE_I64, 0};

        c->by[i] = sipas__table_add(table, &field);
    }
    c->estimate = add_if_known(table, schema, "estimate", 1);
    c->se = add_if_known(table, schema, "se", 1);
    c->lower = add_if_known(table, schema, "lower", 1);
    c->upper = add_if_known(table, schema, "upper", 1);
    c->df = add_if_known(table, schema, "df", 1);
    c->df_design = add_if_known(table, schema, "df_design", 1);
    c->n = add_if_known(table, schema, "n", 1);
    c->psus = add_if_known(table, schema, "psus", 1);
    c->deff = add_if_known(table, schema, "deff", e->request.deff != SIPAS_DEFF_NONE);
    c->cv = add_if_known(table, schema, "cv", 1);
    c->unweighted = add_if_known(table, schema, "unweighted", e->moments.plain != NULL);
}

static void set_groups(const sipas__estimation *e, sipas_table *table, const report_columns *c, int64_t row,
                       int32_t level, int64_t g, const char *level_label)
{
    const sipas__domain *domain = e->request.domain;
    const sipas__domain_level *at = &domain->level[level];
    char text[32];

    if (c->level >= 0) sipas__table_set_code(table, c->level, row, level_label);
    for (int32_t i = 0; i < domain->n_by; i++) {
        const int64_t code = domain->cell_level[(int64_t)at->group_cell[g] * domain->n_by + i];

        if (!((at->mask >> i) & 1u)) continue;
        if (sipas__codes_are_text(&domain->by[i]))
            sipas__table_set_code(table, c->by[i], row, sipas__codes_label(&domain->by[i], code, text));
        else
            sipas__table_set_i64(table, c->by[i], row, sipas__codes_value(&domain->by[i], code));
    }
}

static double degrees_of_freedom(const sipas__estimation *e, int32_t level, int64_t g)
{
    const sipas_design *design = e->request.design;

    switch (design->df) {
    case SIPAS_DF_GIVEN: return design->df_value;
    case SIPAS_DF_DESIGN: return sipas_design_get_df(design);
    default: return (double)(e->linear.level[level].domain_psus[g] - e->linear.level[level].domain_strata[g]);
    }
}

/* Why a group has no estimate, standard error or interval. `name` is NULL where that holds for all its nodes. */
static void note_gap(const sipas__estimation *e, sipas_table *table, int64_t row, int32_t level, int64_t g,
                     const char *name, const char *code, const char *why)
{
    char group[LONGEST_LABEL];

    sipas__domain_group_label(e->request.domain, level, g, group, sizeof group);
    if (!*group) (void)snprintf(group, sizeof group, "the whole");
    sipas__table_note(table, code, name ? name : group, row, "%s%s%s: %s", name ? name : "", name ? ", " : "", group,
                      why);
}

/* Gaps of all nodes of a group, noted at its first; the rest of a group's gaps belong to single nodes. */
static void note_gaps(const sipas__estimation *e, sipas_table *table, int64_t row, int64_t k, int32_t level, int64_t g,
                      const char *name, double df)
{
    const sipas__linear_level *at = &e->linear.level[level];
    const int64_t cell = g * e->linear.nodes->n_nodes + k;
    static const char one_psu[] = "lies in one PSU, so there is no standard error";

    if (at->domain_rows[g] == 0) {
        if (k == 0) note_gap(e, table, row, level, g, NULL, "empty_domain", "no rows of positive weight, no estimate");
    } else if (isnan(at->estimate[cell])) {
        note_gap(e, table, row, level, g, name, "no_value",
                 "no estimate, because an item has no answers or a denominator is 0");
    } else if (!e->request.totals && at->domain_psus[g] == 1) {
        if (k == 0) note_gap(e, table, row, level, g, NULL, "one_psu", one_psu);
    } else if (!e->request.totals && at->psus[cell] == 1) {
        note_gap(e, table, row, level, g, name, "one_psu", one_psu);
    } else if (isnan(e->spread[level].variance[cell])) {
        note_gap(e, table, row, level, g, name, "no_se", "every stratum has one PSU, so there is no standard error");
    } else if (!(df > 0.0)) {
        if (k == 0) note_gap(e, table, row, level, g, NULL, "no_df", "no degrees of freedom, no interval");
    }
}

static void set_row(const sipas__estimation *e, sipas_table *table, const report_columns *c, int64_t row, int64_t k,
                    int32_t level, int64_t g, double df, double t)
{
    const sipas__linear_level *at = &e->linear.level[level];
    const int64_t cell = g * e->linear.nodes->n_nodes + k;
    const double estimate = at->n[cell] ? at->estimate[cell] : NAN, se = sipas__estimation_se(e, level, cell);

    sipas__table_set_i64(table, c->n, row, at->n[cell]);
    sipas__table_set_i64(table, c->psus, row, at->psus[cell]);
    sipas__table_set_f64(table, c->df, row, df);
    sipas__table_set_f64(table, c->df_design, row, sipas_design_get_df(e->request.design));
    if (c->unweighted >= 0) sipas__table_set_f64(table, c->unweighted, row, at->plain[cell]);
    sipas__table_set_f64(table, c->estimate, row, estimate);
    sipas__table_set_f64(table, c->se, row, se);
    if (df > 0.0) {
        sipas__table_set_f64(table, c->lower, row, estimate - t * se);
        sipas__table_set_f64(table, c->upper, row, estimate + t * se);
    }
    if (c->cv >= 0 && estimate != 0.0) sipas__table_set_f64(table, c->cv, row, se / fabs(estimate));
    if (c->deff >= 0 && e->spread[level].srs[cell] > 0.0)
        sipas__table_set_f64(table, c->deff, row, se * se / e->spread[level].srs[cell]);
}

static void note_lonely(const sipas__estimation *e, sipas_table *table)
{
    const sipas_design *design = e->request.design;
    static const char *const done[] = {"",
                                       "",
                                       "adds nothing to the variance",
                                       "is taken as drawn with certainty",
                                       "is centred on the mean over all PSUs",
                                       "counts as the average of the other strata",
                                       "is centred on zero"};

    for (int64_t h = 0; h < design->stage[0].n_strata; h++) {
        char name[96];

        if (!e->variance.lonely_met[h]) continue;
        sipas__design_stratum_name(design, h, name, sizeof name);
        sipas__table_note(table, "lonely_psu", name, -1, "%s has one PSU: it %s", name, done[design->lonely_psu]);
    }
}

double sipas__estimation_se(const sipas__estimation *e, int32_t level, int64_t cell)
{
    const sipas__linear_level *at = &e->linear.level[level];
    const int one_psu = !e->request.totals && at->psus[cell] == 1;

    if (at->n[cell] == 0 || isnan(at->estimate[cell]) || one_psu) return NAN;
    return sqrt(e->spread[level].variance[cell]);
}

int64_t sipas__estimation_rows(const sipas__estimation *e)
{
    int64_t groups = 0;

    for (int32_t i = 0; i < e->request.n_levels; i++) groups += e->linear.level[i].n_groups;
    return groups * e->linear.nodes->n_nodes;
}

sipas_status sipas__estimation_report(const sipas__estimation *e, sipas_table *table, const sipas_schema *schema,
                                      const char *const *names, sipas_error *err)
{
    report_columns columns;
    const double tail = (1.0 - e->request.level) / 2.0;
    int64_t row = 0;
    sipas_cov *cov;
    sipas_status status;

    add_columns(e, table, schema, &columns);
    for (int64_t k = 0; k < e->linear.nodes->n_nodes; k++)
        for (int32_t level = 0; level < e->request.n_levels; level++) {
            double df_known = -1.0, t = NAN;
            char label[LONGEST_LABEL];

            sipas__domain_level_label(e->request.domain, level, label, sizeof label);
            for (int64_t g = 0; g < e->linear.level[level].n_groups; g++, row++) {
                const double df = degrees_of_freedom(e, level, g);

                if (df > 0.0 && df != df_known) {
                    t = -sipas__t_quantile(tail, df);
                    df_known = df;
                }
                set_groups(e, table, &columns, row, level, g, label);
                set_row(e, table, &columns, row, k, level, g, df, t);
                note_gaps(e, table, row, k, level, g, names ? names[k] : NULL, df);
            }
        }
    note_lonely(e, table);
    sipas__table_meta(table, "confidence", "%.15g", e->request.level);
    sipas__table_meta(table, "variance", "taylor/1");
    sipas__table_meta(table, "df_rule", "%s",
                      e->request.design->df == SIPAS_DF_GIVEN    ? "given"
                      : e->request.design->df == SIPAS_DF_DESIGN ? "design"
                                                                 : "domain");
    sipas__table_meta(table, "n", "%lld", (long long)e->request.design->positive);
    sipas__table_meta(table, "weight_sum", "%.17g", e->request.design->weight_sum);
    if (e->request.deff)
        sipas__table_meta(table, "deff_reference", "%s",
                          e->request.deff == SIPAS_DEFF_WR ? "srs with replacement" : "srs without replacement");
    if (!e->request.cov) return SIPAS_OK;
    if ((status = sipas__estimation_cov(e, &cov, err)) < 0) return status;
    sipas__table_set_cov(table, cov, sipas__cov_free);
    return SIPAS_OK;
}

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

/* A `by` column may not take the name of another column of the result. */
static sipas_status check_names(const sipas__domain *domain, const sipas_schema *schema, sipas_error *err)
{
    for (int32_t i = 0; i < domain->n_by; i++) {
        int taken = 0;

        for (int64_t f = 0; f < schema->n_fields; f++) taken |= strcmp(schema->fields[f].name, domain->name[i]) == 0;
        for (int32_t j = 0; j < i; j++) taken |= strcmp(domain->name[j], domain->name[i]) == 0;
        if (taken)
            return sipas__error_set(err, SIPAS_ERR_DUPLICATE, SIPAS__NOWHERE, i, domain->name[i],
                                    "by column \"%s\": another column of the result has this name", domain->name[i]);
    }
    return SIPAS_OK;
}

static void add_columns(const sipas__estimation *e, sipas_table *table, const sipas_schema *schema, report_columns *c)
{
    const sipas__domain *domain = e->request.domain;

    c->level = add_if_known(table, schema, "level", e->request.n_levels > 1);
    for (int32_t i = 0; i < domain->n_by; i++) {
        const sipas_field field = {domain->name[i], "", "code of the group",
                                   sipas__codes_are_text(&domain->by[i].codes) ? SIPAS_TYPE_CODE : SIPAS_TYPE_I64, 0};

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

/* The `by` columns of one level, once for every node. */
static void set_groups(const sipas__estimation *e, sipas_table *table, const report_columns *c, int64_t row,
                       int32_t level)
{
    const sipas__domain *domain = e->request.domain;
    const sipas__domain_level *at = &domain->level[level];
    char text[LONGEST_LABEL];

    sipas__domain_level_label(domain, level, text, sizeof text);
    if (c->level >= 0) sipas__table_fill_code(table, c->level, row, at->n_groups, text);
    for (int32_t i = 0; i < domain->n_by; i++) {
        const int is_text = sipas__codes_are_text(&domain->by[i].codes);

        for (int64_t g = 0; ((at->mask >> i) & 1u) && g < at->n_groups; g++) {
            const int64_t code = domain->cell_level[(int64_t)at->group_cell[g] * domain->n_by + i];

            if (is_text)
                sipas__table_set_code(table, c->by[i], row + g, sipas__codes_label(&domain->by[i].codes, code, text));
            else
                sipas__table_set_i64(table, c->by[i], row + g, sipas__codes_value(&domain->by[i].codes, code));
        }
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

static void note_deff(const sipas__estimation *e, sipas_table *table, int64_t row, int64_t k, int32_t level, int64_t g,
                      const char *name)
{
    const int64_t cell = g * e->linear.nodes->n_nodes + k;

    if (!e->request.deff || isnan(sipas__estimation_se(e, level, cell)) || e->spread[level].srs[cell] > 0.0) return;
    note_gap(e, table, row, level, g, name, "no_deff",
             "no design effect, because nothing varies, there is one row, or the weights add to no more than the rows");
}

/* What a level has for all nodes, and lines of one node, by group. */
typedef struct level_lines {
    double *df, *t, *df_design;
    double *estimate, *se, *lower, *upper, *cv, *deff, *plain;
    int64_t *n, *psus;
} level_lines;

enum { LINES = 12 };

static int alloc_lines(const sipas__estimation *e, int64_t n, double **block, level_lines *l)
{
    *block = sipas__alloc(e->ctx, n * LINES, sizeof **block);
    if (!*block) return 0;
    l->df = *block;
    l->t = l->df + n;
    l->df_design = l->t + n;
    l->estimate = l->df_design + n;
    l->se = l->estimate + n;
    l->lower = l->se + n;
    l->upper = l->lower + n;
    l->cv = l->upper + n;
    l->deff = l->cv + n;
    l->plain = l->deff + n;
    l->n = (int64_t *)(void *)(l->plain + n);
    l->psus = l->n + n;
    return 1;
}

/* Degrees of freedom and t quantiles of the groups of a level. */
static void prepare_level(const sipas__estimation *e, int32_t level, level_lines *l)
{
    const double tail = (1.0 - e->request.level) / 2.0;
    double known = -1.0, t = NAN;

    for (int64_t g = 0; g < e->linear.level[level].n_groups; g++) {
        l->df[g] = degrees_of_freedom(e, level, g);
        l->df_design[g] = sipas_design_get_df(e->request.design);
        if (l->df[g] > 0.0 && l->df[g] != known) {
            t = -sipas__t_quantile(tail, l->df[g]);
            known = l->df[g];
        }
        l->t[g] = l->df[g] > 0.0 ? t : NAN;
    }
}

/* Groups that are looked at together, so that what the nodes have of them stays in the cache. */
enum { GROUPS = 128 };

/* One node for the groups first … last-1. */
static void compute_node(const sipas__estimation *e, int64_t k, int32_t level, int64_t first, int64_t last,
                         const level_lines *l)
{
    const sipas__linear_level *at = &e->linear.level[level];
    const sipas__spread *spread = &e->spread[level];

    for (int64_t g = first; g < last; g++) {
        const int64_t cell = g * e->linear.nodes->n_nodes + k;
        const double estimate = at->n[cell] ? at->estimate[cell] : NAN, se = sipas__estimation_se(e, level, cell);

        l->n[g] = at->n[cell];
        l->psus[g] = at->psus[cell];
        l->estimate[g] = estimate;
        l->se[g] = se;
        l->lower[g] = estimate - l->t[g] * se;
        l->upper[g] = estimate + l->t[g] * se;
        l->cv[g] = estimate != 0.0 ? se / fabs(estimate) : NAN;
        l->deff[g] = spread->srs && spread->srs[cell] > 0.0 ? se * se / spread->srs[cell] : NAN;
        l->plain[g] = at->plain ? at->plain[cell] : NAN;
    }
}

/* Writes the groups first … last-1 of a node whose rows begin at `row`. */
static void write_node(sipas_table *table, const report_columns *c, int64_t row, int64_t first, int64_t last,
                       const level_lines *l)
{
    const int64_t at = row + first, n = last - first;

    sipas__table_fill_i64(table, c->n, at, n, l->n + first);
    sipas__table_fill_i64(table, c->psus, at, n, l->psus + first);
    sipas__table_fill_f64(table, c->df, at, n, l->df + first);
    sipas__table_fill_f64(table, c->df_design, at, n, l->df_design + first);
    sipas__table_fill_f64(table, c->estimate, at, n, l->estimate + first);
    sipas__table_fill_f64(table, c->se, at, n, l->se + first);
    sipas__table_fill_f64(table, c->lower, at, n, l->lower + first);
    sipas__table_fill_f64(table, c->upper, at, n, l->upper + first);
    sipas__table_fill_f64(table, c->cv, at, n, l->cv + first);
    sipas__table_fill_f64(table, c->deff, at, n, l->deff + first);
    sipas__table_fill_f64(table, c->unweighted, at, n, l->plain + first);
}

/* A mean over units takes a unit that lies in one PSU as known without error: said once. */
static void note_whole(const sipas__estimation *e, sipas_table *table, int32_t level, int64_t row)
{
    const sipas__linear_level *at = &e->linear.level[level], *units = &e->linear.level[at->source];
    int64_t alone = 0;

    if (!at->share) return;
    for (int64_t g = 0; g < units->n_groups; g++) alone += at->share[g] > 0.0 && units->domain_psus[g] == 1;
    if (alone)
        sipas__table_note(
            table, "whole_one_psu", NULL, row,
            "%lld units lie in one PSU each: they add nothing to the standard error of the whole, which is "
            "too small",
            (long long)alone);
}

/* All nodes of one level; the rows of a node lie `per_node` apart. */
static sipas_status report_level(const sipas__estimation *e, sipas_table *table, const report_columns *c, int32_t level,
                                 int64_t first_row, int64_t per_node, const char *const *names, sipas_error *err)
{
    const int64_t n_groups = e->linear.level[level].n_groups, n_nodes = e->linear.nodes->n_nodes;
    double *block;
    level_lines lines;

    if (!alloc_lines(e, n_groups, &block, &lines)) return sipas__error_memory(err);
    prepare_level(e, level, &lines);
    for (int64_t first = 0; first < n_groups; first += GROUPS) {
        const int64_t last = first + GROUPS < n_groups ? first + GROUPS : n_groups;

        for (int64_t k = 0; k < n_nodes; k++) {
            compute_node(e, k, level, first, last, &lines);
            write_node(table, c, first_row + k * per_node, first, last, &lines);
        }
    }
    for (int64_t k = 0; k < n_nodes; k++) {
        const int64_t row = first_row + k * per_node;

        set_groups(e, table, c, row, level);
        for (int64_t g = 0; g < n_groups; g++) {
            note_gaps(e, table, row + g, k, level, g, names ? names[k] : NULL, lines.df[g]);
            note_deff(e, table, row + g, k, level, g, names ? names[k] : NULL);
        }
    }
    note_whole(e, table, level, first_row);
    sipas__free(e->ctx, block);
    return SIPAS_OK;
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
    const int64_t per_node = sipas__estimation_rows(e) / e->linear.nodes->n_nodes;
    int64_t first_row = 0;
    sipas_cov *cov;
    sipas_status status;

    if ((status = check_names(e->request.domain, schema, err)) < 0) return status;
    add_columns(e, table, schema, &columns);
    for (int32_t level = 0; level < e->request.n_levels; level++) {
        status = report_level(e, table, &columns, level, first_row, per_node, names, err);
        if (status < 0) return status;
        first_row += e->linear.level[level].n_groups;
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

/*
 * From an estimation to the columns of its table: groups, intervals, degrees of freedom, notes.
 *
 * Interval: estimate ± t(df) · SE, df = PSUs - strata (of the domain by default; Korn and Graubard 1999, §5.2), or what
 * the front end's rule makes of them; the critical value is larger where intervals are to hold jointly.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/enums.h"
#include "base/text.h"
#include "data/schema.h"
#include "engine/covariance.h"
#include "engine/estimation.h"
#include "num/distributions.h"

enum { LONGEST_LABEL = 256 };

/* Positions of the columns; -1 = not there. */
typedef struct report_columns {
    sipas__domain_columns group;
    int32_t estimate, se, lower, upper, df, df_design, n, psus, deff, n_eff, kish, cv, unweighted;
} report_columns;

/* The table that is being filled; the rows of a node lie `per_node` apart. */
typedef struct filling {
    const sipas__estimation *e;
    const sipas__report *report;
    sipas_table *table;
    report_columns columns;
    int64_t per_node;
    sipas__steps steps;
} filling;

/* One cell of the estimation and its row. */
typedef struct place {
    int32_t level;
    int64_t group, node, row;
} place;

static int has_field(const sipas_schema *schema, const char *name)
{
    for (int64_t i = 0; i < schema->n_fields; i++)
        if (strcmp(schema->fields[i].name, name) == 0) return 1;
    return 0;
}

/* The groups' columns, and those of figures that the schema has and that are asked for; every cell of these is filled. */
static void add_columns(filling *f, const sipas_schema *schema)
{
    const sipas__estimation *e = f->e;
    sipas_table *table = f->table;
    report_columns *c = &f->columns;
    const int deff = e->request.deff != SIPAS_DEFF_NONE, plain = e->moments.plain != NULL;
    const struct figure {
        const char *name;
        int32_t *column;
        int wanted;
    } figures[] = {{"estimate", &c->estimate, 1},
                   {"se", &c->se, 1},
                   {"lower", &c->lower, 1},
                   {"upper", &c->upper, 1},
                   {"df", &c->df, 1},
                   {"df_design", &c->df_design, 1},
                   {"n", &c->n, 1},
                   {"psus", &c->psus, 1},
                   {"deff", &c->deff, deff},
                   {"n_eff", &c->n_eff, deff || f->report->rule},
                   {"kish_deff", &c->kish, deff},
                   {"cv", &c->cv, 1},
                   {"unweighted", &c->unweighted, plain}};
    enum { FIGURES = sizeof figures / sizeof figures[0] };
    const int with_level = e->request.n_levels > 1;
    int64_t count = with_level + e->request.domain->n_by;

    for (int i = 0; i < FIGURES; i++) count += figures[i].wanted && has_field(schema, figures[i].name);
    sipas__table_expect(table, count);
    sipas__domain_add_columns(e->request.domain, table, schema, with_level, &c->group);
    for (int i = 0; i < FIGURES; i++) {
        *figures[i].column = -1;
        if (figures[i].wanted && has_field(schema, figures[i].name))
            (void)sipas__table_add_cells(table, schema, figures[i].name, figures[i].column);
    }
}

/* ---- cells, by group and node: divisions would take longer than all the rest ---- */

static int64_t count_of(const sipas__linear_level *at, int64_t g, int64_t k)
{
    return at->alike ? g : g * at->n_nodes + k;
}

static const sipas__estimation *conditional_of(const sipas__estimation *e, int32_t level, int64_t g)
{
    return e->conditional ? sipas__conditional_of(e, level, g) : NULL;
}

static double df_of(const sipas__estimation *own, int32_t level, int64_t g, int64_t k)
{
    const sipas__estimation *conditional = conditional_of(own, level, g), *e = conditional ? conditional : own;
    const sipas__linear_level *at = &e->linear.level[level];

    switch (e->request.design->df) {
    case SIPAS_DF_GIVEN: return e->request.design->df_value;
    case SIPAS_DF_DESIGN: return sipas_design_get_df(e->request.design);
    case SIPAS_DF_DOMAIN_ROWS:
        if (!e->request.answers_only) return at->domain_df[g];
        /* fall through */
    default: return at->df[count_of(at, g, k)];
    }
}

/*
 * A mean of rows in one PSU has the same z = 0 there whatever PSU is drawn: its error is not known, unless the PSU was
 * taken with certainty and all the error is that of the next stage.
 */
static double se_of(const sipas__estimation *own, int32_t level, int64_t g, int64_t k)
{
    const sipas__estimation *conditional = conditional_of(own, level, g), *e = conditional ? conditional : own;
    const sipas__linear_level *at = &e->linear.level[level];
    const int64_t cell = g * at->n_nodes + k, count = count_of(at, g, k);
    const double variance = e->spread[level].variance[cell];
    const int one_psu = !e->request.totals && at->psus[count] == 1 && !(at->whole[cell] && variance > 0.0);

    if (at->n[count] == 0 || !isfinite(at->estimate[cell]) || one_psu || !(variance >= 0.0) || isinf(variance))
        return NAN;
    return sqrt(variance);
}

double sipas__estimation_df(const sipas__estimation *e, int32_t level, int64_t cell)
{
    const int64_t n_nodes = e->linear.nodes->n_nodes;

    return df_of(e, level, cell / n_nodes, cell % n_nodes);
}

double sipas__estimation_se(const sipas__estimation *e, int32_t level, int64_t cell)
{
    const int64_t n_nodes = e->linear.nodes->n_nodes;

    return se_of(e, level, cell / n_nodes, cell % n_nodes);
}

/* ---- notes ---- */

/* True when no node of a group has degrees of freedom, as few as its rows have. */
static int lacks_df(const sipas__estimation *e, int32_t level, int64_t g)
{
    const double df = e->request.design->df == SIPAS_DF_DESIGN ? sipas_design_get_df(e->request.design)
                                                               : e->linear.level[level].domain_df[g];

    return !(df > 0.0);
}

/* Why a group has no estimate, standard error or interval; `of_node`: for this node, else for all of them. */
static void note_gap(const filling *f, const place *p, int of_node, const char *code, const char *why)
{
    const char *name = of_node && f->report->names ? f->report->names[p->node] : NULL;
    char group[LONGEST_LABEL];

    sipas__domain_group_label(f->e->request.domain, p->level, p->group, group, sizeof group);
    if (!*group) (void)sipas__text_format(group, sizeof group, "the whole");
    sipas__table_note(f->table, code, name ? name : group, p->row, "%s%s%s: %s", name ? name : "", name ? ", " : "",
                      group, why);
}

/* True when an atom of a node has answers and a size, but its sum is no number. */
static int overflows(const sipas__estimation *e, int32_t level, int64_t cell)
{
    const sipas__nodes *nodes = e->linear.nodes;
    const sipas__linear_level *at = &e->linear.level[level];
    const int64_t g = cell / nodes->n_nodes, k = cell % nodes->n_nodes;
    const int64_t first = g * nodes->n_atoms + at->source * nodes->level_atoms;

    if (at->source != level) return 0;
    for (int64_t t = nodes->start[k]; t < nodes->start[k + 1]; t++) {
        const int64_t a = first + nodes->term_atom[t];

        if (at->size[a] != 0.0 && !isfinite(at->value[a])) return 1;
    }
    return isinf(at->estimate[cell]) != 0;
}

/* Gaps of all nodes of a group, noted at its first; the rest of a group's gaps belong to single nodes. */
static void note_gaps(const filling *f, const place *p, double df, double se)
{
    const sipas__estimation *e = f->e;
    const int32_t level = p->level;
    const int64_t g = p->group, k = p->node;
    const sipas__linear_level *at = &e->linear.level[level];
    const int64_t cell = g * e->linear.nodes->n_nodes + k;
    const sipas__estimation *conditional = conditional_of(e, level, g);
    const sipas__linear_level *counted = conditional ? &conditional->linear.level[level] : at;
    const int no_se = isnan(se);
    static const char one_psu[] = "lies in one PSU, so there is no standard error";

    if (k == 0 && conditional && counted->domain_psus[g] > 1)
        note_gap(f, p, 0, "conditional",
                 "lies in one PSU; the standard error is that within this PSU, its next stage's units being the PSUs");

    if (at->domain_rows[g] == 0) {
        if (k == 0) note_gap(f, p, 0, "empty_domain", "no rows of positive weight, no estimate");
    } else if (!isfinite(at->estimate[cell])) {
        note_gap(f, p, 1, "no_value",
                 overflows(e, level, cell) ? "no estimate, because a sum is too large for a double"
                 : f->report->no_value     ? f->report->no_value
                                           : "no estimate, because an item has no answers or a denominator is 0");
    } else if (no_se && !e->request.totals && counted->domain_psus[g] == 1) {
        if (k == 0) note_gap(f, p, 0, "one_psu", one_psu);
    } else if (no_se && !e->request.totals && counted->psus[count_of(counted, g, k)] == 1) {
        note_gap(f, p, 1, "one_psu", one_psu);
    } else if (e->spread[level].variance[cell] < 0.0) {
        note_gap(f, p, 1, "variance_negative",
                 "the estimate of the variance is negative, as it may be with joint probabilities; no standard error");
    } else if (isinf(e->spread[level].variance[cell])) {
        note_gap(f, p, 1, "no_se", "the variance is too large for a double");
    } else if (isnan(e->spread[level].variance[cell])) {
        note_gap(f, p, 1, "no_se", "every stratum has one PSU, so there is no standard error");
    } else if (!(df > 0.0)) {
        const int all = lacks_df(conditional ? conditional : e, level, g);

        if (k == 0 || !all) note_gap(f, p, !all, "no_df", "no degrees of freedom, no interval");
    }
}

/* The first of the reasons that hold. */
static const char *why_no_deff(const sipas__estimation *e, int32_t level, int64_t g, int64_t k)
{
    const sipas__linear_level *at = &e->linear.level[level];
    const int64_t count = count_of(at, g, k);
    const double n = (double)at->n[count];

    if (conditional_of(e, level, g)) return "no design effect, because the standard error is that within one PSU";
    if (n < 2.0) return "no design effect, because there is one row";
    if (!(at->population[count] > 0.0)) return "no design effect, because the weights do not add to more than 0";
    if (e->request.deff == SIPAS_DEFF_WOR && n >= at->population[count])
        return "no design effect, because the weights add to no more than the rows: a simple random sample without "
               "replacement of that many would be a census";
    return "no design effect, because nothing varies";
}

static void note_deff(const filling *f, const place *p, double deff)
{
    if (!f->e->request.deff || isnan(se_of(f->e, p->level, p->group, p->node)) || !isnan(deff)) return;
    note_gap(f, p, 1, "no_deff", why_no_deff(f->e, p->level, p->group, p->node));
}

/* What a level has for all nodes, and lines of one node, by group. Estimates and standard errors are found for some nodes at once. */
typedef struct level_lines {
    double *values, *ses;
    double *df, *df_design;
    double *estimate, *se, *lower, *upper, *cv, *deff, *n_eff, *kish, *plain;
    int64_t *n, *psus;
    sipas__critical *critical;
    sipas__remark *remark; /* all NULL = none */
} level_lines;

enum { LINES = 11, NODES_AT_ONCE = 8 };

static void free_lines(const sipas__estimation *e, level_lines *l)
{
    sipas__free(e->ctx, l->values);
    sipas__free(e->ctx, l->df);
    sipas__free(e->ctx, l->n);
    sipas__free(e->ctx, l->critical);
    sipas__free(e->ctx, l->remark);
}

static int alloc_lines(const sipas__estimation *e, int64_t n, level_lines *l)
{
    l->values = sipas__alloc(e->ctx, n * 2 * NODES_AT_ONCE, sizeof *l->values);
    l->df = sipas__alloc(e->ctx, n * LINES, sizeof *l->df);
    l->n = sipas__alloc(e->ctx, 2 * n, sizeof *l->n);
    l->critical = sipas__alloc(e->ctx, n, sizeof *l->critical);
    l->remark = sipas__alloc(e->ctx, n, sizeof *l->remark);
    if (!l->values || !l->df || !l->n || !l->critical || !l->remark) {
        free_lines(e, l);
        return 0;
    }
    l->ses = l->values + n * NODES_AT_ONCE;
    l->df_design = l->df + n;
    l->estimate = l->df_design + n;
    l->se = l->estimate + n;
    l->lower = l->se + n;
    l->upper = l->lower + n;
    l->cv = l->upper + n;
    l->deff = l->cv + n;
    l->n_eff = l->deff + n;
    l->kish = l->n_eff + n;
    l->plain = l->kish + n;
    l->psus = l->n + n;
    return 1;
}

/* Groups of a level that share their degrees of freedom share a critical value; few are kept at hand, by df. */
enum { KEPT = 512 };

/* Critical values of the groups of a level, for a family of so many intervals of so many dimensions. */
static void set_critical(const sipas__report *report, int64_t n_groups, int64_t members, int64_t dimension,
                         level_lines *l)
{
    sipas__critical kept[KEPT];
    double kept_df[KEPT];

    for (int at = 0; at < KEPT; at++) kept_df[at] = NAN;
    for (int64_t g = 0; g < n_groups; g++) {
        const int at = l->df[g] >= 0.0 && l->df[g] < 1e9 ? (int)l->df[g] % KEPT : 0;

        if (l->df[g] != kept_df[at])
            kept[at] = sipas__critical_value(report->simultaneous, members, dimension, l->df[g], report->confidence);
        kept_df[at] = l->df[g];
        l->critical[g] = kept[at];
    }
}

/*
 * Estimates and standard errors of the groups at nodes k, k+1, …, which lie side by side: a look at each group for each node would
 * wait for memory.
 */
static void find_values(const sipas__estimation *e, int64_t k, int32_t level, level_lines *l)
{
    const sipas__linear_level *at = &e->linear.level[level];
    const int64_t n_groups = at->n_groups, left = at->n_nodes - k;
    const int64_t count = left < NODES_AT_ONCE ? left : NODES_AT_ONCE;

    for (int64_t g = 0; g < n_groups; g++)
        for (int64_t j = 0; j < count; j++) {
            const double estimate = at->estimate[g * at->n_nodes + k + j];

            l->values[j * n_groups + g] = at->n[count_of(at, g, k + j)] && isfinite(estimate) ? estimate : NAN;
            l->ses[j * n_groups + g] = se_of(e, level, g, k + j);
        }
}

/*
 * Degrees of freedom and critical values of a node's groups. The family are the nodes, of which some may be missing, or the
 * groups that have an interval.
 */
static void prepare_node(const filling *f, int64_t k, int32_t level, level_lines *l)
{
    const sipas__estimation *e = f->e;
    const int64_t n_groups = e->linear.level[level].n_groups, n_nodes = e->linear.nodes->n_nodes;
    const int of_groups = f->report->simultaneous != SIPAS_SIMULTANEOUS_NONE &&
                          f->report->family == SIPAS__FAMILY_GROUPS;
    const double *ses = l->ses + k % NODES_AT_ONCE * n_groups;
    int64_t members = 0, changed = k == 0;

    if (k % NODES_AT_ONCE == 0) find_values(e, k, level, l);

    for (int64_t g = 0; g < n_groups; g++) {
        const double df = df_of(e, level, g, k);

        changed |= df != l->df[g];
        l->df[g] = df;
        if (k == 0) l->df_design[g] = sipas_design_get_df(e->request.design);
        members += of_groups && df > 0.0 && !isnan(ses[g]);
    }
    if (of_groups)
        set_critical(f->report, n_groups, members, members, l);
    else if (changed)
        set_critical(f->report, n_groups, n_nodes, n_nodes - 1, l);
}

static sipas__cell compute_cell(const filling *f, int64_t k, int32_t level, int64_t g, const level_lines *l)
{
    const sipas__estimation *e = f->e;
    const sipas__interval_rule *rule = f->report->rule;
    const sipas__linear_level *at = &e->linear.level[level];
    const sipas__spread *spread = &e->spread[level];
    const int64_t i = g * at->n_nodes + k, count = count_of(at, g, k);
    sipas__cell cell = {.level = level, .group = g, .node = k, .df = l->df[g], .critical = l->critical[g]};

    cell.estimate = l->values[k % NODES_AT_ONCE * at->n_groups + g];
    cell.se = l->ses[k % NODES_AT_ONCE * at->n_groups + g];
    cell.deff = spread->srs && spread->srs[i] > 0.0 ? cell.se * cell.se / spread->srs[i] : NAN;
    if (rule) {
        rule->limits(rule->state, e, &cell);
        return cell;
    }
    cell.lower = cell.estimate - cell.critical.quantile * cell.se;
    cell.upper = cell.estimate + cell.critical.quantile * cell.se;
    cell.n_eff = cell.deff > 0.0 ? (double)at->n[count] / cell.deff : NAN;
    return cell;
}

static void compute_node(const filling *f, int64_t k, int32_t level, level_lines *l)
{
    const sipas__estimation *e = f->e;
    const sipas__linear_level *at = &e->linear.level[level];
    const sipas__remark none = {NULL, NULL};

    prepare_node(f, k, level, l);
    for (int64_t g = 0; g < at->n_groups; g++) {
        const int64_t i = g * at->n_nodes + k;
        const sipas__cell cell = compute_cell(f, k, level, g, l);
        const sipas__estimation *conditional = conditional_of(e, level, g);
        const sipas__linear_level *counted = conditional ? &conditional->linear.level[level] : at;

        l->n[g] = at->n[count_of(at, g, k)];
        l->psus[g] = counted->psus[count_of(counted, g, k)];
        l->estimate[g] = cell.estimate;
        l->se[g] = cell.se;
        l->lower[g] = cell.lower;
        l->upper[g] = cell.upper;
        l->cv[g] = cell.estimate != 0.0 ? cell.se / fabs(cell.estimate) : NAN;
        l->deff[g] = cell.deff;
        l->n_eff[g] = cell.n_eff;
        l->kish[g] = e->spread[level].kish ? e->spread[level].kish[i] : NAN;
        l->plain[g] = at->plain ? at->plain[i] : NAN;
        l->remark[g] = cell.remark ? *cell.remark : none;
    }
}

static void write_node(sipas_table *table, const report_columns *c, int64_t row, int64_t n, const level_lines *l)
{
    sipas__table_fill_i64(table, c->n, row, n, l->n);
    sipas__table_fill_i64(table, c->psus, row, n, l->psus);
    sipas__table_fill_f64(table, c->df, row, n, l->df);
    sipas__table_fill_f64(table, c->df_design, row, n, l->df_design);
    sipas__table_fill_f64(table, c->estimate, row, n, l->estimate);
    sipas__table_fill_f64(table, c->se, row, n, l->se);
    sipas__table_fill_f64(table, c->lower, row, n, l->lower);
    sipas__table_fill_f64(table, c->upper, row, n, l->upper);
    sipas__table_fill_f64(table, c->cv, row, n, l->cv);
    sipas__table_fill_f64(table, c->deff, row, n, l->deff);
    sipas__table_fill_f64(table, c->n_eff, row, n, l->n_eff);
    sipas__table_fill_f64(table, c->kish, row, n, l->kish);
    sipas__table_fill_f64(table, c->unweighted, row, n, l->plain);
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

/*
 * True when nothing is to be said of a group at node k, as the lines tell without a look at the group: of most. A group that lies in one
 * PSU was noted at its first node.
 */
static int is_clear(const filling *f, const place *p, const level_lines *lines)
{
    const sipas__request *request = &f->e->request;
    const int64_t g = p->group;

    if (f->e->conditional || f->report->rule) return 0;
    if (!isnan(lines->se[g])) return lines->df[g] > 0.0 && !(request->deff && isnan(lines->deff[g]));
    return p->node > 0 && !request->totals && !isnan(lines->estimate[g]) &&
           f->e->linear.level[p->level].domain_psus[g] == 1;
}

/* What is to be said of the groups of a node, of which the first is at `first`. */
static sipas_status note_node(filling *f, const place *first, const level_lines *lines, sipas_error *err)
{
    for (int64_t g = 0; g < f->e->linear.level[first->level].n_groups; g++) {
        const place p = {first->level, g, first->node, first->row + g};
        const sipas__remark *remark = &lines->remark[g];
        sipas_status status = sipas__steps_add(&f->steps, 1, err);

        if (status < 0) return status;
        if (is_clear(f, &p, lines)) continue;
        note_gaps(f, &p, lines->df[g], lines->se[g]);
        note_deff(f, &p, lines->deff[g]);
        if (remark->code) note_gap(f, &p, 1, remark->code, remark->sentence);
    }
    return SIPAS_OK;
}

/* All nodes of one level. */
static sipas_status report_level(filling *f, int32_t level, int64_t first_row, sipas_error *err)
{
    const sipas__estimation *e = f->e;
    const int64_t n_groups = e->linear.level[level].n_groups;
    level_lines lines;
    sipas_status status = SIPAS_OK;

    if (!alloc_lines(e, n_groups, &lines)) return sipas__error_memory(err);
    for (int64_t k = 0; k < e->linear.nodes->n_nodes && status == SIPAS_OK; k++) {
        const place first = {level, 0, k, first_row + k * f->per_node};

        compute_node(f, k, level, &lines);
        sipas__domain_write_groups(e->request.domain, f->table, &f->columns.group, first.row, level);
        write_node(f->table, &f->columns, first.row, n_groups, &lines);
        status = note_node(f, &first, &lines, err);
    }
    note_whole(e, f->table, level, first_row);
    free_lines(e, &lines);
    return status;
}

static void note_lonely(const sipas__estimation *e, sipas_table *table)
{
    const sipas_design *design = e->request.design;
    static const char *const done[] = {
        [SIPAS_LONELY_REMOVE] = "adds nothing to the variance",
        [SIPAS_LONELY_CERTAINTY] = "is taken as drawn with certainty",
        [SIPAS_LONELY_ADJUST] = "is centred on the mean over all PSUs",
        [SIPAS_LONELY_AVERAGE] = "counts as the average of the other strata",
        [SIPAS_LONELY_ADJUST_ZERO] = "is centred on zero",
        [SIPAS_LONELY_COLLAPSE] = "is taken together with others",
    };

    SIPAS__EVERY(done, LONELY);
    for (int64_t h = 0; h < design->stage[0].n_strata; h++) {
        char name[96];

        if (!e->variance.lonely_met[h]) continue;
        sipas__design_stratum_name(design, h, name, sizeof name);
        sipas__table_note(table, "lonely_psu", name, -1, "%s has one PSU: it %s", name, done[design->lonely_psu]);
    }
}

int64_t sipas__estimation_rows(const sipas__estimation *e)
{
    int64_t groups = 0;

    for (int32_t i = 0; i < e->request.n_levels; i++) groups += e->linear.level[i].n_groups;
    return groups * e->linear.nodes->n_nodes;
}

sipas_status sipas__estimation_report(const sipas__estimation *e, const sipas__report *report, sipas_table *table,
                                      const sipas_schema *schema, sipas_error *err)
{
    const int64_t n_rows = sipas__estimation_rows(e);
    filling f = {.e = e,
                 .report = report,
                 .table = table,
                 .per_node = n_rows / e->linear.nodes->n_nodes,
                 .steps = {e->ctx, "results", n_rows, 0}};
    int64_t first_row = 0;
    sipas_cov *cov;
    sipas_status status;

    if ((status = sipas__domain_check_names(e->request.domain, schema, err)) < 0) return status;
    add_columns(&f, schema);
    for (int32_t level = 0; level < e->request.n_levels; level++) {
        status = report_level(&f, level, first_row, err);
        if (status < 0) return status;
        first_row += e->linear.level[level].n_groups;
    }
    note_lonely(e, table);
    sipas__design_annotate(e->request.design, table);
    sipas__domain_note(e->request.domain, table);
    sipas__table_meta(table, "confidence", "%.15g", report->confidence);
    if (report->simultaneous != SIPAS_SIMULTANEOUS_NONE) {
        sipas__table_meta(table, "simultaneous", "%s", sipas__critical_name(report->simultaneous));
        sipas__table_meta(table, "family", "%s",
                          report->family == SIPAS__FAMILY_GROUPS ? "groups of one variable and level"
                                                                 : "categories of one variable and group");
    }
    sipas__table_meta(table, "variance", "taylor/1");
    sipas__table_meta(table, "df_rule", "%s", sipas__enum_word(SIPAS__ENUM_DF, e->request.design->df));
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

/*
 * Every category of one variable at once. A row has one category, so what there is to sum are the cells that occur, unit by unit, and
 * not a variable for each category: the domains are crossed with the categories, and one variable is summed, 1 for those who have a
 * value. That gives N_k, the total of a category, and W, that of all who have a value, by unit u and in all.
 *
 * The total of a category is a total by group. To the error of its share p = N/W a unit contributes z_u = (N_u - p W_u)/W, which is
 * nowhere 0; but a variance is a quadratic form (z, z), so
 *
 *     (z, z) W² = (N, N) - 2 p (N, W) + p² (W, W)
 *
 * where (N, W) = Σ N_u g_u over the units that have the category, g the gradient ½ d(W, W)/dW_u, which is that of the group: a sum over
 * the stages of (1 - f) n/(n - 1) (W_i - W̄) for the unit i that u lies in (engine/variance.h). What is lost to cancellation shows
 * in the size of the terms; where it is more than two digits, and under designs whose form is another, z itself goes into the
 * engine, unit by unit. Where rows are units, and only their strata are summed, (N, W) needs Σ w² of the category too, and the few
 * categories that cancel (that have nearly all rows of a group) are made variables.
 *
 * O(rows + cells) where that does not happen, else O(units × categories).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <string.h>

#include "base/context.h"
#include "data/domain_cross.h"
#include "engine/estimation.h"
#include "num/sum.h"

/* No more categories than these are variables of their own. */
enum { FEW = 3 };

/* Of the terms at least this share is left of their sum, or they cancel: two digits of sixteen. */
#define LEFT (1.0 / 64.0)

/* 1 for a row that has a value, and its weight. */
typedef struct presence {
    const sipas_design *design;
    const int32_t *category;
    int32_t n_categories;
    int with_weights;
} presence;

/* A cell that nearly cancels. */
typedef struct cancelled {
    int32_t level, variable;
    int64_t group, category;
} cancelled;

/* A group, while its categories are looked at. */
typedef struct group_work {
    int64_t n_units;      /* those of the last stage; rows in by_row, and strata where segments are strata of rows */
    sipas__entries units; /* z = W_u */
    double *n, *gradient; /* by unit of the last stage */
    double *slope;        /* by stratum of rows: what Σ w² counts for */
    double *total, *part; /* by entry */
    int32_t *owner, *id, *stratum;
    sipas__entries direct; /* z of one category */
} group_work;

typedef struct job {
    sipas__estimation *e; /* what is made */
    sipas__estimation x;  /* that of the crossed domains: levels crossed, then as they are */
    sipas__crossed crossed;
    presence presence;
    sipas__source source;
    sipas__atom atom;
    int64_t start[2];
    int32_t term_atom;
    double term_coef;
    sipas__nodes nodes;
    int sparse;  /* the form of the design is one of those above */
    int of_rows; /* segments are strata of rows */
    group_work work;
    cancelled *cancels; /* cells whose category is to be made a variable */
    int64_t n_cancels, cancels_room;
} job;

/* ---- which way ---- */

static int has_lonely(const sipas_design *design)
{
    for (int32_t s = 0; s < design->n_stages; s++)
        for (int64_t h = 0; h < design->stage[s].n_strata; h++)
            if (design->stage[s].stratum_units[h] == 1 && design->stage[s].stratum_f[h] < SIPAS__TAKEN_WHOLE) return 1;
    return 0;
}

/* Lonely strata that count by those around them: not by their own units alone. */
static int looks_around(const sipas_design *design)
{
    const int32_t rule = design->lonely_psu;

    return rule != SIPAS_LONELY_ERROR && rule != SIPAS_LONELY_REMOVE && rule != SIPAS_LONELY_CERTAINTY &&
           rule != SIPAS_LONELY_ADJUST_ZERO && has_lonely(design);
}

static int is_sparse(const sipas_design *design)
{
    return design->pps.method == SIPAS_PPS_NONE && design->phase2.kind == SIPAS_PHASE2_NONE &&
           !design->collapse.group && !looks_around(design);
}

/* Only strata of rows are summed. */
static int sums_strata(const sipas_design *design)
{
    return design->stage[design->n_stages - 1].rows_are_units && !sipas__design_needs_units(design);
}

int sipas__categories_fit(const sipas__request *request)
{
    const sipas_design *design = request->design;

    return request->categories && request->categories->n_levels > FEW && !request->cov && !request->residual &&
           request->whole.source < 0 && (request->totals || design->one_psu != SIPAS_ONE_PSU_CONDITIONAL) &&
           (!sums_strata(design) || is_sparse(design));
}

/* ---- the crossed estimation ---- */

static void fill(const void *state, int64_t row, int64_t n, double *values, double *work, sipas__fault *fault)
{
    const presence *p = state;

    (void)work;
    (void)fault;
    if (p->with_weights) sipas__design_read_weights(p->design, row, n, values + SIPAS__TILE);
    for (int64_t i = 0; i < n; i++) {
        const int there = p->category[row + i] < p->n_categories;

        values[i] = there ? 1.0 : NAN;
        if (p->with_weights && !there) values[SIPAS__TILE + i] = NAN;
    }
}

static sipas_status explain(const void *state, const sipas__fault *fault, sipas_error *err)
{
    (void)state;
    return sipas__error_set(err, SIPAS_ERR_VALUE, fault->row, SIPAS__NOWHERE, NULL, "row %lld", (long long)fault->row);
}

static sipas_status open_crossed(job *j, const sipas__request *request, sipas_error *err)
{
    sipas__request own = *request;
    sipas_status status = sipas__domain_cross(&j->crossed, request->domain, request->categories, err);

    if (status < 0) return status;
    j->presence = (presence){request->design, j->crossed.category, (int32_t)request->categories->n_levels,
                             request->deff != SIPAS_DEFF_NONE || (j->of_rows && !request->totals)};
    j->source = (sipas__source){.n_vars = j->presence.with_weights ? 2 : 1,
                                .state = &j->presence,
                                .fill = fill,
                                .explain = explain,
                                .plain = request->source->plain};
    j->atom = (sipas__atom){0, SIPAS__DEN_NONE};
    j->start[1] = 1;
    j->term_coef = 1.0;
    j->nodes = (sipas__nodes){.n_atoms = 1,
                              .atoms = &j->atom,
                              .n_nodes = 1,
                              .start = j->start,
                              .term_atom = &j->term_atom,
                              .term_coef = &j->term_coef};
    own.domain = &j->crossed.domain;
    own.source = &j->source;
    own.nodes = &j->nodes;
    own.categories = NULL;
    own.n_levels = 0;
    own.totals = 1;
    own.deff = SIPAS_DEFF_NONE;
    return sipas__estimation_init(&j->x, &own, err);
}

/* ---- what a group has ---- */

static int alloc_work(job *j)
{
    const sipas_design *design = j->e->request.design;
    const sipas__linear *linear = &j->x.linear;
    group_work *w = &j->work;
    sipas_ctx *ctx = j->e->ctx;
    const int64_t most = sipas__units_most(linear, design, NULL);

    w->n_units = j->x.moments.by_row ? design->n
                 : j->of_rows        ? design->stage[design->n_stages - 1].n_strata
                                     : design->stage[design->n_stages - 1].n_units;
    w->n = sipas__alloc(ctx, w->n_units, sizeof *w->n);
    w->gradient = sipas__alloc(ctx, w->n_units, sizeof *w->gradient);
    w->slope = sipas__alloc(ctx, j->of_rows ? w->n_units : 0, sizeof *w->slope);
    w->total = sipas__alloc(ctx, most, sizeof *w->total);
    w->part = sipas__alloc(ctx, most, sizeof *w->part);
    w->owner = sipas__alloc(ctx, most, sizeof *w->owner);
    w->id = sipas__alloc(ctx, most, sizeof *w->id);
    w->stratum = sipas__alloc(ctx, most, sizeof *w->stratum);
    return w->n && w->gradient && w->slope && w->total && w->part && w->owner && w->id && w->stratum &&
           sipas__entries_new(ctx, most, 1, &w->units) && sipas__entries_new(ctx, most, 1, &w->direct);
}

static void free_work(job *j)
{
    group_work *w = &j->work;
    void *blocks[] = {w->n, w->gradient, w->slope, w->total, w->part, w->owner, w->id, w->stratum};

    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) sipas__free(j->e->ctx, blocks[b]);
    sipas__entries_clear(j->e->ctx, &w->units);
    sipas__entries_clear(j->e->ctx, &w->direct);
    sipas__free(j->e->ctx, j->cancels);
}

/*
 * What the units of one stage add to the gradient, from their totals: by entry. An entry that is a stratum of rows has what they share,
 * the mean, and the slope by which each row's own weight counts.
 */
static void stage_gradient(const job *j, int32_t s, int64_t n, group_work *w)
{
    const sipas__stage *stage = &j->e->request.design->stage[s];

    for (int64_t first = 0, last; first < n; first = last) {
        const int64_t h = w->stratum[first];
        const double units = (double)stage->stratum_units[h], open = 1.0 - stage->stratum_f[h];
        const int whole = stage->stratum_f[h] >= SIPAS__TAKEN_WHOLE, lonely = stage->stratum_units[h] == 1;
        double factor = j->x.variance.factor[s][h] * open, sum = 0.0;

        for (last = first; last < n && w->stratum[last] == h; last++) sum += w->total[last];
        if (whole || (lonely && j->e->request.design->lonely_psu != SIPAS_LONELY_ADJUST_ZERO)) factor = 0.0;
        if (!lonely) factor *= units / (units - 1.0);
        for (int64_t i = first; i < last; i++) {
            const int rows = j->of_rows && s == j->e->request.design->n_stages - 1;

            w->part[i] = factor * ((rows ? 0.0 : w->total[i]) - (lonely ? 0.0 : sum / units));
            if (rows) w->slope[h] = factor;
        }
    }
}

/* Entries become the units that they lie in; those of one unit follow each other. Returns how many there are. */
static int64_t climb(const job *j, int32_t s, int64_t n, group_work *w)
{
    const sipas_design *design = j->e->request.design;
    int64_t n_up = 0;

    for (int64_t i = 0; i < n; i++) {
        const int32_t up = design->stage[s].stratum_parent[w->stratum[i]];
        const double total = w->total[i];

        if (n_up == 0 || w->id[n_up - 1] != up) {
            w->id[n_up] = up;
            w->total[n_up++] = 0.0;
        }
        w->total[n_up - 1] += total;
        w->part[i] = (double)(n_up - 1); /* for the owners below */
    }
    for (int64_t u = 0; u < w->units.n; u++) w->owner[u] = (int32_t)w->part[w->owner[u]];
    for (int64_t i = 0; i < n_up; i++) w->stratum[i] = design->stage[s - 1].unit_stratum[w->id[i]];
    return n_up;
}

/* Gradient of (W, W) by unit of the last stage. */
static void make_gradient(const job *j, group_work *w)
{
    int64_t n = w->units.n;

    for (int64_t u = 0; u < n; u++) {
        w->owner[u] = (int32_t)u;
        w->id[u] = w->units.id[u];
        w->stratum[u] = w->units.stratum[u];
        w->total[u] = w->units.z[u];
        w->gradient[w->units.id[u]] = 0.0;
    }
    for (int32_t s = j->e->request.design->n_stages - 1; s >= 0; s--) {
        stage_gradient(j, s, n, w);
        for (int64_t u = 0; u < w->units.n; u++) w->gradient[w->units.id[u]] += w->part[w->owner[u]];
        if (s > 0) n = climb(j, s, n, w);
    }
}

/* ---- variances ---- */

/* Adds the totals of a crossed group to the units that have it. */
static void add_units(const job *j, int32_t level, int64_t cross)
{
    const sipas__linear_level *at = &j->x.linear.level[level];
    const sipas__moments *m = &j->x.moments;

    for (int64_t i = at->start[cross]; i < at->start[cross + 1]; i++)
        j->work.n[m->leaf[at->segments[i]]] += sipas__moments_sum(m, at->segments[i], 0);
}

/* By the units themselves: z = (N - p W)/W, or for totals (p = 0, size = 1) N. `cross` < 0: the category has no row here. */
static sipas_status direct_variance(job *j, int32_t level, int64_t cross, double p, double size, double *variance,
                                    sipas_error *err)
{
    group_work *w = &j->work;

    w->direct.n = w->units.n;
    w->direct.n_nodes = 1;
    if (cross >= 0) add_units(j, level, cross);
    for (int64_t u = 0; u < w->units.n; u++) {
        w->direct.id[u] = w->units.id[u];
        w->direct.stratum[u] = w->units.stratum[u];
        w->direct.z[u] = (w->n[w->units.id[u]] - p * w->units.z[u]) / size;
    }
    for (int64_t u = 0; u < w->units.n; u++) w->n[w->units.id[u]] = 0.0;
    return sipas__variance_of_units(&j->x.variance, &w->direct, variance, err);
}

/* (N, W): over the units that have the category, or over the strata of the rows that have it. */
static double mixed_form(const job *j, int32_t level, int64_t cross)
{
    const sipas__linear_level *at = &j->x.linear.level[level];
    const sipas__moments *m = &j->x.moments;
    sipas__sum sum = {0.0, 0.0};

    for (int64_t i = at->start[cross]; i < at->start[cross + 1]; i++) {
        const int64_t s = at->segments[i];

        sipas__sum_add(&sum, sipas__moments_sum(m, s, 0) * j->work.gradient[m->leaf[s]]);
        if (j->of_rows) sipas__sum_add(&sum, sipas__moments_sum(m, s, 1) * j->work.slope[m->leaf[s]]);
    }
    return sipas__sum_value(&sum);
}

/* The cell waits for its category to be a variable. */
static sipas_status put_off(job *j, int32_t level, int64_t g, int64_t k, sipas_error *err)
{
    void *cancels = j->cancels;

    if (!sipas__grow(j->e->ctx, &cancels, &j->cancels_room, j->n_cancels + 1, sizeof *j->cancels))
        return sipas__error_memory(err);
    j->cancels = cancels;
    j->cancels[j->n_cancels++] = (cancelled){level, 0, g, k};
    return SIPAS_OK;
}

/* Variance of the share of category k in a group. */
static sipas_status share_variance(job *j, int32_t level, int64_t g, int64_t k, int64_t cross, double p, double size,
                                   double *variance, sipas_error *err)
{
    if (j->sparse) {
        const int32_t base = j->x.linear.n_levels / 2 + level;
        const double own = j->x.spread[level].variance[cross], all = j->x.spread[base].variance[g];
        const double mixed = mixed_form(j, level, cross);
        const double left = own - 2.0 * p * mixed + p * p * all;

        *variance = left / (size * size);
        if (left >= LEFT * (own + 2.0 * fabs(p * mixed) + p * p * all) && isfinite(*variance)) return SIPAS_OK;
    }
    if (j->of_rows) return put_off(j, level, g, k, err);
    return direct_variance(j, level, cross, p, size, variance, err);
}

/* Lists the units of a group. */
static void open_group(job *j, int32_t level, int64_t g)
{
    double work[2 * SIPAS__LINEAR_ROWS];

    sipas__estimation_units(&j->x, j->x.linear.n_levels / 2 + level, g, work, &j->work.units);
    if (j->sparse && !j->e->request.totals) make_gradient(j, &j->work);
}

/* ---- one group ---- */

/* Sums of a group: of all who have a value, of each category. */
typedef struct group_sums {
    int64_t first, last; /* its crossed groups */
    double size;         /* W */
    double heaviest;     /* the largest total, and what is left of W without it, summed by itself */
    double rest;
    int64_t rows;
} group_sums;

static group_sums sum_group(const job *j, int32_t level, int64_t g, int64_t first, int64_t last)
{
    const sipas__linear_level *at = &j->x.linear.level[level];
    const sipas__linear_level *base = &j->x.linear.level[j->x.linear.n_levels / 2 + level];
    group_sums sums = {first, last, base->estimate[g], 0.0, 0.0, base->n[g]};
    sipas__sum rest = {0.0, 0.0};
    int64_t heaviest = first;

    for (int64_t c = first; c < last; c++)
        if (at->n[c] > 0 && at->estimate[c] > at->estimate[heaviest]) heaviest = c;
    for (int64_t c = first; c < last; c++)
        if (c != heaviest && at->n[c] > 0) sipas__sum_add(&rest, at->estimate[c]);
    if (first < last) sums.heaviest = at->estimate[heaviest];
    sums.rest = sipas__sum_value(&rest);
    return sums;
}

/* Share of the weight that does not have the category, without cancellation where that is little. */
static double other_share(const group_sums *sums, double total)
{
    return (total == sums->heaviest ? sums->rest : sums->size - total) / sums->size;
}

/* s² of a share of 0 and 1 is n/(n - 1) p q; the total has W² of its variance (engine/squares.c). */
static void simple_variance(const job *j, int32_t level, int64_t g, int64_t k, const group_sums *sums, double p,
                            double q)
{
    const sipas__request *request = &j->e->request;
    const sipas__linear_level *base = &j->x.linear.level[j->x.linear.n_levels / 2 + level];
    const int64_t cell = g * j->e->linear.nodes->n_nodes + k;
    const double n = (double)sums->rows, population = base->population[g];
    double srs = p * q / (n - 1.0) * (request->totals ? sums->size * sums->size : 1.0);

    if (!request->deff || n < 2.0 || !(population > 0.0)) return;
    if (request->deff == SIPAS_DEFF_WOR) srs *= n < population ? 1.0 - n / population : NAN;
    j->e->spread[level].srs[cell] = srs;
}

/* n Σw² / (Σw)², the same for all categories. */
static void kish(const job *j, int32_t level, int64_t g, const group_sums *sums)
{
    const sipas__linear_level *base = &j->x.linear.level[j->x.linear.n_levels / 2 + level];
    const sipas__moments *m = &j->x.moments;
    const int64_t n_nodes = j->e->linear.nodes->n_nodes;
    const double population = base->population[g];
    sipas__sum squares = {0.0, 0.0};

    if (!j->e->request.deff || !(population > 0.0)) return;
    for (int64_t i = base->start[g]; i < base->start[g + 1]; i++)
        if (sipas__moments_rows(m, base->segments[i]) > 0)
            sipas__sum_add(&squares, sipas__moments_sum(m, base->segments[i], 1));
    for (int64_t k = 0; k < n_nodes; k++)
        j->e->spread[level].kish[g * n_nodes + k] = (double)sums->rows * sipas__sum_value(&squares) /
                                                    (population * population);
}

/* One category of a group; `cross` < 0: it has no row there. */
static sipas_status make_cell(job *j, int32_t level, int64_t g, int64_t k, int64_t cross, const group_sums *sums,
                              sipas_error *err)
{
    const sipas__linear_level *at = &j->x.linear.level[level];
    const int totals = j->e->request.totals;
    const int64_t n = cross < 0 ? 0 : at->n[cross];
    const double total = n ? at->estimate[cross] : 0.0, size = totals ? 1.0 : sums->size;
    const double p = total / sums->size, q = n == sums->rows ? 0.0 : other_share(sums, total);
    sipas__linear_level *to = &j->e->linear.level[level];
    const int64_t cell = g * to->n_nodes + k;
    double *variance = &j->e->spread[level].variance[cell];

    to->size[cell] = size;
    to->value[cell] = to->estimate[cell] = size == 0.0 ? NAN : total / size;
    if (to->plain) to->plain[cell] = (double)n / (double)sums->rows;
    simple_variance(j, level, g, k, sums, p, q);
    if (!totals && to->psus[g] == 1 && !to->whole[cell])
        return SIPAS_OK; /* its error is not known, and not asked for */
    if (size == 0.0) return SIPAS_OK;
    if (j->sparse && (n == 0 || (!totals && n == sums->rows))) {
        *variance = 0.0;
        return SIPAS_OK;
    }
    if (j->sparse && totals) {
        *variance = j->x.spread[level].variance[cross];
        return SIPAS_OK;
    }
    if (totals) return direct_variance(j, level, cross, 0.0, 1.0, variance, err);
    return share_variance(j, level, g, k, cross, p, size, variance, err);
}

/* ---- all ---- */

/* Lets go of the arrays of a level that are the same with categories and without, and so stay with another level. */
static void let_go(sipas__linear_level *level)
{
    level->segment_group = level->segments = NULL;
    level->start = level->n = level->psus = NULL;
    level->domain_rows = level->domain_psus = NULL;
    level->df = level->domain_df = level->population = level->plain_value = level->share = level->coef = NULL;
}

/* A level by categories: what its groups have is borrowed, what the categories have is its own. */
static int open_level(job *j, int32_t i)
{
    const sipas__linear_level *from = &j->x.linear.level[j->x.linear.n_levels / 2 + i];
    sipas__linear_level *to = &j->e->linear.level[i];
    sipas_ctx *ctx = j->e->ctx;
    const int64_t n_nodes = j->e->linear.nodes->n_nodes, n = from->n_groups;
    const size_t line = (size_t)n_nodes * sizeof(double);

    *to = *from;
    to->own = to->source = i;
    to->n_nodes = n_nodes;
    to->alike = 1;
    to->value = sipas__alloc(ctx, n, line);
    to->size = sipas__alloc(ctx, n, line);
    to->estimate = sipas__alloc(ctx, n, line);
    to->plain = from->plain ? sipas__alloc(ctx, n, line) : NULL;
    to->whole = sipas__alloc(ctx, n, (size_t)n_nodes);
    if (!to->value || !to->size || !to->estimate || !to->whole || (from->plain && !to->plain)) return 0;
    for (int64_t c = 0; c < n * n_nodes; c++) {
        to->value[c] = to->estimate[c] = NAN;
        to->whole[c] = from->whole[c / n_nodes];
        if (to->plain) to->plain[c] = NAN;
    }
    return 1;
}

/* The group and the category of a crossed group. */
static int64_t group_of(const job *j, int32_t level, int64_t cross, int64_t *category)
{
    const sipas__domain *domain = &j->crossed.domain;
    const int32_t cell = domain->level[level].group_cell[cross];

    *category = j->crossed.cell_category[cell];
    return domain->level[domain->n_levels / 2 + level].cell_group[cell];
}

static sipas_status make_group(job *j, int32_t level, int64_t g, const group_sums *sums, sipas_error *err)
{
    const int64_t n_nodes = j->e->linear.nodes->n_nodes;
    int64_t cross = sums->first;
    sipas_status status = SIPAS_OK;

    if (sums->rows == 0) return SIPAS_OK;
    kish(j, level, g, sums);
    open_group(j, level, g);
    for (int64_t k = 0; status == SIPAS_OK && k < n_nodes; k++) {
        int64_t category = -1;

        if (cross < sums->last) (void)group_of(j, level, cross, &category);
        if (k % 256 == 255) status = sipas__progress(j->e->ctx, "adding up categories", k, n_nodes, err);
        if (status == SIPAS_OK) status = make_cell(j, level, g, k, category == k ? cross++ : -1, sums, err);
    }
    return status;
}

static sipas_status make_level(job *j, int32_t level, sipas_error *err)
{
    const int64_t n_cross = j->x.linear.level[level].n_groups, n_nodes = j->e->linear.nodes->n_nodes;
    sipas_status status = SIPAS_OK;

    for (int64_t cross = 0, last; status == SIPAS_OK && cross < n_cross; cross = last) {
        int64_t category, found = 0;
        const int64_t g = group_of(j, level, cross, &category);
        group_sums sums;

        for (last = cross; last < n_cross && group_of(j, level, last, &category) == g; last++)
            found += category < n_nodes; /* rows without a value come last */
        sums = sum_group(j, level, g, cross, cross + found);
        status = make_group(j, level, g, &sums, err);
    }
    return status;
}

/* ---- categories as variables ---- */

/* Indicators of some categories. */
typedef struct indicators {
    const int32_t *category;
    int32_t *variable; /* by category; -1 = none of them */
    int32_t n_categories;
    int64_t n_vars;
} indicators;

static void fill_indicators(const void *state, int64_t row, int64_t n, double *values, double *work,
                            sipas__fault *fault)
{
    const indicators *v = state;

    (void)work;
    (void)fault;
    for (int64_t k = 0; k < v->n_vars; k++)
        for (int64_t i = 0; i < n; i++) {
            const int32_t category = v->category[row + i];

            values[k * SIPAS__TILE + i] = category == v->n_categories ? NAN : (double)(v->variable[category] == k);
        }
}

/* Means of n variables. */
static int make_means(sipas_ctx *ctx, int64_t n, sipas__nodes *nodes, int64_t **start, int32_t **term_atom,
                      double **coef, sipas__atom **atoms)
{
    *start = sipas__alloc(ctx, n + 1, sizeof **start);
    *term_atom = sipas__alloc(ctx, n, sizeof **term_atom);
    *coef = sipas__alloc(ctx, n, sizeof **coef);
    *atoms = sipas__alloc(ctx, n, sizeof **atoms);
    if (!*start || !*term_atom || !*coef || !*atoms) return 0;
    for (int64_t k = 0; k < n; k++) {
        (*start)[k + 1] = k + 1;
        (*term_atom)[k] = (int32_t)k;
        (*coef)[k] = 1.0;
        (*atoms)[k] = (sipas__atom){(int32_t)k, SIPAS__DEN_PRESENT};
    }
    *nodes = (sipas__nodes){
        .n_atoms = n, .atoms = *atoms, .n_nodes = n, .start = *start, .term_atom = *term_atom, .term_coef = *coef};
    return 1;
}

/* Numbers the categories that wait. */
static void number_cancelled(job *j, indicators *v)
{
    for (int32_t k = 0; k < v->n_categories; k++) v->variable[k] = -1;
    for (int64_t i = 0; i < j->n_cancels; i++) {
        int32_t *variable = &v->variable[j->cancels[i].category];

        if (*variable < 0) *variable = (int32_t)v->n_vars++;
        j->cancels[i].variable = *variable;
    }
}

/* The variances that wait, from the rows. */
static sipas_status make_cancelled(job *j, sipas_error *err)
{
    sipas__estimation *e = j->e;
    indicators v = {j->crossed.category, NULL, (int32_t)e->linear.nodes->n_nodes, 0};
    sipas__source source = {.state = &v, .fill = fill_indicators, .explain = explain};
    sipas__request own = e->request;
    sipas__estimation made = {0};
    sipas__nodes nodes;
    int64_t *start = NULL;
    int32_t *term_atom = NULL;
    double *coef = NULL;
    sipas__atom *atoms = NULL;
    sipas_status status = SIPAS_OK;

    v.variable = sipas__alloc(e->ctx, v.n_categories, sizeof *v.variable);
    if (v.variable) number_cancelled(j, &v);
    if (!v.variable || !make_means(e->ctx, v.n_vars, &nodes, &start, &term_atom, &coef, &atoms))
        status = sipas__error_memory(err);
    source.n_vars = v.n_vars;
    own.source = &source;
    own.nodes = &nodes;
    own.categories = NULL;
    own.deff = SIPAS_DEFF_NONE;
    if (status == SIPAS_OK) status = sipas__estimation_init(&made, &own, err);
    for (int64_t i = 0; status == SIPAS_OK && i < j->n_cancels; i++) {
        const cancelled *c = &j->cancels[i];

        e->spread[c->level].variance[c->group * v.n_categories + c->category] =
            made.spread[c->level].variance[c->group * v.n_vars + c->variable];
    }
    if (status == SIPAS_OK) sipas__estimation_clear(&made);
    sipas__free(e->ctx, v.variable);
    sipas__free(e->ctx, start);
    sipas__free(e->ctx, term_atom);
    sipas__free(e->ctx, coef);
    sipas__free(e->ctx, atoms);
    return status;
}

/* Hands over what the crossed estimation has made, or takes back what was borrowed. */
static void close_job(job *j, int done)
{
    sipas__estimation *e = j->e;
    const int32_t n_levels = e->linear.level ? e->linear.n_levels : 0;

    for (int32_t i = 0; i < n_levels; i++) let_go(done ? &j->x.linear.level[n_levels + i] : &e->linear.level[i]);
    for (int32_t i = 0; done && i < 2 * n_levels; i++)
        if (j->x.linear.level[i].segment_group == j->x.moments.cell) j->x.linear.level[i].segment_group = NULL;
    if (done) {
        e->moments = j->x.moments;
        e->variance = j->x.variance;
        memset(&j->x.moments, 0, sizeof j->x.moments);
        memset(&j->x.variance, 0, sizeof j->x.variance);
    }
    free_work(j);
    sipas__estimation_clear(&j->x);
    sipas__crossed_clear(&j->crossed);
    if (!done) sipas__estimation_clear(e);
}

sipas_status sipas__categories_init(sipas__estimation *e, const sipas__request *request, sipas_error *err)
{
    job j = {.e = e};
    sipas_status status;
    int done = 1;

    memset(e, 0, sizeof *e);
    e->ctx = sipas__ctx_ref(request->design->ctx);
    e->request = *request;
    e->request.n_levels = request->domain->n_levels;
    e->linear.ctx = sipas__ctx_ref(e->ctx);
    e->linear.nodes = request->nodes;
    e->linear.moments = &e->moments;
    j.sparse = is_sparse(request->design);
    j.of_rows = sums_strata(request->design);
    status = open_crossed(&j, request, err);
    if (status == SIPAS_OK) {
        e->linear.level = sipas__alloc(e->ctx, request->domain->n_levels, sizeof *e->linear.level);
        e->linear.n_levels = e->linear.level ? request->domain->n_levels : 0;
        done = e->linear.level != NULL;
    }
    for (int32_t i = 0; status == SIPAS_OK && done && i < e->linear.n_levels; i++) done = open_level(&j, i);
    if (status == SIPAS_OK && (!done || !alloc_work(&j) || !sipas__estimation_alloc_spread(e)))
        status = sipas__error_memory(err);
    for (int32_t i = 0; status == SIPAS_OK && i < e->linear.n_levels; i++) status = make_level(&j, i, err);
    if (status == SIPAS_OK && j.n_cancels > 0) status = make_cancelled(&j, err);
    close_job(&j, status == SIPAS_OK);
    return status;
}

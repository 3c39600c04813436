/*
 * Covariance between the rows of a result, on demand.
 *
 * Kept: the linearized totals of last-stage units, per group, for all nodes. A variance is a quadratic form in these
 * totals, whatever the stages and the rule for lonely PSUs; so by polarization cov(a, b) = (V(a + b) - V(a - b)) / 4,
 * with the one variance engine. On the diagonal that is V(a) to the bit; rows without a stratum in common give
 * exactly 0. The smaller of a and b is first brought to the size of the larger by a power of two, else their sum
 * would hide it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <string.h>

#include "base/context.h"
#include "engine/covariance.h"
#include "engine/estimation.h"
#include "num/order.h"

void sipas__cov_free(sipas_cov *cov)
{
    if (!cov) return;
    for (int64_t g = 0; cov->entries && g < cov->n_groups; g++) sipas__entries_clear(cov->ctx, &cov->entries[g]);
    sipas__free(cov->ctx, cov->entries);
    sipas__free(cov->ctx, cov->se);
    sipas_design_free(cov->design);
    sipas__free(cov->ctx, cov); /* the context is the design's, and others hold it too */
}

/* Which units of a group have an answer to which node. */
static int mark_answers(sipas_cov *cov, const sipas__estimation *e, int32_t level, int64_t group, sipas__entries *kept)
{
    const sipas__linear_level *at = &e->linear.level[level];
    const sipas__moments *m = &e->moments;
    int64_t unit = 0; /* segments and units are in one order */

    if (at->alike) return 1;
    kept->answers = sipas__alloc(cov->ctx, kept->n, (size_t)cov->n_nodes);
    if (!kept->answers) return 0;
    for (int64_t i = at->start[group]; i < at->start[group + 1]; i++) {
        const int64_t s = at->segments[i];
        double weight;

        if (sipas__moments_rows(m, s) == 0) continue;
        while (kept->id[unit] != m->leaf[s]) unit++;
        for (int64_t k = 0; k < cov->n_nodes; k++)
            if (sipas__linear_node_rows(&e->linear, s, k, &weight) > 0)
                kept->answers[unit * cov->n_nodes + k] = SIPAS__UNIT_ANSWERS;
            else if (kept->answers[unit * cov->n_nodes + k] == SIPAS__UNIT_NOTHING)
                kept->answers[unit * cov->n_nodes + k] = SIPAS__UNIT_ROWS;
    }
    return 1;
}

static int keep_group(sipas_cov *cov, const sipas__estimation *e, int32_t level, int64_t group, double *work,
                      sipas__entries *kept)
{
    const sipas__linear_level *at = &e->linear.level[level];
    const int64_t rows = at->start[group + 1] - at->start[group];
    const int64_t room = e->request.residual ? sipas__units_most(&e->linear, e->request.design, e->request.residual)
                                             : rows;

    if (!sipas__entries_new(cov->ctx, room, cov->n_nodes, kept)) return 0;
    sipas__estimation_units(e, level, group, work, kept);
    return mark_answers(cov, e, level, group, kept);
}

sipas_status sipas__estimation_cov(const sipas__estimation *e, sipas_cov **out, sipas_error *err)
{
    sipas_cov *cov = sipas__alloc(e->ctx, 1, sizeof *cov);
    sipas__steps steps = {e->ctx, "covariances", e->request.n_levels * e->moments.n_segments * e->linear.nodes->n_nodes,
                          0};
    double *work = sipas__alloc(e->ctx, sipas__estimation_work(e), sizeof *work);
    sipas_status status = SIPAS_OK;
    int64_t at = 0;
    int done = cov && work;

    if (cov) cov->ctx = e->ctx;
    if (done) {
        cov->design = sipas__design_ref(e->request.design);
        cov->n_nodes = e->linear.nodes->n_nodes;
        for (int32_t i = 0; i < e->request.n_levels; i++) cov->n_groups += e->linear.level[i].n_groups;
        cov->entries = sipas__alloc(e->ctx, cov->n_groups, sizeof *cov->entries);
        cov->se = sipas__alloc(e->ctx, cov->n_groups * cov->n_nodes, sizeof *cov->se);
        done = cov->entries && cov->se;
    }
    for (int32_t i = 0; done && i < e->request.n_levels; i++)
        for (int64_t g = 0; done && g < e->linear.level[i].n_groups; g++, at++) {
            const sipas__linear_level *from = &e->linear.level[i];

            status = sipas__steps_add(&steps, (from->start[g + 1] - from->start[g]) * cov->n_nodes, err);
            done = status == SIPAS_OK && keep_group(cov, e, i, g, work, &cov->entries[at]);
            for (int64_t k = 0; k < cov->n_nodes; k++)
                cov->se[k * cov->n_groups + at] = sipas__conditional_of(e, i, g)
                                                      ? NAN
                                                      : sipas__estimation_se(e, i, g * cov->n_nodes + k);
        }
    sipas__free(e->ctx, work);
    if (!done) {
        sipas__cov_free(cov);
        return status < 0 ? status : sipas__error_memory(err);
    }
    *out = cov;
    return SIPAS_OK;
}

static uint8_t unit_has(const sipas__entries *e, int64_t i, int64_t node)
{
    return e->answers ? e->answers[i * e->n_nodes + node] : SIPAS__UNIT_ANSWERS;
}

/* Unit-wise sum and difference of a row and `times` another, over the union of their units. */
static void join_rows(const sipas__entries *a, int64_t node_a, const sipas__entries *b, int64_t node_b, double times,
                      sipas__entries *joined)
{
    int64_t i = 0, j = 0;

    joined->n = 0;
    joined->n_nodes = 2;
    while (i < a->n || j < b->n) {
        const int take_a = i < a->n && (j == b->n || a->stratum[i] < b->stratum[j] ||
                                        (a->stratum[i] == b->stratum[j] && a->id[i] <= b->id[j]));
        const int take_b = j < b->n && (i == a->n || b->stratum[j] < a->stratum[i] ||
                                        (b->stratum[j] == a->stratum[i] && b->id[j] <= a->id[i]));
        const double x = take_a ? a->z[i * a->n_nodes + node_a] : 0.0;
        const double y = take_b ? times * b->z[j * b->n_nodes + node_b] : 0.0;

        joined->id[joined->n] = take_a ? a->id[i] : b->id[j];
        joined->stratum[joined->n] = take_a ? a->stratum[i] : b->stratum[j];
        joined->z[2 * joined->n] = x + y;
        joined->z[2 * joined->n + 1] = x - y;
        joined->n += (take_a && unit_has(a, i, node_a)) || (take_b && unit_has(b, j, node_b));
        i += take_a;
        j += take_b;
    }
}

int64_t sipas__cov_most_units(const sipas_cov *cov)
{
    int64_t most = 1;

    for (int64_t g = 0; g < cov->n_groups; g++)
        if (cov->entries[g].n > most) most = cov->entries[g].n;
    return most;
}

static sipas_status check_rows(const sipas_cov *cov, const int64_t *rows, int64_t n, const char *name, sipas_error *err)
{
    if (n < 0) return sipas__error_argument(err, name, "has fewer than 0 rows");
    if (!rows && n > 0) return sipas__error_argument(err, name, "is NULL");
    for (int64_t i = 0; i < n; i++)
        if (rows[i] < 0 || rows[i] >= cov->n_groups * cov->n_nodes)
            return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, rows[i], SIPAS__NOWHERE, name,
                                    "%s: %lld is no row of the table of %lld rows", name, (long long)rows[i],
                                    (long long)(cov->n_groups * cov->n_nodes));
    return SIPAS_OK;
}

static sipas_status one_covariance(const sipas_cov *cov, sipas__variance *engine, sipas__entries *joined, int64_t row,
                                   int64_t column, double *out, sipas_error *err)
{
    const double times = sipas__variance_scale(cov->se[row], cov->se[column]);
    double variance[2];
    sipas_status status;

    *out = NAN;
    if (isnan(cov->se[row]) || isnan(cov->se[column])) return SIPAS_OK;
    join_rows(&cov->entries[row % cov->n_groups], row / cov->n_groups, &cov->entries[column % cov->n_groups],
              column / cov->n_groups, times, joined);
    status = sipas__variance_of_units(engine, joined, variance, err);
    if (status == SIPAS_OK) *out = (variance[0] - variance[1]) / 4.0 / times;
    return status;
}

sipas_status sipas_cov_get_block(const sipas_cov *cov, const int64_t *row, int64_t n_row, const int64_t *column,
                                 int64_t n_column, double *out, sipas_error *err)
{
    sipas__variance engine;
    sipas__entries joined = {0};
    int64_t room;
    sipas_status status;

    if (!cov) return sipas__error_argument(err, "cov", "is NULL");
    if (!out && n_row > 0 && n_column > 0) return sipas__error_argument(err, "out", "is NULL");
    if ((status = check_rows(cov, row, n_row, "row", err)) < 0) return status;
    if ((status = check_rows(cov, column, n_column, "column", err)) < 0) return status;
    if ((status = sipas__variance_init(&engine, cov->design, err)) < 0) return status;
    room = 2 * sipas__cov_most_units(cov);
    if (!sipas__entries_new(cov->ctx, room, 2, &joined)) status = sipas__error_memory(err);
    for (int64_t i = 0; i < n_row && status == SIPAS_OK; i++)
        for (int64_t j = 0; j < n_column && status == SIPAS_OK; j++)
            status = one_covariance(cov, &engine, &joined, row[i], column[j], &out[i * n_column + j], err);
    sipas__entries_clear(cov->ctx, &joined);
    sipas__variance_clear(&engine);
    return status;
}

/* ---- combinations of rows ---- */

/* A unit of a row. */
typedef struct row_unit {
    double z;
    uint8_t answers;
} row_unit;

/* Last-stage units of one row, marked by stratum and unit. */
static int64_t list_units(const sipas_cov *cov, int64_t row, double coef, sipas__item *items, row_unit *units,
                          int64_t n)
{
    const sipas__entries *from = &cov->entries[row % cov->n_groups];
    const int64_t node = row / cov->n_groups;

    for (int64_t i = 0; i < from->n; i++) {
        items[n].key = ((uint64_t)(uint32_t)from->stratum[i] << 32) | (uint32_t)from->id[i];
        items[n].index = n;
        units[n].z = coef * from->z[i * from->n_nodes + node];
        units[n].answers = unit_has(from, i, node);
        n += units[n].answers != SIPAS__UNIT_NOTHING;
    }
    return n;
}

/* Before, at, or behind: units ascend by stratum, then by themselves. */
static int order_units(const sipas__entries *a, int64_t i, const sipas__entries *b, int64_t j)
{
    if (i == a->n || j == b->n) return i == a->n ? 1 : -1;
    if (a->stratum[i] != b->stratum[j]) return a->stratum[i] < b->stratum[j] ? -1 : 1;
    return (a->id[i] > b->id[j]) - (a->id[i] < b->id[j]);
}

void sipas__cov_subtract(const sipas_cov *cov, int64_t a, int64_t b, sipas__entries *entries)
{
    const sipas__entries *x = &cov->entries[a % cov->n_groups], *y = &cov->entries[b % cov->n_groups];
    const int64_t node_x = a / cov->n_groups, node_y = b / cov->n_groups;
    int64_t i = 0, j = 0;

    entries->n = 0;
    entries->n_nodes = 1;
    while (i < x->n || j < y->n) {
        const int order = order_units(x, i, y, j);
        const int there = (order <= 0 && unit_has(x, i, node_x)) || (order >= 0 && unit_has(y, j, node_y));

        entries->id[entries->n] = order <= 0 ? x->id[i] : y->id[j];
        entries->stratum[entries->n] = order <= 0 ? x->stratum[i] : y->stratum[j];
        entries->z[entries->n] = (order <= 0 ? x->z[i * x->n_nodes + node_x] : 0.0) -
                                 (order >= 0 ? y->z[j * y->n_nodes + node_y] : 0.0);
        entries->n += there;
        i += order <= 0;
        j += order >= 0;
    }
}

sipas_status sipas__cov_combine(const sipas_cov *cov, const int64_t *rows, const double *coef, int64_t n_rows,
                                sipas__entries *entries, sipas_error *err)
{
    int64_t most = 0, n = 0;
    sipas__item *items;
    row_unit *units;
    sipas_status status = SIPAS_OK;

    memset(entries, 0, sizeof *entries);
    for (int64_t r = 0; r < n_rows; r++) most += cov->entries[rows[r] % cov->n_groups].n;
    items = sipas__alloc(cov->ctx, 2 * most, sizeof *items);
    units = sipas__alloc(cov->ctx, most, sizeof *units);
    if (!items || !units || !sipas__entries_new(cov->ctx, most, 1, entries)) status = sipas__error_memory(err);
    if (status == SIPAS_OK && !(entries->answers = sipas__alloc(cov->ctx, most, 1))) {
        sipas__entries_clear(cov->ctx, entries);
        status = sipas__error_memory(err);
    }
    for (int64_t r = 0; status == SIPAS_OK && r < n_rows; r++) n = list_units(cov, rows[r], coef[r], items, units, n);
    if (n_rows > 1) sipas__order_sort(items, items + most, n, NULL, NULL);
    for (int64_t i = 0; i < n; i++) {
        const int same = i > 0 && items[i].key == items[i - 1].key;

        if (!same) {
            entries->id[entries->n] = (int32_t)(uint32_t)items[i].key;
            entries->stratum[entries->n] = (int32_t)(items[i].key >> 32);
            entries->z[entries->n] = 0.0;
            entries->n++;
        }
        entries->z[entries->n - 1] += units[items[i].index].z;
        if (units[items[i].index].answers > entries->answers[entries->n - 1])
            entries->answers[entries->n - 1] = units[items[i].index].answers;
    }
    sipas__free(cov->ctx, items);
    sipas__free(cov->ctx, units);
    return status;
}

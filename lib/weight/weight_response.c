/*
 * Adjustment for nonresponse within cells (weighting classes): in cell c every respondent's weight is multiplied by
 *
 *     factor_c = Σ w (all rows of c) / Σ w (respondents of c)
 *
 * and a nonrespondent's becomes 0 (Särndal, Swensson and Wretman 1992, Model Assisted Survey Sampling, §15.6.2, response
 * homogeneity groups with the weighted response rate).
 *
 * Everything is checked before anything is written. Two passes, O(rows) time, O(cells) memory.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas/weight.h>

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/error.h"
#include "data/alike.h"
#include "data/codes.h"
#include "data/column.h"
#include "data/schema.h"
#include "data/table.h"
#include "num/sum.h"

typedef struct cell_facts {
    int64_t issued, responded; /* rows of positive weight */
    int64_t first;             /* the first of them */
    sipas__sum all, answered;  /* their weights */
    double greatest;           /* greatest weight of a respondent */
    double factor;
} cell_facts;

typedef struct adjustment {
    const sipas_ctx *ctx;
    const sipas_column *weights, *responded;
    sipas__codes codes; /* all zero when there is one cell */
    int64_t n, n_cells;
    cell_facts *cell;
} adjustment;

/* Rows row … row+n-1, n ≤ SIPAS__TILE. */
typedef struct tile {
    double weight[SIPAS__TILE];
    int64_t responded[SIPAS__TILE];
    int32_t cell[SIPAS__TILE];
} tile;

static const char *cell_name(const adjustment *a, int64_t cell, char *buffer)
{
    return a->codes.n_levels ? sipas__codes_label(&a->codes, cell, buffer) : "all";
}

static sipas_status read_tile(const adjustment *a, int64_t row, int64_t n, tile *t, sipas_error *err)
{
    const int64_t fault = sipas__column_read_whole(a->responded, row, n, t->responded);

    sipas__column_read_f64(a->weights, row, n, t->weight);
    if (fault >= 0)
        return sipas__error_set(err, SIPAS_ERR_MISSING, fault, SIPAS__NOWHERE, "responded",
                                "row %lld: responded is missing", (long long)fault);
    for (int64_t i = 0; i < n; i++) {
        const double w = t->weight[i];

        if (isnan(w))
            return sipas__error_set(err, SIPAS_ERR_MISSING, row + i, SIPAS__NOWHERE, "weights",
                                    "row %lld: weight is missing", (long long)(row + i));
        if (w < 0.0 || isinf(w))
            return sipas__error_set(err, SIPAS_ERR_VALUE, row + i, SIPAS__NOWHERE, "weights", "row %lld: weight is %g",
                                    (long long)(row + i), w);
    }
    if (a->codes.n_levels)
        sipas__codes_read(&a->codes, row, n, t->cell);
    else
        memset(t->cell, 0, (size_t)n * sizeof *t->cell);
    return SIPAS_OK;
}

static sipas_status count_cells(adjustment *a, tile *t, sipas_error *err)
{
    for (int64_t row = 0; row < a->n; row += SIPAS__TILE) {
        const int64_t n = a->n - row < SIPAS__TILE ? a->n - row : SIPAS__TILE;
        sipas_status status = read_tile(a, row, n, t, err);

        if (status < 0) return status;
        for (int64_t i = 0; i < n; i++) {
            cell_facts *cell = &a->cell[t->cell[i]];

            if (!(t->weight[i] > 0.0)) continue;
            if (cell->issued++ == 0) cell->first = row + i;
            sipas__sum_add(&cell->all, t->weight[i]);
            if (!t->responded[i]) continue;
            cell->responded++;
            sipas__sum_add(&cell->answered, t->weight[i]);
            if (t->weight[i] > cell->greatest) cell->greatest = t->weight[i];
        }
    }
    return SIPAS_OK;
}

static sipas_status find_factors(adjustment *a, sipas_error *err)
{
    char buffer[32];

    for (int64_t c = 0; c < a->n_cells; c++) {
        cell_facts *cell = &a->cell[c];
        const char *name = cell_name(a, c, buffer);

        if (cell->issued == 0) continue;
        if (cell->responded == 0)
            return sipas__error_set(err, SIPAS_ERR_TOO_FEW, cell->first, SIPAS__NOWHERE, name,
                                    "cell %s: none of %lld units responded; merge it with another cell", name,
                                    (long long)cell->issued);
        /* Where all responded the sums are of the same terms in the same order, so the factor is 1 exactly. */
        cell->factor = sipas__sum_value(&cell->all) / sipas__sum_value(&cell->answered);
        if (!isfinite(cell->factor * cell->greatest))
            return sipas__error_set(err, SIPAS_ERR_VALUE, cell->first, SIPAS__NOWHERE, name,
                                    "cell %s: the adjusted weights are larger than a number can be", name);
    }
    return SIPAS_OK;
}

static void write_weights(const adjustment *a, tile *t, double *out)
{
    for (int64_t row = 0; row < a->n; row += SIPAS__TILE) {
        const int64_t n = a->n - row < SIPAS__TILE ? a->n - row : SIPAS__TILE;

        (void)read_tile(a, row, n, t, NULL); /* was read once without fault */
        for (int64_t i = 0; i < n; i++)
            out[row + i] = t->weight[i] > 0.0 && t->responded[i] ? t->weight[i] * a->cell[t->cell[i]].factor : 0.0;
    }
}

static sipas_status report(const adjustment *a, sipas_table **out, sipas_error *err)
{
    const sipas_schema *schema = &sipas__schema_response;
    sipas_table *table = sipas__table_new(a->ctx, a->n_cells);
    const int32_t name = sipas__table_add_field(table, schema, "cell");
    const int32_t issued = sipas__table_add_field(table, schema, "issued");
    const int32_t responded = sipas__table_add_field(table, schema, "responded");
    const int32_t rate = sipas__table_add_field(table, schema, "rate");
    const int32_t factor = sipas__table_add_field(table, schema, "factor");
    char buffer[32];

    for (int64_t c = 0; c < a->n_cells; c++) {
        const cell_facts *cell = &a->cell[c];
        const char *label = cell_name(a, c, buffer);

        sipas__table_set_code(table, name, c, label);
        sipas__table_set_i64(table, issued, c, cell->issued);
        sipas__table_set_i64(table, responded, c, cell->responded);
        if (cell->issued == 0) {
            sipas__table_note(table, "empty_cell", label, c, "cell %s has no row of positive weight", label);
            continue;
        }
        sipas__table_set_f64(table, rate, c, (double)cell->responded / (double)cell->issued);
        sipas__table_set_f64(table, factor, c, cell->factor);
    }
    sipas__alike_note_codes(table, &a->codes, "cell");
    sipas__table_meta(table, "method", "response_cells/1");
    sipas__table_meta(table, "formula", "w * sum(w in cell) / sum(w of respondents in cell)");
    return sipas__table_finish(table, out, err);
}

static sipas_status adjust(adjustment *a, tile *t, double *out, sipas_table **cells, sipas_error *err)
{
    sipas_status status = count_cells(a, t, err);

    if (status == SIPAS_OK) status = find_factors(a, err);
    if (status == SIPAS_OK && cells) status = report(a, cells, err);
    if (status == SIPAS_OK) write_weights(a, t, out);
    return status;
}

sipas_status sipas_weight_response(sipas_ctx *ctx, const sipas_column *weights, const sipas_column *cell,
                                   const sipas_column *responded, double *out, sipas_table **cells, sipas_error *err)
{
    adjustment a = {ctx, weights, responded, {0}, 0, 1, NULL};
    tile *t = NULL;
    sipas_status status;

    if (cells) *cells = NULL;
    if (!weights) return sipas__error_argument(err, "weights", "is NULL");
    if (!responded) return sipas__error_argument(err, "responded", "is NULL");
    if (!out) return sipas__error_argument(err, "out", "is NULL");
    a.n = weights->n;
    status = sipas__column_check(weights, a.n, SIPAS__NUMBERS, "weights", err);
    if (status == SIPAS_OK) status = sipas__column_check(responded, a.n, SIPAS__FLAGS, "responded", err);
    if (status < 0) return status;
    if (sipas__column_given(cell)) {
        status = sipas__codes_init(&a.codes, ctx, cell, a.n, "cell", 0, err);
        if (status < 0) return status;
        a.n_cells = a.codes.n_levels;
    }
    a.cell = sipas__alloc(ctx, a.n_cells, sizeof *a.cell);
    t = sipas__alloc(ctx, 1, sizeof *t);
    status = a.cell && t ? adjust(&a, t, out, cells, err) : sipas__error_memory(err);
    sipas__free(ctx, t);
    sipas__free(ctx, a.cell);
    sipas__codes_clear(&a.codes);
    return status;
}

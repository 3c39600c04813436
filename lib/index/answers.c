/*
 * Answers: read, checked against their scale, scored; and the nodes that are made of them.
 *
 * Missing answers: `available` and `complete` have one variable per item; `respondent` has one per node, the mean over
 * the items that the respondent answered, with the weights of the items in the node.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "index/answers.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "data/column.h"
#include "index/aggregate.h"

/* ---- reading ---- */

static void note_fault(sipas__fault *fault, int64_t row, int64_t item, double value)
{
    if (fault->row >= 0 && fault->row <= row) return;
    fault->row = row;
    fault->variable = item;
    fault->value = value;
}

static double score_answer(const sipas__answers *a, int64_t item, int64_t row, int64_t code, sipas__fault *fault)
{
    double score;

    if (sipas__score_find(&a->tables[item], code, &score) == SIPAS__ANSWER_UNKNOWN)
        note_fault(fault, row, item, (double)code);
    return score;
}

static void fill_item(const sipas__answers *a, int64_t item, int64_t row, int64_t n, double *out, sipas__fault *fault)
{
    const sipas_column *column = &a->columns[item];
    int64_t codes[SIPAS__TILE];

    if (sipas__column_read_whole(column, row, n, codes) < 0) {
        for (int64_t i = 0; i < n; i++) out[i] = score_answer(a, item, row + i, codes[i], fault);
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        const int state = sipas__column_whole(column, row + i, &codes[i]);

        out[i] = state == 1 ? score_answer(a, item, row + i, codes[i], fault) : NAN;
        if (state < 0) note_fault(fault, row + i, item, sipas__column_f64(column, row + i));
    }
}

static void fill_items(const void *state, int64_t row, int64_t n, double *values, double *work, sipas__fault *fault)
{
    const sipas__answers *a = state;

    (void)work;
    for (int64_t j = 0; j < a->n_items; j++) fill_item(a, j, row, n, values + j * SIPAS__TILE, fault);
}

/* Respondent's mean first: the items go to `work`, the nodes' means to `values`. */
static void fill_nodes(const void *state, int64_t row, int64_t n, double *values, double *work, sipas__fault *fault)
{
    const sipas__answers *a = state;

    fill_items(state, row, n, work, NULL, fault);
    for (int64_t k = 0; k < a->n_nodes; k++) {
        const double *coef = a->coef + k * a->n_items;
        double *sum = values + k * SIPAS__TILE, weight[SIPAS__TILE] = {0.0};

        memset(sum, 0, (size_t)n * sizeof *sum);
        for (int64_t j = 0; j < a->n_items; j++) {
            const double *score = work + j * SIPAS__TILE;

            if (coef[j] == 0.0) continue;
            for (int64_t i = 0; i < n; i++) {
                sum[i] += isnan(score[i]) ? 0.0 : coef[j] * score[i];
                weight[i] += isnan(score[i]) ? 0.0 : coef[j];
            }
        }
        for (int64_t i = 0; i < n; i++) sum[i] = weight[i] > 0.0 ? sum[i] / weight[i] : NAN;
    }
}

static sipas_status explain(const void *state, const sipas__fault *fault, sipas_error *err)
{
    const sipas__answers *a = state;
    const sipas_node *node = sipas_instrument_get_node(a->instrument, fault->variable);

    return sipas__error_set(err, SIPAS_ERR_VALUE, fault->row, fault->variable, node->code,
                            "row %lld: %s is %.15g, which is not an answer of its scale (%d to %d)",
                            (long long)fault->row, node->code, fault->value, (int)node->first_code,
                            (int)(node->first_code + node->levels - 1));
}

/* ---- preparing ---- */

/* An item for the fast path of the pass. */
static void make_scored(const sipas__score_table *table, const sipas_column *column, sipas__scored *scored)
{
    scored->column = *column;
    scored->low = (uint8_t)table->node->first_code;
    scored->span = (uint8_t)(table->node->levels - 1);
    scored->times = 100.0;
    scored->over = (double)table->most;
    for (int byte = 0; byte < 256; byte++) {
        scored->points[byte] = table->points[byte];
        scored->known[byte] = table->state[byte] != SIPAS__ANSWER_UNKNOWN;
    }
}

static sipas_status read_columns(sipas__answers *a, const sipas_column *columns, int64_t n, int32_t scoring,
                                 sipas_error *err)
{
    int fast = 1;

    for (int64_t j = 0; j < a->n_items; j++) {
        const sipas_node *node = sipas_instrument_get_node(a->instrument, j);
        sipas_status status = sipas__column_check(&columns[j], n, SIPAS__NUMBERS, node->code, err);

        if (status < 0) {
            if (err) err->column = (int32_t)j;
            return status;
        }
        if ((status = sipas__score_table_init(&a->tables[j], node, scoring, err)) < 0) return status;
        a->columns[j] = columns[j];
        fast &= columns[j].type == SIPAS_TYPE_I8 && !columns[j].validity;
        fast &= node->first_code >= INT8_MIN && node->first_code + node->levels - 1 <= INT8_MAX;
        make_scored(&a->tables[j], &columns[j], &a->scored[j]);
    }
    if (fast) a->source.scored = a->scored;
    return SIPAS_OK;
}

/* Nodes as combinations of item means; a set of items per node that is not an item. */
static void nodes_of_items(sipas__answers *a)
{
    const int64_t words = (a->n_items + 63) / 64;
    int64_t terms = 0;

    for (int64_t j = 0; j < a->n_items; j++) {
        a->atoms[j].num = (int32_t)j;
        a->atoms[j].den = SIPAS__DEN_PRESENT;
    }
    for (int64_t k = 0; k < a->n_nodes; k++) {
        const double *coef = a->coef + k * a->n_items;

        a->start[k] = terms;
        a->set[k] = k < a->n_items ? -1 : (int32_t)(k - a->n_items);
        for (int64_t j = 0; j < a->n_items; j++) {
            if (coef[j] == 0.0) continue;
            a->term_atom[terms] = (int32_t)j;
            a->term_coef[terms++] = coef[j];
            if (k >= a->n_items) a->sets[(k - a->n_items) * words + j / 64] |= UINT64_C(1) << (j % 64);
        }
    }
    a->start[a->n_nodes] = terms;
    a->nodes.n_atoms = a->n_items;
    a->source.n_vars = a->n_items;
    a->source.fill = fill_items;
    a->source.n_sets = a->n_nodes - a->n_items;
    a->source.sets = a->sets;
    a->source.set_words = words;
}

/* Nodes that are variables themselves. */
static void nodes_of_nodes(sipas__answers *a)
{
    for (int64_t k = 0; k < a->n_nodes; k++) {
        a->atoms[k].num = (int32_t)k;
        a->atoms[k].den = SIPAS__DEN_PRESENT;
        a->start[k + 1] = k + 1;
        a->term_atom[k] = (int32_t)k;
        a->term_coef[k] = 1.0;
        a->set[k] = -1;
    }
    a->nodes.n_atoms = a->n_nodes;
    a->source.n_vars = a->n_nodes;
    a->source.fill = fill_nodes;
    a->source.n_work = a->n_items * SIPAS__TILE;
    a->source.scored = NULL;
}

static int alloc_answers(sipas__answers *a)
{
    const int64_t words = (a->n_items + 63) / 64, cells = a->n_nodes * a->n_items;

    a->columns = sipas__alloc(a->ctx, a->n_items, sizeof *a->columns);
    a->tables = sipas__alloc(a->ctx, a->n_items, sizeof *a->tables);
    a->scored = sipas__alloc(a->ctx, a->n_items, sizeof *a->scored);
    a->coef = sipas__alloc(a->ctx, cells, sizeof *a->coef);
    a->sets = sipas__alloc(a->ctx, a->n_nodes * words, sizeof *a->sets);
    a->atoms = sipas__alloc(a->ctx, a->n_nodes, sizeof *a->atoms);
    a->start = sipas__alloc(a->ctx, a->n_nodes + 1, sizeof *a->start);
    a->term_atom = sipas__alloc(a->ctx, cells, sizeof *a->term_atom);
    a->term_coef = sipas__alloc(a->ctx, cells, sizeof *a->term_coef);
    a->set = sipas__alloc(a->ctx, a->n_nodes, sizeof *a->set);
    return a->columns && a->tables && a->scored && a->coef && a->sets && a->atoms && a->start && a->term_atom &&
           a->term_coef && a->set;
}

sipas_status sipas__answers_init(sipas__answers *a, const sipas_ctx *ctx, const sipas_instrument *instrument,
                                 const sipas_column *columns, int64_t n, const sipas_index_opts *opts, sipas_error *err)
{
    sipas_status status;

    memset(a, 0, sizeof *a);
    a->ctx = sipas__ctx_ref(ctx);
    a->instrument = instrument;
    a->n_items = sipas_instrument_count_items(instrument);
    a->n_nodes = sipas_instrument_count_nodes(instrument);
    if (!alloc_answers(a)) {
        status = sipas__error_memory(err);
        goto fail;
    }
    if ((status = sipas__aggregate(instrument, opts->weighting, a->coef, err)) < 0) goto fail;
    if ((status = read_columns(a, columns, n, opts->scoring, err)) < 0) goto fail;
    if (opts->missing == SIPAS_MISSING_RESPONDENT)
        nodes_of_nodes(a);
    else
        nodes_of_items(a);
    a->source.state = a;
    a->source.explain = explain;
    a->source.complete = opts->missing == SIPAS_MISSING_COMPLETE;
    a->source.plain = opts->unweighted;
    a->nodes.n_nodes = a->n_nodes;
    a->nodes.atoms = a->atoms;
    a->nodes.start = a->start;
    a->nodes.term_atom = a->term_atom;
    a->nodes.term_coef = a->term_coef;
    a->nodes.set = a->set;
    return SIPAS_OK;
fail:
    sipas__answers_clear(a);
    return status;
}

void sipas__answers_clear(sipas__answers *a)
{
    void *blocks[] = {a->columns, a->tables, a->scored,    a->coef,      a->sets,
                      a->atoms,   a->start,  a->term_atom, a->term_coef, a->set};

    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) sipas__free(a->ctx, blocks[i]);
    sipas_ctx_free(a->ctx);
    memset(a, 0, sizeof *a);
}

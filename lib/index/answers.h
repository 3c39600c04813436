/**
 * @file index/answers.h
 * Answer columns as the variables of a pass.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_INDEX_ANSWERS_H
#define SIPAS_INDEX_ANSWERS_H

#include "engine/linear.h"
#include "index/score.h"

typedef struct sipas__answers {
    sipas_ctx *ctx;
    const sipas_instrument *instrument;
    int64_t n_items, n_nodes;
    sipas_column *columns;
    sipas__score_table *tables;
    sipas__scored *scored;
    double *coef; /* node × item */
    uint64_t *sets;
    /* nodes of the estimation, made of items, or, respondent's mean first, of themselves */
    sipas__atom *atoms;
    int64_t *start;
    int32_t *term_atom, *set;
    double *term_coef;
    sipas__nodes nodes;
    sipas__source source;
} sipas__answers;

/** Checks the columns and prepares source and nodes. On failure nothing is held. */
sipas_status sipas__answers_init(sipas__answers *answers, const sipas_ctx *ctx, const sipas_instrument *instrument,
                                 const sipas_column *columns, int64_t n, const sipas_index_opts *opts,
                                 sipas_error *err);

void sipas__answers_clear(sipas__answers *answers);

#endif

/*
 * Scores 0-100 of an answer k on a scale of K levels, k = 1 the worst:
 *
 *   top2            100 when k ≥ K-1 (K = 2: when k = 2), else 0
 *   mean_over_max   100 k / K
 *   rescaled        100 (k - 1) / (K - 1)
 *
 * Yes/no items and boxes are shares: 100 or 0 under every rule.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "index/score.h"

#include <math.h>

#include "data/instrument.h"
#include "base/error.h"
#include "base/options.h"

/* A score as whole points: 100 points / most. */
typedef struct score_parts {
    int32_t points, most;
} score_parts;

static score_parts share_of(int reached)
{
    const score_parts parts = {reached, 1};

    return parts;
}

static score_parts parts_of(int32_t k, int32_t levels, int32_t scoring)
{
    const score_parts over_max = {k, levels}, rescaled = {k - 1, levels - 1};

    switch (scoring) {
    case SIPAS_SCORING_MEAN_OVER_MAX: return over_max;
    case SIPAS_SCORING_RESCALED: return rescaled;
    default: return share_of(k >= (levels == 2 ? 2 : levels - 1));
    }
}

static sipas_status check_item(const sipas_node *node, int32_t scoring, sipas_error *err)
{
    if (!node) return sipas__error_argument(err, "node", "is NULL");
    if (node->kind != SIPAS_NODE_ITEM) return sipas__error_argument(err, "node", "is not an item");
    if (!node->code) return sipas__error_argument(err, "node", "has no code");
    if (node->type == SIPAS_ITEM_SINGLE)
        return sipas__error_set(err, SIPAS_ERR_TYPE, SIPAS__NOWHERE, SIPAS__NOWHERE, node->code,
                                "%s is a single-choice item: its levels have no order, so it has no score", node->code);
    return sipas__options_enum("scoring", scoring, SIPAS__ENUM_SCORING, err);
}

static score_parts item_parts(const sipas_node *node, int32_t scoring, int32_t answer)
{
    const int32_t up = (int32_t)((int64_t)answer - node->first_code + 1); /* 1 to levels */
    const int32_t k = node->reversed ? node->levels + 1 - up : up;

    if (node->type == SIPAS_ITEM_YES_NO || node->type == SIPAS_ITEM_MULTIPLE) return share_of(k == node->levels);
    return parts_of(k, node->levels, scoring);
}

static double item_score(const sipas_node *node, int32_t scoring, int32_t answer)
{
    const score_parts parts = item_parts(node, scoring, answer);

    return 100.0 * (double)parts.points / (double)parts.most;
}

static int32_t find_score(const sipas_node *node, int32_t scoring, int64_t code, double *score)
{
    *score = NAN;
    if (code >= node->first_code && code < (int64_t)node->first_code + node->levels) {
        *score = item_score(node, scoring, (int32_t)code);
        return SIPAS__ANSWER_VALID;
    }
    for (int32_t i = 0; i < node->n_dont_know; i++)
        if (node->dont_know[i] == code) return SIPAS__ANSWER_SILENT;
    for (int32_t i = 0; i < node->n_not_applicable; i++)
        if (node->not_applicable[i] == code) return SIPAS__ANSWER_SILENT;
    return SIPAS__ANSWER_UNKNOWN;
}

sipas_status sipas_index_score(const sipas_node *node, int32_t scoring, int32_t answer, double *score, sipas_error *err)
{
    sipas_status status = check_item(node, scoring, err);

    if (status == SIPAS_OK) status = sipas__node_check(node, SIPAS__NOWHERE, err);
    if (status < 0) return status;
    if (!score) return sipas__error_argument(err, "score", "is NULL");
    if (answer < node->first_code || answer >= (int64_t)node->first_code + node->levels)
        return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE, node->code,
                                "%s: %d is not an answer of its scale (%d to %lld)", node->code, (int)answer,
                                (int)node->first_code, (long long)node->first_code + node->levels - 1);
    *score = item_score(node, scoring, answer);
    return SIPAS_OK;
}

sipas_status sipas__score_table_init(sipas__score_table *table, const sipas_node *node, int32_t scoring,
                                     sipas_error *err)
{
    sipas_status status = check_item(node, scoring, err);

    if (status < 0) return status;
    table->node = node;
    table->scoring = scoring;
    table->most = item_parts(node, scoring, node->first_code).most;
    for (int32_t code = INT8_MIN; code <= INT8_MAX; code++) {
        const uint8_t byte = (uint8_t)code;

        table->state[byte] = (uint8_t)find_score(node, scoring, code, &table->score[byte]);
        table->points[byte] = 0;
        if (table->state[byte] == SIPAS__ANSWER_VALID)
            table->points[byte] = (uint8_t)item_parts(node, scoring, code).points;
    }
    return SIPAS_OK;
}

int32_t sipas__score_find(const sipas__score_table *table, int64_t code, double *score)
{
    if (code < INT8_MIN || code > INT8_MAX) return find_score(table->node, table->scoring, code, score);
    *score = table->score[(uint8_t)code];
    return table->state[(uint8_t)code];
}

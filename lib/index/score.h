/**
 * @file index/score.h
 * Scores of answers, as a table by the answer's byte.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_INDEX_SCORE_H
#define SIPAS_INDEX_SCORE_H

#include <sipas/index.h>

/** What an answer code is. */
enum {
    SIPAS__ANSWER_UNKNOWN = 0, /* outside the scale: an error */
    SIPAS__ANSWER_VALID = 1,
    SIPAS__ANSWER_SILENT = 2 /* don't know or not applicable: not scored */
};

typedef struct sipas__score_table {
    double score[256];   /* by (uint8_t)code; NaN unless valid */
    int32_t most;        /* the score is 100 points / most … */
    uint8_t points[256]; /* … 0 unless valid */
    uint8_t state[256];  /* SIPAS__ANSWER_ */
    const sipas_node *node;
    int32_t scoring;
} sipas__score_table;

/** Fills the table of an item. Errors as sipas_index_score(). */
sipas_status sipas__score_table_init(sipas__score_table *table, const sipas_node *node, int32_t scoring,
                                     sipas_error *err);

/** What a code is, and its score: NaN unless it is valid. Any code, also one that is no byte. */
int32_t sipas__score_find(const sipas__score_table *table, int64_t code, double *score);

#endif

/**
 * @file data/coded.h
 * A column of codes as levels by pattern.
 *
 * Two steps around sipas__patterns_init(): the column gives a key; once the patterns are known, each has a level.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DATA_CODED_H
#define SIPAS_DATA_CODED_H

#include "data/patterns.h"

typedef struct sipas__coded {
    const sipas_ctx *ctx; /* the owner's */
    sipas_column column;
    sipas__codes codes; /* its levels; of integers without gaps only from the second step on */
    sipas_column order; /* that states its levels; type SIPAS_TYPE_NONE = they ascend */
    int shared;         /* `codes` is another's, which outlives this one */
    int64_t *value;     /* by pattern, where the column is of integers without gaps */
    int32_t *level;     /* by pattern */
} sipas__coded;

/** First step: checks the column and says the key (NULL: not yet). `may_miss` and errors as sipas__codes_init(). On failure nothing is held. */
sipas_status sipas__coded_init(sipas__coded *coded, const sipas_ctx *ctx, const sipas_column *column, int64_t n,
                               const char *name, int may_miss, sipas__key *key, sipas_error *err);

/**
 * Between the two: the order of the levels, as a column whose texts stay where they are. Errors as sipas__codes_state(), whose `what`
 * is "orders"; of integers without gaps they come with the second step.
 */
sipas_status sipas__coded_order(sipas__coded *coded, const sipas_column *order, int64_t n, const char *name,
                                sipas_error *err);

/** The key of a column whose first step is done. `coded` must outlive the patterns. */
void sipas__coded_key(const sipas__coded *coded, sipas__key *key);

/** The first step once more, for other patterns of the same rows: nothing is read again, and what was is shared. O(1). */
void sipas__coded_share(const sipas__coded *from, sipas__coded *coded);

/** Second step: levels of the patterns. SIPAS_ERR_MEMORY; SIPAS_ERR_VALUE when the codes spread too far, and what sipas__coded_order() left. */
sipas_status sipas__coded_levels(sipas__coded *coded, const sipas__patterns *patterns, const char *name,
                                 sipas_error *err);

/** Frees what it holds. All zero is fine. */
void sipas__coded_clear(sipas__coded *coded);

#endif

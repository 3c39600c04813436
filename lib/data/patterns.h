/**
 * @file data/patterns.h
 * Patterns: the distinct combinations of codes that occur in a few columns, and which one each row has.
 *
 * Whatever depends on codes alone (strata, units, cells of domains, finite population corrections) is worked out once per
 * pattern instead of once per row; a row is then read by looking its pattern up. Memory follows the number of patterns.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DATA_PATTERNS_H
#define SIPAS_DATA_PATTERNS_H

#include <sipas/column.h>

#include "data/codes.h"
#include "data/pattern_table.h"
#include "data/runs.h"

enum { SIPAS__MOST_KEYS = 40 };

struct sipas__patterns;

/** What a column of a pattern is read from. */
enum {
    SIPAS__KEY_WHOLE = 0,    /* `column`: integers without validity */
    SIPAS__KEY_LEVELS = 1,   /* `codes`: levels of codes that were read already */
    SIPAS__KEY_NUMBERS = 2,  /* `column`: numbers, told apart by their bits */
    SIPAS__KEY_PATTERNS = 3, /* `patterns`: patterns of other columns over the same rows */
    SIPAS__KEY_FLAGS = 4,    /* `column`: 1 where it is there and not 0 */
    SIPAS__KEY_ROWS = 5      /* the same, but a row that is flagged has a pattern of its own */
};

typedef struct sipas__key {
    int32_t kind;
    sipas_column column;
    const sipas__codes *codes;
    const struct sipas__patterns *patterns;
} sipas__key;

typedef struct sipas__patterns {
    const sipas_ctx *ctx; /* the owner's, which outlives the patterns */
    int64_t n_rows;
    int32_t n_keys;
    sipas__key key[SIPAS__MOST_KEYS];
    int64_t n;            /* patterns, in the order in which they first appear */
    int64_t *row;         /* first row of each */
    int64_t *rows;        /* number of rows of each; NULL when not asked for */
    sipas__runs runs;     /* rows of one pattern that follow each other, when they are many */
    int32_t *run_pattern; /* pattern of each run */
    /* the key of a row: Σ (value - low) times */
    int64_t low[SIPAS__MOST_KEYS], high[SIPAS__MOST_KEYS];
    uint64_t times[SIPAS__MOST_KEYS];
    uint64_t range; /* keys are below it; 0 = any */
    sipas__pattern_table table;
    int cancelled; /* by the host's callback, where there are none for it */
} sipas__patterns;

/**
 * Finds the patterns of n rows. `count_rows`: their numbers of rows are wanted. The keys are copied; what they point to must
 * outlive the patterns. Uses the threads of the context. False when there is no memory, more than 2^31-2 patterns, or the
 * host's callback asked to stop: sipas__patterns_fault().
 *
 * O(rows × keys) expected.
 */
int sipas__patterns_init(sipas__patterns *patterns, const sipas_ctx *ctx, int64_t n, const sipas__key *keys,
                         int32_t n_keys, int count_rows);

/**
 * The same, but looks only for codes that nest: where one key does not tell the others, there are no patterns (n = 0), which is no
 * failure. That is found out as soon as two rows show it.
 */
int sipas__patterns_init_nested(sipas__patterns *patterns, const sipas_ctx *ctx, int64_t n, const sipas__key *keys,
                                int32_t n_keys);

/** Why there are no patterns: SIPAS_ERR_CANCELLED or SIPAS_ERR_MEMORY. */
sipas_status sipas__patterns_fault(const sipas__patterns *patterns, sipas_error *err);

/**
 * Patterns of rows row … row+n-1, n ≤ SIPAS__TILE. Any number of threads. The columns are the caller's: rows whose codes are no
 * longer what they were go with some pattern.
 */
void sipas__patterns_find(const sipas__patterns *patterns, int64_t row, int64_t n, int32_t *pattern);

/** Keys of rows row … row+n-1 modulo 2^32, within the range of the table where that is a plain array; 0 where a column is no array of integers, or its
 * multiplier no power of two. */
int sipas__patterns_index(const sipas__patterns *patterns, int64_t row, int64_t n, uint32_t *index);

/** Values of a key for rows row … row+n-1, n ≤ SIPAS__TILE. */
void sipas__key_read(const sipas__key *key, int64_t row, int64_t n, int64_t *values);

/** Frees what it holds. All-zero patterns are fine. */
void sipas__patterns_clear(sipas__patterns *patterns);

#endif

/*
 * Stable sorts of row numbers.
 *
 * Keys: least significant digit first radix sort with 8-bit digits (Knuth, "The art of computer programming" 3, 5.2.5,
 * algorithm R), after the keys have been mapped onto unsigned integers of the same order. One sweep counts all
 * eight digits, and a digit that is the same in all keys costs nothing more, so dense codes take one or two passes.
 *
 * Comparisons: merge sort from the bottom up, on runs of 16 made by insertion (Knuth, 5.2.4, algorithm L).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "num/sort.h"

#include <math.h>
#include <string.h>

enum { DIGITS = 8, DIGIT_BITS = 8, DIGIT_VALUES = 1 << DIGIT_BITS, RUN = 16 };

typedef enum key_kind { KEY_U64, KEY_I64, KEY_F64 } key_kind;

#define SIGN_BIT (UINT64_C(1) << 63)

/* An unsigned integer of the key's rank. Doubles: flip all bits of the negative ones, the sign of the others. */
static inline uint64_t rank_of(const void *key, key_kind kind, int64_t row)
{
    uint64_t bits;
    double number;

    if (kind == KEY_U64) return ((const uint64_t *)key)[row];
    if (kind == KEY_I64) return (uint64_t)((const int64_t *)key)[row] ^ SIGN_BIT;
    number = ((const double *)key)[row] + 0.0; /* -0 becomes 0 */
    if (isnan(number)) return UINT64_MAX;
    memcpy(&bits, &number, sizeof bits);
    return bits & SIGN_BIT ? ~bits : bits | SIGN_BIT;
}

static inline unsigned digit_of(uint64_t rank, int digit)
{
    return (unsigned)(rank >> (digit * DIGIT_BITS)) & (DIGIT_VALUES - 1);
}

/* Turns the counts of one digit's values into the places where they begin; false when there is one value only. */
static int begin_places(int64_t count[DIGIT_VALUES], int64_t n)
{
    int64_t place = 0;

    for (int value = 0; value < DIGIT_VALUES; value++) {
        int64_t rows = count[value];

        if (rows == n) return 0;
        count[value] = place;
        place += rows;
    }
    return 1;
}

static inline void sort_keys(const void *key, key_kind kind, int64_t *order, int64_t n, int64_t *work)
{
    int64_t count[DIGITS][DIGIT_VALUES] = {{0}};
    int64_t *from = order, *to = work, *swap;

    for (int64_t i = 0; i < n; i++) {
        uint64_t rank = rank_of(key, kind, order[i]);

        for (int digit = 0; digit < DIGITS; digit++) count[digit][digit_of(rank, digit)]++;
    }
    for (int digit = 0; digit < DIGITS; digit++) {
        if (!begin_places(count[digit], n)) continue;
        for (int64_t i = 0; i < n; i++) {
            unsigned value = digit_of(rank_of(key, kind, from[i]), digit);

            to[count[digit][value]++] = from[i];
        }
        swap = from;
        from = to;
        to = swap;
    }
    if (from != order) memcpy(order, from, (size_t)n * sizeof *order);
}

void sipas__sort_begin(int64_t *order, int64_t n)
{
    for (int64_t i = 0; i < n; i++) order[i] = i;
}

void sipas__sort_u64(const uint64_t *key, int64_t *order, int64_t n, int64_t *work)
{
    sort_keys(key, KEY_U64, order, n, work);
}

void sipas__sort_i64(const int64_t *key, int64_t *order, int64_t n, int64_t *work)
{
    sort_keys(key, KEY_I64, order, n, work);
}

void sipas__sort_f64(const double *key, int64_t *order, int64_t n, int64_t *work)
{
    sort_keys(key, KEY_F64, order, n, work);
}

typedef struct comparison {
    sipas__sort_compare compare;
    const void *state;
} comparison;

static void insert_run(const comparison *c, int64_t *order, int64_t n)
{
    for (int64_t i = 1; i < n; i++) {
        int64_t row = order[i], j = i;

        for (; j > 0 && c->compare(order[j - 1], row, c->state) > 0; j--) order[j] = order[j - 1];
        order[j] = row;
    }
}

/* Merges from[0 … middle) and from[middle … n) into `to`; of two equal rows the left one goes first. */
static void merge(const comparison *c, const int64_t *from, int64_t middle, int64_t n, int64_t *to)
{
    int64_t left = 0, right = middle;

    if (middle >= n || c->compare(from[middle - 1], from[middle], c->state) <= 0) {
        memcpy(to, from, (size_t)n * sizeof *to);
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        if (right >= n || (left < middle && c->compare(from[left], from[right], c->state) <= 0))
            to[i] = from[left++];
        else
            to[i] = from[right++];
    }
}

void sipas__sort_by(sipas__sort_compare compare, const void *state, int64_t *order, int64_t n, int64_t *work)
{
    const comparison c = {compare, state};
    int64_t *from = order, *to = work, *swap;

    for (int64_t i = 0; i < n; i += RUN) insert_run(&c, order + i, n - i < RUN ? n - i : RUN);
    for (int64_t run = RUN; run < n; run *= 2) {
        for (int64_t i = 0; i < n; i += 2 * run) {
            int64_t rows = n - i < 2 * run ? n - i : 2 * run;

            merge(&c, from + i, rows < run ? rows : run, rows, to + i);
        }
        swap = from;
        from = to;
        to = swap;
    }
    if (from != order) memcpy(order, from, (size_t)n * sizeof *order);
}

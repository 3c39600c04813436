/**
 * @file num/planes.h
 * Weighted sums of small whole numbers, exact: weights as whole numbers too, cut into planes of 15 bits.
 *
 * A weight w is q 2^grain with a whole number q = Σ plane[p] 2^(15 p). Products of planes and bytes add up in integers, so that sums
 * do not depend on the order of the rows, the threads or the processor. They are kept in words of two planes each, 30 bits,
 * which hold the sums of 2^33 points and more.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_NUM_PLANES_H
#define SIPAS_NUM_PLANES_H

#include <stdint.h>

enum {
    SIPAS__PLANE_BITS = 15,
    SIPAS__MOST_PLANES = 6,
    SIPAS__PLANE_GAP = 0x80,   /* in place of points: there are none */
    SIPAS__PLANE_POINTS = 127, /* most points */
    SIPAS__PLANE_SCALE = 16,   /* levels of a scale that is looked up at once */
    SIPAS__PLANE_SPARE = 64    /* numbers behind n that the loops may read, and do not count */
};

/** How weights are cut: all are whole multiples of 2^grain, and below 2^(grain + 15 n). */
typedef struct sipas__planes {
    int32_t n; /* 1 … SIPAS__MOST_PLANES; 0 = they cannot be cut so */
    int32_t grain;
} sipas__planes;

/** Words of a sum. */
static inline int32_t sipas__planes_words(const sipas__planes *planes)
{
    return (planes->n + 1) / 2;
}

/** Planes for weights that are multiples of 2^grain below 2^top, not all 0; n = 0 where 90 bits are too few. */
sipas__planes sipas__planes_for(int32_t grain, int32_t top);

/**
 * Exponent of the lowest bit of n numbers ≥ 0 or the one given, whichever is less: each number is a multiple of 2^that. NaN and
 * infinity count as anything. O(n).
 */
int32_t sipas__planes_grain(const double *weight, int64_t n, int32_t grain);

/**
 * Cuts n weights: plane p of weight i is to[p * pitch + i]; to[planes->n * pitch + i] is 1 where the weight is not 0. Returns 0 where a
 * weight does not fit: then the planes hold anything. O(n × planes).
 */
int sipas__planes_cut(const sipas__planes *planes, const double *weight, int64_t n, int16_t *to, int64_t pitch);

/**
 * Points of n bytes on a scale of `levels` ≤ 16 codes from `low` on, by the code's place; SIPAS__PLANE_GAP for others, and bit i of `gaps`, which
 * has (n + 63) / 64 words, is then 1. Returns whether there is any. O(n).
 */
int sipas__planes_score(const uint8_t *bytes, int64_t n, uint8_t low, int32_t levels, const uint8_t *points,
                        uint8_t *to, uint64_t *gaps);

/**
 * For each of n_planes planes, Σ plane[i] points[i] over those of n rows, at most 1024, that have points; `gaps`, where it is not NULL,
 * gets Σ plane[i] over those that have none, else there must be none such. Points up to 127. O(n × planes).
 */
void sipas__planes_dot(const uint8_t *points, const int16_t *plane, int64_t pitch, int32_t n_planes, int64_t n,
                       int64_t *sums, int64_t *gaps);

/** Rows as lines of bytes: the points of a row, then, from byte n_columns on, its words, 32 bits each, and the number 1 or 0 of it. */
typedef struct sipas__plane_place {
    int32_t line, segment;
} sipas__plane_place;

typedef struct sipas__plane_lines {
    const uint8_t *lines;
    int64_t pitch;                   /* from one line to the next */
    int64_t n_columns, n_words;      /* n_columns: a multiple of 8 */
    int gaps;                        /* 0 = there are none */
    const sipas__plane_place *place; /* of n lines, in the order in which they are taken */
    int64_t n;
} sipas__plane_lines;

/**
 * Adds lines to the sums of their segments: sums[segment * pitch + k * n_columns + j] += word k × points j. Points up to 127; gaps
 * count as 0. O(n × n_words × n_columns).
 */
void sipas__planes_add(const sipas__plane_lines *lines, int64_t *sums, int64_t pitch);

/** The same, with 1 for each gap, of the words and of the number behind them. */
void sipas__planes_add_gaps(const sipas__plane_lines *lines, int64_t *sums, int64_t pitch);

/** Σ words[k] 2^(30 k + grain), correct to 2^-100 of it: *low is what *high lacks. */
void sipas__planes_value(const sipas__planes *planes, const int64_t *words, int64_t pitch, double *high, double *low);

#endif

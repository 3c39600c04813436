/**
 * @file num/bytes.h
 * Weighted sums of small whole numbers that are kept as bytes.
 *
 * Every variant of these loops, whatever the processor, does the same additions in the same order: results are the same to
 * the last bit.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_NUM_BYTES_H
#define SIPAS_NUM_BYTES_H

#include <stdint.h>

#include "num/processor.h"

/** How codes in bytes are small whole numbers: a byte b with low ≤ b ≤ low + span is b - shift, all modulo 256. */
typedef struct sipas__byte_scale {
    uint8_t low, span, shift;
} sipas__byte_scale;

/**
 * Σ weight[i] (bytes[i] - shift), in eight running sums: i falls to sum i mod 8, and the eight are added pairwise: 0+4 1+5 2+6
 * 3+7, then 0+2 1+3, then 0+1. Where a byte lies outside the scale the sum is not to be used, and *outside becomes 1;
 * else it stays as it is. O(n).
 */
double sipas__bytes_dot(const uint8_t *bytes, sipas__byte_scale scale, const double *weight, int64_t n, int *outside);

/**
 * For each of n rows: sums[line[i] * pitch + j] += weight[i] byte[i * pitch + j] for j < pitch, row by row. `pitch` is a multiple of
 * 8. O(n × pitch).
 */
void sipas__bytes_add(double *sums, const int32_t *line, const uint8_t *bytes, const double *weight, int64_t n,
                      int64_t pitch);

/**
 * Turns columns into rows: to[i * to_pitch + j] = from[j * from_pitch + i] for i < n, j < n_columns; n and n_columns are multiples
 * of 8. O(n × n_columns).
 */
void sipas__bytes_turn(const uint8_t *from, int64_t from_pitch, int64_t n, int64_t n_columns, uint8_t *to,
                       int64_t to_pitch);

/** Whether a byte is neither one of low … low + span, modulo 256, nor one of n_codes. O(n × codes). */
int sipas__bytes_any_other(const uint8_t *bytes, int64_t n, uint8_t low, uint8_t span, const uint8_t *codes,
                           int32_t n_codes);

#endif

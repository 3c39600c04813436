/**
 * @file bench.h
 * What the programs of tests/bench share: a clock, numbers to fill a survey with, memory that is counted.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>

#include <sipas.h>

/** Seconds from some moment. */
double bench_seconds(void);

/** malloc(), or the end of the program. */
void *bench_need(size_t bytes);

/** The next of a series of random words (SplitMix64); the same from the same start. */
uint64_t bench_next(uint64_t *state);

/** Sums the words of a block: the time to read them once. */
uint64_t bench_read(const void *block, size_t bytes);

/** Keeps the least of several times; 0 = none yet. */
void bench_keep_least(double *least, double value);

/** Ends the program with the sentence of a call that failed. */
void bench_check(sipas_status status, const sipas_error *err);

/** Bytes that the library holds, and the most it ever did. */
typedef struct bench_memory {
    int64_t bytes, peak;
} bench_memory;

/** A context with so many threads; its memory is counted, or, with NULL, the system's own, as in a program that sets nothing. */
sipas_ctx *bench_ctx(bench_memory *memory, int32_t threads);

#endif

/**
 * @file fuzz.h
 * Random calls of the public face, each result audited: no crash, no leak, never success with a figure that cannot be, outputs
 * untouched and handles NULL on failure, whatever goes in.
 *
 * A target is one function, fuzz_one(), that draws all it needs from a source: bytes of libFuzzer's where that is there, else
 * random numbers of a seed, so that a seed makes a case again. Columns lie in blocks of their exact size, for the sanitizers
 * to see one byte too many.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include <sipas.h>

enum { FUZZ_MOST_BLOCKS = 4096 };

/** One case: its source, what it holds, and what is wrong with it. */
typedef struct fuzz {
    const uint8_t *bytes; /**< of libFuzzer; NULL = none */
    size_t n_bytes, at;
    uint64_t seed, state;
    int hostile; /**< numbers and options that are out of place, not only odd shapes */
    const char *call;
    void *block[FUZZ_MOST_BLOCKS];
    int n_blocks, findings;
    int mirrored; /**< a table has had R's limits that are mirrored, which may be the wrong way round */
    /* the allocator: blocks held; the call that fails first, -1 = none; whether all after it fail too */
    long held, calls, fails_at;
    int fails_on;
    long cancels_at, words; /**< the word of progress that is answered with stop, -1 = none */
} fuzz;

/** What the values of a column are to be. */
enum { FUZZ_ANY, FUZZ_NUMBERS, FUZZ_CODES, FUZZ_FLAGS, FUZZ_TEXTS };

/** A target. */
void fuzz_one(fuzz *f);

/** A number below n; 0 where n < 2. */
uint64_t fuzz_below(fuzz *f, uint64_t n);

/** True once in n times. */
int fuzz_once_in(fuzz *f, uint64_t n);

/** A number: small and whole, or, where the case is hostile, anything. */
double fuzz_number(fuzz *f);

/** A value of an option: 0 to last, or, where the case is hostile, at times any. */
int32_t fuzz_option(fuzz *f, int32_t last);

/** Memory until the case ends, zeroed. */
void *fuzz_room(fuzz *f, size_t bytes);

/** A column of n values: any type, stride, direction and bitmap that goes with `kind`. */
sipas_column fuzz_column(fuzz *f, int64_t n, int kind);

/** The same behind a pointer. */
const sipas_column *fuzz_column_of(fuzz *f, int64_t n, int kind);

/** The same, or NULL all but once in `often` times. */
const sipas_column *fuzz_column_or_null(fuzz *f, int64_t n, int kind, uint64_t often);

/** A context whose memory is counted and may run out, whose host may cancel, of one to three threads. */
sipas_ctx *fuzz_ctx(fuzz *f);

/** Says what is wrong, with the seed. */
void fuzz_finding(fuzz *f, const char *what, const char *detail);

/** A status and its error must agree. */
void fuzz_check(fuzz *f, const char *call, sipas_status status, const sipas_error *err);

/** The same of a call that makes a table; audits and frees it. */
void fuzz_check_table(fuzz *f, const char *call, sipas_status status, const sipas_error *err, sipas_table *table);

/** Finds figures that cannot be in a table, which stays the caller's. */
void fuzz_audit(fuzz *f, const sipas_table *table);

#endif

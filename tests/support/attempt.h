/**
 * @file attempt.h
 * Running out of memory. For every call that allocates, its first allocation fails, then its second only, and so on until
 * none does: each time the call gives SIPAS_ERR_MEMORY and no handle, and everything that was taken comes back.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TESTS_ATTEMPT_H
#define TESTS_ATTEMPT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sipas.h>

#include "failing_alloc.h"

/** One try of a call. What is built before and after it has memory enough. */
typedef struct attempt {
    failing_alloc memory;
    sipas_ctx *ctx;
    int64_t fail_at, refused;
    sipas_status status;
    sipas_error err;
} attempt;

/** Something to stand in an `out` parameter before the call, so that a forgotten NULL shows. */
#define POISON(type, a) ((type *)(uintptr_t)(a))

/** Makes the call with one allocation failing, keeps what it gave, and lets all others succeed again. */
#define TRY(a, call)                                   \
    do {                                               \
        failing_alloc_arm(&(a)->memory, (a)->fail_at); \
        (a)->status = (call);                          \
        (a)->refused = (a)->memory.failed;             \
        failing_alloc_arm(&(a)->memory, -1);           \
    } while (0)

/** The same for a call that makes a handle. */
#define TRY_FOR(a, out, call)                             \
    do {                                                  \
        TRY(a, call);                                     \
        assert_int_equal((out) == NULL, (a)->status < 0); \
        assert_ptr_not_equal((out), (a));                 \
    } while (0)

/** Set-up calls must not fail. */
void must(sipas_status status, const sipas_error *err);

/** Makes an attempt with each allocation failing in turn, and a last one in which none does. */
void fail_each(void (*run)(attempt *a));

#endif

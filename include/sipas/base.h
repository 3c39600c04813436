/**
 * @file base.h
 * Status codes, the error a caller hands in, and the context (memory, threads, progress).
 *
 * Every function that can fail returns a ::sipas_status and takes a last argument `sipas_error *err` that may
 * be NULL. On failure handles in `out` parameters are set to NULL and every other output is untouched.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_BASE_H
#define SIPAS_BASE_H

#include <stddef.h>
#include <stdint.h>

#include "version.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Outcome of a call: 0 = done, negative = not done, never positive. Values: the SIPAS_ERR_ constants. */
typedef int32_t sipas_status;

/** The status codes. */
enum {
    SIPAS_OK = 0,                /**< done */
    SIPAS_ERR_ARGUMENT = -1,     /**< an argument is NULL, empty or makes no sense */
    SIPAS_ERR_OPTION = -2,       /**< an option has an unknown value, or a field this library does not know is set */
    SIPAS_ERR_MEMORY = -3,       /**< the allocator returned NULL */
    SIPAS_ERR_CANCELLED = -4,    /**< the progress callback asked to stop */
    SIPAS_ERR_TYPE = -5,         /**< a column has a type that does not fit its place */
    SIPAS_ERR_LENGTH = -6,       /**< columns that must have one length differ */
    SIPAS_ERR_MISSING = -7,      /**< a missing value or NaN where none may stand */
    SIPAS_ERR_VALUE = -8,        /**< a value outside its range: infinite, negative, not whole, unknown answer code */
    SIPAS_ERR_DUPLICATE = -9,    /**< one code given twice, or two codes with one hash */
    SIPAS_ERR_NOT_FOUND = -10,   /**< a name or code that is not there */
    SIPAS_ERR_TREE = -11,        /**< a cycle or an orphan in a tree */
    SIPAS_ERR_INFEASIBLE = -12,  /**< bounds, quotas or totals that cannot be kept together */
    SIPAS_ERR_LONELY_PSU = -13,  /**< a stratum with one PSU, under the rule `error` */
    SIPAS_ERR_CONVERGENCE = -14, /**< an iteration stopped before its tolerance */
    SIPAS_ERR_TOO_FEW = -15,     /**< too few rows, units or PSUs for what was asked */
    SIPAS_ERR_STREAM = -16       /**< a stream of the caller's failed; the message holds its own text */
};

/**
 * What went wrong, and where. A frozen struct of the caller's; its first content does not matter.
 *
 * Rows, items and units are counted from 0; -1 where none is to blame.
 */
typedef struct sipas_error {
    sipas_status status; /**< as returned by the call */
    int32_t column;      /**< position of the column, item or stage to blame among its like, or -1 */
    int64_t row;         /**< row, stratum or unit to blame, or -1 */
    char name[112];      /**< name of the column, item or unit to blame, or "" */
    char message[384];   /**< one English sentence that names them: "row 31207: weight is NaN" */
} sipas_error;

/**
 * Short English name of a status, e.g. "infeasible".
 *
 * @param status any value; an unknown one gives "unknown status".
 * @return a constant string; borrowed, never NULL. O(1). Since 0.1.
 *
 * Threads: any. Test: test_base.
 */
SIPAS_API const char *sipas_status_name(sipas_status status);

/**
 * Memory functions of the host. All three, or none. They are called from the thread of the caller only.
 */
typedef void *(*sipas_alloc_fn)(void *user, size_t size);
/** Gives back what a ::sipas_alloc_fn gave; `block` is never NULL. */
typedef void (*sipas_free_fn)(void *user, void *block);

/**
 * Progress of a long call: `done` of `total` steps. Called from the thread of the caller only.
 *
 * @return 0 to go on; anything else cancels the call, which then returns ::SIPAS_ERR_CANCELLED.
 */
typedef int32_t (*sipas_progress_fn)(void *user, const char *task, int64_t done, int64_t total);

/** Options of sipas_ctx_new(). Fill with sipas_ctx_opts_init() or #SIPAS_CTX_OPTS_INIT. */
typedef struct sipas_ctx_opts {
    uint32_t struct_size;       /**< size of this struct as the caller knows it */
    int32_t threads;            /**< worker threads of a call; 0 = 1. Results do not depend on it. */
    sipas_alloc_fn alloc;       /**< NULL = malloc */
    sipas_free_fn free;         /**< NULL = free */
    void *alloc_user;           /**< first argument of alloc and free */
    sipas_progress_fn progress; /**< NULL = none */
    void *progress_user;        /**< first argument of progress */
} sipas_ctx_opts;

/** Initialiser of a ::sipas_ctx_opts: all defaults. */
#define SIPAS_CTX_OPTS_INIT                                     \
    {                                                           \
        sizeof(sipas_ctx_opts), 0, NULL, NULL, NULL, NULL, NULL \
    }

/**
 * Sets every option to its default; for callers that cannot use the macro. O(1). Since 0.1.
 * Threads: any. Test: test_options.
 */
SIPAS_API void sipas_ctx_opts_init(sipas_ctx_opts *opts);

/**
 * The context of a host: its memory functions, its number of threads, its progress callback.
 *
 * Wherever a `sipas_ctx *` is taken, NULL means malloc, one thread, no progress. Handles made with a context
 * hold on to it, so it may be freed before them. One context may serve several threads at once when its
 * callbacks may.
 */
typedef struct sipas_ctx sipas_ctx;

/**
 * Makes a context.
 *
 * @param opts options, or NULL for all defaults
 * @param[out] out the context; the caller's, to give to sipas_ctx_free()
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT `out` is NULL
 * @retval SIPAS_ERR_OPTION negative or more than 1024 threads; alloc without free or the reverse; unknown field
 * @retval SIPAS_ERR_MEMORY the allocator gave NULL
 *
 * O(1). Since 0.1.
 * Threads: any. Golden: test_allocate.
 */
SIPAS_API sipas_status sipas_ctx_new(const sipas_ctx_opts *opts, sipas_ctx **out, sipas_error *err);

/**
 * Lets go of a context; NULL is fine. What was made with it stays valid. O(1). Since 0.1.
 * Threads: last. Test: test_context.
 */
SIPAS_API void sipas_ctx_free(sipas_ctx *ctx);

#ifdef __cplusplus
}
#endif

#endif

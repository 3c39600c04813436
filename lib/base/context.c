/*
 * The context of a host. Reference counted, because handles free their memory through it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/context.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/options.h"
#include "base/pages.h"

struct sipas_ctx {
    atomic_int holds;
    sipas_ctx_opts opts;
};

void sipas_ctx_opts_init(sipas_ctx_opts *opts)
{
    const sipas_ctx_opts initial = SIPAS_CTX_OPTS_INIT;

    if (opts) *opts = initial;
}

sipas_status sipas_ctx_new(const sipas_ctx_opts *opts, sipas_ctx **out, sipas_error *err)
{
    sipas_ctx_opts own;
    sipas_ctx *ctx;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    status = sipas__options_load(&own, sizeof own, opts, "sipas_ctx_opts", err);
    if (status < 0) return status;
    status = sipas__options_check("threads", own.threads, 0, 1024, err);
    if (status < 0) return status;
    if (!own.alloc != !own.free)
        return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "alloc",
                                "options alloc and free: give both or none");
    ctx = own.alloc ? own.alloc(own.alloc_user, sizeof *ctx) : malloc(sizeof *ctx);
    if (!ctx) return sipas__error_memory(err);
    memset(ctx, 0, sizeof *ctx);
    atomic_init(&ctx->holds, 1);
    ctx->opts = own;
    *out = ctx;
    return SIPAS_OK;
}

sipas_ctx *sipas__ctx_ref(const sipas_ctx *ctx)
{
    sipas_ctx *held = (sipas_ctx *)(uintptr_t)ctx; /* only the counter changes */

    if (held) atomic_fetch_add_explicit(&held->holds, 1, memory_order_relaxed);
    return held;
}

void sipas_ctx_free(sipas_ctx *ctx)
{
    sipas_ctx_opts opts;

    if (!ctx || atomic_fetch_sub_explicit(&ctx->holds, 1, memory_order_acq_rel) > 1) return;
    opts = ctx->opts;
    if (opts.free)
        opts.free(opts.alloc_user, ctx);
    else
        free(ctx);
}

int32_t sipas__ctx_threads(const sipas_ctx *ctx)
{
    return ctx && ctx->opts.threads > 1 ? ctx->opts.threads : 1;
}

void *sipas__alloc(const sipas_ctx *ctx, int64_t count, size_t size)
{
    size_t bytes;
    void *block;

    if (count < 0 || (size && (uint64_t)count > (uint64_t)(PTRDIFF_MAX / size))) return NULL;
    bytes = (size_t)count * size;
    if (bytes == 0) bytes = 1;
    if (!ctx || !ctx->opts.alloc) return sipas__pages_take(bytes);
    block = ctx->opts.alloc(ctx->opts.alloc_user, bytes);
    if (block) memset(block, 0, bytes);
    return block;
}

void sipas__free(const sipas_ctx *ctx, void *block)
{
    if (!block) return;
    if (ctx && ctx->opts.free)
        ctx->opts.free(ctx->opts.alloc_user, block);
    else
        free(block);
}

int sipas__grow(const sipas_ctx *ctx, void **block, int64_t *capacity, int64_t need, size_t size)
{
    int64_t wanted = *capacity > 0 ? *capacity : 16;
    void *grown;

    if (need <= *capacity) return 1;
    while (wanted < need) {
        if (wanted > INT64_MAX / 2) return 0;
        wanted *= 2;
    }
    grown = sipas__alloc(ctx, wanted, size);
    if (!grown) return 0;
    if (*block) memcpy(grown, *block, (size_t)*capacity * size);
    sipas__free(ctx, *block);
    *block = grown;
    *capacity = wanted;
    return 1;
}

char *sipas__text_copy(const sipas_ctx *ctx, const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = sipas__alloc(ctx, (int64_t)bytes, 1);

    if (copy) memcpy(copy, text, bytes);
    return copy;
}

sipas_status sipas__progress(const sipas_ctx *ctx, const char *task, int64_t done, int64_t total, sipas_error *err)
{
    if (!ctx || !ctx->opts.progress || ctx->opts.progress(ctx->opts.progress_user, task, done, total) == 0)
        return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_CANCELLED, SIPAS__NOWHERE, SIPAS__NOWHERE, task,
                            "%s: cancelled after %lld of %lld", task, (long long)done, (long long)total);
}

sipas_status sipas__progress_within(const sipas_ctx *ctx, const char *task, int64_t done, int64_t total,
                                    sipas_error *err)
{
    return done == 0 || done % 65536 != 0 ? SIPAS_OK : sipas__progress(ctx, task, done, total, err);
}

sipas_status sipas__progress_between(const sipas_ctx *ctx, const char *task, int64_t n, sipas_error *err)
{
    return n < 65536 ? SIPAS_OK : sipas__progress(ctx, task, 0, n, err);
}

sipas_status sipas__steps_add(sipas__steps *steps, int64_t n, sipas_error *err)
{
    const int64_t before = steps->done;

    steps->done += n;
    if (before / 65536 == steps->done / 65536) return SIPAS_OK;
    return sipas__progress(steps->ctx, steps->task, steps->done, steps->total, err);
}

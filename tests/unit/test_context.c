/*
 * The context: the host's memory functions, what happens when they refuse, progress, threads.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sipas.h>

#include "base/context.h"
#include "base/threads.h"
#include "failing_alloc.h"

static void the_hosts_memory_functions_are_used_for_everything(void **state)
{
    failing_alloc memory;
    sipas_ctx *ctx = failing_alloc_ctx(&memory);
    void *block;
    char *text;

    (void)state;
    assert_int_equal(memory.held, 1);
    block = sipas__alloc(ctx, 10, 8);
    text = sipas__text_copy(ctx, "xin chào");
    assert_string_equal(text, "xin chào");
    assert_int_equal(memory.held, 3);
    for (size_t i = 0; i < 80; i++) assert_int_equal(((unsigned char *)block)[i], 0);
    sipas__free(ctx, block);
    sipas__free(ctx, text);
    sipas__free(ctx, NULL);
    sipas_ctx_free(ctx);
    assert_int_equal(memory.held, 0);
    assert_int_equal(memory.bytes, 0);
}

static void without_a_context_there_is_malloc(void **state)
{
    unsigned char *block = sipas__alloc(NULL, 3, 5);

    (void)state;
    for (size_t i = 0; i < 15; i++) assert_int_equal(block[i], 0);
    sipas__free(NULL, block);
    assert_null(sipas__ctx_ref(NULL));
    sipas_ctx_free(NULL);
    assert_int_equal(sipas__ctx_threads(NULL), 1);
}

static void a_context_lives_as_long_as_what_holds_it(void **state)
{
    failing_alloc memory;
    sipas_ctx *ctx = failing_alloc_ctx(&memory);
    sipas_ctx *held = sipas__ctx_ref(ctx);
    void *block;

    (void)state;
    assert_ptr_equal(held, ctx);
    sipas_ctx_free(ctx);
    assert_int_equal(memory.held, 1);
    block = sipas__alloc(held, 1, 1);
    sipas__free(held, block);
    sipas_ctx_free(held);
    assert_int_equal(memory.held, 0);
}

static void no_size_is_too_strange(void **state)
{
    void *block = sipas__alloc(NULL, 0, 8);

    (void)state;
    assert_non_null(block);
    sipas__free(NULL, block);
    block = sipas__alloc(NULL, 5, 0);
    assert_non_null(block);
    sipas__free(NULL, block);
    assert_null(sipas__alloc(NULL, -1, 8));
    assert_null(sipas__alloc(NULL, INT64_MAX, 8));
    assert_null(sipas__alloc(NULL, INT64_MAX / 8 + 1, 8));
}

static void growing_keeps_what_is_there(void **state)
{
    failing_alloc memory;
    sipas_ctx *ctx = failing_alloc_ctx(&memory);
    void *block = NULL;
    int64_t capacity = 0, *number;

    (void)state;
    assert_true(sipas__grow(ctx, &block, &capacity, 1, sizeof *number));
    assert_int_equal(capacity, 16);
    number = block;
    for (int64_t i = 0; i < capacity; i++) {
        assert_int_equal(number[i], 0);
        number[i] = i;
    }
    assert_true(sipas__grow(ctx, &block, &capacity, 16, sizeof *number));
    assert_ptr_equal(block, number);
    failing_alloc_arm(&memory, 0);
    assert_false(sipas__grow(ctx, &block, &capacity, 17, sizeof *number));
    assert_ptr_equal(block, number);
    assert_int_equal(capacity, 16);
    assert_true(sipas__grow(ctx, &block, &capacity, 100, sizeof *number));
    assert_int_equal(capacity, 128);
    number = block;
    for (int64_t i = 0; i < capacity; i++) assert_int_equal(number[i], i < 16 ? i : 0);
    assert_false(sipas__grow(ctx, &block, &capacity, INT64_MAX, sizeof *number));
    assert_int_equal(capacity, 128);
    sipas__free(ctx, block);
    sipas_ctx_free(ctx);
    assert_int_equal(memory.held, 0);
}

static void bad_options_are_refused(void **state)
{
    failing_alloc memory = {0, 0, 0, 0, 0, -1};
    sipas_ctx_opts opts = SIPAS_CTX_OPTS_INIT;
    sipas_ctx *ctx = (sipas_ctx *)(uintptr_t)&opts;
    sipas_error err;

    (void)state;
    assert_int_equal(sipas_ctx_new(NULL, NULL, &err), SIPAS_ERR_ARGUMENT);
    opts.threads = -1;
    assert_int_equal(sipas_ctx_new(&opts, &ctx, &err), SIPAS_ERR_OPTION);
    assert_string_equal(err.name, "threads");
    assert_null(ctx);
    opts.threads = 1025;
    assert_int_equal(sipas_ctx_new(&opts, &ctx, &err), SIPAS_ERR_OPTION);
    opts.threads = 0;
    opts.alloc = failing_alloc_take;
    opts.alloc_user = &memory;
    assert_int_equal(sipas_ctx_new(&opts, &ctx, &err), SIPAS_ERR_OPTION);
    assert_string_equal(err.name, "alloc");
    opts.alloc = NULL;
    opts.free = failing_alloc_give;
    assert_int_equal(sipas_ctx_new(&opts, &ctx, &err), SIPAS_ERR_OPTION);
    opts.alloc = failing_alloc_take;
    memory.fail_at = 0;
    assert_int_equal(sipas_ctx_new(&opts, &ctx, &err), SIPAS_ERR_MEMORY);
    assert_null(ctx);
    opts.struct_size = 2;
    assert_int_equal(sipas_ctx_new(&opts, &ctx, &err), SIPAS_ERR_OPTION);
    assert_int_equal(memory.held, 0);
}

typedef struct watcher {
    int64_t calls, done, total, stop_at;
    const char *task;
} watcher;

static int32_t watch(void *user, const char *task, int64_t done, int64_t total)
{
    watcher *seen = user;

    seen->calls++;
    seen->task = task;
    seen->done = done;
    seen->total = total;
    return done == seen->stop_at;
}

static void progress_is_told_and_can_cancel(void **state)
{
    watcher seen = {0, 0, 0, 7, NULL};
    sipas_ctx_opts opts = SIPAS_CTX_OPTS_INIT;
    sipas_ctx *ctx = NULL;
    sipas_error err;

    (void)state;
    opts.progress = watch;
    opts.progress_user = &seen;
    assert_int_equal(sipas_ctx_new(&opts, &ctx, NULL), SIPAS_OK);
    assert_int_equal(sipas__progress(ctx, "count", 3, 10, &err), SIPAS_OK);
    assert_string_equal(seen.task, "count");
    assert_int_equal(seen.done, 3);
    assert_int_equal(seen.total, 10);
    assert_int_equal(sipas__progress(ctx, "count", 7, 10, &err), SIPAS_ERR_CANCELLED);
    assert_string_equal(err.message, "count: cancelled after 7 of 10");
    assert_int_equal(seen.calls, 2);
    assert_int_equal(sipas__progress(NULL, "count", 7, 10, NULL), SIPAS_OK);
    sipas_ctx_free(ctx);
}

enum { MANY = 1024 };

static void count_once(void *user, int32_t index)
{
    atomic_int *done = user;

    atomic_fetch_add(&done[index], 1);
}

static void each_task_runs_once(void **state)
{
    static atomic_int done[MANY + 1];
    const int32_t counts[] = {1, 2, 7, MANY};
    sipas_ctx_opts opts = SIPAS_CTX_OPTS_INIT;
    sipas_ctx *ctx = NULL;

    (void)state;
    for (size_t k = 0; k < sizeof counts / sizeof counts[0]; k++) {
        for (size_t i = 0; i <= MANY; i++) atomic_store(&done[i], 0);
        sipas__threads_run(counts[k], count_once, done);
        for (int32_t i = 0; i <= MANY; i++) assert_int_equal(atomic_load(&done[i]), i < counts[k]);
    }
    opts.threads = 3;
    assert_int_equal(sipas_ctx_new(&opts, &ctx, NULL), SIPAS_OK);
    assert_int_equal(sipas__ctx_threads(ctx), 3);
    sipas_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hosts_memory_functions_are_used_for_everything),
        cmocka_unit_test(without_a_context_there_is_malloc),
        cmocka_unit_test(a_context_lives_as_long_as_what_holds_it),
        cmocka_unit_test(no_size_is_too_strange),
        cmocka_unit_test(growing_keeps_what_is_there),
        cmocka_unit_test(bad_options_are_refused),
        cmocka_unit_test(progress_is_told_and_can_cancel),
        cmocka_unit_test(each_task_runs_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

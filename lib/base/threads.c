/*
 * POSIX threads. A task whose thread cannot be started runs on the caller's thread: slower, never wrong.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/threads.h"

#include <pthread.h>

enum { MOST_THREADS = 1024 };

typedef struct job {
    sipas__task_fn task;
    void *state;
    int32_t index;
} job;

static void *run_job(void *argument)
{
    const job *own = argument;

    own->task(own->state, own->index);
    return NULL;
}

void sipas__threads_run(int32_t n, sipas__task_fn task, void *state)
{
    pthread_t thread[MOST_THREADS];
    job jobs[MOST_THREADS];
    int started[MOST_THREADS];

    if (n > MOST_THREADS) n = MOST_THREADS; /* sipas_ctx_new() lets no more through */
    for (int32_t i = 1; i < n; i++) {
        jobs[i].task = task;
        jobs[i].state = state;
        jobs[i].index = i;
        started[i] = pthread_create(&thread[i], NULL, run_job, &jobs[i]) == 0;
    }
    task(state, 0);
    for (int32_t i = 1; i < n; i++) {
        if (started[i])
            (void)pthread_join(thread[i], NULL);
        else
            task(state, i);
    }
}

/* What one thread of several does: every `threads`-th task. */
typedef struct share {
    sipas__task_fn task;
    void *state;
    int32_t threads, n;
} share;

static void run_share(void *state, int32_t index)
{
    const share *own = state;

    for (int32_t i = index; i < own->n; i += own->threads) own->task(own->state, i);
}

void sipas__threads_share(int32_t threads, int32_t n, sipas__task_fn task, void *state)
{
    share all = {task, state, threads < n ? threads : n, n};

    sipas__threads_run(all.threads, run_share, &all);
}

int32_t sipas__stretch_count(int64_t n_rows, int32_t most)
{
    const int64_t count = n_rows >> 17;

    return count < 1 ? 1 : count < most ? (int32_t)count : most;
}

int64_t sipas__stretch_start(int64_t n_rows, int32_t count, int32_t stretch, int64_t unit)
{
    const int64_t row = (n_rows + unit - 1) / unit * stretch / count * unit;

    return row < n_rows ? row : n_rows;
}

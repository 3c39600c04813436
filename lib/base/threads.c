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

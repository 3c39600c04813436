/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static double seconds(void)
{
    struct timespec now;
    return timespec_get(&now, TIME_UTC) == TIME_UTC ? (double)now.tv_sec + 1e-9 * (double)now.tv_nsec : 0;
}

static int32_t report(void *user, const char *task, int64_t done, int64_t total)
{
    progress *p = user;
    double now = seconds();
    if (p->start == 0) p->start = now;
    if (now - p->start < 1 || now - p->shown < 0.1 || !isatty(STDERR_FILENO)) return 0;
    fprintf(stderr, "\r\033[K%s: %.0f %%", task, total > 0 ? 100 * (double)done / (double)total : 0.0);
    fflush(stderr);
    p->shown = now;
    p->is_on = 1;
    return 0;
}

sipas_status progress_context(progress *p, int32_t threads, sipas_ctx **out, sipas_error *err)
{
    sipas_ctx_opts opts = SIPAS_CTX_OPTS_INIT;
    opts.threads = threads;
    opts.progress = report;
    opts.progress_user = p;
    return sipas_ctx_new(&opts, out, err);
}

void progress_end(progress *p)
{
    if (p->is_on) fputs("\r\033[K", stderr);
    p->is_on = 0;
}

/**
 * @file progress.h
 * Progress of long calls, for a person who waits: on stderr, when that is a terminal and more than a second has passed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef EXAMPLES_PROGRESS_H
#define EXAMPLES_PROGRESS_H

#include <sipas.h>

/** State of the display; zero it. */
typedef struct progress {
    double start; /**< seconds; 0 = nothing was reported yet */
    double shown; /**< when it was last written */
    int is_on;    /**< something stands on the line */
} progress;

/** A context with so many threads (0 = 1) that reports to `p`, which must outlive it. Free it with sipas_ctx_free(). */
sipas_status progress_context(progress *p, int32_t threads, sipas_ctx **out, sipas_error *err);

/** Wipes the line. */
void progress_end(progress *p);

#endif

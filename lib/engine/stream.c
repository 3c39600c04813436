/*
 * Stretches, rounds, progress.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/stream.h"

#include <stdatomic.h>

#include "base/context.h"
#include "base/threads.h"
#include "data/codes.h"

/* Most stretches, most sums that are kept more than once for their sake, and rows from one word to the host to the next. */
enum { MOST_STRETCHES = 8, MOST_SUMS = 1 << 22, PROGRESS_ROWS = 256 * SIPAS__TILE };

/* Stretches first … first+workers-1 are a round. */
typedef struct round {
    const sipas__stream *stream;
    int32_t first, workers;
    atomic_int cancelled;
    sipas_error *err;
} round;

static int64_t stretch_start(const sipas__stream *stream, int32_t stretch)
{
    return sipas__stretch_start(stream->n, stream->n_stretches, stretch, SIPAS__TILE);
}

/* Rows that a round has been through, as far as the first worker can tell. */
static int tell_progress(const round *own, int64_t row)
{
    const sipas__stream *stream = own->stream;
    const int64_t start = stretch_start(stream, own->first), end = stretch_start(stream, own->first + own->workers);
    const int64_t done = start + (row - start) * own->workers;

    return sipas__progress(stream->ctx, stream->doing, done < end ? done : end, stream->n, own->err);
}

static void read_stretch(void *state, int32_t worker)
{
    round *own = state;
    const sipas__stream *stream = own->stream;
    const int64_t start = stretch_start(stream, own->first + worker),
                  end = stretch_start(stream, own->first + worker + 1);

    for (int64_t row = start; row < end && !atomic_load(&own->cancelled); row += SIPAS__TILE) {
        if (worker == 0 && (row - start) % PROGRESS_ROWS == 0 && tell_progress(own, row) < 0)
            atomic_store(&own->cancelled, 1);
        if (!stream->tile(stream->state, worker, row, end - row < SIPAS__TILE ? end - row : SIPAS__TILE)) return;
    }
}

void sipas__stream_plan(sipas__stream *stream)
{
    const int32_t threads = sipas__ctx_threads(stream->ctx);
    int32_t count = stream->n_sums == SIPAS__STREAM_IN_ORDER ? 1 : sipas__stretch_count(stream->n, MOST_STRETCHES);

    while (count > 1 && count * stream->n_sums > MOST_SUMS) count--;
    stream->n_stretches = count;
    stream->n_workers = threads < count ? threads : count;
}

sipas_status sipas__stream_run(const sipas__stream *stream, sipas_error *err)
{
    round own = {stream, 0, 0, 0, err};
    sipas_status status = SIPAS_OK;

    for (; own.first < stream->n_stretches && status == SIPAS_OK; own.first += own.workers) {
        const int32_t left = stream->n_stretches - own.first;

        own.workers = left < stream->n_workers ? left : stream->n_workers;
        sipas__threads_run(own.workers, read_stretch, &own);
        if (atomic_load(&own.cancelled)) return SIPAS_ERR_CANCELLED;
        if (stream->join) status = stream->join(stream->state, own.workers, err);
    }
    return status;
}

/*
 * Summing one-byte answers: as whole points, which convert to doubles eight at a time.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "engine/moments_sum.h"
#include "num/bytes.h"
#include "num/processor.h"

/* ---- points ---- */

/* Are points the code's place on its scale, or the same with an offset? */
static int points_rise(const sipas__scored *item)
{
    for (int k = 1; k <= item->span; k++)
        if ((uint8_t)(item->points[(uint8_t)(item->low + k)] - item->points[item->low]) != k) return 0;
    return 1;
}

/* The scale of an item whose points rise by one. */
static sipas__byte_scale rising_scale(const sipas__scored *item)
{
    const sipas__byte_scale scale = {item->low, item->span, (uint8_t)(item->low - item->points[item->low])};

    return scale;
}

/* Points that rise by one: one look at each answer. Returns whether any is outside the scale. */
static uint8_t score_rising(const sipas__scored *item, const uint8_t *answers, int64_t n, uint8_t *restrict points)
{
    const uint8_t low = item->low, span = item->span, shift = rising_scale(item).shift;
    uint8_t outside = 0;

    for (int64_t i = 0; i < n; i++) {
        outside |= (uint8_t)((uint8_t)(answers[i] - low) > span);
        points[i] = (uint8_t)(answers[i] - shift);
    }
    return outside;
}

/* Any points, in steps: every loop can be vectorized, where a look-up per answer cannot. */
static uint8_t score_by_steps(const sipas__scored *item, const uint8_t *answers, int64_t n, uint8_t *restrict points)
{
    const uint8_t low = item->low, span = item->span;
    uint8_t outside = 0;

    memset(points, item->points[low], (size_t)n);
    for (int k = 1; k <= span; k++) {
        const uint8_t at = (uint8_t)k, code = (uint8_t)(low + k);
        const uint8_t step = (uint8_t)(item->points[code] - item->points[(uint8_t)(code - 1)]);

        for (int64_t i = 0; step && i < n; i++)
            points[i] = (uint8_t)(points[i] + ((uint8_t)(answers[i] - low) >= at ? step : 0));
    }
    for (int64_t i = 0; i < n; i++) outside |= (uint8_t)((uint8_t)(answers[i] - low) > span);
    return outside;
}

/* Asks for the answers that the next tile will read: 39 streams are more than processors follow by themselves. */
static void fetch_next(const sipas__scored *item, const uint8_t *answers, int64_t row, int64_t n)
{
    const int64_t left = item->column.n - row - n;
    const int64_t next = left < SIPAS__TILE ? left : SIPAS__TILE;

    if (item->column.stride != 1) return;
    for (int64_t i = 0; i < next; i += 64) SIPAS__FETCH(answers + n + i, 0);
}

const uint8_t *sipas__pass_answers(const sipas__scored *item, int64_t row, int64_t n, uint8_t *together)
{
    const int64_t stride = item->column.stride;
    const uint8_t *answers = (const uint8_t *)item->column.data + row * stride;

    fetch_next(item, answers, row, n);
    if (stride == 1) return answers;
    for (int64_t i = 0; i < n; i++) together[i] = answers[i * stride];
    return together;
}

int sipas__pass_score(const sipas__scored *item, const uint8_t *answers, int64_t n, uint8_t *restrict points)
{
    const uint8_t low = item->low, span = item->span;
    const uint8_t outside = points_rise(item) ? score_rising(item, answers, n, points)
                                              : score_by_steps(item, answers, n, points);

    for (int64_t i = 0; outside && i < n; i++) points[i] = (uint8_t)(answers[i] - low) > span ? 0 : points[i];
    return outside;
}

static void mark_missing(const sipas__scored *item, int64_t variable, const uint8_t *answers, int64_t row, int64_t n,
                         int64_t words, sipas__reader *reader)
{
    const uint8_t low = item->low, span = item->span;

    for (int64_t i = 0; i < n; i++) {
        const uint8_t byte = answers[i];

        if ((uint8_t)(byte - low) <= span) continue;
        reader->missing[i * words + variable / 64] |= UINT64_C(1) << (variable % 64);
        if (item->known[byte] || (reader->fault.row >= 0 && reader->fault.row <= row + i)) continue;
        reader->fault.row = row + i;
        reader->fault.variable = variable;
        reader->fault.value = (double)(int8_t)byte;
    }
}

/* A row that lacks one variable lacks all. */
static void take_out_incomplete(sipas__reader *reader, int64_t n_vars, int64_t n)
{
    const int64_t words = sipas__pass_words(n_vars);

    for (int64_t i = 0; i < n; i++) {
        uint64_t any = 0;

        for (int64_t w = 0; w < words; w++) any |= reader->missing[i * words + w];
        for (int64_t v = 0; any && v < n_vars; v++) {
            reader->missing[i * words + v / 64] |= UINT64_C(1) << (v % 64);
            reader->points[v * SIPAS__POINTS_PITCH + i] = 0;
        }
    }
}

/* Points of one item; marks those that are missing and says whether there are any. `seen`: some were marked before. */
static int read_item(const sipas__source *source, sipas__reader *reader, int64_t v, int64_t row, int64_t n, int seen)
{
    const sipas__scored *item = &source->scored[v];
    const int64_t words = sipas__pass_words(source->n_vars);
    uint8_t together[SIPAS__TILE];
    const uint8_t *answers = sipas__pass_answers(item, row, n, together);

    if (!sipas__pass_score(item, answers, n, reader->points + v * SIPAS__POINTS_PITCH)) return 0;
    if (!seen) memset(reader->missing, 0, (size_t)(n * words) * sizeof *reader->missing);
    mark_missing(item, v, answers, row, n, words, reader);
    return 1;
}

/* ---- sums ---- */

static void add_runs(const sipas__source *source, sipas__moments *m, const sipas__reader *reader, int64_t v,
                     const double *ones, const sipas__run *runs, int64_t n_runs)
{
    const sipas__byte_scale whole = {0, UINT8_MAX, 0};
    const uint8_t *points = reader->points + v * SIPAS__POINTS_PITCH;
    int outside = 0;

    for (int64_t k = 0; k < n_runs; k++) {
        const int64_t at = runs[k].segment * m->n_vars + v, first = runs[k].first, n = runs[k].n;

        sipas__pass_two_sum(&m->sum[at], &m->sum_low[at],
                            sipas__bytes_dot(points + first, whole, reader->weight + first, n, &outside));
        if (source->plain) m->plain[at] += sipas__bytes_dot(points + first, whole, ones + first, n, &outside);
    }
}

/*
 * The same without a stop, from the answers where they lie, when points rise by one and every answer has some: the same sums to
 * the last bit. Returns 0, with nothing added, when that is not so.
 */
static int add_answers(const sipas__source *source, sipas__moments *m, const sipas__reader *reader, int64_t v,
                       int64_t row, int64_t n, const sipas__run *runs, int64_t n_runs)
{
    const sipas__scored *item = &source->scored[v];
    const uint8_t *answers = (const uint8_t *)item->column.data + row;
    const sipas__byte_scale scale = rising_scale(item);
    double sum[SIPAS__TILE];
    int outside = 0;

    if (item->column.stride != 1 || source->plain || !points_rise(item)) return 0;
    fetch_next(item, answers, row, n);
    for (int64_t k = 0; k < n_runs; k++)
        sum[k] = sipas__bytes_dot(answers + runs[k].first, scale, reader->weight + runs[k].first, runs[k].n, &outside);
    for (int64_t k = 0; !outside && k < n_runs; k++) {
        const int64_t at = runs[k].segment * m->n_vars + v;

        sipas__pass_two_sum(&m->sum[at], &m->sum_low[at], sum[k]);
    }
    return !outside;
}

/* A batch of lines stays in the nearest cache between being turned and being added. */
enum { BATCH = 128 };

static void add_rows(const sipas__source *source, sipas__moments *m, sipas__reader *reader, int64_t n)
{
    const int64_t pitch = m->block_pitch;

    for (int64_t first = 0; first < n; first += BATCH) {
        const int64_t count = n - first < BATCH ? n - first : BATCH;

        sipas__bytes_turn(reader->points + first, SIPAS__POINTS_PITCH, (count + 7) / 8 * 8, pitch, reader->lines,
                          pitch);
        sipas__bytes_add(m->block, reader->segment + first, reader->lines, reader->weight + first, count, pitch);
        for (int64_t i = 0; source->plain && i < count; i++)
            for (int64_t v = 0; v < m->n_vars && reader->weight[first + i] != 0.0; v++)
                m->plain[reader->segment[first + i] * m->n_vars + v] += (double)reader->lines[i * pitch + v];
    }
    sipas__pass_count_block(m, reader->segment, reader->weight, n);
}

int sipas__pass_add_points(const sipas__source *source, sipas__moments *m, sipas__reader *reader,
                           const sipas__run *runs, int64_t n_runs, int64_t row, int64_t n)
{
    /* Reading and adding by turns lets memory work while the processor does. */
    const int by_turns = n_runs > 0 && !source->complete;
    double ones[SIPAS__TILE];
    int missing = 0;

    for (int64_t i = 0; source->plain && i < n; i++) ones[i] = reader->weight[i] != 0.0;
    for (int64_t v = 0; v < source->n_vars; v++) {
        if (by_turns && add_answers(source, m, reader, v, row, n, runs, n_runs)) continue;
        missing |= read_item(source, reader, v, row, n, missing);
        if (by_turns) add_runs(source, m, reader, v, ones, runs, n_runs);
    }
    if (missing && source->complete) take_out_incomplete(reader, source->n_vars, n);
    for (int64_t v = 0; n_runs > 0 && !by_turns && v < source->n_vars; v++)
        add_runs(source, m, reader, v, ones, runs, n_runs);
    if (n_runs == 0) add_rows(source, m, reader, n);
    return missing;
}

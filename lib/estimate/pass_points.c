/*
 * Summing one-byte answers: as whole points, which convert to doubles eight at a time.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "estimate/pass_sum.h"
#include "num/bytes.h"

/* ---- points ---- */

/* Are points the code's place on its scale, or the same with an offset? */
static int points_rise(const sipas__scored *item)
{
    for (int k = 1; k <= item->span; k++)
        if ((uint8_t)(item->points[(uint8_t)(item->low + k)] - item->points[item->low]) != k) return 0;
    return 1;
}

/* Places above the lowest code → points, in steps: every loop can be vectorized, where a look-up per answer cannot. */
static void points_of_places(const sipas__scored *item, const uint8_t *above, int64_t n, uint8_t *restrict points)
{
    const uint8_t lowest = item->points[item->low];

    if (points_rise(item)) {
        for (int64_t i = 0; i < n; i++) points[i] = (uint8_t)(above[i] + lowest);
        return;
    }
    memset(points, lowest, (size_t)n);
    for (int k = 1; k <= item->span; k++) {
        const uint8_t at = (uint8_t)k, code = (uint8_t)(item->low + k);
        const uint8_t step = (uint8_t)(item->points[code] - item->points[(uint8_t)(code - 1)]);

        for (int64_t i = 0; step && i < n; i++) points[i] = (uint8_t)(points[i] + (above[i] >= at ? step : 0));
    }
}

/* Points of n answers, which may lie apart; returns 1 when some are not scored (these get 0). */
static int score(const sipas__scored *item, const uint8_t *answers, int64_t stride, int64_t n, uint8_t *restrict points)
{
    const uint8_t low = item->low, span = item->span;
    uint8_t above[SIPAS__TILE], outside = 0;

    if (stride == 1)
        for (int64_t i = 0; i < n; i++) above[i] = (uint8_t)(answers[i] - low);
    else
        for (int64_t i = 0; i < n; i++) above[i] = (uint8_t)(answers[i * stride] - low);
    points_of_places(item, above, n, points);
    for (int64_t i = 0; i < n; i++) outside |= (uint8_t)(above[i] > span);
    for (int64_t i = 0; outside && i < n; i++) points[i] = above[i] > span ? 0 : points[i];
    return outside;
}

static void mark_missing(const sipas__scored *item, int64_t variable, const uint8_t *answers, int64_t row, int64_t n,
                         int64_t words, sipas__reader *reader)
{
    const uint8_t low = item->low, span = item->span;

    for (int64_t i = 0; i < n; i++) {
        const uint8_t byte = answers[i * item->column.stride];

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

int sipas__pass_read_points(const sipas__source *source, sipas__reader *reader, int64_t row, int64_t n)
{
    const int64_t words = sipas__pass_words(source->n_vars);
    int missing = 0;

    for (int64_t v = 0; v < source->n_vars; v++) {
        const sipas__scored *item = &source->scored[v];
        const uint8_t *answers = (const uint8_t *)item->column.data + row * item->column.stride;

        if (!score(item, answers, item->column.stride, n, reader->points + v * SIPAS__POINTS_PITCH)) continue;
        if (!missing) memset(reader->missing, 0, (size_t)(n * words) * sizeof *reader->missing);
        missing = 1;
        mark_missing(item, v, answers, row, n, words, reader);
    }
    if (missing && source->complete) take_out_incomplete(reader, source->n_vars, n);
    return missing;
}

/* ---- sums ---- */

void sipas__pass_add_points_runs(const sipas__source *source, sipas__moments *m, sipas__reader *reader,
                                 const sipas__run *runs, int64_t n_runs)
{
    double ones[SIPAS__TILE];

    for (int64_t k = 0; source->plain && k < n_runs; k++)
        for (int64_t i = runs[k].first; i < runs[k].first + runs[k].n; i++) ones[i] = reader->weight[i] != 0.0;
    for (int64_t v = 0; v < m->n_vars; v++) {
        const uint8_t *points = reader->points + v * SIPAS__POINTS_PITCH;

        for (int64_t k = 0; k < n_runs; k++) {
            const int64_t at = runs[k].segment * m->n_vars + v, first = runs[k].first;

            sipas__pass_two_sum(&m->sum[at], &m->sum_low[at],
                                sipas__bytes_dot(points + first, reader->weight + first, runs[k].n));
            if (source->plain) m->plain[at] += sipas__bytes_dot(points + first, ones + first, runs[k].n);
        }
    }
}

void sipas__pass_add_points_rows(const sipas__source *source, sipas__moments *m, sipas__reader *reader, int64_t n)
{
    const int64_t pitch = m->block_pitch;

    sipas__bytes_turn(reader->points, SIPAS__POINTS_PITCH, (n + 7) / 8 * 8, pitch, reader->lines);
    sipas__bytes_add(m->block, reader->segment, reader->lines, reader->weight, n, pitch);
    for (int64_t i = 0; source->plain && i < n; i++)
        for (int64_t v = 0; v < m->n_vars && reader->weight[i] != 0.0; v++)
            m->plain[reader->segment[i] * m->n_vars + v] += (double)reader->lines[i * pitch + v];
    sipas__pass_count_block(m, reader->segment, n);
}

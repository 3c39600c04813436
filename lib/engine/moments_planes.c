/*
 * Weighted sums of one-byte answers in whole numbers.
 *
 * Long runs of one segment are summed item by item, plane by plane, while the points are in the nearest cache. Rows that come
 * scattered are turned into lines, a line a row with its planes behind the points, and held until there are many; then they are put
 * in the order of the segments, so that the sums of a segment are fetched once for all its lines. No order matters to a sum of
 * whole numbers: how much is held, and whether it is sorted, is a matter of speed alone.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/moments_planes.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/threads.h"
#include "num/bytes.h"
#include "num/processor.h"

enum {
    PLANE_PITCH = SIPAS__TILE + SIPAS__PLANE_SPARE,
    GAP_WORDS = SIPAS__TILE / 64,
    HELD = 1 << 15, /* lines that are held: what they take stays in the second cache */
    MOST_DOTS = SIPAS__MOST_PLANES + 1
};

/* Codes off the scale of an item that are rightly there. */
typedef struct aside {
    int32_t n;
    uint8_t code[256];
} aside;

/* What one worker has. A line of sums has a number for each variable, then one for the weight: that of a variable which is always 1. */
struct sipas__plane_sums {
    sipas__planes planes;
    int64_t n_rows, n_words, n_segments, n_vars, n_sets, pitch; /* pitch: length of a line, in whole groups of eight */
    int64_t *sum;                                               /* segment × word: lines of Σ q points */
    int64_t *gone;   /* segment × (words + 1): lines of Σ q over the rows that lack it, and of their number */
    int64_t *plain;  /* segment: lines of Σ points over rows of non-zero weight; NULL = not wanted */
    int64_t *silent; /* segment × set × (words + 1) */
    int64_t *rows;   /* segment */
    int any_gone, misfit;
    aside *asides; /* by variable */
    /* a tile */
    int16_t *cut;    /* (planes + 1) × PLANE_PITCH */
    uint8_t *points; /* line_pitch × SIPAS__POINTS_PITCH: columns of the lines */
    uint64_t *gaps;  /* variable × GAP_WORDS */
    /* rows that are held */
    int64_t n_held, most_held, line_pitch;
    int held_gaps;
    uint8_t *lines;
    int32_t *segment, *start;
    sipas__plane_place *place;
};

/* A plane of the tile at hand; behind the last one those of weight 0 are told from the others. */
static const int16_t *plane_of(const sipas__plane_sums *s, int64_t plane)
{
    return s->cut + plane * PLANE_PITCH;
}

/* ---- whether ---- */

static uint8_t most_points(const sipas__source *source)
{
    uint8_t most = 1;

    for (int64_t v = 0; v < source->n_vars; v++)
        for (int byte = 0; byte < 256; byte++)
            if (source->scored[v].points[byte] > most) most = source->scored[v].points[byte];
    return most;
}

sipas__planes sipas__pass_planes(const sipas_design *design, const sipas__source *source)
{
    const int64_t most_sum = INT64_C(1) << 33;
    const sipas__planes none = {0, 0};
    uint8_t most;
    int top;

    if (!source->scored || design->negative) return none;
    most = most_points(source);
    if (most > SIPAS__PLANE_POINTS || design->n > most_sum / most) return none;
    (void)frexp(design->weight_most, &top);
    return sipas__planes_for(design->weight_grain, top);
}

/* ---- memory ---- */

static void free_sums(const sipas_ctx *ctx, sipas__plane_sums *s)
{
    void *blocks[] = {s->sum,    s->gone, s->plain, s->silent,  s->rows,  s->asides, s->cut,
                      s->points, s->gaps, s->lines, s->segment, s->place, s->start};

    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) sipas__free(ctx, blocks[i]);
}

static int alloc_tile(const sipas_ctx *ctx, sipas__plane_sums *s)
{
    s->cut = sipas__alloc(ctx, s->planes.n + 1, PLANE_PITCH * sizeof *s->cut);
    s->points = sipas__alloc(ctx, s->line_pitch, SIPAS__POINTS_PITCH);
    s->gaps = sipas__alloc(ctx, s->n_vars, GAP_WORDS * sizeof *s->gaps);
    s->asides = sipas__alloc(ctx, s->n_vars, sizeof *s->asides);
    s->lines = sipas__alloc(ctx, s->most_held + 8, (size_t)s->line_pitch);
    s->segment = sipas__alloc(ctx, s->most_held, sizeof *s->segment);
    s->place = sipas__alloc(ctx, s->most_held, sizeof *s->place);
    s->start = sipas__alloc(ctx, s->n_segments <= s->most_held ? s->n_segments : 0, sizeof *s->start);
    return s->cut && s->points && s->gaps && s->asides && s->lines && s->segment && s->place && s->start;
}

static int alloc_sums(const sipas_ctx *ctx, sipas__plane_sums *s, int plain)
{
    const size_t line = (size_t)s->pitch * sizeof(int64_t);

    s->sum = sipas__alloc(ctx, s->n_segments, (size_t)s->n_words * line);
    s->gone = sipas__alloc(ctx, s->n_segments, (size_t)(s->n_words + 1) * line);
    s->silent = sipas__alloc(ctx, s->n_segments, (size_t)(s->n_sets * (s->n_words + 1)) * sizeof *s->silent);
    s->rows = sipas__alloc(ctx, s->n_segments, sizeof *s->rows);
    if (plain) s->plain = sipas__alloc(ctx, s->n_segments, line);
    return s->sum && s->gone && s->silent && s->rows && (s->plain || !plain);
}

static void list_asides(const sipas__source *source, sipas__plane_sums *s)
{
    for (int64_t v = 0; v < s->n_vars; v++) {
        const sipas__scored *item = &source->scored[v];

        for (int byte = 0; byte < 256; byte++)
            if (item->known[byte] && (uint8_t)(byte - item->low) > item->span)
                s->asides[v].code[s->asides[v].n++] = (uint8_t)byte;
    }
}

sipas__plane_sums *sipas__plane_sums_new(const sipas_ctx *ctx, const sipas__planes *planes, const sipas__moments *m,
                                         const sipas__source *source, int64_t n_rows, int32_t count)
{
    const int64_t tiles = (n_rows + SIPAS__TILE - 1) / SIPAS__TILE * SIPAS__TILE;
    sipas__plane_sums *sums = sipas__alloc(ctx, count, sizeof *sums);

    for (int32_t i = 0; sums && i < count; i++) {
        sipas__plane_sums *s = &sums[i];

        s->planes = *planes;
        s->n_rows = n_rows;
        s->n_words = sipas__planes_words(planes);
        s->n_segments = m->n_segments;
        s->n_vars = source->n_vars;
        s->n_sets = source->n_sets;
        s->pitch = sipas__pass_pitch(source);
        s->line_pitch = s->pitch + (4 * (s->n_words + 1) + 7) / 8 * 8;
        s->most_held = tiles < HELD ? tiles : HELD;
        if (!alloc_tile(ctx, s) || !alloc_sums(ctx, s, source->plain)) {
            sipas__plane_sums_free(ctx, sums, count);
            return NULL;
        }
        memset(s->points + s->n_vars * SIPAS__POINTS_PITCH, 1, SIPAS__POINTS_PITCH);
        list_asides(source, s);
    }
    return sums;
}

void sipas__plane_sums_free(const sipas_ctx *ctx, sipas__plane_sums *sums, int32_t count)
{
    for (int32_t i = 0; sums && i < count; i++) free_sums(ctx, &sums[i]);
    sipas__free(ctx, sums);
}

sipas__plane_sums *sipas__plane_sums_of(sipas__plane_sums *sums, int32_t worker)
{
    return sums ? &sums[worker] : NULL;
}

/* ---- points ---- */

/* The first answer of an item that is neither on its scale nor rightly off it. */
static void note_fault(const sipas__plane_sums *s, const sipas__scored *item, int64_t v, const uint8_t *answers,
                       int64_t row, int64_t n, sipas__fault *fault)
{
    if (!sipas__bytes_any_other(answers, n, item->low, item->span, s->asides[v].code, s->asides[v].n)) return;
    for (int64_t i = 0; i < n; i++) {
        if ((uint8_t)(answers[i] - item->low) <= item->span || item->known[answers[i]]) continue;
        if (fault->row >= 0 && fault->row <= row + i) return;
        fault->row = row + i;
        fault->variable = v;
        fault->value = (double)(int8_t)answers[i];
        return;
    }
}

/* A scale of many levels: as sipas__planes_score(). */
static int score_long_scale(const sipas__scored *item, const uint8_t *answers, int64_t n, uint8_t *points,
                            uint64_t *gaps)
{
    if (!sipas__pass_score(item, answers, n, points)) return 0;
    memset(gaps, 0, GAP_WORDS * sizeof *gaps);
    for (int64_t i = 0; i < n; i++) {
        if ((uint8_t)(answers[i] - item->low) <= item->span) continue;
        points[i] = SIPAS__PLANE_GAP;
        gaps[i / 64] |= UINT64_C(1) << (i % 64);
    }
    return 1;
}

/* Points of an item in a tile; returns whether any row lacks them. `seen`: some lacked those of an item before. */
static int score_item(sipas__plane_sums *s, const sipas__source *source, int64_t v, int64_t row, int64_t n, int seen,
                      sipas__fault *fault)
{
    const sipas__scored *item = &source->scored[v];
    uint8_t *points = s->points + v * SIPAS__POINTS_PITCH, together[SIPAS__TILE], table[SIPAS__PLANE_SCALE] = {0};
    uint64_t *gaps = s->gaps + v * GAP_WORDS;
    const uint8_t *answers = sipas__pass_answers(item, row, n, together);
    int any;

    for (int k = 0; k <= item->span && k < SIPAS__PLANE_SCALE; k++) table[k] = item->points[(uint8_t)(item->low + k)];
    any = item->span < SIPAS__PLANE_SCALE
              ? sipas__planes_score(answers, n, item->low, item->span + 1, table, points, gaps)
              : score_long_scale(item, answers, n, points, gaps);
    if (any) {
        if (!seen) memset(s->gaps, 0, (size_t)v * GAP_WORDS * sizeof *gaps);
        note_fault(s, item, v, answers, row, n, fault);
    } else if (seen) {
        memset(gaps, 0, GAP_WORDS * sizeof *gaps);
    }
    return any;
}

/* A row that lacks one variable lacks all. */
static void take_out_incomplete(sipas__plane_sums *s, int64_t n)
{
    for (int64_t w = 0; w < (n + 63) / 64; w++) {
        uint64_t any = 0;

        for (int64_t v = 0; v < s->n_vars; v++) any |= s->gaps[v * GAP_WORDS + w];
        for (int64_t v = 0; v < s->n_vars; v++) s->gaps[v * GAP_WORDS + w] = any;
        for (int64_t i = 64 * w; any && i < n && i < 64 * w + 64; i++)
            for (int64_t v = 0; (any >> (i % 64)) & 1 && v < s->n_vars; v++)
                s->points[v * SIPAS__POINTS_PITCH + i] = SIPAS__PLANE_GAP;
    }
}

/* ---- runs ---- */

/* Sums by plane become words. */
static void add_words(const sipas__plane_sums *s, const int64_t *by_plane, int64_t *to)
{
    for (int32_t p = 0; p < s->planes.n; p++)
        to[p / 2 * s->pitch] += by_plane[p] * (INT64_C(1) << (p % 2 * SIPAS__PLANE_BITS));
}

/* Where all rows of a run weigh the same, one plane will do: that of ones. */
static int weighs_alike(const sipas__plane_sums *s, const double *weight, const sipas__run *run)
{
    int differ = s->planes.n == 1;

    for (int64_t i = run->first; !differ && i < run->first + run->n; i += 64) {
        const int64_t last = i + 64 < run->first + run->n ? i + 64 : run->first + run->n;

        for (int64_t j = i; j < last; j++) differ |= weight[j] != weight[run->first];
    }
    return !differ;
}

/* Adds the points of variable v in a run. */
static void add_run(sipas__plane_sums *s, const sipas__run *run, int64_t v, int alike, int any)
{
    const uint8_t *points = s->points + v * SIPAS__POINTS_PITCH + run->first;
    const int64_t n_words = s->n_words, counts = s->planes.n;
    const int16_t *cut = s->cut + run->first;
    const int32_t n_dots = s->planes.n + (any || s->plain || v == s->n_vars);
    int64_t sum[MOST_DOTS], gap[MOST_DOTS];

    if (!alike) {
        sipas__planes_dot(points, cut, PLANE_PITCH, n_dots, run->n, sum, any ? gap : NULL);
    } else {
        const int counted = cut[counts * PLANE_PITCH];

        sipas__planes_dot(points, cut + counts * PLANE_PITCH, PLANE_PITCH, 1, run->n, &sum[counts],
                          any ? &gap[counts] : NULL);
        for (int64_t p = 0; p < counts; p++) {
            sum[p] = counted ? cut[p * PLANE_PITCH] * sum[counts] : 0;
            if (any) gap[p] = counted ? cut[p * PLANE_PITCH] * gap[counts] : 0;
        }
    }
    add_words(s, sum, s->sum + run->segment * n_words * s->pitch + v);
    if (v == s->n_vars) s->rows[run->segment] += sum[counts];
    if (s->plain && v < s->n_vars) s->plain[run->segment * s->pitch + v] += sum[counts];
    if (!any) return;
    add_words(s, gap, s->gone + run->segment * (n_words + 1) * s->pitch + v);
    s->gone[(run->segment * (n_words + 1) + n_words) * s->pitch + v] += gap[counts];
}

/* ---- lines ---- */

/* Puts the lines held in the order of their segments, where these are not many more, and counts them. */
static void sort_held(const sipas__plane_sums *s)
{
    const int32_t *segment = s->segment;
    int32_t *start = s->start;
    int32_t before = 0;

    if (s->n_segments > s->most_held) {
        for (int32_t i = 0; i < s->n_held; i++) {
            const sipas__plane_place place = {i, segment[i]};

            s->place[i] = place;
            s->rows[segment[i]]++;
        }
        return;
    }
    memset(start, 0, (size_t)s->n_segments * sizeof *start);
    for (int64_t i = 0; i < s->n_held; i++) start[segment[i]]++;
    for (int64_t g = 0; g < s->n_segments; g++) {
        const int32_t count = start[g];

        s->rows[g] += count;
        start[g] = before;
        before += count;
    }
    for (int32_t i = 0; i < s->n_held; i++) {
        const sipas__plane_place place = {i, segment[i]};

        s->place[start[segment[i]]++] = place;
    }
}

/* Adds the lines held to the sums of their segments. */
static void add_held(sipas__plane_sums *s)
{
    sipas__plane_lines lines = {s->lines, s->line_pitch, s->pitch, s->n_words, s->held_gaps, s->place, s->n_held};

    sort_held(s);
    sipas__planes_add(&lines, s->sum, s->n_words * s->pitch);
    if (s->held_gaps) sipas__planes_add_gaps(&lines, s->gone, (s->n_words + 1) * s->pitch);
    for (int64_t i = 0; s->plain && i < s->n_held; i++) {
        const uint8_t *line = s->lines + i * s->line_pitch;
        int64_t *plain = s->plain + s->segment[i] * s->pitch;

        for (int64_t v = 0; line[s->pitch + 4 * s->n_words] && v < s->n_vars; v++)
            plain[v] += line[v] & SIPAS__PLANE_POINTS;
    }
    s->n_held = 0;
    s->held_gaps = 0;
}

/* A column of whole numbers below 2^32 as four columns of bytes. */
static void lay_bytes(const uint32_t *numbers, int64_t n, uint8_t *columns)
{
    for (int64_t b = 0; b < 4; b++)
        for (int64_t i = 0; i < n; i++) columns[b * SIPAS__POINTS_PITCH + i] = (uint8_t)(numbers[i] >> (8 * b));
}

/* The words of a tile, and the numbers behind them, as columns of bytes behind the points: lines are then turned in one go. */
static void lay_words(sipas__plane_sums *s, int64_t n)
{
    const int16_t *ones = plane_of(s, s->planes.n);
    uint8_t *columns = s->points + s->pitch * SIPAS__POINTS_PITCH;
    uint32_t word[SIPAS__TILE];

    for (int64_t k = 0; k < s->n_words; k++) {
        const int16_t *lower = s->cut + 2 * k * PLANE_PITCH, *upper = lower + PLANE_PITCH;
        const int both = 2 * k + 1 < s->planes.n;

        for (int64_t i = 0; i < n; i++) word[i] = (uint32_t)lower[i] | (both ? (uint32_t)upper[i] << 15 : 0);
        lay_bytes(word, n, columns + 4 * k * SIPAS__POINTS_PITCH);
    }
    for (int64_t i = 0; i < n; i++) word[i] = (uint32_t)ones[i];
    lay_bytes(word, n, columns + 4 * s->n_words * SIPAS__POINTS_PITCH);
}

/* Holds a tile of rows. */
static void hold_rows(sipas__plane_sums *s, const int32_t *segment, int64_t n, int any)
{
    if (s->n_held + n > s->most_held) add_held(s);
    lay_words(s, n);
    sipas__bytes_turn(s->points, SIPAS__POINTS_PITCH, (n + 7) / 8 * 8, s->line_pitch,
                      s->lines + s->n_held * s->line_pitch, s->line_pitch);
    for (int64_t i = 0; i < n; i++) /* all rows are counted later; of weight 0 there are few */
        if (!plane_of(s, s->planes.n)[i]) s->rows[segment[i]]--;
    memcpy(s->segment + s->n_held, segment, (size_t)n * sizeof *segment);
    s->n_held += n;
    s->held_gaps |= any;
}

/* ---- sets that a row lacks altogether ---- */

static void add_silent_row(sipas__plane_sums *s, int64_t segment, int64_t set, int64_t i)
{
    int64_t *silent = s->silent + (segment * s->n_sets + set) * (s->n_words + 1);

    if (!plane_of(s, s->planes.n)[i]) return;
    for (int32_t p = 0; p < s->planes.n; p++)
        silent[p / 2] += plane_of(s, p)[i] * (INT64_C(1) << (p % 2 * SIPAS__PLANE_BITS));
    silent[s->n_words]++;
}

/* Rows 64 w … of a tile that lack all of a set. */
static uint64_t lacking_rows(const sipas__plane_sums *s, const uint64_t *set, int64_t w)
{
    uint64_t rows = UINT64_MAX;

    for (int64_t v = 0; rows && v < s->n_vars; v++)
        if ((set[v / 64] >> (v % 64)) & 1u) rows &= s->gaps[v * GAP_WORDS + w];
    return rows;
}

static void add_silent(sipas__plane_sums *s, const sipas__source *source, const int32_t *segment,
                       const sipas__run *runs, int64_t n_runs, int64_t n)
{
    for (int64_t set = 0; set < s->n_sets; set++) {
        int64_t k = 0;

        for (int64_t w = 0; w < (n + 63) / 64; w++) {
            uint64_t rows = lacking_rows(s, source->sets + set * source->set_words, w);

            for (int64_t i = 64 * w; rows; i++, rows >>= 1) {
                if (!(rows & 1u)) continue;
                while (n_runs && i >= runs[k].first + runs[k].n) k++;
                add_silent_row(s, n_runs ? runs[k].segment : segment[i], set, i);
            }
        }
    }
}

/* ---- a tile ---- */

/* Asks for the weights that the next tile will read, where they are the caller's. */
static void fetch_weights(const sipas__plane_sums *s, const sipas__reader *reader, int64_t row, int64_t n)
{
    const int64_t left = s->n_rows - row - n, next = left < n ? left : n;

    if (reader->weight == reader->own_weight) return;
    for (int64_t i = 0; i < next; i += 8) SIPAS__FETCH(reader->weight + n + i, 0);
}

int sipas__plane_sums_add(sipas__plane_sums *s, const sipas__source *source, sipas__reader *reader,
                          const sipas__run *runs, int64_t n_runs, int64_t row, int64_t n)
{
    /* Reading and adding by turns lets memory work while the processor does. */
    const int by_turns = n_runs > 0 && !source->complete;
    uint8_t alike[SIPAS__TILE];
    int any = 0;

    if (!sipas__planes_cut(&s->planes, reader->weight, n, s->cut, PLANE_PITCH)) {
        s->misfit = 1;
        return 0;
    }
    fetch_weights(s, reader, row, n);
    for (int64_t k = 0; k < n_runs; k++) alike[k] = (uint8_t)weighs_alike(s, reader->weight, &runs[k]);
    for (int64_t v = 0; v < s->n_vars; v++) {
        const int lacks = score_item(s, source, v, row, n, any, &reader->fault);

        any |= lacks;
        for (int64_t k = 0; by_turns && k < n_runs; k++) add_run(s, &runs[k], v, alike[k], lacks);
    }
    if (any && source->complete) take_out_incomplete(s, n);
    for (int64_t v = by_turns ? s->n_vars : 0; v <= s->n_vars; v++)
        for (int64_t k = 0; k < n_runs; k++) add_run(s, &runs[k], v, alike[k], any && v < s->n_vars);
    if (n_runs == 0) hold_rows(s, reader->segment, n, any);
    if (any) add_silent(s, source, reader->segment, runs, n_runs, n);
    s->any_gone |= any;
    return 1;
}

/* ---- the end ---- */

int sipas__plane_sums_fail(const sipas__plane_sums *sums, int32_t count)
{
    int fail = 0;

    for (int32_t i = 0; i < count; i++) fail |= sums[i].misfit;
    return fail;
}

/* Segments first … last-1 are shared out among threads: each is joined and rounded by itself. */
typedef struct finish_job {
    sipas__plane_sums *sums;
    int32_t count, n_threads;
    int64_t first, last;
    const sipas__source *source;
    sipas__moments *m;
} finish_job;

/* Numbers for which another thread is asked, and after which the host is. */
enum { SUMS_PER_THREAD = 1 << 15, SUMS_AT_ONCE = 1 << 20 };

/* Adds the numbers of n segments from `first` on, so many a segment. */
static void join(int64_t *to, const int64_t *from, int64_t first, int64_t n, int64_t each)
{
    for (int64_t i = first * each; to && i < (first + n) * each; i++) to[i] += from[i];
}

/* Adds the sums of another worker. */
static void join_sums(const sipas__plane_sums *s, const sipas__plane_sums *other, int64_t first, int64_t n)
{
    join(s->sum, other->sum, first, n, s->n_words * s->pitch);
    join(s->rows, other->rows, first, n, 1);
    join(s->plain, other->plain, first, n, s->pitch);
    if (!other->any_gone) return;
    join(s->gone, other->gone, first, n, (s->n_words + 1) * s->pitch);
    join(s->silent, other->silent, first, n, s->n_sets * (s->n_words + 1));
}

static double round_words(const sipas__plane_sums *s, const int64_t *words, int64_t pitch)
{
    double high, low;

    sipas__planes_value(&s->planes, words, pitch, &high, &low);
    return high + low;
}

/* What the rows of a segment lack. */
static void round_gone(const sipas__plane_sums *s, sipas__moments *m, int64_t g)
{
    const int64_t n_words = s->n_words;
    const int64_t *gone = s->gone + g * (n_words + 1) * s->pitch;

    for (int64_t v = 0; v < s->n_vars; v++) {
        const int64_t at = g * s->n_vars + v;

        m->n_gone[at] = (int32_t)gone[n_words * s->pitch + v];
        m->gone[at] = m->n_gone[at] ? round_words(s, gone + v, s->pitch) : 0.0;
    }
    for (int64_t k = g * s->n_sets; k < (g + 1) * s->n_sets; k++) {
        m->silent[k] = s->silent[k * (n_words + 1) + n_words];
        m->silent_weight[k] = round_words(s, s->silent + k * (n_words + 1), 1);
    }
}

static void round_segment(const sipas__plane_sums *s, const sipas__source *source, sipas__moments *m, int64_t g)
{
    const int64_t *sum = s->sum + g * s->n_words * s->pitch;

    m->rows[g] = s->rows[g];
    if (s->rows[g] == 0) return;
    m->weight[g] = round_words(s, sum + s->n_vars, s->pitch);
    for (int64_t v = 0; v < s->n_vars; v++) {
        const sipas__scored *item = &source->scored[v];

        m->sum[g * s->n_vars + v] = item->times * round_words(s, sum + v, s->pitch) / item->over;
        if (m->plain) m->plain[g * s->n_vars + v] = item->times * (double)s->plain[g * s->pitch + v] / item->over;
    }
    if (m->any_gone) round_gone(s, m, g);
}

static void finish_segments(void *state, int32_t index)
{
    const finish_job *job = state;
    const int64_t n = job->last - job->first;
    const int64_t first = job->first + n * index / job->n_threads, last = job->first + n * (index + 1) / job->n_threads;

    for (int32_t i = 1; i < job->count; i++) join_sums(&job->sums[0], &job->sums[i], first, last - first);
    for (int64_t g = first; g < last; g++) round_segment(&job->sums[0], job->source, job->m, g);
}

sipas_status sipas__plane_sums_finish(sipas__plane_sums *sums, int32_t count, const sipas__source *source,
                                      sipas__moments *m, sipas_error *err)
{
    const int64_t each = sums[0].pitch * count, at_once = 1 + SUMS_AT_ONCE / each;
    const int32_t threads = sipas__ctx_threads(m->ctx);
    finish_job job = {sums, count, 1, 0, 0, source, m};
    sipas__steps steps = {m->ctx, "sums", m->n_segments * each, 0};
    sipas_status status = SIPAS_OK;

    for (int32_t i = 0; i < count; i++) {
        add_held(&sums[i]);
        m->any_gone |= sums[i].any_gone;
    }
    for (; job.first < m->n_segments && status == SIPAS_OK; job.first = job.last) {
        const int64_t left = m->n_segments - job.first, n = left < at_once ? left : at_once;
        const int64_t most = 1 + n * each / SUMS_PER_THREAD;

        job.last = job.first + n;
        job.n_threads = threads < most ? threads : (int32_t)most;
        sipas__threads_run(job.n_threads, finish_segments, &job);
        status = sipas__steps_add(&steps, n * each, err);
    }
    return status;
}

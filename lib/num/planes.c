/*
 * Weights in planes, and their products with bytes.
 *
 * Two 16-bit numbers a lane are multiplied and added into 32 bits by one instruction of x86-64 (pmaddwd), which is why a plane has
 * 15 bits: 512 rows of 127 points stay below 2^31. All of it is in whole numbers, so plain C and the variant for AVX2 agree whatever
 * their order (measured in tests/bench/bench_index.c).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "num/planes.h"

#include <math.h>
#include <string.h>

#include "num/processor.h"

enum { BLOCK = 256, MOST_EXPONENT = 900, WORD_BITS = 2 * SIPAS__PLANE_BITS, LINES_AHEAD = 12, PART_ROWS = 512 };

/* ---- how weights are cut ---- */

sipas__planes sipas__planes_for(int32_t grain, int32_t top)
{
    sipas__planes planes = {0, grain};

    if (grain < -MOST_EXPONENT || top > MOST_EXPONENT || top <= grain) return planes;
    planes.n = (top - grain + SIPAS__PLANE_BITS - 1) / SIPAS__PLANE_BITS;
    if (planes.n > SIPAS__MOST_PLANES) planes.n = 0;
    return planes;
}

static inline uint64_t bits_of(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/*
 * 1 when all are multiples of 2^grain and below 2^(grain + 51): then adding 3/2 2^(52 + grain) and taking it off changes none. Numbers
 * from 0 on are in the order of their bits, whose differences show in the sign; such loops are vectorized, comparisons are not.
 */
static int are_multiples(const double *weight, int64_t n, int32_t grain)
{
    const double large = ldexp(1.5, 52 + grain);
    const uint64_t most = bits_of(ldexp(1.0, 51 + grain)) - 1;
    uint64_t differ = 0, above = 0;

    for (int64_t i = 0; i < n; i++) {
        differ |= bits_of((weight[i] + large) - large) ^ bits_of(weight[i]);
        above |= most - bits_of(weight[i]);
    }
    return differ == 0 && above >> 63 == 0;
}

/* 1 when no double as large as the least of them has a bit below 2^grain. */
static int are_above(const double *weight, int64_t n, int32_t grain)
{
    const uint64_t least = bits_of(ldexp(1.0, 52 + grain));
    uint64_t below = 0;

    for (int64_t i = 0; i < n; i++) below |= (bits_of(weight[i]) - least) | bits_of(weight[i]);
    return below >> 63 == 0;
}

int32_t sipas__planes_grain(const double *weight, int64_t n, int32_t grain)
{
    if (grain > -MOST_EXPONENT && grain < MOST_EXPONENT &&
        (are_multiples(weight, n, grain) || are_above(weight, n, grain)))
        return grain;
    for (int64_t i = 0; i < n; i++) {
        uint64_t bits, fraction;
        int32_t exponent;

        memcpy(&bits, &weight[i], sizeof bits);
        fraction = bits & ((UINT64_C(1) << 52) - 1);
        exponent = (int32_t)(bits >> 52) & 2047;
        if (exponent == 0 && fraction == 0) continue;
        if (exponent)
            fraction |= UINT64_C(1) << 52;
        else
            exponent = 1;
        for (exponent -= 1075; exponent < grain && !(fraction & 1); exponent++) fraction >>= 1;
        if (exponent < grain) grain = exponent;
    }
    return grain;
}

/*
 * Cuts up to BLOCK weights, from the highest plane down. What does not fit shows in the bits: a number from 0 on and below 2^15 has
 * fewer than that, and nothing is left of it at the end.
 */
static inline __attribute__((always_inline)) int cut_block(const sipas__planes *planes, const double *weight, int64_t n,
                                                           double scale, int16_t *to, int64_t pitch)
{
    const uint64_t limit = bits_of(32768.0);
    double rest[BLOCK];
    int16_t *ones = to + planes->n * pitch;
    uint64_t odd = 0, left = 0;

    for (int64_t i = 0; i < n; i++) {
        rest[i] = weight[i] * scale;
        odd |= ~(bits_of(rest[i]) - limit) | bits_of(rest[i]);
    }
    if (odd >> 63) return 0;
    for (int64_t i = 0; i < n; i++) ones[i] = rest[i] != 0.0;
    for (int64_t p = planes->n - 1; p >= 0; p--) {
        int16_t *plane = to + p * pitch;

        for (int64_t i = 0; i < n; i++) {
            const int32_t whole = (int32_t)rest[i];

            plane[i] = (int16_t)whole;
            rest[i] = (rest[i] - (double)whole) * 32768.0;
        }
    }
    for (int64_t i = 0; i < n; i++) left |= bits_of(rest[i]);
    return left == 0;
}

static int cut_plain(const sipas__planes *planes, const double *weight, int64_t n, double scale, int16_t *to,
                     int64_t pitch)
{
    return cut_block(planes, weight, n, scale, to, pitch);
}

#if SIPAS__X86
SIPAS__WIDE static int cut_wide(const sipas__planes *planes, const double *weight, int64_t n, double scale, int16_t *to,
                                int64_t pitch)
{
    return cut_block(planes, weight, n, scale, to, pitch);
}
#endif

int sipas__planes_cut(const sipas__planes *planes, const double *weight, int64_t n, int16_t *to, int64_t pitch)
{
    const double scale = ldexp(1.0, -(planes->grain + SIPAS__PLANE_BITS * (planes->n - 1)));
    int (*cut)(const sipas__planes *, const double *, int64_t, double, int16_t *, int64_t) = cut_plain;

#if SIPAS__X86
    if (SIPAS__IS_WIDE()) cut = cut_wide;
#endif
    for (int64_t i = 0; i < n; i += BLOCK)
        if (!cut(planes, weight + i, n - i < BLOCK ? n - i : BLOCK, scale, to + i, pitch)) return 0;
    return 1;
}

void sipas__planes_value(const sipas__planes *planes, const int64_t *words, int64_t pitch, double *high, double *low)
{
    const double half = 4294967296.0, word_unit = (double)(1 << WORD_BITS);
    double unit = ldexp(1.0, WORD_BITS * (sipas__planes_words(planes) - 1) + planes->grain), rounded;

    *high = *low = 0.0;
    for (int64_t k = sipas__planes_words(planes) - 1; k >= 0; k--) {
        const int64_t word = words[k * pitch], upper = word / (INT64_C(1) << 32);
        const double part[2] = {(double)upper * half, (double)(word - upper * (INT64_C(1) << 32))};

        for (int h = 0; h < 2; h++) {
            const double term = part[h] * unit;
            const double sum = *high + term, back = sum - *high;

            *low += (*high - (sum - back)) + (term - back);
            *high = sum;
        }
        unit /= word_unit;
    }
    rounded = *high + *low;
    *low -= rounded - *high;
    *high = rounded;
}

/* ---- plain C: what the loops are ---- */

/* In steps from level to level: every loop can be vectorized, where a look-up per answer cannot. */
static int score_plain(const uint8_t *bytes, int64_t n, uint8_t low, int32_t levels, const uint8_t *points, uint8_t *to,
                       uint64_t *gaps)
{
    uint8_t outside = 0;

    memset(to, points[0], (size_t)n);
    memset(gaps, 0, (size_t)((n + 63) / 64) * sizeof *gaps);
    for (int32_t k = 1; k < levels; k++) {
        const uint8_t step = (uint8_t)(points[k] - points[k - 1]);

        for (int64_t i = 0; step && i < n; i++) to[i] = (uint8_t)(to[i] + ((uint8_t)(bytes[i] - low) >= k ? step : 0));
    }
    for (int64_t i = 0; i < n; i++) outside |= (uint8_t)((uint8_t)(bytes[i] - low) >= levels);
    for (int64_t i = 0; outside && i < n; i++) {
        if ((uint8_t)(bytes[i] - low) < levels) continue;
        to[i] = SIPAS__PLANE_GAP;
        gaps[i / 64] |= UINT64_C(1) << (i % 64);
    }
    return outside;
}

static int64_t dot_plain(const uint8_t *points, const int16_t *plane, int64_t n)
{
    int64_t sum = 0;

    for (int64_t first = 0; first < n; first += PART_ROWS) {
        const int64_t last = n - first < PART_ROWS ? n : first + PART_ROWS;
        int32_t part = 0;

        for (int64_t i = first; i < last; i++) part += plane[i] * (points[i] & SIPAS__PLANE_POINTS);
        sum += part;
    }
    return sum;
}

static int64_t dot_gaps_plain(const uint8_t *points, const int16_t *plane, int64_t n)
{
    int32_t sum = 0;

    for (int64_t i = 0; i < n; i++) sum += plane[i] * (points[i] >> 7);
    return sum;
}

/* The word at a byte of a line. */
static inline uint32_t line_word(const uint8_t *line)
{
    uint32_t word;

    memcpy(&word, line, sizeof word);
    return word;
}

/* Asks for a line that is to come, and for the sums that it will be added to. */
static inline void fetch_line(const sipas__plane_lines *l, const int64_t *sums, int64_t pitch, int64_t i)
{
    const uint8_t *line;
    const int64_t *to;

    if (i >= l->n) return;
    line = l->lines + l->place[i].line * l->pitch;
    to = sums + l->place[i].segment * pitch;
    SIPAS__FETCH(line, 0);
    SIPAS__FETCH(line + l->pitch - 1, 0);
    for (int64_t j = 0; j < pitch; j += 8) SIPAS__FETCH(to + j, 1);
}

static void add_plain(const sipas__plane_lines *l, int64_t *sums, int64_t pitch)
{
    for (int64_t i = 0; i < l->n; i++) {
        const uint8_t *line = l->lines + l->place[i].line * l->pitch;

        fetch_line(l, sums, pitch, i + LINES_AHEAD);
        for (int64_t k = 0; k < l->n_words; k++) {
            int64_t *to = sums + l->place[i].segment * pitch + k * l->n_columns;
            const uint32_t word = line_word(line + l->n_columns + 4 * k);

            for (int64_t j = 0; j < l->n_columns; j++)
                to[j] += (int64_t)((uint64_t)word * (uint32_t)(line[j] & SIPAS__PLANE_POINTS));
        }
    }
}

static void add_gaps_plain(const sipas__plane_lines *l, int64_t *sums, int64_t pitch)
{
    for (int64_t i = 0; i < l->n; i++) {
        const uint8_t *line = l->lines + l->place[i].line * l->pitch;

        fetch_line(l, sums, pitch, i + LINES_AHEAD);
        for (int64_t k = 0; k <= l->n_words; k++) {
            int64_t *to = sums + l->place[i].segment * pitch + k * l->n_columns;
            const uint32_t word = line_word(line + l->n_columns + 4 * k);

            for (int64_t j = 0; j < l->n_columns; j++) to[j] += (int64_t)((uint64_t)word * (uint32_t)(line[j] >> 7));
        }
    }
}

#if SIPAS__X86

/* ---- AVX2 ---- */

#include <immintrin.h>

#define INLINE static inline __attribute__((always_inline))

SIPAS__WIDE INLINE __m128i load_bytes(const uint8_t *bytes)
{
    return _mm_loadu_si128((const __m128i *)(const void *)bytes);
}

SIPAS__WIDE INLINE __m256i load_wide(const void *at)
{
    return _mm256_loadu_si256((const __m256i *)at);
}

/* Scores 32 bytes; returns a bit for each that is off the scale. */
SIPAS__WIDE INLINE uint32_t score_wide_block(const uint8_t *bytes, __m256i low, __m256i levels, __m256i table,
                                             uint8_t *to)
{
    const __m256i place = _mm256_sub_epi8(load_wide(bytes), low);
    const __m256i off = _mm256_cmpeq_epi8(_mm256_max_epu8(place, levels), place);
    const __m256i found = _mm256_shuffle_epi8(table, place), gap = _mm256_set1_epi8((char)SIPAS__PLANE_GAP);

    _mm256_storeu_si256((__m256i *)(void *)to, _mm256_blendv_epi8(found, gap, off));
    return (uint32_t)_mm256_movemask_epi8(off);
}

SIPAS__WIDE static int score_wide(const uint8_t *bytes, int64_t n, uint8_t low, int32_t levels, const uint8_t *points,
                                  uint8_t *to, uint64_t *gaps)
{
    const __m256i from = _mm256_set1_epi8((char)low), off = _mm256_set1_epi8((char)levels);
    const __m256i table = _mm256_broadcastsi128_si256(load_bytes(points));
    uint64_t any = 0;
    int64_t i = 0;

    for (; i + 64 <= n; i += 64) {
        const uint64_t lower = score_wide_block(bytes + i, from, off, table, to + i);

        gaps[i / 64] = lower | (uint64_t)score_wide_block(bytes + i + 32, from, off, table, to + i + 32) << 32;
        any |= gaps[i / 64];
    }
    if (i < n) {
        uint8_t last[64] = {0};
        uint64_t lower;

        memcpy(last, bytes + i, (size_t)(n - i));
        lower = score_wide_block(last, from, off, table, to + i);
        gaps[i / 64] = lower | (uint64_t)score_wide_block(last + 32, from, off, table, to + i + 32) << 32;
        gaps[i / 64] &= (UINT64_C(1) << (n - i)) - 1;
        any |= gaps[i / 64];
    }
    return any != 0;
}

/* Sum of eight lanes of 32 bits. */
SIPAS__WIDE INLINE int64_t sum_lanes(__m256i lanes)
{
    const __m256i wide = _mm256_add_epi64(_mm256_cvtepi32_epi64(_mm256_castsi256_si128(lanes)),
                                          _mm256_cvtepi32_epi64(_mm256_extracti128_si256(lanes, 1)));
    const __m128i two = _mm_add_epi64(_mm256_castsi256_si128(wide), _mm256_extracti128_si256(wide, 1));

    return _mm_cvtsi128_si64(two) + _mm_extract_epi64(two, 1);
}

/* 16 points as 16-bit numbers; of the last ones those from row n on are 0. */
SIPAS__WIDE INLINE __m256i widen_points(const uint8_t *points, int64_t n)
{
    static const uint8_t mask[32] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    const __m128i sixteen = load_bytes(points);

    if (n >= 16) return _mm256_cvtepu8_epi16(sixteen);
    return _mm256_cvtepu8_epi16(_mm_and_si128(sixteen, load_bytes(mask + 16 - n)));
}

SIPAS__WIDE static int64_t dot_wide(const uint8_t *points, const int16_t *plane, int64_t n)
{
    __m256i sum = _mm256_setzero_si256();

    for (int64_t i = 0; i < n; i += 16)
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(load_wide(plane + i), widen_points(points + i, n - i)));
    return sum_lanes(sum);
}

/* Two planes with one look at the points. */
SIPAS__WIDE static void dot_two_wide(const uint8_t *points, const int16_t *plane, int64_t pitch, int64_t n,
                                     int64_t *sums)
{
    __m256i lower = _mm256_setzero_si256(), upper = lower;

    for (int64_t i = 0; i < n; i += 16) {
        const __m256i x = widen_points(points + i, n - i);

        lower = _mm256_add_epi32(lower, _mm256_madd_epi16(load_wide(plane + i), x));
        upper = _mm256_add_epi32(upper, _mm256_madd_epi16(load_wide(plane + pitch + i), x));
    }
    sums[0] = sum_lanes(lower);
    sums[1] = sum_lanes(upper);
}

SIPAS__WIDE static void dot_gaps_wide(const uint8_t *points, const int16_t *plane, int64_t n, int64_t *sum,
                                      int64_t *gap)
{
    const __m256i most = _mm256_set1_epi16(SIPAS__PLANE_POINTS);
    __m256i here = _mm256_setzero_si256(), gone = here;

    for (int64_t i = 0; i < n; i += 16) {
        const __m256i x = widen_points(points + i, n - i), weight = load_wide(plane + i);

        here = _mm256_add_epi32(here, _mm256_madd_epi16(weight, _mm256_and_si256(x, most)));
        gone = _mm256_add_epi32(gone, _mm256_madd_epi16(weight, _mm256_srli_epi16(x, 7)));
    }
    *sum = sum_lanes(here);
    *gap = sum_lanes(gone);
}

/* What is added of a byte. */
enum { POINTS, POINTS_OR_GAP, GAPS };

/* Four bytes from `at` on as 64-bit numbers. */
SIPAS__WIDE INLINE __m256i widen_four(const uint8_t *at, int kind)
{
    const uint32_t four = kind == GAPS ? line_word(at) >> 7 & 0x01010101u : line_word(at) & 0x7F7F7F7Fu;
    int32_t bytes;

    if (kind == POINTS)
        memcpy(&bytes, at, sizeof bytes);
    else
        memcpy(&bytes, &four, sizeof bytes);
    return _mm256_cvtepu8_epi64(_mm_cvtsi32_si128(bytes));
}

/* `n_words` (those with a number behind them, for GAPS) and `kind` are constants where it is called. */
SIPAS__WIDE INLINE void add_lines(const sipas__plane_lines *l, int64_t *sums, int64_t pitch, int n_words, int kind)
{
    const int64_t n_columns = l->n_columns;

    for (int64_t i = 0; i < l->n; i++) {
        const uint8_t *line = l->lines + l->place[i].line * l->pitch;
        int64_t *to = sums + l->place[i].segment * pitch;
        __m256i word[SIPAS__MOST_PLANES / 2 + 1];

        fetch_line(l, sums, pitch, i + LINES_AHEAD);
        for (int k = 0; k < n_words; k++) word[k] = _mm256_set1_epi64x(line_word(line + n_columns + 4 * (int64_t)k));
        for (int64_t j = 0; j < n_columns; j += 4) {
            const __m256i four = widen_four(line + j, kind);

            for (int k = 0; k < n_words; k++) {
                __m256i *at = (__m256i *)(void *)(to + k * n_columns + j);

                _mm256_storeu_si256(at, _mm256_add_epi64(_mm256_loadu_si256(at), _mm256_mul_epu32(four, word[k])));
            }
        }
    }
}

SIPAS__WIDE static void add_wide(const sipas__plane_lines *l, int64_t *sums, int64_t pitch)
{
    switch (l->n_words + (l->gaps ? 3 : 0)) {
    case 1: add_lines(l, sums, pitch, 1, POINTS); break;
    case 2: add_lines(l, sums, pitch, 2, POINTS); break;
    case 3: add_lines(l, sums, pitch, 3, POINTS); break;
    case 4: add_lines(l, sums, pitch, 1, POINTS_OR_GAP); break;
    case 5: add_lines(l, sums, pitch, 2, POINTS_OR_GAP); break;
    default: add_lines(l, sums, pitch, 3, POINTS_OR_GAP); break;
    }
}

SIPAS__WIDE static void add_gaps_wide(const sipas__plane_lines *l, int64_t *sums, int64_t pitch)
{
    switch (l->n_words) {
    case 1: add_lines(l, sums, pitch, 2, GAPS); break;
    case 2: add_lines(l, sums, pitch, 3, GAPS); break;
    default: add_lines(l, sums, pitch, 4, GAPS); break;
    }
}

#endif

/* ---- which ---- */

int sipas__planes_score(const uint8_t *bytes, int64_t n, uint8_t low, int32_t levels, const uint8_t *points,
                        uint8_t *to, uint64_t *gaps)
{
#if SIPAS__X86
    if (SIPAS__IS_WIDE()) return score_wide(bytes, n, low, levels, points, to, gaps);
#endif
    return score_plain(bytes, n, low, levels, points, to, gaps);
}

void sipas__planes_dot(const uint8_t *points, const int16_t *plane, int64_t pitch, int32_t n_planes, int64_t n,
                       int64_t *sums, int64_t *gaps)
{
    int64_t p = 0;

#if SIPAS__X86
    if (SIPAS__IS_WIDE()) {
        for (; gaps && p < n_planes; p++) dot_gaps_wide(points, plane + p * pitch, n, &sums[p], &gaps[p]);
        for (; p + 2 <= n_planes; p += 2) dot_two_wide(points, plane + p * pitch, pitch, n, sums + p);
        for (; p < n_planes; p++) sums[p] = dot_wide(points, plane + p * pitch, n);
    }
#endif
    for (; p < n_planes; p++) {
        sums[p] = dot_plain(points, plane + p * pitch, n);
        if (gaps) gaps[p] = dot_gaps_plain(points, plane + p * pitch, n);
    }
}

void sipas__planes_add(const sipas__plane_lines *lines, int64_t *sums, int64_t pitch)
{
#if SIPAS__X86
    if (SIPAS__IS_WIDE()) {
        add_wide(lines, sums, pitch);
        return;
    }
#endif
    add_plain(lines, sums, pitch);
}

void sipas__planes_add_gaps(const sipas__plane_lines *lines, int64_t *sums, int64_t pitch)
{
#if SIPAS__X86
    if (SIPAS__IS_WIDE()) {
        add_gaps_wide(lines, sums, pitch);
        return;
    }
#endif
    add_gaps_plain(lines, sums, pitch);
}

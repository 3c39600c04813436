/*
 * Weighted sums of bytes.
 *
 * Plain C is the definition. x86-64 has the same loops with two numbers in a register, and with four where the processor
 * has AVX2: compilers do not find the conversion of bytes by themselves (measured: tests/bench/bench_index.c, half the time
 * of a table look-up per answer with two, a third with four). No fused multiply-add is used, so all round alike.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "num/bytes.h"

#include <string.h>

#include "num/processor.h"

enum { LANES = 8, AHEAD = 8 };

/* Fetches the sums that a row to come will be added to. */
static void fetch(const double *sums, const int32_t *line, int64_t i, int64_t n, int64_t pitch)
{
    if (i + AHEAD >= n) return;
    for (int64_t j = 0; j < pitch; j += 8) SIPAS__FETCH(sums + line[i + AHEAD] * pitch + j, 1);
    SIPAS__FETCH(sums + line[i + AHEAD] * pitch + pitch - 1, 1);
}

/* What is left over after whole groups of eight, and the eight sums joined. */
static double finish(double sum[LANES], const uint8_t *bytes, sipas__byte_scale scale, const double *weight, int64_t n,
                     int *outside)
{
    for (int64_t i = 0; i < n; i++) {
        sum[i] += weight[i] * (double)(uint8_t)(bytes[i] - scale.shift);
        if ((uint8_t)(bytes[i] - scale.low) > scale.span) *outside = 1;
    }
    return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

#if SIPAS__X86

#include <immintrin.h>

static inline __m128i load_eight(const uint8_t *bytes)
{
    return _mm_loadl_epi64((const __m128i *)(const void *)bytes);
}

/* A scale in registers, and what of the bytes so far lay above it. */
typedef struct scale_state {
    __m128i low, span, shift, above;
} scale_state;

static inline scale_state open_scale(sipas__byte_scale scale)
{
    const scale_state state = {_mm_set1_epi8((char)scale.low), _mm_set1_epi8((char)scale.span),
                               _mm_set1_epi8((char)scale.shift), _mm_setzero_si128()};

    return state;
}

static inline __m128i scale_eight(scale_state *s, const uint8_t *bytes)
{
    const __m128i eight = load_eight(bytes);

    s->above = _mm_or_si128(s->above, _mm_subs_epu8(_mm_sub_epi8(eight, s->low), s->span));
    return _mm_sub_epi8(eight, s->shift);
}

/* The upper eight bytes of the registers are no data. */
static inline int any_above(const scale_state *s)
{
    return (_mm_movemask_epi8(_mm_cmpeq_epi8(s->above, _mm_setzero_si128())) & 0xFF) != 0xFF;
}

/* Eight bytes as four pairs of doubles. */
static inline void widen_pairs(__m128i eight, __m128d out[4])
{
    const __m128i zero = _mm_setzero_si128();
    const __m128i words = _mm_unpacklo_epi8(eight, zero);
    const __m128i low = _mm_unpacklo_epi16(words, zero), high = _mm_unpackhi_epi16(words, zero);

    out[0] = _mm_cvtepi32_pd(low);
    out[1] = _mm_cvtepi32_pd(_mm_srli_si128(low, 8));
    out[2] = _mm_cvtepi32_pd(high);
    out[3] = _mm_cvtepi32_pd(_mm_srli_si128(high, 8));
}

static double dot_pairs(const uint8_t *bytes, sipas__byte_scale scale, const double *weight, int64_t n, int *outside)
{
    scale_state state = open_scale(scale);
    __m128d sum[4] = {_mm_setzero_pd(), _mm_setzero_pd(), _mm_setzero_pd(), _mm_setzero_pd()}, value[4];
    double lane[LANES];
    int64_t i = 0;

    for (; i + LANES <= n; i += LANES) {
        widen_pairs(scale_eight(&state, bytes + i), value);
        for (int64_t k = 0; k < 4; k++)
            sum[k] = _mm_add_pd(sum[k], _mm_mul_pd(_mm_loadu_pd(weight + i + 2 * k), value[k]));
    }
    for (int64_t k = 0; k < 4; k++) _mm_storeu_pd(lane + 2 * k, sum[k]);
    if (any_above(&state)) *outside = 1;
    return finish(lane, bytes + i, scale, weight + i, n - i, outside);
}

static void add_pairs(double *sums, const int32_t *line, const uint8_t *bytes, const double *weight, int64_t n,
                      int64_t pitch)
{
    for (int64_t i = 0; i < n; i++) {
        double *to = sums + line[i] * pitch;
        const __m128d w = _mm_set1_pd(weight[i]);
        __m128d value[4];

        fetch(sums, line, i, n, pitch);
        for (int64_t j = 0; j < pitch; j += LANES) {
            widen_pairs(load_eight(bytes + i * pitch + j), value);
            for (int64_t k = 0; k < 4; k++)
                _mm_storeu_pd(to + j + 2 * k, _mm_add_pd(_mm_loadu_pd(to + j + 2 * k), _mm_mul_pd(w, value[k])));
        }
    }
}

SIPAS__WIDE static inline void widen_fours(__m128i eight, __m256d out[2])
{
    const __m256i words = _mm256_cvtepu8_epi32(eight);

    out[0] = _mm256_cvtepi32_pd(_mm256_castsi256_si128(words));
    out[1] = _mm256_cvtepi32_pd(_mm256_extracti128_si256(words, 1));
}

SIPAS__WIDE static double dot_fours(const uint8_t *bytes, sipas__byte_scale scale, const double *weight, int64_t n,
                                    int *outside)
{
    scale_state state = open_scale(scale);
    __m256d sum[2] = {_mm256_setzero_pd(), _mm256_setzero_pd()}, value[2];
    double lane[LANES];
    int64_t i = 0;

    for (; i + LANES <= n; i += LANES) {
        widen_fours(scale_eight(&state, bytes + i), value);
        for (int64_t k = 0; k < 2; k++)
            sum[k] = _mm256_add_pd(sum[k], _mm256_mul_pd(_mm256_loadu_pd(weight + i + 4 * k), value[k]));
    }
    for (int64_t k = 0; k < 2; k++) _mm256_storeu_pd(lane + 4 * k, sum[k]);
    if (any_above(&state)) *outside = 1;
    return finish(lane, bytes + i, scale, weight + i, n - i, outside);
}

SIPAS__WIDE static void add_fours(double *sums, const int32_t *line, const uint8_t *bytes, const double *weight,
                                  int64_t n, int64_t pitch)
{
    for (int64_t i = 0; i < n; i++) {
        double *to = sums + line[i] * pitch;
        const __m256d w = _mm256_set1_pd(weight[i]);
        __m256d value[2];

        fetch(sums, line, i, n, pitch);
        for (int64_t j = 0; j < pitch; j += LANES) {
            widen_fours(load_eight(bytes + i * pitch + j), value);
            for (int64_t k = 0; k < 2; k++) {
                double *at = to + j + 4 * k;

                _mm256_storeu_pd(at, _mm256_add_pd(_mm256_loadu_pd(at), _mm256_mul_pd(w, value[k])));
            }
        }
    }
}

/* Looks at whole groups of 32; returns how many bytes that are, or -1 where one is another. */
SIPAS__WIDE static int64_t other_wide(const uint8_t *bytes, int64_t n, uint8_t low, uint8_t span, const uint8_t *codes,
                                      int32_t n_codes)
{
    const __m256i from = _mm256_set1_epi8((char)low), most = _mm256_set1_epi8((char)span);
    __m256i other = _mm256_setzero_si256();
    int64_t i = 0;

    for (; i + 32 <= n; i += 32) {
        const __m256i at = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + i));
        __m256i known = _mm256_cmpeq_epi8(_mm256_max_epu8(_mm256_sub_epi8(at, from), most), most);

        for (int32_t k = 0; k < n_codes; k++)
            known = _mm256_or_si256(known, _mm256_cmpeq_epi8(at, _mm256_set1_epi8((char)codes[k])));
        other = _mm256_or_si256(other, _mm256_xor_si256(known, _mm256_set1_epi8(-1)));
    }
    return _mm256_testz_si256(other, other) ? i : -1;
}

double sipas__bytes_dot(const uint8_t *bytes, sipas__byte_scale scale, const double *weight, int64_t n, int *outside)
{
    return SIPAS__IS_WIDE() ? dot_fours(bytes, scale, weight, n, outside) : dot_pairs(bytes, scale, weight, n, outside);
}

void sipas__bytes_add(double *sums, const int32_t *line, const uint8_t *bytes, const double *weight, int64_t n,
                      int64_t pitch)
{
    if (SIPAS__IS_WIDE())
        add_fours(sums, line, bytes, weight, n, pitch);
    else
        add_pairs(sums, line, bytes, weight, n, pitch);
}

#else

double sipas__bytes_dot(const uint8_t *bytes, sipas__byte_scale scale, const double *weight, int64_t n, int *outside)
{
    double sum[LANES] = {0.0};
    int64_t i = 0;

    for (; i + LANES <= n; i += LANES)
        for (int lane = 0; lane < LANES; lane++) {
            sum[lane] += weight[i + lane] * (double)(uint8_t)(bytes[i + lane] - scale.shift);
            if ((uint8_t)(bytes[i + lane] - scale.low) > scale.span) *outside = 1;
        }
    return finish(sum, bytes + i, scale, weight + i, n - i, outside);
}

void sipas__bytes_add(double *sums, const int32_t *line, const uint8_t *bytes, const double *weight, int64_t n,
                      int64_t pitch)
{
    for (int64_t i = 0; i < n; i++) {
        fetch(sums, line, i, n, pitch);
        for (int64_t j = 0; j < pitch; j++) sums[line[i] * pitch + j] += weight[i] * (double)bytes[i * pitch + j];
    }
}

#endif

/* Swaps the blocks of `shift` bits off the diagonal in a pair of rows of a matrix of bytes. */
static inline void swap_blocks(uint64_t *a, uint64_t *b, int shift, uint64_t mask)
{
    const uint64_t differ = ((*a >> shift) ^ *b) & mask;

    *b ^= differ;
    *a ^= differ << shift;
}

static inline uint64_t load_word(const uint8_t *bytes)
{
    uint64_t word = 0;

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    memcpy(&word, bytes, sizeof word);
#else
    for (int k = 0; k < 8; k++) word |= (uint64_t)bytes[k] << (8 * k);
#endif
    return word;
}

static inline void store_word(uint8_t *bytes, uint64_t word)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    memcpy(bytes, &word, sizeof word);
#else
    for (int k = 0; k < 8; k++) bytes[k] = (uint8_t)(word >> (8 * k));
#endif
}

#if SIPAS__X86

/* Columns j … j+7 of 16 rows: pairs, fours and eights of columns are interleaved. */
static inline void turn_eight(const uint8_t *from, int64_t from_pitch, uint8_t *to, int64_t to_pitch)
{
    __m128i x[8], pair[8];

    for (int k = 0; k < 8; k++) x[k] = _mm_loadu_si128((const __m128i *)(const void *)(from + k * from_pitch));
    for (int step = 0; step < 3; step++) {
        for (int64_t k = 0; k < 4; k++) {
            pair[2 * k] = _mm_unpacklo_epi8(x[k], x[k + 4]);
            pair[2 * k + 1] = _mm_unpackhi_epi8(x[k], x[k + 4]);
        }
        memcpy(x, pair, sizeof x);
    }
    for (int64_t k = 0; k < 8; k++) {
        uint8_t *row = to + 2 * k * to_pitch;

        _mm_storel_epi64((__m128i *)(void *)row, x[k]);
        _mm_storel_epi64((__m128i *)(void *)(row + to_pitch), _mm_unpackhi_epi64(x[k], x[k]));
    }
}

/* Turns whole groups of 16 rows; returns how many rows that are. */
static int64_t turn_sixteens(const uint8_t *from, int64_t from_pitch, int64_t n, int64_t n_columns, uint8_t *to,
                             int64_t to_pitch)
{
    int64_t i = 0;

    for (; i + 16 <= n; i += 16)
        for (int64_t j = 0; j < n_columns; j += 8)
            turn_eight(from + j * from_pitch + i, from_pitch, to + i * to_pitch + j, to_pitch);
    return i;
}

#endif

/* Eight by eight bytes at a time, by halves (Warren 2013, Hacker's Delight, 2nd ed., §7-3). */
void sipas__bytes_turn(const uint8_t *from, int64_t from_pitch, int64_t n, int64_t n_columns, uint8_t *to,
                       int64_t to_pitch)
{
    int64_t i = 0;

#if SIPAS__X86
    i = turn_sixteens(from, from_pitch, n, n_columns, to, to_pitch);
#endif
    for (; i < n; i += 8)
        for (int64_t j = 0; j < n_columns; j += 8) {
            uint64_t x[8];

            for (int k = 0; k < 8; k++) x[k] = load_word(from + (j + k) * from_pitch + i);
            for (int64_t k = 0; k < 4; k++) swap_blocks(&x[k], &x[k + 4], 32, UINT64_C(0x00000000FFFFFFFF));
            for (int k = 0; k < 8; k += k % 2 ? 3 : 1) swap_blocks(&x[k], &x[k + 2], 16, UINT64_C(0x0000FFFF0000FFFF));
            for (int k = 0; k < 8; k += 2) swap_blocks(&x[k], &x[k + 1], 8, UINT64_C(0x00FF00FF00FF00FF));
            for (int k = 0; k < 8; k++) store_word(to + (i + k) * to_pitch + j, x[k]);
        }
}

static int is_other(uint8_t byte, uint8_t low, uint8_t span, const uint8_t *codes, int32_t n_codes)
{
    int known = (uint8_t)(byte - low) <= span;

    for (int32_t k = 0; !known && k < n_codes; k++) known = byte == codes[k];
    return !known;
}

int sipas__bytes_any_other(const uint8_t *bytes, int64_t n, uint8_t low, uint8_t span, const uint8_t *codes,
                           int32_t n_codes)
{
    int64_t i = 0;

#if SIPAS__X86
    if (SIPAS__IS_WIDE()) i = other_wide(bytes, n, low, span, codes, n_codes);
    if (i < 0) return 1;
#endif
    for (; i < n; i++)
        if (is_other(bytes[i], low, span, codes, n_codes)) return 1;
    return 0;
}

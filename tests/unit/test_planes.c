/*
 * Weights in planes: cut and put together again without a bit lost, and their sums with bytes against the definition in 64-bit
 * numbers, for every length and every variant of the loops.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "num/planes.c" /* to reach every variant, also those that this processor would not choose */

enum { ROWS_MOST = 1024, PITCH = ROWS_MOST + SIPAS__PLANE_SPARE, COLUMNS = 24, SEGMENTS = 5 };

static uint64_t draw(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 11;
}

/* ---- how weights are cut ---- */

static void test_grain(void **state)
{
    const double whole[] = {3.0, 0.0, 1024.0, 7.0, 5e15}, halves[] = {1.0, 2.5, 0.0},
                 full[] = {1.0 + DBL_EPSILON, 64.0};
    const double small[] = {DBL_MIN, 1.0}, least[] = {DBL_TRUE_MIN}, odd[] = {1.0, NAN}, large[] = {ldexp(3.0, 60)};

    (void)state;
    assert_int_equal(sipas__planes_grain(whole, 5, 0), 0);
    assert_int_equal(sipas__planes_grain(halves, 3, 0), -1);
    assert_int_equal(sipas__planes_grain(halves, 3, -4), -4);
    assert_int_equal(sipas__planes_grain(full, 2, 0), -52);
    assert_int_equal(sipas__planes_grain(full, 2, -52), -52);
    assert_int_equal(sipas__planes_grain(small, 2, 0), -1022);
    assert_int_equal(sipas__planes_grain(least, 1, 0), -1074);
    assert_int_equal(sipas__planes_grain(large, 1, 0), 0);
    assert_true(sipas__planes_grain(odd, 2, 0) <= 0);
    assert_int_equal(sipas__planes_grain(whole, 0, 0), 0);
}

static void test_for(void **state)
{
    (void)state;
    assert_int_equal(sipas__planes_for(0, 1).n, 1);
    assert_int_equal(sipas__planes_for(0, 15).n, 1);
    assert_int_equal(sipas__planes_for(0, 16).n, 2);
    assert_int_equal(sipas__planes_for(-46, 10).n, 4);
    assert_int_equal(sipas__planes_for(-80, 10).n, 6);
    assert_int_equal(sipas__planes_for(-81, 10).n, 0);
    assert_int_equal(sipas__planes_for(-1022, -1000).n, 0);
    assert_int_equal(sipas__planes_for(0, 901).n, 0);
    assert_int_equal(sipas__planes_for(0, 0).n, 0);
}

/* From the highest plane down every partial sum is a weight cut short, so a double holds it. */
static double join_planes(const sipas__planes *planes, const int16_t *to, int64_t i)
{
    double sum = 0.0;

    for (int32_t p = planes->n - 1; p >= 0; p--) sum += ldexp(to[p * PITCH + i], planes->grain + SIPAS__PLANE_BITS * p);
    return sum;
}

static void check_cut(int32_t n_planes)
{
    static int16_t to[(SIPAS__MOST_PLANES + 1) * PITCH], plain[(SIPAS__MOST_PLANES + 1) * PITCH];
    static double weight[ROWS_MOST];
    const sipas__planes planes = {n_planes, -7};
    const double top = ldexp(1.0, planes.grain + SIPAS__PLANE_BITS * n_planes);
    const double scale = ldexp(1.0, -(planes.grain + SIPAS__PLANE_BITS * (n_planes - 1)));
    uint64_t seed = (uint64_t)n_planes;

    for (int i = 0; i < ROWS_MOST; i++) {
        const int bits = (int)(draw(&seed) % 53);

        weight[i] = i % 7 == 3 ? 0.0 : fmod(ldexp((double)(draw(&seed) >> bits), planes.grain), top);
    }
    assert_true(sipas__planes_cut(&planes, weight, ROWS_MOST, to, PITCH));
    for (int i = 0; i < ROWS_MOST; i++) {
        assert_true(join_planes(&planes, to, i) == weight[i]);
        assert_int_equal(to[n_planes * PITCH + i], weight[i] != 0.0);
    }
    for (int i = 0; i < ROWS_MOST; i += BLOCK)
        assert_true(cut_plain(&planes, weight + i, BLOCK, scale, plain + i, PITCH));
    for (int p = 0; p <= n_planes; p++) assert_memory_equal(to + p * PITCH, plain + p * PITCH, ROWS_MOST * sizeof *to);
    for (int k = 0; k < 5; k++) {
        const double misfit[] = {-1.0, top, ldexp(1.0, -8), NAN, INFINITY}, kept = weight[600];

        weight[600] = misfit[k];
        assert_false(sipas__planes_cut(&planes, weight, ROWS_MOST, to, PITCH));
        assert_false(cut_plain(&planes, weight + 512, BLOCK, scale, plain, PITCH));
        weight[600] = kept;
    }
}

static void test_cut(void **state)
{
    (void)state;
    for (int32_t n = 1; n <= SIPAS__MOST_PLANES; n++) check_cut(n);
}

/* Sums of weights that round in doubles: 3 (2^60 + 1) is not a double, and the rest says what is missing. */
static void test_value(void **state)
{
    const sipas__planes planes = {4, -3};
    const int64_t words[2] = {3, INT64_C(3) << 30}, far[2] = {INT64_MAX, 0};
    double high, low;

    (void)state;
    sipas__planes_value(&planes, words, 1, &high, &low);
    assert_true(high == ldexp(3.0, 57));
    assert_true(low == 0.375);
    sipas__planes_value(&planes, far, 1, &high, &low);
    assert_true(high == ldexp(1.0, 60));
    assert_true(low == -0.125);
}

/* ---- points ---- */

typedef int (*score_fn)(const uint8_t *, int64_t, uint8_t, int32_t, const uint8_t *, uint8_t *, uint64_t *);

static void check_score(score_fn score, uint8_t low, int32_t levels, const uint8_t *points)
{
    static uint8_t bytes[256], to[256 + SIPAS__PLANE_SPARE];
    uint64_t gaps[4], seed = low;

    for (int n = 0; n <= 200; n++)
        for (int wild = 0; wild < 2; wild++) {
            int any = 0;

            for (int i = 0; i < n; i++) {
                bytes[i] = (uint8_t)(wild ? draw(&seed) : low + draw(&seed) % (uint64_t)levels);
                any |= (uint8_t)(bytes[i] - low) >= levels;
            }
            assert_int_equal(score(bytes, n, low, levels, points, to, gaps) != 0, any);
            for (int i = 0; i < n; i++) {
                const int place = (uint8_t)(bytes[i] - low);

                assert_int_equal(to[i], place < levels ? points[place] : SIPAS__PLANE_GAP);
                assert_int_equal((gaps[i / 64] >> (i % 64)) & 1, place >= levels);
            }
            if (n % 64) assert_int_equal(gaps[n / 64] >> (n % 64), 0);
        }
}

static void test_score(void **state)
{
    static const uint8_t rising[16] = {1, 2, 3, 4, 5}, top[16] = {0, 0, 0, 1, 1}, falling[16] = {3, 2, 1, 0};
    static const uint8_t all[16] = {0, 127, 3, 9, 127, 1, 1, 0, 5, 6, 7, 8, 9, 10, 11, 12};
    const score_fn fns[] = {sipas__planes_score, score_plain};

    (void)state;
    for (int f = 0; f < 2; f++) {
        check_score(fns[f], 1, 5, rising);
        check_score(fns[f], 254, 5, top); /* from -2 to 2 */
        check_score(fns[f], 0, 4, falling);
        check_score(fns[f], 120, 16, all);
    }
}

/* ---- sums ---- */

static uint8_t points[PITCH];
static int16_t planes_of[SIPAS__MOST_PLANES * PITCH];

/* The largest there are, so that a sum of 32 bits would overflow where it may not. */
static void fill_dot(int largest, int gaps)
{
    uint64_t seed = 99;

    for (int i = 0; i < PITCH; i++) {
        points[i] = (uint8_t)(largest ? 127 : draw(&seed) % 128);
        if (gaps && draw(&seed) % 5 == 0) points[i] = SIPAS__PLANE_GAP;
    }
    for (int i = 0; i < SIPAS__MOST_PLANES * PITCH; i++)
        planes_of[i] = (int16_t)(largest ? 32767 : draw(&seed) % 32768);
}

static void check_dot(int64_t n, int with_gaps)
{
    int64_t sums[SIPAS__MOST_PLANES], gaps[SIPAS__MOST_PLANES];

    sipas__planes_dot(points, planes_of, PITCH, SIPAS__MOST_PLANES, n, sums, with_gaps ? gaps : NULL);
    for (int p = 0; p < SIPAS__MOST_PLANES; p++) {
        const int16_t *plane = planes_of + p * PITCH;
        int64_t sum = 0, gap = 0;

        for (int64_t i = 0; i < n; i++) {
            sum += points[i] == SIPAS__PLANE_GAP ? 0 : (int64_t)plane[i] * points[i];
            gap += points[i] == SIPAS__PLANE_GAP ? plane[i] : 0;
        }
        assert_true(sums[p] == sum);
        assert_true(dot_plain(points, plane, n) == sum);
        if (!with_gaps) continue;
        assert_true(gaps[p] == gap);
        assert_true(dot_gaps_plain(points, plane, n) == gap);
    }
}

static void test_dot(void **state)
{
    (void)state;
    for (int largest = 0; largest < 2; largest++)
        for (int gaps = 0; gaps < 2; gaps++) {
            fill_dot(largest, gaps);
            for (int64_t n = 0; n <= 70; n++) check_dot(n, gaps);
            for (int64_t n = 1000; n <= ROWS_MOST; n++) check_dot(n, gaps);
        }
}

typedef void (*add_fn)(const sipas__plane_lines *lines, int64_t *sums, int64_t pitch);

static uint8_t line_bytes[ROWS_MOST * (COLUMNS + 16)];
static sipas__plane_place place[ROWS_MOST];

static sipas__plane_lines make_lines(int64_t n_words, int with_gaps)
{
    const sipas__plane_lines lines = {line_bytes, COLUMNS + 16, COLUMNS, n_words, with_gaps, place, ROWS_MOST};
    uint64_t seed = 5;

    for (int i = 0; i < ROWS_MOST; i++) {
        uint8_t *line = line_bytes + i * lines.pitch;

        place[i].line = (i * 37) % ROWS_MOST;
        place[i].segment = (int32_t)(draw(&seed) % SEGMENTS);
        for (int j = 0; j < COLUMNS; j++)
            line[j] = (uint8_t)(with_gaps && draw(&seed) % 9 == 0 ? SIPAS__PLANE_GAP : draw(&seed) % 128);
        for (int64_t k = 0; k <= n_words; k++) {
            const uint32_t word = (uint32_t)(k < n_words ? draw(&seed) % (1u << 30) : draw(&seed) % 2);

            memcpy(line + COLUMNS + 4 * k, &word, sizeof word);
        }
    }
    return lines;
}

static void check_add(add_fn add, const sipas__plane_lines *lines, int gaps)
{
    static int64_t sums[SEGMENTS * 4 * COLUMNS], wanted[SEGMENTS * 4 * COLUMNS];
    const int64_t n_words = lines->n_words + gaps, pitch = 4 * COLUMNS;

    for (int i = 0; i < SEGMENTS * pitch; i++) sums[i] = wanted[i] = i;
    add(lines, sums, pitch);
    for (int64_t i = 0; i < lines->n; i++)
        for (int64_t k = 0; k < n_words; k++)
            for (int64_t j = 0; j < COLUMNS; j++) {
                const uint8_t *line = lines->lines + lines->place[i].line * lines->pitch;
                const int64_t there = line[j] != SIPAS__PLANE_GAP;
                uint32_t word;

                memcpy(&word, line + COLUMNS + 4 * k, sizeof word);
                wanted[lines->place[i].segment * pitch + k * COLUMNS + j] += word *
                                                                             (gaps ? 1 - there : there * line[j]);
            }
    assert_memory_equal(sums, wanted, sizeof sums);
}

static void test_add(void **state)
{
    (void)state;
    for (int64_t words = 1; words <= SIPAS__MOST_PLANES / 2; words++)
        for (int gaps = 0; gaps < 2; gaps++) {
            const sipas__plane_lines lines = make_lines(words, gaps);

            check_add(sipas__planes_add, &lines, 0);
            check_add(add_plain, &lines, 0);
            if (!gaps) continue;
            check_add(sipas__planes_add_gaps, &lines, 1);
            check_add(add_gaps_plain, &lines, 1);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grain), cmocka_unit_test(test_for),   cmocka_unit_test(test_cut),
        cmocka_unit_test(test_value), cmocka_unit_test(test_score), cmocka_unit_test(test_dot),
        cmocka_unit_test(test_add),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

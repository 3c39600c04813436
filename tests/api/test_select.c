/*
 * One-stage draws: inclusion probabilities against the golden table, draws made again from the documented numbers alone,
 * Monte Carlo over seeds, permuted rows, quotas, reserves, and every refusal.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sipas.h>

#include "assert_close.h"
#include "golden.h"

enum { N = 12, SEEDS = 20000 };

static const char *const code[N] = {"u07", "u03", "u11", "u01", "u12", "u05", "u02", "u09", "u08", "u04", "u10", "u06"};
static const double size[N] = {7, 3, 40, 1, 60, 5, 2, 9, 8, 4, 10, 6};

/* ---- reading a result ---- */

static sipas_table *must_draw(const sipas_column *codes, const sipas_draw_opts *opts)
{
    sipas_table *table;
    sipas_error err;

    if (sipas_draw(NULL, codes, opts, &table, &err) < 0) fail_msg("%s", err.message);
    return table;
}

static void must_fail(const sipas_column *codes, const sipas_draw_opts *opts, sipas_status status, const char *word)
{
    sipas_table *table = (sipas_table *)&status;
    sipas_error err;

    assert_int_equal(sipas_draw(NULL, codes, opts, &table, &err), status);
    assert_null(table);
    assert_int_equal(err.status, status);
    if (!strstr(err.message, word)) fail_msg("\"%s\" does not say \"%s\"", err.message, word);
}

static const int64_t *whole(const sipas_table *table, const char *column)
{
    const int64_t *value;

    assert_int_equal(sipas_table_get_i64(table, column, &value, NULL), SIPAS_OK);
    return value;
}

static const double *numbers(const sipas_table *table, const char *column)
{
    const double *value;

    assert_int_equal(sipas_table_get_f64(table, column, &value, NULL), SIPAS_OK);
    return value;
}

static const char *const *texts(const sipas_table *table, const char *column)
{
    const char *const *value;

    assert_int_equal(sipas_table_get_code(table, column, &value, NULL), SIPAS_OK);
    return value;
}

static const char *meta(const sipas_table *table, const char *key)
{
    const char *value;

    assert_int_equal(sipas_table_find_meta(table, key, &value, NULL), SIPAS_OK);
    return value;
}

static int is_main(const sipas_table *table, int64_t row)
{
    return strcmp(texts(table, "role")[row], "main") == 0;
}

static int64_t count_main(const sipas_table *table)
{
    int64_t n = 0;

    for (int64_t i = 0; i < sipas_table_count_rows(table); i++) n += is_main(table, i);
    return n;
}

static int has_note(const sipas_table *table, const char *wanted)
{
    const sipas_table *notes = sipas_table_get_notes(table);

    for (int64_t i = 0; i < sipas_table_count_rows(notes); i++)
        if (strcmp(texts(notes, "code")[i], wanted) == 0) return 1;
    return 0;
}

static sipas_draw_opts seeded(int32_t method, uint64_t seed, int64_t n)
{
    sipas_draw_opts opts = SIPAS_DRAW_OPTS_INIT;

    opts.method = method;
    opts.has_seed = 1;
    opts.seed = seed;
    opts.n = n;
    return opts;
}

/* ---- inclusion probabilities ---- */

static void inclusion_probabilities_agree_with_golden(void **state)
{
    (void)state;
    golden_table *table = golden_read("golden/pps.tsv");
    int cases = 0;

    for (size_t row = 0; row < golden_count(table); row++) {
        size_t n_sizes, n_pik;
        double *sizes, *pik, pi[64], sum = 0.0;
        sipas_column column;

        if (strncmp(golden_text(table, row, "case"), "pps/pik_", 8) != 0) continue;
        sizes = golden_list(table, row, "size", &n_sizes);
        pik = golden_list(table, row, "pik", &n_pik);
        assert_true(n_sizes == n_pik && n_sizes <= 64);
        column = sipas_column_f64(sizes, (int64_t)n_sizes);
        assert_int_equal(sipas_inclusion_prob(&column, (int64_t)golden_number(table, row, "n"), pi, NULL), SIPAS_OK);
        assert_all_close(pi, pik, n_sizes, golden_number(table, row, "tolerance"));
        for (size_t i = 0; i < n_sizes; i++) sum += pi[i];
        assert_close(sum, golden_number(table, row, "n"), 1e-13);
        free(sizes);
        free(pik);
        cases++;
    }
    assert_int_equal(cases, 3);
    golden_free(table);
}

static void inclusion_probabilities_at_the_edges(void **state)
{
    (void)state;
    static const double with_zero[] = {0.1, 0.0, 0.1, 0.1}, wrong[] = {1.0, -1.0}, hole[] = {1.0, (double)NAN},
                        huge[] = {1e281};
    static const int8_t small[] = {1, 2, 3, 4};
    double pi[4] = {9, 9, 9, 9};
    sipas_column column = sipas_column_f64(with_zero, 4);
    sipas_error err;

    assert_int_equal(sipas_inclusion_prob(&column, 3, pi, NULL), SIPAS_OK);
    for (int i = 0; i < 4; i++) assert_close(pi[i], i == 1 ? 0.0 : 1.0, 0.0); /* exactly */
    assert_int_equal(sipas_inclusion_prob(&column, 0, pi, NULL), SIPAS_OK);
    for (int i = 0; i < 4; i++) assert_close(pi[i], 0.0, 0.0);
    assert_int_equal(sipas_inclusion_prob(&column, 4, pi, &err), SIPAS_ERR_TOO_FEW);
    assert_close(pi[0], 0.0, 0.0);
    assert_int_equal(sipas_inclusion_prob(&column, -1, pi, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_inclusion_prob(NULL, 1, pi, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_inclusion_prob(&column, 1, NULL, &err), SIPAS_ERR_ARGUMENT);
    column = sipas_column_f64(wrong, 2);
    assert_int_equal(sipas_inclusion_prob(&column, 1, pi, &err), SIPAS_ERR_VALUE);
    assert_int_equal(err.row, 1);
    column = sipas_column_f64(hole, 2);
    assert_int_equal(sipas_inclusion_prob(&column, 1, pi, &err), SIPAS_ERR_MISSING);
    column = sipas_column_f64(huge, 1);
    assert_int_equal(sipas_inclusion_prob(&column, 1, pi, &err), SIPAS_ERR_VALUE);
    column = sipas_column_code(code, N);
    assert_int_equal(sipas_inclusion_prob(&column, 1, pi, &err), SIPAS_ERR_TYPE);
    column = sipas_column_i8(small, 4);
    assert_int_equal(sipas_inclusion_prob(&column, 2, pi, NULL), SIPAS_OK);
    assert_close(pi[3], 0.8, 1e-15);
    column = sipas_column_f64(NULL, 0);
    assert_int_equal(sipas_inclusion_prob(&column, 0, pi, NULL), SIPAS_OK);
}

/* ---- draws made again from the header alone ---- */

typedef struct ranked {
    double number;
    int index;
} ranked;

static int by_number(const void *left, const void *right)
{
    const ranked *a = left, *b = right;

    return (a->number > b->number) - (a->number < b->number);
}

static int by_code(const void *left, const void *right)
{
    const ranked *a = left, *b = right;

    return strcmp(code[a->index], code[b->index]);
}

static double own_number(int index, uint64_t seed, uint64_t programme, uint64_t stream)
{
    uint64_t hash;

    assert_int_equal(sipas_code_hash(&code[index], 1, &hash, NULL), SIPAS_OK);
    return sipas_rng_uniform(seed, programme, hash, stream, 0);
}

static void srs_is_the_smallest_numbers(void **state)
{
    (void)state;
    sipas_column codes = sipas_column_code(code, N);
    sipas_draw_opts opts = seeded(SIPAS_DRAW_SRS, 20240601, 4);
    ranked list[N];
    sipas_table *table;

    opts.programme = 7;
    opts.stage = 3;
    opts.reserve = 2;
    for (int i = 0; i < N; i++) {
        list[i].index = i;
        list[i].number = own_number(i, 20240601, 7, 48);
    }
    qsort(list, N, sizeof *list, by_number);
    table = must_draw(&codes, &opts);
    assert_int_equal(sipas_table_count_rows(table), 6);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(whole(table, "row")[i], list[i].index);
        assert_string_equal(texts(table, "code")[i], code[list[i].index]);
        assert_string_equal(texts(table, "stratum")[i], "all");
        assert_string_equal(texts(table, "role")[i], i < 4 ? "main" : "reserve");
        assert_int_equal(whole(table, "order")[i], i + 1);
        assert_close(numbers(table, "pi")[i], 4.0 / 12, 0.0);
        assert_close(numbers(table, "pi_reserve")[i], 0.5, 0.0);
        assert_int_equal(whole(table, "n")[i], 4);
        assert_int_equal(whole(table, "population")[i], 12);
        assert_int_equal(whole(table, "certainty")[i], 0);
    }
    assert_string_equal(meta(table, "method"), "srs/1");
    assert_string_equal(meta(table, "seed"), "20240601");
    assert_string_equal(meta(table, "programme"), "7");
    assert_string_equal(meta(table, "stage"), "3");
    assert_string_equal(meta(table, "units"), "12");
    assert_string_equal(meta(table, "main"), "4");
    assert_string_equal(meta(table, "reserve"), "2");
    sipas_table_free(table);
}

/* Puts the drawn among list[0 … n-1] (flags by index) in the order of purpose 1 and compares. */
static void compare_with_table(const sipas_table *table, const int *drawn, uint64_t seed)
{
    ranked list[N];
    int n = 0;

    for (int i = 0; i < N; i++) {
        if (!drawn[i]) continue;
        list[n].index = i;
        list[n++].number = own_number(i, seed, 0, 1);
    }
    qsort(list, (size_t)n, sizeof *list, by_number);
    assert_int_equal(sipas_table_count_rows(table), n);
    for (int i = 0; i < n; i++) assert_int_equal(whole(table, "row")[i], list[i].index);
}

static void systematic_steps_from_one_start(void **state)
{
    (void)state;
    sipas_column codes = sipas_column_code(code, N);

    for (uint64_t seed = 1; seed < 40; seed++) {
        int64_t m = (int64_t)(seed % 12) + 1;
        sipas_draw_opts opts = seeded(SIPAS_DRAW_SYSTEMATIC, seed, m);
        int64_t start = (int64_t)(sipas_rng_uniform(seed, 0, 0, 0, 0) * N);
        ranked list[N];
        int drawn[N] = {0};
        sipas_table *table;

        for (int i = 0; i < N; i++) list[i].index = i;
        qsort(list, N, sizeof *list, by_code);
        for (int64_t k = 0; k < N; k++) drawn[list[k].index] = ((k + 1) * m + start) / N > (k * m + start) / N;
        table = must_draw(&codes, &opts);
        assert_int_equal(count_main(table), m);
        compare_with_table(table, drawn, seed);
        sipas_table_free(table);
    }
}

static void pps_takes_points_on_a_line(void **state)
{
    (void)state;
    sipas_column codes = sipas_column_code(code, N), sizes = sipas_column_f64(size, N);

    for (uint64_t seed = 1; seed < 40; seed++) {
        sipas_draw_opts opts = seeded(SIPAS_DRAW_PPS_SYSTEMATIC, seed, 2);
        double u = sipas_rng_uniform(seed, 0, 0, 0, 0), total = 0.0, below = 0.0;
        ranked list[N];
        int drawn[N] = {0}, at = 0;
        sipas_table *table;

        opts.size = &sizes;
        for (int i = 0; i < N; i++) {
            list[i].index = i;
            total += size[i];
        }
        qsort(list, N, sizeof *list, by_code);
        for (int k = 0; k < N; k++) { /* 155 in all; u12 of 60 is below 155/2 */
            double above = below + size[list[k].index];

            while (at < 2 && (u + at) * total / 2 < above) {
                drawn[list[k].index] = 1;
                at++;
            }
            below = above;
        }
        table = must_draw(&codes, &opts);
        compare_with_table(table, drawn, seed);
        for (int i = 0; i < 2; i++)
            assert_close(numbers(table, "pi")[i], 2 * size[whole(table, "row")[i]] / total, 1e-15);
        sipas_table_free(table);
    }
}

static void the_frame_is_told_by_its_hash(void **state)
{
    (void)state;
    sipas_column codes = sipas_column_code(code, N), sizes = sipas_column_f64(size, N);
    sipas_draw_opts opts = seeded(SIPAS_DRAW_PPS_SYSTEMATIC, 1, 2);
    uint64_t hash[N], frame = UINT64_C(0xcbf29ce484222325);
    char expected[17];
    int order[N];
    sipas_table *table;

    for (int i = 0; i < N; i++) {
        assert_int_equal(sipas_code_hash(&code[i], 1, &hash[i], NULL), SIPAS_OK);
        order[i] = i;
    }
    for (int i = 1; i < N; i++)
        for (int k = i; k > 0 && hash[order[k]] < hash[order[k - 1]]; k--) {
            int swap = order[k];

            order[k] = order[k - 1];
            order[k - 1] = swap;
        }
    for (int i = 0; i < N; i++) {
        uint64_t words[2] = {hash[order[i]], 0};

        memcpy(&words[1], &size[order[i]], 8);
        for (int byte = 0; byte < 16; byte++) {
            frame ^= (words[byte / 8] >> (8 * (byte % 8))) & 0xFF;
            frame *= UINT64_C(0x100000001b3);
        }
    }
    opts.size = &sizes;
    table = must_draw(&codes, &opts);
    snprintf(expected, sizeof expected, "%016llx", (unsigned long long)frame);
    assert_string_equal(meta(table, "frame"), expected);
    sipas_table_free(table);
}

/* ---- Monte Carlo ---- */

/* Draws with many seeds; every unit's share must lie within 5 standard deviations of pi and pi_reserve. */
static void check_frequencies(sipas_draw_opts *opts, const double *pi, const double *pi_reserve, int64_t main,
                              int64_t all)
{
    sipas_column codes = sipas_column_code(code, N);
    int64_t as_main[N] = {0}, at_all[N] = {0};

    for (int seed = 0; seed < SEEDS; seed++) {
        sipas_table *table;
        int64_t n;

        opts->seed = (uint64_t)seed;
        table = must_draw(&codes, opts);
        n = sipas_table_count_rows(table);
        assert_int_equal(n, all);
        assert_int_equal(count_main(table), main);
        for (int64_t i = 0; i < n; i++) {
            int64_t row = whole(table, "row")[i];

            as_main[row] += is_main(table, i);
            at_all[row]++;
            assert_close(numbers(table, "pi")[i], pi[row], 1e-14);
            assert_close(numbers(table, "pi_reserve")[i], pi_reserve[row], 1e-14);
            assert_int_equal(whole(table, "certainty")[i], pi[row] >= 1.0);
        }
        sipas_table_free(table);
    }
    for (int i = 0; i < N; i++) {
        const double sd = sqrt(SEEDS * pi[i] * (1 - pi[i])), sd_all = sqrt(SEEDS * pi_reserve[i] * (1 - pi_reserve[i]));

        if (fabs((double)as_main[i] - SEEDS * pi[i]) > 5 * sd ||
            fabs((double)at_all[i] - SEEDS * pi_reserve[i]) > 5 * sd_all)
            fail_msg("%s: main %lld of %g, drawn %lld of %g", code[i], (long long)as_main[i], SEEDS * pi[i],
                     (long long)at_all[i], SEEDS * pi_reserve[i]);
    }
}

static void srs_draws_each_unit_equally_often(void **state)
{
    (void)state;
    sipas_draw_opts opts = seeded(SIPAS_DRAW_SRS, 0, 3);
    double pi[N], pi_reserve[N];

    opts.reserve = 2;
    for (int i = 0; i < N; i++) {
        pi[i] = 3.0 / 12;
        pi_reserve[i] = 5.0 / 12;
    }
    check_frequencies(&opts, pi, pi_reserve, 3, 5);
}

static void systematic_draws_each_unit_equally_often(void **state)
{
    (void)state;
    static const double key[N] = {5, 5, 5, 1, 2, 3, 4, -1, -0.0, 0, 7, 8};
    sipas_column keys = sipas_column_f64(key, N);
    sipas_draw_opts opts = seeded(SIPAS_DRAW_SYSTEMATIC, 0, 3);
    double pi[N], pi_reserve[N];

    opts.reserve = 2;
    opts.order_key = &keys;
    for (int i = 0; i < N; i++) {
        pi[i] = 3.0 / 12;
        pi_reserve[i] = 5.0 / 12;
    }
    check_frequencies(&opts, pi, pi_reserve, 3, 5);
}

static void pps_draws_each_unit_by_its_size(void **state)
{
    (void)state;
    sipas_column sizes = sipas_column_f64(size, N);
    sipas_draw_opts opts = seeded(SIPAS_DRAW_PPS_SYSTEMATIC, 0, 3);
    double pi[N];

    opts.size = &sizes; /* Σ = 155: u12 (60) reaches 3·60/155 = 1.16; then u11: 2·40/95 < 1 */
    assert_int_equal(sipas_inclusion_prob(&sizes, 3, pi, NULL), SIPAS_OK);
    assert_close(pi[4], 1.0, 0.0);
    assert_close(pi[2], 80.0 / 95, 1e-15);
    check_frequencies(&opts, pi, pi, 3, 3);
}

/* Certainty by n, not by n + r: u11 is drawn always once reserves are drawn, but may be one of them. */
static void pps_reserves_are_one_draw_with_the_main_sample(void **state)
{
    (void)state;
    sipas_column sizes = sipas_column_f64(size, N);
    sipas_draw_opts opts = seeded(SIPAS_DRAW_PPS_SYSTEMATIC, 0, 3);
    double pi[N], pi_reserve[N], rest[N];
    sipas_column column = sipas_column_f64(rest, N);

    opts.size = &sizes;
    opts.reserve = 2;
    memcpy(rest, size, sizeof rest);
    rest[4] = 0.0;
    assert_int_equal(sipas_inclusion_prob(&column, 4, pi_reserve, NULL), SIPAS_OK);
    assert_close(pi_reserve[2], 1.0, 0.0);
    for (int i = 0; i < N; i++) pi[i] = pi_reserve[i] * 2 / 4;
    pi[4] = pi_reserve[4] = 1.0;
    check_frequencies(&opts, pi, pi_reserve, 3, 5);
}

static void marked_units_are_always_main(void **state)
{
    (void)state;
    static const uint8_t seat[N] = {0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0};
    sipas_column seats = sipas_column_bool(seat, N), codes = sipas_column_code(code, N);
    sipas_draw_opts opts = seeded(SIPAS_DRAW_SRS, 5, 4);
    double pi[N], pi_reserve[N];
    sipas_table *table;

    opts.certainty = &seats;
    opts.reserve = 1;
    for (int i = 0; i < N; i++) {
        pi[i] = seat[i] ? 1.0 : 2.0 / 10;
        pi_reserve[i] = seat[i] ? 1.0 : 3.0 / 10;
    }
    check_frequencies(&opts, pi, pi_reserve, 4, 5);
    table = must_draw(&codes, &opts);
    assert_string_equal(texts(table, "stratum")[0], "u03"); /* each is its own stratum, first, by code */
    assert_string_equal(texts(table, "stratum")[1], "u05");
    assert_string_equal(texts(table, "stratum")[2], "all");
    for (int i = 0; i < 5; i++) {
        assert_int_equal(whole(table, "order")[i], i + 1);
        assert_int_equal(whole(table, "n")[i], i < 2 ? 1 : 2);
        assert_int_equal(whole(table, "population")[i], i < 2 ? 1 : 10);
    }
    sipas_table_free(table);
    opts.n = 1;
    must_fail(&codes, &opts, SIPAS_ERR_INFEASIBLE, "2 units are marked as certain, only 1");
}

/* ---- whatever the order of the rows ---- */

static void permuted_rows_give_the_same_units(void **state)
{
    (void)state;
    static const int32_t stratum[N] = {1, 1, 2, 1, 2, 2, 1, 2, 1, 2, 2, 1};
    static const char *const kind[N] = {"x", "y", "x", "y", "y", "x", "x", "x", "y", "y", "x", "x"};
    static const char *const key[N] = {"k1", "k2", "k1", "k1", "k3", "k3", "k2", "k2", "k2", "k2", "k1", "k1"};

    for (int32_t method = SIPAS_DRAW_SRS; method <= SIPAS_DRAW_ALL; method++)
        for (int shift = 0; shift < 3; shift++) {
            sipas_table *table[2];
            int with_key = shift > 0;

            for (int pass = 0; pass < 2; pass++) {
                const char *codes[N] = {0}, *kinds[N] = {0}, *keys[N] = {0};
                int32_t strata[N];
                double sizes[N];
                sipas_column c = sipas_column_code(codes, N), k = sipas_column_code(kinds, N),
                             o = sipas_column_code(keys, N);
                sipas_column s = sipas_column_i32(strata, N), x = sipas_column_f64(sizes, N);
                sipas_draw_opts opts = seeded(method, 99, method == SIPAS_DRAW_ALL ? 0 : 1);

                for (int i = 0; i < N; i++) {
                    int from = pass ? (5 * i + shift) % N : i;

                    codes[i] = code[from];
                    kinds[i] = kind[from];
                    keys[i] = key[from];
                    strata[i] = stratum[from];
                    sizes[i] = size[from];
                }
                opts.reserve = method == SIPAS_DRAW_ALL ? 0 : 1;
                opts.strata = &s;
                opts.unit_class = &k;
                if (with_key) opts.order_key = &o;
                if (method == SIPAS_DRAW_PPS_SYSTEMATIC) opts.size = &x;
                table[pass] = must_draw(&c, &opts);
            }
            assert_int_equal(sipas_table_count_rows(table[0]), sipas_table_count_rows(table[1]));
            assert_string_equal(meta(table[0], "frame"), meta(table[1], "frame"));
            for (int64_t i = 0; i < sipas_table_count_rows(table[0]); i++) {
                assert_string_equal(texts(table[0], "code")[i], texts(table[1], "code")[i]);
                assert_string_equal(texts(table[0], "stratum")[i], texts(table[1], "stratum")[i]);
                assert_string_equal(texts(table[0], "role")[i], texts(table[1], "role")[i]);
                assert_close(numbers(table[0], "pi")[i], numbers(table[1], "pi")[i], 0.0);
                assert_close(numbers(table[0], "pi_reserve")[i], numbers(table[1], "pi_reserve")[i], 0.0);
            }
            sipas_table_free(table[0]);
            sipas_table_free(table[1]);
        }
}

static void integer_codes_are_their_decimal_text(void **state)
{
    (void)state;
    static const int16_t number[] = {1, 2, 10, 11, 100};
    static const char *const text[] = {"1", "2", "10", "11", "100"};
    sipas_column numbers_column = sipas_column_i16(number, 5), text_column = sipas_column_code(text, 5);

    for (int32_t method = SIPAS_DRAW_SRS; method <= SIPAS_DRAW_SYSTEMATIC; method++) {
        sipas_draw_opts opts = seeded(method, 3, 3);
        sipas_table *a = must_draw(&numbers_column, &opts), *b = must_draw(&text_column, &opts);

        for (int64_t i = 0; i < 3; i++) assert_string_equal(texts(a, "code")[i], texts(b, "code")[i]);
        assert_string_equal(meta(a, "frame"), meta(b, "frame"));
        sipas_table_free(a);
        sipas_table_free(b);
    }
}

/* ---- how many ---- */

static void none_is_refused_and_all_is_legal(void **state)
{
    (void)state;
    sipas_column codes = sipas_column_code(code, N), sizes = sipas_column_f64(size, N);

    for (int32_t method = SIPAS_DRAW_SRS; method <= SIPAS_DRAW_PPS_SYSTEMATIC; method++) {
        sipas_draw_opts opts = seeded(method, 11, 0);
        sipas_table *table;

        if (method == SIPAS_DRAW_PPS_SYSTEMATIC) opts.size = &sizes;
        must_fail(&codes, &opts, SIPAS_ERR_ARGUMENT, "nothing is asked for");
        opts.n = N;
        table = must_draw(&codes, &opts);
        assert_int_equal(sipas_table_count_rows(table), N);
        for (int i = 0; i < N; i++) {
            assert_close(numbers(table, "pi")[i], 1.0, 0.0);
            assert_int_equal(whole(table, "certainty")[i], 1);
            assert_int_equal(whole(table, "n")[i], N);
            assert_int_equal(whole(table, "population")[i], N);
            assert_string_equal(texts(table, "stratum")[i], "all");
        }
        sipas_table_free(table);
        opts.n = N + 1;
        must_fail(&codes, &opts, SIPAS_ERR_TOO_FEW, "13 units are wanted, only 12");
        opts.n = N - 1;
        opts.reserve = 2;
        must_fail(&codes, &opts, SIPAS_ERR_TOO_FEW, "13 units with their reserves are wanted, only 12");
        opts.if_fewer = SIPAS_FEWER_TAKE_ALL;
        table = must_draw(&codes, &opts);
        assert_int_equal(sipas_table_count_rows(table), N);
        assert_int_equal(count_main(table), N - 1);
        assert_true(has_note(table, "taken_all"));
        sipas_table_free(table);
        opts.n = 30;
        table = must_draw(&codes, &opts);
        assert_int_equal(count_main(table), N);
        assert_close(numbers(table, "pi")[0], 1.0, 0.0);
        sipas_table_free(table);
    }
}

static void all_takes_every_unit(void **state)
{
    (void)state;
    static const uint8_t out[N] = {1};
    sipas_column codes = sipas_column_code(code, N), excluded = sipas_column_bool(out, N);
    sipas_draw_opts opts = seeded(SIPAS_DRAW_ALL, 1, 0);
    sipas_table *table;

    opts.excluded = &excluded;
    table = must_draw(&codes, &opts);
    assert_int_equal(sipas_table_count_rows(table), N - 1);
    assert_string_equal(texts(table, "code")[0], "u01");
    assert_string_equal(texts(table, "code")[10], "u12");
    assert_string_equal(meta(table, "method"), "all/1");
    assert_string_equal(meta(table, "units"), "11");
    sipas_table_free(table);
    opts.n = 1;
    must_fail(&codes, &opts, SIPAS_ERR_OPTION, "neither n");
}

static void units_of_size_zero_are_noted(void **state)
{
    (void)state;
    static const double some[N] = {0, 3, 4, 0, 6, 5, 2, 9, 8, 4, 10, 6};
    static const uint8_t seat[N] = {1};
    sipas_column codes = sipas_column_code(code, N), sizes = sipas_column_f64(some, N),
                 seats = sipas_column_bool(seat, N);
    sipas_draw_opts opts = seeded(SIPAS_DRAW_PPS_SYSTEMATIC, 1, 10);
    sipas_table *table;

    opts.size = &sizes;
    table = must_draw(&codes, &opts);
    assert_int_equal(sipas_table_count_rows(table), 10);
    assert_int_equal(whole(table, "population")[0], 10);
    assert_true(has_note(table, "zero_size"));
    sipas_table_free(table);
    opts.n = 11;
    must_fail(&codes, &opts, SIPAS_ERR_TOO_FEW, "only 10 can be drawn");
    opts.certainty = &seats; /* what is marked needs no size */
    table = must_draw(&codes, &opts);
    assert_int_equal(sipas_table_count_rows(table), 11);
    sipas_table_free(table);
}

/* ---- strata, classes, quotas ---- */

static const char *const province[N] = {"01", "01", "01", "01", "01", "01", "01", "79", "79", "79", "79", "79"};
static const char *const class_of[N] = {"inner", "inner", "inner", "town",  "rural", "rural",
                                        "rural", "inner", "inner", "rural", "rural", "rural"};

typedef struct quotas {
    const char *stratum[6], *unit_class[6];
    int64_t n[6];
    sipas_column strata, classes, stratum_column, class_column, n_column;
} quotas;

static void set_quotas(quotas *q, sipas_draw_opts *opts, int64_t rows)
{
    q->strata = sipas_column_code(province, N);
    q->classes = sipas_column_code(class_of, N);
    q->stratum_column = sipas_column_code(q->stratum, rows);
    q->class_column = sipas_column_code(q->unit_class, rows);
    q->n_column = sipas_column_i64(q->n, rows);
    opts->strata = &q->strata;
    opts->unit_class = &q->classes;
    opts->quota_stratum = &q->stratum_column;
    opts->quota_class = &q->class_column;
    opts->quota_n = &q->n_column;
}

static int64_t count_of(const sipas_table *table, const char *stratum)
{
    int64_t n = 0;

    for (int64_t i = 0; i < sipas_table_count_rows(table); i++) n += strcmp(texts(table, "stratum")[i], stratum) == 0;
    return n;
}

/* "2 inner + 1 town + 3 rural" in 01; elsewhere 2 of whatever class, together. */
static void quotas_by_class_and_by_stratum(void **state)
{
    (void)state;
    quotas q = {.stratum = {"01", "01", "01", NULL}, .unit_class = {"rural", "inner", "town", NULL}, .n = {3, 2, 1, 2}};
    sipas_column codes = sipas_column_code(code, N);
    sipas_draw_opts opts = seeded(SIPAS_DRAW_SRS, 8, 0);
    sipas_table *table;

    set_quotas(&q, &opts, 4);
    table = must_draw(&codes, &opts);
    assert_int_equal(sipas_table_count_rows(table), 8);
    assert_int_equal(count_of(table, "01:inner"), 2);
    assert_int_equal(count_of(table, "01:rural"), 3);
    assert_int_equal(count_of(table, "01:town"), 1);
    assert_int_equal(count_of(table, "79"), 2);
    assert_close(numbers(table, "pi")[0], 2.0 / 3, 0.0);
    assert_close(numbers(table, "pi")[7], 2.0 / 5, 0.0);
    sipas_table_free(table);

    q.n[2] = 2;
    must_fail(&codes, &opts, SIPAS_ERR_TOO_FEW, "stratum 01:town: 2 units are wanted, only 1");
    opts.if_fewer = SIPAS_FEWER_TAKE_ALL;
    table = must_draw(&codes, &opts);
    assert_int_equal(count_of(table, "01:town"), 1);
    assert_int_equal(sipas_table_count_rows(table), 8);
    sipas_table_free(table);
    opts.if_fewer =
        SIPAS_FEWER_MOVE; /* the town that lacks goes to the inner districts: one is left there, no rural one */
    table = must_draw(&codes, &opts);
    assert_int_equal(count_of(table, "01:inner"), 3);
    assert_int_equal(count_of(table, "01:rural"), 3);
    assert_true(has_note(table, "moved"));
    sipas_table_free(table);
    q.n[2] = 3;
    must_fail(&codes, &opts, SIPAS_ERR_TOO_FEW, "stratum 01: 8 units are wanted, only 7");
    opts.if_fewer = SIPAS_FEWER_MOVE_TAKE_ALL;
    table = must_draw(&codes, &opts);
    assert_int_equal(sipas_table_count_rows(table), 9);
    assert_true(has_note(table, "taken_all"));
    sipas_table_free(table);
}

/* Province 79 is excluded whole: what a quota wants there is missing, one of 0 is kept, and without quotas a note says so. */
static void quotas_of_an_excluded_stratum_are_not_forgotten(void **state)
{
    (void)state;
    uint8_t out[N] = {0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1};
    quotas q = {.stratum = {"01", "79"}, .n = {3, 2}};
    sipas_column codes = sipas_column_code(code, N), excluded = sipas_column_bool(out, N);
    sipas_draw_opts opts = seeded(SIPAS_DRAW_SRS, 8, 0);
    sipas_table *table;

    set_quotas(&q, &opts, 2);
    opts.unit_class = opts.quota_class = NULL;
    opts.excluded = &excluded;
    must_fail(&codes, &opts, SIPAS_ERR_TOO_FEW, "stratum 79: 2 units are wanted, only 0");
    opts.if_fewer = SIPAS_FEWER_TAKE_ALL;
    table = must_draw(&codes, &opts);
    assert_int_equal(sipas_table_count_rows(table), 3);
    assert_true(has_note(table, "taken_all"));
    sipas_table_free(table);
    opts.if_fewer = SIPAS_FEWER_ERROR;
    q.n[1] = 0;
    table = must_draw(&codes, &opts);
    assert_int_equal(count_of(table, "01"), 3);
    assert_true(has_note(table, "excluded"));
    sipas_table_free(table);
    opts.quota_stratum = opts.quota_n = NULL;
    opts.n = 3;
    table = must_draw(&codes, &opts);
    assert_int_equal(sipas_table_count_rows(table), 3);
    assert_true(has_note(table, "excluded"));
    sipas_table_free(table);
}

/* A quota given twice is named, whatever its numbers; quotas of 0 and frames without units draw nothing. */
static void quotas_twice_and_draws_of_nothing_are_refused(void **state)
{
    (void)state;
    const uint8_t out[N] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    quotas q = {.stratum = {"01", "79", "01"}, .n = {3, 2, 3}};
    sipas_column codes = sipas_column_code(code, N), excluded = sipas_column_bool(out, N);
    sipas_draw_opts opts = seeded(SIPAS_DRAW_SRS, 8, 0);

    set_quotas(&q, &opts, 3);
    opts.unit_class = opts.quota_class = NULL;
    must_fail(&codes, &opts, SIPAS_ERR_DUPLICATE, "quotas 0 and 2 are for the same units: stratum 01");
    q.stratum[2] = q.stratum[1] = NULL;
    must_fail(&codes, &opts, SIPAS_ERR_DUPLICATE,
              "quotas 1 and 2 are for the same units: every group that no row names");
    q = (quotas){.stratum = {"01", "79"}};
    set_quotas(&q, &opts, 2);
    opts.unit_class = opts.quota_class = NULL;
    must_fail(&codes, &opts, SIPAS_ERR_TOO_FEW, "nothing is drawn");
    opts = seeded(SIPAS_DRAW_ALL, 8, 0);
    opts.excluded = &excluded;
    must_fail(&codes, &opts, SIPAS_ERR_TOO_FEW, "nothing is drawn");
}

/* Strata and classes whose codes hold separators, and certainty units among them: as many names as there are strata. */
static void joined_names_never_collide(void **state)
{
    (void)state;
    const char *const strata[N] = {"1:2", "1", "1\\", "1", "a/b", "a", "a", "1:2", "1", "1\\", "1", "a"};
    const char *const classes[N] = {"x", "2:x", ":x", "\\:x", "c", "b/c", "b:c", "x", "2:x", ":x", "\\:x", "b:c"};
    const double sizes[N] = {1, 1, 1, 1, 1, 1, 50, 1, 1, 1, 1, 1};
    sipas_column codes = sipas_column_code(code, N), stratum = sipas_column_code(strata, N),
                 unit_class = sipas_column_code(classes, N), size_column = sipas_column_f64(sizes, N);
    sipas_draw_opts opts = seeded(SIPAS_DRAW_SRS, 3, 1);
    sipas_table *table;

    opts.strata = &stratum;
    opts.unit_class = &unit_class;
    opts.if_fewer = SIPAS_FEWER_TAKE_ALL;
    for (opts.n = 2; opts.n > 0; opts.n--) {
        table = must_draw(&codes, &opts);
        for (int64_t i = 0; i < sipas_table_count_rows(table); i++)
            for (int64_t j = 0; j < i; j++) {
                const int64_t one = whole(table, "row")[i], two = whole(table, "row")[j];
                const int same = !strcmp(strata[one], strata[two]) && !strcmp(classes[one], classes[two]);

                assert_int_equal(!strcmp(texts(table, "stratum")[i], texts(table, "stratum")[j]), same);
            }
        sipas_table_free(table);
    }
    opts.unit_class = NULL;
    opts.n = 1;
    table = must_draw(&codes, &opts); /* nothing is joined: codes as given */
    assert_int_equal(count_of(table, "1:2"), 1);
    assert_int_equal(count_of(table, "a/b"), 1);
    sipas_table_free(table);
    opts.method = SIPAS_DRAW_PPS_SYSTEMATIC;
    opts.size = &size_column;
    opts.n = 2;
    table = must_draw(&codes, &opts); /* u02 is a stratum of its own within a */
    assert_int_equal(count_of(table, "a/u02"), 1);
    assert_int_equal(count_of(table, "a\\/b"), 1);
    assert_int_equal(count_of(table, "a"), 1);
    sipas_table_free(table);
}

static void quotas_must_cover_every_class(void **state)
{
    (void)state;
    quotas q = {.stratum = {NULL, NULL}, .unit_class = {"inner", "rural"}, .n = {1, 1}};
    sipas_column codes = sipas_column_code(code, N);
    sipas_draw_opts opts = seeded(SIPAS_DRAW_SRS, 8, 0);
    sipas_table *table;

    set_quotas(&q, &opts, 2);
    must_fail(&codes, &opts, SIPAS_ERR_NOT_FOUND, "unit u01 (row 3): there is no quota for stratum 01:town");
    q.unit_class[1] = NULL; /* the rest, together */
    table = must_draw(&codes, &opts);
    assert_int_equal(count_of(table, "01"), 1);
    assert_int_equal(whole(table, "population")[1], 4);
    sipas_table_free(table);
    q.n[0] = 0;
    table = must_draw(&codes, &opts);
    assert_int_equal(sipas_table_count_rows(table), 2);
    assert_true(has_note(table, "zero_quota"));
    sipas_table_free(table);
    q.unit_class[0] = "marsh"; /* which nobody has: fine with 0, too few with 1 */
    table = must_draw(&codes, &opts);
    assert_int_equal(sipas_table_count_rows(table), 2);
    sipas_table_free(table);
    q.n[0] = 1;
    must_fail(&codes, &opts, SIPAS_ERR_TOO_FEW, "01:marsh");
    q.unit_class[0] = NULL;
    must_fail(&codes, &opts, SIPAS_ERR_DUPLICATE, "quotas 0 and 1");
    q.stratum[0] = "02";
    must_fail(&codes, &opts, SIPAS_ERR_NOT_FOUND, "stratum \"02\"");
    q.stratum[0] = "01";
    q.n[0] = -1;
    must_fail(&codes, &opts, SIPAS_ERR_VALUE, "quota_n");
    set_quotas(&q, &opts, 2);
    q.n_column.n = 1;
    must_fail(&codes, &opts, SIPAS_ERR_LENGTH, "");
    set_quotas(&q, &opts, 0); /* an empty table covers nothing */
    must_fail(&codes, &opts, SIPAS_ERR_NOT_FOUND, "no quota");
}

static void quota_reserves_override_the_default(void **state)
{
    (void)state;
    static const int32_t reserve[] = {2, 0};
    static const uint8_t valid[] = {0x01};
    quotas q = {.stratum = {"01", "79"}, .unit_class = {NULL, NULL}, .n = {1, 1}};
    sipas_column codes = sipas_column_code(code, N), reserves = sipas_column_i32(reserve, 2);
    sipas_draw_opts opts = seeded(SIPAS_DRAW_SYSTEMATIC, 8, 0);
    sipas_table *table;

    set_quotas(&q, &opts, 2);
    opts.quota_class = NULL;
    reserves.validity = valid; /* missing = the default */
    opts.quota_reserve = &reserves;
    opts.reserve = 1;
    table = must_draw(&codes, &opts);
    assert_int_equal(count_of(table, "01"), 3);
    assert_int_equal(count_of(table, "79"), 2);
    sipas_table_free(table);
}

/* n per stratum and class where no quotas are given; sums of pi over the frame. */
static void probabilities_add_up_to_n(void **state)
{
    (void)state;
    sipas_column codes = sipas_column_code(code, N), strata = sipas_column_code(province, N);
    sipas_column classes = sipas_column_code(class_of, N), sizes = sipas_column_f64(size, N);

    for (int32_t method = SIPAS_DRAW_SRS; method <= SIPAS_DRAW_PPS_SYSTEMATIC; method++) {
        double pi[N] = {0}, pi_reserve[N] = {0}, sum = 0.0, sum_reserve = 0.0;

        for (uint64_t seed = 0; seed < 500; seed++) { /* long enough that each unit is drawn once */
            sipas_draw_opts opts = seeded(method, seed, 1);
            sipas_table *table;

            opts.strata = &strata;
            opts.unit_class = &classes;
            opts.if_fewer = SIPAS_FEWER_TAKE_ALL; /* one town: no reserve for it */
            opts.reserve = 1;
            if (method == SIPAS_DRAW_PPS_SYSTEMATIC) opts.size = &sizes;
            table = must_draw(&codes, &opts);
            assert_int_equal(count_main(table), 5);
            assert_int_equal(sipas_table_count_rows(table), 9);
            for (int64_t i = 0; i < 9; i++) {
                pi[whole(table, "row")[i]] = numbers(table, "pi")[i];
                pi_reserve[whole(table, "row")[i]] = numbers(table, "pi_reserve")[i];
            }
            sipas_table_free(table);
        }
        for (int i = 0; i < N; i++) {
            sum += pi[i];
            sum_reserve += pi_reserve[i];
        }
        assert_close(sum, 5.0, 1e-14);
        assert_close(sum_reserve, 9.0, 1e-14);
    }
}

/* ---- refusals ---- */

static void a_draw_needs_a_seed(void **state)
{
    (void)state;
    sipas_column codes = sipas_column_code(code, N), sizes = sipas_column_f64(size, N), short_column = sizes;
    sipas_draw_opts opts;
    sipas_table *table;

    sipas_draw_opts_init(&opts);
    opts.n = 1;
    must_fail(&codes, &opts, SIPAS_ERR_OPTION, "needs a seed");
    must_fail(&codes, NULL, SIPAS_ERR_OPTION, "needs a seed");
    opts = seeded(5, 1, 1);
    must_fail(&codes, &opts, SIPAS_ERR_OPTION, "method");
    opts = seeded(0, 1, 1);
    opts.if_fewer = 5;
    must_fail(&codes, &opts, SIPAS_ERR_OPTION, "if_fewer");
    opts = seeded(0, 1, 1);
    opts.stage = -1;
    must_fail(&codes, &opts, SIPAS_ERR_OPTION, "stage");
    opts = seeded(0, 1, -1);
    must_fail(&codes, &opts, SIPAS_ERR_ARGUMENT, "n is negative");
    opts = seeded(SIPAS_DRAW_PPS_SYSTEMATIC, 1, 1);
    must_fail(&codes, &opts, SIPAS_ERR_ARGUMENT, "needs a size");
    opts = seeded(0, 1, 1);
    opts.size = &sizes;
    must_fail(&codes, &opts, SIPAS_ERR_ARGUMENT, "not PPS");
    short_column.n--;
    opts.method = SIPAS_DRAW_PPS_SYSTEMATIC;
    opts.size = &short_column;
    must_fail(&codes, &opts, SIPAS_ERR_LENGTH, "size");
    opts = seeded(0, 1, 1);
    opts.quota_reserve = &sizes;
    must_fail(&codes, &opts, SIPAS_ERR_ARGUMENT, "without quota_n");
    opts = seeded(0, 1, 1);
    opts.quota_n = &sizes;
    opts.quota_class = &codes;
    must_fail(&codes, &opts, SIPAS_ERR_ARGUMENT, "quota_class is given without unit_class");
    opts = seeded(0, 1, 1);
    must_fail(NULL, &opts, SIPAS_ERR_ARGUMENT, "code");
    opts = seeded(0, 0, 1); /* 0 is a seed like any other */
    table = must_draw(&codes, &opts);
    sipas_table_free(table);
    assert_int_equal(sipas_draw(NULL, &codes, &opts, NULL, NULL), SIPAS_ERR_ARGUMENT);
}

static void faults_of_the_list_are_named(void **state)
{
    (void)state;
    static const char *const twice[] = {"a", "b", "a"}, *const hole[] = {"a", NULL, "c"},
                             *const empty[] = {"a", "b", ""};
    static const char *const twins[] = {"8yn0iYCKYHlIj4-BwPqk", "x", "GReLUrM4wMqfg9yzV3KQ"};
    static const double half[] = {1, 2.5, 3}, negative[] = {1, 2, -3}, missing[] = {1, (double)NAN, 3};
    static const char *const tab[] = {"x", "y\t", "y"};
    sipas_draw_opts opts = seeded(SIPAS_DRAW_SRS, 1, 1);
    sipas_column codes = sipas_column_code(twice, 3), other;

    must_fail(&codes, &opts, SIPAS_ERR_DUPLICATE, "rows 0 (a) and 2 (a)");
    codes = sipas_column_code(twins, 3);
    must_fail(&codes, &opts, SIPAS_ERR_DUPLICATE, "one hash");
    codes = sipas_column_code(hole, 3);
    must_fail(&codes, &opts, SIPAS_ERR_MISSING, "row 1");
    codes = sipas_column_code(empty, 3);
    must_fail(&codes, &opts, SIPAS_ERR_VALUE, "row 2: its code is empty");
    codes = sipas_column_f64(half, 3);
    must_fail(&codes, &opts, SIPAS_ERR_TYPE, "row 1");
    codes = sipas_column_code(hole, 0);
    must_fail(&codes, &opts, SIPAS_ERR_ARGUMENT, "no units");
    codes = sipas_column_code(code, 3);
    other = sipas_column_code(hole, 3);
    opts.strata = &other;
    must_fail(&codes, &opts, SIPAS_ERR_MISSING, "u03 (row 1): its stratum is missing");
    opts.strata = NULL;
    opts.unit_class = &other;
    must_fail(&codes, &opts, SIPAS_ERR_MISSING, "its class is missing");
    other = sipas_column_code(tab, 3);
    must_fail(&codes, &opts, SIPAS_ERR_VALUE, "control character");
    opts.unit_class = NULL;
    other = sipas_column_f64(missing, 3);
    opts.method = SIPAS_DRAW_SYSTEMATIC;
    opts.order_key = &other;
    must_fail(&codes, &opts, SIPAS_ERR_MISSING, "its order_key is missing");
    opts.order_key = NULL;
    opts.method = SIPAS_DRAW_PPS_SYSTEMATIC;
    opts.size = &other;
    must_fail(&codes, &opts, SIPAS_ERR_MISSING, "u03 (row 1): its size is missing");
    other = sipas_column_f64(negative, 3);
    must_fail(&codes, &opts, SIPAS_ERR_VALUE, "u11 (row 2): its size is -3");
}

static int32_t stop(void *user, const char *task, int64_t done, int64_t total)
{
    (void)user;
    (void)total;
    return strcmp(task, "draw") == 0 && done == 1;
}

static void the_host_can_cancel(void **state)
{
    (void)state;
    sipas_column codes = sipas_column_code(code, N), strata = sipas_column_code(province, N);
    sipas_draw_opts opts = seeded(SIPAS_DRAW_SRS, 1, 1);
    sipas_ctx_opts ctx_opts = SIPAS_CTX_OPTS_INIT;
    sipas_ctx *ctx;
    sipas_table *table;

    ctx_opts.progress = stop;
    opts.strata = &strata;
    assert_int_equal(sipas_ctx_new(&ctx_opts, &ctx, NULL), SIPAS_OK);
    assert_int_equal(sipas_draw(ctx, &codes, &opts, &table, NULL), SIPAS_ERR_CANCELLED);
    assert_null(table);
    sipas_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inclusion_probabilities_agree_with_golden),
        cmocka_unit_test(inclusion_probabilities_at_the_edges),
        cmocka_unit_test(srs_is_the_smallest_numbers),
        cmocka_unit_test(systematic_steps_from_one_start),
        cmocka_unit_test(pps_takes_points_on_a_line),
        cmocka_unit_test(the_frame_is_told_by_its_hash),
        cmocka_unit_test(srs_draws_each_unit_equally_often),
        cmocka_unit_test(systematic_draws_each_unit_equally_often),
        cmocka_unit_test(pps_draws_each_unit_by_its_size),
        cmocka_unit_test(pps_reserves_are_one_draw_with_the_main_sample),
        cmocka_unit_test(marked_units_are_always_main),
        cmocka_unit_test(permuted_rows_give_the_same_units),
        cmocka_unit_test(integer_codes_are_their_decimal_text),
        cmocka_unit_test(none_is_refused_and_all_is_legal),
        cmocka_unit_test(all_takes_every_unit),
        cmocka_unit_test(units_of_size_zero_are_noted),
        cmocka_unit_test(quotas_by_class_and_by_stratum),
        cmocka_unit_test(quotas_of_an_excluded_stratum_are_not_forgotten),
        cmocka_unit_test(quotas_twice_and_draws_of_nothing_are_refused),
        cmocka_unit_test(joined_names_never_collide),
        cmocka_unit_test(quotas_must_cover_every_class),
        cmocka_unit_test(quota_reserves_override_the_default),
        cmocka_unit_test(probabilities_add_up_to_n),
        cmocka_unit_test(a_draw_needs_a_seed),
        cmocka_unit_test(faults_of_the_list_are_named),
        cmocka_unit_test(the_host_can_cancel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

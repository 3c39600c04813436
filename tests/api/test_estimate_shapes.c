/*
 * The same sample in every shape that columns can have, on one thread and on many: sorted by PSU and scattered, with
 * gaps and bitmaps, as text, strided, backwards, and with rows as units.
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
#include "calls.h"
#include "result.h"

enum { ROWS = 20000, GROUPS = 7, LETTERS = 8 };

enum { SORTED, SCATTERED, GAPS, BITMAPS, TEXTS, STRIDED, BACKWARDS, ROW_UNITS, SHAPES };

typedef struct person {
    double weight;
    int16_t stratum, filler;
    float y1;
    double y2;
    int32_t psu, by;
    int8_t answer;
} person;

typedef struct large_sample {
    person *rows; /* in the order of the shape */
    double *weight, *y1, *y2;
    int16_t *stratum;
    int32_t *psu, *by;
    char (*label)[3][LETTERS];
    const char **text[3];
    uint8_t bitmap[3][ROWS / 8 + 2];
    sipas_column column[6]; /* weight, stratum, psu, by, y1, y2 */
} large_sample;

/* Person i of the sample in the order of the units: 12 strata, 15 PSUs in each, at most 112 persons in a PSU. */
static person make_person(int64_t i)
{
    const int64_t psu = i / 112;
    const double u = sipas_rng_uniform(7, 0, (uint64_t)i, 0, 0), v = sipas_rng_uniform(7, 0, (uint64_t)i, 1, 0);
    person p = {0};

    p.stratum = (int16_t)(psu / 15);
    p.psu = (int32_t)(psu % 15);
    p.weight = i % 97 == 0 ? 0.0 : 0.5 + u;
    p.by = (int32_t)(i / 150 % GROUPS); /* in sorted rows, runs that end where those of the PSUs do not */
    p.y1 = (float)(40.0 + 20.0 * v + (double)(psu % 11));
    p.y2 = 1.0 + u * v;
    p.answer = (int8_t)(1 + (int)(5.0 * v));
    return p;
}

static void set_text(large_sample *s, int64_t i, int which, int value)
{
    (void)snprintf(s->label[i][which], LETTERS, "u%03d", value);
    s->text[which][i] = s->label[i][which];
}

static sipas_column strided(const void *first, const sipas_column *as, int backwards)
{
    sipas_column column = *as;

    column.stride = (backwards ? -1 : 1) * (int64_t)sizeof(person);
    column.data = backwards ? (const char *)first + (ROWS - 1) * sizeof(person) : first;
    return column;
}

static large_sample *large_sample_new(int shape)
{
    large_sample *s = calloc(1, sizeof *s);

    s->rows = calloc(ROWS, sizeof *s->rows);
    s->weight = calloc(ROWS, sizeof *s->weight);
    s->y1 = calloc(ROWS, sizeof *s->y1);
    s->y2 = calloc(ROWS, sizeof *s->y2);
    s->stratum = calloc(ROWS, sizeof *s->stratum);
    s->psu = calloc(ROWS, sizeof *s->psu);
    s->by = calloc(ROWS, sizeof *s->by);
    s->label = calloc(ROWS, sizeof *s->label);
    for (int t = 0; t < 3; t++) s->text[t] = calloc(ROWS, sizeof *s->text[t]);
    for (int64_t i = 0; i < ROWS; i++) {
        const int64_t from = shape == SORTED || shape == STRIDED || shape == GAPS ? i : i * 7919 % ROWS;
        const person p = make_person(from);

        s->rows[shape == BACKWARDS ? ROWS - 1 - i : i] = p;
        s->weight[i] = p.weight;
        s->stratum[i] = p.stratum;
        s->psu[i] = p.psu;
        s->by[i] = p.by;
        s->y1[i] = p.y1;
        s->y2[i] = (shape == GAPS && from % 3 == 0) || (shape == GAPS && p.by == 2) ? NAN : p.y2;
        set_text(s, i, 0, p.stratum);
        set_text(s, i, 1, p.psu);
        set_text(s, i, 2, p.by);
        for (int b = 0; b < 3; b++) /* bit 5 + i: all codes are there, some of the values are not */
            if (b < 2 || from % 5 != 1) s->bitmap[b][(5 + i) >> 3] |= (uint8_t)(1u << ((5 + i) & 7));
    }
    s->column[0] = sipas_column_f64(s->weight, ROWS);
    s->column[1] = sipas_column_i16(s->stratum, ROWS);
    s->column[2] = sipas_column_i32(s->psu, ROWS);
    s->column[3] = sipas_column_i32(s->by, ROWS);
    s->column[4] = sipas_column_f64(s->y1, ROWS);
    s->column[5] = sipas_column_f64(s->y2, ROWS);
    for (int c = 0; c < 3 && shape == TEXTS; c++) s->column[1 + c] = sipas_column_code(s->text[c], ROWS);
    if (shape == BITMAPS) {
        s->column[2].validity = s->bitmap[0];
        s->column[3].validity = s->bitmap[1];
        s->column[5].validity = s->bitmap[2];
        s->column[2].offset = s->column[3].offset = s->column[5].offset = 5;
    }
    if (shape == STRIDED || shape == BACKWARDS) {
        const sipas_column y1 = sipas_column_f32(&s->rows[0].y1, ROWS);
        const int back = shape == BACKWARDS;

        s->column[0] = strided(&s->rows[0].weight, &s->column[0], back);
        s->column[1] = strided(&s->rows[0].stratum, &s->column[1], back);
        s->column[2] = strided(&s->rows[0].psu, &s->column[2], back);
        s->column[3] = strided(&s->rows[0].by, &s->column[3], back);
        s->column[4] = strided(&s->rows[0].y1, &y1, back);
        s->column[5] = strided(&s->rows[0].y2, &s->column[5], back);
    }
    return s;
}

static void large_sample_free(large_sample *s)
{
    free(s->rows);
    free(s->weight);
    free(s->y1);
    free(s->y2);
    free(s->stratum);
    free(s->psu);
    free(s->by);
    free(s->label);
    for (int t = 0; t < 3; t++) free((void *)s->text[t]);
    free(s);
}

static sipas_table *run_large(const large_sample *s, int shape, int kind, int32_t threads, int32_t cov)
{
    static const uint32_t levels[] = {0, 1};
    const sipas_column x[2] = {s->column[5], s->column[4]};
    sipas_ctx_opts ctx_opts = SIPAS_CTX_OPTS_INIT;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_ctx *ctx = NULL;
    sipas_design *design = NULL;
    sipas_table *table;
    sipas_error err;

    ctx_opts.threads = threads;
    check(sipas_ctx_new(&ctx_opts, &ctx, &err), &err);
    check(sipas_design_new(ctx, ROWS, &s->column[0], &s->column[1], &s->column[2], shape != ROW_UNITS, NULL, NULL,
                           &design, &err),
          &err);
    domains.n_by = 1;
    domains.by = &s->column[3];
    domains.n_levels = 2;
    domains.levels = levels;
    opts.deff = SIPAS_DEFF_WOR;
    opts.cov = cov;
    table = estimate(design, kind, &s->column[4], x, 2, &domains, &opts);
    assert_int_equal(sipas_table_count_rows(table), 2 * (1 + GROUPS));
    sipas_design_free(design);
    sipas_ctx_free(ctx);
    return table;
}

static void test_threads(void **state)
{
    static const int32_t threads[] = {2, 3, 8};

    (void)state;
    for (int shape = 0; shape < SHAPES; shape++) {
        large_sample *s = large_sample_new(shape);

        for (int kind = MEAN; kind <= RATIO; kind++) {
            sipas_table *one = run_large(s, shape, kind, 1, kind == RATIO);

            for (size_t t = 0; t < sizeof threads / sizeof threads[0]; t++) {
                sipas_table *more = run_large(s, shape, kind, threads[t], kind == RATIO);

                check_identical(one, more);
                if (kind == RATIO) assert_true(covariance(one, 2, 4) == covariance(more, 2, 4));
                sipas_table_free(more);
            }
            sipas_table_free(one);
        }
        large_sample_free(s);
    }
}

/* Order of the rows, type, stride and direction of the columns change no more than the last digits. */
static void test_shapes_agree(void **state)
{
    static const int shapes[] = {SCATTERED, TEXTS, STRIDED, BACKWARDS};
    large_sample *sorted = large_sample_new(SORTED);

    (void)state;
    for (int kind = MEAN; kind <= RATIO; kind++) {
        sipas_table *reference = run_large(sorted, SORTED, kind, 1, 0);

        for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
            large_sample *s = large_sample_new(shapes[i]);
            sipas_table *table = run_large(s, shapes[i], kind, 1, 0);

            check_alike(table, reference, 1e-13);
            sipas_table_free(table);
            large_sample_free(s);
        }
        sipas_table_free(reference);
    }
    large_sample_free(sorted);
}

/* A cleared bit and NaN are the same missing value. */
static void test_bitmap_is_nan(void **state)
{
    large_sample *s = large_sample_new(BITMAPS);
    sipas_table *bits = run_large(s, BITMAPS, MEAN, 1, 0), *nans;

    (void)state;
    for (int64_t i = 0; i < ROWS; i++)
        if (!((s->bitmap[2][(5 + i) >> 3] >> ((5 + i) & 7)) & 1)) s->y2[i] = NAN;
    s->column[2].validity = s->column[3].validity = s->column[5].validity = NULL;
    nans = run_large(s, BITMAPS, MEAN, 1, 0);
    assert_true(whole(nans, "n", 8) < whole(nans, "n", 0));
    check_identical(bits, nans);
    sipas_table_free(nans);
    sipas_table_free(bits);
    large_sample_free(s);
}

/* ---- faults and cancelling ---- */

/* The earliest faulty row is named, whatever the number of threads. */
static void test_the_first_fault(void **state)
{
    static const int32_t threads[] = {1, 2, 8};

    (void)state;
    for (size_t t = 0; t < sizeof threads / sizeof threads[0]; t++)
        for (int shape = SORTED; shape <= SCATTERED; shape++) {
            large_sample *s = large_sample_new(shape);
            sipas_ctx_opts ctx_opts = SIPAS_CTX_OPTS_INIT;
            sipas_ctx *ctx = NULL;
            sipas_design *design = NULL;
            sipas_table *table = NULL;
            sipas_error err;

            s->y1[15000] = s->y2[12345] = s->y1[19999] = INFINITY;
            s->weight[12345] = s->weight[15000] = 1.0;
            ctx_opts.threads = threads[t];
            check(sipas_ctx_new(&ctx_opts, &ctx, &err), &err);
            check(
                sipas_design_new(ctx, ROWS, &s->column[0], &s->column[1], &s->column[2], 1, NULL, NULL, &design, &err),
                &err);
            assert_int_equal(sipas_estimate_mean(design, &s->column[4], 2, NULL, NULL, &table, &err), SIPAS_ERR_VALUE);
            assert_int_equal(err.row, 12345);
            assert_string_equal(err.name, "y2");
            sipas_design_free(design);
            sipas_ctx_free(ctx);
            large_sample_free(s);
        }
}

static int32_t stop(void *user, const char *task, int64_t done, int64_t total)
{
    int *calls = user;

    assert_non_null(task);
    assert_true(done >= 0 && done <= total);
    return ++*calls >= 1;
}

static void test_cancelling(void **state)
{
    (void)state;
    for (int32_t threads = 1; threads <= 4; threads += 3) {
        large_sample *s = large_sample_new(SCATTERED);
        sipas_ctx_opts ctx_opts = SIPAS_CTX_OPTS_INIT;
        sipas_ctx *ctx = NULL;
        sipas_design *design = NULL;
        sipas_table *table = NULL;
        sipas_error err;
        int calls = 0;

        ctx_opts.threads = threads;
        check(sipas_ctx_new(&ctx_opts, &ctx, &err), &err);
        check(sipas_design_new(ctx, ROWS, &s->column[0], NULL, NULL, 0, NULL, NULL, &design, &err), &err);
        sipas_design_free(design);
        sipas_ctx_free(ctx);
        ctx = NULL;
        ctx_opts.progress = stop;
        ctx_opts.progress_user = &calls;
        check(sipas_ctx_new(&ctx_opts, &ctx, &err), &err);
        check(sipas_design_new(ctx, ROWS, &s->column[0], NULL, NULL, 0, NULL, NULL, &design, &err), &err);
        assert_int_equal(sipas_estimate_mean(design, &s->column[4], 1, NULL, NULL, &table, &err), SIPAS_ERR_CANCELLED);
        assert_int_equal(calls, 1);
        assert_null(table);
        sipas_design_free(design);
        sipas_ctx_free(ctx);
        large_sample_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads),       cmocka_unit_test(test_shapes_agree),
        cmocka_unit_test(test_bitmap_is_nan), cmocka_unit_test(test_the_first_fault),
        cmocka_unit_test(test_cancelling),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The index of one sample in every shape that answers can have, on one thread and on many: bytes side by side and
 * strided, wider types, gaps, bitmaps, sorted by PSU and scattered, with rows as units.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sipas.h>

#include "result.h"

enum {
    ROWS = 6000,
    ITEMS = 39,
    NODES = 51,
    PSU_ROWS = 90,
    PROVINCES = 6,
    DISTRICTS = 5,
    GROUPS = 1 + PROVINCES + DISTRICTS
};

enum {
    BYTES,
    ONE_GAP,
    MANY_GAPS,
    BITMAPS,
    SCATTERED,
    SCATTERED_GAPS,
    FORMS,
    SCATTERED_FORMS,
    WORDS,
    REALS,
    ROW_UNITS,
    SHAPES
};

/* A form as a program may keep it: one struct per respondent. */
typedef struct form {
    int32_t district;
    int8_t answer[ITEMS];
} form;

typedef struct survey {
    int32_t *province, *commune, *district;
    double *weight;
    int8_t *bytes; /* item after item */
    int16_t *words;
    double *reals;
    form *forms;
    uint8_t *bitmap;
    sipas_column answer[ITEMS];
    sipas_column weights, strata, psu, by[2];
} survey;

static int8_t answer_of(int64_t person, int item)
{
    const double u = sipas_rng_uniform(2024, 0, (uint64_t)person, (uint64_t)item, 0);
    const double commune = sipas_rng_uniform(2024, 0, (uint64_t)(person / PSU_ROWS), 1000, 0);

    return (int8_t)(1 + (int)(5.0 * (0.3 * commune + 0.7 * u)));
}

static int is_gap(int shape, int64_t person, int item)
{
    switch (shape) {
    case ONE_GAP: return person == 5000 && item == 20;
    case MANY_GAPS:
    case BITMAPS:
    case SCATTERED_GAPS: return (person * 31 + item * INT64_C(7)) % 23 == 0 || (person / PSU_ROWS == 3 && item < 4);
    default: return 0;
    }
}

static survey *new_survey(int shape)
{
    survey *s = calloc(1, sizeof *s);
    const int scattered = shape == SCATTERED || shape == SCATTERED_GAPS || shape == SCATTERED_FORMS;

    s->province = calloc(ROWS, sizeof *s->province);
    s->commune = calloc(ROWS, sizeof *s->commune);
    s->district = calloc(ROWS, sizeof *s->district);
    s->weight = calloc(ROWS, sizeof *s->weight);
    s->bytes = calloc((size_t)ROWS * ITEMS, sizeof *s->bytes);
    s->words = calloc((size_t)ROWS * ITEMS, sizeof *s->words);
    s->reals = calloc((size_t)ROWS * ITEMS, sizeof *s->reals);
    s->forms = calloc(ROWS, sizeof *s->forms);
    s->bitmap = calloc(ITEMS, ROWS / 8 + 1);
    for (int64_t i = 0; i < ROWS; i++) {
        const int64_t person = scattered ? i * 7919 % ROWS : i;

        s->province[i] = (int32_t)(person / PSU_ROWS / 12);
        s->commune[i] = (int32_t)(person / PSU_ROWS % 12);
        s->district[i] = (int32_t)(person / 200 % DISTRICTS);
        s->weight[i] = person % 41 == 0 ? 0.0 : 1.0 + sipas_rng_uniform(1, 0, (uint64_t)person, 0, 0);
        for (int j = 0; j < ITEMS; j++) {
            const int8_t answer = answer_of(person, j);
            const int gap = is_gap(shape, person, j);
            const int64_t at = j * (int64_t)ROWS + i;

            s->bytes[at] = gap && shape != BITMAPS ? -1 : answer;
            s->words[at] = s->bytes[at];
            s->reals[at] = s->bytes[at];
            s->forms[i].answer[j] = answer;
            if (!gap) s->bitmap[j * (int64_t)(ROWS / 8 + 1) + (i >> 3)] |= (uint8_t)(1u << (i & 7));
        }
        s->forms[i].district = s->district[i];
    }
    for (int j = 0; j < ITEMS; j++) {
        s->answer[j] = sipas_column_i8(s->bytes + j * (int64_t)ROWS, ROWS);
        if (shape == WORDS) s->answer[j] = sipas_column_i16(s->words + j * (int64_t)ROWS, ROWS);
        if (shape == REALS) s->answer[j] = sipas_column_f64(s->reals + j * (int64_t)ROWS, ROWS);
        if (shape == BITMAPS) s->answer[j].validity = s->bitmap + j * (int64_t)(ROWS / 8 + 1);
        if (shape == FORMS || shape == SCATTERED_FORMS) {
            s->answer[j] = sipas_column_i8(&s->forms[0].answer[j], ROWS);
            s->answer[j].stride = sizeof *s->forms;
        }
    }
    s->weights = sipas_column_f64(s->weight, ROWS);
    s->strata = sipas_column_i32(s->province, ROWS);
    s->psu = sipas_column_i32(s->commune, ROWS);
    s->by[0] = s->strata;
    s->by[1] = sipas_column_i32(s->district, ROWS);
    if (shape == FORMS || shape == SCATTERED_FORMS) {
        s->by[1] = sipas_column_i32(&s->forms[0].district, ROWS);
        s->by[1].stride = sizeof *s->forms;
    }
    return s;
}

static void free_survey(survey *s)
{
    free(s->province);
    free(s->commune);
    free(s->district);
    free(s->weight);
    free(s->bytes);
    free(s->words);
    free(s->reals);
    free(s->forms);
    free(s->bitmap);
    free(s);
}

/* The form of 2023 with a code for "did not answer". */
static sipas_instrument *new_instrument(void)
{
    const sipas_instrument *builtin = sipas_instrument_builtin("1001/2023");
    sipas_instrument *instrument = NULL;
    sipas_node nodes[NODES];
    sipas_error err;

    for (int64_t k = 0; k < NODES; k++) {
        nodes[k] = *sipas_instrument_get_node(builtin, k);
        if (k >= ITEMS) continue;
        nodes[k].n_dont_know = 1;
        nodes[k].dont_know[0] = -1;
    }
    check(sipas_instrument_new(NULL, "with a code", NULL, nodes, NODES, &instrument, &err), &err);
    return instrument;
}

static sipas_table *run(const survey *s, int shape, int32_t missing_rule, int32_t threads)
{
    static const uint32_t levels[] = {0, 1, 2};
    sipas_instrument *instrument = new_instrument();
    sipas_ctx_opts ctx_opts = SIPAS_CTX_OPTS_INIT;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
    sipas_ctx *ctx = NULL;
    sipas_design *design = NULL;
    sipas_table *table = NULL;
    sipas_error err;

    ctx_opts.threads = threads;
    check(sipas_ctx_new(&ctx_opts, &ctx, &err), &err);
    check(sipas_design_new(ctx, ROWS, &s->weights, &s->strata, &s->psu, shape != ROW_UNITS, NULL, NULL, &design, &err),
          &err);
    domains.n_by = 2;
    domains.by = s->by;
    domains.n_levels = 3;
    domains.levels = levels;
    opts.scoring = SIPAS_SCORING_RESCALED;
    opts.missing = missing_rule;
    opts.unweighted = 1;
    opts.deff = missing_rule == SIPAS_MISSING_AVAILABLE ? SIPAS_DEFF_WOR : SIPAS_DEFF_NONE;
    check(sipas_index_estimate(design, instrument, s->answer, &domains, &opts, &table, &err), &err);
    assert_int_equal(sipas_table_count_rows(table), NODES * GROUPS);
    sipas_design_free(design);
    sipas_ctx_free(ctx);
    sipas_instrument_free(instrument);
    return table;
}

static void test_threads(void **state)
{
    static const int32_t threads[] = {2, 8};

    (void)state;
    for (int shape = 0; shape < SHAPES; shape++) {
        survey *s = new_survey(shape);

        for (int32_t rule = SIPAS_MISSING_AVAILABLE; rule <= SIPAS_MISSING_RESPONDENT; rule++) {
            sipas_table *one = run(s, shape, rule, 1);

            for (size_t t = 0; t < sizeof threads / sizeof threads[0]; t++) {
                sipas_table *more = run(s, shape, rule, threads[t]);

                check_identical(one, more);
                sipas_table_free(more);
            }
            sipas_table_free(one);
        }
        free_survey(s);
    }
}

/* What is the same survey in another shape gives the same figures. */
static void check_same_survey(int a, int b)
{
    survey *first = new_survey(a), *second = new_survey(b);

    for (int32_t rule = SIPAS_MISSING_AVAILABLE; rule <= SIPAS_MISSING_RESPONDENT; rule++) {
        sipas_table *x = run(first, a, rule, 1), *y = run(second, b, rule, 1);

        check_alike(x, y, 1e-13);
        sipas_table_free(x);
        sipas_table_free(y);
    }
    free_survey(first);
    free_survey(second);
}

static void test_shapes_agree(void **state)
{
    (void)state;
    check_same_survey(SCATTERED, BYTES);
    check_same_survey(FORMS, BYTES);
    check_same_survey(SCATTERED_FORMS, BYTES);
    check_same_survey(WORDS, BYTES);
    check_same_survey(REALS, BYTES);
    check_same_survey(BITMAPS, MANY_GAPS);
    check_same_survey(SCATTERED_GAPS, MANY_GAPS);
}

/* One missing answer in 234,000 is seen, and changes nothing but what it is in. */
static void test_one_gap(void **state)
{
    survey *full = new_survey(BYTES), *gap = new_survey(ONE_GAP);
    sipas_table *a = run(full, BYTES, SIPAS_MISSING_AVAILABLE, 1), *b = run(gap, ONE_GAP, SIPAS_MISSING_AVAILABLE, 1);

    (void)state;
    for (int64_t row = 0; row < GROUPS; row++) { /* q01 and q21; it lies in province 4 and district 0 */
        const int64_t at = INT64_C(20) * GROUPS + row;

        check_rows_alike(a, row, b, row, 1e-13);
        assert_true(whole(a, "n", at) - whole(b, "n", at) == (row == 0 || row == 1 + 4 || row == 1 + PROVINCES));
    }
    sipas_table_free(a);
    sipas_table_free(b);
    free_survey(full);
    free_survey(gap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_shapes_agree),
        cmocka_unit_test(test_one_gap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

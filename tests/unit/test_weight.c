/*
 * Weights: products of inclusion probabilities, adjustment for nonresponse in cells, Kish's design effect.
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

#include <sipas.h>

#include "assert_close.h"
#include "data/column.h"

#define NA ((double)NAN)
#define INF ((double)INFINITY)

enum { MANY = 3000 }; /* several tiles */

/* ---- design weights ---- */

static void weights_are_products_over_the_stages(void **state)
{
    static const double district[] = {0.5, 1.0, 3.0 / 11.0}, village[] = {0.25, 0.1, 1.0 / 3.0};
    static const float person[] = {0.5f, 1.0f, 0.125f};
    const sipas_column prob[] = {sipas_column_f64(district, 3), sipas_column_f64(village, 3),
                                 sipas_column_f32(person, 3)};
    double w[3];

    (void)state;
    assert_int_equal(sipas_weight_design(prob, 3, w, NULL), SIPAS_OK);
    assert_close(w[0], 16.0, 1e-15);
    assert_close(w[1], 10.0, 1e-15);
    assert_close(w[2], 11.0 * 8.0, 1e-15);
    assert_int_equal(sipas_weight_design(prob, 1, w, NULL), SIPAS_OK);
    assert_close(w[1], 1.0, 0.0);
}

static void many_rows_are_one_like_another(void **state)
{
    static double prob[MANY], w[MANY];
    const sipas_column columns[] = {sipas_column_f64(prob, MANY), sipas_column_f64(prob, MANY)};

    (void)state;
    for (int i = 0; i < MANY; i++) prob[i] = 1.0 / (1 + i % 7);
    assert_int_equal(sipas_weight_design(columns, 2, w, NULL), SIPAS_OK);
    for (int i = 0; i < MANY; i++) assert_close(w[i], (double)((1 + i % 7) * (1 + i % 7)), 1e-15);
    assert_int_equal(sipas_weight_design(columns, 2, prob, NULL), SIPAS_OK); /* onto the probabilities themselves */
    for (int i = 0; i < MANY; i++) assert_close(prob[i], w[i], 0.0);
}

static void no_rows_give_no_weights(void **state)
{
    const sipas_column none = sipas_column_f64(NULL, 0);
    double w = 7.0;

    (void)state;
    assert_int_equal(sipas_weight_design(&none, 1, &w, NULL), SIPAS_OK);
    assert_close(w, 7.0, 0.0);
}

static void bad_probabilities_are_refused_by_stage_and_row(void **state)
{
    const struct {
        double value;
        sipas_status status;
    } bad[] = {{NA, SIPAS_ERR_MISSING},
               {0.0, SIPAS_ERR_VALUE},
               {-0.5, SIPAS_ERR_VALUE},
               {INF, SIPAS_ERR_VALUE},
               {1.0 + 1e-15, SIPAS_ERR_VALUE}};
    static double first[MANY], second[MANY], w[MANY];

    (void)state;
    for (int i = 0; i < MANY; i++) {
        first[i] = second[i] = 0.5;
        w[i] = -1.0;
    }
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        const sipas_column prob[] = {sipas_column_f64(first, MANY), sipas_column_f64(second, MANY)};
        sipas_error err;

        second[2500] = bad[k].value;
        assert_int_equal(sipas_weight_design(prob, 2, w, &err), bad[k].status);
        assert_int_equal(err.row, 2500);
        assert_int_equal(err.column, 1);
        assert_string_equal(err.name, "stage 2");
        assert_non_null(strstr(err.message, "row 2500"));
        assert_non_null(strstr(err.message, "stage 2"));
        for (int i = 0; i < MANY; i++) assert_close(w[i], -1.0, 0.0);
    }
}

static void weights_too_large_for_a_number_are_refused(void **state)
{
    static const double tiny[] = {1e-200};
    const sipas_column prob[] = {sipas_column_f64(tiny, 1), sipas_column_f64(tiny, 1)};
    double w = 7.0;
    sipas_error err;

    (void)state;
    assert_int_equal(sipas_weight_design(prob, 2, &w, &err), SIPAS_ERR_VALUE);
    assert_int_equal(err.row, 0);
    assert_int_equal(err.column, 1);
    assert_close(w, 7.0, 0.0);
}

static void design_arguments_are_checked(void **state)
{
    static const double half[] = {0.5, 0.5};
    static const char *const text[] = {"a", "b"};
    const sipas_column good[] = {sipas_column_f64(half, 2), sipas_column_f64(half, 1)};
    const sipas_column wrong[] = {sipas_column_f64(half, 2), sipas_column_code(text, 2)};
    double w[2];
    sipas_error err;

    (void)state;
    assert_int_equal(sipas_weight_design(NULL, 1, w, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_weight_design(good, 1, NULL, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_weight_design(good, 0, w, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_weight_design(good, 2, w, &err), SIPAS_ERR_LENGTH);
    assert_int_equal(err.column, 1);
    assert_int_equal(sipas_weight_design(good, 2, w, NULL), SIPAS_ERR_LENGTH);
    assert_int_equal(sipas_weight_design(wrong, 2, w, &err), SIPAS_ERR_TYPE);
    assert_int_equal(err.column, 1);
}

/* ---- nonresponse ---- */

/* Cells "nam" (male) and "nữ" (female), and one that has zero weights only. */
static const double weight[] = {10, 10, 20, 5, 5, 0, 0};
static const char *const cell[] = {"nữ", "nữ", "nữ", "nam", "nam", "nam", "khác"};
static const uint8_t answered[] = {1, 0, 1, 1, 1, 1, 0};

static void respondents_stand_for_their_cell(void **state)
{
    static const double expected[] = {40.0 / 3.0, 0, 80.0 / 3.0, 5, 5, 0, 0};
    static const char *const name[] = {"khác", "nam", "nữ"};
    static const int64_t issued[] = {0, 2, 3}, responded[] = {0, 2, 2};
    const sipas_column w = sipas_column_f64(weight, 7), cells = sipas_column_code(cell, 7),
                       r = sipas_column_bool(answered, 7);
    double out[7];
    sipas_table *table = NULL;
    const char *const *got_name, *const *note, *value;
    const int64_t *got_issued, *got_responded;
    const double *rate, *factor;

    (void)state;
    assert_int_equal(sipas_weight_response(NULL, &w, &cells, &r, out, &table, NULL), SIPAS_OK);
    assert_all_close(out, expected, 7, 1e-15);
    assert_int_equal(sipas_table_get_code(table, "cell", &got_name, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_i64(table, "issued", &got_issued, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_i64(table, "responded", &got_responded, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_f64(table, "rate", &rate, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_f64(table, "factor", &factor, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_count_rows(table), 3);
    for (int64_t i = 0; i < 3; i++) {
        assert_string_equal(got_name[i], name[i]);
        assert_int_equal(got_issued[i], issued[i]);
        assert_int_equal(got_responded[i], responded[i]);
    }
    assert_true(isnan(rate[0]) && isnan(factor[0]));
    assert_close(rate[1], 1.0, 0.0);
    assert_close(factor[1], 1.0, 0.0);
    assert_close(rate[2], 2.0 / 3.0, 1e-15);
    assert_close(factor[2], 4.0 / 3.0, 1e-15);
    assert_int_equal(sipas_table_count_rows(sipas_table_get_notes(table)), 1);
    assert_int_equal(sipas_table_get_code(sipas_table_get_notes(table), "code", &note, NULL), SIPAS_OK);
    assert_string_equal(note[0], "empty_cell");
    assert_int_equal(sipas_table_find_meta(table, "method", &value, NULL), SIPAS_OK);
    sipas_table_free(table);
}

static void without_cells_there_is_one(void **state)
{
    const sipas_column w = sipas_column_f64(weight, 7), r = sipas_column_bool(answered, 7);
    const sipas_column none = {NULL, NULL, 0, 0, 0, SIPAS_TYPE_NONE, 0};
    double out[7];
    sipas_table *table = NULL;
    const char *const *name;
    const double *factor;

    (void)state;
    assert_int_equal(sipas_weight_response(NULL, &w, NULL, &r, out, &table, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_count_rows(table), 1);
    assert_int_equal(sipas_table_get_code(table, "cell", &name, NULL), SIPAS_OK);
    assert_string_equal(name[0], "all");
    assert_int_equal(sipas_table_get_f64(table, "factor", &factor, NULL), SIPAS_OK);
    assert_close(factor[0], 50.0 / 40.0, 1e-15);
    sipas_table_free(table);
    assert_int_equal(sipas_weight_response(NULL, &w, &none, &r, out, NULL, NULL), SIPAS_OK);
    assert_close(out[0], 12.5, 1e-15);
}

/* Sums by cell stay; everyone answering changes nothing, to the last bit; onto the weights' own memory too. */
static void sums_of_cells_are_kept(void **state)
{
    static double w[MANY], out[MANY], code[MANY];
    static int8_t answer[MANY];
    double before[5] = {0}, after[5] = {0};
    const sipas_column weights = sipas_column_f64(w, MANY), cells = sipas_column_f64(code, MANY),
                       flags = sipas_column_i8(answer, MANY);
    sipas_table *table = NULL;
    const char *const *name;

    (void)state;
    for (int i = 0; i < MANY; i++) {
        w[i] = 1.0 + (i * 7919 % 1000) / 997.0;
        code[i] = i % 5 - 2;
        answer[i] = (int8_t)(i % 3 ? 2 : 0);
        before[i % 5] += w[i];
    }
    assert_int_equal(sipas_weight_response(NULL, &weights, &cells, &flags, out, &table, NULL), SIPAS_OK);
    for (int i = 0; i < MANY; i++) {
        after[i % 5] += out[i];
        assert_true(answer[i] ? out[i] > w[i] : out[i] == 0.0);
    }
    assert_all_close(after, before, 5, 1e-12);
    assert_int_equal(sipas_table_get_code(table, "cell", &name, NULL), SIPAS_OK);
    assert_string_equal(name[0], "-2");
    assert_string_equal(name[4], "2");
    sipas_table_free(table);
    memset(answer, 1, sizeof answer);
    assert_int_equal(sipas_weight_response(NULL, &weights, &cells, &flags, out, NULL, NULL), SIPAS_OK);
    for (int i = 0; i < MANY; i++) assert_close(out[i], w[i], 0.0);
    for (int i = 0; i < MANY; i += 2) answer[i] = 0;
    assert_int_equal(sipas_weight_response(NULL, &weights, &cells, &flags, out, NULL, NULL), SIPAS_OK);
    assert_int_equal(sipas_weight_response(NULL, &weights, &cells, &flags, w, NULL, NULL), SIPAS_OK);
    for (int i = 0; i < MANY; i++) assert_close(out[i], w[i], 0.0);
}

static void a_cell_without_respondents_is_named(void **state)
{
    static const double w[] = {0, 1, 2, 3};
    static const int32_t codes[] = {83, 7, 83, 83};
    static const uint8_t r[] = {1, 1, 0, 0};
    const sipas_column weights = sipas_column_f64(w, 4), cells = sipas_column_i32(codes, 4),
                       flags = sipas_column_bool(r, 4);
    double out[] = {-1, -1, -1, -1};
    sipas_table *table = (sipas_table *)(uintptr_t)out;
    sipas_error err;

    (void)state;
    assert_int_equal(sipas_weight_response(NULL, &weights, &cells, &flags, out, &table, &err), SIPAS_ERR_TOO_FEW);
    assert_null(table);
    assert_string_equal(err.name, "83");
    assert_int_equal(err.row, 2); /* row 0 has responded, but weighs nothing */
    assert_non_null(strstr(err.message, "cell 83"));
    for (int i = 0; i < 4; i++) assert_close(out[i], -1.0, 0.0);
}

static void bad_response_data_are_refused(void **state)
{
    double w[] = {1, 2, 3};
    static const uint8_t r[] = {1, 1, 0};
    static const double halves[] = {1.5, 1, 1};
    static const char *const text[] = {"a", NULL, "a"};
    static const uint8_t bitmap[] = {0x03};
    const sipas_column weights = sipas_column_f64(w, 3), holes = sipas_column_code(text, 3),
                       fractions = sipas_column_f64(halves, 3), number = sipas_column_f64(w, 3),
                       shorter = sipas_column_bool(r, 2);
    sipas_column flags = sipas_column_bool(r, 3);
    double out[] = {-1, -1, -1};
    sipas_error err;

    (void)state;
    assert_int_equal(sipas_weight_response(NULL, NULL, NULL, &flags, out, NULL, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_weight_response(NULL, &weights, NULL, NULL, out, NULL, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_weight_response(NULL, &weights, NULL, &flags, NULL, NULL, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_weight_response(NULL, &weights, NULL, &shorter, out, NULL, &err), SIPAS_ERR_LENGTH);
    assert_int_equal(sipas_weight_response(NULL, &weights, NULL, &number, out, NULL, &err), SIPAS_ERR_TYPE);
    assert_string_equal(err.name, "responded");
    assert_int_equal(sipas_weight_response(NULL, &holes, NULL, &flags, out, NULL, &err), SIPAS_ERR_TYPE);
    assert_int_equal(sipas_weight_response(NULL, &weights, &holes, &flags, out, NULL, &err), SIPAS_ERR_MISSING);
    assert_int_equal(err.row, 1);
    assert_string_equal(err.name, "cell");
    assert_int_equal(sipas_weight_response(NULL, &weights, &fractions, &flags, out, NULL, &err), SIPAS_ERR_TYPE);
    assert_int_equal(err.row, 0);
    flags.validity = bitmap;
    assert_int_equal(sipas_weight_response(NULL, &weights, NULL, &flags, out, NULL, &err), SIPAS_ERR_MISSING);
    assert_int_equal(err.row, 2);
    assert_string_equal(err.name, "responded");
    flags.validity = NULL;
    w[2] = NA;
    assert_int_equal(sipas_weight_response(NULL, &weights, NULL, &flags, out, NULL, &err), SIPAS_ERR_MISSING);
    assert_string_equal(err.message, "row 2: weight is missing");
    w[2] = -1.0;
    assert_int_equal(sipas_weight_response(NULL, &weights, NULL, &flags, out, NULL, &err), SIPAS_ERR_VALUE);
    assert_string_equal(err.message, "row 2: weight is -1");
    w[2] = INF;
    assert_int_equal(sipas_weight_response(NULL, &weights, NULL, &flags, out, NULL, &err), SIPAS_ERR_VALUE);
    w[2] = DBL_MAX; /* times 1.0…: the sum of all is infinite */
    w[0] = DBL_MAX;
    assert_int_equal(sipas_weight_response(NULL, &weights, NULL, &flags, out, NULL, &err), SIPAS_ERR_VALUE);
    assert_string_equal(err.name, "all");
    for (int i = 0; i < 3; i++) assert_close(out[i], -1.0, 0.0);
}

static void no_rows_respond_not(void **state)
{
    const sipas_column w = sipas_column_f64(NULL, 0), c = sipas_column_i32(NULL, 0), r = sipas_column_bool(NULL, 0);
    double out = 7.0;
    sipas_table *table = NULL;

    (void)state;
    assert_int_equal(sipas_weight_response(NULL, &w, &c, &r, &out, &table, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_count_rows(table), 0);
    sipas_table_free(table);
}

/* ---- Kish ---- */

static void check_kish(const double *w, int64_t n, double deff, double n_eff, double cv2)
{
    const sipas_column weights = sipas_column_f64(w, n);
    double got_deff = NA, got_n_eff = NA, got_cv2 = NA;

    assert_int_equal(sipas_weight_kish(&weights, &got_deff, &got_n_eff, &got_cv2, NULL), SIPAS_OK);
    assert_close(got_deff, deff, 1e-15);
    assert_close(got_n_eff, n_eff, 1e-15);
    assert_close_scaled(got_cv2, cv2, 1e-13, 1e-300);
    assert_int_equal(sipas_weight_kish(&weights, NULL, NULL, NULL, NULL), SIPAS_OK);
}

static void kish_is_what_the_formula_says(void **state)
{
    static const double four[] = {1, 2, 3, 4}, with_zeros[] = {0, 1, 2, 0, 3, 4, 0}, one[] = {3.7},
                        equal[] = {0.1, 0.1, 0.1};
    /* 1 ± 2^-30: CV² = 2^-60, which 1 + CV² cannot show */
    static const double nearly[] = {1.0 + 0x1p-30, 1.0 - 0x1p-30};

    (void)state;
    check_kish(four, 4, 1.2, 10.0 / 3.0, 0.2); /* 4 · 30 / 10² */
    check_kish(with_zeros, 7, 1.2, 10.0 / 3.0, 0.2);
    check_kish(one, 1, 1.0, 1.0, 0.0);
    check_kish(equal, 3, 1.0, 3.0, 0.0);
    check_kish(nearly, 2, 1.0, 2.0, 0x1p-60);
}

static void kish_does_not_depend_on_the_scale(void **state)
{
    static const double large[] = {0.25e308, 0.5e308, 0.75e308, 1e308}, small[] = {5e-324, 1e-323, 1.5e-323, 2e-323};

    (void)state;
    check_kish(large, 4, 1.2, 10.0 / 3.0, 0.2);
    check_kish(small, 4, 1.2, 10.0 / 3.0, 0.2);
}

static void kish_over_many_rows(void **state)
{
    static double w[MANY];
    double sum = 0.0, squares = 0.0;

    (void)state;
    for (int i = 0; i < MANY; i++) {
        w[i] = 1 + i % 9; /* whole numbers: sums are exact */
        sum += w[i];
        squares += w[i] * w[i];
    }
    check_kish(w, MANY, MANY * squares / (sum * sum), sum * sum / squares, MANY * squares / (sum * sum) - 1.0);
}

static void bad_weights_have_no_design_effect(void **state)
{
    double w[] = {1, 2, 0};
    static const char *const text[] = {"a"};
    const sipas_column weights = sipas_column_f64(w, 3), words = sipas_column_code(text, 1),
                       none = sipas_column_f64(w, 0);
    double deff = 7.0;
    sipas_error err;

    (void)state;
    assert_int_equal(sipas_weight_kish(NULL, &deff, NULL, NULL, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_weight_kish(&words, &deff, NULL, NULL, &err), SIPAS_ERR_TYPE);
    assert_int_equal(sipas_weight_kish(&none, &deff, NULL, NULL, &err), SIPAS_ERR_VALUE);
    w[1] = NA;
    assert_int_equal(sipas_weight_kish(&weights, &deff, NULL, NULL, &err), SIPAS_ERR_MISSING);
    assert_int_equal(err.row, 1);
    w[1] = -2;
    assert_int_equal(sipas_weight_kish(&weights, &deff, NULL, NULL, &err), SIPAS_ERR_VALUE);
    assert_int_equal(err.row, 1);
    w[1] = INF;
    assert_int_equal(sipas_weight_kish(&weights, &deff, NULL, NULL, &err), SIPAS_ERR_VALUE);
    w[0] = w[1] = 0;
    assert_int_equal(sipas_weight_kish(&weights, &deff, NULL, NULL, &err), SIPAS_ERR_VALUE);
    assert_string_equal(err.message, "no weight is positive");
    assert_close(deff, 7.0, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_are_products_over_the_stages),
        cmocka_unit_test(many_rows_are_one_like_another),
        cmocka_unit_test(no_rows_give_no_weights),
        cmocka_unit_test(bad_probabilities_are_refused_by_stage_and_row),
        cmocka_unit_test(weights_too_large_for_a_number_are_refused),
        cmocka_unit_test(design_arguments_are_checked),
        cmocka_unit_test(respondents_stand_for_their_cell),
        cmocka_unit_test(without_cells_there_is_one),
        cmocka_unit_test(sums_of_cells_are_kept),
        cmocka_unit_test(a_cell_without_respondents_is_named),
        cmocka_unit_test(bad_response_data_are_refused),
        cmocka_unit_test(no_rows_respond_not),
        cmocka_unit_test(kish_is_what_the_formula_says),
        cmocka_unit_test(kish_does_not_depend_on_the_scale),
        cmocka_unit_test(kish_over_many_rows),
        cmocka_unit_test(bad_weights_have_no_design_effect),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The reader of the golden tables, and the comparison of doubles: on the tables themselves.
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

#include "assert_close.h"
#include "golden.h"

static void closeness_is_relative_and_strict_about_nan(void **state)
{
    (void)state;
    assert_true(is_close(1e9, 1e9 + 1, 1e-9, 0.0));
    assert_false(is_close(1e9, 1e9 + 2, 1e-9, 0.0));
    assert_false(is_close(1.0 + 1e-8, 1.0, 1e-9, 0.0)); /* equal as floats */
    assert_false(is_close(1e-300, 0.0, 1e-9, 0.0));
    assert_true(is_close(1e-12, 0.0, 1e-9, 1.0));
    assert_true(is_close(0.0, -0.0, 0.0, 0.0));
    assert_true(is_close((double)NAN, (double)NAN, 0.0, 0.0));
    assert_false(is_close((double)NAN, 1.0, 1e9, 0.0));
    assert_false(is_close(1.0, (double)NAN, 1e9, 0.0));
    assert_true(is_close((double)INFINITY, (double)INFINITY, 0.0, 0.0));
    assert_false(is_close((double)INFINITY, (double)-INFINITY, 1e9, 0.0));
    assert_false(is_close(1.0, (double)INFINITY, 1e9, 0.0));
}

static void figure_is_found_with_value_and_tolerance(void **state)
{
    (void)state;
    golden_table *table = golden_read("golden/estimation.tsv");

    size_t row = golden_figure(table, "srs/mean", "api00", "", "estimate");
    assert_close(golden_number(table, row, "value"), 656.585, 0.0);
    assert_close(golden_number(table, row, "tolerance"), 1e-9, 0.0);
    assert_string_equal(golden_text(table, row, "weights"), "");
    assert_string_equal(golden_text(table, row, "fpc"), "fpc");

    row = golden_figure(table, "strat/mean_by_both", "api00", "stype=E;awards=No", "se");
    assert_close(golden_number(table, row, "value"), 25.7667324651944, 0.0);

    row = golden_figure(table, "clus2/ratio", "api.stu/enroll", "", "estimate");
    assert_true(isnan(golden_number(table, row, "value"))); /* NA */
    golden_free(table);
}

static void parts_and_options_of_a_cell(void **state)
{
    (void)state;
    char out[32];
    assert_true(golden_part("dnum;snum", 0, out, sizeof out));
    assert_string_equal(out, "dnum");
    assert_true(golden_part("dnum;snum", 1, out, sizeof out));
    assert_string_equal(out, "snum");
    assert_false(golden_part("dnum;snum", 2, out, sizeof out));
    assert_false(golden_part("", 0, out, sizeof out));

    const char *options = "nest=yes;lonely_psu=adjust;na_rm=yes";
    assert_true(golden_option(options, "na_rm", out, sizeof out));
    assert_string_equal(out, "yes");
    assert_true(golden_option(options, "lonely_psu", out, sizeof out));
    assert_string_equal(out, "adjust");
    assert_false(golden_option(options, "lonely", out, sizeof out));
    assert_false(golden_option("", "nest", out, sizeof out));
}

static void data_columns_come_as_numbers_and_text(void **state)
{
    (void)state;
    golden_table *data = golden_read("golden/data/apiclus2.csv");
    const double *enroll = golden_numbers(data, "enroll");
    const char *const *stype = golden_texts(data, "stype");
    size_t n_missing = 0, n_high = 0;
    for (size_t row = 0; row < golden_count(data); row++) {
        n_missing += (size_t)(isnan(enroll[row]) != 0);
        n_high += strcmp(stype[row], "H") == 0;
    }
    assert_int_equal(golden_count(data), 126);
    assert_int_equal(n_missing, 6);
    assert_int_equal(n_high, 20);
    assert_ptr_equal(golden_numbers(data, "enroll"), enroll); /* made once */
    assert_null(golden_texts(data, "enroll")[golden_find(data, 0, "enroll", "")]);
    golden_free(data);
}

static void comments_are_skipped(void **state)
{
    (void)state;
    golden_table *house = golden_read("golden/us_house_2020.csv");
    const double *population = golden_numbers(house, "apportionment_population");
    const double *seats = golden_numbers(house, "seats");
    double total = 0.0, total_seats = 0.0;
    for (size_t row = 0; row < golden_count(house); row++) {
        total += population[row];
        total_seats += seats[row];
    }
    assert_int_equal(golden_count(house), 50);
    assert_close(total, 331108434.0, 0.0);
    assert_close(total_seats, 435.0, 0.0);
    golden_free(house);
}

static void lists_are_read(void **state)
{
    (void)state;
    golden_table *table = golden_read("golden/allocation.tsv");
    const size_t row = golden_find(table, 0, "case", "allocation/upper_4_tight");
    size_t n;
    double *result = golden_list(table, row, "result", &n);
    assert_int_equal(n, 4);
    assert_all_close(result, ((const double[]){100, 90, 70, 70}), n, 0.0);
    free(result);
    assert_null(golden_list(table, row, "lower", &n));
    assert_int_equal(n, 0);
    assert_int_equal(golden_find(table, 0, "case", "allocation/none"), golden_count(table));
    golden_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closeness_is_relative_and_strict_about_nan),
        cmocka_unit_test(figure_is_found_with_value_and_tolerance),
        cmocka_unit_test(parts_and_options_of_a_cell),
        cmocka_unit_test(data_columns_come_as_numbers_and_text),
        cmocka_unit_test(comments_are_skipped),
        cmocka_unit_test(lists_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Categories and groups in a stated order: what nobody chose has a row of 0, what no row has makes no group, what is not stated is an
 * error with its row. Figures: R's svymean(~factor(y, levels = …)) and svytotal() have a column of 0 for an unused level, so their
 * share is 0 with a standard error of 0; the others are those of the same call without levels, and brute force.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sipas.h>

#include "assert_close.h"
#include "brute_force.h"
#include "result.h"

enum { N = 12 };

static const double weight[N] = {2, 3, 2, 4, 1, 2, 5, 1, 2, 2, 3, 1};
static const int32_t stratum[N] = {1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2};
static const int32_t psu[N] = {1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3};
static const int8_t answer[N] = {4, 5, 2, 4, 4, 2, 5, 5, 2, 4, 4, 4}; /* nobody says 1 or 3 */
static const char *const word[N] = {"often",  "always", "rarely", "often", "often", "rarely",
                                    "always", "always", "rarely", "often", "often", "often"};
static const char *const region[N] = {"south", "south", "north", "north", "south", "south",
                                      "north", "north", "mid",   "mid",   "south", "south"};
static const char *const scale[] = {"never", "rarely", "sometimes", "often", "always"};

static sipas_design *make_design(void)
{
    const sipas_column w = sipas_column_f64(weight, N), h = sipas_column_i32(stratum, N), u = sipas_column_i32(psu, N);
    sipas_design *design;
    sipas_error err;

    check(sipas_design_new(NULL, N, &w, &h, &u, 1, NULL, NULL, &design, &err), &err);
    return design;
}

/* ---- categories ---- */

static void check_row(const sipas_table *t, int64_t row, const char *category, int8_t of, int totals)
{
    static const int32_t *const strata[] = {stratum}, *const units[] = {psu};
    const brute_design design = {
        .n = N, .weight = weight, .n_stages = 1, .stratum = {strata[0]}, .unit = {units[0]}, .lonely = 0};
    double y[N], z[N], estimate;

    for (int i = 0; i < N; i++) y[i] = answer[i] == of;
    estimate = totals ? brute_total(&design, NULL, y, z) : brute_mean(&design, NULL, y, z);
    assert_string_equal(text(t, "category", row), category);
    assert_close_scaled(real(t, "estimate", row), estimate, 1e-14, 1.0);
    assert_close_scaled(real(t, "se", row), brute_se(&design, z), 1e-13, 1e-3);
    assert_int_equal(whole(t, "n", row), N);
    assert_int_equal(whole(t, "psus", row), 6);
    assert_close(real(t, "df", row), 4.0, 0.0);
}

static void test_scale_has_all_its_levels(void **state)
{
    const sipas_column y = sipas_column_i8(answer, N), texts = sipas_column_code(word, N);
    const int64_t from_one[] = {1, 2, 3, 4, 5}, down[] = {5, 4, 3, 2, 1};
    const sipas_column up = sipas_column_i64(from_one, 5), back = sipas_column_i64(down, 5);
    const sipas_column words = sipas_column_code(scale, 5);
    sipas_design *design = make_design();
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_error err;
    sipas_table *t;

    (void)state;
    for (int kind = SIPAS_CATEGORY_SHARE; kind <= SIPAS_CATEGORY_TOTAL; kind++) {
        char label[2] = "1";

        opts.categories = &up;
        check(sipas_estimate_category(design, &y, kind, NULL, &opts, &t, &err), &err);
        assert_int_equal(sipas_table_count_rows(t), 5);
        for (int8_t k = 1; k <= 5; k++, label[0]++) check_row(t, k - 1, label, k, kind);
        sipas_table_free(t);
        opts.categories = &back;
        check(sipas_estimate_category(design, &y, kind, NULL, &opts, &t, &err), &err);
        label[0] = '5';
        for (int8_t k = 5; k >= 1; k--, label[0]--) check_row(t, 5 - k, label, k, kind);
        sipas_table_free(t);
        opts.categories = &words;
        check(sipas_estimate_category(design, &texts, kind, NULL, &opts, &t, &err), &err);
        for (int8_t k = 1; k <= 5; k++) check_row(t, k - 1, scale[k - 1], k, kind);
        sipas_table_free(t);
    }
    opts.categories = &words;
    check(sipas_estimate_distribution(design, &texts, SIPAS_INTERVAL_WILSON, NULL, &opts, &t, &err), &err);
    for (int8_t k = 1; k <= 5; k++) check_row(t, k - 1, scale[k - 1], k, 0);
    assert_non_null(find_note(t, "at_bound", 0));
    assert_close(real(t, "lower", 0), 0.0, 0.0);
    assert_true(real(t, "upper", 0) > 0.0); /* Wilson's limit of 0 of n */
    sipas_table_free(t);
    sipas_design_free(design);
}

/* Every interval, domains, missing cells and the covariance: the rows of what occurs are those without stated categories, bit for bit. */
static void test_rows_that_occur_are_the_same(void **state)
{
    static const uint8_t present[] = {0xfe, 0x0d}; /* rows 0 and 9 are missing */
    const int32_t order[] = {7, 5, 4, 3, 2};
    const sipas_column w = sipas_column_code(region, N), categories = sipas_column_i32(order, 5);
    const uint32_t levels[] = {1, 0};
    sipas_column y = sipas_column_i8(answer, N);
    sipas_design *design = make_design();
    sipas_domains by = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_error err;

    (void)state;
    y.validity = present;
    by.n_by = 1;
    by.by = &w;
    by.n_levels = 2;
    by.levels = levels;
    opts.deff = SIPAS_DEFF_WR;
    opts.cov = 1;
    for (int32_t method = SIPAS_INTERVAL_WALD; method <= SIPAS_INTERVAL_QUESENBERRY_HURST; method++) {
        static const int place[] = {4, 2, 1}; /* of 2, 4, 5 */
        sipas_table *all, *some;

        opts.categories = NULL;
        check(sipas_estimate_distribution(design, &y, method, &by, &opts, &some, &err), &err);
        opts.categories = &categories;
        check(sipas_estimate_distribution(design, &y, method, &by, &opts, &all, &err), &err);
        assert_int_equal(sipas_table_count_rows(all), 5 * 4);
        assert_int_equal(sipas_table_count_rows(some), 3 * 4);
        for (int k = 0; k < 3; k++)
            for (int g = 0; g < 4; g++) {
                const int64_t a = place[k] * 4 + g, b = k * 4 + g;

                assert_string_equal(text(all, "category", a), text(some, "category", b));
                assert_true(real(all, "estimate", a) == real(some, "estimate", b));
                assert_int_equal(missing(all, "se", a), missing(some, "se", b));
                if (!missing(some, "se", b)) assert_true(real(all, "se", a) == real(some, "se", b));
                assert_int_equal(whole(all, "n", a), whole(some, "n", b));
                if (!missing(some, "deff", b)) assert_true(real(all, "deff", a) == real(some, "deff", b));
                if (!missing(some, "lower", b) && method < SIPAS_INTERVAL_GOODMAN)
                    assert_true(real(all, "lower", a) == real(some, "lower", b));
            }
        assert_close(covariance(all, 4 * 4 + 3, 2 * 4 + 3), covariance(some, 3, 4 + 3), 1e-13);
        sipas_table_free(all);
        sipas_table_free(some);
    }
    sipas_design_free(design);
}

static void test_all_missing_with_categories(void **state)
{
    static const double none[N] = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    const int64_t two[] = {1, 2};
    const sipas_column y = sipas_column_f64(none, N), categories = sipas_column_i64(two, 2);
    sipas_design *design = make_design();
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_error err;
    sipas_table *t;

    (void)state;
    opts.categories = &categories;
    check(sipas_estimate_category(design, &y, SIPAS_CATEGORY_SHARE, NULL, &opts, &t, &err), &err);
    assert_int_equal(sipas_table_count_rows(t), 2);
    assert_true(missing(t, "estimate", 0) && missing(t, "se", 1));
    assert_int_equal(whole(t, "n", 0), 0);
    sipas_table_free(t);
    opts.categories = NULL;
    assert_int_equal(sipas_estimate_category(design, &y, SIPAS_CATEGORY_SHARE, NULL, &opts, &t, &err),
                     SIPAS_ERR_TOO_FEW);
    sipas_design_free(design);
}

static void test_what_is_refused(void **state)
{
    const int64_t no_five[] = {1, 2, 3, 4}, twice[] = {4, 5, 2, 5};
    const char *const no_always[] = {"rarely", "often"}, *const gap[] = {"rarely", NULL, "often"};
    const sipas_column y = sipas_column_i8(answer, N), texts = sipas_column_code(word, N);
    sipas_column order = sipas_column_i64(no_five, 4);
    sipas_design *design = make_design();
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_domains by = SIPAS_DOMAINS_INIT;
    sipas_error err;
    sipas_table *t;

    (void)state;
    opts.categories = &order;
    assert_int_equal(sipas_estimate_category(design, &y, 0, NULL, &opts, &t, &err), SIPAS_ERR_VALUE);
    assert_null(t);
    assert_int_equal(err.row, 1);
    assert_string_equal(err.message, "row 1: y1 is 5, which is not among its categories");
    assert_int_equal(sipas_estimate_distribution(design, &y, 0, NULL, &opts, &t, &err), SIPAS_ERR_VALUE);
    assert_int_equal(sipas_estimate_category(design, &texts, 0, NULL, &opts, &t, &err), SIPAS_ERR_TYPE);
    assert_string_equal(err.message, "categories: numbers, but y1 holds text");
    order = sipas_column_i64(twice, 4);
    assert_int_equal(sipas_estimate_category(design, &y, 0, NULL, &opts, &t, &err), SIPAS_ERR_DUPLICATE);
    assert_int_equal(err.row, 3);
    assert_string_equal(err.message, "categories: 5 stands twice, at 1 and 3");
    order = sipas_column_code(no_always, 2);
    assert_int_equal(sipas_estimate_category(design, &texts, 0, NULL, &opts, &t, &err), SIPAS_ERR_VALUE);
    assert_string_equal(err.message, "row 1: y1 is always, which is not among its categories");
    assert_int_equal(sipas_estimate_category(design, &y, 0, NULL, &opts, &t, &err), SIPAS_ERR_TYPE);
    order = sipas_column_code(gap, 3);
    assert_int_equal(sipas_estimate_category(design, &texts, 0, NULL, &opts, &t, &err), SIPAS_ERR_MISSING);
    assert_int_equal(err.row, 1);
    /* estimates without categories */
    assert_int_equal(sipas_estimate_mean(design, &y, 1, NULL, &opts, &t, &err), SIPAS_ERR_OPTION);
    assert_string_equal(err.name, "categories");
    assert_int_equal(sipas_estimate_alpha(design, &y, 1, 0, NULL, &opts, &t, &err), SIPAS_ERR_OPTION);
    /* orders of groups: of integers, by pattern, the row is that of the data */
    by.n_by = 1;
    by.by = &y;
    by.orders = &order;
    order = sipas_column_i64(no_five, 4);
    assert_int_equal(sipas_estimate_mean(design, &y, 1, &by, NULL, &t, &err), SIPAS_ERR_VALUE);
    assert_int_equal(err.row, 1);
    assert_string_equal(err.message, "row 1: by1 is 5, which is not among its orders");
    by.by = &texts;
    order = sipas_column_code(no_always, 2);
    assert_int_equal(sipas_estimate_mean(design, &y, 1, &by, NULL, &t, &err), SIPAS_ERR_VALUE);
    assert_int_equal(err.row, 1);
    sipas_design_free(design);
}

/* ---- groups ---- */

static void test_groups_come_in_their_order(void **state)
{
    static const char *const regions[] = {"north", "highland", "mid", "south"};
    static const int64_t answers[] = {3, 5, 4, 2, 1};
    static const char *const expected_region[] = {"north", "north", "north", "mid", "mid", "south", "south", "south"};
    static const int64_t expected_answer[] = {5, 4, 2, 4, 2, 5, 4, 2};
    const sipas_column columns[] = {sipas_column_code(region, N), sipas_column_i8(answer, N)};
    const sipas_column orders[] = {sipas_column_code(regions, 4), sipas_column_i64(answers, 5)};
    const sipas_column half[] = {sipas_column_code(regions, 4), {0}};
    const char *const names[] = {"region", "said"};
    sipas_design *design = make_design();
    sipas_domains by = SIPAS_DOMAINS_INIT;
    sipas_error err;
    sipas_table *t, *plain;

    (void)state;
    by.n_by = 2;
    by.by = columns;
    by.names = names;
    check(sipas_estimate_total(design, &columns[1], 1, &by, NULL, &plain, &err), &err);
    by.orders = orders;
    check(sipas_estimate_total(design, &columns[1], 1, &by, NULL, &t, &err), &err);
    assert_int_equal(sipas_table_count_rows(t), 8); /* the crossings that occur: none of "highland", 3 or 1 */
    for (int64_t row = 0; row < 8; row++) {
        int64_t other = 0;

        assert_string_equal(text(t, "region", row), expected_region[row]);
        assert_int_equal(whole(t, "said", row), expected_answer[row]);
        while (strcmp(text(plain, "region", other), expected_region[row]) != 0 ||
               whole(plain, "said", other) != expected_answer[row])
            other++;
        check_rows_alike(t, row, plain, other, 0.0);
    }
    sipas_table_free(t);
    by.orders = half; /* a column without an order ascends */
    check(sipas_estimate_total(design, &columns[1], 1, &by, NULL, &t, &err), &err);
    assert_string_equal(text(t, "region", 0), "north");
    assert_int_equal(whole(t, "said", 0), 2);
    sipas_table_free(t);
    sipas_table_free(plain);
    sipas_design_free(design);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scale_has_all_its_levels),    cmocka_unit_test(test_rows_that_occur_are_the_same),
        cmocka_unit_test(test_all_missing_with_categories), cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_groups_come_in_their_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

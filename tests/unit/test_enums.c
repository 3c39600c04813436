/*
 * The words of enumerations, against words that are written here; what has no value has no word.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sipas.h>

#include "base/enums.h"
#include "base/options.h"

static void words(void **state)
{
    (void)state;
    assert_string_equal(sipas__enum_word(SIPAS__ENUM_LONELY, SIPAS_LONELY_ADJUST_ZERO), "adjust_zero");
    assert_string_equal(sipas__enum_word(SIPAS__ENUM_PPS, SIPAS_PPS_HARTLEY_RAO), "hartley_rao");
    assert_string_equal(sipas__enum_word(SIPAS__ENUM_PPS_FORM, SIPAS_PPS_FORM_YATES_GRUNDY), "yates_grundy");
    assert_string_equal(sipas__enum_word(SIPAS__ENUM_ADJUST, SIPAS_ADJUST_NONE), "none");
    assert_string_equal(sipas__enum_word(SIPAS__ENUM_SCORING, SIPAS_SCORING_MEAN_OVER_MAX), "mean_over_max");
    assert_string_equal(sipas__enum_word(SIPAS__ENUM_DEFF, SIPAS_DEFF_WR), "wr");
}

/* A value with two names has the word of the first. */
static void other_names(void **state)
{
    (void)state;
    assert_int_equal(SIPAS_QUANTILE_SCHOOL, SIPAS_QUANTILE_HF2);
    assert_string_equal(sipas__enum_word(SIPAS__ENUM_QUANTILE, SIPAS_QUANTILE_SCHOOL), "hf2");
}

static void values(void **state)
{
    (void)state;
    assert_int_equal(sipas__enum_least(SIPAS__ENUM_LONELY), SIPAS_LONELY_DEFAULT);
    assert_int_equal(sipas__enum_most(SIPAS__ENUM_LONELY), SIPAS_LONELY_COLLAPSE);
    assert_int_equal(sipas__enum_least(SIPAS__ENUM_NODE), SIPAS_NODE_ITEM);
    assert_true(sipas__enum_has(SIPAS__ENUM_LONELY, SIPAS_LONELY_COLLAPSE));
    assert_false(sipas__enum_has(SIPAS__ENUM_LONELY, SIPAS_LONELY_COLLAPSE + 1));
    assert_false(sipas__enum_has(SIPAS__ENUM_LONELY, -1));
    assert_false(sipas__enum_has(SIPAS__ENUM_LONELY, INT32_MAX));
    assert_false(sipas__enum_has(SIPAS__ENUM_LONELY, INT32_MIN));
    assert_false(sipas__enum_has(SIPAS__ENUM_NODE, 0));
}

static void options(void **state)
{
    sipas_error err;

    (void)state;
    assert_int_equal(sipas__options_enum("pps", SIPAS_PPS_JOINT, SIPAS__ENUM_PPS, &err), SIPAS_OK);
    assert_int_equal(sipas__options_enum("pps", 7, SIPAS__ENUM_PPS, &err), SIPAS_ERR_OPTION);
    assert_string_equal(err.message, "option pps: 7 is not one of its values (0 to 6)");
    assert_string_equal(err.name, "pps");
    assert_int_equal(sipas__options_enum("pps", -1, SIPAS__ENUM_PPS, &err), SIPAS_ERR_OPTION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(words), cmocka_unit_test(other_names), cmocka_unit_test(values),
                                       cmocka_unit_test(options)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

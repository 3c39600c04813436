/*
 * Texts of the library: as snprintf() has them in the C locale, whatever the host's is (see `make comma`).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

/* What snprintf() makes of it, a comma being a point. */
static void same(const char *expected, const char *text)
{
    char own[1024];

    (void)snprintf(own, sizeof own, "%s", expected);
    for (char *at = own; *at; at++)
        if (*at == ',') *at = '.';
    assert_string_equal(text, own);
}

#define FORMATS_AS_SNPRINTF(...)                                               \
    do {                                                                       \
        char text[1024], expected[1024];                                       \
        const int length = sipas__text_format(text, sizeof text, __VA_ARGS__); \
        assert_int_equal(length, (int)strlen(text));                           \
        (void)snprintf(expected, sizeof expected, __VA_ARGS__);                \
        same(expected, text);                                                  \
    } while (0)

static void numbers_are_those_of_the_c_locale(void **state)
{
    static const double values[] = {0.0,      -0.0,      0.1,   -2.5,     1.0 / 3.0, 1e5,
                                    123456.5, 1e-5,      1e300, DBL_MAX,  DBL_MIN,   DBL_TRUE_MIN,
                                    INFINITY, -INFINITY, NAN,   99999.95, 2e-310,    1234567890123456.0};

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        FORMATS_AS_SNPRINTF("%g", values[i]);
        FORMATS_AS_SNPRINTF("<%.3g|%.17g|%.15g>", values[i], values[i], values[i]);
        FORMATS_AS_SNPRINTF("%.*g %e %.0e %f %.1f", 9, values[i], values[i], values[i], values[i], values[i]);
    }
    FORMATS_AS_SNPRINTF("%.100f", 0.1);
}

static void whole_numbers_and_texts(void **state)
{
    char own[16];

    (void)state;
    FORMATS_AS_SNPRINTF("%d %lld %u %llu %zu %ld %x", -7, (long long)INT64_MIN, 7u, (unsigned long long)UINT64_MAX,
                        (size_t)9, -3L, 255u);
    FORMATS_AS_SNPRINTF("%016llx|%5d|%05d", 0xABCDEFULL, 42, 42);
    FORMATS_AS_SNPRINTF("%s; %.2s; %.*s; %.9s %c %%", "a b", "T\xE1\xBB", 1, "xyz", "Hue", 'c');
    /* commas of the format and of texts stay: only numbers are touched */
    (void)sipas__text_format(own, sizeof own, "%s, %g", "1,5", 1.5);
    assert_string_equal(own, "1,5, 1.5");
}

static void what_does_not_fit_is_cut_and_counted(void **state)
{
    char text[6] = "xxxxx";

    (void)state;
    assert_int_equal(sipas__text_format(text, sizeof text, "%s %g", "abc", 0.25), 8);
    assert_string_equal(text, "abc 0");
    assert_int_equal(sipas__text_format(NULL, 0, "%d", 12345), 5);
    assert_int_equal(sipas__text_format(text, 1, "%d", 12345), 5);
    assert_string_equal(text, "");
}

/* The shortest that is read back as the same number. */
static void numbers_come_back(void **state)
{
    static const double values[] = {0.1, 0.3, 1.0 / 3.0, 0.1 + 0.2, 5e-324, 1e22, 97.85, 1e23, 123456789.125};
    char text[32];

    (void)state;
    assert_string_equal(sipas__text_number(0.1, text), "0.1");
    assert_string_equal(sipas__text_number(97.85, text), "97.85");
    assert_string_equal(sipas__text_number(0.1 + 0.2, text), "0.30000000000000004");
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        assert_true(strtod(sipas__text_number(values[i], text), NULL) == values[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_those_of_the_c_locale),
        cmocka_unit_test(whole_numbers_and_texts),
        cmocka_unit_test(what_does_not_fit_is_cut_and_counted),
        cmocka_unit_test(numbers_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

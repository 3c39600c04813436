/*
 * Comparison of doubles for cmocka tests.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "assert_close.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

bool is_close(double actual, double expected, double rtol, double scale)
{
    if (isnan(actual) || isnan(expected)) return isnan(actual) && isnan(expected);
    if (isinf(actual) || isinf(expected)) return actual == expected;
    return fabs(actual - expected) <= rtol * fmax(fabs(expected), scale);
}

void assert_close_at(const char *what, double actual, double expected, double rtol, double scale, const char *file,
                     int line)
{
    if (is_close(actual, expected, rtol, scale)) return;
    const double unit = fmax(fabs(expected), scale);
    const double difference = actual - expected;
    print_error("%s\n    is        %.17g\n    should be %.17g\n", what, actual, expected);
    print_error("    off by    %.3g, relative %.3g of %.3g; allowed %.3g\n", difference, fabs(difference) / unit, unit,
                rtol);
    _fail(file, line);
}

void assert_all_close_at(const char *what, const double *actual, const double *expected, size_t n, double rtol,
                         const char *file, int line)
{
    for (size_t i = 0; i < n; i++) {
        char element[128];
        (void)snprintf(element, sizeof element, "%s, element %zu of %zu", what, i, n);
        assert_close_at(element, actual[i], expected[i], rtol, 0.0, file, line);
    }
}

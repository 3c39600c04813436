/**
 * @file assert_close.h
 * Comparison of doubles for cmocka tests, in double precision and with a message that helps.
 *
 * cmocka 1.1.5 compares as float, which sees 7 digits of 16.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ASSERT_CLOSE_H
#define ASSERT_CLOSE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * True when |actual - expected| <= rtol * max(|expected|, scale). Two NaN are equal, and so are two infinities of one
 * sign; NaN never equals a number. `rtol` 0 asks for equality (0 and -0 are equal).
 */
bool is_close(double actual, double expected, double rtol, double scale);

/** Fails the running test, at `file` and `line`, unless is_close(). `what` names the figure in the message. */
void assert_close_at(const char *what, double actual, double expected, double rtol, double scale, const char *file,
                     int line);

/** assert_close_at() for each of `n` pairs; the message names the first index that differs. */
void assert_all_close_at(const char *what, const double *actual, const double *expected, size_t n, double rtol,
                         const char *file, int line);

/** Fails unless `actual` equals `expected` to the relative tolerance `rtol`. */
#define assert_close(actual, expected, rtol) \
    assert_close_at(#actual, (actual), (expected), (rtol), 0.0, __FILE__, __LINE__)

/**
 * The same, relative to `scale` where that is larger than `expected`: for figures that are 0 up to rounding, such as a
 * covariance (scale: the product of the two standard errors) or the SE of a constant (scale: the constant).
 */
#define assert_close_scaled(actual, expected, rtol, scale) \
    assert_close_at(#actual, (actual), (expected), (rtol), (scale), __FILE__, __LINE__)

/** Fails unless the `n` elements of `actual` equal those of `expected`, each to the relative tolerance `rtol`. */
#define assert_all_close(actual, expected, n, rtol) \
    assert_all_close_at(#actual, (actual), (expected), (n), (rtol), __FILE__, __LINE__)

#endif

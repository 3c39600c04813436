/**
 * @file num/ecdf.h
 * Weighted empirical distribution functions and the rules that invert them.
 *
 *     F(x) = Σ {w_i : x_i ≤ x} / W
 *
 * A quantile is where F reaches p; between two observations a rule has to say where. The rules are those of Hyndman and
 * Fan (1996, Am. Stat. 50:361), with sums of weights C_i = w_1 + … + w_i in place of counts, as R's survey has them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_NUM_ECDF_H
#define SIPAS_NUM_ECDF_H

#include <stdint.h>

/** The rules. HF4 … HF9 draw straight lines through (p_i, x_i), beyond whose ends the quantile is the end. */
enum {
    SIPAS__RULE_HF1 = 1, /* the least x with F(x) ≥ p: the inverse of F */
    SIPAS__RULE_HF2 = 2, /* the same, but where F(x) = p the mean of x and the next value */
    SIPAS__RULE_HF3 = 3, /* the same, but where F(x) = p and x is an odd one of the distinct values, the next value */
    SIPAS__RULE_HF4 = 4, /* p_i = C_i / W */
    SIPAS__RULE_HF5 = 5, /* p_i = (C_i - w_i / 2) / W */
    SIPAS__RULE_HF6 = 6, /* p_i = C_i / (W + w_n) */
    SIPAS__RULE_HF7 = 7, /* p_i = C_(i-1) / C_(n-1) */
    SIPAS__RULE_HF8 = 8, /* p_i = (C_i - w_i / 3) / (W + w_n / 3) */
    SIPAS__RULE_HF9 = 9  /* p_i = (C_i - 3 w_i / 8) / (W + w_n / 4) */
};

/** A value, and the weight of all observations up to and with it. */
typedef struct sipas__step {
    double value, upto;
} sipas__step;

/**
 * A distribution by its n distinct values. The first and the last observation of a value, in the order of the data, matter
 * to the rules from HF4 on only.
 */
typedef struct sipas__ecdf {
    int64_t n;
    int rising;                 /* 0 = some weights are negative, and F may fall */
    const sipas__step *step;    /* ascending by value; the last reaches W > 0 */
    const double *first, *last; /* the weight of the first and the last observation of the value; NULL up to HF3 */
} sipas__ecdf;

/**
 * The quantile of p in [0, 1]; n ≥ 1. F(x), rounded to a double, is compared with p as it is: 0.1 is a little more than
 * one tenth. Where F falls, its last crossing of p counts. O(log n); O(n) where F may fall.
 */
double sipas__ecdf_quantile(const sipas__ecdf *ecdf, int32_t rule, double p);

/**
 * F, strictly between 0 and 1, where it is nearest to p: at the first value that reaches p or at the one before it, which comes
 * back in `value`. NaN where both are 0 or 1. O(log n), as the quantile.
 */
double sipas__ecdf_nearest(const sipas__ecdf *ecdf, double p, double *value);

/** F(x). O(log n). */
double sipas__ecdf_at(const sipas__ecdf *ecdf, double x);

#endif

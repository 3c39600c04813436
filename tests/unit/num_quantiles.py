#!/usr/bin/env python3
"""Makes num_quantiles.h: quantiles to 20 digits, from mpmath alone, for test_num_distributions.c.

    pip install mpmath==1.4.1
    python3 tests/unit/num_quantiles.py > tests/unit/num_quantiles.h     (some ten minutes)
    make format

Areas are mpmath.betainc and mpmath.gammainc (regularized), mpmath.ncdf, at 45 digits; where a shape is beyond 500,
which those take too long for, mpmath.quad of the density of the log odds (of the logarithm, for chi-square) over the
smaller tail. The quantile is the root of log(area) - log(p), found by Newton's method to 30 digits. p is the double
that is nearest to what is printed.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import mpmath as mp

mp.mp.dps = 45
P = [1e-10, 1e-4, .025, .1, .5, .6, .9, .95, .975, .995, .9999]
INF = mp.inf


def tail_by_quad(log_density, u, side, scale):
    """Integral of exp(log_density) beyond u, on the right (side 1) or the left (-1)."""
    points, here = [mp.mpf(0)], log_density(u)
    while log_density(u + side * points[-1]) - here > -85:
        points.append(points[-1] + scale)
    return mp.exp(here) * mp.quad(lambda s: mp.exp(log_density(u + side * s) - here), points)


def beta_tails(a, b, u):
    """Areas below and above log odds u, and the density of the log odds there."""
    x, y = 1 / (1 + mp.exp(-u)), 1 / (1 + mp.exp(u))
    front = mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b)
    density = mp.exp(front + a * mp.log(x) + b * mp.log(y))
    if max(a, b) <= 500:
        if u < 0:
            lower = mp.betainc(a, b, 0, x, regularized=True)
            return lower, 1 - lower, density
        upper = mp.betainc(b, a, 0, y, regularized=True)
        return 1 - upper, upper, density

    def log_density(v):
        return front + (a * v - (a + b) * mp.log1p(mp.exp(v)) if v < 0 else -b * v - (a + b) * mp.log1p(mp.exp(-v)))
    scale = mp.sqrt(1 / (a + b) / x / y)
    side = 1 if (a + b) * x > a else -1
    tail = tail_by_quad(log_density, u, side, min(2 * scale, mp.mpf(1)))
    return (1 - tail, tail, density) if side > 0 else (tail, 1 - tail, density)


def gamma_tails(a, u):
    """The same for log X, X a gamma variable of shape a."""
    x = mp.exp(u)
    density = mp.exp(a * u - x - mp.loggamma(a))
    if a <= 500:
        return (mp.gammainc(a, 0, x, regularized=True), mp.gammainc(a, x, INF, regularized=True), density)

    def log_density(v):
        return a * v - mp.exp(v) - mp.loggamma(a)
    side = 1 if x > a else -1
    tail = tail_by_quad(log_density, u, side, min(2 / mp.sqrt(x), mp.mpf(1)))
    return (1 - tail, tail, density) if side > 0 else (tail, 1 - tail, density)


def solve(tails, p, start, widest):
    """u with the area p below it; tails(u) gives lower, upper, density."""
    p, u = mp.mpf(p), mp.mpf(start)
    for _ in range(500):
        lower, upper, density = tails(u)
        if p <= 0.5:
            step = -mp.log(lower / p) * lower / density
        else:
            step = mp.log(upper / (1 - p)) * upper / density
        u += max(min(step, widest), -widest)
        if abs(step) < mp.mpf(10) ** -30 * max(1, abs(u)):
            return u
    raise ArithmeticError("no convergence")


def normal(p):
    return solve(lambda z: (mp.ncdf(z), mp.ncdf(-z), mp.npdf(z)), p, 0, 2) if p != .5 else mp.mpf(0)


def t(p, df):
    if df == INF:
        return normal(p)
    if p == .5:
        return mp.mpf(0)
    if p < .5:
        # by symmetry, with 1 - p in full precision
        return -t_above(mp.mpf(p), df)
    return t_above(1 - mp.mpf(p), df)


def t_above(q, df):
    """t > 0 with the area q above it, as the root in log t."""
    df = mp.mpf(df)

    def tails(v):
        lower, upper, density = beta_tails(mp.mpf(1) / 2, df / 2, 2 * v - mp.log(df))
        return 1 - upper / 2, upper / 2, density
    return mp.exp(solve(tails, 1 - q, 0, 1))


def chisq(p, df):
    df = mp.mpf(df)
    return 2 * mp.exp(solve(lambda u: gamma_tails(df / 2, u), p, mp.log(df / 2), 3 / mp.sqrt(df)))


def f(p, df1, df2):
    if df2 == INF:
        return chisq(p, df1) / df1
    df1, df2 = mp.mpf(df1), mp.mpf(df2)
    u = solve(lambda u: beta_tails(df1 / 2, df2 / 2, u), p, mp.log(df1 / df2), 3 * mp.sqrt(1 / df1 + 1 / df2))
    return mp.exp(u) * df2 / df1


def beta(p, a, b):
    a, b = mp.mpf(a), mp.mpf(b)
    u = solve(lambda u: beta_tails(a, b, u), p, mp.log(a / b), 3 * mp.sqrt(1 / a + 1 / b) + 1 / a)
    return 1 / (1 + mp.exp(-u))


def number(x):
    if abs(x) < mp.mpf("1e-308"):  # beyond the range of a double
        return "0.0"
    return "INFINITY" if x == INF else mp.nstr(mp.mpf(x), 20, min_fixed=-5, max_fixed=15)


def parameter(x):
    return "INFINITY" if x == INF else repr(float(x)).removesuffix(".0") if float(x) < 1e6 else f"{float(x):.0e}"


def table(name, what, rows, columns, quantile):
    print(f"\n/* {what} */\nstatic const quantile_row {name}[] = {{")
    for row in rows:
        pair = list(row) + [0] * (2 - len(row))
        values = ", ".join(number(quantile(p, *row)) for p in columns)
        print(f"    {{{parameter(pair[0])}, {parameter(pair[1])}, {{{values}}}}},")
    print("};")


DF = [.5, 1, 2, 2.7, 4, 10, 14, 30.5, 39, 197, 1000, 1e6, 1e10]
print(f"""/*
 * Quantiles to 20 digits. Made by num_quantiles.py, which says how, with mpmath {mp.__version__}; not by this library.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef NUM_QUANTILES_H
#define NUM_QUANTILES_H

#include <math.h>

enum {{ N_PROBABILITIES = {len(P)} }};

static const double probability[N_PROBABILITIES] = {{{", ".join(repr(p) for p in P)}}};

/* One or two parameters, and the quantile for each probability. */
typedef struct quantile_row {{
    double parameter[2];
    double quantile[N_PROBABILITIES];
}} quantile_row;""".replace("double parameter[2];", "double first, second;"))
table("normal_quantiles", "Standard normal; no parameters", [()], P, normal)
table("t_quantiles", "Student's t: df", [(v,) for v in DF + [INF]], P, t)
table("chisq_quantiles", "Chi-square: df", [(v,) for v in DF], P, chisq)
table("f_quantiles", "F: df1, df2", [(v, w) for v in (1, 3, 14, 197) for w in (1, 4, 39, 1000, 1e10, INF)], P, f)
table("beta_quantiles", "Beta: a, b",
      [(.5, .5), (1, 10), (3, 98), (4, 97), (12.5, 87.5), (39, 1), (300, 900), (1, 1e6), (5, 1e10), (1e6, 1e6), (.02, 7.3)],
      P, beta)
print("\n#endif")

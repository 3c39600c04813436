/*
 * Tail areas of the beta distribution by quadrature in log odds.
 *
 * With n = a + b and the point x, y = 1 - x, the density of X in u = log(x / y) is
 *
 *     d = x^a y^b / B(a, b) = √(ab / 2πn) exp(Δ(n) - Δ(a) - Δ(b)) exp(-a φ(nx/a) - b φ(ny/b)),
 *     φ(r) = r - 1 - log r,    Δ(a) = log Γ(a) - (a - ½) log a + a - ½ log 2π
 *
 * (Loader, "Fast and accurate computation of binomial probabilities", 2000: no large numbers cancel), and
 *
 *     area above x  =  d ∫ exp h(s) ds over s > 0,    area below x  =  d ∫ exp h(s) ds over s < 0,
 *     h(s) = -λ s - n log(1 + y e(-xs) + x e(ys)),    e(z) = exp(z) - 1 - z ≥ 0,    λ = nx - a:
 *
 * the cumulant function of a Bernoulli variable, written so that only terms of one sign are added. h is concave
 * and becomes straight on both sides, with slope a on the left and -b on the right. The integral is cut into panels
 * over which h falls by about as much each, with 16 Gauss-Legendre nodes to a panel; the straight ends are known in
 * closed form. All terms are positive, so nothing cancels, whatever the shapes: with b → ∞ this is the gamma
 * distribution, with a → ∞ too the normal one.
 *
 * Mostly 4 to 8 panels. No memory, no failure.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "num/beta_tails.h"

#include <math.h>

static const double HALF_LOG_2PI = 0.91893853320467274178;
static const double LEAST_SHAPE = 1e-40, LARGEST_SHAPE = 1e40;
static const double NEGLIGIBLE = 1e-17;               /* as a part of a sum, or as an error of h */
static const double PANEL_DROP = 10, PANEL_WIDTH = 1; /* more of either, and 16 nodes give less than 15 digits */
static const double MOST_RATIO = 0.9;                 /* of a series that costs less than the quadrature */
static const double STRAIGHT = 200;                   /* log F from which on its density is a pure exponential */

enum { NODES = 8, MAX_PANELS = 10000 }; /* some hundred panels happen for shapes around 1e-40 */

/* 16-point Gauss-Legendre rule on [-1, 1], the positive half. Abramowitz and Stegun, table 25.4. */
static const double node[NODES] = {0.09501250983763744019, 0.28160355077925891323, 0.45801677765722738634,
                                   0.61787624440264374845, 0.75540440835500303390, 0.86563120238783174388,
                                   0.94457502307323257608, 0.98940093499164993260};
static const double node_weight[NODES] = {0.18945061045506849629, 0.18260341504492358887, 0.16915651939500253819,
                                          0.14959598881657673208, 0.12462897125553387205, 0.09515851168249278481,
                                          0.06225352393864789286, 0.02715245941175409485};

/* Δ(a): Stirling's series from 16 on. Below, Δ(a) = Δ(a + 1) + (a + ½) log(1 + 1/a) - 1, where for a ≥ 1 the last two
 * terms are u²/3 + u⁴/5 + u⁶/7 + …, u = 1 / (2a + 1). */
static double stirling_error(double a)
{
    double sum = 0, r;

    if (a < 1) {
        sum = (a + 0.5) * (log1p(a) - log(a)) - 1;
        a += 1;
    }
    while (a < 16) {
        double u2 = 1 / ((2 * a + 1) * (2 * a + 1)), power = u2;
        int j = 3;

        while (power > NEGLIGIBLE) {
            sum += power / j;
            power *= u2;
            j += 2;
        }
        a += 1;
    }
    r = 1 / (a * a);
    return sum + (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r * (1.0 / 1188))))) / a;
}

/* φ(1 + excess); with u = excess / (2 + excess), log(1 + excess) = 2 (u + u³/3 + u⁵/5 + …). */
static double deviance(double excess, double log_ratio)
{
    double u, u2, sum = 0;

    if (!(fabs(excess) < 0.5)) return excess - log_ratio;
    u = excess / (2 + excess);
    u2 = u * u;
    for (int j = 33; j >= 3; j -= 2) sum = sum * u2 + 1.0 / j;
    return u * (excess - 2 * u2 * sum);
}

/* e(z); Taylor's series around 0. */
static double exp_excess(double z)
{
    static const double inverse_factorial[] = {
        1.0 / 87178291200, 1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
        1.0 / 5040,        1.0 / 720,        1.0 / 120,       1.0 / 24,       1.0 / 6,       1.0 / 2};
    double sum = 0;

    if (!(fabs(z) < 0.5)) return expm1(z) - z;
    for (int k = 0; k < 13; k++) sum = sum * z + inverse_factorial[k];
    return sum * z * z;
}

sipas__beta sipas__beta_init(double a, double b)
{
    sipas__beta beta;
    double n, less, more;

    beta.a = fmin(fmax(a, LEAST_SHAPE), LARGEST_SHAPE);
    beta.b = fmin(fmax(b, LEAST_SHAPE), LARGEST_SHAPE);
    n = beta.a + beta.b;
    less = fmin(beta.a, beta.b);
    more = fmax(beta.a, beta.b);
    beta.log_front = 0.5 * (log(less) + log(more / n)) - HALF_LOG_2PI - stirling_error(less) +
                     (stirling_error(n) - stirling_error(more));
    return beta;
}

/* The point x, y = 1 - x, seen from one side. */
typedef struct curve {
    double n, x, y, lambda;
} curve;

/* h(s) */
static double log_relative(const curve *c, double s)
{
    return -c->lambda * s - c->n * log1p(c->y * exp_excess(-c->x * s) + c->x * exp_excess(c->y * s));
}

static double panel(const curve *c, double from, double width)
{
    double half = 0.5 * width, middle = from + half, sum = 0;

    for (int i = 0; i < NODES; i++)
        sum += node_weight[i] *
               (exp(log_relative(c, middle - half * node[i])) + exp(log_relative(c, middle + half * node[i])));
    return sum * fabs(half);
}

/* ∫ exp h over s > 0 (side = 1) or s < 0 (side = -1). `rate` is the slope at which h falls far out on that side.
 * At the distance t, with ahead falling from y to 0 (on the left: from x) and behind = 1 - ahead, h has the curvature
 * -n·ahead·behind; its slope is n·ahead - rate, here as its change from -λ (λ), which does not cancel. */
static double integral(const curve *c, int side, double rate)
{
    const double ahead_0 = side > 0 ? c->y : c->x, behind_0 = side > 0 ? c->x : c->y;
    const double slope_0 = side > 0 ? -c->lambda : c->lambda;
    double t = 0, sum = 0;

    if (c->n * behind_0 < NEGLIGIBLE) { /* h is straight for a while */
        t = log(NEGLIGIBLE / (c->n * behind_0));
        sum = fabs(slope_0 * t) > NEGLIGIBLE ? expm1(slope_0 * t) / slope_0 : t;
    }
    for (int i = 0; i < MAX_PANELS; i++) {
        double ahead = ahead_0 * exp(-t), both = ahead + behind_0; /* ahead and 1 but for the same factor */
        double slope = slope_0 + c->n * (ahead - ahead_0) / both * behind_0;
        double curvature = c->n * (ahead / both) * (behind_0 / both);
        double value = exp(log_relative(c, side * t)), width;

        if (c->n * (ahead / both) < NEGLIGIBLE) return sum + value / rate;
        if (slope < 0 && value < -slope * NEGLIGIBLE * sum) break;
        width = 2 * PANEL_DROP / (fabs(slope) + sqrt(slope * slope + 2 * PANEL_DROP * curvature));
        width = fmin(width, PANEL_WIDTH);
        sum += panel(c, side * t, side * width);
        t += width;
    }
    return sum;
}

/* The same by the power series Σ Π ahead (n + j) / (rate + 1 + j) / rate, all terms positive (DLMF 8.17.8): cheap when
 * its ratios stay away from 1, as they do where h falls too slowly for few panels. */
static double relative_area(const curve *c, int side, double rate)
{
    const double ahead = side > 0 ? c->y : c->x;
    double term = 1, sum = 1, j = 0;

    if (!(ahead < MOST_RATIO && ahead * c->n < MOST_RATIO * (rate + 1))) return integral(c, side, rate);
    while (term > NEGLIGIBLE * sum) {
        term *= ahead * (c->n + j) / (rate + 1 + j);
        sum += term;
        j += 1;
    }
    return sum / rate;
}

/* log(1 - exp z), z < 0 */
static double log_complement(double z)
{
    return z > -0.7 ? log(-expm1(z)) : log1p(-exp(z));
}

/* Tails at a point not below the mean, F = 1 / g ≥ 1. */
static sipas__tails tails_above_mean(double log_front, double a, double b, double log_f, double excess)
{
    const double n = a + b, g = exp(-log_f), scale = a + b * g;
    const curve c = {n, a / scale, b * g / scale, b * excess * (a / scale)};
    const double ratio_x = b * excess / scale, ratio_y = -c.x * excess; /* nx/a - 1, ny/b - 1 */
    const double log_ratio = ratio_x < 0.5 ? log1p(ratio_x) : log(n / scale);
    sipas__tails tails;

    tails.density = log_front - a * deviance(ratio_x, log_ratio) - b * deviance(ratio_y, log_ratio - log_f);
    tails.upper = tails.density + log(relative_area(&c, 1, b));
    if (tails.upper < -0.3) {
        tails.lower = log_complement(tails.upper);
    } else {
        tails.lower = tails.density + log(relative_area(&c, -1, a));
        tails.upper = log_complement(tails.lower);
    }
    return tails;
}

/*
 * The same for log F > STRAIGHT, where with shapes in [1e-40, 1e40] the density of log F either falls as
 * exp(-b log F) to all digits or is too small to be told from 0: no exponential of log F itself is needed.
 */
static sipas__tails tails_far_above(double log_front, double a, double b, double log_f)
{
    const double fall = b * (log_f - STRAIGHT);
    sipas__tails tails = tails_above_mean(log_front, a, b, STRAIGHT, 1);

    tails.lower = log(exp(tails.lower) - exp(tails.density) / b * expm1(-fall));
    tails.upper -= fall;
    tails.density -= fall;
    return tails;
}

static sipas__tails tails_above(double log_front, double a, double b, double log_f, double excess)
{
    if (log_f > STRAIGHT) return tails_far_above(log_front, a, b, log_f);
    return tails_above_mean(log_front, a, b, log_f, excess);
}

sipas__tails sipas__beta_tails(const sipas__beta *beta, double log_f, double excess)
{
    sipas__tails tails;
    double swap;

    if (log_f >= 0) return tails_above(beta->log_front, beta->a, beta->b, log_f, excess);
    tails = tails_above(beta->log_front, beta->b, beta->a, -log_f, excess);
    swap = tails.lower;
    tails.lower = tails.upper;
    tails.upper = swap;
    return tails;
}

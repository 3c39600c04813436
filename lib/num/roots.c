/*
 * Root of a function on a bracket: inverse quadratic interpolation or secant where they make good progress,
 * bisection where they do not. Brent, "Algorithms for minimization without derivatives" (1973), chapter 4.
 *
 * Superlinear for a smooth function; for any function at most about log2(width / tolerance)² evaluations.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "num/roots.h"

#include <math.h>

#include "base/error.h"

static const double LEAST_ABSOLUTE = 1e-300, LEAST_RELATIVE = 0x1p-51;

typedef struct point {
    double x, f;
} point;

/* The root lies between `best` and `other`; `past` is the best point of the iteration before. */
typedef struct search {
    point best, other, past;
    double step, step_before;
} search;

/* Restores the order after `best` moved: opposite signs at the ends, the smaller |f| in `best`. */
static void settle(search *s)
{
    if ((s->best.f > 0) == (s->other.f > 0)) {
        s->other = s->past;
        s->step = s->step_before = s->best.x - s->past.x;
    }
    if (fabs(s->other.f) < fabs(s->best.f)) {
        s->past = s->best;
        s->best = s->other;
        s->other = s->past;
    }
}

/* Where the secant (two different points) or the inverse parabola (three) meets zero, as the step p / q from `best`.
 * Taken when it stays within three quarters of the bracket and is less than half the step before last. */
static void choose_step(search *s, double half, double tolerance)
{
    double ratio = s->best.f / s->past.f, p, q;

    if (fabs(s->step_before) >= tolerance && fabs(s->past.f) > fabs(s->best.f)) {
        if (s->past.x == s->other.x) {
            p = 2 * half * ratio;
            q = 1 - ratio;
        } else {
            double past_other = s->past.f / s->other.f, best_other = s->best.f / s->other.f;

            p = ratio *
                (2 * half * past_other * (past_other - best_other) - (s->best.x - s->past.x) * (best_other - 1));
            q = (past_other - 1) * (best_other - 1) * (ratio - 1);
        }
        if (p > 0) q = -q;
        p = fabs(p);
        if (2 * p < 3 * half * q - fabs(tolerance * q) && 2 * p < fabs(s->step_before * q)) {
            s->step_before = s->step;
            s->step = p / q;
            return;
        }
    }
    s->step = s->step_before = half;
}

static sipas_status check(const sipas__bracket *bracket, sipas_error *err)
{
    const double *x = bracket->x, *f = bracket->f;

    if (!isfinite(x[0]) || !isfinite(x[1]) || isnan(f[0]) || isnan(f[1]))
        return sipas__error_set(err, SIPAS_ERR_ARGUMENT, SIPAS__NOWHERE, SIPAS__NOWHERE, "bracket",
                                "root search: the bracket [%g, %g] with values %g and %g is not finite", x[0], x[1],
                                f[0], f[1]);
    if ((f[0] > 0 && f[1] > 0) || (f[0] < 0 && f[1] < 0))
        return sipas__error_set(err, SIPAS_ERR_ARGUMENT, SIPAS__NOWHERE, SIPAS__NOWHERE, "bracket",
                                "root search: the values %g and %g at the ends of [%g, %g] have one sign", f[0], f[1],
                                x[0], x[1]);
    return SIPAS_OK;
}

sipas_status sipas__root_brent(sipas__root_fn f, void *state, sipas__bracket *bracket,
                               const sipas__root_tolerance *tolerance, double *root, sipas_error *err)
{
    const double absolute = fmax(tolerance->absolute, LEAST_ABSOLUTE);
    const double relative = fmax(tolerance->relative, LEAST_RELATIVE);
    search s = {{bracket->x[1], bracket->f[1]}, {bracket->x[0], bracket->f[0]}, {bracket->x[0], bracket->f[0]}, 0, 0};
    sipas_status status = check(bracket, err);
    double half, enough;

    if (status < 0) return status;
    s.step = s.step_before = s.best.x - s.past.x;
    for (int32_t evaluations = 0;; evaluations++) {
        if (s.best.f != 0 && s.other.f != 0) settle(&s);
        if (s.other.f == 0) s.best = s.other;
        half = 0.5 * s.other.x - 0.5 * s.best.x;
        enough = 0.5 * (absolute + relative * fabs(s.best.x));
        if (s.best.f == 0 || fabs(half) <= enough) break;
        if (evaluations >= tolerance->max_iterations) {
            status = sipas__error_set(err, SIPAS_ERR_CONVERGENCE, SIPAS__NOWHERE, SIPAS__NOWHERE, NULL,
                                      "root search: after %d evaluations the root is known to lie between %.17g and "
                                      "%.17g only",
                                      (int)evaluations, s.best.x, s.other.x);
            break;
        }
        choose_step(&s, half, enough);
        s.past = s.best;
        s.best.x += fabs(s.step) > enough ? s.step : copysign(enough, half);
        s.best.f = f(s.best.x, state);
        if (isnan(s.best.f)) {
            status = sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE, NULL,
                                      "root search: the function is NaN at %.17g", s.best.x);
            s.best = s.past;
            break;
        }
    }
    bracket->x[0] = s.best.x, bracket->f[0] = s.best.f;
    bracket->x[1] = s.other.x, bracket->f[1] = s.other.f;
    if (status == SIPAS_OK) *root = s.best.x;
    return status;
}

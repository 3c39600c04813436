/*
 * Functions of estimates: the built-in ones, the caller's own, and the check of derivatives against central differences.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "estimate/function.h"

#include <float.h>
#include <math.h>

#include "base/options.h"
#include "base/text.h"

const char *sipas__function_name(const sipas_function *functions, int64_t k, char *buffer)
{
    if (functions[k].name) return functions[k].name;
    (void)sipas__text_format(buffer, SIPAS__MOST_NAME, "f%lld", (long long)k + 1);
    return buffer;
}

int64_t sipas__function_most_terms(const sipas_function *functions, int64_t n_functions)
{
    int64_t most = 1;

    for (int64_t k = 0; k < n_functions; k++)
        if (functions[k].n_terms > most) most = functions[k].n_terms;
    return most;
}

/* ---- what is legal ---- */

static sipas_status blame(const sipas_function *functions, int64_t k, sipas_status status, const char *what,
                          sipas_error *err)
{
    char own[SIPAS__MOST_NAME];
    const char *name = sipas__function_name(functions, k, own);

    return sipas__error_set(err, status, k, SIPAS__NOWHERE, name, "function %s: %s", name, what);
}

static sipas_status check_one(const sipas_function *functions, int64_t k, int64_t n_arguments, sipas_error *err)
{
    const sipas_function *f = &functions[k];
    const int64_t n_coef = f->kind == SIPAS_FUNCTION_RATIOS ? f->n_terms / 2 : f->n_terms;
    sipas_status status = sipas__options_enum("kind", f->kind, SIPAS__ENUM_FUNCTION, err);

    if (status < 0) return status;
    if ((status = sipas__options_check("check", f->check, 0, 1, err)) < 0) return status;
    if (f->n_terms < 1 || !f->term) return blame(functions, k, SIPAS_ERR_ARGUMENT, "has no arguments", err);
    if (f->kind == SIPAS_FUNCTION_RATIOS && f->n_terms % 2)
        return blame(functions, k, SIPAS_ERR_ARGUMENT, "ratios need an even number of arguments", err);
    if ((f->kind == SIPAS_FUNCTION_CALL) != (f->call != NULL))
        return blame(functions, k, SIPAS_ERR_ARGUMENT, f->call ? "has a call, but is of another kind" : "has no call",
                     err);
    for (int64_t i = 0; i < f->n_terms; i++)
        if (f->term[i] < 0 || f->term[i] >= n_arguments) {
            char what[80];

            (void)sipas__text_format(what, sizeof what, "there is no argument %lld", (long long)f->term[i]);
            return blame(functions, k, SIPAS_ERR_NOT_FOUND, what, err);
        }
    for (int64_t i = 0; f->coef && i < n_coef; i++)
        if (!isfinite(f->coef[i])) return blame(functions, k, SIPAS_ERR_VALUE, "a coefficient is not finite", err);
    if (!isfinite(f->scale) || !isfinite(f->constant))
        return blame(functions, k, SIPAS_ERR_VALUE, "scale or constant is not finite", err);
    return SIPAS_OK;
}

sipas_status sipas__function_check(const sipas_function *functions, int64_t n_functions, int64_t n_arguments,
                                   sipas_error *err)
{
    if (!functions) return sipas__error_argument(err, "functions", "is NULL");
    if (n_functions < 1) return sipas__error_argument(err, "n_functions", "is less than 1");
    for (int64_t k = 0; k < n_functions; k++) {
        sipas_status status = check_one(functions, k, n_arguments, err);

        if (status < 0) return status;
    }
    return SIPAS_OK;
}

/* ---- value and gradient ---- */

static double coefficient(const sipas_function *f, int64_t i)
{
    return f->coef ? f->coef[i] : 1.0;
}

static double combine(const sipas_function *f, const double *x, double *gradient)
{
    double sum = 0.0;

    for (int64_t i = 0; i < f->n_terms; i++) {
        gradient[i] = coefficient(f, i);
        sum += gradient[i] * x[i];
    }
    return sum;
}

/* Each derivative from the product of the others, so that an argument may be 0. */
static double multiply(const sipas_function *f, const double *x, double *gradient)
{
    double product = 1.0;

    for (int64_t i = 0; i < f->n_terms; i++) product *= pow(x[i], coefficient(f, i));
    for (int64_t i = 0; i < f->n_terms; i++) {
        const double c = coefficient(f, i);
        double slope = c == 0.0 ? 0.0 : c * pow(x[i], c - 1.0);

        for (int64_t j = 0; j < f->n_terms; j++)
            if (j != i) slope *= pow(x[j], coefficient(f, j));
        gradient[i] = slope;
    }
    return product;
}

static double add_logs(const sipas_function *f, const double *x, double *gradient)
{
    double sum = 0.0;

    for (int64_t i = 0; i < f->n_terms; i++) {
        sum += coefficient(f, i) * log(x[i]);
        gradient[i] = coefficient(f, i) / x[i];
    }
    return sum;
}

static double exponentiate(const sipas_function *f, const double *x, double *gradient)
{
    const double value = exp(combine(f, x, gradient));

    for (int64_t i = 0; i < f->n_terms; i++) gradient[i] *= value;
    return value;
}

static double add_ratios(const sipas_function *f, const double *x, double *gradient)
{
    double sum = 0.0;

    for (int64_t i = 0; i + 1 < f->n_terms; i += 2) {
        const double c = coefficient(f, i / 2);

        sum += c * (x[i] / x[i + 1]);
        gradient[i] = c / x[i + 1];
        gradient[i + 1] = -c * (x[i] / x[i + 1]) / x[i + 1];
    }
    return sum;
}

int sipas__function_value(const sipas_function *f, const double *x, double *value, double *gradient)
{
    static double (*const built_in[])(const sipas_function *, const double *, double *) = {combine, multiply, add_logs,
                                                                                           exponentiate, add_ratios};
    const double scale = f->scale == 0.0 ? 1.0 : f->scale;
    int there = 1;

    *value = NAN;
    for (int64_t i = 0; i < f->n_terms; i++) {
        gradient[i] = NAN;
        there &= isfinite(x[i]) != 0;
    }
    if (there && f->kind == SIPAS_FUNCTION_CALL)
        there = f->call(f->user, f->n_terms, x, value, gradient) == 0;
    else if (there)
        *value = built_in[f->kind](f, x, gradient);
    *value = f->constant + scale * *value;
    there &= isfinite(*value) != 0;
    for (int64_t i = 0; i < f->n_terms; i++) {
        gradient[i] *= scale;
        there &= isfinite(gradient[i]) != 0;
    }
    for (int64_t i = 0; !there && i < f->n_terms; i++) gradient[i] = NAN;
    if (!there) *value = NAN;
    return there;
}

/* ---- the check ---- */

/* The step that balances truncation (h²) and rounding (u/h); an argument of 0 is moved by itself. */
static double difference(const sipas_function *f, double *x, int64_t i, double *work)
{
    const double at = x[i], step = cbrt(DBL_EPSILON) * (at == 0.0 ? 1.0 : fabs(at));
    const double above = at + step, below = at - step;
    double high, low;

    x[i] = above;
    (void)sipas__function_value(f, x, &high, work);
    x[i] = below;
    (void)sipas__function_value(f, x, &low, work);
    x[i] = at;
    return (high - low) / (above - below);
}

sipas_status sipas__function_check_gradient(const sipas_function *functions, int64_t k, double *x,
                                            const double *gradient, const char *const *argument, const char *where,
                                            double *work, sipas_error *err)
{
    const sipas_function *f = &functions[k];
    double value, size = 0.0;

    if (!sipas__function_value(f, x, &value, work)) return SIPAS_OK;
    for (int64_t i = 0; i < f->n_terms; i++) size += fabs(gradient[i] * x[i]);
    for (int64_t i = 0; i < f->n_terms; i++) {
        const double slope = difference(f, x, i, work), step = x[i] == 0.0 ? 1.0 : fabs(x[i]);
        const double room = 1e-6 * step * fmax(fabs(gradient[i]), fabs(slope)) + 1e-9 * (size + fabs(value));
        char own[SIPAS__MOST_NAME], number[32];
        const char *name = sipas__function_name(functions, k, own);

        if (isnan(slope) || fabs(slope - gradient[i]) * step <= room) continue;
        (void)sipas__text_format(number, sizeof number, "%lld", (long long)f->term[i]);
        return sipas__error_set(err, SIPAS_ERR_VALUE, k, (int32_t)f->term[i], name,
                                "function %s: its derivative by %s is %.9g, central differences give %.9g%s%s", name,
                                argument ? argument[f->term[i]] : number, gradient[i], slope, *where ? ", in " : "",
                                where);
    }
    return SIPAS_OK;
}

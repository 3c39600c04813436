/*
 * Weights: what each unit's part is proportional to.
 *
 *   w = 1, N, √N, N^q, √(k (N / ΣN)² + (1 - k) / H²), N S, N S / √c or X^q S / Ȳ
 *
 * Beside w as a double stand the factors of w² as they were given, for exact comparisons; where w² is no
 * product of them, w itself.
 *
 * O(units).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/allocate.h"

#include <math.h>

#include "base/enums.h"
#include "data/measure.h"

/* The factors of w². */
static void set_squares(sipas__allocation *a)
{
    const double *size = a->size, *sd = a->sd, *weight = a->seats.weight;
    const double *squares[SIPAS__END_ALLOCATE][4] = {
        [SIPAS_ALLOCATE_PROPORTIONAL] = {size, size}, [SIPAS_ALLOCATE_SQRT] = {size},
        [SIPAS_ALLOCATE_POWER] = {weight, weight},    [SIPAS_ALLOCATE_NEYMAN] = {size, size, sd, sd},
        [SIPAS_ALLOCATE_COST] = {size, size, sd, sd}, [SIPAS_ALLOCATE_KISH] = {weight, weight},
        [SIPAS_ALLOCATE_BANKIER] = {weight, weight},
    };

    for (int32_t i = 0; i < 4; i++) {
        a->seats.square[i] = squares[a->opts.method][i];
        if (a->seats.square[i]) a->seats.n_square = i + 1;
    }
    a->seats.under = a->opts.method == SIPAS_ALLOCATE_COST ? a->cost : NULL;
}

void sipas__allocate_begin_weights(sipas__allocation *a)
{
    a->seats.weight = a->opts.method == SIPAS_ALLOCATE_PROPORTIONAL ? a->size : a->share;
    a->sum_weight = 0.0;
    if (a->opts.method == SIPAS_ALLOCATE_KISH) {
        double sum = 0.0;

        for (int64_t i = 0; i < a->n_units; i++) sum += a->size[i];
        a->kish_size = sum > 0.0 ? a->opts.kish / (sum * sum) : 0.0;
        a->kish_equal = (1.0 - a->opts.kish) / ((double)a->n_units * (double)a->n_units);
    }
    set_squares(a);
}

/* X^q S / Ȳ; X is the total of the unit where no importance is given. */
static double bankier(const sipas__allocation *a, int64_t unit, double size)
{
    const double x = a->importance ? a->importance[unit] : size * a->mean[unit];

    return x > 0.0 ? pow(x, a->opts.power) * a->sd[unit] / a->mean[unit] : 0.0;
}

static double weight_of(const sipas__allocation *a, int64_t unit)
{
    const double size = a->size ? a->size[unit] : 1.0;

    switch (a->opts.method) {
    case SIPAS_ALLOCATE_PROPORTIONAL: return size;
    case SIPAS_ALLOCATE_SQRT: return sqrt(size);
    case SIPAS_ALLOCATE_POWER: return size > 0.0 ? pow(size, a->opts.power) : 0.0;
    case SIPAS_ALLOCATE_KISH: return sqrt(a->kish_size * size * size + a->kish_equal);
    case SIPAS_ALLOCATE_NEYMAN: return size * a->sd[unit];
    case SIPAS_ALLOCATE_COST: return size * a->sd[unit] / sqrt(a->cost[unit]);
    case SIPAS_ALLOCATE_BANKIER: return bankier(a, unit, size);
    default: return 1.0;
    }
}

/* A weight of 0 where all it is made of is positive has underflowed. */
static int may_be_zero(const sipas__allocation *a, int64_t unit)
{
    if (a->sd && a->sd[unit] == 0.0) return 1;
    if (a->importance) return a->importance[unit] == 0.0;
    return a->size[unit] == 0.0;
}

sipas_status sipas__allocate_weigh(sipas__allocation *a, int64_t from, int64_t to, sipas_error *err)
{
    const int made = a->seats.weight != a->size;
    double sum = 0.0;

    for (int64_t i = from; made && i < to; i++) a->share[i] = weight_of(a, i);
    for (int64_t i = from; i < to; i++) {
        const double w = a->seats.weight[i];

        if (!(w >= 1e-140 && w <= 1e140) && (w != 0.0 || !may_be_zero(a, i)))
            return sipas__unit_error(err, SIPAS_ERR_VALUE, a->opts.code, i,
                                     "its weight in the allocation is %g, outside 1e-140 to 1e140", w);
        sum += w;
    }
    a->sum_weight += sum;
    return SIPAS_OK;
}

sipas_status sipas__allocate_check_weights(const sipas__allocation *a, sipas_error *err)
{
    if (a->sum_weight > 0.0 || a->total <= 0) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE, a->sd ? "sd" : "size",
                            "%s is 0 for every unit: there is nothing to split %lld by",
                            a->sd ? "size times sd" : "size", (long long)(a->total * a->block));
}

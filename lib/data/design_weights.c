/*
 * The weights of a design: what may stand there, and their sums.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <float.h>
#include <math.h>

#include "data/column.h"
#include "data/design.h"
#include "num/sum.h"

/* Names the first weight that cannot be one. */
static sipas_status blame_weight(const sipas_design *design, int calibrated, const double *weight, int64_t row,
                                 int64_t n, sipas_error *err)
{
    for (int64_t i = 0; i < n; i++) {
        const double w = weight[i];

        if (isnan(w)) {
            const int there = design->has_weights && !design->weights.validity;

            return sipas__error_set(err, SIPAS_ERR_MISSING, row + i, SIPAS__NOWHERE, "weight", "row %lld: weight is %s",
                                    (long long)(row + i), there ? "NaN" : "missing");
        }
        if (isinf(w) || (w < 0.0 && !calibrated))
            return sipas__error_set(err, SIPAS_ERR_VALUE, row + i, SIPAS__NOWHERE, "weight", "row %lld: weight is %s",
                                    (long long)(row + i), isinf(w) ? "infinite" : "negative");
    }
    return SIPAS_OK;
}

/* Counts and sums of a tile of weights, in four lanes. */
typedef struct weight_sums {
    double sum[4], square[4];
    int64_t positive, zero;
} weight_sums;

static weight_sums sum_weights(const double *weight, int64_t n)
{
    weight_sums t = {{0.0}, {0.0}, 0, 0};
    double least = DBL_MAX, most = 0.0;

    for (int64_t i = 0; i + 4 <= n; i += 4)
        for (int lane = 0; lane < 4; lane++) {
            t.sum[lane] += weight[i + lane];
            t.square[lane] += weight[i + lane] * weight[i + lane];
        }
    for (int64_t i = n & ~INT64_C(3); i < n; i++) {
        t.sum[0] += weight[i];
        t.square[0] += weight[i] * weight[i];
    }
    for (int64_t i = 0; i < n; i++) {
        least = weight[i] < least ? weight[i] : least;
        most = weight[i] > most ? weight[i] : most;
    }
    if (least > 0.0 && most <= DBL_MAX && !isnan(t.sum[0] + t.sum[1] + t.sum[2] + t.sum[3])) {
        t.positive = n; /* the usual case, told by its extremes */
        return t;
    }
    for (int64_t i = 0; i < n; i++) {
        t.positive += weight[i] > 0.0 && weight[i] <= DBL_MAX;
        t.zero += weight[i] == 0.0;
    }
    return t;
}

/* One look at the weights. */
sipas_status sipas__design_check_weights(sipas_design *design, int calibrated, sipas_error *err)
{
    sipas__sum sum = {0.0, 0.0}, squares = {0.0, 0.0};
    double read[SIPAS__TILE];

    for (int64_t row = 0; row < design->n; row += SIPAS__TILE) {
        const int64_t n = design->n - row < SIPAS__TILE ? design->n - row : SIPAS__TILE;
        const double *weight = design->has_weights ? sipas__column_plain_f64(&design->weights, row) : NULL;
        weight_sums t;

        if (!weight) {
            sipas__design_read_weights(design, row, n, read);
            weight = read;
        }
        t = sum_weights(weight, n);
        if (t.positive + t.zero != n) {
            sipas_status status = blame_weight(design, calibrated, weight, row, n, err);

            if (status < 0) return status;
        }
        design->positive += t.positive;
        design->negative += n - t.positive - t.zero;
        sipas__sum_add(&sum, (t.sum[0] + t.sum[1]) + (t.sum[2] + t.sum[3]));
        sipas__sum_add(&squares, (t.square[0] + t.square[1]) + (t.square[2] + t.square[3]));
    }
    design->weight_sum = sipas__sum_value(&sum);
    design->weight_square_sum = sipas__sum_value(&squares);
    if (design->positive) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE, "weight",
                            "no row has a positive weight");
}

/*
 * What unequal weights cost: with n weights of mean m,
 *
 *     CV² = Σ (w - m)² / (n m²),   deff = 1 + CV² = n Σw² / (Σw)²,   n_eff = n / deff = (Σw)² / Σw²
 *
 * (Kish 1965, Survey Sampling, §11.7; Kish 1992, J. Off. Stat. 8:183). CV² is summed about the mean, in a second pass:
 * the difference deff - 1 would lose it in rounding where weights are nearly equal. Weights are scaled by a power of two,
 * so that squares neither overflow nor vanish. O(rows), no memory.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas/weight.h>

#include <math.h>

#include "base/error.h"
#include "data/codes.h"
#include "data/column.h"
#include "num/sum.h"

typedef struct weight_facts {
    int64_t n;              /* positive weights */
    double least, greatest; /* of them */
    sipas__sum sum;         /* of what is summed: weights first, then squared deviations */
    int32_t scale;          /* weights are multiplied by 2^scale */
    double mean;            /* of the scaled weights */
} weight_facts;

static sipas_status check_weights(const sipas_column *weights, weight_facts *facts, sipas_error *err)
{
    for (int64_t row = 0; row < weights->n; row++) {
        const double w = sipas__column_f64(weights, row);

        if (isnan(w))
            return sipas__error_set(err, SIPAS_ERR_MISSING, row, SIPAS__NOWHERE, "weights",
                                    "row %lld: weight is missing", (long long)row);
        if (w < 0.0 || isinf(w))
            return sipas__error_set(err, SIPAS_ERR_VALUE, row, SIPAS__NOWHERE, "weights", "row %lld: weight is %g",
                                    (long long)row, w);
        if (!(w > 0.0)) continue;
        if (facts->n++ == 0 || w < facts->least) facts->least = w;
        if (w > facts->greatest) facts->greatest = w;
    }
    if (facts->n > 0) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE, "weights", "no weight is positive");
}

/* Sums the scaled weights, or, once the mean is known, the squares of their deviations. */
static void sum_weights(const sipas_column *weights, int squares, weight_facts *facts)
{
    const sipas__sum nothing = {0.0, 0.0};
    double w[SIPAS__TILE];

    facts->sum = nothing;
    for (int64_t row = 0; row < weights->n; row += SIPAS__TILE) {
        const int64_t n = weights->n - row < SIPAS__TILE ? weights->n - row : SIPAS__TILE;

        sipas__column_read_f64(weights, row, n, w);
        for (int64_t i = 0; i < n; i++) {
            const double scaled = ldexp(w[i], facts->scale);
            const double deviation = scaled - facts->mean;

            if (w[i] > 0.0) sipas__sum_add(&facts->sum, squares ? deviation * deviation : scaled);
        }
    }
}

sipas_status sipas_weight_kish(const sipas_column *weights, double *deff, double *n_eff, double *cv2, sipas_error *err)
{
    weight_facts facts = {0, 0.0, 0.0, {0.0, 0.0}, 0, 0.0};
    double spread;
    int exponent;
    sipas_status status;

    if (!weights) return sipas__error_argument(err, "weights", "is NULL");
    status = sipas__column_check(weights, weights->n, SIPAS__NUMBERS, "weights", err);
    if (status == SIPAS_OK) status = check_weights(weights, &facts, err);
    if (status < 0) return status;
    (void)frexp(facts.greatest, &exponent);
    facts.scale = -exponent;
    sum_weights(weights, 0, &facts);
    facts.mean = sipas__sum_value(&facts.sum) / (double)facts.n;
    if (facts.least == facts.greatest)
        facts.mean = ldexp(facts.greatest, facts.scale); /* free of rounding, so CV² = 0 */
    sum_weights(weights, 1, &facts);
    spread = sipas__sum_value(&facts.sum) / ((double)facts.n * facts.mean * facts.mean);
    if (deff) *deff = 1.0 + spread;
    if (n_eff) *n_eff = (double)facts.n / (1.0 + spread);
    if (cv2) *cv2 = spread;
    return SIPAS_OK;
}

/*
 * Design weights: w = Π 1/π over the stages of a row (Horvitz and Thompson 1952, JASA 47:663).
 *
 * Everything is checked before anything is written, so a failing call leaves the caller's buffer as it was. Two passes,
 * O(rows × stages), no memory.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas/weight.h>

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "data/codes.h"
#include "data/column.h"

static sipas_status prob_error(sipas_error *err, sipas_status status, int64_t row, int32_t stage, const char *sentence)
{
    char name[32];

    (void)sipas__text_format(name, sizeof name, "stage %d", (int)stage + 1);
    return sipas__error_set(err, status, row, stage, name, "row %lld: the inclusion probability of %s %s",
                            (long long)row, name, sentence);
}

/* Multiplies the weights of n rows from `row` on by 1/π of one stage. */
static sipas_status divide_by(const sipas_column *prob, int32_t stage, int64_t row, int64_t n, double *weight,
                              sipas_error *err)
{
    double value[SIPAS__TILE];

    sipas__column_read_f64(prob, row, n, value);
    for (int64_t i = 0; i < n; i++) {
        if (isnan(value[i])) return prob_error(err, SIPAS_ERR_MISSING, row + i, stage, "is missing");
        if (!(value[i] > 0.0 && value[i] <= 1.0)) {
            char sentence[64];

            (void)sipas__text_format(sentence, sizeof sentence, "is %.17g, not in (0, 1]", value[i]);
            return prob_error(err, SIPAS_ERR_VALUE, row + i, stage, sentence);
        }
        weight[i] /= value[i];
        if (isinf(weight[i]))
            return prob_error(err, SIPAS_ERR_VALUE, row + i, stage, "makes the weight larger than a number can be");
    }
    return SIPAS_OK;
}

static sipas_status make_tile(const sipas_column *prob, int32_t n_stages, int64_t row, int64_t n, double *weight,
                              sipas_error *err)
{
    sipas_status status = SIPAS_OK;

    for (int64_t i = 0; i < n; i++) weight[i] = 1.0;
    for (int32_t stage = 0; status == SIPAS_OK && stage < n_stages; stage++)
        status = divide_by(&prob[stage], stage, row, n, weight, err);
    return status;
}

/* One pass over the rows; writes when `out` is given. */
static sipas_status pass(const sipas_column *prob, int32_t n_stages, double *out, sipas_error *err)
{
    const int64_t n = prob[0].n;
    double weight[SIPAS__TILE];

    for (int64_t row = 0; row < n; row += SIPAS__TILE) {
        const int64_t count = n - row < SIPAS__TILE ? n - row : SIPAS__TILE;
        sipas_status status = make_tile(prob, n_stages, row, count, weight, err);

        if (status < 0) return status;
        if (out) memcpy(out + row, weight, (size_t)count * sizeof *out);
    }
    return SIPAS_OK;
}

sipas_status sipas_weight_design(const sipas_column *inclusion_prob, int32_t n_stages, double *out, sipas_error *err)
{
    sipas_status status;

    if (!inclusion_prob) return sipas__error_argument(err, "inclusion_prob", "is NULL");
    if (!out) return sipas__error_argument(err, "out", "is NULL");
    if (n_stages < 1) return sipas__error_argument(err, "n_stages", "is less than 1");
    for (int32_t stage = 0; stage < n_stages; stage++) {
        char name[48];

        (void)sipas__text_format(name, sizeof name, "inclusion_prob of stage %d", (int)stage + 1);
        status = sipas__column_check(&inclusion_prob[stage], inclusion_prob[0].n, SIPAS__NUMBERS, name, err);
        if (status < 0) {
            if (err) err->column = stage;
            return status;
        }
    }
    status = pass(inclusion_prob, n_stages, NULL, err);
    return status < 0 ? status : pass(inclusion_prob, n_stages, out, err);
}

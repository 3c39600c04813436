/*
 * Inclusion probabilities proportional to size (Tillé, Sampling Algorithms, 2006, §2.10): π_k = n x_k / Σ x; where that
 * reaches 1 the unit is taken with certainty and the rest of n is shared by the rest, until none does.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "data/column.h"
#include "num/sum.h"
#include "select/select.h"

/* Stands in `pi` until a unit's probability is known. */
#define UNDECIDED (-1.0)

/* Sum of the undecided units' sizes; their number in *count. */
static double sum_undecided(const sipas_column *size, const double *pi, int64_t *count)
{
    sipas__sum sum = {0};

    *count = 0;
    for (int64_t i = 0; i < size->n; i++) {
        if (pi[i] != UNDECIDED) continue;
        ++*count;
        sipas__sum_add(&sum, sipas__column_f64(size, i));
    }
    return sipas__sum_value(&sum);
}

/* Marks the units that reach 1; returns how many. */
static int64_t take_certain(const sipas_column *size, double *pi, int64_t n, double sum)
{
    int64_t taken = 0;

    for (int64_t i = 0; i < size->n; i++)
        if (pi[i] == UNDECIDED && (double)n * sipas__column_f64(size, i) / sum >= 1.0) {
            pi[i] = 1.0;
            taken++;
        }
    return taken;
}

void sipas__select_inclusion_prob(const sipas_column *size, int64_t n, double *pi)
{
    int64_t count, taken;
    double sum;

    for (int64_t i = 0; i < size->n; i++) pi[i] = sipas__column_f64(size, i) > 0.0 ? UNDECIDED : 0.0;
    do {
        sum = sum_undecided(size, pi, &count);
        taken = count > n ? take_certain(size, pi, n, sum) : 0;
        n -= taken;
    } while (taken > 0);
    for (int64_t i = 0; i < size->n; i++)
        if (pi[i] == UNDECIDED) pi[i] = count > n ? (double)n * sipas__column_f64(size, i) / sum : 1.0;
}

sipas_status sipas_inclusion_prob(const sipas_column *size, int64_t n, double *out, sipas_error *err)
{
    int64_t positive = 0;
    sipas_status status;

    if (!size) return sipas__error_argument(err, "size", "is NULL");
    if (!out) return sipas__error_argument(err, "out", "is NULL");
    if (n < 0) return sipas__error_argument(err, "n", "is negative");
    status = sipas__column_check(size, size->n, SIPAS__NUMBERS, "size", err);
    if (status < 0) return status;
    for (int64_t i = 0; i < size->n; i++) {
        double x = sipas__column_f64(size, i);

        if (isnan(x))
            return sipas__error_set(err, SIPAS_ERR_MISSING, i, SIPAS__NOWHERE, "size", "row %lld: size is missing",
                                    (long long)i);
        if (x < 0.0 || x > SIPAS__SELECT_LARGEST_SIZE)
            return sipas__error_set(err, SIPAS_ERR_VALUE, i, SIPAS__NOWHERE, "size", "row %lld: size is %g",
                                    (long long)i, x);
        positive += x > 0.0;
    }
    if (n > positive)
        return sipas__error_set(err, SIPAS_ERR_TOO_FEW, SIPAS__NOWHERE, SIPAS__NOWHERE, "size",
                                "%lld units wanted, only %lld have a positive size", (long long)n, (long long)positive);
    sipas__select_inclusion_prob(size, n, out);
    return SIPAS_OK;
}

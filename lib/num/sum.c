/*
 * Sum of an array by Neumaier's compensated addition; the formula and its source are in num/sum.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "num/sum.h"

double sipas__sum_array(const double *terms, int64_t n)
{
    sipas__sum sum = {0.0, 0.0};

    for (int64_t i = 0; i < n; i++) sipas__sum_add(&sum, terms[i]);
    return sipas__sum_value(&sum);
}

/*
 * Columns with one row per unit, or one row that stands for all: populations, answers, codes, and what varies by unit.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "data/column.h"
#include "data/measure.h"
#include "size/size.h"

sipas_status sipas__size_check_codes(const sipas_column *code, int64_t n_units, sipas_error *err)
{
    sipas_status status = sipas__column_check(code, n_units, SIPAS__CODES, "code", err);
    char buffer[32];

    for (int64_t i = 0; status == SIPAS_OK && i < n_units; i++) {
        if (!sipas__column_present(code, i))
            status = sipas__error_set(err, SIPAS_ERR_MISSING, i, SIPAS__NOWHERE, "code", "row %lld: code is missing",
                                      (long long)i);
        else if (!sipas__column_code_text(code, i, buffer))
            status = sipas__error_set(err, SIPAS_ERR_TYPE, i, SIPAS__NOWHERE, "code",
                                      "row %lld: code is not a whole number below 2^53", (long long)i);
    }
    return status;
}

/* Any finite number. */
static sipas_status read_any(const sipas_column *column, int64_t n, const char *name, const sipas_column *code,
                             double *out, sipas_error *err)
{
    sipas_status status = sipas__column_check(column, n, SIPAS__NUMBERS, name, err);

    if (status != SIPAS_OK) return status;
    sipas__column_read_f64(column, 0, n, out);
    for (int64_t i = 0; i < n; i++) {
        if (isnan(out[i])) return sipas__unit_error(err, SIPAS_ERR_MISSING, code, i, "%s is missing or NaN", name);
        if (isinf(out[i])) return sipas__unit_error(err, SIPAS_ERR_VALUE, code, i, "%s is infinite", name);
    }
    return SIPAS_OK;
}

sipas_status sipas__size_read(const sipas_column *column, int64_t n_units, const char *name, const sipas_column *code,
                              int32_t may, double *out, sipas_error *err)
{
    const int one = sipas__column_given(column) && column->n == 1 && n_units > 1;
    const int64_t n = one ? 1 : n_units;
    sipas_status status;

    if (one) code = NULL;
    status = may == SIPAS__ANY_NUMBER ? read_any(column, n, name, code, out, err)
                                      : sipas__measure_read(column, n, name, code, may, out, err);
    for (int64_t i = 1; status == SIPAS_OK && one && i < n_units; i++) out[i] = out[0];
    return status;
}

sipas_status sipas__size_read_units(const sipas_column *population, const sipas_column *n, int64_t n_units,
                                    const sipas_column *code, double *populations, double *answers, sipas_error *err)
{
    sipas_status status = SIPAS_OK;

    for (int64_t i = 0; i < n_units; i++) populations[i] = INFINITY;
    if (population)
        status = sipas__size_read(population, n_units, "population", code, SIPAS__MAY_BE_ZERO | SIPAS__MAY_BE_INFINITE,
                                  populations, err);
    if (status == SIPAS_OK && n) status = sipas__size_read(n, n_units, "n", code, 0, answers, err);
    for (int64_t i = 0; status == SIPAS_OK && n && i < n_units; i++)
        if (answers[i] > populations[i])
            status = sipas__unit_error(err, SIPAS_ERR_VALUE, code, i, "n is %.17g; the population is %.17g", answers[i],
                                       populations[i]);
    return status;
}

/*
 * Finite population corrections: population counts or sampling fractions, by stratum and stage.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "base/context.h"
#include "data/column.h"
#include "data/design.h"

/* Counts or fractions? And is every value one that can be? */
static sipas_status classify(const sipas_design *design, const sipas_column *fpc, int32_t column, int *is_fraction,
                             sipas_error *err)
{
    int64_t below = -1, above = -1;

    for (int64_t p = 0; p < design->patterns.n; p++) {
        const int64_t row = design->patterns.row[p];
        const double value = sipas__column_f64(&fpc[column], row);

        if (isnan(value))
            return sipas__error_set(err, SIPAS_ERR_MISSING, row, column, "fpc", "row %lld: fpc of stage %d is missing",
                                    (long long)row, (int)column + 1);
        if (value <= 0.0)
            return sipas__error_set(err, SIPAS_ERR_VALUE, row, column, "fpc",
                                    "row %lld: fpc of stage %d is %g; it must be positive", (long long)row,
                                    (int)column + 1, value);
        if (value < 1.0 && below < 0) below = row;
        if (value > 1.0 && above < 0) above = row;
    }
    if (below >= 0 && above >= 0)
        return sipas__error_set(err, SIPAS_ERR_VALUE, above, column, "fpc",
                                "fpc of stage %d mixes sampling fractions (row %lld) and population counts (row %lld)",
                                (int)column + 1, (long long)below, (long long)above);
    *is_fraction = above < 0;
    return SIPAS_OK;
}

/* What a row says of its stratum. */
typedef struct saying {
    int32_t stage, column;
    int64_t row, stratum;
    double value;
    int is_fraction;
} saying;

/* The sampling fraction that the FPC of a row says for its stratum. */
static sipas_status fraction_of(const sipas_design *design, const saying *said, double *f, sipas_error *err)
{
    const sipas__stage *stage = &design->stage[said->stage];
    const int64_t row = said->row, h = said->stratum;
    const int32_t s = said->stage, column = said->column;
    const double value = said->value;
    char name[192];

    *f = said->is_fraction ? value : (double)stage->stratum_units[h] / value; /* 0 when the count is infinite */
    if (*f == 0.0 && !design->has_weights)
        return sipas__error_set(err, SIPAS_ERR_VALUE, row, column, "fpc",
                                "row %lld: fpc of stage %d is infinite, so it says no weight, and no weights are given",
                                (long long)row, (int)column + 1);
    if (*f <= 1.0) return SIPAS_OK;
    if (s == 0)
        sipas__design_stratum_name(design, h, name, sizeof name);
    else
        sipas__design_inner_name(design, s, h, name, sizeof name);
    return sipas__error_set(err, SIPAS_ERR_VALUE, row, column, "fpc",
                            "row %lld: fpc of stage %d says a population of %g, but %s has %lld units in the sample",
                            (long long)row, (int)column + 1, value, name, (long long)stage->stratum_units[h]);
}

/* What one pattern says of its strata; patterns of one stratum must agree. */
static sipas_status read_pattern(sipas_design *design, const sipas_column *fpc, const int *is_fraction, int64_t p,
                                 sipas_error *err)
{
    const int64_t row = design->patterns.row[p];
    const int certain = design->certain && design->certain[p];

    for (int32_t s = 0; s < design->n_stages; s++) {
        const int64_t h = design->stage[s].pattern_stratum[p];
        const int32_t column = s + certain;
        saying said = {s, column, row, h, 0.0, 0};
        double f, *known = &design->stage[s].stratum_f[h];
        sipas_status status;

        if (s > 0 && certain && column >= design->n_columns_clusters) *known = 1.0;
        if (column >= design->n_columns_fpc) continue;
        if (column == 0 && design->pps.method != SIPAS_PPS_NONE) continue; /* of its unit: see design_pps.c */
        said.value = sipas__column_f64(&fpc[column], row);
        said.is_fraction = is_fraction[column];
        if ((status = fraction_of(design, &said, &f, err)) < 0) return status;
        if (*known >= 0.0 && fabs(f - *known) > 1e-9 * *known)
            return sipas__error_set(err, SIPAS_ERR_VALUE, row, column, "fpc",
                                    "row %lld: fpc of stage %d differs from that of an earlier row of its stratum",
                                    (long long)row, (int)column + 1);
        if (*known < 0.0) *known = f;
    }
    return SIPAS_OK;
}

/* Weights that follow from the fractions: the product of N/n over the stages, of 1/π where probabilities are unequal. */
static sipas_status weights_of_patterns(sipas_design *design, const sipas_column *fpc, sipas_error *err)
{
    design->pattern_weight = sipas__alloc(design->ctx, design->patterns.n, sizeof *design->pattern_weight);
    if (!design->pattern_weight) return sipas__error_memory(err);
    for (int64_t p = 0; p < design->patterns.n; p++) {
        design->pattern_weight[p] = 1.0;
        for (int32_t s = 0; s < design->n_stages; s++) {
            const int certain = design->certain && design->certain[p];
            double f = design->stage[s].stratum_f[design->stage[s].pattern_stratum[p]];

            if (s == 0 && design->pps.method != SIPAS_PPS_NONE && !certain)
                f = sipas__column_f64(&fpc[0], design->patterns.row[p]);
            if (f > 0.0) design->pattern_weight[p] /= f;
        }
    }
    return SIPAS_OK;
}

sipas_status sipas__design_read_fractions(sipas_design *design, sipas_error *err)
{
    const sipas_column *fpc = design->given_fpc;
    int is_fraction[SIPAS__MOST_STAGES] = {0};

    for (int32_t column = 0; column < design->n_columns_fpc; column++) {
        sipas_status status = classify(design, fpc, column, &is_fraction[column], err);

        if (status < 0) return status;
    }
    if (design->n_columns_fpc && design->pps.method != SIPAS_PPS_NONE && !is_fraction[0])
        return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, 0, "fpc",
                                "fpc of stage 1 has values above 1; with unequal probabilities it must hold the "
                                "inclusion probability of each PSU");
    for (int32_t s = 0; s < design->n_stages; s++)
        for (int64_t h = 0; h < design->stage[s].n_strata; h++) design->stage[s].stratum_f[h] = -1.0;
    for (int64_t p = 0; design->n_columns_fpc && p < design->patterns.n; p++) {
        sipas_status status = read_pattern(design, fpc, is_fraction, p, err);

        if (status < 0) return status;
    }
    for (int32_t s = 0; s < design->n_stages; s++)
        for (int64_t h = 0; h < design->stage[s].n_strata; h++)
            if (design->stage[s].stratum_f[h] < 0.0) design->stage[s].stratum_f[h] = 0.0;
    return !design->has_weights && design->n_columns_fpc ? weights_of_patterns(design, fpc, err) : SIPAS_OK;
}

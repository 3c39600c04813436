/*
 * The second phase of a design: which units of phase 1 were taken, with what probability, and the weights over both
 * phases (Särndal, Swensson and Wretman 1992, §9.3).
 *
 * A unit of phase 2 is a unit of the last stage of phase 1. O(rows + units), 8 bytes a row for the weights.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <string.h>

#include "base/context.h"
#include "data/alike.h"
#include "data/column.h"
#include "data/design.h"

static int64_t tile_rows(const sipas_design *design, int64_t row)
{
    return design->n - row < SIPAS__TILE ? design->n - row : SIPAS__TILE;
}

/* Last-stage units of the rows of a tile. */
static void read_units(const sipas_design *design, int64_t row, int64_t n, sipas__design_tile *tile, int64_t *units)
{
    const int32_t last = design->n_stages - 1;

    sipas__design_read(design, row, n, tile);
    for (int64_t i = 0; i < n; i++) units[i] = design->stage[last].rows_are_units ? row + i : tile->unit[last][i];
}

static const char *stratum_label(const sipas_design *design, int64_t g, char *buffer)
{
    return design->phase2.strata.n_levels ? sipas__codes_label(&design->phase2.strata, g, buffer) : "(the only one)";
}

/* ---- who is in it ---- */

/* Notes flag and stratum of every unit; rows of one unit must agree. `in_phase1` counts units by stratum. */
static sipas_status read_sample(sipas_design *design, const sipas_column *sample, sipas__design_tile *tile,
                                int32_t *group, int64_t *in_phase1, sipas_error *err)
{
    sipas__phase2 *phase = &design->phase2;
    const int64_t n_units = design->stage[design->n_stages - 1].n_units;
    int64_t units[SIPAS__TILE];
    int32_t strata[SIPAS__TILE] = {0};

    for (int64_t u = 0; u < n_units; u++) group[u] = -1;
    for (int64_t row = 0; row < design->n; row += SIPAS__TILE) {
        const int64_t n = tile_rows(design, row);

        read_units(design, row, n, tile, units);
        if (phase->strata.n_levels) sipas__codes_read(&phase->strata, row, n, strata);
        for (int64_t i = 0; i < n; i++) {
            const int64_t u = units[i];
            int64_t flag = 0;

            if (sipas__column_whole(sample, row + i, &flag) != 1)
                return sipas__error_set(err, SIPAS_ERR_MISSING, row + i, SIPAS__NOWHERE, "phase2_sample",
                                        "row %lld: phase2_sample is missing", (long long)(row + i));
            flag = flag != 0;
            if (group[u] < 0) {
                group[u] = strata[i];
                phase->unit_stratum[u] = flag ? strata[i] : -1;
                in_phase1[strata[i]]++;
                phase->units[strata[i]] += flag;
                phase->n_units += flag;
            } else if (group[u] != strata[i] || (phase->unit_stratum[u] >= 0) != flag) {
                return sipas__error_set(err, SIPAS_ERR_VALUE, row + i, SIPAS__NOWHERE,
                                        group[u] != strata[i] ? "phase2_strata" : "phase2_sample",
                                        "row %lld: %s differs from that of an earlier row of its unit",
                                        (long long)(row + i),
                                        group[u] != strata[i] ? "phase2_strata" : "phase2_sample");
            }
        }
    }
    for (int64_t g = 0; g < phase->n_strata; g++) {
        char label[32];

        if (phase->units[g]) continue;
        return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE, "phase2_sample",
                                "phase2_sample: no unit of phase-2 stratum %s is in the sample",
                                stratum_label(design, g, label));
    }
    return SIPAS_OK;
}

/* ---- probabilities ---- */

/* Fractions or counts? Only rows in the sample of phase 2 are asked. */
static sipas_status classify_fpc(const sipas_design *design, const sipas_column *fpc, sipas__design_tile *tile,
                                 int *fraction, sipas_error *err)
{
    int64_t units[SIPAS__TILE], below = -1, above = -1;
    double values[SIPAS__TILE];

    for (int64_t row = 0; row < design->n; row += SIPAS__TILE) {
        const int64_t n = tile_rows(design, row);

        read_units(design, row, n, tile, units);
        sipas__column_read_f64(fpc, row, n, values);
        for (int64_t i = 0; i < n; i++) {
            if (design->phase2.unit_stratum[units[i]] < 0) continue;
            if (!(values[i] > 0.0))
                return sipas__error_set(err, isnan(values[i]) ? SIPAS_ERR_MISSING : SIPAS_ERR_VALUE, row + i,
                                        SIPAS__NOWHERE, "phase2_fpc", "row %lld: phase2_fpc is missing or not positive",
                                        (long long)(row + i));
            if (values[i] < 1.0 && below < 0) below = row + i;
            if (values[i] > 1.0 && above < 0) above = row + i;
        }
    }
    *fraction = above < 0;
    if (above < 0 || (below < 0 && design->phase2.kind == SIPAS_PHASE2_SRS)) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_VALUE, above, SIPAS__NOWHERE, "phase2_fpc",
                            below < 0 ? "row %lld: phase2_fpc is above 1, and no probability"
                                      : "row %lld: phase2_fpc mixes fractions and counts",
                            (long long)above);
}

static sipas_status read_probabilities(sipas_design *design, const sipas_column *fpc, sipas__design_tile *tile,
                                       double *known, sipas_error *err)
{
    sipas__phase2 *phase = &design->phase2;
    int64_t units[SIPAS__TILE];
    double values[SIPAS__TILE];
    int fraction;
    sipas_status status = classify_fpc(design, fpc, tile, &fraction, err);

    if (status < 0) return status;
    for (int64_t g = 0; g < phase->n_strata; g++) known[g] = NAN;
    for (int64_t row = 0; row < design->n; row += SIPAS__TILE) {
        const int64_t n = tile_rows(design, row);

        read_units(design, row, n, tile, units);
        sipas__column_read_f64(fpc, row, n, values);
        for (int64_t i = 0; i < n; i++) {
            const int32_t g = phase->unit_stratum[units[i]];
            const int by_unit = phase->kind == SIPAS_PHASE2_BERNOULLI;
            double f;

            if (g < 0) continue;
            f = fraction ? values[i] : (double)phase->units[g] / values[i];
            if (f > 1.0)
                return sipas__error_set(err, SIPAS_ERR_VALUE, row + i, SIPAS__NOWHERE, "phase2_fpc",
                                        "row %lld: phase2_fpc says that phase 1 has %g units, but phase 2 has %lld",
                                        (long long)(row + i), values[i], (long long)phase->units[g]);
            if (isnan(known[g])) known[g] = f;
            if (by_unit ? phase->unit_f[units[i]] > 0.0 && phase->unit_f[units[i]] != f : known[g] != f)
                return sipas__error_set(err, SIPAS_ERR_VALUE, row + i, SIPAS__NOWHERE, "phase2_fpc",
                                        "row %lld: phase2_fpc differs from that of an earlier row of its %s",
                                        (long long)(row + i), by_unit ? "unit" : "stratum of phase 2");
            phase->unit_f[units[i]] = f;
        }
    }
    return SIPAS_OK;
}

/* Weights over both phases take the place of those of phase 1. */
static sipas_status join_weights(sipas_design *design, sipas__design_tile *tile, sipas_error *err)
{
    sipas__phase2 *phase = &design->phase2;
    int64_t units[SIPAS__TILE];

    for (int64_t row = 0; row < design->n; row += SIPAS__TILE) {
        const int64_t n = tile_rows(design, row);

        read_units(design, row, n, tile, units);
        for (int64_t i = 0; i < n; i++)
            phase->weights[row + i] = phase->unit_stratum[units[i]] < 0 ? 0.0
                                                                        : tile->weight[i] / phase->unit_f[units[i]];
    }
    phase->weights_given = design->has_weights;
    design->weights = sipas_column_f64(phase->weights, design->n);
    design->has_weights = 1;
    design->positive = design->negative = 0;
    return sipas__design_check_weights(design, err);
}

/* ---- options, and all of it ---- */

static sipas_status option_error(const char *name, const char *sentence, sipas_error *err)
{
    return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, name, "option %s: %s", name,
                            sentence);
}

static sipas_status check_options(const sipas_design *design, const sipas__phase2_given *given, sipas_error *err)
{
    const sipas__pps *pps = &design->pps;
    const int of_units = sipas__column_given(given->sample);

    if (!given->kind) {
        if (of_units || given->phase1 || sipas__column_given(given->strata) || sipas__column_given(given->fpc))
            return option_error("phase2", "is SIPAS_PHASE2_NONE, but something is said of two phases", err);
        return SIPAS_OK;
    }
    if (!of_units) return option_error("phase2_sample", "is NULL", err);
    if (given->kind == SIPAS_PHASE2_BERNOULLI && !sipas__column_given(given->fpc))
        return option_error("phase2_fpc", "Bernoulli sampling needs the probabilities", err);
    if (given->phase1 == SIPAS_PHASE1_INDEPENDENT && (design->n_stages > 1 || pps->method))
        return option_error("phase1", "units that are drawn independently have one stage and no pps", err);
    if (design->certain) return option_error("certainty", "in two phases a certain unit is told by an FPC of 1", err);
    if (design->lonely_psu == SIPAS_LONELY_AVERAGE || design->lonely_psu == SIPAS_LONELY_COLLAPSE)
        return option_error("lonely_psu", "average and collapse are not for two phases", err);
    if (pps->method == SIPAS_PPS_BREWER || pps->method == SIPAS_PPS_HAJEK || pps->method == SIPAS_PPS_DEVILLE ||
        (pps->method && pps->form == SIPAS_PPS_FORM_YATES_GRUNDY))
        return option_error("pps", "two phases need joint probabilities in the Horvitz-Thompson form", err);
    return SIPAS_OK;
}

static sipas_status check_columns(sipas_design *design, const sipas__phase2_given *given, sipas_error *err)
{
    sipas_status status = sipas__column_check(given->sample, design->n, SIPAS__FLAGS, "phase2_sample", err);

    if (status < 0) return status;
    if (sipas__column_given(given->fpc)) {
        status = sipas__column_check(given->fpc, design->n, SIPAS__NUMBERS, "phase2_fpc", err);
        if (status < 0) return status;
    }
    if (!sipas__column_given(given->strata)) return SIPAS_OK;
    status = sipas__codes_init(&design->phase2.strata, design->ctx, given->strata, design->n, "phase2_strata", 0, err);
    if (status < 0) return status;
    if (sipas__alike_codes(&design->sayings, &design->phase2.strata, "phase2_strata")) return SIPAS_OK;
    return sipas__error_memory(err);
}

sipas_status sipas__design_read_phase2(sipas_design *design, const sipas__phase2_given *given, sipas__design_tile *tile,
                                       sipas_error *err)
{
    sipas__phase2 *phase = &design->phase2;
    const int64_t n_units = design->stage[design->n_stages - 1].n_units;
    int32_t *group = NULL;
    int64_t *in_phase1 = NULL;
    double *known = NULL;
    sipas_status status = check_options(design, given, err);

    if (status < 0 || given->kind == SIPAS_PHASE2_NONE) return status;
    if ((status = check_columns(design, given, err)) < 0) return status;
    phase->kind = given->kind;
    phase->phase1 = given->phase1;
    phase->n_strata = phase->strata.n_levels ? phase->strata.n_levels : 1;
    phase->unit_stratum = sipas__alloc(design->ctx, n_units, sizeof *phase->unit_stratum);
    phase->unit_f = sipas__alloc(design->ctx, n_units, sizeof *phase->unit_f);
    phase->units = sipas__alloc(design->ctx, phase->n_strata, sizeof *phase->units);
    phase->weights = sipas__alloc(design->ctx, design->n, sizeof *phase->weights);
    group = sipas__alloc(design->ctx, n_units, sizeof *group);
    in_phase1 = sipas__alloc(design->ctx, phase->n_strata, sizeof *in_phase1);
    known = sipas__alloc(design->ctx, phase->n_strata, sizeof *known);
    if (!phase->unit_stratum || !phase->unit_f || !phase->units || !phase->weights || !group || !in_phase1 || !known)
        status = sipas__error_memory(err);
    if (status == SIPAS_OK) status = read_sample(design, given->sample, tile, group, in_phase1, err);
    if (status == SIPAS_OK && sipas__column_given(given->fpc))
        status = read_probabilities(design, given->fpc, tile, known, err);
    else if (status == SIPAS_OK)
        for (int64_t u = 0; u < n_units; u++)
            phase->unit_f[u] = (double)phase->units[group[u]] / (double)in_phase1[group[u]];
    if (status == SIPAS_OK) status = join_weights(design, tile, err);
    sipas__free(design->ctx, group);
    sipas__free(design->ctx, in_phase1);
    sipas__free(design->ctx, known);
    return status;
}

void sipas__design_clear_phase2(sipas_design *design)
{
    sipas__phase2 *phase = &design->phase2;

    sipas__codes_clear(&phase->strata);
    sipas__free(design->ctx, phase->unit_stratum);
    sipas__free(design->ctx, phase->unit_f);
    sipas__free(design->ctx, phase->units);
    sipas__free(design->ctx, phase->weights);
}

/*
 * Reading a design: ids that nest in their parents, finite population corrections, weights.
 *
 * Units and strata of each stage are numbered through two-pass maps (data/map.h), so that memory follows the number of
 * units, not of rows.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/design.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "base/options.h"
#include "data/column.h"

void sipas_design_opts_init(sipas_design_opts *opts)
{
    const sipas_design_opts initial = SIPAS_DESIGN_OPTS_INIT;

    *opts = initial;
}

static int64_t tile_rows(int64_t n, int64_t row)
{
    return n - row < SIPAS__TILE ? n - row : SIPAS__TILE;
}

/* ---- reading rows ---- */

static void read_flags(const sipas_column *column, int64_t row, int64_t n, uint8_t *flags)
{
    for (int64_t i = 0; i < n; i++) {
        int64_t value = 0;

        flags[i] = column->type != SIPAS_TYPE_NONE && sipas__column_whole(column, row + i, &value) == 1 && value != 0;
    }
}

/*
 * Codes of an effective stage. Rows of certainty units are one column further down than the others, because their first
 * stage is no sampling at all.
 */
static void read_stratum_codes(const sipas_design *design, int32_t stage, int64_t row, int64_t n,
                               const uint8_t *certain, int64_t *codes)
{
    int32_t levels[SIPAS__TILE], psu[SIPAS__TILE];
    int64_t taken = 0;
    const int64_t here = stage < design->n_columns_strata ? design->strata[stage].n_levels : 1;

    if (stage < design->n_columns_strata)
        sipas__codes_read(&design->strata[stage], row, n, levels);
    else
        memset(levels, 0, sizeof levels);
    for (int64_t i = 0; i < n; i++) {
        codes[i] = levels[i];
        taken += certain[i];
    }
    if (taken == 0) return;
    if (stage == 0) { /* a certainty unit is a stratum of its own, and may have strata within */
        sipas__codes_read(&design->clusters[0], row, n, psu);
        for (int64_t i = 0; i < n; i++)
            if (certain[i]) codes[i] = here + levels[i] * design->clusters[0].n_levels + psu[i];
    }
    if (stage + 1 < design->n_columns_strata) {
        const int64_t next = design->strata[stage + 1].n_levels;

        sipas__codes_read(&design->strata[stage + 1], row, n, levels);
        for (int64_t i = 0; i < n; i++)
            if (certain[i]) codes[i] = stage == 0 ? here + (codes[i] - here) * next + levels[i] : levels[i];
    } else if (stage > 0) {
        for (int64_t i = 0; i < n; i++)
            if (certain[i]) codes[i] = 0;
    }
}

/* Number of different stratum codes that read_stratum_codes() can give. */
static int64_t stratum_code_range(const sipas_design *design, int32_t stage)
{
    int64_t here = stage < design->n_columns_strata ? design->strata[stage].n_levels : 1;
    int64_t next = stage + 1 < design->n_columns_strata ? design->strata[stage + 1].n_levels : 1;

    if (design->certainty.type == SIPAS_TYPE_NONE) return here;
    if (stage == 0) return here + here * design->clusters[0].n_levels * next;
    return here > next ? here : next;
}

/*
 * Unit codes of an effective stage. Where ids end, each row is a unit of its own at the first stage; below, a
 * certainty unit has used its ids up one stage before the others: what lies there is one unit, taken whole, and adds
 * nothing.
 */
static void read_unit_codes(const sipas_design *design, int32_t stage, int64_t row, int64_t n, const uint8_t *certain,
                            int64_t *codes)
{
    int32_t levels[SIPAS__TILE];
    int64_t ids = 0;

    for (int32_t shift = 0; shift <= 1; shift++) {
        const int32_t column = stage + shift;

        if (shift == 1 && design->certainty.type == SIPAS_TYPE_NONE) break;
        if (column < design->n_columns_clusters) {
            sipas__codes_read(&design->clusters[column], row, n, levels);
            for (int64_t i = 0; i < n; i++)
                if (certain[i] == shift) codes[i] = ids + levels[i];
            ids += design->clusters[column].n_levels;
        } else {
            for (int64_t i = 0; i < n; i++)
                if (certain[i] == shift) codes[i] = ids + (stage == 0 ? row + i : 0);
            ids += design->n;
        }
    }
}

static int64_t unit_code_range(const sipas_design *design, int32_t stage)
{
    int64_t range = stage < design->n_columns_clusters ? design->clusters[stage].n_levels : design->n;

    if (design->certainty.type == SIPAS_TYPE_NONE) return range;
    return range + (stage + 1 < design->n_columns_clusters ? design->clusters[stage + 1].n_levels : design->n);
}

static void join_keys(const int32_t *parents, const int64_t *codes, int64_t right, int64_t n, uint64_t *keys)
{
    for (int64_t i = 0; i < n; i++) keys[i] = (uint64_t)(parents[i] * right + codes[i]);
}

/* Stratum keys of a tile at `stage`, given the units of the stage above. */
static void stratum_keys(const sipas_design *design, int32_t stage, int64_t row, int64_t n, const uint8_t *certain,
                         const int32_t *above, uint64_t *keys)
{
    int64_t codes[SIPAS__TILE];

    read_stratum_codes(design, stage, row, n, certain, codes);
    join_keys(above, codes, design->stage[stage].strata_right, n, keys);
}

static void unit_keys(const sipas_design *design, int32_t stage, int64_t row, int64_t n, const uint8_t *certain,
                      const int32_t *strata, uint64_t *keys)
{
    int64_t codes[SIPAS__TILE];

    read_unit_codes(design, stage, row, n, certain, codes);
    join_keys(strata, codes, design->stage[stage].units_right, n, keys);
}

/* First-stage strata where no unit was taken apart: the levels of the column are the strata. */
static void read_plain_strata(const sipas_design *design, int64_t row, int64_t n, int32_t *strata)
{
    if (design->n_columns_strata)
        sipas__codes_read(&design->strata[0], row, n, strata);
    else
        memset(strata, 0, (size_t)n * sizeof *strata);
}

/* Strata and units of the first `n_stages` stages; the last one's units only if `with_units`. */
static void read_stages(const sipas_design *design, int32_t n_stages, int with_units, int64_t row, int64_t n,
                        sipas__design_tile *tile)
{
    static const int32_t nothing_above[SIPAS__TILE];
    uint64_t keys[SIPAS__TILE];
    uint8_t certain[SIPAS__TILE];

    read_flags(&design->certainty, row, n, certain);
    for (int32_t s = 0; s < n_stages; s++) {
        const sipas__stage *stage = &design->stage[s];

        if (s == 0 && stage->plain_strata) {
            read_plain_strata(design, row, n, tile->stratum[0]);
        } else {
            stratum_keys(design, s, row, n, certain, s ? tile->unit[s - 1] : nothing_above, keys);
            sipas__map_find(&stage->strata_map, keys, n, tile->stratum[s]);
        }
        if (stage->rows_are_units || (s + 1 == n_stages && !with_units)) continue;
        unit_keys(design, s, row, n, certain, tile->stratum[s], keys);
        sipas__map_find(&stage->units_map, keys, n, tile->unit[s]);
    }
}

void sipas__design_read_weights(const sipas_design *design, int64_t row, int64_t n, sipas__design_tile *tile)
{
    if (design->has_weights) {
        sipas__column_read_f64(&design->weights, row, n, tile->weight);
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        tile->weight[i] = 1.0;
        for (int32_t s = 0; s < design->n_stages && design->n_columns_fpc > 0; s++) {
            double f = design->stage[s].stratum_f[tile->stratum[s][i]];

            if (f > 0.0) tile->weight[i] /= f;
        }
    }
}

void sipas__design_read(const sipas_design *design, int64_t row, int64_t n, sipas__design_tile *tile)
{
    if (design->runs.n == 0) {
        read_stages(design, design->n_stages, 1, row, n, tile);
    } else {
        const int64_t first = sipas__runs_at(&design->runs, row);

        read_stages(design, design->n_stages, 1, first, sipas__runs_touched(&design->runs, first, row, n), tile);
        for (int32_t s = 0; s < design->n_stages; s++) {
            sipas__runs_spread(&design->runs, row, n, tile->stratum[s]);
            if (!design->stage[s].rows_are_units) sipas__runs_spread(&design->runs, row, n, tile->unit[s]);
        }
    }
    sipas__design_read_weights(design, row, n, tile);
}

/* ---- making it ---- */

/* Rows that a row of the code columns stands for. */
static int64_t rows_of_code(const sipas_design *design, int64_t row)
{
    return design->runs.n ? design->runs.start[row + 1] - design->runs.start[row] : 1;
}

/* Numbers the strata of a stage. */
static sipas_status number_strata(sipas_design *design, int32_t s, sipas__design_tile *tile, sipas_error *err)
{
    sipas__stage *stage = &design->stage[s];
    const int64_t above = s ? design->stage[s - 1].n_units : 1;
    static const int32_t nothing_above[SIPAS__TILE];
    uint64_t keys[SIPAS__TILE];
    uint8_t certain[SIPAS__TILE];

    stage->strata_right = stratum_code_range(design, s);
    stage->plain_strata = s == 0 && design->certainty.type == SIPAS_TYPE_NONE;
    if (stage->plain_strata) {
        stage->n_strata = stage->strata_right;
        return SIPAS_OK;
    }
    if (!sipas__map_init(&stage->strata_map, design->ctx, (uint64_t)(above * stage->strata_right)))
        return sipas__error_memory(err);
    for (int64_t row = 0; row < design->n_codes; row += SIPAS__TILE) {
        int64_t n = tile_rows(design->n_codes, row);

        if (s) read_stages(design, s, 1, row, n, tile);
        read_flags(&design->certainty, row, n, certain);
        stratum_keys(design, s, row, n, certain, s ? tile->unit[s - 1] : nothing_above, keys);
        if (!sipas__map_note(&stage->strata_map, keys, n)) return sipas__error_memory(err);
    }
    if (!sipas__map_close(&stage->strata_map)) return sipas__error_memory(err);
    stage->n_strata = stage->strata_map.n;
    return SIPAS_OK;
}

/* Numbers the strata of a stage, then its units. */
static sipas_status number_stage(sipas_design *design, int32_t s, sipas__design_tile *tile, sipas_error *err)
{
    sipas__stage *stage = &design->stage[s];
    uint64_t keys[SIPAS__TILE];
    uint8_t certain[SIPAS__TILE];
    sipas_status status = number_strata(design, s, tile, err);

    if (status < 0) return status;
    stage->stratum_parent = sipas__alloc(design->ctx, stage->n_strata, sizeof *stage->stratum_parent);
    stage->stratum_units = sipas__alloc(design->ctx, stage->n_strata, sizeof *stage->stratum_units);
    stage->stratum_f = sipas__alloc(design->ctx, stage->n_strata, sizeof *stage->stratum_f);
    if (!stage->stratum_parent || !stage->stratum_units || !stage->stratum_f) return sipas__error_memory(err);
    for (int64_t h = 0; s > 0 && h < stage->n_strata; h++)
        stage->stratum_parent[h] = (int32_t)(stage->strata_map.keys[h] / (uint64_t)stage->strata_right);

    stage->rows_are_units = s >= design->n_columns_clusters;
    stage->units_right = unit_code_range(design, s);
    if (!stage->rows_are_units &&
        !sipas__map_init(&stage->units_map, design->ctx, (uint64_t)(stage->n_strata * stage->units_right)))
        return sipas__error_memory(err);
    for (int64_t row = 0; row < design->n_codes; row += SIPAS__TILE) {
        int64_t n = tile_rows(design->n_codes, row);

        read_stages(design, s + 1, 0, row, n, tile);
        if (stage->rows_are_units) {
            for (int64_t i = 0; i < n; i++) stage->stratum_units[tile->stratum[s][i]] += rows_of_code(design, row + i);
            continue;
        }
        read_flags(&design->certainty, row, n, certain);
        unit_keys(design, s, row, n, certain, tile->stratum[s], keys);
        if (!sipas__map_note(&stage->units_map, keys, n)) return sipas__error_memory(err);
    }
    stage->n_units = design->n;
    if (stage->rows_are_units) return SIPAS_OK;
    if (!sipas__map_close(&stage->units_map)) return sipas__error_memory(err);
    stage->n_units = stage->units_map.n;
    stage->unit_stratum = sipas__alloc(design->ctx, stage->n_units, sizeof *stage->unit_stratum);
    if (!stage->unit_stratum) return sipas__error_memory(err);
    for (int64_t u = 0; u < stage->n_units; u++) {
        stage->unit_stratum[u] = (int32_t)(stage->units_map.keys[u] / (uint64_t)stage->units_right);
        stage->stratum_units[stage->unit_stratum[u]]++;
    }
    return SIPAS_OK;
}

/* Notes the first-stage units of a tile, or finds a row whose flag differs from that of an earlier row of its unit. */
static int look_at_certainty(const sipas_design *design, int64_t row, int64_t n, sipas__map *units, uint8_t *said,
                             int64_t *fault)
{
    int32_t stratum[SIPAS__TILE] = {0}, unit[SIPAS__TILE];
    uint64_t keys[SIPAS__TILE];
    uint8_t certain[SIPAS__TILE];

    if (design->n_columns_strata) sipas__codes_read(&design->strata[0], row, n, stratum);
    sipas__codes_read(&design->clusters[0], row, n, unit);
    for (int64_t i = 0; i < n; i++) keys[i] = (uint64_t)(stratum[i] * design->clusters[0].n_levels + unit[i]);
    if (!said) return sipas__map_note(units, keys, n);
    sipas__map_find(units, keys, n, unit);
    read_flags(&design->certainty, row, n, certain);
    for (int64_t i = 0; i < n && *fault < 0; i++) {
        if (said[unit[i]] && said[unit[i]] != certain[i] + 1) *fault = row + i;
        said[unit[i]] = (uint8_t)(certain[i] + 1);
    }
    return 1;
}

/* All rows of a first-stage unit must say the same of it. */
static sipas_status check_certainty(const sipas_design *design, sipas_error *err)
{
    const int64_t strata = design->n_columns_strata ? design->strata[0].n_levels : 1;
    sipas__map units;
    uint8_t *said = NULL; /* by unit: 1 + the flag of its first row */
    int64_t fault = -1;
    int done = sipas__map_init(&units, design->ctx, (uint64_t)(strata * design->clusters[0].n_levels));

    for (int64_t row = 0; done && row < design->n; row += SIPAS__TILE)
        done = look_at_certainty(design, row, tile_rows(design->n, row), &units, NULL, NULL);
    if (done) done = sipas__map_close(&units);
    if (done) said = sipas__alloc(design->ctx, units.n, 1);
    for (int64_t row = 0; said && fault < 0 && row < design->n; row += SIPAS__TILE)
        (void)look_at_certainty(design, row, tile_rows(design->n, row), &units, said, &fault);
    done = said != NULL;
    sipas__free(design->ctx, said);
    sipas__map_clear(&units);
    if (!done) return sipas__error_memory(err);
    if (fault < 0) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_VALUE, fault, SIPAS__NOWHERE, "certainty",
                            "row %lld: certainty differs from that of an earlier row of its unit", (long long)fault);
}

/* ---- finite population corrections ---- */

/* Counts or fractions? And is every value one that can be? */
static sipas_status classify_fpc(sipas_design *design, int32_t column, sipas_error *err)
{
    double values[SIPAS__TILE];
    int64_t below = -1, above = -1;

    for (int64_t row = 0; row < design->n_codes; row += SIPAS__TILE) {
        int64_t n = tile_rows(design->n_codes, row);

        sipas__column_read_f64(&design->fpc[column], row, n, values);
        for (int64_t i = 0; i < n; i++) {
            if (isnan(values[i]))
                return sipas__error_set(err, SIPAS_ERR_MISSING, row + i, column, "fpc",
                                        "row %lld: fpc of stage %d is missing", (long long)(row + i), (int)column + 1);
            if (values[i] <= 0.0)
                return sipas__error_set(err, SIPAS_ERR_VALUE, row + i, column, "fpc",
                                        "row %lld: fpc of stage %d is %g; it must be positive", (long long)(row + i),
                                        (int)column + 1, values[i]);
            if (values[i] < 1.0 && below < 0) below = row + i;
            if (values[i] > 1.0 && above < 0) above = row + i;
        }
    }
    if (below >= 0 && above >= 0)
        return sipas__error_set(err, SIPAS_ERR_VALUE, above, column, "fpc",
                                "fpc of stage %d mixes sampling fractions (row %lld) and population counts (row %lld)",
                                (int)column + 1, (long long)below, (long long)above);
    design->fpc_is_fraction[column] = above < 0;
    return SIPAS_OK;
}

/* The sampling fraction that a row's FPC says for its stratum. */
static sipas_status row_fraction(const sipas_design *design, int32_t s, int32_t column, int64_t row, int64_t h,
                                 double *f, sipas_error *err)
{
    const sipas__stage *stage = &design->stage[s];
    double value = sipas__column_f64(&design->fpc[column], row);
    char name[192];

    if (design->fpc_is_fraction[column]) {
        *f = value;
        return SIPAS_OK;
    }
    *f = (double)stage->stratum_units[h] / value; /* 0 when the count is infinite */
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

/* Fills the sampling fractions of every stage that has an FPC; rows of one stratum must agree. */
static sipas_status read_fractions(sipas_design *design, sipas__design_tile *tile, sipas_error *err)
{
    uint8_t certain[SIPAS__TILE];

    for (int32_t column = 0; column < design->n_columns_fpc; column++) {
        sipas_status status = classify_fpc(design, column, err);

        if (status < 0) return status;
    }
    for (int32_t s = 0; s < design->n_stages; s++)
        for (int64_t h = 0; h < design->stage[s].n_strata; h++) design->stage[s].stratum_f[h] = -1.0;
    for (int64_t row = 0; design->n_columns_fpc && row < design->n_codes; row += SIPAS__TILE) {
        int64_t n = tile_rows(design->n_codes, row);

        read_stages(design, design->n_stages, 0, row, n, tile);
        read_flags(&design->certainty, row, n, certain);
        for (int32_t s = 0; s < design->n_stages; s++) {
            for (int64_t i = 0; i < n; i++) {
                const int64_t h = tile->stratum[s][i];
                const int32_t column = s + certain[i];
                double f, *known = &design->stage[s].stratum_f[h];
                sipas_status status;

                if (s > 0 && certain[i] && column >= design->n_columns_clusters) *known = 1.0;
                if (column >= design->n_columns_fpc) continue;
                status = row_fraction(design, s, column, row + i, h, &f, err);
                if (status < 0) return status;
                if (*known >= 0.0 && fabs(f - *known) > 1e-9 * *known)
                    return sipas__error_set(
                        err, SIPAS_ERR_VALUE, row + i, column, "fpc",
                        "row %lld: fpc of stage %d differs from that of an earlier row of its stratum",
                        (long long)(row + i), (int)column + 1);
                if (*known < 0.0) *known = f;
            }
        }
    }
    for (int32_t s = 0; s < design->n_stages; s++)
        for (int64_t h = 0; h < design->stage[s].n_strata; h++)
            if (design->stage[s].stratum_f[h] < 0.0) design->stage[s].stratum_f[h] = 0.0;
    return SIPAS_OK;
}

/* ---- arguments ---- */

static sipas_status check_arguments(int64_t n, const sipas_column *clusters, int32_t n_stages,
                                    const sipas_column *strata, const sipas_column *fpc, sipas_design_opts *own,
                                    sipas_error *err)
{
    sipas_status status;

    if (n < 1) return sipas__error_argument(err, "n", "a design needs at least one row");
    if (n_stages < 0 || n_stages > SIPAS__MOST_STAGES) return sipas__error_argument(err, "n_stages", "is not 0 to 8");
    if (n_stages > 0 && !clusters) return sipas__error_argument(err, "clusters", "is NULL though n_stages is not 0");
    if ((status = sipas__options_check("lonely_psu", own->lonely_psu, 0, SIPAS_LONELY_ADJUST_ZERO, err)) < 0)
        return status;
    if ((status = sipas__options_check("df", own->df, 0, SIPAS_DF_GIVEN, err)) < 0) return status;
    if ((status = sipas__options_check("n_strata", own->n_strata, 0, SIPAS__MOST_STAGES, err)) < 0) return status;
    if ((status = sipas__options_check("n_fpc", own->n_fpc, 0, n_stages > 1 ? n_stages : 1, err)) < 0) return status;
    if ((status = sipas__options_check("calibrated", own->calibrated, 0, 1, err)) < 0) return status;
    if (own->df == SIPAS_DF_GIVEN && !(own->df_value > 0.0))
        return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "df_value",
                                "option df_value: %g is not positive", own->df_value);
    if (sipas__column_given(own->certainty) && n_stages == 0)
        return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "certainty",
                                "option certainty: without clusters no unit can be taken apart");
    if (strata && own->n_strata == 0) own->n_strata = 1;
    if (!strata) own->n_strata = 0;
    if (fpc && own->n_fpc == 0) own->n_fpc = n_stages > 1 ? n_stages : 1;
    if (!fpc) own->n_fpc = 0;
    if (own->lonely_psu == 0) own->lonely_psu = SIPAS_LONELY_ERROR;
    if (own->df == 0) own->df = SIPAS_DF_DOMAIN;
    return SIPAS_OK;
}

/* Looks for runs in the code columns. FPCs and certainty are read row by row, and their faults named by row. */
static sipas_status find_runs(sipas_design *design, const sipas_column *strata, const sipas_column *clusters,
                              int32_t n_stages, const sipas_design_opts *own, sipas_error *err)
{
    const sipas_column *columns[2 * SIPAS__MOST_STAGES];
    int32_t n_columns = 0;

    design->n_codes = design->n;
    if (own->n_fpc || sipas__column_given(own->certainty)) return SIPAS_OK;
    for (int32_t s = 0; s < own->n_strata; s++) columns[n_columns++] = &strata[s];
    for (int32_t s = 0; s < n_stages; s++) columns[n_columns++] = &clusters[s];
    for (int32_t c = 0; c < n_columns; c++)
        if (!columns[c]->data || columns[c]->n != design->n)
            return SIPAS_OK; /* told apart when the column is checked */
    if (!sipas__runs_init(&design->runs, design->ctx, columns, n_columns, design->n)) return sipas__error_memory(err);
    if (design->runs.n) design->n_codes = design->runs.n;
    return SIPAS_OK;
}

static sipas_status read_codes(sipas__codes *codes, sipas_design *design, const sipas_column *columns, int32_t count,
                               const char *what, int64_t **blocks, int32_t *done, sipas_error *err)
{
    for (*done = 0; *done < count; (*done)++) {
        sipas_column column = columns[*done];
        char name[40];
        sipas_status status;

        if (count == 1)
            (void)snprintf(name, sizeof name, "%s", what);
        else
            (void)snprintf(name, sizeof name, "%s of stage %d", what, (int)*done + 1);
        if (design->runs.n) {
            column = sipas__runs_gather(&design->runs, &columns[*done], &blocks[*done]);
            if (!blocks[*done]) return sipas__error_memory(err);
        }
        status = sipas__codes_init(&codes[*done], design->ctx, &column, design->n_codes, name, 0, err);
        if (status < 0) return status;
    }
    return SIPAS_OK;
}

static sipas_status read_columns(sipas_design *design, const sipas_column *weights, const sipas_column *strata,
                                 const sipas_column *clusters, int32_t n_stages, const sipas_column *fpc,
                                 const sipas_design_opts *own, sipas_error *err)
{
    sipas_status status;

    design->has_weights = sipas__column_given(weights);
    if (design->has_weights) {
        if ((status = sipas__column_check(weights, design->n, SIPAS__NUMBERS, "weights", err)) < 0) return status;
        design->weights = *weights;
    }
    if (sipas__column_given(own->certainty)) {
        if ((status = sipas__column_check(own->certainty, design->n, SIPAS__FLAGS, "certainty", err)) < 0)
            return status;
        design->certainty = *own->certainty;
    }
    for (int32_t s = 0; s < own->n_fpc; s++) {
        if ((status = sipas__column_check(&fpc[s], design->n, SIPAS__NUMBERS, "fpc", err)) < 0) return status;
        design->fpc[s] = fpc[s];
    }
    design->n_columns_fpc = own->n_fpc;
    if ((status = find_runs(design, strata, clusters, n_stages, own, err)) < 0) return status;
    status = read_codes(design->strata, design, strata, own->n_strata, "stratum", design->run_codes,
                        &design->n_columns_strata, err);
    if (status < 0) return status;
    return read_codes(design->clusters, design, clusters, n_stages, "cluster", design->run_codes + SIPAS__MOST_STAGES,
                      &design->n_columns_clusters, err);
}

sipas_status sipas_design_new(sipas_ctx *ctx, int64_t n, const sipas_column *weights, const sipas_column *strata,
                              const sipas_column *clusters, int32_t n_stages, const sipas_column *fpc,
                              const sipas_design_opts *opts, sipas_design **out, sipas_error *err)
{
    sipas_design_opts own;
    sipas_design *design = NULL;
    sipas__design_tile *tile = NULL;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if ((status = sipas__options_load(&own, sizeof own, opts, "sipas_design_opts", err)) < 0) return status;
    if ((status = check_arguments(n, clusters, n_stages, strata, fpc, &own, err)) < 0) return status;
    design = sipas__alloc(ctx, 1, sizeof *design);
    if (!design) return sipas__error_memory(err);
    atomic_init(&design->holds, 1);
    design->ctx = sipas__ctx_ref(ctx);
    design->n = n;
    design->lonely_psu = own.lonely_psu;
    design->df = own.df;
    design->df_value = own.df_value;
    tile = sipas__alloc(ctx, 1, sizeof *tile);
    if (!tile) {
        status = sipas__error_memory(err);
        goto fail;
    }
    if ((status = read_columns(design, weights, strata, clusters, n_stages, fpc, &own, err)) < 0) goto fail;
    if (design->certainty.type != SIPAS_TYPE_NONE && (status = check_certainty(design, err)) < 0) goto fail;
    design->n_stages = n_stages < own.n_fpc + 1 ? n_stages : own.n_fpc + 1;
    if (design->n_stages < 1) design->n_stages = 1;
    for (int32_t s = 0; s < design->n_stages; s++)
        if ((status = number_stage(design, s, tile, err)) < 0) goto fail;
    if ((status = read_fractions(design, tile, err)) < 0) goto fail;
    if ((status = sipas__design_check_weights(design, own.calibrated, tile, err)) < 0) goto fail;
    design->n_psus = design->stage[0].n_units;
    sipas__free(ctx, tile);
    *out = design;
    return SIPAS_OK;
fail:
    sipas__free(ctx, tile);
    sipas_design_free(design);
    return status;
}

sipas_design *sipas__design_ref(const sipas_design *design)
{
    sipas_design *held = (sipas_design *)(uintptr_t)design; /* only the counter changes */

    atomic_fetch_add_explicit(&held->holds, 1, memory_order_relaxed);
    return held;
}

void sipas_design_free(sipas_design *design)
{
    sipas_ctx *ctx;

    if (!design || atomic_fetch_sub_explicit(&design->holds, 1, memory_order_acq_rel) > 1) return;
    ctx = design->ctx;
    for (int32_t s = 0; s < SIPAS__MOST_STAGES; s++) {
        sipas__stage *stage = &design->stage[s];

        sipas__codes_clear(&design->strata[s]);
        sipas__codes_clear(&design->clusters[s]);
        sipas__map_clear(&stage->strata_map);
        sipas__map_clear(&stage->units_map);
        sipas__free(ctx, stage->stratum_parent);
        sipas__free(ctx, stage->stratum_units);
        sipas__free(ctx, stage->stratum_f);
        sipas__free(ctx, stage->unit_stratum);
    }
    for (int32_t c = 0; c < 2 * SIPAS__MOST_STAGES; c++) sipas__free(ctx, design->run_codes[c]);
    sipas__runs_clear(&design->runs);
    sipas__free(ctx, design);
    sipas_ctx_free(ctx);
}

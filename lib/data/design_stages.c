/*
 * Strata and units of every stage, numbered over the patterns of the design's columns.
 *
 * Ids nest in their parents: a stratum is known by the unit of the stage above and its code, a unit by its stratum and its code.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/context.h"
#include "data/design.h"
#include "data/map.h"

int32_t sipas__design_level(const sipas__coded *columns, int32_t n_columns, int32_t column, int64_t pattern)
{
    return column < n_columns ? columns[column].level[pattern] : 0;
}

static int64_t count_levels(const sipas__coded *columns, int32_t n_columns, int32_t column)
{
    return column < n_columns ? columns[column].codes.n_levels : 1;
}

/*
 * Code of a stratum within the unit above. Certainty units are one column further down than the others, because their first
 * stage is no sampling at all: each is a stratum of its own, and may have strata within.
 */
static int64_t stratum_code(const sipas_design *d, int32_t stage, int64_t pattern)
{
    const int64_t level = sipas__design_level(d->strata, d->n_columns_strata, stage, pattern);
    const int64_t inner = sipas__design_level(d->strata, d->n_columns_strata, stage + 1, pattern);
    const int64_t n_inner = count_levels(d->strata, d->n_columns_strata, stage + 1);

    if (!d->certain || !d->certain[pattern]) return level;
    if (stage > 0) return inner;
    return count_levels(d->strata, d->n_columns_strata, 0) +
           (level * d->clusters[0].codes.n_levels + d->clusters[0].level[pattern]) * n_inner + inner;
}

/* Number of different codes that stratum_code() can give. */
static int64_t stratum_code_range(const sipas_design *d, int32_t stage)
{
    const int64_t here = count_levels(d->strata, d->n_columns_strata, stage);
    const int64_t inner = count_levels(d->strata, d->n_columns_strata, stage + 1);

    if (!d->certain) return here;
    if (stage == 0) return here + here * d->clusters[0].codes.n_levels * inner;
    return here > inner ? here : inner;
}

/* Number of different unit codes that a column of ids gives; rows where there is none. */
static int64_t count_ids(const sipas_design *d, int32_t column)
{
    return column < d->n_columns_clusters ? d->clusters[column].codes.n_levels : d->n;
}

/*
 * Code of a unit within its stratum, those of certainty units behind the others. Where ids end, each row is a unit of its own at
 * the first stage; below, a certainty unit has used its ids up one stage before the others: what lies there is one unit,
 * taken whole, and adds nothing.
 */
static int64_t unit_code(const sipas_design *d, int32_t stage, int64_t pattern)
{
    const int certain = d->certain && d->certain[pattern];
    const int32_t column = stage + certain;
    const int64_t before = certain ? count_ids(d, stage) : 0;

    if (column < d->n_columns_clusters) return before + d->clusters[column].level[pattern];
    return before + (stage == 0 ? d->patterns.row[pattern] : 0);
}

static int64_t unit_code_range(const sipas_design *d, int32_t stage)
{
    return count_ids(d, stage) + (d->certain ? count_ids(d, stage + 1) : 0);
}

/* Work place: a key per pattern. */
typedef struct numbering {
    uint64_t *keys;
    sipas__map map; /* of what was numbered last */
} numbering;

/* Numbers `parent * range + code` of the patterns, and takes the distinct keys apart again. */
static sipas_status number(const sipas_design *d, numbering *work, int64_t parents, int64_t range, int32_t **of_pattern,
                           int32_t **parent, int64_t **code, int64_t *n, sipas_error *err)
{
    const sipas_ctx *ctx = d->ctx;
    sipas_status status;

    sipas__map_clear(&work->map);
    *of_pattern = sipas__alloc(ctx, d->patterns.n, sizeof **of_pattern);
    if (!*of_pattern) return sipas__error_memory(err);
    status = sipas__map_number_asking(&work->map, ctx, (uint64_t)(parents * range), work->keys, d->patterns.n,
                                      *of_pattern, err);
    if (status < 0) return status;
    *n = work->map.n;
    *parent = sipas__alloc(ctx, *n, sizeof **parent);
    *code = sipas__alloc(ctx, *n, sizeof **code);
    if (!*parent || !*code) return sipas__error_memory(err);
    for (int64_t i = 0; i < *n; i++) {
        (*parent)[i] = (int32_t)(work->map.keys[i] / (uint64_t)range);
        (*code)[i] = (int64_t)(work->map.keys[i] % (uint64_t)range);
    }
    return SIPAS_OK;
}

static sipas_status number_strata(sipas_design *d, int32_t s, numbering *work, sipas_error *err)
{
    sipas__stage *stage = &d->stage[s];
    const int32_t *above = s ? d->stage[s - 1].pattern_unit : NULL;
    const int64_t range = stratum_code_range(d, s);

    for (int64_t p = 0; p < d->patterns.n; p++)
        work->keys[p] = (uint64_t)((above ? above[p] : 0) * range + stratum_code(d, s, p));
    return number(d, work, s ? d->stage[s - 1].n_units : 1, range, &stage->pattern_stratum, &stage->stratum_parent,
                  &stage->stratum_code, &stage->n_strata, err);
}

static sipas_status number_units(sipas_design *d, int32_t s, numbering *work, sipas_error *err)
{
    sipas__stage *stage = &d->stage[s];
    const int64_t range = unit_code_range(d, s);
    sipas_status status;

    stage->rows_are_units = s >= d->n_columns_clusters || (d->last_ids_are_rows && s + 1 == d->n_stages);
    stage->n_units = d->n;
    for (int64_t p = 0; stage->rows_are_units && p < d->patterns.n; p++)
        stage->stratum_units[stage->pattern_stratum[p]] += d->patterns.rows[p];
    if (stage->rows_are_units) return SIPAS_OK;
    for (int64_t p = 0; p < d->patterns.n; p++)
        work->keys[p] = (uint64_t)(stage->pattern_stratum[p] * range + unit_code(d, s, p));
    status = number(d, work, stage->n_strata, range, &stage->pattern_unit, &stage->unit_stratum, &stage->unit_code,
                    &stage->n_units, err);
    for (int64_t u = 0; status == SIPAS_OK && u < stage->n_units; u++) stage->stratum_units[stage->unit_stratum[u]]++;
    return status;
}

sipas_status sipas__design_number_stages(sipas_design *d, sipas_error *err)
{
    numbering work = {sipas__alloc(d->ctx, d->patterns.n, sizeof *work.keys), {0}};
    sipas_status status = work.keys ? SIPAS_OK : sipas__error_memory(err);

    for (int32_t s = 0; s < d->n_stages && status == SIPAS_OK; s++) {
        sipas__stage *stage = &d->stage[s];

        if ((status = number_strata(d, s, &work, err)) < 0) break;
        stage->stratum_units = sipas__alloc(d->ctx, stage->n_strata, sizeof *stage->stratum_units);
        stage->stratum_f = sipas__alloc(d->ctx, stage->n_strata, sizeof *stage->stratum_f);
        status = stage->stratum_units && stage->stratum_f ? number_units(d, s, &work, err) : sipas__error_memory(err);
    }
    sipas__map_clear(&work.map);
    sipas__free(d->ctx, work.keys);
    return status;
}

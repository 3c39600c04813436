/*
 * Rows as strata and units: the columns of a design as patterns, the codes of each, and what follows from them.
 *
 * A design that is derived from another with other units (some drawn with certainty, more stages) is laid out anew from
 * codes that are read already.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "data/column.h"
#include "data/design.h"
#include "data/map.h"

const char *sipas__design_column_name(char *buffer, size_t size, const char *what, int32_t column, int32_t count)
{
    if (count == 1)
        (void)sipas__text_format(buffer, size, "%s", what);
    else
        (void)sipas__text_format(buffer, size, "%s of stage %d", what, (int)column + 1);
    return buffer;
}

static sipas_status read_certainty(sipas_design *design, const sipas_column *certainty, sipas_error *err)
{
    design->certain = sipas__alloc(design->ctx, design->patterns.n, 1);
    if (!design->certain) return sipas__error_memory(err);
    for (int64_t p = 0; p < design->patterns.n; p++) {
        int64_t flag = 0;

        if (sipas__column_whole(certainty, design->patterns.row[p], &flag) == 1) design->certain[p] = flag != 0;
    }
    return SIPAS_OK;
}

/* Rows that are looked at before the ids of the last stage are tried for telling every row apart. */
enum { ROWS_TRIED = 4096 };

/* True when all of the first n rows differ in the keys. */
static int all_differ(sipas_design *design, int64_t n, const sipas__key *keys, int32_t n_keys, int *done)
{
    sipas__patterns patterns = {0};
    int differ;

    *done = *done && sipas__patterns_init(&patterns, design->ctx, n, keys, n_keys, 0);
    differ = *done && patterns.n == n;
    if (!*done) design->patterns.cancelled = patterns.cancelled;
    sipas__patterns_clear(&patterns);
    return differ;
}

/*
 * Finds the patterns. Where the ids of the last stage tell every row apart, as those of households often do, the rows are the
 * units of that stage, and a pattern less its ids is all there is to know: there are far fewer of them. `last` is the
 * key of these ids, or -1.
 */
static int find_patterns(sipas_design *design, const sipas__key *keys, int32_t n_keys, int32_t last, int count_rows)
{
    const int64_t tried = design->n < ROWS_TRIED ? design->n : ROWS_TRIED;
    int done = 1;

    if (last >= 0 && all_differ(design, tried, keys, n_keys, &done)) {
        const sipas__key both[2] = {{SIPAS__KEY_PATTERNS, {0}, NULL, &design->patterns}, keys[last]};
        sipas__key others[3 * SIPAS__MOST_STAGES + 1];

        memcpy(others, keys, (size_t)n_keys * sizeof *keys);
        others[last] = others[n_keys - 1];
        done = sipas__patterns_init(&design->patterns, design->ctx, design->n, others, n_keys - 1, 1);
        if (done) design->last_ids_are_rows = all_differ(design, design->n, both, 2, &done);
        if (!done || design->last_ids_are_rows) return done;
        sipas__patterns_clear(&design->patterns);
    }
    return done && sipas__patterns_init(&design->patterns, design->ctx, design->n, keys, n_keys, count_rows);
}

/* All rows of a first-stage unit must say the same of it. */
static sipas_status check_certainty(const sipas_design *design, sipas_error *err)
{
    const int64_t n = design->patterns.n, n_psus = design->clusters[0].codes.n_levels;
    const int64_t n_strata = design->n_columns_strata ? design->strata[0].codes.n_levels : 1;
    uint64_t *keys = sipas__alloc(design->ctx, n, sizeof *keys);
    int32_t *unit = sipas__alloc(design->ctx, n, sizeof *unit);
    uint8_t *said = sipas__alloc(design->ctx, n, 1); /* by unit: 1 + the flag of its first row */
    sipas__map map = {0};
    int64_t fault = -1;
    int done = keys && unit && said;

    for (int64_t p = 0; done && p < n; p++)
        keys[p] = (uint64_t)(sipas__design_level(design->strata, design->n_columns_strata, 0, p) * n_psus +
                             design->clusters[0].level[p]);
    if (done) done = sipas__map_number(&map, design->ctx, (uint64_t)(n_strata * n_psus), keys, n, unit);
    for (int64_t p = 0; done && p < n; p++) {
        if (said[unit[p]] && said[unit[p]] != design->certain[p] + 1) {
            fault = design->patterns.row[p];
            break;
        }
        said[unit[p]] = (uint8_t)(design->certain[p] + 1);
    }
    sipas__map_clear(&map);
    sipas__free(design->ctx, keys);
    sipas__free(design->ctx, unit);
    sipas__free(design->ctx, said);
    if (!done) return sipas__error_memory(err);
    if (fault < 0) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_VALUE, fault, SIPAS__NOWHERE, "certainty",
                            "row %lld: certainty differs from that of an earlier row of its unit", (long long)fault);
}

/* What tells a row's pattern: its strata, its ids, its FPCs, its flag. */
static int32_t list_keys(const sipas_design *design, const sipas_column *certainty, sipas__key *keys)
{
    int32_t n = 0;

    for (int32_t i = 0; i < design->n_columns_strata; i++) sipas__coded_key(&design->strata[i], &keys[n++]);
    for (int32_t i = 0; i < design->n_columns_clusters; i++) sipas__coded_key(&design->clusters[i], &keys[n++]);
    for (int32_t s = 0; s < design->n_columns_fpc; s++) {
        keys[n].kind = SIPAS__KEY_NUMBERS;
        keys[n++].column = design->given_fpc[s];
    }
    if (certainty) {
        keys[n].kind = design->n_columns_clusters == 1 ? SIPAS__KEY_ROWS : SIPAS__KEY_FLAGS;
        keys[n++].column = *certainty;
    }
    return n;
}

static sipas_status find_levels(sipas_design *design, sipas__coded *coded, int32_t count, const char *what,
                                sipas_error *err)
{
    for (int32_t i = 0; i < count; i++) {
        char name[40];
        sipas_status status = sipas__coded_levels(&coded[i], &design->patterns,
                                                  sipas__design_column_name(name, sizeof name, what, i, count), err);

        if (status < 0) return status;
    }
    return SIPAS_OK;
}

/*
 * All columns but the weights. Rows of a certainty unit are units of their own where ids end with the first stage; where there are
 * no ids at all, every row is one, and only their number counts.
 */
sipas_status sipas__design_read_patterns(sipas_design *design, const sipas_column *certainty, sipas_error *err)
{
    const int32_t n_ids = design->n_columns_clusters;
    const int to_rows = n_ids > 1 && design->n_stages == n_ids && !certainty;
    sipas__key keys[3 * SIPAS__MOST_STAGES + 1] = {{0}};
    const int32_t n_keys = list_keys(design, certainty, keys);
    sipas_status status;

    if (!find_patterns(design, keys, n_keys, to_rows ? design->n_columns_strata + n_ids - 1 : -1, n_ids == 0))
        return sipas__patterns_fault(&design->patterns, err);
    if ((status = find_levels(design, design->strata, design->n_columns_strata, "stratum", err)) < 0) return status;
    if ((status = find_levels(design, design->clusters, n_ids, "cluster", err)) < 0) return status;
    if (!certainty) return SIPAS_OK;
    status = read_certainty(design, certainty, err);
    return status < 0 ? status : check_certainty(design, err);
}

sipas_status sipas__design_lay_out(sipas_design *design, sipas_error *err)
{
    sipas_status status = sipas__design_number_stages(design, err);

    if (status < 0) return status;
    design->n_psus = design->stage[0].n_units;
    return sipas__design_read_fractions(design, err);
}

void sipas__design_new_layout(sipas_design *design)
{
    for (int32_t s = 0; s < SIPAS__MOST_STAGES; s++) {
        const sipas__coded stratum = design->strata[s], cluster = design->clusters[s];

        memset(&design->stage[s], 0, sizeof design->stage[s]);
        sipas__coded_share(&stratum, &design->strata[s]);
        sipas__coded_share(&cluster, &design->clusters[s]);
    }
    memset(&design->patterns, 0, sizeof design->patterns);
    design->last_ids_are_rows = 0;
    design->certain = NULL;
    design->pattern_weight = NULL;
    design->owns |= SIPAS__OWNS_LAYOUT;
}

void sipas__design_clear_layout(sipas_design *design)
{
    for (int32_t s = 0; s < SIPAS__MOST_STAGES; s++) {
        sipas__stage *stage = &design->stage[s];

        void *blocks[] = {stage->stratum_parent, stage->stratum_code, stage->stratum_units,   stage->stratum_f,
                          stage->unit_stratum,   stage->unit_code,    stage->pattern_stratum, stage->pattern_unit};

        for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) sipas__free(design->ctx, blocks[i]);
        sipas__coded_clear(&design->strata[s]);
        sipas__coded_clear(&design->clusters[s]);
    }
    sipas__free(design->ctx, design->certain);
    sipas__free(design->ctx, design->pattern_weight);
    sipas__patterns_clear(&design->patterns);
}

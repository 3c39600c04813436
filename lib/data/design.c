/*
 * Reading a design: its columns as patterns, then strata and units, finite population corrections, weights.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/design.h"

#include <string.h>

#include "base/context.h"
#include "base/options.h"
#include "base/text.h"
#include "data/column.h"
#include "data/map.h"

void sipas_design_opts_init(sipas_design_opts *opts)
{
    const sipas_design_opts initial = SIPAS_DESIGN_OPTS_INIT;

    if (opts) *opts = initial;
}

/* ---- arguments ---- */

#define MOST_ROWS (INT64_C(1) << 40)

static sipas_status check_arguments(int64_t n, const sipas_column *clusters, int32_t n_stages,
                                    const sipas_column *strata, const sipas_column *fpc, sipas_design_opts *own,
                                    sipas_error *err)
{
    sipas_status status;

    if (n < 1) return sipas__error_argument(err, "n", "a design needs at least one row");
    if (n > MOST_ROWS) return sipas__error_argument(err, "n", "there are more than 2^40 rows");
    if (n_stages == 0 && n >= INT32_MAX)
        return sipas__error_argument(err, "n", "without clusters every row is a PSU, and 2^31 - 1 rows are too many");
    if (n_stages < 0 || n_stages > SIPAS__MOST_STAGES) return sipas__error_argument(err, "n_stages", "is not 0 to 8");
    if (n_stages > 0 && !clusters) return sipas__error_argument(err, "clusters", "is NULL though n_stages is not 0");
    if ((status = sipas__options_enum("lonely_psu", own->lonely_psu, SIPAS__ENUM_LONELY, err)) < 0) return status;
    if ((status = sipas__options_enum("df", own->df, SIPAS__ENUM_DF, err)) < 0) return status;
    if ((status = sipas__options_check("n_strata", own->n_strata, 0, SIPAS__MOST_STAGES, err)) < 0) return status;
    if ((status = sipas__options_check("n_fpc", own->n_fpc, 0, SIPAS__MOST_STAGES, err)) < 0) return status;
    if (own->n_fpc > (n_stages > 1 ? n_stages : 1))
        return sipas__error_set(
            err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "n_fpc",
            "option n_fpc: %d FPC columns, but the ids are those of %d stage%s; each stage with an FPC but "
            "the only one needs ids",
            (int)own->n_fpc, (int)n_stages, n_stages == 1 ? "" : "s");
    if ((status = sipas__options_check("calibrated", own->calibrated, 0, 1, err)) < 0) return status;
    if ((status = sipas__options_enum("collapse", own->collapse, SIPAS__ENUM_COLLAPSE, err)) < 0) return status;
    status = sipas__options_enum("collapse_by", own->collapse_by, SIPAS__ENUM_COLLAPSE_BY, err);
    if (status < 0) return status;
    if ((status = sipas__options_enum("pps", own->pps, SIPAS__ENUM_PPS, err)) < 0) return status;
    status = sipas__options_enum("pps_form", own->pps_form, SIPAS__ENUM_PPS_FORM, err);
    if (status < 0) return status;
    if ((status = sipas__options_enum("phase2", own->phase2, SIPAS__ENUM_PHASE2, err)) < 0) return status;
    status = sipas__options_enum("phase1", own->phase1, SIPAS__ENUM_PHASE1, err);
    if (status < 0) return status;
    if ((status = sipas__options_check("reserved", own->reserved, 0, 0, err)) < 0) return status;
    if ((status = sipas__options_enum("one_psu", own->one_psu, SIPAS__ENUM_ONE_PSU, err)) < 0) return status;
    if ((status = sipas__options_enum("nest", own->nest, SIPAS__ENUM_NEST, err)) < 0) return status;
    if ((status = sipas__options_check("reserved2", own->reserved2, 0, 0, err)) < 0) return status;
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
    if (own->one_psu == SIPAS_ONE_PSU_CONDITIONAL && (own->pps || own->phase2))
        return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "one_psu",
                                "option one_psu: conditional is not for unequal probabilities or two phases");
    if (own->lonely_psu == 0) own->lonely_psu = SIPAS_LONELY_ERROR;
    if (own->df == 0) own->df = SIPAS_DF_DOMAIN;
    return SIPAS_OK;
}

/* ---- columns ---- */

/* The name of a column of codes in messages. */
static const char *column_name(char *buffer, size_t size, const char *what, int32_t column, int32_t count)
{
    if (count == 1)
        (void)sipas__text_format(buffer, size, "%s", what);
    else
        (void)sipas__text_format(buffer, size, "%s of stage %d", what, (int)column + 1);
    return buffer;
}

static sipas_status read_codes(const sipas_design *design, sipas__coded *coded, const sipas_column *columns,
                               int32_t count, const char *what, int32_t *done, sipas__key *keys, sipas_error *err)
{
    for (*done = 0; *done < count; (*done)++) {
        char name[40];
        sipas_status status = sipas__coded_init(&coded[*done], design->ctx, &columns[*done], design->n,
                                                column_name(name, sizeof name, what, *done, count), 0, &keys[*done],
                                                err);

        if (status < 0) return status;
    }
    return SIPAS_OK;
}

static sipas_status find_levels(sipas_design *design, sipas__coded *coded, int32_t count, const char *what,
                                sipas_error *err)
{
    for (int32_t i = 0; i < count; i++) {
        char name[40];
        sipas_status status = sipas__coded_levels(&coded[i], &design->patterns,
                                                  column_name(name, sizeof name, what, i, count), err);

        if (status < 0) return status;
        if (!sipas__alike_codes(&design->sayings, &coded[i].codes, name)) return sipas__error_memory(err);
    }
    return SIPAS_OK;
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

/*
 * Reads all columns but the weights as patterns. Rows of a certainty unit are units of their own where ids end with the first
 * stage; where there are no ids at all, every row is one, and only their number counts.
 */
static sipas_status read_patterns(sipas_design *design, const sipas_column *strata, const sipas_column *clusters,
                                  int32_t n_stages, const sipas_column *fpc, const sipas_design_opts *own,
                                  sipas_error *err)
{
    sipas__key keys[3 * SIPAS__MOST_STAGES + 1] = {{0}};
    int32_t n_keys = own->n_strata, last = -1;
    sipas_status status = read_codes(design, design->strata, strata, own->n_strata, "stratum",
                                     &design->n_columns_strata, keys, err);

    if (status < 0) return status;
    status = read_codes(design, design->clusters, clusters, n_stages, "cluster", &design->n_columns_clusters,
                        keys + n_keys, err);
    if (status < 0) return status;
    n_keys += n_stages;
    for (int32_t s = 0; s < own->n_fpc; s++) {
        if ((status = sipas__column_check(&fpc[s], design->n, SIPAS__NUMBERS, "fpc", err)) < 0) return status;
        keys[n_keys].kind = SIPAS__KEY_NUMBERS;
        keys[n_keys++].column = fpc[s];
        design->given_fpc[s] = fpc[s];
    }
    design->n_columns_fpc = own->n_fpc;
    if (sipas__column_given(own->certainty)) {
        if ((status = sipas__column_check(own->certainty, design->n, SIPAS__FLAGS, "certainty", err)) < 0)
            return status;
        keys[n_keys].kind = n_stages == 1 ? SIPAS__KEY_ROWS : SIPAS__KEY_FLAGS;
        keys[n_keys++].column = *own->certainty;
    }
    if (design->n_stages == n_stages && n_stages > 1 && !sipas__column_given(own->certainty))
        last = own->n_strata + n_stages - 1;
    if (!find_patterns(design, keys, n_keys, last, n_stages == 0)) return sipas__patterns_fault(&design->patterns, err);
    if ((status = find_levels(design, design->strata, own->n_strata, "stratum", err)) < 0) return status;
    if ((status = find_levels(design, design->clusters, n_stages, "cluster", err)) < 0) return status;
    return sipas__column_given(own->certainty) ? read_certainty(design, own->certainty, err) : SIPAS_OK;
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
    if ((status = read_patterns(design, strata, clusters, n_stages, fpc, own, err)) < 0) return status;
    return design->certain ? check_certainty(design, err) : SIPAS_OK;
}

/* Weights, and what goes beyond strata and stages. */
static sipas_status read_extras(sipas_design *design, const sipas_design_opts *own, sipas_error *err)
{
    sipas__design_tile *tile = sipas__alloc(design->ctx, 1, sizeof *tile);
    sipas_status status = tile ? SIPAS_OK : sipas__error_memory(err);

    if (status == SIPAS_OK) status = sipas__design_check_weights(design, own->calibrated, err);
    if (status == SIPAS_OK) status = sipas__design_read_pps(design, own, tile, err);
    if (status == SIPAS_OK) status = sipas__design_collapse(design, own, tile, err);
    if (status == SIPAS_OK) status = sipas__design_count_idle(design, tile, err);
    if (status == SIPAS_OK) status = sipas__design_read_phase2(design, own, tile, err);
    sipas__free(design->ctx, tile);
    return status;
}

sipas_status sipas_design_new(sipas_ctx *ctx, int64_t n, const sipas_column *weights, const sipas_column *strata,
                              const sipas_column *clusters, int32_t n_stages, const sipas_column *fpc,
                              const sipas_design_opts *opts, sipas_design **out, sipas_error *err)
{
    sipas_design_opts own;
    sipas_design *design = NULL;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if ((status = sipas__options_load(&own, sizeof own, opts, "sipas_design_opts", err)) < 0) return status;
    if ((status = check_arguments(n, clusters, n_stages, strata, fpc, &own, err)) < 0) return status;
    design = sipas__alloc(ctx, 1, sizeof *design);
    if (!design) return sipas__error_memory(err);
    atomic_init(&design->holds, 1);
    design->ctx = sipas__ctx_ref(ctx);
    design->sayings.ctx = design->ctx;
    design->n = n;
    design->lonely_psu = own.lonely_psu;
    design->df = own.df;
    design->df_value = own.df_value;
    design->pps.method = own.pps;
    design->one_psu = own.one_psu;
    design->n_stages = n_stages < own.n_fpc + 1 || own.phase2 ? n_stages : own.n_fpc + 1;
    if (design->n_stages < 1) design->n_stages = 1;
    if ((status = read_columns(design, weights, strata, clusters, n_stages, fpc, &own, err)) < 0) goto fail;
    if ((status = sipas__design_check_nesting(design, own.nest == SIPAS_NEST_NO, err)) < 0) goto fail;
    if ((status = sipas__design_number_stages(design, err)) < 0) goto fail;
    design->n_psus = design->stage[0].n_units;
    if ((status = sipas__design_read_fractions(design, fpc, err)) < 0) goto fail;
    if ((status = read_extras(design, &own, err)) < 0) goto fail;
    *out = design;
    return SIPAS_OK;
fail:
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

        void *blocks[] = {stage->stratum_parent, stage->stratum_code, stage->stratum_units,   stage->stratum_f,
                          stage->unit_stratum,   stage->unit_code,    stage->pattern_stratum, stage->pattern_unit};

        for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) sipas__free(ctx, blocks[i]);
        sipas__coded_clear(&design->strata[s]);
        sipas__coded_clear(&design->clusters[s]);
    }
    sipas__free(ctx, design->certain);
    sipas__free(ctx, design->pattern_weight);
    sipas__patterns_clear(&design->patterns);
    sipas__design_clear_pps(design);
    sipas__design_clear_phase2(design);
    sipas__design_clear_collapse(design);
    sipas__sayings_clear(&design->sayings);
    sipas__free(ctx, design);
    sipas_ctx_free(ctx);
}

/*
 * Reading a design: its columns, what they say of strata and units (data/design_layout.c), weights, and what goes beyond.
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

/* The columns of a design, as its caller gives them. */
typedef struct given_columns {
    const sipas_column *weights, *strata, *clusters, *fpc;
    int32_t n_stages; /* of `clusters` */
} given_columns;

static sipas_status check_arguments(int64_t n, const given_columns *given, sipas_design_opts *own, sipas_error *err)
{
    const int32_t n_stages = given->n_stages;
    sipas_status status;

    if (n < 1) return sipas__error_argument(err, "n", "a design needs at least one row");
    if (n > MOST_ROWS) return sipas__error_argument(err, "n", "there are more than 2^40 rows");
    if (n_stages == 0 && n >= INT32_MAX)
        return sipas__error_argument(err, "n", "without clusters every row is a PSU, and 2^31 - 1 rows are too many");
    if (n_stages < 0 || n_stages > SIPAS__MOST_STAGES) return sipas__error_argument(err, "n_stages", "is not 0 to 8");
    if (n_stages > 0 && !given->clusters)
        return sipas__error_argument(err, "clusters", "is NULL though n_stages is not 0");
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
    if (given->strata && own->n_strata == 0) own->n_strata = 1;
    if (!given->strata) own->n_strata = 0;
    if (given->fpc && own->n_fpc == 0) own->n_fpc = n_stages > 1 ? n_stages : 1;
    if (!given->fpc) own->n_fpc = 0;
    if (own->one_psu == SIPAS_ONE_PSU_CONDITIONAL && (own->pps || own->phase2))
        return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "one_psu",
                                "option one_psu: conditional is not for unequal probabilities or two phases");
    if (own->lonely_psu == 0) own->lonely_psu = SIPAS_LONELY_ERROR;
    if (own->df == 0) own->df = SIPAS_DF_DOMAIN;
    return SIPAS_OK;
}

/* ---- columns ---- */

static sipas_status read_codes(const sipas_design *design, sipas__coded *coded, const sipas_column *columns,
                               int32_t count, const char *what, int32_t *done, sipas_error *err)
{
    for (*done = 0; *done < count; (*done)++) {
        char name[40];
        sipas_status status = sipas__coded_init(&coded[*done], design->ctx, &columns[*done], design->n,
                                                sipas__design_column_name(name, sizeof name, what, *done, count), 0,
                                                NULL, err);

        if (status < 0) return status;
    }
    return SIPAS_OK;
}

static int look_alike(sipas_design *design, const sipas__coded *coded, int32_t count, const char *what)
{
    char name[40];

    for (int32_t i = 0; i < count; i++)
        if (!sipas__alike_codes(&design->sayings, &coded[i].codes,
                                sipas__design_column_name(name, sizeof name, what, i, count)))
            return 0;
    return 1;
}

/* All columns but what goes beyond strata and stages. */
static sipas_status read_columns(sipas_design *design, const given_columns *given, const sipas_design_opts *own,
                                 sipas_error *err)
{
    const sipas_column *certainty = sipas__column_given(own->certainty) ? own->certainty : NULL;
    sipas_status status;

    design->has_weights = sipas__column_given(given->weights);
    if (design->has_weights) {
        status = sipas__column_check(given->weights, design->n, SIPAS__NUMBERS, "weights", err);
        if (status < 0) return status;
        design->weights = *given->weights;
    }
    status = read_codes(design, design->strata, given->strata, own->n_strata, "stratum", &design->n_columns_strata,
                        err);
    if (status < 0) return status;
    status = read_codes(design, design->clusters, given->clusters, given->n_stages, "cluster",
                        &design->n_columns_clusters, err);
    if (status < 0) return status;
    for (int32_t s = 0; s < own->n_fpc; s++) {
        if ((status = sipas__column_check(&given->fpc[s], design->n, SIPAS__NUMBERS, "fpc", err)) < 0) return status;
        design->given_fpc[s] = given->fpc[s];
    }
    design->n_columns_fpc = own->n_fpc;
    if (certainty && (status = sipas__column_check(certainty, design->n, SIPAS__FLAGS, "certainty", err)) < 0)
        return status;
    if ((status = sipas__design_read_patterns(design, certainty, err)) < 0) return status;
    if (!look_alike(design, design->strata, own->n_strata, "stratum") ||
        !look_alike(design, design->clusters, given->n_stages, "cluster"))
        return sipas__error_memory(err);
    return SIPAS_OK;
}

/* Weights, and what goes beyond strata and stages. */
static sipas_status read_extras(sipas_design *design, const sipas_design_opts *own, sipas_error *err)
{
    const sipas__phase2_given phase2 = {own->phase2, own->phase1, own->phase2_sample, own->phase2_strata,
                                        own->phase2_fpc};
    sipas__design_tile *tile = sipas__alloc(design->ctx, 1, sizeof *tile);
    sipas_status status = tile ? SIPAS_OK : sipas__error_memory(err);

    if (status == SIPAS_OK) status = sipas__design_check_weights(design, err);
    if (status == SIPAS_OK) status = sipas__design_read_pps(design, own, tile, err);
    if (status == SIPAS_OK) status = sipas__design_collapse(design, own, tile, err);
    if (status == SIPAS_OK) status = sipas__design_count_idle(design, tile, err);
    if (status == SIPAS_OK) status = sipas__design_read_phase2(design, &phase2, tile, err);
    sipas__free(design->ctx, tile);
    return status;
}

sipas_status sipas_design_new(sipas_ctx *ctx, int64_t n, const sipas_column *weights, const sipas_column *strata,
                              const sipas_column *clusters, int32_t n_stages, const sipas_column *fpc,
                              const sipas_design_opts *opts, sipas_design **out, sipas_error *err)
{
    const given_columns given = {weights, strata, clusters, fpc, n_stages};
    sipas_design_opts own;
    sipas_design *design = NULL;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if ((status = sipas__options_load(&own, sizeof own, opts, "sipas_design_opts", err)) < 0) return status;
    if ((status = check_arguments(n, &given, &own, err)) < 0) return status;
    design = sipas__alloc(ctx, 1, sizeof *design);
    if (!design) return sipas__error_memory(err);
    atomic_init(&design->holds, 1);
    design->owns = SIPAS__OWNS_COLUMNS | SIPAS__OWNS_LAYOUT | SIPAS__OWNS_PHASE2 | SIPAS__OWNS_SAYINGS;
    design->ctx = sipas__ctx_ref(ctx);
    design->sayings.ctx = design->ctx;
    design->n = n;
    design->lonely_psu = own.lonely_psu;
    design->df = own.df;
    design->df_value = own.df_value;
    design->calibrated = own.calibrated;
    design->pps.method = own.pps;
    design->one_psu = own.one_psu;
    design->n_stages = n_stages < own.n_fpc + 1 || own.phase2 ? n_stages : own.n_fpc + 1;
    if (design->n_stages < 1) design->n_stages = 1;
    if ((status = read_columns(design, &given, &own, err)) < 0) goto fail;
    if ((status = sipas__design_check_nesting(design, own.nest == SIPAS_NEST_NO, err)) < 0) goto fail;
    if ((status = sipas__design_lay_out(design, err)) < 0) goto fail;
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
    while (design && atomic_fetch_sub_explicit(&design->holds, 1, memory_order_acq_rel) == 1) {
        sipas_design *base = design->base;
        sipas_ctx *ctx = design->ctx;

        if (design->owns & SIPAS__OWNS_LAYOUT) sipas__design_clear_layout(design);
        if (design->owns & SIPAS__OWNS_COLUMNS) {
            sipas__design_clear_pps(design);
            sipas__design_clear_collapse(design);
        }
        if (design->owns & SIPAS__OWNS_SAYINGS) sipas__sayings_clear(&design->sayings);
        if (design->owns & SIPAS__OWNS_PHASE2) sipas__design_clear_phase2(design);
        if (design->owns & SIPAS__OWNS_SUBSET) sipas__free(ctx, design->subset);
        sipas__free(ctx, design);
        sipas_ctx_free(ctx);
        design = base;
    }
}

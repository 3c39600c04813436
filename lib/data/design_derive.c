/*
 * Designs that are made from a design: one that differs in how some of its units were drawn, or in that only some of them were
 * taken further. What does not differ is shared, so that a derivation costs what it changes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stddef.h>
#include <string.h>

#include "base/context.h"
#include "base/options.h"
#include "data/column.h"
#include "data/design.h"

sipas_design *sipas__design_derive(const sipas_design *base)
{
    const size_t from = offsetof(sipas_design, ctx);
    sipas_design *design = sipas__alloc(base->ctx, 1, sizeof *design);

    if (!design) return NULL;
    memcpy((char *)design + from, (const char *)base + from, sizeof *design - from);
    atomic_init(&design->holds, 1);
    design->base = sipas__design_ref(base);
    (void)sipas__ctx_ref(design->ctx);
    return design;
}

/* ---- certainty ---- */

sipas_status sipas__design_with_certain(const sipas_design *base, const uint8_t *flags, sipas_design **out,
                                        sipas_error *err)
{
    const sipas_column certainty = sipas_column_bool(flags, base->n);
    sipas_design *design = sipas__design_derive(base);
    sipas__design_tile *tile;
    sipas_status status;

    if (!design) return sipas__error_memory(err);
    sipas__design_new_layout(design);
    memset(&design->collapse, 0, sizeof design->collapse);
    design->one_psu = SIPAS_ONE_PSU_MISSING;
    if (base->lonely_psu == SIPAS_LONELY_ERROR || base->lonely_psu == SIPAS_LONELY_COLLAPSE)
        design->lonely_psu = SIPAS__LONELY_MISSING;
    design->idle_df = 0;
    tile = sipas__alloc(design->ctx, 1, sizeof *tile);
    status = tile ? sipas__design_read_patterns(design, &certainty, err) : sipas__error_memory(err);
    if (status == SIPAS_OK) status = sipas__design_lay_out(design, err);
    if (status == SIPAS_OK) status = sipas__design_count_idle(design, tile, err);
    sipas__free(design->ctx, tile);
    if (status < 0)
        sipas_design_free(design);
    else
        *out = design;
    return status;
}

/* ---- two phases ---- */

void sipas_design_phase2_opts_init(sipas_design_phase2_opts *opts)
{
    const sipas_design_phase2_opts initial = SIPAS_DESIGN_PHASE2_OPTS_INIT;

    if (opts) *opts = initial;
}

static sipas_status read_phase2_options(const sipas_design_phase2_opts *opts, const sipas_column *sample,
                                        sipas__phase2_given *given, sipas_error *err)
{
    sipas_design_phase2_opts own;
    sipas_status status = sipas__options_load(&own, sizeof own, opts, "sipas_design_phase2_opts", err);

    if (status < 0) return status;
    if ((status = sipas__options_enum("method", own.method, SIPAS__ENUM_PHASE2, err)) < 0) return status;
    if ((status = sipas__options_enum("phase1", own.phase1, SIPAS__ENUM_PHASE1, err)) < 0) return status;
    if ((status = sipas__options_check("reserved", own.reserved, 0, 0, err)) < 0) return status;
    given->kind = own.method ? own.method : SIPAS_PHASE2_SRS;
    given->phase1 = own.phase1;
    given->sample = sample;
    given->strata = own.strata;
    given->fpc = own.fpc;
    return SIPAS_OK;
}

/* A unit of phase 2 is one of the last stage that has ids, whether the variance of one phase needs that stage or not. */
static sipas_status use_all_stages(sipas_design *design, sipas_error *err)
{
    const int32_t n_stages = design->n_columns_clusters > 1 ? design->n_columns_clusters : 1;
    sipas_status status;

    if (design->n_stages == n_stages || design->certain) return SIPAS_OK;
    sipas__design_new_layout(design);
    design->n_stages = n_stages;
    status = sipas__design_read_patterns(design, NULL, err);
    return status < 0 ? status : sipas__design_lay_out(design, err);
}

sipas_status sipas_design_phase2(const sipas_design *design, const sipas_column *sample,
                                 const sipas_design_phase2_opts *opts, sipas_design **out, sipas_error *err)
{
    sipas__phase2_given given;
    sipas_design *both;
    sipas__design_tile *tile;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!design) return sipas__error_argument(err, "design", "is NULL");
    if (!sipas__column_given(sample)) return sipas__error_argument(err, "sample", "is NULL");
    if ((status = read_phase2_options(opts, sample, &given, err)) < 0) return status;
    if (design->phase2.kind) return sipas__error_argument(err, "design", "has two phases already");
    if (design->one_psu == SIPAS_ONE_PSU_CONDITIONAL)
        return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "one_psu",
                                "option one_psu: conditional is not for unequal probabilities or two phases");
    if (!(both = sipas__design_derive(design))) return sipas__error_memory(err);
    both->owns |= SIPAS__OWNS_PHASE2 | SIPAS__OWNS_SAYINGS;
    tile = sipas__alloc(both->ctx, 1, sizeof *tile);
    status = sipas__sayings_copy(&design->sayings, &both->sayings) && tile ? use_all_stages(both, err)
                                                                           : sipas__error_memory(err);
    if (status == SIPAS_OK) status = sipas__design_read_phase2(both, &given, tile, err);
    sipas__free(both->ctx, tile);
    if (status < 0)
        sipas_design_free(both);
    else
        *out = both;
    return status;
}

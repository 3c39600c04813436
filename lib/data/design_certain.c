/*
 * A design again, with some of its first-stage units taken as drawn with certainty.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/design.h"

void sipas__design_certain_rows(const sipas_design *design, int64_t row, int64_t n, uint8_t *certain)
{
    int32_t pattern[SIPAS__TILE];

    if (design->certain) sipas__patterns_find(&design->patterns, row, n, pattern);
    for (int64_t i = 0; i < n; i++) certain[i] = design->certain && design->certain[pattern[i]];
}

sipas_status sipas__design_with_certain(const sipas_design *design, const uint8_t *flags, sipas_design **out,
                                        sipas_error *err)
{
    const sipas_column certainty = sipas_column_bool(flags, design->n);
    sipas_column strata[SIPAS__MOST_STAGES], clusters[SIPAS__MOST_STAGES];
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_status status;

    for (int32_t s = 0; s < design->n_columns_strata; s++) strata[s] = design->strata[s].column;
    for (int32_t s = 0; s < design->n_columns_clusters; s++) clusters[s] = design->clusters[s].column;
    opts.df = design->df;
    opts.df_value = design->df_value;
    opts.calibrated = 1; /* looked at before */
    opts.n_strata = design->n_columns_strata;
    opts.n_fpc = design->n_columns_fpc;
    opts.certainty = &certainty;
    status = sipas_design_new(design->ctx, design->n, design->has_weights ? &design->weights : NULL,
                              design->n_columns_strata ? strata : NULL, clusters, design->n_columns_clusters,
                              design->n_columns_fpc ? design->given_fpc : NULL, &opts, out, err);
    if (status < 0) return status;
    (*out)->lonely_psu = design->lonely_psu == SIPAS_LONELY_ERROR || design->lonely_psu == SIPAS_LONELY_COLLAPSE
                             ? SIPAS__LONELY_MISSING
                             : design->lonely_psu;
    return SIPAS_OK;
}

/*
 * Designs of every kind.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "matrix.h"
#include "result.h"

#define LONELY(rule) .strata = 2, .ids = 1, .opts.lonely_psu = SIPAS_LONELY_##rule
#define COLLAPSE(which) LONELY(COLLAPSE), .opts.collapse = SIPAS_COLLAPSE_##which
#define INNER(rule) .ids = 2, .fpc = 2, .strata = 1, .lonely_ssu = 1, .opts.lonely_psu = SIPAS_LONELY_##rule
#define DRAWN(method) .strata = 1, .ids = 1, .fpc = 1, .opts.pps = SIPAS_PPS_##method
#define SECOND(kind) .opts.phase2 = SIPAS_PHASE2_##kind
#define YATES_GRUNDY .opts.pps_form = SIPAS_PPS_FORM_YATES_GRUNDY
#define ONE_PSU .opts.one_psu = SIPAS_ONE_PSU_CONDITIONAL
#define WEIGHTS(which) .weights = MATRIX_WEIGHT_##which

const matrix_design matrix_designs[] = {
    {"rows", .weights = 0},
    {"rows, fpc", .fpc = 1, .strata = 1},
    {"weighted rows", WEIGHTS(PLAIN)},
    {"rows in strata", WEIGHTS(PLAIN), .strata = 1},
    {"rows in strata, fpc", WEIGHTS(PLAIN), .strata = 1, .fpc = 1},
    {"rows in strata, one taken whole", WEIGHTS(PLAIN), .strata = 1, .fpc = 1, .census = 1},
    {"clusters", WEIGHTS(PLAIN), .ids = 1},
    {"clusters in strata", WEIGHTS(PLAIN), .strata = 1, .ids = 1},
    {"clusters, fpc", WEIGHTS(PLAIN), .strata = 1, .ids = 1, .fpc = 1},
    {"clusters, one stratum taken whole", WEIGHTS(PLAIN), .strata = 1, .ids = 1, .fpc = 1, .census = 1},
    {"clusters without weights", .strata = 1, .ids = 1, .fpc = 1},
    {"two stages", WEIGHTS(PLAIN), .strata = 1, .ids = 2, .fpc = 2},
    {"two stages, first with replacement", WEIGHTS(PLAIN), .strata = 1, .ids = 2},
    {"two stages, one stratum taken whole", WEIGHTS(PLAIN), .strata = 1, .ids = 2, .fpc = 2, .census = 1},
    {"two stages, strata in both", WEIGHTS(PLAIN), .strata = 1, .n_strata = 2, .ids = 2, .fpc = 2},
    {"two stages, then rows", WEIGHTS(PLAIN), .strata = 1, .ids = 2, .rows_last = 1, .fpc = 2},
    {"three stages", WEIGHTS(PLAIN), .strata = 1, .ids = 3, .fpc = 3},
    {"three stages, then rows", WEIGHTS(PLAIN), .strata = 1, .ids = 3, .rows_last = 1, .fpc = 3},
    {"four stages", WEIGHTS(PLAIN), .strata = 1, .ids = 4, .fpc = 4},
    {"four stages without weights", .strata = 1, .ids = 4, .fpc = 4},
    {"certainty", WEIGHTS(PLAIN), .strata = 1, .ids = 1, .certainty = 1},
    {"certainty, two stages", WEIGHTS(PLAIN), .strata = 1, .ids = 2, .fpc = 2, .certainty = 1},
    {"certainty, three stages", WEIGHTS(PLAIN), .strata = 1, .ids = 3, .fpc = 3, .certainty = 1},
    {"lonely: error", WEIGHTS(PLAIN), LONELY(ERROR)},
    {"lonely: remove", WEIGHTS(PLAIN), LONELY(REMOVE)},
    {"lonely: certainty", WEIGHTS(PLAIN), LONELY(CERTAINTY)},
    {"lonely: adjust", WEIGHTS(PLAIN), LONELY(ADJUST)},
    {"lonely: average", WEIGHTS(PLAIN), LONELY(AVERAGE)},
    {"lonely: adjust zero", WEIGHTS(PLAIN), LONELY(ADJUST_ZERO)},
    {"lonely: next", WEIGHTS(PLAIN), COLLAPSE(NEXT)},
    {"lonely: previous", WEIGHTS(PLAIN), COLLAPSE(PREVIOUS)},
    {"lonely: nearest", WEIGHTS(PLAIN), COLLAPSE(NEAREST)},
    {"lonely: smallest", WEIGHTS(PLAIN), COLLAPSE(SMALLEST), .opts.collapse_by = SIPAS_COLLAPSE_BY_UNITS},
    {"lonely: largest", WEIGHTS(PLAIN), COLLAPSE(LARGEST), .fpc = 1},
    {"lonely: given", WEIGHTS(PLAIN), COLLAPSE(GIVEN)},
    {"lonely within: error", WEIGHTS(PLAIN), INNER(ERROR)},
    {"lonely within: remove", WEIGHTS(PLAIN), INNER(REMOVE)},
    {"lonely within: certainty", WEIGHTS(PLAIN), INNER(CERTAINTY)},
    {"lonely within: adjust", WEIGHTS(PLAIN), INNER(ADJUST)},
    {"lonely within: average", WEIGHTS(PLAIN), INNER(AVERAGE)},
    {"lonely within: adjust zero", WEIGHTS(PLAIN), INNER(ADJUST_ZERO)},
    {"within one PSU", WEIGHTS(PLAIN), .strata = 1, .ids = 1, ONE_PSU},
    {"within one PSU, two stages", WEIGHTS(PLAIN), .strata = 1, .ids = 2, .fpc = 2, ONE_PSU},
    {"within one PSU, certainty", WEIGHTS(PLAIN), .strata = 1, .ids = 2, .fpc = 2, .certainty = 1, ONE_PSU},
    {"brewer", WEIGHTS(PLAIN), DRAWN(BREWER)},
    {"brewer, rows", WEIGHTS(PLAIN), .strata = 1, .fpc = 1, .opts.pps = SIPAS_PPS_BREWER},
    {"brewer, two stages", WEIGHTS(PLAIN), .strata = 1, .ids = 2, .fpc = 2, .opts.pps = SIPAS_PPS_BREWER},
    {"overton", WEIGHTS(PLAIN), DRAWN(OVERTON)},
    {"overton, yates-grundy", WEIGHTS(PLAIN), DRAWN(OVERTON), YATES_GRUNDY},
    {"hartley-rao", WEIGHTS(PLAIN), DRAWN(HARTLEY_RAO)},
    {"hartley-rao, yates-grundy", WEIGHTS(PLAIN), DRAWN(HARTLEY_RAO), YATES_GRUNDY},
    {"hajek", WEIGHTS(PLAIN), DRAWN(HAJEK)},
    {"deville", WEIGHTS(PLAIN), DRAWN(DEVILLE)},
    {"joint", WEIGHTS(PLAIN), DRAWN(JOINT)},
    {"joint, yates-grundy", WEIGHTS(PLAIN), DRAWN(JOINT), YATES_GRUNDY},
    {"joint, rows", WEIGHTS(PLAIN), .strata = 1, .fpc = 1, .opts.pps = SIPAS_PPS_JOINT},
    {"joint, two stages", WEIGHTS(PLAIN), .strata = 1, .ids = 2, .fpc = 2, .opts.pps = SIPAS_PPS_JOINT},
    {"pps, without weights", .strata = 1, .ids = 2, .fpc = 2, .opts.pps = SIPAS_PPS_HAJEK},
    {"pps, lonely", WEIGHTS(PLAIN), .strata = 2, .ids = 1, .fpc = 1, .opts.pps = SIPAS_PPS_BREWER,
     .opts.lonely_psu = SIPAS_LONELY_ADJUST},
    {"two phases, rows", SECOND(SRS)},
    {"two phases, rows in strata", WEIGHTS(PLAIN), .strata = 1, .fpc = 1, SECOND(SRS), .phase2_strata = 1},
    {"two phases, clusters", WEIGHTS(PLAIN), .strata = 1, .ids = 1, .fpc = 1, SECOND(SRS)},
    {"two phases, clusters, two stages", WEIGHTS(PLAIN), .strata = 1, .ids = 2, .fpc = 2, SECOND(SRS),
     .phase2_strata = 1},
    {"two phases, three stages of rows", WEIGHTS(PLAIN), .strata = 1, .ids = 3, .rows_last = 1, .fpc = 3, SECOND(SRS)},
    {"two phases, bernoulli", WEIGHTS(PLAIN), .strata = 1, .ids = 1, .fpc = 1, SECOND(BERNOULLI), .chance = 1},
    {"two phases, bernoulli, rows", WEIGHTS(PLAIN), SECOND(BERNOULLI), .chance = 1},
    {"two phases, independent", WEIGHTS(PLAIN), .fpc = 1, .strata = 1, SECOND(SRS),
     .opts.phase1 = SIPAS_PHASE1_INDEPENDENT},
    {"two phases, overton", WEIGHTS(PLAIN), DRAWN(OVERTON), SECOND(SRS)},
    {"two phases, joint, rows", WEIGHTS(PLAIN), .strata = 1, .fpc = 1, .opts.pps = SIPAS_PPS_JOINT, SECOND(SRS)},
    {"two phases, lonely", WEIGHTS(PLAIN), .strata = 2, .ids = 1, .fpc = 1, SECOND(SRS),
     .opts.lonely_psu = SIPAS_LONELY_REMOVE},
    {"calibrated", WEIGHTS(NEGATIVE), .strata = 1, .ids = 1, .opts.calibrated = 1},
    {"calibrated rows", WEIGHTS(NEGATIVE), .opts.calibrated = 1},
    {"rows of weight 0", WEIGHTS(ZERO_ROWS), .strata = 1, .ids = 1},
    {"rows of weight 0 as units", WEIGHTS(ZERO_ROWS), .strata = 1},
    {"a PSU of weight 0", WEIGHTS(ZERO_PSU), .strata = 1, .ids = 2, .fpc = 2},
    {"a stratum of weight 0", WEIGHTS(ZERO_STRATUM), .strata = 1, .ids = 1},
    {"df of the design", WEIGHTS(PLAIN), .strata = 1, .ids = 1, .opts.df = SIPAS_DF_DESIGN},
    {"df given", WEIGHTS(PLAIN), .strata = 1, .ids = 1, .opts.df = SIPAS_DF_GIVEN, .opts.df_value = 3.5},
    {"df of rows", WEIGHTS(PLAIN), .strata = 1, .ids = 1, .opts.df = SIPAS_DF_DOMAIN_ROWS},
    {"df of rows, two phases", SECOND(SRS), .opts.df = SIPAS_DF_DOMAIN_ROWS},
};

const size_t matrix_n_designs = sizeof matrix_designs / sizeof matrix_designs[0];

static const double *weights_of(const matrix_data *d, const matrix_design *spec, const uint8_t *inside, double *own)
{
    if (spec->weights == MATRIX_WEIGHT_NONE) return NULL;
    if (!inside) return d->weight[spec->weights - 1];
    for (int i = 0; i < MATRIX_ROWS; i++) own[i] = inside[i] ? d->weight[spec->weights - 1][i] : 0.0;
    return own;
}

sipas_design *matrix_open(const matrix_data *d, const matrix_design *spec, sipas_ctx *ctx, const uint8_t *inside,
                          double *weight)
{
    const double *w = weights_of(d, spec, inside, weight), *first = spec->census     ? d->census
                                                                    : spec->opts.pps ? d->probability
                                                                                     : d->fraction[0];
    const sipas_column weights = sipas_column_f64(w, w ? MATRIX_ROWS : 0);
    const sipas_column strata[2] = {sipas_column_i32(spec->strata == 2 ? d->lonely : d->stratum, MATRIX_ROWS),
                                    sipas_column_i32(d->by[1], MATRIX_ROWS)};
    sipas_column ids[4] = {sipas_column_i32(d->psu, MATRIX_ROWS),
                           sipas_column_i32(spec->lonely_ssu ? d->lonely_ssu : d->ssu, MATRIX_ROWS),
                           sipas_column_i32(d->tsu, MATRIX_ROWS), sipas_column_i32(d->row, MATRIX_ROWS)};
    const sipas_column fpc[4] = {sipas_column_f64(first, MATRIX_ROWS), sipas_column_f64(d->fraction[1], MATRIX_ROWS),
                                 sipas_column_f64(d->fraction[2], MATRIX_ROWS),
                                 sipas_column_f64(d->fraction[3], MATRIX_ROWS)};
    const sipas_column certain = sipas_column_bool(d->certain, MATRIX_ROWS);
    const sipas_column partner = sipas_column_i32(d->partner, MATRIX_ROWS);
    const int elements = spec->ids == 0 || spec->rows_last;
    const sipas_column taken = sipas_column_bool(elements         ? d->taken_row
                                                 : spec->ids == 1 ? d->taken_psu
                                                                  : d->taken_ssu,
                                                 MATRIX_ROWS);
    const sipas_column phase2 = sipas_column_i32(d->phase2_stratum, MATRIX_ROWS);
    const sipas_column chance = sipas_column_f64(d->chance, MATRIX_ROWS);
    sipas_design_opts opts = spec->opts;
    sipas_design *design = NULL;
    sipas_error err;

    opts.struct_size = sizeof opts;
    opts.n_strata = spec->n_strata;
    if (spec->certainty) opts.certainty = &certain;
    if (opts.collapse == SIPAS_COLLAPSE_GIVEN) opts.collapse_strata = &partner;
    if (opts.pps == SIPAS_PPS_JOINT) {
        opts.joint = spec->ids ? d->joint : d->joint_rows;
        opts.joint_order = spec->ids ? MATRIX_PSUS : MATRIX_ROWS;
    }
    if (opts.phase2) opts.phase2_sample = &taken;
    if (spec->phase2_strata) opts.phase2_strata = &phase2;
    if (spec->chance) opts.phase2_fpc = &chance;
    opts.n_fpc = spec->fpc;
    if (spec->rows_last) ids[spec->ids - 1] = ids[3];
    check(sipas_design_new(ctx, MATRIX_ROWS, w ? &weights : NULL, spec->strata ? strata : NULL, spec->ids ? ids : NULL,
                           spec->ids, spec->fpc ? fpc : NULL, &opts, &design, &err),
          &err);
    return design;
}

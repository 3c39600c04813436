/*
 * The words of options, as a user writes them: {"adjust-zero", SIPAS_LONELY_ADJUST_ZERO}. Each list ends with NULL; DEFAULT
 * is an option that is not given.
 * Made from the public headers by bindings/generate/generate.py: `make generated` writes it anew.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef WORDS_H
#define WORDS_H

#include <sipas.h>

typedef struct choice {
    const char *word;
    int32_t value;
} choice;

/* clang-format off */
extern const choice type_words[];
extern const choice field_words[];
extern const choice share_words[];
extern const choice node_words[];
extern const choice item_words[];
extern const choice role_words[];
extern const choice lonely_words[];
extern const choice collapse_words[];
extern const choice collapse_by_words[];
extern const choice pps_words[];
extern const choice pps_form_words[];
extern const choice phase2_words[];
extern const choice phase1_words[];
extern const choice nest_words[];
extern const choice one_psu_words[];
extern const choice df_words[];
extern const choice size_words[];
extern const choice size_round_words[];
extern const choice figure_words[];
extern const choice compare_words[];
extern const choice components_words[];
extern const choice psu_words[];
extern const choice single_words[];
extern const choice allocate_words[];
extern const choice rounding_words[];
extern const choice remainder_words[];
extern const choice of_words[];
extern const choice strata_words[];
extern const choice multi_words[];
extern const choice target_words[];
extern const choice draw_words[];
extern const choice fewer_words[];
extern const choice stage_strata_words[];
extern const choice missing_words[];
extern const choice deff_words[];
extern const choice simultaneous_words[];
extern const choice missing_by_words[];
extern const choice category_words[];
extern const choice interval_words[];
extern const choice function_words[];
extern const choice argument_words[];
extern const choice contrast_df_words[];
extern const choice adjust_words[];
extern const choice overlap_words[];
extern const choice moment_words[];
extern const choice scale_words[];
extern const choice quantile_words[];
extern const choice quantile_centre_words[];
extern const choice quantile_interval_words[];
extern const choice scoring_words[];
extern const choice weighting_words[];
extern const choice whole_words[];
/* clang-format on */

#endif

/*
 * The sizes that structs of options have had, the latest last: what an older caller's struct may end with. A size that was published
 * stays. Made from the public headers by bindings/generate/generate.py: `make generated` writes it anew.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/sizes.h"

/* clang-format off */

const sipas__struct_sizes sipas__published_sizes[] = {
    {"sipas_ctx_opts", {48}},
    {"sipas_unit_opts", {72}},
    {"sipas_frame_impute_opts", {24}},
    {"sipas_frame_expand_opts", {8}},
    {"sipas_design_opts", {40, 128, 136}},
    {"sipas_design_phase2_opts", {32}},
    {"sipas_size_opts", {88, 120, 136}},
    {"sipas_size_figure", {232, 256, 264, 280}},
    {"sipas_size_ranking_opts", {136, 152}},
    {"sipas_size_stage", {88}},
    {"sipas_size_stages_opts", {56, 64, 80}},
    {"sipas_components_opts", {24}},
    {"sipas_allocate_opts", {112, 176}},
    {"sipas_allocate_target", {56, 64}},
    {"sipas_strata_opts", {56}},
    {"sipas_allocate_multi_opts", {168}},
    {"sipas_allocate_tree_opts", {160}},
    {"sipas_draw_opts", {136}},
    {"sipas_draw_stage", {128}},
    {"sipas_draw_plan_opts", {32}},
    {"sipas_domains", {48, 56, 64}},
    {"sipas_estimate_opts", {32, 40, 48}},
    {"sipas_contrast_opts", {40}},
    {"sipas_estimate_quantile_opts", {32, 40}},
    {"sipas_plan_opts", {40, 48}},
    {"sipas_plan_compare_opts", {40, 48}},
    {"sipas_index_opts", {64}},
    {"sipas_rank_opts", {32}},
    {NULL, {0}},
};

/* clang-format on */

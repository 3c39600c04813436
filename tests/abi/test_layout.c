/*
 * Gate: the layout of the public face, on 64-bit systems (LP64). Sizes and offsets of every public struct
 * and values of every public constant, asserted at compile time: the program that compiles has passed.
 * Made from the public headers by bindings/generate/generate.py: `make generated` writes it anew.
 *
 * A line that fails here is a change of the binary interface (docs/dev/VERSIONING.md). New fields at the end of an
 * options struct, new constants and new structs bring new lines.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas.h>

#include <stddef.h>

#define SIZE(type, size) _Static_assert(sizeof(type) == (size), "size of " #type)
#define AT(type, field, offset, size) \
    _Static_assert(offsetof(type, field) == (offset) && sizeof(((type *)0)->field) == (size), #type "." #field)
#define IS(constant, value) _Static_assert((constant) == (value), #constant)

#if defined(__LP64__)

/* NOLINTBEGIN(bugprone-sizeof-expression): the size of a pointer is what is meant. */

/* base.h */
IS(SIPAS_OK, 0);
IS(SIPAS_ERR_ARGUMENT, -1);
IS(SIPAS_ERR_OPTION, -2);
IS(SIPAS_ERR_MEMORY, -3);
IS(SIPAS_ERR_CANCELLED, -4);
IS(SIPAS_ERR_TYPE, -5);
IS(SIPAS_ERR_LENGTH, -6);
IS(SIPAS_ERR_MISSING, -7);
IS(SIPAS_ERR_VALUE, -8);
IS(SIPAS_ERR_DUPLICATE, -9);
IS(SIPAS_ERR_NOT_FOUND, -10);
IS(SIPAS_ERR_TREE, -11);
IS(SIPAS_ERR_INFEASIBLE, -12);
IS(SIPAS_ERR_LONELY_PSU, -13);
IS(SIPAS_ERR_CONVERGENCE, -14);
IS(SIPAS_ERR_TOO_FEW, -15);
IS(SIPAS_ERR_STREAM, -16);

SIZE(sipas_error, 512);
AT(sipas_error, status, 0, 4);
AT(sipas_error, column, 4, 4);
AT(sipas_error, row, 8, 8);
AT(sipas_error, name, 16, 112);
AT(sipas_error, message, 128, 384);

SIZE(sipas_ctx_opts, 48);
AT(sipas_ctx_opts, struct_size, 0, 4);
AT(sipas_ctx_opts, threads, 4, 4);
AT(sipas_ctx_opts, alloc, 8, 8);
AT(sipas_ctx_opts, free, 16, 8);
AT(sipas_ctx_opts, alloc_user, 24, 8);
AT(sipas_ctx_opts, progress, 32, 8);
AT(sipas_ctx_opts, progress_user, 40, 8);

/* column.h */
IS(SIPAS_TYPE_NONE, 0);
IS(SIPAS_TYPE_F64, 1);
IS(SIPAS_TYPE_F32, 2);
IS(SIPAS_TYPE_I64, 3);
IS(SIPAS_TYPE_I32, 4);
IS(SIPAS_TYPE_I16, 5);
IS(SIPAS_TYPE_I8, 6);
IS(SIPAS_TYPE_U8, 7);
IS(SIPAS_TYPE_BOOL, 8);
IS(SIPAS_TYPE_CODE, 9);

SIZE(sipas_column, 48);
AT(sipas_column, data, 0, 8);
AT(sipas_column, validity, 8, 8);
AT(sipas_column, stride, 16, 8);
AT(sipas_column, n, 24, 8);
AT(sipas_column, offset, 32, 8);
AT(sipas_column, type, 40, 4);
AT(sipas_column, reserved, 44, 4);

/* table.h */
IS(SIPAS_FIELD_OTHER, 0);
IS(SIPAS_FIELD_FIGURE, 1);
IS(SIPAS_FIELD_KEY, 2);
IS(SIPAS_FIELD_LEVEL, 3);
IS(SIPAS_FIELD_BY, 4);
IS(SIPAS_FIELD_VALUE, 5);
IS(SIPAS_FIELD_SE, 6);
IS(SIPAS_FIELD_LOWER, 7);
IS(SIPAS_FIELD_UPPER, 8);
IS(SIPAS_FIELD_DF, 9);
IS(SIPAS_FIELD_DF_DESIGN, 10);
IS(SIPAS_FIELD_ROWS, 11);
IS(SIPAS_FIELD_PSUS, 12);

SIZE(sipas_field, 40);
AT(sipas_field, name, 0, 8);
AT(sipas_field, unit, 8, 8);
AT(sipas_field, meaning, 16, 8);
AT(sipas_field, type, 24, 4);
AT(sipas_field, optional, 28, 4);
AT(sipas_field, role, 32, 4);
AT(sipas_field, reserved, 36, 4);

SIZE(sipas_schema, 24);
AT(sipas_schema, name, 0, 8);
AT(sipas_schema, fields, 8, 8);
AT(sipas_schema, n_fields, 16, 8);

/* unit.h */
SIZE(sipas_unit_opts, 72);
AT(sipas_unit_opts, struct_size, 0, 4);
AT(sipas_unit_opts, n_measures, 4, 4);
AT(sipas_unit_opts, parent_row, 8, 8);
AT(sipas_unit_opts, level, 16, 8);
AT(sipas_unit_opts, name, 24, 8);
AT(sipas_unit_opts, unit_class, 32, 8);
AT(sipas_unit_opts, region, 40, 8);
AT(sipas_unit_opts, urban, 48, 8);
AT(sipas_unit_opts, measures, 56, 8);
AT(sipas_unit_opts, measure_names, 64, 8);

/* frame.h */
IS(SIPAS_SHARE_DEFAULT, 0);
IS(SIPAS_SHARE_CHILDREN, 1);
IS(SIPAS_SHARE_EQUAL, 2);

SIZE(sipas_frame_impute_opts, 24);
AT(sipas_frame_impute_opts, struct_size, 0, 4);
AT(sipas_frame_impute_opts, share, 4, 4);
AT(sipas_frame_impute_opts, level, 8, 8);
AT(sipas_frame_impute_opts, excluded, 16, 8);

SIZE(sipas_frame_expand_opts, 8);
AT(sipas_frame_expand_opts, struct_size, 0, 4);
AT(sipas_frame_expand_opts, width, 4, 4);

/* instrument.h */
IS(SIPAS_NODE_ITEM, 1);
IS(SIPAS_NODE_CRITERION, 2);
IS(SIPAS_NODE_FACTOR, 3);
IS(SIPAS_NODE_BLOCK, 4);
IS(SIPAS_NODE_INDEX, 5);
IS(SIPAS_ITEM_LIKERT, 1);
IS(SIPAS_ITEM_SINGLE, 2);
IS(SIPAS_ITEM_MULTIPLE, 3);
IS(SIPAS_ITEM_YES_NO, 4);
IS(SIPAS_ROLE_JUDGEMENT, 1);
IS(SIPAS_ROLE_SATISFACTION, 2);
IS(SIPAS_ROLE_EXPECTATION, 3);

SIZE(sipas_node, 88);
AT(sipas_node, code, 0, 8);
AT(sipas_node, parent, 8, 8);
AT(sipas_node, name, 16, 8);
AT(sipas_node, name_vi, 24, 8);
AT(sipas_node, weight, 32, 8);
AT(sipas_node, kind, 40, 4);
AT(sipas_node, type, 44, 4);
AT(sipas_node, role, 48, 4);
AT(sipas_node, levels, 52, 4);
AT(sipas_node, first_code, 56, 4);
AT(sipas_node, reversed, 60, 4);
AT(sipas_node, n_dont_know, 64, 4);
AT(sipas_node, n_not_applicable, 68, 4);
AT(sipas_node, dont_know, 72, 8);
AT(sipas_node, not_applicable, 80, 8);

/* design.h */
IS(SIPAS_LONELY_DEFAULT, 0);
IS(SIPAS_LONELY_ERROR, 1);
IS(SIPAS_LONELY_REMOVE, 2);
IS(SIPAS_LONELY_CERTAINTY, 3);
IS(SIPAS_LONELY_ADJUST, 4);
IS(SIPAS_LONELY_AVERAGE, 5);
IS(SIPAS_LONELY_ADJUST_ZERO, 6);
IS(SIPAS_LONELY_COLLAPSE, 7);
IS(SIPAS_COLLAPSE_DEFAULT, 0);
IS(SIPAS_COLLAPSE_NEXT, 1);
IS(SIPAS_COLLAPSE_PREVIOUS, 2);
IS(SIPAS_COLLAPSE_NEAREST, 3);
IS(SIPAS_COLLAPSE_SMALLEST, 4);
IS(SIPAS_COLLAPSE_LARGEST, 5);
IS(SIPAS_COLLAPSE_GIVEN, 6);
IS(SIPAS_COLLAPSE_BY_DEFAULT, 0);
IS(SIPAS_COLLAPSE_BY_WEIGHT, 1);
IS(SIPAS_COLLAPSE_BY_UNITS, 2);
IS(SIPAS_PPS_NONE, 0);
IS(SIPAS_PPS_BREWER, 1);
IS(SIPAS_PPS_OVERTON, 2);
IS(SIPAS_PPS_HARTLEY_RAO, 3);
IS(SIPAS_PPS_HAJEK, 4);
IS(SIPAS_PPS_DEVILLE, 5);
IS(SIPAS_PPS_JOINT, 6);
IS(SIPAS_PPS_FORM_DEFAULT, 0);
IS(SIPAS_PPS_FORM_HORVITZ_THOMPSON, 1);
IS(SIPAS_PPS_FORM_YATES_GRUNDY, 2);
IS(SIPAS_PHASE2_NONE, 0);
IS(SIPAS_PHASE2_SRS, 1);
IS(SIPAS_PHASE2_BERNOULLI, 2);
IS(SIPAS_PHASE1_DEFAULT, 0);
IS(SIPAS_PHASE1_DESIGN, 1);
IS(SIPAS_PHASE1_INDEPENDENT, 2);
IS(SIPAS_NEST_DEFAULT, 0);
IS(SIPAS_NEST_YES, 1);
IS(SIPAS_NEST_NO, 2);
IS(SIPAS_ONE_PSU_DEFAULT, 0);
IS(SIPAS_ONE_PSU_MISSING, 1);
IS(SIPAS_ONE_PSU_CONDITIONAL, 2);
IS(SIPAS_DF_DEFAULT, 0);
IS(SIPAS_DF_DOMAIN, 1);
IS(SIPAS_DF_DESIGN, 2);
IS(SIPAS_DF_GIVEN, 3);
IS(SIPAS_DF_DOMAIN_ROWS, 4);

SIZE(sipas_design_opts, 136);
AT(sipas_design_opts, struct_size, 0, 4);
AT(sipas_design_opts, lonely_psu, 4, 4);
AT(sipas_design_opts, df, 8, 4);
AT(sipas_design_opts, calibrated, 12, 4);
AT(sipas_design_opts, df_value, 16, 8);
AT(sipas_design_opts, n_strata, 24, 4);
AT(sipas_design_opts, n_fpc, 28, 4);
AT(sipas_design_opts, certainty, 32, 8);
AT(sipas_design_opts, collapse, 40, 4);
AT(sipas_design_opts, collapse_by, 44, 4);
AT(sipas_design_opts, collapse_strata, 48, 8);
AT(sipas_design_opts, pps, 56, 4);
AT(sipas_design_opts, pps_form, 60, 4);
AT(sipas_design_opts, pps_square, 64, 8);
AT(sipas_design_opts, joint, 72, 8);
AT(sipas_design_opts, joint_order, 80, 8);
AT(sipas_design_opts, one_psu, 88, 4);
AT(sipas_design_opts, reserved, 92, 4);
AT(sipas_design_opts, phase1, 96, 4);
AT(sipas_design_opts, phase2, 100, 4);
AT(sipas_design_opts, phase2_sample, 104, 8);
AT(sipas_design_opts, phase2_strata, 112, 8);
AT(sipas_design_opts, phase2_fpc, 120, 8);
AT(sipas_design_opts, nest, 128, 4);
AT(sipas_design_opts, reserved2, 132, 4);

SIZE(sipas_design_phase2_opts, 32);
AT(sipas_design_phase2_opts, struct_size, 0, 4);
AT(sipas_design_phase2_opts, method, 4, 4);
AT(sipas_design_phase2_opts, phase1, 8, 4);
AT(sipas_design_phase2_opts, reserved, 12, 4);
AT(sipas_design_phase2_opts, strata, 16, 8);
AT(sipas_design_phase2_opts, fpc, 24, 8);

/* size.h */
IS(SIPAS_SIZE_DEFAULT, 0);
IS(SIPAS_SIZE_YAMANE, 1);
IS(SIPAS_SIZE_COCHRAN, 2);
IS(SIPAS_SIZE_WILSON, 3);
IS(SIPAS_SIZE_LOG_ODDS, 4);
IS(SIPAS_SIZE_ROUND_DEFAULT, 0);
IS(SIPAS_SIZE_ROUND_UP, 1);
IS(SIPAS_SIZE_ROUND_NEAREST, 2);
IS(SIPAS_FIGURE_DEFAULT, 0);
IS(SIPAS_FIGURE_PROPORTION, 1);
IS(SIPAS_FIGURE_MEAN, 2);
IS(SIPAS_FIGURE_TOTAL, 3);
IS(SIPAS_FIGURE_RATIO, 4);
IS(SIPAS_FIGURE_INDEX, 5);
IS(SIPAS_COMPARE_NONE, 0);
IS(SIPAS_COMPARE_UNITS, 1);
IS(SIPAS_COMPARE_ROUNDS, 2);
IS(SIPAS_COMPONENTS_DEFAULT, 0);
IS(SIPAS_COMPONENTS_MODEL, 1);
IS(SIPAS_COMPONENTS_POPULATION, 2);
IS(SIPAS_PSU_DEFAULT, 0);
IS(SIPAS_PSU_EQUAL, 1);
IS(SIPAS_PSU_PERSONS, 2);
IS(SIPAS_PSU_MEASURE, 3);
IS(SIPAS_SINGLE_DEFAULT, 0);
IS(SIPAS_SINGLE_ZERO, 1);
IS(SIPAS_SINGLE_MEAN, 2);

SIZE(sipas_size_opts, 136);
AT(sipas_size_opts, struct_size, 0, 4);
AT(sipas_size_opts, method, 4, 4);
AT(sipas_size_opts, margin, 8, 8);
AT(sipas_size_opts, p, 16, 8);
AT(sipas_size_opts, level, 24, 8);
AT(sipas_size_opts, deff, 32, 8);
AT(sipas_size_opts, response, 40, 8);
AT(sipas_size_opts, minimum, 48, 8);
AT(sipas_size_opts, maximum, 56, 8);
AT(sipas_size_opts, multiple, 64, 8);
AT(sipas_size_opts, rounding, 72, 4);
AT(sipas_size_opts, reserved, 76, 4);
AT(sipas_size_opts, code, 80, 8);
AT(sipas_size_opts, per_household, 88, 8);
AT(sipas_size_opts, relative_margin, 96, 8);
AT(sipas_size_opts, cv, 104, 8);
AT(sipas_size_opts, se, 112, 8);
AT(sipas_size_opts, df, 120, 8);
AT(sipas_size_opts, psus, 128, 8);

SIZE(sipas_size_figure, 280);
AT(sipas_size_figure, struct_size, 0, 4);
AT(sipas_size_figure, statistic, 4, 4);
AT(sipas_size_figure, method, 8, 4);
AT(sipas_size_figure, compare, 12, 4);
AT(sipas_size_figure, name, 16, 8);
AT(sipas_size_figure, p, 24, 8);
AT(sipas_size_figure, mean, 32, 8);
AT(sipas_size_figure, sd, 40, 8);
AT(sipas_size_figure, mean_x, 48, 8);
AT(sipas_size_figure, sd_x, 56, 8);
AT(sipas_size_figure, correlation, 64, 8);
AT(sipas_size_figure, weights, 72, 8);
AT(sipas_size_figure, covariance, 80, 8);
AT(sipas_size_figure, answered, 88, 8);
AT(sipas_size_figure, p_of, 96, 8);
AT(sipas_size_figure, mean_of, 104, 8);
AT(sipas_size_figure, sd_of, 112, 8);
AT(sipas_size_figure, domain, 120, 8);
AT(sipas_size_figure, deff, 128, 8);
AT(sipas_size_figure, take, 136, 8);
AT(sipas_size_figure, homogeneity, 144, 8);
AT(sipas_size_figure, homogeneity_of, 152, 8);
AT(sipas_size_figure, margin, 160, 8);
AT(sipas_size_figure, relative_margin, 168, 8);
AT(sipas_size_figure, cv, 176, 8);
AT(sipas_size_figure, se, 184, 8);
AT(sipas_size_figure, difference, 192, 8);
AT(sipas_size_figure, sd_other, 200, 8);
AT(sipas_size_figure, power, 208, 8);
AT(sipas_size_figure, ratio, 216, 8);
AT(sipas_size_figure, n_other, 224, 8);
AT(sipas_size_figure, overlap, 232, 8);
AT(sipas_size_figure, overlap_correlation, 240, 8);
AT(sipas_size_figure, sides, 248, 4);
AT(sipas_size_figure, reserved, 252, 4);
AT(sipas_size_figure, sd_given, 256, 4);
AT(sipas_size_figure, sd_other_given, 260, 4);
AT(sipas_size_figure, df, 264, 8);
AT(sipas_size_figure, psus, 272, 8);

SIZE(sipas_size_ranking_opts, 152);
AT(sipas_size_ranking_opts, struct_size, 0, 4);
AT(sipas_size_ranking_opts, ascending, 4, 4);
AT(sipas_size_ranking_opts, population, 8, 8);
AT(sipas_size_ranking_opts, code, 16, 8);
AT(sipas_size_ranking_opts, sd_of, 24, 8);
AT(sipas_size_ranking_opts, sd, 32, 8);
AT(sipas_size_ranking_opts, deff, 40, 8);
AT(sipas_size_ranking_opts, level, 48, 8);
AT(sipas_size_ranking_opts, power, 56, 8);
AT(sipas_size_ranking_opts, delta, 64, 8);
AT(sipas_size_ranking_opts, width, 72, 8);
AT(sipas_size_ranking_opts, top, 80, 8);
AT(sipas_size_ranking_opts, response, 88, 8);
AT(sipas_size_ranking_opts, per_household, 96, 8);
AT(sipas_size_ranking_opts, minimum, 104, 8);
AT(sipas_size_ranking_opts, maximum, 112, 8);
AT(sipas_size_ranking_opts, multiple, 120, 8);
AT(sipas_size_ranking_opts, rounding, 128, 4);
AT(sipas_size_ranking_opts, reserved, 132, 4);
AT(sipas_size_ranking_opts, df, 136, 8);
AT(sipas_size_ranking_opts, psus, 144, 8);

SIZE(sipas_size_stage, 88);
AT(sipas_size_stage, struct_size, 0, 4);
AT(sipas_size_stage, reserved, 4, 4);
AT(sipas_size_stage, name, 8, 8);
AT(sipas_size_stage, cost, 16, 8);
AT(sipas_size_stage, homogeneity, 24, 8);
AT(sipas_size_stage, k, 32, 8);
AT(sipas_size_stage, relvariance, 40, 8);
AT(sipas_size_stage, population, 48, 8);
AT(sipas_size_stage, n, 56, 8);
AT(sipas_size_stage, minimum, 64, 8);
AT(sipas_size_stage, maximum, 72, 8);
AT(sipas_size_stage, multiple, 80, 8);

SIZE(sipas_size_stages_opts, 80);
AT(sipas_size_stages_opts, struct_size, 0, 4);
AT(sipas_size_stages_opts, reserved, 4, 4);
AT(sipas_size_stages_opts, relvariance, 8, 8);
AT(sipas_size_stages_opts, budget, 16, 8);
AT(sipas_size_stages_opts, cv, 24, 8);
AT(sipas_size_stages_opts, fixed_cost, 32, 8);
AT(sipas_size_stages_opts, response, 40, 8);
AT(sipas_size_stages_opts, level, 48, 8);
AT(sipas_size_stages_opts, per_household, 56, 8);
AT(sipas_size_stages_opts, df, 64, 8);
AT(sipas_size_stages_opts, components, 72, 4);
AT(sipas_size_stages_opts, reserved2, 76, 4);

SIZE(sipas_components_opts, 24);
AT(sipas_components_opts, struct_size, 0, 4);
AT(sipas_components_opts, selection, 4, 4);
AT(sipas_components_opts, single, 8, 4);
AT(sipas_components_opts, reserved, 12, 4);
AT(sipas_components_opts, size, 16, 8);

/* allocate.h */
IS(SIPAS_ALLOCATE_NO_TOTAL, -1);
IS(SIPAS_ALLOCATE_DEFAULT, 0);
IS(SIPAS_ALLOCATE_EQUAL, 1);
IS(SIPAS_ALLOCATE_PROPORTIONAL, 2);
IS(SIPAS_ALLOCATE_SQRT, 3);
IS(SIPAS_ALLOCATE_POWER, 4);
IS(SIPAS_ALLOCATE_NEYMAN, 5);
IS(SIPAS_ALLOCATE_COST, 6);
IS(SIPAS_ALLOCATE_CLASS_TABLE, 7);
IS(SIPAS_ALLOCATE_KISH, 8);
IS(SIPAS_ALLOCATE_BANKIER, 9);
IS(SIPAS_ROUNDING_DEFAULT, 0);
IS(SIPAS_ROUNDING_LARGEST_REMAINDER, 1);
IS(SIPAS_ROUNDING_WEBSTER, 2);
IS(SIPAS_ROUNDING_HILL, 3);
IS(SIPAS_ROUNDING_ADAMS, 4);
IS(SIPAS_ROUNDING_JEFFERSON, 5);
IS(SIPAS_REMAINDER_ERROR, 0);
IS(SIPAS_REMAINDER_DOWN, 1);
IS(SIPAS_REMAINDER_UP, 2);
IS(SIPAS_REMAINDER_PART, 3);
IS(SIPAS_OF_DEFAULT, 0);
IS(SIPAS_OF_MEAN, 1);
IS(SIPAS_OF_TOTAL, 2);

SIZE(sipas_allocate_opts, 176);
AT(sipas_allocate_opts, struct_size, 0, 4);
AT(sipas_allocate_opts, method, 4, 4);
AT(sipas_allocate_opts, rounding, 8, 4);
AT(sipas_allocate_opts, size_is_measure, 12, 4);
AT(sipas_allocate_opts, power_given, 16, 4);
AT(sipas_allocate_opts, kish_given, 20, 4);
AT(sipas_allocate_opts, lower_given, 24, 4);
AT(sipas_allocate_opts, remainder, 28, 4);
AT(sipas_allocate_opts, gains, 32, 4);
AT(sipas_allocate_opts, reserved, 36, 4);
AT(sipas_allocate_opts, power, 40, 8);
AT(sipas_allocate_opts, kish, 48, 8);
AT(sipas_allocate_opts, lower_value, 56, 8);
AT(sipas_allocate_opts, upper_value, 64, 8);
AT(sipas_allocate_opts, multiple, 72, 8);
AT(sipas_allocate_opts, lower, 80, 8);
AT(sipas_allocate_opts, upper, 88, 8);
AT(sipas_allocate_opts, fixed, 96, 8);
AT(sipas_allocate_opts, take_all, 104, 8);
AT(sipas_allocate_opts, code, 112, 8);
AT(sipas_allocate_opts, sd, 120, 8);
AT(sipas_allocate_opts, mean, 128, 8);
AT(sipas_allocate_opts, importance, 136, 8);
AT(sipas_allocate_opts, cost, 144, 8);
AT(sipas_allocate_opts, unit_class, 152, 8);
AT(sipas_allocate_opts, class_code, 160, 8);
AT(sipas_allocate_opts, class_n, 168, 8);

SIZE(sipas_allocate_target, 64);
AT(sipas_allocate_target, struct_size, 0, 4);
AT(sipas_allocate_target, of, 4, 4);
AT(sipas_allocate_target, variance, 8, 8);
AT(sipas_allocate_target, se, 16, 8);
AT(sipas_allocate_target, half_width, 24, 8);
AT(sipas_allocate_target, level, 32, 8);
AT(sipas_allocate_target, cv, 40, 8);
AT(sipas_allocate_target, mean, 48, 8);
AT(sipas_allocate_target, df, 56, 8);

/* strata.h */
IS(SIPAS_STRATA_DEFAULT, 0);
IS(SIPAS_STRATA_CUM_ROOT_F, 1);
IS(SIPAS_STRATA_GEOMETRIC, 2);
IS(SIPAS_STRATA_LAVALLEE, 3);
IS(SIPAS_STRATA_OPTIMAL, 4);

SIZE(sipas_strata_opts, 56);
AT(sipas_strata_opts, struct_size, 0, 4);
AT(sipas_strata_opts, method, 4, 4);
AT(sipas_strata_opts, allocation, 8, 4);
AT(sipas_strata_opts, take_all, 12, 4);
AT(sipas_strata_opts, power_given, 16, 4);
AT(sipas_strata_opts, bins, 20, 4);
AT(sipas_strata_opts, power, 24, 8);
AT(sipas_strata_opts, cv, 32, 8);
AT(sipas_strata_opts, n, 40, 8);
AT(sipas_strata_opts, least_size, 48, 8);

/* allocate_multi.h */
IS(SIPAS_MULTI_DEFAULT, 0);
IS(SIPAS_MULTI_LEAST_COST, 1);
IS(SIPAS_MULTI_BEST_RATIO, 2);
IS(SIPAS_TARGET_DEFAULT, 0);
IS(SIPAS_TARGET_CV, 1);
IS(SIPAS_TARGET_SE, 2);
IS(SIPAS_TARGET_MARGIN, 3);
IS(SIPAS_TARGET_SE_TOTAL, 4);

SIZE(sipas_allocate_multi_opts, 168);
AT(sipas_allocate_multi_opts, struct_size, 0, 4);
AT(sipas_allocate_multi_opts, goal, 4, 4);
AT(sipas_allocate_multi_opts, measure, 8, 4);
AT(sipas_allocate_multi_opts, with_replacement, 12, 4);
AT(sipas_allocate_multi_opts, n_variables, 16, 4);
AT(sipas_allocate_multi_opts, n_by, 20, 4);
AT(sipas_allocate_multi_opts, max_iter, 24, 4);
AT(sipas_allocate_multi_opts, reserved, 28, 4);
AT(sipas_allocate_multi_opts, tol, 32, 8);
AT(sipas_allocate_multi_opts, level, 40, 8);
AT(sipas_allocate_multi_opts, budget, 48, 8);
AT(sipas_allocate_multi_opts, lower_value, 56, 8);
AT(sipas_allocate_multi_opts, upper_value, 64, 8);
AT(sipas_allocate_multi_opts, code, 72, 8);
AT(sipas_allocate_multi_opts, lower, 80, 8);
AT(sipas_allocate_multi_opts, upper, 88, 8);
AT(sipas_allocate_multi_opts, cost, 96, 8);
AT(sipas_allocate_multi_opts, sd, 104, 8);
AT(sipas_allocate_multi_opts, mean, 112, 8);
AT(sipas_allocate_multi_opts, by, 120, 8);
AT(sipas_allocate_multi_opts, target_by, 128, 8);
AT(sipas_allocate_multi_opts, target_domain, 136, 8);
AT(sipas_allocate_multi_opts, target, 144, 8);
AT(sipas_allocate_multi_opts, names, 152, 8);
AT(sipas_allocate_multi_opts, by_names, 160, 8);

/* allocate_tree.h */
SIZE(sipas_allocate_tree_opts, 160);
AT(sipas_allocate_tree_opts, struct_size, 0, 4);
AT(sipas_allocate_tree_opts, method, 4, 4);
AT(sipas_allocate_tree_opts, rounding, 8, 4);
AT(sipas_allocate_tree_opts, size_is_measure, 12, 4);
AT(sipas_allocate_tree_opts, power_given, 16, 4);
AT(sipas_allocate_tree_opts, lower_given, 20, 4);
AT(sipas_allocate_tree_opts, measure, 24, 4);
AT(sipas_allocate_tree_opts, reserved, 28, 4);
AT(sipas_allocate_tree_opts, power, 32, 8);
AT(sipas_allocate_tree_opts, level, 40, 8);
AT(sipas_allocate_tree_opts, lower_value, 48, 8);
AT(sipas_allocate_tree_opts, upper_value, 56, 8);
AT(sipas_allocate_tree_opts, multiple, 64, 8);
AT(sipas_allocate_tree_opts, lower, 72, 8);
AT(sipas_allocate_tree_opts, upper, 80, 8);
AT(sipas_allocate_tree_opts, equal, 88, 8);
AT(sipas_allocate_tree_opts, target, 96, 8);
AT(sipas_allocate_tree_opts, sd, 104, 8);
AT(sipas_allocate_tree_opts, mean, 112, 8);
AT(sipas_allocate_tree_opts, cost, 120, 8);
AT(sipas_allocate_tree_opts, class_level, 128, 8);
AT(sipas_allocate_tree_opts, class_code, 136, 8);
AT(sipas_allocate_tree_opts, class_lower, 144, 8);
AT(sipas_allocate_tree_opts, class_upper, 152, 8);

/* select.h */
IS(SIPAS_DRAW_DEFAULT, 0);
IS(SIPAS_DRAW_SRS, 1);
IS(SIPAS_DRAW_SYSTEMATIC, 2);
IS(SIPAS_DRAW_PPS_SYSTEMATIC, 3);
IS(SIPAS_DRAW_ALL, 4);
IS(SIPAS_FEWER_DEFAULT, 0);
IS(SIPAS_FEWER_ERROR, 1);
IS(SIPAS_FEWER_TAKE_ALL, 2);
IS(SIPAS_FEWER_MOVE, 3);
IS(SIPAS_FEWER_MOVE_TAKE_ALL, 4);
IS(SIPAS_STAGE_STRATA_NONE, 0);
IS(SIPAS_STAGE_STRATA_CLASS, 1);
IS(SIPAS_STAGE_STRATA_URBAN, 2);
IS(SIPAS_STAGE_STRATA_COLUMN, 3);

SIZE(sipas_draw_opts, 136);
AT(sipas_draw_opts, struct_size, 0, 4);
AT(sipas_draw_opts, method, 4, 4);
AT(sipas_draw_opts, has_seed, 8, 4);
AT(sipas_draw_opts, if_fewer, 12, 4);
AT(sipas_draw_opts, seed, 16, 8);
AT(sipas_draw_opts, programme, 24, 8);
AT(sipas_draw_opts, stage, 32, 8);
AT(sipas_draw_opts, n, 40, 8);
AT(sipas_draw_opts, reserve, 48, 8);
AT(sipas_draw_opts, size, 56, 8);
AT(sipas_draw_opts, order_key, 64, 8);
AT(sipas_draw_opts, strata, 72, 8);
AT(sipas_draw_opts, unit_class, 80, 8);
AT(sipas_draw_opts, certainty, 88, 8);
AT(sipas_draw_opts, excluded, 96, 8);
AT(sipas_draw_opts, quota_stratum, 104, 8);
AT(sipas_draw_opts, quota_class, 112, 8);
AT(sipas_draw_opts, quota_n, 120, 8);
AT(sipas_draw_opts, quota_reserve, 128, 8);

SIZE(sipas_draw_stage, 128);
AT(sipas_draw_stage, struct_size, 0, 4);
AT(sipas_draw_stage, method, 4, 4);
AT(sipas_draw_stage, if_fewer, 8, 4);
AT(sipas_draw_stage, strata, 12, 4);
AT(sipas_draw_stage, level, 16, 8);
AT(sipas_draw_stage, n, 24, 8);
AT(sipas_draw_stage, reserve, 32, 8);
AT(sipas_draw_stage, n_of, 40, 8);
AT(sipas_draw_stage, reserve_of, 48, 8);
AT(sipas_draw_stage, strata_of, 56, 8);
AT(sipas_draw_stage, measure, 64, 8);
AT(sipas_draw_stage, size_of, 72, 8);
AT(sipas_draw_stage, order_key_of, 80, 8);
AT(sipas_draw_stage, certainty_of, 88, 8);
AT(sipas_draw_stage, quota_parent, 96, 8);
AT(sipas_draw_stage, quota_stratum, 104, 8);
AT(sipas_draw_stage, quota_n, 112, 8);
AT(sipas_draw_stage, quota_reserve, 120, 8);

SIZE(sipas_draw_plan_opts, 32);
AT(sipas_draw_plan_opts, struct_size, 0, 4);
AT(sipas_draw_plan_opts, has_seed, 4, 4);
AT(sipas_draw_plan_opts, seed, 8, 8);
AT(sipas_draw_plan_opts, programme, 16, 8);
AT(sipas_draw_plan_opts, excluded, 24, 8);

/* estimate.h */
IS(SIPAS_MISSING_DEFAULT, 0);
IS(SIPAS_MISSING_AVAILABLE, 1);
IS(SIPAS_MISSING_COMPLETE, 2);
IS(SIPAS_MISSING_RESPONDENT, 3);
IS(SIPAS_DEFF_NONE, 0);
IS(SIPAS_DEFF_WOR, 1);
IS(SIPAS_DEFF_WR, 2);
IS(SIPAS_SIMULTANEOUS_NONE, 0);
IS(SIPAS_SIMULTANEOUS_BONFERRONI, 1);
IS(SIPAS_SIMULTANEOUS_SIDAK, 2);
IS(SIPAS_SIMULTANEOUS_SCHEFFE, 3);
IS(SIPAS_MISSING_BY_DEFAULT, 0);
IS(SIPAS_MISSING_BY_ERROR, 1);
IS(SIPAS_MISSING_BY_DROP, 2);
IS(SIPAS_MISSING_BY_GROUP, 3);
IS(SIPAS_CATEGORY_SHARE, 0);
IS(SIPAS_CATEGORY_TOTAL, 1);

SIZE(sipas_domains, 64);
AT(sipas_domains, struct_size, 0, 4);
AT(sipas_domains, n_by, 4, 4);
AT(sipas_domains, by, 8, 8);
AT(sipas_domains, names, 16, 8);
AT(sipas_domains, n_levels, 24, 4);
AT(sipas_domains, reserved, 28, 4);
AT(sipas_domains, levels, 32, 8);
AT(sipas_domains, where, 40, 8);
AT(sipas_domains, missing_by, 48, 4);
AT(sipas_domains, reserved2, 52, 4);
AT(sipas_domains, orders, 56, 8);

SIZE(sipas_estimate_opts, 48);
AT(sipas_estimate_opts, struct_size, 0, 4);
AT(sipas_estimate_opts, missing, 4, 4);
AT(sipas_estimate_opts, level, 8, 8);
AT(sipas_estimate_opts, deff, 16, 4);
AT(sipas_estimate_opts, cov, 20, 4);
AT(sipas_estimate_opts, names, 24, 8);
AT(sipas_estimate_opts, simultaneous, 32, 4);
AT(sipas_estimate_opts, reserved, 36, 4);
AT(sipas_estimate_opts, categories, 40, 8);

/* estimate_proportion.h */
IS(SIPAS_INTERVAL_DEFAULT, 0);
IS(SIPAS_INTERVAL_WALD, 1);
IS(SIPAS_INTERVAL_LOGIT, 2);
IS(SIPAS_INTERVAL_LIKELIHOOD, 3);
IS(SIPAS_INTERVAL_ARCSINE, 4);
IS(SIPAS_INTERVAL_BETA, 5);
IS(SIPAS_INTERVAL_XLOGIT, 6);
IS(SIPAS_INTERVAL_WILSON, 7);
IS(SIPAS_INTERVAL_AGRESTI_COULL, 8);
IS(SIPAS_INTERVAL_JEFFREYS, 9);
IS(SIPAS_INTERVAL_ARCSINE_CUT, 10);
IS(SIPAS_INTERVAL_GOODMAN, 11);
IS(SIPAS_INTERVAL_QUESENBERRY_HURST, 12);

/* estimate_function.h */
IS(SIPAS_FUNCTION_LINEAR, 0);
IS(SIPAS_FUNCTION_POWER, 1);
IS(SIPAS_FUNCTION_LOG, 2);
IS(SIPAS_FUNCTION_EXP, 3);
IS(SIPAS_FUNCTION_RATIOS, 4);
IS(SIPAS_FUNCTION_CALL, 5);
IS(SIPAS_ARGUMENT_TOTAL, 0);
IS(SIPAS_ARGUMENT_MEAN, 1);
IS(SIPAS_ARGUMENT_WEIGHT, 2);

SIZE(sipas_function, 72);
AT(sipas_function, name, 0, 8);
AT(sipas_function, kind, 8, 4);
AT(sipas_function, check, 12, 4);
AT(sipas_function, n_terms, 16, 8);
AT(sipas_function, term, 24, 8);
AT(sipas_function, coef, 32, 8);
AT(sipas_function, scale, 40, 8);
AT(sipas_function, constant, 48, 8);
AT(sipas_function, call, 56, 8);
AT(sipas_function, user, 64, 8);

/* estimate_contrast.h */
IS(SIPAS_CONTRAST_DF_DEFAULT, 0);
IS(SIPAS_CONTRAST_DF_MINIMUM, 1);
IS(SIPAS_CONTRAST_DF_DESIGN, 2);
IS(SIPAS_CONTRAST_DF_REGRESSION, 3);
IS(SIPAS_CONTRAST_DF_SATTERTHWAITE, 4);
IS(SIPAS_CONTRAST_DF_GIVEN, 5);
IS(SIPAS_ADJUST_NONE, 0);
IS(SIPAS_ADJUST_BONFERRONI, 1);
IS(SIPAS_ADJUST_HOLM, 2);
IS(SIPAS_OVERLAP_NONE, 0);
IS(SIPAS_OVERLAP_COMMON, 1);
IS(SIPAS_OVERLAP_JOINED, 2);

SIZE(sipas_contrast_opts, 40);
AT(sipas_contrast_opts, struct_size, 0, 4);
AT(sipas_contrast_opts, df, 4, 4);
AT(sipas_contrast_opts, level, 8, 8);
AT(sipas_contrast_opts, df_value, 16, 8);
AT(sipas_contrast_opts, adjust, 24, 4);
AT(sipas_contrast_opts, cov, 28, 4);
AT(sipas_contrast_opts, overlap, 32, 4);
AT(sipas_contrast_opts, relative, 36, 4);

/* estimate_moment.h */
IS(SIPAS_MOMENT_COVARIANCE, 0);
IS(SIPAS_MOMENT_VARIANCE, 1);
IS(SIPAS_MOMENT_CORRELATION, 2);
IS(SIPAS_SCALE_TRANSFORMED, 0);
IS(SIPAS_SCALE_PLAIN, 1);

/* estimate_quantile.h */
IS(SIPAS_QUANTILE_DEFAULT, 0);
IS(SIPAS_QUANTILE_HF1, 1);
IS(SIPAS_QUANTILE_HF2, 2);
IS(SIPAS_QUANTILE_HF3, 3);
IS(SIPAS_QUANTILE_HF4, 4);
IS(SIPAS_QUANTILE_HF5, 5);
IS(SIPAS_QUANTILE_HF6, 6);
IS(SIPAS_QUANTILE_HF7, 7);
IS(SIPAS_QUANTILE_HF8, 8);
IS(SIPAS_QUANTILE_HF9, 9);
IS(SIPAS_QUANTILE_MATH, 1);
IS(SIPAS_QUANTILE_SCHOOL, 2);
IS(SIPAS_QUANTILE_CENTRE_DEFAULT, 0);
IS(SIPAS_QUANTILE_CENTRE_P, 1);
IS(SIPAS_QUANTILE_CENTRE_ESTIMATE, 2);
IS(SIPAS_QUANTILE_INTERVAL_DEFAULT, 0);
IS(SIPAS_QUANTILE_INTERVAL_MEAN, 1);
IS(SIPAS_QUANTILE_INTERVAL_XLOGIT, 2);
IS(SIPAS_QUANTILE_INTERVAL_BETA, 3);
IS(SIPAS_QUANTILE_INTERVAL_ASIN, 4);

SIZE(sipas_estimate_quantile_opts, 40);
AT(sipas_estimate_quantile_opts, struct_size, 0, 4);
AT(sipas_estimate_quantile_opts, missing, 4, 4);
AT(sipas_estimate_quantile_opts, level, 8, 8);
AT(sipas_estimate_quantile_opts, rule, 16, 4);
AT(sipas_estimate_quantile_opts, interval, 20, 4);
AT(sipas_estimate_quantile_opts, names, 24, 8);
AT(sipas_estimate_quantile_opts, centre, 32, 4);
AT(sipas_estimate_quantile_opts, reserved, 36, 4);

/* plan.h */
SIZE(sipas_plan_variable, 40);
AT(sipas_plan_variable, name, 0, 8);
AT(sipas_plan_variable, sd, 8, 8);
AT(sipas_plan_variable, p, 16, 8);
AT(sipas_plan_variable, mean, 24, 8);
AT(sipas_plan_variable, deff, 32, 8);

SIZE(sipas_plan_opts, 48);
AT(sipas_plan_opts, struct_size, 0, 4);
AT(sipas_plan_opts, of, 4, 4);
AT(sipas_plan_opts, size_is_measure, 8, 4);
AT(sipas_plan_opts, reserved, 12, 4);
AT(sipas_plan_opts, level, 16, 8);
AT(sipas_plan_opts, cost, 24, 8);
AT(sipas_plan_opts, code, 32, 8);
AT(sipas_plan_opts, df, 40, 8);

SIZE(sipas_plan_compare_opts, 48);
AT(sipas_plan_compare_opts, struct_size, 0, 4);
AT(sipas_plan_compare_opts, of, 4, 4);
AT(sipas_plan_compare_opts, level, 8, 8);
AT(sipas_plan_compare_opts, methods, 16, 8);
AT(sipas_plan_compare_opts, n_methods, 24, 8);
AT(sipas_plan_compare_opts, unit, 32, 8);
AT(sipas_plan_compare_opts, df, 40, 8);

/* index.h */
IS(SIPAS_SCORING_DEFAULT, 0);
IS(SIPAS_SCORING_TOP2, 1);
IS(SIPAS_SCORING_MEAN_OVER_MAX, 2);
IS(SIPAS_SCORING_RESCALED, 3);
IS(SIPAS_WEIGHTING_DEFAULT, 0);
IS(SIPAS_WEIGHTING_CRITERION, 1);
IS(SIPAS_WEIGHTING_FACTOR, 2);
IS(SIPAS_WEIGHTING_BLOCK, 3);
IS(SIPAS_WEIGHTING_EXPLICIT, 4);
IS(SIPAS_WHOLE_DEFAULT, 0);
IS(SIPAS_WHOLE_POOLED, 1);
IS(SIPAS_WHOLE_MEAN_OF_UNITS, 2);
IS(SIPAS_WHOLE_POPULATION, 3);

SIZE(sipas_index_opts, 64);
AT(sipas_index_opts, struct_size, 0, 4);
AT(sipas_index_opts, scoring, 4, 4);
AT(sipas_index_opts, weighting, 8, 4);
AT(sipas_index_opts, missing, 12, 4);
AT(sipas_index_opts, level, 16, 8);
AT(sipas_index_opts, deff, 24, 4);
AT(sipas_index_opts, cov, 28, 4);
AT(sipas_index_opts, unweighted, 32, 4);
AT(sipas_index_opts, whole, 36, 4);
AT(sipas_index_opts, whole_by, 40, 4);
AT(sipas_index_opts, reserved, 44, 4);
AT(sipas_index_opts, population_code, 48, 8);
AT(sipas_index_opts, population, 56, 8);

/* rank.h */
SIZE(sipas_rank_opts, 32);
AT(sipas_rank_opts, struct_size, 0, 4);
AT(sipas_rank_opts, ascending, 4, 4);
AT(sipas_rank_opts, level, 8, 8);
AT(sipas_rank_opts, variable, 16, 8);
AT(sipas_rank_opts, domain_level, 24, 8);

/* NOLINTEND(bugprone-sizeof-expression) */

#endif

int main(void)
{
    return 0;
}

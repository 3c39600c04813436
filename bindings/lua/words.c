/*
 * The words of options.
 * Made from the public headers by bindings/generate/generate.py: `make generated` writes it anew.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "words.h"

#include <sipas.h>

/* clang-format off */
const choice type_words[] = {
    {"none", SIPAS_TYPE_NONE},
    {"f64", SIPAS_TYPE_F64},
    {"f32", SIPAS_TYPE_F32},
    {"i64", SIPAS_TYPE_I64},
    {"i32", SIPAS_TYPE_I32},
    {"i16", SIPAS_TYPE_I16},
    {"i8", SIPAS_TYPE_I8},
    {"u8", SIPAS_TYPE_U8},
    {"bool", SIPAS_TYPE_BOOL},
    {"code", SIPAS_TYPE_CODE},
    {NULL, 0},
};
const choice field_words[] = {
    {"other", SIPAS_FIELD_OTHER},
    {"figure", SIPAS_FIELD_FIGURE},
    {"key", SIPAS_FIELD_KEY},
    {"level", SIPAS_FIELD_LEVEL},
    {"by", SIPAS_FIELD_BY},
    {"value", SIPAS_FIELD_VALUE},
    {"se", SIPAS_FIELD_SE},
    {"lower", SIPAS_FIELD_LOWER},
    {"upper", SIPAS_FIELD_UPPER},
    {"df", SIPAS_FIELD_DF},
    {"df_design", SIPAS_FIELD_DF_DESIGN},
    {"rows", SIPAS_FIELD_ROWS},
    {"psus", SIPAS_FIELD_PSUS},
    {NULL, 0},
};
const choice share_words[] = {
    {"children", SIPAS_SHARE_CHILDREN},
    {"equal", SIPAS_SHARE_EQUAL},
    {NULL, 0},
};
const choice node_words[] = {
    {"item", SIPAS_NODE_ITEM},
    {"criterion", SIPAS_NODE_CRITERION},
    {"factor", SIPAS_NODE_FACTOR},
    {"block", SIPAS_NODE_BLOCK},
    {"index", SIPAS_NODE_INDEX},
    {NULL, 0},
};
const choice item_words[] = {
    {"likert", SIPAS_ITEM_LIKERT},
    {"single", SIPAS_ITEM_SINGLE},
    {"multiple", SIPAS_ITEM_MULTIPLE},
    {"yes_no", SIPAS_ITEM_YES_NO},
    {NULL, 0},
};
const choice role_words[] = {
    {"judgement", SIPAS_ROLE_JUDGEMENT},
    {"satisfaction", SIPAS_ROLE_SATISFACTION},
    {"expectation", SIPAS_ROLE_EXPECTATION},
    {NULL, 0},
};
const choice lonely_words[] = {
    {"error", SIPAS_LONELY_ERROR},
    {"remove", SIPAS_LONELY_REMOVE},
    {"certainty", SIPAS_LONELY_CERTAINTY},
    {"adjust", SIPAS_LONELY_ADJUST},
    {"average", SIPAS_LONELY_AVERAGE},
    {"adjust_zero", SIPAS_LONELY_ADJUST_ZERO},
    {"collapse", SIPAS_LONELY_COLLAPSE},
    {NULL, 0},
};
const choice collapse_words[] = {
    {"next", SIPAS_COLLAPSE_NEXT},
    {"previous", SIPAS_COLLAPSE_PREVIOUS},
    {"nearest", SIPAS_COLLAPSE_NEAREST},
    {"smallest", SIPAS_COLLAPSE_SMALLEST},
    {"largest", SIPAS_COLLAPSE_LARGEST},
    {"given", SIPAS_COLLAPSE_GIVEN},
    {NULL, 0},
};
const choice collapse_by_words[] = {
    {"weight", SIPAS_COLLAPSE_BY_WEIGHT},
    {"units", SIPAS_COLLAPSE_BY_UNITS},
    {NULL, 0},
};
const choice pps_words[] = {
    {"none", SIPAS_PPS_NONE},
    {"brewer", SIPAS_PPS_BREWER},
    {"overton", SIPAS_PPS_OVERTON},
    {"hartley_rao", SIPAS_PPS_HARTLEY_RAO},
    {"hajek", SIPAS_PPS_HAJEK},
    {"deville", SIPAS_PPS_DEVILLE},
    {"hr", SIPAS_PPS_HARTLEY_RAO},
    {NULL, 0},
};
const choice pps_form_words[] = {
    {"horvitz_thompson", SIPAS_PPS_FORM_HORVITZ_THOMPSON},
    {"yates_grundy", SIPAS_PPS_FORM_YATES_GRUNDY},
    {"ht", SIPAS_PPS_FORM_HORVITZ_THOMPSON},
    {"yg", SIPAS_PPS_FORM_YATES_GRUNDY},
    {NULL, 0},
};
const choice phase2_words[] = {
    {"srs", SIPAS_PHASE2_SRS},
    {"bernoulli", SIPAS_PHASE2_BERNOULLI},
    {NULL, 0},
};
const choice phase1_words[] = {
    {"design", SIPAS_PHASE1_DESIGN},
    {"independent", SIPAS_PHASE1_INDEPENDENT},
    {NULL, 0},
};
const choice nest_words[] = {
    {"yes", SIPAS_NEST_YES},
    {"no", SIPAS_NEST_NO},
    {NULL, 0},
};
const choice one_psu_words[] = {
    {"missing", SIPAS_ONE_PSU_MISSING},
    {"conditional", SIPAS_ONE_PSU_CONDITIONAL},
    {NULL, 0},
};
const choice df_words[] = {
    {"domain", SIPAS_DF_DOMAIN},
    {"design", SIPAS_DF_DESIGN},
    {"domain_rows", SIPAS_DF_DOMAIN_ROWS},
    {NULL, 0},
};
const choice size_words[] = {
    {"yamane", SIPAS_SIZE_YAMANE},
    {"cochran", SIPAS_SIZE_COCHRAN},
    {"wilson", SIPAS_SIZE_WILSON},
    {"log_odds", SIPAS_SIZE_LOG_ODDS},
    {NULL, 0},
};
const choice size_round_words[] = {
    {"up", SIPAS_SIZE_ROUND_UP},
    {"nearest", SIPAS_SIZE_ROUND_NEAREST},
    {NULL, 0},
};
const choice figure_words[] = {
    {"proportion", SIPAS_FIGURE_PROPORTION},
    {"mean", SIPAS_FIGURE_MEAN},
    {"total", SIPAS_FIGURE_TOTAL},
    {"ratio", SIPAS_FIGURE_RATIO},
    {"index", SIPAS_FIGURE_INDEX},
    {NULL, 0},
};
const choice compare_words[] = {
    {"none", SIPAS_COMPARE_NONE},
    {"units", SIPAS_COMPARE_UNITS},
    {"rounds", SIPAS_COMPARE_ROUNDS},
    {NULL, 0},
};
const choice components_words[] = {
    {"model", SIPAS_COMPONENTS_MODEL},
    {"population", SIPAS_COMPONENTS_POPULATION},
    {NULL, 0},
};
const choice psu_words[] = {
    {"equal", SIPAS_PSU_EQUAL},
    {"persons", SIPAS_PSU_PERSONS},
    {"measure", SIPAS_PSU_MEASURE},
    {NULL, 0},
};
const choice single_words[] = {
    {"zero", SIPAS_SINGLE_ZERO},
    {"mean", SIPAS_SINGLE_MEAN},
    {NULL, 0},
};
const choice allocate_words[] = {
    {"equal", SIPAS_ALLOCATE_EQUAL},
    {"proportional", SIPAS_ALLOCATE_PROPORTIONAL},
    {"sqrt", SIPAS_ALLOCATE_SQRT},
    {"power", SIPAS_ALLOCATE_POWER},
    {"neyman", SIPAS_ALLOCATE_NEYMAN},
    {"cost", SIPAS_ALLOCATE_COST},
    {"class_table", SIPAS_ALLOCATE_CLASS_TABLE},
    {"kish", SIPAS_ALLOCATE_KISH},
    {"bankier", SIPAS_ALLOCATE_BANKIER},
    {NULL, 0},
};
const choice rounding_words[] = {
    {"largest_remainder", SIPAS_ROUNDING_LARGEST_REMAINDER},
    {"webster", SIPAS_ROUNDING_WEBSTER},
    {"hill", SIPAS_ROUNDING_HILL},
    {"adams", SIPAS_ROUNDING_ADAMS},
    {"jefferson", SIPAS_ROUNDING_JEFFERSON},
    {NULL, 0},
};
const choice remainder_words[] = {
    {"error", SIPAS_REMAINDER_ERROR},
    {"down", SIPAS_REMAINDER_DOWN},
    {"up", SIPAS_REMAINDER_UP},
    {"part", SIPAS_REMAINDER_PART},
    {NULL, 0},
};
const choice of_words[] = {
    {"mean", SIPAS_OF_MEAN},
    {"total", SIPAS_OF_TOTAL},
    {NULL, 0},
};
const choice strata_words[] = {
    {"cum_root_f", SIPAS_STRATA_CUM_ROOT_F},
    {"geometric", SIPAS_STRATA_GEOMETRIC},
    {"lavallee", SIPAS_STRATA_LAVALLEE},
    {"optimal", SIPAS_STRATA_OPTIMAL},
    {NULL, 0},
};
const choice multi_words[] = {
    {"least_cost", SIPAS_MULTI_LEAST_COST},
    {"best_ratio", SIPAS_MULTI_BEST_RATIO},
    {NULL, 0},
};
const choice target_words[] = {
    {"cv", SIPAS_TARGET_CV},
    {"se", SIPAS_TARGET_SE},
    {"margin", SIPAS_TARGET_MARGIN},
    {"se_total", SIPAS_TARGET_SE_TOTAL},
    {NULL, 0},
};
const choice draw_words[] = {
    {"srs", SIPAS_DRAW_SRS},
    {"systematic", SIPAS_DRAW_SYSTEMATIC},
    {"pps_systematic", SIPAS_DRAW_PPS_SYSTEMATIC},
    {"all", SIPAS_DRAW_ALL},
    {NULL, 0},
};
const choice fewer_words[] = {
    {"error", SIPAS_FEWER_ERROR},
    {"take_all", SIPAS_FEWER_TAKE_ALL},
    {"move", SIPAS_FEWER_MOVE},
    {"move_take_all", SIPAS_FEWER_MOVE_TAKE_ALL},
    {NULL, 0},
};
const choice stage_strata_words[] = {
    {"none", SIPAS_STAGE_STRATA_NONE},
    {"class", SIPAS_STAGE_STRATA_CLASS},
    {"urban", SIPAS_STAGE_STRATA_URBAN},
    {"column", SIPAS_STAGE_STRATA_COLUMN},
    {NULL, 0},
};
const choice missing_words[] = {
    {"available", SIPAS_MISSING_AVAILABLE},
    {"complete", SIPAS_MISSING_COMPLETE},
    {"respondent", SIPAS_MISSING_RESPONDENT},
    {NULL, 0},
};
const choice deff_words[] = {
    {"none", SIPAS_DEFF_NONE},
    {"wor", SIPAS_DEFF_WOR},
    {"wr", SIPAS_DEFF_WR},
    {"true", SIPAS_DEFF_WOR},
    {"replace", SIPAS_DEFF_WR},
    {NULL, 0},
};
const choice simultaneous_words[] = {
    {"none", SIPAS_SIMULTANEOUS_NONE},
    {"bonferroni", SIPAS_SIMULTANEOUS_BONFERRONI},
    {"sidak", SIPAS_SIMULTANEOUS_SIDAK},
    {"scheffe", SIPAS_SIMULTANEOUS_SCHEFFE},
    {NULL, 0},
};
const choice missing_by_words[] = {
    {"error", SIPAS_MISSING_BY_ERROR},
    {"drop", SIPAS_MISSING_BY_DROP},
    {"group", SIPAS_MISSING_BY_GROUP},
    {NULL, 0},
};
const choice category_words[] = {
    {"share", SIPAS_CATEGORY_SHARE},
    {"total", SIPAS_CATEGORY_TOTAL},
    {NULL, 0},
};
const choice interval_words[] = {
    {"wald", SIPAS_INTERVAL_WALD},
    {"logit", SIPAS_INTERVAL_LOGIT},
    {"likelihood", SIPAS_INTERVAL_LIKELIHOOD},
    {"arcsine", SIPAS_INTERVAL_ARCSINE},
    {"beta", SIPAS_INTERVAL_BETA},
    {"xlogit", SIPAS_INTERVAL_XLOGIT},
    {"wilson", SIPAS_INTERVAL_WILSON},
    {"agresti_coull", SIPAS_INTERVAL_AGRESTI_COULL},
    {"jeffreys", SIPAS_INTERVAL_JEFFREYS},
    {"arcsine_cut", SIPAS_INTERVAL_ARCSINE_CUT},
    {"goodman", SIPAS_INTERVAL_GOODMAN},
    {"quesenberry_hurst", SIPAS_INTERVAL_QUESENBERRY_HURST},
    {"mean", SIPAS_INTERVAL_WALD},
    {"asin", SIPAS_INTERVAL_ARCSINE},
    {"agresti", SIPAS_INTERVAL_AGRESTI_COULL},
    {"asin_cut", SIPAS_INTERVAL_ARCSINE_CUT},
    {NULL, 0},
};
const choice function_words[] = {
    {"linear", SIPAS_FUNCTION_LINEAR},
    {"power", SIPAS_FUNCTION_POWER},
    {"log", SIPAS_FUNCTION_LOG},
    {"exp", SIPAS_FUNCTION_EXP},
    {"ratios", SIPAS_FUNCTION_RATIOS},
    {"call", SIPAS_FUNCTION_CALL},
    {NULL, 0},
};
const choice argument_words[] = {
    {"total", SIPAS_ARGUMENT_TOTAL},
    {"mean", SIPAS_ARGUMENT_MEAN},
    {"weight", SIPAS_ARGUMENT_WEIGHT},
    {NULL, 0},
};
const choice contrast_df_words[] = {
    {"minimum", SIPAS_CONTRAST_DF_MINIMUM},
    {"design", SIPAS_CONTRAST_DF_DESIGN},
    {"regression", SIPAS_CONTRAST_DF_REGRESSION},
    {"satterthwaite", SIPAS_CONTRAST_DF_SATTERTHWAITE},
    {NULL, 0},
};
const choice adjust_words[] = {
    {"none", SIPAS_ADJUST_NONE},
    {"bonferroni", SIPAS_ADJUST_BONFERRONI},
    {"holm", SIPAS_ADJUST_HOLM},
    {NULL, 0},
};
const choice overlap_words[] = {
    {"none", SIPAS_OVERLAP_NONE},
    {"common", SIPAS_OVERLAP_COMMON},
    {"joined", SIPAS_OVERLAP_JOINED},
    {NULL, 0},
};
const choice moment_words[] = {
    {"covariance", SIPAS_MOMENT_COVARIANCE},
    {"variance", SIPAS_MOMENT_VARIANCE},
    {"correlation", SIPAS_MOMENT_CORRELATION},
    {NULL, 0},
};
const choice scale_words[] = {
    {"transformed", SIPAS_SCALE_TRANSFORMED},
    {"plain", SIPAS_SCALE_PLAIN},
    {NULL, 0},
};
const choice quantile_words[] = {
    {"hf1", SIPAS_QUANTILE_HF1},
    {"hf2", SIPAS_QUANTILE_HF2},
    {"hf3", SIPAS_QUANTILE_HF3},
    {"hf4", SIPAS_QUANTILE_HF4},
    {"hf5", SIPAS_QUANTILE_HF5},
    {"hf6", SIPAS_QUANTILE_HF6},
    {"hf7", SIPAS_QUANTILE_HF7},
    {"hf8", SIPAS_QUANTILE_HF8},
    {"hf9", SIPAS_QUANTILE_HF9},
    {"math", SIPAS_QUANTILE_MATH},
    {"school", SIPAS_QUANTILE_SCHOOL},
    {NULL, 0},
};
const choice quantile_centre_words[] = {
    {"p", SIPAS_QUANTILE_CENTRE_P},
    {"estimate", SIPAS_QUANTILE_CENTRE_ESTIMATE},
    {NULL, 0},
};
const choice quantile_interval_words[] = {
    {"mean", SIPAS_QUANTILE_INTERVAL_MEAN},
    {"xlogit", SIPAS_QUANTILE_INTERVAL_XLOGIT},
    {"beta", SIPAS_QUANTILE_INTERVAL_BETA},
    {"asin", SIPAS_QUANTILE_INTERVAL_ASIN},
    {"wald", SIPAS_QUANTILE_INTERVAL_MEAN},
    {"arcsine", SIPAS_QUANTILE_INTERVAL_ASIN},
    {NULL, 0},
};
const choice scoring_words[] = {
    {"top2", SIPAS_SCORING_TOP2},
    {"mean_over_max", SIPAS_SCORING_MEAN_OVER_MAX},
    {"rescaled", SIPAS_SCORING_RESCALED},
    {NULL, 0},
};
const choice weighting_words[] = {
    {"criterion", SIPAS_WEIGHTING_CRITERION},
    {"factor", SIPAS_WEIGHTING_FACTOR},
    {"block", SIPAS_WEIGHTING_BLOCK},
    {"explicit", SIPAS_WEIGHTING_EXPLICIT},
    {NULL, 0},
};
const choice whole_words[] = {
    {"pooled", SIPAS_WHOLE_POOLED},
    {"mean_of_units", SIPAS_WHOLE_MEAN_OF_UNITS},
    {"population", SIPAS_WHOLE_POPULATION},
    {NULL, 0},
};

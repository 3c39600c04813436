/*
 * The words of the public enumerations.
 * Made from the public headers by bindings/generate/generate.py: `make generated` writes it anew.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/enums.h"

#include <sipas.h>

/* By value; NULL where an enumeration has none. */
/* clang-format off */
static const char *const type_words[] = {
    [SIPAS_TYPE_NONE] = "none",
    [SIPAS_TYPE_F64] = "f64",
    [SIPAS_TYPE_F32] = "f32",
    [SIPAS_TYPE_I64] = "i64",
    [SIPAS_TYPE_I32] = "i32",
    [SIPAS_TYPE_I16] = "i16",
    [SIPAS_TYPE_I8] = "i8",
    [SIPAS_TYPE_U8] = "u8",
    [SIPAS_TYPE_BOOL] = "bool",
    [SIPAS_TYPE_CODE] = "code",
};
static const char *const field_words[] = {
    [SIPAS_FIELD_OTHER] = "other",
    [SIPAS_FIELD_FIGURE] = "figure",
    [SIPAS_FIELD_KEY] = "key",
    [SIPAS_FIELD_LEVEL] = "level",
    [SIPAS_FIELD_BY] = "by",
    [SIPAS_FIELD_VALUE] = "value",
    [SIPAS_FIELD_SE] = "se",
    [SIPAS_FIELD_LOWER] = "lower",
    [SIPAS_FIELD_UPPER] = "upper",
    [SIPAS_FIELD_DF] = "df",
    [SIPAS_FIELD_DF_DESIGN] = "df_design",
    [SIPAS_FIELD_ROWS] = "rows",
    [SIPAS_FIELD_PSUS] = "psus",
};
static const char *const share_words[] = {
    [SIPAS_SHARE_DEFAULT] = "default",
    [SIPAS_SHARE_CHILDREN] = "children",
    [SIPAS_SHARE_EQUAL] = "equal",
};
static const char *const node_words[] = {
    [SIPAS_NODE_ITEM] = "item",
    [SIPAS_NODE_CRITERION] = "criterion",
    [SIPAS_NODE_FACTOR] = "factor",
    [SIPAS_NODE_BLOCK] = "block",
    [SIPAS_NODE_INDEX] = "index",
};
static const char *const item_words[] = {
    [SIPAS_ITEM_LIKERT] = "likert",
    [SIPAS_ITEM_SINGLE] = "single",
    [SIPAS_ITEM_MULTIPLE] = "multiple",
    [SIPAS_ITEM_YES_NO] = "yes_no",
};
static const char *const role_words[] = {
    [SIPAS_ROLE_JUDGEMENT] = "judgement",
    [SIPAS_ROLE_SATISFACTION] = "satisfaction",
    [SIPAS_ROLE_EXPECTATION] = "expectation",
};
static const char *const lonely_words[] = {
    [SIPAS_LONELY_DEFAULT] = "default",
    [SIPAS_LONELY_ERROR] = "error",
    [SIPAS_LONELY_REMOVE] = "remove",
    [SIPAS_LONELY_CERTAINTY] = "certainty",
    [SIPAS_LONELY_ADJUST] = "adjust",
    [SIPAS_LONELY_AVERAGE] = "average",
    [SIPAS_LONELY_ADJUST_ZERO] = "adjust_zero",
    [SIPAS_LONELY_COLLAPSE] = "collapse",
};
static const char *const collapse_words[] = {
    [SIPAS_COLLAPSE_DEFAULT] = "default",
    [SIPAS_COLLAPSE_NEXT] = "next",
    [SIPAS_COLLAPSE_PREVIOUS] = "previous",
    [SIPAS_COLLAPSE_NEAREST] = "nearest",
    [SIPAS_COLLAPSE_SMALLEST] = "smallest",
    [SIPAS_COLLAPSE_LARGEST] = "largest",
    [SIPAS_COLLAPSE_GIVEN] = "given",
};
static const char *const collapse_by_words[] = {
    [SIPAS_COLLAPSE_BY_DEFAULT] = "default",
    [SIPAS_COLLAPSE_BY_WEIGHT] = "weight",
    [SIPAS_COLLAPSE_BY_UNITS] = "units",
};
static const char *const pps_words[] = {
    [SIPAS_PPS_NONE] = "none",
    [SIPAS_PPS_BREWER] = "brewer",
    [SIPAS_PPS_OVERTON] = "overton",
    [SIPAS_PPS_HARTLEY_RAO] = "hartley_rao",
    [SIPAS_PPS_HAJEK] = "hajek",
    [SIPAS_PPS_DEVILLE] = "deville",
    [SIPAS_PPS_JOINT] = "joint",
};
static const char *const pps_form_words[] = {
    [SIPAS_PPS_FORM_DEFAULT] = "default",
    [SIPAS_PPS_FORM_HORVITZ_THOMPSON] = "horvitz_thompson",
    [SIPAS_PPS_FORM_YATES_GRUNDY] = "yates_grundy",
};
static const char *const phase2_words[] = {
    [SIPAS_PHASE2_NONE] = "none",
    [SIPAS_PHASE2_SRS] = "srs",
    [SIPAS_PHASE2_BERNOULLI] = "bernoulli",
};
static const char *const phase1_words[] = {
    [SIPAS_PHASE1_DEFAULT] = "default",
    [SIPAS_PHASE1_DESIGN] = "design",
    [SIPAS_PHASE1_INDEPENDENT] = "independent",
};
static const char *const nest_words[] = {
    [SIPAS_NEST_DEFAULT] = "default",
    [SIPAS_NEST_YES] = "yes",
    [SIPAS_NEST_NO] = "no",
};
static const char *const one_psu_words[] = {
    [SIPAS_ONE_PSU_DEFAULT] = "default",
    [SIPAS_ONE_PSU_MISSING] = "missing",
    [SIPAS_ONE_PSU_CONDITIONAL] = "conditional",
};
static const char *const df_words[] = {
    [SIPAS_DF_DEFAULT] = "default",
    [SIPAS_DF_DOMAIN] = "domain",
    [SIPAS_DF_DESIGN] = "design",
    [SIPAS_DF_GIVEN] = "given",
    [SIPAS_DF_DOMAIN_ROWS] = "domain_rows",
};
static const char *const size_words[] = {
    [SIPAS_SIZE_DEFAULT] = "default",
    [SIPAS_SIZE_YAMANE] = "yamane",
    [SIPAS_SIZE_COCHRAN] = "cochran",
    [SIPAS_SIZE_WILSON] = "wilson",
    [SIPAS_SIZE_LOG_ODDS] = "log_odds",
};
static const char *const size_round_words[] = {
    [SIPAS_SIZE_ROUND_DEFAULT] = "default",
    [SIPAS_SIZE_ROUND_UP] = "up",
    [SIPAS_SIZE_ROUND_NEAREST] = "nearest",
};
static const char *const figure_words[] = {
    [SIPAS_FIGURE_DEFAULT] = "default",
    [SIPAS_FIGURE_PROPORTION] = "proportion",
    [SIPAS_FIGURE_MEAN] = "mean",
    [SIPAS_FIGURE_TOTAL] = "total",
    [SIPAS_FIGURE_RATIO] = "ratio",
    [SIPAS_FIGURE_INDEX] = "index",
};
static const char *const compare_words[] = {
    [SIPAS_COMPARE_NONE] = "none",
    [SIPAS_COMPARE_UNITS] = "units",
    [SIPAS_COMPARE_ROUNDS] = "rounds",
};
static const char *const components_words[] = {
    [SIPAS_COMPONENTS_DEFAULT] = "default",
    [SIPAS_COMPONENTS_MODEL] = "model",
    [SIPAS_COMPONENTS_POPULATION] = "population",
};
static const char *const psu_words[] = {
    [SIPAS_PSU_DEFAULT] = "default",
    [SIPAS_PSU_EQUAL] = "equal",
    [SIPAS_PSU_PERSONS] = "persons",
    [SIPAS_PSU_MEASURE] = "measure",
};
static const char *const single_words[] = {
    [SIPAS_SINGLE_DEFAULT] = "default",
    [SIPAS_SINGLE_ZERO] = "zero",
    [SIPAS_SINGLE_MEAN] = "mean",
};
static const char *const allocate_words[] = {
    [SIPAS_ALLOCATE_DEFAULT] = "default",
    [SIPAS_ALLOCATE_EQUAL] = "equal",
    [SIPAS_ALLOCATE_PROPORTIONAL] = "proportional",
    [SIPAS_ALLOCATE_SQRT] = "sqrt",
    [SIPAS_ALLOCATE_POWER] = "power",
    [SIPAS_ALLOCATE_NEYMAN] = "neyman",
    [SIPAS_ALLOCATE_COST] = "cost",
    [SIPAS_ALLOCATE_CLASS_TABLE] = "class_table",
    [SIPAS_ALLOCATE_KISH] = "kish",
    [SIPAS_ALLOCATE_BANKIER] = "bankier",
};
static const char *const rounding_words[] = {
    [SIPAS_ROUNDING_DEFAULT] = "default",
    [SIPAS_ROUNDING_LARGEST_REMAINDER] = "largest_remainder",
    [SIPAS_ROUNDING_WEBSTER] = "webster",
    [SIPAS_ROUNDING_HILL] = "hill",
    [SIPAS_ROUNDING_ADAMS] = "adams",
    [SIPAS_ROUNDING_JEFFERSON] = "jefferson",
};
static const char *const remainder_words[] = {
    [SIPAS_REMAINDER_ERROR] = "error",
    [SIPAS_REMAINDER_DOWN] = "down",
    [SIPAS_REMAINDER_UP] = "up",
    [SIPAS_REMAINDER_PART] = "part",
};
static const char *const of_words[] = {
    [SIPAS_OF_DEFAULT] = "default",
    [SIPAS_OF_MEAN] = "mean",
    [SIPAS_OF_TOTAL] = "total",
};
static const char *const strata_words[] = {
    [SIPAS_STRATA_DEFAULT] = "default",
    [SIPAS_STRATA_CUM_ROOT_F] = "cum_root_f",
    [SIPAS_STRATA_GEOMETRIC] = "geometric",
    [SIPAS_STRATA_LAVALLEE] = "lavallee",
    [SIPAS_STRATA_OPTIMAL] = "optimal",
};
static const char *const multi_words[] = {
    [SIPAS_MULTI_DEFAULT] = "default",
    [SIPAS_MULTI_LEAST_COST] = "least_cost",
    [SIPAS_MULTI_BEST_RATIO] = "best_ratio",
};
static const char *const target_words[] = {
    [SIPAS_TARGET_DEFAULT] = "default",
    [SIPAS_TARGET_CV] = "cv",
    [SIPAS_TARGET_SE] = "se",
    [SIPAS_TARGET_MARGIN] = "margin",
    [SIPAS_TARGET_SE_TOTAL] = "se_total",
};
static const char *const draw_words[] = {
    [SIPAS_DRAW_DEFAULT] = "default",
    [SIPAS_DRAW_SRS] = "srs",
    [SIPAS_DRAW_SYSTEMATIC] = "systematic",
    [SIPAS_DRAW_PPS_SYSTEMATIC] = "pps_systematic",
    [SIPAS_DRAW_ALL] = "all",
};
static const char *const fewer_words[] = {
    [SIPAS_FEWER_DEFAULT] = "default",
    [SIPAS_FEWER_ERROR] = "error",
    [SIPAS_FEWER_TAKE_ALL] = "take_all",
    [SIPAS_FEWER_MOVE] = "move",
    [SIPAS_FEWER_MOVE_TAKE_ALL] = "move_take_all",
};
static const char *const stage_strata_words[] = {
    [SIPAS_STAGE_STRATA_NONE] = "none",
    [SIPAS_STAGE_STRATA_CLASS] = "class",
    [SIPAS_STAGE_STRATA_URBAN] = "urban",
    [SIPAS_STAGE_STRATA_COLUMN] = "column",
};
static const char *const missing_words[] = {
    [SIPAS_MISSING_DEFAULT] = "default",
    [SIPAS_MISSING_AVAILABLE] = "available",
    [SIPAS_MISSING_COMPLETE] = "complete",
    [SIPAS_MISSING_RESPONDENT] = "respondent",
};
static const char *const deff_words[] = {
    [SIPAS_DEFF_NONE] = "none",
    [SIPAS_DEFF_WOR] = "wor",
    [SIPAS_DEFF_WR] = "wr",
};
static const char *const simultaneous_words[] = {
    [SIPAS_SIMULTANEOUS_NONE] = "none",
    [SIPAS_SIMULTANEOUS_BONFERRONI] = "bonferroni",
    [SIPAS_SIMULTANEOUS_SIDAK] = "sidak",
    [SIPAS_SIMULTANEOUS_SCHEFFE] = "scheffe",
};
static const char *const missing_by_words[] = {
    [SIPAS_MISSING_BY_DEFAULT] = "default",
    [SIPAS_MISSING_BY_ERROR] = "error",
    [SIPAS_MISSING_BY_DROP] = "drop",
    [SIPAS_MISSING_BY_GROUP] = "group",
};
static const char *const category_words[] = {
    [SIPAS_CATEGORY_SHARE] = "share",
    [SIPAS_CATEGORY_TOTAL] = "total",
};
static const char *const interval_words[] = {
    [SIPAS_INTERVAL_DEFAULT] = "default",
    [SIPAS_INTERVAL_WALD] = "wald",
    [SIPAS_INTERVAL_LOGIT] = "logit",
    [SIPAS_INTERVAL_LIKELIHOOD] = "likelihood",
    [SIPAS_INTERVAL_ARCSINE] = "arcsine",
    [SIPAS_INTERVAL_BETA] = "beta",
    [SIPAS_INTERVAL_XLOGIT] = "xlogit",
    [SIPAS_INTERVAL_WILSON] = "wilson",
    [SIPAS_INTERVAL_AGRESTI_COULL] = "agresti_coull",
    [SIPAS_INTERVAL_JEFFREYS] = "jeffreys",
    [SIPAS_INTERVAL_ARCSINE_CUT] = "arcsine_cut",
    [SIPAS_INTERVAL_GOODMAN] = "goodman",
    [SIPAS_INTERVAL_QUESENBERRY_HURST] = "quesenberry_hurst",
};
static const char *const function_words[] = {
    [SIPAS_FUNCTION_LINEAR] = "linear",
    [SIPAS_FUNCTION_POWER] = "power",
    [SIPAS_FUNCTION_LOG] = "log",
    [SIPAS_FUNCTION_EXP] = "exp",
    [SIPAS_FUNCTION_RATIOS] = "ratios",
    [SIPAS_FUNCTION_CALL] = "call",
};
static const char *const argument_words[] = {
    [SIPAS_ARGUMENT_TOTAL] = "total",
    [SIPAS_ARGUMENT_MEAN] = "mean",
    [SIPAS_ARGUMENT_WEIGHT] = "weight",
};
static const char *const contrast_df_words[] = {
    [SIPAS_CONTRAST_DF_DEFAULT] = "default",
    [SIPAS_CONTRAST_DF_MINIMUM] = "minimum",
    [SIPAS_CONTRAST_DF_DESIGN] = "design",
    [SIPAS_CONTRAST_DF_REGRESSION] = "regression",
    [SIPAS_CONTRAST_DF_SATTERTHWAITE] = "satterthwaite",
    [SIPAS_CONTRAST_DF_GIVEN] = "given",
};
static const char *const adjust_words[] = {
    [SIPAS_ADJUST_NONE] = "none",
    [SIPAS_ADJUST_BONFERRONI] = "bonferroni",
    [SIPAS_ADJUST_HOLM] = "holm",
};
static const char *const overlap_words[] = {
    [SIPAS_OVERLAP_NONE] = "none",
    [SIPAS_OVERLAP_COMMON] = "common",
    [SIPAS_OVERLAP_JOINED] = "joined",
};
static const char *const moment_words[] = {
    [SIPAS_MOMENT_COVARIANCE] = "covariance",
    [SIPAS_MOMENT_VARIANCE] = "variance",
    [SIPAS_MOMENT_CORRELATION] = "correlation",
};
static const char *const scale_words[] = {
    [SIPAS_SCALE_TRANSFORMED] = "transformed",
    [SIPAS_SCALE_PLAIN] = "plain",
};
static const char *const quantile_words[] = {
    [SIPAS_QUANTILE_DEFAULT] = "default",
    [SIPAS_QUANTILE_HF1] = "hf1",
    [SIPAS_QUANTILE_HF2] = "hf2",
    [SIPAS_QUANTILE_HF3] = "hf3",
    [SIPAS_QUANTILE_HF4] = "hf4",
    [SIPAS_QUANTILE_HF5] = "hf5",
    [SIPAS_QUANTILE_HF6] = "hf6",
    [SIPAS_QUANTILE_HF7] = "hf7",
    [SIPAS_QUANTILE_HF8] = "hf8",
    [SIPAS_QUANTILE_HF9] = "hf9",
};
static const char *const quantile_centre_words[] = {
    [SIPAS_QUANTILE_CENTRE_DEFAULT] = "default",
    [SIPAS_QUANTILE_CENTRE_P] = "p",
    [SIPAS_QUANTILE_CENTRE_ESTIMATE] = "estimate",
};
static const char *const quantile_interval_words[] = {
    [SIPAS_QUANTILE_INTERVAL_DEFAULT] = "default",
    [SIPAS_QUANTILE_INTERVAL_MEAN] = "mean",
    [SIPAS_QUANTILE_INTERVAL_XLOGIT] = "xlogit",
    [SIPAS_QUANTILE_INTERVAL_BETA] = "beta",
    [SIPAS_QUANTILE_INTERVAL_ASIN] = "asin",
};
static const char *const scoring_words[] = {
    [SIPAS_SCORING_DEFAULT] = "default",
    [SIPAS_SCORING_TOP2] = "top2",
    [SIPAS_SCORING_MEAN_OVER_MAX] = "mean_over_max",
    [SIPAS_SCORING_RESCALED] = "rescaled",
};
static const char *const weighting_words[] = {
    [SIPAS_WEIGHTING_DEFAULT] = "default",
    [SIPAS_WEIGHTING_CRITERION] = "criterion",
    [SIPAS_WEIGHTING_FACTOR] = "factor",
    [SIPAS_WEIGHTING_BLOCK] = "block",
    [SIPAS_WEIGHTING_EXPLICIT] = "explicit",
};
static const char *const whole_words[] = {
    [SIPAS_WHOLE_DEFAULT] = "default",
    [SIPAS_WHOLE_POOLED] = "pooled",
    [SIPAS_WHOLE_MEAN_OF_UNITS] = "mean_of_units",
    [SIPAS_WHOLE_POPULATION] = "population",
};

typedef struct words {
    const char *const *word;
    int32_t end;
} words;

static const words all[] = {
    [SIPAS__ENUM_TYPE] = {type_words, SIPAS__END_TYPE},
    [SIPAS__ENUM_FIELD] = {field_words, SIPAS__END_FIELD},
    [SIPAS__ENUM_SHARE] = {share_words, SIPAS__END_SHARE},
    [SIPAS__ENUM_NODE] = {node_words, SIPAS__END_NODE},
    [SIPAS__ENUM_ITEM] = {item_words, SIPAS__END_ITEM},
    [SIPAS__ENUM_ROLE] = {role_words, SIPAS__END_ROLE},
    [SIPAS__ENUM_LONELY] = {lonely_words, SIPAS__END_LONELY},
    [SIPAS__ENUM_COLLAPSE] = {collapse_words, SIPAS__END_COLLAPSE},
    [SIPAS__ENUM_COLLAPSE_BY] = {collapse_by_words, SIPAS__END_COLLAPSE_BY},
    [SIPAS__ENUM_PPS] = {pps_words, SIPAS__END_PPS},
    [SIPAS__ENUM_PPS_FORM] = {pps_form_words, SIPAS__END_PPS_FORM},
    [SIPAS__ENUM_PHASE2] = {phase2_words, SIPAS__END_PHASE2},
    [SIPAS__ENUM_PHASE1] = {phase1_words, SIPAS__END_PHASE1},
    [SIPAS__ENUM_NEST] = {nest_words, SIPAS__END_NEST},
    [SIPAS__ENUM_ONE_PSU] = {one_psu_words, SIPAS__END_ONE_PSU},
    [SIPAS__ENUM_DF] = {df_words, SIPAS__END_DF},
    [SIPAS__ENUM_SIZE] = {size_words, SIPAS__END_SIZE},
    [SIPAS__ENUM_SIZE_ROUND] = {size_round_words, SIPAS__END_SIZE_ROUND},
    [SIPAS__ENUM_FIGURE] = {figure_words, SIPAS__END_FIGURE},
    [SIPAS__ENUM_COMPARE] = {compare_words, SIPAS__END_COMPARE},
    [SIPAS__ENUM_COMPONENTS] = {components_words, SIPAS__END_COMPONENTS},
    [SIPAS__ENUM_PSU] = {psu_words, SIPAS__END_PSU},
    [SIPAS__ENUM_SINGLE] = {single_words, SIPAS__END_SINGLE},
    [SIPAS__ENUM_ALLOCATE] = {allocate_words, SIPAS__END_ALLOCATE},
    [SIPAS__ENUM_ROUNDING] = {rounding_words, SIPAS__END_ROUNDING},
    [SIPAS__ENUM_REMAINDER] = {remainder_words, SIPAS__END_REMAINDER},
    [SIPAS__ENUM_OF] = {of_words, SIPAS__END_OF},
    [SIPAS__ENUM_STRATA] = {strata_words, SIPAS__END_STRATA},
    [SIPAS__ENUM_MULTI] = {multi_words, SIPAS__END_MULTI},
    [SIPAS__ENUM_TARGET] = {target_words, SIPAS__END_TARGET},
    [SIPAS__ENUM_DRAW] = {draw_words, SIPAS__END_DRAW},
    [SIPAS__ENUM_FEWER] = {fewer_words, SIPAS__END_FEWER},
    [SIPAS__ENUM_STAGE_STRATA] = {stage_strata_words, SIPAS__END_STAGE_STRATA},
    [SIPAS__ENUM_MISSING] = {missing_words, SIPAS__END_MISSING},
    [SIPAS__ENUM_DEFF] = {deff_words, SIPAS__END_DEFF},
    [SIPAS__ENUM_SIMULTANEOUS] = {simultaneous_words, SIPAS__END_SIMULTANEOUS},
    [SIPAS__ENUM_MISSING_BY] = {missing_by_words, SIPAS__END_MISSING_BY},
    [SIPAS__ENUM_CATEGORY] = {category_words, SIPAS__END_CATEGORY},
    [SIPAS__ENUM_INTERVAL] = {interval_words, SIPAS__END_INTERVAL},
    [SIPAS__ENUM_FUNCTION] = {function_words, SIPAS__END_FUNCTION},
    [SIPAS__ENUM_ARGUMENT] = {argument_words, SIPAS__END_ARGUMENT},
    [SIPAS__ENUM_CONTRAST_DF] = {contrast_df_words, SIPAS__END_CONTRAST_DF},
    [SIPAS__ENUM_ADJUST] = {adjust_words, SIPAS__END_ADJUST},
    [SIPAS__ENUM_OVERLAP] = {overlap_words, SIPAS__END_OVERLAP},
    [SIPAS__ENUM_MOMENT] = {moment_words, SIPAS__END_MOMENT},
    [SIPAS__ENUM_SCALE] = {scale_words, SIPAS__END_SCALE},
    [SIPAS__ENUM_QUANTILE] = {quantile_words, SIPAS__END_QUANTILE},
    [SIPAS__ENUM_QUANTILE_CENTRE] = {quantile_centre_words, SIPAS__END_QUANTILE_CENTRE},
    [SIPAS__ENUM_QUANTILE_INTERVAL] = {quantile_interval_words, SIPAS__END_QUANTILE_INTERVAL},
    [SIPAS__ENUM_SCORING] = {scoring_words, SIPAS__END_SCORING},
    [SIPAS__ENUM_WEIGHTING] = {weighting_words, SIPAS__END_WEIGHTING},
    [SIPAS__ENUM_WHOLE] = {whole_words, SIPAS__END_WHOLE},
};
/* clang-format on */

int sipas__enum_has(int32_t which, int32_t value)
{
    return value >= 0 && value < all[which].end && all[which].word[value] != NULL;
}

const char *sipas__enum_word(int32_t which, int32_t value)
{
    return all[which].word[value];
}

int32_t sipas__enum_least(int32_t which)
{
    int32_t value = 0;

    while (!all[which].word[value]) value++;
    return value;
}

int32_t sipas__enum_most(int32_t which)
{
    return all[which].end - 1;
}

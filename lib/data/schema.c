/*
 * What each call returns. Names are part of the binary interface: add, never rename.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/schema.h"

#define COUNT(fields) ((int64_t)(sizeof(fields) / sizeof((fields)[0])))
#define F64 SIPAS_TYPE_F64
#define I64 SIPAS_TYPE_I64
#define CODE SIPAS_TYPE_CODE
#define OTHER SIPAS_FIELD_OTHER
#define FIGURE SIPAS_FIELD_FIGURE
#define KEY SIPAS_FIELD_KEY
#define LEVEL SIPAS_FIELD_LEVEL
#define VALUE SIPAS_FIELD_VALUE
#define SE SIPAS_FIELD_SE
#define LOWER SIPAS_FIELD_LOWER
#define UPPER SIPAS_FIELD_UPPER
#define DF SIPAS_FIELD_DF
#define DF_DESIGN SIPAS_FIELD_DF_DESIGN
#define ROWS SIPAS_FIELD_ROWS
#define PSUS SIPAS_FIELD_PSUS

static const sipas_field notes_fields[] = {
    {"code", "", "stable short name of what is noted", CODE, 0, OTHER, 0},
    {"name", "", "the unit, item, stratum or column it is about", CODE, 0, OTHER, 0},
    {"row", "", "row of the result or of the input it is about, from 0", I64, 0, OTHER, 0},
    {"message", "", "one sentence", CODE, 0, OTHER, 0},
};
const sipas_schema sipas__schema_notes = {"notes", notes_fields, COUNT(notes_fields)};

static const sipas_field design_fields[] = {
    {"rows", "rows", "rows of the data", I64, 0, OTHER, 0},
    {"positive", "rows", "rows of positive weight", I64, 0, OTHER, 0},
    {"strata", "strata", "first-stage strata, a certainty unit counting as one", I64, 0, OTHER, 0},
    {"psus", "units", "first-stage units, a certainty unit counting by its next stage", I64, 0, OTHER, 0},
    {"df", "", "design degrees of freedom: psus - strata", F64, 0, OTHER, 0},
    {"weight_sum", "population", "sum of the weights: the estimated population", F64, 0, OTHER, 0},
    {"kish_deff", "", "Kish design effect of unequal weights, n Σw² / (Σw)²", F64, 0, OTHER, 0},
    {"n_eff", "rows", "effective sample size, (Σw)² / Σw²", F64, 0, OTHER, 0},
};
const sipas_schema sipas__schema_design = {"design", design_fields, COUNT(design_fields)};

static const sipas_field estimate_fields[] = {
    {"variable", "", "name of the variable", CODE, 0, FIGURE, 0},
    {"category", "", "the category", CODE, 1, FIGURE, 0},
    {"level", "", "the level: names of its by columns joined by *, or \"all\"", CODE, 1, LEVEL, 0},
    {"estimate", "", "the estimate", F64, 0, VALUE, 0},
    {"se", "", "standard error", F64, 0, SE, 0},
    {"lower", "", "lower confidence limit", F64, 0, LOWER, 0},
    {"upper", "", "upper confidence limit", F64, 0, UPPER, 0},
    {"df", "", "degrees of freedom of the interval", F64, 0, DF, 0},
    {"n", "rows", "rows of non-zero weight that have the variable", I64, 0, ROWS, 0},
    {"psus", "units", "first-stage units with such a row", I64, 0, PSUS, 0},
    {"deff", "", "design effect", F64, 1, OTHER, 0},
    {"n_eff", "rows", "effective sample size, n / deff", F64, 1, OTHER, 0},
    {"kish_deff", "", "Kish design effect of unequal weights, n Σw² / (Σw)²", F64, 1, OTHER, 0},
    {"cv", "", "coefficient of variation: se / |estimate|", F64, 0, OTHER, 0},
};
const sipas_schema sipas__schema_estimate = {"estimate", estimate_fields, COUNT(estimate_fields)};

static const sipas_field proportion_fields[] = {
    {"variable", "", "name of the variable", CODE, 0, FIGURE, 0},
    {"category", "", "the category", CODE, 1, FIGURE, 0},
    {"level", "", "the level: names of its by columns joined by *, or \"all\"", CODE, 1, LEVEL, 0},
    {"estimate", "0-1", "the share", F64, 0, VALUE, 0},
    {"se", "0-1", "standard error", F64, 0, SE, 0},
    {"lower", "0-1", "lower confidence limit", F64, 0, LOWER, 0},
    {"upper", "0-1", "upper confidence limit", F64, 0, UPPER, 0},
    {"df", "", "degrees of freedom of the interval", F64, 0, DF, 0},
    {"n", "rows", "rows of non-zero weight that have the variable", I64, 0, ROWS, 0},
    {"psus", "units", "first-stage units with such a row", I64, 0, PSUS, 0},
    {"deff", "", "design effect", F64, 1, OTHER, 0},
    {"n_eff", "rows", "effective sample size of the interval, p(1 - p) / se² but n where p is 0 or 1", F64, 0, OTHER,
     0},
    {"kish_deff", "", "Kish design effect of unequal weights, n Σw² / (Σw)²", F64, 1, OTHER, 0},
    {"cv", "", "coefficient of variation: se / estimate", F64, 0, OTHER, 0},
    {"unweighted", "0-1", "the share of the rows, unweighted", F64, 0, OTHER, 0},
};
const sipas_schema sipas__schema_proportion = {"proportion", proportion_fields, COUNT(proportion_fields)};

static const sipas_field contrast_fields[] = {
    {"contrast", "", "name of the comparison", CODE, 1, KEY, 0},
    {"row", "", "row of the table that the other is taken from", I64, 1, KEY, 0},
    {"other", "", "row of the table that is taken from it", I64, 1, KEY, 0},
    {"before", "", "estimate of the earlier round", F64, 1, OTHER, 0},
    {"after", "", "estimate of the later round", F64, 1, OTHER, 0},
    {"estimate", "", "value of the comparison", F64, 0, VALUE, 0},
    {"se", "", "standard error", F64, 0, SE, 0},
    {"lower", "", "lower confidence limit", F64, 0, LOWER, 0},
    {"upper", "", "upper confidence limit", F64, 0, UPPER, 0},
    {"df", "", "degrees of freedom of interval and test", F64, 0, DF, 0},
    {"t", "", "estimate / se", F64, 0, OTHER, 0},
    {"p", "probability", "two-sided p-value of the true value 0", F64, 0, OTHER, 0},
    {"p_adjusted", "probability", "the same, adjusted for the comparisons of the family", F64, 1, OTHER, 0},
    {"correlation", "", "correlation of the estimates of the two rounds", F64, 1, OTHER, 0},
};
const sipas_schema sipas__schema_contrast = {"contrast", contrast_fields, COUNT(contrast_fields)};

static const sipas_field moment_fields[] = {
    {"variable", "", "name of the variable", CODE, 0, FIGURE, 0},
    {"with", "", "name of the other variable; for a variance the same", CODE, 0, KEY, 0},
    {"level", "", "the level: names of its by columns joined by *, or \"all\"", CODE, 1, LEVEL, 0},
    {"estimate", "", "variance, covariance or correlation", F64, 0, VALUE, 0},
    {"se", "", "standard error", F64, 0, SE, 0},
    {"lower", "", "lower confidence limit", F64, 0, LOWER, 0},
    {"upper", "", "upper confidence limit", F64, 0, UPPER, 0},
    {"df", "", "degrees of freedom of the interval", F64, 0, DF, 0},
    {"n", "rows", "rows of non-zero weight that count", I64, 0, ROWS, 0},
    {"psus", "units", "first-stage units with such a row", I64, 0, PSUS, 0},
    {"deff", "", "design effect", F64, 1, OTHER, 0},
    {"cv", "", "coefficient of variation: se / |estimate|", F64, 0, OTHER, 0},
};
const sipas_schema sipas__schema_moment = {"moment", moment_fields, COUNT(moment_fields)};

static const sipas_field alpha_fields[] = {
    {"statistic", "", "alpha, alpha_deleted (without the item) or item_rest (correlation)", CODE, 0, FIGURE, 0},
    {"item", "", "the item; missing for alpha", CODE, 0, KEY, 0},
    {"level", "", "the level: names of its by columns joined by *, or \"all\"", CODE, 1, LEVEL, 0},
    {"estimate", "", "value of the statistic", F64, 0, VALUE, 0},
    {"se", "", "standard error", F64, 0, SE, 0},
    {"lower", "", "lower confidence limit", F64, 0, LOWER, 0},
    {"upper", "", "upper confidence limit", F64, 0, UPPER, 0},
    {"df", "", "degrees of freedom of the interval", F64, 0, DF, 0},
    {"n", "rows", "rows of non-zero weight that have all items", I64, 0, ROWS, 0},
    {"psus", "units", "first-stage units with such a row", I64, 0, PSUS, 0},
    {"deff", "", "design effect", F64, 1, OTHER, 0},
    {"cv", "", "coefficient of variation: se / |estimate|", F64, 0, OTHER, 0},
};
const sipas_schema sipas__schema_alpha = {"alpha", alpha_fields, COUNT(alpha_fields)};

static const sipas_field quantile_fields[] = {
    {"variable", "", "name of the variable", CODE, 0, FIGURE, 0},
    {"quantile", "probability", "the p of the quantile", F64, 0, KEY, 0},
    {"level", "", "the level: names of its by columns joined by *, or \"all\"", CODE, 1, LEVEL, 0},
    {"estimate", "", "the quantile", F64, 0, VALUE, 0},
    {"se", "", "standard error: width of the interval / (2 t)", F64, 0, SE, 0},
    {"lower", "", "lower confidence limit", F64, 0, LOWER, 0},
    {"upper", "", "upper confidence limit", F64, 0, UPPER, 0},
    {"df", "", "degrees of freedom of the interval", F64, 0, DF, 0},
    {"n", "rows", "rows of non-zero weight that have the variable", I64, 0, ROWS, 0},
    {"psus", "units", "first-stage units with such a row", I64, 0, PSUS, 0},
    {"cdf", "probability", "the distribution function at the estimate", F64, 0, OTHER, 0},
    {"cdf_se", "probability", "its standard error", F64, 0, OTHER, 0},
};
const sipas_schema sipas__schema_quantile = {"quantile", quantile_fields, COUNT(quantile_fields)};

static const sipas_field index_fields[] = {
    {"node", "", "code of the node", CODE, 0, FIGURE, 0},
    {"level", "", "the level: names of its by columns joined by *, or \"all\"", CODE, 1, LEVEL, 0},
    {"estimate", "0-100", "value of the node", F64, 0, VALUE, 0},
    {"se", "0-100", "standard error", F64, 0, SE, 0},
    {"lower", "0-100", "lower confidence limit", F64, 0, LOWER, 0},
    {"upper", "0-100", "upper confidence limit", F64, 0, UPPER, 0},
    {"df", "", "degrees of freedom of the interval", F64, 0, DF, 0},
    {"df_design", "", "degrees of freedom of the whole design", F64, 0, DF_DESIGN, 0},
    {"n", "rows", "rows of non-zero weight that answered at least one item of the node", I64, 0, ROWS, 0},
    {"psus", "units", "first-stage units with a row that counts in n", I64, 0, PSUS, 0},
    {"deff", "", "design effect", F64, 1, OTHER, 0},
    {"unweighted", "0-100", "the same figure from unweighted answers, as the ministry publishes it", F64, 1, OTHER, 0},
};
const sipas_schema sipas__schema_index = {"index", index_fields, COUNT(index_fields)};

static const sipas_field league_fields[] = {
    {"unit", "", "the unit", CODE, 0, OTHER, 0},
    {"estimate", "", "its value", F64, 0, VALUE, 0},
    {"se", "", "standard error", F64, 0, SE, 0},
    {"lower", "", "lower confidence limit of the value", F64, 0, LOWER, 0},
    {"upper", "", "upper confidence limit of the value", F64, 0, UPPER, 0},
    {"df", "", "degrees of freedom of the interval", F64, 0, DF, 0},
    {"rank", "", "rank of the estimate, 1 = best", I64, 0, OTHER, 0},
    {"rank_lower", "", "the best rank the unit may truly have", I64, 0, OTHER, 0},
    {"rank_upper", "", "the worst rank the unit may truly have", I64, 0, OTHER, 0},
    {"gap_next", "", "difference to the next unit in the list", F64, 0, OTHER, 0},
    {"p_next", "probability", "two-sided p-value of that difference", F64, 0, OTHER, 0},
    {"equal_next", "", "1 when the unit cannot be told apart from the next", I64, 0, OTHER, 0},
};
const sipas_schema sipas__schema_league = {"league", league_fields, COUNT(league_fields)};

static const sipas_field size_fields[] = {
    {"code", "", "code of the unit", CODE, 1, OTHER, 0},
    {"figure", "", "the figure that needs most answers", CODE, 1, OTHER, 0},
    {"population", "population", "N; infinite = no finite population correction", F64, 0, OTHER, 0},
    {"n_exact", "respondents", "value of the formula", F64, 0, OTHER, 0},
    {"n", "respondents", "sample size as a whole number, within minimum, maximum and population", I64, 0, OTHER, 0},
    {"n_other", "respondents", "answers of the sample that is compared", I64, 1, OTHER, 0},
    {"issued", "respondents", "how many to ask so that n answer", I64, 0, OTHER, 0},
    {"households", "households", "how many households to visit", I64, 1, OTHER, 0},
    {"fraction", "", "n / N", F64, 0, OTHER, 0},
    {"formula", "", "the formula that n_exact is from", CODE, 0, OTHER, 0},
};
const sipas_schema sipas__schema_size = {"size", size_fields, COUNT(size_fields)};

static const sipas_field precision_fields[] = {
    {"code", "", "code of the unit", CODE, 1, OTHER, 0},
    {"figure", "", "the figure", CODE, 1, OTHER, 0},
    {"population", "population", "N; infinite = no finite population correction", F64, 0, OTHER, 0},
    {"n", "respondents", "answers", F64, 0, OTHER, 0},
    {"estimate", "", "the figure expected; in a comparison the difference", F64, 0, OTHER, 0},
    {"se", "", "standard error", F64, 0, OTHER, 0},
    {"margin", "", "half the length of the interval", F64, 0, OTHER, 0},
    {"lower", "", "lower limit of the interval around the estimate", F64, 0, OTHER, 0},
    {"upper", "", "upper limit", F64, 0, OTHER, 0},
    {"cv", "", "coefficient of variation: se / |estimate|", F64, 0, OTHER, 0},
    {"power", "probability", "probability to find the difference", F64, 1, OTHER, 0},
    {"minimum_difference", "", "least difference that is found with the power wanted", F64, 1, OTHER, 0},
    {"formula", "", "the formula of the standard error", CODE, 0, OTHER, 0},
};
const sipas_schema sipas__schema_precision = {"precision", precision_fields, COUNT(precision_fields)};

static const sipas_field stages_fields[] = {
    {"stage", "", "stage, from 1", I64, 0, OTHER, 0},
    {"name", "", "name of the stage", CODE, 0, OTHER, 0},
    {"n_exact", "units", "units of the stage in one unit of the stage above, not made whole", F64, 0, OTHER, 0},
    {"total_exact", "units", "units of the stage in all", F64, 0, OTHER, 0},
    {"cost", "", "cost of the stage", F64, 0, OTHER, 0},
    {"relvariance", "", "what the stage adds to CV²", F64, 0, OTHER, 0},
    {"share", "", "its share of CV²", F64, 0, OTHER, 0},
    {"n", "units", "field design: units of the stage in one unit of the stage above", I64, 1, OTHER, 0},
    {"total", "units", "field design: units of the stage in all", I64, 1, OTHER, 0},
    {"issued", "units", "field design: units to approach in one unit of the stage above", I64, 1, OTHER, 0},
    {"households", "households", "field design: households to visit in one unit of the stage above the last", I64, 1,
     OTHER, 0},
};
const sipas_schema sipas__schema_stages = {"stages", stages_fields, COUNT(stages_fields)};

static const sipas_field components_fields[] = {
    {"stage", "", "stage, from 1", I64, 0, OTHER, 0},
    {"name", "", "psu, ssu or person", CODE, 0, OTHER, 0},
    {"units", "units", "units of the stage with an answer", I64, 0, OTHER, 0},
    {"variance", "", "variance component, as it comes out", F64, 1, OTHER, 0},
    {"relvariance", "", "variance component over the mean squared, 0 where negative", F64, 0, OTHER, 0},
    {"homogeneity", "", "share of the stage in the variance of this and the later stages", F64, 0, OTHER, 0},
    {"k", "", "variance of this and the later stages over the unit relvariance", F64, 0, OTHER, 0},
};
const sipas_schema sipas__schema_components = {"components", components_fields, COUNT(components_fields)};

static const sipas_field precision_ranking_fields[] = {
    {"code", "", "code of the unit", CODE, 1, OTHER, 0},
    {"value", "", "value assumed to be true", F64, 0, OTHER, 0},
    {"n", "respondents", "answers", F64, 0, OTHER, 0},
    {"se", "", "standard error", F64, 0, OTHER, 0},
    {"rank", "", "rank of the value, 1 = best", I64, 0, OTHER, 0},
    {"rank_lower", "", "expected best rank of the rank interval", F64, 0, OTHER, 0},
    {"rank_upper", "", "expected worst rank of the rank interval", F64, 0, OTHER, 0},
    {"width", "", "rank_upper - rank_lower", F64, 0, OTHER, 0},
    {"power_next", "probability", "probability to tell the unit from the next worse one", F64, 0, OTHER, 0},
};
const sipas_schema sipas__schema_precision_ranking = {"precision_ranking", precision_ranking_fields,
                                                      COUNT(precision_ranking_fields)};

static const sipas_field allocation_fields[] = {
    {"code", "", "code of the unit", CODE, 1, OTHER, 0},
    {"n", "respondents", "the unit's part of the total", I64, 0, OTHER, 0},
    {"fraction", "", "n / size", F64, 0, OTHER, 0},
    {"continuous", "respondents", "the part before it was made whole, within the same bounds", F64, 0, OTHER, 0},
    {"lower", "respondents", "lower bound that held", I64, 0, OTHER, 0},
    {"upper", "respondents", "upper bound that held; missing = none", I64, 0, OTHER, 0},
    {"share", "", "n / total", F64, 0, OTHER, 0},
    {"gain", "", "what the variance of the estimated total falls by with one more respondent here", F64, 1, OTHER, 0},
};
const sipas_schema sipas__schema_allocation = {"allocation", allocation_fields, COUNT(allocation_fields)};

static const sipas_field expectation_fields[] = {
    {"variable", "", "name of the variable", CODE, 0, OTHER, 0},
    {"level", "", "the level: names of its by columns joined by *, or \"all\"", CODE, 1, OTHER, 0},
    {"estimate", "", "what the estimate is expected to be", F64, 0, OTHER, 0},
    {"se", "", "its expected standard error", F64, 0, OTHER, 0},
    {"half_width", "", "half-width of the interval, z se", F64, 0, OTHER, 0},
    {"lower", "", "expected lower confidence limit", F64, 0, OTHER, 0},
    {"upper", "", "expected upper confidence limit", F64, 0, OTHER, 0},
    {"cv", "", "expected coefficient of variation", F64, 0, OTHER, 0},
    {"n", "respondents", "the plan's number of respondents", I64, 0, OTHER, 0},
    {"size", "population", "people in the group", F64, 0, OTHER, 0},
    {"fraction", "", "n / size", F64, 0, OTHER, 0},
    {"cost", "", "cost of the interviews", F64, 1, OTHER, 0},
};
const sipas_schema sipas__schema_expectation = {"expectation", expectation_fields, COUNT(expectation_fields)};

static const sipas_field comparison_fields[] = {
    {"method", "", "method and version", CODE, 0, OTHER, 0},
    {"se", "", "expected standard error of the whole", F64, 0, OTHER, 0},
    {"half_width", "", "half-width of its interval", F64, 0, OTHER, 0},
    {"cv", "", "its coefficient of variation", F64, 0, OTHER, 0},
    {"loss", "", "variance of the whole / that of the best method here", F64, 0, OTHER, 0},
    {"unit_se_median", "", "median of the units' expected standard errors", F64, 0, OTHER, 0},
    {"unit_se_worst", "", "the largest of them", F64, 0, OTHER, 0},
    {"worst", "", "the unit it belongs to", CODE, 0, OTHER, 0},
    {"unsampled", "units", "units that have no standard error for want of a sample", I64, 0, OTHER, 0},
    {"n_least", "respondents", "the smallest number in a stratum", I64, 0, OTHER, 0},
    {"n_most", "respondents", "the largest number in a stratum", I64, 0, OTHER, 0},
    {"cost", "", "cost of the interviews", F64, 0, OTHER, 0},
};
const sipas_schema sipas__schema_comparison = {"comparison", comparison_fields, COUNT(comparison_fields)};

static const sipas_field strata_fields[] = {
    {"stratum", "", "number of the stratum, 1 = the smallest values", I64, 0, OTHER, 0},
    {"boundary", "", "the stratum holds values up to this number; missing for the last", F64, 0, OTHER, 0},
    {"least", "", "the smallest value in it", F64, 0, OTHER, 0},
    {"most", "", "the largest value in it", F64, 0, OTHER, 0},
    {"size", "units", "its units, N", I64, 0, OTHER, 0},
    {"total", "", "sum of their values", F64, 0, OTHER, 0},
    {"mean", "", "mean of their values", F64, 0, OTHER, 0},
    {"sd", "", "standard deviation of their values, with N - 1", F64, 0, OTHER, 0},
    {"take_all", "", "1 when the stratum is taken whole", I64, 0, OTHER, 0},
    {"n_exact", "units", "its part of the sample before it was made whole", F64, 0, OTHER, 0},
    {"n", "units", "its part of the sample", I64, 0, OTHER, 0},
};
const sipas_schema sipas__schema_strata = {"strata", strata_fields, COUNT(strata_fields)};

static const sipas_field allocation_multi_fields[] = {
    {"code", "", "code of the stratum", CODE, 1, OTHER, 0},
    {"n", "respondents", "the stratum's number", I64, 0, OTHER, 0},
    {"continuous", "respondents", "the number at the continuous optimum", F64, 0, OTHER, 0},
    {"lower", "respondents", "lower bound that held", I64, 0, OTHER, 0},
    {"upper", "respondents", "upper bound that held; missing = none", I64, 0, OTHER, 0},
    {"fraction", "", "n / size", F64, 0, OTHER, 0},
    {"cost", "cost", "cost times n", F64, 0, OTHER, 0},
    {"price", "", "growth of the goal per unit of the bound that stops the stratum", F64, 0, OTHER, 0},
};
const sipas_schema sipas__schema_allocation_multi = {"allocation_multi", allocation_multi_fields,
                                                     COUNT(allocation_multi_fields)};

static const sipas_field allocation_precision_fields[] = {
    {"by", "", "name of the cut into domains; missing = the whole", CODE, 0, OTHER, 0},
    {"domain", "", "code of the domain; missing = the whole", CODE, 0, OTHER, 0},
    {"variable", "", "name of the variable", CODE, 0, OTHER, 0},
    {"target", "", "what the measure may be at most", F64, 0, OTHER, 0},
    {"continuous", "", "the measure at the continuous optimum", F64, 0, OTHER, 0},
    {"expected", "", "the measure with the whole numbers", F64, 0, OTHER, 0},
    {"ratio", "", "expected / target", F64, 0, OTHER, 0},
    {"binding", "", "1 when the target binds at the continuous optimum", I64, 0, OTHER, 0},
    {"multiplier", "cost", "price of the target's variance, as a share of its limit", F64, 0, OTHER, 0},
    {"saving", "", "fall of the goal when the target is loosened by 1 %", F64, 0, OTHER, 0},
};
const sipas_schema sipas__schema_allocation_precision = {"allocation_precision", allocation_precision_fields,
                                                         COUNT(allocation_precision_fields)};

static const sipas_field allocation_gain_fields[] = {
    {"row", "", "row of the stratum", I64, 0, OTHER, 0},
    {"code", "", "code of the stratum", CODE, 1, OTHER, 0},
    {"by", "", "name of the cut into domains; missing = the whole", CODE, 0, OTHER, 0},
    {"domain", "", "code of the domain; missing = the whole", CODE, 0, OTHER, 0},
    {"variable", "", "name of the variable", CODE, 0, OTHER, 0},
    {"change", "", "change of the measure by one more in the stratum", F64, 0, OTHER, 0},
};
const sipas_schema sipas__schema_allocation_gain = {"allocation_gain", allocation_gain_fields,
                                                    COUNT(allocation_gain_fields)};

static const sipas_field allocation_tree_fields[] = {
    {"code", "", "code path of the unit", CODE, 0, OTHER, 0},
    {"level", "", "level of the unit", CODE, 0, OTHER, 0},
    {"n", "respondents", "the unit's part of the total: the sum over the leaves below it", I64, 0, OTHER, 0},
    {"continuous", "respondents", "the part before it was made whole, within the same bounds", F64, 0, OTHER, 0},
    {"lower", "respondents", "lower bound that held: of the unit and of what is below it", I64, 0, OTHER, 0},
    {"upper", "respondents", "upper bound that held; missing = none", I64, 0, OTHER, 0},
    {"held", "", "lower or upper where the continuous part is stopped; missing = free", CODE, 0, OTHER, 0},
    {"share", "", "n / total", F64, 0, OTHER, 0},
    {"fraction", "", "n / size of the leaves below", F64, 0, OTHER, 0},
    {"target", "", "what the measure may be at most", F64, 0, OTHER, 0},
    {"precision", "", "the measure with n", F64, 0, OTHER, 0},
};
const sipas_schema sipas__schema_allocation_tree = {"allocation_tree", allocation_tree_fields,
                                                    COUNT(allocation_tree_fields)};

static const sipas_field response_fields[] = {
    {"cell", "", "code of the cell", CODE, 0, OTHER, 0},
    {"issued", "rows", "rows of positive weight", I64, 0, OTHER, 0},
    {"responded", "rows", "those of them that responded", I64, 0, OTHER, 0},
    {"rate", "", "responded / issued", F64, 0, OTHER, 0},
    {"factor", "", "what the weights of respondents are multiplied by", F64, 0, OTHER, 0},
};
const sipas_schema sipas__schema_response = {"response", response_fields, COUNT(response_fields)};

static const sipas_field frame_fields[] = {
    {"level", "", "level of the units", CODE, 0, OTHER, 0},
    {"class", "", "class of the units; missing = all classes of the level", CODE, 0, OTHER, 0},
    {"units", "units", "units of the level and class", I64, 0, OTHER, 0},
    {"urban", "units", "those flagged as urban", I64, 0, OTHER, 0},
    {"rural", "units", "those flagged as rural", I64, 0, OTHER, 0},
    {"without_next", "units", "those without a unit of the usual next level, though a sibling has one", I64, 0, OTHER,
     0},
    {"measure", "", "name of the measure; missing = the tree has none", CODE, 0, OTHER, 0},
    {"sum", "", "sum of the known values of the measure", F64, 0, OTHER, 0},
    {"missing", "units", "units whose value is not known", I64, 0, OTHER, 0},
};
const sipas_schema sipas__schema_frame = {"frame", frame_fields, COUNT(frame_fields)};

static const sipas_field frame_impute_fields[] = {
    {"row", "", "number of the unit", I64, 0, OTHER, 0},
    {"code", "", "code path of the unit", CODE, 0, OTHER, 0},
    {"level", "", "level of the unit", CODE, 0, OTHER, 0},
    {"value", "", "the measure, known or filled; missing = not known", F64, 0, OTHER, 0},
    {"imputed", "", "1 when the value was filled", I64, 0, OTHER, 0},
};
const sipas_schema sipas__schema_frame_impute = {"frame_impute", frame_impute_fields, COUNT(frame_impute_fields)};

static const sipas_field draw_fields[] = {
    {"row", "", "row of the unit in the list", I64, 0, OTHER, 0},
    {"code", "", "code of the unit", CODE, 0, OTHER, 0},
    {"stratum", "", "stratum; a certainty unit is its own", CODE, 0, OTHER, 0},
    {"pi", "probability", "inclusion probability in the main sample", F64, 0, OTHER, 0},
    {"pi_reserve", "probability", "probability to be drawn as main or reserve", F64, 0, OTHER, 0},
    {"n", "units", "main units drawn in the stratum", I64, 0, OTHER, 0},
    {"population", "units", "units of the stratum that can be drawn", I64, 0, OTHER, 0},
    {"certainty", "", "1 when pi = 1", I64, 0, OTHER, 0},
    {"order", "", "order of use in the stratum and class, from 1, main first", I64, 0, OTHER, 0},
    {"role", "", "main or reserve", CODE, 0, OTHER, 0},
};
const sipas_schema sipas__schema_draw = {"draw", draw_fields, COUNT(draw_fields)};

static const sipas_field plan_fields[] = {
    {"stage", "", "stage, from 1", I64, 0, OTHER, 0},
    {"level", "", "level of the unit", CODE, 0, OTHER, 0},
    {"row", "", "number of the unit in the tree", I64, 0, OTHER, 0},
    {"code", "", "code path of the unit", CODE, 0, OTHER, 0},
    {"parent", "", "number of the unit it was drawn below; missing = the whole tree", I64, 0, OTHER, 0},
    {"stratum", "", "stratum; a certainty unit is its own", CODE, 0, OTHER, 0},
    {"pi_stage", "probability", "inclusion probability in the main sample of this stage", F64, 0, OTHER, 0},
    {"pi", "probability", "the product of pi_stage over the stages so far", F64, 0, OTHER, 0},
    {"pi_reserve", "probability", "the same product for main or reserve", F64, 0, OTHER, 0},
    {"n", "units", "main units drawn in the stratum", I64, 0, OTHER, 0},
    {"population", "units", "units of the stratum that can be drawn", I64, 0, OTHER, 0},
    {"certainty", "", "1 when pi_stage = 1", I64, 0, OTHER, 0},
    {"order", "", "order of use in the stratum, from 1, main first", I64, 0, OTHER, 0},
    {"role", "", "main; reserve for a reserve and all that is drawn below one", CODE, 0, OTHER, 0},
};
const sipas_schema sipas__schema_plan = {"plan", plan_fields, COUNT(plan_fields)};

static const sipas_schema *const all_schemas[] = {
    &sipas__schema_notes,
    &sipas__schema_design,
    &sipas__schema_estimate,
    &sipas__schema_proportion,
    &sipas__schema_index,
    &sipas__schema_league,
    &sipas__schema_size,
    &sipas__schema_allocation,
    &sipas__schema_response,
    &sipas__schema_frame,
    &sipas__schema_frame_impute,
    &sipas__schema_draw,
    &sipas__schema_plan,
    &sipas__schema_contrast,
    &sipas__schema_moment,
    &sipas__schema_alpha,
    &sipas__schema_strata,
    &sipas__schema_expectation,
    &sipas__schema_comparison,
    &sipas__schema_allocation_multi,
    &sipas__schema_allocation_precision,
    &sipas__schema_allocation_gain,
    &sipas__schema_allocation_tree,
    &sipas__schema_quantile,
    &sipas__schema_precision,
    &sipas__schema_stages,
    &sipas__schema_components,
    &sipas__schema_precision_ranking,
};

int64_t sipas_schema_count(void)
{
    return COUNT(all_schemas);
}

const sipas_schema *sipas_schema_get(int64_t index)
{
    return index >= 0 && index < COUNT(all_schemas) ? all_schemas[index] : NULL;
}

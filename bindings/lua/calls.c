/*
 * The plain calls: how each is read (plain.c does it), and the call itself.
 * Made from the public headers by bindings/generate/generate.py: `make generated` writes it anew.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "plain.h"

/* clang-format off */

/* ---- structs: their fields, how they begin, where the names of variables go ---- */

static const option size_opts_options[] = {
    FIELD(sipas_size_opts, method), FIELD(sipas_size_opts, margin), FIELD(sipas_size_opts, p), FIELD(sipas_size_opts, level),
    FIELD(sipas_size_opts, deff), FIELD(sipas_size_opts, response), FIELD(sipas_size_opts, minimum), FIELD(sipas_size_opts, maximum),
    FIELD(sipas_size_opts, multiple), FIELD(sipas_size_opts, rounding), FIELD(sipas_size_opts, code),
    FIELD(sipas_size_opts, per_household), FIELD(sipas_size_opts, relative_margin), FIELD(sipas_size_opts, cv),
    FIELD(sipas_size_opts, se), FIELD(sipas_size_opts, df), FIELD(sipas_size_opts, psus), END,
};
static void size_opts_begin(void *of) { sipas_size_opts_init(of); }
static const form size_opts_form = {size_opts_options, sizeof(sipas_size_opts), size_opts_begin, 0};
static const option size_figure_options[] = {
    FIELD(sipas_size_figure, statistic), FIELD(sipas_size_figure, method), FIELD(sipas_size_figure, compare),
    FIELD(sipas_size_figure, name), FIELD(sipas_size_figure, p), FIELD(sipas_size_figure, mean), FIELD(sipas_size_figure, sd),
    FIELD(sipas_size_figure, mean_x), FIELD(sipas_size_figure, sd_x), FIELD(sipas_size_figure, correlation),
    FIELD(sipas_size_figure, weights), FIELD(sipas_size_figure, covariance), FIELD(sipas_size_figure, answered),
    FIELD(sipas_size_figure, p_of), FIELD(sipas_size_figure, mean_of), FIELD(sipas_size_figure, sd_of),
    FIELD(sipas_size_figure, domain), FIELD(sipas_size_figure, deff), FIELD(sipas_size_figure, take),
    FIELD(sipas_size_figure, homogeneity), FIELD(sipas_size_figure, homogeneity_of), FIELD(sipas_size_figure, margin),
    FIELD(sipas_size_figure, relative_margin), FIELD(sipas_size_figure, cv), FIELD(sipas_size_figure, se),
    FIELD(sipas_size_figure, difference), FIELD(sipas_size_figure, sd_other), FIELD(sipas_size_figure, power),
    FIELD(sipas_size_figure, ratio), FIELD(sipas_size_figure, n_other), FIELD(sipas_size_figure, overlap),
    FIELD(sipas_size_figure, overlap_correlation), FIELD(sipas_size_figure, sides), FIELD(sipas_size_figure, df),
    FIELD(sipas_size_figure, psus), END,
};
static void size_figure_begin(void *of) { sipas_size_figure_init(of); }
static const form size_figure_form = {size_figure_options, sizeof(sipas_size_figure), size_figure_begin, 0};
static const option size_ranking_opts_options[] = {
    FIELD(sipas_size_ranking_opts, ascending), FIELD_AS("N", sipas_size_ranking_opts, population), FIELD(sipas_size_ranking_opts, code),
    FIELD(sipas_size_ranking_opts, sd_of), FIELD(sipas_size_ranking_opts, sd), FIELD(sipas_size_ranking_opts, deff),
    FIELD(sipas_size_ranking_opts, level), FIELD(sipas_size_ranking_opts, power), FIELD(sipas_size_ranking_opts, delta),
    FIELD(sipas_size_ranking_opts, width), FIELD(sipas_size_ranking_opts, top), FIELD(sipas_size_ranking_opts, response),
    FIELD(sipas_size_ranking_opts, per_household), FIELD(sipas_size_ranking_opts, minimum), FIELD(sipas_size_ranking_opts, maximum),
    FIELD(sipas_size_ranking_opts, multiple), FIELD(sipas_size_ranking_opts, rounding), FIELD(sipas_size_ranking_opts, df),
    FIELD(sipas_size_ranking_opts, psus), END,
};
static void size_ranking_opts_begin(void *of) { sipas_size_ranking_opts_init(of); }
static const form size_ranking_opts_form = {size_ranking_opts_options, sizeof(sipas_size_ranking_opts), size_ranking_opts_begin, 0};
static const option size_stage_options[] = {
    FIELD(sipas_size_stage, name), FIELD(sipas_size_stage, cost), FIELD(sipas_size_stage, homogeneity), FIELD(sipas_size_stage, k),
    FIELD(sipas_size_stage, relvariance), FIELD(sipas_size_stage, population), FIELD(sipas_size_stage, n),
    FIELD(sipas_size_stage, minimum), FIELD(sipas_size_stage, maximum), FIELD(sipas_size_stage, multiple), END,
};
static void size_stage_begin(void *of) { sipas_size_stage_init(of); }
static const form size_stage_form = {size_stage_options, sizeof(sipas_size_stage), size_stage_begin, 0};
static const option size_stages_opts_options[] = {
    FIELD(sipas_size_stages_opts, relvariance), FIELD(sipas_size_stages_opts, budget), FIELD(sipas_size_stages_opts, cv),
    FIELD(sipas_size_stages_opts, fixed_cost), FIELD(sipas_size_stages_opts, response), FIELD(sipas_size_stages_opts, level),
    FIELD(sipas_size_stages_opts, per_household), FIELD(sipas_size_stages_opts, df), FIELD(sipas_size_stages_opts, components),
    FIELD(sipas_size_stages_opts, reserved2), END,
};
static void size_stages_opts_begin(void *of) { sipas_size_stages_opts_init(of); }
static const form size_stages_opts_form = {size_stages_opts_options, sizeof(sipas_size_stages_opts), size_stages_opts_begin, 0};
static const option components_opts_options[] = {
    FIELD(sipas_components_opts, selection), FIELD(sipas_components_opts, single), FIELD(sipas_components_opts, size), END,
};
static void components_opts_begin(void *of) { sipas_components_opts_init(of); }
static const form components_opts_form = {components_opts_options, sizeof(sipas_components_opts), components_opts_begin, 0};
static const option strata_opts_options[] = {
    FIELD(sipas_strata_opts, method), FIELD(sipas_strata_opts, allocation), FIELD(sipas_strata_opts, take_all),
    FIELD(sipas_strata_opts, bins), FIELD(sipas_strata_opts, power), FIELD(sipas_strata_opts, cv), FIELD(sipas_strata_opts, n),
    FIELD(sipas_strata_opts, least_size), END,
};
static void strata_opts_begin(void *of) { sipas_strata_opts_init(of); }
static const form strata_opts_form = {strata_opts_options, sizeof(sipas_strata_opts), strata_opts_begin, 0};
static const option plan_variable_options[] = {
    FIELD(sipas_plan_variable, name), FIELD(sipas_plan_variable, sd), FIELD(sipas_plan_variable, p), FIELD(sipas_plan_variable, mean),
    FIELD(sipas_plan_variable, deff), END,
};
static const form plan_variable_form = {plan_variable_options, sizeof(sipas_plan_variable), NULL, 0};
static const option plan_opts_options[] = {
    FIELD(sipas_plan_opts, of), FIELD(sipas_plan_opts, size_is_measure), FIELD(sipas_plan_opts, level), FIELD(sipas_plan_opts, cost),
    FIELD(sipas_plan_opts, code), FIELD(sipas_plan_opts, df), END,
};
static void plan_opts_begin(void *of) { sipas_plan_opts_init(of); }
static const form plan_opts_form = {plan_opts_options, sizeof(sipas_plan_opts), plan_opts_begin, 0};
static const option frame_expand_opts_options[] = {
    FIELD(sipas_frame_expand_opts, width), END,
};
static void frame_expand_opts_begin(void *of) { sipas_frame_expand_opts_init(of); }
static const form frame_expand_opts_form = {frame_expand_opts_options, sizeof(sipas_frame_expand_opts), frame_expand_opts_begin, 0};
static const option rank_opts_options[] = {
    FIELD(sipas_rank_opts, ascending), FIELD(sipas_rank_opts, level), FIELD(sipas_rank_opts, variable),
    FIELD(sipas_rank_opts, domain_level), END,
};
static void rank_opts_begin(void *of) { sipas_rank_opts_init(of); }
static const form rank_opts_form = {rank_opts_options, sizeof(sipas_rank_opts), rank_opts_begin, 0};
static const option estimate_opts_options[] = {
    FIELD(sipas_estimate_opts, missing), FIELD(sipas_estimate_opts, level), FIELD(sipas_estimate_opts, deff),
    FIELD(sipas_estimate_opts, cov), FIELD(sipas_estimate_opts, simultaneous), END,
};
static void estimate_opts_begin(void *of) { sipas_estimate_opts_init(of); }
static const form estimate_opts_form = {estimate_opts_options, sizeof(sipas_estimate_opts), estimate_opts_begin, NAMES_IN(sipas_estimate_opts)};
static const option estimate_quantile_opts_options[] = {
    FIELD(sipas_estimate_quantile_opts, missing), FIELD(sipas_estimate_quantile_opts, level), FIELD(sipas_estimate_quantile_opts, rule),
    FIELD(sipas_estimate_quantile_opts, interval), FIELD(sipas_estimate_quantile_opts, centre), END,
};
static void estimate_quantile_opts_begin(void *of) { sipas_estimate_quantile_opts_init(of); }
static const form estimate_quantile_opts_form = {estimate_quantile_opts_options, sizeof(sipas_estimate_quantile_opts), estimate_quantile_opts_begin, NAMES_IN(sipas_estimate_quantile_opts)};
const option draw_opts_options[] = {
    FIELD(sipas_draw_opts, method), FIELD(sipas_draw_opts, if_fewer), FIELD(sipas_draw_opts, seed), FIELD(sipas_draw_opts, programme),
    FIELD(sipas_draw_opts, stage), FIELD(sipas_draw_opts, reserve), FIELD(sipas_draw_opts, size), FIELD(sipas_draw_opts, order_key),
    FIELD(sipas_draw_opts, strata), FIELD(sipas_draw_opts, unit_class), FIELD(sipas_draw_opts, certainty),
    FIELD(sipas_draw_opts, excluded), FIELD(sipas_draw_opts, quota_stratum), FIELD(sipas_draw_opts, quota_class),
    FIELD(sipas_draw_opts, quota_n), FIELD(sipas_draw_opts, quota_reserve), END,
};
const option draw_stage_options[] = {
    FIELD(sipas_draw_stage, method), FIELD(sipas_draw_stage, if_fewer), FIELD(sipas_draw_stage, strata), FIELD(sipas_draw_stage, level),
    FIELD(sipas_draw_stage, n), FIELD(sipas_draw_stage, reserve), FIELD(sipas_draw_stage, n_of), FIELD(sipas_draw_stage, reserve_of),
    FIELD(sipas_draw_stage, strata_of), FIELD(sipas_draw_stage, measure), FIELD(sipas_draw_stage, size_of),
    FIELD(sipas_draw_stage, order_key_of), FIELD(sipas_draw_stage, certainty_of), FIELD(sipas_draw_stage, quota_parent),
    FIELD(sipas_draw_stage, quota_stratum), FIELD(sipas_draw_stage, quota_n), FIELD(sipas_draw_stage, quota_reserve), END,
};
const option draw_plan_opts_options[] = {
    FIELD(sipas_draw_plan_opts, seed), FIELD(sipas_draw_plan_opts, programme), FIELD(sipas_draw_plan_opts, excluded), END,
};
const option unit_opts_options[] = {
    FIELD(sipas_unit_opts, parent_row), FIELD(sipas_unit_opts, level), FIELD(sipas_unit_opts, name), FIELD(sipas_unit_opts, unit_class),
    FIELD(sipas_unit_opts, region), FIELD(sipas_unit_opts, urban), END,
};
const option frame_impute_opts_options[] = {
    FIELD(sipas_frame_impute_opts, share), FIELD(sipas_frame_impute_opts, level), FIELD(sipas_frame_impute_opts, excluded), END,
};
const option allocate_multi_opts_options[] = {
    FIELD(sipas_allocate_multi_opts, goal), FIELD(sipas_allocate_multi_opts, measure),
    FIELD(sipas_allocate_multi_opts, with_replacement), FIELD(sipas_allocate_multi_opts, max_iter),
    FIELD(sipas_allocate_multi_opts, tol), FIELD(sipas_allocate_multi_opts, level), FIELD(sipas_allocate_multi_opts, budget),
    FIELD(sipas_allocate_multi_opts, code), FIELD(sipas_allocate_multi_opts, cost), FIELD(sipas_allocate_multi_opts, target_by),
    FIELD(sipas_allocate_multi_opts, target_domain), END,
};
const option allocate_tree_opts_options[] = {
    FIELD(sipas_allocate_tree_opts, method), FIELD(sipas_allocate_tree_opts, rounding),
    FIELD(sipas_allocate_tree_opts, size_is_measure), FIELD(sipas_allocate_tree_opts, measure), FIELD(sipas_allocate_tree_opts, power),
    FIELD(sipas_allocate_tree_opts, level), FIELD(sipas_allocate_tree_opts, multiple), FIELD(sipas_allocate_tree_opts, equal),
    FIELD(sipas_allocate_tree_opts, target), FIELD(sipas_allocate_tree_opts, sd), FIELD(sipas_allocate_tree_opts, mean),
    FIELD(sipas_allocate_tree_opts, cost), FIELD(sipas_allocate_tree_opts, class_level), FIELD(sipas_allocate_tree_opts, class_code),
    FIELD(sipas_allocate_tree_opts, class_lower), FIELD(sipas_allocate_tree_opts, class_upper), END,
};

/* ---- calls ---- */

static sipas_status run_sample_size(plain *p, const slot *s) { return sipas_size_proportion(p->ctx, s[0].pointer, s[1].pointer, p->table[0], &p->c.err); }
static const row sample_size_row = {"sample_size", run_sample_size, .context = 1, .tables = 1, .n = 2, .read = {
    {READ_COLUMN, "N", 1, 1, NULL}, {READ_OPTIONS, NULL, 0, 0, &size_opts_form},
}};
static int sample_size(lua_State *L) { return plain_call(L, &sample_size_row); }

static sipas_status run_precision_proportion(plain *p, const slot *s) { return sipas_precision_proportion(p->ctx, s[0].pointer, s[1].pointer, s[2].pointer, p->table[0], &p->c.err); }
static const row precision_proportion_row = {"precision_proportion", run_precision_proportion, .context = 1, .tables = 1, .n = 3, .read = {
    {READ_COLUMN, "N", 2, 1, NULL}, {READ_COLUMN, "n", 1, 0, NULL}, {READ_OPTIONS, NULL, 0, 0, &size_opts_form},
}};
static int precision_proportion(lua_State *L) { return plain_call(L, &precision_proportion_row); }

static sipas_status run_size_figures(plain *p, const slot *s) { return sipas_size_figures(p->ctx, s[0].pointer, s[1].pointer, (int32_t)s[1].n, s[2].pointer, p->table[0], &p->c.err); }
static const row size_figures_row = {"size_figures", run_size_figures, .context = 1, .tables = 1, .n = 3, .read = {
    {READ_COLUMN, "N", 0, 1, NULL}, {READ_STRUCTS, "figures", 1, 0, &size_figure_form}, {READ_OPTIONS, NULL, 0, 0, &size_opts_form},
}};
static int size_figures(lua_State *L) { return plain_call(L, &size_figures_row); }

static sipas_status run_precision_figures(plain *p, const slot *s) { return sipas_precision_figures(p->ctx, s[0].pointer, s[1].pointer, s[2].pointer, (int32_t)s[2].n, s[3].pointer, p->table[0], &p->c.err); }
static const row precision_figures_row = {"precision_figures", run_precision_figures, .context = 1, .tables = 1, .n = 4, .read = {
    {READ_COLUMN, "N", 0, 1, NULL}, {READ_COLUMN, "n", 0, 0, NULL}, {READ_STRUCTS, "figures", 1, 0, &size_figure_form},
    {READ_OPTIONS, NULL, 0, 0, &size_opts_form},
}};
static int precision_figures(lua_State *L) { return plain_call(L, &precision_figures_row); }

static sipas_status run_size_ranking(plain *p, const slot *s) { return sipas_size_ranking(p->ctx, s[0].pointer, s[1].pointer, p->table[0], &p->c.err); }
static const row size_ranking_row = {"size_ranking", run_size_ranking, .context = 1, .tables = 1, .n = 2, .read = {
    {READ_COLUMN, "value", 1, 0, NULL}, {READ_OPTIONS, NULL, 0, 0, &size_ranking_opts_form},
}};
static int size_ranking(lua_State *L) { return plain_call(L, &size_ranking_row); }

static sipas_status run_precision_ranking(plain *p, const slot *s) { return sipas_precision_ranking(p->ctx, s[0].pointer, s[1].pointer, s[2].pointer, p->table[0], &p->c.err); }
static const row precision_ranking_row = {"precision_ranking", run_precision_ranking, .context = 1, .tables = 1, .n = 3, .read = {
    {READ_COLUMN, "value", 1, 0, NULL}, {READ_COLUMN, "n", 2, 0, NULL}, {READ_OPTIONS, NULL, 0, 0, &size_ranking_opts_form},
}};
static int precision_ranking(lua_State *L) { return plain_call(L, &precision_ranking_row); }

static sipas_status run_size_stages(plain *p, const slot *s) { return sipas_size_stages(p->ctx, s[0].pointer, (int32_t)s[0].n, s[1].pointer, p->table[0], &p->c.err); }
static const row size_stages_row = {"size_stages", run_size_stages, .context = 1, .tables = 1, .n = 2, .read = {
    {READ_STRUCTS, "stages", 1, 0, &size_stage_form}, {READ_OPTIONS, NULL, 0, 0, &size_stages_opts_form},
}};
static int size_stages(lua_State *L) { return plain_call(L, &size_stages_row); }

static sipas_status run_precision_stages(plain *p, const slot *s) { return sipas_precision_stages(p->ctx, s[0].pointer, (int32_t)s[0].n, s[1].pointer, p->table[0], &p->c.err); }
static const row precision_stages_row = {"precision_stages", run_precision_stages, .context = 1, .tables = 1, .n = 2, .read = {
    {READ_STRUCTS, "stages", 1, 0, &size_stage_form}, {READ_OPTIONS, NULL, 0, 0, &size_stages_opts_form},
}};
static int precision_stages(lua_State *L) { return plain_call(L, &precision_stages_row); }

static sipas_status run_components_sample(plain *p, const slot *s) { return sipas_components_sample(p->ctx, s[0].pointer, s[1].pointer, s[2].pointer, s[3].pointer, (int32_t)s[3].n, p->table[0], &p->c.err); }
static const row components_sample_row = {"components_sample", run_components_sample, .context = 1, .tables = 1, .n = 4, .read = {
    {READ_COLUMN, "y", 1, 0, NULL}, {READ_COLUMN, "weights", 0, 1, NULL}, {READ_COLUMN, "strata", 0, 1, NULL},
    {READ_STACK, "clusters", 0, 1, NULL},
}};
static int components_sample(lua_State *L) { return plain_call(L, &components_sample_row); }

static sipas_status run_components_frame(plain *p, const slot *s) { return sipas_components_frame(p->ctx, s[0].pointer, s[1].pointer, (int32_t)s[1].n, s[2].pointer, p->table[0], &p->c.err); }
static const row components_frame_row = {"components_frame", run_components_frame, .context = 1, .tables = 1, .n = 3, .read = {
    {READ_COLUMN, "y", 1, 0, NULL}, {READ_STACK, "clusters", 0, 1, NULL}, {READ_OPTIONS, NULL, 0, 0, &components_opts_form},
}};
static int components_frame(lua_State *L) { return plain_call(L, &components_frame_row); }

static sipas_status run_strata_cut(plain *p, const slot *s) { return sipas_strata_cut(p->ctx, s[0].pointer, s[1].n, s[2].pointer, p->table[0], &p->c.err); }
static const row strata_cut_row = {"strata_cut", run_strata_cut, .context = 1, .tables = 1, .n = 3, .read = {
    {READ_COLUMN, "x", 1, 0, NULL}, {READ_WHOLE, "strata", 0, 0, NULL}, {READ_OPTIONS, NULL, 0, 0, &strata_opts_form},
}};
static int strata_cut(lua_State *L) { return plain_call(L, &strata_cut_row); }

static sipas_status run_plan_expect(plain *p, const slot *s) { return sipas_plan_expect(p->ctx, s[0].pointer, s[1].pointer, s[2].pointer, s[2].n, s[3].pointer, s[4].pointer, p->table[0], &p->c.err); }
static const row plan_expect_row = {"plan_expect", run_plan_expect, .context = 1, .tables = 1, .n = 5, .read = {
    {READ_COLUMN, "n", 1, 0, NULL}, {READ_COLUMN, "size", 0, 0, NULL}, {READ_STRUCTS, "variables", 0, 1, &plan_variable_form},
    {READ_DOMAINS, NULL, 0, 0, NULL}, {READ_OPTIONS, NULL, 0, 0, &plan_opts_form},
}};
static int plan_expect(lua_State *L) { return plain_call(L, &plan_expect_row); }

static sipas_status run_inclusion_prob(plain *p, const slot *s) { return sipas_inclusion_prob(s[0].pointer, s[1].n, p->vector, &p->c.err); }
static const row inclusion_prob_row = {"inclusion_prob", run_inclusion_prob, .vector = 1, .n = 2, .read = {
    {READ_COLUMN, "size", 1, 0, NULL}, {READ_WHOLE, "n", 2, 0, NULL},
}};
static int inclusion_prob(lua_State *L) { return plain_call(L, &inclusion_prob_row); }

static sipas_status run_design_weights(plain *p, const slot *s) { return sipas_weight_design(s[0].pointer, (int32_t)s[0].n, p->vector, &p->c.err); }
static const row design_weights_row = {"design_weights", run_design_weights, .vector = 1, .n = 1, .read = {
    {READ_STACK, "inclusion_prob", 1, 0, NULL},
}};
static int design_weights(lua_State *L) { return plain_call(L, &design_weights_row); }

static sipas_status run_response_weights(plain *p, const slot *s) { return sipas_weight_response(p->ctx, s[0].pointer, s[1].pointer, s[2].pointer, p->vector, p->table[0], &p->c.err); }
static const row response_weights_row = {"response_weights", run_response_weights, .context = 1, .vector = 1, .tables = 1, .n = 3, .read = {
    {READ_COLUMN, "weights", 1, 0, NULL}, {READ_COLUMN, "cell", 0, 1, NULL}, {READ_COLUMN, "responded", 2, 0, NULL},
}};
static int response_weights(lua_State *L) { return plain_call(L, &response_weights_row); }

static sipas_status run_frame_summary(plain *p, const slot *s) { return sipas_frame_summary(p->ctx, s[0].pointer, p->table[0], &p->c.err); }
static const row frame_summary_row = {"frame_summary", run_frame_summary, .context = 1, .tables = 1, .n = 1, .read = {
    {READ_TREE, "tree", 1, 0, NULL},
}};
static int frame_summary(lua_State *L) { return plain_call(L, &frame_summary_row); }

static sipas_status run_frame_expand(plain *p, const slot *s) { return sipas_frame_expand(p->ctx, s[0].pointer, s[1].pointer, s[2].pointer, s[3].pointer, p->tree, &p->c.err); }
static const row frame_expand_row = {"frame_expand", run_frame_expand, .context = 1, .new_tree = 1, .n = 4, .read = {
    {READ_TREE, "tree", 1, 0, NULL}, {READ_COLUMN, "count", 0, 0, NULL}, {READ_TEXT, "level", 0, 0, NULL},
    {READ_OPTIONS, NULL, 0, 0, &frame_expand_opts_form},
}};
static int frame_expand(lua_State *L) { return plain_call(L, &frame_expand_row); }

static sipas_status run_league(plain *p, const slot *s) { return sipas_rank_league(p->ctx, s[0].pointer, s[1].pointer, p->table[0], &p->c.err); }
static const row league_row = {"league", run_league, .context = 1, .tables = 1, .n = 2, .read = {
    {READ_ESTIMATES, "estimates", 1, 0, NULL}, {READ_OPTIONS, NULL, 0, 0, &rank_opts_form},
}};
static int league(lua_State *L) { return plain_call(L, &league_row); }

static sipas_status run_mean(plain *p, const slot *s) { return sipas_estimate_mean(s[0].pointer, s[1].pointer, s[1].n, s[2].pointer, s[3].pointer, p->table[0], &p->c.err); }
static const row mean_row = {"mean", run_mean, .tables = 1, .n = 4, .read = {
    {READ_DESIGN, NULL, 0, 0, NULL}, {READ_VARIABLES, "y", 1, 0, NULL}, {READ_DOMAINS, NULL, 0, 0, NULL},
    {READ_OPTIONS, NULL, 0, 0, &estimate_opts_form},
}};
static int mean(lua_State *L) { return plain_call(L, &mean_row); }

static sipas_status run_total(plain *p, const slot *s) { return sipas_estimate_total(s[0].pointer, s[1].pointer, s[1].n, s[2].pointer, s[3].pointer, p->table[0], &p->c.err); }
static const row total_row = {"total", run_total, .tables = 1, .n = 4, .read = {
    {READ_DESIGN, NULL, 0, 0, NULL}, {READ_VARIABLES, "y", 1, 0, NULL}, {READ_DOMAINS, NULL, 0, 0, NULL},
    {READ_OPTIONS, NULL, 0, 0, &estimate_opts_form},
}};
static int total(lua_State *L) { return plain_call(L, &total_row); }

static sipas_status run_quantile(plain *p, const slot *s) { return sipas_estimate_quantile(s[0].pointer, s[1].pointer, s[1].n, s[2].pointer, s[2].n, s[3].pointer, s[4].pointer, p->table[0], &p->c.err); }
static const row quantile_row = {"quantile", run_quantile, .tables = 1, .n = 5, .read = {
    {READ_DESIGN, NULL, 0, 0, NULL}, {READ_VARIABLES, "y", 1, 0, NULL}, {READ_NUMBERS, "probs", 2, 1, &(const double){0.5}},
    {READ_DOMAINS, NULL, 0, 0, NULL}, {READ_OPTIONS, NULL, 0, 0, &estimate_quantile_opts_form},
}};
static int quantile(lua_State *L) { return plain_call(L, &quantile_row); }

static sipas_status run_proportion(plain *p, const slot *s) { return sipas_estimate_proportion(s[0].pointer, s[1].pointer, s[1].n, s[2].pointer, (int32_t)s[3].n, s[4].pointer, s[5].pointer, p->table[0], &p->c.err); }
static const row proportion_row = {"proportion", run_proportion, .tables = 1, .n = 6, .read = {
    {READ_DESIGN, NULL, 0, 0, NULL}, {READ_VARIABLES, "y", 1, 0, NULL}, {READ_VALUES, "success", 0, 1, NULL},
    {READ_WORD, "method", 0, 1, interval_words}, {READ_DOMAINS, NULL, 0, 0, NULL}, {READ_OPTIONS, NULL, 0, 0, &estimate_opts_form},
}};
static int proportion(lua_State *L) { return plain_call(L, &proportion_row); }

static sipas_status run_alpha(plain *p, const slot *s) { return sipas_estimate_alpha(s[0].pointer, s[1].pointer, s[1].n, (int32_t)s[2].n, s[3].pointer, s[4].pointer, p->table[0], &p->c.err); }
static const row alpha_row = {"alpha", run_alpha, .tables = 1, .n = 5, .read = {
    {READ_DESIGN, NULL, 0, 0, NULL}, {READ_VARIABLES, "items", 1, 0, NULL}, {READ_WORD, "scale", 0, 1, scale_words},
    {READ_DOMAINS, NULL, 0, 0, NULL}, {READ_OPTIONS, NULL, 0, 0, &estimate_opts_form},
}};
static int alpha(lua_State *L) { return plain_call(L, &alpha_row); }

static sipas_status run_moment(plain *p, const slot *s) { return sipas_estimate_moment(s[0].pointer, s[1].pointer, s[1].n, (int32_t)s[2].n, (int32_t)s[3].n, s[4].pointer, s[5].pointer, p->table[0], &p->c.err); }
static const row moment_row = {"moment", run_moment, .tables = 1, .n = 6, .read = {
    {READ_DESIGN, NULL, 0, 0, NULL}, {READ_VARIABLES, "y", 1, 0, NULL}, {READ_WORD, "kind", 0, 1, moment_words},
    {READ_WORD, "scale", 0, 1, scale_words}, {READ_DOMAINS, NULL, 0, 0, NULL}, {READ_OPTIONS, NULL, 0, 0, &estimate_opts_form},
}};
static int moment(lua_State *L) { return plain_call(L, &moment_row); }

const luaL_Reg plain_functions[] = {
    {"sample_size", sample_size},
    {"precision_proportion", precision_proportion},
    {"size_figures", size_figures},
    {"precision_figures", precision_figures},
    {"size_ranking", size_ranking},
    {"precision_ranking", precision_ranking},
    {"size_stages", size_stages},
    {"precision_stages", precision_stages},
    {"components_sample", components_sample},
    {"components_frame", components_frame},
    {"strata_cut", strata_cut},
    {"plan_expect", plan_expect},
    {"inclusion_prob", inclusion_prob},
    {"design_weights", design_weights},
    {"response_weights", response_weights},
    {"frame_summary", frame_summary},
    {"frame_expand", frame_expand},
    {"league", league},
    {NULL, NULL},
};
const luaL_Reg plain_methods[] = {
    {"mean", mean},
    {"total", total},
    {"quantile", quantile},
    {"proportion", proportion},
    {"alpha", alpha},
    {"moment", moment},
    {NULL, NULL},
};

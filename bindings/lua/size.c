/***
@module sipas
*/
/*
 * The face of room size.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "face.h"

static const option size_options[] = {FIELD(sipas_size_opts, method),
                                      FIELD_AS("e", sipas_size_opts, margin),
                                      FIELD(sipas_size_opts, p),
                                      FIELD(sipas_size_opts, level),
                                      FIELD(sipas_size_opts, deff),
                                      FIELD(sipas_size_opts, response),
                                      FIELD(sipas_size_opts, minimum),
                                      FIELD(sipas_size_opts, maximum),
                                      FIELD(sipas_size_opts, multiple),
                                      FIELD(sipas_size_opts, rounding),
                                      FIELD(sipas_size_opts, code),
                                      FIELD(sipas_size_opts, per_household),
                                      FIELD(sipas_size_opts, relative_margin),
                                      FIELD(sipas_size_opts, cv),
                                      FIELD(sipas_size_opts, se),
                                      END};

/***
How many people to ask
@section size
*/
/***
Sample size of a share, for one unit or for each of a list.
@function sample_size
@tparam table options
@param options.N population of each unit; `math.huge` or nothing: no finite population correction. [1]
@param options.method "cochran" (default), "yamane", "wilson", "log_odds"
@param options.e margin, half the interval (0.05); or `relative_margin`, `cv`, `se`
@param options.p expected share (0.5), `level` (0.95), `deff` (1): not for yamane
@param options.response share of those asked who answer (1); `minimum`, `maximum`, `multiple`, `rounding` ("up", "nearest"), `per_household`
@param options.code codes of the units
@treturn Table code, population, n_exact, n, issued, households, fraction, formula
@usage sipas.sample_size{N = 20000, method = "yamane", e = 0.05}.n[1] --> 393
*/
static int sample_size(lua_State *L)
{
    static const option own[] = {ARG("N"), END};
    static const option *const lists[] = {own, size_options, context_options, NULL};
    sipas_size_opts opts;
    call c;

    begin(&c, L, "sample_size", 1, 1, lists);
    sipas_size_opts_init(&opts);
    read_options(&c, size_options, &opts);
    const sipas_column *population = column(&c, "N", 1);
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_size_proportion(ctx, population, &opts, new_table(&c), &c.err));
    return 1;
}

/***
What n answers are worth for a share: the inverse of `sample_size`.
@function precision_proportion
@tparam table options
@param options.n answers of each unit; a number stands for all. [1]
@param options.N (and method, p, level, deff) … as for `sample_size`
@treturn Table code, population, n, estimate, se, margin, lower, upper, cv, formula
*/
static int precision_proportion(lua_State *L)
{
    static const option own[] = {ARG("n"), ARG("N"), END};
    static const option *const lists[] = {own, size_options, context_options, NULL};
    sipas_size_opts opts;
    call c;

    begin(&c, L, "precision_proportion", 1, 2, lists);
    sipas_size_opts_init(&opts);
    read_options(&c, size_options, &opts);
    const sipas_column *n = need_column(&c, "n", 1), *population = column(&c, "N", 2);
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_precision_proportion(ctx, population, n, &opts, new_table(&c), &c.err));
    return 1;
}

static const option figure_options[] = {FIELD(sipas_size_figure, statistic),
                                        FIELD(sipas_size_figure, method),
                                        FIELD(sipas_size_figure, compare),
                                        FIELD(sipas_size_figure, name),
                                        FIELD(sipas_size_figure, p),
                                        FIELD(sipas_size_figure, mean),
                                        FIELD(sipas_size_figure, sd),
                                        FIELD(sipas_size_figure, mean_x),
                                        FIELD(sipas_size_figure, sd_x),
                                        FIELD(sipas_size_figure, correlation),
                                        FIELD(sipas_size_figure, weights),
                                        FIELD(sipas_size_figure, covariance),
                                        FIELD(sipas_size_figure, answered),
                                        FIELD(sipas_size_figure, p_of),
                                        FIELD(sipas_size_figure, mean_of),
                                        FIELD(sipas_size_figure, sd_of),
                                        FIELD(sipas_size_figure, domain),
                                        FIELD(sipas_size_figure, deff),
                                        FIELD(sipas_size_figure, take),
                                        FIELD(sipas_size_figure, homogeneity),
                                        FIELD(sipas_size_figure, homogeneity_of),
                                        FIELD(sipas_size_figure, margin),
                                        FIELD(sipas_size_figure, relative_margin),
                                        FIELD(sipas_size_figure, cv),
                                        FIELD(sipas_size_figure, se),
                                        FIELD(sipas_size_figure, difference),
                                        FIELD(sipas_size_figure, sd_other),
                                        FIELD(sipas_size_figure, power),
                                        FIELD(sipas_size_figure, ratio),
                                        FIELD(sipas_size_figure, n_other),
                                        FIELD(sipas_size_figure, overlap),
                                        FIELD(sipas_size_figure, overlap_correlation),
                                        FIELD(sipas_size_figure, sides),
                                        END};

static void init_figure(void *figure)
{
    sipas_size_figure_init(figure);
}

static sipas_size_figure *figures_of(call *c, int32_t *n)
{
    int64_t count;
    sipas_size_figure *figures = structs(c, "figures", 1, figure_options, sizeof *figures, init_figure, NULL, &count);

    *n = (int32_t)count;
    return figures;
}

/***
The least number of answers that serves all of several figures, for each unit.
@function size_figures
@tparam table options
@param options.figures a list of tables: `statistic` ("proportion", "mean", "total", "ratio", "index"), what is expected (p, mean, sd …), one target
 (`margin`, `relative_margin`, `cv`, `se`), and for a difference `compare` ("units", "rounds"), `difference`, `power`, `overlap` …. [1]
@param options.N population of each unit; level, deff, response, minimum, maximum, multiple, rounding, per_household, code: as `sample_size`
@treturn Table as of `sample_size`, with figure, the one that binds, and n_other
*/
static int size_figures(lua_State *L)
{
    static const option own[] = {ARG("figures"), ARG("N"), END};
    static const option *const lists[] = {own, size_options, context_options, NULL};
    sipas_size_opts opts;
    int32_t n;
    call c;

    begin(&c, L, "size_figures", 1, 1, lists);
    sipas_size_opts_init(&opts);
    read_options(&c, size_options, &opts);
    const sipas_size_figure *figures = figures_of(&c, &n);
    const sipas_column *population = column(&c, "N", 0);
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_size_figures(ctx, population, figures, n, &opts, new_table(&c), &c.err));
    return 1;
}

/***
What n answers are worth for several figures: the inverse of `size_figures`.
@function precision_figures
@tparam table options
@param options.figures as for `size_figures`. [1]
@param options.n answers of each unit; a number stands for all
@param options.N and the rest as for `size_figures`
@treturn Table code, figure, population, n, estimate, se, margin, lower, upper, cv, power, minimum_difference, formula
*/
static int precision_figures(lua_State *L)
{
    static const option own[] = {ARG("figures"), ARG("n"), ARG("N"), END};
    static const option *const lists[] = {own, size_options, context_options, NULL};
    sipas_size_opts opts;
    int32_t n;
    call c;

    begin(&c, L, "precision_figures", 1, 1, lists);
    sipas_size_opts_init(&opts);
    read_options(&c, size_options, &opts);
    const sipas_size_figure *figures = figures_of(&c, &n);
    const sipas_column *answers = need_column(&c, "n", 0), *population = column(&c, "N", 0);
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_precision_figures(ctx, population, answers, figures, n, &opts, new_table(&c), &c.err));
    return 1;
}

static const option ranking_options[] = {FIELD(sipas_size_ranking_opts, ascending),
                                         FIELD_AS("N", sipas_size_ranking_opts, population),
                                         FIELD(sipas_size_ranking_opts, code),
                                         FIELD(sipas_size_ranking_opts, sd_of),
                                         FIELD(sipas_size_ranking_opts, sd),
                                         FIELD(sipas_size_ranking_opts, deff),
                                         FIELD(sipas_size_ranking_opts, level),
                                         FIELD(sipas_size_ranking_opts, power),
                                         FIELD(sipas_size_ranking_opts, delta),
                                         FIELD(sipas_size_ranking_opts, width),
                                         FIELD(sipas_size_ranking_opts, top),
                                         FIELD(sipas_size_ranking_opts, response),
                                         FIELD(sipas_size_ranking_opts, per_household),
                                         FIELD(sipas_size_ranking_opts, minimum),
                                         FIELD(sipas_size_ranking_opts, maximum),
                                         FIELD(sipas_size_ranking_opts, multiple),
                                         FIELD(sipas_size_ranking_opts, rounding),
                                         END};

/***
How many answers each unit needs before a ranking says something.
@function size_ranking
@tparam table options
@param options.value assumed true value of each unit. [1]
@param options.delta (and top, width) the targets: differences to tell, the best so many, mean width of the rank intervals
@param options.sd of all units, or `sd_of` each; N, code, deff, level, power, ascending, response, minimum …
@treturn Table as of `sample_size`
*/
static int size_ranking(lua_State *L)
{
    static const option own[] = {ARG("value"), END};
    static const option *const lists[] = {own, ranking_options, context_options, NULL};
    sipas_size_ranking_opts opts;
    call c;

    begin(&c, L, "size_ranking", 1, 1, lists);
    sipas_size_ranking_opts_init(&opts);
    read_options(&c, ranking_options, &opts);
    const sipas_column *value = need_column(&c, "value", 1);
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_size_ranking(ctx, value, &opts, new_table(&c), &c.err));
    return 1;
}

/***
What n answers in each unit are worth for a ranking: the inverse of `size_ranking`.
@function precision_ranking
@tparam table options
@param options.value assumed true value of each unit. [1]
@param options.n answers of each unit; a number stands for all. [2]
@param options.sd and the rest as for `size_ranking`
@treturn Table code, value, n, se, rank, rank_lower, rank_upper, width, power_next
*/
static int precision_ranking(lua_State *L)
{
    static const option own[] = {ARG("value"), ARG("n"), END};
    static const option *const lists[] = {own, ranking_options, context_options, NULL};
    sipas_size_ranking_opts opts;
    call c;

    begin(&c, L, "precision_ranking", 1, 2, lists);
    sipas_size_ranking_opts_init(&opts);
    read_options(&c, ranking_options, &opts);
    const sipas_column *value = need_column(&c, "value", 1), *n = need_column(&c, "n", 2);
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_precision_ranking(ctx, value, n, &opts, new_table(&c), &c.err));
    return 1;
}

static const option stage_options[] = {FIELD(sipas_size_stage, name),
                                       FIELD(sipas_size_stage, cost),
                                       FIELD(sipas_size_stage, homogeneity),
                                       FIELD(sipas_size_stage, k),
                                       FIELD(sipas_size_stage, relvariance),
                                       FIELD(sipas_size_stage, population),
                                       FIELD(sipas_size_stage, n),
                                       FIELD(sipas_size_stage, minimum),
                                       FIELD(sipas_size_stage, maximum),
                                       FIELD(sipas_size_stage, multiple),
                                       END};
static const option stages_options[] = {ARG("stages"),
                                        FIELD(sipas_size_stages_opts, relvariance),
                                        FIELD(sipas_size_stages_opts, budget),
                                        FIELD(sipas_size_stages_opts, cv),
                                        FIELD(sipas_size_stages_opts, fixed_cost),
                                        FIELD(sipas_size_stages_opts, response),
                                        FIELD(sipas_size_stages_opts, level),
                                        FIELD(sipas_size_stages_opts, per_household),
                                        END};

static void init_stage(void *stage)
{
    sipas_size_stage_init(stage);
}

typedef sipas_status stages_function(sipas_ctx *, const sipas_size_stage *, int32_t, const sipas_size_stages_opts *,
                                     sipas_table **, sipas_error *);

static int stages(lua_State *L, const char *name, stages_function *function)
{
    static const option *const lists[] = {stages_options, context_options, NULL};
    sipas_size_stages_opts opts;
    int64_t n;
    call c;

    begin(&c, L, name, 1, 1, lists);
    sipas_size_stages_opts_init(&opts);
    read_options(&c, stages_options, &opts);
    const sipas_size_stage *of = structs(&c, "stages", 1, stage_options, sizeof(sipas_size_stage), init_stage, NULL,
                                         &n);
    sipas_ctx *ctx = own_context(&c);

    check(&c, function(ctx, of, (int32_t)n, &opts, new_table(&c), &c.err));
    return 1;
}

/***
How many units at each of two or three stages: the most precise design for a budget, or the cheapest for a CV.
@function size_stages
@tparam table options
@param options.stages a list of tables, PSUs first, persons last: name, cost, homogeneity, k or relvariance, population, n, minimum, maximum, multiple.
 [1]
@param options.budget or `cv`; relvariance, fixed_cost, response, per_household, level
@treturn Table stage, name, n_exact, total_exact, n, total, issued, households, cost, relvariance, share
*/
static int size_stages(lua_State *L)
{
    return stages(L, "size_stages", sipas_size_stages);
}

/***
What a multi-stage design is worth and costs: every stage has its n.
@function precision_stages
@tparam table options
@param options.stages as for `size_stages`. [1]
@treturn Table stage, name, n_exact, total_exact, cost, relvariance, share
*/
static int precision_stages(lua_State *L)
{
    return stages(L, "precision_stages", sipas_precision_stages);
}

/***
Variance components and intraclass correlations from the answers of the last round.
@function components_sample
@tparam table options
@param options.y answers. [1]
@param options.clusters one column or a list, PSUs first
@param options.weights (and strata) columns
@treturn Table stage, name, units, variance, relvariance, homogeneity, k
*/
static int components_sample(lua_State *L)
{
    static const option own[] = {ARG("y"), ARG("weights"), ARG("strata"), ARG("clusters"), END};
    static const option *const lists[] = {own, context_options, NULL};
    int32_t n;
    call c;

    begin(&c, L, "components_sample", 1, 1, lists);
    const sipas_column *y = need_column(&c, "y", 1), *weights = column(&c, "weights", 0);
    const sipas_column *strata = column(&c, "strata", 0), *clusters = stack(&c, "clusters", 0, &n);
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_components_sample(ctx, y, weights, strata, clusters, n, new_table(&c), &c.err));
    return 1;
}

/***
Relvariance components of an estimated total under two- or three-stage sampling, from a whole frame.
@function components_frame
@tparam table options
@param options.y value of each person. [1]
@param options.clusters one column or a list, PSUs first
@param options.selection "equal", "persons", "measure" with `size`; `single` "zero", "mean"
@treturn Table stage, name, units, relvariance, homogeneity, k
*/
static int components_frame(lua_State *L)
{
    static const option own[] = {ARG("y"),
                                 ARG("clusters"),
                                 FIELD(sipas_components_opts, selection),
                                 FIELD(sipas_components_opts, single),
                                 FIELD(sipas_components_opts, size),
                                 END};
    static const option *const lists[] = {own, context_options, NULL};
    sipas_components_opts opts;
    int32_t n;
    call c;

    begin(&c, L, "components_frame", 1, 1, lists);
    sipas_components_opts_init(&opts);
    read_options(&c, own, &opts);
    const sipas_column *y = need_column(&c, "y", 1), *clusters = stack(&c, "clusters", 0, &n);
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_components_frame(ctx, y, clusters, n, &opts, new_table(&c), &c.err));
    return 1;
}

const luaL_Reg size_functions[] = {{"sample_size", sample_size},
                                   {"precision_proportion", precision_proportion},
                                   {"size_figures", size_figures},
                                   {"precision_figures", precision_figures},
                                   {"size_ranking", size_ranking},
                                   {"precision_ranking", precision_ranking},
                                   {"size_stages", size_stages},
                                   {"precision_stages", precision_stages},
                                   {"components_sample", components_sample},
                                   {"components_frame", components_frame},
                                   {NULL, NULL}};

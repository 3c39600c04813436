/***
@module sipas
*/
/*
 * The face of room estimate: means, totals, ratios, quantiles, shares, reliability, moments.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "face.h"

static const option estimate_options[] = {FIELD(sipas_estimate_opts, missing),
                                          FIELD(sipas_estimate_opts, level),
                                          {"deff", CHOICE_OR, offsetof(sipas_estimate_opts, deff), 0, deff_words},
                                          FIELD(sipas_estimate_opts, cov),
                                          FIELD(sipas_estimate_opts, simultaneous),
                                          END};
static const option y_options[] = {ARG("y"), END}, item_options[] = {ARG("items"), END};

/* Reads design, domains and the context's function: d:mean{…}. */
void begin_method(call *c, lua_State *L, const char *name, int positions, const option *const *lists,
                  const sipas_design **design, const sipas_domains **of)
{
    *design = to_design(L);
    lua_settop(L, 2);
    begin(c, L, name, 2, positions, lists);
    *of = read_domains(c);
    const handle *self = lua_touserdata(L, 1);

    if (!self->context) return;
    lua_getuservalue(L, 1);
    lua_getfield(L, -1, "context");
    lua_remove(L, -2);
    if (lua_touserdata(L, -1) != self->context)
        fail(L, SIPAS_ERR_ARGUMENT, NULL, "%s: the design's context is gone", name);
    enter(c);
}

/* `variables`: the option that holds the variables. */
static void begin_with(estimate *e, lua_State *L, const char *name, int positions, const option *variables,
                       const option *own)
{
    const option *const lists[] = {variables, domain_options, estimate_options, own, NULL};

    begin_method(&e->c, L, name, positions, lists, &e->design, &e->domains);
    sipas_estimate_opts_init(&e->opts);
    read_options(&e->c, estimate_options, &e->opts);
    named_columns(&e->c, variables->name, 1, &e->y);
    if (!e->y.n) fail(L, SIPAS_ERR_ARGUMENT, variables->name, "%s: no variable", variables->name);
    e->opts.names = e->y.names;
}

void begin_estimate(estimate *e, lua_State *L, const char *name, int positions, const option *own)
{
    begin_with(e, L, name, positions, y_options, own);
}

/* Makes the object on top of the stack hold the value at `index`. */
void hold(lua_State *L, int index)
{
    lua_getuservalue(L, -1);
    lua_pushvalue(L, index);
    lua_rawseti(L, -2, 1);
    lua_pop(L, 1);
}

/* Pushes the table to be filled. It holds the design, whose columns comparisons and covariances read. */
sipas_table **estimate_table(call *c)
{
    sipas_table **out = new_table(c);

    hold(c->L, 1);
    return out;
}

static int32_t choice_option(call *c, const char *name, const choice *choices)
{
    return given(c, name, 0) ? to_choice(c, name, choices, 0) : 0;
}

static void one_variable(const estimate *e)
{
    if (e->y.n != 1) fail(e->c.L, SIPAS_ERR_ARGUMENT, "y", "y: %d variables where one is expected", (int)e->y.n);
}

/***
Estimates
@section estimate
*/
/***
Means of variables, Σ w y / Σ w over the rows of the domain that have y.
@function Design:mean
@tparam table options
@param options.y named columns. [1]
@param options.by named columns, which are crossed; or a list of such tables, one for each level, `{}` being the whole
@param options.where booleans: the rows that are in
@param options.missing "available" (default), "complete"
@param options.level confidence level (0.95)
@param options.deff true or "wor", "wr": design effects
@param options.cov true: keep what `Table:cov`, `contrast`, `pairs`, `league` need
@param options.simultaneous "none", "bonferroni", "sidak", "scheffe"
@treturn Table variable, level, by …, estimate, se, lower, upper, df, n, psus, deff, n_eff, kish_deff, cv
@raise "lonely psu": names the stratum; others name column and row
@usage d:mean{y = {age = age}, by = {{stype = stype}, {}}}
*/
static int estimate_mean(lua_State *L)
{
    static const option none[] = {END};
    estimate e;

    begin_estimate(&e, L, "mean", 1, none);
    check(&e.c, sipas_estimate_mean(e.design, e.y.columns, e.y.n, e.domains, &e.opts, estimate_table(&e.c), &e.c.err));
    return 1;
}

/***
Totals, Σ w y; otherwise as `Design:mean`.
@function Design:total
*/
static int estimate_total(lua_State *L)
{
    static const option none[] = {END};
    estimate e;

    begin_estimate(&e, L, "total", 1, none);
    check(&e.c, sipas_estimate_total(e.design, e.y.columns, e.y.n, e.domains, &e.opts, estimate_table(&e.c), &e.c.err));
    return 1;
}

/***
Ratios Σ w y / Σ w x of each y to its x; otherwise as `Design:mean`.
@function Design:ratio
@tparam table options
@param options.y named columns. [1]
@param options.x as many columns, or one for all. [2]
*/
static int estimate_ratio(lua_State *L)
{
    static const option own[] = {ARG("x"), END};
    estimate e;
    named x;

    begin_estimate(&e, L, "ratio", 2, own);
    named_columns(&e.c, "x", 2, &x);
    if (x.n != 1 && x.n != e.y.n)
        fail(L, SIPAS_ERR_LENGTH, "x", "x: %d denominators for %d numerators", (int)x.n, (int)e.y.n);
    sipas_column *below = keep_memory(&e.c, (size_t)e.y.n, sizeof *below);

    for (int64_t i = 0; i < e.y.n; i++) below[i] = x.columns[x.n == 1 ? 0 : i];
    check(&e.c, sipas_estimate_ratio(e.design, e.y.columns, below, e.y.n, e.domains, &e.opts, estimate_table(&e.c),
                                     &e.c.err));
    return 1;
}

/***
Quantiles with Woodruff's intervals.
@function Design:quantile
@tparam table options
@param options.y named columns. [1]
@param options.probs a number in (0, 1) or a list (0.5). [2]
@param options.rule "hf1" (default) … "hf9", "math", "school"
@param options.interval "mean" (default), "xlogit", "beta", "asin": the scale of the interval
@param options.centre "p" (default): of what the interval is on the scale of F; "estimate": of F at the estimate, as R has it
@param options.by (and where, missing, level) as for `Design:mean`
@treturn Table variable, quantile, level, by …, estimate, se, lower, upper, df, n, psus, cdf, cdf_se
*/
static int estimate_quantile(lua_State *L)
{
    static const option own[] = {ARG("y"),
                                 ARG("probs"),
                                 FIELD(sipas_estimate_quantile_opts, missing),
                                 FIELD(sipas_estimate_quantile_opts, level),
                                 FIELD(sipas_estimate_quantile_opts, rule),
                                 FIELD(sipas_estimate_quantile_opts, interval),
                                 FIELD(sipas_estimate_quantile_opts, centre),
                                 END};
    static const option *const lists[] = {own, domain_options, NULL};
    static const double median = 0.5;
    sipas_estimate_quantile_opts opts;
    const sipas_design *design;
    const sipas_domains *of;
    const double *probs = &median;
    int64_t n_probs = 1;
    named y;
    call c;

    begin_method(&c, L, "quantile", 2, lists, &design, &of);
    sipas_estimate_quantile_opts_init(&opts);
    read_options(&c, own, &opts);
    named_columns(&c, "y", 1, &y);
    opts.names = y.names;
    if (given(&c, "probs", 2)) {
        lua_pop(L, 1);
        probs = numbers(&c, "probs", 2, &n_probs);
    }
    check(&c, sipas_estimate_quantile(design, y.columns, y.n, probs, n_probs, of, &opts, estimate_table(&c), &c.err));
    return 1;
}

/***
Proportions, 0-1, with the interval methods of the field.
@function Design:proportion
@tparam table options
@param options.y named columns: whole numbers, booleans or texts. [1]
@param options.success a value or a list of values; by default variables are of 0 and 1
@param options.method "logit" (default), "wald", "likelihood", "arcsine", "arcsine_cut", "beta", "xlogit", "wilson", "agresti_coull", "jeffreys"
@param options.by (and where, missing, level, deff, cov, simultaneous) as for `Design:mean`
@treturn Table as of `Design:mean`, n_eff always
*/
static int estimate_proportion(lua_State *L)
{
    static const option own[] = {ARG("success"), ARG("method"), END};
    estimate e;

    begin_estimate(&e, L, "proportion", 1, own);
    const int32_t method = choice_option(&e.c, "method", interval_words);

    const sipas_column *success = values(&e.c, "success");

    check(&e.c, sipas_estimate_proportion(e.design, e.y.columns, e.y.n, success, method, e.domains, &e.opts,
                                          estimate_table(&e.c), &e.c.err));
    return 1;
}

/***
The share of every category of one variable, 0-1.
@function Design:distribution
@tparam table options
@param options.y one column: texts or whole numbers. [1]
@param options.method as for `Design:proportion`, or "goodman", "quesenberry_hurst": all categories at once
@param options.by (and where, level, deff, cov, simultaneous) as for `Design:mean`
@treturn Table as of `Design:proportion`, with category
*/
static int estimate_distribution(lua_State *L)
{
    static const option own[] = {ARG("method"), END};
    estimate e;

    begin_estimate(&e, L, "distribution", 1, own);
    one_variable(&e);
    const int32_t method = choice_option(&e.c, "method", interval_words);

    check(&e.c, sipas_estimate_distribution(e.design, e.y.columns, method, e.domains, &e.opts, estimate_table(&e.c),
                                            &e.c.err));
    return 1;
}

static int category(lua_State *L, const char *name, int32_t kind)
{
    static const option none[] = {END};
    estimate e;

    begin_estimate(&e, L, name, 1, none);
    one_variable(&e);
    check(&e.c,
          sipas_estimate_category(e.design, e.y.columns, kind, e.domains, &e.opts, estimate_table(&e.c), &e.c.err));
    return 1;
}

/***
The share of every category of one variable, with plain intervals.
@function Design:category
@tparam table options
@param options.y one column. [1]
*/
static int category_share(lua_State *L)
{
    return category(L, "category", SIPAS_CATEGORY_SHARE);
}

/***
The number of population members in every category of one variable.
@function Design:category_total
@tparam table options
@param options.y one column. [1]
*/
static int category_total(lua_State *L)
{
    return category(L, "category_total", SIPAS_CATEGORY_TOTAL);
}

/***
Cronbach's alpha of a scale of items, alpha without each item, and correlations of item and rest.
@function Design:alpha
@tparam table options
@param options.items named columns, at least two. [1]
@param options.scale "transformed" (default), "plain"
@param options.by (and where, level, deff, cov) as for `Design:mean`
@treturn Table statistic, item, level, by …, estimate, se, lower, upper, df, n, psus, deff, cv
*/
static int estimate_alpha(lua_State *L)
{
    static const option own[] = {ARG("scale"), END};
    estimate e;

    begin_with(&e, L, "alpha", 1, item_options, own);
    const int32_t scale = choice_option(&e.c, "scale", scale_words);

    check(&e.c, sipas_estimate_alpha(e.design, e.y.columns, e.y.n, scale, e.domains, &e.opts, estimate_table(&e.c),
                                     &e.c.err));
    return 1;
}

/***
Population variances, covariances or correlations.
@function Design:moment
@tparam table options
@param options.y named columns. [1]
@param options.kind "covariance" (default), "variance", "correlation"
@param options.scale "transformed" (default), "plain"
@param options.by (and where, missing, level, deff, cov) as for `Design:mean`
@treturn Table variable, with, level, by …, estimate, se, lower, upper, df, n, psus, deff, cv
*/
static int estimate_moment(lua_State *L)
{
    static const option own[] = {ARG("kind"), ARG("scale"), END};
    estimate e;

    begin_estimate(&e, L, "moment", 1, own);
    const int32_t kind = choice_option(&e.c, "kind", moment_words), scale = choice_option(&e.c, "scale", scale_words);

    check(&e.c, sipas_estimate_moment(e.design, e.y.columns, e.y.n, kind, scale, e.domains, &e.opts,
                                      estimate_table(&e.c), &e.c.err));
    return 1;
}

const luaL_Reg estimate_methods[] = {{"mean", estimate_mean},
                                     {"total", estimate_total},
                                     {"ratio", estimate_ratio},
                                     {"quantile", estimate_quantile},
                                     {"proportion", estimate_proportion},
                                     {"distribution", estimate_distribution},
                                     {"category", category_share},
                                     {"category_total", category_total},
                                     {"alpha", estimate_alpha},
                                     {"moment", estimate_moment},
                                     {NULL, NULL}};

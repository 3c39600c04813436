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

static const option estimate_options[] = {FIELD(sipas_estimate_opts, missing),      FIELD(sipas_estimate_opts, level),
                                          FIELD(sipas_estimate_opts, deff),         FIELD(sipas_estimate_opts, cov),
                                          FIELD(sipas_estimate_opts, simultaneous), END};
static const option y_options[] = {ARG("y"), END};

/* Reads design, domains and the context's function: d:mean{…}. */
void begin_method(call *c, lua_State *L, const char *name, int positions, const option *const *lists,
                  const sipas_design **design, const sipas_domains **of)
{
    *design = to_design(L);
    lua_settop(L, 2);
    begin(c, L, name, 2, positions, lists);
    *of = read_domains(c);
    enter_design(c);
}

void begin_estimate(estimate *e, lua_State *L, const char *name, int positions, const option *own)
{
    const option *const lists[] = {y_options, domain_options, estimate_options, own, NULL};

    begin_method(&e->c, L, name, positions, lists, &e->design, &e->domains);
    sipas_estimate_opts_init(&e->opts);
    read_options(&e->c, estimate_options, &e->opts);
    named_columns(&e->c, "y", 1, &e->y);
    if (!e->y.n) fail(L, SIPAS_ERR_ARGUMENT, "y", "y: no variable");
    e->opts.names = e->y.names;
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
@param options.missing_by rows without a code of `by`: "error" (default); "drop", in no group of the levels that cross it; "group", one of their own,
the last, whose cell is missing
@param options.orders lists of all codes of `by` columns, by their names, in the order in which the groups come: `{region = {"south", "north"}}`
@param options.missing "available" (default), "complete"
@param options.level confidence level (0.95)
@param options.deff true or "wor", "wr": design effects
@param options.cov true: keep what `Table:cov`, `contrast`, `pairs`, `league` need
@param options.simultaneous "none", "bonferroni", "sidak", "scheffe"
@treturn Table variable, level, by …, estimate, se, lower, upper, df, n, psus, deff, n_eff, kish_deff, cv
@raise "lonely psu": names the stratum; others name column and row
@usage d:mean{y = {age = age}, by = {{stype = stype}, {}}}
*/

/***
Totals, Σ w y; otherwise as `Design:mean`.
@function Design:total
*/

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
@param options.by (and where, missing_by, missing, level) as for `Design:mean`
@treturn Table variable, quantile, level, by …, estimate, se, lower, upper, df, n, psus, cdf, cdf_se
*/

/***
Proportions, 0-1, with the interval methods of the field.
@function Design:proportion
@tparam table options
@param options.y named columns: whole numbers, booleans or texts. [1]
@param options.success a value or a list of values; by default variables are of 0 and 1
@param options.method "logit" (default), "wald", "likelihood", "arcsine", "arcsine_cut", "beta", "xlogit", "wilson", "agresti_coull", "jeffreys"
@param options.by (and where, missing_by, missing, level, deff, cov, simultaneous) as for `Design:mean`
@treturn Table as of `Design:mean`, n_eff always
*/

/***
The share of every category of one variable, 0-1.
@function Design:distribution
@tparam table options
@param options.y one column: texts or whole numbers. [1]
@param options.method as for `Design:proportion`, or "goodman", "quesenberry_hurst": all categories at once
@param options.categories list of all categories, in the order of the rows; one that nobody chose has an estimate of 0. `Instrument:answers`
has those of an item
@param options.by (and where, orders, missing_by, level, deff, cov, simultaneous) as for `Design:mean`
@treturn Table as of `Design:proportion`, with category
*/
static int estimate_distribution(lua_State *L)
{
    static const option own[] = {ARG("method"), ARG("categories"), END};
    estimate e;

    begin_estimate(&e, L, "distribution", 1, own);
    one_variable(&e);
    e.opts.categories = values(&e.c, "categories");
    const int32_t method = given(&e.c, "method", 0) ? to_choice(&e.c, "method", interval_words, 0) : 0;

    check(&e.c, sipas_estimate_distribution(e.design, e.y.columns, method, e.domains, &e.opts, estimate_table(&e.c),
                                            &e.c.err));
    return 1;
}

static int category(lua_State *L, const char *name, int32_t kind)
{
    static const option own[] = {ARG("categories"), END};
    estimate e;

    begin_estimate(&e, L, name, 1, own);
    one_variable(&e);
    e.opts.categories = values(&e.c, "categories");
    check(&e.c,
          sipas_estimate_category(e.design, e.y.columns, kind, e.domains, &e.opts, estimate_table(&e.c), &e.c.err));
    return 1;
}

/***
The share of every category of one variable, with plain intervals.
@function Design:category
@tparam table options
@param options.y one column. [1]
@param options.categories as for `Design:distribution`
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
@param options.categories as for `Design:distribution`
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
@param options.by (and where, missing_by, level, deff, cov) as for `Design:mean`
@treturn Table statistic, item, level, by …, estimate, se, lower, upper, df, n, psus, deff, cv
*/

/***
Population variances, covariances or correlations.
@function Design:moment
@tparam table options
@param options.y named columns. [1]
@param options.kind "covariance" (default), "variance", "correlation"
@param options.scale "transformed" (default), "plain"
@param options.by (and where, missing_by, missing, level, deff, cov) as for `Design:mean`
@treturn Table variable, with, level, by …, estimate, se, lower, upper, df, n, psus, deff, cv
*/

const luaL_Reg estimate_methods[] = {{"ratio", estimate_ratio},
                                     {"distribution", estimate_distribution},
                                     {"category", category_share},
                                     {"category_total", category_total},
                                     {NULL, NULL}};

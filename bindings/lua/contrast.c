/***
@module sipas
*/
/*
 * Comparing estimates: contrasts, pairs, change.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "face.h"

static const option contrast_options[] = {ARG("df"), FIELD(sipas_contrast_opts, level),
                                          FIELD(sipas_contrast_opts, adjust), END};

const sipas_table *table_argument(call *c, const char *name, int position)
{
    need(c, name, position);
    const sipas_table *table = to_table(c->L, -1, name);

    (void)keep_value(c);
    return table;
}

static void read_contrast(call *c, sipas_contrast_opts *opts)
{
    sipas_contrast_opts_init(opts);
    read_options(c, contrast_options, opts);
    degrees_of_freedom(c, contrast_df_words, SIPAS_CONTRAST_DF_GIVEN, &opts->df, &opts->df_value);
}

/***
Comparing
@section compare
*/
/***
Functions of the rows of a table of estimates that was made with `cov = true`.
@function contrast
@tparam table options
@tparam Table options.estimates [1]
@param options.functions as for `Design:functions`; terms are rows from 1. [2]
@param options.df "minimum" (default), "design", "regression", or a number; level; adjust "none", "bonferroni", "holm"; cov
@treturn Table contrast, estimate, se, lower, upper, df, t, p, p_adjusted
*/
static int contrast(lua_State *L)
{
    static const option own[] = {ARG("estimates"), ARG("functions"), FIELD(sipas_contrast_opts, cov), END};
    static const option *const lists[] = {own, contrast_options, NULL};
    sipas_contrast_opts opts;
    int64_t n;
    call c;

    begin(&c, L, "contrast", 1, 2, lists);
    read_contrast(&c, &opts);
    read_options(&c, own, &opts);
    const sipas_table *estimates = table_argument(&c, "estimates", 1);
    const sipas_function *of = functions(&c, NULL, &n);

    sipas_table **out = new_table(&c);

    hold(L, c.keep);
    check(&c, sipas_estimate_contrast(estimates, of, n, &opts, out, &c.err));
    return 1;
}

/***
All differences between the groups of a level, for each variable and level, with their covariance.
@function pairs
@tparam table options
@tparam Table options.estimates made with `by` and `cov = true`. [1]
@param options.df (and level, adjust) as for `contrast`
@treturn Table variable, level, contrast, row, other, estimate, se, lower, upper, df, t, p, p_adjusted
*/
static int pairs(lua_State *L)
{
    static const option own[] = {ARG("estimates"), END};
    static const option *const lists[] = {own, contrast_options, NULL};
    sipas_contrast_opts opts;
    call c;

    begin(&c, L, "pairs", 1, 1, lists);
    read_contrast(&c, &opts);
    const sipas_table *estimates = table_argument(&c, "estimates", 1);

    check(&c, sipas_estimate_pairs(estimates, &opts, new_table(&c), &c.err));
    return 1;
}

/***
Change between two rounds, after - before or after / before - 1, of the rows that have the same variable, level and groups.
@function change
@tparam table options
@tparam Table options.before [1]
@tparam Table options.after [2]; both with `cov = true` where rounds overlap
@param options.overlap "none" (default), "common", "joined"; relative: true
@param options.df (and level, adjust) as for `contrast`, and df "satterthwaite"
@treturn Table the columns of `after`, before, after, estimate, se, lower, upper, df, t, p, correlation
*/
static int change(lua_State *L)
{
    static const option own[] = {ARG("before"), ARG("after"), FIELD(sipas_contrast_opts, overlap),
                                 FIELD(sipas_contrast_opts, relative), END};
    static const option *const lists[] = {own, contrast_options, NULL};
    sipas_contrast_opts opts;
    call c;

    begin(&c, L, "change", 1, 2, lists);
    read_contrast(&c, &opts);
    read_options(&c, own, &opts);
    const sipas_table *before = table_argument(&c, "before", 1), *after = table_argument(&c, "after", 2);

    check(&c, sipas_estimate_change(before, after, &opts, new_table(&c), &c.err));
    return 1;
}

const luaL_Reg contrast_functions[] = {{"contrast", contrast}, {"pairs", pairs}, {"change", change}, {NULL, NULL}};

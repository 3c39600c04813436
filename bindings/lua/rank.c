/***
@module sipas
*/
/*
 * The face of room rank.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "face.h"

/***
Ranking
@section rank
*/
/***
The league table of the units of one level: ranks, and how sure they are.
@function league
@tparam table options
@tparam Table options.estimates of a `Design`, with one `by` column; with `cov = true` the units' covariance is used. [1]
@param options.variable the node, variable or category to rank, or one figure of it: "y:0.25" of quantiles, "x:y" of covariances; of
 several that it names, and by default, the last
@param options.domain_level the level to rank; ascending: the smallest has rank 1; level (0.95)
@treturn Table unit, estimate, se, lower, upper, df, rank, rank_lower, rank_upper, gap_next, p_next, equal_next
*/
static int league(lua_State *L)
{
    static const option own[] = {ARG("estimates"),
                                 FIELD(sipas_rank_opts, ascending),
                                 FIELD(sipas_rank_opts, level),
                                 FIELD(sipas_rank_opts, variable),
                                 FIELD(sipas_rank_opts, domain_level),
                                 END};
    static const option *const lists[] = {own, context_options, NULL};
    sipas_rank_opts opts;
    call c;

    begin(&c, L, "league", 1, 1, lists);
    sipas_rank_opts_init(&opts);
    read_options(&c, own, &opts);
    const sipas_table *estimates = table_argument(&c, "estimates", 1);
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_rank_league(ctx, estimates, &opts, new_table(&c), &c.err));
    return 1;
}

const luaL_Reg rank_functions[] = {{"league", league}, {NULL, NULL}};

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

/***
@module sipas
*/
/*
 * The face of room size.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "face.h"

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
@param options.margin e, half the interval (0.05); or `relative_margin`, `cv`, `se`
@param options.p expected share (0.5), `level` (0.95), `deff` (1): not for yamane
@param options.response share of those asked who answer (1); `minimum`, `maximum`, `multiple`, `rounding` ("up", "nearest"), `per_household`
@param options.df degrees of freedom of a unit's standard error, or `psus` (df = psus - 1): t in place of z (many)
@param options.code codes of the units
@treturn Table code, population, n_exact, n, issued, households, fraction, formula
@usage sipas.sample_size{N = 20000, method = "yamane", margin = 0.05}.n[1] --> 393
*/

/***
What n answers are worth for a share: the inverse of `sample_size`.
@function precision_proportion
@tparam table options
@param options.n answers of each unit; a number stands for all. [1]
@param options.N (and method, p, level, deff) … as for `sample_size`
@treturn Table code, population, n, estimate, se, margin, lower, upper, cv, formula
*/

/***
The least number of answers that serves all of several figures, for each unit.
@function size_figures
@tparam table options
@param options.figures a list of tables: `statistic` ("proportion", "mean", "total", "ratio", "index"), what is expected (p, mean, sd …), one target
 (`margin`, `relative_margin`, `cv`, `se`), and for a difference `compare` ("units", "rounds"), `difference`, `power`, `overlap` …. [1]
@param options.N population of each unit; level, deff, response, minimum, maximum, multiple, rounding, per_household, code, df, psus: as `sample_size`
@treturn Table as of `sample_size`, with figure, the one that binds, and n_other
*/

/***
What n answers are worth for several figures: the inverse of `size_figures`.
@function precision_figures
@tparam table options
@param options.figures as for `size_figures`. [1]
@param options.n answers of each unit; a number stands for all
@param options.N and the rest as for `size_figures`
@treturn Table code, figure, population, n, estimate, se, margin, lower, upper, cv, power, minimum_difference, formula
*/

/***
How many answers each unit needs before a ranking says something.
@function size_ranking
@tparam table options
@param options.value assumed true value of each unit. [1]
@param options.delta (and top, width) the targets: differences to tell, the best so many, mean width of the rank intervals
@param options.sd of all units, or `sd_of` each; N, code, deff, level, power, ascending, response, minimum …
@param options.psus of a unit, or `df`: t in place of z
@treturn Table as of `sample_size`
*/

/***
What n answers in each unit are worth for a ranking: the inverse of `size_ranking`.
@function precision_ranking
@tparam table options
@param options.value assumed true value of each unit. [1]
@param options.n answers of each unit; a number stands for all. [2]
@param options.sd and the rest as for `size_ranking`
@treturn Table code, value, n, se, rank, rank_lower, rank_upper, width, power_next
*/

/***
How many units at each of two or three stages: the most precise design for a budget, or the cheapest for a CV.
@function size_stages
@tparam table options
@param options.stages a list of tables, PSUs first, persons last: name, cost, homogeneity, k or relvariance, population, n, minimum, maximum, multiple.
 [1]
@param options.budget or `cv`; relvariance, fixed_cost, response, per_household, level, df (of the relative margin)
@param options.components "model" (default): relvariances as of `components_sample`, or intraclass correlations; "population": of `components_frame`
@treturn Table stage, name, n_exact, total_exact, n, total, issued, households, cost, relvariance, share
*/

/***
What a multi-stage design is worth and costs: every stage has its n.
@function precision_stages
@tparam table options
@param options.stages as for `size_stages`. [1]
@treturn Table stage, name, n_exact, total_exact, cost, relvariance, share
*/

/***
Variance components and intraclass correlations from the answers of the last round.
@function components_sample
@tparam table options
@param options.y answers. [1]
@param options.clusters one column or a list, PSUs first
@param options.weights (and strata) columns
@treturn Table stage, name, units, variance, relvariance, homogeneity, k
*/

/***
Relvariance components of an estimated total under two- or three-stage sampling, from a whole frame.
@function components_frame
@tparam table options
@param options.y value of each person. [1]
@param options.clusters one column or a list, PSUs first
@param options.selection "equal", "persons", "measure" with `size`; `single` "zero", "mean"
@treturn Table stage, name, units, relvariance, homogeneity, k
*/

"""How many for a ranking and at each stage, and the variance components that these need to know.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sipas import _calls, _choices
from sipas._columns import Column, Columns
from sipas._context import Context
from sipas._sipas import lib
from sipas._table import Table


def size_ranking(
    data: Column | Columns | None = None,
    /,
    *,
    value: Column | None = None,
    delta: float | None = None,
    width: float | None = None,
    top: int = 0,
    sd: Column | float | None = None,
    N: Column | None = None,
    ascending: bool = False,
    deff: float | None = None,
    level: float | None = None,
    power: float | None = None,
    response: float = 1.0,
    per_household: float | None = None,
    minimum: int = 0,
    maximum: int = 0,
    multiple: int = 1,
    rounding: _choices.SizeRound = "up",
    code: Column | None = None,
    df: float | None = None,
    psus: float | None = None,
    context: Context | None = None,
) -> Table:
    """How many answers each unit needs before a ranking says something.

    Parameters
    ----------
    data : frame or column
        A frame, of which the other arguments may name columns (see `Design`); anything else is `value`.
    value : column
        Assumed true value of each unit, as of the last round; at least two.
    delta, width, top : float, float, int
        Targets, all of which are met: any two units this far apart are told apart; mean expected width of the rank intervals; the best
        so many are told apart from all others.
    sd : number or column, optional
        Standard deviation between persons, of all units or each. Without it values are shares, sd² = v (1 - v).
    N : column, optional
        Population of each unit.
    ascending : bool
        The smallest value is rank 1.
    power : float, optional
        Probability for `delta` and `top`; 0.8 by default.
    deff, level, response, per_household, minimum, maximum, multiple, rounding, code, df, psus
        As of `sample_size`.

    Returns
    -------
    Table
        As of `sample_size`; the metadata name the target that binds.

    Raises
    ------
    OptionError, TooFewError
        No target; fewer than two units.
    InfeasibleError
        A target that no number of answers reaches.

    Notes
    -----
    The rank intervals are those of `league` (Holm 1979; Mogstad, Romano, Shaikh and Wilhelm 2024, REStud 91:476). No simulation.

    Examples
    --------
    >>> size_ranking([0.8, 0.7, 0.6], delta=0.1)["n"].tolist()
    [428, 428, 428]
    """
    return _calls.size_ranking(lib, locals())


def precision_ranking(
    data: Column | Columns | None = None,
    /,
    n: Column | float | None = None,
    *,
    value: Column | None = None,
    top: int = 0,
    sd: Column | float | None = None,
    N: Column | None = None,
    ascending: bool = False,
    deff: float | None = None,
    level: float | None = None,
    power: float | None = None,
    code: Column | None = None,
    df: float | None = None,
    psus: float | None = None,
    context: Context | None = None,
) -> Table:
    """What n answers in each unit are worth for a ranking: the inverse of `size_ranking`, whose arguments it has.

    Returns
    -------
    Table
        A row per unit: code (when given), value, n, se, rank, rank_lower and rank_upper (expected limits of its rank interval), width,
        power_next.
    """
    return _calls.precision_ranking(lib, locals())


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeStage:
    """One stage of a multi-stage sample: PSUs first, persons last.

    Parameters
    ----------
    name : str, optional
        For messages and the result; its number by default.
    cost : float
        Of one unit of this stage, without the units below it.
    homogeneity, k : float, optional
        δ in [0, 1], how alike the units below one unit of this stage are; variance between and within units over the unit relvariance
        (1). Not of the last stage.
    relvariance : float, optional
        Instead of δ and k, in all stages or in none: the column of `components_frame` or `components_sample`.
    population : float, optional
        Units of this stage in one of the stage above; infinite by default.
    n : float, optional
        Units of this stage in one of the stage above, when given; sought by default.
    minimum, maximum, multiple : int
        Bounds of n, and what it is a multiple of; 0 = none.
    """

    name: str | None = None
    cost: float | None = None
    homogeneity: float | None = None
    k: float | None = None
    relvariance: float | None = None
    population: float | None = None
    n: float | None = None
    minimum: int = 0
    maximum: int = 0
    multiple: int = 0


def size_stages(
    stages: Sequence[SizeStage],
    *,
    budget: float | None = None,
    cv: float | None = None,
    relvariance: float | None = None,
    fixed_cost: float = 0.0,
    response: float = 1.0,
    per_household: float | None = None,
    level: float | None = None,
    df: float | None = None,
    components: _choices.Components = "model",
    context: Context | None = None,
) -> Table:
    """How many units at each of two or three stages: the most precise design for a budget, or the cheapest for a CV.

    Parameters
    ----------
    stages : list of SizeStage
        Two or three, PSUs first.
    budget, cv : float
        One of them: cost, or coefficient of variation, that must not be passed.
    relvariance : float, optional
        Unit relvariance, variance between persons over mean²; 1 by default. Not where the stages have relvariances.
    fixed_cost : float
        Cost that does not depend on the design; part of the budget.
    response : float
        Share of the persons asked who will answer.
    per_household : float, optional
        Persons asked in a household that is visited, on average: adds the column households.
    df : float, optional
        Degrees of freedom of the relative margin, PSUs less strata; many by default.
    components : {"model", "population"}
        What the stages' variances are of: the unit effects of a model, as `components_sample` and intraclass correlations have them; or
        the means of the units of a finite population, as `components_frame` has them. They differ where populations are finite.

    Returns
    -------
    Table
        A row per stage: stage, name, n_exact and total_exact (the continuous optimum), n and total (the best design in whole numbers),
        issued, cost, relvariance, share; the metadata have cv and cost.

    Raises
    ------
    InfeasibleError
        The budget does not pay for the fewest units; the CV is not reached with the most.

    Notes
    -----
    Hansen, Hurwitz and Madow (1953), ch. 6 and 7; Cochran (1977), §10.6; Valliant, Dever and Kreuter (2018), §9.2 and 9.3.

    Examples
    --------
    >>> t = size_stages([SizeStage(cost=500, homogeneity=0.05), SizeStage(cost=100)], budget=100000)
    >>> t["n"].tolist()
    [71, 9]
    """
    return _calls.size_stages(lib, locals())


def precision_stages(
    stages: Sequence[SizeStage],
    *,
    relvariance: float | None = None,
    fixed_cost: float = 0.0,
    response: float = 1.0,
    level: float | None = None,
    df: float | None = None,
    components: _choices.Components = "model",
    context: Context | None = None,
) -> Table:
    """What a multi-stage design is worth and costs: the inverse of `size_stages`; every stage has its n.

    Returns
    -------
    Table
        stage, name, n_exact, total_exact, cost, relvariance, share; the metadata have cv, cost, relative_margin and deff.
    """
    return _calls.precision_stages(lib, locals())


def components_sample(
    data: Column | Columns | None = None,
    /,
    clusters: Column | Sequence[Column] | None = None,
    *,
    y: Column | None = None,
    weights: Column | None = None,
    strata: Column | None = None,
    context: Context | None = None,
) -> Table:
    """Variance components and intraclass correlations from the answers of the last round.

    Parameters
    ----------
    data : frame or column
        A frame, of which the other arguments may name columns (see `Design`); anything else is `y`.
    y : column
        Answers; a row without one is left out.
    clusters : column or list of one or two columns
        Unit ids, PSUs first; ids nest in their parents.
    weights, strata : column, optional
        Weights ≥ 0; strata of the first stage, which are fixed: what differs between them is in no component.

    Returns
    -------
    Table
        A row per level: stage, name ("psu", "ssu", "person"), units, variance, relvariance, homogeneity, k: what `SizeStage` takes.

    Raises
    ------
    TooFewError
        No unit of some level has two of the next.

    Notes
    -----
    Analysis of variance with weights: Henderson (1953), Biometrics 9:226, method 1; Searle, Casella and McCulloch (1992), §3.6 and 5.2.

    Examples
    --------
    >>> t = components_sample([1.0, 2.0, 4.0, 6.0], [1, 1, 2, 2])
    >>> t["variance"].tolist()
    [5.5, 1.25]
    """
    return _calls.components_sample(lib, locals())


def components_frame(
    data: Column | Columns | None = None,
    /,
    clusters: Column | Sequence[Column] | None = None,
    *,
    y: Column | None = None,
    selection: _choices.Psu = "equal",
    single: _choices.Single = "zero",
    size: Column | None = None,
    context: Context | None = None,
) -> Table:
    """Relvariance components of the estimated total under two- or three-stage sampling, from a whole frame.

    Parameters
    ----------
    data : frame or column
        A frame, of which the other arguments may name columns (see `Design`); anything else is `y`.
    y : column
        Value of each person of the frame.
    clusters : column or list of one or two columns
        Unit ids, PSUs first.
    selection : {"equal", "persons", "measure"}
        How PSUs are to be drawn: with equal probability; in proportion to their rows; to `size`.
    single : {"zero", "mean"}
        What the variance within a unit with one element counts as.
    size : column, optional
        Measure of size of each row's PSU, for ``"measure"``.

    Returns
    -------
    Table
        As of `components_sample`, without variances.

    Notes
    -----
    Hansen, Hurwitz and Madow (1953), ch. 9; Valliant, Dever and Kreuter (2018), §9.2 and 9.3.
    """
    return _calls.components_frame(lib, locals())

"""How many people to ask, and what a given number of answers is worth.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sipas import _calls, _choices
from sipas._aliases import aliased
from sipas._columns import Column
from sipas._context import Context
from sipas._sipas import lib
from sipas._table import Table


@aliased(e="margin", lower="minimum", upper="maximum", codes="code")
def sample_size(
    N: Column | float | None = None,
    *,
    method: _choices.Size = "cochran",
    margin: float | None = None,
    p: float | None = None,
    level: float | None = None,
    deff: float | None = None,
    response: float = 1.0,
    minimum: int = 0,
    maximum: int = 0,
    multiple: int = 1,
    rounding: _choices.SizeRound = "up",
    code: Column | None = None,
    relative_margin: float | None = None,
    cv: float | None = None,
    se: float | None = None,
    per_household: float | None = None,
    df: float | None = None,
    psus: float | None = None,
    context: Context | None = None,
) -> Table:
    """Sample size for estimating a share to within a margin, for one unit or for each unit of a list.

    Parameters
    ----------
    N : number or column, optional
        Population of each unit, people; infinity and None: no finite population correction.
    method : {"cochran", "yamane", "wilson", "log_odds"}
        Cochran (1977), *Sampling Techniques*, §4.4: n0 = deff z² p (1 - p) / e², n = n0 / (1 + (n0 - 1) / N). Yamane (1967), p. 886,
        also known as Slovin's: n = N / (1 + N e²), which assumes z = 2 and p = ½. Wilson's interval and that of the log odds
        (Valliant, Dever and Kreuter 2018, §3.1) are for shares near 0 or 1.
    margin : float, optional
        e, the half-width of the interval, in (0, 1): 0.05.
    relative_margin, cv, se : float, optional
        Instead of `margin`: e / p; standard error / p; standard error.
    per_household : float, optional
        Persons asked in a household that is visited, on average: adds the column households.
    p, level, deff : float, optional
        Expected share (0.5), confidence level (0.95), design effect (1). Not for ``"yamane"``.
    df, psus : float, optional
        Degrees of freedom of a unit's standard error, PSUs less strata, or its PSUs (df = psus - 1): t in place of z, noncentral t for a
        power. The difference of two samples drawn apart has 2 df (df + 1) / (df + 2). So many that z will do by default. Not for ``"yamane"``.
    response : float
        Share of those asked who will answer, in (0, 1].
    minimum, maximum, multiple : int
        No unit with fewer, or more (0 = no bound); rounded up to a multiple.
    rounding : {"up", "nearest"}
        How the formula's value becomes whole.
    code : column, optional
        Codes of the units.
    context : Context, optional
        Threads and progress; so everywhere.

    Returns
    -------
    Table
        A row per unit: code (when given), population, n_exact, n, issued, fraction, formula.

    Raises
    ------
    OptionError
        An option outside its range, or one that Yamane's formula fixes.
    MissingError, RangeError
        A population that is missing or negative; names the unit.

    Examples
    --------
    >>> sample_size(20000, method="yamane", margin=0.05)["n"]
    array([393])
    """
    return _calls.sample_size(lib, locals())


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeFigure:
    """One figure that a survey is to give, what is expected of it, and how precise it has to be.

    *Target*: one of `margin`, `relative_margin`, `cv` and `se`. A share without any has a margin of 0.05. A comparison without any is
    to find `difference` with `power`. Relative targets are relative to the figure, in a comparison to the difference.

    Parameters
    ----------
    name : str, optional
        For messages and the result; its number by default.
    statistic : {"proportion", "mean", "total", "ratio", "index"}
        A share: `p`. A mean or total: `sd` and `mean`. A ratio of totals (Cochran 1977, §6.4): also `mean_x`, `sd_x`, `correlation`.
        A composite index Σ w m of item means: `weights`, `covariance`, `answered`.
    method : {"cochran", "yamane", "wilson", "log_odds"}, optional
        Of a share that is not compared.
    compare : {"none", "units", "rounds"}
        The figure itself; its difference from another unit's, from a sample of its own; from another round's.
    p, mean, sd : float
        Expected share, mean, standard deviation between persons; `p_of`, `mean_of`, `sd_of` : column, for each unit.
    weights, covariance, answered : column, array of shape (items, items), column
        Of an index: weights and covariances of the items, share in (0, 1] that answers each.
    domain : float
        Share of the population, in (0, 1], that the figure is about.
    deff, take, homogeneity : float
        Design effect; answers per PSU ≥ 1 and δ in [0, 1] where answers are clustered (Kish 1965, §5.4); `homogeneity_of` : column, of
        each item of an index.
    difference, sd_other, power, ratio, n_other : float
        Other minus this one; standard deviation of the other; probability to find the difference (0.8); answers of the other over
        answers here, or their number.
    overlap, overlap_correlation : float
        Of two rounds: share of persons in both, correlation of their values (Kish 1965, §12.4).
    sides : {2, 1}, optional
        Of the test; 2 by default.
    df, psus : float, optional
        As of `size_figures`, which has them for all figures.
    """

    name: str | None = None
    statistic: _choices.Figure = "proportion"
    method: _choices.Size | None = None
    compare: _choices.Compare = "none"
    p: float | None = None
    mean: float | None = None
    sd: float | None = None
    mean_x: float | None = None
    sd_x: float | None = None
    correlation: float | None = None
    weights: Column | None = None
    covariance: Any = None
    answered: Column | None = None
    p_of: Column | None = None
    mean_of: Column | None = None
    sd_of: Column | None = None
    domain: float | None = None
    deff: float | None = None
    take: float | None = None
    homogeneity: float | None = None
    homogeneity_of: Column | None = None
    margin: float | None = None
    relative_margin: float | None = None
    cv: float | None = None
    se: float | None = None
    difference: float | None = None
    sd_other: float | None = None
    power: float | None = None
    ratio: float | None = None
    n_other: float | None = None
    overlap: float | None = None
    overlap_correlation: float | None = None
    sides: int | None = None
    df: float | None = None
    psus: float | None = None


def size_figures(
    figures: SizeFigure | Sequence[SizeFigure],
    *,
    N: Column | float | None = None,
    level: float | None = None,
    deff: float | None = None,
    response: float = 1.0,
    minimum: int = 0,
    maximum: int = 0,
    multiple: int = 1,
    rounding: _choices.SizeRound = "up",
    code: Column | None = None,
    per_household: float | None = None,
    df: float | None = None,
    psus: float | None = None,
    context: Context | None = None,
) -> Table:
    """The least number of answers that serves all of several figures, for each unit of a list.

    Parameters
    ----------
    figures : SizeFigure or list of SizeFigure
        What is wanted.
    N : number or column, optional
        Population of each unit; a number stands for all units. None and infinity: no finite population correction.
    level, deff, response, minimum, maximum, multiple, rounding, code, per_household, df, psus
        As of `sample_size`.

    Returns
    -------
    Table
        As of `sample_size`, with figure (the one that needs most answers) and, when a figure is compared, n_other.

    Raises
    ------
    OptionError
        A field outside its range or where it has no use; no target or several; names figure and field.
    InfeasibleError
        The answers given of the other round are too few, however many are asked here.

    Notes
    -----
    V(n) = deff (a/n - c/N + k): Cochran (1977), §4.4 and 4.6; Valliant, Dever and Kreuter (2018), ch. 3 and 4; Tam (1984).

    Examples
    --------
    >>> t = size_figures([SizeFigure(name="share", margin=0.05), SizeFigure(name="change", compare="rounds", difference=0.06)])
    >>> t["n"].tolist(), t["figure"].tolist()
    ([1083], ['change'])
    """
    return _calls.size_figures(lib, locals())


def precision_figures(
    n: Column | float,
    figures: SizeFigure | Sequence[SizeFigure],
    *,
    N: Column | float | None = None,
    level: float | None = None,
    deff: float | None = None,
    code: Column | None = None,
    df: float | None = None,
    psus: float | None = None,
    context: Context | None = None,
) -> Table:
    """What n answers are worth for each of several figures: the inverse of `size_figures`.

    Parameters
    ----------
    n : number or column
        Answers of each unit, > 0 and at most its population; a number stands for all units.
    df, psus : float, optional
        As of `sample_size`.

    Returns
    -------
    Table
        A row per unit and figure: code (when given), figure, population, n, estimate, se, margin, lower, upper, cv, when a figure is
        compared power and minimum_difference, formula.
    """
    return _calls.precision_figures(lib, locals())


@aliased(codes="code")
def precision_proportion(
    n: Column | float,
    *,
    N: Column | float | None = None,
    method: _choices.Size = "cochran",
    p: float | None = None,
    level: float | None = None,
    deff: float | None = None,
    code: Column | None = None,
    df: float | None = None,
    psus: float | None = None,
    context: Context | None = None,
) -> Table:
    """What n answers are worth for a share: the inverse of `sample_size`, with its `df` and `psus`.

    Returns
    -------
    Table
        A row per unit: code (when given), population, n, estimate (the share expected), se, margin (half the length of the interval of
        the method), lower, upper, cv, formula.

    Examples
    --------
    >>> round(float(precision_proportion(400, N=20000, method="yamane")["margin"][0]), 4)
    0.0495
    """
    return _calls.precision_proportion(lib, locals())

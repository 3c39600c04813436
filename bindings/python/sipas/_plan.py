"""What a plan buys, and strata formed from a size variable.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sipas import _calls, _choices
from sipas._aliases import aliased
from sipas._allocate import allocation_method, allocation_rules, target_of
from sipas._arguments import whole
from sipas._columns import Call, Column, Columns
from sipas._context import Context, handle, table_of
from sipas._domains import By
from sipas._frame import first
from sipas._sipas import ffi, lib
from sipas._table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanVariable:
    """What is expected of one variable in each stratum.

    Parameters
    ----------
    name : str, optional
        Its name in the result; "y1", "y2" … by default.
    sd, p : column
        One of them: standard deviation ≥ 0; expected share in [0, 1], S² = p (1 - p) N / (N - 1), the mean being p.
    mean : column, optional
        Expected mean ≥ 0; not with `p`.
    deff : column, optional
        Design effect within the stratum, against simple random sampling; 1 by default.
    """

    name: str | None = None
    sd: Column | None = None
    p: Column | None = None
    mean: Column | None = None
    deff: Column | None = None


def plan_expect(
    data: Column | Columns | None = None,
    /,
    size: Column | None = None,
    variables: PlanVariable | Sequence[PlanVariable] = (),
    *,
    n: Column | None = None,
    by: By = None,
    missing_by: _choices.MissingBy = "error",
    of: _choices.Of = "mean",
    cost: Column | None = None,
    code: Column | None = None,
    size_is_measure: bool = False,
    level: float | None = None,
    df: float | None = None,
    context: Context | None = None,
) -> Table:
    """The precision to expect of a plan, n of N in each stratum, for the whole and for domains of whole strata.

    Parameters
    ----------
    data : frame or column
        A frame, of which the other arguments and the variables may name columns (see `Design`); anything else is `n`.
    n, size : column
        The plan, whole numbers ≥ 0, as the column n of `allocate`; N of each stratum.
    variables : PlanVariable or list of PlanVariable
        What is expected.
    by : dict of columns, or list of dicts, optional
        Domains of strata, as of `Design.mean`.
    missing_by : {"error", "drop", "group"}
        As of `Design.mean`.
    of : {"mean", "total"}
        What is estimated.
    cost, code : column, optional
        Cost of one interview; codes of the strata, for messages.
    df : float, optional
        Degrees of freedom that the survey's standard errors will have, PSUs less strata: t in place of z; many by default.

    Returns
    -------
    Table
        variable, level, the `by` columns, estimate, se, half_width, lower, upper, cv, n, size, fraction, cost (when given).

    Raises
    ------
    MissingError, RangeError
        A number that is missing or out of its range, n above the size; names the stratum.

    Notes
    -----
    V = Σ N² deff (1 - n/N) S²/n (Cochran 1977, eq. 5.6).

    Examples
    --------
    >>> t = plan_expect([10, 20], [100, 400], PlanVariable(sd=[5.0, 3.0]))
    >>> t["se"].round(6)
    array([0.602993])
    """
    return _calls.plan_expect(lib, locals())


@aliased(n="total", minimum="lower", maximum="upper", codes="code")
def plan_compare(
    data: int | Columns | None = None,
    /,
    size: Column | None = None,
    *,
    total: int | None = None,
    methods: Sequence[_choices.Allocate] | None = None,
    unit: Column | None = None,
    of: _choices.Of = "mean",
    level: float | None = None,
    df: float | None = None,
    context: Context | None = None,
    **rules: Any,
) -> Table:
    """Methods of allocation side by side: the same total, split by each under the same rules, and what that buys.

    Parameters
    ----------
    data : frame or int
        A frame, of which the other arguments may name columns (see `Design`); anything else is `total`.
    total : int
        The number to split.
    size : column
        N of each stratum.
    methods : list of str, optional
        As of `allocate`; by default all for which there is what they need.
    unit : column, optional
        The unit that each stratum belongs to (its province); each stratum is one by default.
    df : float, optional
        As of `plan_expect`.
    **rules
        sd, cost, mean, lower, upper, code …: as of `allocate`; `sd` is needed.

    Returns
    -------
    Table
        A row per method: method, se, half_width, cv, loss (variance over that of the best row), unit_se_median, unit_se_worst, worst,
        unsampled, n_least, n_most, cost.

    Examples
    --------
    >>> plan_compare(30, [100, 400], sd=[5.0, 3.0], methods=["equal", "neyman"])["loss"].round(3).tolist()
    [1.181, 1.0]
    """
    frame, total = first(data, total, "total")
    call = Call(frame=frame)
    sizes = call.column(size, "size")
    opts = call.options("sipas_plan_compare_opts", {"of": target_of(of), "level": level, "unit": unit, "df": df})
    numbers = ffi.new("int32_t[]", [allocation_method(method) for method in methods or ()])
    if methods is not None:
        opts.methods, opts.n_methods = numbers, len(methods)
    return table_of(lib.sipas_plan_compare, handle(context), whole(total, "total"), sizes, allocation_rules(call, **rules), opts)


def strata_cut(
    data: Column | Columns | None = None,
    /,
    strata: int | None = None,
    *,
    x: Column | None = None,
    n: int = 0,
    cv: float | None = None,
    method: _choices.Strata = "lavallee",
    allocation: _choices.Allocate = "neyman",
    power: float | None = None,
    take_all: bool = False,
    bins: int = 0,
    least_size: int = 0,
    context: Context | None = None,
) -> Table:
    """Cut the units of a frame into strata by a size variable.

    Parameters
    ----------
    data : frame or column
        A frame, of which the other arguments may name columns (see `Design`); anything else is `x`.
    x : column
        The size variable, finite numbers ≥ 0.
    strata : int
        Number of strata, 1 to 64.
    n, cv : int, float
        One of them: sample size, for the least variance; coefficient of variation wanted of the estimated total of x, for the least n.
    method : {"lavallee", "optimal", "cum_root_f", "geometric"}
        Least n or variance by search (Lavallée and Hidiroglou 1988; Kozak 2004); least sum by dynamic programming (Bühler and Deutler
        1975); equal shares of the cumulated √f (Dalenius and Hodges 1959); boundaries in geometric progression (Gunning and Horgan 2004).
    allocation : {"neyman", "proportional", "equal", "power"}
        How the sample is split over the strata that are not taken whole; exponent `power`, ½ by default.
    take_all : bool
        The top stratum is taken whole.
    bins : int
        Classes for ``"cum_root_f"``; 15 for each stratum by default.
    least_size : int
        Fewest units in a stratum; 2 by default.

    Returns
    -------
    Table
        A row per stratum from the smallest x: stratum, boundary (a stratum holds boundary before < x ≤ boundary), least, most, size, total,
        mean, sd, take_all, n_exact, n.

    Raises
    ------
    InfeasibleError
        Fewer different values than strata; a stratum with fewer than `least_size` units; n too large or too small.

    Examples
    --------
    >>> strata_cut([1, 1, 2, 2, 3, 9, 10, 40], 2, n=4, method="optimal")["size"].tolist()
    [5, 3]
    """
    return _calls.strata_cut(lib, locals())

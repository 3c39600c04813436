"""Where: a total, a budget or a precision, split over strata and trees of units.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from sipas import _choices
from sipas._aliases import aliased
from sipas._arguments import Choice, instance, is_scalar, real, whole
from sipas._columns import Call, Column, Columns, named
from sipas._context import Context, check, handle, table_of
from sipas._errors import new_error
from sipas._frame import first
from sipas._sipas import ffi, lib
from sipas._table import Table
from sipas._unit import UnitTree

allocation_method = Choice("ALLOCATE", "method")
_rounding = Choice("ROUNDING", "rounding")
_remainder = Choice("REMAINDER", "remainder")
_goal = Choice("MULTI", "goal")
_measure = Choice("TARGET", "measure")
target_of = Choice("OF", "of")


@aliased(n="total", minimum="lower", maximum="upper", codes="code")
def allocate(
    data: int | Columns | None = None,
    /,
    total: int | None = None,
    *,
    budget: float | None = None,
    size: Column | None = None,
    sd: Column | None = None,
    cost: Column | None = None,
    method: _choices.Allocate = "proportional",
    rounding: _choices.Rounding | None = None,
    power: float | None = None,
    lower: Column | int | None = None,
    upper: Column | int | None = None,
    code: Column | None = None,
    unit_class: Column | None = None,
    class_n: Mapping[Any, int] | None = None,
    size_is_measure: bool = False,
    multiple: int = 0,
    remainder: _choices.Remainder = "error",
    fixed: Column | None = None,
    take_all: Column | None = None,
    mean: Column | None = None,
    importance: Column | None = None,
    kish: float | None = None,
    gains: bool = False,
    context: Context | None = None,
) -> Table:
    """Split `total` over strata or units into whole numbers whose sum is exact.

    Parameters
    ----------
    data : frame or int
        A frame, of which the other arguments may name columns (see `Design`); anything else is `total`.
    total : int
        The number to split; None with ``method="class_table"`` or a budget.
    budget : float, optional
        Instead of `total`: what may be spent on interviews of cost `cost`.
    size : column
        N of each unit, ≥ 0.
    sd, cost : column, optional
        Standard deviation within the unit ≥ 0 (``"neyman"``, ``"cost"``); cost of one interview > 0 (``"cost"``).
    method : {"equal", "proportional", "sqrt", "power", "neyman", "cost", "kish", "bankier", "class_table"}
        What a unit's part is proportional to: 1, N, √N, N^power, N S (Neyman 1934), N S / √c. Neyman and cost give the exact
        integer optimum (Wright 2012).
    rounding : {"largest_remainder", "webster", "hill", "adams", "jefferson"}, optional
        For the other methods.
    power : float, optional
        Exponent of ``"power"``, 0 to 10; ½ by default.
    lower, upper : int or column, optional
        Bounds, for all units or for each. They hold, or the call fails and says which cannot be kept together.
    code : column, optional
        Codes of the units; they name units and settle ties.
    unit_class, class_n : column, mapping
        For ``"class_table"``: the class of each unit, and the number for a unit of each class.
    size_is_measure : bool
        `size` is no count of people: a unit may get more than its size.
    multiple, remainder : int, {"error", "down", "up", "part"}
        Workload rule: every unit gets a multiple of this; what becomes of a total that is none.
    fixed, take_all : column, optional
        The number of each unit that is fixed (missing = free); units that are taken whole.
    mean, importance, kish : column, column, float
        For ``"bankier"``: mean and importance of each unit; for ``"kish"``: the weight of the whole, 0 to 1.
    gains : bool
        Adds the column gain: what one more respondent in the unit buys.

    Returns
    -------
    Table
        A row per unit: code (when given), n (int64), fraction, continuous, lower, upper, share. The metadata hold the
        certificate of the optimum.

    Raises
    ------
    InfeasibleError
        Bounds that cannot be kept together; names them.
    MissingError, RangeError
        A cell that is missing or outside its range; names the unit.

    Examples
    --------
    >>> allocate(10, size=[100, 200, 700], sd=[3.0, 2.0, 1.0], method="neyman")["n"]
    array([2, 3, 5])
    """
    frame, total = first(data, total, "total")
    if budget is not None and total is not None:
        raise ValueError("budget: a total is given too")
    call = Call(frame=frame)
    sizes = call.column(size, "size")
    opts = allocation_rules(
        call, method, sd=sd, cost=cost, rounding=rounding, power=power, lower=lower, upper=upper, code=code,
        unit_class=unit_class, class_n=class_n, size_is_measure=size_is_measure, multiple=multiple, remainder=remainder,
        fixed=fixed, take_all=take_all, mean=mean, importance=importance, kish=kish, gains=gains,
    )  # fmt: skip
    if budget is not None:
        return table_of(lib.sipas_allocate_budget, handle(context), real(budget, "budget"), sizes, opts)
    number = lib.SIPAS_ALLOCATE_NO_TOTAL if total is None else whole(total, "total")
    return table_of(lib.sipas_allocate, handle(context), number, sizes, opts)


def allocation_rules(
    call: Call,
    method: _choices.Allocate | None = None,
    *,
    sd: Column | None = None,
    cost: Column | None = None,
    rounding: _choices.Rounding | None = None,
    power: float | None = None,
    lower: Column | int | None = None,
    upper: Column | int | None = None,
    code: Column | None = None,
    unit_class: Column | None = None,
    class_n: Mapping[Any, int] | None = None,
    size_is_measure: bool = False,
    multiple: int = 0,
    remainder: _choices.Remainder = "error",
    fixed: Column | None = None,
    take_all: Column | None = None,
    mean: Column | None = None,
    importance: Column | None = None,
    kish: float | None = None,
    gains: bool = False,
) -> Any:
    """The rules of an allocation as ``sipas_allocate_opts``."""
    lower, upper = (call.one(bound, name) if isinstance(bound, str) else bound for bound, name in ((lower, "lower"), (upper, "upper")))
    values = {
        "method": allocation_method(method), "rounding": _rounding(rounding), "size_is_measure": size_is_measure, "sd": sd, "cost": cost,
        "code": code, "unit_class": unit_class, "multiple": multiple, "remainder": _remainder(remainder), "gains": gains,
        "fixed": fixed, "take_all": take_all, "mean": mean, "importance": importance, "power": power,
        "power_given": power is not None, "kish": kish, "kish_given": kish is not None, **bounds(lower, upper, call.n),
    }  # fmt: skip
    if class_n is not None:
        instance(class_n, Mapping, "class_n")
        values["class_code"], values["class_n"] = list(class_n), list(class_n.values())
    return call.options("sipas_allocate_opts", values, free=("class_code", "class_n"))


def bounds(lower: Column | int | None, upper: Column | int | None, n: int | None) -> dict[str, Any]:
    """Bounds of all units, or of each, as fields of options."""
    values: dict[str, Any] = {}
    if lower is None or not is_scalar(lower):
        values["lower"] = lower
    else:
        values["lower_given"], values["lower_value"] = 1, lower
    if upper is None or not is_scalar(upper):
        values["upper"] = upper
    elif upper == 0:  # no bound, for the library
        values["upper"] = np.zeros(n or 0, dtype=np.int64)
    else:
        values["upper_value"] = upper
    return values


@aliased(minimum="lower", maximum="upper", codes="code")
def allocate_precision(
    data: Column | Columns | None = None,
    /,
    *,
    size: Column | None = None,
    variance: float | None = None,
    se: float | None = None,
    half_width: float | None = None,
    cv: float | None = None,
    of: _choices.Of = "mean",
    level: float | None = None,
    mean_of_all: float | None = None,
    method: _choices.Allocate | None = None,
    df: float | None = None,
    context: Context | None = None,
    **rules: Any,
) -> Table:
    """The least sample that has a precision, split over strata or units in whole numbers.

    Parameters
    ----------
    data : frame or column
        A frame, of which the other arguments may name columns (see `Design`); anything else is `size`.
    size : column
        N of each unit.
    variance, se, half_width, cv : float
        One of them: the largest variance, standard error, half-width of the normal interval of level `level`, coefficient of variation.
    of : {"mean", "total"}
        What it is about: the mean of all units together, or their total.
    mean_of_all : float, optional
        The mean that `cv` refers to; that of the column `mean` by default.
    df : float, optional
        Degrees of freedom of the interval that `half_width` is of, PSUs less strata: t in place of z; many by default.
    method : str, optional
        ``"neyman"`` (default) gives the least number, ``"cost"`` the least cost; every other as `allocate`.
    **rules
        sd, cost, lower, upper, code, fixed, multiple …: as of `allocate`; `sd` is needed.

    Returns
    -------
    Table
        As of `allocate`.

    Raises
    ------
    OptionError
        None or several of the targets.
    InfeasibleError
        Not even the upper bounds have the precision; says what they have.

    Notes
    -----
    Cochran (1977), eq. 5.24 and 5.25, in whole numbers.

    Examples
    --------
    >>> allocate_precision([100, 200, 700], half_width=0.5, sd=[3.0, 2.0, 1.0])["n"].tolist()
    [6, 9, 15]
    """
    frame, size = first(data, size, "size", tuple(rules.values()))
    call = Call(frame=frame)
    sizes = call.column(size, "size")
    target = call.options("sipas_allocate_target", {
        "of": target_of(of), "variance": variance, "se": se, "half_width": half_width, "level": level, "cv": cv, "mean": mean_of_all,
        "df": df,
    })  # fmt: skip
    return table_of(lib.sipas_allocate_precision, handle(context), sizes, target, allocation_rules(call, method, **rules))


@aliased(minimum="lower", maximum="upper", codes="code")
def allocate_multi(
    data: Column | Columns | None = None,
    /,
    *,
    size: Column | None = None,
    sd: Columns,
    target: Columns,
    goal: _choices.Multi = "least_cost",
    measure: _choices.Target = "cv",
    mean: Columns | None = None,
    by: Mapping[str, Column] | None = None,
    target_by: Column | None = None,
    target_domain: Column | None = None,
    cost: Column | None = None,
    budget: float | None = None,
    lower: Column | int | None = None,
    upper: Column | int | None = None,
    code: Column | None = None,
    level: float | None = None,
    with_replacement: bool = False,
    max_iter: int = 0,
    tol: float | None = None,
    context: Context | None = None,
) -> MultiAllocation:
    """The least number or cost of interviews with which every domain meets its target for every variable (Bethel; Chromy).

    Parameters
    ----------
    data : frame or column
        A frame, of which the other arguments may name columns (see `Design`); anything else is `size`.
    size : column
        N of each stratum.
    sd, mean : dict of columns, data frame or list of columns
        Standard deviation and mean of each stratum, one column for each variable; means for ``measure="cv"``. For a design effect, S √deff.
    target : dict of columns, data frame or list of columns
        Targets > 0, one column for each variable and one row for each domain or cut; missing or infinite = none. One number each, where
        there are no `target_by`.
    goal : {"least_cost", "best_ratio"}
        The least Σ c n that meets every target; within `budget`, the least of the largest ratio of a measure to its target.
    measure : {"cv", "se", "margin", "se_total"}
        What a target is about: the CV of the total, standard error or half-width of the mean, standard error of the total.
    by : dict of columns, optional
        Cuts of the strata into domains: the domain of each stratum; missing = in none of this cut.
    target_by, target_domain : column, optional
        Of each row of targets: the name of the cut, missing = the whole; the code of the domain, missing = every domain of the cut.
    cost, budget : column, float
        Cost of one interview; for ``"best_ratio"``, most that Σ c n may be.
    lower, upper : int or column, optional
        Bounds of n, for all strata or for each.
    max_iter, tol : int, float
        Most Newton steps of a solution (200); relative gap of the continuous optimum (1e-9).

    Returns
    -------
    MultiAllocation
        Three tables: `allocation` (a row per stratum: n, continuous, …), `precision` (a row per target: expected, ratio, binding …),
        `gain` (what one more in a stratum buys).

    Raises
    ------
    NotFoundError
        A target for a cut or a domain that there is not.
    InfeasibleError
        A target that is not met even with every stratum at its upper bound; names domain, variable and the best that can be reached.
    ConvergenceError
        `max_iter` steps were not enough; says what gap they left.

    Notes
    -----
    Bethel (1989), Surv. Methodol. 15:47; Chromy (1987), Proc. ASA Surv. Res. Methods 194.

    Examples
    --------
    >>> m = allocate_multi([400, 600], sd={"y": [10.0, 20.0]}, mean={"y": [50.0, 60.0]}, target={"y": [0.05]})
    >>> m.allocation["n"].tolist(), m.precision["binding"].tolist()
    ([8, 24], [1])
    """
    frame, size = first(data, size, "size", (sd, mean, by, cost, lower, upper, code))
    call = Call(frame=frame)
    sizes = call.column(size, "size")
    spreads, names = named(call.open(sd, "sd"), "sd", None)
    goals, _ = named(target, "target", None)
    labels = names or [str(index + 1) for index in range(len(spreads))]
    if len(goals) != len(spreads):
        raise ValueError(f"target: {len(goals)} columns for {len(spreads)} variables")
    values = {
        "goal": _goal(goal), "measure": _measure(measure), "with_replacement": with_replacement, "n_variables": len(spreads),
        "max_iter": max_iter, "tol": tol, "level": level, "budget": budget, "code": code, "cost": cost,
        "sd": call.columns(spreads, [f"sd[{label!r}]" for label in labels]), "names": call.texts(names),
        "target_by": target_by, "target_domain": target_domain, "lower_value": None, "upper_value": None,
    }  # fmt: skip
    if mean is not None:
        means = named(call.open(mean, "mean"), "mean", None)[0]
        if len(means) != len(spreads):
            raise ValueError(f"mean: {len(means)} columns for {len(spreads)} variables")
        values["mean"] = call.columns(means, [f"mean[{label!r}]" for label in labels])
    if by:
        crossed = instance(call.groups(by), Mapping, "by")
        values["n_by"], values["by_names"] = len(crossed), call.texts(list(crossed), "by")
        values["by"] = call.columns(list(crossed.values()), [f"by[{name!r}]" for name in crossed])
    for name, given in (("lower", lower), ("upper", upper)):
        bound = call.one(given, name) if isinstance(given, str) else given
        values[name if bound is None or not is_scalar(bound) else f"{name}_value"] = bound
    rows = Call()
    values["target"] = rows.columns(goals, [f"target[{label!r}]" for label in labels])
    opts = call.options("sipas_allocate_multi_opts", values, free=("target_by", "target_domain"))
    out, error = ffi.new("sipas_table *[3]"), new_error()
    check(lib.sipas_allocate_multi(handle(context), sizes, opts, out, out + 1, out + 2, error), error)
    return MultiAllocation(Table(out[0]), Table(out[1]), Table(out[2]))


class MultiAllocation(NamedTuple):
    """What `allocate_multi` returns."""

    allocation: Table
    precision: Table
    gain: Table


@aliased(n="total", minimum="lower", maximum="upper")
def allocate_tree(
    tree: UnitTree,
    total: int | None = None,
    *,
    size: Column | str | None = None,
    method: _choices.Allocate = "proportional",
    rounding: _choices.Rounding | None = None,
    power: float | None = None,
    sd: Column | None = None,
    mean: Column | None = None,
    cost: Column | None = None,
    lower: Column | int | None = None,
    upper: Column | int | None = None,
    equal: Column | None = None,
    target: Column | None = None,
    measure: _choices.Target = "cv",
    level: float | None = None,
    size_is_measure: bool = False,
    multiple: int = 0,
    class_level: Column | None = None,
    class_code: Column | None = None,
    class_lower: Column | None = None,
    class_upper: Column | None = None,
    context: Context | None = None,
) -> Table:
    """Split `total` over the leaves of a tree so that every unit above them keeps its bounds, in one optimum over all levels.

    Parameters
    ----------
    tree : UnitTree
        The units. Columns have one cell per unit, in its order.
    total : int, optional
        The number to split; None = the least that all lower bounds and targets permit.
    size : column or str
        N of each unit, read at leaves; or the name of a measure of the tree.
    method : {"equal", "proportional", "sqrt", "power", "neyman", "cost"}
        What a leaf's part is proportional to, as of `allocate`.
    sd, mean, cost : column, optional
        Of leaves.
    lower, upper : int or column, optional
        A number: of every leaf. A column: of every unit, its leaves together; missing = none.
    equal : column of bool, optional
        Units directly below a flagged one get equal shares.
    target, measure, level : column, {"cv", "se", "margin", "se_total"}, float
        Precision that a unit must reach; missing = none.
    multiple : int
        Every leaf gets a multiple of this.
    class_level, class_code, class_lower, class_upper : column, optional
        A table of bounds: level and class (missing = all), least and largest number of such a unit.

    Returns
    -------
    Table
        A row per unit: code (path), level, n, continuous, lower, upper, held, share, fraction, target, precision; the metadata hold the
        certificate of the optimum.

    Raises
    ------
    InfeasibleError
        Bounds, a total or a target that cannot be kept; names the unit, and the one below it that stands against it.
    NotFoundError
        No unit is of the level and class of a row of the table; no such measure.

    Notes
    -----
    Federgruen and Groenevelt (1986), Oper. Res. 34:909; Hochbaum (1994), Math. Oper. Res. 19:390.

    Examples
    --------
    >>> import sipas
    >>> tree = sipas.UnitTree(["VN", "01", "79"], parent=[None, "VN", "VN"])
    >>> allocate_tree(tree, 30, size=[0, 100, 200])["n"].tolist()
    [30, 10, 20]
    """
    call = instance(tree, UnitTree, "tree")._new_call()
    sizes = call.column(tree.measure(size) if isinstance(size, str) else size, "size")
    values = {
        "method": allocation_method(method), "rounding": _rounding(rounding), "size_is_measure": size_is_measure, "power": power,
        "power_given": power is not None, "measure": _measure(measure), "level": level, "multiple": multiple, "equal": equal,
        "target": target, "sd": sd, "mean": mean, "cost": cost, "class_level": class_level, "class_code": class_code,
        "class_lower": class_lower, "class_upper": class_upper, **bounds(lower, upper, call.n),
    }  # fmt: skip
    free = ("class_level", "class_code", "class_lower", "class_upper")
    opts = call.options("sipas_allocate_tree_opts", values, free=free)
    number = lib.SIPAS_ALLOCATE_NO_TOTAL if total is None else whole(total, "total")
    return table_of(lib.sipas_allocate_tree, handle(context), number, tree._handle, sizes, opts)

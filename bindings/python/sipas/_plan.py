"""How many, where and whom: sample sizes, allocation, selection.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sipas._columns import Call, Choice, Column, given, is_scalar
from sipas._errors import check, new_error
from sipas._sipas import ffi, lib
from sipas._table import Table

if TYPE_CHECKING:  # slow to import
    from numpy.typing import NDArray

_size_method = Choice("SIPAS_SIZE_", "method", without="ROUND_")
_size_rounding = Choice("SIPAS_SIZE_ROUND_", "rounding")
_allocate_method = Choice("SIPAS_ALLOCATE_", "method", without="NO_TOTAL")
_rounding = Choice("SIPAS_ROUNDING_", "rounding")
_remainder = Choice("SIPAS_REMAINDER_", "remainder")
_draw_method = Choice("SIPAS_DRAW_", "method")
_if_fewer = Choice("SIPAS_FEWER_", "if_fewer")


def _table(function: Any, *arguments: Any) -> Table:
    """Call a function whose last arguments are the table it makes and the error."""
    out, error = ffi.new("sipas_table **"), new_error()
    check(function(*arguments, out, error), error)
    return Table(out[0])


def sample_size(
    N: Column | float | None = None,
    *,
    method: str = "cochran",
    e: float | None = None,
    p: float | None = None,
    level: float | None = None,
    deff: float | None = None,
    response: float = 1.0,
    minimum: int = 0,
    maximum: int = 0,
    multiple: int = 1,
    rounding: str = "up",
    code: Column | None = None,
    relative_margin: float | None = None,
    cv: float | None = None,
    se: float | None = None,
    per_household: float | None = None,
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
    e : float, optional
        Half-width of the interval, in (0, 1): 0.05.
    relative_margin, cv, se : float, optional
        Instead of `e`: e / p; standard error / p; standard error.
    per_household : float, optional
        Persons asked in a household that is visited, on average: adds the column households.
    p, level, deff : float, optional
        Expected share (0.5), confidence level (0.95), design effect (1). Not for ``"yamane"``.
    response : float
        Share of those asked who will answer, in (0, 1].
    minimum, maximum, multiple : int
        No unit with fewer, or more (0 = no bound); rounded up to a multiple.
    rounding : {"up", "nearest"}
        How the formula's value becomes whole.
    code : column, optional
        Codes of the units.

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
    >>> sample_size(20000, method="yamane", e=0.05)["n"]
    array([393])
    """
    call, opts = Call(), ffi.new("sipas_size_opts *")
    lib.sipas_size_opts_init(opts)
    opts.method = _size_method(method)
    opts.rounding = _size_rounding(rounding)
    opts.response = given(response)
    opts.minimum, opts.maximum, opts.multiple = minimum, maximum, multiple
    for name, value in (
        ("margin", e), ("p", p), ("level", level), ("deff", deff), ("relative_margin", relative_margin), ("cv", cv),
        ("se", se), ("per_household", per_household),
    ):  # fmt: skip
        if value is not None:
            setattr(opts, name, given(value))
    population = call.column([N] if N is not None and is_scalar(N) else N, "N")
    opts.code = call.column(code, "code")
    return _table(lib.sipas_size_proportion, ffi.NULL, population, opts)


def allocate(
    total: int | None = None,
    *,
    budget: float | None = None,
    size: Column | None = None,
    sd: Column | None = None,
    cost: Column | None = None,
    method: str = "proportional",
    rounding: str | None = None,
    power: float | None = None,
    lower: Column | int | None = None,
    upper: Column | int | None = None,
    code: Column | None = None,
    unit_class: Column | None = None,
    class_n: Mapping[Any, int] | None = None,
    size_is_measure: bool = False,
    multiple: int = 0,
    remainder: str = "error",
    fixed: Column | None = None,
    take_all: Column | None = None,
    mean: Column | None = None,
    importance: Column | None = None,
    kish: float | None = None,
    gains: bool = False,
) -> Table:
    """Split `total` over strata or units into whole numbers whose sum is exact.

    Parameters
    ----------
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
    call, opts = Call(), ffi.new("sipas_allocate_opts *")
    lib.sipas_allocate_opts_init(opts)
    opts.method = _allocate_method(method)
    opts.rounding = _rounding(rounding)
    opts.size_is_measure = size_is_measure
    sizes = call.column(size, "size")
    opts.sd = call.column(sd, "sd")
    opts.cost = call.column(cost, "cost")
    opts.code = call.column(code, "code")
    opts.unit_class = call.column(unit_class, "unit_class")
    if power is not None:
        opts.power_given, opts.power = 1, power
    if lower is None or not is_scalar(lower):
        opts.lower = call.column(lower, "lower")
    else:
        opts.lower_given, opts.lower_value = 1, lower
    if upper is None or not is_scalar(upper):
        opts.upper = call.column(upper, "upper")
    elif upper == 0:
        opts.upper = call.column(np.zeros(call.n or 0, dtype=np.int64), "upper")
    else:
        opts.upper_value = upper
    if class_n is not None:
        opts.class_code = call.column(list(class_n), "class_n", None)
        opts.class_n = call.column(list(class_n.values()), "class_n", None)
    opts.multiple, opts.remainder, opts.gains = multiple, _remainder(remainder), gains
    if kish is not None:
        opts.kish_given, opts.kish = 1, kish
    for name, value in (("fixed", fixed), ("take_all", take_all), ("mean", mean), ("importance", importance)):
        setattr(opts, name, call.column(value, name))
    if budget is not None:
        if total is not None:
            raise ValueError("budget: a total is given too")
        return _table(lib.sipas_allocate_budget, ffi.NULL, budget, sizes, opts)
    return _table(lib.sipas_allocate, ffi.NULL, lib.SIPAS_ALLOCATE_NO_TOTAL if total is None else total, sizes, opts)


def inclusion_prob(size: Column, n: int) -> NDArray[np.float64]:
    """Inclusion probabilities proportional to size, n x / Σx, with certainty units taken out until none is left.

    Parameters
    ----------
    size : column
        Sizes ≥ 0.
    n : int
        Sample size.

    Returns
    -------
    ndarray of float64
        As long as `size`; they add up to n (Tillé 2006, *Sampling Algorithms*, §2.10).

    Raises
    ------
    MissingError, RangeError
        A size that is missing, negative or above 1e280; names the row.
    TooFewError
        Fewer units of positive size than n.

    Examples
    --------
    >>> inclusion_prob([1, 1, 2, 6], 2)
    array([0.25, 0.25, 0.5 , 1.  ])
    """
    call, error = Call(), new_error()
    column = call.column(size, "size")
    out = np.empty(column.n)
    check(lib.sipas_inclusion_prob(column, n, ffi.from_buffer("double[]", out), error), error)
    return out


def draw(
    codes: Column,
    n: int | Mapping[Any, int] | None = None,
    *,
    seed: int,
    method: str = "srs",
    size: Column | None = None,
    strata: Column | None = None,
    unit_class: Column | None = None,
    reserve: int = 0,
    certainty: Column | None = None,
    excluded: Column | None = None,
    order_key: Column | None = None,
    if_fewer: str = "error",
    programme: int = 0,
    stage: int = 0,
) -> Table:
    """Draw a one-stage sample from a list, stratum by stratum where strata are given.

    The draw is a pure function of seed, programme, codes and sizes: the order of the rows changes nothing.

    Parameters
    ----------
    codes : column
        Code of each unit: text or integers; unique.
    n : int or mapping
        Units to draw in every stratum (and class); or ``{stratum: n}``, ``{(stratum, class): n}``. None with ``"all"``.
    seed : int
        0 to 2^64 - 1. There is no default.
    method : {"srs", "systematic", "pps_systematic", "all"}
        Simple random without replacement; systematic with a fractional interval and random start (Kish 1965, §4.1);
        systematic on cumulated sizes (Madow 1949); every unit.
    size : column, optional
        Measure of size ≥ 0, for ``"pps_systematic"`` only.
    strata, unit_class : column, optional
        Stratum of each unit, and its class within the stratum.
    reserve : int
        Reserves to draw besides, in every stratum and class.
    certainty, excluded : column of bool, optional
        Units drawn with certainty; units out of the frame. Missing counts as false.
    order_key : column, optional
        What the canonical order follows; by default the codes.
    if_fewer : {"error", "take_all", "move", "move_take_all"}
        What to do where fewer units are there than asked for.
    programme, stage : int
        Tell draws apart that share a seed.

    Returns
    -------
    Table
        A row per unit drawn: row (in `codes`, from 0), code, stratum, pi, pi_reserve, n, population, certainty, order, role
        ("main" or "reserve").

    Raises
    ------
    DuplicateError
        Two units with one code; names it.
    TooFewError
        Fewer units than asked for; names the stratum.

    Examples
    --------
    >>> t = draw(["a", "b", "c", "d", "e"], 2, seed=20241231)
    >>> t["code"].tolist(), t["pi"].tolist()
    (['c', 'a'], [0.4, 0.4])
    """
    call, opts = Call(), ffi.new("sipas_draw_opts *")
    lib.sipas_draw_opts_init(opts)
    code = call.column(codes, "codes")
    opts.method = _draw_method(method)
    opts.if_fewer = _if_fewer(if_fewer)
    opts.has_seed, opts.seed = 1, seed
    opts.programme, opts.stage, opts.reserve = programme, stage, reserve
    if isinstance(n, Mapping):
        keys = [key if isinstance(key, tuple) else (key,) for key in n]
        opts.quota_stratum = call.column([key[0] for key in keys], "n", None)
        if any(len(key) > 1 for key in keys):
            opts.quota_class = call.column([key[1] if len(key) > 1 else None for key in keys], "n", None)
        opts.quota_n = call.column(list(n.values()), "n", None)
    elif n is not None:
        opts.n = n
    for name, value in (
        ("size", size), ("strata", strata), ("unit_class", unit_class), ("certainty", certainty),
        ("excluded", excluded), ("order_key", order_key),
    ):  # fmt: skip
        setattr(opts, name, call.column(value, name))
    return _table(lib.sipas_draw, ffi.NULL, code, opts)

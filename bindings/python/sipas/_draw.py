"""Whom: inclusion probabilities, draws from a list, multi-stage draws from a tree, and their random numbers.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sipas import _choices
from sipas._aliases import aliased
from sipas._arguments import Choice, instance, several, whole, word
from sipas._columns import Call, Column, Columns
from sipas._context import Context, check, handle, table_of
from sipas._errors import ArgumentError, new_error
from sipas._frame import first
from sipas._plain import alone
from sipas._sipas import ffi, lib
from sipas._table import Table
from sipas._unit import UnitTree

if TYPE_CHECKING:  # slow to import
    from numpy.typing import NDArray

_method = Choice("DRAW", "method")
_if_fewer = Choice("FEWER", "if_fewer")
_strata = Choice("STAGE_STRATA", "strata", without=["column"])


def inclusion_prob(data: Column | Columns | None = None, /, n: int | None = None, *, size: Column | None = None) -> NDArray[np.float64]:
    """Inclusion probabilities proportional to size, n x / Σx, with certainty units taken out until none is left.

    Parameters
    ----------
    data : frame or column
        A frame, of which the other arguments may name columns (see `Design`); anything else is `size`.
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
    frame, size = first(data, size, "size")
    call, error = Call(frame=frame), new_error()
    if size is None or n is None:
        raise ArgumentError(f"{'n' if n is None else 'size'}: is missing", name="size" if size is None else "n")
    column = call.column(size, "size")
    out = np.empty(column.n)
    check(lib.sipas_inclusion_prob(column, whole(n, "n"), ffi.from_buffer("double[]", out), error), error)
    return out


@aliased(code="codes")
def draw(
    data: Column | Columns | None = None,
    /,
    n: int | Mapping[Any, int] | None = None,
    *,
    codes: Column | None = None,
    seed: int | str,
    method: _choices.Draw = "srs",
    size: Column | None = None,
    strata: Column | None = None,
    unit_class: Column | None = None,
    reserve: int | Mapping[Any, int] = 0,
    certainty: Column | None = None,
    excluded: Column | None = None,
    order_key: Column | None = None,
    if_fewer: _choices.Fewer = "error",
    programme: int = 0,
    stage: int = 0,
    context: Context | None = None,
) -> Table:
    """Draw a one-stage sample from a list, stratum by stratum where strata are given.

    The draw is a pure function of seed, programme, codes and sizes: the order of the rows changes nothing.

    Parameters
    ----------
    data : frame or column
        A frame, of which the other arguments may name columns (see `Design`); anything else is `codes`.
    codes : column
        Code of each unit: text or integers; unique.
    n : int or mapping
        Units to draw in every stratum (and class); or ``{stratum: n}``, ``{(stratum, class): n}``. None with ``"all"``.
    seed : int or str
        0 to 2^64 - 1. There is no default.
    method : {"srs", "systematic", "pps_systematic", "all"}
        Simple random without replacement; systematic with a fractional interval and random start (Kish 1965, §4.1);
        systematic on cumulated sizes (Madow 1949); every unit.
    size : column, optional
        Measure of size ≥ 0, for ``"pps_systematic"`` only.
    strata, unit_class : column, optional
        Stratum of each unit, and its class within the stratum.
    reserve : int or mapping
        Reserves to draw besides, in every stratum and class; or as `n`, with its keys, where that is a mapping.
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
    ArgumentError
        No `n`, and another method than ``"all"``.
    DuplicateError
        Two units with one code; names it.
    TooFewError
        Fewer units than asked for, also where all units of a stratum with a number of its own are excluded; names the stratum. Or no
        unit at all is drawn.

    Examples
    --------
    >>> t = draw(["a", "b", "c", "d", "e"], 2, seed=20241231)
    >>> t["code"].tolist(), t["pi"].tolist()
    (['c', 'a'], [0.4, 0.4])
    """
    frame, codes = first(data, codes, "codes", (size, strata, unit_class, certainty, excluded, order_key))
    call = Call(frame=frame)
    if codes is None:
        raise ArgumentError("codes: is missing", name="codes")
    code = call.column(codes, "codes")
    values = {
        "method": _method(method), "if_fewer": _if_fewer(if_fewer), "has_seed": 1, "seed": _seed(seed), "programme": programme,
        "stage": stage, "size": size, "strata": strata, "unit_class": unit_class, "certainty": certainty,
        "excluded": excluded, "order_key": order_key,
    }  # fmt: skip
    if isinstance(n, Mapping):
        values.update(_quotas(n, reserve, "quota_stratum", "quota_class"))
    elif n is None and values["method"] != lib.SIPAS_DRAW_ALL:
        raise ArgumentError("n: how many units to draw is missing", name="n")
    else:
        values["n"] = n
    if not isinstance(reserve, Mapping):
        values["reserve"] = reserve
    elif not isinstance(n, Mapping):
        raise ValueError("reserve: a mapping goes with a mapping n")
    return table_of(lib.sipas_draw, handle(context), code, call.options("sipas_draw_opts", values, free=_QUOTAS))


_QUOTAS = ("quota_stratum", "quota_class", "quota_parent", "quota_n", "quota_reserve")


def _quotas(n: Mapping[Any, int], reserve: Any, group: str, part: str) -> dict[str, Any]:
    """A mapping of groups, or of pairs of group and part, to numbers, as a quota table."""
    keys = [key if isinstance(key, tuple) else (key,) for key in n]
    values: dict[str, Any] = {group: [key[0] for key in keys], "quota_n": list(n.values())}
    if any(len(key) > 1 for key in keys):
        values[part] = [key[1] if len(key) > 1 else None for key in keys]
    if isinstance(reserve, Mapping):
        unknown = next((key for key in reserve if key not in n), None)
        if unknown is not None:
            raise ValueError(f"reserve: {unknown!r} has no number in n")
        values["quota_reserve"] = [reserve.get(key, 0) for key in n]
    return values


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawStage:
    """One stage of a multi-stage draw. Columns have one cell per unit of the tree, in its order.

    Parameters
    ----------
    level : str, optional
        Level drawn; by default the children of the units drawn before, whatever they are.
    n : int, column or mapping
        Units to draw below each parent, or in each of its strata: a number; a column read at the parent; ``{parent: n}`` or
        ``{(parent, stratum): n}`` with numbers of units, ``{(None, stratum): n}`` for every other parent.
    reserve : int, column or mapping
        Reserves to draw besides; a mapping as `n`, with its keys.
    method : {"srs", "systematic", "pps_systematic", "all"}
        As of `draw`.
    strata : {"none", "class", "urban"} or column
        What divides the units below one parent: nothing, the tree's class, its urban flag, or a column of codes.
    size : str or column, optional
        For PPS: the name of a measure of the tree, or sizes, such as the column value of `frame_impute`.
    order_key, certainty : column, optional
        As of `draw`.
    if_fewer : str
        As of `draw`; the group is the parent, the classes are its strata.
    """

    level: str | None = None
    n: Any = None
    reserve: Any = 0
    method: _choices.Draw = "srs"
    strata: Any = "none"
    size: Any = None
    order_key: Column | None = None
    certainty: Column | None = None
    if_fewer: _choices.Fewer = "error"


def draw_plan(
    tree: UnitTree,
    stages: Sequence[DrawStage],
    *,
    seed: int | str,
    programme: int = 0,
    excluded: Column | None = None,
    context: Context | None = None,
) -> Table:
    """Draw a multi-stage sample from a tree of units.

    The draw is a pure function of seed, programme, codes and sizes. A parent that has no unit of the stage's level below it passes
    through to the next stage; a leaf that no stage could reach is an error.

    Parameters
    ----------
    tree : UnitTree
        The frame.
    stages : list of DrawStage
        1 to 8 stages, from the top.
    seed, programme : int or str
        As of `draw`.
    excluded : column of bool, optional
        Units out of the frame, with what lies below them.

    Returns
    -------
    Table
        A row per unit drawn, of every stage: stage, level, row, code (path), parent, stratum, pi_stage, pi, pi_reserve, n, population,
        certainty, order, role.

    Raises
    ------
    TooFewError, InfeasibleError
        Fewer units, or more certainty units, than asked for; names the parent.
    NotFoundError, TreeError
        A level or measure that the tree does not have; a leaf that no stage covers.

    Notes
    -----
    ``error.column`` is the stage, from 0.

    Examples
    --------
    >>> tree = UnitTree(["a", "b", "a1", "a2", "b1", "b2"], parent=[None, None, "a", "a", "b", "b"])
    >>> t = draw_plan(tree, [DrawStage(method="all"), DrawStage(n=1)], seed=1)
    >>> t["stage"].tolist(), t["pi"].tolist()
    ([1, 1, 2, 2], [1.0, 1.0, 0.5, 0.5])
    """
    call = instance(tree, UnitTree, "tree")._new_call()
    stages = several(stages, DrawStage, "stages")
    structs = ffi.new("sipas_draw_stage[]", len(stages))
    for index, stage in enumerate(stages):
        lib.sipas_draw_stage_init(ffi.addressof(structs, index))
        call.write(structs[index], _stage(stage), free=_QUOTAS)
    opts = call.options("sipas_draw_plan_opts", {"has_seed": 1, "seed": _seed(seed), "programme": programme, "excluded": excluded})
    return table_of(lib.sipas_draw_plan, handle(context), tree._handle, structs, len(stages), opts)


def _seed(seed: int | str) -> int | str:
    """There is no default one."""
    if seed is None:
        raise TypeError("seed: NoneType where a whole number is expected; there is no default")
    return seed


def _stage(stage: DrawStage) -> dict[str, Any]:
    """The fields of a stage, each under the name that fits what was given."""
    values: dict[str, Any] = {
        "level": stage.level, "method": _method(stage.method), "if_fewer": _if_fewer(stage.if_fewer),
        "order_key_of": stage.order_key, "certainty_of": stage.certainty,
    }  # fmt: skip
    if isinstance(stage.n, Mapping):
        values.update(_quotas(stage.n, stage.reserve, "quota_parent", "quota_stratum"))
    else:
        values["n" if alone(stage.n) else "n_of"] = stage.n
    if not isinstance(stage.reserve, Mapping):
        values["reserve" if alone(stage.reserve) else "reserve_of"] = stage.reserve
    elif not isinstance(stage.n, Mapping):
        raise ValueError("reserve: a mapping goes with a mapping n")
    values["measure" if isinstance(stage.size, str) else "size_of"] = stage.size
    if isinstance(stage.strata, str):
        values["strata"] = _strata(stage.strata)
    elif stage.strata is not None:
        values["strata"], values["strata_of"] = lib.SIPAS_STAGE_STRATA_COLUMN, stage.strata
    return values


def code_hash(*path: str | float) -> int:
    """Hash of a unit's code path, FNV-1a of 64 bits: the unit's word in every draw.

    Parameters
    ----------
    *path : str, int or float
        Codes from the root down, as columns have them: whole numbers are their decimal text.

    Raises
    ------
    ArgumentError, RangeError
        No code; a code that is empty or has a control character.
    TypeError
        A number that is not whole, or something else.

    Examples
    --------
    >>> hex(code_hash("VN", "01"))
    '0x3915b4a5805d17b1'
    """
    if not path:
        raise ArgumentError("path: no code", name="path")
    call, out, error = Call(), ffi.new("uint64_t *"), new_error()
    check(lib.sipas_code_hash(call.path(path), len(path), out, error), error)
    return int(out[0])


def rng_uniform(seed: int | str, unit: int | str, *, stream: int = 0, draw: int = 0, programme: int = 0) -> float:
    """The number in [0, 1) of a unit, from which draws are made: anyone can check one.

    Parameters
    ----------
    seed, programme : int or str
        As of `draw`.
    unit : int
        `code_hash` of the unit's code path.
    stream : int
        16 × stage + purpose, as the C header select.h lists them.
    draw : int
        The how-manieth number of this unit.

    Examples
    --------
    >>> t = draw(["a", "b", "c", "d", "e"], 2, seed=20241231)
    >>> sorted("abcde", key=lambda code: rng_uniform(20241231, code_hash(code)))[:2] == t["code"].tolist()
    True
    """
    words = {"seed": seed, "programme": programme, "unit": unit, "stream": stream, "draw": draw}
    return float(lib.sipas_rng_uniform(*(word(value, name) for name, value in words.items())))


def rng_philox(counter: Sequence[int], key: Sequence[int]) -> tuple[int, int, int, int]:
    """One block of Philox4x64-10 (Salmon, Moraes, Dror and Shaw 2011, SC'11).

    Parameters
    ----------
    counter, key : sequence of 4, and of 2, int
        Words of 64 bits. ``numpy.random.Philox`` adds one to its counter before the first block.

    Examples
    --------
    >>> rng_philox([0, 0, 0, 0], [0, 0])[0] == 0x16554D9ECA36314C
    True
    """
    if len(counter) != 4 or len(key) != 2:
        raise ValueError(f"counter, key: {len(counter)} and {len(key)} words where 4 and 2 are expected")
    out = ffi.new("uint64_t[4]")
    words, keys = ([word(one, name) for one in words] for name, words in (("counter", counter), ("key", key)))
    lib.sipas_rng_philox(ffi.new("uint64_t[4]", words), ffi.new("uint64_t[2]", keys), out)
    return (out[0], out[1], out[2], out[3])

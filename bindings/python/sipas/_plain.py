"""What the plain calls of _calls.py share: arguments that may be a number or a column, lists of objects, what is made.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from sipas._arguments import array_of, instance, is_scalar, several
from sipas._columns import Call, Column
from sipas._context import check
from sipas._errors import new_error
from sipas._sipas import ffi
from sipas._table import Table

if TYPE_CHECKING:  # slow to import, or not there yet
    from numpy.typing import NDArray

    from sipas._unit import UnitTree


def one(call: Call, value: Column | float | None, name: str) -> Any:
    """A column, or a number that is its only row."""
    return call.column([value] if value is not None and is_scalar(value) else value, name)


def alone(value: Any) -> bool:
    """A number that stands for all rows, or None; not a column, nor the name of one."""
    return is_scalar(value) and not isinstance(value, str)


def each(call: Call, value: Column | float | None, name: str, optional: bool) -> Any:
    """A column, or a number that stands for all rows."""
    if alone(value) and not (value is None and optional):
        return call.column([value], name, None)
    return call.column(value, name)


def values(call: Call, value: Any, name: str) -> Any:
    """A column of as many rows as it likes, or one value of any type; NULL for None."""
    if value is None:
        return ffi.NULL
    alone = not isinstance(value, (list, tuple)) and getattr(value, "ndim", 0) == 0
    return call.column([value] if alone else value, name, None)


def numbers(call: Call, value: Any, name: str) -> tuple[Any, int]:
    """A number or several as ``double *``, and how many."""
    array = np.ascontiguousarray(np.atleast_1d(array_of(value, name)))
    if array.ndim != 1:
        raise ValueError(f"{name}: {array.ndim} dimensions where a column has one")
    if not len(array):
        raise ValueError(f"{name}: no number")
    call.keep.append(array)
    return ffi.from_buffer("double[]", array), len(array)


def matrix(value: Any, name: str) -> Any:
    """A matrix as a column, row after row; None for None."""
    return None if value is None else array_of(value, name).ravel()


def structs(
    call: Call, given: Any, name: str, struct: str, begin: Any, read: Callable[[Any], tuple[dict[str, Any], list[str]]]
) -> tuple[Any, int]:
    """One or several objects of the class that the struct has in Python (`SizeStage`: ``sipas_size_stage``) as an array of it."""
    listed = several(given, getattr(sys.modules["sipas"], struct.removeprefix("sipas_").title().replace("_", "")), name)
    array = ffi.new(f"{struct}[]", len(listed))
    call.keep.append(array)
    for index, item in enumerate(listed):
        if begin is not None:
            begin(ffi.addressof(array, index))
        call.write(array[index], *read(item))
    return array, len(listed)


def tree_argument(tree: Any) -> Any:
    """A tree of units, and nothing else."""
    return instance(tree, sys.modules["sipas"].UnitTree, "tree")


def tree_of(function: Any, *arguments: Any) -> UnitTree:
    """Call a function whose last arguments are the tree that it makes and the error."""
    out, error = ffi.new("sipas_unit_tree **"), new_error()
    check(function(*arguments, out, error), error)
    tree: UnitTree = sys.modules["sipas"].UnitTree._of(out[0])
    return tree


def vector_of(call: Call, function: Any, *arguments: Any) -> NDArray[np.float64]:
    """The same where it fills a number for each row."""
    out, error = np.empty(call.n or 0), new_error()
    check(function(*arguments, ffi.from_buffer("double[]", out), error), error)
    return out


def vector_and_table(call: Call, function: Any, *arguments: Any) -> tuple[NDArray[np.float64], Table]:
    """The same where a table follows."""
    out, table, error = np.empty(call.n or 0), ffi.new("sipas_table **"), new_error()
    check(function(*arguments, ffi.from_buffer("double[]", out), table, error), error)
    return out, Table(table[0])

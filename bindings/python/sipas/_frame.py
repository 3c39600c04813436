"""Frames: columns by name, from one source; and columns that carry an index, which are aligned.

A frame is a mapping of names to columns, a pandas or polars data frame, an Arrow table or batch, a DuckDB relation, a structured array of
numpy, or anything else that exports an Arrow struct. Each of its columns is read once, when it is first named.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from sipas._errors import NotFoundError


class Frame:
    """Named columns."""

    __slots__ = ("_get", "_read", "index", "may_be_column", "names", "rows")

    def __init__(self, names: Sequence[Any], get: Callable[[int], Any], rows: int | None = None, may_be_column: bool = False) -> None:
        """`get` gives a column by position; `rows`: None where only a column tells; `may_be_column`: it has one column, and stands for it
        where nothing is named."""
        self.rows = rows
        self.index: Any = None  # that all its columns have (pandas)
        self.names = [str(name) for name in names]
        self._get = get
        self._read: dict[int, Any] = {}
        self.may_be_column = may_be_column

    @classmethod
    def of(cls, value: Any, name: str) -> Frame | None:
        """The frame that a value is; None for anything else."""
        if isinstance(value, Frame):
            return value
        if isinstance(value, Mapping):
            keys = list(value)
            return cls(keys, lambda i: value[keys[i]])
        if isinstance(value, np.ndarray):
            fields = value.dtype.names
            return None if fields is None else cls(fields, lambda i: value[fields[i]], len(value))
        if hasattr(value, "iloc") and hasattr(value, "columns"):  # pandas, also where two columns have one name
            frame = cls(list(value.columns), lambda i: value.iloc[:, i], len(value))
            frame.index = value.index
            return frame
        from sipas import _arrow

        if index_of(value) is not None or not _arrow.is_exporter(value):  # a Series keeps its index
            return None
        arrow = _arrow.Arrow(value, name)
        return cls(arrow.names, lambda i: arrow.column(i, arrow.names[i] or name), len(arrow), len(arrow.names) == 1)

    def at(self, index: int) -> Any:
        """A column by position; the same object every time."""
        if index not in self._read:
            self._read[index] = self._get(index)
        return self._read[index]

    def column(self, key: str, argument: str) -> Any:
        """A column by name.

        Raises
        ------
        NotFoundError
            There is none, or there are several; names the argument.
        """
        found = self.names.count(key)
        if found == 1:
            return self.at(self.names.index(key))
        what = f"there are {', '.join(self.names)}" if found == 0 else f"{found} have that name"
        raise NotFoundError(f"{argument}: no column {key!r}; {what}"[:380], name=key)

    def has_all(self, keys: Iterable[str]) -> bool:
        """All of these are names of columns."""
        return set(keys) <= set(self.names)


def names_of(value: Any) -> bool:
    """True for a name, for a list of names, for a mapping to names: what only a frame can make columns of."""
    if isinstance(value, Mapping):
        return any(isinstance(one, str) for one in value.values())
    if isinstance(value, (list, tuple)):
        return bool(value) and all(isinstance(one, str) for one in value)
    return isinstance(value, str)


def first(data: Any, given: Any, name: str, others: Sequence[Any] = ()) -> tuple[Frame | None, Any]:
    """The first argument of a call as a frame, or as the column that `name` says.

    What exports one Arrow column is a frame only where a name is given, for `name` or for one of the others.

    Raises
    ------
    TypeError
        A column is given in both ways.
    """
    if data is None:
        return None, given
    frame = Frame.of(data, name)
    if frame is not None and not (frame.may_be_column and given is None and not any(names_of(one) for one in others)):
        return frame, given
    if given is not None:
        raise TypeError(f"{name}: given twice")
    return None, data if frame is None else frame.at(0)


def index_of(value: Any) -> Any:
    """The index that a column carries (pandas); None for one without."""
    if isinstance(value, (list, tuple, str, np.ndarray)) or not hasattr(value, "iloc"):
        return None
    return getattr(value, "index", None)


def aligned(value: Any, reference: Any, name: str) -> Any:
    """A column with an index in the order of another index.

    Raises
    ------
    ValueError
        The indexes differ, and rows are not there or cannot be told apart; names the argument.
    """
    index = value.index
    if index is reference or index.equals(reference):
        return value
    if not index.is_unique or not reference.is_unique:
        raise ValueError(
            f"{name}: its index is not that of the columns before, and has values twice, so its rows cannot be put in their order; "
            "to_numpy() takes them as they stand"
        )
    places = index.get_indexer(reference)
    absent = np.flatnonzero(places < 0)
    if absent.size:
        raise ValueError(
            f"{name}: its index is not that of the columns before: {absent.size} rows are not in it, the first is {reference[absent[0]]!s}; "
            "to_numpy() takes them as they stand"
        )
    return value.iloc[places]

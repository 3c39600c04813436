"""Trees of units, and work on a frame before anything is drawn.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sipas import _calls, _choices
from sipas._arguments import Choice, instance, whole
from sipas._columns import Call, Column, Columns, named
from sipas._context import Context, check, handle, table_of
from sipas._errors import Held, NotFoundError, new_error
from sipas._frame import first
from sipas._sipas import ffi, lib
from sipas._table import Table, text

if TYPE_CHECKING:  # slow to import
    from numpy.typing import NDArray

_share = Choice("SHARE", "share")


class UnitTree(Held):
    """A tree of units of any depth: country, provinces, districts, communes, villages; or agencies. Immutable.

    Units keep the number of their row. Children of a unit are listed in ascending byte order of their codes.

    Parameters
    ----------
    data : frame or column
        A frame, of which the other arguments may name columns (see `Design`), and those of the calls that the tree is given to; anything
        else is `codes`.
    codes : column
        Code of each unit: text or integers; unique over the tree, or with `parent_row` within the parent.
    parent : column, optional
        Code of the parent; missing or "" = a root.
    parent_row : column, optional
        Instead of `parent`: row of the parent; -1 or missing = a root.
    level : column, optional
        Level of each unit as text; its depth by default.
    name, unit_class, region : column, optional
        Texts; missing or "" = none.
    urban : column of bool, optional
        Missing = not said.
    measures : dict of columns or data frame, optional
        Measures of size ≥ 0; missing = not known.

    Raises
    ------
    DuplicateError, TreeError
        Two units with one code; an orphan or a cycle. Names the unit.
    MissingError, RangeError
        A code or level that is missing; a code that is empty, a measure that is negative. Names the unit.

    Examples
    --------
    >>> tree = UnitTree(["VN", "01", "79"], parent=[None, "VN", "VN"], measures={"adults": [None, 6.1, 7.0]})
    >>> tree.find("VN", "79"), tree.children(0), tree.measure("adults")
    (2, (1, 2), array([nan, 6.1, 7. ]))
    """

    __slots__ = ("_call", "_handle")

    def __init__(
        self,
        data: Column | Columns | None = None,
        /,
        *,
        codes: Column | None = None,
        parent: Column | None = None,
        parent_row: Column | None = None,
        level: Column | None = None,
        name: Column | None = None,
        unit_class: Column | None = None,
        region: Column | None = None,
        urban: Column | None = None,
        measures: Columns | None = None,
        context: Context | None = None,
    ) -> None:
        others = (parent, parent_row, level, name, unit_class, region, urban, measures)
        frame, codes = first(data, codes, "codes", others)
        call, out, error = Call(frame=frame), ffi.new("sipas_unit_tree **"), new_error()
        code = call.column(codes, "codes")
        values = {
            "parent_row": parent_row, "level": level, "name": name, "unit_class": unit_class, "region": region, "urban": urban,
        }  # fmt: skip
        if measures is not None:
            columns, names = named(call.open(measures, "measures"), "measures", None)
            if names is None:
                raise TypeError("measures: a dict of columns is expected, or a data frame")
            values["n_measures"], values["measure_names"] = len(columns), call.texts(names)
            values["measures"] = call.columns(columns, [f"measures[{one!r}]" for one in names])
        opts = call.options("sipas_unit_opts", values)
        above = call.column(parent, "parent")
        check(lib.sipas_unit_tree_new(handle(context), code, above, opts, out, error), error)
        self._handle = ffi.gc(out[0], lib.sipas_unit_tree_free)
        self._call = Call(frame=frame, index=call.index)

    @classmethod
    def _of(cls, struct: Any) -> UnitTree:
        self = cls.__new__(cls)
        self._handle = ffi.gc(struct, lib.sipas_unit_tree_free)
        self._call = Call()
        return self

    def _new_call(self) -> Call:
        """A call on the units of this tree: names are of its frame, and columns are aligned to its index."""
        return Call(len(self), self._call.frame, self._call.index)

    def __len__(self) -> int:
        """Number of units."""
        return int(lib.sipas_unit_tree_count(self._handle))

    def __repr__(self) -> str:
        return f"<UnitTree: {len(self)} units, {len(self.children())} roots>"

    def _texts(self, function: Any) -> list[str | None]:
        return [text(function(self._handle, unit)) or None for unit in range(len(self))]

    @property
    def codes(self) -> list[str]:
        """Code of each unit."""
        return [text(lib.sipas_unit_tree_get_code(self._handle, unit)) for unit in range(len(self))]

    @property
    def names(self) -> list[str | None]:
        """Name of each unit, or None."""
        return self._texts(lib.sipas_unit_tree_get_name)

    @property
    def levels(self) -> list[str]:
        """Level of each unit."""
        return [text(lib.sipas_unit_tree_get_level(self._handle, unit)) for unit in range(len(self))]

    @property
    def classes(self) -> list[str | None]:
        """Class of each unit, or None."""
        return self._texts(lib.sipas_unit_tree_get_class)

    @property
    def regions(self) -> list[str | None]:
        """Region of each unit, or None."""
        return self._texts(lib.sipas_unit_tree_get_region)

    @property
    def urban(self) -> list[bool | None]:
        """Urban flag of each unit, or None where it was not said."""
        flags = (lib.sipas_unit_tree_get_urban(self._handle, unit) for unit in range(len(self)))
        return [None if flag < 0 else bool(flag) for flag in flags]

    @property
    def parents(self) -> NDArray[np.int64]:
        """Row of the parent of each unit; -1 for a root."""
        return self._numbers(lib.sipas_unit_tree_get_parent, np.int64)

    @property
    def depths(self) -> NDArray[np.int64]:
        """Depth of each unit; 0 for a root."""
        return self._numbers(lib.sipas_unit_tree_get_depth, np.int64)

    @property
    def hashes(self) -> NDArray[np.uint64]:
        """Hash of each unit's code path, its word in every draw; see `code_hash`."""
        return self._numbers(lib.sipas_unit_tree_get_hash, np.uint64)

    def _numbers(self, function: Any, dtype: Any) -> NDArray[Any]:
        return np.fromiter((function(self._handle, unit) for unit in range(len(self))), dtype=dtype, count=len(self))

    @property
    def measures(self) -> tuple[str, ...]:
        """Names of the measures of size."""
        count = lib.sipas_unit_tree_count_measures(self._handle)
        return tuple(text(lib.sipas_unit_tree_get_measure_name(self._handle, index)) for index in range(count))

    def measure(self, name: str) -> NDArray[np.float64]:
        """A measure of size of each unit; NaN where it is not known.

        Raises
        ------
        NotFoundError
            There is no such measure; the message lists those there are.
        """
        index, out, values = self._measure_index(name), ffi.new("double *"), np.full(len(self), np.nan)
        for unit in range(len(self)):
            if lib.sipas_unit_tree_get_measure(self._handle, unit, index, out, ffi.NULL) == lib.SIPAS_OK:
                values[unit] = out[0]
        return values

    def _measure_index(self, name: str) -> int:
        if name not in self.measures:
            raise NotFoundError(
                f"no measure {name!r}; there are {', '.join(self.measures)}", code=lib.SIPAS_ERR_NOT_FOUND, name=name
            )
        return self.measures.index(name)

    def children(self, unit: int = -1) -> tuple[int, ...]:
        """Rows of the children of a unit, in ascending order of their codes; of the whole tree (its roots) by default."""
        n = ffi.new("int64_t *")
        units = lib.sipas_unit_tree_get_children(self._handle, whole(unit, "unit"), n)
        return tuple(units[0 : n[0]]) if n[0] else ()

    def find(self, *path: str | float) -> int:
        """Row of a unit by its codes from a root down; by its code alone where that is unique over the tree.

        Raises
        ------
        NotFoundError, DuplicateError
            No such unit; a code that several units have.
        """
        call, out, error = Call(), ffi.new("int64_t *"), new_error()
        codes = call.path(path)
        check(lib.sipas_unit_tree_find(self._handle, codes, len(path), out, error), error)
        return int(out[0])


def frame_summary(tree: UnitTree, *, context: Context | None = None) -> Table:
    """What a frame holds, level by level and class by class.

    Returns
    -------
    Table
        level, class (missing = all together), units, urban, rural, without_next, measure, sum, missing.

    Examples
    --------
    >>> frame_summary(UnitTree(["VN", "01", "79"], parent=[None, "VN", "VN"]))["units"].tolist()
    [1, 2]
    """
    return _calls.frame_summary(lib, locals())


def frame_impute(
    tree: UnitTree,
    measure: str,
    *,
    share: _choices.Share = "children",
    level: str | None = None,
    excluded: Column | None = None,
    context: Context | None = None,
) -> Table:
    """Fill the values that a measure of size lacks from what the parents have left.

    Parameters
    ----------
    measure : str
        Name of the measure.
    share : {"children", "equal"}
        How a remainder is shared: in proportion to the number of children, one without any counting as 1; in equal parts.
    level : str, optional
        Fill units of this level only; every level, from the top down, by default.
    excluded : column of bool, optional
        Units out of the frame, with what lies below them.

    Returns
    -------
    Table
        A row per unit: row, code (path), level, value, imputed. The column value is a `size` of a `DrawStage`.

    Raises
    ------
    InfeasibleError
        Known children add up to more than their parent; names it.
    NotFoundError
        No such measure, or no unit of the level.

    Examples
    --------
    >>> tree = UnitTree(["VN", "01", "79"], parent=[None, "VN", "VN"], measures={"adults": [15.0, 6.0, None]})
    >>> frame_impute(tree, "adults")["value"].tolist()
    [15.0, 6.0, 9.0]
    """
    call = instance(tree, UnitTree, "tree")._new_call()
    opts = call.options("sipas_frame_impute_opts", {"share": _share(share), "level": level, "excluded": excluded})
    index = tree._measure_index(measure)
    return table_of(lib.sipas_frame_impute, handle(context), tree._handle, index, opts)


def frame_expand(
    tree: UnitTree, count: Column, level: str, *, width: int = 0, context: Context | None = None
) -> UnitTree:
    """A new tree with numbered units below the leaves of an old one, of which only the number is known.

    Parameters
    ----------
    count : column
        Number of new units below each unit, whole ≥ 0; missing = 0.
    level : str
        Level of the new units.
    width : int
        Digits of their codes, so that a later count keeps them; those of the count by default.

    Returns
    -------
    UnitTree
        Old units keep their rows, paths and hashes, and every draw among them.

    Raises
    ------
    RangeError
        A count that is negative or not whole, or not 0 for a unit that has children; names the unit.

    Examples
    --------
    >>> frame_expand(UnitTree(["a", "b"], parent=[None, None]), [2, 10], "village").codes[2:5]
    ['1', '2', '01']
    """
    return _calls.frame_expand(lib, locals())

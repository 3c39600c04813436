"""Tables: what every call of the library returns.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sipas._errors import Held, check, new_error
from sipas._sipas import ffi, lib
from sipas._words import WORDS

if TYPE_CHECKING:  # slow to import
    from numpy.typing import NDArray

_ma: Any = np.ma  # not typed in every numpy
_SHOWN = 40  # rows of a table that are printed; more are told by their number


class Field(NamedTuple):
    """What a column holds."""

    name: str
    unit: str
    meaning: str
    role: str = "other"  # in a table of estimates: figure, key, level, by, value, se, lower, upper, df, df_design, rows, psus


_ROLES = {value: word for word, value in WORDS["FIELD"].items()}


def text(pointer: Any) -> str:
    """A text of the library; "" for NULL."""
    return "" if pointer == ffi.NULL else str(ffi.string(pointer).decode("utf-8", "replace"))


class Table(Held):
    """A result: named columns, metadata and notes, read where the library made them.

    ``t["estimate"]`` is a column, ``t.columns`` their names, ``len(t)`` the number of rows. A table does not change;
    the arrays that it gives are read-only views of its memory and may outlive it.

    Examples
    --------
    >>> import sipas
    >>> t = sipas.sample_size(20000, method="yamane", margin=0.05)
    >>> t["n"]
    array([393])
    >>> t.meta["formula"]
    'n = N / (1 + N e²)'
    """

    __slots__ = ("_design", "_handle", "_owner", "_read_already")
    _instead = "its columns do: to_dict(), to_pandas(), to_polars()"

    def __init__(self, handle: Any, owner: Any = None, design: Any = None) -> None:
        """Own `handle`, a ``sipas_table *``; one that `owner` lends stays the owner's."""
        self._handle = ffi.gc(handle, lib.sipas_table_free) if owner is None else handle
        self._owner = owner
        self._design = design
        self._read_already: dict[str, NDArray[Any]] = {}

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, in their order."""
        return tuple(field.name for field in self.fields)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Name, unit, meaning and role of every column."""
        count = lib.sipas_table_count_columns(self._handle)
        found = (lib.sipas_table_get_field(self._handle, i) for i in range(count))
        return tuple(Field(text(f.name), text(f.unit), text(f.meaning), _ROLES.get(f.role, "other")) for f in found)

    def __len__(self) -> int:
        return int(lib.sipas_table_count_rows(self._handle))

    def __contains__(self, name: object) -> bool:
        return name in self.columns

    def __iter__(self) -> Iterator[str]:
        """The names of the columns, as a mapping has them; for rows see `rows`."""
        return iter(self.columns)

    def keys(self) -> tuple[str, ...]:
        """Names of the columns."""
        return self.columns

    def __getitem__(self, name: str) -> NDArray[Any]:
        """A column.

        Returns
        -------
        ndarray
            float64 or int64: a read-only view of the table's memory; a masked array where cells are missing. Text: an
            object array of str, None where missing.

        Raises
        ------
        KeyError
            There is no such column; the message lists those there are.
        """
        column = self._read_already.get(name)
        if column is None:
            index = ffi.new("int64_t *")
            if not isinstance(name, str) or lib.sipas_table_find(self._handle, name.encode(), index, ffi.NULL) < 0:
                raise KeyError(f"no column {name!r}; there are {', '.join(self.columns)}")
            column = self._read_already[name] = self._read(index[0])
        return column

    def _read(self, index: int) -> NDArray[Any]:
        column, error = ffi.new("sipas_column *"), new_error()
        check(lib.sipas_table_get_column(self._handle, index, column, error), error)
        n = int(column.n)
        if column.type == lib.SIPAS_TYPE_CODE:
            cells = ffi.cast("const char *const *", column.data)
            texts = [None if cells[row] == ffi.NULL else text(cells[row]) for row in range(n)]
            array = np.empty(n, dtype=object)
            array[:] = texts
            array.flags.writeable = False
            return array
        dtype = np.float64 if column.type == lib.SIPAS_TYPE_F64 else np.int64
        if n == 0:
            return np.empty(0, dtype=dtype)
        view: NDArray[Any] = np.frombuffer(self._memory(column.data, n * 8), dtype=dtype)
        if column.validity == ffi.NULL:
            return view
        bits = np.frombuffer(ffi.buffer(column.validity, (int(column.offset) + n + 7) // 8), dtype=np.uint8)
        missing = np.unpackbits(bits, bitorder="little")[column.offset : column.offset + n] == 0
        if not missing.any():
            return view
        masked: NDArray[Any] = _ma.masked_array(view, missing)
        return masked

    def _memory(self, data: Any, size: int) -> Any:
        """Memory of the table, held by one more reference as long as somebody looks at it."""
        held = lib.sipas_table_ref(self._handle if self._owner is None else self._owner._handle)
        pointer = ffi.gc(ffi.cast("char *", data), lambda _: lib.sipas_table_free(held))
        return memoryview(ffi.buffer(pointer, size)).toreadonly()

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows, each as a dict of Python values; None where missing."""
        columns = [self[name].tolist() for name in self.columns]
        for row in zip(*columns, strict=True):
            yield dict(zip(self.columns, row, strict=True))

    def to_dict(self) -> dict[str, NDArray[Any]]:
        """All columns by name."""
        return {name: self[name] for name in self.columns}

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """Refused, for an array of the names would be taken for the table: by ``np.asarray(t)`` and by ``pandas.DataFrame(t)``.

        Raises
        ------
        TypeError
            Always; says what there is instead.
        """
        raise TypeError("a table is no array: t[name] is a column, t.to_numpy() a structured array, t.to_pandas() a data frame")

    def to_numpy(self) -> NDArray[Any]:
        """A structured array of numpy, a field for each column, copied.

        Missing numbers are NaN, in columns of integers too, which are float64 then; missing texts are None.

        Raises
        ------
        ValueError
            An integer beyond 2^53 in a column with missing cells, which float64 does not hold.
        """
        columns = {name: _with_gaps(column, name) for name, column in self.to_dict().items()}
        array = np.empty(len(self), dtype=[(name, column.dtype) for name, column in columns.items()])
        for name, column in columns.items():
            array[name] = column
        return array

    @property
    def meta(self) -> dict[str, str]:
        """What the method wrote down: its name and version, its formula, the options it was called with."""
        key, value, error = ffi.new("const char **"), ffi.new("const char **"), new_error()
        found: dict[str, str] = {}
        for index in range(lib.sipas_table_count_meta(self._handle)):
            check(lib.sipas_table_get_meta(self._handle, index, key, value, error), error)
            found[text(key[0])] = text(value[0])
        return found

    @property
    def notes(self) -> Table:
        """Warnings, as a table: code, name, row, message; without rows when there is nothing to say."""
        notes = lib.sipas_table_get_notes(self._handle)
        return self if notes == ffi.NULL else Table(ffi.cast("sipas_table *", notes), owner=self)

    def cov(self, rows: Sequence[int] | None = None, columns: Sequence[int] | None = None) -> NDArray[np.float64]:
        """Covariances between rows of a table of estimates that was asked for with ``cov=True``.

        Parameters
        ----------
        rows, columns : sequence of int, optional
            Rows of the table; all of them by default, and `columns` the same as `rows`.

        Returns
        -------
        ndarray, shape (len(rows), len(columns))
            NaN where either has no standard error.

        Raises
        ------
        NotFoundError
            The estimates were made without ``cov=True``, or there is no such row.
        """
        first = np.arange(len(self), dtype=np.int64) if rows is None else _whole_numbers(rows, "rows")
        second = first if columns is None else _whole_numbers(columns, "columns")
        cov, error = ffi.new("const sipas_cov **"), new_error()
        check(lib.sipas_table_get_cov(self._handle, cov, error), error)
        block = np.empty((len(first), len(second)))
        if block.size:
            status = lib.sipas_cov_get_block(
                cov[0],
                ffi.from_buffer("const int64_t[]", np.ascontiguousarray(first)), len(first),
                ffi.from_buffer("const int64_t[]", np.ascontiguousarray(second)), len(second),
                ffi.from_buffer("double[]", block), error,
            )  # fmt: skip
            check(status, error)
        return block

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The table as an Arrow stream of one batch, for ``pyarrow.table(t)``, ``polars.DataFrame(t)``, DuckDB and their like.

        Columns of numbers are lent where they lie and keep the table's memory; missing cells are null; texts are utf8. Schema metadata
        hold `meta`, those of a field its unit and meaning. A schema that is requested plays no part.
        """
        from sipas import _arrow  # only where there is Arrow

        return _arrow.stream_capsule(self._handle)

    def __arrow_c_schema__(self) -> object:
        """The columns as an Arrow schema."""
        from sipas import _arrow

        return _arrow.schema_capsule(self._handle)

    def to_pandas(self) -> Any:
        """A pandas DataFrame; missing numbers are NaN, or ``<NA>`` (Int64) in columns of integers."""
        import pandas

        frame = {}
        for name, column in self.to_dict().items():
            if isinstance(column, np.ma.MaskedArray):
                if column.dtype == np.int64:
                    array = pandas.array(column.data, dtype="Int64", copy=True)
                    array[column.mask] = pandas.NA
                    frame[name] = array
                    continue
                column = np.where(column.mask, np.nan, column.data)
            frame[name] = column
        return pandas.DataFrame(frame)

    def to_polars(self) -> Any:
        """A polars DataFrame; missing cells are null."""
        import polars

        series = []
        for name, column in self.to_dict().items():
            values = column.tolist() if isinstance(column, np.ma.MaskedArray) or column.dtype == object else column
            kind = {"f": polars.Float64, "i": polars.Int64, "O": polars.String}[column.dtype.kind]
            series.append(polars.Series(name, values, dtype=kind))
        return polars.DataFrame(series)

    def _cells(self, most: int) -> tuple[list[list[str]], list[bool], int]:
        """Printed columns, which of them are numbers, and how many rows are left out.

        Of an index that is cut, the nodes are shown from the root down, for its rows stand from the items up.
        """
        left_out = max(0, len(self) - most)
        rows: Any = slice(len(self) - left_out)
        if left_out and "node" in self:
            _, node = np.unique(self["node"].astype(str), return_inverse=True)
            last = {number: row for row, number in enumerate(node.tolist())}
            rows = sorted(range(len(self)), key=lambda row: -last[int(node[row])])[rows]
        columns, numeric = [], []
        for name in self.columns:
            column = self[name][rows]
            numeric.append(column.dtype != object)
            columns.append([name, *_printed(column)])
        return columns, numeric, left_out

    def to_text(self) -> str:
        """All rows, aligned."""
        columns, numeric, _ = self._cells(len(self))
        return "\n".join(_aligned(columns, numeric))

    def __repr__(self) -> str:
        columns, numeric, left_out = self._cells(_SHOWN)
        lines = _aligned(columns, numeric)
        if left_out:
            lines.append(f"… {left_out} more rows")
        notes = len(self.notes) if lib.sipas_table_get_notes(self._handle) != ffi.NULL else 0
        if notes:
            lines.append(f"{notes} note{'s' if notes > 1 else ''}: see .notes")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        columns, numeric, left_out = self._cells(_SHOWN)
        head = "".join(f"<th>{html.escape(c[0])}</th>" for c in columns)
        style = ["text-align: right" if number else "text-align: left" for number in numeric]
        body = "".join(
            "<tr>" + "".join(f'<td style="{s}">{html.escape(c)}</td>' for c, s in zip(row, style, strict=True)) + "</tr>"
            for row in zip(*(c[1:] for c in columns), strict=True)
        )
        more = f"<p>… {left_out} more rows</p>" if left_out else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _with_gaps(column: NDArray[Any], name: str) -> NDArray[Any]:
    """A column without a mask: NaN where it is masked."""
    if not isinstance(column, np.ma.MaskedArray):
        return column
    if column.dtype.kind == "i" and np.any(np.abs(column.data[~column.mask]) > 2**53):
        raise ValueError(f"{name}: an integer beyond 2^53 beside missing cells, which float64 does not hold")
    return np.where(column.mask, np.nan, column.data)


def _whole_numbers(values: Any, name: str) -> NDArray[np.int64]:
    """Numbers of rows; names the argument when they are none."""
    try:
        array = np.asarray(values)
    except (ValueError, OverflowError):
        array = np.asarray("")
    if array.size and (array.dtype.kind not in "iu" or (array.dtype.kind == "u" and array.max() > np.iinfo(np.int64).max)):
        raise TypeError(f"{name}: numbers of rows are expected")
    return array.astype(np.int64).ravel()


def _printed(column: NDArray[Any]) -> list[str]:
    """Cells as text, all numbers of a column with as many decimals as show five digits of the largest."""
    values = column.tolist()
    if column.dtype != np.float64:
        return ["" if value is None else str(value) for value in values]
    finite = [abs(value) for value in values if value is not None and math.isfinite(value)]
    largest = max(finite, default=0.0)
    if all(value.is_integer() for value in finite) and largest < 1e15:
        form = ".0f"
    elif 1e-4 <= largest < 1e9:
        form = f".{max(0, 4 - math.floor(math.log10(largest)))}f"
    else:
        form = ".5g"
    return ["" if value is None else format(value, form) for value in values]


def _aligned(columns: Sequence[Sequence[str]], numeric: Sequence[bool]) -> list[str]:
    widths = [max(map(len, column)) for column in columns]
    return [
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(row, widths, numeric, strict=True)
        ).rstrip()
        for row in zip(*columns, strict=True)
    ]

"""Files of columns for the command line: CSV and Parquet, and how their cells become codes, numbers and flags.

Codes are texts after NFC, as they are written; numbers are plain decimals. An empty cell, or one of white space only, is missing; in a
column that is read as numbers also ``NA``, ``NaN`` and ``nan``; and whatever ``--na`` declares.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sipas import _csv
from sipas._errors import ArgumentError, ColumnTypeError, DuplicateError, MissingError, NotFoundError, RangeError

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)")
_NO_NUMBERS = frozenset({"NA", "NaN", "nan"})
_FLAGS = dict.fromkeys(("1", "true", "yes", "x", "có"), True) | dict.fromkeys(("0", "false", "no", "không"), False)


def nfc(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def number_of(text: str, decimal: str = ".") -> float | int | None:
    """A plain decimal number, blanks around it allowed; a whole one exactly; None for what is none."""
    trimmed = text.strip()
    if decimal != ".":
        trimmed = trimmed.replace(".", "x").replace(decimal, ".")
    if not _NUMBER.fullmatch(trimmed):
        return None
    digits = trimmed.removeprefix("+")
    if len(digits) < 4000 and digits.removeprefix("-").isdigit():
        return int(digits)
    value = float(trimmed)
    return value if math.isfinite(value) else None


class Frame:
    """A file of columns: CSV with a header line; or Parquet, by pyarrow, polars or pandas.

    Parameters
    ----------
    na : sequence of str
        What stands for a missing value: ``TEXT`` in every column, ``COLUMN=TEXT`` in one.
    separator, decimal : str
        Of a CSV file: what separates its columns, by default what the file says; the decimal point.

    Raises
    ------
    SipasError, OSError
        As `_csv.read`; nothing is installed that reads Parquet, or it cannot read the file; --na names a column that is not there.
    """

    def __init__(self, path: str, *, na: Sequence[str] = (), separator: str | None = None, decimal: str = ".") -> None:
        self.path, self.decimal = path, decimal
        self.lines: list[int] | None = None  # line in the file of each row, for a CSV file
        self.notes: list[str] = []
        self.columns: dict[str, Any] = {}
        if path.lower().endswith(".parquet"):
            self.columns = _read_parquet(path)
            self._n = len(next(iter(self.columns.values()), ()))
        else:
            names, cells, self.lines, self.notes = _csv.read(path, separator)
            self._n = len(cells)
            self.columns = {name: list(column) for name, column in zip(names, zip(*cells, strict=True), strict=True)}
        self.rows = range(self._n)  # which rows of the file these are
        self._na: dict[str | None, list[str]] = {}
        self._met: dict[str, int] = dict.fromkeys(na, 0)
        for text in na:
            self._declare(text)

    def __len__(self) -> int:
        return self._n

    def __contains__(self, name: object) -> bool:
        return name in self.columns

    def __getitem__(self, name: str) -> Any:
        name = nfc(name)
        if name not in self.columns:
            wanted = name.strip().casefold()
            near = next((other for other in self.columns if other.strip().casefold().rpartition("/")[2] == wanted), None)
            perhaps = "" if near is None else f"; is it {near!r}?"
            raise NotFoundError(f"{self.path}: no column {name!r}; there are {', '.join(self.columns)}{perhaps}", name=name)
        return self.columns[name]

    def _declare(self, text: str) -> None:
        name, equals, value = text.partition("=")
        if not equals:
            self._na.setdefault(None, []).append(nfc(text))
            return
        if name:
            self[name]
        self._na.setdefault(nfc(name) or None, []).append(nfc(value))

    def names(self, given: Sequence[str]) -> list[str]:
        """Columns of an option that may be repeated or join names by ``+``; a text that is itself a name is that column."""
        found: list[str] = []
        for text in given:
            found += [nfc(text)] if nfc(text) in self else [nfc(name) for name in text.split("+")]
        for name in found:
            self[name]
        return found

    def place(self, row: int) -> str:
        """Where a row stands in the file."""
        return f"{self.path}, " + (f"row {self.rows[row] + 1}" if self.lines is None else f"line {self.lines[row]}")

    def keep(self, rows: Sequence[int]) -> None:
        """Keep some rows only."""
        self.columns = {name: _taken(column, rows) for name, column in self.columns.items()}
        if self.lines is not None:
            self.lines = [self.lines[row] for row in rows]
        self.rows = [self.rows[row] for row in rows]  # type: ignore[assignment]
        self._n = len(rows)

    def cells(self, name: str) -> list[Any]:
        """A column as it is written; None where Parquet has none."""
        return listed(self[name])

    def is_native(self, name: str) -> bool:
        """Whether a column of Parquet holds numbers or bool, not text."""
        if self.lines is not None:
            return False
        first = next((cell for cell in self.cells(name) if cell is not None), None)
        return isinstance(first, (bool, int, float))

    def _declared(self, name: str) -> list[str]:
        name = nfc(name)
        return [*self._na.get(None, ()), *self._na.get(name, ())]

    def _count(self, name: str, text: str, cells: int) -> None:
        for given in (text, f"{nfc(name)}={text}", f"={text}"):
            for key in self._met:
                if nfc(key) == given:
                    self._met[key] += cells

    def tell_unmet(self) -> None:
        """Notes on what --na declares and no cell of the columns in use holds."""
        self.notes += [f"--na {text}: no cell of the columns in use holds that" for text, cells in self._met.items() if cells == 0]

    def codes(self, name: str | None) -> Any:
        """A column as codes: text after NFC; a column of numbers of Parquet as it is."""
        if name is None:
            return None
        column, declared = self[name], self._declared(name)
        if self.is_native(name):
            return self._native(name, column, declared)
        codes: list[str | None] = []
        known: dict[Any, str | None] = {None: None}
        for cell in _plain(name, listed(column)):
            if cell not in known:
                text = nfc(cell if isinstance(cell, str) else str(cell))
                known[cell] = None if not text.strip() else text
            codes.append(known[cell])
        self._tell_forms(name, known)
        for text in declared:
            met = codes.count(text)
            self._count(name, text, met)
            if met:
                codes = [None if code == text else code for code in codes]
        return codes

    def _tell_forms(self, name: str, known: dict[Any, str | None]) -> None:
        """A note, once, on a code that is written in two forms of Unicode."""
        forms = Counter(code for code in known.values() if code is not None)
        twice = next((code for code, written in forms.items() if written > 1), None)
        note = f"codes_alike: {self.path}: {name}: {twice!r} is written in two forms of Unicode, which are one code"
        if twice is not None and note not in self.notes:
            self.notes.append(note)

    def numbers(self, name: str | None) -> Any:
        """A column as numbers.

        Raises
        ------
        RangeError
            A cell that is no number; names column, row and line.
        """
        if name is None:
            return None
        column = self[name]
        if self.is_native(name):
            return self._native(name, column, self._declared(name))
        cells, values = _plain(name, listed(column)), []
        known: dict[Any, Any] = dict.fromkeys((None, "", *_NO_NUMBERS))
        for row, cell in enumerate(cells):
            if cell not in known:
                known[cell] = self._number(name, row, cell)
            values.append(known[cell])
        for text in self._declared(name):
            self._count(name, text, sum(cell is not None and self._stands_for(text, cell) for cell in cells))
        return values

    def _stands_for(self, text: str, cell: Any) -> bool:
        """Whether a cell of a column of numbers is what --na declares: compared as numbers where both are."""
        if not isinstance(cell, str):
            wanted = number_of(text)
            return wanted is not None and bool(cell == wanted)
        if cell == text:
            return True
        wanted = number_of(text, self.decimal)
        return wanted is not None and number_of(cell, self.decimal) == wanted

    def _number(self, name: str, row: int, cell: Any) -> float | int | None:
        if not isinstance(cell, str):
            cell = str(cell)
        trimmed = cell.strip()
        if not trimmed or trimmed in _NO_NUMBERS or any(self._stands_for(text, nfc(cell)) for text in self._declared(name)):
            return None
        value = number_of(cell, self.decimal)
        if value is not None:
            return value if abs(value) < 2**53 else float(value)
        comma = re.fullmatch(r"[+-]?[0-9]+,[0-9]+", trimmed) and self.decimal == "."
        hint = ": with a decimal comma it is read by --decimal ," if comma else ""
        raise RangeError(f"{name}: row {row}: {cell!r} is no number ({self.place(row)}){hint}", name=name)

    def _native(self, name: str, column: Any, declared: Sequence[str]) -> Any:
        """A column of numbers of Parquet, without what --na declares."""
        if not declared:
            return column
        cells = listed(column)
        for text in declared:
            met = [cell is not None and self._stands_for(text, cell) for cell in cells]
            self._count(name, text, sum(met))
            cells = [None if gone else cell for cell, gone in zip(cells, met, strict=True)]
        return cells

    def order(self, name: str | None) -> Any:
        """A column as what an order follows: numbers where all cells are numbers, else codes."""
        if name is None or self.is_native(name):
            return self.codes(name)
        codes = self.codes(name)
        values = [None if code is None else number_of(code, self.decimal) for code in codes]
        if any(value is None and code is not None for value, code in zip(values, codes, strict=True)):
            return codes
        whole = all(value is None or (isinstance(value, int) and abs(value) < 2**63) for value in values)
        return values if whole else [None if value is None else float(value) for value in values]

    def groups(self, name: str) -> Any:
        """A column as codes of groups; as integers where all are, so that 2 comes before 10. ``01`` is a text."""
        codes = self.codes(name)
        if not isinstance(codes, list) or not all(isinstance(code, (str, type(None))) for code in codes):
            return codes
        texts: set[str] = set(codes) - {None}
        whole = {text: int(text) for text in texts if _WHOLE.fullmatch(text) and len(text) < 20 and text != "-0"}
        if len(whole) < len(texts) or not whole or not all(-(2**63) <= value < 2**63 for value in whole.values()):
            return codes
        return [None if code is None else whole[code] for code in codes]

    def number_said(self, text: str) -> float | int | None:
        """A number that an option names: with the decimal mark of the file, or with a point."""
        value = number_of(text, self.decimal)
        return number_of(text) if value is None else value

    def numbers_or(self, what: str | None) -> Any:
        """A number for every row, or the column of that name."""
        if what is None or nfc(what) in self.columns:
            return self.numbers(what)
        value = number_of(what)
        if value is None:
            self[what]  # says which columns there are
        return [float(value or 0)] * len(self)

    def flags(self, name: str | None) -> Any:
        """A column of yes and no: 1, true, yes, x, có; 0, false, no, không, or missing.

        Raises
        ------
        RangeError
            A cell that is none of these; names column, row and line.
        """
        if name is None:
            return None
        values = []
        for row, code in enumerate(listed(self.codes(name))):
            value = False if code is None or code != code else _FLAGS.get(str(code).strip().lower().removesuffix(".0"))
            if value is None:
                raise RangeError(f"{name}: row {row}: {code!r} is neither yes nor no ({self.place(row)})", name=name)
            values.append(value)
        return values

    def present(self, name: str, what: str) -> Any:
        """A column as codes, none of which may be missing.

        Raises
        ------
        MissingError
            One is; names column and line.
        """
        codes = self.codes(name)
        for row, code in enumerate(listed(codes)):
            if code is None:
                raise MissingError(f"{name}: row {row}: the {what} is missing ({self.place(row)})", name=name)
        return codes


def listed(column: Any) -> list[Any]:
    """A column of a file as a list; None where missing."""
    if isinstance(column, list):
        return column
    method = next(name for name in ("to_pylist", "to_list", "tolist") if hasattr(column, name))
    cells = list(getattr(column, method)())
    return [None if cell is None or cell != cell else cell for cell in cells]


def _taken(column: Any, rows: Sequence[int]) -> Any:
    cells = listed(column)
    return [cells[row] for row in rows]


def _plain(name: str, cells: list[Any]) -> list[Any]:
    """Cells that are values; Parquet may have lists and the like.

    Raises
    ------
    ColumnTypeError
        A cell is none.
    """
    odd = next((cell for cell in cells if isinstance(cell, (list, dict, tuple, bytes))), None)
    if odd is not None:
        raise ColumnTypeError(f"{name}: a cell is a {type(odd).__name__}, no number and no code", name=name)
    return cells


def _read_parquet(path: str) -> dict[str, Any]:
    with open(path, "rb") as file:  # a file that is not there is told by its own error
        if file.read(4) != b"PAR1":
            raise RangeError(f"{path}: this is no Parquet file")
    for read in (_by_pyarrow, _by_polars, _by_pandas):
        try:
            columns = read(path)
        except ImportError:
            continue
        except Exception as error:  # each reader has exceptions of its own
            raise OSError(f"{path}: it cannot be read as Parquet: {' '.join(str(error).split())}") from None
        named = {nfc(name): column for name, column in columns}
        if len(named) < len(columns):
            names = [nfc(name) for name, _ in columns]
            twice = next(name for name in names if names.count(name) > 1)
            raise DuplicateError(f"{path}: two columns are named {twice!r}", name=twice)
        if not named or len(next(iter(named.values()))) == 0:
            raise ArgumentError(f"{path}: there are no rows")
        return named
    raise OSError(f"{path}: Parquet is read by pyarrow, polars or pandas, and none of them is installed")


def _by_pyarrow(path: str) -> list[tuple[str, Any]]:
    from pyarrow import parquet

    table = parquet.read_table(path)
    return [(str(name), table.column(index).combine_chunks()) for index, name in enumerate(table.column_names)]


def _by_polars(path: str) -> list[tuple[str, Any]]:
    import polars

    frame = polars.read_parquet(path)
    return [(str(name), frame[name]) for name in frame.columns]


def _by_pandas(path: str) -> list[tuple[str, Any]]:
    import pandas

    frame = pandas.read_parquet(path)
    return [(str(name), frame.iloc[:, index]) for index, name in enumerate(frame.columns)]

"""Files of columns for the command line: CSV and Parquet in, CSV, Parquet and text out.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import csv
import sys
from typing import Any, TextIO

import sipas


class Frame:
    """A file of columns: CSV with a header line, where an empty cell is missing; or Parquet, by pyarrow, polars or pandas.

    Raises
    ------
    LengthError
        A row of a CSV file has another number of cells than the header; names its line.
    OSError
        There is no such file; nothing is installed that reads Parquet.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.lines: list[int] | None = None  # line in the file of each row, for a CSV file
        if path.endswith(".parquet"):
            self.columns: dict[str, Any] = _read_parquet(path)
        else:
            self.columns, self.lines = _read_csv(path)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def __getitem__(self, name: str) -> Any:
        if name not in self.columns:
            raise sipas.NotFoundError(f"{self.path}: no column {name!r}; there are {', '.join(self.columns)}", name=name)
        return self.columns[name]

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def keep(self, condition: str) -> None:
        """Keep the rows where ``COLUMN=VALUE``; cells are compared as they are written."""
        name, equals, value = condition.partition("=")
        if not equals:
            raise sipas.ArgumentError(f"--where {condition}: write COLUMN=VALUE")
        rows = [row for row, cell in enumerate(listed(self[name])) if cell is not None and str(cell) == value]
        if not rows:
            raise sipas.NotFoundError(f"--where {condition}: no row holds that", name=name)
        columns = {name: listed(column) for name, column in self.columns.items()}
        self.columns = {name: [column[row] for row in rows] for name, column in columns.items()}
        self.lines = [self.lines[row] for row in rows] if self.lines is not None else [row + 1 for row in rows]

    def codes(self, name: str | None) -> Any:
        """A column as codes, kept as they are written."""
        return None if name is None else self[name]

    def numbers(self, name: str | None) -> Any:
        """A column as numbers.

        Raises
        ------
        RangeError
            A cell that is no number; names column and row.
        """
        if name is None:
            return None
        column = self[name]
        if not isinstance(column, list):
            return column
        values: list[float | None] = []
        for row, cell in enumerate(column):
            try:
                values.append(None if cell is None else float(cell))
            except ValueError:
                raise sipas.RangeError(f"{name}: row {row}: {cell!r} is no number", row=row, name=name) from None
        return values

    def numbers_or(self, what: str | None) -> Any:
        """A number for every row, or the column of that name."""
        if what is None or what in self.columns:
            return self.numbers(what)
        try:
            return [float(what)] * len(self)
        except ValueError:
            return self.numbers(what)  # says which columns there are

    def flags(self, name: str | None) -> Any:
        """A column of yes and no: 1, true, yes, x; empty, 0, false, no.

        Raises
        ------
        RangeError
            A cell that is none of these; names column and row.
        """
        if name is None:
            return None
        column = listed(self[name])
        known = {"1": True, "true": True, "yes": True, "x": True, "0": False, "false": False, "no": False, "none": False}
        values = [known.get(str(cell).lower()) for cell in column]
        if None in values:
            row = values.index(None)
            raise sipas.RangeError(f"{name}: row {row}: {column[row]!r} is neither yes nor no", row=row, name=name)
        return values

    def place(self, row: int) -> str:
        """Where a row stands in the file."""
        return f"{self.path}, " + (f"row {row + 1}" if self.lines is None else f"line {self.lines[row]}")


def listed(column: Any) -> list[Any]:
    """A column of a file as a list; None where missing."""
    if isinstance(column, list):
        return column
    return list(column.to_pylist() if hasattr(column, "to_pylist") else column.tolist())


def _read_csv(path: str) -> tuple[dict[str, Any], list[int]]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        names: list[str] = next(reader, [])
        rows: list[list[str]] = []
        lines: list[int] = []
        for row in reader:
            if not row:
                continue
            if len(row) != len(names):
                raise sipas.LengthError(
                    f"{path}, line {reader.line_num}: {len(row)} cells where {len(names)} are expected", row=len(rows)
                )
            rows.append(row)
            lines.append(reader.line_num)
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise sipas.DuplicateError(f"{path}: two columns are named {twice!r}", name=twice)
    return {name: [row[index] or None for row in rows] for index, name in enumerate(names)}, lines


def _read_parquet(path: str) -> dict[str, Any]:
    for read in (_by_pyarrow, _by_polars, _by_pandas):
        try:
            return read(path)
        except ImportError:
            continue
    raise OSError(f"{path}: Parquet is read by pyarrow, polars or pandas, and none of them is installed")


def _by_pyarrow(path: str) -> dict[str, Any]:
    from pyarrow import parquet

    table = parquet.read_table(path)
    return {str(name): table[name].combine_chunks() for name in table.column_names}


def _by_polars(path: str) -> dict[str, Any]:
    import polars

    frame = polars.read_parquet(path)
    return {str(name): frame[name] for name in frame.columns}


def _by_pandas(path: str) -> dict[str, Any]:
    import pandas

    frame = pandas.read_parquet(path)
    return {str(name): frame[name] for name in frame.columns}


def write(table: sipas.Table, path: str | None, as_csv: bool) -> None:
    """A table as aligned text or as CSV with all digits, to a file or to standard output; a file ``.parquet`` by pyarrow or polars."""
    if path is None:
        _write_text(table, sys.stdout, as_csv)
    elif path.endswith(".parquet"):
        _write_parquet(table, path)
    else:
        with open(path, "w", encoding="utf-8", newline="") as file:
            _write_text(table, file, as_csv or path.endswith(".csv"))


def _write_text(table: sipas.Table, file: TextIO, as_csv: bool) -> None:
    if not as_csv:
        file.write(table.to_text() + "\n")
        return
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(["" if cell is None else cell for cell in row.values()] for row in table.rows())


def _write_parquet(table: sipas.Table, path: str) -> None:
    try:
        import pyarrow
        from pyarrow import parquet

        parquet.write_table(pyarrow.table(table), path)
    except ImportError:
        try:
            table.to_polars().write_parquet(path)
        except ImportError:
            raise OSError(f"{path}: Parquet is written by pyarrow or polars, and none of them is installed") from None

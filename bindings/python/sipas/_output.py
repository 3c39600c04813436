"""What a job writes: aligned text, CSV with all digits, Parquet or XLSX; to standard output, one file, or one for each code of a column.

A file is made whole before it takes its place, so that what was there stays when anything fails.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import csv
import importlib.util
import io
import os
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sipas._errors import ArgumentError, MissingError
from sipas._table import Table, _aligned, _printed

_ma: Any = np.ma  # not typed in every numpy
_TEXT = ("", ".txt", ".text", ".md", ".log")
_PARQUET = ("pyarrow", "polars")
_XLSX = ("openpyxl", "xlsxwriter")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*%]|^\.|[. ]$')


class Sheet:
    """A table, with columns of the caller's file beside it.

    Parameters
    ----------
    table : Table
        The result.
    rows : sequence of int, optional
        What its column `row` says instead: rows of the file.
    kept : mapping of lists
        Columns that go along, a cell for each row of the table.
    """

    def __init__(self, table: Table, rows: Sequence[int] | None = None, kept: Mapping[str, list[Any]] | None = None) -> None:
        self.table = table
        self.columns: dict[str, list[Any]] = {name: table[name].tolist() for name in table.columns}
        if rows is not None:
            self.columns["row"] = list(rows)
        self.columns.update(kept or {})

    def part(self, rows: Sequence[int]) -> dict[str, list[Any]]:
        return {name: [column[row] for row in rows] for name, column in self.columns.items()}


def check_out(path: str | None, read: Sequence[str], split: str | None) -> None:
    """Refuse, before anything is done, what could not be written in the end.

    Raises
    ------
    ArgumentError
        Nobody writes such files; the file is one that is read; --split without --out.
    OSError
        There is no such folder; what writes Parquet or XLSX is not installed.
    """
    if path is None:
        if split is not None:
            raise ArgumentError("--split: the files need a name: --out FILE")
        return
    ending = _ending(path)
    folder = os.path.dirname(path) or "."
    if ending not in (*_TEXT, ".csv", ".parquet", ".xlsx") and not _is_special(path):
        raise ArgumentError(f"--out {path}: no file {ending} can be written; .csv, .parquet, .xlsx and .txt can")
    for known, makers in ((".parquet", _PARQUET), (".xlsx", _XLSX)):
        if ending == known and not any(map(importlib.util.find_spec, makers)):
            raise OSError(f"--out {path}: {ending} is written by {' or '.join(makers)}, and neither is installed; .csv can be written")
    if not os.path.isdir(folder):
        raise OSError(f"--out {path}: there is no folder {folder}")
    if os.path.isdir(path):
        raise OSError(f"--out {path}: this is a folder")
    if os.path.exists(path) and not os.access(path, os.W_OK):
        raise OSError(f"--out {path}: this file may not be written")
    _check_own(path, read)


def _check_own(path: str, read: Sequence[str]) -> None:
    for other in read:
        if os.path.exists(path) and os.path.exists(other) and os.path.samefile(path, other) and not _is_special(path):
            raise ArgumentError(f"--out {path}: this is the file that is read")


def _ending(path: str) -> str:
    return os.path.splitext(path)[1].lower()


def _is_special(path: str) -> bool:
    """A device or a pipe, which is written to and not replaced."""
    return os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)


def write(sheet: Sheet, path: str | None, as_csv: bool, split: Sequence[Any] | None = None, read: Sequence[str] = ()) -> list[str]:
    """Write a sheet; with `split`, a code for each of its rows, one file a code, none of which is a file in `read`.

    Returns the names of the files.
    """
    whole = range(len(sheet.table))
    if path is None:
        sys.stdout.write(_text(sheet.columns, as_csv))
        sys.stdout.flush()
        return []
    if split is None:
        contents = {path: _content(sheet, whole, path, as_csv)}
    else:
        contents = {}
        parts: dict[Any, list[int]] = {}
        for row, code in enumerate(split):
            if code is None:
                raise MissingError(f"--split: row {row + 1} of the result has no code")
            parts.setdefault(code, []).append(row)
        stem, ending = os.path.splitext(path)
        for code, rows in parts.items():
            name = f"{stem}-{_UNSAFE.sub(lambda found: ''.join(f'%{byte:02X}' for byte in found[0].encode()), str(code))}{ending}"
            contents[name] = _content(sheet, rows, name, as_csv)
    for name in contents:
        _check_own(name, read)
    _put(contents)
    return list(contents)


def _content(sheet: Sheet, rows: Sequence[int], path: str, as_csv: bool) -> bytes:
    ending, columns = _ending(path), sheet.part(rows)
    try:
        if ending == ".parquet":
            return _parquet(sheet, columns)
        if ending == ".xlsx":
            return _xlsx(columns)
    except (ImportError, OSError, ValueError, TypeError):
        raise
    except Exception as error:  # each writer has exceptions of its own
        raise OSError(f"{path}: it cannot be written: {' '.join(str(error).split())}") from None
    return _text(columns, as_csv or ending == ".csv").encode("utf-8", "backslashreplace")


def _put(contents: Mapping[str, bytes]) -> None:
    """All files at once: each is written beside its place, and moved there when all are written."""
    parts: dict[str, str] = {}
    try:
        for path, content in contents.items():
            target = os.path.realpath(path)
            if _is_special(target):
                with open(target, "wb") as file:
                    file.write(content)
                continue
            handle, part = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".sipas-", suffix=".part")
            parts[part] = target
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.chmod(part, _mode(target))
        for part, target in list(parts.items()):
            os.replace(part, target)
            del parts[part]
    finally:
        for part in parts:
            os.unlink(part)


def _mode(target: str) -> int:
    """Permissions: those of the file that is replaced, or what a new file gets."""
    if os.path.exists(target):
        return os.stat(target).st_mode & 0o7777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _text(columns: Mapping[str, list[Any]], as_csv: bool) -> str:
    file = io.StringIO()
    if as_csv:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(["" if cell is None else cell for cell in row] for row in zip(*columns.values(), strict=True))
        return file.getvalue()
    cells, numeric = [], []
    for name, column in columns.items():
        kinds = {type(cell) for cell in column if cell is not None}
        array = np.empty(len(column), dtype=np.float64 if kinds == {float} else object)
        array[:] = [np.nan if cell is None else cell for cell in column] if kinds == {float} else column
        printed = _printed(_ma.masked_invalid(array) if kinds == {float} and None in column else array)
        cells.append([name, *printed])
        numeric.append(bool(kinds) and kinds <= {int, float})
    return "\n".join(_aligned(cells, numeric)) + "\n"


def _parquet(sheet: Sheet, columns: Mapping[str, list[Any]]) -> bytes:
    kinds = {name: sheet.table[name].dtype.kind for name in sheet.table.columns}
    file = io.BytesIO()
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        import polars

        types: Any = {"f": polars.Float64, "i": polars.Int64, "O": polars.String}
        made = [polars.Series(name, cells, dtype=types.get(kinds.get(name, ""))) for name, cells in columns.items()]
        polars.DataFrame(made).write_parquet(file)
        return file.getvalue()
    arrow: Any = {"f": pyarrow.float64(), "i": pyarrow.int64(), "O": pyarrow.string()}
    arrays = [pyarrow.array(cells, type=arrow.get(kinds.get(name, ""))) for name, cells in columns.items()]
    table = pyarrow.table(dict(zip(columns, arrays, strict=True)))
    parquet.write_table(table.replace_schema_metadata(sheet.table.meta), file)
    return file.getvalue()


def _xlsx(columns: Mapping[str, list[Any]]) -> bytes:
    """A workbook of one sheet: numbers are numbers, and codes stay texts."""
    file = io.BytesIO()
    rows: list[list[Any]] = [list(columns), *map(list, zip(*columns.values(), strict=True))]
    try:
        import openpyxl
    except ImportError:
        import xlsxwriter

        with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}) as made:
            sheet = made.add_worksheet()
            for index, row in enumerate(rows):
                sheet.write_row(index, 0, row)
        return file.getvalue()
    workbook = openpyxl.Workbook(write_only=True)
    page = workbook.create_sheet()
    for row in rows:
        cells = [openpyxl.cell.WriteOnlyCell(page, value=cell) for cell in row]
        for cell, value in zip(cells, row, strict=True):
            if isinstance(value, str):
                cell.data_type = "s"  # a text that begins with = is no formula
        page.append(cells)
    workbook.save(file)
    return file.getvalue()

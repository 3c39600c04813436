"""CSV as people have it, read strictly: what cannot be read for certain is refused with its line and with what to do about it.

A file is UTF-8. Its separator is the comma, what a first line ``sep=;`` says, or the semicolon or tab of a header without commas. Quotes
follow RFC 4180. Nothing is trimmed, and nothing is skipped without a note: empty lines between rows, the line of HXL tags below a header,
nameless columns at the end that hold nothing.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from sipas._errors import DuplicateError, LengthError, MissingError, OptionError, RangeError, TooFewError

_LINE_END = re.compile(r"\r\n|\n|\r")
_HEADER = re.compile(r'(?:[^"\r\n]|"(?:[^"]|"")*")*')
_QUOTED = re.compile(r'"[^"]*(?:""[^"]*)*"')
_SEP = re.compile(r'"?sep=(?:([^"\r\n])"?)?(?:\r\n|\n|\r|\Z)', re.IGNORECASE)
_AS_UTF8 = 'save it as "CSV UTF-8"'

# How files begin that are no text, and what they are.
_MAGIC = (
    (b"PK\x03\x04", "an Excel workbook (XLSX) or another ZIP archive", _AS_UTF8),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (XLS)", _AS_UTF8),
    (b"PAR1", "Parquet", "give it a name that ends with .parquet"),
    (b"ARROW1", "an Arrow or Feather file", "save it as Parquet or CSV"),
    (b"\x1f\x8b", "compressed by gzip", "unpack it"),
    (b"BZh", "compressed by bzip2", "unpack it"),
    (b"\xfd7zXZ", "compressed by xz", "unpack it"),
    (b"\x28\xb5\x2f\xfd", "compressed by Zstandard", "unpack it"),
    (b"7z\xbc\xaf", "a 7-Zip archive", "unpack it"),
    (b"$FL2", "an SPSS file", _AS_UTF8),
    (b"<stata_dta>", "a Stata file", _AS_UTF8),
    (b"SQLite format 3\0", "an SQLite database", "export its table as CSV"),
    (b"%PDF", "a PDF document", _AS_UTF8),
    (b"\xff\xfe\x00\x00", "UTF-32", _AS_UTF8),
    (b"\xff\xfe", 'UTF-16, as Excel\'s "Unicode Text"', _AS_UTF8),
    (b"\xfe\xff", "UTF-16", _AS_UTF8),
)
_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:(!doctype html|html|head|body|table)|\?xml)\b", re.IGNORECASE)
_TCVN3 = frozenset(range(0xA7, 0xC0))  # ă â ê ô ơ ư đ and a with its marks in TCVN3; rare in the other code pages of Vietnam


class Rows(NamedTuple):
    """A CSV file: cells as they are written."""

    names: list[str]
    cells: list[list[str]]
    lines: list[int]  # where each row begins in the file
    notes: list[str]


def read(path: str, separator: str | None = None) -> Rows:
    """Read a CSV file.

    Raises
    ------
    RangeError
        It is no text in UTF-8; a quote is not closed or stands where none may stand. Names the line.
    LengthError
        A row has another number of cells than the header; names its line.
    DuplicateError, MissingError, TooFewError
        Two columns of one name; a column without one; no rows.
    OSError
        The file cannot be opened.
    """
    with open(path, "rb") as file:
        text = _decoded(path, file.read())
    notes: list[str] = []
    start, said = 0, _SEP.match(text)
    if said:
        if said[1] is None:
            raise RangeError(f"{path}, line 1: sep= names no separator")
        start = said.end()
    separator = separator or (said[1] if said else None) or _separator(path, text, start, notes)
    records = _records(path, text, start, 2 if said else 1, separator)
    _, names = next(records, (0, [""]))
    if names == [""]:
        raise TooFewError(f"{path}: the file is empty")
    lines: list[int] = []
    cells: list[list[str]] = []
    for line, row in records:
        if len(row) != len(names):
            raise LengthError(f"{path}, line {line}: {len(row)} cells where the header has {len(names)}{_hint(row, separator)}")
        lines.append(line)
        cells.append(row)
    _skip_hxl(path, cells, lines, notes)
    names = [unicodedata.normalize("NFC", name) for name in names]
    _drop_nameless(path, names, cells, lines, notes)
    if not cells:
        raise TooFewError(f"{path}: there are no rows below the header")
    if len(cells) < lines[-1] - lines[0] + 1:
        _tell_empty(path, text, cells, lines, notes)
    return Rows(names, cells, lines, notes)


def _line_of(text: str | bytes, at: int) -> int:
    if isinstance(text, bytes):
        return 1 + len(re.findall(rb"\r\n|\n|\r", text[:at]))
    return 1 + len(_LINE_END.findall(text, 0, at))


def _decoded(path: str, data: bytes) -> str:
    """The text of a file in UTF-8, without its byte order mark."""
    for begin, what, remedy in _MAGIC:
        if data.startswith(begin):
            raise RangeError(f"{path}, line 1: this is no CSV in UTF-8 but seems to be {what}: {remedy}")
    page = _PAGE.match(data)
    if page:
        raise RangeError(
            f"{path}, line 1: this is no CSV but seems to be {'HTML' if page[1] else 'XML'}, as some programs call .xls: {_AS_UTF8}"
        )
    zero = data.find(b"\0")
    if zero >= 0:
        sides = [data[side : len(data) & ~1 : 2].count(0) for side in (0, 1)]
        what = "seems to be UTF-16: " + _AS_UTF8 if max(sides) > len(data) // 8 else "is not a text file"
        raise RangeError(f"{path}, line {_line_of(data, zero)}: a zero byte; the file {what}")
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        high = [byte for byte in data if byte >= 0x80]
        tcvn3 = 3 * sum(byte in _TCVN3 for byte in high) > len(high)
        seems = "TCVN3 (ABC)" if tcvn3 else "Windows-1258 or another code page of eight bits"
        line = _line_of(data, error.start)
        raise RangeError(f"{path}, line {line}: this is not UTF-8; it seems to be {seems}: {_AS_UTF8}") from None


def _separator(path: str, text: str, start: int, notes: list[str]) -> str:
    """The comma; the semicolon or the tab where a header has no comma outside quotes."""
    header = _HEADER.match(text, len(text) - len(text[start:].lstrip("\r\n")))  # the first line that is not empty
    outside = _QUOTED.sub("", header[0] if header else "")
    found = [] if "," in outside else [mark for mark in ";\t" if mark in outside]
    if len(found) > 1:
        raise RangeError(f"{path}, line 1: columns are separated by semicolons or by tabs? --separator says it")
    if not found:
        return ","
    notes.append(f"{path}: columns are separated by {'semicolons' if found[0] == ';' else 'tabs'}")
    return found[0]


def _records(path: str, text: str, at: int, line: int, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Lines that are not empty, as cells, each with the number of the line where it begins."""
    cell = re.compile(rf'(?:"([^"]*(?:""[^"]*)*)"|([^"\r\n{re.escape(separator)}]*))({re.escape(separator)}|\r\n|\n|\r|\Z)')
    while at < len(text):
        stop = _LINE_END.search(text, at)
        end, after = (stop.start(), stop.end()) if stop else (len(text), len(text))
        if text.find('"', at, end) < 0:
            if end > at:
                yield line, text[at:end].split(separator)
            line, at = line + 1, after
            continue
        cells, start = [], at
        while True:
            match = cell.match(text, at)
            if match is None:
                raise RangeError(_bad_quote(path, text, at, line + _line_of(text[start:at], at - start) - 1))
            cells.append(match[2] if match[1] is None else match[1].replace('""', '"'))
            at = match.end()
            if match[3] != separator:
                break
        yield line, cells
        line += len(_LINE_END.findall(text, start, at))


def _bad_quote(path: str, text: str, at: int, line: int) -> str:
    """Why a cell cannot be read."""
    if text[at] != '"':
        return f'{path}, line {line}: a quote in a cell that does not begin with one: write the cell in quotes, and "" for the quote'
    if _QUOTED.match(text, at):
        return f'{path}, line {line}: text behind the closing quote of a cell: within quotes, write "" for a quote'
    return f"{path}, line {line}: a quote that is never closed"


def _hint(row: list[str], separator: str) -> str:
    other = next((mark for mark in ",;\t" if mark != separator and any(mark in cell for cell in row)), None)
    return "; is there another separator? --separator says it" if len(row) == 1 and other else ""


def _skip_hxl(path: str, cells: list[list[str]], lines: list[int], notes: list[str]) -> None:
    if cells and any(cells[0]) and all(cell.startswith("#") for cell in cells[0] if cell):
        notes.append(f"{path}, line {lines[0]}: a line of HXL tags is skipped")
        del cells[0], lines[0]


def _drop_nameless(path: str, names: list[str], cells: list[list[str]], lines: list[int], notes: list[str]) -> None:
    """Columns at the end without a name, which a spreadsheet leaves behind; refuses other columns without a name, and a name twice."""
    kept = len(names)
    while kept > 0 and not names[kept - 1].strip():
        kept -= 1
    for column, name in enumerate(names[:kept]):
        if not name.strip():
            raise MissingError(f"{path}: column {column + 1} has no name in the header", column=column)
        if name in names[:column]:
            raise DuplicateError(f"{path}: two columns are named {name!r}", name=name)
    if kept == len(names):
        return
    for row, line in zip(cells, lines, strict=True):
        if any(cell.strip() for cell in row[kept:]):
            raise MissingError(f"{path}, line {line}: a cell in a column that has no name in the header")
        del row[kept:]
    dropped = len(names) - kept
    what = "an empty column without a name at the end is" if dropped == 1 else f"{dropped} empty columns without a name at the end are"
    notes.append(f"{path}: {what} dropped")
    del names[kept:]


def _tell_empty(path: str, text: str, cells: list[list[str]], lines: list[int], notes: list[str]) -> None:
    """A note on empty lines between the rows."""
    empty = [number for number, line in enumerate(_LINE_END.split(text), 1) if not line and 1 < number < lines[-1]]
    within = {  # lines that a cell in quotes holds
        line + more for row, line in zip(cells, lines, strict=True) for more in range(1, sum(len(_LINE_END.findall(c)) for c in row) + 1)
    }
    empty = [number for number in empty if number not in within]
    if empty:
        notes.append(f"{path}, line {empty[0]}: {'an empty line is' if len(empty) == 1 else f'{len(empty)} empty lines are'} skipped")


def one_separator(text: str) -> str:
    """The separator that an option names.

    Raises
    ------
    OptionError
        It is not one character, or one that no separator can be.
    """
    mark = {"tab": "\t", "\\t": "\t"}.get(text, text)
    if len(mark) != 1 or mark in '"\r\n':
        raise OptionError(f"--separator {text!r}: write one character, or tab")
    return mark

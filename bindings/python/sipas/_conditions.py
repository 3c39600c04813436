"""Which rows meet a condition, and which answers are successes: the rules of comparison of the command line.

``=`` and ``!=`` compare codes, as text after NFC and nothing else; ``< <= > >=`` compare numbers, whole ones exactly. A missing cell meets
no condition. A column alone is met by numbers that are not 0, and by TRUE. Successes are compared as people mean them: numbers by their value, texts without regard to blanks around them and to case.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import operator
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sipas._errors import ArgumentError, NotFoundError, RangeError
from sipas._files import Frame, listed, nfc, number_of

_SIGN = re.compile(r"[<>!=]=|[<>=]")
_ORDER = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_SHOWN = 10


def met(frame: Frame, option: str, conditions: Sequence[str]) -> list[bool] | None:
    """Rows that meet all conditions of an option; None without conditions.

    Raises
    ------
    ArgumentError, NotFoundError
        No condition; a column that is not there; no row meets one, or all together.
    RangeError
        A cell that is no number, where ``< <= > >=`` need one.
    """
    if not conditions:
        return None
    rows = [True] * len(frame)
    for condition in conditions:
        rows = [one and other for one, other in zip(rows, _one(frame, option, condition), strict=True)]
    if not any(rows):
        raise NotFoundError(f"--{option} {', '.join(conditions)}: no row meets all of these")
    return rows


def _parts(frame: Frame, option: str, condition: str) -> tuple[str, str, str]:
    """Column, sign, value; where a column's name holds a sign, the split that names the longest column."""
    signs = list(_SIGN.finditer(condition))
    for sign in reversed(signs):
        if nfc(condition[: sign.start()]) in frame:
            break
    else:
        if not signs or signs[0].start() == 0:
            raise ArgumentError(f"--{option} {condition}: write COLUMN, or COLUMN=VALUE with = != < <= > or >=")
        sign = signs[0]
    name, mark, value = condition[: sign.start()], sign[0], condition[sign.end() :]
    frame[name]
    if not value:
        raise ArgumentError(f"--{option} {condition}: the value is missing, and a missing cell meets no condition")
    return name, "=" if mark == "==" else mark, nfc(value)


def _alone(frame: Frame, option: str, name: str) -> list[bool]:
    """Rows where a column says yes."""
    cells = frame.numbers(name) if frame.is_native(name) else listed(frame.codes(name))
    rows = []
    for row, cell in enumerate(cells):
        missing = cell is None or cell != cell or (isinstance(cell, str) and cell.strip().lower() in ("na", "nan"))
        number = 0 if missing else cell if not isinstance(cell, str) else number_of(cell, frame.decimal)
        if number is None:
            number = {"true": 1, "false": 0}.get(_fold(cell))
        if number is None:
            raise RangeError(
                f"{frame.place(row)}: {name}: {cell!r} is neither a number nor TRUE or FALSE: write --{option} {name}=VALUE", name=name
            )
        rows.append(bool(number != 0))
    if not any(rows):
        raise NotFoundError(f"--{option} {name}: no row holds that", name=name)
    return rows


def _one(frame: Frame, option: str, condition: str) -> list[bool]:
    if nfc(condition) in frame or not set(condition) & set("=!<>"):
        frame[condition]  # says which columns there are
        return _alone(frame, option, condition)
    name, sign, value = _parts(frame, option, condition)
    if sign in _ORDER or frame.is_native(name):
        rows = _by_number(frame, option, condition, name, sign, value)
    else:
        codes = listed(frame.codes(name))
        rows = [code is not None and (code == value) == (sign == "=") for code in codes]
    if not any(rows):
        raise NotFoundError(f"--{option} {condition}: no row holds that{_nearly(frame, name, sign, value)}", name=name)
    return rows


def _by_number(frame: Frame, option: str, condition: str, name: str, sign: str, value: str) -> list[bool]:
    wanted: Any = {"true": 1, "false": 0}.get(value.lower(), frame.number_said(value))
    if wanted is None:
        raise ArgumentError(f"--{option} {condition}: {value!r} is no number, and {sign} compares numbers here")
    cells: list[Any] = []
    if frame.is_native(name):
        cells = listed(frame.codes(name))
    else:
        frame.numbers(name)  # refuses what is no number
        gone = [cell is None for cell in listed(frame.numbers(name))]
        cells = [None if out else number_of(cell, frame.decimal) for cell, out in zip(frame.cells(name), gone, strict=True)]
    if sign in _ORDER:
        return [cell is not None and bool(_ORDER[sign](cell, wanted)) for cell in cells]
    return [cell is not None and bool(cell == wanted) == (sign == "=") for cell in cells]


def _nearly(frame: Frame, name: str, sign: str, value: str) -> str:
    """Where cells would match but for blanks, case or the form of a number: how many, and one of them."""
    if sign != "=" or frame.is_native(name):
        return ""
    number = frame.number_said(value)
    close = [
        code for code in listed(frame.codes(name))
        if code is not None and (_fold(code) == _fold(value) or (number is not None and number_of(code, frame.decimal) == number))
    ]  # fmt: skip
    if not close:
        return ""
    return f"; {len(close)} cell{'s' if len(close) > 1 else ''} would but for blanks, case or the form of a number, such as {close[0]!r}"


def _fold(text: str) -> str:
    return nfc(nfc(text).strip().casefold())


def successes(frame: Frame, name: str, values: Sequence[str]) -> list[int | None]:
    """1 where a cell is one of `values`, 0 where it is another, None where it is missing.

    Raises
    ------
    NotFoundError
        No cell of the column holds any of the values; says what there is.
    """
    numbers = None
    try:
        numbers = listed(frame.numbers(name))
    except RangeError:
        pass
    if numbers is not None:
        keys: list[Any] = _exactly(frame, name, numbers)
        wanted: list[Any] = [frame.number_said(value) for value in values]
    else:
        codes = listed(frame.codes(name))
        keys, wanted = _folded(frame, name, codes, values), [_fold(value) for value in values]
    held = Counter(key for key in keys if key is not None)
    unheld = [value for value, key in zip(values, wanted, strict=True) if key not in held]
    if len(unheld) == len(values):
        shown = [str(frame.cells(name)[keys.index(key)]) for key, _ in held.most_common(_SHOWN)]
        there = ", ".join(map(repr, shown)) + (" …" if len(held) > _SHOWN else "") if shown else "nothing but missing values"
        raise NotFoundError(f"--success {', '.join(values)}: no cell of {name} holds that; there is {there}", name=name)
    frame.notes += [f"--success {value}: no cell of {name} holds that" for value in unheld]
    good = {key for key in wanted if key in held}
    return [None if key is None else int(key in good) for key in keys]


def _exactly(frame: Frame, name: str, numbers: list[Any]) -> list[Any]:
    """Numbers as the cells have them: a whole one of any length is not rounded."""
    if frame.is_native(name):
        return numbers
    return [None if x is None else number_of(cell, frame.decimal) for x, cell in zip(numbers, frame.cells(name), strict=True)]


def _folded(frame: Frame, name: str, codes: list[str | None], values: Sequence[str]) -> list[str | None]:
    """Texts as they are compared; notes where that was needed, and where NA is one of them."""
    fold = {code: _fold(code) for code in set(codes) if code is not None}
    exactly = set(values)
    wanted = {_fold(value) for value in values}
    as_written = frame.cells(name)
    needed = sum(code is not None and fold[code] in wanted and cell not in exactly for code, cell in zip(codes, as_written, strict=True))
    if needed:
        frame.notes.append(
            f"--success: {needed} cell{'s' if needed > 1 else ''} of {name} are like a value but for blanks around it, case or "
            "Unicode form (NFC), and count"
        )
    absent = sum(code == "NA" for code in codes)
    if absent and "na" not in wanted:
        frame.notes.append(f"{name}: {absent} cell{'s' if absent > 1 else ''} NA are a text, and no success; --na NA makes them missing")
    return [None if code is None else fold[code] for code in codes]

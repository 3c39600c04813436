"""What a file seems to hold by mistake: a row of totals among the units of a frame.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from sipas._files import Frame, listed, nfc

# As they are written below or above a list of units, without case and without blanks and marks around them.
_TOTALS = frozenset({
    "tổng", "tổng cộng", "tổng số", "cộng", "toàn quốc", "cả nước", "toàn tỉnh", "cả tỉnh", "toàn thành phố", "toàn huyện", "toàn xã",
    "tong cong", "tong so", "toan quoc", "ca nuoc", "toan tinh", "total", "totals", "grand total", "subtotal", "sum", "national total",
    "whole country", "all units",
})  # fmt: skip
_FIRST = frozenset("tcgswna" + "TCGSWNA")
_BEGINNINGS = ("tổng cộng ", "tổng số ", "tong cong ", "grand total ")


def _is_total(text: str) -> bool:
    word = " ".join(nfc(text).casefold().split()).strip(" .:*-()")
    return word in _TOTALS or word.startswith(_BEGINNINGS)


def note_alike(frame: Frame, names: Sequence[str | None]) -> None:
    """Notes on columns of codes, two of which differ only by blanks, case or zeros before them: they are two codes."""
    for name in dict.fromkeys(name for name in names if name is not None):
        if frame.is_native(name):
            continue
        first: dict[str, int] = {}
        for row, code in enumerate(frame.codes(name)):
            if code is not None:
                first.setdefault(code, row)
        plain: dict[str, list[str]] = {}
        for code in first:
            plain.setdefault(_plain(code), []).append(code)
        alike = [codes for codes in plain.values() if len(codes) > 1]
        if not alike:
            continue
        one, other = alike[0][:2]
        pairs = sum(len(codes) - 1 for codes in alike)
        frame.notes.append(
            f"codes_alike: column {name!r}: {one!r} ({frame.place(first[one])}) and {other!r} ({frame.place(first[other])}) differ only by "
            f"blanks, case or zeros before them, and are two codes; there {'is 1 such pair' if pairs == 1 else f'are {pairs} such pairs'}"
        )


def _plain(code: str) -> str:
    """ " 007a" and "7A" are one in it; a lone zero stays."""
    folded = nfc(code).strip().casefold()
    rest = folded.lstrip("0")
    return rest if rest[:1].isdigit() or rest == folded else "0" + rest


def note_totals(frame: Frame, size: str | None) -> None:
    """Notes on rows that look like totals: by a name such as "Tổng cộng", or by a size that is the sum of all others."""
    sizes = None if size is None else listed(frame.numbers(size))
    named = _named_rows(frame)
    for row in sorted(named):
        text, times = named[row]
        note = f"{frame.place(row)}: {text!r} looks like a total, not a unit"
        if times > 1:
            note += f", and so do {times - 1} more rows of that name"
        elif sizes is not None and sizes[row] is not None and _is_sum(sizes, row):
            note += f", and its {size} is the sum of all others"
        frame.notes.append(note + "; --where leaves it out")
    if sizes is None or len(sizes) < 4 or named:
        return
    largest = max((size for size in sizes if size is not None), default=None)
    row = sizes.index(largest)
    if largest is not None and _is_sum(sizes, row):
        frame.notes.append(f"{frame.place(row)}: its {size} is the sum of all others: is it a total, not a unit? --where leaves it out")


def _named_rows(frame: Frame) -> dict[int, tuple[str, int]]:
    """The first row of each name of a total, the name, and how many rows bear it."""
    found: dict[int, tuple[str, int]] = {}
    for name in frame.columns:
        if frame.is_native(name):
            continue
        cells = frame.cells(name)
        for text in {cell for cell in cells if isinstance(cell, str) and cell.lstrip(" *-(")[:1] in _FIRST and _is_total(cell)}:
            rows = [row for row, cell in enumerate(cells) if cell == text]
            if 2 * len(rows) < len(cells):  # what most rows bear is a code
                found.setdefault(rows[0], (text, len(rows)))
    return found


def _is_sum(sizes: list[Any], row: int) -> bool:
    others = math.fsum(size for index, size in enumerate(sizes) if size is not None and index != row)
    return others > 0 and math.isclose(others, sizes[row], rel_tol=1e-9)

"""What a file seems to hold by mistake: a row of totals among the units of a frame.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import math
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


def note_totals(frame: Frame, size: str | None) -> None:
    """Notes on rows that look like totals: by a name such as "Tổng cộng", or by a size that is the sum of all others."""
    sizes = None if size is None else listed(frame.numbers(size))
    named = _named_rows(frame)
    for row in sorted(named):
        note = f"{frame.place(row)}: {named[row]!r} looks like a total, not a unit"
        if sizes is not None and sizes[row] is not None and _is_sum(sizes, row):
            note += f", and its {size} is the sum of all others"
        frame.notes.append(note + "; --where leaves it out")
    if sizes is None or len(sizes) < 4 or named:
        return
    largest = max((size for size in sizes if size is not None), default=None)
    row = sizes.index(largest)
    if largest is not None and _is_sum(sizes, row):
        frame.notes.append(f"{frame.place(row)}: its {size} is the sum of all others: is it a total, not a unit? --where leaves it out")


def _named_rows(frame: Frame) -> dict[int, str]:
    found: dict[int, str] = {}
    for name in frame.columns:
        if frame.is_native(name):
            continue
        cells = frame.cells(name)
        for text in {cell for cell in cells if isinstance(cell, str) and cell.lstrip(" *-(")[:1] in _FIRST and _is_total(cell)}:
            rows = [row for row, cell in enumerate(cells) if cell == text]
            if len(rows) == 1:  # a name that many rows bear is a code
                found.setdefault(rows[0], text)
    return found


def _is_sum(sizes: list[Any], row: int) -> bool:
    others = math.fsum(size for index, size in enumerate(sizes) if size is not None and index != row)
    return others > 0 and math.isclose(others, sizes[row], rel_tol=1e-9)

"""Gate: no file of lib/ knows by itself how long an enumeration is, or what its words are (base/enums.h does).

    check_lib.py [ROOT]

What it finds: a comparison with the last constant of an enumeration, or a check up to it; an array that constants index
without an assertion of its length; a list of words in the order of an enumeration.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from headers import ROOT, Enumeration, Odd, read

MADE = {"lib/base/enums.c", "lib/base/enums.h"}


def largest(enumerations: list[Enumeration]) -> dict[str, str]:
    """The enumeration of each constant that has the largest value of its own."""
    return {c: e.name for e in enumerations for c, v in e.values.items() if v == max(e.values.values()) and e.name != "STATUS"}


def bounds(code: str, last: dict[str, str]) -> Iterator[tuple[int, str]]:
    for found in re.finditer(r"(?:>|<=)\s*(SIPAS_\w+)|options_check\([^;]*?\b(SIPAS_[A-Z]\w+),\s*err\)|\[(SIPAS_\w+) \+ 1\]", code):
        constant = found[1] or found[2] or found[3]
        if constant in last:
            yield found.start(), f"{constant} as the last of its kind: sipas__options_enum(), sipas__enum_has() or SIPAS__END_{last[constant]}"


def arrays(code: str) -> Iterator[tuple[int, str]]:
    for found in re.finditer(r"\b(\w+)\[\](?:\[\w+\])*\s*=\s*{\s*\[SIPAS_[A-Z]\w+\]", code):
        if not re.search(rf"\bSIPAS__(?:EVERY|UP_TO)\({found[1]},", code):
            yield found.start(), f"the length of {found[1]}[] is not asserted: SIPAS__EVERY({found[1]}, …)"


def words(code: str, enumerations: list[Enumeration]) -> Iterator[tuple[int, str]]:
    for found in re.finditer(r'{\s*(?:NULL|"[^"]*")(?:\s*,\s*"[^"]*")+\s*,?\s*}', code):
        listed = re.findall(r'"([^"]*)"', found[0])
        for e in enumerations:
            said = [word for word in e.words if word != "default"]
            if len(said) > 1 and [word for word in listed if word] == said:
                yield found.start(), f"the words of SIPAS_{e.name}_…: sipas__enum_word()"


def labels(code: str, enumerations: list[Enumeration]) -> Iterator[tuple[int, str]]:
    """[SIPAS_DF_DESIGN] = "design", …: the words again."""
    known = {constant: text for e in enumerations for constant, text in zip(e.values, e.words)}
    for found in re.finditer(r'{\s*\[SIPAS_\w+\] = "[^"]*"(?:\s*,\s*\[SIPAS_\w+\] = "[^"]*")*\s*,?\s*}', code):
        pairs = re.findall(r'\[(SIPAS_\w+)\] = "([^"]*)"', found[0])
        if all(known.get(constant) == text for constant, text in pairs):
            yield found.start(), f"the words of {pairs[0][0]} and others: sipas__enum_word()"


def main(root: Path) -> int:
    enumerations = [e for header in read(root) for e in header.enumerations]
    last = largest(enumerations)
    code = 0
    for path in sorted([*root.glob("lib/*/*.c"), *root.glob("lib/*/*.h")]):
        name = str(path.relative_to(root))
        if name in MADE:
            continue
        # Comments go, lines stay.
        text = re.sub(r"/\*.*?\*/", lambda found: "\n" * found[0].count("\n"), path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for at, fault in [*bounds(text, last), *arrays(text), *words(text, enumerations), *labels(text, enumerations)]:
            print(f"{name}:{text.count(chr(10), 0, at) + 1}: {fault}", file=sys.stderr)
            code = 1
    return code


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT))
    except Odd as odd:
        sys.exit(f"check_lib.py: {odd}")

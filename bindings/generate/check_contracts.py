"""Gate: the contract of every public function says its cost, since when it is there, its thread class and its test;
and what takes memory is tried without.

    check_contracts.py [ROOT]

Thread classes (docs/dev/CONVENTIONS.md): `Threads: any.`, `Threads: context.`, `Threads: last.` Tests: `Golden: test_x.`, a program or a
table of tests/golden or another test whose figures come from elsewhere, or `Test: test_x.` for what has no figures. A program that
is named calls the function; a table that is named is read by a program that does.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from headers import ROOT, Odd, read

CLASSES = ("any", "context", "last")


def contracts(text: str) -> dict[str, str]:
    """The comment before each declaration, as one line."""
    found = {}
    for part in text.split("/**")[1:]:
        comment, _, code = part.partition("*/")
        declared = re.match(r"\s*SIPAS_API [^;(]*?(sipas_\w+)\(", code)
        if declared:
            found[declared[1]] = " ".join(re.sub(r"^\s*\*", " ", comment, flags=re.MULTILINE).split())
    return found


def faults(name: str, said: str, tests: dict[str, set[str]], tables: set[str], short: set[str]) -> Iterator[str]:
    like = re.search(r"\bOtherwise as sipas_\w+\(\)", said)  # cost and age are that call's
    if not like and not re.search(r"\bO\([^)]", said):
        yield "no cost, O(…)"
    if not like and not re.search(r"\bSince \d+\.\d+", said):
        yield "not since when"
    kind = re.search(r"\bThreads: (\w+)\.", said)
    if not kind or kind[1] not in CLASSES:
        yield f"no thread class (Threads: {', '.join(CLASSES)})"
    if kind and kind[1] == "context" and not name.endswith("_free") and name not in short:
        yield "it takes memory, and no program of tests/oom calls it"
    callers = {test for test, words in tests.items() if name in words}
    named = [*re.findall(r"\b(?:Golden|Test)(?: test)?: ([^@]*?\.)(?:\s|$)", said)]
    words = [word for part in named for word in re.findall(r"\btest_\w+|\b\w+\.[ct]sv\b", part)]
    if not words:
        yield "no test (Golden: or Test:)"
    for word in words:
        if word.startswith("test_"):
            if word not in tests:
                yield f"{word} is not there"
            elif word not in callers:
                yield f"{word} does not call it"
        elif word not in tables:
            yield f"{word} is not there"
        elif not any(word in tests[test] for test in callers):
            yield f"no test that reads {word} calls it"


def words_of(path: Path) -> set[str]:
    """The calls of a program, and the files that it reads."""
    return set(re.findall(r"\bsipas_\w+|\b\w+\.[ct]sv\b", path.read_text(encoding="utf-8")))


def main(root: Path) -> int:
    tests: dict[str, set[str]] = {}
    for path in root.glob("tests/*/test_*.c"):  # of two programs with one name either may call it
        tests.setdefault(path.stem, set()).update(words_of(path))
    short = {word for path in root.glob("tests/oom/*.c") for word in words_of(path)}  # of memory
    tables = {path.name for path in root.glob("tests/golden/*.[ct]sv")}
    code = 0
    for header in read(root):
        said_of = contracts(header.path.read_text(encoding="utf-8"))
        for function in header.functions:
            said = said_of.get(function.name)
            for fault in ["no contract"] if said is None else faults(function.name, said, tests, tables, short):
                print(f"include/sipas/{header.path.name}: {function.name}: {fault}", file=sys.stderr)
                code = 1
    return code


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT))
    except Odd as odd:
        sys.exit(f"check_contracts.py: {odd}")

"""Lists of words in the documentation of both faces: `method : {"srs", "systematic"}` of a docstring in Python, and
`@param options.method "srs" (default), "systematic"` in Lua, are kept as the enumeration is that the argument has in Python.

A new value is added at the end, a word that is gone is taken out; order and spelling stay as they were written. A value that stands
for "not given" needs no word. A list with … is of examples, and only loses what is gone.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from headers import Enumeration, Header
from vocabulary import options, said

# Calls that take some values only: a new one is written there by hand, when it is taken.
SOME = {"allocate_tree.method", "strata_cut.allocation", "pairs.df", "contrast.df", "mean.missing", "proportion.method"}

ITEM = r'"[\w-]+"(?: \([^)]*\))?'  # of a list in Lua: "error" (default)

Arguments = dict[str, Enumeration]


def listed(words: list[str], e: Enumeration, some: bool) -> list[str]:
    """The words that a list should have, given those that it has."""
    known = said(e) | {word: constant for word, constant in zip(e.words, e.values)}
    kept = [word for word in words if word.replace("-", "_") in known]
    there = {e.values[known[word.replace("-", "_")]] for word in kept}
    new = {e.values[constant]: word for word, constant in reversed(said(e).items()) if e.values[constant] not in there | {0}}
    return kept if some else kept + list(reversed(new.values()))


def of_python(node: ast.ClassDef | ast.FunctionDef, by_type: dict[str, Enumeration]) -> Arguments:
    """The arguments of a function or class that are words of an enumeration."""
    if isinstance(node, ast.FunctionDef):
        given = [(one.arg, one.annotation) for one in [*node.args.args, *node.args.kwonlyargs]]
    else:
        given = [(one.target.id, one.annotation) for one in node.body if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)]
        for one in node.body:
            if isinstance(one, ast.FunctionDef) and one.name == "__init__":
                given += [(each.arg, each.annotation) for each in [*one.args.args, *one.args.kwonlyargs]]
    found = ((name, re.search(r"_choices\.(\w+)", ast.unparse(kind))) for name, kind in given if kind)
    return {name: by_type[kind[1]] for name, kind in found if kind and kind[1] in by_type}


def documented(tree: ast.Module) -> Iterator[ast.ClassDef | ast.FunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node):
            yield node


def in_python(text: str, by_type: dict[str, Enumeration]) -> str:
    """A module with its docstrings as they should be."""
    lines = text.split("\n")
    for node in documented(ast.parse(text)):
        arguments = of_python(node, by_type)
        for at in range(node.body[0].lineno, node.body[0].end_lineno or 0):
            line = re.fullmatch(r"(\s+)([\w, ]+)( : .*?{)([^}…]*)(}.*)", lines[at])
            names = [name for name in line[2].split(", ") if name in arguments] if line else []
            if line and names:
                words = listed(re.findall(r'"([\w-]+)"', line[4]), arguments[names[0]], f"{node.name}.{names[0]}" in SOME)
                if "true" in said(arguments[names[0]]):  # said as True, too
                    words = re.findall(r'"([\w-]+)"', line[4])
                lines[at] = "".join([line[1], line[2], line[3], ", ".join(f'"{word}"' for word in words), line[5]])
    return "\n".join(lines)


def in_lua(text: str, of_calls: dict[str, Arguments]) -> str:
    """A file of the module with its comments as they should be."""
    call = ""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        function = re.fullmatch(r"@function (?:Design:)?(\w+)", line)
        call = function[1] if function else call
        found = re.fullmatch(rf"(@param options\.(\w+) )((?>{ITEM}(?:, {ITEM})+))(.*)", line)
        e = of_calls.get(call, {}).get(found[2]) if found else None
        if found and e and "…" not in line:
            had = {re.sub(r'"([\w-]+)".*', r"\1", item): item for item in re.findall(ITEM, found[3])}
            words = listed(list(had), e, f"{call}.{found[2]}" in SOME)
            lines[at] = found[1] + ", ".join(had.get(word, f'"{word}"') for word in words) + found[4]
    return "\n".join(lines)


def texts(headers: list[Header], root: Path) -> dict[Path, Callable[[str], str]]:
    """What makes each file of the faces as it should be from what it is."""
    by_type = {"".join(part.capitalize() for part in e.name.split("_")): e for e in options(headers)}
    modules = sorted((root / "bindings/python/sipas").glob("_*.py"))
    of_calls: dict[str, Arguments] = {}
    for path in modules:
        for node in documented(ast.parse(path.read_text(encoding="utf-8"))):
            of_calls[node.name] = of_python(node, by_type)
    found: dict[Path, Callable[[str], str]] = {path: lambda text: in_python(text, by_type) for path in modules}
    return found | {path: lambda text: in_lua(text, of_calls) for path in sorted((root / "bindings/lua").glob("*.c"))}

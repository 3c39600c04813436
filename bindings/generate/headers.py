"""The public headers, as a program reads them: enumerations, structs with their layout, functions, constants.

The headers are plain by rule (no inline functions, bit-fields or foreign types; `gates/headers`), so a few patterns read
them. What they hold stands there and nowhere else: the Python module is built from declarations(), and generate.py writes
the rest.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

# Sizes on 64-bit systems (LP64); a type is aligned to its size.
SIZES = {
    "char": 1, "int8_t": 1, "uint8_t": 1, "int16_t": 2, "int": 4, "int32_t": 4, "uint32_t": 4, "float": 4,
    "int64_t": 8, "uint64_t": 8, "size_t": 8, "double": 8,
}  # fmt: skip
POINTER = 8


class Odd(Exception):
    """A header holds what this file cannot read."""


@dataclass
class Enumeration:
    """Constants of one `enum`. `name` is what their names share: LONELY of SIPAS_LONELY_ADJUST."""

    name: str
    values: dict[str, int]  # by the constant's whole name, in the order of the header

    @property
    def words(self) -> dict[str, int]:
        """The values by what their names do not share, as programs write it: adjust."""
        return {word(constant, self.name): value for constant, value in self.values.items()}


@dataclass
class Field:
    name: str
    type: str  # without const
    offset: int
    size: int
    meaning: str = ""  # its comment


@dataclass
class Struct:
    name: str
    fields: list[Field] = field(default_factory=list)
    size: int = 0

    @property
    def grows(self) -> bool:
        """It begins with its own size: fields may be appended."""
        return bool(self.fields) and self.fields[0].name == "struct_size"


@dataclass
class Function:
    name: str
    result: str
    parameters: list[str]


@dataclass
class Header:
    path: Path
    includes: list[str]
    enumerations: list[Enumeration]
    constants: dict[str, int]  # macros that are one number
    structs: list[Struct]
    functions: list[Function]


def without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL).replace("\\\n", " ")


def declarations(text: str) -> str:
    """A header as cffi reads it; constants that are macros keep their name, and the compiler finds their value."""
    text = without_comments(text)
    text = re.sub(r"^#ifdef __cplusplus$.*?^#endif$", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"^#define (SIPAS_\w+) \(?-?\d+\)?\s*$", r"static const int \1;", text, flags=re.MULTILINE)
    text = re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
    return re.sub(r"\bSIPAS_API\b", "", text)


def word(constant: str, name: str) -> str:
    """SIPAS_ADJUST_NONE of ADJUST is "none"."""
    return constant.removeprefix("SIPAS_" + (name + "_" if name != "STATUS" else "")).lower()


def shared(constants: list[str]) -> str:
    """What all names begin with, up to an underscore, without SIPAS_: ADJUST of SIPAS_ADJUST_NONE, SIPAS_ADJUST_HOLM."""
    parts = [constant.split("_")[1:] for constant in constants]
    common: list[str] = []
    for words in zip(*(part[:-1] for part in parts)):
        if len(set(words)) > 1:
            break
        common.append(words[0])
    # The status codes are the one enumeration of several beginnings: SIPAS_OK, SIPAS_ERR_VALUE.
    return "_".join(common) or "STATUS"


def enumerations(text: str) -> list[Enumeration]:
    found = []
    for body in re.findall(r"\benum\s*\w*\s*{([^}]*)}", text):
        values: dict[str, int] = {}
        for part in filter(None, (part.strip() for part in body.split(","))):
            given = re.fullmatch(r"(SIPAS_\w+)\s*=\s*(-?\d+)", part)
            if not given:
                raise Odd(f"the constant `{part}` has no number of its own")
            values[given[1]] = int(given[2])
        found.append(Enumeration(shared(list(values)), values))
    return found


def _field(text: str, known: dict[str, Struct], other: dict[str, str]) -> tuple[str, str, int, int]:
    """Name, type, size and alignment of one declaration of a struct."""
    text = " ".join(text.split())
    given = re.fullmatch(r"(.*?)(\w+)((?:\[\d+\])*)", text)
    if not given:
        raise Odd(f"the field `{text}`")
    kind = " ".join(re.sub(r"\bconst\b", " ", given[1]).split())
    count = 1
    for number in re.findall(r"\d+", given[3]):
        count *= int(number)
    if "*" in kind or other.get(kind) == "*":
        size = align = POINTER
    elif other.get(kind, kind) in SIZES:
        size = align = SIZES[other.get(kind, kind)]
    elif kind in known:
        size, align = known[kind].size, POINTER
    else:
        raise Odd(f"the type `{kind}`")
    return given[2], kind, size * count, align


def _fields(body: str) -> list[str]:
    """The declarations of a struct, one name each: `double a, *b;` is `double a` and `double *b`."""
    found = []
    for statement in filter(None, (part.strip() for part in body.split(";"))):
        first, *others = statement.split(",")
        base = re.match(r"((?:const\s+)?\w+)", first)
        found.append(first)
        found.extend(f"{base[1] if base else ''} {other.strip()}" for other in others)
    return found


def other_names(text: str) -> dict[str, str]:
    """Types that have another name, by that; "*" for a pointer to a function."""
    plain = {new: old for old, new in re.findall(r"\btypedef (\w+) (sipas_\w+);", text)}
    return plain | dict.fromkeys(re.findall(r"\btypedef [^;{]*\(\*(sipas_\w+)\)", text), "*")


def structs(text: str, known: dict[str, Struct], other: dict[str, str]) -> list[Struct]:
    """The structs whose fields are public; `known` are those of other headers, and gets these."""
    found = []
    for name, body in re.findall(r"\btypedef struct (sipas_\w+)\s*{([^}]*)}", text):
        made, most = Struct(name), 1
        for declared in _fields(body):
            called, kind, size, align = _field(declared, known, other)
            offset = -(-made.size // align) * align
            made.fields.append(Field(called, kind, offset, size))
            made.size, most = offset + size, max(most, align)
        made.size = -(-made.size // most) * most
        known[name] = made
        found.append(made)
    return found


def meanings(text: str, struct: Struct) -> None:
    """Gives the fields their comments, from a header as it is."""
    body = re.search(rf"typedef struct {struct.name} {{(.*?)\n}} {struct.name};", text, re.DOTALL)
    for one in struct.fields if body else []:
        found = re.search(rf"\b{one.name}(?:\[\w+\])?;\s*/\*\*<(.*?)\*/", body[1], re.DOTALL)
        one.meaning = " ".join(found[1].split()) if found else ""


def functions(text: str) -> list[Function]:
    found = []
    for result, name, inside in re.findall(r"\bSIPAS_API\s+([^();]*?)(sipas_\w+)\s*\(([^()]*)\)\s*;", text):
        parts = [" ".join(part.split()) for part in inside.split(",")]
        found.append(Function(name, " ".join(result.split()), [] if parts in (["void"], [""]) else parts))
    return found


def read(root: Path = ROOT) -> list[Header]:
    """All public headers, each behind those that it includes, else by name."""
    folder = root / "include" / "sipas"
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.h"))}
    includes = {name: re.findall(r'^#include "(\w+\.h)"', text, re.MULTILINE) for name, text in texts.items()}
    order: list[str] = []

    def add(name: str, above: tuple[str, ...] = ()) -> None:
        if name in above:
            raise Odd(f"{name} includes itself")
        for below in includes[name]:
            if below not in includes:
                raise Odd(f"{name} includes {below}, which is not there")
            add(below, (*above, name))
        if name not in order:
            order.append(name)

    for name in texts:
        add(name)
    known: dict[str, Struct] = {}
    other: dict[str, str] = {}
    found = []
    for name in order:
        text = without_comments(texts[name])
        code = re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
        other |= other_names(code)
        numbers = re.findall(r"^#define (SIPAS_\w+) \(?(-?\d+)\)?\s*$", text, re.MULTILINE)
        try:
            found.append(Header(folder / name, includes[name], enumerations(code), {k: int(v) for k, v in numbers},
                                structs(code, known, other), functions(code)))  # fmt: skip
            for struct in found[-1].structs:
                meanings(texts[name], struct)
        except Odd as odd:
            raise Odd(f"include/sipas/{name}: {odd}") from None
    return found

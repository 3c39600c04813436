"""What is written for Python: words, their types, plain calls, what mypy knows of the module of cffi.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from calls import FIELDS, Call
from headers import Field, Header, Odd, Struct
from vocabulary import MADE, fields_of, filled, lines, named_enumeration, options, plain_calls, said, sorted_out, zero_is_a_number

WORDS_PY = '''"""The words of options, by the enumeration that they belong to, and the numbers whose 0 is one.

{made}

SPDX-License-Identifier: GPL-3.0-or-later
"""

# fmt: off
WORDS: dict[str, dict[str, int]] = {{
{words}
}}

# Real numbers of a struct whose 0 is a number like others, and not "not given".
ZERO: dict[str, frozenset[str]] = {{
{zero}
}}
'''


def words_py(headers: list[Header], _: str) -> str:
    found = []
    for e in options(headers):
        found.append(f'    "{e.name}": {{')
        found += ['        "default": 0,'] if f"SIPAS_{e.name}_DEFAULT" in e.values else []
        found += [f'        "{text}": {e.values[constant]},' for text, constant in said(e).items()]
        found.append("    },")
    structs = [struct for header in sorted_out(headers) for struct in header.structs]
    names = ((struct.name, [one.name for one in struct.fields if one.type == "double" and zero_is_a_number(struct, one)]) for struct in structs)
    zero = (f'    "{name}": frozenset({fields!r}),'.replace("'", '"') for name, fields in names if fields)
    return WORDS_PY.format(made=MADE, words=lines(found), zero=lines(zero))


CHOICES_PY = '''"""The words of options as types, so that a type checker knows them: ``Lonely`` is what ``lonely_psu`` may be.

{made}

SPDX-License-Identifier: GPL-3.0-or-later
"""

from typing import Literal, TypeAlias

# fmt: off
{types}
'''


def choices_py(headers: list[Header], _: str) -> str:
    """A type for each enumeration that a user says words of; where a word has _, - may stand too."""
    found = []
    for e in options(headers):
        texts = (["default"] if f"SIPAS_{e.name}_DEFAULT" in e.values else []) + list(said(e))
        texts = list(dict.fromkeys(form for text in texts for form in (text, text.replace("_", "-"))))
        name = "".join(part.capitalize() for part in e.name.split("_"))
        found += [f"{name}: TypeAlias = Literal[", *(f'    "{text}",' for text in texts), "]"]
    return CHOICES_PY.format(made=MADE, types=lines(found))


CALLS_PY = '''"""The plain calls: each takes the library, and the arguments of the function of its name as locals() has them.

{made}

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sipas._arguments import {arguments}
from sipas._columns import Call
from sipas._context import handle, table_of
from sipas._domains import Groups, domains
from sipas._estimator import Estimator, estimate_opts, variables
from sipas._frame import first
from sipas._plain import alone, each, matrix, numbers, one, structs, tree_argument, tree_of, values, vector_and_table, vector_of
from sipas._table import Table

if TYPE_CHECKING:  # slow to import, or not there yet
    import numpy as np
    from numpy.typing import NDArray

    from sipas._unit import UnitTree

# fmt: off
Given = dict[str, Any]
{calls}
'''

# By the kind of an argument: the statement that reads it, and what it is in the call.
READ = {
    "column": ('{n} = call.column(given["{n}"], "{n}")', "{n}"),
    "one": ('{n} = one(call, given["{n}"], "{n}")', "{n}"),
    "each": ('{n} = each(call, given["{n}"], "{n}", {optional})', "{n}"),
    "values": ('{n} = values(call, given["{n}"], "{n}")', "{n}"),
    "stack": ('{n}, n_{n} = call.stack(given["{n}"], "{n}")', "{n}, n_{n}"),
    "variables": ('{n}, n_{n}, names = variables(call, given["{n}"], "{n}")', "{n}, n_{n}"),
    "numbers": ('{n}, n_{n} = numbers(call, given["{n}"], "{n}")', "{n}, n_{n}"),
    "structs": ('{n}, n_{n} = structs(call, given["{n}"], "{n}", "{of}", {begin}, _{of})', "{n}, n_{n}"),
    "whole": ("", 'whole(given["{n}"], "{n}")'),
    "real": ("", 'real(given["{n}"], "{n}")'),
    "text": ("", 'call.text(given["{n}"], "{n}")'),
    "word": ("", '{choice}(given["{n}"])'),
    "tree": ("", 'given["{n}"]._handle'),
    "estimates": ("", 'instance(given["{n}"], Table, "{n}")._handle'),
    "context": ("", 'handle(given["context"])'),
    "options": ("opts = {opts}", "opts"),
}

# By what a call makes: what calls it, and the type.
MAKE = {
    ("table",): ("table_of(", "Table"),
    ("new_tree",): ("tree_of(", "UnitTree"),
    ("vector",): ("vector_of(call, ", "NDArray[np.float64]"),
    ("vector", "table"): ("vector_and_table(call, ", "tuple[NDArray[np.float64], Table]"),
}


def signatures(root: Path) -> dict[str, list[str]]:
    """The arguments of the functions of the package whose body is a plain call of their name."""
    found = {}
    for path in sorted((root / "bindings/python/sipas").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and ast.unparse(node.body[-1]) == f"return _calls.{node.name}(lib, locals())":
                given = node.args
                found[node.name] = [one.arg for one in [*given.posonlyargs, *given.args, *given.kwonlyargs]]
    return found


def got(name: str) -> str:
    return f'given["{name}"]'


class Writer:
    """Writes the functions; keeps what stands before them: choices, and how structs are read."""

    def __init__(self, headers: list[Header]) -> None:
        self.headers = headers
        self.structs = {struct.name: struct for header in headers for struct in header.structs}
        self.before: dict[str, list[str]] = {}

    def begins(self, name: str) -> str:
        return next((f"lib.{f.name}" for header in self.headers for f in header.functions if f.name == name + "_init"), "None")

    def choice(self, enumeration: str, argument: str) -> str:
        name = f"_{argument}_{enumeration}"
        self.before[name] = [f'{name} = Choice("{enumeration}", "{argument}")']
        return name

    def field(self, struct: Struct, one: Field, name: str, kind: str, value: str) -> str:
        """The item of a field in the dictionary that fills a struct."""
        hints = FIELDS.get(struct.name, "").split()
        either = next((text.partition("|")[2] for text in hints if text.startswith(one.name + "|")), "")
        if kind.startswith("CHOICE"):
            value = f"{self.choice(named_enumeration(self.headers, one.meaning) or '', name)}({value})"
        elif one.name + "**" in hints:
            value = f'matrix({value}, "{name}")'
        elif either:
            return f'"{one.name}" if alone({value}) else "{either}": {value}'
        flag = f', "{one.name}_given": {value} is not None' if kind == "FLAGGED" else ""
        return f'"{one.name}": {value}{flag}'

    def struct(self, name: str) -> None:
        """How an object of the package becomes a struct: its fields, and the columns with rows of their own."""
        struct = self.structs[name]
        items = [self.field(struct, one, called, kind, f"given.{called}") for one, called, kind in fields_of(self.headers, struct)]
        free = [text.rstrip("*") for text in FIELDS.get(name, "").split() if text.endswith("*")]
        self.before[f"_{name}"] = [f"def _{name}(given: Any) -> tuple[Given, list[str]]:", "    return {", *filled(items, 8 * " "), f"    }}, {free!r}".replace("'", '"')]

    def options(self, name: str, arguments: list[str]) -> str:
        struct = self.structs[name]
        fields = fields_of(self.headers, struct)
        if name == "sipas_estimate_opts":  # every estimate has them: the shortest way
            each = [got(one) if one in arguments else "None" for one in ("missing", "level", "deff", "cov", "simultaneous")]
            return f"estimate_opts(call, names, {', '.join(each)})"
        items = [self.field(struct, *one, got(one[1])) for one in fields if one[1] in arguments]
        items += ['"names": call.texts(names)'] if any(one.name == "names" for one in struct.fields) else []
        other = ", ".join(f'"{one.name}": "{called}"' for one, called, _ in fields if called != one.name and called in arguments)
        return lines([f'call.options("{name}", {{', *filled(items, 8 * " "), f"    }}{f', names={{{other}}}' if other else ''})"])

    def begin(self, call: Call, arguments: list[str]) -> list[str]:
        """A call on the rows of a design, of a tree, or of a frame that is its first argument."""
        if call.method:
            return [f"    design: Estimator = {got('self')}", "    call = design._new_call()"]
        if call.has("tree"):
            return ['    call = tree_argument(given["tree"])._new_call()']
        if "data" not in arguments:
            return ["    call = Call()"]
        others = [a.name for a in call.arguments if a.kind in ("column", "stack") and a.name != call.first]
        others += ["by"] if call.has("domains") else []
        for a in call.arguments:
            if a.kind == "options":
                others += [name for _, name, kind in fields_of(self.headers, self.structs[a.of]) if kind == "COLUMN" and name in arguments]
        named = "".join(got(name) + ", " for name in others)
        n = call.first
        return [f'    frame, {got(n)} = first({got("data")}, {got(n)}, "{n}", ({named.strip()}))', "    call = Call(frame=frame)"]

    def check(self, call: Call, arguments: list[str]) -> None:
        """The function has the arguments of its row, and no other."""
        known = {"self", "data", "context", "by", "where", "missing_by"} | {a.name for a in call.arguments}
        for a in call.arguments:
            if a.kind == "options":
                known |= {name for _, name, _ in fields_of(self.headers, self.structs[a.of])}
        unknown = [name for name in arguments if name not in known]
        lacking = [a.name for a in call.arguments if a.name and a.name not in arguments]
        if unknown or lacking:
            raise Odd(f"{call.name} of Python {'has' if unknown else 'lacks'} the argument {(unknown or lacking)[0]}, other than its call in C")

    def call(self, call: Call, arguments: list[str]) -> list[str]:
        self.check(call, arguments)
        body, given = self.begin(call, arguments), []
        groups = f"Groups({got('by')}, {got('where') if 'where' in arguments else None}, {got('missing_by')})"
        for a in call.arguments:
            if a.kind == "structs":
                self.struct(a.of)
            if a.kind in READ:
                read, value = (text.format(
                    n=a.name, of=a.of, begin=self.begins(a.of), optional=a.optional, choice=self.choice(a.of, a.name) if a.kind == "word" else "",
                    opts=self.options(a.of, arguments) if a.kind == "options" else "") for text in READ[a.kind])  # fmt: skip
                body += [f"    {read}"] if read else []
                given.append(value)
            elif a.kind == "domains" and not call.method:
                given.append(f"domains(call, {groups})")
        make, kind = MAKE[tuple(a.kind for a in call.arguments if a.kind in ("table", "vector", "new_tree"))]
        function = f"lib.{call.function}"
        if call.method:
            given = [value for value in given if value != "opts"]
            last = f"design._finish({', '.join([function, 'call', groups, *given, 'opts=opts'])})"
        else:
            last = f"{make}{', '.join([function, *given])})"
        return [f"def {call.name}(lib: Any, given: Given) -> {kind}:", *body, f"    return {last}"]


def calls_py(headers: list[Header], _: str) -> str:
    root = headers[0].path.parents[2]
    found, writer, written = signatures(root), Writer(headers), []
    for call in plain_calls(headers):
        if "python" in call.by_hand:
            continue
        if call.name not in found:
            raise Odd(f"bindings/python/sipas has no function {call.name} that ends in `return _calls.{call.name}(lib, locals())`")
        written.append(writer.call(call, found[call.name]))
    before = [*(text for text in writer.before.values() if len(text) == 1), *(text for text in writer.before.values() if len(text) > 1)]
    text = lines(line for part in [*before, *written] for line in [*(["", ""] if len(part) > 1 else []), *part])
    used = [name for name in ("Choice", "instance", "is_scalar", "real", "whole") if name + "(" in text]
    return CALLS_PY.format(made=MADE, arguments=", ".join(used), calls=text)


PYI = """# The names of the public headers, as the module that cffi makes has them; there is no module of this name.
# {made}
#
# SPDX-License-Identifier: GPL-3.0-or-later
from typing import Any

class Public:
{names}
"""


def python_type(c: str) -> str:
    return "None" if c == "void" else "Any" if "*" in c else "float" if c == "double" else "int"


def pyi(headers: list[Header], _: str) -> str:
    names = []
    for header in sorted_out(headers):
        for constant in [*header.constants, *(constant for e in header.enumerations for constant in e.values)]:
            names.append(f"    {constant}: int")
        for function in header.functions:
            given = "".join(f", {name}: Any" for name in parameter_names(function.parameters))
            names.append(f"    def {function.name}(self{given}, /) -> {python_type(function.result)}: ...")
    return PYI.format(made=MADE, names=lines(names))


def parameter_names(parameters: list[str]) -> list[str]:
    return [re.sub(r"\[.*", "", parameter).split()[-1].lstrip("*") for parameter in parameters]

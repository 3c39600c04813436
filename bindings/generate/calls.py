"""What the faces have to know of each plain call, and C does not say: one row a call.

A plain call reads its arguments, makes the call and returns what C made. The header says what each parameter is; a row says

    C function   name in the faces   name=parameter@place?:kind …   !face

for each parameter that somebody gives a name, in any order. `name=` where the faces have another name than C; `@1` where Lua takes it
without a name, as Python's first argument `data` does for what is at 1; `?` where it may be left out; `:kind` where C's type does not
tell; `?=0.5` what stands for numbers that are left out. `!lua` or `!python`: that face has it by hand. What the library reads from a
design, by and where, the options, threads and progress, and what comes out need no word.

Kinds that C's types tell: `column`; `stack`, columns with their number (stages); `structs`, a list of them; `tree`; `estimates`, a
table; `whole`, `real`, `text`; `word`, by the enumeration that the contract names; `numbers`; and `variables` of a
design. Kinds that a row tells: `each`, a column, or a number for all rows; `one`, a column, or a number that is its only row;
`values`, a column, or one value of any type.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from headers import Function, Header, Odd, Struct

ROWS = """
sipas_size_proportion        sample_size           N=population@1?:one
sipas_precision_proportion   precision_proportion  n@1:each N=population@2?:each
sipas_size_figures           size_figures          figures@1 N=population?:each
sipas_precision_figures      precision_figures     figures@1 n:each N=population?:each
sipas_size_ranking           size_ranking          value@1
sipas_precision_ranking      precision_ranking     value@1 n@2:each
sipas_size_stages            size_stages           stages@1
sipas_precision_stages       precision_stages      stages@1
sipas_components_sample      components_sample     y@1 weights? strata? clusters?
sipas_components_frame       components_frame      y@1 clusters?
sipas_strata_cut             strata_cut            x@1 strata=n_strata
sipas_plan_expect            plan_expect           n@1 size variables?
sipas_inclusion_prob         inclusion_prob        size@1 n@2 !python
sipas_weight_design          design_weights        inclusion_prob@1
sipas_weight_response        response_weights      weights@1 responded@2 cell?
sipas_frame_summary          frame_summary         tree@1
sipas_frame_expand           frame_expand          tree@1 count level
sipas_rank_league            league                estimates@1
sipas_estimate_mean          Design:mean           y@1
sipas_estimate_total         Design:total          y@1
sipas_estimate_quantile      Design:quantile       y@1 probs@2?=0.5
sipas_estimate_proportion    Design:proportion     y@1 success?:values method?
sipas_estimate_alpha         Design:alpha          items=y@1 scale?
sipas_estimate_moment        Design:moment         y@1 kind? scale?
"""

# Of a struct's fields: name=field where the faces have another name; -field where code of the face sets it; field|other where Python
# has one argument for a number and for a column; field* a column with rows of its own, field** a matrix.
FIELDS = {
    "sipas_size_ranking_opts": "N=population sd|sd_of",
    "sipas_size_figure": "weights* covariance** answered* homogeneity_of*",
    "sipas_draw_opts": "-has_seed -n",
    "sipas_draw_plan_opts": "-has_seed",
    "sipas_unit_opts": "-n_measures -measures",
    "sipas_allocate_multi_opts": "-n_variables -n_by -lower_value -upper_value -lower -upper -sd -mean -by -target",
    "sipas_allocate_tree_opts": "-lower_value -upper_value -lower -upper",
    "sipas_estimate_opts": "-names -categories",
    "sipas_estimate_quantile_opts": "-names",
}

# Structs of calls that are written by hand, whose fields Lua reads by their list all the same.
LISTED = ("sipas_draw_opts sipas_draw_stage sipas_draw_plan_opts sipas_unit_opts sipas_frame_impute_opts sipas_allocate_multi_opts "
          "sipas_allocate_tree_opts").split()  # fmt: skip


@dataclass
class Hint:
    """What a row says of a parameter."""

    name: str
    parameter: str
    place: int = 0
    optional: bool = False
    kind: str = ""
    default: str = ""


@dataclass
class Argument:
    """A parameter, or two where the second is the number of the first."""

    kind: str
    name: str = ""
    place: int = 0
    optional: bool = False
    of: str = ""  # the struct or the enumeration; what stands for numbers that are not given
    counted: str = ""  # type of its number, which is the next parameter

    @property
    def is_read(self) -> bool:
        return self.kind not in ("context", "table", "vector", "new_tree", "error")


@dataclass
class Call:
    function: str
    name: str
    method: bool
    by_hand: list[str]
    arguments: list[Argument] = field(default_factory=list)  # in the order of the parameters

    @property
    def first(self) -> str:
        """The argument at the first place."""
        return next(a.name for a in self.arguments if a.place == 1)

    def has(self, kind: str) -> bool:
        return any(a.kind == kind for a in self.arguments)


def hint(text: str) -> Hint:
    found = re.fullmatch(r"(?:(\w+)=)?(\w+)(?:@(\d))?(\?)?(?::(\w+))?(?:=([\d.]+))?", text)
    if not found:
        raise Odd(f"bindings/generate/calls.py: `{text}` is no argument of a row")
    other, parameter, place, optional, kind, default = found.groups()
    return Hint(other or parameter, parameter, int(place or 0), bool(optional), kind or "", default or "")


# Types of parameters, without const, and what they are.
KINDS = {
    "sipas_ctx *": "context", "sipas_design *": "design", "sipas_domains *": "domains", "sipas_error *": "error",
    "sipas_unit_tree *": "tree", "sipas_unit_tree **": "new_tree", "sipas_table *": "estimates", "sipas_table **": "table",
    "sipas_column *": "column", "int64_t": "whole", "int32_t": "word", "double": "real", "char *": "text",
}  # fmt: skip


def arguments(function: Function, hints: dict[str, Hint], structs: dict[str, Struct], word: Callable[[str], str]) -> list[Argument]:
    parts = [re.fullmatch(r"(.*?)(\w+)", part) for part in function.parameters]
    types = [part[1].strip() for part in parts if part]
    names = [part[2] for part in parts if part]
    found: list[Argument] = []
    skip = False
    for i, (c, name) in enumerate(zip(types, names, strict=True)):
        if skip:
            skip = False
            continue
        said = hints.get(name)
        plain = c.removeprefix("const ")
        made = Argument(KINDS.get(plain, ""), said.name if said else "", said.place if said else 0, bool(said and said.optional))
        if plain == "double *":
            made.kind = "numbers" if c.startswith("const") else "vector"
        struct = structs.get(plain.removesuffix(" *"))
        if not made.kind and struct and c.startswith("const"):
            made.kind, made.of = ("options" if struct.name.endswith("_opts") else "structs"), struct.name
        counted = types[i + 1] if i + 1 < len(types) and names[i + 1].startswith("n_") and names[i + 1] not in hints else ""
        if counted.startswith("int") and made.kind in ("column", "structs", "numbers"):
            skip, made.counted = True, counted
        if made.kind == "column" and function.parameters[0].endswith("*design") and name == "y":
            made.kind = "variables" if skip else made.kind
        elif made.kind == "column" and skip:
            made.kind = "stack"
        if made.kind == "word":
            made.of = word(name)
        if said:
            made.kind, made.of = said.kind or made.kind, said.default or made.of
        elif made.kind not in ("context", "design", "domains", "options", "table", "vector", "new_tree", "error"):
            raise Odd(f"bindings/generate/calls.py: the row of {function.name} does not name `{name}`")
        if not made.kind:
            raise Odd(f"bindings/generate/calls.py: {function.name}: `{c} {name}` is nothing that a plain call has")
        found.append(made)
    return found


def calls(headers: list[Header], enumeration_in: Callable[[str], str | None]) -> list[Call]:
    """All rows, with what the headers say of them; `enumeration_in` finds the enumeration that a text names."""

    def word(name: str) -> str:
        said = re.search(rf"@param {name} (.*?)(?=@param|@retval|$)", contract)
        found = enumeration_in(said[1]) if said else None
        if not found:
            raise Odd(f"{function}: its contract does not say which SIPAS_…_ the parameter {name} takes")
        return found

    functions = {f.name: (f, header) for header in headers for f in header.functions}
    structs = {struct.name: struct for header in headers for struct in header.structs}
    texts = {header.path: header.path.read_text(encoding="utf-8") for header in headers}
    found = []
    for row in filter(None, ROWS.splitlines()):
        function, name, *rest = row.split()
        if function not in functions:
            raise Odd(f"bindings/generate/calls.py: {function} is not there")
        hints = [hint(text) for text in rest if not text.startswith("!")]
        declared, header = functions[function]
        before = re.split(rf"SIPAS_API [^;(]*?\b{function}\(", texts[header.path])[0]
        contract = " ".join(before.rpartition("/**")[2].replace("*", " ").split())
        made = Call(function, name.removeprefix("Design:"), name.startswith("Design:"), [text[1:] for text in rest if text.startswith("!")])
        by_parameter = {one.parameter: one for one in hints}
        made.arguments = arguments(declared, by_parameter, structs, word)
        unknown = by_parameter.keys() - {re.sub(r".*?(\w+)$", r"\1", part) for part in declared.parameters}
        if unknown:
            raise Odd(f"bindings/generate/calls.py: {function} has no parameter `{unknown.pop()}`")
        found.append(made)
    return found

"""Writes what the public headers say already: `make generated`. Python 3.11, nothing else; no build needs it.

    generate.py [--root FOLDER]            rewrites the files that are not as the headers say
    generate.py --check [--root FOLDER]    names them, and what to do, and leaves with 1

A constant, a struct, a call or a header is added to include/sipas; the files below follow. They are committed, so that
building the library, the wheel and the rock asks for no Python, and the gate `generated` holds that they are fresh.

    include/sipas.h                     the umbrella's list
    lib/base/enums.h, enums.c           what enumerations there are, the words of their values, how long an array by one is
    examples/common/words.h, words.c    the same for programs that ask a user for a word
    bindings/lua/words.h, words.c       the same for Lua
    bindings/lua/fields.h               how Lua reads each field of the options
    bindings/lua/calls.c                the plain calls in Lua, of which calls.py has a row each
    bindings/python/sipas/_words.py     the same for Python
    bindings/python/sipas/_choices.py   the same as types
    bindings/python/sipas/_calls.py     the plain calls in Python
    bindings/python/sipas/_public.pyi   the names that the module of cffi has, for mypy
    docs/man/libsipas.3                 the list of calls
    tests/abi/test_layout.c             the layout of structs, the values of constants

Layout is a promise: a line of test_layout.c that is there stays. Where the headers no longer say what it says, the binary
interface is broken; who means it deletes the line first.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import difflib
import re
import sys
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path

from calls import FIELDS, Argument, Call, calls
from headers import ROOT, Enumeration, Field, Header, Odd, Struct, read, word

MADE = "Made from the public headers by bindings/generate/generate.py: `make generated` writes it anew."

# The public headers as a reader meets them. A new one takes its place here.
GROUPS = {
    "The ground": ["version.h", "base.h", "column.h", "table.h", "rng.h"],
    "Frame": ["unit.h", "frame.h"],
    "Instruments": ["instrument.h"],
    "Designs": ["design.h"],
    "How many": ["size.h"],
    "Where": ["allocate.h", "strata.h", "allocate_multi.h", "allocate_tree.h"],
    "Whom": ["select.h"],
    "Weights": ["weight.h"],
    "Estimates": [
        "estimate.h", "estimate_proportion.h", "estimate_function.h", "estimate_contrast.h", "estimate_moment.h",
        "estimate_alpha.h", "estimate_quantile.h",
    ],
    "What a plan buys": ["plan.h"],
    "Index and ranks": ["index.h", "rank.h"],
    "Arrow": ["arrow.h"],
}  # fmt: skip

# Values that are no word: what is given beside them says them.
NOT_SAID = {
    "SIPAS_DF_GIVEN": "a number",
    "SIPAS_CONTRAST_DF_GIVEN": "a number",
    "SIPAS_PPS_JOINT": "the matrix",
    "SIPAS_PHASE2_NONE": "no second phase",
}

# Other words of a value: those that R has for it, and those that another enumeration has for the same.
ALIASES = {
    "SIPAS_PPS_FORM_HORVITZ_THOMPSON": ["ht"],
    "SIPAS_PPS_FORM_YATES_GRUNDY": ["yg"],
    "SIPAS_PPS_HARTLEY_RAO": ["hr"],
    "SIPAS_INTERVAL_WALD": ["mean"],
    "SIPAS_INTERVAL_ARCSINE": ["asin"],
    "SIPAS_INTERVAL_ARCSINE_CUT": ["asin_cut"],
    "SIPAS_INTERVAL_AGRESTI_COULL": ["agresti"],
    "SIPAS_QUANTILE_INTERVAL_MEAN": ["wald"],
    "SIPAS_QUANTILE_INTERVAL_ASIN": ["arcsine"],
    "SIPAS_DEFF_WOR": ["true"],
    "SIPAS_DEFF_WR": ["replace"],
}

# Real numbers whose 0 is a number like others. A 0 of the caller's for any other would be taken for "not given": it is refused.
ZERO_IS_A_NUMBER = {
    "sipas_function": "scale constant",
    "sipas_node": "weight",
    "sipas_size_figure": "mean mean_x sd_x correlation homogeneity difference overlap overlap_correlation",
    "sipas_size_stage": "homogeneity relvariance",
    "sipas_size_stages_opts": "fixed_cost",
}

MOST_VALUE = 255  # of an enumeration whose values index an array


def in_groups(headers: list[Header]) -> dict[str, list[Header]]:
    """The headers by group; each stands behind those that it includes."""
    by_name = {header.path.name: header for header in headers}
    listed = [name for names in GROUPS.values() for name in names]
    for name in by_name.keys() ^ set(listed):
        raise Odd(f"{name} is {'in no group of bindings/generate/generate.py' if name in by_name else 'not there'}")
    for place, name in enumerate(listed):
        for below in by_name[name].includes:
            if below not in listed[:place]:
                raise Odd(f"GROUPS has {name} before {below}, which it includes")
    return {title: [by_name[name] for name in names] for title, names in GROUPS.items()}


def sorted_out(headers: list[Header]) -> list[Header]:
    return [header for group in in_groups(headers).values() for header in group]


def options(headers: list[Header]) -> list[Enumeration]:
    """All enumerations but the status codes, whose values index nothing."""
    found = [e for header in sorted_out(headers) for e in header.enumerations if e.name != "STATUS"]
    names = [e.name for e in found]
    for e in found:
        if names.count(e.name) > 1:
            raise Odd(f"two enumerations of constants SIPAS_{e.name}_…")
        if min(e.values.values()) < 0 or max(e.values.values()) > MOST_VALUE:
            raise Odd(f"SIPAS_{e.name}_…: a value below 0 or above {MOST_VALUE}")
    return found


def first_names(e: Enumeration) -> dict[int, str]:
    """The constant of each value; of two with one value the first, the other is its other name."""
    names: dict[int, str] = {}
    for constant, value in e.values.items():
        names.setdefault(value, constant)
    return dict(sorted(names.items()))


# ------------------------------------------------------------------------------------------------------------ umbrella


def umbrella(headers: list[Header], old: str) -> str:
    listed = "".join(f'#include "sipas/{header.path.name}"\n' for header in sorted_out(headers))
    return between(old, '#define SIPAS_H\n\n', "\n#endif", listed)


def between(old: str, start: str, end: str, new: str) -> str:
    """`old` with what stands between two marks replaced; the marks stay."""
    before, found, rest = old.partition(start)
    _, also, after = rest.partition(end)
    if not found or not also:
        raise Odd(f"the marks `{start.strip()}` and `{end.strip()}` are gone")
    return before + start + new + end + after


# -------------------------------------------------------------------------------------------------------- enumerations

ENUMS_H = """/**
 * @file base/enums.h
 * The public enumerations: which values they have, their words, and the length of an array that one of them indexes.
 * {made}
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_BASE_ENUMS_H
#define SIPAS_BASE_ENUMS_H

#include <stddef.h>
#include <stdint.h>

/* clang-format off */

/** Which enumeration: SIPAS__ENUM_LONELY is that of SIPAS_LONELY_ERROR. */
enum {{
{which}
}};

/** One more than the largest value. */
enum {{
{ends}
}};

/* clang-format on */

/** An array by an enumeration has a place for its largest value, or it does not compile: SIPAS__EVERY(formulas, ALLOCATE). */
#define SIPAS__EVERY(array, NAME)                                        \\
    _Static_assert(sizeof(array) / sizeof *(array) == SIPAS__END_##NAME, \\
                   #array " has not a place for every SIPAS_" #NAME "_")

/** The same for a call that takes an enumeration up to `last`, and refuses the others. */
#define SIPAS__UP_TO(array, last) \\
    _Static_assert(sizeof(array) / sizeof *(array) == (size_t)(last) + 1, #array " has not a place up to " #last)

/** Whether an enumeration has this value. */
int sipas__enum_has(int32_t which, int32_t value);

/** The word of a value that the enumeration has: "adjust_zero" of SIPAS_LONELY_ADJUST_ZERO. */
const char *sipas__enum_word(int32_t which, int32_t value);

/** The least and the largest value. */
int32_t sipas__enum_least(int32_t which);
int32_t sipas__enum_most(int32_t which);

#endif
"""

ENUMS_C = """/*
 * The words of the public enumerations.
 * {made}
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/enums.h"

#include <sipas.h>

/* By value; NULL where an enumeration has none. */
/* clang-format off */
{words}
typedef struct words {{
    const char *const *word;
    int32_t end;
}} words;

static const words all[] = {{
{all}
}};
/* clang-format on */

int sipas__enum_has(int32_t which, int32_t value)
{{
    return value >= 0 && value < all[which].end && all[which].word[value] != NULL;
}}

const char *sipas__enum_word(int32_t which, int32_t value)
{{
    return all[which].word[value];
}}

int32_t sipas__enum_least(int32_t which)
{{
    int32_t value = 0;

    while (!all[which].word[value]) value++;
    return value;
}}

int32_t sipas__enum_most(int32_t which)
{{
    return all[which].end - 1;
}}
"""


def lines(parts: Iterable[str]) -> str:
    return "\n".join(parts)


def enums_h(headers: list[Header], _: str) -> str:
    found = options(headers)
    return ENUMS_H.format(
        made=MADE,
        which=lines(f"    SIPAS__ENUM_{e.name}," for e in found).removesuffix(","),
        ends=lines(f"    SIPAS__END_{e.name} = {max(e.values.values()) + 1}," for e in found).removesuffix(","),
    )


def enums_c(headers: list[Header], _: str) -> str:
    found = options(headers)
    words = []
    for e in found:
        words.append(f"static const char *const {e.name.lower()}_words[] = {{")
        words += [f'    [{constant}] = "{word(constant, e.name)}",' for constant in first_names(e).values()]
        words.append("};")
    rows = (f"    [SIPAS__ENUM_{e.name}] = {{{e.name.lower()}_words, SIPAS__END_{e.name}}}," for e in found)
    return ENUMS_C.format(made=MADE, words=lines(words) + "\n", all=lines(rows))


# ------------------------------------------------------------------------------------------------------------ examples

WORDS_H = """/*
 * The words of options, as a user writes them: {{"adjust-zero", SIPAS_LONELY_ADJUST_ZERO}}. Each list ends with NULL; DEFAULT
 * is an option that is not given.
 * {made}
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef WORDS_H
#define WORDS_H

#include <sipas.h>

typedef struct choice {{
    const char *word;
    int32_t value;
}} choice;

/* clang-format off */
{lists}
/* clang-format on */

#endif
"""

WORDS_C = """/*
 * The words of options.
 * {made}
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "words.h"

/* clang-format off */
{lists}
"""


def said(e: Enumeration) -> dict[str, str]:
    """The constants that a user says, by their words and their other words."""
    words = {text: constant for constant, text in zip(e.values, e.words) if text != "default" and constant not in NOT_SAID}
    return words | {alias: constant for constant in words.values() for alias in ALIASES.get(constant, [])}


def choice_names(headers: list[Header]) -> str:
    return lines(f"extern const choice {e.name.lower()}_words[];" for e in options(headers))


def choice_lists(headers: list[Header], between: str = "_") -> str:
    found = []
    for e in options(headers):
        found.append(f"const choice {e.name.lower()}_words[] = {{")
        found += [f'    {{"{text.replace("_", between)}", {constant}}},' for text, constant in said(e).items()]
        found.append("    {NULL, 0},\n};")
    return lines(found)


def words_h(headers: list[Header], _: str) -> str:
    return WORDS_H.format(made=MADE, lists=choice_names(headers))


def words_c(headers: list[Header], _: str) -> str:
    return WORDS_C.format(made=MADE, lists=choice_lists(headers, "-"))


# ----------------------------------------------------------------------------------------------------------------- Lua

LUA_H = """/*
 * The words of options, as a program in Lua writes them.
 * {made}
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_LUA_WORDS_H
#define SIPAS_LUA_WORDS_H

#include <stdint.h>

/* A word of an enumeration; a list of them ends with NULL. */
typedef struct choice {{
    const char *name;
    int32_t value;
}} choice;

/* clang-format off */
{lists}
/* clang-format on */

#endif
"""

LUA_C = """/*
 * The words of options.
 * {made}
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "words.h"

#include <sipas.h>

/* clang-format off */
{lists}
"""


def lua_h(headers: list[Header], _: str) -> str:
    return LUA_H.format(made=MADE, lists=choice_names(headers))


def lua_c(headers: list[Header], _: str) -> str:
    return LUA_C.format(made=MADE, lists=choice_lists(headers))


FIELDS_H = """/*
 * How the fields of options are read: each by its type, an enumeration by its words, as FIELD() has it.
 * {made}
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_LUA_FIELDS_H
#define SIPAS_LUA_FIELDS_H

/* clang-format off */
{fields}
/* clang-format on */

#endif
"""


def named_enumeration(headers: list[Header], meaning: str) -> str | None:
    """The enumeration that a field's comment names: SIPAS_LONELY_ or one of its constants. Of two the longer name."""
    names = sorted((e.name for e in options(headers)), key=len, reverse=True)
    return next((name for name in names if re.search(rf"\bSIPAS_{name}_", meaning)), None)


def zero_is_a_number(struct: Struct, one: Field) -> bool:
    return one.name in ZERO_IS_A_NUMBER.get(struct.name, "").split() or is_flagged(struct, one)


def is_flagged(struct: Struct, one: Field) -> bool:
    """Another field says whether it counts: power and power_given."""
    return one.type == "double" and any(other.name == one.name + "_given" for other in struct.fields)


def takes_truth(headers: list[Header], name: str) -> bool:
    """One of its values may be said as true, and then the first as false."""
    return any("true" in ALIASES.get(constant, []) for e in options(headers) if e.name == name for constant in e.values)


def field_kind(headers: list[Header], struct: Struct, one: Field) -> tuple[str, str, str] | None:
    """Kind, flag and words of an option; None for what no option is."""
    flag, words = "0", "NULL"
    name = named_enumeration(headers, one.meaning) if one.type == "int32_t" else None
    if name:
        kind, words = "CHOICE_OR" if takes_truth(headers, name) else "CHOICE", f"{name.lower()}_words"
    elif one.type == "int32_t":
        kind = "TRUTH" if one.meaning.startswith("1 = ") else "WHOLE"
    elif is_flagged(struct, one):
        kind, flag = "FLAGGED", f"offsetof({struct.name}, {one.name}_given)"
    elif one.type == "double":
        kind = "PLAIN" if zero_is_a_number(struct, one) else "REAL"
    else:
        kinds = {"int64_t": "COUNT", "uint64_t": "WORD", "sipas_column *": "COLUMN", "char *": "TEXT"}
        if one.type not in kinds:
            return None
        kind = kinds[one.type]
    return kind, flag, words


def fields_h(headers: list[Header], _: str) -> str:
    found = []
    for struct in (struct for header in sorted_out(headers) for struct in header.structs):
        for one in struct.fields:
            kind = field_kind(headers, struct, one) if one.name not in ("struct_size", "reserved") else None
            if kind:
                offset = f"offsetof({struct.name}, {one.name})"
                found.append(f"#define FIELD_{struct.name}_{one.name} {kind[0]}, {offset}, {kind[1]}, {kind[2]}")
    return FIELDS_H.format(made=MADE, fields=lines(found))


CALLS_C = """/*
 * The plain calls: how each is read (plain.c does it), and the call itself.
 * {made}
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "plain.h"

/* clang-format off */

/* ---- structs: their fields, how they begin, where the names of variables go ---- */

{forms}

/* ---- calls ---- */

{calls}
const luaL_Reg plain_functions[] = {{
{functions}
    {{NULL, NULL}},
}};
const luaL_Reg plain_methods[] = {{
{methods}
    {{NULL, NULL}},
}};
"""


def structs_of(found: list[Call]) -> list[str]:
    return list(dict.fromkeys(a.of for call in found for a in call.arguments if a.kind in ("structs", "options")))


def fields_of(headers: list[Header], struct: Struct) -> list[tuple[Field, str, str]]:
    """The fields that are options: each with its name in the faces, and its kind in Lua."""
    hints = FIELDS.get(struct.name, "").split()
    other = {text.split("=")[1]: text.split("=")[0] for text in hints if "=" in text}
    found = []
    for one in struct.fields:
        kind = None if one.name in ("struct_size", "reserved") or "-" + one.name in hints else field_kind(headers, struct, one)
        if kind and not one.name.endswith("_given"):
            found.append((one, other.get(one.name, one.name), kind[0]))
    return found


def filled(parts: list[str]) -> list[str]:
    """Parts of a list in full lines, none of them broken."""
    text = ", ".join(part.replace(" ", "\0") for part in parts)
    found = textwrap.wrap(text, 136, initial_indent="    ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    return [line.replace("\0", " ") for line in found]


def lua_form(headers: list[Header], struct: Struct) -> list[str]:
    name, fields = struct.name.removeprefix("sipas_"), []
    for one, called, _ in fields_of(headers, struct):
        fields.append(f"FIELD({struct.name}, {one.name})" if called == one.name else f'FIELD_AS("{called}", {struct.name}, {one.name})')
    inits = struct.grows or any(f.name == struct.name + "_init" for header in headers for f in header.functions)
    names = f"NAMES_IN({struct.name})" if any(one.name == "names" for one in struct.fields) else "0"
    return [
        f"static const option {name}_options[] = {{",
        *filled([*fields, "END"]),
        "};",
        *([f"static void {name}_begin(void *of) {{ {struct.name}_init(of); }}"] if inits else []),
        f"static const form {name}_form = {{{name}_options, sizeof({struct.name}), {name + '_begin' if inits else 'NULL'}, {names}}};",
    ]


def lua_given(argument: Argument, slot: int) -> str:
    """The expressions of an argument in the call; `s` has what was read, `p` the rest."""
    if not argument.is_read:
        return {"context": "p->ctx", "vector": "p->vector", "new_tree": "p->tree", "error": "&p->c.err"}.get(argument.kind) or f"p->table[{slot}]"
    value = {"whole": "n", "word": "n", "real": "real"}.get(argument.kind, "pointer")
    text = f"{'(int32_t)' if argument.kind == 'word' else ''}s[{slot}].{value}"
    cast = "(int32_t)" if argument.counted == "int32_t" else ""
    return text + (f", {cast}s[{slot}].n" if argument.counted else "")


def lua_read(argument: Argument) -> str:
    """The initialiser of how an argument is read."""
    kind = {"each": "column", "one": "column"}.get(argument.kind, argument.kind)
    of = {"structs": f"&{argument.of.removeprefix('sipas_')}_form", "options": f"&{argument.of.removeprefix('sipas_')}_form",
          "word": f"{argument.of.lower()}_words", "numbers": f"&(const double){{{argument.of}}}"}.get(kind, "NULL")  # fmt: skip
    name = f'"{argument.name}"' if argument.name else "NULL"
    return f"{{READ_{kind.upper()}, {name}, {argument.place}, {int(argument.optional)}, {of}}}"


def lua_call(call: Call) -> list[str]:
    given, read, tables = [], [], 0
    for argument in call.arguments:
        given.append(lua_given(argument, tables if argument.kind == "table" else len(read)))
        tables += argument.kind == "table"
        if argument.is_read:
            read.append(lua_read(argument))
    what = [f".{kind} = 1" for kind in ("context", "vector", "new_tree") if call.has(kind)] + ([f".tables = {tables}"] if tables else [])
    return [
        f"static sipas_status run_{call.name}(plain *p, const slot *s) {{ return {call.function}({', '.join(given)}); }}",
        f'static const row {call.name}_row = {{"{call.name}", run_{call.name}, {", ".join(what)}, .n = {len(read)}, .read = {{',
        *filled(read),
        "}};",
        f"static int {call.name}(lua_State *L) {{ return plain_call(L, &{call.name}_row); }}",
        "",
    ]


def calls_c(headers: list[Header], _: str) -> str:
    found = [call for call in plain_calls(headers) if "lua" not in call.by_hand]
    by_name = {struct.name: struct for header in headers for struct in header.structs}
    listed = [[f'    {{"{call.name}", {call.name}}},' for call in found if call.method == method] for method in (False, True)]
    return CALLS_C.format(
        made=MADE, forms=lines(line for name in structs_of(found) for line in lua_form(headers, by_name[name])),
        calls=lines(line for call in found for line in lua_call(call)), functions=lines(listed[0]), methods=lines(listed[1]),
    )  # fmt: skip


def plain_calls(headers: list[Header]) -> list[Call]:
    return calls(headers, lambda text: named_enumeration(headers, text))


# -------------------------------------------------------------------------------------------------------------- Python

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


# ------------------------------------------------------------------------------------------------------------ man page

MAN_START = '.\\" The list of calls: made by `make generated`.\n'
MAN_END = '.\\" The end of the list.\n'


def man(headers: list[Header], old: str) -> str:
    rows = []
    for title, group in in_groups(headers).items():
        rows.append(f".It {title} Pq Pa {' , '.join(header.path.name for header in group)}")
        names = [f.name for header in group for f in header.functions if not f.name.endswith("_init")]
        rows += [f".Fn {name} ," for name in names[:-1]] + [f".Fn {names[-1]} ."]
    return between(old, MAN_START, MAN_END, lines([".Bl -tag -width Ds", *rows, ".El"]) + "\n")


# -------------------------------------------------------------------------------------------------------------- layout

LAYOUT = """/*
 * Gate: the layout of the public face, on 64-bit systems (LP64). Sizes and offsets of every public struct
 * and values of every public constant, asserted at compile time: the program that compiles has passed.
 * {made}
 *
 * A line that fails here is a change of the binary interface (docs/dev/VERSIONING.md). New fields at the end of an
 * options struct, new constants and new structs bring new lines.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas.h>

#include <stddef.h>

#define SIZE(type, size) _Static_assert(sizeof(type) == (size), "size of " #type)
#define AT(type, field, offset, size) \\
    _Static_assert(offsetof(type, field) == (offset) && sizeof(((type *)0)->field) == (size), #type "." #field)
#define IS(constant, value) _Static_assert((constant) == (value), #constant)

#if defined(__LP64__)

/* NOLINTBEGIN(bugprone-sizeof-expression): the size of a pointer is what is meant. */

{asserted}
/* NOLINTEND(bugprone-sizeof-expression) */

#endif

int main(void)
{{
    return 0;
}}
"""


def layout_of(header: Header) -> list[str]:
    """The lines of one header; [] when it has neither a constant nor a struct."""
    values = {k: v for k, v in header.constants.items() if not re.match("SIPAS_(VERSION|ABI_VERSION)", k)}
    for e in header.enumerations:
        values |= e.values
    found = [f"IS({constant}, {value});" for constant, value in values.items()]
    for struct in header.structs:
        found += [""] if found else []
        found.append(f"SIZE({struct.name}, {struct.size});")
        found += [f"AT({struct.name}, {f.name}, {f.offset}, {f.size});" for f in struct.fields]
    return [f"/* {header.path.name} */", *found, ""] if found else []


def promised(text: str) -> set[str]:
    return set(re.findall(r"^(?:SIZE|AT|IS)\([^#\n]*\);$", text, re.MULTILINE))


def layout(headers: list[Header], old: str) -> str:
    new = LAYOUT.format(made=MADE, asserted=lines(line for header in sorted_out(headers) for line in layout_of(header)))
    grow = {struct.name for header in headers for struct in header.structs if struct.grows}
    broken = [line for line in sorted(promised(old) - promised(new))
              if not any(line.startswith(f"SIZE({name},") for name in grow)]  # fmt: skip
    if broken:
        raise Odd(f"the binary interface breaks: tests/abi/test_layout.c says {broken[0]} and the headers do not"
                  + (f" ({len(broken) - 1} more)" if len(broken) > 1 else "") + "; delete the line if that is meant")
    return new


# ---------------------------------------------------------------------------------------------------------------- main

FILES: dict[str, Callable[[list[Header], str], str]] = {
    "include/sipas.h": umbrella,
    "lib/base/enums.h": enums_h,
    "lib/base/enums.c": enums_c,
    "examples/common/words.h": words_h,
    "examples/common/words.c": words_c,
    "bindings/lua/words.h": lua_h,
    "bindings/lua/words.c": lua_c,
    "bindings/lua/fields.h": fields_h,
    "bindings/lua/calls.c": calls_c,
    "bindings/python/sipas/_words.py": words_py,
    "bindings/python/sipas/_choices.py": choices_py,
    "bindings/python/sipas/_public.pyi": pyi,
    "docs/man/libsipas.3": man,
    "tests/abi/test_layout.c": layout,
}


def stale(root: Path) -> dict[Path, tuple[str, str]]:
    """Old and new text of the files that are not as the headers say."""
    headers = read(root)
    found = {}
    for name, make in FILES.items():
        path = root / name
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        new = make(headers, old)
        if new != old:
            found[path] = old, new
    return found


def main(arguments: list[str]) -> int:
    check = "--check" in arguments
    root = Path(arguments[arguments.index("--root") + 1]).resolve() if "--root" in arguments else ROOT
    try:
        found = stale(root)
    except Odd as odd:
        print(f"generate.py: {odd}", file=sys.stderr)
        return 1
    for path, (old, new) in found.items():
        name = path.relative_to(root)
        if not check:
            path.write_text(new, encoding="utf-8")
            print(f"  WROTE {name}")
            continue
        print(f"{name} is not what the headers say: `make generated`", file=sys.stderr)
        sys.stderr.writelines(list(difflib.unified_diff(old.splitlines(True), new.splitlines(True), "is", "should be", n=0))[:12])
    return 1 if check and found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

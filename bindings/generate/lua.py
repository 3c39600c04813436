"""What is written for Lua: words, how fields of the options are read, plain calls.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

from calls import LISTED, Argument, Call
from headers import Header, Struct
from vocabulary import MADE, begins, choice_lists, choice_names, field_kind, fields_of, filled, lines, plain_calls, sorted_out, structs_of

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


def lua_options(headers: list[Header], struct: Struct) -> list[str]:
    name, fields = struct.name.removeprefix("sipas_"), []
    for one, called, _ in fields_of(headers, struct):
        fields.append(f"FIELD({struct.name}, {one.name})" if called == one.name else f'FIELD_AS("{called}", {struct.name}, {one.name})')
    storage = "const" if struct.name in LISTED else "static const"
    return [f"{storage} option {name}_options[] = {{", *filled([*fields, "END"]), "};"]


def lua_form(headers: list[Header], struct: Struct) -> list[str]:
    name, inits = struct.name.removeprefix("sipas_"), begins(headers, struct)
    names = f"NAMES_IN({struct.name})" if any(one.name == "names" for one in struct.fields) else "0"
    return [
        *lua_options(headers, struct),
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
        made=MADE, forms=lines([*(line for name in structs_of(found) for line in lua_form(headers, by_name[name])),
                                *(line for name in LISTED for line in lua_options(headers, by_name[name]))]),
        calls=lines(line for call in found for line in lua_call(call)), functions=lines(listed[0]), methods=lines(listed[1]),
    )  # fmt: skip

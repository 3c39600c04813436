"""Writes what the public headers say already: `make generated`. Python 3.11, nothing else; no build needs it.

    generate.py [--root FOLDER]            rewrites the files that are not as the headers say
    generate.py --check [--root FOLDER]    names them, and what to do, and leaves with 1

A constant, a struct, a call or a header is added to include/sipas; the files below follow. They are committed, so that
building the library, the wheel and the rock asks for no Python, and the gate `generated` holds that they are fresh.

    include/sipas.h                     the umbrella's list
    lib/base/sizes.c                    the sizes that options ever had: those that it says already, and today's
    lib/base/enums.h, enums.c           what enumerations there are, the words of their values, how long an array by one is
    examples/common/words.h, words.c    the same for programs that ask a user for a word
    bindings/lua/words.h, words.c       the same for Lua
    bindings/lua/fields.h               how Lua reads each field of the options
    bindings/lua/calls.c                the plain calls in Lua, of which calls.py has a row each
    bindings/python/sipas/_words.py     the same for Python
    bindings/python/sipas/_choices.py   the same as types
    bindings/python/sipas/_calls.py     the plain calls in Python
    bindings/python/sipas/_public.pyi   the names that the module of cffi has, for mypy
    bindings/python/sipas, bindings/lua the words that documentation lists (texts.py)
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
from collections.abc import Callable
from pathlib import Path

from headers import ROOT, Header, Odd, read, word
from lua import calls_c, fields_h, lua_c, lua_h
from python import calls_py, choices_py, pyi, words_py
from texts import texts
from vocabulary import MADE, between, choice_lists, choice_names, first_names, in_groups, lines, options, sorted_out

# ------------------------------------------------------------------------------------------------------------ umbrella


def umbrella(headers: list[Header], old: str) -> str:
    listed = "".join(f'#include "sipas/{header.path.name}"\n' for header in sorted_out(headers))
    return between(old, '#define SIPAS_H\n\n', "\n#endif", listed)


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


def words_h(headers: list[Header], _: str) -> str:
    return WORDS_H.format(made=MADE, lists=choice_names(headers))


def words_c(headers: list[Header], _: str) -> str:
    return WORDS_C.format(made=MADE, lists=choice_lists(headers, "-"))


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


# ----------------------------------------------------------------------------------------------------- sizes of options

SIZES = """/*
 * The sizes that structs of options have had, the latest last: what an older caller's struct may end with. A size that was published
 * stays. {made}
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/sizes.h"

/* clang-format off */

const sipas__struct_sizes sipas__published_sizes[] = {{
{entries}
    {{NULL, {{0}}}},
}};

/* clang-format on */
"""
_SIZES = re.compile(r'^    \{"(\w+)", \{([0-9, ]+)\}\},$', re.MULTILINE)


def sizes_c(headers: list[Header], old: str) -> str:
    known = {name: {int(size) for size in sizes.split(",")} for name, sizes in _SIZES.findall(old)}
    entries = []
    for struct in (struct for header in sorted_out(headers) for struct in header.structs if struct.grows):
        ends = {field.offset + field.size for field in struct.fields}
        sizes = sorted(known.get(struct.name, set()) | {struct.size})
        cut = [size for size in sizes if size not in ends or size > struct.size]
        if cut:
            raise Odd(f"lib/base/sizes.c: {struct.name} had {cut[0]} bytes, where no field ends now; delete the size if that is meant")
        entries.append(f'    {{"{struct.name}", {{{", ".join(map(str, sizes))}}}}},')
    return SIZES.format(made=MADE, entries=lines(entries))


# ---------------------------------------------------------------------------------------------------------------- main

FILES: dict[str, Callable[[list[Header], str], str]] = {
    "include/sipas.h": umbrella,
    "lib/base/sizes.c": sizes_c,
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
    "bindings/python/sipas/_calls.py": calls_py,
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
    for path, keep in texts(headers, root).items():
        old = found[path][1] if path in found else path.read_text(encoding="utf-8")
        new = keep(old)
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

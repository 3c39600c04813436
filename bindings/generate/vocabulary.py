"""What the generators know besides the headers: the groups of headers, other words of values, numbers whose 0 is one; and how
they read a field of the options.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

from calls import FIELDS, Call, calls
from headers import Enumeration, Field, Header, Odd, Struct

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
        raise Odd(f"{name} is {'in no group of bindings/generate/vocabulary.py' if name in by_name else 'not there'}")
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


def between(old: str, start: str, end: str, new: str) -> str:
    """`old` with what stands between two marks replaced; the marks stay."""
    before, found, rest = old.partition(start)
    _, also, after = rest.partition(end)
    if not found or not also:
        raise Odd(f"the marks `{start.strip()}` and `{end.strip()}` are gone")
    return before + start + new + end + after


def lines(parts: Iterable[str]) -> str:
    return "\n".join(parts)


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


def filled(parts: list[str], indent: str = "    ") -> list[str]:
    """Parts of a list in full lines, none of them broken."""
    text = " ".join(part.replace(" ", "\0") + "," for part in parts)
    found = textwrap.wrap(text, 136, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return [line.replace("\0", " ") for line in found]


def begins(headers: list[Header], struct: Struct) -> str:
    """The function that gives a struct its defaults; "" where they are zeros."""
    return next((f.name for header in headers for f in header.functions if f.name == struct.name + "_init"), "")


def plain_calls(headers: list[Header]) -> list[Call]:
    return calls(headers, lambda text: named_enumeration(headers, text))

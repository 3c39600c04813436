"""Groups: the columns of `by`, crossed, at one level or several.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sipas import _choices
from sipas._arguments import Choice
from sipas._columns import Call, Column, named
from sipas._sipas import ffi, lib

#: A dict of columns, which are crossed; or a list of such dicts, one for each level, `{}` being the whole. Of a design with a frame also a
#: name, a list of names, which are crossed, or a list of levels, each a dict, a name or a tuple of names, `()` being the whole. Groups
#: ascend by their codes, or come in the order of the categories of a categorical (pandas, polars, Arrow) or of `Ordered`.
By = Mapping[str, Column] | str | Sequence[Mapping[str, Column] | str | tuple[str, ...]] | None


_missing_by = Choice("MISSING_BY", "missing_by")


class Groups(NamedTuple):
    """What a call is asked for groups."""

    by: By
    where: Column | None
    missing_by: _choices.MissingBy


def levels(by: By) -> tuple[dict[str, Column], list[int]]:
    """All `by` columns, in the order of their first appearance, and the levels as bit masks of them."""
    if by is None:
        return {}, []
    dicts = [by] if not isinstance(by, (list, tuple)) else list(by)
    columns: dict[str, Column] = {}
    for one in dicts:
        for column, name in zip(*_by_columns(one), strict=True):
            if columns.setdefault(name, column) is not column:
                raise ValueError(f"by: {name!r} is another column in another level")
    order = list(columns)
    masks = [sum(1 << order.index(name) for name in _by_columns(one)[1]) for one in dicts]
    return columns, masks if isinstance(by, (list, tuple)) else []


def _by_columns(one: Any) -> tuple[list[Any], list[str]]:
    if isinstance(one, Mapping) and not one:
        return [], []
    columns, names = named(one, "by", None)
    if names is None:
        raise TypeError("by: a dict of columns is expected, or a list of such dicts")
    return columns, names


def domains(call: Call, groups: Groups) -> Any:
    """The groups of a call as ``sipas_domains *``; NULL for the whole."""
    by, where, rule = groups.by, groups.where, _missing_by(groups.missing_by)
    if by is None and where is None:
        return ffi.NULL
    struct = ffi.new("sipas_domains *")
    lib.sipas_domains_init(struct)
    columns, masks = levels(call.groups(by))
    struct.n_by = len(columns)
    struct.by, struct.orders = call.ordered(list(columns.values()), [f"by[{name!r}]" for name in columns])
    struct.names = call.texts(list(columns)) if columns else ffi.NULL
    if masks:
        array = ffi.new("uint32_t[]", masks)
        struct.n_levels, struct.levels = len(masks), array
        call.keep.append(array)
    struct.where, struct.missing_by = call.column(where, "where"), rule
    return struct

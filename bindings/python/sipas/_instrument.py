"""Instruments: the questionnaire as a tree, block, factor, criterion, item.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sipas import _choices
from sipas._arguments import Choice, flag, real, several, whole
from sipas._columns import Call, Columns, named
from sipas._errors import Held, NotFoundError, check, new_error
from sipas._sipas import ffi, lib
from sipas._table import text

_kind = Choice("NODE", "kind")
_type = Choice("ITEM", "type")
_role = Choice("ROLE", "role")


@dataclass(frozen=True, slots=True)
class Node:
    """A node of an instrument: an item that is asked, or an aggregate.

    Answers of an item: ``first_code … first_code + levels - 1`` are valid; codes in `dont_know` and `not_applicable` are told
    apart from them and from a missing answer, and are not scored.
    """

    code: str
    parent: str | None = None
    name: str | None = None
    name_vi: str | None = None
    kind: _choices.Node = "item"
    type: _choices.Item | None = None
    role: _choices.Role | None = None
    levels: int = 0
    first_code: int = 0
    reversed: bool = False
    weight: float = 0.0
    dont_know: tuple[int, ...] = ()
    not_applicable: tuple[int, ...] = ()


class Instrument(Held):
    """An instrument; immutable.

    Parameters
    ----------
    id : str
        Its name.
    nodes : sequence of Node
        In any order; they are kept items first, the root last.
    source : str, optional
        Where it comes from, one sentence.

    Raises
    ------
    DuplicateError, TreeError, RangeError
        Two nodes with one code; no tree; a node outside the rules. Names the node.

    Examples
    --------
    >>> form = Instrument.builtin("1001/2023")
    >>> len(form.items), form.nodes[-1].code
    (39, 'SIPAS')
    """

    __slots__ = ("_handle", "_nodes")
    _instead = "its nodes do"

    def __init__(self, id: str, nodes: Sequence[Node], *, source: str | None = None) -> None:
        nodes = several(nodes, Node, "nodes")
        call, structs, error = Call(), ffi.new("sipas_node[]", len(nodes)), new_error()
        for struct, node in zip(structs, nodes, strict=True):
            _write(struct, node, call)
        out = ffi.new("sipas_instrument **")
        check(
            lib.sipas_instrument_new(ffi.NULL, call.text(id, "id"), call.text(source, "source"), structs, len(nodes), out, error), error
        )
        self._handle = ffi.gc(out[0], lib.sipas_instrument_free)
        self._nodes: tuple[Node, ...] | None = None

    @classmethod
    def builtin(cls, id: str) -> Instrument:
        """A built-in instrument: ``"1001/2023"`` (39 items, 2023 to 2026) or ``"2022"`` (33 items).

        Raises
        ------
        NotFoundError
            There is no such instrument; the message lists those there are.
        """
        handle = lib.sipas_instrument_builtin(Call().text(id, "id"))
        if handle == ffi.NULL:
            raise NotFoundError(
                f"no built-in instrument {id!r}; there are {', '.join(cls.builtins())}",
                code=lib.SIPAS_ERR_NOT_FOUND,
                name=id,
            )
        self = cls.__new__(cls)
        self._handle, self._nodes = handle, None
        return self

    @staticmethod
    def builtins() -> tuple[str, ...]:
        """Ids of the built-in instruments."""
        return tuple(text(lib.sipas_instrument_get_builtin_id(i)) for i in range(lib.sipas_instrument_count_builtin()))

    @property
    def id(self) -> str:
        """Its name."""
        return text(lib.sipas_instrument_get_id(self._handle))

    @property
    def source(self) -> str:
        """Where it comes from; "" when that was not said."""
        return text(lib.sipas_instrument_get_source(self._handle))

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes: the items first, every other one after its children, the root last."""
        if self._nodes is None:
            count = lib.sipas_instrument_count_nodes(self._handle)
            self._nodes = tuple(_read(lib.sipas_instrument_get_node(self._handle, index)) for index in range(count))
        return self._nodes

    @property
    def items(self) -> tuple[Node, ...]:
        """The nodes that are asked, in the order in which answers are given."""
        return self.nodes[: lib.sipas_instrument_count_items(self._handle)]

    def answers(self, item: str) -> tuple[int, ...]:
        """All answers that an item declares, as `categories` of a distribution: valid codes ascending, then don't know, then not applicable.

        Raises
        ------
        NotFoundError
            There is no such node.
        """
        index, codes = self._find(item, "item"), ffi.new("int64_t[108]")
        return tuple(codes[0 : lib.sipas_instrument_copy_answers(self._handle, index, codes)])

    def _find(self, code: str, name: str) -> int:
        index, error = ffi.new("int64_t *"), new_error()
        check(lib.sipas_instrument_find(self._handle, Call().text(code, name), index, error), error)
        return int(index[0])

    def score(self, item: str, answer: int, *, scoring: str = "top2") -> float:
        """Score of one answer, 0-100.

        Raises
        ------
        NotFoundError, RangeError
            There is no such item; the answer is none of its codes.
        """
        out, error = ffi.new("double *"), new_error()
        node = lib.sipas_instrument_get_node(self._handle, self._find(item, "item"))
        check(lib.sipas_index_score(node, scoring_rule(scoring), whole(answer, "answer", -(2**31), 2**31 - 1), out, error), error)
        return float(out[0])

    def __repr__(self) -> str:
        return f"<Instrument {self.id!r}: {len(self.items)} items, {len(self.nodes)} nodes>"


scoring_rule = Choice("SCORING", "scoring")


def _name(choice: Choice, value: int) -> Any:
    return next((name for name, number in choice.values.items() if number == value), None)


def _read(node: Any) -> Node:
    return Node(
        code=text(node.code),
        parent=text(node.parent) or None,
        name=text(node.name) or None,
        name_vi=text(node.name_vi) or None,
        kind=_name(_kind, node.kind),
        type=_name(_type, node.type),
        role=_name(_role, node.role),
        levels=node.levels,
        first_code=node.first_code,
        reversed=bool(node.reversed),
        weight=node.weight,
        dont_know=tuple(node.dont_know[0 : node.n_dont_know]),
        not_applicable=tuple(node.not_applicable[0 : node.n_not_applicable]),
    )


def _write(struct: Any, node: Node, call: Call) -> None:
    for name in ("code", "parent", "name", "name_vi"):
        setattr(struct, name, call.text(getattr(node, name), name))
    struct.kind, struct.type, struct.role = _kind(node.kind), _type(node.type), _role(node.role)
    call.write(struct, {"levels": node.levels, "first_code": node.first_code, "reversed": flag(node.reversed, "reversed")})
    struct.weight = real(node.weight, "weight")
    for name in ("dont_know", "not_applicable"):
        codes = getattr(node, name)
        if len(codes) > 4:
            raise ValueError(f"{name}: node {node.code} has {len(codes)} codes, 4 are the most")
        setattr(struct, "n_" + name, len(codes))
        getattr(struct, name)[0 : len(codes)] = codes


def answer_columns(answers: Columns, instrument: Instrument) -> tuple[list[Any], list[str]]:
    """Answers in the instrument's order, from a 2-D array or from columns by item.

    Raises
    ------
    ValueError
        An item without a column, or an array of another width.
    """
    items = [node.code for node in instrument.items]
    if isinstance(answers, np.ndarray):
        if answers.ndim != 2 or answers.shape[1] != len(items):
            raise ValueError(f"answers: shape {answers.shape} where (rows, {len(items)}) is expected")
        columns = [answers[:, index] for index in range(len(items))]
    elif isinstance(answers, (list, tuple)):
        if len(answers) != len(items):
            raise ValueError(f"answers: {len(answers)} columns where {len(items)} are expected")
        columns = list(answers)
    else:
        given, names = named(answers, "answers", None)
        by_name: Mapping[str, Any] = dict(zip(names or [], given, strict=False))
        absent = [item for item in items if item not in by_name]
        if absent:
            raise ValueError(f"answers: no column for item {absent[0]}" + (f" and {len(absent) - 1} more" if absent[1:] else ""))
        columns = [by_name[item] for item in items]
    return columns, [f"answers[{item!r}]" for item in items]

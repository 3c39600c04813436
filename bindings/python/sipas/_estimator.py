"""What every estimator of a design does: variables in, options, groups, the call, the table.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sipas import _choices
from sipas._arguments import Choice, flag, given
from sipas._columns import Call, Column, Columns, named
from sipas._context import check
from sipas._domains import Groups, domains
from sipas._errors import Held, new_error
from sipas._sipas import ffi, lib
from sipas._table import Table

missing_rule = Choice("MISSING", "missing")
_deff = Choice("DEFF", "deff")
_simultaneous = Choice("SIMULTANEOUS", "simultaneous")


class Estimator(Held):
    """A design, as its estimators see it."""

    __slots__ = ("_handle",)

    _call: Call  # what the design borrows: its frame, its index
    _handle: Any

    def __len__(self) -> int:
        """Number of rows."""
        return int(lib.sipas_design_count_rows(self._handle))

    def _new_call(self) -> Call:
        """A call on the rows of this design: names are of its frame, and columns are aligned to its index."""
        return Call(len(self), self._call.frame, self._call.index)

    def _run_categories(
        self,
        function: Any,
        y: Column | Columns,
        groups: Groups,
        kind: int,
        categories: Column | None,
        *,
        level: float,
        deff: _choices.Deff | bool,
        cov: bool,
        simultaneous: _choices.Simultaneous = "none",
    ) -> Table:
        """Estimate of the categories of one variable: those given, or its own where it is a categorical."""
        call = self._new_call()
        values, names, labels = _opened(call, y, "y")
        if len(values) != 1:
            raise ValueError(f"y: {len(values)} variables where a distribution has one")
        columns, orders = call.ordered(values, labels)
        opts = estimate_opts(call, names, "available", level, deff, cov, simultaneous)
        opts.categories = orders if categories is None else call.column(categories, "categories", None)
        return self._finish(function, call, groups, columns, kind, opts=opts)

    def _finish(self, function: Any, call: Call, groups: Groups, *arguments: Any, opts: Any) -> Table:
        out, error = ffi.new("sipas_table **"), new_error()
        check(function(self._handle, *arguments, domains(call, groups), opts, out, error), error)
        return Table(out[0], design=self)  # `change` and covariances read its columns


def variables(call: Call, y: Column | Columns, argument: str) -> tuple[Any, int, list[str] | None]:
    values, names, labels = _opened(call, y, argument)
    return call.columns(values, labels), len(values), names


def _opened(call: Call, y: Column | Columns, argument: str) -> tuple[list[Any], list[str] | None, list[str]]:
    """Variables, their names where they have any, and what messages call them."""
    values, names = named(call.open(y, argument), argument, None)
    if not values:
        raise ValueError(f"{argument}: no variable")
    if names is not None:
        labels = [f"{argument}[{name!r}]" for name in names]
    else:
        labels = [argument] if len(values) == 1 else [f"{argument}[{index}]" for index in range(len(values))]
    return values, names, labels


def design_effect(deff: str | bool) -> int:
    return _deff(deff) if isinstance(deff, str) else flag(deff, "deff")  # SIPAS_DEFF_NONE = 0, _WOR = 1


def estimate_opts(
    call: Call,
    names: Sequence[str] | None,
    missing: _choices.Missing | None,
    level: float,
    deff: _choices.Deff | bool,
    cov: bool,
    simultaneous: _choices.Simultaneous | None,
) -> Any:
    opts = ffi.new("sipas_estimate_opts *")
    lib.sipas_estimate_opts_init(opts)
    opts.missing, opts.level, opts.deff, opts.cov = missing_rule(missing), given(level, "level"), design_effect(deff), flag(cov, "cov")
    opts.names, opts.simultaneous = call.texts(names), _simultaneous(simultaneous)
    return opts

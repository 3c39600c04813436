"""Functions of estimates: those the library has, and the caller's own with their gradient.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from sipas import _choices
from sipas._arguments import Choice, array_of, flag, given, instance, real, several, whole
from sipas._columns import Call
from sipas._context import keep, raised
from sipas._sipas import ffi, lib

if TYPE_CHECKING:  # slow to import
    from numpy.typing import NDArray

_kind = Choice("FUNCTION", "kind")


@dataclass(frozen=True, slots=True)
class Function:
    """A smooth function of estimates: totals, means and weights (`Design.function`) or rows of a table (`contrast`).

    Parameters
    ----------
    terms : sequence of int or str
        Its arguments x: positions or names of variables, or rows of the table. One may stand several times.
    kind : {"linear", "power", "log", "exp", "ratios", "call"}, optional
        Σ c x; Π x^c; Σ c log x; exp(Σ c x); c₁ x₁/x₂ + c₂ x₃/x₄ + …; the caller's. ``"linear"`` by default, ``"call"`` with `call`.
    coef : sequence of float, optional
        Coefficients c, one for each term, half as many for ``"ratios"``; 1 by default.
    scale, constant : float
        The result is constant + scale × f. Change in per cent: ``Function([1, 0], "power", [1, -1], scale=100, constant=-100)``.
    name : str, optional
        Its name in the result; "f1", "f2" … by default.
    call : callable, optional
        ``call(x)`` gives the value and the gradient at x, an array of float64: ``(f, [∂f/∂x₁, …])``; None where there is no value.
        Called on the thread of the call, once for each group that has rows. What it raises is raised.
    check : bool
        Hold the gradient of `call` against central differences.
    """

    terms: Sequence[int | str]
    kind: _choices.Function | None = None
    coef: Sequence[float] | None = None
    scale: float = 1.0
    constant: float = 0.0
    name: str | None = None
    call: Callable[[NDArray[np.float64]], tuple[float, Sequence[float]] | None] | None = None
    check: bool = False


#: One function, several, or linear ones as a mapping of names to coefficients by term.
Functions: TypeAlias = Function | Sequence[Function] | Mapping[str, Mapping[Any, float]]


def function_structs(call: Call, functions: Functions, names: Sequence[str] | None) -> tuple[Any, int]:
    """Functions as ``sipas_function[]``, and their number.

    Raises
    ------
    ValueError
        A term that is no name of a variable; coefficients that are not as many as the terms. Names the function.
    """
    if isinstance(functions, Mapping):
        for name, coefficients in functions.items():
            instance(coefficients, Mapping, f"functions[{name!r}]")
        functions = [Function(list(c), "linear", list(c.values()), name=name) for name, c in functions.items()]
    functions = several(functions, Function, "functions")
    structs = ffi.new("sipas_function[]", len(functions))
    call.keep.append(structs)
    for index, function in enumerate(functions):
        _write(structs[index], function, function.name or f"f{index + 1}", call, names)
    return structs, len(functions)


def _write(struct: Any, function: Function, label: str, call: Call, names: Sequence[str] | None) -> None:
    terms = [_position(term, label, names) for term in function.terms]
    struct.kind = _kind(function.kind or ("linear" if function.call is None else "call"))
    struct.name, struct.check = call.text(function.name, "name"), flag(function.check, f"{label}: check")
    numbers = ffi.new("int64_t[]", terms)
    struct.n_terms, struct.term = len(terms), numbers
    struct.scale, struct.constant = given(function.scale, f"{label}: scale"), real(function.constant, f"{label}: constant")
    call.keep.append(numbers)
    if function.coef is not None:
        wanted = len(terms) // 2 if struct.kind == lib.SIPAS_FUNCTION_RATIOS else len(terms)
        if len(function.coef) != wanted:
            raise ValueError(f"{label}: {len(function.coef)} coefficients where {wanted} are expected")
        coef = ffi.new("double[]", [real(value, f"{label}: coef") for value in function.coef])
        struct.coef = coef
        call.keep.append(coef)
    if function.call is not None:
        user = ffi.new_handle(function)
        struct.call, struct.user = lib.sipas_python_function, user
        call.keep.append(user)


def _position(term: int | str, label: str, names: Sequence[str] | None) -> int:
    if not isinstance(term, str):
        return whole(term, f"{label}: term")
    if names is None or term not in names:
        raise ValueError(f"{label}: {term!r} is none of the variables" + (f" {', '.join(names)}" if names else ""))
    return list(names).index(term)


def _evaluate(user: Any, n: int, x: Any, value: Any, gradient: Any) -> int:
    """Value and gradient of a callable; after an exception the rest of the call is passed through without it."""
    if raised.exception is not None:
        return 1
    function: Function = ffi.from_handle(user)
    assert function.call is not None
    answer = function.call(np.frombuffer(ffi.buffer(x, n * 8), dtype=np.float64).copy())
    if answer is None:
        return 1
    slopes = array_of(answer[1], f"{function.name or 'call'}: gradient")
    if slopes.shape != (n,):
        raise ValueError(f"{function.name or 'call'}: a gradient of shape {slopes.shape} where ({n},) is expected")
    value[0] = answer[0]
    ffi.buffer(gradient, n * 8)[:] = slopes.tobytes()
    return 0


ffi.def_extern(name="sipas_python_function", error=1, onerror=keep)(_evaluate)

"""Other names of arguments: those of C, of the command line and of R, and those that were there before.

The table "Names in Python and Lua" of docs/dev/CONVENTIONS.md has them all.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def aliased(**names: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Take arguments under other names: ``@aliased(e="margin")`` takes `e` for `margin`.

    Raises
    ------
    TypeError
        An argument that is given under both names.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            given: dict[str, Any] = kwargs
            for other, name in names.items():
                if other in given:
                    if name in given:
                        raise TypeError(f"{name}: given twice, as {other} too")
                    given[name] = given.pop(other)
            return function(*args, **kwargs)

        return call

    return decorate

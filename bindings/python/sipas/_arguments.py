"""Arguments that are no columns: numbers, whole numbers, words of an enumeration, codes and labels, each refused by its name.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from sipas._errors import OptionError
from sipas._words import WORDS


def is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, (str, bytes, int, float, np.generic))


def given(value: Any, name: str) -> float:
    """A number for an option whose 0 means the library's default: a 0 of the caller's is refused."""
    number = real(value, name)
    if number == 0:
        raise OptionError(f"option {name}: it is 0; give another number, or leave it out for the default", name=name)
    return number


def real(value: Any, name: str) -> float:
    """A number as a float.

    Raises
    ------
    TypeError, OptionError
        It is none; it is larger than a float may be. Names the argument.
    """
    try:
        if not isinstance(value, (str, bytes)):
            return float(value)
    except (TypeError, ValueError):
        pass
    except OverflowError:
        raise OptionError(f"{name}: a number beyond 1e308", name=name) from None
    raise TypeError(f"{name}: {type(value).__name__} where a number is expected")


def positive(value: Any, name: str) -> float:
    """A number above 0, which may be infinite."""
    number = given(value, name)
    if not number > 0:
        raise OptionError(f"option {name}: {number:g} is not positive", name=name)
    return number


def whole(value: Any, name: str, least: int = -(2**63), most: int = 2**63 - 1) -> int:
    """A whole number between bounds.

    Raises
    ------
    TypeError, OptionError
        It is none; it is out of the bounds. Names the argument.
    """
    try:
        number = operator.index(int(value) if isinstance(value, np.bool_) else value)
    except TypeError:
        raise TypeError(f"{name}: {type(value).__name__} where a whole number is expected") from None
    if not least <= number <= most:
        shown = str(number) if abs(number) < 10**40 else "a number of more than 40 digits"
        raise OptionError(f"{name}: {shown} is not between {least} and {most}", name=name)
    return number


def word(value: Any, name: str) -> int:
    """A word of 64 bits, as seeds are: a whole number from 0, or its digits."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20:
        value = int(value)
    return whole(value, name, 0, 2**64 - 1)


def flag(value: Any, name: str) -> int:
    """Yes or no, as 1 or 0; names the argument when it is neither."""
    return whole(value, name, 0, 1)


def instance(value: Any, kind: type, name: str) -> Any:
    """A value of a class of this package.

    Raises
    ------
    TypeError
        It is something else; names the argument.
    """
    if not isinstance(value, kind):
        raise TypeError(f"{name}: {type(value).__name__} where a {kind.__name__} is expected")
    return value


def array_of(value: Any, name: str) -> Any:
    """An array of float64 of any shape; names the argument where it is none.

    Raises
    ------
    TypeError
        Not all elements are numbers.
    """
    try:
        array = np.asarray(value)
        if array.dtype.kind in "biuf" or (array.dtype.kind == "O" and array.size):
            return np.ascontiguousarray(array, dtype=np.float64)
        if array.size == 0:
            return np.zeros(array.shape)
    except (TypeError, ValueError, OverflowError):
        pass
    raise TypeError(f"{name}: an array of numbers is expected")


def several(value: Any, kind: type, name: str) -> list[Any]:
    """One or several of a class of this package, as a list; names the argument and the place of what is something else."""
    if isinstance(value, kind):
        return [value]
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise TypeError(f"{name}: {type(value).__name__} where a {kind.__name__} is expected, or a list of them")
    return [instance(one, kind, f"{name}[{index}]") for index, one in enumerate(value)]


def code_text(code: Any, name: str) -> str:
    """The text of one code, as a column of such has it: a text, the digits of a whole number, 1 and 0 for true and false.

    Raises
    ------
    TypeError
        It is none: a number that is not whole, or a float of 2^53 or more, which may be another number rounded.
    """
    if isinstance(code, str):
        return str(code)
    if isinstance(code, (bool, int, np.bool_, np.integer)):
        return str(int(code))
    if isinstance(code, (float, np.floating)) and abs(float(code)) < 2**53 and code == int(code):
        return str(int(code))
    raise TypeError(f"{name}: {code!r} is no code: a text, or a whole number, below 2^53 where it is a float")


def label_bytes(value: Any, name: str) -> bytes:
    """A label as UTF-8, as it is.

    Raises
    ------
    TypeError, ValueError
        It is no text; it has a NUL character or a lone surrogate. Names the argument.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name}: {type(value).__name__} where a text is expected")
    try:
        encoded = value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name}: a text with a lone surrogate, which is no character: {value!r}") from None
    if b"\0" in encoded:
        raise ValueError(f"{name}: a text with a NUL character: {value!r}")
    return encoded


class Choice:
    """The words of one enumeration of the library: ``SIPAS_LONELY_ADJUST`` is ``"adjust"`` of ``"LONELY"``."""

    def __init__(self, enumeration: str, argument: str, without: Sequence[str] = ()) -> None:
        self.argument = argument
        self.values = {word: value for word, value in WORDS[enumeration].items() if word not in without}

    def __call__(self, value: str | None) -> int:
        if value is None:
            return 0
        if type(value) is str and value in self.values:
            return self.values[value]
        try:
            return self.values[value.replace("-", "_").lower()]
        except (KeyError, AttributeError, TypeError):
            known = ", ".join(sorted(name for name in self.values if name != "default"))
            raise ValueError(f"{self.argument}: {value!r} is not one of {known}") from None

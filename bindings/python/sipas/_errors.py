"""Statuses as exceptions: one class for each status code of the library.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from sipas._sipas import ffi, lib


class SipasError(Exception):
    """What a call of the library says when it cannot be done; the base of all its exceptions.

    Attributes
    ----------
    code : int
        The status, as ``SIPAS_ERR_…`` of the C headers numbers it.
    status : str
        Its short name, such as ``"infeasible"``.
    row : int or None
        Row, stratum or unit to blame, from 0.
    column : int or None
        Position of the column, item or stage to blame among its like, from 0.
    name : str or None
        Name of the column, item or unit to blame.

    The message is one sentence that names them: ``row 31207: weight is NaN``.
    """

    constant: ClassVar[str] = ""

    def __init__(
        self, message: str, *, code: int = 0, row: int | None = None, column: int | None = None, name: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = code if code or not self.constant else int(getattr(lib, self.constant))
        self.row = row
        self.column = column
        self.name = name

    @property
    def status(self) -> str:
        """Short name of the status."""
        return str(ffi.string(lib.sipas_status_name(self.code)).decode())


class ArgumentError(SipasError, ValueError):
    """An argument is empty or makes no sense."""

    constant = "SIPAS_ERR_ARGUMENT"


class OptionError(SipasError, ValueError):
    """An option has a value outside its range."""

    constant = "SIPAS_ERR_OPTION"


class OutOfMemoryError(SipasError, MemoryError):
    """There is no memory."""

    constant = "SIPAS_ERR_MEMORY"


class CancelledError(SipasError):
    """A progress callback asked to stop."""

    constant = "SIPAS_ERR_CANCELLED"


class ColumnTypeError(SipasError, TypeError):
    """A column has a type that does not fit its place."""

    constant = "SIPAS_ERR_TYPE"


class LengthError(SipasError, ValueError):
    """Columns that must have one length differ."""

    constant = "SIPAS_ERR_LENGTH"


class MissingError(SipasError, ValueError):
    """A missing value or NaN where none may stand."""

    constant = "SIPAS_ERR_MISSING"


class RangeError(SipasError, ValueError):
    """A value outside its range: infinite, negative, not whole, an unknown answer code."""

    constant = "SIPAS_ERR_VALUE"


class DuplicateError(SipasError, ValueError):
    """One code given twice, or two codes with one hash."""

    constant = "SIPAS_ERR_DUPLICATE"


class NotFoundError(SipasError, LookupError):
    """A name or code that is not there."""

    constant = "SIPAS_ERR_NOT_FOUND"


class TreeError(SipasError, ValueError):
    """A cycle or an orphan in a tree."""

    constant = "SIPAS_ERR_TREE"


class InfeasibleError(SipasError, ValueError):
    """Bounds, quotas or totals that cannot be kept together."""

    constant = "SIPAS_ERR_INFEASIBLE"


class LonelyPsuError(SipasError, ValueError):
    """A stratum with one PSU, under the rule ``lonely_psu="error"``."""

    constant = "SIPAS_ERR_LONELY_PSU"


class ConvergenceError(SipasError, ArithmeticError):
    """An iteration stopped before its tolerance; the message says how far it got."""

    constant = "SIPAS_ERR_CONVERGENCE"


class TooFewError(SipasError, ValueError):
    """Too few rows, units or PSUs for what was asked."""

    constant = "SIPAS_ERR_TOO_FEW"


class StreamError(SipasError, OSError):
    """An Arrow stream that was handed in failed; the message holds its own text."""

    constant = "SIPAS_ERR_STREAM"


class Held:
    """What holds memory of the library, which no other process has: it does not pickle, and says so."""

    __slots__ = ()
    _instead: ClassVar[str] = "make it anew from its columns"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} does not pickle: it holds memory of the library; {self._instead}")


CLASSES: dict[int, type[SipasError]] = {getattr(lib, c.constant): c for c in SipasError.__subclasses__()}


def new_error() -> Any:
    """An error struct for one call."""
    return ffi.new("sipas_error *")


def check(status: int, error: Any) -> None:
    """Raise what a call left in its error struct, if it failed."""
    if status >= 0:
        return
    raise CLASSES.get(status, SipasError)(
        ffi.string(error.message).decode("utf-8", "replace"),
        code=status,
        row=None if error.row < 0 else int(error.row),
        column=None if error.column < 0 else int(error.column),
        name=ffi.string(error.name).decode("utf-8", "replace") or None,
    )

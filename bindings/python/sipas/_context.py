"""Contexts: threads and progress of a call, and what an exception in a callback becomes.

Callbacks run on the thread that made the call. What one raises is kept until the call has returned, and raised then.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from sipas._arguments import whole
from sipas._errors import Held, OptionError, new_error
from sipas._errors import check as _check
from sipas._sipas import ffi, lib
from sipas._table import Table

#: Called with the task in words, steps done, steps in all; a true value stops the call.
Progress = Callable[[str, int, int], object]


class _Raised(threading.local):
    exception: BaseException | None = None


raised = _Raised()


def keep(kind: object, exception: BaseException, trace: object) -> None:
    """What cffi does with an exception in a callback: the first one of a call is kept."""
    if raised.exception is None:
        raised.exception = exception


def reraise() -> None:
    """Raise what a callback of the call that has just returned raised."""
    exception, raised.exception = raised.exception, None
    if exception is not None:
        raise exception


def check(status: int, error: Any) -> None:
    """Raise what a call left in its error struct, if it failed; of a callback's exception, that exception."""
    if status >= 0:
        return
    if status == lib.SIPAS_ERR_CANCELLED:
        reraise()
    _check(status, error)


def _progress(user: Any, task: Any, done: int, total: int) -> int:
    if user == ffi.NULL:
        return 0  # a call without a context: being here lets Python see a Ctrl-C
    context: Context = ffi.from_handle(user)
    return int(bool(context.progress and context.progress(ffi.string(task).decode(), done, total)))


ffi.def_extern(name="sipas_python_progress", error=1, onerror=keep)(_progress)


class Context(Held):
    """Threads and progress of the calls that it is given to, as ``context=``.

    Parameters
    ----------
    threads : int
        Worker threads of a call, 1 to 1024. Results do not depend on it, to the bit.
    progress : callable, optional
        ``progress(task, done, total)`` is called now and then on the thread of the call. A true value stops the call, which then raises
        CancelledError; an exception stops it too and is raised.

    Notes
    -----
    Ctrl-C stops a long call of the main thread, with or without a context, wherever the library tells its progress.

    Raises
    ------
    OptionError
        Fewer than 1 or more than 1024 threads.

    Examples
    --------
    >>> import sipas
    >>> told = []
    >>> context = Context(progress=lambda task, done, total: told.append(task))
    >>> d = sipas.Design([1.0, 2.0, 3.0], context=context)
    >>> t = d.mean([1.0, 2.0, 3.0])
    >>> told[0]
    'reading answers'
    """

    __slots__ = ("_handle", "_self", "progress", "threads")

    def __init__(self, *, threads: int = 1, progress: Progress | None = None) -> None:
        self.threads, self.progress = threads, progress
        self._self = ffi.new_handle(self) if progress is not None else ffi.NULL
        opts, out, error = ffi.new("sipas_ctx_opts *"), ffi.new("sipas_ctx **"), new_error()
        lib.sipas_ctx_opts_init(opts)
        if threads == 0:  # the library's default
            raise OptionError("option threads: it is 0; it must be from 1 to 1024", name="threads")
        opts.threads = whole(threads, "threads", -(2**31), 2**31 - 1)
        opts.progress, opts.progress_user = lib.sipas_python_progress, self._self
        _check(lib.sipas_ctx_new(opts, out, error), error)
        self._handle = ffi.gc(out[0], lib.sipas_ctx_free)

    def __repr__(self) -> str:
        return f"Context(threads={self.threads}, progress={self.progress!r})"


_default = Context()


def handle(context: Context | None) -> Any:
    """``sipas_ctx *`` of a call."""
    if context is None:
        return _default._handle
    if not isinstance(context, Context):
        raise TypeError(f"context: {type(context).__name__} where a Context is expected")
    return context._handle


def table_of(function: Any, *arguments: Any) -> Table:
    """Call a function whose last arguments are the table that it makes and the error."""
    out, error = ffi.new("sipas_table **"), new_error()
    check(function(*arguments, out, error), error)
    return Table(out[0])

"""Arrow: columns from anything that exports its C interfaces (pandas, polars, pyarrow, DuckDB), and tables to it.

What is read, as what, and what is refused stands in ``sipas/arrow.h``: the library does all of it, here are only the capsules.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np

from sipas import _texts
from sipas._columns import View
from sipas._errors import check, new_error
from sipas._sipas import ffi, lib

# By index, not by attribute: that is an object of our own, whose types nobody else sets.
_get_pointer = ctypes.pythonapi["PyCapsule_GetPointer"]
_get_pointer.restype = ctypes.c_void_p
_get_pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]

_new_capsule = ctypes.pythonapi["PyCapsule_New"]
_new_capsule.restype = ctypes.py_object
_new_capsule.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]

_DTYPES: dict[int, str] = {
    lib.SIPAS_TYPE_F64: "f8", lib.SIPAS_TYPE_F32: "f4", lib.SIPAS_TYPE_I64: "i8", lib.SIPAS_TYPE_I32: "i4",
    lib.SIPAS_TYPE_I16: "i2", lib.SIPAS_TYPE_I8: "i1", lib.SIPAS_TYPE_U8: "u1", lib.SIPAS_TYPE_BOOL: "u1",
    lib.SIPAS_TYPE_CODE: "u8",
}  # fmt: skip
_MADE = 4  # the first of the two releases of export.c that free nothing


# ---- out ----


def stream_capsule(table: Any) -> Any:
    """A table (``sipas_table *``) as a stream of one batch."""
    return _capsule(lib.export_stream, table, 0)


def schema_capsule(table: Any) -> Any:
    """The columns of a table (``sipas_table *``) as a schema."""
    return _capsule(lib.export_schema, table, 2)


def _capsule(export: Callable[[Any, Any], Any], table: Any, part: int) -> Any:
    error = new_error()
    struct = export(table, error)
    if struct == ffi.NULL:
        check(int(error.status), error)
        raise MemoryError("no memory for an Arrow export")
    name, free = lib.export_part(part), lib.export_part(part + 1)
    return _new_capsule(*(int(ffi.cast("uintptr_t", pointer)) for pointer in (struct, name, free)))


# ---- in ----


def is_exporter(value: Any) -> bool:
    """True for what has the methods of an Arrow exporter (a class that has them is none)."""
    return not isinstance(value, type) and (hasattr(value, "__arrow_c_stream__") or hasattr(value, "__arrow_c_array__"))


class Arrow:
    """Columns that came by Arrow; they live as long as this object."""

    __slots__ = ("_handle", "_keep", "_read_already", "names")

    def __init__(self, value: Any, name: str) -> None:
        """Take over what `value` exports.

        Raises
        ------
        StreamError
            The stream failed; holds its own text.
        RangeError, ArgumentError
            Malformed Arrow, or an array that has been released; names the argument.
        """
        out, error, keep = ffi.new("sipas_arrow **"), new_error(), None
        if hasattr(value, "__arrow_c_stream__"):
            capsule = value.__arrow_c_stream__()
            stream = _pointer(capsule, "ArrowArrayStream", b"arrow_array_stream", name)
            check(lib.sipas_arrow_read_stream(ffi.NULL, stream, name.encode(), out, error), error)
        else:
            keep = value.__arrow_c_array__()
            if not isinstance(keep, tuple) or len(keep) != 2:
                raise TypeError(f"{name}: __arrow_c_array__ gives no pair of capsules")
            schema = _lent(_pointer(keep[0], "ArrowSchema", b"arrow_schema", name), _MADE)
            array = _lent(_pointer(keep[1], "ArrowArray", b"arrow_array", name), _MADE + 1)
            check(lib.sipas_arrow_read_array(ffi.NULL, schema, array, name.encode(), out, error), error)
        self._adopt(out[0], keep)

    def _adopt(self, handle: Any, keep: Any) -> None:
        self._handle, self._keep = ffi.gc(handle, lib.sipas_arrow_free), keep
        count = lib.sipas_arrow_count_columns(handle)
        self.names = [ffi.string(lib.sipas_arrow_get_name(handle, i)).decode() for i in range(count)]
        self._read_already: dict[int, View] = {}

    @classmethod
    def of_numpy(cls, array: Any, form: str, missing: Any, name: str) -> Arrow:
        """A contiguous array of numpy read as an Arrow type: times, which have no other way in."""
        bits = None if missing is None else np.packbits(~missing, bitorder="little")
        keep = [ffi.new("char[]", form.encode()), ffi.new("const void *[2]"), array, bits]
        keep[1][0] = ffi.NULL if bits is None else ffi.from_buffer(bits)
        keep[1][1] = ffi.from_buffer(array)
        schema = ffi.new("struct ArrowSchema *", {"format": keep[0], "release": _release("Schema", _MADE)})
        made = {"length": len(array), "null_count": -1, "n_buffers": 2, "buffers": keep[1]}
        struct = ffi.new("struct ArrowArray *", {**made, "release": _release("Array", _MADE + 1)})
        out, error, self = ffi.new("sipas_arrow **"), new_error(), cls.__new__(cls)
        check(lib.sipas_arrow_read_array(ffi.NULL, schema, struct, name.encode(), out, error), error)
        self._adopt(out[0], keep)
        return self

    def __len__(self) -> int:
        return int(lib.sipas_arrow_count_rows(self._handle))

    def column(self, index: int, name: str) -> View:
        """A column as a view, which keeps this object.

        Raises
        ------
        ColumnTypeError
            The elements are of a type that is not read.
        RangeError
            Malformed Arrow, a text that is none, a number or a date that no column holds; names argument and row.
        """
        view = self._read_already.get(index)
        if view is None:
            view = self._read_already[index] = self._read(index, name)
        keep = (self._handle, self._keep, view.keep)
        levels = view.levels and view.levels._replace(keep=(*keep, view.levels.keep))
        return view._replace(keep=keep, levels=levels)

    def _read(self, index: int, name: str) -> View:
        column, error = ffi.new("sipas_column *"), new_error()
        check(lib.sipas_arrow_get_column(self._handle, index, name.encode(), column, error), error)
        n, dtype = int(column.n), np.dtype(_DTYPES[column.type])
        array = np.frombuffer(ffi.buffer(column.data, n * dtype.itemsize), dtype=dtype) if n else np.empty(0, dtype=dtype)
        validity, offset = None, int(column.offset)
        if column.validity != ffi.NULL:
            validity = ffi.buffer(column.validity, (offset + n + 7) // 8)
        view = View(array, int(column.type), validity, offset, levels=self._levels(index, name))
        return self._in_form(index, view, name) if column.type == lib.SIPAS_TYPE_CODE else view

    def _levels(self, index: int, name: str) -> View | None:
        """The values of a dictionary in its order; none of one whose values are no codes."""
        column = ffi.new("sipas_column *")
        status = lib.sipas_arrow_get_levels(self._handle, index, name.encode(), column, ffi.NULL)
        if status == lib.SIPAS_ERR_TYPE:
            return None
        check(status, None)
        if column.type == lib.SIPAS_TYPE_NONE:
            return None
        n, dtype = int(column.n), np.dtype(_DTYPES[column.type])
        array = np.frombuffer(ffi.buffer(column.data, n * dtype.itemsize), dtype=dtype) if n else np.empty(0, dtype=dtype)
        return View(array, int(column.type))

    def _in_form(self, index: int, view: View, name: str) -> View:
        """Texts in the form NFC: where they lie when they are in it already."""
        start, size = ffi.new("const char **"), ffi.new("int64_t *")
        check(lib.sipas_arrow_get_texts(self._handle, index, start, size, ffi.NULL), None)
        pointers, blob = _texts.in_form(view.array, start[0], int(size[0]), name)
        if blob is None:
            return view
        levels = view.levels
        if levels is not None:
            moved, own = _texts.in_form(levels.array, start[0], int(size[0]), name)
            levels = levels._replace(array=_texts.each_once(moved), keep=own)
        return view._replace(array=pointers, keep=blob, levels=levels)


def view(value: Any, name: str) -> View:
    """A column of an exporter as a view that keeps its memory. A struct of one field stands for its field.

    Raises
    ------
    ColumnTypeError
        A frame of several columns, or elements of a type that is not read; names the argument.
    RangeError, ArgumentError, StreamError
        As of `Arrow`.
    """
    arrow = Arrow(value, name)
    if len(arrow.names) != 1:
        raise TypeError(f"{name}: {len(arrow.names)} columns where one is wanted: {', '.join(arrow.names[:9])}")
    return arrow.column(0, name)


def _release(struct: str, part: int) -> Any:
    return ffi.cast(f"void(*)(struct Arrow{struct} *)", lib.export_part(part))


def _lent(struct: Any, part: int) -> Any:
    """A copy of a struct that frees nothing: what it points to stays with its capsule, which may be handed out twice."""
    copy = ffi.new(ffi.typeof(struct), struct[0])
    if copy.release != ffi.NULL:
        copy.release = ffi.cast(ffi.typeof(copy.release), lib.export_part(part))
    return copy


def _pointer(capsule: Any, struct: str, label: bytes, name: str) -> Any:
    try:
        return ffi.cast(f"struct {struct} *", _get_pointer(capsule, label))
    except (ValueError, ctypes.ArgumentError):
        raise TypeError(f"{name}: {type(capsule).__name__} is no Arrow capsule {label.decode()!r}") from None

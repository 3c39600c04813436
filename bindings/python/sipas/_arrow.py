"""Columns from anything that exports the Arrow C data interface: pandas, polars, pyarrow, DuckDB; and tables to it.

Numbers in one chunk are read where they lie, with their validity bitmap. Several chunks are joined; booleans (bits in
Arrow), text and dictionaries are expanded: each into new memory. The way out is in export.c.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from sipas._columns import View, bitmap, text_pointers
from sipas._sipas import ffi, lib

_NUMBERS = {b"c": "i1", b"C": "u1", b"s": "i2", b"S": "u2", b"i": "i4", b"I": "u4", b"l": "i8", b"L": "u8",
            b"e": "f2", b"f": "f4", b"g": "f8"}  # fmt: skip
_TEXT = {b"u": "i4", b"U": "i8"}

# By index, not by attribute: that is an object of our own, whose types nobody else sets.
_get_pointer = ctypes.pythonapi["PyCapsule_GetPointer"]
_get_pointer.restype = ctypes.c_void_p
_get_pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]

_new_capsule = ctypes.pythonapi["PyCapsule_New"]
_new_capsule.restype = ctypes.py_object
_new_capsule.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]


def stream_capsule(table: Any, owner: Any) -> Any:
    """A table (``sipas_table *``) as a stream of one batch; `owner` is the table that its memory belongs to."""
    return _capsule(lib.export_stream(table, owner), 0)


def schema_capsule(table: Any) -> Any:
    """The columns of a table (``sipas_table *``) as a schema."""
    return _capsule(lib.export_schema(table), 2)


def _capsule(struct: Any, part: int) -> Any:
    if struct == ffi.NULL:
        raise MemoryError("no memory for an Arrow export")
    name, free = lib.export_part(part), lib.export_part(part + 1)
    return _new_capsule(*(int(ffi.cast("uintptr_t", pointer)) for pointer in (struct, name, free)))


def view(value: Any, name: str) -> View:
    """A column of an exporter as a view that keeps the exporter's memory.

    Raises
    ------
    TypeError
        The elements are neither numbers, bool nor text; names the argument.
    """
    schema, arrays, owner = _import(value, name)
    views = [_chunk(schema, array, name) for array in arrays]
    views = [v for v in views if v.array.shape[0] > 0] or views[:1]
    if not views:
        return View(np.zeros(0), keep=owner)
    if len(views) == 1:
        return views[0]._replace(keep=(owner, views[0].keep))
    masks = [_mask(v) for v in views]
    return View(
        np.concatenate([v.array for v in views]), views[0].kind, bitmap(np.concatenate(masks)), keep=(owner, views)
    )


def _import(value: Any, name: str) -> tuple[Any, list[Any], Any]:
    """Schema and chunks; they live as long as what is returned last."""
    if hasattr(value, "__arrow_c_stream__"):
        capsule = value.__arrow_c_stream__()
        stream = _pointer(capsule, "ArrowArrayStream", b"arrow_array_stream")
        schema = ffi.gc(ffi.new("struct ArrowSchema *"), _release)
        _stream_check(stream, stream.get_schema(stream, schema), name)
        arrays: list[Any] = []
        while True:
            array = ffi.gc(ffi.new("struct ArrowArray *"), _release)
            _stream_check(stream, stream.get_next(stream, array), name)
            if array.release == ffi.NULL:
                return schema, arrays, (schema, arrays, capsule)
            arrays.append(array)
    capsules = value.__arrow_c_array__()
    schema = _pointer(capsules[0], "ArrowSchema", b"arrow_schema")
    array = _pointer(capsules[1], "ArrowArray", b"arrow_array")
    return schema, [array], capsules


def _pointer(capsule: Any, struct: str, label: bytes) -> Any:
    return ffi.cast(f"struct {struct} *", _get_pointer(capsule, label))


def _release(struct: Any) -> None:
    if struct.release != ffi.NULL:
        struct.release(struct)


def _stream_check(stream: Any, code: int, name: str) -> None:
    if code != 0:
        message = stream.get_last_error(stream)
        raise OSError(code, f"{name}: " + (ffi.string(message).decode() if message != ffi.NULL else "Arrow stream failed"))


def _chunk(schema: Any, array: Any, name: str) -> View:
    """One array. Struct arrays with one child (a data frame of one column) stand for their child."""
    form = ffi.string(schema.format)
    if schema.dictionary != ffi.NULL:
        return _dictionary(schema, array, name)
    if form == b"+s" and schema.n_children == 1 and array.null_count == 0 and array.offset == 0:
        return _chunk(schema.children[0], array.children[0], name)
    n, offset = int(array.length), int(array.offset)
    if form in _NUMBERS:
        values = _buffer(array.buffers[1], _NUMBERS[form], offset, n)
        return View(values, None, *_validity(array))
    if form == b"b":
        bits = _buffer(array.buffers[1], "u1", 0, (offset + n + 7) // 8)
        values = np.unpackbits(bits, bitorder="little")[offset : offset + n]
        return View(values, lib.SIPAS_TYPE_BOOL, *_validity(array))
    if form in _TEXT or form == b"vu":
        missing = _mask_of(array)
        return _text_view(array, form, missing, name)
    if form == b"n":
        return View(np.zeros(n), None, np.zeros((n + 7) // 8, dtype=np.uint8))
    raise TypeError(f"{name}: Arrow type {form.decode()!r} is not numbers, bool or text")


def _validity(array: Any) -> tuple[Any, int]:
    """Bitmap and offset; (None, 0) when nothing is missing."""
    if array.null_count == 0 or array.n_buffers == 0 or array.buffers[0] == ffi.NULL:
        return None, 0
    return ffi.buffer(array.buffers[0], (int(array.offset) + int(array.length) + 7) // 8), int(array.offset)


def _mask_of(array: Any) -> Any:
    validity, offset = _validity(array)
    return _unpacked(validity, offset, int(array.length))


def _unpacked(validity: Any, offset: int, n: int) -> Any:
    if validity is None:
        return np.zeros(n, dtype=bool)
    return np.unpackbits(np.frombuffer(validity, dtype=np.uint8), bitorder="little")[offset : offset + n] == 0


def _mask(v: View) -> Any:
    return _unpacked(v.validity, v.offset, v.array.shape[0])


def _buffer(pointer: Any, dtype: str, offset: int, n: int) -> Any:
    size = np.dtype(dtype).itemsize
    if n == 0:
        return np.zeros(0, dtype=dtype)
    return np.frombuffer(ffi.buffer(pointer, (offset + n) * size), dtype=dtype)[offset:]


def _texts(array: Any, form: bytes, missing: Any, name: str) -> list[str | None]:
    n, offset = int(array.length), int(array.offset)
    if form == b"vu":
        return _views(array, offset, n, missing)
    ends = _buffer(array.buffers[1], _TEXT[form], offset, n + 1)
    data = bytes(ffi.buffer(array.buffers[2], int(ends[-1]))) if n and ends[-1] else b""
    return [None if missing[row] else data[ends[row] : ends[row + 1]].decode() for row in range(n)]


def _views(array: Any, offset: int, n: int, missing: Any) -> list[str | None]:
    """The layout of views: length, then the text itself (≤ 12 bytes) or prefix, buffer and offset."""
    words = _buffer(array.buffers[1], "i4", offset * 4, n * 4).reshape(n, 4)
    inline = words.view("u1")
    texts: list[str | None] = []
    for row in range(n):
        length = int(words[row, 0])
        if missing[row]:
            texts.append(None)
        elif length <= 12:
            texts.append(inline[row, 4 : 4 + length].tobytes().decode())
        else:
            start = ffi.cast("const char *", array.buffers[2 + int(words[row, 2])]) + int(words[row, 3])
            texts.append(bytes(ffi.buffer(start, length)).decode())
    return texts


def _text_view(array: Any, form: bytes, missing: Any, name: str) -> View:
    pointers, blob = text_pointers(_texts(array, form, missing, name), name)
    return View(pointers, lib.SIPAS_TYPE_CODE, keep=blob)


def _dictionary(schema: Any, array: Any, name: str) -> View:
    """Codes into levels: the levels, row by row."""
    codes = _buffer(array.buffers[1], _NUMBERS[ffi.string(schema.format)], int(array.offset), int(array.length))
    codes = codes.astype(np.int64)
    missing = _mask_of(array)
    codes[missing] = -1
    levels = _chunk(schema.dictionary, array.dictionary, name)
    if levels.kind == lib.SIPAS_TYPE_CODE:
        return levels._replace(array=np.append(levels.array, np.uint64(0))[codes])
    absent = np.append(_mask(levels), True)[codes]
    return View(np.append(levels.array, levels.array.dtype.type(0))[codes], levels.kind, bitmap(absent))

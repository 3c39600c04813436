"""Texts: as addresses of UTF-8 that the library reads, all of them in the Unicode form NFC.

Codes are compared as text after NFC; the library itself compares bytes. ASCII is in that form, and so are most texts as people write
them: then nothing is copied. Two codes of a column that the form makes one are told by a `CodesWarning`.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from sipas._sipas import ffi, lib

# What read_texts of export.c finds in a cell.
_TEXT, _FORM, _OTHER, _SURROGATE = 1, 2, 3, 4


class CodesWarning(UserWarning):
    """Codes of a column that were written in two Unicode forms, and are one code now."""


def is_missing(value: Any) -> bool:
    """None, NaN, NaT or the NA of pandas."""
    return value is None or type(value).__name__ == "NAType" or bool(value != value)


def utf8(text: str, name: str) -> bytes:
    """A text as UTF-8 in the form NFC.

    Raises
    ------
    ValueError
        It has a NUL character, or a lone surrogate, which UTF-8 has not.
    """
    try:
        encoded = (text if text.isascii() else unicodedata.normalize("NFC", text)).encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name}: a text with a lone surrogate, which is no character: {text!a}") from None
    if b"\0" in encoded:
        raise ValueError(f"{name}: a text with a NUL character: {text!a}")
    return encoded


def _row(row: int) -> str:
    return f"row {row}"


def read(array: Any, name: str, place: Callable[[int], str] = _row) -> tuple[Any, Any] | None:
    """Addresses of the texts of an array of objects, or of fixed-width texts (0 = missing), and what holds them; None when there is no text.

    Raises
    ------
    TypeError
        Something else among texts; names its place.
    ValueError
        A text with a NUL character, or with a lone surrogate, which is no character.
    """
    array = np.ascontiguousarray(array)
    pointers, kinds, blob = _addresses(array)
    odd = np.flatnonzero(kinds > _TEXT)
    if odd.size == 0:
        return (pointers, blob) if kinds.any() else None
    if not np.any((kinds != 0) & (kinds != _OTHER)):
        return None
    for row in odd[kinds[odd] != _FORM].tolist():
        _refuse(array[row], int(kinds[row]), f"{name}: {place(row)}")
    if np.any(kinds == _FORM):
        pointers, blob = _normalised(array.astype(object), np.flatnonzero(kinds == _FORM), name)
    return pointers, blob


def _addresses(array: Any) -> tuple[Any, Any, Any]:
    n, width = len(array), 0
    if array.dtype != object:  # fixed width, which numpy lets be 0
        array = array.astype(array.dtype.newbyteorder("=") if array.dtype.itemsize else "U1", copy=False)
        width = array.dtype.itemsize // 4
    pointers, kinds = np.empty(n, dtype=np.uint64), np.zeros(n, dtype=np.uint8)
    cells = ffi.cast("void *", array.__array_interface__["data"][0])
    places = ffi.from_buffer("const char *[]", pointers)
    blob = lib.read_texts(cells, n, width, places, ffi.from_buffer("uint8_t[]", kinds))
    if blob == ffi.NULL:
        raise MemoryError("no memory for the texts of a column")
    return pointers, kinds, ffi.gc(blob, lib.free_texts)


def _refuse(item: Any, kind: int, where: str) -> None:
    """Say what is wrong with a cell, unless it is missing."""
    if kind == _OTHER:
        if not is_missing(item):
            raise TypeError(f"{where}: {type(item).__name__} among texts")
    elif kind == _SURROGATE:
        raise ValueError(f"{where}: a text with a lone surrogate, which is no character: {item!a}")
    else:
        raise ValueError(f"{where}: a text with a NUL character: {item!a}")


def _normalised(own: Any, rows: Any, name: str) -> tuple[Any, Any]:
    """Brings texts of those rows to the form; the addresses of all, and what holds them."""
    before = {item for item in own.tolist() if isinstance(item, str)}
    form: dict[str, str] = {}
    for row in rows.tolist():
        text = own[row]
        if text not in form:
            form[text] = unicodedata.normalize("NFC", text)
        own[row] = form[text]
    _tell(len(before), {form.get(text, text) for text in before}, name)
    pointers, _, blob = _addresses(own)
    return pointers, blob


def _tell(before: int, after: Iterable[str], name: str) -> None:
    merged = before - len(set(after))
    if merged:
        warnings.warn(
            f"{name}: {merged} codes differ from others in their Unicode form only, and are taken for them (NFC)",
            CodesWarning,
            stacklevel=2,
        )


def each_once(pointers: Any) -> Any:
    """Addresses of texts, without those whose text stands before: two of them may have become one by their form."""
    texts = [ffi.string(ffi.cast("const char *", pointer)) for pointer in pointers.tolist()]
    kept = list({text: index for index, text in reversed(list(enumerate(texts)))}.values())
    return pointers if len(kept) == len(texts) else pointers[sorted(kept)]


def in_form(pointers: Any, start: Any, size: int, name: str) -> tuple[Any, Any]:
    """Texts that lie in one piece, each ending in NUL, in the form NFC: their addresses, and the new piece; None when it is the old one."""
    if lib.surely_nfc(start, size):
        return pointers, None
    old = bytes(ffi.buffer(start, size))
    text = old.decode()
    if unicodedata.is_normalized("NFC", text):
        return pointers, None
    # NUL composes with nothing, so what holds for the piece holds for each text.
    new = unicodedata.normalize("NFC", text)
    before = set(text.split("\0"))
    _tell(len(before), {unicodedata.normalize("NFC", one) for one in before}, name)
    blob = ffi.new("char[]", new.encode())
    origin, place = int(ffi.cast("uintptr_t", start)), int(ffi.cast("uintptr_t", blob))
    there = np.flatnonzero(pointers)
    number = np.searchsorted(_starts(old), (pointers[there] - np.uint64(origin)).astype(np.int64))
    moved = np.zeros_like(pointers)
    moved[there] = (_starts(new.encode())[number] + place).astype(np.uint64)
    return moved, blob


def _starts(piece: bytes) -> Any:
    """Where the texts of a piece begin."""
    ends = np.flatnonzero(np.frombuffer(piece, dtype=np.uint8) == 0)
    return np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1] + 1])

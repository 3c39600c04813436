"""Columns: what a caller brings, as the library's borrowed views.

numpy arrays of int8 to int64, float32, float64, bool and uint8 are handed over where they lie, whatever their stride;
what has the Arrow interface likewise. Text becomes an array of addresses of UTF-8, where Python or Arrow keeps it. What the
library has no type for (uint16, uint32, float16, other byte orders) is widened, which copies it, and so do lists; dates and times become
text after ISO 8601.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import functools
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np

from sipas import _texts
from sipas._arguments import code_text, given, is_scalar, label_bytes, real, several, whole, word
from sipas._frame import Frame, aligned, index_of, names_of
from sipas._sipas import ffi, lib
from sipas._texts import is_missing, utf8
from sipas._words import ZERO

#: A column: a numpy array or masked array, anything with ``__arrow_c_stream__`` or ``__arrow_c_array__``, a pandas
#: Series, a list of numbers or of text.
Column: TypeAlias = Any
#: Named columns: a mapping of names to columns, or a data frame.
Columns: TypeAlias = Any

_NATIVE: dict[str, int] = {
    np.dtype(name).str: getattr(lib, "SIPAS_TYPE_" + constant)
    for name, constant in {
        "f8": "F64", "f4": "F32", "i8": "I64", "i4": "I32", "i2": "I16", "i1": "I8", "u1": "U8", "?": "BOOL",
    }.items()
}  # fmt: skip
_WIDER: dict[str, str] = {"u2": "i4", "u4": "i8", "f2": "f4"}
_CODE: int = lib.SIPAS_TYPE_CODE


@dataclasses.dataclass(slots=True)
class View:
    """Elements where they lie, and what keeps them there."""

    array: Any  # one dimension, any stride; of pointers for text
    kind: int | None = None  # SIPAS_TYPE_; None = as the array's dtype says
    validity: Any = None  # an Arrow bitmap in an object with the buffer interface
    offset: int = 0  # of the first element's bit
    keep: Any = None
    levels: View | None = None  # all codes it may have, in their order: of a categorical

    def _replace(self, **fields: Any) -> View:
        return dataclasses.replace(self, **fields)


@dataclasses.dataclass(frozen=True, slots=True)
class Ordered:
    """A column of codes with all the codes that it may have, in their order: as the categories of pandas and polars are, for what is none.

    Where it is the variable of `Design.distribution`, `Design.category` or `Design.category_total`, each code has a row, those that nobody
    has with an estimate of 0; where it is a column of `by`, groups come in that order, and codes that no row has make none.

    Parameters
    ----------
    column : column, or its name in the frame of the design
        Text, integers or whole floats.
    order : column
        The codes, each once. A row that has another is an error, which names it.

    Examples
    --------
    >>> import sipas
    >>> d = sipas.Design([1.0, 2.0, 1.0])
    >>> d.category_total(sipas.Ordered(["b", "c", "b"], ["c", "b", "a"]))["estimate"]
    array([2., 2., 0.])
    """

    column: Column
    order: Column

    def view(self, column: Any, name: str) -> View:
        """The column, as resolved, with its order."""
        return dataclasses.replace(_view(column, name), levels=_view(self.order, f"{name}: its order"))


def fill(struct: Any, value: Column, name: str, n: int | None) -> Any:
    """Make `struct` a view of `value`; returns what must stay alive as long as the view.

    Raises
    ------
    TypeError
        The value is no column, or its elements are of a type that the library does not take; names the argument.
    ValueError
        It has more than one dimension, or another length than `n`; names the argument.
    """
    view = View(value) if type(value) is np.ndarray else _view(value, name)
    array, kind = view.array, view.kind
    if array.ndim != 1:
        raise ValueError(f"{name}: {array.ndim} dimensions where a column has one")
    length = array.shape[0]
    if n is not None and length != n:
        raise ValueError(f"{name}: {length} rows where {n} are expected")
    if kind is None:
        kind = _NATIVE.get(array.dtype.str)
        if kind is None:
            view = _convert(view, name)
            array, kind = view.array, view.kind
    if array.flags.c_contiguous:  # the usual case, and the quicker way to the address
        struct.data = ffi.from_buffer(array)
    else:
        struct.data = ffi.cast("const void *", array.__array_interface__["data"][0])
    struct.stride = array.strides[0]
    struct.n = length
    struct.type = kind
    if view.validity is not None:
        struct.validity = ffi.from_buffer("const uint8_t[]", view.validity)
        struct.offset = view.offset
    return view


def _view(value: Any, name: str) -> View:
    """A value that is no plain array, as one."""
    if isinstance(value, View):
        return value
    if isinstance(value, Ordered):
        return value.view(value.column, name)
    if isinstance(value, np.ma.MaskedArray):
        return View(value.data, validity=bitmap(value.mask))
    if isinstance(value, np.ndarray):
        return View(value)
    if type(value).__module__.partition(".")[0] == "pandas" or index_of(value) is not None:
        return _from_pandas(value, name)
    if not isinstance(value, type) and (hasattr(value, "__arrow_c_stream__") or hasattr(value, "__arrow_c_array__")):
        return _from_arrow(value, name)
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise TypeError(f"{name}: {type(value).__name__} is not a column")
    if hasattr(value, "__array__"):
        return View(np.asarray(value))
    return _objects(list(value), name)


def _from_arrow(value: Any, name: str) -> View:
    from sipas import _arrow  # only where there is Arrow

    return _arrow.view(value, name)


def bitmap(mask: Any) -> Any:
    """The validity bitmap of a mask (true = missing); None when nothing is masked."""
    if mask is np.ma.nomask or not np.any(mask):
        return None
    return np.packbits(~np.asarray(mask, dtype=bool), bitorder="little")


def _convert(view: View, name: str) -> View:
    """An array whose elements the library has no type for, as one that it has."""
    array = view.array
    kind, short = array.dtype.kind, array.dtype.str[1:]
    if kind in "OUTM":
        converted = _times(array, name) if kind == "M" else _objects(array if kind in "OU" else array.astype(object), name)
        return converted if view.validity is None else _both(converted, view, name)
    if kind == "S":
        return _convert(view._replace(array=np.char.decode(array, "utf-8")), name)
    if short == "u8" and array.size and int(array.max()) > np.iinfo(np.int64).max:
        raise ValueError(f"{name}: a value of 2^63 or more")
    wide = np.dtype("i8" if short == "u8" else _WIDER.get(short, short)).str
    if wide not in _NATIVE:
        raise TypeError(f"{name}: dtype {array.dtype} is not numbers, bool or text")
    return view._replace(array=array.astype(wide), kind=_NATIVE[wide])


def _both(converted: View, masked: View, name: str) -> View:
    """Missing is what either says."""
    if converted.validity is None:
        return converted._replace(validity=masked.validity, offset=masked.offset)
    n = len(converted.array)
    both = _bits(converted, n) & _bits(masked, n)
    return converted._replace(validity=np.packbits(both, bitorder="little"), offset=0)


def _bits(view: View, n: int) -> Any:
    bits = np.frombuffer(view.validity, dtype=np.uint8)
    return np.unpackbits(bits, bitorder="little")[view.offset : view.offset + n]


def _objects(items: Any, name: str) -> View:
    """A list, or an array of objects: of texts, of numbers, of dates; None and NaN are missing."""
    array = items if isinstance(items, np.ndarray) else np.fromiter(items, dtype=object, count=len(items))
    texts = _texts.read(array, name)
    return View(texts[0], _CODE, keep=texts[1]) if texts is not None else _values(array.tolist(), name)


def _values(items: Sequence[Any], name: str) -> View:
    """A list without text."""
    missing = np.fromiter((is_missing(item) for item in items), dtype=bool, count=len(items))
    present = [item for item, gone in zip(items, missing.tolist(), strict=True) if not gone]
    if present and all(isinstance(item, (datetime.date, np.datetime64)) for item in present):
        return _moments(items, present, missing, name)
    if present and any(isinstance(item, decimal.Decimal) for item in present):
        present = _decimals(items, missing, name)
    try:
        values = np.asarray(present) if present else np.zeros(0)
    except (ValueError, OverflowError):
        values = np.zeros(0, dtype=object)
    if values.dtype.kind == "f" and np.abs(values).max(initial=0) >= 2**53:
        for row, item in enumerate(items):
            if isinstance(item, (int, np.integer)) and int(item) != float(item):
                raise ValueError(f"{name}: row {row}: {item} is among floats, which do not hold it exactly")
    if values.ndim != 1:
        raise ValueError(f"{name}: {values.ndim} dimensions where a column has one")
    for row in np.flatnonzero(~missing).tolist() if values.dtype.kind == "O" else ():
        if isinstance(items[row], int) and not -(2**63) <= items[row] < 2**63:
            raise ValueError(f"{name}: row {row}: a whole number beyond 64 bits")
    if values.dtype.kind not in "biuf" or len(values) != len(present):
        raise TypeError(f"{name}: the elements are not all numbers, or all text")
    array = np.zeros(len(items), dtype=values.dtype)
    array[~missing] = values
    view = View(array, _NATIVE.get(array.dtype.str), bitmap(missing))
    return view if view.kind is not None else _convert(view, name)


def _decimals(items: Sequence[Any], missing: Any, name: str) -> list[Any]:
    """Decimals as numbers, as Arrow's are: whole, or the nearest double where that tells the decimal from its neighbours."""
    numbers: list[Any] = []
    for row in np.flatnonzero(~missing).tolist():
        item = items[row]
        if isinstance(item, decimal.Decimal):
            if not item.is_finite():
                raise ValueError(f"{name}: row {row}: {item} is not a number")
            if item == item.to_integral_value():
                item = int(item)
                if not -(2**63) <= item < 2**63:
                    raise ValueError(f"{name}: row {row}: a whole number beyond 64 bits")
            elif len(item.normalize().as_tuple().digits) > 15:
                raise ValueError(f"{name}: row {row}: a decimal of more digits than a double holds (15)")
            else:
                item = float(item)
        numbers.append(item)
    return numbers


def _moments(items: Sequence[Any], present: Sequence[Any], missing: Any, name: str) -> View:
    """A list of dates, of datetimes, or of numpy's: as text."""
    zones = {getattr(item, "tzinfo", None) is not None for item in present}
    if len(zones) > 1:
        raise TypeError(f"{name}: times with a time zone and without in one column")
    zoned = zones.pop()
    if zoned:
        present = [item.astimezone(datetime.UTC).replace(tzinfo=None) for item in present]
    unit = "ns" if any(getattr(item, "nanosecond", 0) for item in present) else "us"  # pandas' has them
    array = np.full(len(items), np.datetime64("NaT", unit))
    array[~missing] = np.array(present, dtype=f"M8[{unit}]")
    return _times(array, name, zoned)


_TICKS = {"s": "s", "ms": "m", "us": "u", "ns": "n"}


def _times(array: Any, name: str, zoned: bool = False) -> View:
    """datetime64 as text: dates, and times where there are any."""
    from sipas import _arrow

    unit = np.datetime_data(array.dtype)[0]
    if unit in ("ps", "fs", "as", "generic"):
        raise TypeError(f"{name}: dtype {array.dtype} is not numbers, bool, text, dates or times of a date")
    missing = np.isnat(array)
    years = array.astype("M8[Y]").astype(np.int64) + 1970
    outside = np.flatnonzero(~missing & ((years < 0) | (years > 9999)))
    if outside.size:
        raise ValueError(f"{name}: row {outside[0]}: a date outside the years 0000 to 9999")
    fine = array if unit in _TICKS and np.datetime_data(array.dtype)[1] == 1 else array.astype(f"M8[{unit if unit in _TICKS else 's'}]")
    whole = np.ascontiguousarray(fine).astype(fine.dtype.newbyteorder("="), copy=False).view(np.int64)
    form = f"ts{_TICKS[np.datetime_data(fine.dtype)[0]]}:{'UTC' if zoned else ''}"
    return _arrow.Arrow.of_numpy(whole, form, missing if missing.any() else None, name).column(0, name)


def _levels(texts: Sequence[Any], codes: Any, name: str) -> View:
    """Text by level: -1 is missing."""

    def place(level: int) -> str:
        rows = np.flatnonzero(codes == level)
        return f"row {rows[0]}" if rows.size else f"category {level}"

    found = _texts.read(np.fromiter(texts, dtype=object, count=len(texts)), name, place)
    if found is None:  # no level has a text, so no row has
        return View(np.zeros(len(codes), dtype=np.uint64), _CODE)
    levels = View(_texts.each_once(found[0]), _CODE, keep=found[1])
    return View(np.append(found[0], np.uint64(0))[codes], _CODE, keep=found[1], levels=levels)


def _from_pandas(value: Any, name: str) -> View:
    """A pandas Series, Index or extension array; plain and masked arrays share their memory."""
    array = getattr(value, "array", value)
    kind = type(array).__name__
    if kind in ("NumpyExtensionArray", "PandasArray"):
        return View(array.to_numpy())
    if hasattr(array, "_data") and hasattr(array, "_mask"):
        return View(array._data, validity=bitmap(array._mask))
    if kind == "Categorical":
        codes, levels = np.asarray(array.codes), np.asarray(array.categories)
        if levels.dtype.kind in "UT" or any(isinstance(level, str) for level in levels.tolist()):
            return _levels(levels.tolist(), codes, name)
        own = _view(levels, name)
        own = _convert(own, name) if own.kind is None else own
        cells = np.append(own.array, own.array.dtype.type(0))[codes]
        return View(cells, own.kind, None if own.kind == _CODE else bitmap(codes < 0), keep=own.keep, levels=own)
    if hasattr(array, "__arrow_array__") and kind.startswith("Arrow"):
        return _from_arrow(array.__arrow_array__(), name)
    if kind == "DatetimeArray":
        zoned = getattr(array, "tz", None) is not None
        return _times(np.asarray(array, dtype="M8[ns]" if not hasattr(array, "unit") else f"M8[{array.unit}]"), name, zoned)
    if not hasattr(array, "dtype") or getattr(array, "ndim", 1) != 1:
        raise TypeError(f"{name}: {type(value).__name__} is not a column")
    return View(np.asarray(array, dtype=object))


def categories(value: Any, name: str) -> list[str]:
    """The texts of the categories of a categorical, in their order; none of any other column."""
    levels = None if isinstance(value, list) else _view(value, name).levels
    if levels is None:
        return []
    if levels.kind != _CODE:
        return [code_text(code, name) for code in levels.array.tolist() if code == code]
    return [ffi.string(ffi.cast("const char *", place)).decode() for place in levels.array.tolist()]


def named(value: Columns, name: str, default: str | None) -> tuple[list[Any], list[str] | None]:
    """Columns and their names, where a column, a list or mapping of columns, or a data frame may stand."""
    if type(value) is np.ndarray and value.dtype.names is None:
        return [value], None if default is None else [default]
    if isinstance(value, Mapping):
        return list(value.values()), [str(key) for key in value]
    if not isinstance(value, (list, tuple, View)) and index_of(value) is None or getattr(value, "ndim", 1) == 2:
        frame = Frame.of(value, name)
        if frame is not None:
            columns = [frame.at(index) for index in range(len(frame.names))]
            return columns, frame.names if not frame.may_be_column or frame.names[0] else None if default is None else [default]
    if isinstance(value, (list, tuple)) and value and not is_scalar(value[0]):
        return list(value), None
    label = getattr(value, "name", None)
    if isinstance(label, str) and label:
        return [value], [label]
    return [value], None if default is None else [default]


class Call:
    """What one call borrows: structs for its columns and texts, and everything they point to.

    It must stay alive until the call returns; a design keeps it as long as it lives.
    """

    __slots__ = ("frame", "index", "keep", "n")

    def __init__(self, n: int | None = None, frame: Frame | None = None, index: Any = None) -> None:
        """`frame`: where names are looked up; `index`: that of the columns before, to which others are aligned."""
        self.n, self.frame = n, frame
        self.index = index if frame is None or index is not None else frame.index
        self.keep: list[Any] = []

    def one(self, value: Any, name: str) -> Any:
        """A column, where its name may stand; aligned, where it carries an index.

        Raises
        ------
        NotFoundError
            The frame has no such column.
        TypeError
            A name, and there is no frame.
        ValueError
            Its index is not that of the columns before, and rows are not there or cannot be told apart.
        """
        if isinstance(value, Ordered):
            return value.view(self.one(value.column, name), name)
        if isinstance(value, str):
            if self.frame is None:
                raise TypeError(f"{name}: {value!r} is a name, and there is no frame to look it up in")
            value = self.frame.column(value, name)
        index = index_of(value)
        if index is None:
            return value
        if self.index is None:
            self.index = index
        return aligned(value, self.index, name)

    def several(self, value: Any) -> bool:
        """True for a list of columns, or of names of the frame; a list of texts is one column."""
        if not isinstance(value, (list, tuple)) or not value:
            return False
        return not is_scalar(value[0]) or (self.frame is not None and names_of(value) and self._are_names(value))

    def _are_names(self, values: Sequence[str]) -> bool:
        """Names, rather than a column of texts: all are there, or there are too few or many for a column of the frame."""
        assert self.frame is not None
        return self.frame.has_all(values) or len(values) != self.n

    def many(self, value: Any, name: str) -> Any:
        """One column or a list of them, where names may stand."""
        if value is None:
            return None
        return [self.one(one, name) for one in value] if self.several(value) else self.one(value, name)

    def open(self, value: Any, name: str) -> Any:
        """Columns with their names: a name as a mapping of itself, a list of names, a mapping to names; all else as it is, but aligned."""
        if isinstance(value, str):
            return {value: self.one(value, name)}
        if isinstance(value, Mapping):
            return {key: self.one(one, f"{name}[{key!r}]") for key, one in value.items()}
        if self.several(value):
            columns = [self.one(one, f"{name}[{index}]") for index, one in enumerate(value)]
            return dict(zip(value, columns, strict=True)) if names_of(value) else columns
        return self.one(value, name)

    def groups(self, by: Any) -> Any:
        """The `by` of a call with columns in the places of names: a name, a list of names (crossed), or a list of levels, each a name,
        a tuple of names, or what stands for one anyway."""
        if not isinstance(by, (list, tuple)) or (by and all(isinstance(one, str) for one in by)):
            return self._level(by)
        return [self._level(one) for one in by]

    def _level(self, one: Any) -> Any:
        if isinstance(one, (list, tuple)) and all(isinstance(name, str) for name in one):
            return {name: self.one(name, "by") for name in one}
        return self.open(one, "by")

    def column(self, value: Column, name: str, n: int | None = -1) -> Any:
        """One column as ``sipas_column *``; NULL for None. The first column given fixes the number of rows."""
        if value is None:
            return ffi.NULL
        struct = ffi.new("sipas_column *")
        self.keep += (struct, fill(struct, self.one(value, name) if n == -1 else value, name, self.n if n == -1 else n))
        if self.n is None and n == -1:
            self.n = int(struct.n)
        return struct

    def columns(self, values: Sequence[Column], names: Sequence[str]) -> Any:
        """Several columns as ``sipas_column[]``; NULL when there are none."""
        return self.ordered(values, names)[0]

    def ordered(self, values: Sequence[Column], names: Sequence[str]) -> tuple[Any, Any]:
        """The same, and the orders of those that have one (categoricals), as ``sipas_column[]``; NULL when none has."""
        if not values:
            return ffi.NULL, ffi.NULL
        structs, orders = (ffi.new("sipas_column[]", len(values)) for _ in range(2))
        self.keep += (structs, orders)
        views = []
        for index, value in enumerate(values):
            views.append(fill(structs[index], self.one(value, names[index]), names[index], self.n))
            if self.n is None:
                self.n = int(structs[index].n)
        self.keep.append(views)
        for index, view in enumerate(views):
            if view.levels is not None:
                self.keep.append(fill(orders[index], view.levels, f"{names[index]}: its order", None))
        return structs, orders if any(view.levels is not None for view in views) else ffi.NULL

    def stack(self, value: Any, name: str) -> tuple[Any, int]:
        """None, one column or a list of columns, first stage first."""
        if value is None:
            return ffi.NULL, 0
        several = self.several(value)
        values = list(value) if several else [value]
        names = [f"{name}[{index}]" for index in range(len(values))] if several else [name]
        return self.columns(values, names), len(values)

    def text(self, value: str | None, name: str = "text") -> Any:
        """A text as ``char *``; NULL for None."""
        if value is None:
            return ffi.NULL
        text = ffi.new("char[]", label_bytes(value, name))
        self.keep.append(text)
        return text

    def path(self, codes: Sequence[Any]) -> Any:
        """Codes from the root down as ``char **``."""
        parts = [ffi.new("char[]", utf8(code_text(code, f"path[{index}]"), f"path[{index}]")) for index, code in enumerate(codes)]
        self.keep += parts
        array = ffi.new("const char *[]", parts)
        self.keep.append(array)
        return array

    def texts(self, values: Sequence[str] | None, name: str = "names") -> Any:
        """Texts as ``char **``; NULL for None."""
        if values is None:
            return ffi.NULL
        array = ffi.new("const char *[]", [self.text(value, f"{name}[{index}]") for index, value in enumerate(values)])
        self.keep.append(array)
        return array

    def options(
        self, name: str, values: Mapping[str, Any], free: Sequence[str] = (),
        names: Mapping[str, str] = MappingProxyType({}),
    ) -> Any:  # fmt: skip
        """An options struct of the library, by its name, with those values that are not None; see `write`."""
        struct = ffi.new(name + " *")
        getattr(lib, name + "_init")(struct)
        self.keep.append(struct)
        self.write(struct, values, free, names)
        return struct

    def write(
        self, struct: Any, values: Mapping[str, Any], free: Sequence[str] = (),
        names: Mapping[str, str] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        """Set fields of a struct to values, each by the field's type: columns, texts, numbers; None leaves the default.

        Columns in `free` have rows of their own. A 0 of the caller's for a real number whose 0 means the default is refused;
        `names` has what a field is called here, where that is another name.
        """
        kind = ffi.typeof(struct)
        kind = kind.item if kind.kind == "pointer" else kind
        fields, zero = _fields(kind), ZERO.get(kind.cname.removeprefix("struct "), frozenset())
        for name, value in values.items():
            if value is None:
                continue
            form = fields[name]
            if isinstance(value, ffi.CData):
                setattr(struct, name, value)
            elif form.endswith("sipas_column *"):
                setattr(struct, name, self.column(value, name, None if name in free else -1))
            elif form == "char *":
                setattr(struct, name, self.text(value, name))
            elif form == "double":
                setattr(struct, name, (real if name in zero else given)(value, names.get(name, name)))
            elif form in _WHOLE:
                setattr(struct, name, word(value, name) if form == "uint64_t" else whole(value, name, *_WHOLE[form]))
            else:
                setattr(struct, name, value)


@functools.cache
def _fields(kind: Any) -> dict[str, str]:
    """The fields of a struct and their types."""
    return {name: field.type.cname for name, field in kind.fields}


# Types of fields that hold whole numbers, and the least and the largest of each.
_WHOLE = {f"int{bits}_t": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64)}
_WHOLE |= {f"uint{bits}_t": (0, 2**bits - 1) for bits in (8, 16, 32, 64)}
